//! What is known of a machine or a room and of whoever asks for it, as the rules want it.
//!
//! Invariant: the page that shows a time, the job that takes it and the program that asks for it go by this one function, and a
//! bounded number of statements.

use super::{BookingsError, Refused};
use domain::{
    access::{Decision, Reason, Rule, Trace, trace},
    actor::About,
    bookings::{self as rules, Cause, Facts, Refusal, Request, Resource, State, Taken},
    holds::Hold,
    hours::{Hours, Stretch},
    id::{BookingId, PersonId, TypeId},
    occupations::Span,
    settings::Settings,
    time::{DAY, Date, Millis},
    zone::Zone,
};
use std::collections::{BTreeMap, btree_map::Entry};
use store::{SqliteConnection, StoreError, access, bookings as rows, holds, hours};
use text::Lang;
use views::access::Told;

/// So long before now begins the oldest week that still counts.
const BACK: u32 = 9;

/// What somebody wants to know.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Want {
    pub resource: Resource,
    /// For whom; `None`: of the machine or room alone.
    pub person: Option<PersonId>,
    /// The booking whose time would be given back.
    pub without: Option<BookingId>,
    /// About which time.
    pub span: Span,
    pub zone: Zone,
    pub now: Millis,
}

/// What is known.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub name: String,
    pub settings: Settings,
    want: Want,
    kind: Option<TypeId>,
    hours: Hours,
    may_not: Vec<Reason>,
    told: Told,
    open: u32,
    own: Vec<Span>,
    elsewhere: Vec<Span>,
    /// By bookings too, without the one that would be given back.
    pub taken: Vec<Taken>,
}

/// A machine or a room that is not put away.
#[derive(Debug, Clone)]
pub(crate) struct Named {
    pub resource: Resource,
    /// A machine's type.
    pub kind: Option<TypeId>,
    pub name: String,
}

impl Loaded {
    /// Reads it. [`BookingsError::UnknownResource`] for what is put away.
    pub async fn load(conn: &mut SqliteConnection, want: Want) -> Result<Self, BookingsError> {
        let named = rows::resource(conn, want.resource).await?.ok_or(BookingsError::UnknownResource)?;
        let named = Named { resource: want.resource, kind: named.kind, name: named.name };
        Self::load_all(conn, want, vec![named]).await?.pop().ok_or(BookingsError::UnknownResource)
    }

    /// Reads it of each of these, whatever `want` is of, in a number of statements that does not grow with them.
    pub async fn load_all(
        conn: &mut SqliteConnection,
        want: Want,
        all: Vec<Named>,
    ) -> Result<Vec<Self>, BookingsError> {
        let scopes: Vec<_> = all.iter().map(|one| (one.kind, one.resource.machine())).collect();
        let settings = store::settings::of_many(conn, &scopes).await?;
        Self::load_by(conn, want, all, settings).await
    }

