//! The demo: a believable workshop with half a year of history, to look around in.
//!
//! **Invariants.** It is installed only in an empty space, never in one that is in use. It is the same every time
//! except for the dates, which end now. Its uses arise as real ones do: from reports of boards.

pub mod actuators;
mod bookings;
pub mod building;
mod care;
mod cast;
mod checkouts;
mod department;
mod documents;
pub mod doors;
mod draws;
pub mod dues;
mod events;
mod floor_plans;
mod groups;
mod help;
mod history;
mod learning;
mod members;
mod news;
mod pictures;
mod presence;
mod series;
pub mod slack;
mod webhooks;

use crate::{Ctx, draws::DrawsError};
use cast::{ADMINISTRATOR, MACHINES, NAMES, PLACES, PLANS, TYPES};
use domain::{
    actor::{Actor, Forbidden, Permission, Proof, Target},
    boards::MachineNumber,
    cards::CardUid,
    hours::Stretch,
    id::{CardId, MachineId, PersonId, PlaceId, TypeId},
    maintenance::{Doer, Every},
    people::PersonStatus,
    qualifications::{BuiltIn, Cause, EntryKind, Relation, Subject},
    settings::{Invention, Key},
    time::{DAY, Millis},
};
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use store::{
    Done, StoreError, WriteTx,
    audit::AuditEntry,
    cards,
    equipment::{self, BUILT_IN},
    hours,
    imports::fabomatic,
    machines::{self, NewBlock, NewMachine},
    maintenance::{self, NewPlan},
    people::{self, NewPerson},
    qualifications::{self, NewEntry},
    remarks, settings,
};

/// How far back the generated history goes.
const HALF_A_YEAR: Duration = Duration::from_hours(182 * 24);

