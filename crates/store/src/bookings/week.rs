//! Bookings of everything within a span, with no more than a calendar shows.

use super::{resource_of, too_early};
use crate::StoreError;
use domain::{
    bookings::{Resource, State},
    groups::Role,
    id::{BookingId, GroupId, MachineId, PersonId, RoomId, TypeId},
    occupations::Span,
    settings::{Settings, ShownNames},
    time::Millis,
};
use sqlx::SqliteConnection;

/// A booking that occupies or occupied time.
#[derive(Debug)]
pub struct InCalendar {
    pub id: BookingId,
    machine: Option<MachineId>,
    room: Option<RoomId>,
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
    starts: Millis,
    ends: Millis,
    pub state: State,
    shown: Option<String>,
}

impl InCalendar {
    /// Its time.
    #[must_use]
    pub fn span(&self) -> Span {
        Span { starts: self.starts, ends: self.ends }
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

/// Bookings that take or took time, by start: `?1` to `?3` are the span as [`too_early`] and its ends, `?4` is the limit, `?5` the
/// reader.
macro_rules! in_calendar {
    ($where:literal $(, $argument:expr)*) => {
        sqlx::query_as!(
            InCalendar,
            "SELECT b.id AS \"id!: BookingId\", b.machine_id AS \"machine?: MachineId\", b.room_id AS \"room?: RoomId\",
                    m.type_id AS \"kind?: TypeId\", b.person_id AS \"person?: PersonId\", p.name AS \"person_name?\",
                    b.group_id AS \"group?: GroupId\", g.name AS \"group_name?\",
                    (SELECT j.role FROM group_member j WHERE j.group_id = b.group_id AND j.person_id = ?5) AS \"role?: Role\",
                    b.starts_at AS \"starts!: Millis\", b.ends_at AS \"ends!: Millis\", b.state AS \"state!: State\",
                    coalesce((SELECT value FROM setting WHERE scope = 'machine' AND scope_id = m.id AND key = 'people.shown'),
                             (SELECT value FROM setting WHERE scope = 'type' AND scope_id = m.type_id AND key = 'people.shown'),
                             (SELECT value FROM setting WHERE scope = 'space' AND scope_id = 0 AND key = 'people.shown')) AS \"shown?: String\"
               FROM booking b LEFT JOIN machine m ON m.id = b.machine_id LEFT JOIN profile p ON p.person_id = b.person_id
               LEFT JOIN person_group g ON g.id = b.group_id
              WHERE coalesce(b.person_id, b.group_id) IS NOT NULL AND b.starts_at > ?1 AND b.ends_at > ?2 AND b.starts_at < ?3
                AND b.state IN ('pending', 'approved', 'checked-in', 'completed')"
                + $where
                + " ORDER BY b.starts_at, b.id LIMIT ?4"
            $(, $argument)*
        )
    };
}

/// Bookings by start, at most `limit`, as `reader` sees them.
pub async fn within(
    conn: &mut SqliteConnection,
    span: Span,
    reader: Option<PersonId>,
    limit: u32,
) -> Result<Vec<InCalendar>, StoreError> {
    let begins_after = too_early(span.starts);
    Ok(in_calendar!("", begins_after, span.starts, span.ends, limit, reader).fetch_all(conn).await?)
}

/// The same of one room.
pub async fn within_room(
    conn: &mut SqliteConnection,
    room: RoomId,
    span: Span,
    reader: Option<PersonId>,
    limit: u32,
) -> Result<Vec<InCalendar>, StoreError> {
    let begins_after = too_early(span.starts);
    let rows = in_calendar!(" AND b.room_id = ?6", begins_after, span.starts, span.ends, limit, reader, room);
    Ok(rows.fetch_all(conn).await?)
}
