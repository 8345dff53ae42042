//! Limits how often a person changes something on pages.
//!
//! Invariant: every POST of a page counts, except those that only read; a server function not listed here is
//! assumed to change something. Not here: the API, which has its own limit (`api::admission`), and anonymous visitors,
//! whose failures are counted at sign-in.

use super::{Shared, pages};
use app::{call::is_read, problem::AppError, visitor::Visitor};
use axum::{
    extract::{Request, State},
    http::{HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::{actor::Actor, problem::Problem};
use leptos::server_fn::error::{FromServerFnError, SERVER_FN_ERROR_HEADER};
use services::rate;

/// Server functions that only read, beside those of the contract: pages call them again after every change.
pub const READS: &[&str] = &[
    "announcements/preview",
    "audit/page",
    "availability/mine",
    "boards/all",
    "boards/logins",
    "bookings/day",
    "bookings/find",
    "bookings/mine",
    "bookings/one",
    "bookings/outage",
    "bookings/requests",
    "bookings/rooms",
    "bookings/rules",
    "bookings/try",
    "bookings/week",
    "cards/at-reader",
    "cards/my-claims",
    "cards/one",
    "cards/swiping",
    "cards/unknown",
    "checkouts/day",
    "checkouts/list",
    "checkouts/one",
    "checkouts/record",
    "checkouts/slots",
    "deliveries/list",
    "equipment/choices",
    "equipment/inventory",
    "equipment/labels",
    "equipment/machine",
    "equipment/type",
    "find/all",
    "firmware/read",
    "history/page",
    "history/use",
    "hours/page",
    "imports/brought",
    "kiosk/qr",
    "kiosk/sign",
    "kiosk/wall",
    "link/read",
    "machines/one",
    "maintenance/at",
    "maintenance/coming",
    "maintenance/plan",
    "manage/inbox",
    "manage/steps",
    "me/account",
    "modules/list",
    "modules/sheet",
    "notices/count",
    "notices/follows",
    "notices/list",
    "notices/unsubscribe-link",
    "now/floor",
    "people/attempts",
    "people/bulk-choices",
    "people/list",
    "people/one",
    "people/overview",
    "people/standing",
    "people/timeline",
    "people/uses",
    "privacy/holdings",
    "privacy/retention",
    "problems/at",
    "problems/queue",
    "problems/reporting",
    "qualifications/mine",
    "qualifications/type",
    "qualifications/types",
    "reference/read",
    "reports/use",
    "second-factor/show",
    "set-up/read",
    "settings/page",
    "sign-in/arrival",
    "sign-in/entrance",
    "system/read",
    "training/candidates",
    "training/learn",
    "training/module",
    "training/quiz",
];

/// Middleware: delays people who change more than a human can.
pub(super) async fn changes(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    if *request.method() != Method::POST || api::is_api(request.uri().path()) {
        return next.run(request).await;
    }
    let posted = pages::target(request.uri());
    let function = posted.as_ref().map_or(request.uri(), |(function, _)| function).path();
    let name = function.strip_prefix("/api/");
    if name.is_some_and(|name| READS.contains(&name)) || is_read(function) {
        return next.run(request).await;
    }
    let is_function = name.is_some() && posted.is_none();
    let extensions = request.extensions();
    let lang = extensions.get::<Visitor>().map(|visitor| visitor.lang).unwrap_or_default();
    let taken = extensions.get::<Actor>().map_or(Ok(()), |actor| rate::take_change(shared.ctx(), actor, lang));
    match taken {
        Ok(()) => next.run(request).await,
        Err(problem) if is_function => refused(problem),
        Err(problem) => {
            let wait = problem.retry_after;
            let mut page = pages::refused(&shared, request.into_parts().0, problem).await;
            page.headers_mut().extend(wait.map(|seconds| (header::RETRY_AFTER, HeaderValue::from(seconds))));
            page
        }
    }
}

/// Answers as a server function does.
fn refused(problem: Problem) -> Response {
    let wait = problem.retry_after;
    let json = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    let mut answer = (StatusCode::TOO_MANY_REQUESTS, json, AppError(problem).ser()).into_response();
    let headers = answer.headers_mut();
    headers.insert(SERVER_FN_ERROR_HEADER, HeaderValue::from_static("/"));
    headers.extend(wait.map(|seconds| (header::RETRY_AFTER, HeaderValue::from(seconds))));
    answer
}
