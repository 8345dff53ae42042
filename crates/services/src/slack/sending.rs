//! Empties the queue of messages to Slack: posts to channels, and direct messages.
//!
//! **Invariants.** A message is settled after Slack took it, so a process killed in between sends it again. The messages of one
//! channel leave in their order, those about safety first. A channel that Slack refuses or asks to wait delays its own messages
//! alone; a refused token pauses everything and notifies managers once. Where several channels fail, Slack is left alone but for
//! safety.
//!
//! Not here: how messages are queued, which triggers do.

use super::{Memory, addresses, api::Refusal, client, rows};
use crate::{
    Ctx,
    notices::{as_actor, notify_staff, sees},
    outbox::facts,
    queues::{EXAMINED, Found, Key, Ready, Rests, SendOutcome, Setback, TOGETHER, Worker, write},
};
use contract::notices::NoticeContent;
use domain::{
    actor::{Actor, Permission, Target},
    audit::Subject,
    deliveries::{
        Channel, Grouping, Reason, Trouble, WITHIN, grouping,
        lanes::{self, Lane, is_first},
    },
    id::{DeliveryId, NoticeId, PersonId},
    live::Noun,
    notices::{Audience, Kind, Notice, Urgency},
    people::PersonStatus,
    qualifications::Ledger,
    slack::{BotToken, SlackTrouble, escaped, pause},
    time::{DAY, HOUR, Millis},
};
use serde_json::json;
use std::time::Duration;
use store::{
    Done, SqliteConnection, StoreError, Unaudited, WriteTx, audit,
    deliveries::{
        self, AttemptOutcome, Decided,
        channels::{self, Cause, DueDelivery, DueLane},
    },
    notices, qualifications,
};
use text::Lang;
use tokio_util::sync::CancellationToken;

/// Wait after an attempt if its result remains unknown.
const UNKNOWN: Duration = HOUR;
/// A message that waited for longer is no news any more.
const OLD: Duration = DAY;

fn worker(ctx: &Ctx) -> Worker<'_> {
    let woken = &ctx.memory::<Memory>().woken;
    let queues = |noun| matches!(noun, Noun::Notices | Noun::Announcements | Noun::Deliveries);
    Worker { channel: Channel::Slack, queues, woken, finishes: true }
}

/// Sends what is due, until `stop`.
pub async fn run(ctx: Ctx, stop: CancellationToken) {
    let (ctx, stop) = (&ctx, &stop);
    worker(ctx).run(ctx, stop, |_| load(ctx), |lane| send_all(ctx, stop, lane)).await;
}

/// Sends what is due now.
pub async fn send_due(ctx: &Ctx, stop: &CancellationToken) -> Result<SendOutcome, StoreError> {
    worker(ctx).round(ctx, |_| load(ctx), |lane| send_all(ctx, stop, lane)).await
}

fn key(lane: DueLane) -> Key {
    (lane.target, lane.person.map_or(0, |person| person.0))
}

async fn load(ctx: &Ctx) -> Result<Found<DueLane>, StoreError> {
    let now = ctx.now();
    let mut snapshot = ctx.store().snapshot().await?;
    let app = rows::app(&mut snapshot).await?.filter(|app| app.paused.is_none());
    let Some(app) = app else { return Ok(Found::nothing(None)) };
    let mut due = channels::lanes(&mut snapshot, Channel::Slack, now).await?;
    let mut next = channels::next_due(&mut snapshot, Channel::Slack, now).await?;
    // A longer rest was begun by a clock that has been set back since.
    if let Some(until) = app.resting_until.filter(|&until| until > now && until <= now.after(HOUR)) {
        due.retain(|lane| lane.is_first);
        next = Some(next.map_or(until, |next| next.min(until)));
    }
    let ready = due.into_iter().map(|lane| {
        let key = key(lane);
        let is_failing = Rests::of(ctx).is_failing(Channel::Slack, key);
        let place = Lane { host: String::new(), owner: lane.person, is_failing, is_safety: lane.is_first };
        Ready { key, lane: place, work: lane }
    });
    Ok(Found { ready: ready.collect(), next, has_decided: false })
}

