//! `/calendar/{secret}.ics`: bookings and checkouts for external calendar programs; the secret is the only
//! credential. `/calendar/event-{id}.ics`: one training event, for those who see its page.
//!
//! Invariant: sessions do not count for secrets, and every error – wrong secret, owner or content – gets the same
//! response. Not here: the content and its permissions ([`services::feeds`]).
//!
//! The address is outside `/api`, so no token or scope is involved.

use super::Shared;
use api::{admission::Peer, etag};
use axum::{
    Extension,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{
    actor::{Actor, Channel},
    feeds::MAX_AGE,
    id::TrainingEventId,
};
use services::{feeds, rate, training_events::calendar as events};
use text::Lang;

/// How the name of the file of a training event begins; no secret is as short.
const EVENT: &str = "event-";

/// Prefix of these addresses.
pub const PATH: &str = "/calendar/";

/// `GET`: the calendar, or 304.
pub async fn read(
    State(shared): State<Shared>,
    Path(file): Path<String>,
    peer: Option<Extension<Peer>>,
    Extension(actor): Extension<Actor>,
    map: HeaderMap,
) -> Response {
    let ctx = &shared.0.ctx;
    if let Some(Extension(Peer(from))) = peer {
        let (_, counted) = rate::take(ctx, &Actor::anybody(false, Channel::Web), from, Lang::default());
        if let Err(problem) = counted {
            let wait = problem.retry_after.map(|seconds| [(header::RETRY_AFTER, seconds.to_string())]);
            return (StatusCode::TOO_MANY_REQUESTS, wait, problem.detail).into_response();
        }
    }
    let Some(secret) = file.strip_suffix(".ics") else { return not_found() };
    let found = match secret.strip_prefix(EVENT).map(str::parse) {
        // What its page shows to the reader.
        Some(Ok(event)) => Ok(events::one(ctx, &actor, TrainingEventId(event)).await.ok()),
        Some(Err(_)) => Ok(None),
        None => feeds::read(ctx, secret).await,
    };
    match found {
        Ok(Some(text)) => {
            let mut answer = text.into_response();
            let headers = answer.headers_mut();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/calendar; charset=utf-8"));
            let caching = format!("private, max-age={}", MAX_AGE.as_secs());
            headers.extend(HeaderValue::from_str(&caching).ok().map(|value| (header::CACHE_CONTROL, value)));
            headers.insert(
                header::CONTENT_DISPOSITION,
                HeaderValue::from_static("inline; filename=\"toolgate.ics\""),
            );
            headers
                .insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
            etag::tag(&map, answer).await
        }
        Ok(None) => not_found(),
        Err(error) => {
            tracing::warn!(%error, "a calendar could not be read");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

fn not_found() -> Response {
    (StatusCode::NOT_FOUND, [(header::CACHE_CONTROL, "no-store")], Lang::default().feed_unknown()).into_response()
}
