//! Actuators of the building: turned on and off, their rules, their leases and tests of their fallback.

#[cfg(feature = "server")]
use crate::{form::Faults, operation::HasVersion};
use domain::{
    actuators::{ActuatorState, Allowed, OFFSET, RuleKind, TestOutcome, Why},
    bounded::BoundedInteger,
    id::{ActuatorId, ActuatorRuleId, BuildingDeviceId, MachineId, RoomId},
    leases::{Load, RefusedCommand, ReportedLimits, Tenths},
    names::Name,
    time::Moment,
    versions::Saved,
};
use macros::{Form, operations, view};
use serde::{Deserialize, Serialize};

operations! {
    tag Building;

    /// List actuators
    ///
    /// Lists heating, light and power that Toolgate turns on and off, by name: whether each is on, for what, and until when.
    GET "actuators" => ListActuators() -> Actuators, page "actuators/list", scope MachinesRead,
        lists actuators by |actuator: &ActuatorView| -> (String, i64) { (actuator.name.to_lowercase(), actuator.id.0) };

    /// Add an actuator
    ///
    /// Adds an output of a device of the building. It is off until a rule or a person wants it on.
    POST "actuators" => AddActuator(form: ActuatorForm) -> ActuatorAdded,
        page "actuators/add", then "/building/rules?saved", scope MachinesWrite, makes Below as actuator,
        errors ["actuator.invalid", "actuator.too-many"];

    /// Get an actuator
    ///
    /// Returns an actuator.
    GET "actuators/{id}" => ReadActuator(id: ActuatorId) -> ActuatorView,
        scope MachinesRead, versioned, errors ["actuator.unknown"];

    /// An actuator with its day, leases, limits and tests.
    READ => ReadActuatorPage(id: ActuatorId) -> ActuatorPage, page "actuators/read";

    /// Update an actuator
    ///
    /// Replaces the fields of an actuator.
    PUT "actuators/{id}" => SaveActuator(id: ActuatorId, version: i64, form: Result<ActuatorForm, Faults>) -> (),
        page "actuators/save", then "/building/rules?saved", scope MachinesWrite, errors ["actuator.unknown", "actuator.invalid"];

    /// Remove an actuator
    ///
    /// Turns an actuator off and removes it with its rules. Its leases stay listed for 31 days.
    DELETE "actuators/{id}" => RemoveActuator(id: ActuatorId) -> (),
        page "actuators/remove", then "/building/rules?saved", scope MachinesWrite, errors ["actuator.unknown"];

    /// Turn an actuator on
    ///
    /// Turns an actuator on for a time. Toolgate sends leases of at most 15 minutes and renews them until then; limits are checked
    /// each time. A refusal names all its reasons.
    POST "actuators/{id}/lease" => TurnOn(id: ActuatorId, form: TurnOnForm) -> (),
        page "actuators/turn-on", scope MachinesWrite, once,
        errors ["actuator.unknown", "actuator.managers-only", "actuator.refused", "actuator.invalid", "actuator.testing"];

    /// Turn an actuator off
    ///
    /// Turns an actuator off until the time for which it is wanted now ends. One that a running machine needs stays on.
    DELETE "actuators/{id}/lease" => TurnOff(id: ActuatorId) -> (),
        page "actuators/turn-off", scope MachinesWrite,
        errors ["actuator.unknown", "actuator.managers-only", "actuator.interlocked"];

    /// Turn all actuators off
    ///
    /// Turns everything off that no running machine needs.
    POST "actuators/off" => TurnAllOff() -> (), page "actuators/all-off", scope MachinesWrite;

    /// List leases
    ///
    /// Lists the leases of the last 31 days and the commands that were refused, newest first.
    GET "actuators/{id}/leases" => ListLeases(id: ActuatorId) -> Leases, scope MachinesRead, errors ["actuator.unknown"],
        lists leases by |lease: &LeaseView| -> std::cmp::Reverse<i64> { std::cmp::Reverse(lease.id) };

    /// Test the fallback
    ///
    /// Sends a last lease and then nothing for 15 minutes, in which the device has to turn off by itself.
    /// Refused while a running machine needs the actuator.
    POST "actuators/{id}/test" => StartTest(id: ActuatorId) -> (),
        page "actuators/test", scope MachinesWrite, once,
        errors ["actuator.unknown", "actuator.testing", "actuator.interlocked", "actuator.not-on"];

    /// Stop a test
    ///
    /// Stops a test of the fallback. Leases are sent again.
    DELETE "actuators/{id}/test" => StopTest(id: ActuatorId) -> (),
        page "actuators/stop-test", scope MachinesWrite, errors ["actuator.unknown", "actuator.not-testing"];

    /// Actuators for editing, with their rules.
    READ => ReadRules() -> ActuatorRules, page "actuators/rules";

    /// Add a rule
    ///
    /// Adds a rule by which an actuator is on: in opening hours, while a room or machine is booked, or while a machine is in use.
    POST "actuators/{id}/rules" => AddRule(actuator: ActuatorId, form: RuleForm) -> RuleAdded,
        page "actuators/add-rule", then "/building/rules?saved", scope MachinesWrite, gives,
        errors ["actuator.unknown", "actuator.invalid", "actuator.too-many-rules"];

    /// Remove a rule
    ///
    /// Removes a rule of an actuator.
    DELETE "actuator-rules/{id}" => RemoveRule(id: ActuatorRuleId) -> (),
        page "actuators/remove-rule", then "/building/rules?saved", scope MachinesWrite, errors ["actuator.rule-unknown"];
}

