//! The answers to boards.
//!
//! Invariant: [`Reply::encode`] never exceeds [`PAYLOAD`] bytes: texts are transliterated for the display and cut
//! between characters, the description before the name. Parsing is as lenient as the firmware: a field of the wrong
//! type counts as missing. Not here: the query. The wire has no correlation, so a board takes any reply as the answer
//! to its last query.

use crate::{PAYLOAD, lcd::transliterate, query};
use domain::{access::Level, cards::CardUid};
use serde_json::{Map, Value, json};

/// The answer to a query. Texts are as people wrote them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// To `checkuser`.
    CheckUser(CheckUserReply),
    /// To `checkmachine`.
    CheckMachine(CheckMachineReply),
    /// To `startuse`, `stopuse`, `inuse` and `maintenance`.
    Plain(PlainReply),
    /// To `synccache`.
    SyncCache(SyncCacheReply),
    /// To anything but `alive` from an unknown machine.
    InvalidMachine,
}

/// May this card use the machine?
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckUserReply {
    /// `false` makes the board decide from memory: never send it for a known machine.
    pub request_ok: bool,
    /// Yes or no.
    pub is_valid: bool,
    /// The holder's name, for the display.
    pub name: String,
    /// A known person, but not authorised. Boards ignore it.
    pub missing_auth: bool,
    /// The level, if allowed; `None` is 0 on the wire.
    pub level: Option<Level>,
}

/// The machine's settings.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "the message has four")]
pub struct CheckMachineReply {
    /// `false` makes the board keep its present settings.
    pub request_ok: bool,
    /// The machine is known.
    pub is_valid: bool,
    /// Maintenance is due: only level 2 and above may use it.
    pub maintenance: bool,
    /// `false` blocks everyone.
    pub allowed: bool,
    /// The machine's name, for the display.
    pub name: String,
    /// Minutes until the board logs out by itself; 0 for never.
    pub logoff: u16,
    /// The number of its type. Boards show different pictures, nothing more.
    pub kind: u8,
    /// Minutes from log-out until the power goes off.
    pub grace: u16,
    /// Why it is blocked or what maintenance is due, for the display; may be empty.
    pub description: String,
}

/// An acknowledgement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlainReply {
    /// Whether it was accepted. The board continues in either case.
    pub request_ok: bool,
    /// For people who read the traffic; boards ignore it.
    pub message: String,
}

/// Cards for use while offline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncCacheReply {
    /// `false` makes the board keep its present cards.
    pub request_ok: bool,
    /// Most important first; only the first [`SYNCED`] are sent.
    pub cards: Vec<(CardUid, Level)>,
}

/// Maximum cards in a `synccache` reply. Each takes 29 bytes, so they always fit.
pub const SYNCED: usize = 7;

/// The old backend's message for an unknown machine, which boards in the field have met.
const INVALID_MACHINE: &str = "Invalid machine ID";

impl Reply {
    /// The bytes on `machine/<n>/reply`: compact JSON of at most [`PAYLOAD`] bytes.
    #[must_use]
    pub fn encode(&self) -> String {
        match self {
            Self::CheckUser(reply) => reply.encode(),
            Self::CheckMachine(reply) => reply.encode(),
            Self::Plain(reply) => reply.encode(),
            Self::SyncCache(reply) => reply.encode(),
            Self::InvalidMachine => plain(false, INVALID_MACHINE),
        }
    }

    /// Acknowledged and accepted.
    #[must_use]
    pub fn ok() -> Self {
        Self::Plain(PlainReply { request_ok: true, message: "OK".into() })
    }

    /// Acknowledged and not accepted.
    #[must_use]
    pub fn not_ok(message: impl Into<String>) -> Self {
        Self::Plain(PlainReply { request_ok: false, message: message.into() })
    }
}

impl CheckUserReply {
    /// Yes.
    #[must_use]
    pub fn allowed(name: impl Into<String>, level: Level) -> Self {
        let name = name.into();
        Self { request_ok: true, is_valid: true, name, missing_auth: false, level: Some(level) }
    }

    /// Refused. `known` says whether the card's holder is known.
    #[must_use]
    pub fn refused(name: impl Into<String>, known: bool) -> Self {
        Self { request_ok: true, is_valid: false, name: name.into(), missing_auth: known, level: None }
    }

    /// Parses as the firmware does; `None` unless it is a JSON object.
    #[must_use]
    pub fn read(payload: &[u8]) -> Option<Self> {
        let object = query::object(payload).ok()?;
        let level = match integer(&object, "level") {
            Some(1) => Some(Level::User),
            Some(2) => Some(Level::Staff),
            Some(3..) => Some(Level::Administrator),
            _ => None,
        };
        Some(Self {
            request_ok: flag(&object, "request_ok"),
            is_valid: flag(&object, "is_valid"),
            name: string(&object, "name"),
            missing_auth: flag(&object, "missing_auth"),
            level,
        })
    }

