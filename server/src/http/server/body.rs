//! Bodies of requests and responses, with time limits.

use super::{Timeouts, activity::InFlight, uptake::Uptake};
use axum::{
    BoxError,
    body::{Body, Bytes, HttpBody},
};
use http_body::{Frame, SizeHint};
use hyper::body::Incoming;
use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::time::{Instant, Sleep, sleep_until};

/// Bytes of a response passed on at first, and at most at a time.
const FIRST_PIECE: usize = 1024;
const PIECE: usize = 16 * 1024;

/// How long to wait for a body. Only waiting counts, not the processing in between.
struct Pace {
    idle: Duration,
    per_kilobyte: Duration,
    received: u32,
    waited: Duration,
}

impl Pace {
    fn new(timeouts: &Timeouts) -> Self {
        let Timeouts { body, body_per_kilobyte, .. } = *timeouts;
        Self { idle: body, per_kilobyte: body_per_kilobyte, received: 0, waited: Duration::ZERO }
    }

    fn received(&mut self, bytes: usize, waited: Duration) {
        self.received = self.received.saturating_add(u32::try_from(bytes).unwrap_or(u32::MAX));
        self.waited += waited;
    }

    /// Time until the next piece.
    fn patience(&self) -> Duration {
        let earned = self.per_kilobyte.saturating_mul(self.received) / 1024;
        (self.idle + earned).saturating_sub(self.waited).min(self.idle)
    }
}

/// A request body, which ends in an error if the client stalls.
///
/// tower-http's time-out of a body restarts with each piece, and a handler answers its error with another status than
/// 408: `one_byte_upload_is_cut` and `stalled_body_is_cut` fail with it.
pub(super) struct Paced {
    body: Incoming,
    pace: Pace,
    /// Since when the next piece is awaited, and until when.
    waiting: Option<(Instant, Pin<Box<Sleep>>)>,
    stalled: Arc<AtomicBool>,
}

impl Paced {
    pub fn new(body: Incoming, timeouts: &Timeouts) -> (Self, Arc<AtomicBool>) {
        let stalled = Arc::new(AtomicBool::new(false));
        let paced = Self { body, pace: Pace::new(timeouts), waiting: None, stalled: Arc::clone(&stalled) };
        (paced, stalled)
    }
}

impl HttpBody for Paced {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = self.get_mut();
        if let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(cx) {
            let waited = this.waiting.take().map_or(Duration::ZERO, |(since, _)| since.elapsed());
            if let Some(Ok(frame)) = &frame {
                this.pace.received(frame.data_ref().map_or(0, Bytes::len), waited);
            }
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        let (_, alarm) = this.waiting.get_or_insert_with(|| {
            let now = Instant::now();
            (now, Box::pin(sleep_until(now + this.pace.patience())))
        });
        if alarm.as_mut().poll(cx).is_pending() {
            return Poll::Pending;
        }
        this.stalled.store(true, Ordering::Relaxed);
        Poll::Ready(Some(Err(io::Error::from(io::ErrorKind::TimedOut).into())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A response body in pieces that its client reads one after the other; its request is in flight until all of it
/// is sent or given up.
pub(super) struct Tracked {
    body: Body,
    /// The rest of the last chunk.
    rest: Bytes,
    /// Bytes of the next piece. Passed-on data is buffered until the client reads it, so a client that has read
    /// nothing gets little.
    piece: usize,
    uptake: Arc<Uptake>,
    _in_flight: InFlight,
}

impl Tracked {
    pub fn new(body: Body, in_flight: InFlight, uptake: Arc<Uptake>) -> Self {
        Self { body, rest: Bytes::new(), piece: FIRST_PIECE, uptake, _in_flight: in_flight }
    }

    fn next_piece(&mut self) -> Bytes {
        let piece = if self.rest.len() <= self.piece {
            std::mem::take(&mut self.rest)
        } else {
            // A copy, so that the last piece of a page does not hold all of the page in memory.
            Bytes::copy_from_slice(&self.rest.split_to(self.piece))
        };
        self.piece = (self.piece * 2).min(PIECE);
        piece
    }
}

impl HttpBody for Tracked {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = self.get_mut();
        this.uptake.take();
        if this.rest.is_empty() {
            match ready!(Pin::new(&mut this.body).poll_frame(cx)) {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => this.rest = data,
                    Err(frame) => return Poll::Ready(Some(Ok(frame))),
                },
                over => return Poll::Ready(over),
            }
        }
        let piece = this.next_piece();
        this.uptake.offer(Instant::now());
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let (inner, rest) = (self.body.size_hint(), self.rest.len() as u64);
        let mut hint = SizeHint::new();
        if let Some(upper) = inner.upper() {
            hint.set_upper(upper.saturating_add(rest));
        }
        hint.set_lower(inner.lower().saturating_add(rest));
        hint
    }
}

impl Drop for Tracked {
    fn drop(&mut self) {
        self.uptake.end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seconds of patience with a body that sends `bytes` every `seconds`, `times` times.
    fn patience(bytes: usize, seconds: u64, times: usize) -> u64 {
        let mut pace = Pace::new(&Timeouts::default());
        for _ in 0..times {
            assert!(pace.patience() >= Duration::from_secs(seconds), "cut after {} bytes", pace.received);
            pace.received(bytes, Duration::from_secs(seconds));
        }
        pace.patience().as_secs()
    }

    #[test]
    fn slow_steady_upload_survives() {
        assert_eq!(patience(0, 0, 1), 30);
        assert_eq!(patience(1024, 5, 20_480), 30, "20 MB in 28 hours");
        assert_eq!(patience(128, 1, 1_000), 30);
    }

    #[test]
    fn one_byte_upload_is_cut() {
        let mut pace = Pace::new(&Timeouts::default());
        let (mut held, step) = (Duration::ZERO, Duration::from_secs(20));
        while pace.patience() >= step {
            pace.received(1, step);
            held += step;
        }
        assert!(held <= Duration::from_mins(1), "{held:?}");
    }

    #[test]
    fn fast_start_earns_at_most_one_timeout() {
        assert_eq!(patience(20 << 20, 1, 1), 30);
    }
}
