//! The facts for access decisions: for a card at a board, and for a person on a page.

use domain::{
    access::{Booked, Facts, Machine, Person, Running},
    boards::MachineNumber,
    cards::{CardState, CardUid},
    holds::{Hold, HoldReason},
    hours::{AHEAD, Hours},
    id::{AliasId, CardId, EntryId, HoldId, MachineId, PersonId, TypeId, UnknownCardId},
    machines::Risk,
    maintenance::first_due,
    occupations::Span,
    people::PersonStatus,
    settings::Settings,
    time::{DAY, Millis, millis},
};
use sqlx::SqliteConnection;
use std::collections::BTreeMap;

use crate::{
    StoreError, equipment::BUILT_IN, hours, json, maintenance, people, qualifications, settings, training,
    uses::SwipeContext,
};

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
}

#[expect(clippy::struct_excessive_bools, reason = "columns as they are read")]
struct Row {
    machine: MachineId,
    kind: TypeId,
    risk: Risk,
    blocked: bool,
    at_once: bool,
    card: Option<CardId>,
    card_state: Option<CardState>,
    person: Option<PersonId>,
    status: Option<PersonStatus>,
    name: Option<String>,
    alias: Option<AliasId>,
    unknown_card: Option<UnknownCardId>,
    taken: Option<bool>,
    on_it: bool,
    starting: bool,
    has_card: bool,
    running: i64,
    others: i64,
    ledger: String,
    holds: String,
    excused: String,
    training: String,
    requires: String,
    booked: String,
    closures: String,
    plans: String,
    settings: String,
    weekly: String,
    exceptions: String,
}

