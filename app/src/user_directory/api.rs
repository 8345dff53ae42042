//! Server functions of one's own account in the directory.

use crate::problem::AppError;
use leptos::prelude::*;

/// Links the reader's account to theirs in the directory.
#[server(endpoint = "me/link-directory", protocol = crate::call::Wire)]
pub async fn link_directory(
    #[server(default)] login: String,
    #[server(default)] password: String,
) -> Result<(), AppError> {
    let (ctx, client) = (expect_context::<services::Ctx>(), crate::request::client());
    let actor = crate::request::actor();
    services::accounts::link_directory(&ctx, &actor, client.origin(), &login, &password).await?;
    leptos_axum::redirect("/me/directory?done=linked");
    Ok(())
}
