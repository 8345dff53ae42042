//! Causes of notices: devices, actuators, meters and doors of the building.

use super::{
    Cause,
    reasons::{ASKED, DONE, OWN, SETTING, SWITCHED},
};
use domain::notices::Kind;

/// Service functions of the building that change something.
pub(super) const BUILDING: &[(&str, Cause)] = &[
    ("actuators::all_off", Cause::None(SWITCHED)),
    ("actuators::rules::add", Cause::None(SETTING)),
    ("actuators::rules::add_rule", Cause::None(SETTING)),
    ("actuators::rules::remove", Cause::None(SETTING)),
    ("actuators::rules::remove_rule", Cause::None(SETTING)),
    ("actuators::rules::save", Cause::None(SETTING)),
    ("actuators::sending::due", Cause::TellsThrough(&[Kind::ActuatorFailed], &["actuators/reports.rs"])),
    ("actuators::start_test", Cause::None(SWITCHED)),
    ("actuators::stop_test", Cause::None(SWITCHED)),
    ("actuators::switch_off", Cause::None(SWITCHED)),
    ("actuators::turn_on", Cause::None(SWITCHED)),
    ("actuators::watching::run_due", Cause::Tells(&[Kind::ActuatorSilent, Kind::ActuatorFailed])),
    ("building_devices::add", Cause::None(SETTING)),
    ("building_devices::remove", Cause::None(SETTING)),
    ("building_devices::renew", Cause::None(SETTING)),
    ("building_devices::save", Cause::None(SETTING)),
    ("meters::add", Cause::None(SETTING)),
    ("meters::remove", Cause::None(SETTING)),
    ("meters::save", Cause::None(SETTING)),
    ("meters::settle", Cause::None(DONE)),
    ("meters::storing::run_due", Cause::Tells(&[Kind::MeterBeyond, Kind::MachineUnswiped])),
    ("doors::closing::run_due", Cause::None("whoever is no longer inside has left, and nobody has to act")),
    ("doors::end_visit", Cause::None(SWITCHED)),
    ("doors::mark", Cause::None(SETTING)),
    ("doors::open", Cause::None(ASKED)),
    ("doors::set_guests", Cause::None(OWN)),
    ("doors::unmark", Cause::None(SETTING)),
];
