//! Notifications on people's devices, by the push services of their browsers.
//!
//! **Invariants.** A message is encrypted for one browser, and its text is no more than the notice that its reader may see in the
//! app. People see and remove their own devices alone. Addresses are those of push services, or of hosts that the server's
//! configuration names as such: whom it lets managers contact, members need not reach. Who signs out on a device gets nothing there any more.
//!
//! Not here: which notices there are ([`crate::notices`]), and who wants them pushed ([`crate::notice_settings`]).

mod delivery;
mod encryption;
mod worker;

pub use worker::{run, send_due};

use crate::{
    Ctx, change::Job, notices::oneself, outgoing::is_one_of, rate::RateLimiter, serve::bind, shared::Shared,
};
use contract::{
    form::{Fault, Faults},
    push::{
        AddPushDevice, ListPushDevices, PushDeviceView, PushDevices, PushKeyView, PushSubscriptionForm,
        ReadPushKey, RemovePushDevice, TestPushDevice,
    },
};
use delivery::{Message, Outcome};
use domain::{
    actor::{Actor, Forbidden, Permission, Target},
    connections::{Connection, State, Trouble as ConnectionTrouble},
    deliveries::Trouble,
    id::{PushSubscriptionId, SessionId},
    live::ChangeEvent,
    notices::Urgency,
    push::{DEVICES, TESTS},
    time::{MINUTE, Millis},
    zone::Zone,
};
use encryption::{NotEncrypted, ServerKey, encrypt};
use macros::ServiceError;
use serde_json::json;
use store::{
    Done, SqliteConnection, StoreError, Unaudited,
    push::{self as rows, NewSubscription, SubscriptionRow},
};
use text::Lang;

/// Hosts of push services besides those of the browsers' makers.
#[derive(Default)]
struct Hosts(Shared<Vec<String>>);

/// Sets the hosts of push services that are contacted besides those of the browsers' makers.
pub fn arrange(ctx: &Ctx, hosts: Vec<String>) {
    *ctx.memory::<Hosts>().0.lock() = hosts;
}

/// Whether the server's configuration names `host` as a push service.
fn permits(ctx: &Ctx, host: &str) -> bool {
    is_one_of(&ctx.memory::<Hosts>().0.lock(), host)
}

/// Limits how often a person sends test messages.
#[derive(Default)]
struct Limits(RateLimiter);

