//! Sends requests to boards through the broker.
//!
//! Invariant: one task takes and sends, so nothing is sent twice. Not here: who gets which request and when; the
//! services decide.

use domain::requests::BoardCommand;
use fabomatic::{Request, Topics};
use rumqttc::{AsyncClient, QoS};
use services::{
    Ctx,
    requests::{self, Order, Outbox},
};
use tokio_util::sync::CancellationToken;

/// Sends requests as they come up, until `stop`.
pub(super) async fn send_all(ctx: Ctx, topics: Topics, client: AsyncClient, stop: CancellationToken) {
    let mut outbox = requests::outbox(&ctx);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = outbox.wait() => {}
        }
        send_due(&outbox, &topics, &client).await;
    }
}

async fn send_due(outbox: &Outbox, topics: &Topics, client: &AsyncClient) {
    let orders = match outbox.take().await {
        Ok(orders) => orders,
        Err(error) => {
            tracing::warn!(%error, "requests to boards could not be looked for");
            return;
        }
    };
    for Order { board, action, uid } in orders {
        let request = match action {
            BoardCommand::Start => Request::Start { uid },
            BoardCommand::Stop => Request::Stop { uid },
        };
        let request = request.encode();
        // Not awaited: if the broker is gone, the request is dropped and the board learns it at its next query.
        if client.try_publish(topics.request(board), QoS::AtMostOnce, false, request).is_ok() {
            tracing::info!(machine.number = board.0, action = action.as_str(), "a board was told what to do");
        } else {
            tracing::warn!(
                machine.number = board.0,
                action = action.as_str(),
                "a board could not be told what to do"
            );
        }
    }
}
