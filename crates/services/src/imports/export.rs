//! Exports lists in the format in which they can be imported again; as a CSV or as the sheet of a workbook.
//!
//! **Invariants.** Spreadsheets compute nothing in a list. Exports are on record. A list with card numbers is for
//! administrators: anyone who has it can make such cards.
//!
//! Exports are streamed: CSV from the database, XLSX from an unnamed file in the data folder.

use super::{
    ImportsError,
    spreadsheet::{Book, Cell, Sheet, folder, in_turn},
};
use crate::{Ctx, audit::InvalidFilter};
use domain::{
    actor::{Actor, Permission, Target},
    audit::Subject,
    audit::WORD,
    cards::CardState,
    imports::{ExistingPerson, named, numbered, plan::ExistingRecords, table::cell},
    people::{
        PersonStatus,
        folded::{is_meant, words},
    },
    qualifications::{Ledger, Relation},
    time::Millis,
};
use serde_json::json;
use std::{borrow::Cow, collections::HashMap, path::PathBuf, time::Duration};
use store::{groups, imports};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// Name, address and key of everybody.
    People,
    /// Cards and their holders.
    Cards,
    Qualifications,
    /// Groups and their members.
    Groups,
}

impl What {
    pub const ALL: [Self; 4] = [Self::People, Self::Cards, Self::Qualifications, Self::Groups];

    /// Its name as a file, without the ending.
    #[must_use]
    pub const fn file(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Cards => "cards",
            Self::Qualifications => "qualifications",
            Self::Groups => "groups",
        }
    }

    const fn action(self) -> &'static str {
        match self {
            Self::People => "export.people",
            Self::Cards => "export.cards",
            Self::Qualifications => "export.qualifications",
            Self::Groups => "export.groups",
        }
    }

    const fn permission(self) -> Permission {
        match self {
            Self::People | Self::Qualifications | Self::Groups => Permission::Import,
            Self::Cards => Permission::ExportCards,
        }
    }
}

/// A filter of rows; empty selects all.
#[derive(Debug, Clone, Default)]
pub struct Whose {
    /// Only people with this status.
    pub status: Option<PersonStatus>,
    /// Only types and machines with this in their name; for qualifications.
    pub on: String,
}

/// A list in pieces: it is never in memory as a whole.
pub struct Exported {
    ctx: Ctx,
    actor: Actor,
    known: ExistingRecords,
    groups: Vec<groups::Listed>,
    what: What,
    status: Option<PersonStatus>,
    on: Vec<String>,
    now: Millis,
    zone: domain::zone::Zone,
    names: HashMap<domain::id::PersonId, usize>,
    folder: PathBuf,
    at: usize,
}

/// Takes a list out.
pub async fn export(ctx: &Ctx, actor: &Actor, what: What, whose: &Whose) -> Result<Exported, ImportsError> {
    actor.require(what.permission(), Target::NONE)?;
    if whose.on.chars().count() > WORD {
        return Err(ImportsError::Invalid(vec![InvalidFilter::Long("on")]));
    }
    ctx.change::<_, ImportsError, _>(actor, what.permission(), Target::NONE, async move |job| {
        job.audited((), what.action(), Subject::Space, &json!({})).await
    })
    .await?;
    // People, cards and grants of one snapshot: otherwise a new card would have no holder.
    let mut snapshot = ctx.store().snapshot().await?;
    let known = imports::known(&mut snapshot).await?;
    let groups = if what == What::Groups { groups::listed(&mut snapshot).await? } else { Vec::new() };
    drop(snapshot);
    let names = known.people.iter().enumerate().map(|(at, one)| (one.id, at)).collect();
    let (status, on, now) = (whose.status, words(&whose.on), ctx.now());
    Ok(Exported {
        ctx: ctx.clone(),
        actor: actor.clone(),
        known,
        groups,
        what,
        status,
        on,
        now,
        zone: ctx.space().zone,
        names,
        folder: folder(ctx),
        at: 0,
    })
}

/// Lines in one piece.
const PIECE: usize = 200;

impl Iterator for Exported {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        let rows = self.rows();
        if self.at > rows || (self.at == rows && rows > 0) {
            return None;
        }
        let mut piece = String::new();
        if self.at == 0 {
            // The mark by which spreadsheets know the encoding.
            piece.push('\u{feff}');
            row(&mut piece, self.heading());
        }
        for at in self.at..(self.at + PIECE).min(rows) {
            self.lines(at, &mut |cells| {
                let texts: Vec<Cow<'_, str>> = cells.iter().copied().map(written).collect();
                row(&mut piece, &texts.iter().map(|text| &**text).collect::<Vec<_>>());
            });
        }
        self.at = if rows == 0 { 1 } else { (self.at + PIECE).min(rows) };
        Some(piece)
    }
}

impl Exported {
    const fn rows(&self) -> usize {
        match self.what {
            What::People | What::Qualifications => self.known.people.len(),
            What::Cards => self.known.cards.len(),
            What::Groups => self.groups.len(),
        }
    }

