//! People: the list, a person's page, and their status.

use crate::Lang;
use contract::people::InviteOutcome;
use domain::{
    actor::Rank,
    cards::CardState,
    people::{PersonStatus, RoleGroup, Step, StepRefusal},
};

impl Lang {
    #[must_use]
    pub const fn person_status(self, status: PersonStatus) -> &'static str {
        match status {
            PersonStatus::Applicant => self.status_applicant(),
            PersonStatus::Active => self.status_active(),
            PersonStatus::Suspended => self.status_suspended(),
            PersonStatus::Left => self.status_left(),
        }
    }

    /// A person's rank; `None` for an ordinary member.
    #[must_use]
    pub const fn rank(self, rank: Rank) -> Option<&'static str> {
        match rank {
            Rank::Guest | Rank::Member => None,
            Rank::Inductor => Some(self.rank_inductor()),
            Rank::Manager => Some(self.rank_manager()),
            Rank::Administrator => Some(self.rank_administrator()),
        }
    }

    /// The action of a step, as a button.
    #[must_use]
    pub const fn step(self, step: Step) -> &'static str {
        match step {
            Step::Admit => self.step_admit(),
            Step::Suspend => self.step_suspend(),
            Step::Readmit => self.step_readmit(),
            Step::Leave => self.step_leave(),
        }
    }

    /// The effect of a step on the person `name`, to confirm.
    #[must_use]
    pub fn step_confirm(self, step: Step, name: &str) -> String {
        match step {
            Step::Admit => self.confirm_admit(name),
            Step::Suspend => self.confirm_suspend(name),
            Step::Readmit => self.confirm_readmit(name),
            Step::Leave => self.confirm_leave(name),
        }
    }

    /// Why a step would change nothing.
    #[must_use]
    pub const fn step_so_already(self, step: Step) -> &'static str {
        match step {
            Step::Admit | Step::Readmit => self.step_active_already(),
            Step::Suspend => self.step_suspended_already(),
            Step::Leave => self.step_left_already(),
        }
    }

    /// The person's status if a step requires another, and how to get there.
    #[must_use]
    pub const fn step_begins_elsewhere(self, status: PersonStatus) -> &'static str {
        match status {
            PersonStatus::Applicant => self.step_from_applicant(),
            PersonStatus::Active => self.step_active_already(),
            PersonStatus::Suspended => self.step_from_suspended(),
            PersonStatus::Left => self.step_from_left(),
        }
    }

    /// Why a step is refused.
    #[must_use]
    pub const fn step_refused(self, refusal: StepRefusal) -> &'static str {
        match refusal {
            StepRefusal::Oneself => self.step_not_oneself(),
            StepRefusal::Outranked => self.step_outranked(),
            StepRefusal::WrongStatus => self.step_wrong_status(),
            StepRefusal::LastAdministrator => self.step_last_administrator(),
            StepRefusal::KeptOut => self.erase_kept_out(),
        }
    }

    /// A role, as a filter.
    #[must_use]
    pub const fn role_group(self, role: RoleGroup) -> &'static str {
        match role {
            RoleGroup::Inductor => self.role_inductors(),
            RoleGroup::Manager => self.role_managers(),
            RoleGroup::Auditor => self.role_auditors(),
            RoleGroup::Administrator => self.role_administrators(),
        }
    }

    /// The result of a line of addresses.
    #[must_use]
    pub fn invited_outcome(self, outcome: &InviteOutcome) -> String {
        match outcome {
            InviteOutcome::Mailed => self.invited_mailed().to_owned(),
            InviteOutcome::Caught => self.invited_caught().to_owned(),
            InviteOutcome::ByHand { .. } => self.invited_by_hand().to_owned(),
            InviteOutcome::NoAddress => self.invited_no_address().to_owned(),
            InviteOutcome::Again => self.invited_again().to_owned(),
            InviteOutcome::Duplicate { who: Some((_, name)) } => self.email_taken_by(name),
            InviteOutcome::Duplicate { who: None } => self.email_taken().to_owned(),
            InviteOutcome::Failed => self.invited_failed().to_owned(),
        }
    }

    /// State of a card.
    #[must_use]
    pub const fn card_state(self, state: CardState) -> &'static str {
        match state {
            CardState::Active => self.card_active(),
            CardState::Lost => self.card_lost(),
            CardState::Retired => self.card_retired(),
        }
    }
}

