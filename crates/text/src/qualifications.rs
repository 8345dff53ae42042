//! Qualifications: what they allow, why they were granted, and why a change is refused.

use crate::Lang;
use domain::qualifications::{BuiltIn, Cause, EntryKind, Relation, change::Refusal};

impl Lang {
    /// Name of a built-in type, or the given name.
    #[must_use]
    pub fn type_name(self, built_in: Option<BuiltIn>, name: &str) -> String {
        match built_in {
            Some(BuiltIn::Space) => self.the_space().into(),
            Some(BuiltIn::System) => self.the_system().into(),
            None => name.into(),
        }
    }

    /// The role of a relation: `member`, `may use`, `trains`.
    #[must_use]
    pub const fn relation(self, built_in: Option<BuiltIn>, relation: Relation) -> &'static str {
        match (built_in, relation) {
            (Some(BuiltIn::Space), Relation::User) => self.role_member(),
            (Some(BuiltIn::Space), Relation::Trainer) => self.role_inductor(),
            (Some(BuiltIn::Space), Relation::Owner) => self.role_manager(),
            (Some(BuiltIn::System), Relation::User | Relation::Trainer) => self.role_auditor(),
            (Some(BuiltIn::System), Relation::Owner) => self.role_administrator(),
            (None, Relation::User) => self.relation_user(),
            (None, Relation::Trainer) => self.relation_trainer(),
            (None, Relation::Owner) => self.relation_owner(),
        }
    }

    /// Why an entry was written.
    #[must_use]
    pub const fn cause(self, cause: Cause) -> &'static str {
        match cause {
            Cause::Setup => self.cause_setup(),
            Cause::Checkout => self.cause_checkout(),
            Cause::TrainingEvent => self.cause_training(),
            Cause::VideoAndQuiz => self.cause_video(),
            Cause::Trainer => self.cause_trainer(),
            Cause::Administrator => self.cause_administrator(),
            Cause::Import => self.cause_import(),
            Cause::GroupRule => self.cause_group_rule(),
            Cause::Expiry => self.cause_expiry(),
            Cause::Renewal => self.cause_renewal(),
        }
    }

    /// Kind of an entry, before the subject's name: `granted · trains`.
    #[must_use]
    pub const fn entry_kind(self, kind: EntryKind) -> &'static str {
        match kind {
            EntryKind::Granted => self.entry_granted(),
            EntryKind::Revoked => self.entry_revoked(),
            EntryKind::Banned => self.entry_banned(),
            EntryKind::Unbanned => self.entry_unbanned(),
        }
    }

    /// Why a change is refused.
    #[must_use]
    pub const fn qualification_refused(self, refusal: Refusal) -> &'static str {
        match refusal {
            Refusal::TakesTrainer => self.takes_trainer(),
            Refusal::TakesOwner => self.takes_owner(),
            Refusal::TakesInductor => self.takes_inductor(),
            Refusal::TakesManager => self.takes_manager(),
            Refusal::TakesAdministrator => self.takes_administrator(),
            Refusal::Oneself => self.not_oneself(),
            Refusal::Outranked => self.outranked(),
            Refusal::Applicant => self.not_admitted(),
            Refusal::Left => self.has_left(),
            Refusal::NoSuchRole => self.no_such_role(),
            Refusal::Archived => self.out_of_use(),
            Refusal::Backdated => self.not_backdated(),
            Refusal::EndsTooEarly => self.ends_too_early(),
            Refusal::NotSo => self.not_so(),
            Refusal::LastAdministrator => self.step_last_administrator(),
        }
    }
}

