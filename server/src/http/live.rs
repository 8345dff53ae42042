//! `GET /live`: hints as server-sent events.
//!
//! Invariant: the stream ends when the process stops, and as soon as whoever watches is not let in any more; their page
//! is told (`signed-out`). It carries no data but a noun and an id, and what somebody may not know of is left out without
//! changing the numbers of the rest.

mod counts;
mod fanout;
mod limits;

pub(super) use counts::{Figures, Resync};
pub(super) use fanout::Fanout;
pub(super) use limits::StreamLimits;

use super::{Shared, peer::Peer};
use crate::connections::Network;
use axum::{
    Extension,
    extract::{Query, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode},
    response::{AppendHeaders, IntoResponse, Response, Sse, sse::Event},
};
use domain::actor::{Actor, Who};
use fanout::{Announced, Round, Subscription};
use futures::{Stream, StreamExt, stream};
use limits::{StreamPermit, Viewer};
use serde::Deserialize;
use services::{
    live::{Hub, Numbered, Replay},
    live_access,
};
use std::{convert::Infallible, sync::Arc, time::Duration};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};

/// How soon a browser comes back after a broken connection.
const RETRY: Duration = Duration::from_secs(1);
/// A beat this often keeps proxies from closing a quiet stream. A message and not a comment, which browsers hide from
/// the page: by its absence a page notices a line that is dead and does not know it.
const BEAT: Duration = Duration::from_secs(15);
/// A session that runs out by itself is noticed within this many beats.
const BEATS_TO_RECHECK: u32 = 4;

#[derive(Deserialize)]
pub struct LiveParams {
    #[serde(default)]
    after: String,
    /// Whom the page was made for, if somebody had signed in.
    #[serde(default)]
    known: String,
}

/// The hints after the id in `Last-Event-ID`, or in `?after=`, as far as they are remembered; then those that come.
pub async fn stream(
    State(shared): State<Shared>,
    Extension(actor): Extension<Actor>,
    peer: Option<Extension<Peer>>,
    Query(LiveParams { after, known }): Query<LiveParams>,
    headers: HeaderMap,
) -> Response {
    if !known.is_empty() && actor.person().is_none_or(|person| person.0.to_string() != known) {
        // It came back when its session was over, and maybe somebody else's had begun.
        return answer(stream::once(async { signed_out() }));
    }
    if !live_access::may_subscribe(&actor) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let viewer = viewer(&shared, &actor, peer.map(|Extension(peer)| peer));
    let permit = match shared.0.stream_limits.admit(viewer) {
        Ok(permit) => permit,
        Err(refused) => {
            shared.0.fanout.counts.refused(refused);
            return refused.into_response();
        }
    };
    // Before what was missed is read, so that nothing falls in between.
    let subscription = shared.0.fanout.subscribe(actor.person());
    // A browser that reconnects by itself repeats the old address with a newer header.
    let last = headers.get("last-event-id").and_then(|value| value.to_str().ok()).unwrap_or(&after);
    let hub = shared.0.ctx.live();
    let (replay, newest, _) = hub.subscribe(last);
    let hello = Event::default().retry(RETRY).data(format!("hello {}", shared.build()));
    let missed = match replay {
        Replay::Missed(hints) => {
            let heard = hints.into_iter().filter(|numbered| hears(&actor, numbered));
            heard.map(|numbered| event(hub, numbered)).collect()
        }
        Replay::Resync => {
            shared.0.fanout.counts.resynced(Resync::Reconnect);
            vec![event(hub, Numbered { seq: newest, hint: None })]
        }
    };
    let watcher = Watcher {
        shared: shared.clone(),
        actor,
        beat: beats(subscription.number),
        subscription,
        newest,
        round: Arc::new([]),
        at: 0,
        beats: 0,
        over: false,
        _permit: permit,
    };
    let events = stream::iter(std::iter::once(hello).chain(missed))
        .chain(watcher.follow())
        .take_until(shared.0.stop.clone().cancelled_owned());
    answer(events)
}

impl Shared {
    /// Streams now, and what became of others since the start.
    pub(super) fn live_figures(&self) -> Figures {
        self.0.fanout.counts.read(self.0.stream_limits.count())
    }
}

