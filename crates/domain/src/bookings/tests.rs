//! The booking rules at their bounds, and against a model that counts minute by minute.

use super::*;
use crate::{
    access::Reason,
    down_time::Cause as Why,
    hours::{Hours, Opening, Stretch, Weekly},
    settings::Scope,
    time::{Date, HOUR, millis},
    uses::log_out_after,
    zone::Zone,
};
use proptest::prelude::*;

const fn date(year: i32, month: u8, day: u8) -> Date {
    Date { year, month, day }
}

fn rome() -> Zone {
    "Europe/Rome".parse().unwrap()
}

/// Tuesday noon.
fn noon() -> Millis {
    rome().instant(date(2026, 11, 24), 720)
}

fn every_day(from: u16, to: u16) -> Hours {
    let weekly = (0..7).map(|weekday| Weekly { scope: Scope::Space, weekday, hours: Stretch { from, to } });
    Hours { weekly: weekly.collect(), exceptions: Vec::new() }
}

fn facts(hours: &Hours) -> Facts<'_> {
    Facts {
        policy: Policy::default(),
        zone: rome(),
        now: noon(),
        hours,
        may_not: &[],
        permitted: true,
        bookable: true,
        lapses: &[],
        open: 0,
        own: &[],
        elsewhere: &[],
        taken: &[],
    }
}

/// From this many minutes after noon, for this many.
fn span(from: i64, minutes: i64) -> Span {
    let at = |minutes: i64| Millis(noon().0 + minutes * millis(MINUTE));
    Span { starts: at(from), ends: at(from + minutes) }
}

