//! Subscribes to the topics of the devices of the building.
//!
//! Invariant: after a change of devices, and in a new connection, Toolgate hears exactly the devices in use. Not here: what they
//! say (`services::meters`).

use rumqttc::{AsyncClient, QoS};
use services::{Ctx, building_devices, meters};
use std::{collections::BTreeSet, sync::Arc, time::Duration};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// Wait before another attempt, if the devices could not be read or the queue of the client is full.
const AGAIN: Duration = Duration::from_secs(5);

/// Subscribes to devices as they come and go, and to all of them in each new connection, until `stop`.
pub(super) async fn subscribe_all(ctx: Ctx, client: AsyncClient, connected: Arc<Notify>, stop: CancellationToken) {
    let mut watch = building_devices::watch(&ctx);
    let mut heard = BTreeSet::new();
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = connected.notified() => heard.clear(),
            () = watch.wait() => {}
        }
        if !services::boards::broker_is_there(&ctx) {
            continue;
        }
        let wanted: BTreeSet<String> = match meters::load_routes(&ctx).await {
            Ok(filters) => filters.into_iter().collect(),
            Err(error) => {
                tracing::warn!(%error, "the devices of the building could not be read");
                continue;
            }
        };
        let is_done =
            wanted.difference(&heard).all(|filter| client.try_subscribe(filter, QoS::AtMostOnce).is_ok())
                && heard.difference(&wanted).all(|filter| client.try_unsubscribe(filter).is_ok());
        if is_done {
            heard = wanted;
        } else {
            heard.clear();
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(AGAIN) => connected.notify_one(),
            }
        }
    }
}
