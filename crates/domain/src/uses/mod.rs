//! Uses: what the things a board says amount to.
//!
//! A board says "started", "still in use", "stopped after so many seconds" – sometimes twice, sometimes hours late,
//! never with a time. [`project`] turns one such fact into the changes of a machine's sessions. Sessions are computed
//! from facts by nothing else.
//!
//! **Invariants.** At most one session of a machine is open. Sessions of a machine never overlap and never end in the
//! future, so that hours are counted once. A fact that was understood already changes nothing.
//!
//! **Two deliveries of one fact** happen in two ways. A message may be doubled on the wire. And a board that got no
//! answer within 2 s keeps the message and sends it again as a *replay*: its twin. Each plain fact has at most one
//! twin, so two real uses of equal length are told apart by count.
//!
//! **Deliberately absent:** who may start a use (a board has switched on already: facts are not discarded), and
//! laying several replayed uses of one outage one before the other.

mod corrections;
mod ends;
mod replays;
#[cfg(test)]
mod tests;

pub use corrections::{Corrected, Correction, Unfit};

use crate::{
    id::{CardId, UnknownCardId, UseId},
    time::{Millis, millis},
    words::words,
};
use std::time::Duration;

/// How far two instants that mean the same may lie apart, by the board's clock and the network's delays.
pub const TOLERANCE: Duration = Duration::from_secs(5);

/// The longest use that a board may claim to be in.
pub const LONGEST: Duration = Duration::from_hours(24);

/// How long after its last sign of life a use is taken to have gone on until the next one began.
pub const LOST: Duration = Duration::from_mins(3);

words! {
    /// What a board said about a use.
    Action {
        /// It began.
        Start = "start",
        /// It goes on.
        Extend = "extend",
        /// It ended.
        Stop = "stop",
    }
}

words! {
    /// How a session came to be known.
    Source {
        /// As it happened.
        Live = "live",
        /// Afterwards, from what a board had kept.
        Replayed = "replayed",
    }
}

words! {
    /// How a session ended.
    Ending {
        /// Its user logged out.
        LoggedOut = "logged-out",
        /// The board logged its user out.
        AutoLogoff = "auto-logoff",
        /// Somebody else's use began.
        Superseded = "superseded",
        /// Its board spoke, and did not tell of it any more.
        Lost = "lost",
        /// Its board said nothing at all any more.
        Silent = "silent",
        /// Its board was told to log out whoever is in.
        Remote = "remote",
        /// Whoever cares for the machine said so.
        Manager = "manager",
    }
}

/// Whose card it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Bearer {
    /// A card of somebody known.
    Card(CardId),
    /// A card nobody has claimed; the board's own list let it in.
    Unknown(UnknownCardId),
}

/// One thing a board said about a use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fact {
    /// What.
    pub action: Action,
    /// With which card.
    pub bearer: Bearer,
    /// How long the use has lasted, by the board's clock. Zero for a start.
    pub duration: Duration,
    /// Kept by the board and sent again.
    pub replay: bool,
    /// When it arrived here.
    pub at: Millis,
}

/// One run of a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Session {
    /// `None` until it is stored.
    pub id: Option<UseId>,
    /// Whose card.
    pub bearer: Bearer,
    /// When it began.
    pub start: Millis,
    /// The last that was heard of it.
    pub last_sign: Millis,
    /// When and how it ended; `None` while it runs.
    pub end: Option<(Millis, Ending)>,
    /// How it came to be known.
    pub source: Source,
    /// Its hours were worked out afterwards.
    pub approximate: bool,
    /// A replayed start, not yet known to be a use of its own or the twin of an earlier one.
    pub provisional: bool,
    /// Another card than the one that began it ended it.
    pub other_card: bool,
    /// Its start, and its stop, have been delivered a second time.
    pub twin: Twin,
    /// Somebody corrected it: it is fixed.
    pub corrected: Option<Corrected>,
}

/// Which facts of a session had their twin.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Twin {
    /// The start.
    pub start: bool,
    /// The stop.
    pub stop: bool,
}

