//! What the demo turns on and off: heating, light and extraction, each on a failsafe device of its own.
//!
//! Not here: the devices, which the process simulates over real connections.

use super::Built;
use domain::{
    actuators::{Allowed, Offsets, RuleKind},
    building_devices::Dialect,
    id::{MachineId, RoomId},
    leases::{Load, Tenths},
    time::{DAY, Millis},
};
use store::{
    StoreError, WriteTx,
    actuators::{self as rows, NewActuator, NewRule},
    building_devices::{self as devices, DeviceFields, DeviceLogin},
    rooms,
};

/// What an actuator of the demo follows.
#[derive(Clone, Copy)]
enum Follows {
    Hours,
    /// The machine with this position in the cast.
    Machine(usize),
    /// Bookings of the room with this name.
    Room(&'static str),
}

/// Name, topic of its device, load, what it follows, minutes from before the beginning until before the end.
type DemoActuator = (&'static str, &'static str, Load, Follows, (i32, i32));

const ACTUATORS: [DemoActuator; 5] = [
    ("Heating, hall", "heat/hall", Load::Heat, Follows::Hours, (30, 30)),
    ("Light, hall", "light/hall", Load::Light, Follows::Hours, (0, 0)),
    ("Extraction, laser room", "extraction/lasers", Load::Power, Follows::Machine(0), (0, -5)),
    ("Light, metal shop", "light/metal", Load::Light, Follows::Machine(7), (0, -5)),
    ("Heating, Studio B", "heat/studio-b", Load::Heat, Follows::Room("Studio B"), (30, 0)),
];

/// Topics of the devices, and what they switch.
pub fn simulated() -> impl Iterator<Item = (&'static str, Load)> {
    ACTUATORS.iter().map(|&(_, topic, load, ..)| (topic, load))
}

pub(super) async fn install(tx: &mut WriteTx, built: &Built, now: Millis) -> Result<(), StoreError> {
    let rooms = rooms::list(tx.conn()).await?;
    for (name, topic, load, follows, (before, early)) in ACTUATORS {
        let login = DeviceLogin { user: format!("d-{}", topic.replace('/', "-")), hash: [0; 32] };
        let fields = DeviceFields {
            name: name.into(),
            dialect: Dialect::Reference,
            topic: topic.into(),
            machine: None,
            room: None,
        };
        let device = devices::add(tx, &fields, &login, now.before(DAY)).await?;
        let is_heat = load == Load::Heat;
        let new = NewActuator {
            device,
            output: 0,
            name: name.into(),
            load,
            allowed: Allowed::Members,
            target: is_heat.then_some(Tenths(210)),
            warmest: Tenths(if is_heat { 250 } else { 0 }),
            daily: 14 * 60,
        };
        let actuator = rows::add(tx, &new).await?;
        let (kind, room, machine): (_, Option<RoomId>, Option<MachineId>) = match follows {
            Follows::Hours => (RuleKind::Hours, None, None),
            Follows::Machine(at) => (RuleKind::Machine, None, Some(built.machines[at])),
            Follows::Room(name) => {
                let Some(room) = rooms.iter().find(|room| room.name == name) else { continue };
                (RuleKind::Bookings, Some(room.id), None)
            }
        };
        let offsets = Offsets { before, early };
        rows::add_rule(tx, NewRule { actuator, kind, offsets, target: None, room, machine }).await?;
    }
    Ok(())
}
