//! The broker inside: who may connect, and who may say and hear what.
//!
//! **Invariants.** A stock board may publish on machine topics and listen to the two topics of a machine, each named
//! exactly; it never publishes there, so it cannot forge an answer, and it retains nothing. Only the process itself,
//! with a password drawn at every start, may do more, and nobody else may take its client id. A board with a login of its
//! own speaks and listens for one number alone, and is thrown out when that opens no more.
//!
//! Deliberately absent: what the messages mean. Toolgate reads and answers them as a client, the same way it does at
//! another broker.

mod guests;
mod listeners;

use crate::config::{InsideBroker, Login, Secret};
use domain::{boards::MachineNumber, id::BoardLoginId};
use fabomatic::{Topics, topic::BoardTopic};
use guests::{Guests, keep_the_door};
use listeners::Listeners;
use mqtt5::{
    broker::{
        BrokerConfig, MqttBroker,
        auth::{AuthProvider, AuthResult},
        config::{StorageBackend, StorageConfig},
        events::{
            BrokerEventHandler, ClientConnectEvent, ClientDisconnectEvent, ClientPublishEvent,
            ClientSubscribeEvent, PublishAction, SubAckReasonCode,
        },
        router::MessageRouter,
        server::BrokerShutdownHandle,
    },
    packet::connect::ConnectPacket,
    protocol::v5::reason_codes::ReasonCode,
};
use rand::RngExt;
use services::{
    Ctx,
    boards::{
        self,
        logins::{self, Comes},
    },
};
use sha2::{Digest, Sha256};
use std::{
    collections::HashMap,
    future::{Future, ready},
    net::{IpAddr, SocketAddr},
    path::Path,
    pin::Pin,
    sync::{Arc, Mutex, OnceLock, PoisonError, Weak},
    time::Duration,
};
use tokio::task::JoinHandle;

/// The client id of the process itself.
pub const OWN_CLIENT: &str = "toolgate";
/// The largest packet read from anybody, in bytes; a larger one ends its connection before it is read. Boards send 300. What
/// is larger than any board sends is told and goes no further: what waits for a client that does not read is held in memory.
const LARGEST: usize = 64 * 1024;
/// Messages that may wait for one client; a burst of a whole workshop is far smaller. With 10,000, the broker's own
/// bound, 3 % of 20,000 messages sent at once were lost.
const WAITING: usize = 65_536;
/// How long clients get to leave when the broker stops.
const GRACE: Duration = Duration::from_secs(3);

/// A broker that runs.
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    /// How the process itself logs in.
    pub own: Login,
    shutdown: BrokerShutdownHandle,
    task: JoinHandle<()>,
}

