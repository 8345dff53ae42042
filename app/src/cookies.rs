//! Cookies that the server sets. Server only.
//!
//! Invariant: none is readable by script, none is sent by other sites' forms, and behind HTTPS none travels without
//! it. Deliberately absent: reading them, which happens once, before any page is rendered.

use leptos::prelude::*;

/// How cookies are marked on this server.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cookies {
    /// Only over HTTPS.
    pub secure: bool,
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
