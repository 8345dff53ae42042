//! Bookings of machines and rooms within a span, with no more than a calendar shows.

use super::{resource_of, too_early};
use crate::{StoreError, json};
use domain::{
    bookings::{Resource, State},
    groups::Role,
    id::{BookingId, GroupId, MachineId, PersonId, RoomId, TypeId},
    occupations::Span,
    settings::{Settings, ShownNames},
    time::Millis,
};
use serde::Deserialize;
use sqlx::SqliteConnection;

/// A booking that occupies or occupied time.
#[derive(Debug)]
pub struct InCalendar {
    pub id: BookingId,
    resource: Resource,
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
    span: Span,
    pub state: State,
    shown: ShownNames,
}

impl InCalendar {
    /// Its time.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span
    }

    /// The booked machine or room.
    #[must_use]
    pub fn resource(&self) -> Resource {
        self.resource
    }

    /// How much of the holder's name members see.
    #[must_use]
    pub fn visible_names(&self) -> ShownNames {
        self.shown
    }
}

/// A booking in the statement's list.
#[derive(Deserialize)]
struct Item {
    id: BookingId,
    starts: Millis,
    ends: Millis,
    state: State,
    person: Option<PersonId>,
    person_name: Option<String>,
    group: Option<GroupId>,
    group_name: Option<String>,
    role: Option<Role>,
}

/// Bookings of these machines and rooms within `span` as `reader` sees them, by start.
pub async fn within(
    conn: &mut SqliteConnection,
    resources: &[Resource],
    span: Span,
    reader: Option<PersonId>,
) -> Result<Vec<InCalendar>, StoreError> {
    let machines = json::ids(resources.iter().filter_map(|one| Some(one.machine()?.0)));
    let rooms = json::ids(resources.iter().filter_map(|one| Some(one.room()?.0)));
    let begins_after = too_early(span.starts);
    // In its own file, so that a test can check its query plan.
    let rows =
        sqlx::query_file!("src/bookings/week.sql", machines, rooms, begins_after, span.starts, span.ends, reader);
    let mut found = Vec::new();
    for row in rows.fetch_all(conn).await? {
        let (resource, kind) = (resource_of(row.machine, row.room), row.kind);
        let shown = row.shown.as_deref().and_then(ShownNames::parse);
        let shown = shown.unwrap_or(Settings::default().shown_names);
        let items = json::list::<Item>(&row.bookings)?;
        found.extend(items.into_iter().map(|item| InCalendar {
            id: item.id,
            resource,
            kind,
            person: item.person,
            person_name: item.person_name,
            group: item.group,
            group_name: item.group_name,
            role: item.role,
            span: Span { starts: item.starts, ends: item.ends },
            state: item.state,
            shown,
        }));
    }
    found.sort_unstable_by_key(|one| (one.span.starts, one.id));
    Ok(found)
}
