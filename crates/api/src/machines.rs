//! Machines: what goes on at them, adding one, starting and stopping them.

use super::{
    Body, Caller, Id, Query, Refusal,
    answer::{Made, One, Place},
    operation::{Operation, Tag},
    paging::{Page, Which},
    when,
};
use domain::{
    id::{MachineId, PlaceId},
    machines::MachineState,
    requests::Stop,
    tokens::Scope,
};
use serde::{Deserialize, Serialize};
use services::error::ServiceError;
use services::{
    equipment::{self, AddMachine},
    machines, requests,
};
use utoipa::ToSchema;
use views::machines::{MachineNow, MachinePage, UseToday};

const LIST: &str = "listMachines";

/// What can be done here.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/machines", LIST, list)
            .about(
                Tag::Machines,
                "All machines",
                "Every machine with its state, by the name of its place. Where the space shows its status to passers-by, \
                 nobody has to say who they are.",
            )
            .needs(Scope::MachinesRead)
            .for_everybody(),
        Operation::get("/api/v1/machines/{id}", "readMachine", read)
            .about(Tag::Machines, "One machine", "A machine with its state and the uses of today, which name nobody.")
            .needs(Scope::MachinesRead)
            .for_everybody()
            .errors::<services::machines::MachinesError>(&["machine.unknown"]),
        Operation::post("/api/v1/machines", "addMachine", add)
            .about(Tag::Machines, "Add a machine", "Adds a machine, and its type where there is none of that name.")
            .needs(Scope::MachinesWrite)
            .makes(Place::Below)
            .errors::<services::equipment::EquipmentError>(&["equipment.invalid"]),
        Operation::post("/api/v1/machines/{id}/start", "startMachine", start)
            .about(
                Tag::Machines,
                "Start a machine",
                "Asks the board of a machine to let the caller in, in their own name, where the machine may be started from \
                 afar and they may use it now. Its board has half a minute. Asked again while that is under way, nothing \
                 changes.",
            )
            .needs(Scope::MachinesWrite)
            .errors::<services::machines::MachinesError>(&[
                "machine.unknown",
            ]).errors::<services::requests::RequestsError>(&["machine.start-off", "machine.start-away", "machine.start-taken", "machine.start-no-card", "machine.start-denied"]),
        Operation::post("/api/v1/machines/{id}/stop", "stopMachine", stop)
            .about(
                Tag::Machines,
                "Stop what runs",
                "Asks the board of a machine to log out whoever is in. Asked again while that is under way, nothing changes.",
            )
            .needs(Scope::MachinesWrite)
            .errors::<services::machines::MachinesError>(&[
                "machine.unknown",
            ]).errors::<services::requests::RequestsError>(&["machine.idle"]),
    ]
}

/// What goes on at a machine.
#[derive(Debug, Serialize, ToSchema)]
pub struct State {
    /// `blocked`, `in-use`, `offline`, `maintenance-due`, `closed`, `free` or `unmanaged`.
    #[schema(example = "free")]
    name: &'static str,
    /// Since when, where that is known.
    #[schema(format = DateTime)]
    since: Option<String>,
    /// Since when its board is silent although somebody is on it.
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
    /// Its id. Not its number on the board topics.
    #[schema(example = 7)]
    id: i64,
    /// What it is called.
    #[schema(example = "Laser cutter 1")]
    name: String,
    /// What its type is called.
    #[schema(example = "Laser cutter")]
    r#type: String,
    /// Where it stands.
    place: Option<PlaceShown>,
    /// What goes on there.
    state: State,
    /// Why it is blocked.
    blocked_because: Option<String>,
    /// Who is on it, as far as the space shows names and the caller may see them.
    user: Option<String>,
}

/// A place.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlaceShown {
    /// Its id.
    #[schema(example = 2)]
    id: i64,
    /// What it is called.
    #[schema(example = "Wood shop")]
    name: String,
}

impl From<(PlaceId, String)> for PlaceShown {
    fn from((id, name): (PlaceId, String)) -> Self {
        Self { id: id.0, name }
    }
}

