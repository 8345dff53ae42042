//! Pushes notices: decides about due deliveries of the channel, sends them, and repeats what failed.
//!
//! **Invariants.** The fate of a delivery is decided just before it is sent, by [`domain::deliveries::push_step`] and
//! [`domain::notices::Notice::stands`], as for mail. Messages to one device leave one after the other, those about safety first. A
//! device that fails rests; its push service only if those of several people do. A subscription that is gone there is removed here.
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
    queues::{EXAMINED, Found, Key, Ready, Rests, SendOutcome, Setback, TOGETHER, Worker, write},
};
use contract::notices::NoticeContent;
use domain::{
    deliveries::{
        Address, Channel, Grouping, Reason, Recipient, Step, Times, WITHIN, grouping,
        lanes::{self, LONGEST_ASKED, Lane, is_first},
        pause, push_step,
    },
    id::{DeliveryId, PersonId, PushSubscriptionId},
    live::{ChangeEvent, Noun},
    notices::{Kind, Notice},
    push::{Endpoint, seconds_kept},
    time::{HOUR, Millis},
};
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use store::{
    Done, SqliteConnection, StoreError, Unaudited, WriteTx,
    deliveries::{
        self, AttemptOutcome, Decided, Due, DueFilter,
        channels::{self, Cause},
    },
    push::{self as rows, SubscriptionRow},
};
use text::Lang;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// Wait after the last attempt if its result remains unknown.
const LAST_PAUSE: Duration = HOUR.saturating_mul(12);

fn worker(woken: &Notify) -> Worker<'_> {
    let queues = |noun| matches!(noun, Noun::Notices | Noun::Announcements);
    Worker { channel: Channel::Push, queues, woken, finishes: true }
}

/// Pushes everything that is due, until `stop`.
pub async fn run(ctx: Ctx, stop: CancellationToken) {
    let (ctx, stop) = (&ctx, &stop);
    worker(&Notify::new()).run(ctx, stop, |_| load(ctx), |device| send_all(ctx, stop, device)).await;
}

/// Sends the due messages; those not begun at `stop` wait for the next start.
pub async fn send_due(ctx: &Ctx, stop: &CancellationToken) -> Result<SendOutcome, StoreError> {
    worker(&Notify::new()).round(ctx, |_| load(ctx), |device| send_all(ctx, stop, device)).await
}

/// A device with due deliveries.
struct Device {
    target: i64,
    /// The reader of the deliveries.
    person: Option<PersonId>,
    host: String,
    key: Arc<ServerKey>,
}

impl Device {
    fn lane(&self) -> Key {
        (self.target, self.person.map_or(0, |person| person.0))
    }
}

async fn load(ctx: &Ctx) -> Result<Found<Device>, StoreError> {
    let now = ctx.now();
    let mut conn = ctx.store().snapshot().await?;
    let (due, next) = (
        channels::lanes(&mut conn, Channel::Push, now).await?,
        channels::next_due(&mut conn, Channel::Push, now).await?,
    );
    if due.is_empty() {
        return Ok(Found::nothing(next));
    }
    let devices = rows::of_ids(&mut conn, due.iter().map(|one| one.target)).await?;
    drop(conn);
    let hosts: BTreeMap<i64, String> = devices.iter().map(|device| (device.id.0, host(device))).collect();
    let key = Arc::new(key(ctx).await?);
    let ready = due.into_iter().map(|due| {
        let host = hosts.get(&due.target).cloned().unwrap_or_default();
        let device = Device { target: due.target, person: due.person, host: host.clone(), key: Arc::clone(&key) };
        let key = device.lane();
        let is_failing = Rests::of(ctx).is_failing(Channel::Push, key);
        Ready { key, lane: Lane { host, owner: due.person, is_failing, is_safety: due.is_first }, work: device }
    });
    Ok(Found { ready: ready.collect(), next, has_decided: false })
}

/// A message on its way to a device.
struct Parcel {
    ids: Vec<DeliveryId>,
    attempts: u32,
    message: Message,
}

/// What becomes of due deliveries.
#[derive(Default)]
struct DueDecision {
    /// Settled or postponed without sending.
    decided: Vec<(DeliveryId, Decided)>,
    /// Held with all of their kind and sender until then.
    held: Option<(Kind, PersonId, Millis)>,
    leaves: Option<Parcel>,
}

impl DueDecision {
    fn of_one(id: DeliveryId, what: Decided) -> Self {
        Self { decided: vec![(id, what)], ..Self::default() }
    }
}

