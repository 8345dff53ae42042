//! Loads the facts about a machine or room and the person booking it that the rules need.
//!
//! Invariant: pages, write jobs and the API decide by the same facts, in a bounded number of statements. A write
//! job reads only what affects its own time; the nearest alternatives are searched after it ends, so that they do
//! not hold up the writer.
//!
//! A booked room takes those of its machines that its holder may use; the others stay available
//! (`left_to_others`). Occupations of those others do not prevent booking the room. Closing a machine removes it
//! from bookings of its room and cancels none of them. A booked machine leaves its room to others, but no one can
//! have the whole room then. The facts of many machines take as many statements as those of one
//! (`BookingContext::load_all`).

use super::{BookingsError, Refused, Want, about};
use crate::Ctx;
use contract::{access::TraceView, bookings::RefusalNames};
use domain::{
    access::{Decision, Facts as AccessFacts, Person, Reason, Trace, lapses, prioritized, trace},
    actor::Target,
    bookings::{self as rules, Cause, Conflict, Facts, Refusal, Request, Resource, State},
    holds::Hold,
    hours::{Hours, Stretch},
    id::{MachineId, PersonId, RoomId, TypeId},
    occupations::Span,
    settings::Settings,
    time::{DAY, Date, MINUTE, Millis},
    zone::Zone,
};
use std::collections::{BTreeMap, btree_map::Entry};
use store::{
    SqliteConnection, StoreError, access,
    bookings::{self as rows, Holder, Own},
    documents,
    equipment::BUILT_IN,
    holds, hours, people, permitted,
};
use text::Lang;

/// How many days before now the oldest relevant week begins.
const BACK: u32 = 9;

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct BookingContext {
    pub name: String,
    pub settings: Settings,
    want: Want,
    pub kind: Option<TypeId>,
    hours: Hours,
    may_not: Vec<Reason>,
    permitted: bool,
    lapses: Vec<Span>,
    names: RefusalNames,
    /// Machines in the room that are left to others, while they may not use them.
    left: Vec<(MachineId, Span)>,
    open: u32,
    own: Vec<Span>,
    elsewhere: Vec<Span>,
    /// Conflicts, including bookings, except the ignored one.
    pub taken: Vec<Conflict>,
}

/// Until when facts are loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// As far ahead as people may book.
    Horizon,
    /// As far as bookings reach that begin in the span of the [`Want`]: enough to search for times in it.
    Beginnings,
}

/// A machine or a room that is not archived.
#[derive(Debug, Clone)]
pub(crate) struct Named {
    pub resource: Resource,
    pub kind: Option<TypeId>,
    pub name: String,
}

impl BookingContext {
    /// Loads the facts. [`BookingsError::UnknownResource`] for archived resources.
    pub async fn load(conn: &mut SqliteConnection, want: Want) -> Result<Self, BookingsError> {
        let named = rows::resource(conn, want.resource).await?.ok_or(BookingsError::UnknownResource)?;
        let named = Named { resource: want.resource, kind: named.kind, name: named.name };
        let known = Self::load_all(conn, want, vec![named], Reach::Horizon).await?.pop();
        known.ok_or(BookingsError::UnknownResource)
    }

