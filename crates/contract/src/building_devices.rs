//! Devices of the building, and their logins at the broker.

use crate::{boards::Broker, meters::MeterView};
#[cfg(feature = "server")]
use crate::{form::Faults, operation::HasVersion};
use domain::{
    building_devices::{Dialect, Topic},
    id::{BuildingDeviceId, MachineId, RoomId},
    names::Name,
    time::Moment,
};
use macros::{Form, operations, view};
use serde::{Deserialize, Serialize};

operations! {
    tag Building;

    /// List devices of the building
    ///
    /// Lists the plugs, sensors and switches that speak MQTT, by name.
    GET "building-devices" => ListBuildingDevices() -> BuildingDevices,
        page "building-devices/list", scope MachinesRead,
        lists devices by |device: &BuildingDeviceView| -> (String, i64) { (device.name.to_lowercase(), device.id.0) };

    /// Add a device of the building
    ///
    /// Adds a device and makes its login at the built-in broker, with which it publishes and listens on its own topics only. The
    /// password cannot be retrieved later.
    POST "building-devices" => AddBuildingDevice(form: BuildingDeviceForm) -> DeviceLogin,
        page "building-devices/add", scope MachinesWrite, makes Below as id,
        errors ["building-device.invalid", "building-device.too-many"];

    /// Get a device of the building
    ///
    /// Returns a device.
    GET "building-devices/{id}" => ReadBuildingDevice(id: BuildingDeviceId) -> BuildingDeviceView,
        scope MachinesRead, versioned, errors ["building-device.unknown"];

    /// Update a device of the building
    ///
    /// Replaces the fields of a device. Its login stays, and opens the new topic.
    PUT "building-devices/{id}" =>
        SaveBuildingDevice(id: BuildingDeviceId, version: i64, form: Result<BuildingDeviceForm, Faults>) -> (),
        page "building-devices/save", then "/building/devices?saved", scope MachinesWrite,
        errors ["building-device.unknown", "building-device.invalid", "building-device.has-actuators"];

    /// Replace the password of a device
    ///
    /// Makes another password for a device. The old one stops working at once.
    POST "building-devices/{id}/login" => RenewDeviceLogin(id: BuildingDeviceId) -> DeviceLogin,
        page "building-devices/login", scope MachinesWrite, gives, errors ["building-device.unknown"];

    /// Remove a device of the building
    ///
    /// Removes a device with its meters and its actuators, and disconnects it. What it measured stays in reports.
    DELETE "building-devices/{id}" => RemoveBuildingDevice(id: BuildingDeviceId) -> (),
        page "building-devices/remove", then "/building/devices?saved", scope MachinesWrite,
        errors ["building-device.unknown"];
}

/// The fields of a device.
#[derive(Debug, Clone, Form)]
pub struct BuildingDeviceForm {
    /// The device's name.
    #[field(example = "Plug of the bandsaw")]
    pub name: Name,
    /// How it speaks.
    #[field(example = "tasmota")]
    pub dialect: Dialect,
    /// Its topic, as set in the device: of a Tasmota the middle part, of a Shelly the prefix.
    #[field(example = "plug-bandsaw")]
    pub topic: Topic,
    /// The id of the machine whose plug it is.
    #[field(example = 1)]
    pub machine: Option<MachineId>,
    /// The id of the room that it is in.
    pub room: Option<RoomId>,
}

/// A device of the building.
#[view]
pub struct BuildingDeviceView {
    /// Its id.
    #[field(example = 4)]
    pub id: BuildingDeviceId,
    /// Its version.
    #[field(example = 1)]
    pub version: i64,
    /// The device's name.
    #[field(example = "Plug of the bandsaw")]
    pub name: String,
    /// How it speaks.
    #[field(example = "tasmota")]
    pub dialect: Dialect,
    /// Its topic.
    #[field(example = "plug-bandsaw")]
    pub topic: String,
    /// The id of the machine whose plug it is.
    pub machine: Option<MachineId>,
    /// The name of that machine.
    pub machine_name: Option<String>,
    /// The id of the room that it is in.
    pub room: Option<RoomId>,
    /// The name of that room.
    pub room_name: Option<String>,
    /// The user of its login.
    #[field(example = "d-k3v7q")]
    pub user: String,
    /// When it was last heard.
    pub heard: Option<Moment>,
    /// Whether it is silent: not heard for twelve minutes, or its last will says that it is gone.
    pub silent: bool,
}

#[cfg(feature = "server")]
impl HasVersion for BuildingDeviceView {
    fn version(&self) -> i64 {
        self.version
    }
}

/// All devices, and what they can belong to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuildingDevices {
    pub now: Moment,
    pub devices: Vec<BuildingDeviceView>,
    /// For those who add devices: machines and rooms by name.
    pub machines: Vec<(MachineId, String)>,
    pub rooms: Vec<(RoomId, String)>,
    /// Their meters by name.
    pub meters: Vec<MeterView>,
    /// For those who add devices: where these connect; `None` if not configured.
    pub broker: Option<Broker>,
    pub may_change: bool,
}

/// The login of a device, shown once.
#[view]
pub struct DeviceLogin {
    /// The id of the device.
    #[field(example = 4)]
    pub id: BuildingDeviceId,
    /// The device's name.
    #[field(example = "Plug of the bandsaw")]
    pub name: String,
    /// Its topic.
    #[field(example = "plug-bandsaw")]
    pub topic: String,
    /// The user.
    #[field(example = "d-k3v7q")]
    pub user: String,
    /// The password. It cannot be retrieved later.
    #[field(example = "j4mz7c2kq5wnx3th")]
    pub password: String,
}