/// The fields of an actuator.
#[derive(Debug, Clone, Form)]
pub struct ActuatorForm {
    /// The id of the device of the building.
    #[field(example = 4)]
    pub device: BuildingDeviceId,
    /// The number of the device's output as the device counts: from 0 on a Shelly, from 1 on others; the first if it is left out.
    #[field(example = 1)]
    pub output: Option<BoundedInteger<0, 32>>,
    /// Its name.
    #[field(example = "Heating, hall")]
    pub name: Name,
    /// What it switches.
    #[field(example = "heat")]
    pub load: Load,
    /// Who may turn it on and off by hand.
    #[field(example = "members")]
    pub allowed: Allowed,
    /// The usual temperature in tenths of a degree Celsius, for heating.
    #[field(example = 210)]
    pub target: Option<Tenths>,
    /// The highest temperature that is sent, in tenths of a degree Celsius, for heating.
    #[field(example = 250)]
    pub warmest: Option<Tenths>,
    /// How many hours it may be on within a day.
    #[field(example = 14)]
    pub daily: BoundedInteger<1, 24>,
}

/// For how long an actuator is on.
#[derive(Debug, Clone, Form)]
pub struct TurnOnForm {
    /// Minutes from now.
    #[field(example = 120)]
    pub minutes: BoundedInteger<1, 720>,
    /// The temperature in tenths of a degree Celsius, for heating; the usual one if left out.
    #[field(example = 190)]
    pub target: Option<Tenths>,
}

/// A rule of an actuator.
#[derive(Debug, Clone, Form)]
pub struct RuleForm {
    /// What it follows.
    #[field(example = "hours")]
    pub kind: RuleKind,
    /// The id of the room whose bookings it follows.
    pub room: Option<RoomId>,
    /// The id of the machine whose bookings or use it follows.
    pub machine: Option<MachineId>,
    /// How many minutes before the beginning it turns on.
    #[field(example = 30)]
    pub before: Option<BoundedInteger<0, OFFSET>>,
    /// How many minutes before the end it turns off.
    #[field(example = 30)]
    pub early: Option<BoundedInteger<0, OFFSET>>,
    /// How many minutes it stays on after the end.
    pub after: Option<BoundedInteger<0, OFFSET>>,
    /// The temperature in tenths of a degree Celsius, for heating; the usual one if left out.
    pub target: Option<Tenths>,
}

/// An actuator. Temperatures are in tenths of a degree Celsius.
#[view]
pub struct ActuatorView {
    /// Its id.
    #[field(example = 3)]
    pub id: ActuatorId,
    /// Its version.
    #[field(example = 1)]
    pub version: i64,
    /// Its name.
    #[field(example = "Heating, hall")]
    pub name: String,
    /// What it switches.
    #[field(example = "heat")]
    pub load: Load,
    /// The id of its device.
    #[field(example = 4)]
    pub device: BuildingDeviceId,
    /// The device's name.
    #[field(example = "Heater of the hall")]
    pub device_name: String,
    /// Who may turn it on and off by hand.
    pub allowed: Allowed,
    /// Whether it is on.
    pub state: ActuatorState,
    /// What wants it on now; null if nothing does.
    pub why: Option<Why>,
    /// The machine, event or person that wants it on; null for people whom the caller may not see.
    pub wanted_by: Option<String>,
    /// Whether the caller turned it on.
    pub own: bool,
    /// Until when it is wanted; null without an end.
    pub until: Option<Moment>,
    /// When the last lease ends: then it is off unless it is renewed.
    pub lease_ends: Option<Moment>,
    /// When it will be wanted next, if it is not now.
    pub next: Option<Moment>,
    /// What will want it then.
    pub next_why: Option<Why>,
    /// Until when it was turned off by hand.
    pub off_until: Option<Moment>,
    /// The temperature to which it heats.
    pub target: Option<Tenths>,
    /// The temperature that its device reads.
    pub temperature: Option<Tenths>,
    /// The temperature at which the device cuts itself off, as it reports.
    pub cut_off: Option<Tenths>,
    /// Whether the device cut itself off.
    pub tripped: bool,
    /// When its device was last heard.
    pub heard: Option<Moment>,
    /// The running machine that needs it, so that it cannot be turned off.
    pub interlock: Option<String>,
    /// Whether the caller may turn it on and off.
    pub may_switch: bool,
}

