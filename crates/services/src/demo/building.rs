//! The building of the demo: its meters with a month of readings, and what they send while the demo runs.
//!
//! Not here: how readings are stored, which is the same as in any space ([`crate::meters`]).

use super::{Built, cast};
use crate::{Ctx, meters::hear};
use domain::{
    building_devices::Dialect,
    id::MachineId,
    meters::{Gauge, Measure, QUARTER, Unit},
    time::{DAY, Date, HOUR, Millis, millis},
    zone::Zone,
};
use store::{
    StoreError, WriteTx,
    building_devices::{self as devices, DeviceFields, DeviceLogin},
    meters::{self as rows, Added, MeterFields, Part},
};

/// Days with readings.
const DAYS: u32 = 35;
/// What the building uses by hour of a working day, in tenths of a kilowatt-hour.
const PROFILE: [i64; 24] = [4, 4, 4, 4, 4, 4, 5, 9, 16, 34, 42, 51, 44, 57, 60, 55, 48, 46, 51, 38, 22, 14, 8, 4];
/// Topics of what speaks for the whole building.
const MAIN: &str = "building/main";
const HALL: &str = "building/hall";
/// The machines with a plug that measures, its topic, and how much of the profile it counts in percent.
const PLUGS: [(usize, &str, i64); 3] = [(0, "plug-laser-1", 9), (7, "plug-lathe", 5), (4, "plug-bandsaw", 2)];
/// What the plugs have counted when the demo begins; they stand still, as nobody's power is simulated.
const PLUGGED: i64 = 41_250_000_000;

/// Of a meter: its device's topic, name, measure, unit, path and upper limit in base units, and how much of the profile it
/// counts in percent.
type DemoMeter = (&'static str, &'static str, Measure, Unit, &'static str, Option<i64>, i64);

const METERS: [DemoMeter; 5] = [
    (MAIN, "Power", Measure::Power, Unit::KilowattHours, "power", Some(8_000_000), 100),
    (MAIN, "Heat", Measure::Heat, Unit::KilowattHours, "heat", None, 230),
    (MAIN, "Water", Measure::Water, Unit::Litres, "water", None, 1),
    (HALL, "Hall", Measure::Temperature, Unit::Celsius, "t", Some(27_500), 0),
    (HALL, "People inside", Measure::Occupancy, Unit::People, "people", None, 0),
];

pub(super) async fn measure(tx: &mut WriteTx, built: &Built, now: Millis) -> Result<(), StoreError> {
    let Ok(zone) = cast::ZONE.parse::<Zone>() else { return Ok(()) };
    let mut known = Vec::new();
    for (topic, name) in [(MAIN, "Main meters"), (HALL, "Sensor in the hall")] {
        known.push((topic, add(tx, (name.to_owned(), Dialect::Json, topic), None, now).await?));
    }
    for (topic, name, kind, unit, path, high, share) in METERS {
        let Some(&(_, device)) = known.iter().find(|(known, _)| *known == topic) else { continue };
        let fields = MeterFields { high, is_total: true, path: path.into(), ..plain(name, kind, unit) };
        let meter = rows::add(tx, device, &fields).await?;
        let parts = parts(kind, share, (zone, now));
        rows::count(tx, meter, &parts).await?;
        rows::read(tx, meter, (now, value(kind, now)), None).await?;
    }
    for (machine, topic, share) in PLUGS {
        let name = cast::MACHINES[machine].name;
        let id = built.machines[machine];
        let device = add(tx, (name.to_owned(), Dialect::Tasmota, topic), Some(id), now).await?;
        let meter = rows::add(tx, device, &plain(name, Measure::Power, Unit::KilowattHours)).await?;
        rows::count(tx, meter, &parts(Measure::Power, share, (zone, now))).await?;
        rows::read(tx, meter, (now, PLUGGED), None).await?;
    }
    Ok(())
}

fn plain(name: &str, measure: Measure, unit: Unit) -> MeterFields {
    MeterFields {
        name: name.into(),
        measure,
        unit,
        subtopic: String::new(),
        path: String::new(),
        switch: 0,
        is_total: false,
        low: None,
        high: None,
    }
}

/// Adds a device that was heard just now. Nobody knows its password.
async fn add(
    tx: &mut WriteTx,
    (name, dialect, topic): (String, Dialect, &str),
    machine: Option<MachineId>,
    now: Millis,
) -> Result<domain::id::BuildingDeviceId, StoreError> {
    let login = DeviceLogin { user: format!("d-{}", topic.replace('/', "-")), hash: [0; 32] };
    let fields = DeviceFields { name, dialect, topic: topic.into(), machine, room: None };
    let device = devices::add(tx, &fields, &login, now.before(DAY * DAYS)).await?;
    devices::heard(tx, device, Some(now), false).await?;
    Ok(device)
}

/// What a meter of the whole building shows, in base units. Counters rise by the same amount in every hour since 1970.
const fn value(measure: Measure, now: Millis) -> i64 {
    let an_hour = match measure {
        Measure::Power => 2_000_000,
        Measure::Heat => 5_000_000,
        Measure::Water => 12_000,
        Measure::Temperature => return 21_400,
        Measure::Occupancy => return 7,
    };
    now.0 / 1_000 * an_hour / 3_600
}

/// Readings of each hour until now. Sundays are quiet, and no two days are alike.
fn parts(measure: Measure, share: i64, (zone, now): (Zone, Millis)) -> Vec<Part> {
    let quarter = millis(QUARTER);
    let first = now.before(DAY * DAYS).0.div_euclid(millis(HOUR)) * millis(HOUR);
    let hours = (0..).map(|hour| Millis(first + millis(HOUR) * hour)).take_while(|at| at.0 + quarter <= now.0);
    hours
        .map(|at| {
            let wall = zone.moment(at).wall();
            let day: Date = wall.date;
            let busy = PROFILE[usize::from(wall.hour)] * if day.weekday() == 6 { 3 } else { 10 } / 10;
            let busy = busy * (90 + day.days().rem_euclid(7) * 3) / 100;
            let amount = match measure {
                // Tenths of a kilowatt-hour are 100,000 mWh.
                Measure::Power | Measure::Heat => Added::Counted(busy * share * 1_000),
                Measure::Water => Added::Counted(busy * share * 800),
                Measure::Temperature => Added::Shown(Gauge::of(17_500 + busy.min(42) * 95)),
                Measure::Occupancy => Added::Shown(Gauge::of((busy - 4).max(0) / 6)),
            };
            Part { at, day, amount }
        })
        .collect()
}

/// Sends what the devices of the demo send, as if it had come over MQTT.
pub fn send_readings(ctx: &Ctx) {
    let now = ctx.now();
    // Thousandths of the unit that a device sends.
    let decimal = |measure: Measure, scale: i64| {
        let thousandths = value(measure, now) / scale;
        format!("{}.{:03}", thousandths / 1_000, thousandths % 1_000)
    };
    let (power, heat) = (decimal(Measure::Power, 1_000), decimal(Measure::Heat, 1_000));
    let main = format!(r#"{{"power":{power},"heat":{heat},"water":{}}}"#, decimal(Measure::Water, 1));
    hear(ctx, MAIN, main.as_bytes(), false);
    let hall = format!(r#"{{"t":{},"people":7}}"#, decimal(Measure::Temperature, 1));
    hear(ctx, HALL, hall.as_bytes(), false);
    for (_, topic, _) in PLUGS {
        hear(ctx, &format!("tele/{topic}/SENSOR"), br#"{"ENERGY":{"Total":41250.0,"Power":0}}"#, false);
    }
}
