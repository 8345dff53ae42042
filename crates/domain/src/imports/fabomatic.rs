//! The report of an import from a Fab-O-Matic: what was added, already there, changed or left out, and why a file
//! is refused.
//!
//! **Invariant.** It contains no passwords and no card numbers. Not here: the tables of a Fab-O-Matic and the plan
//! (crate `takeover`).
//!
//! The report is in this crate because pages and messages show it.

use crate::string_enum::string_enum;
use serde::{Deserialize, Serialize};

/// Limit of bytes of an uploaded file.
pub const BYTES: usize = 64_000_000;

string_enum! {
    /// Why a file is refused.
    Refused {
        /// It is larger than [`BYTES`].
        Large = "large",
        Empty = "empty",
        /// It is some other file.
        NoDatabase = "no-database",
        /// Pages are missing or do not fit together.
        Damaged = "damaged",
        Foreign = "foreign",
        /// It holds more than tables: something in it would run when it is read.
        Active = "active",
        /// Its tables are too long, or reading them takes too long.
        Long = "long",
        /// A newer release wrote it.
        Newer = "newer",
        /// A value does not fit its column.
        Row = "row",
        /// There was no space to store it while reading.
        Room = "room",
        /// Its uses are others than those that were taken before.
        Another = "another",
    }
}

string_enum! {
    /// A kind of row with its own ids there and here.
    Thing {
        /// A type of machine.
        Type = "type",
        Machine = "machine",
        /// A user, who is a person here.
        Person = "person",
        Use = "use",
        Plan = "plan",
        /// Something that was done to a machine.
        Intervention = "intervention",
    }
}

string_enum! {
    /// The counts in an import report, in order.
    TakeoverCount {
        People = "people",
        /// Of them, previously disabled.
        Suspended = "suspended",
        /// Of them, managers and administrators.
        Administrators = "administrators",
        Cards = "cards",
        Types = "types",
        /// Of them, open to every member.
        OpenTypes = "open-types",
        Machines = "machines",
        Blocked = "blocked",
        RoleGrants = "role-grants",
        /// Grants on single machines.
        MachineGrants = "machine-grants",
        Uses = "uses",
        Plans = "plans",
        /// Maintenance work.
        Interventions = "interventions",
        UnknownCards = "unknown-cards",

        /// People here with the same address or card.
        SamePeople = "same-people",
        /// Machines here with the same number.
        SameMachines = "same-machines",
        /// Types here with the same name.
        SameTypes = "same-types",
        KnownPeople = "known-people",
        KnownMachines = "known-machines",
        KnownTypes = "known-types",
        KnownUses = "known-uses",
        KnownPlans = "known-plans",
        KnownInterventions = "known-interventions",
        /// Taken before, or seen here since.
        KnownUnknownCards = "known-unknown-cards",
        /// Granted here before, or decided otherwise since.
        KnownGrants = "known-grants",

        /// Numbers of cards that stood there in capitals.
        Capitals = "capitals",
        /// Names that were empty or too long.
        Names = "names",
        EmailUnfit = "email-unfit",
        /// Addresses that another has.
        EmailShared = "email-shared",
        /// Users whose role is missing.
        RoleMissing = "role-missing",
        /// Machines without a type, or of one that is missing.
        TypeMissing = "type-missing",
        /// Types named like a built-in one.
        TypeRenamed = "type-renamed",
        /// Times that fit no board.
        Times = "times",
        /// Machines whose number fits no board topic.
        NumberUnfit = "number-unfit",
        /// Machines that show other hours than their uses amount to.
        Hours = "hours",
        /// Uses that were never ended.
        UsesClosed = "uses-closed",
        /// Uses that overlapped the next.
        UsesShortened = "uses-shortened",
        /// Uses of people who were not imported.
        UsesNameless = "uses-nameless",
        /// Maintenance plans with missing or overlong text.
        PlanWords = "plan-words",
        /// Maintenance plans by parts of an hour.
        PlanHours = "plan-hours",
        /// Maintenance plans with a text that is too long for a display.
        PlanDisplay = "plan-display",
        /// Maintenance plans whose instructions are no link.
        PlanManual = "plan-manual",
        /// Interventions of people who were not imported.
        InterventionsNameless = "interventions-nameless",

        Passwords = "passwords",
        Nobody = "nobody",
        /// Users that were deleted there.
        Deleted = "deleted",
        /// People who left or were erased here since.
        Gone = "gone",
        /// People who are disabled there and active here.
        DisabledThere = "disabled-there",
        /// Grants for inactive people.
        KeptOut = "kept-out",
        /// Invalid card numbers.
        CardUnfit = "card-unfit",
        /// Cards that belong to other people here.
        CardTaken = "card-taken",
        /// Authorisations of people who were not imported, or on a missing machine.
        Authorizations = "authorizations",
        /// Uses of a machine that is missing.
        UsesOrphan = "uses-orphan",
        /// Uses that go on.
        UsesRunning = "uses-running",
        /// Uses that ended before they began, or will.
        UsesBackwards = "uses-backwards",
        /// Uses that are longer than any can be, or than a day with others in them.
        UsesLong = "uses-long",
        /// Uses that overlap another on the same machine.
        UsesInside = "uses-inside",
        /// Unknown cards seen too long ago, invalid, or assigned.
        UnknownLeft = "unknown-left",
        /// Maintenance plans for a machine that is missing.
        PlansOrphan = "plans-orphan",
        /// Maintenance plans that are due after no time, or never.
        PlansHours = "plans-hours",
        /// Interventions on a machine, or by a plan, that is missing or was left.
        InterventionsOrphan = "interventions-orphan",
        /// Interventions at no time, or that will be.
        InterventionsTimes = "interventions-times",
        Boards = "boards",
    }
}

