//! Corrected uses, and uses without a stop message.

use super::*;

fn corrected(history: &mut History, at: usize, correction: Correction, now: u64) -> Result<(), InvalidCorrection> {
    let before = history.sessions[at];
    let others = history.sessions.iter().filter(|other| other.id != before.id && !other.is_void());
    let next = others.map(|other| other.start).filter(|start| *start > before.start).min();
    let after = before.correct(correction, next, NOON.after(seconds(now)))?;
    history.total += hours_gained(Some(&before), &Change::Set(after));
    history.sessions[at] = after;
    Ok(())
}

fn end(at: u64) -> Correction {
    Correction::End(NOON.after(seconds(at)))
}

#[test]
fn corrected_end_adjusts_total_and_can_be_undone() {
    let mut laser = History::default();
    laser.start(0, ADA);
    laser.stop(7_200, ADA, 7_200);
    corrected(&mut laser, 0, end(600), 9_000).unwrap();
    assert_eq!((laser.times(), laser.total), (vec![(0, Some(600))], 600_000));
    assert_eq!(laser.sessions[0].end.unwrap().1, Ending::Manager);
    corrected(&mut laser, 0, Correction::Void, 9_000).unwrap();
    assert_eq!((laser.times(), laser.total), (vec![(0, Some(0))], 0));
    corrected(&mut laser, 0, end(7_200), 9_000).unwrap();
    assert_eq!(
        (laser.total, laser.sessions[0].end.unwrap().1, laser.sessions[0].is_void()),
        (7_200_000, Ending::LoggedOut, false)
    );
}

#[test]
fn corrected_end_must_be_after_start_before_next_and_past() {
    let mut laser = History::default();
    laser.start(0, ADA);
    laser.stop(60, ADA, 60);
    laser.start(120, BOB);
    assert_eq!(corrected(&mut laser, 0, end(0), 1_000), Err(InvalidCorrection::BeforeStart));
    assert_eq!(
        corrected(&mut laser, 0, end(121), 1_000),
        Err(InvalidCorrection::Overlaps(NOON.after(seconds(120))))
    );
    assert_eq!(corrected(&mut laser, 1, end(1_001), 1_000), Err(InvalidCorrection::Future));
    assert_eq!(corrected(&mut laser, 1, end(90_000), 100_000), Err(InvalidCorrection::TooLong));
    assert_eq!(corrected(&mut laser, 0, end(120), 1_000), Ok(()), "up to the next");
}

#[test]
fn later_board_messages_do_not_change_corrected_use() {
    let mut laser = History::default();
    laser.start(0, ADA);
    laser.stop(7_200, ADA, 7_200);
    corrected(&mut laser, 0, end(600), 9_000).unwrap();
    // The board got no answer, and sends it again; the stop once more doubled on the wire.
    laser.hear(9_100, ADA, Action::Start, 0, true);
    laser.hear(9_101, ADA, Action::Stop, 7_200, true);
    laser.hear(9_102, ADA, Action::Stop, 7_200, true);
    assert_eq!((laser.times(), laser.total), (vec![(0, Some(600))], 600_000));
    // A use of its own that is as long as the corrected one is now is no twin of it.
    laser.hear(12_000, ADA, Action::Stop, 600, true);
    assert_eq!(laser.times(), [(0, Some(600)), (11_400, Some(12_000))]);
}

#[test]
fn voided_use_stays_void_after_replay() {
    let mut laser = History::default();
    laser.start(0, ADA);
    laser.stop(60, ADA, 60);
    corrected(&mut laser, 0, Correction::Void, 100).unwrap();
    laser.hear(200, ADA, Action::Start, 0, true);
    laser.hear(201, ADA, Action::Stop, 60, true);
    assert_eq!((laser.times(), laser.total), (vec![(0, Some(0))], 0));
}

#[test]
fn corrected_use_is_not_restarted_by_board_messages() {
    let mut laser = History::default();
    laser.start(0, ADA);
    corrected(&mut laser, 0, end(600), 3_600).unwrap();
    laser.hear(3_630, ADA, Action::Extend, 3_630, false);
    laser.stop(3_700, ADA, 3_699);
    // And once more, late.
    laser.hear(3_800, ADA, Action::Stop, 3_699, true);
    assert_eq!((laser.times(), laser.total), (vec![(0, Some(600))], 600_000));
    laser.start(4_000, ADA);
    laser.stop(4_060, ADA, 60);
    assert_eq!(laser.times(), [(0, Some(600)), (4_000, Some(4_060))], "the next one is one of its own");
}

/// Checks at `at`: the open session is abandoned, its board last heard at `heard`.
fn abandoned(history: &mut History, heard: u64, at: u64) -> bool {
    let open = history.sessions.iter().position(|session| session.end.is_none()).unwrap();
    let before = history.sessions[open];
    let longest = history.auto_logoff.unwrap_or(seconds(43_200));
    let Some(after) = before.abandoned(Some(NOON.after(seconds(heard))), longest, NOON.after(seconds(at))) else {
        return false;
    };
    history.total += hours_gained(Some(&before), &Change::Set(after));
    history.sessions[open] = after;
    true
}