fn codes(span: Span, facts: &Facts<'_>) -> Vec<&'static str> {
    refusals(Request { span, kept: None }, facts).iter().map(|refusal| refusal.code()).collect()
}

#[test]
fn final_state_is_final_and_open_state_occupies_time() {
    for &state in State::ALL {
        let follows: Vec<_> = State::ALL.iter().filter(|next| state.may_become(**next)).collect();
        assert_eq!(follows.is_empty(), !state.takes_time() && state != State::NoShow, "{state:?} → {follows:?}");
        assert!(!state.may_become(state), "{state:?}");
        assert!(
            state.takes_time() || State::ALL.iter().all(|next| !(state.may_become(*next) && next.takes_time()))
        );
        for side in [Side::Holder, Side::Member, Side::Moderator] {
            for action in actions(state, side, span(0, 60), noon()) {
                let next = action.leads_to();
                assert!(next.is_none_or(|next| state.may_become(next)), "{state:?} {action:?}");
            }
        }
    }
}

#[test]
fn each_side_sees_available_actions() {
    use BookingAction::{Approve, Cancel, CheckIn, Complete, Excuse, Move, Reject};
    let booked = span(60, 60);
    let at = |state, side, minutes: i64| actions(state, side, booked, span(minutes, 1).starts);
    assert_eq!(at(State::Pending, Side::Holder, 0), [Move, Cancel]);
    assert_eq!(at(State::Pending, Side::Moderator, 119), [Approve, Reject, Cancel]);
    assert_eq!(at(State::Pending, Side::Moderator, 120), []);
    assert_eq!(at(State::Approved, Side::Holder, 44), [Move, Cancel]);
    assert_eq!(at(State::Approved, Side::Holder, 45), [CheckIn, Move, Cancel]);
    assert_eq!(at(State::Approved, Side::Holder, 60), [CheckIn, Cancel], "begun: it is used or called off");
    assert_eq!(at(State::Approved, Side::Moderator, 44), [Move, Cancel]);
    assert_eq!(at(State::CheckedIn, Side::Holder, 119), [Complete, Move]);
    assert_eq!(at(State::CheckedIn, Side::Holder, 120), []);
    assert_eq!(at(State::Approved, Side::Member, 45), [CheckIn], "a member of the group uses it");
    assert_eq!(at(State::CheckedIn, Side::Member, 60), []);
    assert_eq!(at(State::NoShow, Side::Moderator, 999), [Excuse]);
    assert_eq!(at(State::NoShow, Side::Holder, 999), []);
}

// A23
#[test]
fn late_clock_performs_due_transitions() {
    let (booked, request) = (span(60, 60), span(-1_440, 1).starts);
    let at = |state, minutes: i64| due(state, booked, request, None, span(minutes, 1).starts);
    assert_eq!((at(State::Pending, -1), at(State::Pending, 0)), (None, Some(State::Expired)));
    assert_eq!(due(State::Pending, booked, noon(), None, booked.ends), Some(State::Expired), "it is over");
    assert_eq!((at(State::Approved, 74), at(State::Approved, 75)), (None, Some(State::NoShow)));
    assert_eq!((at(State::CheckedIn, 119), at(State::CheckedIn, 120)), (None, Some(State::Completed)));
    assert_eq!(at(State::Approved, 100_000), Some(State::NoShow));
    assert_eq!(at(State::Cancelled, 100_000), None);
    let short = span(60, 5);
    assert_eq!(gone(short, None), short.ends, "a short one is over before it is given away");
    let answered = |minutes: i64, now: i64| {
        due(State::Approved, booked, request, Some(span(minutes, 1).starts), span(now, 1).starts)
    };
    assert_eq!((answered(0, 74), answered(0, 75)), (None, Some(State::NoShow)), "answered before it began");
    assert_eq!(
        (answered(76, 90), answered(76, 91)),
        (None, Some(State::NoShow)),
        "they had no time to come before"
    );
    let stopped = |from: i64, minutes: i64| {
        let Span { starts, ends } = span(from, minutes);
        [Gap { cause: Why::Stopped, starts, ends }]
    };
    let down = |from: i64, minutes: i64| could_not_come(booked, request, None, &stopped(from, minutes));
    assert!(down(0, 61) && down(46, 16) && down(59, 500), "more than half of the half hour");
    assert!(!down(0, 60) && !down(60, 15) && !down(75, 500) && !down(0, 40));
    assert!(!could_not_come(booked, span(55, 1).starts, None, &stopped(0, 60)), "it was booked at the door");
    let reminded = |made: i64, now: i64| is_reminded(span(2_000, 60), span(made, 1).starts, span(now, 1).starts);
    assert!(!reminded(0, 559) && reminded(0, 560) && reminded(0, 1_999) && !reminded(0, 2_000));
    assert!(!reminded(560, 600), "made a day ahead, nobody forgot it yet");
    let late = |now: i64| is_late(&Policy::default(), span(300, 60), span(now, 1).starts);
    assert!(!late(180) && late(181));
}

#[test]
fn policy_bounds_are_inclusive() {
    let always = Hours::default();
    let mut facts = facts(&always);
    (facts.policy.lead, facts.policy.weekly) = (30, 0);
    for (request, expected) in [
        (span(30, 60), vec![]),
        (span(15, 60), vec!["booking.too-soon"]),
        (span(-30, 60), vec!["booking.too-soon"]),
        (span(30, 15), vec![]),
        (span(30, 240), vec![]),
        (span(30, 255), vec!["booking.too-long"]),
        (span(30, 10), vec!["booking.off-grid", "booking.too-short"]),
        (span(31, 60), vec!["booking.off-grid"]),
        (span(30, 0), vec!["booking.order"]),
        (span(60, -30), vec!["booking.order"]),
        (span(30, 10_000), vec!["booking.off-grid", "booking.too-long"]),
        // The last midnight of the horizon.
        (span(14 * 1_440 + 660, 60), vec![]),
        (span(14 * 1_440 + 675, 60), vec!["booking.too-far"]),
        (
            Span { starts: Millis(i64::MIN), ends: Millis(i64::MAX) },
            vec!["booking.too-soon", "booking.too-far", "booking.off-grid", "booking.too-long"],
        ),
    ] {
        assert_eq!(codes(request, &facts), expected, "{request:?}");
    }
    let half = Span { starts: span(30, 1).starts.after(std::time::Duration::from_millis(1)), ..span(30, 60) };
    assert_eq!(codes(half, &facts), ["booking.off-grid"], "not a whole minute");
}

#[test]
fn multiple_refusals_are_listed_in_order() {
    let day = every_day(480, 1_200);
    let own = [span(-1_440, 480)];
    let taken = [Conflict { span: span(-60, 120), by: Cause::Maintenance }];
    let facts = Facts {
        may_not: &[Reason::NotAMember],
        open: 3,
        own: &own,
        elsewhere: &[span(0, 15)],
        taken: &taken,
        ..facts(&day)
    };
    let mut request = span(-1, 600);
    request.ends = request.ends.after(MINUTE * 3);
    assert_eq!(
        codes(request, &facts),
        [
            "booking.too-soon",
            "booking.off-grid",
            "booking.too-long",
            "booking.closed",
            "booking.may-not",
            "booking.too-many",
            "booking.too-many-hours",
            "booking.elsewhere",
            "booking.taken",
        ]
    );
    assert!(alternatives(Request { span: request, kept: None }, &facts).is_empty(), "no time would do");
    let backwards = codes(span(60, -30), &facts);
    assert_eq!(
        backwards,
        ["booking.order", "booking.may-not", "booking.too-many"],
        "whatever is wrong with the time"
    );
}

#[test]
fn booking_beyond_lapse_of_permission_is_refused() {
    let always = Hours::default();
    let lapses = [span(120, 60)];
    let facts = Facts { lapses: &lapses, ..facts(&always) };
    assert!(codes(span(60, 60), &facts).is_empty(), "it ends where the lapse begins");
    let beyond = refusals(Request { span: span(60, 75), kept: None }, &facts);
    assert_eq!(beyond, [Refusal::Lapses { since: span(120, 1).starts }]);
    assert!(codes(span(180, 60), &facts).is_empty(), "they may again");
    let pieces = availability(span(60, 180), &facts);
    let obstacles: Vec<_> = pieces.iter().map(|piece| piece.obstacle).collect();
    assert_eq!(obstacles, [None, Some(Obstacle::Lapsed), None]);
    let never = Facts { may_not: &[Reason::NotAMember], ..facts };
    assert_eq!(codes(span(60, 75), &never), ["booking.may-not"], "what bars them now says enough");
}

#[test]
fn whole_day_is_bookable_on_25_hour_day() {
    let always = Hours::default();
    let now = rome().start_of(date(2027, 10, 30));
    let most = |most| Facts { now, policy: Policy { most, weekly: 0, ..Policy::default() }, ..facts(&always) };
    let noon = |day| rome().instant(date(2027, 10, day), 720);
    let night = Span { starts: noon(30), ends: noon(31) };
    assert_eq!(night.ends.since(night.starts), HOUR * 25);
    assert!(codes(night, &most(1_440)).is_empty());
    assert_eq!(codes(night, &most(1_425)), ["booking.too-long"]);
    let longer = Span { ends: night.ends.after(MINUTE * 15), ..night };
    assert_eq!(codes(longer, &most(1_440)), ["booking.too-long"]);
}

#[test]
fn booking_started_before_midnight_may_end_after() {
    let always = Hours::default();
    let day = Span { starts: rome().start_of(date(2026, 11, 25)), ends: rome().start_of(date(2026, 11, 26)) };
    let starts = begins(day, HOUR * 2, &facts(&always));
    assert_eq!(starts.last(), Some(&day.ends.before(MINUTE * 15)));
    assert!(starts.iter().all(|at| day.starts <= *at && *at < day.ends));
}

#[test]
fn cancellation_by_holder_after_start_is_no_show() {
    let booked = span(60, 60);
    let off = |state, side, answered: Option<i64>, now: i64| {
        called_off(state, side, booked, answered.map(|at| span(at, 1).starts), span(now, 1).starts)
    };
    assert_eq!(off(State::Approved, Side::Holder, None, 59), State::Cancelled);
    assert_eq!(off(State::Approved, Side::Holder, None, 60), State::NoShow);
    assert_eq!(off(State::Approved, Side::Holder, Some(10), 74), State::NoShow);
    assert_eq!(off(State::Approved, Side::Holder, Some(70), 74), State::Cancelled, "answered after it began");
    assert_eq!(off(State::Approved, Side::Moderator, None, 74), State::Cancelled, "a moderator’s decision");
    assert_eq!(off(State::Pending, Side::Holder, None, 74), State::Cancelled);
}

#[test]
fn absent_holder_keeps_machine_for_fifteen_minutes() {
    let booked = span(60, 120);
    let at = |minutes: i64| span(minutes, 1).starts;
    let seen = Presence { is_seen: true, ..Presence::UNSEEN };
    let of = |presence: Presence| ends_early(booked, at(50), presence);
    assert_eq!(of(Presence::UNSEEN), None, "nobody sees whether they are there");
    assert_eq!(of(Presence { is_on: true, left: Some(at(70)), ..seen }), None, "back again");
    assert_eq!(of(Presence { left: Some(at(90)), ..seen }), Some((State::Completed, at(105))));
    assert_eq!(
        of(Presence { left: Some(at(55)), ..seen }),
        Some((State::Completed, at(75))),
        "out before it began"
    );
    assert_eq!(of(Presence { left: Some(at(170)), ..seen }), None, "its time is over sooner");
    assert_eq!(of(seen), Some((State::Released, at(75))), "from its beginning");
    assert_eq!(ends_early(booked, at(70), seen), Some((State::Released, at(85))), "from when they checked in");
    assert_eq!(
        of(Presence { kept_out: Some(at(80)), ..seen }),
        Some((State::Released, at(95))),
        "others were on it"
    );
    assert!(is_done(at(180), at(165)) && !is_done(at(180), at(164)));
}

#[test]
fn ending_unused_booking_counts_as_released() {
    let booked = span(60, 120);
    let at = |minutes: i64| span(minutes, 1).starts;
    let seen = Presence { is_seen: true, ..Presence::UNSEEN };
    assert_eq!(ended(booked, seen), State::Released);
    assert_eq!(ended(booked, Presence::UNSEEN), State::Completed, "nobody sees whether they are there");
    assert_eq!(ended(booked, Presence { is_on: true, ..seen }), State::Completed);
    assert_eq!(ended(booked, Presence { left: Some(at(70)), ..seen }), State::Completed);
    assert_eq!(ended(booked, Presence { kept_out: Some(at(70)), ..seen }), State::Completed);
    assert_eq!(ended(booked, Presence { kept_out: Some(at(60)), ..seen }), State::Released, "free when it began");
}

#[test]
fn buffer_counts_as_occupied() {
    let always = Hours::default();
    let taken = [Conflict { span: span(120, 60), by: Cause::Booking }];
    let mut facts = Facts { taken: &taken, ..facts(&always) };
    assert!(codes(span(60, 60), &facts).is_empty() && codes(span(180, 60), &facts).is_empty());
    assert_eq!(codes(span(60, 75), &facts), ["booking.taken"]);
    (facts.policy.before, facts.policy.after) = (15, 30);
    assert!(codes(span(30, 60), &facts).is_empty() && codes(span(195, 60), &facts).is_empty());
    assert_eq!(codes(span(45, 60), &facts), ["booking.taken"]);
    assert_eq!(codes(span(180, 60), &facts), ["booking.taken"]);
}

#[test]
fn weekly_limit_counts_monday_to_sunday() {
    let always = Hours::default();
    // Tuesday noon, six hours; the next Monday begins 132 hours later.
    let own = [span(-1_440, 360)];
    let facts = Facts { own: &own, ..facts(&always) };
    assert!(codes(span(0, 120), &facts).is_empty());
    let over = refusals(Request { span: span(0, 135), kept: None }, &facts);
    assert_eq!(over, [Refusal::TooManyHours { most: 8, minutes: 360, week: date(2026, 11, 23) }]);
    let monday = 132 * 60;
    assert!(codes(span(monday - 120, 240), &facts).is_empty(), "two hours of each week");
    assert_eq!(codes(span(monday - 135, 240), &facts), ["booking.too-many-hours"]);
}

#[test]
fn started_booking_can_change_end_but_not_start() {
    let always = Hours::default();
    let facts = Facts { open: 3, ..facts(&always) };
    let row = span(-60, 90);
    let to = |span| -> Vec<_> {
        refusals(Request { span, kept: Some(row.starts) }, &facts).iter().map(|refusal| refusal.code()).collect()
    };
    assert!(to(span(-60, 120)).is_empty() && to(span(-60, 60)).is_empty());
    assert_eq!(to(span(-60, 45)), ["booking.too-soon"], "it cannot have ended");
    assert_eq!(to(span(-45, 90)), ["booking.too-soon"]);
    assert!(to(span(15, 90)).is_empty(), "it counts once");
}

// A9
#[test]
fn grid_follows_wall_clock_and_lengths_are_exact_on_dst_nights() {
    for (zone, day, from, length) in [
        // 01:45 to 03:15: half an hour. The skipped hour does not count.
        ("Europe/Rome", date(2027, 3, 28), (105, 195), 30),
        // 01:45 to 03:15, with 02 o'clock twice.
        ("Europe/Rome", date(2026, 10, 25), (105, 195), 150),
        ("America/New_York", date(2026, 11, 1), (45, 135), 150),
        // Its clocks change by half an hour.
        ("Australia/Lord_Howe", date(2026, 10, 4), (105, 195), 60),
        ("Asia/Kolkata", date(2026, 10, 4), (105, 195), 90),
    ] {
        let zone: Zone = zone.parse().unwrap();
        let hours = every_day(0, 240);
        let request = Span { starts: zone.instant(day, from.0), ends: zone.instant(day, from.1) };
        let now = zone.start_of(Date::from_days(day.days() - 1));
        let facts = Facts { zone, now, ..facts(&hours) };
        assert_eq!(request.ends.since(request.starts), MINUTE * length, "{}", zone.name());
        assert!(codes(request, &facts).is_empty(), "{} {:?}", zone.name(), codes(request, &facts));
        let short = Facts { policy: Policy { most: 29, ..facts.policy }, ..facts };
        assert_eq!(codes(request, &short), ["booking.too-long"], "{}", zone.name());
    }
}

// A9
#[test]
fn free_times_stay_on_grid_after_half_hour_dst_change() {
    let zone: Zone = "Australia/Lord_Howe".parse().unwrap();
    let (hours, day) = (every_day(0, 1_440), date(2026, 10, 4));
    let all_day = Span { starts: zone.instant(day, 0), ends: zone.instant(day, 1_439) };
    let now = zone.start_of(Date::from_days(day.days() - 1));
    let facts = facts(&hours);
    let facts = Facts { zone, now, policy: Policy { grid: 60, ..facts.policy }, ..facts };
    let found = times(all_day, HOUR, TimeWindow::after(480), 3, &facts);
    let walls: Vec<_> = found.iter().map(|span| zone.moment(span.starts).wall()).collect();
    assert_eq!(walls.iter().map(|wall| (wall.hour, wall.minute)).collect::<Vec<_>>(), [(8, 0), (9, 0), (10, 0)]);
}

#[test]
fn nearest_free_times_are_offered() {
    let day = every_day(480, 1_200);
    let taken = [
        Conflict { span: span(60, 180), by: Cause::Booking },
        Conflict { span: span(300, 60), by: Cause::Checkout },
    ];
    let facts = Facts { taken: &taken, ..facts(&day) };
    let request = Request { span: span(60, 60), kept: None };
    assert_eq!(codes(request.span, &facts), ["booking.taken"]);
    assert_eq!(alternatives(request, &facts), [span(0, 60), span(240, 60), span(360, 60)]);
    let long = alternatives(Request { span: span(60, 10_000), kept: None }, &facts);
    assert_eq!(long.first().map(|span| span.ends.since(span.starts)), Some(HOUR * 4), "as long as one may");
}

#[test]
fn board_logs_out_no_later_than_next_booking() {
    let next = |minutes| Some(span(minutes, 1).starts);
    for (auto_stop, at, expected) in [
        (720, None, 720),
        (0, None, 0),
        (720, next(60), 60),
        (0, next(60), 60),
        (0, next(60).map(|next| next.before(Duration::from_secs(1))), 59),
        (30, next(60), 30),
        (720, next(0), 1),
        (720, next(-60), 1),
        (0, next(100_000), u16::MAX),
    ] {
        assert_eq!(log_out_after(auto_stop, noon(), at), expected, "{auto_stop} {at:?}");
    }
}

/// A random space for the tests below.
#[derive(Debug, Clone)]
struct World {
    zone: Zone,
    now: Millis,
    hours: Hours,
    policy: Policy,
    own: Vec<Span>,
    elsewhere: Vec<Span>,
    taken: Vec<Conflict>,
}

impl World {
    fn facts(&self) -> Facts<'_> {
        Facts {
            policy: self.policy,
            zone: self.zone,
            now: self.now,
            hours: &self.hours,
            may_not: &[],
            permitted: true,
            bookable: true,
            lapses: &[],
            open: 0,
            own: &self.own,
            elsewhere: &self.elsewhere,
            taken: &self.taken,
        }
    }

    /// Why the minute from `at` on is not free.
    fn obstacle(&self, at: Millis) -> Option<Obstacle> {
        let minute = Span { starts: at, ends: at.after(MINUTE) };
        let Policy { before, after, .. } = self.policy;
        let today = self.zone.moment(self.now).wall().date.days();
        let last = self.zone.moment(at).wall().date.days();
        let taken = self.taken.iter().rev().find(|taken| {
            let starts = taken.span.starts.before(MINUTE * u32::from(after));
            Span { starts, ends: taken.span.ends.after(MINUTE * u32::from(before)) }.overlaps(minute)
        });
        if at < self.now.after(MINUTE * u32::from(self.policy.lead)) {
            Some(Obstacle::TooSoon)
        } else if last > today + i64::from(self.policy.horizon) {
            Some(Obstacle::TooFar)
        } else if !self.is_open(at) {
            Some(Obstacle::Closed)
        } else if let Some(taken) = taken {
            Some(taken.by.into())
        } else if self.elsewhere.iter().any(|other| other.overlaps(minute)) {
            Some(Obstacle::Elsewhere)
        } else {
            None
        }
    }

    fn is_open(&self, at: Millis) -> bool {
        let today = self.zone.moment(at).wall().date;
        let opening = self.hours.opening(at, today, |date, minute| self.zone.instant(date, minute));
        matches!(opening, Opening::Open { .. })
    }
}

