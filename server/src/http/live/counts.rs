//! Counts open, refused and resynced streams.

use super::limits::{OpenStreams, Refused};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Why a stream gets a resync.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resync {
    /// It was read too slowly and its queue was dropped.
    Backlog,
    /// It connected when what it missed was no longer remembered.
    Reconnect,
}

impl Resync {
    pub const ALL: [(Self, &'static str); 2] = [(Self::Backlog, "backlog"), (Self::Reconnect, "reconnect")];
}

/// Totals since the start.
#[derive(Debug, Default)]
pub struct Counts {
    resynced: [AtomicU64; Resync::ALL.len()],
    refused: [AtomicU64; Refused::ALL.len()],
}

/// Open streams now, and totals of others since the start.
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
