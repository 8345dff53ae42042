//! Blocks: placed and lifted by those who look after a machine, or by a problem that makes it unsafe.

use super::{Field, ProblemsError, read, rows};
use crate::{Ctx, change::Job, requests};
use contract::problems::Block;
use domain::{
    actor::{Actor, Permission, Target},
    events::DomainEvent,
    id::{BlockId, MachineId, RemarkId, ReportId},
    live::ChangeEvent,
    notices::Notice,
    requests::Cause,
};
use serde_json::json;
use store::{
    SqliteConnection, StoreError,
    audit::AuditEntry,
    machines::{self, NewBlock},
    remarks,
    requests::{kind_of, running_at},
};

pub(super) fn to_view(ctx: &Ctx, named: bool, block: machines::Block) -> Block {
    Block {
        id: block.id,
        since: ctx.moment(block.since),
        by: block.by.filter(|_| named),
        because: block.because,
        at_once: block.at_once,
        report: block.report,
    }
}

/// The blocks of `machine`.
pub async fn blocked(ctx: &Ctx, actor: &Actor, machine: MachineId) -> Result<Block, ProblemsError> {
    actor.require(Permission::SeeProblems, Target::NONE)?;
    let mut snapshot = ctx.store().snapshot().await?;
    let kind = kind_of(&mut snapshot, machine).await?.ok_or(ProblemsError::UnknownMachine)?;
    let named = super::reads_names(actor, Target::equipment(kind, Some(machine)));
    let block = machines::blocked(&mut snapshot, machine).await?.ok_or(ProblemsError::UnknownBlock)?;
    Ok(to_view(ctx, named, block))
}

/// The machine as far as it matters for who cares for it.
async fn machine_of(
    conn: &mut SqliteConnection,
    actor: &Actor,
    machine: MachineId,
) -> Result<Target, ProblemsError> {
    actor.require(Permission::SeeProblems, Target::NONE)?;
    let kind = kind_of(conn, machine).await?.ok_or(ProblemsError::UnknownMachine)?;
    Ok(Target::equipment(kind, Some(machine)))
}

/// Blocks `machine` with the reason `because` once it is idle, or immediately with `at_once`.
pub async fn block(
    ctx: &Ctx,
    actor: &Actor,
    machine: MachineId,
    because: &str,
    at_once: bool,
) -> Result<BlockId, ProblemsError> {
    let about = machine_of(&mut *ctx.store().read().await?, actor, machine).await?;
    let form = async { read(Field::Because, because).map_err(|fault| ProblemsError::Invalid(vec![fault])) };
    ctx.begin_with(actor, Permission::CareFor, about, form, async move |begun, because| {
        let about = machine_of(begun.tx.conn(), &begun.actor, machine).await?;
        let mut job = begun.require(Permission::CareFor, about)?;
        let by = job.by().await?;
        let because = Some(remarks::write(job.tx, None, by, because.as_str(), job.now).await?);
        let new = NewBlock { machine, by, because, at_once, report: None, at: job.now };
        let block = machines::block(job.tx, &new).await.map_err(|error| match error {
            StoreError::Unique(_) => ProblemsError::Blocked,
            error => error.into(),
        })?;
        if at_once {
            end_use(&mut job, machine).await?;
        }
        job.tx.after_commit(ChangeEvent::Machine(machine));
        job.notify_staff(Notice::Blocked { block, machine }).await?;
        job.emit(DomainEvent::MachineBlocked { machine, block }).await?;
        let detail = json!({ "block": block, "at_once": at_once });
        let subject = machine;
        job.audited(block, "machine.blocked", subject, &detail).await
    })
    .await
}

