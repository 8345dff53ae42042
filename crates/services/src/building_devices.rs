//! Devices of the building: added, changed, removed, and their logins at the built-in broker.
//!
//! **Invariants.** A password is shown once, to its creator, and stored as its hash; it has 120 random bits, so a plain hash
//! protects it. No two devices share a topic. A removed device is disconnected.
//!
//! Not here: what devices measure ([`crate::meters`]), and disconnecting them, which the broker does; [`watch`] signals when to
//! check.

use crate::{Ctx, actuators, boards, change::Job, error, live::Changes, meters, serve::bind};
use contract::{
    building_devices::{
        AddBuildingDevice, BuildingDeviceForm, BuildingDeviceView, BuildingDevices, DeviceLogin,
        ListBuildingDevices, ReadBuildingDevice, RemoveBuildingDevice, RenewDeviceLogin, SaveBuildingDevice,
    },
    form::{Fault, Faults},
};
use data_encoding::BASE32_NOPAD;
use domain::{
    actor::{Actor, Forbidden, Permission, Target},
    building_devices::{DEVICES, Dialect, is_silent},
    id::BuildingDeviceId,
    live::{ChangeEvent, Noun},
    time::Millis,
    versions::Saved,
};
use macros::ServiceError;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::time::Duration;
use store::{
    Done, StoreError,
    building_devices::{self as rows, DeviceFields, DeviceRow},
    machines, rooms,
};

/// The beginning of the users of all devices.
const USERS: &str = "d-";
/// The watch checks at least this often, in case it missed an event.
const LOOK: Duration = Duration::from_secs(5);

