//! The terms of a draw: its window, who may enter, which part of the week it gives, and for how long.
//!
//! **Invariants.** All faults of a form have a field and a message of their own ([`Fault`]). Once a draw is open its terms
//! stay, except that its window may be extended: nobody who has entered a wish loses anything by it. Not here: what
//! wishes are in the algorithm ([`super::DrawWish`]).

use super::{
    schedule::Window,
    wishes::{SpanError, WEEK, WeekSpan, WishError},
};
use crate::{
    hours::{DAY_MINUTES, Stretch},
    id::WishId,
    string_enum::string_enum,
    time::{DAY, Date, Millis},
};

/// The shortest window in days.
pub const WINDOW_LEAST: u32 = 4;
/// The longest window in days.
pub const WINDOW_MOST: u32 = 7;
/// Weeks that a draw gives out at most.
pub const WEEKS: i64 = 120;
/// Wishes of one entrant at most.
pub const WISHES: u16 = 20;
/// Rooms of a draw at most.
pub const ROOMS: usize = 200;
/// Hours of a wish at most.
pub const WISH_HOURS: u32 = 12;
/// Characters of the note of a wish.
pub const WISH_NOTE: usize = 200;

string_enum! {
    /// Who may enter wishes in a draw.
    Entrants {
        /// Groups, by their admins.
        Groups = "groups",
        /// People for themselves.
        People = "people",
        /// Both.
        Both = "both",
    }
}

impl Entrants {
    #[must_use]
    pub const fn takes_groups(self) -> bool {
        matches!(self, Self::Groups | Self::Both)
    }

    #[must_use]
    pub const fn takes_people(self) -> bool {
        matches!(self, Self::People | Self::Both)
    }
}

string_enum! {
    /// Why a date of a won wish is not booked.
    LeftOut {
        Closed = "closed",
        /// Another booking has the time.
        Occupied = "occupied",
        /// The person who books has something else then.
        Busy = "busy",
        /// The clocks jump over it.
        NoHour = "no-hour",
        /// It was over before the run.
        Past = "past",
        /// The person may not book then: they are on hold, or their membership has ended.
        NotPermitted = "not-permitted",
    }
}

/// Days of the week, at least one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weekdays(u8);

impl Weekdays {
    pub const ALL: Self = Self(0b111_1111);

    /// From bits, Monday is 1. `None` if it is none, or not of a week.
    #[must_use]
    pub const fn new(bits: u8) -> Option<Self> {
        if bits >= 1 && bits <= Self::ALL.0 { Some(Self(bits)) } else { None }
    }

    #[must_use]
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// Whether it has this day: Monday is 0.
    #[must_use]
    pub const fn has(self, weekday: u8) -> bool {
        weekday < 7 && self.0 >> weekday & 1 == 1
    }

    /// Its days in order, Monday is 0.
    pub fn iter(self) -> impl Iterator<Item = u8> {
        (0..7).filter(move |day| self.has(*day))
    }
}

impl FromIterator<u8> for Weekdays {
    /// All days if there are none; others than 0 to 6 are ignored.
    fn from_iter<I: IntoIterator<Item = u8>>(days: I) -> Self {
        let bits = days.into_iter().filter(|day| *day < 7).fold(0, |bits, day| bits | 1 << day);
        Self::new(bits).unwrap_or(Self::ALL)
    }
}

/// The part of the week that is drawn: some days, and the same hours of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offered {
    pub days: Weekdays,
    pub hours: Stretch,
}

impl Offered {
    pub const WHOLE_WEEK: Self = Self { days: Weekdays::ALL, hours: Stretch { from: 0, to: DAY_MINUTES } };

    /// Whether all of `span` is offered; a span over midnight needs the whole of both nights.
    #[must_use]
    pub fn includes(self, span: WeekSpan) -> bool {
        let day_seconds = WEEK / 7;
        let until = if span.wraps() { span.until() + WEEK } else { span.until() };
        let mut at = span.from();
        while at < until {
            let midnight = (at / day_seconds + 1) * day_seconds;
            let to = until.min(midnight);
            let start = midnight - day_seconds;
            let within = |second: u32| u16::try_from((second - start) / 60).unwrap_or(DAY_MINUTES);
            // The week of wishes begins on Sunday, that of dates on Monday.
            let weekday = u8::try_from((start / day_seconds + 6) % 7).unwrap_or_default();
            if !self.days.has(weekday) || within(at) < self.hours.from || within(to) > self.hours.to {
                return false;
            }
            at = to;
        }
        true
    }
}

