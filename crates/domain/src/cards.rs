//! Cards: what a person holds to a reader.
//!
//! Invariant: a uid is treated like a secret. It is compared, stored and sent to boards, and shown to nobody: `Debug`
//! is masked and there is no `Display`. A card is not a person: one may have several, and history refers to the
//! card's id.

pub mod claims;

use crate::{
    audit::By,
    id::{CardId, MachineId, PersonId, UnknownCardId},
    time::{MINUTE, Moment},
    words::words,
};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long a board waits for the next card that is to be somebody's.
pub const WAITS: Duration = MINUTE;
/// Cards that nobody has claimed on one page.
pub const UNKNOWN: usize = 100;

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

words! {
    /// What is said of a card.
    CardDeed {
        /// Its holder misses it.
        Lose = "lose",
        /// It was found.
        Find = "find",
        /// It goes out of service; its uid may be given anew.
        Retire = "retire",
        /// It comes back into service.
        Restore = "restore",
    }
}

impl CardDeed {
    /// What the card is then.
    #[must_use]
    pub const fn to(self) -> CardState {
        match self {
            Self::Lose => CardState::Lost,
            Self::Find | Self::Restore => CardState::Active,
            Self::Retire => CardState::Retired,
        }
    }

    /// Whether it can be said of a card that is `state`. A retired one may turn out to be lost.
    #[must_use]
    pub const fn begins_at(self, state: CardState) -> bool {
        match self {
            Self::Lose => matches!(state, CardState::Active | CardState::Retired),
            Self::Find => matches!(state, CardState::Lost),
            Self::Retire => matches!(state, CardState::Active | CardState::Lost),
            Self::Restore => matches!(state, CardState::Retired),
        }
    }

    /// Whether only whoever gives cards says it: out of service and back.
    #[must_use]
    pub const fn is_for_givers(self, state: CardState) -> bool {
        matches!(self, Self::Retire | Self::Restore) || matches!(state, CardState::Retired)
    }

    /// What takes it back, where the card was `before`: a card that was lost does not come back opening doors.
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

/// What was just said of a card, and what takes it back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marked {
    /// Which.
    pub card: CardId,
    /// Its last two digits; empty when the number is gone.
    pub ending: String,
    /// What was said.
    pub deed: CardDeed,
    /// What takes it back, where that can be said: no card of whoever left comes back into service.
    pub undo: Option<CardDeed>,
}

/// A card's own page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardPage {
    /// As of when.
    pub now: Moment,
    /// Which.
    pub id: CardId,
    /// Whose.
    pub person: PersonId,
    /// What they are called, while that is known.
    pub name: Option<String>,
    /// The last two digits, for whoever may say that it is lost.
    pub ending: String,
    /// Whether it opens anything.
    pub state: CardState,
    /// Since when.
    pub given: Moment,
    /// What the asker may say of it.
    pub deeds: Vec<CardDeed>,
    /// What was done to it, newest first.
    pub history: Vec<CardEvent>,
}

/// Something that was done to a card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardEvent {
    /// When.
    pub at: Moment,
    /// By whom.
    pub by: By,
    /// What, as the code of the record: `card.lost`.
    pub action: String,
}

/// A card that nobody has claimed, as it was last seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnknownCard {
    /// Which; the id of where it was last seen.
    pub id: UnknownCardId,
    /// Its last two digits.
    pub ending: String,
    /// Where it was last held to a reader.
    pub machine: MachineId,
    /// What that is called.
    pub machine_name: String,
    /// When.
    pub seen: Moment,
    /// How often, anywhere.
    pub times: u32,
    /// Somebody put it aside.
    pub ignored: bool,
}

/// The cards that nobody has claimed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnknownCards {
    /// As of when.
    pub now: Moment,
    /// The newest first, those that were put aside at the end.
    pub cards: Vec<UnknownCard>,
    /// Names to be suggested.
    pub names: Vec<String>,
    /// Claims that wait, the longest waiting first.
    #[serde(default)]
    pub claims: Vec<claims::OpenClaim>,
}

