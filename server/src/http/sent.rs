//! Upload forms: the file is written to disk while it arrives, within a size and time limit.
//!
//! Invariant: nothing is stored of an upload without permission ([`pass_by`]). Excess data is read and dropped,
//! because a browser that is cut off while sending shows no response. Fields before the file are stored, because
//! they say where to redirect. Not here: the content of a file, and the error shown for an oversized one.

use super::Shared;
use api::arriving::{PAUSE, patience, steady};
use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, Multipart, Request, multipart::Field},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{actor::Actor, problem::Problem};
use futures::{Stream, TryStreamExt, stream};
use services::uploads::{self, Arriving, Upload, UploadError};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};
use tokio::{task::yield_now, time::timeout};

/// Bytes of a form around its file: a few fields and the boundaries.
pub const AROUND: usize = 64 * 1024;
/// Excess bytes that are still read; no larger file is chosen by mistake.
const FLOOD: usize = 256 * 1024 * 1024;
/// Parts of a form that are stored; no form here has as many.
const PARTS: usize = 16;
/// Bytes buffered while searching for the next part; no part header is as long.
const AHEAD: usize = 2 * 1024 * 1024;
/// Time limit for an upload that is discarded.
const IN_PASSING: Duration = Duration::from_secs(30);

/// A received form.
pub struct Sent {
    parts: Vec<(String, Bytes)>,
    /// The file; empty if none was chosen.
    pub file: Upload,
    /// Whether it was larger than allowed.
    pub is_too_much: bool,
    /// Whether a file arrived incompletely.
    pub is_broken: bool,
}

impl Sent {
    /// Reads a form of at most `most` bytes with its file in the part `file`, for a permitted actor. A broken or
    /// slow form yields the parts before it broke.
    pub async fn read(
        shared: &Shared,
        actor: &Actor,
        request: Request,
        most: usize,
        file: &str,
    ) -> Result<Self, UploadError> {
        let arriving = match uploads::begin(shared.ctx(), actor).await {
            Ok(arriving) => arriving,
            Err(error) => {
                pass_by(request, most).await;
                return Err(error);
            }
        };
        Self::within((PAUSE, patience(most)), arriving, request, most, file).await
    }

    async fn within(
        (pause, patience): (Duration, Duration),
        mut arriving: Arriving,
        request: Request,
        most: usize,
        file: &str,
    ) -> Result<Self, UploadError> {
        let progress = Arc::<Progress>::default();
        let request = request.map(|body| cut(steady(body, pause), most, Arc::clone(&progress)));
        let (mut parts, mut written, mut is_there) = (Vec::new(), Ok(false), false);
        let coming = async {
            let Ok(mut form) = Multipart::from_request(request, &()).await else { return };
            while let Ok(Some(part)) = form.next_field().await {
                progress.made();
                let name = part.name().unwrap_or_default().to_owned();
                if name == file && !is_there {
                    is_there = true;
                    written = written_down(part, &mut arriving, &progress).await;
                    if !matches!(written, Ok(true)) {
                        return;
                    }
                } else if parts.len() < PARTS {
                    let Some(words) = words(part, &progress).await else { return };
                    parts.push((name, words));
                }
            }
        };
        timeout(patience, coming).await.ok();
        let is_whole = written?;
        if !is_whole {
            // A partial file is discarded.
            arriving.discard().await?;
        }
        let is_too_much = progress.over.load(Relaxed);
        Ok(Self { parts, file: arriving.finish().await?, is_too_much, is_broken: is_there && !is_whole })
    }

    /// The first part of this name that is not the file.
    pub fn part(&self, name: &str) -> Option<&Bytes> {
        self.parts.iter().find(|(known, _)| known == name).map(|(_, bytes)| bytes)
    }
}

