//! Reasons why a time cannot be booked: codes and arguments, never sentences.

use crate::{
    access::Reason,
    occupations::Span,
    string_enum::string_enum,
    time::{Date, Millis},
};
use serde::{Deserialize, Serialize};

string_enum! {
    /// What occupies a machine or a room.
    Cause {
        Booking = "booking",
        Checkout = "checkout",
        /// A training event.
        Event = "event",
        /// Maintenance that was planned.
        Maintenance = "maintenance",
        /// It is closed for another reason.
        Closure = "closure",
        /// An event of an external calendar.
        External = "external",
    }
}

impl Cause {
    /// Of a closure: for maintenance or another reason.
    #[must_use]
    pub const fn of_closure(is_maintenance: bool) -> Self {
        if is_maintenance { Self::Maintenance } else { Self::Closure }
    }
}

/// Occupied time and its cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Conflict {
    /// The span, including buffers before and after.
    pub span: Span,
    pub by: Cause,
}

/// Why a booking is refused, in the order in which reasons are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refusal {
    /// It ends when or before it begins.
    Order,
    /// It begins before then.
    TooSoon {
        earliest: Millis,
    },
    /// It ends after then.
    TooFar {
        latest: Millis,
    },
    /// It begins or ends off the grid.
    OffGrid {
        /// The grid, in minutes.
        minutes: u16,
    },
    /// It is shorter than the minimum in minutes.
    TooShort {
        least: u16,
    },
    /// It is longer than the maximum in minutes.
    TooLong {
        most: u16,
    },
    /// The workshop or the machine is closed at some of that time.
    Closed,
    /// The person may not use it at all.
    MayNot(Reason),
    /// It is for members of certain groups, and the person is in none of them.
    GroupsOnly,
    /// The room is closed to new bookings.
    NotBookable,
    /// They may use it at the start, but not until the end: a qualification lapses, or a ban begins.
    Lapses {
        /// The first instant at which they may not.
        since: Millis,
    },
    /// They have as many bookings ahead as one may.
    TooManyOpen {
        most: u16,
    },
    /// They would have booked more hours of a week than one may.
    TooManyHours {
        most: u16,
        /// Minutes that they have already.
        minutes: u32,
        /// The Monday with which the week begins.
        week: Date,
    },
    /// They have something else at that time.
    Elsewhere {
        span: Span,
    },
    Taken(Conflict),
}

string_enum! {
    /// The criteria of a request, in order.
    Criterion {
        /// Whether the person may use it.
        May = "may",
        Length = "length",
        /// The lead time and the horizon.
        Ahead = "ahead",
        /// Start and end on the grid.
        Grid = "grid",
        /// Whether it is open then.
        Hours = "hours",
        /// The number of upcoming bookings.
        Open = "open",
        /// The hours in that week.
        Weekly = "weekly",
        /// Whether they have something else then.
        Elsewhere = "elsewhere",
        /// Whether it is free then.
        Free = "free",
    }
}

impl Refusal {
    /// Which criterion it does not meet.
    #[must_use]
    pub const fn criterion(self) -> Criterion {
        match self {
            Self::MayNot(_) | Self::GroupsOnly | Self::Lapses { .. } => Criterion::May,
            Self::Order | Self::TooShort { .. } | Self::TooLong { .. } => Criterion::Length,
            Self::TooSoon { .. } | Self::TooFar { .. } => Criterion::Ahead,
            Self::OffGrid { .. } => Criterion::Grid,
            Self::Closed | Self::NotBookable => Criterion::Hours,
            Self::TooManyOpen { .. } => Criterion::Open,
            Self::TooManyHours { .. } => Criterion::Weekly,
            Self::Elsewhere { .. } => Criterion::Elsewhere,
            Self::Taken(_) => Criterion::Free,
        }
    }

