//! Empties the queue of messages to Slack: posts to channels, and direct messages.
//!
//! **Invariants.** A message is settled after Slack took it, so a process killed in between sends it again. The messages of one
//! channel leave in their order. A channel that Slack refuses delays its own messages alone; a refused token pauses everything and
//! notifies managers once. While Slack does not answer or asks to wait, nothing is sent, and messages that wait use up no attempts.
//!
//! Not here: how messages are queued, which triggers do.

use super::{Memory, addresses, api::Refusal, client, rows};
use crate::{
    Ctx,
    notices::{as_actor, notify_staff, sees},
    outbox::facts,
    queues::{SendOutcome, Worker, write},
    shared::Shared,
};
use contract::notices::NoticeContent;
use domain::{
    actor::{Actor, Permission, Target},
    audit::Subject,
    deliveries::{Channel, Reason, Trouble},
    id::{DeliveryId, NoticeId, PersonId},
    live::{ChangeEvent, Noun},
    notices::{Audience, Notice, Urgency},
    people::PersonStatus,
    qualifications::Ledger,
    slack::{BotToken, SlackTrouble, escaped, pause},
    time::{DAY, HOUR, Millis},
};
use futures::{StreamExt, stream};
use serde_json::json;
use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    time::Duration,
};
use store::{
    Done, SqliteConnection, StoreError, Unaudited, WriteTx, audit,
    deliveries::{
        self, AttemptOutcome, Decided,
        channels::{self, DueDelivery},
    },
    notices, qualifications,
};
use text::Lang;
use tokio_util::sync::CancellationToken;

/// Messages that are looked at together.
const AT_ONCE: u32 = 100;
/// Channels and people to whom messages are sent concurrently.
const CONCURRENT: usize = 4;
/// Wait after an attempt if its result remains unknown.
const UNKNOWN: Duration = HOUR;
/// The longest rest, unless Slack asks for a longer one.
const LONGEST_REST: Duration = Duration::from_mins(5);
/// A message that waited for longer is no news any more.
const OLD: Duration = DAY;

/// Sends what is due, until `stop`.
pub async fn run(ctx: Ctx, stop: CancellationToken) {
    let woken = &ctx.memory::<Memory>().woken;
    let queues = |noun| matches!(noun, Noun::Notices | Noun::Announcements | Noun::Deliveries);
    Worker { channel: Channel::Slack, queues, woken }.run(&ctx, &stop, || send_due(&ctx, &stop)).await;
}

/// A round of sending.
struct Round<'a> {
    ctx: &'a Ctx,
    stop: &'a CancellationToken,
    token: BotToken,
    /// Set when nothing more is sent in this round.
    halted: AtomicBool,
    /// Why a result could not be stored.
    failed: Shared<Option<StoreError>>,
}

/// Sends what is due now.
pub async fn send_due(ctx: &Ctx, stop: &CancellationToken) -> Result<SendOutcome, StoreError> {
    let now = ctx.now();
    let (app, token, due, next) = async {
        let mut snapshot = ctx.store().snapshot().await?;
        Ok::<_, StoreError>((
            rows::app(&mut snapshot).await?,
            rows::token(&mut snapshot).await?,
            channels::due(&mut snapshot, Channel::Slack, None, now, AT_ONCE).await?,
            channels::next_due(&mut snapshot, Channel::Slack, now).await?,
        ))
    }
    .await?;
    let Some((app, token)) = app.zip(token).filter(|(app, _)| app.paused.is_none()) else {
        return Ok(SendOutcome::Idle(None));
    };
    // A longer rest was begun by a clock that has been set back since.
    if let Some(until) = app.resting_until.filter(|&until| until > now && until <= now.after(HOUR)) {
        return Ok(SendOutcome::Idle(Some(until)));
    }
    if due.is_empty() {
        return Ok(SendOutcome::Idle(next));
    }
    let mut lanes: BTreeMap<(i64, Option<PersonId>), Vec<DueDelivery>> = BTreeMap::new();
    for one in due {
        lanes.entry((one.target, one.person)).or_default().push(one);
    }
    let round = Round { ctx, stop, token, halted: AtomicBool::new(false), failed: Shared::default() };
    let sending = stream::iter(lanes.into_values()).for_each_concurrent(CONCURRENT, |lane| async {
        if let Err(error) = round.send_all(lane).await {
            round.halted.store(true, Relaxed);
            *round.failed.lock() = Some(error);
        }
    });
    sending.await;
    // Nothing is sent while the sending cannot be recorded.
    if let Some(error) = round.failed.lock().take() {
        return Err(error);
    }
    ctx.live().send(ChangeEvent::Deliveries);
    Ok(SendOutcome::Busy)
}

/// What becomes of a due message.
enum Composed {
    Dropped(Reason),
    Post { channel: String, text: String },
    Tell { user: String, text: String },
}