text! {
    the_space() { en: "The workshop", it: "Il laboratorio" }
    the_system() { en: "The system", it: "Il sistema" }
    role_member() { en: "member", it: "membro" }
    role_inductor() { en: "onboarding", it: "accoglienza" }
    role_manager() { en: "manager", it: "responsabile" }
    role_auditor() { en: "auditor", it: "revisore" }
    role_administrator() { en: "administrator", it: "amministratore" }
    relation_user() { en: "may use", it: "può usare" }
    relation_trainer() { en: "trainer", it: "istruttore" }
    relation_owner() { en: "owner", it: "proprietario" }

    cause_setup() { en: "At set-up", it: "Alla configurazione" }
    cause_checkout() { en: "Checkout", it: "Prova pratica" }
    cause_training() { en: "Training", it: "Corso" }
    cause_video() { en: "Video and quiz", it: "Video e quiz" }
    cause_trainer() { en: "By a trainer or owner", it: "Da istruttore o proprietario" }
    cause_administrator() { en: "By an administrator", it: "Da un amministratore" }
    cause_import() { en: "Imported", it: "Importato" }
    cause_group_rule() { en: "By a group rule", it: "Da una regola sui gruppi" }
    cause_expiry() { en: "Expired", it: "Scaduto" }
    cause_renewal() { en: "Renewed", it: "Rinnovato" }

    entry_granted() { en: "Granted", it: "Concesso" }
    entry_revoked() { en: "Revoked", it: "Revocato" }
    entry_banned() { en: "Banned", it: "Escluso" }
    entry_unbanned() { en: "Ban lifted", it: "Esclusione tolta" }

    equipment_unknown() { en: "Type or machine not found", it: "Tipo o macchina non trovati" }
    no_such_day() { en: "That day does not exist.", it: "Questo giorno non esiste." }
    choose_a_day() { en: "Enter a day before 2101, for example 2026-11-30.", it: "Scrivi un giorno prima del 2101, per esempio 2026-11-30." }

    type_applicants() { en: "Applications", it: "Richieste di iscrizione" }
    type_applicants_none() { en: "No applications.", it: "Nessuna richiesta." }
    type_applicant_since(when: &str) { en: "applied {when}", it: "richiesta {when}" }
    type_admit() { en: "Approve application", it: "Approva richiesta" }
    type_admitted() { en: "They are a member now", it: "Ora è membro" }
    admit_next() { en: "They have no password yet. Next, send them a sign-in link.",
                   it: "Non ha ancora una password. Ora inviale un link di accesso." }
    admit_next_inductor() { en: "They have no password yet. Create their first link.",
                            it: "Non ha ancora una password. Crea il suo primo link." }
    people_first_link() { en: "Create first link", it: "Crea il primo link" }
    remark_too_long(most: &str) { en: "Write {most} characters at most.", it: "Scrivi al massimo {most} caratteri." }
    ban_needs_reason() { en: "Give a reason: it’s needed to lift the ban later.",
                         it: "Scrivi il motivo: servirà per togliere l’esclusione." }
    choose_what() { en: "Choose one from the list.", it: "Scegli una voce dell’elenco." }

    takes_trainer() { en: "Only a trainer or owner of this type, or a manager, can do this.",
                      it: "Può farlo solo un istruttore o un proprietario di questo tipo, o un responsabile." }
    takes_owner() { en: "Only an owner of this type or a manager can do this.",
                    it: "Può farlo solo un proprietario di questo tipo o un responsabile." }
    takes_inductor() { en: "Only the onboarding team or a manager can do this.",
                       it: "Può farlo solo un addetto all’accoglienza o un responsabile." }
    takes_manager() { en: "Only a manager can do this.", it: "Può farlo solo un responsabile." }
    takes_administrator() { en: "Only an administrator can do this.", it: "Può farlo solo un amministratore." }
    not_oneself() { en: "You can’t change your own qualifications. Ask someone else.",
                    it: "Non puoi cambiare le tue abilitazioni. Chiedi a qualcun altro." }
    outranked() { en: "Their role there is higher than yours. Ask an administrator.",
                  it: "Lì ha un ruolo più alto del tuo. Chiedi a un amministratore." }
    not_admitted() { en: "Approve their application first.", it: "Prima approva la richiesta." }
    has_left() { en: "They have left. Reinstate them first.", it: "Non è più membro. Prima riammettilo." }
    no_such_role() { en: "The system has auditors and administrators only.",
                     it: "Il sistema ha solo revisori e amministratori." }
    out_of_use() { en: "This type or machine is archived.", it: "Questo tipo o questa macchina è archiviato." }
    not_backdated() { en: "It can’t begin in the past.", it: "Non può iniziare nel passato." }
    ends_too_early() { en: "Choose a day from today on.", it: "Scegli un giorno da oggi in poi." }
    not_so() { en: "Already revoked or lifted.", it: "È già stato tolto." }

    standing_heading() { en: "Qualifications", it: "Abilitazioni" }
    standing_mine() { en: "What I may use", it: "Cosa posso usare" }
    standing_none() { en: "No qualifications yet", it: "Ancora nessuna abilitazione" }
    standing_none_mine_next() { en: "Ask a trainer at the machine you would like to use.",
                                it: "Chiedi a un istruttore della macchina che vorresti usare." }
    standing_none_next() { en: "A trainer or a manager grants them.",
                           it: "Le concede un istruttore o un responsabile." }
    standing_grant_first() { en: "Grant qualification", it: "Concedi abilitazione" }
    standing_history_none() { en: "Nothing granted or revoked yet.", it: "Ancora nulla di concesso o revocato." }
    types_none() { en: "No types yet", it: "Ancora nessun tipo" }
    types_none_next() { en: "Once a manager makes you a trainer or owner, you see here who may use your machines.",
                        it: "Quando un responsabile ti nomina istruttore o proprietario, vedi qui chi può usare le tue macchine." }
    standing_on() { en: "Type", it: "Tipo" }
    standing_may() { en: "Role", it: "Ruolo" }
    standing_how() { en: "Granted", it: "Concessione" }
    standing_since() { en: "Since", it: "Da" }
    standing_until(date: &str) { en: "until {date}", it: (A date => "fino {date}") }
    standing_by(name: &str) { en: "by {name}", it: "da {name}" }
    standing_by_toolgate() { en: "by Toolgate", it: "da Toolgate" }
    standing_by_former() { en: "by a former member", it: "da un ex membro" }
    standing_banned_from(what: &str, since: &str) { en: "Banned from {what} {since}", it: "Esclusione da {what}, {since}" }
    standing_history() { en: "History", it: "Storico" }
    standing_entries(n: u32) { en: [one: "{n} entry", other: "{n} entries"], it: [one: "{n} voce", other: "{n} voci"] }

    held_until() { en: "Until", it: "Fino a" }
    held_active() { en: "active", it: "attiva" }
    held_ending() { en: "ends soon", it: "scade presto" }
    held_expired() { en: "expired", it: "scaduta" }
    held_banned() { en: "banned", it: "esclusione" }
    held_revoke() { en: "Revoke", it: "Revoca" }
    held_renew() { en: "Renew", it: "Rinnova" }
    held_unban() { en: "Lift ban", it: "Togli esclusione" }

    action_heading() { en: "Actions", it: "Azioni" }
    action_grant() { en: "Grant qualification", it: "Concedi abilitazione" }
    action_revoke() { en: "Revoke qualification", it: "Revoca abilitazione" }
    action_ban() { en: "Ban person", it: "Escludi persona" }
    action_unban() { en: "Lift ban", it: "Togli esclusione" }
    action_what() { en: "Qualification", it: "Abilitazione" }
    action_ban_from() { en: "Type or machine", it: "Tipo o macchina" }
    action_until() { en: "Expires (optional)", it: "Scadenza (facoltativa)" }
    action_note() { en: "Note", it: "Nota" }
    action_reason() { en: "Reason", it: "Motivo" }
    action_note_hint() { en: "Optional. They can read it.", it: "Facoltativa. La persona può leggerla." }
    action_reason_hint() { en: "They can read it.", it: "La persona può leggerlo." }
    action_ban_lead() { en: "Revokes everything on it immediately. They need a new qualification afterwards.",
                      it: "Revoca subito tutto. Dopo serve una nuova abilitazione." }
    action_only_machine(name: &str) { en: "only {name}", it: "solo {name}" }

    types_heading() { en: "Types", it: "Tipi" }
    action_roles() { en: "Roles in the workshop", it: "Ruoli nel laboratorio" }
    types_lead() { en: "Types you’re responsible for: who may use them, and who helps.",
                   it: "I tipi di cui ti occupi: chi può usarli e chi aiuta." }
    types_users(n: u32) { en: [one: "{n} person", other: "{n} people"], it: [one: "{n} persona", other: "{n} persone"] }
    types_trainers(n: u32) { en: [one: "{n} trainer", other: "{n} trainers"], it: [one: "{n} istruttore", other: "{n} istruttori"] }
    types_banned(n: u32) { en: [one: "{n} banned", other: "{n} banned"], it: [one: "{n} escluso", other: "{n} esclusi"] }
    type_people() { en: "People", it: "Persone" }
    type_people_none() { en: "Nobody yet", it: "Ancora nessuno" }
    type_people_none_next() { en: "Search above to add the first person.",
                              it: "Cerca qui sopra per aggiungere la prima persona." }
    type_search() { en: "Find by name", it: "Cerca per nome" }
    type_search_button() { en: "Search", it: "Cerca" }
    type_found() { en: "Search results", it: "Risultati" }
    type_found_new() { en: "Not on the list yet", it: "Non ancora in elenco" }
    type_found_none(name: &str) { en: "No results for “{name}”. Try a shorter part of the name.", it: "Nessun risultato per «{name}». Prova una parte più corta del nome." }
    type_more(shown: u32, all: u32) { en: [one: "{shown} of {all} shown. Search by name for the others.", other: "{shown} of {all} shown. Search by name for the others."],
                                      it: [one: "{shown} su {all}. Cerca gli altri per nome.", other: "{shown} su {all}. Cerca gli altri per nome."] }
    type_banned() { en: "Banned", it: "Escluso" }
    type_no_actions() { en: "You can’t change their qualifications here.", it: "Qui non puoi cambiare le sue abilitazioni." }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_relations_have_role_names() {
        assert_eq!(Lang::En.relation(Some(BuiltIn::Space), Relation::Owner), "manager");
        assert_eq!(Lang::It.relation(None, Relation::User), "può usare");
        assert_eq!(Lang::It.type_name(Some(BuiltIn::Space), "Space"), "Il laboratorio");
    }
}
