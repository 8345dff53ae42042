//! Taking over a Fab-O-Matic: its tables ([`Foreign`]), and what of them is to be written here ([`plan`](fn@plan)). Its roles
//! become qualifications, its machines keep their numbers, its uses keep their hours.
//!
//! **Invariants.** Planning is a pure function. The same file is taken over once: what was taken is known by the number it
//! had there, and what somebody here took away since is not given back. Hours are counted once, so no two uses of a machine
//! overlap.
//!
//! Deliberately absent: SQL, which `store` has for both databases; who may take over, and the jobs that write, which
//! `services` has.
//!
//! `store` reads both databases into this crate's types; `services` asks for the plan and writes it.

mod foreign;
mod known;
mod maintenance;
mod plan;
#[cfg(test)]
mod tests;
mod uses;

pub use foreign::{
    Foreign, ForeignCard, ForeignIntervention, ForeignMachine, ForeignPlan, ForeignRole, ForeignType,
    ForeignUnknown, ForeignUse, ForeignUser, REVISIONS,
};
pub use known::{ExistingRecords, Stored};
pub use maintenance::{PlannedIntervention, PlannedPlan, Total};
pub use plan::{On, Plan, PlannedGrant, PlannedMachine, PlannedPerson, PlannedType, beginning, plan};
pub use uses::{PlannedUse, contradicting};
