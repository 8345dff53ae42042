//! Requests for help at a machine: who is notified, and how long one stays open.
//!
//! **Invariants.** Trainers and owners who are in the space come first; if none is, owners are notified wherever they
//! are. Who is in the space by the doors may have gone home without a swipe, so a request that nobody answers is passed on
//! ([`passed_on`]). Nobody is asked to help themselves. A request expires by itself, because nobody waits at a machine for
//! longer.
//!
//! Not here: who is in the space ([`crate::doors`]), and who may answer (`actor`).

use crate::{id::PersonId, rate::Pace, string_enum::string_enum, time::Millis};
use std::time::Duration;

/// Limit of characters of a question or an answer.
pub const TEXT: usize = 200;
/// How long a request stays open.
pub const OPEN_FOR: Duration = Duration::from_hours(2);
/// How long a request waits for an answer before it is passed on to the others who know the machine, and as long again before
/// it is passed on to managers.
pub const PASS_ON: Duration = Duration::from_mins(5);
/// How long it has names and text.
pub const NAMES: Duration = Duration::from_hours(24 * 30);
/// Rate of requests per person.
pub const REQUESTS: Pace = Pace { burst: 6, every: Duration::from_mins(10) };

string_enum! {
    /// The state of a request.
    HelpState {
        /// Nobody has answered yet.
        Open = "open",
        /// A helper has answered.
        Answered = "answered",
        /// It is done with: the person who asked, or a helper, marked it.
        Resolved = "resolved",
        /// Nobody resolved it in time.
        Expired = "expired",
    }
}

/// When things happened to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HelpTimes {
    /// When it expires unless resolved.
    pub expires: Millis,
    pub answered: Option<Millis>,
    pub resolved: Option<Millis>,
}

impl HelpTimes {
    #[must_use]
    pub fn state(self, now: Millis) -> HelpState {
        match self {
            Self { resolved: Some(_), .. } => HelpState::Resolved,
            Self { expires, .. } if expires <= now => HelpState::Expired,
            Self { answered: Some(_), .. } => HelpState::Answered,
            Self { .. } => HelpState::Open,
        }
    }
}

impl HelpState {
    /// Whether the person still waits for help.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Open | Self::Answered)
    }
}

/// Why a person may help at a machine; an earlier one is nearer to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum HelperRole {
    Owner,
    Trainer,
    Manager,
    Administrator,
}

/// A person who may help at a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Helper {
    pub person: PersonId,
    pub role: HelperRole,
    /// Whether they are in the space now.
    pub inside: bool,
}

impl Helper {
    /// Whether they are an owner or a trainer of the machine.
    fn knows_machine(&self) -> bool {
        self.role <= HelperRole::Trainer
    }
}

/// The people to notify.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recipients {
    pub people: Vec<PersonId>,
    /// Whether they are in the space.
    pub inside: bool,
}

/// Whom to notify that `asker` needs help: owners and trainers who are in the space; without any, the owners, or the
/// trainers, managers or administrators of a machine without owners.
#[must_use]
pub fn recipients(helpers: &[Helper], asker: PersonId) -> Recipients {
    let others = || helpers.iter().filter(|helper| helper.person != asker);
    let people = |fits: &dyn Fn(&Helper) -> bool| {
        let mut people: Vec<_> = others().filter(|helper| fits(helper)).map(|helper| helper.person).collect();
        people.sort_unstable();
        people.dedup();
        people
    };
    let inside = people(&|helper| helper.inside && helper.knows_machine());
    if !inside.is_empty() {
        return Recipients { people: inside, inside: true };
    }
    let nearest = others().map(|helper| helper.role).min();
    Recipients { people: people(&|helper| Some(helper.role) == nearest), inside: false }
}

