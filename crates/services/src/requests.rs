//! Requests to boards: to end a use that must stop or that is stopped remotely, and to start one.
//!
//! **Invariants.** A use has at most one pending request, a machine at most one start, and no board is sent
//! anything that is not on record; that a door is locked again follows from its opening. Whether a person may start
//! is decided as for their swipe, when they ask and again when their board is sent it. A request is marked as sent
//! before it is handed to the broker: a stop that is lost on the way is repeated in the answer to the board's next
//! question, while one that is sent twice would log out the next user.
//!
//! A use ends at the latest when a booking by another person begins, at machines where bookings count. Boards get
//! the limit in minutes (`log_out_after`); a use that is still open is stopped a few seconds before the booking.

mod locking;

pub(crate) use locking::lock_later;

use crate::error::ServiceError;
use crate::{Ctx, boards, decisions, due::settle_each, live::Changes};
use contract::requests::Remote;
use domain::{
    access::Decision,
    actor::{Actor, Forbidden, Permission, Proof, Target},
    boards::MachineNumber,
    bookings::{CUT_OFF, Need},
    cards::CardUid,
    id::{CardId, MachineId},
    live::{ChangeEvent, Noun},
    problem::{Kind, Problem},
    requests::{BoardCommand, Cause, REPORTED, Request, State, Step, Stop, is_online},
    time::{DAY, Millis},
    uses::{CardHolder, Session},
};
use macros::ServiceError;
use std::time::Duration;
use store::{
    Done, SqliteConnection, StoreError, Unaudited, WriteTx,
    audit::AuditEntry,
    effects, people,
    requests::{self, Floor, Running},
};
use text::Lang;

/// The outbox checks at least this often: no event announces that a board comes back or falls silent.
const LOOK: Duration = Duration::from_secs(1);

