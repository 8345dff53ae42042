//! Problems on machines: what is reported, what becomes of it, and blocks.

use crate::Lang;
use domain::problems::Severity;

text! {
    problem_note() { en: "It works", it: "Funziona" }
    problem_degraded() { en: "It works badly", it: "Funziona male" }
    problem_unsafe() { en: "It is unsafe", it: "Non è sicura" }

    problem_unknown() { en: "There is no such problem.", it: "Questo problema non esiste." }
    problem_choose_severity() { en: "Choose how bad it is.", it: "Scegli quanto è grave." }
    problem_words_empty() { en: "Write what is wrong.", it: "Scrivi che cosa non va." }
    problem_done_empty() { en: "Write what was done.", it: "Scrivi che cosa è stato fatto." }
    problem_because_empty() { en: "Write why nobody may use it.", it: "Scrivi perché nessuno può usarla." }
    problem_words_long(n: &str) { en: "Use {n} characters at most.", it: "Usa al massimo {n} caratteri." }
    problem_over() { en: "This problem is resolved already.", it: "Questo problema è già risolto." }
    problem_not_yours() {
        en: "A photo is added by whoever reported the problem, or by those who care for the machine.",
        it: "La foto la aggiunge chi ha segnalato il problema o chi è responsabile della macchina.",
    }
    block_unknown() { en: "There is no such block.", it: "Questo blocco non esiste." }
    block_over() { en: "This block was lifted already.", it: "Questo blocco è già stato tolto." }
    block_there() { en: "The machine is blocked already. Lift that block first, or leave it as it is.",
                    it: "La macchina è già bloccata. Togli prima quel blocco, o lascialo com'è." }
}

impl Lang {
    /// How bad a problem is.
    #[must_use]
    pub const fn problem_severity(self, severity: Severity) -> &'static str {
        match severity {
            Severity::Note => self.problem_note(),
            Severity::Degraded => self.problem_degraded(),
            Severity::Unsafe => self.problem_unsafe(),
        }
    }
}
