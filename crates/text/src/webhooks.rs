//! Webhooks: addresses to which events are sent.

use crate::Lang;
use domain::{deliveries::Trouble, notices::Kind, webhooks::EventGroup};

text! {
    webhooks_title() { en: "Webhooks", it: "Webhook" }
    webhooks_sub() { en: "Other programs are told when something happens here. Requests are signed as Standard Webhooks describes.",
                     it: "Altri programmi vengono avvisati quando qui succede qualcosa. Le richieste sono firmate secondo Standard Webhooks." }
    webhooks_list() { en: "Webhooks", it: "Webhook" }
    webhooks_none() { en: "No webhooks yet", it: "Ancora nessun webhook" }
    webhooks_none_next() { en: "Add one, and its program is told what happens, seconds later.", it: "Aggiungine uno: il suo programma saprà che cosa succede pochi secondi dopo." }
    webhooks_removed() { en: "Webhook removed.", it: "Webhook rimosso." }
    webhook_new() { en: "Add a webhook", it: "Aggiungi un webhook" }
    webhook_add() { en: "Add webhook", it: "Aggiungi webhook" }
    webhook_name() { en: "Name", it: "Nome" }
    webhook_name_hint() { en: "What you call the other program, like “City door log”.", it: "Come chiami l’altro programma, per esempio «Registro porte»." }
    webhook_address() { en: "Address", it: "Indirizzo" }
    webhook_address_hint() { en: "Where requests go, like https://doors.example/in. With http:// others on the way can read them.", it: "Dove vanno le richieste, per esempio https://porte.example/in. Con http:// altri lungo la strada possono leggerle." }
    webhook_address_stays() { en: "Leave it empty to keep the present address.", it: "Lascialo vuoto per tenere l’indirizzo attuale." }
    webhook_address_form() { en: "Enter an address like https://doors.example/in.", it: "Scrivi un indirizzo come https://porte.example/in." }
    webhook_events() { en: "Events", it: "Eventi" }
    webhook_events_hint() { en: "Events carry ids, names of machines and rooms, and links, but nothing about people. All are sent, those about safety first, except a free slot that is taken by then.",
                            it: "Gli eventi contengono id, nomi di macchine e sale e link, ma nulla sulle persone. Partono tutti, prima quelli sulla sicurezza, tranne un orario libero già ripreso." }
    webhook_events_form() { en: "Choose at least one event.", it: "Scegli almeno un evento." }
    webhook_group_machines() { en: "Machines", it: "Macchine" }
    webhook_group_problems() { en: "Problems and maintenance", it: "Problemi e manutenzione" }
    webhook_group_bookings() { en: "Bookings and checkouts", it: "Prenotazioni e prove" }
    webhook_group_building() { en: "Building", it: "Edificio" }
    webhook_group_space() { en: "The workshop", it: "Il laboratorio" }

    webhook_secret_title() { en: "Copy the secret now", it: "Copia il segreto adesso" }
    webhook_secret_once() { en: "It is shown only this once.", it: "Viene mostrato solo questa volta." }
    webhook_secret_next(host: &str) { en: "Enter it at {host}, so that it can tell our events from others.",
                                      it: "Inseriscilo su {host}, così riconosce i nostri eventi." }
    webhook_secret() { en: "Secret", it: "Segreto" }
    webhook_open() { en: "Open webhook", it: "Apri il webhook" }
    webhook_secret_ends(end: &str, when: &str) { en: "ends …{end}, since {when}", it: (Da when => "finisce con …{end}, {when}") }
    webhook_old_secret() { en: "Old secret", it: "Vecchio segreto" }
    webhook_old_until(when: &str) { en: "signs too until {when}", it: "firma ancora fino a {when}" }
    webhook_rotate() { en: "New secret", it: "Nuovo segreto" }
    webhook_rotate_next() { en: "The old secret signs beside the new one for a day, so nothing is lost while you enter the new one there.",
                            it: "Il vecchio segreto firma per un giorno accanto al nuovo, così non si perde nulla mentre inserisci quello nuovo." }
    webhook_rotate_confirm() { en: "Replace secret", it: "Sostituisci il segreto" }

    webhook_active() { en: "Active", it: "Attivo" }
    webhook_untried() { en: "Nothing sent yet", it: "Ancora nulla inviato" }
    webhook_paused_since(when: &str) { en: "Paused since {when}", it: (Da when => "In pausa {when}") }
    webhook_failing_since(when: &str) { en: "Failing since {when}", it: (Da when => "Errori {when}") }
    webhook_last(when: &str) { en: "Last event {when}", it: "Ultimo evento {when}" }
    webhook_waiting(n: u32) { en: [one: "{n} event waiting", other: "{n} events waiting"], it: [one: "{n} evento in attesa", other: "{n} eventi in attesa"] }
    webhook_kept(n: u32) { en: [one: "{n} event is kept", other: "{n} events are kept"], it: [one: "{n} evento conservato", other: "{n} eventi conservati"] }
    webhook_kept_next() { en: "They go out in order when you resume. After 7 days the oldest are dropped", it: "Partono in ordine quando riattivi il webhook. Dopo 7 giorni i più vecchi vengono eliminati" }
    webhook_kept_from(when: &str) { en: "from {when} on", it: (Da when => "a partire {when}") }
    webhook_kept_none() { en: "Nothing waits", it: "Nessun evento in attesa" }
    webhook_kept_none_next() { en: "What happens from now on is kept for 7 days.", it: "Ciò che succede da ora viene conservato per 7 giorni." }
    webhook_gave_up() { en: "Toolgate paused it, because nothing arrived for three days.", it: "Toolgate l’ha messo in pausa perché per tre giorni non è arrivato nulla." }
    webhook_gone() { en: "Toolgate paused it, because its server answered 410: it wants no more events.", it: "Toolgate l’ha messo in pausa perché il server ha risposto 410: non vuole altri eventi." }
    webhook_all_arrived() { en: "Everything arrived", it: "È arrivato tutto" }
    webhook_arrived(n: u32, at_once: &str) { en: [one: "{n} event in 30 days, {at_once} at the first try.", other: "{n} events in 30 days, {at_once} at the first try."],
                                              it: [one: "{n} evento in 30 giorni, {at_once} al primo tentativo.", other: "{n} eventi in 30 giorni, {at_once} al primo tentativo."] }
    webhook_nothing_yet() { en: "Nothing happened yet", it: "Ancora nessun evento" }
    webhook_nothing_yet_next() { en: "Send a test to see whether it arrives.", it: "Invia una prova per vedere se arriva." }
    webhook_answers(status: &str) { en: "Their server answers {status}", it: "Il server risponde {status}" }
    webhook_cause_denied() { en: "it does not accept our signature. Most likely the secret there is still the old one.", it: "non accetta la nostra firma. Probabilmente lì c’è ancora il vecchio segreto." }
    webhook_cause_missing() { en: "nothing is at this address. Most likely the address has changed.", it: "a questo indirizzo non c’è nulla. Probabilmente l’indirizzo è cambiato." }
    webhook_cause_redirect() { en: "it sends us to another address, which we don’t follow. Enter that address here.", it: "ci rimanda a un altro indirizzo, che non seguiamo. Inserisci qui quell’indirizzo." }
    webhook_cause_busy() { en: "it has trouble of its own. Events wait and are tried again.", it: "ha un problema suo. Gli eventi aspettano e vengono riprovati." }
    webhook_cause_refused() { en: "it refuses what we send. Check what it expects.", it: "rifiuta ciò che inviamo. Controlla che cosa si aspetta." }
    webhook_trouble_unreachable() { en: "No server answers at this address.", it: "A questo indirizzo non risponde nessun server." }
    webhook_trouble_slow() { en: "Their server takes longer than ten seconds to answer.", it: "Il server impiega più di dieci secondi a rispondere." }
    webhook_trouble_certificate() { en: "Their server’s certificate isn’t valid.", it: "Il certificato del server non è valido." }
    webhook_trouble_private() { en: "The address is in a private network. If that is right, allow the host on the server with --allow-host.", it: "L’indirizzo è in una rete privata. Se è giusto, permetti l’host sul server con --allow-host." }
    webhook_trouble_large() { en: "Their server sends an answer without a status.", it: "Il server manda una risposta senza stato." }

    webhook_send_test() { en: "Send a test", it: "Invia una prova" }
    webhook_test_arrived(took: &str) { en: "The test arrived in {took}.", it: "La prova è arrivata in {took}." }
    webhook_test_failed() { en: "The test did not arrive", it: "La prova non è arrivata" }
    webhook_pause() { en: "Pause", it: "Metti in pausa" }
    webhook_resume() { en: "Resume", it: "Riattiva" }
    webhook_resume_and_send(n: u32) { en: [one: "Resume and send {n}", other: "Resume and send {n}"], it: [one: "Riattiva e invia {n}", other: "Riattiva e invia {n}"] }
    webhook_drop_and_resume() { en: "Drop them, resume", it: "Eliminali e riattiva" }
    webhook_try_now(n: u32) { en: [one: "Try {n} now", other: "Try all {n} now"], it: [one: "Riprova subito", other: "Riprova subito tutti e {n}"] }

    webhook_deliveries() { en: "Deliveries", it: "Consegne" }
    webhook_deliveries_kept() { en: "kept for 30 days", it: "conservate per 30 giorni" }
    webhook_deliveries_waiting() { en: "oldest first", it: "dal più vecchio" }
    webhook_deliveries_none() { en: "No events yet", it: "Ancora nessun evento" }
    webhook_deliveries_none_next() { en: "Events of the chosen kinds are listed here.", it: "Gli eventi dei tipi scelti compaiono qui." }
    webhook_deliveries_more() { en: "Only the latest 50 are listed; programs get all of them.", it: "Sono elencati solo gli ultimi 50; i programmi li ottengono tutti." }
    webhook_at() { en: "At", it: "Quando" }
    webhook_event() { en: "Event", it: "Evento" }
    webhook_answer() { en: "Answer", it: "Risposta" }
    webhook_took() { en: "Took", it: "Durata" }
    webhook_took_seconds(seconds: &str) { en: "{seconds} s", it: "{seconds} s" }
    webhook_waits() { en: "waits", it: "in attesa" }
    webhook_no_answer() { en: "no answer", it: "nessuna risposta" }
    webhook_try(n: u32, of: &str, next: &str) { en: [one: "try {n} of {of}, next {next}", other: "try {n} of {of}, next {next}"],
                                                 it: [one: "tentativo {n} di {of}, il prossimo {next}", other: "tentativo {n} di {of}, il prossimo {next}"] }
    webhook_at_try(n: u32) { en: [one: "at the first try", other: "at try {n}"], it: [one: "al primo tentativo", other: "al tentativo {n}"] }
    webhook_send_again() { en: "Send again", it: "Invia di nuovo" }
    webhook_sent() { en: "What was sent", it: "Che cosa è stato inviato" }
    webhook_endpoint() { en: "Endpoint", it: "Destinazione" }
    webhook_added() { en: "Added", it: "Aggiunto" }
    webhook_change() { en: "Change", it: "Modifica" }
    webhook_save() { en: "Save changes", it: "Salva le modifiche" }
    webhook_remove() { en: "Remove", it: "Rimuovi" }
    webhook_remove_next() { en: "Its address, secret and log are deleted, and what waits is dropped.", it: "Indirizzo, segreto e registro vengono eliminati, e gli eventi in attesa scartati." }
    webhook_remove_confirm() { en: "Remove webhook", it: "Rimuovi il webhook" }

    webhook_unknown() { en: "This webhook doesn’t exist. It may have been removed.", it: "Questo webhook non esiste. Forse è stato rimosso." }
    webhook_no_delivery() { en: "This delivery doesn’t exist any more. Deliveries are kept for 30 days.", it: "Questa consegna non esiste più. Le consegne si conservano per 30 giorni." }
    webhook_too_many(most: &str) { en: "There are {most} webhooks, the most a workshop can have. Remove one first.", it: "Ci sono {most} webhook, il massimo per un laboratorio. Rimuovine prima uno." }
    webhook_is_paused() { en: "This webhook is paused. Resume it first.", it: "Questo webhook è in pausa. Prima riattivalo." }
    webhook_just_tested() { en: "A test was just sent. Wait a few seconds.", it: "È appena partita una prova. Aspetta qualche secondo." }
    notice_webhook_paused() { en: "A webhook is paused", it: "Un webhook è in pausa" }
    notice_webhook_paused_next() { en: "Nothing arrived there for three days. Open it to see why, and resume it.", it: "Per tre giorni non è arrivato nulla. Aprilo per vedere perché, e riattivalo." }

    notice_webhook_gone_next() { en: "Its server answered 410: it wants no more events. Remove the webhook, or resume it if that was a mistake.", it: "Il server ha risposto 410: non vuole altri eventi. Rimuovi il webhook, o riattivalo se è stato un errore." }
    event_machine_blocked() { en: "A machine is blocked", it: "Una macchina è bloccata" }
    event_machine_free() { en: "A block is lifted", it: "Un blocco è tolto" }
    event_machine_unsafe() { en: "A machine is reported unsafe", it: "Una macchina è segnalata come pericolosa" }
    event_machine_unswiped() { en: "A machine runs without a card", it: "Una macchina va senza tessera" }
    event_time_freed() { en: "A slot on a machine becomes free", it: "Si libera un orario di una macchina" }
    event_help_asked() { en: "Help is asked for at a machine", it: "Viene chiesto aiuto a una macchina" }
    event_problem_reported() { en: "A problem is reported", it: "Un problema è segnalato" }
    event_problem_acknowledged() { en: "A problem is acknowledged", it: "Un problema è preso in carico" }
    event_problem_resolved() { en: "A problem is resolved", it: "Un problema è risolto" }
    event_maintenance_due() { en: "Maintenance is due", it: "C’è manutenzione da fare" }
    event_booking_asked() { en: "A booking needs a decision", it: "Una prenotazione attende una decisione" }
    event_checkout_wanted() { en: "A member asks for other checkout times", it: "Un membro chiede altri orari per una prova" }
    event_calendar_clash() { en: "External events overlap bookings", it: "Eventi esterni si sovrappongono a prenotazioni" }
    event_actuator_silent() { en: "A device of the building falls silent", it: "Un dispositivo dell’edificio non risponde" }
    event_actuator_failed() { en: "A building device refuses a command", it: "Un dispositivo dell’edificio rifiuta un comando" }
    event_meter_beyond() { en: "A meter is outside its limits", it: "Un contatore è fuori dai limiti" }
    event_card_claimed() { en: "A card is claimed", it: "Una tessera è rivendicata" }
    event_job_failed() { en: "A scheduled job fails", it: "Un’attività programmata non riesce" }
    event_announced() { en: "An announcement is published", it: "Un annuncio è pubblicato" }
}