/// Sends the messages of one channel or person, until one must be tried again.
async fn send_all(ctx: &Ctx, stop: &CancellationToken, lane: DueLane) -> Result<(), StoreError> {
    while !stop.is_cancelled() {
        let now = ctx.now();
        let mut snapshot = ctx.store().snapshot().await?;
        let app = rows::app(&mut snapshot).await?.filter(|app| app.paused.is_none());
        let token = if app.is_some() { rows::token(&mut snapshot).await? } else { None };
        let Some(token) = token else { return Ok(()) };
        let place = (lane.target, lane.person);
        let Some(one) = channels::due(&mut snapshot, Channel::Slack, place, None, now, 1).await?.pop() else {
            return Ok(());
        };
        let kind = Kind::parse(&one.kind);
        let is_first = kind.is_some_and(is_first);
        if !is_first && Rests::of(ctx).until(Channel::Slack, key(lane), "", now).is_some() {
            return Ok(());
        }
        let DueDecision { decided, held, leaves } = decide(ctx, &mut snapshot, lane, one, is_first, now).await?;
        drop(snapshot);
        if !decided.is_empty() || held.is_some() {
            write(ctx, async move |tx| {
                for (id, reason) in decided {
                    deliveries::decide(tx, id, Decided::Dropped(reason), now).await?;
                }
                if let Some((kind, by, until)) = held {
                    channels::gather(tx, cause(lane, &kind, by), until, now).await?;
                }
                Ok(())
            })
            .await?;
        }
        if let Some(parcel) = leaves
            && !send(ctx, lane, &token, parcel).await?
        {
            return Ok(());
        }
    }
    Ok(())
}

fn cause(lane: DueLane, kind: &str, by: PersonId) -> Cause<'_> {
    Cause { channel: Channel::Slack, target: lane.target, person: lane.person, kind, by }
}

/// Whom a message is for.
enum Recipient {
    Channel(String),
    User(String),
}

/// A message before it is laid out.
struct Message {
    to: Recipient,
    lang: Lang,
    notice: Notice,
    title: String,
    next: String,
}

/// A message on its way.
struct Parcel {
    ids: Vec<DeliveryId>,
    attempts: u32,
    message: Message,
}

/// What becomes of due messages.
#[derive(Default)]
struct DueDecision {
    /// Dropped.
    decided: Vec<(DeliveryId, Reason)>,
    /// Held with all of their kind and sender until then.
    held: Option<(String, PersonId, Millis)>,
    leaves: Option<Parcel>,
}

async fn decide(
    ctx: &Ctx,
    conn: &mut SqliteConnection,
    lane: DueLane,
    one: DueDelivery,
    is_first: bool,
    now: Millis,
) -> Result<DueDecision, StoreError> {
    let mut fate = DueDecision::default();
    let by = one.by.filter(|_| !is_first);
    let group = match by {
        Some(by) => {
            let recent = channels::lately(conn, cause(lane, &one.kind, by), now.before(WITHIN)).await?;
            grouping(recent, one.gathered, now)
        }
        None => Grouping::Single,
    };
    match (group, by) {
        (Grouping::Held(until), Some(by)) => fate.held = Some((one.kind, by, until)),
        // The newest that stands, and how many others there are.
        (Grouping::Together, Some(by)) => {
            let (place, cause) = ((lane.target, lane.person), Some((one.kind.as_str(), by)));
            let due = channels::due(conn, Channel::Slack, place, cause, now, TOGETHER).await?;
            let mut due = due.into_iter();
            for _ in 0..EXAMINED {
                let Some(one) = due.next() else { break };
                match compose(ctx, conn, &one, now).await? {
                    Ok(mut message) => {
                        if let Some(others) = u32::try_from(due.len()).ok().filter(|others| *others > 0) {
                            message.title = message.lang.notice_and_more(others, &message.title);
                        }
                        let ids = std::iter::once(one.id).chain(due.by_ref().map(|one| one.id)).collect();
                        fate.leaves = Some(Parcel { ids, attempts: one.attempts, message });
                        break;
                    }
                    Err(reason) => fate.decided.push((one.id, reason)),
                }
            }
        }
        _ => match compose(ctx, conn, &one, now).await? {
            Ok(message) => {
                fate.leaves = Some(Parcel { ids: vec![one.id], attempts: one.attempts, message });
            }
            Err(reason) => fate.decided.push((one.id, reason)),
        },
    }
    Ok(fate)
}

