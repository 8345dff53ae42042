//! The thread on which boards are served: their broker, their mailboxes, and the decisions about their queries.
//!
//! tokio does not interrupt a task, so a connection whose input has all arrived works through it in one turn, and everything else
//! on its thread waits: two sockets with pipelined requests delayed a swipe by a tenth of a second. Between threads the system
//! divides the time, in turns of a few milliseconds. The storage keeps a place for boards as well (`Ctx::of_boards`).

use std::io;
use tokio::runtime::{Builder, EnterGuard, Runtime};

/// The runtime of boards. Ends its tasks when it is dropped.
pub struct BoardRuntime(
    /// `Some` until dropped.
    Option<Runtime>,
);

impl BoardRuntime {
    /// Starts its thread.
    pub fn start() -> io::Result<Self> {
        Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("boards")
            .enable_all()
            .build()
            .map(Some)
            .map(Self)
    }

    /// Until the guard is dropped, tasks and sockets belong to this runtime.
    pub fn enter(&self) -> Option<EnterGuard<'_>> {
        self.0.as_ref().map(Runtime::enter)
    }
}

impl Drop for BoardRuntime {
    fn drop(&mut self) {
        // An ordinary drop waits for its tasks, which a thread of another runtime must not.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}
