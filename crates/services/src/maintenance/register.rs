//! Registering maintenance work, on a page or at the board.

use super::{MaintenanceError, ValidationError, machine_of};
use crate::{Ctx, decisions::load_and_evaluate};
use domain::{
    access::may_register,
    actor::{Actor, Channel, Forbidden, Permission, Proof, Target},
    boards::MachineNumber,
    cards::CardUid,
    id::{AliasId, InterventionId, MachineId, PlanId, RemarkId},
    live::ChangeEvent,
    maintenance::{AGAIN, NOTE, Urgency, WARN, progress},
    names,
    time::Millis,
};
use serde_json::json;
use store::{
    Done, StoreError, Unaudited, WriteTx,
    audit::AuditEntry,
    maintenance::{self as rows, At, NewIntervention},
    people, remarks,
};

/// Work done, to be registered.
#[derive(Debug, Clone)]
pub struct RegisterDone {
    /// The plans completed; empty for other work, described in the note.
    plans: Vec<PlanId>,
    /// The note; may be empty if there is a plan.
    note: String,
}

impl RegisterDone {
    /// The command in the fields of a form or a request, or all that is wrong with them.
    pub fn read(plans: Result<Vec<PlanId>, ValidationError>, note: &str) -> Result<Self, Vec<ValidationError>> {
        let note = names::remark(note);
        let long = (note.chars().count() > NOTE).then_some(ValidationError::Note);
        let nothing = note.is_empty() && plans.as_ref().is_ok_and(Vec::is_empty);
        let faults = [long, plans.as_ref().err().copied(), nothing.then_some(ValidationError::Nothing)];
        match plans {
            Ok(plans) if faults.iter().all(Option::is_none) => Ok(Self { plans, note }),
            _ => Err(faults.into_iter().flatten().collect()),
        }
    }

    pub fn from_form(plans: &[String], note: &str) -> Result<Self, Vec<ValidationError>> {
        let plan = |input: &String| input.trim().parse().map(PlanId).map_err(|_| ValidationError::Plan);
        Self::read(plans.iter().map(plan).collect(), note)
    }
}

/// Registers work on `machine`: each chosen plan restarts from now. Returns the first intervention. A repeated
/// submission shortly after registers nothing and returns the first one.
pub async fn register(
    ctx: &Ctx,
    actor: &Actor,
    machine: MachineId,
    done: Result<RegisterDone, Vec<ValidationError>>,
) -> Result<InterventionId, MaintenanceError> {
    let (_, kind) = machine_of(&mut *ctx.store().read().await?, actor, machine).await?;
    let about = Target::equipment(kind, Some(machine));
    let form = async { done.map_err(MaintenanceError::Invalid) };
    ctx.begin_with(actor, Permission::Maintain, about, form, async move |begun, done| {
        let RegisterDone { plans: chosen, note } = done;
        // Its type may have changed.
        let (_, kind) = machine_of(begun.tx.conn(), &begun.actor, machine).await?;
        let mut job = begun.require(Permission::Maintain, Target::equipment(kind, Some(machine)))?;
        let there = rows::counted(job.tx.conn(), Some(machine)).await?;
        if chosen.iter().any(|plan| there.iter().all(|at| at.plan != *plan)) {
            return Err(MaintenanceError::Invalid(vec![ValidationError::Plan]));
        }
        // In the order of the plans, each once, however they were sent.
        let plans: Vec<_> = there.iter().map(|at| at.plan).filter(|plan| chosen.contains(plan)).collect();
        if let Some(first) = again_of(job.tx, &job.proof, machine, &plans, &note, job.now).await? {
            return Ok(Done::unaudited(first, Unaudited::NothingChanged));
        }
        let by = job.by().await?;
        let note =
            if note.is_empty() { None } else { Some(remarks::write(job.tx, None, by, &note, job.now).await?) };
        let by = Author { alias: by, door: job.proof.channel(), replay: false, note };
        let first = keep(job.tx, machine, &plans, by, job.now).await?;
        let detail = json!({ "plans": plans });
        job.audited(first, "maintenance.registered", machine, &detail).await
    })
    .await
}