/// Why a device is not added, tested or removed.
#[derive(Debug, Clone, ServiceError)]
pub enum PushError {
    /// Unknown, or another person's.
    #[problem("push-device.unknown", NotFound, push_unknown)]
    Unknown,
    #[problem("push-device.too-many", Conflict, push_too_many(&DEVICES.to_string()))]
    TooMany,
    /// Its push service does not know it any more; it was removed.
    #[problem("push-device.gone", Conflict, push_gone)]
    Gone,
    #[problem("push-device.not-sent", Conflict, push_not_sent(lang.push_trouble(*_0)))]
    NotSent(Trouble),
    #[problem("push-device.invalid", Invalid, each)]
    Invalid(#[from] Faults),
    #[problem("rate.exceeded", TooMany, push_tests_too_often(*_0), after = *_0)]
    TooOften(u32),
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

bind! {
    error PushError;
    ListPushDevices {}, may OwnAccount => list;
    ReadPushKey {}, may OwnAccount => public_key;
    AddPushDevice {} with form, may OwnAccount => add;
    RemovePushDevice { id }, may OwnAccount, in job => remove;
    TestPushDevice { id }, may OwnAccount, in language => test;
}

/// The key of this server; made when it is first needed, and then the same for ever.
async fn key(ctx: &Ctx) -> Result<ServerKey, StoreError> {
    let corrupt = |NotEncrypted| StoreError::Refused("push_key".to_owned());
    let known = rows::key(&mut *ctx.store().read().await?).await?;
    let stored = if let Some(stored) = known {
        stored
    } else {
        let fresh = ServerKey::generate().map_err(corrupt)?;
        let kept = ctx.store().write(async move |tx| {
            Ok::<_, StoreError>(Done::unaudited(rows::keep_key(tx, &fresh).await?, Unaudited::Delivered))
        });
        kept.await?
    };
    ServerKey::read(&stored).map_err(corrupt)
}

async fn public_key(ctx: &Ctx, _: &Actor) -> Result<PushKeyView, PushError> {
    Ok(PushKeyView { key: key(ctx).await?.public() })
}

async fn list(ctx: &Ctx, actor: &Actor) -> Result<PushDevices, PushError> {
    let (me, zone) = (oneself(actor)?, ctx.space().zone);
    let key = key(ctx).await?.public();
    let devices = rows::of_person(&mut *ctx.store().read().await?, me).await?;
    let session = session_of(actor);
    let devices = devices.into_iter().map(|row| to_view(zone, session, row)).collect();
    Ok(PushDevices { now: ctx.moment(ctx.now()), key, devices })
}

fn session_of(actor: &Actor) -> Option<SessionId> {
    // Programs have none.
    actor.known().map(|known| known.session).filter(|session| session.0 != 0)
}

fn to_view(zone: Zone, session: Option<SessionId>, row: SubscriptionRow) -> PushDeviceView {
    PushDeviceView {
        id: row.id,
        device: Some(row.device).filter(|device| !device.is_empty()),
        is_this: session.is_some() && row.session == session,
        added: zone.moment(row.added),
        sent: row.sent.map(|at| zone.moment(at)),
        failed: row.failed.map(|at| zone.moment(at)),
        trouble: row.trouble,
    }
}

/// Adds a device of the caller, or replaces its keys.
async fn add(ctx: &Ctx, actor: &Actor, form: PushSubscriptionForm) -> Result<PushDeviceView, PushError> {
    let PushSubscriptionForm { endpoint, p256dh, auth } = form;
    let endpoint = endpoint.permitted(&|host| permits(ctx, host));
    let mut faults = Vec::new();
    if endpoint.is_err() {
        faults.push(("endpoint".to_owned(), Fault::PushService));
    }
    // A point that is not on the curve fails only where it is used.
    if encrypt(&p256dh, &auth, b"").is_err() {
        faults.push(("p256dh".to_owned(), Fault::PushKey));
    }
    let (Ok(endpoint), true) = (endpoint, faults.is_empty()) else { return Err(Faults(faults).into()) };
    let session = session_of(actor);
    ctx.change(actor, Permission::OwnAccount, Target::NONE, async move |job| {
        let person = job.actor.person().ok_or(Forbidden::SignIn)?;
        let address = endpoint.address().expose();
        let known = rows::of_person(job.tx.conn(), person).await?;
        if known.iter().filter(|row| row.endpoint != address).count() >= DEVICES {
            return Err(PushError::TooMany);
        }
        let (p256dh, auth, at) = (&p256dh.0[..], &auth.0[..], job.now);
        let id =
            rows::add(job.tx, NewSubscription { person, session, endpoint: address, p256dh, auth, at }).await?;
        let row = rows::of_ids(job.tx.conn(), [id.0]).await?.into_iter().next().ok_or(PushError::Unknown)?;
        job.tx.after_commit(ChangeEvent::Notices(person));
        let view = to_view(job.zone, session, row);
        job.audited(view, "push-device.added", person, &json!({ "device": id })).await
    })
    .await
}

/// A device of the caller.
async fn own(
    conn: &mut SqliteConnection,
    actor: &Actor,
    id: PushSubscriptionId,
) -> Result<SubscriptionRow, PushError> {
    let me = oneself(actor)?;
    let found = rows::of_ids(conn, [id.0]).await?.into_iter().find(|row| row.person == me);
    found.ok_or(PushError::Unknown)
}

/// Removes a device of the caller, and drops what waits for it.
async fn remove(job: &mut Job<'_>, id: PushSubscriptionId) -> Result<Done<()>, PushError> {
    let person = own(job.tx.conn(), &job.actor, id).await?.person;
    rows::remove(job.tx, id, job.now).await?;
    job.tx.after_commit(ChangeEvent::Notices(person));
    job.audited((), "push-device.removed", person, &json!({ "device": id })).await
}

/// Sends a message to a device of the caller, now.
async fn test(ctx: &Ctx, actor: &Actor, lang: Lang, id: PushSubscriptionId) -> Result<(), PushError> {
    let me = oneself(actor)?;
    let device = own(&mut *ctx.store().read().await?, actor, id).await?;
    let taken = ctx.memory::<Limits>().0.take(me, TESTS, ctx.steady());
    taken.map_err(|empty| PushError::TooOften(empty.seconds()))?;
    let space = ctx.space();
    let message = Message {
        title: if space.name.is_empty() { "Toolgate".to_owned() } else { space.name.clone() },
        body: lang.push_test_text().to_owned(),
        link: "/me/notifications".to_owned(),
        tag: "test".to_owned(),
        urgency: Urgency::Action,
        is_awaited: true,
        kept: MINUTE.as_secs(),
    };
    let outcome = delivery::send(ctx, &key(ctx).await?, &device, &message, ctx.now()).await?;
    let now = ctx.now();
    let recorded = ctx.store().write(async move |tx| {
        if outcome == Outcome::Gone {
            worker::forget(tx, id, now).await?;
        } else {
            rows::record(tx, id, outcome.trouble(), now).await?;
            tx.after_commit(ChangeEvent::Notices(me));
        }
        Ok::<_, StoreError>(Done::unaudited((), Unaudited::Delivered))
    });
    recorded.await?;
    match (outcome, outcome.trouble()) {
        (Outcome::Gone, _) => Err(PushError::Gone),
        (_, Some(trouble)) => Err(PushError::NotSent(trouble)),
        (_, None) => Ok(()),
    }
}

/// How push does, for the page of connections: one connection for all devices.
pub(crate) async fn connections(
    _: &Ctx,
    conn: &mut SqliteConnection,
    _: Millis,
) -> Result<Vec<Connection>, StoreError> {
    let health = rows::health(conn).await?;
    if health.devices == 0 {
        return Ok(Vec::new());
    }
    let state = State::of(health.sent, health.failed);
    // One device that fails beside others that work.
    let state = if state == State::Failing && health.devices > 1 && health.sent.is_some() {
        State::Partial
    } else {
        state
    };
    Ok(vec![Connection {
        name: None,
        state,
        last_success: health.sent,
        last_failure: health.failed.map(|at| (at, health.trouble.map_or(ConnectionTrouble::Unclear, cause))),
        queued: health.queued,
        link: "/deliveries".to_owned(),
    }])
}

const fn cause(trouble: Trouble) -> ConnectionTrouble {
    match trouble {
        Trouble::Unreachable => ConnectionTrouble::Unreachable,
        Trouble::Silent => ConnectionTrouble::Slow,
        Trouble::Certificate => ConnectionTrouble::Certificate,
        Trouble::Login => ConnectionTrouble::Denied,
        Trouble::Later => ConnectionTrouble::Unavailable,
        Trouble::Refused => ConnectionTrouble::Refused,
        Trouble::Address => ConnectionTrouble::Missing,
        Trouble::Private => ConnectionTrouble::Private,
        Trouble::TooLarge => ConnectionTrouble::Unclear,
    }
}
