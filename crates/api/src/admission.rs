//! The checks of every request: rate limit, token, permission and idempotency key.
//!
//! Invariant: each of these rules is implemented here once, and no operation can omit one. Callers who may not execute an
//! operation learn nothing about its fields: its requirements are checked before path, query, headers and body are read. Not here:
//! the permissions themselves, which the services check again.
//!
//! A token grants what its owner may do, reduced to its scopes, and ends with their sessions.

use super::{
    Caller, Refusal,
    answer::{self, Made},
    etag,
    input::{BODY, Expected, seen, too_large},
    operation::{Call, Operation},
    paging::{Next, link},
    refusal::Stale,
};
use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderName, HeaderValue, StatusCode, header, request::Parts},
    middleware,
    response::{IntoResponse, Response},
};
use domain::{
    problem::{Kind, Problem},
    rate::Left,
    tokens::Scope,
};
use services::{
    Ctx,
    error::ServiceError,
    rate,
    repeats::{self, NOTHING, Outcome, Turn},
    tokens,
};
use std::{
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
};
use text::Lang;

/// The client's address, for rate limits and logs. The server adds it to the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer(pub IpAddr);

/// The address of this site, as the request used it or as it is configured; empty if unknown. The server adds it to the request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin(pub String);

/// The content of `Authorization`.
#[derive(Debug, Clone)]
pub enum Bearer {
    /// No token: the caller is identified by a cookie, or not at all.
    None,
    /// A valid token.
    Token {
        /// The token's scopes.
        scopes: Vec<Scope>,
    },
    /// An invalid token.
    Refused,
    /// The token could not be checked.
    Unavailable,
}

impl Bearer {
    fn of(parts: &Parts) -> Self {
        parts.extensions.get().cloned().unwrap_or(Self::None)
    }
}

/// The layer over the whole API: rejects invalid tokens and enforces the rate limit.
pub async fn paced(State(ctx): State<Ctx>, request: Request, next: middleware::Next) -> Response {
    let (parts, body) = request.into_parts();
    let caller = Caller::of(&ctx, &parts);
    let from = parts.extensions.get::<Peer>().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0);
    // Invalid tokens count as anonymous requests.
    let (left, paced) = rate::take(&caller.ctx, &caller.actor, from, caller.lang);
    let mut response = match (paced, Bearer::of(&parts)) {
        (Err(problem), _) => Refusal(problem).into_response(),
        (Ok(()), Bearer::Refused) => Refusal(tokens::refused(caller.lang)).into_response(),
        (Ok(()), Bearer::Unavailable) => Refusal(unavailable(caller.lang)).into_response(),
        (Ok(()), Bearer::None | Bearer::Token { .. }) => next.run(Request::from_parts(parts, body)).await,
    };
    say(&mut response, left);
    response
}

/// The problem when the database cannot be reached.
pub fn unavailable(lang: Lang) -> Problem {
    Problem::new("storage.unavailable", Kind::Unavailable, lang.storage_unavailable())
}

/// Adds the rate limit headers.
fn say(response: &mut Response, left: Left) {
    let seconds = left.full_in.as_millis().div_ceil(1_000);
    for (name, value) in [
        ("ratelimit-limit", left.limit.to_string()),
        ("ratelimit-remaining", left.burst.to_string()),
        ("ratelimit-reset", seconds.to_string()),
    ] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(HeaderName::from_static(name), value);
        }
    }
}