fn minutes_of(span: Span) -> impl Iterator<Item = Millis> {
    (0..(span.ends.0 - span.starts.0) / millis(MINUTE)).map(move |n| Millis(span.starts.0 + n * millis(MINUTE)))
}

prop_compose! {
    fn world()(
        (name, day) in proptest::sample::select(vec![
            ("Europe/Rome", date(2027, 3, 27)), ("Europe/Rome", date(2026, 10, 24)),
            ("America/New_York", date(2026, 10, 31)), ("Australia/Lord_Howe", date(2026, 10, 3)),
            ("Asia/Kolkata", date(2026, 6, 2)),
        ]),
        minute in 0_i64..1_440,
        (from, length) in (0_u16..1_200, 60_u16..1_440),
        grid in proptest::sample::select(vec![5_u16, 10, 15, 30, 60]),
        (lead, horizon, before, after) in (0_u16..200, 0_u16..3, 0_u16..40, 0_u16..40),
        weekly in 0_u16..6,
        taken in proptest::collection::vec((0_i64..4_000, 5_i64..300), 0..6),
        others in proptest::collection::vec((0_i64..4_000, 5_i64..200), 0..3),
    ) -> World {
        let zone: Zone = name.parse().unwrap();
        let now = Millis(zone.start_of(day).0 + minute * millis(MINUTE));
        let at = |minutes: i64| Millis(now.0 + minutes * millis(MINUTE));
        let spans = |list: Vec<(i64, i64)>| {
            let mut spans: Vec<_> =
                list.into_iter().map(|(from, length)| Span { starts: at(from), ends: at(from + length) }).collect();
            spans.sort_unstable();
            spans
        };
        let elsewhere = spans(others);
        let taken = spans(taken).into_iter().map(|span| Conflict { span, by: Cause::Booking }).collect();
        let policy = Policy { grid, lead, horizon, before, after, weekly, ..Policy::default() };
        let hours = every_day(from, (from + length).min(1_440));
        World { zone, now, hours, policy, own: elsewhere.clone(), elsewhere, taken }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases.div_ceil(4)))]

    // A9
    #[test]
    fn free_pieces_match_minute_by_minute_model(world in world(), from in -200_i64..2_000, length in 1_i64..2_500) {
        let facts = Facts { policy: Policy { weekly: 0, ..world.policy }, ..world.facts() };
        let at = |minutes: i64| Millis(world.now.0 + minutes * millis(MINUTE));
        let range = Span { starts: at(from), ends: at(from + length) };
        let pieces = availability(range, &facts);
        prop_assert_eq!(pieces.first().map(|piece| piece.span.starts), Some(range.starts));
        prop_assert_eq!(pieces.last().map(|piece| piece.span.ends), Some(range.ends));
        for two in pieces.windows(2) {
            prop_assert_eq!(two[0].span.ends, two[1].span.starts);
        }
        for piece in &pieces {
            for minute in minutes_of(piece.span) {
                let expected = world.obstacle(minute);
                let message = piece.obstacle.filter(|obstacle| *obstacle != Obstacle::TooShort);
                prop_assert_eq!(message, expected, "{:?} {:?}", world.zone.moment(minute).wall(), piece);
            }
        }
    }

    // A9
    #[test]
    fn refusals_match_minute_by_minute_model(world in world(), from in -30_i64..300, length in 1_i64..20) {
        let facts = world.facts();
        let at = |steps: i64| Millis(world.now.0.div_euclid(900_000) * 900_000 + steps * 900_000);
        let span = Span { starts: at(from), ends: at(from + length) };
        let refused = refusals(Request { span, kept: None }, &facts);
        let has = |code: &str| refused.iter().any(|refusal| refusal.code() == code);
        prop_assert_eq!(has("booking.closed"), !minutes_of(span).all(|minute| world.is_open(minute)));
        let Policy { before, after, weekly, most, .. } = world.policy;
        let whole = Span { starts: span.starts.before(MINUTE * u32::from(before)), ends: span.ends.after(MINUTE * u32::from(after)) };
        let is_taken = |at: Millis| world.taken.iter().any(|taken| taken.span.starts <= at && at < taken.span.ends);
        prop_assert_eq!(has("booking.taken"), minutes_of(whole).any(is_taken));
        prop_assert_eq!(has("booking.elsewhere"), minutes_of(span).any(|at| world.elsewhere.iter().any(|other| other.starts <= at && at < other.ends)));
        prop_assert_eq!(has("booking.too-long"), length * 15 > i64::from(most));
        let week = |at: Millis| (world.zone.moment(at).wall().date.days() + 3).div_euclid(7);
        let over = minutes_of(span).map(week).any(|of| {
            let booked: usize = world.own.iter().map(|own| minutes_of(*own).filter(|at| week(*at) == of).count()).sum();
            booked + minutes_of(span).filter(|at| week(*at) == of).count() > usize::from(weekly) * 60
        });
        prop_assert_eq!(has("booking.too-many-hours"), weekly > 0 && over);
        // Free throughout and fitting: no refusal.
        let free = availability(span, &Facts { policy: Policy { weekly: 0, ..world.policy }, ..facts.clone() });
        if free.iter().all(|piece| piece.obstacle.is_none()) {
            for refusal in &refused {
                prop_assert!(matches!(refusal, Refusal::OffGrid { .. } | Refusal::TooLong { .. } | Refusal::TooManyHours { .. }), "{:?}", refusal);
            }
        }
    }

    #[test]
    fn alternatives_are_bookable_and_nearest(world in world(), from in 0_i64..200, steps in 1_i64..8) {
        // Half an hour of a jump takes an hourly grid off its steps for a day.
        let world = World { policy: Policy { grid: world.policy.grid.min(30), ..world.policy }, ..world };
        let facts = world.facts();
        let grid = i64::from(world.policy.grid);
        let length = (steps * 30).max(15) / grid * grid;
        let starts = Millis(world.now.0 + from * 900_000);
        let request = Request { span: Span { starts, ends: Millis(starts.0 + length * millis(MINUTE)) }, kept: None };
        let found = alternatives(request, &facts);
        for span in &found {
            prop_assert!(refusals(Request { span: *span, kept: None }, &facts).is_empty(), "{:?}", span);
        }
        for two in found.windows(2) {
            prop_assert!(two[0].ends <= two[1].starts);
        }
        let nearest = found.iter().map(|span| span.starts.0.abs_diff(starts.0)).min();
        let possible = (0..4 * 1_440).map(|minute| Millis(up_to_minute(world.now.0) + minute * millis(MINUTE))).filter(|at| {
            let span = Span { starts: *at, ends: Millis(at.0 + length * millis(MINUTE)) };
            refusals(Request { span, kept: None }, &facts).is_empty()
        });
        prop_assert_eq!(nearest, possible.map(|at| at.0.abs_diff(starts.0)).min());
    }
}

const fn up_to_minute(at: i64) -> i64 {
    at.div_euclid(60_000) * 60_000
}

#[test]
fn room_of_other_groups_is_refused_at_any_time() {
    let hours = every_day(0, 1_440);
    let facts = Facts { permitted: false, ..facts(&hours) };
    for span in [span(0, 60), span(60, 0)] {
        let refusals = refusals(Request { span, kept: None }, &facts);
        assert!(refusals.contains(&Refusal::GroupsOnly), "{refusals:?}");
    }
    assert!(Refusal::GroupsOnly.is_of_any_time() && Refusal::GroupsOnly.is_about_person());
}
