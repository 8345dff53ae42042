//! Formats of times and durations.
//!
//! Invariant: clock times have 24 hours in every language; near times are short ("13:02", "yesterday"), and
//! [`Lang::exact`] has the rest. Not here: the time zone, which a [`Moment`] already carries.

use crate::Lang;
use domain::time::{DAY, Date, HOUR, MINUTE, Moment, WallTime};
use std::time::Duration;

/// From ten hours on, tenths of an hour are noise.
const WHOLE_HOURS_FROM: u64 = 10;

/// `14:05`.
#[must_use]
pub fn clock(moment: Moment) -> String {
    let WallTime { hour, minute, .. } = moment.wall();
    format!("{hour:02}:{minute:02}")
}

/// `18:00–20:00`. If the clocks change in between, both carry their offset.
#[must_use]
pub fn clocks(starts: Moment, ends: Moment) -> String {
    if starts.offset == ends.offset {
        return format!("{}–{}", clock(starts), clock(ends));
    }
    format!("{} {}–{} {}", clock(starts), offset(starts), clock(ends), offset(ends))
}

/// An offset from UTC: `(UTC+2:00)`.
#[must_use]
pub fn offset(moment: Moment) -> String {
    format!("(UTC{:+}:{:02})", moment.offset / 60, (moment.offset % 60).abs())
}

/// `14:05:09`.
#[must_use]
pub fn clock_to_the_second(moment: Moment) -> String {
    format!("{}:{:02}", clock(moment), moment.at.0.div_euclid(1_000).rem_euclid(60))
}

/// `2026-11-19T14:05+01:00`, for programs that read the page.
#[must_use]
pub fn iso(moment: Moment) -> String {
    let WallTime { date, hour, minute } = moment.wall();
    let sign = if moment.offset < 0 { '-' } else { '+' };
    let offset = moment.offset.unsigned_abs();
    format!(
        "{:04}-{:02}-{:02}T{hour:02}:{minute:02}{sign}{:02}:{:02}",
        date.year,
        date.month,
        date.day,
        offset / 60,
        offset % 60
    )
}

/// A phrase after a colon: `A payment is missing` → `a payment is missing`.
#[must_use]
pub fn lowered(words: &str) -> String {
    begun(words, |first| if first == 'È' { 'è' } else { first.to_ascii_lowercase() })
}

/// A word as a heading: `today` → `Today`.
#[must_use]
pub fn capitalised(name: &str) -> String {
    begun(name, |first| if first == 'è' { 'È' } else { first.to_ascii_uppercase() })
}

/// Changes the first letter. Our own texts begin with no other letters than these; the tables of all of Unicode's would
/// be in the first load.
fn begun(words: &str, change: impl FnOnce(char) -> char) -> String {
    let mut letters = words.chars();
    letters.next().map(change).into_iter().chain(letters).collect()
}

/// A fragment as a sentence: `since 13:02` → `Since 13:02.`
#[must_use]
pub fn sentence(fragment: &str) -> String {
    format!("{}.", capitalised(fragment))
}

impl Lang {
    /// `Thursday 19 November`; with the year if it is not that of `now`.
    #[must_use]
    pub fn date(self, moment: Moment, now: Moment) -> String {
        self.weekday_date(moment.wall().date, now.wall().date)
    }

    /// The same for a day.
    #[must_use]
    pub fn weekday_date(self, date: Date, today: Date) -> String {
        let weekday = self.weekday(date.weekday());
        let month = self.month(date.month);
        if date.year == today.year {
            format!("{weekday} {} {month}", date.day)
        } else {
            format!("{weekday} {} {month} {}", date.day, date.year)
        }
    }

    /// `Tue 17 Nov`: in columns of days.
    #[must_use]
    pub fn short_date(self, date: Date) -> String {
        let short = |name: &str| name.chars().take(3).collect::<String>();
        format!("{} {} {}", short(self.weekday(date.weekday())), date.day, short(self.month(date.month)))
    }

