//! Personal tokens, for a person's own programs.

use domain::tokens::{Lifetime, Scope};

text! {
    tokens_title() { en: "API tokens", it: "Token API" }
    tokens_sub() { en: "A token lets a script act as you, limited to the permissions you choose.",
                   it: "Un token permette a uno script di agire come te, nei limiti dei permessi che scegli." }
    tokens_programs() { en: "Connect your scripts", it: "Collega i tuoi script" }
    tokens_list() { en: "Active", it: "Attivi" }
    tokens_none() { en: "No tokens yet", it: "Ancora nessun token" }
    tokens_none_next() { en: "Create a token below and give it to a script or a spreadsheet.",
                         it: "Crea un token qui sotto e dallo a uno script o a un foglio di calcolo." }
    tokens_made(day: &str) { en: "Created {day}", it: "Creato {day}" }
    tokens_until(day: &str) { en: "until {day}", it: (A day => "fino {day}") }
    tokens_until_revoked() { en: "until you revoke it", it: "finché non lo revochi" }
    tokens_never_seen() { en: "not used yet", it: "mai usato" }
    tokens_seen(when: &str) { en: "last used {when}", it: "usato l’ultima volta {when}" }
    tokens_revoke() { en: "Revoke", it: "Revoca" }
    tokens_revoked() { en: "Token revoked.", it: "Token revocato." }
    tokens_new() { en: "New token", it: "Nuovo token" }
    tokens_name() { en: "Name", it: "Nome" }
    tokens_name_hint() { en: "For example “Spreadsheet of hours”.", it: "Per esempio «Foglio delle ore»." }
    tokens_scopes() { en: "Permissions", it: "Permessi" }
    tokens_scopes_hint() { en: "Never more than your own.", it: "Mai oltre i tuoi." }
    tokens_lifetime() { en: "Expires", it: "Scadenza" }
    tokens_make() { en: "Create token", it: "Crea token" }
    tokens_made_title(name: &str) { en: "Token for {name}", it: "Token per {name}" }
    tokens_made_next() { en: "Copy it now: it is shown only once. Anyone who has it can do what you chose, so keep it like a password.",
                         it: "Copialo adesso: si vede solo questa volta. Chi ce l’ha può fare ciò che hai scelto: custodiscilo come una password." }
    tokens_token() { en: "Token", it: "Token" }
    tokens_end_with() { en: "All tokens end when you change your password, sign out everywhere or set up a second factor, and when you are suspended.",
                        it: "Finiscono tutti quando cambi la password, esci dappertutto o imposti un secondo fattore, e quando sei sospeso." }
    tokens_reference() { en: "API reference", it: "Riferimento dell’API" }
    token_scopes_form() { en: "Choose at least one permission.", it: "Scegli almeno un permesso." }
    token_too_many(most: &str) { en: "You have {most} tokens already. Revoke one first.",
                                 it: "Hai già {most} token. Prima revocane uno." }
    token_unknown() { en: "This token no longer exists.", it: "Questo token non esiste più." }
    token_refused() { en: "This token is not valid, or no longer. Create another one on your own page.",
                      it: "Questo token non è valido, o non lo è più. Creane un altro sulla tua pagina." }
    token_scope(scope: &str) { en: "This token may not do that: it lacks “{scope}”.", it: "Questo token non può farlo: gli manca «{scope}»." }
    metrics_no_token() { en: "Metrics are open to programs on the server itself. From elsewhere, send a token with the scope “metrics:read”.",
                         it: "Le metriche sono aperte ai programmi sul server stesso. Da altrove, invia un token con l’ambito «metrics:read»." }
}

names! {
    /// Name of a scope.
    scope(scope: Scope) {
        PeopleRead { en: "See people and qualifications", it: "Vedere persone e abilitazioni" }
        PeopleWrite { en: "Change people and qualifications", it: "Modificare persone e abilitazioni" }
        MachinesRead { en: "See machines", it: "Vedere le macchine" }
        MachinesWrite { en: "Change and stop machines", it: "Modificare e fermare le macchine" }
        SpaceRead { en: "See settings, opening hours, inbox and audit log",
                    it: "Vedere impostazioni, orari, «Da sbrigare» e registro" }
        SpaceWrite { en: "Change settings and opening hours", it: "Modificare impostazioni e orari di apertura" }
        NoticesRead { en: "Read my notices", it: "Leggere i miei avvisi" }
        NoticesWrite { en: "Mark my notices as read and archive them", it: "Segnare i miei avvisi come letti e archiviarli" }
        AnnouncementsRead { en: "Read announcements", it: "Leggere gli annunci" }
        AnnouncementsWrite { en: "Write and withdraw announcements", it: "Scrivere e ritirare annunci" }
        CheckoutsRead { en: "See checkout slots and appointments", it: "Vedere orari e appuntamenti delle prove" }
        CheckoutsWrite { en: "Request checkouts and decide about them", it: "Richiedere prove e deciderle" }
        BookingsRead { en: "See bookings and free slots", it: "Vedere prenotazioni e orari liberi" }
        BookingsWrite { en: "Book, and decide about bookings", it: "Prenotare e decidere sulle prenotazioni" }
        CalendarsRead { en: "See your calendar addresses", it: "Vedere i tuoi indirizzi del calendario" }
        CalendarsWrite { en: "Create and revoke calendar addresses, which anyone who has them can read", it: "Creare e revocare indirizzi del calendario, che chiunque li abbia può leggere" }
        TrainingRead { en: "See training and my progress", it: "Vedere la formazione e i miei progressi" }
        TrainingWrite { en: "Change training and report what I watch", it: "Modificare la formazione e segnalare ciò che guardo" }
        MetricsRead { en: "Read metrics for monitoring (administrators)", it: "Leggere le metriche per il monitoraggio (amministratori)" }
    }

    /// Name of a lifetime.
    lifetime(lifetime: Lifetime) {
        Month { en: "30 days", it: "30 giorni" }
        Quarter { en: "90 days", it: "90 giorni" }
        Year { en: "A year", it: "Un anno" }
        Unlimited { en: "Until I revoke it", it: "Finché non lo revoco" }
    }
}
