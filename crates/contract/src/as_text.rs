//! Days, machines, rooms and feeds in answers: text for programs, the value itself for pages.
//!
//! Invariant: programs only read them, so the text is written and never parsed.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt::Display;

/// Writes a value.
pub fn serialize<T: Display + Serialize, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    #[cfg(feature = "server")]
    if serializer.is_human_readable() {
        return serializer.collect_str(value);
    }
    value.serialize(serializer)
}

/// Reads a value of an answer to a page.
pub fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    T::deserialize(deserializer)
}

/// The same for values that may be absent.
pub mod optional {
    use super::{Deserialize, Deserializer, Display, Serialize, Serializer};

    /// Writes a value or null.
    pub fn serialize<T: Display + Serialize, S: Serializer>(
        value: &Option<T>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        #[cfg(feature = "server")]
        if serializer.is_human_readable() {
            return value.as_ref().map(ToString::to_string).serialize(serializer);
        }
        value.serialize(serializer)
    }

    /// Reads it.
    pub fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<T>, D::Error> {
        Option::deserialize(deserializer)
    }
}

#[cfg(all(test, feature = "server"))]
mod tests {
    use domain::{bookings::Resource, id::RoomId, time::Date};
    use macros::view;

    /// What a room has on a day.
    #[view]
    struct OnDay {
        /// A machine or room.
        resource: Resource,
        /// The day, if it is known.
        day: Option<Date>,
    }

    #[test]
    fn programs_get_text() {
        let on_day = |day| OnDay { resource: Resource::Room(RoomId(2)), day };
        let day = Date { year: 2027, month: 1, day: 15 };
        let sent = |view: &OnDay| serde_json::to_string(view).unwrap();
        assert_eq!(sent(&on_day(Some(day))), r#"{"resource":"room:2","day":"2027-01-15"}"#);
        assert_eq!(sent(&on_day(None)), r#"{"resource":"room:2","day":null}"#);
    }
}
