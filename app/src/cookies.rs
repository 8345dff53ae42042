//! Cookies that the server sets. Server only.
//!
//! Invariant: none is readable by script, none is sent by other sites' forms, and behind HTTPS none travels without
//! it. Deliberately absent: reading them, which happens once, before any page is rendered.

use leptos::prelude::*;

/// How cookies are marked on this server.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cookies {
    pub secure: bool,
}

impl Cookies {
    /// The cookie that holds a session. With this name browsers take it from no other host and over HTTPS alone.
    #[must_use]
    pub const fn session(self) -> &'static str {
        if self.secure { "__Host-session" } else { "session" }
    }

    /// The cookie by which a device is known that has signed in, likewise.
    #[must_use]
    pub const fn device(self) -> &'static str {
        if self.secure { "__Host-device" } else { "device" }
    }

    /// The cookie that makes a screen a wall display, likewise.
    #[must_use]
    pub const fn display(self) -> &'static str {
        if self.secure { "__Host-display" } else { "display" }
    }
}

/// Lets the browser be who `token` says.
pub(crate) fn let_in(token: &services::token::Token) {
    let cookies = use_context::<Cookies>().unwrap_or_default();
    let age = domain::accounts::SESSION_LONGEST.as_secs();
    keep(cookies.session(), token.expose(), age.try_into().unwrap_or(u32::MAX));
}

/// Has this device be known for the account as `token`, also when its session is over.
pub(crate) fn know_device(token: &services::token::Token) {
    keep(use_context::<Cookies>().unwrap_or_default().device(), token.expose(), LONGEST);
}

/// As long as browsers remember anything, in seconds. A screen on the wall ends when the display is taken back.
const LONGEST: u32 = 400 * 24 * 3600;

/// Lets this browser be the screen that keeps `token`.
pub(crate) fn let_screen_in(token: &services::token::Token) {
    keep(use_context::<Cookies>().unwrap_or_default().display(), token.expose(), LONGEST);
}

/// Lets the browser forget who it was.
pub(crate) fn let_out() {
    keep(use_context::<Cookies>().unwrap_or_default().session(), "", 0);
}

/// Adds a cookie to the answer of this request; the browser keeps it for `age` seconds.
pub(crate) fn keep(name: &str, value: &str, age: u32) {
    let secure = use_context::<Cookies>().unwrap_or_default().secure;
    let mark = if secure { "; Secure" } else { "" };
    let cookie = format!("{name}={value}; Path=/; SameSite=Lax; HttpOnly; Max-Age={age}{mark}");
    if let (Some(response), Ok(cookie)) =
        (use_context::<leptos_axum::ResponseOptions>(), http::HeaderValue::from_str(&cookie))
    {
        response.append_header(http::header::SET_COOKIE, cookie);
    }
}

/// Where this site is, as whoever asks knows it: `https://toolgate.example`; empty when they did not say.
pub(crate) fn origin() -> String {
    if let Some(url) = crate::visitor::Visitor::of_request().public_url {
        return url;
    }
    let host = use_context::<http::request::Parts>()
        .and_then(|parts| Some(parts.headers.get(http::header::HOST)?.to_str().ok()?.to_owned()));
    let scheme = if use_context::<Cookies>().unwrap_or_default().secure { "https" } else { "http" };
    host.map(|host| format!("{scheme}://{host}")).unwrap_or_default()
}
