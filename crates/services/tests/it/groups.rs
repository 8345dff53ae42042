//! Groups: who decides, how people join, and that a group keeps an admin.

use crate::lab::{
    Lab,
    bookings::{booked, notices_of, span},
    operations::{fields, run},
};
use contract::groups::{
    AcceptGroupRequest, AddGroup, AddGroupMember, ArchiveGroup, AskToJoinGroup, ChangeGroupRole,
    DeclineGroupRequest, InviteToGroup, JoinGroup, ListGroupMembers, ListGroups, ReadGroupPage, RemoveGroupMember,
    RenewGroupLink, RestoreGroup, RevokeGroupLink, SaveGroup, WithdrawGroupInvitation,
};
use contract::rooms::{AddRoom, SaveRoom};
use domain::{
    actor::Actor,
    bookings::Resource,
    groups::Role,
    id::{GroupId, GroupInvitationId, PersonId},
    inbox::Matter,
    notices::Kind,
    time::DAY,
};
use services::{
    bookings::{self, Ask},
    error::ServiceError,
    groups::GroupsError,
    inbox, jobs, people,
    rooms::RoomsError,
};

const ADA: PersonId = PersonId(1);
const BOB: PersonId = PersonId(2);
const CARL: PersonId = PersonId(4);
const DANA: PersonId = PersonId(5);

/// A group of Ada, its admin; Ken manages the space, and Bob, Carl and Dana are members of the space.
async fn open() -> (Lab, GroupId) {
    let lab = crate::lab::bookings::open().await;
    lab.sql(
        "UPDATE profile SET email = 'ada@private.example' WHERE person_id = 1;
         UPDATE profile SET email = 'bob@private.example' WHERE person_id = 2;
         UPDATE profile SET email = 'zoe@private.example' WHERE person_id = 3",
    )
    .await;
    let ken = lab.signed_in(11).await;
    let new = fields(&[("name", "Bookbinders"), ("department", "Design"), ("admin", "ada@private.example")]);
    let group = run(&lab.ctx, &ken, AddGroup {}, new).await.unwrap().group;
    (lab, group)
}

async fn invite(lab: &Lab, actor: &Actor, group: GroupId, email: &str) -> Result<(), GroupsError> {
    run(&lab.ctx, actor, InviteToGroup { group }, fields(&[("email", email), ("role", "member")])).await
}

async fn join(lab: &Lab, actor: &Actor, group: GroupId, key: &str) -> Result<(), GroupsError> {
    run(&lab.ctx, actor, JoinGroup { group }, fields(&[("key", key)])).await
}

async fn members(lab: &Lab, actor: &Actor, id: GroupId) -> Vec<(i64, Role)> {
    let answer = run(&lab.ctx, actor, ListGroupMembers { id }, fields(&[])).await.unwrap();
    answer.members.into_iter().map(|member| (member.person.0, member.role)).collect()
}

async fn set_role(
    lab: &Lab,
    actor: &Actor,
    group: GroupId,
    person: PersonId,
    role: &str,
) -> Result<(), GroupsError> {
    run(&lab.ctx, actor, ChangeGroupRole { group, person }, fields(&[("role", role)])).await
}

async fn remove(lab: &Lab, actor: &Actor, group: GroupId, person: PersonId) -> Result<(), GroupsError> {
    run(&lab.ctx, actor, RemoveGroupMember { group, person }, fields(&[])).await
}

