//! Which times of a machine or a room a person can book, why not the others, and which are nearest.
//!
//! **Invariants.** [`refusals`] never refuses, because of the time, what [`availability`] calls free and a policy
//! allows to start and end there; an alternative is never refused. All three use the same facts and the wall clock
//! of the space. What [`personal_availability`] calls free is not refused because of the person either.
//!
//! `refusals` returns every reason, not the first. Buffers apply to the machine, not to its holder. A person's own
//! bookings may overlap if the rules of both allow it, but never a checkout.

use super::{Conflict, Obstacle, Policy, Refusal, TimeWindow};
use crate::{
    access::Reason,
    hours,
    occupations::Span,
    time::{DAY, Date, HOUR, MINUTE, Millis, millis},
    zone::Zone,
};
use std::time::Duration;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request {
    pub span: Span,
    /// The stored start of a booking that is changed: one that has begun can still change its end.
    pub kept: Option<Millis>,
}

/// The facts about a machine or a room and the person, without the booking being moved.
#[derive(Debug, Clone)]
pub struct Facts<'a> {
    pub policy: Policy,
    /// The zone of the space.
    pub zone: Zone,
    /// The time of the request.
    pub now: Millis,
    pub hours: &'a hours::Hours,
    /// Why they may not use it, whenever that is.
    pub may_not: &'a [Reason],
    /// Whether it is for everybody, or for a group of theirs.
    pub permitted: bool,
    /// Whether it is open to new bookings; those made before stay.
    pub bookable: bool,
    /// Spans in which they may no longer use it, though they may before: a qualification lapses, or a ban begins.
    /// In order.
    pub lapses: &'a [Span],
    /// The number of their upcoming bookings, without dates of series: a series is decided about as a whole.
    pub open: u32,
    /// Their bookings in the weeks concerned.
    pub own: &'a [Span],
    /// Their other appointments that exclude this one, in order.
    pub elsewhere: &'a [Span],
    /// Its conflicts, in order.
    pub taken: &'a [Conflict],
}

/// A part of a stretch of time, free or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    pub span: Span,
    /// Why it is not free.
    pub obstacle: Option<Obstacle>,
}

/// Times that are offered instead, at most.
const ALTERNATIVES: usize = 3;
/// Longer ranges are not explained.
const LONGEST: i64 = 31;

impl Facts<'_> {
    /// The first instant at which a booking may begin.
    fn earliest(&self) -> Millis {
        self.now.after(MINUTE * u32::from(self.policy.lead))
    }

    /// The last instant at which one may end: the end of the last day.
    fn latest(&self) -> Millis {
        let today = self.zone.moment(self.now).wall().date;
        self.zone.start_of(Date::from_days(today.days() + i64::from(self.policy.horizon) + 1))
    }

    /// All that `span` takes, with its pauses.
    fn whole(&self, span: Span) -> Span {
        let (before, after) = self.pauses();
        Span { starts: span.starts.before(before), ends: span.ends.after(after) }
    }

    fn pauses(&self) -> (Duration, Duration) {
        (MINUTE * u32::from(self.policy.before), MINUTE * u32::from(self.policy.after))
    }

    /// Whether the clock on the wall shows a time of the grid.
    fn is_on_grid(&self, at: Millis) -> bool {
        let minute = i64::from(self.zone.moment(at).wall().minute);
        at.0.rem_euclid(millis(MINUTE)) == 0 && minute % i64::from(self.policy.grid.max(1)) == 0
    }

    /// Its opening times on the days around `within`, in order; adjacent ones are merged.
    fn openings(&self, within: Span) -> Vec<Span> {
        let day = |at| self.zone.moment(at).wall().date.days();
        let mut open: Vec<Span> = Vec::new();
        for date in (day(within.starts) - 1..=day(within.ends) + 1).map(Date::from_days) {
            for stretch in self.hours.on(date) {
                let at = |minute| self.zone.instant(date, minute);
                let (starts, ends) = (at(stretch.from), at(stretch.to));
                match open.last_mut() {
                    Some(last) if starts <= last.ends => last.ends = last.ends.max(ends),
                    _ if starts < ends => open.push(Span { starts, ends }),
                    _ => {}
                }
            }
        }
        open
    }

    /// The weeks that `span` touches, from Monday to Monday by the calendar on the wall.
    fn weeks(&self, span: Span) -> impl Iterator<Item = (Date, Span)> {
        let zone = self.zone;
        let first = zone.moment(span.starts).wall().date;
        let monday = first.days() - i64::from(first.weekday());
        (0..).map(move |week| monday + week * 7).map_while(move |day| {
            let at = |day| zone.start_of(Date::from_days(day));
            let week = Span { starts: at(day), ends: at(day + 7) };
            (week.starts < span.ends).then(|| (Date::from_days(day), week))
        })
    }

    /// Milliseconds of `week` that they have booked.
    fn booked(&self, week: Span) -> i64 {
        self.own.iter().map(|&own| shared(own, week)).sum()
    }

    /// The length of `span`, for comparison with the maximum. If a whole day is allowed, so is a day of 25 hours
    /// when clocks are put back.
    fn length(&self, span: Span) -> i64 {
        let wall = |at: Millis| at.0.saturating_add(i64::from(self.zone.moment(at).offset) * millis(MINUTE));
        let length = span.ends.0.saturating_sub(span.starts.0);
        let is_of_days = i64::from(self.policy.most) * millis(MINUTE) >= millis(DAY);
        if is_of_days { length.min(wall(span.ends).saturating_sub(wall(span.starts))) } else { length }
    }

    /// Milliseconds of a week that one may book.
    fn weekly(&self) -> Option<i64> {
        (self.policy.weekly > 0).then(|| millis(HOUR) * i64::from(self.policy.weekly))
    }
}

