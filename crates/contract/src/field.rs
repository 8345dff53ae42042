//! How values of `domain` are read from a form and described.

use crate::{
    form::{Context, Fault, Field, Link},
    operation::Id,
    schema::{HasSchema, choice},
};
use domain::{
    feeds::Feed,
    holds::{DayPast, HoldReason, LastDay},
    names::{NAME, Name, Remark, TooLong},
    time::{Date, NotADate},
    tokens::{Lifetime, Scope, Scopes},
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
    Lifetime, Choice;
    Scope, Scopes;
}

impl<T: Id> Field for T {
    fn read(text: &str, _: &Context) -> Result<Self, Fault> {
        Self::parse(text.trim()).ok_or(Fault::Choice)
    }

    fn read_json(value: &Value, context: &Context) -> Result<Self, Fault> {
        let number = value.as_i64().ok_or(Fault::Mismatch)?;
        Self::read(&number.to_string(), context)
    }
}

/// A checkbox: `yes`, or not sent at all.
impl Field for bool {
    fn read(text: &str, _: &Context) -> Result<Self, Fault> {
        Ok(text == "yes")
    }

    fn read_json(value: &Value, _: &Context) -> Result<Self, Fault> {
        value.as_bool().ok_or(Fault::Mismatch)
    }

    fn absent() -> Option<Self> {
        Some(false)
    }
}

impl HasSchema for Name {
    fn schema() -> Value {
        json!({ "type": "string", "minLength": NAME.start(), "maxLength": NAME.end() })
    }
}

impl Field for Name {
    fn read(text: &str, _: &Context) -> Result<Self, Fault> {
        Self::new(text).map_err(Fault::Name)
    }

    fn read_json(value: &Value, context: &Context) -> Result<Self, Fault> {
        Self::read(value.as_str().ok_or(Fault::Mismatch)?, context)
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
    fn read(text: &str, context: &Context) -> Result<Self, Fault> {
        Self::parse(text, context.caller).ok_or(Fault::Feed)
    }

    fn read_json(value: &Value, context: &Context) -> Result<Self, Fault> {
        Self::read(value.as_str().ok_or(Fault::Mismatch)?, context)
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