#[tokio::test]
async fn invited_person_joins_with_the_role_they_were_invited_to_and_others_do_not() {
    let (lab, group) = open().await;
    let [ada, bob, carl] = [lab.signed_in(1).await, lab.signed_in(2).await, lab.signed_in(4).await];
    invite(&lab, &ada, group, "Carl@private.example ").await.unwrap();
    assert_eq!(notices_of(&lab, 4).await, [Kind::GroupInvited]);
    assert!(matches!(join(&lab, &bob, group, "").await, Err(GroupsError::InvitationOver)));
    let page = run(&lab.ctx, &carl, ReadGroupPage { id: group }, fields(&[])).await.unwrap();
    assert_eq!(page.invited_by.as_deref(), Some("Ada"));
    assert!(page.members.is_none() && page.invitations.is_empty(), "not before they are a member");
    join(&lab, &carl, group, "").await.unwrap();
    join(&lab, &carl, group, "").await.unwrap();
    assert_eq!(members(&lab, &carl, group).await, [(1, Role::Admin), (4, Role::Member)]);
    let actions = lab.text(
        "SELECT group_concat(action, ' ') FROM (SELECT action FROM audit WHERE action LIKE 'group.%' ORDER BY seq)",
    );
    assert_eq!(actions.await, "group.added group.invited group.joined");
}

#[tokio::test]
async fn invitation_ends_after_a_week_or_when_withdrawn_or_declined() {
    let (lab, group) = open().await;
    let [ada, bob, carl] = [lab.signed_in(1).await, lab.signed_in(2).await, lab.signed_in(4).await];
    invite(&lab, &ada, group, "bob@private.example").await.unwrap();
    lab.pass(7 * DAY);
    assert!(matches!(join(&lab, &lab.signed_in(2).await, group, "").await, Err(GroupsError::InvitationOver)));
    jobs::run(&lab.ctx, domain::jobs::Job::Retention).await;
    assert_eq!(lab.number("SELECT count(*) FROM group_invitation").await, 0);
    let ada = {
        drop(ada);
        lab.signed_in(1).await
    };
    for (actor, email) in [(&ada, "bob@private.example"), (&carl, "carl@private.example")] {
        invite(&lab, &ada, group, email).await.unwrap();
        let invitation = invited(&lab, &ada, group).await[0].0;
        let withdraw = WithdrawGroupInvitation { group, invitation };
        run(&lab.ctx, actor, withdraw.clone(), fields(&[])).await.unwrap();
        let withdrawn = run(&lab.ctx, &ada, withdraw, fields(&[])).await;
        assert!(matches!(withdrawn, Err(GroupsError::InvitationOver)));
    }
    for actor in [&bob, &carl] {
        assert!(matches!(join(&lab, actor, group, "").await, Err(GroupsError::InvitationOver)));
    }
}

#[tokio::test]
async fn manager_cannot_invite_unknown_suspended_or_present_person() {
    let (lab, group) = open().await;
    let ken = lab.signed_in(11).await;
    for email in ["nobody@private.example", "zoe@private.example", "ada@private.example", "no address"] {
        let refused = invite(&lab, &ken, group, email).await;
        assert!(matches!(refused, Err(GroupsError::Invalid(_))), "{email}: {refused:?}");
    }
    assert_eq!(lab.number("SELECT count(*) FROM group_invitation").await, 0);
}

/// The invitations as `actor` sees them.
async fn invited(lab: &Lab, actor: &Actor, id: GroupId) -> Vec<(GroupInvitationId, String)> {
    let page = run(&lab.ctx, actor, ReadGroupPage { id }, fields(&[])).await.unwrap();
    page.invitations.into_iter().map(|one| (one.id, one.name)).collect()
}

/// Of an active member, of one in the group, of one who asks to join, of a suspended person, and of nobody.
const ADDRESSES: [&str; 5] = [
    "bob@private.example",
    "ada@private.example",
    "carl@private.example",
    "zoe@private.example",
    "nobody@private.example",
];