    /// Loads only the facts about the time itself: enough for a decision, not to find other times. For a machine
    /// it takes fewer statements than [`load`](Self::load).
    pub async fn load_near(conn: &mut SqliteConnection, want: Want) -> Result<Self, BookingsError> {
        let Want { resource, person, group, without, span, zone, now } = want;
        let (Resource::Machine(machine), Some(person), None) = (resource, person, group) else {
            return Self::load(conn, want).await;
        };
        let from = now.before(DAY * BACK);
        // Pauses around it are shorter than that.
        let near = Span { starts: span.starts.before(DAY), ends: span.ends.max(span.starts).after(DAY) };
        let conflicts = rows::load_conflicts(conn, machine, person, near, from, without).await?;
        let conflicts = conflicts.ok_or(BookingsError::UnknownResource)?;
        let kind = conflicts.named.kind;
        let at = span.starts.max(now);
        let request = access::load_facts(conn, machine, person, at).await?.ok_or(BookingsError::UnknownPerson)?;
        let day = |at| zone.moment(at).wall().date.days();
        // The facts bring exceptions for the next weeks only; a booking further ahead needs all of them.
        let (first, last) = request.days;
        let hours = if first < day(span.starts) && day(span.ends) < last {
            request.hours
        } else {
            hours::message_of(conn, Some(&[(kind, Some(machine))]), day(from)).await?.of(kind, Some(machine))
        };
        let (reasons, lapses) = standing(&request.facts, Span { starts: at, ends: near.ends });
        let mut reported = trace_of(want, kind, at, reasons.clone());
        if !reasons.is_empty() {
            name(conn, zone, &mut [&mut reported]).await?;
        }
        let settings = request.settings;
        let groups_only = groups_only(conn, want, &[resource]).await?.remove(&resource);
        Ok(Self {
            want,
            kind,
            hours,
            may_not: reasons,
            permitted: groups_only.is_none(),
            lapses,
            names: RefusalNames {
                trace: reported,
                group: None,
                groups: groups_only.unwrap_or_default(),
                closed: None,
            },
            left: Vec::new(),
            open: open(&conflicts.own, now),
            own: conflicts.own.iter().map(|own| own.span).collect(),
            elsewhere: conflicts.elsewhere(settings.booking.overlap),
            taken: conflicts.taken,
            settings,
            name: conflicts.named.name,
        })
    }

    /// Loads the facts for each of these resources instead of the one in `want`, in a constant number of
    /// statements.
    pub async fn load_all(
        conn: &mut SqliteConnection,
        want: Want,
        all: Vec<Named>,
        reach: Reach,
    ) -> Result<Vec<Self>, BookingsError> {
        let scopes: Vec<_> = all.iter().map(|one| (one.kind, one.resource.machine())).collect();
        let settings = store::settings::of_many(conn, &scopes).await?;
        let until = match reach {
            Reach::Horizon => Millis(i64::MAX),
            Reach::Beginnings => {
                let longest = settings.iter().map(|settings| settings.booking.most).max().unwrap_or(0);
                // One that begins at the end, another that continues, and the pauses, which are shorter than a day.
                want.span.ends.after(MINUTE * (2 * u32::from(longest)) + DAY)
            }
        };
        Self::load_until(conn, want, all, settings, until).await
    }

    /// Like `load`, with other settings than the saved ones, one result for each.
    pub async fn load_by(
        conn: &mut SqliteConnection,
        want: Want,
        all: Vec<Named>,
        settings: Vec<Settings>,
    ) -> Result<Vec<Self>, BookingsError> {
        Self::load_until(conn, want, all, settings, Millis(i64::MAX)).await
    }

