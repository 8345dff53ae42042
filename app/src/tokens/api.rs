//! The calls that list, make and revoke somebody's own tokens.

use crate::problem::AppError;
use domain::{
    id::TokenId,
    tokens::{Lifetime, Minted, Scope, Tokens},
};
use leptos::prelude::*;

/// One's own tokens.
#[server(name = ReadTokens, endpoint = "tokens/list", protocol = crate::call::Wire)]
pub async fn list() -> Result<Tokens, AppError> {
    let (ctx, t) = (expect_context::<services::Ctx>(), crate::lang::current());
    services::tokens::list(&ctx, &crate::asker::actor()).await.map_err(|error| error.problem(t).into())
}

/// Makes a token; answers it, once.
#[server(name = MakeToken, endpoint = "tokens/make", protocol = crate::call::Wire)]
pub async fn make(
    /// What it is for.
    #[server(default)]
    name: String,
    /// What it may be used for.
    #[server(default)]
    scopes: Vec<Scope>,
    /// How long it works.
    lifetime: Lifetime,
) -> Result<Minted, AppError> {
    let (ctx, t) = (expect_context::<services::Ctx>(), crate::lang::current());
    let wanted = services::tokens::Wanted { name, scopes, lifetime };
    services::tokens::mint(&ctx, &crate::asker::actor(), wanted).await.map_err(|error| error.problem(t).into())
}

/// Revokes a token.
#[server(name = RevokeToken, endpoint = "tokens/revoke", protocol = crate::call::Wire)]
pub async fn revoke(
    /// Which.
    id: TokenId,
) -> Result<(), AppError> {
    let (ctx, t) = (expect_context::<services::Ctx>(), crate::lang::current());
    services::tokens::revoke(&ctx, &crate::asker::actor(), id).await.map_err(|error| error.problem(t))?;
    leptos_axum::redirect("/me/tokens?done=1");
    Ok(())
}
