//! Meters of the building and what they measured.
//!
//! Not here: the file of a meter's readings, which is in `api`.

#[cfg(feature = "server")]
use crate::{form::Faults, operation::HasVersion};
#[cfg(feature = "server")]
use domain::time::Millis;
use domain::{
    bounded::BoundedInteger,
    id::{BuildingDeviceId, MachineId, MeterId, UnswipedRunId},
    meters::{Amount, Measure, PATH, Period, SWITCHES, Unit},
    names::{Line, Name},
    time::{Date, Moment},
};
use macros::{Form, operations, view};
use serde::{Deserialize, Serialize};

operations! {
    tag Building;

    /// List meters
    ///
    /// Lists the meters with their latest readings, by name.
    GET "meters" => ListMeters() -> MeterList, page "meters/list", scope MachinesRead,
        lists meters by |meter: &MeterView| -> (String, i64) { (meter.name.to_lowercase(), meter.id.0) };

    /// Add a meter
    ///
    /// Adds a meter to a device of the building.
    POST "meters" => AddMeter(form: MeterForm) -> MeterAdded,
        page "meters/add", then "/building/devices?saved", scope MachinesWrite, makes Below as meter, errors ["meter.invalid"];

    /// Get a meter
    ///
    /// Returns a meter with its latest reading.
    GET "meters/{id}" => ReadMeter(id: MeterId) -> MeterView, scope MachinesRead, versioned, errors ["meter.unknown"];

    /// Update a meter
    ///
    /// Replaces the fields of a meter. It stays with its device, and what it measured stays.
    PUT "meters/{id}" => SaveMeter(id: MeterId, version: i64, form: Result<MeterForm, Faults>) -> (),
        page "meters/save", then "/building/devices?saved", scope MachinesWrite, errors ["meter.unknown", "meter.invalid"];

    /// Remove a meter
    ///
    /// Removes a meter. What it measured stays in reports.
    DELETE "meters/{id}" => RemoveMeter(id: MeterId) -> (),
        page "meters/remove", then "/building/devices?saved", scope MachinesWrite, errors ["meter.unknown"];

    /// Read what a meter measured
    ///
    /// Returns the readings of a meter: a day by quarters of an hour, a week or a month by days, or a year by months. Readings
    /// by quarter go back 400 days.
    GET "meters/{id}/readings" => ReadReadings(id: MeterId, form: ReadingsFilter) -> MeterReadings,
        scope MachinesRead, errors ["meter.invalid", "meter.unknown"],
        lists readings by |reading: &ReadingView| -> Millis { reading.start.at };

    /// The building at a glance.
    READ => ReadBuilding() -> BuildingPage, page "building/read";

    /// What the building used in a period.
    READ => ReadMeterPage(form: MeterPageFilter) -> MeterPage, page "meters/page";

    /// Mark an unswiped run as seen
    ///
    /// Marks a run of a machine without a swipe as a test, so that it is no longer shown.
    POST "unswiped-runs/{id}/settle" => SettleRun(id: UnswipedRunId) -> (),
        page "meters/settle", then "/building/meters", scope MachinesWrite, errors ["unswiped-run.unknown"];
}

/// The fields of a meter.
#[derive(Debug, Clone, Form)]
pub struct MeterForm {
    /// The id of its device.
    #[field(example = 4)]
    pub device: BuildingDeviceId,
    /// The meter's name.
    #[field(example = "Power of the hall")]
    pub name: Name,
    /// What it measures.
    #[field(example = "power")]
    pub measure: Measure,
    /// The unit in which the device sends it.
    #[field(example = "Wh")]
    pub device_unit: Unit,
    /// The topic below that of the device, for devices that speak JSON.
    pub subtopic: Line<PATH>,
    /// The path to the value in the JSON: names and numbers with dots between. Plugs need none for their energy.
    #[field(example = "DS18B20.Temperature")]
    pub path: Line<PATH>,
    /// The number of the switch of a Shelly.
    #[field(example = 0)]
    pub switch: Option<BoundedInteger<0, SWITCHES>>,
    /// Whether it counts for the whole building.
    #[field(example = false)]
    pub total: bool,
    /// Managers are notified below this value.
    #[field(example = 5)]
    pub low: Option<Amount>,
    /// Managers are notified above this value; of a counter, above this amount in an hour.
    #[field(example = 8)]
    pub high: Option<Amount>,
}

