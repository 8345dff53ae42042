//! Server function for the second factor.

use crate::problem::AppError;
use contract::passkeys::Factors;
use leptos::prelude::*;

/// What the person of this session can show.
#[server(name = ReadFactors, endpoint = "second-factor/factors", protocol = crate::call::Wire)]
pub async fn factors() -> Result<Factors, AppError> {
    let (ctx, client) = (expect_context::<services::Ctx>(), crate::request::client());
    let token = client.session.unwrap_or_else(|| services::token::Token::presented(""));
    Ok(services::passkeys::factors(&ctx, &token).await?)
}

/// Checks a code of the authenticator, or a recovery code, for the current session.
#[server(endpoint = "second-factor/show", protocol = crate::call::Wire)]
pub async fn show(
    #[server(default)] code: String,
    /// Where to go then.
    #[server(default)]
    to: String,
) -> Result<(), AppError> {
    use services::accounts::AccountsError;
    let (ctx, client) = (expect_context::<services::Ctx>(), crate::request::client());
    let origin = client.origin();
    let token = client.session.unwrap_or_else(|| services::token::Token::presented(""));
    match services::accounts::show_second_factor(&ctx, &token, origin, &code).await {
        Ok(opened) => crate::sign_in::api::let_in(&opened, &to),
        // The session has ended: the password comes first.
        Err(AccountsError::Forbidden(_)) => leptos_axum::redirect(&crate::sign_in_redirect::to("/sign-in", &to)),
        Err(error) => return Err(error.into()),
    }
    Ok(())
}
