//! Time windows in wall-clock time, also on nights of a clock change.

use super::*;
use crate::{
    bookings::{Facts, Policy, times},
    hours::Hours,
    occupations::Span,
    time::{HOUR, MINUTE, Millis},
    zone::Zone,
};

fn span(starts: Millis, minutes: u32) -> Span {
    Span { starts, ends: starts.after(MINUTE * minutes) }
}

#[test]
fn window_constrains_start_and_end() {
    let fits = |window: TimeWindow, starts, minutes| {
        window.fits(span(Zone::UTC.instant(TODAY, starts), minutes), Zone::UTC)
    };
    let evening = TimeWindow::between(1_080, 1_200);
    assert!(fits(evening, 1_080, 120) && fits(evening, 1_140, 60));
    assert!(!fits(evening, 1_080, 121) && !fits(evening, 1_079, 60));
    assert!(fits(TimeWindow::at(540), 540, 600) && !fits(TimeWindow::at(540), 541, 1));
    assert!(fits(TimeWindow::after(1_020), 1_439, 240) && !fits(TimeWindow::before(720), 700, 30));
    let night = TimeWindow::between(1_380, 1_560);
    assert!(fits(night, 1_380, 180) && !fits(night, 1_381, 180));
}

#[test]
fn window_on_dst_night_ends_by_wall_clock() {
    let rome: Zone = "Europe/Rome".parse().unwrap();
    let (long, short) = (Date { month: 10, day: 25, ..TODAY }, Date { month: 3, day: 29, ..TODAY });
    let before_three = TimeWindow::before(180);
    // At 03:00 clocks go back to 02:00: from one to three there are three hours.
    let one = rome.instant(long, 60);
    assert!(before_three.fits(span(one, 180), rome), "over at three by the clock");
    assert!(!before_three.fits(span(one, 181), rome));
    assert!(TimeWindow::between(60, 180).fits(span(one.after(HOUR * 2), 60), rome), "the second two o’clock");
    // At 02:00 clocks go forward to 03:00: from one to four there are two.
    let one = rome.instant(short, 60);
    assert!(before_three.fits(span(one, 60), rome), "three o’clock comes an hour later");
    assert!(!before_three.fits(span(one, 61), rome) && !before_three.fits(span(one, 120), rome));
    assert!(TimeWindow::between(60, 240).fits(span(one, 120), rome));
    assert!(!TimeWindow::between(60, 240).fits(span(one, 180), rome));
    // From the evening before into the night.
    for (day, change) in [(long, 60_i32), (short, -60)] {
        let eleven = rome.instant(Days::later(day, -1), 1_380);
        let until_four = u32::try_from(300 + change).unwrap();
        let window = TimeWindow::between(1_380, 1_440 + 240);
        assert!(window.fits(span(eleven, until_four), rome), "{day}");
        assert!(!window.fits(span(eleven, until_four + 1), rome), "{day}");
    }
}

#[test]
fn free_times_on_dst_night_end_within_window() {
    let zone: Zone = "Europe/Rome".parse().unwrap();
    let hours = Hours::default();
    let offered = |month, day, window, hours_long: u32| {
        let date = Date { month, day, ..TODAY };
        let now = zone.start_of(Days::later(date, -2));
        let policy = Policy { grid: 60, ..Policy::default() };
        let facts = Facts {
            policy,
            zone,
            now,
            hours: &hours,
            may_not: &[],
            permitted: true,
            bookable: true,
            lapses: &[],
            open: 0,
            own: &[],
            elsewhere: &[],
            taken: &[],
        };
        let night = Span { starts: zone.start_of(date), ends: zone.instant(date, 360) };
        let hour = |at| zone.moment(at).wall().hour;
        let found = times(night, HOUR * hours_long, window, 3, &facts);
        found.into_iter().map(|span| (hour(span.starts), hour(span.ends))).collect::<Vec<_>>()
    };
    let [before_three, one_to_three] = [TimeWindow::before(180), TimeWindow::between(60, 180)];
    assert_eq!(offered(10, 25, before_three, 2), [(0, 2), (2, 3)], "the hour from two to three is there twice");
    assert_eq!(offered(10, 25, one_to_three, 3), [(1, 3)]);
    assert_eq!(offered(3, 29, before_three, 2), [(0, 3)]);
    assert_eq!(offered(3, 29, one_to_three, 2), [], "from one to three there is one hour");
    assert_eq!(offered(3, 29, one_to_three, 1), [(1, 3)]);
}

proptest! {
    #[test]
    fn fitting_times_start_and_end_within_window_by_wall_clock(
        zone in proptest::sample::select(vec!["Europe/Rome", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"]),
        day in proptest::sample::select(vec![(3, 7), (3, 8), (3, 28), (3, 29), (4, 5), (10, 4), (10, 24), (10, 25), (11, 1)]),
        starts in 0..96_u32, quarters in 1..24_u32, from in 0..96_u16, length in 1..40_u16,
    ) {
        let zone: Zone = zone.parse().unwrap();
        let date = Date { month: day.0, day: day.1, ..TODAY };
        let span = span(zone.start_of(date).after(MINUTE * 15 * starts), quarters * 15);
        let window = TimeWindow { to: (from + length) * 15, ..TimeWindow::after(from * 15) };
        if window.fits(span, zone) {
            let wall = |at| zone.moment(at).wall();
            let first = wall(span.starts);
            let minute = |at| {
                let wall = wall(at);
                (wall.date.days() - first.date.days()) * 1_440 + i64::from(wall.hour) * 60 + i64::from(wall.minute)
            };
            prop_assert!(minute(span.starts) >= i64::from(window.from));
            let ends = zone.instant(first.date, window.to);
            prop_assert!(minute(span.ends) <= i64::from(window.to) || span.ends == ends, "{:?}", minute(span.ends));
        }
    }
}
