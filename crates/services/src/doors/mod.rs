//! Doors: marked, opened by card and remotely; who is inside, and the list for an evacuation.
//!
//! **Invariants.** A door is a machine, so one access decision lets people through both. A swipe there is never a use. The list
//! for an evacuation is for people who manage the building, and for members who are inside themselves: one of them has to take it
//! outside. Elsewhere members who are inside see as much of a name as the space shows.
//!
//! Not here: the decision about a card ([`crate::access`]), and requests to boards ([`crate::requests`]).

mod closing;
mod company;
mod swipes;
mod views;

pub(crate) use closing::run_due;
pub(crate) use swipes::{Swipe, swiped};

use crate::{
    Ctx,
    change::Job,
    requests::{self, RequestsError},
    serve::bind,
};
use contract::{
    doors::{
        DoorForm, Doors, DoorsPage, EndVisit, EvacuationList, GuestsForm, ListDoors, MarkDoor, OpenDoor,
        PresenceView, ReadDoors, ReadEvacuation, ReadPresence, SetGuests, UnmarkDoor,
    },
    form::{Fault, Faults},
};
use domain::{
    actor::{Actor, Forbidden, Permission, Target},
    audit::Subject,
    doors::{DOORS, LEFT, VisitEnding},
    id::{MachineId, VisitId},
    live::ChangeEvent,
    settings::ShownNames,
};
use macros::ServiceError;
use serde_json::json;
use store::{
    Done, SqliteConnection, StoreError, Unaudited,
    doors::{
        self as rows,
        visits::{self, VisitRow},
    },
    machines, rooms,
};

/// Openings and refusals of a day that are shown at most.
const SHOWN: i64 = 200;

