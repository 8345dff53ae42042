//! Machines: their state, adding them, remote start and stop.

use super::{
    Body, Caller, Id, Query, Refusal,
    answer::{Made, One, Place},
    operation::{Operation, Tag},
    paging::{Page, Which},
    when,
};
use contract::machines::{MachineNow, MachinePage, UseToday};
use domain::{
    actor::Permission,
    id::{MachineId, PlaceId},
    machines::MachineState,
    requests::Stop,
    tokens::Scope,
};
use serde::{Deserialize, Serialize};
use services::{
    equipment::{self, AddMachine},
    error::ServiceError,
    machines, requests,
    requirements::PathTarget,
};
use utoipa::ToSchema;

const LIST: &str = "listMachines";

/// The operations of this module.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/machines", LIST, list)
            .about(
                Tag::Machines,
                "List machines",
                "Lists every machine with its state, by the name of its place. Works without authentication if the space \
                 shows its status to visitors.",
            )
            .needs(Scope::MachinesRead)
            .for_everybody(),
        Operation::get("/api/v1/machines/{id}", "readMachine", read)
            .about(
                Tag::Machines,
                "Get a machine",
                "Returns a machine with its state and today's uses. The users are not named.",
            )
            .needs(Scope::MachinesRead)
            .for_everybody()
            .errors::<services::machines::MachinesError>(&["machine.unknown"]),
        Operation::post("/api/v1/machines", "addMachine", add)
            .may(&[(Permission::ChangeEquipment, PathTarget::Space)])
            .about(Tag::Machines, "Add a machine", "Adds a machine, and a new type if none has the given name.")
            .needs(Scope::MachinesWrite)
            .makes(Place::Below)
            .errors::<services::equipment::EquipmentError>(&["equipment.invalid"]),
        Operation::post("/api/v1/machines/{id}/start", "startMachine", start)
            .about(
                Tag::Machines,
                "Start a machine",
                "Asks the board of a machine to start it in the caller's name, if remote start is on for the machine and \
                 the caller may use it now. The board has 30 seconds to respond. Repeating the request while it is pending \
                 changes nothing.",
            )
            .needs(Scope::MachinesWrite)
            .errors::<services::machines::MachinesError>(&[
                "machine.unknown",
            ]).errors::<services::requests::RequestsError>(&["machine.start-off", "machine.start-away", "machine.start-taken", "machine.start-no-card", "machine.start-denied"]),
        Operation::post("/api/v1/machines/{id}/stop", "stopMachine", stop)
            .about(
                Tag::Machines,
                "Stop a machine",
                "Asks the board of a machine to log out its user. Repeating the request while it is pending changes nothing.",
            )
            .needs(Scope::MachinesWrite)
            .errors::<services::machines::MachinesError>(&[
                "machine.unknown",
            ]).errors::<services::requests::RequestsError>(&["machine.idle"]),
    ]
}

/// The state of a machine.
#[derive(Debug, Serialize, ToSchema)]
pub struct State {
    /// `blocked`, `in-use`, `offline`, `maintenance-due`, `closed`, `free` or `unmanaged`.
    #[schema(example = "free")]
    name: &'static str,
    /// Since when, if known.
    #[schema(format = DateTime)]
    since: Option<String>,
    /// Since when its board has been offline while the machine is in use.
    #[schema(format = DateTime)]
    silent: Option<String>,
    /// Until when it is closed.
    #[schema(format = DateTime)]
    until: Option<String>,
}

fn state(state: MachineState) -> State {
    let (name, since, silent, until) = match state {
        MachineState::Blocked { since } => ("blocked", Some(since), None, None),
        MachineState::InUse { since, silent } => ("in-use", Some(since), silent, None),
        MachineState::Offline { since } => ("offline", Some(since), None, None),
        MachineState::MaintenanceDue => ("maintenance-due", None, None, None),
        MachineState::Closed { until } => ("closed", None, None, Some(until)),
        MachineState::Free { since } => ("free", since, None, None),
        MachineState::Unmanaged => ("unmanaged", None, None, None),
    };
    State { name, since: since.map(when), silent: silent.map(when), until: until.map(when) }
}

/// A machine.
#[derive(Debug, Serialize, ToSchema)]
pub struct Machine {
    /// Its id. This is not its number in board topics.
    #[schema(example = 7)]
    id: i64,
    /// The machine's name.
    #[schema(example = "Laser cutter 1")]
    name: String,
    /// The name of its type.
    #[schema(example = "Laser cutter")]
    r#type: String,
    /// The place where it stands.
    place: Option<PlaceView>,
    /// Its state.
    state: State,
    /// Why it is blocked.
    blocked_because: Option<String>,
    /// The name of its user, as far as the space shows names and the caller may see them.
    user: Option<String>,
}

/// A place.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlaceView {
    /// Its id.
    #[schema(example = 2)]
    id: i64,
    /// The place's name.
    #[schema(example = "Wood shop")]
    name: String,
}

impl From<(PlaceId, String)> for PlaceView {
    fn from((id, name): (PlaceId, String)) -> Self {
        Self { id: id.0, name }
    }
}

