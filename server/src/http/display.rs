//! Wall displays: identifies the display that sends a request by its cookie. A link page sets that cookie.

use super::{Shared, headers::cookie};
use app::cookies::Cookies;
use axum::http::HeaderMap;
use domain::actor::{Actor, Channel};
use services::{displays, token::Token};

/// The display that sends this request, if any.
pub(super) async fn recognise(shared: &Shared, headers: &HeaderMap) -> Option<Actor> {
    let cookies = Cookies { secure: shared.0.secure_cookies };
    let token = Token::presented(cookie(headers, cookies.display())?);
    displays::recognise(&shared.0.ctx, &token, Channel::Web).await.unwrap_or_else(|error| {
        tracing::error!(%error, "a display could not be recognised");
        None
    })
}
