//! Personal tokens, which let somebody's own program in.

use crate::Lang;
use domain::tokens::{Lifetime, Scope};

text! {
    tokens_title() { en: "Tokens", it: "Token" }
    tokens_sub() { en: "Each lets a program of yours in, as you and for what you choose.",
                   it: "Ciascuno fa entrare un tuo programma, come te e per ciò che scegli." }
    tokens_programs() { en: "Let programs of yours in", it: "Fai entrare i tuoi programmi" }
    tokens_list() { en: "In force", it: "In uso" }
    tokens_none() { en: "No tokens yet", it: "Ancora nessun token" }
    tokens_none_next() { en: "A script that reads who is in, a sheet that fills itself: make a token below and give it to the program.",
                         it: "Uno script che legge chi c’è, un foglio che si compila da sé: crea un token qui sotto e dallo al programma." }
    tokens_made(day: &str) { en: "Made {day}", it: "Creato {day}" }
    tokens_until(day: &str) { en: "until {day}", it: "fino a {day}" }
    tokens_until_revoked() { en: "until you revoke it", it: "finché non lo revochi" }
    tokens_never_seen() { en: "not used yet", it: "mai usato" }
    tokens_seen(when: &str) { en: "last used {when}", it: "usato l’ultima volta {when}" }
    tokens_revoke() { en: "Revoke", it: "Revoca" }
    tokens_revoked() { en: "Revoked. It is refused from now on.", it: "Revocato. D’ora in poi è rifiutato." }
    tokens_new() { en: "A new token", it: "Un nuovo token" }
    tokens_name() { en: "What it is for", it: "A che cosa serve" }
    tokens_name_hint() { en: "For you to tell them apart: “Spreadsheet of hours”.", it: "Per riconoscerlo: «Foglio delle ore»." }
    tokens_scopes() { en: "What it may do", it: "Che cosa può fare" }
    tokens_scopes_hint() { en: "Never more than you may do yourself.", it: "Mai più di quello che puoi fare tu." }
    tokens_lifetime() { en: "How long it works", it: "Quanto dura" }
    tokens_make() { en: "Make the token", it: "Crea il token" }
    tokens_made_title(name: &str) { en: "The token for {name}", it: "Il token per {name}" }
    tokens_made_next() { en: "Copy it now: it is shown only once. Anyone who has it can do what you chose, so keep it like a password.",
                         it: "Copialo adesso: si vede solo questa volta. Chi ce l’ha può fare ciò che hai scelto: custodiscilo come una password." }
    tokens_token() { en: "Token", it: "Token" }
    tokens_end_with() { en: "All of them end when you change your password, sign out everywhere or set up a second factor, and when you are suspended.",
                        it: "Finiscono tutti quando cambi la password, esci dappertutto o imposti un secondo fattore, e quando sei sospeso." }
    tokens_reference() { en: "What programs can ask", it: "Che cosa possono chiedere i programmi" }
    token_name_form() { en: "Say what it is for, in 1 to 200 characters, without control characters.", it: "Scrivi a che cosa serve, da 1 a 200 caratteri, senza caratteri di controllo." }
    token_scopes_form() { en: "Choose one thing at least.", it: "Scegli almeno una cosa." }
    token_too_many(most: &str) { en: "You have {most} tokens already. Revoke one that is not needed any more.",
                                 it: "Hai già {most} token. Revocane uno che non serve più." }
    token_unknown() { en: "You have no such token any more.", it: "Non hai più questo token." }
    token_refused() { en: "This token is not valid, or not any more. Make another one on your own page.",
                      it: "Questo token non è valido, o non lo è più. Creane un altro sulla tua pagina." }
    token_scope(scope: &str) { en: "This token may not do that: it lacks “{scope}”.", it: "Questo token non può farlo: gli manca «{scope}»." }
    metrics_no_token() { en: "Metrics are open to programs on the server itself. From elsewhere, send a token with the scope “metrics:read”.",
                         it: "Le metriche sono aperte ai programmi sul server stesso. Da altrove, invia un token con l’ambito «metrics:read»." }

    scope_people_read() { en: "Look at people and qualifications", it: "Vedere persone e abilitazioni" }
    scope_people_write() { en: "Change people and qualifications", it: "Modificare persone e abilitazioni" }
    scope_machines_read() { en: "Look at machines", it: "Vedere le macchine" }
    scope_machines_write() { en: "Change and stop machines", it: "Modificare e fermare le macchine" }
    scope_space_read() { en: "Look at settings, opening hours, inbox and record",
                         it: "Vedere impostazioni, orari, posta e registro" }
    scope_notices_read() { en: "Read my notices", it: "Leggere i miei avvisi" }
    scope_notices_write() { en: "Mark my notices as read and archive them", it: "Segnare i miei avvisi come letti e archiviarli" }
    scope_announcements_read() { en: "Read announcements", it: "Leggere gli annunci" }
    scope_announcements_write() { en: "Write and withdraw announcements", it: "Scrivere e ritirare annunci" }
    scope_checkouts_read() { en: "Look at checkout times and appointments", it: "Vedere orari e appuntamenti delle prove" }
    scope_checkouts_write() { en: "Request checkouts and decide about them", it: "Richiedere prove e deciderle" }
    scope_bookings_read() { en: "Look at bookings and free times", it: "Vedere prenotazioni e orari liberi" }
    scope_calendars_read() { en: "See your calendar addresses", it: "Vedere i tuoi indirizzi del calendario" }
    scope_calendars_write() { en: "Create and revoke calendar addresses, which anyone who has them can read", it: "Creare e revocare indirizzi del calendario, che chiunque li abbia può leggere" }
    scope_bookings_write() { en: "Book, and decide about bookings", it: "Prenotare e decidere sulle prenotazioni" }
    scope_training_read() { en: "See training and my progress", it: "Vedere la formazione e i miei progressi" }
    scope_training_write() { en: "Change training and report what I watch", it: "Modificare la formazione e segnalare ciò che guardo" }
    scope_metrics_read() { en: "Read metrics for monitoring (administrators)", it: "Leggere le metriche per il monitoraggio (amministratori)" }
    scope_space_write() { en: "Change settings and opening hours", it: "Modificare impostazioni e orari di apertura" }
    lifetime_month() { en: "30 days", it: "30 giorni" }
    lifetime_quarter() { en: "90 days", it: "90 giorni" }
    lifetime_year() { en: "A year", it: "Un anno" }
    lifetime_unlimited() { en: "Until I revoke it", it: "Finché non lo revoco" }
}

