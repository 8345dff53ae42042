//! Settings: names, descriptions and values; and opening hours.

use crate::Lang;
use domain::{
    settings::{Fits, Group, Key, Scope},
    time::MINUTE,
};

text! {
    settings_title() { en: "Settings", it: "Impostazioni" }
    settings_sub() { en: "Settings of the workshop, a type or one machine. The most specific one applies.",
                     it: "Impostazioni del laboratorio, di un tipo o di una macchina. Vale la più specifica." }
    settings_next() { en: "Access, boards, names, expiry", it: "Accesso, schede, nomi, scadenze" }
    settings_where() { en: "For", it: "Per" }
    settings_show() { en: "Show", it: "Mostra" }
    settings_everything() { en: "Whole workshop", it: "Tutto il laboratorio" }
    settings_default(name: &str) { en: "Default: {name}", it: "Predefinito: {name}" }
    settings_from_default() { en: "default", it: "predefinito" }
    settings_from_space() { en: "set for the workshop", it: "impostato per il laboratorio" }
    settings_from_type() { en: "set for its type", it: "impostato per il tipo" }
    settings_from_machine() { en: "set for the machine", it: "impostato per la macchina" }
    settings_changed_by(who: &str, when: &str) { en: "changed by {who}, {when}", it: "modificato da {who}, {when}" }
    settings_changed(when: &str) { en: "changed {when}", it: "modificato {when}" }
    settings_value() { en: "Value", it: "Valore" }
    settings_clear_next() { en: "Effect of using the inherited value:",
                            it: "Effetto del valore ereditato:" }
    settings_clear() { en: "Use inherited value", it: "Usa il valore ereditato" }
    settings_saved() { en: "Saved.", it: "Salvato." }
    setting_contradicts(more: &str, less: &str) { en: "{more} and {less} contradict each other: nothing could be booked. Change one of them.", it: "{more} e {less} si contraddicono: non si potrebbe prenotare niente. Cambia uno dei due." }
    setting_contradicts_at(place: &str, more: &str, less: &str) { en: "At {place}, {more} and {less} contradict each other: nothing could be booked there. Change one of them.", it: "Per {place}, {more} e {less} si contraddicono: lì non si potrebbe prenotare niente. Cambia uno dei due." }
    setting_is(name: &str, value: &str) { en: "{name} ({value})", it: "{name} ({value})" }
    settings_yes() { en: "Yes", it: "Sì" }
    settings_no() { en: "No", it: "No" }
    setting_booking_automatic() { en: "Not needed", it: "Non serve" }
    setting_booking_moderated() { en: "By an owner", it: "Da un proprietario" }
    setting_booking_free() { en: "Always", it: "Sempre" }
    setting_booking_respect() { en: "If not booked", it: "Se non è prenotata" }
    setting_booking_required() { en: "Never", it: "Mai" }
    settings_off() { en: "Off", it: "Disattivato" }
    settings_percent(number: u32) { en: "{number}%", it: "{number} %" }
    setting_unknown() { en: "Nothing can be set there", it: "Lì non si può impostare niente" }

    hours_title() { en: "Opening hours", it: "Orari di apertura" }
    hours_sub() { en: "When the workshop, a type or a machine may be used. The most specific schedule applies.",
                  it: "Quando si possono usare il laboratorio, un tipo o una macchina. Vale l’orario più specifico." }
    hours_next() { en: "Week, holidays, exceptions", it: "Settimana, festività, eccezioni" }
    hours_week() { en: "Every week", it: "Ogni settimana" }
    hours_hint() { en: "Like 08:00–12:00, 14:00–18:00. Past midnight: 20:00–02:00. Leave blank if closed.",
                   it: "Per esempio 08:00–12:00, 14:00–18:00. Oltre mezzanotte: 20:00–02:00. Campo vuoto = chiuso." }
    hours_own() { en: "Set here.", it: "Impostati qui." }
    hours_of_space() { en: "Inherited from the workshop. Save other hours to set them here.",
                       it: "Ereditati dal laboratorio. Salva altri orari per impostarli qui." }
    hours_of_type() { en: "Inherited from its type. Save other hours to set them here.",
                      it: "Ereditati dal tipo. Salva altri orari per impostarli qui." }
    hours_always() { en: "No hours set: always open.", it: "Nessun orario impostato: sempre aperto." }
    hours_copy() { en: "Copy Monday to all days", it: "Copia lunedì su tutti i giorni" }
    hours_save() { en: "Save week", it: "Salva settimana" }
    hours_clear() { en: "Use inherited hours", it: "Usa gli orari ereditati" }
    hours_closed() { en: "Closed", it: "Chiuso" }
    hours_closures() { en: "To close only one machine or room for a time, use", it: "Per chiudere solo una macchina o una sala per un periodo, usa" }
    hours_days() { en: "Exceptions", it: "Eccezioni" }
    hours_days_none() { en: "No exceptions yet. Add one for a holiday or a late opening.", it: "Ancora nessuna eccezione. Aggiungine una per una festività o un’apertura serale." }
    hours_day_of_space() { en: "set for the workshop", it: "impostato per il laboratorio" }
    hours_day_of_type() { en: "set for its type", it: "impostato per il suo tipo" }
    hours_day_add() { en: "Add exception", it: "Aggiungi eccezione" }
    hours_day_edit(day: &str) { en: "Edit {day}", it: "Modifica {day}" }
    hours_day() { en: "Day", it: "Giorno" }
    hours_hours() { en: "Hours", it: "Orari" }
    hours_day_hint() { en: "Leave blank if closed all day.", it: "Campo vuoto = chiuso tutto il giorno." }
    hours_day_save() { en: "Save exception", it: "Salva eccezione" }
    hours_day_clear() { en: "Remove exception", it: "Rimuovi eccezione" }
    hours_form() { en: "Enter hours like 08:00–12:00, 14:00–18:00, or leave it blank.", it: "Scrivi gli orari così: 08:00–12:00, 14:00–18:00, oppure lascia vuoto." }
    hours_overlap() { en: "Two of these overlap, or go into the next day’s. Shorten one.", it: "Due si sovrappongono, o entrano in quelli del giorno dopo. Accorciane uno." }
    hours_midnight() { en: "An exception ends at 24:00. Add the next day for what comes after.", it: "Un’eccezione finisce alle 24:00. Aggiungi il giorno dopo per il resto." }
    hours_no_day() { en: "Choose a date.", it: "Scegli una data." }
    hours_past() { en: "Choose a day from today on.", it: "Scegli un giorno da oggi in poi." }
    hours_far(days: &str) { en: "Choose a day within {days} days.", it: "Scegli un giorno entro {days} giorni." }
    hours_mon() { en: "Monday", it: "Lunedì" }
    hours_tue() { en: "Tuesday", it: "Martedì" }
    hours_wed() { en: "Wednesday", it: "Mercoledì" }
    hours_thu() { en: "Thursday", it: "Giovedì" }
    hours_fri() { en: "Friday", it: "Venerdì" }
    hours_sat() { en: "Saturday", it: "Sabato" }
    hours_sun() { en: "Sunday", it: "Domenica" }
}