/// Why it does not run.
#[derive(Debug, thiserror::Error)]
#[error("the broker inside cannot start")]
pub struct BrokerError(#[from] mqtt5::error::MqttError);

/// Hears a client id, and the two addresses it is used from.
type TakenOver = dyn Fn(&str, IpAddr, IpAddr) + Send + Sync;

/// Hears a topic, and the payload that came on it.
type TooLarge = dyn Fn(&str, &[u8]) + Send + Sync;

/// Told what boards do that they should not.
pub struct Told {
    /// The topic that a board may not publish on, each time it tries.
    pub refused: Box<dyn Fn(&str) + Send + Sync>,
    /// The topic and payload of a message larger than any board sends.
    pub too_large: Box<TooLarge>,
    /// The client id that somebody connects under while somebody else still does, and from where the two came.
    pub taken_over: Box<TakenOver>,
}

/// Starts the broker on `listen`; what it keeps goes to `data`, and the logins of single boards are in `ctx`.
pub async fn start(
    config: &InsideBroker,
    listen: SocketAddr,
    topics: &Topics,
    data: &Path,
    told: Told,
    ctx: &Ctx,
) -> Result<Running, BrokerError> {
    let own = Login { user: OWN_CLIENT.into(), password: Secret::new(random_password()) };
    let gate = Arc::new(Gate {
        own: Credential::of(&own),
        boards: config.boards.as_ref().map(Credential::of),
        switches: config.switches.as_ref().map(Credential::of),
        topics: topics.clone(),
        switch_topics: config.switch_topics.clone(),
        told,
        ctx: ctx.clone(),
        guests: Guests::default(),
        listeners: Listeners::default(),
        addresses: Mutex::default(),
        connected: OnceLock::new(),
    });
    let storage = StorageConfig::new().with_backend(StorageBackend::File).with_base_dir(data.join("broker"));
    let settings = BrokerConfig::default()
        .with_bind_address(listen)
        .with_storage(storage)
        .with_sys_topics_enabled(false)
        .with_retain_available(false)
        .with_max_packet_size(LARGEST)
        .with_client_channel_capacity(WAITING)
        .with_event_handler(Arc::clone(&gate) as Arc<dyn BrokerEventHandler>);
    let broker = MqttBroker::with_config(settings).await?;
    // Set this once, before anybody can connect.
    let _ = gate.connected.set(Arc::downgrade(&broker.router()));
    let door = keep_the_door(ctx.clone(), logins::watch(ctx), Arc::clone(&gate));
    let mut broker = broker.with_auth_provider(gate);
    let address = broker.local_addr().unwrap_or(listen);
    let shutdown = broker.shutdown_handle();
    let task = tokio::spawn(async move {
        let ended = tokio::select! {
            ended = broker.run() => ended,
            never = door => match never {},
        };
        if let Err(error) = ended {
            tracing::error!(%error, "the broker inside has stopped");
        }
    });
    Ok(Running { address, own, shutdown, task })
}

impl Running {
    /// Ends it, and waits a little for it to end.
    pub async fn stop(self) {
        self.shutdown.shutdown();
        if tokio::time::timeout(GRACE, self.task).await.is_err() {
            tracing::warn!("the broker inside did not end in time");
        }
    }
}

/// A client id of ours that nobody can take because nobody knows it.
#[must_use]
pub fn unforeseeable_client() -> String {
    format!("{OWN_CLIENT}-{}", random_password().get(..12).unwrap_or_default())
}

/// 256 random bits; nobody ever types it.
fn random_password() -> String {
    // From the system, not from a seeded source: this one must not be foreseeable.
    let bits: [u128; 2] = rand::make_rng::<rand::rngs::StdRng>().random();
    format!("{:032x}{:032x}", bits[0], bits[1])
}

/// What a client may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Own,
    Board,
    /// A board with a login of its own, confined to this number.
    OneBoard(MachineNumber, BoardLoginId),
    Switch,
}

impl Role {
    /// The broker hands this back at every question.
    fn name(self) -> String {
        match self {
            Self::Own => "own".into(),
            Self::Board => "board".into(),
            Self::OneBoard(number, login) => format!("board:{number}:{login}"),
            Self::Switch => "switch".into(),
        }
    }

    fn of(name: Option<&str>) -> Option<Self> {
        match name? {
            "own" => Some(Self::Own),
            "board" => Some(Self::Board),
            "switch" => Some(Self::Switch),
            name => {
                let (number, login) = name.strip_prefix("board:")?.split_once(':')?;
                Some(Self::OneBoard(MachineNumber(number.parse().ok()?), BoardLoginId(login.parse().ok()?)))
            }
        }
    }
}

/// A user and the hash of a password: compared in the same time whatever is wrong with it.
struct Credential {
    user: String,
    hash: [u8; 32],
}

impl Credential {
    fn of(login: &Login) -> Self {
        Self { user: login.user.clone(), hash: Sha256::digest(login.password.expose()).into() }
    }

    fn fits(&self, user: &str, password: &[u8]) -> bool {
        let hash: [u8; 32] = Sha256::digest(password).into();
        self.hash == hash && self.user == user
    }
}