#[tokio::test]
async fn group_admin_does_not_learn_whose_address_is_right() {
    let (lab, group) = open().await;
    let [ada, bob, carl] = [lab.signed_in(1).await, lab.signed_in(2).await, lab.signed_in(4).await];
    run(&lab.ctx, &carl, AskToJoinGroup { group }, fields(&[])).await.unwrap();
    // What the admin sees of the group, without the address itself.
    let seen = async || {
        let page = run(&lab.ctx, &ada, ReadGroupPage { id: group }, fields(&[])).await.unwrap();
        let listed: Vec<_> = page.invitations.iter().map(|one| (one.role, one.invited, one.expires)).collect();
        let members: Vec<_> = page.members.into_iter().flatten().map(|one| one.person).collect();
        let requests: Vec<_> = page.requests.iter().map(|one| one.person).collect();
        (listed, members, requests, page.group.members, page.group.invitation, page.group.invited_until)
    };
    let mut all = Vec::new();
    for email in ADDRESSES {
        let answer = invite(&lab, &ada, group, email).await;
        let listed = invited(&lab, &ada, group).await;
        assert_eq!(listed.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>(), [email]);
        all.push((answer.is_ok(), seen().await));
        let withdraw = WithdrawGroupInvitation { group, invitation: listed[0].0 };
        all.push((run(&lab.ctx, &ada, withdraw, fields(&[])).await.is_ok(), seen().await));
    }
    assert!(all.iter().all(|(is_ok, _)| *is_ok));
    for pair in all.chunks(2) {
        assert_eq!(pair, &all[..2]);
    }

    // Accepting a request, or taking a member out, does not end an invitation either; but nobody returns by it.
    for email in ["carl@private.example", "nobody@private.example"] {
        invite(&lab, &ada, group, email).await.unwrap();
    }
    run(&lab.ctx, &ada, AcceptGroupRequest { group, person: CARL }, fields(&[])).await.unwrap();
    assert_eq!(invited(&lab, &ada, group).await.len(), 2);
    remove(&lab, &ada, group, CARL).await.unwrap();
    assert_eq!(invited(&lab, &ada, group).await.len(), 2);
    assert!(matches!(join(&lab, &carl, group, "").await, Err(GroupsError::InvitationOver)));
    let declined = invited(&lab, &ada, group).await[0].0;
    let by_another =
        run(&lab.ctx, &bob, WithdrawGroupInvitation { group, invitation: declined }, fields(&[])).await;
    assert!(matches!(by_another, Err(GroupsError::Forbidden(_))));
    // Until they are invited again.
    invite(&lab, &ada, group, "carl@private.example").await.unwrap();
    join(&lab, &carl, group, "").await.unwrap();
    assert_eq!(invited(&lab, &ada, group).await.len(), 1, "who accepts is seen to");
}

#[tokio::test]
async fn invitation_waits_for_the_person_who_gets_the_address() {
    let (lab, group) = open().await;
    let [ada, bob] = [lab.signed_in(1).await, lab.signed_in(2).await];
    invite(&lab, &ada, group, "robert@private.example").await.unwrap();
    assert!(matches!(join(&lab, &bob, group, "").await, Err(GroupsError::InvitationOver)));
    lab.sql("UPDATE profile SET email = 'robert@private.example' WHERE person_id = 2").await;
    join(&lab, &bob, group, "").await.unwrap();
    assert_eq!(members(&lab, &bob, group).await, [(1, Role::Admin), (2, Role::Member)]);
}

#[tokio::test]
async fn link_lets_members_of_the_space_join_until_it_is_replaced_or_revoked() {
    let (lab, group) = open().await;
    let [ada, bob, carl] = [lab.signed_in(1).await, lab.signed_in(2).await, lab.signed_in(4).await];
    let link = async || {
        let link = run(&lab.ctx, &ada, RenewGroupLink { id: group }, fields(&[])).await.unwrap().link;
        link.0.split_once("key=").unwrap().1.to_owned()
    };
    let first = link().await;
    let second = link().await;
    assert!(matches!(join(&lab, &bob, group, &first).await, Err(GroupsError::InvitationOver)));
    let ken = lab.signed_in(11).await;
    let other = run(&lab.ctx, &ken, AddGroup {}, fields(&[("name", "Choir")])).await.unwrap().group;
    assert!(matches!(join(&lab, &bob, other, &second).await, Err(GroupsError::InvitationOver)));
    join(&lab, &bob, group, &second).await.unwrap();
    remove(&lab, &ada, group, BOB).await.unwrap();
    assert!(matches!(join(&lab, &bob, group, &second).await, Err(GroupsError::InvitationOver)), "after removal");
    let second = link().await;
    join(&lab, &bob, group, &second).await.unwrap();
    run(&lab.ctx, &ada, RevokeGroupLink { id: group }, fields(&[])).await.unwrap();
    assert!(matches!(join(&lab, &carl, group, &second).await, Err(GroupsError::InvitationOver)));
    assert_eq!(members(&lab, &bob, group).await, [(1, Role::Admin), (2, Role::Member)]);
}

