//! The messages of boards.
//!
//! Invariant: [`Query::parse`] takes any bytes without panicking or allocating more than a few times their size, and
//! parses messages of boards correctly; [`Query::encode`] writes them byte for byte as the firmware does, including
//! uneven spaces. Not here: a message id or a time, which boards do not send.

use crate::Malformed;
use domain::cards::CardUid;
use serde_json::{Map, Value, json};
use std::time::Duration;

/// The largest message parsed, in bytes. Boards send no more than 300.
pub const LARGEST: usize = 1_024;

/// Maximum nesting of brackets. Boards send flat objects; the rest is room for later firmware.
const DEEPEST: usize = 8;

/// A message of a board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Query {
    /// I am here. Not answered.
    Alive {
        /// Build environment and revision, `<env>,<git>`.
        version: String,
        /// Its address in the workshop's network.
        ip: String,
        /// 12 hexadecimal digits that identify the board; old firmware sends none.
        serial: Option<String>,
        /// Free memory in bytes; old firmware does not send it.
        heap: Option<u64>,
    },
    /// What are my machine's settings?
    CheckMachine,
    /// May this card use it?
    CheckUser {
        /// The card.
        uid: CardUid,
    },
    /// This card has switched the machine on.
    StartUse {
        /// The card.
        uid: CardUid,
        /// It was stored while offline.
        replay: bool,
    },
    /// This card has logged out.
    StopUse {
        /// The card.
        uid: CardUid,
        /// The duration of the use, to the second.
        duration: Duration,
        /// It was stored while offline.
        replay: bool,
    },
    /// This card is still logged in.
    InUse {
        /// The card.
        uid: CardUid,
        /// The duration so far, to the second.
        duration: Duration,
    },
    /// The person with this card has done the maintenance.
    Maintenance {
        /// The card.
        uid: CardUid,
        /// It was stored while offline.
        replay: bool,
    },
    /// Which cards shall I remember for use while offline?
    SyncCache,
}

impl Query {
    /// Parses a message on `machine/<n>`. Unknown fields are ignored.
    pub fn parse(payload: &[u8]) -> Result<Self, Malformed> {
        let object = object(payload)?;
        match text(&object, "action")? {
            "alive" => Ok(Self::Alive {
                version: text(&object, "version")?.to_owned(),
                ip: text(&object, "ip")?.to_owned(),
                serial: optional_text(&object, "serial")?.map(str::to_owned),
                heap: optional_text(&object, "heap")?
                    .map(|digits| digits.parse().map_err(|_| Malformed::WrongType("heap")))
                    .transpose()?,
            }),
            "checkmachine" => Ok(Self::CheckMachine),
            "checkuser" => Ok(Self::CheckUser { uid: uid(&object)? }),
            "startuse" => Ok(Self::StartUse { uid: uid(&object)?, replay: replay(&object)? }),
            "stopuse" => Ok(Self::StopUse {
                uid: uid(&object)?,
                duration: reported_duration(&object)?,
                replay: replay(&object)?,
            }),
            "inuse" => Ok(Self::InUse { uid: uid(&object)?, duration: reported_duration(&object)? }),
            "maintenance" => Ok(Self::Maintenance { uid: uid(&object)?, replay: replay(&object)? }),
            "synccache" => Ok(Self::SyncCache),
            _ => Err(Malformed::UnknownAction),
        }
    }

