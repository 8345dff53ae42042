//! People: the list, somebody's page, and where they stand with the workshop.

use crate::Lang;
use domain::{
    actor::Rank,
    cards::CardState,
    people::{PersonStatus, RoleGroup, Step, StepRefusal},
};
use views::people::Fate;

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

    /// What somebody is in the workshop; nothing for the ordinary.
    #[must_use]
    pub const fn rank(self, rank: Rank) -> Option<&'static str> {
        match rank {
            Rank::Guest | Rank::Member => None,
            Rank::Inductor => Some(self.rank_inductor()),
            Rank::Manager => Some(self.rank_manager()),
            Rank::Administrator => Some(self.rank_administrator()),
        }
    }

    /// What a step is called on its button.
    #[must_use]
    pub const fn step(self, step: Step) -> &'static str {
        match step {
            Step::Admit => self.step_admit(),
            Step::Suspend => self.step_suspend(),
            Step::Readmit => self.step_readmit(),
            Step::Leave => self.step_leave(),
        }
    }

    /// What a step does to whoever takes it, by name.
    #[must_use]
    pub fn step_confirm(self, step: Step, name: &str) -> String {
        match step {
            Step::Admit => self.confirm_admit(name),
            Step::Suspend => self.confirm_suspend(name),
            Step::Readmit => self.confirm_readmit(name),
            Step::Leave => self.confirm_leave(name),
        }
    }

    /// What is the case already, where a step would lead to nothing else.
    #[must_use]
    pub const fn step_so_already(self, step: Step) -> &'static str {
        match step {
            Step::Admit | Step::Readmit => self.step_active_already(),
            Step::Suspend => self.step_suspended_already(),
            Step::Leave => self.step_left_already(),
        }
    }

    /// Where somebody stands of whom a step asks something else, and what would lead there.
    #[must_use]
    pub const fn step_begins_elsewhere(self, status: PersonStatus) -> &'static str {
        match status {
            PersonStatus::Applicant => self.step_from_applicant(),
            PersonStatus::Active => self.step_active_already(),
            PersonStatus::Suspended => self.step_from_suspended(),
            PersonStatus::Left => self.step_from_left(),
        }
    }

    /// Why a step is not taken.
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

    /// Those who are something in the workshop, as a filter.
    #[must_use]
    pub const fn role_group(self, role: RoleGroup) -> &'static str {
        match role {
            RoleGroup::Inductor => self.role_inductors(),
            RoleGroup::Manager => self.role_managers(),
            RoleGroup::Auditor => self.role_auditors(),
            RoleGroup::Administrator => self.role_administrators(),
        }
    }

    /// What became of a line of addresses.
    #[must_use]
    pub fn invited_fate(self, fate: &Fate) -> String {
        match fate {
            Fate::Mailed => self.invited_mailed().to_owned(),
            Fate::ByHand { .. } => self.invited_by_hand().to_owned(),
            Fate::NoAddress => self.invited_no_address().to_owned(),
            Fate::Again => self.invited_again().to_owned(),
            Fate::Taken { who: Some((_, name)) } => self.email_taken_by(name),
            Fate::Taken { who: None } => self.email_taken().to_owned(),
            Fate::Failed => self.invited_failed().to_owned(),
        }
    }

    /// Whether a card opens anything.
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
    status_left() { en: "Left", it: "Uscito" }
    status_on_hold() { en: "On hold", it: "In fermo" }
    rank_inductor() { en: "Onboards members", it: "Accoglie i membri" }
    rank_manager() { en: "Manager", it: "Responsabile" }
    rank_administrator() { en: "Administrator", it: "Amministra il sistema" }

    step_admit() { en: "Approve", it: "Approva" }
    step_suspend() { en: "Suspend", it: "Sospendi" }
    step_readmit() { en: "Reinstate", it: "Riammetti" }
    step_leave() { en: "Mark as left", it: "Segna come uscito" }
    confirm_admit(name: &str) { en: "{name} becomes a member and can be trained.",
                                it: "{name} diventa membro e può essere formato." }
    confirm_suspend(name: &str) {
        en: "{name} is signed out at once, no machine lets them in, and one that they are using stops.",
        it: "{name} viene subito disconnesso, nessuna macchina lo lascia entrare e quella che sta usando si ferma.",
    }
    confirm_readmit(name: &str) { en: "{name} has again what the qualifications below say.",
                                  it: "{name} ha di nuovo ciò che dicono le qualifiche qui sotto." }
    confirm_leave(name: &str) {
        en: "{name} is signed out and no machine lets them in any more. What they did stays on record.",
        it: "{name} viene disconnesso e nessuna macchina lo lascia più entrare. Ciò che ha fatto resta registrato.",
    }
    step_not_oneself() { en: "You can’t change where you stand yourself: ask somebody else.",
                         it: "Non puoi cambiare il tuo stato: chiedi a qualcun altro." }
    step_outranked() { en: "They rank higher than you: ask an administrator.",
                       it: "Ha più poteri di te: chiedi a chi amministra il sistema." }
    step_wrong_status() { en: "This has changed meanwhile: look again.", it: "Nel frattempo è cambiato: guarda di nuovo." }
    step_from_applicant() { en: "They wait to be admitted: admit them first.", it: "Attende di essere ammesso: prima ammettilo." }
    step_from_suspended() { en: "They are suspended: take them back first.", it: "È sospeso: prima riammettilo." }
    step_from_left() { en: "They have left: take them back first.", it: "Se n’è andato: prima riammettilo." }
    step_erased() { en: "They were erased, and nothing of them can be changed.", it: "È stato cancellato, e nulla di lui si può più cambiare." }
    step_active_already() { en: "They are a member already.", it: "È già membro." }
    step_suspended_already() { en: "They are suspended already.", it: "È già sospeso." }
    step_left_already() { en: "They have left already.", it: "Se n’è già andato." }
    step_last_administrator() { en: "This is the last administrator: make somebody else administrator first.",
                                it: "È l’ultima persona che amministra il sistema: nominane prima un’altra." }

    person_unknown() { en: "There is no such person", it: "Questa persona non esiste" }
    person_former(id: &str) { en: "Former member {id}", it: "Ex membro {id}" }
    person_since(month: &str) { en: "Here since {month}", it: "Qui da {month}" }
    person_parts() { en: "On this page", it: "In questa pagina" }
    person_left(date: &str) { en: "Left on {date}", it: "Uscito il {date}" }
    person_uses() { en: "Uses, 30 days", it: "Utilizzi, 30 giorni" }
    person_hours() { en: "Hours, 30 days", it: "Ore, 30 giorni" }
    person_may_use() { en: "May use", it: "Può usare" }
    person_types(n: u32) { en: [one: "{n} thing", other: "{n} things"], it: [one: "{n} cosa", other: "{n} cose"] }
    person_standing() { en: "Membership", it: "Iscrizione" }
    person_cards() { en: "Cards", it: "Tessere" }
    person_no_cards() { en: "No card yet", it: "Ancora nessuna tessera" }
    person_no_cards_give() { en: "A card opens what its holder may use. Tap a new one on a reader, or enter its number below.",
                             it: "Una tessera apre ciò che la persona può usare. Passane una nuova su un lettore, o scrivi il numero qui sotto." }
    person_no_cards_ask() { en: "A card opens what its holder may use. A manager gives one: ask at the workshop.",
                            it: "Una tessera apre ciò che la persona può usare. La assegna un responsabile: chiedi in laboratorio." }

    card_unknown() { en: "There is no such card", it: "Questa tessera non esiste" }
    card_ending(digits: &str) { en: "Card ending {digits}", it: "Tessera che finisce con {digits}" }
    card_plain() { en: "Card", it: "Tessera" }
    card_active() { en: "opens", it: "apre" }
    card_lost() { en: "lost", it: "persa" }
    card_retired() { en: "out of service", it: "fuori servizio" }
    card_given(date: &str) { en: "given {date}", it: "data {date}" }
    card_say_lost() { en: "Report lost", it: "Segnala persa" }
    card_say_found() { en: "It was found", it: "È stata ritrovata" }

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
    person_unknown_value() { en: "not known", it: "non noto" }
    person_save() { en: "Save", it: "Salva" }
    person_saved() { en: "Saved.", it: "Salvato." }
    person_email_fixed() { en: "Only those who may send sign-in links change the address: it can be used to sign in.",
                           it: "L’indirizzo lo cambia solo chi può aiutare ad accedere: è una via d’accesso." }
    person_uses_none() { en: "No use yet", it: "Ancora nessun utilizzo" }
    person_uses_none_next() { en: "Each time a reader lets them in, it is noted here: on what, and for how long.",
                              it: "Ogni volta che un lettore lascia entrare la persona, qui si annota su che cosa e per quanto." }
    person_uses_kept() { en: "For a year; after that only hours without a name are kept.",
                         it: "Per un anno; poi si conservano solo ore senza nome." }
    person_use_runs() { en: "running", it: "in corso" }
    person_use_not_theirs() { en: "somebody else’s", it: "di qualcun altro" }
    person_use_about() { en: "worked out afterwards", it: "calcolato in seguito" }
    person_timeline_none() { en: "Nothing is recorded about them", it: "Non è registrato nulla" }
    person_timeline_none_next() { en: "Invitations, cards, qualifications and holds stand here, with who did it and when.",
                                  it: "Qui compaiono inviti, tessere, abilitazioni e fermi, con chi li ha decisi e quando." }
    person_older() { en: "Older", it: "Più vecchi" }
    person_newest() { en: "Newest", it: "Più recenti" }

    role_inductors() { en: "Induct members", it: "Accolgono i membri" }
    role_managers() { en: "Managers", it: "Responsabili" }
    role_auditors() { en: "Auditors", it: "Revisori" }
    role_administrators() { en: "Administrators", it: "Amministratori" }
    people_role() { en: "Role", it: "Ruolo" }
    people_role_any() { en: "Any role", it: "Qualsiasi ruolo" }

    people_add() { en: "Add without account", it: "Aggiungi senza account" }
    people_add_lead() { en: "For who needs no account: a member at once, and nothing is sent.",
                        it: "Per chi non ha bisogno di un account: membro subito, e non si invia nulla." }
    people_invite_many() { en: "Bulk invite", it: "Invito multiplo" }
    people_invite_many_lead() { en: "One address per line, with or without a name. Invalid lines are skipped, and you see why.",
                                it: "Un indirizzo per riga, con o senza nome. Alle righe errate non arriva nulla, e vedi perché." }
    people_addresses() { en: "Addresses", it: "Indirizzi" }
    people_addresses_hint() { en: "Ada Lovelace <ada@example.org>, or the address alone. At most 200.",
                              it: "Ada Lovelace <ada@example.org>, o solo l’indirizzo. Al massimo 200." }
    invite_no_addresses() { en: "Paste at least one address.", it: "Incolla almeno un indirizzo." }
    invite_many_addresses() { en: "That is more than 200 lines: paste them in parts.",
                              it: "Sono più di 200 righe: incollale a parti." }
    invited_line(n: &str) { en: "Line {n}", it: "Riga {n}" }
    invited_sum(n: u32, of: &str) { en: [one: "{n} of {of} invited", other: "{n} of {of} invited"],
                                    it: [one: "{n} di {of} invitata", other: "{n} di {of} invitate"] }
    invited_mailed() { en: "Invited; the mail is on its way.", it: "Invitato; l’e-mail è in viaggio." }
    invited_by_hand() { en: "Invited; hand over the link. It is shown only now.",
                        it: "Invitato; consegna il link. Viene mostrato solo ora." }
    invited_no_address() { en: "No address in this line: nothing was sent.", it: "Nessun indirizzo in questa riga: non è stato inviato nulla." }
    invited_again() { en: "Duplicate of an earlier line.", it: "Doppione di una riga precedente." }
    invited_failed() { en: "It could not be saved. Try this line again.", it: "Non è stato possibile salvare. Riprova questa riga." }

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
    people_left() { en: "Left", it: "Usciti" }
    people_name() { en: "Name", it: "Nome" }
    people_status() { en: "Status", it: "Stato" }
    people_last_use() { en: "Last use", it: "Ultimo uso" }
    people_never() { en: "never", it: "mai" }
    people_none() { en: "Nobody here", it: "Qui non c’è nessuno" }
    people_none_next() { en: "No one matches. Show everybody, or invite them.",
                         it: "Nessuna corrispondenza. Mostra tutti o invita la persona." }
    people_none_look() { en: "No one matches. Try a shorter piece of the name, or show everybody.",
                         it: "Nessuna corrispondenza. Prova con un pezzo più corto del nome, o mostra tutti." }
    people_all_again() { en: "Show everybody", it: "Mostra tutti" }
    people_next() { en: "Next", it: "Avanti" }
    people_first() { en: "From the beginning", it: "Dall’inizio" }
    people_invite() { en: "Invite", it: "Invita" }
    people_invite_lead() { en: "They become a member at once and choose a password with the link. It works for seven days.",
                           it: "La persona diventa subito membro e sceglie una password con il link, valido sette giorni." }
    people_their_name() { en: "Name", it: "Nome" }
    people_their_email() { en: "E-mail", it: "E-mail" }
    people_their_language() { en: "Language of the invitation", it: "Lingua dell’invito" }
    people_invited_mailed() { en: "The invitation is on its way.", it: "L’invito è in viaggio." }
    people_invited_by_hand() { en: "No e-mail was sent. Hand over this link; it is shown only now.",
                               it: "Non è stata inviata nessuna e-mail. Consegna questo link: viene mostrato solo ora." }
    people_help_in() { en: "Send sign-in link", it: "Invia link di accesso" }
    people_factor_off() { en: "Take off their second factor", it: "Togli il secondo fattore" }
    people_factor_off_lead() { en: "For who lost phone and recovery codes. They are signed out everywhere, and their password alone lets them in again.",
                               it: "Per chi ha perso telefono e codici di recupero. La persona viene disconnessa ovunque e rientra con la sola password." }
    people_help_in_lead() { en: "For who cannot sign in: a link to choose a new password. It works for an hour.",
                            it: "Per chi non riesce ad accedere: un link per scegliere una nuova password, valido un’ora." }
    person_use_corrected() { en: "Corrected", it: "Corretto" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ordinary_has_no_word() {
        assert_eq!(Lang::En.rank(Rank::Member), None);
        assert_eq!(Lang::It.rank(Rank::Manager), Some("Responsabile"));
    }
}
