//! Cards: giving somebody one.

use crate::{Ctx, again::again, refusal};
use domain::{
    actor::{About, Actor, Forbidden, Permission},
    cards::CardUid,
    id::{CardId, PersonId},
    live::Hint,
    problem::{Kind, Problem},
};
use serde_json::json;
use store::{Done, StoreError, audit, cards};
use text::Lang;

/// Why nobody was given a card.
#[derive(Debug, Clone, thiserror::Error)]
pub enum CardsError {
    /// The actor may not give cards.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// What was typed is not a card's number.
    #[error("not a card's number")]
    NotAUid,
    /// Somebody has that card, or one that boards cannot tell from it.
    #[error("somebody has that card")]
    Taken,
    /// There is no such person.
    #[error("there is no such person")]
    UnknownPerson,
    /// The storage failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl CardsError {
    /// For the reader.
    #[must_use]
    pub fn problem(&self, lang: Lang) -> Problem {
        let at_field =
            |message| Problem::new("card.invalid", Kind::Invalid, lang.form_fix()).field("uid", message);
        match self {
            Self::Forbidden(why) => refusal::forbidden(*why, lang),
            Self::Store(error) => refusal::storage(error, lang),
            Self::NotAUid => at_field(lang.card_form()),
            Self::Taken => at_field(lang.card_taken()),
            Self::UnknownPerson => Problem::new("person.unknown", Kind::NotFound, lang.card_nobody()),
        }
    }
}

/// Gives `person` the card whose number somebody typed.
pub async fn give(ctx: &Ctx, actor: &Actor, person: PersonId, typed: &str) -> Result<CardId, CardsError> {
    actor.require(Permission::GiveCard, About::person(person))?;
    let uid = CardUid::from_typed(typed).ok_or(CardsError::NotAUid)?;
    let now = ctx.now();
    let actor = actor.clone();
    ctx.store()
        .write(async move |tx| {
            let about = About::person(person);
            let (_, proof) = again::<CardsError>(tx, &actor, Permission::GiveCard, about, now).await?;
            let card = cards::give(tx, person, &uid, now).await.map_err(|error| match error {
                StoreError::Taken(_) => CardsError::Taken,
                StoreError::Dangling => CardsError::UnknownPerson,
                error => error.into(),
            })?;
            tx.after_commit(Hint::Person(person));
            let detail = json!({ "card": card });
            let entry = audit::entry(tx, &proof, now, "card.given", format!("person:{person}"), &detail).await?;
            Ok(Done::audited(card, entry))
        })
        .await
}
