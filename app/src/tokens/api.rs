//! Server functions for the caller's API tokens.

use crate::problem::AppError;
use contract::tokens::{Minted, Tokens};
use domain::{
    id::TokenId,
    tokens::{Lifetime, Scope},
};
use leptos::prelude::*;

#[server(name = ReadTokens, endpoint = "tokens/list", protocol = crate::call::Wire)]
pub async fn list() -> Result<Tokens, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::tokens::list(&ctx, &crate::request::actor()).await?)
}

/// Creates a token; returns it, once.
#[server(name = MakeToken, endpoint = "tokens/make", protocol = crate::call::Wire)]
pub async fn make(
    #[server(default)] name: String,
    #[server(default)] scopes: Vec<Scope>,
    lifetime: Lifetime,
) -> Result<Minted, AppError> {
    let ctx = expect_context::<services::Ctx>();
    let requested = services::tokens::TokenRequest { name, scopes, lifetime };
    Ok(services::tokens::mint(&ctx, &crate::request::actor(), requested).await?)
}

#[server(name = RevokeToken, endpoint = "tokens/revoke", protocol = crate::call::Wire)]
pub async fn revoke(id: TokenId) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    services::tokens::revoke(&ctx, &crate::request::actor(), id).await?;
    leptos_axum::redirect("/me/tokens?done=1");
    Ok(())
}
