//! Reasons for refusal and their remedies: codes and arguments, never sentences.

use super::Rule;
use crate::{
    cards::CardState,
    documents::{DocumentKind, Gap},
    holds::HoldReason,
    id::{DocumentId, HoldId, ModuleId, TypeId},
    people::PersonStatus,
    time::Millis,
};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// The card is not assigned.
    UnknownPerson,
    /// An applicant, suspended, or a former member.
    NotActive(PersonStatus),
    /// A hold is in force.
    OnHold {
        hold: HoldId,
        reason: HoldReason,
        /// When it ends by itself.
        until: Option<Millis>,
    },
    /// Not a member (any more).
    NotAMember,
    /// The card is lost or retired.
    CardOutOfUse(CardState),
    UnknownMachine,
    /// The machine is blocked.
    Blocked,
    /// Something has to be done to the machine first.
    MaintenanceDue,
    /// Banned from a type it takes.
    Banned {
        kind: TypeId,
        /// When the ban ends by itself.
        until: Option<Millis>,
    },
    /// Not qualified on a type it takes.
    NotQualified(TypeId),
    /// Requires a trainer's presence, or to be qualified.
    NeedsTrainer(TypeId),
    /// A door that is open to certain groups, and the person is in none of them.
    NotPermitted,
    /// A module that it requires is not completed.
    TrainingMissing(ModuleId),
    /// It was completed, but a newer edition is required by now.
    TrainingLapsed(ModuleId),
    /// A document that it asks for is not signed, or not any more.
    DocumentUnsigned {
        document: DocumentId,
        kind: DocumentKind,
        gap: Gap,
    },
    /// Another person has it booked now, or soon.
    BookedByOther {
        from: Millis,
        until: Millis,
    },
    /// It requires an own booking.
    NeedsBooking,
    /// Outside of the opening hours, or in a closure.
    Closed {
        /// When it opens, if known.
        opens: Option<Millis>,
    },
    /// Fewer people are present than the machine requires.
    TooFewPresent {
        /// People here, the caller counted.
        present: u8,
        /// People there must be.
        needed: u8,
    },
    /// Another person is on it.
    InUse,
    /// On as many machines as allowed.
    TooManyMachines(u8),
}

/// How a reason can be resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Remedy {
    /// Something the person can do.
    Do(RemedyAction),
    /// A person who can help.
    Ask(Helper),
    /// By waiting; until when, if known.
    Wait(Option<Millis>),
}

/// An action that resolves a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RemedyAction {
    /// Claim the card at the machine.
    ClaimCard,
    /// Use another of one's cards.
    UseAnotherCard,
    /// Log out of another machine.
    LogOutElsewhere,
    /// Have a trainer swipe first.
    FetchTrainer(TypeId),
    /// Work while this many more people are present.
    BringPeople(u8),
    /// Watch a module, and pass its quiz.
    Learn(ModuleId),
    /// Read a document, and sign it.
    Sign(DocumentId),
    Book,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Helper {
    /// A manager of the space.
    Manager,
    /// A trainer of this type.
    Trainer(TypeId),
    /// An owner of this type.
    Owner(TypeId),
}

impl Reason {
    /// Every code, in the order of the reasons.
    pub const CODES: [&'static str; 23] = [
        "person.unknown",
        "person.not-active",
        "person.hold",
        "person.not-a-member",
        "card.out-of-use",
        "machine.unknown",
        "machine.blocked",
        "machine.maintenance-due",
        "qualification.banned",
        "qualification.missing",
        "qualification.trainer-needed",
        "group.not-permitted",
        "training.missing",
        "training.lapsed",
        "document.missing",
        "document.outdated",
        "document.lapsed",
        "booking.others",
        "booking.needed",
        "hours.closed",
        "people.too-few",
        "machine.in-use",
        "person.too-many-machines",
    ];

