//! Distinguished names, decoded and compared as names.
//!
//! Invariant: two texts that a directory counts as one name are equal here, however they are escaped, spaced, composed or
//! capitalized (RFC 4514 for the text, RFC 4518 for its preparation). Not here: names as typed in a form
//! ([`super::DistinguishedName`]), and whether an entry exists.

use data_encoding::HEXLOWER_PERMISSIVE;
use std::{fmt, mem::take};
use unicode_normalization::UnicodeNormalization;

/// An attribute and its value.
type Pair = (String, String);

/// A distinguished name, as it is compared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryName {
    /// From the entry up to the root, the pairs of each level in order.
    levels: Vec<Vec<Pair>>,
}

impl EntryName {
    /// `None` if it is no distinguished name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (mut levels, mut level) = (Vec::new(), Vec::new());
        let mut rest = text;
        loop {
            let (attribute, after) = rest.split_once('=')?;
            let (value, end, after) = value(after)?;
            level.push((attribute_key(attribute)?, value));
            if end != Some('+') {
                level.sort_unstable();
                levels.push(take(&mut level));
            }
            rest = after;
            // Some tools end a name with a comma.
            if end != Some('+') && rest.trim().is_empty() {
                return Some(Self { levels });
            }
        }
    }

    /// Whether it is `base`, or below it.
    #[must_use]
    pub fn is_under(&self, base: &Self) -> bool {
        self.levels.ends_with(&base.levels)
    }

    /// `laser` of `cn=laser,ou=groups`; `None` if it is empty.
    #[must_use]
    pub fn first_value(&self) -> Option<&str> {
        let (_, value) = self.levels.first()?.first()?;
        Some(value.as_str()).filter(|value| !value.is_empty())
    }
}

/// Parsing returns an equal name.
impl fmt::Display for EntryName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, level) in self.levels.iter().enumerate() {
            for (number, (attribute, value)) in level.iter().enumerate() {
                let before = match (at, number) {
                    (0, 0) => "",
                    (_, 0) => ",",
                    _ => "+",
                };
                write!(f, "{before}{attribute}=")?;
                for (place, letter) in value.chars().enumerate() {
                    let is_special =
                        matches!(letter, ',' | ';' | '+' | '\\') || (place == 0 && "#\"".contains(letter));
                    write!(f, "{}{letter}", if is_special { "\\" } else { "" })?;
                }
            }
        }
        Ok(())
    }
}

/// The text by which a name in the directory is compared: equal for all texts of one name. A name that is not distinguished is
/// folded like the value of one.
#[must_use]
pub fn comparable(name: &str) -> String {
    EntryName::parse(name).map_or_else(|| folded(name), |name| name.to_string())
}

/// An attribute in lower case, by its short name (RFC 4514, 3); `None` if it is none.
fn attribute_key(text: &str) -> Option<String> {
    let key = text.trim().to_ascii_lowercase();
    let key = key.strip_prefix("oid.").unwrap_or(&key);
    let is_attribute = key.starts_with(|letter: char| letter.is_ascii_alphanumeric())
        && key.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '.'));
    let short = match key {
        "2.5.4.3" | "commonname" => "cn",
        "2.5.4.6" | "countryname" => "c",
        "2.5.4.7" | "localityname" => "l",
        "2.5.4.8" | "stateorprovincename" => "st",
        "2.5.4.10" | "organizationname" => "o",
        "2.5.4.11" | "organizationalunitname" => "ou",
        "0.9.2342.19200300.100.1.1" | "userid" => "uid",
        "0.9.2342.19200300.100.1.25" | "domaincomponent" => "dc",
        other => other,
    };
    is_attribute.then(|| short.to_owned())
}

/// The value at the beginning of `text`, what ends it, and the text behind that. Quotes and semicolons are those of RFC 2253.
fn value(text: &str) -> Option<(String, Option<char>, &str)> {
    let text = text.trim_start();
    let (is_quoted, is_encoded) = (text.starts_with('"'), text.starts_with('#'));
    let (mut bytes, mut is_inside, mut end) = (Vec::new(), false, None);
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => {
                let next = letters.next()?;
                match next.to_digit(16) {
                    Some(high) => {
                        let low = letters.next()?.to_digit(16)?;
                        bytes.push(u8::try_from(high * 16 + low).ok()?);
                    }
                    None => push(&mut bytes, next),
                }
            }
            '"' if is_quoted => is_inside = !is_inside,
            ',' | ';' | '+' if !is_inside => {
                end = Some(letter);
                break;
            }
            other => push(&mut bytes, other),
        }
    }
    let bytes = if is_encoded { decoded(&bytes).unwrap_or(bytes) } else { bytes };
    Some((folded(&String::from_utf8(bytes).ok()?), end, letters.as_str()))
}

fn push(bytes: &mut Vec<u8>, letter: char) {
    bytes.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
}

