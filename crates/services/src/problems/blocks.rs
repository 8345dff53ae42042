//! Blocks: placed and lifted by those who care for a machine, or by a problem that makes it unsafe.

use super::{Field, ProblemsError, read, rows};
use crate::{Ctx, authz::recheck, requests};
use domain::{
    actor::{About, Actor, Permission, Proof},
    id::{BlockId, MachineId, RemarkId, ReportId},
    live::Hint,
    requests::Cause,
    time::Millis,
};
use serde_json::json;
use store::{
    Done, SqliteConnection, StoreError, WriteTx,
    audit::{self, AuditEntry},
    machines::{self, NewBlock},
    people, remarks,
    requests::{kind_of, running_at},
};
use views::problems::Block;

pub(super) fn shown(ctx: &Ctx, named: bool, block: machines::Block) -> Block {
    Block {
        id: block.id,
        since: ctx.moment(block.since),
        by: block.by.filter(|_| named),
        because: block.because,
        at_once: block.at_once,
        report: block.report,
    }
}

/// What keeps `machine` from being used.
pub async fn blocked(ctx: &Ctx, actor: &Actor, machine: MachineId) -> Result<Block, ProblemsError> {
    actor.require(Permission::SeeProblems, About::NOTHING)?;
    let mut snapshot = ctx.store().snapshot().await?;
    let kind = kind_of(&mut snapshot, machine).await?.ok_or(ProblemsError::UnknownMachine)?;
    let named = super::reads_names(actor, About::equipment(kind, Some(machine)));
    let block = machines::blocked(&mut snapshot, machine).await?.ok_or(ProblemsError::UnknownBlock)?;
    Ok(shown(ctx, named, block))
}

/// The machine as far as it matters for who cares for it.
async fn machine_of(
    conn: &mut SqliteConnection,
    actor: &Actor,
    machine: MachineId,
) -> Result<About, ProblemsError> {
    actor.require(Permission::SeeProblems, About::NOTHING)?;
    let kind = kind_of(conn, machine).await?.ok_or(ProblemsError::UnknownMachine)?;
    Ok(About::equipment(kind, Some(machine)))
}

/// Keeps everybody from `machine` because of `because`, as soon as nobody is on it; with `at_once`, now.
pub async fn block(
    ctx: &Ctx,
    actor: &Actor,
    machine: MachineId,
    because: &str,
    at_once: bool,
) -> Result<BlockId, ProblemsError> {
    let about = machine_of(&mut *ctx.store().read().await?, actor, machine).await?;
    actor.require(Permission::CareFor, about)?;
    let because = read(Field::Because, because).map_err(|flaw| ProblemsError::Invalid(vec![flaw]))?;
    let (now, actor) = (ctx.now(), actor.clone());
    ctx.store()
        .write(async move |tx| {
            let about = machine_of(tx.conn(), &actor, machine).await?;
            let (_, proof) = recheck::<ProblemsError>(tx, &actor, Permission::CareFor, about, now).await?;
            let by = people::alias_of(tx, &proof, now).await?;
            let because = Some(remarks::write(tx, None, by, &because, now).await?);
            let new = NewBlock { machine, by, because, at_once, report: None, at: now };
            let block = machines::block(tx, &new).await.map_err(|error| match error {
                StoreError::Taken(_) => ProblemsError::Blocked,
                error => error.into(),
            })?;
            if at_once {
                end_use(tx, &proof, machine, now).await?;
            }
            tx.after_commit(Hint::Machine(machine));
            let detail = json!({ "block": block, "at_once": at_once });
            let subject = format!("machine:{machine}");
            let entry = audit::entry(tx, &proof, now, "machine.blocked", subject, &detail).await?;
            Ok(Done::audited(block, entry))
        })
        .await
}

/// Lifts a block that is in force.
pub async fn lift(ctx: &Ctx, actor: &Actor, block: BlockId) -> Result<(), ProblemsError> {
    actor.require(Permission::SeeProblems, About::NOTHING)?;
    let there = machines::block_of(&mut *ctx.store().read().await?, block).await?;
    let (machine, kind, _) = there.ok_or(ProblemsError::UnknownBlock)?;
    let about = About::equipment(kind, Some(machine));
    actor.require(Permission::CareFor, about)?;
    let (now, actor) = (ctx.now(), actor.clone());
    ctx.store()
        .write(async move |tx| {
            let (_, proof) = recheck::<ProblemsError>(tx, &actor, Permission::CareFor, about, now).await?;
            let (_, _, in_force) =
                machines::block_of(tx.conn(), block).await?.ok_or(ProblemsError::UnknownBlock)?;
            if !in_force {
                return Err(ProblemsError::Lifted);
            }
            let by = people::alias_of(tx, &proof, now).await?;
            machines::lift(tx, block, by, now).await?;
            tx.after_commit(Hint::Machine(machine));
            let subject = format!("machine:{machine}");
            let entry =
                audit::entry(tx, &proof, now, "machine.freed", subject, &json!({ "block": block })).await?;
            Ok(Done::audited((), entry))
        })
        .await
}

/// `machine` is unsafe because of `report`: nobody may use it from now on, and who is on it is to log out.
pub(super) async fn unsafe_now(
    tx: &mut WriteTx,
    proof: &Proof,
    machine: MachineId,
    report: ReportId,
    words: RemarkId,
    now: Millis,
) -> Result<(), StoreError> {
    match machines::blocked(tx.conn(), machine).await? {
        None => {
            let by = people::alias_of(tx, proof, now).await?;
            let new = NewBlock { machine, by, because: Some(words), at_once: true, report: Some(report), at: now };
            let block = machines::block(tx, &new).await?;
            let detail = json!({ "block": block, "problem": report, "at_once": true });
            follow(tx, proof, machine, now, "machine.blocked", &detail).await?;
        }
        Some(block) if !block.at_once => machines::block_at_once(tx, block.id).await?,
        Some(_) => {}
    }
    end_use(tx, proof, machine, now).await
}

async fn end_use(tx: &mut WriteTx, proof: &Proof, machine: MachineId, now: Millis) -> Result<(), StoreError> {
    match running_at(tx.conn(), machine).await? {
        Some(running) => requests::ask_to_stop(tx, proof, &running, Cause::Unsafe, now).await,
        None => Ok(()),
    }
}

/// `report` is resolved: the block that came from it goes, or stays because of another one.
pub(super) async fn resolved(
    tx: &mut WriteTx,
    proof: &Proof,
    machine: MachineId,
    report: ReportId,
    now: Millis,
) -> Result<(), StoreError> {
    let block = machines::blocked(tx.conn(), machine).await?;
    let Some(block) = block.filter(|block| block.report == Some(report)) else { return Ok(()) };
    if let Some((other, words)) = rows::still_unsafe(tx.conn(), machine).await? {
        return machines::block_because(tx, block.id, other, words).await;
    }
    let by = people::alias_of(tx, proof, now).await?;
    machines::lift(tx, block.id, by, now).await?;
    let detail = json!({ "block": block.id, "problem": report });
    follow(tx, proof, machine, now, "machine.freed", &detail).await
}

/// Records what followed from a change, behind the change's own entry.
async fn follow(
    tx: &mut WriteTx,
    proof: &Proof,
    machine: MachineId,
    now: Millis,
    action: &'static str,
    detail: &serde_json::Value,
) -> Result<(), StoreError> {
    let by = people::alias_of(tx, proof, now).await?;
    tx.followed(AuditEntry::new(proof, by, now, action, format!("machine:{machine}"), detail));
    Ok(())
}
