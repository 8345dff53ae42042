//! Locks doors again: a few seconds after an opening their board is asked to log its user out, because until then it reads no other
//! card, and a person who follows would be on no list.
//!
//! **Invariant.** Nothing is written: the opening is on record, and a row for each closing would say for longer who came. After a
//! restart, or out of reach, a board logs its user out by itself after a minute.
//!
//! Not here: openings (`crate::doors`).

use super::Order;
use crate::{Ctx, shared::Shared};
use domain::{boards::MachineNumber, cards::CardUid, requests::BoardCommand, time::Millis};
use std::{collections::BTreeMap, time::Duration};

/// How long a door stays open.
const OPEN: Duration = Duration::from_secs(5);
/// A board is not asked later than this, when another person may use it.
const LATE: Duration = Duration::from_secs(15);

/// The last opening of each door, until it is locked.
#[derive(Debug, Default)]
struct Openings(Shared<BTreeMap<MachineNumber, (Millis, CardUid)>>);

/// Has the board of a door that was opened `at` log the holder of this card out soon.
pub(crate) fn lock_later(ctx: &Ctx, door: MachineNumber, uid: &CardUid, at: Millis) {
    ctx.memory::<Openings>().0.lock().insert(door, (at, uid.clone()));
}

/// Takes the doors to lock now; `reachable` is whether boards can be reached at all.
pub(super) fn due(ctx: &Ctx, reachable: bool, now: Millis) -> Vec<Order> {
    let mut openings = ctx.memory::<Openings>().0.lock();
    let over = openings.iter().filter(|(_, (opened, _))| now.since(*opened) >= OPEN);
    let over: Vec<_> = over.map(|(door, _)| *door).collect();
    let taken = over.into_iter().filter_map(|board| {
        let (opened, uid) = openings.remove(&board)?;
        let is_in_time = reachable && now.since(opened) <= LATE;
        is_in_time.then_some(Order { board, action: BoardCommand::Stop, uid })
    });
    taken.collect()
}
