//! One client of the built-in broker, from its CONNECT on: MQTT 3.1.1 and 5.
//!
//! **Invariants.** A client of version 3.1.1 gets packets of version 3.1.1. The retain flag is accepted and
//! stripped, from wills as well, so nothing is stored. What a client may not publish is acknowledged and dropped.
//! Reading and writing do not wait for each other.

use super::{
    LARGEST,
    flight::Flight,
    frames::{FrameError, Frames, encode},
    gate::{Gate, Publishing, Role},
    hub::{Closing, Hub, Subscription},
    rate::Bucket,
};
use mqtt5_protocol::{
    MqttError, QoS,
    packet::{
        MqttPacket, Packet,
        connack::ConnAckPacket,
        connect::ConnectPacket,
        disconnect::DisconnectPacket,
        puback::PubAckPacket,
        pubcomp::PubCompPacket,
        publish::PublishPacket,
        pubrec::PubRecPacket,
        pubrel::PubRelPacket,
        suback::{SubAckPacket, SubAckReasonCode},
        subscribe::{SubscribePacket, TopicFilter},
        unsuback::{UnsubAckPacket, UnsubAckReasonCode},
        unsubscribe::UnsubscribePacket,
    },
    protocol::v5::reason_codes::ReasonCode,
    validate_topic_filter, validate_topic_name,
};
use std::{collections::HashSet, io, net::IpAddr, pin::pin, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt},
    sync::mpsc,
    time::{Instant, sleep_until, timeout},
};

/// Messages queued for our own client before their senders have to wait.
const OWN_LANE: usize = 4_096;
/// Messages queued for another client; a board waits for one.
const LANE: usize = 256;
/// Acknowledgements queued for writing; with more, reading pauses.
const ACKNOWLEDGEMENTS: usize = 64;
/// Topics that one client may subscribe to. A board has two.
const MOST_SUBSCRIPTIONS: usize = 512;
/// Messages of QoS 1 and 2 that a client of version 3.1.1 may leave unacknowledged.
const WINDOW: u16 = 100;
/// How long a client may go without reading.
const STALLED: Duration = Duration::from_secs(10);
/// How long a client without keep-alive may be silent.
const SILENT: Duration = Duration::from_hours(6);
/// How long a goodbye may take.
const LEAVING: Duration = Duration::from_secs(1);
/// Bytes of messages that are written at once.
const BATCH: usize = 16 * 1024;
const VERSION_5: u8 = 5;

/// An admitted client.
pub(super) struct Client {
    pub role: Role,
    pub from: IpAddr,
    pub connect: ConnectPacket,
    /// Whether the server chose its id.
    pub is_named_by_us: bool,
    pub bucket: Arc<Bucket>,
}

/// How a connection ends.
#[derive(Debug)]
enum End {
    /// It disconnected properly, so its will is dropped.
    Goodbye,
    /// It is gone, or no reply is needed.
    Gone,
    /// The server closes the connection and gives clients of version 5 the reason.
    Closed(ReasonCode),
}

impl From<FrameError> for End {
    fn from(error: FrameError) -> Self {
        match error {
            FrameError::Broken(_) => Self::Gone,
            FrameError::TooLarge(_) => Self::Closed(ReasonCode::PacketTooLarge),
            FrameError::Malformed(_) => Self::Closed(ReasonCode::MalformedPacket),
        }
    }
}

impl From<MqttError> for End {
    fn from(_: MqttError) -> Self {
        Self::Closed(ReasonCode::MalformedPacket)
    }
}

/// What the reader asks the writer to send.
enum Say {
    Packet(Vec<u8>),
    Goodbye(Option<ReasonCode>),
}

/// A place in the hub, freed on drop.
struct Place<'a> {
    gate: &'a Gate,
    hub: &'a Hub,
    role: Role,
    key: &'a str,
    generation: u64,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.hub.leave(self.key, self.generation);
        self.gate.left(self.key, self.generation);
        if let Some(login) = self.role.login() {
            self.gate.guests.leaves(login, self.key);
        }
    }
}

