//! What a Fab-O-Matic knows, and what of it is taken over: its roles become qualifications, its machines keep their numbers,
//! its uses keep their hours.
//!
//! **Invariants.** The same file is taken over once: what was taken is known by the number it had there, and what somebody
//! here took away since is not given back. Hours are counted once, so no two uses of a machine overlap. Nobody's password and
//! no number of a card stands in what is told.
//!
//! Deliberately absent: how the file is read, and the writing.

mod maintenance;
mod plan;
#[cfg(test)]
mod tests;
mod uses;

pub use maintenance::{PlannedIntervention, PlannedPlan, Total};
pub use plan::{
    Known, On, Plan, PlannedGrant, PlannedMachine, PlannedPerson, PlannedType, Stored, beginning, plan,
};
pub use uses::PlannedUse;

use crate::{cards::CardUid, time::Millis, words::words};
use serde::{Deserialize, Serialize};

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

/// Bytes of a file that comes by a page, at most.
pub const BYTES: usize = 64_000_000;

words! {
    /// Why nothing is read of a file.
    Refused {
        /// It is larger than [`BYTES`].
        Large = "large",
        /// There is nothing in it.
        Empty = "empty",
        /// It is some other file.
        NoDatabase = "no-database",
        /// Pages are missing or do not fit together.
        Damaged = "damaged",
        /// Other tables.
        Foreign = "foreign",
        /// It holds more than tables: something in it would run when it is read.
        Active = "active",
        /// Its tables are too long, or reading them takes too long.
        Long = "long",
        /// A newer release wrote it.
        Newer = "newer",
        /// A value is not what its column is for.
        Row = "row",
        /// It could not be kept while it is read.
        Room = "room",
        /// Its uses are others than those that were taken before.
        Another = "another",
    }
}

words! {
    /// What has a number of its own there, and one here.
    Thing {
        /// A type of machine.
        Type = "type",
        /// A machine.
        Machine = "machine",
        /// A user, who is a person here.
        Person = "person",
        /// A use.
        Use = "use",
        /// A maintenance plan.
        Plan = "plan",
        /// Something that was done to a machine.
        Intervention = "intervention",
    }
}

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
    /// What it is called.
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
    /// What it is called.
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
    /// What it is called.
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
    Unfit,
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
            _ => Self::Unfit,
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
    /// The last that was heard of it.
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

words! {
    /// What is told of taking over, each with how many; in this order.
    Told {
        /// People.
        People = "people",
        /// Of them, who had been disabled.
        Suspended = "suspended",
        /// Of them, managers and administrators.
        Administrators = "administrators",
        /// Cards of people.
        Cards = "cards",
        /// Types.
        Types = "types",
        /// Of them, open to every member.
        OpenTypes = "open-types",
        /// Machines.
        Machines = "machines",
        /// Of them, blocked.
        Blocked = "blocked",
        /// Grants by role.
        RoleGrants = "role-grants",
        /// Grants on single machines.
        MachineGrants = "machine-grants",
        /// Uses.
        Uses = "uses",
        /// Maintenance plans.
        Plans = "plans",
        /// What was done to machines.
        Interventions = "interventions",
        /// Cards that nobody had.
        UnknownCards = "unknown-cards",

        /// People here with the same address or card.
        SamePeople = "same-people",
        /// Machines here with the same number.
        SameMachines = "same-machines",
        /// Types here with the same name.
        SameTypes = "same-types",
        /// Taken before.
        KnownPeople = "known-people",
        /// Taken before.
        KnownMachines = "known-machines",
        /// Taken before.
        KnownTypes = "known-types",
        /// Taken before.
        KnownUses = "known-uses",
        /// Taken before.
        KnownPlans = "known-plans",
        /// Taken before.
        KnownInterventions = "known-interventions",
        /// Taken before, or seen here since.
        KnownUnknownCards = "known-unknown-cards",
        /// Granted here before, or decided otherwise since.
        KnownGrants = "known-grants",

        /// Numbers of cards that stood there in capitals.
        Capitals = "capitals",
        /// Names that were empty or too long.
        Names = "names",
        /// Addresses that are none.
        EmailUnfit = "email-unfit",
        /// Addresses that another has.
        EmailShared = "email-shared",
        /// Users whose role is missing.
        RoleMissing = "role-missing",
        /// Machines without a type, or of one that is missing.
        TypeMissing = "type-missing",
        /// Types called like what is built in here.
        TypeRenamed = "type-renamed",
        /// Times that fit no board.
        Times = "times",
        /// Machines whose number fits no board topic.
        NumberUnfit = "number-unfit",
        /// Machines that show other hours than their uses amount to.
        Hours = "hours",
        /// Uses that were never ended.
        UsesClosed = "uses-closed",
        /// Uses that went on into the next.
        UsesShortened = "uses-shortened",
        /// Uses of nobody who was taken.
        UsesNameless = "uses-nameless",
        /// Maintenance plans whose words were missing or too long.
        PlanWords = "plan-words",
        /// Maintenance plans by parts of an hour.
        PlanHours = "plan-hours",
        /// Maintenance plans with a text that is too long for a display.
        PlanDisplay = "plan-display",
        /// Maintenance plans whose instructions are no link.
        PlanManual = "plan-manual",
        /// Interventions of nobody who was taken.
        InterventionsNameless = "interventions-nameless",

        /// Passwords.
        Passwords = "passwords",
        /// The user that stands for nobody.
        Nobody = "nobody",
        /// Users that were deleted there.
        Deleted = "deleted",
        /// People who left or were erased here since.
        Gone = "gone",
        /// People who are disabled there and active here.
        DisabledThere = "disabled-there",
        /// Grants for whoever is not active here.
        KeptOut = "kept-out",
        /// Numbers of cards that are none.
        CardUnfit = "card-unfit",
        /// Cards that are somebody else's here.
        CardTaken = "card-taken",
        /// Authorisations of nobody who was taken, or on a machine that is missing.
        Authorizations = "authorizations",
        /// Uses of a machine that is missing.
        UsesOrphan = "uses-orphan",
        /// Uses that go on.
        UsesRunning = "uses-running",
        /// Uses that ended before they began, or will.
        UsesBackwards = "uses-backwards",
        /// Uses that are longer than any can be, or than a day with others in them.
        UsesLong = "uses-long",
        /// Uses in the time of another on the same machine.
        UsesInside = "uses-inside",
        /// Unknown cards that were seen too long ago, or are no cards, or somebody's.
        UnknownLeft = "unknown-left",
        /// Maintenance plans for a machine that is missing.
        PlansOrphan = "plans-orphan",
        /// Maintenance plans that are due after no time, or never.
        PlansHours = "plans-hours",
        /// Interventions on a machine, or by a plan, that is missing or was left.
        InterventionsOrphan = "interventions-orphan",
        /// Interventions at no time, or that will be.
        InterventionsTimes = "interventions-times",
        /// Boards.
        Boards = "boards",
    }
}