    /// Stable, for programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Order => "booking.order",
            Self::TooSoon { .. } => "booking.too-soon",
            Self::TooFar { .. } => "booking.too-far",
            Self::OffGrid { .. } => "booking.off-grid",
            Self::TooShort { .. } => "booking.too-short",
            Self::TooLong { .. } => "booking.too-long",
            Self::Closed => "booking.closed",
            Self::MayNot(_) => "booking.may-not",
            Self::GroupsOnly => "booking.groups-only",
            Self::NotBookable => "booking.not-bookable",
            Self::Lapses { .. } => "booking.lapses",
            Self::TooManyOpen { .. } => "booking.too-many",
            Self::TooManyHours { .. } => "booking.too-many-hours",
            Self::Elsewhere { .. } => "booking.elsewhere",
            Self::Taken(_) => "booking.taken",
        }
    }

    /// Whether it is about the person and not about the time: the reasons checked when a person takes over a
    /// booking.
    #[must_use]
    pub const fn is_about_person(&self) -> bool {
        matches!(
            self,
            Self::MayNot(_)
                | Self::GroupsOnly
                | Self::Lapses { .. }
                | Self::TooManyOpen { .. }
                | Self::TooManyHours { .. }
                | Self::Elsewhere { .. }
        )
    }

    /// Whether a cancelled booking stays cancelled because of it when its group is restored: its holder may not have the time any more,
    /// or nobody may, or others have it. Limits of length, notice and number are for new bookings.
    #[must_use]
    pub const fn bars_return(&self) -> bool {
        match self {
            Self::Closed
            | Self::MayNot(_)
            | Self::GroupsOnly
            | Self::NotBookable
            | Self::Lapses { .. }
            | Self::Elsewhere { .. }
            | Self::Taken(_) => true,
            Self::Order
            | Self::TooSoon { .. }
            | Self::TooFar { .. }
            | Self::OffGrid { .. }
            | Self::TooShort { .. }
            | Self::TooLong { .. }
            | Self::TooManyOpen { .. }
            | Self::TooManyHours { .. } => false,
        }
    }

    /// Whether another time would not help.
    #[must_use]
    pub const fn is_of_any_time(self) -> bool {
        matches!(self, Self::MayNot(_) | Self::GroupsOnly | Self::NotBookable | Self::TooManyOpen { .. })
    }
}

string_enum! {
    /// Why time is not free, the first that holds.
    Obstacle {
        /// It is over, or begins too soon.
        TooSoon = "too-soon",
        /// It is too far ahead.
        TooFar = "too-far",
        /// The workshop or the machine is closed.
        Closed = "closed",
        Booking = "booking",
        /// A checkout takes place on it.
        Checkout = "checkout",
        /// A training event takes place on it.
        Event = "event",
        Maintenance = "maintenance",
        Closure = "closure",
        /// An external calendar occupies it.
        External = "external",
        /// The person may not use it any more by then.
        Lapsed = "lapsed",
        /// The person has another appointment.
        Elsewhere = "elsewhere",
        /// The person's weekly hours are exhausted.
        Quota = "quota",
        /// The free time is shorter than the shortest booking.
        TooShort = "too-short",
        /// The person may not use it at all.
        MayNot = "may-not",
        /// It is for members of certain groups, and the person is in none of them.
        GroupsOnly = "groups-only",
        /// The room is closed to new bookings.
        NotBookable = "not-bookable",
        /// The person has as many bookings ahead as one may.
        TooMany = "too-many",
    }
}

impl Obstacle {
    /// Whether something else takes place there then. The other obstacles are about the person or the policy.
    #[must_use]
    pub const fn is_taken(self) -> bool {
        match self {
            Self::Booking | Self::Checkout | Self::Event | Self::Maintenance | Self::Closure | Self::External => {
                true
            }
            Self::TooSoon
            | Self::TooFar
            | Self::Closed
            | Self::Lapsed
            | Self::Elsewhere
            | Self::Quota
            | Self::TooShort
            | Self::MayNot
            | Self::GroupsOnly
            | Self::NotBookable
            | Self::TooMany => false,
        }
    }
}

impl From<Cause> for Obstacle {
    fn from(cause: Cause) -> Self {
        match cause {
            Cause::Booking => Self::Booking,
            Cause::Checkout => Self::Checkout,
            Cause::Event => Self::Event,
            Cause::Maintenance => Self::Maintenance,
            Cause::Closure => Self::Closure,
            Cause::External => Self::External,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cancelled_booking_comes_back_beyond_limits_and_not_where_it_may_not_be() {
        let span = Span { starts: Millis(0), ends: Millis(1) };
        let week = Date { year: 2027, month: 1, day: 18 };
        for (refusal, bars) in [
            (Refusal::Order, false),
            (Refusal::TooSoon { earliest: Millis(0) }, false),
            (Refusal::TooFar { latest: Millis(0) }, false),
            (Refusal::OffGrid { minutes: 15 }, false),
            (Refusal::TooShort { least: 15 }, false),
            (Refusal::TooLong { most: 240 }, false),
            (Refusal::Closed, true),
            (Refusal::MayNot(Reason::NotAMember), true),
            (Refusal::GroupsOnly, true),
            (Refusal::NotBookable, true),
            (Refusal::Lapses { since: Millis(0) }, true),
            (Refusal::TooManyOpen { most: 3 }, false),
            (Refusal::TooManyHours { most: 8, minutes: 480, week }, false),
            (Refusal::Elsewhere { span }, true),
            (Refusal::Taken(Conflict { span, by: Cause::Booking }), true),
        ] {
            assert_eq!(refusal.bars_return(), bars, "{}", refusal.code());
        }
    }
}
