//! Logins of single boards at the built-in broker: created, verified, revoked.
//!
//! **Invariants.** A password is shown once, to its creator, and stored as its hash. It has 120 random bits, so a
//! plain hash protects it, and two hundred boards that reconnect at once are let in at once. A login is valid for
//! the number that its machine had at creation: it is refused once the machine is archived or renumbered, even if
//! another machine takes the number.
//!
//! Not here: disconnecting clients, which the broker does; [`watch`] signals when to check.

use crate::{Ctx, live::Changes, sessions::note_use};
use contract::boards::{BoardLogin, BoardLogins, NewBoardLogin};
use data_encoding::BASE32_NOPAD;
use domain::{
    actor::{Actor, Forbidden, Permission, Target},
    boards::{MachineNumber, logins::OF_ONE},
    id::{BoardLoginId, MachineId},
    live::{ChangeEvent, Noun},
};
use macros::ServiceError;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::{sync::atomic::Ordering::Relaxed, time::Duration};
use store::{
    StoreError,
    boards::logins::{self as rows, NewLogin},
    machines,
};

/// The last use of a login is recorded again when the record is this old.
const STALE: Duration = Duration::from_mins(5);
/// The watch checks at least this often, in case it missed an event.
const LOOK: Duration = Duration::from_secs(5);

/// Signals that a login may have expired.
pub struct Watch(Changes);

/// Watches the logins for the built-in broker, which checks them from now on.
pub fn watch(ctx: &Ctx) -> Watch {
    super::memory(ctx).by_logins.store(true, Relaxed);
    Watch(Changes::since_now(ctx.live(), |noun| noun == Noun::Machine))
}

impl Watch {
    /// Waits until a login may have expired. Cancel-safe.
    pub async fn wait(&mut self) {
        self.0.wait(LOOK).await;
    }
}

