//! Ends a future at a deadline that moves.

use std::{
    future::poll_fn,
    pin::{Pin, pin},
    task::Poll,
};
use tokio::time::{Instant, Sleep, sleep_until};

/// Polls `future` until it is done or its deadline passes. `deadline` is called after each poll and returns when to check
/// again, `now` or earlier to end the future, `None` while there is no deadline.
pub(super) async fn until(future: impl Future, deadline: impl Fn(Instant) -> Option<Instant>) {
    let mut future = pin!(future);
    let mut alarm: Option<Pin<Box<Sleep>>> = None;
    poll_fn(|cx| {
        if future.as_mut().poll(cx).is_ready() {
            return Poll::Ready(());
        }
        loop {
            let now = Instant::now();
            let Some(deadline) = deadline(now) else { return Poll::Pending };
            if deadline <= now {
                return Poll::Ready(());
            }
            let alarm = alarm.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
            // A later deadline is found when the alarm fires: most move with every piece.
            if deadline < alarm.deadline() || alarm.is_elapsed() {
                alarm.as_mut().reset(deadline);
            }
            if alarm.as_mut().poll(cx).is_pending() {
                return Poll::Pending;
            }
        }
    })
    .await;
}
