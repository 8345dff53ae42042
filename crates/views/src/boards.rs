use domain::{
    id::{BoardId, BoardLoginId, MachineId},
    machines::MachineState,
    time::Moment,
};
use serde::{Deserialize, Serialize};

/// A board, as it last introduced itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Board {
    pub id: BoardId,
    /// Its serial number; empty with old firmware.
    pub serial: String,
    pub firmware: String,
    /// Its address in the network, as it says.
    pub address: String,
    /// Free memory in bytes, if it says.
    pub heap: Option<u64>,
    /// When it first introduced itself.
    pub first: Moment,
    pub last: Moment,
    /// Another board says the same serial number, or none either, in turn with it: from there.
    pub other: Option<String>,
    /// It has not introduced itself for a while, and can be forgotten by whoever asks.
    pub may_forget: bool,
}

/// What is known of the boards of one machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MachineBoards {
    pub machine: MachineId,
    pub name: String,
    /// Its number on the board topics, while it has one.
    pub number: Option<u16>,
    /// A board was heard within [`ONLINE`](domain::boards::ONLINE).
    pub online: bool,
    /// When one was last heard.
    pub heard: Option<Moment>,
    /// What the machine is doing.
    pub state: MachineState,
    /// More than one speaks for it.
    pub several: bool,
    /// Those that introduced themselves, the last to do so first.
    pub boards: Vec<Board>,
}

/// A board that says a number that no machine has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stray<At = Moment> {
    pub number: u16,
    /// Its serial number, if it said one.
    pub serial: String,
    /// Its firmware, if it said which.
    pub firmware: String,
    /// Its address, if it said which.
    pub address: String,
    /// When it was last heard.
    pub last: At,
}

/// Two that connected to the broker under one client id: each throws the other out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Takeover<At = Moment> {
    pub client: String,
    /// From where the one before had connected.
    pub before: String,
    /// From where the last one did.
    pub after: String,
    pub times: u32,
    pub last: At,
}

/// Messages of one kind that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejected<At = Moment> {
    pub kind: String,
    pub seen: u64,
    /// When the last came.
    pub last: At,
    pub topic: String,
    /// What it was, shortened, cards masked.
    pub example: String,
}

/// Everything that is known of boards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Boards {
    pub now: Moment,
    /// Since when boards cannot be heard at all, if they cannot.
    pub broker_lost: Option<Moment>,
    /// The machines that a board ever spoke for, by name.
    pub machines: Vec<MachineBoards>,
    /// What belongs to no machine; for those alone who see every machine's boards.
    pub whole: Option<Whole>,
}

/// What is known of boards, and belongs to no machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Whole {
    /// Since when strays and takeovers are noticed: the start of the process.
    pub since: Moment,
    /// Numbers that boards say and no machine has.
    pub strays: Vec<Stray>,
    /// Client ids that two use at once.
    pub takeovers: Vec<Takeover>,
    /// What could not be read, by kind, the last first.
    pub rejected: Vec<Rejected>,
    pub may_add: bool,
}

impl Whole {
    /// Whether any board spoke that no machine has.
    #[must_use]
    pub const fn heard_any(&self) -> bool {
        !(self.strays.is_empty() && self.takeovers.is_empty() && self.rejected.is_empty())
    }
}

/// A login in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoardLogin {
    pub id: BoardLoginId,
    pub user: String,
    /// For which machine it was made.
    pub machine: MachineId,
    pub name: String,
    /// The machine number it is confined to.
    pub number: u16,
    /// The machine has another number by now, or is put away: the login opens nothing.
    pub strayed: bool,
    pub made: Moment,
    /// Who made it, while they are known by name.
    pub by: Option<String>,
    /// When a board last came with it.
    pub used: Option<Moment>,
    pub may_revoke: bool,
}

/// The logins of the machines that whoever asks cares for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoardLogins {
    pub now: Moment,
    /// Boards connect to the broker inside; logins are of no use at another.
    pub inside: bool,
    pub logins: Vec<BoardLogin>,
    /// Machines that a login can be made for, by name.
    pub machines: Vec<(MachineId, String)>,
}

/// A login that was just made; its password is not to be had again.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_hides_the_password() {
        let (id, name, user) = (BoardLoginId(1), String::new(), "m11-abcd".to_owned());
        let made = NewBoardLogin { id, name, number: 11, user, password: "secret".into() };
        assert!(!format!("{made:?}").contains("secret"));
    }
}

/// How the board of a machine is connected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HowToConnect {
    pub machine: MachineId,
    pub name: String,
    /// What its board is to say it is; without it nothing connects.
    pub number: Option<u16>,
    /// Where boards connect to; `None` while nobody has said.
    pub broker: Option<Broker>,
    /// Under which topic the board speaks; empty without a number.
    pub topic: String,
    /// The machine's board has spoken.
    pub heard: bool,
}

/// The broker that boards connect to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Broker {
    /// Its name or address; `None` for this server's own, of which nobody has said what it is in the network.
    pub host: Option<String>,
    pub port: u16,
    /// It is the one inside, which goes by the logins of single boards.
    pub inside: bool,
    /// It listens to programs on its own computer alone.
    pub only_here: bool,
}
