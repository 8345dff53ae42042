//! Searches for free times: on any machine of a type, or on one day of a machine or room.
//!
//! Invariant: every time offered has passed the rules that a booking must pass. Not here: existing
//! bookings, which are in [`super::own_bookings`] and [`super::calendar`].

use super::{
    BookingContext, BookingsError, Named, Reach, Want, about,
    bookables::{Bookables, Needs, bookable},
    on_behalf::{self, Whom},
    preconditions::side,
    queries::{sees_all, to_view},
    search_terms,
    want::standing_of,
};
use crate::{Ctx, directory::suggested};
use contract::bookings::{
    Block, BlockKind, Bookable, Chosen, DayView, ForWhom, Found, FoundResource, Nearly, Quota, Time, WeekDay,
};
use domain::{
    actor::{Actor, Permission, Target},
    bookings::{
        self as rules, Cause, Conflict, KnownNames, Mode, Obstacle, Piece, Refusal, Request, Resource,
        ResourceFilter, SearchTerms, State, TimeWindow, Timeframe, When,
    },
    id::{BookingId, GroupId, MachineId, PersonId},
    machines::MachineState,
    occupations::Span,
    rooms::is_same,
    time::{Date, MINUTE, Millis, Moment, millis},
    zone::Zone,
};
use std::time::Duration;
use store::{
    SqliteConnection, StoreError,
    bookings::{self as rows, BookingRow, Filter},
    external_calendars, groups, machines,
};
use text::Lang;

/// Machines or rooms in one answer, at most.
const MOST: usize = 20;
/// Machines and rooms that are searched for anything, and rooms that are searched for any, at most.
const ANYTHING: usize = 200;
/// Rooms that lack one thing, at most.
const NEARLY: usize = 4;
/// Free times of each, at most.
const TIMES: usize = 3;
/// Bookings of one machine on one day, at most.
const A_DAY: u32 = 200;
/// Hours shown of a day without opening hours.
const DAYTIME: (u8, u8) = (8, 22);
/// Quarters of an hour in a day.
const QUARTERS: u8 = 96;

/// A search; explicit choices override the text.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// The resources; `None`: those of the last booking.
    pub wanted: Option<ResourceFilter>,
    pub minutes: Option<u16>,
    /// The timeframe; `None`: the next seven days.
    pub when: Option<Timeframe>,
    /// The number of people that the room must hold.
    pub people: Option<u16>,
    /// The equipment that the room must have.
    pub equipment: Vec<String>,
    /// Free text, such as *laser, 2 h, this week*.
    pub message: String,
    /// The group it is for; `None`: the caller.
    pub group: Option<GroupId>,
}

