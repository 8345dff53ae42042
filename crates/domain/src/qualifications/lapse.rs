//! When a qualification lapses: at its end date, long after the last use, or because it was never used.
//!
//! **Invariants.** A lapse is recorded once: the newest entry is then the revocation. A late job finds the same
//! lapses as a punctual one. Only `user` lapses for disuse, and never on the built-in types, which nobody uses;
//! training or owning a machine is not using it.

use super::{Entry, EntryKind, Ledger, Relation, SPACE, SYSTEM, Subject};
use crate::{
    id::EntryId,
    time::{DAY, Millis},
};

/// The lapse settings of a subject, and its last use; not consulted for the built-in types.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Habit {
    /// Days without a use after which it lapses; 0 is never.
    pub unused: u16,
    /// Days after the grant in which a first use must fall; 0 does not ask.
    pub never_used: u16,
    /// The person's last use, if any; a running use counts as now.
    pub last_use: Option<Millis>,
}

/// One revocation that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lapse {
    pub subject: Subject,
    pub relation: Relation,
    /// Start of the lapse: the recorded end, so that nothing changes in between; otherwise now, because nobody was
    /// denied before.
    pub from: Millis,
}

/// The lapses of `ledger` at `now`.
#[must_use]
pub fn due(ledger: &Ledger, habit: impl Fn(Subject) -> Habit, now: Millis) -> Vec<Lapse> {
    let due = granted(ledger).into_iter().filter_map(|(subject, relation)| {
        let from = ended(ledger, subject, relation, now).or_else(|| {
            (relation == Relation::User && disused(ledger, subject, habit(subject), now)).then_some(now)
        })?;
        Some(Lapse { subject, relation, from })
    });
    due.collect()
}

/// The expired entries of `ledger` at `now` that are neither regranted nor banned, with their ends. `is_expiry`
/// identifies entries that record an end.
#[must_use]
pub fn expired(ledger: &Ledger, is_expiry: impl Fn(EntryId) -> bool, now: Millis) -> Vec<(&Entry, Millis)> {
    let expired = granted(ledger).into_iter().filter_map(|(subject, relation)| {
        if ledger.holds(relation, &[subject], now) || ledger.ban(subject, now).is_some() {
            return None;
        }
        let newest = newest(ledger, subject, relation, now)?;
        let end = match newest.kind {
            EntryKind::Granted => newest.until.filter(|&until| until <= now),
            EntryKind::Revoked => is_expiry(newest.id).then_some(newest.from),
            EntryKind::Banned | EntryKind::Unbanned => None,
        };
        Some((newest, end?))
    });
    expired.collect()
}

/// Everything ever granted, in ledger order.
fn granted(ledger: &Ledger) -> Vec<(Subject, Relation)> {
    let mut granted = Vec::new();
    for entry in ledger.0.iter().filter(|entry| entry.kind == EntryKind::Granted) {
        if !granted.contains(&(entry.subject, entry.relation)) {
            granted.push((entry.subject, entry.relation));
        }
    }
    granted
}

/// The newest entry on `relation` itself, other than bans.
fn newest(ledger: &Ledger, subject: Subject, relation: Relation, now: Millis) -> Option<&Entry> {
    let message = ledger.0.iter().filter(|entry| {
        let about_bans = matches!(entry.kind, EntryKind::Banned | EntryKind::Unbanned);
        entry.subject == subject && entry.from <= now && entry.relation == relation && !about_bans
    });
    message.max_by_key(|entry| (entry.from, entry.id))
}

/// When the grant in the newest entry expired, if it did.
fn ended(ledger: &Ledger, subject: Subject, relation: Relation, now: Millis) -> Option<Millis> {
    let newest = newest(ledger, subject, relation, now)?;
    newest.until.filter(|&until| newest.kind == EntryKind::Granted && until <= now)
}

