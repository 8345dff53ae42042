//! Logins of single boards: each confined to the number of one machine, shown once, and revoked at once.
//!
//! Deliberately absent: the login that all stock boards share, which is the configuration's.

use crate::{
    id::{BoardLoginId, MachineId},
    time::Moment,
};
use serde::{Deserialize, Serialize};

/// Logins of one machine in force at once: the one its board has, and the one that it gets next.
pub const OF_ONE: usize = 4;

/// A login in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoardLogin {
    /// Which.
    pub id: BoardLoginId,
    /// The user's name.
    pub user: String,
    /// For which machine it was made.
    pub machine: MachineId,
    /// What that is called.
    pub name: String,
    /// The number that it is confined to.
    pub number: u16,
    /// The machine has another number by now, or is put away: the login opens nothing.
    pub strayed: bool,
    /// Since when.
    pub made: Moment,
    /// Who made it, while they are known by name.
    pub by: Option<String>,
    /// When a board last came with it.
    pub used: Option<Moment>,
    /// Whoever asks may revoke it.
    pub may_revoke: bool,
}

/// The logins of the machines that whoever asks cares for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoardLogins {
    /// As of when.
    pub now: Moment,
    /// Boards connect to the broker inside; logins are of no use at another.
    pub inside: bool,
    /// Those in force, by machine.
    pub logins: Vec<BoardLogin>,
    /// Machines that a login can be made for, by name.
    pub machines: Vec<(MachineId, String)>,
}

/// A login that was just made; its password is not to be had again.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewBoardLogin {
    /// Which.
    pub id: BoardLoginId,
    /// What the machine is called.
    pub name: String,
    /// The number that it is confined to.
    pub number: u16,
    /// The user's name.
    pub user: String,
    /// The password.
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
    fn a_password_does_not_reach_a_log() {
        let (id, name, user) = (BoardLoginId(1), String::new(), "m11-abcd".to_owned());
        let made = NewBoardLogin { id, name, number: 11, user, password: "secret".into() };
        assert!(!format!("{made:?}").contains("secret"));
    }
}
