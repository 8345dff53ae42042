//! Holds, which suspend a person from everything.

use super::{
    Body, Caller, Id, Query, Refusal,
    answer::{Made, Place, done},
    input::day,
    operation::{Operation, Tag},
    paging::{Page, Which},
    when, words,
};
use axum::response::Response;
use contract::holds::HoldView;
use domain::{
    holds::HoldReason,
    id::{HoldId, PersonId},
    tokens::Scope,
};
use serde::{Deserialize, Serialize};
use services::holds::{self, HoldsError, PlaceHold};
use std::cmp::Reverse;
use utoipa::ToSchema;

const LIST: &str = "listHolds";

/// The operations of this module.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/people/{id}/holds", LIST, list)
            .about(
                Tag::People,
                "List a person's holds",
                "Lists all current and past holds on a person, newest first. Everyone may list their own.",
            )
            .needs(Scope::PeopleRead)
            .errors::<HoldsError>(&["person.unknown"]),
        Operation::post("/api/v1/people/{id}/holds", "placeHold", place)
            .about(
                Tag::People,
                "Place a hold",
                "Places a hold on a person. It takes effect at once and stops what they are running.",
            )
            .needs(Scope::PeopleWrite)
            .makes(Place::Here)
            .errors::<HoldsError>(&["hold.oneself", "hold.above", "person.unknown", "hold.invalid"]),
        Operation::post("/api/v1/holds/{id}/lift", "liftHold", lift)
            .about(Tag::People, "Lift a hold", "Lifts a hold with immediate effect.")
            .needs(Scope::PeopleWrite)
            .errors::<HoldsError>(&["hold.oneself", "hold.above", "hold.unknown", "hold.over"]),
    ]
}

/// A hold.
#[derive(Debug, Serialize, ToSchema)]
pub struct Hold {
    /// Its id.
    id: i64,
    #[schema(schema_with = words::hold)]
    reason: HoldReason,
    /// The remark of the person who placed it, while on record.
    remark: Option<String>,
    /// When it was placed.
    #[schema(format = DateTime)]
    placed: String,
    /// The name of the person who placed it, while on record.
    placed_by: Option<String>,
    /// When it ends by itself, if it does.
    #[schema(format = DateTime)]
    until: Option<String>,
    /// When it was lifted.
    #[schema(format = DateTime)]
    lifted: Option<String>,
    /// The name of the person who lifted it, while on record.
    lifted_by: Option<String>,
    /// Whether it is in effect.
    in_force: bool,
}

fn to_view(hold: HoldView) -> Hold {
    Hold {
        id: hold.id.0,
        reason: hold.reason,
        remark: hold.remark,
        placed: when(hold.placed),
        placed_by: hold.placed_by,
        until: hold.until.map(when),
        lifted: hold.lifted.map(when),
        lifted_by: hold.lifted_by,
        in_force: hold.in_force,
    }
}

async fn list(caller: Caller, Id(id): Id, Query(which): Query<Which>) -> Result<Page<Hold>, Refusal> {
    let (after, limit) = caller.place(LIST, which.after.as_deref(), which.limit)?;
    let Caller { ctx, actor, lang } = caller;
    let all = holds::of(&ctx, &actor, PersonId(id)).await?.holds;
    Ok(Page::of_all(LIST, all, after.as_deref(), limit, lang, |one| Reverse((one.placed.at, one.id.0)))?
        .map(to_view))
}

/// A new hold.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewHold {
    #[schema(schema_with = words::hold)]
    reason: HoldReason,
    /// Its last day, in the space's time zone; must not be in the past. If omitted, it lasts until it is lifted.
    #[schema(format = Date, example = "2099-06-30")]
    last_day: Option<String>,
    /// A remark.
    #[schema(max_length = 500)]
    remark: Option<String>,
}

async fn place(caller: Caller, Id(id): Id, Body(new): Body<NewHold>) -> Result<Made, Refusal> {
    let Caller { ctx, actor, lang } = caller;
    let last_day = day("last_day", new.last_day.as_deref(), lang)?;
    let remark = new.remark.as_deref().unwrap_or_default();
    let new = PlaceHold::read(Some(new.reason), last_day, remark, ctx.today());
    let hold = holds::place(&ctx, &actor, PersonId(id), new).await?;
    Ok(Made::plain(hold.0))
}

async fn lift(caller: Caller, Id(id): Id) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    holds::lift(&ctx, &actor, HoldId(id)).await?;
    Ok(done())
}
