//! What becomes of the groups of a person who is suspended or leaves the space.
//!
//! **Invariant.** A group that loses its last active admin keeps its members, bookings, series and wishes, and managers are notified
//! in the same job: they name another admin. Not here: bookings that pass to another admin ([`crate::bookings`]).

use super::rows;
use crate::notices;
use domain::{
    actor::{Permission, Proof},
    groups::Membership,
    id::{GroupId, PersonId},
    live::ChangeEvent,
    notices::{GroupNews, Notice},
    people::PersonStatus,
    time::Millis,
};
use serde_json::json;
use store::{StoreError, WriteTx, audit, people};

/// The standing of `person` changed, or they are about to be erased: a person who is no longer a member of the space leaves all
/// groups, with an audit entry for each; and managers are notified of groups that they leave without an active admin.
pub(crate) async fn standing_changed(
    tx: &mut WriteTx,
    proof: &Proof,
    person: PersonId,
    now: Millis,
) -> Result<(), StoreError> {
    let status = people::standing(tx.conn(), person).await?.map(|(status, _)| status);
    if status == Some(PersonStatus::Active) {
        return Ok(());
    }
    let administered = rows::administered(tx.conn(), Some(person)).await?;
    if status.is_none_or(|status| status == PersonStatus::Left) {
        leave(tx, proof, person, now).await?;
    }
    for (group, _) in administered {
        if !rows::roles(tx.conn(), group).await?.iter().any(Membership::is_active_admin) {
            notify(tx, proof, group, now).await?;
        }
    }
    Ok(())
}

async fn leave(tx: &mut WriteTx, proof: &Proof, person: PersonId, now: Millis) -> Result<(), StoreError> {
    let groups = rows::of_person(tx.conn(), person).await?;
    rows::leave_all(tx, person).await?;
    tx.after_commit(ChangeEvent::Groups);
    for group in groups {
        let detail = json!({ "group": group });
        let entry = audit::entry(tx, proof, now, "group.member-left", person, &detail).await?;
        tx.followed(entry);
    }
    Ok(())
}

/// Notifies managers that `group` has no active admin any more.
async fn notify(tx: &mut WriteTx, proof: &Proof, group: GroupId, now: Millis) -> Result<(), StoreError> {
    tx.after_commit(ChangeEvent::Groups);
    let notice = Notice::Group { news: GroupNews::WithoutAdmin, group, at: now };
    for manager in notices::responsible(tx.conn(), Permission::ChangeGroups, None, None, now).await? {
        notices::notify(tx, proof, manager, notice, now).await?;
    }
    Ok(())
}
