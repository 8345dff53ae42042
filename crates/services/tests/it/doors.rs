//! Doors: swipes in and out, who is inside, closing time, rooms and groups behind doors, and remote opening.

use crate::lab::{
    LASER, LATHE, Lab, NOON, ada, bob,
    bookings::{self, set},
    card,
    operations::{fields, run},
};
use contract::{
    doors::{
        DoorsPage, EndVisit, EvacuationList, MarkDoor, OpenDoor, PresenceView, ReadDoors, ReadEvacuation,
        ReadPresence, SetGuests, UnmarkDoor, VisitView,
    },
    form::Fields,
};
use domain::{
    access::{Decision, Reason},
    actor::{Actor, Who},
    boards::{MachineNumber, Message},
    bookings::{BookingAction, Resource},
    cards::CardUid,
    displays::Screen,
    doors::{Answer, DoorState, VisitEnding},
    id::{DisplayId, MachineId, RoomId},
    jobs::Job,
    requests::BoardCommand,
    time::{DAY, HOUR, MINUTE},
    uses::Action,
};
use services::{
    access,
    doors::{DoorsError, number_inside},
    entrance_sign,
    error::ServiceError,
    jobs, privacy,
    requests::{self, Order},
    retention, uses,
};
use std::time::Duration;
use text::Lang;

const MAIN: MachineNumber = MachineNumber(40);
const SHOP: MachineNumber = MachineNumber(41);
const MAIN_ID: MachineId = MachineId(30);
const SHOP_ID: MachineId = MachineId(31);
const STUDIO: RoomId = RoomId(3);

fn ken_card() -> CardUid {
    card("00000ce1")
}

/// The lab of bookings with two doors: the main door, in and out, and one into Studio B, in only. It is Friday, 08:00, and the space
/// is open from 7 to 18. Ken, who manages, has a card.
async fn doors() -> Lab {
    let lab = bookings::open().await;
    lab.sql(
        "INSERT INTO opening_hours (scope, scope_id, weekday, from_min, to_min) VALUES ('space', 0, 4, 420, 1080);
         INSERT INTO equipment_type (id, name, risk) VALUES (7, 'Door', 'low');
         INSERT INTO setting (scope, scope_id, key, value) VALUES ('type', 7, 'access.mode', 'open'), ('type', 4, 'access.mode', 'open');
         INSERT INTO machine (id, number, type_id, name) VALUES (30, 40, 7, 'Main door'), (31, 41, 7, 'Shop door');
         INSERT INTO room (id, name, capacity) VALUES (3, 'Studio B', 8);
         INSERT INTO card (id, person_id, uid, state, given_at) VALUES (11, 11, '00000ce1', 'active', 0)",
    )
    .await;
    let ken = lab.signed_in(11).await;
    run(&lab.ctx, &ken, MarkDoor {}, fields(&[("machine", "30"), ("leaves", "both")])).await.unwrap();
    run(&lab.ctx, &ken, MarkDoor {}, fields(&[("machine", "31"), ("room", "3"), ("leaves", "in")])).await.unwrap();
    lab
}

/// A card is tapped: its board asks, and opens.
async fn swipes(lab: &Lab, door: MachineNumber, uid: &CardUid) {
    uses::observe(&lab.ctx, door, Message::CheckUser).await;
    lab.starts(door, uid).await;
}

async fn asks(lab: &Lab, door: MachineNumber, uid: &CardUid) -> Decision {
    access::check(&lab.ctx, door, uid).await.unwrap().decision
}

async fn presence(lab: &Lab, person: i64) -> PresenceView {
    run(&lab.ctx, &lab.signed_in(person).await, ReadPresence {}, Fields::default()).await.unwrap()
}

async fn page(lab: &Lab, person: i64) -> DoorsPage {
    run(&lab.ctx, &lab.signed_in(person).await, ReadDoors {}, Fields::default()).await.unwrap()
}

async fn evacuation(lab: &Lab, person: i64) -> Result<EvacuationList, DoorsError> {
    run(&lab.ctx, &lab.signed_in(person).await, ReadEvacuation {}, Fields::default()).await
}

