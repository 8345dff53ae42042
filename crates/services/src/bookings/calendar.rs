//! The moderators' view: a week of bookable machines and rooms in pages, and the requests awaiting an answer.
//!
//! Invariant: a week takes a bounded number of statements, and reads the bookings of the machines and rooms on its page.
//! Names follow the space's display rule, except for those who may decide. Not here: answering a request ([`super::decide`]).

use super::{
    BookingContext, BookingsError, Want, about, bookables,
    preconditions::side,
    queries::to_view,
    search::{Edges, as_it_is, booked, open_hours, time, whole_day},
};
use crate::{Ctx, pictures};
use contract::bookings::{
    Bar, Bookable, BookingRequest, Check, DayCell, Entry, History, LINES, Requests, Week, WeekGroup, WeekRow,
};
use domain::{
    actor::{Actor, Forbidden, Permission, Target},
    bookings::{self as rules, ANSWERED_WITHIN, Cause, Mode, Request, Resource, Side, State},
    hours::Hours,
    id::RoomId,
    occupations::Span,
    paging::PageRange,
    settings::ShownNames,
    time::{DAY, Date, Millis},
    zone::Zone,
};
use std::collections::HashMap;
use store::{
    SqliteConnection, StoreError,
    bookings::{self as rows, BookingRow, Filter, InCalendar},
    hours,
    machines::{self, Listed},
    occupations,
    rooms::{self, RoomQuery},
};
use text::Lang;

/// Requests in one answer, at most: those that expire first.
const REQUESTS: u32 = 100;
/// Requests of the whole space examined at most for those that the caller can answer.
const GONE_THROUGH: u32 = 5_000;
/// Age limit in days of a person's no-shows.
const HISTORY: u32 = 90;
pub(crate) type Pending = BookingRow;

/// Hours shown of a week without opening hours.
const DAYTIME: (u8, u8) = (8, 22);

/// What a week shows, and of which days.
#[derive(Debug, Clone, Default)]
pub struct WeekFilter {
    /// A day of the week; `None`: today.
    pub date: Option<Date>,
    /// Machines or rooms alone.
    pub show: Option<ResourceKind>,
    /// Only the rooms on this floor and the machines in them.
    pub floor: Option<String>,
    /// The number of the page, from 1.
    pub page: usize,
}

/// The part of a week that is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResourceKind {
    Machines,
    Rooms,
}

/// A page of the machines and rooms of a week.
pub async fn week(ctx: &Ctx, actor: &Actor, filter: WeekFilter) -> Result<Week, BookingsError> {
    actor.require(Permission::SeeBookings, Target::NONE)?;
    let (zone, now) = (ctx.space().zone, ctx.now());
    let date = filter.date.unwrap_or_else(|| zone.moment(now).wall().date);
    let monday = date.days() - i64::from(date.weekday());
    let dates: Vec<Date> = (monday..monday + 7).map(Date::from_days).collect();
    let span =
        Span { starts: zone.start_of(Date::from_days(monday)), ends: zone.start_of(Date::from_days(monday + 7)) };
    let mut snapshot = ctx.store().snapshot().await?;
    let floors = rooms::summary(&mut snapshot).await?.floors;
    let (pages, bookable) = page_of(&mut snapshot, ctx, &filter, now).await?;
    let resources: Vec<Resource> = bookable.iter().map(|one| one.resource).collect();
    let hours = hours::hours_of(&mut snapshot, None, None, monday).await?;
    let mut taken = taken_of(&mut snapshot, actor, &resources, span).await?;
    let decides = decides(&mut snapshot, actor).await?;
    drop(snapshot);
    let days: Vec<(Edges, Span)> =
        dates.iter().map(|date| (Edges { zone, day: *date }, whole_day(zone, *date))).collect();
    let mut row = |bookable: Bookable| {
        let mut own = taken.remove(&bookable.resource).unwrap_or_default();
        own.sort_by_key(|(span, _)| *span);
        let mut cells: Vec<DayCell> = days.iter().map(|_| DayCell::default()).collect();
        for (span, by) in &own {
            for ((edges, _), cell) in days.iter().zip(&mut cells).filter(|((_, day), _)| span.overlaps(*day)) {
                add(cell, edges.of(*span), (*span, by), actor, zone);
            }
        }
        WeekRow { days: cells, bookable }
    };
    let mut groups: Vec<(bool, WeekGroup)> = Vec::new();
    for bookable in bookable {
        let is_room = bookable.resource.room().is_some();
        let place = bookable.place.clone().filter(|_| !is_room);
        if groups.last().is_none_or(|(room, group)| *room != is_room || group.place != place) {
            groups.push((is_room, WeekGroup { place, rows: Vec::new() }));
        }
        if let Some((_, group)) = groups.last_mut() {
            group.rows.push(row(bookable));
        }
    }
    Ok(Week {
        now: zone.moment(now),
        days: dates.iter().map(|date| (*date, !hours.on(*date).is_empty())).collect(),
        hours: between(&hours, &dates),
        groups: groups.into_iter().map(|(_, group)| group).collect(),
        pages,
        floors,
        decides,
    })
}

