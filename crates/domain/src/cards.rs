//! Cards: what a person holds to a reader.
//!
//! Invariant: a uid is treated like a secret. It is compared, stored and sent to boards, but never shown: `Debug`
//! is masked and there is no `Display`. A card is not a person: a person may have several, and history refers to
//! the card's id.

pub mod claims;

use crate::{string_enum::string_enum, time::MINUTE};
use std::time::Duration;

/// How long enrollment at a board waits for a card.
pub const WAITS: Duration = MINUTE;
/// Unclaimed cards per page.
pub const UNKNOWN: usize = 100;

string_enum! {
    /// Whether a card opens anything.
    CardState {
        Active = "active",
        /// Its holder misses it; a finder must not get in.
        Lost = "lost",
        /// Out of service; its uid may be given to another person.
        Retired = "retired",
    }
}

string_enum! {
    /// An action on a card.
    CardAction {
        /// Its holder misses it.
        Lose = "lose",
        Find = "find",
        /// It goes out of service; its uid may be given to another person.
        Retire = "retire",
        /// It is put back into service.
        Restore = "restore",
    }
}

impl CardAction {
    #[must_use]
    pub const fn to(self) -> CardState {
        match self {
            Self::Lose => CardState::Lost,
            Self::Find | Self::Restore => CardState::Active,
            Self::Retire => CardState::Retired,
        }
    }

    /// Whether it applies to a card in `state`. A retired one may turn out to be lost.
    #[must_use]
    pub const fn begins_at(self, state: CardState) -> bool {
        match self {
            Self::Lose => matches!(state, CardState::Active | CardState::Retired),
            Self::Find => matches!(state, CardState::Lost),
            Self::Retire => matches!(state, CardState::Active | CardState::Lost),
            Self::Restore => matches!(state, CardState::Retired),
        }
    }

    /// Whether it is reserved for those who give cards: out of service and back.
    #[must_use]
    pub const fn is_for_givers(self, state: CardState) -> bool {
        matches!(self, Self::Retire | Self::Restore) || matches!(state, CardState::Retired)
    }

    /// The action that undoes it for a card that was `before`: a lost card does not come back active.
    #[must_use]
    pub const fn undone_by(self, before: CardState) -> Self {
        match (self, before) {
            (Self::Lose, CardState::Retired) | (Self::Restore, _) => Self::Retire,
            (Self::Lose, _) => Self::Find,
            (Self::Retire, CardState::Active | CardState::Retired) => Self::Restore,
            (Self::Retire, CardState::Lost) | (Self::Find, _) => Self::Lose,
        }
    }
}

/// The four bytes of a card that boards read, as 8 lower-case hexadecimal digits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(transparent))]
pub struct CardUid(String);

impl CardUid {
    /// Parses a board's uid: exactly 8 hexadecimal digits in either case.
    #[must_use]
    pub fn from_board(uid: &str) -> Option<Self> {
        (uid.len() == 8 && uid.bytes().all(|digit| digit.is_ascii_hexdigit()))
            .then(|| Self(uid.to_ascii_lowercase()))
    }

    /// Parses typed text. Eight digits without separators are the board's own form. Separators, or the fourteen
    /// digits of a longer card, mean the card's order: boards see its first four bytes in reverse. Separators
    /// stand between bytes; thousands separators indicate a decimal number.
    #[must_use]
    pub fn from_input(input: &str) -> Option<Self> {
        let input = input.trim();
        // A program's prefix for a hexadecimal number.
        let input = input.strip_prefix("0x").or_else(|| input.strip_prefix("0X")).unwrap_or(input);
        let bytes: Vec<&str> = input.split(is_separator).collect();
        let digits = bytes.concat();
        let is_whole = bytes.iter().all(|bytes| bytes.len().is_multiple_of(2));
        if !is_whole || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        let uid = match digits.len() {
            8 if digits.len() == input.len() => Self::from_board(&digits),
            8 | 14 => {
                let first = u32::from_str_radix(digits.get(..8)?, 16).ok()?;
                Some(Self::from_bytes(first.swap_bytes().to_be_bytes()))
            }
            _ => None,
        };
        // The uid of a reader that has read nothing.
        uid.filter(|uid| !["00000000", "ffffffff"].contains(&uid.as_str()))
    }

    /// The form in lists, which neither a spreadsheet nor [`Digits`] takes for a decimal number.
    #[must_use]
    pub fn listed(&self) -> String {
        let letters = self.0.bytes().filter(u8::is_ascii_alphabetic);
        // One `e` among digits is a power of ten.
        let is_number = letters.clone().count() == 0 || letters.eq(*b"e");
        if is_number { format!("0x{}", self.0) } else { self.0.clone() }
    }

    /// The uid with these bytes, in the order in which boards write them.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 4]) -> Self {
        Self(format!("{:08x}", u32::from_be_bytes(bytes)))
    }

    /// The uid that a board sends without a card.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.0 == "00000000"
    }

    /// The digits, for storage and for boards only.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_separator(c: char) -> bool {
    matches!(c, ':' | '-' | '.') || c.is_whitespace()
}

