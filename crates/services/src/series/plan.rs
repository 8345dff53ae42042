//! Which dates of a series can be had, why the others cannot, and what is nearest to them.
//!
//! Invariant: a preview and the job that books decide by this one function, and by the rules of ordinary bookings: hours of the week
//! count like those of single bookings. Planning takes long ([`crate::computing`]), and boards wait for the job that books. So that job
//! takes a plan made before it ([`super::prepared`]), without a search for alternatives. New series have a horizon of their own in place
//! of a limit of open bookings. A change leaves its dates as far ahead as they are. Not here: storing a series.

use crate::bookings::{BookingContext, BookingsError, Named, Reach, Want};
use domain::{
    bookings::{
        Cause, Conflict, Facts, Refusal, Request, Resource, alternatives_within, booked_in_week, refusals,
    },
    occupations::Span,
    series::{Choice, ELSEWHERE, INSTEAD, Place, minutes},
    time::{DAY, Date, MINUTE, Millis},
    zone::Zone,
};
use recurrence::Times;
use std::collections::{BTreeMap, BTreeSet};
use store::{SqliteConnection, StoreError, bookings::Holder, outages, series as rows};

/// Other machines and rooms of one series, at most; choices of more are not taken.
const PLACES: usize = 24;
/// Days around a date that are searched for another time.
const AROUND: u32 = 3;

/// A date of the rule, and when it is to take place; `None` if the clocks jump over all of its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Target {
    pub date: Date,
    pub span: Option<Span>,
    /// Where, if not at the wanted machine or room.
    pub place: Option<Resource>,
    pub excepted: bool,
}

/// What happens on dates that cannot be had and have no choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Otherwise {
    Nearest,
    LeftOut,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SeriesRequest {
    pub holder: Holder,
    pub resource: Resource,
    pub targets: Vec<Target>,
    pub choices: Vec<Choice>,
    pub otherwise: Otherwise,
    /// Bookings that give way.
    pub replaced: Replaced,
    /// Whether the horizon of series applies.
    pub is_new: bool,
    pub zone: Zone,
    pub now: Millis,
}

/// What bookings take that are to be moved.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Replaced {
    /// What they occupy, with pauses.
    pub occupied: BTreeSet<(Resource, Span)>,
    /// Their times.
    pub spans: Vec<Span>,
}

/// A date, and what happens on it.
#[derive(Debug)]
pub(super) struct Planned {
    pub target: Target,
    pub refusals: Vec<Refusal>,
    /// What could be had instead, the nearest first.
    pub instead: Vec<Taking>,
    /// The booked time.
    pub taking: Option<Taking>,
}

/// A time of a context in [`Plan::contexts`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Taking {
    pub context: usize,
    pub span: Span,
}

#[derive(Debug)]
pub(super) struct Plan {
    pub dates: Vec<Planned>,
    /// The wanted machine or room, then those of single dates, then others.
    pub contexts: Vec<(Resource, BookingContext)>,
    /// Minutes on the fullest week.
    pub weekly: u32,
    /// Whether something chosen cannot be had.
    pub overtaken: bool,
}

impl Planned {
    /// Whether it can be had as asked.
    pub const fn is_free(&self) -> bool {
        !self.target.excepted && self.target.span.is_some() && self.refusals.is_empty()
    }
}

impl Plan {
    /// The wanted machine or room.
    pub fn main(&self) -> Option<&BookingContext> {
        self.contexts.first().map(|(_, known)| known)
    }

    pub fn context(&self, taking: Taking) -> Option<&(Resource, BookingContext)> {
        self.contexts.get(taking.context)
    }

    /// The machine or room at which a date is wanted.
    pub fn wanted_at(&self, target: Target) -> Option<&(Resource, BookingContext)> {
        self.context(wanted_time(&self.contexts, target)?)
    }

    /// The horizon of the wanted machine or room, if a date lies beyond it.
    pub fn beyond(&self) -> Option<u16> {
        let dates = self.dates.iter().filter(|date| !date.target.excepted);
        let is_beyond = |refusal: &Refusal| matches!(refusal, Refusal::TooFar { .. });
        let is_over = dates.flat_map(|date| &date.refusals).any(is_beyond);
        self.main().filter(|_| is_over).map(|known| known.settings.booking.series)
    }

    pub fn free(&self) -> u32 {
        count(self.dates.iter().filter(|date| date.is_free()))
    }