    /// The same by other settings than those that are saved, one for each.
    pub async fn load_by(
        conn: &mut SqliteConnection,
        want: Want,
        all: Vec<Named>,
        settings: Vec<Settings>,
    ) -> Result<Vec<Self>, BookingsError> {
        let Want { person, without, span, zone, now, .. } = want;
        let scopes: Vec<_> = all.iter().map(|one| (one.kind, one.resource.machine())).collect();
        let from = now.before(DAY * BACK);
        let far = settings.iter().map(|settings| settings.booking.horizon).max().unwrap_or(0);
        let horizon = now.after(DAY * (u32::from(far) + 2));
        let within = Span { starts: from.min(span.starts), ends: horizon.max(span.ends) };
        let first = zone.moment(from).wall().date.days();
        let said = hours::said_of(conn, Some(&scopes), first).await?;
        let hours = scopes.iter().map(|(kind, machine)| said.of(*kind, *machine));
        let may_not = may_not(conn, want, &all).await?;
        let own = match person {
            Some(person) => rows::own(conn, person, from, without).await?,
            None => Vec::new(),
        };
        let open = own.iter().filter(|own| own.state.takes_time() && now < own.span.ends).count();
        let mut elsewhere: BTreeMap<bool, Vec<Span>> = BTreeMap::new();
        for overlap in settings.iter().map(|settings| settings.booking.overlap) {
            if let (Some(person), Entry::Vacant(place)) = (person, elsewhere.entry(overlap)) {
                place.insert(rows::elsewhere(conn, person, within, without, overlap).await?);
            }
        }
        let resources: Vec<_> = all.iter().map(|one| one.resource).collect();
        let mut taken = rows::taken_of(conn, &resources, within, without).await?;
        let known = all.into_iter().zip(settings).zip(hours).zip(may_not);
        let known = known.map(|(((named, settings), hours), (may_not, told))| Self {
            name: named.name,
            want: Want { resource: named.resource, ..want },
            kind: named.kind,
            hours,
            may_not,
            told,
            open: open.try_into().unwrap_or(u32::MAX),
            own: own.iter().map(|own| own.span).collect(),
            elsewhere: elsewhere.get(&settings.booking.overlap).cloned().unwrap_or_default(),
            taken: taken.remove(&named.resource).unwrap_or_default(),
            settings,
        });
        Ok(known.collect())
    }

    pub fn facts(&self) -> Facts<'_> {
        Facts {
            policy: self.settings.booking,
            zone: self.want.zone,
            now: self.want.now,
            hours: &self.hours,
            may_not: &self.may_not,
            open: self.open,
            own: &self.own,
            elsewhere: &self.elsewhere,
            taken: &self.taken,
        }
    }

    /// When it is open on `date`, by the clock on the wall.
    pub fn open_on(&self, date: Date) -> Vec<Stretch> {
        self.hours.on(date)
    }

    /// A reason as a code and a sentence.
    pub fn said(&self, lang: Lang, refusal: Refusal) -> (String, String) {
        let Want { zone, now, .. } = self.want;
        let said = lang.booking_refusal(refusal, |at| zone.moment(at), zone.moment(now), &self.told);
        (refusal.code().to_owned(), said)
    }

    /// Whether `request` can be had.
    pub fn check(&self, request: Request) -> Result<(), BookingsError> {
        let refusals = rules::refusals(request, &self.facts());
        if refusals.is_empty() {
            return Ok(());
        }
        let helps = !refusals.iter().any(|refusal| refusal.is_of_any_time());
        let alternatives = if helps { rules::alternatives(request, &self.facts()) } else { Vec::new() };
        Err(self.refused(refusals, alternatives))
    }

    /// Whether the rules have nothing against whoever is to have `span`, which is booked already.
    pub fn check_person(&self, span: Span) -> Result<(), BookingsError> {
        let mut refusals = rules::refusals(Request { span, kept: None }, &self.facts());
        refusals.retain(Refusal::is_about_person);
        if refusals.is_empty() { Ok(()) } else { Err(self.refused(refusals, Vec::new())) }
    }

    /// What takes `span` already, pauses not counted; for what is no booking.
    pub fn is_free(&self, span: Span) -> Result<(), BookingsError> {
        match self.taken.iter().find(|taken| taken.span.overlaps(span)) {
            Some(taken) => Err(self.refused(vec![Refusal::Taken(*taken)], Vec::new())),
            None => Ok(()),
        }
    }

    fn refused(&self, refusals: Vec<Refusal>, alternatives: Vec<Span>) -> BookingsError {
        let Want { zone, now, .. } = self.want;
        BookingsError::Refused(Box::new(Refused { refusals, alternatives, told: self.told.clone(), zone, now }))
    }

    /// The storage refused what looked free.
    pub fn overtaken(&self, why: StoreError, span: Span) -> BookingsError {
        match why {
            StoreError::Overlap(whose) if whose == "person" => {
                self.refused(vec![Refusal::Elsewhere { span }], Vec::new())
            }
            StoreError::Overlap(_) => {
                self.refused(vec![Refusal::Taken(Taken { span, by: Cause::Booking })], Vec::new())
            }
            why => why.into(),
        }
    }

    /// What permissions are about.
    pub fn about(&self) -> About {
        self.kind.map_or(About::NOTHING, |kind| About::equipment(kind, self.want.resource.machine()))
    }
}

