//! `/.well-known/…`: addresses by which password managers and security researchers find their way.

use super::Shared;
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use domain::zone::to_rfc3339;
use services::clock::{Clock, SystemClock};
use std::time::Duration;

/// How long `security.txt` may be relied on: less than a year, as RFC 9116 recommends.
const EXPIRES: Duration = Duration::from_hours(180 * 24);

/// `GET /.well-known/change-password`: where a password is changed (<https://w3c.github.io/webappsec-change-password-url/>).
pub async fn change_password() -> Redirect {
    Redirect::to("/me/password")
}

/// `GET /.well-known/security.txt`: whom to tell about a vulnerability (RFC 9116). The contact is the address that mails are
/// sent from; where there is none, there is no such file.
pub async fn security(State(shared): State<Shared>) -> Response {
    let Some(contact) = &shared.0.contact else { return StatusCode::NOT_FOUND.into_response() };
    let Some(expires) = to_rfc3339(SystemClock.now().after(EXPIRES)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let home = shared.0.public_url.as_ref();
    let canonical = home.map_or_else(String::new, |home| format!("Canonical: {home}/.well-known/security.txt\n"));
    let text = format!("Contact: {contact}\nExpires: {expires}\nPreferred-Languages: en, it\n{canonical}");
    let head =
        [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, "public, max-age=86400")];
    (head, text).into_response()
}
