//! Two uses of one card that are equally long, the second of which is replayed.

use super::*;

#[test]
fn equal_use_queued_right_after_answered_stop_is_counted() {
    let polled_and_stopped = || {
        let mut laser = History::default();
        laser.start(0, ADA);
        // A second after the start: no start is queued any more.
        laser.settle();
        laser.stop(60, ADA, 60);
        laser
    };
    // The line breaks before the next poll, and the next use is as long.
    let mut laser = polled_and_stopped();
    laser.hear(1_000, ADA, Action::Start, 0, true);
    laser.hear(1_001, ADA, Action::Stop, 60, true);
    assert_eq!(laser.times(), [(0, Some(60)), (941, Some(1_001))]);
    assert_eq!(laser.total, 120_000);

    // The answer to the stop was lost: it is sent again, alone.
    let mut lathe = polled_and_stopped();
    lathe.hear(1_000, ADA, Action::Stop, 60, true);
    assert_eq!(lathe.times(), [(0, Some(60))]);

    // Both.
    let mut saw = polled_and_stopped();
    for (at, action, duration) in [(1_000, Action::Stop, 60), (1_001, Action::Start, 0), (1_002, Action::Stop, 60)]
    {
        saw.hear(at, ADA, action, duration, true);
    }
    assert_eq!(saw.times(), [(0, Some(60)), (942, Some(1_002))]);
    assert_eq!(saw.total, 120_000);
}
