//! A board's firmware: its identity, time-outs, and cards it always admits.

use domain::{access::Level, boards::MachineNumber, cards::CardUid};
use fabomatic::reply::CheckMachineReply;
use std::time::Duration;

/// A board's time-outs. The defaults are the firmware's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timings {
    /// For an answer to a query.
    pub reply: Duration,
    /// After an unanswered query, before it does anything else.
    pub pause: Duration,
    /// After an unanswered query, before it reconnects. After a lost connection it reconnects at its next poll, or
    /// after this time.
    pub offline: Duration,
    /// From one `checkmachine` to the next, with `inuse`.
    pub poll: Duration,
    /// From one `alive` to the next.
    pub alive: Duration,
    /// From an answered `startuse`, or a refusal, to the following `checkmachine`.
    pub settle: Duration,
    /// How long a card is held to confirm maintenance.
    pub long_tap: Duration,
    /// How long a refusal stays on the display.
    pub refusal: Duration,
    /// The unit of the machine's auto-logoff and grace times.
    pub minute: Duration,
}

impl Default for Timings {
    fn default() -> Self {
        Self {
            reply: Duration::from_secs(2),
            pause: Duration::from_secs(2),
            offline: Duration::from_secs(45),
            poll: Duration::from_secs(30),
            alive: Duration::from_mins(2),
            settle: Duration::from_secs(1),
            long_tap: Duration::from_secs(10),
            refusal: Duration::from_secs(3),
            minute: Duration::from_mins(1),
        }
    }
}

/// A board's identity and compiled-in options.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Firmware {
    /// Build environment and revision, `<env>,<git>`.
    pub version: String,
    pub ip: String,
    /// 12 hexadecimal digits; old firmware sends none.
    pub serial: Option<String>,
    /// Free memory in bytes; old firmware does not send it.
    pub heap: Option<u64>,
    /// Newer firmware requests the cards to remember.
    pub syncs_cache: bool,
    /// Old firmware ignores commands.
    pub knows_requests: bool,
    /// Cards it admits while offline in any case.
    pub always: Vec<(CardUid, Level)>,
}

impl Firmware {
    /// The firmware of the simulated board of machine `number`, with a serial number of its own.
    #[must_use]
    pub fn simulated(number: MachineNumber) -> Self {
        Self {
            version: concat!("simulated,", env!("CARGO_PKG_VERSION")).into(),
            ip: "127.0.0.1".into(),
            serial: Some(format!("51{:010x}", number.0)),
            heap: Some(181_024),
            syncs_cache: false,
            knows_requests: true,
            always: Vec::new(),
        }
    }
}

/// A board's settings before it received any.
pub(crate) fn settings() -> CheckMachineReply {
    CheckMachineReply {
        request_ok: true,
        is_valid: true,
        maintenance: false,
        allowed: true,
        name: String::new(),
        logoff: 0,
        kind: 0,
        grace: 1,
        description: String::new(),
    }
}
