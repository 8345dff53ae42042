//! Uses: sessions computed from the messages of boards.
//!
//! A board says "started", "still in use", "stopped after so many seconds" – sometimes twice, sometimes hours
//! late, never with a time. [`project`] turns one such fact into the changes of a machine's sessions. Nothing else
//! computes sessions.
//!
//! **Invariants.** At most one session of a machine is open. Sessions of a machine never overlap and never end in
//! the future, so hours are counted once; one in conflict with another has no hours ([`conflicts`]). A fact that
//! was already processed changes nothing.
//!
//! **Two deliveries of one fact** happen in two ways. A message may be duplicated on the wire. And a board that
//! gets no answer within 2 s queues the message and sends it again as a *replay*: its twin. Each live fact has at
//! most one twin, so two real uses of equal length are distinguished by count. A board replays its whole queue before
//! it polls again: after a poll, no earlier fact has a twin any more ([`Session::settled`]). So a replayed start and stop are
//! the twins of an equally long use only if nothing was polled since its start.
//!
//! **One case remains:** a use during which no poll arrived, whose stop was answered, and an equally long use of the same card
//! that the board queued before its next poll are taken for one. The queue of a board whose answers were lost has the same
//! bytes in the same order. Messages carry no time and no number; at QoS 0 a packet has no id and no DUP flag; and replays
//! arrive on a new connection either way.
//!
//! **Two clocks.** The board's measures how long a use lasts, ours says when it was. Ours may be set during a use:
//! forward, and the use keeps its length; back, and the machine's history continues where it was until our clock
//! has caught up, because sessions cannot overlap.
//!
//! **Not here:** who may start a use (the board has switched on already: facts are not discarded).

mod conflicts;
mod corrections;
mod ends;
mod placement;
mod polls;
mod replays;

#[cfg(test)]
mod tests;

pub use conflicts::REPORTED;
pub use corrections::{Corrected, Correction, InvalidCorrection};
pub use polls::Polls;

use crate::{
    id::{CardId, UnknownCardId, UseId},
    string_enum::string_enum,
    time::{MINUTE, Millis, millis},
};
use std::time::Duration;

/// Tolerance between equal instants, for the board's clock and network delays.
pub const TOLERANCE: Duration = Duration::from_secs(5);

/// A longer use must fit the history of its machine; a shorter one is cut to fit.
pub const LONGEST: Duration = Duration::from_hours(24);

/// The longest duration a board can have measured: its millisecond clock wraps after 2³², some 49 days.
pub const MEASURABLE: Duration = Duration::from_millis(1 << 32);

/// How long after its last heartbeat a use is presumed to have gone on until the next one began.
pub const LOST: Duration = Duration::from_mins(3);

/// Closed sessions that can matter: a board queues 40 messages, which follow one more.
pub const ENOUGH: u8 = 41;

string_enum! {
    /// The action in a board's message about a use.
    Action {
        Start = "start",
        Extend = "extend",
        Stop = "stop",
    }
}

string_enum! {
    /// How a session became known.
    Source {
        Live = "live",
        /// Later, from a board's queue.
        Replayed = "replayed",
    }
}

string_enum! {
    /// How a session ended.
    Ending {
        /// Its user logged out.
        LoggedOut = "logged-out",
        /// The board logged its user out.
        AutoLogoff = "auto-logoff",
        /// Another use began.
        Superseded = "superseded",
        /// Its board sent messages but no longer reported it.
        Lost = "lost",
        /// Its board fell silent.
        Silent = "silent",
        /// Its board was asked to log its user out.
        Remote = "remote",
        /// The booking of another person began.
        Booking = "booking",
        /// Another board with the same number was in use.
        Conflict = "conflict",
        /// A caretaker of the machine corrected it.
        Manager = "manager",
    }
}

/// The card of a use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CardHolder {
    Card(CardId),
    /// An unclaimed card; the board's own list admitted it.
    Unknown(UnknownCardId),
}

/// A message of a board about a use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fact {
    pub action: Action,
    pub bearer: CardHolder,
    /// How long the use has lasted, by the board's clock. Zero for a start.
    pub duration: Duration,
    /// Queued by the board and sent again.
    pub replay: bool,
    /// When it arrived here.
    pub at: Millis,
}

