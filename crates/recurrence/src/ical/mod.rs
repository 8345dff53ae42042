//! Lines of calendar files (RFC 5545): single entries, whole series, and the time zones that they refer to.
//!
//! **Invariants.** No line is longer than 75 bytes. User input is text and cannot begin a line of its own. The same
//! input gives the same bytes. Not here: the fields of a whole calendar or of a message, and who may read it.

mod series;
#[cfg(test)]
mod tests;
mod zone;

pub use crate::format::instant;

use domain::time::Millis;

/// Bytes of a line, without its end.
const LINE: usize = 75;

/// The status of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Tentative,
    Confirmed,
    Cancelled,
}

impl Status {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Tentative => "TENTATIVE",
            Self::Confirmed => "CONFIRMED",
            Self::Cancelled => "CANCELLED",
        }
    }
}

/// An entry without its times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Details<'a> {
    /// Unique in the whole world.
    pub uid: &'a str,
    pub sequence: i64,
    /// When it was generated; in a whole calendar, when it last changed, so that equal entries give equal bytes.
    pub stamp: Millis,
    pub status: Status,
    pub summary: &'a str,
    pub description: Option<&'a str>,
    pub location: Option<&'a str>,
    /// Its page, if the site's address is known.
    pub url: Option<&'a str>,
}

/// Lines of a calendar object.
pub struct Lines(String);

impl Lines {
    /// The first lines of every calendar object.
    #[must_use]
    pub fn begun() -> Self {
        let mut lines = Self(String::new());
        for (key, value) in [("BEGIN", "VCALENDAR"), ("VERSION", "2.0"), ("PRODID", "-//Toolgate//Toolgate//EN")] {
            lines.add(key, value);
        }
        lines
    }

    /// The whole object.
    #[must_use]
    pub fn finish(mut self) -> String {
        self.add("END", "VCALENDAR");
        self.0
    }

    /// Writes an entry, for any kind of file; `times` writes when it takes place.
    pub fn event(&mut self, details: &Details<'_>, times: impl FnOnce(&mut Self)) {
        self.add("UID", &escaped(details.uid));
        self.add("SEQUENCE", &details.sequence.to_string());
        self.add("DTSTAMP", &instant(details.stamp));
        times(self);
        self.add("STATUS", details.status.as_str());
        self.add("SUMMARY", &escaped(details.summary));
        for (key, text) in [("DESCRIPTION", details.description), ("LOCATION", details.location)] {
            if let Some(text) = text {
                self.add(key, &escaped(text));
            }
        }
        if let Some(url) = details.url {
            self.add("URL", &one_line(url));
        }
    }

    /// Writes whether an entry takes time: a cancelled one does not, also in programs that ignore its status.
    pub fn transparency(&mut self, status: Status) {
        self.add("TRANSP", if status == Status::Cancelled { "TRANSPARENT" } else { "OPAQUE" });
    }

    /// Adds a line, in pieces of at most [`LINE`] bytes that begin with a blank.
    pub fn add(&mut self, key: &str, value: &str) {
        let mut length = 0;
        for letter in key.chars().chain([':']).chain(value.chars()) {
            if length + letter.len_utf8() > LINE {
                self.0.push_str("\r\n ");
                length = 1;
            }
            self.0.push(letter);
            length += letter.len_utf8();
        }
        self.0.push_str("\r\n");
    }
}

/// Escapes a text value.
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in one_line(text).chars() {
        if matches!(letter, '\\' | ';' | ',') {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}

/// Text without line ends and other control characters.
#[must_use]
pub fn one_line(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}
