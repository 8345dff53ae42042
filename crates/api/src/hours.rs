//! Opening hours: the week of the space, a type or a machine, and exceptions.
//!
//! Invariant: times are `HH:MM` in the local time of the space; a range that ends before it begins continues into the
//! next day.

use super::{
    Body, Caller, Query, Refusal, Seen, Word,
    answer::{Versioned, done},
    input::invalid,
    operation::{Operation, Tag},
    paging::Page,
    renamed,
    settings::{Listed, Where, somewhere},
    words,
};
use axum::response::Response;
use contract::hours::{HoursPage, OneDay};
use domain::{
    actor::Permission,
    hours::{self, DAY_MINUTES, Hour},
    settings::Scope as Reach,
    time::Date,
    tokens::Scope,
};
use serde::{Deserialize, Serialize};
use services::hours::{self as service, HoursError, SayDay};
use services::{error::ServiceError, requirements::PathTarget};
use text::Lang;
use utoipa::ToSchema;

const DAYS: &str = "listOpeningDays";

/// The operations of this module.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/opening-hours", "readOpeningHours", read)
            .may(&[(Permission::SeeSettings, PathTarget::Anything)])
            .about(
                Tag::Space,
                "Get opening hours",
                "Returns the weekly hours that are set at this level and those that apply. The hours of the most specific \
                 level that has any replace those of the levels above.",
            )
            .needs(Scope::SpaceRead)
            .versioned()
            .errors::<services::hours::HoursError>(&["hours.unknown"]),
        Operation::put("/api/v1/opening-hours", "saveOpeningHours", save)
            .may(&[(Permission::ChangeEquipment, PathTarget::Anything)])
            .about(
                Tag::Space,
                "Set weekly opening hours",
                "Replaces the weekly hours of this level. With no hours on any day, the hours of the level above apply again.",
            )
            .needs(Scope::SpaceWrite)
            .versioned()
            .errors::<services::hours::HoursError>(&["hours.unknown", "hours.invalid"]),
        Operation::get("/api/v1/opening-hours/days", DAYS, days)
            .may(&[(Permission::SeeSettings, PathTarget::Anything)])
            .about(
                Tag::Space,
                "List special days",
                "Lists the days from today on with special hours at this level.",
            )
            .needs(Scope::SpaceRead)
            .errors::<services::hours::HoursError>(&["hours.unknown"]),
        Operation::get("/api/v1/opening-hours/days/{day}", "readOpeningDay", one_day)
            .may(&[(Permission::SeeSettings, PathTarget::Anything)])
            .about(
                Tag::Space,
                "Get the hours of a day",
                "Returns the special hours of a day at this level, if any.",
            )
            .needs(Scope::SpaceRead)
            .versioned()
            .errors::<services::hours::HoursError>(&["hours.unknown"]),
        Operation::put("/api/v1/opening-hours/days/{day}", "saveOpeningDay", save_day)
            .may(&[(Permission::ChangeEquipment, PathTarget::Anything)])
            .about(
                Tag::Space,
                "Set the hours of a day",
                "Sets special hours that replace the weekly ones on a day; an empty list means closed. The day must not be \
                 in the past or more than 800 days ahead.",
            )
            .needs(Scope::SpaceWrite)
            .versioned()
            .errors::<services::hours::HoursError>(&["hours.unknown", "hours.invalid"]),
        Operation::delete("/api/v1/opening-hours/days/{day}", "clearOpeningDay", clear_day)
            .may(&[(Permission::ChangeEquipment, PathTarget::Anything)])
            .about(
                Tag::Space,
                "Remove the hours of a day",
                "Removes the special hours of a day, so that the weekly ones apply.",
            )
            .needs(Scope::SpaceWrite)
            .versioned()
            .errors::<services::hours::HoursError>(&["hours.unknown", "hours.invalid"]),
    ]
}

/// A time of day, in minutes after midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
struct Clock(u16);

impl TryFrom<String> for Clock {
    type Error = &'static str;