/// Milliseconds that two spans share.
fn shared(one: Span, other: Span) -> i64 {
    one.ends.min(other.ends).minus(one.starts.max(other.starts)).max(0)
}

/// All refusals of `request`, in a fixed order.
#[must_use]
pub fn refusals(request: Request, facts: &Facts<'_>) -> Vec<Refusal> {
    let (span, policy) = (request.span, &facts.policy);
    let is_closed = request.kept.is_none() && !facts.bookable;
    let many = request.kept.is_none() && policy.open > 0 && u32::from(policy.open) <= facts.open;
    if span.ends <= span.starts {
        // For an invalid span only refusals that any other time would share are listed.
        let may_not = facts.may_not.iter().map(|reason| Refusal::MayNot(*reason));
        let groups = (!facts.permitted).then_some(Refusal::GroupsOnly);
        let not_bookable = is_closed.then_some(Refusal::NotBookable);
        let many = many.then_some(Refusal::TooManyOpen { most: policy.open });
        let lasting = may_not.chain(groups).chain(not_bookable).chain(many);
        return std::iter::once(Refusal::Order).chain(lasting).collect();
    }
    let mut all = Vec::new();
    let mut refuse = |when: bool, refusal: Refusal| {
        if when {
            all.push(refusal);
        }
    };
    let is_new = request.kept != Some(span.starts);
    let (earliest, latest) = (facts.earliest(), facts.latest());
    refuse(is_new && span.starts < earliest, Refusal::TooSoon { earliest });
    // A running booking cannot end in the past.
    refuse(!is_new && span.ends < facts.now, Refusal::TooSoon { earliest: facts.now });
    refuse(latest < span.ends, Refusal::TooFar { latest });
    let on_grid = (!is_new || facts.is_on_grid(span.starts)) && facts.is_on_grid(span.ends);
    refuse(!on_grid, Refusal::OffGrid { minutes: policy.grid });
    let minutes = |minutes: u16| i64::from(minutes) * millis(MINUTE);
    let length = span.ends.0.saturating_sub(span.starts.0);
    refuse(length < minutes(policy.least), Refusal::TooShort { least: policy.least });
    refuse(minutes(policy.most) < facts.length(span), Refusal::TooLong { most: policy.most });
    let is_of_days = length <= millis(DAY) * LONGEST;
    if is_of_days {
        let is_open = facts.openings(span).iter().any(|open| open.covers(span));
        refuse(!is_open, Refusal::Closed);
    }
    for reason in facts.may_not {
        refuse(true, Refusal::MayNot(*reason));
    }
    refuse(!facts.permitted, Refusal::GroupsOnly);
    refuse(is_closed, Refusal::NotBookable);
    // If they may not at the start, a later lapse is irrelevant.
    if let (true, Some(lapse)) = (facts.may_not.is_empty(), facts.lapses.iter().find(|lapse| lapse.overlaps(span)))
    {
        refuse(true, Refusal::Lapses { since: lapse.starts });
    }
    refuse(many, Refusal::TooManyOpen { most: policy.open });
    if let (Some(most), true) = (facts.weekly(), is_of_days) {
        let over = facts.weeks(span).find(|(_, week)| facts.booked(*week) + shared(span, *week) > most);
        if let Some((week, of)) = over {
            let minutes = (facts.booked(of) / millis(MINUTE)).try_into().unwrap_or(u32::MAX);
            refuse(true, Refusal::TooManyHours { most: policy.weekly, minutes, week });
        }
    }
    if let Some(elsewhere) = facts.elsewhere.iter().find(|other| other.overlaps(span)) {
        refuse(true, Refusal::Elsewhere { span: *elsewhere });
    }
    let whole = facts.whole(span);
    if let Some(taken) = facts.taken.iter().find(|taken| taken.span.overlaps(whole)) {
        refuse(true, Refusal::Taken(*taken));
    }
    all
}

