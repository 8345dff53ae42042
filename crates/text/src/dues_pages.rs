//! Pages of dues: a member's own, a person's, and the list of payments.

use crate::Lang;
use contract::dues::TryKind;
use domain::{
    dues::{CommandState, DuesStatus},
    time::Date,
};

text! {
    dues_title() { en: "Membership", it: "Iscrizione" }
    dues_answer() { en: "Answer", it: "Risposta" }
    dues_member_since(when: &str) { en: "Linked since {when}", it: "Collegata da {when}" }
    dues_renews(day: &str) { en: "It renews automatically on {day}.", it: (Il day => "Si rinnova automaticamente {day}.") }
    dues_runs_out(day: &str) { en: "It ends on {day} and is not renewed.", it: (Il day => "Termina {day} e non si rinnova.") }
    dues_manage(processor: &str) { en: "Manage at {processor}", it: "Gestisci su {processor}" }
    dues_manage_why() { en: "Card, invoices and cancelling are there, not here.", it: "Carta, ricevute e disdetta sono lì, non qui." }
    dues_pay(processor: &str) { en: "Pay at {processor}", it: "Paga su {processor}" }
    dues_pay_why() { en: "Opens their page. We learn that it is paid, never how.", it: "Si apre la loro pagina. Sappiamo che è pagato, mai come." }
    dues_pay_there(processor: &str) {
        en: "Pay with the link in the e-mail from {processor}.",
        it: "Paga con il link nell’e-mail di {processor}.",
    }
    dues_if_late() { en: "If a payment is late", it: "Se un pagamento è in ritardo" }
    dues_step_due(day: &str) { en: "{day}: due", it: "{day}: scadenza" }
    dues_step_due_next() { en: "You get a notice if it does not arrive.", it: "Se non arriva, ricevi un avviso." }
    dues_step_grace(n: u32) { en: [one: "{n} day of grace", other: "{n} days of grace"], it: [one: "{n} giorno di tolleranza", other: "{n} giorni di tolleranza"] }
    dues_step_grace_next() { en: "Everything works as before.", it: "Funziona tutto come prima." }
    dues_step_hold(day: &str) { en: "{day}: hold", it: "{day}: blocco accesso" }
    dues_step_hold_next() {
        en: "No machine or door lets you in. Qualifications and bookings stay yours.",
        it: "Macchine e porte restano chiuse. Abilitazioni e prenotazioni restano tue.",
    }
    dues_step_paid() { en: "Paid: lifted at once", it: "Pagato: riparte subito" }
    dues_step_paid_next() { en: "Usually within a minute, also at night.", it: "Di solito entro un minuto, anche di notte." }
    dues_stored() { en: "What we keep", it: "Che cosa conserviamo" }
    dues_stored_all() { en: "all of it", it: "tutto qui" }
    dues_reference() { en: "Reference", it: "Riferimento" }
    dues_status_label() { en: "Status", it: "Stato" }
    dues_card_bank() { en: "Card, bank", it: "Carta, banca" }
    dues_never_here() { en: "never here", it: "mai qui" }
    dues_history() { en: "History", it: "Storia" }
    dues_history_none() { en: "Nothing yet.", it: "Ancora nulla." }
    dues_late_since(day: &str) { en: "Due since {day}, not paid", it: (Da day => "In scadenza {day}, non pagata") }
    dues_days_left(n: u32) { en: [one: "{n} day left", other: "{n} days left"], it: [one: "Resta {n} giorno", other: "Restano {n} giorni"] }
    dues_last_day() { en: "Last day today", it: "Oggi è l’ultimo giorno" }
    dues_works_until(day: &str) {
        en: "Everything works until {day}. After that no machine lets you in until it is paid.",
        it: (A day => "Funziona tutto fino {day}. Dopo, le macchine restano chiuse finché non paghi."),
    }
    dues_was_due() { en: "was due", it: "scadenza" }
    dues_hold_from() { en: "on hold", it: "blocco accesso" }
    dues_cannot_pay() { en: "Can’t pay this month?", it: "Non riesci a pagare questo mese?" }
    dues_cannot_pay_next() { en: "Write to a manager. They can give you more time.", it: "Scrivi a un responsabile. Può concederti più tempo." }
    dues_bookings(n: u32) { en: [one: "{n} booking ahead", other: "{n} bookings ahead"], it: [one: "{n} prenotazione futura", other: "{n} prenotazioni future"] }
    dues_bookings_next() {
        en: "They stay yours, but you can’t start the machine while on hold.",
        it: "Restano tue, ma con l’accesso bloccato non puoi avviare la macchina.",
    }
    dues_on_hold_since(day: &str) { en: "On hold since {day}", it: (Da day => "Accesso bloccato {day}") }
    dues_unpaid_since(day: &str) { en: "Not paid since {day}", it: (Da day => "Non pagata {day}") }
    dues_hold_because() {
        en: "Machines and doors are closed to you until it is paid. They open again within a minute of paying.",
        it: "Macchine e porte restano chiuse finché non paghi. Si riaprono entro un minuto dal pagamento.",
    }
    dues_hold_lifted_by_hand() {
        en: "A manager lifted your hold, so machines let you in. Please pay soon.",
        it: "Un responsabile ha tolto il blocco, quindi le macchine ti fanno entrare. Paga presto.",
    }
    dues_touches() { en: "What the hold touches", it: "Che cosa cambia" }
    dues_touches_machines() { en: "Machines and doors", it: "Macchine e porte" }
    dues_touches_machines_next() {
        en: "Refused at the reader. You can come in while others are there.",
        it: "Rifiutate al lettore. Puoi entrare quando ci sono altri.",
    }
    dues_touches_bookings_next() {
        en: "They stay yours, but are released if you can’t check in.",
        it: "Restano tue, ma vengono liberate se non puoi fare il check-in.",
    }
    dues_touches_qualifications() { en: "Qualifications", it: "Abilitazioni" }
    dues_touches_qualifications_next() { en: "Not touched", it: "Non cambiano" }
    dues_paid_already() { en: "Already paid?", it: "Hai già pagato?" }
    dues_paid_already_next(processor: &str, when: &str) {
        en: "{processor} last answered {when}. Ask a manager to check.",
        it: "{processor} ha risposto l’ultima volta {when}. Chiedi a un responsabile di controllare.",
    }
    dues_never() { en: "never", it: "mai" }
    dues_at(day: &str, clock: &str) { en: "{day} at {clock}", it: "{day} alle {clock}" }
    dues_ended_title() { en: "Your paid membership has ended", it: "La tua iscrizione a pagamento è terminata" }
    dues_ended_because(day: &str) { en: "It was paid until {day}. Nothing more is collected.", it: (A day => "Era pagata fino {day}. Non viene addebitato altro.") }
    dues_ended_until(day: &str) {
        en: "Machines let you in until {day}. To stay a member, subscribe again or talk to a manager before then.",
        it: (A day => "Le macchine funzionano fino {day}. Per restare iscritto, rinnova o parla prima con un responsabile."),
    }
    dues_ended_held() {
        en: "No machine lets you in. To return, subscribe again or talk to a manager.",
        it: "Le macchine restano chiuse. Per tornare, rinnova o parla con un responsabile.",
    }
    dues_none() { en: "No dues linked to you", it: "Nessuna quota collegata a te" }
    dues_none_next() { en: "Nothing to pay here. Ask a manager if you expected a payment.", it: "Qui non c’è nulla da pagare. Chiedi a un responsabile se ti aspettavi un pagamento." }
    me_dues_next() { en: "Paid until, and where to pay", it: "Fino a quando è pagata, e dove pagare" }

    payments_title() { en: "Payments", it: "Pagamenti" }
    payments_none() { en: "No payment processor", it: "Nessun servizio di pagamento" }
    payments_none_next() {
        en: "Start the server with the key of Stripe or GoCardless. It then asks whether members have paid, holds those who are late, and lets them in once they paid.",
        it: "Avvia il server con la chiave di Stripe o GoCardless. Poi controlla se gli iscritti hanno pagato, blocca l’accesso a chi è in ritardo e lo riapre appena paga.",
    }
    payments_none_card() { en: "Cards and bank accounts are never stored here.", it: "Carte e conti bancari non vengono mai salvati qui." }
    payments_heard(when: &str) { en: "last heard {when}", it: "sentito {when}" }
    payments_compared(when: &str) { en: "compared {when}", it: "confrontato {when}" }
    payments_not_asked() { en: "not asked yet", it: "non ancora interrogato" }
    payments_silent(processor: &str, when: &str) { en: "{processor} has not answered since {when}", it: "{processor} non risponde da {when}" }
    payments_nobody_loses() { en: "Nobody loses access over this", it: "Nessuno perde l’accesso per questo" }
    payments_nobody_loses_next(when: &str) {
        en: "States stay as they were at {when}. No grace ends and no hold is placed until it answers.",
        it: "Gli stati restano quelli delle {when}. Nessuna tolleranza finisce e nessun accesso viene bloccato finché non risponde.",
    }
    payments_knows_nobody(processor: &str, when: &str) {
        en: "{processor} has found none of the linked customers since {when}",
        it: "{processor} non trova nessun cliente collegato da {when}",
    }
    payments_other_account(processor: &str) {
        en: "None of the linked customers is known to this account at {processor}. Is the key of another account?",
        it: "Questo account di {processor} non conosce nessuno dei clienti collegati. La chiave è di un altro account?",
    }
    payments_other_account_next(when: &str) {
        en: "States stay as they were at {when}. No grace ends and no hold is placed until the account knows a linked customer; only memberships that were to end anyway still run out.",
        it: "Gli stati restano quelli delle {when}. Nessuna tolleranza finisce e nessun accesso viene bloccato finché l’account non conosce un cliente collegato; solo le iscrizioni che dovevano già terminare terminano lo stesso.",
    }
    payments_try_now() { en: "Try now", it: "Prova adesso" }
    payments_counts() { en: "Show by state", it: "Mostra per stato" }
    payments_nothing_to_do() { en: "nothing to do", it: "niente da fare" }
    payments_hold_from(day: &str) { en: "on hold from {day} on", it: (Da day => "accesso bloccato {day}") }
    payments_none_ends() { en: "none ends meanwhile", it: "nel frattempo non finisce" }
    payments_on_hold() { en: "on hold", it: "accesso bloccato" }
    payments_this_month() { en: "this month", it: "questo mese" }
    payments_without() { en: "No reference", it: "Senza riferimento" }
    payments_without_next() { en: "active, no dues", it: "attivi, senza quota" }
    payments_differs(processor: &str) { en: "Differs from {processor}", it: "Diverso da {processor}" }
    payments_differs_when() { en: "compared every night at 03:10", it: "confrontato ogni notte alle 03:10" }
    payments_here() { en: "Here", it: "Qui" }
    payments_nobody() { en: "no one", it: "nessuno" }
    payments_unknown_there() { en: "not found", it: "non trovato" }
    payments_no_person() { en: "No person here has this reference", it: "Nessuno qui ha questo riferimento" }
    payments_match(name: &str) { en: "{name} has its e-mail address", it: "{name} ha il suo indirizzo e-mail" }
    payments_matches(n: u32) {
        en: [one: "{n} customer with the address of one person", other: "{n} customers, each with the address of one person"],
        it: [one: "{n} cliente con l’indirizzo di una persona", other: "{n} clienti, ognuno con l’indirizzo di una persona"],
    }
    payments_match_several(name: &str) {
        en: "{name} has its e-mail address, but another customer has it too: link the right one here",
        it: "{name} ha il suo indirizzo e-mail, ma lo ha anche un altro cliente: collega qui quello giusto",
    }
    payments_link(name: &str) { en: "Link {name}", it: "Collega {name}" }
    payments_link_all(n: u32) { en: [one: "Link {n} person by address", other: "Link {n} people by address"], it: [one: "Collega {n} persona per indirizzo", other: "Collega {n} persone per indirizzo"] }
    payments_linked(n: u32) { en: [one: "{n} person linked", other: "{n} people linked"], it: [one: "{n} persona collegata", other: "{n} persone collegate"] }
    payments_linked_next() {
        en: "The processor is now asked about each of them. With thousands, that takes hours.",
        it: "Ora si chiede al servizio di ciascuna. Con migliaia di persone ci vogliono ore.",
    }
    payments_linked_left(n: u32) {
        en: [one: "{n} person is left: their address changed, or several customers have it. Link them below, one at a time.", other: "{n} people are left: their address changed, or several customers have it. Link them below, one at a time."],
        it: [one: "Ne resta {n}: il suo indirizzo è cambiato, o lo hanno più clienti. Collegala qui sotto.", other: "Ne restano {n}: il loro indirizzo è cambiato, o lo hanno più clienti. Collegale qui sotto, una alla volta."],
    }
    payments_differences_left(n: u32) { en: [one: "{n} more is not shown.", other: "{n} more are not shown."], it: [one: "Un’altra differenza non è mostrata.", other: "Altre {n} non sono mostrate."] }
    payments_comparing() { en: "A comparison is under way. What differs appears when it is done.", it: "È in corso un confronto. Le differenze appaiono quando è finito." }
    payments_unread(processor: &str, trouble: &str) {
        en: "Not all customers of {processor} were compared by address: {trouble}. The next comparison reads them again.",
        it: "Non tutti i clienti di {processor} sono stati confrontati per indirizzo: {trouble}. Il prossimo confronto li rilegge.",
    }
    payments_since(when: &str) { en: "since {when}", it: (Da when => "{when}") }
    payments_take(processor: &str) { en: "Use {processor}’s", it: "Usa quello di {processor}" }
    payments_find_person() { en: "Find the person", it: "Trova la persona" }
    payments_open_person() { en: "Open", it: "Apri" }
    payments_ignored() { en: "Ignored subscriptions", it: "Abbonamenti ignorati" }
    payments_ignored_why() {
        en: "They are not dues: they neither keep a membership nor end it. Change that in the settings, or for one person on their page.",
        it: "Non sono quote: non tengono in vita un’iscrizione e non la terminano. Si cambia nelle impostazioni, o per una persona nella sua pagina.",
    }
    payments_late() { en: "Late and ended", it: "In ritardo e terminate" }
    payments_people(n: u32) { en: [one: "{n} person", other: "{n} people"], it: [one: "{n} persona", other: "{n} persone"] }
    payments_person() { en: "Person", it: "Persona" }
    payments_state() { en: "State", it: "Stato" }
    payments_then() { en: "Then", it: "Poi" }
    payments_notified() { en: "Notified", it: "Avvisi" }
    payments_times(n: u32) { en: [one: "once", other: "{n} times"], it: [one: "una volta", other: "{n} volte"] }
    payments_then_hold(day: &str) { en: "hold {day}", it: "blocco {day}" }
    payments_then_renews(day: &str) { en: "paid until {day}", it: (A day => "pagata fino {day}") }
    payments_more_time() { en: "More time …", it: "Più tempo …" }
    payments_nobody_late() { en: "Nobody is late", it: "Nessuno è in ritardo" }
    payments_nobody_late_next() { en: "People whose payment is late appear here, with the day of their hold.", it: "Qui compare chi è in ritardo, con il giorno del blocco accesso." }
    payments_nobody_so() { en: "Nobody has this status.", it: "Nessuno ha questo stato." }
    payments_more() { en: "There are more than 500. Search for a person under People.", it: "Sono più di 500. Cerca una persona in Persone." }
    payments_commands() { en: "Commands", it: "Comandi" }
    payments_commands_none() { en: "No commands in the last week.", it: "Nessun comando nell’ultima settimana." }
    payments_commands_why() {
        en: "A command repeats until the processor confirms it, for up to 3 days. It is never done twice: each carries its own key.",
        it: "Un comando si ripete finché il servizio non lo conferma, fino a 3 giorni. Non viene mai eseguito due volte: ognuno ha la sua chiave.",
    }
    payments_tries(n: u32) { en: [one: "{n} try", other: "{n} tries"], it: [one: "{n} tentativo", other: "{n} tentativi"] }
    payments_next_at(clock: &str) { en: "next at {clock}", it: "il prossimo alle {clock}" }
    payments_queued() { en: "Queued, sent within a minute", it: "In coda, parte entro un minuto" }
    payments_retry() { en: "Retry now", it: "Riprova adesso" }
    payments_cancel() { en: "Cancel", it: "Annulla" }
    payments_tries_title() { en: "Requests", it: "Richieste" }
    payments_tries_next(clock: &str) { en: "next at {clock}, then every 15 min", it: "la prossima alle {clock}, poi ogni 15 min" }
    payments_at() { en: "At", it: "Ora" }
    payments_request() { en: "Request", it: "Richiesta" }
    payments_reply() { en: "Answer", it: "Risposta" }
    payments_took() { en: "Took", it: "Durata" }
    payments_no_answer() { en: "no answer", it: "nessuna risposta" }
    payments_tabs() { en: "People", it: "Persone" }

    person_dues_overdue_for(n: u32) { en: [one: "Overdue for {n} day", other: "Overdue for {n} days"], it: [one: "Scaduta da {n} giorno", other: "Scaduta da {n} giorni"] }
    person_dues_lifts(processor: &str) {
        en: "The hold is lifted within a minute of {processor} confirming the payment.",
        it: "Il blocco viene tolto entro un minuto dalla conferma di {processor}.",
    }
    person_dues_no_hold() { en: "Not on hold: a manager lifted it", it: "Nessun blocco: un responsabile l’ha tolto" }
    person_dues_notified(times: &str, when: &str) { en: "Notified {times}, last {when}.", it: "Avvisi: {times}, l’ultimo {when}." }
    person_dues_grace(day: &str) { en: "Machines work until {day}.", it: (A day => "Le macchine funzionano fino {day}.") }
    person_dues_more_time_until(day: &str) { en: "More time until {day}", it: (A day => "Più tempo fino {day}") }
    person_dues_more_time() { en: "Give more time", it: "Concedi più tempo" }
    person_dues_more_time_why() { en: "Lifts a hold at once. Machines work until the end of this day.", it: "Toglie subito il blocco. Le macchine funzionano fino alla fine di questo giorno." }
    person_dues_until() { en: "Last day", it: "Ultimo giorno" }
    person_dues_ask(processor: &str) { en: "Ask {processor} now", it: "Chiedi ora a {processor}" }
    person_dues_open(processor: &str) { en: "Open at {processor}", it: "Apri su {processor}" }
    person_dues_answered() { en: "Answered", it: "Risposto" }
    person_dues_compared() { en: "Compared", it: "Confrontato" }
    person_dues_not_compared() { en: "not yet", it: "non ancora" }
    person_dues_hold() { en: "Hold", it: "Blocco accesso" }
    person_dues_hold_none() { en: "none", it: "nessuno" }
    person_dues_hold_since(when: &str) { en: "placed automatically, {when}", it: "messo automaticamente, {when}" }
    person_dues_remove_title(processor: &str) { en: "Remove from {processor}", it: "Rimuovi da {processor}" }
    person_dues_remove_why() {
        en: "Ends the subscription there. The person stays here, with a hold after the days of grace. What is owed stays owed.",
        it: "Termina l’abbonamento lì. La persona resta qui, con l’accesso bloccato dopo i giorni di tolleranza. Il dovuto resta dovuto.",
    }
    person_dues_remove() { en: "Remove", it: "Rimuovi" }
    person_dues_unlink_title() { en: "Unlink", it: "Scollega" }
    person_dues_unlink_why() {
        en: "Forgets the reference here and lifts a hold because of it. Nothing changes at the processor.",
        it: "Dimentica qui il riferimento e toglie il blocco che ne deriva. Presso il servizio non cambia nulla.",
    }
    person_dues_none() { en: "Not linked to a payment processor", it: "Non collegata a un servizio di pagamento" }
    person_dues_none_next() { en: "Nothing is asked and no hold follows. Honorary members stay so.", it: "Non viene chiesto nulla e non segue nessun blocco. I soci onorari restano così." }
    person_dues_none_set_up() { en: "No payment processor is set up on this server.", it: "Su questo server non è configurato nessun servizio di pagamento." }
    person_dues_waiting() { en: "Waiting to be added", it: "In attesa di essere aggiunta" }
    person_dues_waiting_remove() { en: "Waiting to be removed", it: "In attesa di essere rimossa" }
    person_dues_waiting_next(tries: &str, clock: &str) { en: "{tries} so far, the next at {clock}.", it: "{tries} finora, il prossimo alle {clock}." }
    person_dues_first_days() {
        en: "You can approve them now: their first days are grace in any case.",
        it: "Puoi già approvarla: i primi giorni sono comunque di tolleranza.",
    }
    person_dues_gets(processor: &str) { en: "What {processor} will get", it: "Che cosa riceve {processor}" }
    person_dues_gets_nothing_else() { en: "nothing else", it: "nient’altro" }
    person_dues_email() { en: "E-mail", it: "E-mail" }
    person_dues_name() { en: "Name", it: "Nome" }
    person_dues_add(processor: &str) { en: "Add to {processor}", it: "Aggiungi a {processor}" }
    person_dues_no_email() { en: "Add an e-mail address on the Overview tab first.", it: "Prima aggiungi un indirizzo e-mail nella scheda Panoramica." }
    person_dues_enter() { en: "Enter a reference", it: "Inserisci un riferimento" }
    person_dues_enter_hint() { en: "Of a customer who exists already, like cus_3Vb7QwX1mN or CU000123.", it: "Di un cliente che esiste già, come cus_3Vb7QwX1mN o CU000123." }
    person_dues_link() { en: "Link", it: "Collega" }
    person_dues_subscriptions() { en: "Subscriptions", it: "Abbonamenti" }
    person_dues_counts() { en: "counts as dues", it: "conta come quota" }
    person_dues_chosen() { en: "chosen as dues", it: "scelto come quota" }
    person_dues_ignored() { en: "ignored", it: "ignorato" }
    person_dues_single() { en: "Single payments", it: "Pagamenti singoli" }
    person_dues_choose() { en: "Count only this", it: "Conta solo questo" }
    person_dues_choose_none() { en: "Count by the settings", it: "Segui le impostazioni" }
    person_dues_command() { en: "Last command", it: "Ultimo comando" }
    person_dues_not_answering(processor: &str) { en: "{processor} does not answer", it: "{processor} non risponde" }
    person_dues_all_well(day: &str) { en: "Paid until {day}", it: (A day => "Pagata fino {day}") }
    person_dues_by(who: &str) { en: "By {who}", it: "Da {who}" }
}

