//! Which times a member can have for a checkout, and why not the others.
//!
//! Invariant: the page that shows a time and the job that takes it call the same function. Everything is judged at
//! the offered time, not at the time of the request: the trainer's membership and qualification, the hours of each
//! machine, and closures, which are among the occupations. The number of statements is bounded, however many
//! trainers, machines and days there are.

use domain::{
    actor::{Rank, rank},
    availability::{HORIZON, Rule, slots},
    checkouts::Obstacle,
    hours::Hours,
    id::{AppointmentId, MachineId, PersonId, TypeId},
    occupations::Span,
    qualifications::{Relation, Subject},
    time::{Date, Millis},
    zone::Zone,
};
use store::{
    SqliteConnection, StoreError,
    availability::{self, Trainer},
    checkouts::{self, Machine},
    hours::{self, OfType},
    occupations::{self, Busy},
};

/// A time that a trainer offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Offer {
    pub span: Span,
    pub trainer: PersonId,
    /// A machine that is free then; `None` if the type has none.
    pub machine: Option<MachineId>,
    /// The obstacle, and the time that is taken.
    pub obstacle: Option<(Obstacle, Option<Span>)>,
}

/// The offers for a checkout on one type.
#[derive(Debug)]
pub(super) struct Offers {
    /// The offering trainers, by name.
    pub trainers: Vec<Trainer>,
    /// In order of start.
    pub offers: Vec<Offer>,
}

/// The member, type and time of a request.
#[derive(Debug, Clone, Copy)]
pub(super) struct Request {
    pub person: PersonId,
    pub kind: TypeId,
    /// An appointment whose time would be released for it.
    pub instead_of: Option<AppointmentId>,
    pub zone: Zone,
    pub now: Millis,
}

impl Request {
    fn today(self) -> Date {
        self.zone.moment(self.now).wall().date
    }
}

/// The offers of the type's trainers, from now to the end of the horizon.
pub(super) async fn offers(conn: &mut SqliteConnection, request: Request) -> Result<Offers, StoreError> {
    let Request { person, kind, instead_of, zone, now } = request;
    let today = request.today();
    let days = today.days()..=today.days() + HORIZON;
    let within = Span { starts: now, ends: zone.start_of(Date::from_days(today.days() + HORIZON + 1)) };
    let on = [Subject::Type(kind)];
    // Then, and not now: a term of office begins and ends.
    let teaches = |trainer: &Trainer, span: Span| {
        let is_member = rank(trainer.status, &trainer.ledger, span.starts) >= Rank::Member;
        is_member
            && [Relation::Trainer, Relation::Owner].iter().any(|&relation| {
                let until = trainer.ledger.holds_until(relation, &on, span.starts);
                trainer.ledger.holds(relation, &on, span.starts) && until.is_none_or(|until| span.ends <= until)
            })
    };
    let at_once = Span { starts: now, ends: now };
    let mut trainers = availability::trainers(conn).await?;
    trainers.retain(|trainer| trainer.id != person);
    let rules = availability::rules(conn, None, today.days()).await?;
    let aways = availability::aways(conn, None, today.days()).await?;
    let machines = checkouts::machines(conn, kind).await?;
    let hours = hours::of_type(conn, kind, today.days()).await?;
    let mut people = occupations::of_people(conn, &[person], within).await?;
    people.retain(|taken| taken.appointment.is_none() || taken.appointment != instead_of);
    let mut taken = occupations::of_machines(conn, kind, within).await?;
    taken.retain(|taken| taken.appointment.is_none() || taken.appointment != instead_of);

    let mut offers = Vec::new();
    for trainer in &trainers {
        let own: Vec<Rule> =
            rules.iter().filter(|row| row.trainer == trainer.id).map(|row| row.rule.clone()).collect();
        let away: Vec<_> = aways.iter().filter(|(_, who, _)| *who == trainer.id).map(|(.., away)| *away).collect();
        let times = slots(&own, &away, kind, days.clone(), now, |date, minute| zone.instant(date, minute));
        offers.extend(times.into_iter().filter(|span| teaches(trainer, *span)).map(|span| {
            let of = |who| {
                people.iter().find(|taken| taken.whose == who && taken.span.overlaps(span)).map(|taken| taken.span)
            };
            let found = machine(&machines, &hours, &taken, span, zone);
            let obstacle = match found {
                Err(closed @ (Obstacle::Closed, _)) => Some(closed),
                found => of(trainer.id)
                    .map(|at| (Obstacle::Trainer, Some(at)))
                    .or_else(|| of(person).map(|at| (Obstacle::Member, Some(at))))
                    .or(found.err()),
            };
            Offer { span, trainer: trainer.id, machine: found.unwrap_or_default(), obstacle }
        }));
    }
    trainers.retain(|trainer| teaches(trainer, at_once) || offers.iter().any(|offer| offer.trainer == trainer.id));
    offers.sort_by_key(|offer| offer.span);
    Ok(Offers { trainers, offers })
}

/// A machine of the type that is free at `span`, ignoring the time of `instead_of`.
pub(super) async fn free_machine(
    conn: &mut SqliteConnection,
    kind: TypeId,
    span: Span,
    instead_of: Option<AppointmentId>,
    zone: Zone,
) -> Result<Option<MachineId>, StoreError> {
    let machines = checkouts::machines(conn, kind).await?;
    let hours = hours::of_type(conn, kind, zone.moment(span.starts).wall().date.days()).await?;
    let mut taken = occupations::of_machines(conn, kind, span).await?;
    taken.retain(|taken| taken.appointment.is_none() || taken.appointment != instead_of);
    Ok(machine(&machines, &hours, &taken, span, zone).ok().flatten())
}

/// The first machine of the type that is available then, `None` if it has none; or the obstacle, and the time that
/// is taken.
fn machine(
    machines: &[Machine],
    hours: &OfType,
    taken: &[Busy<MachineId>],
    span: Span,
    zone: Zone,
) -> Result<Option<MachineId>, (Obstacle, Option<Span>)> {
    let date = zone.moment(span.starts).wall().date;
    let is_open = |hours: &Hours| hours.is_open_during(span, date, |date, minute| zone.instant(date, minute));
    if machines.is_empty() {
        return if is_open(&hours.common) { Ok(None) } else { Err((Obstacle::Closed, None)) };
    }
    let open: Vec<&Machine> = machines.iter().filter(|machine| is_open(hours.of(machine.id))).collect();
    if open.is_empty() {
        return Err((Obstacle::Closed, None));
    }
    // The end of a block is unknown, so none of its time is promised.
    let mut usable = open.iter().filter(|machine| !machine.blocked).peekable();
    if usable.peek().is_none() {
        return Err((Obstacle::Blocked, None));
    }
    let at =
        |id| taken.iter().find(|taken| taken.whose == id && taken.span.overlaps(span)).map(|taken| taken.span);
    let mut first = None;
    for machine in usable {
        match at(machine.id) {
            None => return Ok(Some(machine.id)),
            Some(span) => first = first.or(Some(span)),
        }
    }
    Err((Obstacle::Machine, first))
}
