//! `GET /live`: change events as server-sent events.
//!
//! Invariant: the stream ends when the process stops or the viewer loses access; their page gets `signed-out`. It
//! carries only a noun and an id, and events that the viewer may not see are left out without changing the numbers
//! of the others.

mod counts;
mod fanout;
mod limits;

pub(super) use counts::{Figures, Resync};
pub(super) use fanout::Fanout;
pub(super) use limits::StreamLimits;

use super::Shared;
use api::admission::Peer;
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
    rate::network,
};
use std::{convert::Infallible, sync::Arc, time::Duration};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};

/// How soon a browser reconnects.
const RETRY: Duration = Duration::from_secs(1);
/// A beat this often stops proxies from closing a quiet stream. It is a message and no comment, because browsers
/// hide comments from the page, which detects a dead connection by a missing beat.
const BEAT: Duration = Duration::from_secs(15);
/// An expired session is noticed within this many beats.
const BEATS_TO_RECHECK: u32 = 4;

#[derive(Deserialize)]
pub struct LiveParams {
    #[serde(default)]
    after: String,
    /// The person the page was rendered for, if signed in.
    #[serde(default)]
    known: String,
}

/// Events after the id in `Last-Event-ID` or `?after=`, as far as they are remembered; then new ones.
pub async fn stream(
    State(shared): State<Shared>,
    Extension(actor): Extension<Actor>,
    peer: Option<Extension<Peer>>,
    Query(LiveParams { after, known }): Query<LiveParams>,
    headers: HeaderMap,
) -> Response {
    if !known.is_empty() && actor.person().is_none_or(|person| person.0.to_string() != known) {
        // It reconnected after its session ended; another session may have begun since.
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
    // Subscribed before missed events are read, so that none falls in between.
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
    /// Open streams now, and totals of others since the start.
    pub(super) fn live_figures(&self) -> Figures {
        self.0.fanout.counts.read(self.0.stream_limits.count())
    }
}

/// Whose stream it is.
fn viewer(shared: &Shared, actor: &Actor, peer: Option<Peer>) -> Viewer {
    match &actor.who {
        Who::Person(person) => Viewer::Person(person.id),
        Who::Display(screen) => Viewer::Display(screen.display),
        Who::Anybody { .. } | Who::Board(_) | Who::Toolgate => {
            let is_proxy = |peer: &Peer| shared.0.trusted_proxies.iter().any(|proxies| proxies.contains(peer.0));
            Viewer::Anonymous(peer.filter(|peer| !is_proxy(peer)).map(|peer| network(peer.0)))
        }
    }
}

/// Streams beat at different times, or thousands opened together would beat together.
fn beats(number: u64) -> Interval {
    // Multiples of the golden ratio are spread evenly between two whole numbers.
    let fraction = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
    let millis = u64::try_from(BEAT.as_millis()).unwrap_or_default();
    let mut beats = interval_at(Instant::now() + Duration::from_millis((fraction * millis) >> 32), BEAT);
    beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
    beats
}

fn answer(events: impl Stream<Item = Event> + Send + 'static) -> Response {
    // Some proxies buffer small responses, but a delayed event leaves a stale page.
    let unbuffered = (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    (AppendHeaders([unbuffered]), Sse::new(events.map(Ok::<_, Infallible>))).into_response()
}

struct Watcher {
    shared: Shared,
    actor: Actor,
    subscription: Subscription,
    /// The newest replayed event.
    newest: u64,
    /// The events being sent, and the next one.
    round: Round,
    at: usize,
    beat: Interval,
    beats: u32,
    /// Whether the stream ends next.
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
            // The viewer's permissions changed: the browser reconnects and is admitted with the new ones.
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

    /// `None` if it could not be determined; the stream ends and the browser reconnects.
    async fn is_still_let_in(&self) -> Option<bool> {
        let still = live_access::still_allowed(&self.shared.0.ctx, &self.actor).await;
        still.inspect_err(|error| tracing::warn!(%error, "whether somebody may still watch is not known")).ok()
    }

    fn end(&mut self) -> Event {
        self.over = true;
        signed_out()
    }
}

/// Whether `actor` may receive the event; a resync concerns everybody.
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
