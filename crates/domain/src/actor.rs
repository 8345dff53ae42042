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
    ledger::{Ledger, Relation, SPACE, SYSTEM, Subject},
    person_status::PersonStatus,
    string_enum::string_enum,
    time::Millis,
};

string_enum! {
    /// The channel of a request.
    Channel {
        Web = "web",
        Api = "api",
        /// A board on a machine.
        Board = "board",
        /// The command line, or a timer.
        Command = "command",
        /// Imported from another system. Nobody makes requests through it; only work on machines carries it.
        Import = "import",
    }
}

/// The caller and the channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    pub who: Who,
    pub channel: Channel,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// A caller who is not signed in.
    Anybody {
        /// The space shows its status to passers-by.
        public: bool,
    },
    /// The screen of a wall display in force.
    Display(Screen),
    Person(Box<Principal>),
    /// The board of the machine with this number.
    Board(MachineNumber),
    /// Toolgate itself: a timer, a command line.
    Toolgate,
}

/// A signed-in person with their current standing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    pub id: PersonId,
    pub session: SessionId,
    /// Only the active have roles.
    pub status: PersonStatus,
    pub ledger: Ledger,
    /// The instant for which this holds.
    pub at: Millis,
    /// Their roles ask for a second factor that this session has not shown: they do not count.
    pub roles_asleep: bool,
    /// The space shows its status publicly, and therefore also to signed-in non-members.
    pub public: bool,
}

string_enum! {
    /// A person's rank in the workshop as a whole; a later one outranks an earlier.
    Rank {
        /// No rank: an applicant, a former member.
        Guest = "guest",
        /// May use the space.
        Member = "member",
        Inductor = "inductor",
        Manager = "manager",
        Administrator = "administrator",
    }
}

