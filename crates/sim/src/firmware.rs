//! What is compiled into a board: who it says it is, how long it waits, whom it always admits.

use domain::{access::Level, boards::MachineNumber, cards::CardUid};
use fabomatic::reply::CheckMachineReply;
use std::time::Duration;

/// How long a board waits for what. The defaults are the firmware's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timings {
    /// For the answer to a question.
    pub reply: Duration,
    /// After a question nobody answered, before it does anything else.
    pub pause: Duration,
    /// After a question nobody answered, before it tries again. After a lost connection it does when it next polls, or so long
    /// after.
    pub offline: Duration,
    /// From one `checkmachine` to the next; `inuse` goes with it.
    pub poll: Duration,
    /// From one `alive` to the next.
    pub alive: Duration,
    /// From an answered `startuse`, or a refusal, to the `checkmachine` that follows it.
    pub settle: Duration,
    /// How long a card is held to say that the maintenance is done.
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

/// What a board says of itself, and what is compiled into it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Firmware {
    /// Build environment and revision, `<env>,<git>`.
    pub version: String,
    pub ip: String,
    /// 12 hexadecimal digits; old firmware sends none.
    pub serial: Option<String>,
    /// Free memory in bytes; old firmware does not tell.
    pub heap: Option<u64>,
    /// Newer firmware asks for the cards it shall remember.
    pub syncs_cache: bool,
    /// Old firmware passes over what it is asked to do from afar.
    pub knows_requests: bool,
    /// Cards it admits without a connection, whatever happens.
    pub always: Vec<(CardUid, Level)>,
}

impl Firmware {
    /// That of a simulated board at machine `number`, told from every other by its serial number.
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

/// The settings a board has before anybody told it others.
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
