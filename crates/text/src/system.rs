//! The page about the program and its database.

use crate::Lang;
use contract::system::Ended;
use domain::{
    down_time::{Cause, Gap},
    jobs::Job,
    system::{Count, Weight, size},
    time::Moment,
};
use std::time::Duration;

impl Lang {
    #[must_use]
    pub const fn system_count(self, count: Count) -> &'static str {
        match count {
            Count::People => self.system_people(),
            Count::Cards => self.system_cards(),
            Count::Machines => self.system_machines(),
            Count::Boards => self.system_boards(),
            Count::Uses => self.system_uses(),
            Count::Entries => self.system_entries(),
        }
    }

    /// Description of a job.
    #[must_use]
    pub const fn system_job(self, job: Job) -> &'static str {
        match job {
            Job::AbandonedUses => self.system_job_abandoned_uses(),
            Job::SilentBoards => self.system_job_silent_boards(),
            Job::DueMaintenance => self.system_job_due_maintenance(),
            Job::DeletedNotes => self.system_job_deleted_notes(),
            Job::IdempotencyKeys => self.system_job_idempotency_keys(),
            Job::Lapses => self.system_job_lapses(),
            Job::Reminders => self.system_job_reminders(),
            Job::Appointments => self.system_job_appointments(),
            Job::TrainingEvents => self.system_job_training_events(),
            Job::Bookings => self.system_job_bookings(),
            Job::Draws => self.system_job_draws(),
            Job::Announcements => self.system_job_announcements(),
            Job::ExternalCalendars => self.system_job_external_calendars(),
            Job::Actuators => self.system_job_actuators(),
            Job::Meters => self.system_job_meters(),
            Job::Visits => self.system_job_visits(),
            Job::Help => self.system_job_help(),
            Job::Dues => self.system_job_dues(),
            Job::UserDirectory => self.system_job_user_directory(),
            Job::Retention => self.system_job_retention(),
        }
    }

    /// How often a job runs: `5 s`, `1 h`.
    #[must_use]
    pub fn system_interval(self, every: Duration) -> String {
        if every.as_secs() < 60 { format!("{} s", every.as_secs()) } else { self.length(every) }
    }

    /// The result of a job.
    #[must_use]
    pub fn system_ended(self, ended: Ended) -> String {
        match ended {
            Ended::Idle => self.system_job_idle().to_owned(),
            Ended::Done(count) => self.system_job_done(&self.thousands(count)),
            Ended::Failed => self.system_job_failed().to_owned(),
        }
    }

    /// A gap on the page.
    #[must_use]
    pub fn system_gap(self, gap: Gap<Moment>, now: Moment) -> String {
        let (starts, ends) = (self.exact(gap.starts, now), self.exact(gap.ends, now));
        match gap.cause {
            Cause::Stopped => self.system_gap_stopped(&starts, &ends),
            Cause::Skipped => self.system_gap_skipped(&starts, &ends),
            Cause::SetBack => self.system_gap_set_back(&ends, &starts),
        }
    }

    /// Level of a log line.
    #[must_use]
    pub const fn system_weight(self, weight: Weight) -> &'static str {
        match weight {
            Weight::Error => self.system_error(),
            Weight::Warning => self.system_warning(),
            Weight::Note => self.system_note(),
        }
    }

    /// `3.2 MB`, `3,2 MB`.
    #[must_use]
    pub fn bytes(self, bytes: u64) -> String {
        let (whole, tenth, unit) = size(bytes);
        let point = match self {
            Self::En => '.',
            Self::It => ',',
        };
        format!("{whole}{point}{tenth} {unit}")
    }

    /// A number with thousands separators.
    #[must_use]
    pub fn thousands(self, number: u64) -> String {
        let digits = number.to_string();
        let apart = match self {
            Self::En => ',',
            Self::It => '.',
        };
        let mut message = String::with_capacity(digits.len() * 4 / 3);
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                message.push(apart);
            }
            message.push(digit);
        }
        message
    }
}