/// The rank of a person with `status` and `ledger` at `at`.
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
    /// Their rank in the workshop; [`Rank::Member`] at most while their roles are inactive.
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

    /// Whether they have `relation` on this type or machine, by ledger entries about it and not by rank. On the
    /// built-in types relations are roles, which may be inactive.
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
    /// An action that requires permission.
    Permission {
        /// See machines and their states; never names.
        SeeFloor = "floor.see",
        /// See the wall display.
        SeeWall = "wall.see",
        /// Use an own account: sessions, password, second factor, qualifications, decisions.
        OwnAccount = "account.own",
        SeePeople = "people.see",
        SeePerson = "person.see",
        /// See who may use a type or a machine.
        SeeQualified = "qualified.see",
        /// Ask whether another person may use a machine, and why not.
        AskForOthers = "access.ask-for-others",
        /// Write to the ledger; `qualifications` decides about what and whom.
        ChangeLedger = "ledger.change",
        /// Ban people, and lift bans; `qualifications` decides from what and whom.
        Ban = "ledger.ban",
        /// Invite and admit members.
        Admit = "people.admit",
        /// Change a person's name and contact data.
        EditProfile = "people.edit",
        /// Read and write notes of managers about people.
        Notes = "people.notes",
        /// Read and export all personal data of a person.
        Export = "people.export",
        Erase = "people.erase",
        /// See past cleanups, and run one.
        Retention = "privacy.retention",
        /// Suspend and readmit people, and end memberships.
        ChangeStatus = "people.change-status",
        /// Help a person who cannot sign in: a link, removal of a second factor, ending sessions.
        HelpIn = "accounts.help-in",
        /// Place and lift holds.
        Hold = "holds.change",
        /// Link people to customers of a payment processor, and give them more time.
        ManageDues = "dues.change",
        /// Connect the directory of another institution: who controls it decides who signs in.
        ConnectDirectory = "directory.connect",
        /// See what the directory and identity providers give, map their groups, and sync people.
        SyncPeople = "directory.sync",
        /// Say that a card is lost.
        LoseCard = "cards.lose",
        /// Claim an unassigned card.
        ClaimCard = "cards.claim",
        /// Give a person a card.
        GiveCard = "cards.give",
        /// Bring lists of people in, and take them out.
        Import = "people.import",
        /// Import the data of another system, including its administrators.
        TakeOver = "system.take-over",
        /// Take the numbers of cards out.
        ExportCards = "cards.export",
        /// Add and change machines and types; an owner changes theirs.
        ChangeEquipment = "equipment.change",
        /// Read the settings and hours of a type or a machine.
        SeeSettings = "settings.see",
        /// See the boards of a machine: identity, last contact, faults.
        SeeBoards = "boards.see",
        /// Request a checkout, see the offered times, and cancel one's own.
        AskForCheckout = "checkouts.ask",
        /// Decide about checkouts on a type, and write their results.
        CheckOut = "checkouts.decide",
        /// See training events: all of them as a member, public ones as a visitor.
        SeeEvents = "events.see",
        /// Ask for training, sign up for events, and answer invitations.
        AttendEvents = "events.attend",
        /// Announce training events on a type, change and cancel them, and write their results.
        HoldEvents = "events.hold",
        /// Change when a person offers times for checkouts.
        OfferTimes = "availability.change",
        /// See groups, ask to join and leave them; their admins decide about members.
        JoinGroups = "groups.join",
        /// Add, change and archive groups, and decide about the members of all of them.
        ChangeGroups = "groups.change",
        /// See draws, and enter wishes for oneself or a group that one administers.
        EnterDraws = "draws.enter",
        /// Plan and change draws, and run them.
        ManageDraws = "draws.manage",
        /// Book machines and rooms, and manage one's own bookings.
        Book = "bookings.book",
        /// See bookings and free times; who has them, as far as the space shows that.
        SeeBookings = "bookings.see",
        /// Decide about bookings of others.
        Moderate = "bookings.moderate",
        /// See usage reports, which contain anonymous figures only.
        SeeReports = "reports.see",
        /// See problems reported on machines.
        SeeProblems = "problems.see",
        /// See the history of a machine; names as far as the space shows them.
        SeeHistory = "history.see",
        /// Report a problem on a machine.
        ReportProblem = "problems.report",
        /// Ask for help at a machine.
        AskForHelp = "help.ask",
        /// Answer requests for help at a machine.
        AnswerHelp = "help.answer",
        /// Acknowledge and resolve problems of a machine; block it, and lift the block; correct its uses.
        CareFor = "machines.care-for",
        /// See the maintenance of machines, upcoming and past.
        SeeMaintenance = "maintenance.see",
        /// Register that something was done to a machine.
        Maintain = "machines.maintain",
        /// Start a machine remotely, in one's own name.
        StartMachine = "machines.start",
        /// Stop a running machine.
        StopMachine = "machines.stop",
        /// Watch modules and take their quizzes.
        Learn = "training.learn",
        /// See how far others are with the training of a type.
        SeeCandidates = "training.see",
        /// Add and change modules, their videos and questions.
        EditTraining = "training.change",
        /// Set the length of a video, which decides how much of it must be watched.
        SetLength = "training.set-length",
        /// Write, change and withdraw announcements.
        Announce = "announcements.write",
        /// Read the documents that one is asked to sign, and sign them.
        SignDocuments = "documents.sign",
        /// See all documents and who signed them.
        SeeDocuments = "documents.see",
        /// Write and publish documents, and record what people handed in on paper.
        ManageDocuments = "documents.change",
        /// Create and revoke the tokens of wall displays.
        Displays = "displays.change",
        /// Upload board firmware, and send it to boards.
        Firmware = "firmware.change",
        /// See whether notices are delivered by mail, and retry.
        Deliveries = "deliveries.change",
        /// See which notices Slack gets, change that, and send a test.
        ManageSlack = "slack.change",
        /// Connect and disconnect the Slack app of the space.
        ConnectSlack = "slack.connect",
        /// See which other systems are connected, and whether that works.
        SeeConnections = "connections.see",
        /// See what the building uses and which of its devices are on.
        SeeBuilding = "building.see",
        /// Turn heating, light and power on and off by hand.
        SwitchActuators = "actuators.switch",
        /// Add and change devices and meters of the building.
        ManageBuilding = "building.manage",
        /// Read the audit chain.
        ReadAudit = "audit.read",
        /// See the program and its database, and take out a copy.
        System = "system.see",
        /// Change settings of the space.
        ChangeSettings = "settings.change",
        /// Report events at a machine.
        SpeakForMachine = "boards.speak",
        /// Run timed jobs, without a person.
        KeepHouse = "house.keep",
        /// Prove who one is: sign in, follow a link.
        Enter = "accounts.enter",
    }
}

