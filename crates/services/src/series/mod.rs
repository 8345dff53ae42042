//! Series: a machine or a room on many dates by one rule, for a group or a person.
//!
//! **Invariants.** What takes the time are ordinary bookings, which name their series, so boards, calendars and closures need to know
//! nothing of it. A series is made, changed or ended in one job: either all of its dates are as confirmed, or nothing changed.
//! Admins of a group make series for it; moderators of a machine or room make them for groups and people, and members for themselves
//! where its rules allow it.
//!
//! Not here: single bookings ([`crate::bookings`]), and dates, rules and calendar files (crate `recurrence`).

pub(crate) mod calendar;
mod change;
mod create;
mod dates;
mod detail;
mod end;
mod errors;
mod plan;
mod prepared;
mod preview;

pub(crate) use detail::of_group;
pub use errors::SeriesError;

use crate::{bookings::about, serve::bind};
use contract::series::{
    AddSeries, ChangeSeries, EndSeries, EndTerm, ListSeries, PlanSeries, PlanSeriesChange, PreviewSeries,
    PreviewSeriesChange, ReadSeries, ReadSeriesPage, SkipSeriesDate,
};
use domain::{
    actor::{Actor, Forbidden, Permission},
    bookings::Resource,
    groups::Role,
    id::{GroupId, PersonId, SeriesId},
    time::Millis,
};
use store::{
    SqliteConnection, StoreError,
    bookings::Holder,
    groups,
    series::{self as rows, StoredSeries},
};

bind! {
    error SeriesError;
    ListSeries {}, may SeeBookings => detail::list;
    PreviewSeries {} with form, may Book, in language => preview::preview;
    PlanSeries {} with form, may Book, in language => preview::plan_page;
    AddSeries {} with form, may Book => create::add;
    ReadSeries { id }, may SeeBookings => detail::read;
    ReadSeriesPage { id }, may SeeBookings, in language => detail::page;
    PreviewSeriesChange { id } with form, may Book, in language => preview::preview_change;
    PlanSeriesChange { id } with form, may Book, in language => preview::change_page;
    ChangeSeries { id, version } with form, may Book => change::change;
    SkipSeriesDate { id } with form, may Book, in job => change::skip;
    EndSeries { id } with form, may Book, in job => end::end;
    EndTerm {} with form, may Moderate, in job => end::end_term;
}

/// For whom the actor makes a series of `resource`: for a group that they administer, for themselves where members may, or as a
/// moderator for any group or person.
async fn holder(
    conn: &mut SqliteConnection,
    actor: &Actor,
    resource: Resource,
    (group, person): (Option<GroupId>, Option<PersonId>),
    now: Millis,
) -> Result<Holder, SeriesError> {
    let me = actor.person().ok_or(Forbidden::SignIn)?;
    let Some(group) = group else {
        let person = person.unwrap_or(me);
        let may = may_have(conn, actor, resource, person).await?;
        return if may { Ok(Holder::person(person)) } else { Err(SeriesError::GroupOnly) };
    };
    let kind = store::bookings::resource(conn, resource).await?.and_then(|found| found.kind);
    let moderates = actor.may(Permission::Moderate, about(resource, kind));
    let row = groups::one(conn, group, Some(me), now).await?.filter(|row| row.archived.is_none());
    let row = row.ok_or(SeriesError::UnknownGroup)?;
    if row.role == Some(Role::Admin) || moderates {
        Ok(Holder { person: Some(me), group: Some(group) })
    } else {
        Err(Forbidden::NotAllowed.into())
    }
}

/// Whether the actor may have `resource` in a series of `person`: moderators for anybody, others for themselves where its rules let
/// members have series.
async fn may_have(
    conn: &mut SqliteConnection,
    actor: &Actor,
    resource: Resource,
    person: PersonId,
) -> Result<bool, StoreError> {
    let kind = store::bookings::resource(conn, resource).await?.and_then(|found| found.kind);
    if actor.may(Permission::Moderate, about(resource, kind)) {
        return Ok(true);
    }
    let is_own = actor.person() == Some(person);
    Ok(is_own && store::bookings::settings_of(conn, resource, kind).await?.booking.own_series)
}

/// What the actor has to do with a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Side {
    /// A member of its group.
    Member,
    /// The person or an admin of the group, or a moderator.
    Decides,
}

/// The series with the actor's side; [`SeriesError::Unknown`] if it is not theirs.
async fn visible(
    conn: &mut SqliteConnection,
    actor: &Actor,
    series: SeriesId,
    now: Millis,
) -> Result<(StoredSeries, Side), SeriesError> {
    let row = rows::one(conn, series).await?.ok_or(SeriesError::Unknown)?;
    let side = side(conn, actor, &row, now).await?.ok_or(SeriesError::Unknown)?;
    Ok((row, side))
}

async fn side(
    conn: &mut SqliteConnection,
    actor: &Actor,
    row: &StoredSeries,
    now: Millis,
) -> Result<Option<Side>, StoreError> {
    if actor.may(Permission::Moderate, about(row.resource(), row.kind)) {
        return Ok(Some(Side::Decides));
    }
    let Some(me) = actor.person() else { return Ok(None) };
    let Some(group) = row.group else { return Ok((row.person == Some(me)).then_some(Side::Decides)) };
    let role = groups::one(conn, group, Some(me), now).await?.and_then(|group| group.role);
    Ok(role.map(|role| if role == Role::Admin { Side::Decides } else { Side::Member }))
}

/// The series, if the actor decides about it.
async fn decided(
    conn: &mut SqliteConnection,
    actor: &Actor,
    series: SeriesId,
    now: Millis,
) -> Result<StoredSeries, SeriesError> {
    match visible(conn, actor, series, now).await? {
        (row, Side::Decides) => Ok(row),
        (_, Side::Member) => Err(Forbidden::NotAllowed.into()),
    }
}

/// Who may use what a series takes; of a group, the actor answers for it.
fn holder_of(row: &StoredSeries, actor: &Actor) -> Holder {
    let person = row.person.or_else(|| row.group.and_then(|_| actor.person()));
    Holder { person, group: row.group }
}
