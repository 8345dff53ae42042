//! `/.well-known/…`: standard addresses for password managers and security researchers.

use super::Shared;
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use domain::zone::to_rfc3339;
use services::clock::{Clock, SystemClock};
use std::time::Duration;

/// Validity of `security.txt`: less than a year, as RFC 9116 recommends.
const EXPIRES: Duration = Duration::from_hours(180 * 24);

/// `GET /.well-known/change-password`: redirects to the password page
/// (<https://w3c.github.io/webappsec-change-password-url/>).
pub async fn change_password() -> Redirect {
    Redirect::to("/me/password")
}

/// `GET /.well-known/security.txt`: contact for vulnerabilities (RFC 9116). It is the sender address of mails;
/// without one there is no such file.
pub async fn security(State(shared): State<Shared>) -> Response {
    let Some(contact) = &shared.0.contact else { return StatusCode::NOT_FOUND.into_response() };
    let Some(expires) = to_rfc3339(SystemClock.now().after(EXPIRES)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let home = shared.0.public_url.as_ref();
    let canonical = home.map(|home| format!("Canonical: {home}/.well-known/security.txt\n")).unwrap_or_default();
    let text = format!("Contact: {contact}\nExpires: {expires}\nPreferred-Languages: en, it\n{canonical}");
    let head =
        [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, "public, max-age=86400")];
    (head, text).into_response()
}
