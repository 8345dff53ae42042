//! The calls about people.

use crate::problem::AppError;
use domain::{
    accounts::Delivery,
    cards::Marked,
    id::{CardId, PersonId},
    people::{PeoplePage, PersonPage},
};
#[cfg(feature = "ssr")]
use domain::{
    cards::CardDeed,
    people::{PersonStatus, Step},
    problem::{Kind, Problem},
};
use leptos::prelude::*;

/// People by name, a page at a time.
#[server(name = ReadPeople, endpoint = "people/list")]
pub async fn list(
    /// In name or address.
    #[server(default)]
    search: String,
    /// Who stands there; anything else is everybody.
    #[server(default)]
    status: String,
    /// Whom the page before ended with.
    after: Option<PersonId>,
) -> Result<PeoplePage, AppError> {
    let (ctx, t) = (expect_context::<services::Ctx>(), crate::lang::current());
    let query = services::people::Query { search, status: PersonStatus::from_word(&status) };
    let page = services::people::list(&ctx, &crate::asker::actor(), &query, after).await;
    page.map_err(|error| error.problem(t).into())
}

/// Somebody's page.
#[server(name = ReadPerson, endpoint = "people/one")]
pub async fn person(
    /// Whose.
    id: PersonId,
) -> Result<PersonPage, AppError> {
    let (ctx, t) = (expect_context::<services::Ctx>(), crate::lang::current());
    let page = services::people::page(&ctx, &crate::asker::actor(), id).await;
    page.map_err(|error| error.problem(t).into())
}

/// Changes where somebody stands with the workshop.
#[server(endpoint = "people/step")]
pub async fn take_step(
    /// Who.
    person: PersonId,
    /// Which step.
    #[server(default)]
    step: String,
) -> Result<(), AppError> {
    let (ctx, t, actor) = (expect_context::<services::Ctx>(), crate::lang::current(), crate::asker::actor());
    let done = match Step::from_word(&step) {
        Some(Step::Admit) => services::people::admit(&ctx, &actor, person).await,
        Some(Step::Suspend) => services::people::suspend(&ctx, &actor, person).await,
        Some(Step::Readmit) => services::people::readmit(&ctx, &actor, person).await,
        Some(Step::Leave) => services::people::leave(&ctx, &actor, person).await,
        None => return Err(Problem::new("person.no-such-step", Kind::Invalid, t.choose_what()).into()),
    };
    done.map_err(|error| error.problem(t))?;
    leptos_axum::redirect(&format!("/people/{person}"));
    Ok(())
}

/// Says something of a card: lost, found, out of service, back in service.
#[server(endpoint = "people/card")]
pub async fn mark_card(
    /// Which.
    card: CardId,
    /// What, as its word.
    #[server(default)]
    deed: String,
) -> Result<Marked, AppError> {
    let (ctx, t, actor) = (expect_context::<services::Ctx>(), crate::lang::current(), crate::asker::actor());
    let Some(deed) = CardDeed::from_word(&deed) else {
        return Err(Problem::new("card.no-such-deed", Kind::Invalid, t.choose_what()).into());
    };
    let marked = services::cards::mark(&ctx, &actor, card, deed).await;
    marked.map_err(|error| error.problem(t).into())
}

/// Makes somebody a member and gives them a link to choose a password.
#[server(endpoint = "people/invite")]
pub async fn invite(
    /// What they are called.
    #[server(default)]
    name: String,
    /// Their address.
    #[server(default)]
    email: String,
    /// The tag of the language they are written to in.
    #[server(default)]
    lang: String,
) -> Result<Delivery, AppError> {
    let (ctx, t) = (expect_context::<services::Ctx>(), crate::lang::current());
    let lang = text::Lang::from_tag(&lang).unwrap_or(t);
    let invite = services::accounts::Invite { name, email, lang };
    let sent = services::accounts::invite(&ctx, &crate::asker::actor(), invite).await;
    sent.map_err(|error| error.problem(t).into())
}

/// Takes the second factor off somebody who lost it.
#[server(endpoint = "people/take-off-second-factor")]
pub async fn take_off_second_factor(
    /// Whose.
    person: PersonId,
) -> Result<(), AppError> {
    let (ctx, t) = (expect_context::<services::Ctx>(), crate::lang::current());
    let taken = services::accounts::take_off_second_factor(&ctx, &crate::asker::actor(), person).await;
    taken.map_err(|error| error.problem(t).into())
}

/// Gives somebody who cannot sign in a link to choose another password.
#[server(endpoint = "people/help-in")]
pub async fn help_in(
    /// Whom.
    person: PersonId,
) -> Result<Delivery, AppError> {
    let (ctx, t) = (expect_context::<services::Ctx>(), crate::lang::current());
    let sent = services::accounts::help_in(&ctx, &crate::asker::actor(), person).await;
    sent.map_err(|error| error.problem(t).into())
}
