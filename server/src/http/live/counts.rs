//! How many streams are open, were refused, or were told to fetch everything.

use super::limits::{OpenStreams, Refused};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Why a stream is told to fetch everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resync {
    /// It read too slowly, and what waited for it was dropped.
    Backlog,
    /// It came back, or came, when what it missed was not remembered any more.
    Reconnect,
}

impl Resync {
    pub const ALL: [(Self, &'static str); 2] = [(Self::Backlog, "backlog"), (Self::Reconnect, "reconnect")];
}

/// Since the start.
#[derive(Debug, Default)]
pub struct Counts {
    resynced: [AtomicU64; Resync::ALL.len()],
    refused: [AtomicU64; Refused::ALL.len()],
}

/// Streams now, and what became of others since the start.
#[derive(Debug, Clone, Copy)]
pub struct Figures {
    pub open: OpenStreams,
    pub resynced: [(&'static str, u64); Resync::ALL.len()],
    pub refused: [(&'static str, u64); Refused::ALL.len()],
}

impl Counts {
    pub fn resynced(&self, why: Resync) {
        self.resynced[why as usize].fetch_add(1, Relaxed);
    }

    pub fn refused(&self, why: Refused) {
        self.refused[why as usize].fetch_add(1, Relaxed);
    }

    pub fn read(&self, open: OpenStreams) -> Figures {
        let load = |counter: &AtomicU64| counter.load(Relaxed);
        Figures {
            open,
            resynced: Resync::ALL.map(|(why, name)| (name, load(&self.resynced[why as usize]))),
            refused: Refused::ALL.map(|(why, name)| (name, load(&self.refused[why as usize]))),
        }
    }
}