/// Sends the due messages of a device, until one fails.
async fn send_all(ctx: &Ctx, stop: &CancellationToken, lane: Device) -> Result<(), StoreError> {
    while !stop.is_cancelled() {
        let now = ctx.now();
        let mut conn = ctx.store().snapshot().await?;
        let filter = DueFilter { target: Some(lane.target), ..DueFilter::default() };
        let Some(one) = deliveries::due(&mut conn, Channel::Push, now, filter, 1).await?.pop() else {
            return Ok(());
        };
        let device = rows::of_ids(&mut conn, [lane.target]).await?.pop();
        // One that belongs to another person by now was removed in between.
        let device = device.filter(|device| device.person == one.person);
        let rest = Rests::of(ctx).until(Channel::Push, lane.lane(), &lane.host, now);
        let fate = match &device {
            Some(_) => decide(ctx, &mut conn, &one, rest, now).await?,
            None => Some(DueDecision::of_one(one.id, Decided::Dropped(Reason::Discarded))),
        };
        drop(conn);
        let Some(DueDecision { decided, held, leaves }) = fate else { return Ok(()) };
        if !decided.is_empty() || held.is_some() {
            let (target, person) = (lane.target, lane.person);
            write(ctx, async move |tx| {
                for (id, what) in decided {
                    deliveries::decide(tx, id, what, now).await?;
                }
                if let Some((kind, by, until)) = held {
                    let cause = Cause { channel: Channel::Push, target, person, kind: kind.as_str(), by };
                    channels::gather(tx, cause, until, now).await?;
                }
                Ok(())
            })
            .await?;
        }
        if let (Some(parcel), Some(device)) = (leaves, &device)
            && !send(ctx, &lane, device, parcel).await?
        {
            return Ok(());
        }
    }
    Ok(())
}

/// What becomes of a due delivery; `None` if its device rests.
async fn decide(
    ctx: &Ctx,
    conn: &mut SqliteConnection,
    one: &Due,
    rest: Option<Millis>,
    now: Millis,
) -> Result<Option<DueDecision>, StoreError> {
    let Ok(notice) = serde_json::from_str::<Notice>(&one.body) else {
        return Ok(Some(DueDecision::of_one(one.id, Decided::Dropped(Reason::Hidden))));
    };
    let kind = notice.kind();
    if rest.is_some() && !is_first(kind) {
        return Ok(None);
    }
    if let Some(what) = obstacle(ctx, conn, one, &notice, now).await? {
        return Ok(Some(DueDecision::of_one(one.id, what)));
    }
    let by = one.by.filter(|_| !is_first(kind));
    let group = match by {
        Some(by) => {
            let (target, person) = (one.target, Some(one.person));
            let cause = Cause { channel: Channel::Push, target, person, kind: kind.as_str(), by };
            grouping(channels::lately(conn, cause, now.before(WITHIN)).await?, one.gathered, now)
        }
        None => Grouping::Single,
    };
    Ok(Some(match (group, by) {
        (Grouping::Held(until), Some(by)) => {
            DueDecision { held: Some((kind, by, until)), ..DueDecision::default() }
        }
        (Grouping::Together, Some(by)) => together(ctx, conn, (one.target, kind, by), now).await?,
        _ => {
            let message = message(ctx, one, notice, 0, now);
            let parcel = Parcel { ids: vec![one.id], attempts: one.attempts, message };
            DueDecision { leaves: Some(parcel), ..DueDecision::default() }
        }
    }))
}

/// One message for all due deliveries of a kind that a person caused: the newest that stands, and how many others there are.
async fn together(
    ctx: &Ctx,
    conn: &mut SqliteConnection,
    (target, kind, by): (i64, Kind, PersonId),
    now: Millis,
) -> Result<DueDecision, StoreError> {
    let filter = DueFilter { target: Some(target), cause: Some((kind, by)), ..DueFilter::default() };
    let mut due = deliveries::due(conn, Channel::Push, now, filter, TOGETHER).await?.into_iter();
    let mut fate = DueDecision::default();
    for _ in 0..EXAMINED {
        let Some(one) = due.next() else { break };
        let Ok(notice) = serde_json::from_str::<Notice>(&one.body) else {
            fate.decided.push((one.id, Decided::Dropped(Reason::Hidden)));
            continue;
        };
        if let Some(what) = obstacle(ctx, conn, &one, &notice, now).await? {
            fate.decided.push((one.id, what));
            continue;
        }
        fate.leaves = Some(Parcel {
            ids: vec![one.id],
            attempts: one.attempts,
            message: message(ctx, &one, notice, due.len(), now),
        });
        break;
    }
    if let Some(parcel) = &mut fate.leaves {
        parcel.ids.extend(due.map(|one| one.id));
    }
    Ok(fate)
}

