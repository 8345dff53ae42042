//! Requests for help at a machine.

use crate::{Lang, audit::Sentence};
use contract::help::HelpRequestView;
use domain::notices::Notice;

text! {
    system_job_help() { en: "Pass on unanswered requests for help", it: "Inoltro delle richieste di aiuto senza risposta" }
    help_title() { en: "Help", it: "Aiuto" }
    help_ask() { en: "Ask for help", it: "Chiedi aiuto" }
    help_ask_next() { en: "Trainers and owners who are here get a notice.", it: "Istruttori e proprietari presenti ricevono un avviso." }
    help_text() { en: "What is it about? (optional)", it: "Di che cosa si tratta? (facoltativo)" }
    help_on_my_way() { en: "On my way", it: "Arrivo" }
    help_answer_text() { en: "Message (optional)", it: "Messaggio (facoltativo)" }
    help_resolve() { en: "Resolved", it: "Risolto" }
    help_own_inside(n: u32) {
        en: [one: "{n} person who can help is here and got a notice.", other: "{n} people who can help are here and got a notice."],
        it: [one: "C’è {n} persona che può aiutare: ha ricevuto un avviso.", other: "Ci sono {n} persone che possono aiutare: hanno ricevuto un avviso."]
    }
    help_own_away(n: u32) {
        en: [one: "No trainer or owner is here. {n} person got a notice and may answer from elsewhere.",
             other: "No trainer or owner is here. {n} people got a notice and may answer from elsewhere."],
        it: [one: "Non ci sono istruttori né proprietari. {n} persona ha ricevuto un avviso e può rispondere da fuori.",
             other: "Non ci sono istruttori né proprietari. {n} persone hanno ricevuto un avviso e possono rispondere da fuori."]
    }
    help_own_passed_on(n: u32) {
        en: [one: "Nobody has answered yet. {n} person has got a notice by now.",
             other: "Nobody has answered yet. {n} people have got a notice by now."],
        it: [one: "Nessuno ha ancora risposto. Finora {n} persona ha ricevuto un avviso.",
             other: "Nessuno ha ancora risposto. Finora {n} persone hanno ricevuto un avviso."]
    }
    help_own_nobody() { en: "Nobody else looks after this machine, so nobody got a notice. Ask someone who is here.",
                        it: "Nessun altro si occupa di questa macchina: nessuno ha ricevuto l’avviso. Chiedi a chi è presente." }
    help_coming(name: &str) { en: "{name} is on the way.", it: "{name} sta arrivando." }
    help_coming_former() { en: "Help is on the way.", it: "L’aiuto sta arrivando." }
    help_answered(name: &str, words: &str) { en: "{name}: “{words}”", it: "{name}: «{words}»" }
    help_waits(name: &str, since: &str) { en: "{name} asked for help {since}.", it: "{name} ha chiesto aiuto {since}." }
    help_waits_you(since: &str) { en: "You asked for help {since}.", it: "Hai chiesto aiuto {since}." }
    help_someone() { en: "Someone", it: "Qualcuno" }
    help_expires(when: &str) { en: "Expires {when}.", it: "Scade {when}." }
    help_unknown() { en: "Request not found.", it: "Richiesta non trovata." }
    help_open() { en: "You’ve already asked for help here. Mark that request as resolved before you ask again.",
                  it: "Hai già chiesto aiuto qui. Segna la richiesta come risolta prima di chiedere di nuovo." }
    help_over() { en: "This request is resolved or has expired.", it: "Questa richiesta è risolta o scaduta." }
    help_answered_by(name: &str) { en: "{name} has already answered.", it: "{name} ha già risposto." }
    help_own() { en: "You asked for help yourself. Someone else can answer.", it: "Hai chiesto aiuto tu: può rispondere un’altra persona." }
    help_too_often(minutes: u32) {
        en: [one: "You’ve asked for help often. Try again in {minutes} minute.", other: "You’ve asked for help often. Try again in {minutes} minutes."],
        it: [one: "Hai chiesto aiuto molte volte. Riprova tra {minutes} minuto.", other: "Hai chiesto aiuto molte volte. Riprova tra {minutes} minuti."]
    }
    notice_help_asked(who: &str, name: &str) { en: "{who} needs help at {name}", it: "{who} ha bisogno di aiuto: {name}" }
    notice_help_asked_inside() { en: "Go there if you can, or answer on the machine’s page.", it: "Vai lì se puoi, o rispondi dalla pagina della macchina." }
    notice_help_asked_away() { en: "No trainer or owner is there. You can answer on the machine’s page.",
                               it: "Non ci sono istruttori né proprietari. Puoi rispondere dalla pagina della macchina." }
    notice_help_unanswered() { en: "Nobody has answered yet. You can answer on the machine’s page.",
                               it: "Nessuno ha ancora risposto. Puoi rispondere dalla pagina della macchina." }
    notice_help_answered(who: &str, name: &str) { en: "{who} answered you: {name}", it: "{who} ti ha risposto: {name}" }
    notice_help_answered_next() { en: "Mark it as resolved when you are done.", it: "Quando avete finito, segna la richiesta come risolta." }
    kind_help_asked() { en: "Someone needs help at a machine you look after", it: "Qualcuno ha bisogno di aiuto a una macchina di cui ti occupi" }
    kind_help_answered() { en: "Someone answers your request for help", it: "Qualcuno risponde alla tua richiesta di aiuto" }
    inbox_help() { en: "Help needed", it: "Richieste di aiuto" }
    inbox_help_by() { en: "Asked by", it: "Chiesto da" }
    inbox_help_answered() { en: "Answered by", it: "Ha risposto" }
    inbox_help_asked(who: &str, when: &str) { en: "{who}, {when}", it: "{who}, {when}" }
}

