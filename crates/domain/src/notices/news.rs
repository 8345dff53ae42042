//! News about one thing: the variants of notices about a checkout, a booking or a waiting list.

use super::Kind;
use crate::{id::TrainingEventId, string_enum::string_enum};

string_enum! {
    /// News about the dues of a member.
    DuesNews {
        /// They are not paid, and the days of grace began.
        Late = "late",
        /// The days of grace end soon.
        Soon = "soon",
        /// The membership at the processor ended.
        Ended = "ended",
    }
}

impl DuesNews {
    /// The kind of notice.
    #[must_use]
    pub const fn kind(self) -> Kind {
        match self {
            Self::Late | Self::Soon => Kind::DuesLate,
            Self::Ended => Kind::DuesEnded,
        }
    }
}

string_enum! {
    /// News about a checkout.
    CheckoutNews {
        Asked = "asked",
        /// It is at another time, or with another trainer.
        Moved = "moved",
        Accepted = "accepted",
        Rejected = "rejected",
        Cancelled = "cancelled",
        /// It is to be tried again.
        Failed = "failed",
        /// The member did not come.
        Missed = "missed",
        /// It begins within a day.
        Tomorrow = "tomorrow",
        /// It begins within an hour.
        Soon = "soon",
        /// An event of an external calendar overlaps it; it stands.
        Overlapped = "overlapped",
    }
}

impl CheckoutNews {
    /// The kind of notice.
    #[must_use]
    pub const fn kind(self) -> Kind {
        match self {
            Self::Asked => Kind::CheckoutAsked,
            Self::Moved => Kind::CheckoutMoved,
            Self::Accepted => Kind::CheckoutAccepted,
            Self::Rejected => Kind::CheckoutRejected,
            Self::Cancelled | Self::Missed => Kind::CheckoutCancelled,
            Self::Failed => Kind::CheckoutFailed,
            Self::Tomorrow | Self::Soon => Kind::CheckoutReminder,
            Self::Overlapped => Kind::CheckoutClash,
        }
    }
}

string_enum! {
    /// News about a booking.
    BookingNews {
        Asked = "asked",
        /// A moderator approved it.
        Approved = "approved",
        /// A moderator booked it for its holder.
        Made = "made",
        /// A moderator declined it.
        Rejected = "rejected",
        Expired = "expired",
        Cancelled = "cancelled",
        /// It is at another time, shorter, longer, or of another machine or room.
        Moved = "moved",
        /// It begins within a day.
        Tomorrow = "tomorrow",
        /// Its holder did not come, and the time was released.
        Released = "released",
        /// The time was given to others, and that does not count against its holder.
        GivenBack = "given-back",
        /// Its holder checked in but does not use the machine: it is about to be released.
        Unused = "unused",
        /// Another person is still on the machine.
        Occupied = "occupied",
        /// An event of an external calendar overlaps it; it stands.
        Overlapped = "overlapped",
    }
}

impl BookingNews {
    /// The kind of notice.
    #[must_use]
    pub const fn kind(self) -> Kind {
        match self {
            Self::Asked => Kind::BookingAsked,
            Self::Approved => Kind::BookingApproved,
            Self::Made => Kind::BookingMade,
            Self::Rejected => Kind::BookingRejected,
            Self::Expired => Kind::BookingExpired,
            Self::Cancelled => Kind::BookingCancelled,
            Self::Moved => Kind::BookingMoved,
            Self::Tomorrow => Kind::BookingReminder,
            Self::Released | Self::GivenBack => Kind::BookingReleased,
            Self::Unused | Self::Occupied => Kind::BookingAtRisk,
            Self::Overlapped => Kind::BookingClash,
        }
    }
}

string_enum! {
    /// News about a hand-over.
    HandOverNews {
        /// Its holder offers it to the recipient.
        Offered = "offered",
        /// The recipient’s offer was accepted.
        Accepted = "accepted",
        /// It is the recipient’s now.
        Taken = "taken",
        /// The recipient’s offer was declined.
        Declined = "declined",
    }
}

impl HandOverNews {
    /// The kind of notice.
    #[must_use]
    pub const fn kind(self) -> Kind {
        match self {
            Self::Offered => Kind::HandOverOffered,
            Self::Accepted | Self::Taken => Kind::HandOverAccepted,
            Self::Declined => Kind::HandOverDeclined,
        }
    }
}

string_enum! {
    /// News about a group.
    GroupNews {
        /// The recipient is invited.
        Invited = "invited",
        /// A person asks to join; to its admins.
        Asked = "asked",
        /// The recipient is a member now.
        Admitted = "admitted",
        /// Their request to join was declined.
        Declined = "declined",
        /// They were taken out of it.
        Removed = "removed",
        /// It has no active admin any more; to managers.
        WithoutAdmin = "without-admin",
    }
}