    /// The facts as far as people may book, and no further than `until`.
    async fn load_until(
        conn: &mut SqliteConnection,
        want: Want,
        all: Vec<Named>,
        settings: Vec<Settings>,
        until: Millis,
    ) -> Result<Vec<Self>, BookingsError> {
        let Want { person, group, without, span, zone, now, .. } = want;
        let scopes: Vec<_> = all.iter().map(|one| (one.kind, one.resource.machine())).collect();
        let from = now.before(DAY * BACK);
        let far = settings.iter().map(|settings| settings.booking.horizon).max().unwrap_or(0);
        let horizon = now.after(DAY * (u32::from(far) + 2));
        let within = Span { starts: from.min(span.starts), ends: horizon.max(span.ends).min(until) };
        let first = zone.moment(from).wall().date.days();
        let message = hours::message_of(conn, Some(&scopes), first).await?;
        let hours = scopes.iter().map(|(kind, machine)| message.of(*kind, *machine));
        let may_not = may_not(conn, want, &all, within.ends).await?;
        let beside: Vec<_> = may_not.iter().flat_map(|standing| standing.left.iter().copied()).collect();
        let own = rows::own(conn, want.holder(), from, without).await?;
        let open = open(&own, now);
        // What counts as elsewhere depends on whether the machine may be booked beside another one: two lists at most, however many
        // machines there are.
        let mut elsewhere: BTreeMap<bool, Vec<Span>> = BTreeMap::new();
        for overlap in settings.iter().map(|settings| settings.booking.overlap) {
            // A group is at several places at once.
            if let (Some(person), None, Entry::Vacant(place)) = (person, group, elsewhere.entry(overlap)) {
                place.insert(rows::elsewhere(conn, person, within, without, overlap).await?);
            }
        }
        let resources: Vec<_> = all.iter().map(|one| one.resource).collect();
        let mut taken = rows::taken_of(conn, &resources, within, without, &beside).await?;
        let rooms: Vec<_> = all.iter().filter_map(|one| one.resource.room()).collect();
        let mut groups_only = groups_only(conn, want, &resources).await?;
        let group_name = match group {
            Some(group) => store::groups::name(conn, group).await?,
            None => None,
        };
        let mut not_bookable: BTreeMap<RoomId, String> = match rooms.as_slice() {
            [] => BTreeMap::new(),
            rooms => store::rooms::closed(conn, rooms).await?.into_iter().collect(),
        };
        let known = all.into_iter().zip(settings).zip(hours).zip(may_not);
        let known = known.map(|(((named, mut settings), hours), standing)| {
            if group.is_some() {
                settings.booking = settings.booking.of_group();
            }
            let groups_only = groups_only.remove(&named.resource);
            let closed = named.resource.room().and_then(|room| not_bookable.remove(&room));
            Self {
                name: named.name,
                want: Want { resource: named.resource, ..want },
                kind: named.kind,
                hours,
                may_not: standing.may_not,
                permitted: groups_only.is_none(),
                lapses: standing.lapses,
                names: RefusalNames {
                    trace: standing.trace,
                    group: group_name.clone(),
                    groups: groups_only.unwrap_or_default(),
                    closed,
                },
                left: standing.left,
                open,
                own: own.iter().map(|own| own.span).collect(),
                elsewhere: elsewhere.get(&settings.booking.overlap).cloned().unwrap_or_default(),
                taken: taken.remove(&named.resource).unwrap_or_default(),
                settings,
            }
        });
        Ok(known.collect())
    }

    /// Ignores permitted groups, because people keep the bookings that they have.
    pub fn permit(&mut self) {
        self.permitted = true;
    }

