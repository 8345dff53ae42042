//! The history of a machine: for members, and in full for those who look after it.
//!
//! **Invariants.** Members see the names of past users as far as the space shows who is on a machine, and neither
//! decisions of the rules nor changes. Texts of problems and blocks are for those who may see the machine's
//! problems; who reported and who blocked is for those who look after it. Who maintained it, and their notes, are
//! for those who maintain it.

use crate::{
    Ctx,
    audit::{Names, entry},
    corrections::to_view as correction_view,
    maintenance::reads_names,
};
use contract::history::{Filter, Line, Page, Use, What, Who};
use domain::{
    actor::{Actor, Forbidden, Permission, Target},
    history::{Group, PAGE, Place},
    id::MachineId,
    settings::ShownNames,
    time::{Date, Millis},
    zone::Zone,
};
use macros::{FieldError, ServiceError};
use store::{
    StoreError,
    history::{self, HistoryFilter, Row},
    qualifications::{self, Equipment},
};

/// Why there is nothing to show.
#[derive(Debug, Clone, ServiceError)]
pub enum HistoryError {
    #[problem("machine.unknown", NotFound, machine_unknown)]
    Unknown,
    /// These fields of the filter cannot be meant.
    #[problem("history.filter", Invalid, each(audit_filter_invalid))]
    Filter(Vec<InvalidFilter>),
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

/// A field of the filter that cannot be meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FieldError)]
pub enum InvalidFilter {
    /// Unknown group of kinds.
    #[field("kind", history_no_kind)]
    Kind,
    /// It is no day; the field.
    #[field(_0, audit_no_day)]
    Day(&'static str),
    /// It ends before it begins.
    #[field("to", audit_backwards)]
    Backwards,
}

/// A page of events at `machine` that match `filter`, newest first; after the cursor `after`, if given, and at
/// most `limit` lines.
pub async fn page(
    ctx: &Ctx,
    actor: &Actor,
    machine: MachineId,
    filter: &Filter,
    after: Option<Place>,
    limit: Option<usize>,
) -> Result<Page, HistoryError> {
    actor.require(Permission::SeeHistory, Target::NONE)?;
    let (groups, days) = read(filter, ctx.space().zone).map_err(HistoryError::Filter)?;
    let now = ctx.now();
    let mut snapshot = ctx.store().snapshot().await?;
    let found = history::machine(&mut snapshot, machine).await?.ok_or(HistoryError::Unknown)?;
    let about = Target::equipment(found.kind, Some(machine));
    let cares = actor.may(Permission::SeeSettings, about);
    let reader = Reader {
        shown: (!cares).then(|| found.shown.unwrap_or(ShownNames::Nobody)),
        maintains: reads_names(actor, about),
        finds: actor.may(Permission::SeePeople, Target::NONE),
    };
    // A running use has not reached a future day.
    let last = if days.0 > now { i64::MAX - 1 } else { i64::MAX };
    let beginning = Place { at: Millis(last), ..Place::BEGINNING };
    let may_read = |group: &Group| cares || *group != Group::Changes;
    let limit = limit.unwrap_or(PAGE).min(PAGE);
    let requested = HistoryFilter {
        kinds: groups.into_iter().filter(may_read).flat_map(Group::kinds).copied().collect(),
        from: days.0,
        until: days.1,
        after: after.unwrap_or(beginning),
        // One more than is shown: whether there are older ones.
        limit: i64::try_from(limit + 1).unwrap_or(i64::MAX),
    };
    let mut rows = history::lines(&mut snapshot, machine, found.kind, &requested).await?;
    let equipment = if cares { qualifications::equipment(&mut snapshot, None).await? } else { Vec::new() };
    let more = rows.len() > limit;
    rows.truncate(limit);
    Ok(Page {
        now: ctx.moment(now),
        machine,
        name: found.name,
        may_correct: actor.may(Permission::CareFor, about),
        groups: Group::ALL.iter().copied().filter(may_read).collect(),
        older: rows.last().filter(|_| more).map(|row| row.place.to_string()),
        lines: rows.into_iter().map(|row| reader.line(ctx, row, &equipment, now)).collect(),
    })
}

/// The groups and the time of a filter.
type RequestedFor = (Vec<Group>, (Millis, Millis));

fn read(filter: &Filter, zone: Zone) -> Result<RequestedFor, Vec<InvalidFilter>> {
    let mut invalid = Vec::new();
    let groups = match filter.kind.trim() {
        "" => Group::ALL.to_vec(),
        name => Group::parse(name).into_iter().collect(),
    };
    if groups.is_empty() {
        invalid.push(InvalidFilter::Kind);
    }
    let mut date = |field, input: &str| {
        let date = Date::from_iso(input.trim());
        if date.is_none() && !input.trim().is_empty() {
            invalid.push(InvalidFilter::Day(field));
        }
        date
    };
    let (from, to) = (date("from", &filter.from), date("to", &filter.to));
    if from.zip(to).is_some_and(|(from, to)| to < from) {
        invalid.push(InvalidFilter::Backwards);
    }
    if !invalid.is_empty() {
        return Err(invalid);
    }
    let from = from.map_or(Millis(0), |day| zone.start_of(day));
    let until = to.map_or(Millis(i64::MAX), |day| zone.start_of(Date::from_days(day.days() + 1)));
    Ok((groups, (from, until)))
}

struct Reader {
    /// How much of a user's name is visible; `None` shows everything, for caretakers.
    shown: Option<ShownNames>,
    /// They read who did something to it.
    maintains: bool,
    /// They may see people's pages.
    finds: bool,
}

impl Reader {
    fn line(&self, ctx: &Ctx, row: Row, equipment: &[Equipment], now: Millis) -> Line {
        let Row { place, somebody, by, words, what } = row;
        let by = match by {
            Some((id, Some(name))) => Who::Person { id: self.finds.then_some(id), name },
            Some((_, None)) => Who::Former,
            None if somebody => Who::Former,
            None => Who::Hidden,
        };
        // For caretakers of the machine.
        let doer = |by| if self.shown.is_none() { by } else { Who::Hidden };
        let what = match what {
            store::history::What::Used {
                id,
                unknown_card,
                start,
                end,
                approximate,
                authorised,
                other_card,
                void,
                corrections,
            } => {
                let cares = self.shown.is_none();
                What::Used(Use {
                    id,
                    who: self.user(by, unknown_card),
                    start: ctx.moment(start),
                    end: end.map(|(end, _)| ctx.moment(end)),
                    ending: end.map(|(_, ending)| ending),
                    approximate,
                    unauthorised: self.shown.is_none() && !authorised,
                    other_card: self.shown.is_none() && other_card,
                    void,
                    corrections: corrections
                        .into_iter()
                        .filter(|_| cares)
                        .map(|one| correction_view(ctx, one))
                        .collect(),
                })
            }
            store::history::What::Reported(severity) => What::Reported { severity, words, by: doer(by) },
            store::history::What::Resolved(severity) => What::Resolved { severity, done: words, by: doer(by) },
            store::history::What::Maintained { task, later, imported } => What::Maintained {
                task,
                note: words.filter(|_| self.maintains),
                later,
                imported,
                by: if self.maintains { by } else { Who::Hidden },
            },
            store::history::What::Blocked(at_once) => What::Blocked { because: words, at_once, by: doer(by) },
            store::history::What::Freed => What::Freed { by: doer(by) },
            store::history::What::Changed(row) => What::Changed(entry(ctx, row, Names { equipment, things: &[] })),
        };
        Line { at: ctx.moment(place.at.min(now)), id: place.id, what }
    }

    fn user(&self, by: Who, unknown_card: bool) -> Who {
        let Some(visible) = self.shown else {
            return if unknown_card && by == Who::Hidden { Who::UnknownCard } else { by };
        };
        match by {
            Who::Person { name, id } => visible.of(&name).map_or(Who::Hidden, |name| Who::Person { id, name }),
            Who::Former | Who::UnknownCard | Who::Hidden => Who::Hidden,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_filter_reports_each_field() {
        let zone: Zone = "Europe/Rome".parse().unwrap();
        let filter =
            |kind: &str, from: &str, to: &str| Filter { kind: kind.into(), from: from.into(), to: to.into() };
        assert_eq!(
            read(&filter("rain", "soon", ""), zone),
            Err(vec![InvalidFilter::Kind, InvalidFilter::Day("from")])
        );
        assert_eq!(read(&filter("", "2026-11-20", "2026-11-19"), zone), Err(vec![InvalidFilter::Backwards]));
        let (groups, (from, until)) = read(&filter("uses", "2026-10-25", "2026-10-25"), zone).unwrap();
        assert_eq!(groups, [Group::Uses]);
        assert_eq!(until.since(from).as_secs(), 25 * 3600, "the night in which clocks go back belongs to its day");
    }
}
