//! Bookings: rows of `booking`, and the facts about a machine or room that a booking request is checked against.
//!
//! Invariant: a state change names the state before it, and a transition that [`State::may_become`] does not allow is
//! refused here.

use domain::{
    audit::Subject,
    bookings::{Resource, State},
    groups::Role,
    id::{AliasId, BookingId, GroupId, MachineId, PersonId, RemarkId, RoomId, SeriesId, TypeId},
    occupations::Span,
    settings::{Settings, ShownNames},
    time::Millis,
};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx, groups, longest::too_early, settings};

pub(crate) mod conflicts;
mod past;
mod presence;
mod times;
mod week;

pub use conflicts::{NearbyFacts, load_conflicts};
pub use past::{Came, attendance, history, no_shows, usual};
pub use presence::{arriving, in_the_way, is_used, is_used_by_another, presence, was_kept_out};
pub use times::{Own, elsewhere, own, taken, taken_of};
pub use week::{InCalendar, within};

/// Who has a booking: a person, or a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Holder {
    /// The person; of a group's booking, the one who answers for it, if any.
    pub person: Option<PersonId>,
    pub group: Option<GroupId>,
}

impl Holder {
    #[must_use]
    pub const fn person(person: PersonId) -> Self {
        Self { person: Some(person), group: None }
    }

    /// The person whose time and quota it takes: none for a group's booking.
    #[must_use]
    pub const fn individual(self) -> Option<PersonId> {
        match self.group {
            Some(_) => None,
            None => self.person,
        }
    }
}

impl From<PersonId> for Holder {
    fn from(person: PersonId) -> Self {
        Self::person(person)
    }
}

#[derive(Debug, Clone, Copy)]
pub struct NewBooking {
    pub resource: Resource,
    pub holder: Holder,
    pub span: Span,
    pub state: State,
    pub at: Millis,
}

pub async fn add(tx: &mut WriteTx, new: &NewBooking) -> Result<BookingId, StoreError> {
    let (machine, room) = (new.resource.machine(), new.resource.room());
    let made = sqlx::query!(
        "INSERT INTO booking (machine_id, room_id, person_id, group_id, starts_at, ends_at, state, asked_at)
              VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        machine,
        room,
        new.holder.person,
        new.holder.group,
        new.span.starts,
        new.span.ends,
        new.state,
        new.at,
    )
    .execute(tx.conn())
    .await?;
    Ok(BookingId(made.last_insert_rowid()))
}

/// Adds a booking of `person` with its occupied time: `whole` of the machine, including pauses, and that of the person, which their
/// other bookings may overlap if it is `shared`. [`StoreError::Overlap`] if some of it is occupied. One trip to the
/// connection's thread.
pub async fn add_with_time(
    tx: &mut WriteTx,
    (machine, person): (MachineId, PersonId),
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
        person,
        new.span.starts,
        new.span.ends,
        new.state,
        new.at,
        machine,
        whole.starts,
        whole.ends,
        person,
        new.span.starts,
        new.span.ends,
        shared,
    );
    Ok(id.fetch_one(tx.conn()).await?)
}

/// Notes how important a booking is, if its room asks for it.
pub async fn rate(tx: &mut WriteTx, booking: BookingId, importance: u8) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE booking SET importance = ?2 WHERE id = ?1 AND room_id IN (SELECT id FROM room WHERE importance = 1)",
        booking,
        importance
    )
    .execute(tx.conn())
    .await?;
    Ok(())
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
                unanswered = (state = 'pending' AND ?1 = 'cancelled'),
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

