//! Holds, as a page sends them.

use contract::{
    form::Fields,
    holds::{Holds, LiftHold, ListHolds, PlaceHold},
};
use domain::{
    actor::Actor,
    holds::HoldReason,
    id::{HoldId, PersonId},
};
use services::{Ctx, Serve, ServeError, holds::HoldsError, serve};
use text::Lang;

/// The form of a hold.
pub fn sent(reason: Option<HoldReason>, last_day: &str, remark: &str) -> Fields {
    let reason = reason.map(HoldReason::as_str).unwrap_or_default();
    let fields = [("reason", reason), ("last_day", last_day), ("remark", remark)];
    Fields::pairs(fields.map(|(name, value)| (name.to_owned(), value.to_owned())))
}

/// A hold until it is lifted.
pub fn unpaid() -> Fields {
    sent(Some(HoldReason::Unpaid), "", "")
}

pub async fn place(ctx: &Ctx, actor: &Actor, person: PersonId, new: Fields) -> Result<HoldId, HoldsError> {
    done(ctx, actor, PlaceHold { person }, new).await.map(|done| done.hold)
}

pub async fn lift(ctx: &Ctx, actor: &Actor, hold: HoldId) -> Result<(), HoldsError> {
    done(ctx, actor, LiftHold { hold }, Fields::default()).await.map(drop)
}

pub async fn of(ctx: &Ctx, actor: &Actor, person: PersonId) -> Result<Holds, HoldsError> {
    done(ctx, actor, ListHolds { person }, Fields::default()).await
}

async fn done<O: Serve<Error = HoldsError>>(
    ctx: &Ctx,
    actor: &Actor,
    operation: O,
    sent: Fields,
) -> Result<O::Answer, HoldsError> {
    serve(ctx, actor, operation, &sent, Lang::En).await.map_err(|refused| match refused {
        ServeError::Service(error) => error,
        ServeError::Request(faults) => panic!("a page sends no {faults:?}"),
    })
}