/// Everything that a draw promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    pub window: Window,
    /// When it is to run, as announced.
    pub draws: Millis,
    pub first: Date,
    /// Inclusive.
    pub last: Date,
    pub entrants: Entrants,
    /// Wishes of one entrant at most.
    pub limit: u16,
    pub offered: Offered,
}

impl Terms {
    /// How many weeks it gives out, the last of them in part.
    #[must_use]
    pub fn weeks(&self) -> i64 {
        (self.last.days() - self.first.days()) / 7 + 1
    }

    /// All faults of new terms, with their fields. `day` is the local day of an instant.
    pub fn faults(&self, now: Millis, day: impl Fn(Millis) -> Date) -> Vec<(&'static str, Fault)> {
        let Window { opens, closes } = self.window;
        let mut faults = Vec::new();
        if opens < now {
            faults.push(("opens", Fault::Past));
        }
        faults.extend(window_fault(self.window).map(|fault| ("closes", fault)));
        if self.draws < closes {
            faults.push(("draws", Fault::DrawnBeforeClosing));
        }
        if self.first.days() <= day(self.draws).days() {
            faults.push(("first", Fault::BeginsBeforeDraw));
        }
        if self.last.days() < self.first.days() {
            faults.push(("last", Fault::Order));
        } else if self.weeks() > WEEKS {
            faults.push(("last", Fault::TooManyWeeks));
        }
        if self.offered.hours.from >= self.offered.hours.to {
            faults.push(("to", Fault::Order));
        }
        faults
    }

    /// The faults of `new` terms of a draw that is open or closed: only its end may come later, by as much as a window
    /// allows, and only while it is open. Its run stays before the first day. `day` is the local day of an instant.
    pub fn faults_of_change(
        &self,
        new: &Self,
        now: Millis,
        day: impl Fn(Millis) -> Date,
    ) -> Vec<(&'static str, Fault)> {
        let mut faults = Vec::new();
        let fixed = [
            ("opens", self.window.opens == new.window.opens),
            ("first", self.first == new.first),
            ("last", self.last == new.last),
            ("entrants", self.entrants == new.entrants),
            ("limit", self.limit == new.limit),
            ("days", self.offered.days == new.offered.days),
            ("from", self.offered.hours.from == new.offered.hours.from),
            ("to", self.offered.hours.to == new.offered.hours.to),
        ];
        faults.extend(fixed.into_iter().filter(|(_, same)| !same).map(|(field, _)| (field, Fault::Fixed)));
        if new.window.closes != self.window.closes {
            if now >= self.window.closes {
                faults.push(("closes", Fault::Fixed));
            } else if new.window.closes < self.window.closes {
                faults.push(("closes", Fault::ClosesEarlier));
            } else {
                faults.extend(window_fault(new.window).map(|fault| ("closes", fault)));
            }
        }
        if new.draws < new.window.closes {
            faults.push(("draws", Fault::DrawnBeforeClosing));
        } else if self.first.days() <= day(new.draws).days() {
            faults.push(("draws", Fault::DrawnAfterBeginning));
        }
        faults
    }
}

fn window_fault(window: Window) -> Option<Fault> {
    let length = window.closes.minus(window.opens);
    let days = |days: u32| crate::time::millis(DAY * days);
    // A window over a change of the clocks is an hour shorter or longer than its days.
    let hour = crate::time::millis(crate::time::HOUR);
    let allowed = days(WINDOW_LEAST) - hour..=days(WINDOW_MOST) + hour;
    (!allowed.contains(&length)).then_some(Fault::Window)
}