/// Why a device is not shown or changed.
#[derive(Debug, Clone, ServiceError)]
pub enum BuildingDevicesError {
    #[problem("building-device.unknown", NotFound, building_device_unknown)]
    Unknown,
    /// The space has as many as one may have.
    #[problem("building-device.too-many", Conflict, building_device_too_many(&DEVICES.to_string()))]
    TooMany,
    /// A newer version was saved meanwhile.
    #[problem(transparent)]
    Stale(Box<Saved>),
    /// Its actuators were added for the kind of device that it is.
    #[problem("building-device.has-actuators", Conflict, building_device_has_actuators)]
    HasActuators,
    #[problem("building-device.invalid", Invalid, each)]
    Invalid(#[from] Faults),
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

bind! {
    error BuildingDevicesError;
    ListBuildingDevices {}, may SeeBuilding => list;
    AddBuildingDevice {} with form, may ManageBuilding => add;
    ReadBuildingDevice { id }, may SeeBuilding => one;
    SaveBuildingDevice { id, version } with form, may ManageBuilding => save;
    RenewDeviceLogin { id }, may ManageBuilding => renew;
    RemoveBuildingDevice { id }, may ManageBuilding, in job => remove;
}

async fn list(ctx: &Ctx, actor: &Actor) -> Result<BuildingDevices, BuildingDevicesError> {
    let now = ctx.now();
    let may_change = actor.may(Permission::ManageBuilding, Target::NONE);
    let mut snapshot = ctx.store().snapshot().await?;
    let devices = rows::list(&mut snapshot).await?;
    let meters = store::meters::list(&mut snapshot).await?;
    let (mut machine_choices, mut room_choices) = (Vec::new(), Vec::new());
    if may_change {
        let machines = machines::inventory(&mut snapshot).await?;
        machine_choices = machines.into_iter().filter(|row| !row.archived).map(|row| (row.id, row.name)).collect();
        room_choices = rooms::names(&mut snapshot).await?;
    }
    Ok(BuildingDevices {
        now: ctx.moment(now),
        devices: devices.into_iter().map(|row| to_view(ctx, row, now)).collect(),
        machines: machine_choices,
        rooms: room_choices,
        meters: meters.into_iter().map(|row| meters::to_view(ctx, row)).collect(),
        broker: boards::broker(ctx).filter(|_| may_change),
        may_change,
    })
}

fn to_view(ctx: &Ctx, row: DeviceRow, now: Millis) -> BuildingDeviceView {
    let (heard, is_offline) = meters::last_heard(ctx, row.id, (row.heard, row.is_offline));
    BuildingDeviceView {
        id: row.id,
        version: row.version,
        name: row.name,
        dialect: row.dialect,
        topic: row.topic,
        machine: row.machine,
        machine_name: row.machine_name,
        room: row.room,
        room_name: row.room_name,
        user: row.user,
        heard: heard.map(|at| ctx.moment(at)),
        silent: is_silent(heard, is_offline, now),
    }
}

async fn one(ctx: &Ctx, _: &Actor, id: BuildingDeviceId) -> Result<BuildingDeviceView, BuildingDevicesError> {
    let all = rows::list(&mut *ctx.store().read().await?).await?;
    let row = all.into_iter().find(|row| row.id == id).ok_or(BuildingDevicesError::Unknown)?;
    Ok(to_view(ctx, row, ctx.now()))
}

/// A password and its hash.
fn password(ctx: &Ctx) -> (String, [u8; 32]) {
    let password = BASE32_NOPAD.encode(&ctx.rng().bytes::<15>()).to_ascii_lowercase();
    let hash = Sha256::digest(&password).into();
    (password, hash)
}

/// Adds a device. Its password is shown only now.
async fn add(ctx: &Ctx, actor: &Actor, form: BuildingDeviceForm) -> Result<DeviceLogin, BuildingDevicesError> {
    let tail = BASE32_NOPAD.encode(&ctx.rng().bytes::<5>()).to_ascii_lowercase();
    let (password, hash) = password(ctx);
    let topics = ctx.board_topic();
    ctx.change(actor, Permission::ManageBuilding, Target::NONE, async move |job| {
        let all = rows::list(job.tx.conn()).await?;
        if all.len() >= DEVICES {
            return Err(BuildingDevicesError::TooMany);
        }
        let fields = describe(job, form, &all, (None, &topics)).await?;
        let login = rows::DeviceLogin { user: format!("{USERS}{tail}"), hash };
        let id = rows::add(job.tx, &fields, &login, job.now).await?;
        job.tx.after_commit(ChangeEvent::Building);
        let DeviceFields { name, dialect, topic, .. } = fields;
        let made = DeviceLogin { id, name, topic: topic.clone(), user: login.user, password };
        let detail = json!({ "dialect": dialect.as_str(), "topic": topic });
        job.audited(made, "building-device.added", id, &detail).await
    })
    .await
}

/// The fields of a form, if what it refers to exists and its topic is free. `boards` is the beginning of the topics of boards.
async fn describe(
    job: &mut Job<'_>,
    form: BuildingDeviceForm,
    all: &[DeviceRow],
    (own, boards): (Option<BuildingDeviceId>, &str),
) -> Result<DeviceFields, BuildingDevicesError> {
    let BuildingDeviceForm { name, dialect, topic, machine, room } = form;
    let topic = String::from(topic);
    let mut faults = Vec::new();
    let others = all.iter().filter(|row| Some(row.id) != own);
    if dialect.is_reserved(&topic, boards) {
        faults.push(("topic".to_owned(), Fault::TopicReserved));
    } else if others.clone().any(|row| dialect.overlaps(&topic, (row.dialect, &row.topic))) {
        faults.push(("topic".to_owned(), Fault::TopicTaken));
    }
    if let Some(machine) = machine {
        let row = machines::one(job.tx.conn(), machine).await?;
        if row.is_none_or(|row| row.archived.is_some()) {
            faults.push(("machine".to_owned(), Fault::Choice));
        }
    }
    if let Some(room) = room
        && !rooms::names(job.tx.conn()).await?.iter().any(|(id, _)| *id == room)
    {
        faults.push(("room".to_owned(), Fault::Choice));
    }
    if faults.is_empty() {
        Ok(DeviceFields { name: name.into(), dialect, topic, machine, room })
    } else {
        Err(Faults(faults).into())
    }
}

async fn save(
    ctx: &Ctx,
    actor: &Actor,
    id: BuildingDeviceId,
    seen: i64,
    form: Result<BuildingDeviceForm, Faults>,
) -> Result<(), BuildingDevicesError> {
    let topics = ctx.board_topic();
    ctx.change(actor, Permission::ManageBuilding, Target::NONE, async move |job| {
        let all = rows::list(job.tx.conn()).await?;
        let row = all.iter().find(|row| row.id == id).ok_or(BuildingDevicesError::Unknown)?;
        if !domain::versions::is_current(row.version, seen) {
            let signed = error::signed(job.tx.conn(), job.zone, id, saved(row)).await?;
            return Err(BuildingDevicesError::Stale(signed));
        }
        let fields = describe(job, form?, &all, (Some(id), &topics)).await?;
        if fields.dialect != row.dialect && !store::actuators::of_device(job.tx.conn(), id).await?.is_empty() {
            return Err(BuildingDevicesError::HasActuators);
        }
        meters::change_dialect(job, id, fields.dialect).await?;
        rows::save(job.tx, id, &fields).await?;
        job.tx.after_commit(ChangeEvent::Building);
        let detail = json!({ "dialect": fields.dialect.as_str(), "topic": fields.topic });
        job.audited((), "building-device.changed", id, &detail).await
    })
    .await
}

/// The stored values, as the form sends them.
fn saved(row: &DeviceRow) -> Saved {
    let id = |id: Option<i64>| id.map(|id| id.to_string()).unwrap_or_default();
    Saved::new(
        row.version,
        vec![
            ("name", row.name.clone()),
            ("dialect", row.dialect.as_str().to_owned()),
            ("topic", row.topic.clone()),
            ("machine", id(row.machine.map(|id| id.0))),
            ("room", id(row.room.map(|id| id.0))),
        ],
    )
}

/// Makes another password. A device connected with the old one is disconnected.
async fn renew(ctx: &Ctx, actor: &Actor, id: BuildingDeviceId) -> Result<DeviceLogin, BuildingDevicesError> {
    let (password, hash) = password(ctx);
    ctx.change(actor, Permission::ManageBuilding, Target::NONE, async move |job| {
        let all = rows::list(job.tx.conn()).await?;
        let row = all.into_iter().find(|row| row.id == id).ok_or(BuildingDevicesError::Unknown)?;
        rows::replace_login(job.tx, id, hash, job.now).await?;
        job.tx.after_commit(ChangeEvent::Building);
        let made = DeviceLogin { id, name: row.name, topic: row.topic, user: row.user, password };
        job.audited(made, "building-device.login-renewed", id, &json!({})).await
    })
    .await
}

async fn remove(job: &mut Job<'_>, id: BuildingDeviceId) -> Result<Done<()>, BuildingDevicesError> {
    let all = rows::list(job.tx.conn()).await?;
    if !all.iter().any(|row| row.id == id) {
        return Err(BuildingDevicesError::Unknown);
    }
    rows::archive(job.tx, id, job.now).await?;
    job.tx.after_commit(ChangeEvent::Building);
    job.audited((), "building-device.removed", id, &json!({})).await
}

/// A login of a device, which another password of the same device is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DevicePass {
    pub device: BuildingDeviceId,
    /// The first bytes of the hash of its password.
    password: [u8; 8],
}

impl DevicePass {
    fn of(known: &rows::KnownLogin) -> Self {
        let mut password = [0; 8];
        password.iter_mut().zip(&known.hash).for_each(|(to, from)| *to = *from);
        Self { device: known.device, password }
    }
}

/// The result of checking user and password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeviceComes {
    /// It is no user of a device.
    Stranger,
    /// A device has that user, but another password, or it was removed.
    Refused,
    /// A device, confined to its own topics.
    With(DevicePass, Dialect, String),
}

