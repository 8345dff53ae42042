//! Which times of an event suit its queue.

use super::Preference;
use crate::{hours::Stretch, occupations::Span, time::Date};
use std::cmp::Reverse;

/// A person in a queue, by when they can come and what they have already.
#[derive(Debug, Clone)]
pub struct Waiting {
    pub can: Preference,
    /// Taken times, in order.
    pub busy: Vec<Span>,
}

impl Waiting {
    /// Whether the time suits them and they have nothing else then.
    #[must_use]
    pub fn can_come(&self, time: &Candidate) -> bool {
        self.can.suits(time.minutes) && !self.is_busy(time)
    }

    #[must_use]
    pub fn is_busy(&self, time: &Candidate) -> bool {
        self.busy.iter().any(|busy| busy.overlaps(time.span))
    }
}

/// A time at which host, machine and workshop are free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    pub date: Date,
    /// Minutes of the day.
    pub minutes: Stretch,
    pub span: Span,
    /// Whether it lies in hours that the host offers.
    pub offered: bool,
}

/// The best `most` of the times, by the number of those who can come among the first `places` of the queue, then in the whole
/// queue, then hours that the host offers, then the soonest; one a day. Times that suit nobody are left out.
#[must_use]
pub fn suggest(queue: &[Waiting], places: usize, candidates: &[Candidate], most: usize) -> Vec<Candidate> {
    let can = |time: &Candidate, within: usize| queue.iter().take(within).filter(|one| one.can_come(time)).count();
    let mut ranked: Vec<_> = candidates
        .iter()
        .map(|time| {
            let all = can(time, usize::MAX);
            ((Reverse(can(time, places)), Reverse(all), Reverse(time.offered), time.span.starts), all, *time)
        })
        .filter(|(_, all, _)| *all > 0)
        .collect();
    ranked.sort_by_key(|(rank, ..)| *rank);
    let mut chosen: Vec<Candidate> = Vec::new();
    for (.., time) in ranked {
        if chosen.len() < most && chosen.iter().all(|other| other.date != time.date) {
            chosen.push(time);
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        time::{HOUR, Millis},
        training_events::DayWindow,
    };

    fn at(day: i64, hour: u16) -> Candidate {
        let starts = Millis(day * 86_400_000 + i64::from(hour) * 3_600_000);
        let minutes = Stretch { from: hour * 60, to: (hour + 2) * 60 };
        let span = Span { starts, ends: starts.after(HOUR * 2) };
        Candidate { date: Date::from_days(day), minutes, span, offered: false }
    }

    fn waiting(windows: &[&str], busy: &[Candidate]) -> Waiting {
        let windows = windows.iter().filter_map(|text| DayWindow::parse(text).ok()).collect();
        Waiting { can: Preference { windows, other: false }, busy: busy.iter().map(|time| time.span).collect() }
    }

    #[test]
    fn first_in_line_decide_then_all_then_the_date() {
        let evening = || waiting(&["18:00–22:00"], &[]);
        let morning = || waiting(&["08:00–12:00"], &[]);
        let times = [at(1, 9), at(1, 18), at(2, 9), at(2, 18), at(3, 13)];
        let chosen = suggest(&[evening(), morning(), morning()], 1, &times, 3);
        assert_eq!(chosen, [at(1, 18), at(2, 18)], "13:00 suits nobody, and each day is suggested once");
        let chosen = suggest(&[evening(), morning(), morning()], 3, &times, 1);
        assert_eq!(chosen, [at(1, 9)]);
        let offered = Candidate { offered: true, ..at(2, 9) };
        assert_eq!(suggest(&[morning()], 3, &[at(1, 9), offered], 1), [offered]);
        let busy = waiting(&[], &[at(1, 9)]);
        assert_eq!(suggest(&[busy], 6, &[at(1, 9), at(2, 9)], 3), [at(2, 9)]);
        assert_eq!(suggest(&[], 6, &times, 3), []);
    }
}
