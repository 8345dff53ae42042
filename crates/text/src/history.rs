//! The history of a machine: what each line says.

use crate::Lang;
use domain::{history::Group, uses::Ending};

text! {
    history_title(name: &str) { en: "History: {name}", it: "Storico: {name}" }
    history_word() { en: "History", it: "Storico" }
    history_next() { en: "Uses, problems, blocks and changes", it: "Utilizzi, problemi, blocchi e modifiche" }
    history_sub() { en: "What happened at this machine, the newest first.", it: "Che cosa è successo a questa macchina, dal più recente." }
    history_lines() { en: "What happened", it: "Che cosa è successo" }
    history_kind() { en: "What", it: "Che cosa" }
    history_everything() { en: "Everything", it: "Tutto" }
    history_uses() { en: "Uses", it: "Utilizzi" }
    history_problems() { en: "Problems", it: "Problemi" }
    history_blocks() { en: "Blocks", it: "Blocchi" }
    history_changes() { en: "Changes", it: "Modifiche" }
    history_no_kind() { en: "Choose one of the list.", it: "Scegli una voce dell'elenco." }
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
    history_approximate() { en: "about, told later", it: "circa, riferito in seguito" }
    history_unauthorised() { en: "not allowed", it: "non autorizzato" }
    history_other_card() { en: "ended with another card", it: "chiuso con un'altra tessera" }
    history_reported() { en: "Problem reported", it: "Problema segnalato" }
    history_resolved() { en: "Problem resolved", it: "Problema risolto" }
    history_blocked() { en: "Blocked", it: "Bloccata" }
    history_blocked_at_once() { en: "Blocked at once", it: "Bloccata subito" }
    history_freed() { en: "Block lifted", it: "Blocco tolto" }
    history_words_gone() { en: "What was written is gone.", it: "Il testo non c'è più." }
}

impl Lang {
    /// What is asked for together.
    #[must_use]
    pub const fn history_group(self, group: Group) -> &'static str {
        match group {
            Group::Uses => self.history_uses(),
            Group::Problems => self.history_problems(),
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
        }
    }
}
