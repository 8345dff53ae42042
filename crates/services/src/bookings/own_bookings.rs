//! The caller's own bookings, with the actions possible on each and until when.
//!
//! Waiting entries are shown among them. Not here: free times, which are in [`super::search`].

use super::{
    BookingContext, BookingsError, Want, bookables, instead_of,
    preconditions::side,
    queries::{self, to_view},
    search,
};
use crate::{Ctx, directory::suggested};
use contract::{
    bookings::{Mine, Opened, Outage, Quota},
    machines::{Extension, NextBooking},
    waiting::Waiting,
};
use domain::{
    actor::{Actor, Forbidden, Permission, Target},
    bookings::{
        self as rules, ANSWERED_WITHIN, BookingAction, EARLY, HandOver, NO_SHOWS_WITHIN, Policy, Request,
        Resource, State, gone,
    },
    id::{BookingId, PersonId},
    machines::MachineState,
    occupations::Span,
    time::{DAY, MINUTE, Millis},
    zone::Zone,
};
use std::collections::BTreeMap;
use store::{
    SqliteConnection, StoreError,
    bookings::{self as rows, BookingRow, Filter},
    outages as out_of_service,
    waiting::{self, WaitingRow},
};

/// So far back past bookings are shown, in days.
const BACK: u32 = 90;
/// Limit of upcoming and of past bookings in one answer.
const MOST: u32 = 200;
/// Past bookings examined for the newest.
const GONE_THROUGH: u32 = 5_000;
/// Waiting entries of one person: more than anybody has.
const WAITING: u32 = 100;
/// Minutes by which a running booking can be extended with one tap.
const LONGER: [u32; 2] = [30, 60];

/// The caller's bookings: upcoming ones and those of the last ninety days.
pub async fn mine(ctx: &Ctx, actor: &Actor) -> Result<Mine, BookingsError> {
    actor.require(Permission::Book, Target::NONE)?;
    let person = actor.person().ok_or(Forbidden::SignIn)?;
    let (zone, now) = (ctx.space().zone, ctx.now());
    let mut snapshot = ctx.store().snapshot().await?;
    let row = own_rows(&mut snapshot, person, now).await?;
    let mut policies: BTreeMap<Resource, Policy> = BTreeMap::new();
    let mut bookings = Vec::new();
    let blocked = out_of_service::blocked(&mut snapshot).await?;
    for row in row {
        let is_blocked = row.resource().machine().is_some_and(|machine| blocked.contains(&machine));
        let out = is_blocked && now < row.starts && row.state.takes_time();
        let policy = match policies.get(&row.resource()) {
            Some(policy) => *policy,
            None => rows::settings_of(&mut snapshot, row.resource(), row.kind).await?.booking,
        };
        policies.insert(row.resource(), policy);
        bookings.push(Opened { out, ..opened_as(&mut snapshot, actor, row, &policy, zone, now).await? });
    }
    let today = zone.moment(now).wall().date;
    let monday = today.days() - i64::from(today.weekday());
    let week = search::whole_day(zone, domain::time::Date::from_days(monday)).starts;
    let until = search::whole_day(zone, domain::time::Date::from_days(monday + 6)).ends;
    let own = rows::own(&mut snapshot, person.into(), week, None).await?;
    let booked =
        own.iter().map(|own| own.span.ends.min(until).minus(own.span.starts.max(week)).max(0)).sum::<i64>();
    let no_shows = rows::no_shows(&mut snapshot, person, now.before(NO_SHOWS_WITHIN)).await?;
    Ok(Mine {
        now: zone.moment(now),
        bookings,
        quota: Quota {
            minutes: u32::try_from(booked / domain::time::millis(MINUTE)).unwrap_or(u32::MAX),
            most: ctx.space().settings.booking.weekly,
        },
        no_shows: u32::try_from(no_shows).unwrap_or(u32::MAX),
        waiting: waiting_entries(&mut snapshot, person, zone).await?,
    })
}