/// The nearest free times of each machine or room that fits.
#[expect(clippy::too_many_lines, reason = "one page, read in one piece")]
pub async fn find(ctx: &Ctx, actor: &Actor, lang: Lang, search: Search) -> Result<Found, BookingsError> {
    actor.require(Permission::SeeBookings, Target::NONE)?;
    let (zone, now, person) = (ctx.space().zone, ctx.now(), actor.person());
    let mut snapshot = ctx.store().snapshot().await?;
    let (group, groups) = groups_of(&mut snapshot, actor, search.group).await?;
    let all = Bookables::load(&mut snapshot, ctx, now).await?;
    let (names, today) = (search_terms::known_names(&all), zone.moment(now).wall().date);
    let known_names = KnownNames { names: &names, equipment: &all.equipment };
    let terms = search_terms::read(&mut snapshot, (&search.message, search.wanted), known_names, today, |one| {
        all.kind_of(one)
    })
    .await?;
    let needs = needs(&search, &terms, &all.equipment);
    let unheard = search_terms::unheard(&search.message, &terms);
    let length = search.minutes.or(terms.minutes);
    let when = search.when.or_else(|| terms.timeframe(today)).unwrap_or(When::Soon.into());
    let wanted = search.wanted.or(terms.resource());
    let requested = match (wanted, person) {
        (Some(requested), _) => Some(requested),
        // Any other resource would be a wrong answer.
        (None, _) if unheard.is_some() => None,
        (None, _) if !needs.is_empty() => Some(ResourceFilter::Rooms),
        (None, Some(person)) => rows::usual(&mut snapshot, person).await?.map(ResourceFilter::Type),
        (None, None) => None,
    };
    let usual = || all.types.first().map(|(requested, _)| *requested).filter(|_| unheard.is_none());
    let requested = requested.or_else(usual);
    let span = when.range(now, zone);
    let mut found = Found {
        now: zone.moment(now),
        choices: all.choices(requested),
        wanted: requested,
        minutes: ctx.space().settings.booking.length(length),
        lengths: ctx.space().settings.booking.lengths(),
        when,
        terms: search_terms::to_view(&search.message, &terms, known_names),
        people: needs.people,
        equipment: needs.equipment.clone(),
        equipment_in_use: all.equipment.clone(),
        unheard,
        resources: Vec::new(),
        nearly: if requested == Some(ResourceFilter::Rooms) { nearly(&all, &needs) } else { Vec::new() },
        not_shown: Vec::new(),
        barred: None,
        quota: Quota { minutes: 0, most: 0 },
        group,
        groups,
    };
    let is_anything = requested == Some(ResourceFilter::Any);
    let is_named = wanted.is_some_and(|wanted| wanted != ResourceFilter::Any);
    let is_any = matches!(requested, Some(ResourceFilter::Any | ResourceFilter::Rooms));
    let fits = |one: &&Bookable| needs.is_empty() || needs.lacking(all.inside(one.resource)).is_empty();
    let fitting = all.of(requested).filter(fits).take(if is_any { ANYTHING } else { MOST });
    let fitting: Vec<&Bookable> = fitting.collect();
    let Some(first) = fitting.first() else {
        found.lengths = with(found.lengths, found.minutes);
        return Ok(found);
    };
    let mut kept_by_own: Vec<(Span, Vec<String>)> = Vec::new();
    let want = Want { resource: first.resource, person, group, without: None, span, zone, now };
    let kind_of = |one: &Bookable| all.kind_of(one.resource);
    let compared =
        fitting.iter().map(|one| Named { resource: one.resource, kind: kind_of(one), name: one.name.clone() });
    let known = BookingContext::load_all(&mut snapshot, want, compared.collect(), Reach::Beginnings).await?;
    for (at, (one, known)) in fitting.into_iter().zip(known).enumerate() {
        let (facts, policy) = (known.facts(), &known.settings.booking);
        if at == 0 {
            (found.minutes, found.lengths) = (policy.length(length), policy.lengths());
            found.quota = quota(&known, now);
        }
        // Without a wanted resource, the first one in order would be an arbitrary one to train for.
        found.barred = found.barred.or_else(|| known.barred().filter(|_| is_named));
        if is_anything && !(facts.permitted && facts.bookable && facts.may_not.is_empty()) {
            continue;
        }
        let lasting = MINUTE * u32::from(found.minutes);
        let times = nearest(span, lasting, when, &facts);
        let mut bookable = one.clone();
        bookable.moderated = policy.mode == Mode::Moderated;
        let why = || whenever(&known, span, lang).or_else(|| used_up(&known, span, lasting, lang));
        let why = times.is_empty().then(why).flatten();
        let window = when.hours().unwrap_or(TimeWindow::after(0));
        if let (None, Some(span)) = (&why, search_terms::kept_by_own(&known, span, lasting, window)) {
            match kept_by_own.iter_mut().find(|(other, _)| *other == span) {
                Some((_, stored)) => stored.push(one.name.clone()),
                None => kept_by_own.push((span, vec![one.name.clone()])),
            }
        }
        let times = times.into_iter().map(|span| time(zone, span)).collect();
        let inside = all.inside(one.resource).filter(|_| one.resource.room().is_some());
        let (capacity, equipment) = inside.map(|inside| (inside.capacity, inside.equipment.clone())).unzip();
        let equipment = equipment.unwrap_or_default();
        found.resources.push(FoundResource { bookable, capacity, equipment, times, why });
    }
    found.lengths = with(found.lengths, found.minutes);
    found.not_shown = kept_by_own.into_iter().map(|(span, names)| (time(zone, span), names)).collect();
    // A blocked machine may work again by then; working ones come first.
    let is_out = |one: &FoundResource| matches!(one.bookable.state, Some(MachineState::Blocked { .. }));
    found
        .resources
        .sort_by_key(|one| (one.times.is_empty(), is_out(one), one.times.first().map(|time| time.starts.at)));
    let free = found.resources.iter().filter(|one| !one.times.is_empty()).count();
    if is_anything && free > 0 {
        // Why the others are not free is no answer to that.
        found.resources.truncate(free);
        found.not_shown.clear();
    }
    found.resources.truncate(MOST);
    // Available times take precedence over missing training.
    found.barred = found.barred.filter(|_| free == 0);
    Ok(found)
}

