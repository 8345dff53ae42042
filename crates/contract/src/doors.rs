//! Doors, who is inside, and the list for an evacuation.
//!
//! Not here: whether a card opens a door, which is an access decision like at any machine ([`crate::access`]).

use domain::{
    bounded::BoundedInteger,
    doors::{Answer, DoorState, GUESTS, Leaves, VisitEnding},
    id::{MachineId, PersonId, RoomId, VisitId},
    time::Moment,
};
use macros::{Form, operations, view};
use serde::{Deserialize, Serialize};

operations! {
    tag Building;

    /// List doors
    ///
    /// Lists the doors with readers, by name: whether each is locked, offline or opens by card.
    GET "doors" => ListDoors() -> Doors, scope MachinesRead,
        lists doors by |door: &DoorView| -> (String, i64) { (door.name.to_lowercase(), door.machine.0) };

    /// Mark a machine as a door
    ///
    /// Marks a machine as the reader of a door, or changes its fields. From then on an admitted swipe is an
    /// opening and not a use: it counts no hours, and the person is inside the building. A machine in use cannot be marked.
    POST "doors" => MarkDoor(form: DoorForm) -> (),
        page "doors/mark", then "/building/doors?saved", scope MachinesWrite,
        errors ["door.invalid", "door.in-use", "door.too-many"];

    /// Unmark a door
    ///
    /// Makes a door an ordinary machine again. Its openings stay listed as long as others.
    DELETE "doors/{machine}" => UnmarkDoor(machine: MachineId) -> (),
        page "doors/unmark", then "/building/doors?saved", scope MachinesWrite, errors ["door.unknown"];

    /// Open a door remotely
    ///
    /// Asks the board of a door to open it now, in the name of the caller's card. Nobody counts as inside because of that.
    POST "doors/{machine}/open" => OpenDoor(machine: MachineId) -> (),
        page "doors/open", scope MachinesWrite, once,
        errors ["door.unknown", "machine.start-away", "machine.start-taken", "machine.start-no-card",
            "machine.start-denied"];

    /// Read who is inside
    ///
    /// Returns how many people and guests are in the building; visitors get the number only if it is published. Names are included
    /// for callers who manage the building, and for those who are inside themselves, as far as the setting `people.shown` of the
    /// space shows them.
    GET "presence" => ReadPresence() -> PresenceView, scope MachinesRead;

    /// Set the number of guests
    ///
    /// Sets how many guests came with the caller, who has to be inside.
    POST "presence/guests" => SetGuests(form: GuestsForm) -> (),
        page "presence/guests", scope MachinesWrite, errors ["presence.not-inside"];

    /// Mark a person as gone
    ///
    /// Ends a visit of a person who left without a swipe.
    POST "presence/{id}/end" => EndVisit(id: VisitId) -> (),
        page "presence/end", scope MachinesWrite, errors ["presence.unknown"];

    /// The doors, who is inside and what opened today.
    READ => ReadDoors() -> DoorsPage, page "doors/read";

    /// Read the list for an evacuation
    ///
    /// Returns everyone who has to be accounted for outside: who is inside, and who left in the last hours.
    GET "presence/evacuation" => ReadEvacuation() -> EvacuationList,
        page "presence/evacuation", scope PeopleRead, errors ["presence.names-hidden"];
}

/// A door.
#[derive(Debug, Clone, Copy, Form)]
pub struct DoorForm {
    /// The id of the machine whose board is the reader.
    #[field(example = 7)]
    pub machine: MachineId,
    /// The id of the room behind it; the door leads into the building if this is left out.
    #[field(example = 2)]
    pub room: Option<RoomId>,
    /// Whether a swipe enters, leaves, or does one after the other.
    #[field(example = "both")]
    pub leaves: Leaves,
}

/// Guests of the caller.
#[derive(Debug, Clone, Copy, Form)]
pub struct GuestsForm {
    /// How many came with them.
    #[field(example = 1)]
    pub guests: BoundedInteger<0, GUESTS>,
}

/// A door.
#[view]
pub struct DoorView {
    /// The id of the machine whose board is the reader.
    #[field(example = 7)]
    pub machine: MachineId,
    /// Its name.
    #[field(example = "Main door")]
    pub name: String,
    /// The id of the room behind it; null leads into the building.
    pub room: Option<RoomId>,
    /// The name of that room.
    pub room_name: Option<String>,
    /// Whether a swipe enters, leaves, or does one after the other.
    pub leaves: Leaves,
    /// Whether it opens.
    pub state: DoorState,
    /// Until when it is in that state, if opening hours decide it.
    pub until: Option<Moment>,
    /// When it was last opened; null if not in the last 30 days.
    pub opened: Option<Moment>,
    /// Whether it was asked to open remotely a moment ago.
    pub opening: bool,
    /// Whether the caller may open it remotely now.
    pub may_open: bool,
}

