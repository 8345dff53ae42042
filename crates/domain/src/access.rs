//! The one decision: may this person do this, here, now – and if not, what would change it.
//!
//! [`may_use`] is asked by boards, pages and the API alike. It collects *all* reasons against, in a fixed order, each
//! with its remedy as data; a refusal is a value and not an error.
//!
//! Deliberately absent so far: bookings, training, opening hours and holds. Their facts do not exist yet; each will
//! come as a field of [`Facts`] and a line in [`may_use`].

use crate::{
    cards::CardState,
    id::{MachineId, PersonId, TypeId},
    machines::AuthorisationMode,
    people::PersonStatus,
    qualifications::{Ledger, Relation, Subject},
    time::Millis,
};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long a trainer's swipe lets somebody else start a supervised machine.
pub const SUPERVISION: Duration = Duration::from_mins(2);

/// What is known about somebody in front of a machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Who, if anybody knows.
    pub person: Option<Person>,
    /// The state of the card that was swiped, if one was.
    pub card: Option<CardState>,
    /// The machine, if there is such a machine.
    pub machine: Option<Machine>,
    /// The built-in types.
    pub built_in: BuiltInTypes,
    /// Machines one person may run at the same time.
    pub simultaneous: u8,
}

/// What is known about the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Who.
    pub id: PersonId,
    /// Only the active pass.
    pub status: PersonStatus,
    /// Everything the ledger says about them.
    pub ledger: Ledger,
    /// Other machines they are on right now.
    pub running: u8,
}

/// What is known about the machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Machine {
    /// Which.
    pub id: MachineId,
    /// Its type.
    pub kind: TypeId,
    /// Who may use it.
    pub mode: AuthorisationMode,
    /// Types one must be qualified on first.
    pub requires: Vec<TypeId>,
    /// Somebody blocked it.
    pub blocked: bool,
    /// When a trainer of its type last swiped at it.
    pub trainer_beside: Option<Millis>,
}

/// The ids of the types that carry the roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BuiltInTypes {
    /// Member, inductor, manager.
    pub space: TypeId,
    /// Auditor, administrator.
    pub system: TypeId,
}

/// What a board lets somebody do; the numbers are the wire's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Level {
    /// May use it.
    User = 1,
    /// Trainer or owner of the type: may register maintenance as well.
    Staff = 2,
    /// Administrator.
    Administrator = 3,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Yes, until the first thing that is known to end it.
    Allow {
        /// As what.
        level: Level,
        /// Until when, if anything is known to end it.
        until: Option<Millis>,
    },
    /// No; never empty.
    Deny(Vec<Reason>),
}

/// Why not. The order of the variants is the order in which they are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// Nobody knows whose card this is.
    UnknownPerson,
    /// Applicant, suspended, or gone.
    NotActive(PersonStatus),
    /// Not a member (any more).
    NotAMember,
    /// The card is lost or retired.
    CardOutOfUse(CardState),
    /// There is no such machine.
    UnknownMachine,
    /// Somebody blocked the machine.
    Blocked,
    /// Not qualified on a type it takes.
    NotQualified(TypeId),
    /// Needs a trainer beside, or to be qualified.
    NeedsTrainer(TypeId),
    /// On as many machines as one may be.
    TooManyMachines(u8),
}

/// What would remove a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Remedy {
    /// Something the person can do.
    Do(Deed),
    /// Somebody who can help.
    Ask(Helper),
}

/// What a person can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Deed {
    /// Claim the card at the machine.
    ClaimCard,
    /// Use another of one's cards.
    UseAnotherCard,
    /// Log out of another machine.
    LogOutElsewhere,
    /// Have a trainer swipe first.
    FetchTrainer(TypeId),
}

/// Who can help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Helper {
    /// Whoever manages the space.
    Manager,
    /// A trainer of this type.
    Trainer(TypeId),
    /// An owner of this type.
    Owner(TypeId),
}

impl Reason {
    /// Stable, for programs and records.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::UnknownPerson => "person.unknown",
            Self::NotActive(_) => "person.not-active",
            Self::NotAMember => "person.not-a-member",
            Self::CardOutOfUse(_) => "card.out-of-use",
            Self::UnknownMachine => "machine.unknown",
            Self::Blocked => "machine.blocked",
            Self::NotQualified(_) => "qualification.missing",
            Self::NeedsTrainer(_) => "qualification.trainer-needed",
            Self::TooManyMachines(_) => "person.too-many-machines",
        }
    }

    /// What would remove it. `kind` is the machine's type, where there is a machine.
    #[must_use]
    pub fn remedy(self, kind: Option<TypeId>) -> Remedy {
        match self {
            Self::UnknownPerson => Remedy::Do(Deed::ClaimCard),
            Self::CardOutOfUse(_) => Remedy::Do(Deed::UseAnotherCard),
            Self::TooManyMachines(_) => Remedy::Do(Deed::LogOutElsewhere),
            Self::NeedsTrainer(kind) => Remedy::Do(Deed::FetchTrainer(kind)),
            Self::NotQualified(kind) => Remedy::Ask(Helper::Trainer(kind)),
            Self::Blocked => Remedy::Ask(kind.map_or(Helper::Manager, Helper::Owner)),
            Self::NotActive(_) | Self::NotAMember | Self::UnknownMachine => Remedy::Ask(Helper::Manager),
        }
    }
}