/// Executes `operation` for the sender of `request` after all checks.
pub async fn pass(operation: &Arc<Operation>, ctx: Ctx, request: Request) -> Response {
    let call = operation.call();
    let (mut parts, body) = request.into_parts();
    parts.extensions.insert(Expected(Arc::clone(operation)));
    let caller = Caller::of(&ctx, &parts);
    let bearer = Bearer::of(&parts);
    let scopes = match &bearer {
        Bearer::Token { scopes } => Some(scopes.as_slice()),
        Bearer::None | Bearer::Refused | Bearer::Unavailable => None,
    };
    if let Err(problem) = tokens::require(scopes, operation.scope, caller.lang) {
        return Refusal(problem).into_response();
    }
    if let Err(refusal) = operation.admit(&caller, &mut parts).await {
        return refusal.into_response();
    }
    if operation.versioned && operation.writes() {
        return over(caller.lang, call, ctx, parts, body).await;
    }
    let uri = parts.uri.clone();
    if !operation.is_keyed() {
        let headers = operation.is_tagged().then(|| parts.headers.clone());
        let mut response = call(Request::from_parts(parts, body), ctx).await;
        if let Some(headers) = headers {
            response = etag::tag(&headers, response).await;
        }
        if let Some(next) = response.extensions().get::<Next>().and_then(|next| link(&uri, next)) {
            response.headers_mut().insert(header::LINK, next);
        }
        return response;
    }
    let key = parts.headers.get("idempotency-key").filter(|_| caller.actor.person().is_some()).cloned();
    let (response, again) = match key {
        Some(key) => once(caller, &key, operation, call, ctx, parts, body).await,
        None => (call(Request::from_parts(parts, body), ctx).await, false),
    };
    match (response.extensions().get::<Made>().cloned(), operation.place()) {
        (Some(made), Some(place)) => answer::created(made, place, uri.path(), again),
        (Some(_), None) => answer::done_before(),
        (None, _) => response,
    }
}

/// Executes a write to a versioned object; on a stale version, adds the saved version and the body that was sent.
async fn over(lang: Lang, call: &Call, ctx: Ctx, parts: Parts, body: Body) -> Response {
    let Ok(sent) = to_bytes(body, BODY).await else { return Refusal(too_large(lang)).into_response() };
    let seen = seen(&parts.headers);
    let mut response = call(Request::from_parts(parts, Body::from(sent.clone())), ctx).await;
    Stale::beside(&mut response, seen, &sent);
    response
}

/// Executes a request once per idempotency key and returns whether an earlier request did.
async fn once(
    caller: Caller,
    key: &HeaderValue,
    operation: &Operation,
    call: &Call,
    ctx: Ctx,
    parts: Parts,
    body: Body,
) -> (Response, bool) {
    let refused = |problem| (Refusal(problem).into_response(), false);
    let Ok(body) = to_bytes(body, BODY).await else { return refused(too_large(caller.lang)) };
    let request = [parts.uri.path().as_bytes(), b"\n", &body].concat();
    // A key that is not text is refused as invalid.
    let key = key.to_str().unwrap_or_default();
    let ticket = match repeats::begin(&caller.ctx, &caller.actor, key, &request, operation.place().is_some()).await
    {
        Ok(Turn::First(ticket)) => ticket,
        Ok(Turn::Again(Outcome { id, state })) => {
            return (Made { state, ..Made::plain(id) }.into_response(), true);
        }
        Err(error) => return refused(error.problem(caller.lang)),
    };
    let (call, lang) = (Arc::clone(call), caller.lang);
    // In its own task, so that the result is stored even if the client disconnects.
    let done = tokio::spawn(async move {
        let work = call(Request::from_parts(parts, Body::from(body)), ctx);
        let response = repeats::under(Arc::clone(&ticket), work).await;
        let done = response.status() == StatusCode::NO_CONTENT;
        let made = response.extensions().get::<Made>().cloned().or(done.then_some(Made::plain(NOTHING)));
        let made = made.map(|Made { id, state, .. }| Outcome { id, state });
        if let Err(error) = repeats::end(&caller.ctx, ticket, made).await {
            tracing::error!(%error, "what came of a request under a key could not be kept");
        }
        response
    });
    // It fails only if the handler panicked.
    done.await.map_or_else(|_| refused(unavailable(lang)), |response| (response, false))
}
