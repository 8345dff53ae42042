//! Joining a group: by a request, by an invitation, or by the group's link.
//!
//! **Invariant.** Only admins of the group and managers admit people, each by a decision or by a link that they made. Not here:
//! roles of members, and leaving.

use super::{
    GroupsError, decided, decided_in_use, done, holder, inform, is_active, may_decide, one, own_or_decided, rows,
};
use crate::{Ctx, change::Job, notices, token::Token};
use contract::{
    form::{Fault, Faults, Link},
    groups::{GroupInvitee, GroupKey, GroupLink},
};
use domain::{
    actor::{Actor, Forbidden, Permission, Target},
    events::DomainEvent,
    groups::{INVITATION, INVITATIONS, Role},
    id::{GroupId, GroupInvitationId, PersonId},
    notices::GroupNews,
};
use serde_json::json;
use store::{Done, Unaudited};

/// The signed-in person.
fn caller(job: &Job<'_>) -> Result<PersonId, Forbidden> {
    job.actor.person().ok_or(Forbidden::SignIn)
}

/// The caller joins by their invitation, or by the group's link.
pub(super) async fn join(job: &mut Job<'_>, group: GroupId, form: GroupKey) -> Result<Done<()>, GroupsError> {
    let person = caller(job)?;
    let row = one(job, group).await?;
    if row.role.is_some() {
        return Ok(Done::unaudited((), Unaudited::NothingChanged));
    }
    if row.archived.is_some() {
        return Err(if row.invited_until.is_some() { GroupsError::Archived } else { GroupsError::Unknown });
    }
    let invitations = rows::invitations(job.tx.conn(), group, job.now).await?;
    let invited = invitations.iter().find(|invitation| invitation.is_of(Some(person)));
    let key = String::from(form.key);
    let linked = match Token::presented(&key).hash() {
        Some(hash) => rows::by_link(job.tx.conn(), &hash, job.now).await? == Some(group),
        None => false,
    };
    let role =
        invited.map(|one| one.role).or(linked.then_some(Role::Member)).ok_or(GroupsError::InvitationOver)?;
    rows::put_in(job.tx, group, person, role, job.now).await?;
    if let Some(accepted) = invited {
        rows::withdraw_invitation(job.tx, accepted.id).await?;
    }
    if role == Role::Admin {
        job.emit(DomainEvent::GroupLed { group, person }).await?;
    }
    done(job, (), "group.joined", person, &json!({ "group": group, "role": role })).await
}

/// The caller asks to join. The admins are notified, or managers if there is none.
pub(super) async fn ask(job: &mut Job<'_>, group: GroupId) -> Result<Done<()>, GroupsError> {
    let person = caller(job)?;
    let row = one(job, group).await?;
    if row.archived.is_some() {
        return Err(if may_decide(&job.actor, &row) { GroupsError::Archived } else { GroupsError::Unknown });
    }
    if row.role.is_some() {
        return Err(GroupsError::MemberAlready);
    }
    if !rows::ask(job.tx, group, person, job.now).await? {
        return Ok(Done::unaudited((), Unaudited::NothingChanged));
    }
    let members = rows::roles(job.tx.conn(), group).await?;
    let mut notified: Vec<_> =
        members.iter().filter(|member| member.is_active_admin()).map(|member| member.person).collect();
    if notified.is_empty() {
        notified = notices::responsible(job.tx.conn(), Permission::ChangeGroups, None, None, job.now).await?;
    }
    for admin in notified {
        inform(job, admin, group, GroupNews::Asked).await?;
    }
    done(job, (), "group.asked", person, &json!({ "group": group })).await
}

pub(super) async fn accept(job: &mut Job<'_>, group: GroupId, person: PersonId) -> Result<Done<()>, GroupsError> {
    decided_in_use(job, group).await?;
    if !is_active(job, person).await? {
        return Err(GroupsError::Inactive);
    }
    if !rows::withdraw_request(job.tx, group, person).await? {
        return Err(GroupsError::RequestOver);
    }
    rows::put_in(job.tx, group, person, Role::Member, job.now).await?;
    inform(job, person, group, GroupNews::Admitted).await?;
    done(job, (), "group.request-accepted", person, &json!({ "group": group })).await
}

/// Declines a request; everybody withdraws their own.
pub(super) async fn decline(job: &mut Job<'_>, group: GroupId, person: PersonId) -> Result<Done<()>, GroupsError> {
    let is_own = own_or_decided(job, group, person).await?;
    if !rows::withdraw_request(job.tx, group, person).await? {
        return Err(GroupsError::RequestOver);
    }
    if !is_own {
        inform(job, person, group, GroupNews::Declined).await?;
    }
    let action = if is_own { "group.request-withdrawn" } else { "group.request-declined" };
    done(job, (), action, person, &json!({ "group": group })).await
}