async fn people(lab: &Lab) -> u32 {
    presence(lab, 11).await.people.unwrap()
}

fn names(visits: &[VisitView]) -> Vec<&str> {
    visits.iter().map(|visit| visit.name.as_deref().unwrap_or_default()).collect()
}

fn code<T>(done: Result<T, DoorsError>) -> String {
    done.err().unwrap().problem(Lang::En).code.clone()
}

async fn end_of(lab: &Lab) -> String {
    lab.text("SELECT ended_by FROM visit ORDER BY id DESC LIMIT 1").await
}

#[tokio::test]
async fn swipe_at_main_door_enters_and_next_swipe_leaves() {
    let lab = doors().await;
    swipes(&lab, MAIN, &ada()).await;
    let seen = presence(&lab, 11).await;
    assert_eq!((seen.people, names(&seen.visits.unwrap())), (Some(1), vec!["Ada"]));
    // Her board reports a use that goes on and ends: neither is one.
    lab.says(MAIN, &ada(), Action::Extend, 30, false).await.unwrap();
    lab.stops(MAIN, &ada(), 60).await;
    assert_eq!(people(&lab).await, 1);
    assert_eq!(lab.number("SELECT count(*) FROM use_session").await, 0, "a door is never in use");
    assert_eq!(lab.number("SELECT count(*) FROM board_fact").await, 0);
    lab.pass(HOUR);
    swipes(&lab, MAIN, &ada()).await;
    assert_eq!((people(&lab).await, end_of(&lab).await.as_str()), (0, "swipe"));
    assert_eq!(lab.number("SELECT left_at - entered_at FROM visit").await, 3_600_000);
    swipes(&lab, MAIN, &ada()).await;
    assert_eq!(lab.number("SELECT count(*) FROM visit").await, 2, "in again is another visit");
    assert_eq!(lab.number("SELECT count(*) FROM door_opening").await, 3);
}

#[tokio::test]
async fn door_is_locked_for_the_next_card_five_seconds_after_an_opening() {
    let lab = doors().await;
    let due = async || requests::due(&lab.ctx).await.unwrap();
    let second = Duration::from_secs(1);
    swipes(&lab, MAIN, &ada()).await;
    lab.pass(second * 4);
    assert_eq!(due().await, vec![]);
    lab.pass(second);
    assert_eq!(due().await, vec![Order { board: MAIN, action: BoardCommand::Stop, uid: ada() }]);
    assert_eq!(due().await, vec![], "once");
    lab.stops(MAIN, &ada(), 5).await;
    swipes(&lab, MAIN, &bob()).await;
    assert_eq!(people(&lab).await, 2, "both are on the list");
    // Out of reach its board logs out by itself, and may have another user when it is back.
    services::boards::broker_lost(&lab.ctx);
    lab.pass(second * 6);
    assert_eq!(due().await, vec![]);
    services::boards::broker_found(&lab.ctx);
    assert_eq!(due().await, vec![]);
    // Nobody stands at the door of a replayed start, and machines go on.
    uses::observe(&lab.ctx, MAIN, Message::CheckMachine).await;
    lab.says(MAIN, &ken_card(), Action::Start, 0, true).await.unwrap();
    lab.starts(LASER, &ada()).await;
    lab.pass(second * 6);
    assert_eq!(due().await, vec![]);
}

#[tokio::test]
async fn door_into_a_room_only_enters() {
    let lab = doors().await;
    swipes(&lab, SHOP, &ada()).await;
    lab.pass(MINUTE);
    swipes(&lab, SHOP, &ada()).await;
    let visits = presence(&lab, 11).await.visits.unwrap();
    assert_eq!(visits.len(), 1);
    assert_eq!((visits[0].seen_at.as_deref(), visits[0].seen.at), (Some("Shop door"), NOON.after(MINUTE)));
}

