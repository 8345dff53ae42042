//! Requests to boards: a use that is begun or ended from afar, on the machine's page and on its board.

text! {
    board_use_ends() { en: "Use ended", it: "Uso terminato" }

    stop_machine() { en: "Stop machine", it: "Fermala" }
    stop_machine_why() {
        en: "Logs the user out. Their work may be ruined.",
        it: "Disconnette chi la sta usando. Il lavoro in corso può andare perso.",
    }
    stop_under_way() { en: "Its board was told to log out.", it: "Alla sua scheda è stato chiesto di uscire." }
    stop_when_it_asks() {
        en: "The board hasn’t confirmed yet. It logs out as soon as it asks.",
        it: "La scheda non ha ancora confermato. Esce appena chiede.",
    }
    start_machine() { en: "Start machine", it: "Avviala" }
    start_machine_why() { en: "In your name, as if you had tapped your card.", it: "A tuo nome, come se avessi passato la tessera." }
    start_under_way() { en: "Its board was told to start.", it: "Alla sua scheda è stato chiesto di avviarsi." }
    start_coming() { en: "It is being started", it: "Si sta avviando" }
    start_coming_next() { en: "You’re on it as soon as its board lets you in.", it: "Appena la sua scheda ti fa entrare, la stai usando." }
    start_look() { en: "Check whether it started", it: "Guarda se si è avviata" }
    start_went_away() {
        en: "Its board disconnected first; nothing was started. Wait until it’s back.",
        it: "La sua scheda si è scollegata prima; non si è avviato nulla. Aspetta che torni.",
    }
    start_went_silent() {
        en: "The board hasn’t answered. Check whether the machine started.",
        it: "La scheda non ha risposto. Controlla se la macchina si è avviata.",
    }
    start_did_not() {
        en: "It didn’t start, and can’t be started remotely any more. Tap your card on it, if you may use it.",
        it: "Non si è avviata, e ora non si può avviare a distanza. Avvicina la tessera, se puoi usarla.",
    }
    start_not() {
        en: "It didn’t start. Tap your card on it, or try again.",
        it: "Non si è avviata. Avvicina la tessera, o riprova.",
    }
    start_off() {
        en: "Remote start is off for this machine. Tap your card on it.",
        it: "Questa macchina non si avvia a distanza. Avvicina la tessera.",
    }
    start_away() {
        en: "Its board is not connected. Wait until it is, or tap your card on it.",
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
        en: "Only members can start machines. Ask a manager to approve you.",
        it: "Solo i membri avviano le macchine. Chiedi a chi gestisce lo spazio di ammetterti.",
    }
    stop_again() { en: "Ask again", it: "Chiedi di nuovo" }
    stop_idle() {
        en: "Nobody is on it any more: there is nothing to stop.",
        it: "Non la sta più usando nessuno: non c’è niente da fermare.",
    }
    stop_not_yours() {
        en: "Only its user, its trainers and owners, and managers may stop it. Ask one of them.",
        it: "Può fermarla solo chi la sta usando, chi la insegna o ne è responsabile, o chi gestisce lo spazio. Chiedi a loro.",
    }
}