/// All doors.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Doors {
    pub doors: Vec<DoorView>,
}

/// A person who is inside, or was.
#[view]
pub struct VisitView {
    /// The id of the visit; null for a person who came through no door and uses a machine.
    #[field(example = 31)]
    pub id: Option<VisitId>,
    /// The id of the person.
    #[field(example = 12)]
    pub person: PersonId,
    /// Their name, or the part of it that the caller may see; null if it was erased.
    #[field(example = "Amara Okafor")]
    pub name: Option<String>,
    /// How many guests came with them.
    pub guests: u32,
    /// When they came.
    pub entered: Moment,
    /// The machine or door at which they were last seen; null if it is not known.
    #[field(example = "Lathe")]
    pub seen_at: Option<String>,
    /// When they were last seen.
    pub seen: Moment,
    /// Whether they use that machine now.
    pub using: bool,
    /// When they left; null while they are inside.
    pub left: Option<Moment>,
    /// How it is known that they left.
    pub ended_by: Option<VisitEnding>,
}

/// How many are inside, and who.
#[view]
pub struct PresenceView {
    /// How many people are inside; null if that is not shown to the caller.
    #[field(example = 7)]
    pub people: Option<u32>,
    /// How many guests are with them; null if that is not shown to the caller.
    #[field(example = 1)]
    pub guests: Option<u32>,
    /// When the last person came or left; null if not in the last 30 days, and for visitors.
    pub changed: Option<Moment>,
    /// Who is inside, those seen last first; null for callers who may not see names.
    pub visits: Option<Vec<VisitView>>,
}

/// A swipe at a door, or an opening without one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpeningView {
    pub at: Moment,
    pub door: MachineId,
    pub door_name: String,
    pub person: Option<PersonId>,
    /// The holder's name; `None` for an unknown card, and once erased.
    pub name: Option<String>,
    /// The last two bytes of an unknown card: `7A:3F`. Missing once that card was forgotten.
    pub card: Option<String>,
    /// Guests who are inside with them.
    pub guests: u32,
    pub answer: Answer,
    /// Codes of the reasons of a refusal, the most important first.
    pub reasons: Vec<String>,
    /// Who opened it remotely.
    pub by: Option<String>,
}

/// Dangerous machines that need people in the building.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuddyRule {
    /// By name.
    pub machines: Vec<String>,
    /// How many people have to be inside, with the one who uses the machine.
    pub people: u32,
    /// Whether that many are inside now.
    pub met: bool,
}

/// A booking today of a machine that needs company, at a time for which nobody else has booked anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookedAlone {
    pub machine: MachineId,
    pub machine_name: String,
    /// `None` for readers who may not see names of bookings.
    pub person: Option<PersonId>,
    pub name: Option<String>,
    pub starts: Moment,
    pub ends: Moment,
}

/// The page of doors.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DoorsPage {
    pub now: Moment,
    pub presence: PresenceView,
    /// The reader's own visit, while inside.
    pub own: Option<VisitView>,
    pub buddies: Vec<BuddyRule>,
    /// By time.
    pub alone: Vec<BookedAlone>,
    /// Openings and refusals today, newest first, at most 200; empty for readers who do not manage the building.
    pub openings: Vec<OpeningView>,
    /// How many there were today; 0 for readers who do not manage the building.
    pub opened_today: u32,
    pub refused_today: u32,
    /// By name; empty for readers who may not see the building.
    pub doors: Vec<DoorView>,
    /// The reader may see the doors; visitors see the number of people alone, if it is published.
    pub may_see_doors: bool,
    /// Machines that can become doors, by name; for those who manage the building.
    pub machines: Vec<(MachineId, String)>,
    /// By name; for those who manage the building.
    pub rooms: Vec<(RoomId, String)>,
    /// The reader manages the building: marks and opens doors, and ends visits.
    pub may_manage: bool,
    /// The reader may open the list for an evacuation.
    pub may_evacuate: bool,
}

/// The list for an evacuation.
#[view]
pub struct EvacuationList {
    /// When it was made.
    pub now: Moment,
    /// Everyone inside, by name.
    pub inside: Vec<VisitView>,
    /// Those who left in the last hours, the last first: some go back in without a swipe.
    pub left: Vec<VisitView>,
}