#[tokio::test]
async fn repeated_start_is_one_opening_and_replay_never_leaves() {
    let lab = doors().await;
    swipes(&lab, MAIN, &ada()).await;
    // The reply was lost: the board sends the same start again, and once more.
    for _ in 0..2 {
        lab.says(MAIN, &ada(), Action::Start, 0, true).await.unwrap();
    }
    assert_eq!(lab.number("SELECT count(*) FROM door_opening").await, 1);
    assert_eq!(people(&lab).await, 1);
    // It has asked something since, so this is a swipe during an outage: when is unknown, and she stays on the list.
    uses::observe(&lab.ctx, MAIN, Message::CheckMachine).await;
    lab.says(MAIN, &ada(), Action::Start, 0, true).await.unwrap();
    assert_eq!(lab.number("SELECT count(*) FROM door_opening WHERE answer = 'offline'").await, 1);
    assert_eq!(people(&lab).await, 1);
    // A person who came during the outage is inside.
    lab.says(MAIN, &bob(), Action::Start, 0, true).await.unwrap();
    assert_eq!(people(&lab).await, 2);
}

#[tokio::test]
async fn repetition_is_recognised_after_a_restart() {
    let lab = doors().await;
    swipes(&lab, MAIN, &ada()).await;
    swipes(&lab, MAIN, &ada()).await;
    let lab = lab.reopen().await;
    lab.says(MAIN, &ada(), Action::Start, 0, true).await.unwrap();
    assert_eq!((people(&lab).await, lab.number("SELECT count(*) FROM door_opening").await), (0, 2), "she is out");
}

#[tokio::test]
async fn refusals_and_unknown_cards_are_listed_with_openings() {
    let lab = doors().await;
    swipes(&lab, MAIN, &ada()).await;
    lab.pass(MINUTE);
    assert!(!asks(&lab, MAIN, &card("00000203")).await.is_yes(), "Zoe is suspended");
    lab.pass(MINUTE);
    assert!(!asks(&lab, SHOP, &card("aaaa7a3f")).await.is_yes());
    // Attempts are written in bulk; closing writes them.
    let lab = lab.reopen().await;
    let page = page(&lab, 11).await;
    assert_eq!((page.opened_today, page.refused_today), (1, 2));
    let seen: Vec<_> = page.openings.iter().map(|one| (one.door_name.as_str(), one.answer)).collect();
    let expected = [("Shop door", Answer::Refused), ("Main door", Answer::Refused), ("Main door", Answer::Opened)];
    assert_eq!(seen, expected);
    assert_eq!((page.openings[0].card.as_deref(), page.openings[0].person), (Some("7A:3F"), None));
    assert_eq!(
        (page.openings[1].name.as_deref(), page.openings[1].reasons.as_slice()),
        (Some("Zoe"), ["person.not-active".to_owned()].as_slice())
    );
    let member = self::page(&lab, 1).await;
    assert!(member.openings.is_empty() && member.opened_today == 0, "openings are for managers");
}

