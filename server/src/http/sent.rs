//! Forms that send files, read whole, up to a size.
//!
//! Invariant: what is too much is taken all the same, and dropped: a browser that is cut off while it still sends shows
//! nothing of what it is told. What stands in front of it is kept, for it says where to go back to. Deliberately absent:
//! what is in a file, and what whoever sent too much is told.

use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, Multipart, Request},
};
use futures::{TryStreamExt, stream};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// Bytes that stand around a file in a form: a few words and the lines between the parts.
pub const AROUND: usize = 64 * 1024;
/// Bytes that are waited for; nobody chooses a larger file by mistake.
const FLOOD: usize = 256 * 1024 * 1024;
/// Parts of a form that are read; no form here has as many.
const PARTS: usize = 16;

/// What a form brought.
#[derive(Debug, Default)]
pub struct Sent {
    parts: Vec<(String, Bytes)>,
    /// There was more than there may be.
    pub is_too_much: bool,
}

impl Sent {
    /// Reads a form of `most` bytes. One that is broken has the parts in front of where it breaks.
    pub async fn read(request: Request, most: usize) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let request = request.map(|body| cut(body, most, Arc::clone(&over)));
        let mut parts = Vec::new();
        if let Ok(mut form) = Multipart::from_request(request, &()).await {
            while let Ok(Some(part)) = form.next_field().await {
                let name = part.name().unwrap_or_default().to_owned();
                let Ok(bytes) = part.bytes().await else { break };
                if parts.len() < PARTS {
                    parts.push((name, bytes));
                }
            }
        }
        Self { parts, is_too_much: over.load(Ordering::Relaxed) }
    }

    /// The first part of this name.
    pub fn part(&self, name: &str) -> Option<&Bytes> {
        self.parts.iter().find(|(known, _)| known == name).map(|(_, bytes)| bytes)
    }
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