/// The machines and rooms on the page: machines by place and name, then rooms by floor and name.
async fn page_of(
    conn: &mut SqliteConnection,
    ctx: &Ctx,
    filter: &WeekFilter,
    now: Millis,
) -> Result<(PageRange, Vec<Bookable>), StoreError> {
    let WeekFilter { show, floor, page, .. } = filter;
    let mut of_floor: Vec<RoomId> = Vec::new();
    if *show != Some(ResourceKind::Machines) || floor.is_some() {
        let query = RoomQuery { floor: floor.as_deref(), ..RoomQuery::default() };
        of_floor.extend(rooms::matching(conn, query).await?.into_iter().map(|room| room.id));
    }
    let mut machines = Vec::new();
    if *show != Some(ResourceKind::Rooms) {
        machines = machines::floor(conn, None, false, now).await?;
        // A door is opened and not booked.
        machines.retain(|one| !one.is_door);
        if floor.is_some() {
            let inside = rooms::inside(conn, &of_floor).await?;
            machines.retain(|one| inside.iter().any(|(_, machine)| *machine == one.id));
        }
    }
    if *show == Some(ResourceKind::Machines) {
        of_floor.clear();
    }
    let pages = PageRange::new(machines.len() + of_floor.len(), *page);
    let (from, count) = (pages.indexes().start, pages.indexes().len());
    let after_machines = from.saturating_sub(machines.len());
    let shown = machines.into_iter().skip(from).take(count).map(|one| bookables::machine(ctx, one, now));
    let mut bookable: Vec<Bookable> = shown.collect();
    let ids: Vec<RoomId> = of_floor.into_iter().skip(after_machines).take(count - bookable.len()).collect();
    if !ids.is_empty() {
        let mut stored = rooms::some(conn, &ids).await?;
        bookable.extend(ids.iter().filter_map(|id| stored.remove(id)).map(bookables::room));
    }
    Ok((pages, bookable))
}

/// What takes the time of a machine or room in a week.
enum TakenBy {
    Booking(InCalendar),
    Other(Cause),
}

/// The taken times of `resources`.
async fn taken_of(
    conn: &mut SqliteConnection,
    actor: &Actor,
    resources: &[Resource],
    span: Span,
) -> Result<HashMap<Resource, Vec<(Span, TakenBy)>>, StoreError> {
    let mut taken: HashMap<Resource, Vec<(Span, TakenBy)>> = HashMap::new();
    if resources.is_empty() {
        return Ok(taken);
    }
    for one in rows::within(conn, resources, span, actor.person()).await? {
        taken.entry(one.resource()).or_default().push((one.span(), TakenBy::Booking(one)));
    }
    for other in occupations::beside_bookings(conn, resources, span).await? {
        let resource = other.machine.map(Resource::Machine).or(other.room.map(Resource::Room));
        let Some(resource) = resource else { continue };
        let span = Span { starts: other.starts, ends: other.ends };
        taken.entry(resource).or_default().push((span, TakenBy::Other(other.cause)));
    }
    Ok(taken)
}