fn disused(ledger: &Ledger, subject: Subject, habit: Habit, now: Millis) -> bool {
    let Some(grant) = ledger.grant(Relation::User, subject, now) else { return false };
    if matches!(subject, SPACE | SYSTEM) {
        return false;
    }
    let over = |since: Millis, days: u16| days > 0 && since.after(DAY * u32::from(days)) <= now;
    match habit.last_use {
        Some(last) if last >= grant.from => over(last, habit.unused),
        // Regranted after a pause: the interval restarts.
        Some(_) => over(grant.from, habit.unused) || over(grant.from, habit.never_used),
        None => over(grant.from, habit.never_used),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        id::{EntryId, TypeId},
        qualifications::Entry,
    };
    use proptest::prelude::*;

    const LASER: Subject = Subject::Type(TypeId(3));

    fn day(n: i64) -> Millis {
        Millis(n * 86_400_000)
    }

    fn entry(id: i64, kind: EntryKind, from: i64, until: Option<i64>) -> Entry {
        let (id, until) = (EntryId(id), until.map(day));
        Entry { id, subject: LASER, relation: Relation::User, kind, from: day(from), until }
    }

    fn write(ledger: &mut Ledger, lapses: &[Lapse]) {
        for lapse in lapses {
            let id = EntryId(1_000 + i64::try_from(ledger.0.len()).unwrap());
            let (subject, relation, from) = (lapse.subject, lapse.relation, lapse.from);
            ledger.0.push(Entry { id, subject, relation, kind: EntryKind::Revoked, from, until: None });
        }
    }

    // A10
    #[test]
    fn passed_end_is_recorded_once_without_effect() {
        let mut ledger = Ledger(vec![entry(1, EntryKind::Granted, 1, Some(10))]);
        assert_eq!(due(&ledger, |_| Habit::default(), day(10).before(DAY)), []);
        let lapses = due(&ledger, |_| Habit::default(), day(17));
        assert_eq!(lapses, [Lapse { subject: LASER, relation: Relation::User, from: day(10) }], "a week late");
        write(&mut ledger, &lapses);
        assert_eq!(due(&ledger, |_| Habit::default(), day(30)), []);
        ledger.0.push(entry(2_000, EntryKind::Granted, 20, None));
        assert!(ledger.holds(Relation::User, &[LASER], day(25)), "and back again");
    }

    #[test]
    fn expired_grant_is_listed_until_regranted() {
        let mut ledger = Ledger(vec![entry(1, EntryKind::Granted, 1, Some(10))]);
        let ends = |ledger: &Ledger, at| {
            let expired = expired(ledger, |id| id == EntryId(2), day(at));
            expired.into_iter().map(|(_, end)| end).collect::<Vec<_>>()
        };
        assert_eq!(ends(&ledger, 9), []);
        assert_eq!(ends(&ledger, 11), [day(10)], "before the end is written down");
        ledger.0.push(entry(2, EntryKind::Revoked, 10, None));
        assert_eq!(ends(&ledger, 11), [day(10)]);
        ledger.0.push(entry(3, EntryKind::Granted, 12, None));
        assert_eq!(ends(&ledger, 13), []);
        ledger.0.push(entry(4, EntryKind::Revoked, 14, None));
        assert_eq!(ends(&ledger, 15), [], "what somebody revoked did not run out");
    }

    #[test]
    fn disuse_counts_from_last_use_or_new_grant() {
        let grant = Ledger(vec![entry(1, EntryKind::Granted, 0, None)]);
        let habit =
            |last_use: Option<i64>| move |_| Habit { unused: 30, never_used: 90, last_use: last_use.map(day) };
        for (last, at, lapses) in [
            (None, 89, false),
            (None, 90, true),
            (Some(50), 79, false),
            (Some(50), 80, true),
            (Some(-5), 29, false),
            (Some(-5), 30, true),
        ] {
            assert_eq!(!due(&grant, habit(last), day(at)).is_empty(), lapses, "{last:?} at {at}");
        }
        assert_eq!(
            due(&grant, |_| Habit { last_use: None, ..Habit::default() }, day(9_000)),
            [],
            "off by default"
        );
        let member = Ledger(vec![Entry { subject: SPACE, ..grant.0[0] }]);
        assert_eq!(due(&member, habit(None), day(9_000)), [], "membership is not used up");
        let owner = Ledger(vec![Entry { relation: Relation::Owner, ..grant.0[0] }]);
        assert_eq!(due(&owner, habit(None), day(9_000)), [], "nor is looking after");
    }

    proptest! {
        // A23
        #[test]
        fn late_job_records_each_lapse_once(
            drawn in proptest::collection::vec((0..2_usize, 0..40_i64, proptest::option::of(1..20_i64)), 0..6),
            last in proptest::option::of(0..40_i64), first in 0..60_i64, pause in 0..60_i64,
        ) {
            let kinds = [EntryKind::Granted, EntryKind::Revoked];
            let entries = (1..).zip(drawn).map(|(id, (kind, from, length))| {
                entry(id, kinds[kind], from, length.map(|length| from + length))
            });
            let habit = |_| Habit { unused: 10, never_used: 15, last_use: last.map(day) };
            let mut ledger = Ledger(entries.collect());
            let before = ledger.clone();
            let lapses = due(&ledger, habit, day(first));
            write(&mut ledger, &lapses);
            prop_assert_eq!(due(&ledger, habit, day(first)), vec![], "nothing is left");
            for at in (0..first).map(day) {
                prop_assert_eq!(before.holds(Relation::User, &[LASER], at), ledger.holds(Relation::User, &[LASER], at));
            }
            prop_assert!(due(&ledger, habit, day(first + pause)).len() <= 1);
        }
    }
}