    fn try_from(written: String) -> Result<Self, Self::Error> {
        let number = |digits: &str| {
            let plain = digits.len() == 2 && digits.bytes().all(|digit| digit.is_ascii_digit());
            plain.then(|| digits.parse::<u16>().ok()).flatten()
        };
        let read = || {
            let (hour, minute) = written.split_once(':')?;
            let (hour, minute) = (number(hour)?, number(minute)?);
            let minutes = hour * 60 + minute;
            (minute < 60 && minutes <= DAY_MINUTES).then_some(Self(minutes))
        };
        read().ok_or("no time of day")
    }
}

impl From<Clock> for String {
    fn from(Clock(minutes): Clock) -> Self {
        domain::hours::clock(minutes)
    }
}

/// A range of opening hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenRange {
    /// The start.
    #[schema(value_type = String, pattern = "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$", example = "08:00")]
    from: Clock,
    /// The end, exclusive; on the next day if it is earlier than the start.
    #[schema(value_type = String, pattern = "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$", example = "12:30")]
    to: Clock,
}

/// Formats hours, one range after the other.
fn written(ranges: &[OpenRange]) -> String {
    let range = |&OpenRange { from, to }: &OpenRange| format!("{}–{}", String::from(from), String::from(to));
    ranges.iter().map(range).collect::<Vec<_>>().join(", ")
}

/// Parses formatted hours.
fn ranges(written: &str) -> Vec<OpenRange> {
    let range = |Hour { from, to }| {
        let to = if to > DAY_MINUTES { to - DAY_MINUTES } else { to };
        OpenRange { from: Clock(from), to: Clock(to) }
    };
    hours::read(written).unwrap_or_default().into_iter().map(range).collect()
}

/// Weekly hours; an empty list means closed on that day.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Week {
    /// Monday.
    #[schema(max_items = 12)]
    mon: Vec<OpenRange>,
    /// Tuesday.
    #[schema(max_items = 12)]
    tue: Vec<OpenRange>,
    /// Wednesday.
    #[schema(max_items = 12)]
    wed: Vec<OpenRange>,
    /// Thursday.
    #[schema(max_items = 12)]
    thu: Vec<OpenRange>,
    /// Friday.
    #[schema(max_items = 12)]
    fri: Vec<OpenRange>,
    /// Saturday.
    #[schema(max_items = 12)]
    sat: Vec<OpenRange>,
    /// Sunday.
    #[schema(max_items = 12)]
    sun: Vec<OpenRange>,
}

impl Week {
    fn of(written: &[String; 7]) -> Self {
        let [mon, tue, wed, thu, fri, sat, sun] = written.each_ref().map(|day| ranges(day));
        Self { mon, tue, wed, thu, fri, sat, sun }
    }

    fn written(&self) -> [String; 7] {
        [&self.mon, &self.tue, &self.wed, &self.thu, &self.fri, &self.sat, &self.sun].map(|day| written(day))
    }
}

/// The opening hours of a level.
#[derive(Debug, Serialize, ToSchema)]
pub struct HoursView {
    /// Whether this level has weekly hours of its own.
    own: bool,
    /// The weekly hours of this level; all days are empty if it has none.
    week: Week,
    #[schema(schema_with = words::reach_or_null)]
    from: Option<Reach>,
    /// The weekly hours that apply.
    holds: Week,
    /// Whether the caller may change it.
    may_change: bool,
}

async fn read(caller: Caller, Query(there): Query<Where>) -> Result<Versioned<HoursView>, Refusal> {
    let at = there.read(caller.lang)?;
    let Caller { ctx, actor, lang } = caller;
    let page = service::page(&ctx, &actor, at, None, lang).await?;
    let HoursPage { saved, own, from, holds, may_change, .. } = page;
    let week = Week::of(&service::DAYS.map(|day| saved.value(day).to_owned()));
    Ok(Versioned(HoursView { own, week, from, holds: Week::of(&holds), may_change }, saved.version))
}

async fn save(
    caller: Caller,
    Query(there): Query<Where>,
    Seen(seen): Seen,
    Body(week): Body<Week>,
) -> Result<Response, Refusal> {
    let at = there.read(caller.lang)?;
    let Caller { ctx, actor, .. } = caller;
    service::save_week(&ctx, &actor, at, seen, week.written()).await?;
    Ok(done())
}