/// One statement for both channels, so that they cannot read different facts. `$from` selects the machine `m` and the
/// person `p`, and `$own` has the columns of one channel only; ?3 and ?4 are the days between which exceptions from the
/// opening hours count.
macro_rules! row {
    ($own:literal, $from:literal, $($argument:expr),+ $(,)?) => {
        sqlx::query_as!(
            Row,
            "SELECT m.id      AS \"machine!: MachineId\",
                    m.type_id AS \"kind!: TypeId\",
                    t.risk    AS \"risk!: Risk\",
                    EXISTS (SELECT 1 FROM machine_block b WHERE b.machine_id = m.id AND b.lifted_at IS NULL)
                              AS \"blocked!: bool\",
                    EXISTS (SELECT 1 FROM machine_block b
                             WHERE b.machine_id = m.id AND b.lifted_at IS NULL AND b.at_once = 1)
                              AS \"at_once!: bool\",
                    p.id      AS \"person?: PersonId\",
                    p.status  AS \"status?: PersonStatus\",
                    f.name    AS \"name?: String\",
                    -- No setting lets anybody on more than 99.
                    (SELECT count(*) FROM (SELECT 1 FROM use_session u JOIN card uc ON uc.id = u.card_id
                      WHERE uc.person_id = p.id AND u.ended_at IS NULL AND u.machine_id <> m.id LIMIT 100))
                              AS \"running!: i64\",
                    -- Asked only where it can matter.
                    CASE WHEN t.risk = 'high' THEN
                         (SELECT count(DISTINCT o.id) FROM use_session u
                            JOIN card uc ON uc.id = u.card_id JOIN person o ON o.id = uc.person_id
                           WHERE u.ended_at IS NULL AND o.status = 'active' AND o.id IS NOT p.id)
                         ELSE 0 END AS \"others!: i64\",
                    (SELECT json_group_array(json_array(q.id, q.type_id, q.machine_id, q.relation, q.kind,
                                                        q.effective_from, q.until))
                       FROM qualification q WHERE q.person_id = p.id) AS \"ledger!: String\",
                    (SELECT json_group_array(json_array(h.id, h.reason, h.placed_at, h.until)) FROM hold h
                      WHERE h.person_id = p.id AND h.lifted_at IS NULL) AS \"holds!: String\",
                    (SELECT json_group_array(json_array(q.id)) FROM qualification q
                      WHERE q.person_id = p.id AND q.cause IN ('administrator', 'import', 'setup')) AS \"excused!: String\",
                    (SELECT json_group_array(json_array(r.module_id,
                            (SELECT max(d.edition) FROM training_done d
                              WHERE d.person_id = p.id AND d.module_id = r.module_id AND d.percent >= r.threshold
                                AND d.quiz_done),
                            (SELECT json_group_array(json_array(o.edition, o.redo_by)) FROM module_edition o
                              WHERE o.module_id = r.module_id AND o.published_at IS NOT NULL AND o.redo_by IS NOT NULL),
                            iif(EXISTS (SELECT 1 FROM qualification q
                                         WHERE q.person_id = p.id AND q.effective_from <= r.made_at
                                           AND (q.type_id = m.type_id OR q.machine_id = m.id)), r.grace_until, NULL)))
                       FROM training_required r WHERE r.type_id = m.type_id OR r.machine_id = m.id) AS \"training!: String\",
                    (SELECT json_group_array(json_array(r.requires_id)) FROM type_requirement r
                      WHERE r.type_id = m.type_id) AS \"requires!: String\",
                    -- No booking is longer than seven days.
                    (SELECT json_group_array(json_array(b.starts_at, b.ends_at, b.person_id IS p.id))
                       FROM (SELECT starts_at, ends_at, person_id, state FROM booking
                              WHERE machine_id = m.id AND starts_at BETWEEN (?3 - 6) * 86400000 AND (?3 + 3) * 86400000
                             UNION ALL
                             SELECT starts_at, ends_at, person_id, state FROM booking
                              WHERE room_id = (SELECT i.room_id FROM room_machine i WHERE i.machine_id = m.id)
                                AND starts_at BETWEEN (?3 - 6) * 86400000 AND (?3 + 3) * 86400000
                                -- A machine that the booking leaves to others is not booked with its room.
                                AND EXISTS (SELECT 1 FROM occupation o
                                             WHERE o.booking_id = booking.id AND +o.machine_id = m.id)) b
                      WHERE b.state IN ('approved', 'checked-in')) AS \"booked!: String\",
                    -- Nothing overlaps: of what began before these days the last alone reaches into them.
                    (SELECT json_group_array(json_array(o.starts_at, o.ends_at))
                       FROM (SELECT * FROM (SELECT starts_at, ends_at, closure_id FROM occupation
                                             WHERE machine_id = m.id AND starts_at < ?3 * 86400000
                                             ORDER BY starts_at DESC LIMIT 1)
                             UNION ALL
                             SELECT starts_at, ends_at, closure_id FROM occupation
                              WHERE machine_id = m.id AND starts_at BETWEEN ?3 * 86400000 AND (?3 + 3) * 86400000) o
                      WHERE o.closure_id IS NOT NULL) AS \"closures!: String\",
                    (SELECT json_group_array(json_array(w.every_hours, w.every_days, w.since_at, w.since_used, w.used_ms,
                                                       w.blocking, ''))
                       FROM plan_at w WHERE w.machine_id = m.id AND w.blocking = 1) AS \"plans!: String\",
                    (SELECT json_group_array(json_array(s.scope, s.key, s.value)) FROM setting s
                      WHERE (s.scope = 'space' AND s.scope_id = 0)
                         OR (s.scope = 'type' AND s.scope_id = m.type_id)
                         OR (s.scope = 'machine' AND s.scope_id = m.id)) AS \"settings!: String\",
                    (SELECT json_group_array(json_array(o.scope, o.weekday, o.from_min, o.to_min)) FROM opening_hours o
                      WHERE (o.scope = 'space' AND o.scope_id = 0)
                         OR (o.scope = 'type' AND o.scope_id = m.type_id)
                         OR (o.scope = 'machine' AND o.scope_id = m.id)) AS \"weekly!: String\",
                    (SELECT json_group_array(json_array(e.scope, e.day, e.from_min, e.to_min)) FROM opening_exception e
                      WHERE ((e.scope = 'space' AND e.scope_id = 0)
                          OR (e.scope = 'type' AND e.scope_id = m.type_id)
                          OR (e.scope = 'machine' AND e.scope_id = m.id))
                        AND e.day BETWEEN ?3 AND ?4) AS \"exceptions!: String\", "
                + $own + $from,
            $($argument),+
        )
    };
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
    let (month, (first, last)) = (people::month(at), days(at));
    let row = row!(
        "c.id    AS \"card?: CardId\",
         c.state AS \"card_state?: CardState\",
         a.id    AS \"alias?: AliasId\",
         (SELECT id FROM unknown_card k WHERE k.uid = ?2 AND k.machine_id = m.id)
                 AS \"unknown_card?: UnknownCardId\",
         -- A board asks only when it is free, so an open use of its machine is a lost one.
         NULL    AS \"taken?: bool\",
         FALSE   AS \"on_it!: bool\",
         FALSE   AS \"starting!: bool\",
         TRUE    AS \"has_card!: bool\" ",
        "FROM machine m
         JOIN equipment_type t ON t.id = m.type_id
         LEFT JOIN card c ON c.id =
              -- A uid that was given anew: the card that is in use, not the retired one.
              (SELECT id FROM card WHERE uid = ?2 ORDER BY state = 'retired', id DESC LIMIT 1)
         LEFT JOIN person p ON p.id = c.person_id
         LEFT JOIN profile f ON f.person_id = p.id
         LEFT JOIN alias a ON a.person_id = p.id AND a.month = ?5
         WHERE m.number = ?1 AND m.archived_at IS NULL",
        number,
        uid,
        first,
        last,
        month,
    );
    let Some(row) = row.fetch_optional(conn).await? else { return Ok(None) };
    let settings = settings::of_list(&row.settings)?;
    Ok(Some(Swipe {
        facts: facts(&row, &settings, at)?,
        hours: hours::of_lists(&row.weekly, &row.exceptions)?,
        blocked_at_once: row.at_once,
        bearing: SwipeContext {
            machine: row.machine,
            card: row.card.zip(row.person),
            alias: row.alias,
            unknown_card: row.unknown_card,
            settings,
        },
        name: row.name,
    }))
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
    person: PersonId,
    at: Millis,
) -> Result<BTreeMap<MachineId, AccessQuery>, StoreError> {
    let (first, last) = days(at);
    let machines = json::ids(machines.iter().map(|id| id.0));
    let row = row!(
        "NULL AS \"card?: CardId\",
         NULL AS \"card_state?: CardState\",
         NULL AS \"alias?: AliasId\",
         NULL AS \"unknown_card?: UnknownCardId\",
         EXISTS (SELECT 1 FROM use_session u LEFT JOIN card uc ON uc.id = u.card_id
                  WHERE u.machine_id = m.id AND u.ended_at IS NULL AND uc.person_id IS NOT p.id)
              AS \"taken?: bool\",
         EXISTS (SELECT 1 FROM use_session u JOIN card uc ON uc.id = u.card_id
                  WHERE u.machine_id = m.id AND u.ended_at IS NULL AND uc.person_id = p.id)
              AS \"on_it!: bool\",
         EXISTS (SELECT 1 FROM machine_request r JOIN card rc ON rc.id = r.card_id
                  WHERE r.machine_id = m.id AND r.kind = 'start' AND r.state IN ('queued', 'sent') AND rc.person_id = p.id)
              AS \"starting!: bool\",
         EXISTS (SELECT 1 FROM card oc WHERE oc.person_id = p.id AND oc.state = 'active' AND oc.uid IS NOT NULL)
              AS \"has_card!: bool\" ",
        "FROM machine m
         JOIN equipment_type t ON t.id = m.type_id
         JOIN person p ON p.id = ?2
         LEFT JOIN profile f ON f.person_id = p.id
         WHERE m.id IN (SELECT value FROM json_each(?1)) AND m.archived_at IS NULL",
        machines,
        person,
        first,
        last,
    );
    let rows = row.fetch_all(conn).await?.into_iter().map(|row| {
        let settings = settings::of_list(&row.settings)?;
        let request = AccessQuery {
            facts: facts(&row, &settings, at)?,
            hours: hours::of_lists(&row.weekly, &row.exceptions)?,
            days: (first, last),
            settings,
            name: row.name,
            on_it: row.on_it,
            starting: row.starting,
            has_card: row.has_card,
        };
        Ok((row.machine, request))
    });
    rows.collect()
}