/// Why a login is not made, listed or revoked.
#[derive(Debug, Clone, ServiceError)]
pub enum LoginsError {
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    #[problem("machine.unknown", NotFound, machine_unknown)]
    UnknownMachine,
    /// The machine has no number.
    #[problem("login.numberless", Conflict, at("machine", login_numberless))]
    Numberless,
    /// The machine has logins enough.
    #[problem("login.enough", Conflict, at("machine", login_enough))]
    Enough,
    /// Unknown or revoked login.
    #[problem("login.unknown", NotFound, login_unknown)]
    Unknown,
    #[problem(transparent)]
    Store(#[from] StoreError),
}

/// The logins of machines that the caller may edit or read about, and the machines they can create one for.
pub async fn list(ctx: &Ctx, actor: &Actor) -> Result<BoardLogins, LoginsError> {
    let now = ctx.now();
    let mut snapshot = ctx.store().snapshot().await?;
    let machines = machines::inventory(&mut snapshot).await?;
    let may = |permission, kind, machine| actor.may(permission, Target::equipment(kind, Some(machine)));
    if !machines.iter().any(|row| may(Permission::SeeBoards, row.kind, row.id)) {
        actor.require(Permission::SeeBoards, Target::NONE)?;
    }
    let found = rows::in_force(&mut snapshot).await?;
    let found = found.into_iter().filter(|row| may(Permission::SeeBoards, row.kind, row.machine));
    let logins = found.map(|row| BoardLogin {
        may_revoke: may(Permission::ChangeEquipment, row.kind, row.machine),
        id: row.id,
        user: row.user,
        machine: row.machine,
        name: row.name,
        number: row.number.0,
        strayed: row.has != Some(row.number),
        made: ctx.moment(row.made),
        by: row.by,
        used: row.used.map(|at| ctx.moment(at)),
    });
    let able = machines
        .iter()
        .filter(|row| !row.archived && row.number.is_some() && may(Permission::ChangeEquipment, row.kind, row.id));
    Ok(BoardLogins {
        now: ctx.moment(now),
        inside: super::memory(ctx).by_logins.load(Relaxed),
        logins: logins.collect(),
        machines: able.map(|row| (row.id, row.name.clone())).collect(),
    })
}

/// Creates a login for the board of `machine`.
pub async fn make(ctx: &Ctx, actor: &Actor, machine: MachineId) -> Result<NewBoardLogin, LoginsError> {
    let row = machines::one(&mut *ctx.store().read().await?, machine).await?;
    let about = row.as_ref().map_or(Target::NONE, |row| Target::equipment(row.kind, Some(machine)));
    let name = |bytes: &[u8]| BASE32_NOPAD.encode(bytes).to_ascii_lowercase();
    let (tail, password) = (name(&ctx.rng().bytes::<5>()), name(&ctx.rng().bytes::<15>()));
    let hash: [u8; 32] = Sha256::digest(&password).into();
    ctx.begin_permitted(actor, Permission::ChangeEquipment, about, async move |begun| {
        let row = machines::one(begun.tx.conn(), machine).await?.filter(|row| row.archived.is_none());
        let row = row.ok_or(LoginsError::UnknownMachine)?;
        let mut job = begun.require(Permission::ChangeEquipment, Target::equipment(row.kind, Some(machine)))?;
        let number = row.number.ok_or(LoginsError::Numberless)?;
        let others = rows::in_force(job.tx.conn()).await?;
        if others.iter().filter(|other| other.machine == machine).count() >= OF_ONE {
            return Err(LoginsError::Enough);
        }
        let user = format!("m{number}-{tail}");
        let by = job.by().await?;
        let id =
            rows::add(job.tx, &NewLogin { user: user.clone(), hash, machine, number, at: job.now, by }).await?;
        job.tx.after_commit(ChangeEvent::Machine(machine));
        let (subject, detail) = (machine, json!({ "login": id }));
        let made = NewBoardLogin { id, name: row.name, number: number.0, user, password };
        job.audited(made, "board.login-made", subject, &detail).await
    })
    .await
}

/// Revokes a login and disconnects boards that use it.
pub async fn revoke(ctx: &Ctx, actor: &Actor, login: BoardLoginId) -> Result<(), LoginsError> {
    let found = rows::of(&mut *ctx.store().read().await?, login).await?;
    let about = found.map_or(Target::NONE, |(machine, kind)| Target::equipment(kind, Some(machine)));
    ctx.begin_permitted(actor, Permission::ChangeEquipment, about, async move |begun| {
        let (machine, kind) = rows::of(begun.tx.conn(), login).await?.ok_or(LoginsError::Unknown)?;
        let mut job = begun.require(Permission::ChangeEquipment, Target::equipment(kind, Some(machine)))?;
        if !rows::revoke(job.tx, login, job.now).await? {
            return Err(LoginsError::Unknown);
        }
        job.tx.after_commit(ChangeEvent::Machine(machine));
        let (subject, detail) = (machine, json!({ "login": login }));
        job.audited((), "board.login-revoked", subject, &detail).await
    })
    .await
}

/// The result of checking user and password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comes {
    /// No login of a single board has that user.
    Stranger,
    /// A login has that user, but not that password, or it was revoked.
    Refused,
    /// The board with this login, confined to this number.
    With(BoardLoginId, MachineNumber),
}

/// Checks user and password. The last use is recorded at intervals.
pub async fn recognise(ctx: &Ctx, user: &str, password: &[u8]) -> Result<Comes, StoreError> {
    let found = rows::of_user(&mut *ctx.store().read().await?, user).await?;
    let Some(known) = found else { return Ok(Comes::Stranger) };
    let hash: [u8; 32] = Sha256::digest(password).into();
    if known.hash != hash || !known.opens {
        return Ok(Comes::Refused);
    }
    let now = ctx.now();
    let noted = note_use(ctx, (known.used, STALE, now), async move |tx| rows::used(tx, known.id, now).await);
    if let Err(error) = noted.await {
        // A full disk must not lock boards out.
        tracing::warn!(%error, "that a board came with its login was not noted");
    }
    Ok(Comes::With(known.id, known.number))
}

/// The logins that let a board in.
pub async fn opening(ctx: &Ctx) -> Result<Vec<BoardLoginId>, StoreError> {
    rows::opening(&mut *ctx.store().read().await?).await
}
