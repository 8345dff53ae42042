//! `POST /passkeys/…`: what a browser is asked for when it makes or uses a passkey, in JSON for
//! `frontend/page/src/passkeys.ts`.
//!
//! Not here: the answer, which an ordinary form of the page sends, and what is asked (`services::passkeys`).

use super::Shared;
use app::request::Client;
use axum::{
    Extension, Form, Json,
    extract::{State, rejection::FormRejection},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::actor::Actor;
use serde::Deserialize;
use serde_json::json;
use services::{
    error::ServiceError,
    passkeys::{self, Offer, PasskeysError},
    token::Token,
};
use text::Lang;

/// What the new one will be called.
#[derive(Default, Deserialize)]
pub struct NewPasskey {
    #[serde(default)]
    name: String,
}

/// Begins to add one to the caller's account.
pub async fn add(
    State(shared): State<Shared>,
    Extension(actor): Extension<Actor>,
    Extension(lang): Extension<Lang>,
    form: Result<Form<NewPasskey>, FormRejection>,
) -> Response {
    let name = form.map(|Form(named)| named.name).unwrap_or_default();
    answer(passkeys::begin_adding(shared.ctx(), &actor, &name).await, lang)
}

/// Begins a sign-in.
pub async fn sign_in(State(shared): State<Shared>, Extension(lang): Extension<Lang>) -> Response {
    answer(passkeys::begin_sign_in(shared.ctx()), lang)
}

/// Begins a confirmation by the person of the session, who may not have passed the second factor yet.
pub async fn confirm(
    State(shared): State<Shared>,
    Extension(client): Extension<Client>,
    Extension(lang): Extension<Lang>,
) -> Response {
    let token = client.session.unwrap_or_else(|| Token::presented(""));
    answer(passkeys::begin_confirmation(shared.ctx(), &token).await, lang)
}

fn answer(offer: Result<Offer, PasskeysError>, lang: Lang) -> Response {
    let (status, body) = match offer {
        Ok(Offer { ceremony, options }) => {
            (StatusCode::OK, json!({ "ceremony": ceremony.expose(), "options": options }))
        }
        Err(error) => {
            let problem = error.problem(lang);
            let status = StatusCode::from_u16(problem.kind.status()).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
            let detail = problem.fields.into_iter().next().map_or(problem.detail, |(_, message)| message);
            (status, json!({ "code": problem.code, "detail": detail }))
        }
    };
    (status, [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}
