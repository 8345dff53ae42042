//! Groups without an active admin in the inbox of managers, who name another one. Not here: who may do that
//! ([`crate::groups`]).

use crate::Ctx;
use contract::inbox::{Detail, Item};
use domain::{
    actor::Actor,
    inbox::{Matter, SHOWN},
    time::Millis,
};
use store::{SqliteConnection, StoreError, groups};

/// Groups that have members, requests or bookings, and no active admin.
pub(super) async fn find(
    ctx: &Ctx,
    actor: &Actor,
    conn: &mut SqliteConnection,
    now: Millis,
) -> Result<Vec<Item>, StoreError> {
    let found = groups::without_admin(conn, actor.person(), SHOWN, now).await?;
    let items = found.into_iter().map(|group| Item {
        matter: Matter::Group,
        id: group.id.0,
        person: None,
        name: Some(group.name),
        detail: Detail::LacksAdmin,
        at: ctx.moment(group.since),
        verdicts: Vec::new(),
    });
    Ok(items.collect())
}