/// Why nothing is started or stopped.
#[derive(Debug, Clone, ServiceError)]
pub enum RequestsError {
    #[problem("machine.unknown", NotFound, machine_unknown)]
    Unknown,
    /// It is not in use.
    #[problem("machine.idle", Conflict, stop_idle)]
    Idle,
    /// Remote start is off for this machine.
    #[problem("machine.start-off", Conflict, start_off)]
    NotFromAfar,
    /// Its board is offline.
    #[problem("machine.start-away", Conflict, start_away)]
    Away,
    /// It is in use, or being started.
    #[problem("machine.start-taken", Conflict, start_taken)]
    InUse,
    /// They have no card in whose name it could start.
    #[problem("machine.start-no-card", Conflict, start_no_card)]
    NoCard,
    /// They may not use it now.
    #[problem("machine.start-denied", Conflict, start_denied)]
    Denied,
    /// Only members start machines.
    #[problem("actor.not-allowed", Forbidden, start_not_yours)]
    NotAMember,
    #[problem(with = forbidden(*_0, lang))]
    Forbidden(#[from] Forbidden),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

fn forbidden(why: Forbidden, lang: Lang) -> Problem {
    match why {
        Forbidden::NotAllowed => Problem::new("actor.not-allowed", Kind::Forbidden, lang.stop_not_yours()),
        Forbidden::SignIn | Forbidden::SecondFactor => why.problem(lang),
    }
}

/// Requests that the board of `machine` admits the caller, in the name of one of their cards. Repeated while that
/// is under way, it changes nothing.
pub async fn start(ctx: &Ctx, actor: &Actor, machine: MachineId) -> Result<(), RequestsError> {
    let broker = boards::memory(ctx).lost().is_none();
    ctx.begin(actor, async move |begun| {
        let floor = floor(begun.tx.conn(), &begun.actor, machine, begun.now).await?;
        let about = Target::equipment(floor.kind, Some(machine));
        let mut job = begun.require(Permission::StartMachine, about).map_err(|why| match why {
            Forbidden::NotAllowed => RequestsError::NotAMember,
            why => why.into(),
        })?;
        if starting(&floor) && floor.start.is_some_and(|start| start.own) {
            return Ok(Done::unaudited((), Unaudited::NothingChanged));
        }
        let card = startable(job.tx.conn(), &job.actor, &floor, broker, job.now).await?;
        let by = job.by().await?;
        let request = requests::queue_start(job.tx, machine, card, by, job.now).await?;
        job.tx.after_commit(ChangeEvent::Machine(machine));
        // Wakes the outbox, which otherwise polls.
        if let Some(person) = job.proof.by() {
            job.tx.after_commit(ChangeEvent::Person(person));
        }
        let detail = serde_json::json!({ "request": request });
        let entry = AuditEntry::new(&job.proof, by, job.now, "machine.start-requested", machine, &detail);
        Ok(Done::audited((), entry))
    })
    .await
}

/// The card in whose name the caller may start the machine, or why not.
async fn startable(
    conn: &mut SqliteConnection,
    actor: &Actor,
    floor: &Floor,
    broker: bool,
    now: Millis,
) -> Result<CardId, RequestsError> {
    // A door lets others in: who manages the building opens it remotely, whatever is set for machines.
    let may_start = if floor.is_door {
        actor.may(Permission::ManageBuilding, Target::NONE)
    } else {
        floor.settings.remote_start
    };
    if !may_start {
        return Err(RequestsError::NotFromAfar);
    }
    let number = floor.number.filter(|_| broker && is_online(floor.heard, now)).ok_or(RequestsError::Away)?;
    if floor.running.is_some() || floor.unended || starting(floor) {
        return Err(RequestsError::InUse);
    }
    let (card, uid) = floor.card.as_ref().ok_or(RequestsError::NoCard)?;
    match decisions::decide(conn, number, uid, now).await? {
        Some((_, Decision::Allow { .. })) => Ok(*card),
        Some((_, Decision::Deny(_))) | None => Err(RequestsError::Denied),
    }
}

/// Whether a start is under way.
fn starting(floor: &Floor) -> bool {
    floor.start.is_some_and(|start| matches!(start.state, State::Queued | State::Sent))
}

/// Requests that the board of `machine` logs its user out. Repeated while that is under way, it changes nothing.
/// Returns the progress.
pub async fn stop(ctx: &Ctx, actor: &Actor, machine: MachineId) -> Result<Stop, RequestsError> {
    let broker = boards::memory(ctx).lost().is_none();
    ctx.begin(actor, async move |begun| {
        let Floor { kind, running, .. } = floor(begun.tx.conn(), &begun.actor, machine, begun.now).await?;
        // Whether it is in use is shown only to those who could stop it.
        let about = running.as_ref().map_or(Target::equipment(kind, Some(machine)), about);
        let job = begun.require(Permission::StopMachine, about)?;
        let running = running.ok_or(RequestsError::Idle)?;
        let reached = broker && is_online(running.heard, job.now);
        let answer = if reached { Stop::UnderWay } else { Stop::WhenItAsks };
        if is_under_way(&running) {
            return Ok(Done::unaudited(answer, Unaudited::NothingChanged));
        }
        let entry = queue(job.tx, &job.proof, &running, Cause::Asked, job.now).await?;
        Ok(Done::audited(answer, entry))
    })
    .await
}

/// The remote action available to the actor on `machine`, and its progress; `None` if there is none.
pub async fn remote(ctx: &Ctx, actor: &Actor, machine: MachineId) -> Result<Option<Remote>, RequestsError> {
    let (now, broker) = (ctx.now(), boards::memory(ctx).lost().is_none());
    let mut snapshot = ctx.store().snapshot().await?;
    let floor = floor(&mut snapshot, actor, machine, now).await?;
    let Some(running) = &floor.running else {
        if !actor.may(Permission::StartMachine, Target::equipment(floor.kind, Some(machine))) {
            return Ok(None);
        }
        let start = floor.start.filter(|start| start.own);
        if start.is_some() && starting(&floor) {
            return Ok(Some(Remote::Starting));
        }
        let failed = start.is_some_and(|start| {
            start.state == State::Expired && start.ended.is_some_and(|ended| now.since(ended) < REPORTED)
        });
        return match startable(&mut snapshot, actor, &floor, broker, now).await {
            Ok(_) if failed => Ok(Some(Remote::NotStarted)),
            Ok(_) => Ok(Some(Remote::Start)),
            Err(RequestsError::Store(error)) => Err(error.into()),
            // The waiting person is notified, even if a retry makes no sense.
            Err(RequestsError::Away) if failed => {
                // A board may have obeyed a sent request without being able to report it.
                let reported = start.is_some_and(|start| start.sent);
                Ok(Some(if reported { Remote::WentSilent } else { Remote::WentAway }))
            }
            Err(_) if failed => Ok(Some(Remote::DidNot)),
            Err(_) => Ok(None),
        };
    };
    if !actor.may(Permission::StopMachine, about(running)) {
        return Ok(None);
    }
    let reached = broker && is_online(running.heard, now);
    Ok(Some(match running.asked {
        None => Remote::Stop,
        Some(State::Queued | State::Sent) if reached => Remote::Stopping,
        Some(State::Queued | State::Sent | State::Acknowledged | State::Expired) => Remote::StopWhenItAsks,
    }))
}

/// A machine visible to the actor, with its current use and requests.
async fn floor(
    conn: &mut SqliteConnection,
    actor: &Actor,
    machine: MachineId,
    now: Millis,
) -> Result<Floor, RequestsError> {
    actor.require(Permission::SeeFloor, Target::NONE)?;
    requests::floor(conn, machine, actor.person(), now.before(DAY)).await?.ok_or(RequestsError::Unknown)
}

fn about(running: &Running) -> Target {
    let about = Target::equipment(running.kind, Some(running.machine));
    running.person.map_or(about, |person| about.and_person(person))
}

fn is_under_way(running: &Running) -> bool {
    matches!(running.asked, Some(State::Queued | State::Sent))
}

/// Requests that the board ends a running use, unless that is under way. Part of the job that found the cause, in
/// the name of its author; audited after that job's own entry.
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

/// Requests once that the second of two boards with one number ends `session`, which began during a use at the
/// first. The built-in broker sends it to the board that reported this card.
pub(crate) async fn stop_second(
    tx: &mut WriteTx,
    machine: MachineId,
    session: &Session,
    now: Millis,
) -> Result<(), StoreError> {
    let Some(id) = session.id else { return Ok(()) };
    let Ok(proof) = Actor::TOOLGATE.require(Permission::KeepHouse, Target::NONE) else { return Ok(()) };
    if requests::is_asked(tx.conn(), id).await? {
        return Ok(());
    }
    let Some(first) = requests::running_at(tx.conn(), machine).await? else { return Ok(()) };
    let card = match session.bearer {
        CardHolder::Card(card) => Some(card),
        CardHolder::Unknown(_) => None,
    };
    let second = Running { id, card, person: None, start: session.start, asked: None, ..first };
    ask_to_stop(tx, &proof, &second, Cause::Conflict, now).await
}

/// Requests that boards end uses that run into the booking of another person, a moment before it begins. Boards
/// count minutes by their own clock from their last settings. Run by a timer; returns how many.
pub(crate) async fn end_for_bookings(ctx: &Ctx) -> Result<usize, StoreError> {
    let now = ctx.now();
    let Ok(proof) = Actor::TOOLGATE.require(Permission::KeepHouse, Target::NONE) else { return Ok(0) };
    let by = now.after(CUT_OFF);
    let found = effects::running_into_bookings(&mut *ctx.store().read().await?, now, by).await?;
    let found = found.into_iter().filter(|(_, settings)| settings.booking.need != Need::Free);
    settle_each(ctx, found.map(|(machine, _)| machine), async move |tx, machine| {
        let still = effects::running_into_bookings(tx.conn(), now, by).await?;
        let is_still = still.iter().any(|(other, _)| *other == machine);
        match requests::running_at(tx.conn(), machine).await?.filter(|_| is_still) {
            Some(running) => queue(tx, &proof, &running, Cause::Booking, now).await.map(Some),
            None => Ok(None),
        }
    })
    .await
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
    tx.after_commit(ChangeEvent::Machine(running.machine));
    // The user's page changes; that also wakes the outbox, which otherwise polls.
    if let Some(person) = running.person {
        tx.after_commit(ChangeEvent::Person(person));
    }
    let detail = serde_json::json!({ "request": request, "use": running.id, "cause": cause.as_str() });
    Ok(AuditEntry::new(proof, by, now, "machine.stop-requested", running.machine, &detail))
}

/// A command for a board: admit a card, or log the user out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// The number of its machine.
    pub board: MachineNumber,
    pub action: BoardCommand,
    /// The card in whose name.
    pub uid: CardUid,
}

/// Commands for boards, as they become due.
pub struct Outbox {
    ctx: Ctx,
    changes: Changes,
}

/// Subscribes to requests. Only one process at a time: the one that takes an order sends it.
pub fn outbox(ctx: &Ctx) -> Outbox {
    Outbox { ctx: ctx.clone(), changes: Changes::since_now(ctx.live(), |noun| noun != Noun::Person) }
}

impl Outbox {
    /// Waits until there may be something to send or to expire. Cancel-safe.
    pub async fn wait(&mut self) {
        self.changes.wait(LOOK).await;
    }