#[test]
fn unreported_use_is_lost_and_resumes_when_reported() {
    let mut laser = History::default();
    laser.start(0, ADA);
    assert!(!abandoned(&mut laser, 600, 600), "old firmware tells of none");
    laser.hear(600, ADA, Action::Extend, 600, false);
    assert!(!abandoned(&mut laser, 780, 780), "three minutes are not over");
    assert!(abandoned(&mut laser, 781, 781));
    assert_eq!((laser.times(), laser.total), (vec![(0, Some(600))], 600_000));
    assert_eq!((laser.sessions[0].end.unwrap().1, laser.sessions[0].approximate), (Ending::Lost, true));
    laser.hear(900, ADA, Action::Extend, 902, false);
    assert_eq!((laser.times(), laser.total), (vec![(0, None)], 0));
    abandoned(&mut laser, 1_200, 1_200);
    laser.stop(1_300, ADA, 1_298);
    assert_eq!((laser.times(), laser.total), (vec![(0, Some(1_298))], 1_298_000));
    assert_eq!((laser.sessions[0].end.unwrap().1, laser.sessions[0].approximate), (Ending::LoggedOut, false));
}

#[test]
fn use_of_several_days_is_counted_fully() {
    let mut printer = History::default();
    printer.start(0, ADA);
    // The board's clock runs a little fast.
    for hour in 1..=50 {
        printer.hear(hour * 3_600, ADA, Action::Extend, hour * 3_601, false);
        assert_eq!(printer.times(), [(0, None)], "{hour} h");
    }
    printer.stop(180_030, ADA, 180_080);
    assert_eq!((printer.times(), printer.total), (vec![(0, Some(180_030))], 180_030_000));
    // A use that began before the server was running.
    let mut other = History::default();
    other.hear(100_000, ADA, Action::Extend, 90_000, false);
    other.stop(100_100, ADA, 90_100);
    assert_eq!((other.times(), other.total), (vec![(10_000, Some(100_100))], 90_100_000));
    assert_eq!(corrected(&mut other, 0, end(99_000), 200_000), Ok(()), "as long as its board said, or shorter");
    let mut third = History::default();
    third.stop(100_000, ADA, 90_000);
    assert_eq!(third.times(), [(10_000, Some(100_000))]);
}

#[test]
fn multi_day_use_cannot_predate_last_idle_time() {
    let long = |situation: Situation, action, at| {
        let fact =
            Fact { action, bearer: ADA, duration: seconds(90_000), replay: false, at: NOON.after(seconds(at)) };
        project(&situation, &fact)
    };
    let mut printer = History::default();
    printer.start(0, BOB);
    printer.stop(60, BOB, 60);
    for action in [Action::Extend, Action::Stop] {
        assert_eq!(long(printer.situation(), action, 80_000), Err(TooLong), "Bob was on it");
        assert!(long(printer.situation(), action, 90_060).is_ok());
        let idle = Situation { idle: Some(NOON.after(seconds(30_000))), ..Situation::default() };
        assert_eq!(long(idle, action, 100_000), Err(TooLong), "it was seen idle");
    }
    printer.start(100_000, ADA);
    assert_eq!(long(printer.situation(), Action::Extend, 101_000), Err(TooLong), "its start was heard");
}

#[test]
fn use_shown_over_ends_at_last_heartbeat_and_resumes_at_stop() {
    let mut laser = History::default();
    laser.start(0, ADA);
    let before = laser.sessions[0];
    let after = before.lost();
    assert_eq!((after.end, after.approximate), (Some((before.start, Ending::Lost)), true));
    laser.sessions[0] = after;
    laser.settle();
    // Its board does not report uses, after all.
    laser.stop(600, ADA, 600);
    assert_eq!((laser.times(), laser.total), (vec![(0, Some(600))], 600_000));
    assert_eq!((laser.sessions[0].end.unwrap().1, laser.sessions[0].approximate), (Ending::LoggedOut, false));
}

#[test]
fn lost_use_is_not_resumed_by_other_card_or_other_use() {
    let mut laser = History::default();
    laser.start(0, ADA);
    laser.hear(600, ADA, Action::Extend, 600, false);
    assert!(abandoned(&mut laser, 800, 800));
    laser.hear(900, ADA, Action::Extend, 30, false);
    assert_eq!(laser.times(), [(0, Some(600)), (870, None)]);
    let mut lathe = History::default();
    lathe.start(0, ADA);
    lathe.hear(600, ADA, Action::Extend, 600, false);
    assert!(abandoned(&mut lathe, 800, 800));
    lathe.hear(900, BOB, Action::Extend, 900, false);
    assert_eq!(lathe.times(), [(0, Some(600)), (600, None)]);
}

