//! Exports machine history: uses or maintenance; by time, machine or person; one line each, as a CSV or as the
//! sheet of a workbook.
//!
//! **Invariants.** Exports are on record. They show only what the caller sees on the pages: names that were cut
//! from history are not in them, and no card number. They are read a piece at a time, and may include events from
//! meanwhile.

use super::{
    ImportsError,
    export::{row, written},
    spreadsheet::{Book, Cell, Sheet, folder, in_turn},
};
use crate::{Ctx, audit::InvalidFilter};
use domain::{
    actor::{Actor, Permission, Target},
    audit::Subject,
    audit::WORD,
    boards::MachineNumber,
    id::{InterventionId, UseId},
    people::folded::{is_meant, words},
    time::{Date, Millis},
};
use serde_json::json;
use std::time::Duration;
use store::{StoreError, maintenance, uses};

/// Lines that are read at once.
const PIECE: u16 = 1_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happened {
    Uses,
    Interventions,
}

impl Happened {
    /// Its name as a file, without the ending.
    #[must_use]
    pub const fn file(self) -> &'static str {
        match self {
            Self::Uses => "uses",
            Self::Interventions => "interventions",
        }
    }

    const fn action(self) -> &'static str {
        match self {
            Self::Uses => "export.uses",
            Self::Interventions => "export.interventions",
        }
    }

    /// The column headings.
    const fn heading(self) -> &'static [&'static str] {
        match self {
            Self::Uses => &[
                "start",
                "end",
                "minutes",
                "number",
                "machine",
                "type",
                "person",
                "ending",
                "source",
                "approximate",
                "unauthorised",
                "other-card",
                "void",
            ],
            Self::Interventions => {
                &["at", "number", "machine", "type", "task", "note", "hours", "person", "door", "later"]
            }
        }
    }
}

/// A filter, as typed; empty fields do not filter.
#[derive(Debug, Clone, Default)]
pub struct HistoryForm {
    /// From this day on: `2026-11-20`.
    pub from: String,
    /// Up to the end of this day.
    pub to: String,
    /// Only machines with this in their name; a number alone is the machine's.
    pub machine: String,
    /// Only people with this in their name.
    pub person: String,
    /// Only unauthorised uses.
    pub unauthorised: bool,
}

/// The history in pieces.
pub struct History {
    ctx: Ctx,
    actor: Actor,
    what: Happened,
    from: Option<Millis>,
    until: Option<Millis>,
    number: Option<u16>,
    machine: Vec<String>,
    person: Vec<String>,
    unauthorised: bool,
    /// The cursor of the next piece; `None` at the end.
    behind: Option<i64>,
    begun: bool,
}

pub async fn history(
    ctx: &Ctx,
    actor: &Actor,
    what: Happened,
    form: &HistoryForm,
) -> Result<History, ImportsError> {
    actor.require(Permission::Import, Target::NONE)?;
    let mut history = read_request(ctx, actor, what, form).map_err(ImportsError::Invalid)?;
    let written = ctx.change::<_, ImportsError, _>(actor, Permission::Import, Target::NONE, async move |job| {
        job.audited((), what.action(), Subject::Space, &json!({})).await
    });
    written.await?;
    history.behind = Some(0);
    Ok(history)
}

fn read_request(
    ctx: &Ctx,
    actor: &Actor,
    what: Happened,
    form: &HistoryForm,
) -> Result<History, Vec<InvalidFilter>> {
    let mut invalid = Vec::new();
    let mut day = |field, form: &str| {
        let day = Date::from_iso(form.trim());
        if day.is_none() && !form.trim().is_empty() {
            invalid.push(InvalidFilter::Day(field));
        }
        day
    };
    let (from, to) = (day("from", &form.from), day("to", &form.to));
    if from.zip(to).is_some_and(|(from, to)| to < from) {
        invalid.push(InvalidFilter::Backwards);
    }
    let long = [("machine", &form.machine), ("person", &form.person)];
    invalid.extend(
        long.into_iter()
            .filter(|(_, name)| name.chars().count() > WORD)
            .map(|(field, _)| InvalidFilter::Long(field)),
    );
    if !invalid.is_empty() {
        return Err(invalid);
    }
    let zone = ctx.space().zone;
    Ok(History {
        ctx: ctx.clone(),
        actor: actor.clone(),
        what,
        from: from.map(|day| zone.start_of(day)),
        until: to.map(|day| zone.start_of(Date::from_days(day.days() + 1))),
        number: form.machine.trim().parse().ok(),
        machine: words(&form.machine),
        person: words(&form.person),
        unauthorised: form.unauthorised,
        behind: None,
        begun: false,
    })
}

impl History {
    /// The next piece as text; `None` at the end.
    pub async fn piece(&mut self) -> Result<Option<String>, ImportsError> {
        let mut piece = String::new();
        if !self.begun {
            self.begun = true;
            // The mark by which spreadsheets know the encoding.
            piece.push('\u{feff}');
            row(&mut piece, self.what.heading());
        }
        while let Some(found) = self.next().await? {
            for one in found.iter().filter(|one| self.is_asked(one)) {
                self.line(one, &mut piece);
            }
            if !piece.is_empty() {
                break;
            }
        }
        Ok((!piece.is_empty()).then_some(piece))
    }

