//! How values of `domain` are read from a form and described. Not here: days and times (`times`), and the fields of webhooks
//! (`webhooks`) and of other connections (`connections`).

mod connections;
mod times;
mod webhooks;

use crate::{
    external_calendars::SecretAddress,
    form::{Context, Fault, Field, IdList, KeptIds, Link, whole},
    notice_settings::Tick,
    operation::Id,
    schema::{HasSchema, choice},
    slack::OfferToken,
};
use domain::{
    accounts::Email,
    actuators::{ActuatorState, Allowed, RuleKind, Why},
    announcements::{Audience, State, TEXT, Text, Title},
    bookings::{Cause, Resource},
    bounded::BoundedInteger,
    building_devices::{self, Dialect, Topic},
    deliveries::{self, Channel},
    documents::{DocumentKind, DocumentState, Gap},
    doors::{Answer, DoorState, Leaves, VisitEnding},
    draws::{self, Entrants, LeftOut},
    dues::{CommandKind, CommandState, DuesStatus, Processor, REFERENCE, Reference, Trouble},
    external_calendars::{Failure, Skipped},
    feeds::Feed,
    floor_plans::{Length, SIDES},
    groups::{LineFault, Role},
    holds::HoldReason,
    id::TypeId,
    identity_providers::{self, Admission, SecondFactorUse},
    leases::{Load, Tenths},
    meters::{Amount, Measure, Period, Unit},
    names::{Line, NAME, Name, Remark, TooLong},
    notices::{Kind, Urgency},
    places::Destination,
    rooms::{EQUIPMENT, EQUIPMENT_NAME, Equipment},
    series::{self, Weekday},
    settings::At,
    slack::{self, SlackTrouble},
    tokens::{Lifetime, Scope, Scopes},
    training_events::{Aim, CancelCause, DemandFilter, EventState, Outcome, PlaceState, RequestState},
    user_directory::{self, GroupSource},
    webhooks::PauseReason,
};
use serde_json::{Value, json};

/// A closed list that is only answered.
macro_rules! answered {
    ($($kind:ty),+ $(,)?) => {$(
        impl HasSchema for $kind {
            fn schema() -> Value {
                choice(<$kind>::ALL.iter().map(|one| one.as_str()))
            }
        }
    )+};
}

/// A closed list: the code of a member, or the fault of a form in which none was chosen.
macro_rules! choices {
    ($($kind:ty, $fault:ident);+ $(;)?) => {$(
        answered! { $kind }

        impl Field for $kind {
            fn read(text: &str, _: &Context) -> Result<Self, Fault> {
                Self::parse(text).ok_or(Fault::$fault)
            }

            fn read_json(value: &Value, _: &Context) -> Result<Self, Fault> {
                value.as_str().and_then(Self::parse).ok_or(Fault::Mismatch)
            }
        }
    )+};
}

choices! {
    HoldReason, HoldReason;
    Role, Choice;
    DocumentKind, Choice;
    Weekday, Choice;
    series::Scope, Choice;
    Entrants, Choice;
    Dialect, Choice;
    Load, Choice;
    Allowed, Choice;
    RuleKind, Choice;
    Leaves, Choice;
    Measure, Choice;
    Unit, Choice;
    Period, Choice;
    Aim, Choice;
    DemandFilter, Choice;
    Outcome, Choice;
    Lifetime, Choice;
    Admission, Choice;
    SecondFactorUse, Choice;
    DuesStatus, Choice;
    Processor, Choice;
    GroupSource, Choice;
    Scope, Scopes;
    Kind, Choice;
    // Only programs send it.
    State, Mismatch;
}

answered! { Answer, DoorState, VisitEnding, ActuatorState, Why, CommandKind, CommandState, Trouble, CancelCause, EventState, PlaceState, RequestState, domain::bookings::State, draws::State, Cause, Failure, LeftOut, LineFault, Skipped, Urgency, deliveries::Reason, deliveries::State, deliveries::Trouble, PauseReason, SlackTrouble, slack::Command, domain::help::HelpState, domain::connections::Counted, domain::connections::Kind, domain::connections::State, domain::connections::Trouble, DocumentState, Gap, identity_providers::Failure, user_directory::Trouble, user_directory::sync::Effect, user_directory::sync::Skip }

fn integer(value: &Value) -> Result<i64, Fault> {
    value.as_number().and_then(whole).and_then(|number| number.as_i64()).ok_or(Fault::Mismatch)
}

