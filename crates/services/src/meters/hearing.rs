//! Messages of devices: to which device and meter each belongs, and the readings since the last write.
//!
//! **Invariants.** Hearing a message writes nothing: amounts collect in memory, and a job stores them every minute with the last
//! reading of their counter. If storing fails they are added to what comes next; if the process stops, the next reading of a
//! counter contains them, and gauges lack a minute. A meter that is read differently from now on
//! loses its amounts of the last minute, which were read wrongly.
//!
//! Not here: the socket, and what a message says (`domain::meters`).

use crate::{Ctx, shared::Shared};
use domain::{
    building_devices::Dialect,
    id::{BuildingDeviceId, MachineId, MeterId},
    meters::{self, Counter, Gauge, Heard, Interval, Measure, MeterFormat, Step},
    time::Millis,
};
use std::{collections::BTreeMap, sync::Arc};
use store::{
    StoreError,
    building_devices::{self as devices, DeviceRow},
    meters::{self as rows, Added, MeterFields, MeterRow},
};

/// A device whose messages are understood.
#[derive(Debug)]
struct Route {
    device: BuildingDeviceId,
    dialect: Dialect,
    topic: String,
    meters: Vec<Listener>,
}

/// A meter of a device.
#[derive(Debug)]
struct Listener {
    meter: MeterId,
    source: Source,
    /// Whose plug it is.
    machine: Option<MachineId>,
}

/// What a meter measures and how it is read. Readings of another source cannot be compared with those before.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Source {
    measure: Measure,
    format: MeterFormat,
    /// Where it is heard, below the topic of the device; `None` where the format knows.
    at: Option<String>,
}

impl Source {
    /// How a meter of a device of this dialect is read. A plug with a place for its energy knows the unit, whatever its field is.
    pub(super) fn of(dialect: Dialect, fields: &MeterFields) -> Self {
        let path = || MeterFormat::Path { path: fields.path.clone(), unit: fields.unit };
        let (format, at) = match dialect {
            Dialect::Tasmota if fields.path.is_empty() => (MeterFormat::Tasmota, None),
            Dialect::Tasmota => (path(), Some("SENSOR".to_owned())),
            Dialect::Shelly if fields.path.is_empty() => (MeterFormat::Shelly { switch: fields.switch }, None),
            Dialect::Shelly if fields.subtopic.is_empty() => {
                (path(), Some(format!("status/switch:{}", fields.switch)))
            }
            Dialect::Reference if fields.subtopic.is_empty() => (path(), Some("state".to_owned())),
            Dialect::Shelly | Dialect::Reference | Dialect::Json => (path(), Some(fields.subtopic.clone())),
        };
        Self { measure: fields.measure, format, at }
    }
}

/// The presence of a device.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct DeviceHeard {
    pub at: Option<Millis>,
    pub is_offline: bool,
    pub is_new: bool,
}

/// What a meter measured since it was last stored.
#[derive(Debug, Clone, Default)]
pub(super) struct Collected {
    pub counter: Counter,
    /// By the beginning of the quarter.
    pub parts: BTreeMap<Millis, Added>,
    /// The last reading, in base units.
    pub last: Option<(Millis, i64)>,
    /// What the plug of a machine measured between readings.
    pub intervals: Vec<Interval>,
    /// The last interval of a counter of energy, which gives the power.
    pub latest: Option<Interval>,
}

impl Collected {
    pub(super) fn is_new(&self) -> bool {
        self.last.is_some()
    }

    fn add(&mut self, at: Millis, added: Added) {
        let sum = match (self.parts.get(&at), added) {
            (Some(Added::Counted(before)), Added::Counted(now)) => Added::Counted(before.saturating_add(now)),
            (Some(Added::Shown(before)), Added::Shown(now)) => Added::Shown(before.merge(now)),
            _ => added,
        };
        self.parts.insert(at, sum);
    }

    /// Takes a reading.
    fn take(&mut self, listener: &Listener, at: Millis, value: i64) {
        let quarter = meters::quarter_of(at);
        if !listener.source.measure.is_counter() {
            if self.last.is_none_or(|(last, _)| last <= at) {
                self.add(quarter, Added::Shown(Gauge::of(value)));
                self.last = Some((at, value));
            }
            return;
        }
        match self.counter.take(at, value) {
            Step::Ignored => return,
            Step::First => {}
            Step::Used { from, amount } | Step::Restarted { from, amount } => {
                for (at, part) in meters::spread(from, at, amount) {
                    self.add(at, Added::Counted(part));
                }
                let interval = Interval { from, until: at, amount };
                self.latest = (listener.source.measure == Measure::Power).then_some(interval);
                if listener.machine.is_some() && listener.source.measure == Measure::Power {
                    self.intervals.push(interval);
                }
            }
        }
        self.last = Some((at, value));
    }

    /// Puts back what could not be stored.
    pub(super) fn put_back(&mut self, failed: Self) {
        for (at, added) in failed.parts {
            self.add(at, added);
        }
        self.last = self.last.or(failed.last);
        let later = std::mem::replace(&mut self.intervals, failed.intervals);
        self.intervals.extend(later);
    }
}

#[derive(Debug, Default)]
pub(super) struct Memory {
    routes: Shared<Arc<Vec<Route>>>,
    pub(super) meters: Shared<BTreeMap<MeterId, Collected>>,
    pub(super) devices: Shared<BTreeMap<BuildingDeviceId, DeviceHeard>>,
}