/// Decides who may connect, publish and subscribe.
struct Gate {
    own: Credential,
    boards: Option<Credential>,
    switches: Option<Credential>,
    topics: Topics,
    switch_topics: Vec<String>,
    told: Told,
    ctx: Ctx,
    guests: Guests,
    listeners: Listeners,
    /// From where each board's client id last connected: two boards with one id throw each other out.
    addresses: Mutex<HashMap<u16, IpAddr>>,
    /// Who is connected.
    connected: OnceLock<Weak<MessageRouter>>,
}

type Answer<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

impl AuthProvider for Gate {
    fn authenticate<'a>(
        &'a self,
        connect: &'a ConnectPacket,
        from: SocketAddr,
    ) -> Answer<'a, mqtt5::error::Result<AuthResult>> {
        Box::pin(async move {
            let (user, password) = (connect.username.as_deref(), connect.password.as_deref());
            let role = match (self.role(user, password, from.ip()), user) {
                (role @ None, Some(user)) => self.single(role, user, password).await,
                // Also where boards need no login, whoever comes with that of a single board is that board or nobody.
                (role @ Some(Role::Board), Some(user)) if self.boards.is_none() => {
                    self.single(role, user, password).await
                }
                (role, _) => role,
            };
            let answer = match role {
                None => AuthResult::fail(ReasonCode::BadUsernameOrPassword),
                Some(role) if role != Role::Own && connect.client_id == OWN_CLIENT => {
                    AuthResult::fail(ReasonCode::ClientIdentifierNotValid)
                }
                // A will goes out past the look at what is published.
                Some(_)
                    if connect
                        .will
                        .as_ref()
                        .is_some_and(|will| will.payload.len() > fabomatic::query::LARGEST) =>
                {
                    AuthResult::fail(ReasonCode::PacketTooLarge)
                }
                Some(role) => AuthResult::success_with_user(role.name()),
            };
            if matches!(role, Some(Role::Board | Role::OneBoard(..))) {
                self.watch_for_twins(&connect.client_id, from.ip()).await;
            }
            Ok(answer)
        })
    }

    fn authorize_publish<'a>(&'a self, _: &str, user: Option<&'a str>, topic: &'a str) -> Answer<'a, bool> {
        let allowed = match Role::of(user) {
            Some(Role::Own) => true,
            Some(Role::Board) => {
                self.topics.number(topic).is_ok() || self.switch_topics.iter().any(|known| known == topic)
            }
            Some(Role::OneBoard(number, _)) => self.topics.number(topic) == Ok(number),
            Some(Role::Switch) | None => false,
        };
        if !allowed {
            (self.told.refused)(topic);
        }
        Box::pin(ready(allowed))
    }

    fn authorize_subscribe<'a>(&'a self, _: &str, user: Option<&'a str>, filter: &'a str) -> Answer<'a, bool> {
        let allowed = match Role::of(user) {
            Some(Role::Own) => true,
            // A filter with a wildcard, or of a shared subscription, is no board's topic.
            Some(Role::Board) => {
                matches!(self.topics.read(filter), Some(BoardTopic::Reply(_) | BoardTopic::Request(_)))
            }
            Some(Role::OneBoard(own, _)) => matches!(
                self.topics.read(filter),
                Some(BoardTopic::Reply(number) | BoardTopic::Request(number)) if number == own
            ),
            Some(Role::Switch) => self.switch_topics.iter().any(|known| known == filter),
            None => false,
        };
        Box::pin(ready(allowed))
    }
}

impl Gate {
    fn router(&self) -> Option<Arc<MessageRouter>> {
        self.connected.get().and_then(Weak::upgrade)
    }

