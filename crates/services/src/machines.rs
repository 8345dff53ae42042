//! Machines: their current state, for everyone who may see it.

use crate::{Ctx, access, boards, bookings, checklist, checkouts, setup};
use contract::machines::{
    BookedToday, Floor, HoldNow, MachineNow, MachinePage, NextBooking, PlaceNow, Session, TypeRequirements,
    UseToday,
};
use domain::{
    access::Lack,
    actor::{Actor, Forbidden, Permission, Target},
    bookings::{BookingAction, EARLY, State},
    cards::claims::CLAIMABLE,
    id::{MachineId, PersonId},
    machines::{MachineState, awaited_board, state},
    settings::ShownNames,
    time::{Date, MINUTE, Millis},
};
use macros::ServiceError;
use store::{
    SqliteConnection, StoreError,
    cards::claims,
    machines::{self, HolderName, OnFloor},
    pictures, training,
};

/// Limit of types whose training the wall shows.
const REQUIREMENTS: u32 = 8;

/// Why there is nothing to show.
#[derive(Debug, Clone, ServiceError)]
pub enum MachinesError {
    #[problem("machine.unknown", NotFound, machine_unknown)]
    Unknown,
    /// Hidden from anonymous visitors.
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

/// Every machine with its state, by place; with its user where the space shows names to `actor`, and with the
/// actor's own part: running uses, usable machines, upcoming bookings.
pub async fn floor(ctx: &Ctx, actor: &Actor) -> Result<Floor, MachinesError> {
    actor.require(Permission::SeeFloor, Target::NONE)?;
    let mut floor = places(ctx, actor, Some(actor)).await?;
    floor.set_up = checklist::progress(ctx, actor).await?;
    let Some(person) = actor.person() else {
        floor.unowned = floor.places.is_empty() && setup::needed(ctx).await?;
        return Ok(floor);
    };
    let now = floor.now.at;
    let mut snapshot = ctx.store().snapshot().await?;
    let mut machines: Vec<_> = floor.places.iter_mut().flat_map(|place| &mut place.machines).collect();
    let ids: Vec<_> = machines.iter().map(|machine| machine.id).collect();
    let mut usable = access::usable(&mut snapshot, person, &ids, now).await?;
    for machine in &mut machines {
        // Without a reader nobody needs a card.
        let has_reader = machine.state != MachineState::Unmanaged || machine.awaited_board.is_some();
        let gets_in = usable.has_card || !has_reader;
        let may = usable.machines.contains(&machine.id);
        machine.usable = gets_in && may;
        machine.lacks = usable.lacks.remove(&machine.id).unwrap_or_default();
        if may && !gets_in {
            machine.lacks.push(Lack::Card);
        }
    }
    floor.hold = usable.hold.map(|(reason, until)| HoldNow { reason, until: until.map(|at| ctx.moment(at)) });
    floor.session = session(ctx, &mut snapshot, person, now).await?;
    floor.next = bookings::next(ctx, &mut snapshot, person, now).await?;
    floor.checkout = checkouts::next(ctx, &mut snapshot, person, now).await?;
    let changes = floor.next.iter().flat_map(|next| [next.starts.at.before(EARLY), next.ends.at]);
    floor.until = changes.chain(usable.until).filter(|&at| at > now).min();
    Ok(floor)
}

/// Every machine with its state, by place, without the actor's own part.
pub async fn list(ctx: &Ctx, actor: &Actor) -> Result<Vec<PlaceNow>, MachinesError> {
    actor.require(Permission::SeeFloor, Target::NONE)?;
    Ok(places(ctx, actor, Some(actor)).await?.places)
}

/// The machine that `person` is on, and when its board logs them out.
async fn session(
    ctx: &Ctx,
    conn: &mut SqliteConnection,
    person: PersonId,
    now: Millis,
) -> Result<Option<Session>, StoreError> {
    let Some(number) = machines::in_use_by(conn, person).await? else { return Ok(None) };
    let Some(view) = machines::board_view(conn, number, now).await? else { return Ok(None) };
    let Some(since) = view.since else { return Ok(None) };
    let minutes = boards::auto_stop(&view, now);
    let until = (minutes > 0).then(|| ctx.moment(since.after(MINUTE * u32::from(minutes))));
    let (machine, ending) = (view.id, view.to_end);
    Ok(Some(Session { machine, name: view.name, since: ctx.moment(since), until, ending }))
}

/// Like `floor`, for the wall, which is not public.
pub async fn wall(ctx: &Ctx, actor: &Actor) -> Result<Floor, MachinesError> {
    actor.require(Permission::SeeWall, Target::NONE)?;
    // Anybody may be reading the wall, so nothing is personal.
    let floor = places(ctx, actor, None).await?;
    let requirements =
        training::list_requirements(&mut *ctx.store().read().await?, REQUIREMENTS).await?.into_iter();
    let requirements =
        requirements.map(|(kind, videos, quizzes)| TypeRequirements { kind, videos, quizzes }).collect();
    Ok(Floor { requirements, ..floor })
}

/// The machines by place, without doors; with the personal part of `reader`.
async fn places(ctx: &Ctx, actor: &Actor, reader: Option<&Actor>) -> Result<Floor, MachinesError> {
    let now = ctx.now();
    let machines = machines::floor(&mut *ctx.store().read().await?, None, names(actor), now).await?;
    let mut places: Vec<PlaceNow> = Vec::new();
    for on_floor in machines.into_iter().filter(|on_floor| !on_floor.is_door) {
        let id = on_floor.place.as_ref().map(|(id, _)| *id);
        if places.last().is_none_or(|place| place.id != id) {
            let name = on_floor.place.as_ref().map(|(_, name)| name.clone()).unwrap_or_default();
            places.push(PlaceNow { id, name, machines: Vec::new() });
        }
        if let Some(place) = places.last_mut() {
            place.machines.push(machine_now(ctx, reader, on_floor, now));
        }
    }
    let broker_lost = boards::memory(ctx).lost().map(|at| ctx.moment(at));
    let now = ctx.moment(now);
    Ok(Floor {
        session: None,
        hold: None,
        next: None,
        checkout: None,
        until: None,
        now,
        broker_lost,
        places,
        set_up: None,
        unowned: false,
        news: String::new(),
        coming: String::new(),
        requirements: Vec::new(),
    })
}

/// One machine with its state and today's uses; with its user where the space shows names to `actor`.
pub async fn page(ctx: &Ctx, actor: &Actor, machine: MachineId) -> Result<MachinePage, MachinesError> {
    actor.require(Permission::SeeFloor, Target::NONE)?;
    let now = ctx.now();
    let zone = ctx.space().zone;
    let today = zone.moment(now).wall().date;
    let day = (zone.start_of(today), zone.start_of(Date::from_days(today.days() + 1)));
    let mut snapshot = ctx.store().snapshot().await?;
    let mut found = machines::floor(&mut snapshot, Some(machine), names(actor), now).await?;
    let on_floor = found.pop().ok_or(MachinesError::Unknown)?;
    let (may_change, claimable, lifts) = match actor.known() {
        Some(_) => {
            let since = now.before(CLAIMABLE);
            let found = claims::kind_and_claimable(&mut snapshot, machine, since).await?;
            found.map_or((false, false, false), |(kind, held_up)| {
                let may_claim = held_up && actor.may(Permission::ClaimCard, Target::NONE);
                let about = Target::equipment(kind, Some(machine));
                let lifts = on_floor.facts.blocked.is_some() && actor.may(Permission::CareFor, about);
                (actor.may(Permission::ChangeEquipment, about), may_claim, lifts)
            })
        }
        None => (false, false, false),
    };
    let sees_maintenance = actor.may(Permission::SeeMaintenance, Target::NONE);
    let warn = ctx.space().settings.maintenance_warn;
    let worst = on_floor.plans.iter().map(|plan| plan.urgency(warn, now)).max();
    let uses = machines::uses_between(&mut snapshot, machine, day.0, day.1).await?;
    let picture = pictures::of_machine(&mut snapshot, machine).await?;
    // One that begins at midnight can be checked in before.
    let coming = (now, day.1.after(EARLY));
    let bookings = bookings::at_machine(ctx, &mut snapshot, actor, machine, coming).await?;
    let mine = bookings.iter().find(|booking| booking.mine).map(|booking| NextBooking {
        id: booking.id,
        name: booking.name.clone(),
        starts: booking.starts,
        ends: booking.ends,
        opens: booking.actions.contains(&BookingAction::CheckIn),
        runs: booking.state == State::CheckedIn,
        resource: booking.resource,
        extension: None,
    });
    let booked = bookings.into_iter().filter(|booking| booking.starts.at < day.1).map(|booking| BookedToday {
        id: booking.id,
        start: booking.starts,
        end: booking.ends,
        mine: booking.mine,
        who: booking.person_name.filter(|_| !booking.mine),
    });
    let block = if lifts { machines::blocked(&mut snapshot, machine).await? } else { None };
    let uses = uses.into_iter().map(|span| UseToday {
        id: span.id,
        start: ctx.moment(span.start),
        end: span.end.map(|end| ctx.moment(end)),
        approximate: span.approximate,
    });
    Ok(MachinePage {
        now: ctx.moment(now),
        place: on_floor.place.clone(),
        manual: on_floor.manual.clone().filter(|url| url.starts_with("http://") || url.starts_with("https://")),
        day: (ctx.moment(day.0), ctx.moment(day.1)),
        uses: uses.collect(),
        booked: booked.collect(),
        mine,
        block: block.map(|block| block.id),
        used: on_floor.used,
        broker_lost: boards::memory(ctx).lost().map(|at| ctx.moment(at)),
        machine: machine_now(ctx, Some(actor), on_floor, now),
        picture: picture.map(|added| added.0),
        may_change,
        sees_maintenance,
        maintenance: worst.filter(|_| sees_maintenance),
        claimable,
    })
}

/// Whether to read names: those who may see the wall may see who is using a machine.
fn names(actor: &Actor) -> bool {
    actor.may(Permission::SeeWall, Target::NONE)
}

fn machine_now(ctx: &Ctx, reader: Option<&Actor>, on_floor: OnFloor, now: Millis) -> MachineNow {
    let visible = on_floor.shown.unwrap_or(ShownNames::Nobody);
    // Readers of the machine's full history see its user.
    let about = Target::equipment(on_floor.of_type, Some(on_floor.id));
    let reads_all = reader.is_some_and(|reader| reader.may(Permission::SeeSettings, about));
    let today = ctx.moment(now).wall().date;
    let seen =
        |(at, who): (Millis, Option<HolderName>)| (ctx.moment(at), who.and_then(|name| name.visible(visible)));
    let state = state(&on_floor.facts, now);
    let awaited_board = awaited_board(on_floor.number, on_floor.facts.heard);
    let is_idle = matches!(state, MachineState::Free { .. } | MachineState::Unmanaged);
    let next = on_floor.next.map(seen);
    MachineNow {
        reserved: on_floor.taken.filter(|_| is_idle).map(seen),
        user: on_floor.user.and_then(|name| if reads_all { Some(name) } else { visible.of(&name) }),
        next: next.filter(|(at, _)| at.wall().date == today),
        id: on_floor.id,
        name: on_floor.name,
        kind: on_floor.kind,
        state: state.map(|at| ctx.moment(at)),
        awaited_board,
        blocked_because: on_floor.blocked_because,
        usable: false,
        lacks: Vec::new(),
        lock: String::new(),
    }
}