impl<T: Id> Field for T {
    fn read(text: &str, _: &Context) -> Result<Self, Fault> {
        Self::parse(text.trim()).ok_or(Fault::Choice)
    }

    fn read_json(value: &Value, context: &Context) -> Result<Self, Fault> {
        let number = integer(value)?;
        Self::read(&number.to_string(), context)
    }
}

impl<T: Id> HasSchema for IdList<T> {
    fn schema() -> Value {
        Vec::<T>::schema()
    }
}

impl<T: Id> Field for IdList<T> {
    fn read(text: &str, context: &Context) -> Result<Self, Fault> {
        Self::read_texts(&[text], context)
    }

    fn read_json(value: &Value, context: &Context) -> Result<Self, Fault> {
        Vec::read_json(value, context).map(Self)
    }

    fn read_texts(texts: &[&str], context: &Context) -> Result<Self, Fault> {
        let each = texts.iter().flat_map(|text| text.split(',')).filter(|text| !text.trim().is_empty());
        each.map(|text| T::read(text, context)).collect::<Result<_, _>>().map(Self)
    }

    fn absent() -> Option<Self> {
        Some(Self::default())
    }
}

impl<T: Id> HasSchema for KeptIds<T> {
    fn schema() -> Value {
        Vec::<T>::schema()
    }
}

impl<T: Id> Field for KeptIds<T> {
    fn read(text: &str, context: &Context) -> Result<Self, Fault> {
        Self::read_texts(&[text], context)
    }

    fn read_json(value: &Value, context: &Context) -> Result<Self, Fault> {
        IdList::read_json(value, context).map(|IdList(ids)| Self(Some(ids)))
    }

    // A page sends nothing for a list without a tick.
    fn read_texts(texts: &[&str], context: &Context) -> Result<Self, Fault> {
        IdList::read_texts(texts, context).map(|IdList(ids)| Self(Some(ids)))
    }

    fn absent() -> Option<Self> {
        Some(Self(None))
    }
}

impl<const LEAST: u16, const MOST: u16> HasSchema for BoundedInteger<LEAST, MOST> {
    fn schema() -> Value {
        json!({ "type": "integer", "format": "int32", "minimum": LEAST, "maximum": MOST })
    }
}

impl<const LEAST: u16, const MOST: u16> Field for BoundedInteger<LEAST, MOST> {
    fn read(text: &str, _: &Context) -> Result<Self, Fault> {
        Self::parse(text).ok_or(Fault::Number { least: LEAST, most: MOST })
    }

    fn read_json(value: &Value, _: &Context) -> Result<Self, Fault> {
        let number = integer(value)?;
        Self::new(number).ok_or(Fault::Number { least: LEAST, most: MOST })
    }
}

/// A checkbox: `yes`, or not sent at all.
impl Field for bool {
    fn read(text: &str, _: &Context) -> Result<Self, Fault> {
        Ok(text == "yes")
    }

    fn read_query(text: &str, _: &Context) -> Result<Self, Fault> {
        text.parse().map_err(|_| Fault::Mismatch)
    }

    fn read_json(value: &Value, _: &Context) -> Result<Self, Fault> {
        value.as_bool().ok_or(Fault::Mismatch)
    }

    fn absent() -> Option<Self> {
        Some(false)
    }
}

impl HasSchema for Reference {
    fn schema() -> Value {
        json!({ "type": "string", "maxLength": REFERENCE, "pattern": "^(cus_|CU)[A-Za-z0-9_]+$" })
    }
}

impl Field for Reference {
    fn read(text: &str, _: &Context) -> Result<Self, Fault> {
        Self::parse(text).ok_or(Fault::DuesReference)
    }
}

impl HasSchema for Destination {
    fn schema() -> Value {
        json!({ "type": ["integer", "null"] })
    }
}

impl Field for Destination {
    fn read(text: &str, _: &Context) -> Result<Self, Fault> {
        Self::parse(text).ok_or(Fault::Destination)
    }

    fn read_json(value: &Value, context: &Context) -> Result<Self, Fault> {
        Option::read_json(value, context).map(|place| place.map_or(Self::Nowhere, Self::Place))
    }

    fn absent() -> Option<Self> {
        Some(Self::Unspecified)
    }
}

impl HasSchema for Name {
    fn schema() -> Value {
        json!({ "type": "string", "minLength": NAME.start(), "maxLength": NAME.end() })
    }
}

impl Field for Name {
    const READS_BLANK: bool = true;

