//! Limits of what other servers send: bytes of one conversation, and of all conversations together.
//!
//! **Invariant.** Every connection to another server is read through [`LimitedStream`] or, to a directory, through [`ber::Checker`], before
//! a library buffers or decodes anything. The exceptions limit themselves: an external broker (`crate::mqtt::connection`), boards that
//! take firmware (`crate::ota`), and TLS handshakes, which rustls limits. Not here: time limits, and the size of a decoded answer.

pub mod ber;

use std::{
    error::Error,
    io,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    sync::{OwnedSemaphorePermit, Semaphore},
};

/// Bytes that all conversations hold together.
const IN_ALL: usize = 96 * 1024 * 1024;
/// Bytes around the body of an HTTP response: head, informational heads and trailers.
const AROUND_BODY: usize = 128 * 1024;

/// Which limit an answer exceeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ExceededLimit {
    #[error("a message from the other server is too large, nested too deeply or malformed")]
    Message,
    #[error("the other server sent too much in one conversation")]
    Conversation,
    #[error("answers of other servers fill the memory set aside for them")]
    Budget,
}

impl From<ExceededLimit> for io::Error {
    fn from(exceeded: ExceededLimit) -> Self {
        Self::other(exceeded)
    }
}

impl ExceededLimit {
    /// The exceeded limit that caused `error`, if one did.
    pub fn cause_of(error: &(dyn Error + 'static)) -> Option<Self> {
        let mut cause = Some(error);
        while let Some(error) = cause {
            let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
            if let Some(exceeded) = inner.and_then(|inner| inner.downcast_ref()) {
                return Some(*exceeded);
            }
            cause = error.source();
        }
        None
    }
}

/// The memory set aside for answers of other servers. Clones share it.
#[derive(Debug, Clone)]
pub struct Budget(Arc<Semaphore>);

impl Default for Budget {
    fn default() -> Self {
        Self::new(IN_ALL)
    }
}

impl Budget {
    #[must_use]
    pub fn new(bytes: usize) -> Self {
        Self(Arc::new(Semaphore::new(bytes)))
    }

    /// A conversation in which at most `most` bytes are read.
    #[must_use]
    pub fn conversation(&self, most: usize) -> Conversation {
        Conversation { budget: Arc::clone(&self.0), most, read: 0, held: None }
    }

    /// A conversation of one HTTP request, for a body of at most `body` bytes: twice that, because short chunks have long frames.
    #[must_use]
    pub fn http(&self, body: usize) -> Conversation {
        self.conversation(body.saturating_mul(2).saturating_add(AROUND_BODY))
    }
}

/// The bytes read in one conversation. Its share of the budget is returned when it is dropped.
#[derive(Debug)]
pub struct Conversation {
    budget: Arc<Semaphore>,
    most: usize,
    read: usize,
    held: Option<OwnedSemaphorePermit>,
}

impl Conversation {
    /// Counts `bytes` more. A conversation that exceeds a limit has ended; one that exceeds the budget fails at once, because
    /// conversations that wait for each other would all hold what they have.
    pub fn count(&mut self, bytes: usize) -> Result<(), ExceededLimit> {
        let counted = self.hold(bytes);
        self.read = if counted.is_ok() { self.read.saturating_add(bytes) } else { usize::MAX };
        counted
    }

    fn hold(&mut self, bytes: usize) -> Result<(), ExceededLimit> {
        if self.read.saturating_add(bytes) > self.most {
            return Err(ExceededLimit::Conversation);
        }
        let permits = u32::try_from(bytes).map_err(|_| ExceededLimit::Budget)?;
        let budget = Arc::clone(&self.budget);
        let more = budget.try_acquire_many_owned(permits).map_err(|_| ExceededLimit::Budget)?;
        match &mut self.held {
            Some(held) => held.merge(more),
            None => self.held = Some(more),
        }
        Ok(())
    }

    /// Counts from zero, because nothing of what was read is held any more.
    pub fn restart(&mut self) {
        self.read = 0;
        self.held = None;
    }
}

/// A conversation that is counted in one place and restarted in another.
#[derive(Debug, Clone)]
pub struct Count(Arc<Mutex<Conversation>>);

impl Count {
    #[must_use]
    pub fn new(conversation: Conversation) -> Self {
        Self(Arc::new(Mutex::new(conversation)))
    }

    /// Counts from zero.
    pub fn restart(&self) {
        self.lock().restart();
    }

    fn lock(&self) -> MutexGuard<'_, Conversation> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection that fails as soon as more is read than its conversation may have.
#[derive(Debug)]
pub struct LimitedStream<S> {
    stream: S,
    count: Count,
}

impl<S> LimitedStream<S> {
    pub fn new(stream: S, conversation: Conversation) -> Self {
        Self::counted(stream, Count::new(conversation))
    }

    /// The same with a count that can be restarted.
    pub const fn counted(stream: S, count: Count) -> Self {
        Self { stream, count }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for LimitedStream<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, buf))?;
        let counted = self.count.lock().count(buf.filled().len() - before);
        if counted.is_err() {
            buf.set_filled(before);
        }
        Poll::Ready(counted.map_err(io::Error::from))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for LimitedStream<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    #[tokio::test]
    async fn reading_beyond_conversation_fails_until_restart() {
        let (mut peer, stream) = duplex(64);
        let count = Count::new(Budget::default().conversation(10));
        let mut limited = LimitedStream::counted(stream, count.clone());
        peer.write_all(&[1; 25]).await.unwrap();
        limited.read_exact(&mut [0; 10]).await.unwrap();
        for _ in 0..2 {
            let error = limited.read_u8().await.unwrap_err();
            assert_eq!(ExceededLimit::cause_of(&error), Some(ExceededLimit::Conversation));
        }
        count.restart();
        limited.read_exact(&mut [0; 10]).await.unwrap();
    }

    #[test]
    fn conversations_share_the_budget_and_return_it() {
        let budget = Budget::new(100);
        let mut one = budget.conversation(90);
        assert_eq!(one.count(60), Ok(()));
        assert_eq!(
            budget.clone().conversation(90).count(41),
            Err(ExceededLimit::Budget),
            "together they hold 101 bytes"
        );
        let mut other = budget.clone().conversation(90);
        assert_eq!(other.count(40), Ok(()));
        drop(one);
        assert_eq!(other.count(50), Ok(()));
        assert_eq!(other.count(1), Err(ExceededLimit::Conversation));
        other.restart();
        assert_eq!(budget.conversation(100).count(100), Ok(()));
    }

    #[test]
    fn cause_is_found_behind_other_errors() {
        #[derive(Debug, thiserror::Error)]
        #[error("outer")]
        struct Outer(#[source] io::Error);
        let error = Outer(ExceededLimit::Budget.into());
        assert_eq!(ExceededLimit::cause_of(&error), Some(ExceededLimit::Budget));
        assert_eq!(ExceededLimit::cause_of(&io::Error::other("another")), None);
    }
}
