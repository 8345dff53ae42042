//! Notices about training events, and their settings. Not here: the pages of events.

use crate::Lang;
use contract::notices::NoticeContent;
use domain::{notices::EventNews, settings::Key, time::Moment};

text! {
    notice_event_invited(name: &str) { en: "A place is held for you: {name} training", it: "Un posto è riservato a te: formazione su {name}" }
    notice_event_answer(when: &str) { en: "{when}. Accept or decline it.", it: "{when}. Accetta o rifiuta l’invito." }
    notice_event_lapsed(name: &str) { en: "Your invitation ended: {name} training", it: "Il tuo invito è scaduto: formazione su {name}" }
    notice_event_lapsed_next(when: &str) { en: "It was for {when}. If places are left, you can still sign up.",
                                           it: "Era per {when}. Se restano posti, puoi ancora iscriverti." }
    notice_event_placed(name: &str) { en: "You have a place: {name} training", it: "Hai un posto: formazione su {name}" }
    notice_event_placed_next(when: &str) { en: "{when}. You were next on the waiting list. If you can’t come, cancel on its page.",
                                           it: "{when}. Toccava a te nella lista d’attesa. Se non puoi venire, annulla dalla sua pagina." }
    notice_event_moved(name: &str) { en: "Another time or place: {name} training", it: "Cambia l’orario o il luogo: formazione su {name}" }
    notice_event_moved_next(when: &str) { en: "{when}. Your place is still held: accept or decline it.", it: "{when}. Il tuo posto resta riservato: accetta o rifiuta." }
    notice_event_changed(name: &str) { en: "A training event was changed: {name}", it: "Un evento formativo è cambiato: {name}" }
    notice_event_changed_next(when: &str) { en: "{when}. Its page shows time and place.", it: "{when}. La sua pagina mostra orario e luogo." }
    notice_event_cancelled(name: &str) { en: "A training event was cancelled: {name}", it: "Un evento formativo è stato annullato: {name}" }
    notice_event_too_few(name: &str) { en: "Cancelled, too few people: {name} training", it: "Annullata per pochi partecipanti: formazione su {name}" }
    notice_event_cancelled_next(when: &str) { en: "It was {when}. Requests stay in the queue for the next event.",
                                              it: "Era {when}. Le richieste restano in coda per il prossimo evento." }
    notice_event_dropped(name: &str) { en: "Your place was cancelled: {name} training", it: "Il tuo posto è stato annullato: formazione su {name}" }
    notice_event_dropped_next(when: &str) { en: "It was {when}. Its page says whether you can sign up again.",
                                            it: "Era {when}. La sua pagina dice se puoi iscriverti di nuovo." }
    notice_event_not_yet(name: &str) { en: "Not yet: {name} training", it: "Non ancora: formazione su {name}" }
    notice_event_missed(name: &str) { en: "You missed your training: {name}", it: "Non ti sei presentato alla formazione: {name}" }
    notice_event_missed_next(when: &str) { en: "It was {when}. Ask again if you still want to learn it.", it: "Era {when}. Se ti serve ancora, chiedila di nuovo." }
    notice_event_reminder(name: &str) { en: "Training soon: {name}", it: "Formazione tra poco: {name}" }
    notice_event_reminder_next(when: &str) { en: "{when}. If you can’t come, cancel on its page.", it: "{when}. Se non puoi venire, annulla dalla sua pagina." }
    notice_event_results_due(name: &str) { en: "Results are due: {name} training", it: "Esiti da registrare: formazione su {name}" }
    notice_event_results_due_next(when: &str) { en: "It was {when}. Record who passed.", it: "Era {when}. Registra chi l’ha superata." }
    notice_event_hosted(name: &str) { en: "You host this now: {name} training", it: "Ora la conduci tu: formazione su {name}" }
    notice_event_hosted_next(when: &str) { en: "{when}. Its page shows who is coming.", it: "{when}. La sua pagina mostra chi viene." }

    setting_windows() { en: "Enter times like 07:00–12:30, 13:00–18:00: at most 6, without overlap.",
                        it: "Scrivi gli orari come 07:00–12:30, 13:00–18:00: al massimo 6, senza sovrapposizioni." }
}

impl Lang {
    /// Title and next step of a notice about a training event on the type `name`.
    pub(crate) fn event_news(
        self,
        news: EventNews,
        name: &str,
        content: &NoticeContent,
        now: Moment,
    ) -> (String, String) {
        let when = content.starts.map(|starts| self.exact(starts, now)).unwrap_or_default();
        let at = crate::time::capitalised(&when);
        match news {
            EventNews::Invited => (self.notice_event_invited(name), self.notice_event_answer(&at)),
            EventNews::Lapsed => (self.notice_event_lapsed(name), self.notice_event_lapsed_next(&when)),
            EventNews::Placed => (self.notice_event_placed(name), self.notice_event_placed_next(&at)),
            EventNews::Moved => (self.notice_event_moved(name), self.notice_event_moved_next(&at)),
            EventNews::Changed => (self.notice_event_changed(name), self.notice_event_changed_next(&at)),
            EventNews::Cancelled => (self.notice_event_cancelled(name), self.notice_event_cancelled_next(&when)),
            EventNews::TooFew => (self.notice_event_too_few(name), self.notice_event_cancelled_next(&when)),
            EventNews::Dropped => (self.notice_event_dropped(name), self.notice_event_dropped_next(&when)),
            EventNews::NotYet => (self.notice_event_not_yet(name), self.notice_checkout_practise().to_owned()),
            EventNews::Missed => (self.notice_event_missed(name), self.notice_event_missed_next(&when)),
            EventNews::Tomorrow | EventNews::Soon => {
                (self.notice_event_reminder(name), self.notice_event_reminder_next(&at))
            }
            EventNews::ResultsDue => {
                (self.notice_event_results_due(name), self.notice_event_results_due_next(&when))
            }
            EventNews::HostChanged => (self.notice_event_hosted(name), self.notice_event_hosted_next(&at)),
        }
    }
}

/// The description of a setting of training events, in each language.
pub(crate) const fn setting_sentences(key: Key) -> (&'static str, &'static str) {
    match key {
        Key::EventRequests => {
            ("Open requests that one person may have.", "Richieste aperte che può avere una persona.")
        }
        Key::EventAnswerDays => {
            ("Days in which an invitation has to be answered.", "Giorni entro cui rispondere a un invito.")
        }
        Key::EventNoShows => (
            "Missed events after which someone can’t ask again. 0 = off.",
            "Assenze dopo cui non si può più chiedere. 0 = disattivato.",
        ),
        Key::EventWindows => (
            "Parts of the day that people can choose from when they ask for training.",
            "Fasce orarie tra cui scegliere quando si chiede una formazione.",
        ),
        Key::EventUsePlaces | Key::EventTrainPlaces | Key::EventOwnPlaces | Key::EventMaintainPlaces => (
            "Usual number of places. 0 = no such training here.",
            "Posti usuali. 0 = qui questa formazione non c’è.",
        ),
        // The minutes; keys of other groups have their sentences in `setting_sentence`.
        _ => ("Usual length, in minutes.", "Durata usuale, in minuti."),
    }
}