/// A refusal as plain text, where no page shows it.
pub fn plain(problem: &Problem) -> Response {
    let status = StatusCode::from_u16(problem.kind.status()).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    let mut answer = (status, problem.detail.clone()).into_response();
    if let Some(seconds) = problem.retry_after {
        answer.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    answer
}

/// Writes a part to disk; returns whether it arrived completely.
async fn written_down(
    mut part: Field<'_>,
    arriving: &mut Arriving,
    progress: &Progress,
) -> Result<bool, UploadError> {
    loop {
        match part.chunk().await {
            Ok(Some(piece)) => {
                progress.made();
                arriving.write(&piece).await?;
            }
            Ok(None) => return Ok(true),
            Err(_) => return Ok(false),
        }
    }
}

/// A text part; empty if it is longer than [`AROUND`], `None` if it breaks off.
async fn words(mut part: Field<'_>, progress: &Progress) -> Option<Bytes> {
    let (mut words, mut is_too_long) = (Vec::new(), false);
    while let Some(piece) = part.chunk().await.ok()? {
        progress.made();
        is_too_long |= words.len() + piece.len() > AROUND;
        if !is_too_long {
            words.extend_from_slice(&piece);
        }
    }
    Some(if is_too_long { Bytes::new() } else { words.into() })
}

/// Reads and discards a form without permission, at most `most` bytes: a client that sends more does not look at
/// the response.
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

/// Progress of reading a form.
#[derive(Default)]
struct Progress {
    /// Whether the limit was exceeded.
    over: AtomicBool,
    /// Bytes received since the last part was found.
    ahead: AtomicUsize,
}

impl Progress {
    /// Notes that a part was found.
    fn made(&self) {
        self.ahead.store(0, Relaxed);
    }
}

/// The form parser found no part in what it was given, and would buffer more.
#[derive(Debug, thiserror::Error)]
#[error("the form has no end of a part")]
struct Endless;

/// The first `most` bytes of a body, which is read to its end. It yields between pieces so that the parser
/// consumes them; otherwise it would buffer everything available.
fn cut(
    coming: impl Stream<Item = Result<Bytes, axum::Error>> + Send + 'static,
    most: usize,
    progress: Arc<Progress>,
) -> Body {
    let coming = (Box::pin(coming), progress);
    Body::from_stream(stream::try_unfold((coming, 0), move |((mut coming, progress), mut seen)| async move {
        yield_now().await;
        while let Some(piece) = coming.try_next().await? {
            let room = most.saturating_sub(seen);
            seen += piece.len();
            if piece.len() > room {
                progress.over.store(true, Relaxed);
            }
            if room > 0 {
                let piece = piece.slice(..piece.len().min(room));
                if progress.ahead.fetch_add(piece.len(), Relaxed) > AHEAD {
                    return Err(axum::Error::new(Endless));
                }
                return Ok(Some((piece, ((coming, progress), seen))));
            }
            if seen - most > FLOOD {
                break;
            }
        }
        Ok(None)
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use api::arriving::PATIENCE;
    use futures::StreamExt;
    use services::Ctx;
    use std::{convert::Infallible, io::Read};

    fn part(name: &str, body: &str) -> String {
        format!("--x1\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{body}\r\n")
    }

    fn sends(body: Body) -> Request {
        Request::post("/").header(header::CONTENT_TYPE, "multipart/form-data; boundary=x1").body(body).unwrap()
    }

    async fn space() -> (tempfile::TempDir, Ctx) {
        let dir = tempfile::tempdir().unwrap();
        let ctx = services::open(services::Config::new(dir.path().join("toolgate.sqlite"))).await.unwrap();
        (dir, ctx)
    }

    async fn read(ctx: &Ctx, pause: Duration, body: Body, most: usize) -> Sent {
        let arriving = uploads::begin(ctx, &Actor::TOOLGATE).await.unwrap();
        Sent::within((pause, PATIENCE), arriving, sends(body), most, "file").await.unwrap()
    }

    fn content(mut sent: Sent) -> String {
        let mut content = String::new();
        sent.file.read_to_string(&mut content).unwrap();
        content
    }

    #[tokio::test]
    async fn stalled_form_is_read_without_waiting() {
        let (_dir, ctx) = space().await;
        let begun = part("back", "/import") + &part("words", "name");
        let held = stream::once(async { Ok::<_, Infallible>(begun) }).chain(stream::pending());
        let sent = read(&ctx, Duration::ZERO, Body::from_stream(held), 1_000).await;
        assert_eq!(sent.part("back").map(|back| &back[..]), Some(&b"/import"[..]));
        assert!(sent.part("words").is_none() && !sent.is_too_much && !sent.is_broken);
        assert_eq!(content(sent), "");
    }

    #[tokio::test]
    async fn truncated_upload_is_marked_broken() {
        let (_dir, ctx) = space().await;
        let begun =
            part("back", "/import") + "--x1\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nname,mail";
        let held = stream::once(async { Ok::<_, Infallible>(begun) }).chain(stream::pending());
        let sent = read(&ctx, Duration::ZERO, Body::from_stream(held), 1_000).await;
        assert!(sent.part("back").is_some() && sent.is_broken);
        assert_eq!(content(sent), "");
    }

    #[tokio::test]
    async fn endless_part_header_is_not_buffered() {
        let (_dir, ctx) = space().await;
        let request = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&request);
        let heading = std::iter::once(b"--x1\r\nContent-Disposition: ".to_vec());
        let endless = heading.chain(std::iter::repeat_with(|| vec![b'x'; 64 * 1024])).map(move |piece| {
            count.fetch_add(piece.len(), Relaxed);
            Ok::<_, Infallible>(piece)
        });
        let sent = read(&ctx, PAUSE, Body::from_stream(stream::iter(endless)), 20 << 20).await;
        assert!(sent.parts.is_empty() && !sent.is_too_much);
        let request = request.load(Relaxed);
        assert!(request < AHEAD + (1 << 20), "{request} bytes were read");
    }

    #[tokio::test]
    async fn parts_beyond_the_limit_are_dropped() {
        let (_dir, ctx) = space().await;
        let parts: String = (0..40).map(|at| part(&format!("part-{at}"), "x")).collect();
        let sent = read(&ctx, PAUSE, Body::from(parts + "--x1--\r\n"), 1_000_000).await;
        assert_eq!((sent.parts.len(), sent.is_too_much), (PARTS, false));
        assert!(sent.part("part-15").is_some() && sent.part("part-16").is_none());
    }

    #[tokio::test]
    async fn first_file_part_goes_to_disk_and_long_text_is_dropped() {
        let (dir, ctx) = space().await;
        let long = "x".repeat(AROUND + 1);
        let form = part("back", "/me") + &part("file", "content") + &part("file", "twice") + &part("note", &long);
        let sent = read(&ctx, PAUSE, Body::from(form + "--x1--\r\n"), 1_000_000).await;
        assert!(sent.part("back").is_some() && sent.part("note").is_some_and(Bytes::is_empty));
        let names = std::fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name());
        let names: Vec<_> = names.map(|name| name.into_string().unwrap()).collect();
        assert!(names.iter().all(|name| name.starts_with("toolgate.sqlite")), "it has no name: {names:?}");
        assert_eq!(content(sent), "content");
    }
}
