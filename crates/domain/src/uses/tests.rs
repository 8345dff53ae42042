//! The projection against short stories, and against any sequence of facts.

mod conflicts;
mod ended;
mod equal_uses;

use super::*;
use proptest::prelude::*;

const NOON: Millis = Millis(1_800_000_000_000);
const ADA: CardHolder = CardHolder::Card(CardId(1));
const BOB: CardHolder = CardHolder::Card(CardId(2));

fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

/// A machine's sessions, stored as the store does.
#[derive(Default)]
struct History {
    sessions: Vec<Session>,
    total: i64,
    auto_logoff: Option<Duration>,
    told_to_stop: bool,
    for_booking: bool,
    /// When the booking of another person begins, in seconds after noon.
    booked: Option<u64>,
    never_extends: bool,
    /// Since when several boards are connected, in seconds after noon.
    shared: Option<u64>,
}

impl History {
    fn situation(&self) -> Situation {
        let mut closed: Vec<_> = self.sessions.iter().copied().filter(|session| session.end.is_some()).collect();
        closed.sort_by_key(|session| std::cmp::Reverse((session.end_at(), session.id)));
        closed.truncate(ENOUGH.into());
        let open = self.sessions.iter().copied().find(|session| session.end.is_none());
        let Self { auto_logoff, told_to_stop, never_extends, .. } = *self;
        let booked = self.booked.map(|at| NOON.after(seconds(at)));
        let situation =
            Situation { open, closed, auto_logoff, told_to_stop, never_extends, ..Situation::default() };
        let shared = self.shared.map(|at| NOON.after(seconds(at)));
        Situation { booked, for_booking: self.for_booking, shared, ..situation }
    }

    fn hear(&mut self, at: u64, bearer: CardHolder, action: Action, duration: u64, replay: bool) -> usize {
        let fact = Fact { action, bearer, duration: seconds(duration), replay, at: NOON.after(seconds(at)) };
        let changes = project(&self.situation(), &fact).unwrap();
        for change in &changes {
            let place = |id| self.sessions.iter().position(|session| session.id == id);
            let before = match change {
                Change::Add(_) => None,
                Change::Set(session) | Change::Remove(session) => place(session.id),
            };
            self.total += hours_gained(before.map(|at| &self.sessions[at]), change);
            match (before, change) {
                (Some(at), Change::Set(session)) => self.sessions[at] = *session,
                (Some(at), Change::Remove(_)) => drop(self.sessions.remove(at)),
                (None, Change::Add(session)) => {
                    let id = self.sessions.iter().filter_map(|session| session.id).map(|id| id.0).max();
                    self.sessions.push(Session { id: Some(UseId(id.unwrap_or(0) + 1)), ..*session });
                }
                (_, change) => panic!("{change:?} of a session that is not there"),
            }
        }
        changes.len()
    }

    fn start(&mut self, at: u64, bearer: CardHolder) -> usize {
        self.hear(at, bearer, Action::Start, 0, false)
    }

    fn stop(&mut self, at: u64, bearer: CardHolder, duration: u64) -> usize {
        self.hear(at, bearer, Action::Stop, duration, false)
    }

    /// The board asks something.
    fn settle(&mut self) {
        self.sessions.iter_mut().for_each(|session| session.settled = true);
    }

    /// Start and end of each session in seconds after noon, by start.
    fn times(&self) -> Vec<(i64, Option<i64>)> {
        Self::sorted(self.sessions.iter())
    }

    /// Only sessions without a conflict.
    fn lasting(&self) -> Vec<(i64, Option<i64>)> {
        let is_alone = |session: &&Session| session.end.is_none_or(|(_, ending)| ending != Ending::Conflict);
        Self::sorted(self.sessions.iter().filter(is_alone))
    }

    fn sorted<'a>(sessions: impl Iterator<Item = &'a Session>) -> Vec<(i64, Option<i64>)> {
        let second = |at: Millis| (at.0 - NOON.0) / 1_000;
        let mut times: Vec<_> =
            sessions.map(|session| (second(session.start), session.end_at().map(second))).collect();
        times.sort_unstable_by_key(|&(start, end)| (start, end.unwrap_or(i64::MAX)));
        times
    }
}

