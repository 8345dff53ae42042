//! `/videos/{edition}`: a video file, whole or in a range, for permitted viewers; its captions; and the upload
//! forms of both.
//!
//! **Invariants.** A file is streamed from disk, however large. It is open once, however many watch it
//! ([`Films`]), so paused players use up no files. Not here: multiple ranges, which no player requests, and what
//! counts as watched.

use super::{
    Shared, pages,
    sent::{AROUND, Sent, pass_by, plain},
};
use api::etag;
use app::visitor::Visitor;
use axum::{
    Extension,
    body::{Body, Bytes},
    extract::{Path, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use domain::{
    actor::Actor,
    id::{EditionId, ModuleId},
    training::{
        FILE,
        captions::{CAPTIONS, CaptionsFault},
    },
};
use futures::stream;
use services::{
    error::ServiceError,
    training::{self, Opened, TrainingError, ValidationError},
};
use std::{
    collections::HashMap,
    fs::File,
    io,
    os::unix::fs::FileExt,
    sync::{Arc, Mutex, PoisonError, Weak},
};
use text::Lang;
use tokio::task::spawn_blocking;

/// Maximum size of the request.
#[expect(clippy::cast_possible_truncation, reason = "a gibibyte fits")]
const LIMIT: usize = FILE as usize + AROUND;
/// Maximum size of a captions request; above the limit of captions, so that their own error is reported.
const CAPTIONS_LIMIT: usize = 4 * CAPTIONS + AROUND;
/// Bytes read at a time.
const PIECE: u64 = 64 * 1024;
/// Videos sent at once, with one open file each. More than one reader may have in flight
/// ([`super::answers::PER_READER`]), so a reader who leaves them unread does not block others.
const MOST: usize = 2 * super::answers::PER_READER;
/// Seconds for `Retry-After`.
const LATER: HeaderValue = HeaderValue::from_static("30");

/// Open video files by name.
#[derive(Default)]
pub struct Films(Mutex<HashMap<String, Weak<File>>>);

impl Films {
    /// The one open file of this name; the first caller provides it. `None` if too many others are open.
    fn share(&self, name: &str, file: File) -> Option<Arc<File>> {
        let mut films = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(open) = films.get(name).and_then(Weak::upgrade) {
            return Some(open);
        }
        films.retain(|_, film| film.strong_count() > 0);
        if films.len() >= MOST {
            return None;
        }
        let open = Arc::new(file);
        films.insert(name.to_owned(), Arc::downgrade(&open));
        Some(open)
    }
}

/// `GET`: the file, or the requested range.
pub async fn show(
    State(shared): State<Shared>,
    Path(id): Path<i64>,
    Extension(actor): Extension<Actor>,
    Extension(visitor): Extension<Visitor>,
    map: HeaderMap,
) -> Response {
    let opened = match training::open(shared.ctx(), &actor, EditionId(id)).await {
        Ok(opened) => opened,
        Err(error) => return plain(&error.problem(visitor.lang)),
    };
    let tag = HeaderValue::from_str(&format!("\"{}\"", opened.tag)).ok();
    let is_known = tag.as_ref().is_some_and(|tag| etag::is_known(&map, tag));
    // A range of another version of the file would be wrong, so it gets the whole file.
    let is_of_this = map.get(header::IF_RANGE).is_none_or(|of| Some(of) == tag.as_ref());
    let range = map.get(header::RANGE).filter(|_| is_of_this).and_then(|range| range.to_str().ok());
    let mut answer = match range.map_or(Some(Range::whole(opened.bytes)), |range| Range::read(range, opened.bytes))
    {
        _ if is_known => StatusCode::NOT_MODIFIED.into_response(),
        Some(range) => sent(&shared, opened, range, visitor.lang),
        None => {
            let all = format!("bytes */{}", opened.bytes);
            (StatusCode::RANGE_NOT_SATISFIABLE, [(header::CONTENT_RANGE, all)]).into_response()
        }
    };
    let headers = answer.headers_mut();
    // A viewer who loses access must not find it in a cache.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.extend(tag.map(|tag| (header::ETAG, tag)));
    answer
}

/// A byte range of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Range {
    from: u64,
    /// Exclusive.
    to: u64,
    of: u64,
    is_part: bool,
}

impl Range {
    const fn whole(of: u64) -> Self {
        Self { from: 0, to: of, of, is_part: false }
    }

    /// `bytes=0-499`, `bytes=500-`, `bytes=-500`; anything else means the whole file. `None` if the range lies
    /// outside the file.
    fn read(range: &str, of: u64) -> Option<Self> {
        let Some((from, to)) = range.strip_prefix("bytes=").and_then(|range| range.split_once('-')) else {
            return Some(Self::whole(of));
        };
        let (from, to) = match (from.trim().parse::<u64>(), to.trim().parse::<u64>()) {
            (Ok(from), Ok(last)) if last >= from => (from, last.saturating_add(1).min(of)),
            (Ok(from), Err(_)) if to.trim().is_empty() => (from, of),
            (Err(_), Ok(last)) if from.trim().is_empty() => {
                (of.saturating_sub(last), if last == 0 { 0 } else { of })
            }
            _ => return Some(Self::whole(of)),
        };
        (from < to).then_some(Self { from, to, of, is_part: true })
    }
}

fn sent(shared: &Shared, opened: Opened, range: Range, lang: Lang) -> Response {
    let Some(film) = shared.0.films.share(&opened.tag, opened.file) else {
        let busy = (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, LATER)], lang.request_no_room());
        return busy.into_response();
    };
    let pieces = stream::try_unfold((film, range), move |(film, Range { from, to, .. })| async move {
        let piece = piece(Arc::clone(&film), from, (to - from).min(PIECE)).await?;
        let next = from + piece.len() as u64;
        Ok::<_, io::Error>((!piece.is_empty()).then_some((piece, (film, Range { from: next, ..range }))))
    });
    let length = (header::CONTENT_LENGTH, (range.to - range.from).to_string());
    let kind = (header::CONTENT_TYPE, opened.kind.as_str().to_owned());
    let body = Body::from_stream(pieces);
    if range.is_part {
        let part = format!("bytes {}-{}/{}", range.from, range.to - 1, range.of);
        (StatusCode::PARTIAL_CONTENT, [length, kind, (header::CONTENT_RANGE, part)], body).into_response()
    } else {
        ([length, kind], body).into_response()
    }
}

