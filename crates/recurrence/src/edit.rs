//! Changes to a series: one date, a date and all that follow, or all.
//!
//! **Invariants.** Nothing here changes a series in place: an edit is a value, and the caller stores it. The two parts of
//! a split have together the dates of the whole, each once. Not here: whether the new times are free.

#[cfg(test)]
mod tests;

use crate::{Change, End, Series, SeriesError, Times};
use domain::{time::Date, zone::Zone};

/// Which dates an edit concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EditScope {
    /// One date.
    This(Date),
    /// One date and all later ones.
    Following(Date),
    /// All dates from this day on, usually today: earlier ones stay as they were.
    All { from: Date },
}

/// A series before and after an edit takes effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// The unchanged dates, as a series that ends before the others; `None` if there are none, or if one series
    /// still describes all.
    pub before: Option<Series>,
    pub after: Series,
}

/// Why a series cannot be changed so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EditError {
    /// The series itself has no dates.
    Series(SeriesError),
    /// It does not take place on that date, or not from that day on.
    NoOccurrence,
}

impl From<SeriesError> for EditError {
    fn from(error: SeriesError) -> Self {
        Self::Series(error)
    }
}

impl Series {
    /// Gives the dates of `scope` other times. With the scope of several dates, one that was moved stays where it was moved, and a
    /// cancelled one stays cancelled.
    pub fn with_times(&self, scope: EditScope, times: Times, zone: Zone) -> Result<Split, EditError> {
        let at = match scope {
            EditScope::This(date) => {
                let day = match self.changes.get(&date) {
                    Some(Change::Moved { date, .. }) => *date,
                    Some(Change::Cancelled) | None => date,
                };
                let after = self.with_change(date, Change::Moved { date: day, times }, zone)?;
                return Ok(Split { before: None, after });
            }
            EditScope::Following(date) => date,
            EditScope::All { from } => {
                let dates = self.dates(zone)?;
                let next = dates.into_iter().find(|date| *date >= from && !self.exceptions.contains(date));
                next.ok_or(EditError::NoOccurrence)?
            }
        };
        let mut split = self.split(at, zone)?;
        split.after.times = times;
        Ok(split)
    }

    /// Moves or cancels one date. Moving it to where the rule has it undoes the change.
    pub fn with_change(&self, date: Date, change: Change, zone: Zone) -> Result<Self, EditError> {
        self.require(date, zone)?;
        let mut series = self.clone();
        if change == (Change::Moved { date, times: self.times }) {
            series.changes.remove(&date);
        } else {
            series.changes.insert(date, change);
        }
        Ok(series)
    }

    /// Leaves out one date.
    pub fn with_exception(&self, date: Date, zone: Zone) -> Result<Self, EditError> {
        self.require(date, zone)?;
        let mut series = self.clone();
        series.changes.remove(&date);
        series.exceptions.insert(date);
        Ok(series)
    }

    /// Splits the series: the first part ends before `at`, the second begins there. Counted dates, exceptions and
    /// changes go where they belong; those of no date go by their day. If it takes place on no earlier date, there is no first part.
    pub fn split(&self, at: Date, zone: Zone) -> Result<Split, EditError> {
        let dates = self.require(at, zone)?;
        let earlier: Vec<_> = dates.iter().filter(|date| **date < at).collect();
        if earlier.iter().all(|date| self.exceptions.contains(*date)) {
            return Ok(Split { before: None, after: self.clone() });
        }
        let before = u16::try_from(earlier.len()).unwrap_or(u16::MAX);
        let (mut old, mut new) = (self.clone(), self.clone());
        match self.rule.end() {
            Some(End::Count(count)) => {
                old.rule = self.rule.with_count(before);
                new.rule = self.rule.with_count(count.saturating_sub(before));
            }
            Some(End::Until(_)) | None => old.last = Some(Date::from_days(at.days() - 1)),
        }
        // The interval is counted from a date of the rule as well as from its first.
        new.first = at;
        new.exceptions = old.exceptions.split_off(&at);
        new.changes = old.changes.split_off(&at);
        Ok(Split { before: Some(old), after: new })
    }

    /// All dates of the rule, if it takes place on `date`.
    fn require(&self, date: Date, zone: Zone) -> Result<Vec<Date>, EditError> {
        let dates = self.dates(zone)?;
        let takes_place = dates.binary_search(&date).is_ok() && !self.exceptions.contains(&date);
        if takes_place { Ok(dates) } else { Err(EditError::NoOccurrence) }
    }
}
