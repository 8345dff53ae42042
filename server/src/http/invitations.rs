//! `/events/{id}/answer`: an invitation to a training event, answered from its mail without signing in.
//!
//! Invariant: only POST answers, because mail programs and scanners open every link; the page has no script. Not
//! here: which links are valid (`services::outbox::invitations`).

use super::{Shared, pages::see_other, plain};
use app::{training_events::mailed::mailed_invitation, visitor::Visitor};
use axum::{
    Extension, Form,
    extract::{Path, Query, State, rejection::FormRejection},
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use domain::{
    id::{PersonId, TrainingEventId},
    problem::Problem,
};
use serde::Deserialize;
use services::{
    error::ServiceError,
    outbox::invitations::{Answer, InvitationLink, answer, find},
};

const POLICY: &str = "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; base-uri 'none'; \
     form-action 'self'; frame-ancestors 'none'";

/// Query of the address.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Address {
    who: String,
    sign: String,
}

impl Address {
    /// An id that is no number belongs to no link.
    fn link(self, event: &str) -> InvitationLink {
        let person = PersonId(self.who.parse().unwrap_or_default());
        InvitationLink { person, event: TrainingEventId(event.parse().unwrap_or_default()), sign: self.sign }
    }
}

/// The form of both buttons.
#[derive(Debug, Deserialize)]
pub struct Sent {
    answer: String,
}

/// `GET`: the invitation and the two buttons.
pub async fn show(
    State(shared): State<Shared>,
    Extension(visitor): Extension<Visitor>,
    Path(event): Path<String>,
    Query(address): Query<Address>,
) -> Response {
    page(&shared, visitor, &address.link(&event), None).await
}

/// `POST`: takes the answer; the page then says what became of it.
pub async fn take(
    State(shared): State<Shared>,
    Extension(visitor): Extension<Visitor>,
    Path(event): Path<String>,
    Query(address): Query<Address>,
    form: Result<Form<Sent>, FormRejection>,
) -> Response {
    let link = address.link(&event);
    let chosen = match form.as_ref().map(|form| form.answer.as_str()) {
        Ok("accept") => Answer::Accept,
        Ok("decline") => Answer::Decline,
        // Nothing was chosen: the buttons again.
        _ => return page(&shared, visitor, &link, None).await,
    };
    match answer(&shared.0.ctx, &link, chosen).await {
        Ok(()) => see_other(&format!("/events/{}/answer?who={}&sign={}", link.event, link.person, link.sign)),
        Err(error) => {
            let problem = error.problem(visitor.lang);
            page(&shared, visitor, &link, Some(problem)).await
        }
    }
}

async fn page(shared: &Shared, visitor: Visitor, link: &InvitationLink, refused: Option<Problem>) -> Response {
    let lang = visitor.lang;
    let (found, problem) = match find(&shared.0.ctx, link).await {
        Ok(found) => (Some(found), refused),
        Err(error) => (None, refused.or_else(|| Some(error.problem(lang)))),
    };
    let status =
        problem.as_ref().map_or(Ok(StatusCode::OK), |problem| StatusCode::from_u16(problem.kind.status()));
    let theme = visitor.theme;
    let body = mailed_invitation(visitor, link.event, found.as_ref(), problem.map(|problem| problem.detail));
    let html =
        plain::document(shared, lang, Some(theme), lang.invited_title(), &(plain::area_style(shared) + &body));
    let head = [(header::CACHE_CONTROL, "no-store"), (header::CONTENT_SECURITY_POLICY, POLICY)];
    (status.unwrap_or(StatusCode::SERVICE_UNAVAILABLE), head, Html(html)).into_response()
}