/// Bookings of `person` and of their groups: upcoming ones, of each series the next date, and the newest past ones.
async fn own_rows(
    conn: &mut SqliteConnection,
    person: PersonId,
    now: Millis,
) -> Result<Vec<BookingRow>, StoreError> {
    let theirs = Filter { person: Some(person), reader: Some(person), ..Filter::default() };
    let groups = Filter { person: None, groups_of: Some(person), ..theirs };
    let (mut past, mut coming) = (Vec::new(), Vec::new());
    for filter in [theirs, groups] {
        let before = Filter { after: Some(now.before(DAY * BACK)), before: Some(now), ..filter };
        past.extend(rows::list(conn, before, GONE_THROUGH).await?);
        coming.extend(rows::list(conn, Filter { after: Some(now), next_dates: true, ..filter }, MOST).await?);
    }
    past.retain(|row| row.ends <= now);
    for list in [&mut past, &mut coming] {
        list.sort_by_key(|row| (row.starts, row.id));
        list.dedup_by_key(|row| row.id);
    }
    past.drain(..past.len().saturating_sub(MOST as usize));
    coming.truncate(MOST as usize);
    past.extend(coming);
    Ok(past)
}

/// The booking of `person` that is running, or the next within a week.
pub(crate) async fn next(
    ctx: &Ctx,
    conn: &mut SqliteConnection,
    person: PersonId,
    now: Millis,
) -> Result<Option<NextBooking>, StoreError> {
    let zone = ctx.space().zone;
    let filter = Filter {
        person: Some(person),
        reader: Some(person),
        holding: true,
        after: Some(now),
        before: Some(now.after(DAY * 7)),
        ..Filter::default()
    };
    // What they booked for a group that they left is not theirs.
    let mut theirs = rows::list(conn, filter, MOST).await?.into_iter();
    let is_theirs = |row: &BookingRow| row.group.is_none() || row.role.is_some();
    let Some(row) = theirs.find(is_theirs) else { return Ok(None) };
    let runs = row.state == State::CheckedIn;
    let longer = if runs { longer(conn, &row, zone, now).await } else { Ok(Vec::new()) };
    let ends = match longer {
        Ok(ends) => ends.last().copied(),
        Err(BookingsError::Store(why)) => return Err(why),
        // It keeps its length.
        Err(_) => None,
    };
    let extension =
        ends.map(|ends| Extension { ends: zone.moment(ends), version: row.version, resource: row.resource() });
    Ok(Some(NextBooking {
        id: row.id,
        starts: zone.moment(row.starts),
        ends: zone.moment(row.ends),
        opens: rules::actions(row.state, rules::Side::Holder, row.span(), now).contains(&BookingAction::CheckIn),
        runs,
        resource: row.resource(),
        extension,
        name: row.name,
    }))
}

/// One booking with its possible actions, for those who may see it.
pub async fn opened(ctx: &Ctx, actor: &Actor, booking: BookingId) -> Result<Opened, BookingsError> {
    actor.require(Permission::SeeBookings, Target::NONE)?;
    let (zone, now) = (ctx.space().zone, ctx.now());
    let mut snapshot = ctx.store().snapshot().await?;
    let row = queries::seen(&mut snapshot, actor, booking, now).await?;
    let policy = rows::settings_of(&mut snapshot, row.resource(), row.kind).await?.booking;
    let bookable = bookables::bookable(&mut snapshot, ctx, row.resource(), now).await?.map(|(found, _)| found);
    let since = match bookable.as_ref().and_then(|bookable| bookable.state.as_ref()) {
        Some(MachineState::Blocked { since }) => Some(*since),
        _ => None,
    };
    // A running booking cannot be moved. Its holder moves it, or a moderator for them.
    let coming = side(actor, &row).is_some() && now < row.starts && row.state.takes_time();
    let outage = match since.filter(|_| coming) {
        Some(since) => Some(Outage { since, instead: instead_of(&mut snapshot, &row, zone, now).await? }),
        None => None,
    };
    let opened = opened_as(&mut snapshot, actor, row, &policy, zone, now).await?;
    // Members write the whole name: who else is one is not to be found out here.
    let hands_over = opened.booking.hand_over.contains(&HandOver::Offer);
    let names = if hands_over && actor.may(Permission::SeePeople, Target::NONE) {
        suggested(&mut snapshot).await?
    } else {
        Vec::new()
    };
    Ok(Opened { place: bookable.and_then(|bookable| bookable.place), outage, names, ..opened })
}

