//! Uses that are taken out: of a time, a machine, somebody; a line each, as a CSV or as the sheet of a workbook.
//!
//! **Invariants.** Taking them out is on record. What somebody sees here is what they see on the pages: names that were cut
//! from history are not in it, and no number of a card. It is read a piece at a time, and what is used meanwhile may be in it.

use super::{
    ImportsError,
    export::{iso, row},
    sheet::{Cell, Sheet},
};
use crate::{Ctx, again::again, audit::Unfit};
use domain::{
    actor::{About, Actor, Permission},
    audit::WORD,
    id::UseId,
    people::folded::{is_meant, words},
    time::{Date, Millis, Moment},
};
use serde_json::json;
use store::{
    Done, audit,
    uses::{self, Listed},
};

/// Uses that are read at once.
const PIECE: u16 = 1_000;
/// What stands over the columns.
const HEADING: [&str; 9] = ["start", "end", "minutes", "number", "machine", "type", "person", "ending", "source"];

/// Which uses, as it was typed; an empty word asks for nothing.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    /// From this day on: `2026-11-20`.
    pub from: String,
    /// Up to the end of this day.
    pub to: String,
    /// Of machines with this in their name, or with this number.
    pub machine: String,
    /// Of people with this in their name.
    pub person: String,
}

/// Uses, piece by piece.
pub struct History {
    ctx: Ctx,
    from: Option<Millis>,
    until: Option<Millis>,
    number: Option<u16>,
    machine: Vec<String>,
    person: Vec<String>,
    /// Behind which use the next piece begins; `None` when there is none.
    behind: Option<UseId>,
    begun: bool,
}

/// Takes uses out.
pub async fn history(ctx: &Ctx, actor: &Actor, typed: &Typed) -> Result<History, ImportsError> {
    actor.require(Permission::Import, About::NOTHING)?;
    let mut history = asked(ctx, typed).map_err(ImportsError::Unfit)?;
    let (now, actor) = (ctx.now(), actor.clone());
    let written = ctx.store().write(async move |tx| {
        let (_, proof) = again::<ImportsError>(tx, &actor, Permission::Import, About::NOTHING, now).await?;
        let entry = audit::entry(tx, &proof, now, "export.uses", "space", &json!({})).await?;
        Ok::<_, ImportsError>(Done::audited((), entry))
    });
    written.await?;
    history.behind = Some(UseId(0));
    Ok(history)
}

fn asked(ctx: &Ctx, typed: &Typed) -> Result<History, Vec<Unfit>> {
    let mut unfit = Vec::new();
    let mut day = |field, typed: &str| {
        let day = Date::from_iso(typed.trim());
        if day.is_none() && !typed.trim().is_empty() {
            unfit.push(Unfit::Day(field));
        }
        day
    };
    let (from, to) = (day("from", &typed.from), day("to", &typed.to));
    if from.zip(to).is_some_and(|(from, to)| to < from) {
        unfit.push(Unfit::Backwards);
    }
    let long = [("machine", &typed.machine), ("person", &typed.person)];
    unfit.extend(
        long.into_iter().filter(|(_, word)| word.chars().count() > WORD).map(|(field, _)| Unfit::Long(field)),
    );
    if !unfit.is_empty() {
        return Err(unfit);
    }
    let zone = ctx.space().zone;
    Ok(History {
        ctx: ctx.clone(),
        from: from.map(|day| zone.start_of(day)),
        until: to.map(|day| zone.start_of(Date::from_days(day.days() + 1))),
        number: typed.machine.trim().parse().ok(),
        machine: words(&typed.machine),
        person: words(&typed.person),
        behind: None,
        begun: false,
    })
}

impl History {
    /// The next piece as text; `None` behind the last.
    pub async fn piece(&mut self) -> Result<Option<String>, ImportsError> {
        let mut piece = String::new();
        if !self.begun {
            self.begun = true;
            // The mark by which spreadsheets know the encoding.
            piece.push('\u{feff}');
            row(&mut piece, &HEADING);
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

    fn line(&self, one: &Listed, piece: &mut String) {
        let at = |at: Millis| written(self.ctx.moment(at));
        let (start, end) = (at(one.start), one.end.map(at).unwrap_or_default());
        let minutes = one.end.map(|end| format!("{:.1}", minutes(one.start, end))).unwrap_or_default();
        let number = one.number.map(|number| number.to_string()).unwrap_or_default();
        let (person, ending) = (one.person.as_deref().unwrap_or_default(), ending(one));
        row(piece, &[&start, &end, &minutes, &number, &one.machine, &one.kind, person, ending, one.source.word()]);
    }

    /// The whole of it as a workbook.
    pub async fn workbook(mut self) -> Result<Vec<u8>, ImportsError> {
        let mut sheet = Sheet::new(&HEADING)?;
        while let Some(found) = self.next().await? {
            for one in found.iter().filter(|one| self.is_asked(one)) {
                let at = |at| Cell::Moment(self.ctx.moment(at));
                let cells = [
                    at(one.start),
                    one.end.map_or(Cell::Text(""), at),
                    one.end.map_or(Cell::Text(""), |end| Cell::Number(minutes(one.start, end))),
                    one.number.map_or(Cell::Text(""), |number| Cell::Number(f64::from(number.0))),
                    Cell::Text(&one.machine),
                    Cell::Text(&one.kind),
                    Cell::Text(one.person.as_deref().unwrap_or_default()),
                    Cell::Text(ending(one)),
                    Cell::Text(one.source.word()),
                ];
                sheet.row(cells.into_iter())?;
            }
        }
        let packed = tokio::task::spawn_blocking(move || sheet.finish()).await;
        Ok(packed.map_err(|error| ImportsError::Sheet(error.to_string()))??)
    }

    /// The uses of the next piece; `None` behind the last.
    async fn next(&mut self) -> Result<Option<Vec<Listed>>, ImportsError> {
        let Some(behind) = self.behind else { return Ok(None) };
        let found =
            uses::listed(&mut *self.ctx.store().read().await?, self.from, self.until, behind, PIECE).await?;
        let is_last = found.len() < usize::from(PIECE);
        self.behind = found.last().filter(|_| !is_last).map(|one| one.id);
        Ok(Some(found))
    }

    fn is_asked(&self, one: &Listed) -> bool {
        let numbered = self.number.is_some() && one.number.map(|number| number.0) == self.number;
        (numbered || is_meant(&one.machine, &self.machine))
            && (self.person.is_empty() || one.person.as_ref().is_some_and(|name| is_meant(name, &self.person)))
    }
}

fn minutes(start: Millis, end: Millis) -> f64 {
    (end.since(start).as_secs_f64() / 6.0).round() / 10.0
}

fn ending(one: &Listed) -> &'static str {
    one.ending.map_or("", domain::uses::Ending::word)
}

/// An instant as spreadsheets read it, by the clocks of the space.
fn written(at: Moment) -> String {
    let wall = at.wall();
    format!("{} {:02}:{:02}", iso(wall.date), wall.hour, wall.minute)
}
