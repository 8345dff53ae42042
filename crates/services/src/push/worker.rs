//! Pushes notices: decides about due deliveries of the channel, sends them, and repeats what failed.
//!
//! **Invariants.** The fate of a delivery is decided when it is due, by [`domain::deliveries::push_step`] and
//! [`domain::notices::Notice::stands`], as for mail. Messages to one device leave one after the other. A push service that asks to
//! wait is left alone, and holds no other. A subscription that is gone there is removed here.
//!
//! Not here: mail ([`crate::outbox`]), whose worker waits for nothing of this one.

use super::{
    delivery::{self, Message, Outcome},
    encryption::ServerKey,
    key,
};
use crate::{
    Ctx,
    outbox::facts,
    queues::{SendOutcome, Worker, write},
    shared::Shared,
};
use contract::notices::NoticeContent;
use domain::{
    deliveries::{Address, Channel, Reason, Recipient, SINGLE, Step, Times, WITHIN, pause, push_step},
    id::{DeliveryId, PushSubscriptionId},
    live::{ChangeEvent, Noun},
    notices::{Kind, Notice},
    push::{Endpoint, seconds_kept},
    time::{HOUR, Millis},
};
use futures::{StreamExt, stream};
use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};
use store::{
    Done, SqliteConnection, StoreError, Unaudited, WriteTx,
    deliveries::{self, AttemptOutcome, Decided, Due, channels},
    push::{self as rows, SubscriptionRow},
};
use text::Lang;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// Deliveries that are looked at together.
const AT_ONCE: u32 = 100;
/// Devices to which messages are sent concurrently.
const CONCURRENT: usize = 4;
/// Wait after the last attempt if its result remains unknown.
const LAST_PAUSE: Duration = HOUR.saturating_mul(12);
/// The longest that a push service is left alone because it asked to.
const LONGEST_REST: Duration = HOUR;

/// Until when push services are left alone, by host.
#[derive(Default)]
struct Rests(Shared<HashMap<String, Millis>>);

impl Rests {
    fn until(&self, host: &str, now: Millis) -> Option<Millis> {
        // A longer one was begun by a clock that has been set back since.
        self.0.lock().get(host).copied().filter(|&until| until > now && until <= now.after(LONGEST_REST))
    }

    fn begin(&self, host: &str, until: Millis, now: Millis) {
        let mut rests = self.0.lock();
        rests.retain(|_, until| *until > now);
        rests.insert(host.to_owned(), until.min(now.after(LONGEST_REST)));
    }
}

/// Pushes everything that is due, until `stop`.
pub async fn run(ctx: Ctx, stop: CancellationToken) {
    let queues = |noun| matches!(noun, Noun::Notices | Noun::Announcements);
    let worker = Worker { channel: Channel::Push, queues, woken: &Notify::new() };
    worker.run(&ctx, &stop, || send_due(&ctx, &stop)).await;
}

/// A message on its way to a device.
struct Parcel {
    id: DeliveryId,
    attempts: u32,
    message: Message,
}

/// Sends what is due now; messages not begun at `stop` wait for the next start.
pub async fn send_due(ctx: &Ctx, stop: &CancellationToken) -> Result<SendOutcome, StoreError> {
    let now = ctx.now();
    let (due, next) = async {
        let mut conn = ctx.store().snapshot().await?;
        let due = deliveries::due(&mut conn, Channel::Push, now, None, AT_ONCE).await?;
        Ok::<_, StoreError>((due, channels::next_due(&mut conn, Channel::Push, now).await?))
    }
    .await?;
    if due.is_empty() {
        return Ok(SendOutcome::Idle(next));
    }
    let key = key(ctx).await?;
    let (decided, parcels) = sort(ctx, due, now).await?;
    if !decided.is_empty() {
        write(ctx, async move |tx| {
            for (id, what) in decided {
                deliveries::decide(tx, id, what, now).await?;
            }
            Ok(())
        })
        .await?;
    }
    let failed = Shared::new(None);
    let sent = stream::iter(parcels).for_each_concurrent(CONCURRENT, |(to, parcels)| {
        let (key, failed) = (&key, &failed);
        async move {
            for parcel in parcels {
                if stop.is_cancelled() || failed.lock().is_some() {
                    return;
                }
                match send(ctx, key, &to, parcel).await {
                    Ok(true) => {}
                    // Later messages must follow this one.
                    Ok(false) => return,
                    Err(error) => {
                        *failed.lock() = Some(error);
                        return;
                    }
                }
            }
        }
    });
    sent.await;
    // Nothing is sent while the sending cannot be recorded.
    if let Some(error) = failed.lock().take() {
        return Err(error);
    }
    ctx.live().send(ChangeEvent::Deliveries);
    Ok(SendOutcome::Busy)
}