/// The free and occupied pieces of `range`, with reasons: adjacent, in order, and covering all of it.
#[must_use]
pub fn availability(range: Span, facts: &Facts<'_>) -> Vec<Piece> {
    if range.ends <= range.starts {
        return Vec::new();
    }
    let (before, after) = facts.pauses();
    let ever = |starts, ends| Span { starts, ends };
    let mut closed: Vec<(Span, Obstacle)> = Vec::new();
    // From the last to the first, so that the first is listed first.
    if let Some(most) = facts.weekly() {
        let least = i64::from(facts.policy.least) * millis(MINUTE);
        let full = facts.weeks(range).filter(|(_, week)| facts.booked(*week) + least > most);
        closed.extend(full.map(|(_, week)| (week, Obstacle::Quota)));
    }
    closed.extend(facts.elsewhere.iter().map(|span| (*span, Obstacle::Elsewhere)));
    if facts.may_not.is_empty() {
        closed.extend(facts.lapses.iter().map(|span| (*span, Obstacle::Lapsed)));
    }
    for taken in facts.taken {
        let span = ever(taken.span.starts.before(after), taken.span.ends.after(before));
        let by: Obstacle = taken.by.into();
        match closed.last_mut() {
            // A day without a gap is one stretch: what follows compares each with each.
            Some((last, other)) if *other == by && last.starts <= span.starts && span.starts <= last.ends => {
                last.ends = last.ends.max(span.ends);
            }
            _ => closed.push((span, by)),
        }
    }
    let mut shut = range.starts;
    for open in facts.openings(range) {
        closed.push((ever(shut, open.starts), Obstacle::Closed));
        shut = shut.max(open.ends);
    }
    closed.push((ever(shut, range.ends), Obstacle::Closed));
    closed.push((ever(facts.latest(), range.ends), Obstacle::TooFar));
    closed.push((ever(range.starts, facts.earliest()), Obstacle::TooSoon));
    closed.retain(|(span, _)| span.starts < span.ends && span.overlaps(range));

    let inside = |at: &Millis| range.starts < *at && *at < range.ends;
    let mut edges: Vec<Millis> =
        closed.iter().flat_map(|(span, _)| [span.starts, span.ends]).filter(inside).collect();
    edges.extend([range.starts, range.ends]);
    edges.sort_unstable();
    edges.dedup();
    let mut pieces: Vec<Piece> = Vec::new();
    for (&starts, &ends) in edges.iter().zip(edges.iter().skip(1)) {
        let span = Span { starts, ends };
        let obstacle = closed.iter().rev().find(|(other, _)| other.covers(span)).map(|(_, obstacle)| *obstacle);
        match pieces.last_mut() {
            Some(last) if last.obstacle == obstacle => last.span.ends = ends,
            _ => pieces.push(Piece { span, obstacle }),
        }
    }
    // A piece that continues beyond the range may be long enough.
    let least = MINUTE * u32::from(facts.policy.least);
    for piece in &mut pieces {
        let is_whole = range.starts < piece.span.starts && piece.span.ends < range.ends;
        if piece.obstacle.is_none() && is_whole && piece.span.ends.since(piece.span.starts) < least {
            piece.obstacle = Some(Obstacle::TooShort);
        }
    }
    pieces
}

