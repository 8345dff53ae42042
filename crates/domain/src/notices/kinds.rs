//! Notice kinds: audience, urgency, and default channels of each.
//!
//! Invariant: everything common to the notices of a kind is here, so a new kind does not compile until it is
//! answered.

use crate::{actor::Permission, string_enum::string_enum};

string_enum! {
    /// The kind of a notice.
    Kind {
        /// A qualification was granted.
        Granted = "qualification.granted",
        /// It was taken away.
        Revoked = "qualification.revoked",
        /// The recipient was banned from machines of a type.
        Banned = "qualification.banned",
        /// The ban was lifted.
        Unbanned = "qualification.unbanned",
        /// A qualification ends soon.
        Expiring = "qualification.expiring",
        /// A hold was placed.
        HoldPlaced = "hold.placed",
        /// The hold was lifted.
        HoldLifted = "hold.lifted",
        /// A person's status changed: admitted, suspended, readmitted, left.
        StatusChanged = "account.status",
        /// A password was changed or set.
        PasswordChanged = "account.password",
        /// A second factor was set up or taken off.
        SecondFactorChanged = "account.second-factor",
        /// A way to sign in was added, removed or refused.
        SignInMethodChanged = "account.sign-in-method",
        /// Mails to the recipient bounce.
        AddressBounced = "account.bounced",
        /// A card was claimed.
        CardClaimed = "card.claimed",
        /// A card was given.
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
        /// A person asks for help at a machine.
        HelpAsked = "help.asked",
        /// A helper answered a request for help.
        HelpAnswered = "help.answered",
        /// A use was corrected by another person.
        UseCorrected = "use.corrected",
        /// A checkout was requested.
        CheckoutAsked = "checkout.asked",
        /// No time that trainers offer suits a member.
        CheckoutWanted = "checkout.wanted",
        /// A checkout was moved to another time or trainer.
        CheckoutMoved = "checkout.moved",
        CheckoutAccepted = "checkout.accepted",
        CheckoutRejected = "checkout.rejected",
        /// A checkout was cancelled.
        CheckoutCancelled = "checkout.cancelled",
        /// A checkout is to be tried again.
        CheckoutFailed = "checkout.failed",
        /// A checkout begins soon.
        CheckoutReminder = "checkout.reminder",
        /// An event of an external calendar meets a checkout.
        CheckoutClash = "checkout.clash",
        /// A booking was requested.
        BookingAsked = "booking.asked",
        BookingApproved = "booking.approved",
        /// A booking was made for the recipient.
        BookingMade = "booking.made",
        BookingRejected = "booking.rejected",
        /// A request expired unanswered.
        BookingExpired = "booking.expired",
        /// A booking was cancelled.
        BookingCancelled = "booking.cancelled",
        /// Another person moved, shortened or extended a booking.
        BookingMoved = "booking.moved",
        /// A booking begins soon.
        BookingReminder = "booking.reminder",
        /// Its holder did not come, and its time was released.
        BookingReleased = "booking.released",
        /// A running booking is obstructed, or unused.
        BookingAtRisk = "booking.at-risk",
        /// An event of an external calendar meets a booking.
        BookingClash = "booking.clash",
        /// A booked machine is out of service.
        BookingOutage = "booking.outage",
        BookingBack = "booking.back",
        /// A time on the waiting list is offered.
        BookingOffered = "booking.offered",
        /// They did not answer an offer in time.
        OfferLapsed = "booking.offer-lapsed",
        /// A time of a machine became free.
        TimeFreed = "machine.time-free",
        /// A booking is offered for hand-over.
        HandOverOffered = "booking.hand-over",
        /// A booking was handed over.
        HandOverAccepted = "booking.handed-over",
        /// An offered booking was declined.
        HandOverDeclined = "booking.hand-over-declined",
        /// Events of an external calendar overlap promised time.
        CalendarClash = "calendar.clash",
        /// Events of an external calendar were left out.
        CalendarLeftOut = "calendar.left-out",
        /// A job of the program failed.
        JobFailed = "job.failed",
        /// A device that was to be on fell silent.
        ActuatorSilent = "actuator.silent",
        /// A device did not obey, or stayed on after its lease.
        ActuatorFailed = "actuator.failed",
        /// A meter is outside its limits.
        MeterBeyond = "meter.beyond",
        /// A machine ran while nobody was swiped in.
        MachineUnswiped = "machine.unswiped",
        /// Slack refuses the token, so nothing is posted.
        SlackPaused = "slack.paused",
        /// A newer version changed a default, and this space keeps the old behaviour.
        SettingKept = "setting.kept",
        Announced = "announcement.published",
        /// Dues are not paid; a hold follows.
        DuesLate = "dues.late",
        /// The membership at the payment processor ended.
        DuesEnded = "dues.ended",
        /// A payment processor did not do what it was asked.
        DuesCommandFailed = "dues.command-failed",
        /// A webhook is paused after failures.
        WebhookPaused = "webhook.paused",
        /// A sync with the directory failed, or waits for a manager.
        DirectorySync = "directory.sync",
        /// A completed module must be completed again.
        TrainingAgain = "training.again",
        /// A document is to be signed, or handed in.
        DocumentToSign = "document.to-sign",
        /// A signature ends soon.
        DocumentLapsing = "document.lapsing",
        /// The recipient is invited to a group.
        GroupInvited = "group.invited",
        /// A person asks to join a group.
        GroupAsked = "group.asked",
        /// The recipient became a member of a group, or is none any more.
        GroupChanged = "group.changed",
        /// A group has no active admin any more.
        GroupWithoutAdmin = "group.without-admin",
        /// A series of the recipient or their group was booked, changed or ended.
        SeriesChanged = "series.changed",
        /// A draw takes wishes.
        DrawOpened = "draw.opened",
        /// A draw takes no more wishes, and is to be run.
        DrawClosed = "draw.closed",
        /// A draw was run.
        DrawResult = "draw.result",
        /// The secret of a draw was replaced before its run.
        DrawRenewed = "draw.renewed",
        /// A place at a training event is held for the recipient.
        EventInvited = "event.invited",
        /// They did not answer an invitation in time.
        EventLapsed = "event.invitation-lapsed",
        /// They got a place from the waiting list.
        EventPlaced = "event.placed",
        /// A training event is at another time or place.
        EventMoved = "event.moved",
        /// A training event, or a place at it, was cancelled.
        EventCancelled = "event.cancelled",
        /// The recipient did not pass, or did not come.
        EventResult = "event.result",
        /// A training event begins soon.
        EventReminder = "event.reminder",
        /// A training event ended without results.
        EventResultsDue = "event.results-due",
        /// The recipient hosts a training event now.
        EventHosted = "event.hosted",
    }
}

