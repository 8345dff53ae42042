//! The building: devices, meters, and what they measured.

use crate::Lang;
use domain::{
    building_devices::{Dialect, InvalidTopic},
    meters::{Amount, Measure, Period, Unit},
};

text! {
    building_device_unknown() { en: "This device does not exist any more.", it: "Questo dispositivo non esiste più." }
    building_device_too_many(most: &str) {
        en: "There are {most} devices already. Remove one first.",
        it: "Ci sono già {most} dispositivi. Rimuovine prima uno.",
    }
    meter_unknown() { en: "This meter does not exist any more.", it: "Questo contatore non esiste più." }
    unswiped_run_unknown() { en: "This run is not shown any more.", it: "Questo funzionamento non è più in elenco." }
    building_decimal() { en: "Enter a number with at most three decimals, like 21.5.", it: "Inserisci un numero con al massimo tre decimali, come 21,5." }
    building_topic_empty() { en: "Enter the topic that is set in the device.", it: "Inserisci il topic impostato nel dispositivo." }
    building_topic_long(most: &str) { en: "Use at most {most} characters.", it: "Usa al massimo {most} caratteri." }
    building_topic_characters() {
        en: "Use letters, digits, - _ . : and single slashes, without + or #.",
        it: "Usa lettere, cifre, - _ . : e barre singole, senza + né #.",
    }
    building_device_has_actuators() {
        en: "This device has actuators. Remove them first, then change its kind.",
        it: "Questo dispositivo ha attuatori. Rimuovili prima, poi cambia il tipo.",
    }
    building_topic_taken() {
        en: "Another device has this topic or one that overlaps. Set a topic of its own in the device.",
        it: "Un altro dispositivo ha questo topic o uno che si sovrappone. Imposta nel dispositivo un topic solo suo.",
    }
    building_topic_reserved() {
        en: "Boards, Toolgate or Tasmota use topics that begin like this. Set another topic in the device.",
        it: "Schede, Toolgate o Tasmota usano topic che iniziano così. Imposta un altro topic nel dispositivo.",
    }
    building_no_path() {
        en: "Enter the path to the value, like DS18B20.Temperature.",
        it: "Inserisci il percorso del valore, come DS18B20.Temperature.",
    }
    building_unit() { en: "Choose a unit that fits the measure.", it: "Scegli un’unità adatta alla misura." }
    building_limits() { en: "The upper limit must be above the lower one.", it: "Il limite superiore deve stare sopra quello inferiore." }

    nav_building() { en: "Building", it: "Edificio" }
    nav_building_next() { en: "Power, heat, doors, who is inside", it: "Corrente, calore, porte, chi è dentro" }
    building_title() { en: "Building", it: "Edificio" }
    meters_title() { en: "Meters", it: "Contatori" }
    building_devices_title() { en: "Devices", it: "Dispositivi" }
    building_people() { en: "People in", it: "Persone dentro" }
    building_who() { en: "who is in", it: "chi c’è" }
    building_guests(guests: u32) { en: [one: "and {guests} guest", other: "and {guests} guests"], it: [one: "e {guests} ospite", other: "e {guests} ospiti"] }
    building_rules() { en: "Rules", it: "Regole" }
    building_now() { en: "Now", it: "Ora" }
    building_devices_count(count: u32) {
        en: [one: "{count} device, heard from", other: "{count} devices, all heard from"],
        it: [one: "{count} dispositivo, si fa sentire", other: "{count} dispositivi, tutti si fanno sentire"],
    }
    building_silent_count(count: u32) {
        en: [one: "{count} device is silent", other: "{count} devices are silent"],
        it: [one: "{count} dispositivo tace", other: "{count} dispositivi tacciono"],
    }
    building_all_off() { en: "Everything is off", it: "È tutto spento" }
    building_on(count: u32) { en: [one: "{count} on", other: "{count} on"], it: [one: "{count} acceso", other: "{count} accesi"] }
    building_on_wanted(count: u32) {
        en: [one: "{count} on, nothing forgotten", other: "{count} on, nothing forgotten"],
        it: [one: "{count} acceso, niente dimenticato", other: "{count} accesi, niente dimenticato"],
    }
    building_on_each() { en: "Each one is on for the opening hours, a booking, a machine or a person.", it: "Ognuno serve all’orario, a una prenotazione, a una macchina o a una persona." }
    building_needs_a_look() { en: "Needs a look", it: "Da guardare" }
    building_no_word(since: &str) { en: "No word {since}", it: "Nessun segnale {since}" }
    building_never_heard() { en: "Never heard from. Check its topic and login.", it: "Mai sentito. Controlla il suo topic e il suo accesso." }
    building_power_now() { en: "Power now", it: "Potenza ora" }
    building_usual(amount: &str) { en: "usual by now: {amount}", it: "di solito a quest’ora: {amount}" }
    building_usual_whole(amount: &str) { en: "usual: {amount}", it: "di solito: {amount}" }
    building_read_at(at: &str) { en: "read {at}", it: "letto {at}" }
    building_beyond() { en: "outside its limits", it: "fuori dai limiti" }
    building_none() { en: "No devices yet", it: "Ancora nessun dispositivo" }
    building_none_next() {
        en: "A plug with Tasmota or Shelly firmware, or any sensor that speaks MQTT, shows here what it measures.",
        it: "Una presa con firmware Tasmota o Shelly, o qualsiasi sensore che parli MQTT, mostra qui che cosa misura.",
    }
    building_none_member() { en: "The managers have not added any meters.", it: "I responsabili non hanno aggiunto contatori." }
    building_add() { en: "Add a device", it: "Aggiungi un dispositivo" }

    measure_power() { en: "Power", it: "Corrente" }
    measure_heat() { en: "Heat", it: "Calore" }
    measure_water() { en: "Water", it: "Acqua" }
    measure_temperature() { en: "Temperature", it: "Temperatura" }
    measure_occupancy() { en: "People inside", it: "Persone dentro" }

    dialect_tasmota() { en: "Tasmota", it: "Tasmota" }
    dialect_shelly() { en: "Shelly, generation 2 or later", it: "Shelly, dalla generazione 2" }
    dialect_reference() { en: "Reference device", it: "Dispositivo di riferimento" }
    dialect_json() { en: "Any sensor that sends JSON", it: "Qualsiasi sensore che invia JSON" }

    period_day() { en: "Day", it: "Giorno" }
    period_week() { en: "Week", it: "Settimana" }
    period_month() { en: "Month", it: "Mese" }
    period_year() { en: "Year", it: "Anno" }
    meters_before() { en: "Earlier", it: "Precedente" }
    meters_after() { en: "Later", it: "Successivo" }
    meters_csv() { en: "CSV", it: "CSV" }
    meters_by_hour(name: &str) { en: "{name} by hour", it: "{name} per ora" }
    meters_by_day(name: &str) { en: "{name} by day", it: "{name} per giorno" }
    meters_by_month(name: &str) { en: "{name} by month", it: "{name} per mese" }
    meters_usual_legend() { en: "usual", it: "di solito" }
    meters_limit(amount: &str) { en: "{amount}: notice to managers", it: "{amount}: avviso ai responsabili" }
    meters_table() { en: "Show as table", it: "Mostra come tabella" }
    meters_time() { en: "Time", it: "Ora" }
    meters_day() { en: "Day", it: "Giorno" }
    meters_month() { en: "Month", it: "Mese" }
    meters_by_machine() { en: "By machine", it: "Per macchina" }
    meters_where_plug() { en: "where a plug measures", it: "dove una presa misura" }
    meters_machine() { en: "Machine", it: "Macchina" }
    meters_swiped() { en: "In use", it: "In uso" }
    meters_no_board() { en: "no board", it: "senza scheda" }
    meters_other() { en: "Everything else", it: "Tutto il resto" }
    meters_run(name: &str, minutes: &str, from: &str, until: &str) {
        en: "{name} ran for {minutes} without a swipe, {from}–{until}",
        it: "{name} ha funzionato per {minutes} senza tessera, {from}–{until}",
    }
    meters_run_open(name: &str, minutes: &str, from: &str) {
        en: "{name} has run for {minutes} without a swipe, since {from}",
        it: "{name} funziona da {minutes} senza tessera, dalle {from}",
    }
    meters_run_next(amount: &str) {
        en: "{amount}. A sticking relay looks like this.",
        it: "{amount}. Un relè bloccato si presenta così.",
    }
    meters_run_report() { en: "Report a problem", it: "Segnala un problema" }
    meters_run_test() { en: "It was a test", it: "Era una prova" }
    meters_none() { en: "No meters yet", it: "Ancora nessun contatore" }
    meters_none_next() { en: "Add a device, then a meter to it.", it: "Aggiungi un dispositivo, poi un suo contatore." }
    meters_no_readings() { en: "Nothing was measured in this period.", it: "In questo periodo non è stato misurato nulla." }
    meters_meter() { en: "Meter", it: "Contatore" }

    devices_lead() { en: "Plugs, sensors and switches that speak MQTT, each with its own login.", it: "Prese, sensori e interruttori che parlano MQTT, ciascuno con il suo accesso." }
    devices_topic() { en: "Topic", it: "Topic" }
    devices_topic_hint() {
        en: "As set in the device: the middle part of a Tasmota’s topics, the prefix of a Shelly’s.",
        it: "Come impostato nel dispositivo: la parte centrale dei topic di un Tasmota, il prefisso di uno Shelly.",
    }
    devices_name() { en: "Name", it: "Nome" }
    devices_dialect() { en: "Speaks", it: "Parla" }
    devices_machine() { en: "Plug of machine", it: "Presa della macchina" }
    devices_room() { en: "Room", it: "Stanza" }
    devices_no_machine() { en: "none", it: "nessuna" }
    devices_add() { en: "Add device", it: "Aggiungi dispositivo" }
    devices_save() { en: "Save", it: "Salva" }
    devices_remove() { en: "Remove", it: "Rimuovi" }
    devices_remove_device() { en: "Remove this device", it: "Rimuovi questo dispositivo" }
    devices_remove_why() {
        en: "It is disconnected, and its meters and actuators with their rules are removed with it. What it measured stays in reports.",
        it: "Viene scollegato, e con lui vengono rimossi i suoi contatori e i suoi attuatori con le loro regole. Ciò che ha misurato resta nei resoconti.",
    }
    devices_remove_meter() { en: "Remove this meter", it: "Rimuovi questo contatore" }
    devices_remove_meter_why() {
        en: "It is no longer read or shown, and its limits send no more notices. What it measured stays in reports.",
        it: "Non viene più letto né mostrato, e i suoi limiti non mandano più avvisi. Ciò che ha misurato resta nei resoconti.",
    }
    devices_login() { en: "New password", it: "Nuova password" }
    devices_login_why() {
        en: "The old password stops working at once. The device is cut off until it has the new one.",
        it: "La vecchia password smette subito di valere. Il dispositivo resta scollegato finché non ha quella nuova.",
    }
    devices_login_title(name: &str) { en: "Login of {name}", it: "Accesso di {name}" }
    devices_login_next() {
        en: "Enter these in the device’s MQTT settings now; the password is not shown again.",
        it: "Inserisci subito questi dati nelle impostazioni MQTT del dispositivo; la password non verrà più mostrata.",
    }
    devices_only_here() {
        en: "The broker is reachable from this computer only. Start Toolgate with --mqtt-listen 0.0.0.0:1883, so that devices in your network can connect.",
        it: "Il broker è raggiungibile solo da questo computer. Avvia Toolgate con --mqtt-listen 0.0.0.0:1883, così i dispositivi della tua rete si possono collegare.",
    }
    devices_user() { en: "User", it: "Utente" }
    devices_password() { en: "Password", it: "Password" }
    devices_heard(when: &str) { en: "Heard {when}", it: "Sentito {when}" }
    devices_silent_since(since: &str) { en: "Silent {since}", it: "Tace {since}" }
    devices_never() { en: "Not heard yet", it: "Non ancora sentito" }
    devices_edit() { en: "Change", it: "Modifica" }
    devices_saved() { en: "Saved.", it: "Salvato." }
    devices_add_meter() { en: "Add meter", it: "Aggiungi contatore" }
    devices_new_meter() { en: "New meter", it: "Nuovo contatore" }
    devices_measure() { en: "Measures", it: "Misura" }
    devices_unit() { en: "Unit the device sends", it: "Unità inviata dal dispositivo" }
    devices_path() { en: "Path in the JSON", it: "Percorso nel JSON" }
    devices_path_hint() {
        en: "Leave it empty for the energy of a plug. Otherwise names with dots between, like DS18B20.Temperature.",
        it: "Lascialo vuoto per l’energia di una presa. Altrimenti nomi separati da punti, come DS18B20.Temperature.",
    }
    devices_subtopic() { en: "Topic below the device’s", it: "Topic sotto quello del dispositivo" }
    devices_switch() { en: "Output", it: "Uscita" }
    devices_switch_hint() { en: "As a Shelly counts: 0 is switch:0, its first.", it: "Come conta uno Shelly: 0 è switch:0, la prima." }
    devices_total() { en: "Counts for the whole building", it: "Vale per tutto l’edificio" }
    devices_low() { en: "Notice below", it: "Avviso sotto" }
    devices_high() { en: "Notice above", it: "Avviso sopra" }
    devices_high_hint() { en: "Of a counter: above this amount in an hour.", it: "Per un contatore: oltre questa quantità in un’ora." }
    devices_no_meters() { en: "No meters", it: "Nessun contatore" }
    devices_device() { en: "Device", it: "Dispositivo" }

    notice_meter(measure: &str) { en: "{measure}: outside its limits", it: "{measure}: fuori dai limiti" }
    notice_meter_next() { en: "The page of the meters shows since when.", it: "La pagina dei contatori mostra da quando." }
    notice_unswiped(name: &str) { en: "{name} ran without a swipe", it: "{name} ha funzionato senza tessera" }
    notice_unswiped_next() {
        en: "Its plug measured power while nobody was swiped in. A sticking relay looks like this.",
        it: "La sua presa ha misurato corrente senza nessuna tessera. Un relè bloccato si presenta così.",
    }
    kind_meter() { en: "A meter of the building is outside its limits", it: "Un contatore dell’edificio è fuori dai limiti" }
    kind_unswiped() { en: "A machine you look after ran without a swipe", it: "Una macchina di cui ti occupi ha funzionato senza tessera" }
    system_job_meters() { en: "Store meter readings", it: "Salvare le letture dei contatori" }
}

