//! Who may hand a person a password link or remove their second factor.
//!
//! **Invariant.** Helping never gives the helper more rights. The helped person counts with the roles they would
//! have if active, because a suspension does not remove roles.

use crate::{
    actor::{Principal, Rank, rank},
    id::PersonId,
    ledger::{Ledger, Relation, SYSTEM},
    person_status::PersonStatus,
};

/// Whether `helper` may help `person`, with this `ledger`, to sign in. Not a person of higher rank, not an auditor
/// unless the helper is an administrator, and not oneself, who has a password to show.
#[must_use]
pub fn may_help(helper: &Principal, person: PersonId, ledger: &Ledger) -> bool {
    let theirs = rank(PersonStatus::Active, ledger, helper.at);
    let reads_everything = ledger.holds(Relation::User, &[SYSTEM], helper.at);
    helper.id != person && theirs <= helper.rank() && (!reads_everything || helper.rank() >= Rank::Administrator)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        id::{EntryId, SessionId},
        qualifications::{Entry, EntryKind, SPACE, Subject},
        time::Millis,
    };

    fn ledger(grants: &[(Relation, Subject)]) -> Ledger {
        let entries = grants.iter().map(|&(relation, subject)| Entry {
            id: EntryId(1),
            subject,
            relation,
            kind: EntryKind::Granted,
            from: Millis(0),
            until: None,
        });
        Ledger(entries.collect())
    }

    fn helper(grants: &[(Relation, Subject)]) -> Principal {
        Principal {
            id: PersonId(1),
            session: SessionId(1),
            status: PersonStatus::Active,
            ledger: ledger(grants),
            at: Millis(10),
            roles_asleep: false,
            public: false,
        }
    }

    #[test]
    fn helper_cannot_invite_higher_rank() {
        let manager = helper(&[(Relation::Owner, SPACE)]);
        let administrator = helper(&[(Relation::Owner, SYSTEM)]);
        let (other, oneself) = (PersonId(2), PersonId(1));
        let may = |helper: &Principal, grants: &[(Relation, Subject)]| may_help(helper, other, &ledger(grants));
        assert!(may(&manager, &[(Relation::User, SPACE)]) && may(&manager, &[(Relation::Owner, SPACE)]));
        assert!(!may(&manager, &[(Relation::Owner, SYSTEM)]), "an administrator, also a suspended one");
        assert!(!may(&manager, &[(Relation::User, SPACE), (Relation::User, SYSTEM)]), "an auditor");
        assert!(
            may(&administrator, &[(Relation::User, SYSTEM)]) && may(&administrator, &[(Relation::Owner, SYSTEM)])
        );
        assert!(!may_help(&administrator, oneself, &ledger(&[])), "they have a password to show");
    }
}