    fn line(&self, one: &Line, piece: &mut String) {
        let cells: Vec<_> = one.cells(&self.ctx).into_iter().map(written).collect();
        row(piece, &cells.iter().map(|cell| &**cell).collect::<Vec<_>>());
    }

    /// The whole of it as a workbook, which lies on the disk.
    pub async fn workbook(mut self) -> Result<Book, ImportsError> {
        let (ctx, actor) = (self.ctx.clone(), self.actor.clone());
        let folder = folder(&ctx);
        let heading = self.what.heading();
        let mut sheet = in_turn((&ctx, &actor), move || Ok(Sheet::new(heading, &folder)?)).await?;
        // A turn for each piece: others compute in between, however long the history is.
        while let Some(found) = self.next().await? {
            (self, sheet) = in_turn((&ctx, &actor), move || {
                for one in found.iter().filter(|one| self.is_asked(one)) {
                    sheet.row(one.cells(&self.ctx).into_iter())?;
                }
                Ok((self, sheet))
            })
            .await?;
        }
        in_turn((&ctx, &actor), move || Ok(sheet.finish()?)).await
    }

    /// The lines of the next piece; `None` at the end.
    async fn next(&mut self) -> Result<Option<Vec<Line>>, ImportsError> {
        let Some(behind) = self.behind else { return Ok(None) };
        let found = self.read(behind).await?;
        let is_last = found.len() < usize::from(PIECE);
        self.behind = found.last().filter(|_| !is_last).map(Line::id);
        Ok(Some(found))
    }

    async fn read(&self, behind: i64) -> Result<Vec<Line>, StoreError> {
        let mut conn = self.ctx.store().read().await?;
        let (from, until) = (self.from, self.until);
        Ok(match self.what {
            Happened::Uses => {
                let found = uses::listed(&mut conn, from, until, UseId(behind), self.unauthorised, PIECE).await?;
                found.into_iter().map(Line::Use).collect()
            }
            Happened::Interventions => {
                let found = maintenance::listed(&mut conn, from, until, InterventionId(behind), PIECE).await?;
                found.into_iter().map(Line::Intervention).collect()
            }
        })
    }

    fn is_asked(&self, one: &Line) -> bool {
        let (number, machine, person) = one.about();
        // A number alone is no piece of a name: 1 is not 11 as well.
        let is_machine = match self.number {
            Some(request) => number.is_some_and(|number| number.0 == request),
            None => is_meant(machine, &self.machine),
        };
        is_machine && (self.person.is_empty() || person.is_some_and(|name| is_meant(name, &self.person)))
    }
}

enum Line {
    Use(uses::Listed),
    Intervention(maintenance::Listed),
}

impl Line {
    const fn id(&self) -> i64 {
        match self {
            Self::Use(one) => one.id.0,
            Self::Intervention(one) => one.id.0,
        }
    }

    /// Number and name of its machine, and who it was.
    fn about(&self) -> (Option<MachineNumber>, &str, Option<&str>) {
        match self {
            Self::Use(one) => (one.number, &one.machine, one.person.as_deref()),
            Self::Intervention(one) => (one.number, &one.machine, one.person.as_deref()),
        }
    }

    /// The cells of a row.
    fn cells(&self, ctx: &Ctx) -> Vec<Cell<'_>> {
        let at = |at| Cell::Moment(ctx.moment(at));
        let text = |text| Cell::Text(Option::unwrap_or_default(text));
        let (number, machine, person) = self.about();
        let number = number.map_or(Cell::Text(""), |number| Cell::Number(number.0));
        let (machine, person) = (Cell::Text(machine), text(person));
        match self {
            Self::Use(one) => vec![
                at(one.start),
                one.end.map_or(Cell::Text(""), at),
                one.end.map_or(Cell::Text(""), |end| tenths(end.since(one.start), 60.0)),
                number,
                machine,
                Cell::Text(&one.kind),
                person,
                Cell::Text(one.ending.map_or("", domain::uses::Ending::as_str)),
                Cell::Text(one.source.as_str()),
                flag(one.approximate),
                flag(!one.authorised),
                flag(one.other_card),
                flag(one.void),
            ],
            Self::Intervention(one) => vec![
                at(one.at),
                number,
                machine,
                Cell::Text(&one.kind),
                text(one.task.as_deref()),
                text(one.note.as_deref()),
                tenths(Duration::from_millis(one.used.try_into().unwrap_or(0)), 3_600.0),
                person,
                Cell::Text(one.door.as_str()),
                flag(one.later),
            ],
        }
    }
}

const fn flag(is: bool) -> Cell<'static> {
    Cell::Text(if is { "yes" } else { "" })
}

/// The duration in units of this many seconds, with one decimal.
fn tenths(long: Duration, seconds: f64) -> Cell<'static> {
    Cell::Tenths((long.as_secs_f64() * 10.0 / seconds).round() / 10.0)
}
