//! The general sentences of problems. Codes and kinds are chosen where a problem arises.

text! {
    machine_unknown() { en: "Machine not found", it: "Macchina non trovata" }
    machine_unknown_next() { en: "It may have been removed, or the link is mistyped.",
                             it: "Può essere stata tolta, o il link è scritto male." }
    page_unknown() { en: "Page not found", it: "Pagina non trovata" }
    forbidden_sign_in() {
        en: "Please sign in first.",
        it: "Accedi prima.",
    }
    forbidden_second_factor() {
        en: "This needs your second factor.",
        it: "Serve il tuo secondo fattore.",
    }
    forbidden() {
        en: "You don’t have access.",
        it: "Non hai accesso.",
    }
    storage_unavailable() { en: "The database can’t be reached right now. Nothing was changed; try again in a moment.",
                            it: "I dati non sono raggiungibili in questo momento. Nulla è cambiato: riprova tra poco." }
    request_failed() { en: "Toolgate can’t be reached. Nothing was lost; try again.",
                       it: "Toolgate non è raggiungibile. Nulla è andato perso: riprova." }
    request_panicked() { en: "This failed because of a fault in Toolgate. Try again; if it fails again, tell the administrator.",
                         it: "Non ha funzionato per un difetto di Toolgate. Riprova; se succede ancora, avvisa l’amministratore." }
    request_outdated() { en: "This page is out of date. Reload it and try again.",
                         it: "Questa pagina non è aggiornata: ricaricala e riprova." }
    request_cross_site() { en: "This request came from another site and was refused. If it didn’t, pass the Host header through the proxy and set --public-url on the server.",
                           it: "La richiesta viene da un altro sito ed è stata rifiutata. Se non è così, inoltra l’intestazione Host dal proxy e imposta --public-url sul server." }
    request_too_large() { en: "This is too large; nothing was changed. Shorten what you typed and try again.",
                          it: "È troppo grande; nulla è cambiato. Accorcia ciò che hai scritto e riprova." }
    request_no_room() { en: "The server is busy. Nothing was changed; try again in a moment.",
                        it: "Il server è occupato. Nulla è cambiato: riprova tra poco." }
    upload_too_many() { en: "Too many uploads are under way. Wait for one to finish, then try again.",
                        it: "Troppi caricamenti in corso. Aspetta che uno finisca, poi riprova." }
    api_unknown() { en: "API endpoint not found.", it: "Indirizzo dell’API non trovato." }
    form_fix() { en: "Please fix the fields below.", it: "Correggi i campi segnalati." }
    choose_language() { en: "Choose one of the languages shown.", it: "Scegli una delle lingue mostrate." }
    choose_theme() { en: "Choose one of the appearances shown.", it: "Scegli uno degli aspetti mostrati." }
}