impl GroupNews {
    /// The kind of notice.
    #[must_use]
    pub const fn kind(self) -> Kind {
        match self {
            Self::Invited => Kind::GroupInvited,
            Self::Asked => Kind::GroupAsked,
            Self::Admitted | Self::Declined | Self::Removed => Kind::GroupChanged,
            Self::WithoutAdmin => Kind::GroupWithoutAdmin,
        }
    }
}

string_enum! {
    /// News about a series.
    SeriesNews {
        Booked = "booked",
        /// Some of its dates have another time or place.
        Changed = "changed",
        /// One date is cancelled.
        Skipped = "skipped",
        /// Its later dates are cancelled.
        Ended = "ended",
    }
}

string_enum! {
    /// News about a draw.
    DrawNews {
        /// It takes wishes.
        Opened = "opened",
        /// It takes no more wishes; to those who entered some.
        Closed = "closed",
        /// It closed and is to be run; to those who run draws.
        ToRun = "to-run",
        /// It was run.
        Drawn = "drawn",
        /// Its secret was replaced before the run.
        Renewed = "renewed",
    }
}

impl DrawNews {
    /// The kind of notice.
    #[must_use]
    pub const fn kind(self) -> Kind {
        match self {
            Self::Opened => Kind::DrawOpened,
            Self::Closed | Self::ToRun => Kind::DrawClosed,
            Self::Drawn => Kind::DrawResult,
            Self::Renewed => Kind::DrawRenewed,
        }
    }
}

string_enum! {
    /// News about a training event.
    EventNews {
        /// A place is held for the recipient.
        Invited = "invited",
        /// They did not answer in time.
        Lapsed = "lapsed",
        /// They got a place from the waiting list.
        Placed = "placed",
        /// It is at another time or place; they are asked again.
        Moved = "moved",
        /// The same, for its host and those on its waiting list.
        Changed = "changed",
        Cancelled = "cancelled",
        /// It was cancelled because too few people had accepted by the deadline.
        TooFew = "too-few",
        /// The recipient lost their place.
        Dropped = "dropped",
        /// They did not pass yet.
        NotYet = "not-yet",
        /// They did not come.
        Missed = "missed",
        /// It begins within a day.
        Tomorrow = "tomorrow",
        /// It begins within an hour.
        Soon = "soon",
        /// It ended, and its host has to write the results.
        ResultsDue = "results-due",
        /// The recipient hosts it now.
        HostChanged = "host-changed",
    }
}

impl EventNews {
    /// The kind of notice.
    #[must_use]
    pub const fn kind(self) -> Kind {
        match self {
            Self::Invited => Kind::EventInvited,
            Self::Lapsed => Kind::EventLapsed,
            Self::Placed => Kind::EventPlaced,
            Self::Moved | Self::Changed => Kind::EventMoved,
            Self::Cancelled | Self::TooFew | Self::Dropped => Kind::EventCancelled,
            Self::NotYet | Self::Missed => Kind::EventResult,
            Self::Tomorrow | Self::Soon => Kind::EventReminder,
            Self::ResultsDue => Kind::EventResultsDue,
            Self::HostChanged => Kind::EventHosted,
        }
    }

    /// Whether it may happen to one person more than once at an unchanged event.
    pub(super) const fn is_repeated(self) -> bool {
        matches!(self, Self::Invited | Self::Placed | Self::Lapsed | Self::Dropped | Self::NotYet | Self::Missed)
    }

    /// The page that such news about `event` leads to.
    pub(super) fn page(self, event: TrainingEventId) -> String {
        match self {
            Self::Invited | Self::Moved => format!("/events/{event}/invitation"),
            Self::ResultsDue => format!("/events/{event}/results"),
            _ => format!("/events/{event}"),
        }
    }
}

string_enum! {
    /// News about a waiting entry.
    WaitingNews {
        /// It is held for them.
        Offered = "offered",
        /// They did not answer in time.
        Lapsed = "lapsed",
    }
}

impl WaitingNews {
    /// The kind of notice.
    #[must_use]
    pub const fn kind(self) -> Kind {
        match self {
            Self::Offered => Kind::BookingOffered,
            Self::Lapsed => Kind::OfferLapsed,
        }
    }
}

string_enum! {
    /// The alternative to a booking on a machine that is out of service.
    Instead {
        /// An equal machine at the same time.
        SameTime = "same-time",
        /// An equal machine at another time.
        OtherTime = "other-time",
        Nothing = "nothing",
    }
}