/// Why there is no demo.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    #[error("this folder holds a real space; choose an empty one for the demo")]
    Inhabited,
    /// An earlier start was broken off.
    #[error("the demo in this folder was broken off while it was made; delete the folder and start again")]
    Unfinished,
    /// The disk does not take it.
    #[error(transparent)]
    Disk(#[from] std::io::Error),
    /// Only the command line creates a demo.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    #[error(transparent)]
    Draw(#[from] DrawsError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The simulated people and machines; the same every time.
#[derive(Debug, Clone)]
pub struct Cast {
    /// The machines and doors whose boards are simulated.
    pub boards: Vec<MachineNumber>,
    /// Cards, their holders, and the machines each may use.
    pub cards: Vec<(CardUid, &'static str, Vec<MachineNumber>)>,
}

/// The boards and cards of the demo.
#[must_use]
pub fn cast() -> Cast {
    let machines = MACHINES.iter().filter(|machine| machine.simulated).filter_map(cast::number);
    let boards: Vec<_> = machines.chain(cast::DOORS.map(|(.., number)| number)).collect();
    let cards = (0..NAMES.len()).filter(|&person| cast::status(person) == PersonStatus::Active).map(|person| {
        let may = MACHINES.iter().filter(|machine| machine.simulated && cast::may_use(person, machine.kind));
        (cast::uid(person), NAMES[person], may.filter_map(cast::number).collect())
    });
    Cast { cards: cards.collect(), boards }
}

/// The demo's opening hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Open {
    /// From seven in the morning to eleven in the evening, every day.
    Daily,
    /// Day and night, so that the demo works at any hour.
    RoundTheClock,
}

/// How much of the demo is created.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// A workshop with three rooms.
    Workshop,
    /// A department's term beside it: forty rooms, sixty groups and their draws, and 178 more members.
    Department,
}

impl Extent {
    /// How much there is in a space with this setting.
    #[must_use]
    pub const fn of(invention: Invention) -> Self {
        match invention {
            Invention::Begun | Invention::Whole => Self::Workshop,
            Invention::Department => Self::Department,
        }
    }

    const fn invention(self) -> Invention {
        match self {
            Self::Workshop => Invention::Whole,
            Self::Department => Invention::Department,
        }
    }
}

/// From seven in the morning to eleven in the evening, in minutes of the day.
const DAILY: Stretch = Stretch { from: 7 * 60, to: 23 * 60 };

/// Fills an empty space with the demo; a space that already holds the demo is unchanged.
pub async fn furnish(ctx: &Ctx, open: Open, extent: Extent) -> Result<(), DemoError> {
    let now = ctx.now();
    let proof = Actor::TOOLGATE.require(Permission::KeepHouse, Target::NONE)?;
    let already = async {
        let mut conn = ctx.store().read().await?;
        let invented = settings::of_space(&mut conn).await?.invented;
        Ok::<_, StoreError>((invented, equipment::furnished(&mut conn).await?))
    };
    match already.await? {
        (Some(Invention::Whole | Invention::Department), _) => return Ok(()),
        (Some(Invention::Begun), _) => return Err(DemoError::Unfinished),
        (None, false) => {}
        (None, true) => return Err(DemoError::Inhabited),
    }
    let built = ctx
        .store()
        .write::<_, StoreError, _>(async move |tx| {
            let built = build(tx, now).await?;
            if open == Open::Daily {
                let week: Vec<_> = (0..7).map(|weekday| (weekday, DAILY)).collect();
                hours::set_week(tx, settings::At::Space, &week).await?;
            }
            Ok(Done::audited(built, entry(&proof, now, "demo.build", domain::audit::Subject::Space)))
        })
        .await?;
    learning::place(&crate::training::folder(ctx))?;
    let (kinds, machines) = (built.kinds.clone(), built.machines.clone());
    let manager = built.people[ADMINISTRATOR].0;
    let mut actions: BTreeMap<MachineId, Vec<_>> = BTreeMap::new();
    for action in care::actions(now) {
        actions.entry(machines[action.machine]).or_default().push(action);
    }
    let built = Arc::new(built);
    for (machine, uses) in history::invent(&built, now) {
        let (built, actions) = (Arc::clone(&built), actions.remove(&machine).unwrap_or_default());
        // One job a machine: a job may not hold the writer for long.
        ctx.store()
            .write::<_, StoreError, _>(async move |tx| {
                history::live_through(tx, &built, machine, &uses, &actions).await?;
                Ok(Done::audited((), entry(&proof, now, "demo.history", machine)))
            })
            .await?;
    }
    let measured = Arc::clone(&built);
    // A month of readings is a job of its own, for the same reason.
    ctx.store()
        .write::<_, StoreError, _>(async move |tx| {
            building::measure(tx, &measured, now).await?;
            Ok(Done::audited((), entry(&proof, now, "demo.readings", domain::audit::Subject::Space)))
        })
        .await?;
    let booked = Arc::clone(&built);
    let secret = ctx.rng().bytes();
    ctx.store()
        .write::<_, StoreError, _>(async move |tx| {
            plan(tx, &kinds, &machines, now).await?;
            news::announce(tx, manager, kinds[cast::LASER], now).await?;
            webhooks::connect(tx, manager, machines[0], secret, now).await?;
            checkouts::agree(tx, &booked, now).await?;
            bookings::book(tx, &booked, now).await?;
            groups::gather(tx, &booked, now).await?;
            Ok(Done::audited((), entry(&proof, now, "demo.plans", domain::audit::Subject::Space)))
        })
        .await?;
    let settled = Arc::clone(&built);
    let ready = ctx
        .store()
        .write::<_, StoreError, _>(async move |tx| {
            let built = settled;
            series::repeat(tx, &built, now).await?;
            actuators::install(tx, &built, now).await?;
            floor_plans::draw(tx, &built, now).await?;
            presence::settle_in(tx, &built, now).await?;
            slack::connect(tx, &built, now).await?;
            help::ask(tx, &built, now).await?;
            let mut ready = vec![draws::plan(tx, &built, now).await?];
            if extent == Extent::Department {
                ready.push(department::open(tx, &built, now).await?);
            }
            Ok(Done::audited(ready, entry(&proof, now, "demo.rooms", domain::audit::Subject::Space)))
        })
        .await?;
    train(ctx, proof, &built, extent).await?;
    // What is won is booked by the clocks of the demo's zone.
    ctx.reload_space().await?;
    for draw in ready {
        draws::run(ctx, draw).await?;
    }
    ctx.store()
        .write::<_, StoreError, _>(async move |tx| {
            settings::set(tx, settings::At::Space, Key::Invented, extent.invention().as_str()).await?;
            Ok(Done::audited((), entry(&proof, now, "demo.ready", domain::audit::Subject::Space)))
        })
        .await?;
    ctx.reload_space().await?;
    Ok(())
}

/// Training, its events, dues and documents: a job of its own, because one may not hold the writer for long.
async fn train(ctx: &Ctx, proof: Proof, built: &Arc<Built>, extent: Extent) -> Result<(), DemoError> {
    let (built, now, today) = (Arc::clone(built), ctx.now(), ctx.today());
    ctx.store()
        .write::<_, StoreError, _>(async move |tx| {
            let people: Vec<_> = built.people.iter().map(|(person, _)| *person).collect();
            let qualified = (0..people.len()).filter(|&person| cast::relation(person, cast::MILL).is_some());
            let qualified: Vec<_> = qualified.map(|person| people[person]).collect();
            let on_the_way = cast::LEARNERS.map(|(person, percent, passed, hours)| learning::Stage {
                person: people[person],
                percent,
                passed,
                hours,
            });
            learning::teach(tx, built.kinds[cast::MILL], &qualified, &on_the_way, now).await?;
            events::announce(tx, &built, now).await?;
            dues::link(tx, &built, today, now).await?;
            let mut joined = Vec::new();
            if extent == Extent::Department {
                joined = members::join(tx, now).await?;
                dues::link_members(tx, &joined, today, now).await?;
            }
            documents::sign(tx, &people, &joined, built.kinds[cast::LASER], now).await?;
            Ok(Done::audited((), entry(&proof, now, "demo.training", domain::audit::Subject::Space)))
        })
        .await?;
    Ok(())
}

/// The created records, for the history to refer to.
struct Built {
    people: Vec<(PersonId, CardId)>,
    machines: Vec<MachineId>,
    kinds: Vec<TypeId>,
    places: Vec<PlaceId>,
}

async fn build(tx: &mut WriteTx, now: Millis) -> Result<Built, StoreError> {
    let founded = now.before(HALF_A_YEAR + DAY);
    let begun = (Key::Invented, Invention::Begun.as_str());
    for (key, value) in [begun, (Key::SpaceName, cast::SPACE), (Key::Zone, cast::ZONE)] {
        settings::set(tx, settings::At::Space, key, value).await?;
    }
    let mut places = Vec::new();
    for (position, name) in (0..).zip(PLACES) {
        places.push(equipment::add_place(tx, name, position).await?);
    }
    let mut types = Vec::new();
    for kind in &TYPES {
        let id = equipment::add_type(tx, kind.name, kind.risk).await?;
        settings::set(tx, settings::At::Type(id), Key::Authorisation, kind.mode.as_str()).await?;
        types.push(id);
    }
    let mut people = Vec::new();
    for (index, name) in NAMES.iter().enumerate() {
        let email = Some(cast::email(name));
        let new = NewPerson { status: cast::status(index), name: (*name).into(), email, created_at: founded };
        let person = people::add(tx, &new).await?;
        let card = cards::give(tx, person, &cast::uid(index), founded).await?;
        people.push((person, card));
        let mut grants = Vec::new();
        if cast::status(index) != PersonStatus::Applicant {
            grants.push((BUILT_IN.space, Relation::User));
        }
        grants.extend(cast::roles(index).iter().map(|&(on, relation)| match on {
            BuiltIn::Space => (BUILT_IN.space, relation),
            BuiltIn::System => (BUILT_IN.system, relation),
        }));
        for (kind, &id) in types.iter().enumerate() {
            if cast::status(index) == PersonStatus::Applicant {
                continue;
            }
            grants.extend(cast::relation(index, kind).map(|relation| (id, relation)));
        }
        for (kind, relation) in grants {
            let cause = if index == ADMINISTRATOR { Cause::Setup } else { Cause::Trainer };
            let new = NewEntry {
                person,
                subject: Subject::Type(kind),
                relation,
                kind: EntryKind::Granted,
                from: founded,
                until: None,
                cause,
                by: None,
                remark: None,
                recorded_at: founded,
            };
            qualifications::add(tx, &new).await?;
        }
    }
    let mut built = Vec::new();
    for machine in &MACHINES {
        let new = NewMachine {
            number: cast::number(machine),
            kind: types[machine.kind],
            place: Some(places[machine.place]),
            name: machine.name.into(),
            manual: machine.manual.map(Into::into),
        };
        let id = machines::add(tx, &new).await?;
        pictures::hang(tx, id, machine.kind, founded).await?;
        built.push(id);
        if let Some(because) = machine.blocked {
            let at = now.before(DAY);
            let by = people::alias(tx, people[ADMINISTRATOR].0, at).await?;
            let remark = remarks::write(tx, None, Some(by), because, at).await?;
            let block =
                NewBlock { machine: id, by: Some(by), because: Some(remark), at_once: false, report: None, at };
            machines::block(tx, &block).await?;
        }
    }
    Ok(Built { people, machines: built, kinds: types, places })
}

/// The maintenance plans of the machines, counted from their last intervention.
async fn plan(tx: &mut WriteTx, kinds: &[TypeId], machines: &[MachineId], now: Millis) -> Result<(), StoreError> {
    for plan in &PLANS {
        let new = NewPlan {
            words: plan.words.into(),
            every: Every { hours: plan.hours, days: plan.days },
            manual: None,
            doer: Doer::Trainer,
            blocking: plan.blocking,
            display: plan.display.into(),
        };
        let of =
            plan.machine.map_or(Subject::Type(kinds[plan.kind]), |machine| Subject::Machine(machines[machine]));
        let since = now.before(DAY * plan.since);
        let id = maintenance::add(tx, of, &new, since).await?;
        // Counts uses since then: a plan created today would start from today's hours.
        let machines = MACHINES.iter().zip(machines).enumerate();
        let its =
            machines.filter(|(at, (machine, _))| plan.machine.map_or(machine.kind == plan.kind, |its| its == *at));
        let counts: Vec<_> = its.map(|(_, (_, &machine))| (id, machine, since)).collect();
        fabomatic::add_maintenance(tx, &[], &counts, &fabomatic::Totals::default()).await?;
    }
    Ok(())
}

fn entry(
    proof: &Proof,
    at: Millis,
    action: &'static str,
    subject: impl Into<domain::audit::Subject>,
) -> AuditEntry {
    AuditEntry::new(proof, None, at, action, subject, &serde_json::json!({}))
}
