//! Opening hours: whether it is open now, by the local time of the space; and changing them.
//!
//! **Invariants.** The week of a place and each of its exceptions has its own version; a form filled in from an
//! older one changes nothing. Hours cannot be set for a past day, or one so far ahead that it must be a typing
//! error.

use crate::error::FieldError;
use crate::{
    Ctx, error, previews,
    settings::{Spot, places},
};
use contract::{
    hours::{FarDay, HoursPage, OneDay},
    previews::Preview,
};
use domain::{
    actor::{Actor, Forbidden, Permission, Target},
    hours::{EXCEPTIONS_AHEAD, Hour, Hours, Opening, Stretch, Unreadable, day, merged, read, split, split_day},
    problem::Problem,
    settings::{At, Scope, Settings},
    time::{Date, Millis},
    versions::Saved,
    zone::Zone,
};
use macros::ServiceError;
use serde_json::json;
use store::{
    Done, SqliteConnection, StoreError, Unaudited,
    hours::{self as rows, WEEK},
};
use text::Lang;

/// The fields of a week, Monday first.
pub const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Why nothing is shown or changed.
#[derive(Debug, Clone, ServiceError)]
pub enum HoursError {
    /// Not for this actor.
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    #[problem("hours.unknown", NotFound, setting_unknown)]
    Unknown,
    #[problem("hours.invalid", Invalid, each)]
    Invalid(ValidationErrors),
    /// A newer version was saved meanwhile.
    #[problem(transparent)]
    Stale(Box<Saved>),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

/// Fields and their errors.
pub type ValidationErrors = Vec<(&'static str, ValidationError)>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValidationError {
    Hours(Unreadable),
    /// Not a valid day.
    NoDay,
    Past,
    /// It is too far ahead.
    Far,
}

impl FieldError for (&'static str, ValidationError) {
    fn add(&self, problem: Problem, lang: Lang) -> Problem {
        let (field, fault) = self;
        problem.field(field, fault.message(lang))
    }
}

impl ValidationError {
    fn message(self, lang: Lang) -> String {
        match self {
            Self::Hours(Unreadable::Form) => lang.hours_form().to_owned(),
            Self::Hours(Unreadable::Overlap) => lang.hours_overlap().to_owned(),
            Self::Hours(Unreadable::Midnight) => lang.hours_midnight().to_owned(),
            Self::NoDay => lang.hours_no_day().to_owned(),
            Self::Past => lang.hours_past().to_owned(),
            Self::Far => lang.hours_far(&EXCEPTIONS_AHEAD.to_string()),
        }
    }
}

/// Hours to preview, as typed.
#[derive(Debug, Clone)]
pub enum Proposal {
    Week([String; 7]),
    Day(SayDay),
}

/// The hours set at `at`, the effective ones, and the preview of `proposal`, in words.
pub async fn page(
    ctx: &Ctx,
    actor: &Actor,
    at: At,
    proposal: Option<Proposal>,
    lang: Lang,
) -> Result<HoursPage, HoursError> {
    let now = ctx.now();
    let zone = ctx.space().zone;
    let today = zone.moment(now).wall().date.days();
    let mut snapshot = ctx.store().snapshot().await?;
    let spot = Spot::find(&mut snapshot, at).await?;
    actor.require(Permission::SeeSettings, spot.map_or(Target::NONE, Spot::about))?;
    let spot = spot.ok_or(HoursError::Unknown)?;
    let explicit = rows::hours_of(&mut snapshot, spot.kind, spot.machine, today).await?;
    let versions = rows::versions(&mut snapshot, at).await?;
    let scope = at.columns().0;
    let from = explicit.week_of();
    let mut days: Vec<i64> =
        explicit.exceptions.iter().filter(|one| one.scope == scope).map(|one| one.day).collect();
    days.dedup();
    let days = days.into_iter().map(|date| OneDay {
        day: zone.moment(zone.start_of(Date::from_days(date))),
        date: Date::from_days(date).to_string(),
        hours: of_day(&explicit, scope, date).unwrap_or_default(),
        version: version(&versions, date),
    });
    let days = days.collect();
    let mut far: Vec<i64> = explicit.exceptions.iter().map(|one| one.day).collect();
    far.sort_unstable();
    far.dedup();
    let far_days = far.into_iter().filter_map(|date| {
        let of = explicit.day_of(Date::from_days(date)).filter(|of| *of != scope)?;
        let day = zone.moment(zone.start_of(Date::from_days(date)));
        Some(FarDay { day, hours: of_day(&explicit, of, date).unwrap_or_default(), of })
    });
    let far_days = far_days.collect();
    let own = week(&explicit, scope);
    let proposal = match proposal {
        Some(proposal) => Some(preview(&mut snapshot, at, &proposal, zone, now, lang).await?),
        None => None,
    };
    Ok(HoursPage {
        now: ctx.moment(now),
        at,
        places: places(&mut snapshot, actor).await?,
        own: from == Some(scope),
        holds: from.map_or_else(|| std::array::from_fn(|_| ALWAYS.to_owned()), |from| week(&explicit, from)),
        saved: saved(own, version(&versions, WEEK)),
        from,
        days,
        far_days,
        preview: proposal,
        may_change: actor.may(Permission::ChangeEquipment, spot.about()),
    })
}

/// The preview of setting `proposal` at `at`, or why it is invalid.
async fn preview(
    conn: &mut SqliteConnection,
    at: At,
    proposal: &Proposal,
    zone: Zone,
    now: Millis,
    lang: Lang,
) -> Result<Preview, StoreError> {
    let preview = match proposal {
        Proposal::Week(input) => match checked(input) {
            Ok(week) => previews::of_week(conn, at, &week, zone, now).await?,
            Err(faults) => return Ok(invalid(&faults, lang)),
        },
        Proposal::Day(input) => match one_day(input, zone.moment(now).wall().date) {
            Ok((date, hours)) => previews::of_day(conn, at, date, hours.as_deref(), zone, now).await?,
            Err(faults) => return Ok(invalid(&faults, lang)),
        },
    };
    Ok(lang.preview(&preview))
}

/// The errors as a preview, each with its day.
fn invalid(faults: &ValidationErrors, lang: Lang) -> Preview {
    let line = |(field, fault): &(&str, ValidationError)| {
        let day = DAYS.iter().position(|day| day == field);
        let day = day.and_then(|day| lang.weekdays().get(day).copied());
        day.map_or_else(|| fault.message(lang), |day| format!("{day}: {}", fault.message(lang)))
    };
    Preview { fits: false, bites: true, lines: faults.iter().map(line).collect() }
}

/// A day on which it never closes.
const ALWAYS: &str = "00:00–24:00";

fn version(versions: &[(i64, i64)], day: i64) -> i64 {
    versions.iter().find(|(of, _)| *of == day).map_or(0, |(_, version)| *version)
}

/// The week set at `scope`, formatted.
fn week(value: &Hours, scope: Scope) -> [String; 7] {
    let own = value.weekly.iter().filter(|weekly| weekly.scope == scope);
    let stretches: Vec<_> = own.map(|weekly| (weekly.weekday, weekly.hours)).collect();
    merged(&stretches).map(|hours| day(&hours))
}

/// The hours set for one day at `scope`, formatted; `None` if it is no exception.
fn of_day(value: &Hours, scope: Scope, date: i64) -> Option<String> {
    let mut that_day = value.exceptions.iter().filter(|one| one.scope == scope && one.day == date).peekable();
    that_day.peek()?;
    let hours = that_day.filter_map(|one| one.hours).map(|Stretch { from, to }| Hour { from, to });
    Some(day(&hours.collect::<Vec<_>>()))
}

fn saved(week: [String; 7], version: i64) -> Saved {
    Saved::new(version, DAYS.into_iter().zip(week).collect())
}

/// Saves the weekly hours; an empty week inherits.
pub async fn save_week(
    ctx: &Ctx,
    actor: &Actor,
    at: At,
    version: i64,
    input: [String; 7],
) -> Result<(), HoursError> {
    known(&mut *ctx.store().read().await?, actor, at).await?;
    let requested = checked(&input).map_err(HoursError::Invalid)?;
    let zone = ctx.space().zone;
    ctx.begin(actor, async move |begun| {
        let spot = known(begun.tx.conn(), &begun.actor, at).await?;
        let mut job = begun.require(Permission::ChangeEquipment, spot.about())?;
        let explicit = rows::hours_of(job.tx.conn(), spot.kind, spot.machine, i64::MAX).await?;
        let before = week(&explicit, at.columns().0);
        let newest = self::version(&rows::versions(job.tx.conn(), at).await?, WEEK);
        if !domain::versions::is_current(newest, version) {
            return Err(HoursError::Stale(signed(job.tx.conn(), zone, at, saved(before, newest)).await?));
        }
        if before == merged(&requested).map(|hours| day(&hours)) {
            return Ok(Done::unaudited((), Unaudited::NothingChanged));
        }
        rows::set_week(job.tx, at, &requested).await?;
        spot.hint(job.tx).await?;
        job.audited((), "hours.week-changed", at, &json!({})).await
    })
    .await
}

/// The place, for those who may set its hours. Checked again inside each job, because a machine may have another
/// type and thus another owner by then.
async fn known(conn: &mut SqliteConnection, actor: &Actor, at: At) -> Result<Spot, HoursError> {
    let spot = Spot::find(conn, at).await?;
    actor.require(Permission::ChangeEquipment, spot.map_or(Target::NONE, Spot::about))?;
    spot.ok_or(HoursError::Unknown)
}

async fn signed(conn: &mut SqliteConnection, zone: Zone, at: At, saved: Saved) -> Result<Box<Saved>, StoreError> {
    error::signed(conn, zone, at, saved).await
}

/// The valid week, or all invalid days.
fn checked(input: &[String; 7]) -> Result<Vec<(u8, Stretch)>, ValidationErrors> {
    let mut faults = Vec::new();
    let mut week: [Vec<Hour>; 7] = std::array::from_fn(|_| Vec::new());
    for ((hours, field), input) in week.iter_mut().zip(DAYS).zip(input) {
        match read(input) {
            Ok(read) => *hours = read,
            Err(invalid) => faults.push((field, ValidationError::Hours(invalid))),
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    split(&week).map_err(|day| {
        let field = DAYS.get(day).copied().unwrap_or_default();
        vec![(field, ValidationError::Hours(Unreadable::Overlap))]
    })
}

/// Hours for one day.
#[derive(Debug, Clone)]
pub struct SayDay {
    /// The day, as typed: `2026-12-24`.
    pub date: String,
    /// The hours, as typed; empty is closed, `None` is the weekly hours.
    pub hours: Option<String>,
    /// The version that was read; 0 for none.
    pub version: i64,
}

/// Saves the hours of one day as an exception, or removes the exception.
pub async fn save_day(ctx: &Ctx, actor: &Actor, at: At, input: SayDay) -> Result<(), HoursError> {
    known(&mut *ctx.store().read().await?, actor, at).await?;
    let zone = ctx.space().zone;
    let today = zone.moment(ctx.now()).wall().date;
    let (date, requested) = one_day(&input, today).map_err(HoursError::Invalid)?;
    ctx.begin(actor, async move |begun| {
        let spot = known(begun.tx.conn(), &begun.actor, at).await?;
        let mut job = begun.require(Permission::ChangeEquipment, spot.about())?;
        let explicit = rows::hours_of(job.tx.conn(), spot.kind, spot.machine, date.days()).await?;
        let scope = at.columns().0;
        let before = of_day(&explicit, scope, date.days());
        let newest = version(&rows::versions(job.tx.conn(), at).await?, date.days());
        // A removed exception may be set again, whatever its earlier version.
        let afresh = input.version == 0 && before.is_none();
        if !domain::versions::is_current(newest, input.version) && !afresh {
            let fields = vec![("date", date.to_string()), ("hours", before.unwrap_or_default())];
            let saved = Saved::new(newest, fields);
            return Err(HoursError::Stale(signed(job.tx.conn(), zone, at, saved).await?));
        }
        let after = requested.as_ref().map(|hours| {
            let hours = hours.iter().map(|&Stretch { from, to }| Hour { from, to });
            day(&hours.collect::<Vec<_>>())
        });
        if after == before {
            return Ok(Done::unaudited((), Unaudited::NothingChanged));
        }
        rows::set_day(job.tx, at, date.days(), requested.as_deref()).await?;
        spot.hint(job.tx).await?;
        let action = if requested.is_some() { "hours.day-changed" } else { "hours.day-cleared" };
        let detail = json!({ "day": date.to_string() });
        job.audited((), action, at, &detail).await
    })
    .await
}

/// A day and its hours, validated, or all errors.
type Day = (Date, Option<Vec<Stretch>>);

fn one_day(input: &SayDay, today: Date) -> Result<Day, ValidationErrors> {
    let mut faults = Vec::new();
    let date = Date::from_iso(input.date.trim());
    match date.map(|date| date.days() - today.days()) {
        None => faults.push(("date", ValidationError::NoDay)),
        Some(..0) => faults.push(("date", ValidationError::Past)),
        Some(ahead) if ahead > EXCEPTIONS_AHEAD => faults.push(("date", ValidationError::Far)),
        Some(_) => {}
    }
    let hours = match &input.hours {
        None => None,
        Some(input) => match read(input).and_then(|hours| split_day(&hours)) {
            Ok(hours) => Some(hours),
            Err(invalid) => {
                faults.push(("hours", ValidationError::Hours(invalid)));
                None
            }
        },
    };
    match date {
        Some(date) if faults.is_empty() => Ok((date, hours)),
        _ => Err(faults),
    }
}

/// Whether it is open at `at`, and the next change; `None` without opening hours. The zone is the one in
/// `settings`, read with the hours, so the decision depends on the file alone.
pub(crate) fn opening(hours: &Hours, settings: &Settings, at: Millis) -> Option<Opening> {
    if hours.is_empty() {
        return None;
    }
    // A zone name that has become invalid must not stop the server from starting.
    let zone: Zone = settings.zone.parse().unwrap_or(Zone::UTC);
    let today = zone.moment(at).wall().date;
    Some(hours.opening(at, today, |date, minute| zone.instant(date, minute)))
}
