//! The managers' inbox and menu.

use crate::Lang;
use contract::{
    bulk::Outcome,
    inbox::{Detail, Item},
};
use domain::{
    bulk::BulkAction,
    inbox::{Matter, Verdict},
    time::{DAY, Moment},
};

impl Lang {
    /// Heading of a kind of item.
    #[must_use]
    pub const fn inbox_matter(self, matter: Matter) -> &'static str {
        match matter {
            Matter::Applicant => self.inbox_applicants(),
            Matter::Booking => self.requests_title(),
            Matter::Checkout => self.inbox_checkouts(),
            Matter::Claim => self.claims_title(),
            Matter::Card => self.unknown_cards(),
            Matter::Problem => self.problems_title(),
            Matter::Help => self.inbox_help(),
            Matter::Maintenance => self.maintenance_title(),
            Matter::Unauthorised => self.inbox_unauthorised(),
            Matter::Group => self.inbox_groups(),
            Matter::Hold => self.inbox_holds(),
            Matter::Qualification => self.inbox_qualifications(),
        }
    }

    /// Title of an item.
    #[must_use]
    pub fn inbox_called(self, matter: Matter, name: &str) -> String {
        if matter == Matter::Card { self.card_called(name) } else { name.to_owned() }
    }

    /// Details of an item; `when` is since when it waits, or when it ends.
    #[must_use]
    pub fn inbox_about(self, item: &Item, when: &str) -> String {
        match &item.detail {
            Detail::Applied => self.inbox_applied(when),
            Detail::AsksForBooking { on, .. } => format!("{on} · {when}"),
            Detail::AsksForCheckout { on, trainer, evidence, .. } => {
                let with = trainer.as_deref().map(|trainer| self.checkout_with(trainer));
                let trained = evidence.as_ref().and_then(|evidence| self.checkout_trained(&evidence.modules));
                let practice = evidence.as_ref().map(|evidence| self.checkout_practice(evidence));
                let message = [Some(on.clone()), Some(when.to_owned()), with, trained, practice];
                message.into_iter().flatten().collect::<Vec<_>>().join(" · ")
            }
            Detail::Claimed { machine } => self.claim_at(machine, when),
            Detail::Seen { machine } => self.inbox_seen(machine, when),
            Detail::Reported { severity, .. } => format!("{} · {when}", self.problem_severity(*severity)),
            Detail::NeedsHelp { by, .. } => {
                self.inbox_help_asked(by.as_deref().unwrap_or(self.help_someone()), when)
            }
            Detail::Due { what } => self.inbox_maintenance(what, when),
            Detail::Began { who, .. } => {
                format!("{} · {when}", who.as_deref().unwrap_or_else(|| self.correct_nobody()))
            }
            Detail::LacksAdmin => self.inbox_unled(when),
            Detail::HoldEnds { reason } => self.inbox_hold_ends(self.hold_because(*reason), when),
            Detail::Expires { on, relation, .. } => self.inbox_expires(on, self.relation(None, *relation), when),
        }
    }

    /// A time, short for a list: `4 min ago`, or a future one.
    #[must_use]
    pub fn inbox_when(self, at: Moment, now: Moment) -> String {
        if now.at < at.at {
            return self.exact(at, now);
        }
        let gone = now.at.since(at.at);
        if gone < DAY { self.inbox_ago(&self.length(gone)) } else { self.date(at, now) }
    }

    /// A verdict, as a button.
    #[must_use]
    pub const fn inbox_verdict(self, matter: Matter, verdict: Verdict) -> &'static str {
        match (matter, verdict) {
            (Matter::Applicant, Verdict::Approve) => self.step_admit(),
            (Matter::Claim, Verdict::Approve) => self.claim_approve(),
            (Matter::Card, Verdict::Reject) => self.unknown_aside(),
            (_, Verdict::Approve) => self.inbox_approve(),
            (_, Verdict::Reject) => self.inbox_reject(),
            (_, Verdict::Seen) => self.inbox_see(),
        }
    }

    /// The result of a bulk action.
    #[must_use]
    pub fn bulk_done(self, outcome: &Outcome) -> String {
        let count = u32::try_from(outcome.done.len()).unwrap_or(u32::MAX);
        let on = outcome.on.as_deref().unwrap_or_default();
        match outcome.action {
            BulkAction::Suspend => self.bulk_suspended(count),
            BulkAction::Readmit => self.bulk_readmitted(count),
            BulkAction::Invite => self.bulk_invited(count),
            BulkAction::Grant(_) => self.bulk_granted(count, on),
            BulkAction::Revoke(_) => self.bulk_revoked(count, on),
        }
    }

    /// The result of a verdict about `name`.
    #[must_use]
    pub fn inbox_message(self, matter: Matter, verdict: Option<Verdict>, name: &str) -> String {
        match (matter, verdict) {
            (Matter::Claim, Some(_)) => self.claim_approved(name),
            (Matter::Claim, None) => self.claim_waits_again(name),
            (Matter::Card, Some(_)) => self.unknown_put_aside(name),
            (Matter::Card, None) => self.unknown_taken_up(name),
            (Matter::Unauthorised, None) => self.inbox_use_waits_again(name),
            (_, Some(Verdict::Approve)) => self.inbox_admitted(name),
            (_, Some(Verdict::Reject)) => self.inbox_turned_down(name),
            (_, Some(Verdict::Seen)) => self.inbox_put_aside(name),
            (_, None) => self.inbox_waits_again(name),
        }
    }
}