/// Decides from `facts` whether the person may use the machine at `at`.
#[must_use]
pub fn may_use(facts: &Facts, at: Millis) -> Decision {
    let mut reasons = Vec::new();
    let mut ends = Vec::new();
    match &facts.person {
        None => reasons.push(Reason::UnknownPerson),
        Some(person) => {
            let space = [Subject::Type(facts.built_in.space)];
            if person.status != PersonStatus::Active {
                reasons.push(Reason::NotActive(person.status));
            }
            if !person.ledger.holds(Relation::User, &space, at) {
                reasons.push(Reason::NotAMember);
            }
            ends.extend(person.ledger.holds_until(Relation::User, &space, at));
        }
    }
    if let Some(state @ (CardState::Lost | CardState::Retired)) = facts.card {
        reasons.push(Reason::CardOutOfUse(state));
    }
    match &facts.machine {
        None => reasons.push(Reason::UnknownMachine),
        Some(machine) => {
            if machine.blocked {
                reasons.push(Reason::Blocked);
            }
            if let Some(person) = &facts.person {
                authorise(person, machine, at, &mut reasons, &mut ends);
            }
        }
    }
    if let Some(person) = &facts.person
        && person.running >= facts.simultaneous
    {
        reasons.push(Reason::TooManyMachines(facts.simultaneous));
    }
    match (&facts.person, &facts.machine) {
        (Some(person), Some(machine)) if reasons.is_empty() => {
            Decision::Allow { level: level(person, machine, facts.built_in, at), until: ends.into_iter().min() }
        }
        _ => Decision::Deny(reasons),
    }
}

/// Authorisation by the type's mode.
fn authorise(person: &Person, machine: &Machine, at: Millis, reasons: &mut Vec<Reason>, ends: &mut Vec<Millis>) {
    if machine.mode == AuthorisationMode::Open {
        return;
    }
    let helped = machine.mode == AuthorisationMode::Supervised
        && machine.trainer_beside.is_some_and(|swiped| swiped <= at && at.since(swiped) <= SUPERVISION);
    if helped {
        return;
    }
    let itself = [Subject::Type(machine.kind), Subject::Machine(machine.id)];
    let mut ask = |subjects: &[Subject], reason: Reason| {
        if person.ledger.holds(Relation::User, subjects, at) {
            ends.extend(person.ledger.holds_until(Relation::User, subjects, at));
        } else {
            reasons.push(reason);
        }
    };
    ask(
        &itself,
        match machine.mode {
            AuthorisationMode::Supervised => Reason::NeedsTrainer(machine.kind),
            AuthorisationMode::Open | AuthorisationMode::Qualified => Reason::NotQualified(machine.kind),
        },
    );
    for &required in &machine.requires {
        ask(&[Subject::Type(required)], Reason::NotQualified(required));
    }
}