    /// The bytes as the firmware writes them.
    #[must_use]
    pub fn encode(&self) -> String {
        let fields = match self {
            Self::Alive { version, ip, serial, heap } => {
                let serial = serial.as_ref().map(|serial| format!(r#","serial":{}"#, json!(serial)));
                let heap = heap.map(|heap| format!(r#","heap":"{heap}""#));
                let [serial, heap] = [serial, heap].map(Option::unwrap_or_default);
                format!(r#","version":{},"ip":{}{serial}{heap}"#, json!(version), json!(ip))
            }
            Self::CheckMachine | Self::SyncCache => String::new(),
            Self::CheckUser { uid } => format!(r#","uid":"{}""#, uid.as_str()),
            Self::StartUse { uid, .. } | Self::Maintenance { uid, .. } => format!(r#", "uid":"{}""#, uid.as_str()),
            Self::StopUse { uid, duration, .. } | Self::InUse { uid, duration } => {
                format!(r#", "uid":"{}","duration":{}"#, uid.as_str(), duration.as_secs())
            }
        };
        let replay = if self.is_replay() { r#", "replay":true"# } else { "" };
        format!(r#"{{"action":"{}"{fields}{replay}}}"#, self.action())
    }

    /// The action code on the wire.
    #[must_use]
    pub const fn action(&self) -> &'static str {
        match self {
            Self::Alive { .. } => "alive",
            Self::CheckMachine => "checkmachine",
            Self::CheckUser { .. } => "checkuser",
            Self::StartUse { .. } => "startuse",
            Self::StopUse { .. } => "stopuse",
            Self::InUse { .. } => "inuse",
            Self::Maintenance { .. } => "maintenance",
            Self::SyncCache => "synccache",
        }
    }

    /// Whether the board waits for a reply.
    #[must_use]
    pub const fn waits(&self) -> bool {
        !matches!(self, Self::Alive { .. })
    }

    /// Whether the board stores it for later if there is no answer.
    #[must_use]
    pub const fn is_kept(&self) -> bool {
        matches!(self, Self::StartUse { .. } | Self::StopUse { .. } | Self::Maintenance { .. })
    }

    /// Whether it was stored while offline.
    #[must_use]
    pub const fn is_replay(&self) -> bool {
        match self {
            Self::StartUse { replay, .. } | Self::StopUse { replay, .. } | Self::Maintenance { replay, .. } => {
                *replay
            }
            _ => false,
        }
    }

    /// The same message as a replay; unchanged if boards do not store it.
    #[must_use]
    pub fn into_replay(mut self) -> Self {
        if let Self::StartUse { replay, .. } | Self::StopUse { replay, .. } | Self::Maintenance { replay, .. } =
            &mut self
        {
            *replay = true;
        }
        self
    }
}

/// The object in a message, after the checks that must come before it is parsed.
pub(crate) fn object(payload: &[u8]) -> Result<Map<String, Value>, Malformed> {
    if payload.len() > LARGEST {
        return Err(Malformed::TooLarge);
    }
    let text = std::str::from_utf8(payload).map_err(|_| Malformed::NotUtf8)?;
    if depth(text) > DEEPEST {
        return Err(Malformed::TooDeep);
    }
    match serde_json::from_str(text).map_err(|_| Malformed::NotJson)? {
        Value::Object(object) => Ok(object),
        _ => Err(Malformed::NotAnObject),
    }
}

/// Nesting of brackets outside of strings. The JSON parser checks that they match.
fn depth(text: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let (mut quoted, mut escaped) = (false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'{' | b'[' if !quoted => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// A required text.
pub(crate) fn text<'a>(object: &'a Map<String, Value>, field: &'static str) -> Result<&'a str, Malformed> {
    optional_text(object, field)?.ok_or(Malformed::MissingField(field))
}

/// An optional text, which must not have another type.
fn optional_text<'a>(object: &'a Map<String, Value>, field: &'static str) -> Result<Option<&'a str>, Malformed> {
    match object.get(field) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Malformed::WrongType(field)),
    }
}

/// The card.
pub(crate) fn uid(object: &Map<String, Value>) -> Result<CardUid, Malformed> {
    CardUid::from_board(text(object, "uid")?).ok_or(Malformed::BadUid)
}

/// Whole seconds of a use. Implausible ones are answered too, or the board would repeat its message forever: a negative
/// number is read as the largest.
fn reported_duration(object: &Map<String, Value>) -> Result<Duration, Malformed> {
    match object.get("duration") {
        Some(Value::Number(seconds)) if seconds.as_i64().is_some_and(i64::is_negative) => Ok(Duration::MAX),
        _ => duration(object),
    }
}

/// Whole seconds.
fn duration(object: &Map<String, Value>) -> Result<Duration, Malformed> {
    match object.get("duration") {
        None => Err(Malformed::MissingField("duration")),
        Some(Value::Number(seconds)) => seconds.as_u64().map(Duration::from_secs).ok_or(Malformed::BadDuration),
        Some(_) => Err(Malformed::WrongType("duration")),
    }
}

/// Whether it is a replay; plain messages have no such field.
fn replay(object: &Map<String, Value>) -> Result<bool, Malformed> {
    match object.get("replay") {
        None => Ok(false),
        Some(Value::Bool(replay)) => Ok(*replay),
        Some(_) => Err(Malformed::WrongType("replay")),
    }
}
