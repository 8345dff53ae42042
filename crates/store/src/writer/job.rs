//! A job of the writer: its work, its result, and the caller waiting for it.

use std::{panic::AssertUnwindSafe, time::Duration};

use futures::{FutureExt, future::LocalBoxFuture};
use tokio::{sync::oneshot, time::timeout};

use crate::{
    StoreError, WriteTx,
    done::{Done, Record},
    uses::Rest,
};

/// A job as the writer sees it; its value and error types stay behind this trait.
pub(crate) trait Job: Send {
    /// The caller is gone.
    fn abandoned(&self) -> bool;

    /// Runs the work. `Some` is the change's record and its unwritten rest; `None` asks for a rollback.
    fn run<'a>(
        &'a mut self,
        tx: &'a mut WriteTx,
        limit: Duration,
    ) -> LocalBoxFuture<'a, Option<(Record, Option<Rest>)>>;

    /// The work succeeded, but a later step failed: this is the result instead.
    fn fail(&mut self, error: StoreError);

    /// Answers the caller. Consumes the job, so that it is answered once.
    fn answer(self: Box<Self>);
}

pub(crate) struct Pending<F, T, E> {
    work: Option<F>,
    result: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<F, T, E> Pending<F, T, E> {
    pub(crate) fn new(work: F) -> (Self, oneshot::Receiver<Result<T, E>>) {
        let (reply, answer) = oneshot::channel();
        (Self { work: Some(work), result: None, reply }, answer)
    }
}

impl<F, T, E> Job for Pending<F, T, E>
where
    F: AsyncFnOnce(&mut WriteTx) -> Result<Done<T>, E> + Send + 'static,
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
{
    fn abandoned(&self) -> bool {
        self.reply.is_closed()
    }

    fn run<'a>(
        &'a mut self,
        tx: &'a mut WriteTx,
        limit: Duration,
    ) -> LocalBoxFuture<'a, Option<(Record, Option<Rest>)>> {
        Box::pin(async move {
            let work = self.work.take()?;
            // Unwind safe: the job's changes in the database are rolled back, and its own
            // state is dropped here.
            let guarded = AssertUnwindSafe(async { work(tx).await }).catch_unwind();
            let outcome = timeout(limit, guarded).await;
            let (result, record) = match outcome {
                Ok(Ok(Ok(done))) => (Ok(done.value), Some((done.record, done.rest))),
                Ok(Ok(Err(refusal))) => (Err(refusal), None),
                Ok(Err(_panic)) => (Err(StoreError::Panicked.into()), None),
                Err(_elapsed) => (Err(StoreError::TooSlow.into()), None),
            };
            self.result = Some(result);
            record
        })
    }

    fn fail(&mut self, error: StoreError) {
        self.result = Some(Err(error.into()));
    }

    fn answer(self: Box<Self>) {
        // A dropped caller is not an error: the change is made without an answer.
        let result = self.result.unwrap_or_else(|| Err(StoreError::Closed.into()));
        let _ = self.reply.send(result);
    }
}
