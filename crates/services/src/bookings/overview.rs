//! All rooms of a day, hour by hour, and the week of one of them.
//!
//! Invariant: it takes a bounded number of statements, however many rooms and bookings there are. Names follow the
//! space's display rule, as in the week of everything. Not here: whether the reader could book a time ([`super::search`]).

use super::{
    BookingsError,
    calendar::{between, entry, of_booking},
    rows,
    search::{Edges, time, whole_day},
};
use crate::Ctx;
use contract::{
    bookings::{Entry, Time},
    rooms::{RoomDay, RoomWeek, RoomsByHour},
};
use domain::{
    actor::{Actor, Permission, Target},
    bookings::Resource,
    hours::Hours,
    id::{GroupId, RoomId},
    occupations::Span,
    rooms::is_same,
    time::{Date, Millis, Moment},
    zone::Zone,
};
use std::collections::{BTreeSet, HashMap};
use store::{SqliteConnection, StoreError, groups, hours, occupations, rooms, rooms::StoredRoom};

/// Bookings of one day, at most: of two thousand resources, five each.
const A_DAY: u32 = 10_000;
/// Bookings of one room in a week, at most.
const OF_ROOM: u32 = 700;

/// Which rooms are shown, and of which day.
#[derive(Debug, Clone, Default)]
pub struct RoomFilter {
    /// The day; `None`: today.
    pub date: Option<Date>,
    pub floor: Option<String>,
    /// Only rooms that hold at least as many.
    pub people: Option<u16>,
    /// Only rooms with this equipment.
    pub equipment: Option<String>,
    /// Only rooms that this group may book.
    pub group: Option<GroupId>,
    /// Only rooms that are free now.
    pub free_now: bool,
    /// The room whose week is shown.
    pub room: Option<RoomId>,
}

impl RoomFilter {
    /// Whether it shows a room, whether free or not.
    fn shows(&self, room: &StoredRoom) -> bool {
        let permitted = room.groups();
        self.floor.as_ref().is_none_or(|floor| *floor == room.floor)
            && self.people.is_none_or(|people| people <= room.capacity)
            && self.equipment.as_ref().is_none_or(|name| room.equipment().iter().any(|one| is_same(one, name)))
            && self.group.is_none_or(|group| permitted.is_empty() || permitted.contains(&group))
    }
}

/// The rooms that match `filter` on one day.
pub async fn rooms_by_hour(ctx: &Ctx, actor: &Actor, filter: RoomFilter) -> Result<RoomsByHour, BookingsError> {
    actor.require(Permission::SeeBookings, Target::NONE)?;
    let (zone, now) = (ctx.space().zone, ctx.now());
    let today = zone.moment(now).wall().date;
    let date = filter.date.unwrap_or(today);
    let mut snapshot = ctx.store().snapshot().await?;
    let mut all = rooms::list(&mut snapshot).await?;
    all.retain(|room| room.archived.is_none());
    all.sort_by(|one, other| (&one.floor, &one.name).cmp(&(&other.floor, &other.name)));
    let monday = date.days() - i64::from(date.weekday());
    let open = hours::hours_of(&mut snapshot, None, None, monday.min(today.days())).await?;
    let permitted: BTreeSet<GroupId> = all.iter().flat_map(StoredRoom::groups).collect();
    let mut groups = groups::list(&mut snapshot, None, None, now).await?;
    groups.retain(|group| permitted.contains(&group.id) && group.archived.is_none());
    let day = TakenTimes::load(&mut snapshot, actor, zone, whole_day(zone, date)).await?;
    let present = if date == today {
        None
    } else {
        Some(TakenTimes::load(&mut snapshot, actor, zone, whole_day(zone, today)).await?)
    };
    let is_open = is_open(&open, zone, now);
    let busy_now = |room: &StoredRoom| {
        present.as_ref().unwrap_or(&day).is_taken(room, Span { starts: now, ends: Millis(now.0 + 1) })
    };
    let edges = Edges { zone, day: date };
    let shown: Vec<RoomDay> = all
        .iter()
        .filter(|room| filter.shows(room))
        .map(|room| RoomDay {
            id: room.id,
            name: room.name.clone(),
            capacity: room.capacity,
            floor: room.floor.clone(),
            equipment: room.equipment(),
            machines: u32::try_from(room.machines().len()).unwrap_or(u32::MAX),
            closed: room.closed.is_some(),
            free_now: is_open && room.closed.is_none() && !busy_now(room),
            entries: day.entries(&edges, Resource::Room(room.id)),
            partly: day.partly(&edges, room),
        })
        .collect();
    let free = shown.iter().filter(|room| room.free_now).count();
    let chosen = filter.room.and_then(|room| all.iter().find(|one| one.id == room));
    let week = match chosen {
        Some(room) => Some(week_of(&mut snapshot, actor, zone, room, (monday, &open)).await?),
        None => None,
    };
    let mut floors: Vec<String> =
        all.iter().map(|room| room.floor.clone()).filter(|floor| !floor.is_empty()).collect();
    floors.dedup();
    let mut equipment: Vec<String> = all.iter().flat_map(StoredRoom::equipment).collect();
    equipment.sort_by_key(|name| name.to_lowercase());
    equipment.dedup();
    Ok(RoomsByHour {
        now: zone.moment(now),
        date,
        hours: between(&open, &[date]),
        rooms: shown.into_iter().filter(|room| !filter.free_now || room.free_now).collect(),
        all: u32::try_from(all.len()).unwrap_or(u32::MAX),
        free_now: u32::try_from(free).unwrap_or(u32::MAX),
        floors,
        equipment,
        groups: groups.into_iter().map(|group| (group.id, group.name)).collect(),
        week,
        may_change: actor.may(Permission::ChangeEquipment, Target::NONE),
    })
}

