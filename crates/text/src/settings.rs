//! What there is to set: what each setting is called, what it does, and what its values mean; and opening hours.

use crate::Lang;
use domain::settings::{Fits, Group, Key, Scope};

text! {
    settings_title() { en: "Settings", it: "Impostazioni" }
    settings_sub() { en: "What holds for the space, a type or one machine. The nearest one that says anything wins.",
                     it: "Che cosa vale per il laboratorio, un gruppo o una macchina. Vale l’impostazione più specifica." }
    settings_next() { en: "Who may what, boards, names, lapses", it: "Chi può che cosa, schede, nomi, scadenze" }
    settings_where() { en: "For", it: "Per" }
    settings_show() { en: "Show", it: "Mostra" }
    settings_everything() { en: "The whole space", it: "Tutto lo spazio" }
    settings_default(word: &str) { en: "Default: {word}", it: "Predefinito: {word}" }
    settings_from_default() { en: "default", it: "predefinito" }
    settings_from_space() { en: "set for the space", it: "impostato per lo spazio" }
    settings_from_type() { en: "set for its type", it: "impostato per il tipo" }
    settings_from_machine() { en: "set for the machine", it: "impostato per la macchina" }
    settings_changed_by(who: &str, when: &str) { en: "changed by {who}, {when}", it: "modificato da {who}, {when}" }
    settings_changed(when: &str) { en: "changed {when}", it: "modificato {when}" }
    settings_value() { en: "Value", it: "Valore" }
    settings_clear_next() { en: "What it would do to say nothing here, so that what is said elsewhere holds:",
                            it: "Che cosa cambierebbe a non dire niente, così che valga ciò che è detto altrove:" }
    settings_clear() { en: "Say nothing here", it: "Non dire niente qui" }
    settings_saved() { en: "Saved.", it: "Salvato." }
    setting_contradicts(more: &str, less: &str) { en: "{more} and {less} contradict each other: nothing could be booked. Change this value, or the other one first.", it: "{more} e {less} si contraddicono: non si potrebbe prenotare niente. Cambia questo valore, o prima l’altro." }
    setting_contradicts_at(place: &str, more: &str, less: &str) { en: "At {place}, {more} and {less} contradict each other: nothing could be booked there. Change this value, or what is set there first.", it: "Per {place}, {more} e {less} si contraddicono: lì non si potrebbe prenotare niente. Cambia questo valore, o prima ciò che è impostato lì." }
    setting_is(name: &str, value: &str) { en: "{name} ({value})", it: "{name} ({value})" }
    settings_yes() { en: "Yes", it: "Sì" }
    settings_no() { en: "No", it: "No" }
    setting_booking_automatic() { en: "They hold at once", it: "Valgono subito" }
    setting_booking_moderated() { en: "An owner of the type answers", it: "Risponde chi gestisce il tipo" }
    setting_booking_free() { en: "No booking needed", it: "Non serve prenotare" }
    setting_booking_respect() { en: "Others’ bookings keep one out", it: "Le prenotazioni altrui tengono fuori" }
    setting_booking_required() { en: "One needs one’s own booking", it: "Serve una propria prenotazione" }
    setting_unknown() { en: "Nothing can be set there", it: "Lì non si può impostare niente" }

    hours_title() { en: "Opening hours", it: "Orari di apertura" }
    hours_sub() { en: "When the workshop, a group or a machine may be used. The most specific schedule applies.",
                  it: "Quando si possono usare il laboratorio, un gruppo o una macchina. Vale l’orario più specifico." }
    hours_next() { en: "The week, holidays, machines with hours of their own", it: "La settimana, le feste, macchine con orari propri" }
    hours_week() { en: "Every week", it: "Ogni settimana" }
    hours_hint() { en: "Like 8:00–12:00, 14:00–18:00. Over midnight: 20:00–2:00. Leave blank if closed.",
                   it: "Per esempio 8:00–12:00, 14:00–18:00. Oltre mezzanotte: 20:00–2:00. Campo vuoto = chiuso." }
    hours_own() { en: "These hours are said here.", it: "Questi orari sono detti qui." }
    hours_of_space() { en: "Nothing is said here: the week of the space holds. Save another to say it here.",
                       it: "Qui non è detto niente: vale la settimana dello spazio. Salvane un’altra per dirla qui." }
    hours_of_type() { en: "Nothing is said here: the week of its type holds. Save another to say it here.",
                      it: "Qui non è detto niente: vale la settimana del tipo. Salvane un’altra per dirla qui." }
    hours_always() { en: "No hours set: always open.", it: "Nessun orario impostato: sempre aperto." }
    hours_copy() { en: "Copy Monday to all days", it: "Copia lunedì su tutti i giorni" }
    hours_save() { en: "Save the week", it: "Salva la settimana" }
    hours_clear() { en: "Say no week here", it: "Non dire una settimana qui" }
    hours_closed() { en: "Closed", it: "Chiuso" }
    hours_days() { en: "Exceptions", it: "Eccezioni" }
    hours_days_none() { en: "No exceptions yet. A holiday or a long evening is one.", it: "Ancora nessuna eccezione. Una festa o una serata lunga lo è." }
    hours_day_of_space() { en: "said for the whole space", it: "detto per tutto lo spazio" }
    hours_day_of_type() { en: "said for its type", it: "detto per il suo tipo" }
    hours_day_add() { en: "Add a day", it: "Aggiungi un giorno" }
    hours_day_edit(day: &str) { en: "Change {day}", it: "Cambia {day}" }
    hours_day() { en: "Day", it: "Giorno" }
    hours_hours() { en: "Hours", it: "Orari" }
    hours_day_hint() { en: "Leave blank if closed all day.", it: "Campo vuoto = chiuso tutto il giorno." }
    hours_day_save() { en: "Save the day", it: "Salva il giorno" }
    hours_day_clear() { en: "Like every week", it: "Come ogni settimana" }
    hours_form() { en: "Write hours like 8:00–12:00, 14:00–18:00, or nothing.", it: "Scrivi gli orari così: 8:00–12:00, 14:00–18:00, oppure niente." }
    hours_overlap() { en: "Two of these overlap, or go into the next day’s. Shorten one.", it: "Due si sovrappongono, o entrano in quelli del giorno dopo. Accorciane uno." }
    hours_midnight() { en: "A single day ends at 24:00. Add the next day for what comes after.", it: "Un giorno singolo finisce alle 24:00. Aggiungi il giorno dopo per il resto." }
    hours_no_day() { en: "There is no such day. Choose one of the calendar.", it: "Questo giorno non esiste. Scegline uno dal calendario." }
    hours_past() { en: "This day is past. Choose one from today on.", it: "Questo giorno è passato. Scegline uno da oggi in poi." }
    hours_far(days: &str) { en: "This day is too far ahead. Choose one within {days} days.", it: "Questo giorno è troppo lontano. Scegline uno entro {days} giorni." }
    hours_mon() { en: "Monday", it: "Lunedì" }
    hours_tue() { en: "Tuesday", it: "Martedì" }
    hours_wed() { en: "Wednesday", it: "Mercoledì" }
    hours_thu() { en: "Thursday", it: "Giovedì" }
    hours_fri() { en: "Friday", it: "Venerdì" }
    hours_sat() { en: "Saturday", it: "Sabato" }
    hours_sun() { en: "Sunday", it: "Domenica" }
}

