//! Problems on machines: reports, their states, and blocks.

use crate::Lang;
use domain::problems::{Severity, State};

text! {
    problem_note() { en: "Minor", it: "Lieve" }
    problem_degraded() { en: "Works poorly", it: "Funziona male" }
    problem_unsafe() { en: "Unsafe", it: "Non sicura" }

    problem_note_follows() { en: "No hurry.", it: "Senza fretta." }
    problem_degraded_follows() { en: "It can still be used with care.", it: "Si può ancora usare, con attenzione." }
    problem_unsafe_follows() { en: "Blocks the machine immediately and logs its user out.",
                               it: "Blocca subito la macchina e fa uscire chi la sta usando." }
    problem_too_often(minutes: u32) {
        en: [one: "You have reported a lot in a short time. Wait a minute, or ask an owner of the machine.",
             other: "You have reported a lot in a short time. Wait {minutes} minutes, or ask an owner of the machine."],
        it: [one: "Hai segnalato molto in poco tempo. Aspetta un minuto, oppure parla con chi si occupa della macchina.",
             other: "Hai segnalato molto in poco tempo. Aspetta {minutes} minuti, oppure parla con chi si occupa della macchina."]
    }
    problem_open() { en: "new", it: "nuovo" }
    problem_acknowledged() { en: "being looked at", it: "in corso" }
    problem_resolved() { en: "resolved", it: "risolto" }

    problems_title() { en: "Problems", it: "Problemi" }
    problems_next() { en: "Open problems, by machine", it: "Problemi aperti, per macchina" }
    problems_waiting(n: u32) { en: [one: "{n} waiting", other: "{n} waiting"], it: [one: "{n} in attesa", other: "{n} in attesa"] }
    problems_none() { en: "All caught up", it: "Tutto fatto" }
    problems_none_next() { en: "Problems on the machines you look after show up here.",
                           it: "I problemi delle macchine di cui ti occupi compaiono qui." }
    problems_weeks() { en: "Problems by week", it: "Problemi per settimana" }
    problems_weeks_label(reported: &str, resolved: &str) {
        en: "Problems of the last 12 weeks: {reported} reported, {resolved} resolved. The numbers are in the table beside it.",
        it: "Problemi delle ultime 12 settimane: {reported} segnalati, {resolved} risolti. I numeri sono nella tabella accanto.",
    }
    problems_week() { en: "Week of", it: "Settimana" }
    problems_week_reported() { en: "Reported", it: "Segnalati" }
    problems_week_resolved() { en: "Resolved", it: "Risolti" }
    problems_week_open() { en: "Open at the end", it: "Aperti alla fine" }
    problems_none_here() { en: "No problems reported.", it: "Nessun problema segnalato." }
    problems_resolved(n: u32) { en: [one: "{n} resolved", other: "{n} resolved"], it: [one: "{n} risolto", other: "{n} risolti"] }
    problems_to_queue() { en: "Open problems", it: "Problemi aperti" }

    problem_report() { en: "Report a problem", it: "Segnala un problema" }
    problem_what() { en: "What is wrong?", it: "Che cosa non va?" }
    problem_what_next(name: &str) { en: "The people who look after “{name}” are notified right away.", it: "Chi si occupa di «{name}» viene avvisato subito." }
    problem_how_bad() { en: "How bad is it?", it: "Quanto è grave?" }
    problem_words() { en: "What happened?", it: "Che cosa è successo?" }
    problem_words_hint() { en: "A few words help them bring the right tools. A photo often does too.",
                           it: "Bastano poche parole, così chi interviene sa che cosa portare. Spesso aiuta anche una foto." }
    problem_words_gone() { en: "The text was deleted together with its author.", it: "Il testo è stato cancellato con chi l’ha scritto." }
    problem_send() { en: "Send report", it: "Invia la segnalazione" }
    problem_sent() { en: "Reported", it: "Segnalato" }
    problem_sent_next() { en: "They’ve been notified.", it: "È stato avvisato chi se ne occupa." }
    problem_sent_blocked() { en: "The machine is blocked. Keep others away until someone comes.",
                             it: "La macchina è bloccata. Tieni lontani gli altri finché non arriva qualcuno." }
    problem_photo() { en: "Add a photo?", it: "Aggiungi una foto?" }
    problem_photo_not() { en: "The photo was not added. Try another one?", it: "La foto non è stata aggiunta. Provi con un’altra?" }
    problem_photo_other() { en: "Another photo", it: "Un’altra foto" }
    problem_photo_of(name: &str) { en: "Photo of a problem: {name}", it: "Foto di un problema: {name}" }
    problem_photo_send() { en: "Add photo", it: "Aggiungi foto" }
    problem_to_machine() { en: "Back to the machine", it: "Torna alla macchina" }
    problem_acknowledge() { en: "I’ll take it", it: "Me ne occupo" }
    problem_resolve() { en: "Resolve", it: "Risolvi" }
    problem_resolve_at(name: &str) { en: "Resolve: {name}", it: "Risolvi: {name}" }
    problem_resolve_frees() { en: "The machine is blocked because of it, until it is resolved.",
                              it: "La macchina è bloccata per questo, finché non è risolto." }
    problem_done() { en: "What was done?", it: "Che cosa è stato fatto?" }

    block_in_force() { en: "Blocked:", it: "Bloccata:" }
    block_do() { en: "Block machine", it: "Blocca macchina" }
    block_why() { en: "Nobody can use it until the block is lifted. The current user may finish.",
                  it: "Nessuno può usarla finché il blocco non viene tolto. Chi la sta usando può finire." }
    block_because() { en: "Why?", it: "Perché?" }
    block_because_hint() { en: "Shown to everyone who sees the machine.", it: "Visibile a chiunque veda la macchina." }
    block_when() { en: "When", it: "Quando" }
    block_at_once() { en: "Immediately: it is unsafe, log the user out", it: "Subito: non è sicura, disconnetti chi la usa" }
    block_lift() { en: "Lift block", it: "Togli blocco" }

    problem_unknown() { en: "Problem not found.", it: "Problema non trovato." }
    problem_choose_severity() { en: "Choose a severity.", it: "Scegli la gravità." }
    problem_words_empty() { en: "Describe the problem.", it: "Descrivi il problema." }
    problem_done_empty() { en: "Enter what was done.", it: "Scrivi che cosa è stato fatto." }
    problem_because_empty() { en: "Enter why nobody may use it.", it: "Scrivi perché nessuno può usarla." }
    problem_words_long(n: &str) { en: "Use {n} characters at most.", it: "Usa al massimo {n} caratteri." }
    problem_changed() { en: "Someone has changed this problem since. Read it again, then repeat your change if it still applies.",
                        it: "Nel frattempo il problema è cambiato. Rileggilo, poi ripeti la modifica se vale ancora." }
    problem_over() { en: "This problem is already resolved.", it: "Questo problema è già risolto." }
    problem_not_yours() {
        en: "Only the person who reported the problem, or the people who look after the machine, can add a photo.",
        it: "La foto la aggiunge solo chi ha segnalato il problema o chi si occupa della macchina.",
    }
    block_unknown() { en: "Block not found.", it: "Blocco non trovato." }
    block_over() { en: "This block is already lifted.", it: "Questo blocco è già stato tolto." }
    block_there() { en: "The machine is already blocked. Lift that block first.",
                    it: "La macchina è già bloccata. Prima togli quel blocco." }
}

impl Lang {
    #[must_use]
    pub const fn problem_severity(self, severity: Severity) -> &'static str {
        match severity {
            Severity::Note => self.problem_note(),
            Severity::Degraded => self.problem_degraded(),
            Severity::Unsafe => self.problem_unsafe(),
        }
    }

    /// The consequence of a severity.
    #[must_use]
    pub const fn problem_follows(self, severity: Severity) -> &'static str {
        match severity {
            Severity::Note => self.problem_note_follows(),
            Severity::Degraded => self.problem_degraded_follows(),
            Severity::Unsafe => self.problem_unsafe_follows(),
        }
    }

    /// State of a problem.
    #[must_use]
    pub const fn problem_state(self, state: State) -> &'static str {
        match state {
            State::Open => self.problem_open(),
            State::Acknowledged => self.problem_acknowledged(),
            State::Resolved => self.problem_resolved(),
        }
    }
}
