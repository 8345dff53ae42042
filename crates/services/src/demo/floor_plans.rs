//! Floor plans of the demo: both floors with a drawing, and where machines and rooms are on them.

use super::Built;
use domain::{
    bookings::Resource,
    floor_plans::Area,
    pictures::Subject,
    time::{DAY, Millis},
};
use store::{
    StoreError, WriteTx,
    floor_plans::{self, NewPlan},
    pictures, rooms,
};

/// Name, width and height in centimetres, and the drawing in both stored sizes.
type Floor = (&'static str, u32, u32, &'static [u8], &'static [u8]);

static FLOORS: [Floor; 2] = [
    (
        "Ground floor",
        2_400,
        1_120,
        include_bytes!("pictures/ground-floor.jpg"),
        include_bytes!("pictures/ground-floor.small.jpg"),
    ),
    (
        "First floor",
        1_600,
        720,
        include_bytes!("pictures/first-floor.jpg"),
        include_bytes!("pictures/first-floor.small.jpg"),
    ),
];

/// Machines of the ground floor by index, with the corner of their area.
const MACHINES: [(usize, u32, u32); 12] = [
    (0, 30, 100),
    (1, 410, 100),
    (2, 30, 300),
    (3, 410, 300),
    (4, 830, 100),
    (5, 1_210, 100),
    (6, 830, 300),
    (11, 1_210, 300),
    (7, 30, 740),
    (8, 410, 740),
    (9, 1_220, 740),
    (10, 1_220, 920),
];
const MACHINE: (u32, u32) = (360, 170);

/// Rooms by name: their floor, and their area as x, y, width and height.
const ROOMS: [(&str, usize, [u32; 4]); 3] = [
    ("Studio B", 0, [1_620, 20, 760, 480]),
    ("Textile room", 0, [830, 740, 370, 350]),
    ("Seminar room", 1, [20, 20, 860, 440]),
];

/// Adds both plans.
pub(super) async fn draw(tx: &mut WriteTx, built: &Built, now: Millis) -> Result<(), StoreError> {
    let mut plans = Vec::new();
    for &(name, width, height, picture, small) in &FLOORS {
        let plan = floor_plans::add(tx, &NewPlan { name: name.into(), width, height }).await?;
        pictures::set(tx, Subject::FloorPlan(plan), picture, small, now.before(DAY * 60)).await?;
        plans.push(plan);
    }
    let (width, height) = MACHINE;
    for (machine, x, y) in MACHINES {
        let machine = Resource::Machine(built.machines[machine]);
        floor_plans::place(tx, plans[0], machine, Area { x, y, width, height }).await?;
    }
    let stored = rooms::list(tx.conn()).await?;
    for (name, floor, [x, y, width, height]) in ROOMS {
        if let Some(room) = stored.iter().find(|room| room.name == name) {
            let area = Area { x, y, width, height };
            floor_plans::place(tx, plans[floor], Resource::Room(room.id), area).await?;
        }
    }
    Ok(())
}