/// Whose stream it is to be.
fn viewer(shared: &Shared, actor: &Actor, peer: Option<Peer>) -> Viewer {
    match &actor.who {
        Who::Person(person) => Viewer::Person(person.id),
        Who::Display(screen) => Viewer::Display(screen.display),
        Who::Anybody { .. } | Who::Board(_) | Who::Toolgate => {
            let is_proxy = |peer: &Peer| shared.0.trusted_proxies.iter().any(|proxies| proxies.contains(peer.0));
            Viewer::Anonymous(peer.filter(|peer| !is_proxy(peer)).map(|peer| Network::from(peer.0)))
        }
    }
}

/// Each stream beats at its own time, or thousands that were opened together would beat together.
fn beats(number: u64) -> Interval {
    // Multiples of the golden ratio lie evenly between two whole numbers, however many there are.
    let fraction = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
    let millis = u64::try_from(BEAT.as_millis()).unwrap_or_default();
    let mut beats = interval_at(Instant::now() + Duration::from_millis((fraction * millis) >> 32), BEAT);
    beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
    beats
}

fn answer(events: impl Stream<Item = Event> + Send + 'static) -> Response {
    // Some proxies gather small answers; a hint that waits is a page that is wrong.
    let unbuffered = (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    (AppendHeaders([unbuffered]), Sse::new(events.map(Ok::<_, Infallible>))).into_response()
}

struct Watcher {
    shared: Shared,
    actor: Actor,
    subscription: Subscription,
    /// The newest hint that was replayed.
    newest: u64,
    /// The hints that are being sent, and which is next.
    round: Round,
    at: usize,
    beat: Interval,
    beats: u32,
    /// The next thing is the end.
    over: bool,
    _permit: StreamPermit,
}

enum Heard {
    Change(Announced),
    Beat,
}

impl Watcher {
    fn follow(self) -> impl Stream<Item = Event> {
        stream::unfold(self, async |mut watcher| watcher.next().await.map(|event| (event, watcher)))
    }

    async fn next(&mut self) -> Option<Event> {
        while !self.over {
            let Announced { numbered, event } = match self.heard().await {
                Heard::Change(announced) => announced,
                Heard::Beat => {
                    self.beats += 1;
                    if self.beats.is_multiple_of(BEATS_TO_RECHECK) && !self.is_still_let_in().await? {
                        return Some(self.end());
                    }
                    return Some(Event::default().data("beat"));
                }
            };
            if numbered.is_some_and(|numbered| numbered.seq <= self.newest) {
                continue;
            }
            let hint = numbered.and_then(|numbered| numbered.hint);
            let touched = hint.is_none_or(|hint| live_access::affects(&self.actor, hint));
            if touched && !self.is_still_let_in().await? {
                return Some(self.end());
            }
            // Where they stand has changed: the browser comes back, and is let in as who they are then.
            self.over = touched && self.actor.known().is_some();
            if hint.is_none_or(|hint| live_access::may_receive(&self.actor, hint)) {
                return Some(event);
            }
        }
        None
    }

    async fn heard(&mut self) -> Heard {
        loop {
            if let Some(announced) = self.round.get(self.at) {
                self.at += 1;
                return Heard::Change(announced.clone());
            }
            tokio::select! {
                round = self.subscription.next() => (self.round, self.at) = (round, 0),
                _ = self.beat.tick() => return Heard::Beat,
            }
        }
    }

    /// `None`: it could not be found out. Then the stream ends, and the browser asks again.
    async fn is_still_let_in(&self) -> Option<bool> {
        let still = live_access::still_allowed(&self.shared.0.ctx, &self.actor).await;
        still.inspect_err(|error| tracing::warn!(%error, "whether somebody may still watch is not known")).ok()
    }

    fn end(&mut self) -> Event {
        self.over = true;
        signed_out()
    }
}

/// Whether `actor` hears it; that everything is to be fetched concerns everybody.
fn hears(actor: &Actor, numbered: &Numbered) -> bool {
    numbered.hint.is_none_or(|hint| live_access::may_receive(actor, hint))
}

fn signed_out() -> Event {
    Event::default().data("signed-out")
}

fn event(hub: &Hub, numbered: Numbered) -> Event {
    let data = numbered.hint.map_or_else(|| "resync".to_owned(), |hint| hint.to_string());
    Event::default().id(hub.id(numbered.seq)).data(data)
}