#[tokio::test]
async fn request_reaches_the_admins_and_is_answered_once() {
    let (lab, group) = open().await;
    let [ada, bob, carl] = [lab.signed_in(1).await, lab.signed_in(2).await, lab.signed_in(4).await];
    for _ in 0..2 {
        run(&lab.ctx, &bob, AskToJoinGroup { group }, fields(&[])).await.unwrap();
    }
    run(&lab.ctx, &carl, AskToJoinGroup { group }, fields(&[])).await.unwrap();
    assert_eq!(notices_of(&lab, 1).await, [Kind::GroupChanged, Kind::GroupAsked], "those of one instant are one");
    let accept = AcceptGroupRequest { group, person: BOB };
    assert!(matches!(run(&lab.ctx, &bob, accept.clone(), fields(&[])).await, Err(GroupsError::Forbidden(_))));
    run(&lab.ctx, &ada, accept.clone(), fields(&[])).await.unwrap();
    assert!(matches!(run(&lab.ctx, &ada, accept, fields(&[])).await, Err(GroupsError::RequestOver)));
    run(&lab.ctx, &ada, DeclineGroupRequest { group, person: CARL }, fields(&[])).await.unwrap();
    assert_eq!(
        (notices_of(&lab, 2).await, notices_of(&lab, 4).await),
        (vec![Kind::GroupChanged], vec![Kind::GroupChanged])
    );
    let again = run(&lab.ctx, &bob, AskToJoinGroup { group }, fields(&[])).await;
    assert!(matches!(again, Err(GroupsError::MemberAlready)));
}

#[tokio::test]
async fn request_to_a_group_without_admin_reaches_managers() {
    let (lab, group) = open().await;
    lab.sql("DELETE FROM group_member").await;
    let bob = lab.signed_in(2).await;
    run(&lab.ctx, &bob, AskToJoinGroup { group }, fields(&[])).await.unwrap();
    assert_eq!(notices_of(&lab, 11).await, [Kind::GroupAsked]);
}

#[tokio::test]
async fn person_who_asked_is_admitted_at_once_by_managers_and_accepts_an_invitation_of_admins() {
    let (lab, group) = open().await;
    let [ada, bob, ken] = [lab.signed_in(1).await, lab.signed_in(2).await, lab.signed_in(11).await];
    run(&lab.ctx, &bob, AskToJoinGroup { group }, fields(&[])).await.unwrap();
    invite(&lab, &ada, group, "bob@private.example").await.unwrap();
    assert_eq!(notices_of(&lab, 2).await, [Kind::GroupInvited]);
    join(&lab, &bob, group, "").await.unwrap();
    remove(&lab, &ada, group, BOB).await.unwrap();
    run(&lab.ctx, &bob, AskToJoinGroup { group }, fields(&[])).await.unwrap();
    invite(&lab, &ken, group, "bob@private.example").await.unwrap();
    assert_eq!(members(&lab, &bob, group).await, [(1, Role::Admin), (2, Role::Member)]);
}