    pub fn facts(&self) -> Facts<'_> {
        Facts {
            policy: self.settings.booking,
            zone: self.want.zone,
            now: self.want.now,
            hours: &self.hours,
            may_not: &self.may_not,
            permitted: self.permitted,
            bookable: self.names.closed.is_none(),
            lapses: &self.lapses,
            open: self.open,
            own: &self.own,
            elsewhere: &self.elsewhere,
            taken: &self.taken,
        }
    }

    /// The machine, if the person may not use it at any time.
    pub fn barred(&self) -> Option<MachineId> {
        self.want.resource.machine().filter(|_| !self.may_not.is_empty())
    }

    /// Machines in the room that are left to others at some of `span`.
    pub fn left_in(&self, span: Span) -> Vec<MachineId> {
        let left = self.left.iter().filter(|(_, left)| left.overlaps(span));
        left.map(|(machine, _)| *machine).collect()
    }

    /// The opening hours on `date`, in wall-clock time.
    pub fn open_on(&self, date: Date) -> Vec<Stretch> {
        self.hours.on(date)
    }

    /// A reason as a code and a sentence.
    pub fn refusal_text(&self, lang: Lang, refusal: Refusal) -> (String, String) {
        let Want { zone, now, .. } = self.want;
        let message = lang.booking_refusal(refusal, |at| zone.moment(at), zone.moment(now), &self.names);
        (refusal.code().to_owned(), message)
    }

    /// Checks `request`. Alternatives are added later by [`with_alternatives`].
    pub fn check(&self, request: Request) -> Result<(), BookingsError> {
        let refusals = rules::refusals(request, &self.facts());
        if refusals.is_empty() {
            return Ok(());
        }
        let helps = !refusals.iter().any(|refusal| refusal.is_of_any_time());
        Err(self.refused(refusals, helps.then_some((self.want, request))))
    }

    /// Checks whether the rules allow the person to have `span`, which is already booked.
    pub fn check_person(&self, span: Span) -> Result<(), BookingsError> {
        self.check_only(Request { span, kept: None }, Refusal::is_about_person)
    }

    /// Checks `request`, ignoring whether its time is taken.
    pub fn check_if_free(&self, request: Request) -> Result<(), BookingsError> {
        self.check_only(request, |refusal| !matches!(refusal, Refusal::Taken(_)))
    }

    fn check_only(&self, request: Request, counts: impl Fn(&Refusal) -> bool) -> Result<(), BookingsError> {
        let mut refusals = rules::refusals(request, &self.facts());
        refusals.retain(counts);
        if refusals.is_empty() { Ok(()) } else { Err(self.refused(refusals, None)) }
    }

    /// The first reason why a cancelled booking cannot have `span` again.
    pub fn bars_return(&self, span: Span) -> Option<Refusal> {
        let refusals = rules::refusals(Request { span, kept: None }, &self.facts());
        refusals.into_iter().find(Refusal::bars_return)
    }

    /// Checks that nothing occupies part of `span`, without buffers; for occupations other than bookings.
    pub fn is_free(&self, span: Span) -> Result<(), BookingsError> {
        let mut taken: Vec<_> = self.taken.iter().copied().filter(|taken| taken.span.overlaps(span)).collect();
        taken.sort_unstable();
        taken.dedup();
        if taken.is_empty() {
            return Ok(());
        }
        Err(self.refused(taken.into_iter().map(Refusal::Taken).collect(), None))
    }

    fn refused(&self, refusals: Vec<Refusal>, search: Option<(Want, Request)>) -> BookingsError {
        let Want { zone, now, .. } = self.want;
        let (alternatives, names) = (Vec::new(), self.names.clone());
        BookingsError::Refused(Box::new(Refused { refusals, alternatives, search, names, zone, now }))
    }

    /// The storage refused a time that looked free.
    pub fn overtaken(&self, why: StoreError, span: Span) -> BookingsError {
        match why {
            StoreError::Overlap(whose) if whose == "person" => {
                self.refused(vec![Refusal::Elsewhere { span }], None)
            }
            StoreError::Overlap(_) => {
                self.refused(vec![Refusal::Taken(Conflict { span, by: Cause::Booking })], None)
            }
            why => why.into(),
        }
    }

    pub fn about(&self) -> Target {
        about(self.want.resource, self.kind)
    }
}

/// Adds the nearest alternatives to a refusal, where possible. Called after the refusing job.
pub(crate) async fn with_alternatives(ctx: &Ctx, why: BookingsError) -> BookingsError {
    let BookingsError::Refused(mut refused) = why else { return why };
    if let Some((want, request)) = refused.search.take() {
        // The refusal is valid even if the search fails.
        refused.alternatives = alternatives(ctx, want, request).await.unwrap_or_default();
    }
    BookingsError::Refused(refused)
}

async fn alternatives(ctx: &Ctx, want: Want, request: Request) -> Result<Vec<Span>, BookingsError> {
    let known = BookingContext::load(&mut *ctx.store().snapshot().await?, want).await?;
    Ok(rules::alternatives(request, &known.facts()))
}

/// The number of `own` that are upcoming or running.
fn open(own: &[Own], now: Millis) -> u32 {
    let open = own.iter().filter(|own| own.state.takes_time() && !own.in_series && now < own.span.ends).count();
    open.try_into().unwrap_or(u32::MAX)
}

/// The person's access to a machine or a room.
struct Standing {
    /// Why they may not use it when the time begins.
    may_not: Vec<Reason>,
    /// Spans in which they may not use it, though they may at the start.
    lapses: Vec<Span>,
    trace: TraceView,
    /// Machines in the room, and when they may not use them.
    left: Vec<(MachineId, Span)>,
}

