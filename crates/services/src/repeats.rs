//! Idempotency keys: a program that repeats a request with its key gets the first outcome, not a second one.
//!
//! **Invariants.** Of two simultaneous requests under one key, one runs and the other is asked to wait. The
//! outcome is stored in the job of the request, so a client that repeats it after a crash learns the outcome, and
//! may retry if there is none. A row holds the key's owner, a salted hash of the request, and the id and state of
//! the outcome; nothing that a user wrote. Not here: the answer itself. A repeated request gets the id
//! and reads the result there; a secret is shown once.

use crate::{Ctx, shared::Shared};
use contract::{cards::Sorted, for_each_noun, operation::Operation};
use domain::{
    actor::{Actor, Forbidden},
    bookings,
    cards::claims::ClaimOutcome,
    id::{self, BookingId, CardId, ClaimId, PersonId},
    time::HOUR,
};
use macros::ServiceError;
use sha2::{Digest, Sha256};
use std::{any::Any, collections::HashSet, ops::RangeInclusive, sync::Arc, time::Duration};
use store::{Done, StoreError, Unaudited, WriteTx, repeats};

/// How long a key is remembered.
const REMEMBERED: Duration = Duration::from_hours(24);
/// The id for an outcome without one.
pub const NOTHING: i64 = 0;
/// Characters of a key.
const KEY: RangeInclusive<usize> = 1..=255;

/// Why a request under a key is not done.
#[derive(Debug, Clone, ServiceError)]
pub enum RepeatsError {
    #[problem("idempotency.key", Invalid, at("Idempotency-Key", repeat_key_form))]
    NoKey,
    /// Something else was asked under this key.
    #[problem("idempotency.other-request", Invalid, at("Idempotency-Key", repeat_other_request))]
    OtherRequest,
    /// It is being done.
    #[problem("idempotency.under-way", Conflict, repeat_under_way, after = 1)]
    UnderWay,
    /// Anonymous callers cannot repeat requests.
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

/// The state of a request under a key.
#[derive(Debug)]
pub enum Turn {
    /// It is new, and is to be done.
    First(Arc<Ticket>),
    Again(Outcome),
}

/// The outcome of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The id of the created thing, or 0 if it has none.
    pub id: i64,
    /// Its state then, if it has one.
    pub state: Option<String>,
}

impl Outcome {
    /// An outcome with only an id.
    const fn plain(id: i64) -> Self {
        Self { id, state: None }
    }

    /// The outcome of a job that returns `value`, if known.
    fn of(value: &dyn Any) -> Option<Self> {
        let number = id::number_in(value)
            .or_else(|| value.downcast_ref::<(ClaimId, ClaimOutcome)>().map(|(claim, _)| claim.0))
            .or_else(|| value.downcast_ref::<(CardId, String)>().map(|(card, _)| card.0));
        macro_rules! declared {
            ($operations:ty) => {
                if let Some(id) = <$operations as Rows>::made(value) {
                    return Some(Self::plain(id));
                }
            };
        }
        for_each_noun!(declared);
        let given = || match value.downcast_ref::<Sorted>() {
            Some(Sorted::Given { card, .. }) => Some(Self::plain(card.0)),
            _ => None,
        };
        let booked = || {
            let (booking, state) = value.downcast_ref::<(BookingId, bookings::State)>()?;
            Some(Self { id: booking.0, state: Some(state.as_str().to_owned()) })
        };
        number.map(Self::plain).or_else(given).or_else(booked)
    }
}

/// The operations of a noun, to find the one whose answer a job returned.
trait Rows {
    fn made(answer: &dyn Any) -> Option<i64>;
}

impl Rows for () {
    fn made(_: &dyn Any) -> Option<i64> {
        None
    }
}

impl<O: Operation, Rest: Rows> Rows for (O, Rest) {
    fn made(answer: &dyn Any) -> Option<i64> {
        answer.downcast_ref::<O::Answer>().and_then(O::made).or_else(|| Rest::made(answer))
    }
}

/// The caller, and the digest of their key.
type Key = (PersonId, [u8; 32]);

/// The requests with a key that this process is handling: those of an earlier process were cut off.
#[derive(Debug, Clone, Default)]
pub(crate) struct UnderWay(Arc<Shared<HashSet<Key>>>);

/// Returned when the outcome is known; until then, or until it is dropped, nobody else may run the request.
#[must_use]
#[derive(Debug)]
pub struct Ticket {
    person: PersonId,
    key: [u8; 32],
    /// Something is made that has an id.
    makes: bool,
    under_way: UnderWay,
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.under_way.0.lock().remove(&(self.person, self.key));
    }
}

