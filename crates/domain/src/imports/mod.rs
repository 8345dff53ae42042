//! Imported lists of people, cards, qualifications and past trainings: what a file says, and what it would change.
//!
//! **Invariants.** Parsing and planning change nothing and use no clock: the same file against the same people
//! gives the same plan, so the preview is what is applied. A key or an address names the same person every time; where
//! people are only named, nobody is added. A second run of a file changes nothing, because contradicting lines about one
//! person are rejected. A file never restores what was revoked by hand.
//!
//! Not here: who may import, and writing.

pub mod dates;
pub mod exchanges;
pub mod fabomatic;
pub mod named;
pub mod plan;
pub mod read;
mod spoiled;
pub mod table;

use crate::{
    id::PersonId,
    people::PersonStatus,
    qualifications::{Relation, Subject},
    string_enum::string_enum,
    time::Date,
};
use serde::{Deserialize, Serialize};

/// Lines that a file may have at most, its heading not counted.
pub const LINES: usize = 10_000;
/// Columns that a file may have at most.
pub const COLUMNS: usize = 40;
/// Bytes that a file may have at most.
pub const BYTES: usize = 4_000_000;
/// Lines per page of a preview.
pub const PAGE: usize = 50;
/// Characters of a key from elsewhere.
pub const KEY: usize = 100;
/// Prefix of keys that are people's numbers in this space.
const HERE: &str = "toolgate:";

/// How a list names a person without key or address. Other spaces use the same numbers, so it is valid only
/// together with the name.
#[must_use]
pub fn numbered(person: PersonId) -> String {
    format!("{HERE}{person}")
}

/// The person whose number it is, if it is one.
fn number_in(key: &str) -> Option<PersonId> {
    key.strip_prefix(HERE)?.parse().ok().map(PersonId)
}

string_enum! {
    /// The meaning of a column.
    Column {
        /// The person's key in another system.
        Key = "key",
        Name = "name",
        /// The first part of it, where a file has two columns for it.
        FirstName = "first_name",
        LastName = "last_name",
        Email = "email",
        Phone = "phone",
        /// The language they are written to in.
        Language = "language",
        /// Since when they are a member.
        Since = "since",
        Card = "card",
        /// The type they are qualified on.
        Type = "type",
        Relation = "relation",
        From = "from",
        /// The last day of it.
        Until = "until",
        /// An existing person, by e-mail or full name.
        Who = "who",
        /// Who trained them, by e-mail or full name.
        Trainer = "trainer",
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its line number in the file; the heading is line 1.
    pub number: u32,
    /// The key from elsewhere.
    pub key: Option<String>,
    pub name: Option<String>,
    /// The address, in lower case.
    pub email: Option<String>,
    pub phone: Option<String>,
    /// The tag of the language.
    pub language: Option<String>,
    pub since: Option<Date>,
    pub card: Option<crate::cards::CardUid>,
    /// The type, as typed.
    pub kind: Option<String>,
    pub relation: Relation,
    pub from: Option<Date>,
    pub until: Option<Date>,
    /// An existing person, as typed.
    pub who: Option<String>,
    /// Their trainer, as typed.
    pub trainer: Option<String>,
}

/// The effect of a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum LineAction {
    /// A new person becomes a member.
    Add,
    Change(Vec<Column>),
    /// They get the card that ends so.
    Give(String),
    Grant {
        subject: Subject,
        name: String,
        relation: Relation,
        /// The first day, if the line names it.
        from: Option<Date>,
        /// The trainer, if the line names them.
        by: Option<(PersonId, String)>,
    },
}

/// What a line asks for and does not get because it was decided by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Note {
    /// It was taken away, or has run out: by name.
    Revoked(String),
    /// They are banned from it, or were.
    Banned(String),
    /// The line's own end is over.
    Over(String),
    /// They have it, with another first or last day.
    Otherwise(String),
    /// This card of theirs is out of service.
    CardRetired,
    /// This card of theirs is lost.
    CardLost,
    Left,
}

/// An error in a line, which then has no effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum LineError {
    /// More cells than the heading.
    TooManyCells,
    /// Neither key nor address, so the person could not be matched later.
    NoKey,
    /// A new person without a name.
    NoName,
    Name,
    Email,
    /// A key that is too long.
    Key,
    /// No person here has this number and this name.
    Number,
    /// Not a telephone number.
    Phone,
    /// A language that is not spoken here.
    Language,
    /// An invalid date in this column.
    Day(Column),
    /// An ambiguous date, and nothing in the file decides.
    EitherOrder(Column),
    /// A day of a file that writes the month first.
    MonthFirst(Column),
    /// A value destroyed by a spreadsheet or a program: `#N/A`, `1.23E+13`.
    Spoiled(Column),
    /// Not a card's number.
    Card,
    /// Decimal digits, or possibly so.
    CardDecimal,
    Relation,
    /// Training for maintenance, which grants no relation.
    Maintenance,
    /// Nobody has this name or address.
    Person(Column, String),
    /// Several people have this name.
    People(Column, String),
    /// They are their own trainer.
    OwnTrainer,
    /// A training without a type.
    NoType,
    /// Nothing has this name.
    Type(String),
    /// Several things have this name.
    Types(String),
    /// It ends before it begins.
    Backwards,
    /// It begins after today.
    Future(Column),
    /// An earlier line has this address.
    EmailTwice(u32),
    /// An earlier line has this key for another person.
    KeyTwice(u32),
    /// An earlier line has this card.
    CardTwice(u32),
    /// An earlier line has another value for the same person in this column.
    Otherwise(Column, u32),
    /// That line uses the address which this line takes from its owner.
    EmailGone(u32),
    /// An earlier line adds the same new person, without a name.
    NoNameIn(u32),
    /// Another person has this address, by name.
    EmailOf(String),
    /// The owner of this address has another key.
    OtherKey(String),
    /// Another person has this card, by name.
    CardOf(String),
    /// The uploader may not grant this.
    NotYours(String),
}