/// The groups that a permission is granted to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grade {
    /// Everybody, signed in or not.
    Anybody,
    /// Everybody, where the space shows its status publicly.
    Public,
    Display,
    /// Signed-in people, including applicants.
    SignedIn,
    /// The person it is about.
    Oneself,
    Member,
    /// Trainer of the type or machine it is about.
    Trainer,
    /// Owner of the type or machine it is about.
    Owner,
    Inductor,
    Manager,
    Auditor,
    Administrator,
    Board,
    Toolgate,
}

/// The whole table. Each permission is in it once.
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
        (P::Ban, &[G::Owner, G::Manager, G::Administrator, G::Toolgate]),
        (P::Admit, &[G::Inductor, G::Manager, G::Administrator, G::Toolgate]),
        (P::EditProfile, &[G::Oneself, G::Manager, G::Administrator, G::Toolgate]),
        (P::Notes, &[G::Manager, G::Administrator]),
        (P::Export, &[G::Oneself, G::Manager, G::Administrator]),
        (P::Erase, &[G::Oneself, G::Administrator, G::Toolgate]),
        (P::Retention, &[G::Administrator, G::Toolgate]),
        (P::ChangeStatus, &[G::Manager, G::Administrator, G::Toolgate]),
        (P::HelpIn, &[G::Manager, G::Administrator, G::Toolgate]),
        (P::Hold, &[G::Manager, G::Administrator, G::Toolgate]),
        (P::ManageDues, &[G::Manager, G::Administrator, G::Toolgate]),
        (P::ConnectDirectory, &[G::Administrator, G::Toolgate]),
        (P::SyncPeople, &[G::Manager, G::Administrator, G::Toolgate]),
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
        (P::SeeEvents, &[G::Anybody]),
        (P::AttendEvents, &[G::Member]),
        (P::HoldEvents, &[G::Trainer, G::Owner, G::Manager, G::Administrator, G::Toolgate]),
        (P::OfferTimes, &[G::Oneself, G::Manager, G::Administrator]),
        (P::JoinGroups, &[G::Member, G::Auditor, G::Administrator, G::Toolgate]),
        (P::ChangeGroups, &[G::Manager, G::Administrator, G::Toolgate]),
        (P::EnterDraws, &[G::Member, G::Auditor, G::Administrator, G::Toolgate]),
        (P::ManageDraws, &[G::Manager, G::Administrator, G::Toolgate]),
        (P::Book, &[G::Member]),
        (P::SeeBookings, &[G::Member, G::Auditor, G::Administrator, G::Toolgate]),
        (P::Moderate, &[G::Owner, G::Manager, G::Administrator, G::Toolgate]),
        (P::SeeReports, &[G::Manager, G::Auditor, G::Administrator]),
        (P::SeeProblems, &[G::Member, G::Auditor, G::Administrator, G::Toolgate]),
        (P::SeeHistory, &[G::Member, G::Auditor, G::Administrator, G::Toolgate]),
        (P::ReportProblem, &[G::Member, G::Toolgate]),
        (P::AskForHelp, &[G::Member]),
        (P::AnswerHelp, &[G::Trainer, G::Owner, G::Manager, G::Administrator, G::Toolgate]),
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
        (P::SignDocuments, &[G::SignedIn]),
        (P::SeeDocuments, &[G::Manager, G::Auditor, G::Administrator, G::Toolgate]),
        (P::ManageDocuments, &[G::Manager, G::Administrator, G::Toolgate]),
        (P::Displays, &[G::Manager, G::Administrator, G::Toolgate]),
        (P::Firmware, &[G::Manager, G::Administrator, G::Toolgate]),
        (P::Deliveries, &[G::Manager, G::Administrator, G::Toolgate]),
        (P::ManageSlack, &[G::Manager, G::Administrator, G::Toolgate]),
        (P::ConnectSlack, &[G::Administrator, G::Toolgate]),
        (P::SeeConnections, &[G::Manager, G::Administrator, G::Toolgate]),
        (P::SeeBuilding, &[G::Member, G::Auditor, G::Administrator, G::Toolgate]),
        (P::SwitchActuators, &[G::Member, G::Manager, G::Administrator, G::Toolgate]),
        (P::ManageBuilding, &[G::Manager, G::Administrator, G::Toolgate]),
        (P::ReadAudit, &[G::Auditor, G::Administrator, G::Toolgate]),
        (P::ChangeSettings, &[G::Administrator, G::Toolgate]),
        (P::System, &[G::Administrator, G::Toolgate]),
        (P::SpeakForMachine, &[G::Board, G::Toolgate]),
        (P::KeepHouse, &[G::Toolgate]),
        (P::Enter, &[G::Anybody]),
    ]
};

