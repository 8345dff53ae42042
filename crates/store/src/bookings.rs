//! Bookings: rows of `booking`, and the facts about a machine or room that a booking request is checked against.
//!
//! Invariant: a state change names the state before it, and a transition that [`State::may_become`] does not allow is
//! refused here.

use domain::{
    bookings::{Cause, Conflict, LONGEST, Resource, State},
    id::{AliasId, BookingId, MachineId, PersonId, RemarkId, RoomId, TypeId},
    occupations::Span,
    settings::{Settings, ShownNames},
    time::{Millis, millis},
};
use sqlx::SqliteConnection;
use std::collections::BTreeMap;

use crate::{StoreError, WriteTx, json, settings};

pub(crate) mod conflicts;
mod presence;
mod week;

pub use conflicts::{NearbyFacts, load_conflicts};
pub use presence::{arriving, in_the_way, is_used, is_used_by_another, presence, was_kept_out};
pub use week::{InCalendar, within};

#[derive(Debug, Clone, Copy)]
pub struct NewBooking {
    pub resource: Resource,
    pub person: PersonId,
    pub span: Span,
    pub state: State,
    pub at: Millis,
}

pub async fn add(tx: &mut WriteTx, new: &NewBooking) -> Result<BookingId, StoreError> {
    let (machine, room) = (new.resource.machine(), new.resource.room());
    let made = sqlx::query!(
        "INSERT INTO booking (machine_id, room_id, person_id, starts_at, ends_at, state, asked_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        machine,
        room,
        new.person,
        new.span.starts,
        new.span.ends,
        new.state,
        new.at,
    )
    .execute(tx.conn())
    .await?;
    Ok(BookingId(made.last_insert_rowid()))
}

/// Adds a booking with its occupied time: `whole` of the machine, including pauses, and that of the person, which their
/// other bookings may overlap if it is `shared`. [`StoreError::Overlap`] if some of it is occupied. One trip to the
/// connection's thread.
pub async fn add_with_time(
    tx: &mut WriteTx,
    machine: MachineId,
    new: &NewBooking,
    whole: Span,
    shared: bool,
) -> Result<BookingId, StoreError> {
    let id = sqlx::query_scalar!(
        r#"INSERT INTO booking (machine_id, person_id, starts_at, ends_at, state, asked_at) VALUES (?, ?, ?, ?, ?, ?);
           INSERT INTO occupation (machine_id, starts_at, ends_at, booking_id) VALUES (?, ?, ?, last_insert_rowid());
           INSERT INTO occupation (person_id, starts_at, ends_at, shared, booking_id)
                SELECT ?, ?, ?, ?, booking_id FROM occupation WHERE id = last_insert_rowid()
             RETURNING booking_id AS "id!: BookingId""#,
        machine,
        new.person,
        new.span.starts,
        new.span.ends,
        new.state,
        new.at,
        machine,
        whole.starts,
        whole.ends,
        new.person,
        new.span.starts,
        new.span.ends,
        shared,
    );
    Ok(id.fetch_one(tx.conn()).await?)
}

/// A state transition of a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    pub booking: BookingId,
    pub from: State,
    pub to: State,
}

impl Change {
    /// Checks the transition; an unchanged state passes if it may `stay`.
    fn allowed(self, stay: bool) -> Result<(), StoreError> {
        let Self { booking, from, to } = self;
        if from.may_become(to) || (stay && from == to && from.takes_time()) {
            Ok(())
        } else {
            Err(StoreError::Refused(format!("booking {booking}: {} cannot follow {}", to.as_str(), from.as_str())))
        }
    }

    /// Fails unless the booking was in the expected state.
    fn done(self, rows: u64) -> Result<(), StoreError> {
        let Self { booking, from, .. } = self;
        if rows == 1 {
            Ok(())
        } else {
            Err(StoreError::Refused(format!("booking {booking} is not {}", from.as_str())))
        }
    }
}

/// Moves a booking to `resource` and another time; reminders and answers count from `at` if it was requested again.
pub async fn move_to(
    tx: &mut WriteTx,
    change: Change,
    resource: Resource,
    span: Span,
    at: Option<Millis>,
) -> Result<(), StoreError> {
    change.allowed(true)?;
    let Change { booking, from, to } = change;
    let (machine, room) = (resource.machine(), resource.room());
    let moved = sqlx::query!(
        "UPDATE booking SET starts_at = ?1, ends_at = ?2, state = ?3, asked_at = coalesce(?4, asked_at),
                machine_id = ?6, room_id = ?7, offered_to = NULL, offered_at = NULL, sequence = sequence + 1, version = version + 1
          WHERE id = ?5 AND state = ?8",
        span.starts,
        span.ends,
        to,
        at,
        booking,
        machine,
        room,
        from,
    )
    .execute(tx.conn())
    .await?;
    change.done(moved.rows_affected())
}