impl Lang {
    #[must_use]
    pub const fn measure(self, measure: Measure) -> &'static str {
        match measure {
            Measure::Power => self.measure_power(),
            Measure::Heat => self.measure_heat(),
            Measure::Water => self.measure_water(),
            Measure::Temperature => self.measure_temperature(),
            Measure::Occupancy => self.measure_occupancy(),
        }
    }

    #[must_use]
    pub const fn dialect(self, dialect: Dialect) -> &'static str {
        match dialect {
            Dialect::Tasmota => self.dialect_tasmota(),
            Dialect::Shelly => self.dialect_shelly(),
            Dialect::Reference => self.dialect_reference(),
            Dialect::Json => self.dialect_json(),
        }
    }

    #[must_use]
    pub const fn period(self, period: Period) -> &'static str {
        match period {
            Period::Day => self.period_day(),
            Period::Week => self.period_week(),
            Period::Month => self.period_month(),
            Period::Year => self.period_year(),
        }
    }

    /// Why a topic is invalid.
    #[must_use]
    pub fn topic_invalid(self, invalid: InvalidTopic) -> String {
        match invalid {
            InvalidTopic::Empty => self.building_topic_empty().to_owned(),
            InvalidTopic::Long => self.building_topic_long(&domain::building_devices::TOPIC.to_string()),
            InvalidTopic::Characters => self.building_topic_characters().to_owned(),
        }
    }

    /// An amount without its unit: `21.4`, `0.38`, `74`, `41 250`. Below 10 it has two decimals, below 100 one.
    #[must_use]
    pub fn number(self, Amount(thousandths): Amount) -> String {
        let size = thousandths.unsigned_abs();
        let (decimals, step) = match size {
            0..10_000 if !size.is_multiple_of(100) => (2, 10),
            0..100_000 if !size.is_multiple_of(1_000) => (1, 100),
            _ => (0, 1_000),
        };
        let rounded = (size + step / 2) / step;
        let whole = rounded / 10_u64.pow(decimals);
        let part = rounded % 10_u64.pow(decimals);
        let sign = if thousandths < 0 && rounded > 0 { "−" } else { "" };
        let point = match self {
            Self::En => '.',
            Self::It => ',',
        };
        if decimals == 0 {
            format!("{sign}{}", in_threes(whole))
        } else {
            let width = usize::try_from(decimals).unwrap_or_default();
            let part = format!("{part:0width$}");
            let part = part.trim_end_matches('0');
            if part.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}{point}{part}") }
        }
    }

    /// An amount of a measure with its unit: `31 kWh`, `21.4 °C`.
    #[must_use]
    pub fn amount(self, measure: Measure, amount: Amount) -> String {
        let number = self.number(amount);
        match measure.unit_sign() {
            "" => number,
            sign => format!("{number}\u{a0}{sign}"),
        }
    }

    /// The unit that a device sends.
    #[must_use]
    pub const fn unit(self, unit: Unit) -> &'static str {
        match (unit, self) {
            (Unit::WattHours, _) => "Wh",
            (Unit::KilowattHours, _) => "kWh",
            (Unit::Litres, _) => "l",
            (Unit::CubicMetres, _) => "m³",
            (Unit::Celsius, _) => "°C",
            (Unit::People, Self::En) => "people",
            (Unit::People, Self::It) => "persone",
        }
    }
}