impl Lang {
    /// Name of a setting.
    #[must_use]
    pub const fn setting_name(self, key: Key) -> &'static str {
        let (en, it) = match key {
            Key::SpaceName => ("Name of the workshop", "Nome del laboratorio"),
            Key::Zone => ("Time zone", "Fuso orario"),
            Key::Language => ("Language on boards and wall displays", "Lingua di schede e schermi"),
            Key::Invented => ("Demo", "Demo"),
            Key::Authorisation => ("Who may use machines", "Chi può usare le macchine"),
            Key::Simultaneous => ("Machines at the same time", "Macchine contemporaneamente"),
            Key::Grace => ("Time until power-off", "Tempo fino allo spegnimento"),
            Key::AutoStop => ("Auto log-out", "Disconnessione automatica"),
            Key::Display => ("Second line of displays", "Seconda riga dei display"),
            Key::PeoplePresent => ("People who must be present", "Persone che devono essere presenti"),
            Key::PublicStatus => ("Public status", "Stato pubblico"),
            Key::SpaceContact => ("Contact e-mail", "E-mail di contatto"),
            Key::SpaceWebsite => ("Website", "Sito web"),
            Key::SpaceLogo => ("Logo", "Logo"),
            Key::SpaceAddress => ("Postal address", "Indirizzo postale"),
            Key::SpacePosition => ("Position on the map", "Posizione sulla mappa"),
            Key::PublicPeople => ("Number of people inside", "Numero di persone dentro"),
            Key::ShownNames => ("Names of who uses a machine", "Nomi di chi usa una macchina"),
            Key::SignUp => ("Online applications", "Iscrizioni online"),
            Key::ClaimAtOnce => ("Auto-approve card claims", "Approva subito le tessere"),
            Key::RemoteStart => ("Remote start", "Avvio a distanza"),
            Key::GroupsBookOnly => ("Permitted groups: booking only", "Gruppi ammessi: solo prenotazioni"),
            Key::SecondFactor => ("Second factor for roles", "Secondo fattore per i ruoli"),
            Key::Passwords => ("Passwords", "Password"),
            Key::LapseUnused => ("Expires if unused for", "Scade se inutilizzata per"),
            Key::LapseNeverUsed => ("Expires if never used for", "Scade se mai usata per"),
            Key::AuditKept => ("Retention of the audit log", "Conservazione del registro"),
            Key::DuesGrace => ("Grace for late dues", "Tolleranza per quote in ritardo"),
            Key::DuesStripe => ("Dues at Stripe", "Quote su Stripe"),
            Key::DuesGoCardless => ("Dues at GoCardless", "Quote su GoCardless"),
            Key::MaintenanceWarn => ("When maintenance is due soon", "Quando la manutenzione è in scadenza"),
            Key::BookingMode => ("Approval", "Approvazione"),
            Key::BookingNeed => ("Walk-up use", "Uso senza prenotazione"),
            Key::BookingLeast => ("Shortest booking", "Prenotazione più breve"),
            Key::BookingMost => ("Longest booking", "Prenotazione più lunga"),
            Key::BookingGrid => ("Start times", "Orari di inizio"),
            Key::BookingLead => ("Minimum notice", "Preavviso minimo"),
            Key::BookingHorizon => ("Booking horizon", "Prenotabile in anticipo"),
            Key::BookingSeries => ("Series horizon", "Serie prenotabili in anticipo"),
            Key::BookingOwnSeries => ("Series for members", "Serie per i membri"),
            Key::BookingBefore => ("Buffer before a booking", "Pausa prima di una prenotazione"),
            Key::BookingAfter => ("Buffer after a booking", "Pausa dopo una prenotazione"),
            Key::BookingOpen => ("Open bookings per person", "Prenotazioni aperte per persona"),
            Key::BookingWeekly => ("Hours per week", "Ore a settimana"),
            Key::BookingGroupOpen => ("Open bookings per group", "Prenotazioni aperte per gruppo"),
            Key::BookingGroupWeekly => ("Hours per week of a group", "Ore a settimana di un gruppo"),
            Key::BookingOverlap => ("Overlapping bookings", "Prenotazioni sovrapposte"),
            Key::BookingFreeUntil => ("Late cancellation", "Annullamento tardivo"),
            Key::EventRequests => ("Open requests for training", "Richieste di formazione aperte"),
            Key::EventAnswerDays => ("Time to answer an invitation", "Tempo per rispondere a un invito"),
            Key::EventNoShows => ("Missed events", "Assenze agli eventi"),
            Key::EventWindows => ("Parts of the day", "Fasce orarie"),
            Key::EventUsePlaces => ("Places: training for users", "Posti: formazione per l’uso"),
            Key::EventUseMinutes => ("Length: training for users", "Durata: formazione per l’uso"),
            Key::EventTrainPlaces => ("Places: training for trainers", "Posti: formazione per istruttori"),
            Key::EventTrainMinutes => ("Length: training for trainers", "Durata: formazione per istruttori"),
            Key::EventOwnPlaces => ("Places: training for owners", "Posti: formazione per proprietari"),
            Key::EventOwnMinutes => ("Length: training for owners", "Durata: formazione per proprietari"),
            Key::EventMaintainPlaces => {
                ("Places: training for maintenance", "Posti: formazione per la manutenzione")
            }
            Key::EventMaintainMinutes => {
                ("Length: training for maintenance", "Durata: formazione per la manutenzione")
            }
        };
        if matches!(self, Self::En) { en } else { it }
    }

    /// Description of a setting, in a sentence.
    #[must_use]
    pub const fn setting_sentence(self, key: Key) -> &'static str {
        let (en, it) = match key {
            Key::SpaceName => {
                ("Shown on every page and on the wall display.", "Compare in ogni pagina e sullo schermo.")
            }
            Key::Zone => ("All times are shown in it.", "Tutti gli orari seguono questo fuso."),
            Key::Language => ("People choose their own.", "Ognuno sceglie la propria."),
            Key::Invented => ("Everything here is a demo.", "Qui tutto è una demo."),
            Key::Authorisation => (
                "Every member, qualified people, or also anyone with a trainer present.",
                "Ogni membro, chi è abilitato, o anche chi ha un istruttore presente.",
            ),
            Key::Simultaneous => {
                ("Machines one person may use at once.", "Quante macchine può usare insieme una persona.")
            }
            Key::Grace => ("Minutes between log-out and power-off.", "Minuti fra disconnessione e spegnimento."),
            Key::AutoStop => (
                "Minutes after which a board logs its user out. 0 = off.",
                "Minuti dopo cui una scheda disconnette chi la usa. 0 = disattivato.",
            ),
            Key::Display => {
                ("Shown on boards under the machine’s name.", "Sulle schede, sotto il nome della macchina.")
            }
            Key::PeoplePresent => (
                "For high-risk machines: how many must be there before someone starts. 0 = off.",
                "Per macchine ad alto rischio: quanti devono esserci prima di iniziare. 0 = disattivato.",
            ),
            Key::PublicStatus => (
                "Show machine status without signing in, without names.",
                "Mostra lo stato delle macchine anche senza accesso, senza nomi.",
            ),
            Key::SpaceContact => (
                "Published. Needed for SpaceAPI; leave it blank to turn SpaceAPI off.",
                "Pubblicata. Serve per SpaceAPI; se il campo è vuoto, SpaceAPI è disattivata.",
            ),
            Key::SpaceWebsite => (
                "Begins with https://. Without one, the address of these pages is published.",
                "Inizia con https://. Senza, si pubblica l’indirizzo di queste pagine.",
            ),
            Key::SpaceLogo => (
                "The address of a picture; begins with https://.",
                "L’indirizzo di un’immagine; inizia con https://.",
            ),
            Key::SpaceAddress => ("Street, postal code, town and country.", "Via, CAP, città e paese."),
            Key::SpacePosition => (
                "Latitude and longitude, like 45.43842, 10.99171.",
                "Latitudine e longitudine, per esempio 45.43842, 10.99171.",
            ),
            Key::PublicPeople => {
                ("Publish how many people are inside, never who.", "Pubblica quante persone sono dentro, mai chi.")
            }
            Key::ShownNames => (
                "What members see of who is on a machine or inside.",
                "Che cosa vedono i membri di chi usa una macchina o è dentro.",
            ),
            Key::SignUp => (
                "Let anyone apply on the sign-in page.",
                "Chiunque può chiedere l’iscrizione dalla pagina di accesso.",
            ),
            Key::ClaimAtOnce => (
                "Members’ card claims need no approval.",
                "Le tessere associate dai membri non richiedono approvazione.",
            ),
            Key::GroupsBookOnly => (
                "Others may still use what only certain groups may book.",
                "Gli altri possono comunque usare ciò che solo certi gruppi possono prenotare.",
            ),
            Key::RemoteStart => (
                "People who may use a machine can start it on its page, without a tap.",
                "Chi può usare una macchina può avviarla dalla sua pagina, senza passare la tessera.",
            ),
            Key::SecondFactor => {
                ("Require one for managers and administrators.", "Obbligatorio per responsabili e amministratori.")
            }
            Key::Passwords => (
                "Let people sign in with a password. Without, they use passkeys or linked accounts; people who have neither keep their password until they add one.",
                "Si può accedere con la password. Altrimenti si usano passkey o account collegati; chi non ne ha tiene la password finché non ne aggiunge uno.",
            ),
            Key::LapseUnused => ("Days without a use. 0 = off.", "Giorni senza uso. 0 = disattivato."),
            Key::LapseNeverUsed => (
                "Days from grant to first use. 0 = off.",
                "Giorni dalla concessione al primo uso. 0 = disattivato.",
            ),
            Key::AuditKept => {
                ("Days after which entries are deleted.", "Giorni dopo cui le voci vengono eliminate.")
            }
            Key::DuesGrace | Key::DuesStripe | Key::DuesGoCardless => dues_sentences(key),
            Key::MaintenanceWarn => {
                ("Percent of a plan’s hours or days.", "Percentuale delle ore o dei giorni di un piano.")
            }
            _ => booking_sentences(key),
        };
        if matches!(self, Self::En) { en } else { it }
    }

    /// A value of a setting.
    #[must_use]
    pub fn setting_value(self, key: Key, value: &str) -> String {
        let text = match (key.fits(), value) {
            (_, "") => self.version_nothing(),
            (Fits::Word(_), "yes") => self.settings_yes(),
            (Fits::Word(_), "no") => self.settings_no(),
            (Fits::Word(_), "open") => self.setting_mode_open(),
            (Fits::Word(_), "qualified") => self.setting_mode_qualified(),
            (Fits::Word(_), "supervised") => self.setting_mode_supervised(),
            (Fits::Word(_), "nobody") => self.setting_shown_nobody(),
            (Fits::Word(_), "first-name") => self.setting_shown_first(),
            (Fits::Word(_), "name") => self.setting_shown_name(),
            (Fits::Word(_), "automatic") => self.setting_booking_automatic(),
            (Fits::Word(_), "moderated") => self.setting_booking_moderated(),
            (Fits::Word(_), "free") => self.setting_booking_free(),
            (Fits::Word(_), "respect") => self.setting_booking_respect(),
            (Fits::Word(_), "required") => self.setting_booking_required(),
            (Fits::Word(_), tag) => match Self::from_tag(tag) {
                Some(lang) => lang.name(),
                None => tag,
            },
            (_, value) => value,
        };
        text.to_owned()
    }

    /// The same with its unit, for display.
    #[must_use]
    pub fn setting_in_words(self, key: Key, value: &str) -> String {
        let Ok(number) = value.parse::<u32>() else { return self.setting_value(key, value) };
        match key {
            Key::AutoStop
            | Key::LapseUnused
            | Key::LapseNeverUsed
            | Key::PeoplePresent
            | Key::EventNoShows
            | Key::EventUsePlaces
            | Key::EventTrainPlaces
            | Key::EventOwnPlaces
            | Key::EventMaintainPlaces
                if number == 0 =>
            {
                self.settings_off().to_owned()
            }
            Key::Grace
            | Key::AutoStop
            | Key::EventUseMinutes
            | Key::EventTrainMinutes
            | Key::EventOwnMinutes
            | Key::EventMaintainMinutes => self.length(MINUTE * number),
            Key::LapseUnused | Key::LapseNeverUsed | Key::AuditKept | Key::EventAnswerDays | Key::DuesGrace => {
                self.rules_days(number)
            }
            Key::MaintenanceWarn => self.settings_percent(number),
            _ if matches!(key.group(), Group::Bookings) => self.rule_value(key, value),
            _ => self.setting_value(key, value),
        }
    }

    #[must_use]
    pub const fn setting_group(self, group: Group) -> &'static str {
        let (en, it) = match group {
            Group::Space => ("The workshop", "Il laboratorio"),
            Group::Access => ("Access", "Accesso"),
            Group::Boards => ("Boards", "Schede"),
            Group::Seen => ("Visibility", "Visibilità"),
            Group::Published => ("Published about the workshop", "Pubblicato sul laboratorio"),
            Group::Lapse => ("Expiry", "Scadenze"),
            Group::Accounts => ("Accounts", "Account"),
            Group::Bookings => ("Bookings", "Prenotazioni"),
            Group::Training => ("Training events", "Eventi formativi"),
            Group::Kept => ("Retention", "Conservazione"),
        };
        if matches!(self, Self::En) { en } else { it }
    }

    /// The valid values of a setting.
    #[must_use]
    pub fn setting_invalid(self, key: Key) -> String {
        match key.fits() {
            Fits::Word(_) => self.choose_what().to_owned(),
            Fits::Number(least, most) => self.setting_number(least, most),
            Fits::Text(_) if key == Key::SpaceName => self.name_invalid().to_owned(),
            Fits::Text(most) => self.setting_text(&most.to_string()),
            Fits::Zone => self.setting_zone().to_owned(),
            Fits::Windows => self.setting_windows().to_owned(),
            Fits::Email => self.setting_email().to_owned(),
            Fits::Web => self.setting_web().to_owned(),
            Fits::Position => self.setting_position().to_owned(),
        }
    }

    /// Two booking rules contradict each other: which, and in which scope if it is not the one being changed.
    #[must_use]
    pub fn setting_contradiction(self, more: (Key, &str), less: (Key, &str), place: Option<&str>) -> String {
        let message =
            |(key, value): (Key, &str)| self.setting_is(self.setting_name(key), &self.rule_value(key, value));
        match place {
            None => self.setting_contradicts(&message(more), &message(less)),
            Some(place) => self.setting_contradicts_at(place, &message(more), &message(less)),
        }
    }

    /// The scope a value is inherited from.
    #[must_use]
    pub const fn setting_from(self, from: Option<Scope>) -> &'static str {
        match from {
            None => self.settings_from_default(),
            Some(Scope::Space) => self.settings_from_space(),
            Some(Scope::Type) => self.settings_from_type(),
            Some(Scope::Machine) => self.settings_from_machine(),
        }
    }

    /// The days of the week, Monday first.
    #[must_use]
    pub const fn weekdays(self) -> [&'static str; 7] {
        [
            self.hours_mon(),
            self.hours_tue(),
            self.hours_wed(),
            self.hours_thu(),
            self.hours_fri(),
            self.hours_sat(),
            self.hours_sun(),
        ]
    }
}