names! {
    /// The state of a command.
    dues_command_state(state: CommandState) {
        Waiting { en: "Waiting", it: "In attesa" }
        Done { en: "Done", it: "Fatto" }
        Refused { en: "Refused", it: "Rifiutato" }
        GaveUp { en: "Given up after 3 days", it: "Abbandonato dopo 3 giorni" }
        Cancelled { en: "Cancelled", it: "Annullato" }
    }
}

names! {
    /// A request to a processor.
    dues_request(kind: TryKind) {
        Standing { en: "standing of a customer", it: "stato di un cliente" }
        Event { en: "subject of an event", it: "oggetto di un evento" }
        Add { en: "add a member", it: "aggiungi un iscritto" }
        Remove { en: "remove a member", it: "rimuovi un iscritto" }
        Compare { en: "all customers", it: "tutti i clienti" }
    }
}

impl Lang {
    /// `30 November`, with the year if it is not that of `today`.
    #[must_use]
    pub fn dues_day(self, date: Date, today: Date) -> String {
        let day = match (self, date.day) {
            (Self::It, 1) => "1º".to_owned(),
            (_, day) => day.to_string(),
        };
        let month = self.month(date.month);
        if date.year == today.year { format!("{day} {month}") } else { format!("{day} {month} {}", date.year) }
    }

