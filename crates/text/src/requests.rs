//! Requests to boards: a use that is ended from afar, on the machine's page and on its board.

text! {
    board_use_ends() { en: "Use ended", it: "Uso terminato" }

    stop_machine() { en: "Stop it", it: "Fermala" }
    stop_machine_why() {
        en: "Logs out whoever is on it. What is being made may be spoilt.",
        it: "Fa uscire chi la sta usando. Il lavoro in corso può andare perso.",
    }
    stop_under_way() { en: "Its board was told to log out.", it: "Alla sua scheda è stato chiesto di uscire." }
    stop_when_it_asks() {
        en: "Its board has not done so yet. As soon as it asks, it is told to log out and to let nobody in.",
        it: "La sua scheda non l'ha ancora fatto. Appena chiede, le viene detto di uscire e di non far entrare nessuno.",
    }
    stop_again() { en: "Ask again", it: "Chiedi di nuovo" }
    stop_idle() {
        en: "Nobody is on it any more: there is nothing to stop.",
        it: "Non la sta più usando nessuno: non c'è niente da fermare.",
    }
    stop_not_yours() {
        en: "Only whoever is on it, its trainers and owners, and managers may stop it. Ask one of them.",
        it: "Può fermarla solo chi la sta usando, chi la insegna o ne è responsabile, o chi gestisce lo spazio. Chiedi a loro.",
    }
}