/// Notes why a booking stays called off.
pub async fn explain(tx: &mut WriteTx, booking: BookingId, remark: RemarkId) -> Result<(), StoreError> {
    sqlx::query!("UPDATE booking SET remark_id = ?, version = version + 1 WHERE id = ?", remark, booking)
        .execute(tx.conn())
        .await?;
    Ok(())
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
    /// The holder; of a group's booking, the person who answers for it, if any.
    pub person: Option<PersonId>,
    /// `None` once erased.
    pub person_name: Option<String>,
    /// The group whose booking it is.
    pub group: Option<GroupId>,
    pub group_name: Option<String>,
    /// The reader's role in that group.
    pub role: Option<Role>,
    pub starts: Millis,
    pub ends: Millis,
    pub state: State,
    /// When it was requested or moved.
    pub asked: Millis,
    /// Sequence number of its calendar entry: how often it was moved or cancelled.
    pub sequence: i64,
    /// The series of which it is a date.
    pub series: Option<SeriesId>,
    pub decided: Option<Millis>,
    pub decided_by_name: Option<String>,
    /// The reason given.
    pub note: Option<String>,
    pub checked_in: Option<Millis>,
    /// Cancelled late.
    pub late: bool,
    /// Cancelled as a request, before its answer.
    pub unanswered: bool,
    /// From 1 to 5, where its room asks for it.
    pub importance: Option<u8>,
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

    /// Its holder.
    #[must_use]
    pub fn holder(&self) -> Holder {
        Holder { person: self.person, group: self.group }
    }

    /// Its holder in the audit log.
    #[must_use]
    pub fn subject(&self) -> Subject {
        let person = self.person.map(Subject::from);
        self.group.map(Subject::from).or(person).unwrap_or(Subject::Space)
    }

    /// The name of its holder as members see it: that of a group, or as much of a person's as the space shows.
    #[must_use]
    pub fn visible_holder(&self) -> Option<String> {
        let visible = self.visible_names();
        match &self.group_name {
            Some(group) => Some(group.clone()).filter(|_| visible != ShownNames::Nobody),
            None => visible.of(self.person_name.as_deref()?),
        }
    }

    /// The name of its holder, if known.
    #[must_use]
    pub fn holder_name(&self) -> Option<&str> {
        self.group_name.as_deref().or(self.person_name.as_deref())
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
    /// Booked by this person, also for a group.
    pub person: Option<PersonId>,
    pub group: Option<GroupId>,
    /// Of a group in which this person is a member.
    pub groups_of: Option<PersonId>,
    /// Whose role in the group is read.
    pub reader: Option<PersonId>,
    /// In a state that occupies time.
    pub holding: bool,
    /// Ending after this.
    pub after: Option<Millis>,
    /// Beginning before this.
    pub before: Option<Millis>,
    /// Pending, or beginning before this.
    pub due: Option<Millis>,
    /// Of each series only the next date, of a person's or a group's bookings.
    pub next_dates: bool,
}

fn resource_of(machine: Option<MachineId>, room: Option<RoomId>) -> Resource {
    match (machine, room) {
        (Some(machine), _) => Resource::Machine(machine),
        // The schema has one of the two.
        (None, room) => Resource::Room(room.unwrap_or(RoomId(0))),
    }
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
        filter.group,
        filter.reader,
        filter.groups_of,
        filter.next_dates,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows)
}

pub async fn one(conn: &mut SqliteConnection, booking: BookingId) -> Result<Option<BookingRow>, StoreError> {
    one_for(conn, booking, None).await
}

/// The same, with the role of `reader` in its group.
pub async fn one_for(
    conn: &mut SqliteConnection,
    booking: BookingId,
    reader: Option<PersonId>,
) -> Result<Option<BookingRow>, StoreError> {
    let only = Filter { only: Some(booking), reader, ..Filter::default() };
    Ok(list(conn, only, 1).await?.pop())
}

/// The people who may use what a booking of `holder` is for: the person, or the members of the group.
pub async fn users(conn: &mut SqliteConnection, holder: Holder) -> Result<Vec<PersonId>, StoreError> {
    let Some(group) = holder.group else { return Ok(holder.person.into_iter().collect()) };
    Ok(groups::roles(conn, group).await?.into_iter().map(|member| member.person).collect())
}

/// The people who are notified about a booking of `holder`: the person, or the active admins of the group.
pub async fn recipients(conn: &mut SqliteConnection, holder: Holder) -> Result<Vec<PersonId>, StoreError> {
    let Some(group) = holder.group else { return Ok(holder.person.into_iter().collect()) };
    let members = groups::roles(conn, group).await?;
    Ok(members.iter().filter(|member| member.is_active_admin()).map(|member| member.person).collect())
}

/// Passes a group's booking on to `person`, who answers for it from now on.
pub async fn pass_on(tx: &mut WriteTx, booking: BookingId, person: Option<PersonId>) -> Result<(), StoreError> {
    sqlx::query!("UPDATE booking SET person_id = ?, version = version + 1 WHERE id = ?", person, booking)
        .execute(tx.conn())
        .await?;
    Ok(())
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
