//! Draws of rooms: their notices, refusals and faults of forms.

use crate::Lang;
use domain::{
    draws::{Fault, ROOMS, WEEKS, WINDOW_LEAST, WINDOW_MOST, WISH_HOURS},
    notices::DrawNews,
};

text! {
    draw_unknown() { en: "Draw not found.", it: "Estrazione non trovata." }
    draw_wish_unknown() { en: "Wish not found.", it: "Preferenza non trovata." }
    draw_opened() { en: "This draw has opened and can’t be deleted.", it: "Questa estrazione è già aperta e non si può eliminare." }
    draw_not_open() { en: "This draw takes no wishes now. Its page says when it is open.", it: "Ora questa estrazione non accetta preferenze. La sua pagina dice quando è aperta." }
    draw_not_closed() { en: "This draw still takes wishes. Run it when it is closed.", it: "Questa estrazione accetta ancora preferenze. Eseguila dopo la chiusura." }
    draw_completed() { en: "This draw has been run.", it: "Questa estrazione è già stata eseguita." }
    draw_no_proof() { en: "This draw has not been run, so there is no draw file yet.", it: "Questa estrazione non è ancora stata eseguita, quindi il suo file non c’è ancora." }
    draw_no_secret() { en: "This draw’s secret isn’t in the data folder. It gets a new one within minutes, which is announced; run the draw after that.", it: "Il segreto di questa estrazione non è nella cartella dei dati. Entro pochi minuti ne riceve uno nuovo, che viene annunciato; esegui l’estrazione dopo." }
    draw_full(most: &str) { en: "This draw has {most} wishes, the most it can have.", it: "Questa estrazione ha {most} preferenze, il massimo possibile." }

    draw_fault_past() { en: "Choose a time from now on.", it: "Scegli un momento da adesso in poi." }
    draw_fault_window(least: &str, most: &str) { en: "Wishes are taken for {least} to {most} days. Choose a closing time within that.", it: "Le preferenze si raccolgono per {least}–{most} giorni. Scegli una chiusura in questo intervallo." }
    draw_fault_before_closing() { en: "Choose a time after the closing.", it: "Scegli un momento dopo la chiusura." }
    draw_fault_begins() { en: "Choose a first day after the draw.", it: "Scegli un primo giorno dopo l’estrazione." }
    draw_fault_drawn_late() { en: "Choose a time before the first day that is drawn.", it: "Scegli un momento prima del primo giorno in palio." }
    draw_fault_order() { en: "This is before the beginning. Choose a later one.", it: "È prima dell’inizio. Scegline uno successivo." }
    draw_fault_weeks(most: &str) { en: "A draw is for at most {most} weeks. Choose an earlier last day.", it: "Un’estrazione vale al massimo {most} settimane. Scegli un ultimo giorno precedente." }
    draw_fault_no_rooms() { en: "Choose at least one room.", it: "Scegli almeno una sala." }
    draw_fault_many_rooms(most: &str) { en: "Choose at most {most} rooms.", it: "Scegli al massimo {most} sale." }
    draw_fault_room_gone() { en: "This room is archived or doesn’t exist. Choose another one.", it: "Questa sala è archiviata o non esiste. Scegline un’altra." }
    draw_fault_room_closed() { en: "This room is closed to new bookings. Choose another one.", it: "Questa sala è chiusa a nuove prenotazioni. Scegline un’altra." }
    draw_fault_fixed() { en: "This can’t be changed any more: people enter wishes because of it.", it: "Non si può più cambiare: le preferenze si basano su questo." }
    draw_fault_earlier() { en: "An open draw can’t close earlier. Choose a later time.", it: "Un’estrazione aperta non può chiudere prima. Scegli un momento successivo." }
    draw_fault_not_offered() { en: "This room isn’t part of the draw. Choose one of its rooms.", it: "Questa sala non fa parte dell’estrazione. Scegli una delle sue sale." }
    draw_fault_not_permitted() { en: "Only certain groups can book this room. Choose another one, or ask a manager.", it: "Questa sala è riservata a certi gruppi. Scegline un’altra o chiedi a un responsabile." }
    draw_fault_empty() { en: "This wish begins and ends at the same time. Choose a later end.", it: "Questa preferenza inizia e finisce nello stesso momento. Scegli una fine successiva." }
    draw_fault_outside_week() { en: "Use seconds of the week: from 0, Sunday 00:00, to 604800, Saturday midnight.", it: "Usa i secondi della settimana: da 0, domenica 00:00, a 604800, sabato mezzanotte." }
    draw_fault_minutes() { en: "Use whole minutes.", it: "Usa minuti interi." }
    draw_fault_passes_week() { en: "A wish ends by Saturday midnight, where the week ends. Make another one for Sunday.", it: "Una preferenza finisce entro la mezzanotte di sabato, dove finisce la settimana. Fanne un’altra per domenica." }
    draw_fault_long(most: &str) { en: "A wish is at most {most} hours long. Choose an earlier end.", it: "Una preferenza dura al massimo {most} ore. Scegli una fine precedente." }
    draw_fault_outside_offer() { en: "Not all of this time is drawn. The days and hours are on the draw’s page.", it: "Non tutto questo orario è in palio. I giorni e le ore sono nella pagina dell’estrazione." }
    draw_fault_no_day() { en: "Choose a day of the week.", it: "Scegli un giorno della settimana." }
    draw_fault_importance() { en: "Choose from 1 to 5.", it: "Scegli da 1 a 5." }
    draw_fault_duplicate() { en: "You have this wish already. Choose another room or time.", it: "Hai già questa preferenza. Scegli un’altra sala o un altro orario." }
    draw_fault_overlaps() { en: "You have a wish for some of this time already, and can only be in one room. Choose another time.", it: "Hai già una preferenza per parte di questo orario, e puoi stare in una sola sala. Scegli un altro orario." }
    draw_fault_many(most: &str) { en: "You have {most} wishes, the most this draw takes. Change or withdraw one of them.", it: "Hai {most} preferenze, il massimo di questa estrazione. Modificane o ritirane una." }
    draw_fault_groups() { en: "Only groups take part in this draw. Choose a group that you administer.", it: "A questa estrazione partecipano solo gruppi. Scegli un gruppo che amministri." }
    draw_fault_people() { en: "Groups don’t take part in this draw. Wish for yourself.", it: "I gruppi non partecipano a questa estrazione. Esprimi una preferenza per te." }
    draw_fault_admin() { en: "Only the admins of a group make wishes for it. Ask one of them.", it: "Solo chi amministra un gruppo esprime le sue preferenze. Chiedi a una di queste persone." }

    notice_draw_opened(name: &str) { en: "{name} is open for wishes", it: "{name}: ora puoi esprimere preferenze" }
    notice_draw_opened_next() { en: "It makes no difference who is first.", it: "Non conta chi arriva per primo." }
    notice_draw_closed(name: &str) { en: "{name} is closed", it: "{name}: l’estrazione è chiusa" }
    notice_draw_closed_next() { en: "Your wishes are fixed. You get a notice when it is drawn.", it: "Le tue preferenze sono fissate. Riceverai un avviso dopo l’estrazione." }
    notice_draw_to_run(name: &str) { en: "{name} is closed and can be run", it: "{name}: l’estrazione è chiusa e si può eseguire" }
    notice_draw_to_run_next() { en: "Run it on its page.", it: "Eseguila dalla sua pagina." }
    notice_draw_drawn(name: &str) { en: "{name} has been drawn", it: "{name}: l’estrazione è stata eseguita" }
    notice_draw_renewed(name: &str) { en: "{name} has a new secret", it: "{name}: l’estrazione ha un nuovo segreto" }
    notice_draw_renewed_next() { en: "A backup was restored. Note the new fingerprint; the one before no longer counts.", it: "È stata ripristinata una copia di sicurezza. Annota la nuova impronta: quella di prima non vale più." }
    notice_draw_drawn_next() { en: "See what you got, and why.", it: "Guarda che cosa hai ottenuto e perché." }
}

