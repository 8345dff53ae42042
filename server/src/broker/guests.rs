//! Boards connected with their own login, and how they are disconnected when it is revoked.
//!
//! Invariant: a login is checked again after the client has joined, so no client slips in between the check and a
//! revocation.

use super::hub::{Closing, Hub};
use domain::id::BoardLoginId;
use services::{
    Ctx,
    boards::logins::{self, Watch},
};
use std::{
    collections::HashMap,
    convert::Infallible,
    sync::{Mutex, MutexGuard, PoisonError},
};
use tokio::sync::Notify;

/// The login and the key of a connected client.
type Guest = (BoardLoginId, String);

/// Clients connected with a board login.
#[derive(Default)]
pub(super) struct Guests {
    /// A count, because with one client id twice the old connection leaves after the new one has joined.
    times: Mutex<HashMap<Guest, u32>>,
    came: Notify,
}

impl Guests {
    pub(super) fn comes(&self, login: BoardLoginId, client: &str) {
        *self.times().entry((login, client.to_owned())).or_default() += 1;
        self.came.notify_one();
    }

    pub(super) fn leaves(&self, login: BoardLoginId, client: &str) {
        let (mut times, guest) = (self.times(), (login, client.to_owned()));
        if let Some(left) = times.get_mut(&guest) {
            *left = left.saturating_sub(1);
            if *left == 0 {
                times.remove(&guest);
            }
        }
    }

    fn are_none(&self) -> bool {
        self.times().is_empty()
    }

    /// Keys of the clients whose login is not in `open`.
    fn others_than(&self, open: &[BoardLoginId]) -> Vec<String> {
        self.times().keys().filter(|(login, _)| !open.contains(login)).map(|(_, client)| client.clone()).collect()
    }

    fn times(&self) -> MutexGuard<'_, HashMap<Guest, u32>> {
        self.times.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Disconnects clients whose login was revoked, for as long as it is polled.
pub(super) async fn disconnect_revoked(ctx: &Ctx, mut watch: Watch, guests: &Guests, hub: &Hub) -> Infallible {
    loop {
        tokio::select! {
            () = guests.came.notified() => {}
            () = watch.wait() => {}
        }
        if guests.are_none() {
            continue;
        }
        let open = match logins::opening(ctx).await {
            Ok(open) => open,
            Err(error) => {
                tracing::error!(%error, "whose logins open still cannot be read");
                continue;
            }
        };
        for client in guests.others_than(&open) {
            tracing::info!(mqtt.client = client, "the login of a board opens no more");
            hub.close(&client, Closing::Revoked);
        }
    }
}