#[tokio::test]
async fn door_and_machine_are_open_to_their_permitted_groups() {
    let lab = doors().await;
    lab.sql(
        "INSERT INTO person_group (id, name, created_at) VALUES (1, 'Choir', 0);
         INSERT INTO group_member (group_id, person_id, role, since) VALUES (1, 1, 'member', 0);
         INSERT INTO room_group (room_id, group_id) VALUES (3, 1)",
    )
    .await;
    assert!(asks(&lab, SHOP, &ada()).await.is_yes());
    assert_eq!(asks(&lab, SHOP, &bob()).await, Decision::Deny(vec![Reason::NotPermitted]));
    assert!(asks(&lab, MAIN, &bob()).await.is_yes(), "into the building");
    lab.sql("INSERT INTO machine_group (machine_id, group_id) VALUES (30, 1), (1, 1)").await;
    assert_eq!(asks(&lab, MAIN, &bob()).await, Decision::Deny(vec![Reason::NotPermitted]));
    lab.grant(2, 3, "user").await;
    assert_eq!(asks(&lab, LASER, &bob()).await, Decision::Deny(vec![Reason::NotPermitted]), "as booking says");
    assert!(asks(&lab, LASER, &ada()).await.is_yes(), "she is in the choir");
    set(&lab, "access.groups-book-only", "yes").await;
    assert!(asks(&lab, LASER, &bob()).await.is_yes(), "there groups are about bookings");
    assert_eq!(asks(&lab, MAIN, &bob()).await, Decision::Deny(vec![Reason::NotPermitted]), "not at a door");
    set(&lab, "access.groups-book-only", "no").await;
    lab.sql(
        "DELETE FROM machine_group WHERE machine_id = 1; INSERT INTO type_group (type_id, group_id) VALUES (3, 1)",
    )
    .await;
    assert_eq!(asks(&lab, LASER, &bob()).await, Decision::Deny(vec![Reason::NotPermitted]), "nor of its type");
    assert!(asks(&lab, LASER, &ada()).await.is_yes());
    lab.sql("UPDATE person_group SET archived_at = 1 WHERE id = 1").await;
    assert_eq!(asks(&lab, LASER, &ada()).await, Decision::Deny(vec![Reason::NotPermitted]), "an archived group");
    lab.sql(
        "INSERT INTO booking (machine_id, person_id, starts_at, ends_at, state, asked_at)
             VALUES (1, 2, 1799999000000, 1800003600000, 'approved', 0)",
    )
    .await;
    assert!(asks(&lab, LASER, &bob()).await.is_yes(), "he had booked it before");
    lab.sql("UPDATE booking SET state = 'cancelled'").await;
    assert_eq!(asks(&lab, LASER, &bob()).await, Decision::Deny(vec![Reason::NotPermitted]));
    lab.grant(2, 3, "trainer").await;
    assert!(asks(&lab, LASER, &bob()).await.is_yes(), "he teaches on it");
}

#[tokio::test]
async fn room_of_another_booking_or_closed_stays_shut() {
    let lab = doors().await;
    let ken = lab.signed_in(11).await;
    bookings::booked(&lab, &ken, Resource::Room(STUDIO), bookings::span(120, 60)).await;
    assert!(asks(&lab, SHOP, &ada()).await.is_yes(), "before it begins");
    lab.pass(MINUTE * 125);
    let Decision::Deny(reasons) = asks(&lab, SHOP, &ada()).await else { panic!("let in") };
    assert_eq!(reasons.iter().map(|reason| reason.code()).collect::<Vec<_>>(), ["booking.others"]);
    assert!(asks(&lab, SHOP, &ken_card()).await.is_yes(), "it is his");
    lab.pass(HOUR);
    assert!(asks(&lab, SHOP, &ada()).await.is_yes());
    lab.sql("UPDATE room SET closed = 'New floor' WHERE id = 3").await;
    assert_eq!(asks(&lab, SHOP, &ada()).await, Decision::Deny(vec![Reason::Closed { opens: None }]));
}

#[tokio::test]
async fn board_remembers_cards_that_open_its_door() {
    let lab = doors().await;
    lab.sql(
        "INSERT INTO person_group (id, name, created_at) VALUES (1, 'Choir', 0);
         INSERT INTO group_member (group_id, person_id, role, since) VALUES (1, 1, 'member', 0);
         INSERT INTO room_group (room_id, group_id) VALUES (3, 1)",
    )
    .await;
    for uid in [&ada(), &bob()] {
        swipes(&lab, SHOP, uid).await;
        swipes(&lab, MAIN, uid).await;
    }
    let remembered = async |door| {
        let cards = access::remembered(&lab.ctx, door, 10).await.unwrap();
        cards.into_iter().map(|(uid, _)| uid).collect::<Vec<_>>()
    };
    assert_eq!(remembered(MAIN).await, [ada(), bob()]);
    assert_eq!(remembered(SHOP).await, [ada()], "Bob is in no group of the room");
}

#[tokio::test]
async fn buddy_rule_counts_people_inside() {
    let lab = doors().await;
    set(&lab, "access.people-present", "2").await;
    let alone = Decision::Deny(vec![Reason::TooFewPresent { present: 1, needed: 2 }]);
    assert_eq!(asks(&lab, LATHE, &bob()).await, alone);
    swipes(&lab, MAIN, &bob()).await;
    assert_eq!(asks(&lab, LATHE, &bob()).await, alone, "oneself is one person");
    swipes(&lab, MAIN, &ada()).await;
    assert!(asks(&lab, LATHE, &bob()).await.is_yes());
    let rule = &page(&lab, 1).await.buddies[0];
    assert_eq!((rule.machines.as_slice(), rule.people, rule.met), (["Lathe".to_owned()].as_slice(), 2, true));
    swipes(&lab, MAIN, &ada()).await;
    assert_eq!(asks(&lab, LATHE, &bob()).await, alone);
    assert!(!page(&lab, 11).await.buddies[0].met);
}

