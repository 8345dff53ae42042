use domain::{
    accounts::Purpose,
    actor::Rank,
    id::SessionId,
    meters::Amount,
    people::PersonStatus,
    time::{Date, Moment},
};
use serde::{Deserialize, Serialize};

/// A person's own account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a line of its own on the page")]
pub struct Account {
    /// Their picture, if any.
    pub picture: Option<i64>,
    pub name: String,
    /// E-mail address, if known.
    pub email: Option<String>,
    /// Signed-in devices, latest use first.
    pub sessions: Vec<SessionView>,
    pub second_factor: SecondFactor,
    /// When the password was set; `None` if there is none.
    pub password_set: Option<Moment>,
    /// Nobody chooses a password here.
    pub passwords_off: bool,
    pub passkeys: u32,
    pub status: PersonStatus,
    /// Their rank, with all roles active.
    pub rank: Rank,
    /// Their roles are inactive until they confirm a second factor.
    pub asleep: bool,
    /// Documents that they have to sign or hand in.
    pub to_sign: u32,
    /// They have dues at a payment processor.
    pub has_dues: bool,
    /// The space is connected to Slack, so that they can link their account there.
    pub has_slack: bool,
    /// People sign in with a directory here, so that they can link their account of it.
    pub has_directory: bool,
    /// Milliseconds on machines in each of the last [`WEEKS`](domain::people::hours::WEEKS), by its Monday.
    pub hours: Vec<(Date, i64)>,
    /// Milliseconds on machines in this month.
    pub month: i64,
    /// The energy of these uses in kilowatt-hours; `None` if no plug measured any.
    pub energy: Option<Amount>,
}

/// A session on a device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionView {
    pub id: SessionId,
    /// "Firefox on Linux"; empty if unknown.
    pub device: String,
    pub created: Moment,
    /// Last use, to the hour.
    pub seen: Moment,
    /// The reader's own session.
    pub here: bool,
}

/// State of a person's second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SecondFactor {
    /// None, and none is required.
    Off,
    On {
        since: Moment,
        codes_left: u8,
    },
    /// None yet, but their role requires one.
    Required,
}

/// What a link shows before it is used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkView {
    pub purpose: Purpose,
    /// The person's name; `None` for the first administrator, who does not exist yet. For a screen: where it hangs.
    pub name: Option<String>,
    /// Their e-mail address.
    pub email: Option<String>,
    /// People choose passwords here; without, the link signs them in to add a passkey.
    pub passwords: bool,
}

/// The data to set up an authenticator, shown once to its owner.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TotpOffer {
    /// The secret in base32, in groups of four.
    pub secret: String,
    /// The same as `otpauth://totp/…`.
    pub uri: String,
    /// The same as a QR code in SVG.
    pub qr: String,
}

impl std::fmt::Debug for TotpOffer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TotpOffer(…)")
    }
}

/// Where mails caught in the demo are read.
pub const CAUGHT: &str = "/demo/mail";

/// How a link is delivered.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Delivery {
    Mailed,
    /// Caught in the demo: see [`CAUGHT`].
    Caught,
    /// By hand, by the person who requested it.
    ByHand {
        /// The link; only a path if the site's address is not set.
        link: String,
    },
}

impl std::fmt::Debug for Delivery {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Mailed => "Mailed",
            Self::Caught => "Caught",
            Self::ByHand { .. } => "ByHand(…)",
        })
    }
}
