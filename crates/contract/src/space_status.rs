//! The status of the space as it shows it to everybody.

use domain::{meters::Amount, time::Moment};
use macros::{operations, view};

operations! {
    tag Space;

    /// Get the status of the space
    ///
    /// Returns whether the space is open, the number of people inside, and the temperatures and the power of meters that count for
    /// the whole building. Works without authentication if the space shows its status to visitors; they get the number of people
    /// only if that is published.
    GET "space/status" => ReadSpaceStatus() -> SpaceStatusView, scope MachinesRead;
}

/// The status of the space.
#[view]
pub struct SpaceStatusView {
    /// Whether it is open by its opening hours; null if it has none.
    pub open: Option<bool>,
    /// Since when, if that is less than 60 days ago.
    pub since: Option<Moment>,
    /// Until when, if that is within 60 days.
    pub until: Option<Moment>,
    /// How many people are inside; null if that is unknown or not shown to the caller.
    pub people: Option<u32>,
    /// Temperatures in degrees Celsius, of the last 15 minutes.
    pub temperatures: Vec<SensorView>,
    /// Power that is drawn, in watts, of the last 15 minutes.
    pub power: Vec<SensorView>,
}

/// A value of a sensor.
#[view]
pub struct SensorView {
    /// The name of the meter.
    #[field(example = "Hall")]
    pub name: String,
    /// The room of its device.
    pub location: Option<String>,
    /// The value.
    #[field(example = 21.4)]
    pub value: Amount,
    /// When it was read.
    pub read: Moment,
}
