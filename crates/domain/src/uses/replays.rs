//! Replays: messages that a board queued while nobody answered, and sends again later.
//!
//! Invariant: a replay whose twin was received before is matched with it, and each fact is matched once. A replay
//! without a twin is a use of its own with a computed time: replays carry none.

use super::{Change, Session, Situation, Source, Twin, Word, ends};

/// A replayed start: the twin of the session that is open, or a use that may turn out to be one.
pub(super) fn start(situation: &Situation, message: &Word) -> Vec<Change> {
    let mut changes = Vec::new();
    match situation.open {
        Some(open) if open.bearer == message.bearer && !open.settled => {
            // A second twin is the first, doubled on the wire or not answered in time either: a use of its own
            // would be preceded by a stop.
            return start_again(open);
        }
        // Its stop was never received: the board lost power.
        Some(open) => changes.push(Change::Set(open.superseded_unheard())),
        None => {
            if let Some(fixed) = ends::unreported(situation, message) {
                return start_again(fixed);
            }
        }
    }
    let begun = Session::begun(message, message.at, Source::Replayed);
    changes.push(Change::Add(Session { provisional: true, ..begun }));
    changes
}

/// The start of `session` once more.
fn start_again(session: Session) -> Vec<Change> {
    let twin = Twin { start: true, ..session.twin };
    let same = session.provisional || session.twin == twin;
    if same { vec![] } else { vec![Change::Set(Session { twin, ..session })] }
}

/// A replayed stop: the twin of an earlier one, the end of the open session, or the end of an unknown use.
pub(super) fn stop(situation: &Situation, message: &Word) -> Vec<Change> {
    let own = situation.open.filter(|open| open.bearer == message.bearer);
    if let Some(open) = own.filter(|open| !open.provisional) {
        // Its start was unknown and earlier, or it would end in the future.
        let is_longer = open.approximate && open.start.after(message.duration) > message.at;
        let (open, mut changes) = if is_longer { situation.measured(open, message) } else { (open, Vec::new()) };
        let ended = open.stopped(message, situation.ending(message.duration));
        changes.push(Change::Set(Session { twin: Twin { stop: true, ..ended.twin }, ..ended }));
        return changes;
    }
    if let Some(fixed) = ends::unreported(situation, message).and_then(|fixed| fixed.reported_late(message)) {
        return vec![Change::Set(Session { twin: Twin { stop: true, ..fixed.twin }, ..fixed })];
    }
    // Boards send in order, so the earliest comes first. After a replayed start it is only a use whose start can have a twin
    // itself: otherwise both are of another use, equally long.
    let twin = situation.closed.iter().rev().find(|closed| {
        closed.bearer == message.bearer
            && (own.is_none() || !closed.twin.start)
            && !closed.settled
            && !closed.twin.stop
            && closed.reported == Some(message.duration)
    });
    match (twin, own) {
        (Some(twin), provisional) => {
            let both = Twin { start: twin.twin.start || provisional.is_some(), stop: true };
            let mut changes = vec![Change::Set(Session { twin: both, ..*twin })];
            changes.extend(provisional.map(Change::Remove));
            changes
        }
        // The stop before, doubled on the wire or not answered in time either.
        (None, None) if situation.was_just_reported(message) => vec![],
        // A remote stop while idle.
        (None, None) if message.duration.is_zero() => vec![],
        (None, own) => alone(situation, own, message),
    }
}

/// A use known from replays alone: `provisional` if its start is known as well.
fn alone(situation: &Situation, provisional: Option<Session>, message: &Word) -> Vec<Change> {
    // Another user was on before: the board has reported nothing since.
    let before = situation.open.filter(|open| provisional.is_none_or(|own| own.id != open.id));
    let before = before.map(Session::superseded_unheard);
    let closed = before.into_iter().chain(situation.closed.iter().copied());
    let alone = Situation { open: None, closed: closed.collect(), ..situation.clone() };
    let mut changes = alone.inserted(message, Source::Replayed);
    for change in &mut changes {
        *change = match (*change, provisional) {
            (Change::Add(new), Some(own)) => Change::Set(confirmed(Session { id: own.id, ..new })),
            (Change::Add(new), None) => Change::Add(confirmed(new)),
            (other, _) => other,
        };
    }
    // Unless it made room and is among them.
    if let Some(ended) = before
        && !changes.iter().any(|change| matches!(change, Change::Set(moved) if moved.id == ended.id))
    {
        changes.insert(0, Change::Set(ended));
    }
    changes
}

/// No live message is left whose twin could still arrive.
fn confirmed(session: Session) -> Session {
    Session { twin: Twin { start: true, stop: true }, ..session }
}
