//! A member finds no suitable time: the type's trainers are notified and can offer another.
//!
//! Invariant: once a day for each member and type, so that trainers are not notified repeatedly of one request.

use super::{CheckoutsError, ValidationError, ready, rows};
use crate::{Ctx, change::Job};
use domain::{
    actor::{Actor, Forbidden, Permission, Target},
    checkouts::{NOTE, WISHED_DAYS},
    id::TypeId,
    live::ChangeEvent,
    names::{Remark, TooLong},
    notices::Notice,
    time::{DAY, Millis},
};
use serde_json::json;
use store::{StoreError, WriteTx, checkouts::NewTimeRequest};

/// Start of the period in which time requests are shown to trainers.
pub(super) fn since(now: Millis) -> Millis {
    now.before(DAY * WISHED_DAYS)
}

/// Requests a checkout on `kind` at a time that is not offered; `input` says when the caller can come.
pub async fn request_time(ctx: &Ctx, actor: &Actor, kind: TypeId, input: &str) -> Result<(), CheckoutsError> {
    let about = Target::equipment(kind, None);
    let form = async {
        Remark::<NOTE>::new(input).map_err(|TooLong| CheckoutsError::Invalid(vec![ValidationError::Note]))
    };
    let (zone, today) = (ctx.space().zone, ctx.today());
    ctx.change_with(actor, Permission::AskForCheckout, about, form, async move |job: &mut Job<'_>, note| {
        let person = job.actor.person().ok_or(Forbidden::SignIn)?;
        ready(job.tx.conn(), person, kind, zone, job.now).await?;
        let (by, at) = (job.by().await?, job.now);
        let remark = job.remark(Some(person), by, note.as_ref()).await?;
        let new = NewTimeRequest { person, kind, day: today.days(), at, remark };
        let id = rows::add_time_request(job.tx, &new).await?.ok_or(CheckoutsError::TimeRequestedToday)?;
        job.notify_staff(Notice::CheckoutWanted { wish: id, on: kind }).await?;
        job.tx.after_commit(ChangeEvent::Checkouts);
        let detail = json!({ "wish": id, "type": kind });
        job.audited((), "checkout.wanted", person, &detail).await
    })
    .await
}

/// Deletes expired time requests. Part of the daily cleanup.
pub(crate) async fn forget(tx: &mut WriteTx, now: Millis) -> Result<u64, StoreError> {
    rows::forget_wishes(tx, since(now)).await
}
