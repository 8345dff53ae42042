//! A person's name and contact data, as typed and as stored.

use crate::{accounts, names};
use serde::{Deserialize, Serialize};

/// Name, address, telephone and language.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    pub name: String,
    /// Their address, if there is one.
    pub email: Option<String>,
    /// Their telephone number, if there is one.
    pub phone: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProfileFault {
    /// No name, or too long a one.
    Name,
    Email,
    /// Not a telephone number.
    Phone,
}

/// Characters of a telephone number.
const PHONE: std::ops::RangeInclusive<usize> = 3..=40;

impl Profile {
    /// The valid profile, or all errors. Address and number are optional.
    pub fn read(name: &str, email: &str, phone: &str) -> Result<Self, Vec<ProfileFault>> {
        let (stored, mut faults) = (names::name(name).ok(), Vec::new());
        if stored.is_none() {
            faults.push(ProfileFault::Name);
        }
        let address = optional(email, accounts::email);
        let number = optional(phone, self::phone);
        if address.is_none() {
            faults.push(ProfileFault::Email);
        }
        if number.is_none() {
            faults.push(ProfileFault::Phone);
        }
        match (stored, address, number) {
            (Some(name), Some(email), Some(phone)) => Ok(Self { name, email, phone }),
            _ => Err(faults),
        }
    }
}

/// `Some(None)` if empty; `None` if invalid.
#[expect(clippy::option_option, reason = "left out and wrong are two things")]
fn optional(input: &str, read: impl Fn(&str) -> Option<String>) -> Option<Option<String>> {
    if input.trim().is_empty() { Some(None) } else { read(input).map(Some) }
}

/// A telephone number with the spaces and signs that people write in it.
#[must_use]
pub fn phone(input: &str) -> Option<String> {
    let phone = input.split_whitespace().collect::<Vec<_>>().join(" ");
    let digits = phone.chars().filter(char::is_ascii_digit).count();
    let plain = phone.chars().all(|c| c.is_ascii_digit() || " +()-/.".contains(c));
    (plain && digits >= *PHONE.start() && phone.chars().count() <= *PHONE.end()).then_some(phone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn optional_profile_fields_may_be_empty() {
        let read = Profile::read(" Ada  Lovelace ", " ", "").unwrap();
        assert_eq!(read, Profile { name: "Ada Lovelace".into(), email: None, phone: None });
        let all = Profile::read("عمر", "A@example.org", "+39 0471 (12) 34-5").unwrap();
        assert_eq!(
            (all.email.as_deref(), all.phone.as_deref()),
            (Some("a@example.org"), Some("+39 0471 (12) 34-5"))
        );
    }

    #[test]
    fn all_profile_errors_are_reported() {
        let faults = Profile::read("\u{200B}", "ada", "call me").unwrap_err();
        assert_eq!(faults, [ProfileFault::Name, ProfileFault::Email, ProfileFault::Phone]);
        assert_eq!(Profile::read("A", "", "12").unwrap_err(), [ProfileFault::Phone]);
        assert_eq!(Profile::read("A", "", &"1".repeat(41)).unwrap_err(), [ProfileFault::Phone]);
        assert_eq!(Profile::read(&"ä".repeat(201), "", "").unwrap_err(), [ProfileFault::Name]);
        assert!(Profile::read(&"🦊".repeat(200), "", "").is_ok());
    }
}
