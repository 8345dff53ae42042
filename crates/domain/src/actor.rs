//! Actors and their permissions: the whole permission table, as data.
//!
//! Every use case takes an [`Actor`] and calls [`Actor::require`]. It returns a [`Proof`], without which no audit
//! entry can be made: a change without a check does not compile. Permissions never depend on the channel.
//!
//! **Invariants.** The right to administer is no right to use a machine. Only active people have roles. A role
//! that requires a second factor is inactive until the factor is shown.
//!
//! Not here: who may write which ledger entry about whom (`qualifications`), because that depends on the other
//! person; and who may use a machine ([`crate::access`]).

mod owned;

pub use owned::Owned;

use crate::{
    boards::MachineNumber,
    displays::Screen,
    id::{MachineId, PersonId, SessionId, TypeId},
    people::PersonStatus,
    qualifications::{Ledger, Relation, SPACE, SYSTEM, Subject},
    string_enum::string_enum,
    time::Millis,
};

string_enum! {
    /// The way something came in.
    Channel {
        Web = "web",
        Api = "api",
        /// A board on a machine.
        Board = "board",
        /// The command line, or a timer.
        Command = "command",
        /// It was brought from another system: nobody asks so, and only what was done to machines is told so.
        Import = "import",
    }
}

/// Who asks, and through which door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    pub who: Who,
    /// How they came in.
    pub door: Channel,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// Somebody who has not said who they are.
    Anybody {
        /// The space shows its status to passers-by.
        public: bool,
    },
    /// The screen of a wall display in force.
    Display(Screen),
    /// Somebody who signed in.
    Person(Box<Principal>),
    /// The board of the machine with this number.
    Board(MachineNumber),
    /// Toolgate itself: a timer, a command line.
    Toolgate,
}

/// Somebody who signed in, and where they stand at this moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    pub id: PersonId,
    /// The session they came with.
    pub session: SessionId,
    /// Only the active have roles.
    pub status: PersonStatus,
    /// Everything the ledger says about them.
    pub ledger: Ledger,
    /// The instant for which this holds.
    pub at: Millis,
    /// Their roles ask for a second factor that this session has not shown: they do not count.
    pub roles_asleep: bool,
    /// The space shows its status to passers-by, and so to whoever signed in without being a member.
    pub public: bool,
}

string_enum! {
    /// What somebody is in the workshop as a whole; a later one outranks an earlier.
    Rank {
        /// Nobody in particular: an applicant, somebody who left.
        Guest = "guest",
        /// May use the space.
        Member = "member",
        Inductor = "inductor",
        Manager = "manager",
        Administrator = "administrator",
    }
}

/// The rank that `ledger` gives at `at` to somebody with `status`.
#[must_use]
pub fn rank(status: PersonStatus, ledger: &Ledger, at: Millis) -> Rank {
    let holds = |relation, subject| ledger.holds(relation, &[subject], at);
    if status != PersonStatus::Active {
        Rank::Guest
    } else if holds(Relation::Owner, SYSTEM) {
        Rank::Administrator
    } else if holds(Relation::Owner, SPACE) {
        Rank::Manager
    } else if holds(Relation::Trainer, SPACE) {
        Rank::Inductor
    } else if holds(Relation::User, SPACE) {
        Rank::Member
    } else {
        Rank::Guest
    }
}

impl Principal {
    /// What they are in the workshop; [`Rank::Member`] at most while their roles are asleep.
    #[must_use]
    pub fn rank(&self) -> Rank {
        let rank = rank(self.status, &self.ledger, self.at);
        if self.roles_asleep { rank.min(Rank::Member) } else { rank }
    }

    /// Whether they read everything: auditors and administrators.
    #[must_use]
    pub fn is_auditor(&self) -> bool {
        !self.roles_asleep
            && self.status == PersonStatus::Active
            && self.ledger.holds(Relation::User, &[SYSTEM], self.at)
    }

