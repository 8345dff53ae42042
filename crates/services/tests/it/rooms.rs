//! Rooms with equipment, a note and a picture, and closed to new bookings.

use crate::lab::{
    Lab,
    bookings::{booked, open, span},
    operations::{fields, run},
    rooms,
};
use contract::{
    bookings::{Found, Lack},
    form::{Fault, Fields},
    groups::{AddGroup, AddGroupMember, ArchiveGroup},
    rooms::{ListRooms, ReadRoom, ReadRooms, Room, RoomsByHour, SaveRoom},
};
use domain::{
    actor::Actor,
    bookings::{Resource, ResourceFilter},
    draws::Importance,
    id::{GroupId, MachineId, PersonId, RoomId},
    pictures::Subject,
    rooms::InvalidEquipment,
    time::{Date, MINUTE},
};
use services::{
    bookings::{self, Ask, BookingsError, RoomFilter, Search},
    error::ServiceError,
    pictures,
    rooms::{RoomsError, room_page},
};
use text::Lang;

const ROOM: RoomId = RoomId(1);
const HALL: Resource = Resource::Room(ROOM);

fn hall(more: &[(&str, &str)]) -> Fields {
    let mut sent = vec![("name", "Hall"), ("capacity", "24"), ("floor", "First floor")];
    sent.extend(more);
    fields(&sent)
}

async fn read(lab: &Lab) -> Room {
    let actor = lab.signed_in(1).await;
    run(&lab.ctx, &actor, ReadRoom { id: ROOM }, Fields::default()).await.unwrap()
}

#[tokio::test]
async fn equipment_is_normalised_and_spelled_as_in_other_rooms() {
    let lab = open().await;
    let ken = lab.signed_in(11).await;
    let sent = hall(&[("equipment[]", "Beamer"), ("equipment", "piano,  White   board, BEAMER")]);
    rooms::add(&lab.ctx, &ken, sent).await.unwrap();
    assert_eq!(read(&lab).await.equipment, ["Beamer", "White board", "piano"]);
    let second = fields(&[("name", "Studio"), ("capacity", "6"), ("equipment", "beamer, PIANO, sink")]);
    rooms::add(&lab.ctx, &ken, second).await.unwrap();
    let all = run(&lab.ctx, &ken, ListRooms {}, Fields::default()).await.unwrap().rooms;
    assert_eq!(all[1].equipment, ["Beamer", "piano", "sink"], "{all:?}");
    let page = run(&lab.ctx, &ken, ReadRooms {}, Fields::default()).await.unwrap();
    assert_eq!(page.equipment, ["Beamer", "piano", "sink", "White board"]);
    // An unchanged list is not lost, and an empty one takes everything out.
    rooms::save(&lab.ctx, &ken, ROOM, 1, hall(&[("equipment[]", "Beamer")])).await.unwrap();
    assert_eq!(read(&lab).await.equipment, ["Beamer"]);
    rooms::save(&lab.ctx, &ken, ROOM, 2, hall(&[])).await.unwrap();
    assert!(read(&lab).await.equipment.is_empty());
    let long = "x".repeat(41);
    let refused = rooms::save(&lab.ctx, &ken, ROOM, 3, hall(&[("equipment", &long)])).await;
    let Err(RoomsError::Invalid(faults)) = refused else { panic!("{refused:?}") };
    assert_eq!(faults.0, [("equipment".to_owned(), Fault::Equipment(InvalidEquipment::Long))]);
}

