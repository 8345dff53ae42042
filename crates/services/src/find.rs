//! Finding things by a piece of their name, whatever they are: only what whoever asks may open.

use crate::Ctx;
use domain::{
    actor::{About, Actor, Forbidden, Permission},
    people::folded::words,
};
use macros::ServiceError;
use store::{
    StoreError, machines,
    people::{self, Filter},
};
use views::find::{Found, SHOWN};

/// Why nothing can be found.
#[derive(Debug, Clone, ServiceError)]
pub enum FindError {
    /// Nobody knows who they are, and nothing is shown to strangers.
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    /// The storage failed.
    #[problem(transparent)]
    Store(#[from] StoreError),
}

/// What `word` is a piece of; nothing where it is empty.
pub async fn find(ctx: &Ctx, actor: &Actor, word: &str) -> Result<Found, FindError> {
    actor.require(Permission::SeeFloor, About::NOTHING)?;
    let search: String = word.trim().chars().take(crate::people::SEARCH).collect();
    if search.is_empty() {
        return Ok(Found::default());
    }
    let now = ctx.now();
    let mut snapshot = ctx.store().snapshot().await?;
    let machines = machines::named(&mut snapshot, &search, SHOWN).await?;
    let people = if actor.may(Permission::SeePeople, About::NOTHING) {
        let filter = Filter { words: words(&search), limit: SHOWN, ..Filter::default() };
        let found = people::list(&mut snapshot, &filter, now).await?;
        found.into_iter().filter_map(|one| Some((one.id, one.name?))).collect()
    } else {
        Vec::new()
    };
    Ok(Found { machines, people })
}
