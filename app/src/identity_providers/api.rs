//! Server functions for people who come from an identity provider and are not in yet.

use crate::problem::AppError;
use contract::identity_providers::Arrival;
use leptos::prelude::*;

/// Who they are there, and what they can do. `why` is the reason in the address, of those without an arrival.
#[server(name = ReadArrival, endpoint = "sign-in/arrival", protocol = crate::call::Wire)]
pub async fn arrival(#[server(default)] why: String) -> Result<Arrival, AppError> {
    use contract::identity_providers::NextStep;
    use domain::identity_providers::Refusal;
    let refused = |why| Arrival { provider: None, name: None, next: NextStep::Refused(why), signs_out: false };
    if let Some(why) = Refusal::parse(&why) {
        return Ok(refused(why));
    }
    let ctx = expect_context::<services::Ctx>();
    let found = match crate::cookies::arrival() {
        Some(token) => services::identity_providers::arrival(&ctx, &token).await?,
        None => None,
    };
    Ok(found.unwrap_or(refused(Refusal::Expired)))
}

/// Links the account there to the one here with the same address, and signs in.
#[server(endpoint = "sign-in/link-account", protocol = crate::call::Wire)]
pub async fn link_account(
    #[server(default)] password: String,
    #[server(default)] code: String,
) -> Result<(), AppError> {
    let (ctx, client) = (expect_context::<services::Ctx>(), crate::request::client());
    let token = arrived();
    let entered = (password.as_str(), code.as_str());
    let proved = services::identity_providers::prove(&ctx, client.origin(), &client.device, &token, entered).await;
    let (opened, to) = proved.map_err(expired)?;
    crate::sign_in::api::let_in(&opened, &to);
    crate::cookies::forget_arrival();
    Ok(())
}

/// Mails a code to an address that the provider does not vouch for.
#[server(endpoint = "sign-in/mail-code", protocol = crate::call::Wire)]
pub async fn mail_code(#[server(default)] email: String) -> Result<(), AppError> {
    let (ctx, client) = (expect_context::<services::Ctx>(), crate::request::client());
    let lang = crate::lang::current();
    let sent = services::identity_providers::send_code(&ctx, client.address, &arrived(), &email, lang).await;
    sent.map_err(expired)?;
    leptos_axum::redirect(ARRIVAL);
    Ok(())
}

/// Proves that address by the code.
#[server(endpoint = "sign-in/confirm-address", protocol = crate::call::Wire)]
pub async fn confirm_address(#[server(default)] code: String) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    let confirmed = services::identity_providers::confirm_address(&ctx, &arrived(), &code).await;
    confirmed.map_err(expired)?;
    leptos_axum::redirect(ARRIVAL);
    Ok(())
}

/// Applies for membership, or joins, as the provider knows them. If their address belongs to a person here meanwhile, the page asks
/// whether they are that person.
#[server(endpoint = "sign-in/ask-to-join", protocol = crate::call::Wire)]
pub async fn ask_to_join(#[server(default)] name: String) -> Result<(), AppError> {
    let (ctx, client) = (expect_context::<services::Ctx>(), crate::request::client());
    let token = arrived();
    let applied = services::identity_providers::apply(&ctx, client.origin(), &client.device, &token, &name).await;
    if matches!(applied, Err(services::accounts::AccountsError::LinkFirst)) {
        leptos_axum::redirect(ARRIVAL);
        return Ok(());
    }
    crate::sign_in::api::let_in(&applied.map_err(expired)?, "/me");
    crate::cookies::forget_arrival();
    Ok(())
}

/// The page of those who are not in.
#[cfg(feature = "ssr")]
const ARRIVAL: &str = "/sign-in/provider";

#[cfg(feature = "ssr")]
fn arrived() -> services::token::Token {
    crate::cookies::arrival().unwrap_or_else(|| services::token::Token::presented(""))
}

/// The sentence for a person who took too long, instead of the one about links.
#[cfg(feature = "ssr")]
fn expired(error: services::accounts::AccountsError) -> AppError {
    use domain::problem::Problem;
    let is_gone = matches!(error, services::accounts::AccountsError::Gone);
    let AppError(problem) = error.into();
    let detail = if is_gone { crate::lang::current().arrival_gone().to_owned() } else { problem.detail.clone() };
    AppError(Problem { detail, ..problem })
}