#[tokio::test]
async fn booking_without_company_is_announced() {
    let lab = doors().await;
    set(&lab, "access.people-present", "2").await;
    for person in [1, 4] {
        lab.grant(person, 4, "user").await;
    }
    let (ada, carl) = (lab.signed_in(1).await, lab.signed_in(4).await);
    bookings::booked(&lab, &ada, Resource::Machine(MachineId(2)), bookings::span(120, 120)).await;
    bookings::booked(&lab, &carl, Resource::Room(STUDIO), bookings::span(120, 60)).await;
    let seen = page(&lab, 11).await.alone;
    assert_eq!(seen.len(), 1);
    assert_eq!((seen[0].name.as_deref(), seen[0].starts.at), (Some("Ada"), NOON.after(HOUR * 3)));
    assert_eq!(page(&lab, 2).await.alone[0].name, None, "Bob may not see names");
    swipes(&lab, MAIN, &bob()).await;
    assert_eq!(page(&lab, 2).await.alone[0].name, None, "the space shows no names");
    set(&lab, "people.shown", "first-name").await;
    assert_eq!(page(&lab, 2).await.alone[0].name.as_deref(), Some("Ada"), "and now it does");
}

#[tokio::test]
async fn user_of_a_machine_is_inside_and_stays_after_logging_out() {
    let lab = doors().await;
    lab.starts(LASER, &ada()).await;
    let visits = presence(&lab, 11).await.visits.unwrap();
    assert_eq!((visits[0].seen_at.as_deref(), visits[0].using), (Some("Laser"), true));
    lab.stops(LASER, &ada(), 60).await;
    let visits = presence(&lab, 11).await.visits.unwrap();
    assert_eq!((visits.len(), visits[0].using), (1, false));
}

#[tokio::test]
async fn person_who_checks_in_on_the_web_is_inside() {
    let lab = doors().await;
    let me = lab.signed_in(1).await;
    let booking = bookings::booked(&lab, &me, Resource::Machine(MachineId(1)), bookings::span(0, 60)).await;
    assert_eq!(people(&lab).await, 0);
    bookings::action(&lab, &me, booking, BookingAction::CheckIn).await.unwrap();
    let visits = presence(&lab, 11).await.visits.unwrap();
    assert_eq!((names(&visits), visits[0].seen_at.as_deref()), (vec!["Ada"], None));
}

#[tokio::test]
async fn without_doors_only_users_of_machines_are_inside() {
    let lab = bookings::open().await;
    lab.starts(LASER, &ada()).await;
    let visits = presence(&lab, 11).await.visits.unwrap();
    assert_eq!((names(&visits), visits[0].id), (vec!["Ada"], None));
    lab.stops(LASER, &ada(), 60).await;
    assert_eq!(people(&lab).await, 0, "nobody could ever leave");
}

#[tokio::test]
async fn visits_end_half_an_hour_after_closing() {
    let lab = doors().await;
    swipes(&lab, MAIN, &ada()).await;
    lab.starts(LASER, &bob()).await;
    lab.pass(HOUR * 10 + MINUTE * 29);
    jobs::run(&lab.ctx, Job::Visits).await;
    assert_eq!(people(&lab).await, 2);
    lab.pass(MINUTE);
    jobs::run(&lab.ctx, Job::Visits).await;
    let left = presence(&lab, 11).await.visits.unwrap();
    assert_eq!(names(&left), ["Bob"], "he is still at a machine");
    assert_eq!(lab.text("SELECT ended_by FROM visit WHERE person_id = 1").await, "closing");
    let closing = NOON.after(HOUR * 10).0;
    assert_eq!(lab.number("SELECT left_at FROM visit WHERE person_id = 1").await, closing);
    jobs::run(&lab.ctx, Job::Visits).await;
    assert_eq!(lab.number("SELECT left_at FROM visit WHERE person_id = 1").await, closing, "once");
}

