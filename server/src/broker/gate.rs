//! Who may connect to the built-in broker, publish and subscribe.
//!
//! Invariant: clients of different logins are never confused: the key of a client is its role and login first,
//! then the client id it chose.

use super::{
    Observers,
    devices::{Devices, LARGEST_REPORT},
    guests::{GuestLogin, Guests},
    holders::Holders,
    hub::TakeoverResult,
    listeners::Listeners,
    switches::SwitchTopics,
};
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
    building_devices::{self, DeviceComes, DevicePass},
};
use sha2::{Digest, Sha256};
use std::{collections::HashSet, net::IpAddr};

use super::OWN_CLIENT;

/// How many takeovers from one address within a few minutes mean that two clients share an id.
const AGAIN: usize = 3;

/// What a client may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Own,
    Board,
    /// A board with its own login, limited to this number.
    OneBoard(MachineNumber, BoardLoginId),
    Switch,
    /// A device of the building, limited to its own topics.
    Device(DevicePass),
}

impl Role {
    /// Key of the client `client` among all clients of the broker.
    pub(super) fn key(self, client: &str) -> String {
        match self {
            Self::Own => format!("own/{client}"),
            Self::Board => format!("board/{client}"),
            Self::OneBoard(_, login) => format!("login-{login}/{client}"),
            Self::Switch => format!("switch/{client}"),
            Self::Device(pass) => format!("device-{}/{client}", pass.device),
        }
    }

    /// The largest payload that it may publish, in bytes.
    pub(super) const fn largest(self) -> usize {
        match self {
            Self::Device(_) => LARGEST_REPORT,
            Self::Own | Self::Board | Self::OneBoard(..) | Self::Switch => fabomatic::query::LARGEST,
        }
    }

    pub(super) fn login(self) -> Option<GuestLogin> {
        match self {
            Self::OneBoard(_, login) => Some(GuestLogin::Board(login)),
            Self::Device(pass) => Some(GuestLogin::Device(pass)),
            Self::Own | Self::Board | Self::Switch => None,
        }
    }
}

/// How a message is handled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Publishing {
    HandedOn,
    /// A status report of a switch: acknowledged and delivered to no one.
    Dropped,
    /// Its client may not publish it; the attempt is reported.
    Refused,
}

/// A user and a password hash, compared in constant time.
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
    switch_topics: SwitchTopics,
    pub(super) observers: Observers,
    ctx: Ctx,
    pub(super) guests: Guests,
    pub(super) devices: Devices,
    pub(super) listeners: Listeners,
    pub(super) holders: Holders,
}

impl Gate {
    pub(super) fn new(
        config: &InsideBroker,
        own: &Login,
        topics: &Topics,
        observers: Observers,
        ctx: &Ctx,
    ) -> Self {
        Self {
            own: Credential::of(own),
            boards: config.boards.as_ref().map(Credential::of),
            switches: config.switches.as_ref().map(Credential::of),
            topics: topics.clone(),
            switch_topics: SwitchTopics::new(&config.switch_topics, topics),
            observers,
            ctx: ctx.clone(),
            guests: Guests::default(),
            devices: Devices::default(),
            listeners: Listeners::default(),
            holders: Holders::default(),
        }
    }

    /// The role of the client, or why it may not connect.
    pub(super) async fn admit(&self, connect: &ConnectPacket, from: IpAddr) -> Result<Role, ReasonCode> {
        let (user, password) = (connect.username.as_deref(), connect.password.as_deref());
        let role = match (self.role(user, password, from), user) {
            (role @ None, Some(user)) => self.single(role, user, password).await,
            // Even where boards need no login, a client that uses a board login must have the right password.
            (role @ Some(Role::Board), Some(user)) if self.boards.is_none() => {
                self.single(role, user, password).await
            }
            (role, _) => role,
        };
        let role = role.ok_or(ReasonCode::BadUsernameOrPassword)?;
        if role != Role::Own && connect.client_id == OWN_CLIENT {
            return Err(ReasonCode::ClientIdentifierNotValid);
        }
        // A will bypasses the check of published messages.
        if connect.will.as_ref().is_some_and(|will| will.payload.len() > role.largest()) {
            return Err(ReasonCode::PacketTooLarge);
        }
        Ok(role)
    }