    fn read(text: &str, _: &Context) -> Result<Self, Fault> {
        Self::new(text).map_err(Fault::Name)
    }
}

impl HasSchema for Equipment {
    fn schema() -> Value {
        json!({
            "type": "array",
            "items": { "type": "string", "minLength": 1, "maxLength": EQUIPMENT_NAME },
            "maxItems": EQUIPMENT,
        })
    }
}

impl Field for Equipment {
    fn read(text: &str, context: &Context) -> Result<Self, Fault> {
        Self::read_texts(&[text], context)
    }

    fn read_json(value: &Value, context: &Context) -> Result<Self, Fault> {
        let names =
            value.as_array().ok_or(Fault::Mismatch)?.iter().map(|name| name.as_str().ok_or(Fault::Mismatch));
        Self::read_texts(&names.collect::<Result<Vec<_>, _>>()?, context)
    }

    fn read_texts(texts: &[&str], _: &Context) -> Result<Self, Fault> {
        Self::parse(texts.iter().copied()).map_err(Fault::Equipment)
    }

    fn absent() -> Option<Self> {
        Some(Self::default())
    }
}

impl HasSchema for Length {
    fn schema() -> Value {
        json!({ "type": "number", "minimum": 0, "maximum": SIDES.end() / 100 })
    }
}

/// Metres: typed with a point or a comma, and a number for programs.
impl Field for Length {
    fn read(text: &str, _: &Context) -> Result<Self, Fault> {
        Self::parse(text).ok_or(Fault::Metres)
    }

    fn read_json(value: &Value, context: &Context) -> Result<Self, Fault> {
        let number = value.as_number().ok_or(Fault::Mismatch)?;
        Self::read(&number.to_string(), context)
    }
}

impl HasSchema for Amount {
    fn schema() -> Value {
        json!({ "type": "number" })
    }
}

/// A decimal number: typed with a point or a comma, and a number for programs.
impl Field for Amount {
    fn read(text: &str, _: &Context) -> Result<Self, Fault> {
        Self::parse(text).ok_or(Fault::Decimal)
    }

    fn read_json(value: &Value, context: &Context) -> Result<Self, Fault> {
        let number = value.as_number().ok_or(Fault::Mismatch)?;
        Self::read(&number.to_string(), context)
    }
}

impl HasSchema for Tenths {
    fn schema() -> Value {
        json!({ "type": "integer", "format": "int32" })
    }
}

/// A temperature: people write degrees, programs send tenths of a degree.
impl Field for Tenths {
    fn read(text: &str, _: &Context) -> Result<Self, Fault> {
        Self::parse(text).ok_or(Fault::Degrees)
    }

    fn read_json(value: &Value, _: &Context) -> Result<Self, Fault> {
        let tenths = i32::try_from(integer(value)?).map_err(|_| Fault::Degrees)?;
        if Self::ASKED.contains(&tenths) { Ok(Self(tenths)) } else { Err(Fault::Degrees) }
    }
}

impl HasSchema for Topic {
    fn schema() -> Value {
        json!({ "type": "string", "minLength": 1, "maxLength": building_devices::TOPIC })
    }
}

impl Field for Topic {
    const READS_BLANK: bool = true;

    fn read(text: &str, _: &Context) -> Result<Self, Fault> {
        Self::parse(text).map_err(Fault::Topic)
    }
}

impl HasSchema for Email {
    fn schema() -> Value {
        json!({ "type": "string", "format": "email" })
    }
}

impl Field for Email {
    fn read(text: &str, _: &Context) -> Result<Self, Fault> {
        Self::new(text).ok_or(Fault::Email)
    }
}

impl<const MAX: usize> HasSchema for Line<MAX> {
    fn schema() -> Value {
        json!({ "type": "string", "maxLength": MAX })
    }
}

impl<const MAX: usize> Field for Line<MAX> {
    const READS_BLANK: bool = true;

    fn read(text: &str, _: &Context) -> Result<Self, Fault> {
        Self::new(text).map_err(|TooLong| Fault::RemarkTooLong(MAX))
    }

    fn absent() -> Option<Self> {
        Some(Self::default())
    }
}

impl Field for Resource {
    fn read(text: &str, _: &Context) -> Result<Self, Fault> {
        Self::parse(text).ok_or(Fault::Resource)
    }
}

impl HasSchema for OfferToken {
    fn schema() -> Value {
        String::schema()
    }
}

