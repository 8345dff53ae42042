//! Training requests and events: refusals and faults of forms. Not here: their pages ([`crate::training_events`],
//! [`crate::training_hosting`]) and notices ([`crate::event_notices`]).

use crate::Lang;
use domain::training_events::InvalidTerms;

text! {
    event_unknown() { en: "Training event not found.", it: "Evento formativo non trovato." }
    event_begun() { en: "This event has begun.", it: "Questo evento è già iniziato." }
    event_cancelled() { en: "This event is cancelled.", it: "Questo evento è annullato." }
    event_completed() { en: "The results of this event are written.", it: "I risultati di questo evento sono già scritti." }
    event_closed() { en: "Sign-up has closed. Ask for training to hear of the next date.", it: "Le iscrizioni sono chiuse. Chiedi la formazione per sapere la prossima data." }
    event_taken(name: &str, time: &str) { en: "{name} is taken {time}. Choose another time.", it: "{name} è occupato {time}. Scegli un altro orario." }
    event_host_taken(time: &str) { en: "The host has something else {time}. Choose another time or host.", it: "Chi conduce ha un altro impegno {time}. Scegli un altro orario o un’altra persona." }
    event_busy(time: &str) { en: "You have something else {time}. Cancel it first, or decline.", it: "Hai un altro impegno {time}. Prima annullalo, oppure rifiuta." }
    event_elsewhere() { en: "You have a place at another date for this, or are invited to one. Give that up first.", it: "Hai già un posto in un’altra data, o un invito. Prima rinuncia a quello." }
    event_capacity(held: &str) { en: "{held} places are held. Choose that many or more.", it: "{held} posti sono già assegnati. Scegline almeno altrettanti." }
    event_host() { en: "They may not hold this training: choose a trainer; for trainers an owner, for owners an administrator.", it: "Non può condurre questa formazione: scegli un istruttore; per istruttori un responsabile, per responsabili un amministratore." }
    event_own() { en: "Hosts don’t sign up for their own event.", it: "Chi conduce un evento non vi si iscrive." }
    event_qualified() { en: "You can do that already.", it: "Lo puoi già fare." }
    event_banned() { en: "You are banned from this equipment. Ask its trainers why.", it: "Non puoi usare questa attrezzatura. Chiedi il motivo ai suoi istruttori." }
    event_requires(names: &str) { en: "First you need: {names}.", it: "Prima ti serve: {names}." }
    event_no_place() { en: "You have no place at this event.", it: "Non hai un posto a questo evento." }
    event_no_invitation() { en: "Invitation not found.", it: "Invito non trovato." }
    event_answered() { en: "This invitation is answered, or it has expired. The event’s page shows whether there is a place.", it: "A questo invito è già stato risposto, oppure è scaduto. La pagina dell’evento mostra se c’è posto." }
    event_early() { en: "The event has not begun. Results can be written from 15 minutes before it.", it: "L’evento non è ancora iniziato. I risultati si scrivono da 15 minuti prima." }
    event_results_incomplete(names: &str) { en: "No result yet: {names}.", it: "Manca il risultato di: {names}." }
    event_result_missing() { en: "Choose a result.", it: "Scegli un risultato." }
    event_results_unknown() { en: "People have left or joined meanwhile. Look at the list again.", it: "Nel frattempo qualcuno si è aggiunto o è uscito. Ricontrolla l’elenco." }
    event_refused(name: &str, reason: &str) { en: "{name}: {reason}", it: "{name}: {reason}" }
    event_no_results() { en: "There are no results to undo.", it: "Non ci sono risultati da annullare." }
    event_results_other() { en: "Another person wrote these results.", it: "Questi risultati li ha scritti un’altra persona." }
    event_undo_late() { en: "Results can be undone for ten minutes. Change the qualifications of each person.", it: "I risultati si possono annullare per dieci minuti. Modifica le abilitazioni di ciascuno." }
    event_undo_used() { en: "A person who passed has used it since. Change the qualifications of each person.", it: "Chi ha superato la prova l’ha già usata. Modifica le abilitazioni di ciascuno." }
    event_no_such_hour() { en: "The clocks jump over this time. Choose another.", it: "In quel momento l’orologio va avanti. Scegli un altro orario." }

    event_terms_reversed() { en: "It must end after it begins.", it: "Deve finire dopo l’inizio." }
    event_terms_long() { en: "An event lasts 24 hours at most.", it: "Un evento dura al massimo 24 ore." }
    event_terms_past() { en: "Choose a time from now on.", it: "Scegli un momento da adesso in poi." }
    event_terms_late_deadline() { en: "Sign-up must close before the event begins.", it: "Le iscrizioni devono chiudere prima dell’inizio." }
    event_terms_past_deadline() { en: "Choose a closing time from now on.", it: "Scegli una chiusura da adesso in poi." }
    event_terms_minimum() { en: "It can’t need more people than it has places.", it: "Non può richiedere più persone dei posti che ha." }

    booking_taken_event(time: &str) { en: "Taken by a training event: {time}.", it: "Occupato da un evento formativo: {time}." }
    bookings_event() { en: "training event", it: "evento formativo" }
    training_events_calendar() { en: "Training events", it: "Eventi formativi" }

    training_request_unknown() { en: "Training request not found.", it: "Richiesta di formazione non trovata." }
    training_request_limit(most: &str) { en: "You have {most} open requests, the most one can have. Withdraw one first.", it: "Hai {most} richieste aperte, il massimo possibile. Prima ritirane una." }
    training_request_open() { en: "You have asked for this already.", it: "L’hai già chiesto." }
    training_request_barred(missed: &str) { en: "You did not come to {missed} events. Ask a manager to readmit you.", it: "Non sei venuto a {missed} eventi. Chiedi a un gestore di riammetterti." }
    training_request_not_offered() { en: "The workshop offers no such training. Choose another.", it: "Il laboratorio non offre questa formazione. Scegline un’altra." }
}

impl Lang {
    /// The message for terms that an event cannot have.
    #[must_use]
    pub fn event_terms(self, invalid: InvalidTerms) -> String {
        let message = match invalid {
            InvalidTerms::Reversed => self.event_terms_reversed(),
            InvalidTerms::TooLong => self.event_terms_long(),
            InvalidTerms::Past => self.event_terms_past(),
            InvalidTerms::LateDeadline => self.event_terms_late_deadline(),
            InvalidTerms::PastDeadline => self.event_terms_past_deadline(),
            InvalidTerms::MinimumOverCapacity => self.event_terms_minimum(),
        };
        message.to_owned()
    }
}