    /// `30 Nov`.
    #[must_use]
    pub fn short_day(self, date: Date) -> String {
        format!("{} {}", date.day, self.month(date.month).chars().take(3).collect::<String>())
    }

    /// `30 Nov – 6 Dec`.
    #[must_use]
    pub fn short_dates(self, first: Date, last: Date) -> String {
        format!("{} – {}", self.short_day(first), self.short_day(last))
    }

    /// `today`, `tomorrow`, `in 6 days`.
    #[must_use]
    pub fn in_days(self, days: i64) -> String {
        match days {
            ..=0 => self.today().into(),
            1 => self.tomorrow().into(),
            _ => self.in_some_days(u32::try_from(days).unwrap_or(u32::MAX)),
        }
    }

    /// `today`, `yesterday`, or the date.
    #[must_use]
    pub fn day(self, moment: Moment, now: Moment) -> String {
        match now.wall().date.days() - moment.wall().date.days() {
            0 => self.today().into(),
            1 => self.yesterday().into(),
            _ => self.date(moment, now),
        }
    }

    /// `today`, `yesterday`, `Tue 17 Nov`, `17 Oct`, `17 Oct 2025`: for columns and after a comma, without a
    /// preposition.
    #[must_use]
    pub fn brief(self, moment: Moment, now: Moment) -> String {
        let (date, today) = (moment.wall().date, now.wall().date);
        let short = |name: &str| name.chars().take(3).collect::<String>();
        let day = format!("{} {}", date.day, short(self.month(date.month)));
        match today.days() - date.days() {
            0 => self.today().into(),
            1 => self.yesterday().into(),
            2..7 => format!("{} {day}", short(self.weekday(date.weekday()))),
            _ if date.year == today.year => day,
            _ => format!("{day} {}", date.year),
        }
    }

    /// A time to come: `17:30` today, `tomorrow, 06:30`, then `29 Nov, 06:30`.
    #[must_use]
    pub fn coming(self, moment: Moment, now: Moment) -> String {
        match moment.wall().date.days() - now.wall().date.days() {
            0 => clock(moment),
            1 => format!("{}, {}", self.tomorrow(), clock(moment)),
            _ => format!("{}, {}", self.brief(moment, now), clock(moment)),
        }
    }

    /// A recent time that changes by the minute: `just now`, `4 min ago`, `today, 13:02`, then as in columns.
    #[must_use]
    pub fn recent(self, moment: Moment, now: Moment) -> String {
        let passed = now.at.since(moment.at);
        match u32::try_from(passed.as_secs() / MINUTE.as_secs()) {
            Ok(0) => self.just_now().to_owned(),
            Ok(minutes @ 1..60) => self.minutes_ago(minutes),
            _ if moment.wall().date == now.wall().date => format!("{}, {}", self.today(), clock(moment)),
            _ => self.brief(moment, now),
        }
    }

    /// `October 2025`.
    #[must_use]
    pub fn month_and_year(self, moment: Moment) -> String {
        let date = moment.wall().date;
        format!("{} {}", self.month(date.month), date.year)
    }

    /// A beginning as people say it: `since 13:02`, `since yesterday, 13:02`, `since Thursday 19 November`.
    #[must_use]
    pub fn since(self, moment: Moment, now: Moment) -> String {
        match now.wall().date.days() - moment.wall().date.days() {
            0 => self.since_clock(&clock(moment)),
            1 => self.since_yesterday(&clock(moment)),
            _ => self.since_date(&self.date(moment, now)),
        }
    }

    /// `Thursday 19 November, 13:02`.
    #[must_use]
    pub fn exact(self, moment: Moment, now: Moment) -> String {
        format!("{}, {}", self.date(moment, now), clock(moment))
    }

