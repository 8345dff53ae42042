//! Requests to boards: remote start and stop, on the machine's page and on its board.

text! {
    board_use_ends() { en: "Use ended", it: "Uso terminato" }

    stop_machine() { en: "Stop machine", it: "Ferma macchina" }
    stop_machine_why() {
        en: "Logs the user out. Their work may be ruined.",
        it: "Disconnette chi la sta usando. Il lavoro in corso può andare perso.",
    }
    stop_under_way() { en: "Log-out sent to its board.", it: "Disconnessione inviata alla scheda." }
    stop_when_it_asks() {
        en: "The board hasn’t confirmed yet. It logs out the next time it asks.",
        it: "La scheda non ha ancora confermato. Disconnette alla prossima richiesta.",
    }
    start_machine() { en: "Start machine", it: "Avvia macchina" }
    start_machine_why() { en: "In your name, as if you had tapped your card.", it: "A tuo nome, come se avessi passato la tessera." }
    start_under_way() { en: "Start sent to its board.", it: "Avvio inviato alla scheda." }
    start_coming() { en: "Starting", it: "In avvio" }
    start_coming_next() { en: "It’s yours once its board confirms the start.", it: "La stai usando appena la scheda conferma l’avvio." }
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
        it: "Non si è avviata, e non si può più avviare a distanza. Passa la tessera, se puoi usarla.",
    }
    start_not() {
        en: "It didn’t start. Tap your card on it, or try again.",
        it: "Non si è avviata. Passa la tessera, o riprova.",
    }
    start_off() {
        en: "Remote start is off for this machine. Tap your card on it.",
        it: "L’avvio a distanza è disattivato per questa macchina. Passa la tessera.",
    }
    start_away() {
        en: "Its board is not connected. Wait until it is, or tap your card on it.",
        it: "La sua scheda non è collegata. Aspetta, o passa la tessera.",
    }
    start_taken() {
        en: "It is in use or starting. Wait until it is free.",
        it: "È in uso o in avvio. Aspetta che si liberi.",
    }
    start_no_card() {
        en: "Remote start needs a working card, and you have none. Ask a manager for one.",
        it: "L’avvio a distanza richiede una tessera valida, e non ne hai. Chiedila a un responsabile.",
    }
    start_denied() {
        en: "You can’t use it now. The top of the machine’s page says why, and what helps.",
        it: "Ora non puoi usarla. In cima alla pagina della macchina trovi perché, e che cosa serve.",
    }
    start_not_yours() {
        en: "Only members can start machines. Ask a manager to approve you.",
        it: "Solo i membri avviano le macchine. Chiedi l’approvazione a un responsabile.",
    }
    stop_again() { en: "Send again", it: "Invia di nuovo" }
    stop_idle() {
        en: "It is no longer in use.",
        it: "Non è più in uso.",
    }
    stop_not_yours() {
        en: "Only its user, trainers, owners and managers can stop it. Ask one of them.",
        it: "Può fermarla solo chi la sta usando, un istruttore, un proprietario o un responsabile. Chiedi a loro.",
    }
}
