//! The outbox: notices that leave by mail, from the moment they are written until they have been sent.
//!
//! A trigger queues a notice in the transaction that writes it; one worker processes due deliveries when it hears
//! of news and when the next is due. **Invariants.** A delivery is settled after its mail was accepted, so a
//! process killed in between sends it again, under the same name: delivered at least once, shown once. The fate of
//! a delivery is decided when it is due, by [`domain::deliveries::step`] and [`domain::notices::Notice::stands`],
//! on the facts of that moment. The mails of one person leave one after the other, those about safety first. An address that is
//! refused or has no answer delays nobody else's. While the mail server fails, the channel pauses and other deliveries use up no
//! attempts.
//!
//! Not here: other channels. Each has its own rows (`channel`), pause and worker beside this ([`crate::webhooks`]),
//! and reads the same notices, or what happened in the space (`broadcast`).
//!
//! A failed attempt is repeated for about a day. An address that does not exist is marked, and its owner gets a
//! notice in the app.

pub(crate) mod facts;
pub mod invitations;
mod letter;
mod signatures;
mod sorting;
pub mod unsubscribe;
mod visibility;

pub use crate::queues::SendOutcome;

use crate::{
    Ctx, mail,
    queues::{Found, Key, Ready, Rests, Setback, Worker, write},
    shared::Shared,
};
use domain::{
    deliveries::{
        Channel, Trouble,
        lanes::{Lane, WITNESSES},
        pause,
    },
    id::PersonId,
    live::Noun,
    notices::Notice,
    time::{HOUR, Millis},
};
use letter::Parcel;
use sorting::sort;
use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};
use store::{
    Done, StoreError, Unaudited,
    deliveries::{self as rows, AttemptOutcome, DueFilter},
    notices,
};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// Deliveries that are looked at together.
const AT_ONCE: u32 = 100;
/// No delivery waits longer than this: the daily mail is the furthest away, on a day of 25 hours. A longer wait
/// means that the clock was set back.
const FURTHEST: Duration = HOUR.saturating_mul(26);
/// Wait after the last attempt if its result remains unknown.
const LAST_PAUSE: Duration = HOUR.saturating_mul(12);
/// The longest rest of the channel, in minutes.
const LONGEST_REST: u32 = 5;

/// The state of mail: whether the channel pauses because of trouble with the server, and the results of attempts.
#[derive(Debug, Default)]
pub(crate) struct Rest {
    /// Until when it rests, and how often it has in a row.
    until: Shared<(Option<Millis>, u32)>,
    /// Since when the server is in trouble, and in which.
    failing: Shared<Option<(Millis, Trouble)>>,
    /// To whom mails had no answer since the last that was accepted.
    silent: Shared<BTreeSet<PersonId>>,
    woken: Notify,
    sent: AtomicU64,
    again: AtomicU64,
    failed: AtomicU64,
}

impl Rest {
    pub(crate) fn of(ctx: &Ctx) -> &Self {
        ctx.memory()
    }

