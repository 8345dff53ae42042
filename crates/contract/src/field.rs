//! How values of `domain` are read from a form and described.

use crate::{
    external_calendars::SecretAddress,
    form::{Context, Fault, Field, IdList, Link, Rfc3339, whole},
    notice_settings::Tick,
    operation::Id,
    schema::{HasSchema, choice},
};
use domain::{
    accounts::Email,
    announcements::{Audience, State, TEXT, Text, Title},
    bookings::{Cause, Resource},
    bounded::BoundedInteger,
    deliveries::{Channel, Hour},
    external_calendars::{ADDRESS, Failure, Skipped, address::Address},
    feeds::Feed,
    groups::Role,
    holds::{DayPast, HoldReason, LastDay},
    hours::TimeOfDay,
    id::TypeId,
    names::{Line, NAME, Name, Remark, TooLong},
    notices::{Kind, Urgency},
    places::Destination,
    time::{Date, Millis, NotADate},
    tokens::{Lifetime, Scope, Scopes},
    zone::from_rfc3339,
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
    Lifetime, Choice;
    Scope, Scopes;
    Kind, Choice;
    // Only programs send it.
    State, Mismatch;
}

answered! { Cause, Failure, Skipped, Urgency }

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

impl HasSchema for Address {
    fn schema() -> Value {
        json!({ "type": "string", "maxLength": ADDRESS })
    }
}

impl Field for Address {
    const READS_BLANK: bool = true;

    fn read(text: &str, _: &Context) -> Result<Self, Fault> {
        Self::parse(text).map_err(Fault::CalendarAddress)
    }
}

impl HasSchema for Hour {
    fn schema() -> Value {
        json!({ "type": "integer", "format": "int32", "minimum": 0, "maximum": 23 })
    }
}

impl Field for Hour {
    fn read(text: &str, _: &Context) -> Result<Self, Fault> {
        text.trim().parse().ok().and_then(Self::new).ok_or(Fault::Hour)
    }

    fn read_json(value: &Value, context: &Context) -> Result<Self, Fault> {
        let number = integer(value)?;
        Self::read(&number.to_string(), context)
    }
}

impl HasSchema for TimeOfDay {
    fn schema() -> Value {
        json!({ "type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$" })
    }
}

impl Field for TimeOfDay {
    fn read(text: &str, _: &Context) -> Result<Self, Fault> {
        Self::parse(text).ok_or(Fault::TimeOfDay)
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
        let (channel, kind) = (Channel::parse(channel), Kind::parse(kind));
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

/// A page sends what the clocks of the space show, or an instant in milliseconds or RFC 3339 to send it back; programs
/// send RFC 3339.
impl Field for Millis {
    fn read(text: &str, context: &Context) -> Result<Self, Fault> {
        let text = text.trim();
        let sent_back = Self::parse(text).or_else(|| from_rfc3339(text));
        sent_back.or_else(|| context.zone.parse_wall(text)).ok_or(Fault::DateAndTime)
    }

    fn read_json(value: &Value, context: &Context) -> Result<Self, Fault> {
        Rfc3339::read_json(value, context).map(|Rfc3339(at)| at)
    }
}

impl HasSchema for Rfc3339 {
    fn schema() -> Value {
        Millis::schema()
    }
}

impl Field for Rfc3339 {
    const READS_BLANK: bool = true;

    fn read(text: &str, _: &Context) -> Result<Self, Fault> {
        from_rfc3339(text).map(Self).ok_or(Fault::Instant)
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

impl HasSchema for LastDay {
    fn schema() -> Value {
        json!({ "type": "string", "format": "date" })
    }
}

impl Field for LastDay {
    fn read(text: &str, context: &Context) -> Result<Self, Fault> {
        let day = Date::parse(text).map_err(|why| match why {
            NotADate::Unreadable => Fault::LastDay,
            NotADate::InNoCalendar => Fault::NoSuchDay,
        });
        let day = day?.ok_or(Fault::LastDay)?;
        Self::new(day, context.today).map_err(|DayPast| Fault::DayPast)
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

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{id::MachineId, zone::Zone};

    fn context() -> Context {
        Context { today: Date::from_days(20_000), zone: Zone::UTC, language: "en", caller: None }
    }

    #[test]
    fn ids_are_read_from_several_fields_or_from_one() {
        let ids = |texts: &[&str]| IdList::<MachineId>::read_texts(texts, &context()).map(|IdList(ids)| ids);
        let both = Ok(vec![MachineId(3), MachineId(5)]);
        assert_eq!((ids(&["3", "5"]), ids(&["3, 5,"])), (both.clone(), both.clone()));
        assert_eq!((ids(&[]), ids(&["3", "saw"])), (Ok(Vec::new()), Err(Fault::Choice)));
        let json = |value| IdList::<MachineId>::read_json(&value, &context()).map(|IdList(ids)| ids);
        assert_eq!((json(json!([3, 5])), json(json!("3,5"))), (both, Err(Fault::Mismatch)));
    }

    #[test]
    fn number_out_of_bounds_is_a_fault_with_its_bounds() {
        type Seats = BoundedInteger<1, 40>;
        let fault = Fault::Number { least: 1, most: 40 };
        assert_eq!(Seats::read(" 7 ", &context()).map(BoundedInteger::get), Ok(7));
        assert_eq!((Seats::read("0", &context()), Seats::read("", &context())), (Err(fault), Err(fault)));
        let json = |value| Seats::read_json(&value, &context());
        assert_eq!((json(json!(41)), json(json!("7"))), (Err(fault), Err(Fault::Mismatch)));
    }

    #[test]
    fn instants_are_rfc_3339_for_programs_and_wall_clock_for_pages() {
        let exact = from_rfc3339("2026-11-20T14:05:00Z").unwrap_or(Millis(0));
        let page = |text: &str| Millis::read(text, &context());
        assert_eq!((page("2026-11-20T14:05"), page(&exact.0.to_string())), (Ok(exact), Ok(exact)));
        assert_eq!((page("2026-11-20T14:05:00Z"), page("-1")), (Ok(exact), Err(Fault::DateAndTime)));
        let program = |text: &str| Millis::read_json(&json!(text), &context());
        assert_eq!(
            (program("2026-11-20T14:05:00Z"), program("2026-11-20T14:05")),
            (Ok(exact), Err(Fault::Instant))
        );
    }
}