/// The person a booking is offered to, and since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offered {
    pub person: PersonId,
    pub at: Millis,
}

/// Offers a booking to a person, or withdraws the offer.
pub async fn offer(tx: &mut WriteTx, booking: BookingId, to: Option<Offered>) -> Result<(), StoreError> {
    let (person, at) = (to.map(|to| to.person), to.map(|to| to.at));
    sqlx::query!(
        "UPDATE booking SET offered_to = ?, offered_at = ?, version = version + 1 WHERE id = ?",
        person,
        at,
        booking,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Transfers a booking to `person`, as if they had requested it at `at`.
pub async fn hand_over(tx: &mut WriteTx, change: Change, person: PersonId, at: Millis) -> Result<(), StoreError> {
    change.allowed(true)?;
    let Change { booking, from, to } = change;
    let handed = sqlx::query!(
        "UPDATE booking SET person_id = ?1, state = ?2, asked_at = ?3, decided_at = NULL, decided_by = NULL, remark_id = NULL,
                offered_to = NULL, offered_at = NULL, sequence = sequence + 1, version = version + 1
          WHERE id = ?4 AND state = ?5",
        person,
        to,
        at,
        booking,
        from,
    )
    .execute(tx.conn())
    .await?;
    change.done(handed.rows_affected())
}

/// The outcome of a booking.
#[derive(Debug, Clone, Copy)]
pub struct Decision {
    pub state: State,
    pub at: Millis,
    /// Who decided; `None` is the clock.
    pub by: Option<AliasId>,
    /// The reason given.
    pub remark: Option<RemarkId>,
    /// Cancelled late.
    pub late: bool,
}

/// Applies a decision to a booking in state `from`.
pub async fn decide(
    tx: &mut WriteTx,
    (booking, from): (BookingId, State),
    decision: &Decision,
) -> Result<(), StoreError> {
    let change = Change { booking, from, to: decision.state };
    change.allowed(false)?;
    let came = (decision.state == State::CheckedIn).then_some(decision.at);
    let decided = sqlx::query!(
        "UPDATE booking SET state = ?1, decided_at = ?2, decided_by = ?3, remark_id = coalesce(?4, remark_id), late = ?5,
                checked_in_at = coalesce(?6, checked_in_at), offered_to = NULL, offered_at = NULL, version = version + 1,
                sequence = sequence + (?1 IN ('rejected', 'expired', 'cancelled', 'no-show', 'released')),
                waited_ms = iif(state = 'pending' AND ?1 IN ('approved', 'rejected'), max(?2 - asked_at, 0), waited_ms)
          WHERE id = ?7 AND state = ?8",
        decision.state,
        decision.at,
        decision.by,
        decision.remark,
        decision.late,
        came,
        booking,
        from,
    )
    .execute(tx.conn())
    .await?;
    change.done(decided.rows_affected())
}

/// A stored booking.
#[derive(Debug, Clone)]
pub struct BookingRow {
    pub id: BookingId,
    pub version: i64,
    pub machine: Option<MachineId>,
    pub room: Option<RoomId>,
    /// Name of the machine or room.
    pub name: String,
    /// Where the resource is.
    pub place: Option<String>,
    /// The machine's type.
    pub kind: Option<TypeId>,
    pub person: PersonId,
    /// `None` once erased.
    pub person_name: Option<String>,
    pub starts: Millis,
    pub ends: Millis,
    pub state: State,
    /// When it was requested or moved.
    pub asked: Millis,
    /// Sequence number of its calendar entry: how often it was moved or cancelled.
    pub sequence: i64,
    pub decided: Option<Millis>,
    pub decided_by_name: Option<String>,
    /// The reason given.
    pub note: Option<String>,
    pub checked_in: Option<Millis>,
    /// Cancelled late.
    pub late: bool,
    pub offered_to: Option<PersonId>,
    pub offered_at: Option<Millis>,
    /// `None` once erased.
    pub offered_name: Option<String>,
    /// How much of the user's name members see, from the closest setting.
    pub shown: Option<String>,
}

impl BookingRow {
    /// Its time.
    #[must_use]
    pub fn span(&self) -> Span {
        Span { starts: self.starts, ends: self.ends }
    }

    /// The open offer, if any.
    #[must_use]
    pub fn offered(&self) -> Option<Offered> {
        self.offered_to.zip(self.offered_at).map(|(person, at)| Offered { person, at })
    }

    /// The booked machine or room.
    #[must_use]
    pub fn resource(&self) -> Resource {
        resource_of(self.machine, self.room)
    }

    /// How much of the holder's name members see.
    #[must_use]
    pub fn visible_names(&self) -> ShownNames {
        self.shown.as_deref().and_then(ShownNames::parse).unwrap_or(Settings::default().shown_names)
    }
}

/// Which bookings to list.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter {
    pub only: Option<BookingId>,
    pub resource: Option<Resource>,
    /// Booked by this person.
    pub person: Option<PersonId>,
    /// In a state that occupies time.
    pub holding: bool,
    /// Ending after this.
    pub after: Option<Millis>,
    /// Beginning before this.
    pub before: Option<Millis>,
    /// Pending, or beginning before this.
    pub due: Option<Millis>,
}

fn resource_of(machine: Option<MachineId>, room: Option<RoomId>) -> Resource {
    match (machine, room) {
        (Some(machine), _) => Resource::Machine(machine),
        // The schema has one of the two.
        (None, room) => Resource::Room(room.unwrap_or(RoomId(0))),
    }
}

/// A booking that begins at or before this instant is over at `at`.
pub(crate) fn too_early(at: Millis) -> Millis {
    Millis(at.0.saturating_sub(millis(LONGEST)).saturating_sub(1))
}

/// Bookings by start, at most `limit`.
pub async fn list(conn: &mut SqliteConnection, filter: Filter, limit: u32) -> Result<Vec<BookingRow>, StoreError> {
    let machine = filter.resource.and_then(Resource::machine);
    let room = filter.resource.and_then(Resource::room);
    let after = filter.after.unwrap_or(Millis(i64::MIN));
    let begins_after = too_early(after);
    let before = filter.before.unwrap_or(Millis(i64::MAX));
    // In its own file, so that a test can check its query plan.
    let rows = sqlx::query_file_as!(
        BookingRow,
        "src/bookings/list.sql",
        filter.only,
        machine,
        room,
        filter.person,
        filter.holding,
        begins_after,
        after,
        before,
        filter.due,
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows)
}

pub async fn one(conn: &mut SqliteConnection, booking: BookingId) -> Result<Option<BookingRow>, StoreError> {
    let only = Filter { only: Some(booking), ..Filter::default() };
    Ok(list(conn, only, 1).await?.pop())
}

/// A bookable resource and its name.
#[derive(Debug, Clone)]
pub struct Named {
    pub name: String,
    /// A machine's type.
    pub kind: Option<TypeId>,
}

/// A machine or room that is not archived.
pub async fn resource(conn: &mut SqliteConnection, resource: Resource) -> Result<Option<Named>, StoreError> {
    let (machine, room) = (resource.machine(), resource.room());
    let named = sqlx::query_as!(
        Named,
        r#"SELECT name AS "name!: String", type_id AS "kind?: TypeId" FROM machine WHERE id = ?1 AND archived_at IS NULL
            UNION ALL SELECT name, NULL FROM room WHERE id = ?2 AND archived_at IS NULL"#,
        machine,
        room,
    );
    Ok(named.fetch_optional(conn).await?)
}

/// The settings for a machine of type `kind`, or of the space for a room.
pub async fn settings_of(
    conn: &mut SqliteConnection,
    resource: Resource,
    kind: Option<TypeId>,
) -> Result<Settings, StoreError> {
    Ok(Settings::resolve(settings::explicit(conn, kind, resource.machine()).await?))
}

/// Conflicts for `resource` within `within`, in order, without the booking `without`. A room is busy while one of its
/// machines is.
pub async fn taken(
    conn: &mut SqliteConnection,
    resource: Resource,
    within: Span,
    without: Option<BookingId>,
) -> Result<Vec<Conflict>, StoreError> {
    Ok(taken_of(conn, &[resource], within, without, &[]).await?.into_values().next().unwrap_or_default())
}

/// The same for each of these resources; free ones are left out. For the machines in `beside`, the given times do not
/// make their room busy.
pub async fn taken_of(
    conn: &mut SqliteConnection,
    resources: &[Resource],
    within: Span,
    without: Option<BookingId>,
    beside: &[(MachineId, Span)],
) -> Result<BTreeMap<Resource, Vec<Conflict>>, StoreError> {
    let machines = json::ids(resources.iter().filter_map(|one| Some(one.machine()?.0)));
    let rooms = json::ids(resources.iter().filter_map(|one| Some(one.room()?.0)));
    let rows = sqlx::query!(
        r#"SELECT o.machine AS "machine?: MachineId", o.room AS "room?: RoomId", o.inside AS "inside?: MachineId",
                  o.starts_at AS "starts!: Millis", o.ends_at AS "ends!: Millis",
                  coalesce(o.booking_id, o.waiting_id) IS NOT NULL AS "booking!: bool", c.kind AS "closure?: Cause"
             FROM (SELECT machine_id AS machine, NULL AS room, NULL AS inside, starts_at, ends_at, booking_id, waiting_id, closure_id FROM occupation
                    WHERE machine_id IN (SELECT value FROM json_each(?1)) AND starts_at < ?4
                   UNION ALL
                   SELECT NULL, room_id, NULL, starts_at, ends_at, booking_id, waiting_id, closure_id FROM occupation
                    WHERE room_id IN (SELECT value FROM json_each(?2)) AND starts_at < ?4
                   UNION ALL
                   SELECT NULL, i.room_id, i.machine_id, t.starts_at, t.ends_at, t.booking_id, t.waiting_id, t.closure_id
                     FROM room_machine i JOIN occupation t ON t.machine_id = i.machine_id
                    WHERE i.room_id IN (SELECT value FROM json_each(?2)) AND t.starts_at < ?4) o
             LEFT JOIN closure c ON c.id = o.closure_id
            WHERE o.ends_at > ?3 AND (?5 IS NULL OR o.booking_id IS NOT ?5)
            ORDER BY o.starts_at, o.ends_at"#,
        machines,
        rooms,
        within.starts,
        within.ends,
        without,
    )
    .fetch_all(conn)
    .await?;
    let mut taken: BTreeMap<Resource, Vec<Conflict>> = BTreeMap::new();
    for row in rows {
        let Some(resource) = row.machine.map(Resource::Machine).or_else(|| row.room.map(Resource::Room)) else {
            continue;
        };
        let by = row.closure.unwrap_or(if row.booking { Cause::Booking } else { Cause::Checkout });
        let mut parts = vec![Span { starts: row.starts, ends: row.ends }];
        for (_, left) in beside.iter().filter(|(machine, _)| row.inside == Some(*machine)) {
            parts = parts.into_iter().flat_map(|part| part.without(*left)).collect();
        }
        taken.entry(resource).or_default().extend(parts.into_iter().map(|span| Conflict { span, by }));
    }
    for all in taken.values_mut() {
        // A room and each of its machines.
        all.sort_unstable();
        all.dedup();
    }
    Ok(taken)
}

/// A booking of a person that counts towards the limits.
#[derive(Debug, Clone, Copy)]
pub struct Own {
    pub span: Span,
    pub state: State,
}

/// Bookings of `person` that end after `from`, in order, without the booking `without`. Cancelled and declined ones do
/// not count, no-shows do; of one that ended early the used part counts.
pub async fn own(
    conn: &mut SqliteConnection,
    person: PersonId,
    from: Millis,
    without: Option<BookingId>,
) -> Result<Vec<Own>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT starts_at AS "starts!: Millis",
                  iif(state = 'completed', max(starts_at, min(ends_at, ifnull(decided_at, ends_at))), ends_at) AS "ends!: Millis",
                  state AS "state!: State" FROM booking
            WHERE person_id = ?1 AND ends_at > ?2 AND (?3 IS NULL OR id IS NOT ?3)
              AND state IN ('pending', 'approved', 'checked-in', 'completed', 'no-show')
            ORDER BY starts_at"#,
        person,
        from,
        without,
    )
    .fetch_all(conn)
    .await?;
    let own =
        rows.into_iter().map(|row| Own { span: Span { starts: row.starts, ends: row.ends }, state: row.state });
    Ok(own.collect())
}