    /// `0 min`, `< 1 min`, `42 min`, `1 h 20`, `3 h`, `2 d`: two figures at most, always rounded down.
    #[must_use]
    pub fn length(self, length: Duration) -> String {
        let minutes = length.as_secs() / MINUTE.as_secs();
        let (hours, rest) = (minutes / 60, minutes % 60);
        if length.is_zero() {
            "0 min".to_owned()
        } else if length < MINUTE {
            "< 1 min".to_owned()
        } else if length < HOUR {
            format!("{minutes} min")
        } else if length >= DAY {
            let days = length.as_secs() / DAY.as_secs();
            match self {
                Self::En => format!("{days} d"),
                Self::It => format!("{days} g"),
            }
        } else if rest == 0 {
            format!("{hours} h")
        } else {
            format!("{hours} h {rest:02}")
        }
    }

    /// A total, rounded down: `6.5 h`, from ten hours on `1,204 h`.
    #[must_use]
    pub fn hours(self, total: Duration) -> String {
        let (point, thousands) = match self {
            Self::En => (".", ","),
            Self::It => (",", "."),
        };
        let tenths = total.as_secs() * 10 / HOUR.as_secs();
        let (hours, tenth) = (tenths / 10, tenths % 10);
        if hours < WHOLE_HOURS_FROM {
            return format!("{hours}{point}{tenth} h");
        }
        let digits = hours.to_string();
        let grouped: Vec<&str> =
            digits.as_bytes().rchunks(3).rev().filter_map(|group| std::str::from_utf8(group).ok()).collect();
        format!("{} h", grouped.join(thousands))
    }

    /// `Monday` for 0.
    #[must_use]
    pub const fn weekday(self, day: u8) -> &'static str {
        let names = match self {
            Self::En => ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
            Self::It => ["lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica"],
        };
        names[day as usize % 7]
    }

    /// `January` for 1.
    #[must_use]
    pub const fn month(self, month: u8) -> &'static str {
        let names = match self {
            Self::En => [
                "January",
                "February",
                "March",
                "April",
                "May",
                "June",
                "July",
                "August",
                "September",
                "October",
                "November",
                "December",
            ],
            Self::It => [
                "gennaio",
                "febbraio",
                "marzo",
                "aprile",
                "maggio",
                "giugno",
                "luglio",
                "agosto",
                "settembre",
                "ottobre",
                "novembre",
                "dicembre",
            ],
        };
        names[(month as usize + 11) % 12]
    }
}