impl Field for OfferToken {
    fn read(text: &str, _: &Context) -> Result<Self, Fault> {
        Ok(Self(text.trim().to_owned()))
    }
}

impl HasSchema for Tick {
    fn schema() -> Value {
        String::schema()
    }
}

impl Field for Tick {
    fn read(text: &str, _: &Context) -> Result<Self, Fault> {
        let (channel, kind) = text.split_once(':').ok_or(Fault::Choice)?;
        let channel = Channel::parse(channel).filter(|channel| channel.has_switches());
        let kind = Kind::parse(kind);
        Ok(Self { channel: channel.ok_or(Fault::Choice)?, kind: kind.ok_or(Fault::Choice)? })
    }
}

impl HasSchema for Title {
    fn schema() -> Value {
        Name::schema()
    }
}

impl Field for Title {
    const READS_BLANK: bool = true;

    fn read(text: &str, _: &Context) -> Result<Self, Fault> {
        Self::new(text).map_err(Fault::Title)
    }
}

impl HasSchema for Text {
    fn schema() -> Value {
        json!({ "type": "string", "minLength": 1, "maxLength": TEXT })
    }
}

impl Field for Text {
    const READS_BLANK: bool = true;

    fn read(text: &str, _: &Context) -> Result<Self, Fault> {
        Self::new(text).map_err(Fault::Text)
    }
}

impl HasSchema for Audience {
    fn schema() -> Value {
        Option::<TypeId>::schema()
    }
}

impl Field for Audience {
    fn read(text: &str, _: &Context) -> Result<Self, Fault> {
        Self::parse(text).ok_or(Fault::Audience)
    }

    fn read_json(value: &Value, context: &Context) -> Result<Self, Fault> {
        TypeId::read_optional_json(value, context).map(Self::from)
    }

    fn absent() -> Option<Self> {
        Some(Self::Everybody)
    }
}

impl HasSchema for At {
    fn schema() -> Value {
        json!({ "type": "string", "pattern": "^(space|type:[0-9]+|machine:[0-9]+)$" })
    }
}

impl Field for At {
    fn read(text: &str, _: &Context) -> Result<Self, Fault> {
        Self::parse(text).ok_or(Fault::Choice)
    }
}

impl HasSchema for SecretAddress {
    fn schema() -> Value {
        json!({ "type": "string" })
    }
}

impl HasSchema for Link {
    fn schema() -> Value {
        json!({ "type": "string", "format": "uri-reference" })
    }
}

impl HasSchema for Scopes {
    fn schema() -> Value {
        json!({ "type": "array", "items": Scope::schema(), "minItems": 1 })
    }
}

impl Field for Scopes {
    fn read(text: &str, context: &Context) -> Result<Self, Fault> {
        Self::read_texts(&[text], context)
    }

    fn read_json(value: &Value, context: &Context) -> Result<Self, Fault> {
        Self::new(Vec::read_json(value, context)?).ok_or(Fault::Scopes)
    }

    fn read_texts(texts: &[&str], context: &Context) -> Result<Self, Fault> {
        Self::new(Vec::read_texts(texts, context)?).ok_or(Fault::Scopes)
    }
}

impl HasSchema for Feed {
    fn schema() -> Value {
        json!({
            "type": "string",
            "pattern": "^(mine|trainer:(me|[1-9][0-9]{0,17})|(machine|room):[1-9][0-9]{0,17})$",
        })
    }
}

impl Field for Feed {
    const READS_BLANK: bool = true;

    fn read(text: &str, context: &Context) -> Result<Self, Fault> {
        Self::parse(text, context.caller).ok_or(Fault::Feed)
    }
}

impl<const MAX: usize> HasSchema for Remark<MAX> {
    fn schema() -> Value {
        json!({ "type": "string", "maxLength": MAX })
    }
}

impl<const MAX: usize> Field for Remark<MAX> {
    fn read(text: &str, context: &Context) -> Result<Self, Fault> {
        Self::read_optional(text, context)?.ok_or(Fault::Blank)
    }

    fn read_optional(text: &str, _: &Context) -> Result<Option<Self>, Fault> {
        Self::new(text).map_err(|TooLong| Fault::RemarkTooLong(MAX))
    }

    fn read_optional_json(value: &Value, context: &Context) -> Result<Option<Self>, Fault> {
        match value {
            Value::Null => Ok(None),
            Value::String(text) => Self::read_optional(text, context),
            _ => Err(Fault::Mismatch),
        }
    }
}
