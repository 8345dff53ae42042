//! People: where somebody stands with the workshop, and who may change that.
//!
//! A person is not an account and not a card. Deliberately absent: name and address, which live in the profile and
//! can be erased while history stays.
//!
//! **Invariants.** Nobody changes where they stand themselves, nor where somebody of a higher rank does – counted as if
//! they were active, or a manager could take back an administrator. The system is never left without an administrator.

use crate::{
    actor::{Known, Rank, rank},
    cards::CardState,
    id::{CardId, PersonId},
    qualifications::{
        Ledger,
        change::{Target, unmans},
        standing::Standing,
    },
    time::{Millis, Moment},
    words::words,
};
use serde::{Deserialize, Serialize};

words! {
    /// Where somebody stands. Only the active pass any decision about access.
    PersonStatus {
        /// Asked to join.
        Applicant = "applicant",
        /// One of us.
        Active = "active",
        /// Kept out for now.
        Suspended = "suspended",
        /// Gone.
        Left = "left",
    }
}

words! {
    /// What is done to where somebody stands.
    Step {
        /// An applicant becomes a member.
        Admit = "admit",
        /// Somebody is kept out for now.
        Suspend = "suspend",
        /// Somebody comes back.
        Readmit = "readmit",
        /// Somebody goes.
        Leave = "leave",
    }
}

words! {
    /// Why a step is not taken.
    StepRefusal {
        /// Nobody changes where they stand themselves.
        Oneself = "person.oneself",
        /// They rank higher.
        Outranked = "person.outranked",
        /// They do not stand where that step begins.
        WrongStatus = "person.wrong-status",
        /// Nobody would administer the system.
        LastAdministrator = "person.last-administrator",
    }
}

impl Step {
    /// Where it leads.
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

/// Whether `by` (`None` is Toolgate itself) may have `target` take `step` at `now`, or all that speaks against it.
/// `administrators` are the ledgers of the other active people whom the system names as owner at any time.
pub fn may_step(
    by: Option<&Known>,
    target: &Target<'_>,
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

/// Characters of a name; the table holds the same.
pub const NAME: std::ops::RangeInclusive<usize> = 1..=200;
/// Characters of a remark.
pub const REMARK: usize = 1_000;
/// People on one page of the list.
pub const PAGE: usize = 50;

/// Somebody in the list of people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonRow {
    /// Who.
    pub id: PersonId,
    /// What they are called, while that is known.
    pub name: Option<String>,
    /// Their address, if there is one.
    pub email: Option<String>,
    /// Where they stand.
    pub status: PersonStatus,
    /// What they are in the workshop.
    pub rank: Rank,
    /// Something keeps them out for now.
    pub on_hold: bool,
    /// How many types they may use, the space not counted.
    pub types: u32,
    /// When they last used a machine, while that is known.
    pub last_use: Option<Moment>,
}

/// How many people stand where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// One of us.
    pub active: u32,
    /// Asked to join.
    pub applicants: u32,
    /// Kept out for now.
    pub suspended: u32,
    /// Gone.
    pub left: u32,
}

impl Counts {
    /// All of them.
    #[must_use]
    pub const fn all(&self) -> u32 {
        self.active + self.applicants + self.suspended + self.left
    }
}

/// One page of the list of people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeoplePage {
    /// As of when.
    pub now: Moment,
    /// By name.
    pub people: Vec<PersonRow>,
    /// Where the next page begins, if there is one.
    pub next: Option<PersonId>,
    /// How many there are in all.
    pub counts: Counts,
    /// The asker may invite.
    pub may_invite: bool,
}

/// A card as a page shows it: never its number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardView {
    /// Which.
    pub id: CardId,
    /// The last two digits, to tell one from another.
    pub ending: String,
    /// Whether it opens anything.
    pub state: CardState,
    /// Since when.
    pub given: Moment,
    /// The asker may say that it is lost, or found.
    pub may_lose: bool,
}

/// Somebody's page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a button of its own on the page")]
pub struct PersonPage {
    /// Who.
    pub id: PersonId,
    /// What they are called, while that is known.
    pub name: Option<String>,
    /// Their address, if there is one.
    pub email: Option<String>,
    /// Where they stand.
    pub status: PersonStatus,
    /// What they are in the workshop.
    pub rank: Rank,
    /// Since when they are known.
    pub since: Moment,
    /// When they left.
    pub left: Option<Moment>,
    /// Uses of machines in the last thirty days.
    pub uses: u32,
    /// Milliseconds of them.
    pub used: i64,
    /// Their cards.
    pub cards: Vec<CardView>,
    /// Where they stand on what.
    pub standing: Standing,
    /// What the asker may do to where they stand.
    pub steps: Vec<Step>,
    /// Why they may not be suspended, where that would otherwise be the asker's to do.
    pub refusals: Vec<StepRefusal>,
    /// The asker may help them in.
    pub may_help_in: bool,
    /// They have a second factor, and the asker may take it off.
    pub may_take_off_second_factor: bool,
    /// The asker may give them a card.
    pub may_give_card: bool,
    /// The asker may place and lift holds on them.
    pub may_hold: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        id::{EntryId, SessionId},
        qualifications::{Entry, EntryKind, Relation, SPACE, SYSTEM, Subject},
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

    fn known(id: i64, role: Option<(Relation, Subject)>) -> Known {
        Known {
            id: PersonId(id),
            session: SessionId(1),
            status: PersonStatus::Active,
            ledger: ledger(role),
            at: NOW,
            roles_asleep: false,
            public: true,
        }
    }

    fn step(by: &Known, target: &Known, status: PersonStatus, step: Step, others: &[Ledger]) -> Vec<StepRefusal> {
        let target = Target { id: target.id, status, ledger: &target.ledger };
        may_step(Some(by), &target, step, others, NOW).err().unwrap_or_default()
    }

    #[test]
    fn steps_begin_where_they_should_and_never_with_oneself() {
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
    fn a_manager_neither_keeps_out_nor_takes_back_an_administrator() {
        let manager = known(1, Some((Relation::Owner, SPACE)));
        let administrator = known(2, Some((Relation::Owner, SYSTEM)));
        let others = [ledger(Some((Relation::Owner, SYSTEM)))];
        for (status, taken) in [(PersonStatus::Active, Step::Suspend), (PersonStatus::Suspended, Step::Readmit)] {
            assert_eq!(step(&manager, &administrator, status, taken, &others), [StepRefusal::Outranked]);
        }
    }

    #[test]
    fn a18_the_last_administrator_is_not_kept_out() {
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
}
