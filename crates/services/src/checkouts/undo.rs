//! Undoes a passed checkout: the grant goes and the appointment awaits a result again, in one job.
//!
//! Invariant: `domain::checkouts::may_undo` decides whether it can be undone, and is checked again inside the job.

use super::{CheckoutRow, CheckoutsError, open, rows, side, tell_of};
use crate::{Ctx, change::Job, qualifications};
use domain::{
    actor::{Actor, Permission, Target},
    checkout_steps::Signer,
    checkouts::{Side, State, Stays, Written, may_undo},
    id::AppointmentId,
    live::ChangeEvent,
    notices::CheckoutNews,
    occupations::{Occupied, Purpose},
};
use serde_json::json;
use store::{StoreError, checkout_steps, occupations};
use views::checkouts::DecisionDone;

/// Undoes a recent pass, for its author. The member is notified.
pub async fn undo_pass(
    ctx: &Ctx,
    actor: &Actor,
    appointment: AppointmentId,
) -> Result<DecisionDone, CheckoutsError> {
    actor.require(Permission::OwnAccount, Target::NONE)?;
    ctx.begin(actor, async move |begun| {
        let kept = rows::one(begun.tx.conn(), appointment, begun.now).await?.ok_or(CheckoutsError::Unknown)?;
        if side(&begun.actor, &kept) != Some(Side::Trainer) {
            return Err(CheckoutsError::Unknown);
        }
        let mut job = begun.require(Permission::CheckOut, Target::equipment(kept.kind, None))?;
        let own = kept.decided_by.is_some() && kept.decided_by == job.actor.person();
        let passed = kept.decided.ok_or(CheckoutsError::Stays(Stays::NotPassed))?;
        let written = Written { state: kept.state, at: passed, own, used: kept.relied_on };
        may_undo(written, job.now).map_err(CheckoutsError::Stays)?;
        if open(job.tx.conn(), kept.person, kept.kind, job.now).await?.is_some() {
            return Err(CheckoutsError::Stays(Stays::Used));
        }
        if !qualifications::take_back_for_checkout(&mut job, kept.person, kept.kind, passed).await? {
            return Err(CheckoutsError::Stays(Stays::Used));
        }
        rows::reopen(job.tx, kept.id).await?;
        // Whoever signs for a result signs for the next one anew.
        checkout_steps::unsign(job.tx, kept.id, Signer::Trainer).await?;
        let kept = if rows::restore(job.tx, kept.id, job.now).await? {
            let agreed = rows::one(job.tx.conn(), kept.id, job.now).await?.ok_or(CheckoutsError::Unknown)?;
            // The time that it was agreed for stands again; whoever was told otherwise hears it.
            let (news, sides) = match agreed.state {
                State::Accepted => (CheckoutNews::Accepted, [Some(Side::Member), Some(Side::Trainer)]),
                _ => (CheckoutNews::Asked, [Some(Side::Trainer), None]),
            };
            for side in sides.into_iter().flatten() {
                tell_of(&mut job, &agreed, news, side).await?;
            }
            agreed
        } else {
            kept
        };
        take_again(&mut job, &kept).await?;
        job.tx.after_commit(ChangeEvent::Checkouts);
        let detail = json!({ "appointment": kept.id, "type": kept.kind });
        let subject = kept.person;
        let done = DecisionDone {
            appointment: kept.id,
            person_name: kept.person_name,
            kind_name: kept.kind_name,
            deed: None,
        };
        job.audited(done, "checkout.undone", subject, &detail).await
    })
    .await
}

/// Occupies the time of the appointment again, as far as it is still free: both people are there in any case.
async fn take_again(job: &mut Job<'_>, kept: &CheckoutRow) -> Result<(), StoreError> {
    let machine = kept.machine.map(Occupied::Machine);
    for whose in [Occupied::Person(kept.trainer), Occupied::Person(kept.person)].into_iter().chain(machine) {
        match occupations::take(job.tx, whose, kept.span(), Purpose::Appointment(kept.id)).await {
            Ok(()) | Err(StoreError::Overlap(_)) => {}
            Err(why) => return Err(why),
        }
    }
    Ok(())
}