/// The requirements of a room: as chosen, or else as in the text. Unknown equipment is ignored.
fn needs(search: &Search, terms: &SearchTerms, in_use: &[String]) -> Needs {
    let people = search.people.or(terms.people);
    let chosen = search.equipment.iter().filter_map(|name| in_use.iter().find(|known| is_same(known, name)));
    let mut equipment: Vec<String> = chosen.cloned().collect();
    if equipment.is_empty() {
        equipment = terms.equipment().filter_map(|at| in_use.get(at).cloned()).collect();
    }
    equipment.dedup();
    Needs { people, equipment }
}

/// Rooms that lack one thing.
fn nearly(all: &Bookables, needs: &Needs) -> Vec<Nearly> {
    let rooms = all.of(Some(ResourceFilter::Rooms));
    let nearly = rooms.filter_map(|one| match needs.lacking(all.inside(one.resource)).as_slice() {
        [lacks] => Some(Nearly { resource: one.resource, name: one.name.clone(), lacks: lacks.clone() }),
        _ => None,
    });
    nearly.take(NEARLY).collect()
}

/// The lengths to choose from, with the one that is looked for.
fn with(mut lengths: Vec<u16>, minutes: u16) -> Vec<u16> {
    lengths.push(minutes);
    lengths.sort_unstable();
    lengths.dedup();
    lengths
}

/// The nearest free times: the soonest, and one per later day in daytime where possible, because nobody wants one
/// o'clock at night in a workshop that never closes.
fn nearest(span: Span, length: Duration, when: Timeframe, facts: &rules::Facts<'_>) -> Vec<Span> {
    let any = rules::times(span, length, when.hours().unwrap_or(TimeWindow::after(0)), TIMES, facts);
    if when.hours().is_some() || when == Timeframe::Named(When::Today) {
        return any;
    }
    let is_from_now = matches!(when, Timeframe::Named(When::Soon | When::ThisWeek));
    let by_day = TimeWindow::after(u16::from(DAYTIME.0) * 60);
    let mut times = rules::times(span, length, by_day, TIMES, facts);
    if times.len() < any.len() {
        return any;
    }
    if let Some(soonest) = any.first().filter(|soonest| is_from_now && !times.contains(soonest)) {
        let date = |span: &Span| facts.zone.moment(span.starts).wall().date;
        times.retain(|span| date(span) != date(soonest));
        times.insert(0, *soonest);
        times.truncate(TIMES);
    }
    times
}

/// What bars the person from a machine or a room at any time.
fn whenever(known: &BookingContext, span: Span, lang: Lang) -> Option<(String, String)> {
    let request = Request { span, kept: None };
    let refusals = rules::refusals(request, &known.facts());
    refusals.into_iter().find(|refusal| refusal.is_of_any_time()).map(|refusal| known.refusal_text(lang, refusal))
}

/// A quota that bars the person from a free time.
fn used_up(known: &BookingContext, span: Span, length: Duration, lang: Lang) -> Option<(String, String)> {
    let facts = known.facts();
    let is_it = |piece: &Piece| {
        piece.obstacle == Some(Obstacle::Quota) && piece.span.ends.since(piece.span.starts) >= length
    };
    let starts = rules::availability(span, &facts).into_iter().find(is_it)?.span.starts;
    let request = Request { span: Span { starts, ends: starts.after(length) }, kept: None };
    rules::refusals(request, &facts).into_iter().next().map(|refusal| known.refusal_text(lang, refusal))
}

