//! The tables of a Fab-O-Matic, as their rows are read. Deliberately absent: how the file is read.

use domain::{cards::CardUid, time::Millis};

/// Revisions of its tables, the oldest first, each with the release that brought it.
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

/// All that is read from it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Foreign {
    /// The revision of its tables, if it says one.
    pub revision: Option<String>,
    /// Types of machines.
    pub types: Vec<ForeignType>,
    /// Roles of users.
    pub roles: Vec<ForeignRole>,
    /// Machines.
    pub machines: Vec<ForeignMachine>,
    /// Users.
    pub users: Vec<ForeignUser>,
    /// Which user may use which machine: their numbers.
    pub authorizations: Vec<(i64, i64)>,
    /// Cards that nobody had.
    pub unknown_cards: Vec<ForeignUnknown>,
    /// Uses.
    pub uses: Vec<ForeignUse>,
    /// Maintenance plans.
    pub plans: Vec<ForeignPlan>,
    /// What was done to machines.
    pub interventions: Vec<ForeignIntervention>,
    /// How many boards were seen.
    pub boards: u32,
}

/// A type of machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignType {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// After how many minutes the board logs its user out.
    pub timeout: Option<i64>,
    /// Minutes between log-out and power-off; older tables do not say.
    pub grace: Option<i64>,
    /// No authorisation is asked for; older tables do not say.
    pub open: bool,
}

/// What the users of a role may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignRole {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Use everything.
    pub authorize_all: bool,
    /// Register maintenance.
    pub maintenance: bool,
    /// Change everything on its pages.
    pub backend_admin: bool,
}

/// A machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignMachine {
    /// Its number, which is that on the board topics.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Its type.
    pub kind: Option<i64>,
    /// Hours it shows, in milliseconds.
    pub hours: i64,
    /// Nobody may use it.
    pub blocked: bool,
}

/// A user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignUser {
    /// Their number.
    pub id: i64,
    /// First name.
    pub name: String,
    /// The other.
    pub surname: String,
    /// Their role.
    pub role: Option<i64>,
    /// Their card.
    pub card: ForeignCard,
    /// Kept out.
    pub disabled: bool,
    /// Somebody deleted them; the row stays for the uses.
    pub deleted: bool,
    /// Their address, as it was typed.
    pub email: String,
    /// They have a password there.
    pub has_password: bool,
}

/// The number of a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ForeignCard {
    /// There is none.
    None,
    /// It is none that a board could say.
    Invalid,
    /// It is one.
    Read {
        /// The number.
        uid: CardUid,
        /// It stood there in capitals.
        capitals: bool,
    },
}

impl ForeignCard {
    /// Reads a number as it stands there.
    #[must_use]
    pub fn read(written: Option<&str>) -> Self {
        let written = written.unwrap_or_default().trim();
        if written.is_empty() {
            return Self::None;
        }
        match CardUid::from_board(written) {
            // What a reader says that has read nothing.
            Some(uid) if !["00000000", "ffffffff"].contains(&uid.as_str()) => {
                Self::Read { uid, capitals: written.bytes().any(|digit| digit.is_ascii_uppercase()) }
            }
            _ => Self::Invalid,
        }
    }
}

/// A card that nobody had, held to a reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignUnknown {
    /// Its number.
    pub card: ForeignCard,
    /// At which machine.
    pub machine: i64,
    /// When.
    pub at: Millis,
}

/// A use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignUse {
    /// Its number.
    pub id: i64,
    /// Whose.
    pub user: i64,
    /// Of which machine.
    pub machine: i64,
    /// When it began.
    pub start: Millis,
    /// The last sign of life.
    pub last_sign: Millis,
    /// When it ended, if that was heard.
    pub end: Option<Millis>,
    /// It was reported later; older tables do not say.
    pub replay: bool,
}

/// A maintenance plan.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ForeignPlan {
    /// Its number.
    pub id: i64,
    /// For which machine.
    pub machine: i64,
    /// After how much use, in milliseconds.
    pub every: i64,
    /// What has to be done.
    pub description: String,
    /// What the board's display says when it is due; older tables do not say.
    pub display: String,
    /// Where it is told how; older tables do not say.
    pub instructions: String,
    /// What was attached to it: a link, or the name of a file.
    pub attachment: String,
}

/// Something that was done to a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ForeignIntervention {
    /// Its number.
    pub id: i64,
    /// By which plan.
    pub plan: i64,
    /// To which machine.
    pub machine: i64,
    /// By whom.
    pub user: i64,
    /// When.
    pub at: Millis,
    /// It was reported later; older tables do not say.
    pub replay: bool,
}