const fn dues_sentences(key: Key) -> (&'static str, &'static str) {
    match key {
        Key::DuesStripe => (
            "Ids of the prices or products that are the membership, with commas. Blank: every subscription counts.",
            "Id dei prezzi o prodotti dell’iscrizione, separati da virgole. Vuoto: conta ogni abbonamento.",
        ),
        Key::DuesGoCardless => (
            "Names of the subscriptions that are the membership, with commas. Blank: every subscription counts.",
            "Nomi degli abbonamenti dell’iscrizione, separati da virgole. Vuoto: conta ogni abbonamento.",
        ),
        _ => (
            "Days from a known delay, or the end of a membership, to a hold.",
            "Giorni tra un ritardo noto, o la fine dell’iscrizione, e il blocco accesso.",
        ),
    }
}

/// Sentences of the settings about bookings, in English and Italian.
const fn booking_sentences(key: Key) -> (&'static str, &'static str) {
    match key {
        Key::BookingMode => (
            "Confirmed instantly, or each approved by an owner.",
            "Confermate subito, o approvate da un proprietario.",
        ),
        Key::BookingNeed => {
            ("Use of a bookable machine without a booking.", "Uso di una macchina prenotabile senza prenotazione.")
        }
        Key::BookingLeast | Key::BookingMost => ("In minutes.", "In minuti."),
        Key::BookingGrid => (
            "Bookings start and end in steps of this many minutes.",
            "Le prenotazioni iniziano e finiscono a intervalli di questi minuti.",
        ),
        Key::BookingLead => {
            ("Minutes from now to the earliest booking.", "Minuti da adesso alla prima prenotazione possibile.")
        }
        Key::BookingHorizon => ("Days ahead that can be booked, after today.", "Giorni prenotabili dopo oggi."),
        Key::BookingSeries => (
            "Days ahead that a new series can reach, after today.",
            "Giorni dopo oggi fino a cui può arrivare una nuova serie.",
        ),
        Key::BookingOwnSeries => (
            "Members may book series for themselves. Dates count as hours a week, not as open bookings.",
            "I membri possono prenotare serie per sé. Le date contano per le ore a settimana, non come prenotazioni aperte.",
        ),
        Key::BookingBefore | Key::BookingAfter => ("Minutes that stay free.", "Minuti che restano liberi."),
        Key::BookingOpen => (
            "Limit per person, without dates of series. 0 = off.",
            "Limite per persona, senza le date delle serie. 0 = disattivato.",
        ),
        Key::BookingWeekly => (
            "Limit per person, Monday to Sunday. 0 = off.",
            "Limite per persona, da lunedì a domenica. 0 = disattivato.",
        ),
        Key::BookingGroupOpen => (
            "Limit per group, without dates of series. 0 = off.",
            "Limite per gruppo, senza le date delle serie. 0 = disattivato.",
        ),
        Key::BookingGroupWeekly => (
            "Limit per group, Monday to Sunday. 0 = off.",
            "Limite per gruppo, da lunedì a domenica. 0 = disattivato.",
        ),
        Key::BookingOverlap => {
            ("One person may have two at the same time.", "Una persona può averne due contemporaneamente.")
        }
        Key::BookingFreeUntil => (
            "Minutes before the start from which cancelling counts as late.",
            "Minuti prima dell’inizio da cui un annullamento è tardivo.",
        ),
        _ => crate::event_notices::setting_sentences(key),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numeric_settings_show_their_unit() {
        let html = |key, value| Lang::En.setting_in_words(key, value);
        assert_eq!(html(Key::AutoStop, "720"), "12 h");
        assert_eq!(html(Key::AutoStop, "0"), "Off");
        assert_eq!(html(Key::BookingHorizon, "14"), "14 days");
        assert_eq!(html(Key::AuditKept, "365"), "365 days");
        assert_eq!(html(Key::MaintenanceWarn, "90"), "90%");
        assert_eq!(html(Key::Simultaneous, "3"), "3");
        assert_eq!(html(Key::EventUseMinutes, "150"), "2 h 30");
        assert_eq!(html(Key::EventAnswerDays, "3"), "3 days");
        assert_eq!(html(Key::EventOwnPlaces, "0"), "Off");
        assert_eq!(html(Key::Authorisation, "open"), Lang::En.setting_value(Key::Authorisation, "open"));
    }
}
