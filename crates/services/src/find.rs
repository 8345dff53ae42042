//! Finds anything by a part of its name, and actions by their verb: only results that the caller may open.

use crate::Ctx;
use contract::find::{Found, SHOWN, Suggestion};
use domain::{
    actor::{Actor, Forbidden, Permission, Target},
    find::Command,
    id::PersonId,
    people::folded::words,
    time::Millis,
};
use macros::ServiceError;
use store::{
    SqliteConnection, StoreError, machines,
    people::{self, Filter},
};

/// Why nothing can be found.
#[derive(Debug, Clone, ServiceError)]
pub enum FindError {
    /// Anonymous callers find nothing.
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

/// Everything that matches `text`; empty if it is empty.
pub async fn find(ctx: &Ctx, actor: &Actor, text: &str) -> Result<Found, FindError> {
    actor.require(Permission::SeeFloor, Target::NONE)?;
    let search: String = text.trim().chars().take(crate::directory::SEARCH).collect();
    if search.is_empty() {
        return Ok(Found::default());
    }
    let now = ctx.now();
    let mut snapshot = ctx.store().snapshot().await?;
    let machines = machines::named(&mut snapshot, &search, SHOWN).await?;
    let sees_people = actor.may(Permission::SeePeople, Target::NONE);
    let people = if sees_people { called(&mut snapshot, &search, now).await? } else { Vec::new() };
    let may = |permission| actor.may(permission, Target::NONE);
    let suggestions = match Command::parse(&search) {
        Some(Command::Hold(who)) if sees_people && may(Permission::Hold) => {
            let mut them = called(&mut snapshot, who, now).await?;
            // Nobody holds themselves.
            them.retain(|(id, _)| Some(*id) != actor.person());
            them.into_iter().map(|(id, name)| Suggestion::Hold(id, name)).collect()
        }
        Some(Command::Book(what)) if may(Permission::Book) => vec![Suggestion::Book(what.to_owned())],
        Some(Command::Theme { dark }) => vec![Suggestion::Theme { dark }],
        _ => Vec::new(),
    };
    Ok(Found { machines, people, suggestions })
}

/// People of whose name or address this is a piece.
async fn called(
    conn: &mut SqliteConnection,
    search: &str,
    now: Millis,
) -> Result<Vec<(PersonId, String)>, StoreError> {
    let filter = Filter { words: words(search), limit: SHOWN, ..Filter::default() };
    let found = people::list(conn, &filter, now).await?;
    Ok(found.into_iter().filter_map(|one| Some((one.id, one.name?))).collect())
}