#[tokio::test]
async fn room_closed_to_new_bookings_refuses_them_with_its_reason_and_keeps_those_there() {
    let lab = open().await;
    let [ada, ken] = [lab.signed_in(1).await, lab.signed_in(11).await];
    rooms::add(&lab.ctx, &ken, hall(&[])).await.unwrap();
    let kept = booked(&lab, &ada, HALL, span(60, 60)).await;
    rooms::save(&lab.ctx, &ken, ROOM, 1, hall(&[("closed", "New floor")])).await.unwrap();
    assert_eq!(read(&lab).await.closed.as_deref(), Some("New floor"));

    let refused = bookings::ask(
        &lab.ctx,
        &ada,
        Ok(Ask { resource: HALL, span: span(180, 60), group: None, importance: None }),
    )
    .await;
    let problem = refused.unwrap_err().problem(Lang::En);
    assert_eq!(problem.code, "booking.refused");
    assert_eq!(problem.at("resource"), Some("This room is closed to new bookings: New floor"));
    // What is booked can still be moved within the room.
    let version = bookings::one(&lab.ctx, &ada, kept).await.unwrap().version;
    bookings::move_to(&lab.ctx, &ada, kept, version, Ok(span(75, 60))).await.unwrap();
    // A booking of something else cannot be moved into it.
    let other = booked(&lab, &lab.signed_in(4).await, Resource::Machine(MachineId(1)), span(180, 60)).await;
    let version = bookings::one(&lab.ctx, &ken, other).await.unwrap().version;
    let into = Ask { resource: HALL, span: span(180, 60), group: None, importance: None };
    let refused = bookings::rebook(&lab.ctx, &lab.signed_in(4).await, other, version, Ok(into)).await;
    assert!(matches!(refused, Err(BookingsError::Refused(_))), "{refused:?}");

    let search = Search { wanted: Some(ResourceFilter::One(HALL)), ..Search::default() };
    let found = bookings::find(&lab.ctx, &ada, Lang::En, search).await.unwrap();
    let why = found.resources[0].why.as_ref().unwrap();
    assert_eq!((why.0.as_str(), found.resources[0].times.len()), ("booking.not-bookable", 0));

    rooms::save(&lab.ctx, &ken, ROOM, 2, hall(&[])).await.unwrap();
    booked(&lab, &ada, HALL, span(240, 60)).await;
}

#[tokio::test]
async fn room_that_asks_for_importance_shows_it_to_moderators_alone() {
    let lab = open().await;
    let [ada, carl, ken] = [lab.signed_in(1).await, lab.signed_in(4).await, lab.signed_in(11).await];
    rooms::add(&lab.ctx, &ken, hall(&[("importance", "yes")])).await.unwrap();
    assert!(read(&lab).await.importance);
    let ask = |from, importance| Ask { resource: HALL, span: span(from, 60), group: None, importance };
    let (stated, _) = bookings::ask(&lab.ctx, &carl, Ok(ask(60, Importance::new(5)))).await.unwrap();
    let (unstated, _) = bookings::ask(&lab.ctx, &carl, Ok(ask(180, None))).await.unwrap();
    for (id, importance) in [(stated, 5), (unstated, 3)] {
        assert_eq!(bookings::one(&lab.ctx, &ken, id).await.unwrap().importance, Some(importance));
        for other in [&carl, &ada] {
            assert_eq!(bookings::one(&lab.ctx, other, id).await.unwrap().importance, None);
        }
    }
    // A room that does not ask for it has none.
    rooms::save(&lab.ctx, &ken, ROOM, 1, hall(&[])).await.unwrap();
    let (plain, _) = bookings::ask(&lab.ctx, &carl, Ok(ask(300, Importance::new(5)))).await.unwrap();
    assert_eq!(bookings::one(&lab.ctx, &ken, plain).await.unwrap().importance, None);
}

#[tokio::test]
async fn page_of_a_room_shows_note_equipment_machines_and_today() {
    let lab = open().await;
    let [ada, ken] = [lab.signed_in(1).await, lab.signed_in(11).await];
    let sent = hall(&[("note", "Mind the *step*<script>"), ("equipment", "Beamer"), ("machines[]", "1")]);
    rooms::add(&lab.ctx, &ken, sent).await.unwrap();
    let page = room_page(&lab.ctx, &ada, Lang::En, ROOM).await.unwrap();
    assert_eq!(page.equipment, ["Beamer"]);
    assert!(page.note.contains("<em>step</em>") && !page.note.contains("<script>"), "{}", page.note);
    assert_eq!(page.machines.len(), 1);
    assert!(page.today.is_some_and(|today| today.chosen.is_some()) && !page.may_change);
    rooms::archive(&lab.ctx, &ken, ROOM).await.unwrap();
    let hidden = room_page(&lab.ctx, &ada, Lang::En, ROOM).await;
    assert!(matches!(hidden, Err(RoomsError::Unknown)), "{hidden:?}");
    let page = room_page(&lab.ctx, &ken, Lang::En, ROOM).await.unwrap();
    assert!(page.archived && page.today.is_none() && page.may_change);
}

#[tokio::test]
async fn picture_of_a_room_is_seen_by_members_and_changed_by_editors() {
    let lab = open().await;
    let [ada, ken] = [lab.signed_in(1).await, lab.signed_in(11).await];
    rooms::add(&lab.ctx, &ken, hall(&[])).await.unwrap();
    let subject = Subject::Room(ROOM);
    assert!(pictures::may_change(&lab.ctx, &ada, subject).await.is_err());
    let png = std::io::Cursor::new(crate::pictures::png(40, 20));
    pictures::set(&lab.ctx, &ken, subject, png).await.unwrap();
    assert!(!pictures::get(&lab.ctx, &ada, subject, false).await.unwrap().body.is_empty());
    assert!(read(&lab).await.picture);
    rooms::archive(&lab.ctx, &ken, ROOM).await.unwrap();
    assert!(pictures::get(&lab.ctx, &ada, subject, false).await.is_err(), "of an archived room");
    pictures::remove(&lab.ctx, &ken, subject).await.unwrap();
}