/// What was just done with a card that nobody had claimed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sorted {
    /// It is somebody's now.
    Given {
        /// The card.
        card: CardId,
        /// Whose.
        person: PersonId,
        /// What they are called.
        name: String,
        /// Its last two digits.
        ending: String,
    },
    /// It was put aside, or taken up again.
    Ignored {
        /// Which.
        card: UnknownCardId,
        /// Its last two digits.
        ending: String,
        /// It is aside now.
        aside: bool,
    },
}

/// Where the next card can be made somebody's, and what has become of that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Swiping {
    /// As of when.
    pub now: Moment,
    /// Machines with a board that answers, by name.
    pub boards: Vec<(MachineId, String)>,
    /// What is waited for, or how the last waiting ended.
    pub waiting: Option<Waiting>,
    /// Cards that were held to a reader in the last minutes and are nobody's.
    pub recent: Vec<UnknownCard>,
}

/// Somebody's next card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// At which machine.
    pub machine: MachineId,
    /// What that is called.
    pub machine_name: String,
    /// Until when.
    pub until: Moment,
    /// How far it is.
    pub outcome: Outcome,
}

/// What came of waiting for a card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// Nobody held up a card yet.
    Open,
    /// This one is theirs.
    Given {
        /// Which.
        card: CardId,
        /// Its last two digits.
        ending: String,
    },
    /// That one is somebody's already.
    Taken {
        /// Whose.
        person: PersonId,
        /// What they are called, while that is known.
        name: Option<String>,
    },
    /// It could not be written down.
    Failed,
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
        // A program's way of saying that a number follows.
        let typed = typed.strip_prefix("0x").or_else(|| typed.strip_prefix("0X")).unwrap_or(typed);
        let digits: String =
            typed.chars().filter(|c| !matches!(c, ':' | '-' | '.') && !c.is_whitespace()).collect();
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        let uid = match digits.len() {
            8 if digits.len() == typed.len() => Self::from_board(&digits),
            8 | 14 => {
                let first = u32::from_str_radix(digits.get(..8)?, 16).ok()?;
                Some(Self::from_bytes(first.swap_bytes().to_be_bytes()))
            }
            _ => None,
        };
        // What a reader says that has read nothing.
        uid.filter(|uid| !["00000000", "ffffffff"].contains(&uid.as_str()))
    }

    /// The uid with these bytes, in the order in which boards write them.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 4]) -> Self {
        Self(format!("{:08x}", u32::from_be_bytes(bytes)))
    }

    /// What a board says where there is no card.
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
        for board in [" DEADBE0F ", "0xDEADBE0F", "0Xdeadbe0f"] {
            assert_eq!(read(board), Some("deadbe0f".into()), "the board's form: {board}");
        }
        for typed in [
            "0F:BE:AD:DE",
            "0f be ad de",
            "0f\u{a0}be\u{a0}ad\u{a0}de",
            "0f-be-ad-de",
            "0FBEADDE112233",
            "0f:be:ad:de:11:22:33",
        ] {
            assert_eq!(read(typed), Some("deadbe0f".into()), "{typed}");
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
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_is_said_of_a_card_can_be_taken_back_to_where_it_was() {
        for &deed in CardDeed::ALL {
            for &before in CardState::ALL.iter().filter(|&&state| deed.begins_at(state)) {
                let undo = deed.undone_by(before);
                assert!(undo.begins_at(deed.to()), "{deed:?} from {before:?}, then {undo:?}");
                assert_eq!(undo.to(), before, "{deed:?} from {before:?}, then {undo:?}");
            }
        }
        assert!(
            CardDeed::Lose.is_for_givers(CardState::Retired) && !CardDeed::Lose.is_for_givers(CardState::Active)
        );
    }

    #[test]
    fn a6_a_uid_does_not_reach_a_log() {
        let said = format!("{:?}", CardUid::from_board("deadbe0f"));
        assert_eq!(said, "Some(CardUid(…0f))");
    }
}
