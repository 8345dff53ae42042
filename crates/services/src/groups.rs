//! Groups: their members, who asks to join, and who is invited.
//!
//! **Invariants.** Admins of a group decide about its members, and managers about those of all groups. A group does not lose its
//! last admin by a decision; a person who leaves the space leaves the groups, and that may leave one without (`standing`). Groups open
//! rooms, never machines. Not here: bookings of a group ([`crate::bookings`]); how people join (`joining`) and the import (`import`)
//! are parts.

mod import;
mod joining;
mod standing;

pub(crate) use standing::standing_changed;

use crate::{
    Ctx,
    bookings::{LostTime, group_restored},
    change::Job,
    error, notices,
    serve::bind,
};
use contract::{
    equipment::Shelved,
    form::{Fault, Faults},
    groups::{
        AcceptGroupRequest, AddGroup, AddGroupMember, ArchiveGroup, AskToJoinGroup, ChangeGroupRole,
        DeclineGroupRequest, GroupAdded, GroupBooking, GroupDraw, GroupForm, GroupHours, GroupInvitation,
        GroupMember, GroupMembers, GroupPage, GroupRequest, GroupRestored, GroupRole, GroupView, Groups,
        ImportGroups, InviteToGroup, JoinGroup, ListGroupMembers, ListGroups, LostBooking, NewGroup,
        NewGroupMember, ReadGroup, ReadGroupPage, RemoveGroupMember, RenewGroupLink, RestoreGroup,
        RevokeGroupLink, SaveGroup, WithdrawGroupInvitation,
    },
};
use domain::{
    accounts::Email,
    actor::{Actor, Forbidden, Permission, Target},
    audit::Subject,
    draws::State,
    events::DomainEvent,
    groups::{INVITATIONS, LINES, LastAdmin, Membership, Role, can_step_down},
    id::{GroupId, PersonId},
    imports::table::Unread,
    live::ChangeEvent,
    notices::{GroupNews, Notice},
    occupations::Span,
    people::PersonStatus,
    time::{Date, MINUTE, Millis, millis},
    versions::Saved,
};
use macros::ServiceError;
use serde_json::json;
use std::collections::HashMap;
use store::{
    Done, SqliteConnection, StoreError, Unaudited,
    bookings::{self, Filter},
    draws,
    groups::{self as rows, Activity, StoredGroup},
    people, profiles,
};

/// Bookings of a group on its page, at most.
const UPCOMING: u32 = 50;

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
    /// The table cannot be read.
    #[problem(transparent)]
    Unread(Unread),
    /// The table lacks this column.
    #[problem("group.no-column", Invalid, at("table", bookings_import_column(_0)))]
    NoColumn(&'static str),
    /// The table has more than [`LINES`].
    #[problem("group.too-many-lines", Invalid, at("table", bookings_import_many(&LINES.to_string())))]
    TooManyLines,
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
    ImportGroups {} with form, may ChangeGroups => import::import;
    ReadGroup { id }, may JoinGroups => find;
    ReadGroupPage { id }, may JoinGroups => page;
    SaveGroup { id, version } with form, may JoinGroups, in job => save;
    ArchiveGroup { id }, may JoinGroups, in job => archive;
    RestoreGroup { id }, may JoinGroups, in job => restore;
    ListGroupMembers { id }, may JoinGroups => members;
    AddGroupMember { group } with form, may ChangeGroups, in job => put_in;
    ChangeGroupRole { group, person } with form, may JoinGroups, in job => change_role;
    RemoveGroupMember { group, person }, may JoinGroups, in job => remove;
    JoinGroup { group } with form, may JoinGroups, in job => joining::join;
    AskToJoinGroup { group }, may JoinGroups, in job => joining::ask;
    AcceptGroupRequest { group, person }, may JoinGroups, in job => joining::accept;
    DeclineGroupRequest { group, person }, may JoinGroups, in job => joining::decline;
    InviteToGroup { group } with form, may JoinGroups, in job => joining::invite;
    WithdrawGroupInvitation { group, invitation }, may JoinGroups, in job => joining::withdraw;
    RenewGroupLink { id }, may JoinGroups => joining::renew_link;
    RevokeGroupLink { id }, may JoinGroups, in job => joining::revoke_link;
}

