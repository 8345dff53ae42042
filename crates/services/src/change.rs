//! The shape of a change: permission checked on request, form validated, permission checked again inside the write
//! job, one audit entry, one answer.
//!
//! Invariants: without the permission the answer says so, and nothing about the form or the things it names. The actor
//! may lose a permission between the request and its turn at the writer, so a job goes by the actor as loaded inside it.
//! Changes without an actor, by boards, timers and the logbook, write to the store directly.

use crate::{Ctx, repeats};
use domain::{
    actor::{Actor, Forbidden, Permission, Proof, Target, Who},
    audit::Subject,
    events::DomainEvent,
    id::{AliasId, PersonId, RemarkId},
    names::Remark,
    people::PersonStatus,
    time::Millis,
    zone::Zone,
};
use std::future::ready;
use store::{Done, StoreError, WriteTx, audit, people, remarks};

/// A write job that must still find the target of its change.
pub(crate) struct Begun<'tx> {
    pub tx: &'tx mut WriteTx,
    /// The actor, re-checked in the job.
    pub actor: Actor,
    /// When it was requested.
    pub now: Millis,
    /// The space's zone.
    pub zone: Zone,
}

impl<'tx> Begun<'tx> {
    /// Continues with the change if the actor has `permission` on `about`.
    pub fn require(self, permission: Permission, about: Target) -> Result<Job<'tx>, Forbidden> {
        let Self { tx, actor, now, zone } = self;
        let proof = actor.require(permission, about)?;
        Ok(Job { tx, actor, proof, now, zone })
    }
}

/// A change under way, inside its write job.
pub(crate) struct Job<'tx> {
    pub tx: &'tx mut WriteTx,
    /// The actor, re-checked in the job.
    pub actor: Actor,
    pub proof: Proof,
    /// When it was requested.
    pub now: Millis,
    /// The space's zone.
    pub zone: Zone,
}

impl Job<'_> {
    /// The actor's alias of the month, for records. `None` for Toolgate itself.
    pub async fn by(&mut self) -> Result<Option<AliasId>, StoreError> {
        people::alias_of(self.tx, &self.proof, self.now).await
    }

    /// Writes an optional remark; `about` is the person it mentions, so that it is erased with them.
    pub async fn remark<const MAX: usize>(
        &mut self,
        about: Option<PersonId>,
        by: Option<AliasId>,
        remark: Option<&Remark<MAX>>,
    ) -> Result<Option<RemarkId>, StoreError> {
        let Some(body) = remark else { return Ok(None) };
        remarks::write(self.tx, about, by, body.as_str(), self.now).await.map(Some)
    }

    /// Runs what follows `event`, in this job. What the event says must be written before.
    pub async fn emit(&mut self, event: DomainEvent) -> Result<(), StoreError> {
        self.tx.emit(&self.proof, event, self.now).await
    }

    /// Ends the change with its entry in the audit chain; `value` is answered after the commit.
    pub async fn audited<T, E: From<StoreError>>(
        &mut self,
        value: T,
        action: &'static str,
        subject: impl Into<Subject>,
        detail: &serde_json::Value,
    ) -> Result<Done<T>, E> {
        let entry = audit::entry(self.tx, &self.proof, self.now, action, subject, detail).await?;
        Ok(Done::audited(value, entry))
    }
}

impl Ctx {
    /// Runs a change that requires `permission` on `about`.
    pub(crate) async fn change<T, E, F>(
        &self,
        actor: &Actor,
        permission: Permission,
        about: Target,
        work: F,
    ) -> Result<T, E>
    where
        F: AsyncFnOnce(&mut Job<'_>) -> Result<Done<T>, E> + Send + 'static,
        T: Send + 'static,
        E: From<Forbidden> + From<StoreError> + Send + 'static,
    {
        self.change_with(actor, permission, about, ready(Ok(())), async move |job, ()| work(job).await).await
    }

    /// The same with a form. `read` validates it after the permission is checked, and reports all invalid fields.
    pub(crate) async fn change_with<I, T, E, F>(
        &self,
        actor: &Actor,
        permission: Permission,
        about: Target,
        read: impl Future<Output = Result<I, E>>,
        work: F,
    ) -> Result<T, E>
    where
        F: AsyncFnOnce(&mut Job<'_>, I) -> Result<Done<T>, E> + Send + 'static,
        I: Send + 'static,
        T: Send + 'static,
        E: From<Forbidden> + From<StoreError> + Send + 'static,
    {
        let work = async move |begun: Begun<'_>, form| work(&mut begun.require(permission, about)?, form).await;
        self.begin_with(actor, permission, about, read, work).await
    }

    /// The same if only the job can find the target. `permission` is what can be checked before that; the job checks the
    /// rest, with [`Begun::require`] or by rules of its own.
    pub(crate) async fn begin_with<I, T, E, F>(
        &self,
        actor: &Actor,
        permission: Permission,
        about: Target,
        read: impl Future<Output = Result<I, E>>,
        work: F,
    ) -> Result<T, E>
    where
        F: AsyncFnOnce(Begun<'_>, I) -> Result<Done<T>, E> + Send + 'static,
        I: Send + 'static,
        T: Send + 'static,
        E: From<Forbidden> + From<StoreError> + Send + 'static,
    {
        actor.require(permission, about)?;
        let form = read.await?;
        self.begin(actor, async move |begun| work(begun, form).await).await
    }

    /// The same without a form.
    pub(crate) async fn begin_permitted<T, E, F>(
        &self,
        actor: &Actor,
        permission: Permission,
        about: Target,
        work: F,
    ) -> Result<T, E>
    where
        F: AsyncFnOnce(Begun<'_>) -> Result<Done<T>, E> + Send + 'static,
        T: Send + 'static,
        E: From<Forbidden> + From<StoreError> + Send + 'static,
    {
        self.begin_with(actor, permission, about, ready(Ok(())), async move |begun, ()| work(begun).await).await
    }

    /// Runs a change whose target only the job can find. The job changes nothing before it has checked the actor, with
    /// [`Begun::require`] or by rules of its own. Nothing is checked before the job.
    pub(crate) async fn begin<T, E, F>(&self, actor: &Actor, work: F) -> Result<T, E>
    where
        F: AsyncFnOnce(Begun<'_>) -> Result<Done<T>, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (actor, now, zone) = (actor.clone(), self.now(), self.space().zone);
        let ticket = repeats::ticket();
        self.store()
            .write(async move |tx| {
                let actor = refreshed(tx, actor, now).await?;
                let done = work(Begun { tx: &mut *tx, actor, now, zone }).await?;
                if let Some(ticket) = ticket {
                    repeats::keep(tx, &ticket, &done).await?;
                }
                Ok(done)
            })
            .await
    }
}

/// The actor with their current standing inside this job.
async fn refreshed(tx: &mut WriteTx, mut actor: Actor, now: Millis) -> Result<Actor, StoreError> {
    if let Who::Person(known) = &mut actor.who {
        match people::standing(tx.conn(), known.id).await? {
            Some(standing) => (known.status, known.ledger) = standing,
            None => known.status = PersonStatus::Left,
        }
        known.at = now;
    }
    Ok(actor)
}