/// A meter. Its value and its limits are kilowatt-hours, cubic metres, degrees Celsius or people.
#[view]
pub struct MeterView {
    /// Its id.
    #[field(example = 9)]
    pub id: MeterId,
    /// Its version.
    #[field(example = 1)]
    pub version: i64,
    /// The id of its device.
    pub device: BuildingDeviceId,
    /// The name of its device.
    #[field(example = "Plug of the bandsaw")]
    pub device_name: String,
    /// The id of the machine whose plug it is.
    pub machine: Option<MachineId>,
    /// The name of that machine.
    pub machine_name: Option<String>,
    /// The meter's name.
    #[field(example = "Power of the hall")]
    pub name: String,
    /// What it measures.
    #[field(example = "power")]
    pub measure: Measure,
    /// The unit of its value and its limits.
    #[field(example = "kWh")]
    pub unit: Unit,
    /// The unit in which the device sends it.
    #[field(example = "Wh")]
    pub device_unit: Unit,
    /// The topic below that of the device; may be empty.
    pub subtopic: String,
    /// The path to the value in the JSON; may be empty.
    pub path: String,
    /// The number of the switch of a Shelly.
    #[field(example = 0)]
    pub switch: u16,
    /// Whether it counts for the whole building.
    pub total: bool,
    /// Managers are notified below this value.
    pub low: Option<Amount>,
    /// Managers are notified above this value; of a counter, above this amount in an hour.
    pub high: Option<Amount>,
    /// The latest reading.
    pub value: Option<Amount>,
    /// When that was.
    pub read: Option<Moment>,
    /// Since when it is outside its limits.
    pub beyond: Option<Moment>,
}

#[cfg(feature = "server")]
impl HasVersion for MeterView {
    fn version(&self) -> i64 {
        self.version
    }
}

/// All meters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeterList {
    pub meters: Vec<MeterView>,
}

/// The result of adding a meter.
#[view]
pub struct MeterAdded {
    /// Its id.
    #[field(example = 9)]
    pub meter: MeterId,
}

/// The period of readings.
#[derive(Debug, Clone, Copy, Form)]
pub struct ReadingsFilter {
    /// `day`, `week`, `month` or `year`; a day if it is left out.
    #[field(example = "day")]
    pub period: Option<Period>,
    /// A day of the period; today if it is left out.
    #[field(example = "2026-11-16")]
    pub date: Option<Date>,
}

/// The readings of a meter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeterReadings {
    /// The first day of the period.
    pub from: Date,
    /// Its last day.
    pub last: Date,
    /// The readings in order of time. Times without any are left out.
    pub readings: Vec<ReadingView>,
}

/// What a meter measured in a part of the period.
#[view]
pub struct ReadingView {
    /// When the part begins.
    pub start: Moment,
    /// The amount of a counter, or the mean of the values.
    pub value: Amount,
    /// The smallest value; null for counters.
    pub least: Option<Amount>,
    /// The largest value; null for counters.
    pub most: Option<Amount>,
}

/// The period and the meter of the page.
#[derive(Debug, Clone, Copy, Form)]
pub struct MeterPageFilter {
    /// `day`, `week`, `month` or `year`.
    pub period: Option<Period>,
    /// A day of the period.
    pub date: Option<Date>,
    /// The meter to draw.
    pub meter: Option<MeterId>,
}

/// A figure of the building, over all meters of the whole building of one measure, or the first of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    pub meter: MeterId,
    pub name: String,
    pub measure: Measure,
    /// The amount of a counter in the period, or the latest value.
    pub value: Option<Amount>,
    /// What it usually is at this point of the period: the mean of the four periods before.
    pub usual: Option<Amount>,
    /// When it was last read.
    pub read: Option<Moment>,
    pub beyond: bool,
}

/// The building now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuildingPage {
    pub now: Moment,
    /// Figures of today.
    pub figures: Vec<Figure>,
    /// The mean power of the last quarter of an hour, in watts.
    pub watts: Option<i64>,
    /// Silent devices, with when they were last heard.
    pub silent: Vec<(String, Option<Moment>)>,
    /// How many devices there are.
    pub devices: u32,
    /// How many people and guests are inside; `None` in a space without doors.
    pub people: Option<(u32, u32)>,
    pub may_change: bool,
}

/// A part of a chart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bar {
    /// Hour of the day, day of the month or month of the year, from 0 or 1 as people count them.
    pub at: Moment,
    pub value: Option<Amount>,
    pub usual: Option<Amount>,
}

/// What a machine used, as its plug measured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MachineEnergy {
    pub machine: MachineId,
    pub name: String,
    pub energy: Amount,
    /// Minutes for which people were swiped in; none for machines without a board.
    pub swiped: Option<u32>,
}

/// A run of a machine without a swipe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunView {
    pub id: UnswipedRunId,
    pub machine: MachineId,
    pub name: String,
    pub started: Moment,
    pub ended: Option<Moment>,
    pub minutes: u32,
    pub energy: Amount,
}

/// What the building used in a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeterPage {
    pub now: Moment,
    pub period: Period,
    pub from: Date,
    pub last: Date,
    pub figures: Vec<Figure>,
    /// The meter that is drawn.
    pub drawn: Option<MeterId>,
    pub drawn_name: String,
    pub drawn_measure: Measure,
    pub bars: Vec<Bar>,
    /// The amount in an hour, or the value, above which managers are notified.
    pub limit: Option<Amount>,
    pub machines: Vec<MachineEnergy>,
    /// What the meters of the whole building counted beside these machines.
    pub other: Option<Amount>,
    pub runs: Vec<RunView>,
    pub may_change: bool,
}
