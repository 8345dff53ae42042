//! Dues: notices about them, and why a request is refused. Not here: their pages (`dues_pages`).

use crate::{Lang, audit::Sentence};
use domain::{
    dues::{CommandKind, DuesStatus, Trouble},
    notices::DuesNews,
    time::Date,
};

text! {
    notice_dues_late() { en: "Your dues are not paid", it: "La tua quota non è pagata" }
    notice_dues_late_next(until: &str) {
        en: "Pay by {until}. Until then everything works; after that no machine lets you in.",
        it: "Paga entro {until}. Fino ad allora funziona tutto; dopo, le macchine restano chiuse.",
    }
    notice_dues_soon() { en: "Your access ends soon: dues not paid", it: "Il tuo accesso sta per finire: quota non pagata" }
    notice_dues_soon_next(until: &str) {
        en: "Pay by {until}, or ask a manager for more time. After that no machine lets you in until it is paid.",
        it: "Paga entro {until}, o chiedi più tempo a un responsabile. Dopo, le macchine restano chiuse finché non paghi.",
    }
    notice_dues_ended() { en: "Your paid membership has ended", it: "La tua iscrizione a pagamento è terminata" }
    notice_dues_ended_next(until: &str) {
        en: "Machines let you in until {until}. To stay a member, subscribe again or talk to a manager before then.",
        it: "L’ultimo giorno in cui le macchine funzionano è {until}. Per restare iscritto, rinnova o parla prima con un responsabile.",
    }
    notice_dues_ended_held_next() {
        en: "No machine lets you in any more. To be a member again, subscribe again or talk to a manager.",
        it: "Le macchine restano chiuse. Per tornare iscritto, rinnova o parla con un responsabile.",
    }
    notice_dues_hold_next() {
        en: "No machine lets you in until your dues are paid. Pay on the membership page: access returns within a minute.",
        it: "Le macchine restano chiuse finché la quota non è pagata. Paga dalla pagina dell’iscrizione: l’accesso torna entro un minuto.",
    }
    notice_dues_command() { en: "The payment processor refused a command", it: "Il servizio di pagamento ha rifiutato un comando" }
    notice_dues_command_next() {
        en: "Open it under Payments to see why, and settle it at the processor.",
        it: "Aprilo in Pagamenti per vedere perché, e sistemalo presso il servizio.",
    }

    dues_paid_until(day: &str) { en: "Paid until {day}", it: (A day => "Pagata fino {day}") }
    dues_unknown() { en: "No dues are linked to this person.", it: "A questa persona non è collegata nessuna quota." }
    dues_linked_already() { en: "This person is linked already. Unlink them first.", it: "Questa persona è già collegata. Prima scollegala." }
    dues_reference_taken() { en: "Another person has this reference.", it: "Un’altra persona ha questo riferimento." }
    dues_reference_invalid() {
        en: "Copy the reference from the processor, like cus_3Vb7QwX1mN or CU000123.",
        it: "Copia il riferimento dal servizio di pagamento, come cus_3Vb7QwX1mN o CU000123.",
    }
    dues_not_set_up() {
        en: "No payment processor is set up. Start the server with its key, for example --stripe-key.",
        it: "Nessun servizio di pagamento è configurato. Avvia il server con la sua chiave, per esempio --stripe-key.",
    }
    dues_no_answer() { en: "The processor does not answer. Nothing has changed; it is tried again.", it: "Il servizio non risponde. Non è cambiato nulla; si riprova." }
    dues_unknown_there() { en: "The processor does not know this reference.", it: "Il servizio non conosce questo riferimento." }
    dues_other_account() {
        en: "The processor knows none of the linked customers. Is the key of another account? Nothing has changed; keep this link.",
        it: "Il servizio non conosce nessuno dei clienti collegati. La chiave è di un altro account? Non è cambiato nulla: lascia questo collegamento.",
    }
    dues_no_match() {
        en: "This person no longer has the customer’s e-mail address. To link them anyway, enter the reference on their page.",
        it: "Questa persona non ha più l’indirizzo e-mail del cliente. Per collegarla lo stesso, inserisci il riferimento nella sua pagina.",
    }
    dues_no_address() { en: "Add an e-mail address to the person first: the processor needs it.", it: "Prima aggiungi un indirizzo e-mail alla persona: serve al servizio." }
    dues_command_unknown() { en: "Command not found", it: "Comando non trovato" }
    dues_command_settled() { en: "This command is settled already.", it: "Questo comando è già concluso." }
    dues_command_waits() { en: "A command about this person waits already. Cancel it first.", it: "C’è già un comando in attesa per questa persona. Prima annullalo." }
    dues_not_oneself() { en: "You can’t change your own dues. Ask another manager.", it: "Non puoi modificare la tua quota. Chiedi a un altro responsabile." }
    dues_more_time_far(days: &str) { en: "Give at most {days} days.", it: "Concedi al massimo {days} giorni." }
    dues_nothing_late() { en: "Nothing is late: there is no time to give.", it: "Non c’è nulla in ritardo: non serve altro tempo." }
    dues_ended_already() { en: "This membership has ended at the processor.", it: "Questa iscrizione è già terminata presso il servizio." }
}

