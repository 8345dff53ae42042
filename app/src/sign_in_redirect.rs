//! Addresses of the sign-in pages that lead back to where somebody wanted to go.
//!
//! Invariant: what is carried along is an address of this site as the browser shows it. Whether it may be followed is
//! decided by the server, when somebody comes back with it.

use crate::ui::form::page_query;
use domain::accounts::local_path;
use leptos::prelude::*;
use leptos_router::location::{Location, Url};

/// `page` and then back to where `location` is now; `page` is `/sign-in` or `/second-factor`.
#[must_use]
pub fn with_return_to(page: &str, location: &Location) -> String {
    let query = location.search.with(|search| page_query(search));
    let here =
        location.pathname.with(|path| if query.is_empty() { path.clone() } else { format!("{path}?{query}") });
    to(page, &here)
}

/// `page`, and from there to `next`.
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

/// Where the query `search` says that somebody wanted to go; empty when that is no page of this site.
///
/// Not the router's own map of the query: it unescapes twice.
#[must_use]
pub fn return_to(search: &str) -> String {
    let to = search.trim_start_matches('?').split('&').find_map(|pair| pair.strip_prefix("to="));
    let to = to.map(Url::unescape).unwrap_or_default();
    local_path(&to).unwrap_or_default().to_owned()
}

/// As the value in a query: what is no letter, no digit and no harmless sign becomes `%2F` and the like.
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
