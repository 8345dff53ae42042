//! The entrance sign: whether the space is open, and what people at its door want to know.
//!
//! **Invariant.** It names no person, and shows how many are inside only where that is published, because the street reads it.
//!
//! Not here: the register of displays ([`crate::displays`]), the wall display ([`crate::machines::wall`]), and the rule that says
//! whether the space is open (`domain::space_status`).

use crate::{
    Ctx, displays,
    machines::{self, MachinesError},
    space_status,
};
use contract::{
    displays::{Sign, SignDay},
    space_status::SensorView,
};
use domain::{
    actor::{Actor, Forbidden, Permission, Target},
    hours::Hours,
    time::{DAY, Date, Millis},
    training_events::EventState,
};
use macros::ServiceError;
use store::{StoreError, training_events};

/// Rows of the list of what begins next.
const NEXT: usize = 3;
/// Days whose opening hours are shown.
const DAYS: i64 = 3;
/// Days whose training events are counted, and the limit of events.
const EVENT_DAYS: u32 = 7;
const EVENTS: u32 = 100;

/// Why the sign shows nothing.
#[derive(Debug, Clone, ServiceError)]
pub enum EntranceSignError {
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    #[problem(transparent)]
    Machines(#[from] MachinesError),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

/// The content of the sign.
pub async fn read(ctx: &Ctx, actor: &Actor) -> Result<Sign, EntranceSignError> {
    actor.require(Permission::SeeWall, Target::NONE)?;
    let (now, today) = (ctx.now(), ctx.today());
    let floor = machines::wall(ctx, actor).await?;
    let free = floor.places.iter().flat_map(|place| &place.machines).filter(|machine| machine.is_free()).count();
    let (status, hours) = space_status::read(ctx).await?;
    let mut next = displays::begins_before(ctx, Date::from_days(today.days() + 2), true).await?;
    let first_day = next.first().map(|first| first.starts.wall().date);
    next.retain(|one| Some(one.starts.wall().date) == first_day);
    next.truncate(NEXT);
    for one in &mut next {
        one.who = None;
    }
    let events = event_starts(ctx, now).await?;
    let temperature = status.temperatures.into_iter().next().map(|sensor| SensorView {
        name: sensor.name,
        location: sensor.location,
        value: sensor.value,
        read: ctx.moment(sensor.read),
    });
    Ok(Sign {
        now: ctx.moment(now),
        open: status.open,
        until: status.until.map(|at| ctx.moment(at)),
        people: status.people.filter(|_| ctx.space().settings.profile.counts_people),
        temperature,
        free: u32::try_from(free).unwrap_or(u32::MAX),
        broker_lost: floor.broker_lost,
        next,
        events: u32::try_from(events.len()).unwrap_or(u32::MAX),
        next_event: events.into_iter().min().map(|at| ctx.moment(at)),
        days: days(&hours, today),
    })
}

/// When the public training events of the next days begin.
async fn event_starts(ctx: &Ctx, now: Millis) -> Result<Vec<Millis>, StoreError> {
    let filter = training_events::Filter {
        state: Some(EventState::Announced),
        after: Some(now),
        before: Some(now.after(DAY * EVENT_DAYS)),
        public: true,
        ..training_events::Filter::default()
    };
    let events = training_events::list(&mut *ctx.store().read().await?, filter, None, EVENTS).await?;
    Ok(events.iter().map(|event| event.span().starts).filter(|&starts| starts >= now).collect())
}

/// The opening hours from tomorrow on.
fn days(hours: &Hours, today: Date) -> Vec<SignDay> {
    if hours.is_empty() {
        return Vec::new();
    }
    let days = (1..=DAYS).map(|ahead| Date::from_days(today.days() + ahead));
    let of = |date| hours.on(date).into_iter().map(|stretch| (stretch.from, stretch.to)).collect();
    days.map(|date| SignDay { date, hours: of(date) }).collect()
}
