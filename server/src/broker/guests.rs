//! Boards that came with a login of their own, and how they are thrown out once it opens no more.
//!
//! Invariant: whoever came is looked at once more after they came, so nobody slips in between the question whether their
//! login opens and its end.

use super::{door::Acceptor, hub::Closing};
use domain::id::BoardLoginId;
use services::{
    Ctx,
    boards::logins::{self, Watch},
};
use std::{
    collections::HashMap,
    convert::Infallible,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::Notify;

/// Under which login and key somebody is connected.
type Guest = (BoardLoginId, String);

/// Who is connected with which login of a single board.
#[derive(Default)]
pub(super) struct Guests {
    /// How often: of two with one client id, the one that is thrown out leaves after the other has come.
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

    /// The keys of those whose login is none of `open`.
    fn others_than(&self, open: &[BoardLoginId]) -> Vec<String> {
        self.times().keys().filter(|(login, _)| !open.contains(login)).map(|(_, client)| client.clone()).collect()
    }

    fn times(&self) -> MutexGuard<'_, HashMap<Guest, u32>> {
        self.times.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Throws out whoever came with a login that opens no more, as long as it is waited for.
pub(super) async fn keep_the_door(ctx: Ctx, mut watch: Watch, door: Arc<Acceptor>) -> Infallible {
    loop {
        tokio::select! {
            () = door.gate.guests.came.notified() => {}
            () = watch.wait() => {}
        }
        if door.gate.guests.are_none() {
            continue;
        }
        let open = match logins::opening(&ctx).await {
            Ok(open) => open,
            Err(error) => {
                tracing::error!(%error, "whose logins open still cannot be read");
                continue;
            }
        };
        for client in door.gate.guests.others_than(&open) {
            tracing::info!(mqtt.client = client, "the login of a board opens no more");
            door.hub.close(&client, Closing::Revoked);
        }
    }
}