#[tokio::test]
async fn stale_room_is_refused_with_all_that_was_saved() {
    let lab = open().await;
    let ken = lab.signed_in(11).await;
    rooms::add(&lab.ctx, &ken, hall(&[])).await.unwrap();
    rooms::save(&lab.ctx, &ken, ROOM, 1, hall(&[("note", "New"), ("equipment", "Beamer")])).await.unwrap();
    let refused = run(&lab.ctx, &ken, SaveRoom { id: ROOM, version: 1 }, hall(&[("note", "Old")])).await;
    let Err(RoomsError::Stale(saved)) = refused else { panic!("{refused:?}") };
    assert_eq!((saved.value("note"), saved.value("equipment[]")), ("New", "Beamer"));
}

#[tokio::test]
async fn search_finds_rooms_by_equipment_and_size_and_lists_missing_equipment() {
    let lab = open().await;
    let [ada, ken] = [lab.signed_in(1).await, lab.signed_in(11).await];
    let machine = [("machines[]", "1")];
    for (name, capacity, equipment, more) in [
        ("Hall", "24", "Beamer, Piano", &machine[..]),
        ("Studio", "12", "Beamer", &[]),
        ("Loft", "30", "Piano", &[]),
        ("Cellar", "6", "Sink", &[]),
    ] {
        let mut sent = vec![("name", name), ("capacity", capacity), ("equipment", equipment)];
        sent.extend(more);
        rooms::add(&lab.ctx, &ken, fields(&sent)).await.unwrap();
    }
    let find = async |message: &str| {
        let search = Search { message: message.to_owned(), ..Search::default() };
        bookings::find(&lab.ctx, &ada, Lang::En, search).await.unwrap()
    };
    let names = |found: &Found| found.resources.iter().map(|one| one.bookable.name.clone()).collect::<Vec<_>>();
    let found = find("beamers, 20 people, tomorrow").await;
    assert_eq!(names(&found), ["Hall"], "{found:?}");
    assert!(found.is_understood() && !found.resources[0].times.is_empty(), "{found:?}");
    assert_eq!((found.people, found.equipment.as_slice()), (Some(20), &["Beamer".to_owned()][..]));
    let nearly: Vec<_> = found.nearly.iter().map(|one| (one.name.as_str(), &one.lacks)).collect();
    let expected = [("Loft", &Lack::Equipment("Beamer".into())), ("Studio", &Lack::Capacity(12))];
    assert_eq!(nearly, expected, "the cellar lacks both");
    let nowhere = find("beamer, piano, 40 people").await;
    assert!(nowhere.resources.is_empty() && nowhere.wanted == Some(ResourceFilter::Rooms), "{nowhere:?}");
    // A machine has what its room has.
    let with = Search { wanted: Some(ResourceFilter::Any), equipment: vec!["piano".into()], ..Search::default() };
    let anything = bookings::find(&lab.ctx, &ada, Lang::En, with).await.unwrap();
    let machine = Resource::Machine(MachineId(1));
    assert!(anything.resources.iter().any(|one| one.bookable.resource == machine), "{anything:?}");
    assert!(!names(&anything).contains(&"Studio".to_owned()), "{anything:?}");
    // What no room has is not understood.
    let unknown = find("whiteboard tomorrow").await;
    assert_eq!(unknown.unheard.as_deref(), Some("whiteboard"));
}