/// Digits in groups of three from five digits on, with a narrow space that does not break.
fn in_threes(whole: u64) -> String {
    let digits = whole.to_string();
    if digits.len() < 5 {
        return digits;
    }
    let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy).collect();
    groups.join("\u{202f}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_decimals_that_matter() {
        for (thousandths, en, it) in [
            (31_000, "31", "31"),
            (31_449, "31.4", "31,4"),
            (21_400, "21.4", "21,4"),
            (380, "0.38", "0,38"),
            (384, "0.38", "0,38"),
            (99_960, "100", "100"),
            (-4_250, "−4.25", "−4,25"),
            (-1, "0", "0"),
            (7_000, "7", "7"),
            (5_100, "5.1", "5,1"),
            (9_999_000, "9999", "9999"),
            (2_494_308_100, "2\u{202f}494\u{202f}308", "2\u{202f}494\u{202f}308"),
        ] {
            let amount = Amount(thousandths);
            assert_eq!(
                (Lang::En.number(amount).as_str(), Lang::It.number(amount).as_str()),
                (en, it),
                "{thousandths}"
            );
        }
        assert_eq!(Lang::It.amount(Measure::Temperature, Amount(21_400)), "21,4\u{a0}°C");
        assert_eq!(Lang::En.amount(Measure::Occupancy, Amount(7_000)), "7");
    }
}
