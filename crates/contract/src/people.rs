use crate::{bookings::Booking, history::Correction, qualifications::Standing};
use domain::{
    actor::Rank,
    cards::CardState,
    id::{CardId, MachineId, NoteId, PersonId, UseId},
    people::{PersonStatus, Step, StepRefusal},
    time::Moment,
};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InviteOutcome {
    /// Invited; the mail is queued.
    Mailed,
    /// Invited; the mail is caught on this computer.
    Caught,
    /// Invited; this link is to be handed over.
    ByHand { link: String },
    /// It contains no address.
    NoAddress,
    /// It repeats an earlier line.
    Again,
    Duplicate {
        /// The person, if the reader may know.
        who: Option<(PersonId, String)>,
    },
    /// It could not be stored; a retry is right.
    Failed,
}

/// A line with its result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invited {
    /// Its number, from 1.
    pub line: u32,
    /// The line as pasted.
    pub input: String,
    pub outcome: InviteOutcome,
}

/// Types named per row of the list of people; the others are counted.
pub const NAMES: usize = 2;

/// A person in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonRow {
    pub id: PersonId,
    /// Their name, if known.
    pub name: Option<String>,
    /// E-mail address, if known.
    pub email: Option<String>,
    pub status: PersonStatus,
    pub rank: Rank,
    /// They are on hold.
    pub on_hold: bool,
    /// The number of types they may use, without the space.
    pub types: u32,
    /// Names of the first types, at most [`NAMES`].
    pub type_names: Vec<String>,
    /// Milliseconds of use in the last thirty days.
    pub used: i64,
    /// They use a machine now.
    pub is_here: bool,
    /// Their last use of a machine, if known.
    pub last_use: Option<Moment>,
    /// Their picture, if any.
    pub picture: Option<i64>,
}

/// The number of people per status.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    pub active: u32,
    pub applicants: u32,
    pub suspended: u32,
    pub left: u32,
}

impl Counts {
    #[must_use]
    pub const fn all(&self) -> u32 {
        self.active + self.applicants + self.suspended + self.left
    }
}

/// A page of the list of people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeoplePage {
    pub now: Moment,
    pub people: Vec<PersonRow>,
    /// The cursor of the next page, if any: a [`Cursor`](domain::people::Cursor).
    pub next: Option<String>,
    /// The totals.
    pub counts: Counts,
    /// The number of results on all pages; `None` without a search, or if not counted.
    pub found: Option<u32>,
    pub may_invite: bool,
}

/// A card on a page, never with its uid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardView {
    pub id: CardId,
    /// The last four digits, to tell cards apart.
    pub ending: String,
    pub state: CardState,
    pub given: Moment,
    /// The reader may report it lost or found.
    pub may_lose: bool,
}

/// The head of each page about a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonHead {
    pub now: Moment,
    pub id: PersonId,
    /// Their name, if known.
    pub name: Option<String>,
    /// E-mail address, if known.
    pub email: Option<String>,
    pub status: PersonStatus,
    pub rank: Rank,
    /// They are on hold.
    pub on_hold: bool,
    pub since: Moment,
    pub left: Option<Moment>,
    /// When they were erased.
    pub erased: Option<Moment>,
    /// The reader may place holds on them and change their qualifications.
    pub may_manage: bool,
    /// The reader may send them a sign-in link.
    pub may_help_in: bool,
    /// Their picture, if any.
    pub picture: Option<i64>,
}

/// A manager's note about a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoteView {
    pub id: NoteId,
    pub body: String,
    /// The person's name, if known.
    pub by: Option<String>,
    pub written: Moment,
    /// When it was last edited.
    pub edited: Option<Moment>,
    pub version: i64,
}

/// A deleted or restored note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoteDeleted {
    pub id: NoteId,
    pub person: PersonId,
    pub back: bool,
}

/// A person's page: who they are, their cards and notes, and what the reader may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a button of its own on the page")]
pub struct PersonPage {
    pub head: PersonHead,
    /// Phone number, if known.
    pub phone: Option<String>,
    /// Language tag, if they chose one.
    pub language: Option<String>,
    /// Version of name, address, number and language.
    pub version: i64,
    /// Uses of the last thirty days.
    pub uses: u32,
    pub used: i64,
    /// The number of types they may use, without the space.
    pub types: u32,
    pub cards: Vec<CardView>,
    /// Managers' notes; `None` if the reader may not see them.
    pub notes: Option<Vec<NoteView>>,
    /// Status changes the reader may make.
    pub steps: Vec<Step>,
    /// Why they cannot be suspended, if the reader otherwise could.
    pub refusals: Vec<StepRefusal>,
    /// The reader may change name, number and language.
    pub may_edit: bool,
    /// The reader may change the address too, which is a way to sign in.
    pub may_readdress: bool,
    /// The reader may send them a sign-in link.
    pub may_help_in: bool,
    /// They have a second factor, and the reader may remove it.
    pub may_take_off_second_factor: bool,
    pub may_give_card: bool,
    /// The reader may export their data.
    pub may_export: bool,
    /// The reader may erase them, unless something prevents it.
    pub may_erase: bool,
    pub erase_refusals: Vec<StepRefusal>,
}

/// A person's qualifications.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StandingPage {
    pub head: PersonHead,
    pub standing: Standing,
}

/// A person's use of a machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UseRow {
    pub id: UseId,
    pub machine: MachineId,
    pub machine_name: String,
    pub start: Moment,
    /// When it ended; `None` while it runs.
    pub end: Option<Moment>,
    /// Its hours were estimated.
    pub approximate: bool,
    /// It is theirs; after a correction it may be another person's.
    pub theirs: bool,
    /// It was voided.
    pub void: bool,
    /// Its corrections, oldest first.
    pub corrections: Vec<Correction>,
}

/// A person's uses, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsesPage {
    pub head: PersonHead,
    pub uses: Vec<UseRow>,
    /// The cursor of the next page, if any: after this use.
    pub older: Option<UseId>,
}

/// A person's bookings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookingsPage {
    pub head: PersonHead,
    /// Running, pending and future ones, by start.
    pub coming: Vec<Booking>,
    /// Those of the last weeks, newest first.
    pub past: Vec<Booking>,
    /// No-shows within the period after which they are forgotten.
    pub no_shows: u32,
}

/// Audit entries about a person, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimelinePage<E = crate::audit::Entry> {
    pub head: PersonHead,
    pub entries: Vec<E>,
    /// The cursor of the next page, if any: before this entry.
    pub older: Option<i64>,
}