/// All groups by name; archived ones for those who may restore them.
async fn list(ctx: &Ctx, actor: &Actor) -> Result<Groups, GroupsError> {
    let may_change = actor.may(Permission::ChangeGroups, Target::NONE);
    let now = ctx.now();
    let mut snapshot = ctx.store().snapshot().await?;
    let rows = rows::list(&mut snapshot, None, actor.person(), now).await?;
    let activity = rows::activity(&mut snapshot, None, week(ctx, now), now).await?;
    let activity: HashMap<GroupId, Activity> = activity.into_iter().map(|one| (one.group, one)).collect();
    let visible = rows.iter().filter(|row| row.archived.is_none() || may_decide(actor, row));
    Ok(Groups {
        now: ctx.moment(now),
        groups: visible.map(|row| to_view(ctx, actor, row, activity.get(&row.id))).collect(),
        may_change,
    })
}

async fn find(ctx: &Ctx, actor: &Actor, group: GroupId) -> Result<GroupView, GroupsError> {
    let now = ctx.now();
    let mut snapshot = ctx.store().snapshot().await?;
    let row = visible(&mut snapshot, actor, group, now).await?;
    let activity = rows::activity(&mut snapshot, Some(group), week(ctx, now), now).await?;
    Ok(to_view(ctx, actor, &row, activity.first()))
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

/// The week of `now`, Monday to Sunday by the clocks of the space.
fn week(ctx: &Ctx, now: Millis) -> Span {
    let zone = ctx.space().zone;
    let today = zone.moment(now).wall().date;
    let at = |day| zone.start_of(Date::from_days(day));
    let monday = today.days() - i64::from(today.weekday());
    Span { starts: at(monday), ends: at(monday + 7) }
}

fn to_view(ctx: &Ctx, actor: &Actor, row: &StoredGroup, activity: Option<&Activity>) -> GroupView {
    // When a group is there is for its members, and for those who may see people.
    let visible = activity.filter(|_| sees_bookings(actor, row));
    let minutes = |of: fn(&Activity) -> i64| {
        let minutes = visible.map_or(0, of) / millis(MINUTE);
        u32::try_from(minutes).unwrap_or(u32::MAX)
    };
    GroupView {
        hours: GroupHours {
            used: minutes(|activity| activity.used),
            ahead: minutes(|activity| activity.ahead),
            most: ctx.space().settings.booking.group_weekly,
        },
        next_booking: visible.and_then(|activity| activity.next).map(|at| ctx.moment(at)),
        may_book: activity.map(Activity::permitted).unwrap_or_default(),
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
        invitation: row.invitation,
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
    let activity = rows::activity(&mut snapshot, Some(group), week(ctx, now), now).await?;
    let (bookings, series, draws) = if sees_bookings(actor, &row) {
        let bookings = upcoming(ctx, &mut snapshot, group, now).await?;
        let series = crate::series::of_group(ctx, &mut snapshot, group).await?;
        (bookings, series, wishes(ctx, &mut snapshot, (group, row.role), now).await?)
    } else {
        (Vec::new(), Vec::new(), Vec::new())
    };
    let notices = match actor.person() {
        Some(person) => notices::about_group(ctx, &mut snapshot, actor, (person, group)).await?,
        None => Vec::new(),
    };
    drop(snapshot);
    let mine = invitations.iter().find(|one| Some(one.id) == row.invitation);
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
        bookings,
        series,
        draws,
        notices,
        books: decides && row.archived.is_none(),
        link_until: row.link_until.filter(|_| decides).map(|at| ctx.moment(at)),
        decides,
        saved: saved(&row),
        group: to_view(ctx, actor, &row, activity.first()),
    })
}

/// Whether the actor sees what the group has booked, and who answers for it.
fn sees_bookings(actor: &Actor, row: &StoredGroup) -> bool {
    row.role.is_some() || may_decide(actor, row) || actor.may(Permission::SeePeople, Target::NONE)
}

/// Bookings of the group that are running or ahead; of each series the next date.
async fn upcoming(
    ctx: &Ctx,
    conn: &mut SqliteConnection,
    group: GroupId,
    now: Millis,
) -> Result<Vec<GroupBooking>, StoreError> {
    let filter =
        Filter { group: Some(group), holding: true, after: Some(now), next_dates: true, ..Filter::default() };
    let found = bookings::list(conn, filter, UPCOMING).await?.into_iter().map(|row| GroupBooking {
        id: row.id,
        name: row.name,
        starts: ctx.moment(row.starts),
        ends: ctx.moment(row.ends),
        state: row.state,
        by: row.person_name,
    });
    Ok(found.collect())
}

