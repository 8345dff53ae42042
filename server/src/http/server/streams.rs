//! Streams of HTTP/2 connections: each is a task, which ends if its response is not read.
//!
//! hyper waits for the client's window without end and polls nothing meanwhile, so no body could notice. A task
//! that ends has its stream reset, its queued data is dropped, and the connection's other streams go on. With a
//! time-out around the body instead, `unread_http2_stream_ends_alone` fails.

use super::{Timeouts, deadline::until, uptake::Uptake};
use hyper::rt::Executor;
use std::sync::Arc;

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
        tokio::spawn(UPTAKE.scope(Arc::clone(&uptake), until(stream, move |now| uptake.deadline(now))));
    }
}
