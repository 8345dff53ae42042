//! Import from a Fab-O-Matic: its tables ([`Foreign`]), and the plan of what to write ([`plan`](fn@plan)). Its roles
//! become qualifications, its machines keep their numbers, its uses keep their hours.
//!
//! **Invariants.** Planning is a pure function. Importing the same file again writes nothing: imported things are known
//! by their id there, and what was removed here since is not restored. Hours are counted once, so no two uses of a
//! machine overlap.
//!
//! Not here: SQL, which `store` has for both databases; permissions, and the jobs that write, which `services` has.
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
