//! Requests to boards: a use that is begun or ended from afar, on the machine's page and on its board.

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
        it: "La sua scheda non l’ha ancora fatto. Appena chiede, le viene detto di uscire e di non far entrare nessuno.",
    }
    start_machine() { en: "Start it", it: "Avviala" }
    start_machine_why() { en: "In your name, as if you had held your card to it.", it: "A tuo nome, come se avessi avvicinato la tessera." }
    start_under_way() { en: "Its board was told to start.", it: "Alla sua scheda è stato chiesto di avviarsi." }
    start_coming() { en: "It is being started", it: "Si sta avviando" }
    start_coming_next() { en: "As soon as its board lets you in, you are on it.", it: "Appena la sua scheda ti fa entrare, la stai usando." }
    start_look() { en: "Look whether it started", it: "Guarda se si è avviata" }
    start_went_away() {
        en: "Its board went away before it could be told; nothing was started. Wait until it is back.",
        it: "La sua scheda non è più collegata e non si è potuto dirle niente; non si è avviato nulla. Aspetta che torni.",
    }
    start_went_silent() {
        en: "Its board was told to start and is silent since: whether it did is not known. Look at the machine.",
        it: "Alla sua scheda è stato chiesto di avviarsi e da allora tace: non si sa se l’ha fatto. Guarda la macchina.",
    }
    start_did_not() {
        en: "It did not start, and by now it cannot be started from afar. Hold your card to it, if you may use it.",
        it: "Non si è avviata, e ora non si può avviare a distanza. Avvicina la tessera, se puoi usarla.",
    }
    start_not() {
        en: "It did not start. Hold your card to it, or try again.",
        it: "Non si è avviata. Avvicina la tessera, o riprova.",
    }
    start_off() {
        en: "This machine is not started from afar. Hold your card to it.",
        it: "Questa macchina non si avvia a distanza. Avvicina la tessera.",
    }
    start_away() {
        en: "Its board is not connected. Wait until it is, or hold your card to it.",
        it: "La sua scheda non è collegata. Aspetta che lo sia, o avvicina la tessera.",
    }
    start_taken() {
        en: "Somebody is on it, or just starting it. Wait until they are done.",
        it: "Qualcuno la sta usando o avviando. Aspetta che abbia finito.",
    }
    start_no_card() {
        en: "A machine starts in the name of a card, and you have none that works. Ask a manager for one.",
        it: "Una macchina si avvia a nome di una tessera, e non ne hai una valida. Chiedila a chi gestisce lo spazio.",
    }
    start_denied() {
        en: "You may not use it now. At the top of the machine’s page it says why, and what helps.",
        it: "Ora non puoi usarla. In cima alla pagina della macchina è scritto perché, e che cosa serve.",
    }
    start_not_yours() {
        en: "Only members start machines. Ask whoever runs the space to admit you.",
        it: "Solo i membri avviano le macchine. Chiedi a chi gestisce lo spazio di ammetterti.",
    }
    stop_again() { en: "Ask again", it: "Chiedi di nuovo" }
    stop_idle() {
        en: "Nobody is on it any more: there is nothing to stop.",
        it: "Non la sta più usando nessuno: non c’è niente da fermare.",
    }
    stop_not_yours() {
        en: "Only whoever is on it, its trainers and owners, and managers may stop it. Ask one of them.",
        it: "Può fermarla solo chi la sta usando, chi la insegna o ne è responsabile, o chi gestisce lo spazio. Chiedi a loro.",
    }
}