/// Invites the person with an address. For callers who may see people, an address that nobody has is refused, and a person who asks to
/// join is admitted at once. For others answer and list do not depend on who has the address, and nobody joins by their guess: the
/// invited person accepts.
pub(super) async fn invite(
    job: &mut Job<'_>,
    group: GroupId,
    form: GroupInvitee,
) -> Result<Done<()>, GroupsError> {
    let GroupInvitee { email, role } = form;
    decided_in_use(job, group).await?;
    let sees_people = job.actor.may(Permission::SeePeople, Target::NONE);
    let known = match holder(job, &email, "email").await {
        Ok(person) => Some(person),
        Err(GroupsError::Invalid(_)) if !sees_people => None,
        Err(why) => return Err(why),
    };
    let members = rows::roles(job.tx.conn(), group).await?;
    let is_member = members.iter().any(|member| Some(member.person) == known);
    if let Some(person) = known.filter(|_| sees_people) {
        if is_member {
            return Err(Faults::one("email", Fault::MemberAlready).into());
        }
        if rows::withdraw_request(job.tx, group, person).await? {
            rows::put_in(job.tx, group, person, role, job.now).await?;
            if role == Role::Admin {
                job.emit(DomainEvent::GroupLed { group, person }).await?;
            }
            inform(job, person, group, GroupNews::Admitted).await?;
            let detail = json!({ "group": group, "role": role });
            return done(job, (), "group.request-accepted", person, &detail).await;
        }
    }
    let open = rows::invitations(job.tx.conn(), group, job.now).await?;
    if open.len() >= INVITATIONS && open.iter().all(|invitation| invitation.email != email.as_str()) {
        return Err(GroupsError::TooManyInvitations);
    }
    let (by, expires) = (job.by().await?, job.now.after(INVITATION));
    rows::invite(job.tx, group, email.as_str(), role, job.now, by, expires).await?;
    let detail = json!({ "group": group, "role": role });
    match known.filter(|_| !is_member) {
        Some(person) => {
            inform(job, person, group, GroupNews::Invited).await?;
            done(job, (), "group.invited", person, &detail).await
        }
        None => done(job, (), "group.invited", group, &detail).await,
    }
}

/// Withdraws an invitation; the invited person declines it.
pub(super) async fn withdraw(
    job: &mut Job<'_>,
    group: GroupId,
    invitation: GroupInvitationId,
) -> Result<Done<()>, GroupsError> {
    one(job, group).await?;
    let open = rows::invitations(job.tx.conn(), group, job.now).await?;
    let found = open.iter().find(|one| one.id == invitation);
    let is_own = found.is_some_and(|one| one.is_of(job.actor.person()));
    if !is_own {
        decided(job, group).await?;
    }
    let found = found.ok_or(GroupsError::InvitationOver)?;
    rows::withdraw_invitation(job.tx, invitation).await?;
    let action = if is_own { "group.invitation-declined" } else { "group.invitation-withdrawn" };
    let detail = json!({ "group": group });
    match found.person {
        Some(person) => done(job, (), action, person, &detail).await,
        None => done(job, (), action, group, &detail).await,
    }
}

/// Creates a link by which people join, replacing the one before. It is shown only now.
pub(super) async fn renew_link(ctx: &Ctx, actor: &Actor, group: GroupId) -> Result<GroupLink, GroupsError> {
    let (key, hash) = ctx.rng().new_token();
    ctx.change(actor, Permission::JoinGroups, Target::NONE, async move |job| {
        decided_in_use(job, group).await?;
        let until = job.now.after(INVITATION);
        rows::set_link(job.tx, group, Some((hash, until))).await?;
        let link = Link(format!("/groups/{group}/join?key={}", key.expose()));
        done(job, GroupLink { id: group, link }, "group.link-made", group, &json!({})).await
    })
    .await
}

pub(super) async fn revoke_link(job: &mut Job<'_>, group: GroupId) -> Result<Done<()>, GroupsError> {
    let row = decided(job, group).await?;
    if row.link_until.is_none() {
        return Ok(Done::unaudited((), Unaudited::NothingChanged));
    }
    rows::set_link(job.tx, group, None).await?;
    done(job, (), "group.link-revoked", group, &json!({})).await
}
