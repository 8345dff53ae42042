//! Boards and devices connected with their own login, and how they are disconnected when it is revoked.
//!
//! Invariant: a login is checked again after the client has joined, so no client slips in between the check and a
//! revocation.

use super::{
    devices::Devices,
    hub::{Closing, Hub},
};
use domain::id::BoardLoginId;
use services::{
    Ctx, StoreError,
    boards::logins::{self, Watch},
    building_devices::{self, DevicePass, DeviceWatch},
};
use std::{
    collections::HashMap,
    convert::Infallible,
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
};
use tokio::sync::Notify;

/// A login of a single client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum GuestLogin {
    Board(BoardLoginId),
    Device(DevicePass),
}

impl fmt::Display for GuestLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Board(login) => write!(f, "login {login}"),
            Self::Device(pass) => write!(f, "device {}", pass.device),
        }
    }
}

/// The login and the key of a connected client.
type Guest = (GuestLogin, String);

/// Clients connected with a login of their own.
#[derive(Default)]
pub(super) struct Guests {
    /// A count, because with one client id twice the old connection leaves after the new one has joined.
    times: Mutex<HashMap<Guest, u32>>,
    came: Notify,
}

impl Guests {
    pub(super) fn comes(&self, login: GuestLogin, client: &str) {
        *self.times().entry((login, client.to_owned())).or_default() += 1;
        self.came.notify_one();
    }

    pub(super) fn leaves(&self, login: GuestLogin, client: &str) {
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
    fn others_than(&self, open: &[GuestLogin]) -> Vec<String> {
        self.times().keys().filter(|(login, _)| !open.contains(login)).map(|(_, client)| client.clone()).collect()
    }

    fn times(&self) -> MutexGuard<'_, HashMap<Guest, u32>> {
        self.times.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Disconnects clients whose login was revoked, for as long as it is polled.
pub(super) async fn disconnect_revoked(
    ctx: &Ctx,
    (mut boards, mut devices): (Watch, DeviceWatch),
    (guests, topics): (&Guests, &Devices),
    hub: &Hub,
) -> Infallible {
    loop {
        tokio::select! {
            () = guests.came.notified() => {}
            () = boards.wait() => {}
            () = devices.wait() => {}
        }
        if guests.are_none() {
            continue;
        }
        let open = match open_logins(ctx, topics).await {
            Ok(open) => open,
            Err(error) => {
                tracing::error!(%error, "the valid logins cannot be read");
                continue;
            }
        };
        for client in guests.others_than(&open) {
            tracing::info!(mqtt.client = client, "a login was revoked");
            hub.close(&client, Closing::Revoked);
        }
    }
}

/// The valid logins. `topics` learns the present topics of devices.
async fn open_logins(ctx: &Ctx, topics: &Devices) -> Result<Vec<GuestLogin>, StoreError> {
    let devices = building_devices::opening(ctx).await?;
    topics.replace(&devices);
    let devices = devices.into_iter().map(|(pass, ..)| GuestLogin::Device(pass));
    let boards = logins::opening(ctx).await?;
    Ok(boards.into_iter().map(GuestLogin::Board).chain(devices).collect())
}