impl Lang {
    /// Title and next step of a notice about the draw `name`.
    pub(crate) fn draw_news(self, news: DrawNews, name: &str) -> (String, String) {
        let (title, next) = match news {
            DrawNews::Opened => (self.notice_draw_opened(name), self.notice_draw_opened_next()),
            DrawNews::Closed => (self.notice_draw_closed(name), self.notice_draw_closed_next()),
            DrawNews::ToRun => (self.notice_draw_to_run(name), self.notice_draw_to_run_next()),
            DrawNews::Drawn => (self.notice_draw_drawn(name), self.notice_draw_drawn_next()),
            DrawNews::Renewed => (self.notice_draw_renewed(name), self.notice_draw_renewed_next()),
        };
        (title, next.to_owned())
    }

    /// The message at a field of a draw or of a wish.
    pub(crate) fn draw_fault(self, fault: Fault) -> String {
        let message = match fault {
            Fault::Window => {
                return self.draw_fault_window(&WINDOW_LEAST.to_string(), &WINDOW_MOST.to_string());
            }
            Fault::TooManyWeeks => return self.draw_fault_weeks(&WEEKS.to_string()),
            Fault::TooManyRooms => return self.draw_fault_many_rooms(&ROOMS.to_string()),
            Fault::TooLong => return self.draw_fault_long(&WISH_HOURS.to_string()),
            Fault::TooMany(most) => return self.draw_fault_many(&most.to_string()),
            Fault::Past => self.draw_fault_past(),
            Fault::DrawnBeforeClosing => self.draw_fault_before_closing(),
            Fault::BeginsBeforeDraw => self.draw_fault_begins(),
            Fault::DrawnAfterBeginning => self.draw_fault_drawn_late(),
            Fault::Order => self.draw_fault_order(),
            Fault::NoRooms => self.draw_fault_no_rooms(),
            Fault::RoomGone => self.draw_fault_room_gone(),
            Fault::RoomClosed => self.draw_fault_room_closed(),
            Fault::Fixed => self.draw_fault_fixed(),
            Fault::ClosesEarlier => self.draw_fault_earlier(),
            Fault::NotOffered => self.draw_fault_not_offered(),
            Fault::NotPermitted => self.draw_fault_not_permitted(),
            Fault::Empty => self.draw_fault_empty(),
            Fault::OutsideWeek => self.draw_fault_outside_week(),
            Fault::NotWholeMinutes => self.draw_fault_minutes(),
            Fault::PassesWeek => self.draw_fault_passes_week(),
            Fault::OutsideOffer => self.draw_fault_outside_offer(),
            Fault::NoDay => self.draw_fault_no_day(),
            Fault::Importance => self.draw_fault_importance(),
            Fault::Duplicate(_) => self.draw_fault_duplicate(),
            Fault::Overlaps(_) => self.draw_fault_overlaps(),
            Fault::OnlyGroups => self.draw_fault_groups(),
            Fault::OnlyPeople => self.draw_fault_people(),
            Fault::NotItsAdmin => self.draw_fault_admin(),
        };
        message.to_owned()
    }
}
