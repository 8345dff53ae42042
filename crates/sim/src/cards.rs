//! Simulated people's cards, and the numbers of boards.

use domain::{boards::MachineNumber, cards::CardUid};
use std::{collections::BTreeSet, str::FromStr};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    pub uid: CardUid,
    /// The holder, for output and scripts.
    pub name: Option<String>,
    /// The machines it is used at; empty for any.
    pub machines: Vec<MachineNumber>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cards(pub Vec<Card>);

/// The numbers of the boards, such as `1,2,5-9`: each once, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardNumbers(pub Vec<MachineNumber>);

/// The list of cards cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadCards {
    /// A line does not begin with a uid.
    #[error("card {0}: it must begin with 8 hexadecimal digits, such as: deadbeef Ada @1,2")]
    Uid(usize),
    /// The text after `@` is no list of machines.
    #[error("card {0}: behind the @ there must be machine numbers, such as: deadbeef Ada @1,2")]
    Machines(usize),
}

/// The list of boards cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("write the boards as machine numbers from 0 to 65535, such as 1,2,5-9")]
pub struct BadBoards;

impl Cards {
    /// Parses a file: a card per line, uid first, then its holder, then its machines: `deadbeef Ada Lovelace @1,2`.
    /// Only the uid is required. Lines that begin with `#` are comments.
    pub fn from_lines(text: &str) -> Result<Self, BadCards> {
        let lines = text.lines().enumerate().map(|(at, line)| (at + 1, line.trim()));
        lines
            .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
            .map(|(at, line)| card(at, line))
            .collect()
    }

    /// Parses a list: `deadbeef Ada,cafebabe`.
    pub fn from_list(text: &str) -> Result<Self, BadCards> {
        text.split(',').enumerate().map(|(at, item)| card(at + 1, item.trim())).collect()
    }

    /// The card with this uid or holder.
    #[must_use]
    pub fn find(&self, words: &str) -> Option<CardUid> {
        CardUid::from_board(words).or_else(|| {
            let named = |card: &&Card| card.name.as_ref().is_some_and(|name| name.eq_ignore_ascii_case(words));
            self.0.iter().find(named).map(|card| card.uid.clone())
        })
    }

    #[must_use]
    pub fn name_of(&self, uid: &CardUid) -> Option<String> {
        self.0.iter().find(|card| card.uid == *uid).and_then(|card| card.name.clone())
    }
}

impl FromIterator<Card> for Cards {
    fn from_iter<T: IntoIterator<Item = Card>>(cards: T) -> Self {
        Self(cards.into_iter().collect())
    }
}

impl FromStr for BoardNumbers {
    type Err = BadBoards;

    fn from_str(text: &str) -> Result<Self, BadBoards> {
        let number = |text: &str| text.trim().parse::<u16>().map_err(|_| BadBoards);
        let mut numbers = BTreeSet::new();
        for part in text.split(',') {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            let (first, last) = (number(first)?, number(last)?);
            if first > last {
                return Err(BadBoards);
            }
            numbers.extend((first..=last).map(MachineNumber));
        }
        Ok(Self(numbers.into_iter().collect()))
    }
}

fn card(at: usize, line: &str) -> Result<Card, BadCards> {
    let (line, machines) = match line.split_once('@') {
        Some((line, machines)) => (line.trim(), machines.parse().map_err(|BadBoards| BadCards::Machines(at))?),
        None => (line, BoardNumbers(Vec::new())),
    };
    let (uid, name) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let name = Some(name.trim()).filter(|name| !name.is_empty()).map(str::to_owned);
    Ok(Card { uid: CardUid::from_board(uid).ok_or(BadCards::Uid(at))?, name, machines: machines.0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uid(digits: &str) -> CardUid {
        CardUid::from_board(digits).unwrap()
    }

    #[test]
    fn cards_parse_from_file_and_list() {
        let cards = Cards::from_lines("# the workshop\n\ndeadbeef Ada Lovelace @1,3-4\n  CAFEBABE\n").unwrap();
        assert_eq!(cards.0.len(), 2);
        assert_eq!(cards.0[0].machines, [1, 3, 4].map(MachineNumber));
        assert_eq!(cards.find("ada lovelace"), Some(uid("deadbeef")));
        assert_eq!(cards.find("CAFEBABE"), Some(uid("cafebabe")));
        assert_eq!(cards.find("0badf00d"), Some(uid("0badf00d")), "an unknown card is a card");
        assert_eq!(cards.find("Bo"), None);
        assert_eq!(cards.name_of(&uid("deadbeef")).as_deref(), Some("Ada Lovelace"));
        assert_eq!(Cards::from_list("deadbeef Ada Lovelace, cafebabe").unwrap().0.len(), 2);

        assert_eq!(Cards::from_lines("deadbeef\nAda deadbeef"), Err(BadCards::Uid(2)));
        assert_eq!(Cards::from_lines("deadbeef @laser"), Err(BadCards::Machines(1)));
        assert_eq!(Cards::from_list("deadbeef,"), Err(BadCards::Uid(2)));
    }

    #[test]
    fn board_numbers_parse_as_lists_and_ranges() {
        assert_eq!("5-7, 1,6".parse(), Ok(BoardNumbers([1, 5, 6, 7].map(MachineNumber).into())));
        for wrong in ["", "a", "1,", "9-5", "1-2-3", "-1", "65536"] {
            assert_eq!(wrong.parse::<BoardNumbers>(), Err(BadBoards), "{wrong}");
        }
    }
}
