//! Loads the facts of an access decision, for a card at a board or a person on a page.
//!
//! Invariant: one statement (`facts.sql`) serves both, so a page and a board decide from the same facts. Every swipe
//! waits for it: each of its parts uses an index, and its cost does not grow with people, uses or bookings.
//!
//! Not here: the decision (`domain::access`), and facts that depend on the time zone or on other cards.

use domain::{
    access::{Booked, Facts, Machine, Person, Running},
    boards::MachineNumber,
    bookings::EARLY,
    cards::{CardState, CardUid},
    documents::AskedDocument,
    holds::{Hold, HoldReason},
    hours::{AHEAD, Hours},
    id::{AliasId, CardId, EntryId, HoldId, MachineId, PersonId, RoomId, TypeId, UnknownCardId},
    machines::Risk,
    maintenance::{Counting, first_due},
    occupations::Span,
    people::PersonStatus,
    qualifications::{Relation, Subject as Matter},
    settings::{Scope, Setting, Settings},
    time::{DAY, HOUR, Millis, millis},
    training::path::Needed,
};
use serde::Deserialize;
use sqlx::SqliteConnection;
use std::{collections::BTreeMap, mem::take, time::Duration};

use crate::{
    StoreError,
    documents::DocumentItem,
    equipment::BUILT_IN,
    hours::{self, ExceptionItem, WeeklyItem},
    json::{self, List},
    maintenance::PlanItem,
    people,
    qualifications::{self, LedgerItem},
    settings::{self, SettingItem},
    training::TrainingItem,
    uses::SwipeContext,
};

/// A machine that is the reader of a door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DoorOf {
    /// The room behind it; `None` leads into the building.
    pub room: Option<RoomId>,
}

/// A card tapped at a machine.
#[derive(Debug, Clone)]
pub struct Swipe {
    /// The facts for the decision.
    pub facts: Facts,
    /// When the machine is open, in local time; an instant also needs the time zone.
    pub hours: Hours,
    /// The machine is blocked for safety: at once, even during a use.
    pub blocked_at_once: bool,
    /// The card, its holder and the machine.
    pub bearing: SwipeContext,
    /// The holder's name; `None` if unknown or erased.
    pub name: Option<String>,
    /// The door of which the machine is the reader. Its room and groups are left to the caller.
    pub door: Option<DoorOf>,
}

/// A person who asks about access, without a card.
#[derive(Debug, Clone)]
pub struct AccessQuery {
    /// The facts for the decision.
    pub facts: Facts,
    /// When the machine is open, in local time.
    pub hours: Hours,
    /// The first and last day for which [`hours`](Self::hours) has all exceptions.
    pub days: (i64, i64),
    /// The machine's settings.
    pub settings: Settings,
    /// The person's name; `None` if erased.
    pub name: Option<String>,
    /// Whether the person uses this machine.
    pub on_it: bool,
    /// Whether a start request in their name is under way.
    pub starting: bool,
    /// Whether they have a valid card.
    pub has_card: bool,
    /// The door of which the machine is the reader.
    pub door: Option<DoorOf>,
}

/// A person inside who was last seen longer ago does not count as present: some leave without a swipe.
const PRESENT: Duration = HOUR.saturating_mul(4);

/// A row of `facts.sql`, where each column is explained.
#[expect(clippy::struct_excessive_bools, reason = "columns as they are read")]
struct Row {
    machine: MachineId,
    kind: TypeId,
    risk: Risk,
    blocked: bool,
    at_once: bool,
    is_door: bool,
    door_room: Option<RoomId>,
    is_for_others: bool,
    card: Option<CardId>,
    card_state: Option<CardState>,
    unknown_card: Option<UnknownCardId>,
    person: Option<PersonId>,
    status: Option<PersonStatus>,
    name: Option<String>,
    alias: Option<AliasId>,
    running: i64,
    others: i64,
    taken: Option<bool>,
    on_it: bool,
    starting: bool,
    has_card: bool,
    ledger: Option<List<LedgerItem>>,
    holds: Option<List<HoldItem>>,
    excused: Option<List<EntryId>>,
    training: List<TrainingItem>,
    documents: List<DocumentItem>,
    requires: List<TypeId>,
    booked: List<BookedItem>,
    closures: List<Span>,
    plans: List<PlanItem>,
    settings: List<SettingItem>,
    weekly: List<WeeklyItem>,
    exceptions: List<ExceptionItem>,
}

/// A hold in a statement's list.
#[derive(Debug, Deserialize)]
pub(super) struct HoldItem {
    id: HoldId,
    reason: HoldReason,
    placed: Millis,
    until: Option<Millis>,
}

impl From<HoldItem> for Hold {
    fn from(HoldItem { id, reason, placed, until }: HoldItem) -> Self {
        Self { id, reason, placed, until }
    }
}

