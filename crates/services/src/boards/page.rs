//! The boards page, for those who look after machines; and forgetting a board that is gone.

use crate::{Ctx, logbook::Logbook};
use contract::boards::{Board, Boards, MachineBoards, Rejected, Stray, Takeover, Whole};
use domain::{
    actor::{Actor, Forbidden, Permission, Target},
    boards::{just_now, online},
    id::{BoardId, MachineId},
    live::ChangeEvent,
    machines::{MachineState, state},
    time::Millis,
};
use macros::ServiceError;
use serde_json::json;
use std::collections::{HashMap, HashSet};
use store::{
    SqliteConnection, StoreError,
    boards::{self, Heard},
    machines,
};

/// Why nothing is shown or deleted.
#[derive(Debug, Clone, ServiceError)]
pub enum BoardsPageError {
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    /// Unknown board, or one hidden from the caller.
    #[problem("board.unknown", NotFound, board_unknown)]
    Unknown,
    /// It introduced itself recently, and would reappear.
    #[problem("board.speaks", Conflict, board_speaks)]
    Speaks,
    #[problem(transparent)]
    Store(#[from] StoreError),
}

/// The boards of the caller's machines, and unassigned boards for callers who see all.
pub async fn page(ctx: &Ctx, actor: &Actor) -> Result<Boards, BoardsPageError> {
    let now = ctx.now();
    let sees_all = actor.require(Permission::SeeBoards, Target::NONE);
    let mut snapshot = ctx.store().snapshot().await?;
    let mut heard = boards::heard_of(&mut snapshot).await?;
    heard.retain(|row| actor.may(Permission::SeeBoards, Target::equipment(row.kind, Some(row.machine))));
    let whole = match sees_all {
        Ok(_) => Some(of_no_machine(ctx, actor, &mut snapshot, now).await?),
        // An empty list is only for caretakers of machines without a board; others are refused.
        Err(why) if heard.is_empty() && !cares(actor, &mut snapshot).await? => return Err(why.into()),
        Err(_) => None,
    };
    let floor = machines::floor(&mut snapshot, None, false, now).await?;
    let states = floor.into_iter().map(|one| (one.id, state(&one.facts, now))).collect();
    Ok(Boards {
        now: ctx.moment(now),
        broker_lost: super::memory(ctx).lost().map(|at| ctx.moment(at)),
        machines: by_machine(ctx, actor, heard, &states, now),
        whole,
    })
}

async fn cares(actor: &Actor, conn: &mut SqliteConnection) -> Result<bool, StoreError> {
    let machines = machines::inventory(conn).await?;
    Ok(machines.iter().any(|row| actor.may(Permission::SeeBoards, Target::equipment(row.kind, Some(row.id)))))
}

/// Unassigned boards, for callers who see every machine's boards.
pub async fn whole(ctx: &Ctx, actor: &Actor) -> Result<Whole, BoardsPageError> {
    actor.require(Permission::SeeBoards, Target::NONE)?;
    let mut snapshot = ctx.store().snapshot().await?;
    Ok(of_no_machine(ctx, actor, &mut snapshot, ctx.now()).await?)
}

async fn of_no_machine(
    ctx: &Ctx,
    actor: &Actor,
    conn: &mut SqliteConnection,
    now: Millis,
) -> Result<Whole, StoreError> {
    let taken: HashSet<_> = machines::numbers(conn).await?.into_iter().map(|number| number.0).collect();
    let unread = boards::unread(conn).await?;
    let (strays, takeovers) = Logbook::of(ctx).overheard.lately(now);
    let stray = |stray: Stray<Millis>| Stray {
        number: stray.number,
        serial: stray.serial,
        firmware: stray.firmware,
        address: stray.address,
        last: ctx.moment(stray.last),
    };
    let takeover = |takeover: Takeover<Millis>| Takeover {
        client: takeover.client,
        before: takeover.before,
        after: takeover.after,
        times: takeover.times,
        last: ctx.moment(takeover.last),
    };
    let rejected = unread.into_iter().map(|row| Rejected {
        kind: row.kind,
        seen: u64::try_from(row.seen).unwrap_or_default(),
        last: ctx.moment(row.last_at),
        topic: row.topic,
        example: row.example,
    });
    Ok(Whole {
        since: ctx.moment(ctx.started()),
        strays: strays.into_iter().filter(|stray| !taken.contains(&stray.number)).map(stray).collect(),
        takeovers: takeovers.into_iter().map(takeover).collect(),
        rejected: rejected.collect(),
        may_add: actor.may(Permission::ChangeEquipment, Target::NONE),
    })
}

/// The rows of each machine as one.
fn by_machine(
    ctx: &Ctx,
    actor: &Actor,
    heard: Vec<Heard>,
    states: &HashMap<MachineId, MachineState<Millis>>,
    now: Millis,
) -> Vec<MachineBoards> {
    let mut machines: Vec<MachineBoards> = Vec::new();
    for row in heard {
        let about = Target::equipment(row.kind, Some(row.machine));
        let may_change = actor.may(Permission::ChangeEquipment, about);
        if machines.last().is_none_or(|last| last.machine != row.machine) {
            machines.push(MachineBoards {
                machine: row.machine,
                name: row.name.clone(),
                number: row.number.map(|number| number.0),
                online: row.heard.is_some_and(|heard| online(heard, now)),
                heard: row.heard.map(|heard| ctx.moment(heard)),
                state: states
                    .get(&row.machine)
                    .map_or(MachineState::Unmanaged, |state| state.map(|at| ctx.moment(at))),
                several: false,
                boards: Vec::new(),
            });
        }
        if let (Some(machine), Some(board)) = (machines.last_mut(), board(ctx, row, may_change, now)) {
            machine.boards.push(board);
        }
    }
    for machine in &mut machines {
        let speak = machine.boards.iter().filter(|board| just_now(board.last.at, now)).count();
        machine.several = speak > 1 || machine.boards.iter().any(|board| board.other.is_some());
    }
    machines
}

fn board(ctx: &Ctx, row: Heard, may_change: bool, now: Millis) -> Option<Board> {
    let (first, last) = row.first.zip(row.last)?;
    Some(Board {
        id: row.board?,
        serial: row.serial.unwrap_or_default(),
        firmware: row.firmware.unwrap_or_default(),
        address: row.address.unwrap_or_default(),
        heap: row.heap.and_then(|bytes| bytes.try_into().ok()),
        first: ctx.moment(first),
        last: ctx.moment(last),
        other: row.other.filter(|_| row.alternated.is_some_and(|at| just_now(at, now))),
        may_forget: may_change && !just_now(last, now),
    })
}

/// Deletes a board that is gone. An active one would reappear, so it is refused.
pub async fn forget(ctx: &Ctx, actor: &Actor, board: BoardId) -> Result<(), BoardsPageError> {
    let found = boards::one(&mut *ctx.store().read().await?, board).await?;
    let about = found.map_or(Target::NONE, |(machine, kind, _)| Target::equipment(kind, Some(machine)));
    ctx.begin_permitted(actor, Permission::ChangeEquipment, about, async move |begun| {
        let (machine, kind, last) = boards::one(begun.tx.conn(), board).await?.ok_or(BoardsPageError::Unknown)?;
        let mut job = begun.require(Permission::ChangeEquipment, Target::equipment(kind, Some(machine)))?;
        if just_now(last, job.now) {
            return Err(BoardsPageError::Speaks);
        }
        boards::forget(job.tx, board).await?;
        job.tx.after_commit(ChangeEvent::Machine(machine));
        let (subject, detail) = (machine, json!({ "board": board }));
        job.audited((), "board.forgotten", subject, &detail).await
    })
    .await
}
