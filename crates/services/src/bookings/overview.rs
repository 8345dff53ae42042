//! The rooms of a day, hour by hour and in pages, and the week of one of them.
//!
//! Invariant: it takes a bounded number of statements, and reads the bookings of the rooms that are shown, however many
//! rooms and bookings there are. Names follow the space's display rule, as in the week of everything. Not here: whether
//! the reader could book a time ([`super::search`]).

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
    paging::PageRange,
    rooms::is_same,
    time::{Date, Millis, Moment},
    zone::Zone,
};
use std::collections::HashMap;
use store::{
    SqliteConnection, StoreError, hours, occupations,
    rooms::{self, RoomQuery, StoredRoom, Summary},
};

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
    /// The number of the page; `None`: that room alone, or without one the first page.
    pub page: Option<usize>,
}

/// The rooms that match `filter` on one day.
pub async fn rooms_by_hour(ctx: &Ctx, actor: &Actor, filter: RoomFilter) -> Result<RoomsByHour, BookingsError> {
    actor.require(Permission::SeeBookings, Target::NONE)?;
    let (zone, now) = (ctx.space().zone, ctx.now());
    let today = zone.moment(now).wall().date;
    let date = filter.date.unwrap_or(today);
    let monday = date.days() - i64::from(date.weekday());
    let alone = filter.room.filter(|_| filter.page.is_none());
    let mut snapshot = ctx.store().snapshot().await?;
    let all = match alone {
        Some(_) => Summary::default(),
        None => rooms::summary(&mut snapshot).await?,
    };
    let open = hours::hours_of(&mut snapshot, None, None, monday.min(today.days())).await?;
    let equipment = filter.equipment.as_ref().map(|name| {
        let spelled = all.equipment.iter().filter(|one| is_same(one, name));
        spelled.cloned().collect::<Vec<_>>()
    });
    let at = is_open(&open, zone, now).then_some(now);
    let query = match alone {
        Some(_) => RoomQuery { only: alone, at, ..RoomQuery::default() },
        None => RoomQuery {
            only: None,
            floor: filter.floor.as_deref(),
            people: filter.people,
            equipment: equipment.as_deref(),
            group: filter.group,
            at,
        },
    };
    let mut found = rooms::matching(&mut snapshot, query).await?;
    let free = found.iter().filter(|room| room.is_free).count();
    found.retain(|room| alone.is_some() || !filter.free_now || room.is_free);
    let pages = PageRange::new(found.len(), filter.page.unwrap_or(1));
    let shown = found.get(pages.indexes()).unwrap_or_default();
    let ids: Vec<RoomId> = shown.iter().map(|room| room.id).chain(filter.room).collect();
    let stored = rooms::some(&mut snapshot, &ids).await?;
    let on_page = shown.iter().filter_map(|room| Some((stored.get(&room.id)?, room.is_free)));
    let on_page: Vec<(&StoredRoom, bool)> = on_page.collect();
    let resources: Vec<Resource> = on_page.iter().flat_map(|(room, _)| all_of(room)).collect();
    let day = TakenTimes::load(&mut snapshot, actor, zone, &resources, whole_day(zone, date)).await?;
    let edges = Edges { zone, day: date };
    let drawn = on_page.into_iter().map(|(room, is_free)| RoomDay {
        id: room.id,
        name: room.name.clone(),
        capacity: room.capacity,
        floor: room.floor.clone(),
        equipment: room.equipment(),
        machines: u32::try_from(room.machines().len()).unwrap_or(u32::MAX),
        closed: room.closed.is_some(),
        free_now: is_free,
        entries: day.entries(&edges, Resource::Room(room.id)),
        partly: day.partly(&edges, room),
    });
    let drawn: Vec<RoomDay> = drawn.collect();
    let chosen = filter.room.and_then(|id| stored.get(&id)).filter(|room| room.archived.is_none());
    let week = match chosen {
        Some(room) => Some(week_of(&mut snapshot, actor, zone, room, (monday, &open)).await?),
        None => None,
    };
    let mut equipment = all.equipment;
    equipment.sort_by_key(|name| name.to_lowercase());
    equipment.dedup();
    Ok(RoomsByHour {
        now: zone.moment(now),
        date,
        hours: between(&open, &[date]),
        rooms: drawn,
        pages,
        alone: alone.is_some(),
        all: if alone.is_some() { pages.all } else { all.count },
        free_now: u32::try_from(free).unwrap_or(u32::MAX),
        floors: all.floors,
        equipment,
        groups: all.groups,
        week,
        may_change: actor.may(Permission::ChangeEquipment, Target::NONE),
    })
}

/// A room and the machines in it.
fn all_of(room: &StoredRoom) -> impl Iterator<Item = Resource> {
    std::iter::once(Resource::Room(room.id)).chain(room.machines().into_iter().map(Resource::Machine))
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
    /// Of `resources` only.
    async fn load(
        conn: &mut SqliteConnection,
        actor: &Actor,
        zone: Zone,
        resources: &[Resource],
        span: Span,
    ) -> Result<Self, StoreError> {
        let mut taken: HashMap<Resource, Vec<(Span, Entry)>> = HashMap::new();
        if resources.is_empty() {
            return Ok(Self(taken));
        }
        for one in rows::within(conn, resources, span, actor.person()).await? {
            let (resource, span) = (one.resource(), one.span());
            taken.entry(resource).or_default().push((span, of_booking(&one, actor, zone)));
        }
        for other in occupations::beside_bookings(conn, resources, span).await? {
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

    fn entries(&self, edges: &Edges, resource: Resource) -> Vec<Entry> {
        let day = whole_day(edges.zone, edges.day);
        let of_day = self.of(resource).iter().filter(|(span, _)| span.overlaps(day));
        let placed = of_day.map(|(span, entry)| {
            let (from, to) = edges.of(*span);
            Entry { from, to, ..entry.clone() }
        });
        placed.collect()
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
    let taken = TakenTimes::load(conn, actor, zone, &[resource], span).await?;
    let days = (monday..monday + 7).map(Date::from_days).map(|day| {
        let entries = taken.entries(&Edges { zone, day }, resource);
        (day, !open.on(day).is_empty(), entries)
    });
    Ok(RoomWeek { id: room.id, name: room.name.clone(), days: days.collect() })
}

/// What occupies some machines and rooms today.
pub(crate) struct Present {
    taken: TakenTimes,
    zone: Zone,
    now: Millis,
}

impl Present {
    pub async fn load(
        conn: &mut SqliteConnection,
        actor: &Actor,
        (zone, now): (Zone, Millis),
        resources: &[Resource],
    ) -> Result<Self, StoreError> {
        let day = whole_day(zone, zone.moment(now).wall().date);
        Ok(Self { taken: TakenTimes::load(conn, actor, zone, resources, day).await?, zone, now })
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