#[tokio::test]
async fn rooms_by_hour_show_bookings_machines_taken_alone_and_free_rooms() {
    let lab = open().await;
    let [ada, ken] = [lab.signed_in(1).await, lab.signed_in(11).await];
    let machine = Resource::Machine(MachineId(1));
    for (name, floor, capacity, equipment, machines) in
        [("Hall", "First", "24", "Beamer", "1"), ("Studio", "First", "6", "", ""), ("Loft", "Top", "40", "", "")]
    {
        let sent = [
            ("name", name),
            ("floor", floor),
            ("capacity", capacity),
            ("equipment", equipment),
            ("machines", machines),
        ];
        rooms::add(&lab.ctx, &ken, fields(&sent)).await.unwrap();
    }
    let studio = Resource::Room(RoomId(2));
    booked(&lab, &ada, machine, span(0, 60)).await;
    booked(&lab, &lab.signed_in(4).await, studio, span(0, 60)).await;
    booked(&lab, &ada, studio, span(120, 60)).await;
    let show = async |filter| bookings::rooms_by_hour(&lab.ctx, &ada, filter).await.unwrap();
    let names = |all: &RoomsByHour| all.rooms.iter().map(|room| room.name.clone()).collect::<Vec<_>>();
    let all = show(RoomFilter { room: Some(RoomId(2)), page: Some(1), ..RoomFilter::default() }).await;
    assert_eq!(names(&all), ["Hall", "Studio", "Loft"], "by floor and name");
    assert_eq!((all.rooms[0].partly.len(), all.rooms[0].partly[0].2), (1, 1), "{all:?}");
    assert!(all.rooms[0].entries.is_empty() && all.rooms[1].entries.len() == 2, "{all:?}");
    assert_eq!(all.rooms.iter().map(|room| room.free_now).collect::<Vec<_>>(), [false, false, true]);
    let week = all.week.unwrap();
    assert_eq!(week.days.iter().map(|(_, _, entries)| entries.len()).sum::<usize>(), 2, "{:?}", week.days);
    let mine = week.days.iter().flat_map(|(_, _, entries)| entries).filter(|entry| entry.mine).count();
    assert_eq!(mine, 1);

    let free = show(RoomFilter { free_now: true, ..RoomFilter::default() }).await;
    assert_eq!((names(&free), free.free_now, free.all), (vec!["Loft".to_owned()], 1, 3));
    let large = show(RoomFilter { people: Some(20), ..RoomFilter::default() }).await;
    assert_eq!(names(&large), ["Hall", "Loft"]);
    let equipped = show(RoomFilter { equipment: Some("beamer".into()), ..RoomFilter::default() }).await;
    assert_eq!(names(&equipped), ["Hall"]);
    let first = show(RoomFilter { floor: Some("First".into()), people: Some(20), ..RoomFilter::default() }).await;
    assert_eq!(names(&first), ["Hall"]);
    assert_eq!(first.floors, ["First", "Top"]);
    let tomorrow = Date::from_days(all.date.days() + 1);
    let next = show(RoomFilter { date: Some(tomorrow), ..RoomFilter::default() }).await;
    assert!(next.rooms.iter().all(|room| room.entries.is_empty() && room.partly.is_empty()), "{next:?}");
    assert_eq!(next.free_now, 1, "now is today, whatever day is shown");
}

#[tokio::test]
async fn room_permitted_to_people_is_refused_to_others() {
    let lab = open().await;
    let [ada, carl, ken] = [lab.signed_in(1).await, lab.signed_in(4).await, lab.signed_in(11).await];
    rooms::add(&lab.ctx, &ken, hall(&[("person", "carl@private.example")])).await.unwrap();
    assert_eq!(read(&lab).await.people, [], "who may is for those who edit it");
    let edited = run(&lab.ctx, &ken, ReadRoom { id: ROOM }, Fields::default()).await.unwrap();
    assert_eq!(edited.people, [PersonId(4)]);
    booked(&lab, &carl, HALL, span(60, 60)).await;
    let ask = Ask { resource: HALL, span: span(180, 60), group: None, importance: None };
    let refused = bookings::ask(&lab.ctx, &ada, Ok(ask)).await.unwrap_err().problem(Lang::En);
    assert_eq!(refused.at("resource"), Some("Only certain groups or people can book it."));
    let page = room_page(&lab.ctx, &ada, Lang::En, ROOM).await.unwrap();
    assert_eq!(page.is_permitted, Some(false));

    rooms::save(&lab.ctx, &ken, ROOM, 1, hall(&[("people[]", "4"), ("person", "nobody@private.example")]))
        .await
        .unwrap_err();
    rooms::save(&lab.ctx, &ken, ROOM, 1, hall(&[("people[]", "4")])).await.unwrap();
    assert_eq!(lab.number("SELECT count(*) FROM room_person").await, 1);
    rooms::save(&lab.ctx, &ken, ROOM, 2, hall(&[])).await.unwrap();
    assert_eq!(lab.number("SELECT count(*) FROM room_person").await, 0);
}