#[tokio::test]
async fn last_admin_stays_until_there_is_a_successor() {
    let (lab, group) = open().await;
    let [ada, ken] = [lab.signed_in(1).await, lab.signed_in(11).await];
    let add = fields(&[("person", "2"), ("role", "member")]);
    run(&lab.ctx, &ken, AddGroupMember { group }, add).await.unwrap();
    for refused in [remove(&lab, &ada, group, ADA).await, remove(&lab, &ken, group, ADA).await] {
        assert!(matches!(refused, Err(GroupsError::LastAdmin)), "{refused:?}");
    }
    assert!(matches!(set_role(&lab, &ada, group, ADA, "member").await, Err(GroupsError::LastAdmin)));
    set_role(&lab, &ada, group, BOB, "admin").await.unwrap();
    remove(&lab, &ada, group, ADA).await.unwrap();
    assert_eq!(members(&lab, &ken, group).await, [(2, Role::Admin)]);
    assert!(matches!(remove(&lab, &ada, group, BOB).await, Err(GroupsError::Forbidden(_))), "an admin no more");
}

#[tokio::test]
async fn group_whose_last_admin_is_suspended_waits_for_a_manager_to_name_another() {
    let (lab, group) = open().await;
    let [ada, ken] = [lab.signed_in(1).await, lab.signed_in(11).await];
    let add = fields(&[("person", "2"), ("role", "member")]);
    run(&lab.ctx, &ken, AddGroupMember { group }, add).await.unwrap();
    let hall = fields(&[("name", "Hall"), ("capacity", "12")]);
    let hall = Resource::Room(run(&lab.ctx, &ken, AddRoom {}, hall).await.unwrap().room);
    let seminar = Ask { resource: hall, span: span(60, 60), group: Some(group), importance: None };
    bookings::ask(&lab.ctx, &ada, Ok(seminar)).await.unwrap();
    let waiting = async || inbox::count(&lab.ctx, &ken).await.unwrap()[1];
    let listed = async || {
        let items = inbox::waiting(&lab.ctx, &ken).await.unwrap().items.into_iter();
        items.filter(|item| item.matter == Matter::Group).map(|item| (item.id, item.page())).collect::<Vec<_>>()
    };
    let before = waiting().await;
    people::suspend(&lab.ctx, &ken, ADA).await.unwrap();
    // The manager who suspended her, too.
    assert_eq!(notices_of(&lab, 11).await, [Kind::GroupWithoutAdmin]);
    assert_eq!((waiting().await, listed().await), (before + 1, vec![(group.0, format!("/groups/{group}"))]));
    let booked = "SELECT ifnull(person_id, 0) FROM booking WHERE state = 'approved'";
    assert_eq!(lab.number(booked).await, 0, "it stays, and nobody answers for it");
    set_role(&lab, &ken, group, BOB, "admin").await.unwrap();
    assert_eq!((waiting().await, listed().await), (before, vec![]));
    assert_eq!(lab.number(booked).await, 2);
    let bob = lab.signed_in(2).await;
    let page = run(&lab.ctx, &bob, ReadGroupPage { id: group }, fields(&[])).await.unwrap();
    assert!(page.books && page.bookings.len() == 1);
}

// Two admins who leave at once: one of them is told that they are the last.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_admins_leaving_at_once_leave_one_behind() {
    let (lab, group) = open().await;
    let [ada, bob, ken] = [lab.signed_in(1).await, lab.signed_in(2).await, lab.signed_in(11).await];
    run(&lab.ctx, &ken, AddGroupMember { group }, fields(&[("person", "2"), ("role", "admin")])).await.unwrap();
    let left = tokio::join!(remove(&lab, &ada, group, ADA), remove(&lab, &bob, group, BOB));
    assert!(left.0.is_ok() ^ left.1.is_ok(), "{left:?}");
    assert_eq!(members(&lab, &ken, group).await.len(), 1);
}