    /// Stable, for programs and records.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::UnknownPerson => "person.unknown",
            Self::NotActive(_) => "person.not-active",
            Self::OnHold { .. } => "person.hold",
            Self::NotAMember => "person.not-a-member",
            Self::CardOutOfUse(_) => "card.out-of-use",
            Self::UnknownMachine => "machine.unknown",
            Self::Blocked => "machine.blocked",
            Self::MaintenanceDue => "machine.maintenance-due",
            Self::Banned { .. } => "qualification.banned",
            Self::NotQualified(_) => "qualification.missing",
            Self::NeedsTrainer(_) => "qualification.trainer-needed",
            Self::NotPermitted => "group.not-permitted",
            Self::TrainingMissing(_) => "training.missing",
            Self::TrainingLapsed(_) => "training.lapsed",
            Self::DocumentUnsigned { gap: Gap::Missing, .. } => "document.missing",
            Self::DocumentUnsigned { gap: Gap::Outdated, .. } => "document.outdated",
            Self::DocumentUnsigned { gap: Gap::Lapsed, .. } => "document.lapsed",
            Self::BookedByOther { .. } => "booking.others",
            Self::NeedsBooking => "booking.needed",
            Self::Closed { .. } => "hours.closed",
            Self::TooFewPresent { .. } => "people.too-few",
            Self::InUse => "machine.in-use",
            Self::TooManyMachines(_) => "person.too-many-machines",
        }
    }

    /// The rule that failed.
    #[must_use]
    pub const fn rule(self) -> Rule {
        match self {
            Self::UnknownPerson => Rule::Known,
            Self::NotActive(_) => Rule::Active,
            Self::OnHold { .. } => Rule::NoHold,
            Self::NotAMember => Rule::Member,
            Self::CardOutOfUse(_) => Rule::Card,
            Self::UnknownMachine => Rule::Machine,
            Self::Blocked => Rule::NotBlocked,
            Self::MaintenanceDue => Rule::Maintained,
            Self::Banned { .. } | Self::NotQualified(_) | Self::NeedsTrainer(_) | Self::NotPermitted => {
                Rule::Authorised
            }
            Self::TrainingMissing(_) | Self::TrainingLapsed(_) => Rule::Trained,
            Self::DocumentUnsigned { .. } => Rule::Signed,
            Self::BookedByOther { .. } | Self::NeedsBooking => Rule::Booked,
            Self::Closed { .. } => Rule::Open,
            Self::TooFewPresent { .. } => Rule::Company,
            Self::InUse => Rule::Unused,
            Self::TooManyMachines(_) => Rule::Limit,
        }
    }

    /// The remedy. `kind` is the machine's type, if there is a machine.
    #[must_use]
    pub fn remedy(self, kind: Option<TypeId>) -> Remedy {
        match self {
            Self::UnknownPerson => Remedy::Do(RemedyAction::ClaimCard),
            Self::CardOutOfUse(_) => Remedy::Do(RemedyAction::UseAnotherCard),
            Self::TooManyMachines(_) => Remedy::Do(RemedyAction::LogOutElsewhere),
            Self::NeedsTrainer(kind) => Remedy::Do(RemedyAction::FetchTrainer(kind)),
            Self::TooFewPresent { present, needed } => {
                Remedy::Do(RemedyAction::BringPeople(needed.saturating_sub(present)))
            }
            Self::TrainingMissing(module) | Self::TrainingLapsed(module) => {
                Remedy::Do(RemedyAction::Learn(module))
            }
            Self::DocumentUnsigned { document, kind: DocumentKind::Text, .. } => {
                Remedy::Do(RemedyAction::Sign(document))
            }
            Self::BookedByOther { .. } | Self::NeedsBooking => Remedy::Do(RemedyAction::Book),
            Self::NotQualified(kind) => Remedy::Ask(Helper::Trainer(kind)),
            Self::Banned { kind, until: None } => Remedy::Ask(Helper::Owner(kind)),
            Self::Blocked | Self::MaintenanceDue => Remedy::Ask(kind.map_or(Helper::Manager, Helper::Owner)),
            Self::OnHold { until: Some(end), .. }
            | Self::Banned { until: Some(end), .. }
            | Self::Closed { opens: Some(end) } => Remedy::Wait(Some(end)),
            Self::InUse => Remedy::Wait(None),
            Self::NotActive(_)
            | Self::OnHold { until: None, .. }
            | Self::NotAMember
            | Self::UnknownMachine
            | Self::NotPermitted
            | Self::DocumentUnsigned { kind: DocumentKind::Paper, .. }
            | Self::Closed { opens: None } => Remedy::Ask(Helper::Manager),
        }
    }
}