text! {
    system_title() { en: "System", it: "Sistema" }
    system_jobs() { en: "Scheduled jobs", it: "Attività pianificate" }
    system_job_name() { en: "Job", it: "Attività" }
    system_job_every() { en: "Every", it: "Ogni" }
    system_job_last() { en: "Last run", it: "Ultima esecuzione" }
    system_job_result() { en: "Result", it: "Esito" }
    system_job_not_yet() { en: "Not yet", it: "Non ancora" }
    system_job_idle() { en: "Nothing due", it: "Niente da fare" }
    system_job_done(count: &str) { en: "{count} done", it: "Fatto: {count}" }
    system_job_failed() { en: "Failed, will retry", it: "Non riuscita, verrà ripetuta" }
    system_job_abandoned_uses() { en: "End abandoned uses", it: "Chiudere gli utilizzi abbandonati" }
    system_job_silent_boards() { en: "Detect silent boards", it: "Rilevare le schede mute" }
    system_job_due_maintenance() { en: "Detect due maintenance", it: "Rilevare la manutenzione in scadenza" }
    system_job_deleted_notes() { en: "Purge deleted notes", it: "Eliminare definitivamente le note" }
    system_job_idempotency_keys() { en: "Purge old API requests", it: "Eliminare le vecchie richieste dell’API" }
    system_job_reminders() { en: "Remind people of what is due", it: "Ricordare ciò che è in scadenza" }
    system_job_lapses() { en: "Record expired qualifications", it: "Registrare le abilitazioni scadute" }
    system_job_bookings() { en: "Bookings that begin, end and expire", it: "Prenotazioni che iniziano, finiscono e scadono" }
    system_job_appointments() { en: "Checkout reminders", it: "Promemoria delle prove" }
    system_job_training_events() { en: "Training events", it: "Eventi formativi" }
    system_job_draws() { en: "Opening and closing of draws", it: "Apertura e chiusura delle estrazioni" }
    system_job_announcements() { en: "Announcements", it: "Annunci" }
    system_job_external_calendars() { en: "Read external calendars", it: "Leggere i calendari esterni" }
    system_job_dues() { en: "Ask payment processors", it: "Interrogare i servizi di pagamento" }
    system_job_retention() { en: "Delete expired data", it: "Eliminare i dati scaduti" }
    system_lead() { en: "Version, database, backups and log.", it: "Versione, database, backup e log." }
    nav_system() { en: "System", it: "Sistema" }
    nav_system_next() { en: "Versions, sizes, backups, log", it: "Versioni, dimensioni, backup, log" }
    system_program() { en: "Program", it: "Programma" }
    system_licences() { en: "Third-party licences", it: "Licenze di terze parti" }
    system_version() { en: "Toolgate", it: "Toolgate" }
    system_sqlite() { en: "SQLite", it: "SQLite" }
    system_schema() { en: "Schema", it: "Schema" }
    system_since() { en: "Running since", it: "In funzione da" }
    system_for(when: &str, length: &str) { en: "{when}, for {length}", it: "{when}, da {length}" }
    system_gaps() { en: "Downtime", it: "Interruzioni" }
    system_gaps_lead() { en: "A booking counts as missed only if there was still time to check in. Requests and offers were extended accordingly.",
                         it: "Una prenotazione conta come non rispettata solo se restava il tempo per il check-in. Richieste e offerte sono state prolungate della stessa durata." }
    system_gap_stopped(from: &str, to: &str) { en: "Not running from {from} to {to}", it: (Da from, A to => "Non in funzione {from} {to}") }
    system_gap_skipped(from: &str, to: &str) {
        en: "The clock jumped forward from {from} to {to}", it: (Da from, A to => "L’orologio è saltato avanti {from} {to}") }
    system_gap_set_back(from: &str, to: &str) {
        en: "The clock was set back from {from} to {to}", it: (Da from, A to => "L’orologio è stato riportato indietro {from} {to}") }
    system_database() { en: "Database", it: "Database" }
    system_size() { en: "Size", it: "Dimensione" }
    system_free() { en: "Free space", it: "Spazio libero" }
    system_log_size() { en: "Write-ahead log", it: "Registro delle scritture (WAL)" }
    system_people() { en: "People", it: "Persone" }
    system_cards() { en: "Cards", it: "Tessere" }
    system_machines() { en: "Machines", it: "Macchine" }
    system_boards() { en: "Boards", it: "Schede" }
    system_uses() { en: "Total uses", it: "Utilizzi finora" }
    system_entries() { en: "Audit entries", it: "Voci del registro" }
    system_copies() { en: "Copies", it: "Copie" }
    system_backup() { en: "Last backup", it: "Ultimo backup" }
    system_backup_said(when: &str, size: &str, to: &str) { en: "{when}, {size}, to {to}", it: "{when}, {size}, in {to}" }
    system_never() { en: "Never", it: "Mai" }
    system_taken() { en: "Last download", it: "Ultimo download" }
    system_taken_said(when: &str, by: &str) { en: "{when}, by {by}", it: "{when}, da {by}" }
    system_backup_how() {
        en: "Run `toolgate backup --to FOLDER` regularly, best onto another disk. A backup also holds people who are erased later; `toolgate restore` erases them again.",
        it: "Esegui regolarmente `toolgate backup --to CARTELLA`, meglio su un altro disco. Un backup contiene anche chi viene cancellato dopo; `toolgate restore` li cancella di nuovo.",
    }
    system_copy() { en: "Download a copy", it: "Scarica una copia" }
    system_copy_ask() {
        en: "The copy contains everyone’s data. Keep it where nobody else can read it. This download is logged.",
        it: "La copia contiene i dati di tutti. Tienila dove nessun altro possa leggerla. Il download va nel registro.",
    }
    system_no_copy() { en: "The copy failed; the log says why. Is there room on the disk?",
                       it: "La copia non è riuscita; il log dice perché. C’è spazio sul disco?" }
    system_log() { en: "Log", it: "Log" }
    system_log_lead() { en: "The newest lines since the start, in English.",
                        it: "Le righe più recenti dall’avvio, in inglese." }
    system_log_none() { en: "No lines since the start.", it: "Nessuna riga dall’avvio." }
    system_when() { en: "When", it: "Quando" }
    system_what() { en: "What", it: "Che cosa" }
    system_error() { en: "Error", it: "Errore" }
    system_warning() { en: "Warning", it: "Avviso" }
    system_note() { en: "Note", it: "Nota" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_use_the_languages_separators() {
        assert_eq!((Lang::En.bytes(3_250_000), Lang::It.bytes(3_250_000)), ("3.2 MB".into(), "3,2 MB".into()));
        let thousands = [7, 999, 1_000, 1_234_567].map(|number| Lang::En.thousands(number));
        assert_eq!(thousands, ["7", "999", "1,000", "1,234,567"]);
        assert_eq!(Lang::It.thousands(10_000), "10.000");
    }
}
