//! Closures: times when a machine or room cannot be booked.

use crate::Lang;
use domain::{bookings::Cause, time::Moment};

text! {
    closures_title() { en: "Closures", it: "Chiusure" }
    closures_sub() { en: "Times when a machine or a room can’t be booked or used.", it: "Orari in cui una macchina o una sala non si può prenotare né usare." }
    closures_whole() { en: "Closing the whole workshop for a day? Add it under", it: "Il laboratorio chiude per un giorno intero? Aggiungilo in" }
    closures_exceptions() { en: "Opening hours → Exceptions", it: "Orari di apertura → Eccezioni" }
    nav_closures_next() { en: "Closures and maintenance windows", it: "Chiusure e finestre di manutenzione" }
    closures_coming() { en: "Closures and maintenance windows", it: "Chiusure e finestre di manutenzione" }
    closures_none() { en: "Nothing is closed", it: "Nessuna chiusura" }
    closures_none_next() { en: "Add one below, and nobody can book that time.", it: "Aggiungine una qui sotto e nessuno potrà prenotare quell’orario." }
    closures_past() { en: "Last 30 days", it: "Ultimi 30 giorni" }
    closure_new() { en: "Add a closure", it: "Aggiungi una chiusura" }
    closure_resource() { en: "Machine or room", it: "Macchina o sala" }
    closure_from() { en: "From", it: "Da" }
    closure_until() { en: "Until", it: "Fino a" }
    closure_kind() { en: "Kind", it: "Tipo" }
    closure_kind_closure() { en: "Closure", it: "Chiusura" }
    closure_kind_maintenance() { en: "Maintenance", it: "Manutenzione" }
    closure_note() { en: "Note", it: "Nota" }
    closure_note_hint() { en: "Shown on this page only.", it: "Si legge solo in questa pagina." }
    closure_call_off() { en: "Cancel bookings and checkouts in that time, and notify everyone affected", it: "Annulla prenotazioni e prove di quell’orario e avvisa tutti gli interessati" }
    closure_close() { en: "Add closure", it: "Aggiungi chiusura" }
    closure_closed() { en: "Closure added.", it: "Chiusura aggiunta." }
    closure_lift() { en: "Lift closure", it: "Riapri" }
    closure_lifted(name: &str) { en: "Closure lifted: {name}", it: "Riaperto: {name}" }
    closure_running() { en: "Closed now", it: "Chiusa adesso" }
}

impl Lang {
    /// Kind of a closure.
    #[must_use]
    pub const fn closure_kind_of(self, kind: Cause) -> &'static str {
        if matches!(kind, Cause::Maintenance) {
            self.closure_kind_maintenance()
        } else {
            self.closure_kind_closure()
        }
    }

    /// `today, 08:00–12:00`, or with both days if it continues into another.
    #[must_use]
    pub fn closure_time(self, starts: Moment, ends: Moment, now: Moment) -> String {
        if starts.wall().date == ends.wall().date {
            self.booking_time(starts, ends, now)
        } else {
            format!("{} – {}", self.exact(starts, now), self.exact(ends, now))
        }
    }
}
