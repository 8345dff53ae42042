//! Commands to processors: adding and removing customers, queued and retried.
//!
//! Invariants: a command carries one key for all its tries, so that a try whose answer was lost is not done twice; once the
//! processor may have forgotten the key, it is asked first what an earlier try made. A removal that failed keeps the customer's
//! reference until a manager retries or cancels it: until then the customer goes on paying.

use super::{DuesError, Today, changes::changeable, own_account, own_proof, request, set_up, standing};
use crate::{Ctx, change::Job, notices};
use contract::dues::{CommandQueued, NewCustomer};
use data_encoding::HEXLOWER;
use domain::{
    actor::{Actor, Permission, Proof, Target},
    dues::{CommandKind, CommandState, DuesStatus, KEY_LIFE, Processor, Reference, Trouble, next_try},
    id::{DuesCommandId, PersonId},
    live::ChangeEvent,
    notices::Notice,
    time::Millis,
};
use serde_json::json;
use store::{
    Done, StoreError, Unaudited, WriteTx, audit,
    dues::{
        self as dues_rows,
        commands::{self as rows, CommandRow, NewCommand},
    },
};

/// Queues a command that adds `person` at a processor.
pub(super) async fn add(
    ctx: &Ctx,
    actor: &Actor,
    person: PersonId,
    new: NewCustomer,
) -> Result<CommandQueued, DuesError> {
    let chosen = set_up(ctx).and_then(|set_up| match new.processor {
        Some(processor) => set_up.account(processor).map(|account| account.processor),
        None => set_up.accounts.first().map(|account| account.processor),
    });
    let key = HEXLOWER.encode(&ctx.rng().bytes::<16>());
    ctx.change(actor, Permission::ManageDues, Target::person(person), async move |job| {
        let found = changeable(job, person).await?;
        if dues_rows::one(job.tx.conn(), person).await?.is_some() {
            return Err(DuesError::Linked);
        }
        let processor = chosen.ok_or(DuesError::NoProcessor)?;
        if found.email.is_none() {
            return Err(DuesError::NoAddress);
        }
        queue(job, person, (processor, CommandKind::Add, None), key).await
    })
    .await
}

/// Queues a command that ends the subscriptions of `person`.
pub(super) async fn remove(ctx: &Ctx, actor: &Actor, person: PersonId) -> Result<CommandQueued, DuesError> {
    let set_up = set_up(ctx);
    let key = HEXLOWER.encode(&ctx.rng().bytes::<16>());
    ctx.change(actor, Permission::ManageDues, Target::person(person), async move |job| {
        changeable(job, person).await?;
        let row = dues_rows::one(job.tx.conn(), person).await?.ok_or(DuesError::Unlinked)?;
        if row.status == DuesStatus::Ended {
            return Err(DuesError::Ended);
        }
        let processor = row.reference.processor();
        if set_up.is_none_or(|set_up| set_up.account(processor).is_none()) {
            return Err(DuesError::NoProcessor);
        }
        queue(job, person, (processor, CommandKind::Remove, Some(row.reference)), key).await
    })
    .await
}

async fn queue(
    job: &mut Job<'_>,
    person: PersonId,
    (processor, kind, reference): (Processor, CommandKind, Option<Reference>),
    key: String,
) -> Result<Done<CommandQueued>, DuesError> {
    if rows::is_waiting(job.tx.conn(), person).await? {
        return Err(DuesError::CommandWaits);
    }
    let (at, by) = (job.now, job.by().await?);
    let command = rows::queue(job.tx, &NewCommand { person, processor, kind, reference, key, at, by }).await?;
    job.tx.after_commit(ChangeEvent::Person(person));
    let detail = json!({ "command": command, "kind": kind, "processor": processor });
    job.audited(CommandQueued { command }, "dues.command-queued", person, &detail).await
}