/// The reply to a refused CONNECT.
pub(super) fn refusal(version: u8, reason: ReasonCode) -> Result<Vec<u8>, MqttError> {
    if version < VERSION_5 {
        encode(&ConnAckPacket::new_v311(false, reason))
    } else {
        encode(&ConnAckPacket::new(false, reason))
    }
}

/// Serves a client until its connection ends or `revoked` resolves.
pub(super) async fn serve(
    (gate, hub): (&Gate, &Hub),
    client: Client,
    stream: impl AsyncRead + AsyncWrite + Send,
    mut frames: Frames,
    revoked: impl Future<Output = ()>,
) {
    frames.set_largest(LARGEST);
    let Client { role, from: address, connect, is_named_by_us, bucket } = client;
    let key = role.key(&connect.client_id);
    let version = connect.protocol_version;
    let (lane, messages) = mpsc::channel(if role == Role::Own { OWN_LANE } else { LANE });
    let joined = hub.join(&key, address, lane, role == Role::Own);
    if let Some(over) = joined.over {
        gate.watch_for_twins(role, &connect.client_id, address, over);
    }
    let generation = joined.generation;
    let place = Place { gate, hub, role, key: &key, generation };
    gate.listeners.connects(&key);
    gate.holders.connects(&key, generation);
    if let Some(login) = role.login() {
        gate.guests.comes(login, &key);
    }
    let Ok(welcome) = welcome(&connect, is_named_by_us) else { return };
    let (say, message) = mpsc::channel(ACKNOWLEDGEMENTS);
    // The queue is empty, so there is room.
    let _ = say.try_send(Say::Packet(welcome));

    let receive_maximum = connect.properties.get_receive_maximum().unwrap_or(u16::MAX);
    let window = usize::from(receive_maximum.min(WINDOW));
    let largest = connect.properties.get_maximum_packet_size().map_or(usize::MAX, |most| most as usize);
    let flight = Flight::new(window);
    let keep_alive = Duration::from_secs(connect.keep_alive.into());
    let mut reader = Reader {
        place,
        version,
        bucket,
        flight: &flight,
        silent: if keep_alive.is_zero() { SILENT } else { keep_alive.mul_f64(1.5) },
        say: say.clone(),
        received: HashSet::new(),
        topic: String::new(),
        client: &connect.client_id,
        held: None,
    };
    let (mut from, to) = tokio::io::split(stream);
    let end = {
        let mut reading = pin!(reader.read(&mut from, &mut frames));
        let mut writing = pin!(write(to, message, messages, &flight, version, largest));
        let end = tokio::select! {
            end = &mut reading => end,
            _ = &mut writing => End::Gone,
            why = joined.closing => End::Closed(match why {
                Ok(Closing::TakeoverResult) => ReasonCode::SessionTakenOver,
                Ok(Closing::Revoked) => ReasonCode::NotAuthorized,
                Ok(Closing::TooSlow) => ReasonCode::QuotaExceeded,
                Ok(Closing::ShuttingDown) | Err(_) => ReasonCode::ServerShuttingDown,
            }),
            () = revoked => End::Closed(ReasonCode::ServerBusy),
        };
        let reason = match end {
            End::Closed(reason) => Some(reason),
            End::Goodbye | End::Gone => None,
        };
        if !matches!(end, End::Gone) && say.try_send(Say::Goodbye(reason)).is_ok() {
            // A client that does not read gets no goodbye.
            let _ = timeout(LEAVING, writing).await;
        }
        end
    };
    tracing::debug!(mqtt.client = key, ?end, "a client left the broker");
    if !matches!(end, End::Goodbye) {
        publish_will(gate, hub, role, (&key, generation), &connect).await;
    }
}