    /// Whether they have `relation` on this type or machine, by what was said of it and not by rank. On the built-in types
    /// relations are roles, which may be asleep.
    #[must_use]
    pub fn is(&self, relation: Relation, kind: TypeId, machine: Option<MachineId>) -> bool {
        let mut subjects = vec![Subject::Type(kind)];
        subjects.extend(machine.map(Subject::Machine));
        let is_role = [SPACE, SYSTEM].contains(&Subject::Type(kind));
        self.rank() >= Rank::Member
            && !(is_role && self.roles_asleep)
            && self.ledger.holds(relation, &subjects, self.at)
    }
}

string_enum! {
    /// What can be done, as far as somebody must be allowed to do it.
    Permission {
        /// See machines and their states; never names.
        SeeFloor = "floor.see",
        /// See the wall display.
        SeeWall = "wall.see",
        /// Be somebody here: own sessions, password, second factor, qualifications, decisions.
        OwnAccount = "account.own",
        SeePeople = "people.see",
        SeePerson = "person.see",
        /// See who may use a type or a machine.
        SeeQualified = "qualified.see",
        /// Ask whether somebody else may use a machine, and why not.
        AskForOthers = "access.ask-for-others",
        /// Write into the ledger; about what and whom, `qualifications` says.
        ChangeLedger = "ledger.change",
        /// Invite and admit members.
        Admit = "people.admit",
        /// Change what somebody is called and how they are reached.
        EditProfile = "people.edit",
        /// Read and write what managers note about people.
        Notes = "people.notes",
        /// See all that is kept of somebody, and take it along.
        Export = "people.export",
        Erase = "people.erase",
        /// See when what is kept for a time only was cleared away, and have it cleared.
        Retention = "privacy.retention",
        /// Suspend, take back, say that somebody left.
        ChangeStatus = "people.change-status",
        /// Help somebody in who cannot sign in: a link, a second factor taken off, sessions ended.
        HelpIn = "accounts.help-in",
        /// Place and lift holds.
        Hold = "holds.change",
        /// Say that a card is lost.
        LoseCard = "cards.lose",
        /// Say that a card of nobody is one's own.
        ClaimCard = "cards.claim",
        /// Give somebody a card.
        GiveCard = "cards.give",
        /// Bring lists of people in, and take them out.
        Import = "people.import",
        /// Take over all that another system knows, and whoever administered there.
        TakeOver = "system.take-over",
        /// Take the numbers of cards out.
        ExportCards = "cards.export",
        /// Add and change machines and types; an owner changes theirs.
        ChangeEquipment = "equipment.change",
        /// Read what is set for a type or a machine, and its hours.
        SeeSettings = "settings.see",
        /// See the boards of a machine: what they are, when they were heard, what is wrong with them.
        SeeBoards = "boards.see",
        /// Ask for a checkout, see the times that are offered, and call one's own off.
        AskForCheckout = "checkouts.ask",
        /// Decide about checkouts on a type, and write their results.
        CheckOut = "checkouts.decide",
        /// Say when somebody offers times for checkouts.
        OfferTimes = "availability.change",
        /// Book machines and rooms, and do what a holder does about their bookings.
        Book = "bookings.book",
        /// See bookings and free times; who has them, as far as the space shows that.
        SeeBookings = "bookings.see",
        /// Decide about bookings of others.
        Moderate = "bookings.moderate",
        /// See how machines and rooms are used, in figures about nobody in particular.
        SeeReports = "reports.see",
        /// See what was reported on machines.
        SeeProblems = "problems.see",
        /// See what happened at a machine; who it was, as far as the space shows that.
        SeeHistory = "history.see",
        /// Report a problem on a machine.
        ReportProblem = "problems.report",
        /// Acknowledge and resolve what was reported on a machine; block it, and lift the block; say how a use of it was.
        CareFor = "machines.care-for",
        /// See what has to be done to machines, and what was.
        SeeMaintenance = "maintenance.see",
        /// Register that something was done to a machine.
        Maintain = "machines.maintain",
        /// Start a machine from afar, in one's own name.
        StartMachine = "machines.start",
        /// Stop a running machine.
        StopMachine = "machines.stop",
        /// Watch modules and take their quizzes.
        Learn = "training.learn",
        /// See how far others are with what a type requires.
        SeeCandidates = "training.see",
        /// Add and change modules, their videos and questions.
        EditTraining = "training.change",
        /// Say by hand how long a video is: what is to be watched of it goes by that.
        SetLength = "training.set-length",
        /// Write, change and withdraw announcements.
        Announce = "announcements.write",
        /// Make and revoke the tokens of wall displays.
        Displays = "displays.change",
        /// Keep firmware of boards, and have it sent to them.
        Firmware = "firmware.change",
        /// See whether what people are told reaches them by mail, and have it tried again.
        Deliveries = "deliveries.change",
        /// Read the audit chain.
        ReadAudit = "audit.read",
        /// See the program and its database, and take out a copy.
        System = "system.see",
        /// Change what holds for the space.
        ChangeSettings = "settings.change",
        /// Say what happens at a machine.
        SpeakForMachine = "boards.speak",
        /// What has to be done at its time, by nobody in particular.
        KeepHouse = "house.keep",
        /// Prove who one is: sign in, follow a link.
        Enter = "accounts.enter",
    }
}