/// Reads at most `bytes` from `from`; nothing behind the end.
async fn piece(film: Arc<File>, from: u64, bytes: u64) -> io::Result<Bytes> {
    let Some(bytes) = usize::try_from(bytes).ok().filter(|bytes| *bytes > 0) else { return Ok(Bytes::new()) };
    let read = spawn_blocking(move || {
        let mut piece = vec![0; bytes];
        let read = film.read_at(&mut piece, from)?;
        piece.truncate(read);
        Ok(piece.into())
    });
    read.await.map_err(io::Error::other)?
}

pub async fn captions(
    State(shared): State<Shared>,
    Path(id): Path<i64>,
    Extension(actor): Extension<Actor>,
    Extension(visitor): Extension<Visitor>,
) -> Response {
    match training::captions(shared.ctx(), &actor, EditionId(id)).await {
        Ok(captions) => {
            let headers =
                [(header::CONTENT_TYPE, "text/vtt; charset=utf-8"), (header::CACHE_CONTROL, "private, no-cache")];
            (headers, captions).into_response()
        }
        Err(error) => plain(&error.problem(visitor.lang)),
    }
}

/// The uploaded file and its request for the editor of `module`; or the response if there is no permission or the
/// upload broke off.
async fn received(
    shared: &Shared,
    actor: &Actor,
    lang: Lang,
    module: ModuleId,
    request: Request,
    (limit, field): (usize, &str),
) -> Result<(Parts, Sent), Response> {
    let (requested, body) = request.into_parts();
    let request = Request::from_parts(requested.clone(), body);
    if let Err(error) = training::may_upload(actor) {
        pass_by(request, limit).await;
        return Err(plain(&error.problem(lang)));
    }
    let sent = Sent::read(shared, actor, request, limit, field).await;
    let sent = sent.map_err(|error| plain(&error.problem(lang)))?;
    if sent.is_broken && !sent.is_too_much {
        return Err(Redirect::to(&format!("/modules/{module}?video=broken")).into_response());
    }
    Ok((requested, sent))
}

