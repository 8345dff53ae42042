//! The week of machines and rooms, and the rooms of a day, both in pages.

use crate::lab::{
    LASER_ID, Lab,
    bookings::{booked, open, span},
};
use contract::{
    bookings::{Bar, Week, WeekRow},
    rooms::RoomsByHour,
};
use domain::{
    bookings::{Cause, Resource, ResourceFilter, When},
    id::{MachineId, RoomId},
    paging::PageRange,
    time::Date,
};
use services::bookings::{self, ResourceKind, RoomFilter, Search, WeekFilter};
use text::Lang;

const LASER_RES: Resource = Resource::Machine(LASER_ID);
const FRIDAY: Date = Date { year: 2027, month: 1, day: 15 };

/// The lab with 120 rooms, every third on the top floor, all but the last booked by Carl on Friday from eight to six o'clock, for
/// an hour each. Two are closed on Saturday from ten to twelve, and the laser is in one on the top floor.
async fn full() -> Lab {
    let lab = open().await;
    lab.sql(
        "CREATE TEMP TABLE n (i INTEGER PRIMARY KEY);
         INSERT INTO n WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 120) SELECT i FROM n;
         INSERT INTO room (id, name, capacity, floor)
            SELECT 100 + i, printf('Room %03d', i), 10, iif(i % 3 = 0, 'Top', 'Ground') FROM n;
         INSERT INTO room_machine (machine_id, room_id) VALUES (1, 103);
         INSERT INTO booking (room_id, person_id, starts_at, ends_at, state, asked_at)
            SELECT r.i + 100, 4, (unixepoch('2027-01-15 07:00:00') + h.i * 3600) * 1000,
                   (unixepoch('2027-01-15 08:00:00') + h.i * 3600) * 1000, 'approved', 0
              FROM n r, n h WHERE r.i < 120 AND h.i <= 10;
         INSERT INTO occupation (room_id, starts_at, ends_at, booking_id)
            SELECT room_id, starts_at, ends_at, id FROM booking;
         INSERT INTO closure (id, room_id, kind, starts_at, ends_at, made_at)
            SELECT i, 100 + i, 'closure', unixepoch('2027-01-16 10:00:00') * 1000, unixepoch('2027-01-16 12:00:00') * 1000, 0
              FROM n WHERE i IN (1, 76);
         INSERT INTO occupation (room_id, starts_at, ends_at, closure_id)
            SELECT room_id, starts_at, ends_at, id FROM closure;",
    )
    .await;
    lab
}

fn rows(week: &Week) -> Vec<&WeekRow> {
    week.groups.iter().flat_map(|group| &group.rows).collect()
}

/// The names of the first and the last, and how many there are.
fn ends(names: &[&str]) -> (usize, String, String) {
    (names.len(), names[0].to_owned(), names[names.len() - 1].to_owned())
}

#[tokio::test]
async fn week_lists_every_day_and_hides_names_by_setting() {
    let lab = open().await;
    lab.sql("INSERT INTO setting (scope, scope_id, key, value) VALUES ('space', 0, 'people.shown', 'first-name')")
        .await;
    let (ada_in, carl) = (lab.signed_in(1).await, lab.signed_in(4).await);
    booked(&lab, &carl, LASER_RES, span(60, 60)).await;
    let week = bookings::week(&lab.ctx, &ada_in, WeekFilter { date: Some(FRIDAY), ..WeekFilter::default() })
        .await
        .unwrap();
    assert_eq!(week.days.iter().map(|(date, _)| date.day).collect::<Vec<_>>(), [11, 12, 13, 14, 15, 16, 17]);
    let rows: Vec<_> = week.groups.iter().flat_map(|group| &group.rows).collect();
    let laser = rows.iter().find(|row| row.bookable.resource == LASER_RES).unwrap();
    let counts: Vec<_> = laser.days.iter().map(|day| (day.bars.len(), day.entries.len())).collect();
    assert_eq!(counts, [(0, 0), (0, 0), (0, 0), (0, 0), (1, 1), (0, 0), (0, 0)]);
    let entry = &laser.days[4].entries[0];
    assert_eq!((entry.from, entry.to, entry.mine, entry.clocks.as_str()), (36, 40, false, "9–10"));
    assert_eq!(entry.who.as_deref(), Some("Carl"));
    let theirs = bookings::week(&lab.ctx, &carl, WeekFilter::default()).await.unwrap();
    let mine = theirs
        .groups
        .iter()
        .flat_map(|group| &group.rows)
        .flat_map(|row| &row.days[4].entries)
        .find(|entry| entry.mine);
    assert!(mine.is_some());
}

