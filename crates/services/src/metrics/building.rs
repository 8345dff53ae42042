//! Metrics of the building and of dues: meters, their devices, leases of actuators, and members by status of their dues.
//!
//! **Invariant.** A meter appears by its id alone: names are chosen by managers and may contain those of people.
//!
//! Not here: graphs and periods, which pages show.

use crate::{
    Ctx,
    actuators::{self, LeaseCounts},
    meters::{self, LastReading},
};
use domain::{
    building_devices::is_silent,
    dues::{DuesStatus, Processor},
    time::Millis,
};
use store::{StoreError, building_devices, dues, meters as rows};

/// Figures of the building and of dues, at one moment.
#[derive(Debug, Clone)]
pub struct BuildingFigures {
    /// When they were read.
    pub now: Millis,
    /// Meters with a reading.
    pub meters: Vec<LastReading>,
    /// Devices that are heard, and those that are not.
    pub devices: [usize; 2],
    pub leases: LeaseCounts,
    /// People by the status of their dues.
    pub dues: Vec<(DuesStatus, u32)>,
    /// Commands to payment processors that are not settled.
    pub commands: Vec<(Processor, u32)>,
}

pub(super) async fn read(ctx: &Ctx, conn: &mut store::SqliteConnection) -> Result<BuildingFigures, StoreError> {
    let now = ctx.now();
    let meters = meters::last_readings(ctx, &rows::list(conn).await?);
    let devices = building_devices::list(conn).await?;
    let silent = devices.iter().filter(|row| {
        let (heard, is_offline) = meters::last_heard(ctx, row.id, (row.heard, row.is_offline));
        is_silent(heard, is_offline, now)
    });
    let silent = silent.count();
    let counts = dues::counts(conn, Millis(0)).await?;
    let waiting = dues::commands::waiting(conn).await?;
    let of = |processor: Processor| {
        waiting.iter().find(|(other, _)| *other == processor).map_or(0, |(_, count)| *count)
    };
    Ok(BuildingFigures {
        now,
        meters,
        devices: [devices.len() - silent, silent],
        leases: actuators::counted(ctx, conn).await?,
        dues: vec![
            (DuesStatus::Current, counts.current),
            (DuesStatus::Grace, counts.grace),
            (DuesStatus::Overdue, counts.overdue),
            (DuesStatus::Ended, counts.ended),
        ],
        commands: Processor::ALL.iter().map(|processor| (*processor, of(*processor))).collect(),
    })
}
