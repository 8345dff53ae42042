//! Why a series is not made or changed, and the message for each reason.

use crate::{bookings::BookingsError, computing::Crowded};
use contract::form::Faults;
use domain::{
    actor::Forbidden,
    problem::{Kind, Problem},
    time::Date,
    versions::Saved,
};
use macros::ServiceError;
use recurrence::{RuleError, SeriesError as DatesError};
use store::StoreError;
use text::Lang;

/// Why a request about series is refused.
#[derive(Debug, Clone, ServiceError)]
pub enum SeriesError {
    /// It does not exist, or is none of the caller's.
    #[problem("series.unknown", NotFound, series_unknown)]
    Unknown,
    #[problem("group.unknown", NotFound, group_unknown)]
    UnknownGroup,
    /// Only moderators make series for people; members for themselves where the rules allow it.
    #[problem("series.group-only", Invalid, at("group", series_group_only))]
    GroupOnly,
    /// The series has no such date, or it has begun.
    #[problem("series.no-date", Conflict, series_no_date)]
    NoDate,
    /// None of the dates can be had.
    #[problem("series.none", Conflict, series_none)]
    NoneFree,
    /// What can be had is not what was confirmed.
    #[problem("series.changed", Conflict, series_changed)]
    Overtaken,
    /// What a plan was made from changed before its job ([`super::prepared`]).
    #[problem("series.changed", Conflict, series_changed)]
    Outdated,
    /// It ends when it begins.
    #[problem("series.invalid", Invalid, at("to", series_no_time))]
    NoTime,
    /// A date is more days ahead than a series may reach.
    #[problem(with = too_far((*last, *today, *days), lang), codes = [(Kind::Invalid, "series.invalid")])]
    TooFar { last: Date, today: Date, days: u16 },
    #[problem(with = rule(*_0, lang), codes = [(Kind::Invalid, "series.invalid")])]
    Rule(RuleError),
    #[problem(with = dates(*_0, lang), codes = [(Kind::Invalid, "series.invalid")])]
    Dates(DatesError),
    /// A newer version was saved meanwhile.
    #[problem(transparent)]
    Stale(Box<Saved>),
    /// Too many plans are being made.
    #[problem(transparent)]
    Crowded(#[from] Crowded),
    #[problem("series.invalid", Invalid, each)]
    Invalid(#[from] Faults),
    #[problem(transparent)]
    Booking(#[from] BookingsError),
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

impl From<RuleError> for SeriesError {
    fn from(error: RuleError) -> Self {
        Self::Rule(error)
    }
}

impl From<DatesError> for SeriesError {
    fn from(error: DatesError) -> Self {
        Self::Dates(error)
    }
}

fn invalid(field: &str, message: String, lang: Lang) -> Problem {
    Problem::new("series.invalid", Kind::Invalid, lang.form_fix()).field(field, message)
}

fn too_far((last, today, days): (Date, Date, u16), lang: Lang) -> Problem {
    let day = lang.weekday_date(last, today);
    invalid("last", lang.series_too_far(&day, &lang.rules_days(days.into())), lang)
}

fn rule(error: RuleError, lang: Lang) -> Problem {
    let message = match error {
        RuleError::TooLong | RuleError::NotAscii | RuleError::Unreadable => {
            lang.series_rule_unreadable().to_owned()
        }
        RuleError::UnknownPart => lang.series_rule_unknown_part().to_owned(),
        RuleError::Repeated(part) => lang.series_rule_repeated(part.as_str()),
        RuleError::NoFrequency => lang.series_rule_no_frequency().to_owned(),
        RuleError::TooFrequent => lang.series_rule_too_frequent().to_owned(),
        RuleError::TimeOfDay(part) => lang.series_rule_time(part.as_str()),
        RuleError::Interval => lang.series_rule_value("INTERVAL"),
        RuleError::TooMany => lang.series_too_many(&recurrence::MAX_OCCURRENCES.to_string()),
        RuleError::TwoEnds => lang.series_rule_two_ends().to_owned(),
        RuleError::Value(part) => lang.series_rule_value(part.as_str()),
        RuleError::Misplaced(part) | RuleError::Alone(part) => lang.series_rule_misplaced(part.as_str()),
        RuleError::NumberedWeekday => lang.series_rule_misplaced("BYDAY"),
        RuleError::NoDays => lang.series_no_dates().to_owned(),
    };
    invalid("rule", message, lang)
}

fn dates(error: DatesError, lang: Lang) -> Problem {
    let (field, message) = match error {
        DatesError::FirstDate => ("first", lang.day_form().to_owned()),
        DatesError::NoEnd => ("last", lang.series_no_end().to_owned()),
        DatesError::EndsBeforeFirst => ("last", lang.series_ends_first().to_owned()),
        DatesError::NoDates => ("rule", lang.series_no_dates().to_owned()),
        DatesError::TooMany => ("last", lang.series_too_many(&recurrence::MAX_OCCURRENCES.to_string())),
        DatesError::TooLong => ("last", lang.series_too_long().to_owned()),
    };
    invalid(field, message, lang)
}
