//! A department's term beside the invented workshop: forty rooms on four floors, sixty groups, their weekly series, and
//! draws over all of the rooms.
//!
//! Not here: the groups, rooms and draws that every demo has ([`super::groups`], [`super::bookings`], [`super::draws`]).

use super::{
    Built, cast,
    draws::{self, GroupWish},
    series,
};
use domain::{
    groups::Role,
    id::{DrawId, GroupId, PersonId, RoomId},
    people::PersonStatus,
    time::{DAY, Date, Millis},
    zone::Zone,
};
use store::{
    StoreError, WriteTx,
    groups::{self, NewGroup},
    rooms::{self, NewRoom},
};

/// Rooms and groups together with those that every demo has.
const ROOMS: usize = 40;
const GROUPS: usize = 60;
/// Groups that have a series.
const SERIES: usize = 24;
/// Dates of a series, weekly; the first is four weeks ago.
const DATES: i64 = 14;
const PAST: i64 = 4;
/// Wishes of each group.
const WISHES: usize = 3;

/// Name and number of people.
const KINDS: [(&str, u16); 6] = [
    ("Seminar room", 20),
    ("Studio", 12),
    ("Lecture room", 48),
    ("Workroom", 8),
    ("Project room", 6),
    ("Laboratory", 16),
];
const FLOORS: [&str; 4] = ["Ground floor", "First floor", "Second floor", "Third floor"];
const EQUIPMENT: [&[&str]; 6] = [
    &["Beamer", "Whiteboard"],
    &["Piano", "Whiteboard"],
    &["Beamer", "Loudspeakers", "Blackout"],
    &["Sink"],
    &["Screen", "Whiteboard"],
    &["Beamer", "Sink", "Fume hood"],
];
const SUBJECTS: [&str; 18] = [
    "Architecture",
    "Ceramics",
    "Communication design",
    "Drawing",
    "Fashion",
    "Furniture",
    "Graphic design",
    "Interaction design",
    "Interior design",
    "Jewellery",
    "Materials",
    "Mechatronics",
    "Photography",
    "Printmaking",
    "Scenography",
    "Sculpture",
    "Typography",
    "Video",
];

/// Adds rooms, groups, series and draws. Returns the draw that is ready to be run.
pub(super) async fn open(tx: &mut WriteTx, built: &Built, now: Millis) -> Result<DrawId, StoreError> {
    let active = (0..built.people.len()).filter(|&index| cast::status(index) == PersonStatus::Active);
    let people: Vec<PersonId> =
        active.filter(|&index| index != cast::MEMBER).map(|index| built.people[index].0).collect();
    let own = rooms(tx).await?;
    let all = gather(tx, &people, now).await?;
    if let Ok(zone) = cast::ZONE.parse() {
        for (at, (group, admin)) in all.iter().take(SERIES).enumerate() {
            repeat(tx, (own[at % own.len()], *group, *admin), at, zone, now).await?;
        }
    }
    let mut drawn: Vec<_> = rooms::list(tx.conn()).await?.into_iter().map(|room| room.id).collect();
    drawn.sort_unstable();
    let wishes: Vec<_> =
        (0..).zip(&all).flat_map(|(at, &(group, admin))| wishes(at, group, admin, drawn.len())).collect();
    draws::add_large(tx, built, ("All rooms, next term", now.before(DAY * 2), 5), (&wishes, &drawn)).await?;
    let ready = ("All rooms, this term", now.before(DAY * 9), 7);
    let draw = draws::add_large(tx, built, ready, (&wishes, &drawn)).await?;
    draws::close(tx, draw, now.before(DAY * 2)).await?;
    Ok(draw)
}

async fn rooms(tx: &mut WriteTx) -> Result<Vec<RoomId>, StoreError> {
    let there = rooms::list(tx.conn()).await?.len();
    let mut added = Vec::new();
    for at in 0..ROOMS - there {
        let ((kind, capacity), floor) = (KINDS[at % KINDS.len()], at % FLOORS.len());
        let new = NewRoom {
            name: format!("{kind} {floor}.{:02}", at / FLOORS.len() + 1),
            capacity,
            floor: FLOORS[floor].into(),
            importance: kind == "Lecture room",
            ..NewRoom::default()
        };
        let room = rooms::add(tx, &new).await?;
        let equipment: Vec<_> = EQUIPMENT[at % EQUIPMENT.len()].iter().map(|&name| name.to_owned()).collect();
        rooms::equip(tx, room, &equipment).await?;
        added.push(room);
    }
    Ok(added)
}

/// Groups with an admin and three to eight members.
async fn gather(
    tx: &mut WriteTx,
    people: &[PersonId],
    now: Millis,
) -> Result<Vec<(GroupId, PersonId)>, StoreError> {
    let there = groups::list(tx.conn(), None, None, now).await?.len();
    let mut added = Vec::new();
    for at in 0..GROUPS - there {
        let founded = now.before(DAY * 100);
        let name = format!("{} {}", SUBJECTS[at % SUBJECTS.len()], at / SUBJECTS.len() + 1);
        let group = groups::add(tx, &NewGroup { name, department: "School of design".into() }, founded).await?;
        for member in 0..4 + at % 6 {
            let role = if member == 0 { Role::Admin } else { Role::Member };
            groups::put_in(tx, group, people[(at * 5 + member) % people.len()], role, founded).await?;
        }
        added.push((group, people[at * 5 % people.len()]));
    }
    Ok(added)
}

/// A weekly series of two hours, on a weekday of its own in its room.
async fn repeat(
    tx: &mut WriteTx,
    (room, group, admin): (RoomId, GroupId, PersonId),
    at: usize,
    zone: Zone,
    now: Millis,
) -> Result<(), StoreError> {
    const DAYS: [&str; 5] = ["MO", "TU", "WE", "TH", "FR"];
    let weekday = at % DAYS.len();
    let today = zone.moment(now).wall().date;
    let monday = today.days() - i64::from(today.weekday()) - 7 * PAST;
    let first = Date::from_days(monday + i64::try_from(weekday).unwrap_or(0));
    let from = 540 + 120 * u16::try_from(at % 4).unwrap_or(0);
    let new =
        series::Weekly { room, group, admin, day: DAYS[weekday], first, dates: DATES, times: (from, from + 120) };
    series::weekly(tx, &new, zone, now).await
}

fn wishes(at: usize, group: GroupId, admin: PersonId, rooms: usize) -> impl Iterator<Item = GroupWish> {
    (0..WISHES).map(move |number| {
        let turn = u32::try_from(at * 7 + number * 5).unwrap_or(0);
        // Five rooms are wished for by most.
        let room = if number == 0 { at % 5 } else { (at * 3 + number * 11) % rooms };
        (group, admin, room, 1 + turn % 5, 9 + turn % 8, 2, [5, 3, 2][number])
    })
}
