//! Credit for watching: what a report of played parts is worth by the server's clock.
//!
//! **Invariants.** Credit is the union of what was played, never its sum. Time counts from a person's first report
//! of an edition, which itself earns nothing. A report earns at most [`FASTEST`] times the time since the previous
//! one, plus [`SLACK`]; unused slack is not saved, so many quick reports earn no more than few slow ones. After
//! more than a minute of silence continuous playing is not assumed: a report states how long ago its parts began,
//! or earns only the slack. Credit is never withdrawn. The clock belongs to the person: two players, of one module
//! or of two, share it.
//!
//! Not here: when each part was played. A page resends uncredited parts as often as it likes, so a lost or refused
//! report costs nothing.

use crate::time::Millis;
use serde::{Deserialize, Serialize};

/// A page reports as often as this, in milliseconds.
pub const EVERY: u32 = 5000;
/// Maximum credited speed, in halves of real time.
const FASTEST: i64 = 3;
/// The fastest that a player offers, in percent.
pub const TOP_SPEED: u32 = 150;
/// Tolerance for clocks and networks, in milliseconds.
const SLACK: u32 = 2000;
/// A longer silence is a gap rather than a slow report: in milliseconds.
const SILENCE: i64 = 60_000;
/// Creditable part of a gap if a report does not say when it began, in milliseconds.
const GAP: i64 = 20_000;
/// Limit of one report, in milliseconds.
pub const AT_ONCE: u32 = 300_000;
/// Reports are at least this far apart, in milliseconds.
const APART: i64 = 1000;
/// So much may be missing at the end: credits, and players that stop early. In milliseconds.
pub const END: u32 = 5000;
/// Limit of parts of one report, and of pieces of a person's coverage.
pub const PARTS: usize = 64;
const PIECES: usize = 500;

/// A part of a video, from (inclusive) and to (exclusive), in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Span {
    pub from: u32,
    pub to: u32,
}

impl Span {
    #[must_use]
    pub const fn length(self) -> u32 {
        self.to.saturating_sub(self.from)
    }
}

/// The watched parts of a video: in order, without overlaps, none empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage(Vec<Span>);

impl Coverage {
    /// The union of `spans`.
    #[must_use]
    pub fn of(spans: impl IntoIterator<Item = Span>) -> Self {
        let mut all: Vec<Span> = spans.into_iter().filter(|span| span.from < span.to).collect();
        all.sort_unstable();
        let mut union: Vec<Span> = Vec::with_capacity(all.len());
        for span in all {
            match union.last_mut() {
                Some(last) if span.from <= last.to => last.to = last.to.max(span.to),
                _ => union.push(span),
            }
        }
        Self(union)
    }

    /// Its pieces, in order.
    #[must_use]
    pub fn spans(&self) -> &[Span] {
        &self.0
    }

    /// The parts within a video of this length.
    #[must_use]
    pub fn within(&self, length: u32) -> Self {
        Self::of(self.0.iter().map(|span| Span { from: span.from, to: span.to.min(length) }))
    }

    /// Its total length, in milliseconds.
    #[must_use]
    pub fn length(&self) -> u32 {
        self.0.iter().map(|span| span.length()).sum()
    }

    pub fn add(&mut self, span: Span) {
        *self = Self::of(self.0.drain(..).chain([span]));
    }

    /// The parts of `span` that are missing.
    #[must_use]
    pub fn lacking(&self, span: Span) -> Vec<Span> {
        let (mut rest, mut from) = (Vec::new(), span.from);
        for known in self.0.iter().filter(|known| known.to > span.from && known.from < span.to) {
            if known.from > from {
                rest.push(Span { from, to: known.from });
            }
            from = from.max(known.to);
        }
        if from < span.to {
            rest.push(Span { from, to: span.to });
        }
        rest
    }

    /// The parts not in `other`.
    #[must_use]
    pub fn without(&self, other: &Self) -> Self {
        Self(self.0.iter().flat_map(|&span| other.lacking(span)).collect())
    }