fn quota(known: &BookingContext, at: Millis) -> Quota {
    Quota { minutes: rules::booked_in_week(at, &known.facts()), most: known.settings.booking.weekly }
}

pub(super) fn time(zone: Zone, span: Span) -> Time {
    Time { starts: zone.moment(span.starts), ends: zone.moment(span.ends) }
}

/// The parameters of a day.
#[derive(Debug, Clone)]
pub struct DayQuery {
    pub resource: Resource,
    /// The day; `None`: that of `at`, or today.
    pub date: Option<Date>,
    pub minutes: Option<u16>,
    /// The start of the chosen time.
    pub at: Option<Millis>,
    /// The booking of theirs that is to be moved.
    pub moving: Option<BookingId>,
    /// The person a moderator books for.
    pub whom: Option<Whom>,
    /// The group it is for.
    pub group: Option<GroupId>,
}

/// One day of a machine or a room, and the refusals of the chosen time.
#[expect(clippy::too_many_lines, reason = "one page, read in one piece")]
pub async fn day(ctx: &Ctx, actor: &Actor, lang: Lang, look: Option<DayQuery>) -> Result<DayView, BookingsError> {
    actor.require(Permission::SeeBookings, Target::NONE)?;
    let DayQuery { resource, date, minutes, at, moving, whom, group } =
        look.ok_or(BookingsError::UnknownResource)?;
    let (zone, now, person) = (ctx.space().zone, ctx.now(), actor.person());
    let date = date.or_else(|| Some(zone.moment(at?).wall().date)).unwrap_or_else(|| zone.moment(now).wall().date);
    let monday = date.days() - i64::from(date.weekday());
    let of = |day| whole_day(zone, Date::from_days(day));
    let (day, week) = (of(date.days()), Span { starts: of(monday).starts, ends: of(monday + 6).ends });
    let mut snapshot = ctx.store().snapshot().await?;
    let found = bookable(&mut snapshot, ctx, resource, now).await?;
    let (mut bookable, kind) = found.ok_or(BookingsError::UnknownResource)?;
    let moving = match moving {
        Some(booking) => rows::one_for(&mut snapshot, booking, person).await?,
        None => None,
    };
    // Moved by its holder, or by a moderator: then the holder's permissions count.
    let moving = moving.filter(|row| side(actor, row).is_some() && row.resource() == resource);
    let whom = whom.filter(|_| moving.is_none());
    let holder = match &whom {
        Some(whom) => holder(&mut snapshot, actor, resource, whom, now).await?,
        None => None,
    };
    let (group, groups) = groups_of(&mut snapshot, actor, group.filter(|_| whom.is_none())).await?;
    let unknown = whom.filter(|_| holder.is_none()).map(Whom::into_input);
    let (person, group) = match &moving {
        Some(row) => (standing_of(row, actor), row.group),
        None => (holder.as_ref().map(|(id, _)| *id).or(person), group),
    };
    let without = moving.as_ref().map(|row| row.id);
    let want = Want { resource, person, group, without, span: week, zone, now };
    let known = if kind.is_some() {
        // A machine on the floor is not archived.
        let named = Named { resource, kind, name: bookable.name.clone() };
        let known = BookingContext::load_all(&mut snapshot, want, vec![named], Reach::Horizon).await?.pop();
        known.ok_or(BookingsError::UnknownResource)?
    } else {
        BookingContext::load(&mut snapshot, want).await?
    };
    let filter = Filter {
        resource: Some(resource),
        reader: actor.person(),
        after: Some(day.starts),
        before: Some(day.ends),
        ..Filter::default()
    };
    let row = rows::list(&mut snapshot, filter, A_DAY).await?;
    let left = names(&mut snapshot, &known.left_in(day)).await?;
    let decides = actor.may(Permission::Moderate, about(resource, known.kind));
    let sees = decides && moving.is_none() && actor.may(Permission::SeePeople, Target::NONE);
    let names_of = if sees { suggested(&mut snapshot).await? } else { Vec::new() };
    let for_whom = (decides && moving.is_none()).then_some(ForWhom { holder, unknown, names: names_of });
    let cares = actor.may(Permission::CareFor, about(resource, known.kind));
    let left_out = if cares { external_calendars::left_out(&mut snapshot, resource).await? } else { Vec::new() };
    let (facts, policy) = (known.facts(), known.settings.booking);
    bookable.moderated = policy.mode == Mode::Moderated;
    let minutes = policy.length(minutes);
    let length = MINUTE * u32::from(minutes);
    // A running booking keeps its start, and can only change its end.
    let runs = moving.as_ref().filter(|row| row.state == State::CheckedIn).map(|row| row.starts);
    let starts = match runs {
        Some(starts) if day.starts <= starts && starts < day.ends => vec![starts],
        Some(_) => Vec::new(),
        None => rules::begins(day, length, &facts),
    };
    // A booking that is moved begins where it is.
    let now_at = moving.as_ref().map(|row| row.starts).filter(|at| starts.contains(at));
    // If it is open at night or without hours, nobody wants midnight; today begins now.
    let is_today = zone.moment(now).wall().date == date;
    let from = match open_hours(&known, date) {
        _ if is_today => 0,
        (0, _) => DAYTIME.0,
        (from, _) => from,
    };
    let by_day = starts.iter().find(|&&at| zone.moment(at).wall().hour >= from);
    let first = now_at.or_else(|| by_day.or(starts.last()).copied());
    let kept_at = moving.as_ref().map(|row| row.starts);
    let chosen = runs.or(at).or(first).map(|starts| {
        let request = Request { span: Span { starts, ends: starts.after(length) }, kept: kept_at };
        let refusals = rules::refusals(request, &facts);
        let can_wait = moving.is_none()
            && group.is_none()
            && !refusals.is_empty()
            && refusals.iter().all(|refusal| matches!(refusal, Refusal::Taken(_)));
        let helps =
            runs.is_none() && !refusals.is_empty() && !refusals.iter().any(|refusal| refusal.is_of_any_time());
        let instead = if helps { rules::alternatives(request, &facts) } else { Vec::new() };
        Chosen {
            time: time(zone, request.span),
            refusals: refusals.into_iter().map(|refusal: Refusal| known.refusal_text(lang, refusal)).collect(),
            instead: instead.into_iter().map(|span| time(zone, span)).collect(),
            can_wait,
        }
    });
    let mut hours = open_hours(&known, date);
    if is_today {
        // Old occupations are of no interest.
        let since = runs.unwrap_or(now).clamp(day.starts, now);
        let since = zone.moment(since).wall().hour.saturating_sub(1);
        hours.0 = hours.0.max(since.min(hours.1.saturating_sub(1)));
    }
    let week = (monday..monday + 7).map(Date::from_days);
    Ok(DayView {
        now: zone.moment(now),
        date,
        week: week.map(|date| WeekDay { date, full: full(whole_day(zone, date), &facts) }).collect(),
        minutes,
        lengths: policy.lengths(),
        policy: (policy.least, policy.most, policy.grid),
        free_until: policy.free_until,
        quota: quota(&known, day.starts.max(now)),
        hours,
        blocks: blocks(&Edges { zone, day: date }, rules::availability(day, &facts), &row, actor),
        why: starts.is_empty().then(|| whenever(&known, day, lang)).flatten(),
        barred: known.barred().filter(|_| person == actor.person() && !decides),
        starts: starts.into_iter().map(|at| zone.moment(at)).collect(),
        chosen,
        bookable,
        moving: moving.map(|row| to_view(row, actor, zone, now)),
        left,
        left_out: left_out.into_iter().map(Into::into).collect(),
        for_whom,
        group,
        groups,
    })
}