fn machine((place, now): (Option<(PlaceId, String)>, MachineNow)) -> Machine {
    Machine {
        id: now.id.0,
        name: now.name,
        r#type: now.kind,
        place: place.map(PlaceShown::from),
        state: state(now.state),
        blocked_because: now.blocked_because,
        user: now.user,
    }
}

async fn list(caller: Caller, Query(which): Query<Which>) -> Result<Page<Machine>, Refusal> {
    let (after, limit) = caller.place(LIST, which.after.as_deref(), which.limit)?;
    let Caller { ctx, actor, lang } = caller;
    let floor = machines::floor(&ctx, &actor).await?;
    let all = floor.places.into_iter().flat_map(|place| {
        let at = place.id.map(|id| (id, place.name));
        place.machines.into_iter().map(move |machine| (at.clone(), machine))
    });
    let place = |(at, machine): &(Option<(PlaceId, String)>, MachineNow)| {
        let place = at.as_ref().map(|(id, name)| (name.clone(), id.0));
        (at.is_none(), place, machine.name.clone(), machine.id.0)
    };
    Ok(Page::of_all(LIST, all.collect(), after.as_deref(), limit, lang, place)?.map(machine))
}

/// A use that touches today.
#[derive(Debug, Serialize, ToSchema)]
pub struct Use {
    /// Its id.
    id: i64,
    /// When it began.
    #[schema(format = DateTime)]
    start: String,
    /// When it ended; null while it runs.
    #[schema(format = DateTime)]
    end: Option<String>,
    /// The hours were worked out afterwards.
    approximate: bool,
}

fn used(one: UseToday) -> Use {
    Use { id: one.id.0, start: when(one.start), end: one.end.map(when), approximate: one.approximate }
}

/// One machine.
#[derive(Debug, Serialize, ToSchema)]
pub struct MachineFull {
    /// Its id. Not its number on the board topics.
    #[schema(example = 7)]
    id: i64,
    /// What it is called.
    #[schema(example = "Laser cutter 1")]
    name: String,
    /// What its type is called.
    #[schema(example = "Laser cutter")]
    r#type: String,
    /// Where it stands.
    place: Option<PlaceShown>,
    /// What goes on there.
    state: State,
    /// Why it is blocked.
    blocked_because: Option<String>,
    /// Who is on it, as far as the space shows names and the caller may see them.
    user: Option<String>,
    /// Where its manual is.
    #[schema(example = "https://example.org/manual.pdf")]
    manual: Option<String>,
    /// Uses that touch today, in order.
    uses: Vec<Use>,
    /// Seconds of use since it is known here.
    used_seconds: i64,
}

fn full(page: MachinePage) -> MachineFull {
    let now = page.machine;
    MachineFull {
        id: now.id.0,
        name: now.name,
        r#type: now.kind,
        place: page.place.map(PlaceShown::from),
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

/// A machine to be added.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMachine {
    /// What it is called.
    #[schema(min_length = 1, max_length = 200, example = "Laser cutter 2")]
    name: String,
    /// The name of its type; a name that no type has makes a new one.
    #[schema(min_length = 1, max_length = 200, example = "Laser cutter")]
    r#type: String,
    /// Its number on the board topics; none where no board speaks for it.
    #[schema(minimum = 1, maximum = 65535, example = 12)]
    number: Option<u16>,
}

async fn add(caller: Caller, Body(new): Body<NewMachine>) -> Result<Made, Refusal> {
    let Caller { ctx, actor, lang } = caller;
    let number = new.number.map(|number| number.to_string()).unwrap_or_default();
    let typed = AddMachine { name: new.name, kind: new.r#type, number, place: String::new() };
    let added = equipment::add_machine(&ctx, &actor, typed).await;
    let machine = added.map_err(|error| super::renamed(error.problem(lang), "kind", "type"))?;
    Ok(Made::plain(machine.0))
}

/// How far a start is.
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

/// How far a stop is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Stopping {
    #[schema(schema_with = super::words::stopping)]
    state: &'static str,
}

async fn stop(caller: Caller, Id(id): Id) -> Result<One<Stopping>, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let told = requests::stop(&ctx, &actor, MachineId(id)).await?;
    let state = match told {
        Stop::UnderWay => "under-way",
        Stop::WhenItAsks => "when-it-asks",
    };
    Ok(One(Stopping { state }))
}
