//! Addresses of the sign-in pages with a return address.
//!
//! Invariant: a return address is a local address as the browser shows it. The server checks it before
//! redirecting.

use crate::address::page_query;
use domain::accounts::local_path;
use leptos::prelude::*;
use leptos_router::location::{Location, Url};

/// `page` with the current `location` as return address; `page` is `/sign-in` or `/second-factor`.
#[must_use]
pub fn with_return_to(page: &str, location: &Location) -> String {
    let query = location.search.with(|search| page_query(search));
    let here =
        location.pathname.with(|path| if query.is_empty() { path.clone() } else { format!("{path}?{query}") });
    to(page, &here)
}

/// `page` with the return address `next`.
#[must_use]
pub fn to(page: &str, next: &str) -> String {
    if matches!(next, "" | "/") { page.to_owned() } else { format!("{page}?to={}", escaped(next)) }
}

/// `page` with these names and values in its query.
#[must_use]
pub fn query<'a>(page: &str, pairs: impl IntoIterator<Item = (&'a str, &'a String)>) -> String {
    let pairs: Vec<String> = pairs.into_iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
    if pairs.is_empty() { page.to_owned() } else { format!("{page}?{}", pairs.join("&")) }
}

/// The return address in the query `search`; empty unless it is a page of this site.
///
/// Not by the router's query map, which unescapes twice.
#[must_use]
pub fn return_to(search: &str) -> String {
    let to = search.trim_start_matches('?').split('&').find_map(|pair| pair.strip_prefix("to="));
    let to = to.map(Url::unescape).unwrap_or_default();
    local_path(&to).unwrap_or_default().to_owned()
}

/// Percent-encodes everything except letters, digits and harmless characters.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            escaped.push(byte.into());
        } else {
            const HEX: &[u8; 16] = b"0123456789ABCDEF";
            escaped.push('%');
            escaped.push(HEX[usize::from(byte >> 4)].into());
            escaped.push(HEX[usize::from(byte & 15)].into());
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(feature = "ssr")]
    #[test]
    fn return_to_accepts_only_local_paths() {
        for (search, to) in [
            ("to=/people%3Fsearch%3Da%2520b%26status%3Dactive", "/people?search=a%20b&status=active"),
            ("?show=1&to=/me", "/me"),
            ("to=//evil.example", ""),
            ("to=%2F%2Fevil.example", ""),
            ("to=javascript:alert(1)", ""),
            ("to=%", ""),
            ("", ""),
        ] {
            assert_eq!(return_to(search), to, "{search}");
        }
    }

    #[test]
    fn return_to_survives_encoding() {
        assert_eq!(to("/sign-in", "/"), "/sign-in");
        assert_eq!(
            to("/sign-in", "/people?search=a b&status=active"),
            "/sign-in?to=/people%3Fsearch%3Da%20b%26status%3Dactive"
        );
        assert_eq!(to("/sign-in", "/è"), "/sign-in?to=/%C3%A8");
    }
}
