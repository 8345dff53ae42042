//! Requests to boards: to end a use that may not go on, or that somebody stops from afar.
//!
//! **Invariants.** A use has one request under way at most, and no board is told what is not on record. A request is
//! marked as sent before it is handed to the broker: one that is lost on the way is made up for by what the board is
//! told when it next asks, while one that is sent twice logs out whoever came after.

use crate::{Ctx, again::again, refusal};
use domain::{
    actor::{About, Actor, Forbidden, Permission, Proof},
    boards::MachineNumber,
    cards::CardUid,
    id::{MachineId, TypeId},
    live::{Hint, Noun},
    problem::{Kind, Problem},
    requests::{Cause, Request, State, Step, Stop, is_online},
    time::Millis,
};
use std::time::Duration;
use store::{
    Done, StoreError, Unaudited, WriteTx,
    audit::AuditEntry,
    people,
    requests::{self, Running},
};
use text::Lang;
use tokio::sync::broadcast::{Receiver, error::RecvError};

/// How long the outbox looks away at most: a board that comes back, or is silent, is not told by a hint.
const LOOK: Duration = Duration::from_secs(1);

/// Why nothing is stopped.
#[derive(Debug, Clone, thiserror::Error)]
pub enum RequestsError {
    /// There is no such machine.
    #[error("there is no such machine")]
    Unknown,
    /// Nobody is on it.
    #[error("nobody is on it")]
    Idle,
    /// Not by them.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// The storage failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl RequestsError {
    /// For the reader.
    #[must_use]
    pub fn problem(&self, lang: Lang) -> Problem {
        match self {
            Self::Unknown => Problem::new("machine.unknown", Kind::NotFound, lang.machine_unknown()),
            Self::Idle => Problem::new("machine.idle", Kind::Conflict, lang.stop_idle()),
            Self::Forbidden(Forbidden::NotAllowed) => {
                Problem::new("actor.not-allowed", Kind::Forbidden, lang.stop_not_yours())
            }
            Self::Forbidden(why) => refusal::forbidden(*why, lang),
            Self::Store(error) => refusal::storage(error, lang),
        }
    }
}

/// Asks the board of `machine` to log out whoever is in. Asked again while that is under way, nothing changes. Answers
/// how far it is.
pub async fn stop(ctx: &Ctx, actor: &Actor, machine: MachineId) -> Result<Stop, RequestsError> {
    let now = ctx.now();
    let (actor, broker) = (actor.clone(), ctx.broker().lost().is_none());
    ctx.store()
        .write(async move |tx| {
            let (kind, running) = running(tx.conn(), &actor, machine).await?;
            // Whether anybody is on it is for those who could stop them.
            let about = running.as_ref().map_or(About::equipment(kind, Some(machine)), about);
            let (_, proof) = again::<RequestsError>(tx, &actor, Permission::StopMachine, about, now).await?;
            let running = running.ok_or(RequestsError::Idle)?;
            let reached = broker && is_online(running.heard, now);
            let answer = if reached { Stop::UnderWay } else { Stop::WhenItAsks };
            if is_under_way(&running) {
                return Ok(Done::unaudited(answer, Unaudited::NothingChanged));
            }
            let entry = queue(tx, &proof, &running, Cause::Asked, now).await?;
            Ok(Done::audited(answer, entry))
        })
        .await
}

/// Whether the actor may stop what runs at `machine`, and how far that is; `None` where there is nothing for them to
/// stop.
pub async fn stoppable(ctx: &Ctx, actor: &Actor, machine: MachineId) -> Result<Option<Stop>, RequestsError> {
    let now = ctx.now();
    let mut conn = ctx.store().read().await?;
    let (_, running) = running(&mut conn, actor, machine).await?;
    let Some(running) = running.filter(|running| actor.may(Permission::StopMachine, about(running))) else {
        return Ok(None);
    };
    let reached = ctx.broker().lost().is_none() && is_online(running.heard, now);
    Ok(Some(match running.asked {
        None => Stop::Offered,
        Some(State::Queued | State::Sent) if reached => Stop::UnderWay,
        Some(State::Queued | State::Sent | State::Acknowledged | State::Expired) => Stop::WhenItAsks,
    }))
}

/// The type of a machine that the actor may know of, and what runs there.
async fn running(
    conn: &mut store::SqliteConnection,
    actor: &Actor,
    machine: MachineId,
) -> Result<(TypeId, Option<Running>), RequestsError> {
    actor.require(Permission::SeeFloor, About::NOTHING)?;
    let kind = requests::kind_of(conn, machine).await?.ok_or(RequestsError::Unknown)?;
    Ok((kind, requests::running_at(conn, machine).await?))
}

fn about(running: &Running) -> About {
    let about = About::equipment(running.kind, Some(running.machine));
    running.person.map_or(about, |person| about.and_person(person))
}

fn is_under_way(running: &Running) -> bool {
    matches!(running.asked, Some(State::Queued | State::Sent))
}