    const fn heading(&self) -> &'static [&'static str] {
        match self.what {
            What::People => &["key", "name", "email", "phone", "language"],
            What::Cards => &["key", "name", "email", "card"],
            What::Qualifications => &["key", "name", "email", "type", "relation", "from", "until"],
            What::Groups => &["group", "department", "person", "role"],
        }
    }

    /// The whole of it as a workbook, which lies on the disk.
    pub async fn workbook(self) -> Result<Book, ImportsError> {
        let (ctx, actor) = (self.ctx.clone(), self.actor.clone());
        in_turn((&ctx, &actor), move || self.packed()).await
    }

    fn packed(self) -> Result<Book, ImportsError> {
        let mut sheet = Sheet::new(self.heading(), &self.folder)?;
        let mut written = Ok(());
        for at in 0..self.rows() {
            self.lines(at, &mut |cells| {
                if written.is_ok() {
                    written = sheet.row(cells.iter().copied());
                }
            });
        }
        written?;
        Ok(sheet.finish()?)
    }

    fn lines(&self, at: usize, row: &mut dyn FnMut(&[Cell<'_>])) {
        match self.what {
            What::People => {
                let Some(person) = self.known.people.get(at).filter(|one| self.is_listed(one)) else { return };
                let [key, name, email] = who(person);
                let [phone, language] =
                    [&person.phone, &person.language].map(|text| text.as_deref().unwrap_or_default());
                row(&[&key, &name, &email, phone, language].map(Cell::Text));
            }
            What::Cards => {
                let Some((uid, holder, CardState::Active)) = self.known.cards.get(at) else { return };
                let person = self.names.get(holder).and_then(|&at| self.known.people.get(at));
                if let Some(person) = person.filter(|one| self.is_listed(one)) {
                    let [key, name, email] = who(person);
                    row(&[&key, &name, &email, uid.listed().as_str()].map(Cell::Text));
                }
            }
            What::Groups => {
                let Some(one) = self.groups.get(at) else { return };
                let is_listed = self.status.is_none_or(|status| one.status == Some(status));
                if is_listed {
                    // By the address they are found again, or by the whole name.
                    let person = one.email.as_deref().or(one.name.as_deref()).unwrap_or_default();
                    let role = one.role.map_or("", |role| role.as_str());
                    row(&[&one.group, &one.department, person, role].map(Cell::Text));
                }
            }
            What::Qualifications => {
                let Some(person) = self.known.people.get(at).filter(|one| self.is_listed(one)) else { return };
                let [key, name, email] = who(person);
                for (subject, called) in self.known.things.iter().filter(|(_, called)| is_meant(called, &self.on))
                {
                    let what = named::written(*subject, called);
                    for &relation in Relation::ALL {
                        let Some(entry) = self.granted(&person.ledger, *subject, relation) else { continue };
                        let day = |at: Millis| self.zone.moment(at).wall().date;
                        // The last day, as typed: the grant ends at its end.
                        let until = entry.until.map(|until| day(until.before(Duration::from_millis(1))));
                        let [key, name, email] = [&key, &name, &email].map(|text| Cell::Text(text));
                        let (what, relation) = (Cell::Text(&what), Cell::Text(relation.as_str()));
                        let until = until.map_or(Cell::Text(""), Cell::Day);
                        row(&[key, name, email, what, relation, Cell::Day(day(entry.from)), until]);
                    }
                }
            }
        }
    }

    /// Former members and erased people are in no list.
    fn is_listed(&self, person: &ExistingPerson) -> bool {
        person.status != PersonStatus::Left
            && person.name.is_some()
            && self.status.is_none_or(|status| person.status == status)
    }

    fn granted<'a>(
        &self,
        ledger: &'a Ledger,
        subject: domain::qualifications::Subject,
        relation: Relation,
    ) -> Option<&'a domain::qualifications::Entry> {
        ledger.grant(relation, subject, self.now)
    }
}

/// Key, name and address: by one of them they are found again.
fn who(person: &ExistingPerson) -> [String; 3] {
    let number = || person.email.is_none().then(|| numbered(person.id));
    let words = [person.key.clone().or_else(number), person.name.clone(), person.email.clone()];
    words.map(Option::unwrap_or_default)
}

/// A cell as the text of a CSV, days and instants as spreadsheets read them, by the clocks of the space.
pub(super) fn written(cell: Cell<'_>) -> Cow<'_, str> {
    match cell {
        Cell::Text(text) => Cow::Borrowed(text),
        Cell::Number(number) => Cow::Owned(number.to_string()),
        Cell::Tenths(number) => Cow::Owned(format!("{number:.1}")),
        Cell::Day(day) => Cow::Owned(iso(day)),
        Cell::Moment(at) => {
            let wall = at.wall();
            Cow::Owned(format!("{} {:02}:{:02}", iso(wall.date), wall.hour, wall.minute))
        }
    }
}

/// A line of a CSV.
pub(crate) fn row(piece: &mut String, cells: &[&str]) {
    for (at, text) in cells.iter().enumerate() {
        if at > 0 {
            piece.push(',');
        }
        piece.push_str(&cell(text));
    }
    piece.push_str("\r\n");
}

fn iso(day: domain::time::Date) -> String {
    format!("{:04}-{:02}-{:02}", day.year, day.month, day.day)
}
