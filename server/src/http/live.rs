//! `GET /live`: hints as server-sent events.
//!
//! Invariant: the stream ends when the process stops, and as soon as whoever watches is not let in any more; their page
//! is told (`signed-out`). It carries no data but a noun and an id, and what somebody may not know of is left out without
//! changing the numbers of the rest.

use super::Shared;
use axum::{
    Extension,
    extract::{Query, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode},
    response::{
        AppendHeaders, IntoResponse, Response, Sse,
        sse::{Event, KeepAlive},
    },
};
use domain::actor::Actor;
use futures::{Stream, StreamExt, stream};
use serde::Deserialize;
use services::{
    live::{Hub, Numbered, Replay},
    watching,
};
use std::{convert::Infallible, time::Duration};
use tokio::{
    sync::broadcast::{Receiver, error::RecvError},
    time::{Interval, interval},
};

/// How soon a browser comes back after a broken connection.
const RETRY: Duration = Duration::from_secs(1);
/// A beat this often keeps proxies from closing a quiet stream. A message and not a comment, which browsers hide from
/// the page: by its absence a page notices a line that is dead and does not know it.
const BEAT: Duration = Duration::from_secs(15);
/// A session that runs out by itself is noticed this soon.
const ASK_AGAIN: Duration = Duration::from_mins(1);

#[derive(Deserialize)]
pub struct Asked {
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
    Query(Asked { after, known }): Query<Asked>,
    headers: HeaderMap,
) -> Response {
    if !known.is_empty() && actor.person().is_none_or(|person| person.0.to_string() != known) {
        // It came back when its session was over, and maybe somebody else's had begun.
        return answer(stream::once(async { signed_out() }));
    }
    if !watching::may_watch(&actor) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    // A browser that reconnects by itself repeats the old address with a newer header.
    let last = headers.get("last-event-id").and_then(|value| value.to_str().ok()).unwrap_or(&after);
    let hub = shared.0.ctx.live();
    let (replay, newest, coming) = hub.subscribe(last);
    let hello = Event::default().retry(RETRY).data(format!("hello {}", shared.build()));
    let missed = match replay {
        Replay::Missed(hints) => {
            let heard = hints.into_iter().filter(|numbered| hears(&actor, numbered));
            heard.map(|numbered| event(hub, numbered)).collect()
        }
        Replay::Resync => vec![event(hub, Numbered { seq: newest, hint: None })],
    };
    let watcher = Watcher { shared: shared.clone(), actor, coming, again: interval(ASK_AGAIN), over: false };
    let events = stream::iter(std::iter::once(hello).chain(missed))
        .chain(watcher.follow())
        .take_until(shared.0.stop.clone().cancelled_owned());
    answer(events)
}

fn answer(events: impl Stream<Item = Event> + Send + 'static) -> Response {
    // Some proxies gather small answers; a hint that waits is a page that is wrong.
    let unbuffered = (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    let keep_alive = KeepAlive::new().interval(BEAT).event(Event::default().data("beat"));
    let events = Sse::new(events.map(Ok::<_, Infallible>)).keep_alive(keep_alive);
    (AppendHeaders([unbuffered]), events).into_response()
}

/// Somebody who keeps a stream open.
struct Watcher {
    shared: Shared,
    actor: Actor,
    coming: Receiver<Numbered>,
    again: Interval,
    /// The next thing is the end.
    over: bool,
}

impl Watcher {
    fn follow(self) -> impl Stream<Item = Event> {
        stream::unfold(self, async |mut watcher| watcher.next().await.map(|event| (event, watcher)))
    }

    async fn next(&mut self) -> Option<Event> {
        if self.over {
            return None;
        }
        loop {
            let heard = tokio::select! {
                heard = self.coming.recv() => heard,
                _ = self.again.tick() => {
                    if self.is_still_let_in().await? {
                        continue;
                    }
                    return Some(self.end());
                }
            };
            let numbered = match heard {
                Ok(numbered) => Some(numbered),
                // A slow reader lost some, and fetches everything instead.
                Err(RecvError::Lagged(_)) => None,
                Err(RecvError::Closed) => return None,
            };
            let hint = numbered.and_then(|numbered| numbered.hint);
            let touched = hint.is_none_or(|hint| watching::touches(&self.actor, hint));
            if touched && !self.is_still_let_in().await? {
                return Some(self.end());
            }
            // Where they stand has changed: the browser comes back, and is let in as who they are then.
            self.over = touched && self.actor.known().is_some();
            match numbered {
                Some(numbered) if hears(&self.actor, &numbered) => {
                    return Some(event(self.shared.0.ctx.live(), numbered));
                }
                // Without an id: what is lost is unknown.
                None => return Some(Event::default().data("resync")),
                Some(_) => {}
            }
        }
    }

    /// `None`: it could not be found out. Then the stream ends, and the browser asks again.
    async fn is_still_let_in(&self) -> Option<bool> {
        let still = watching::still(&self.shared.0.ctx, &self.actor).await;
        still.inspect_err(|error| tracing::warn!(%error, "whether somebody may still watch is not known")).ok()
    }

    fn end(&mut self) -> Event {
        self.over = true;
        signed_out()
    }
}

/// Whether `actor` hears it; that everything is to be fetched concerns everybody.
fn hears(actor: &Actor, numbered: &Numbered) -> bool {
    numbered.hint.is_none_or(|hint| watching::hears(actor, hint))
}

fn signed_out() -> Event {
    Event::default().data("signed-out")
}

fn event(hub: &Hub, numbered: Numbered) -> Event {
    let data = numbered.hint.map_or_else(|| "resync".to_owned(), |hint| hint.to_string());
    Event::default().id(hub.id(numbered.seq)).data(data)
}