    pub fn booked(&self) -> u32 {
        count(self.dates.iter().filter(|date| date.taking.is_some()))
    }
}

pub(super) fn count(all: impl Iterator) -> u32 {
    u32::try_from(all.count()).unwrap_or(u32::MAX)
}

/// Times booked while the plan is made, beside those that the contexts have.
struct Ledger {
    own: Vec<Span>,
    elsewhere: Vec<Span>,
    taken: Vec<Vec<Conflict>>,
    /// Days ahead that may be had; those of each machine's or room's rules if `None`.
    horizon: Option<u16>,
    is_of_group: bool,
}

impl Ledger {
    fn new(contexts: &[(Resource, BookingContext)], wanted: &SeriesRequest, horizon: Option<u16>) -> Self {
        let (mut own, mut elsewhere) = (Vec::new(), Vec::new());
        if let Some((_, known)) = contexts.first() {
            let facts = known.facts();
            own = without(facts.own, &wanted.replaced.spans);
            elsewhere = without(facts.elsewhere, &wanted.replaced.spans);
        }
        let left = |(resource, known): &(Resource, BookingContext)| {
            let gives_way = |taken: &&Conflict| {
                taken.by == Cause::Booking && wanted.replaced.occupied.contains(&(*resource, taken.span))
            };
            known.taken.iter().filter(|taken| !gives_way(taken)).copied().collect()
        };
        let taken = contexts.iter().map(left).collect();
        Self { own, elsewhere, taken, horizon, is_of_group: wanted.holder.group.is_some() }
    }

    fn facts<'a>(&'a self, contexts: &'a [(Resource, BookingContext)], at: usize) -> Option<Facts<'a>> {
        let ((_, known), taken) = contexts.get(at).zip(self.taken.get(at))?;
        let facts = known.facts();
        let policy = facts.policy.of_series();
        let policy = domain::bookings::Policy {
            horizon: self.horizon.map_or(policy.horizon, |days| days.max(policy.horizon)),
            ..policy
        };
        Some(Facts { policy, own: &self.own, elsewhere: &self.elsewhere, taken, ..facts })
    }

    fn refusals(
        &self,
        contexts: &[(Resource, BookingContext)],
        Taking { context, span }: Taking,
    ) -> Option<Vec<Refusal>> {
        Some(refusals(Request { span, kept: None }, &self.facts(contexts, context)?))
    }

    fn take(&mut self, contexts: &[(Resource, BookingContext)], Taking { context, span }: Taking) {
        self.own.push(span);
        self.own.sort_unstable();
        if !self.is_of_group {
            self.elsewhere.push(span);
            self.elsewhere.sort_unstable();
        }
        if let Some(((_, known), taken)) = contexts.get(context).zip(self.taken.get_mut(context)) {
            let policy = &known.settings.booking;
            let pause = |minutes: u16| MINUTE * u32::from(minutes);
            let span = Span {
                starts: span.starts.before(pause(policy.before)),
                ends: span.ends.after(pause(policy.after)),
            };
            taken.push(Conflict { span, by: Cause::Booking });
            taken.sort_unstable();
        }
    }
}

/// `all` without one entry for each of `gone`.
fn without(all: &[Span], gone: &[Span]) -> Vec<Span> {
    let mut left = all.to_vec();
    for span in gone {
        if let Some(at) = left.iter().position(|one| one == span) {
            left.remove(at);
        }
    }
    left
}

/// Facts about the machines and rooms of a series.
#[derive(Debug)]
pub(super) struct SeriesFacts {
    pub contexts: Vec<(Resource, BookingContext)>,
    pub horizon: Option<u16>,
}

