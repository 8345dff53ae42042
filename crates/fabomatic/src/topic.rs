//! Topics of machines.
//!
//! Invariant: a machine has exactly one topic, its number in decimal and nothing else, because the board listens for
//! answers below the very topic it sends on. Not here: access to topics, which the broker controls.

use crate::{Malformed, PACKET, PAYLOAD};
use domain::boards::MachineNumber;

/// The names of the board topics: `machine/<n>`, `machine/<n>/reply`, `machine/<n>/request` by default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topics {
    prefix: String,
    reply: String,
    request: String,
}

/// The purpose of a board's topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BoardTopic {
    /// The board publishes.
    Query(MachineNumber),
    /// It receives answers.
    Reply(MachineNumber),
    /// It receives commands.
    Request(MachineNumber),
}

/// The settings do not make topics that boards can use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadTopics {
    /// Empty, or with a wildcard, a blank or a control character.
    #[error("the topic part {0:?} must be one or more letters, digits, or any of - _ . /")]
    Characters(String),
    /// `/reply` and not `reply`.
    #[error("the suffix {0:?} must begin with a slash and have something behind it")]
    Suffix(String),
    /// A reply could be mistaken for a request.
    #[error("the suffixes of reply and request must differ")]
    Same,
    /// A reply of the size boards need would not fit into their largest packet.
    #[error("prefix and reply suffix together are {0} characters; boards leave room for {LONGEST}")]
    TooLong(usize),
}

/// Maximum characters of prefix and reply suffix: a packet without its header (5), the slash and the largest number (6)
/// and the payload.
const LONGEST: usize = PACKET - PAYLOAD - 5 - 6;

impl Default for Topics {
    fn default() -> Self {
        Self { prefix: "machine".into(), reply: "/reply".into(), request: "/request".into() }
    }
}

impl Topics {
    /// Topics under `prefix`, with the suffixes of the topics boards subscribe to. A prefix may have several levels.
    pub fn new(prefix: &str, reply: &str, request: &str) -> Result<Self, BadTopics> {
        for part in [prefix, reply, request] {
            let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
            if part.is_empty() || !part.chars().all(plain) {
                return Err(BadTopics::Characters(part.into()));
            }
        }
        for suffix in [reply, request] {
            if !suffix.starts_with('/') || suffix.len() == 1 {
                return Err(BadTopics::Suffix(suffix.into()));
            }
        }
        if reply == request {
            return Err(BadTopics::Same);
        }
        if prefix.len() + reply.len() > LONGEST {
            return Err(BadTopics::TooLong(prefix.len() + reply.len()));
        }
        Ok(Self { prefix: prefix.into(), reply: reply.into(), request: request.into() })
    }

    /// The beginning of all topics of boards.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The topic on which the board of machine `number` publishes.
    #[must_use]
    pub fn query(&self, number: MachineNumber) -> String {
        format!("{}/{number}", self.prefix)
    }

    /// The filter that matches every board's [`query`](Self::query) topic, and no other topic of a board.
    #[must_use]
    pub fn queries(&self) -> String {
        format!("{}/+", self.prefix)
    }

    /// The topic of its answers.
    #[must_use]
    pub fn reply(&self, number: MachineNumber) -> String {
        format!("{}/{number}{}", self.prefix, self.reply)
    }

    /// The topic of its commands.
    #[must_use]
    pub fn request(&self, number: MachineNumber) -> String {
        format!("{}/{number}{}", self.prefix, self.request)
    }

    /// The machine of a query topic.
    pub fn number(&self, topic: &str) -> Result<MachineNumber, Malformed> {
        topic
            .strip_prefix(&self.prefix)
            .and_then(|rest| rest.strip_prefix('/'))
            .and_then(number)
            .ok_or(Malformed::MachineNumber)
    }

    /// The purpose of a topic; `None` if it is not a board's. A filter with a wildcard is not.
    #[must_use]
    pub fn read(&self, topic: &str) -> Option<BoardTopic> {
        let below = topic.strip_prefix(&self.prefix)?.strip_prefix('/')?;
        let digits = below.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, suffix) = below.split_at(digits);
        let number = number(digits)?;
        match suffix {
            "" => Some(BoardTopic::Query(number)),
            _ if suffix == self.reply => Some(BoardTopic::Reply(number)),
            _ if suffix == self.request => Some(BoardTopic::Request(number)),
            _ => None,
        }
    }
}

/// Parses a number as boards write it. Not `str::parse` alone, which accepts `+7` and `007`: those would be second
/// names of a machine whose board listens elsewhere.
fn number(digits: &str) -> Option<MachineNumber> {
    let plain = digits.bytes().all(|digit| digit.is_ascii_digit()) && (digits == "0" || !digits.starts_with('0'));
    digits.parse().ok().filter(|_| plain).map(MachineNumber)
}
