//! What a connection is doing, and its deadline.
//!
//! Invariant: only the client's time counts. While a request is being answered there is no deadline, unless the
//! client does not read.
//!
//! hyper has one time-out for idle connections and headers alike, and none before it knows the protocol:
//! `idle_connection_is_cut_and_live_stream_survives` and `incomplete_header_is_cut` fail with it.

use super::{Timeouts, uptake::Uptake};
use crate::connections::Permit;
use axum::http::Version;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::time::Instant;

/// State of one connection; shared by its socket, its requests and its timer.
pub(super) struct Activity {
    timeouts: Timeouts,
    permit: Arc<Permit>,
    state: Mutex<State>,
}

struct State {
    /// Requests with incomplete responses.
    in_flight: usize,
    /// Since when there are none.
    waiting_since: Instant,
    /// When the first byte of the next request arrived.
    header_since: Option<Instant>,
    served: Option<Version>,
    /// Of the response being sent on HTTP/1, where there is one at a time.
    uptake: Option<Arc<Uptake>>,
}

impl State {
    fn new(now: Instant) -> Self {
        Self { in_flight: 0, waiting_since: now, header_since: None, served: None, uptake: None }
    }

    fn begin(&mut self, version: Version) -> bool {
        self.in_flight += 1;
        self.header_since = None;
        self.served = Some(version);
        self.in_flight == 1
    }

    fn end(&mut self, now: Instant) -> bool {
        self.in_flight -= 1;
        self.waiting_since = now;
        self.in_flight == 0
    }

    fn read(&mut self, now: Instant) {
        // On HTTP/2 these may be answers to pings.
        if self.in_flight == 0 && self.served.is_some_and(|version| version != Version::HTTP_2) {
            self.header_since.get_or_insert(now);
        }
    }

    /// When to check the connection again, and to cut it if nothing has changed: now or in the past.
    fn deadline(&self, now: Instant, timeouts: &Timeouts) -> Instant {
        let waiting = if self.in_flight > 0 {
            now + timeouts.idle
        } else if self.served.is_none() {
            self.waiting_since + timeouts.header
        } else if let Some(since) = self.header_since {
            since + timeouts.header
        } else {
            self.waiting_since + timeouts.idle
        };
        let unread = self.uptake.as_ref().and_then(|uptake| uptake.deadline(now));
        unread.map_or(waiting, |unread| unread.min(waiting))
    }
}

impl Activity {
    pub fn new(timeouts: Timeouts, permit: Arc<Permit>) -> Self {
        Self { timeouts, permit, state: Mutex::new(State::new(Instant::now())) }
    }

    pub fn timeouts(&self) -> &Timeouts {
        &self.timeouts
    }

    pub fn deadline(&self, now: Instant) -> Instant {
        self.state().deadline(now, &self.timeouts)
    }

    /// Records that `bytes` arrived.
    pub fn read(&self, bytes: &[u8]) {
        if !bytes.is_empty() {
            self.state().read(Instant::now());
        }
    }

    /// How far the client has read the next response, on HTTP/1.
    pub fn uptake(&self) -> Arc<Uptake> {
        let uptake = Arc::new(Uptake::new(self.timeouts));
        self.state().uptake = Some(Arc::clone(&uptake));
        uptake
    }

    /// Counts a request as being answered until the result is dropped.
    pub fn begin(self: &Arc<Self>, version: Version) -> InFlight {
        if self.state().begin(version) {
            self.permit.set_busy(true);
        }
        InFlight(Arc::clone(self))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request with an incomplete response.
pub(super) struct InFlight(Arc<Activity>);

impl Drop for InFlight {
    fn drop(&mut self) {
        if self.0.state().end(Instant::now()) {
            self.0.permit.set_busy(false);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    const H1: Version = Version::HTTP_11;

    /// Seconds until the deadline, `at` seconds after the start.
    fn left(state: &State, begin: Instant, at: u64) -> Duration {
        let now = begin + Duration::from_secs(at);
        state.deadline(now, &Timeouts::default()).saturating_duration_since(now)
    }

    #[tokio::test]
    async fn header_timeout_runs_from_connect_then_from_first_byte() {
        let begin = Instant::now();
        let at = |seconds| begin + Duration::from_secs(seconds);
        let timeouts = Timeouts::default();
        let mut state = State::new(begin);
        state.read(at(9));
        assert_eq!(left(&state, begin, 9), Duration::from_secs(1), "a byte now and then does not help");
        state.begin(H1);
        assert_eq!(left(&state, begin, 3600), timeouts.idle, "a stream may last");
        state.end(at(100));
        assert_eq!(left(&state, begin, 100), timeouts.idle);
        state.read(at(170));
        state.read(at(179));
        assert_eq!(left(&state, begin, 179), Duration::from_secs(1));
    }

    #[tokio::test]
    async fn http2_frames_without_requests_do_not_extend_idle_timeout() {
        let begin = Instant::now();
        let mut state = State::new(begin);
        assert!(state.begin(Version::HTTP_2) && !state.begin(Version::HTTP_2));
        assert!(!state.end(begin) && state.end(begin));
        state.read(begin + Duration::from_secs(74));
        assert_eq!(left(&state, begin, 74), Duration::from_secs(1));
    }
}
