//! How values of `domain` are read from a form and described.

use crate::{
    form::{Context, Fault, Field},
    schema::{HasSchema, choice},
};
use domain::{
    holds::{DayPast, HoldReason, LastDay},
    names::{Remark, TooLong},
    time::{Date, NotADate},
};
use serde_json::{Value, json};

/// A closed list: the code of a member, or the fault of a form in which none was chosen.
macro_rules! choices {
    ($($kind:ty, $fault:ident);+ $(;)?) => {$(
        impl HasSchema for $kind {
            fn schema() -> Value {
                choice(<$kind>::ALL.iter().map(|one| one.as_str()))
            }
        }

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
        Self::read_optional(text, context)?.ok_or(Fault::Mismatch)
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