/// Why the person may not use each of `all` when the time begins, whatever else is so then; with what it takes to tell that.
async fn may_not(
    conn: &mut SqliteConnection,
    want: Want,
    all: &[Named],
) -> Result<Vec<(Vec<Reason>, Told)>, BookingsError> {
    let at = want.span.starts.max(want.now);
    let machines: Vec<_> = all.iter().filter_map(|one| one.resource.machine()).collect();
    let asked = match want.person {
        Some(person) if !machines.is_empty() => access::asked_of(conn, &machines, person, at).await?,
        _ => BTreeMap::new(),
    };
    let holding = match want.person {
        Some(person) if machines.len() < all.len() => holds::of_person(conn, person).await?,
        _ => Vec::new(),
    };
    let mut known = Vec::new();
    for one in all {
        let reasons = match (want.person, one.resource) {
            (None, _) => Vec::new(),
            (Some(_), Resource::Machine(machine)) => {
                let asked = asked.get(&machine).ok_or(BookingsError::UnknownPerson)?;
                personal(&trace(&asked.facts, at))
            }
            (Some(_), Resource::Room(_)) => {
                let in_force = holding.iter().filter_map(|row| {
                    let until = row.until.into_iter().chain(row.lifted).min();
                    let hold = Hold { id: row.id, reason: row.reason, placed: row.placed, until };
                    hold.in_force(at).then_some(Reason::OnHold { hold: row.id, reason: row.reason, until })
                });
                in_force.collect()
            }
        };
        let told = told(Want { resource: one.resource, ..want }, one.kind, at, reasons.clone());
        known.push((reasons, told));
    }
    // What the reasons name, once for all.
    let named = |told: &(Vec<Reason>, Told)| !told.0.is_empty();
    let types: Vec<_> = known.iter().filter(|told| named(told)).flat_map(|(_, told)| told.trace.types()).collect();
    let modules: Vec<_> =
        known.iter().filter(|told| named(told)).flat_map(|(_, told)| told.trace.modules()).collect();
    let types = if types.is_empty() { Vec::new() } else { access::names_of_types(conn, &types).await? };
    let modules = access::titles_of_modules(conn, &modules).await?;
    for (_, told) in known.iter_mut().filter(|told| named(told)) {
        (told.types, told.modules) = (types.clone(), modules.clone());
        told.moments = told.trace.instants().into_iter().map(|at| want.zone.moment(at)).collect();
    }
    Ok(known)
}

/// What it takes to tell `reasons`, but for names.
fn told(want: Want, kind: Option<TypeId>, at: Millis, reasons: Vec<Reason>) -> Told {
    Told {
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
        moments: Vec::new(),
        now: want.zone.moment(want.now),
    }
}

/// The reasons that are about the person, and do not pass by themselves.
pub(super) fn personal(trace: &Trace) -> Vec<Reason> {
    const ASKED: [Rule; 6] =
        [Rule::Known, Rule::Active, Rule::NoHold, Rule::Member, Rule::Authorised, Rule::Trained];
    let reasons = trace.decision.reasons().iter().copied();
    // A trainer comes along, or not: that is seen then.
    reasons.filter(|reason| ASKED.contains(&reason.rule()) && !matches!(reason, Reason::NeedsTrainer(_))).collect()
}

/// Whether what a booking is now counts against those that come.
pub(super) const fn is_to_come(state: State) -> bool {
    matches!(state, State::Pending | State::Approved)
}
