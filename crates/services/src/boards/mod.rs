//! Boards: what they are sent about their machine, what they report, and how their silence is noticed.
//!
//! While a stop request is open, the board's settings allow no one and log the user out after a minute, because
//! old firmware does not know requests.

mod connect;
mod connected;
pub mod logins;
mod messages;
mod page;
mod polled;

pub(crate) use connect::broker;
pub use connect::{ConnectError, Meeting, arrange, how_to_connect};
pub use connected::{connected, connection, disconnected, settings_sent, spoken_for};
pub use messages::{answered_late, counted};
pub use page::{BoardsPageError, forget, page, whole};

use crate::{
    Ctx, down_time,
    logbook::{Logbook, Note},
    shared::Shared,
};
use domain::{
    boards::{MachineNumber, ONLINE, admits},
    bookings::Need,
    connections::{Connection, Kind, State, Trouble},
    id::{MachineId, TypeId},
    live::ChangeEvent,
    maintenance::first_due,
    settings::Settings,
    time::Millis,
    uses::log_out_after,
};
use std::{
    net::IpAddr,
    sync::atomic::{AtomicBool, AtomicI64, Ordering::Relaxed},
};
use store::{
    Done, StoreError, Unaudited,
    boards::{self, Introduction, Rejection},
    machines::{self, BoardView},
};

/// Why a board gets no answer.
#[derive(Debug, Clone, thiserror::Error)]
pub enum BoardsError {
    /// No machine has this number.
    #[error("no machine has this number")]
    UnknownMachine,
    /// The storage failed; the board keeps its message and retries.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The settings that a board gets for its machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardSettings {
    pub name: String,
    /// Second line of the display; empty for none.
    pub display: String,
    pub kind: TypeId,
    /// Whether the machine may be used at all.
    pub allowed: bool,
    /// Something has to be done to it first, by those who may: they get in.
    pub maintenance: bool,
    /// Minutes after which the board logs its user out; 0 is never.
    pub auto_stop: u16,
    /// Minutes between log-out and power-off.
    pub grace: u16,
}

/// The settings for the board of the machine with number `board`.
pub async fn settings(ctx: &Ctx, board: MachineNumber) -> Result<BoardSettings, BoardsError> {
    let now = ctx.now();
    let view = machines::board_view(&mut *ctx.store().read().await?, board, now).await?;
    let view = view.ok_or(BoardsError::UnknownMachine)?;
    let language = ctx.space().language;
    let due = first_due(&view.plans, now);
    let (allowed, display) = if view.to_end {
        (false, language.board_use_ends().into())
    } else if admits(view.blocked, view.in_use) {
        // The plan's author sets the text for everybody.
        (true, due.map_or(&view.settings.display, |due| &due.display).clone())
    } else {
        // The reason of the block is free text and only on the machine's page.
        (false, language.board_blocked().into())
    };
    // Boards without support for requests get equivalent settings: no access, log-out within a minute.
    // A door locks again after the shortest time that boards know, and without the grace period of a machine.
    let auto_stop = if view.to_end || view.is_door { 1 } else { auto_stop(&view, now) };
    let ends_at_once = view.is_door || (view.to_end && !view.keeps_grace);
    let grace = if ends_at_once { 0 } else { view.settings.grace };
    let maintenance = due.is_some();
    Ok(BoardSettings { name: view.name, display, kind: view.kind, allowed, maintenance, auto_stop, grace })
}

/// Minutes of use after which the board logs its user out; 0 is never.
pub(crate) fn auto_stop(view: &BoardView, now: Millis) -> u16 {
    let Settings { auto_stop, booking, .. } = view.settings;
    let next = view.next.filter(|_| booking.need != Need::Free);
    log_out_after(auto_stop, view.since.unwrap_or(now), next)
}

/// Records that a board sent a message of any kind.
pub fn heard(ctx: &Ctx, board: MachineNumber) {
    let now = ctx.now();
    memory(ctx).polled.heard(board, now);
    Logbook::of(ctx).heard(board, now);
}

/// What a board reports about itself at start and every two minutes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alive {
    /// Its serial number; empty with old firmware.
    pub serial: String,
    pub firmware: String,
    pub address: String,
    /// Free memory in bytes, if reported.
    pub heap: Option<i64>,
}

