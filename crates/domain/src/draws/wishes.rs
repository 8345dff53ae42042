//! Wishes: what a group or a person would like to have every week.
//!
//! **Invariants.** A span is at least a minute long, on whole minutes, and is written in one way only. It counts the
//! wall clock: a week has 604,800 seconds also when the clocks change. Not here: which resources a draw offers and
//! which dates of a span are free, which the caller knows.

use crate::{
    bookings::Resource,
    id::{AliasId, GroupId, MachineId, RoomId, WishId},
    occupations::Span,
    time::{Date, Millis},
};
use std::fmt;

/// Seconds of a week.
pub const WEEK: u32 = 7 * DAY;
/// Seconds of a day.
const DAY: u32 = 86_400;
const MINUTE: u32 = 60;

/// A time of every week, `[from, until)` in seconds by the wall clock from Sunday 00:00. If `until` comes before
/// `from`, it passes Saturday midnight and ends in the next week: Saturday 22:00 to Sunday 02:00 is 597600 to 7200.
/// Saturday midnight as an end is [`WEEK`], never 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WeekSpan {
    from: u32,
    until: u32,
}

impl WeekSpan {
    /// Refuses a span of length 0, one outside the week, and seconds within a minute.
    pub const fn new(from: u32, until: u32) -> Result<Self, SpanError> {
        if from == until {
            return Err(SpanError::Empty);
        }
        if from >= WEEK || until == 0 || until > WEEK {
            return Err(SpanError::OutsideWeek);
        }
        if !from.is_multiple_of(MINUTE) || !until.is_multiple_of(MINUTE) {
            return Err(SpanError::NotWholeMinutes);
        }
        Ok(Self { from, until })
    }

    #[must_use]
    pub const fn from(self) -> u32 {
        self.from
    }

    #[must_use]
    pub const fn until(self) -> u32 {
        self.until
    }

    /// Whether it passes Saturday midnight.
    #[must_use]
    pub const fn wraps(self) -> bool {
        self.until < self.from
    }

    /// Its length in seconds.
    #[must_use]
    pub const fn seconds(self) -> u32 {
        if self.wraps() { WEEK - self.from + self.until } else { self.until - self.from }
    }

    /// Whether both have a second of the week in common.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        // Neither is empty, so one of them begins within the other.
        self.contains(other.from) || other.contains(self.from)
    }

    const fn contains(self, second: u32) -> bool {
        if self.wraps() {
            second >= self.from || second < self.until
        } else {
            self.from <= second && second < self.until
        }
    }

    /// Its instants in the week from Sunday to Saturday in which `day` lies; the end may lie in the next week.
    /// `instant` is the first instant of a date at which the clock shows a minute of the day or a later one. `None` if
    /// the clocks jump over all of it.
    pub fn in_week_of(self, day: Date, instant: impl Fn(Date, u16) -> Millis) -> Option<Span> {
        let sunday = day.days() - i64::from((day.weekday() + 1) % 7);
        let at = |second: u32| {
            // Always fits: a day has 1,440 minutes.
            let minute = u16::try_from(second % DAY / MINUTE).unwrap_or_default();
            instant(Date::from_days(sunday + i64::from(second / DAY)), minute)
        };
        let until = if self.wraps() { self.until + WEEK } else { self.until };
        let span = Span { starts: at(self.from), ends: at(until) };
        (span.starts < span.ends).then_some(span)
    }
}

/// Why a span is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SpanError {
    #[error("it begins and ends at the same time")]
    Empty,
    #[error("it begins or ends outside the week: from 0 to 604799, until 1 to 604800 seconds")]
    OutsideWeek,
    #[error("it begins or ends within a minute")]
    NotWholeMinutes,
}

/// How much a wish matters, from 1 (nice to have) to 5 (matters most).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Importance(u8);

impl Importance {
    /// The most important.
    pub const MOST: u8 = 5;

    /// `None` outside 1 to 5.
    #[must_use]
    pub const fn new(importance: u8) -> Option<Self> {
        if importance >= 1 && importance <= Self::MOST { Some(Self(importance)) } else { None }
    }

    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }
}

/// The group or the person that a wish is for. A person appears under one alias in all wishes of a draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Entrant {
    Group(GroupId),
    Person(AliasId),
}