/// Why a delivery is not sent now, if it is not.
async fn obstacle(
    ctx: &Ctx,
    conn: &mut SqliteConnection,
    one: &Due,
    notice: &Notice,
    now: Millis,
) -> Result<Option<Decided>, StoreError> {
    let (kind, zone) = (notice.kind(), ctx.space().zone);
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
        Step::Wait(until) => return Ok(Some(Decided::Waits(zone.next(now, until)))),
        Step::Gather(hour) => return Ok(Some(Decided::Waits(zone.next(now, u16::from(hour) * 60)))),
        Step::Drop(reason) => return Ok(Some(Decided::Dropped(reason))),
    }
    Ok(facts::obstacle(conn, one, notice, now).await?.map(Decided::Dropped))
}

/// The message of a notice, in the language of its reader; `others` of its kind are in it.
fn message(ctx: &Ctx, one: &Due, notice: Notice, others: usize, now: Millis) -> Message {
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
    let (title, link, tag) = match u32::try_from(others) {
        Ok(0) => (text.title, notice.link(), format!("{} {}", kind.as_str(), notice.subject())),
        // The newest takes the place of earlier ones.
        others => {
            let others = others.unwrap_or(u32::MAX);
            (lang.notice_and_more(others, &text.title), "/notices".to_owned(), kind.as_str().to_owned())
        }
    };
    Message {
        title,
        body: text.next,
        link,
        tag,
        urgency: kind.urgency(),
        is_awaited: notice.is_awaited(),
        kept: seconds_kept(notice.until().or(one.ends), now),
    }
}

/// The host of a device's push service.
fn host(device: &SubscriptionRow) -> String {
    Endpoint::parse(&device.endpoint).map(|endpoint| endpoint.address().host().to_owned()).unwrap_or_default()
}

/// Sends one message and stores the result; returns whether the next one to the same device may follow. The attempt is stored
/// first, so that a message is not sent repeatedly if the result cannot be stored.
async fn send(ctx: &Ctx, lane: &Device, to: &SubscriptionRow, parcel: Parcel) -> Result<bool, StoreError> {
    let Parcel { ids, attempts, message } = parcel;
    let again = pause(attempts.saturating_add(1), ctx.rng().bytes::<1>()[0]);
    let until = ctx.now().after(again.unwrap_or(LAST_PAUSE));
    let claimed = ids.clone();
    let is_ours = ctx.store().write(async move |tx| {
        Ok::<_, StoreError>(Done::unaudited(channels::claim(tx, &claimed, until).await?, Unaudited::Delivered))
    });
    if !is_ours.await? {
        return Ok(false);
    }
    let outcome = delivery::send(ctx, &lane.key, to, &message, ctx.now()).await?;
    let now = ctx.now();
    if let Some(trouble) = outcome.trouble() {
        tracing::warn!(trouble = trouble.as_str(), "a push message was not sent");
    }
    let asked = if let Outcome::Later(asked) = outcome { asked } else { None };
    let again = match outcome {
        Outcome::Failed(_) => None,
        _ => again.map(|again| again.max(asked.unwrap_or_default().min(LONGEST_ASKED))),
    };
    let rests = Rests::of(ctx);
    match outcome {
        Outcome::Sent => rests.arrived(Channel::Push, lane.lane(), &lane.host),
        Outcome::Later(_) | Outcome::Again(_) => {
            let has_worked = to.sent.is_some() && to.trouble.is_none();
            let witness = has_worked.then_some(to.person.0);
            let setback = Setback { rest: lanes::rest(asked, again), asked, witness };
            rests.failed(Channel::Push, lane.lane(), &lane.host, setback, now);
        }
        // Of this message, or for ever: nothing gets better by waiting.
        Outcome::Gone | Outcome::Failed(_) => {}
    }
    let (device, trouble) = (to.id, outcome.trouble());
    write(ctx, async move |tx| {
        let how = match trouble {
            None => AttemptOutcome::Sent,
            Some(trouble) => again
                .map_or(AttemptOutcome::Failed(trouble), |again| AttemptOutcome::Again(trouble, now.after(again))),
        };
        if outcome == Outcome::Gone {
            return forget(tx, device, now).await;
        }
        deliveries::record_attempt(tx, &ids, how, now).await?;
        rows::record(tx, device, trouble, now).await
    })
    .await?;
    Ok(matches!(outcome, Outcome::Sent | Outcome::Failed(_)))
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