/// Loads the facts. [`BookingsError::UnknownResource`] for an archived machine or room.
pub(super) async fn facts(
    conn: &mut SqliteConnection,
    wanted: &SeriesRequest,
) -> Result<SeriesFacts, BookingsError> {
    let spans: Vec<_> = wanted.targets.iter().filter_map(|target| target.span).collect();
    let places = wanted.choices.iter().filter_map(|choice| choice.instead);
    let chosen: Vec<_> = places.filter_map(|place| Some((place, span_of(place, wanted.zone)?))).collect();
    let all = || spans.iter().copied().chain(chosen.iter().map(|(_, span)| *span));
    let starts = all().map(|span| span.starts).min().unwrap_or(wanted.now);
    let ends = all().map(|span| span.ends).max().unwrap_or(wanted.now);
    let whole = Span { starts, ends: ends.max(starts).after(DAY * (AROUND + 1)) };
    let horizon = (!wanted.is_new).then(|| as_far_as_now(wanted));
    let mut own: BTreeSet<_> = wanted.targets.iter().filter_map(|target| target.place).collect();
    own.remove(&wanted.resource);
    let asked_for = std::iter::once(wanted.resource).chain(own.iter().copied()).collect();
    let mut contexts = load(conn, wanted, whole, asked_for).await?;
    let ledger = Ledger::new(&contexts, wanted, horizon);
    let is_refused = |target: &Target| {
        let taking = wanted_time(&contexts, *target);
        taking.is_some_and(|taking| ledger.refusals(&contexts, taking).is_none_or(|refusals| !refusals.is_empty()))
    };
    let mut others: BTreeSet<_> = chosen.iter().map(|(place, _)| place.resource).collect();
    if wanted.otherwise == Otherwise::Nearest && wanted.targets.iter().any(is_refused) {
        others.extend(similar(conn, wanted.resource).await?);
    }
    others.retain(|other| *other != wanted.resource && !own.contains(other));
    contexts.extend(load(conn, wanted, whole, others.into_iter().take(PLACES).collect()).await?);
    Ok(SeriesFacts { contexts, horizon })
}

/// The days ahead that dates of a series reach before a change: none is moved further than these or the horizon, whichever is later.
fn as_far_as_now(wanted: &SeriesRequest) -> u16 {
    let held = wanted.replaced.spans.iter().map(|span| span.ends);
    let of_rule =
        wanted.targets.iter().map(|target| wanted.zone.start_of(Date::from_days(target.date.days() + 1)));
    let last = held.chain(of_rule).max().unwrap_or(wanted.now);
    let days = last.minus(wanted.now) / domain::time::millis(DAY) + 1;
    u16::try_from(days.max(1)).unwrap_or(u16::MAX)
}

/// Plans the dates, in their order.
pub(super) fn plan(SeriesFacts { contexts, horizon }: SeriesFacts, wanted: &SeriesRequest) -> Plan {
    let mut ledger = Ledger::new(&contexts, wanted, horizon);
    let chosen: BTreeMap<Date, Choice> = wanted.choices.iter().map(|choice| (choice.date, *choice)).collect();
    let mut plan = Plan { dates: Vec::new(), contexts, weekly: 0, overtaken: false };
    for target in &wanted.targets {
        let planned = date(&mut plan, &mut ledger, wanted, *target, chosen.get(&target.date).copied());
        plan.dates.push(planned);
    }
    if let Some(facts) = ledger.facts(&plan.contexts, 0) {
        let taken = plan.dates.iter().filter_map(|date| date.taking);
        plan.weekly = taken.map(|taking| booked_in_week(taking.span.starts, &facts)).max().unwrap_or(0);
    }
    plan
}

/// Decides about one date, after those before it.
fn date(
    plan: &mut Plan,
    ledger: &mut Ledger,
    wanted: &SeriesRequest,
    target: Target,
    choice: Option<Choice>,
) -> Planned {
    let mut planned = Planned { target, refusals: Vec::new(), instead: Vec::new(), taking: None };
    let Some(asked) = wanted_time(&plan.contexts, target).filter(|_| !target.excepted) else { return planned };
    planned.refusals = ledger.refusals(&plan.contexts, asked).unwrap_or_default();
    if !planned.refusals.is_empty() && wanted.otherwise == Otherwise::Nearest {
        planned.instead = instead(plan, ledger, wanted.zone, asked, &planned.refusals);
    }
    planned.taking = match choice.map(|choice| choice.instead) {
        Some(Some(place)) => {
            let taking = span_of(place, wanted.zone).and_then(|span| {
                let context = plan.contexts.iter().position(|(resource, _)| *resource == place.resource)?;
                Some(Taking { context, span })
            });
            let free = taking.filter(|taking| {
                ledger.refusals(&plan.contexts, *taking).is_some_and(|refusals| refusals.is_empty())
            });
            plan.overtaken |= free.is_none();
            free
        }
        None if planned.refusals.is_empty() => Some(asked),
        None if wanted.otherwise == Otherwise::Nearest => planned.instead.first().copied(),
        Some(None) | None => None,
    };
    if let Some(taking) = planned.taking {
        ledger.take(&plan.contexts, taking);
    }
    planned
}

