//! Entity tags: whether a client already has the response (RFC 9110, sections 8.8.3 and 13.1.2).

use axum::{
    body::{Body, HttpBody, to_bytes},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use sha2::{Digest, Sha256};

/// Whether `If-None-Match` lists `tag`, or any (`*`). Tags are compared weakly, as they are for this header.
pub fn is_known(headers: &HeaderMap, tag: &HeaderValue) -> bool {
    let tag = opaque(tag.as_bytes());
    headers.get_all(header::IF_NONE_MATCH).iter().any(|list| lists(list.as_bytes(), tag))
}

fn opaque(tag: &[u8]) -> &[u8] {
    tag.strip_prefix(b"W/").unwrap_or(tag)
}

/// Whether a list of tags contains this one. A tag may contain a comma, so the list cannot be split at commas.
fn lists(mut list: &[u8], tag: &[u8]) -> bool {
    if list.trim_ascii() == b"*" {
        return true;
    }
    loop {
        list = opaque(trim_separators(list));
        let Some(end) = list.strip_prefix(b"\"").and_then(|rest| rest.iter().position(|byte| *byte == b'"'))
        else {
            return false;
        };
        let (one, rest) = list.split_at(end + 2);
        if one == tag {
            return true;
        }
        list = rest;
    }
}

fn trim_separators(list: &[u8]) -> &[u8] {
    let from = list.iter().position(|byte| !matches!(byte, b' ' | b'\t' | b',')).unwrap_or(list.len());
    &list[from..]
}

/// A tag derived from the bytes of a response. It is weak because the response may be compressed later.
pub fn of_bytes(bytes: &[u8]) -> Option<HeaderValue> {
    let digest = data_encoding::BASE64URL_NOPAD.encode(&Sha256::digest(bytes)[..16]);
    HeaderValue::from_str(&format!("W/\"{digest}\"")).ok()
}

/// Adds a tag to a successful response that has none, and removes the body if the client has it already. Streamed responses
/// get no tag because they would have to be read first.
pub async fn tag(map: &HeaderMap, response: Response) -> Response {
    let is_whole = response.body().size_hint().exact().is_some();
    if response.status() != StatusCode::OK || !is_whole || response.headers().contains_key(header::ETAG) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, usize::MAX).await else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let Some(tag) = of_bytes(&bytes) else { return Response::from_parts(parts, bytes.into()) };
    let is_known = is_known(map, &tag);
    parts.headers.insert(header::ETAG, tag);
    if !is_known {
        return Response::from_parts(parts, bytes.into());
    }
    parts.status = StatusCode::NOT_MODIFIED;
    parts.headers.remove(header::CONTENT_TYPE);
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asks(lines: &[&'static str], tag: &'static str) -> bool {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header::IF_NONE_MATCH, HeaderValue::from_static(line));
        }
        is_known(&headers, &HeaderValue::from_static(tag))
    }

    #[test]
    fn weak_or_strong_tag_in_list_matches() {
        for list in [r#""a""#, r#"W/"a""#, r#""b", "a""#, r#" "b" ,, W/"a" "#, r#""x, y","a""#, "*", " * "] {
            assert!(asks(&[list], r#""a""#) && asks(&[list], r#"W/"a""#), "{list}");
        }
        assert!(asks(&[r#""b""#, r#""a""#], r#""a""#), "on two lines");
        assert!(asks(&[r#""x, "a""#], r#""x, ""#), "a comma and a space are part of a tag");
    }

    #[test]
    fn other_or_malformed_tag_does_not_match() {
        for list in ["", "a", r#""b""#, r#""a"#, r#""ab""#, r#"w/"a""#, r#""b", *"#, r#""x,"a"y""#] {
            assert!(!asks(&[list], r#""a""#), "{list}");
        }
        assert!(!asks(&[], r#""a""#));
    }
}