/// Whether the numbers of a list are hexadecimal. Keyboard-like readers type cards as decimal numbers, in a byte
/// order that differs between them, so such a number matches no card; without leading zeros it looks like
/// hexadecimal.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Digits {
    has_decimal: bool,
    has_hexadecimal: bool,
}

impl Digits {
    /// Detects the format from all numbers of a list.
    #[must_use]
    pub fn of<'a>(all: impl IntoIterator<Item = &'a str>) -> Self {
        all.into_iter().fold(Self::default(), |seen, input| Self {
            has_decimal: seen.has_decimal || is_decimal(input),
            has_hexadecimal: seen.has_hexadecimal
                || (input.bytes().any(|digit| digit.is_ascii_alphabetic())
                    && input.chars().all(|c| c.is_ascii_hexdigit() || c.is_whitespace())
                    && CardUid::from_input(input).is_some()),
        })
    }

    /// Whether a number of this list is decimal, or may be.
    #[must_use]
    pub fn may_be_decimal(self, input: &str) -> bool {
        let input = input.trim();
        let is_plain = matches!(input.len(), 8 | 14) && input.bytes().all(|digit| digit.is_ascii_digit());
        is_decimal(input) || (is_plain && (self.has_decimal || !self.has_hexadecimal))
    }
}

/// Nine or ten decimal digits, or fewer whose thousands are divided.
fn is_decimal(input: &str) -> bool {
    let groups: Vec<&str> =
        input.trim().split(|c: char| matches!(c, '.' | ',' | '’' | '\'') || c.is_whitespace()).collect();
    let is_divided = groups.len() > 1 && groups.iter().skip(1).all(|group| group.len() == 3);
    let digits = groups.concat();
    let is_number = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
    is_number && ((groups.len() == 1 && matches!(digits.len(), 9 | 10)) || is_divided)
}

impl std::fmt::Debug for CardUid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CardUid(…")?;
        f.write_str(self.0.get(6..).unwrap_or_default())?;
        f.write_str(")")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_board_format_is_valid_uid() {
        let uid = CardUid::from_board("DEADbe0f").unwrap();
        assert_eq!(uid.as_str(), "deadbe0f");
        assert_eq!(CardUid::from_bytes([0xde, 0xad, 0xbe, 0x0f]), uid);
        for wrong in ["", "deadbe0", "deadbe0ff", "deadbe0g", "déadbe0", " deadbe0"] {
            assert_eq!(CardUid::from_board(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn uid_printed_in_card_order_is_reversed() {
        let read = |input| CardUid::from_input(input).map(|uid| uid.as_str().to_owned());
        for board in [" DEADBE0F ", "0xDEADBE0F", "0Xdeadbe0f"] {
            assert_eq!(read(board), Some("deadbe0f".into()), "the board's form: {board}");
        }
        for input in [
            "0F:BE:AD:DE",
            "0f be ad de",
            "0f\u{a0}be\u{a0}ad\u{a0}de",
            "0f-be-ad-de",
            "0FBEADDE112233",
            "0f:be:ad:de:11:22:33",
        ] {
            assert_eq!(read(input), Some("deadbe0f".into()), "{input}");
        }
        for wrong in [
            "",
            "deadbe0",
            "deadbe0f1",
            "deadbe0g",
            "12:34:56",
            "déadbe0f",
            "0FBEADDE11223344",
            "00000000",
            "FF:FF:FF:FF",
            "12.345.678",
            "1 234 567 8",
            "0:FB:EA:DDE",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn numeric_looking_uid_is_listed_with_hex_prefix() {
        for (uid, listed) in [
            ("deadbe0f", "deadbe0f"),
            ("12345678", "0x12345678"),
            ("1234e567", "0x1234e567"),
            ("0000ada1", "0000ada1"),
        ] {
            let uid = CardUid::from_board(uid).unwrap();
            assert_eq!(uid.listed(), listed);
            assert!(!Digits::default().may_be_decimal(&uid.listed()));
            assert_eq!(CardUid::from_input(&uid.listed()), Some(uid));
        }
    }

    #[test]
    fn card_action_undo_restores_previous_state() {
        for &action in CardAction::ALL {
            for &before in CardState::ALL.iter().filter(|&&state| action.begins_at(state)) {
                let undo = action.undone_by(before);
                assert!(undo.begins_at(action.to()), "{action:?} from {before:?}, then {undo:?}");
                assert_eq!(undo.to(), before, "{action:?} from {before:?}, then {undo:?}");
            }
        }
        assert!(
            CardAction::Lose.is_for_givers(CardState::Retired)
                && !CardAction::Lose.is_for_givers(CardState::Active)
        );
    }

    // A6
    #[test]
    fn debug_output_masks_uid() {
        let message = format!("{:?}", CardUid::from_board("deadbe0f"));
        assert_eq!(message, "Some(CardUid(…0f))");
    }
}
