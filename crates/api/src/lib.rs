//! The JSON API, `/api/v1/…`: the same services as the pages, for programs.
//!
//! **Here:** the types of the API and its operations, by noun, and the checks of every request (`admission`). The server
//! provides a [`Ctx`] as the router's state, and each request with its [`Actor`](domain::actor::Actor), language
//! ([`Lang`]), `Authorization` header ([`admission::Bearer`]) and client address ([`admission::Peer`]).
//!
//! **Invariants.** An error is a [`Problem`] as `application/problem+json` (RFC 9457) with its real status, rendered by
//! [`Refusal`] alone. Instants are RFC 3339 in UTC; ids are numbers, and codes never change. Everything served is
//! described ([`document`]), because both are generated from [`operations`].
//!
//! **Not here:** rules. An operation reads the request, calls a service and returns its result. Tokens are created and
//! revoked on a page, by a person who signed in.
//!
//! Router, `OpenAPI` document, reference pages and permission test are generated from one list of operations.
//! `server/openapi.json` is the reviewed document; a test fails when it changes.

pub mod access;
pub mod admission;
pub mod answer;
pub mod arriving;
pub mod audit;
pub mod availability;
pub mod board_logins;
pub mod boards;
pub mod bookings;
pub mod bookings_import;
pub mod bulk;
pub mod cards;
pub mod checkout_steps;
pub mod checkouts;
pub mod claims;
pub mod deliveries;
pub mod document;
pub mod documents;
pub mod draws;
pub mod equipment;
pub mod etag;
pub mod firmware;
pub mod free_times;
pub mod hand_over;
pub mod history;
pub mod hours;
pub mod inbox;
mod input;
pub mod invitations;
pub mod lists;
pub mod machine_history;
pub mod machines;
pub mod maintenance;
pub mod me;
pub mod meters;
pub mod notes;
pub mod notices;
pub mod operation;
pub mod paging;
pub mod people;
pub mod pictures;
pub mod problems;
pub mod qualifications;
mod refusal;
pub mod reports;
mod room_access;
pub mod rows;
pub mod schema;
pub mod settings;
pub mod system;
pub mod training;
pub mod training_exchange;
pub mod types;
pub mod unknown_cards;
pub mod waiting;
pub mod words;

pub use input::{Body, Caller, Id, Query, Seen, Word};
pub use refusal::Refusal;

use axum::{
    Extension, Json,
    extract::{FromRef, Request},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{MethodRouter, any, get},
};
use domain::{
    problem::{Kind, Problem},
    time::{Millis, Moment},
    zone::to_rfc3339,
};
use operation::{Operation, ROOT};
use serde_json::{Value, json};
use services::Ctx;
use std::{any::Any, sync::LazyLock};
use text::Lang;

/// The requirements on the state of a router that serves the API.
pub trait Served: Clone + Send + Sync + 'static {}

impl<S: Clone + Send + Sync + 'static> Served for S {}

/// Every operation, in the order of the document.
#[must_use]
pub fn operations() -> Vec<Operation> {
    let by_noun = [
        me::operations(),
        people::operations(),
        invitations::operations(),
        bulk::operations(),
        history::operations(),
        cards::operations(),
        unknown_cards::operations(),
        claims::operations(),
        notes::operations(),
        lists::operations(),
        rows::operations::<contract::help::Operations>(),
        rows::operations::<contract::holds::Operations>(),
        rows::operations::<contract::documents::Operations>(),
        documents::operations(),
        rows::operations::<contract::dues::Operations>(),
        qualifications::operations(),
        checkouts::operations(),
        checkout_steps::operations(),
        availability::operations(),
        free_times::operations(),
        bookings::operations(),
        hand_over::operations(),
        rows::operations::<contract::closures::Operations>(),
        reports::operations(),
        waiting::operations(),
        room_access::operations(),
        rows::operations::<contract::feeds::Operations>(),
        rows::operations::<contract::external_calendars::Operations>(),
        rows::operations::<contract::rooms::Operations>(),
        rows::operations::<contract::floor_plans::Operations>(),
        rows::operations::<contract::groups::Operations>(),
        rows::operations::<contract::series::Operations>(),
        rows::operations::<contract::draws::Operations>(),
        rows::operations::<contract::training_requests::Operations>(),
        rows::operations::<contract::training_events::Operations>(),
        rows::operations::<contract::building_devices::Operations>(),
        rows::operations::<contract::meters::Operations>(),
        rows::operations::<contract::actuators::Operations>(),
        rows::operations::<contract::webhooks::Operations>(),
        rows::operations::<contract::doors::Operations>(),
        meters::operations(),
        draws::operations(),
        machines::operations(),
        machine_history::operations(),
        equipment::operations(),
        types::operations(),
        rows::operations::<contract::places::Operations>(),
        problems::operations(),
        maintenance::operations(),
        pictures::operations(),
        boards::operations(),
        firmware::operations(),
        board_logins::operations(),
        rows::operations::<contract::displays::Operations>(),
        rows::operations::<contract::slack::Operations>(),
        access::operations(),
        inbox::operations(),
        notices::operations(),
        rows::operations::<contract::identity_providers::Operations>(),
        rows::operations::<contract::passkeys::Operations>(),
        rows::operations::<contract::user_directory::Operations>(),
        rows::operations::<contract::group_mapping::Operations>(),
        rows::operations::<contract::notice_settings::Operations>(),
        rows::operations::<contract::push::Operations>(),
        deliveries::operations(),
        rows::operations::<contract::announcements::Operations>(),
        training::operations(),
        training_exchange::operations(),
        hours::operations(),
        settings::operations(),
        audit::operations(),
        rows::operations::<contract::space_status::Operations>(),
        rows::operations::<contract::connections::Operations>(),
        system::operations(),
    ];
    by_noun.into_iter().flatten().collect()
}