    /// Takes the commands to send now, and expires old requests. A taken command counts as sent.
    pub async fn take(&self) -> Result<Vec<Order>, StoreError> {
        due(&self.ctx).await
    }
}

/// Takes the commands to send now, and expires old requests. Each step is a job with its own audit entry.
pub async fn due(ctx: &Ctx) -> Result<Vec<Order>, StoreError> {
    let (now, reachable) = (ctx.now(), boards::memory(ctx).lost().is_none());
    let Ok(proof) = Actor::TOOLGATE.require(Permission::KeepHouse, Target::NONE) else { return Ok(Vec::new()) };
    let mut orders = locking::due(ctx, reachable, now);
    for request in requests::under_way(&mut *ctx.store().read().await?).await? {
        match request.step(reachable, now) {
            Step::Wait => {}
            Step::Send => orders.extend(take(ctx, proof, request, now).await?),
            Step::Expire => {
                let away = !reachable || !is_online(request.heard, now);
                give_up(ctx, proof, request, away, now).await?;
            }
        }
    }
    Ok(orders)
}

/// Marks a request as sent, and returns the command. None for a use that has ended, because the machine may have
/// another user; and none for a start that is no longer allowed.
async fn take(ctx: &Ctx, proof: Proof, request: Request, now: Millis) -> Result<Option<Order>, StoreError> {
    ctx.store()
        .write(async move |tx| {
            let (address, action) = match request.action {
                BoardCommand::Start => {
                    (requests::address_of_start(tx.conn(), request.id).await?, "machine.start-sent")
                }
                BoardCommand::Stop => (requests::address(tx.conn(), request.id).await?, "machine.stop-sent"),
            };
            let Some((board, uid)) = address else {
                return Ok(Done::unaudited(None, Unaudited::NothingChanged));
            };
            if request.action == BoardCommand::Start
                && !may_still_start(tx.conn(), request.machine, board, &uid, now).await?
            {
                let entry = expire(tx, proof, request, false, now).await?;
                return Ok(entry.map_or_else(
                    || Done::unaudited(None, Unaudited::NothingChanged),
                    |entry| Done::audited(None, entry),
                ));
            }
            if !requests::sent(tx, request.id, now).await? {
                return Ok(Done::unaudited(None, Unaudited::NothingChanged));
            }
            let detail = serde_json::json!({ "request": request.id });
            let entry = AuditEntry::new(&proof, None, now, action, request.machine, &detail);
            Ok(Done::audited(Some(Order { board, action: request.action, uid }), entry))
        })
        .await
}

/// Whether a requested start is still allowed: the same decision, on an idle machine.
async fn may_still_start(
    conn: &mut SqliteConnection,
    machine: MachineId,
    board: MachineNumber,
    uid: &CardUid,
    now: Millis,
) -> Result<bool, StoreError> {
    let floor = requests::floor(conn, machine, None, now.before(DAY)).await?;
    if floor.is_none_or(|floor| floor.running.is_some() || floor.unended) {
        return Ok(false);
    }
    let decided = decisions::decide(conn, board, uid, now).await?;
    Ok(decided.is_some_and(|(swipe, decision)| {
        (swipe.door.is_some() || swipe.bearing.settings.remote_start) && matches!(decision, Decision::Allow { .. })
    }))
}

async fn give_up(ctx: &Ctx, proof: Proof, request: Request, away: bool, now: Millis) -> Result<(), StoreError> {
    ctx.store()
        .write(async move |tx| {
            let entry = expire(tx, proof, request, away, now).await?;
            Ok(entry
                .map_or_else(|| Done::unaudited((), Unaudited::NothingChanged), |entry| Done::audited((), entry)))
        })
        .await
}

/// Expires a request, unless it has ended meanwhile; returns its audit entry. `away`: its board could not be
/// reached or could not answer.
async fn expire(
    tx: &mut WriteTx,
    proof: Proof,
    request: Request,
    away: bool,
    now: Millis,
) -> Result<Option<AuditEntry>, StoreError> {
    if !requests::expired(tx, request.id, now).await? {
        return Ok(None);
    }
    // The waiting person is notified of the failure.
    tx.after_commit(ChangeEvent::Machine(request.machine));
    let mut detail = serde_json::json!({ "request": request.id });
    if away {
        detail["cause"] = "away".into();
    }
    let action = match request.action {
        BoardCommand::Start => "machine.start-expired",
        BoardCommand::Stop => "machine.stop-expired",
    };
    Ok(Some(AuditEntry::new(&proof, None, now, action, request.machine, &detail)))
}