/// One run of a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "what is known of it, each by itself")]
pub struct Session {
    /// `None` until it is stored.
    pub id: Option<UseId>,
    pub bearer: CardHolder,
    pub start: Millis,
    /// The last heartbeat.
    pub last_sign: Millis,
    /// When and how it ended; `None` while it is running.
    pub end: Option<(Millis, Ending)>,
    /// How it became known.
    pub source: Source,
    /// Its hours were worked out afterwards.
    pub approximate: bool,
    /// A replayed start, not yet known to be a use of its own or the twin of an earlier one.
    pub provisional: bool,
    /// Another card than the one that began it ended it.
    pub other_card: bool,
    /// Its length, as reported by its board in the stop.
    pub reported: Option<Duration>,
    /// Its board has polled since its last message about it: none of these has a twin any more.
    pub settled: bool,
    /// Its start, and its stop, have been delivered a second time.
    pub twin: Twin,
    /// It was corrected and is fixed.
    pub corrected: Option<Corrected>,
}

/// The facts of a session that had their twin.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Twin {
    pub start: bool,
    pub stop: bool,
}

/// The context of a fact: the sessions of its machine, as far as they can matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Situation {
    pub open: Option<Session>,
    /// Closed sessions, the latest end first. The last [`ENOUGH`] are enough.
    pub closed: Vec<Session>,
    /// After how long the board logs its user out; `None` is never.
    pub auto_logoff: Option<Duration>,
    /// The board was asked to end the open session.
    pub told_to_stop: bool,
    /// It was asked because another person's booking begins.
    pub for_booking: bool,
    /// When the booking of another person begins by which the open session is to end.
    pub booked: Option<Millis>,
    /// When its board last showed that it is idle, if known.
    pub idle: Option<Millis>,
    /// Since when several boards with the machine's number are connected, if they are.
    pub shared: Option<Millis>,
    /// The board's firmware does not send `inuse`: silence about a use does not mean that it is over.
    pub never_extends: bool,
}

/// One change of the sessions of a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    Add(Session),
    /// The new state of a session.
    Set(Session),
    /// A provisional session that turned out to be the twin of another.
    Remove(Session),
}

/// No use can have lasted as long as the fact says; it changed nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the use cannot have lasted that long")]
pub struct TooLong;

/// The changes that `fact` makes in `situation`. At most one [`Change::Add`], which comes last.
pub fn project(situation: &Situation, fact: &Fact) -> Result<Vec<Change>, TooLong> {
    // If our clock was set back, the history continues where it was.
    let fact = &believed(situation, fact)?;
    let reached = situation.reached().unwrap_or(fact.at);
    let set_back = reached > fact.at.after(TOLERANCE);
    let message = &Word { fact: Fact { at: fact.at.max(reached), ..*fact }, set_back };
    let taken_up = ends::taken_up(situation, message);
    let situation = taken_up.as_ref().unwrap_or(situation);
    match (fact.action, fact.replay) {
        (Action::Start, false) => Ok(start(situation, message)),
        (Action::Start, true) => Ok(replays::start(situation, message)),
        (Action::Extend, _) if !situation.has_time_for(message) => Err(TooLong),
        (Action::Extend, _) => Ok(extend(situation, message)),
        (Action::Stop, false) => stop(situation, message),
        (Action::Stop, true) => Ok(replays::stop(situation, message)),
    }
}

/// The fact, without an impossible length. A stop is still believed if the use is known: it lasted until now, or,
/// for a replayed start, an unknown time. A replay is about another use if another person is on the machine.
fn believed(situation: &Situation, fact: &Fact) -> Result<Fact, TooLong> {
    if fact.duration <= MEASURABLE {
        return Ok(*fact);
    }
    if fact.action != Action::Stop {
        return Err(TooLong);
    }
    let is_it = |open: &Session| !fact.replay || open.bearer == fact.bearer;
    let open = situation.open.filter(is_it).ok_or(TooLong)?;
    let duration = if open.provisional { Duration::ZERO } else { fact.at.since(open.start) };
    Ok(Fact { duration, ..*fact })
}

/// A fact, at an instant that the machine's history has not passed yet.
#[derive(Debug, Clone, Copy)]
struct Word {
    fact: Fact,
    /// By our clock it precedes something already known.
    set_back: bool,
}

impl std::ops::Deref for Word {
    type Target = Fact;

