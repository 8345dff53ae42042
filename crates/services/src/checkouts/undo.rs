//! Undoes a passed checkout: the grant goes and the appointment awaits a result again, in one job.
//!
//! Invariant: `domain::checkouts::may_undo` decides whether it can be undone, and is checked again inside the job.

use super::{CheckoutRow, CheckoutsError, open, rows, side, tell_of};
use crate::{Ctx, change::Job, qualifications};
use contract::checkouts::DecisionDone;
use domain::{
    actor::{Actor, Permission, Target},
    checkout_steps::Signer,
    checkouts::{Side, State, Stays, Written, may_undo},
    id::AppointmentId,
    live::ChangeEvent,
    notices::CheckoutNews,
    occupations::{Occupied, Purpose},
    qualifications::Relation,
};
use serde_json::json;
use store::{StoreError, checkout_steps, occupations};

/// Undoes a recent pass, for its author. The member is notified.
pub async fn undo_pass(
    ctx: &Ctx,
    actor: &Actor,
    appointment: AppointmentId,
) -> Result<DecisionDone, CheckoutsError> {
    ctx.begin_permitted(actor, Permission::OwnAccount, Target::NONE, async move |begun| {
        let row = rows::one(begun.tx.conn(), appointment, begun.now).await?.ok_or(CheckoutsError::Unknown)?;
        if side(&begun.actor, &row) != Some(Side::Trainer) {
            return Err(CheckoutsError::Unknown);
        }
        let mut job = begun.require(Permission::CheckOut, Target::equipment(row.kind, None))?;
        let own = row.decided_by.is_some() && row.decided_by == job.actor.person();
        let passed = row.decided.ok_or(CheckoutsError::Stays(Stays::NotPassed))?;
        let written = Written { state: row.state, at: passed, own, used: row.relied_on };
        may_undo(written, job.now).map_err(CheckoutsError::Stays)?;
        if open(job.tx.conn(), row.person, row.kind, job.now).await?.is_some() {
            return Err(CheckoutsError::Stays(Stays::Used));
        }
        let (whose, relation) = ((row.person, row.kind), Relation::User);
        if !qualifications::take_back(&mut job, whose, relation, passed).await? {
            return Err(CheckoutsError::Stays(Stays::Used));
        }
        rows::reopen(job.tx, row.id).await?;
        // The signatures were for the undone result.
        checkout_steps::unsign(job.tx, row.id, Signer::Trainer).await?;
        let row = if rows::restore(job.tx, row.id, job.now).await? {
            let agreed = rows::one(job.tx.conn(), row.id, job.now).await?.ok_or(CheckoutsError::Unknown)?;
            // The agreed time is restored; people who were told otherwise are notified.
            let (news, sides) = match agreed.state {
                State::Accepted => (CheckoutNews::Accepted, [Some(Side::Member), Some(Side::Trainer)]),
                _ => (CheckoutNews::Asked, [Some(Side::Trainer), None]),
            };
            for side in sides.into_iter().flatten() {
                tell_of(&mut job, &agreed, news, side).await?;
            }
            agreed
        } else {
            row
        };
        take_again(&mut job, &row).await?;
        job.tx.after_commit(ChangeEvent::Checkouts);
        let detail = json!({ "appointment": row.id, "type": row.kind });
        let subject = row.person;
        let done = DecisionDone {
            appointment: row.id,
            person_name: row.person_name,
            kind_name: row.kind_name,
            action: None,
        };
        job.audited(done, "checkout.undone", subject, &detail).await
    })
    .await
}

/// Occupies the time of the appointment again, as far as it is still free: both people are there in any case.
async fn take_again(job: &mut Job<'_>, row: &CheckoutRow) -> Result<(), StoreError> {
    let machine = row.machine.map(Occupied::Machine);
    for whose in [Occupied::Person(row.trainer), Occupied::Person(row.person)].into_iter().chain(machine) {
        match occupations::take(job.tx, whose, row.span(), Purpose::Appointment(row.id)).await {
            Ok(()) | Err(StoreError::Overlap(_)) => {}
            Err(why) => return Err(why),
        }
    }
    Ok(())
}
