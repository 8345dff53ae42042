//! Lines of a table of bookings, judged together: what each asks for, and what all of them can have.
//!
//! **Invariant.** The order of the lines decides nothing: of two lines in each other's way none is taken, and people who are given
//! each other's bookings exchange them. Not here: reading lines, and writing ([`super`]).

use super::{BookingsError, Exchange, LINES, Left, Line};
use crate::bookings::rows;
use domain::{
    bookings::{LONGEST, Policy, Resource, State},
    id::{BookingId, MachineId, PersonId, RoomId},
    imports::exchanges::{Claim, exchanged},
    occupations::Span,
    time::{DAY, MINUTE, Millis},
};
use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};
use store::{SqliteConnection, bookings::BookingRow, permitted, rooms};

/// Times that exchanges are judged; if there are still people who are busy, nothing is exchanged.
const ROUNDS: u8 = 16;

/// What a line is given.
pub(super) enum LineOutcome {
    New(Line, Policy),
    Exchange(Box<Exchange>),
    /// A line before asks for the same.
    Twice,
}

/// The machines, rooms and people of a table.
#[derive(Default)]
pub(super) struct ImportContext {
    policies: BTreeMap<Resource, Policy>,
    taken: BTreeMap<Resource, Vec<Span>>,
    /// Bookings of persons that can pass to others, by resource and time.
    held: BTreeMap<(Resource, Span), BookingRow>,
    busy: BTreeMap<PersonId, Vec<Span>>,
    own: BTreeMap<PersonId, BTreeSet<(Resource, Span)>>,
    /// Bookings that a line of their holder names.
    stay: BTreeSet<BookingId>,
    /// All that is named in the table.
    named: Vec<Resource>,
    /// The times that are named in it.
    times: BTreeSet<(Resource, Span)>,
    /// Resources that are for groups in which a person is not.
    closed: BTreeMap<PersonId, Vec<Resource>>,
    /// Which machines are in which room: either takes the other.
    rooms: BTreeMap<MachineId, RoomId>,
}

impl ImportContext {
    pub async fn load(conn: &mut SqliteConnection, lines: Vec<Line>) -> Result<Self, BookingsError> {
        let times: BTreeSet<_> = lines.iter().map(|line| (line.resource, line.span)).collect();
        let named: BTreeSet<_> = times.iter().map(|(resource, _)| *resource).collect();
        let rooms = rooms::list(conn).await?;
        let inside = rooms.iter().flat_map(|room| room.machines().into_iter().map(|machine| (machine, room.id)));
        let named = named.into_iter().collect();
        Ok(Self { rooms: inside.collect(), named, times, ..Self::default() })
    }

    /// The line, if it can be judged; `None` if its booking exists.
    pub async fn ask(
        &mut self,
        conn: &mut SqliteConnection,
        line: Line,
        now: Millis,
    ) -> Result<Result<Option<Line>, Left>, BookingsError> {
        let Line { resource, person, span } = line;
        if span.ends <= span.starts {
            return Ok(Err(Left::Order));
        }
        if span.ends.since(span.starts) > LONGEST {
            return Ok(Err(Left::Long));
        }
        if span.ends <= now {
            return Ok(Err(Left::Over));
        }
        self.load_resource(conn, resource, now).await?;
        self.load_person(conn, person, now).await?;
        if self.own.get(&person).is_some_and(|own| own.contains(&(resource, span))) {
            self.stay.extend(self.held.get(&(resource, span)).map(|row| row.id));
            return Ok(Ok(None));
        }
        if self.closed.get(&person).is_some_and(|closed| closed.contains(&resource)) {
            return Ok(Err(Left::GroupsOnly));
        }
        Ok(Ok(Some(line)))
    }

    async fn load_resource(
        &mut self,
        conn: &mut SqliteConnection,
        resource: Resource,
        now: Millis,
    ) -> Result<(), BookingsError> {
        let Entry::Vacant(place) = self.policies.entry(resource) else { return Ok(()) };
        let named = rows::resource(conn, resource).await?.ok_or(BookingsError::UnknownResource)?;
        place.insert(rows::settings_of(conn, resource, named.kind).await?.booking);
        let taken = rows::taken(conn, resource, ever(now), None).await?;
        self.taken.insert(resource, taken.into_iter().map(|taken| taken.span).collect());
        let filter =
            rows::Filter { resource: Some(resource), holding: true, after: Some(now), ..rows::Filter::default() };
        let held = rows::list(conn, filter, u32::try_from(LINES).unwrap_or(u32::MAX)).await?;
        let times = &self.times;
        let passes = |row: &BookingRow| {
            let is_own = row.group.is_none() && row.series.is_none();
            is_own && row.state == State::Approved && row.starts > now && times.contains(&(resource, row.span()))
        };
        self.held.extend(held.into_iter().filter(passes).map(|row| ((resource, row.span()), row)));
        Ok(())
    }

