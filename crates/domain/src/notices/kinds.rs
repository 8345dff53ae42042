//! Notice kinds: audience, urgency, and default channels of each.
//!
//! Invariant: everything common to the notices of a kind is here, so a new kind does not compile until it is
//! answered.

use crate::{actor::Permission, string_enum::string_enum};

string_enum! {
    /// What a notice is about.
    Kind {
        /// Somebody was given a qualification.
        Granted = "qualification.granted",
        /// It was taken away.
        Revoked = "qualification.revoked",
        /// Somebody was banned from machines of a type.
        Banned = "qualification.banned",
        /// The ban was lifted.
        Unbanned = "qualification.unbanned",
        /// A qualification ends soon.
        Expiring = "qualification.expiring",
        /// Somebody was put on hold.
        HoldPlaced = "hold.placed",
        /// The hold was lifted.
        HoldLifted = "hold.lifted",
        /// Somebody stands differently in the space: admitted, suspended, back, gone.
        StatusChanged = "account.status",
        /// A password was changed or set.
        PasswordChanged = "account.password",
        /// A second factor was set up or taken off.
        SecondFactorChanged = "account.second-factor",
        /// Mails to somebody come back.
        AddressBounced = "account.bounced",
        /// Somebody says that a card is theirs.
        CardClaimed = "card.claimed",
        /// Somebody was given a card.
        CardGiven = "card.given",
        /// A claim was refused.
        ClaimRefused = "card.refused",
        /// A problem was reported that is not dangerous.
        ProblemReported = "problem.reported",
        /// A machine was reported unsafe and is blocked.
        MachineUnsafe = "machine.unsafe",
        /// A problem was acknowledged.
        ProblemAcknowledged = "problem.acknowledged",
        /// A problem was resolved.
        ProblemResolved = "problem.resolved",
        /// A machine was blocked.
        MachineBlocked = "machine.blocked",
        /// The block was lifted.
        MachineFree = "machine.free",
        MaintenanceDue = "maintenance.due",
        /// A use was corrected by somebody else.
        UseCorrected = "use.corrected",
        /// A member asks for a checkout.
        CheckoutAsked = "checkout.asked",
        /// No time that trainers offer suits a member.
        CheckoutWanted = "checkout.wanted",
        /// A checkout was moved to another time or trainer.
        CheckoutMoved = "checkout.moved",
        CheckoutAccepted = "checkout.accepted",
        /// The trainer does not come.
        CheckoutRejected = "checkout.rejected",
        /// A checkout was called off.
        CheckoutCancelled = "checkout.cancelled",
        /// A checkout is to be tried again.
        CheckoutFailed = "checkout.failed",
        /// A checkout begins soon.
        CheckoutReminder = "checkout.reminder",
        /// An event of an external calendar meets a checkout.
        CheckoutClash = "checkout.clash",
        /// A member asks for a booking.
        BookingAsked = "booking.asked",
        BookingApproved = "booking.approved",
        /// Somebody booked a time for them.
        BookingMade = "booking.made",
        BookingRejected = "booking.rejected",
        /// Nobody answered in time.
        BookingExpired = "booking.expired",
        /// A booking was called off.
        BookingCancelled = "booking.cancelled",
        /// Somebody else moved a booking, or made it shorter or longer.
        BookingMoved = "booking.moved",
        /// A booking begins soon.
        BookingReminder = "booking.reminder",
        /// Its holder did not come, and its time was given to others.
        BookingReleased = "booking.released",
        /// Something is in the way of a booking that runs, or it is not used.
        BookingAtRisk = "booking.at-risk",
        /// An event of an external calendar meets a booking.
        BookingClash = "booking.clash",
        /// A machine that somebody has booked is out of service.
        BookingOutage = "booking.outage",
        BookingBack = "booking.back",
        /// A time that somebody waits for is offered to them.
        BookingOffered = "booking.offered",
        /// They did not answer an offer in time.
        OfferLapsed = "booking.offer-lapsed",
        /// A time of a machine became free.
        TimeFreed = "machine.time-free",
        /// Somebody offers their booking.
        HandOverOffered = "booking.hand-over",
        /// A booking was handed over.
        HandOverAccepted = "booking.handed-over",
        /// An offered booking was declined.
        HandOverDeclined = "booking.hand-over-declined",
        /// Events of an external calendar meet what was promised.
        CalendarClash = "calendar.clash",
        /// Events of an external calendar were left out.
        CalendarLeftOut = "calendar.left-out",
        /// A job of the program failed.
        JobFailed = "job.failed",
        /// A newer version means something else by what nobody set, and this space goes on as before.
        SettingKept = "setting.kept",
        Announced = "announcement.published",
        /// A module that somebody completed must be completed again.
        TrainingAgain = "training.again",
    }
}

string_enum! {
    /// How soon a notice must be known; a later one is more urgent.
    Urgency {
        Info = "info",
        /// Somebody has to do something, or asked to hear of it.
        Action = "action",
        /// About safety, or about who can get in: told also to whoever did it.
        Safety = "safety",
    }
}

