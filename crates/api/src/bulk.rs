//! One action for many people at once.

use super::{
    Body, Caller, Refusal,
    answer::One,
    operation::{Operation, Tag},
};
use contract::bulk::Outcome;
use domain::{actor::Permission, id::PersonId, tokens::Scope};
use serde::{Deserialize, Serialize};
use services::{bulk, requirements::PathTarget};
use utoipa::ToSchema;

/// The operations of this module.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::post("/api/v1/bulk/people", "actOnMany", act)
            .may(&[(Permission::ChangeStatus, PathTarget::Space)])
            .about(
                Tag::People,
                "Apply an action to many people",
                "Applies an action to each person separately. People for whom it is refused are listed with the reason and \
                 do not affect the others. Repeating the request refuses those for whom it already succeeded.",
            )
            .needs(Scope::PeopleWrite)
            .errors::<services::bulk::BulkError>(&["bulk.nobody", "bulk.too-many", "bulk.no-such-action"]),
    ]
}

/// The action and the people it applies to.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ForMany {
    /// The action: `suspend`, `readmit`, or `grant:` or `revoke:` with a type or machine.
    #[schema(
        pattern = "^(suspend|readmit|(grant|revoke):(type|machine):[1-9][0-9]{0,17})$",
        example = "grant:type:3"
    )]
    action: String,
    /// The people's ids.
    #[schema(min_items = 1, max_items = 200, example = json!([7, 8]))]
    people: Vec<i64>,
}

/// The outcome of a bulk action.
#[derive(Debug, Serialize, ToSchema)]
pub struct Many {
    /// The name of the type or machine, for `grant` and `revoke`.
    #[schema(example = "Laser cutter")]
    on: Option<String>,
    /// The ids of the people for whom it succeeded.
    #[schema(max_items = 200, example = json!([7]))]
    done: Vec<i64>,
    /// The people for whom it was refused.
    #[schema(max_items = 200)]
    refused: Vec<RefusedOne>,
}

/// A person for whom the action was refused.
#[derive(Debug, Serialize, ToSchema)]
pub struct RefusedOne {
    /// The person's id.
    #[schema(example = 8)]
    person: i64,
    /// The person's name, or the id if there is no such person.
    #[schema(example = "Grace Hopper")]
    name: String,
    /// The reason, in the language of `Accept-Language`.
    #[schema(example = "They rank higher.")]
    reason: String,
}

fn to_outcome(Outcome { on, done, refused, .. }: Outcome) -> Many {
    Many {
        on,
        done: done.into_iter().map(|person| person.0).collect(),
        refused: refused
            .into_iter()
            .map(|(PersonId(person), name, reason)| RefusedOne { person, name, reason })
            .collect(),
    }
}

async fn act(caller: Caller, Body(requested): Body<ForMany>) -> Result<One<Many>, Refusal> {
    let Caller { ctx, actor, lang } = caller;
    let people: Vec<_> = requested.people.into_iter().map(PersonId).collect();
    let outcome = bulk::act(&ctx, &actor, &people, &requested.action, lang).await?;
    Ok(One(to_outcome(outcome)))
}
