//! Uploads: written to disk as they arrive, while they make progress.
//!
//! Not here: multipart forms, which only pages send.

use axum::body::{Body, Bytes};
use futures::{Stream, StreamExt, TryStreamExt, stream};
use services::uploads::{Arriving, Upload, UploadError};
use std::time::Duration;
use tokio::time::timeout;

/// The longest pause in an upload before it is aborted.
pub const PAUSE: Duration = Duration::from_secs(30);
/// How long an upload may take: the largest picture at 128 kbit/s.
pub const PATIENCE: Duration = Duration::from_mins(30);
/// Bytes per second of the slowest supported connection for larger files: 2 Mbit/s.
const SLOWEST: usize = 250_000;

/// How long an upload of at most `most` bytes may take.
pub fn patience(most: usize) -> Duration {
    PATIENCE.max(Duration::from_secs(most.div_ceil(SLOWEST) as u64))
}

/// The result of reading a request body that is a file.
pub enum Whole {
    Arrived(Upload),
    /// It exceeds the maximum size.
    TooLarge,
    /// The transfer was interrupted or timed out.
    Broken,
}

/// Reads a body that is a file of at most `most` bytes.
pub async fn whole(body: Body, mut arriving: Arriving, most: usize) -> Result<Whole, UploadError> {
    let (mut coming, mut count) = (Box::pin(steady(body, PAUSE)), 0);
    let taking = async {
        while let Some(piece) = coming.next().await {
            let Ok(piece) = piece else { return Ok(Some(Whole::Broken)) };
            count += piece.len();
            if count > most {
                return Ok(Some(Whole::TooLarge));
            }
            arriving.write(&piece).await?;
        }
        Ok::<_, UploadError>(None)
    };
    match timeout(patience(most), taking).await {
        Ok(Ok(None)) => arriving.finish().await.map(Whole::Arrived),
        Ok(Ok(Some(not))) => Ok(not),
        Ok(Err(error)) => Err(error),
        Err(_) => Ok(Whole::Broken),
    }
}

/// The body as a stream that fails when nothing arrives for as long as `pause`.
pub fn steady(body: Body, pause: Duration) -> impl Stream<Item = Result<Bytes, axum::Error>> + Send {
    stream::try_unfold(body.into_data_stream(), move |mut coming| async move {
        let piece = timeout(pause, coming.try_next()).await.map_err(axum::Error::new)?;
        Ok(piece?.map(|piece| (piece, coming)))
    })
}
