//! Bookings of groups: who makes, changes and uses them, what they count towards, and that they outlive the person who made them.

use crate::lab::{
    LASER, LASER_ID, Lab, bob,
    bookings::{action, booked, notices_of, set, span, state, tick},
    operations::{fields, run},
};
use contract::groups::{
    AddGroup, AddGroupMember, ArchiveGroup, ChangeGroupRole, ReadGroupPage, RemoveGroupMember, RestoreGroup,
};
use contract::{
    equipment::{MachineInput, TypeInput},
    rooms::{AddRoom, SaveRoom},
};
use domain::{
    access::Decision,
    actor::Actor,
    bookings::{BookingAction, Resource, State},
    id::{BookingId, GroupId, PersonId, TypeId},
    notices::Kind,
    occupations::Span,
    time::MINUTE,
};
use services::{
    access,
    bookings::{self, Ask, BookingsError, DayQuery, Which},
    equipment::{self, EquipmentError},
    error::ServiceError,
    people, waiting,
};

const LASER_RES: Resource = Resource::Machine(LASER_ID);
const LATHE: Resource = Resource::Machine(domain::id::MachineId(2));

/// Bookbinders: Ada and Dana are its admins, Bob is a member. Carl is in no group, Ken manages.
async fn open() -> (Lab, GroupId) {
    let lab = crate::lab::bookings::open().await;
    let ken = lab.signed_in(11).await;
    let group = run(&lab.ctx, &ken, AddGroup {}, fields(&[("name", "Bookbinders")])).await.unwrap().group;
    for (person, role) in [("1", "admin"), ("5", "admin"), ("2", "member")] {
        let new = fields(&[("person", person), ("role", role)]);
        run(&lab.ctx, &ken, AddGroupMember { group }, new).await.unwrap();
    }
    lab.grant(2, 1, "user").await;
    lab.grant(2, 3, "user").await;
    (lab, group)
}

async fn ask(
    lab: &Lab,
    actor: &Actor,
    resource: Resource,
    span: Span,
    group: GroupId,
) -> Result<BookingId, BookingsError> {
    let ask = Ask { resource, span, group: Some(group), importance: None };
    bookings::ask(&lab.ctx, actor, Ok(ask)).await.map(|(id, _)| id)
}