/// Has the board of a running use end it, unless that is under way. In the job that found out why, and under the name of
/// whoever brought it about; its record stands behind that job's own.
pub(crate) async fn ask_to_stop(
    tx: &mut WriteTx,
    proof: &Proof,
    running: &Running,
    cause: Cause,
    now: Millis,
) -> Result<(), StoreError> {
    if !is_under_way(running) {
        let entry = queue(tx, proof, running, cause, now).await?;
        tx.followed(entry);
    }
    Ok(())
}

async fn queue(
    tx: &mut WriteTx,
    proof: &Proof,
    running: &Running,
    cause: Cause,
    now: Millis,
) -> Result<AuditEntry, StoreError> {
    let by = people::alias_of(tx, proof, now).await?;
    let request = requests::queue(tx, running, cause, by, now).await?;
    tx.after_commit(Hint::Machine(running.machine));
    // Whose use it is stands differently; that also wakes the outbox, which else looks by itself.
    if let Some(person) = running.person {
        tx.after_commit(Hint::Person(person));
    }
    let detail = serde_json::json!({ "request": request, "use": running.id, "cause": cause.word() });
    Ok(AuditEntry::new(proof, by, now, "machine.stop-requested", subject(running.machine), &detail))
}

fn subject(machine: MachineId) -> String {
    format!("machine:{machine}")
}

/// A board to be told to log out whoever is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// The number of its machine.
    pub board: MachineNumber,
    /// The card in whose name.
    pub uid: CardUid,
}

/// What boards are to be told, as it comes up.
pub struct Outbox {
    ctx: Ctx,
    hints: Receiver<crate::live::Numbered>,
}

/// Watches for requests. One at a time: whoever takes an order is the one who sends it.
pub fn outbox(ctx: &Ctx) -> Outbox {
    let (_, _, hints) = ctx.live().subscribe(&ctx.live().cursor());
    Outbox { ctx: ctx.clone(), hints }
}

impl Outbox {
    /// Waits until there may be something to send or to give up. Dropped half way, nothing is lost.
    pub async fn wait(&mut self) {
        let wanted = async {
            loop {
                match self.hints.recv().await {
                    Ok(numbered) if numbered.hint.is_some_and(|hint| hint.noun() != Noun::Person) => {}
                    Ok(_) | Err(RecvError::Lagged(_)) => return,
                    Err(RecvError::Closed) => return std::future::pending().await,
                }
            }
        };
        // Silence is the ordinary case.
        let _ = tokio::time::timeout(LOOK, wanted).await;
    }

    /// Takes what is to be sent now, and gives up what has waited too long. What is taken counts as sent.
    pub async fn take(&self) -> Result<Vec<Order>, StoreError> {
        due(&self.ctx).await
    }
}

/// Takes what boards are to be told now, and gives up what has waited for too long. Each step is a job of its own with
/// its record.
pub async fn due(ctx: &Ctx) -> Result<Vec<Order>, StoreError> {
    let (now, reachable) = (ctx.now(), ctx.broker().lost().is_none());
    let Ok(proof) = Actor::TOOLGATE.require(Permission::KeepHouse, About::NOTHING) else { return Ok(Vec::new()) };
    let mut orders = Vec::new();
    for request in requests::under_way(&mut *ctx.store().read().await?).await? {
        match request.step(reachable, now) {
            Step::Wait => {}
            Step::Send => orders.extend(take(ctx, proof, request, now).await?),
            Step::Expire => give_up(ctx, proof, request, now).await?,
        }
    }
    Ok(orders)
}

/// Marks a request as sent, and says to whom. A use that has ended meanwhile may have given its machine to somebody
/// else: then there is nobody to tell.
async fn take(ctx: &Ctx, proof: Proof, request: Request, now: Millis) -> Result<Option<Order>, StoreError> {
    ctx.store()
        .write(async move |tx| {
            let address = requests::address(tx.conn(), request.id).await?;
            let Some((board, uid)) = address else {
                return Ok(Done::unaudited(None, Unaudited::NothingChanged));
            };
            if !requests::sent(tx, request.id, now).await? {
                return Ok(Done::unaudited(None, Unaudited::NothingChanged));
            }
            let detail = serde_json::json!({ "request": request.id });
            let entry = AuditEntry::new(&proof, None, now, "machine.stop-sent", subject(request.machine), &detail);
            Ok(Done::audited(Some(Order { board, uid }), entry))
        })
        .await
}

async fn give_up(ctx: &Ctx, proof: Proof, request: Request, now: Millis) -> Result<(), StoreError> {
    ctx.store()
        .write(async move |tx| {
            if !requests::expired(tx, request.id, now).await? {
                return Ok(Done::unaudited((), Unaudited::NothingChanged));
            }
            // Whoever waits for it is told that it did not help.
            tx.after_commit(Hint::Machine(request.machine));
            let detail = serde_json::json!({ "request": request.id });
            let action = "machine.stop-expired";
            Ok(Done::audited((), AuditEntry::new(&proof, None, now, action, subject(request.machine), &detail)))
        })
        .await
}