#[tokio::test]
async fn names_are_for_managers_and_people_inside() {
    let lab = doors().await;
    swipes(&lab, MAIN, &ada()).await;
    let bob_sees = presence(&lab, 2).await;
    assert_eq!((bob_sees.people, bob_sees.visits), (Some(1), None), "the number alone");
    assert_eq!(code(evacuation(&lab, 2).await), "presence.names-hidden");
    assert!(!page(&lab, 2).await.may_evacuate);
    assert_eq!(names(&evacuation(&lab, 1).await.unwrap().inside), ["Ada"]);
    assert_eq!(names(&evacuation(&lab, 11).await.unwrap().inside), ["Ada"]);
    let visitor = Actor::anybody(true, domain::actor::Channel::Web);
    let screen = Actor {
        who: Who::Display(Screen { display: DisplayId(1), opening: 1 }),
        channel: domain::actor::Channel::Web,
    };
    for stranger in [&visitor, &screen] {
        let seen: PresenceView = run(&lab.ctx, stranger, ReadPresence {}, Fields::default()).await.unwrap();
        assert_eq!((seen.people, seen.guests, seen.visits), (None, None, None), "the number is not published");
    }
    assert_eq!(entrance_sign::read(&lab.ctx, &screen).await.unwrap().people, None, "the street reads it");
    set(&lab, "space.public-people", "yes").await;
    let lab = lab.reopen().await;
    assert_eq!(entrance_sign::read(&lab.ctx, &screen).await.unwrap().people, Some(1));
    let public: PresenceView = run(&lab.ctx, &visitor, ReadPresence {}, Fields::default()).await.unwrap();
    assert_eq!((public.people, public.guests), (Some(1), Some(0)));
    assert_eq!((public.changed, public.visits), (None, None), "not when she came");
    let shown: DoorsPage = run(&lab.ctx, &visitor, ReadDoors {}, Fields::default()).await.unwrap();
    assert_eq!((shown.presence.people, shown.presence.changed), (Some(1), None));
    assert!(shown.doors.is_empty() && !shown.may_see_doors && page(&lab, 2).await.may_see_doors);
    let private = Actor::anybody(false, domain::actor::Channel::Web);
    let number = run(&lab.ctx, &private, ReadPresence {}, Fields::default()).await;
    assert!(matches!(number, Err(DoorsError::Forbidden(_))), "without a public status: {number:?}");
    assert!(run(&lab.ctx, &private, ReadDoors {}, Fields::default()).await.is_err());
    assert!(presence(&lab, 2).await.changed.is_some(), "members see it");
    let mut conn = lab.raw().await;
    assert_eq!(number_inside(&mut conn).await.unwrap(), Some((1, 0)));
}

#[tokio::test]
async fn members_inside_see_as_much_of_names_as_the_space_shows() {
    let mut lab = doors().await;
    lab.sql("UPDATE profile SET name = 'Bob Babbage' WHERE person_id = 2; UPDATE profile SET name = 'Ada Lovelace' WHERE person_id = 1")
        .await;
    for uid in [&ada(), &bob()] {
        swipes(&lab, MAIN, uid).await;
    }
    let sorted = |visits: Option<Vec<VisitView>>| {
        let mut names: Vec<_> = visits?.into_iter().filter_map(|visit| visit.name).collect();
        names.sort_unstable();
        Some(names.join(", "))
    };
    let all = Some("Ada Lovelace, Bob Babbage".to_owned());
    for (shown, seen) in
        [("nobody", None), ("first-name", Some("Ada Lovelace, Bob".to_owned())), ("name", all.clone())]
    {
        set(&lab, "people.shown", shown).await;
        lab = lab.reopen().await;
        assert_eq!(sorted(presence(&lab, 1).await.visits), seen, "{shown}");
        let shown_page = page(&lab, 1).await;
        assert_eq!((sorted(shown_page.presence.visits), shown_page.may_evacuate), (seen, true), "{shown}");
        assert_eq!(shown_page.own.unwrap().name.as_deref(), Some("Ada Lovelace"), "herself");
        assert_eq!(sorted(presence(&lab, 11).await.visits), all, "a manager sees everybody, {shown}");
        assert_eq!(sorted(Some(evacuation(&lab, 1).await.unwrap().inside)), all, "outside names count, {shown}");
    }
}

