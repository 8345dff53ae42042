//! The history of a machine: what each line says.

use crate::Lang;
use domain::{history::Group, uses::Ending};

text! {
    history_title(name: &str) { en: "History: {name}", it: "Storico: {name}" }
    history_word() { en: "History", it: "Storico" }
    history_next() { en: "Uses, problems, maintenance and changes", it: "Utilizzi, problemi, manutenzione e modifiche" }
    history_sub() { en: "What happened at this machine, the newest first.", it: "Che cosa è successo a questa macchina, dal più recente." }
    history_lines() { en: "What happened", it: "Che cosa è successo" }
    history_kind() { en: "What", it: "Che cosa" }
    history_everything() { en: "Everything", it: "Tutto" }
    history_uses() { en: "Uses", it: "Utilizzi" }
    history_problems() { en: "Problems", it: "Problemi" }
    history_blocks() { en: "Blocks", it: "Blocchi" }
    history_changes() { en: "Changes", it: "Modifiche" }
    history_no_kind() { en: "Choose one of the list.", it: "Scegli una voce dell’elenco." }
    history_nothing() { en: "Nothing has happened yet", it: "Non è ancora successo nulla" }
    history_nothing_next() { en: "Uses show up here by themselves as soon as its board tells of one.",
                             it: "Gli utilizzi compaiono qui da sé appena la scheda ne riferisce uno." }
    history_none() { en: "Nothing fits this filter", it: "Nulla corrisponde a questo filtro" }
    history_none_next() { en: "Choose other days, or everything.", it: "Scegli altri giorni, oppure tutto." }

    history_somebody() { en: "Somebody", it: "Qualcuno" }
    history_unknown_card() { en: "A card that nobody has claimed", it: "Una tessera che nessuno ha rivendicato" }
    history_runs() { en: "running", it: "in corso" }
    history_logged_out() { en: "logged out", it: "uscita regolare" }
    history_auto_logoff() { en: "logged out by the machine", it: "uscita decisa dalla macchina" }
    history_superseded() { en: "somebody else began", it: "ha iniziato qualcun altro" }
    history_lost() { en: "broke off", it: "interrotto" }
    history_silent() { en: "the board fell silent", it: "la scheda ha taciuto" }
    history_remote() { en: "stopped remotely", it: "fermato a distanza" }
    history_manager() { en: "as somebody said", it: "come indicato da un responsabile" }
    history_approximate() { en: "about, told later", it: "circa, riferito in seguito" }
    history_unauthorised() { en: "not allowed", it: "non autorizzato" }
    history_other_card() { en: "ended with another card", it: "chiuso con un’altra tessera" }
    history_reported() { en: "Problem reported", it: "Problema segnalato" }
    history_resolved() { en: "Problem resolved", it: "Problema risolto" }
    history_blocked() { en: "Blocked", it: "Bloccata" }
    history_blocked_at_once() { en: "Blocked at once", it: "Bloccata subito" }
    history_maintained() { en: "Maintenance done", it: "Manutenzione fatta" }
    history_freed() { en: "Block lifted", it: "Blocco tolto" }
    history_void() { en: "no use at all", it: "nessun utilizzo" }
    history_corrected(who: &str, when: &str) { en: "Corrected by {who}, {when}", it: "Corretto da {who}, {when}" }
    history_corrected_end(end: &str) { en: "had ended {end}", it: "era finito {end}" }
    history_corrected_ran() { en: "was running", it: "era in corso" }
    history_corrected_who(who: &str) { en: "was {who}", it: "era {who}" }
    history_corrected_nobody() { en: "was nobody known", it: "non era nessuno di noto" }
    history_corrected_void() { en: "was no use", it: "non era un utilizzo" }
    history_words_gone() { en: "What was written is gone.", it: "Il testo non c’è più." }
}

impl Lang {
    /// What is asked for together.
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
            Ending::Manager => self.history_manager(),
        }
    }
}

text! {
    correct_do() { en: "Correct", it: "Correggi" }
    correct_this(start: &str) { en: "Correct the use of {start}", it: "Correggi l’utilizzo del {start}" }
    correct_title() { en: "How was it?", it: "Com’è andata?" }
    correct_why() { en: "What the board reported stays on record, and the user can read your reason.",
                    it: "Quanto riferito dalla scheda resta registrato, e l’interessato legge ciò che scrivi." }
    correct_runs() { en: "It still runs. Say when it ended, if nobody is there any more.",
                     it: "È ancora in corso. Indica quando è finito, se non c’è più nessuno." }
    correct_end() { en: "It ended", it: "È finito" }
    correct_who() { en: "It was", it: "Era" }
    correct_nobody() { en: "Nobody known", it: "Nessuno di noto" }
    correct_void() { en: "It was no use at all", it: "Non è stato un utilizzo" }
    correct_void_no() { en: "It was a use", it: "È stato un utilizzo" }
    correct_kind() { en: "Was it a use?", it: "È stato un utilizzo?" }
    correct_reason() { en: "Why?", it: "Perché?" }
    correct_reason_hint() { en: "The user and the people who look after the machine can read it.",
                            it: "Lo leggono l’interessato e chi è responsabile della macchina." }
    correct_save() { en: "Save the correction", it: "Salva la correzione" }
    correct_unknown() { en: "There is no such use", it: "Questo utilizzo non esiste" }
    correct_no_time() { en: "Give day and time, such as 2026-11-20T14:05.", it: "Indica giorno e ora, ad esempio 2026-11-20T14:05." }
    correct_before_start() { en: "It must end after it began.", it: "Deve finire dopo l’inizio." }
    correct_future() { en: "That is still to come.", it: "Questo momento deve ancora venire." }
    correct_too_long() { en: "Choose an end within a day of the start, or before the board’s last report.", it: "Scegli una fine entro un giorno dall’inizio o prima dell’ultimo segnale della scheda." }
    correct_overlaps(at: &str) { en: "The next use began at {at}: it had ended by then.", it: "L’utilizzo successivo è iniziato alle {at}: doveva essere finito." }
    correct_no_person() { en: "Choose one of the list.", it: "Scegli una voce dell’elenco." }
    correct_no_reason() { en: "Give a reason: the user will read it.", it: "Scrivi perché: l’interessato lo leggerà." }
    correct_long_reason() { en: "Shorten it to 1,000 characters.", it: "Accorcia a 1.000 caratteri." }
    correct_running() { en: "It still runs: first say when it ended.", it: "È ancora in corso: prima indica quando è finito." }
    correct_unchanged() { en: "That is what is known already.", it: "È ciò che già risulta." }
}
