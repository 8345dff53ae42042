//! What a notice is about: the thing whose page it leads to, and by which it is filtered.

use super::Notice;
use crate::id::{AnnouncementId, DocumentId, DrawId, GroupId, MachineId, RoomId, TypeId};
use crate::qualifications::Subject;

impl Notice {
    /// The machine that it is about.
    #[must_use]
    pub const fn machine(&self) -> Option<MachineId> {
        match *self {
            Self::Granted { on, .. }
            | Self::Revoked { on, .. }
            | Self::Banned { on, .. }
            | Self::Unbanned { on, .. }
            | Self::Expiring { on, .. } => on.sides().1,
            Self::Reported { machine, .. }
            | Self::Acknowledged { machine, .. }
            | Self::Resolved { machine, .. }
            | Self::Blocked { machine, .. }
            | Self::Free { machine, .. }
            | Self::MaintenanceDue { machine, .. }
            | Self::Unswiped { machine, .. }
            | Self::UseCorrected { machine, .. }
            | Self::HelpAsked { machine, .. }
            | Self::HelpAnswered { machine, .. }
            | Self::TimeFreed { machine, .. }
            | Self::Outage { machine, .. }
            | Self::OutageOver { machine, .. } => Some(machine),
            Self::Booking { resource, .. }
            | Self::HandOver { resource, .. }
            | Self::Waiting { resource, .. }
            | Self::Series { resource, .. }
            | Self::CalendarClash { resource, .. }
            | Self::CalendarLeftOut { resource, .. } => resource.machine(),
            Self::HoldPlaced { .. }
            | Self::HoldLifted { .. }
            | Self::StatusChanged { .. }
            | Self::PasswordChanged { .. }
            | Self::SecondFactorChanged { .. }
            | Self::SignInMethodChanged { .. }
            | Self::AddressBounced { .. }
            | Self::CardClaimed { .. }
            | Self::CardGiven { .. }
            | Self::ClaimRefused { .. }
            | Self::Checkout { .. }
            | Self::CheckoutWanted { .. }
            | Self::JobFailed { .. }
            | Self::ActuatorSilent { .. }
            | Self::ActuatorFailed { .. }
            | Self::MeterBeyond { .. }
            | Self::SlackPaused { .. }
            | Self::BookingsStayFree
            | Self::Announced { .. }
            | Self::Group { .. }
            | Self::GroupRestored { .. }
            | Self::Draw { .. }
            | Self::Event { .. }
            | Self::Dues { .. }
            | Self::DuesCommandFailed { .. }
            | Self::WebhookPaused { .. }
            | Self::DocumentToSign { .. }
            | Self::DocumentLapsing { .. }
            | Self::DirectorySync { .. }
            | Self::TrainingAgain { .. } => None,
        }
    }

    /// The room that it is about.
    #[must_use]
    pub const fn room(&self) -> Option<RoomId> {
        match *self {
            Self::Booking { resource, .. }
            | Self::HandOver { resource, .. }
            | Self::Waiting { resource, .. }
            | Self::Series { resource, .. }
            | Self::CalendarClash { resource, .. }
            | Self::CalendarLeftOut { resource, .. } => resource.room(),
            _ => None,
        }
    }

    /// The group that it is about.
    #[must_use]
    pub const fn group(&self) -> Option<GroupId> {
        match *self {
            Self::Group { group, .. } | Self::GroupRestored { group, .. } => Some(group),
            _ => None,
        }
    }

    /// The draw that it is about.
    #[must_use]
    pub const fn draw(&self) -> Option<DrawId> {
        match *self {
            Self::Draw { draw, .. } => Some(draw),
            _ => None,
        }
    }

    /// The announcement that it is about.
    #[must_use]
    pub const fn announcement(&self) -> Option<AnnouncementId> {
        match *self {
            Self::Announced { announcement } => Some(announcement),
            _ => None,
        }
    }

    /// The document that it is about.
    #[must_use]
    pub const fn document(&self) -> Option<DocumentId> {
        match *self {
            Self::DocumentToSign { document, .. } | Self::DocumentLapsing { document, .. } => Some(document),
            _ => None,
        }
    }

    /// The type that it is about.
    #[must_use]
    pub const fn of_type(&self) -> Option<TypeId> {
        match *self {
            Self::Granted { on: Subject::Type(kind), .. }
            | Self::Revoked { on: Subject::Type(kind), .. }
            | Self::Banned { on: Subject::Type(kind), .. }
            | Self::Unbanned { on: Subject::Type(kind), .. }
            | Self::Expiring { on: Subject::Type(kind), .. } => Some(kind),
            Self::Checkout { on, .. } | Self::CheckoutWanted { on, .. } | Self::Event { on, .. } => Some(on),
            _ => None,
        }
    }
}
