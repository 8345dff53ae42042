//! Server functions for links: create one for a person, view one, and use it.

use crate::problem::AppError;
use contract::accounts::{Delivery, LinkView};
use domain::id::PersonId;
use leptos::prelude::*;

/// Purpose of a link; viewing does not use it.
#[server(name = ReadLink, endpoint = "link/read", protocol = crate::call::Wire)]
pub async fn link(
    /// The token in its address.
    token: String,
) -> Result<LinkView, AppError> {
    use domain::problem::Problem;
    use services::accounts::AccountsError;
    let (ctx, t, client) = (expect_context::<services::Ctx>(), crate::lang::current(), crate::request::client());
    let token = services::token::Token::presented(&token);
    services::accounts::link(&ctx, client.address, &token).await.map_err(|error| match error {
        // The page says the rest below its headline.
        AccountsError::Gone => Problem { detail: t.set_up_gone().into(), ..AppError::from(error).0 }.into(),
        _ => error.into(),
    })
}

/// Accepts an invitation, or resets a password.
#[server(endpoint = "link/accept", protocol = crate::call::Wire)]
pub async fn accept(token: String, #[server(default)] password: String) -> Result<(), AppError> {
    let (ctx, client) = (expect_context::<services::Ctx>(), crate::request::client());
    let token = services::token::Token::presented(&token);
    let opened = services::accounts::accept(&ctx, client.origin(), &client.device, &token, &password).await;
    crate::sign_in::api::let_in(&opened?, "/me");
    Ok(())
}

/// Signs in by an invitation or a reset link where passwords are off, and leads to adding a passkey.
#[server(endpoint = "link/accept-without-password", protocol = crate::call::Wire)]
pub async fn accept_without_password(token: String) -> Result<(), AppError> {
    let (ctx, client) = (expect_context::<services::Ctx>(), crate::request::client());
    let token = services::token::Token::presented(&token);
    let opened = services::accounts::accept_without_password(&ctx, client.origin(), &client.device, &token).await;
    crate::sign_in::api::let_in(&opened?, "/me/security");
    Ok(())
}

/// Makes this browser the screen of a wall display, and opens the wall or the entrance sign on it.
#[server(endpoint = "link/open-screen", protocol = crate::call::Wire)]
pub async fn open_screen(
    token: String,
    /// `yes` opens the sign.
    #[server(default)]
    sign: String,
) -> Result<(), AppError> {
    let (ctx, client) = (expect_context::<services::Ctx>(), crate::request::client());
    let token = services::token::Token::presented(&token);
    let opened = services::displays::open(&ctx, client.address, &token).await?;
    crate::cookies::let_screen_in(&opened);
    leptos_axum::redirect(if sign == "yes" { "/kiosk/sign" } else { "/kiosk" });
    Ok(())
}

/// Signs in with a link alone.
#[server(endpoint = "link/follow", protocol = crate::call::Wire)]
pub async fn follow(token: String) -> Result<(), AppError> {
    let (ctx, client) = (expect_context::<services::Ctx>(), crate::request::client());
    let token = services::token::Token::presented(&token);
    let opened = services::accounts::follow(&ctx, client.origin(), &client.device, &token).await;
    crate::sign_in::api::let_in(&opened?, "/");
    Ok(())
}

/// Creates a sign-in link for a person who cannot sign in.
#[server(endpoint = "people/help-in", protocol = crate::call::Wire)]
pub async fn help_in(person: PersonId) -> Result<Delivery, AppError> {
    let (ctx, t) = (expect_context::<services::Ctx>(), crate::lang::current());
    Ok(services::accounts::help_in(&ctx, &crate::request::actor(), person, t).await?)
}