/// The same for the person whom the facts are about: what is free for others is not free for them if booking refuses them whatever
/// the time.
#[must_use]
pub fn personal_availability(range: Span, facts: &Facts<'_>) -> Vec<Piece> {
    let lasting = lasting_obstacle(facts);
    let mut pieces = availability(range, facts);
    for piece in &mut pieces {
        piece.obstacle = piece.obstacle.or(lasting);
    }
    pieces
}

/// Why no time at all is free for the person, the first in the order of refusals.
fn lasting_obstacle(facts: &Facts<'_>) -> Option<Obstacle> {
    let is_full = facts.policy.open > 0 && u32::from(facts.policy.open) <= facts.open;
    let obstacles = [
        (!facts.may_not.is_empty(), Obstacle::MayNot),
        (!facts.permitted, Obstacle::GroupsOnly),
        (!facts.bookable, Obstacle::NotBookable),
        (is_full, Obstacle::TooMany),
    ];
    obstacles.into_iter().find(|(holds, _)| *holds).map(|(_, obstacle)| obstacle)
}

/// The available times nearest to the requested one, at most three, by start. Of the same length if the policy
/// allows it.
#[must_use]
pub fn alternatives(request: Request, facts: &Facts<'_>) -> Vec<Span> {
    let range = Span { starts: facts.earliest(), ends: facts.latest() };
    alternatives_within(range, request, facts)
}

/// The same, of those within `range`.
#[must_use]
pub fn alternatives_within(range: Span, request: Request, facts: &Facts<'_>) -> Vec<Span> {
    let policy = &facts.policy;
    let length = request.span.ends.0.saturating_sub(request.span.starts.0) / millis(MINUTE);
    let grid = i64::from(policy.grid.max(1));
    let length = length.clamp(i64::from(policy.least), i64::from(policy.most)) / grid * grid;
    let length = length.max(up(policy.least.into(), grid));
    let Some(length) = u32::try_from(length).ok().filter(|length| *length > 0).map(|minutes| MINUTE * minutes)
    else {
        return Vec::new();
    };
    let mut starts = on_grid(range, length, facts);
    starts.sort_by_key(|at| (at.0.abs_diff(request.span.starts.0), *at));
    let mut found: Vec<Span> = Vec::new();
    for starts in starts {
        let span = Span { starts, ends: starts.after(length) };
        if found.iter().all(|other| !other.overlaps(span))
            && refusals(Request { span, ..request }, facts).is_empty()
        {
            found.push(span);
            if found.len() == ALTERNATIVES {
                break;
            }
        }
    }
    found.sort_unstable();
    found
}

/// Minutes that they have booked of the week in which `at` lies.
#[must_use]
pub fn booked_in_week(at: Millis, facts: &Facts<'_>) -> u32 {
    let instant = Span { starts: at, ends: at.after(MINUTE) };
    let booked = facts.weeks(instant).next().map_or(0, |(_, week)| facts.booked(week));
    u32::try_from(booked / millis(MINUTE)).unwrap_or(u32::MAX)
}

/// The possible starts of bookings of `length` within `range`, in order: none of them is refused.
#[must_use]
pub fn begins(range: Span, length: Duration, facts: &Facts<'_>) -> Vec<Millis> {
    // A booking that begins shortly before the end of the range continues beyond it.
    let mut starts = on_grid(Span { ends: range.ends.after(length), ..range }, length, facts);
    starts.retain(|&starts| starts < range.ends && refusals(request(starts, length), facts).is_empty());
    starts
}

