//! Maintenance: what has to be done to machines, how far that is, and what was done.

use crate::Lang;
use domain::maintenance::{Doer, Every, Progress, Urgency};

text! {
    maintenance_title() { en: "Maintenance", it: "Manutenzione" }
    maintenance_of(name: &str) { en: "Maintenance of {name}", it: "Manutenzione di {name}" }
    maintenance_plans() { en: "What has to be done", it: "Che cosa va fatto" }
    maintenance_no_plans() { en: "No recurring maintenance.", it: "Nessuna manutenzione periodica." }
    maintenance_no_plans_next() { en: "A plan says what, after how many hours of use or days, and whether the machine waits for it.",
                                  it: "Un piano dice che cosa, dopo quante ore d’uso o giorni, e se la macchina aspetta." }
    maintenance_away() { en: "Archived", it: "Archiviati" }
    maintenance_record() { en: "What was done", it: "Che cosa è stato fatto" }
    maintenance_record_none() { en: "Nothing was registered yet.", it: "Non è ancora stato registrato nulla." }
    maintenance_something() { en: "Something else", it: "Altro" }
    maintenance_at_hours(hours: &str) { en: "at {hours} h of use", it: "a {hours} h d’uso" }
    maintenance_later() { en: "told later by the board", it: "riferito dopo dalla scheda" }
    maintenance_how() { en: "How it is done", it: "Come si fa" }
    maintenance_all() { en: "Upcoming maintenance", it: "Manutenzioni in programma" }
    maintenance_all_next() { en: "All machines; forecast from recent use.",
                             it: "Su tutte le macchine, per quando scadrà se si usano come ultimamente." }
    maintenance_all_none() { en: "No upcoming maintenance", it: "Non c’è nulla in arrivo" }
    maintenance_all_none_next() { en: "Make plans on the pages of machines; what is due shows up here by itself.",
                                  it: "Crea piani sulle pagine delle macchine; ciò che scade compare qui da sé." }
    maintenance_now() { en: "Due now", it: "Da fare ora" }
    maintenance_week(from: &str, to: &str) { en: "{from} to {to}", it: "Dal {from} al {to}" }
    maintenance_no_day() { en: "No estimate", it: "Nessuna stima" }

    urgency_fine() { en: "fine", it: "a posto" }
    urgency_soon() { en: "due soon", it: "in scadenza" }
    urgency_due() { en: "due", it: "da fare" }

    maintenance_progress(percent: &str) { en: "{percent} % of the way", it: "{percent} % del percorso" }
    maintenance_every_hours(hours: &str) { en: "every {hours} h of use", it: "ogni {hours} h d’uso" }
    maintenance_every_days(days: &str) { en: "every {days} days", it: "ogni {days} giorni" }
    maintenance_or(one: &str, other: &str) { en: "{one} or {other}", it: "{one} o {other}" }
    maintenance_used(used: &str, whole: &str) { en: "{used} of {whole} h", it: "{used} di {whole} h" }
    maintenance_since(when: &str) { en: "since {when}", it: "dal {when}" }
    maintenance_expected(when: &str) { en: "expected {when}", it: "previsto {when}" }
    maintenance_blocks() { en: "blocks the machine", it: "blocca la macchina" }
    maintenance_for_type() { en: "for every machine of the type", it: "per ogni macchina del tipo" }

    doer_trainer() { en: "a trainer or owner", it: "istruttore o responsabile" }
    doer_owner() { en: "an owner", it: "responsabile" }
    doer_outside() { en: "External contractor", it: "Ditta esterna" }

    maintenance_register() { en: "Log it", it: "Registra" }
    maintenance_registering() { en: "Log maintenance", it: "Registra la manutenzione" }
    maintenance_registering_next() { en: "It stays on record and can’t be changed. Selected items restart from now.",
                                     it: "Resta registrato e non si può modificare. Ciò che scegli riparte da adesso." }
    maintenance_which() { en: "What was done?", it: "Che cosa è stato fatto?" }
    maintenance_note() { en: "Note", it: "Nota" }
    maintenance_note_hint() { en: "Optional: what was found, which parts were changed.", it: "Facoltativa: che cosa si è trovato, quali pezzi si sono cambiati." }
    maintenance_note_long(most: &str) { en: "Use {most} characters at most.", it: "Usa al massimo {most} caratteri." }
    maintenance_nothing() { en: "Choose what was done, or write it in the note.",
                            it: "Scegli che cosa è stato fatto, o scrivilo nella nota." }
    maintenance_registered() { en: "Logged.", it: "Registrato." }

    plan_new() { en: "New plan", it: "Nuovo piano" }
    plan_edit() { en: "Edit the plan", it: "Modifica il piano" }
    plan_words() { en: "What has to be done", it: "Che cosa va fatto" }
    plan_words_hint() { en: "Such as: clean lens and mirrors.", it: "Per esempio: pulire lente e specchi." }
    plan_words_empty() { en: "Write what has to be done.", it: "Scrivi che cosa va fatto." }
    plan_words_long(most: &str) { en: "Use {most} characters at most.", it: "Usa al massimo {most} caratteri." }
    plan_hours() { en: "Hours of use", it: "Ore d’uso" }
    plan_days() { en: "Days", it: "Giorni" }
    plan_hours_hint() { en: "Due after this many hours; blank to ignore.", it: "Scade dopo queste ore; vuoto per ignorarle." }
    plan_days_hint() { en: "After how many it is due. Empty: days do not count.", it: "Dopo quanti scade. Vuoto: i giorni non contano." }
    plan_every() { en: "Fill in hours or days, or both.", it: "Indica ore o giorni, o entrambi." }
    plan_number(least: &str, most: &str) { en: "Use a whole number from {least} to {most}.", it: "Usa un numero intero da {least} a {most}." }
    plan_manual() { en: "Link to instructions", it: "Link alle istruzioni" }
    plan_doer() { en: "Who does it", it: "Chi lo fa" }
    plan_blocking() { en: "The machine", it: "La macchina" }
    plan_blocking_yes() { en: "waits for it: members cannot use it while it is due", it: "aspetta: i membri non possono usarla finché non è fatto" }
    plan_display() { en: "On the display", it: "Sul display" }
    plan_display_hint() { en: "What the board says while it is due. Empty: what has to be done.", it: "Che cosa dice la scheda finché non è fatto. Vuoto: che cosa va fatto." }
    plan_of_type(kind: &str) { en: "every machine of “{kind}”", it: "ogni macchina di «{kind}»" }
    plan_of_machine(name: &str) { en: "“{name}” alone", it: "solo «{name}»" }
    plan_of() { en: "It is for", it: "Vale per" }
    plan_save() { en: "Save the plan", it: "Salva il piano" }
    plan_archive() { en: "Archive", it: "Archivia" }
    plan_restore() { en: "Restore", it: "Ripristina" }
    intervention_unknown() { en: "Nothing of the kind was done.", it: "Non è stato fatto nulla di simile." }
    intervention_photo_there() { en: "It has a photo already. Take that away first.",
                                 it: "Ha già una foto. Prima togli quella." }
    intervention_photo(words: &str) { en: "Photo: {words}", it: "Foto: {words}" }
    intervention_photo_add() { en: "Add a photo", it: "Aggiungi una foto" }
    intervention_photo_remove() { en: "Take the photo away", it: "Togli la foto" }
    intervention_photo_remove_next() { en: "What was done stays on record, and so does who took its photo away.",
                                       it: "Ciò che è stato fatto resta nel registro, e anche chi ne ha tolto la foto." }
    plan_unknown() { en: "There is no such plan.", it: "Questo piano non esiste." }
    plan_is_away() { en: "The plan is archived. Restore it first.", it: "Il piano è archiviato. Prima ripristinalo." }
    plan_not_of_machine() { en: "Choose one of the plans of this machine.", it: "Scegli uno dei piani di questa macchina." }
    inbox_maintenance(words: &str, when: &str) { en: "{words} · since {when}", it: "{words} · dal {when}" }
}