/// Other commitments of `person` within `within`, in order, without the booking `without`. If the booking is `shared`,
/// other shareable ones are no conflict.
pub async fn elsewhere(
    conn: &mut SqliteConnection,
    person: PersonId,
    within: Span,
    without: Option<BookingId>,
    shared: bool,
) -> Result<Vec<Span>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT starts_at AS "starts!: Millis", ends_at AS "ends!: Millis" FROM occupation
            WHERE person_id = ?1 AND starts_at < ?3 AND ends_at > ?2 AND (?4 IS NULL OR booking_id IS NOT ?4)
              AND (shared = 0 OR ?5 = 0)
            ORDER BY starts_at"#,
        person,
        within.starts,
        within.ends,
        without,
        shared,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| Span { starts: row.starts, ends: row.ends }).collect())
}

/// No-shows of `person` for bookings that began after `since`, without those that led to a hold already.
pub async fn no_shows(conn: &mut SqliteConnection, person: PersonId, since: Millis) -> Result<i64, StoreError> {
    let count = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!: i64" FROM booking
            WHERE person_id = ?1 AND state = 'no-show' AND starts_at > ?2
              AND decided_at > ifnull((SELECT max(placed_at) FROM hold WHERE person_id = ?1 AND reason = 'no-shows'), 0)"#,
        person,
        since,
    );
    Ok(count.fetch_one(conn).await?)
}