/// Why the form of a draw or of a wish is refused, at one of its fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It opens in the past.
    Past,
    /// The window is shorter than [`WINDOW_LEAST`] or longer than [`WINDOW_MOST`] days.
    Window,
    DrawnBeforeClosing,
    /// The first week begins before the draw is run.
    BeginsBeforeDraw,
    /// The draw of an open one would be run after its first week has begun.
    DrawnAfterBeginning,
    /// The end is before the beginning.
    Order,
    /// More than [`WEEKS`].
    TooManyWeeks,
    NoRooms,
    /// More than [`ROOMS`].
    TooManyRooms,
    /// A room does not exist, or is archived.
    RoomGone,
    /// The room is closed to new bookings.
    RoomClosed,
    /// It cannot be changed once the draw is open.
    Fixed,
    /// The window of an open draw can only be extended.
    ClosesEarlier,
    /// The room is not part of the draw.
    NotOffered,
    /// Only some groups may book the room.
    NotPermitted,
    /// A wish of no length.
    Empty,
    /// A time of the week that does not exist.
    OutsideWeek,
    NotWholeMinutes,
    /// It passes Saturday midnight, where the week ends.
    PassesWeek,
    /// More than [`WISH_HOURS`].
    TooLong,
    /// Not all of it is in the days and hours that are drawn.
    OutsideOffer,
    /// No weekday is named beside a time of the day.
    NoDay,
    Importance,
    /// Another wish asks for the same.
    Duplicate(WishId),
    /// Another wish of the same person is for some of the same time.
    Overlaps(WishId),
    /// The limit is reached.
    TooMany(u16),
    /// The draw takes wishes of groups only.
    OnlyGroups,
    /// The draw takes wishes of people only.
    OnlyPeople,
    /// The caller is no admin of the group.
    NotItsAdmin,
}

impl Fault {
    /// The field of a wish at which it is shown.
    #[must_use]
    pub const fn wish_field(self) -> &'static str {
        match self {
            Self::NotOffered
            | Self::NotPermitted
            | Self::RoomGone
            | Self::RoomClosed
            | Self::Duplicate(_)
            | Self::TooMany(_) => "room",
            Self::NoDay | Self::OutsideOffer => "day",
            Self::Importance => "importance",
            Self::OnlyGroups | Self::OnlyPeople | Self::NotItsAdmin => "group",
            _ => "until",
        }
    }
}

impl From<SpanError> for Fault {
    fn from(error: SpanError) -> Self {
        match error {
            SpanError::Empty => Self::Empty,
            SpanError::OutsideWeek => Self::OutsideWeek,
            SpanError::NotWholeMinutes => Self::NotWholeMinutes,
        }
    }
}

impl From<WishError> for Fault {
    fn from(error: WishError) -> Self {
        match error {
            WishError::NotOffered(_) => Self::NotOffered,
            WishError::Span(error) => error.into(),
            WishError::Importance(_) => Self::Importance,
            WishError::Duplicate(wish) => Self::Duplicate(wish),
            WishError::Overlaps(wish) => Self::Overlaps(wish),
            WishError::TooMany(limit) => Self::TooMany(u16::try_from(limit).unwrap_or(u16::MAX)),
        }
    }
}