/// Available times of `length` within `range` and `hours`, at most `most`: the first of each day, then others that
/// do not overlap them. By start.
#[must_use]
pub fn times(range: Span, length: Duration, hours: TimeWindow, most: usize, facts: &Facts<'_>) -> Vec<Span> {
    let wall = |at| facts.zone.moment(at).wall();
    // A booking in the last minutes of the range may continue beyond it if the hours allow.
    let is_overnight = (1_441..u16::MAX).contains(&hours.to);
    let range = if is_overnight { Span { ends: range.ends.after(length), ..range } } else { range };
    let pieces = availability(range, facts);
    let mut found: Vec<Span> = Vec::new();
    for of_new_day in [true, false] {
        // The rest of a day on which one was found is passed over, for a day has many starts.
        let mut next_day = range.starts;
        for starts in on_grid_of(&pieces, length, facts) {
            if found.len() >= most {
                break;
            }
            if of_new_day && starts < next_day {
                continue;
            }
            let Request { span, .. } = request(starts, length);
            if !hours.fits(span, facts.zone) {
                continue;
            }
            let date = wall(starts).date;
            let is_beside =
                found.iter().all(|other| !(other.overlaps(span) || of_new_day && wall(other.starts).date == date));
            if is_beside && refusals(request(starts, length), facts).is_empty() {
                found.push(span);
                next_day = facts.zone.start_of(Date::from_days(date.days() + 1));
            }
        }
    }
    found.sort_unstable();
    found
}

fn request(starts: Millis, length: Duration) -> Request {
    Request { span: Span { starts, ends: starts.after(length) }, kept: None }
}

/// Instants of the grid in `range` at which `length` is free, in order.
fn on_grid(range: Span, length: Duration, facts: &Facts<'_>) -> Vec<Millis> {
    on_grid_of(&availability(range, facts), length, facts).collect()
}

/// Instants of the grid in the free ones of `pieces` at which `length` is free, in order.
fn on_grid_of(pieces: &[Piece], length: Duration, facts: &Facts<'_>) -> impl Iterator<Item = Millis> {
    let step = MINUTE * u32::from(facts.policy.grid.max(1));
    let on_grid_from =
        move |at: Millis| (0..60).map(|minute| at.after(MINUTE * minute)).find(|at| facts.is_on_grid(*at));
    // After a half-hour clock change the wall-clock grid is shifted.
    let next = move |at: &Millis| on_grid_from(at.after(step));
    let is_long = move |piece: &&Piece| piece.span.ends.since(piece.span.starts) >= length;
    pieces.iter().filter(|piece| piece.obstacle.is_none()).filter(is_long).flat_map(move |piece| {
        let first = on_grid_from(Millis(up(piece.span.starts.0, millis(MINUTE))));
        let last = piece.span.ends.before(length);
        std::iter::successors(first, next).take_while(move |at| *at <= last)
    })
}

/// `at`, or the next multiple of `step`.
const fn up(at: i64, step: i64) -> i64 {
    (at + step - 1).div_euclid(step) * step
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{bookings::Cause, hours::Hours};

    const NOW: Millis = Millis(1_800_000_000_000);

    #[test]
    fn nothing_is_free_for_a_person_whom_booking_refuses_at_any_time() {
        let hours = Hours::default();
        let facts = Facts {
            policy: Policy::default(),
            zone: "UTC".parse().unwrap(),
            now: NOW,
            hours: &hours,
            may_not: &[],
            permitted: true,
            bookable: true,
            lapses: &[],
            open: 0,
            own: &[],
            elsewhere: &[],
            taken: &[],
        };
        let range = Span { starts: NOW.after(DAY), ends: NOW.after(DAY + HOUR) };
        let obstacle = |facts: &Facts<'_>| {
            let pieces = personal_availability(range, facts);
            assert_eq!(pieces.len(), 1, "{pieces:?}");
            let is_refused = !refusals(Request { span: range, kept: None }, facts).is_empty();
            assert_eq!(pieces[0].obstacle.is_some(), is_refused, "booking says the same");
            pieces[0].obstacle
        };
        assert_eq!(obstacle(&facts), None);
        let full = Facts { policy: Policy { open: 2, ..facts.policy }, open: 2, ..facts.clone() };
        assert_eq!(obstacle(&full), Some(Obstacle::TooMany));
        let closed = Facts { bookable: false, ..full };
        assert_eq!(obstacle(&closed), Some(Obstacle::NotBookable));
        let others = Facts { permitted: false, ..closed };
        assert_eq!(obstacle(&others), Some(Obstacle::GroupsOnly));
        let barred = Facts { may_not: &[Reason::NotAMember], ..others };
        assert_eq!(obstacle(&barred), Some(Obstacle::MayNot));
        let taken = [Conflict { span: range, by: Cause::Booking }];
        assert_eq!(obstacle(&Facts { taken: &taken, ..barred }), Some(Obstacle::Booking));
    }
}
