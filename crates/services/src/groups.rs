//! Groups: their members, who asks to join, and who is invited.
//!
//! **Invariants.** Admins of a group decide about its members, and managers about those of all groups. A group does not lose its
//! last admin by a decision; a person who leaves the space leaves the groups, and that may leave one without. Groups open rooms, never
//! machines. Not here: bookings of a group.

use crate::{Ctx, change::Job, error, notices, serve::bind, token::Token};
use contract::{
    equipment::Shelved,
    form::{Fault, Faults, Link},
    groups::{
        AcceptGroupRequest, AddGroup, AddGroupMember, ArchiveGroup, AskToJoinGroup, ChangeGroupRole,
        DeclineGroupRequest, GroupAdded, GroupForm, GroupInvitation, GroupInvitee, GroupKey, GroupLink,
        GroupMember, GroupMembers, GroupPage, GroupRequest, GroupRole, GroupView, Groups, InviteToGroup,
        JoinGroup, ListGroupMembers, ListGroups, NewGroup, NewGroupMember, ReadGroup, ReadGroupPage,
        RemoveGroupMember, RenewGroupLink, RestoreGroup, RevokeGroupLink, SaveGroup, WithdrawGroupInvitation,
    },
};
use domain::{
    accounts::Email,
    actor::{Actor, Forbidden, Permission, Proof, Target},
    audit::Subject,
    groups::{INVITATION, INVITATIONS, LastAdmin, Membership, Role, can_step_down},
    id::{GroupId, PersonId},
    live::ChangeEvent,
    notices::{GroupNews, Notice},
    people::PersonStatus,
    time::Millis,
    versions::Saved,
};
use macros::ServiceError;
use serde_json::json;
use store::{
    Done, SqliteConnection, StoreError, Unaudited, WriteTx, audit,
    groups::{self as rows, StoredGroup},
    people, profiles,
};

