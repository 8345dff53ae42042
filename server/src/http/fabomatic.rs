//! `POST /import/fabomatic/upload`: receives a Fab-O-Matic database and redirects to its import preview.
//!
//! Invariant: a refused file redirects back with an error code. Not here: its content.

use super::{
    Shared,
    sent::{AROUND, Sent, pass_by, plain},
};
use app::visitor::Visitor;
use axum::{
    Extension,
    extract::{Request, State},
    response::{IntoResponse, Redirect, Response},
};
use domain::{
    actor::Actor,
    imports::fabomatic::{BYTES, Refused},
};
use services::error::ServiceError;
use services::imports::fabomatic::{self, TakeoverUploadError};

/// Maximum size of the request.
const LIMIT: usize = BYTES + AROUND;

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
    let sent = match Sent::read(&shared, &actor, request, LIMIT, "file").await {
        Ok(sent) => sent,
        Err(error) => return plain(&error.problem(visitor.lang)),
    };
    let remaining = if sent.is_too_much {
        Err(TakeoverUploadError::Refused(Refused::Large))
    } else {
        fabomatic::keep(&shared.0.ctx, &actor, sent.file).await
    };
    match remaining {
        Ok(token) => Redirect::to(&format!("/import/fabomatic?file={token}")).into_response(),
        Err(TakeoverUploadError::Refused(why)) => {
            Redirect::to(&format!("/import/fabomatic?refused={}", why.as_str())).into_response()
        }
        Err(error) => refused(&error, &visitor),
    }
}

fn refused(error: &TakeoverUploadError, visitor: &Visitor) -> Response {
    plain(&error.problem(visitor.lang))
}
