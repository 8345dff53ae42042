//! Lists of people: `POST /import/upload` takes a file in, `POST /export/…` gives one out.
//!
//! Invariant: a file that is not taken leads back to the page it was sent from, with the code of why. Deliberately absent:
//! what is in a list.

use super::{
    Shared,
    sent::{AROUND, Sent, pass_by},
};
use app::visitor::Visitor;
use axum::{
    Extension,
    body::Body,
    extract::{Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{actor::Actor, imports::BYTES, problem::Kind};
use services::imports::{self, What};
use std::convert::Infallible;

/// How much may be sent here.
const LIMIT: usize = BYTES + AROUND;

/// Takes a file in, and leads to what it would do.
pub async fn upload(
    State(shared): State<Shared>,
    Extension(actor): Extension<Actor>,
    Extension(visitor): Extension<Visitor>,
    request: Request,
) -> Response {
    if imports::may_bring(&actor).is_err() {
        pass_by(request, LIMIT).await;
        // The page says itself that one has to sign in, or may not.
        return see_other("/import");
    }
    let sent = Sent::read(request, LIMIT).await;
    if sent.is_too_much {
        return see_other("/import?refused=import.too-large");
    }
    let file = sent.part("file").map_or(&[][..], |file| &file[..]);
    match imports::keep(&shared.0.ctx, &actor, file) {
        Ok(token) => see_other(&format!("/import?file={token}")),
        Err(error) => match error.problem(visitor.lang) {
            problem if problem.kind == Kind::Invalid => see_other(&format!("/import?refused={}", problem.code)),
            _ => see_other("/import"),
        },
    }
}

fn see_other(location: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
}

/// Gives out who is here.
pub async fn people(state: State<Shared>, actor: Extension<Actor>, visitor: Extension<Visitor>) -> Response {
    give(state, actor, visitor, What::People).await
}

/// Gives out who has which card.
pub async fn cards(state: State<Shared>, actor: Extension<Actor>, visitor: Extension<Visitor>) -> Response {
    give(state, actor, visitor, What::Cards).await
}

/// Gives out who may use what.
pub async fn qualifications(
    state: State<Shared>,
    actor: Extension<Actor>,
    visitor: Extension<Visitor>,
) -> Response {
    give(state, actor, visitor, What::Qualifications).await
}

async fn give(
    State(shared): State<Shared>,
    Extension(actor): Extension<Actor>,
    Extension(visitor): Extension<Visitor>,
    what: What,
) -> Response {
    let list = match imports::export(&shared.0.ctx, &actor, what).await {
        Ok(list) => list,
        Err(error) => {
            let problem = error.problem(visitor.lang);
            let status = StatusCode::from_u16(problem.kind.status()).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
            return (status, problem.detail).into_response();
        }
    };
    let pieces = futures::stream::iter(list.map(Ok::<_, Infallible>));
    let kept_as = format!("attachment; filename=\"{}\"", what.file());
    let headings = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, kept_as),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headings, Body::from_stream(pieces)).into_response()
}