text! {
    today() { en: "today", it: "oggi" }
    yesterday() { en: "yesterday", it: "ieri" }
    just_now() { en: "just now", it: "proprio ora" }
    minutes_ago(n: u32) { en: [one: "{n} min ago", other: "{n} min ago"], it: [one: "{n} min fa", other: "{n} min fa"] }
    since_clock(clock: &str) { en: "since {clock}", it: "dalle {clock}" }
    since_yesterday(clock: &str) { en: "since yesterday, {clock}", it: "da ieri alle {clock}" }
    since_date(date: &str) { en: "since {date}", it: (Da date => "{date}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::time::Millis;

    /// Thursday 19 November 2026, 14:16 in Rome.
    const NOW: Moment = Moment { at: Millis(1_795_094_160_000), offset: 60 };

    fn before(length: Duration) -> Moment {
        NOW.shifted_to(NOW.at.before(length))
    }

    #[test]
    fn clock_shows_local_time() {
        assert_eq!(clock(NOW), "14:16");
        assert_eq!(clock(Moment { offset: -300, ..NOW }), "08:16");
        assert_eq!(iso(NOW), "2026-11-19T14:16+01:00");
        assert_eq!(iso(Moment { offset: -210, ..NOW }), "2026-11-19T09:46-03:30");
    }

    #[test]
    fn near_days_use_relative_names() {
        assert_eq!(Lang::En.day(NOW, NOW), "today");
        assert_eq!(Lang::It.day(before(HOUR * 15), NOW), "ieri");
        assert_eq!(Lang::En.day(before(DAY * 2), NOW), "Tuesday 17 November");
        assert_eq!(Lang::It.day(before(DAY * 365), NOW), "mercoledì 19 novembre 2025");
    }

    #[test]
    fn brief_days_are_abbreviated() {
        assert_eq!(Lang::En.brief(NOW, NOW), "today");
        assert_eq!(Lang::It.brief(before(DAY), NOW), "ieri");
        assert_eq!(Lang::En.brief(before(DAY * 2), NOW), "Tue 17 Nov");
        assert_eq!(Lang::It.brief(before(DAY * 6), NOW), "ven 13 nov");
        assert_eq!(Lang::En.brief(before(DAY * 7), NOW), "12 Nov");
        assert_eq!(Lang::It.brief(before(DAY * 365), NOW), "19 nov 2025");
        assert_eq!(Lang::En.brief(NOW.shifted_to(NOW.at.after(DAY * 20)), NOW), "9 Dec");
        assert_eq!(Lang::It.month_and_year(NOW), "novembre 2026");
    }

    #[test]
    fn coming_times_have_a_clock() {
        assert_eq!(Lang::En.coming(NOW.shifted_to(NOW.at.after(HOUR)), NOW), "15:16");
        assert_eq!(Lang::It.coming(NOW.shifted_to(NOW.at.after(DAY)), NOW), "domani, 14:16");
        assert_eq!(Lang::En.coming(NOW.shifted_to(NOW.at.after(DAY * 20)), NOW), "9 Dec, 14:16");
    }

    #[test]
    fn recent_times_are_relative_within_the_hour() {
        assert_eq!(Lang::En.recent(before(Duration::from_secs(20)), NOW), "just now");
        assert_eq!(Lang::It.recent(before(MINUTE * 4), NOW), "4 min fa");
        assert_eq!(Lang::En.recent(before(MINUTE * 59), NOW), "59 min ago");
        assert_eq!(Lang::En.recent(before(HOUR), NOW), "today, 13:16");
        assert_eq!(Lang::En.recent(before(DAY), NOW), "yesterday");
    }

    #[test]
    fn since_names_no_more_than_needed() {
        assert_eq!(Lang::En.since(before(HOUR + MINUTE * 14), NOW), "since 13:02");
        assert_eq!(Lang::It.since(before(HOUR + MINUTE * 14), NOW), "dalle 13:02");
        assert_eq!(Lang::En.since(before(DAY), NOW), "since yesterday, 14:16");
        assert_eq!(Lang::It.since(before(DAY * 3), NOW), "da lunedì 16 novembre");
        assert_eq!(Lang::En.exact(before(DAY), NOW), "Wednesday 18 November, 14:16");
    }

    #[test]
    fn lengths_show_at_most_two_units() {
        for (length, en, it) in [
            (Duration::ZERO, "0 min", "0 min"),
            (Duration::from_secs(59), "< 1 min", "< 1 min"),
            (MINUTE * 42 + Duration::from_secs(59), "42 min", "42 min"),
            (HOUR, "1 h", "1 h"),
            (HOUR + MINUTE * 20, "1 h 20", "1 h 20"),
            (HOUR * 3 + MINUTE * 5, "3 h 05", "3 h 05"),
            (HOUR * 23 + MINUTE * 59, "23 h 59", "23 h 59"),
            (DAY * 2 + HOUR * 23, "2 d", "2 g"),
        ] {
            assert_eq!(Lang::En.length(length), en);
            assert_eq!(Lang::It.length(length), it);
        }
    }

    #[test]
    fn large_totals_drop_tenths() {
        assert_eq!(Lang::En.hours(HOUR * 6 + MINUTE * 30), "6.5 h");
        assert_eq!(Lang::It.hours(HOUR * 6 + MINUTE * 30), "6,5 h");
        assert_eq!(Lang::En.hours(HOUR * 118 + MINUTE * 59), "118 h");
        assert_eq!(Lang::It.hours(HOUR * 12_045), "12.045 h");
    }

    #[test]
    fn fragment_becomes_a_sentence() {
        assert_eq!(sentence("since 13:02"), "Since 13:02.");
        assert_eq!(sentence("è libera"), "È libera.");
    }
}
