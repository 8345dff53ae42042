//! Lists of people: `POST /import/upload` takes a file in, `POST /export/…` gives one out.
//!
//! Invariant: a file that is not taken leads back to the page it was sent from, with the code of why. Deliberately absent:
//! what is in a list.

use super::{Shared, sent::at_most};
use app::visitor::Visitor;
use axum::{
    Extension,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{actor::Actor, imports::BYTES, problem::Kind};
use services::imports::{self, What};
use std::convert::Infallible;

/// What stands around a file.
const AROUND: usize = 64 * 1024;

/// Takes a file in, and leads to what it would do.
pub async fn upload(
    State(shared): State<Shared>,
    Extension(actor): Extension<Actor>,
    Extension(visitor): Extension<Visitor>,
    request: Request,
) -> Response {
    let boundary = boundary(request.headers().get(header::CONTENT_TYPE));
    let body = to_bytes(at_most(request.into_body(), BYTES + AROUND), usize::MAX).await;
    let file = match (&boundary, &body) {
        (_, Err(_)) => return see_other("/import?refused=import.too-large"),
        (Some(boundary), Ok(body)) => file(body, boundary).unwrap_or_default(),
        (None, Ok(_)) => &[],
    };
    match imports::keep(&shared.0.ctx, &actor, file) {
        Ok(token) => see_other(&format!("/import?file={token}")),
        Err(error) => match error.problem(visitor.lang) {
            problem if problem.kind == Kind::Invalid => see_other(&format!("/import?refused={}", problem.code)),
            // The page says itself that one has to sign in, or may not.
            _ => see_other("/import"),
        },
    }
}

fn see_other(location: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
}

/// What stands between the parts of a form, as its heading says.
fn boundary(kind: Option<&HeaderValue>) -> Option<String> {
    let (_, boundary) = kind?.to_str().ok()?.split_once("boundary=")?;
    let boundary = boundary.split(';').next()?.trim().trim_matches('"');
    (!boundary.is_empty()).then(|| format!("\r\n--{boundary}"))
}

/// The first part of a form that is a file. Every part begins behind the boundary, has its headings up to an empty line, and
/// ends where the next boundary begins.
fn file<'a>(body: &'a [u8], boundary: &str) -> Option<&'a [u8]> {
    // The first boundary stands at the very beginning.
    let mut rest = body.get(boundary.len() - 2..)?;
    loop {
        let headings = find(rest, b"\r\n\r\n")?;
        let (head, content) = rest.split_at(headings);
        let content = content.get(4..)?;
        let end = find(content, boundary.as_bytes())?;
        if find(head, b"filename=").is_some() {
            return content.get(..end);
        }
        rest = content.get(end + boundary.len()..)?;
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

/// Gives out who is here.
pub async fn people(state: State<Shared>, actor: Extension<Actor>, visitor: Extension<Visitor>) -> Response {
    give(state, actor, visitor, What::People).await
}

/// Gives out who has which card.
pub async fn cards(state: State<Shared>, actor: Extension<Actor>, visitor: Extension<Visitor>) -> Response {
    give(state, actor, visitor, What::Cards).await
}

/// Gives out who may use what.
pub async fn qualifications(
    state: State<Shared>,
    actor: Extension<Actor>,
    visitor: Extension<Visitor>,
) -> Response {
    give(state, actor, visitor, What::Qualifications).await
}

async fn give(
    State(shared): State<Shared>,
    Extension(actor): Extension<Actor>,
    Extension(visitor): Extension<Visitor>,
    what: What,
) -> Response {
    let list = match imports::export(&shared.0.ctx, &actor, what).await {
        Ok(list) => list,
        Err(error) => {
            let problem = error.problem(visitor.lang);
            let status = StatusCode::from_u16(problem.kind.status()).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
            return (status, problem.detail).into_response();
        }
    };
    let pieces = futures::stream::iter(list.map(Ok::<_, Infallible>));
    let kept_as = format!("attachment; filename=\"{}\"", what.file());
    let headings = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, kept_as),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headings, Body::from_stream(pieces)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(parts: &[(&str, &str)]) -> Vec<u8> {
        let parts = parts
            .iter()
            .map(|(head, body)| format!("--x1\r\nContent-Disposition: form-data; {head}\r\n\r\n{body}\r\n"));
        (parts.collect::<String>() + "--x1--\r\n").into_bytes()
    }

    #[test]
    fn the_file_of_a_form_is_found_wherever_it_stands() {
        let kind = HeaderValue::from_static("multipart/form-data; boundary=\"x1\"");
        let boundary = boundary(Some(&kind)).unwrap();
        let list = "name,email\r\n\r\nAda,--x";
        let sent = form(&[("name=\"a\"", "b"), ("name=\"file\"; filename=\"l.csv\"", list)]);
        assert_eq!(file(&sent, &boundary), Some(list.as_bytes()));
        assert_eq!(file(&form(&[("name=\"a\"", "b")]), &boundary), None);
        for broken in ["", "--x1", "--x1\r\n\r\n", "--x1\r\nfilename=\r\n\r\nnever ends"] {
            assert_eq!(file(broken.as_bytes(), &boundary), None, "{broken}");
        }
    }
}
