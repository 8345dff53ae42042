//! Replays: what a board kept while nobody answered, and sends again when somebody does.
//!
//! Invariant: a replay whose twin was heard before is matched with it, and each fact is matched once. What has no
//! twin is a use of its own, with hours that are worked out: replays carry no time.

use super::{Change, Fact, Session, Situation, Source, Twin};

/// A replayed start: the twin of the session that is open, or a use that may turn out to be one.
pub(super) fn start(situation: &Situation, fact: &Fact) -> Vec<Change> {
    let mut changes = Vec::new();
    match situation.open {
        Some(open) if open.bearer == fact.bearer && !open.provisional => {
            // A second twin is the first, doubled on the wire: a use of its own would be preceded by a stop.
            let twin = Twin { start: true, ..open.twin };
            return if open.twin == twin { vec![] } else { vec![Change::Set(Session { twin, ..open })] };
        }
        // Its stop was lost with the oldest messages; nothing is known of its length.
        Some(open) if open.provisional => changes.push(Change::Remove(open)),
        Some(open) => changes.push(Change::Set(open.superseded(fact.at, situation.longest()))),
        None => {}
    }
    let begun = Session::begun(fact, fact.at, Source::Replayed);
    changes.push(Change::Add(Session { provisional: true, ..begun }));
    changes
}

/// A replayed stop: the twin of one heard before, the end of the open session, or the end of a use never heard of.
pub(super) fn stop(situation: &Situation, fact: &Fact) -> Vec<Change> {
    let own = situation.open.filter(|open| open.bearer == fact.bearer);
    if let Some(open) = own.filter(|open| !open.provisional) {
        let ended = open.stopped(fact, situation.ending(fact.duration));
        return vec![Change::Set(Session { twin: Twin { stop: true, ..ended.twin }, ..ended })];
    }
    // Boards send in the order in which things happened, so the earliest comes first.
    let twin = situation.closed.iter().rev().find(|closed| {
        closed.bearer == fact.bearer
            && !closed.twin.stop
            && (closed.lasted(fact.duration) || closed.waits_for_its_stop(fact.duration))
    });
    match (twin, own) {
        (Some(twin), provisional) => {
            let both = Twin { start: twin.twin.start || provisional.is_some(), stop: true };
            let mut changes = vec![Change::Set(Session { twin: both, ..*twin })];
            changes.extend(provisional.map(Change::Remove));
            changes
        }
        (None, Some(provisional)) => {
            let alone = Situation { open: None, ..situation.clone() };
            let laid = alone.inserted(fact, Source::Replayed).into_iter().map(|change| match change {
                Change::Add(session) => Change::Set(confirmed(Session { id: provisional.id, ..session })),
                other => other,
            });
            let laid: Vec<_> = laid.collect();
            if laid.is_empty() { vec![Change::Remove(provisional)] } else { laid }
        }
        // A use of its own would be preceded by its start: this is the stop before, doubled on the wire.
        (None, None)
            if situation.closed.first().is_some_and(|last| {
                last.bearer == fact.bearer && last.twin.stop && last.lasted(fact.duration)
            }) =>
        {
            vec![]
        }
        (None, None) => situation
            .inserted(fact, Source::Replayed)
            .into_iter()
            .map(|change| match change {
                Change::Add(session) => Change::Add(confirmed(session)),
                other => other,
            })
            .collect(),
    }
}

/// A use known from its replays alone: there is no plain message left whose twin could still come.
fn confirmed(session: Session) -> Session {
    Session { twin: Twin { start: true, stop: true }, ..session }
}