/// Draws that are open for groups, and those with wishes of the group whose weeks are not over. How many wishes it has is for
/// its members alone until the draw has run: others see only draws that have.
async fn wishes(
    ctx: &Ctx,
    conn: &mut SqliteConnection,
    (group, role): (GroupId, Option<Role>),
    now: Millis,
) -> Result<Vec<GroupDraw>, StoreError> {
    let entered = draws::of_group(conn, group).await?;
    let today = ctx.today();
    let mut all: Vec<_> = draws::list(conn, None)
        .await?
        .into_iter()
        .filter_map(|draw| {
            let state = draw.state_at(now);
            if role.is_none() && state != State::Completed {
                return None;
            }
            let own = entered.iter().find(|(id, ..)| *id == draw.id);
            let is_open = state == State::Open && draw.terms.entrants.takes_groups();
            let (_, wishes, won) = own.copied().or(is_open.then_some((draw.id, 0, 0)))?;
            (draw.terms.last >= today).then(|| GroupDraw {
                id: draw.id,
                state,
                closes: ctx.moment(draw.terms.window.closes),
                wishes,
                limit: draw.terms.limit,
                won,
                name: draw.name,
            })
        })
        .collect();
    all.sort_by_key(|draw| (draw.closes.at, draw.id));
    Ok(all)
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
    let rows::Invitation { id, name, email, role, invited, expires, .. } = one;
    let name = name.filter(|_| sees_people).unwrap_or(email);
    GroupInvitation { id, name, role, invited: ctx.moment(invited), expires: ctx.moment(expires) }
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
    job.emit(DomainEvent::GroupArchived { group }).await?;
    done(job, answer, "group.archived", group, &json!({})).await
}

/// Restores a group, unless another has its name by now, with the bookings that it can still have.
async fn restore(job: &mut Job<'_>, group: GroupId) -> Result<Done<GroupRestored>, GroupsError> {
    let row = decided(job, group).await?;
    let mut answer = GroupRestored { id: group, name: row.name, restored: 0, lost: 0, lost_bookings: Vec::new() };
    let Some(since) = row.archived else {
        return Ok(Done::unaudited(answer, Unaudited::NothingChanged));
    };
    rows::archive(job.tx, group, None).await.map_err(name_taken)?;
    let returned = group_restored(job, group, since).await?;
    answer.restored = returned.back;
    answer.lost = returned.lost.values().sum();
    let listed = returned.listed.into_iter().map(|LostTime { resource, starts, reason }| LostBooking {
        resource,
        starts: job.zone.moment(starts),
        reason: reason.to_owned(),
    });
    answer.lost_bookings = listed.collect();
    let detail = json!({ "bookings": returned.back, "lost": answer.lost, "reasons": returned.lost });
    done(job, answer, "group.restored", group, &detail).await
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
    if role == Role::Admin {
        job.emit(DomainEvent::GroupLed { group, person }).await?;
    }
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
    give_role(job, group, members, person, role).await?;
    done(job, (), "group.role-changed", person, &json!({ "group": group, "role": role })).await
}

/// Gives one of `members` another role. An admin who becomes a mere member no longer answers for what the group has booked.
async fn give_role(
    job: &mut Job<'_>,
    group: GroupId,
    members: &[Membership],
    person: PersonId,
    role: Role,
) -> Result<(), GroupsError> {
    if role == Role::Member {
        can_step_down(members, person)?;
    }
    rows::put_in(job.tx, group, person, role, job.now).await?;
    job.emit(match role {
        Role::Member => DomainEvent::GroupLeft { group, person },
        Role::Admin => DomainEvent::GroupLed { group, person },
    })
    .await?;
    Ok(())
}

/// Takes a member out: those who decide anybody, everybody themselves.
async fn remove(job: &mut Job<'_>, group: GroupId, person: PersonId) -> Result<Done<()>, GroupsError> {
    let is_own = own_or_decided(job, group, person).await?;
    can_step_down(&rows::roles(job.tx.conn(), group).await?, person)?;
    if !rows::take_out(job.tx, group, person).await? {
        return Err(GroupsError::UnknownPerson);
    }
    job.emit(DomainEvent::GroupLeft { group, person }).await?;
    if !is_own {
        // They may still have it.
        rows::set_link(job.tx, group, None).await?;
    }
    inform(job, person, group, GroupNews::Removed).await?;
    let action = if is_own { "group.member-left" } else { "group.member-removed" };
    done(job, (), action, person, &json!({ "group": group })).await
}

fn name_taken(why: StoreError) -> GroupsError {
    match why {
        StoreError::Unique(_) => Faults::one("name", Fault::GroupTaken).into(),
        why => why.into(),
    }
}