#[test]
fn start_and_stop_make_one_session() {
    let mut laser = History::default();
    laser.start(0, ADA);
    laser.hear(30, ADA, Action::Extend, 30, false);
    laser.stop(61, ADA, 60);
    assert_eq!(laser.times(), [(0, Some(60))], "the board's duration, not the delay of its message");
    assert_eq!(laser.total, 60_000);
    assert_eq!(laser.sessions[0].end.unwrap().1, Ending::LoggedOut);
}

#[test]
fn use_as_long_as_limit_ends_by_auto_logoff() {
    let mut laser = History { auto_logoff: Some(seconds(600)), ..History::default() };
    laser.start(0, ADA);
    laser.stop(600, ADA, 600);
    assert_eq!(laser.sessions[0].end.unwrap().1, Ending::AutoLogoff);
}

#[test]
fn use_cut_off_by_other_booking_ends_by_booking() {
    let ending = |laser: &History| laser.sessions[0].end.unwrap().1;
    for (booked, auto_logoff, told_to_stop, lasted, expected) in [
        (Some(3_600), None, false, 3_600, Ending::Booking),
        (Some(3_630), Some(43_200), false, 3_600, Ending::Booking),
        (Some(3_630), None, false, 3_599, Ending::LoggedOut),
        (Some(3_600), Some(600), false, 600, Ending::AutoLogoff),
        (None, Some(600), false, 600, Ending::AutoLogoff),
        (Some(3_600), None, true, 900, Ending::Booking),
        (None, None, false, 7_200, Ending::LoggedOut),
    ] {
        let auto_logoff = auto_logoff.map(seconds);
        let mut laser =
            History { booked, auto_logoff, told_to_stop, for_booking: told_to_stop, ..History::default() };
        laser.start(0, ADA);
        laser.stop(lasted, ADA, lasted);
        assert_eq!(ending(&laser), expected, "{booked:?} {auto_logoff:?} {lasted}");
    }
    let mut within = History { booked: Some(0), ..History::default() };
    within.start(900, ADA);
    within.stop(960, ADA, 60);
    assert_eq!(ending(&within), Ending::Booking, "begun in somebody else's time");
}

// A21
#[test]
fn duplicated_message_has_one_effect() {
    let mut laser = History::default();
    laser.start(0, ADA);
    assert_eq!(laser.start(1, ADA), 0);
    laser.stop(60, ADA, 60);
    assert_eq!(laser.stop(61, ADA, 60), 0);
    assert_eq!(laser.times(), [(0, Some(60))]);
    assert_eq!(laser.total, 60_000);

    let mut lathe = History::default();
    lathe.start(0, ADA);
    lathe.stop(3, ADA, 1);
    assert_eq!(lathe.stop(3, ADA, 1), 0, "also when it was on its way for longer than the use was");
}

#[test]
fn start_over_open_use_supersedes_it() {
    let mut laser = History::default();
    laser.start(0, ADA);
    laser.start(100, BOB);
    assert_eq!(laser.times(), [(0, Some(100)), (100, None)]);
    assert_eq!(laser.sessions[0].end.unwrap().1, Ending::Superseded);
    assert!(laser.sessions[0].approximate, "nobody said when it ended");

    let mut lathe = History::default();
    lathe.start(0, ADA);
    lathe.hear(30, ADA, Action::Extend, 30, false);
    lathe.start(4_000, BOB);
    assert_eq!(lathe.times(), [(0, Some(30)), (4_000, None)], "it broke off with its last sign of life");
}

#[test]
fn silent_use_is_capped_at_board_limit() {
    let mut laser = History { auto_logoff: Some(seconds(43_200)), never_extends: true, ..History::default() };
    laser.start(0, ADA);
    laser.start(4 * 86_400, BOB);
    assert_eq!(laser.times(), [(0, Some(43_200)), (345_600, None)]);
    assert!(laser.sessions[0].approximate);
    let mut lathe = History { never_extends: true, ..History::default() };
    lathe.start(0, ADA);
    lathe.start(4 * 86_400, BOB);
    assert_eq!(lathe.times()[0], (0, Some(86_400)));
    let mut saw = History::default();
    saw.start(0, ADA);
    saw.start(4 * 86_400, BOB);
    assert_eq!(saw.times()[0], (0, Some(0)), "its board would have reported it");
    assert!(saw.sessions[0].approximate);
}

