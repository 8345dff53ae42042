//! Asking again: a program that gives a key with what it wants made may ask twice, and it is made once.
//!
//! **Invariants.** Of two who ask at once under one key, one makes and the other is told to wait. What is kept is whose key
//! it is, a salted hash of the request, and the id and state of what came of it; nothing that anybody wrote. Deliberately absent: the
//! answer itself. Whoever asks again learns what was made and reads it there, and a secret is shown once.

use crate::Ctx;
use domain::{
    actor::{Actor, Forbidden},
    id::PersonId,
    time::HOUR,
};
use macros::ServiceError;
use sha2::{Digest, Sha256};
use std::{ops::RangeInclusive, time::Duration};
use store::{Done, StoreError, Unaudited, repeats};

/// How long a key is remembered.
const KEPT: Duration = Duration::from_hours(24);
/// Characters of a key.
const KEY: RangeInclusive<usize> = 1..=255;

/// Why a request under a key is not done.
#[derive(Debug, Clone, ServiceError)]
pub enum RepeatsError {
    /// Not a key.
    #[problem("idempotency.key", Invalid, at("Idempotency-Key", repeat_key_form))]
    NoKey,
    /// Something else was asked under this key.
    #[problem("idempotency.other-request", Invalid, at("Idempotency-Key", repeat_other_request))]
    OtherRequest,
    /// It is being done, or was cut off.
    #[problem("idempotency.under-way", Conflict, repeat_under_way, after = 1)]
    UnderWay,
    /// Nobody knows who asks.
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    /// The storage failed.
    #[problem(transparent)]
    Store(#[from] StoreError),
}

/// Where a request under a key stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Turn {
    /// It is new, and is to be done.
    First(Ticket),
    /// It was done.
    Again(Outcome),
}

/// What came of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The id of what was made, 0 where that has none.
    pub id: i64,
    /// Where it was in its life then, of what waits for somebody or not.
    pub state: Option<String>,
}

/// To be given back when it is known what came of the request.
#[must_use]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    person: PersonId,
    key: [u8; 32],
}

/// Begins `request`, whatever identifies it wholly, under `key`; or says what came of it before.
pub async fn begin(ctx: &Ctx, actor: &Actor, key: &str, request: &[u8]) -> Result<Turn, RepeatsError> {
    let person = actor.person().ok_or(Forbidden::SignIn)?;
    if !KEY.contains(&key.len()) || !key.chars().all(|c| c.is_ascii_graphic()) {
        return Err(RepeatsError::NoKey);
    }
    let now = ctx.now();
    let (salt, request) = (ctx.dice().bytes::<16>(), request.to_vec());
    let key: [u8; 32] = Sha256::digest(key).into();
    let turn = ctx.store().write(async move |tx| {
        if let Some(kept) = repeats::find(tx.conn(), person, &key, now.before(KEPT)).await? {
            if salted(&kept.salt, &request).as_slice() != kept.hash {
                return Err(RepeatsError::OtherRequest);
            }
            let made = Outcome { id: kept.made.ok_or(RepeatsError::UnderWay)?, state: kept.state };
            return Ok(Done::unaudited(Turn::Again(made), Unaudited::NothingChanged));
        }
        repeats::begin(tx, person, &key, (&salt, &salted(&salt, &request)), now).await?;
        Ok(Done::unaudited(Turn::First(Ticket { person, key }), Unaudited::Repeatable))
    });
    turn.await
}

/// Keeps what came of a request; if nothing did, it may be asked anew under the same key.
pub async fn end(ctx: &Ctx, ticket: Ticket, made: Option<Outcome>) -> Result<(), StoreError> {
    let Ticket { person, key } = ticket;
    let kept = ctx.store().write::<_, StoreError, _>(async move |tx| {
        match made {
            Some(made) => repeats::finish(tx, person, &key, (made.id, made.state.as_deref())).await?,
            None => repeats::forget(tx, person, &key).await?,
        }
        Ok(Done::unaudited((), Unaudited::Repeatable))
    });
    kept.await
}

/// Forgets keys that nobody can use again; how many there were.
pub async fn forget_old(ctx: &Ctx) -> Result<u64, StoreError> {
    let until = ctx.now().before(KEPT + HOUR);
    let gone = ctx.store().write::<_, StoreError, _>(async move |tx| {
        Ok(Done::unaudited(repeats::forget_old(tx, until).await?, Unaudited::RunOut))
    });
    gone.await
}

fn salted(salt: &[u8], request: &[u8]) -> [u8; 32] {
    Sha256::new().chain_update(salt).chain_update(request).finalize().into()
}