/// Why a door is not changed or opened, or people are not shown.
#[derive(Debug, Clone, ServiceError)]
pub enum DoorsError {
    #[problem("door.unknown", NotFound, door_unknown)]
    Unknown,
    /// The machine is in use.
    #[problem("door.in-use", Conflict, door_in_use)]
    InUse,
    /// The space has as many as one may have.
    #[problem("door.too-many", Conflict, door_too_many(&DOORS.to_string()))]
    TooMany,
    /// The visit has ended, or never was.
    #[problem("presence.unknown", NotFound, presence_unknown)]
    UnknownVisit,
    /// Only people inside have guests.
    #[problem("presence.not-inside", Conflict, presence_not_inside)]
    NotInside,
    #[problem("presence.names-hidden", Forbidden, presence_names_hidden)]
    NamesHidden,
    #[problem("door.invalid", Invalid, each)]
    Invalid(#[from] Faults),
    /// Its board cannot be asked to open it.
    #[problem(transparent)]
    Remote(#[from] RequestsError),
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

bind! {
    error DoorsError;
    ListDoors {}, may SeeBuilding => list;
    MarkDoor {} with form, may ManageBuilding, in job => mark;
    UnmarkDoor { machine }, may ManageBuilding, in job => unmark;
    OpenDoor { machine }, may ManageBuilding => open;
    ReadPresence {}, may SeeFloor => presence;
    SetGuests {} with form, may SeeBuilding, in job => set_guests;
    EndVisit { id }, may ManageBuilding, in job => end_visit;
    ReadDoors {}, may SeeFloor => page;
    ReadEvacuation {}, may SeeBuilding => evacuation;
}

/// How many people and guests are inside; `None` in a space without doors, where swipes at machines tell too little.
pub async fn number_inside(conn: &mut SqliteConnection) -> Result<Option<(u32, u32)>, StoreError> {
    if store::doors::list(conn).await?.is_empty() {
        return Ok(None);
    }
    let count = visits::count(conn).await?;
    Ok(Some((views::number(count.people), views::number(count.guests))))
}

/// Whether the caller sees how many are inside: members do, everybody else and every screen only where the number is published.
pub(crate) fn sees_number(ctx: &Ctx, actor: &Actor) -> bool {
    ctx.space().settings.profile.counts_people || actor.may(Permission::SeeBuilding, Target::NONE)
}

/// Whether the caller may take the list of those inside out of the building.
fn may_evacuate(actor: &Actor, inside: &[VisitRow]) -> bool {
    let is_inside = || actor.person().is_some_and(|person| inside.iter().any(|row| row.person == person));
    actor.may(Permission::ManageBuilding, Target::NONE)
        || (actor.may(Permission::SeeBuilding, Target::NONE) && is_inside())
}

/// Those inside with as much of their names as the caller may see on a page; `None` if nothing.
fn named(ctx: &Ctx, actor: &Actor, mut inside: Vec<VisitRow>) -> Option<Vec<VisitRow>> {
    if actor.may(Permission::ManageBuilding, Target::NONE) {
        return Some(inside);
    }
    let shown = ctx.space().settings.shown_names;
    if shown == ShownNames::Nobody || !may_evacuate(actor, &inside) {
        return None;
    }
    for row in inside.iter_mut().filter(|row| actor.person() != Some(row.person)) {
        row.name = row.name.as_deref().and_then(|name| shown.of(name));
    }
    Some(inside)
}

async fn list(ctx: &Ctx, actor: &Actor) -> Result<Doors, DoorsError> {
    let mut snapshot = ctx.store().snapshot().await?;
    Ok(Doors { doors: views::doors(ctx, actor, &mut snapshot, ctx.now()).await? })
}

/// How many are inside, and who, each as far as the caller may see that. They may see the floor.
pub(crate) async fn presence(ctx: &Ctx, actor: &Actor) -> Result<PresenceView, DoorsError> {
    let mut snapshot = ctx.store().snapshot().await?;
    let inside = visits::inside(&mut snapshot).await?;
    let count = visits::count(&mut snapshot).await?;
    Ok(views::presence(ctx, actor, count, named(ctx, actor, inside)))
}

async fn page(ctx: &Ctx, actor: &Actor) -> Result<DoorsPage, DoorsError> {
    let (now, zone) = (ctx.now(), ctx.space().zone);
    let may_manage = actor.may(Permission::ManageBuilding, Target::NONE);
    let mut snapshot = ctx.store().snapshot().await?;
    let inside = visits::inside(&mut snapshot).await?;
    let count = visits::count(&mut snapshot).await?;
    let may_evacuate = may_evacuate(actor, &inside);
    let own = actor.person().and_then(|person| inside.iter().find(|row| row.person == person && row.id.is_some()));
    let own = own.cloned().map(|row| views::visit(ctx, row));
    let mut page = DoorsPage {
        now: ctx.moment(now),
        presence: views::presence(ctx, actor, count, named(ctx, actor, inside)),
        own,
        buddies: Vec::new(),
        alone: Vec::new(),
        openings: Vec::new(),
        opened_today: 0,
        refused_today: 0,
        doors: Vec::new(),
        may_see_doors: actor.may(Permission::SeeBuilding, Target::NONE),
        machines: Vec::new(),
        rooms: Vec::new(),
        may_manage,
        may_evacuate,
    };
    if !page.may_see_doors {
        return Ok(page);
    }
    page.doors = views::doors(ctx, actor, &mut snapshot, now).await?;
    let mut machines = machines::inventory(&mut snapshot).await?;
    machines.retain(|row| !row.archived && !page.doors.iter().any(|door| door.machine == row.id));
    let names: Vec<_> = machines.into_iter().map(|row| (row.id, row.name)).collect();
    let rules = company::rules(&mut snapshot, &names).await?;
    page.alone = company::alone(ctx, actor, &mut snapshot, &rules, may_evacuate).await?;
    page.buddies = company::to_views(&rules, count.people);
    if may_manage {
        let midnight = zone.start_of(zone.moment(now).wall().date);
        let openings = rows::openings(&mut snapshot, midnight, SHOWN).await?;
        let (opened, refused) = rows::counts(&mut snapshot, midnight).await?;
        page.openings = openings.into_iter().map(|row| views::opening(ctx, row)).collect();
        (page.opened_today, page.refused_today) = (views::number(opened), views::number(refused));
        page.rooms = rooms::names(&mut snapshot).await?;
        page.machines = names;
    }
    Ok(page)
}

async fn evacuation(ctx: &Ctx, actor: &Actor) -> Result<EvacuationList, DoorsError> {
    let now = ctx.now();
    let mut snapshot = ctx.store().snapshot().await?;
    let mut inside = visits::inside(&mut snapshot).await?;
    if !may_evacuate(actor, &inside) {
        return Err(DoorsError::NamesHidden);
    }
    inside.sort_by_cached_key(|row| (row.name.as_deref().unwrap_or_default().to_lowercase(), row.person));
    let left = visits::left_since(&mut snapshot, now.before(LEFT)).await?;
    let to_views = |rows: Vec<VisitRow>| rows.into_iter().map(|row| views::visit(ctx, row)).collect();
    Ok(EvacuationList { now: ctx.moment(now), inside: to_views(inside), left: to_views(left) })
}

/// Marks a machine as a door, or changes the door. A use that runs could not end any more.
async fn mark(job: &mut Job<'_>, form: DoorForm) -> Result<Done<()>, DoorsError> {
    let DoorForm { machine, room, leaves } = form;
    let known = rows::is_door(job.tx.conn(), machine).await?;
    let mut faults = Vec::new();
    if known.is_none() {
        faults.push(("machine".to_owned(), Fault::Choice));
    }
    if let Some(room) = room
        && !rooms::names(job.tx.conn()).await?.iter().any(|(id, _)| *id == room)
    {
        faults.push(("room".to_owned(), Fault::Choice));
    }
    if !faults.is_empty() {
        return Err(Faults(faults).into());
    }
    if known == Some(false) {
        if rows::list(job.tx.conn()).await?.len() >= DOORS {
            return Err(DoorsError::TooMany);
        }
        if rows::is_in_use(job.tx.conn(), machine).await? {
            return Err(DoorsError::InUse);
        }
    }
    rows::mark(job.tx, machine, room, leaves).await?;
    job.tx.after_commit(ChangeEvent::Building);
    job.tx.after_commit(ChangeEvent::Machine(machine));
    job.audited((), "door.marked", machine, &json!({ "room": room, "leaves": leaves })).await
}

async fn unmark(job: &mut Job<'_>, machine: MachineId) -> Result<Done<()>, DoorsError> {
    if !rows::unmark(job.tx, machine).await? {
        return Err(DoorsError::Unknown);
    }
    job.tx.after_commit(ChangeEvent::Building);
    job.tx.after_commit(ChangeEvent::Machine(machine));
    job.audited((), "door.unmarked", machine, &json!({})).await
}

/// Asks the board of a door to open it, by the request that starts a machine.
async fn open(ctx: &Ctx, actor: &Actor, machine: MachineId) -> Result<(), DoorsError> {
    actor.require(Permission::ManageBuilding, Target::NONE)?;
    let is_door = rows::is_door(&mut *ctx.store().read().await?, machine).await?;
    if is_door != Some(true) {
        return Err(DoorsError::Unknown);
    }
    Ok(requests::start(ctx, actor, machine).await?)
}

async fn set_guests(job: &mut Job<'_>, form: GuestsForm) -> Result<Done<()>, DoorsError> {
    let person = job.actor.person().ok_or(DoorsError::NotInside)?;
    let visit = visits::open_of(job.tx.conn(), person).await?.ok_or(DoorsError::NotInside)?;
    visits::set_guests(job.tx, visit, form.guests.get()).await?;
    job.tx.after_commit(ChangeEvent::Building);
    Ok(Done::unaudited((), Unaudited::PresenceChanged))
}

async fn end_visit(job: &mut Job<'_>, visit: VisitId) -> Result<Done<()>, DoorsError> {
    visits::person_of(job.tx.conn(), visit).await?.ok_or(DoorsError::UnknownVisit)?;
    visits::end(job.tx, visit, job.now, VisitEnding::Manager).await?;
    job.tx.after_commit(ChangeEvent::Building);
    // Whose visit it was is known for as long as visits are stored.
    job.audited((), "visit.ended", Subject::Space, &json!({ "visit": visit })).await
}
