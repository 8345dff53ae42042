//! Boards: which board speaks for which machine, and faults of boards without a machine.

use super::{
    Caller, Id, Query, Refusal,
    answer::done,
    operation::{Operation, Tag},
    paging::{Page, Which},
    when,
};
use axum::response::Response;
use contract::boards::{Board, MachineBoards, Rejected, Stray, Whole};
use domain::{actor::Permission, id::BoardId, tokens::Scope};
use serde::Serialize;
use services::{boards, requirements::PathTarget};
use std::cmp::Reverse;
use utoipa::ToSchema;

const LIST: &str = "listBoards";
const STRAYS: &str = "listStrayBoards";
const REJECTED: &str = "listRejectedMessages";

/// The operations of this module.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/boards", LIST, list)
            .may(&[(Permission::SeeBoards, PathTarget::Anything)])
            .about(
                Tag::Machines,
                "List boards",
                "Lists the registered boards of machines that the caller looks after or may read about, by machine.",
            )
            .needs(Scope::MachinesRead),
        Operation::get("/api/v1/boards/strays", STRAYS, strays)
            .may(&[(Permission::SeeBoards, PathTarget::Space)])
            .about(
                Tag::Machines,
                "List unassigned boards",
                "Lists the boards seen since the server started whose number belongs to no machine, by number.",
            )
            .needs(Scope::MachinesRead),
        Operation::get("/api/v1/boards/rejected", REJECTED, rejected)
            .may(&[(Permission::SeeBoards, PathTarget::Space)])
            .about(
                Tag::Machines,
                "List rejected board messages",
                "Counts the messages that could not be read by kind, with the latest of each, most recent first. Card \
                 numbers are omitted.",
            )
            .needs(Scope::MachinesRead),
        Operation::post("/api/v1/boards/{id}/forget", "forgetBoard", forget)
            .about(
                Tag::Machines,
                "Remove a board",
                "Removes a board that no longer exists. A board seen in the last five minutes cannot be removed, because it \
                 would register again by itself.",
            )
            .needs(Scope::MachinesWrite)
            .errors::<services::boards::BoardsPageError>(&["board.unknown", "board.speaks"]),
    ]
}

/// A board.
#[derive(Debug, Serialize, ToSchema)]
pub struct BoardDetails {
    /// Its id.
    #[schema(example = 3)]
    id: i64,
    /// The machine it belongs to.
    #[schema(example = 7)]
    machine: i64,
    /// The machine's name.
    #[schema(example = "Laser cutter 1")]
    machine_name: String,
    /// The machine's number in board topics.
    #[schema(example = 11)]
    number: Option<u16>,
    /// Its serial number; empty with old firmware.
    #[schema(example = "a1b2c3d4e5f6")]
    serial: String,
    /// Its firmware version.
    #[schema(example = "esp32,1a2b")]
    firmware: String,
    /// The network address that it reports.
    #[schema(example = "10.0.0.7")]
    address: String,
    /// Free memory in bytes, if it reports it.
    #[schema(example = 201_340)]
    heap: Option<u64>,
    /// When it first registered.
    #[schema(format = DateTime)]
    first: String,
    /// When it last registered.
    #[schema(format = DateTime)]
    last: String,
    /// The address of another board that uses the same serial number, if the two alternate.
    other_address: Option<String>,
    /// Whether any board of its machine was heard in the last 90 seconds.
    online: bool,
    /// When a board of its machine was last heard.
    #[schema(format = DateTime)]
    heard: Option<String>,
    /// Whether more than one board is registered for its machine.
    several: bool,
}

fn to_view(machine: &MachineBoards, board: Board) -> BoardDetails {
    BoardDetails {
        id: board.id.0,
        machine: machine.machine.0,
        machine_name: machine.name.clone(),
        number: machine.number,
        serial: board.serial,
        firmware: board.firmware,
        address: board.address,
        heap: board.heap,
        first: when(board.first),
        last: when(board.last),
        other_address: board.other,
        online: machine.online,
        heard: machine.heard.map(when),
        several: machine.several,
    }
}

async fn list(caller: Caller, Query(which): Query<Which>) -> Result<Page<BoardDetails>, Refusal> {
    let (after, limit) = caller.place(LIST, which.after.as_deref(), which.limit)?;
    let Caller { ctx, actor, lang } = caller;
    let mut all = Vec::new();
    for mut machine in boards::page(&ctx, &actor).await?.machines {
        let boards = std::mem::take(&mut machine.boards);
        all.extend(boards.into_iter().map(|board| to_view(&machine, board)));
    }
    let place = |board: &BoardDetails| (board.machine_name.clone(), board.machine, board.id);
    Page::of_all(LIST, all, after.as_deref(), limit, lang, place)
}

/// What belongs to no machine, for callers who may see the boards of every machine.
async fn whole(caller: Caller) -> Result<Whole, Refusal> {
    Ok(boards::whole(&caller.ctx, &caller.actor).await?)
}

/// A board whose number belongs to no machine.
#[derive(Debug, Serialize, ToSchema)]
pub struct StrayView {
    /// The reported number. 0 is never a machine's number.
    #[schema(example = 42)]
    number: u16,
    /// Its serial number; empty if not reported.
    #[schema(example = "a1b2c3d4e5f6")]
    serial: String,
    /// Its firmware version; empty if not reported.
    #[schema(example = "esp32,1a2b")]
    firmware: String,
    /// Its address; empty if not reported.
    #[schema(example = "10.0.0.9")]
    address: String,
    /// When it was last heard.
    #[schema(format = DateTime)]
    last: String,
}

async fn strays(caller: Caller, Query(which): Query<Which>) -> Result<Page<StrayView>, Refusal> {
    let (after, limit) = caller.place(STRAYS, which.after.as_deref(), which.limit)?;
    let lang = caller.lang;
    let all = whole(caller).await?.strays;
    let visible = |stray: Stray| StrayView {
        number: stray.number,
        serial: stray.serial,
        firmware: stray.firmware,
        address: stray.address,
        last: when(stray.last),
    };
    Ok(Page::of_all(STRAYS, all, after.as_deref(), limit, lang, |stray| stray.number)?.map(visible))
}

/// Rejected messages of one kind.
#[derive(Debug, Serialize, ToSchema)]
pub struct RejectedView {
    /// The kind, a stable code.
    #[schema(example = "bad-uid")]
    kind: String,
    /// The number of messages.
    #[schema(example = 12)]
    seen: u64,
    /// When the latest one arrived.
    #[schema(format = DateTime)]
    last: String,
    /// The topic of the latest one.
    #[schema(example = "machine/11")]
    topic: String,
    /// The latest message, shortened and with card numbers masked.
    example: String,
}

async fn rejected(caller: Caller, Query(which): Query<Which>) -> Result<Page<RejectedView>, Refusal> {
    let (after, limit) = caller.place(REJECTED, which.after.as_deref(), which.limit)?;
    let lang = caller.lang;
    let all = whole(caller).await?.rejected;
    let visible = |rejected: Rejected| RejectedView {
        kind: rejected.kind,
        seen: rejected.seen,
        last: when(rejected.last),
        topic: rejected.topic,
        example: rejected.example,
    };
    let place = |rejected: &Rejected| (Reverse(rejected.last.at), rejected.kind.clone());
    Ok(Page::of_all(REJECTED, all, after.as_deref(), limit, lang, place)?.map(visible))
}

async fn forget(caller: Caller, Id(id): Id) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    boards::forget(&ctx, &actor, BoardId(id)).await?;
    Ok(done())
}