    async fn load_person(
        &mut self,
        conn: &mut SqliteConnection,
        person: PersonId,
        now: Millis,
    ) -> Result<(), BookingsError> {
        let Entry::Vacant(place) = self.busy.entry(person) else { return Ok(()) };
        place.insert(rows::elsewhere(conn, person, ever(now), None, false).await?);
        let filter =
            rows::Filter { person: Some(person), holding: true, after: Some(now), ..rows::Filter::default() };
        let own = rows::list(conn, filter, u32::try_from(LINES).unwrap_or(u32::MAX)).await?;
        self.own.insert(person, own.iter().map(|stored| (stored.resource(), stored.span())).collect());
        let closed = permitted::closed_to(conn, &self.named, person.into()).await?;
        self.closed.insert(person, closed.into_keys().collect());
        Ok(())
    }

    /// What each of these lines is given, all of them together.
    pub fn judge(&self, asked: Vec<(u32, Line)>) -> Vec<(u32, Result<LineOutcome, Left>)> {
        let (mut seen, mut judged, mut wanted) = (BTreeSet::new(), Vec::new(), Vec::new());
        for (number, line) in asked {
            if seen.insert(line) {
                wanted.push((number, line));
            } else {
                judged.push((number, Ok(LineOutcome::Twice)));
            }
        }
        let passing = self.passing(&wanted);
        let mut free = Vec::new();
        for (number, line) in wanted {
            let row = self.held.get(&(line.resource, line.span));
            let policy = self.policies.get(&line.resource).copied().unwrap_or_default();
            match row.filter(|row| passing.get(&row.id) == Some(&line.person)) {
                Some(row) => {
                    let exchanged = Exchange { row: row.clone(), person: line.person, policy };
                    judged.push((number, Ok(LineOutcome::Exchange(Box::new(exchanged)))));
                }
                None => match self.refused(&line, &passing) {
                    Some(why) => judged.push((number, Err(why))),
                    None => free.push((number, line, policy)),
                },
            }
        }
        let crosses = |(number, line, policy): &(u32, Line, Policy)| {
            free.iter().any(|(other, beside, pauses)| {
                other != number
                    && (line.person == beside.person && line.span.overlaps(beside.span)
                        || self.takes(line.resource, beside.resource)
                            && whole(line.span, policy).overlaps(whole(beside.span, pauses)))
            })
        };
        let given = free.iter().map(|one| {
            let (number, line, policy) = *one;
            (number, if crosses(one) { Err(Left::Crossing) } else { Ok(LineOutcome::New(line, policy)) })
        });
        judged.extend(given);
        judged
    }

    /// The bookings that pass to another person, each with that person.
    fn passing(&self, wanted: &[(u32, Line)]) -> BTreeMap<BookingId, PersonId> {
        let claim = |(_, line): &(u32, Line)| {
            let row = self.held.get(&(line.resource, line.span))?;
            Some((Claim { thing: row.id, from: row.person?, to: line.person }, line.span))
        };
        let mut claims: Vec<_> = wanted.iter().filter_map(claim).collect();
        for _ in 0..ROUNDS {
            let all: Vec<_> = claims.iter().map(|(claim, _)| *claim).collect();
            let passing = exchanged(&all, &self.stay);
            // People who are busy then are given none, and the others are judged again.
            claims.retain(|(claim, span)| !self.is_busy(claim.to, *span, &passing, Some(claim.thing)));
            if claims.len() == all.len() {
                return passing;
            }
        }
        BTreeMap::new()
    }

    /// Why a line that is no part of an exchange cannot be had beside what is stored.
    fn refused(&self, line: &Line, passing: &BTreeMap<BookingId, PersonId>) -> Option<Left> {
        let policy = self.policies.get(&line.resource).copied().unwrap_or_default();
        let whole = whole(line.span, &policy);
        let taken = self.taken.get(&line.resource);
        if taken.is_some_and(|taken| taken.iter().any(|taken| taken.overlaps(whole))) {
            return Some(Left::Conflict);
        }
        self.is_busy(line.person, line.span, passing, None).then_some(Left::Elsewhere)
    }

    /// Whether a person is busy at a time after the exchange, apart from one booking that passes to them.
    fn is_busy(
        &self,
        person: PersonId,
        span: Span,
        passing: &BTreeMap<BookingId, PersonId>,
        without: Option<BookingId>,
    ) -> bool {
        let mut busy = self.busy.get(&person).cloned().unwrap_or_default();
        for row in self.held.values() {
            let Some(to) = passing.get(&row.id) else { continue };
            if row.person == Some(person)
                && let Some(at) = busy.iter().position(|busy| *busy == row.span())
            {
                busy.remove(at);
            }
            if *to == person && without != Some(row.id) {
                busy.push(row.span());
            }
        }
        busy.iter().any(|busy| busy.overlaps(span))
    }

    /// Whether `one` takes the time of `other`.
    fn takes(&self, one: Resource, other: Resource) -> bool {
        let is_in = |inner: Resource, outer: Resource| {
            let room = inner.machine().and_then(|machine| self.rooms.get(&machine));
            room.is_some() && room.copied() == outer.room()
        };
        one == other || is_in(one, other) || is_in(other, one)
    }
}

/// A booking's time with the pauses around it.
fn whole(span: Span, policy: &Policy) -> Span {
    let pause = |minutes: u16| MINUTE * u32::from(minutes);
    Span { starts: span.starts.before(pause(policy.before)), ends: span.ends.after(pause(policy.after)) }
}

/// From yesterday on.
fn ever(now: Millis) -> Span {
    Span { starts: now.before(DAY), ends: Millis(i64::MAX) }
}
