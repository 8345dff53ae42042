//! How long a response has waited for its client to read the next piece.
//!
//! Invariant: only the client's time counts. A response whose next piece is not ready yet – an event stream, above
//! all – may take any time. A library's time-out of a body counts that time instead, and
//! `unread_responses_time_out_and_release_resources` fails with it.

use super::{Place, Timeouts};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::time::Instant;

/// State of one response; shared by its body and by whatever ends it.
pub(super) struct Uptake {
    timeouts: Timeouts,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Since when a piece has been ready and not read.
    offered: Option<Instant>,
    /// The place the response counts in; `None` if it has a limit of its own.
    place: Option<Arc<Place>>,
}

impl State {
    fn forget(&mut self) {
        if self.offered.take().is_some()
            && let Some(place) = &self.place
        {
            place.read();
        }
    }
}

impl Uptake {
    pub fn new(timeouts: Timeouts) -> Self {
        Self { timeouts, state: Mutex::default() }
    }

    /// Counts the response in `place`, which is freed when it is over.
    pub fn counts_in(&self, place: Arc<Place>) {
        let mut state = self.state();
        state.forget();
        state.place = Some(place);
    }

    /// Marks a piece as ready for the client.
    pub fn offer(&self, now: Instant) {
        let mut state = self.state();
        if state.offered.replace(now).is_none()
            && let Some(place) = &state.place
        {
            place.unread();
        }
    }

    /// Marks that the client has room for more.
    pub fn take(&self) {
        self.state().forget();
    }

    /// Marks the response as over.
    pub fn end(&self) {
        let mut state = self.state();
        state.forget();
        state.place = None;
    }

    /// When to check the response again, and to end it if nothing has changed: now or in the past. `None` while
    /// nothing is ready.
    pub fn deadline(&self, now: Instant) -> Option<Instant> {
        let state = self.state();
        let since = state.offered?;
        let (pressed, last) = (since + self.timeouts.pressed, since + self.timeouts.write);
        if now < pressed {
            return Some(pressed.min(last));
        }
        if state.place.as_ref().is_some_and(|place| place.is_pressed()) {
            return Some(pressed);
        }
        // Other responses may become unread meanwhile.
        Some(last.min(now + self.timeouts.pressed))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Uptake {
    fn drop(&mut self) {
        self.end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::answers::{Answers, Reader};
    use std::time::Duration;

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[tokio::test]
    async fn unread_response_times_out_and_pending_one_does_not() {
        let (uptake, begin) = (Uptake::new(Timeouts::default()), Instant::now());
        assert_eq!(uptake.deadline(begin + seconds(3600)), None, "nothing lies ready");
        uptake.offer(begin);
        assert!(uptake.deadline(begin + seconds(59)).unwrap() > begin + seconds(59));
        assert_eq!(uptake.deadline(begin + seconds(60)), Some(begin + seconds(60)));
        uptake.take();
        assert_eq!(uptake.deadline(begin + seconds(3600)), None, "it was read");
    }

    #[tokio::test]
    async fn reader_with_many_unread_responses_is_cut_soon() {
        let answers = Arc::new(Answers::default());
        let begin = Instant::now();
        let mut all = Vec::new();
        for _ in 0..40 {
            let uptake = Uptake::new(Timeouts::default());
            uptake.counts_in(Arc::new(answers.admit(Reader::Person(7)).await.unwrap()));
            uptake.offer(begin);
            all.push(uptake);
        }
        let at = begin + seconds(9);
        assert!(all[0].deadline(at).unwrap() <= at);
        all[10..].iter().for_each(Uptake::take);
        assert!(all[0].deadline(at).unwrap() > at, "few are patience enough for the slowest line");
        drop(all);
        assert_eq!((answers.under_way(), answers.unread()), (0, 0));
    }
}
