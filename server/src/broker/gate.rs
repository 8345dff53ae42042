//! Who may connect to the broker inside, publish and subscribe.
//!
//! Invariant: a client of one login is never mistaken for one of another: clients are told apart by their role and login
//! first, and then by the client id that they chose.

use super::{Told, guests::Guests, hub::Hub, listeners::Listeners};
use crate::config::{InsideBroker, Login};
use domain::{boards::MachineNumber, id::BoardLoginId};
use fabomatic::{Topics, topic::BoardTopic};
use mqtt5_protocol::{packet::connect::ConnectPacket, protocol::v5::reason_codes::ReasonCode};
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
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

use super::OWN_CLIENT;

/// What a client may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Own,
    Board,
    /// A board with a login of its own, confined to this number.
    OneBoard(MachineNumber, BoardLoginId),
    Switch,
}

impl Role {
    /// The client with the id `client`, among all clients of the broker.
    pub(super) fn key(self, client: &str) -> String {
        match self {
            Self::Own => format!("own/{client}"),
            Self::Board => format!("board/{client}"),
            Self::OneBoard(_, login) => format!("login-{login}/{client}"),
            Self::Switch => format!("switch/{client}"),
        }
    }

    pub(super) fn login(self) -> Option<BoardLoginId> {
        match self {
            Self::OneBoard(_, login) => Some(login),
            Self::Own | Self::Board | Self::Switch => None,
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
pub(super) struct Gate {
    own: Credential,
    boards: Option<Credential>,
    switches: Option<Credential>,
    topics: Topics,
    switch_topics: Vec<String>,
    pub(super) told: Told,
    ctx: Ctx,
    pub(super) guests: Guests,
    pub(super) listeners: Listeners,
    /// From where each board's client id last connected: two boards with one id throw each other out.
    addresses: Mutex<HashMap<(Option<BoardLoginId>, u16), IpAddr>>,
}

impl Gate {
    pub(super) fn new(config: &InsideBroker, own: &Login, topics: &Topics, told: Told, ctx: &Ctx) -> Self {
        Self {
            own: Credential::of(own),
            boards: config.boards.as_ref().map(Credential::of),
            switches: config.switches.as_ref().map(Credential::of),
            topics: topics.clone(),
            switch_topics: config.switch_topics.clone(),
            told,
            ctx: ctx.clone(),
            guests: Guests::default(),
            listeners: Listeners::default(),
            addresses: Mutex::default(),
        }
    }

    /// What the client may do that says this of itself, or why it may not connect.
    pub(super) async fn admit(&self, connect: &ConnectPacket, from: IpAddr) -> Result<Role, ReasonCode> {
        let (user, password) = (connect.username.as_deref(), connect.password.as_deref());
        let role = match (self.role(user, password, from), user) {
            (role @ None, Some(user)) => self.single(role, user, password).await,
            // Also where boards need no login, whoever comes with that of a single board is that board or nobody.
            (role @ Some(Role::Board), Some(user)) if self.boards.is_none() => {
                self.single(role, user, password).await
            }
            (role, _) => role,
        };
        let role = role.ok_or(ReasonCode::BadUsernameOrPassword)?;
        if role != Role::Own && connect.client_id == OWN_CLIENT {
            return Err(ReasonCode::ClientIdentifierNotValid);
        }
        // A will goes out past the look at what is published.
        if connect.will.as_ref().is_some_and(|will| will.payload.len() > fabomatic::query::LARGEST) {
            return Err(ReasonCode::PacketTooLarge);
        }
        Ok(role)
    }

    pub(super) fn may_publish(&self, role: Role, topic: &str) -> bool {
        let allowed = match role {
            Role::Own => true,
            Role::Board => {
                self.topics.number(topic).is_ok() || self.switch_topics.iter().any(|known| known == topic)
            }
            Role::OneBoard(number, _) => self.topics.number(topic) == Ok(number),
            Role::Switch => false,
        };
        if !allowed {
            (self.told.refused)(topic);
        }
        allowed
    }

    pub(super) fn may_subscribe(&self, role: Role, filter: &str) -> bool {
        match role {
            Role::Own => true,
            // A filter with a wildcard, or of a shared subscription, is no board's topic.
            Role::Board => {
                matches!(self.topics.read(filter), Some(BoardTopic::Reply(_) | BoardTopic::Request(_)))
            }
            Role::OneBoard(own, _) => matches!(
                self.topics.read(filter),
                Some(BoardTopic::Reply(number) | BoardTopic::Request(number)) if number == own
            ),
            Role::Switch => self.switch_topics.iter().any(|known| known == filter),
        }
    }

    /// The client `key` has subscribed to `filter`.
    pub(super) fn listens(&self, role: Role, key: &str, filter: &str) {
        if let Some(BoardTopic::Reply(number)) = self.topics.read(filter)
            && role != Role::Own
        {
            boards::connected(&self.ctx, number, self.listeners.listens(key, number));
        }
    }

    /// The client `key` publishes on `topic`: perhaps in the name of a machine to whose answers it does not listen.
    pub(super) fn hear(&self, role: Role, key: &str, topic: &str) {
        if let Ok(number) = self.topics.number(topic)
            && role != Role::Own
            && !self.listeners.is_listening(key, number)
        {
            boards::spoken_for(&self.ctx, number);
        }
    }

    /// A connection of the client `key` has ended.
    pub(super) fn left(&self, key: &str) {
        for number in self.listeners.leaves(key) {
            boards::disconnected(&self.ctx, number);
        }
    }

    /// Boards draw their client id from a thousand, so two of twenty share one every few weeks. One that is used again when
    /// nobody else is there harms nobody.
    pub(super) fn watch_for_twins(&self, hub: &Hub, role: Role, client: &str, from: IpAddr) {
        if !matches!(role, Role::Board | Role::OneBoard(..)) {
            return;
        }
        // Boards are called BOARD and a number below a thousand; others could invent names without end.
        let number = client.strip_prefix("BOARD").and_then(|number| number.parse::<u16>().ok());
        let Some(number) = number.filter(|&number| number < 1_000) else { return };
        let mut addresses = self.addresses.lock().unwrap_or_else(PoisonError::into_inner);
        let before = addresses.insert((role.login(), number), from);
        drop(addresses);
        let Some(before) = before.filter(|&before| before != from) else { return };
        if hub.is_connected(&role.key(client)) {
            tracing::warn!(mqtt.client = client, "two boards share a client id: one throws the other out");
            (self.told.taken_over)(client, before, from);
        }
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
}
