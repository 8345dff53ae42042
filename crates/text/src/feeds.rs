//! Calendar feeds, by which other programs read bookings and checkouts.

use crate::Lang;
use domain::feeds::Feed;

text! {
    feeds_title() { en: "Calendar", it: "Calendario" }
    feeds_sub() { en: "Your bookings in the calendar on your phone or computer. It updates automatically.",
                  it: "Le tue prenotazioni nel calendario del telefono o del computer. Si aggiorna automaticamente." }
    feeds_link() { en: "Bookings in your own calendar app", it: "Le prenotazioni nella tua app di calendario" }
    feeds_list() { en: "Calendar addresses", it: "Indirizzi del calendario" }
    feeds_none() { en: "No calendar addresses yet", it: "Ancora nessun indirizzo" }
    feeds_none_next() { en: "Create one below and add it to your calendar app.", it: "Creane uno qui sotto e aggiungilo alla tua app di calendario." }
    feeds_made(day: &str) { en: "Created {day}", it: "Creato {day}" }
    feeds_never_seen() { en: "never read", it: "mai letto" }
    feeds_seen(when: &str) { en: "last read {when}", it: "letto l’ultima volta {when}" }
    feeds_revoke() { en: "Revoke", it: "Revoca" }
    feeds_revoked() { en: "Revoked. Calendars that used this address stop updating.", it: "Revocato. I calendari che usavano questo indirizzo non si aggiornano più." }
    feeds_new() { en: "New calendar address", it: "Nuovo indirizzo" }
    feeds_show() { en: "What it shows", it: "Che cosa mostra" }
    feeds_make() { en: "Create address", it: "Crea l’indirizzo" }
    feeds_ready(name: &str) { en: "Calendar address for {name}", it: "Indirizzo del calendario per {name}" }
    feeds_ready_next() { en: "Copy it now: it is shown only this once. Anyone who has it can read this calendar, so keep it to yourself.",
                         it: "Copialo adesso: si vede solo questa volta. Chi ce l’ha può leggere questo calendario: non darlo a nessuno." }
    feeds_address() { en: "Address", it: "Indirizzo" }
    feeds_copy() { en: "Copy address", it: "Copia l’indirizzo" }
    feeds_copied() { en: "Copied", it: "Copiato" }
    feeds_open() { en: "Add to calendar app", it: "Aggiungi all’app di calendario" }
    feeds_how() { en: "In Google Calendar choose “From URL”, in Outlook “Subscribe from web”, on an iPhone “Add subscription calendar”, and paste the address.",
                  it: "In Google Calendar scegli «Da URL», in Outlook «Sottoscrivi dal Web», su iPhone «Aggiungi calendario con iscrizione», e incolla l’indirizzo." }
    feeds_slow() { en: "Most apps check for changes every few hours.", it: "La maggior parte delle app controlla le modifiche ogni poche ore." }
    feeds_resource() { en: "Show these bookings in your calendar app", it: "Mostra queste prenotazioni nella tua app di calendario" }
    feed_mine() { en: "My bookings and checkouts", it: "Le mie prenotazioni e prove" }
    feed_held() { en: "Checkouts I give", it: "Prove che faccio fare" }
    feed_held_by(name: &str) { en: "Checkouts with {name}", it: "Prove con {name}" }
    feed_gone() { en: "Not available any more", it: "Non più disponibile" }
    feed_form() { en: "Choose what the calendar shows.", it: "Scegli che cosa mostra il calendario." }
    feed_too_many(most: &str) { en: "You have {most} calendar addresses already. Revoke one that you don’t use any more.",
                                it: "Hai già {most} indirizzi. Revocane uno che non usi più." }
    feed_unknown() { en: "Calendar not found.", it: "Calendario non trovato." }
    feed_taken() { en: "Booked", it: "Prenotato" }
    feed_checkout() { en: "Checkout", it: "Prova" }
    feed_maintenance() { en: "Maintenance", it: "Manutenzione" }
    feed_closed() { en: "Closed", it: "Chiuso" }
}

impl Lang {
    /// The name of a feed; `name` is that of its trainer, machine or room.
    #[must_use]
    pub fn feed_name(self, feed: Feed, name: Option<&str>) -> String {
        match (feed, name) {
            (Feed::Mine, _) => self.feed_mine().to_owned(),
            (Feed::Trainer(_), Some(name)) => self.feed_held_by(name),
            (Feed::Resource(_), Some(name)) => name.to_owned(),
            (Feed::Trainer(_) | Feed::Resource(_), None) => self.feed_gone().to_owned(),
        }
    }

    /// A booked time, with the holder's name if visible.
    #[must_use]
    pub fn feed_booked(self, who: Option<&str>) -> String {
        who.map_or_else(|| self.feed_taken().to_owned(), |who| format!("{}: {who}", self.feed_taken()))
    }
}