/// Whom a kind of notice concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// The one person it is about.
    Themselves,
    /// Whoever may do this about it: those who were given the machine or type first; managers where there are none, and
    /// administrators where there are no managers.
    Responsible(Permission),
    /// Whoever follows the machine.
    Followers,
    /// Followers, and whoever may do this about the machine, as above.
    FollowersAnd(Permission),
    /// Those whom the announcement is for.
    Announced,
}

impl Kind {
    #[must_use]
    pub const fn audience(self) -> Audience {
        match self {
            Self::Granted
            | Self::Revoked
            | Self::Banned
            | Self::Unbanned
            | Self::Expiring
            | Self::HoldPlaced
            | Self::HoldLifted
            | Self::StatusChanged
            | Self::PasswordChanged
            | Self::SecondFactorChanged
            | Self::AddressBounced
            | Self::CardGiven
            | Self::ClaimRefused
            | Self::ProblemAcknowledged
            | Self::ProblemResolved
            | Self::UseCorrected
            | Self::CheckoutAsked
            | Self::CheckoutMoved
            | Self::CheckoutAccepted
            | Self::CheckoutRejected
            | Self::CheckoutCancelled
            | Self::CheckoutFailed
            | Self::CheckoutReminder
            | Self::CheckoutClash
            | Self::BookingApproved
            | Self::BookingMade
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
            | Self::CalendarLeftOut
            | Self::TrainingAgain => Audience::Themselves,
            Self::BookingAsked => Audience::Responsible(Permission::Moderate),
            Self::CheckoutWanted => Audience::Responsible(Permission::CheckOut),
            Self::CardClaimed => Audience::Responsible(Permission::GiveCard),
            Self::CalendarClash => Audience::Responsible(Permission::CareFor),
            Self::JobFailed => Audience::Responsible(Permission::System),
            Self::SettingKept => Audience::Responsible(Permission::ChangeSettings),
            Self::MachineUnsafe | Self::ProblemReported => Audience::FollowersAnd(Permission::CareFor),
            Self::MaintenanceDue => Audience::FollowersAnd(Permission::Maintain),
            Self::MachineBlocked | Self::MachineFree | Self::TimeFreed => Audience::Followers,
            Self::Announced => Audience::Announced,
        }
    }

    /// How soon it must be known.
    #[must_use]
    pub const fn urgency(self) -> Urgency {
        match self {
            Self::MachineUnsafe | Self::PasswordChanged | Self::SecondFactorChanged | Self::StatusChanged => {
                Urgency::Safety
            }
            Self::Revoked
            | Self::Banned
            | Self::Expiring
            | Self::HoldPlaced
            | Self::AddressBounced
            | Self::CardClaimed
            | Self::ClaimRefused
            | Self::ProblemReported
            | Self::MaintenanceDue
            | Self::MachineBlocked
            | Self::MachineFree
            | Self::CheckoutAsked
            | Self::CheckoutWanted
            | Self::CheckoutMoved
            | Self::CheckoutAccepted
            | Self::CheckoutRejected
            | Self::CheckoutCancelled
            | Self::CheckoutFailed
            | Self::CheckoutReminder
            | Self::CheckoutClash
            | Self::BookingAsked
            | Self::BookingApproved
            | Self::BookingMade
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
            | Self::CalendarClash
            | Self::CalendarLeftOut
            | Self::TimeFreed
            | Self::JobFailed
            | Self::SettingKept
            | Self::TrainingAgain => Urgency::Action,
            Self::Granted
            | Self::Unbanned
            | Self::HoldLifted
            | Self::CardGiven
            | Self::ProblemAcknowledged
            | Self::ProblemResolved
            | Self::UseCorrected
            | Self::Announced => Urgency::Info,
        }
    }
}

impl Kind {
    /// Whether its reader cannot switch it off.
    #[must_use]
    pub const fn is_locked(self) -> bool {
        matches!(self.urgency(), Urgency::Safety)
    }

    /// Whether it goes out by mail to whoever chose nothing. What mostly confirms what its reader knows stays in the app, and so does
    /// what comes often.
    #[must_use]
    pub const fn is_mailed(self) -> bool {
        !matches!(
            self,
            Self::CardGiven
                | Self::ProblemAcknowledged
                | Self::UseCorrected
                | Self::AddressBounced
                | Self::TimeFreed
        )
    }

    /// Whether it waits for the daily mail.
    #[must_use]
    pub const fn is_daily(self) -> bool {
        matches!(self.urgency(), Urgency::Info)
    }

    /// What its reader must still be allowed to do to be shown what it is about; `None`: it is about themselves, or goes by the
    /// audience of an announcement.
    #[must_use]
    pub const fn seen_with(self) -> Option<Permission> {
        match self.audience() {
            Audience::Themselves | Audience::Announced => None,
            Audience::Responsible(permission) => Some(permission),
            Audience::Followers | Audience::FollowersAnd(_) => Some(match self {
                Self::ProblemReported => Permission::SeeProblems,
                Self::MaintenanceDue => Permission::SeeMaintenance,
                _ => Permission::SeeFloor,
            }),
        }
    }
}