/// A board introduced itself.
pub fn alive(ctx: &Ctx, board: MachineNumber, message: Alive) {
    let Alive { serial, firmware, address, heap } = message;
    let short = |text: String| text.chars().take(60).collect::<String>();
    let (firmware, address) = (short(firmware), short(address));
    // Anything else is not a serial number; boards without one share a row.
    let serial = if serial.len() == 12 && serial.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        serial.to_ascii_lowercase()
    } else {
        String::new()
    };
    // The machine is found when the note is written.
    let machine = MachineId(0);
    let at = ctx.now();
    memory(ctx).polled.introduced(board, at);
    memory(ctx).connected.introduced(board, !serial.is_empty());
    Logbook::of(ctx).note(Note::Introduced(board, Introduction { machine, serial, firmware, address, heap, at }));
}

/// A message could not be read: counted by `kind`, with a masked `example`.
pub fn rejected(ctx: &Ctx, kind: &'static str, topic: &str, example: String) {
    let topic = topic.chars().take(60).collect();
    Logbook::of(ctx).reject(Rejection { kind, seen: 1, last_at: ctx.now(), topic, example });
}

/// A client at `after` connected to the built-in broker under a client id that `before` was still using: the
/// broker has disconnected the older one.
pub fn taken_over(ctx: &Ctx, client: &str, before: IpAddr, after: IpAddr) {
    // Client ids are untrusted text.
    let client: String = client.chars().filter(|letter| !letter.is_control()).take(60).collect();
    if Logbook::of(ctx).overheard.takes_over(&client, before.to_string(), after.to_string(), ctx.now()) {
        ctx.live().send(ChangeEvent::Space);
    }
}

/// Marks machines offline whose boards have been silent for [`ONLINE`]; returns how many. Run by a timer, however
/// often or late.
pub async fn notice_silence(ctx: &Ctx) -> Result<usize, StoreError> {
    if down_time::is_recent(ctx).await {
        return Ok(0);
    }
    let limit = ctx.now().before(ONLINE);
    ctx.store()
        .write(async move |tx| {
            let silent = boards::fall_silent(tx, limit).await?;
            Ok(Done::unaudited(silent, Unaudited::SignOfLife))
        })
        .await
}

/// In-memory state of boards; lost on restart.
#[derive(Default)]
pub(crate) struct Memory {
    /// Since when the broker is unreachable, in UTC milliseconds; 0 while it is reachable.
    lost_since: AtomicI64,
    /// Connected boards, and the settings last sent to them.
    pub(crate) connected: connected::Connected,
    /// Message counters.
    pub(crate) messages: messages::Messages,
    /// Recent messages of boards that show whether they are in use.
    pub(crate) polled: polled::Polled,
    /// Whether logins of single boards are checked: the built-in broker does, an external one has its own.
    by_logins: AtomicBool,
    /// The broker that boards connect to.
    meeting: Shared<Option<connect::Meeting>>,
}

pub(crate) fn memory(ctx: &Ctx) -> &Memory {
    ctx.memory()
}

impl Memory {
    /// Since when the broker is unreachable, if it is.
    pub(crate) fn lost(&self) -> Option<Millis> {
        let since = self.lost_since.load(Relaxed);
        (since != 0).then_some(Millis(since))
    }
}

/// The broker is unreachable. Called by the owner of the connection; only the first of several calls sets the
/// time.
pub fn broker_lost(ctx: &Ctx) {
    memory(ctx).polled.clear();
    memory(ctx).connected.forget_reported();
    if memory(ctx).lost_since.compare_exchange(0, ctx.now().0, Relaxed, Relaxed).is_ok() {
        ctx.space_changed();
    }
}

/// Whether the broker is reachable.
pub fn broker_is_there(ctx: &Ctx) -> bool {
    memory(ctx).lost().is_none()
}

/// How the broker does. It is always connected: boards have no other way.
pub(crate) fn connections(ctx: &Ctx) -> Vec<Connection> {
    let lost = memory(ctx).lost();
    vec![Connection {
        name: None,
        state: if lost.is_some() { State::Failing } else { State::Working },
        last_success: None,
        last_failure: lost.map(|since| (since, Trouble::Unreachable)),
        queued: 0,
        link: Kind::Broker.page().to_owned(),
    }]
}

/// The broker is back.
pub fn broker_found(ctx: &Ctx) {
    if memory(ctx).lost_since.swap(0, Relaxed) != 0 {
        ctx.space_changed();
    }
}
