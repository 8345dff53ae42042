//! Reads a cookie and the language from the headers of a request. Not here: who sends it ([`super::visitor`]).

use axum::http::{HeaderMap, header};
use text::Lang;

/// The language that a browser or program asks for.
pub(super) fn accepted_language(headers: &HeaderMap) -> Option<Lang> {
    headers.get(header::ACCEPT_LANGUAGE).and_then(|value| Lang::from_accept_language(value.to_str().ok()?))
}

pub(super) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    lines
        .flat_map(|line| line.split(';'))
        .find_map(|pair| pair.trim().split_once('=').filter(|(key, _)| *key == name).map(|(_, value)| value))
}
