//! Server functions for set-up.

use crate::problem::AppError;
use contract::checklist::{Added, FirstStart};
use domain::{
    id::{PersonId, TypeId},
    time::Moment,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Data of the set-up form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Zones {
    /// Time zones to choose from, with the time there.
    pub zones: Vec<(String, Moment)>,
    /// Old zone names that browsers still use, with the current ones.
    pub aliases: Vec<(String, String)>,
}

/// Address of the set-up steps.
pub const STEPS: &str = "/start";

/// Whether this link is valid, and the data of its form.
#[server(name = ReadZones, endpoint = "set-up/read", protocol = crate::call::Wire)]
pub async fn zones(token: String) -> Result<Zones, AppError> {
    use domain::accounts::Purpose;
    let (ctx, t, client) = (expect_context::<services::Ctx>(), crate::lang::current(), crate::request::client());
    let token = services::token::Token::presented(&token);
    match services::accounts::link(&ctx, client.address, &token).await {
        Ok(link) if link.purpose == Purpose::SetUp => {
            let aliases =
                domain::zone::Zone::aliases().iter().map(|&(alias, name)| (alias.to_owned(), name.to_owned()));
            Ok(Zones { zones: services::setup::zones(&ctx), aliases: aliases.collect() })
        }
        Ok(_) | Err(services::accounts::AccountsError::Gone) => Err(gone(t).into()),
        Err(error) => Err(error.into()),
    }
}

/// Names the space and creates its first administrator.
#[server(endpoint = "set-up/begin", protocol = crate::call::Wire)]
pub async fn begin(
    token: String,
    #[server(default)] space: String,
    #[server(default)] zone: String,
    /// Language of boards and displays.
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
    crate::sign_in::api::let_in(&opened, STEPS);
    Ok(())
}

/// All set-up steps, and the data of their forms.
#[server(name = ReadFirstStart, endpoint = "set-up/steps", protocol = crate::call::Wire)]
pub async fn first_start() -> Result<FirstStart, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::checklist::first_start(&ctx, &crate::request::actor()).await?)
}

/// Adds a machine and continues with the next step.
#[server(name = AddFirstMachine, endpoint = "set-up/machine", protocol = crate::call::Wire)]
pub async fn add_machine(
    #[server(default)] name: String,
    /// The name of its type; empty for the first one.
    #[server(default)]
    kind: String,
    #[server(default)] number: String,
    #[server(default)] place: String,
) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    let input = services::equipment::AddMachine { name, kind, number, place };
    services::equipment::add_machine(&ctx, &crate::request::actor(), input).await?;
    leptos_axum::redirect(STEPS);
    Ok(())
}

/// Adds a member, invited if there is an address.
#[server(name = AddFirstMember, endpoint = "set-up/member", protocol = crate::call::Wire)]
pub async fn add_member(
    #[server(default)] name: String,
    #[server(default)] email: String,
) -> Result<Added, AppError> {
    let (ctx, t) = (expect_context::<services::Ctx>(), crate::lang::current());
    Ok(services::checklist::add_member(&ctx, &crate::request::actor(), name, email, t).await?)
}

/// Assigns a tapped card, if there is one, and grants a qualification.
#[server(name = LetUse, endpoint = "set-up/let-use", protocol = crate::call::Wire)]
pub async fn let_use(
    person: PersonId,
    kind: TypeId,
    /// An unknown card; empty for none.
    #[server(default)]
    card: String,
) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    let card = card.trim().parse().ok().map(domain::id::UnknownCardId);
    let request = services::checklist::LetUse { person, kind, card };
    services::checklist::let_use(&ctx, &crate::request::actor(), request).await?;
    leptos_axum::redirect(STEPS);
    Ok(())
}

#[cfg(feature = "ssr")]
fn gone(t: text::Lang) -> domain::problem::Problem {
    use domain::problem::{Kind, Problem};
    Problem::new(crate::ui::refused::SET_UP_GONE, Kind::NotFound, t.set_up_gone())
}
