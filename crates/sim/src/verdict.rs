//! Compares a server's history with the uses people made at simulated boards: complete, and nothing twice.
//!
//! Invariant: the uses are taken from the boards' visible state, never from their messages. Compared is how often and
//! how long each card used each machine. A use cut off by a power cut is approximate: its length is unknown, it runs
//! until the board is seen idle or the next use begins, and it is not missed if the board could not report it.

use crate::{face::Happened, fleet::Fleet, link::News, link::SimBoard};
use domain::{
    boards::MachineNumber,
    cards::CardUid,
    time::{Millis, millis},
    uses::TOLERANCE,
};
use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::sync::broadcast::error::RecvError;

/// Machine and card; cards in the order of their digits.
type Whose = (MachineNumber, String);

/// A use in the history of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UseRecord {
    /// The machine's number.
    pub board: MachineNumber,
    /// The card, unless it is no longer known.
    pub uid: Option<CardUid>,
    /// When it began.
    pub start: Millis,
    /// When it ended; `None` while it runs.
    pub end: Option<Millis>,
}

/// The uses seen so far.
#[derive(Debug, Clone, Default)]
pub struct Witness(Arc<Mutex<Seen>>);

#[derive(Debug, Default)]
struct Seen {
    inside: BTreeMap<MachineNumber, CardUid>,
    did: BTreeMap<Whose, Did>,
    missed: u64,
}

/// One card's uses of a machine.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Did {
    /// Uses that ended with a log-out.
    whole: usize,
    /// Uses that ended with a power cut.
    cut_off: usize,
    /// Total length of the former.
    length: Duration,
}

impl Witness {
    /// Watches every board of `fleet` from now on.
    #[must_use]
    pub fn of(fleet: &Fleet) -> Self {
        let witness = Self::default();
        for board in fleet.boards() {
            witness.watch(board);
        }
        witness
    }

    fn watch(&self, board: &SimBoard) {
        let (number, mut news, own) = (board.number(), board.news(), self.clone());
        tokio::spawn(async move {
            loop {
                match news.recv().await {
                    Ok(News::Happened(what)) => own.lock().note(number, &what),
                    Ok(News::Sent(_) | News::Heard(..)) => {}
                    Err(RecvError::Lagged(missed)) => own.lock().missed += missed,
                    Err(RecvError::Closed) => return,
                }
            }
        });
    }

    /// Compares with the server's history of the same time.
    #[must_use]
    pub fn compare(&self, stored: &[UseRecord]) -> Verdict {
        let seen = self.lock();
        let mut history: BTreeMap<Whose, (usize, i64, usize)> = BTreeMap::new();
        for one in stored.iter().filter(|one| seen.knows(one.board)) {
            let uid = one.uid.as_ref().map_or_else(String::new, |uid| uid.as_str().to_owned());
            let (count, length, open) = history.entry((one.board, uid)).or_default();
            *count += 1;
            *length += one.end.map_or(0, |end| end.0 - one.start.0);
            *open += usize::from(one.end.is_none());
        }
        let mut verdict = Verdict { missed: seen.missed, ..Verdict::default() };
        for (whose, did) in &seen.did {
            let (count, length, open) = history.remove(whose).unwrap_or_default();
            // One that was cut off ends when its board polls again.
            verdict.open += open.saturating_sub(did.cut_off);
            verdict.uses += did.whole;
            verdict.cut_off += did.cut_off;
            verdict.lost += did.whole.saturating_sub(count);
            verdict.doubled += count.saturating_sub(did.whole + did.cut_off);
            verdict.reported += did.length;
            // The length of a use that was cut off is unknown.
            if did.cut_off == 0 && count == did.whole {
                let tolerance = millis(TOLERANCE * u32::try_from(count).unwrap_or(u32::MAX));
                verdict.wrong_hours += usize::from((length - millis(did.length)).abs() > tolerance);
            }
        }
        verdict.doubled += history.values().map(|(count, ..)| count).sum::<usize>();
        verdict
    }

    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seen {
    fn note(&mut self, board: MachineNumber, what: &Happened) {
        match what {
            Happened::Admitted { uid, .. } => {
                self.inside.insert(board, uid.clone());
            }
            Happened::LoggedOut { uid, after, .. } => {
                self.inside.remove(&board);
                let did = self.did(board, uid);
                did.whole += 1;
                did.length += *after;
            }
            Happened::PowerOff => {
                if let Some(uid) = self.inside.remove(&board) {
                    self.did(board, &uid).cut_off += 1;
                }
            }
            _ => {}
        }
    }

    fn did(&mut self, board: MachineNumber, uid: &CardUid) -> &mut Did {
        self.did.entry((board, uid.as_str().to_owned())).or_default()
    }

    /// Whether any use was seen at that machine.
    fn knows(&self, board: MachineNumber) -> bool {
        self.did.keys().any(|(known, _)| *known == board)
    }
}

/// The result of a comparison.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Uses that ended with a log-out.
    pub uses: usize,
    /// Uses that ended with a power cut.
    pub cut_off: usize,
    /// Total length of the former.
    pub reported: Duration,
    /// Uses missing in the history.
    pub lost: usize,
    /// Uses in the history that were not made.
    pub doubled: usize,
    /// Running uses in the history after everyone has left.
    pub open: usize,
    /// Cards whose total time at a machine differs.
    pub wrong_hours: usize,
    /// Board events that were missed here because they came too fast.
    pub missed: u64,
}