fn welcome(connect: &ConnectPacket, is_named_by_us: bool) -> Result<Vec<u8>, MqttError> {
    if connect.protocol_version < VERSION_5 {
        return encode(&ConnAckPacket::new_v311(false, ReasonCode::Success));
    }
    let mut answer = ConnAckPacket::new(false, ReasonCode::Success);
    let reported = &mut answer.properties;
    // Otherwise a client that asks for a retained will would have to be refused, or would give up by itself.
    if !connect.will.as_ref().is_some_and(|will| will.retain) {
        reported.set_retain_available(false);
    }
    reported.set_shared_subscription_available(false);
    reported.set_maximum_packet_size(u32::try_from(LARGEST).unwrap_or(u32::MAX));
    if connect.properties.get_session_expiry_interval().is_some_and(|requested| requested > 0) {
        reported.set_session_expiry_interval(0);
    }
    if is_named_by_us {
        reported.set_assigned_client_identifier(connect.client_id.clone());
    }
    encode(&answer)
}

async fn publish_will(gate: &Gate, hub: &Hub, role: Role, of: (&str, u64), connect: &ConnectPacket) {
    let Some(will) = &connect.will else { return };
    if validate_topic_name(&will.topic).is_ok() && gate.publishes(role, None, &will.topic) == Publishing::HandedOn
    {
        let mut message = PublishPacket::new(will.topic.clone(), will.payload.clone(), will.qos);
        will.properties.apply_to_publish_properties(&mut message.properties);
        let only = gate.hear(role, of, &will.topic, &message.payload);
        hub.publish(&message, of.0, only.as_ref()).await;
    }
}

/// The half that reads.
struct Reader<'a> {
    place: Place<'a>,
    version: u8,
    bucket: Arc<Bucket>,
    flight: &'a Flight,
    silent: Duration,
    say: mpsc::Sender<Say>,
    /// QoS 2 messages that were delivered and not released yet.
    received: HashSet<u16>,
    /// The last topic it published on.
    topic: String,
    /// The client id it chose.
    client: &'a str,
    /// The switch topic it is bound to, once it has named one.
    held: Option<String>,
}