#[tokio::test]
async fn week_shows_one_page_of_rooms_by_floor_and_name() {
    let lab = full().await;
    let ada = lab.signed_in(1).await;
    let show = async |show, floor: Option<&str>, page| {
        let filter = WeekFilter { date: None, show, floor: floor.map(str::to_owned), page };
        bookings::week(&lab.ctx, &ada, filter).await.unwrap()
    };
    let names = |week: &Week| {
        let names: Vec<_> = rows(week).iter().map(|row| row.bookable.name.as_str()).collect();
        ends(&names)
    };
    let second = show(Some(ResourceKind::Rooms), None, 2).await;
    assert_eq!(second.pages, PageRange { page: 2, first: 51, last: 100, all: 120 });
    assert_eq!(names(&second), (50, "Room 076".to_owned(), "Room 060".to_owned()), "the ground floor is first");
    let last = show(Some(ResourceKind::Rooms), None, 99).await;
    assert_eq!(names(&last), (20, "Room 063".to_owned(), "Room 120".to_owned()));
    assert_eq!(last.floors, ["Ground", "Top"]);
    let top = show(Some(ResourceKind::Rooms), Some("Top"), 1).await;
    assert_eq!(names(&top), (40, "Room 003".to_owned(), "Room 120".to_owned()));
    let with_machines = show(None, Some("Top"), 1).await;
    assert_eq!(with_machines.pages.all, 41, "the laser is on that floor, the lathe in no room");
    assert_eq!(rows(&with_machines)[0].bookable.resource, Resource::Machine(MachineId(1)));
    let all = show(None, None, 1).await;
    assert_eq!((all.pages.all, rows(&all).len()), (122, 50), "machines first");
    assert!(
        show(Some(ResourceKind::Machines), None, 1).await.pages.all == 2
            && show(None, Some("Cellar"), 1).await.pages.all == 0
    );
}

#[tokio::test]
async fn full_day_of_a_week_is_one_bar_with_three_lines() {
    let lab = full().await;
    let ada = lab.signed_in(1).await;
    let filter = WeekFilter { show: Some(ResourceKind::Rooms), page: 2, ..WeekFilter::default() };
    let week = bookings::week(&lab.ctx, &ada, filter).await.unwrap();
    let room = rows(&week)[0].clone();
    let friday = &room.days[4];
    let taken = Bar { from: 32, to: 72, cause: Cause::Booking, mine: false, waits: false };
    assert_eq!(friday.bars, [taken], "ten hours without a gap");
    let clocks: Vec<_> = friday.entries.iter().map(|entry| entry.clocks.as_str()).collect();
    assert_eq!((clocks.as_slice(), friday.more), (&["8–9", "9–10", "10–11"][..], 7));
    let saturday = &room.days[5];
    assert_eq!((saturday.bars[0].cause, saturday.bars[0].from, saturday.bars[0].to), (Cause::Closure, 40, 48));
    assert_eq!((saturday.entries.len(), saturday.more), (1, 0));
    assert!(rows(&week)[1].days[5].bars.is_empty(), "another room is open");
}