// A21
#[test]
fn duplicated_stop_leaves_next_use_running() {
    for next in [BOB, ADA] {
        let mut laser = History::default();
        laser.start(0, ADA);
        laser.stop(30, ADA, 30);
        laser.start(36, next);
        assert_eq!(laser.stop(37, ADA, 30), 0);
        assert_eq!(laser.times(), [(0, Some(30)), (36, None)]);
        laser.stop(66, next, 30);
        assert_eq!(laser.times(), [(0, Some(30)), (36, Some(66))], "as long as the one before, and no double");
    }
}

#[test]
fn stop_of_equal_length_after_cut_off_use_is_not_duplicate() {
    let mut laser = History::default();
    laser.start(0, ADA);
    laser.start(61, ADA);
    laser.stop(121, ADA, 61);
    assert_eq!(laser.times(), [(0, Some(61)), (61, Some(121))]);
}

#[test]
fn stop_is_bounded_by_now_and_last_heartbeat() {
    let mut laser = History::default();
    laser.start(0, ADA);
    laser.stop(10, ADA, 500);
    assert_eq!(laser.times(), [(0, Some(10))]);

    let mut lathe = History::default();
    lathe.start(0, ADA);
    lathe.hear(60, ADA, Action::Extend, 60, false);
    lathe.stop(100, ADA, 20);
    assert_eq!(lathe.times(), [(0, Some(100))]);
}

#[test]
fn stop_by_other_card_is_flagged() {
    let mut laser = History::default();
    laser.start(0, ADA);
    laser.stop(50, BOB, 50);
    assert!(laser.sessions[0].other_card && laser.sessions[0].bearer == ADA);
}

#[test]
fn stop_without_start_counts_as_use() {
    let mut laser = History::default();
    laser.start(0, ADA);
    laser.stop(60, ADA, 60);
    assert_eq!(laser.stop(80, BOB, 0), 0, "a remote stop while idle");
    laser.stop(300, BOB, 600);
    assert_eq!(laser.times(), [(0, Some(60)), (60, Some(300))], "as far as nobody else had it");
    assert!(laser.sessions[1].approximate);
}

#[test]
fn heartbeat_without_start_counts_as_use() {
    let mut laser = History::default();
    laser.hear(100, ADA, Action::Extend, 70, false);
    assert_eq!(laser.times(), [(30, None)]);
    laser.hear(200, BOB, Action::Extend, 20, false);
    assert_eq!(laser.times(), [(30, Some(180)), (180, None)]);
    let at = NOON.after(seconds(300));
    let fact = Fact { action: Action::Extend, bearer: BOB, duration: seconds(86_401), replay: false, at };
    assert_eq!(project(&laser.situation(), &fact), Err(TooLong), "Ada was on it until then");
}

#[test]
fn impossible_duration_ends_open_use_and_adds_none() {
    let fact = |action, duration, replay| Fact { action, bearer: ADA, duration, replay, at: NOON };
    let mut laser = History::default();
    for (duration, replay) in [
        (MEASURABLE + seconds(1), false),
        (MEASURABLE + seconds(1), true),
        (Duration::MAX, false),
        (Duration::MAX, true),
    ] {
        let notices = project(&laser.situation(), &fact(Action::Stop, duration, replay));
        assert_eq!(notices, Err(TooLong), "{duration:?} {replay}");
    }
    // Queued during an outage of more than a day.
    laser.hear(400_000, ADA, Action::Stop, 90_000, true);
    assert_eq!(laser.times(), [(310_000, Some(400_000))]);
    for replay in [false, true] {
        let mut lathe = History::default();
        lathe.start(0, ADA);
        lathe.hear(60, ADA, Action::Stop, 99_999_999, replay);
        assert_eq!(lathe.times(), [(0, Some(60))], "it lasted until the board said that it is over");
        let mut saw = History::default();
        saw.hear(0, ADA, Action::Start, 0, true);
        saw.hear(60, ADA, Action::Stop, 99_999_999, replay);
        assert_eq!(saw.sessions[0].length(), Some(Duration::ZERO), "nobody knows how long it was");
    }
    let mut mill = History::default();
    mill.start(0, BOB);
    let stored = Fact { at: NOON.after(seconds(3_600)), ..fact(Action::Stop, Duration::MAX, true) };
    assert_eq!(project(&mill.situation(), &stored), Err(TooLong), "Bob's time is not hers");
    mill.hear(3_600, ADA, Action::Stop, 99_999_999, false);
    assert_eq!(mill.times(), [(0, Some(3_600))], "with another card, he is out all the same");
}