impl Lang {
    /// What a setting is called.
    #[must_use]
    pub const fn setting_name(self, key: Key) -> &'static str {
        let (en, it) = match key {
            Key::SpaceName => ("Name of the space", "Nome dello spazio"),
            Key::Zone => ("Time zone", "Fuso orario"),
            Key::Language => ("Language of boards and walls", "Lingua di schede e pareti"),
            Key::Invented => ("Invented", "Inventato"),
            Key::Authorisation => ("Who may use machines", "Chi può usare le macchine"),
            Key::Simultaneous => ("Machines at the same time", "Macchine insieme"),
            Key::Grace => ("Time until power-off", "Tempo fino allo spegnimento"),
            Key::AutoStop => ("Log-out by itself", "Disconnessione automatica"),
            Key::Display => ("Second line of displays", "Seconda riga dei display"),
            Key::PeoplePresent => ("People who must be present", "Persone che devono essere presenti"),
            Key::PublicStatus => ("Public status", "Stato pubblico"),
            Key::ShownNames => ("Names of who uses a machine", "Nomi di chi usa una macchina"),
            Key::SignUp => ("Online applications", "Iscrizioni online"),
            Key::ClaimAtOnce => ("Auto-approve card claims", "Approva subito le tessere"),
            Key::RemoteStart => ("Remote start", "Avvio a distanza"),
            Key::SecondFactor => ("Second factor for roles", "Secondo fattore per i ruoli"),
            Key::LapseUnused => ("Expires if unused for (days)", "Scade se inutilizzata (giorni)"),
            Key::LapseNeverUsed => ("Lapse when never used", "Scadenza se mai usata"),
            Key::AuditKept => ("How long the record is kept", "Quanto si conserva il registro"),
            Key::MaintenanceWarn => ("When maintenance is due soon", "Quando la manutenzione è in scadenza"),
            Key::BookingMode => ("Bookings", "Prenotazioni"),
            Key::BookingNeed => ("Using a machine that can be booked", "Uso di una macchina prenotabile"),
            Key::BookingLeast => ("Shortest booking", "Prenotazione più breve"),
            Key::BookingMost => ("Longest booking", "Prenotazione più lunga"),
            Key::BookingGrid => ("Booking grid", "Griglia delle prenotazioni"),
            Key::BookingLead => ("Booking lead", "Anticipo delle prenotazioni"),
            Key::BookingHorizon => ("Booking horizon", "Orizzonte delle prenotazioni"),
            Key::BookingBefore => ("Pause before a booking", "Pausa prima di una prenotazione"),
            Key::BookingAfter => ("Pause after a booking", "Pausa dopo una prenotazione"),
            Key::BookingOpen => ("Bookings ahead", "Prenotazioni future"),
            Key::BookingWeekly => ("Booked hours a week", "Ore prenotate a settimana"),
            Key::BookingOverlap => ("Two bookings at the same time", "Due prenotazioni insieme"),
            Key::BookingFreeUntil => ("Late cancellation", "Disdetta tardiva"),
        };
        if matches!(self, Self::En) { en } else { it }
    }

    /// What a setting does, in a sentence.
    #[must_use]
    #[expect(clippy::too_many_lines, reason = "a sentence for each setting")]
    pub const fn setting_sentence(self, key: Key) -> &'static str {
        let (en, it) = match key {
            Key::SpaceName => {
                ("Shown on every page and on the wall display.", "Compare in ogni pagina e sullo schermo.")
            }
            Key::Zone => {
                ("The clock by which everything here is shown.", "L’orologio con cui qui si mostra tutto.")
            }
            Key::Language => (
                "Language on boards and wall displays; people choose their own.",
                "Lingua di schede e schermi; ognuno sceglie la sua.",
            ),
            Key::Invented => ("Everything here is a demo.", "Qui tutto è una demo."),
            Key::Authorisation => (
                "Every member, qualified people only, or also anyone with a trainer present.",
                "Ogni membro, chi è abilitato, o anche chi ha un istruttore accanto.",
            ),
            Key::Simultaneous => {
                ("How many machines one person may run at once.", "Quante macchine può usare insieme una persona.")
            }
            Key::Grace => ("Minutes between log-out and power-off.", "Minuti fra disconnessione e spegnimento."),
            Key::AutoStop => (
                "Minutes after which a board logs its user out; 0 is never.",
                "Minuti dopo cui una scheda disconnette chi la usa; 0 è mai.",
            ),
            Key::Display => (
                "What boards say under the machine’s name.",
                "Che cosa dicono le schede sotto il nome della macchina.",
            ),
            Key::PeoplePresent => (
                "For machines of high risk: how many must be there before somebody starts; 0 does not ask.",
                "Per macchine ad alto rischio: quanti devono esserci prima di iniziare; 0 non chiede.",
            ),
            Key::PublicStatus => (
                "Whether passers-by see machines and their states, without names.",
                "Se chi passa vede le macchine e il loro stato, senza nomi.",
            ),
            Key::ShownNames => {
                ("What members see of who is on a machine.", "Che cosa vedono i membri di chi usa una macchina.")
            }
            Key::SignUp => {
                ("Whether strangers may ask to become members.", "Se chi non è membro può chiedere di diventarlo.")
            }
            Key::ClaimAtOnce => (
                "Whether a card that a member claims at a machine is theirs without approval.",
                "Se una tessera rivendicata da un membro a una macchina è sua senza approvazione.",
            ),
            Key::RemoteStart => (
                "Whether those who may use a machine may start it on its page, without a card at its reader.",
                "Se chi può usare una macchina può avviarla dalla sua pagina, senza tessera al lettore.",
            ),
            Key::SecondFactor => (
                "Whether managers and administrators must show one.",
                "Se gestori e amministratori devono mostrarne uno.",
            ),
            Key::LapseUnused => (
                "Days without a use after which a qualification lapses; 0 is never.",
                "Giorni senza uso dopo cui un’abilitazione scade; 0 è mai.",
            ),
            Key::LapseNeverUsed => (
                "Days after a grant in which a first use must fall; 0 does not ask.",
                "Giorni dalla concessione entro cui deve cadere il primo uso; 0 non chiede.",
            ),
            Key::AuditKept => (
                "Days after which what was done is cut away from the record.",
                "Giorni dopo cui ciò che è stato fatto si toglie dal registro.",
            ),
            Key::MaintenanceWarn => (
                "Percent of its hours or days from which on a plan is due soon.",
                "Percentuale delle ore o dei giorni da cui un piano è in scadenza.",
            ),
            Key::BookingMode => (
                "Whether they hold at once, or an owner of the type answers each.",
                "Se valgono subito, o chi gestisce il tipo risponde a ognuna.",
            ),
            Key::BookingNeed => (
                "Whether bookings of others keep one out, or one needs one’s own.",
                "Se le prenotazioni altrui tengono fuori, o ne serve una propria.",
            ),
            Key::BookingLeast | Key::BookingMost => ("In minutes.", "In minuti."),
            Key::BookingGrid => (
                "Bookings begin and end on multiples of so many minutes.",
                "Le prenotazioni iniziano e finiscono a multipli di tanti minuti.",
            ),
            Key::BookingLead => (
                "Minutes from now before which no booking begins.",
                "Minuti da adesso prima dei quali non inizia nessuna prenotazione.",
            ),
            Key::BookingHorizon => {
                ("Days ahead that can be booked, after today.", "Giorni prenotabili dopo oggi.")
            }
            Key::BookingBefore | Key::BookingAfter => {
                ("Minutes that nobody else has.", "Minuti che nessun altro ha.")
            }
            Key::BookingOpen => {
                ("How many one person may have; 0 does not ask.", "Quante ne può avere una persona; 0 non chiede.")
            }
            Key::BookingWeekly => (
                "How many one person may have, Monday to Sunday; 0 does not ask.",
                "Quante ne può avere una persona, da lunedì a domenica; 0 non chiede.",
            ),
            Key::BookingOverlap => ("Whether one person may have them.", "Se una persona le può avere."),
            Key::BookingFreeUntil => (
                "Minutes before the beginning from which on a cancellation is late.",
                "Minuti prima dell’inizio da cui una disdetta è tardiva.",
            ),
        };
        if matches!(self, Self::En) { en } else { it }
    }

    /// What a value of a setting means.
    #[must_use]
    pub fn setting_value(self, key: Key, value: &str) -> String {
        let word = match (key.fits(), value) {
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
        word.to_owned()
    }

    #[must_use]
    pub const fn setting_group(self, group: Group) -> &'static str {
        let (en, it) = match group {
            Group::Space => ("The space", "Lo spazio"),
            Group::Access => ("Access", "Accesso"),
            Group::Boards => ("Boards", "Schede"),
            Group::Seen => ("What is seen", "Che cosa si vede"),
            Group::Lapse => ("Lapses", "Scadenze"),
            Group::Accounts => ("Accounts", "Account"),
            Group::Bookings => ("Bookings", "Prenotazioni"),
            Group::Kept => ("Retention", "Conservazione"),
        };
        if matches!(self, Self::En) { en } else { it }
    }

    /// What would fit the setting.
    #[must_use]
    pub fn setting_unfit(self, key: Key) -> String {
        match key.fits() {
            Fits::Word(_) => self.choose_what().to_owned(),
            Fits::Number(least, most) => self.setting_number(least, most),
            Fits::Text(_) if key == Key::SpaceName => self.name_invalid().to_owned(),
            Fits::Text(most) => self.setting_text(&most.to_string()),
            Fits::Zone => self.setting_zone().to_owned(),
        }
    }

    /// That two rules of bookings cannot hold together: which, and at which place if it is not the one where something is said.
    #[must_use]
    pub fn setting_contradiction(self, more: (Key, &str), less: (Key, &str), place: Option<&str>) -> String {
        let said =
            |(key, value): (Key, &str)| self.setting_is(self.setting_name(key), &self.rule_value(key, value));
        match place {
            None => self.setting_contradicts(&said(more), &said(less)),
            Some(place) => self.setting_contradicts_at(place, &said(more), &said(less)),
        }
    }

    /// Where what holds comes from.
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