    /// How a message of `role` on `topic` is handled; a switch is bound to the topic `held`.
    pub(super) fn publishes(&self, role: Role, held: Option<&String>, topic: &str) -> Publishing {
        let allowed = match role {
            Role::Own => true,
            Role::Board => self.topics.number(topic).is_ok() || self.switch_topics.contains(topic),
            Role::OneBoard(number, _) => self.topics.number(topic) == Ok(number),
            Role::Switch if !self.switch_topics.is_foreign(held, topic) => return Publishing::Dropped,
            Role::Switch => false,
            Role::Device(pass) => {
                let is_of_others = self.is_of_boards(topic) || self.switch_topics.contains(topic);
                !is_of_others && self.devices.may_publish(pass, topic)
            }
        };
        if allowed {
            return Publishing::HandedOn;
        }
        (self.observers.refused)(topic);
        Publishing::Refused
    }

    fn is_of_boards(&self, topic: &str) -> bool {
        self.topics.number(topic).is_ok() || self.topics.read(topic).is_some() || topic.starts_with("stats/")
    }

    /// Whether the client with the id `client` may subscribe to `filter`. A switch is bound to the first topic it
    /// names, `held`.
    pub(super) fn may_subscribe(&self, role: Role, client: &str, held: &mut Option<String>, filter: &str) -> bool {
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
            Role::Switch => self.switch_topics.may_subscribe(client, held, filter),
            Role::Device(pass) => {
                !self.switch_topics.reaches_boards(filter) && self.devices.may_subscribe(pass, filter)
            }
        }
    }

    /// Notes that the client `key` has subscribed to `filter`.
    pub(super) fn listens(&self, role: Role, key: &str, filter: &str) {
        if let Some(BoardTopic::Reply(number)) = self.topics.read(filter)
            && role != Role::Own
        {
            boards::connected(&self.ctx, number, self.listeners.listens(key, number));
        }
    }

    /// Notes that the client `key` publishes on `topic` over the connection `generation`, perhaps for a machine to
    /// whose answers it does not listen. Returns the only recipients, or `None` for all subscribers.
    pub(super) fn hear(
        &self,
        role: Role,
        (key, generation): (&str, u64),
        topic: &str,
        payload: &[u8],
    ) -> Option<HashSet<String>> {
        if role == Role::Own {
            return match self.topics.read(topic) {
                Some(BoardTopic::Request(number)) => self.holders.meant(&self.listeners, number, payload),
                _ => None,
            };
        }
        if let Ok(number) = self.topics.number(topic) {
            if self.listeners.is_listening(key, number) {
                self.holders.hears((key, generation), number, payload);
            } else {
                boards::spoken_for(&self.ctx, number);
            }
        }
        None
    }

    /// Notes that the connection `generation` of the client `key` has ended.
    pub(super) fn left(&self, key: &str, generation: u64) {
        self.holders.leaves(key, generation);
        for number in self.listeners.leaves(key) {
            boards::disconnected(&self.ctx, number);
        }
    }

    /// Detects two clients with one id by repeated takeovers. A takeover from another address is another client.
    /// From the same address it is usually the same client after an unnoticed loss; two clients take over from
    /// each other again and again. Boards draw their id from a thousand, so two of twenty share one every few
    /// weeks.
    pub(super) fn watch_for_twins(&self, role: Role, client: &str, from: IpAddr, over: TakeoverResult) {
        let is_another = over.from != from || over.times >= AGAIN;
        if role != Role::Own && is_another {
            tracing::warn!(
                mqtt.client = client,
                before = %over.from,
                after = %from,
                "two clients share a client id: one throws the other out"
            );
            (self.observers.taken_over)(client, over.from, from);
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
                // Without a password for boards, only programs on this computer may act as one.
                None => from.is_loopback(),
            };
            board.then_some(Role::Board)
        }
    }

    /// The role of a client whose user may be a board login; `otherwise` if it is none.
    async fn single(&self, otherwise: Option<Role>, user: &str, password: Option<&[u8]>) -> Option<Role> {
        match logins::recognise(&self.ctx, user, password.unwrap_or_default()).await {
            Ok(Comes::Stranger) => self.device(otherwise, user, password).await,
            Ok(Comes::Refused) => None,
            Ok(Comes::With(login, number)) => Some(Role::OneBoard(number, login)),
            Err(error) => {
                tracing::error!(%error, "the login of a board cannot be checked");
                None
            }
        }
    }

    /// The role of a client whose user may be a device of the building; `otherwise` if it is none.
    async fn device(&self, otherwise: Option<Role>, user: &str, password: Option<&[u8]>) -> Option<Role> {
        match building_devices::recognise(&self.ctx, user, password.unwrap_or_default()).await {
            Ok(DeviceComes::Stranger) => otherwise,
            Ok(DeviceComes::Refused) => None,
            Ok(DeviceComes::With(pass, dialect, topic)) => {
                self.devices.comes(pass, dialect, topic);
                Some(Role::Device(pass))
            }
            Err(error) => {
                tracing::error!(%error, "the login of a device cannot be checked");
                None
            }
        }
    }
}