/// `person` is about to be erased: what they pay must end, and then nobody here knows the reference any more. Part of the job that
/// erases.
pub(crate) async fn erased(
    tx: &mut WriteTx,
    proof: &Proof,
    person: PersonId,
    now: Millis,
) -> Result<(), StoreError> {
    let last = rows::last_of(tx.conn(), person).await?.filter(|last| last.state == CommandState::Waiting);
    if last.as_ref().is_some_and(|last| last.kind == CommandKind::Remove) {
        return Ok(());
    }
    if let Some(last) = last {
        rows::settle(tx, last.id, CommandState::Cancelled, None, false, now).await?;
    }
    let Some(row) = dues_rows::one(tx.conn(), person).await?.filter(|row| row.status != DuesStatus::Ended) else {
        return Ok(());
    };
    let (processor, kind) = (row.reference.processor(), CommandKind::Remove);
    let key = format!("erased-{person}-{}", now.0);
    let new = NewCommand { person, processor, kind, reference: Some(row.reference), key, at: now, by: None };
    let command = rows::queue(tx, &new).await?;
    let detail = json!({ "command": command, "kind": kind, "processor": processor });
    let entry = audit::entry(tx, proof, now, "dues.command-queued", person, &detail).await?;
    tx.followed(entry);
    Ok(())
}

/// Sends the commands to `processor` that are due, until it does not answer; returns how many were sent.
pub(super) async fn send_due(ctx: &Ctx, processor: Processor) -> Result<usize, StoreError> {
    let due = rows::due(&mut *ctx.store().read().await?, processor, ctx.now()).await?;
    let mut sent = 0;
    for command in due {
        sent += 1;
        match send(ctx, command).await? {
            Err(trouble) if trouble.is_passing() => break,
            Ok(()) | Err(_) => {}
        }
    }
    Ok(sent)
}

/// Sends one command, and records how that went.
async fn send(ctx: &Ctx, command: CommandRow) -> Result<Result<(), Trouble>, StoreError> {
    let (processor, key) = (command.processor, command.key.clone());
    let is_late = ctx.now().since(command.queued) >= KEY_LIFE;
    let answer = match (command.kind, command.reference.clone(), member(&command)) {
        (CommandKind::Add, _, Some(member)) => {
            request!(ctx, processor, Add, add(&member, &key, is_late)).map(Some)
        }
        (CommandKind::Remove, Some(reference), _) => {
            match request!(ctx, processor, Remove, remove(&reference, &key)) {
                Err(Trouble::Unknown) => Err(own_account::trouble_of_unknown(ctx, &reference).await?),
                removed => removed.map(|()| None),
            }
        }
        // Their address was taken off since, or the reference is gone.
        (CommandKind::Add, _, None) | (CommandKind::Remove, None, _) => Err(Trouble::Refused),
    };
    let person = command.person;
    let done = settle(ctx, command, answer).await?;
    if done.is_ok() {
        let _unanswered = standing::ask(ctx, person).await?;
    }
    Ok(done)
}

fn member(command: &CommandRow) -> Option<super::processors::Member> {
    let (name, email) = (command.name.clone()?, command.email.clone()?);
    Some(super::processors::Member { name, email })
}