/// Sends one message and stores the result; returns whether the next one in its lane may follow.
async fn send(ctx: &Ctx, lane: DueLane, token: &BotToken, parcel: Parcel) -> Result<bool, StoreError> {
    let Parcel { ids, attempts, message } = parcel;
    let (claimed, unknown) = (ids.clone(), ctx.now().after(UNKNOWN));
    let is_ours = ctx.store().write(async move |tx| {
        Ok::<_, StoreError>(Done::unaudited(channels::claim(tx, &claimed, unknown).await?, Unaudited::Delivered))
    });
    if !is_ours.await? {
        return Ok(true);
    }
    let (addresses, text) = (addresses(ctx), laid_out(ctx, &message));
    let (channel, answer) = match message.to {
        Recipient::Channel(channel) => {
            let answer = client!(ctx, token, addresses).post(&channel, &text).await;
            (Some(channel), answer)
        }
        Recipient::User(user) => (None, client!(ctx, token, addresses).send_direct(&user, &text).await),
    };
    let (now, rests, key) = (ctx.now(), Rests::of(ctx), key(lane));
    let (how, trouble, resting) = match answer {
        Ok(()) => {
            rests.arrived(Channel::Slack, key, "");
            (AttemptOutcome::Sent, None, None)
        }
        Err(Refusal { trouble, wait }) => {
            let again = pause(attempts.saturating_add(1), wait, ctx.rng().bytes::<1>()[0]);
            let is_passing = trouble.is_passing();
            if is_passing || trouble.is_of_the_channel() {
                let rest = lanes::rest(wait, again);
                // A channel that Slack refuses says nothing about Slack.
                let witness = is_passing.then(|| if key.0 == 0 { key.1 } else { -key.0 });
                rests.failed(Channel::Slack, key, "", Setback { rest, asked: wait, witness }, now);
            }
            let how = match again {
                // It leaves with the new token.
                _ if trouble.pauses() => AttemptOutcome::Again(of_delivery(trouble), now),
                Some(again) if is_passing || trouble.is_of_the_channel() => {
                    AttemptOutcome::Again(of_delivery(trouble), now.after(again))
                }
                _ => AttemptOutcome::Failed(of_delivery(trouble)),
            };
            (how, Some(trouble), rests.host_until(Channel::Slack, "", now))
        }
    };
    write(ctx, async move |tx| {
        deliveries::record_attempt(tx, &ids, how, now).await?;
        note(tx, channel.as_deref(), trouble, now, resting).await
    })
    .await?;
    Ok(matches!(how, AttemptOutcome::Sent | AttemptOutcome::Failed(_)))
}

/// Stores how Slack did, and the channel. A refused token pauses everything, and managers are notified.
pub(super) async fn note(
    tx: &mut WriteTx,
    channel: Option<&str>,
    trouble: Option<SlackTrouble>,
    now: Millis,
    resting: Option<Millis>,
) -> Result<(), StoreError> {
    let Some(trouble) = trouble else {
        rows::succeeded(tx, now).await?;
        if let Some(channel) = channel {
            rows::posted(tx, channel, None, now).await?;
        }
        return Ok(());
    };
    if trouble.is_of_the_channel() || trouble == SlackTrouble::Person {
        if let Some(channel) = channel {
            rows::posted(tx, channel, Some(trouble), now).await?;
        }
        return Ok(());
    }
    if rows::failed(tx, trouble, now, resting).await? {
        let proof =
            Actor::TOOLGATE.require(Permission::ManageSlack, Target::NONE).map_err(|_| StoreError::Panicked)?;
        notify_staff(tx, &proof, Notice::SlackPaused { at: now }, now).await?;
        let entry = audit::entry(tx, &proof, now, "slack.paused", Subject::Space, &json!({})).await?;
        tx.followed(entry);
    }
    Ok(())
}

/// The same trouble in the words of all channels.
const fn of_delivery(trouble: SlackTrouble) -> Trouble {
    match trouble {
        SlackTrouble::NoAnswer => Trouble::Silent,
        SlackTrouble::Unavailable | SlackTrouble::RateLimited => Trouble::Later,
        SlackTrouble::Token => Trouble::Login,
        SlackTrouble::Channel | SlackTrouble::NotInChannel | SlackTrouble::Archived | SlackTrouble::Person => {
            Trouble::Address
        }
        SlackTrouble::Scope | SlackTrouble::Refused | SlackTrouble::Unclear => Trouble::Refused,
    }
}