/// Why the person may not use each of `all` at the start, apart from current occupancy, and when they lose the
/// right before `ends`; with the data to explain it.
async fn may_not(
    conn: &mut SqliteConnection,
    want: Want,
    all: &[Named],
    ends: Millis,
) -> Result<Vec<Standing>, BookingsError> {
    // A time in the past is judged as of now: access at earlier instants is not known.
    let within = Span { starts: want.span.starts.max(want.now), ends };
    let mut machines: Vec<_> = all.iter().filter_map(|one| one.resource.machine()).collect();
    let rooms: Vec<_> = all.iter().filter_map(|one| one.resource.room()).collect();
    let inside = match want.person {
        // Members of a group use what is in its room.
        Some(_) if want.group.is_none() && !rooms.is_empty() => store::rooms::inside(conn, &rooms).await?,
        _ => Vec::new(),
    };
    machines.extend(inside.iter().map(|(_, machine)| *machine));
    let request = match want.person {
        Some(person) if !machines.is_empty() => {
            access::load_facts_of(conn, &machines, person, within.starts).await?
        }
        _ => BTreeMap::new(),
    };
    let of_rooms = match want.person {
        Some(person) if !rooms.is_empty() => of_person(conn, person, within).await?,
        _ => (Vec::new(), Vec::new()),
    };
    let mut known = Vec::new();
    for one in all {
        let (may_not, lapses) = match (want.person, one.resource) {
            (None, _) => (Vec::new(), Vec::new()),
            (Some(_), Resource::Machine(machine)) => {
                let request = request.get(&machine).ok_or(BookingsError::UnknownPerson)?;
                standing(&request.facts, within)
            }
            // A room has no rules of its own for access, so the answer is the same for all of them.
            (Some(_), Resource::Room(_)) => of_rooms.clone(),
        };
        let mut left = Vec::new();
        for (_, machine) in inside.iter().filter(|(room, _)| one.resource.room() == Some(*room)) {
            if let Some(request) = request.get(machine) {
                left.extend(barred(&request.facts, within).into_iter().map(|span| (*machine, span)));
            }
        }
        let reported = trace_of(Want { resource: one.resource, ..want }, one.kind, within.starts, may_not.clone());
        known.push(Standing { may_not, lapses, trace: reported, left });
    }
    let mut named: Vec<_> =
        known.iter_mut().filter(|one| !one.may_not.is_empty()).map(|one| &mut one.trace).collect();
    name(conn, want.zone, &mut named).await?;
    Ok(known)
}

/// Why the person may not use it when `within` begins, and when they lose the right later.
fn standing(facts: &AccessFacts, within: Span) -> (Vec<Reason>, Vec<Span>) {
    let may_not = personal(&trace(facts, within.starts));
    let lapses =
        if may_not.is_empty() { lapses(facts, within, |trace| !personal(trace).is_empty()) } else { Vec::new() };
    (may_not, lapses)
}

/// Spans within `within` in which the person is barred, including time before it if they are barred at its start.
fn barred(facts: &AccessFacts, within: Span) -> Vec<Span> {
    // The groups that it is for may book it beside the room.
    if facts.machine.as_ref().is_some_and(|machine| machine.barred) {
        return vec![Span { starts: Millis(0), ends: within.ends }];
    }
    let is_barred = |trace: &Trace| !personal(trace).is_empty();
    let mut barred = lapses(facts, within, is_barred);
    if is_barred(&trace(facts, within.starts)) {
        let allowed = lapses(facts, within, |trace| !is_barred(trace));
        let ends = allowed.first().map_or(within.ends, |allowed| allowed.starts);
        // Pauses before a booking that begins then are left as well.
        barred.push(Span { starts: Millis(0), ends });
    }
    barred
}

/// Whether the person is allowed for all of `within`.
fn may_all_the_while(facts: &AccessFacts, within: Span) -> bool {
    let (may_not, lapses) = standing(facts, within);
    may_not.is_empty() && lapses.is_empty()
}

/// Which of `machines` in a room `holder` may not use for all of `span`, as known at `now`: a booking of the room
/// leaves these to others. A group has members who may use them.
pub(crate) async fn left_to_others(
    conn: &mut SqliteConnection,
    machines: &[MachineId],
    holder: Holder,
    span: Span,
    now: Millis,
) -> Result<Vec<MachineId>, StoreError> {
    let Some(person) = holder.individual().filter(|_| !machines.is_empty()) else { return Ok(Vec::new()) };
    let within = Span { starts: span.starts.max(now), ..span };
    let request = access::load_facts_of(conn, machines, person, within.starts).await?;
    let is_left = |(_, request): &(&MachineId, &access::AccessQuery)| !may_all_the_while(&request.facts, within);
    Ok(request.iter().filter(is_left).map(|(machine, _)| *machine).collect())
}