/// The time of a date as it is wanted: at its own place if it has one.
fn wanted_time(contexts: &[(Resource, BookingContext)], target: Target) -> Option<Taking> {
    let at = |place: Resource| contexts.iter().position(|(resource, _)| *resource == place);
    Some(Taking { context: target.place.and_then(at).unwrap_or(0), span: target.span? })
}

/// The nearest alternatives: the same time elsewhere, then another time of the same machine or room.
fn instead(plan: &Plan, ledger: &Ledger, zone: Zone, asked: Taking, refused: &[Refusal]) -> Vec<Taking> {
    let elsewhere = (0..plan.contexts.len()).filter(|context| *context != asked.context);
    let others = elsewhere.map(|context| Taking { context, ..asked });
    let is_free = |taking: &Taking| ledger.refusals(&plan.contexts, *taking).is_some_and(|all| all.is_empty());
    let mut found: Vec<_> = others.filter(is_free).take(1).collect();
    if !refused.iter().any(|refusal| refusal.is_of_any_time())
        && let Some(facts) = ledger.facts(&plan.contexts, asked.context)
    {
        let day = zone.moment(asked.span.starts).wall().date.days();
        let at = |days: i64| zone.start_of(Date::from_days(day + days));
        let around = i64::from(AROUND);
        let request = Request { span: asked.span, kept: None };
        // The same day first, because people plan by days.
        for within in [Span { starts: at(0), ends: at(1) }, Span { starts: at(-around), ends: at(around + 1) }] {
            let mut times = alternatives_within(within, request, &facts);
            times.sort_by_key(|span| span.starts.0.abs_diff(asked.span.starts.0));
            for taking in times.into_iter().map(|span| Taking { span, ..asked }) {
                if !found.contains(&taking) && found.len() < INSTEAD {
                    found.push(taking);
                }
            }
        }
    }
    found
}

/// The time of a place; `None` if the clocks jump over all of it.
fn span_of(place: Place, zone: Zone) -> Option<Span> {
    let (from, to) = minutes(place.from, place.to);
    Some(Times::new(from, to)?.on(place.date, zone)?.0)
}

async fn load(
    conn: &mut SqliteConnection,
    wanted: &SeriesRequest,
    whole: Span,
    resources: Vec<Resource>,
) -> Result<Vec<(Resource, BookingContext)>, BookingsError> {
    let mut named = Vec::new();
    for resource in resources {
        match store::bookings::resource(conn, resource).await? {
            Some(found) => named.push(Named { resource, kind: found.kind, name: found.name }),
            None if resource == wanted.resource => return Err(BookingsError::UnknownResource),
            None => {}
        }
    }
    let Some(first) = named.first() else { return Ok(Vec::new()) };
    let want = Want {
        resource: first.resource,
        person: wanted.holder.person,
        group: wanted.holder.group,
        without: None,
        span: whole,
        zone: wanted.zone,
        now: wanted.now,
    };
    let resources: Vec<_> = named.iter().map(|one| one.resource).collect();
    let of_rooms: Vec<_> = resources.iter().filter_map(|resource| resource.room()).collect();
    let of_rooms: BTreeMap<_, _> = store::rooms::series(conn, &of_rooms).await?.into_iter().collect();
    let mut known = BookingContext::load_all(conn, want, named, Reach::Horizon).await?;
    for (resource, known) in resources.iter().zip(&mut known) {
        if let Some(days) = resource.room().and_then(|room| of_rooms.get(&room)) {
            known.settings.booking.series = *days;
        }
    }
    Ok(resources.into_iter().zip(known).collect())
}

/// Machines of the same type, or rooms that are large enough.
async fn similar(conn: &mut SqliteConnection, resource: Resource) -> Result<Vec<Resource>, StoreError> {
    match resource {
        Resource::Room(room) => {
            let rooms = rows::similar_rooms(conn, room, ELSEWHERE).await?;
            Ok(rooms.into_iter().map(|(room, _)| Resource::Room(room)).collect())
        }
        Resource::Machine(machine) => {
            let Some(kind) = store::bookings::resource(conn, resource).await?.and_then(|found| found.kind) else {
                return Ok(Vec::new());
            };
            let machines = outages::equals(conn, kind, Some(machine), ELSEWHERE).await?;
            Ok(machines.into_iter().map(Resource::Machine).collect())
        }
    }
}