/// The days, since 1 January 1970, whose exceptions may affect `at` in any time zone.
fn days(at: Millis) -> (i64, i64) {
    let day = at.0.div_euclid(millis(DAY));
    (day - 1, day + AHEAD + 1)
}

fn facts(row: &Row, settings: &Settings, at: Millis) -> Result<Facts, StoreError> {
    let person = match (row.person, row.status) {
        (Some(id), Some(status)) => Some(Person {
            id,
            status,
            ledger: qualifications::of_list(&row.ledger)?,
            holds: holds(&row.holds)?,
            excused: json::rows(&row.excused, |row| json::integer(row, 0).map(EntryId))?,
        }),
        _ => None,
    };
    let machine = Machine {
        id: row.machine,
        kind: row.kind,
        mode: settings.authorisation,
        requires: json::rows(&row.requires, |row| json::integer(row, 0).map(TypeId))?,
        training: training::needed_of_list(&row.training)?,
        booked: Booked { need: settings.booking.need, times: booked(&row.booked)? },
        blocked: row.blocked,
        maintenance_due: first_due(&maintenance::of_list(&row.plans)?, at).is_some(),
        trainer_beside: None,
        opening: None,
        closures: spans(&row.closures)?,
        company: if row.risk == Risk::High { settings.people_present } else { 0 },
    };
    let few = |count: i64| count.try_into().unwrap_or(u8::MAX);
    Ok(Facts {
        person,
        card: row.card_state,
        machine: Some(machine),
        built_in: BUILT_IN,
        simultaneous: settings.simultaneous,
        floor: Some(Running { by_them: few(row.running), others: few(row.others), taken: row.taken }),
    })
}

/// Parses bookings from a statement's list `[starts, ends, own]`.
fn booked(list: &str) -> Result<Vec<(Span, bool)>, sqlx::Error> {
    json::rows(list, |row| {
        let span = Span { starts: Millis(json::integer(row, 0)?), ends: Millis(json::integer(row, 1)?) };
        Some((span, json::integer(row, 2)? == 1))
    })
}

/// Parses closures from a statement's list `[starts, ends]`.
fn spans(list: &str) -> Result<Vec<Span>, sqlx::Error> {
    json::rows(list, |row| {
        Some(Span { starts: Millis(json::integer(row, 0)?), ends: Millis(json::integer(row, 1)?) })
    })
}

/// Parses holds from a statement's list `[id, reason, placed, until]`.
pub(super) fn holds(list: &str) -> Result<Vec<Hold>, sqlx::Error> {
    json::rows(list, |row| {
        Some(Hold {
            id: HoldId(json::integer(row, 0)?),
            reason: HoldReason::parse(json::text(row, 1)?)?,
            placed: Millis(json::integer(row, 2)?),
            until: json::integer(row, 3).map(Millis),
        })
    })
}
