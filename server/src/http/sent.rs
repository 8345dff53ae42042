//! Files that a form sends, up to a size.
//!
//! Invariant: what is too much is read all the same, and dropped: a browser that is cut off while it still sends shows
//! nothing of what it is told. Deliberately absent: what is in a file, and what whoever sent too much is told.

use axum::body::Body;
use futures::{TryStreamExt, stream};
use tokio::task::yield_now;

/// Bytes that are waited for; nobody chooses a larger file by mistake.
const FLOOD: usize = 256 * 1024 * 1024;

/// There was more than there may be.
#[derive(Debug, thiserror::Error)]
#[error("more than there may be")]
struct TooMuch;

/// The same body, which fails at its end when it has more than `most` bytes. One piece at a time: a reader that takes all
/// there is would meet the failure before what stands in front of it.
pub fn at_most(body: Body, most: usize) -> Body {
    let coming = body.into_data_stream();
    Body::from_stream(stream::try_unfold((coming, 0), move |(mut coming, mut seen)| async move {
        while let Some(piece) = coming.try_next().await? {
            seen += piece.len();
            if seen <= most {
                yield_now().await;
                return Ok(Some((piece, (coming, seen))));
            }
            if seen > FLOOD {
                break;
            }
        }
        if seen > most { Err(axum::Error::new(TooMuch)) } else { Ok(None) }
    }))
}