impl Verdict {
    /// Nothing lost, doubled or open, all hours right, and something to compare.
    #[must_use]
    pub fn is_good(&self) -> bool {
        let Self { uses, lost, doubled, open, wrong_hours, missed, .. } = *self;
        uses > 0 && (lost, doubled, open, wrong_hours, missed) == (0, 0, 0, 0, 0)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { uses, cut_off, reported, lost, doubled, open, wrong_hours, missed } = self;
        let minutes = reported.as_secs() / 60;
        write!(f, "{uses} uses, {minutes} minutes; {cut_off} more were cut off with the electricity. ")?;
        write!(
            f,
            "In the history: {lost} lost, {doubled} doubled, {open} left open, {wrong_hours} of wrong length"
        )?;
        if *missed > 0 {
            write!(f, "; {missed} things happened too fast to be seen")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::access::Level;

    const SEVEN: MachineNumber = MachineNumber(7);

    fn uid(digits: &str) -> CardUid {
        CardUid::from_board(digits).unwrap()
    }

    fn enters(card: &str) -> Happened {
        Happened::Admitted { uid: uid(card), name: String::new(), level: Level::User, from_memory: false }
    }

    fn leaves(card: &str, seconds: u64) -> Happened {
        let after = Duration::from_secs(seconds);
        Happened::LoggedOut { uid: uid(card), name: String::new(), after, by_itself: false }
    }

    fn use_record(card: &str, start: i64, end: Option<i64>) -> UseRecord {
        let at = |second: i64| Millis(second * 1_000);
        UseRecord { board: SEVEN, uid: Some(uid(card)), start: at(start), end: end.map(at) }
    }

    #[test]
    fn lost_doubled_open_and_wrong_uses_are_counted() {
        let witness = Witness::default();
        for what in [
            enters("adaadaad"),
            leaves("adaadaad", 60),
            enters("adaadaad"),
            leaves("adaadaad", 30),
            enters("b0b0b0b0"),
        ] {
            witness.lock().note(SEVEN, &what);
        }
        witness.lock().note(SEVEN, &Happened::PowerOff);
        let first = use_record("adaadaad", 0, Some(60));
        let second = use_record("adaadaad", 100, Some(130));
        let good = [first.clone(), second.clone(), use_record("b0b0b0b0", 200, Some(900))];
        let verdict = witness.compare(&good);
        assert!(verdict.is_good(), "{verdict}");
        assert_eq!((verdict.uses, verdict.cut_off, verdict.reported), (2, 1, Duration::from_secs(90)));
        assert!(witness.compare(&good[..2]).is_good(), "it was cut off before the board could tell");

        assert_eq!(witness.compare(&good[1..]).lost, 1);
        assert_eq!(witness.compare(&[&good[..], &good[..1]].concat()).doubled, 1);
        assert_eq!(witness.compare(&[&good[..], &[use_record("0badcafe", 0, Some(1))]].concat()).doubled, 1);
        assert_eq!(witness.compare(&[first.clone(), use_record("adaadaad", 100, None)]).open, 1);
        assert_eq!(witness.compare(&[first, use_record("adaadaad", 100, Some(145))]).wrong_hours, 1);
        assert!(!Witness::default().compare(&[]).is_good(), "nobody came");
    }
}