/// What a draw asks of the time of a wish, beside what [`super::validate`] checks.
#[must_use]
pub fn span_fault(span: WeekSpan, offered: Offered) -> Option<Fault> {
    if span.wraps() {
        Some(Fault::PassesWeek)
    } else if span.seconds() > WISH_HOURS * 3_600 {
        Some(Fault::TooLong)
    } else if offered.includes(span) {
        None
    } else {
        Some(Fault::OutsideOffer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: u32 = 3_600;
    const DAY_SECONDS: u32 = 24 * HOUR;

    fn span(from: u32, until: u32) -> WeekSpan {
        WeekSpan::new(from, until).unwrap()
    }

    fn terms() -> Terms {
        let day = |days: i64| Date::from_days(20_000 + days);
        let at = |days: u32| Millis(20_000 * 86_400_000).after(DAY * days);
        Terms {
            window: Window { opens: at(1), closes: at(8) },
            draws: at(9),
            first: day(14),
            last: day(14 + 13 * 7 - 1),
            entrants: Entrants::Groups,
            limit: 5,
            offered: Offered::WHOLE_WEEK,
        }
    }

    fn day_of(at: Millis) -> Date {
        Date::from_days(at.0.div_euclid(86_400_000))
    }

    fn faults(terms: &Terms) -> Vec<(&'static str, Fault)> {
        terms.faults(Millis(20_000 * 86_400_000), day_of)
    }

    #[test]
    fn offered_hours_are_those_of_each_day() {
        let evenings =
            Offered { days: [0, 1, 2, 3, 4].into_iter().collect(), hours: Stretch { from: 17 * 60, to: 22 * 60 } };
        let tuesday = 2 * DAY_SECONDS;
        assert!(evenings.includes(span(tuesday + 17 * HOUR, tuesday + 22 * HOUR)));
        assert!(!evenings.includes(span(tuesday + 16 * HOUR, tuesday + 18 * HOUR)));
        assert!(!evenings.includes(span(tuesday + 20 * HOUR, tuesday + 23 * HOUR)));
        assert!(!evenings.includes(span(18 * HOUR, 20 * HOUR)), "Sunday");
        assert!(!evenings.includes(span(6 * DAY_SECONDS + 18 * HOUR, 6 * DAY_SECONDS + 20 * HOUR)), "Saturday");
    }

    #[test]
    fn span_over_midnight_needs_the_whole_of_both_days() {
        let night = span(5 * DAY_SECONDS + 22 * HOUR, 6 * DAY_SECONDS + 2 * HOUR);
        assert!(Offered::WHOLE_WEEK.includes(night));
        let friday = Offered { days: Weekdays::new(0b1_0000).unwrap(), ..Offered::WHOLE_WEEK };
        assert!(!friday.includes(night), "Saturday is not offered");
        let to_ten = Offered { hours: Stretch { from: 0, to: 22 * 60 }, ..Offered::WHOLE_WEEK };
        assert!(!to_ten.includes(night));
        assert!(Offered::WHOLE_WEEK.includes(span(6 * DAY_SECONDS + 22 * HOUR, WEEK)), "until Saturday midnight");
    }

    #[test]
    fn wish_over_the_end_of_the_week_or_too_long_is_refused() {
        let saturday = 6 * DAY_SECONDS;
        let whole = Offered::WHOLE_WEEK;
        assert_eq!(span_fault(span(saturday + 22 * HOUR, 2 * HOUR), whole), Some(Fault::PassesWeek));
        assert_eq!(span_fault(span(saturday, saturday + 13 * HOUR), whole), Some(Fault::TooLong));
        assert_eq!(span_fault(span(saturday, saturday + 12 * HOUR), whole), None);
    }

    #[test]
    fn impossible_terms_are_refused_at_their_fields() {
        assert_eq!(faults(&terms()), []);
        let at = |days: u32| Millis(20_000 * 86_400_000).after(DAY * days);
        let opens = at(1);
        for (closes, fault) in
            [(at(4), Some(Fault::Window)), (at(5), None), (at(8), None), (at(9), Some(Fault::Window))]
        {
            let changed = Terms { window: Window { opens, closes }, draws: at(10), ..terms() };
            assert_eq!(faults(&changed).first().map(|(_, fault)| *fault), fault, "{closes:?}");
        }
        let early = Terms { first: Date::from_days(20_009), ..terms() };
        assert_eq!(faults(&early), [("first", Fault::BeginsBeforeDraw)]);
        let long = Terms { last: Date::from_days(20_014 + 120 * 7), ..terms() };
        assert_eq!(faults(&long), [("last", Fault::TooManyWeeks)]);
        let back = Terms { last: Date::from_days(20_013), ..terms() };
        assert_eq!(faults(&back), [("last", Fault::Order)]);
        let hasty = Terms { draws: at(7), ..terms() };
        assert_eq!(faults(&hasty), [("draws", Fault::DrawnBeforeClosing)]);
        let past = Terms { window: Window { opens: Millis(0), closes: Millis(0).after(DAY * 7) }, ..terms() };
        assert_eq!(faults(&past), [("opens", Fault::Past)]);
    }

    #[test]
    fn open_draw_is_only_extended_and_a_closed_one_not_at_all() {
        let before =
            Terms { window: Window { closes: terms().window.opens.after(DAY * 5), ..terms().window }, ..terms() };
        let open = before.window.opens.after(DAY);
        let faults = |before: &Terms, new: &Terms, now| before.faults_of_change(new, now, day_of);
        assert_eq!(faults(&before, &before, open), []);
        assert_eq!(faults(&before, &terms(), open), [], "seven days in place of five");
        assert_eq!(faults(&before, &terms(), before.window.closes), [("closes", Fault::Fixed)]);
        assert_eq!(faults(&terms(), &before, open), [("closes", Fault::ClosesEarlier)]);
        let other = Terms { limit: 6, entrants: Entrants::Both, ..before };
        assert_eq!(faults(&before, &other, open), [("entrants", Fault::Fixed), ("limit", Fault::Fixed)]);
    }

    #[test]
    fn draw_of_an_open_one_moves_up_to_the_day_before_the_first() {
        let now = terms().window.opens.after(DAY);
        let drawn = |days: u32| {
            let new = Terms { draws: Millis(20_000 * 86_400_000).after(DAY * days), ..terms() };
            terms().faults_of_change(&new, now, day_of)
        };
        assert_eq!(drawn(13), []);
        assert_eq!(drawn(14), [("draws", Fault::DrawnAfterBeginning)]);
        assert_eq!(drawn(7), [("draws", Fault::DrawnBeforeClosing)]);
    }
}