/// The `OpenAPI` document, built once.
pub static DOCUMENT: LazyLock<Value> = LazyLock::new(|| document::document(&operations()));

/// The serialized document with its tag.
static SERVED: LazyLock<(String, Option<HeaderValue>)> = LazyLock::new(|| {
    let served = DOCUMENT.to_string();
    let tag = etag::of_bytes(served.as_bytes());
    (served, tag)
});

/// Every route below `/api/v1`, and the fallback for unknown addresses below `/api/`. Server functions have more specific
/// routes there.
#[must_use]
pub fn routes<S: Served>() -> Vec<(&'static str, MethodRouter<S>)>
where
    Ctx: FromRef<S>,
{
    let mut routes = operation::routes(operations());
    routes.push(("/api/v1/openapi.json", get(description).fallback(wrong_method)));
    routes.push((ROOT, get(index).fallback(wrong_method)));
    routes.extend(["/api/v1/{*path}", "/api/{*path}", "/api/"].map(|path| (path, any(unknown))));
    routes
}

/// Serves the document. It is public because it has no data.
async fn description(map: HeaderMap) -> Response {
    let (served, tag) = &*SERVED;
    let stored = [(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"))];
    let stored = stored.into_iter().chain(tag.clone().map(|tag| (header::ETAG, tag)));
    let mut response = if tag.as_ref().is_some_and(|tag| etag::is_known(&map, tag)) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, "application/json")], served.as_str()).into_response()
    };
    response.headers_mut().extend(stored);
    response
}

/// Links to the document and to the reference pages.
async fn index() -> Response {
    let links = json!({ "openapi": format!("{ROOT}/openapi.json"), "reference": "/api" });
    ([(header::CACHE_CONTROL, "public, max-age=300")], Json(links)).into_response()
}

/// The response for an unknown address.
async fn unknown(Extension(lang): Extension<Lang>) -> Refusal {
    Refusal(nowhere(lang))
}

/// The problem for an unknown address.
fn nowhere(lang: Lang) -> Problem {
    Problem::new("api.unknown", Kind::NotFound, lang.api_unknown())
}

/// The response for a known address with an unsupported method; the router lists the supported ones in `Allow`.
async fn wrong_method(Extension(lang): Extension<Lang>) -> Refusal {
    Refusal(Problem::new("api.method", Kind::WrongMethod, lang.api_method()))
}

/// Whether a path belongs to the API.
pub fn is_api(path: &str) -> bool {
    path.strip_prefix(ROOT).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The language of the sender of `request`, before authentication.
pub fn accepted_language(request: &Request) -> Lang {
    let accepted = request.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    accepted.and_then(Lang::from_accept_language).unwrap_or_default()
}

/// Replaces an empty refusal by a layer with a problem of the API.
pub fn explain(answer: Response, lang: Lang) -> Response {
    let ours = answer.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/problem+json");
    let problem = match answer.status().as_u16() {
        403 if !ours => cross_site(lang),
        413 if !ours => input::too_large(lang),
        _ => return answer,
    };
    Refusal(problem).into_response()
}

/// The problem for a request that another site triggered.
fn cross_site(lang: Lang) -> Problem {
    Problem::new("request.cross-site", Kind::Forbidden, lang.request_cross_site())
}

/// The response after a panic: it is logged and no details are returned.
pub fn apologise(panic: &(dyn Any + Send)) -> Response {
    log_panic(panic);
    Refusal(admission::unavailable(Lang::default())).into_response()
}

/// Logs a panic.
pub fn log_panic(panic: &(dyn Any + Send)) {
    let what =
        panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    tracing::error!(panic = what.unwrap_or("of an unknown kind"), "a request was not answered");
}

/// The language with this tag; `otherwise` if none is given.
fn language(tag: Option<&str>, otherwise: Lang) -> Result<Lang, Refusal> {
    let Some(tag) = tag else { return Ok(otherwise) };
    Lang::from_tag(tag).ok_or_else(|| Refusal(input::invalid("language", otherwise.choose_language(), otherwise)))
}

/// The problem with the field `from` renamed to `to`, its name in the API.
fn renamed(mut problem: Problem, from: &str, to: &str) -> Problem {
    let saved = problem.saved.iter_mut().flat_map(|saved| &mut saved.fields);
    for (field, _) in problem.fields.iter_mut().chain(saved) {
        if field == from {
            to.clone_into(field);
        }
    }
    problem
}

/// Formats an instant; `None` if it is out of range.
fn instant(at: Millis) -> Option<String> {
    to_rfc3339(at)
}

/// Formats an instant that was saved here and is therefore in range.
fn when(moment: Moment) -> String {
    to_rfc3339(moment.at).unwrap_or_default()
}
