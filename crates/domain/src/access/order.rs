//! The order in which reasons for refusal are shown: the reader's own steps first, those of others last.
//!
//! Invariant: every list of reasons that people read – a machine's page, *Now*, a refused booking, the API – is in
//! this order. Not here: the order in which rules are checked, which boards and the audit log use.

use super::{Reason, Rule};
use crate::{documents::DocumentKind, id::ModuleId, string_enum::string_enum};

/// Who can resolve a reason, in the order in which reasons are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Resolver {
    /// The person, right now.
    SelfNow,
    /// The person, once earlier steps are done or at a time that they choose.
    SelfLater,
    /// Another person; no step of the person's own.
    Others,
    /// Nobody: it passes with time.
    Time,
}

impl Reason {
    /// Who can resolve it. Without a wildcard, so that a new reason must decide.
    #[must_use]
    pub const fn resolver(self) -> Resolver {
        match self {
            Self::UnknownPerson
            | Self::CardOutOfUse(_)
            | Self::TrainingMissing(_)
            | Self::TrainingLapsed(_)
            | Self::DocumentUnsigned { kind: DocumentKind::Text, .. }
            | Self::TooManyMachines(_) => Resolver::SelfNow,
            Self::NotQualified(_) | Self::NeedsTrainer(_) | Self::BookedByOther { .. } | Self::NeedsBooking => {
                Resolver::SelfLater
            }
            Self::NotActive(_)
            | Self::OnHold { until: None, .. }
            | Self::NotAMember
            | Self::UnknownMachine
            | Self::Blocked
            | Self::MaintenanceDue
            | Self::NotPermitted
            | Self::DocumentUnsigned { kind: DocumentKind::Paper, .. }
            | Self::Banned { until: None, .. }
            | Self::Closed { opens: None }
            | Self::TooFewPresent { .. } => Resolver::Others,
            Self::OnHold { until: Some(_), .. }
            | Self::Banned { until: Some(_), .. }
            | Self::Closed { opens: Some(_) }
            | Self::InUse => Resolver::Time,
        }
    }

    /// Whether it is a step of the person's own, now or later.
    #[must_use]
    pub const fn is_own_step(self) -> bool {
        matches!(self.resolver(), Resolver::SelfNow | Resolver::SelfLater)
    }

    /// Whether it also bars booking: it is about the person and does not pass by itself. Whether a trainer comes
    /// to a booked time is seen only then.
    #[must_use]
    pub const fn bars_booking(self) -> bool {
        match self.rule() {
            Rule::Known | Rule::Active | Rule::NoHold | Rule::Member | Rule::Trained | Rule::Signed => true,
            Rule::Authorised => !matches!(self, Self::NeedsTrainer(_) | Self::NotPermitted),
            Rule::Card
            | Rule::Machine
            | Rule::NotBlocked
            | Rule::Maintained
            | Rule::Booked
            | Rule::Open
            | Rule::Company
            | Rule::Unused
            | Rule::Limit => false,
        }
    }
}

/// Sorts reasons for display: by who can resolve them, otherwise as found.
#[must_use]
pub fn prioritized(reasons: &[Reason]) -> Vec<Reason> {
    let mut ordered = reasons.to_vec();
    ordered.sort_by_key(|reason| reason.resolver());
    ordered
}

string_enum! {
    /// What a person lacks to use a machine, as a code.
    Lack {
        /// A video that they have not watched.
        Video = "video",
        /// A quiz that they have not passed.
        Quiz = "quiz",
        /// A document that they have not signed.
        Signature = "signature",
        Checkout = "checkout",
        /// A booking of their own.
        Booking = "booking",
        Trainer = "trainer",
        /// A card that works.
        Card = "card",
        /// They are on as many machines as they may be.
        OtherMachine = "other-machine",
        Membership = "membership",
        Hold = "hold",
        /// A document that they have not handed in on paper.
        Paper = "paper",
        /// They are banned from it.
        Ban = "ban",
        /// Maintenance must be done to it.
        Maintenance = "maintenance",
        /// They are in none of the groups to which it is open.
        Group = "group",
        /// More people must be there.
        Company = "company",
        /// It is closed for an unknown time.
        Closed = "closed",
    }
}

/// The remaining parts of a module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ModuleLeft {
    pub video: bool,
    pub quiz: bool,
}