/// Who is allowed something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grade {
    /// Everybody, known or not.
    Anybody,
    /// Passers-by and whoever signed in, where the space shows its status.
    Public,
    Display,
    /// Whoever signed in, applicants too.
    SignedIn,
    /// The person it is about.
    Oneself,
    Member,
    /// Trainer of the type or machine it is about.
    Trainer,
    /// Owner of the type or machine it is about.
    Owner,
    /// Who may induct members.
    Inductor,
    Manager,
    Auditor,
    Administrator,
    Board,
    Toolgate,
}

/// The whole table. Each permission stands in it once.
pub const TABLE: &[(Permission, &[Grade])] = {
    use Grade as G;
    use Permission as P;
    &[
        (P::SeeFloor, &[G::Public, G::Display, G::Member, G::Auditor, G::Administrator, G::Toolgate]),
        (P::SeeWall, &[G::Display, G::Member, G::Auditor, G::Administrator, G::Toolgate]),
        (P::OwnAccount, &[G::SignedIn]),
        (P::SeePeople, &[G::Manager, G::Auditor, G::Administrator]),
        (P::SeePerson, &[G::Oneself, G::Manager, G::Auditor, G::Administrator]),
        (P::SeeQualified, &[G::Trainer, G::Owner, G::Manager, G::Auditor, G::Administrator]),
        (P::AskForOthers, &[G::Oneself, G::Trainer, G::Owner, G::Manager, G::Auditor, G::Administrator]),
        (P::ChangeLedger, &[G::Trainer, G::Owner, G::Inductor, G::Manager, G::Administrator, G::Toolgate]),
        (P::Admit, &[G::Inductor, G::Manager, G::Administrator, G::Toolgate]),
        (P::EditProfile, &[G::Oneself, G::Manager, G::Administrator, G::Toolgate]),
        (P::Notes, &[G::Manager, G::Administrator]),
        (P::Export, &[G::Oneself, G::Manager, G::Administrator]),
        (P::Erase, &[G::Oneself, G::Administrator, G::Toolgate]),
        (P::Retention, &[G::Administrator, G::Toolgate]),
        (P::ChangeStatus, &[G::Manager, G::Administrator, G::Toolgate]),
        (P::HelpIn, &[G::Manager, G::Administrator, G::Toolgate]),
        (P::Hold, &[G::Manager, G::Administrator, G::Toolgate]),
        (P::LoseCard, &[G::Oneself, G::Manager, G::Administrator, G::Toolgate]),
        (P::ClaimCard, &[G::Member]),
        (P::GiveCard, &[G::Manager, G::Administrator, G::Toolgate]),
        (P::ChangeEquipment, &[G::Owner, G::Manager, G::Administrator, G::Toolgate]),
        (P::SeeSettings, &[G::Owner, G::Manager, G::Auditor, G::Administrator, G::Toolgate]),
        (P::SeeBoards, &[G::Owner, G::Manager, G::Auditor, G::Administrator, G::Toolgate]),
        (P::Import, &[G::Manager, G::Administrator, G::Toolgate]),
        (P::TakeOver, &[G::Administrator, G::Toolgate]),
        (P::ExportCards, &[G::Administrator, G::Toolgate]),
        (P::AskForCheckout, &[G::Member]),
        (P::CheckOut, &[G::Trainer, G::Owner, G::Manager, G::Administrator, G::Toolgate]),
        (P::OfferTimes, &[G::Oneself, G::Manager, G::Administrator]),
        (P::Book, &[G::Member]),
        (P::SeeBookings, &[G::Member, G::Auditor, G::Administrator, G::Toolgate]),
        (P::Moderate, &[G::Owner, G::Manager, G::Administrator, G::Toolgate]),
        (P::SeeReports, &[G::Manager, G::Auditor, G::Administrator]),
        (P::SeeProblems, &[G::Member, G::Auditor, G::Administrator, G::Toolgate]),
        (P::SeeHistory, &[G::Member, G::Auditor, G::Administrator, G::Toolgate]),
        (P::ReportProblem, &[G::Member, G::Toolgate]),
        (P::CareFor, &[G::Owner, G::Manager, G::Administrator, G::Toolgate]),
        (P::SeeMaintenance, &[G::Member, G::Auditor, G::Administrator, G::Toolgate]),
        (P::Maintain, &[G::Trainer, G::Owner, G::Manager, G::Administrator, G::Toolgate]),
        (P::StartMachine, &[G::Member]),
        (P::StopMachine, &[G::Oneself, G::Trainer, G::Owner, G::Manager, G::Administrator, G::Toolgate]),
        (P::Learn, &[G::Member]),
        (P::SeeCandidates, &[G::Trainer, G::Owner, G::Manager, G::Auditor, G::Administrator]),
        (P::EditTraining, &[G::Manager, G::Administrator, G::Toolgate]),
        (P::SetLength, &[G::Administrator, G::Toolgate]),
        (P::Announce, &[G::Manager, G::Administrator, G::Toolgate]),
        (P::Displays, &[G::Manager, G::Administrator, G::Toolgate]),
        (P::Firmware, &[G::Manager, G::Administrator, G::Toolgate]),
        (P::Deliveries, &[G::Manager, G::Administrator, G::Toolgate]),
        (P::ReadAudit, &[G::Auditor, G::Administrator, G::Toolgate]),
        (P::ChangeSettings, &[G::Administrator, G::Toolgate]),
        (P::System, &[G::Administrator, G::Toolgate]),
        (P::SpeakForMachine, &[G::Board, G::Toolgate]),
        (P::KeepHouse, &[G::Toolgate]),
        (P::Enter, &[G::Anybody]),
    ]
};