/// Deliveries settled or postponed without sending, and what to send to each device, in order.
type SortedDeliveries = (Vec<(DeliveryId, Decided)>, Vec<(SubscriptionRow, Vec<Parcel>)>);

async fn sort(ctx: &Ctx, due: Vec<Due>, now: Millis) -> Result<SortedDeliveries, StoreError> {
    let mut snapshot = ctx.store().snapshot().await?;
    let devices = rows::of_ids(&mut snapshot, due.iter().map(|one| one.target)).await?;
    let devices: BTreeMap<i64, SubscriptionRow> = devices.into_iter().map(|row| (row.id.0, row)).collect();
    let (mut decided, mut parcels) = (Vec::new(), BTreeMap::<i64, Vec<Parcel>>::new());
    for one in due {
        // One that belongs to another person by now was removed in between.
        let device = devices.get(&one.target).filter(|device| device.person == one.person);
        match decide(ctx, &mut snapshot, &one, device, now).await? {
            Ok(message) => {
                parcels.entry(one.target).or_default().push(Parcel {
                    id: one.id,
                    attempts: one.attempts,
                    message,
                });
            }
            Err(what) => decided.push((one.id, what)),
        }
    }
    let parcels =
        parcels.into_iter().filter_map(|(target, parcels)| Some((devices.get(&target)?.clone(), parcels)));
    Ok((decided, parcels.collect()))
}

/// What becomes of a due delivery: its message, or why nothing is sent now.
async fn decide(
    ctx: &Ctx,
    conn: &mut SqliteConnection,
    one: &Due,
    device: Option<&SubscriptionRow>,
    now: Millis,
) -> Result<Result<Message, Decided>, StoreError> {
    let Some(device) = device else { return Ok(Err(Decided::Dropped(Reason::Discarded))) };
    let Ok(notice) = serde_json::from_str::<Notice>(&one.body) else {
        return Ok(Err(Decided::Dropped(Reason::Hidden)));
    };
    let kind = notice.kind();
    let zone = ctx.space().zone;
    let times = if one.has_times { one.quiet_from.zip(one.quiet_to) } else { None };
    let to = Recipient {
        status: one.status,
        address: Address::Good,
        wants: one.wants.unwrap_or(kind.is_pushed()),
        read: one.read,
        times: Times { digest: None, quiet: times.filter(|_| !notice.is_awaited()) },
    };
    let wall = zone.moment(now).wall();
    match push_step(kind, to, u16::from(wall.hour) * 60 + u16::from(wall.minute)) {
        Step::Send => {}
        Step::Wait(until) => return Ok(Err(Decided::Waits(zone.next(now, until)))),
        Step::Gather(hour) => return Ok(Err(Decided::Waits(zone.next(now, u16::from(hour) * 60)))),
        Step::Drop(reason) => return Ok(Err(Decided::Dropped(reason))),
    }
    if let Some(reason) = facts::obstacle(conn, one, &notice, now).await? {
        return Ok(Err(Decided::Dropped(reason)));
    }
    let host = host(device);
    if let Some(until) = ctx.memory::<Rests>().until(&host, now) {
        return Ok(Err(Decided::Waits(until)));
    }
    let lately = rows::sent_lately(conn, device.id, one.notice, kind, now.before(WITHIN)).await?;
    Ok(Ok(message(ctx, one, notice, lately, now)))
}