/// Those of `resources` that the group, or the person, may not book, with the names of the groups that may.
async fn groups_only(
    conn: &mut SqliteConnection,
    want: Want,
    resources: &[Resource],
) -> Result<BTreeMap<Resource, Vec<String>>, StoreError> {
    if want.group.is_none() && want.person.is_none() {
        return Ok(BTreeMap::new());
    }
    permitted::closed_to(conn, resources, want.holder()).await
}

/// Why `person` may use no room when `within` begins, and when they lose the right later.
async fn of_person(
    conn: &mut SqliteConnection,
    person: PersonId,
    within: Span,
) -> Result<(Vec<Reason>, Vec<Span>), BookingsError> {
    let facts = facts_of_rooms(conn, person).await?.ok_or(BookingsError::UnknownPerson)?;
    Ok(standing(&facts, within))
}

/// When `person` may use no room, within `within` or before it.
pub(crate) async fn barred_from_rooms(
    conn: &mut SqliteConnection,
    person: PersonId,
    within: Span,
) -> Result<Vec<Span>, StoreError> {
    let facts = facts_of_rooms(conn, person).await?;
    Ok(facts.map_or_else(|| vec![within], |facts| barred(&facts, within)))
}

/// The facts about `person` that apply to every resource.
async fn facts_of_rooms(conn: &mut SqliteConnection, person: PersonId) -> Result<Option<AccessFacts>, StoreError> {
    let Some((status, ledger)) = people::standing(conn, person).await? else { return Ok(None) };
    let holds = holds::of_person(conn, person).await?.into_iter().map(|row| {
        let until = row.until.into_iter().chain(row.lifted).min();
        Hold { id: row.id, reason: row.reason, placed: row.placed, until }
    });
    let person = Person { id: person, status, ledger, holds: holds.collect(), excused: Vec::new() };
    Ok(Some(AccessFacts {
        person: Some(person),
        card: None,
        machine: None,
        built_in: BUILT_IN,
        simultaneous: 0,
        floor: None,
    }))
}

/// Loads the names for the reasons, once for all.
async fn name(
    conn: &mut SqliteConnection,
    zone: Zone,
    reported: &mut [&mut TraceView],
) -> Result<(), BookingsError> {
    let types: Vec<_> = reported.iter().flat_map(|reported| reported.trace.types()).collect();
    let modules: Vec<_> = reported.iter().flat_map(|reported| reported.trace.modules()).collect();
    let types = if types.is_empty() { Vec::new() } else { access::names_of_types(conn, &types).await? };
    let modules = access::titles_of_modules(conn, &modules).await?;
    let documents: Vec<_> = reported.iter().flat_map(|reported| reported.trace.documents()).collect();
    let documents = documents::titles(conn, &documents).await?;
    for reported in reported {
        reported.documents.clone_from(&documents);
        (reported.types, reported.modules) = (types.clone(), modules.clone());
        reported.moments = reported.trace.instants().into_iter().map(|at| zone.moment(at)).collect();
    }
    Ok(())
}

/// The data to explain `reasons`, without names.
fn trace_of(want: Want, kind: Option<TypeId>, at: Millis, reasons: Vec<Reason>) -> TraceView {
    TraceView {
        trace: Trace {
            at,
            person: want.person,
            machine: want.resource.machine(),
            decision: Decision::Deny(reasons),
            steps: Vec::new(),
        },
        name: None,
        kind: kind.unwrap_or(TypeId(0)),
        types: Vec::new(),
        modules: Vec::new(),
        quizzes: Vec::new(),
        documents: Vec::new(),
        moments: Vec::new(),
        now: want.zone.moment(want.now),
    }
}

/// The lasting reasons about the person; their own steps come first.
pub(super) fn personal(trace: &Trace) -> Vec<Reason> {
    prioritized(trace.decision.reasons()).into_iter().filter(|reason| reason.bars_booking()).collect()
}

/// Whether a booking in this state counts as upcoming.
pub(super) const fn is_to_come(state: State) -> bool {
    matches!(state, State::Pending | State::Approved)
}