fn machine((place, now): (Option<(PlaceId, String)>, MachineNow)) -> Machine {
    Machine {
        id: now.id.0,
        name: now.name,
        r#type: now.kind,
        place: place.map(PlaceView::from),
        state: state(now.state),
        blocked_because: now.blocked_because,
        user: now.user,
    }
}

async fn list(caller: Caller, Query(which): Query<Which>) -> Result<Page<Machine>, Refusal> {
    let (after, limit) = caller.place(LIST, which.after.as_deref(), which.limit)?;
    let Caller { ctx, actor, lang } = caller;
    let places = machines::list(&ctx, &actor).await?;
    let all = places.into_iter().flat_map(|place| {
        let at = place.id.map(|id| (id, place.name));
        place.machines.into_iter().map(move |machine| (at.clone(), machine))
    });
    let place = |(at, machine): &(Option<(PlaceId, String)>, MachineNow)| {
        let place = at.as_ref().map(|(id, name)| (name.clone(), id.0));
        (at.is_none(), place, machine.name.clone(), machine.id.0)
    };
    Ok(Page::of_all(LIST, all.collect(), after.as_deref(), limit, lang, place)?.map(machine))
}

/// A use that overlaps today.
#[derive(Debug, Serialize, ToSchema)]
pub struct Use {
    /// Its id.
    id: i64,
    /// When it began.
    #[schema(format = DateTime)]
    start: String,
    /// When it ended; null while it is running.
    #[schema(format = DateTime)]
    end: Option<String>,
    /// Whether its times are estimates.
    approximate: bool,
}

fn used(one: UseToday) -> Use {
    Use { id: one.id.0, start: when(one.start), end: one.end.map(when), approximate: one.approximate }
}

/// A machine with today's uses.
#[derive(Debug, Serialize, ToSchema)]
pub struct MachineFull {
    /// Its id. This is not its number in board topics.
    #[schema(example = 7)]
    id: i64,
    /// The machine's name.
    #[schema(example = "Laser cutter 1")]
    name: String,
    /// The name of its type.
    #[schema(example = "Laser cutter")]
    r#type: String,
    /// The place where it stands.
    place: Option<PlaceView>,
    /// Its state.
    state: State,
    /// Why it is blocked.
    blocked_because: Option<String>,
    /// The name of its user, as far as the space shows names and the caller may see them.
    user: Option<String>,
    /// The address of its manual.
    #[schema(example = "https://example.org/manual.pdf")]
    manual: Option<String>,
    /// Uses that overlap today, in order.
    uses: Vec<Use>,
    /// Total seconds of recorded use.
    used_seconds: i64,
}

fn full(page: MachinePage) -> MachineFull {
    let now = page.machine;
    MachineFull {
        id: now.id.0,
        name: now.name,
        r#type: now.kind,
        place: page.place.map(PlaceView::from),
        state: state(now.state),
        blocked_because: now.blocked_because,
        user: now.user,
        manual: page.manual,
        uses: page.uses.into_iter().map(used).collect(),
        used_seconds: page.used / 1_000,
    }
}

async fn read(caller: Caller, Id(id): Id) -> Result<One<MachineFull>, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let page = machines::page(&ctx, &actor, MachineId(id)).await?;
    Ok(One(full(page)))
}

/// A new machine.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMachine {
    /// The machine's name.
    #[schema(min_length = 1, max_length = 200, example = "Laser cutter 2")]
    name: String,
    /// The name of its type; a new name creates a type.
    #[schema(min_length = 1, max_length = 200, example = "Laser cutter")]
    r#type: String,
    /// Its number in board topics; omitted if it has no board.
    #[schema(minimum = 1, maximum = 65535, example = 12)]
    number: Option<u16>,
}

async fn add(caller: Caller, Body(new): Body<NewMachine>) -> Result<Made, Refusal> {
    let Caller { ctx, actor, lang } = caller;
    let number = new.number.map(|number| number.to_string()).unwrap_or_default();
    let input = AddMachine { name: new.name, kind: new.r#type, number, place: String::new() };
    let added = equipment::add_machine(&ctx, &actor, input).await;
    let machine = added.map_err(|error| super::renamed(error.problem(lang), "kind", "type"))?;
    Ok(Made::plain(machine.0))
}

/// The state of a start request.
#[derive(Debug, Serialize, ToSchema)]
pub struct Starting {
    #[schema(schema_with = super::words::starting)]
    state: &'static str,
}

async fn start(caller: Caller, Id(id): Id) -> Result<One<Starting>, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    requests::start(&ctx, &actor, MachineId(id)).await?;
    Ok(One(Starting { state: "under-way" }))
}

/// The state of a stop request.
#[derive(Debug, Serialize, ToSchema)]
pub struct Stopping {
    #[schema(schema_with = super::words::stopping)]
    state: &'static str,
}

async fn stop(caller: Caller, Id(id): Id) -> Result<One<Stopping>, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let reported = requests::stop(&ctx, &actor, MachineId(id)).await?;
    let state = match reported {
        Stop::UnderWay => "under-way",
        Stop::WhenItAsks => "when-it-asks",
    };
    Ok(One(Stopping { state }))
}