impl Round<'_> {
    /// Sends the messages of one channel or person, in order, until one must be tried again.
    async fn send_all(&self, lane: Vec<DueDelivery>) -> Result<(), StoreError> {
        let mut lane = lane.into_iter();
        while let Some(one) = lane.next() {
            if self.stop.is_cancelled() || self.halted.load(Relaxed) {
                return Ok(());
            }
            let Some(again) = self.send(one).await? else { continue };
            // The others would fail as well, and must not overtake it.
            let (rest, now): (Vec<DeliveryId>, _) = (lane.map(|one| one.id).collect(), self.ctx.now());
            return write(self.ctx, async move |tx| {
                for id in rest {
                    deliveries::decide(tx, id, Decided::Waits(again), now).await?;
                }
                Ok(())
            })
            .await;
        }
        Ok(())
    }

    /// Sends one message and stores the result. Returns when it is tried again, if it is.
    async fn send(&self, one: DueDelivery) -> Result<Option<Millis>, StoreError> {
        let (ctx, id, now) = (self.ctx, one.id, self.ctx.now());
        let composed = compose(ctx, &mut *ctx.store().snapshot().await?, &one, now).await?;
        if let Composed::Dropped(reason) = composed {
            write(ctx, async move |tx| deliveries::decide(tx, id, Decided::Dropped(reason), now).await).await?;
            return Ok(None);
        }
        let unknown = now.after(UNKNOWN);
        let is_ours = ctx.store().write(async move |tx| {
            Ok::<_, StoreError>(Done::unaudited(channels::claim(tx, id, unknown).await?, Unaudited::Delivered))
        });
        if !is_ours.await? {
            return Ok(None);
        }
        let (token, addresses) = (&self.token, addresses(ctx));
        let (channel, answer) = match composed {
            Composed::Post { channel, text } => {
                let answer = client!(ctx, token, addresses).post(&channel, &text).await;
                (Some(channel), answer)
            }
            Composed::Tell { user, text } => {
                (None, client!(ctx, token, addresses).send_direct(&user, &text).await)
            }
            Composed::Dropped(_) => return Ok(None),
        };
        self.settle(&one, channel, answer).await
    }

    async fn settle(
        &self,
        one: &DueDelivery,
        channel: Option<String>,
        answer: Result<(), Refusal>,
    ) -> Result<Option<Millis>, StoreError> {
        let (ctx, id, now) = (self.ctx, one.id, self.ctx.now());
        let again = |wait| pause(one.attempts.saturating_add(1), wait, ctx.rng().bytes::<1>()[0]);
        let (how, trouble, resting) = match answer {
            Ok(()) => (AttemptOutcome::Sent, None, None),
            Err(Refusal { trouble, wait }) => {
                let again = again(wait).map(|length| (length, now.after(length)));
                let how = match again {
                    // It leaves with the new token.
                    _ if trouble.pauses() => AttemptOutcome::Again(of_delivery(trouble), now),
                    Some((_, at)) if trouble.is_passing() || trouble.is_of_the_channel() => {
                        AttemptOutcome::Again(of_delivery(trouble), at)
                    }
                    _ => AttemptOutcome::Failed(of_delivery(trouble)),
                };
                let longest = wait.unwrap_or(LONGEST_REST);
                let rest = again.map_or(longest, |(length, _)| length.min(longest));
                (how, Some(trouble), trouble.is_passing().then(|| now.after(rest)))
            }
        };
        if trouble.is_some_and(|trouble| trouble.pauses() || trouble.is_passing()) {
            self.halted.store(true, Relaxed);
        }
        write(ctx, async move |tx| {
            deliveries::record_attempt(tx, &[id], how, now).await?;
            note(tx, channel.as_deref(), trouble, now, resting).await
        })
        .await?;
        Ok(match how {
            AttemptOutcome::Again(_, at) => Some(at),
            AttemptOutcome::Sent | AttemptOutcome::Failed(_) => None,
        })
    }
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

/// The message of a due delivery, by the facts of this moment.
async fn compose(
    ctx: &Ctx,
    conn: &mut SqliteConnection,
    one: &DueDelivery,
    now: Millis,
) -> Result<Composed, StoreError> {
    let Ok(notice) = serde_json::from_str::<Notice>(&one.body) else {
        return Ok(Composed::Dropped(Reason::Hidden));
    };
    if now.since(one.told) >= OLD {
        return Ok(Composed::Dropped(Reason::Expired));
    }
    if notice.until().is_some_and(|until| until <= now) {
        return Ok(Composed::Dropped(Reason::Over));
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
) -> Result<Composed, StoreError> {
    let Some(channel) = rows::channel_of(conn, one.target).await? else {
        return Ok(Composed::Dropped(Reason::Discarded));
    };
    let is_gone = (notice.machine().is_some() && one.about.is_none())
        || (notice.announcement().is_some() && one.title.is_none());
    if is_gone {
        return Ok(Composed::Dropped(Reason::Over));
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
    let text = laid_out(ctx, lang, &notice, (&message.title, &message.next));
    Ok(Composed::Post { channel, text })
}

/// A direct message to the reader of a notice, in their language.
async fn direct(
    ctx: &Ctx,
    conn: &mut SqliteConnection,
    one: &DueDelivery,
    (person, notice): (PersonId, Notice),
    now: Millis,
) -> Result<Composed, StoreError> {
    let id = NoticeId(one.message);
    let (kind, is_safety) = (notice.kind(), notice.kind().urgency() == Urgency::Safety);
    let Some(to) = rows::recipient(conn, person, id).await? else {
        return Ok(Composed::Dropped(Reason::Discarded));
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
        return Ok(Composed::Dropped(reason));
    }
    let Some(row) = notices::one(conn, person, id).await? else { return Ok(Composed::Dropped(Reason::Hidden)) };
    let goes_by_ledger = kind.audience() != Audience::Themselves;
    let ledger = if goes_by_ledger { qualifications::of_person(conn, person).await? } else { Ledger(Vec::new()) };
    if !sees(&as_actor(person, to.status, ledger, now), &notice, row.kind, row.title.as_deref()) {
        return Ok(Composed::Dropped(Reason::Hidden));
    }
    let fact = facts::of(conn, (person, to.status), &notice, now).await?;
    if !notice.stands(person, &fact, now) {
        return Ok(Composed::Dropped(Reason::Over));
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
    let text = laid_out(ctx, lang, &notice, (&message.title, &message.next));
    Ok(Composed::Tell { user: to.slack_user, text })
}

/// Title, second sentence and link. What people typed is text, never markup.
fn laid_out(ctx: &Ctx, lang: Lang, notice: &Notice, (title, next): (&str, &str)) -> String {
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
