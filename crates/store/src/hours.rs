//! Opening hours: rows of `opening_hours` and `opening_exception`. What they amount to is `domain::hours`.

use domain::{
    hours::{Exception, Hours, Stretch, Weekly},
    settings::Scope,
};

use crate::json;

/// Hours as a statement's lists `[scope, weekday, from, to]` and `[scope, day, from, to]`.
pub(crate) fn of_lists(weekly: &str, exceptions: &str) -> Result<Hours, sqlx::Error> {
    let weekly = json::rows(weekly, |row| {
        let hours = Stretch { from: minute(row, 2)?, to: minute(row, 3)? };
        let weekday = json::integer(row, 1)?.try_into().ok()?;
        Some(Weekly { scope: Scope::from_word(json::text(row, 0)?)?, weekday, hours })
    })?;
    let exceptions = json::rows(exceptions, |row| {
        let hours = minute(row, 2).zip(minute(row, 3)).map(|(from, to)| Stretch { from, to });
        Some(Exception { scope: Scope::from_word(json::text(row, 0)?)?, day: json::integer(row, 1)?, hours })
    })?;
    Ok(Hours { weekly, exceptions })
}

fn minute(row: &[serde_json::Value], at: usize) -> Option<u16> {
    json::integer(row, at)?.try_into().ok()
}
