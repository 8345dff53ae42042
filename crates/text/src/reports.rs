//! Reports of use.

use crate::Lang;
use domain::reports::{Lead, Measure, TrainingStep, Waited};

text! {
    percent(number: &str) { en: "{number}%", it: "{number} %" }
    reports_title() { en: "Reports", it: "Statistiche" }
    reports_next() { en: "When machines are busy, missed bookings and waiting times", it: "Quando le macchine sono occupate, prenotazioni non rispettate e tempi d’attesa" }
    reports_form_day() { en: "Enter the day like 2026-11-23; both days, or neither.", it: "Scrivi il giorno come 2026-11-23; entrambi i giorni o nessuno." }
    reports_form_range() { en: "Choose a last day after the first, at most 53 weeks later.", it: "Scegli un ultimo giorno dopo il primo, al massimo 53 settimane più tardi." }
    reports_form_future() { en: "The first day can’t be in the future.", it: "Il primo giorno non può essere nel futuro." }
    reports_form_weeks() { en: "Choose 1 to 53 weeks.", it: "Scegli da 1 a 53 settimane." }
    reports_form_of() { en: "Name a type, a machine or a room, like type:3, machine:7 or room:2, or rooms.", it: "Indica un tipo, una macchina o una sala, come type:3, machine:7 o room:2, oppure rooms." }
    reports_form_by() { en: "Choose type or machine.", it: "Scegli type o machine." }
    reports_form_measure() { en: "Choose used or booked.", it: "Scegli used o booked." }
    reports_form_part() { en: "Choose groups, hours, weeks, lead, waited, training, energy or months.", it: "Scegli groups, hours, weeks, lead, waited, training, energy o months." }
    reports_unknown() { en: "Type, machine or room not found", it: "Tipo, macchina o sala non trovati" }

    reports_what() { en: "Type or machine", it: "Tipo o macchina" }
    reports_everything() { en: "All machines and rooms", it: "Tutte le macchine e le sale" }
    reports_period() { en: "Period", it: "Periodo" }
    reports_weeks(n: u32) { en: [one: "Last week", other: "Last {n} weeks"], it: [one: "Ultima settimana", other: "Ultime {n} settimane"] }
    reports_chosen_days() { en: "Chosen days", it: "Giorni scelti" }
    reports_measure() { en: "Measure", it: "Misura" }
    reports_used() { en: "Used", it: "Uso" }
    reports_booked() { en: "Booked", it: "Prenotato" }
    reports_hours_used() { en: "Hours used", it: "Ore d’uso" }
    reports_hours_booked() { en: "Hours booked", it: "Ore prenotate" }
    reports_show() { en: "Show", it: "Mostra" }
    reports_all_csv() { en: "All as CSV", it: "Tutto in CSV" }
    reports_csv_of(what: &str) { en: ": {what}", it: ": {what}" }
    reports_open_hours(hours: &str) { en: "of {hours} open", it: "su {hours} di apertura" }
    reports_no_shows() { en: "Missed bookings", it: "Prenotazioni non rispettate" }
    reports_late() { en: "Late cancellations", it: "Annullate tardi" }
    reports_lead_median() { en: "Booked ahead, median", it: "Anticipo, mediana" }
    reports_waited_median() { en: "Decision, median", it: "Risposta, mediana" }
    reports_days(days: &str) { en: "{days} days", it: "{days} giorni" }

    reports_few() { en: "fewer than 5 people", it: "meno di 5 persone" }
    reports_few_hidden() { en: "fewer than 5 people: not shown", it: "meno di 5 persone: non mostrato" }
    reports_hidden() { en: "not shown", it: "non mostrato" }
    reports_why_hidden() { en: "Figures about fewer than 5 people are hidden, and others that would give them away. Current opening hours apply.", it: "I dati su meno di 5 persone sono nascosti, e quelli che li rivelerebbero. Valgono gli orari d’apertura attuali." }
    reports_closed() { en: "closed", it: "chiuso" }

    reports_busy() { en: "When it is busy", it: "Quando è occupato" }
    reports_busy_used() { en: "Percent of opening hours in use. Hatched with <5: fewer than 5 people, not shown.", it: "Percentuale degli orari d’apertura in uso. Tratteggiato con <5: meno di 5 persone, non mostrato." }
    reports_busy_booked() { en: "Percent of opening hours booked. Hatched with <5: fewer than 5 people, not shown.", it: "Percentuale degli orari d’apertura prenotata. Tratteggiato con <5: meno di 5 persone, non mostrato." }
    reports_busiest(day: &str, hour: &str, share: &str) { en: "Busiest on {day} at {hour}, {share}%. The numbers are in the table below.", it: "Più occupato {day} alle {hour}, {share} %. I numeri sono nella tabella sotto." }
    reports_in_table() { en: "The numbers are in the table below.", it: "I numeri sono nella tabella sotto." }
    reports_table() { en: "Show as table", it: "Mostra come tabella" }

    reports_machines() { en: "Hours per machine and room", it: "Ore per macchina e sala" }
    reports_groups() { en: "By type and machine", it: "Per tipo e macchina" }
    reports_name() { en: "Type", it: "Tipo" }
    reports_hours() { en: "Hours", it: "Ore" }
    reports_utilisation() { en: "Utilisation", it: "Utilizzo" }
    reports_all_machines() { en: "All machines", it: "Tutte le macchine" }
    reports_types_only() { en: "Types only", it: "Solo tipi" }

    reports_rate() { en: "Share of missed bookings", it: "Quota di prenotazioni non rispettate" }
    reports_rate_sub() { en: "% by week", it: "% per settimana" }
    reports_week() { en: "Week of", it: "Settimana" }
    reports_share() { en: "Share", it: "Quota" }
    reports_lead() { en: "Lead time", it: "Anticipo" }
    reports_lead_sub() { en: "booked how long before", it: "quanto prima si prenota" }
    reports_lead_step() { en: "Booked before", it: "Prenotato prima" }
    reports_waited() { en: "Queue time", it: "Attesa" }
    reports_waited_sub() { en: "request to decision", it: "dalla richiesta alla risposta" }
    reports_waited_step() { en: "Decided after", it: "Risposta dopo" }

    reports_same_day() { en: "same day", it: "stesso giorno" }
    reports_one_day() { en: "1 day", it: "1 giorno" }
    reports_three_days() { en: "2–3 days", it: "2–3 giorni" }
    reports_a_week() { en: "4–7 days", it: "4–7 giorni" }
    reports_two_weeks() { en: "8–14 days", it: "8–14 giorni" }
    reports_longer() { en: "longer", it: "di più" }
    reports_hour() { en: "under 1 h", it: "meno di 1 h" }
    reports_four_hours() { en: "1–4 h", it: "1–4 h" }
    reports_half_day() { en: "4–12 h", it: "4–12 h" }
    reports_a_day() { en: "12–24 h", it: "12–24 h" }
    reports_expired() { en: "expired", it: "scadute" }

    reports_training() { en: "From training request to passed", it: "Dalla richiesta di formazione al superamento" }
    reports_training_sub() { en: "requests made in this period", it: "richieste di questo periodo" }
    reports_training_step() { en: "Step", it: "Passo" }
    reports_training_requests() { en: "Requests", it: "Richieste" }
    reports_training_since() { en: "Since the step before, median", it: "Dal passo precedente, mediana" }
    reports_training_after(time: &str) { en: "{time} later, median", it: "dopo {time}, mediana" }
    reports_training_asked() { en: "Asked", it: "Richiesta" }
    reports_training_invited() { en: "Invited", it: "Invito" }
    reports_training_came() { en: "Came", it: "Presenza" }
    reports_training_passed() { en: "Passed", it: "Superata" }

    reports_energy() { en: "Energy of uses", it: "Energia degli utilizzi" }
    reports_energy_used() { en: "Uses", it: "Utilizzi" }
    reports_energy_rest() { en: "Without a swipe, standby", it: "Senza tessera, standby" }
    reports_energy_per_use() { en: "Per use", it: "Per utilizzo" }
    reports_no_meter() { en: "no meter", it: "nessun contatore" }
    reports_per_member() { en: "Use per member and month", it: "Uso per membro e mese" }
    reports_mean() { en: "mean of those who used something", it: "media di chi ha usato qualcosa" }
    reports_month() { en: "Month", it: "Mese" }
    reports_month_part() { en: "in part", it: "in parte" }
    reports_members() { en: "Members", it: "Membri" }
    reports_hours_each() { en: "Hours each", it: "Ore a testa" }
    reports_energy_each() { en: "kWh each", it: "kWh a testa" }

    reports_none() { en: "No bookings, uses or training requests in this period", it: "Nessuna prenotazione, utilizzo o richiesta di formazione in questo periodo" }
    reports_none_next() { en: "Try a longer period.", it: "Prova un periodo più lungo." }
}

