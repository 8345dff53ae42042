//! Holds, as a page sends them.

use super::operations::{fields, run};
use contract::{
    form::Fields,
    holds::{Holds, LiftHold, ListHolds, PlaceHold},
};
use domain::{
    actor::Actor,
    holds::HoldReason,
    id::{HoldId, PersonId},
};
use services::{Ctx, holds::HoldsError};

/// The form of a hold.
pub fn sent(reason: Option<HoldReason>, last_day: &str, remark: &str) -> Fields {
    let reason = reason.map(HoldReason::as_str).unwrap_or_default();
    fields(&[("reason", reason), ("last_day", last_day), ("remark", remark)])
}

/// A hold until it is lifted.
pub fn unpaid() -> Fields {
    sent(Some(HoldReason::Unpaid), "", "")
}

pub async fn place(ctx: &Ctx, actor: &Actor, person: PersonId, new: Fields) -> Result<HoldId, HoldsError> {
    run(ctx, actor, PlaceHold { person }, new).await.map(|done| done.hold)
}

pub async fn lift(ctx: &Ctx, actor: &Actor, hold: HoldId) -> Result<(), HoldsError> {
    run(ctx, actor, LiftHold { hold }, Fields::default()).await.map(drop)
}

pub async fn of(ctx: &Ctx, actor: &Actor, person: PersonId) -> Result<Holds, HoldsError> {
    run(ctx, actor, ListHolds { person }, Fields::default()).await
}
