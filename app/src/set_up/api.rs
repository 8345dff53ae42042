//! The calls of the first start.

use crate::problem::AppError;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What the form of the first start needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstStart {
    /// The names of all time zones.
    pub zones: Vec<String>,
}

/// Whether this link begins anything, and with what.
#[server(name = ReadFirstStart, endpoint = "set-up/read", protocol = crate::call::Wire)]
pub async fn first_start(
    /// The token in the address.
    token: String,
) -> Result<FirstStart, AppError> {
    use domain::accounts::Purpose;
    let (ctx, t, client) = (expect_context::<services::Ctx>(), crate::lang::current(), crate::request::client());
    let token = services::token::Token::presented(&token);
    match services::accounts::link(&ctx, client.address, &token).await {
        Ok(link) if link.purpose == Purpose::SetUp => {
            Ok(FirstStart { zones: domain::zone::Zone::names().map(Into::into).collect() })
        }
        Ok(_) | Err(services::accounts::AccountsError::Gone) => Err(gone(t).into()),
        Err(error) => Err(error.into()),
    }
}

/// Names the space and makes its first administrator.
#[server(endpoint = "set-up/begin", protocol = crate::call::Wire)]
pub async fn begin(
    /// The token in the link.
    token: String,
    #[server(default)] space: String,
    #[server(default)] zone: String,
    /// What its boards and walls speak.
    #[server(default)]
    lang: String,
    #[server(default)] name: String,
    /// The address they sign in with.
    #[server(default)]
    email: String,
    #[server(default)] password: String,
) -> Result<(), AppError> {
    use services::{accounts::AccountsError, setup::SetUp};
    let (ctx, t, client) = (expect_context::<services::Ctx>(), crate::lang::current(), crate::request::client());
    let token = services::token::Token::presented(&token);
    let lang = text::Lang::from_tag(&lang).unwrap_or(t);
    let set_up = SetUp { space, zone, lang, name, email, password };
    let opened = services::setup::begin(&ctx, client.origin(), &client.device, &token, set_up).await;
    let opened = opened.map_err(|error| match error {
        AccountsError::Gone => gone(t).into(),
        other => AppError::from(other),
    })?;
    crate::sign_in::api::let_in(&opened, "/");
    Ok(())
}

#[cfg(feature = "ssr")]
fn gone(t: text::Lang) -> domain::problem::Problem {
    use domain::problem::{Kind, Problem};
    Problem::new(crate::ui::refused::SET_UP_GONE, Kind::NotFound, t.set_up_gone())
}
