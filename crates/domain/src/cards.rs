//! Cards: what a person holds to a reader.
//!
//! Invariant: a uid is treated like a secret. It is compared, stored and sent to boards, and shown to nobody: `Debug`
//! is masked and there is no `Display`. A card is not a person: one may have several, and history refers to the
//! card's id.

use crate::words::words;

words! {
    /// Whether a card opens anything.
    CardState {
        /// It does.
        Active = "active",
        /// Its holder misses it; whoever finds it must not get in.
        Lost = "lost",
        /// Out of service; its uid may be given anew.
        Retired = "retired",
    }
}

/// The four bytes of a card that boards read, as 8 lower-case hexadecimal digits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(transparent))]
pub struct CardUid(String);

impl CardUid {
    /// Reads what a board sent: exactly 8 hexadecimal digits in either case.
    #[must_use]
    pub fn from_board(uid: &str) -> Option<Self> {
        (uid.len() == 8 && uid.bytes().all(|digit| digit.is_ascii_hexdigit()))
            .then(|| Self(uid.to_ascii_lowercase()))
    }

    /// Reads what somebody typed. Eight digits without separators are the board's own form. Separators, or the fourteen
    /// digits of a longer card, are the card's order: boards see the first four bytes of it, the other way round.
    #[must_use]
    pub fn from_typed(typed: &str) -> Option<Self> {
        let typed = typed.trim();
        let digits: String = typed.chars().filter(|c| !matches!(c, ':' | '-' | ' ' | '.')).collect();
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        match digits.len() {
            8 if digits.len() == typed.len() => Self::from_board(&digits),
            8 | 14 => {
                let first = u32::from_str_radix(digits.get(..8)?, 16).ok()?;
                Some(Self::from_bytes(first.swap_bytes().to_be_bytes()))
            }
            _ => None,
        }
    }

    /// The uid with these bytes, in the order in which boards write them.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 4]) -> Self {
        Self(format!("{:08x}", u32::from_be_bytes(bytes)))
    }

    /// The digits, for storage and for boards only.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
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
    fn only_what_boards_send_is_a_uid() {
        let uid = CardUid::from_board("DEADbe0f").unwrap();
        assert_eq!(uid.as_str(), "deadbe0f");
        assert_eq!(CardUid::from_bytes([0xde, 0xad, 0xbe, 0x0f]), uid);
        for wrong in ["", "deadbe0", "deadbe0ff", "deadbe0g", "déadbe0", " deadbe0"] {
            assert_eq!(CardUid::from_board(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_is_typed_in_the_cards_order_is_turned_round() {
        let read = |typed| CardUid::from_typed(typed).map(|uid| uid.as_str().to_owned());
        assert_eq!(read(" DEADBE0F "), Some("deadbe0f".into()), "the board's form");
        for typed in ["0F:BE:AD:DE", "0f be ad de", "0f-be-ad-de", "0FBEADDE112233", "0f:be:ad:de:11:22:33"] {
            assert_eq!(read(typed), Some("deadbe0f".into()), "{typed}");
        }
        for wrong in ["", "deadbe0", "deadbe0f1", "deadbe0g", "12:34:56", "déadbe0f", "0FBEADDE11223344"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a6_a_uid_does_not_reach_a_log() {
        let said = format!("{:?}", CardUid::from_board("deadbe0f"));
        assert_eq!(said, "Some(CardUid(…0f))");
    }
}