#[tokio::test]
async fn rooms_by_hour_come_in_pages() {
    let lab = full().await;
    let ada = lab.signed_in(1).await;
    let show = async |filter| bookings::rooms_by_hour(&lab.ctx, &ada, filter).await.unwrap();
    let names = |all: &RoomsByHour| {
        let names: Vec<_> = all.rooms.iter().map(|room| room.name.as_str()).collect();
        ends(&names)
    };
    let second = show(RoomFilter { page: Some(2), room: Some(RoomId(101)), ..RoomFilter::default() }).await;
    assert_eq!(second.pages, PageRange { page: 2, first: 51, last: 100, all: 120 });
    assert_eq!(names(&second), (50, "Room 076".to_owned(), "Room 060".to_owned()));
    assert!(second.rooms.iter().all(|room| room.entries.len() == 10), "{:?}", second.rooms);
    assert_eq!(second.week.unwrap().name, "Room 001", "a room of another page");
    let top = show(RoomFilter { floor: Some("Top".into()), ..RoomFilter::default() }).await;
    assert_eq!(names(&top), (40, "Room 003".to_owned(), "Room 120".to_owned()));
    let free = show(RoomFilter { free_now: true, ..RoomFilter::default() }).await;
    assert_eq!(names(&free), (1, "Room 120".to_owned(), "Room 120".to_owned()));
    assert_eq!((free.free_now, free.all, free.pages.all), (1, 120, 1));
}

#[tokio::test]
async fn room_without_a_page_is_shown_alone() {
    let lab = full().await;
    let ada = lab.signed_in(1).await;
    let show = async |room| {
        let filter = RoomFilter { room: Some(RoomId(room)), free_now: true, ..RoomFilter::default() };
        bookings::rooms_by_hour(&lab.ctx, &ada, filter).await.unwrap()
    };
    let one = show(176).await;
    assert_eq!((one.alone, one.all, one.pages.all), (true, 1, 1));
    assert_eq!((one.rooms[0].name.as_str(), one.rooms[0].entries.len()), ("Room 076", 10), "whether free or not");
    let week = one.week.unwrap();
    let entries: Vec<_> = week.days.iter().map(|(_, _, entries)| entries.len()).collect();
    assert_eq!(entries, [0, 0, 0, 0, 10, 1, 0], "with its own closure, and not that of another room");
    let unknown = show(999).await;
    assert!(unknown.rooms.is_empty() && unknown.week.is_none(), "{unknown:?}");
    lab.sql("UPDATE room SET archived_at = 1 WHERE id = 176").await;
    let archived = show(176).await;
    assert!(archived.rooms.is_empty() && archived.week.is_none(), "{archived:?}");
}

#[tokio::test]
async fn search_among_full_rooms_finds_the_free_one_first() {
    let lab = full().await;
    let ada = lab.signed_in(1).await;
    let search = Search {
        wanted: Some(ResourceFilter::Rooms),
        minutes: Some(60),
        when: Some(When::Today.into()),
        ..Search::default()
    };
    let found = bookings::find(&lab.ctx, &ada, Lang::En, search.clone()).await.unwrap();
    let firsts: Vec<_> = found
        .resources
        .iter()
        .map(|one| (one.bookable.name.as_str(), one.times.first().map(|time| time.starts.wall().hour)))
        .collect();
    assert_eq!(firsts.len(), 20, "{firsts:?}");
    assert_eq!(firsts[..2], [("Room 120", Some(8)), ("Room 001", Some(18))], "{firsts:?}");
    // A time that begins on the last day may end behind it, and nothing behind it is forgotten.
    lab.sql(
        "INSERT INTO occupation (room_id, starts_at, ends_at, closure_id)
            SELECT 220, unixepoch('2027-01-15 23:00:00') * 1000, unixepoch('2027-01-16 01:00:00') * 1000, id FROM closure LIMIT 1;
         INSERT INTO occupation (room_id, starts_at, ends_at, closure_id)
            SELECT 220, unixepoch('2027-01-15 08:00:00') * 1000, unixepoch('2027-01-15 22:30:00') * 1000, id FROM closure LIMIT 1",
    )
    .await;
    let found = bookings::find(&lab.ctx, &ada, Lang::En, search).await.unwrap();
    let names: Vec<_> = found.resources.iter().map(|one| one.bookable.name.as_str()).collect();
    assert!(!names.contains(&"Room 120"), "half an hour is too short: {names:?}");
}