/// How many bookings of `person` that began after `since` were attended and missed.
pub async fn attendance(
    conn: &mut SqliteConnection,
    person: PersonId,
    since: Millis,
) -> Result<(u32, u32), StoreError> {
    let row = sqlx::query!(
        r#"SELECT count(*) FILTER (WHERE checked_in_at IS NOT NULL) AS "came!: u32",
                  count(*) FILTER (WHERE state = 'no-show') AS "missed!: u32"
             FROM booking WHERE person_id = ?1 AND starts_at > ?2"#,
        person,
        since,
    );
    let row = row.fetch_one(conn).await?;
    Ok((row.came, row.missed))
}

/// The type of the machine that `person` booked last, or else used last.
pub async fn usual(conn: &mut SqliteConnection, person: PersonId) -> Result<Option<TypeId>, StoreError> {
    let kind = sqlx::query_scalar!(
        r#"SELECT coalesce(
              (SELECT m.type_id FROM booking b JOIN machine m ON m.id = b.machine_id
                WHERE b.person_id = ?1 AND m.archived_at IS NULL ORDER BY b.asked_at DESC LIMIT 1),
              (SELECT m.type_id FROM use_session u JOIN card c ON c.id = u.card_id JOIN machine m ON m.id = u.machine_id
                WHERE c.person_id = ?1 AND m.archived_at IS NULL ORDER BY u.started_at DESC LIMIT 1)) AS "kind?: TypeId""#,
        person,
    );
    Ok(kind.fetch_one(conn).await?)
}

