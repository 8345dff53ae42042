//! People: their status in the workshop, and who may change it.
//!
//! A person is not an account and not a card. Not here: name and address, which are in the profile and can be
//! erased while history stays.
//!
//! **Invariants.** Nobody changes their own status, nor that of a person of higher rank – counted as if active, or
//! a manager could readmit an administrator. There is always an administrator.

mod cursor;
pub mod folded;
pub mod hours;
mod invited;
mod profile;

pub use crate::person_status::PersonStatus;
pub use cursor::Cursor;
pub use invited::{Address, addresses};
pub use profile::{Profile, ProfileFault, phone};

use crate::{
    actor::{Principal, rank},
    qualifications::{
        Ledger, Relation, SPACE, SYSTEM, Subject,
        change::{TargetPerson, unmans},
    },
    string_enum::string_enum,
    time::Millis,
};

string_enum! {
    /// Groups of people in searches.
    RoleGroup {
        Inductor = "inductor",
        Manager = "manager",
        Auditor = "auditor",
        Administrator = "administrator",
    }
}

impl RoleGroup {
    /// The relation and subject of the role.
    #[must_use]
    pub const fn qualification(self) -> (Relation, Subject) {
        match self {
            Self::Inductor => (Relation::Trainer, SPACE),
            Self::Manager => (Relation::Owner, SPACE),
            Self::Auditor => (Relation::User, SYSTEM),
            Self::Administrator => (Relation::Owner, SYSTEM),
        }
    }
}

string_enum! {
    /// A change of a person's status.
    Step {
        /// An applicant becomes a member.
        Admit = "admit",
        Suspend = "suspend",
        Readmit = "readmit",
        Leave = "leave",
    }
}

string_enum! {
    /// Why a step is not taken.
    StepRefusal {
        /// Nobody changes their own status.
        Oneself = "person.oneself",
        /// They rank higher.
        Outranked = "person.outranked",
        /// The step does not start from their status.
        WrongStatus = "person.wrong-status",
        /// No administrator would remain.
        LastAdministrator = "person.last-administrator",
        /// They are denied access, or not a member: by a hold, a ban, or their status.
        KeptOut = "person.kept-out",
    }
}

impl Step {
    #[must_use]
    pub const fn to(self) -> PersonStatus {
        match self {
            Self::Admit | Self::Readmit => PersonStatus::Active,
            Self::Suspend => PersonStatus::Suspended,
            Self::Leave => PersonStatus::Left,
        }
    }

    /// Whether it begins at `status`.
    #[must_use]
    pub const fn begins_at(self, status: PersonStatus) -> bool {
        match self {
            Self::Admit => matches!(status, PersonStatus::Applicant),
            Self::Suspend => matches!(status, PersonStatus::Active),
            Self::Readmit => matches!(status, PersonStatus::Suspended | PersonStatus::Left),
            Self::Leave => !matches!(status, PersonStatus::Left),
        }
    }
}

/// Whether `by` (`None` is Toolgate itself) may take `step` on `target` at `now`, or all reasons against it.
/// `administrators` are the ledgers of the other active people named as owner of the system at any time.
pub fn may_step(
    by: Option<&Principal>,
    target: &TargetPerson<'_>,
    step: Step,
    administrators: &[Ledger],
    now: Millis,
) -> Result<(), Vec<StepRefusal>> {
    let mut refusals = Vec::new();
    if let Some(by) = by {
        if by.id == target.id {
            refusals.push(StepRefusal::Oneself);
        } else if rank(PersonStatus::Active, target.ledger, now) > by.rank() {
            refusals.push(StepRefusal::Outranked);
        }
    }
    if !step.begins_at(target.status) {
        refusals.push(StepRefusal::WrongStatus);
    }
    let goes = target.status == PersonStatus::Active && step.to() != PersonStatus::Active;
    if goes && unmans(target.ledger, &Ledger::default(), administrators, now) {
        refusals.push(StepRefusal::LastAdministrator);
    }
    if refusals.is_empty() { Ok(()) } else { Err(refusals) }
}

