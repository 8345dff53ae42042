//! External calendars, whose events occupy a machine or room.

use crate::Lang;
use domain::{
    bookings::Cause,
    external_calendars::{Failure, Skipped},
};

text! {
    external_title() { en: "External calendars", it: "Calendari esterni" }
    external_sub() { en: "Calendars from elsewhere, like a university timetable. Nobody can book a machine or a room during their events.",
                     it: "Calendari esterni, come l’orario di un’università. Durante i loro eventi non si può prenotare la macchina o la sala." }
    nav_external_next() { en: "Timetables that block rooms and machines", it: "Orari che bloccano sale e macchine" }
    external_list() { en: "Calendars", it: "Calendari" }
    external_none() { en: "No external calendars yet", it: "Ancora nessun calendario esterno" }
    external_none_next() { en: "Add one below, and its events close the room or machine.", it: "Aggiungine uno qui sotto: i suoi eventi chiuderanno la sala o la macchina." }
    external_new() { en: "Add a calendar", it: "Aggiungi un calendario" }
    external_name() { en: "Name", it: "Nome" }
    external_name_hint() { en: "Like “Timetable of room B12”.", it: "Per esempio «Orario dell’aula B12»." }
    external_address() { en: "Address", it: "Indirizzo" }
    external_address_hint() { en: "Of an iCalendar file: it begins with https:// or webcal:// and often ends in .ics.",
                              it: "Di un file iCalendar: inizia con https:// o webcal:// e spesso finisce con .ics." }
    external_resource() { en: "Machine or room", it: "Macchina o sala" }
    external_add() { en: "Add calendar", it: "Aggiungi calendario" }
    external_added() { en: "Calendar added.", it: "Calendario aggiunto." }
    external_read_now() { en: "Read now", it: "Leggi adesso" }
    external_rename() { en: "Rename", it: "Rinomina" }
    external_save() { en: "Save name", it: "Salva il nome" }
    external_remove() { en: "Remove", it: "Rimuovi" }
    external_remove_next() { en: "The times it blocks are free again right away.", it: "Gli orari che blocca tornano subito liberi." }
    external_remove_confirm() { en: "Remove calendar", it: "Rimuovi calendario" }
    external_removed() { en: "Calendar removed. Its times are free again.", it: "Calendario rimosso. I suoi orari sono di nuovo liberi." }
    external_never() { en: "Not read yet", it: "Non ancora letto" }
    external_read(when: &str) { en: "Last read {when}", it: "Letto l’ultima volta {when}" }
    external_hourly() { en: "Calendars are read every hour, 90 days ahead. Only the times of events are kept, and the titles of those that can’t be read. Events marked as free or cancelled block nothing.",
                        it: "I calendari si leggono ogni ora, per i prossimi 90 giorni. Degli eventi si conservano solo gli orari, e i titoli di quelli che non si riesce a leggere. Quelli segnati come liberi o annullati non bloccano niente." }
    external_taken(n: u32) { en: [one: "blocks {n} slot", other: "blocks {n} slots"], it: [one: "blocca {n} orario", other: "blocca {n} orari"] }
    external_clashes(n: u32) { en: [one: "{n} conflict", other: "{n} conflicts"], it: [one: "{n} conflitto", other: "{n} conflitti"] }
    external_clashes_next() { en: "These events overlap earlier bookings, which stay. They block the rest of their time, and the overlap once it is free.",
                              it: "Questi eventi si sovrappongono a prenotazioni precedenti, che restano. Bloccano il resto del loro orario, e la sovrapposizione appena si libera." }
    external_clash(event: &str, what: &str, with: &str) { en: "{event}: {what}, {with}", it: "{event}: {what}, {with}" }
    external_with_booking() { en: "overlaps a booking", it: "si sovrappone a una prenotazione" }
    external_with_event() { en: "overlaps a training event", it: "si sovrappone a un evento formativo" }
    external_with_checkout() { en: "overlaps a checkout", it: "si sovrappone a una prova" }
    external_with_maintenance() { en: "overlaps maintenance", it: "si sovrappone a una manutenzione" }
    external_with_closure() { en: "overlaps a closure", it: "si sovrappone a una chiusura" }
    external_with_external() { en: "overlaps another external calendar", it: "si sovrappone a un altro calendario esterno" }
    external_failing(why: &str, since: &str) { en: "{why} It hasn’t been readable since {since}; the last events read still apply.",
                                               it: (Da since => "{why} Non è leggibile {since}; valgono gli ultimi eventi letti.") }
    external_failed_unreachable() { en: "No server answers at this address.", it: "A questo indirizzo non risponde nessun server." }
    external_failed_private() { en: "The address is in a private network. If that is right, allow the host on the server with --allow-host.",
                                it: "L’indirizzo è in una rete privata. Se è giusto, permetti l’host sul server con --allow-host." }
    external_failed_redirected() { en: "The address redirects too often, or from https to http. Use the final address.", it: "L’indirizzo rimanda altrove troppe volte, o da https a http. Usa l’indirizzo finale." }
    external_failed_certificate() { en: "The server’s certificate is not valid.", it: "Il certificato del server non è valido." }
    external_failed_denied() { en: "The server asks for a sign-in. Use the secret or public address of the calendar.", it: "Il server chiede un accesso. Usa l’indirizzo segreto o pubblico del calendario." }
    external_failed_missing() { en: "There is nothing at this address. Ask for the new one and add it again.", it: "A questo indirizzo non c’è niente. Chiedi quello nuovo e aggiungilo di nuovo." }
    external_failed_answer() { en: "The server has a problem.", it: "Il server ha un problema." }
    external_failed_slow() { en: "The server took too long.", it: "Il server ha impiegato troppo tempo." }
    external_failed_large() { en: "The calendar is larger than 5 MB. Ask for one of this room only.", it: "Il calendario supera i 5 MB. Chiedine uno solo di questa sala." }
    external_failed_many() { en: "The calendar has more than 2,000 events in 90 days. Ask for one of this room only.", it: "Il calendario ha più di 2.000 eventi in 90 giorni. Chiedine uno solo di questa sala." }
    external_failed_no_calendar() { en: "There is no calendar at this address. It may be a web page.", it: "A questo indirizzo non c’è un calendario. Forse è una pagina web." }
    external_failed_empty() { en: "The server answers without a calendar. Ask for an address that sends the file.", it: "Il server risponde senza un calendario. Chiedi un indirizzo che invii il file." }
    external_failed_broken_off() { en: "The calendar breaks off before its end. It is tried again in an hour; if it stays so, tell those who run its server.",
                                   it: "Il calendario si interrompe prima della fine. Si riprova tra un’ora; se continua, avvisa chi amministra il server." }
    external_failed_packed() { en: "The calendar is compressed in a way that isn’t supported. Ask for the plain file, or one packed with gzip.",
                               it: "Il calendario è compresso in un modo non supportato. Chiedi il file semplice, o compresso con gzip." }
    external_left_out_title() { en: "Left out of external calendars", it: "Tralasciati dai calendari esterni" }
    external_left_out_next() { en: "These events block nothing here, because they can’t be read. You see this because you look after it.",
                               it: "Questi eventi qui non bloccano niente, perché non si riesce a leggerli. Lo vedi perché te ne occupi." }
    external_left_out(day: &str, title: &str, why: &str) { en: "{day}: {title} – {why}", it: "{day}: {title} – {why}" }
    external_no_day() { en: "No day", it: "Nessun giorno" }
    external_no_title() { en: "without a title", it: "senza titolo" }
    external_skipped(n: u32) { en: [one: "{n} event left out", other: "{n} events left out"], it: [one: "{n} evento tralasciato", other: "{n} eventi tralasciati"] }
    external_skipped_time() { en: "no readable time", it: "nessun orario leggibile" }
    external_skipped_order() { en: "ends before it begins", it: "finisce prima di iniziare" }
    external_skipped_zone() { en: "unknown time zone", it: "fuso orario sconosciuto" }
    external_skipped_rule() { en: "repeats in a way that is not supported", it: "si ripete in un modo non supportato" }
    external_unknown() { en: "Calendar not found.", it: "Calendario non trovato." }
    external_too_many(most: &str) { en: "There are {most} external calendars already. Remove one first.", it: "Ci sono già {most} calendari esterni. Rimuovine uno." }
    external_just_read() { en: "It was read just now. Wait 15 seconds.", it: "È stato appena letto. Aspetta 15 secondi." }
    external_form_address() { en: "Enter the address of a calendar, like https://uni.example/b12.ics.", it: "Indica l’indirizzo di un calendario, come https://uni.example/b12.ics." }
    external_form_login() { en: "Addresses with a user and a password are not supported. Ask for a secret address.", it: "Gli indirizzi con utente e password non sono supportati. Chiedi un indirizzo segreto." }
    external_form_port() { en: "Use an address without a port, or with 80, 443, 8080 or 8443.", it: "Usa un indirizzo senza porta, o con 80, 443, 8080 o 8443." }
    external_form_private() { en: "The address is in a private network. If that is right, allow the host on the server with --allow-host.",
                              it: "L’indirizzo è in una rete privata. Se è giusto, permetti l’host sul server con --allow-host." }
}

