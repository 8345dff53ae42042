//! QoS 1 and 2 messages in flight to a client.

use std::{
    collections::HashSet,
    sync::{Mutex, MutexGuard, PoisonError},
};
use tokio::sync::Notify;

/// Packet identifiers in use.
pub(super) struct Flight {
    window: usize,
    state: Mutex<State>,
    landed: Notify,
}

#[derive(Default)]
struct State {
    up: HashSet<u16>,
    last: u16,
}

impl Flight {
    /// Allows `window` unacknowledged messages.
    pub(super) fn new(window: usize) -> Self {
        Self { window: window.max(1), state: Mutex::default(), landed: Notify::new() }
    }

    /// Reserves an identifier for one more message, if there is room.
    pub(super) fn take_off(&self) -> Option<u16> {
        let mut state = self.state();
        if state.up.len() >= self.window {
            return None;
        }
        // Identifiers are reused late, so that a late acknowledgement does not free another message. The loop ends,
        // because the window is smaller than the number of identifiers.
        loop {
            state.last = state.last.checked_add(1).unwrap_or(1);
            let id = state.last;
            if state.up.insert(id) {
                return Some(id);
            }
        }
    }

    /// Frees the identifier of an acknowledged message.
    pub(super) fn land(&self, id: u16) {
        if self.state().up.remove(&id) {
            self.landed.notify_one();
        }
    }

    pub(super) fn is_up(&self, id: u16) -> bool {
        self.state().up.contains(&id)
    }

    /// Waits until there is room for one more.
    pub(super) async fn room(&self) {
        while self.state().up.len() >= self.window {
            self.landed.notified().await;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packet_ids_in_flight_are_unique() {
        let flight = Flight::new(3);
        let taken: Vec<_> = (0..4).map(|_| flight.take_off()).collect();
        assert_eq!(taken, [Some(1), Some(2), Some(3), None]);
        flight.land(2);
        assert_eq!(flight.take_off(), Some(4));
        flight.land(1);
        for id in 5..=u16::MAX {
            assert_eq!(flight.take_off(), Some(id));
            flight.land(id);
        }
        assert_eq!(flight.take_off(), Some(1), "0 is none, and 3 and 4 are taken");
        flight.land(1);
        flight.state().last = 2;
        assert_eq!(flight.take_off(), Some(5));
    }

    #[tokio::test]
    async fn acknowledgement_frees_a_place() {
        let flight = Flight::new(1);
        assert_eq!(flight.take_off(), Some(1));
        tokio::join!(flight.room(), async { flight.land(1) });
        assert_eq!(flight.take_off(), Some(2));
    }
}