// DOMAIN §1: who leaves the space leaves the groups.
#[tokio::test]
async fn suspended_person_stays_in_the_group_and_one_who_leaves_the_space_does_not() {
    let (lab, group) = open().await;
    let ken = lab.signed_in(11).await;
    people::suspend(&lab.ctx, &ken, ADA).await.unwrap();
    assert_eq!(members(&lab, &ken, group).await, [(1, Role::Admin)]);
    people::leave(&lab.ctx, &ken, ADA).await.unwrap();
    assert!(members(&lab, &ken, group).await.is_empty());
    let last = lab.text("SELECT action FROM audit WHERE subject = 'person:1' ORDER BY seq DESC LIMIT 1").await;
    assert_eq!(last, "group.member-left");
}

#[tokio::test]
async fn archived_group_is_hidden_from_members_and_takes_nobody_in() {
    let (lab, group) = open().await;
    let [ada, bob, ken] = [lab.signed_in(1).await, lab.signed_in(2).await, lab.signed_in(11).await];
    invite(&lab, &ada, group, "bob@private.example").await.unwrap();
    assert!(run(&lab.ctx, &ada, ArchiveGroup { id: group }, fields(&[])).await.unwrap().away);
    assert!(matches!(join(&lab, &bob, group, "").await, Err(GroupsError::Archived)));
    assert!(matches!(invite(&lab, &ada, group, "carl@private.example").await, Err(GroupsError::Archived)));
    assert!(run(&lab.ctx, &bob, ListGroups {}, fields(&[])).await.unwrap().groups.is_empty());
    assert!(matches!(
        run(&lab.ctx, &bob, ReadGroupPage { id: group }, fields(&[])).await,
        Err(GroupsError::Unknown)
    ));
    let another = fields(&[("name", "Bookbinders")]);
    run(&lab.ctx, &ken, AddGroup {}, another).await.unwrap();
    let taken = run(&lab.ctx, &ken, RestoreGroup { id: group }, fields(&[])).await;
    assert!(matches!(taken, Err(GroupsError::Invalid(_))), "{taken:?}");
}

// A14
#[tokio::test]
async fn stale_group_form_gets_both_versions_and_only_admins_and_managers_save() {
    let (lab, group) = open().await;
    let [ada, bob] = [lab.signed_in(1).await, lab.signed_in(2).await];
    let save = async |actor: &Actor, version: i64, name: &str| {
        let form = fields(&[("name", name), ("department", "")]);
        run(&lab.ctx, actor, SaveGroup { id: group, version }, form).await
    };
    save(&ada, 1, "Binders").await.unwrap();
    let stale = save(&ada, 1, "Bookbinders’ guild").await;
    assert!(matches!(&stale, Err(GroupsError::Stale(saved)) if saved.value("name") == "Binders"), "{stale:?}");
    assert!(matches!(save(&bob, 2, "Mine").await, Err(GroupsError::Forbidden(_))));
}

#[tokio::test]
async fn export_of_a_member_names_their_groups() {
    let (lab, group) = open().await;
    let [ada, ken] = [lab.signed_in(1).await, lab.signed_in(11).await];
    run(&lab.ctx, &ken, AddGroupMember { group }, fields(&[("person", "5"), ("role", "member")])).await.unwrap();
    assert_eq!(members(&lab, &ada, group).await.len(), 2);
    let mut conn = lab.raw().await;
    let kept = store::privacy::export(&mut conn, DANA, false, None).await.unwrap();
    assert!(format!("{kept:?}").contains("Bookbinders"), "{kept:?}");
}