    fn deref(&self) -> &Fact {
        &self.fact
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

fn start(situation: &Situation, message: &Word) -> Vec<Change> {
    let mut changes = Vec::new();
    if let Some(open) = situation.open {
        let is_fresh = open.start.near(message.at, TOLERANCE) && !(message.set_back && open.settled);
        if open.bearer == message.bearer && !open.provisional && is_fresh {
            // The same message twice: nobody logs out and swipes again within five seconds.
            return changes;
        }
        if open.bearer != message.bearer && situation.is_shared(message.at) {
            return vec![Change::Add(Session::begun(message, message.at, Source::Live).in_conflict())];
        }
        changes.push(Change::Set(open.superseded(message.at, situation)));
    }
    changes.push(Change::Add(Session::begun(message, message.at, Source::Live)));
    changes
}

fn extend(situation: &Situation, message: &Word) -> Vec<Change> {
    if corrections::fixed(situation, message).is_some() {
        return Vec::new();
    }
    if let Some(changes) = conflicts::extend(situation, message) {
        return changes;
    }
    match situation.open {
        Some(open) if open.bearer == message.bearer => {
            let (open, mut changes) = situation.measured(open, message);
            let last_sign = open.last_sign.max(message.at);
            changes.push(Change::Set(Session { last_sign, provisional: false, ..open }));
            changes
        }
        Some(open) => {
            let begun = situation.free_since(message.at.before(message.duration)).min(message.at);
            let switched = begun.max(open.last_sign).min(message.at);
            let mut next = Session::begun(message, switched, Source::Live);
            next.last_sign = message.at;
            vec![Change::Set(open.superseded(switched, situation)), Change::Add(next)]
        }
        None => {
            let (start, end, mut changes) = situation.lay(message);
            let mut next = Session::begun(message, start, Source::Live);
            next.last_sign = end;
            changes.push(Change::Add(next));
            changes
        }
    }
}

fn stop(situation: &Situation, message: &Word) -> Result<Vec<Change>, TooLong> {
    if let Some(fixed) = corrections::fixed(situation, message) {
        return Ok(fixed.reported_late(message).map(Change::Set).into_iter().collect());
    }
    if let Some(changes) = conflicts::stop(situation, message) {
        return Ok(changes);
    }
    let own = situation.open.filter(|open| open.bearer == message.bearer);
    // The current user may log out: our clock saw the start slightly later than the board, or was set.
    let is_own = own.is_some_and(|own| message.duration <= message.at.since(own.start).saturating_add(TOLERANCE));
    let doubled = !is_own
        && situation.closed.iter().any(|closed| {
            // Two uses of one machine cannot share the same time, so this is one use reported twice.
            closed.bearer == message.bearer
            // The time of a replay is unknown.
            && !closed.twin.stop
            && closed.reported_end().is_some_and(|end| end > message.at.before(message.duration))
            && closed.reported == Some(message.duration)
            // After a poll the board's messages are about the running use; and after our clock was set back, equal
            // times prove nothing.
            && !((message.set_back || own.is_some()) && closed.settled)
        });
    if doubled || (situation.open.is_none() && situation.was_just_reported(message)) {
        return Ok(Vec::new());
    }
    if let Some(open) = situation.open {
        let (open, mut changes) =
            if own.is_some() { situation.measured(open, message) } else { (open, Vec::new()) };
        changes.push(Change::Set(open.stopped(message, situation.ending(message.duration))));
        return Ok(changes);
    }
    if message.duration.is_zero() {
        return Ok(Vec::new());
    }
    if !situation.has_time_for(message) {
        return Err(TooLong);
    }
    Ok(situation.inserted(message, Source::Live))
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
            reported: None,
            settled: false,
            twin: Twin::default(),
            corrected: None,
        }
    }

    /// Its length; `None` while it is running.
    #[must_use]
    pub fn length(&self) -> Option<Duration> {
        self.end_at().map(|end| end.since(self.start))
    }

    const fn is_replayed(&self) -> bool {
        matches!(self.source, Source::Replayed)
    }

    fn end_at(&self) -> Option<Millis> {
        self.end.map(|(end, _)| end)
    }