impl Entrant {
    /// Reads `group:7` or `alias:12`.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let (what, id) = name.split_once(':')?;
        let id = id.parse().ok()?;
        match what {
            "group" => Some(Self::Group(GroupId(id))),
            "alias" => Some(Self::Person(AliasId(id))),
            _ => None,
        }
    }

    pub(super) const fn number(self) -> i64 {
        match self {
            Self::Group(GroupId(number)) | Self::Person(AliasId(number)) => number,
        }
    }
}

impl fmt::Display for Entrant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Group(id) => write!(f, "group:{id}"),
            Self::Person(id) => write!(f, "alias:{id}"),
        }
    }
}

/// A wish in a draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DrawWish {
    pub id: WishId,
    pub entrant: Entrant,
    pub resource: Resource,
    pub span: WeekSpan,
    pub importance: Importance,
    /// Its place among the entrant's wishes of the same importance, lowest first.
    pub order: u32,
}

impl DrawWish {
    /// Whether only one of both can be won.
    #[must_use]
    pub fn collides(&self, other: &Self) -> bool {
        self.resource == other.resource && self.span.overlaps(other.span)
    }

    /// Sorts an entrant's wishes, first choice first: by importance from 5 to 1, then by order, then by id.
    pub(super) fn rank(&self) -> (u8, u32, WishId) {
        (Importance::MOST - self.importance.get(), self.order, self.id)
    }
}

/// A wish as it was entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WishInput {
    pub resource: Resource,
    /// Seconds of the week, as in [`WeekSpan`].
    pub from: u32,
    pub until: u32,
    pub importance: u8,
}

/// Which wishes a draw takes.
#[derive(Debug, Clone, Copy)]
pub struct WishRules<'a> {
    pub offered: &'a [Resource],
    /// Wishes of one entrant at most.
    pub limit: usize,
}

/// Why a wish is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WishError {
    #[error("{0} is not part of this draw")]
    NotOffered(Resource),
    #[error("the time of the wish is invalid: {0}")]
    Span(#[from] SpanError),
    #[error("importance is from 1 to 5, not {0}")]
    Importance(u8),
    /// This wish has the same resource and span.
    #[error("wish {0} asks for the same")]
    Duplicate(WishId),
    /// This wish of the same person is for some of the same time.
    #[error("wish {0} of the same person is for some of that time")]
    Overlaps(WishId),
    #[error("there are {0} wishes already, the limit of this draw")]
    TooMany(usize),
}

/// Checks a wish beside the entrant's other wishes, and returns all errors at once.
pub fn validate(
    input: &WishInput,
    others: &[DrawWish],
    rules: WishRules<'_>,
) -> Result<(WeekSpan, Importance), Vec<WishError>> {
    let mut errors = Vec::new();
    if !rules.offered.contains(&input.resource) {
        errors.push(WishError::NotOffered(input.resource));
    }
    let span = WeekSpan::new(input.from, input.until);
    errors.extend(span.err().map(WishError::Span));
    let importance = Importance::new(input.importance);
    if importance.is_none() {
        errors.push(WishError::Importance(input.importance));
    }
    let same = |other: &&DrawWish| other.resource == input.resource && Ok(other.span) == span;
    match others.iter().find(same) {
        Some(other) => errors.push(WishError::Duplicate(other.id)),
        None => {
            errors.extend(span.ok().and_then(|span| own_overlap(span, others)).map(WishError::Overlaps));
        }
    }
    if others.len() >= rules.limit {
        errors.push(WishError::TooMany(rules.limit));
    }
    match (span, importance) {
        (Ok(span), Some(importance)) if errors.is_empty() => Ok((span, importance)),
        _ => Err(errors),
    }
}

/// The first of a person's `others` that is for some of the time of `span`: a person can use only one of both. A group is at several
/// places at once.
fn own_overlap(span: WeekSpan, others: &[DrawWish]) -> Option<WishId> {
    let mut own = others.iter().filter(|other| matches!(other.entrant, Entrant::Person(_)));
    own.find(|other| other.span.overlaps(span)).map(|other| other.id)
}

/// A machine and its room that are both offered. A draw offers one or the other, because a booking of the room takes
/// the machine with it.
#[must_use]
pub fn offered_twice(
    offered: &[Resource],
    room_of: impl Fn(MachineId) -> Option<RoomId>,
) -> Option<(MachineId, RoomId)> {
    let with_room = |it: &Resource| it.machine().and_then(|machine| Some((machine, room_of(machine)?)));
    offered.iter().filter_map(with_room).find(|&(_, room)| offered.contains(&Resource::Room(room)))
}