names! {
    /// The status of dues.
    dues_status(status: DuesStatus) {
        Current { en: "Current", it: "In regola" }
        Grace { en: "Grace", it: "In tolleranza" }
        Overdue { en: "Overdue", it: "Scaduta" }
        Ended { en: "Ended", it: "Terminata" }
    }
}

names! {
    /// Why a processor did not do what it was asked.
    dues_trouble(trouble: Trouble) {
        NoAnswer { en: "no answer", it: "nessuna risposta" }
        Unavailable { en: "unavailable", it: "non disponibile" }
        Denied { en: "key not accepted", it: "chiave non accettata" }
        Refused { en: "refused", it: "rifiutato" }
        Unclear { en: "unreadable answer", it: "risposta illeggibile" }
        TooMany { en: "more entries than can be read", it: "più voci di quante se ne possano leggere" }
        Unknown { en: "customer not found", it: "cliente non trovato" }
        OtherAccount { en: "none of the linked customers found: is the key of another account?", it: "nessun cliente collegato trovato: la chiave è di un altro account?" }
        NotSetUp { en: "no key set up", it: "nessuna chiave configurata" }
    }
}

impl Lang {
    /// Title and second sentence of a notice about dues; `last_day` is the last one without a hold.
    pub(crate) fn dues_news(self, news: DuesNews, last_day: Date, today: Date) -> (String, String) {
        let until = self.weekday_date(last_day, today);
        match news {
            DuesNews::Late => (self.notice_dues_late().to_owned(), self.notice_dues_late_next(&until)),
            DuesNews::Soon => (self.notice_dues_soon().to_owned(), self.notice_dues_soon_next(&until)),
            DuesNews::Ended if last_day < today => {
                (self.notice_dues_ended().to_owned(), self.notice_dues_ended_held_next().to_owned())
            }
            DuesNews::Ended => (self.notice_dues_ended().to_owned(), self.notice_dues_ended_next(&until)),
        }
    }

    /// A command, with the name of its person.
    #[must_use]
    pub fn dues_command(self, kind: CommandKind, name: &str) -> String {
        match (self, kind) {
            (Self::En, CommandKind::Add) => format!("Add {name}"),
            (Self::En, CommandKind::Remove) => format!("Remove {name}"),
            (Self::It, CommandKind::Add) => format!("Aggiungi {name}"),
            (Self::It, CommandKind::Remove) => format!("Rimuovi {name}"),
        }
    }
}

/// Codes of the audit log.
pub(crate) const AUDITED: &[Sentence] = &[
    ("dues.linked", "linked dues to a payment processor", "ha collegato la quota a un servizio di pagamento"),
    (
        "dues.unlinked",
        "unlinked dues from a payment processor",
        "ha scollegato la quota dal servizio di pagamento",
    ),
    ("dues.chosen", "chose which subscription counts as dues", "ha scelto quale abbonamento conta come quota"),
    (
        "dues.matched",
        "linked people to customers of a payment processor by address",
        "ha collegato persone ai clienti di un servizio di pagamento per indirizzo",
    ),
    ("dues.changed", "recorded another status of dues", "ha annotato un altro stato della quota"),
    ("dues.more-time", "gave more time for dues", "ha concesso più tempo per la quota"),
    (
        "dues.command-queued",
        "queued a command to a payment processor",
        "ha messo in coda un comando al servizio di pagamento",
    ),
    (
        "dues.command-retried",
        "retried a command to a payment processor",
        "ha ripetuto un comando al servizio di pagamento",
    ),
    (
        "dues.command-settled",
        "settled a command to a payment processor",
        "ha concluso un comando al servizio di pagamento",
    ),
    (
        "dues.compared",
        "compared dues with a payment processor",
        "ha confrontato le quote con il servizio di pagamento",
    ),
];
