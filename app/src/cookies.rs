//! Cookies that the server sets. Server only.
//!
//! Invariant: none is readable by script, none is sent by other sites' forms, and behind HTTPS none travels
//! without it. Not here: reading them, which happens once, before any page is rendered.

use leptos::prelude::*;

/// Cookie attributes of this server.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cookies {
    pub secure: bool,
}

impl Cookies {
    /// The session cookie. With this prefix browsers accept it only from this host and over HTTPS.
    #[must_use]
    pub const fn session(self) -> &'static str {
        if self.secure { "__Host-session" } else { "session" }
    }

    /// The cookie of a known device, likewise.
    #[must_use]
    pub const fn device(self) -> &'static str {
        if self.secure { "__Host-device" } else { "device" }
    }

    /// The cookie of a wall display, likewise.
    #[must_use]
    pub const fn display(self) -> &'static str {
        if self.secure { "__Host-display" } else { "display" }
    }

    /// The cookie of a browser that went to an identity provider, likewise.
    #[must_use]
    pub const fn sign_in(self) -> &'static str {
        if self.secure { "__Host-sign-in" } else { "sign-in" }
    }

    /// The cookie of a person who came from a provider and is not in yet, likewise.
    #[must_use]
    pub const fn arrival(self) -> &'static str {
        if self.secure { "__Host-arrival" } else { "arrival" }
    }

    /// The header that has the browser keep a cookie for `age` seconds.
    #[must_use]
    pub fn header(self, name: &str, value: &str, age: u32) -> String {
        let mark = if self.secure { "; Secure" } else { "" };
        format!("{name}={value}; Path=/; SameSite=Lax; HttpOnly; Max-Age={age}{mark}")
    }
}

/// Sets the session cookie.
pub(crate) fn let_in(token: &services::token::Token) {
    let cookies = use_context::<Cookies>().unwrap_or_default();
    let age = domain::accounts::SESSION_LONGEST.as_secs();
    keep(cookies.session(), token.expose(), age.try_into().unwrap_or(u32::MAX));
}

/// Marks this device as known for the account, beyond its session.
pub(crate) fn know_device(token: &services::token::Token) {
    keep(use_context::<Cookies>().unwrap_or_default().device(), token.expose(), LONGEST);
}

/// The longest lifetime that browsers allow, in seconds. A display ends when it is revoked.
const LONGEST: u32 = 400 * 24 * 3600;

/// Sets the cookie of a wall display.
pub(crate) fn let_screen_in(token: &services::token::Token) {
    keep(use_context::<Cookies>().unwrap_or_default().display(), token.expose(), LONGEST);
}

/// The token of a person who came from an identity provider.
pub(crate) fn arrival() -> Option<services::token::Token> {
    let name = use_context::<Cookies>().unwrap_or_default().arrival();
    let parts = use_context::<http::request::Parts>()?;
    let lines = parts.headers.get_all(http::header::COOKIE).into_iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs
        .find(|(key, value)| *key == name && !value.is_empty())
        .map(|(_, value)| services::token::Token::presented(value))
}

/// Removes that token: they are in.
pub(crate) fn forget_arrival() {
    keep(use_context::<Cookies>().unwrap_or_default().arrival(), "", 0);
}

/// Removes the session cookie.
pub(crate) fn let_out() {
    keep(use_context::<Cookies>().unwrap_or_default().session(), "", 0);
}

/// Adds a cookie to this response; the browser keeps it for `age` seconds.
pub(crate) fn keep(name: &str, value: &str, age: u32) {
    let cookie = use_context::<Cookies>().unwrap_or_default().header(name, value, age);
    if let (Some(response), Ok(cookie)) =
        (use_context::<leptos_axum::ResponseOptions>(), http::HeaderValue::from_str(&cookie))
    {
        response.append_header(http::header::SET_COOKIE, cookie);
    }
}

/// Address of this site as the client used it: `https://toolgate.example`; empty if unknown.
pub(crate) fn origin() -> String {
    if let Some(url) = crate::visitor::Visitor::of_request().public_url {
        return url;
    }
    let host = use_context::<http::request::Parts>()
        .and_then(|parts| Some(parts.headers.get(http::header::HOST)?.to_str().ok()?.to_owned()));
    let scheme = if use_context::<Cookies>().unwrap_or_default().secure { "https" } else { "http" };
    host.map(|host| format!("{scheme}://{host}")).unwrap_or_default()
}
