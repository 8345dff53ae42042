//! An MQTT connection of a board.
//!
//! Invariant: `QoS` 0, clean session, nothing retained, no will; both topics are subscribed before it counts as up, and
//! it breaks when a packet arrives that is too large for a board. Dropping a [`Line`] breaks it as a power cut does,
//! without a DISCONNECT. Not here: reconnecting, which the board decides.

use domain::boards::MachineNumber;
use fabomatic::{PACKET, Topics, topic::BoardTopic};
use rumqttc::{AsyncClient, ConnectionError, Event, EventLoop, Packet, Publish, QoS, SubscribeReasonCode};
use std::{fmt, sync::Arc, time::Duration};
use tokio::{sync::mpsc, task::JoinHandle, time::timeout};

/// A connection that is made when its event loop is polled; or why it can never be made.
pub type Dialled = Result<(AsyncClient, EventLoop), String>;

/// Prepares connections to one broker. Address, login and TLS are the caller's; a board only has a client id.
#[derive(Clone)]
pub struct Dialer(Arc<dyn Fn(&str) -> Dialled + Send + Sync>);

impl Dialer {
    /// `dial` gets the client id. It must ask for a clean session and a keep-alive of 10 s, and accept packets larger
    /// than [`PACKET`], so that they can be reported before the line breaks.
    pub fn new(dial: impl Fn(&str) -> Dialled + Send + Sync + 'static) -> Self {
        Self(Arc::new(dial))
    }

    /// Prepares a connection under this client id.
    pub(crate) fn dial(&self, client_id: &str) -> Dialled {
        (self.0)(client_id)
    }
}

impl fmt::Debug for Dialer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Dialer")
    }
}

/// Configuration of a board's connection.
#[derive(Debug, Clone)]
pub struct LineConfig {
    /// The broker and login.
    pub broker: Dialer,
    /// `BOARD` and a number from 0 to 999; two connections with the same one disconnect each other.
    pub client_id: String,
    pub topics: Topics,
    pub number: MachineNumber,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LineEvent {
    /// Connected, with both topics subscribed.
    Up,
    Heard(BoardTopic, Vec<u8>),
    /// It broke, or could not be made. Nothing follows.
    Lost(String),
}

/// A connection, established or not.
#[derive(Debug)]
pub struct Line {
    client: AsyncClient,
    topic: String,
    events: mpsc::Receiver<LineEvent>,
    task: JoinHandle<()>,
}

/// Time-out for connecting and subscribing.
const PATIENCE: Duration = Duration::from_secs(5);

/// Messages queued on either side of the socket.
pub const QUEUE: usize = 256;

impl Line {
    /// Begins to connect. Fails if that can never succeed.
    pub fn open(config: LineConfig) -> Result<Self, String> {
        let (client, connection) = (config.broker.0)(&config.client_id)?;
        let (sender, events) = mpsc::channel(QUEUE);
        let topic = config.topics.query(config.number);
        let task = tokio::spawn(listen(config, client.clone(), connection, sender));
        Ok(Self { client, topic, events, task })
    }

    /// Publishes on the machine's topic. A congested network loses it, as `QoS` 0 allows.
    pub fn send(&self, payload: Vec<u8>) {
        if self.client.try_publish(self.topic.as_str(), QoS::AtMostOnce, false, payload).is_err() {
            tracing::debug!(mqtt.topic = %self.topic, "a message is lost");
        }
    }

    /// The next event. Cancel-safe.
    pub async fn next(&mut self) -> LineEvent {
        self.events.recv().await.unwrap_or_else(|| LineEvent::Lost("closed".into()))
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Runs in its own task, because a cancelled `poll` may lose a packet.
async fn listen(
    config: LineConfig,
    client: AsyncClient,
    mut connection: EventLoop,
    events: mpsc::Sender<LineEvent>,
) {
    let mut event = match timeout(PATIENCE, subscribe(&config, &client, &mut connection)).await {
        Ok(Ok(())) => LineEvent::Up,
        Ok(Err(why)) => LineEvent::Lost(why),
        Err(_) => LineEvent::Lost("the broker does not answer".into()),
    };
    loop {
        let last = matches!(event, LineEvent::Lost(_));
        if events.send(event).await.is_err() || last {
            return;
        }
        event = hear(&config.topics, &mut connection).await;
    }
}

/// Subscribes to both topics one by one, as the firmware does.
async fn subscribe(config: &LineConfig, client: &AsyncClient, connection: &mut EventLoop) -> Result<(), String> {
    let mut missing = 2;
    while missing > 0 {
        match connection.poll().await.map_err(|error| in_plain_words(&error))? {
            Event::Incoming(Packet::ConnAck(_)) => {
                for topic in [config.topics.reply(config.number), config.topics.request(config.number)] {
                    client.try_subscribe(topic, QoS::AtMostOnce).map_err(|error| error.to_string())?;
                }
            }
            Event::Incoming(Packet::SubAck(answer)) => {
                if answer.return_codes.contains(&SubscribeReasonCode::Failure) {
                    return Err("the broker does not let it hear its topics".into());
                }
                missing -= 1;
            }
            _ => {}
        }
    }
    Ok(())
}

async fn hear(topics: &Topics, connection: &mut EventLoop) -> LineEvent {
    loop {
        match connection.poll().await {
            Ok(Event::Incoming(Packet::Publish(message))) => {
                if let Some(event) = heard_message(topics, &message) {
                    return event;
                }
            }
            Ok(_) => {}
            Err(error) => return LineEvent::Lost(in_plain_words(&error)),
        }
    }
}

fn heard_message(topics: &Topics, message: &Publish) -> Option<LineEvent> {
    let packet = 1 + 2 + 2 + message.topic.len() + message.payload.len();
    if packet > PACKET {
        return Some(LineEvent::Lost(format!("a packet of {packet} bytes came; a board takes {PACKET}")));
    }
    Some(LineEvent::Heard(topics.read(&message.topic)?, message.payload.to_vec()))
}

fn in_plain_words(error: &ConnectionError) -> String {
    match error {
        ConnectionError::ConnectionRefused(code) => format!("the broker refused it ({code:?})"),
        ConnectionError::NetworkTimeout => "the broker does not answer".into(),
        ConnectionError::Io(error) | ConnectionError::MqttState(rumqttc::StateError::Io(error)) => {
            error.to_string()
        }
        ConnectionError::MqttState(rumqttc::StateError::ConnectionAborted) => "the broker hung up".into(),
        error => error.to_string(),
    }
}
