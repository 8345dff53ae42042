//! Groups of notice kinds, so that preferences are a short list.
//!
//! Invariant: every kind is in one group. Not here: the audience of a kind (`kinds`).

use super::Kind;

/// A group of kinds, in the order in which they are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum KindGroup {
    /// Own bookings and waiting lists.
    Bookings,
    /// Own checkouts, training events, modules and qualifications.
    Training,
    /// Machines that one follows.
    Followed,
    /// One's account, cards and reports.
    Account,
    /// Requests to trainers and owners.
    Work,
    /// The workshop and its management.
    Workshop,
}

impl KindGroup {
    /// Every group, in order.
    pub const ALL: [Self; 6] =
        [Self::Bookings, Self::Training, Self::Followed, Self::Account, Self::Work, Self::Workshop];
}

impl Kind {
    /// The group that it is in.
    #[must_use]
    pub const fn group(self) -> KindGroup {
        match self {
            Self::BookingMade
            | Self::BookingApproved
            | Self::BookingRejected
            | Self::BookingExpired
            | Self::BookingCancelled
            | Self::BookingMoved
            | Self::BookingReminder
            | Self::BookingReleased
            | Self::BookingAtRisk
            | Self::BookingClash
            | Self::BookingOutage
            | Self::BookingBack
            | Self::BookingOffered
            | Self::OfferLapsed
            | Self::HandOverOffered
            | Self::HandOverAccepted
            | Self::HandOverDeclined
            | Self::SeriesChanged
            | Self::DrawOpened
            | Self::DrawClosed
            | Self::DrawResult
            | Self::DrawRenewed => KindGroup::Bookings,
            Self::Granted
            | Self::Revoked
            | Self::Banned
            | Self::Unbanned
            | Self::Expiring
            | Self::CheckoutMoved
            | Self::CheckoutAccepted
            | Self::CheckoutRejected
            | Self::CheckoutCancelled
            | Self::CheckoutFailed
            | Self::CheckoutReminder
            | Self::CheckoutClash
            | Self::EventInvited
            | Self::EventLapsed
            | Self::EventPlaced
            | Self::EventMoved
            | Self::EventCancelled
            | Self::EventResult
            | Self::EventReminder
            | Self::EventResultsDue
            | Self::EventHosted
            | Self::TrainingAgain => KindGroup::Training,
            Self::MachineUnsafe
            | Self::MachineBlocked
            | Self::MachineFree
            | Self::MaintenanceDue
            | Self::TimeFreed => KindGroup::Followed,
            Self::HoldPlaced
            | Self::HoldLifted
            | Self::StatusChanged
            | Self::PasswordChanged
            | Self::SecondFactorChanged
            | Self::SignInMethodChanged
            | Self::AddressBounced
            | Self::CardGiven
            | Self::ClaimRefused
            | Self::ProblemAcknowledged
            | Self::ProblemResolved
            | Self::GroupInvited
            | Self::GroupChanged
            | Self::DuesLate
            | Self::DuesEnded
            | Self::HelpAnswered
            | Self::DocumentToSign
            | Self::DocumentLapsing
            | Self::UseCorrected => KindGroup::Account,
            Self::BookingAsked
            | Self::CheckoutAsked
            | Self::CheckoutWanted
            | Self::GroupAsked
            | Self::GroupWithoutAdmin
            | Self::ProblemReported
            | Self::HelpAsked
            | Self::CalendarClash
            | Self::CalendarLeftOut => KindGroup::Work,
            Self::CardClaimed
            | Self::ActuatorSilent
            | Self::ActuatorFailed
            | Self::MeterBeyond
            | Self::MachineUnswiped
            | Self::DuesCommandFailed
            | Self::WebhookPaused
            | Self::DirectorySync
            | Self::JobFailed
            | Self::SlackPaused
            | Self::SettingKept
            | Self::Announced => KindGroup::Workshop,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_group_has_kinds_in_order() {
        for group in KindGroup::ALL {
            assert!(Kind::ALL.iter().any(|kind| kind.group() == group), "{group:?}");
        }
        assert!(KindGroup::ALL.is_sorted());
    }
}