#[tokio::test]
async fn room_permitted_to_groups_is_booked_by_their_members_alone() {
    let (lab, group) = open().await;
    let [ada, bob, ken] = [lab.signed_in(1).await, lab.signed_in(2).await, lab.signed_in(11).await];
    let hall = |groups: &str| fields(&[("name", "Hall"), ("capacity", "12"), ("groups", groups)]);
    let unknown = run(&lab.ctx, &ken, AddRoom {}, hall("99")).await;
    assert!(matches!(unknown, Err(RoomsError::Invalid(_))), "{unknown:?}");
    let room = run(&lab.ctx, &ken, AddRoom {}, hall("1")).await.unwrap().room;
    let hour = span(60, 60);
    let refused = bookings::ask(
        &lab.ctx,
        &bob,
        Ok(Ask { resource: Resource::Room(room), span: hour, group: None, importance: None }),
    )
    .await;
    let problem = refused.unwrap_err().problem(text::Lang::En);
    assert_eq!(problem.at("resource"), Some("Only members of these groups can book it: Bookbinders."));
    let page = run(&lab.ctx, &ada, ReadGroupPage { id: group }, fields(&[])).await.unwrap();
    assert_eq!(page.group.may_book, ["Hall"]);
    booked(&lab, &ada, Resource::Room(room), hour).await;
    // Of an archived group nobody is left who may.
    run(&lab.ctx, &ken, ArchiveGroup { id: group }, fields(&[])).await.unwrap();
    let later = Ask { resource: Resource::Room(room), span: span(180, 60), group: None, importance: None };
    let refused = bookings::ask(&lab.ctx, &ada, Ok(later)).await.unwrap_err().problem(text::Lang::En);
    assert_eq!(refused.at("resource"), Some("Only certain groups or people can book it."));
    run(&lab.ctx, &ken, SaveRoom { id: room, version: 1 }, hall("")).await.unwrap();
    booked(&lab, &bob, Resource::Room(room), span(180, 60)).await;
}

#[tokio::test]
async fn strangers_and_mere_members_decide_nothing() {
    let (lab, group) = open().await;
    let [bob, carl, ken] = [lab.signed_in(2).await, lab.signed_in(4).await, lab.signed_in(11).await];
    run(&lab.ctx, &ken, AddGroupMember { group }, fields(&[("person", "2"), ("role", "member")])).await.unwrap();
    run(&lab.ctx, &lab.signed_in(5).await, AskToJoinGroup { group }, fields(&[])).await.unwrap();
    let forbidden = |answer: Result<(), GroupsError>| {
        assert!(matches!(answer, Err(GroupsError::Forbidden(_))), "{answer:?}");
    };
    for actor in [&bob, &carl] {
        forbidden(invite(&lab, actor, group, "carl@private.example").await);
        forbidden(set_role(&lab, actor, group, BOB, "admin").await);
        forbidden(remove(&lab, actor, group, ADA).await);
        forbidden(run(&lab.ctx, actor, AcceptGroupRequest { group, person: DANA }, fields(&[])).await);
        forbidden(run(&lab.ctx, actor, DeclineGroupRequest { group, person: DANA }, fields(&[])).await);
        forbidden(
            run(&lab.ctx, actor, WithdrawGroupInvitation { group, invitation: GroupInvitationId(1) }, fields(&[]))
                .await,
        );
        forbidden(run(&lab.ctx, actor, RenewGroupLink { id: group }, fields(&[])).await.map(drop));
        forbidden(run(&lab.ctx, actor, RevokeGroupLink { id: group }, fields(&[])).await);
        forbidden(run(&lab.ctx, actor, ArchiveGroup { id: group }, fields(&[])).await.map(drop));
        forbidden(run(&lab.ctx, actor, RestoreGroup { id: group }, fields(&[])).await.map(drop));
        let page = run(&lab.ctx, actor, ReadGroupPage { id: group }, fields(&[])).await.unwrap();
        assert!(page.requests.is_empty() && page.invitations.is_empty() && !page.decides);
    }
    let members = run(&lab.ctx, &carl, ListGroupMembers { id: group }, fields(&[])).await;
    assert!(matches!(members, Err(GroupsError::Forbidden(_))), "{members:?}");
    let listed = run(&lab.ctx, &carl, ListGroups {}, fields(&[])).await.unwrap().groups;
    assert!(listed[0].admins.is_empty() && listed[0].has_admin, "no names to strangers");
}