/// Adds a taken time to its day: to the bar, and with its text if there are few before it.
fn add(cell: &mut DayCell, (from, to): (u8, u8), (span, by): (Span, &TakenBy), actor: &Actor, zone: Zone) {
    let (cause, mine, waits) = match by {
        TakenBy::Booking(one) => (Cause::Booking, is_mine(one, actor), one.state == State::Pending),
        TakenBy::Other(cause) => (*cause, false, false),
    };
    let bar = Bar { from, to, cause, mine, waits };
    match cell.bars.last_mut() {
        Some(last) if last.to >= from && last.is_like(bar) => last.to = last.to.max(to),
        _ => cell.bars.push(bar),
    }
    if cell.entries.len() >= LINES {
        cell.more += 1;
        return;
    }
    let entry = match by {
        TakenBy::Booking(one) => of_booking(one, actor, zone),
        TakenBy::Other(cause) => entry(zone, span, *cause),
    };
    cell.entries.push(Entry { from, to, ..entry });
}

/// Whether the actor answers requests for anything.
async fn decides(conn: &mut SqliteConnection, actor: &Actor) -> Result<bool, StoreError> {
    if actor.may(Permission::Moderate, Target::NONE) {
        return Ok(true);
    }
    let machines = machines::inventory(conn).await?;
    Ok(machines
        .iter()
        .any(|one| actor.may(Permission::Moderate, about(Resource::Machine(one.id), Some(one.kind)))))
}

/// The hours of the clock between which the space is open on any of these days.
pub(super) fn between(hours: &Hours, dates: &[Date]) -> (u8, u8) {
    let open = || dates.iter().flat_map(|date| hours.on(*date));
    let (from, to) = (open().map(|it| it.from / 60).min(), open().map(|it| it.to.div_ceil(60)).max());
    let hour = |hour: u16| u8::try_from(hour).unwrap_or(24).min(24);
    from.zip(to).map_or(DAYTIME, |(from, to)| (hour(from), hour(to)))
}

/// Whether it is theirs, or of a group of theirs.
fn is_mine(booked: &InCalendar, actor: &Actor) -> bool {
    booked.role.is_some() || (booked.group.is_none() && booked.person.is_some() && booked.person == actor.person())
}

pub(super) fn of_booking(booked: &InCalendar, actor: &Actor, zone: Zone) -> Entry {
    let mine = is_mine(booked, actor);
    let about = about(booked.resource(), booked.kind);
    let (span, waits) = (booked.span(), booked.state == State::Pending);
    let visible = booked.visible_names();
    let sees_all = mine
        || actor.may(Permission::Moderate, about)
        || booked.person.is_some_and(|person| actor.may(Permission::SeePerson, Target::person(person)));
    let booking = sees_all.then_some(booked.id);
    let group = booked.group_name.as_ref().filter(|_| sees_all || visible != ShownNames::Nobody);
    let name = booked.person_name.as_ref().filter(|_| booked.group.is_none());
    let shown = |name: &String| if sees_all { Some(name.clone()) } else { visible.of(name) };
    let who = group.cloned().or_else(|| name.and_then(shown));
    Entry { who, booking, mine, waits, ..entry(zone, span, Cause::Booking) }
}

pub(super) fn entry(zone: Zone, span: Span, cause: Cause) -> Entry {
    let clocks = format!("{}–{}", clock(zone, span.starts), clock(zone, span.ends));
    Entry { from: 0, to: 0, cause, clocks, who: None, booking: None, mine: false, waits: false }
}

/// `9`, `9:30`.
fn clock(zone: Zone, at: Millis) -> String {
    let wall = zone.moment(at).wall();
    if wall.minute == 0 { wall.hour.to_string() } else { format!("{}:{:02}", wall.hour, wall.minute) }
}

/// Requests that `actor` can answer, with their expiry, earliest first. Nobody answers their own.
pub(crate) async fn pending(
    conn: &mut SqliteConnection,
    actor: &Actor,
    now: Millis,
) -> Result<Vec<(Pending, Millis)>, StoreError> {
    let filter = Filter { holding: true, due: Some(Millis(0)), reader: actor.person(), ..Filter::default() };
    let pending = rows::list(conn, filter, GONE_THROUGH).await?.into_iter();
    let theirs = pending.filter(|row| side(actor, row) == Some(Side::Moderator));
    let expiring = theirs.map(|row| (row.asked.after(ANSWERED_WITHIN).min(row.ends), row));
    let mut pending: Vec<_> = expiring.filter(|(expires, _)| now < *expires).collect();
    pending.sort_by_key(|(expires, row)| (*expires, row.id));
    Ok(pending.into_iter().map(|(expires, row)| (row, expires)).collect())
}