/// Records the answer to a try of `command`, in one job.
async fn settle(
    ctx: &Ctx,
    command: CommandRow,
    answer: Result<Option<Reference>, Trouble>,
) -> Result<Result<(), Trouble>, StoreError> {
    let today = Today::of(ctx);
    let now = today.now;
    let result = answer.as_ref().map(|_| ()).map_err(|trouble| *trouble);
    ctx.store()
        .write::<_, StoreError, _>(async move |tx| {
            let CommandRow { id, person, processor, kind, queued, tries, .. } = command;
            // Another try was faster, or it was cancelled.
            if rows::one(tx.conn(), id).await?.is_none_or(|row| row.state != CommandState::Waiting) {
                return Ok(Done::unaudited(result, Unaudited::NothingChanged));
            }
            tx.after_commit(ChangeEvent::Person(person));
            match answer {
                Err(trouble) if trouble.is_passing() => {
                    dues_rows::processors::failed(tx, processor, trouble, now).await?;
                    if let Some(next) = next_try(queued, tries + 1, now) {
                        rows::failed(tx, id, trouble, now, next).await?;
                        return Ok(Done::unaudited(result, Unaudited::ProcessorHeard));
                    }
                    rows::settle(tx, id, CommandState::GaveUp, Some(trouble), true, now).await?;
                }
                // A customer who is gone is removed.
                Err(Trouble::Unknown) if kind == CommandKind::Remove => {
                    dues_rows::processors::answered(tx, processor, now).await?;
                    rows::settle(tx, id, CommandState::Done, None, true, now).await?;
                }
                Err(trouble) => {
                    dues_rows::processors::answered(tx, processor, now).await?;
                    rows::settle(tx, id, CommandState::Refused, Some(trouble), true, now).await?;
                }
                Ok(added) => {
                    dues_rows::processors::answered(tx, processor, now).await?;
                    rows::settle(tx, id, CommandState::Done, None, true, now).await?;
                    if let Some(reference) = added {
                        link_added(tx, person, &reference, today).await?;
                    }
                }
            }
            let proof = own_proof()?;
            let state = rows::one(tx.conn(), id).await?.map_or(CommandState::Done, |row| row.state);
            if matches!(state, CommandState::Refused | CommandState::GaveUp) {
                notices::notify_staff(tx, &proof, Notice::DuesCommandFailed { command: id }, now).await?;
            }
            let detail = json!({ "command": id, "kind": kind, "processor": processor, "state": state });
            let entry = audit::entry(tx, &proof, now, "dues.command-settled", person, &detail).await?;
            Ok(Done::audited(result, entry))
        })
        .await
}

/// Links the person to the customer that was made for them, unless they were linked meanwhile. Their first day counts as paid.
async fn link_added(
    tx: &mut WriteTx,
    person: PersonId,
    reference: &Reference,
    today: Today,
) -> Result<(), StoreError> {
    let is_linked = dues_rows::one(tx.conn(), person).await?.is_some();
    if is_linked || dues_rows::by_reference(tx.conn(), reference).await?.is_some() {
        return Ok(());
    }
    dues_rows::link(tx, person, reference, today.date, today.now).await
}

/// Sends a waiting command or a failed removal now.
pub(super) async fn retry(ctx: &Ctx, actor: &Actor, id: DuesCommandId) -> Result<(), DuesError> {
    let command = ctx
        .change(actor, Permission::ManageDues, Target::NONE, async move |job| {
            let row = rows::one(job.tx.conn(), id).await?.ok_or(DuesError::UnknownCommand)?;
            let is_over = row.state != CommandState::Waiting;
            if is_over && row.reference.is_some() && rows::is_waiting(job.tx.conn(), row.person).await? {
                return Err(DuesError::CommandWaits);
            }
            if !rows::retry(job.tx, id, job.now).await? {
                return Err(DuesError::Settled);
            }
            job.tx.after_commit(ChangeEvent::Person(row.person));
            let row = rows::one(job.tx.conn(), id).await?.ok_or(DuesError::UnknownCommand)?;
            let (person, detail) = (row.person, json!({ "command": id, "kind": row.kind }));
            job.audited(row, "dues.command-retried", person, &detail).await
        })
        .await?;
    let _unanswered = send(ctx, command).await?;
    Ok(())
}

/// Cancels a waiting command or a failed removal.
pub(super) async fn cancel(job: &mut Job<'_>, id: DuesCommandId) -> Result<Done<()>, DuesError> {
    let row = rows::one(job.tx.conn(), id).await?.ok_or(DuesError::UnknownCommand)?;
    if !rows::settle(job.tx, id, CommandState::Cancelled, row.trouble, false, job.now).await? {
        return Err(DuesError::Settled);
    }
    job.tx.after_commit(ChangeEvent::Person(row.person));
    let detail = json!({ "command": id, "kind": row.kind, "state": CommandState::Cancelled });
    job.audited((), "dues.command-settled", row.person, &detail).await
}