/// A booking in a statement's list, and whether it is the person's own.
#[derive(Debug, Deserialize)]
struct BookedItem {
    starts: Millis,
    ends: Millis,
    #[serde(deserialize_with = "json::flag")]
    own: bool,
    /// Whether it is of the machine itself, and not of its room.
    #[serde(deserialize_with = "json::flag")]
    itself: bool,
}

impl BookedItem {
    /// Whether the person has booked the machine for `at`, check-in time included.
    fn is_theirs(&self, at: Millis) -> bool {
        self.own && self.itself && self.starts.before(EARLY) <= at && at < self.ends
    }
}

impl From<BookedItem> for (Span, bool) {
    fn from(BookedItem { starts, ends, own, .. }: BookedItem) -> Self {
        (Span { starts, ends }, own)
    }
}

/// What the facts are about.
enum Subject<'a> {
    /// A card at the board of the machine with this number.
    Card(MachineNumber, &'a CardUid),
    /// A person at each of these machines.
    Person(PersonId, &'a [MachineId]),
}

/// Reads a row for each machine that exists; none if the person does not.
async fn rows(conn: &mut SqliteConnection, subject: Subject<'_>, at: Millis) -> Result<Vec<Row>, StoreError> {
    let (number, uid, machines, person) = match subject {
        Subject::Card(number, uid) => (Some(number), Some(uid), None, None),
        Subject::Person(person, machines) => {
            (None, None, Some(json::ids(machines.iter().map(|id| id.0))), Some(person))
        }
    };
    let ((first, last), month, seen) = (days(at), people::month(at), at.before(PRESENT));
    // One statement text, so each connection prepares it once and keeps it.
    let rows =
        sqlx::query_file_as!(Row, "src/access/facts.sql", number, uid, machines, person, first, last, month, seen);
    Ok(rows.fetch_all(conn).await?)
}

/// Loads the facts about a card at the machine with this number; `None` if there is no such machine. Whether a trainer
/// is present and whether it is open are left to the caller: see [`swiped_since`](super::swiped_since) and
/// [`Swipe::hours`].
pub async fn swipe(
    conn: &mut SqliteConnection,
    number: MachineNumber,
    uid: &CardUid,
    at: Millis,
) -> Result<Option<Swipe>, StoreError> {
    let mut rows = rows(conn, Subject::Card(number, uid), at).await?;
    let shared = shared(&mut rows)?;
    let Some(mut row) = rows.pop() else { return Ok(None) };
    let (settings, hours, name) = (row.settings(&shared), row.hours(&shared), row.name.take());
    let (machine, card, alias) = (row.machine, row.card.zip(row.person), row.alias);
    let (unknown_card, blocked_at_once, door) = (row.unknown_card, row.at_once, row.door_of());
    let facts = row.facts(&settings, at, shared.person, &shared.documents);
    let bearing = SwipeContext { machine, card, alias, unknown_card, settings };
    Ok(Some(Swipe { facts, hours, blocked_at_once, bearing, name, door }))
}

/// The numbers of other machines in use by `person`.
pub async fn running_elsewhere(
    conn: &mut SqliteConnection,
    person: PersonId,
    machine: MachineId,
) -> Result<Vec<MachineNumber>, StoreError> {
    let numbers = sqlx::query_scalar!(
        r#"SELECT m.number AS "number!: MachineNumber"
             FROM use_session u JOIN card c ON c.id = u.card_id JOIN machine m ON m.id = u.machine_id
            WHERE c.person_id = ? AND u.ended_at IS NULL AND u.machine_id <> ? AND m.number IS NOT NULL LIMIT 100"#,
        person,
        machine,
    );
    Ok(numbers.fetch_all(conn).await?)
}

/// Loads the facts about `person` at `machine`; `None` if there is no such machine or person.
pub async fn load_facts(
    conn: &mut SqliteConnection,
    machine: MachineId,
    person: PersonId,
    at: Millis,
) -> Result<Option<AccessQuery>, StoreError> {
    Ok(load_facts_of(conn, &[machine], person, at).await?.into_values().next())
}

/// The same at each of these machines; missing ones are left out.
pub async fn load_facts_of(
    conn: &mut SqliteConnection,
    machines: &[MachineId],
    id: PersonId,
    at: Millis,
) -> Result<BTreeMap<MachineId, AccessQuery>, StoreError> {
    let mut rows = rows(conn, Subject::Person(id, machines), at).await?;
    let shared = shared(&mut rows)?;
    let rows = rows.into_iter().map(|mut row| {
        let (machine, settings, hours, name) =
            (row.machine, row.settings(&shared), row.hours(&shared), row.name.take());
        let (on_it, starting, has_card, door) = (row.on_it, row.starting, row.has_card, row.door_of());
        let facts = row.facts(&settings, at, shared.person.clone(), &shared.documents);
        let days = days(at);
        (machine, AccessQuery { facts, hours, days, settings, name, on_it, starting, has_card, door })
    });
    Ok(rows.collect())
}

/// The days, since 1 January 1970, whose exceptions may affect `at` in any time zone.
fn days(at: Millis) -> (i64, i64) {
    let day = at.0.div_euclid(millis(DAY));
    (day - 1, day + AHEAD + 1)
}

/// Facts shared by every machine of an answer.
#[derive(Default)]
struct Shared {
    person: Option<Person>,
    /// Documents that every machine asks for.
    documents: Vec<AskedDocument>,
    /// Settings and hours of the space.
    settings: Vec<Setting>,
    hours: Hours,
    /// The settings of machines without their own.
    usual: Settings,
}

/// Takes the shared facts from the row that has them.
fn shared(rows: &mut [Row]) -> Result<Shared, StoreError> {
    let Some(row) = rows.iter_mut().find(|row| row.ledger.is_some()) else { return Ok(Shared::default()) };
    let (ledger, holds, excused) = (all(&mut row.ledger), all(&mut row.holds), all(&mut row.excused));
    let person = row.person.zip(row.status).map(|(id, status)| {
        let (ledger, holds) = (qualifications::ledger(ledger)?, holds.into_iter().map(Hold::from).collect());
        Ok::<_, StoreError>(Person { id, status, ledger, holds, excused })
    });
    let settings: Vec<_> = row.settings.0.extract_if(.., |item| item.scope == Scope::Space.as_str()).collect();
    let weekly = row.weekly.0.extract_if(.., |item| item.scope == Scope::Space).collect();
    let exceptions = row.exceptions.0.extract_if(.., |item| item.scope == Scope::Space).collect();
    let settings = settings::of_items(settings);
    let documents = row.documents.0.extract_if(.., |item| item.everywhere).map(AskedDocument::from).collect();
    Ok(Shared {
        person: person.transpose()?,
        documents,
        usual: Settings::resolve(settings.clone()),
        settings,
        hours: hours::of_items(weekly, exceptions),
    })
}

fn all<T>(list: &mut Option<List<T>>) -> Vec<T> {
    list.take().map_or_else(Vec::new, |list| list.0)
}

impl Row {
    fn door_of(&self) -> Option<DoorOf> {
        self.is_door.then_some(DoorOf { room: self.door_room })
    }

    fn settings(&mut self, shared: &Shared) -> Settings {
        let own = settings::of_items(take(&mut self.settings.0));
        if own.is_empty() {
            return shared.usual.clone();
        }
        Settings::resolve(shared.settings.iter().cloned().chain(own).collect())
    }

    fn hours(&mut self, shared: &Shared) -> Hours {
        let mut hours = hours::of_items(take(&mut self.weekly.0), take(&mut self.exceptions.0));
        hours.weekly.extend(&shared.hours.weekly);
        hours.exceptions.extend(&shared.hours.exceptions);
        hours
    }

    /// Converts to the facts that the rules read. The caller adds two that are not in the row: opening hours need the
    /// time zone, and a supervising trainer is another card at the same reader.
    fn facts(
        self,
        settings: &Settings,
        at: Millis,
        person: Option<Person>,
        everywhere: &[AskedDocument],
    ) -> Facts {
        let has_booked = self.booked.0.iter().any(|booked| booked.is_theirs(at));
        let itself = [Matter::Type(self.kind), Matter::Machine(self.machine)];
        // They try it, teach on it and hold checkouts there.
        let looks_after = |relation| person.as_ref().is_some_and(|it| it.ledger.holds(relation, &itself, at));
        let is_bound =
            !settings.groups_book_only && !looks_after(Relation::Trainer) && !looks_after(Relation::Owner);
        let plans: Vec<_> = self.plans.0.into_iter().map(Counting::from).collect();
        // Who is to sign or hand in a document of the space has to get in.
        let everywhere = if self.is_door { &[] } else { everywhere };
        let machine = Machine {
            id: self.machine,
            kind: self.kind,
            mode: settings.authorisation,
            requires: self.requires.0,
            training: self.training.0.into_iter().map(Needed::from).collect(),
            documents: everywhere
                .iter()
                .cloned()
                .chain(self.documents.0.into_iter().map(AskedDocument::from))
                .collect(),
            booked: Booked {
                need: settings.booking.need,
                times: self.booked.0.into_iter().map(<(Span, bool)>::from).collect(),
            },
            blocked: self.blocked,
            maintenance_due: first_due(&plans, at).is_some(),
            trainer_beside: None,
            opening: None,
            closures: self.closures.0,
            company: if self.risk == Risk::High { settings.people_present } else { 0 },
            // The groups of a door are those who pass it. Bookings from before a machine was for others stay.
            barred: self.is_for_others && !has_booked && (self.is_door || is_bound),
        };
        let few = |count: i64| count.try_into().unwrap_or(u8::MAX);
        Facts {
            person,
            card: self.card_state,
            machine: Some(machine),
            built_in: BUILT_IN,
            simultaneous: settings.simultaneous,
            floor: Some(Running { by_them: few(self.running), others: few(self.others), taken: self.taken }),
        }
    }
}