impl Lang {
    /// How urgent something is.
    #[must_use]
    pub const fn urgency(self, urgency: Urgency) -> &'static str {
        match urgency {
            Urgency::Fine => self.urgency_fine(),
            Urgency::Soon => self.urgency_soon(),
            Urgency::Due => self.urgency_due(),
        }
    }

    #[must_use]
    pub const fn doer(self, doer: Doer) -> &'static str {
        match doer {
            Doer::Trainer => self.doer_trainer(),
            Doer::Owner => self.doer_owner(),
            Doer::Outside => self.doer_outside(),
        }
    }

    /// After how much it has to be done again.
    #[must_use]
    pub fn every(self, every: Every) -> String {
        let hours = every.hours.map(|hours| self.maintenance_every_hours(&hours.to_string()));
        let days = every.days.map(|days| self.maintenance_every_days(&days.to_string()));
        match (hours, days) {
            (Some(hours), Some(days)) => self.maintenance_or(&hours, &days),
            (one, other) => one.or(other).unwrap_or_default(),
        }
    }

    /// How many of its hours are used.
    #[must_use]
    pub fn hours_used(self, every: Every, progress: &Progress) -> Option<String> {
        let used = (progress.used / 3_600_000).to_string();
        every.hours.map(|whole| self.maintenance_used(&used, &whole.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_how_much_is_said_with_what_counts() {
        for (hours, days, en, it) in [
            (Some(100), None, "every 100 h of use", "ogni 100 h d’uso"),
            (None, Some(30), "every 30 days", "ogni 30 giorni"),
            (Some(5), Some(2), "every 5 h of use or every 2 days", "ogni 5 h d’uso o ogni 2 giorni"),
        ] {
            let every = Every { hours, days };
            assert_eq!((Lang::En.every(every).as_str(), Lang::It.every(every).as_str()), (en, it));
        }
    }
}