    /// The parts for one report, from the beginning.
    #[must_use]
    pub fn report(&self) -> Vec<Span> {
        let mut room = AT_ONCE;
        let parts = self.0.iter().take(PARTS).map(|span| {
            let part = Span { from: span.from, to: span.to.min(span.from.saturating_add(room)) };
            room -= part.length();
            part
        });
        parts.filter(|part| part.length() > 0).collect()
    }

    /// The unwatched parts of a video of this length; empty if only the end is missing.
    #[must_use]
    pub fn left(&self, length: u32) -> Vec<Span> {
        let mut left = self.lacking(Span { from: 0, to: length });
        if left.last().is_some_and(|last| self.is_end(*last, length)) {
            left.pop();
        }
        left
    }

    /// The watched part of a video of this length, in whole percent; 100 only if nothing is left.
    #[must_use]
    pub fn percent(&self, length: u32) -> u8 {
        let left: u64 = self.left(length).iter().map(|span| u64::from(span.length())).sum();
        let seen = u64::from(length).saturating_sub(left);
        u8::try_from(seen * 100 / u64::from(length.max(1))).unwrap_or(100)
    }

    /// Whether `gap` is only the end of the video.
    fn is_end(&self, gap: Span, length: u32) -> bool {
        gap.to == length && gap.length() <= END && !self.0.is_empty()
    }
}

/// Parses the parts of a report, `0-5000,7000-9000`, in milliseconds; `None` if invalid.
#[must_use]
pub fn parse_spans(played: &str) -> Option<Vec<Span>> {
    // One more than may be is too many, and so are ten thousand.
    read(played, PARTS + 1)
}

/// Parses the parts that a page stored while offline, in the format of [`written`].
#[must_use]
pub fn recalled(stored: &str) -> Option<Vec<Span>> {
    read(stored, PIECES)
}

/// Formats the parts for storage, at most as many as watching produces.
#[must_use]
pub fn written(parts: &[Span]) -> String {
    parts.iter().take(PIECES).map(|part| format!("{}-{}", part.from, part.to)).collect::<Vec<_>>().join(",")
}

fn read(played: &str, most: usize) -> Option<Vec<Span>> {
    let part = |part: &str| {
        let (from, to) = part.split_once('-')?;
        Some(Span { from: from.parse().ok()?, to: to.parse().ok()? })
    };
    if played.is_empty() { Some(Vec::new()) } else { played.split(',').take(most).map(part).collect() }
}

/// The time of the last report, and the unused slack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    /// When the last accepted report arrived.
    pub heard: Option<Millis>,
    /// The unused slack, in milliseconds.
    pub spare: u32,
    /// Whether there was a report of this edition before.
    pub begun: bool,
}

impl Default for Clock {
    fn default() -> Self {
        Self { heard: None, spare: SLACK, begun: false }
    }
}

/// Why a report is refused whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The one before is fresher than a second.
    TooSoon,
    /// It exceeds [`AT_ONCE`] or [`PARTS`].
    TooMuch,
    /// A part ends before it begins, or after the video.
    Outside,
    /// The coverage would be more fragmented than any watching produces.
    InPieces,
}

/// The credit of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Credited {
    /// The gain, in milliseconds.
    pub gained: u32,
    /// The clock after it.
    pub clock: Clock,
}

/// A report of watching.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// The played parts; empty when watching begins.
    pub parts: Vec<Span>,
    /// How long ago the first of them began to play, in milliseconds; 0 if unknown.
    pub began: u32,
}

impl From<Vec<Span>> for Report {
    fn from(parts: Vec<Span>) -> Self {
        Self { parts, began: 0 }
    }
}

