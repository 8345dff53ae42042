//! Forms that send files, read whole, up to a size and for a time.
//!
//! Invariant: of whoever may not send one, nothing is kept ([`pass_by`]). What is too much is taken all the same, and
//! dropped: a browser that is cut off while it still sends shows nothing of what it is told. What stands in front of it is
//! kept, for it says where to go back to. Deliberately absent: what is in a file, and what whoever sent too much is told.

use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, Multipart, Request},
};
use futures::{TryStreamExt, stream};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::time::timeout;

/// Bytes that stand around a file in a form: a few words and the lines between the parts.
pub const AROUND: usize = 64 * 1024;
/// Bytes that are waited for; nobody chooses a larger file by mistake.
const FLOOD: usize = 256 * 1024 * 1024;
/// Parts of a form that are kept; no form here has as many.
const PARTS: usize = 16;
/// How long a form may take: the largest picture, over a slow line.
const PATIENCE: Duration = Duration::from_mins(5);
/// How long one may take of which nothing is kept.
const IN_PASSING: Duration = Duration::from_secs(30);

/// What a form brought.
#[derive(Debug, Default)]
pub struct Sent {
    parts: Vec<(String, Bytes)>,
    /// There was more than there may be.
    pub is_too_much: bool,
}

impl Sent {
    /// Reads a form of `most` bytes. One that is broken, or takes too long, has the parts in front of where it breaks.
    pub async fn read(request: Request, most: usize) -> Self {
        Self::within(PATIENCE, request, most).await
    }

    async fn within(patience: Duration, request: Request, most: usize) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let request = request.map(|body| cut(body, most, Arc::clone(&over)));
        let mut parts = Vec::new();
        let coming = async {
            let Ok(mut form) = Multipart::from_request(request, &()).await else { return };
            while let Ok(Some(part)) = form.next_field().await {
                if parts.len() < PARTS {
                    let name = part.name().unwrap_or_default().to_owned();
                    let Ok(bytes) = part.bytes().await else { return };
                    parts.push((name, bytes));
                }
            }
        };
        timeout(patience, coming).await.ok();
        Self { parts, is_too_much: over.load(Ordering::Relaxed) }
    }

    /// The first part of this name.
    pub fn part(&self, name: &str) -> Option<&Bytes> {
        self.parts.iter().find(|(known, _)| known == name).map(|(_, bytes)| bytes)
    }
}

/// Takes in the form of somebody who may send none and is told so, and keeps nothing of it; no more than `most` bytes, for
/// whoever sends on is not looking at an answer.
pub async fn pass_by(request: Request, most: usize) {
    let mut coming = request.into_body().into_data_stream();
    let passing = async {
        let mut seen = 0;
        while let Ok(Some(piece)) = coming.try_next().await {
            seen += piece.len();
            if seen > most {
                return;
            }
        }
    };
    timeout(IN_PASSING, passing).await.ok();
}

/// The first `most` bytes of a body, which is read to its end all the same; `over` says whether there were more.
fn cut(body: Body, most: usize, over: Arc<AtomicBool>) -> Body {
    let coming = (body.into_data_stream(), over);
    Body::from_stream(stream::try_unfold((coming, 0), move |((mut coming, over), mut seen)| async move {
        while let Some(piece) = coming.try_next().await? {
            let room = most.saturating_sub(seen);
            seen += piece.len();
            if piece.len() > room {
                over.store(true, Ordering::Relaxed);
            }
            if room > 0 {
                return Ok::<_, axum::Error>(Some((piece.slice(..piece.len().min(room)), ((coming, over), seen))));
            }
            if seen > FLOOD {
                break;
            }
        }
        Ok(None)
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::header;
    use futures::StreamExt;
    use std::convert::Infallible;

    fn part(name: &str, body: &str) -> String {
        format!("--x1\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{body}\r\n")
    }

    fn sends(body: Body) -> Request {
        Request::post("/").header(header::CONTENT_TYPE, "multipart/form-data; boundary=x1").body(body).unwrap()
    }

    #[tokio::test]
    async fn a_form_whose_last_byte_is_held_back_is_not_waited_for() {
        let begun = part("back", "/import") + &part("file", "name");
        let held = stream::once(async { Ok::<_, Infallible>(begun) }).chain(stream::pending());
        let sent = Sent::within(Duration::ZERO, sends(Body::from_stream(held)), 1_000).await;
        assert_eq!(sent.part("back").map(|back| &back[..]), Some(&b"/import"[..]));
        assert!(sent.part("file").is_none() && !sent.is_too_much, "{sent:?}");
    }

    #[tokio::test]
    async fn no_more_parts_are_kept_than_any_form_has() {
        let parts: String = (0..40).map(|at| part(&format!("part-{at}"), "x")).collect();
        let sent = Sent::read(sends(Body::from(parts + "--x1--\r\n")), 1_000_000).await;
        assert_eq!((sent.parts.len(), sent.is_too_much), (PARTS, false));
        assert!(sent.part("part-15").is_some() && sent.part("part-16").is_none());
    }
}