impl Reader<'_> {
    async fn read(&mut self, stream: &mut (impl AsyncRead + Unpin), frames: &mut Frames) -> End {
        loop {
            let begin = Instant::now();
            if let Some(ready) = self.bucket.ready_at(begin) {
                (self.place.gate.observers.slowed)(&self.topic);
                sleep_until(ready).await;
            }
            let packet = match timeout(self.silent, frames.next(stream, self.version)).await {
                Err(_) => return End::Closed(ReasonCode::KeepAliveTimeout),
                Ok(Err(error)) => return error.into(),
                Ok(Ok(None)) => return End::Gone,
                Ok(Ok(Some((packet, length)))) => {
                    self.bucket.take(Instant::now(), length);
                    packet
                }
            };
            if let Err(end) = self.hear(packet).await {
                return end;
            }
        }
    }

    async fn hear(&mut self, packet: Packet) -> Result<(), End> {
        match packet {
            Packet::Publish(message) => self.publish(message).await,
            Packet::Subscribe(requested) => self.subscribe(&requested).await,
            Packet::Unsubscribe(not_requested) => self.unsubscribe(&not_requested).await,
            Packet::PingReq => self.say(b"\xd0\x00".to_vec()).await,
            Packet::PubAck(done) => {
                self.flight.land(done.packet_id);
                Ok(())
            }
            Packet::PubComp(done) => {
                self.flight.land(done.packet_id);
                Ok(())
            }
            Packet::PubRec(received) if u8::from(received.reason_code) >= 0x80 => {
                self.flight.land(received.packet_id);
                Ok(())
            }
            Packet::PubRec(received) => {
                let known = self.flight.is_up(received.packet_id);
                let reason = if known { ReasonCode::Success } else { ReasonCode::PacketIdentifierNotFound };
                self.acknowledge(&PubRelPacket::new_with_reason(received.packet_id, self.supported_reason(reason)))
                    .await
            }
            Packet::PubRel(released) => {
                let known = self.received.remove(&released.packet_id);
                let reason = if known { ReasonCode::Success } else { ReasonCode::PacketIdentifierNotFound };
                self.acknowledge(&PubCompPacket::new_with_reason(
                    released.packet_id,
                    self.supported_reason(reason),
                ))
                .await
            }
            Packet::Disconnect(goodbye) if goodbye.reason_code == ReasonCode::DisconnectWithWillMessage => {
                Err(End::Gone)
            }
            Packet::Disconnect(_) => Err(End::Goodbye),
            Packet::Connect(_)
            | Packet::ConnAck(_)
            | Packet::SubAck(_)
            | Packet::UnsubAck(_)
            | Packet::PingResp
            | Packet::Auth(_) => Err(End::Closed(ReasonCode::ProtocolError)),
        }
    }

    async fn publish(&mut self, mut message: PublishPacket) -> Result<(), End> {
        if message.properties.get_topic_alias().is_some() {
            return Err(End::Closed(ReasonCode::TopicAliasInvalid));
        }
        if message.properties.get_subscription_identifier().is_some() {
            return Err(End::Closed(ReasonCode::ProtocolError));
        }
        if validate_topic_name(&message.topic_name).is_err() {
            return Err(End::Closed(ReasonCode::TopicNameInvalid));
        }
        self.topic.clone_from(&message.topic_name);
        message.retain = false;
        message.dup = false;
        let gate = self.place.gate;
        let publishing = gate.publishes(self.place.role, self.held.as_ref(), &message.topic_name);
        let reason = if publishing == Publishing::Refused {
            ReasonCode::NotAuthorized
        } else if publishing == Publishing::Dropped {
            ReasonCode::Success
        } else if message.payload.len() > self.place.role.largest() {
            (gate.observers.too_large)(&message.topic_name, &message.payload);
            ReasonCode::Success
        } else {
            // A message that was received and not released yet is sent again after a lost acknowledgement.
            let is_new = match (message.qos, message.packet_id) {
                (QoS::ExactlyOnce, Some(id)) => self.received.insert(id),
                _ => true,
            };
            if is_new {
                let Place { role, key, hub, generation, .. } = self.place;
                let only = gate.hear(role, (key, generation), &message.topic_name, &message.payload);
                hub.publish(&message, key, only.as_ref()).await;
            }
            ReasonCode::Success
        };
        let reason = self.supported_reason(reason);
        match (message.qos, message.packet_id) {
            (QoS::AtLeastOnce, Some(id)) => self.acknowledge(&PubAckPacket::new_with_reason(id, reason)).await,
            (QoS::ExactlyOnce, Some(id)) => self.acknowledge(&PubRecPacket::new_with_reason(id, reason)).await,
            _ => Ok(()),
        }
    }

    async fn subscribe(&mut self, requested: &SubscribePacket) -> Result<(), End> {
        let id = requested.properties.get_subscription_identifier();
        let mut answer = if self.version < VERSION_5 {
            SubAckPacket::new_v311(requested.packet_id)
        } else {
            SubAckPacket::new(requested.packet_id)
        };
        for requested in &requested.filters {
            answer.reason_codes.push(self.subscribe_to(requested, id));
        }
        self.acknowledge(&answer).await
    }

    fn subscribe_to(
        &mut self,
        TopicFilter { filter, options }: &TopicFilter,
        id: Option<u32>,
    ) -> SubAckReasonCode {
        let Place { gate, hub, role, key, generation } = self.place;
        if filter.starts_with("$share/") {
            return SubAckReasonCode::SharedSubscriptionsNotSupported;
        }
        if validate_topic_filter(filter).is_err() {
            return SubAckReasonCode::TopicFilterInvalid;
        }
        if !gate.may_subscribe(role, self.client, &mut self.held, filter) {
            return SubAckReasonCode::NotAuthorized;
        }
        let subscription = Subscription { qos: options.qos, no_local: options.no_local, id };
        if hub.subscribe((key, generation), filter, subscription, MOST_SUBSCRIPTIONS) {
            gate.listens(role, key, filter);
            SubAckReasonCode::from_qos(options.qos)
        } else {
            SubAckReasonCode::QuotaExceeded
        }
    }

    async fn unsubscribe(&mut self, not_requested: &UnsubscribePacket) -> Result<(), End> {
        let Place { hub, key, generation, .. } = self.place;
        let mut answer = if self.version < VERSION_5 {
            UnsubAckPacket::new_v311(not_requested.packet_id)
        } else {
            UnsubAckPacket::new(not_requested.packet_id)
        };
        let remove = |filter: &String| {
            if hub.unsubscribe((key, generation), filter) {
                UnsubAckReasonCode::Success
            } else {
                UnsubAckReasonCode::NoSubscriptionExisted
            }
        };
        answer.reason_codes = not_requested.filters.iter().map(remove).collect();
        self.acknowledge(&answer).await
    }

    /// The reason in the client's version: 3.1.1 has none.
    fn supported_reason(&self, reason: ReasonCode) -> ReasonCode {
        if self.version < VERSION_5 { ReasonCode::Success } else { reason }
    }

    async fn acknowledge(&self, packet: &impl MqttPacket) -> Result<(), End> {
        self.say(encode(packet)?).await
    }

    async fn say(&self, bytes: Vec<u8>) -> Result<(), End> {
        self.say.send(Say::Packet(bytes)).await.map_err(|_| End::Gone)
    }
}

