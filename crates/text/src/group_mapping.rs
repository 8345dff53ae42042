//! Rules about groups of a directory or an identity provider.

use crate::Lang;
use domain::{group_mapping::Target, qualifications::Relation};

text! {
    group_rule_unknown() { en: "Rule not found", it: "Regola non trovata" }
    group_rule_no_target() { en: "Choose a group or a type that is in use.", it: "Scegli un gruppo o un tipo in uso." }
    group_rule_no_role() {
        en: "Roles are given here, by people. Choose a group or a type.",
        it: "I ruoli li assegnano le persone, qui. Scegli un gruppo o un tipo.",
    }
    group_rule_taken() { en: "This rule is already there.", it: "Questa regola c’è già." }
    group_rule_too_many(most: &str) { en: "At most {most} rules. Remove one first.", it: "Al massimo {most} regole. Prima togline una." }
    group_rule_group(name: &str) { en: "Group {name}", it: "Gruppo {name}" }
    group_rule_user(name: &str) { en: "May use {name}", it: "Può usare {name}" }
    group_rule_trainer(name: &str) { en: "Trains {name}", it: "Forma su {name}" }
    group_rule_owner(name: &str) { en: "Looks after {name}", it: "Cura {name}" }
}

impl Lang {
    /// What a rule gives: `May use Laser cutters`.
    #[must_use]
    pub fn group_rule_gives(self, gives: &str, name: &str) -> String {
        match Target::parse(gives) {
            Some(Target::Group(_)) | None => self.group_rule_group(name),
            Some(Target::Qualification(_, Relation::User)) => self.group_rule_user(name),
            Some(Target::Qualification(_, Relation::Trainer)) => self.group_rule_trainer(name),
            Some(Target::Qualification(_, Relation::Owner)) => self.group_rule_owner(name),
        }
    }
}
