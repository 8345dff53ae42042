//! A board's flash: stored messages and remembered cards.

use domain::{access::Level, cards::CardUid};
use fabomatic::Query;
use std::collections::VecDeque;

/// Maximum stored messages; the oldest is dropped.
const CAPACITY: usize = 40;

/// Maximum remembered cards; the least recently seen is dropped.
const REMEMBERED: usize = 10;

#[derive(Debug, Default)]
pub(super) struct Flash {
    kept: VecDeque<Query>,
    cards: VecDeque<(CardUid, Level)>,
}

impl Flash {
    /// Stores a message as the replay it will be sent as.
    pub(super) fn keep(&mut self, query: Query) {
        if self.kept.len() == CAPACITY {
            self.kept.pop_front();
        }
        self.kept.push_back(query.into_replay());
    }

    pub(super) fn stored_count(&self) -> usize {
        self.kept.len()
    }

    pub(super) fn oldest(&self) -> Option<&Query> {
        self.kept.front()
    }

    pub(super) fn forget_oldest(&mut self) {
        self.kept.pop_front();
    }

    pub(super) fn remember(&mut self, uid: CardUid, level: Level) {
        self.cards.retain(|(other, _)| *other != uid);
        self.cards.push_front((uid, level));
        self.cards.truncate(REMEMBERED);
    }

    /// Forgets a card that the server calls invalid.
    pub(super) fn forget(&mut self, uid: &CardUid) {
        self.cards.retain(|(known, _)| known != uid);
    }

    pub(super) fn replace_cards(&mut self, cards: Vec<(CardUid, Level)>) {
        self.cards = cards.into_iter().take(REMEMBERED).collect();
    }

    pub(super) fn level_of(&self, uid: &CardUid) -> Option<Level> {
        self.cards.iter().find(|(known, _)| known == uid).map(|(_, level)| *level)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uid(n: usize) -> CardUid {
        CardUid::from_board(&format!("{n:08x}")).unwrap()
    }

    #[test]
    fn full_queue_of_forty_drops_the_oldest() {
        let mut flash = Flash::default();
        for n in 0..42 {
            flash.keep(Query::StartUse { uid: uid(n), replay: false });
        }
        assert_eq!(flash.stored_count(), 40);
        assert_eq!(flash.oldest(), Some(&Query::StartUse { uid: uid(2), replay: true }));
        flash.forget_oldest();
        assert_eq!(flash.oldest(), Some(&Query::StartUse { uid: uid(3), replay: true }));
    }

    #[test]
    fn card_memory_of_ten_evicts_least_recently_seen() {
        let mut flash = Flash::default();
        for n in (0..10).chain([0, 10]) {
            flash.remember(uid(n), Level::User);
        }
        assert_eq!(flash.level_of(&uid(0)), Some(Level::User));
        assert_eq!(flash.level_of(&uid(1)), None);
        assert_eq!(flash.level_of(&uid(10)), Some(Level::User));
        flash.replace_cards(vec![(uid(77), Level::Staff)]);
        assert_eq!((flash.level_of(&uid(0)), flash.level_of(&uid(77))), (None, Some(Level::Staff)));
    }
}
