//! What the server took of a flood, so that one that achieves nothing is noticed. Not here: the bounds.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

/// Shared by the tasks of one flood.
#[derive(Debug, Clone, Default)]
pub struct Tally(Arc<Mutex<Counts>>);

#[derive(Debug, Clone, Default)]
pub struct Counts {
    /// Bytes, requests or connections that the server took.
    pub accepted: u64,
    /// Other answers, by status.
    pub refused: BTreeMap<u16, u64>,
}

impl Tally {
    pub fn accept(&self, count: usize) {
        self.0.lock().unwrap().accepted += u64::try_from(count).unwrap();
    }

    pub fn refuse(&self, status: u16) {
        *self.0.lock().unwrap().refused.entry(status).or_default() += 1;
    }

    pub fn counts(&self) -> Counts {
        self.0.lock().unwrap().clone()
    }
}