text! {
    nav_inbox() { en: "Inbox", it: "Da sbrigare" }
    nav_inbox_next() { en: "Waiting for you", it: "In attesa di te" }
    inbox_ago(length: &str) { en: "{length} ago", it: "{length} fa" }
    inbox_expires_at() { en: "Expires", it: "Scade" }
    inbox_bookings() { en: "Bookings", it: "Prenotazioni" }
    inbox_sum(n: u32) { en: [one: "{n} waiting", other: "{n} waiting"], it: [one: "{n} in attesa", other: "{n} in attesa"] }
    inbox_applicants() { en: "Applications", it: "Richieste di iscrizione" }
    inbox_checkouts() { en: "Checkout requests", it: "Richieste di prova" }
    inbox_checkouts_chosen(n: u32) { en: [one: "{n} request selected", other: "{n} requests selected"], it: [one: "{n} richiesta selezionata", other: "{n} richieste selezionate"] }
    inbox_checkouts_choose(name: &str) { en: "Select {name}", it: "Seleziona {name}" }
    inbox_checkouts_accept() { en: "Accept selected", it: "Accetta le selezionate" }
    inbox_checkouts_reject() { en: "Decline selected", it: "Rifiuta le selezionate" }
    inbox_checkouts_why_hint() { en: "The members read it. Only needed to decline.", it: "I membri lo leggono. Serve solo per rifiutare." }
    inbox_checkouts_accepted(n: u32) { en: [one: "{n} checkout accepted.", other: "{n} checkouts accepted."], it: [one: "{n} prova accettata.", other: "{n} prove accettate."] }
    inbox_checkouts_rejected(n: u32) { en: [one: "{n} request declined.", other: "{n} requests declined."], it: [one: "{n} richiesta rifiutata.", other: "{n} richieste rifiutate."] }
    inbox_checkouts_refused() { en: "These stay as they are:", it: "Queste restano come sono:" }
    inbox_checkouts_final() { en: "The members were notified, so this can’t be undone. An accepted checkout can be cancelled on its page.", it: "I membri sono stati avvisati: non si può annullare. Una prova accettata si può disdire dalla sua pagina." }
    inbox_checkouts_none() { en: "Select at least one request.", it: "Seleziona almeno una richiesta." }
    inbox_unauthorised() { en: "Unauthorised uses", it: "Utilizzi non autorizzati" }
    inbox_groups() { en: "Groups without an admin", it: "Gruppi senza amministratore" }
    inbox_unled(when: &str) { en: "Nobody can book for it or admit people · {when}", it: "Nessuno può prenotare per il gruppo o ammettere persone · {when}" }
    inbox_name_admin() { en: "Name an admin", it: "Nomina chi amministra" }
    inbox_open_group() { en: "Open group", it: "Apri il gruppo" }
    inbox_holds() { en: "Holds that end soon", it: "Blocchi accesso che finiscono presto" }
    inbox_qualifications() { en: "Qualifications that end soon", it: "Abilitazioni in scadenza" }
    inbox_applied(when: &str) { en: "Applied {when}", it: "Richiesta: {when}" }
    inbox_seen(machine: &str, when: &str) { en: "Seen at {machine}, {when}", it: "Vista su {machine}, {when}" }
    inbox_hold_ends(reason: &str, when: &str) { en: "{reason}; ends {when}", it: "{reason}; finisce {when}" }
    inbox_expires(on: &str, relation: &str, when: &str) { en: "{on} · {relation}; ends {when}", it: "{on} · {relation}; finisce {when}" }
    inbox_approve() { en: "Approve", it: "Approva" }
    inbox_reject() { en: "Decline", it: "Rifiuta" }
    inbox_use_waits_again(machine: &str) { en: "The use on {machine} is back in the inbox.", it: "L’utilizzo di {machine} è di nuovo in «Da sbrigare»." }
    inbox_see() { en: "Dismiss", it: "Ignora" }
    inbox_put_aside(name: &str) { en: "Dismissed: {name}. It stays in the machine’s history.",
                                 it: "Ignorato: {name}. Resta nello storico della macchina." }
    inbox_admitted(name: &str) { en: "{name} is a member now.", it: "{name} ora è membro." }
    inbox_turned_down(name: &str) { en: "{name} was declined.", it: "{name}: richiesta rifiutata." }
    inbox_waits_again(name: &str) { en: "{name} is back in the inbox.", it: "{name} è di nuovo in «Da sbrigare»." }
    inbox_decided(who: &str, what: &str, when: &str) { en: "Already decided: {who} {what}, {when}.", it: "Già deciso: {who} {what}, {when}." }
    inbox_too_late() { en: "This can’t be undone any more. Change it on the person’s page.",
                       it: "Non si può più annullare. Cambialo dalla pagina della persona." }
    inbox_empty() { en: "All caught up", it: "Tutto fatto" }
    inbox_empty_next() { en: "Applications, requests, unknown cards, problems, and holds and qualifications that end soon show up here.",
                         it: "Iscrizioni, richieste, tessere sconosciute, problemi, e blocchi accesso e abilitazioni in scadenza compaiono qui." }
    inbox_keys() { en: "Keys", it: "Tasti" }
    inbox_key_move() { en: "next / previous", it: "scorri" }
    inbox_key_undo() { en: "undo", it: "annulla" }

    bulk_title() { en: "Edit selected", it: "Modifica le selezionate" }
    bulk_chosen(n: u32) { en: [one: "{n} selected", other: "{n} selected"],
                          it: [one: "{n} selezionata", other: "{n} selezionate"] }
    bulk_choose_all() { en: "Select all", it: "Seleziona tutti" }
    bulk_choose(name: &str) { en: "Select {name}", it: "Seleziona {name}" }
    bulk_what() { en: "Action", it: "Azione" }
    bulk_grant(name: &str) { en: "Grant: {name}", it: "Abilita: {name}" }
    bulk_do() { en: "Apply to selected", it: "Applica alle selezionate" }
    bulk_so_already() { en: "Already qualified.", it: "Già abilitata." }
    bulk_nobody() { en: "Select someone first.", it: "Prima seleziona qualcuno." }
    bulk_too_many(most: &str) { en: "Select at most {most} people.", it: "Seleziona al massimo {most} persone." }
    bulk_suspended(n: u32) { en: [one: "{n} person suspended.", other: "{n} people suspended."],
                             it: [one: "{n} persona sospesa.", other: "{n} persone sospese."] }
    bulk_readmitted(n: u32) { en: [one: "{n} person reinstated.", other: "{n} people reinstated."],
                              it: [one: "{n} persona riammessa.", other: "{n} persone riammesse."] }
    bulk_granted(n: u32, name: &str) { en: [one: "{n} person may use {name}.", other: "{n} people may use {name}."],
                                       it: [one: "{n} persona può usare {name}.", other: "{n} persone possono usare {name}."] }
    bulk_revoked(n: u32, name: &str) { en: [one: "{n} person can no longer use {name}.", other: "{n} people can no longer use {name}."],
                                       it: [one: "{n} persona non può più usare {name}.", other: "{n} persone non possono più usare {name}."] }
    bulk_invite() { en: "Invite to sign in", it: "Invita ad accedere" }
    bulk_invited(n: u32) { en: [one: "{n} person invited.", other: "{n} people invited."],
                           it: [one: "{n} persona invitata.", other: "{n} persone invitate."] }
    not_invited_no_member() { en: "Not an active member. Approve or reinstate them first.",
                              it: "Non è un membro attivo. Prima approvala o riammettila." }
    not_invited_has_password() { en: "Already has a password.",
                                 it: "Ha già una password." }
    not_invited_no_address() { en: "No e-mail address. Add one on their page first.",
                               it: "Nessun indirizzo e-mail. Prima aggiungilo alla sua pagina." }
    bulk_refused() { en: "Not done for:", it: "Non fatto per:" }

    find_title() { en: "Find", it: "Trova" }
    find_next() { en: "Machines, people and pages", it: "Macchine, persone e pagine" }
    find_anything() { en: "Find anything", it: "Trova qualsiasi cosa" }
    find_what() { en: "Machine, person or page", it: "Macchina, persona o pagina" }
    find_none() { en: "No results", it: "Nessun risultato" }
    find_none_next() { en: "Try a shorter part of the name.", it: "Prova una parte più corta del nome." }
    find_machines() { en: "Machines", it: "Macchine" }
    find_pages() { en: "Pages", it: "Pagine" }
    find_found(n: u32) { en: [one: "{n} result", other: "{n} results"], it: [one: "{n} risultato", other: "{n} risultati"] }
    find_close() { en: "Close", it: "Chiudi" }
    find_open() { en: "open", it: "apri" }
    find_results() { en: "Results", it: "Risultati" }
    find_failed() { en: "Machines and people couldn’t be searched.", it: "Non è stato possibile cercare macchine e persone." }
    find_actions() { en: "Actions", it: "Azioni" }
    find_invite() { en: "Invite people", it: "Invita persone" }
    find_labels() { en: "Print labels", it: "Stampa etichette" }
    find_password() { en: "Change my password", it: "Cambia la mia password" }
    find_factor() { en: "My second factor", it: "Il mio secondo fattore" }
    find_devices() { en: "Where I am signed in", it: "Dove ho fatto l’accesso" }

    inbox_all() { en: "All", it: "Tutto" }
    inbox_people() { en: "People", it: "Persone" }
    inbox_checkouts_short() { en: "Checkouts", it: "Prove" }
    inbox_machines() { en: "Machines", it: "Macchine" }
    inbox_filter() { en: "Filter", it: "Filtro" }
    inbox_chosen() { en: "Details", it: "Dettagli" }
    inbox_open_person() { en: "Open profile", it: "Apri il profilo" }
    inbox_open_machine() { en: "Open history", it: "Apri lo storico" }
    inbox_open_request() { en: "Open request", it: "Apri la richiesta" }
    inbox_log_maintenance() { en: "Log maintenance", it: "Registra la manutenzione" }
    inbox_since() { en: "Since", it: "Da" }
    inbox_starts() { en: "Starts", it: "Inizio" }
    inbox_ends() { en: "Ends", it: "Fine" }
    inbox_on() { en: "On", it: "Su" }
    inbox_trainer() { en: "Trainer", it: "Istruttore" }
    inbox_day(asked: &str) { en: "Asked for {asked}. Nothing else booked that day.", it: "Chiesto {asked}. Nessun altro impegno quel giorno." }
    inbox_day_taken(asked: &str, taken: &str) { en: "Asked for {asked}. Taken: {taken}.", it: "Chiesto {asked}. Occupato: {taken}." }
    inbox_training() { en: "Training", it: "Formazione" }
    inbox_practice() { en: "Practice", it: "Pratica" }
    inbox_severity() { en: "Severity", it: "Gravità" }
    inbox_reported_by() { en: "Reported by", it: "Segnalato da" }
    inbox_blocks() { en: "Machine", it: "Macchina" }
    inbox_blocked() { en: "blocked until this is resolved", it: "bloccata finché non è risolto" }
    inbox_due() { en: "Due", it: "Da fare" }
    inbox_used_by() { en: "Used by", it: "Usata da" }
    inbox_reason() { en: "Reason", it: "Motivo" }
    inbox_role() { en: "As", it: "Come" }
}
