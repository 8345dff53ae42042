//! Streams of HTTP/2 connections: each is a task, which ends if its response is not read.
//!
//! hyper waits for the client's window without end and polls nothing meanwhile, so no body could notice. A task
//! that ends has its stream reset, its queued data is dropped, and the connection's other streams go on.

use super::{Timeouts, uptake::Uptake};
use hyper::rt::Executor;
use std::{
    future::poll_fn,
    pin::{Pin, pin},
    sync::Arc,
    task::Poll,
};
use tokio::time::{Instant, Sleep, sleep_until};

tokio::task_local! {
    static UPTAKE: Arc<Uptake>;
}

/// The uptake of the current task's stream; `None` on HTTP/1, where the connection watches its one response.
pub(super) fn uptake() -> Option<Arc<Uptake>> {
    UPTAKE.try_with(Arc::clone).ok()
}

#[derive(Clone)]
pub(super) struct Streams {
    timeouts: Timeouts,
}

impl Streams {
    pub fn new(timeouts: Timeouts) -> Self {
        Self { timeouts }
    }
}

impl<F> Executor<F> for Streams
where
    F: Future + Send + 'static,
{
    fn execute(&self, stream: F) {
        let uptake = Arc::new(Uptake::new(self.timeouts));
        tokio::spawn(UPTAKE.scope(Arc::clone(&uptake), while_read(stream, uptake)));
    }
}

/// Polls `stream` until it is done or no longer read.
async fn while_read(stream: impl Future, uptake: Arc<Uptake>) {
    let mut stream = pin!(stream);
    let mut alarm: Option<Pin<Box<Sleep>>> = None;
    poll_fn(|cx| {
        if stream.as_mut().poll(cx).is_ready() {
            return Poll::Ready(());
        }
        loop {
            let now = Instant::now();
            let Some(deadline) = uptake.deadline(now) else { return Poll::Pending };
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
