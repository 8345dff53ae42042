//! Search for free time: the understood parts of a text, and days and hours.
//!
//! Not here: parsing (`domain::bookings::SearchTerms`), and why a time can't be booked ([`crate::bookings`]).

use crate::{Lang, time::capitalised};
use domain::{
    bookings::{Days, TimeWindow, Timeframe, When},
    time::Date,
};

text! {
    book_soon() { en: "Next 7 days", it: "Prossimi 7 giorni" }
    book_today() { en: "Today", it: "Oggi" }
    book_tomorrow() { en: "Tomorrow", it: "Domani" }
    book_this_week() { en: "This week", it: "Questa settimana" }
    book_evenings() { en: "Evenings", it: "La sera" }
    book_next_week() { en: "Next week", it: "Settimana prossima" }
    book_from_clock(clock: &str) { en: "from {clock}", it: "dalle {clock}" }
    book_until_clock(clock: &str) { en: "until {clock}", it: "fino alle {clock}" }
    book_understood() { en: "Understood", it: "Capito" }
    book_not_understood() { en: "not understood", it: "non capito" }
    book_remove_word() { en: "Remove:", it: "Togli:" }
    book_unheard(words: &str) { en: "No results for “{words}”. Pick from the lists below.", it: "Nessun risultato per «{words}». Scegli dagli elenchi qui sotto." }
    book_longest(length: &str) { en: "You can book {length} at most at a time.", it: "Puoi prenotare al massimo {length} alla volta." }
    book_anything() { en: "Anything", it: "Qualsiasi cosa" }
    book_pick_what() { en: "Pick a machine or room", it: "Scegli una macchina o una sala" }
    book_pick_time() { en: "Pick a time", it: "Scegli un orario" }
    book_not_shown(time: &str, what: &str) { en: "Not shown because you’re already booked then: {time}, {what}.", it: "Non mostrato perché in quell’orario hai già un impegno: {time}, {what}." }
}

impl Lang {
    /// A common choice of days.
    #[must_use]
    pub const fn book_when_word(self, when: When) -> &'static str {
        match when {
            When::Soon => self.book_soon(),
            When::Today => self.book_today(),
            When::Tomorrow => self.book_tomorrow(),
            When::ThisWeek => self.book_this_week(),
            When::Evenings => self.book_evenings(),
            When::NextWeek => self.book_next_week(),
        }
    }

    /// `Sat 28 Nov, 18:00–20:00`.
    #[must_use]
    pub fn book_timeframe(self, timeframe: Timeframe, today: Date) -> String {
        match timeframe {
            Timeframe::Named(when) => self.book_when_word(when).to_owned(),
            Timeframe::Exact { days, hours: None } => self.book_days(days, today),
            Timeframe::Exact { days, hours: Some(hours) } => {
                format!("{}, {}", self.book_days(days, today), self.book_window(hours))
            }
        }
    }

    /// `Tomorrow`, `Sat 28 Nov`, `28 Nov – 29 Nov`.
    #[must_use]
    pub fn book_days(self, days: Days, today: Date) -> String {
        let usual = When::ALL.iter().find(|when| when.hours().is_none() && when.days(today) == days);
        match usual {
            Some(when) => self.book_when_word(*when).to_owned(),
            None if days.first == days.last && days.first.year == today.year => {
                capitalised(&self.short_date(days.first))
            }
            None if days.first == days.last => {
                format!("{} {}", capitalised(&self.short_date(days.first)), days.first.year)
            }
            None => self.short_dates(days.first, days.last),
        }
    }

    /// `18:00–20:00`, `18:00`, `from 17:00`, `until 12:00`.
    #[must_use]
    pub fn book_window(self, TimeWindow { from, begins_by, to }: TimeWindow) -> String {
        let clock = |minute: u16| format!("{:02}:{:02}", minute / 60 % 24, minute % 60);
        match (from, begins_by, to) {
            (from, begins_by, _) if from == begins_by => clock(from),
            (0, _, u16::MAX) => String::new(),
            (0, _, to) => self.book_until_clock(&clock(to)),
            (from, _, u16::MAX) => self.book_from_clock(&clock(from)),
            (from, _, to) => format!("{}–{}", clock(from), clock(to)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Date = Date { year: 2026, month: 11, day: 25 };

    #[test]
    fn timeframes_read_naturally() {
        let day = |day| Date { day, ..TODAY };
        let saturday =
            Timeframe::Exact { days: Days::one(day(28)), hours: Some(TimeWindow::between(1_080, 1_200)) };
        assert_eq!(Lang::En.book_timeframe(saturday, TODAY), "Sat 28 Nov, 18:00–20:00");
        assert_eq!(Lang::It.book_timeframe(saturday, TODAY), "Sab 28 nov, 18:00–20:00");
        let weekend = Timeframe::Exact { days: Days { first: day(28), last: day(29) }, hours: None };
        assert_eq!(Lang::En.book_timeframe(weekend, TODAY), "28 Nov – 29 Nov");
        let next_year = Days::one(Date { year: 2027, month: 12, day: 2 });
        assert_eq!(Lang::En.book_days(next_year, TODAY), "Thu 2 Dec 2027");
        assert_eq!(Lang::En.book_timeframe(When::ThisWeek.into(), TODAY), "This week");
        assert_eq!(Lang::En.book_days(Days { first: TODAY, last: day(29) }, TODAY), "This week");
        assert_eq!(Lang::En.book_window(TimeWindow::at(540)), "09:00");
        assert_eq!(Lang::En.book_window(TimeWindow::after(1_020)), "from 17:00");
        assert_eq!(Lang::It.book_window(TimeWindow::before(720)), "fino alle 12:00");
        assert_eq!(Lang::En.book_window(TimeWindow::between(1_320, 1_560)), "22:00–02:00");
    }
}