/// The message of a notice, in the language of its reader.
fn message(ctx: &Ctx, one: &Due, notice: Notice, lately: u32, now: Millis) -> Message {
    let lang = one.language.as_deref().and_then(Lang::from_tag).unwrap_or(ctx.space().language);
    let moment = |at: Option<Millis>| at.map(|at| ctx.moment(at));
    let content = NoticeContent {
        notice,
        about: one.about.clone(),
        title: one.title.clone(),
        who: one.who.clone(),
        note: one.note.clone(),
        starts: moment(notice.starts()),
        until: moment(notice.until()),
    };
    let text = lang.notice(&content, ctx.moment(now));
    let kind = notice.kind();
    // When one person causes many of a kind, the newest takes the place of the others.
    let tag = if lately >= SINGLE { kind.as_str().to_owned() } else { tag(kind, &notice) };
    Message {
        title: text.title,
        body: text.next,
        link: notice.link(),
        tag,
        urgency: kind.urgency(),
        is_awaited: notice.is_awaited(),
        kept: seconds_kept(notice.until().or(one.ends), now),
    }
}

fn tag(kind: Kind, notice: &Notice) -> String {
    format!("{} {}", kind.as_str(), notice.subject())
}

/// The host of a device's push service.
fn host(device: &SubscriptionRow) -> String {
    Endpoint::parse(&device.endpoint).map(|endpoint| endpoint.address().host().to_owned()).unwrap_or_default()
}

/// Sends one message and stores the result; returns whether the next one to the same device may follow. The attempt is stored
/// first, so that a message is not sent repeatedly if the result cannot be stored.
async fn send(ctx: &Ctx, key: &ServerKey, to: &SubscriptionRow, parcel: Parcel) -> Result<bool, StoreError> {
    let Parcel { id, attempts, message } = parcel;
    let host = host(to);
    if ctx.memory::<Rests>().until(&host, ctx.now()).is_some() {
        return Ok(false);
    }
    let again = pause(attempts.saturating_add(1), ctx.rng().bytes::<1>()[0]);
    let until = ctx.now().after(again.unwrap_or(LAST_PAUSE));
    let is_ours = ctx.store().write(async move |tx| {
        Ok::<_, StoreError>(Done::unaudited(channels::claim(tx, id, until).await?, Unaudited::Delivered))
    });
    if !is_ours.await? {
        return Ok(false);
    }
    let outcome = delivery::send(ctx, key, to, &message, ctx.now()).await?;
    let now = ctx.now();
    if let Some(trouble) = outcome.trouble() {
        tracing::warn!(trouble = trouble.as_str(), "a push message was not sent");
    }
    let (trouble, again) = match outcome {
        Outcome::Later(wait) => {
            let wait = wait.map_or_else(|| again.unwrap_or_default(), |wait| wait.min(LONGEST_REST));
            ctx.memory::<Rests>().begin(&host, now.after(wait), now);
            (outcome.trouble(), again.map(|again| again.max(wait)))
        }
        Outcome::Failed(trouble) => (Some(trouble), None),
        Outcome::Sent | Outcome::Gone | Outcome::Again(_) => (outcome.trouble(), again),
    };
    let device = to.id;
    write(ctx, async move |tx| {
        let how = match trouble {
            None => AttemptOutcome::Sent,
            Some(trouble) => again
                .map_or(AttemptOutcome::Failed(trouble), |again| AttemptOutcome::Again(trouble, now.after(again))),
        };
        if outcome == Outcome::Gone {
            return forget(tx, device, now).await;
        }
        deliveries::record_attempt(tx, &[id], how, now).await?;
        rows::record(tx, device, trouble, now).await
    })
    .await?;
    Ok(outcome == Outcome::Sent)
}

/// Removes a subscription that its push service does not know any more.
pub(super) async fn forget(tx: &mut WriteTx, device: PushSubscriptionId, now: Millis) -> Result<(), StoreError> {
    let person = rows::of_ids(tx.conn(), [device.0]).await?.first().map(|row| row.person);
    rows::remove(tx, device, now).await?;
    if let Some(person) = person {
        tx.after_commit(ChangeEvent::Notices(person));
    }
    Ok(())
}