    /// Attempts since the process began, by how they ended.
    pub(crate) fn attempts(&self) -> [(Channel, &'static str, u64); 3] {
        [("sent", &self.sent), ("again", &self.again), ("failed", &self.failed)]
            .map(|(outcome, count)| (Channel::Mail, outcome, count.load(Ordering::Relaxed)))
    }

    fn count(&self, how: AttemptOutcome) {
        let count = match how {
            AttemptOutcome::Sent => &self.sent,
            AttemptOutcome::Again(..) => &self.again,
            AttemptOutcome::Failed(_) => &self.failed,
        };
        count.fetch_add(1, Ordering::Relaxed);
    }

    /// Until when it rests at `now` for mails that leave first, or for others. A longer rest than there is was begun by a clock
    /// that has been set back since.
    fn until(&self, now: Millis, is_first: bool) -> Option<Millis> {
        if is_first && !self.is_down() {
            return None;
        }
        let until = self.until.lock().0;
        until.filter(|&until| until > now && until <= now.after(HOUR))
    }

    /// Whether the server accepts no mail at all. One that does not answer may do so for some addresses alone.
    fn is_down(&self) -> bool {
        self.failing().is_some_and(|(_, trouble)| trouble != Trouble::Silent)
    }

    /// Since when the server is in trouble, and in which.
    pub(crate) fn failing(&self) -> Option<(Millis, Trouble)> {
        *self.failing.lock()
    }

    /// Pauses for a minute because of server trouble, doubled each time. Concurrent failures begin one pause. A server that does not
    /// answer is in trouble if it does so for several people, because it may be waiting for the server of one address.
    fn begin(&self, now: Millis, trouble: Trouble, person: PersonId) {
        if trouble == Trouble::Silent {
            let mut silent = self.silent.lock();
            silent.insert(person);
            if silent.len() < WITNESSES {
                return;
            }
        }
        let mut failing = self.failing.lock();
        *failing = Some((failing.map_or(now, |(since, _)| since), trouble));
        drop(failing);
        if self.until(now, false).is_some() {
            return;
        }
        let mut rest = self.until.lock();
        let minutes = 1_u32.checked_shl(rest.1).unwrap_or(LONGEST_REST).min(LONGEST_REST);
        *rest = (Some(now.after(Duration::from_mins(minutes.into()))), rest.1.saturating_add(1));
    }

    fn end(&self) {
        self.silent.lock().clear();
        *self.failing.lock() = None;
        *self.until.lock() = (None, 0);
    }

    /// Tries again at once; how long the next rest is stays.
    pub(crate) fn interrupt(&self) {
        self.until.lock().0 = None;
        self.woken.notify_one();
    }
}

fn worker(ctx: &Ctx) -> Worker<'_> {
    let queues = |noun| matches!(noun, Noun::Notices | Noun::Announcements);
    Worker { channel: Channel::Mail, queues, woken: &Rest::of(ctx).woken, finishes: true }
}

/// Sends all mails that are due, until `stop`.
pub async fn run(ctx: Ctx, stop: CancellationToken) {
    let (ctx, stop) = (&ctx, &stop);
    worker(ctx).run(ctx, stop, |busy| load(ctx, busy), |mails| send_all(ctx, stop, mails)).await;
}

/// Sends what is due now; mails not begun at `stop` wait for the next start.
pub async fn send_due(ctx: &Ctx, stop: &CancellationToken) -> Result<SendOutcome, StoreError> {
    worker(ctx).round(ctx, |busy| load(ctx, busy), |mails| send_all(ctx, stop, mails)).await
}

/// The mails that are due, by person, except those to people to whom one is on its way.
async fn load(ctx: &Ctx, busy: BTreeSet<Key>) -> Result<Found<Vec<Parcel>>, StoreError> {
    let now = ctx.now();
    let (due, next, latest) = async {
        let mut conn = ctx.store().snapshot().await?;
        let without: Vec<_> = busy.iter().map(|(_, person)| PersonId(*person)).collect();
        let filter = DueFilter { first: true, without: &without, ..DueFilter::default() };
        let mut due = rows::due(&mut conn, Channel::Mail, now, filter, AT_ONCE).await?;
        if due.is_empty() {
            due = rows::due(&mut conn, Channel::Mail, now, DueFilter { first: false, ..filter }, AT_ONCE).await?;
        }
        Ok::<_, StoreError>((due, rows::next_due(&mut conn, now).await?, rows::latest_due(&mut conn).await?))
    }
    .await?;
    let decided = Found { has_decided: true, ..Found::nothing(next) };
    let furthest = now.after(FURTHEST);
    if latest.is_some_and(|latest| latest > furthest) {
        write(ctx, async move |tx| rows::bring_forward(tx, furthest, now).await.map(drop)).await?;
        return Ok(decided);
    }
    if due.is_empty() {
        return Ok(Found::nothing(next));
    }
    if !mail::can_send(ctx) {
        write(ctx, async move |tx| rows::drop_waiting(tx, now, AT_ONCE).await.map(drop)).await?;
        return Ok(decided);
    }
    let (settled, mails) = sort(ctx, due, AT_ONCE, now).await?;
    let has_decided = !settled.is_empty() || mails.is_empty();
    if !settled.is_empty() {
        write(ctx, async move |tx| {
            for (id, what) in settled {
                rows::decide(tx, id, what, now).await?;
            }
            Ok(())
        })
        .await?;
    }
    let (rest, mut next) = (Rest::of(ctx), next);
    let mut ready = Vec::new();
    for mails in mails {
        let Some(first) = mails.first() else { continue };
        // Deliveries without a mail are settled by now, except those behind these.
        if let Some(until) = rest.until(now, first.is_first) {
            next = Some(next.map_or(until, |next| next.min(until)));
            continue;
        }
        let key = (0, first.person.0);
        let is_failing = Rests::of(ctx).is_failing(Channel::Mail, key);
        let lane = Lane { host: String::new(), owner: Some(first.person), is_failing, is_safety: first.is_first };
        ready.push(Ready { key, lane, work: mails });
    }
    ready.sort_by_key(|one| !one.lane.is_safety);
    // One mail shows whether the server is back.
    if rest.is_down() {
        ready.truncate(usize::from(busy.is_empty()));
    }
    Ok(Found { ready, next, has_decided })
}