    /// Ends the session because another use began at `at`; the exact end is unknown. If heartbeats stopped long
    /// ago, it ends at the last one; if the board sends none, it ends at its auto-stop limit at the latest.
    fn superseded(self, at: Millis, situation: &Situation) -> Self {
        let sends_signs = self.last_sign > self.start || !situation.never_extends;
        let broke_off = sends_signs && at.since(self.last_sign) > LOST;
        // Of a mere replayed start nothing else is known.
        let known = if broke_off || self.provisional { self.last_sign } else { at.max(self.start) };
        let end = known.min(self.start.after(situation.longest()).max(self.last_sign));
        Self { end: Some((end, Ending::Superseded)), approximate: true, provisional: false, ..self }
    }

    /// Ends at its last heartbeat, because its board began another use in the meantime.
    fn superseded_unheard(self) -> Self {
        let end = Some((self.last_sign, Ending::Superseded));
        Self { end, approximate: true, provisional: false, ..self }
    }

    /// Ends at its start plus the board's duration, or now if the facts contradict that: in the future, or before
    /// a heartbeat. A replay ended before now in any case.
    fn stopped(self, message: &Word, ending: Ending) -> Self {
        let reported = self.start.after(message.duration);
        let is_past = reported <= message.at || (message.set_back && message.duration <= self.at_most());
        let is_late = reported.after(TOLERANCE) >= self.last_sign;
        let end = match (is_past, is_late) {
            (true, true) => reported,
            (true, false) if message.replay => self.last_sign,
            _ => message.at.max(self.start),
        };
        let other_card = self.bearer != message.bearer;
        Self {
            end: Some((end, ending)),
            last_sign: self.last_sign.max(end),
            provisional: false,
            other_card,
            reported: Some(message.duration),
            settled: false,
            // The board has polled since its start, so that is not replayed any more.
            twin: Twin { start: self.twin.start || self.settled, ..self.twin },
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

    /// The use at a second board that `fact` is about while the first goes on.
    #[must_use]
    pub fn at_second_board(&self, fact: &Fact) -> Option<Session> {
        let message = Word { fact: *fact, set_back: false };
        self.open.filter(|open| open.bearer != fact.bearer)?;
        self.second(&message)
    }

    fn ending(&self, duration: Duration) -> Ending {
        let by_itself = self.auto_logoff.filter(|limit| duration >= *limit);
        match self.until_booked().filter(|limit| duration >= *limit) {
            _ if self.told_to_stop && self.for_booking => Ending::Booking,
            _ if self.told_to_stop => Ending::Remote,
            Some(limit) if by_itself.is_none_or(|by_itself| limit < by_itself) => Ending::Booking,
            _ if by_itself.is_some() => Ending::AutoLogoff,
            _ => Ending::LoggedOut,
        }
    }

    /// After how long the board logs its user out because another person has booked.
    fn until_booked(&self) -> Option<Duration> {
        let open = self.open.filter(|_| self.booked.is_some())?;
        Some(MINUTE * u32::from(log_out_after(0, open.start, self.booked)))
    }

    /// How long a use can continue without a message.
    fn longest(&self) -> Duration {
        self.auto_logoff.unwrap_or(LONGEST)
    }

    /// The latest known instant.
    fn reached(&self) -> Option<Millis> {
        let open = self.open.map(|open| open.last_sign);
        self.closed.iter().filter_map(Session::end_at).chain(open).max()
    }

    /// Whether `message` repeats the last ended use, with no poll since. A new use would be preceded by its start,
    /// or by a poll.
    fn was_just_reported(&self, message: &Word) -> bool {
        self.closed.first().is_some_and(|last| {
            last.bearer == message.bearer && !last.settled && last.reported == Some(message.duration)
        })
    }

    /// `requested`, or the end of the latest session if that is later.
    fn free_since(&self, requested: Millis) -> Millis {
        self.closed.iter().filter_map(Session::end_at).fold(requested, Millis::max)
    }
}

/// Minutes of use after which the board logs its user out who began at `since`: `auto_stop` (0 is never), but not
/// later than `next`, when the next booking of another person begins.
#[must_use]
pub fn log_out_after(auto_stop: u16, since: Millis, next: Option<Millis>) -> u16 {
    let Some(next) = next else { return auto_stop };
    let left = next.since(since).as_secs() / 60;
    // 0 is never.
    let left = u16::try_from(left).unwrap_or(u16::MAX).max(1);
    if auto_stop == 0 { left } else { auto_stop.min(left) }
}