#[test]
fn consecutive_uses_of_equal_length_all_end() {
    // The board measures slightly more than our clock: a start was delayed, or it rounds up.
    let mut laser = History::default();
    for n in 0..3 {
        laser.hear(n * 2, ADA, Action::Start, 0, false);
        laser.hear(n * 2 + 2, ADA, Action::Stop, 3, false);
    }
    assert_eq!(laser.times(), [(0, Some(2)), (2, Some(4)), (4, Some(6))]);
    // A very late start; but the board asked for permission before it.
    let mut lathe = History::default();
    lathe.start(0, ADA);
    lathe.stop(60, ADA, 60);
    lathe.sessions[0].settled = true;
    lathe.start(90, ADA);
    lathe.stop(110, ADA, 60);
    assert_eq!(lathe.times(), [(0, Some(60)), (90, Some(110))]);
    // Without that it is the previous stop, duplicated.
    let mut saw = History::default();
    saw.start(0, ADA);
    saw.stop(60, ADA, 60);
    saw.start(62, ADA);
    saw.stop(63, ADA, 60);
    assert_eq!(saw.times(), [(0, Some(60)), (62, None)]);
}

#[test]
fn replay_of_answered_start_is_twin() {
    let mut laser = History::default();
    laser.start(0, ADA);
    // No answer in time: the board queued the start, and the stop because it was offline.
    laser.hear(200, ADA, Action::Start, 0, true);
    laser.hear(201, ADA, Action::Stop, 90, true);
    assert_eq!(laser.times(), [(0, Some(90))]);
    assert_eq!(laser.sessions[0].source, Source::Live);
}

#[test]
fn replay_of_answered_start_and_stop_is_twin() {
    let mut laser = History::default();
    laser.start(0, ADA);
    laser.stop(60, ADA, 60);
    laser.hear(200, ADA, Action::Start, 0, true);
    laser.hear(201, ADA, Action::Stop, 60, true);
    assert_eq!(laser.times(), [(0, Some(60))], "both were twins");
    assert_eq!(laser.total, 60_000);
}

#[test]
fn replayed_uses_of_equal_length_are_matched_by_count() {
    let mut laser = History::default();
    laser.start(0, ADA);
    laser.stop(60, ADA, 60);
    for at in [1_000, 2_000] {
        laser.hear(at, ADA, Action::Start, 0, true);
        laser.hear(at + 1, ADA, Action::Stop, 60, true);
    }
    assert_eq!(laser.times(), [(0, Some(60)), (1_941, Some(2_001))], "the second pair was a use of its own");
    assert_eq!(laser.total, 120_000);
    assert_eq!(laser.sessions[1].source, Source::Replayed);
}

#[test]
fn equal_replay_after_settled_answer_is_new_use() {
    let mut laser = History::default();
    laser.start(0, ADA);
    laser.stop(60, ADA, 60);
    laser.settle();
    laser.hear(1_000, ADA, Action::Start, 0, true);
    laser.hear(1_001, ADA, Action::Stop, 60, true);
    assert_eq!(laser.times(), [(0, Some(60)), (941, Some(1_001))]);

    // The electricity was cut at some time after 30.
    let mut lathe = History::default();
    lathe.start(0, ADA);
    lathe.settle();
    lathe.hear(30, ADA, Action::Extend, 30, false);
    lathe.hear(1_000, ADA, Action::Start, 0, true);
    lathe.hear(1_001, ADA, Action::Stop, 40, true);
    assert_eq!(lathe.times(), [(0, Some(30)), (961, Some(1_001))]);
    assert_eq!(lathe.total, 70_000);
}