/// The message of a due delivery, by the facts of this moment, or why it is dropped.
async fn compose(
    ctx: &Ctx,
    conn: &mut SqliteConnection,
    one: &DueDelivery,
    now: Millis,
) -> Result<Result<Message, Reason>, StoreError> {
    let Ok(notice) = serde_json::from_str::<Notice>(&one.body) else { return Ok(Err(Reason::Hidden)) };
    if now.since(one.told) >= OLD {
        return Ok(Err(Reason::Expired));
    }
    if notice.until().is_some_and(|until| until <= now) {
        return Ok(Err(Reason::Over));
    }
    match one.person {
        Some(person) => direct(ctx, conn, one, (person, notice), now).await,
        None => post(ctx, conn, one, notice, now).await,
    }
}

/// A post to a channel, in the language of the space. It names nobody.
async fn post(
    ctx: &Ctx,
    conn: &mut SqliteConnection,
    one: &DueDelivery,
    notice: Notice,
    now: Millis,
) -> Result<Result<Message, Reason>, StoreError> {
    let Some(channel) = rows::channel_of(conn, one.target).await? else {
        return Ok(Err(Reason::Discarded));
    };
    let is_gone = (notice.machine().is_some() && one.about.is_none())
        || (notice.announcement().is_some() && one.title.is_none());
    if is_gone || !facts::stands_for_all(conn, &notice, now).await? {
        return Ok(Err(Reason::Over));
    }
    let content = NoticeContent {
        notice,
        about: one.about.clone(),
        title: one.title.clone(),
        who: None,
        note: None,
        starts: notice.starts().map(|at| ctx.moment(at)),
        until: notice.until().map(|at| ctx.moment(at)),
    };
    let lang = ctx.space().language;
    let message = lang.slack_post(&content, ctx.moment(now));
    Ok(Ok(Message { to: Recipient::Channel(channel), lang, notice, title: message.title, next: message.next }))
}

/// A direct message to the reader of a notice, in their language.
async fn direct(
    ctx: &Ctx,
    conn: &mut SqliteConnection,
    one: &DueDelivery,
    (person, notice): (PersonId, Notice),
    now: Millis,
) -> Result<Result<Message, Reason>, StoreError> {
    let id = NoticeId(one.message);
    let (kind, is_safety) = (notice.kind(), notice.kind().urgency() == Urgency::Safety);
    let Some(to) = rows::recipient(conn, person, id).await? else {
        return Ok(Err(Reason::Discarded));
    };
    let dropped = match to {
        _ if to.status == PersonStatus::Left && !(is_safety && kind.audience() == Audience::Themselves) => {
            Some(Reason::Left)
        }
        _ if is_safety => None,
        _ if !to.wants.unwrap_or(kind.is_sent_to_slack()) => Some(Reason::SwitchedOff),
        _ if to.read => Some(Reason::Read),
        _ => None,
    };
    if let Some(reason) = dropped {
        return Ok(Err(reason));
    }
    let Some(row) = notices::one(conn, person, id).await? else { return Ok(Err(Reason::Hidden)) };
    let goes_by_ledger = kind.audience() != Audience::Themselves;
    let ledger = if goes_by_ledger { qualifications::of_person(conn, person).await? } else { Ledger(Vec::new()) };
    if !sees(&as_actor(person, to.status, ledger, now), &notice, row.kind, row.title.as_deref()) {
        return Ok(Err(Reason::Hidden));
    }
    let fact = facts::of(conn, (person, to.status), &notice, now).await?;
    if !notice.stands(person, &fact, now) {
        return Ok(Err(Reason::Over));
    }
    let content = NoticeContent {
        notice,
        about: row.about,
        title: row.title,
        who: row.who,
        note: row.note,
        starts: notice.starts().map(|at| ctx.moment(at)),
        until: notice.until().map(|at| ctx.moment(at)),
    };
    let lang = to.language.as_deref().and_then(Lang::from_tag).unwrap_or(ctx.space().language);
    let message = lang.notice(&content, ctx.moment(now));
    Ok(Ok(Message { to: Recipient::User(to.slack_user), lang, notice, title: message.title, next: message.next }))
}

/// Title, second sentence and link. What people typed is text, never markup.
fn laid_out(ctx: &Ctx, message: &Message) -> String {
    let Message { lang, notice, title, next, .. } = message;
    let mut text = format!("*{}*", escaped(title));
    if !next.is_empty() {
        text.push('\n');
        text.push_str(&escaped(next));
    }
    if let Some(site) = &addresses(ctx).site {
        let open = lang.slack_post_open();
        text = format!("{text}\n<{site}{}|{open}>", notice.link());
    }
    text
}