/// Length of a name in characters; the table has the same limit.
pub const NAME: std::ops::RangeInclusive<usize> = 1..=200;
/// Characters of a remark.
pub const REMARK: usize = 1_000;
/// People on one page of the list.
pub const PAGE: usize = 50;
/// Page size of a person's uses and audit entries.
pub const ROWS: usize = 50;
/// Lines of addresses that are invited at once.
pub const INVITED_AT_ONCE: usize = 200;

/// Whether `by` (`None` is Toolgate itself) may erase `target` at `now`, or all reasons against it. Nobody erases
/// a person of higher rank, and the last administrator cannot be erased at all, not even by themselves. Nor can
/// people erase themselves to escape a hold, a ban or a suspension.
pub fn may_erase(
    by: Option<&Principal>,
    target: &TargetPerson<'_>,
    on_hold: bool,
    administrators: &[Ledger],
    now: Millis,
) -> Result<(), Vec<StepRefusal>> {
    let mut refusals = Vec::new();
    let kept_out = target.status != PersonStatus::Active || on_hold || target.ledger.is_banned(now);
    if kept_out && by.is_some_and(|by| by.id == target.id) {
        refusals.push(StepRefusal::KeptOut);
    }
    let outranked =
        |by: &Principal| by.id != target.id && rank(PersonStatus::Active, target.ledger, now) > by.rank();
    if by.is_some_and(outranked) {
        refusals.push(StepRefusal::Outranked);
    }
    if target.status == PersonStatus::Active && unmans(target.ledger, &Ledger::default(), administrators, now) {
        refusals.push(StepRefusal::LastAdministrator);
    }
    if refusals.is_empty() { Ok(()) } else { Err(refusals) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        id::{EntryId, PersonId, SessionId, TypeId},
        qualifications::{Entry, EntryKind},
    };

    const NOW: Millis = Millis(10);

    fn ledger(role: Option<(Relation, Subject)>) -> Ledger {
        let grants = std::iter::once((Relation::User, SPACE)).chain(role);
        let entry = |(id, (relation, subject))| Entry {
            id: EntryId(id),
            subject,
            relation,
            kind: EntryKind::Granted,
            from: Millis(0),
            until: None,
        };
        Ledger((1..).zip(grants).map(entry).collect())
    }

    fn known(id: i64, role: Option<(Relation, Subject)>) -> Principal {
        Principal {
            id: PersonId(id),
            session: SessionId(1),
            status: PersonStatus::Active,
            ledger: ledger(role),
            at: NOW,
            roles_asleep: false,
            public: true,
        }
    }

    fn step(
        by: &Principal,
        target: &Principal,
        status: PersonStatus,
        step: Step,
        others: &[Ledger],
    ) -> Vec<StepRefusal> {
        let target = TargetPerson { id: target.id, status, ledger: &target.ledger };
        may_step(Some(by), &target, step, others, NOW).err().unwrap_or_default()
    }

    #[test]
    fn steps_start_from_valid_status_and_exclude_oneself() {
        use PersonStatus::{Active, Applicant, Left, Suspended};
        let (manager, member) = (known(1, Some((Relation::Owner, SPACE))), known(2, None));
        for (taken, from) in [
            (Step::Admit, vec![Applicant]),
            (Step::Suspend, vec![Active]),
            (Step::Readmit, vec![Suspended, Left]),
            (Step::Leave, vec![Applicant, Active, Suspended]),
        ] {
            for &status in PersonStatus::ALL {
                let wrong = if from.contains(&status) { vec![] } else { vec![StepRefusal::WrongStatus] };
                assert_eq!(step(&manager, &member, status, taken, &[]), wrong, "{taken:?} from {status:?}");
            }
        }
        assert_eq!(step(&manager, &manager, Active, Step::Suspend, &[]), [StepRefusal::Oneself]);
    }

    #[test]
    fn manager_cannot_suspend_or_readmit_administrator() {
        let manager = known(1, Some((Relation::Owner, SPACE)));
        let administrator = known(2, Some((Relation::Owner, SYSTEM)));
        let others = [ledger(Some((Relation::Owner, SYSTEM)))];
        for (status, taken) in [(PersonStatus::Active, Step::Suspend), (PersonStatus::Suspended, Step::Readmit)] {
            assert_eq!(step(&manager, &administrator, status, taken, &others), [StepRefusal::Outranked]);
        }
    }

    // A18
    #[test]
    fn last_administrator_cannot_be_suspended() {
        let (first, second) =
            (known(1, Some((Relation::Owner, SYSTEM))), known(2, Some((Relation::Owner, SYSTEM))));
        for taken in [Step::Suspend, Step::Leave] {
            let others = [first.ledger.clone()];
            assert_eq!(step(&first, &second, PersonStatus::Active, taken, &others), []);
            let last = [StepRefusal::LastAdministrator];
            assert_eq!(step(&first, &second, PersonStatus::Active, taken, &[]), last);
        }
        assert_eq!(step(&first, &second, PersonStatus::Suspended, Step::Leave, &[]), [], "they were out already");
    }
    // A18
    #[test]
    fn last_administrator_and_higher_rank_cannot_be_erased() {
        let manager = known(1, Some((Relation::Owner, SPACE)));
        let administrator = known(2, Some((Relation::Owner, SYSTEM)));
        let erase = |by: Option<&Principal>, target: &Principal, others: &[Ledger]| {
            let target = TargetPerson { id: target.id, status: PersonStatus::Active, ledger: &target.ledger };
            may_erase(by, &target, false, others, NOW).err().unwrap_or_default()
        };
        let (outranked, last) = (StepRefusal::Outranked, StepRefusal::LastAdministrator);
        assert_eq!(erase(Some(&administrator), &manager, &[]), []);
        assert_eq!(erase(Some(&manager), &administrator, &[]), [outranked, last]);
        assert_eq!(erase(Some(&administrator), &administrator, &[]), [last], "not even themselves");
        assert_eq!(erase(None, &administrator, &[]), [last], "by no door");
        assert_eq!(erase(Some(&administrator), &administrator, &[ledger(Some((Relation::Owner, SYSTEM)))]), []);
    }

    #[test]
    fn self_erasure_is_refused_during_ban_or_hold() {
        let administrator = known(1, Some((Relation::Owner, SYSTEM)));
        let (mut banned, member) = (known(2, None), known(2, None));
        let ban = Entry {
            id: EntryId(9),
            subject: Subject::Type(TypeId(3)),
            relation: Relation::User,
            kind: EntryKind::Banned,
            from: Millis(0),
            until: Some(Millis(11)),
        };
        banned.ledger.0.push(ban);
        let refused = |by: &Principal, target: &Principal, status, on_hold, at| {
            let target = TargetPerson { id: target.id, status, ledger: &target.ledger };
            may_erase(Some(by), &target, on_hold, &[], at).err().unwrap_or_default()
        };
        let active = PersonStatus::Active;
        assert_eq!(refused(&member, &member, active, false, NOW), []);
        for status in [PersonStatus::Applicant, PersonStatus::Suspended, PersonStatus::Left] {
            assert_eq!(refused(&member, &member, status, false, NOW), [StepRefusal::KeptOut], "{status:?}");
            assert_eq!(refused(&administrator, &member, status, true, NOW), [], "an administrator decides");
        }
        assert_eq!(refused(&member, &member, active, true, NOW), [StepRefusal::KeptOut], "on hold");
        assert_eq!(refused(&banned, &banned, active, false, NOW), [StepRefusal::KeptOut]);
        assert_eq!(refused(&banned, &banned, active, false, Millis(11)), [], "the ban has ended");
    }
}