impl Lang {
    /// What a token may do, in words.
    #[must_use]
    pub const fn scope(self, scope: Scope) -> &'static str {
        match scope {
            Scope::PeopleRead => self.scope_people_read(),
            Scope::PeopleWrite => self.scope_people_write(),
            Scope::MachinesRead => self.scope_machines_read(),
            Scope::MachinesWrite => self.scope_machines_write(),
            Scope::SpaceRead => self.scope_space_read(),
            Scope::SpaceWrite => self.scope_space_write(),
            Scope::NoticesRead => self.scope_notices_read(),
            Scope::NoticesWrite => self.scope_notices_write(),
            Scope::AnnouncementsRead => self.scope_announcements_read(),
            Scope::AnnouncementsWrite => self.scope_announcements_write(),
            Scope::CheckoutsRead => self.scope_checkouts_read(),
            Scope::CheckoutsWrite => self.scope_checkouts_write(),
            Scope::BookingsRead => self.scope_bookings_read(),
            Scope::BookingsWrite => self.scope_bookings_write(),
            Scope::CalendarsRead => self.scope_calendars_read(),
            Scope::CalendarsWrite => self.scope_calendars_write(),
            Scope::TrainingRead => self.scope_training_read(),
            Scope::TrainingWrite => self.scope_training_write(),
            Scope::MetricsRead => self.scope_metrics_read(),
        }
    }

    /// How long it works, in words.
    #[must_use]
    pub const fn lifetime(self, lifetime: Lifetime) -> &'static str {
        match lifetime {
            Lifetime::Month => self.lifetime_month(),
            Lifetime::Quarter => self.lifetime_quarter(),
            Lifetime::Year => self.lifetime_year(),
            Lifetime::Unlimited => self.lifetime_unlimited(),
        }
    }
}
