//! Forms: fields that parse themselves, from a page's form and from JSON alike.
//!
//! Invariant: a form is read only with the [`Proof`] that its sender may do what it asks for, and then all its faults
//! are reported, each by its field. Not here: sentences, which are in `text`.

#[cfg(feature = "server")]
pub use reading::{Context, Field, Fields, Form, Reader, whole};

use domain::{
    announcements::{InvalidPeriod, InvalidText},
    building_devices::InvalidTopic,
    draws,
    identity_providers::{InvalidIssuer, InvalidTokens},
    leases::Tenths,
    names::Unnamed,
    notices::Kind,
    outgoing::InvalidAddress,
    rooms::InvalidEquipment,
    time::Millis,
    training_events::InvalidTerms,
    user_directory::InvalidSetting,
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Why a field is invalid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// A program left out a required field.
    Missing,
    /// A program sent a field that does not exist.
    Unknown,
    /// A program sent a parameter more than once.
    Twice,
    /// A program sent something that does not match the description.
    Mismatch,
    /// No name: empty, too long, or with control characters.
    Name(Unnamed),
    /// None of the things to choose from.
    Choice,
    /// No whole number within these bounds.
    Number {
        least: u16,
        most: u16,
    },
    /// Another place has the name.
    PlaceTaken,
    /// Another room has the name.
    RoomTaken,
    /// Another floor plan has the name.
    PlanTaken,
    /// No length in metres.
    Metres,
    /// No side of a floor plan.
    PlanSide,
    /// It is not within the floor plan, or too small.
    OffPlan,
    /// Another group has the name.
    GroupTaken,
    /// No e-mail address.
    Email,
    /// Nobody in the space has this address.
    Nobody,
    /// They are a member of the group already.
    MemberAlready,
    /// A machine of a room does not exist.
    Machines,
    /// No list of equipment.
    Equipment(InvalidEquipment),
    /// The machines of an archived place have no destination.
    Destination,
    /// Neither a machine nor a room.
    Resource,
    /// No date and time.
    DateAndTime,
    /// A program sent no instant in RFC 3339.
    Instant,
    /// The end is not after the start.
    Order,
    /// It is over already.
    Over,
    /// It ends more than this many months ahead.
    TooFar(u32),
    HoldReason,
    /// No content of a feed.
    Feed,
    /// No scope is chosen.
    Scopes,
    LastDay,
    /// No day.
    Day,
    NoSuchDay,
    /// Only a change of one date can move it to another day.
    OneDateOnly,
    DayPast,
    /// A required text was left blank.
    Blank,
    /// More characters than this.
    RemarkTooLong(usize),
    /// No address of a calendar that may be read.
    CalendarAddress(InvalidAddress),
    /// Not the address of a push service.
    PushService,
    /// No key of a browser.
    PushKey,
    /// No issuer of an identity provider.
    Issuer(InvalidIssuer),
    /// Accounts are linked to the issuer, so it cannot change.
    IssuerLinked,
    /// There is a provider with this issuer and client id.
    ProviderTaken,
    /// No client secret.
    ClientSecret,
    /// The stored client secret is for another issuer or client id.
    ClientSecretAgain,
    /// No list of scopes or values.
    Tokens(InvalidTokens),
    /// A second factor is to count, but by no value.
    NoFactorValues,
    /// No number with up to three decimals.
    Decimal,
    /// No temperature that can be asked for.
    Degrees,
    /// Above the highest temperature of an actuator.
    AboveLimit,
    /// Above this temperature, the device cuts itself off.
    AboveCutOff(Tenths),
    /// The actuator has a rule that follows the same with the same minutes.
    RuleTaken,
    /// A device without a hard limit of its own does not heat.
    NoHardLimit,
    /// Another actuator has this output of the device.
    OutputTaken,
    /// A reference device has one output.
    OneOutput,
    /// No topic of a device.
    Topic(InvalidTopic),
    /// Another protocol uses this topic.
    TopicReserved,
    /// Another device has this topic, or one above or below it.
    TopicTaken,
    /// The dialect has no place for such a value, so a path is needed.
    NoPath,
    /// The unit does not fit what is measured.
    Unit,
    /// The upper limit is below the lower one.
    Limits,
    /// No title of an announcement.
    Title(Unnamed),
    /// No text of an announcement.
    Text(InvalidText),
    /// Neither everybody nor a type that people can be qualified on.
    Audience,
    Period(InvalidPeriod),
    /// No full hour of the day.
    Hour,
    /// No time of the day.
    TimeOfDay,
    /// Quiet hours that only begin, or only end, or last no time at all.
    QuietHours,
    /// A field of a draw or of a wish in it.
    Draw(draws::Fault),
    /// The terms of a training event.
    Event(InvalidTerms),
    /// The clocks jump over that time.
    NoSuchHour,
    /// No reference of a known payment processor.
    DuesReference,
    /// Another person has the reference.
    DuesReferenceTaken,
    /// More days of more time than this.
    MoreTime(u16),
    /// No bot token of Slack.
    SlackToken,
    /// No signing secret of Slack.
    SlackSecret,
    /// No name of a channel in Slack.
    SlackChannel,
    /// The signer did not tick that they agree.
    NotAgreed,
    /// A setting of the user directory.
    Directory(InvalidSetting),
    /// No group or qualification that a rule can give.
    RuleTarget,
    /// A kind of notice that cannot be switched off.
    Locked(Kind),
    /// No address that requests may be sent to.
    EndpointAddress(InvalidAddress),
    /// No event is chosen, or one that is about a person.
    Events,
}

impl Fault {
    /// Whether the request does not match the description, so that no person's input can cause it.
    #[must_use]
    pub const fn is_of_the_request(self) -> bool {
        matches!(self, Self::Missing | Self::Unknown | Self::Twice | Self::Mismatch)
    }
}

/// All faults of a form by field, in the order of its fields.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Faults(pub Vec<(String, Fault)>);

impl Faults {
    /// A single fault, which a service finds.
    #[must_use]
    pub fn one(field: &str, fault: Fault) -> Self {
        Self(vec![(field.to_owned(), fault)])
    }

    /// Whether the request does not match the description.
    #[must_use]
    pub fn are_of_the_request(&self) -> bool {
        self.0.iter().any(|(_, fault)| fault.is_of_the_request())
    }

    pub fn iter(&self) -> std::slice::Iter<'_, (String, Fault)> {
        self.0.iter()
    }
}

impl<'a> IntoIterator for &'a Faults {
    type Item = &'a (String, Fault);
    type IntoIter = std::slice::Iter<'a, (String, Fault)>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// A link that grants access, shown once; its debug output hides it. It is a path on this site, before which pages and programs are
/// given the site's address as they used it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Link(pub String);

/// Chosen ids. A page sends each in a field of its own, or all of them in one: `3,5`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdList<T>(pub Vec<T>);

impl<T> Default for IdList<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

/// A list of ids that replaces the present one; `None` if a program leaves it out, and then the present one stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptIds<T>(pub Option<Vec<T>>);

/// An instant in RFC 3339, as only programs send it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rfc3339(pub Millis);

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Link")
    }
}

#[cfg(feature = "server")]
mod reading;
