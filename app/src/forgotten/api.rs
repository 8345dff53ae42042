//! Server function for a password reset.

use crate::problem::AppError;
use leptos::prelude::*;

/// Requests a password reset link.
#[server(endpoint = "forgotten/ask", protocol = crate::call::Wire)]
pub async fn ask(#[server(default)] email: String) -> Result<(), AppError> {
    let (ctx, t, client) = (expect_context::<services::Ctx>(), crate::lang::current(), crate::request::client());
    services::accounts::forgotten(&ctx, client.address, &email, t).await?;
    leptos_axum::redirect("/forgotten?sent=1");
    Ok(())
}
