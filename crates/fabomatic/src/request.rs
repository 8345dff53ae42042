//! Commands to boards.
//!
//! Invariant: a request is never answered on the wire; its effect is the `startuse` or `stopuse` that follows.

use crate::{Malformed, query};
use domain::cards::CardUid;
use serde_json::json;

/// A command to a board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// End the running use, then act as if this card had been tapped.
    Start {
        /// A card of the person in whose name it starts.
        uid: CardUid,
    },
    /// End the running use.
    Stop {
        /// A card of the person in whose name it stops.
        uid: CardUid,
    },
}

impl Request {
    /// The bytes on `machine/<n>/request`.
    #[must_use]
    pub fn encode(&self) -> String {
        let (kind, uid) = match self {
            Self::Start { uid } => ("start", uid),
            Self::Stop { uid } => ("stop", uid),
        };
        format!(r#"{{"request_type":{},"uid":{}}}"#, json!(kind), json!(uid.as_str()))
    }

    /// Parses a message on `machine/<n>/request`.
    pub fn parse(payload: &[u8]) -> Result<Self, Malformed> {
        let object = query::object(payload)?;
        let kind = query::text(&object, "request_type")?;
        match kind {
            "start" => Ok(Self::Start { uid: query::uid(&object)? }),
            "stop" => Ok(Self::Stop { uid: query::uid(&object)? }),
            _ => Err(Malformed::UnknownAction),
        }
    }
}
