//! Connected boards, and the machine state that each was sent since it connected.
//!
//! A board whose machine is blocked refuses every card in its own words, but it must know of the block, because it
//! switches on for every card that it hears is valid.
//!
//! **Invariant.** A board counts as knowing only when it introduced itself with a serial number (a program that
//! obeys `checkuser` alone does not) and was answered recently on this connection. It asks every 30 s, one thing
//! after the other, and disconnects without an answer, so a board that asks about a card has heard the previous
//! answer. An answer counts only while the board has had its number to itself for [`ALONE`]: a second client that
//! listens there, or asks without listening, could have received it instead. In memory only, so after a restart no
//! board knows anything. With a broker that does not report connections, no board ever does.

use crate::{Ctx, shared::Shared};
use domain::{
    access::Level,
    boards::{MachineNumber, ONLINE},
    time::{MINUTE, Millis},
};
use std::{collections::HashMap, time::Duration};

/// How long requests of a second client may still be pending. Answers older than 2 s are not sent; the rest is
/// margin.
const ALONE: Duration = MINUTE;

#[derive(Debug, Default)]
pub(crate) struct Connected(Shared<HashMap<MachineNumber, Listeners>>);

/// The listeners to answers for one machine number.
#[derive(Debug, Default)]
struct Listeners {
    count: u32,
    /// Grows with every connection.
    connection: u64,
    /// The board has introduced itself on this connection.
    introduced: bool,
    /// It did so with a serial number, as firmware does that obeys `checkmachine`.
    has_serial: bool,
    /// When a second client last used this number.
    shared: Option<Millis>,
    told: LastAnswer,
}

impl Listeners {
    fn is_alone(&self, now: Millis) -> bool {
        self.count == 1 && self.shared.is_none_or(|shared| now.since(shared) > ALONE)
    }
}

/// The last settings sent, and when.
#[derive(Debug, Default)]
struct LastAnswer {
    blocked: bool,
    maintenance: bool,
    last: Option<Millis>,
}

impl Connected {
    /// Whether the board refuses a card of `level` by itself, given the machine state last sent to it.
    pub(crate) fn refuses(&self, number: MachineNumber, level: Level, now: Millis) -> bool {
        let boards = self.0.lock();
        let knows = |board: &&Listeners| board.has_serial && board.is_alone(now);
        let Some(Listeners { told: reported, .. }) = boards.get(&number).filter(knows) else {
            return false;
        };
        let is_fresh = reported.last.is_some_and(|last| last <= now && now.since(last) <= ONLINE);
        let is_due = reported.maintenance && level < Level::Staff;
        is_fresh && (reported.blocked || is_due)
    }

    /// Since when several clients listen to the answers for one machine, if they do.
    pub(crate) fn shared(&self, number: MachineNumber) -> Option<Millis> {
        self.0.lock().get(&number).filter(|board| board.count > 1)?.shared
    }

    /// Forgets all settings that were sent.
    pub(super) fn forget_reported(&self) {
        self.0.lock().values_mut().for_each(|board| board.told = LastAnswer::default());
    }

    /// The board introduced itself: on a new connection this ends what was pending on the previous one.
    pub(super) fn introduced(&self, number: MachineNumber, has_serial: bool) {
        if let Some(board) = self.0.lock().get_mut(&number) {
            board.has_serial = has_serial;
            if !std::mem::replace(&mut board.introduced, true) {
                board.told = LastAnswer::default();
            }
        }
    }
}

/// A client of the broker subscribed to the answers for `board`: `another` one, or a reconnected one with the same
/// client id.
pub fn connected(ctx: &Ctx, board: MachineNumber, another: bool) {
    let now = ctx.now();
    let mut boards = super::memory(ctx).connected.0.lock();
    let listeners = boards.entry(board).or_default();
    let (count, connection) = (listeners.count + u32::from(another), listeners.connection + 1);
    let shared = if count > 1 { Some(now) } else { listeners.shared };
    *listeners = Listeners { count, connection, shared, ..Listeners::default() };
}

/// A client of the broker that was subscribed to the answers for `board` is gone.
pub fn disconnected(ctx: &Ctx, board: MachineNumber) {
    let now = ctx.now();
    if let Some(listeners) = super::memory(ctx).connected.0.lock().get_mut(&board) {
        if listeners.count > 1 {
            listeners.shared = Some(now);
        }
        listeners.count = listeners.count.saturating_sub(1);
        listeners.told = LastAnswer::default();
    }
}

/// A client that is not subscribed to the answers for `board` sent a message in its name.
pub fn spoken_for(ctx: &Ctx, board: MachineNumber) {
    let now = ctx.now();
    let mut boards = super::memory(ctx).connected.0.lock();
    let listeners = boards.entry(board).or_default();
    (listeners.shared, listeners.told) = (Some(now), LastAnswer::default());
}

/// The current connection of the board: a different number means that it has reconnected.
pub fn connection(ctx: &Ctx, board: MachineNumber) -> u64 {
    super::memory(ctx).connected.0.lock().get(&board).map_or(0, |listeners| listeners.connection)
}

/// Records the settings sent to a board: whether its machine is allowed, and whether maintenance is due.
pub fn settings_sent(ctx: &Ctx, board: MachineNumber, allowed: bool, maintenance: bool) {
    let now = ctx.now();
    let mut boards = super::memory(ctx).connected.0.lock();
    if let Some(Listeners { told: reported, .. }) = boards.get_mut(&board).filter(|board| board.is_alone(now)) {
        *reported = LastAnswer { blocked: !allowed, maintenance, last: Some(now) };
    }
}