#[tokio::test]
async fn list_for_evacuation_names_who_left_lately() {
    let lab = doors().await;
    for uid in [&ada(), &bob(), &ken_card()] {
        swipes(&lab, MAIN, uid).await;
    }
    swipes(&lab, MAIN, &bob()).await;
    lab.pass(MINUTE * 90);
    swipes(&lab, MAIN, &ken_card()).await;
    lab.pass(MINUTE * 180);
    let list = evacuation(&lab, 11).await.unwrap();
    assert_eq!((names(&list.inside), names(&list.left)), (vec!["Ada"], vec!["Ken"]), "Bob left 4½ hours ago");
    assert_eq!(list.left[0].ended_by, Some(VisitEnding::Swipe));
}

#[tokio::test]
async fn guests_belong_to_the_visit_of_their_host() {
    let lab = doors().await;
    let me = lab.signed_in(1).await;
    let guests = async |n: &str| run(&lab.ctx, &me, SetGuests {}, fields(&[("guests", n)])).await;
    assert_eq!(code(guests("1").await), "presence.not-inside");
    swipes(&lab, MAIN, &ada()).await;
    guests("2").await.unwrap();
    assert_eq!(presence(&lab, 2).await.guests, Some(2));
    assert_eq!(page(&lab, 1).await.own.unwrap().guests, 2);
    swipes(&lab, MAIN, &ada()).await;
    assert_eq!(presence(&lab, 2).await.guests, Some(0), "they leave together");
}

#[tokio::test]
async fn manager_ends_a_visit_once() {
    let lab = doors().await;
    swipes(&lab, MAIN, &ada()).await;
    let visit = presence(&lab, 11).await.visits.unwrap()[0].id.unwrap();
    let end = async |person| {
        run(&lab.ctx, &lab.signed_in(person).await, EndVisit { id: visit }, Fields::default()).await
    };
    assert_eq!(code(end(1).await), "actor.not-allowed");
    end(11).await.unwrap();
    assert_eq!((people(&lab).await, end_of(&lab).await.as_str()), (0, "manager"));
    assert_eq!(code(end(11).await), "presence.unknown");
}

