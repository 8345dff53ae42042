//! The plan of an import: what to write of a Fab-O-Matic's content beside the existing records.
//!
//! Things are named by their ids there, because new ones have none here yet.

use crate::{
    ExistingRecords, Foreign, ForeignCard, ForeignRole, ForeignUser,
    maintenance::{self, PlannedIntervention, PlannedPlan},
    uses::{self, PlannedUse},
};
use domain::{
    accounts,
    boards::MachineNumber,
    cards::{CardState, CardUid},
    id::{MachineId, PersonId, TypeId},
    imports::fabomatic::{Report, TakeoverCount, Thing},
    names::{self, NAME, Unnamed},
    people::PersonStatus,
    qualifications::{Relation, SPACE, SYSTEM, Subject},
    retention::UNKNOWN_CARDS,
    time::Millis,
};
use std::collections::{BTreeMap, HashMap, HashSet};

/// The role of the user that stands for deleted people.
const NOBODY: &str = "Anonymous";
/// The id under which the type of machines without one is recorded: ids there begin at 1.
const NO_TYPE: i64 = 0;
/// Its name.
const NO_TYPE_NAME: &str = "Fab-O-Matic";

/// Everything to write.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    pub types: Vec<PlannedType>,
    pub machines: Vec<PlannedMachine>,
    pub people: Vec<PlannedPerson>,
    /// Matched records, by id there and here.
    pub same: Vec<(Thing, i64, i64)>,
    /// Cards with their holders.
    pub cards: Vec<(i64, CardUid)>,
    pub grants: Vec<PlannedGrant>,
    /// Unknown cards: machine, first and last time, and how often.
    pub unknown_cards: Vec<(CardUid, i64, Millis, Millis, u32)>,
    /// Uses by machine, in order.
    pub uses: Vec<PlannedUse>,
    pub plans: Vec<PlannedPlan>,
    /// Interventions, in order.
    pub interventions: Vec<PlannedIntervention>,
    pub report: Report,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedType {
    /// Its id there.
    pub theirs: i64,
    pub name: String,
    /// Every member may use it.
    pub open: bool,
    /// Minutes between log-out and power-off, if set.
    pub grace: Option<u16>,
    /// Minutes after which a board logs its user out, if set.
    pub auto_stop: Option<u16>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedMachine {
    /// Its id there.
    pub theirs: i64,
    /// Its number in board topics.
    pub number: Option<MachineNumber>,
    pub kind: i64,
    pub name: String,
    /// It is blocked.
    pub blocked: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedPerson {
    /// Their id there.
    pub theirs: i64,
    pub name: String,
    pub email: Option<String>,
    /// When they joined.
    pub since: Millis,
    /// They were disabled there.
    pub suspended: bool,
}

/// The subject of a grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum On {
    Space,
    System,
    /// A type, by its id there.
    Type(i64),
    /// A machine, by its id there.
    Machine(i64),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlannedGrant {
    pub person: i64,
    pub on: On,
    pub relation: Relation,
}

/// Everything to write before uses and maintenance, which refer to it. Needs no stored uses.
#[must_use]
pub fn beginning(foreign: &Foreign, known: &ExistingRecords, now: Millis) -> Plan {
    let mut planner = Planner { foreign, known, now, plan: Plan::default(), people: HashMap::new() };
    planner.beginning();
    planner.plan
}

impl Plan {
    /// Whether it equals `other` before uses and maintenance.
    #[must_use]
    pub fn begins_as(&self, other: &Self) -> bool {
        self.types == other.types
            && self.machines == other.machines
            && self.people == other.people
            && self.same == other.same
            && self.cards == other.cards
            && self.grants == other.grants
            && self.unknown_cards == other.unknown_cards
    }

    /// Whether there is nothing to write.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self { report: self.report.clone(), ..Self::default() }
    }
}

/// The plan for `foreign` at `now`, beside the records in `known`.
#[must_use]
pub fn plan(foreign: &Foreign, known: &ExistingRecords, now: Millis) -> Plan {
    let mut planner = Planner { foreign, known, now, plan: Plan::default(), people: HashMap::new() };
    let machines = planner.beginning();
    uses::plan(foreign, known, now, &machines, &planner.people, &mut planner.plan);
    maintenance::plan(foreign, known, now, &machines, &planner.people, &mut planner.plan);
    planner.left();
    planner.plan
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct ImportedPerson {
    /// Their id here, if matched.
    pub here: Option<PersonId>,
    /// They get their grants.
    pub active: bool,
}

struct Planner<'a> {
    foreign: &'a Foreign,
    known: &'a ExistingRecords,
    now: Millis,
    plan: Plan,
    people: HashMap<i64, ImportedPerson>,
}

/// One thing with both names, so that a wrong match is visible in the report.
fn one_now(there: &str, here: Option<&String>) -> String {
    here.filter(|here| *here != there).map_or_else(|| there.to_owned(), |here| format!("{there} → {here}"))
}

impl Planner<'_> {
    /// Everything before uses and maintenance; returns the imported machines, each with its id here if matched.
    fn beginning(&mut self) -> HashMap<i64, Option<MachineId>> {
        let kinds = self.types();
        let machines = self.machines(&kinds);
        self.users(&kinds);
        self.authorizations(&machines);
        self.unknown_cards(&machines);
        machines
    }

    /// The types, each with its id here if matched.
    fn types(&mut self) -> BTreeMap<i64, Option<TypeId>> {
        let (foreign, known) = (self.foreign, self.known);
        let mut kinds = BTreeMap::new();
        let mut names: HashMap<String, i64> = HashMap::new();
        for kind in &foreign.types {
            let name = self.name(&kind.name, kind.id);
            let (grace, auto_stop) = (self.minutes(kind.grace, &name), self.minutes(kind.timeout, &name));
            let requested = PlannedType { theirs: kind.id, name, open: kind.open, grace, auto_stop };
            self.kind(requested, &mut names, &mut kinds);
        }
        let typeless = |kind: Option<i64>| kind.is_none_or(|kind| !kinds.contains_key(&kind));
        if foreign.machines.iter().any(|machine| typeless(machine.kind)) {
            let name = NO_TYPE_NAME.to_owned();
            let requested = PlannedType { theirs: NO_TYPE, name, open: false, grace: None, auto_stop: None };
            if let Some(&id) = known.taken.get(&(Thing::Type, NO_TYPE)) {
                kinds.insert(NO_TYPE, Some(TypeId(id)));
            } else {
                self.kind(requested, &mut names, &mut kinds);
            }
        }
        kinds
    }

    fn kind(
        &mut self,
        mut requested: PlannedType,
        names: &mut HashMap<String, i64>,
        kinds: &mut BTreeMap<i64, Option<TypeId>>,
    ) {
        let report = &mut self.plan.report;
        if let Some(&id) = self.known.taken.get(&(Thing::Type, requested.theirs)) {
            report.one(TakeoverCount::KnownTypes);
            kinds.insert(requested.theirs, Some(TypeId(id)));
            return;
        }
        let built_in = |name: &str| self.known.types.get(name).is_some_and(|(_, built_in)| *built_in);
        if built_in(&requested.name) || names.contains_key(&requested.name) {
            let renamed: String = format!("{} #{}", requested.name, requested.theirs);
            report.named(TakeoverCount::TypeRenamed, &requested.name);
            requested.name = renamed;
        }
        names.insert(requested.name.clone(), requested.theirs);
        if let Some(&(id, _)) = self.known.types.get(&requested.name) {
            report.named(TakeoverCount::SameTypes, &requested.name);
            self.plan.same.push((Thing::Type, requested.theirs, id.0));
            kinds.insert(requested.theirs, Some(id));
            return;
        }
        report.named(TakeoverCount::Types, &requested.name);
        if requested.open {
            report.named(TakeoverCount::OpenTypes, &requested.name);
        }
        kinds.insert(requested.theirs, None);
        self.plan.types.push(requested);
    }

    /// Minutes within a board's limits.
    fn minutes(&mut self, message: Option<i64>, name: &str) -> Option<u16> {
        let message = message?;
        let fits = u16::try_from(message).ok();
        if fits.is_none() {
            self.plan.report.named(TakeoverCount::Times, name);
        }
        fits
    }

    /// A name as stored here.
    fn name(&mut self, written: &str, id: i64) -> String {
        match names::name(written) {
            Ok(name) => name,
            Err(Unnamed::Empty) => {
                let name = format!("#{id}");
                self.plan.report.named(TakeoverCount::Names, &name);
                name
            }
            Err(Unnamed::Long | Unnamed::Control) => {
                let cut: String = written.chars().filter(|c| !names::is_hidden(*c)).take(*NAME.end()).collect();
                let name = names::name(&cut).unwrap_or_else(|_| format!("#{id}"));
                self.plan.report.named(TakeoverCount::Names, &name);
                name
            }
        }
    }

    /// The machines, each with its id here if matched.
    fn machines(&mut self, kinds: &BTreeMap<i64, Option<TypeId>>) -> HashMap<i64, Option<MachineId>> {
        let foreign = self.foreign;
        let mut machines = HashMap::new();
        for machine in &foreign.machines {
            if let Some(&id) = self.known.taken.get(&(Thing::Machine, machine.id)) {
                self.plan.report.one(TakeoverCount::KnownMachines);
                machines.insert(machine.id, Some(MachineId(id)));
                continue;
            }
            let name = self.name(&machine.name, machine.id);
            let number = u16::try_from(machine.id).ok().filter(|number| *number > 0).map(MachineNumber);
            if let Some(&id) = number.and_then(|number| self.known.numbers.get(&number)) {
                let both = one_now(&name, self.known.machine_names.get(&id));
                self.plan.report.named(TakeoverCount::SameMachines, &both);
                self.plan.same.push((Thing::Machine, machine.id, id.0));
                machines.insert(machine.id, Some(id));
                continue;
            }
            let report = &mut self.plan.report;
            let kind = machine.kind.filter(|kind| kinds.contains_key(kind)).unwrap_or(NO_TYPE);
            if kind == NO_TYPE {
                report.named(TakeoverCount::TypeMissing, &name);
            }
            if number.is_none() {
                report.named(TakeoverCount::NumberUnfit, &name);
            }
            if machine.blocked {
                report.named(TakeoverCount::Blocked, &name);
            }
            report.named(TakeoverCount::Machines, &name);
            machines.insert(machine.id, None);
            let theirs = machine.id;
            self.plan.machines.push(PlannedMachine { theirs, number, kind, name, blocked: machine.blocked });
        }
        machines
    }

    /// Users that stand for deleted people.
    fn nobodies(&self) -> impl Iterator<Item = i64> + use<'_> {
        let role = self.foreign.roles.iter().find(|role| role.name == NOBODY).map(|role| role.id);
        self.foreign.users.iter().filter(move |user| role.is_some() && user.role == role).map(|user| user.id)
    }

    fn users(&mut self, kinds: &BTreeMap<i64, Option<TypeId>>) {
        let foreign = self.foreign;
        let roles: HashMap<i64, &ForeignRole> = foreign.roles.iter().map(|role| (role.id, role)).collect();
        let nobody: HashSet<i64> = self.nobodies().collect();
        let mut since: HashMap<i64, Millis> = HashMap::new();
        for one in foreign.uses.iter().filter(|one| one.start <= self.now && one.start.0 > 0) {
            let first = since.entry(one.user).or_insert(one.start);
            *first = one.start.min(*first);
        }
        let mut emails: HashSet<String> = HashSet::new();
        let mut cards: HashSet<CardUid> = HashSet::new();
        for user in &foreign.users {
            let name = self.name(&format!("{} {}", user.name, user.surname), user.id);
            if user.has_password && !user.deleted {
                self.plan.report.one(TakeoverCount::Passwords);
            }
            if nobody.contains(&user.id) {
                self.plan.report.one(TakeoverCount::Nobody);
                continue;
            }
            if user.deleted {
                self.plan.report.one(TakeoverCount::Deleted);
                continue;
            }
            let since = since.get(&user.id).copied().unwrap_or(self.now);
            let Some(mut taken) = self.user(user, name.clone(), since, &mut emails) else { continue };
            if user.disabled && taken.here.is_some() && taken.active {
                // Local decisions win, and a user disabled there meanwhile is granted nothing here.
                self.plan.report.named(TakeoverCount::DisabledThere, &name);
                taken.active = false;
            }
            self.people.insert(user.id, taken);
            self.card(user, &name, taken, &mut cards);
            let role = user.role.and_then(|role| roles.get(&role).copied());
            if role.is_none() {
                self.plan.report.named(TakeoverCount::RoleMissing, &name);
            }
            if !user.disabled {
                self.role(user.id, taken, role, kinds);
            }
        }
    }

    /// The user here; `None` if they are not imported.
    fn user(
        &mut self,
        user: &ForeignUser,
        name: String,
        since: Millis,
        emails: &mut HashSet<String>,
    ) -> Option<ImportedPerson> {
        let report = &mut self.plan.report;
        let status = |id: PersonId| self.known.people.get(&id).copied();
        let here = |id, status| ImportedPerson { here: Some(id), active: status == PersonStatus::Active };
        if let Some(&id) = self.known.taken.get(&(Thing::Person, user.id)) {
            let id = PersonId(id);
            return match status(id) {
                None | Some(PersonStatus::Left) => {
                    report.one(TakeoverCount::Gone);
                    None
                }
                Some(status) => {
                    report.one(TakeoverCount::KnownPeople);
                    Some(here(id, status))
                }
            };
        }
        let input = user.email.trim();
        let email = accounts::email(input);
        if email.is_none() && !input.is_empty() {
            report.named(TakeoverCount::EmailUnfit, &name);
        }
        let email = email.filter(|email| {
            let first = emails.insert(email.clone());
            if !first {
                report.named(TakeoverCount::EmailShared, &name);
            }
            first
        });
        let by_email = email.as_ref().and_then(|email| self.known.emails.get(email).copied());
        let by_card = || match &user.card {
            ForeignCard::Read { uid, .. } => {
                let holders = self.known.cards.get(uid)?.iter();
                holders.filter(|(_, state)| *state != CardState::Retired).map(|(holder, _)| *holder).next()
            }
            _ => None,
        };
        if let Some(id) = by_email.or_else(by_card)
            && let Some(status) = status(id).filter(|status| *status != PersonStatus::Left)
        {
            report.named(TakeoverCount::SamePeople, &one_now(&name, self.known.people_names.get(&id)));
            self.plan.same.push((Thing::Person, user.id, id.0));
            return Some(here(id, status));
        }
        // A former member's address remains theirs.
        let email = email.filter(|_| {
            let is_free = by_email.is_none();
            if !is_free {
                report.named(TakeoverCount::EmailShared, &name);
            }
            is_free
        });
        report.one(TakeoverCount::People);
        if user.disabled {
            report.named(TakeoverCount::Suspended, &name);
        }
        self.plan.people.push(PlannedPerson { theirs: user.id, name, email, since, suspended: user.disabled });
        Some(ImportedPerson { here: None, active: true })
    }

    fn card(&mut self, user: &ForeignUser, name: &str, taken: ImportedPerson, cards: &mut HashSet<CardUid>) {
        let report = &mut self.plan.report;
        let (uid, capitals) = match &user.card {
            ForeignCard::None => return,
            ForeignCard::Invalid => return report.named(TakeoverCount::CardUnfit, name),
            ForeignCard::Read { uid, capitals } => (uid, *capitals),
        };
        let holders = self.known.cards.get(uid).map_or(&[][..], Vec::as_slice);
        if holders.iter().any(|(holder, _)| taken.here == Some(*holder)) {
            // Theirs already, in any state.
            return;
        }
        let is_taken = holders.iter().any(|(_, state)| *state != CardState::Retired);
        if is_taken || !cards.insert(uid.clone()) {
            return report.named(TakeoverCount::CardTaken, name);
        }
        report.one(TakeoverCount::Cards);
        if capitals {
            report.one(TakeoverCount::Capitals);
        }
        self.plan.cards.push((user.id, uid.clone()));
    }

    /// The grants of a role for a user who is not disabled: everyone is a member.
    fn role(
        &mut self,
        user: i64,
        taken: ImportedPerson,
        role: Option<&ForeignRole>,
        kinds: &BTreeMap<i64, Option<TypeId>>,
    ) {
        self.grant(user, taken, On::Space, Some(SPACE), Relation::User, None);
        let Some(role) = role else { return };
        let all = kinds.iter().map(|(&theirs, &here)| (On::Type(theirs), here.map(Subject::Type)));
        if role.authorize_all {
            for (on, here) in all.clone() {
                self.grant(user, taken, on, here, Relation::User, Some(TakeoverCount::RoleGrants));
            }
        }
        if role.maintenance {
            for (on, here) in all {
                self.grant(user, taken, on, here, Relation::Owner, Some(TakeoverCount::RoleGrants));
            }
        }
        if role.backend_admin {
            self.grant(user, taken, On::Space, Some(SPACE), Relation::Owner, None);
            self.grant(
                user,
                taken,
                On::System,
                Some(SYSTEM),
                Relation::Owner,
                Some(TakeoverCount::Administrators),
            );
        }
    }

    fn grant(
        &mut self,
        person: i64,
        taken: ImportedPerson,
        on: On,
        here: Option<Subject>,
        relation: Relation,
        count: Option<TakeoverCount>,
    ) {
        let report = &mut self.plan.report;
        let written =
            taken.here.zip(here).is_some_and(|(who, what)| self.known.written.contains(&(who, what, relation)));
        if written {
            report.one(TakeoverCount::KnownGrants);
        } else if !taken.active {
            report.one(TakeoverCount::KeptOut);
        } else {
            report.some(count.unwrap_or(TakeoverCount::RoleGrants), u32::from(count.is_some()));
            self.plan.grants.push(PlannedGrant { person, on, relation });
        }
    }

    fn authorizations(&mut self, machines: &HashMap<i64, Option<MachineId>>) {
        let mut seen = HashSet::new();
        for &(user, machine) in &self.foreign.authorizations {
            let (taken, here) = (self.people.get(&user).copied(), machines.get(&machine).copied());
            match (taken, here) {
                (Some(taken), Some(here)) if seen.insert((user, machine)) => {
                    let (on, here) = (On::Machine(machine), here.map(Subject::Machine));
                    self.grant(user, taken, on, here, Relation::User, Some(TakeoverCount::MachineGrants));
                }
                _ => self.plan.report.one(TakeoverCount::Authorizations),
            }
        }
    }

    fn unknown_cards(&mut self, machines: &HashMap<i64, Option<MachineId>>) {
        let given: HashSet<CardUid> = self.plan.cards.iter().map(|(_, uid)| uid.clone()).collect();
        let stored = self.now.before(UNKNOWN_CARDS);
        let mut seen: BTreeMap<(CardUid, i64), (Millis, Millis, u32)> = BTreeMap::new();
        for one in &self.foreign.unknown_cards {
            let report = &mut self.plan.report;
            let ForeignCard::Read { uid, .. } = &one.card else {
                report.one(TakeoverCount::UnknownLeft);
                continue;
            };
            let Some(here) = machines.get(&one.machine).filter(|_| (stored..=self.now).contains(&one.at)) else {
                report.one(TakeoverCount::UnknownLeft);
                continue;
            };
            if given.contains(uid) || self.known.cards.contains_key(uid) {
                report.one(TakeoverCount::UnknownLeft);
            } else if here.is_some_and(|here| self.known.unknown_cards.contains(&(uid.clone(), here))) {
                report.one(TakeoverCount::KnownUnknownCards);
            } else {
                let (first, last, times) = seen.entry((uid.clone(), one.machine)).or_insert((one.at, one.at, 0));
                (*first, *last, *times) = (one.at.min(*first), one.at.max(*last), *times + 1);
            }
        }
        self.plan.report.some(TakeoverCount::UnknownCards, u32::try_from(seen.len()).unwrap_or(u32::MAX));
        self.plan.unknown_cards = seen
            .into_iter()
            .map(|((uid, machine), (first, last, times))| (uid, machine, first, last, times))
            .collect();
    }

    /// Reports what is never imported.
    fn left(&mut self) {
        self.plan.report.some(TakeoverCount::Boards, self.foreign.boards);
    }
}
