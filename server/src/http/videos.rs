//! `/videos/{edition}`: the file of a video, whole or a range of it, for whoever may watch it; its captions; and the forms that bring either.
//!
//! Invariant: a file is sent from the disk piece by piece, however large. Deliberately absent: several ranges at once, which no player
//! asks for, and what counts as watched.

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
use std::io::SeekFrom;
use text::Lang;
use tokio::{
    fs::File,
    io::{AsyncReadExt, AsyncSeekExt},
};

/// How much may be sent here.
#[expect(clippy::cast_possible_truncation, reason = "a gibibyte fits")]
const LIMIT: usize = FILE as usize + AROUND;
/// How much may be sent as captions; what of it is too long for captions is told with the rest that is wrong.
const CAPTIONS_LIMIT: usize = 4 * CAPTIONS + AROUND;
/// Bytes that are read at a time.
const PIECE: u64 = 64 * 1024;

/// `GET`: the file, or the range that was asked for.
pub async fn show(
    State(shared): State<Shared>,
    Path(id): Path<i64>,
    Extension(actor): Extension<Actor>,
    Extension(visitor): Extension<Visitor>,
    asked: HeaderMap,
) -> Response {
    let opened = match training::open(shared.ctx(), &actor, EditionId(id)).await {
        Ok(opened) => opened,
        Err(error) => return plain(&error.problem(visitor.lang)),
    };
    let tag = HeaderValue::from_str(&format!("\"{}\"", opened.tag)).ok();
    let is_known = tag.as_ref().is_some_and(|tag| etag::is_known(&asked, tag));
    // A range of what the browser has of another file is a range of nothing.
    let is_of_this = asked.get(header::IF_RANGE).is_none_or(|of| Some(of) == tag.as_ref());
    let range = asked.get(header::RANGE).filter(|_| is_of_this).and_then(|range| range.to_str().ok());
    let mut answer = match range.map_or(Some(Range::whole(opened.bytes)), |range| Range::read(range, opened.bytes))
    {
        _ if is_known => StatusCode::NOT_MODIFIED.into_response(),
        Some(range) => sent(opened, range).await,
        None => {
            let all = format!("bytes */{}", opened.bytes);
            (StatusCode::RANGE_NOT_SATISFIABLE, [(header::CONTENT_RANGE, all)]).into_response()
        }
    };
    let headers = answer.headers_mut();
    // Whoever may not see it any more must not find it on the way.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.extend(tag.map(|tag| (header::ETAG, tag)));
    answer
}

/// What of a file is sent.
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

    /// `bytes=0-499`, `bytes=500-`, `bytes=-500`; what reads otherwise asks for all of it. `None` where nothing of the file is in it.
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

async fn sent(opened: Opened, range: Range) -> Response {
    let mut file = File::from_std(opened.file);
    if file.seek(SeekFrom::Start(range.from)).await.is_err() {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let pieces = stream::try_unfold((file, range.to - range.from), |(mut file, left)| async move {
        if left == 0 {
            return Ok(None);
        }
        let mut piece = Vec::new();
        let read = (&mut file).take(left.min(PIECE)).read_to_end(&mut piece).await?;
        let left = if read == 0 { 0 } else { left - u64::try_from(read).unwrap_or(left) };
        Ok::<_, std::io::Error>(Some((Bytes::from(piece), (file, left))))
    });
    let length = (header::CONTENT_LENGTH, (range.to - range.from).to_string());
    let kind = (header::CONTENT_TYPE, opened.kind.word().to_owned());
    let body = Body::from_stream(pieces);
    if range.is_part {
        let part = format!("bytes {}-{}/{}", range.from, range.to - 1, range.of);
        (StatusCode::PARTIAL_CONTENT, [length, kind, (header::CONTENT_RANGE, part)], body).into_response()
    } else {
        ([length, kind], body).into_response()
    }
}

/// `GET`: the captions of a video.
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

/// What was sent to the editor of `module` in a field, with the request that brought it; or the answer where nothing is taken in:
/// to whoever may not, and to what broke off.
async fn received(
    shared: &Shared,
    actor: &Actor,
    lang: Lang,
    module: ModuleId,
    request: Request,
    (limit, field): (usize, &str),
) -> Result<(Parts, Sent), Response> {
    let (asked, body) = request.into_parts();
    let request = Request::from_parts(asked.clone(), body);
    if let Err(error) = training::may_upload(actor) {
        pass_by(request, limit).await;
        return Err(plain(&error.problem(lang)));
    }
    let sent = Sent::read(shared, actor, request, limit, field).await;
    let sent = sent.map_err(|error| plain(&error.problem(lang)))?;
    if sent.is_broken && !sent.is_too_much {
        return Err(Redirect::to(&format!("/modules/{module}?video=broken")).into_response());
    }
    Ok((asked, sent))
}

/// `POST`: takes the video of a module in, and goes back to its editor.
pub async fn upload(
    State(shared): State<Shared>,
    Path(id): Path<i64>,
    Extension(actor): Extension<Actor>,
    Extension(visitor): Extension<Visitor>,
    request: Request,
) -> Response {
    let id = ModuleId(id);
    let (asked, sent) = match received(&shared, &actor, visitor.lang, id, request, (LIMIT, "video")).await {
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
            let word = errors.iter().find_map(|error| match error {
                ValidationError::LargeFile => Some("large"),
                ValidationError::Unplayable(unplayable) => Some(unplayable.word()),
                _ => None,
            });
            let word = word.unwrap_or("no-film");
            Redirect::to(&format!("/modules/{id}?video={word}")).into_response()
        }
        Err(error) => pages::refused(&shared, asked, error.problem(visitor.lang)).await,
    }
}

/// `POST`: takes a file of captions in, and goes back to the editor of its module.
pub async fn upload_captions(
    State(shared): State<Shared>,
    Path(id): Path<i64>,
    Extension(actor): Extension<Actor>,
    Extension(visitor): Extension<Visitor>,
    request: Request,
) -> Response {
    let id = ModuleId(id);
    let (asked, sent) = match received(&shared, &actor, visitor.lang, id, request, (CAPTIONS_LIMIT, "vtt")).await {
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
                ValidationError::Captions(fault) => Some(fault.word()),
                _ => None,
            });
            Redirect::to(&format!("/modules/{id}?captions={}", fault.unwrap_or_default())).into_response()
        }
        Err(error) => pages::refused(&shared, asked, error.problem(visitor.lang)).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_what_lies_in_the_file() {
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
}