/// What a fact meets: the sessions of its machine, as far as they can matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Situation {
    /// The open session.
    pub open: Option<Session>,
    /// Closed sessions, the latest end first. A board keeps 40 messages, so the last 40 are enough.
    pub closed: Vec<Session>,
    /// After how long the board logs its user out; `None` is never.
    pub auto_logoff: Option<Duration>,
    /// The board was told to end the open session.
    pub told_to_stop: bool,
}

/// One change of the sessions of a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// A session that was not known.
    Add(Session),
    /// A session, as it is now.
    Set(Session),
    /// A provisional session that turned out to be the twin of another.
    Remove(Session),
}

/// The fact contradicts itself; nothing was changed by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a use cannot have lasted longer than a day")]
pub struct TooLong;

/// What `fact` changes in `situation`. At most one [`Change::Add`], and it comes last.
pub fn project(situation: &Situation, fact: &Fact) -> Result<Vec<Change>, TooLong> {
    match (fact.action, fact.replay) {
        (Action::Start, false) => Ok(start(situation, fact)),
        (Action::Start, true) => Ok(replays::start(situation, fact)),
        (Action::Extend, _) if fact.duration > LONGEST => Err(TooLong),
        (Action::Extend, _) => Ok(extend(situation, fact)),
        (Action::Stop, false) => Ok(stop(situation, fact)),
        (Action::Stop, true) => Ok(replays::stop(situation, fact)),
    }
}

/// By how much the hours of the machine change, in milliseconds, when `change` replaces `before`.
#[must_use]
pub fn hours_gained(before: Option<&Session>, change: &Change) -> i64 {
    let after = match change {
        Change::Add(session) | Change::Set(session) => session.length(),
        Change::Remove(_) => None,
    };
    let length = |length: Option<Duration>| length.map_or(0, millis);
    length(after) - length(before.and_then(Session::length))
}

fn start(situation: &Situation, fact: &Fact) -> Vec<Change> {
    let mut changes = Vec::new();
    if let Some(open) = situation.open {
        if open.bearer == fact.bearer && !open.provisional && open.start.near(fact.at, TOLERANCE) {
            // The same message twice: nobody logs out, takes the card away and swipes again in five seconds.
            return changes;
        }
        changes.push(Change::Set(open.superseded(fact.at, situation.longest())));
    }
    changes.push(Change::Add(Session::begun(fact, fact.at, Source::Live)));
    changes
}

fn extend(situation: &Situation, fact: &Fact) -> Vec<Change> {
    if corrections::is_of_a_fixed(situation, fact) {
        return Vec::new();
    }
    if let Some(lost) = ends::taken_up(situation, fact) {
        return vec![Change::Set(Session { last_sign: lost.last_sign.max(fact.at), ..lost })];
    }
    let begun = situation.free_since(fact.at.before(fact.duration)).min(fact.at);
    match situation.open {
        Some(open) if open.bearer == fact.bearer => {
            // The board knows better than we when a replayed use began.
            let start = if open.approximate { open.start.min(begun) } else { open.start };
            let last_sign = open.last_sign.max(fact.at);
            vec![Change::Set(Session { start, last_sign, provisional: false, ..open })]
        }
        Some(open) => {
            let switched = begun.max(open.last_sign).min(fact.at);
            let mut next = Session::begun(fact, switched, Source::Live);
            next.last_sign = fact.at;
            vec![Change::Set(open.superseded(switched, situation.longest())), Change::Add(next)]
        }
        None => {
            let mut next = Session::begun(fact, begun, Source::Live);
            next.last_sign = fact.at;
            vec![Change::Add(next)]
        }
    }
}

fn stop(situation: &Situation, fact: &Fact) -> Vec<Change> {
    if corrections::is_of_a_fixed(situation, fact) {
        return Vec::new();
    }
    if let Some(lost) = ends::taken_up(situation, fact) {
        return vec![Change::Set(lost.stopped(fact, situation.ending(fact.duration)))];
    }
    let ending = situation.ending(fact.duration);
    let doubled = situation.closed.iter().any(|closed| {
        // Two uses of one machine cannot share the same time, so this is one use told twice.
        closed.bearer == fact.bearer
            && closed.told_end().is_some_and(|end| end > fact.at.before(fact.duration))
            && closed.lasted(fact.duration)
    });
    if doubled {
        return Vec::new();
    }
    if let Some(open) = situation.open {
        // The board knows better than we when a replayed use began.
        let begun = situation.free_since(fact.at.before(fact.duration)).min(fact.at);
        let start = if open.approximate { open.start.min(begun) } else { open.start };
        return vec![Change::Set(Session { start, ..open }.stopped(fact, ending))];
    }
    if fact.duration.is_zero() { Vec::new() } else { situation.inserted(fact, Source::Live) }
}

