//! Two boards with one number.

use super::*;

// A21
#[test]
fn uses_at_two_boards_with_one_number_stay_separate() {
    for first_ends in [true, false] {
        let mut laser = History::default();
        laser.start(0, ADA);
        laser.hear(30, ADA, Action::Extend, 30, false);
        laser.start(40, BOB);
        laser.hear(60, ADA, Action::Extend, 60, false);
        let ending = |session: &Session| session.end.map(|(_, ending)| ending);
        assert_eq!(laser.times(), [(0, None), (40, Some(40))], "whoever was first is on it");
        assert_eq!(ending(&laser.sessions[1]), Some(Ending::Conflict));
        for at in [70, 90, 100, 120] {
            let (who, since) = if at % 30 == 0 { (ADA, 0) } else { (BOB, 40) };
            laser.hear(at, who, Action::Extend, at - since, false);
        }
        assert_eq!(laser.times(), [(0, None), (40, Some(40))]);
        if first_ends {
            laser.stop(130, ADA, 130);
            laser.hear(140, BOB, Action::Extend, 100, false);
            assert_eq!(laser.times(), [(0, Some(130)), (130, None)], "the other goes on");
            laser.stop(160, BOB, 120);
            assert_eq!(laser.times(), [(0, Some(130)), (130, Some(160))]);
        } else {
            laser.stop(130, BOB, 90);
            laser.stop(160, ADA, 160);
            assert_eq!(laser.times(), [(0, Some(160)), (40, Some(40))]);
        }
        assert_eq!(laser.total, 160_000);
    }
}

// A21
#[test]
fn start_at_known_second_board_leaves_first_use_unchanged() {
    let mut laser = History { shared: Some(10), ..History::default() };
    laser.start(0, ADA);
    laser.start(5, BOB);
    assert_eq!(
        laser.times(),
        [(0, Some(5)), (5, None)],
        "nothing was told since the second came: one that started anew"
    );
    let mut laser = History { shared: Some(10), ..History::default() };
    laser.start(0, ADA);
    laser.hear(30, ADA, Action::Extend, 30, false);
    laser.start(40, BOB);
    assert_eq!(laser.times(), [(0, None), (40, Some(40))]);
    laser.hear(130, BOB, Action::Extend, 90, false);
    assert_eq!(laser.times(), [(0, None), (40, Some(40))]);
    // The first was cut off from its electricity: that shows, and the second is the only one.
    let lost = laser.sessions[0].lost();
    laser.total += hours_gained(Some(&laser.sessions[0]), &Change::Set(lost));
    laser.sessions[0] = lost;
    laser.hear(160, BOB, Action::Extend, 120, false);
    laser.stop(170, BOB, 130);
    assert_eq!(laser.times(), [(0, Some(30)), (40, Some(170))]);
    assert_eq!(laser.total, 160_000);
}

// A21
#[test]
fn use_presumed_over_resumes_as_same_session() {
    let mut laser = History::default();
    laser.start(0, ADA);
    laser.hear(30, ADA, Action::Extend, 30, false);
    // The polls of the other board showed it idle.
    let lost = laser.sessions[0].lost();
    laser.total += hours_gained(Some(&laser.sessions[0]), &Change::Set(lost));
    laser.sessions[0] = lost;
    laser.start(50, BOB);
    laser.hear(60, ADA, Action::Extend, 60, false);
    laser.hear(80, BOB, Action::Extend, 30, false);
    laser.stop(100, BOB, 50);
    laser.stop(120, ADA, 120);
    assert_eq!(laser.times(), [(0, Some(120)), (50, Some(50))]);
    assert_eq!(laser.total, 120_000);
}