    fn role(&self, user: Option<&str>, password: Option<&[u8]>, from: IpAddr) -> Option<Role> {
        let fits = |known: &Credential| known.fits(user.unwrap_or_default(), password.unwrap_or_default());
        if fits(&self.own) {
            Some(Role::Own)
        } else if self.switches.as_ref().is_some_and(fits) {
            Some(Role::Switch)
        } else {
            let board = match &self.boards {
                Some(known) => fits(known),
                None => from.is_loopback(),
            };
            board.then_some(Role::Board)
        }
    }

    /// What somebody may do who comes with a user that is perhaps a single board's; `otherwise` if it is not.
    async fn single(&self, otherwise: Option<Role>, user: &str, password: Option<&[u8]>) -> Option<Role> {
        match logins::recognise(&self.ctx, user, password.unwrap_or_default()).await {
            Ok(Comes::Stranger) => otherwise,
            Ok(Comes::Refused) => None,
            Ok(Comes::With(login, number)) => Some(Role::OneBoard(number, login)),
            Err(error) => {
                tracing::error!(%error, "the login of a board cannot be checked");
                None
            }
        }
    }

    /// Boards draw their client id from a thousand, so two of twenty share one every few weeks. One that is used again when
    /// nobody else is there harms nobody.
    async fn watch_for_twins(&self, client: &str, from: IpAddr) {
        // Boards are called BOARD and a number below a thousand; others could invent names without end.
        let number = client.strip_prefix("BOARD").and_then(|number| number.parse::<u16>().ok());
        let Some(number) = number.filter(|&number| number < 1_000) else { return };
        let before = self.addresses.lock().unwrap_or_else(PoisonError::into_inner).insert(number, from);
        let Some(before) = before.filter(|&before| before != from) else { return };
        let Some(router) = self.router() else { return };
        if router.is_connected(client).await {
            tracing::warn!(mqtt.client = client, "two boards share a client id: one throws the other out");
            (self.told.taken_over)(client, before, from);
        }
    }
}

impl BrokerEventHandler for Gate {
    fn on_client_connect(&self, event: ClientConnectEvent) -> Answer<'_, ()> {
        if let Some(Role::OneBoard(_, login)) = Role::of(event.user_id.as_deref()) {
            self.guests.comes(login, &event.client_id);
        }
        self.listeners.connects(&event.client_id);
        Box::pin(ready(()))
    }

    fn on_client_disconnect(&self, event: ClientDisconnectEvent) -> Answer<'_, ()> {
        if let Some(Role::OneBoard(_, login)) = Role::of(event.user_id.as_deref()) {
            self.guests.leaves(login, &event.client_id);
        }
        for number in self.listeners.leaves(&event.client_id) {
            boards::disconnected(&self.ctx, number);
        }
        Box::pin(ready(()))
    }

    fn on_client_subscribe(&self, event: ClientSubscribeEvent) -> Answer<'_, ()> {
        use SubAckReasonCode::{GrantedQoS0, GrantedQoS1, GrantedQoS2};
        for one in &event.subscriptions {
            if let Some(BoardTopic::Reply(number)) = self.topics.read(&one.topic_filter)
                && matches!(one.result, GrantedQoS0 | GrantedQoS1 | GrantedQoS2)
            {
                let another = self.listeners.listens(&event.client_id, number);
                boards::connected(&self.ctx, number, another);
            }
        }
        Box::pin(ready(()))
    }

    /// Drops what somebody wants to leave behind: an answer that is kept would reach a board that asked something else. And
    /// what is larger than any board's message.
    fn on_client_publish(&self, event: ClientPublishEvent) -> Answer<'_, PublishAction> {
        if let Ok(number) = self.topics.number(&event.topic)
            && !self.listeners.is_listening(&event.client_id, number)
        {
            boards::spoken_for(&self.ctx, number);
        }
        let too_large = event.payload.len() > fabomatic::query::LARGEST;
        if too_large {
            (self.told.too_large)(&event.topic, &event.payload);
        }
        let action = if event.retain || too_large { PublishAction::Handled } else { PublishAction::Continue };
        Box::pin(ready(action))
    }
}