/// The writing half, until the goodbye is sent.
async fn write(
    mut stream: impl AsyncWrite + Unpin,
    mut value: mpsc::Receiver<Say>,
    mut messages: mpsc::Receiver<PublishPacket>,
    flight: &Flight,
    version: u8,
    largest: usize,
) -> io::Result<()> {
    let mut bytes = Vec::new();
    // A message that waits for the client's acknowledgements.
    let mut held = None;
    let mut goodbye = None;
    while goodbye.is_none() {
        bytes.clear();
        tokio::select! {
            biased;
            value = value.recv() => match value {
                Some(Say::Packet(packet)) => bytes.extend(packet),
                Some(Say::Goodbye(reason)) => goodbye = Some(reason),
                None => goodbye = Some(None),
            },
            () = flight.room(), if held.is_some() => {
                held = held.take().and_then(|message| add(&mut bytes, message, flight, version, largest));
            }
            message = messages.recv(), if held.is_none() => match message {
                Some(message) => held = add(&mut bytes, message, flight, version, largest),
                // The hub dropped the client; the reason follows.
                None => match value.recv().await {
                    Some(Say::Packet(packet)) => bytes.extend(packet),
                    Some(Say::Goodbye(reason)) => goodbye = Some(reason),
                    None => goodbye = Some(None),
                },
            },
        }
        // Queued messages go along, before a goodbye as well.
        while held.is_none() && (bytes.len() < BATCH || goodbye.is_some()) {
            let Ok(message) = messages.try_recv() else { break };
            held = add(&mut bytes, message, flight, version, largest);
        }
        if let (Some(Some(reason)), VERSION_5) = (goodbye, version) {
            bytes.extend(encode(&DisconnectPacket::new(reason)).unwrap_or_default());
        }
        timeout(STALLED, async {
            stream.write_all(&bytes).await?;
            stream.flush().await
        })
        .await
        .map_err(|_| io::ErrorKind::TimedOut)??;
    }
    stream.shutdown().await
}

/// Appends a message, or returns it if the client has to acknowledge others first. A message larger than the
/// client accepts is dropped.
fn add(
    bytes: &mut Vec<u8>,
    mut message: PublishPacket,
    flight: &Flight,
    version: u8,
    largest: usize,
) -> Option<PublishPacket> {
    message.protocol_version = version;
    if message.qos != QoS::AtMostOnce {
        message.packet_id = flight.take_off();
        if message.packet_id.is_none() {
            return Some(message);
        }
    }
    match encode(&message) {
        Ok(packet) if packet.len() <= largest => bytes.extend(packet),
        _ => message.packet_id.into_iter().for_each(|id| flight.land(id)),
    }
    None
}
