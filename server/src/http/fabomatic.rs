//! `POST /import/fabomatic/upload`: takes the database of a Fab-O-Matic in, for those who may, and leads to what would become
//! of it.
//!
//! Invariant: one that is not taken leads back with the word of why. Deliberately absent: what is in it.

use super::{
    Shared,
    sent::{AROUND, Sent, pass_by},
};
use app::visitor::Visitor;
use axum::{
    Extension,
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use domain::{
    actor::Actor,
    imports::fabomatic::{BYTES, Refused},
};
use services::imports::fabomatic::{self, BroughtError};

/// How much may be sent here.
const LIMIT: usize = BYTES + AROUND;

/// Takes a file in.
pub async fn upload(
    State(shared): State<Shared>,
    Extension(actor): Extension<Actor>,
    Extension(visitor): Extension<Visitor>,
    request: Request,
) -> Response {
    if let Err(error) = fabomatic::may_bring(&actor) {
        pass_by(request, LIMIT).await;
        return refused(&error, &visitor);
    }
    let sent = Sent::read(request, LIMIT).await;
    let kept = if sent.is_too_much {
        Err(BroughtError::Refused(Refused::Large))
    } else {
        let file = sent.part("file").cloned().unwrap_or_default();
        drop(sent);
        fabomatic::keep(&shared.0.ctx, &actor, file).await
    };
    match kept {
        Ok(token) => Redirect::to(&format!("/import/fabomatic?file={token}")).into_response(),
        Err(BroughtError::Refused(why)) => {
            Redirect::to(&format!("/import/fabomatic?refused={}", why.word())).into_response()
        }
        Err(error) => refused(&error, &visitor),
    }
}

fn refused(error: &BroughtError, visitor: &Visitor) -> Response {
    let problem = error.problem(visitor.lang);
    let status = StatusCode::from_u16(problem.kind.status()).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    (status, problem.detail).into_response()
}