/// Codes of the audit log.
pub(crate) const AUDITED: &[Sentence] = &[
    ("help.asked", "asked for help at a machine", "ha chiesto aiuto a una macchina"),
    ("help.answered", "answered a request for help", "ha risposto a una richiesta di aiuto"),
    ("help.passed-on", "passed a request for help on", "ha inoltrato una richiesta di aiuto"),
    ("help.resolved", "resolved a request for help", "ha risolto una richiesta di aiuto"),
];

impl Lang {
    /// What becomes of a request, for the person who asked.
    #[must_use]
    pub fn help_state(self, request: &HelpRequestView) -> String {
        match (&request.answered, &request.helper, &request.answer) {
            (Some(_), Some(helper), Some(words)) => self.help_answered(helper, words),
            (Some(_), Some(helper), None) => self.help_coming(helper),
            (Some(_), None, _) => self.help_coming_former().to_owned(),
            (None, ..) if request.notified == 0 => self.help_own_nobody().to_owned(),
            (None, ..) if request.passed_on.is_some() => self.help_own_passed_on(request.notified),
            (None, ..) if request.inside => self.help_own_inside(request.notified),
            (None, ..) => self.help_own_away(request.notified),
        }
    }

    /// News about a request at the machine `name`.
    pub(crate) fn help_news(self, notice: &Notice, name: &str, who: Option<&str>) -> (String, String) {
        let who = who.unwrap_or_else(|| self.help_someone());
        match notice {
            Notice::HelpAsked { inside: true, .. } => {
                (self.notice_help_asked(who, name), self.notice_help_asked_inside().to_owned())
            }
            Notice::HelpAsked { passed_on: true, .. } => {
                (self.notice_help_asked(who, name), self.notice_help_unanswered().to_owned())
            }
            Notice::HelpAsked { .. } => {
                (self.notice_help_asked(who, name), self.notice_help_asked_away().to_owned())
            }
            _ => (self.notice_help_answered(who, name), self.notice_help_answered_next().to_owned()),
        }
    }
}