/// Why a request about groups is refused.
#[derive(Debug, Clone, ServiceError)]
pub enum GroupsError {
    #[problem("group.unknown", NotFound, group_unknown)]
    Unknown,
    /// They are no member, or do not exist.
    #[problem("group.person-unknown", NotFound, group_person_unknown)]
    UnknownPerson,
    /// Suspended, or no member of the space.
    #[problem("group.person-inactive", Conflict, group_person_inactive)]
    Inactive,
    #[problem("group.archived", Conflict, group_archived)]
    Archived,
    /// The caller is a member.
    #[problem("group.member-already", Conflict, group_you_already)]
    MemberAlready,
    #[problem("group.last-admin", Conflict, group_last_admin)]
    LastAdmin,
    /// It expired, was withdrawn, or never was.
    #[problem("group.invitation-over", Conflict, group_invitation_over)]
    InvitationOver,
    /// It was answered or withdrawn.
    #[problem("group.request-over", Conflict, group_request_over)]
    RequestOver,
    /// [`INVITATIONS`] are open.
    #[problem("group.too-many-invitations", Conflict, group_many_invitations(&INVITATIONS.to_string()))]
    TooManyInvitations,
    /// A newer version was saved meanwhile.
    #[problem(transparent)]
    Stale(Box<Saved>),
    #[problem("group.invalid", Invalid, each)]
    Invalid(#[from] Faults),
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

impl From<LastAdmin> for GroupsError {
    fn from(LastAdmin: LastAdmin) -> Self {
        Self::LastAdmin
    }
}

bind! {
    error GroupsError;
    ListGroups {}, may JoinGroups => list;
    AddGroup {} with form, may ChangeGroups, in job => add;
    ReadGroup { id }, may JoinGroups => find;
    ReadGroupPage { id }, may JoinGroups => page;
    SaveGroup { id, version } with form, may JoinGroups, in job => save;
    ArchiveGroup { id }, may JoinGroups, in job => archive;
    RestoreGroup { id }, may JoinGroups, in job => restore;
    ListGroupMembers { id }, may JoinGroups => members;
    AddGroupMember { group } with form, may ChangeGroups, in job => put_in;
    ChangeGroupRole { group, person } with form, may JoinGroups, in job => change_role;
    RemoveGroupMember { group, person }, may JoinGroups, in job => remove;
    JoinGroup { group } with form, may JoinGroups, in job => join;
    AskToJoinGroup { group }, may JoinGroups, in job => ask;
    AcceptGroupRequest { group, person }, may JoinGroups, in job => accept;
    DeclineGroupRequest { group, person }, may JoinGroups, in job => decline;
    InviteToGroup { group } with form, may JoinGroups, in job => invite;
    WithdrawGroupInvitation { group, person }, may JoinGroups, in job => withdraw;
    RenewGroupLink { id }, may JoinGroups => renew_link;
    RevokeGroupLink { id }, may JoinGroups, in job => revoke_link;
}

/// All groups by name; archived ones for those who may restore them.
async fn list(ctx: &Ctx, actor: &Actor) -> Result<Groups, GroupsError> {
    let may_change = actor.may(Permission::ChangeGroups, Target::NONE);
    let rows = rows::list(&mut *ctx.store().read().await?, None, actor.person(), ctx.now()).await?;
    let visible = rows.iter().filter(|row| row.archived.is_none() || may_decide(actor, row));
    Ok(Groups { groups: visible.map(|row| to_view(ctx, actor, row)).collect(), may_change })
}

async fn find(ctx: &Ctx, actor: &Actor, group: GroupId) -> Result<GroupView, GroupsError> {
    let mut conn = ctx.store().read().await?;
    let row = visible(&mut conn, actor, group, ctx.now()).await?;
    Ok(to_view(ctx, actor, &row))
}

/// The group, unless it is archived and the actor cannot restore it.
async fn visible(
    conn: &mut SqliteConnection,
    actor: &Actor,
    group: GroupId,
    now: Millis,
) -> Result<StoredGroup, GroupsError> {
    let row = rows::one(conn, group, actor.person(), now).await?.ok_or(GroupsError::Unknown)?;
    let is_visible = row.archived.is_none() || may_decide(actor, &row);
    if is_visible { Ok(row) } else { Err(GroupsError::Unknown) }
}

/// Whether the actor decides about the members of this group.
fn may_decide(actor: &Actor, row: &StoredGroup) -> bool {
    row.role == Some(Role::Admin) || actor.may(Permission::ChangeGroups, Target::NONE)
}

/// Whether the actor sees who is in this group.
fn sees_members(actor: &Actor, row: &StoredGroup) -> bool {
    row.role.is_some() || may_decide(actor, row) || actor.may(Permission::SeePeople, Target::NONE)
}

fn to_view(ctx: &Ctx, actor: &Actor, row: &StoredGroup) -> GroupView {
    GroupView {
        id: row.id,
        version: row.version,
        name: row.name.clone(),
        department: row.department.clone(),
        members: row.members,
        admins: if sees_members(actor, row) { row.admins() } else { Vec::new() },
        has_admin: row.has_admin,
        requests: may_decide(actor, row).then_some(row.requests),
        role: row.role,
        asked: row.asked.map(|at| ctx.moment(at)),
        invited_until: row.invited_until.map(|at| ctx.moment(at)),
        archived: row.archived.is_some(),
    }
}

/// A group with what its reader may see of it.
async fn page(ctx: &Ctx, actor: &Actor, group: GroupId) -> Result<GroupPage, GroupsError> {
    let now = ctx.now();
    let mut snapshot = ctx.store().snapshot().await?;
    let row = visible(&mut snapshot, actor, group, now).await?;
    let decides = may_decide(actor, &row);
    let sees_people = actor.may(Permission::SeePeople, Target::NONE);
    let members = rows::members(&mut snapshot, group, now).await?;
    let invitations = rows::invitations(&mut snapshot, group, now).await?;
    let requests = rows::requests(&mut snapshot, group).await?;
    let rooms = rows::rooms(&mut snapshot, group).await?;
    drop(snapshot);
    let mine = invitations.iter().find(|invitation| Some(invitation.person) == actor.person());
    Ok(GroupPage {
        now: ctx.moment(now),
        invited_by: mine.and_then(|mine| mine.by.clone()),
        members: sees_members(actor, &row)
            .then(|| members.into_iter().map(|member| to_member(ctx, member, decides)).collect()),
        requests: if decides {
            requests.into_iter().map(|one| to_request(ctx, one)).collect()
        } else {
            Vec::new()
        },
        invitations: if decides {
            invitations.into_iter().map(|one| to_invitation(ctx, one, sees_people)).collect()
        } else {
            Vec::new()
        },
        rooms,
        link_until: row.link_until.filter(|_| decides).map(|at| ctx.moment(at)),
        decides,
        saved: saved(&row),
        group: to_view(ctx, actor, &row),
    })
}

fn to_member(ctx: &Ctx, member: rows::Member, decides: bool) -> GroupMember {
    let rows::Member { person, name, role, since, on_hold } = member;
    GroupMember { person, name, role, since: ctx.moment(since), on_hold: decides && on_hold }
}

fn to_request(ctx: &Ctx, one: rows::Requester) -> GroupRequest {
    GroupRequest { person: one.person, name: one.name, asked: ctx.moment(one.asked) }
}

/// Who has an address is for the invited person to say, unless the reader sees people.
fn to_invitation(ctx: &Ctx, one: rows::Invitation, sees_people: bool) -> GroupInvitation {
    let rows::Invitation { person, name, email, role, invited, expires, .. } = one;
    let name = if sees_people { name } else { email.unwrap_or_default() };
    GroupInvitation { person, name, role, invited: ctx.moment(invited), expires: ctx.moment(expires) }
}

/// The members, for themselves and for those who see people.
async fn members(ctx: &Ctx, actor: &Actor, group: GroupId) -> Result<GroupMembers, GroupsError> {
    let page = page(ctx, actor, group).await?;
    let mut members = page.members.ok_or(Forbidden::NotAllowed)?;
    members.sort_by_key(|member| member.person);
    Ok(GroupMembers { members })
}

/// The stored values, as the form sends them.
fn saved(row: &StoredGroup) -> Saved {
    Saved::new(row.version, vec![("name", row.name.clone()), ("department", row.department.clone())])
}

async fn one(job: &mut Job<'_>, group: GroupId) -> Result<StoredGroup, GroupsError> {
    rows::one(job.tx.conn(), group, job.actor.person(), job.now).await?.ok_or(GroupsError::Unknown)
}

/// The group, about which the actor decides.
async fn decided(job: &mut Job<'_>, group: GroupId) -> Result<StoredGroup, GroupsError> {
    let row = one(job, group).await?;
    if may_decide(&job.actor, &row) { Ok(row) } else { Err(Forbidden::NotAllowed.into()) }
}

/// The same, unless it is archived.
async fn decided_in_use(job: &mut Job<'_>, group: GroupId) -> Result<StoredGroup, GroupsError> {
    let row = decided(job, group).await?;
    if row.archived.is_none() { Ok(row) } else { Err(GroupsError::Archived) }
}

/// Whether the change is about the actor, as in leaving or withdrawing; otherwise the actor decides about the group.
async fn own_or_decided(job: &mut Job<'_>, group: GroupId, person: PersonId) -> Result<bool, GroupsError> {
    let is_own = job.actor.person() == Some(person);
    if is_own {
        one(job, group).await?
    } else {
        decided(job, group).await?
    };
    Ok(is_own)
}

/// The signed-in person.
fn caller(job: &Job<'_>) -> Result<PersonId, Forbidden> {
    job.actor.person().ok_or(Forbidden::SignIn)
}

/// Ends a change of a group, or of what a person is in it.
async fn done<T>(
    job: &mut Job<'_>,
    value: T,
    action: &'static str,
    subject: impl Into<Subject>,
    detail: &serde_json::Value,
) -> Result<Done<T>, GroupsError> {
    job.tx.after_commit(ChangeEvent::Groups);
    job.audited(value, action, subject, detail).await
}

async fn inform(job: &mut Job<'_>, person: PersonId, group: GroupId, news: GroupNews) -> Result<(), StoreError> {
    let at = job.now;
    job.notify(person, Notice::Group { news, group, at }).await
}

/// Adds a group, with its first admin if one is named.
async fn add(job: &mut Job<'_>, form: NewGroup) -> Result<Done<GroupAdded>, GroupsError> {
    let NewGroup { name, department, admin } = form;
    let new = rows::NewGroup { name: name.into(), department: department.into() };
    let admin = match admin {
        Some(email) => Some(holder(job, &email, "admin").await?),
        None => None,
    };
    let group = rows::add(job.tx, &new, job.now).await.map_err(name_taken)?;
    if let Some(admin) = admin {
        rows::put_in(job.tx, group, admin, Role::Admin, job.now).await?;
        inform(job, admin, group, GroupNews::Admitted).await?;
    }
    done(job, GroupAdded { group }, "group.added", group, &json!({})).await
}

/// The active person with this address, or the fault at `field`.
async fn holder(job: &mut Job<'_>, email: &Email, field: &str) -> Result<PersonId, GroupsError> {
    let nobody = || GroupsError::from(Faults::one(field, Fault::Nobody));
    let (person, _) = profiles::holder(job.tx.conn(), email.as_str()).await?.ok_or_else(nobody)?;
    if is_active(job, person).await? { Ok(person) } else { Err(nobody()) }
}

async fn is_active(job: &mut Job<'_>, person: PersonId) -> Result<bool, StoreError> {
    let standing = people::standing(job.tx.conn(), person).await?;
    Ok(standing.is_some_and(|(status, _)| status == PersonStatus::Active))
}

async fn save(job: &mut Job<'_>, group: GroupId, seen: i64, form: GroupForm) -> Result<Done<()>, GroupsError> {
    let row = decided(job, group).await?;
    if !domain::versions::is_current(row.version, seen) {
        let signed = error::signed(job.tx.conn(), job.zone, group, saved(&row)).await?;
        return Err(GroupsError::Stale(signed));
    }
    let to = rows::NewGroup { name: form.name.into(), department: form.department.into() };
    rows::change(job.tx, group, &to).await.map_err(name_taken)?;
    done(job, (), "group.changed", group, &json!({})).await
}

async fn archive(job: &mut Job<'_>, group: GroupId) -> Result<Done<Shelved>, GroupsError> {
    let row = decided(job, group).await?;
    let answer = Shelved::new(group.0, row.name, true);
    if row.archived.is_some() {
        return Ok(Done::unaudited(answer, Unaudited::NothingChanged));
    }
    rows::archive(job.tx, group, Some(job.now)).await?;
    rows::set_link(job.tx, group, None).await?;
    done(job, answer, "group.archived", group, &json!({})).await
}

/// Restores a group, unless another has its name by now.
async fn restore(job: &mut Job<'_>, group: GroupId) -> Result<Done<Shelved>, GroupsError> {
    let row = decided(job, group).await?;
    let answer = Shelved::new(group.0, row.name, false);
    if row.archived.is_none() {
        return Ok(Done::unaudited(answer, Unaudited::NothingChanged));
    }
    rows::archive(job.tx, group, None).await.map_err(name_taken)?;
    done(job, answer, "group.restored", group, &json!({})).await
}

/// Makes a person a member, or changes their role.
async fn put_in(job: &mut Job<'_>, group: GroupId, new: NewGroupMember) -> Result<Done<()>, GroupsError> {
    let NewGroupMember { person, role } = new;
    decided_in_use(job, group).await?;
    if !is_active(job, person).await? {
        return Err(GroupsError::Inactive);
    }
    let members = rows::roles(job.tx.conn(), group).await?;
    if let Some(now) = members.iter().find(|member| member.person == person) {
        return set_role(job, group, &members, *now, role).await;
    }
    rows::put_in(job.tx, group, person, role, job.now).await?;
    inform(job, person, group, GroupNews::Admitted).await?;
    done(job, (), "group.member-added", person, &json!({ "group": group, "role": role })).await
}

async fn change_role(
    job: &mut Job<'_>,
    group: GroupId,
    person: PersonId,
    form: GroupRole,
) -> Result<Done<()>, GroupsError> {
    decided(job, group).await?;
    let members = rows::roles(job.tx.conn(), group).await?;
    let member = members.iter().find(|member| member.person == person).ok_or(GroupsError::UnknownPerson)?;
    set_role(job, group, &members, *member, form.role).await
}

async fn set_role(
    job: &mut Job<'_>,
    group: GroupId,
    members: &[Membership],
    Membership { person, role: before, .. }: Membership,
    role: Role,
) -> Result<Done<()>, GroupsError> {
    if role == before {
        return Ok(Done::unaudited((), Unaudited::NothingChanged));
    }
    if role == Role::Member {
        can_step_down(members, person)?;
    }
    rows::put_in(job.tx, group, person, role, job.now).await?;
    done(job, (), "group.role-changed", person, &json!({ "group": group, "role": role })).await
}

/// Takes a member out: those who decide anybody, everybody themselves.
async fn remove(job: &mut Job<'_>, group: GroupId, person: PersonId) -> Result<Done<()>, GroupsError> {
    let is_own = own_or_decided(job, group, person).await?;
    can_step_down(&rows::roles(job.tx.conn(), group).await?, person)?;
    if !rows::take_out(job.tx, group, person).await? {
        return Err(GroupsError::UnknownPerson);
    }
    if !is_own {
        // They may still have it.
        rows::set_link(job.tx, group, None).await?;
    }
    inform(job, person, group, GroupNews::Removed).await?;
    let action = if is_own { "group.member-left" } else { "group.member-removed" };
    done(job, (), action, person, &json!({ "group": group })).await
}

/// The caller joins by their invitation, or by the group's link.
async fn join(job: &mut Job<'_>, group: GroupId, form: GroupKey) -> Result<Done<()>, GroupsError> {
    let person = caller(job)?;
    let row = one(job, group).await?;
    if row.role.is_some() {
        return Ok(Done::unaudited((), Unaudited::NothingChanged));
    }
    if row.archived.is_some() {
        return Err(if row.invited_until.is_some() { GroupsError::Archived } else { GroupsError::Unknown });
    }
    let invitations = rows::invitations(job.tx.conn(), group, job.now).await?;
    let invited = invitations.iter().find(|invitation| invitation.person == person).map(|one| one.role);
    let key = String::from(form.key);
    let linked = match Token::presented(&key).hash() {
        Some(hash) => rows::by_link(job.tx.conn(), &hash, job.now).await? == Some(group),
        None => false,
    };
    let role = invited.or(linked.then_some(Role::Member)).ok_or(GroupsError::InvitationOver)?;
    rows::put_in(job.tx, group, person, role, job.now).await?;
    done(job, (), "group.joined", person, &json!({ "group": group, "role": role })).await
}

/// The caller asks to join. The admins are notified, or managers if there is none.
async fn ask(job: &mut Job<'_>, group: GroupId) -> Result<Done<()>, GroupsError> {
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

async fn accept(job: &mut Job<'_>, group: GroupId, person: PersonId) -> Result<Done<()>, GroupsError> {
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
async fn decline(job: &mut Job<'_>, group: GroupId, person: PersonId) -> Result<Done<()>, GroupsError> {
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

/// Invites a person; who asks to join is admitted at once.
async fn invite(job: &mut Job<'_>, group: GroupId, form: GroupInvitee) -> Result<Done<()>, GroupsError> {
    let GroupInvitee { email, role } = form;
    decided_in_use(job, group).await?;
    let person = holder(job, &email, "email").await?;
    let members = rows::roles(job.tx.conn(), group).await?;
    if members.iter().any(|member| member.person == person) {
        return Err(Faults::one("email", Fault::MemberAlready).into());
    }
    if rows::withdraw_request(job.tx, group, person).await? {
        rows::put_in(job.tx, group, person, role, job.now).await?;
        inform(job, person, group, GroupNews::Admitted).await?;
        return done(job, (), "group.request-accepted", person, &json!({ "group": group, "role": role })).await;
    }
    let open = rows::invitations(job.tx.conn(), group, job.now).await?;
    if open.len() >= INVITATIONS && open.iter().all(|invitation| invitation.person != person) {
        return Err(GroupsError::TooManyInvitations);
    }
    let (by, expires) = (job.by().await?, job.now.after(INVITATION));
    rows::invite(job.tx, group, person, role, job.now, by, expires).await?;
    inform(job, person, group, GroupNews::Invited).await?;
    done(job, (), "group.invited", person, &json!({ "group": group, "role": role })).await
}

/// Withdraws an invitation; the invited person declines it.
async fn withdraw(job: &mut Job<'_>, group: GroupId, person: PersonId) -> Result<Done<()>, GroupsError> {
    let is_own = own_or_decided(job, group, person).await?;
    if !rows::withdraw_invitation(job.tx, group, person).await? {
        return Err(GroupsError::InvitationOver);
    }
    let action = if is_own { "group.invitation-declined" } else { "group.invitation-withdrawn" };
    done(job, (), action, person, &json!({ "group": group })).await
}

/// Creates a link by which people join, replacing the one before. It is shown only now.
async fn renew_link(ctx: &Ctx, actor: &Actor, group: GroupId) -> Result<GroupLink, GroupsError> {
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

async fn revoke_link(job: &mut Job<'_>, group: GroupId) -> Result<Done<()>, GroupsError> {
    let row = decided(job, group).await?;
    if row.link_until.is_none() {
        return Ok(Done::unaudited((), Unaudited::NothingChanged));
    }
    rows::set_link(job.tx, group, None).await?;
    done(job, (), "group.link-revoked", group, &json!({})).await
}

/// Takes a person who is no longer a member of the space out of all groups, with an audit entry for each.
pub(crate) async fn left_space(
    tx: &mut WriteTx,
    proof: &Proof,
    person: PersonId,
    now: Millis,
) -> Result<(), StoreError> {
    let standing = people::standing(tx.conn(), person).await?;
    if standing.is_some_and(|(status, _)| status != PersonStatus::Left) {
        return Ok(());
    }
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

fn name_taken(why: StoreError) -> GroupsError {
    match why {
        StoreError::Unique(_) => Faults::one("name", Fault::GroupTaken).into(),
        why => why.into(),
    }
}
