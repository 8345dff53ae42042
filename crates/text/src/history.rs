//! The history of a machine, line by line.

use crate::Lang;
use domain::{history::Group, uses::Ending};

text! {
    history_title(name: &str) { en: "History: {name}", it: "Storico: {name}" }
    history_word() { en: "History", it: "Storico" }
    history_next() { en: "Uses, problems, maintenance and changes", it: "Utilizzi, problemi, manutenzione e modifiche" }
    history_sub() { en: "What happened at this machine, the newest first.", it: "Che cosa è successo a questa macchina, dal più recente." }
    history_lines() { en: "History", it: "Storico" }
    history_kind() { en: "What", it: "Che cosa" }
    history_everything() { en: "All", it: "Tutto" }
    history_use() { en: "Use", it: "Utilizzo" }
    history_uses() { en: "Uses", it: "Utilizzi" }
    history_problems() { en: "Problems", it: "Problemi" }
    history_blocks() { en: "Blocks", it: "Blocchi" }
    history_changes() { en: "Changes", it: "Modifiche" }
    history_no_kind() { en: "Choose one from the list.", it: "Scegli una voce dell’elenco." }
    history_nothing() { en: "No history yet", it: "Ancora nessuno storico" }
    history_nothing_next() { en: "Uses show up here once its board reports one.",
                             it: "Gli utilizzi compaiono qui appena la scheda ne riferisce uno." }
    history_none() { en: "No results", it: "Nessun risultato" }
    history_none_next() { en: "Choose other days, or show everything.", it: "Scegli altri giorni, o mostra tutto." }

    history_somebody() { en: "Someone", it: "Qualcuno" }
    history_unknown_card() { en: "An unassigned card", it: "Una tessera non assegnata" }
    history_runs() { en: "in progress", it: "in corso" }
    history_logged_out() { en: "logged out", it: "disconnessione" }
    history_auto_logoff() { en: "auto log-out", it: "disconnessione automatica" }
    history_superseded() { en: "someone else started", it: "ha iniziato un’altra persona" }
    history_lost() { en: "interrupted", it: "interrotto" }
    history_silent() { en: "board went offline", it: "scheda non in linea" }
    history_remote() { en: "stopped remotely", it: "fermato a distanza" }
    history_booking() { en: "someone else’s booking began", it: "iniziava la prenotazione di un’altra persona" }
    history_conflict() { en: "another board has the same number", it: "un’altra scheda ha lo stesso numero" }
    history_manager() { en: "as reported by a manager", it: "come indicato da un responsabile" }
    history_approximate() { en: "about, reported later", it: "circa, riferito in seguito" }
    history_unauthorised() { en: "not allowed", it: "non autorizzato" }
    history_other_card() { en: "ended with another card", it: "chiuso con un’altra tessera" }
    history_reported() { en: "Problem reported", it: "Problema segnalato" }
    history_resolved() { en: "Problem resolved", it: "Problema risolto" }
    history_blocked() { en: "Blocked", it: "Bloccata" }
    history_blocked_at_once() { en: "Blocked immediately", it: "Bloccata subito" }
    history_maintained() { en: "Maintenance done", it: "Manutenzione fatta" }
    history_freed() { en: "Block lifted", it: "Blocco tolto" }
    history_void() { en: "not a use", it: "non un utilizzo" }
    history_corrected(who: &str, when: &str) { en: "Corrected by {who}, {when}", it: "Corretto da {who}, {when}" }
    history_corrected_end(end: &str) { en: "end was {end}", it: "la fine era {end}" }
    history_corrected_ran() { en: "was in progress", it: "era in corso" }
    history_corrected_who(who: &str) { en: "was {who}", it: "era {who}" }
    history_corrected_nobody() { en: "was unknown", it: "era sconosciuto" }
    history_corrected_void() { en: "was not a use", it: "non era un utilizzo" }
    history_words_gone() { en: "The text was deleted.", it: "Il testo è stato cancellato." }
}

impl Lang {
    /// Name of a filter group.
    #[must_use]
    pub const fn history_group(self, group: Group) -> &'static str {
        match group {
            Group::Uses => self.history_uses(),
            Group::Problems => self.history_problems(),
            Group::Maintenance => self.maintenance_title(),
            Group::Blocks => self.history_blocks(),
            Group::Changes => self.history_changes(),
        }
    }

    /// How a use ended.
    #[must_use]
    pub const fn history_ending(self, ending: Ending) -> &'static str {
        match ending {
            Ending::LoggedOut => self.history_logged_out(),
            Ending::AutoLogoff => self.history_auto_logoff(),
            Ending::Superseded => self.history_superseded(),
            Ending::Lost => self.history_lost(),
            Ending::Silent => self.history_silent(),
            Ending::Remote => self.history_remote(),
            Ending::Conflict => self.history_conflict(),
            Ending::Booking => self.history_booking(),
            Ending::Manager => self.history_manager(),
        }
    }
}

text! {
    correct_do() { en: "Correct this use", it: "Correggi utilizzo" }
    correct_this(start: &str) { en: "Correct the use of {start}", it: (Di start => "Correggi l’utilizzo {start}") }
    correct_title() { en: "Correction", it: "Correzione" }
    correct_why() { en: "The board’s report stays in the history, and the user can read your reason.",
                    it: "Quanto riferito dalla scheda resta nello storico, e l’interessato legge il motivo." }
    correct_runs() { en: "It is still in progress. If nobody is there any more, enter when it ended.",
                     it: "È ancora in corso. Se non c’è più nessuno, scrivi quando è finito." }
    correct_end() { en: "End", it: "Fine" }
    correct_who() { en: "Person", it: "Persona" }
    correct_nobody() { en: "Unknown", it: "Sconosciuto" }
    correct_void() { en: "Doesn’t count", it: "Non vale come utilizzo" }
    correct_void_no() { en: "Counts as a use", it: "Vale come utilizzo" }
    correct_kind() { en: "Does it count as a use?", it: "Vale come utilizzo?" }
    correct_reason() { en: "Why?", it: "Perché?" }
    correct_reason_hint() { en: "The user and the people who look after the machine can read it.",
                            it: "Lo leggono l’interessato e chi si occupa della macchina." }
    correct_save() { en: "Save the correction", it: "Salva la correzione" }
    correct_unknown() { en: "Use not found", it: "Utilizzo non trovato" }
    correct_no_time() { en: "Enter day and time, like 2026-11-20T14:05.", it: "Scrivi giorno e ora, come 2026-11-20T14:05." }
    correct_before_start() { en: "It must end after it began.", it: "Deve finire dopo l’inizio." }
    correct_future() { en: "Choose a time in the past.", it: "Scegli un momento passato." }
    correct_too_long() { en: "Choose an end within a day of the start, or before the board’s last report.", it: "Scegli una fine entro un giorno dall’inizio o prima dell’ultimo segnale della scheda." }
    correct_overlaps(at: &str) { en: "The next use began at {at}. Choose an earlier end.", it: "L’utilizzo successivo è iniziato alle {at}. Scegli una fine precedente." }
    correct_no_person() { en: "Choose one from the list.", it: "Scegli una voce dell’elenco." }
    correct_no_reason() { en: "Give a reason: the user will read it.", it: "Scrivi perché: l’interessato lo leggerà." }
    correct_long_reason() { en: "Use at most 1,000 characters.", it: "Usa al massimo 1.000 caratteri." }
    correct_running() { en: "It is still in progress. Enter when it ended first.", it: "È ancora in corso. Prima scrivi quando è finito." }
    correct_unchanged() { en: "Nothing was changed.", it: "Nulla è cambiato." }
}