/// The answer for `person`, as `actor` reads it: whether, until when in minutes after eight, and the reasons.
async fn access(
    lab: &Lab,
    actor: &Actor,
    person: i64,
    group: Option<GroupId>,
) -> (bool, Option<i64>, Vec<String>) {
    let asked = (Some(PersonId(person)), group);
    let found = bookings::may_be_in(&lab.ctx, actor, Lang::En, ROOM, asked).await.unwrap();
    let until = found.until.map(|until| until.at.minus(span(0, 60).starts) / 60_000);
    (found.allowed, until, found.reasons.into_iter().map(|(code, _)| code).collect())
}

// A4: the room, asked before, during and after a booking.
#[tokio::test]
async fn access_to_a_room_follows_its_bookings_groups_and_closure() {
    let lab = open().await;
    let [ada, carl, ken] = [lab.signed_in(1).await, lab.signed_in(4).await, lab.signed_in(11).await];
    rooms::add(&lab.ctx, &ken, hall(&[])).await.unwrap();
    let group = run(&lab.ctx, &ken, AddGroup {}, fields(&[("name", "Bookbinders")])).await.unwrap().group;
    for (person, role) in [("1", "admin"), ("4", "member")] {
        let new = fields(&[("person", person), ("role", role)]);
        run(&lab.ctx, &ken, AddGroupMember { group }, new).await.unwrap();
    }
    booked(&lab, &carl, HALL, span(60, 60)).await;
    let ask = Ask { resource: HALL, span: span(120, 60), group: Some(group), importance: None };
    bookings::ask(&lab.ctx, &ada, Ok(ask)).await.unwrap();

    assert_eq!(access(&lab, &ada, 1, None).await, (true, Some(60), vec![]), "free until the next booking");
    let hidden = bookings::may_be_in(&lab.ctx, &carl, Lang::En, ROOM, (Some(PersonId(1)), None)).await;
    assert!(matches!(hidden, Err(BookingsError::UnknownPerson)), "{hidden:?}");
    let unknown = bookings::may_be_in(&lab.ctx, &ken, Lang::En, RoomId(99), (None, None)).await;
    assert!(matches!(unknown, Err(BookingsError::UnknownResource)), "{unknown:?}");

    lab.pass(MINUTE * 70);
    assert_eq!(access(&lab, &carl, 4, None).await, (true, Some(120), vec![]), "his own, until it ends");
    assert_eq!(access(&lab, &ken, 1, None).await, (false, None, vec!["booking.taken".into()]), "of another");

    // Of the group: its members, whoever booked it; nobody else, and nobody for another group.
    lab.pass(MINUTE * 60);
    for member in [1, 4] {
        assert_eq!(access(&lab, &ken, member, None).await, (true, Some(180), vec![]), "{member}");
        assert_eq!(access(&lab, &ken, member, Some(group)).await, (true, Some(180), vec![]), "{member}");
    }
    assert_eq!(access(&lab, &ken, 5, None).await.2, ["booking.taken"]);
    assert_eq!(access(&lab, &ken, 5, Some(group)).await.2, ["booking.taken", "booking.not-in-group"]);

    // Permitted to groups only, then closed.
    lab.pass(MINUTE * 60);
    let version = read(&lab).await.version;
    rooms::save(&lab.ctx, &ken, ROOM, version, hall(&[("groups[]", &group.to_string())])).await.unwrap();
    assert_eq!(access(&lab, &ken, 5, None).await.2, ["booking.groups-only"]);
    assert_eq!(access(&lab, &ken, 4, None).await, (true, None, vec![]));
    let version = read(&lab).await.version;
    rooms::save(&lab.ctx, &ken, ROOM, version, hall(&[("closed", "New floor")])).await.unwrap();
    assert_eq!(access(&lab, &ken, 4, None).await.2, ["booking.not-bookable"]);
}

#[tokio::test]
async fn archived_group_admits_nobody_to_a_room() {
    let lab = open().await;
    let ken = lab.signed_in(11).await;
    rooms::add(&lab.ctx, &ken, hall(&[])).await.unwrap();
    let group = run(&lab.ctx, &ken, AddGroup {}, fields(&[("name", "Bookbinders")])).await.unwrap().group;
    let new = fields(&[("person", "4"), ("role", "member")]);
    run(&lab.ctx, &ken, AddGroupMember { group }, new).await.unwrap();
    assert_eq!(access(&lab, &ken, 4, Some(group)).await, (true, None, vec![]));
    run(&lab.ctx, &ken, ArchiveGroup { id: group }, fields(&[])).await.unwrap();
    assert_eq!(access(&lab, &ken, 4, Some(group)).await.2, ["booking.not-in-group"]);
    assert_eq!(access(&lab, &ken, 4, None).await, (true, None, vec![]), "for themselves");
}
