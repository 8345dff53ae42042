//! Re-checks the actor's permissions inside the write job, because they may have changed since the request arrived.

use domain::{
    actor::{About, Actor, Forbidden, Permission, Proof, Who},
    people::PersonStatus,
    time::Millis,
};
use store::{StoreError, WriteTx, people};

/// The actor as they stand inside this job.
pub(crate) async fn refreshed(tx: &mut WriteTx, actor: &Actor, now: Millis) -> Result<Actor, StoreError> {
    let mut actor = actor.clone();
    if let Who::Person(known) = &mut actor.who {
        match people::one(tx.conn(), known.id, now).await? {
            Some(person) => (known.status, known.ledger) = (person.status, person.ledger),
            None => known.status = PersonStatus::Left,
        }
        known.at = now;
    }
    Ok(actor)
}

/// The actor as they stand inside this job, with the proof of their permission.
pub(crate) async fn recheck<E: From<Forbidden> + From<StoreError>>(
    tx: &mut WriteTx,
    actor: &Actor,
    permission: Permission,
    about: About,
    now: Millis,
) -> Result<(Actor, Proof), E> {
    let actor = refreshed(tx, actor, now).await?;
    let proof = actor.require(permission, about)?;
    Ok((actor, proof))
}