/// Sends the mails to one person, in order, until one must be tried again.
async fn send_all(ctx: &Ctx, stop: &CancellationToken, mails: Vec<Parcel>) -> Result<(), StoreError> {
    for parcel in mails {
        let rests = Rest::of(ctx).until(ctx.now(), parcel.is_first).is_some();
        // Later mails must follow one that failed, after the order is decided again.
        if stop.is_cancelled() || rests || !send(ctx, parcel).await? {
            return Ok(());
        }
    }
    Ok(())
}

/// The key that links in mails are signed with.
async fn key(ctx: &Ctx) -> Result<[u8; 32], StoreError> {
    if let Some(key) = rows::known_key(&mut *ctx.store().read().await?).await? {
        return Ok(key);
    }
    let fresh = ctx.rng().bytes::<32>();
    ctx.store().write(async move |tx| Ok(Done::unaudited(rows::key(tx, fresh).await?, Unaudited::Delivered))).await
}

/// Sends one mail and stores the result; returns whether the next one to the same person may follow. The attempt
/// is stored first, so that a mail is not sent repeatedly if the result cannot be stored.
async fn send(ctx: &Ctx, parcel: Parcel) -> Result<bool, StoreError> {
    let Parcel { ids, attempts, person, mail, .. } = parcel;
    let email = mail.to.clone();
    let again = pause(attempts.saturating_add(1), ctx.rng().bytes::<1>()[0]);
    let due = ctx.now().after(again.unwrap_or(LAST_PAUSE));
    let (claimed, to) = (ids.clone(), email.clone());
    let is_ours = ctx.store().write(async move |tx| {
        let is_ours = rows::claim(tx, &claimed, person, &to, due).await?;
        Ok::<_, StoreError>(Done::unaudited(is_ours, Unaudited::Delivered))
    });
    if !is_ours.await? {
        return Ok(false);
    }
    let sent = mail::carry(ctx, mail).await;
    let now = ctx.now();
    let how = match sent {
        Ok(()) => {
            Rest::of(ctx).end();
            Rests::of(ctx).arrived(Channel::Mail, (0, person.0), "");
            AttemptOutcome::Sent
        }
        Err(error) => {
            tracing::warn!(%error, "a mail about a notice was not sent");
            let trouble = error.0;
            if trouble.is_of_the_server() {
                Rest::of(ctx).begin(now, trouble, person);
            }
            // Its lane is short of places; the order of mails after a failure is that of the queue.
            let setback = Setback { rest: Duration::ZERO, asked: None, witness: None };
            Rests::of(ctx).failed(Channel::Mail, (0, person.0), "", setback, now);
            match again {
                Some(again) if trouble != Trouble::Address => AttemptOutcome::Again(trouble, now.after(again)),
                _ => AttemptOutcome::Failed(trouble),
            }
        }
    };
    Rest::of(ctx).count(how);
    write(ctx, async move |tx| {
        rows::record_attempt(tx, &ids, how, now).await?;
        if how == AttemptOutcome::Failed(Trouble::Address) && rows::bounced(tx, person, &email, now).await? {
            notices::record(tx, None, person, &Notice::AddressBounced { at: now }, now).await?;
        }
        Ok(())
    })
    .await?;
    Ok(how == AttemptOutcome::Sent)
}