impl Lang {
    /// The measure that is compared with opening hours.
    #[must_use]
    pub const fn reports_measure_word(self, measure: Measure) -> &'static str {
        match measure {
            Measure::Used => self.reports_hours_used(),
            Measure::Booked => self.reports_hours_booked(),
        }
    }

    /// How long before.
    #[must_use]
    pub const fn reports_lead_word(self, lead: Lead) -> &'static str {
        match lead {
            Lead::SameDay => self.reports_same_day(),
            Lead::OneDay => self.reports_one_day(),
            Lead::ThreeDays => self.reports_three_days(),
            Lead::Week => self.reports_a_week(),
            Lead::TwoWeeks => self.reports_two_weeks(),
            Lead::Longer => self.reports_longer(),
        }
    }

    /// A step of the training funnel.
    #[must_use]
    pub const fn reports_training_word(self, step: TrainingStep) -> &'static str {
        match step {
            TrainingStep::Asked => self.reports_training_asked(),
            TrainingStep::Invited => self.reports_training_invited(),
            TrainingStep::Came => self.reports_training_came(),
            TrainingStep::Passed => self.reports_training_passed(),
        }
    }

    /// How long until the answer.
    #[must_use]
    pub const fn reports_waited_word(self, waited: Waited) -> &'static str {
        match waited {
            Waited::Hour => self.reports_hour(),
            Waited::FourHours => self.reports_four_hours(),
            Waited::HalfDay => self.reports_half_day(),
            Waited::Day => self.reports_a_day(),
            Waited::Expired => self.reports_expired(),
        }
    }
}
