//! The same deed for many people at once.

use super::{
    Body, Caller, Refusal,
    answer::One,
    operation::{Operation, Tag},
};
use domain::{id::PersonId, tokens::Scope};
use serde::{Deserialize, Serialize};
use services::bulk;
use utoipa::ToSchema;
use views::bulk::Outcome;

/// What can be done here.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::post("/api/v1/bulk/people", "actOnMany", act)
            .about(
                Tag::People,
                "Do the same for many",
                "Each as if alone: whoever it is refused for is named with the reason, and keeps nobody else from it. Done \
                 again, it is refused for whom it was done.",
            )
            .needs(Scope::PeopleWrite)
            .errors::<services::bulk::BulkError>(&["bulk.nobody", "bulk.too-many", "bulk.no-such-deed"]),
    ]
}

/// What is done to whom.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ForMany {
    /// `suspend`, `readmit`, or `grant:` and `revoke:` with a type or machine.
    #[schema(
        pattern = "^(suspend|readmit|(grant|revoke):(type|machine):[1-9][0-9]{0,17})$",
        example = "grant:type:3"
    )]
    deed: String,
    /// Their ids.
    #[schema(min_items = 1, max_items = 200, example = json!([7, 8]))]
    people: Vec<i64>,
}

/// What came of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Many {
    /// What that is called on which it was done.
    #[schema(example = "Laser cutter")]
    on: Option<String>,
    /// Whom it was done to.
    #[schema(max_items = 200, example = json!([7]))]
    done: Vec<i64>,
    /// Whom it was refused for.
    #[schema(max_items = 200)]
    refused: Vec<RefusedOne>,
}

/// Somebody for whom it was refused.
#[derive(Debug, Serialize, ToSchema)]
pub struct RefusedOne {
    /// Who.
    #[schema(example = 8)]
    person: i64,
    /// What they are called, or their id where nobody is.
    #[schema(example = "Grace Hopper")]
    name: String,
    /// Why, in the language of `Accept-Language`.
    #[schema(example = "They rank higher.")]
    reason: String,
}

fn told(Outcome { on, done, refused, .. }: Outcome) -> Many {
    Many {
        on,
        done: done.into_iter().map(|person| person.0).collect(),
        refused: refused
            .into_iter()
            .map(|(PersonId(person), name, reason)| RefusedOne { person, name, reason })
            .collect(),
    }
}

async fn act(caller: Caller, Body(wanted): Body<ForMany>) -> Result<One<Many>, Refusal> {
    let Caller { ctx, actor, lang } = caller;
    let people: Vec<_> = wanted.people.into_iter().map(PersonId).collect();
    let outcome = bulk::act(&ctx, &actor, &people, &wanted.deed, lang).await?;
    Ok(One(told(outcome)))
}