async fn opened_as(
    conn: &mut SqliteConnection,
    actor: &Actor,
    row: BookingRow,
    policy: &Policy,
    zone: Zone,
    now: Millis,
) -> Result<Opened, BookingsError> {
    let span = row.span();
    let gone = match row.state {
        State::Pending => row.asked.after(ANSWERED_WITHIN).min(span.ends),
        _ => gone(span, row.decided),
    };
    let runs = row.state == State::CheckedIn && side(actor, &row) == Some(rules::Side::Holder);
    let extend = if runs { longer(conn, &row, zone, now).await? } else { Vec::new() };
    Ok(Opened {
        now: zone.moment(now),
        place: row.place.clone(),
        opens: zone.moment(span.starts.before(EARLY)),
        gone: zone.moment(gone),
        free_until: zone.moment(span.starts.before(MINUTE * u32::from(policy.free_until))),
        extend: extend.into_iter().map(|at| zone.moment(at)).collect(),
        out: false,
        outage: None,
        names: Vec::new(),
        booking: to_view(row, actor, zone, now),
    })
}

/// Until when a booking that runs can be made longer.
async fn longer(
    conn: &mut SqliteConnection,
    row: &BookingRow,
    zone: Zone,
    now: Millis,
) -> Result<Vec<Millis>, BookingsError> {
    let can_move = rules::actions(row.state, rules::Side::Holder, row.span(), now).contains(&BookingAction::Move);
    if !can_move {
        return Ok(Vec::new());
    }
    let (resource, span) = (row.resource(), row.span());
    // Its standing was asked for when it was booked, and the holder’s is asked for again when it is changed.
    let (person, group) = (row.person, row.group);
    let want = Want { resource, person, group, without: Some(row.id), span, zone, now };
    let known = match BookingContext::load(conn, want).await {
        Ok(known) => known,
        // Archived meanwhile.
        Err(BookingsError::UnknownResource) => return Ok(Vec::new()),
        Err(why) => return Err(why),
    };
    let ends = LONGER.into_iter().map(|minutes| span.ends.after(MINUTE * minutes));
    let is_free = |ends: &Millis| {
        let request = Request { span: Span { ends: *ends, ..span }, kept: Some(span.starts) };
        rules::refusals(request, &known.facts()).is_empty()
    };
    Ok(ends.filter(is_free).collect())
}

/// The lists that `person` is on, by when the times begin.
pub(crate) async fn waiting_entries(
    conn: &mut SqliteConnection,
    person: PersonId,
    zone: Zone,
) -> Result<Vec<Waiting>, StoreError> {
    let filter = waiting::Filter { person: Some(person), ..waiting::Filter::default() };
    let stored = waiting::list(conn, filter, WAITING).await?;
    Ok(stored.into_iter().map(|stored| waiting_view(stored, zone)).collect())
}

fn waiting_view(row: WaitingRow, zone: Zone) -> Waiting {
    Waiting {
        id: row.id,
        resource: row.resource(),
        starts: zone.moment(row.starts),
        ends: zone.moment(row.ends),
        state: row.state,
        asked: zone.moment(row.asked),
        position: row.ahead + 1,
        until: row.until.filter(|_| row.state == domain::waiting::State::Offered).map(|at| zone.moment(at)),
        name: row.name,
    }
}
