//! Unknown cards: seen at a machine, assigned to a person, dismissed.

use super::{
    Body, Caller, Id, Query, Refusal,
    answer::{Made, Place, done},
    operation::{Operation, Tag},
    paging::{Page, Which},
    when,
};
use axum::response::Response;
use contract::cards::{Sorted, UnknownCard};
use domain::{
    actor::Permission,
    id::{PersonId, UnknownCardId},
    tokens::Scope,
};
use serde::{Deserialize, Serialize};
use services::{
    cards::{self, Whom},
    error::ServiceError,
    requirements::PathTarget,
};
use std::cmp::Reverse;
use utoipa::ToSchema;

const LIST: &str = "listUnknownCards";

/// The operations of this module.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/unknown-cards", LIST, list)
            .may(&[(Permission::GiveCard, PathTarget::Space)])
            .about(
                Tag::People,
                "List unknown cards",
                "Lists the unassigned cards that were tapped on a reader in the last 30 days, newest first, dismissed ones last.",
            )
            .needs(Scope::PeopleRead),
        Operation::post("/api/v1/unknown-cards/{id}/give", "giveUnknownCard", give)
            .may(&[(Permission::GiveCard, PathTarget::Space)])
            .about(
                Tag::People,
                "Assign an unknown card",
                "Assigns the card to a person. It works at once for everything that the person may use.",
            )
            .needs(Scope::PeopleWrite)
            .makes(Place::At("/api/v1/cards"))
            .errors::<services::cards::CardsError>(&[
                "card.unknown",
                "person.unknown",
                "person.erased",
                "person.left",
                "card.taken",
            ]),
        Operation::post("/api/v1/unknown-cards/{id}/put-aside", "putCardAside", put_aside)
            .about(
                Tag::People,
                "Dismiss an unknown card",
                "Dismisses a card, so that it is no longer pending. Idempotent: repeating it changes nothing.",
            )
            .needs(Scope::PeopleWrite)
            .errors::<services::cards::CardsError>(&["card.unknown"]),
        Operation::post("/api/v1/unknown-cards/{id}/take-up", "takeCardUp", take_up)
            .about(
                Tag::People,
                "Restore a dismissed card",
                "Makes a dismissed card pending again. Idempotent: repeating it changes nothing.",
            )
            .needs(Scope::PeopleWrite)
            .errors::<services::cards::CardsError>(&["card.unknown"]),
    ]
}

/// An unknown card. Its number is never included.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnknownCardView {
    /// Its id.
    #[schema(example = 12)]
    id: i64,
    /// The last four digits.
    #[schema(example = "07a1")]
    ending: String,
    /// The machine on whose reader it was last tapped.
    #[schema(example = 7)]
    machine: i64,
    /// The machine's name.
    #[schema(example = "Laser cutter 1")]
    machine_name: String,
    /// When it was last tapped.
    #[schema(format = DateTime)]
    seen: String,
    /// The number of taps on any reader.
    #[schema(example = 2)]
    times: u32,
    /// Whether it was dismissed.
    aside: bool,
}

pub(super) fn to_view(card: UnknownCard) -> UnknownCardView {
    UnknownCardView {
        id: card.id.0,
        ending: card.ending,
        machine: card.machine.0,
        machine_name: card.machine_name,
        seen: when(card.seen),
        times: card.times,
        aside: card.ignored,
    }
}

async fn list(caller: Caller, Query(which): Query<Which>) -> Result<Page<UnknownCardView>, Refusal> {
    let (after, limit) = caller.place(LIST, which.after.as_deref(), which.limit)?;
    let Caller { ctx, actor, lang } = caller;
    let all = cards::unknown(&ctx, &actor).await?.cards;
    let place = |card: &UnknownCard| (card.ignored, Reverse((card.seen.at, card.id.0)));
    Ok(Page::of_all(LIST, all, after.as_deref(), limit, lang, place)?.map(to_view))
}

/// The new holder of a card.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Holder {
    /// The person's id.
    #[schema(minimum = 1, example = 7)]
    person: i64,
}

async fn give(caller: Caller, Id(id): Id, Body(holder): Body<Holder>) -> Result<Made, Refusal> {
    let Caller { ctx, actor, lang } = caller;
    let whom = Whom::Person(PersonId(holder.person));
    let given = cards::give_unknown(&ctx, &actor, UnknownCardId(id), whom).await;
    match given.map_err(|error| super::renamed(error.problem(lang), "uid", "id"))? {
        Sorted::Given { card, .. } => Ok(Made::plain(card.0)),
        Sorted::Ignored { .. } => Err(Refusal(super::nowhere(lang))),
    }
}

async fn put_aside(caller: Caller, Id(id): Id) -> Result<Response, Refusal> {
    sort(caller, id, true).await
}

async fn take_up(caller: Caller, Id(id): Id) -> Result<Response, Refusal> {
    sort(caller, id, false).await
}

async fn sort(caller: Caller, id: i64, aside: bool) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    cards::put_aside(&ctx, &actor, UnknownCardId(id), aside).await?;
    Ok(done())
}