/// Requests that the caller can answer, by expiry, each with the arguments for and against it.
pub async fn requests(ctx: &Ctx, actor: &Actor, lang: Lang) -> Result<Requests, BookingsError> {
    actor.require(Permission::OwnAccount, Target::NONE)?;
    let (zone, now) = (ctx.space().zone, ctx.now());
    let mut snapshot = ctx.store().snapshot().await?;
    let mut pending = pending(&mut snapshot, actor, now).await?;
    let machines = machines::inventory(&mut snapshot).await?;
    let decides = |one: &Listed| actor.may(Permission::Moderate, Target::equipment(one.kind, Some(one.id)));
    if pending.is_empty() && !actor.may(Permission::Moderate, Target::NONE) && !machines.iter().any(decides) {
        return Err(Forbidden::NotAllowed.into());
    }
    pending.truncate(REQUESTS as usize);
    let mut requests = Vec::new();
    for (row, expires) in pending {
        let (resource, span, holder) = (row.resource(), row.span(), row.holder());
        let date = zone.moment(span.starts).wall().date;
        let (day, edges) = (whole_day(zone, date), Edges { zone, day: date });
        let (person, group) = (row.person, row.group);
        let want = Want { resource, person, group, without: Some(row.id), span, zone, now };
        let known = match BookingContext::load(&mut snapshot, want).await {
            Ok(known) => known,
            // Archived meanwhile: the request expires.
            Err(BookingsError::UnknownResource) => continue,
            Err(why) => return Err(why),
        };
        let within = Filter { after: Some(day.starts), before: Some(day.ends), ..Filter::default() };
        let there = rows::list(&mut snapshot, Filter { resource: Some(resource), ..within }, REQUESTS).await?;
        let theirs = match group {
            Some(_) => Filter { group, ..within },
            None => Filter { person, ..within },
        };
        let own = rows::list(&mut snapshot, theirs, REQUESTS).await?;
        let own: Vec<BookingRow> =
            own.into_iter().filter(|own| own.id != row.id && own.state.takes_time()).collect();
        let came = rows::history(&mut snapshot, holder, resource, now.before(DAY * HISTORY)).await?;
        let history = History {
            came: came.came,
            no_shows: came.no_shows,
            late: came.late,
            approved: (came.approved, came.approved + came.rejected),
        };
        let request = Request { span, kept: None };
        requests.push(BookingRequest {
            picture: None,
            expires: zone.moment(expires),
            place: None,
            day: as_it_is(&edges, day, &known, &there),
            hours: open_hours(&known, date),
            own: own.iter().map(|own| booked(&edges, own)).collect(),
            instead: rules::alternatives(request, &known.facts())
                .into_iter()
                .map(|span| time(zone, span))
                .collect(),
            conflicts: !rules::refusals(request, &known.facts()).is_empty(),
            checks: checks(&known, span, &history, row.importance, lang),
            history,
            booking: to_view(row, actor, zone, now),
        });
    }
    let people = requests.iter().filter_map(|requested| requested.booking.person);
    let faces = pictures::of_people(&mut snapshot, actor, people).await?;
    for requested in &mut requests {
        requested.picture = requested.booking.person.and_then(|person| faces.get(&person).copied());
    }
    Ok(Requests { now: zone.moment(now), requests })
}

/// The checks of a request, failed ones first.
fn checks(
    known: &BookingContext,
    span: Span,
    history: &History,
    importance: Option<u8>,
    lang: Lang,
) -> Vec<Check> {
    let request = Request { span, kept: None };
    let refusals = rules::refusals(request, &known.facts());
    let mut checks: Vec<Check> = refusals
        .iter()
        .map(|refusal| Check { fits: false, message: known.refusal_text(lang, *refusal).1 })
        .collect();
    if history.came == 0 {
        checks.push(Check { fits: false, message: lang.booking_first_here().to_owned() });
    }
    if let Some(importance) = importance {
        checks.push(Check { fits: true, message: lang.booking_importance_of(&importance.to_string()) });
    }
    if refusals.is_empty() {
        checks.push(Check { fits: true, message: lang.booking_nothing_against().to_owned() });
    }
    if known.settings.booking.mode == Mode::Automatic {
        checks.push(Check { fits: true, message: lang.booking_automatic_now().to_owned() });
    }
    checks
}