/// The content of a value in the form `#04054c61736572`: tag, length and bytes, if it is a short text.
fn decoded(value: &[u8]) -> Option<Vec<u8>> {
    let digits = value.trim_ascii_end().strip_prefix(b"#")?;
    let bytes = HEXLOWER_PERMISSIVE.decode(digits).ok()?;
    let (length, content) = bytes.get(1..)?.split_first()?;
    (usize::from(*length) == content.len()).then(|| content.to_vec())
}

/// A text as directories prepare it before they compare (RFC 4518, 2): composed, in lower case, with one blank for several.
#[must_use]
pub fn folded(text: &str) -> String {
    let words = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_ascii() {
        let seen: String = text.chars().filter(|letter| !is_unseen(*letter)).collect();
        return words(seen.to_ascii_lowercase());
    }
    let seen = text.nfkc().filter(|letter| !is_unseen(*letter)).flat_map(char::to_lowercase);
    // The final form of the same letter.
    words(seen.map(|letter| if letter == 'ς' { 'σ' } else { letter }).nfkc().collect())
}

/// Whether a letter maps to nothing (RFC 4518, 2.2).
fn is_unseen(letter: char) -> bool {
    let is_control = letter.is_control() && !letter.is_whitespace();
    is_control
        || matches!(
            letter,
            '\u{ad}'
                | '\u{34f}'
                | '\u{1806}'
                | '\u{180b}'..='\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{2063}'
                | '\u{206a}'..='\u{206f}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffc}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn name(text: &str) -> EntryName {
        EntryName::parse(text).expect("a distinguished name")
    }

    #[test]
    fn spellings_of_one_name_are_equal() {
        for (one, other) in [
            ("cn=Rossi\\, Ada (laser)*,ou=people", "cn=Rossi\\2C Ada (laser)*,ou=people"),
            ("cn=Rossi\\2c Ada,ou=people", "cn=\"Rossi, Ada\";ou=people"),
            ("cn=Bob  Byte,ou=people,dc=lab", "CN=bob byte, OU = People ,DC=LAB"),
            ("cn=M\u{fc}ller,dc=lab", "cn=Mu\u{308}ller,dc=lab"),
            ("cn=M\\C3\\BCller,dc=lab", "cn=m\u{dc}ller,dc=lab"),
            ("cn=Laser\\ ,dc=lab", "cn=laser,dc=lab"),
            ("cn=Ada+uid=7,dc=lab", "UID=7 + CN=ada,dc=lab"),
            ("2.5.4.3=Ada,dc=lab", "oid.2.5.4.3=#0403416461,dc=lab"),
            ("commonName=Ada,dc=lab", "cn=Ada,dc=lab,"),
            ("cn=a=b,dc=lab", "cn=A\\=B,dc=lab"),
        ] {
            assert_eq!(name(one), name(other), "{one} and {other}");
            assert_eq!(comparable(one), comparable(other), "{one} and {other}");
        }
    }

    #[test]
    fn different_names_differ() {
        for (one, other) in [
            ("cn=Rossi\\, Ada,ou=people", "cn=Rossi,cn=Ada,ou=people"),
            ("cn=a\\+uid=7", "cn=a+uid=7"),
            ("cn=laser,ou=groups", "cn=laser,ou=staff"),
            ("cn=laser", "ou=laser"),
            ("cn=Muller", "cn=M\u{fc}ller"),
            ("cn=a\\\\", "cn=a"),
        ] {
            assert_ne!(name(one), name(other), "{one} and {other}");
            assert_ne!(comparable(one), comparable(other), "{one} and {other}");
        }
    }

    #[test]
    fn malformed_name_is_none_and_compared_as_text() {
        for text in
            ["", "laser", "cn", "=x", "/uni/a=b", "cn=x\\", "cn=x\\4", "cn=x,lab", "cn=\\ff,dc=lab", "cn=a+"]
        {
            assert_eq!(EntryName::parse(text), None, "{text}");
        }
        assert_eq!(comparable(" Laser  COURSE "), "laser course");
    }

    #[test]
    fn first_value_is_decoded() {
        assert_eq!(name("cn=laser,ou=groups").first_value(), Some("laser"));
        assert_eq!(name("cn=Rossi\\2C Ada,ou=x").first_value(), Some("rossi, ada"));
        assert_eq!(name("cn=M\\C3\\BCller+uid=7,ou=x").first_value(), Some("m\u{fc}ller"));
        assert_eq!(name("cn=,ou=x").first_value(), None);
    }

    #[test]
    fn name_is_under_its_base_and_under_itself() {
        let base = name("OU=Groups, DC=lab");
        assert!(name("cn=laser,ou=groups,dc=lab").is_under(&base) && base.is_under(&base));
        assert!(!name("cn=laser,ou=staff,dc=lab").is_under(&base));
        assert!(!name("cn=laser\\,ou=groups,dc=lab").is_under(&base), "it is one level");
    }

    proptest! {
        #[test]
        fn parsing_never_panics_and_survives_formatting(text in "\\PC{0,30}|(cn|ou)=[a,;+#\" =\\\\]{0,12}") {
            if let Some(parsed) = EntryName::parse(&text) {
                prop_assert_eq!(EntryName::parse(&parsed.to_string()), Some(parsed));
            }
        }
    }
}