text! {
    status_applicant() { en: "Applicant", it: "Richiesta in attesa" }
    status_active() { en: "Active", it: "Attivo" }
    status_suspended() { en: "Suspended", it: "Sospeso" }
    status_left() { en: "Left", it: "Ex membro" }
    status_on_hold() { en: "On hold", it: "Accesso bloccato" }
    rank_inductor() { en: "Onboarding", it: "Accoglienza" }
    rank_manager() { en: "Manager", it: "Responsabile" }
    rank_administrator() { en: "Administrator", it: "Amministratore" }

    step_admit() { en: "Approve", it: "Approva" }
    step_suspend() { en: "Suspend", it: "Sospendi" }
    step_readmit() { en: "Reinstate", it: "Riammetti" }
    step_leave() { en: "Mark as left", it: "Segna come ex membro" }
    confirm_admit(name: &str) { en: "{name} becomes a member and can be trained.",
                                it: "{name} diventa membro e può essere formato." }
    confirm_suspend(name: &str) {
        en: "{name} is signed out immediately, can’t use any machine, and the one they are using stops.",
        it: "{name} viene disconnesso subito, non può usare nessuna macchina e quella che sta usando si ferma.",
    }
    confirm_readmit(name: &str) { en: "{name}’s qualifications below are valid again.",
                                  it: "Le abilitazioni di {name} qui sotto valgono di nuovo." }
    confirm_leave(name: &str) {
        en: "{name} is signed out and can’t use any machine. Their history stays.",
        it: "{name} viene disconnesso e non può usare nessuna macchina. Lo storico resta.",
    }
    step_not_oneself() { en: "You can’t change your own membership. Ask another manager.",
                         it: "Non puoi cambiare la tua iscrizione. Chiedi a un altro responsabile." }
    step_outranked() { en: "Their role is higher than yours. Ask an administrator.",
                       it: "Ha un ruolo più alto del tuo. Chiedi a un amministratore." }
    step_wrong_status() { en: "Someone has changed this since. Reload the page.", it: "Nel frattempo è cambiato. Ricarica la pagina." }
    step_from_applicant() { en: "Approve their application first.", it: "Prima approva la richiesta." }
    step_from_suspended() { en: "They are suspended. Reinstate them first.", it: "È sospeso. Prima riammettilo." }
    step_from_left() { en: "They have left. Reinstate them first.", it: "Non è più membro. Prima riammettilo." }
    step_erased() { en: "They were erased and can’t be changed.", it: "È stato cancellato e non si può modificare." }
    step_active_already() { en: "They are already a member.", it: "È già membro." }
    step_suspended_already() { en: "They are already suspended.", it: "È già sospeso." }
    step_left_already() { en: "They have already left.", it: "Non è già più membro." }
    step_last_administrator() { en: "This is the last administrator. Make someone else administrator first.",
                                it: "È l’ultimo amministratore. Prima nominane un altro." }

    person_unknown() { en: "Person not found", it: "Persona non trovata" }
    person_former(id: &str) { en: "Former member {id}", it: "Ex membro {id}" }
    person_since(month: &str) { en: "Member since {month}", it: "Membro da {month}" }
    person_parts() { en: "On this page", it: "In questa pagina" }
    person_left(date: &str) { en: "Left on {date}", it: (Da date => "Ex membro {date}") }
    person_uses() { en: "Uses, 30 days", it: "Utilizzi, 30 giorni" }
    person_kept() { en: "Bookings kept", it: "Prenotazioni rispettate" }
    person_no_shows() { en: "Missed bookings", it: "Prenotazioni non rispettate" }
    person_on_the_way() { en: "In training", it: "In formazione" }
    person_hours() { en: "Hours, 30 days", it: "Ore, 30 giorni" }
    person_may_use() { en: "May use", it: "Può usare" }
    person_standing() { en: "Membership", it: "Iscrizione" }
    person_cards() { en: "Cards", it: "Tessere" }
    person_no_cards() { en: "No card yet", it: "Ancora nessuna tessera" }
    person_no_cards_give() { en: "Tap a new card on a reader, or enter its number.",
                             it: "Passa una tessera nuova su un lettore, o scrivi il numero." }
    card_add() { en: "Add card", it: "Aggiungi tessera" }
    person_no_cards_ask() { en: "A manager assigns cards: ask at the workshop.",
                            it: "Le tessere le assegna un responsabile: chiedi in laboratorio." }

    card_unknown() { en: "Card not found", it: "Tessera non trovata" }
    card_ending(digits: &str) { en: "Card ending {digits}", it: "Tessera che finisce con {digits}" }
    card_plain() { en: "Card", it: "Tessera" }
    card_active() { en: "active", it: "attiva" }
    card_lost() { en: "lost", it: "persa" }
    card_retired() { en: "deactivated", it: "disattivata" }
    card_given(date: &str) { en: "assigned {date}", it: "assegnata {date}" }
    card_say_lost() { en: "Report lost", it: "Segnala persa" }
    card_say_found() { en: "Report found", it: "Segnala ritrovata" }

    person_overview() { en: "Overview", it: "Panoramica" }
    person_qualifications() { en: "Qualifications", it: "Abilitazioni" }
    person_used() { en: "Uses", it: "Utilizzi" }
    person_timeline() { en: "Timeline", it: "Cronologia" }
    person_account() { en: "Account", it: "Account" }
    person_account_second() { en: "Profile, picture, membership, sign-in", it: "Profilo, foto, iscrizione, accesso" }
    form_cancel() { en: "Cancel", it: "Annulla" }
    person_profile() { en: "Profile", it: "Profilo" }
    person_phone() { en: "Telephone", it: "Telefono" }
    person_email() { en: "E-mail", it: "E-mail" }
    person_language() { en: "Language", it: "Lingua" }
    person_no_language() { en: "Not set", it: "Non impostata" }
    person_unknown_value() { en: "–", it: "–" }
    person_save() { en: "Save changes", it: "Salva le modifiche" }
    person_saved() { en: "Saved.", it: "Salvato." }
    person_email_fixed() { en: "To change the e-mail, ask a manager.",
                           it: "Per cambiare l’e-mail, chiedi a un responsabile." }
    person_bookings_none() { en: "No bookings", it: "Nessuna prenotazione" }
    person_bookings_none_next() { en: "What they book shows up here for 90 days.", it: "Le sue prenotazioni compaiono qui per 90 giorni." }
    person_uses_none() { en: "No use yet", it: "Ancora nessun utilizzo" }
    person_uses_none_next() { en: "Each use shows up here: which machine, and for how long.",
                              it: "Ogni utilizzo compare qui: quale macchina, e per quanto." }
    person_uses_kept() { en: "Kept for a year; then only hours without names.",
                         it: "Per un anno; poi solo ore senza nomi." }
    person_used_machine(machine: &str) { en: "Used {machine}", it: "Ha usato {machine}" }
    person_lately_none() { en: "No uses or changes yet.", it: "Ancora nessun utilizzo e nessuna modifica." }
    person_lately_all() { en: "All entries", it: "Tutte le voci" }
    person_use_runs() { en: "in progress", it: "in corso" }
    person_use_not_theirs() { en: "another person’s", it: "di un’altra persona" }
    person_use_about() { en: "estimated", it: "stimato" }
    person_timeline_none() { en: "No entries yet", it: "Ancora nessuna voce" }
    person_timeline_none_next() { en: "Invitations, cards, qualifications and holds show up here, with who did it and when.",
                                  it: "Inviti, tessere, abilitazioni e blocchi accesso compaiono qui, con chi e quando." }
    person_older() { en: "Older", it: "Più vecchi" }
    person_newest() { en: "Newest", it: "Più recenti" }

    role_inductors() { en: "Onboarding team", it: "Addetti all’accoglienza" }
    role_managers() { en: "Managers", it: "Responsabili" }
    role_auditors() { en: "Auditors", it: "Revisori" }
    role_administrators() { en: "Administrators", it: "Amministratori" }
    people_role() { en: "Role", it: "Ruolo" }
    people_role_any() { en: "Any role", it: "Qualsiasi ruolo" }

    people_add() { en: "Add without account", it: "Aggiungi senza account" }
    people_add_lead() { en: "For people who need no account: a member right away, no e-mail.",
                        it: "Per chi non ha bisogno di un account: membro subito, senza e-mail." }
    people_invite_many() { en: "Bulk invite", it: "Invito multiplo" }
    people_invite_many_lead() { en: "One address per line, with or without a name. Invalid lines are skipped, and you see why.",
                                it: "Un indirizzo per riga, con o senza nome. Le righe errate vengono saltate, e vedi perché." }
    person_unnamed() { en: "New member", it: "Nuovo membro" }
    people_addresses() { en: "Addresses", it: "Indirizzi" }
    people_addresses_hint() { en: "Ada Lovelace <ada@example.org>, or the address alone. At most 200.",
                              it: "Ada Lovelace <ada@example.org>, o solo l’indirizzo. Al massimo 200." }
    invite_no_addresses() { en: "Paste at least one address.", it: "Incolla almeno un indirizzo." }
    invite_many_addresses() { en: "That is more than 200 lines. Split them.",
                              it: "Sono più di 200 righe. Dividile." }
    invited_line(n: &str) { en: "Line {n}", it: "Riga {n}" }
    invited_sum(n: u32, of: &str) { en: [one: "{n} of {of} invited", other: "{n} of {of} invited"],
                                    it: [one: "{n} invitata su {of}", other: "{n} invitate su {of}"] }
    invited_mailed() { en: "Invited; the e-mail is on its way.", it: "Invitato; l’e-mail è in arrivo." }
    invited_caught() { en: "Invited; the e-mail was caught on this computer.", it: "Invitato; l’e-mail è rimasta su questo computer." }
    invited_by_hand() { en: "Invited; hand over the link. It is shown only now.",
                        it: "Invitato; consegna il link. Viene mostrato solo ora." }
    invited_no_address() { en: "Enter the line like Ada Lovelace <ada@example.org>, or just the address. Nothing was sent.", it: "Scrivi la riga come Ada Lovelace <ada@example.org>, o solo l’indirizzo. Non è stato inviato nulla." }
    invited_again() { en: "Duplicate of an earlier line.", it: "Doppione di una riga precedente." }
    invited_failed() { en: "It couldn’t be saved. Try this line again.", it: "Non è stato possibile salvare. Riprova questa riga." }

    people_heading() { en: "People", it: "Persone" }
    people_sum(active: u32, applicants: u32) {
        en: [one: "{active} active, {applicants} waiting", other: "{active} active, {applicants} waiting"],
        it: [one: "{active} attivo, {applicants} in attesa", other: "{active} attivi, {applicants} in attesa"],
    }
    people_search() { en: "Name, e-mail or last digits of a card", it: "Nome, e-mail o ultime cifre di una tessera" }
    people_found(n: u32) { en: [one: "{n} found", other: "{n} found"], it: [one: "{n} trovato", other: "{n} trovati"] }
    people_find() { en: "Search", it: "Cerca" }
    people_all() { en: "All", it: "Tutti" }
    people_active() { en: "Active", it: "Attivi" }
    people_applicants() { en: "Applicants", it: "In attesa" }
    people_suspended() { en: "Suspended", it: "Sospesi" }
    people_left() { en: "Left", it: "Ex membri" }
    people_name() { en: "Name", it: "Nome" }
    people_status() { en: "Status", it: "Stato" }
    people_here() { en: "here now", it: "qui adesso" }
    people_last_use() { en: "Last use", it: "Ultimo utilizzo" }
    people_never() { en: "never", it: "mai" }
    people_none() { en: "No results", it: "Nessun risultato" }
    people_none_next() { en: "Show everyone, or invite them.",
                         it: "Mostra tutti o invita la persona." }
    people_none_look() { en: "Try a shorter part of the name, or show everyone.",
                         it: "Prova una parte più corta del nome, o mostra tutti." }
    people_all_again() { en: "Show everyone", it: "Mostra tutti" }
    people_next() { en: "Next", it: "Avanti" }
    people_first() { en: "From the beginning", it: "Dall’inizio" }
    people_invite() { en: "Invite person", it: "Invita persona" }
    people_invite_lead() { en: "They’re added as a member immediately and choose a password with the link. It works for seven days.",
                           it: "La persona diventa subito membro e sceglie una password con il link, valido sette giorni." }
    people_their_name() { en: "Name", it: "Nome" }
    people_their_email() { en: "E-mail", it: "E-mail" }
    people_their_language() { en: "Language of the invitation", it: "Lingua dell’invito" }
    people_invited_mailed() { en: "The invitation is on its way.", it: "L’invito è stato inviato." }
    people_invited_caught() { en: "The invitation was caught on this computer", it: "L’invito è rimasto su questo computer" }
    people_caught_read() { en: "Read it here", it: "Leggilo qui" }
    people_invited_by_hand() { en: "No e-mail was sent. Hand over this link; it is shown only now.",
                               it: "Non è stata inviata nessuna e-mail. Consegna questo link: viene mostrato solo ora." }
    people_help_in() { en: "Send sign-in link", it: "Invia link di accesso" }
    people_factor_off() { en: "Turn off second factor", it: "Disattiva il secondo fattore" }
    people_factor_off_lead() { en: "If phone and recovery codes are lost. They are signed out everywhere, and sign in with their password alone.",
                               it: "Se telefono e codici di recupero sono persi. La persona viene disconnessa ovunque e accede con la sola password." }
    people_help_in_lead() { en: "If they can’t sign in: a link that lets them in again. It works for an hour.",
                            it: "Se non riesce ad accedere: un link per rientrare, valido un’ora." }
    person_use_corrected() { en: "Corrected", it: "Corretto" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn member_rank_has_no_label() {
        assert_eq!(Lang::En.rank(Rank::Member), None);
        assert_eq!(Lang::It.rank(Rank::Manager), Some("Responsabile"));
    }
}
