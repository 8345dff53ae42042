//! Public training events for the workshop's own site: `/events.ics` and `/events.json`, and `/events/embed`, a page that any
//! site may show in a frame.
//!
//! Invariant: this page may be framed, as only that of the space may ([`super::space`]); it has no script and no form, and it shows what a visitor sees, also to people who are signed
//! in. Not here: which events that are ([`services::training_events`]), and the file of one event ([`super::calendar`]).

use super::{Shared, headers::accepted_language, plain};
use api::etag;
use axum::{
    extract::{Query, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use contract::{
    form::Fields,
    training_events::{ListTrainingEvents, TrainingEventView},
};
use domain::actor::{Actor, Channel};
use serde::Deserialize;
use serde_json::json;
use services::{serve, training_events::calendar};
use std::fmt::Write as _;
use text::{Lang, markup::escaped, time};

/// How long others may show an earlier answer.
const STORED: &str = "public, max-age=300";
/// Other sites may read this.
const CROSS: (HeaderName, HeaderValue) =
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("cross-origin"));
/// The policy of the page in a frame.
const FRAMED: &str = "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; base-uri 'none'; \
     form-action 'none'; frame-ancestors *";

/// What an address asks for.
#[derive(Debug, Deserialize)]
pub struct PageQuery {
    /// The language of the page; that of the reader's browser if left out.
    lang: Option<String>,
}

/// The events that a visitor sees.
async fn public(shared: &Shared, lang: Lang) -> Option<Vec<TrainingEventView>> {
    let visitor = Actor::anybody(false, Channel::Web);
    let found = serve(&shared.0.ctx, &visitor, ListTrainingEvents {}, &Fields::default(), lang).await;
    found.map_err(|error| tracing::warn!(?error, "public events could not be read")).ok().map(|list| list.events)
}

/// `GET /events.json`: the public events as the API describes them.
pub async fn list(State(shared): State<Shared>, map: HeaderMap) -> Response {
    let Some(events) = public(&shared, Lang::default()).await else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let site = shared.0.ctx.space().name.clone();
    let body = json!({ "space": site, "events": events }).to_string();
    let head = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, STORED),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ];
    etag::tag(&map, (head, [CROSS], body).into_response()).await
}

/// `GET /events.ics`: the public events as a calendar.
pub async fn all(State(shared): State<Shared>, map: HeaderMap) -> Response {
    let lang = shared.0.ctx.space().language;
    match calendar::public(&shared.0.ctx, lang).await {
        Ok(text) => etag::tag(&map, (ics("events.ics"), [CROSS], text).into_response()).await,
        Err(error) => {
            tracing::warn!(%error, "public events could not be read");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

/// The headers of a calendar file that anybody may read.
fn ics(file: &str) -> HeaderMap {
    let mut head = HeaderMap::new();
    head.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/calendar; charset=utf-8"));
    head.insert(header::CACHE_CONTROL, HeaderValue::from_static(STORED));
    head.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    let name = HeaderValue::from_str(&format!("inline; filename=\"{file}\""));
    head.extend(name.ok().map(|name| (header::CONTENT_DISPOSITION, name)));
    head
}

/// `GET /events/embed`: a list for a frame on another site. Its links open in a page of their own.
pub async fn embed(State(shared): State<Shared>, Query(query): Query<PageQuery>, map: HeaderMap) -> Response {
    let chosen = query.lang.as_deref().and_then(Lang::from_tag);
    let t = chosen.or_else(|| accepted_language(&map)).unwrap_or(shared.0.ctx.space().language);
    let Some(events) = public(&shared, t).await else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let head = [
        (header::CACHE_CONTROL, STORED),
        (header::CONTENT_SECURITY_POLICY, FRAMED),
        (header::VARY, "accept-language"),
    ];
    (head, [CROSS], Html(page(&shared, t, &events))).into_response()
}

fn page(shared: &Shared, t: Lang, events: &[TrainingEventView]) -> String {
    let now = shared.0.ctx.moment_now();
    let mut lines = String::new();
    for event in events {
        let when = t.exact(event.starts, now);
        let until = time::clock(event.ends);
        let free = u32::from(event.capacity.saturating_sub(event.held));
        let places = if free == 0 { t.attend_full().to_owned() } else { t.attend_places_left(free) };
        // Writing to a string cannot fail.
        let _ = write!(
            lines,
            "<li><a class=\"item\" href=\"/events/{id}\" target=\"_blank\" rel=\"noopener\"><span class=\"lines\"><span class=\"t\">{title}</span>\
             <span class=\"s\">{when}–{until} · {places}</span></span></a></li>",
            id = event.id,
            title = escaped(&event.title),
            when = escaped(&when),
            places = escaped(&places),
        );
    }
    let body = if events.is_empty() {
        format!("<p class=\"muted\">{}</p>", t.attend_none())
    } else {
        format!("<ul class=\"list\" role=\"list\">{lines}</ul>")
    };
    let title = t.attend_title();
    let body = format!(
        "<div class=\"frame\"><main id=\"main\"><header class=\"page-head\"><h1>{title}</h1></header>{body}</main></div>"
    );
    plain::document(shared, t, None, title, &body)
}