/// What a request is about, as far as it matters for who may do it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Target {
    pub person: Option<PersonId>,
    /// A type of equipment.
    pub kind: Option<TypeId>,
    /// One machine of that type.
    pub machine: Option<MachineId>,
}

impl Target {
    /// Nothing in particular.
    pub const NONE: Self = Self { person: None, kind: None, machine: None };

    #[must_use]
    pub const fn person(person: PersonId) -> Self {
        Self { person: Some(person), ..Self::NONE }
    }

    /// A type, or one machine of it.
    #[must_use]
    pub const fn equipment(kind: TypeId, machine: Option<MachineId>) -> Self {
        Self { kind: Some(kind), machine, ..Self::NONE }
    }

    /// The same, and somebody.
    #[must_use]
    pub const fn and_person(self, person: PersonId) -> Self {
        Self { person: Some(person), ..self }
    }
}

/// That somebody was allowed something. Made by [`Actor::require`] alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proof {
    by: Option<PersonId>,
    door: Channel,
    permission: Permission,
}

impl Proof {
    /// Who; `None` is a board, a passer-by or Toolgate itself.
    #[must_use]
    pub const fn by(&self) -> Option<PersonId> {
        self.by
    }

    /// How they came in.
    #[must_use]
    pub const fn door(&self) -> Channel {
        self.door
    }

    /// What they were allowed.
    #[must_use]
    pub const fn permission(&self) -> Permission {
        self.permission
    }
}