/// A day with or without special hours.
#[derive(Debug, Serialize, ToSchema)]
pub struct DayView {
    /// The day, in the space's time zone.
    #[schema(format = Date, example = "2026-12-24")]
    day: String,
    /// The hours; empty if closed, null if the weekly hours apply.
    hours: Option<Vec<OpenRange>>,
    /// Its version; 0 if it has no special hours.
    #[schema(example = 3)]
    version: i64,
}

fn to_view(day: OneDay) -> DayView {
    DayView { hours: Some(ranges(&day.hours)), version: day.version, day: day.date }
}

async fn days(caller: Caller, Query(listed): Query<Listed>) -> Result<Page<DayView>, Refusal> {
    let (after, limit) = caller.place(DAYS, listed.after.as_deref(), listed.limit)?;
    let at = somewhere(listed.at.as_deref(), caller.lang)?;
    let Caller { ctx, actor, lang } = caller;
    let page = service::page(&ctx, &actor, at, None, lang).await?;
    // Days have no ids; in a cursor each is the number of the day.
    let place = |day: &OneDay| Date::from_iso(&day.date).map_or(0, Date::days);
    Ok(Page::of_all(DAYS, page.days, after.as_deref(), limit, lang, place)?.map(to_view))
}

/// Parses the day in the path.
fn named(Word(name): Word, lang: Lang) -> Result<String, Refusal> {
    Date::from_iso(&name).map(|_| name).ok_or_else(|| Refusal(invalid("day", lang.audit_no_day(), lang)))
}

async fn one_day(caller: Caller, name: Word, Query(there): Query<Where>) -> Result<Versioned<DayView>, Refusal> {
    let (day, at) = (named(name, caller.lang)?, there.read(caller.lang)?);
    let Caller { ctx, actor, lang } = caller;
    let page = service::page(&ctx, &actor, at, None, lang).await?;
    let message = page.days.into_iter().find(|one| one.date == day);
    let day = message.map_or(DayView { day, hours: None, version: 0 }, to_view);
    let version = day.version;
    Ok(Versioned(day, version))
}

/// The hours of a day.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DayForm {
    /// The ranges within that day; an empty list means closed.
    #[schema(max_items = 12)]
    hours: Vec<OpenRange>,
}

async fn save_day(
    caller: Caller,
    message: Word,
    Query(there): Query<Where>,
    seen: Seen,
    Body(form): Body<DayForm>,
) -> Result<Response, Refusal> {
    keep(caller, message, &there, seen, Some(written(&form.hours))).await
}

async fn clear_day(
    caller: Caller,
    message: Word,
    Query(there): Query<Where>,
    seen: Seen,
) -> Result<Response, Refusal> {
    keep(caller, message, &there, seen, None).await
}

async fn keep(
    caller: Caller,
    name: Word,
    there: &Where,
    Seen(version): Seen,
    hours: Option<String>,
) -> Result<Response, Refusal> {
    let (date, at) = (named(name, caller.lang)?, there.read(caller.lang)?);
    let Caller { ctx, actor, lang } = caller;
    let message = service::save_day(&ctx, &actor, at, SayDay { date, hours, version }).await;
    message.map_err(|error: HoursError| Refusal(renamed(error.problem(lang), "date", "day")))?;
    Ok(done())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opening_hours_round_trip() {
        for message in ["", "08:00–12:00, 14:00–18:30", "20:00–02:00", "00:00–24:00"] {
            assert_eq!(written(&ranges(message)), message);
        }
    }

    #[test]
    fn only_padded_clock_times_parse() {
        let read = |written: &str| Clock::try_from(written.to_owned()).ok().map(|Clock(minutes)| minutes);
        assert_eq!((read("00:00"), read("08:05"), read("24:00")), (Some(0), Some(485), Some(1_440)));
        for wrong in ["", "8:00", "08.00", "08:60", "24:01", "25:00", "08:00-09:00", "+8:00", "08:0", "٠٨:٠٠"]
        {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
