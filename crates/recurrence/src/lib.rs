//! Series of dates: the rule, its occurrences in a time zone, edits, and their entries in calendar files.
//!
//! **Invariants.** A series has an end, at most [`MAX_OCCURRENCES`] dates, and none later than [`MAX_DAYS`] after its
//! first. Dates come from the rule alone; wall-clock times are applied afterwards, so a series keeps its time when
//! the clocks change. No text makes a function panic or search for long.
//!
//! Not here: sentences (the caller words refusals), what a series occupies and who may book it, and files of other
//! programs, which `domain::external_calendars` evaluates within a budget. `rrule` is called in one module,
//! `library`, and only with rules that [`Rule::parse`] has checked: by itself it panics on text that is not ASCII
//! and expands every second for ever.

mod edit;
mod format;
pub mod ical;
mod library;
mod rule;
mod series;

pub use edit::{EditError, EditScope, Split};
pub use rule::{
    End, Frequency, MAX_INTERVAL, MAX_OCCURRENCES, Part, Rule, RuleError, RuleText, Until, Weekdays, Weekly,
};
pub use series::{Change, Expansion, MAX_DAYS, Occurrence, Series, SeriesError, Times, WallClock};