#[tokio::test]
async fn audit_log_does_not_say_who_came_and_went() {
    let lab = doors().await;
    swipes(&lab, MAIN, &ada()).await;
    swipes(&lab, MAIN, &card("00000999")).await;
    run(&lab.ctx, &lab.signed_in(1).await, SetGuests {}, fields(&[("guests", "2")])).await.unwrap();
    lab.pass(HOUR);
    swipes(&lab, MAIN, &ada()).await;
    swipes(&lab, MAIN, &bob()).await;
    lab.pass(HOUR * 10);
    jobs::run(&lab.ctx, Job::Visits).await;
    assert_eq!(people(&lab).await, 0, "both left, Bob by closing");
    let about = "SELECT count(*) FROM audit WHERE action = 'door.opened' OR action LIKE 'visit.%'";
    assert_eq!(lab.number(about).await, 0);
    // What managers do is on record, without the person.
    swipes(&lab, MAIN, &ada()).await;
    let visit = presence(&lab, 11).await.visits.unwrap()[0].id.unwrap();
    run(&lab.ctx, &lab.signed_in(11).await, EndVisit { id: visit }, Fields::default()).await.unwrap();
    let entry = lab.text("SELECT subject || ' ' || detail FROM audit WHERE action = 'visit.ended'").await;
    assert_eq!(entry, format!(r#"space {{"visit":{visit}}}"#));
}

#[tokio::test]
async fn remote_opening_lets_others_in_and_moves_nobody() {
    let lab = doors().await;
    let open = async |person, machine| {
        run(&lab.ctx, &lab.signed_in(person).await, OpenDoor { machine }, Fields::default()).await
    };
    assert_eq!(code(open(11, MAIN_ID).await), "machine.start-away");
    lab.sql("INSERT INTO machine_signal (machine_id, heard_at, online) VALUES (30, 1800000000000, 1)").await;
    assert_eq!(code(open(1, MAIN_ID).await), "actor.not-allowed");
    assert_eq!(code(open(11, MachineId(1)).await), "door.unknown", "a laser is no door");
    let door = page(&lab, 11).await.doors.remove(0);
    assert_eq!(
        (door.state, door.may_open, door.until.unwrap().at),
        (DoorState::ByCard, true, NOON.after(HOUR * 10))
    );
    open(11, MAIN_ID).await.unwrap();
    let order = Order { board: MAIN, action: BoardCommand::Start, uid: ken_card() };
    assert_eq!(requests::due(&lab.ctx).await.unwrap(), vec![order]);
    lab.starts(MAIN, &ken_card()).await;
    assert_eq!(people(&lab).await, 0, "Ken is somewhere else");
    assert_eq!(lab.text("SELECT state FROM machine_request").await, "acknowledged");
    let opening = page(&lab, 11).await.openings.remove(0);
    assert_eq!((opening.answer, opening.by.as_deref(), opening.name), (Answer::Remote, Some("Ken"), None));
    // The copy of that start, sent again.
    lab.says(MAIN, &ken_card(), Action::Start, 0, true).await.unwrap();
    assert_eq!((people(&lab).await, lab.number("SELECT count(*) FROM door_opening").await), (0, 1));
    let by_member = requests::start(&lab.ctx, &lab.signed_in(1).await, MAIN_ID).await;
    assert_eq!(by_member.unwrap_err().problem(Lang::En).code, "machine.start-off", "members tap their card");
}

#[tokio::test]
async fn machine_in_use_is_no_door_and_doors_are_marked_by_managers() {
    let lab = doors().await;
    lab.starts(LASER, &ada()).await;
    let mark = async |person, machine: &str| {
        let sent = fields(&[("machine", machine), ("leaves", "in")]);
        run(&lab.ctx, &lab.signed_in(person).await, MarkDoor {}, sent).await
    };
    assert_eq!(code(mark(11, "1").await), "door.in-use");
    assert_eq!(code(mark(11, "999").await), "door.invalid");
    assert_eq!(code(mark(6, "2").await), "actor.not-allowed");
    mark(11, "2").await.unwrap();
    mark(11, "2").await.unwrap();
    assert_eq!(page(&lab, 11).await.doors.len(), 3);
    let ken = lab.signed_in(11).await;
    let unmark = async || run(&lab.ctx, &ken, UnmarkDoor { machine: MachineId(2) }, Fields::default()).await;
    unmark().await.unwrap();
    assert_eq!(code(unmark().await), "door.unknown");
    lab.starts(LATHE, &ada()).await;
    assert_eq!(lab.number("SELECT count(*) FROM use_session WHERE machine_id = 2").await, 1, "a machine again");
    assert!(page(&lab, 11).await.machines.iter().any(|(id, _)| *id == MachineId(2)));
    assert!(!page(&lab, 11).await.machines.iter().any(|(id, _)| *id == SHOP_ID), "is one already");
}

#[tokio::test]
async fn visits_and_openings_are_deleted_after_a_month_and_with_their_person() {
    let lab = doors().await;
    swipes(&lab, MAIN, &ada()).await;
    swipes(&lab, MAIN, &ada()).await;
    lab.pass(DAY * 31);
    swipes(&lab, MAIN, &bob()).await;
    retention::run(&lab.ctx, &Actor::TOOLGATE).await.unwrap();
    assert_eq!(lab.number("SELECT count(*) FROM door_opening").await, 1);
    assert_eq!(lab.text("SELECT group_concat(person_id) FROM visit").await, "2");
    let administrator = lab.administrator().await;
    privacy::erase(&lab.ctx, &administrator, domain::id::PersonId(2)).await.unwrap();
    assert_eq!(lab.number("SELECT count(*) FROM visit").await, 0);
}
