//! What the space publishes about itself, for directories of spaces and other sites: contact, website, logo, address, position.
//!
//! **Invariant.** Nothing is published that a manager has not entered, and each value is valid where others read it. Not here: the
//! formats in which they read it, and whether the space shows its status at all (`settings.public_status`).

use crate::accounts;
use std::fmt;

/// Characters of a web address, at most.
const ADDRESS: usize = 300;
/// Position is precise to this fraction of a degree, which is about a metre.
const PER_DEGREE: f64 = 100_000.0;

/// The profile; empty texts are not published.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SpaceProfile {
    /// The e-mail address for questions. Directories of spaces require one.
    pub contact: String,
    pub website: String,
    pub logo: String,
    /// The postal address.
    pub address: String,
    pub position: Option<Position>,
    /// Whether the number of people inside is published.
    pub counts_people: bool,
}

/// A place on earth, in hundred-thousandths of a degree; written `45.43842, 10.99171`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    lat: i32,
    lon: i32,
}

impl Position {
    /// Reads latitude and longitude in degrees: `45.43842, 10.99171`, also with decimal commas. `None` beyond the poles or 180°.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        // A comma alone parts the two only if it is not in one of them.
        let by_comma = || text.split_once(',').filter(|(_, lon)| !lon.contains(','));
        let parts = text.split_once(';').or_else(|| text.split_once(char::is_whitespace));
        let (lat, lon) = parts.or_else(by_comma)?;
        let lat = lat.trim().trim_end_matches(',');
        Some(Self { lat: degrees(lat, 90.0)?, lon: degrees(lon.trim(), 180.0)? })
    }

    /// Latitude in degrees, north is positive.
    #[must_use]
    pub fn lat(self) -> f64 {
        f64::from(self.lat) / PER_DEGREE
    }

    /// Longitude in degrees, east is positive.
    #[must_use]
    pub fn lon(self) -> f64 {
        f64::from(self.lon) / PER_DEGREE
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", self.lat(), self.lon())
    }
}

#[expect(clippy::cast_possible_truncation, reason = "at most 18,000,000")]
fn degrees(text: &str, most: f64) -> Option<i32> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    // No exponents, no `inf`.
    if !digits.starts_with(|first: char| first.is_ascii_digit())
        || !digits.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b','))
    {
        return None;
    }
    let number: f64 = text.replace(',', ".").parse().ok()?;
    (number.abs() <= most).then(|| (number * PER_DEGREE).round() as i32)
}

/// A valid e-mail address, or an empty text.
#[must_use]
pub fn contact(input: &str) -> Option<String> {
    let input = input.trim();
    if input.is_empty() { Some(String::new()) } else { accounts::email(input) }
}

/// An address of a web page or picture that browsers can open, or an empty text.
#[must_use]
pub fn web_address(input: &str) -> Option<String> {
    let input = input.trim();
    if input.is_empty() {
        return Some(String::new());
    }
    // Read by hand: the settings page runs this in the browser, where the parser of `url` would weigh as much as the page.
    let (scheme, rest) = input.split_once("://")?;
    let is_web = ["http", "https"].iter().any(|web| scheme.eq_ignore_ascii_case(web));
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let (host, port) = authority.rsplit_once(':').unwrap_or((authority, "80"));
    let is_host = host.starts_with(char::is_alphanumeric)
        && host.chars().all(|one| one.is_alphanumeric() || matches!(one, '.' | '-' | '_'));
    let is_port = port.bytes().all(|digit| digit.is_ascii_digit()) && port.parse::<u16>().is_ok();
    let is_path = path.chars().all(|one| !one.is_whitespace() && !one.is_control() && one != '\\');
    let slash = if path.starts_with('/') { "" } else { "/" };
    let text = format!("{}://{authority}{slash}{path}", scheme.to_ascii_lowercase());
    (is_web && is_host && is_port && is_path && text.len() <= ADDRESS).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn position_is_read_as_maps_and_people_write_it() {
        for (text, expected) in [
            ("45.43842, 10.99171", "45.43842, 10.99171"),
            ("45.4384214,10.9917061", "45.43842, 10.99171"),
            (" 45,43842 10,99171 ", "45.43842, 10.99171"),
            ("45,43842; 10,99171", "45.43842, 10.99171"),
            ("-33.9,  18", "-33.9, 18"),
            ("90, -180", "90, -180"),
            ("0, 0", "0, 0"),
        ] {
            assert_eq!(Position::parse(text).map(|found| found.to_string()).as_deref(), Some(expected), "{text}");
        }
        for wrong in [
            "", "45", "45.4", "90.1, 0", "0, 180.5", "a, b", "1e1, 2", "inf, 0", "45, ", "NaN, 1", "1 2 3",
            ".5, 1", "45,43,10",
        ] {
            assert_eq!(Position::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn only_addresses_that_browsers_open_are_taken() {
        for (text, expected) in [
            ("", Some("")),
            ("  ", Some("")),
            ("https://lab.example", Some("https://lab.example/")),
            ("http://lab.example:8080/logo.png?v=2", Some("http://lab.example:8080/logo.png?v=2")),
            ("lab.example", None),
            ("/logo.png", None),
            ("javascript:alert(1)", None),
            ("data:image/png;base64,AA", None),
            ("https://", None),
            ("https://user:password@lab.example/", None),
            ("https://user@lab.example/", None),
            ("HTTPS://lab.example?a", Some("https://lab.example/?a")),
            ("https://lab.example:99999/", None),
            ("https://lab.example\\@evil.example/", None),
            ("https://lab .example/", None),
            ("https://lab.example/a b", None),
        ] {
            assert_eq!(web_address(text).as_deref(), expected, "{text}");
        }
        assert_eq!(web_address(&format!("https://lab.example/{}", "a".repeat(300))), None, "too long");
    }

    #[test]
    fn contact_is_an_address_or_empty() {
        assert_eq!(contact(" Lab@Lab.example ").as_deref(), Some("lab@lab.example"));
        assert_eq!((contact("").as_deref(), contact("lab")), (Some(""), None));
    }

    proptest! {
        #[test]
        fn written_position_is_read_as_the_same(lat in -9_000_000_i32..=9_000_000, lon in -18_000_000_i32..=18_000_000) {
            let position = Position { lat, lon };
            prop_assert_eq!(Position::parse(&position.to_string()), Some(position));
        }

        #[test]
        fn any_text_is_read_without_panic_and_read_again_as_the_same(text in "\\PC{0,40}") {
            for read in [contact, web_address] {
                if let Some(value) = read(&text) {
                    prop_assert_eq!(read(&value), Some(value.clone()));
                }
            }
            let _ = Position::parse(&text);
        }
    }
}