/// Credits a report about a video of this `length` to the coverage.
pub fn report(
    coverage: &mut Coverage,
    clock: Clock,
    Report { parts, began }: &Report,
    length: u32,
    now: Millis,
) -> Result<Credited, Refused> {
    // After the clock was set back, the elapsed time is unknown.
    let gone = clock.heard.map(|heard| now.0.saturating_sub(heard.0)).filter(|gone| *gone >= 0);
    if gone.is_some_and(|gone| gone < APART) {
        return Err(Refused::TooSoon);
    }
    if parts.iter().any(|part| part.from >= part.to || part.to > length) {
        return Err(Refused::Outside);
    }
    let message: u64 = parts.iter().map(|part| u64::from(part.length())).sum();
    if parts.len() > PARTS || message > u64::from(AT_ONCE) {
        return Err(Refused::TooMuch);
    }
    let gone = gone.unwrap_or(0);
    let counts = if gone <= SILENCE { gone } else { gone.min(GAP.max(i64::from(*began))) };
    // However long the silence, a report earns no more than the limit.
    let earned = u32::try_from(counts.saturating_mul(FASTEST) / 2).unwrap_or(AT_ONCE).min(AT_ONCE);
    let spare = clock.spare.min(SLACK);
    let mut left = if clock.begun { spare.saturating_add(earned) } else { 0 };
    let before = coverage.length();
    let mut after = coverage.clone();
    for &part in parts {
        for new in after.lacking(part) {
            let to = new.to.min(new.from.saturating_add(left));
            left -= to - new.from;
            after.add(Span { from: new.from, to });
        }
    }
    if after.0.len() > PIECES && after.0.len() > coverage.0.len() {
        return Err(Refused::InPieces);
    }
    *coverage = after;
    let gained = coverage.length() - before;
    let spare = if clock.begun { left.min(SLACK) } else { spare };
    Ok(Credited { gained, clock: Clock { heard: Some(now), spare, begun: true } })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const fn span(from: u32, to: u32) -> Span {
        Span { from, to }
    }

    fn played(parts: Vec<Span>) -> Report {
        parts.into()
    }

    /// Reports of one person, one after the other: when, after the one before, and which parts.
    fn report_all(length: u32, reports: &[(i64, Vec<Span>)]) -> (Coverage, Vec<Result<u32, Refused>>) {
        let reports: Vec<_> = reports.iter().map(|(later, parts)| (*later, played(parts.clone()))).collect();
        reported(length, &reports)
    }

    /// Like [`report_all`], with full reports.
    fn reported(length: u32, reports: &[(i64, Report)]) -> (Coverage, Vec<Result<u32, Refused>>) {
        let (mut coverage, mut clock, mut now) = (Coverage::default(), Clock::default(), Millis(1_000_000));
        let message = reports.iter().map(|(later, notice)| {
            now = Millis(now.0 + later);
            let credited = report(&mut coverage, clock, notice, length, now)?;
            clock = credited.clock;
            Ok(credited.gained)
        });
        let message = message.collect();
        (coverage, message)
    }

    #[test]
    fn continuous_watching_is_credited_fully() {
        let mut reports = vec![(0, vec![])];
        reports.extend((0..12).map(|n| (5000, vec![span(n * 5000, n * 5000 + 5000)])));
        let (coverage, message) = report_all(60_000, &reports);
        assert_eq!(coverage.spans(), [span(0, 60_000)]);
        assert_eq!(message.last(), Some(&Ok(5000)));
        assert_eq!(coverage.percent(60_000), 100);
    }

    #[test]
    fn report_after_two_offline_minutes_loses_nothing() {
        let late = |began| {
            let report = Report { parts: vec![span(5000, 125_000)], began };
            reported(300_000, &[(0, Report::default()), (5000, played(vec![span(0, 5000)])), (120_000, report)]).1
        };
        assert_eq!(late(120_000), [Ok(0), Ok(5000), Ok(120_000)]);
        assert_eq!(late(u32::MAX), late(120_000), "no longer than nothing was heard");
        assert_eq!(late(0)[2], Ok(20_000 * 3 / 2 + SLACK), "or what a page keeps for a moment");
    }

    #[test]
    fn first_report_of_edition_earns_nothing() {
        let clock = Clock { heard: Some(Millis(0)), spare: SLACK, begun: false };
        for parts in [vec![span(0, 60_000)], vec![span(0, 7000)]] {
            let length = parts[0].to;
            let mut coverage = Coverage::default();
            let began = Report { parts: parts.clone(), began: 3_600_000 };
            let first = report(&mut coverage, clock, &began, length, Millis(3_600_000)).unwrap();
            assert_eq!((first.gained, coverage.percent(length)), (0, 0));
            let second = report(&mut coverage, first.clock, &began, length, Millis(3_602_000)).unwrap();
            assert_eq!(second.gained, 3000 + SLACK, "time counts from there");
        }
    }

    #[test]
    fn uncredited_part_is_credited_when_reported_again() {
        let twice = vec![span(0, 10_000)];
        let (coverage, message) = report_all(60_000, &[(0, vec![]), (4000, twice.clone()), (4000, twice)]);
        assert_eq!(message, [Ok(0), Ok(8000), Ok(2000)]);
        assert_eq!(coverage.spans(), [span(0, 10_000)]);
    }

    #[test]
    fn tenfold_speed_is_credited_at_one_and_a_half() {
        let mut reports = vec![(0, vec![])];
        reports.extend((0..6).map(|n| (5000, vec![span(n * 50_000, (n + 1) * 50_000)])));
        let (coverage, _) = report_all(300_000, &reports);
        assert_eq!(coverage.length(), 6 * 7500 + SLACK);
    }

    #[test]
    fn many_quick_reports_earn_no_more_than_few_slow_ones() {
        let quick: Vec<_> = (0..100).map(|n| (1000, vec![span(n * 3000, n * 3000 + 3000)])).collect();
        let (coverage, _) = report_all(300_000, &quick);
        assert!(coverage.length() <= 99 * 1500 + SLACK, "{}", coverage.length());
    }

    #[test]
    fn impossible_report_is_rejected_entirely() {
        let begun = |parts: Vec<Span>| report_all(600_000, &[(0, vec![]), (60_000, parts)]).1.remove(1);
        assert_eq!(begun(vec![span(0, 300_001)]), Err(Refused::TooMuch));
        assert_eq!(begun(vec![span(0, 200_000), span(0, 200_000)]), Err(Refused::TooMuch), "told twice");
        assert_eq!(begun(vec![span(0, 1); 65]), Err(Refused::TooMuch));
        assert_eq!(begun(vec![span(599_000, 600_001)]), Err(Refused::Outside));
        assert_eq!(begun(vec![span(5, 5)]), Err(Refused::Outside));
        assert_eq!(begun(vec![span(9, 5)]), Err(Refused::Outside));
        let soon = report_all(600_000, &[(0, vec![]), (999, vec![span(0, 500)]), (1, vec![span(0, 500)])]).1;
        assert_eq!(soon, [Ok(0), Err(Refused::TooSoon), Ok(500)], "a refused one does not count as heard");
    }

    #[test]
    fn report_after_long_pause_earns_slack_only() {
        assert_eq!(
            report_all(600_000, &[(0, vec![]), (60_000, vec![span(0, 90_000)])]).1[1],
            Ok(90_000),
            "no gap yet"
        );
        for pause in [60_001, 601_000, 12 * 3_600_000, i64::MAX / 2] {
            let rest = vec![span(300_000, 600_000)];
            let (coverage, message) =
                report_all(600_000, &[(0, vec![]), (pause, vec![span(0, 300_000)]), (1000, rest)]);
            assert_eq!(message[1..], [Ok(32_000), Ok(1500)], "{pause}");
            assert_eq!(coverage.length(), 33_500);
        }
    }

    #[test]
    fn stored_offline_report_is_restored_within_limits() {
        let played: Vec<_> = (0..100).map(|n| span(n * 20_000, n * 20_000 + 10_000)).collect();
        assert_eq!(recalled(&written(&played)), Some(played.clone()));
        let report = Coverage::of(played).report();
        assert_eq!(report.iter().map(|part| part.length()).sum::<u32>(), AT_ONCE);
        let crumbs: Vec<_> = (0..1000).map(|n| span(n * 20, n * 20 + 10)).collect();
        assert_eq!(Coverage::of(crumbs.clone()).report().len(), PARTS);
        assert_eq!(recalled(&written(&crumbs)), Some(crumbs[..PIECES].to_vec()), "as many as anybody watches");
        assert_eq!(recalled("a-b"), None);
    }

    #[test]
    fn clock_set_back_earns_nothing_and_blocks_nobody() {
        let (_, message) = report_all(
            600_000,
            &[(0, vec![]), (-3_600_000, vec![span(0, 100_000)]), (5000, vec![span(2000, 7000)])],
        );
        assert_eq!(message, [Ok(0), Ok(SLACK), Ok(5000)]);
    }

    #[test]
    fn two_players_share_one_clock() {
        let mut coverage = [Coverage::default(), Coverage::default()];
        let (mut clock, mut now) = (Clock::default(), Millis(0));
        for n in 0..40_u32 {
            let part = span(n / 2 * 5000, n / 2 * 5000 + 5000);
            let of = &mut coverage[n as usize % 2];
            clock = report(of, clock, &played(vec![part]), 200_000, now).unwrap().clock;
            now = Millis(now.0 + 2500);
        }
        let both: u32 = coverage.iter().map(Coverage::length).sum();
        assert!(both <= 97_500 * 3 / 2 + SLACK, "{both}");
    }

    #[test]
    fn spans_are_parsed_as_from_and_to() {
        assert_eq!(parse_spans("0-5000,7000-9000"), Some(vec![span(0, 5000), span(7000, 9000)]));
        assert_eq!(parse_spans(""), Some(Vec::new()));
        for unreadable in ["5000", "-1-5", "0-5000,", "a-b", "0-99999999999"] {
            assert_eq!(parse_spans(unreadable), None, "{unreadable}");
        }
    }

    #[test]
    fn only_missing_end_counts_as_complete() {
        let percent = |spans: &[Span]| Coverage::of(spans.iter().copied()).percent(100_000);
        assert_eq!(percent(&[span(0, 95_000)]), 100);
        assert_eq!(percent(&[span(0, 94_999)]), 94);
        assert_eq!(percent(&[span(1, 100_000)]), 99, "the beginning is not the end");
        assert_eq!(percent(&[]), 0);
        assert_eq!(Coverage::default().left(4000), [span(0, 4000)], "short as it is, it has to be watched");
        assert_eq!(Coverage::of([span(10, 20)]).left(100_000), [span(0, 10), span(20, 100_000)]);
    }

    prop_compose! {
        fn any_span(seconds: u32)(from in 0..seconds, length in 1..seconds) -> Span {
            span(from * 1000, (from + length).min(seconds) * 1000)
        }
    }

    fn any_report() -> impl Strategy<Value = (i64, Vec<Span>)> {
        let later = prop_oneof![4 => 0..40_i64, 1 => -100..2000_i64];
        (later.prop_map(|seconds| seconds * 1000), proptest::collection::vec(any_span(120), 0..5))
    }

    /// The video as seconds that were watched or not.
    struct Model {
        seen: [bool; 120],
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(8 * ProptestConfig::default().cases))]

        #[test]
        fn credit_matches_model_by_seconds(reports in proptest::collection::vec(any_report(), 1..30)) {
            let (mut coverage, mut clock, mut now) = (Coverage::default(), Clock::default(), 0_i64);
            let mut model = Model { seen: [false; 120] };
            let (mut heard, mut spare): (Option<i64>, i64) = (None, 2000);
            let first = |heard: Option<i64>| heard.is_none();
            for (later, parts) in reports {
                now += later;
                let before = coverage.clone();
                let answer = report(&mut coverage, clock, &played(parts.clone()), 120_000, Millis(now));
                let gone = heard.map(|heard| now - heard);
                if gone.is_some_and(|gone| (0..1000).contains(&gone)) {
                    prop_assert_eq!(answer, Err(Refused::TooSoon));
                    prop_assert_eq!(&coverage, &before);
                    continue;
                }
                let message: u32 = parts.iter().map(|part| part.length()).sum();
                if message > 300_000 {
                    prop_assert_eq!(answer, Err(Refused::TooMuch));
                    continue;
                }
                let credited = answer.unwrap();
                clock = credited.clock;
                let elapsed = gone.filter(|gone| *gone >= 0).unwrap_or(0);
                // Per report, as the rule reads.
                prop_assert!(i64::from(credited.gained) * 2 <= elapsed * 3 + 4000 && message <= AT_ONCE);
                let counts = if elapsed > 60_000 { 20_000 } else { elapsed };
                let earned = if first(heard) { 0 } else { spare + counts * 3 / 2 };
                let mut left = earned;
                for part in &parts {
                    for second in part.from / 1000..part.to / 1000 {
                        let seen = &mut model.seen[second as usize];
                        if !*seen && left >= 1000 {
                            (*seen, left) = (true, left - 1000);
                        }
                    }
                }
                // The model earns whole seconds, so it may lag by a fraction; never lead.
                for (second, seen) in (0_u32..).zip(model.seen) {
                    if seen {
                        prop_assert!(coverage.lacking(span(second * 1000, second * 1000 + 1000)).is_empty(), "{}", second);
                    }
                }
                let whole = before.length() + credited.gained;
                prop_assert_eq!(coverage.length(), whole, "union, not sum");
                prop_assert!(i64::from(credited.gained) <= earned);
                prop_assert!(before.without(&coverage).spans().is_empty(), "never goes down");
                let known = Coverage::of(parts.iter().chain(before.spans()).copied());
                prop_assert!(coverage.without(&known).spans().is_empty(), "what nobody told is not credited");
                let stored = if first(heard) { spare } else { earned - i64::from(credited.gained) };
                (heard, spare) = (Some(now), stored.min(2000));
                model.seen = std::array::from_fn(|second| {
                    let second = u32::try_from(second).unwrap() * 1000;
                    coverage.lacking(span(second, second + 1000)).is_empty()
                });
            }
        }

        #[test]
        fn honest_watching_is_credited_fully(
            speed in 1..=15_u32,
            beats in proptest::collection::vec((1..30_u32, proptest::bool::weighted(0.7)), 1..40),
        ) {
            // Played at `speed` tenths; some reports are lost, and uncredited parts are reported again.
            let length = 2_000_000;
            let (mut server, mut clock, mut now) = (Coverage::default(), Clock::default(), 0_i64);
            clock = report(&mut server, clock, &Report::default(), length, Millis(now)).unwrap().clock;
            // Since when the pending parts were played.
            let mut since = None;
            let mut played = Coverage::default();
            for (seconds, arrives) in beats {
                let from = played.length();
                let to = from + seconds * speed * 100;
                since.get_or_insert(now);
                now += i64::from(seconds) * 1000;
                played.add(span(from, to));
                let waiting = played.without(&server);
                if !arrives || waiting.length() > AT_ONCE {
                    continue;
                }
                let began = u32::try_from(now - since.unwrap_or(now)).unwrap();
                let message = Report { parts: waiting.spans().to_vec(), began };
                if let Ok(credited) = report(&mut server, clock, &message, length, Millis(now)) {
                    (clock, since) = (credited.clock, None);
                    prop_assert_eq!(&server, &played);
                }
            }
        }

        #[test]
        fn union_is_independent_of_order(spans in proptest::collection::vec(any_span(60), 0..8)) {
            let forwards = Coverage::of(spans.iter().copied());
            let mut backwards = Coverage::default();
            for span in spans.iter().rev() {
                backwards.add(*span);
            }
            prop_assert_eq!(&forwards, &backwards);
            prop_assert!(forwards.spans().windows(2).all(|two| two[0].to < two[1].from));
            let seconds = (0..60_u32).filter(|second| spans.iter().any(|it| (it.from..it.to).contains(&(second * 1000)))).count();
            prop_assert_eq!(forwards.length() as usize, seconds * 1000);
            prop_assert!(forwards.without(&backwards).spans().is_empty());
        }
    }
}
