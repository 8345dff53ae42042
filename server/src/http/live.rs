//! `GET /live`: hints as server-sent events.
//!
//! Invariant: the stream ends when the process stops. It carries no data but a noun and an id; whoever may not see the
//! thing learns from it only that something moved.

use super::Shared;
use axum::{
    extract::{Query, State},
    http::{HeaderMap, HeaderName, HeaderValue},
    response::{
        AppendHeaders, IntoResponse, Sse,
        sse::{Event, KeepAlive},
    },
};
use futures::{Stream, StreamExt, stream};
use serde::Deserialize;
use services::live::{Hub, Numbered, Replay};
use std::{convert::Infallible, time::Duration};
use tokio::sync::broadcast::error::RecvError;

/// How soon a browser comes back after a broken connection.
const RETRY: Duration = Duration::from_secs(1);
/// A beat this often keeps proxies from closing a quiet stream. A message and not a comment, which browsers hide from
/// the page: by its absence a page notices a line that is dead and does not know it.
const BEAT: Duration = Duration::from_secs(15);

#[derive(Deserialize)]
pub struct After {
    #[serde(default)]
    after: String,
}

/// The hints after the id in `Last-Event-ID`, or in `?after=`, as far as they are remembered; then those that come.
pub async fn stream(
    State(shared): State<Shared>,
    Query(After { after }): Query<After>,
    headers: HeaderMap,
) -> impl IntoResponse {
    // A browser that reconnects by itself repeats the old address with a newer header.
    let last = headers.get("last-event-id").and_then(|value| value.to_str().ok()).unwrap_or(&after);
    let hub = shared.0.ctx.live();
    let (replay, newest, coming) = hub.subscribe(last);
    let hello = Event::default().retry(RETRY).data(format!("hello {}", shared.build()));
    let missed = match replay {
        Replay::Missed(hints) => hints.into_iter().map(|hint| event(hub, hint)).collect(),
        Replay::Resync => vec![event(hub, Numbered { seq: newest, hint: None })],
    };
    let events = stream::iter(std::iter::once(hello).chain(missed))
        .chain(following(shared.clone(), coming))
        .take_until(shared.0.stop.clone().cancelled_owned());
    // Some proxies gather small answers; a hint that waits is a page that is wrong.
    let unbuffered = (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    let keep_alive = KeepAlive::new().interval(BEAT).event(Event::default().data("beat"));
    let events = Sse::new(events.map(Ok::<_, Infallible>)).keep_alive(keep_alive);
    (AppendHeaders([unbuffered]), events)
}

fn following(
    shared: Shared,
    coming: tokio::sync::broadcast::Receiver<Numbered>,
) -> impl Stream<Item = Event> + use<> {
    stream::unfold(coming, move |mut coming| {
        let shared = shared.clone();
        async move {
            let next = match coming.recv().await {
                Ok(hint) => event(shared.0.ctx.live(), hint),
                // A slow reader lost some, and fetches everything instead. Without an id: what is lost is unknown.
                Err(RecvError::Lagged(_)) => Event::default().data("resync"),
                Err(RecvError::Closed) => return None,
            };
            Some((next, coming))
        }
    })
}

fn event(hub: &Hub, numbered: Numbered) -> Event {
    let data = numbered.hint.map_or_else(|| "resync".to_owned(), |hint| hint.to_string());
    Event::default().id(hub.id(numbered.seq)).data(data)
}
