//! The tables of a Fab-O-Matic, row by row. Not here: how the file is read.

use domain::{cards::CardUid, time::Millis};

/// Revisions of its tables, oldest first, each with its first release.
pub const REVISIONS: [(&str, &str); 9] = [
    ("2dc275252e0e", "0.0.18"),
    ("88feb1b31a1f", "0.1.5"),
    ("123b2cca325f", "0.1.9"),
    ("e544554c7d29", "0.2.5"),
    ("3cb12dfd8d6e", "0.2.7"),
    ("aa9ed3e094d5", "0.2.7"),
    ("dfd2b0db0016", "0.3.0"),
    ("3f3f601505a6", "0.4.0"),
    ("f1a2b3c4d5e6", "1.0.1"),
];

/// The content of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Foreign {
    /// The revision of its tables, if recorded.
    pub revision: Option<String>,
    pub types: Vec<ForeignType>,
    pub roles: Vec<ForeignRole>,
    pub machines: Vec<ForeignMachine>,
    pub users: Vec<ForeignUser>,
    /// Users authorised on machines, by ids.
    pub authorizations: Vec<(i64, i64)>,
    pub unknown_cards: Vec<ForeignUnknown>,
    pub uses: Vec<ForeignUse>,
    pub plans: Vec<ForeignPlan>,
    pub interventions: Vec<ForeignIntervention>,
    /// Number of boards.
    pub boards: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignType {
    pub id: i64,
    pub name: String,
    /// Minutes after which the board logs its user out.
    pub timeout: Option<i64>,
    /// Minutes between log-out and power-off; missing in older tables.
    pub grace: Option<i64>,
    /// No authorisation is needed; missing in older tables.
    pub open: bool,
}

/// The permissions of a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignRole {
    pub id: i64,
    pub name: String,
    /// Use every machine.
    pub authorize_all: bool,
    /// Register maintenance.
    pub maintenance: bool,
    /// Change everything in the old backend.
    pub backend_admin: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignMachine {
    /// Its id, which is its number in board topics.
    pub id: i64,
    pub name: String,
    pub kind: Option<i64>,
    /// Its hours, in milliseconds.
    pub hours: i64,
    /// It is blocked.
    pub blocked: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignUser {
    pub id: i64,
    /// First name.
    pub name: String,
    pub surname: String,
    pub role: Option<i64>,
    pub card: ForeignCard,
    /// They are disabled.
    pub disabled: bool,
    /// They are deleted; the row remains for the uses.
    pub deleted: bool,
    /// Their address as entered.
    pub email: String,
    /// They have a password there.
    pub has_password: bool,
}

/// A card number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ForeignCard {
    /// Missing.
    None,
    /// Not a uid that a board can send.
    Invalid,
    /// Valid.
    Read {
        uid: CardUid,
        /// It was in capitals.
        capitals: bool,
    },
}

impl ForeignCard {
    /// Parses a number.
    #[must_use]
    pub fn read(written: Option<&str>) -> Self {
        let written = written.unwrap_or_default().trim();
        if written.is_empty() {
            return Self::None;
        }
        match CardUid::from_board(written) {
            // What readers send without a card.
            Some(uid) if !["00000000", "ffffffff"].contains(&uid.as_str()) => {
                Self::Read { uid, capitals: written.bytes().any(|digit| digit.is_ascii_uppercase()) }
            }
            _ => Self::Invalid,
        }
    }
}

/// An unknown card at a reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignUnknown {
    pub card: ForeignCard,
    pub machine: i64,
    pub at: Millis,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignUse {
    pub id: i64,
    pub user: i64,
    pub machine: i64,
    /// When it began.
    pub start: Millis,
    /// The last sign of life.
    pub last_sign: Millis,
    /// When it ended, if reported.
    pub end: Option<Millis>,
    /// It was reported later; missing in older tables.
    pub replay: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ForeignPlan {
    pub id: i64,
    pub machine: i64,
    /// Interval in milliseconds of use.
    pub every: i64,
    /// The task.
    pub description: String,
    /// Text on the board's display when it is due; missing in older tables.
    pub display: String,
    /// Link to instructions; missing in older tables.
    pub instructions: String,
    /// An attachment: a link, or the name of a file.
    pub attachment: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ForeignIntervention {
    pub id: i64,
    pub plan: i64,
    pub machine: i64,
    pub user: i64,
    pub at: Millis,
    /// It was reported later; missing in older tables.
    pub replay: bool,
}