/// Why somebody is not allowed something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Forbidden {
    /// Nobody knows who they are: sign in.
    #[error("sign in first")]
    SignIn,
    /// They would be, with a second factor.
    #[error("a second factor is needed")]
    SecondFactor,
    #[error("not allowed")]
    NotAllowed,
}

impl Actor {
    /// Toolgate itself: a timer, a command line.
    pub const TOOLGATE: Self = Self { who: Who::Toolgate, door: Channel::Command };

    /// The board of the machine with this number.
    #[must_use]
    pub const fn board(number: MachineNumber) -> Self {
        Self { who: Who::Board(number), door: Channel::Board }
    }

    /// Somebody who has not said who they are.
    #[must_use]
    pub const fn anybody(public: bool, door: Channel) -> Self {
        Self { who: Who::Anybody { public }, door }
    }

    /// Who signed in, if somebody did.
    #[must_use]
    pub fn known(&self) -> Option<&Principal> {
        match &self.who {
            Who::Person(known) => Some(known),
            Who::Anybody { .. } | Who::Display(_) | Who::Board(_) | Who::Toolgate => None,
        }
    }

    /// The person, if somebody signed in.
    #[must_use]
    pub fn person(&self) -> Option<PersonId> {
        self.known().map(|known| known.id)
    }

    /// Whether the actor is allowed `permission` about `about`.
    #[must_use]
    pub fn may(&self, permission: Permission, about: Target) -> bool {
        self.require(permission, about).is_ok()
    }

    /// The proof that the actor is allowed `permission` about `about`, or why not.
    pub fn require(&self, permission: Permission, about: Target) -> Result<Proof, Forbidden> {
        let grades = TABLE.iter().find(|(listed, _)| *listed == permission).map_or(&[][..], |(_, grades)| grades);
        if grades.iter().any(|&grade| self.is(grade, about)) {
            return Ok(Proof { by: self.person(), door: self.door, permission });
        }
        match &self.who {
            Who::Anybody { .. } => Err(Forbidden::SignIn),
            Who::Person(known) if known.roles_asleep => {
                let awake = Principal { roles_asleep: false, ..known.as_ref().clone() };
                let awake = Self { who: Who::Person(Box::new(awake)), door: self.door };
                let would = grades.iter().any(|&grade| awake.is(grade, about));
                Err(if would { Forbidden::SecondFactor } else { Forbidden::NotAllowed })
            }
            Who::Person(_) | Who::Display(_) | Who::Board(_) | Who::Toolgate => Err(Forbidden::NotAllowed),
        }
    }

    fn is(&self, grade: Grade, about: Target) -> bool {
        let known = self.known();
        let relation = |relation| {
            known.is_some_and(|known| about.kind.is_some_and(|kind| known.is(relation, kind, about.machine)))
        };
        let rank = |rank| known.is_some_and(|known| known.rank() >= rank);
        match grade {
            Grade::Anybody => true,
            Grade::Public => {
                matches!(self.who, Who::Anybody { public: true }) || known.is_some_and(|known| known.public)
            }
            Grade::Display => matches!(self.who, Who::Display(_)),
            Grade::SignedIn => known.is_some(),
            Grade::Oneself => known.is_some_and(|known| about.person == Some(known.id)),
            Grade::Member => rank(Rank::Member),
            Grade::Trainer => relation(Relation::Trainer),
            Grade::Owner => relation(Relation::Owner),
            Grade::Inductor => known.is_some_and(|known| {
                rank(Rank::Inductor) && known.ledger.holds(Relation::Trainer, &[SPACE], known.at)
            }),
            // An administrator is not a manager by that; the table says where both may.
            Grade::Manager => known.is_some_and(|known| {
                rank(Rank::Manager) && known.ledger.holds(Relation::Owner, &[SPACE], known.at)
            }),
            Grade::Auditor => known.is_some_and(Principal::is_auditor),
            Grade::Administrator => rank(Rank::Administrator),
            Grade::Board => matches!(self.who, Who::Board(_)),
            Grade::Toolgate => matches!(self.who, Who::Toolgate),
        }
    }
}

#[cfg(test)]
mod tests;