impl Lang {
    /// Why a calendar could not be read, with the remedy.
    #[must_use]
    pub const fn external_failure(self, failure: Failure) -> &'static str {
        match failure {
            Failure::Unreachable => self.external_failed_unreachable(),
            Failure::Private => self.external_failed_private(),
            Failure::Redirected => self.external_failed_redirected(),
            Failure::Certificate => self.external_failed_certificate(),
            Failure::Denied => self.external_failed_denied(),
            Failure::Missing => self.external_failed_missing(),
            Failure::Answer => self.external_failed_answer(),
            Failure::Slow => self.external_failed_slow(),
            Failure::TooLarge => self.external_failed_large(),
            Failure::TooMany => self.external_failed_many(),
            Failure::NotCalendar => self.external_failed_no_calendar(),
            Failure::Empty => self.external_failed_empty(),
            Failure::BrokenOff => self.external_failed_broken_off(),
            Failure::Packed => self.external_failed_packed(),
        }
    }

    /// What an event collides with.
    #[must_use]
    pub const fn external_with(self, cause: Cause) -> &'static str {
        match cause {
            Cause::Booking => self.external_with_booking(),
            Cause::Checkout => self.external_with_checkout(),
            Cause::Event => self.external_with_event(),
            Cause::Maintenance => self.external_with_maintenance(),
            Cause::Closure => self.external_with_closure(),
            Cause::External => self.external_with_external(),
        }
    }

    /// Why events were skipped.
    #[must_use]
    pub const fn external_skip(self, why: Skipped) -> &'static str {
        match why {
            Skipped::Time => self.external_skipped_time(),
            Skipped::Order => self.external_skipped_order(),
            Skipped::Zone => self.external_skipped_zone(),
            Skipped::Rule => self.external_skipped_rule(),
        }
    }
}
