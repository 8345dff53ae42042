//! Pictures of the demo's machines: one drawing per type, in the two sizes that are stored.

use domain::{id::MachineId, pictures::Subject, time::Millis};
use store::{StoreError, WriteTx, pictures};

macro_rules! drawn {
    ($name:literal) => {
        (
            include_bytes!(concat!("pictures/", $name, ".jpg")).as_slice(),
            include_bytes!(concat!("pictures/", $name, ".small.jpg")).as_slice(),
        )
    };
}

/// In type order.
static DRAWN: [(&[u8], &[u8]); 6] =
    [drawn!("laser"), drawn!("printer"), drawn!("saw"), drawn!("mill"), drawn!("lathe"), drawn!("sewing")];

/// Gives a machine the drawing of its type.
pub(super) async fn hang(tx: &mut WriteTx, machine: MachineId, kind: usize, at: Millis) -> Result<(), StoreError> {
    let (body, small) = DRAWN[kind];
    pictures::set(tx, Subject::Machine(machine), body, small, at).await
}
