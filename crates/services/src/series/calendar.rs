//! A series as one entry of a calendar file, with its exceptions and moved dates.
//!
//! Invariant: a date that is cancelled stays visible as cancelled, because calendars with an earlier copy would keep it. Not here: the
//! file around it ([`crate::calendar`]), and who reads it ([`crate::feeds`]).

use super::detail::{StoredDates, loaded};
use crate::{
    Ctx,
    calendar::{Entry, SeriesEntry, Site, Status},
};
use domain::{
    bookings::{Resource, State},
    id::SeriesId,
    occupations::Span,
    time::Date,
    zone::Zone,
};
use recurrence::{Change, Times};
use std::collections::{BTreeMap, BTreeSet};
use store::{
    SqliteConnection, StoreError,
    series::{self as rows, Filter},
};

/// The entries of these series, for those whose they are.
pub(crate) async fn own_entries(
    ctx: &Ctx,
    conn: &mut SqliteConnection,
    series: &BTreeSet<SeriesId>,
) -> Result<Vec<SeriesEntry>, StoreError> {
    let loaded = load_all(conn, series.iter().copied()).await?;
    Ok(loaded.iter().map(|one| entry(ctx, one, None)).collect())
}

/// The entries of these series with their titles, for readers of the machine or room `only`: dates elsewhere are left out.
pub(crate) async fn entries_of(
    ctx: &Ctx,
    conn: &mut SqliteConnection,
    series: &BTreeMap<SeriesId, String>,
    only: Resource,
) -> Result<Vec<SeriesEntry>, StoreError> {
    let mut loaded = load_all(conn, series.keys().copied()).await?;
    loaded.retain(|one| one.row.resource() == only);
    let titled = loaded.iter().filter_map(|one| Some((one, series.get(&one.row.id)?)));
    let entries = titled.map(|(one, title)| {
        let mut entry = entry(ctx, one, Some(only));
        entry.details.summary.clone_from(title);
        entry
    });
    Ok(entries.collect())
}

async fn load_all(
    conn: &mut SqliteConnection,
    series: impl Iterator<Item = SeriesId>,
) -> Result<Vec<StoredDates>, StoreError> {
    let series: Vec<_> = series.collect();
    if series.is_empty() {
        return Ok(Vec::new());
    }
    let stored = rows::list(conn, Filter { among: Some(&series), ..Filter::default() }).await?;
    loaded(conn, stored).await
}

fn entry(ctx: &Ctx, loaded: &StoredDates, only: Option<Resource>) -> SeriesEntry {
    let (zone, now, site) = (ctx.space().zone, ctx.now(), Site::of(ctx));
    let row = &loaded.row;
    let mut series = loaded.series.clone();
    let mut elsewhere = Vec::new();
    let waits = loaded.rows.values().any(|row| row.state == State::Pending);
    for one in loaded.occurrences(zone, now) {
        if one.skipped {
            continue;
        }
        match loaded.rows.get(&one.date).filter(|row| takes_place(row.state)) {
            Some(row) if only.is_some_and(|only| row.resource() != only) => {
                series.exceptions.insert(one.date);
            }
            Some(row) => {
                if Some(row.span()) != one.rule
                    && let Some((date, times)) = by_the_wall(row.span(), zone)
                {
                    series.changes.insert(one.date, Change::Moved { date, times });
                }
                if row.resource() != loaded.row.resource() {
                    elsewhere.push((one.date, summary(&row.name, loaded)));
                }
            }
            None => {
                series.changes.insert(one.date, Change::Cancelled);
            }
        }
    }
    SeriesEntry {
        id: row.id,
        details: Entry {
            uid: site.uid("series", row.id),
            sequence: row.sequence,
            stamp: stamp(loaded),
            starts: row.made,
            ends: row.made,
            status: if waits { Status::Tentative } else { Status::Confirmed },
            summary: summary(&row.name, loaded),
            description: None,
            location: None,
            url: site.page(format_args!("/series/{}", row.id)),
        },
        series,
        zone,
        elsewhere,
    }
}

/// When it or one of its dates last changed.
fn stamp(loaded: &StoredDates) -> domain::time::Millis {
    loaded.rows.values().map(|row| row.changed).max().map_or(loaded.row.changed, |at| at.max(loaded.row.changed))
}

fn summary(name: &str, loaded: &StoredDates) -> String {
    match loaded.row.owner.as_deref().filter(|_| loaded.row.group.is_some()) {
        Some(group) => format!("{name} · {group}"),
        None => name.to_owned(),
    }
}

/// Whether the date took or takes place: also one that nobody came to.
const fn takes_place(state: State) -> bool {
    !matches!(state, State::Cancelled | State::Rejected | State::Expired)
}

/// Date and times of a span as the clocks show it.
fn by_the_wall(span: Span, zone: Zone) -> Option<(Date, Times)> {
    let [starts, ends] = [span.starts, span.ends].map(|at| zone.moment(at).wall());
    let minute = |wall: domain::time::WallTime| i64::from(wall.hour) * 60 + i64::from(wall.minute);
    let until = (ends.date.days() - starts.date.days()) * 1_440 + minute(ends);
    let times = Times::new(u16::try_from(minute(starts)).ok()?, u16::try_from(until).ok()?)?;
    Some((starts.date, times))
}
