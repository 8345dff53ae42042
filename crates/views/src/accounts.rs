use domain::{
    accounts::Purpose,
    actor::Rank,
    id::SessionId,
    people::PersonStatus,
    time::{Date, Moment},
};
use serde::{Deserialize, Serialize};

/// What somebody sees of their own account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Their picture, if any.
    pub picture: Option<i64>,
    pub name: String,
    /// Their address, if one is known.
    pub email: Option<String>,
    /// Where they are signed in, the newest use first.
    pub sessions: Vec<SessionView>,
    pub second_factor: SecondFactor,
    /// When the password was chosen; `None`: there is none.
    pub password_set: Option<Moment>,
    pub status: PersonStatus,
    /// What they are in the workshop, once their roles are awake.
    pub rank: Rank,
    /// The roles sleep until a second factor is shown.
    pub asleep: bool,
    /// Milliseconds on machines in each of the last [`WEEKS`](domain::people::hours::WEEKS), by its Monday.
    pub hours: Vec<(Date, i64)>,
}

/// One time that somebody signed in on a device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionView {
    pub id: SessionId,
    /// "Firefox on Linux"; empty when the device did not say.
    pub device: String,
    pub created: Moment,
    /// Last used, to the hour.
    pub seen: Moment,
    /// It is the one that asks.
    pub here: bool,
}

/// Where somebody stands with their second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SecondFactor {
    /// None, and none is asked for.
    Off,
    On {
        since: Moment,
        codes_left: u8,
    },
    /// None yet; their role asks for one.
    Required,
}

/// What a link says before it is followed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkView {
    pub purpose: Purpose,
    /// Whom it is for; `None` for the first administrator, who is nobody yet. Of a screen: where it hangs.
    pub name: Option<String>,
    /// The address they sign in with.
    pub email: Option<String>,
}

/// What an authenticator is set up with. Shown once, to the person it is for.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TotpOffer {
    /// The secret in base32, in groups of four.
    pub secret: String,
    /// The same for programs: `otpauth://totp/…`.
    pub uri: String,
    /// The same for a camera: an SVG.
    pub qr: String,
}

impl std::fmt::Debug for TotpOffer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TotpOffer(…)")
    }
}

/// Where caught mails are read, on the computer that caught them.
pub const CAUGHT: &str = "/demo/mail";

/// How a link reached the person it is for.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Delivery {
    Mailed,
    /// It stayed on this computer, where mails are caught: see [`CAUGHT`].
    Caught,
    /// Not yet: whoever asked for it hands it over.
    ByHand {
        /// The link; a path where nobody has said under which address this site is reached.
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