#[test]
fn replays_are_placed_backwards_in_order() {
    let mut laser = History::default();
    laser.start(0, ADA);
    laser.stop(500, ADA, 500);
    for (at, bearer, action, duration) in [
        (1_000, ADA, Action::Start, 0),
        (1_001, ADA, Action::Stop, 100),
        (1_002, BOB, Action::Start, 0),
        (1_003, BOB, Action::Stop, 200),
        (1_004, ADA, Action::Start, 0),
    ] {
        laser.hear(at, bearer, action, duration, true);
    }
    assert_eq!(laser.times(), [(0, Some(500)), (703, Some(803)), (803, Some(1_003)), (1_004, None)]);
    laser.hear(1_034, ADA, Action::Extend, 130, false);
    assert_eq!(laser.times(), [(0, Some(500)), (604, Some(704)), (704, Some(904)), (904, None)]);
    laser.stop(1_050, ADA, 400);
    assert_eq!(
        laser.times(),
        [(0, Some(500)), (500, Some(500)), (500, Some(650)), (650, Some(1_050))],
        "what was heard as it happened does not move"
    );
    assert_eq!(laser.total, 1_050_000);
}

#[test]
fn live_stop_is_not_duplicate_of_placed_replay() {
    let mut laser = History::default();
    for (action, duration) in [(Action::Start, 0), (Action::Stop, 120), (Action::Start, 0)] {
        laser.hear(1_000, ADA, action, duration, true);
    }
    laser.stop(1_010, ADA, 120);
    assert_eq!(laser.times(), [(770, Some(890)), (890, Some(1_010))]);
}

#[test]
fn replayed_use_cut_by_power_loss_has_zero_length() {
    let mut laser = History::default();
    laser.hear(500, ADA, Action::Start, 0, true);
    laser.hear(501, BOB, Action::Start, 0, true);
    laser.hear(502, BOB, Action::Stop, 100, true);
    assert_eq!(laser.times(), [(402, Some(402)), (402, Some(502))]);
    assert_eq!(laser.total, 100_000);
}

// A21
#[test]
fn two_boards_with_one_number_count_no_hour_twice() {
    let mut laser = History::default();
    laser.start(0, ADA);
    laser.start(10, BOB);
    laser.stop(60, ADA, 60);
    laser.stop(70, BOB, 60);
    assert_eq!(laser.times(), [(0, Some(60)), (60, Some(70))]);
    assert_eq!(laser.total, 70_000);
}

#[test]
fn replayed_remote_stop_while_idle_is_no_use() {
    let mut laser = History::default();
    assert_eq!(laser.hear(500, ADA, Action::Stop, 0, true), 0);
}

// A23
#[test]
fn clock_set_forward_preserves_length() {
    let mut laser = History::default();
    laser.start(0, ADA);
    laser.hear(10_830, ADA, Action::Extend, 30, false);
    laser.stop(10_860, ADA, 60);
    assert_eq!(laser.times(), [(10_800, Some(10_860))]);
}

// A23
#[test]
fn clock_set_back_preserves_length_and_place() {
    let mut laser = History::default();
    laser.start(20_000, ADA);
    laser.settle();
    laser.hear(9_230, ADA, Action::Extend, 30, false);
    laser.stop(9_260, ADA, 60);
    laser.settle();
    laser.start(9_300, ADA);
    laser.settle();
    laser.stop(9_360, ADA, 60);
    laser.settle();
    laser.hear(9_400, BOB, Action::Start, 0, true);
    laser.hear(9_400, BOB, Action::Stop, 30, true);
    assert_eq!(laser.times(), [(20_000, Some(20_060)), (20_060, Some(20_120)), (20_120, Some(20_150))]);
}