/// The groups for which the actor books, by name, and the `chosen` one if it is among them. Managers book for every group.
async fn groups_of(
    conn: &mut SqliteConnection,
    actor: &Actor,
    chosen: Option<GroupId>,
) -> Result<(Option<GroupId>, Vec<(GroupId, String)>), StoreError> {
    let Some(person) = actor.person() else { return Ok((None, Vec::new())) };
    let mut own = groups::administered(conn, Some(person)).await?;
    if let Some(chosen) = chosen.filter(|chosen| own.iter().all(|(own, _)| own != chosen))
        && actor.may(Permission::ChangeGroups, Target::NONE)
    {
        own.extend(groups::administered(conn, None).await?.into_iter().filter(|(group, _)| *group == chosen));
    }
    Ok((chosen.filter(|chosen| own.iter().any(|(own, _)| own == chosen)), own))
}

/// The person for whom a moderator of `resource` books.
async fn holder(
    conn: &mut SqliteConnection,
    actor: &Actor,
    resource: Resource,
    whom: &Whom,
    now: Millis,
) -> Result<Option<(PersonId, String)>, BookingsError> {
    let named = rows::resource(conn, resource).await?.ok_or(BookingsError::UnknownResource)?;
    let about = about(resource, named.kind);
    if !actor.may(Permission::Moderate, about) {
        return Ok(None);
    }
    match on_behalf::booking_for(conn, actor, about, whom, now).await {
        Ok(found) => Ok(Some(found)),
        Err(BookingsError::Invalid(_) | BookingsError::UnknownPerson) => Ok(None),
        Err(why) => Err(why),
    }
}