    fn encode(&self) -> String {
        let Self { request_ok, is_valid, missing_auth, .. } = self;
        let level = self.level.map_or(0, |level| level as u8);
        let with = |name: &str| {
            format!(
                r#"{{"request_ok":{request_ok},"is_valid":{is_valid},"name":{},"missing_auth":{missing_auth},"level":{level}}}"#,
                json!(name)
            )
        };
        let name = transliterate(&self.name);
        with(cut(&name, PAYLOAD - with("").len()))
    }
}

impl CheckMachineReply {
    /// Parses as the firmware does; `None` unless it is a JSON object.
    #[must_use]
    pub fn read(payload: &[u8]) -> Option<Self> {
        let object = query::object(payload).ok()?;
        let minutes = |field, missing| {
            integer(&object, field).and_then(|minutes| u16::try_from(minutes).ok()).unwrap_or(missing)
        };
        Some(Self {
            request_ok: flag(&object, "request_ok"),
            is_valid: flag(&object, "is_valid"),
            maintenance: flag(&object, "maintenance"),
            allowed: flag(&object, "allowed"),
            name: string(&object, "name"),
            logoff: minutes("logoff", 0),
            kind: integer(&object, "type").and_then(|kind| u8::try_from(kind).ok()).unwrap_or(0),
            grace: minutes("grace", 1),
            description: string(&object, "description"),
        })
    }

    fn encode(&self) -> String {
        let Self { request_ok, is_valid, maintenance, allowed, logoff, kind, grace, .. } = self;
        let with = |name: &str, description: &str| {
            format!(
                r#"{{"request_ok":{request_ok},"is_valid":{is_valid},"maintenance":{maintenance},"allowed":{allowed},"name":{},"logoff":{logoff},"type":{kind},"grace":{grace},"description":{}}}"#,
                json!(name),
                json!(description)
            )
        };
        let (name, description) = (transliterate(&self.name), transliterate(&self.description));
        let name = cut(&name, PAYLOAD - with("", "").len());
        with(name, cut(&description, PAYLOAD - with(name, "").len()))
    }
}

impl PlainReply {
    /// Parses as the firmware does; `None` unless it is a JSON object.
    #[must_use]
    pub fn read(payload: &[u8]) -> Option<Self> {
        let object = query::object(payload).ok()?;
        Some(Self { request_ok: flag(&object, "request_ok"), message: string(&object, "message") })
    }

    fn encode(&self) -> String {
        let message = transliterate(&self.message);
        plain(self.request_ok, cut(&message, PAYLOAD - plain(self.request_ok, "").len()))
    }
}

impl SyncCacheReply {
    /// Parses as the firmware does; `None` unless it is a JSON object. Invalid cards are left out.
    #[must_use]
    pub fn read(payload: &[u8]) -> Option<Self> {
        let object = query::object(payload).ok()?;
        let cards = object.get("cards").and_then(Value::as_array).into_iter().flatten().filter_map(|card| {
            let uid = CardUid::from_board(card.get("uid")?.as_str()?)?;
            let level = match card.get("level")?.as_u64()? {
                0 => return None,
                1 => Level::User,
                2 => Level::Staff,
                _ => Level::Administrator,
            };
            Some((uid, level))
        });
        Some(Self { request_ok: flag(&object, "request_ok"), cards: cards.collect() })
    }

    fn encode(&self) -> String {
        let card =
            |(uid, level): &(CardUid, Level)| format!(r#"{{"uid":"{}","level":{}}}"#, uid.as_str(), *level as u8);
        let cards: Vec<String> = self.cards.iter().take(SYNCED).map(card).collect();
        format!(r#"{{"request_ok":{},"cards":[{}]}}"#, self.request_ok, cards.join(","))
    }
}

fn plain(request_ok: bool, message: &str) -> String {
    format!(r#"{{"request_ok":{request_ok},"message":{}}}"#, json!(message))
}

/// The longest prefix of transliterated `text` that takes at most `room` bytes inside JSON quotes.
fn cut(text: &str, mut room: usize) -> &str {
    for (at, c) in text.char_indices() {
        // Of printable ASCII only these two are escaped, by one more byte.
        let needed = if matches!(c, '"' | '\\') { 2 } else { 1 };
        match room.checked_sub(needed) {
            Some(left) => room = left,
            None => return &text[..at],
        }
    }
    text
}

/// A bool, or a number that is not 0. Everything else, including text, is `false`.
fn flag(object: &Map<String, Value>, field: &str) -> bool {
    match object.get(field) {
        Some(Value::Bool(flag)) => *flag,
        Some(Value::Number(number)) => number.as_i64() != Some(0),
        _ => false,
    }
}

fn integer(object: &Map<String, Value>, field: &str) -> Option<i64> {
    object.get(field).and_then(Value::as_i64)
}

fn string(object: &Map<String, Value>, field: &str) -> String {
    object.get(field).and_then(Value::as_str).unwrap_or_default().to_owned()
}