// A23
#[test]
fn clock_set_back_and_forward_preserves_replayed_length() {
    let mut laser = History::default();
    laser.hear(20_042, ADA, Action::Start, 0, true);
    laser.hear(9_264, ADA, Action::Extend, 60, false);
    laser.hear(20_121, ADA, Action::Stop, 116, true);
    assert_eq!(laser.times(), [(20_005, Some(20_121))]);
}

// A21
#[test]
fn duplicated_replay_has_one_effect() {
    // The start was received live and late, so its replay is a twin; every replay comes twice.
    let mut laser = History::default();
    laser.start(0, ADA);
    for (at, action, duration) in [(200, Action::Start, 0), (202, Action::Stop, 90)] {
        laser.hear(at, ADA, action, duration, true);
        assert_eq!(laser.hear(at + 1, ADA, action, duration, true), 0, "{action:?}");
    }
    assert_eq!(laser.times(), [(0, Some(90))]);

    // Nothing of this use was received before.
    let mut lathe = History::default();
    for (at, action, duration) in [(200, Action::Start, 0), (202, Action::Stop, 90)] {
        lathe.hear(at, ADA, action, duration, true);
        lathe.hear(at + 1, ADA, action, duration, true);
    }
    assert_eq!(lathe.times(), [(112, Some(202))]);
    assert_eq!(lathe.total, 90_000);
}

// A20
#[test]
fn use_across_server_outage_stops_once() {
    let mut laser = History::default();
    laser.start(0, ADA);
    laser.hear(30, ADA, Action::Extend, 30, false);
    // The server was down from 40 to 300; the board queued the stop and sends live messages again afterwards.
    laser.hear(300, ADA, Action::Stop, 120, true);
    assert_eq!(laser.times(), [(0, Some(120))]);
    laser.start(310, BOB);
    assert_eq!(laser.times(), [(0, Some(120)), (310, None)]);
}

#[test]
fn replayed_start_is_confirmed_by_heartbeat() {
    let mut laser = History::default();
    laser.hear(500, ADA, Action::Start, 0, true);
    assert!(laser.sessions[0].provisional);
    laser.hear(530, ADA, Action::Extend, 400, false);
    assert!(!laser.sessions[0].provisional);
    assert_eq!(laser.times(), [(130, None)], "the board knows how long it has run");
}

#[test]
fn replayed_start_with_live_stop_lasts_as_reported() {
    let mut laser = History::default();
    laser.start(0, BOB);
    laser.stop(450, BOB, 450);
    laser.hear(500, ADA, Action::Start, 0, true);
    laser.stop(503, ADA, 44);
    assert_eq!(laser.times(), [(0, Some(450)), (459, Some(503))]);
}

fn any_fact() -> impl Strategy<Value = (u64, bool, usize, u64, bool)> {
    (0..400_u64, any::<bool>(), 0..3_usize, prop_oneof![Just(0), Just(60), 0..300_u64], any::<bool>())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8 * ProptestConfig::default().cases))]

    // A21
    #[test]
    fn any_sequence_leaves_one_open_session_without_overlap_and_exact_total(
        facts in proptest::collection::vec(any_fact(), 1..25)
    ) {
        let mut laser = History::default();
        let mut now = 0;
        for (wait, ada, action, duration, replay) in facts {
            now += wait;
            laser.hear(now, if ada { ADA } else { BOB }, Action::ALL[action], duration, replay);

            let open = laser.sessions.iter().filter(|session| session.end.is_none()).count();
            prop_assert!(open <= 1);
            let times = laser.lasting();
            for pair in times.windows(2) {
                prop_assert!(pair[0].1.is_some_and(|end| end <= pair[1].0), "overlap: {times:?}");
            }
            let end_of_all = NOON.after(seconds(now));
            for session in &laser.sessions {
                prop_assert!(session.end_at().is_none_or(|end| session.start <= end && end <= end_of_all));
            }
            let sum: i64 = laser.sessions.iter().filter_map(Session::length).map(millis).sum();
            prop_assert_eq!(laser.total, sum);
        }
    }
}