/// A recent identical registration by the same person.
async fn again_of(
    tx: &mut WriteTx,
    proof: &Proof,
    machine: MachineId,
    plans: &[PlanId],
    note: &str,
    now: Millis,
) -> Result<Option<InterventionId>, StoreError> {
    let Some(by) = proof.by() else { return Ok(None) };
    let note = Some(note).filter(|note| !note.is_empty());
    let before = rows::registered_since(tx.conn(), machine, by, note, now.before(AGAIN)).await?;
    let stored = |plan| before.iter().find(|(_, known)| *known == plan).map(|(id, _)| *id);
    let first = stored(plans.first().copied());
    Ok(first.filter(|_| plans.iter().all(|plan| stored(Some(*plan)).is_some())))
}

/// Author and channel.
#[derive(Clone, Copy)]
struct Author {
    alias: Option<AliasId>,
    door: Channel,
    replay: bool,
    note: Option<RemarkId>,
}

/// Stores one row per plan, or one for other work; returns the first.
async fn keep(
    tx: &mut WriteTx,
    machine: MachineId,
    plans: &[PlanId],
    by: Author,
    at: Millis,
) -> Result<InterventionId, StoreError> {
    let Author { alias, door, replay, note } = by;
    let after = rows::last_use(tx.conn(), machine).await?;
    let one = NewIntervention { machine, plan: None, at, by: alias, note, door, replay, after };
    let first = rows::register(tx, &NewIntervention { plan: plans.first().copied(), ..one }).await?;
    for &plan in plans.iter().skip(1) {
        rows::register(tx, &NewIntervention { plan: Some(plan), ..one }).await?;
    }
    tx.after_commit(ChangeEvent::Machine(machine));
    Ok(first)
}

/// Why a board's maintenance report is not stored.
#[derive(Debug, Clone, thiserror::Error)]
pub enum AtBoard {
    /// No machine has this number.
    #[error("no machine has this number")]
    UnknownMachine,
    /// The card's holder may not register maintenance.
    #[error("not allowed")]
    NotTheirs,
    /// Only boards report from machines.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// The storage failed: not stored, and therefore not confirmed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Registers that the holder of a card has completed everything due on the machine with number `board`, or other
/// work if nothing is due. It is on disk when this returns.
pub async fn at_board(ctx: &Ctx, board: MachineNumber, uid: CardUid, replay: bool) -> Result<(), AtBoard> {
    let now = ctx.now();
    let proof = Actor::board(board).require(Permission::SpeakForMachine, Target::NONE)?;
    ctx.store()
        .write(async move |tx| {
            let (swipe, trace) =
                load_and_evaluate(tx.conn(), board, &uid, now).await?.ok_or(AtBoard::UnknownMachine)?;
            let person = swipe.facts.person.as_ref().filter(|_| may_register(&swipe.facts, &trace));
            let person = person.ok_or(AtBoard::NotTheirs)?.id;
            let machine = swipe.bearing.machine;
            let after = rows::last_use(tx.conn(), machine).await?;
            if let Some(reported) = rows::last_reported(tx.conn(), machine).await?
                && reported.is_again(person, replay, after, now)
            {
                if replay {
                    rows::reported_again(tx, reported.id, now).await?;
                }
                return Ok(Done::unaudited((), Unaudited::NothingChanged));
            }
            let there = rows::counted(tx.conn(), Some(machine)).await?;
            let due: Vec<_> = there.iter().filter(|at| is_due(at, now)).map(|at| at.plan).collect();
            let alias = Some(people::alias(tx, person, now).await?);
            keep(tx, machine, &due, Author { alias, door: Channel::Board, replay, note: None }, now).await?;
            let detail = json!({ "plans": due, "replay": replay });
            let subject = machine;
            let entry = AuditEntry::new(&proof, alias, now, "maintenance.registered", subject, &detail);
            Ok(Done::audited((), entry))
        })
        .await
}

/// Whether it is due, regardless of the warning threshold.
pub(crate) fn is_due(at: &At, now: Millis) -> bool {
    progress(at.every, at.since, at.used, WARN, now).urgency == Urgency::Due
}