/// Whom to notify as well that `asker` has waited that long without an answer, of the helpers `left`, who were not notified before:
/// everybody who knows the machine, wherever they are, and later managers and administrators. If nobody who knows the machine is
/// left when a request is passed on for the first time, managers and administrators do not wait longer.
#[must_use]
pub fn passed_on(left: &[Helper], asker: PersonId, waited: Duration, was_passed_on: bool) -> Vec<PersonId> {
    if waited < PASS_ON {
        return Vec::new();
    }
    let others = || left.iter().filter(|helper| helper.person != asker);
    let nobody_near = !was_passed_on && !others().any(Helper::knows_machine);
    let everybody = nobody_near || PASS_ON * 2 <= waited;
    let reached = others().filter(|helper| everybody || helper.knows_machine());
    let mut people: Vec<_> = reached.map(|helper| helper.person).collect();
    people.sort_unstable();
    people.dedup();
    people
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::MINUTE;
    use proptest::prelude::*;

    const ASKER: PersonId = PersonId(1);

    fn helper(person: i64, role: HelperRole, inside: bool) -> Helper {
        Helper { person: PersonId(person), role, inside }
    }

    fn notified(helpers: &[Helper]) -> (Vec<i64>, bool) {
        let Recipients { people, inside } = recipients(helpers, ASKER);
        (people.into_iter().map(|person| person.0).collect(), inside)
    }

    #[test]
    fn trainers_and_owners_inside_come_before_everyone_else() {
        use HelperRole::{Manager, Owner, Trainer};
        let away = [helper(2, Owner, false), helper(3, Trainer, false), helper(4, Manager, true)];
        assert_eq!(notified(&away), (vec![2], false), "a manager who is in does not know every machine");
        let one_in = [helper(2, Owner, false), helper(3, Trainer, true), helper(4, Manager, true)];
        assert_eq!(notified(&one_in), (vec![3], true));
        assert_eq!(notified(&[helper(2, Owner, true), helper(3, Trainer, true)]), (vec![2, 3], true));
    }

    #[test]
    fn machine_without_owner_falls_back_to_trainers_and_then_managers() {
        use HelperRole::{Administrator, Manager, Owner, Trainer};
        assert_eq!(notified(&[helper(3, Trainer, false), helper(4, Manager, false)]), (vec![3], false));
        assert_eq!(notified(&[helper(4, Manager, false), helper(5, Administrator, false)]), (vec![4], false));
        assert_eq!(
            notified(&[helper(1, Owner, true), helper(4, Manager, false)]),
            (vec![4], false),
            "not themselves"
        );
        assert_eq!(notified(&[helper(1, Owner, true)]), (vec![], false));
    }

    /// Who is notified of an unanswered request after so many minutes; `before` were notified already.
    fn passed(helpers: &[Helper], before: &[i64], minutes: u32, was_passed_on: bool) -> Vec<i64> {
        let is_left = |helper: &&Helper| !before.contains(&helper.person.0);
        let left: Vec<_> = helpers.iter().filter(is_left).copied().collect();
        let people = passed_on(&left, ASKER, MINUTE * minutes, was_passed_on);
        people.into_iter().map(|person| person.0).collect()
    }

    #[test]
    fn unanswered_request_goes_to_all_who_know_the_machine_and_then_to_managers() {
        use HelperRole::{Administrator, Manager, Owner, Trainer};
        let all = [
            helper(2, Owner, false),
            helper(3, Trainer, true),
            helper(4, Manager, false),
            helper(5, Administrator, false),
            helper(6, Owner, true),
            helper(7, Trainer, false),
        ];
        assert_eq!(notified(&all), (vec![3, 6], true), "they may have gone home");
        assert_eq!(passed(&all, &[3, 6], 4, false), Vec::<i64>::new());
        assert_eq!(passed(&all, &[3, 6], 5, false), vec![2, 7], "owners and trainers alike");
        assert_eq!(passed(&all, &[2, 3, 6, 7], 9, true), Vec::<i64>::new(), "managers wait their turn");
        assert_eq!(passed(&all, &[2, 3, 6, 7], 10, true), vec![4, 5]);
        assert_eq!(passed(&all, &[3, 6], 10, false), vec![2, 4, 5, 7], "late, and all at once");
        assert_eq!(passed(&all, &[2, 3, 4, 5, 6, 7], 60, true), Vec::<i64>::new(), "nobody twice");
    }

    #[test]
    fn trainer_who_manages_is_notified_beside_owner() {
        use HelperRole::{Owner, Trainer};
        // The administrator made the type, and so trains on it.
        let all = [helper(2, Owner, false), helper(5, Trainer, false), helper(7, Trainer, false)];
        assert_eq!(notified(&all), (vec![2], false));
        assert_eq!(passed(&all, &[2], 5, false), vec![5, 7]);
    }

    #[test]
    fn request_that_all_who_know_the_machine_have_goes_to_managers_at_once() {
        use HelperRole::{Administrator, Manager, Owner, Trainer};
        let one = [helper(2, Owner, false), helper(4, Manager, false), helper(5, Administrator, false)];
        assert_eq!((passed(&one, &[2], 4, false), passed(&one, &[2], 5, false)), (vec![], vec![4, 5]));
        assert_eq!(passed(&one, &[2, 4, 5], 10, true), Vec::<i64>::new());
        let own = [helper(1, Owner, true), helper(4, Manager, false), helper(5, Administrator, false)];
        assert_eq!(notified(&own), (vec![4], false));
        assert_eq!(passed(&own, &[4], 5, false), vec![5], "not to themselves");
        let both = [helper(1, Owner, true), helper(3, Trainer, false), helper(5, Administrator, false)];
        assert_eq!((passed(&both, &[], 5, false), passed(&both, &[3], 10, true)), (vec![3], vec![5]));
        assert_eq!(passed(&[helper(1, Owner, true)], &[], 60, false), Vec::<i64>::new());
    }

    #[test]
    fn request_expires_unless_resolved_before() {
        let times = HelpTimes { expires: Millis(10), answered: None, resolved: None };
        let answered = HelpTimes { answered: Some(Millis(4)), ..times };
        let resolved = HelpTimes { resolved: Some(Millis(5)), ..answered };
        assert_eq!(times.state(Millis(9)), HelpState::Open);
        assert_eq!(answered.state(Millis(9)), HelpState::Answered);
        assert_eq!(
            (times.state(Millis(10)), answered.state(Millis(10))),
            (HelpState::Expired, HelpState::Expired)
        );
        assert_eq!(resolved.state(Millis(99)), HelpState::Resolved);
        let open: Vec<_> = HelpState::ALL.iter().filter(|state| state.is_open()).collect();
        assert_eq!(open, [&HelpState::Open, &HelpState::Answered]);
    }

    proptest! {
        #[test]
        fn nobody_is_asked_to_help_themselves_and_another_always_is(
            all in prop::collection::vec((1_i64..6, 0_usize..4, any::<bool>()), 0..12),
        ) {
            const ROLES: [HelperRole; 4] =
                [HelperRole::Owner, HelperRole::Trainer, HelperRole::Manager, HelperRole::Administrator];
            let helpers: Vec<_> =
                all.into_iter().map(|(person, role, inside)| helper(person, ROLES[role], inside)).collect();
            let found = recipients(&helpers, ASKER);
            prop_assert!(!found.people.contains(&ASKER));
            let others = helpers.iter().any(|helper| helper.person != ASKER);
            prop_assert_eq!(others, !found.people.is_empty());
        }
    }
}
