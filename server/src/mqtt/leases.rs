//! Sends leases to devices of the building.
//!
//! Invariant: one task takes and sends, so nothing is sent twice; nothing is retained, because a retained command would turn a device
//! on that comes back later. Not here: who gets which lease and when; the services decide.

use rumqttc::{AsyncClient, QoS};
use services::{
    Ctx,
    actuators::{self, Outbox},
};
use tokio_util::sync::CancellationToken;

/// Sends leases as they become due, until `stop`.
pub(super) async fn send_all(ctx: Ctx, client: AsyncClient, stop: CancellationToken) {
    let mut outbox = actuators::outbox(&ctx);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = outbox.wait() => {}
        }
        send_due(&ctx, &outbox, &client).await;
    }
}

async fn send_due(ctx: &Ctx, outbox: &Outbox, client: &AsyncClient) {
    let leases = match outbox.take().await {
        Ok(leases) => leases,
        Err(error) => {
            tracing::warn!(%error, "leases of actuators could not be looked for");
            return;
        }
    };
    for lease in leases {
        let Some(order) = lease.message(ctx) else {
            tracing::warn!("a lease could not be sent in time");
            continue;
        };
        // Not awaited: if the broker is gone, the lease is dropped and the device falls back.
        if client.try_publish(&order.topic, QoS::AtMostOnce, false, order.payload).is_err() {
            tracing::warn!(mqtt.topic = %order.topic, "a lease could not be sent");
        }
    }
}