/// Loads which device has which topic, and returns the filters by which all of them are received.
pub async fn load_routes(ctx: &Ctx) -> Result<Vec<String>, StoreError> {
    let mut snapshot = ctx.store().snapshot().await?;
    let devices = devices::list(&mut snapshot).await?;
    let meters = rows::list(&mut snapshot).await?;
    drop(snapshot);
    let filters = devices.iter().flat_map(|row| row.dialect.filters(&row.topic)).collect();
    let memory = ctx.memory::<Memory>();
    memory.devices.lock().retain(|id, _| devices.iter().any(|row| row.id == *id));
    let routes: Vec<Route> = devices.into_iter().map(|row| route(row, &meters)).collect();
    let before = Arc::clone(&memory.routes.lock());
    let before: BTreeMap<MeterId, &Source> =
        before.iter().flat_map(|route| &route.meters).map(|one| (one.meter, &one.source)).collect();
    let stored: BTreeMap<MeterId, Counter> =
        meters.iter().filter_map(|row| Some((row.id, Counter::after(row.read?, row.value?)))).collect();
    {
        let mut known = memory.meters.lock();
        known.retain(|id, _| meters.iter().any(|row| row.id == *id));
        for one in routes.iter().flat_map(|route| &route.meters) {
            if before.get(&one.meter).is_some_and(|source| **source != one.source) {
                known.insert(one.meter, Collected::default());
            }
            // Readings in memory are newer than stored ones.
            known.entry(one.meter).or_insert_with(|| {
                let counter = stored.get(&one.meter).copied().unwrap_or_default();
                Collected { counter, ..Collected::default() }
            });
        }
    }
    *memory.routes.lock() = Arc::new(routes);
    Ok(filters)
}

fn route(device: DeviceRow, meters: &[MeterRow]) -> Route {
    let own = meters.iter().filter(|row| row.device == device.id);
    let meters = own.map(|row| Listener {
        meter: row.id,
        source: Source::of(row.dialect, &row.fields()),
        machine: row.machine,
    });
    Route { device: device.id, meters: meters.collect(), dialect: device.dialect, topic: device.topic }
}

/// Takes a message, if it is of a device; returns the device and the part of the topic below its own. A retained message was not
/// sent now, so only its word whether the device is there counts.
pub fn hear<'a>(
    ctx: &Ctx,
    topic: &'a str,
    payload: &[u8],
    is_retained: bool,
) -> Option<(BuildingDeviceId, &'a str)> {
    let memory = ctx.memory::<Memory>();
    let routes = Arc::clone(&memory.routes.lock());
    let found = routes.iter().find_map(|route| route.dialect.part(&route.topic, topic).map(|part| (route, part)));
    let (route, part) = found?;
    let now = ctx.now();
    let mut alive = None;
    let presence = match route.dialect {
        Dialect::Tasmota => Some(MeterFormat::Tasmota),
        Dialect::Shelly => Some(MeterFormat::Shelly { switch: 0 }),
        Dialect::Reference | Dialect::Json => None,
    };
    if let Some(format) = presence.filter(|_| matches!(part, "LWT" | "online"))
        && let Ok(Heard::Alive(is_there)) = meters::hear(&format, part, payload)
    {
        alive = Some(is_there);
    }
    if !is_retained {
        for listener in route.meters.iter().filter(|meter| meter.source.at.as_ref().is_none_or(|at| at == part)) {
            match meters::hear(&listener.source.format, part, payload) {
                Ok(Heard::Reading(value)) => {
                    memory.meters.lock().entry(listener.meter).or_default().take(listener, now, value);
                }
                Ok(Heard::Alive(_) | Heard::Nothing) => {}
                Err(error) => {
                    tracing::debug!(mqtt.topic = topic, %error, "a meter's message could not be read");
                }
            }
        }
    }
    if is_retained && alive.is_none() {
        return Some((route.device, part));
    }
    let mut devices = memory.devices.lock();
    let heard = devices.entry(route.device).or_default();
    let was_offline = heard.is_offline;
    heard.is_offline = alive == Some(false);
    if !is_retained && alive != Some(false) {
        heard.at = Some(now);
    }
    heard.is_new = !is_retained || heard.is_offline != was_offline || heard.is_new;
    Some((route.device, part))
}

/// When a device was last heard and whether it is offline: as heard by this process, or else as stored before.
pub(crate) fn last_heard(
    ctx: &Ctx,
    device: BuildingDeviceId,
    stored: (Option<Millis>, bool),
) -> (Option<Millis>, bool) {
    let heard = ctx.memory::<Memory>().devices.lock().get(&device).copied();
    // A retained message says that it is there, but not when it was.
    heard.map_or(stored, |heard| (heard.at.or(stored.0), heard.is_offline))
}

/// The latest reading of a meter that this process has heard.
pub(super) fn latest(ctx: &Ctx, meter: MeterId) -> Option<(Millis, i64)> {
    ctx.memory::<Memory>().meters.lock().get(&meter).and_then(|one| one.last.or(one.counter.last()))
}

/// The mean power between the last two readings of a meter, in watts, and when that was.
pub(super) fn watts(ctx: &Ctx, meter: MeterId) -> Option<(Millis, i64)> {
    let interval = ctx.memory::<Memory>().meters.lock().get(&meter).and_then(|one| one.latest)?;
    interval.watts().map(|watts| (interval.until, watts))
}