impl Lang {
    /// A group of events in the form.
    #[must_use]
    pub const fn webhook_group(self, group: EventGroup) -> &'static str {
        match group {
            EventGroup::Machines => self.webhook_group_machines(),
            EventGroup::Problems => self.webhook_group_problems(),
            EventGroup::Bookings => self.webhook_group_bookings(),
            EventGroup::Building => self.webhook_group_building(),
            EventGroup::Space => self.webhook_group_space(),
        }
    }

    /// What happened, for channels that tell it to no particular person.
    #[must_use]
    pub const fn broadcast_kind(self, kind: Kind) -> &'static str {
        match kind {
            Kind::MachineBlocked => self.event_machine_blocked(),
            Kind::MachineFree => self.event_machine_free(),
            Kind::MachineUnsafe => self.event_machine_unsafe(),
            Kind::MachineUnswiped => self.event_machine_unswiped(),
            Kind::TimeFreed => self.event_time_freed(),
            Kind::HelpAsked => self.event_help_asked(),
            Kind::ProblemReported => self.event_problem_reported(),
            Kind::ProblemAcknowledged => self.event_problem_acknowledged(),
            Kind::ProblemResolved => self.event_problem_resolved(),
            Kind::MaintenanceDue => self.event_maintenance_due(),
            Kind::BookingAsked => self.event_booking_asked(),
            Kind::CheckoutWanted => self.event_checkout_wanted(),
            Kind::CalendarClash => self.event_calendar_clash(),
            Kind::ActuatorSilent => self.event_actuator_silent(),
            Kind::ActuatorFailed => self.event_actuator_failed(),
            Kind::MeterBeyond => self.event_meter_beyond(),
            Kind::CardClaimed => self.event_card_claimed(),
            Kind::JobFailed => self.event_job_failed(),
            Kind::Announced => self.event_announced(),
            _ => self.notice_kind(kind),
        }
    }

    /// Why a webhook fails, with the most likely cause.
    #[must_use]
    pub fn webhook_trouble(self, trouble: Trouble, status: Option<u16>) -> String {
        let Some(status) = status else {
            return match trouble {
                Trouble::Silent => self.webhook_trouble_slow(),
                Trouble::Certificate => self.webhook_trouble_certificate(),
                Trouble::Private => self.webhook_trouble_private(),
                Trouble::TooLarge => self.webhook_trouble_large(),
                _ => self.webhook_trouble_unreachable(),
            }
            .to_owned();
        };
        let cause = match trouble {
            Trouble::Login => self.webhook_cause_denied(),
            Trouble::Address => self.webhook_cause_missing(),
            Trouble::Later => self.webhook_cause_busy(),
            _ if (300..400).contains(&status) => self.webhook_cause_redirect(),
            _ => self.webhook_cause_refused(),
        };
        format!("{}: {cause}", self.webhook_answers(&status.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_event_has_a_label_of_its_own() {
        for lang in [Lang::En, Lang::It] {
            let kinds: Vec<_> = EventGroup::ALL.into_iter().flat_map(EventGroup::kinds).collect();
            let labels: BTreeSet<_> = kinds.iter().map(|&kind| lang.broadcast_kind(kind)).collect();
            assert_eq!(labels.len(), kinds.len());
            for &kind in &kinds {
                assert_ne!(
                    lang.broadcast_kind(kind),
                    lang.notice_kind(kind),
                    "{kind:?} is written for one reader"
                );
            }
        }
    }

    #[test]
    fn failure_names_status_and_likely_cause() {
        let denied = Lang::En.webhook_trouble(Trouble::Login, Some(401));
        assert!(denied.starts_with("Their server answers 401: ") && denied.contains("secret"), "{denied}");
        assert!(Lang::En.webhook_trouble(Trouble::Refused, Some(302)).contains("another address"));
        assert!(Lang::It.webhook_trouble(Trouble::Private, None).contains("--allow-host"));
    }
}