impl Session {
    fn begun(fact: &Fact, start: Millis, source: Source) -> Self {
        Self {
            id: None,
            bearer: fact.bearer,
            start,
            last_sign: start,
            end: None,
            source,
            approximate: source == Source::Replayed,
            provisional: false,
            other_card: false,
            twin: Twin::default(),
            corrected: None,
        }
    }

    /// How long it lasted; `None` while it runs.
    #[must_use]
    pub fn length(&self) -> Option<Duration> {
        self.end_at().map(|end| end.since(self.start))
    }

    fn end_at(&self) -> Option<Millis> {
        self.end.map(|(end, _)| end)
    }

    /// Whether it lasted `duration` by the board's word, give or take.
    fn lasted(&self, duration: Duration) -> bool {
        let told = self.told_end().map(|end| end.since(self.start));
        told.is_some_and(|length| length.abs_diff(duration) <= TOLERANCE)
    }

    /// Ended because another use began at `at`. After signs of life that broke off long ago it ends at the last of
    /// them; without any, its board would have logged out after `longest`.
    fn superseded(self, at: Millis, longest: Duration) -> Self {
        let broke_off = self.last_sign > self.start && at.since(self.last_sign) > LOST;
        let known = if broke_off { self.last_sign } else { at.max(self.start) };
        let end = known.min(self.start.after(longest));
        let approximate = self.approximate || end < at;
        Self { end: Some((end, Ending::Superseded)), approximate, provisional: false, ..self }
    }

    /// Ended at its start plus the board's duration, or now where the facts do not support that: in the future, or
    /// before a sign of life.
    fn stopped(self, fact: &Fact, ending: Ending) -> Self {
        let told = self.start.after(fact.duration);
        let supported = told <= fact.at && told.after(TOLERANCE) >= self.last_sign;
        let end = if supported { told } else { fact.at.max(self.start) };
        let other_card = self.bearer != fact.bearer;
        Self {
            end: Some((end, ending)),
            last_sign: self.last_sign.max(end),
            provisional: false,
            other_card,
            ..self
        }
    }
}

impl Situation {
    /// The use that is open, where `changes` end it.
    #[must_use]
    pub fn ended_by(&self, changes: &[Change]) -> Option<UseId> {
        let open = self.open?.id?;
        let ends = |change: &Change| match change {
            Change::Set(after) => after.id == Some(open) && after.end.is_some(),
            Change::Remove(gone) => gone.id == Some(open),
            Change::Add(_) => false,
        };
        changes.iter().any(ends).then_some(open)
    }

    fn ending(&self, duration: Duration) -> Ending {
        match self.auto_logoff {
            _ if self.told_to_stop => Ending::Remote,
            Some(limit) if duration >= limit => Ending::AutoLogoff,
            _ => Ending::LoggedOut,
        }
    }

    /// How long a use can go on without anybody saying so.
    fn longest(&self) -> Duration {
        self.auto_logoff.unwrap_or(LONGEST)
    }

    /// `wanted`, or the end of the latest session where that is later.
    fn free_since(&self, wanted: Millis) -> Millis {
        self.closed.iter().filter_map(Session::end_at).fold(wanted, Millis::max)
    }

    /// A use of which only the end was heard: the time before it, as far as nobody else had it.
    fn inserted(&self, fact: &Fact, source: Source) -> Vec<Change> {
        // Whoever is on now came after it.
        let end = self.open.map_or(fact.at, |open| open.start.min(fact.at));
        let start = self.free_since(end.before(fact.duration.min(LONGEST)));
        if start >= end {
            return Vec::new();
        }
        let ended = Some((end, self.ending(fact.duration)));
        vec![Change::Add(Session {
            end: ended,
            last_sign: end,
            approximate: true,
            ..Session::begun(fact, start, source)
        })]
    }
}