/// Whether the space is open at `now`.
fn is_open(open: &Hours, zone: Zone, now: Millis) -> bool {
    let wall = zone.moment(now).wall();
    let minute = u16::from(wall.hour) * 60 + u16::from(wall.minute);
    open.on(wall.date).iter().any(|stretch| stretch.from <= minute && minute < stretch.to)
}

/// What occupies machines and rooms in a span.
struct TakenTimes(HashMap<Resource, Vec<(Span, Entry)>>);

impl TakenTimes {
    async fn load(conn: &mut SqliteConnection, actor: &Actor, zone: Zone, span: Span) -> Result<Self, StoreError> {
        let mut taken: HashMap<Resource, Vec<(Span, Entry)>> = HashMap::new();
        for one in rows::within(conn, span, actor.person(), A_DAY).await? {
            let (resource, span) = (one.resource(), one.span());
            taken.entry(resource).or_default().push((span, of_booking(one, actor, zone)));
        }
        for other in occupations::beside_bookings(conn, span).await? {
            let resource = other.machine.map(Resource::Machine).or(other.room.map(Resource::Room));
            let Some(resource) = resource else { continue };
            let span = Span { starts: other.starts, ends: other.ends };
            taken.entry(resource).or_default().push((span, entry(zone, span, other.cause)));
        }
        for entries in taken.values_mut() {
            entries.sort_by_key(|(span, _)| *span);
        }
        Ok(Self(taken))
    }

    fn of(&self, resource: Resource) -> &[(Span, Entry)] {
        self.0.get(&resource).map_or(&[], Vec::as_slice)
    }

    /// Whether a person has the room or a machine in it at some of `span`.
    fn is_taken(&self, room: &StoredRoom, span: Span) -> bool {
        let inside = room.machines().into_iter().map(Resource::Machine);
        let mut all = std::iter::once(Resource::Room(room.id)).chain(inside);
        all.any(|resource| self.of(resource).iter().any(|(taken, _)| taken.overlaps(span)))
    }

    fn entries(&self, edges: &Edges, resource: Resource) -> Vec<Entry> {
        placed(self.of(resource), edges).collect()
    }