/// The outcomes of a person's bookings of one machine or room.
#[derive(Debug, Clone, Copy)]
pub struct Came {
    /// Bookings attended.
    pub came: u32,
    /// Bookings missed since then.
    pub no_shows: u32,
    /// Bookings cancelled late since then.
    pub late: u32,
    /// Approved by a moderator.
    pub approved: u32,
    /// Declined by a moderator.
    pub rejected: u32,
}

/// The outcomes of the bookings of `person` for `resource`; no-shows and late cancellations since `since`.
pub async fn history(
    conn: &mut SqliteConnection,
    person: PersonId,
    resource: Resource,
    since: Millis,
) -> Result<Came, StoreError> {
    let (machine, room) = (resource.machine(), resource.room());
    let came = sqlx::query_as!(
        Came,
        r#"SELECT count(*) FILTER (WHERE checked_in_at IS NOT NULL) AS "came!: u32",
                  count(*) FILTER (WHERE state = 'no-show' AND starts_at > ?4) AS "no_shows!: u32",
                  count(*) FILTER (WHERE late = 1 AND starts_at > ?4) AS "late!: u32",
                  count(*) FILTER (WHERE decided_by IS NOT NULL AND state IN ('approved', 'checked-in', 'completed', 'no-show'))
                      AS "approved!: u32",
                  count(*) FILTER (WHERE state = 'rejected') AS "rejected!: u32"
             FROM booking WHERE person_id = ?1 AND (machine_id = ?2 OR room_id = ?3)"#,
        person,
        machine,
        room,
        since,
    );
    Ok(came.fetch_one(conn).await?)
}
