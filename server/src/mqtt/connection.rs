//! The connection to the broker: maintained, and reported when it is down.
//!
//! The client is `rumqttc`, which is no longer maintained; its advisories (`deny.toml`) concern code that is not
//! used. The fork `rumqttc-v4-next` was rejected: it is twice as large, and postpones its ping with every message
//! it sends, so with statistics every five seconds it does not notice a frozen broker
//! (`server/tests/it/outside.rs`).

use super::{
    counts::Counts,
    devices,
    dial::{DialError, Limits, dial},
    leases,
    mailbox::Mailboxes,
    requests,
    stats::Speaker,
};
use crate::config::BrokerAddress;
use fabomatic::{Malformed, Query, Topics, malformed::excerpt};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use rumqttc::{
    AsyncClient, ConnectionError, Event, EventLoop, Outgoing, Packet, Publish, QoS, SubscribeReasonCode,
};
use services::{Ctx, boards, building_devices};
use std::{sync::Arc, time::Duration};
use tokio::{sync::Notify, time::Instant};
use tokio_util::sync::CancellationToken;

/// Wait before the first new attempt; doubled up to [`LAST_RETRY`].
const FIRST_RETRY: Duration = Duration::from_millis(200);
const LAST_RETRY: Duration = Duration::from_secs(10);
/// At a shared broker, a large message of another client must not cut off the boards, which send 300 bytes. Ten packets are held at
/// once.
const LIMITS: Limits = Limits { incoming: 4 << 20, outgoing: 1 << 10, waiting: 4_096 };
/// Time limit for disconnecting.
const LEAVE: Duration = Duration::from_millis(500);

/// Receives board messages and answers them.
pub struct Consumer {
    ctx: Ctx,
    /// For logs, without user and password.
    broker: String,
    topics: Topics,
    client: AsyncClient,
    events: EventLoop,
    mailboxes: Mailboxes,
    counts: Arc<Counts>,
    /// Publishes the server's status, until started.
    speaker: Option<Speaker>,
    /// Attempts since the last lasting connection.
    failures: u32,
    since: Instant,
    /// Whether the first subscription of the connection, that of the boards, was answered.
    heard_boards: bool,
    /// Signals a new connection, in which no device is subscribed to yet.
    connected: Arc<Notify>,
    rng: StdRng,
}

impl Consumer {
    /// Prepares a connection to the broker at `address` under the client id `name`; nothing is sent yet.
    pub fn new(ctx: Ctx, address: &BrokerAddress, name: &str, topics: Topics) -> Result<Self, DialError> {
        boards::broker_lost(&ctx);
        let (client, events) = dial(address, name, LIMITS)?;
        let mailboxes = Mailboxes::new(ctx.clone(), topics.clone(), client.clone());
        // Spreads the attempts of several servers; it protects no secret.
        let rng = StdRng::seed_from_u64(u64::from(std::process::id()));
        let broker = format!("{}:{}", address.host, address.port);
        let counts = Arc::<Counts>::default();
        let speaker = Some(Speaker {
            ctx: ctx.clone(),
            name: name.to_owned(),
            broker: (address.host.clone(), address.port),
            client: client.clone(),
            counts: Arc::clone(&counts),
        });
        let since = Instant::now();
        let (heard_boards, connected) = (false, Arc::default());
        Ok(Self {
            ctx,
            broker,
            topics,
            client,
            events,
            mailboxes,
            counts,
            speaker,
            failures: 0,
            since,
            heard_boards,
            connected,
            rng,
        })
    }

    /// Works until `stop`, and reconnects whenever the broker returns.
    pub async fn run(mut self, stop: CancellationToken) {
        let requests =
            requests::send_all(self.ctx.clone(), self.topics.clone(), self.client.clone(), stop.clone());
        // Ends by the same token; a task of its own, because a stalled connection must not delay it.
        let requests = tokio::spawn(requests);
        let (subscriptions, connected) = (self.ctx.clone(), Arc::clone(&self.connected));
        let devices = devices::subscribe_all(subscriptions, self.client.clone(), connected, stop.clone());
        let devices = tokio::spawn(devices);
        let leases = tokio::spawn(leases::send_all(self.ctx.clone(), self.client.clone(), stop.clone()));
        let speaker = self.speaker.take().map(|speaker| tokio::spawn(speaker.speak(stop.clone())));
        while !stop.is_cancelled() {
            let event = tokio::select! {
                () = stop.cancelled() => break,
                event = self.events.poll() => event,
            };
            match event {
                Ok(event) => self.hear(event),
                Err(error) => {
                    let wait = self.lose(&error);
                    tokio::select! {
                        () = stop.cancelled() => {}
                        () = tokio::time::sleep(wait) => {}
                    }
                    // A message may have been about to be queued when the connection was lost.
                    self.drop_queued();
                }
            }
        }
        // It fails only if it panicked, and then there is nothing to wait for.
        let _ = requests.await;
        let _ = devices.await;
        let _ = leases.await;
        if let Some(speaker) = speaker {
            let _ = speaker.await;
        }
        self.finish().await;
    }

