//! The status of the space as it shows it to everybody, with the fields that SpaceAPI has: open, people, temperatures, power.
//!
//! **Invariants.** Only meters that count for the whole building appear; those of machines would show who is at work. Visitors see
//! how many people are inside only where that is published.
//!
//! Not here: the rule (`domain::space_status`), and the format of SpaceAPI ([`crate::spaceapi`]).

use crate::{
    Ctx,
    doors::{number_inside, sees_number},
    meters,
    serve::bind,
};
use contract::space_status::{ReadSpaceStatus, SensorView, SpaceStatusView};
use domain::{
    actor::{Actor, Forbidden},
    hours::Hours,
    space_status::{Facts, Sensor, SpaceMeter, SpaceStatus, status},
};
use macros::ServiceError;
use store::{StoreError, building_devices, hours, meters as rows};

/// Why there is no status.
#[derive(Debug, Clone, ServiceError)]
pub enum SpaceStatusError {
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

bind! {
    error SpaceStatusError;
    ReadSpaceStatus {}, may SeeFloor => view;
}

async fn view(ctx: &Ctx, actor: &Actor) -> Result<SpaceStatusView, SpaceStatusError> {
    let (status, _) = read(ctx).await?;
    Ok(to_view(ctx, status, sees_number(ctx, actor)))
}

/// What visitors see, for other sites; `None` where the status is not public.
pub async fn published(ctx: &Ctx) -> Result<Option<SpaceStatusView>, StoreError> {
    if !ctx.space().settings.public_status {
        return Ok(None);
    }
    let (status, _) = read(ctx).await?;
    Ok(Some(to_view(ctx, status, ctx.space().settings.profile.counts_people)))
}

fn to_view(ctx: &Ctx, status: SpaceStatus, shows_people: bool) -> SpaceStatusView {
    let sensors = |all: Vec<Sensor>| -> Vec<SensorView> {
        let each = all.into_iter().map(|one| SensorView {
            name: one.name,
            location: one.location,
            value: one.value,
            read: ctx.moment(one.read),
        });
        each.collect()
    };
    SpaceStatusView {
        open: status.open,
        since: status.since.map(|at| ctx.moment(at)),
        until: status.until.map(|at| ctx.moment(at)),
        people: status.people.filter(|_| shows_people),
        temperatures: sensors(status.temperatures),
        power: sensors(status.power),
    }
}

/// The status of the space, with the opening hours that it follows from. Guests count as people.
pub(crate) async fn read(ctx: &Ctx) -> Result<(SpaceStatus, Hours), StoreError> {
    let (at, today, zone) = (ctx.now(), ctx.today(), ctx.space().zone);
    let mut snapshot = ctx.store().snapshot().await?;
    // Exceptions of the past say since when it is open or closed.
    let first = today.days() - domain::hours::AHEAD;
    let hours = hours::hours_of(&mut snapshot, None, None, first).await?;
    let mut all = rows::list(&mut snapshot).await?;
    let devices = building_devices::list(&mut snapshot).await?;
    let people = number_inside(&mut snapshot).await?.map(|(people, guests)| people + guests);
    drop(snapshot);
    all.retain(|row| row.is_total);
    let readings = meters::last_readings(ctx, &all);
    let of = |last: meters::LastReading| {
        let row = all.iter().find(|row| row.id == last.meter)?;
        let device = devices.iter().find(|device| device.id == row.device);
        Some(SpaceMeter {
            name: row.name.clone(),
            location: device.and_then(|device| device.room_name.clone()),
            measure: last.measure,
            value: last.value,
            read: last.at,
            watts: last.watts,
        })
    };
    let meters: Vec<SpaceMeter> = readings.into_iter().filter_map(of).collect();
    let facts = Facts { at, today, hours: &hours, meters: &meters, people };
    Ok((status(&facts, |date, minute| zone.instant(date, minute)), hours))
}