#[test]
fn use_at_silent_machine_ends_at_last_heartbeat() {
    let mut laser = History { auto_logoff: Some(seconds(3_600)), ..History::default() };
    laser.start(0, ADA);
    laser.hear(60, ADA, Action::Extend, 60, false);
    assert!(!abandoned(&mut laser, 90, 3_690));
    assert!(abandoned(&mut laser, 90, 3_691));
    assert_eq!((laser.times(), laser.sessions[0].end.unwrap().1), (vec![(0, Some(60))], Ending::Silent));
    let mut lathe = History { auto_logoff: Some(seconds(3_600)), ..History::default() };
    lathe.start(0, ADA);
    assert!(abandoned(&mut lathe, 0, 9_000));
    assert_eq!(lathe.times(), [(0, Some(3_600))], "its board would have logged out by then");
}

#[test]
fn requested_stop_ends_as_remote() {
    let mut laser = History { told_to_stop: true, ..History::default() };
    laser.start(0, ADA);
    laser.stop(60, ADA, 60);
    assert_eq!(laser.sessions[0].end.unwrap().1, Ending::Remote);
}

// A20
#[test]
fn lost_use_stopped_offline_ends_once() {
    for settled in [false, true] {
        let mut laser = History::default();
        laser.start(0, ADA);
        laser.hear(30, ADA, Action::Extend, 30, false);
        if settled {
            laser.settle();
        }
        // Its board is back and presumed to have forgotten the use, before it replays its queue.
        assert!(abandoned(&mut laser, 300, 300));
        laser.hear(301, ADA, Action::Stop, 120, true);
        laser.hear(302, ADA, Action::Stop, 120, true);
        assert_eq!((laser.times(), laser.total), (vec![(0, Some(120))], 120_000));
        assert_eq!((laser.sessions[0].reported, laser.sessions[0].settled), (Some(seconds(120)), false));
    }
    // Its start was not answered in time either.
    let mut lathe = History::default();
    lathe.start(0, ADA);
    lathe.hear(30, ADA, Action::Extend, 30, false);
    assert!(abandoned(&mut lathe, 300, 300));
    lathe.hear(301, ADA, Action::Start, 0, true);
    lathe.hear(302, ADA, Action::Stop, 120, true);
    assert_eq!((lathe.times(), lathe.total), (vec![(0, Some(120))], 120_000));
}

#[test]
fn lost_use_is_not_resumed_by_replays_of_next_use() {
    let mut laser = History::default();
    laser.start(0, ADA);
    laser.hear(60, ADA, Action::Extend, 60, false);
    assert!(abandoned(&mut laser, 300, 300));
    laser.settle();
    laser.hear(1_000, ADA, Action::Start, 0, true);
    laser.hear(1_001, ADA, Action::Stop, 120, true);
    assert_eq!(laser.times(), [(0, Some(60)), (881, Some(1_001))]);
}

#[test]
fn lost_use_resumes_after_clock_set_back() {
    let mut laser = History::default();
    laser.start(20_000, ADA);
    laser.hear(20_600, ADA, Action::Extend, 600, false);
    assert!(abandoned(&mut laser, 20_800, 20_800));
    laser.hear(10_000, ADA, Action::Extend, 900, false);
    laser.stop(10_030, ADA, 930);
    assert_eq!((laser.times(), laser.total), (vec![(20_000, Some(20_930))], 930_000));
}

#[test]
fn replays_of_corrected_use_count_once() {
    for kept_start in [false, true] {
        let mut laser = History::default();
        laser.start(0, ADA);
        corrected(&mut laser, 0, end(600), 3_600).unwrap();
        if kept_start {
            laser.hear(4_000, ADA, Action::Start, 0, true);
        }
        for at in [4_001, 4_002] {
            laser.hear(at, ADA, Action::Stop, 3_699, true);
        }
        assert_eq!((laser.times(), laser.total), (vec![(0, Some(600))], 600_000));
        laser.settle();
        laser.hear(9_000, ADA, Action::Stop, 3_699, true);
        assert_eq!(laser.times(), [(0, Some(600)), (5_301, Some(9_000))], "the next one is one of its own");
    }
}

#[test]
fn corrected_lost_use_is_unchanged_by_replayed_stop() {
    let mut laser = History::default();
    laser.start(0, ADA);
    laser.hear(600, ADA, Action::Extend, 600, false);
    assert!(abandoned(&mut laser, 800, 800));
    corrected(&mut laser, 0, end(700), 900).unwrap();
    laser.hear(1_000, ADA, Action::Stop, 950, true);
    assert_eq!((laser.times(), laser.total), (vec![(0, Some(700))], 700_000));
}

#[test]
fn corrected_use_makes_no_room_for_replays() {
    let mut laser = History::default();
    for (action, duration) in [(Action::Start, 0), (Action::Stop, 100)] {
        laser.hear(1_000, ADA, action, duration, true);
    }
    corrected(&mut laser, 0, end(950), 1_001).unwrap();
    for (bearer, duration) in [(BOB, 40), (BOB, 30)] {
        laser.hear(1_002, bearer, Action::Start, 0, true);
        laser.hear(1_002, bearer, Action::Stop, duration, true);
    }
    assert_eq!(laser.times(), [(900, Some(950)), (950, Some(972)), (972, Some(1_002))]);
}