    /// What happened to dues, by the code of the audit log.
    #[must_use]
    pub fn dues_happened(self, action: &str, status: Option<DuesStatus>) -> String {
        match (self, action, status) {
            (Self::En, "dues.more-time", _) => "Got more time".to_owned(),
            (Self::It, "dues.more-time", _) => "Più tempo concesso".to_owned(),
            (_, _, Some(status)) => self.dues_status(status).to_owned(),
            (Self::En, "dues.linked", _) => "Linked".to_owned(),
            (Self::It, "dues.linked", _) => "Collegata".to_owned(),
            (Self::En, "dues.chosen", _) => "Subscription chosen".to_owned(),
            (Self::It, "dues.chosen", _) => "Abbonamento scelto".to_owned(),
            (Self::En, "dues.unlinked", _) => "Unlinked".to_owned(),
            (Self::It, "dues.unlinked", _) => "Scollegata".to_owned(),
            (Self::En, "dues.command-queued", _) => "Command queued".to_owned(),
            (Self::It, "dues.command-queued", _) => "Comando in coda".to_owned(),
            (Self::En, "dues.command-settled", _) => "Command settled".to_owned(),
            (Self::It, "dues.command-settled", _) => "Comando concluso".to_owned(),
            (..) => action.to_owned(),
        }
    }

    /// How a waiting command does: its tries and the time of the next.
    #[must_use]
    pub fn dues_waits(self, tries: u32, next: &str) -> String {
        if tries == 0 {
            return self.payments_queued().to_owned();
        }
        format!("{}, {}", self.payments_tries(tries), self.payments_next_at(next))
    }

    /// As a badge: `Grace, 4 d left`, `Overdue, 19 d`.
    #[must_use]
    pub fn dues_badge(self, status: DuesStatus, days: i64) -> String {
        let name = self.dues_status(status);
        match (self, status) {
            (_, DuesStatus::Current | DuesStatus::Ended) => name.to_owned(),
            (Self::En, DuesStatus::Grace) => format!("{name}, {days} d left"),
            (Self::En, DuesStatus::Overdue) => format!("{name}, {days} d"),
            (Self::It, DuesStatus::Grace | DuesStatus::Overdue) => format!("{name}, {days} g"),
        }
    }
}
