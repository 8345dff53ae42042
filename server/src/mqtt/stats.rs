//! Publishes the server's status at the broker, every five seconds.
//!
//! Invariant: published only while boards can be heard, so silence signals a failure even to generic dashboards.

use super::counts::Counts;
use fabomatic::Stats;
use rumqttc::{AsyncClient, QoS};
use services::{Ctx, boards};
use std::{fs, io, sync::Arc, time::Duration};
use tokio::{net::UdpSocket, time::MissedTickBehavior};
use tokio_util::sync::CancellationToken;

const EVERY: Duration = Duration::from_secs(5);
/// Where the system has its host name.
const HOST: &str = "/proc/sys/kernel/hostname";

/// Publisher of the status.
pub(super) struct Speaker {
    pub(super) ctx: Ctx,
    /// The client id at the broker.
    pub(super) name: String,
    /// Host and port of the broker.
    pub(super) broker: (String, u16),
    pub(super) client: AsyncClient,
    pub(super) counts: Arc<Counts>,
}

impl Speaker {
    /// Publishes until `stop`.
    pub(super) async fn speak(self, stop: CancellationToken) {
        let topic = Stats::topic(&self.name);
        let host = fs::read_to_string(HOST).map_or_else(|_| "localhost".into(), |name| name.trim().to_owned());
        let mut tick = tokio::time::interval(EVERY);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = tick.tick() => {}
            }
            if !boards::broker_is_there(&self.ctx) {
                continue;
            }
            let (received, sent) = self.counts.read();
            let address = address_towards(&self.broker).await;
            let message = Stats { connected: true, host: host.clone(), address, received, sent }.encode();
            // Not awaited: the next one follows in five seconds.
            if self.client.try_publish(&topic, QoS::AtMostOnce, false, message).is_err() {
                tracing::debug!("what the server says of itself had to wait");
            }
        }
    }
}

/// Our address on the route to the broker; nothing is sent to find out. It changes with the network.
async fn address_towards((host, port): &(String, u16)) -> String {
    let found = async {
        let all: Vec<_> = tokio::net::lookup_host((host.as_str(), *port)).await?.collect();
        // Dashboards expect IPv4 addresses.
        let to = all.iter().find(|to| to.is_ipv4()).or(all.first()).ok_or(io::ErrorKind::NotFound)?;
        let any = if to.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };
        let socket = UdpSocket::bind(any).await?;
        socket.connect(to).await?;
        socket.local_addr()
    };
    found.await.map_or_else(|_| String::new(), |address| address.ip().to_string())
}
