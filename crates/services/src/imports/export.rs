//! Lists that are taken out, in the form in which they can be brought in again.
//!
//! **Invariants.** Nothing in a list is computed by a spreadsheet. Taking one out is on record. A list with the numbers of
//! cards is for administrators: whoever has it can make such cards.

use super::ImportsError;
use crate::{Ctx, again::again};
use domain::{
    actor::{About, Actor, Permission},
    cards::CardState,
    imports::{KnownPerson, named, numbered, plan::Known, table::cell},
    people::PersonStatus,
    qualifications::{Ledger, Relation},
    time::Millis,
};
use serde_json::json;
use std::collections::HashMap;
use store::{Done, audit, imports};

/// Which list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// Name, address and key of everybody.
    People,
    /// Who has which card.
    Cards,
    /// Who may use what.
    Qualifications,
}

impl What {
    /// Every list.
    pub const ALL: [Self; 3] = [Self::People, Self::Cards, Self::Qualifications];

    /// Its name as a file.
    #[must_use]
    pub const fn file(self) -> &'static str {
        match self {
            Self::People => "people.csv",
            Self::Cards => "cards.csv",
            Self::Qualifications => "qualifications.csv",
        }
    }

    const fn action(self) -> &'static str {
        match self {
            Self::People => "export.people",
            Self::Cards => "export.cards",
            Self::Qualifications => "export.qualifications",
        }
    }

    const fn permission(self) -> Permission {
        match self {
            Self::People | Self::Qualifications => Permission::Import,
            Self::Cards => Permission::ExportCards,
        }
    }
}

/// A list, piece by piece: the whole of it never stands in memory as text.
#[derive(Debug)]
pub struct Exported {
    known: Known,
    what: What,
    now: Millis,
    zone: domain::zone::Zone,
    names: HashMap<domain::id::PersonId, usize>,
    at: usize,
}

/// Takes a list out.
pub async fn export(ctx: &Ctx, actor: &Actor, what: What) -> Result<Exported, ImportsError> {
    actor.require(what.permission(), About::NOTHING)?;
    let now = ctx.now();
    let again_actor = actor.clone();
    ctx.store()
        .write(async move |tx| {
            let about = About::NOTHING;
            let (_, proof) = again::<ImportsError>(tx, &again_actor, what.permission(), about, now).await?;
            let entry = audit::entry(tx, &proof, now, what.action(), "space", &json!({})).await?;
            Ok::<_, ImportsError>(Done::audited((), entry))
        })
        .await?;
    // People, cards and grants of one instant: a card that is given in between is nobody's.
    let known = imports::known(&mut *ctx.store().snapshot().await?).await?;
    let names = known.people.iter().enumerate().map(|(at, one)| (one.id, at)).collect();
    Ok(Exported { known, what, now, zone: ctx.space().zone, names, at: 0 })
}

/// Lines in one piece.
const PIECE: usize = 200;

impl Iterator for Exported {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        let rows = match self.what {
            What::People | What::Qualifications => self.known.people.len(),
            What::Cards => self.known.cards.len(),
        };
        if self.at > rows || (self.at == rows && rows > 0) {
            return None;
        }
        let mut piece = if self.at == 0 { self.heading().to_owned() } else { String::new() };
        for at in self.at..(self.at + PIECE).min(rows) {
            self.lines(at, &mut piece);
        }
        self.at = if rows == 0 { 1 } else { (self.at + PIECE).min(rows) };
        Some(piece)
    }
}

impl Exported {
    /// With the mark by which spreadsheets know the encoding.
    const fn heading(&self) -> &'static str {
        match self.what {
            What::People => "\u{feff}key,name,email,phone,language\r\n",
            What::Cards => "\u{feff}key,name,email,card\r\n",
            What::Qualifications => "\u{feff}key,name,email,type,relation,from,until\r\n",
        }
    }

    fn lines(&self, at: usize, piece: &mut String) {
        match self.what {
            What::People => {
                let Some(person) = self.known.people.get(at).filter(|one| is_listed(one)) else { return };
                let more = [person.phone.as_deref(), person.language.as_deref()];
                row(piece, &who(person), more.into_iter().map(Option::unwrap_or_default));
            }
            What::Cards => {
                let Some((uid, holder, CardState::Active)) = self.known.cards.get(at) else { return };
                let person = self.names.get(holder).and_then(|&at| self.known.people.get(at));
                if let Some(person) = person.filter(|one| is_listed(one)) {
                    row(piece, &who(person), [uid.as_str()].into_iter());
                }
            }
            What::Qualifications => {
                let Some(person) = self.known.people.get(at).filter(|one| is_listed(one)) else { return };
                let who = who(person);
                for (subject, name) in &self.known.things {
                    let what = named::written(*subject, name);
                    for &relation in Relation::ALL {
                        let Some(entry) = self.granted(&person.ledger, *subject, relation) else { continue };
                        let day = |at: Millis| self.zone.moment(at).wall().date;
                        // The last day, as it is typed: the grant ends when it is over.
                        let until =
                            entry.until.map(|until| iso(day(until.before(std::time::Duration::from_millis(1)))));
                        let (from, until) = (iso(day(entry.from)), until.unwrap_or_default());
                        let more = [what.as_str(), relation.word(), &from, &until];
                        row(piece, &who, more.into_iter());
                    }
                }
            }
        }
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

/// Whoever has left, or is nobody any more, is in no list.
fn is_listed(person: &KnownPerson) -> bool {
    person.status != PersonStatus::Left && person.name.is_some()
}

/// Key, name and address: by one of them they are found again.
fn who(person: &KnownPerson) -> [String; 3] {
    let number = || person.email.is_none().then(|| numbered(person.id));
    let words = [person.key.clone().or_else(number), person.name.clone(), person.email.clone()];
    words.map(Option::unwrap_or_default)
}

fn row<'a>(piece: &mut String, who: &'a [String; 3], more: impl Iterator<Item = &'a str>) {
    for (at, text) in who.iter().map(String::as_str).chain(more).enumerate() {
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
