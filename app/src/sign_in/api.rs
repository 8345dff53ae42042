//! Server functions for sign-in and applications.

use crate::problem::AppError;
use domain::id::IdentityProviderId;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What anonymous visitors may know about a space.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each adds or takes away a part of the page")]
pub struct Entrance {
    /// There is an administrator, so sign-in is possible.
    pub open: bool,
    pub sign_up: bool,
    pub mail: bool,
    /// Number of free machines, if the status is public.
    pub free: Option<u32>,
    /// Login names of the user directory are taken, too.
    pub directory: bool,
    /// Providers to sign in with, by name.
    pub providers: Vec<(IdentityProviderId, String)>,
    /// The site has an address at which passkeys work.
    pub passkeys: bool,
    /// People sign in with passwords; without, only those who have nothing else.
    pub passwords: bool,
}

/// What to offer on the sign-in page.
#[server(name = ReadEntrance, endpoint = "sign-in/entrance", protocol = crate::call::Wire)]
pub async fn entrance() -> Result<Entrance, AppError> {
    let ctx = expect_context::<services::Ctx>();
    let needed = services::setup::needed(&ctx).await.map_err(services::accounts::AccountsError::from);
    let open = !needed?;
    let floor = services::machines::floor(&ctx, &crate::request::actor()).await.ok();
    let free = floor.map(|floor| {
        let machines = floor.places.iter().flat_map(|place| &place.machines);
        u32::try_from(machines.filter(|machine| machine.state.is_free()).count()).unwrap_or(u32::MAX)
    });
    let (sign_up, mail) = (ctx.space().settings.sign_up, services::mail::can_send(&ctx));
    let directory = services::user_directory::is_entrance(&ctx).await;
    let directory = directory.map_err(services::accounts::AccountsError::from)?;
    let providers = services::identity_providers::offered(&ctx).await;
    let providers = providers.map_err(services::accounts::AccountsError::from)?;
    let (passkeys, passwords) = (services::passkeys::possible(&ctx), ctx.space().settings.passwords);
    Ok(Entrance { open, sign_up, mail, free, directory, providers, passkeys, passwords })
}

/// Signs in and redirects to the requested page.
#[server(endpoint = "sign-in/enter", protocol = crate::call::Wire)]
pub async fn enter(
    #[server(default)] email: String,
    #[server(default)] password: String,
    /// Where to go then.
    #[server(default)]
    to: String,
) -> Result<(), AppError> {
    let (ctx, client) = (expect_context::<services::Ctx>(), crate::request::client());
    let opened = services::accounts::sign_in(&ctx, client.origin(), &client.device, &email, &password).await;
    let_in(&opened?, &to);
    Ok(())
}

#[server(endpoint = "sign-in/apply", protocol = crate::call::Wire)]
pub async fn apply(#[server(default)] name: String, #[server(default)] email: String) -> Result<(), AppError> {
    let (ctx, client) = (expect_context::<services::Ctx>(), crate::request::client());
    services::accounts::apply(&ctx, client.address, &name, &email).await?;
    leptos_axum::redirect("/apply?sent=1");
    Ok(())
}

/// Sets the session cookie and redirects; a second factor is asked first.
#[cfg(feature = "ssr")]
pub(crate) fn let_in(opened: &services::accounts::Opened, to: &str) {
    crate::cookies::let_in(&opened.token);
    if let Some(device) = &opened.device {
        crate::cookies::know_device(device);
    }
    let to = domain::accounts::local_path(to).unwrap_or("/");
    if opened.second_factor {
        leptos_axum::redirect(&crate::sign_in_redirect::to("/second-factor", to));
    } else {
        leptos_axum::redirect(to);
    }
}

/// Signs out on this device.
#[server(endpoint = "me/sign-out", protocol = crate::call::Wire)]
pub async fn sign_out(
    /// Where to go then.
    #[server(default)]
    to: String,
) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    match services::accounts::sign_out(&ctx, &crate::request::actor()).await.map_err(AppError::from) {
        // Already signed out is fine.
        Err(error) if error.0.kind != domain::problem::Kind::SignIn => return Err(error),
        _ => crate::cookies::let_out(),
    }
    leptos_axum::redirect(domain::accounts::local_path(&to).unwrap_or("/"));
    Ok(())
}