/// Names of machines, sorted.
async fn names(conn: &mut SqliteConnection, ids: &[MachineId]) -> Result<Vec<String>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let all = machines::inventory(conn).await?;
    Ok(all.into_iter().filter(|one| ids.contains(&one.id)).map(|one| one.name).collect())
}

pub(super) fn whole_day(zone: Zone, date: Date) -> Span {
    Span { starts: zone.start_of(date), ends: zone.start_of(Date::from_days(date.days() + 1)) }
}

/// The hours of the clock between which it is open on `date`.
pub(super) fn open_hours(known: &BookingContext, date: Date) -> (u8, u8) {
    let open = known.open_on(date);
    let from = open.iter().map(|stretch| stretch.from / 60).min();
    let to = open.iter().map(|stretch| stretch.to.div_ceil(60)).max();
    let hour = |hour: u16| u8::try_from(hour).unwrap_or(24).min(24);
    from.zip(to).map_or(DAYTIME, |(from, to)| (hour(from), hour(to)))
}

/// The share of the day's open time taken by others, in percent; `None` when nothing of it can be booked any more,
/// or not yet.
fn full(day: Span, facts: &rules::Facts<'_>) -> Option<u8> {
    let length = |piece: &Piece| piece.span.ends.minus(piece.span.starts);
    let pieces = rules::availability(day, facts);
    let is_out =
        |piece: &&Piece| matches!(piece.obstacle, Some(Obstacle::Closed | Obstacle::TooSoon | Obstacle::TooFar));
    let open: i64 = pieces.iter().filter(|piece| !is_out(piece)).map(length).sum();
    // The viewer's own appointments do not occupy the resource.
    let is_taken = |piece: &&Piece| piece.obstacle.is_some_and(Obstacle::is_taken);
    let taken: i64 = pieces.iter().filter(is_taken).map(length).sum();
    if open <= 0 { None } else { u8::try_from(taken * 100 / open).ok() }
}

/// The quarters of an hour of one day.
pub(super) struct Edges {
    pub zone: Zone,
    pub day: Date,
}

impl Edges {
    /// The quarters that `span` touches, by the clock on the wall; 0 to 96.
    pub fn of(&self, span: Span) -> (u8, u8) {
        let from = self.quarter(span.starts, false);
        (from.min(QUARTERS - 1), self.quarter(span.ends, true).max(from + 1).min(QUARTERS))
    }

