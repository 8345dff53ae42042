//! Events that processors send: verified, queued, and answered before anything else happens.
//!
//! Invariant: an event is a reason to ask the processor, whatever it says and in whatever order it comes; one that came before is
//! recognised by its id.

use super::{
    processors::{self, Event, EventSubject, MOST_BYTES},
    request, set_up,
};
use crate::Ctx;
use domain::{
    dues::{Processor, Trouble},
    time::{DAY, Millis},
};
use std::time::Duration;
use store::{Done, StoreError, Unaudited, WriteTx, dues as rows};

/// An event that cannot be looked up waits for so long, which is longer than a processor that does not answer is left alone.
const PUT_OFF: Duration = Duration::from_hours(1);
/// How long ids of events are remembered, in days: longer than any processor sends one again.
const REMEMBERED: u32 = 90;

/// What becomes of a message from a processor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageOutcome {
    Queued,
    /// This server has no account at that processor.
    NotSetUp,
    /// It is not signed with a secret of the account, or cannot be read. Nothing was changed.
    Refused,
}

/// What becomes of a message of `processor` whatever its body is; `None` if that decides. Long bodies are not read before.
pub fn refused(ctx: &Ctx, processor: Processor, signature: &str) -> Option<MessageOutcome> {
    let is_set_up = set_up(ctx).is_some_and(|set_up| set_up.account(processor).is_some());
    if !is_set_up {
        return Some(MessageOutcome::NotSetUp);
    }
    (!processors::may_be_signed(processor, signature, ctx.now())).then_some(MessageOutcome::Refused)
}

/// Takes a message of `processor`, with the signature from its header, and queues its events.
pub async fn receive(
    ctx: &Ctx,
    processor: Processor,
    signature: &str,
    body: &[u8],
) -> Result<MessageOutcome, StoreError> {
    let Some(set_up) = set_up(ctx) else { return Ok(MessageOutcome::NotSetUp) };
    let Some(account) = set_up.account(processor) else { return Ok(MessageOutcome::NotSetUp) };
    let now = ctx.now();
    if body.len() > MOST_BYTES || !processors::is_signed(account, signature, body, now) {
        return Ok(MessageOutcome::Refused);
    }
    let Some(events) = processors::events(processor, body) else { return Ok(MessageOutcome::Refused) };
    ctx.store()
        .write::<_, StoreError, _>(async move |tx| {
            rows::processors::heard(tx, processor, now).await?;
            for event in events {
                queue(tx, processor, event, now).await?;
            }
            Ok(Done::unaudited(MessageOutcome::Queued, Unaudited::ProcessorHeard))
        })
        .await
}

async fn queue(tx: &mut WriteTx, processor: Processor, event: Event, now: Millis) -> Result<(), StoreError> {
    let Event { id, about } = event;
    let resource = if let EventSubject::Resource(resource) = &about { Some(resource.as_str()) } else { None };
    let is_new = rows::events::record(tx, processor, &id, resource, now).await?;
    if let (true, EventSubject::Customer(customer)) = (is_new, about) {
        rows::ask(tx, &customer, now).await?;
    }
    Ok(())
}

/// Looks up whom events are about, and has them asked about; returns how many.
pub(super) async fn look_up(ctx: &Ctx, processor: Processor) -> Result<usize, StoreError> {
    let now = ctx.now();
    let open = rows::events::open(&mut *ctx.store().read().await?, processor, now).await?;
    let mut done = 0;
    for event in open {
        let resource = event.resource;
        let customer = match request!(ctx, processor, Event, customer_of(&resource)) {
            Ok(customer) => customer,
            Err(trouble) if trouble.is_passing() => {
                let failed = ctx.store().write::<_, StoreError, _>(async move |tx| {
                    // Perhaps only this one is not given: the others come first next time.
                    if trouble != Trouble::NoAnswer {
                        rows::events::put_off(tx, processor, &event.event, now.after(PUT_OFF)).await?;
                    }
                    if !trouble.is_of_one() {
                        rows::processors::failed(tx, processor, trouble, now).await?;
                    }
                    Ok(Done::unaudited((), Unaudited::ProcessorHeard))
                });
                failed.await?;
                if trouble.is_of_one() {
                    continue;
                }
                break;
            }
            Err(_) => None,
        };
        let settled = ctx.store().write::<_, StoreError, _>(async move |tx| {
            rows::processors::answered(tx, processor, now).await?;
            rows::events::settle(tx, processor, &event.event).await?;
            if let Some(customer) = &customer {
                rows::ask(tx, customer, now).await?;
            }
            Ok(Done::unaudited((), Unaudited::ProcessorHeard))
        });
        settled.await?;
        done += 1;
    }
    Ok(done)
}

/// Forgets the ids of old events. Part of the nightly comparison.
pub(super) async fn forget(tx: &mut WriteTx, now: Millis) -> Result<(), StoreError> {
    rows::events::forget(tx, now.before(DAY * REMEMBERED)).await
}