string_enum! {
    /// The sections of the report.
    Part {
        Taken = "taken",
        Known = "known",
        /// Imported with changes.
        Changed = "changed",
        Left = "left",
    }
}

impl TakeoverCount {
    /// The section of a count.
    #[must_use]
    pub fn part(self) -> Part {
        match self {
            outcome if outcome < Self::SamePeople => Part::Taken,
            outcome if outcome < Self::Capitals => Part::Known,
            outcome if outcome < Self::Passwords => Part::Changed,
            _ => Part::Left,
        }
    }
}

/// Limit of names listed next to a number.
pub const NAMED: usize = 5;

/// One line of the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub kind: TakeoverCount,
    pub count: u32,
    pub named: Vec<String>,
}

/// The report of an import.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report(Vec<Line>);

impl Report {
    /// The lines, in their order.
    #[must_use]
    pub fn lines(&self) -> &[Line] {
        &self.0
    }

    /// The count for this line.
    #[must_use]
    pub fn count(&self, outcome: TakeoverCount) -> u32 {
        self.0.iter().find(|line| line.kind == outcome).map_or(0, |line| line.count)
    }

    /// Adds to a line; nothing for 0.
    pub fn some(&mut self, outcome: TakeoverCount, count: u32) {
        if count > 0 {
            self.line(outcome).count += count;
        }
    }

    /// Records that this many planned uses were skipped because their machine was in use here at that time.
    pub fn found_inside(&mut self, uses: u32) {
        self.some(TakeoverCount::UsesInside, uses);
        if let Ok(at) = self.0.binary_search_by_key(&TakeoverCount::Uses, |line| line.kind) {
            self.0[at].count = self.0[at].count.saturating_sub(uses);
            self.0.retain(|line| line.count > 0);
        }
    }

    /// Adds one to a line.
    pub fn one(&mut self, outcome: TakeoverCount) {
        self.some(outcome, 1);
    }

    /// Adds one to a line, by name while there are few.
    pub fn named(&mut self, outcome: TakeoverCount, name: &str) {
        let line = self.line(outcome);
        line.count += 1;
        if line.named.len() < NAMED {
            line.named.push(name.to_owned());
        }
    }

    fn line(&mut self, outcome: TakeoverCount) -> &mut Line {
        let at = match self.0.binary_search_by_key(&outcome, |line| line.kind) {
            Ok(at) => at,
            Err(at) => {
                self.0.insert(at, Line { kind: outcome, count: 0, named: Vec::new() });
                at
            }
        };
        &mut self.0[at]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_takeover_count_has_its_part() {
        assert_eq!(TakeoverCount::UnknownCards.part(), Part::Taken);
        assert_eq!(
            (TakeoverCount::SamePeople.part(), TakeoverCount::KnownGrants.part()),
            (Part::Known, Part::Known)
        );
        assert_eq!(
            (TakeoverCount::Capitals.part(), TakeoverCount::UsesNameless.part()),
            (Part::Changed, Part::Changed)
        );
        assert_eq!((TakeoverCount::Passwords.part(), TakeoverCount::Boards.part()), (Part::Left, Part::Left));
    }
}