    /// When machines of the room are taken without it: the most at once in each stretch.
    fn partly(&self, edges: &Edges, room: &StoredRoom) -> Vec<(u8, u8, u32)> {
        let whole = self.of(Resource::Room(room.id));
        let inside = room.machines().into_iter().map(Resource::Machine);
        let alone = |span: &Span| !whole.iter().any(|(taken, _)| taken.overlaps(*span));
        let mut spans: Vec<Span> =
            inside.flat_map(|machine| self.of(machine)).map(|(span, _)| *span).filter(alone).collect();
        spans.sort_unstable();
        let mut stretches: Vec<(Span, Vec<Span>)> = Vec::new();
        for span in spans {
            match stretches.last_mut() {
                Some((stretch, all)) if span.starts < stretch.ends => {
                    stretch.ends = stretch.ends.max(span.ends);
                    all.push(span);
                }
                _ => stretches.push((span, vec![span])),
            }
        }
        let most = |all: &[Span]| {
            let at =
                |instant: Millis| all.iter().filter(|span| span.starts <= instant && instant < span.ends).count();
            u32::try_from(all.iter().map(|span| at(span.starts)).max().unwrap_or(0)).unwrap_or(u32::MAX)
        };
        stretches
            .iter()
            .map(|(stretch, all)| (edges.of(*stretch), most(all)))
            .map(|((a, b), n)| (a, b, n))
            .collect()
    }
}

/// Entries at their place in the day.
fn placed<'a>(all: &'a [(Span, Entry)], edges: &'a Edges) -> impl Iterator<Item = Entry> + 'a {
    let day = whole_day(edges.zone, edges.day);
    all.iter().filter(move |(span, _)| span.overlaps(day)).map(|(span, entry)| {
        let (from, to) = edges.of(*span);
        Entry { from, to, ..entry.clone() }
    })
}

/// The week of a room that begins on the day `monday`.
async fn week_of(
    conn: &mut SqliteConnection,
    actor: &Actor,
    zone: Zone,
    room: &StoredRoom,
    (monday, open): (i64, &Hours),
) -> Result<RoomWeek, StoreError> {
    let (first, last) = (Date::from_days(monday), Date::from_days(monday + 7));
    let span = Span { starts: zone.start_of(first), ends: zone.start_of(last) };
    let resource = Resource::Room(room.id);
    let mut all: Vec<(Span, Entry)> = rows::within_room(conn, room.id, span, actor.person(), OF_ROOM)
        .await?
        .into_iter()
        .map(|one| (one.span(), of_booking(one, actor, zone)))
        .collect();
    for other in occupations::beside_bookings(conn, span).await? {
        if other.room.map(Resource::Room) == Some(resource) {
            let span = Span { starts: other.starts, ends: other.ends };
            all.push((span, entry(zone, span, other.cause)));
        }
    }
    all.sort_by_key(|(span, _)| *span);
    let days = (monday..monday + 7).map(Date::from_days).map(|day| {
        let entries = placed(&all, &Edges { zone, day }).collect();
        (day, !open.on(day).is_empty(), entries)
    });
    Ok(RoomWeek { id: room.id, name: room.name.clone(), days: days.collect() })
}

/// What occupies machines and rooms today.
pub(crate) struct Present {
    taken: TakenTimes,
    zone: Zone,
    now: Millis,
}

impl Present {
    pub async fn load(
        conn: &mut SqliteConnection,
        actor: &Actor,
        zone: Zone,
        now: Millis,
    ) -> Result<Self, StoreError> {
        let date = zone.moment(now).wall().date;
        Ok(Self { taken: TakenTimes::load(conn, actor, zone, whole_day(zone, date)).await?, zone, now })
    }

    /// The time for which it is taken now.
    pub fn taken(&self, resource: Resource) -> Option<Time> {
        let is_now = |(span, _): &&(Span, Entry)| span.starts <= self.now && self.now < span.ends;
        self.taken.of(resource).iter().find(is_now).map(|(span, _)| time(self.zone, *span))
    }

    /// When it is taken next today.
    pub fn next(&self, resource: Resource) -> Option<Moment> {
        let starts =
            self.taken.of(resource).iter().map(|(span, _)| span.starts).filter(|starts| self.now < *starts);
        starts.min().map(|at| self.zone.moment(at))
    }
}