/// Reasons in a few words: all remaining steps of the person, or else the first step of others. Empty if the state
/// of the machine already shows it. `left` returns the remaining parts of a module.
#[must_use]
pub fn lacks(reasons: &[Reason], left: impl Fn(ModuleId) -> ModuleLeft) -> Vec<Lack> {
    let ordered = prioritized(reasons);
    let of = |reason: &Reason| match *reason {
        Reason::TrainingMissing(module) | Reason::TrainingLapsed(module) => {
            let left = left(module);
            vec![left.video.then_some(Lack::Video), left.quiz.then_some(Lack::Quiz)]
        }
        Reason::DocumentUnsigned { kind: DocumentKind::Text, .. } => vec![Some(Lack::Signature)],
        Reason::DocumentUnsigned { kind: DocumentKind::Paper, .. } => vec![Some(Lack::Paper)],
        Reason::NotQualified(_) => vec![Some(Lack::Checkout)],
        Reason::NeedsTrainer(_) => vec![Some(Lack::Trainer)],
        Reason::NeedsBooking => vec![Some(Lack::Booking)],
        Reason::UnknownPerson | Reason::CardOutOfUse(_) => vec![Some(Lack::Card)],
        Reason::NotActive(_) | Reason::NotAMember => vec![Some(Lack::Membership)],
        Reason::OnHold { .. } => vec![Some(Lack::Hold)],
        Reason::Banned { .. } => vec![Some(Lack::Ban)],
        Reason::NotPermitted => vec![Some(Lack::Group)],
        Reason::MaintenanceDue => vec![Some(Lack::Maintenance)],
        Reason::TooFewPresent { .. } => vec![Some(Lack::Company)],
        Reason::TooManyMachines(_) => vec![Some(Lack::OtherMachine)],
        Reason::Closed { opens: None } => vec![Some(Lack::Closed)],
        // Blocked, reserved, closed until, in use: the machine's state says it.
        Reason::UnknownMachine
        | Reason::Blocked
        | Reason::BookedByOther { .. }
        | Reason::Closed { opens: Some(_) }
        | Reason::InUse => Vec::new(),
    };
    let all = |own: bool| ordered.iter().filter(move |reason| reason.is_own_step() == own).flat_map(of).flatten();
    let mut lacks: Vec<_> = all(true).collect();
    if lacks.is_empty() {
        return all(false).take(1).collect();
    }
    if lacks.iter().any(|lack| matches!(lack, Lack::Video | Lack::Quiz)) {
        // With training left to do, the path leads to a checkout.
        lacks.iter_mut().filter(|lack| **lack == Lack::Trainer).for_each(|lack| *lack = Lack::Checkout);
    }
    lacks.sort_unstable();
    lacks.dedup();
    lacks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        access::Remedy,
        cards::CardState,
        documents::Gap,
        holds::HoldReason,
        id::{DocumentId, HoldId, TypeId},
        people::PersonStatus,
        time::Millis,
    };

    const KIND: TypeId = TypeId(3);

    const fn unsigned(kind: DocumentKind, gap: Gap) -> Reason {
        Reason::DocumentUnsigned { document: DocumentId(1), kind, gap }
    }

    /// One of every code, in the order in which rules are checked.
    fn all() -> Vec<Reason> {
        vec![
            Reason::UnknownPerson,
            Reason::NotActive(PersonStatus::Suspended),
            Reason::OnHold { hold: HoldId(1), reason: HoldReason::Unpaid, until: None },
            Reason::NotAMember,
            Reason::CardOutOfUse(CardState::Lost),
            Reason::UnknownMachine,
            Reason::Blocked,
            Reason::MaintenanceDue,
            Reason::Banned { kind: KIND, until: None },
            Reason::NotQualified(KIND),
            Reason::NeedsTrainer(KIND),
            Reason::NotPermitted,
            Reason::TrainingMissing(ModuleId(1)),
            Reason::TrainingLapsed(ModuleId(2)),
            unsigned(DocumentKind::Text, Gap::Missing),
            unsigned(DocumentKind::Paper, Gap::Outdated),
            unsigned(DocumentKind::Text, Gap::Lapsed),
            Reason::BookedByOther { from: Millis(0), until: Millis(1) },
            Reason::NeedsBooking,
            Reason::Closed { opens: None },
            Reason::TooFewPresent { present: 1, needed: 2 },
            Reason::InUse,
            Reason::TooManyMachines(1),
        ]
    }

    #[test]
    fn reason_order_contains_every_reason_once() {
        let codes: Vec<_> = all().iter().map(|reason| reason.code()).collect();
        assert_eq!(codes, Reason::CODES, "one of every reason, so that none is left out below");
        let reported: Vec<_> = prioritized(&all()).iter().map(|reason| reason.code()).collect();
        let expected = [
            "person.unknown",
            "card.out-of-use",
            "training.missing",
            "training.lapsed",
            "document.missing",
            "document.lapsed",
            "person.too-many-machines",
            "qualification.missing",
            "qualification.trainer-needed",
            "booking.others",
            "booking.needed",
            "person.not-active",
            "person.hold",
            "person.not-a-member",
            "machine.unknown",
            "machine.blocked",
            "machine.maintenance-due",
            "qualification.banned",
            "group.not-permitted",
            "document.outdated",
            "hours.closed",
            "people.too-few",
            "machine.in-use",
        ];
        assert_eq!(reported, expected);
    }

    #[test]
    fn training_precedes_checkout_and_maintenance_is_not_own_step() {
        let found = [
            Reason::MaintenanceDue,
            Reason::NeedsTrainer(KIND),
            Reason::TrainingMissing(ModuleId(1)),
            Reason::InUse,
        ];
        let reported = prioritized(&found);
        assert_eq!(
            reported,
            [
                Reason::TrainingMissing(ModuleId(1)),
                Reason::NeedsTrainer(KIND),
                Reason::MaintenanceDue,
                Reason::InUse
            ]
        );
        assert!(!Reason::MaintenanceDue.is_own_step() && Reason::NotQualified(KIND).is_own_step());
    }

    #[test]
    fn reason_with_end_resolves_by_waiting() {
        let with = |until| {
            [
                Reason::Closed { opens: until },
                Reason::OnHold { hold: HoldId(1), reason: HoldReason::Unpaid, until },
                Reason::Banned { kind: KIND, until },
            ]
        };
        let end = Some(Millis(5));
        for (passes, stays) in with(end).into_iter().zip(with(None)) {
            assert_eq!((passes.resolver(), stays.resolver()), (Resolver::Time, Resolver::Others), "{passes:?}");
            assert_eq!(passes.remedy(Some(KIND)), Remedy::Wait(end), "{passes:?}");
            assert!(matches!(stays.remedy(Some(KIND)), Remedy::Ask(_)), "{stays:?}");
        }
        let [_, hold, ban] = with(end);
        assert_eq!(
            prioritized(&[hold, ban, Reason::MaintenanceDue]),
            [Reason::MaintenanceDue, hold, ban],
            "what somebody must do comes before what passes"
        );
    }

    #[test]
    fn lacks_list_own_steps_or_first_step_of_others() {
        let left = |ModuleId(id)| ModuleLeft { video: id == 1, quiz: true };
        let [one, two] = [1, 2].map(|id| Reason::TrainingMissing(ModuleId(id)));
        let hold = Reason::OnHold { hold: HoldId(1), reason: HoldReason::Unpaid, until: None };
        for (reasons, expected) in [
            (vec![Reason::NotQualified(KIND), one, two], vec![Lack::Video, Lack::Quiz, Lack::Checkout]),
            (vec![hold, Reason::NeedsTrainer(KIND), two], vec![Lack::Quiz, Lack::Checkout]),
            (vec![Reason::NeedsTrainer(KIND)], vec![Lack::Trainer]),
            (vec![Reason::NeedsTrainer(KIND), Reason::NeedsBooking], vec![Lack::Booking, Lack::Trainer]),
            (vec![Reason::UnknownPerson, Reason::NeedsTrainer(KIND)], vec![Lack::Trainer, Lack::Card]),
            (
                vec![Reason::NeedsTrainer(KIND), Reason::TooManyMachines(1)],
                vec![Lack::Trainer, Lack::OtherMachine],
            ),
            (
                vec![Reason::NeedsTrainer(KIND), one, Reason::NeedsBooking],
                vec![Lack::Video, Lack::Quiz, Lack::Checkout, Lack::Booking],
            ),
            (vec![Reason::TooManyMachines(1)], vec![Lack::OtherMachine]),
            (vec![Reason::Closed { opens: None }], vec![Lack::Closed]),
            (vec![Reason::Closed { opens: Some(Millis(5)) }], vec![]),
            (vec![hold, Reason::MaintenanceDue], vec![Lack::Hold]),
            (vec![Reason::MaintenanceDue, Reason::InUse], vec![Lack::Maintenance]),
            (vec![Reason::NotPermitted], vec![Lack::Group]),
            (
                vec![one, unsigned(DocumentKind::Text, Gap::Outdated)],
                vec![Lack::Video, Lack::Quiz, Lack::Signature],
            ),
            (vec![unsigned(DocumentKind::Paper, Gap::Missing)], vec![Lack::Paper]),
            (vec![Reason::Blocked], vec![]),
            (vec![Reason::InUse], vec![]),
        ] {
            assert_eq!(lacks(&reasons, left), expected, "{reasons:?}");
        }
    }

    #[test]
    fn only_machine_state_reasons_yield_no_lack() {
        let left = |_| ModuleLeft { video: true, quiz: true };
        let silent: Vec<_> = all().into_iter().filter(|reason| lacks(&[*reason], left).is_empty()).collect();
        let codes: Vec<_> = silent.into_iter().map(Reason::code).collect();
        assert_eq!(codes, ["machine.unknown", "machine.blocked", "booking.others", "machine.in-use"]);
    }

    #[test]
    fn only_lasting_personal_reasons_bar_booking() {
        let bars: Vec<_> = all().into_iter().filter(|reason| reason.bars_booking()).map(Reason::code).collect();
        let expected = [
            "person.unknown",
            "person.not-active",
            "person.hold",
            "person.not-a-member",
            "qualification.banned",
            "qualification.missing",
            "training.missing",
            "training.lapsed",
            "document.missing",
            "document.outdated",
            "document.lapsed",
        ];
        assert_eq!(bars, expected);
    }
}
