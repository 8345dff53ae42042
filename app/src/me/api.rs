//! Server functions for the caller's account, and for language and theme of the device.

use crate::problem::AppError;
use contract::accounts::{Account, TotpOffer};
use domain::id::SessionId;
#[cfg(feature = "ssr")]
use domain::problem::{Kind, Problem};
use leptos::prelude::*;

/// Lifetime of preferences, in seconds.
#[cfg(feature = "ssr")]
const YEAR: u32 = 365 * 24 * 3600;

/// Saves both on this device; the next document uses them.
#[server(endpoint = "me/prefer", protocol = crate::call::Wire)]
pub async fn prefer(#[server(default)] lang: String, #[server(default)] theme: String) -> Result<(), AppError> {
    let (t, actor) = (crate::lang::current(), crate::request::actor());
    let (lang, theme) = choice(&lang, &theme, t)?;
    if actor.known().is_some() {
        // Mails use it too.
        let ctx = expect_context::<services::Ctx>();
        services::accounts::set_language(&ctx, &actor, lang).await?;
    }
    crate::cookies::keep("lang", lang.tag(), YEAR);
    crate::cookies::keep("theme", theme.key(), YEAR);
    leptos_axum::redirect("/me?saved=1");
    Ok(())
}

/// The caller's account; `None` for anonymous visitors.
#[server(name = ReadAccount, endpoint = "me/account", protocol = crate::call::Wire)]
pub async fn account() -> Result<Option<Account>, AppError> {
    let ctx = expect_context::<services::Ctx>();
    match services::accounts::account(&ctx, &crate::request::actor()).await.map_err(AppError::from) {
        Ok(account) => Ok(Some(account)),
        Err(AppError(problem)) if problem.kind == Kind::SignIn => Ok(None),
        Err(error) => Err(error),
    }
}

/// Signs out on every device.
#[server(endpoint = "me/sign-out-everywhere", protocol = crate::call::Wire)]
pub async fn sign_out_everywhere() -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    services::accounts::sign_out_everywhere(&ctx, &crate::request::actor()).await?;
    crate::cookies::let_out();
    leptos_axum::redirect("/sign-in");
    Ok(())
}

/// Signs out on another device.
#[server(endpoint = "me/end-session", protocol = crate::call::Wire)]
pub async fn end_session(id: SessionId) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    services::accounts::end_session(&ctx, &crate::request::actor(), id).await?;
    leptos_axum::redirect("/me/sessions?done=ended");
    Ok(())
}

#[server(endpoint = "me/password", protocol = crate::call::Wire)]
pub async fn change_password(
    #[server(default)] current_password: String,
    #[server(default)] password: String,
) -> Result<(), AppError> {
    let (ctx, client) = (expect_context::<services::Ctx>(), crate::request::client());
    let actor = crate::request::actor();
    let changed =
        services::accounts::change_password(&ctx, &actor, client.origin(), &current_password, &password).await;
    crate::cookies::let_in(&changed?.token);
    leptos_axum::redirect("/me/password?done=changed");
    Ok(())
}

/// Starts setting up a second factor; returns its key, once.
#[server(name = BeginFactor, endpoint = "me/factor-begin", protocol = crate::call::Wire)]
pub async fn begin_factor() -> Result<TotpOffer, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::accounts::begin_totp(&ctx, &crate::request::actor()).await?)
}

/// Confirms the second factor by its first code; returns the recovery codes, once.
#[server(name = ConfirmFactor, endpoint = "me/factor-confirm", protocol = crate::call::Wire)]
pub async fn confirm_factor(#[server(default)] code: String) -> Result<Vec<String>, AppError> {
    let (ctx, client) = (expect_context::<services::Ctx>(), crate::request::client());
    Ok(services::accounts::confirm_totp(&ctx, &crate::request::actor(), client.origin(), &code).await?)
}

/// Turns off the second factor.
#[server(name = RemoveFactor, endpoint = "me/factor-remove", protocol = crate::call::Wire)]
pub async fn remove_factor(#[server(default)] current_password: String) -> Result<(), AppError> {
    let (ctx, client) = (expect_context::<services::Ctx>(), crate::request::client());
    services::accounts::remove_totp(&ctx, &crate::request::actor(), client.origin(), &current_password).await?;
    leptos_axum::redirect("/me/second-factor?done=removed");
    Ok(())
}

/// Parses both choices, with errors in the language of the page.
#[cfg(feature = "ssr")]
fn choice(lang: &str, theme: &str, t: text::Lang) -> Result<(text::Lang, crate::visitor::Theme), Problem> {
    let (lang, theme) = (text::Lang::from_tag(lang), crate::visitor::Theme::from_key(theme));
    if let (Some(lang), Some(theme)) = (lang, theme) {
        return Ok((lang, theme));
    }
    let mut problem = Problem::new("preference.unknown", Kind::Invalid, t.form_fix());
    if lang.is_none() {
        problem = problem.field("lang", t.choose_language());
    }
    if theme.is_none() {
        problem = problem.field("theme", t.choose_theme());
    }
    Err(problem)
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::visitor::Theme;
    use text::Lang;

    #[test]
    fn unknown_preference_is_refused_at_its_field() {
        assert_eq!(choice("it", "dark", Lang::En), Ok((Lang::It, Theme::Dark)));
        let problem = choice("", "plaid", Lang::It).unwrap_err();
        assert_eq!(problem.at("lang"), Some("Scegli una delle lingue mostrate."));
        assert_eq!(problem.at("theme"), Some("Scegli uno degli aspetti mostrati."));
        assert_eq!(choice("en", "plaid", Lang::En).unwrap_err().at("lang"), None);
    }
}