/// The target of a request, as far as permissions depend on it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Target {
    pub person: Option<PersonId>,
    /// A type of equipment.
    pub kind: Option<TypeId>,
    /// One machine of that type.
    pub machine: Option<MachineId>,
}

impl Target {
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

    /// The same target, with a person.
    #[must_use]
    pub const fn and_person(self, person: PersonId) -> Self {
        Self { person: Some(person), ..self }
    }
}

/// Proof that a permission was checked. Created only by [`Actor::require`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proof {
    by: Option<PersonId>,
    channel: Channel,
    permission: Permission,
}

impl Proof {
    /// The person; `None` is a board, an anonymous visitor or Toolgate itself.
    #[must_use]
    pub const fn by(&self) -> Option<PersonId> {
        self.by
    }

    #[must_use]
    pub const fn channel(&self) -> Channel {
        self.channel
    }

    /// The checked permission.
    #[must_use]
    pub const fn permission(&self) -> Permission {
        self.permission
    }
}

/// Why a permission is denied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Forbidden {
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
    pub const TOOLGATE: Self = Self { who: Who::Toolgate, channel: Channel::Command };

    /// The board of the machine with this number.
    #[must_use]
    pub const fn board(number: MachineNumber) -> Self {
        Self { who: Who::Board(number), channel: Channel::Board }
    }

    /// A caller who is not signed in.
    #[must_use]
    pub const fn anybody(public: bool, channel: Channel) -> Self {
        Self { who: Who::Anybody { public }, channel }
    }

    /// The signed-in person, if any.
    #[must_use]
    pub fn known(&self) -> Option<&Principal> {
        match &self.who {
            Who::Person(known) => Some(known),
            Who::Anybody { .. } | Who::Display(_) | Who::Board(_) | Who::Toolgate => None,
        }
    }

    /// The id of the signed-in person, if any.
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
            return Ok(Proof { by: self.person(), channel: self.channel, permission });
        }
        match &self.who {
            Who::Anybody { .. } => Err(Forbidden::SignIn),
            Who::Person(known) if known.roles_asleep => {
                let awake = Principal { roles_asleep: false, ..known.as_ref().clone() };
                let awake = Self { who: Who::Person(Box::new(awake)), channel: self.channel };
                let is_factor_missing = grades.iter().any(|&grade| awake.is(grade, about));
                Err(if is_factor_missing { Forbidden::SecondFactor } else { Forbidden::NotAllowed })
            }
            Who::Person(_) | Who::Display(_) | Who::Board(_) | Who::Toolgate => Err(Forbidden::NotAllowed),
        }
    }

    /// The same if the target is not known yet: whether the actor is allowed `permission` on any target.
    pub fn require_anywhere(&self, permission: Permission) -> Result<Proof, Forbidden> {
        let named = self.known().into_iter().flat_map(|known| {
            let own = Target::person(known.id);
            let subjects = known.ledger.0.iter().map(move |entry| match entry.subject {
                Subject::Type(kind) => Target::equipment(kind, None),
                // The relation to a machine alone is enough, whatever its type.
                Subject::Machine(machine) => Target::equipment(TypeId(0), Some(machine)),
            });
            std::iter::once(own).chain(subjects)
        });
        let mut refused = self.require(permission, Target::NONE);
        for about in named {
            match self.require(permission, about) {
                Ok(proof) => return Ok(proof),
                Err(Forbidden::SecondFactor) if refused.is_err() => refused = Err(Forbidden::SecondFactor),
                Err(_) => {}
            }
        }
        refused
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
            // Administrators are not managers; the table lists both where both may.
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
