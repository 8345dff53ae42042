//! The two queues of the writer: what boards wait for, and everything else.
//!
//! **Invariant:** neither lane starves. While both have messages, batches alternate.

use super::Message;
use std::{
    future::poll_fn,
    task::{Context, Poll},
};
use tokio::sync::mpsc;

/// Whose messages they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lane {
    /// The answers to boards, which give up after 2 s and have people standing before them.
    Boards,
    Others,
}

pub(crate) struct Inbox {
    boards: mpsc::Receiver<Message>,
    others: mpsc::Receiver<Message>,
    /// Of the batch under way, or of the last one.
    lane: Lane,
}

impl Inbox {
    pub(crate) fn new(boards: mpsc::Receiver<Message>, others: mpsc::Receiver<Message>) -> Self {
        Self { boards, others, lane: Lane::Others }
    }

    /// The first message of the next batch, whose lane it decides. `None` when both queues are closed and empty.
    pub(super) async fn next(&mut self) -> Option<Message> {
        poll_fn(|cx| self.poll_next(cx)).await
    }

    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Message>> {
        let lanes = match self.lane {
            Lane::Boards => [Lane::Others, Lane::Boards],
            Lane::Others => [Lane::Boards, Lane::Others],
        };
        let mut open = false;
        for lane in lanes {
            match self.queue(lane).poll_recv(cx) {
                Poll::Ready(Some(message)) => {
                    self.lane = lane;
                    return Poll::Ready(Some(message));
                }
                Poll::Ready(None) => {}
                Poll::Pending => open = true,
            }
        }
        if open { Poll::Pending } else { Poll::Ready(None) }
    }

    /// The next message for the batch under way.
    pub(super) fn next_of_lane(&mut self) -> Option<Message> {
        self.queue(self.lane).try_recv().ok()
    }

    pub(super) fn lane_is_empty(&self) -> bool {
        match self.lane {
            Lane::Boards => self.boards.is_empty(),
            Lane::Others => self.others.is_empty(),
        }
    }

    /// Whether a board waits behind the batch under way, which is then closed.
    pub(super) fn boards_overtake(&self) -> bool {
        self.lane == Lane::Others && !self.boards.is_empty()
    }

    /// Refuses new messages; those that are queued remain.
    pub(super) fn close(&mut self) {
        self.boards.close();
        self.others.close();
    }

    fn queue(&mut self, lane: Lane) -> &mut mpsc::Receiver<Message> {
        match lane {
            Lane::Boards => &mut self.boards,
            Lane::Others => &mut self.others,
        }
    }
}