/// The person of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Whom {
    Existing(PersonId),
    /// A new person, added by this line number.
    New(u32),
    /// None: the line has errors.
    Nobody,
}

/// The outcome of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowOutcome {
    /// Its line number in the file.
    pub number: u32,
    pub whom: Whom,
    /// Their name, from the line or the database.
    pub name: String,
    pub actions: Vec<LineAction>,
    /// What it does not do, and why.
    pub notes: Vec<Note>,
    pub faults: Vec<LineError>,
}

/// Line counts by outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sum {
    /// People who become members.
    pub added: u32,
    pub changed: u32,
    /// Cards that are given.
    pub cards: u32,
    /// Grants that are written.
    pub grants: u32,
    pub unchanged: u32,
    /// Lines that ask for something that was decided otherwise by hand.
    pub noted: u32,
    /// Lines that are faulty.
    pub faulty: u32,
}

impl Sum {
    /// Whether anything would be changed.
    #[must_use]
    pub const fn does_something(&self) -> bool {
        self.added + self.changed + self.cards + self.grants > 0
    }
}

#[must_use]
pub fn sum(outcomes: &[RowOutcome]) -> Sum {
    outcomes.iter().fold(Sum::default(), |mut sum, outcome| {
        sum.faulty += u32::from(!outcome.faults.is_empty());
        sum.noted += u32::from(!outcome.notes.is_empty());
        sum.unchanged +=
            u32::from(outcome.actions.is_empty() && outcome.notes.is_empty() && outcome.faults.is_empty());
        for action in &outcome.actions {
            match action {
                LineAction::Add => sum.added += 1,
                LineAction::Change(_) => sum.changed += 1,
                LineAction::Give(_) => sum.cards += 1,
                LineAction::Grant { .. } => sum.grants += 1,
            }
        }
        sum
    })
}

/// A column of a file and its meaning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heading {
    pub title: String,
    /// Its first value; truncated.
    pub sample: String,
    /// Its meaning; `None` is ignored.
    pub column: Option<Column>,
}

/// Non-empty columns that are ignored.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LeftOut<'a> {
    /// Columns without a known meaning.
    pub unknown: Vec<&'a Heading>,
    /// Columns about qualifications without a column for the type.
    pub without_type: Vec<&'a Heading>,
}

#[must_use]
pub fn left_out(headings: &[Heading]) -> LeftOut<'_> {
    let any = |column| headings.iter().any(|heading| heading.column == Some(column));
    let about_type = [Column::Relation, Column::From, Column::Until, Column::Trainer];
    let says = |heading: &&Heading| !(heading.title.is_empty() && heading.sample.is_empty());
    let unknown = headings.iter().filter(says).filter(|heading| heading.column.is_none());
    let without_type = headings
        .iter()
        .filter(|heading| !any(Column::Type) && heading.column.is_some_and(|column| about_type.contains(&column)));
    LeftOut { unknown: unknown.collect(), without_type: without_type.collect() }
}

/// An existing person, as a plan needs them.
#[derive(Debug, Clone)]
pub struct ExistingPerson {
    pub id: PersonId,
    pub status: PersonStatus,
    /// Their name, unless erased.
    pub name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    /// The tag of their language.
    pub language: Option<String>,
    /// The key by which another system knows them.
    pub key: Option<String>,
    pub ledger: crate::qualifications::Ledger,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heading(title: &str, column: Option<Column>) -> Heading {
        Heading { title: title.into(), sample: String::new(), column }
    }

    #[test]
    fn ignored_columns_are_all_listed() {
        let email = heading("Mail", Some(Column::Email));
        let colour = heading("Colour", None);
        let role = heading("Role", Some(Column::Relation));
        let kind = heading("Machine", Some(Column::Type));
        let all = [email.clone(), colour.clone(), role.clone(), heading("", None)];
        let out = left_out(&all);
        assert_eq!((out.unknown, out.without_type), (vec![&colour], vec![&role]), "an empty column says nothing");
        let nameless = Heading { sample: "red".into(), ..heading("", None) };
        assert_eq!(left_out(&[email.clone(), nameless.clone()]).unknown, [&nameless]);
        assert_eq!(left_out(&[email, role, kind]), LeftOut::default());
    }
}