tokio::task_local! {
    /// The ticket of the request in this task.
    static TICKET: Arc<Ticket>;
}

/// Runs `work` under `ticket`: its outcome is stored in the same job.
pub async fn under<T>(ticket: Arc<Ticket>, work: impl Future<Output = T>) -> T {
    TICKET.scope(ticket, work).await
}

/// The ticket that this task does something under.
pub(crate) fn ticket() -> Option<Arc<Ticket>> {
    TICKET.try_with(Arc::clone).ok()
}

/// Stores what a job with the result `done` created for the request of `ticket`. Part of that job.
pub(crate) async fn keep<T: 'static>(tx: &mut WriteTx, ticket: &Ticket, done: &Done<T>) -> Result<(), StoreError> {
    if !done.is_audited() {
        return Ok(());
    }
    let made = Outcome::of(done.value()).or((!ticket.makes).then_some(Outcome::plain(NOTHING)));
    if let Some(made) = made {
        repeats::finish(tx, ticket.person, &ticket.key, (made.id, made.state.as_deref())).await?;
    }
    Ok(())
}

/// Begins `request`, a full identification of it, under `key`; or returns the earlier outcome. `makes`: it creates
/// something with an id.
pub async fn begin(
    ctx: &Ctx,
    actor: &Actor,
    key: &str,
    request: &[u8],
    makes: bool,
) -> Result<Turn, RepeatsError> {
    let person = actor.person().ok_or(Forbidden::SignIn)?;
    if !KEY.contains(&key.len()) || !key.chars().all(|c| c.is_ascii_graphic()) {
        return Err(RepeatsError::NoKey);
    }
    let now = ctx.now();
    let (salt, request) = (ctx.rng().bytes::<16>(), request.to_vec());
    let key: [u8; 32] = Sha256::digest(key).into();
    let under_way = ctx.memory::<UnderWay>().clone();
    let turn = ctx.store().write(async move |tx| {
        if let Some(row) = repeats::find(tx.conn(), person, &key, now.before(REMEMBERED)).await? {
            if salted(&row.salt, &request).as_slice() != row.hash {
                return Err(RepeatsError::OtherRequest);
            }
            if let Some(id) = row.made {
                let made = Outcome { id, state: row.state };
                return Ok(Done::unaudited(Turn::Again(made), Unaudited::NothingChanged));
            }
            if under_way.0.lock().contains(&(person, key)) {
                return Err(RepeatsError::UnderWay);
            }
            // It was cut off before it did anything.
        }
        repeats::begin(tx, person, &key, (&salt, &salted(&salt, &request)), now).await?;
        under_way.0.lock().insert((person, key));
        let ticket = Arc::new(Ticket { person, key, makes, under_way });
        Ok(Done::unaudited(Turn::First(ticket), Unaudited::Repeatable))
    });
    turn.await
}

/// Stores the outcome of a request; without one it may be repeated under the same key.
pub async fn end(ctx: &Ctx, ticket: Arc<Ticket>, made: Option<Outcome>) -> Result<(), StoreError> {
    let (person, key) = (ticket.person, ticket.key);
    let row = ctx.store().write::<_, StoreError, _>(async move |tx| {
        match made {
            Some(made) => repeats::finish(tx, person, &key, (made.id, made.state.as_deref())).await?,
            None => repeats::forget(tx, person, &key).await?,
        }
        Ok(Done::unaudited((), Unaudited::Repeatable))
    });
    row.await
}

/// Deletes expired keys; returns how many.
pub async fn forget_old(ctx: &Ctx) -> Result<u64, StoreError> {
    let until = ctx.now().before(REMEMBERED + HOUR);
    let gone = ctx.store().write::<_, StoreError, _>(async move |tx| {
        Ok(Done::unaudited(repeats::forget_old(tx, until).await?, Unaudited::RunOut))
    });
    gone.await
}

fn salted(salt: &[u8], request: &[u8]) -> [u8; 32] {
    Sha256::new().chain_update(salt).chain_update(request).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::holds::HoldDone;

    #[test]
    fn operation_outcome_is_the_created_id() {
        let placed = HoldDone { hold: id::HoldId(7), lifted: false };
        assert_eq!((Outcome::of(&placed), Outcome::of(&())), (Some(Outcome::plain(7)), None));
    }
}