words! {
    /// What belongs together in what is told.
    Part {
        /// Taken over.
        Taken = "taken",
        /// Here already.
        Known = "known",
        /// Taken over otherwise than it stands there.
        Changed = "changed",
        /// Left there.
        Left = "left",
    }
}

impl Told {
    /// Where it is told.
    #[must_use]
    pub fn part(self) -> Part {
        match self {
            told if told < Self::SamePeople => Part::Taken,
            told if told < Self::Capitals => Part::Known,
            told if told < Self::Passwords => Part::Changed,
            _ => Part::Left,
        }
    }
}

/// Names that stand beside a number at most.
pub const NAMED: usize = 5;

/// One line of what is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// What.
    pub told: Told,
    /// How many.
    pub count: u32,
    /// What the first of them are called.
    pub named: Vec<String>,
}

/// What is told of taking over.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report(Vec<Line>);

impl Report {
    /// The lines, in their order.
    #[must_use]
    pub fn lines(&self) -> &[Line] {
        &self.0
    }

    /// How many of these there are.
    #[must_use]
    pub fn count(&self, told: Told) -> u32 {
        self.0.iter().find(|line| line.told == told).map_or(0, |line| line.count)
    }

    fn some(&mut self, told: Told, count: u32) {
        if count > 0 {
            self.line(told).count += count;
        }
    }

    /// Tells that so many uses which were to be taken were not: their machine was in use here meanwhile.
    pub fn found_inside(&mut self, uses: u32) {
        self.some(Told::UsesInside, uses);
        if let Ok(at) = self.0.binary_search_by_key(&Told::Uses, |line| line.told) {
            self.0[at].count = self.0[at].count.saturating_sub(uses);
            self.0.retain(|line| line.count > 0);
        }
    }

    fn one(&mut self, told: Told) {
        self.some(told, 1);
    }

    fn named(&mut self, told: Told, name: &str) {
        let line = self.line(told);
        line.count += 1;
        if line.named.len() < NAMED {
            line.named.push(name.to_owned());
        }
    }

    fn line(&mut self, told: Told) -> &mut Line {
        let at = match self.0.binary_search_by_key(&told, |line| line.told) {
            Ok(at) => at,
            Err(at) => {
                self.0.insert(at, Line { told, count: 0, named: Vec::new() });
                at
            }
        };
        &mut self.0[at]
    }
}
