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
    /// Invited, and the mail is on its way.
    Mailed,
    /// Invited, and the mail stayed on this computer, where mails are caught.
    Caught,
    /// Invited; this link is to be handed over.
    ByHand { link: String },
    /// No address is in it.
    NoAddress,
    /// It stands in an earlier line.
    Again,
    Duplicate {
        /// Who, where the caller may know.
        who: Option<(PersonId, String)>,
    },
    /// It could not be written down; trying again is right.
    Failed,
}

/// A line with what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invited {
    /// Its number, from 1.
    pub line: u32,
    /// The line as it was pasted.
    pub input: String,
    pub outcome: InviteOutcome,
}

/// Types that the list of people names in a row; of the others it says how many there are.
pub const NAMES: usize = 2;

/// Somebody in the list of people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonRow {
    pub id: PersonId,
    /// Their name, if known.
    pub name: Option<String>,
    /// Their address, if there is one.
    pub email: Option<String>,
    pub status: PersonStatus,
    /// What they are in the workshop.
    pub rank: Rank,
    /// Something keeps them out for now.
    pub on_hold: bool,
    /// How many types they may use, the space not counted.
    pub types: u32,
    /// What the first of these are called, at most [`NAMES`].
    pub type_names: Vec<String>,
    /// Milliseconds of uses in the last thirty days.
    pub used: i64,
    /// They use a machine now.
    pub is_here: bool,
    /// When they last used a machine, while that is known.
    pub last_use: Option<Moment>,
    /// Their picture, if any.
    pub picture: Option<i64>,
}

/// How many people stand where.
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

/// One page of the list of people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeoplePage {
    pub now: Moment,
    pub people: Vec<PersonRow>,
    /// Where the next page begins, if there is one: a [`Cursor`](domain::people::Cursor).
    pub next: Option<String>,
    /// How many there are in all.
    pub counts: Counts,
    /// How many were found, on this page and the others; `None` where nothing is searched, or nobody has counted them.
    pub found: Option<u32>,
    pub may_invite: bool,
}

/// A card as a page shows it: never its number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardView {
    pub id: CardId,
    /// The last four digits, to tell one from another.
    pub ending: String,
    pub state: CardState,
    pub given: Moment,
    /// The caller may say that it is lost, or found.
    pub may_lose: bool,
}

/// What stands at the head of each page about somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonHead {
    pub now: Moment,
    pub id: PersonId,
    /// Their name, if known.
    pub name: Option<String>,
    /// Their address, if there is one.
    pub email: Option<String>,
    pub status: PersonStatus,
    /// What they are in the workshop.
    pub rank: Rank,
    /// Something keeps them out for now.
    pub on_hold: bool,
    pub since: Moment,
    pub left: Option<Moment>,
    /// When their name and all that was written about them was erased.
    pub erased: Option<Moment>,
    /// The caller may place holds on them, and grant.
    pub may_manage: bool,
    /// The caller may help them in.
    pub may_help_in: bool,
    /// Their picture, if any.
    pub picture: Option<i64>,
}

/// A note that managers wrote about somebody.
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

/// A note that was deleted, or taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoteDeleted {
    pub id: NoteId,
    pub person: PersonId,
    pub back: bool,
}

/// Somebody's page: who they are, their cards, what is noted about them, and what the caller may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a button of its own on the page")]
pub struct PersonPage {
    pub head: PersonHead,
    /// Their telephone number, if there is one.
    pub phone: Option<String>,
    /// The tag of the language they read, if they chose one.
    pub language: Option<String>,
    /// Of name, address, number and language.
    pub version: i64,
    /// Uses of machines in the last thirty days.
    pub uses: u32,
    pub used: i64,
    /// How many types they may use, the space not counted.
    pub types: u32,
    pub cards: Vec<CardView>,
    /// What managers noted; `None` for who may not read it.
    pub notes: Option<Vec<NoteView>>,
    /// What the caller may do to where they stand.
    pub steps: Vec<Step>,
    /// Why they may not be suspended, where that would otherwise be the caller's to do.
    pub refusals: Vec<StepRefusal>,
    /// The caller may change name, number and language.
    pub may_edit: bool,
    /// The caller may change the address too, which is a way in.
    pub may_readdress: bool,
    /// The caller may help them in.
    pub may_help_in: bool,
    /// They have a second factor, and the caller may take it off.
    pub may_take_off_second_factor: bool,
    pub may_give_card: bool,
    /// The caller may see all that is kept of them.
    pub may_export: bool,
    /// The caller may erase them, if nothing speaks against it.
    pub may_erase: bool,
    pub erase_refusals: Vec<StepRefusal>,
}

/// Where somebody stands on what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StandingPage {
    pub head: PersonHead,
    pub standing: Standing,
}

/// One use of a machine by somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UseRow {
    pub id: UseId,
    pub machine: MachineId,
    pub machine_name: String,
    pub start: Moment,
    /// When it ended; `None` while it runs.
    pub end: Option<Moment>,
    /// The hours were worked out afterwards.
    pub approximate: bool,
    /// It is theirs: of what was corrected, it may be somebody else's by now.
    pub theirs: bool,
    /// It was voided.
    pub void: bool,
    /// What was said of it afterwards, the oldest first.
    pub corrections: Vec<Correction>,
}

/// What somebody used, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsesPage {
    pub head: PersonHead,
    pub uses: Vec<UseRow>,
    /// Where the next page begins, if there is one: behind this use.
    pub older: Option<UseId>,
}

/// What somebody has booked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookingsPage {
    pub head: PersonHead,
    /// What runs, waits or is to come, the first first.
    pub coming: Vec<Booking>,
    /// What was in the last weeks, the newest first.
    pub past: Vec<Booking>,
    /// How often they did not come, in the days after which that is forgotten.
    pub no_shows: u32,
}

/// What was done about somebody, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimelinePage<E = crate::audit::Entry> {
    pub head: PersonHead,
    pub entries: Vec<E>,
    /// Where the next page begins, if there is one: before this entry.
    pub older: Option<i64>,
}
