//! The status of the space for other sites: `/spaceapi.json`, and `/space/embed`, a page that any site may show in a frame.
//!
//! Invariant: both show what a visitor sees, also to people who are signed in. The page has no script and no form, and loads itself
//! again every minute. Not here: what they show ([`services::spaceapi`], [`services::space_status`]).

use super::{Shared, headers::accepted_language, plain};
use api::{Refusal, etag};
use app::ui::icon::symbol;
use axum::{
    Json,
    extract::{Query, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use contract::space_status::{SensorView, SpaceStatusView};
use domain::{
    meters::Measure,
    problem::{Kind, Problem},
};
use serde::Deserialize;
use services::{error::ServiceError, space_status, spaceapi};
use text::{Lang, markup::escaped};

/// How long others may show an earlier answer.
const STORED: &str = "public, max-age=60";
/// Seconds after which the page loads itself again.
const AGAIN: u32 = 60;
/// Other sites may read this, by script too.
const CROSS: [(HeaderName, HeaderValue); 2] = [
    (header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("cross-origin")),
];
/// The policy of the page in a frame.
const FRAMED: &str = "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; base-uri 'none'; \
     form-action 'none'; frame-ancestors *";

/// `GET /spaceapi.json`.
pub async fn document(State(shared): State<Shared>, map: HeaderMap) -> Response {
    match spaceapi::read(&shared.0.ctx).await {
        Ok(document) => {
            let answer = ([(header::CACHE_CONTROL, STORED)], CROSS, Json(document)).into_response();
            etag::tag(&map, answer).await
        }
        Err(error) => {
            let lang = accepted_language(&map).unwrap_or_default();
            (CROSS, Refusal(error.problem(lang))).into_response()
        }
    }
}

/// `OPTIONS /spaceapi.json`: what a browser asks before a script of another site reads it.
pub async fn preflight() -> Response {
    let methods = "GET,HEAD,OPTIONS";
    let allowed = [
        (header::ALLOW, methods),
        (header::ACCESS_CONTROL_ALLOW_METHODS, methods),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "*"),
        (header::ACCESS_CONTROL_MAX_AGE, "86400"),
    ];
    (StatusCode::NO_CONTENT, CROSS, allowed).into_response()
}

/// What the address of the page asks for.
#[derive(Debug, Deserialize)]
pub struct PageQuery {
    /// The language; that of the reader's browser if left out.
    lang: Option<String>,
}

/// `GET /space/embed`: open or closed, for a frame on another site.
pub async fn embed(State(shared): State<Shared>, Query(query): Query<PageQuery>, map: HeaderMap) -> Response {
    let ctx = &shared.0.ctx;
    let chosen = query.lang.as_deref().and_then(Lang::from_tag);
    let t = chosen.or_else(|| accepted_language(&map)).unwrap_or(ctx.space().language);
    let status = match space_status::published(ctx).await {
        Ok(Some(status)) => status,
        Ok(None) => {
            let problem = Problem::new("space.not-public", Kind::NotFound, t.space_not_public());
            return (StatusCode::NOT_FOUND, [(header::CACHE_CONTROL, "no-store")], problem.detail).into_response();
        }
        Err(error) => {
            let head = [(header::CACHE_CONTROL, "no-store")];
            return (StatusCode::SERVICE_UNAVAILABLE, head, error.problem(t).detail).into_response();
        }
    };
    let head = [
        (header::CACHE_CONTROL, STORED),
        (header::CONTENT_SECURITY_POLICY, FRAMED),
        (header::CONTENT_LANGUAGE, t.tag()),
        (header::VARY, "accept-language"),
    ];
    (head, CROSS, Html(page(&shared, t, &status))).into_response()
}

fn page(shared: &Shared, t: Lang, status: &SpaceStatusView) -> String {
    let ctx = &shared.0.ctx;
    let (space, now) = (ctx.space(), ctx.moment_now());
    let name = if space.name.is_empty() { "Toolgate" } else { &space.name };
    let website = &space.settings.profile.website;
    let home = if website.is_empty() { "/" } else { website };
    let (key, word) = match status.open {
        Some(true) => ("free", t.sign_open()),
        Some(false) => ("closed", t.sign_closed()),
        None => ("offline", t.embed_unknown()),
    };
    let until = status.open.zip(status.until).map(|(open, until)| t.opening(open, until, now));
    let people = status.people.filter(|_| status.open != Some(false)).map(|people| t.embed_people(people));
    let warm = status.temperatures.first().map(|SensorView { value, .. }| t.amount(Measure::Temperature, *value));
    let more: Vec<_> = people.into_iter().chain(warm).collect();
    let line = |text: String| format!("<p>{}</p>", escaped(&text));
    let body = format!(
        "<svg class=\"sprite\" width=\"0\" height=\"0\" aria-hidden=\"true\">{symbol}</svg>\
         <main id=\"main\" class=\"card\"><h1><a href=\"{home}\" target=\"_blank\" rel=\"noopener\">{name}</a></h1>\
         <p class=\"status\" data-status=\"{key}\"><svg class=\"glyph\" viewBox=\"0 0 24 24\" aria-hidden=\"true\">\
         <use href=\"#g-{key}\"/></svg>{word}</p>{until}{more}</main>",
        symbol = symbol(&format!("g-{key}")),
        home = escaped(home),
        name = escaped(name),
        until = until.map(line).unwrap_or_default(),
        more = if more.is_empty() { String::new() } else { line(more.join(" · ")) },
    );
    let again = format!("<meta http-equiv=\"refresh\" content=\"{AGAIN}\">");
    plain::document_with(shared, t, None, &t.embed_title(name), &again, &body)
}
