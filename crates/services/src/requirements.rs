//! What an operation requires of its caller before anything of the request is read.
//!
//! Invariant: a caller without the permission gets the same answer for every request, well-formed or not. Not here: the check
//! inside the job, which each service makes again.

use crate::{Ctx, error::ServiceError};
use domain::{
    actor::{Actor, Forbidden, Permission, Target},
    id::{CardId, InterventionId, MachineId, PersonId, PlanId, ReportId, TypeId, UseId},
    problem::Problem,
};
use store::{SqliteConnection, StoreError, cards, machines, maintenance, problems, uses::corrections};
use text::Lang;

/// The target of a permission, found from the id in the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathTarget {
    /// The space as a whole.
    Space,
    /// Only the query or the body names it, so the permission on any target is enough.
    Anything,
    Person,
    Type,
    Machine,
    /// The machine of a reported problem.
    Problem,
    /// The type or machine of a maintenance plan.
    Plan,
    /// The machine of an intervention.
    Intervention,
    /// The machine of a use.
    Use,
    /// The holder of a card.
    Card,
}

/// One of several permissions, each with its target.
#[derive(Debug, Clone)]
pub struct Requirement {
    pub any: &'static [(Permission, PathTarget)],
    /// The problem for callers from whom the target is hidden.
    pub hidden: Option<fn(Lang) -> Problem>,
}

/// Checks all `requirements` of an operation; `id` is the first one in its path.
pub async fn check(
    ctx: &Ctx,
    actor: &Actor,
    requirements: &[Requirement],
    id: Option<i64>,
    lang: Lang,
) -> Result<(), Problem> {
    for requirement in requirements {
        let why = match refused(ctx, actor, requirement.any, id).await {
            Ok(None) => continue,
            Ok(Some(why)) => why,
            Err(error) => return Err(error.problem(lang)),
        };
        return Err(match (why, requirement.hidden) {
            (Forbidden::NotAllowed, Some(hidden)) => hidden(lang),
            _ => why.problem(lang),
        });
    }
    Ok(())
}

/// Why the actor has none of the permissions; `None` if they have one.
async fn refused(
    ctx: &Ctx,
    actor: &Actor,
    any: &[(Permission, PathTarget)],
    id: Option<i64>,
) -> Result<Option<Forbidden>, StoreError> {
    let mut refused = None;
    for &(permission, about) in any {
        let checked = if about == PathTarget::Anything {
            actor.require_anywhere(permission)
        } else {
            actor.require(permission, target(ctx, about, id).await?)
        };
        match checked {
            Ok(_) => return Ok(None),
            Err(why) if refused.is_none() || why == Forbidden::SecondFactor => refused = Some(why),
            Err(_) => {}
        }
    }
    Ok(refused)
}

/// The target; nothing in particular if it does not exist.
async fn target(ctx: &Ctx, about: PathTarget, id: Option<i64>) -> Result<Target, StoreError> {
    let Some(id) = id else { return Ok(Target::NONE) };
    match about {
        PathTarget::Space | PathTarget::Anything => Ok(Target::NONE),
        PathTarget::Person => Ok(Target::person(PersonId(id))),
        PathTarget::Type => Ok(Target::equipment(TypeId(id), None)),
        PathTarget::Machine
        | PathTarget::Problem
        | PathTarget::Plan
        | PathTarget::Intervention
        | PathTarget::Use
        | PathTarget::Card => stored(&mut *ctx.store().read().await?, about, id).await,
    }
}

async fn stored(conn: &mut SqliteConnection, about: PathTarget, id: i64) -> Result<Target, StoreError> {
    let machine = match about {
        PathTarget::Machine => return of_machine(conn, MachineId(id)).await,
        PathTarget::Card => {
            let card = cards::one(conn, CardId(id)).await?;
            return Ok(card.map_or(Target::NONE, |card| Target::person(card.person)));
        }
        PathTarget::Plan => {
            return match maintenance::one(conn, PlanId(id)).await?.map(|plan| plan.of.sides()) {
                None => Ok(Target::NONE),
                Some((_, Some(machine))) => of_machine(conn, machine).await,
                Some((kind, None)) => Ok(Target { kind, ..Target::NONE }),
            };
        }
        PathTarget::Problem => problems::one(conn, ReportId(id)).await?.map(|row| (row.machine, row.kind)),
        PathTarget::Intervention => maintenance::machine_of(conn, InterventionId(id)).await?,
        PathTarget::Use => corrections::one(conn, UseId(id)).await?.map(|row| (row.machine, row.kind)),
        PathTarget::Space | PathTarget::Anything | PathTarget::Person | PathTarget::Type => None,
    };
    Ok(machine.map_or(Target::NONE, |(machine, kind)| Target::equipment(kind, Some(machine))))
}

async fn of_machine(conn: &mut SqliteConnection, machine: MachineId) -> Result<Target, StoreError> {
    let row = machines::one(conn, machine).await?;
    Ok(row.map_or(Target::NONE, |row| Target::equipment(row.kind, Some(machine))))
}
