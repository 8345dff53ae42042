//! `GET /api/v1/me`: the account behind the token.

use super::{
    Caller, Refusal,
    admission::Bearer,
    answer::One,
    operation::{Operation, Tag},
    words,
};
use axum::Extension;
use domain::{actor::Rank, people::PersonStatus, tokens::Scope};
use serde::Serialize;
use services::accounts;
use utoipa::ToSchema;

/// The operations of this module.
pub fn operations() -> Vec<Operation> {
    vec![Operation::get("/api/v1/me", "readMe", read).about(
        Tag::Me,
        "Get the caller",
        "Returns the person that the token or session belongs to, their role, and the token's scopes.",
    )]
}

/// The caller.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    /// The caller's id.
    #[schema(example = 7)]
    id: i64,
    /// The caller's name.
    #[schema(example = "Ada Lovelace")]
    name: String,
    /// The caller's e-mail address, if known.
    #[schema(example = "ada@example.org")]
    email: Option<String>,
    #[schema(schema_with = words::status)]
    status: PersonStatus,
    #[schema(schema_with = words::rank)]
    rank: Rank,
    /// Whether the caller's role is inactive until they use a second factor; until then, they have at most the permissions of
    /// a member.
    asleep: bool,
    /// The token's scopes; null for a session, which is not restricted.
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
