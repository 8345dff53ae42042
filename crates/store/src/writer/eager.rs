//! Waiting without sleeping, for a moment.

use std::{
    future::poll_fn,
    hint,
    pin::pin,
    sync::LazyLock,
    task::Poll,
    thread,
    time::{Duration, Instant},
};

/// How long to poll before the thread sleeps: about as long as SQLite's thread takes for one statement, and a sleeping
/// thread to wake up. With one core nothing, for the polling would keep that thread from its work.
static EAGER: LazyLock<Duration> = LazyLock::new(|| {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    if cores > 1 { Duration::from_micros(50) } else { Duration::ZERO }
});

/// Waits for `future` on the current thread, and polls for [`EAGER`] before the thread sleeps. The runtime's own waiting
/// sleeps at once, and to be woken costs more than most statements.
///
/// It spins and does not yield: beside other programs a yield gives away a whole time slice, which is milliseconds.
pub(super) async fn eagerly<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    poll_fn(|cx| {
        let began = Instant::now();
        loop {
            match future.as_mut().poll(cx) {
                Poll::Pending if began.elapsed() < *EAGER => hint::spin_loop(),
                polled => return polled,
            }
        }
    })
    .await
}