#[cfg(feature = "server")]
impl HasVersion for ActuatorView {
    fn version(&self) -> i64 {
        self.version
    }
}

/// All actuators.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actuators {
    pub now: Moment,
    pub actuators: Vec<ActuatorView>,
    /// The reader manages the building.
    pub may_manage: bool,
}

/// The result of adding an actuator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActuatorAdded {
    pub actuator: ActuatorId,
}

/// A rule that was added.
#[view]
pub struct RuleAdded {
    /// Its id.
    pub rule: ActuatorRuleId,
}

/// A lease, or a command that was refused.
#[view]
pub struct LeaseView {
    /// Its id.
    #[field(example = 52)]
    pub id: i64,
    /// When it was sent or refused.
    pub sent: Moment,
    /// When it ends.
    pub ends: Moment,
    /// Whether it says to be on.
    pub on: bool,
    /// To which temperature, in tenths of a degree Celsius.
    pub target: Option<Tenths>,
    /// What wanted it; null when nothing did any more.
    pub why: Option<Why>,
    /// The machine or person that wanted it, while on record and for callers who manage the building.
    pub by: Option<String>,
    /// Why it was not sent: all reasons. Empty if it was.
    pub refused: Vec<String>,
    /// Whether the device answered to be on; null without an answer.
    pub answer: Option<bool>,
    /// How many milliseconds the answer took.
    pub answered_after: Option<u32>,
    /// When the device turned itself off.
    pub off: Option<Moment>,
}

/// Leases of an actuator, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leases {
    pub leases: Vec<LeaseView>,
}

/// A time within today in quarters of an hour, 0 to 96.
pub type Quarters = (u8, u8);

/// An actuator as its page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActuatorPage {
    pub now: Moment,
    pub actuator: ActuatorView,
    /// The quarter of the day that it is now.
    pub quarter: u8,
    /// When it is wanted today, and by what.
    pub wanted: Vec<(Quarters, Why)>,
    /// When it was on today.
    pub held: Vec<Quarters>,
    /// When it was wanted and off today.
    pub out: Vec<Quarters>,
    /// Its rules.
    pub rules: Vec<RuleView>,
    /// The newest leases.
    pub leases: Vec<LeaseView>,
    /// How many were sent and refused today.
    pub sent_today: u32,
    pub refused_today: u32,
    /// Its usual temperature, for heat.
    pub usual: Option<Tenths>,
    /// The limits of Toolgate: the highest temperature,
    pub warmest: Option<Tenths>,
    /// and the minutes of a day.
    pub daily: u16,
    /// How many minutes it was on today.
    pub on_today: u16,
    /// As the device reports.
    pub limits: Option<ReportedLimits>,
    /// Why it cannot be turned on now at its usual temperature.
    pub refusals: Vec<RefusedCommand>,
    /// Times to choose from: minutes from now, when that is, and what it is.
    pub times: Vec<(u16, Moment, TimeChoice)>,
    pub test: Option<TestView>,
    pub last_test: Option<TestView>,
    /// The reader manages the building.
    pub may_manage: bool,
}

/// What ends at a time to choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TimeChoice {
    /// Nothing: hours from now.
    Hours(u8),
    /// The space closes then.
    Closing,
}

/// A test of the fallback.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestView {
    pub started: Moment,
    /// When the last lease ends.
    pub ends: Moment,
    /// When the device reported to be off, and how many seconds after the last lease.
    pub off: Option<(Moment, u32)>,
    pub warmest: Option<Tenths>,
    pub outcome: Option<TestOutcome>,
    /// The name of the person who started it, while on record.
    pub by: Option<String>,
}

/// A rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleView {
    pub id: ActuatorRuleId,
    pub kind: RuleKind,
    /// The name of its room or machine.
    pub about: Option<String>,
    /// Minutes before the beginning.
    pub before: u16,
    /// Minutes before the end.
    pub early: u16,
    /// Minutes after the end.
    pub after: u16,
    pub target: Option<Tenths>,
}

/// An actuator for editing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActuatorRow {
    pub id: ActuatorId,
    pub name: String,
    pub load: Load,
    /// As its form sends them.
    pub saved: Saved,
    pub rules: Vec<RuleView>,
}

/// All actuators for editing, and the choices for their forms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActuatorRules {
    pub actuators: Vec<ActuatorRow>,
    /// Devices that take commands, by name.
    pub devices: Vec<(BuildingDeviceId, String)>,
    /// By name.
    pub rooms: Vec<(RoomId, String)>,
    /// By name.
    pub machines: Vec<(MachineId, String)>,
    /// The space has weekly opening hours that rules can follow.
    pub has_hours: bool,
}