/// `POST`: uploads the video of a module and redirects to its editor.
pub async fn upload(
    State(shared): State<Shared>,
    Path(id): Path<i64>,
    Extension(actor): Extension<Actor>,
    Extension(visitor): Extension<Visitor>,
    request: Request,
) -> Response {
    let id = ModuleId(id);
    let (requested, sent) = match received(&shared, &actor, visitor.lang, id, request, (LIMIT, "video")).await {
        Ok(received) => received,
        Err(answer) => return answer,
    };
    let done = if sent.is_too_much {
        Err(TrainingError::Invalid(vec![ValidationError::LargeFile]))
    } else {
        training::keep(shared.ctx(), &actor, id, sent.file).await
    };
    match done {
        Ok(()) => Redirect::to(&format!("/modules/{id}")).into_response(),
        Err(TrainingError::Invalid(errors)) => {
            let name = errors.iter().find_map(|error| match error {
                ValidationError::LargeFile => Some("large"),
                ValidationError::Unplayable(unplayable) => Some(unplayable.as_str()),
                _ => None,
            });
            let name = name.unwrap_or("no-film");
            Redirect::to(&format!("/modules/{id}?video={name}")).into_response()
        }
        Err(error) => pages::refused(&shared, requested, error.problem(visitor.lang)).await,
    }
}

/// `POST`: uploads captions and redirects to the module's editor.
pub async fn upload_captions(
    State(shared): State<Shared>,
    Path(id): Path<i64>,
    Extension(actor): Extension<Actor>,
    Extension(visitor): Extension<Visitor>,
    request: Request,
) -> Response {
    let id = ModuleId(id);
    let (requested, sent) =
        match received(&shared, &actor, visitor.lang, id, request, (CAPTIONS_LIMIT, "vtt")).await {
            Ok(received) => received,
            Err(answer) => return answer,
        };
    let refused = |fault| Err(TrainingError::Invalid(vec![ValidationError::Captions(fault)]));
    let done = if sent.is_too_much {
        refused(CaptionsFault::Large)
    } else {
        training::keep_captions(shared.ctx(), &actor, id, sent.file).await
    };
    match done {
        Ok(()) => Redirect::to(&format!("/modules/{id}")).into_response(),
        Err(TrainingError::Invalid(errors)) => {
            let fault = errors.iter().find_map(|error| match error {
                ValidationError::Captions(fault) => Some(fault.to_code()),
                _ => None,
            });
            Redirect::to(&format!("/modules/{id}?captions={}", fault.unwrap_or_default())).into_response()
        }
        Err(error) => pages::refused(&shared, requested, error.problem(visitor.lang)).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn range_header_is_clamped_to_the_file() {
        let part = |from, to| Some(Range { from, to, of: 1000, is_part: true });
        let read = |range| Range::read(range, 1000);
        assert_eq!(read("bytes=0-"), part(0, 1000));
        assert_eq!(read("bytes=0-0"), part(0, 1));
        assert_eq!(read("bytes=500-9999"), part(500, 1000));
        assert_eq!(read("bytes=-300"), part(700, 1000));
        assert_eq!(read("bytes=-9999"), part(0, 1000));
        assert_eq!((read("bytes=1000-"), read("bytes=2000-3000"), read("bytes=-0")), (None, None, None));
        for all in ["bytes=5-1", "bytes=a-b", "lines=0-5", "bytes=0-1,5-6", "bytes=-"] {
            assert_eq!(read(all), Some(Range::whole(1000)), "{all}");
        }
        assert_eq!(Range::read("bytes=0-", 0), None);
    }

    #[test]
    fn open_videos_are_shared_and_capped() {
        let films = Films::default();
        let file = || tempfile::tempfile().unwrap();
        let first = films.share("0", file()).unwrap();
        assert!(Arc::ptr_eq(&first, &films.share("0", file()).unwrap()));
        let others: Vec<_> = (1..MOST).map(|film| films.share(&film.to_string(), file()).unwrap()).collect();
        assert!(films.share("one more", file()).is_none());
        assert!(films.share("0", file()).is_some(), "one that is open already");
        drop(others);
        assert!(films.share("one more", file()).is_some());
    }
}