string_enum! {
    /// How soon a notice must be read; a later one is more urgent.
    Urgency {
        Info = "info",
        /// The recipient has to act, or asked to be notified.
        Action = "action",
        /// About safety, or about access to an account: also sent to the author.
        Safety = "safety",
    }
}

/// The audience of a kind of notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// The one person it is about.
    Themselves,
    /// Those with this permission: people with a relation to the machine or type first; managers if there are
    /// none, and administrators if there are no managers.
    Responsible(Permission),
    /// Followers of the machine.
    Followers,
    /// Followers, and those with this permission on the machine, as above.
    FollowersAnd(Permission),
    /// The audience of the announcement.
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
            | Self::SignInMethodChanged
            | Self::AddressBounced
            | Self::CardGiven
            | Self::ClaimRefused
            | Self::ProblemAcknowledged
            | Self::ProblemResolved
            | Self::UseCorrected
            | Self::HelpAnswered
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
            | Self::GroupInvited
            | Self::GroupAsked
            | Self::GroupChanged
            | Self::GroupWithoutAdmin
            | Self::SeriesChanged
            | Self::DrawOpened
            | Self::DrawClosed
            | Self::DrawResult
            | Self::DrawRenewed
            | Self::EventInvited
            | Self::EventLapsed
            | Self::EventPlaced
            | Self::EventMoved
            | Self::EventCancelled
            | Self::EventResult
            | Self::EventReminder
            | Self::EventResultsDue
            | Self::EventHosted
            | Self::DuesLate
            | Self::DuesEnded
            | Self::DocumentToSign
            | Self::DocumentLapsing
            | Self::TrainingAgain => Audience::Themselves,
            Self::BookingAsked => Audience::Responsible(Permission::Moderate),
            Self::CheckoutWanted => Audience::Responsible(Permission::CheckOut),
            Self::CardClaimed => Audience::Responsible(Permission::GiveCard),
            Self::HelpAsked => Audience::Responsible(Permission::AnswerHelp),
            Self::CalendarClash | Self::MachineUnswiped => Audience::Responsible(Permission::CareFor),
            Self::ActuatorSilent | Self::ActuatorFailed | Self::MeterBeyond => {
                Audience::Responsible(Permission::ManageBuilding)
            }
            Self::DuesCommandFailed => Audience::Responsible(Permission::ManageDues),
            Self::WebhookPaused => Audience::Responsible(Permission::Deliveries),
            Self::SlackPaused => Audience::Responsible(Permission::ManageSlack),
            Self::DirectorySync => Audience::Responsible(Permission::SyncPeople),
            Self::JobFailed => Audience::Responsible(Permission::System),
            Self::SettingKept => Audience::Responsible(Permission::ChangeSettings),
            Self::MachineUnsafe | Self::ProblemReported => Audience::FollowersAnd(Permission::CareFor),
            Self::MaintenanceDue => Audience::FollowersAnd(Permission::Maintain),
            Self::MachineBlocked | Self::MachineFree | Self::TimeFreed => Audience::Followers,
            Self::Announced => Audience::Announced,
        }
    }

    #[must_use]
    pub const fn urgency(self) -> Urgency {
        match self {
            Self::MachineUnsafe
            | Self::PasswordChanged
            | Self::SecondFactorChanged
            | Self::SignInMethodChanged
            | Self::StatusChanged => Urgency::Safety,
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
            | Self::ActuatorSilent
            | Self::ActuatorFailed
            | Self::MeterBeyond
            | Self::MachineUnswiped
            | Self::SlackPaused
            | Self::HelpAsked
            | Self::HelpAnswered
            | Self::SettingKept
            | Self::GroupInvited
            | Self::GroupAsked
            | Self::GroupWithoutAdmin
            | Self::SeriesChanged
            | Self::DrawOpened
            | Self::DrawClosed
            | Self::DrawResult
            | Self::DrawRenewed
            | Self::EventInvited
            | Self::EventPlaced
            | Self::EventMoved
            | Self::EventCancelled
            | Self::EventReminder
            | Self::EventResultsDue
            | Self::EventHosted
            | Self::DuesLate
            | Self::DuesEnded
            | Self::DuesCommandFailed
            | Self::WebhookPaused
            | Self::DocumentToSign
            | Self::DocumentLapsing
            | Self::DirectorySync
            | Self::TrainingAgain => Urgency::Action,
            Self::Granted
            | Self::Unbanned
            | Self::HoldLifted
            | Self::CardGiven
            | Self::ProblemAcknowledged
            | Self::ProblemResolved
            | Self::UseCorrected
            | Self::GroupChanged
            | Self::EventLapsed
            | Self::EventResult
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

    /// Whether it is mailed by default. Confirmations and frequent notices stay in the app.
    #[must_use]
    pub const fn is_mailed(self) -> bool {
        !matches!(
            self,
            Self::CardGiven
                | Self::ProblemAcknowledged
                | Self::UseCorrected
                | Self::AddressBounced
                | Self::GroupChanged
                | Self::TimeFreed
                // Over before most people read their mail.
                | Self::HelpAsked
                | Self::HelpAnswered
        )
    }

    /// Whether it is about the space and not about one person, so that channels which tell it to no particular person may
    /// have it. **Invariant:** the body of such a notice names nobody, not even by id.
    #[must_use]
    pub const fn is_broadcast(self) -> bool {
        match self {
            Self::ProblemAcknowledged | Self::ProblemResolved => true,
            // About the connections and the management of the space.
            Self::DuesCommandFailed
            | Self::WebhookPaused
            | Self::SlackPaused
            | Self::DirectorySync
            | Self::SettingKept => false,
            _ => !matches!(self.audience(), Audience::Themselves),
        }
    }

    /// Whether it is pushed to devices by default: what its reader has to know before they open the app again.
    #[must_use]
    pub const fn is_pushed(self) -> bool {
        matches!(self, Self::HelpAsked | Self::HelpAnswered)
            || self.is_mailed() && !matches!(self.urgency(), Urgency::Info)
    }

    /// Whether it is sent as a direct message in Slack by default, to those who linked their account: these are over before most
    /// people open the app. They choose the other kinds themselves.
    #[must_use]
    pub const fn is_sent_to_slack(self) -> bool {
        matches!(self, Self::HelpAsked | Self::HelpAnswered)
    }

    /// Whether it waits for the daily mail.
    #[must_use]
    pub const fn is_daily(self) -> bool {
        matches!(self.urgency(), Urgency::Info)
    }

    /// The permission its reader needs to see its subject; `None`: it is about themselves, or has the audience of
    /// an announcement.
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