/// Checks user and password of a client of the broker.
pub async fn recognise(ctx: &Ctx, user: &str, password: &[u8]) -> Result<DeviceComes, StoreError> {
    let found = rows::of_user(&mut *ctx.store().read().await?, user).await?;
    let Some(known) = found else {
        // Of a device that was removed: it is no board either, where these need no login.
        return Ok(if user.starts_with(USERS) { DeviceComes::Refused } else { DeviceComes::Stranger });
    };
    let hash: [u8; 32] = Sha256::digest(password).into();
    if known.hash != hash {
        return Ok(DeviceComes::Refused);
    }
    Ok(DeviceComes::With(DevicePass::of(&known), known.dialect, known.topic))
}

/// The logins in force, each with the topic that it opens.
pub async fn opening(ctx: &Ctx) -> Result<Vec<(DevicePass, Dialect, String)>, StoreError> {
    let found = rows::logins(&mut *ctx.store().read().await?).await?;
    Ok(found.into_iter().map(|known| (DevicePass::of(&known), known.dialect, known.topic)).collect())
}

/// Signals that a device may have been changed or removed.
pub struct DeviceWatch(Changes);

/// Watches the devices, for the broker and the consumer, which subscribes to their topics.
pub fn watch(ctx: &Ctx) -> DeviceWatch {
    DeviceWatch(Changes::since_now(ctx.live(), |noun| noun == Noun::Building))
}

impl DeviceWatch {
    /// Waits until a device may have been changed. Cancel-safe.
    pub async fn wait(&mut self) {
        self.0.wait(LOOK).await;
    }
}

/// Takes a message, if it is of a device; returns whether it is. Its meters read it, and its actuators if it was sent now.
pub fn hear(ctx: &Ctx, topic: &str, payload: &[u8], is_retained: bool) -> bool {
    let Some((device, part)) = meters::hear(ctx, topic, payload, is_retained) else { return false };
    if !is_retained {
        actuators::hear(ctx, device, part, payload);
    }
    true
}