fn codes(answer: Result<BookingId, BookingsError>) -> Vec<&'static str> {
    match answer {
        Err(BookingsError::Refused(refused)) => refused.refusals.iter().map(|refusal| refusal.code()).collect(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn only_admins_of_the_group_and_managers_book_for_it() {
    let (lab, group) = open().await;
    let [ada, bob, carl, ken] =
        [lab.signed_in(1).await, lab.signed_in(2).await, lab.signed_in(4).await, lab.signed_in(11).await];
    for actor in [&bob, &carl] {
        let refused = ask(&lab, actor, LASER_RES, span(60, 60), group).await;
        assert!(matches!(refused, Err(BookingsError::NotGroupAdmin(_))), "{refused:?}");
    }
    let unknown = ask(&lab, &ada, LASER_RES, span(60, 60), GroupId(99)).await;
    let problem = unknown.unwrap_err().problem(text::Lang::En);
    assert_eq!(problem.at("group"), Some("Group not found."));
    ask(&lab, &ada, LASER_RES, span(60, 60), group).await.unwrap();
    ask(&lab, &ken, LASER_RES, span(120, 60), group).await.unwrap();
    assert_eq!(lab.text("SELECT subject FROM audit ORDER BY seq DESC LIMIT 1").await, format!("group:{group}"));
}

#[tokio::test]
async fn booking_of_a_group_leaves_its_admin_free_for_their_own() {
    let (lab, group) = open().await;
    let ada = lab.signed_in(1).await;
    ask(&lab, &ada, LASER_RES, span(60, 60), group).await.unwrap();
    let hall = fields(&[("name", "Hall"), ("capacity", "12")]);
    let hall = run(&lab.ctx, &lab.signed_in(11).await, AddRoom {}, hall).await.unwrap().room;
    booked(&lab, &ada, Resource::Room(hall), span(60, 60)).await;
    assert_eq!(lab.number("SELECT count(*) FROM occupation WHERE person_id = 1").await, 1, "only her own");
    let mine = bookings::mine(&lab.ctx, &ada).await.unwrap();
    assert_eq!(mine.bookings.len(), 2);
    assert_eq!(mine.quota.minutes, 60, "the group’s hours are not hers");
}

#[tokio::test]
async fn quota_of_a_group_counts_its_bookings_alone() {
    let (lab, group) = open().await;
    set(&lab, "booking.group-open", "1").await;
    set(&lab, "booking.group-weekly", "2").await;
    let [ada, dana] = [lab.signed_in(1).await, lab.signed_in(5).await];
    booked(&lab, &ada, LASER_RES, span(600, 60)).await;
    ask(&lab, &ada, LASER_RES, span(60, 90), group).await.unwrap();
    let refused = ask(&lab, &dana, LASER_RES, span(180, 60), group).await;
    let Err(BookingsError::Refused(refused)) = refused else { panic!("{refused:?}") };
    let problem = BookingsError::Refused(refused.clone()).problem(text::Lang::En);
    let codes: Vec<_> = refused.refusals.iter().map(|refusal| refusal.code()).collect();
    assert_eq!(codes, ["booking.too-many", "booking.too-many-hours"]);
    assert!(problem.at("person").is_some_and(|message| message.contains("Bookbinders")), "{problem:?}");
    booked(&lab, &dana, LASER_RES, span(180, 60)).await;
}

#[tokio::test]
async fn every_admin_changes_the_booking_and_members_only_check_in() {
    let (lab, group) = open().await;
    let [ada, bob, carl, dana] =
        [lab.signed_in(1).await, lab.signed_in(2).await, lab.signed_in(4).await, lab.signed_in(5).await];
    let id = ask(&lab, &ada, LASER_RES, span(60, 60), group).await.unwrap();
    let moved = bookings::move_to(&lab.ctx, &bob, id, 1, Ok(span(90, 60))).await;
    assert!(matches!(moved, Err(BookingsError::NotGroupAdmin(_))), "{moved:?}");
    let cancelled = action(&lab, &bob, id, BookingAction::Cancel).await;
    assert!(matches!(cancelled, Err(BookingsError::NotGroupAdmin(_))), "{cancelled:?}");
    assert!(matches!(action(&lab, &carl, id, BookingAction::CheckIn).await, Err(BookingsError::Unknown)));
    bookings::move_to(&lab.ctx, &dana, id, 1, Ok(span(90, 60))).await.unwrap();
    assert_eq!(notices_of(&lab, 1).await.last(), Some(&Kind::BookingMoved), "the other admin is notified");
    let offered = bookings::hand_over::offer(&lab.ctx, &ada, id, 2, "Carl Blu").await;
    assert!(matches!(offered, Err(BookingsError::OfGroup)), "{offered:?}");
    lab.pass(MINUTE * 80);
    let seen = bookings::one(&lab.ctx, &lab.signed_in(2).await, id).await.unwrap();
    assert_eq!(seen.actions, [BookingAction::CheckIn]);
    assert_eq!((seen.group, seen.group_name.as_deref()), (Some(group), Some("Bookbinders")));
    assert_eq!(action(&lab, &bob, id, BookingAction::CheckIn).await.unwrap(), State::CheckedIn);
    assert_eq!(action(&lab, &dana, id, BookingAction::Complete).await.unwrap(), State::Completed);
}

#[tokio::test]
async fn members_use_the_machine_their_group_booked_and_others_do_not() {
    let (lab, group) = open().await;
    let ada = lab.signed_in(1).await;
    let id = ask(&lab, &ada, LASER_RES, span(15, 60), group).await.unwrap();
    lab.pass(MINUTE * 16);
    for (person, may) in [(2, true), (5, true), (4, false)] {
        let actor = lab.signed_in(person).await;
        let answers = access::own_answers(&lab.ctx, &actor, LASER_ID).await.unwrap();
        let decision = answers.mine.unwrap().trace.decision;
        assert_eq!(matches!(decision, Decision::Allow { .. }), may, "{person}: {decision:?}");
    }
    lab.starts(LASER, &bob()).await;
    assert_eq!(state(&lab, id).await, State::CheckedIn, "a member’s card checks in");
    lab.pass(MINUTE * 30);
    tick(&lab).await;
    assert_eq!(state(&lab, id).await, State::CheckedIn, "it is in use");
}

#[tokio::test]
async fn missed_booking_of_a_group_holds_nobody() {
    let (lab, group) = open().await;
    let ada = lab.signed_in(1).await;
    for n in 0..3 {
        ask(&lab, &ada, LASER_RES, span(60 + 60 * n, 60), group).await.unwrap();
    }
    lab.pass(MINUTE * 300);
    tick(&lab).await;
    assert_eq!(lab.number("SELECT count(*) FROM booking WHERE state = 'no-show'").await, 3);
    assert_eq!(lab.number("SELECT count(*) FROM hold WHERE reason = 'no-shows'").await, 0);
    assert!(notices_of(&lab, 5).await.contains(&Kind::BookingReleased), "each admin is notified");
    assert!(!notices_of(&lab, 2).await.contains(&Kind::BookingReleased), "members are not");
}

#[tokio::test]
async fn bookings_stay_when_their_admins_leave_and_end_with_the_group() {
    let (lab, group) = open().await;
    let [ada, ken] = [lab.signed_in(1).await, lab.signed_in(11).await];
    let id = ask(&lab, &ada, LASER_RES, span(60, 60), group).await.unwrap();
    let person = async || lab.number("SELECT ifnull(person_id, 0) FROM booking").await;
    people::leave(&lab.ctx, &ken, PersonId(1)).await.unwrap();
    assert_eq!((state(&lab, id).await, person().await), (State::Approved, 5), "Dana answers for it");
    let own = run(&lab.ctx, &ken, AddGroupMember { group }, fields(&[("person", "2"), ("role", "admin")])).await;
    own.unwrap();
    run(&lab.ctx, &ken, ChangeGroupRole { group, person: PersonId(5) }, fields(&[("role", "member")]))
        .await
        .unwrap();
    assert_eq!(person().await, 2);
    people::leave(&lab.ctx, &ken, PersonId(2)).await.unwrap();
    assert_eq!((state(&lab, id).await, person().await), (State::Approved, 0), "nobody is left");
    bookings::move_to(&lab.ctx, &ken, id, lab.number("SELECT version FROM booking").await, Ok(span(90, 60)))
        .await
        .unwrap();
    lab.pass(MINUTE * 95);
    tick(&lab).await;
    run(&lab.ctx, &ken, ArchiveGroup { id: group }, fields(&[])).await.unwrap();
    assert_eq!(state(&lab, id).await, State::Cancelled);
    assert_eq!(lab.number("SELECT count(*) FROM occupation").await, 0);
}

#[tokio::test]
async fn admin_who_left_the_group_no_longer_has_its_bookings() {
    let (lab, group) = open().await;
    let [ada, dana] = [lab.signed_in(1).await, lab.signed_in(5).await];
    let id = ask(&lab, &ada, LASER_RES, span(60, 60), group).await.unwrap();
    run(&lab.ctx, &dana, RemoveGroupMember { group, person: PersonId(1) }, fields(&[])).await.unwrap();
    let cancelled = action(&lab, &ada, id, BookingAction::Cancel).await;
    assert!(matches!(cancelled, Err(BookingsError::Unknown)), "{cancelled:?}");
    assert!(bookings::mine(&lab.ctx, &ada).await.unwrap().bookings.is_empty());
    assert_eq!(bookings::mine(&lab.ctx, &dana).await.unwrap().bookings.len(), 1);
    assert_eq!(lab.text("SELECT action FROM audit ORDER BY seq DESC LIMIT 1").await, "booking.passed-on");
}

#[tokio::test]
async fn room_of_other_groups_is_refused_for_this_one_and_names_those_that_may() {
    let (lab, group) = open().await;
    let [ada, ken] = [lab.signed_in(1).await, lab.signed_in(11).await];
    let other = run(&lab.ctx, &ken, AddGroup {}, fields(&[("name", "Choir")])).await.unwrap().group;
    let hall = fields(&[("name", "Hall"), ("capacity", "12"), ("groups", &other.to_string())]);
    let hall = Resource::Room(run(&lab.ctx, &ken, AddRoom {}, hall).await.unwrap().room);
    let refused = ask(&lab, &ken, hall, span(60, 60), group).await;
    let problem = refused.as_ref().unwrap_err().problem(text::Lang::En);
    assert_eq!(codes(refused), ["booking.groups-only"]);
    assert_eq!(problem.at("resource"), Some("Bookbinders can’t book it. These groups can: Choir."));
    assert_eq!(codes(ask(&lab, &ada, hall, span(60, 60), group).await), ["booking.groups-only"]);
    ask(&lab, &ken, hall, span(60, 60), other).await.unwrap();
}

#[tokio::test]
async fn machine_follows_the_groups_of_its_type_unless_it_has_its_own() {
    let (lab, group) = open().await;
    let [ada, carl, ken] = [lab.signed_in(1).await, lab.signed_in(4).await, lab.signed_in(11).await];
    let choir = run(&lab.ctx, &ken, AddGroup {}, fields(&[("name", "Choir")])).await.unwrap().group;
    let kind = |groups: Option<&[GroupId]>| TypeInput {
        name: "Laser cutter".into(),
        risk: "medium".into(),
        groups: groups.map(|groups| groups.iter().map(ToString::to_string).collect()),
        ..TypeInput::default()
    };
    let machine = |groups: &[&str]| MachineInput {
        name: "Laser".into(),
        number: "11".into(),
        kind: "3".into(),
        groups: Some(groups.iter().map(|group| (*group).to_owned()).collect()),
        ..MachineInput::default()
    };
    let type_version = async || lab.number("SELECT version FROM equipment_type WHERE id = 3").await;
    let machine_version = async || lab.number("SELECT version FROM machine WHERE id = 1").await;
    let of = |resource, span| Ok(Ask { resource, span, group: None, importance: None });
    waiting_for(&lab, &carl, &ada).await;
    let save = async |form| {
        equipment::save_type(&lab.ctx, &ken, TypeId(3), type_version().await, form, vec![]).await.unwrap();
    };
    save(kind(Some(&[group]))).await;
    assert_eq!(lab.number("SELECT count(*) FROM waiting WHERE state = 'waiting'").await, 0, "Carl may no more");
    let refused = bookings::ask(&lab.ctx, &carl, of(LASER_RES, span(60, 60))).await.map(|(id, _)| id);
    assert_eq!(codes(refused), ["booking.groups-only"]);
    bookings::ask(&lab.ctx, &ada, of(LASER_RES, span(60, 60))).await.unwrap();
    save(kind(None)).await;
    let refused = bookings::ask(&lab.ctx, &carl, of(LASER_RES, span(180, 60))).await.map(|(id, _)| id);
    assert_eq!(codes(refused), ["booking.groups-only"], "without the field they stay");
    let save = async |form| equipment::save(&lab.ctx, &ken, LASER_ID, machine_version().await, form).await;
    save(machine(&[&choir.to_string()])).await.unwrap();
    let refused = ask(&lab, &ada, LASER_RES, span(180, 60), group).await;
    assert_eq!(codes(refused), ["booking.groups-only"]);
    run(&lab.ctx, &ken, AddGroupMember { group: choir }, fields(&[("person", "4"), ("role", "member")]))
        .await
        .unwrap();
    let (mine, _) = bookings::ask(&lab.ctx, &carl, of(LASER_RES, span(180, 60))).await.unwrap();
    run(&lab.ctx, &ken, RemoveGroupMember { group: choir, person: PersonId(4) }, fields(&[])).await.unwrap();
    let longer = bookings::move_to(&lab.ctx, &carl, mine, 1, Ok(span(180, 90))).await.map(|_| mine);
    assert_eq!(codes(longer), ["booking.groups-only"]);
    bookings::move_to(&lab.ctx, &carl, mine, 1, Ok(span(180, 30))).await.unwrap();
    run(&lab.ctx, &ken, ArchiveGroup { id: choir }, fields(&[])).await.unwrap();
    save(machine(&[&choir.to_string()])).await.unwrap();
    save(machine(&[])).await.unwrap();
    let archived = save(machine(&[&choir.to_string()])).await;
    assert!(matches!(archived, Err(EquipmentError::Invalid(_))), "{archived:?}");
    bookings::ask(&lab.ctx, &ada, of(LASER_RES, span(240, 60))).await.unwrap();
}

/// `first` has the laser at eleven, and `second` waits for it.
async fn waiting_for(lab: &Lab, second: &Actor, first: &Actor) {
    booked(lab, first, LASER_RES, span(300, 60)).await;
    waiting::join(
        &lab.ctx,
        second,
        Ok(Ask { resource: LASER_RES, span: span(300, 60), group: None, importance: None }),
    )
    .await
    .unwrap();
}

#[tokio::test]
async fn import_leaves_out_lines_of_people_who_are_in_no_permitted_group() {
    let (lab, group) = open().await;
    let ken = lab.signed_in(11).await;
    let hall = fields(&[("name", "Hall"), ("capacity", "12"), ("groups", &group.to_string())]);
    run(&lab.ctx, &ken, AddRoom {}, hall).await.unwrap();
    let table = "resource,person,start,end\nHall,Carl Blu,2027-01-18 10:00,2027-01-18 11:00\nHall,Dana,2027-01-18 12:00,2027-01-18 13:00";
    let dry = bookings::import(&lab.ctx, &ken, table, true, text::Lang::En).await.unwrap();
    assert_eq!((dry.bookings, dry.left.len()), (1, 1), "{dry:?}");
    assert!(dry.left[0].line == 2 && dry.left[0].message.contains("groups"), "{dry:?}");
}

#[tokio::test]
async fn page_of_a_group_shows_its_bookings_hours_and_notices_to_its_people() {
    let (lab, group) = open().await;
    let [ada, bob, carl, dana] =
        [lab.signed_in(1).await, lab.signed_in(2).await, lab.signed_in(4).await, lab.signed_in(5).await];
    let id = ask(&lab, &ada, LASER_RES, span(60, 90), group).await.unwrap();
    bookings::move_to(&lab.ctx, &dana, id, 1, Ok(span(120, 90))).await.unwrap();
    let page = async |actor: &Actor| run(&lab.ctx, actor, ReadGroupPage { id: group }, fields(&[])).await.unwrap();
    let own = page(&ada).await;
    assert_eq!((own.group.hours.used, own.group.hours.ahead, own.group.hours.most), (0, 90, 12));
    assert_eq!(own.bookings.iter().map(|one| one.id).collect::<Vec<_>>(), [id]);
    assert!(own.books && own.group.next_booking.is_some());
    let about: Vec<_> = own.notices.iter().filter_map(|one| one.told.clone()?.about).collect();
    assert!(about.iter().any(|about| about == "Laser · Bookbinders"), "{about:?}");
    let members = page(&bob).await;
    assert!(members.bookings.len() == 1 && !members.books);
    let strangers = page(&carl).await;
    assert!(strangers.bookings.is_empty() && strangers.notices.is_empty());
    lab.pass(MINUTE * 300);
    tick(&lab).await;
    let over = page(&ada).await;
    assert_eq!((over.group.hours.used, over.group.hours.ahead), (90, 0), "a missed booking counts");
}

#[tokio::test]
async fn room_saved_by_a_program_without_groups_keeps_them() {
    let (lab, group) = open().await;
    let ken = lab.signed_in(11).await;
    let hall = |groups: Option<&str>| {
        let mut all = vec![("name", "Hall"), ("capacity", "12")];
        all.extend(groups.map(|groups| ("groups[]", groups)));
        fields(&all)
    };
    let room = run(&lab.ctx, &ken, AddRoom {}, hall(Some(&group.to_string()))).await.unwrap().room;
    let permitted = async || lab.number("SELECT count(*) FROM room_group").await;
    let json = serde_json::json!({ "name": "Hall", "capacity": 12, "floor": "", "place": null, "machines": [] });
    let sent = contract::form::Fields::json(json.as_object().unwrap().clone());
    run(&lab.ctx, &ken, SaveRoom { id: room, version: 1 }, sent).await.unwrap();
    assert_eq!(permitted().await, 1);
    run(&lab.ctx, &ken, SaveRoom { id: room, version: 2 }, hall(None)).await.unwrap();
    assert_eq!(permitted().await, 0, "a page without a tick permits everybody");
}

#[tokio::test]
async fn day_offers_the_groups_of_an_admin_and_names_the_group() {
    let (lab, group) = open().await;
    let [ada, bob] = [lab.signed_in(1).await, lab.signed_in(2).await];
    ask(&lab, &ada, LATHE, span(60, 60), group).await.unwrap_err();
    ask(&lab, &ada, LASER_RES, span(60, 60), group).await.unwrap();
    let day = async |actor: &Actor| {
        let query = DayQuery {
            resource: LASER_RES,
            date: None,
            minutes: Some(60),
            at: None,
            moving: None,
            whom: None,
            group: Some(group),
        };
        bookings::day(&lab.ctx, actor, text::Lang::En, Some(query)).await.unwrap()
    };
    let own = day(&ada).await;
    assert_eq!((own.group, own.groups), (Some(group), vec![(group, "Bookbinders".to_owned())]));
    assert_eq!((own.quota.minutes, own.quota.most), (60, 12));
    assert!(own.blocks.iter().any(|block| block.who.as_deref() == Some("Bookbinders")), "{:?}", own.blocks);
    let others = day(&bob).await;
    assert_eq!((others.group, others.groups), (None, Vec::new()), "a member books for themselves");
    let of_group = bookings::list(&lab.ctx, &bob, Ok(Which { group: Some(group), ..Which::default() })).await;
    assert_eq!(of_group.unwrap().len(), 1);
}

#[tokio::test]
async fn list_of_a_group_hides_its_bookings_from_others_where_no_names_are_shown() {
    let (lab, group) = open().await;
    let [ada, carl] = [lab.signed_in(1).await, lab.signed_in(4).await];
    ask(&lab, &ada, LASER_RES, span(60, 60), group).await.unwrap();
    let count = async |actor: &Actor| {
        let which = Which { group: Some(group), ..Which::default() };
        bookings::list(&lab.ctx, actor, Ok(which)).await.unwrap().len()
    };
    set(&lab, "people.shown", "name").await;
    assert_eq!((count(&ada).await, count(&carl).await), (1, 1));
    set(&lab, "people.shown", "nobody").await;
    assert_eq!((count(&ada).await, count(&carl).await), (1, 0));
}

#[tokio::test]
async fn restored_group_has_its_bookings_again_where_their_time_is_free() {
    let (lab, group) = open().await;
    let [ada, carl, ken] = [lab.signed_in(1).await, lab.signed_in(4).await, lab.signed_in(11).await];
    ask(&lab, &ada, LASER_RES, span(60, 60), group).await.unwrap();
    ask(&lab, &ada, LASER_RES, span(240, 60), group).await.unwrap();
    run(&lab.ctx, &ken, ArchiveGroup { id: group }, fields(&[])).await.unwrap();
    let held = "SELECT count(*) FROM booking WHERE group_id IS NOT NULL AND state = 'approved'";
    assert_eq!(lab.number(held).await, 0);
    booked(&lab, &carl, LASER_RES, span(240, 60)).await;
    lab.pass(MINUTE);
    let restored = run(&lab.ctx, &ken, RestoreGroup { id: group }, fields(&[])).await.unwrap();
    assert_eq!((restored.restored, restored.lost, lab.number(held).await), (1, 1, 1));
    let lost: Vec<_> =
        restored.lost_bookings.iter().map(|one| (one.resource, one.starts.at, one.reason.as_str())).collect();
    assert_eq!(lost, [(LASER_RES, span(240, 60).starts, "booking.taken")]);
    let told = "SELECT json_extract(body, '$.group_restored.lost') FROM notice
                 WHERE person_id = 2 AND subject LIKE 'group:% restored %'";
    assert_eq!(lab.number(told).await, 1, "its members hear how many did not come back");
    let of_carl = "SELECT count(*) FROM booking WHERE person_id = 4 AND state = 'approved'";
    assert_eq!(lab.number(of_carl).await, 1, "nobody loses what they got meanwhile");
    for (counted, expected) in [
        ("SELECT json_extract(detail, '$.bookings') FROM audit WHERE action = 'group.restored'", 1),
        ("SELECT json_extract(detail, '$.lost') FROM audit WHERE action = 'group.restored'", 1),
        (
            "SELECT json_extract(detail, '$.reasons.\"booking.taken\"') FROM audit WHERE action = 'group.restored'",
            1,
        ),
    ] {
        assert_eq!(lab.number(counted).await, expected, "{counted}");
    }
    assert!(notices_of(&lab, 5).await.contains(&Kind::BookingMade), "its admins are notified");
}

#[tokio::test]
async fn restored_group_has_no_bookings_again_where_it_may_no_longer_book() {
    let (lab, group) = open().await;
    let [ada, ken] = [lab.signed_in(1).await, lab.signed_in(11).await];
    run(&lab.ctx, &ken, AddGroup {}, fields(&[("name", "Choir")])).await.unwrap();
    for name in ["Hall", "Attic", "Cellar", "Yard"] {
        let new = fields(&[("name", name), ("capacity", "12")]);
        let room = run(&lab.ctx, &ken, AddRoom {}, new).await.unwrap().room;
        ask(&lab, &ada, Resource::Room(room), span(60, 60), group).await.unwrap();
    }
    run(&lab.ctx, &ken, ArchiveGroup { id: group }, fields(&[])).await.unwrap();
    let meanwhile = "INSERT INTO room_group (room_id, group_id)
                         SELECT r.id, g.id FROM room r, person_group g WHERE r.name = 'Hall' AND g.name = 'Choir';
                     UPDATE room SET closed = 'Wet paint' WHERE name = 'Attic';
                     UPDATE room SET archived_at = 0 WHERE name = 'Cellar'";
    lab.sql(meanwhile).await;
    lab.pass(MINUTE);
    let restored = run(&lab.ctx, &ken, RestoreGroup { id: group }, fields(&[])).await.unwrap();
    let held =
        "SELECT group_concat(r.name) FROM booking b JOIN room r ON r.id = b.room_id WHERE b.state = 'approved'";
    assert_eq!((restored.lost, lab.text(held).await.as_str()), (3, "Yard"));
    let reasons = "SELECT json_extract(detail, '$.reasons') FROM audit WHERE action = 'group.restored'";
    assert_eq!(
        lab.text(reasons).await,
        r#"{"booking.groups-only":1,"booking.no-resource":1,"booking.not-bookable":1}"#
    );
}

#[tokio::test]
async fn restored_booking_of_a_suspended_admin_passes_to_an_active_one() {
    let (lab, group) = open().await;
    let [ada, ken] = [lab.signed_in(1).await, lab.signed_in(11).await];
    ask(&lab, &ada, LASER_RES, span(60, 60), group).await.unwrap();
    ask(&lab, &ken, LASER_RES, span(180, 60), group).await.unwrap();
    let holders = async || {
        let ids = "SELECT group_concat(person_id) FROM (SELECT person_id FROM booking
                    WHERE state = 'approved' ORDER BY starts_at)";
        lab.text(ids).await
    };
    run(&lab.ctx, &ken, ArchiveGroup { id: group }, fields(&[])).await.unwrap();
    lab.pass(MINUTE);
    run(&lab.ctx, &ken, RestoreGroup { id: group }, fields(&[])).await.unwrap();
    assert_eq!(holders().await, "1,11", "as before");
    run(&lab.ctx, &ken, ArchiveGroup { id: group }, fields(&[])).await.unwrap();
    people::suspend(&lab.ctx, &ken, PersonId(1)).await.unwrap();
    lab.pass(MINUTE);
    run(&lab.ctx, &ken, RestoreGroup { id: group }, fields(&[])).await.unwrap();
    assert_eq!(holders().await, "5,11", "Dana answers for Ada’s, and the manager for theirs");
}

#[tokio::test]
async fn restored_booking_is_pending_or_approved_as_before_regardless_of_who_restores_the_group() {
    let (lab, group) = open().await;
    set(&lab, "booking.mode", "moderated").await;
    let [ada, ken] = [lab.signed_in(1).await, lab.signed_in(11).await];
    let hall =
        run(&lab.ctx, &ken, AddRoom {}, fields(&[("name", "Hall"), ("capacity", "12")])).await.unwrap().room;
    ask(&lab, &ada, Resource::Room(hall), span(60, 60), group).await.unwrap();
    let approved = ask(&lab, &ada, Resource::Room(hall), span(180, 60), group).await.unwrap();
    action(&lab, &ken, approved, BookingAction::Approve).await.unwrap();
    let asked = async || notices_of(&lab, 11).await.iter().filter(|kind| **kind == Kind::BookingAsked).count();
    let before = asked().await;
    let states = "SELECT group_concat(state) FROM (SELECT state FROM booking WHERE state <> 'cancelled' ORDER BY starts_at)";
    for actor in [&ken, &ada] {
        run(&lab.ctx, actor, ArchiveGroup { id: group }, fields(&[])).await.unwrap();
        lab.pass(MINUTE);
        let restored = run(&lab.ctx, actor, RestoreGroup { id: group }, fields(&[])).await.unwrap();
        assert_eq!((restored.lost, lab.text(states).await.as_str()), (0, "pending,approved"));
    }
    assert_eq!(asked().await, before + 1, "who decides is asked again, but not for their own act");
    set(&lab, "booking.mode", "automatic").await;
    run(&lab.ctx, &ken, ArchiveGroup { id: group }, fields(&[])).await.unwrap();
    lab.pass(MINUTE);
    run(&lab.ctx, &ken, RestoreGroup { id: group }, fields(&[])).await.unwrap();
    assert_eq!(lab.text(states).await, "pending,approved", "nobody has answered it");
}
