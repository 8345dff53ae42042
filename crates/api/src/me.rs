//! `GET /api/v1/me`: who somebody's program is here.

use super::{
    Caller, Refusal,
    answer::One,
    door::Bearer,
    operation::{Operation, Tag},
    words,
};
use axum::Extension;
use domain::{actor::Rank, people::PersonStatus, tokens::Scope};
use serde::Serialize;
use services::accounts;
use utoipa::ToSchema;

/// What can be done here.
pub fn operations() -> Vec<Operation> {
    vec![Operation::get("/api/v1/me", "readMe", read).about(
        Tag::Me,
        "Who asks",
        "Who the token or session stands for, what they are here, and what the token is for.",
    )]
}

/// Whoever asks.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    /// Their id.
    #[schema(example = 7)]
    id: i64,
    /// What they are called.
    #[schema(example = "Ada Lovelace")]
    name: String,
    /// Their address, if one is known.
    #[schema(example = "ada@example.org")]
    email: Option<String>,
    #[schema(schema_with = words::status)]
    status: PersonStatus,
    #[schema(schema_with = words::rank)]
    rank: Rank,
    /// Their role sleeps until a second factor is shown: they are a member at most.
    asleep: bool,
    /// What the token may be used for; null for a session, which may be used for everything.
    #[schema(schema_with = words::scopes)]
    scopes: Option<Vec<Scope>>,
}

async fn read(caller: Caller, Extension(bearer): Extension<Bearer>) -> Result<One<Me>, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let account = accounts::account(&ctx, &actor).await?;
    let scopes = match bearer {
        Bearer::Token { scopes } => Some(scopes),
        Bearer::None | Bearer::Refused | Bearer::Unavailable => None,
    };
    Ok(One(Me {
        id: actor.person().map_or(0, |person| person.0),
        name: account.name,
        email: account.email,
        status: account.status,
        rank: account.rank,
        asleep: account.asleep,
        scopes,
    }))
}
