//! Maintenance: tasks, their progress, and interventions.

use crate::{Lang, time::capitalised};
use domain::maintenance::{Doer, Every, Progress, Urgency};

text! {
    maintenance_title() { en: "Maintenance", it: "Manutenzione" }
    maintenance_of(name: &str) { en: "Maintenance of {name}", it: "Manutenzione di {name}" }
    maintenance_plans() { en: "Maintenance plans", it: "Piani di manutenzione" }
    maintenance_no_plans() { en: "No recurring maintenance.", it: "Nessuna manutenzione periodica." }
    maintenance_no_plans_next() { en: "A plan says what is due after how many hours of use or days, and whether it blocks the machine.",
                                  it: "Un piano dice che cosa scade dopo quante ore d’uso o giorni, e se blocca la macchina." }
    maintenance_away() { en: "Archived", it: "Archiviati" }
    maintenance_record() { en: "Maintenance log", it: "Registro di manutenzione" }
    maintenance_record_none() { en: "Nothing logged yet.", it: "Ancora nulla di registrato." }
    maintenance_something() { en: "Something else", it: "Altro" }
    maintenance_at_hours(hours: &str) { en: "at {hours} h of use", it: "a {hours} h d’uso" }
    maintenance_later() { en: "reported later by the board", it: "riferito in seguito dalla scheda" }
    maintenance_how() { en: "Instructions", it: "Istruzioni" }
    maintenance_all() { en: "Upcoming maintenance", it: "Manutenzioni in programma" }
    maintenance_all_next() { en: "All machines; forecast from recent use.",
                             it: "Su tutte le macchine; stima dall’uso recente." }
    maintenance_all_none() { en: "No upcoming maintenance", it: "Nessuna manutenzione in programma" }
    maintenance_all_none_next() { en: "Create plans on machines’ pages. What is due shows up here.",
                                  it: "Crea piani nelle pagine delle macchine. Ciò che scade compare qui." }
    maintenance_now() { en: "Due now", it: "Da fare ora" }
    maintenance_days(from: &str, to: &str) { en: "{from} to {to}", it: (Da from, A to => "{from} {to}") }
    maintenance_no_day() { en: "No estimate", it: "Nessuna stima" }

    urgency_fine() { en: "fine", it: "a posto" }
    urgency_soon() { en: "due soon", it: "in scadenza" }
    urgency_due() { en: "due", it: "da fare" }

    maintenance_progress(percent: &str) { en: "{percent}% used up", it: (A percent => "consumato {percent} %") }
    maintenance_every_hours(hours: &str) { en: "every {hours} h of use", it: "ogni {hours} h d’uso" }
    maintenance_every_days(days: &str) { en: "every {days} days", it: "ogni {days} giorni" }
    maintenance_or(one: &str, other: &str) { en: "{one} or {other}", it: "{one} o {other}" }
    maintenance_used(used: &str, whole: &str) { en: "{used} of {whole} h", it: "{used} h su {whole}" }
    maintenance_since(when: &str) { en: "since {when}", it: (Da when => "{when}") }
    maintenance_expected(when: &str) { en: "expected {when}", it: "previsto {when}" }
    maintenance_blocks() { en: "blocks the machine", it: "blocca la macchina" }
    maintenance_for_type() { en: "for every machine of the type", it: "per ogni macchina del tipo" }

    doer_trainer() { en: "a trainer or owner", it: "istruttore o proprietario" }
    doer_owner() { en: "an owner", it: "proprietario" }
    doer_outside() { en: "external contractor", it: "ditta esterna" }

    maintenance_register() { en: "Log maintenance", it: "Registra manutenzione" }
    maintenance_registering() { en: "Log maintenance", it: "Registra la manutenzione" }
    maintenance_registering_next() { en: "Entries can’t be changed. Selected items restart from now.",
                                     it: "Le voci non si possono modificare. Ciò che scegli riparte da adesso." }
    maintenance_which() { en: "What was done?", it: "Che cosa è stato fatto?" }
    maintenance_note() { en: "Note", it: "Nota" }
    maintenance_note_hint() { en: "Optional: findings, replaced parts.", it: "Facoltativa: che cosa hai trovato, pezzi cambiati." }
    maintenance_note_long(most: &str) { en: "Use {most} characters at most.", it: "Usa al massimo {most} caratteri." }
    maintenance_nothing() { en: "Choose what was done, or write it in the note.",
                            it: "Scegli che cosa è stato fatto, o scrivilo nella nota." }
    maintenance_registered() { en: "Logged.", it: "Registrato." }

    plan_new() { en: "New plan", it: "Nuovo piano" }
    plan_edit() { en: "Edit plan", it: "Modifica il piano" }
    plan_words() { en: "Task", it: "Lavoro" }
    plan_words_hint() { en: "For example: clean lens and mirrors.", it: "Per esempio: pulire lente e specchi." }
    plan_words_empty() { en: "Enter the task.", it: "Scrivi il lavoro." }
    plan_words_long(most: &str) { en: "Use {most} characters at most.", it: "Usa al massimo {most} caratteri." }
    plan_hours() { en: "Hours of use", it: "Ore d’uso" }
    plan_days() { en: "Days", it: "Giorni" }
    plan_hours_hint() { en: "Due after this many hours; blank to ignore.", it: "Scade dopo queste ore; vuoto per ignorarle." }
    plan_days_hint() { en: "Due after this many days; blank to ignore.", it: "Scade dopo questi giorni; vuoto per ignorarli." }
    plan_every() { en: "Enter hours or days, or both.", it: "Indica ore o giorni, o entrambi." }
    plan_number(least: &str, most: &str) { en: "Use a whole number from {least} to {most}.", it: "Usa un numero intero da {least} a {most}." }
    plan_manual() { en: "Link to instructions", it: "Link alle istruzioni" }
    plan_doer() { en: "Who does it", it: "Chi lo fa" }
    plan_blocking() { en: "While due", it: "Alla scadenza" }
    plan_blocking_yes() { en: "Block the machine for members", it: "Blocca la macchina per i membri" }
    plan_display() { en: "On the display", it: "Sul display" }
    plan_display_hint() { en: "Shown on the board while due. Blank: the task.", it: "Mostrato sulla scheda alla scadenza. Vuoto: il lavoro." }
    plan_of_type(kind: &str) { en: "every machine of “{kind}”", it: "ogni macchina di «{kind}»" }
    plan_of_machine(name: &str) { en: "only “{name}”", it: "solo «{name}»" }
    plan_of() { en: "For", it: "Per" }
    plan_save() { en: "Save plan", it: "Salva il piano" }
    plan_archive() { en: "Archive", it: "Archivia" }
    plan_restore() { en: "Restore", it: "Ripristina" }
    intervention_unknown() { en: "Entry not found.", it: "Voce non trovata." }
    intervention_photo_there() { en: "It has a photo already. Remove that first.",
                                 it: "Ha già una foto. Prima togli quella." }
    intervention_photo(words: &str) { en: "Photo: {words}", it: "Foto: {words}" }
    intervention_photo_add() { en: "Add a photo", it: "Aggiungi una foto" }
    intervention_photo_remove() { en: "Remove photo", it: "Rimuovi la foto" }
    intervention_photo_remove_next() { en: "The entry stays, and the removal is logged.",
                                       it: "La voce resta, e la rimozione va nel registro." }
    plan_unknown() { en: "Plan not found.", it: "Piano non trovato." }
    plan_is_away() { en: "The plan is archived. Restore it first.", it: "Il piano è archiviato. Prima ripristinalo." }
    plan_not_of_machine() { en: "Choose one of the plans of this machine.", it: "Scegli uno dei piani di questa macchina." }
    inbox_maintenance(words: &str, when: &str) { en: "{words} · since {when}", it: (Da when => "{words} · {when}") }
}

impl Lang {
    /// A week by its first and last day: `Monday 23 November to Sunday 29 November`; in Italian a shared month is
    /// written once.
    #[must_use]
    pub fn maintenance_week(self, from: &str, to: &str) -> String {
        let shared =
            from.rsplit_once(' ').zip(to.rsplit_once(' ')).filter(|((_, month), (_, other))| month == other);
        let from = match (self, shared) {
            (Self::It, Some(((day, _), _))) => day,
            _ => from,
        };
        capitalised(&self.maintenance_days(from, to))
    }

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

    /// An interval.
    #[must_use]
    pub fn every(self, every: Every) -> String {
        let hours = every.hours.map(|hours| self.maintenance_every_hours(&hours.to_string()));
        let days = every.days.map(|days| self.maintenance_every_days(&days.to_string()));
        match (hours, days) {
            (Some(hours), Some(days)) => self.maintenance_or(&hours, &days),
            (one, other) => one.or(other).unwrap_or_default(),
        }
    }

    /// The used part of its hours.
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
    fn interval_names_hours_of_use_and_days() {
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