fn level(person: &Person, machine: &Machine, built_in: BuiltInTypes, at: Millis) -> Level {
    let holds = |relation, subjects: &[Subject]| person.ledger.holds(relation, subjects, at);
    let itself = [Subject::Type(machine.kind), Subject::Machine(machine.id)];
    if holds(Relation::Owner, &[Subject::Type(built_in.system)]) {
        Level::Administrator
    } else if holds(Relation::Trainer, &itself) || holds(Relation::Owner, &itself) {
        Level::Staff
    } else {
        Level::User
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        id::EntryId,
        qualifications::{Entry, EntryKind},
    };

    const BUILT_IN: BuiltInTypes = BuiltInTypes { space: TypeId(1), system: TypeId(2) };
    const LASER: TypeId = TypeId(3);
    const INDUCTION: TypeId = TypeId(4);
    const NOW: Millis = Millis(1_000_000);

    fn granted(id: i64, kind: TypeId, relation: Relation, until: Option<Millis>) -> Entry {
        let subject = Subject::Type(kind);
        Entry { id: EntryId(id), subject, relation, kind: EntryKind::Granted, from: Millis(0), until }
    }

    /// A member, qualified on the laser, in front of a free laser.
    fn facts() -> Facts {
        let ledger = Ledger(vec![
            granted(1, BUILT_IN.space, Relation::User, None),
            granted(2, LASER, Relation::User, None),
        ]);
        Facts {
            person: Some(Person { id: PersonId(1), status: PersonStatus::Active, ledger, running: 0 }),
            card: Some(CardState::Active),
            machine: Some(Machine {
                id: MachineId(7),
                kind: LASER,
                mode: AuthorisationMode::Qualified,
                requires: Vec::new(),
                blocked: false,
                trainer_beside: None,
            }),
            built_in: BUILT_IN,
            simultaneous: 3,
        }
    }

    fn with(change: impl FnOnce(&mut Person, &mut Machine)) -> Facts {
        let mut facts = facts();
        change(facts.person.as_mut().unwrap(), facts.machine.as_mut().unwrap());
        facts
    }

    #[test]
    fn a_qualified_member_may() {
        assert_eq!(may_use(&facts(), NOW), Decision::Allow { level: Level::User, until: None });
    }

    #[test]
    fn each_fact_against_is_one_reason() {
        let no_card = Facts { card: Some(CardState::Lost), ..facts() };
        let nobody = Facts { person: None, card: None, ..facts() };
        let nowhere = Facts { machine: None, ..facts() };
        let cases: Vec<(Facts, Vec<Reason>)> = vec![
            (
                with(|person, _| person.status = PersonStatus::Suspended),
                vec![Reason::NotActive(PersonStatus::Suspended)],
            ),
            (
                with(|person, _| {
                    person.ledger.0.remove(0);
                }),
                vec![Reason::NotAMember],
            ),
            (no_card, vec![Reason::CardOutOfUse(CardState::Lost)]),
            (nowhere, vec![Reason::UnknownMachine]),
            (with(|_, machine| machine.blocked = true), vec![Reason::Blocked]),
            (
                with(|person, _| {
                    person.ledger.0.pop();
                }),
                vec![Reason::NotQualified(LASER)],
            ),
            (with(|_, machine| machine.requires = vec![INDUCTION]), vec![Reason::NotQualified(INDUCTION)]),
            (with(|person, _| person.running = 3), vec![Reason::TooManyMachines(3)]),
            (nobody, vec![Reason::UnknownPerson]),
        ];
        for (facts, reasons) in cases {
            assert_eq!(may_use(&facts, NOW), Decision::Deny(reasons), "{facts:?}");
        }
    }

    #[test]
    fn all_reasons_are_told_in_order() {
        let mut facts = with(|person, machine| {
            person.status = PersonStatus::Left;
            person.ledger = Ledger::default();
            person.running = 4;
            machine.blocked = true;
            machine.requires = vec![INDUCTION];
        });
        facts.card = Some(CardState::Retired);
        let Decision::Deny(reasons) = may_use(&facts, NOW) else { panic!("allowed") };
        assert_eq!(reasons.len(), 7);
        assert!(reasons.is_sorted(), "{reasons:?}");
    }

    #[test]
    fn an_open_machine_asks_for_membership_only() {
        let open = with(|person, machine| {
            machine.mode = AuthorisationMode::Open;
            machine.requires = vec![INDUCTION];
            person.ledger.0.truncate(1);
        });
        assert!(matches!(may_use(&open, NOW), Decision::Allow { .. }));
    }

    #[test]
    fn a_trainer_beside_helps_for_two_minutes_at_a_supervised_machine() {
        let supervised = |swiped: Millis| {
            with(|person, machine| {
                machine.mode = AuthorisationMode::Supervised;
                machine.trainer_beside = Some(swiped);
                person.ledger.0.truncate(1);
            })
        };
        assert!(matches!(may_use(&supervised(NOW.before(SUPERVISION)), NOW), Decision::Allow { .. }));
        let late = supervised(NOW.before(SUPERVISION + Duration::from_millis(1)));
        assert_eq!(may_use(&late, NOW), Decision::Deny(vec![Reason::NeedsTrainer(LASER)]));
    }

    #[test]
    fn the_level_is_the_highest_that_is_held() {
        for (kind, relation, expected) in [
            (LASER, Relation::Trainer, Level::Staff),
            (LASER, Relation::Owner, Level::Staff),
            (BUILT_IN.system, Relation::Owner, Level::Administrator),
            (BUILT_IN.system, Relation::User, Level::User),
            (BUILT_IN.space, Relation::Owner, Level::User),
        ] {
            let facts = with(|person, _| person.ledger.0.push(granted(9, kind, relation, None)));
            let Decision::Allow { level, .. } = may_use(&facts, NOW) else { panic!("denied") };
            assert_eq!(level, expected, "{kind:?} {relation:?}");
        }
        let administrator = with(|person, _| {
            person.ledger.0.push(granted(9, BUILT_IN.system, Relation::Owner, None));
            person.ledger.0.remove(1);
        });
        assert_eq!(may_use(&administrator, NOW), Decision::Deny(vec![Reason::NotQualified(LASER)]));
    }

    #[test]
    fn it_lasts_until_the_first_end() {
        let facts = with(|person, _| {
            person.ledger = Ledger(vec![
                granted(1, BUILT_IN.space, Relation::User, Some(Millis(9_000_000))),
                granted(2, LASER, Relation::User, Some(Millis(5_000_000))),
            ]);
        });
        let until = Some(Millis(5_000_000));
        assert_eq!(may_use(&facts, NOW), Decision::Allow { level: Level::User, until });
    }
}
