use domain::{
    id::{BoardId, BoardLoginId, MachineId},
    machines::MachineState,
    time::Moment,
};
use serde::{Deserialize, Serialize};

/// A board's last introduction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Board {
    pub id: BoardId,
    /// Its serial number; empty with old firmware.
    pub serial: String,
    pub firmware: String,
    /// Its network address, as reported.
    pub address: String,
    /// Free memory in bytes, if reported.
    pub heap: Option<u64>,
    /// When it first introduced itself.
    pub first: Moment,
    pub last: Moment,
    /// The address of another board that alternates with it under the same serial number, or also without one.
    pub other: Option<String>,
    /// It has been silent for a while, and the reader may delete it.
    pub may_forget: bool,
}

/// The boards of one machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MachineBoards {
    pub machine: MachineId,
    pub name: String,
    /// Its number in board topics, if any.
    pub number: Option<u16>,
    /// A board was heard within [`ONLINE`](domain::boards::ONLINE).
    pub online: bool,
    /// When one was last heard.
    pub heard: Option<Moment>,
    /// State of the machine.
    pub state: MachineState,
    /// More than one board speaks for it.
    pub several: bool,
    /// Boards that introduced themselves, latest first.
    pub boards: Vec<Board>,
}

/// A board with a number that no machine has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stray<At = Moment> {
    pub number: u16,
    /// Its serial number, if reported.
    pub serial: String,
    /// Its firmware, if reported.
    pub firmware: String,
    /// Its address, if reported.
    pub address: String,
    /// When it was last heard.
    pub last: At,
}

/// Two clients with one client id: each disconnects the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Takeover<At = Moment> {
    pub client: String,
    /// The address of the earlier client.
    pub before: String,
    /// The address of the later client.
    pub after: String,
    pub times: u32,
    pub last: At,
}

/// Unreadable messages of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejected<At = Moment> {
    pub kind: String,
    pub seen: u64,
    /// When the last arrived.
    pub last: At,
    pub topic: String,
    /// An example, shortened, with card uids masked.
    pub example: String,
}

/// The boards page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Boards {
    pub now: Moment,
    /// Since when the broker has been unreachable, if it is.
    pub broker_lost: Option<Moment>,
    /// Machines with a board that was ever heard, by name.
    pub machines: Vec<MachineBoards>,
    /// Facts that belong to no machine, for readers who see every machine's boards.
    pub whole: Option<Whole>,
}

/// Facts about boards that belong to no machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Whole {
    /// The start of the process, since when strays and takeovers are recorded.
    pub since: Moment,
    /// Boards with a number that no machine has.
    pub strays: Vec<Stray>,
    /// Client ids in use twice.
    pub takeovers: Vec<Takeover>,
    /// Unreadable messages by kind, newest first.
    pub rejected: Vec<Rejected>,
    pub may_add: bool,
}

impl Whole {
    /// Whether a board without a machine was heard.
    #[must_use]
    pub const fn heard_any(&self) -> bool {
        !(self.strays.is_empty() && self.takeovers.is_empty() && self.rejected.is_empty())
    }
}

/// An active login.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoardLogin {
    pub id: BoardLoginId,
    pub user: String,
    /// The machine it was made for.
    pub machine: MachineId,
    pub name: String,
    /// The machine number it is confined to.
    pub number: u16,
    /// The machine has another number by now or is archived, so the login does not work.
    pub strayed: bool,
    pub made: Moment,
    /// Who created it, if known.
    pub by: Option<String>,
    /// When a board last used it.
    pub used: Option<Moment>,
    pub may_revoke: bool,
}

/// The logins of machines the reader is responsible for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoardLogins {
    pub now: Moment,
    /// Boards connect to the built-in broker; logins do not work with another.
    pub inside: bool,
    pub logins: Vec<BoardLogin>,
    /// Machines that can have a login, by name.
    pub machines: Vec<(MachineId, String)>,
}

/// A new login; its password is shown once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewBoardLogin {
    pub id: BoardLoginId,
    pub name: String,
    /// The machine number it is confined to.
    pub number: u16,
    pub user: String,
    pub password: String,
}

impl std::fmt::Debug for NewBoardLogin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewBoardLogin").field("user", &self.user).finish_non_exhaustive()
    }
}

/// How to connect the board of a machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HowToConnect {
    pub machine: MachineId,
    pub name: String,
    /// The number its board must be set to; without one nothing connects.
    pub number: Option<u16>,
    /// The broker; `None` if not configured.
    pub broker: Option<Broker>,
    /// The board's topic; empty without a number.
    pub topic: String,
    /// The machine's board was heard.
    pub heard: bool,
}

/// The broker that boards connect to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Broker {
    /// Its name or address; `None` for the built-in one if its network address is not configured.
    pub host: Option<String>,
    pub port: u16,
    /// The built-in one, which checks the logins of single boards.
    pub inside: bool,
    /// It accepts connections from this computer only.
    pub only_here: bool,
}