/// Lifts a block that is in force.
pub async fn lift(ctx: &Ctx, actor: &Actor, block: BlockId) -> Result<(), ProblemsError> {
    actor.require(Permission::SeeProblems, Target::NONE)?;
    let there = machines::block_of(&mut *ctx.store().read().await?, block).await?;
    let (machine, kind, _) = there.ok_or(ProblemsError::UnknownBlock)?;
    let about = Target::equipment(kind, Some(machine));
    ctx.change(actor, Permission::CareFor, about, async move |job| {
        let (_, _, in_force) =
            machines::block_of(job.tx.conn(), block).await?.ok_or(ProblemsError::UnknownBlock)?;
        if !in_force {
            return Err(ProblemsError::Lifted);
        }
        let by = job.by().await?;
        machines::lift(job.tx, block, by, job.now).await?;
        job.tx.after_commit(ChangeEvent::Machine(machine));
        job.notify_staff(Notice::Free { block, machine }).await?;
        job.emit(DomainEvent::BlockLifted { machine, block }).await?;
        let subject = machine;
        job.audited((), "machine.freed", subject, &json!({ "block": block })).await
    })
    .await
}

/// Whether caretakers were already notified that `machine` is unsafe: it is blocked at once and was reported as
/// unsafe during that block. A report from before a lifted block does not count.
pub(super) async fn is_unsafe_already(job: &mut Job<'_>, machine: MachineId) -> Result<bool, StoreError> {
    match machines::blocked(job.tx.conn(), machine).await? {
        Some(block) if block.at_once => rows::is_unsafe_since(job.tx.conn(), machine, block.since).await,
        Some(_) | None => Ok(false),
    }
}

/// Blocks `machine` immediately because of `report`, and logs its user out.
pub(super) async fn unsafe_now(
    job: &mut Job<'_>,
    machine: MachineId,
    report: ReportId,
    words: RemarkId,
) -> Result<(), StoreError> {
    match machines::blocked(job.tx.conn(), machine).await? {
        None => {
            let (by, at) = (job.by().await?, job.now);
            let new = NewBlock { machine, by, because: Some(words), at_once: true, report: Some(report), at };
            let block = machines::block(job.tx, &new).await?;
            let detail = json!({ "block": block, "problem": report, "at_once": true });
            follow(job, machine, "machine.blocked", &detail).await?;
            job.emit(DomainEvent::MachineBlocked { machine, block }).await?;
        }
        Some(block) if !block.at_once => machines::block_at_once(job.tx, block.id).await?,
        Some(_) => {}
    }
    end_use(job, machine).await
}

async fn end_use(job: &mut Job<'_>, machine: MachineId) -> Result<(), StoreError> {
    match running_at(job.tx.conn(), machine).await? {
        Some(running) => requests::ask_to_stop(job.tx, &job.proof, &running, Cause::Unsafe, job.now).await,
        None => Ok(()),
    }
}

/// `report` is resolved: its block is lifted, or stays because of another report.
pub(super) async fn resolved(job: &mut Job<'_>, machine: MachineId, report: ReportId) -> Result<(), StoreError> {
    let block = machines::blocked(job.tx.conn(), machine).await?;
    let Some(block) = block.filter(|block| block.report == Some(report)) else { return Ok(()) };
    if let Some((other, words)) = rows::still_unsafe(job.tx.conn(), machine).await? {
        return machines::block_because(job.tx, block.id, other, words).await;
    }
    let by = job.by().await?;
    machines::lift(job.tx, block.id, by, job.now).await?;
    job.notify_staff(Notice::Free { block: block.id, machine }).await?;
    job.emit(DomainEvent::BlockLifted { machine, block: block.id }).await?;
    let detail = json!({ "block": block.id, "problem": report });
    follow(job, machine, "machine.freed", &detail).await
}

/// Audits the effects of a change after the change itself.
async fn follow(
    job: &mut Job<'_>,
    machine: MachineId,
    action: &'static str,
    detail: &serde_json::Value,
) -> Result<(), StoreError> {
    let by = job.by().await?;
    let entry = AuditEntry::new(&job.proof, by, job.now, action, machine, detail);
    job.tx.followed(entry);
    Ok(())
}
