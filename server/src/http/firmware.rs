//! `POST /firmware/upload`: receives a firmware image and redirects back to the page.
//!
//! Invariant: a refused image redirects back with an error code and its entered name. Not here: the content of an
//! image.

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
    firmware::{BYTES, InvalidImage, NAME},
};
use form_urlencoded::Serializer;
use services::error::ServiceError;
use services::firmware::{self, FirmwareError};

/// Maximum size of the request.
const LIMIT: usize = BYTES + AROUND;

pub async fn upload(
    State(shared): State<Shared>,
    Extension(actor): Extension<Actor>,
    Extension(visitor): Extension<Visitor>,
    request: Request,
) -> Response {
    if let Err(error) = firmware::may_keep(&actor) {
        pass_by(request, LIMIT).await;
        return refused(&error, &visitor);
    }
    let sent = match Sent::read(&shared, &actor, request, LIMIT, "image").await {
        Ok(sent) => sent,
        Err(error) => return plain(&error.problem(visitor.lang)),
    };
    let name = sent.part("name").map(|name| String::from_utf8_lossy(name).into_owned()).unwrap_or_default();
    let remaining = if sent.is_too_much {
        Err(FirmwareError::Invalid(InvalidImage::Large))
    } else {
        let image = match sent.file.into_bytes().await {
            Ok(image) => image,
            Err(error) => return plain(&error.problem(visitor.lang)),
        };
        firmware::keep(&shared.0.ctx, &actor, &name, image).await
    };
    match remaining {
        Ok(_) => Redirect::to("/firmware").into_response(),
        Err(FirmwareError::Invalid(invalid)) => {
            let name: String = name.chars().take(4 * NAME).collect();
            let why = Serializer::new(String::new())
                .append_pair("refused", invalid.as_str())
                .append_pair("name", &name)
                .finish();
            Redirect::to(&format!("/firmware?{why}")).into_response()
        }
        Err(error) => refused(&error, &visitor),
    }
}

fn refused(error: &FirmwareError, visitor: &Visitor) -> Response {
    plain(&error.problem(visitor.lang))
}
