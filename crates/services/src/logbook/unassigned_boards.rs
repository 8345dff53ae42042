//! Boards that belong to no machine: unknown machine numbers, and client ids used by two boards at once.
//!
//! Invariant: held in memory and bounded, whatever a client invents. A board introduces itself again within two
//! minutes, so a restart forgets only faults that are over.

use crate::shared::Shared;
use contract::boards::{Stray, Takeover};
use domain::{
    boards::{MachineNumber, STRAY, STRAYS, TOGETHER},
    time::Millis,
};
use std::collections::BTreeMap;
use store::boards::Introduction;

/// Limit of remembered client ids; boards use few, but clients could invent others.
const CLIENTS: usize = 1_000;

/// Unassigned boards and takeovers since the start.
#[derive(Default)]
pub(crate) struct UnassignedBoards(Shared<Notes>);

#[derive(Default)]
struct Notes {
    strays: BTreeMap<MachineNumber, Stray<Millis>>,
    takeovers: BTreeMap<String, Takeover<Millis>>,
    /// When open pages were last notified of unreadable messages.
    told: Option<Millis>,
}

impl UnassignedBoards {
    /// Records a message with an unassigned `number`, perhaps an introduction. Returns whether it is news.
    pub(crate) fn strays(&self, number: MachineNumber, at: Millis, introduction: Option<&Introduction>) -> bool {
        let mut notes = self.0.lock();
        let strays = &mut notes.strays;
        if !strays.contains_key(&number) && strays.len() >= STRAYS {
            // Silent ones make room; of the active ones, the first stay.
            strays.retain(|_, stray| at.since(stray.last) <= TOGETHER);
            if strays.len() >= STRAYS {
                return false;
            }
        }
        let is_new = !strays.contains_key(&number);
        let stray = strays.entry(number).or_insert_with(|| Stray {
            number: number.0,
            serial: String::new(),
            firmware: String::new(),
            address: String::new(),
            last: at,
        });
        stray.last = stray.last.max(at);
        let before = (stray.serial.clone(), stray.address.clone());
        if let Some(introduction) = introduction {
            stray.serial.clone_from(&introduction.serial);
            stray.firmware.clone_from(&introduction.firmware);
            stray.address.clone_from(&introduction.address);
        }
        is_new || before != (stray.serial.clone(), stray.address.clone())
    }

    /// Records that `after` took over the client id of `before`. Returns whether it is news.
    pub(crate) fn takes_over(&self, client: &str, before: String, after: String, at: Millis) -> bool {
        let mut notes = self.0.lock();
        if !notes.takeovers.contains_key(client) && notes.takeovers.len() >= CLIENTS {
            notes.takeovers.retain(|_, takeover| at.since(takeover.last) <= TOGETHER);
            if notes.takeovers.len() >= CLIENTS {
                return false;
            }
        }
        let known = notes.takeovers.get(client).map(|known| (known.times, known.last));
        let times = known.map_or(0, |(times, _)| times).saturating_add(1);
        let takeover = Takeover { client: client.to_owned(), before, after, times, last: at };
        notes.takeovers.insert(client.to_owned(), takeover);
        known.is_none_or(|(_, last)| at.since(last) > TOGETHER)
    }

    /// Records an unreadable message. Returns whether to notify open pages, which happens at intervals because
    /// there may be floods.
    pub(crate) fn is_news(&self, at: Millis) -> bool {
        let mut notes = self.0.lock();
        let is_news = notes.told.is_none_or(|reported| at.since(reported) >= domain::time::MINUTE);
        if is_news {
            notes.told = Some(at);
        }
        is_news
    }

    /// Recent unassigned boards and takeovers.
    pub(crate) fn lately(&self, now: Millis) -> (Vec<Stray<Millis>>, Vec<Takeover<Millis>>) {
        let notes = self.0.lock();
        let strays = notes.strays.values().filter(|stray| now.since(stray.last) <= STRAY);
        let takeovers = notes.takeovers.values().filter(|takeover| now.since(takeover.last) <= STRAY);
        (strays.cloned().collect(), takeovers.cloned().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::time::MINUTE;

    #[test]
    fn invented_numbers_take_bounded_room_and_expire() {
        let (overheard, now) = (UnassignedBoards::default(), Millis(1_800_000_000_000));
        for number in 0..1_000 {
            overheard.strays(MachineNumber(number), now, None);
        }
        assert_eq!(overheard.lately(now).0.len(), STRAYS);
        assert!(!overheard.strays(MachineNumber(5), now, None), "it is known");
        assert!(!overheard.strays(MachineNumber(2_000), now, None), "there is no room");
        let later = now.after(TOGETHER + MINUTE);
        assert!(overheard.strays(MachineNumber(2_000), later, None), "the others are gone");
        assert_eq!(overheard.lately(later).0.len(), 1);
        assert_eq!(overheard.lately(later.after(STRAY + MINUTE)).0, vec![]);
    }

    #[test]
    fn takeovers_are_counted_and_reported_periodically() {
        let (overheard, now) = (UnassignedBoards::default(), Millis(1_800_000_000_000));
        let takes = |at| overheard.takes_over("BOARD7", "10.0.0.1".into(), "10.0.0.2".into(), at);
        assert!(takes(now) && !takes(now.after(MINUTE)) && takes(now.after(MINUTE * 30)));
        let (_, takeovers) = overheard.lately(now.after(MINUTE * 31));
        assert_eq!((takeovers.len(), takeovers[0].times), (1, 3));
    }

    #[test]
    fn unreadable_messages_are_reported_once_a_minute() {
        let (overheard, now) = (UnassignedBoards::default(), Millis(1_800_000_000_000));
        assert!(overheard.is_news(now) && !overheard.is_news(now.after(MINUTE / 2)));
        assert!(overheard.is_news(now.after(MINUTE)));
    }
}
