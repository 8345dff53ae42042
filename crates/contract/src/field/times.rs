//! How days, times of the day, times of the week and instants are read from a form and described.
//!
//! Not here: all other values (`field`).

use super::integer;
use crate::{
    draws::WeekTime,
    form::{Context, Fault, Field, Rfc3339},
    schema::HasSchema,
};
use domain::{
    deliveries::Hour,
    draws::{self, WEEK, Weekdays},
    holds::{DayPast, LastDay},
    hours::TimeOfDay,
    series::Choice,
    time::{Date, Millis, NotADate},
    training_events::DayWindow,
    zone::from_rfc3339,
};
use serde_json::{Value, json};

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

impl HasSchema for DayWindow {
    fn schema() -> Value {
        let time = "([01][0-9]|2[0-3]):[0-5][0-9]";
        json!({ "type": "string", "pattern": format!("^{time}[–-]{time}$") })
    }
}

impl Field for DayWindow {
    fn read(text: &str, _: &Context) -> Result<Self, Fault> {
        Self::parse(text).map_err(|_| Fault::Choice)
    }
}

impl Field for Date {
    fn read(text: &str, _: &Context) -> Result<Self, Fault> {
        let day = Self::parse(text).map_err(|why| match why {
            NotADate::Unreadable => Fault::Day,
            NotADate::InNoCalendar => Fault::NoSuchDay,
        });
        day?.ok_or(Fault::Day)
    }
}

impl HasSchema for Choice {
    fn schema() -> Value {
        let day = "[0-9]{4}-[0-9]{2}-[0-9]{2}";
        let instead =
            format!("(machine|room):[1-9][0-9]{{0,17}} {day} [0-9]{{2}}:[0-9]{{2}}-[0-9]{{2}}:[0-9]{{2}}");
        json!({ "type": "string", "pattern": format!("^{day} (skip|{instead})$") })
    }
}

impl Field for Choice {
    fn read(text: &str, _: &Context) -> Result<Self, Fault> {
        Self::parse(text).ok_or(Fault::Choice)
    }
}

impl HasSchema for Weekdays {
    fn schema() -> Value {
        json!({ "type": "array", "items": { "type": "integer", "format": "int32", "minimum": 0, "maximum": 6 } })
    }
}

impl Field for Weekdays {
    fn read(text: &str, context: &Context) -> Result<Self, Fault> {
        Self::read_texts(&[text], context)
    }

    fn read_json(value: &Value, _: &Context) -> Result<Self, Fault> {
        let days = value.as_array().ok_or(Fault::Mismatch)?;
        let day = |day| u8::try_from(integer(day)?).ok().filter(|day| *day < 7).ok_or(Fault::Choice);
        days.iter().map(day).collect()
    }

    fn read_texts(texts: &[&str], _: &Context) -> Result<Self, Fault> {
        let days = texts.iter().map(|text| text.trim()).filter(|text| !text.is_empty());
        days.map(|day| day.parse().ok().filter(|day| *day < 7).ok_or(Fault::Choice)).collect()
    }

    fn absent() -> Option<Self> {
        Some(Self::ALL)
    }
}

impl HasSchema for WeekTime {
    fn schema() -> Value {
        json!({ "type": "integer", "format": "int32", "minimum": 0, "maximum": WEEK })
    }
}

impl Field for WeekTime {
    fn read(text: &str, context: &Context) -> Result<Self, Fault> {
        TimeOfDay::read(text, context).map(|time| Self::Clock(time.minute()))
    }

    fn read_json(value: &Value, _: &Context) -> Result<Self, Fault> {
        let second = u32::try_from(integer(value)?).ok();
        second.map(Self::Second).ok_or(Fault::Draw(draws::Fault::OutsideWeek))
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
