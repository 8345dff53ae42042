//! Which times somebody can have for a checkout, and what keeps the others from them.
//!
//! Invariant: the page that shows a time and the job that takes it ask this one function. A bounded number of statements,
//! however many trainers, machines and days there are.

use domain::{
    availability::{HORIZON, Rule, slots},
    checkouts::Obstacle,
    hours::{Hours, Opening},
    id::{AppointmentId, MachineId, PersonId, TypeId},
    occupations::Span,
    people::PersonStatus,
    qualifications::{Relation, Subject},
    time::{Date, Millis},
    zone::Zone,
};
use store::{
    SqliteConnection, StoreError,
    availability::{self, Trainer},
    checkouts::{self, Machine},
    hours,
    occupations::{self, Taken},
};

/// A time that a trainer offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Offer {
    pub span: Span,
    pub trainer: PersonId,
    /// One that is free then; `None` where the type has none.
    pub machine: Option<MachineId>,
    /// What keeps it from being taken, and the time that is taken already.
    pub obstacle: Option<(Obstacle, Option<Span>)>,
}

/// What is offered for a checkout on one type.
#[derive(Debug)]
pub(super) struct Offers {
    /// Who offers, by name.
    pub trainers: Vec<Trainer>,
    /// In the order of their beginning.
    pub offers: Vec<Offer>,
}

/// Who asks, for what and when.
#[derive(Debug, Clone, Copy)]
pub(super) struct Request {
    pub person: PersonId,
    pub kind: TypeId,
    /// An appointment whose time would be given back for it.
    pub instead_of: Option<AppointmentId>,
    pub zone: Zone,
    pub now: Millis,
}

impl Request {
    fn today(self) -> Date {
        self.zone.moment(self.now).wall().date
    }
}

/// What trainers of the type offer, from now to the end of the horizon.
pub(super) async fn offers(conn: &mut SqliteConnection, request: Request) -> Result<Offers, StoreError> {
    let Request { person, kind, instead_of, zone, now } = request;
    let today = request.today();
    let days = today.days()..=today.days() + HORIZON;
    let within = Span { starts: now, ends: zone.start_of(Date::from_days(today.days() + HORIZON + 1)) };
    let on = [Subject::Type(kind)];
    let mut trainers = availability::trainers(conn).await?;
    trainers.retain(|trainer| {
        trainer.id != person
            && trainer.status == PersonStatus::Active
            && [Relation::Trainer, Relation::Owner]
                .iter()
                .any(|&relation| trainer.ledger.holds(relation, &on, now))
    });
    let rules = availability::rules(conn, None, today.days()).await?;
    let aways = availability::aways(conn, None, today.days()).await?;
    let machines = checkouts::machines(conn, kind).await?;
    let hours = hours::said(conn, Some(kind), None, today.days()).await?;
    let mut people = occupations::of_people(conn, person, within).await?;
    people.retain(|taken| Some(taken.appointment) != instead_of);
    let mut taken = occupations::of_machines(conn, kind, within).await?;
    taken.retain(|taken| Some(taken.appointment) != instead_of);

    let mut offers = Vec::new();
    for trainer in &trainers {
        let own: Vec<Rule> =
            rules.iter().filter(|kept| kept.trainer == trainer.id).map(|kept| kept.rule.clone()).collect();
        let away: Vec<_> = aways.iter().filter(|(_, who, _)| *who == trainer.id).map(|(.., away)| *away).collect();
        let times = slots(&own, &away, kind, days.clone(), now, |date, minute| zone.instant(date, minute));
        offers.extend(times.into_iter().map(|span| {
            let of = |who| {
                people.iter().find(|taken| taken.whose == who && taken.span.overlaps(span)).map(|taken| taken.span)
            };
            let machine = free(&machines, &taken, span);
            let obstacle = if !is_open(&hours, span, zone) {
                Some((Obstacle::Closed, None))
            } else if let Some(at) = of(trainer.id) {
                Some((Obstacle::Trainer, Some(at)))
            } else if let Some(at) = of(person) {
                Some((Obstacle::Member, Some(at)))
            } else if machine.is_none() && !machines.is_empty() {
                let at = taken.iter().map(|taken| taken.span).find(|taken| taken.overlaps(span));
                Some((Obstacle::Machine, at))
            } else {
                None
            };
            Offer { span, trainer: trainer.id, machine, obstacle }
        }));
    }
    offers.sort_by_key(|offer| offer.span);
    Ok(Offers { trainers, offers })
}

/// The first machine that is free then.
fn free(machines: &[Machine], taken: &[Taken<MachineId>], span: Span) -> Option<MachineId> {
    let is_taken = |id| taken.iter().any(|taken| taken.whose == id && taken.span.overlaps(span));
    machines.iter().map(|machine| machine.id).find(|&id| !is_taken(id))
}

/// Whether it is open all the while.
fn is_open(hours: &Hours, span: Span, zone: Zone) -> bool {
    let today = zone.moment(span.starts).wall().date;
    match hours.opening(span.starts, today, |date, minute| zone.instant(date, minute)) {
        Opening::Open { closes } => closes.is_none_or(|closes| closes >= span.ends),
        Opening::Closed { .. } => false,
    }
}