    fn quarter(&self, at: Millis, up: bool) -> u8 {
        let wall = self.zone.moment(at).wall();
        match wall.date.cmp(&self.day) {
            std::cmp::Ordering::Less => 0,
            std::cmp::Ordering::Greater => QUARTERS,
            std::cmp::Ordering::Equal => {
                let more =
                    u8::from(up && (!wall.minute.is_multiple_of(15) || at.0.rem_euclid(millis(MINUTE)) > 0));
                wall.hour * 4 + wall.minute / 15 + more
            }
        }
    }
}

/// The parts of a day, in order: where it is booked, whose they are as far as that is shown.
fn blocks(edges: &Edges, pieces: Vec<Piece>, row: &[BookingRow], actor: &Actor) -> Vec<Block> {
    let moment = |at| edges.zone.moment(at);
    let block = |span: Span, kind, who: Option<String>, booking: Option<BookingId>| {
        let (from, to) = edges.of(span);
        Block { from, to, kind, starts: moment(span.starts), ends: moment(span.ends), who, booking }
    };
    let mut blocks = Vec::new();
    for piece in pieces {
        let Some(obstacle) = piece.obstacle else {
            blocks.push(block(piece.span, BlockKind::Free, None, None));
            continue;
        };
        let mut rest = piece.span;
        if obstacle == Obstacle::Booking {
            let inside = row.iter().filter(|row| row.state.takes_time() && row.span().overlaps(piece.span));
            for row in inside {
                let (starts, ends) = (row.starts.max(rest.starts), row.ends.min(rest.ends));
                if rest.starts < starts {
                    let pause = Span { starts: rest.starts, ends: starts };
                    blocks.push(block(pause, BlockKind::Not(obstacle), None, None));
                }
                if starts < ends {
                    let mine = side(actor, row).is_some_and(|side| side != rules::Side::Moderator);
                    let kind = if mine { BlockKind::Mine } else { BlockKind::Not(obstacle) };
                    let sees = sees_all(row, actor);
                    let who = who(row, sees);
                    // The whole of it is named, though a part may be over.
                    let mut one = block(Span { starts, ends }, kind, who, sees.then_some(row.id));
                    (one.starts, one.ends) = (moment(row.starts), moment(row.ends));
                    blocks.push(one);
                }
                rest.starts = rest.starts.max(ends);
            }
        }
        if rest.starts < rest.ends {
            blocks.push(block(rest, BlockKind::Not(obstacle), None, None));
        }
    }
    blocks
}

/// Whose booking it is: the group, or the person as far as the reader sees names.
fn who(row: &BookingRow, sees_all: bool) -> Option<String> {
    if sees_all { row.holder_name().map(str::to_owned) } else { row.visible_holder() }
}

/// The occupations of a day, independent of the viewer, for those who decide about a time in it.
pub(super) fn as_it_is(edges: &Edges, day: Span, known: &BookingContext, row: &[BookingRow]) -> Vec<Block> {
    let moment = |at: Millis| -> Moment { edges.zone.moment(at) };
    let is_other = |taken: &&Conflict| taken.by != Cause::Booking && taken.span.overlaps(day);
    let others = known.taken.iter().filter(is_other).map(|taken| {
        let (from, to) = edges.of(taken.span);
        let kind = BlockKind::Not(taken.by.into());
        let (starts, ends) = (moment(taken.span.starts), moment(taken.span.ends));
        Block { from, to, kind, starts, ends, who: None, booking: None }
    });
    let bookings = row.iter().filter(|row| row.state.takes_time() || row.state == State::Completed);
    let mut blocks: Vec<Block> = others.chain(bookings.map(|row| booked(edges, row))).collect();
    blocks.sort_by_key(|block| (block.from, block.to));
    blocks
}

/// A booking in its day.
pub(super) fn booked(edges: &Edges, row: &BookingRow) -> Block {
    let (from, to) = edges.of(row.span());
    let (starts, ends) = (edges.zone.moment(row.starts), edges.zone.moment(row.ends));
    let kind = BlockKind::Not(Obstacle::Booking);
    Block { from, to, kind, starts, ends, who: row.holder_name().map(str::to_owned), booking: Some(row.id) }
}
