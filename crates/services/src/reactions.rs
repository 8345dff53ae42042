//! Reactions: what follows when something happened elsewhere.
//!
//! Modules emit what happened as a [`DomainEvent`] in their write job, and know nothing of those who care; this module on top
//! of them has the one `match` that says what follows.
//!
//! **Invariants.** A reaction runs at once, in the job of the event and under its proof: both are committed, or neither. Its
//! audit entries follow that of the cause. Not here: how each noun reacts, and effects that the cause itself computes with
//! the reacting noun, as a closure does with the bookings in it.

use crate::{bookings, checkouts, draws, dues, effects, groups, outages, training_events, waiting};
use domain::{actor::Proof, bookings::Resource, events::DomainEvent, requests::Cause, time::Millis};
use futures::future::LocalBoxFuture;
use store::{StoreError, WriteTx};

/// What follows `event`, in its job.
pub(crate) fn react<'a>(
    tx: &'a mut WriteTx,
    proof: &'a Proof,
    event: DomainEvent,
    now: Millis,
) -> LocalBoxFuture<'a, Result<(), StoreError>> {
    // Boxed, because a reaction may emit events itself.
    Box::pin(follow(tx, proof, event, now))
}

async fn follow(tx: &mut WriteTx, proof: &Proof, event: DomainEvent, now: Millis) -> Result<(), StoreError> {
    match event {
        DomainEvent::StandingChanged { person, cause } => {
            effects::standing_changed(tx, proof, person, cause, now).await?;
            draws::withdraw_all(tx, proof, person, now).await?;
            training_events::standing_changed(tx, proof, person, now).await?;
            // Nothing else makes an admin inactive, and managers are notified once.
            if matches!(cause, Cause::Suspended | Cause::Left) {
                groups::standing_changed(tx, proof, person, now).await?;
            }
            Ok(())
        }
        // People who may use a machine already need no checkout.
        DomainEvent::QualificationGained { person } => {
            checkouts::standing_changed(tx, proof, person, now).await?;
            training_events::standing_changed(tx, proof, person, now).await
        }
        DomainEvent::PersonErased { person } => {
            dues::erased(tx, proof, person, now).await?;
            effects::call_off(tx, proof, person, now).await?;
            draws::withdraw_all(tx, proof, person, now).await?;
            training_events::erased(tx, proof, person, now).await?;
            groups::standing_changed(tx, proof, person, now).await
        }
        DomainEvent::TimeFreed { resource, span } => waiting::freed(tx, proof, resource, span, now).await,
        DomainEvent::MachineBlocked { machine, block } => {
            outages::began(tx, proof, block, machine, now).await?;
            checkouts::machine_lost(tx, proof, machine, Some(block), now).await
        }
        DomainEvent::BlockLifted { machine, block } => {
            outages::ended(tx, proof, block, machine, now).await?;
            checkouts::machine_back(tx, proof, machine, block, now).await
        }
        DomainEvent::MachineArchived { machine } => {
            waiting::removed(tx, proof, Resource::Machine(machine), now).await?;
            bookings::machine_archived(tx, proof, machine, now).await?;
            training_events::resource_archived(tx, proof, Resource::Machine(machine), now).await?;
            checkouts::machine_lost(tx, proof, machine, None, now).await
        }
        DomainEvent::TypeArchived { kind } => {
            checkouts::type_archived(tx, proof, kind, now).await?;
            training_events::type_archived(tx, proof, kind, now).await
        }
        DomainEvent::GroupArchived { group } => {
            bookings::group_archived(tx, proof, group, now).await?;
            waiting::permissions_changed(tx, proof, None, now).await
        }
        DomainEvent::GroupLed { group, person } => bookings::stepped_up(tx, proof, (group, person), now).await,
        DomainEvent::GroupLeft { group, person } => {
            bookings::stepped_down(tx, proof, (group, person), now).await?;
            waiting::permissions_changed(tx, proof, Some(person), now).await
        }
        DomainEvent::PermissionsChanged => waiting::permissions_changed(tx, proof, None, now).await,
        DomainEvent::RoomArchived { room } => {
            training_events::resource_archived(tx, proof, Resource::Room(room), now).await?;
            waiting::removed(tx, proof, Resource::Room(room), now).await
        }
    }
}