    fn hear(&mut self, event: Event) {
        match event {
            Event::Incoming(Packet::ConnAck(_)) => {
                self.since = Instant::now();
                self.heard_boards = false;
                // Fails only when this very loop has ended.
                let _ = self.client.try_subscribe(self.topics.queries(), QoS::AtMostOnce);
            }
            Event::Incoming(Packet::SubAck(answer)) => {
                let is_of_boards = !std::mem::replace(&mut self.heard_boards, true);
                if !is_of_boards {
                    if answer.return_codes.contains(&SubscribeReasonCode::Failure) {
                        tracing::warn!("the broker does not let Toolgate hear a device of the building");
                    }
                } else if answer.return_codes.contains(&SubscribeReasonCode::Failure) {
                    tracing::error!("the broker does not let Toolgate hear the boards; check its access list");
                } else {
                    tracing::info!(broker = %self.broker, "boards can be heard");
                    boards::broker_found(&self.ctx);
                    self.connected.notify_one();
                }
            }
            Event::Outgoing(Outgoing::Publish(_)) => self.counts.sent(),
            Event::Incoming(Packet::Publish(message)) => {
                self.counts.received();
                receive(&self.ctx, &self.mailboxes, &self.topics, &message);
            }
            _ => {}
        }
    }

    /// Handles a lost connection. Returns how long to wait before the next attempt.
    fn lose(&mut self, error: &ConnectionError) -> Duration {
        let stood = boards::broker_is_there(&self.ctx);
        // A connection that breaks at once does not count: another client may be taking our place again and again.
        if stood && self.since.elapsed() > LAST_RETRY {
            self.failures = 0;
        }
        if stood || self.failures == 0 {
            tracing::warn!(broker = %self.broker, %error, "no connection to the broker; trying again");
        }
        boards::broker_lost(&self.ctx);
        self.mailboxes.next_connection();
        self.drop_queued();
        let wait = FIRST_RETRY.saturating_mul(1 << self.failures.min(6)).min(LAST_RETRY);
        self.failures += 1;
        wait.mul_f64(self.rng.random_range(0.7..1.0))
    }

    /// Drops unsent messages: answers belong to queries that boards no longer wait for, and nobody may want a lease or a request
    /// any more when there is a connection again.
    fn drop_queued(&mut self) {
        self.events.clean();
        self.events.pending.clear();
    }

    /// Finishes and answers received messages, so that a use is not reported twice after a restart.
    async fn finish(mut self) {
        let finished = self.mailboxes.finish();
        tokio::pin!(finished);
        loop {
            tokio::select! {
                () = &mut finished => break,
                event = self.events.poll() => if event.is_err() {
                    finished.await;
                    return;
                },
            }
        }
        // The disconnect packet is queued behind the last answer; when it is sent, all answers are.
        let value = self.client.try_disconnect();
        while value.is_ok() {
            match tokio::time::timeout(LEAVE, self.events.poll()).await {
                Ok(Ok(event)) if event != Event::Outgoing(Outgoing::Disconnect) => {}
                _ => return,
            }
        }
    }
}

/// Sorts one message into its machine's mailbox, or counts it.
fn receive(ctx: &Ctx, mailboxes: &Mailboxes, topics: &Topics, message: &Publish) {
    let number = topics.number(&message.topic);
    if number.is_err() && building_devices::hear(ctx, &message.topic, &message.payload, message.retain) {
        return;
    }
    // Only an external broker retains messages, and a retained one was not sent now.
    if message.retain {
        return;
    }
    let read = number.and_then(|number| Ok((number, Query::parse(&message.payload)?)));
    match read {
        Ok((number, query)) => {
            if !mailboxes.deliver(number, query) {
                reject(ctx, "too-many", message);
            }
        }
        Err(malformed) => {
            tracing::debug!(mqtt.topic = %message.topic, %malformed, "a message could not be read");
            reject(ctx, Malformed::kind(malformed), message);
        }
    }
}

fn reject(ctx: &Ctx, kind: &'static str, message: &Publish) {
    boards::rejected(ctx, kind, &message.topic, excerpt(&message.payload));
}
