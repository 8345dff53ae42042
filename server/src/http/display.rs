//! Wall displays: the link that lets a screen in, and the cookie by which it is known from then on.
//!
//! Invariant: the token travels in a query and in a cookie that no script reads; it is in no path, for those are logged.

use super::{Shared, visitor};
use axum::{
    extract::{Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{AppendHeaders, IntoResponse, Response},
};
use domain::actor::{Actor, Door};
use serde::Deserialize;
use services::{displays, token::Token};

/// How long a screen remembers, in seconds: as long as browsers allow. It ends when the display is taken back.
const MEMORY: u32 = 400 * 24 * 3600;

#[derive(Deserialize)]
pub struct Presented {
    #[serde(default)]
    token: String,
}

/// `GET /display?token=…`: remembers the token on this screen and goes to the wall. Changes nothing else but when the
/// display was last seen, so it does no harm when somebody opens it twice.
pub async fn enter(State(shared): State<Shared>, Query(Presented { token }): Query<Presented>) -> Response {
    let token = Token::presented(&token);
    let found = match displays::recognise(&shared.0.ctx, &token, Door::Web).await {
        Ok(found) => found,
        Err(error) => {
            tracing::error!(%error, "a display could not be recognised");
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
    };
    let quiet = [(header::CACHE_CONTROL, "no-store"), (header::REFERRER_POLICY, "no-referrer")];
    if found.is_none() {
        return (StatusCode::SEE_OTHER, quiet, [(header::LOCATION, "/kiosk?link=gone")]).into_response();
    }
    let (name, mark) = (cookie_name(&shared), if shared.0.secure_cookies { "; Secure" } else { "" });
    let cookie = format!("{name}={}; Path=/; SameSite=Lax; HttpOnly; Max-Age={MEMORY}{mark}", token.expose());
    let remembered = AppendHeaders([(header::SET_COOKIE, cookie)]);
    (StatusCode::SEE_OTHER, quiet, [(header::LOCATION, "/kiosk")], remembered).into_response()
}

/// The display that sends this request, if one does.
pub(super) async fn recognise(shared: &Shared, headers: &HeaderMap) -> Option<Actor> {
    let token = Token::presented(visitor::cookie(headers, cookie_name(shared))?);
    displays::recognise(&shared.0.ctx, &token, Door::Web).await.unwrap_or_else(|error| {
        tracing::error!(%error, "a display could not be recognised");
        None
    })
}

fn cookie_name(shared: &Shared) -> &'static str {
    // The prefix keeps other hosts of the same domain from setting it.
    if shared.0.secure_cookies { "__Host-display" } else { "display" }
}
