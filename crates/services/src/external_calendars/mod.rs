//! External calendars: calendars managed elsewhere, whose events take the time of a machine or a room.
//!
//! **Invariants.** People who may close a machine or a room may connect calendars to it, and only they see the
//! addresses, which may hold a secret: no address is in the log or the audit chain. Only the times of events are
//! stored, and the titles of events that were left out. Earlier promises stand. Not here: HTTP, which
//! is the server's, and calendars written here ([`crate::feeds`]).
//!
//! Events are closures of their own kind, so the storage refuses overlaps with them as with any other.
//! `domain::external_calendars::diff` computes what changes; an event has no identity but its time. If an event
//! cannot be read, its day, title and reason are stored until the next reading, for the people who look after the
//! machine or room.

mod ics;
mod reading;
mod taking;

pub(crate) use reading::run_due;
pub(crate) use taking::{furnished, give_way, retake};

use crate::{
    Ctx,
    bookings::{about, changed},
    error,
    serve::bind,
    shared::Shared,
};
use contract::{
    external_calendars::{
        AddExternalCalendar, CollisionView, ExternalCalendarAdded, ExternalCalendarChange, ExternalCalendarView,
        ExternalCalendars, FetchExternalCalendar, ListExternalCalendars, NewExternalCalendar,
        ReadExternalCalendar, RemoveExternalCalendar, RenameExternalCalendar, SecretAddress, SkippedEventsView,
    },
    form::{Fault, Faults},
};
use domain::{
    actor::{Actor, Forbidden, Permission, Target},
    connections::{Connection, Kind, State, Trouble},
    external_calendars::{Failure, MOST, PAUSE, SHOWN},
    id::ExternalCalendarId,
    live::ChangeEvent,
    outgoing::Address,
    time::Millis,
    versions::Saved,
};
use macros::ServiceError;
use serde_json::json;
use std::{future::Future, pin::Pin, sync::Arc};
use store::{
    Done, SqliteConnection, StoreError, Unaudited,
    external_calendars::{self as rows, CalendarRow, NewCalendar},
};

/// A request to an external server.
#[derive(Debug, Clone)]
pub struct Question {
    pub address: Address,
    /// The `ETag` of the last response.
    pub etag: Option<String>,
    /// As above, as a date.
    pub last_modified: Option<String>,
}

#[derive(Clone)]
pub enum Answer {
    /// Not modified.
    Unchanged,
    File {
        body: Vec<u8>,
        /// For the next request.
        etag: Option<String>,
        /// As above, as a date.
        last_modified: Option<String>,
    },
}

/// Something that asks servers of others.
pub trait Fetcher: Send + Sync + 'static {
    /// Whether the server's configuration permits `host` at any address.
    fn permits(&self, host: &str) -> bool;

    /// Asks one. Ends by itself, however that server behaves.
    fn fetch(&self, question: Question) -> Pin<Box<dyn Future<Output = Result<Answer, Failure>> + Send + '_>>;
}

/// Sets the client that fetches calendars.
pub fn arrange(ctx: &Ctx, fetcher: Arc<dyn Fetcher>) {
    *ctx.memory::<Memory>().fetcher.lock() = Some(fetcher);
}

#[derive(Default)]
struct Memory {
    fetcher: Shared<Option<Arc<dyn Fetcher>>>,
}

/// The client for external servers, if there is one.
fn fetcher(ctx: &Ctx) -> Option<Arc<dyn Fetcher>> {
    ctx.memory::<Memory>().fetcher.lock().clone()
}

/// Why nothing is shown or changed.
#[derive(Debug, Clone, ServiceError)]
pub enum ExternalCalendarsError {
    #[problem("external-calendar.unknown", NotFound, external_unknown)]
    Unknown,
    /// Unknown or archived machine or room.
    #[problem("external-calendar.no-resource", NotFound, booking_no_resource)]
    UnknownResource,
    /// The space has as many as one may have.
    #[problem("external-calendar.too-many", Conflict, external_too_many(&MOST.to_string()))]
    TooMany,
    /// It was read recently; retry after this many seconds.
    #[problem("external-calendar.just-read", TooMany, external_just_read, after = *_0)]
    JustRead(u32),
    /// A newer version was saved meanwhile.
    #[problem(transparent)]
    Stale(Box<Saved>),
    #[problem("external-calendar.invalid", Invalid, each)]
    Invalid(#[from] Faults),
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

bind! {
    error ExternalCalendarsError;
    ListExternalCalendars {}, may OwnAccount, when cares => list;
    AddExternalCalendar {} with form, may OwnAccount => add;
    ReadExternalCalendar { id }, may OwnAccount => one;
    RenameExternalCalendar { id, version } with form, may OwnAccount => rename;
    RemoveExternalCalendar { id }, may OwnAccount => remove;
    FetchExternalCalendar { id }, may OwnAccount => read_now;
}

/// The calendars of resources that `actor` cares for, and those for which they may add one.
/// Who cares for something, before anybody learns about fields.
fn cares(actor: &Actor) -> Result<(), Forbidden> {
    actor.require_anywhere(Permission::CareFor).map(drop)
}

async fn list(ctx: &Ctx, actor: &Actor) -> Result<ExternalCalendars, ExternalCalendarsError> {
    let now = ctx.now();
    let mut snapshot = ctx.store().snapshot().await?;
    let mut choices = rows::choices(&mut snapshot).await?;
    choices.retain(|one| actor.may(Permission::CareFor, about(one.resource, one.kind)));
    let resources: Vec<_> = choices.into_iter().map(|one| (one.resource, one.name)).collect();
    if resources.is_empty() {
        actor.require(Permission::CareFor, Target::NONE)?;
    }
    let mut row = rows::list(&mut snapshot, None, now).await?;
    row.retain(|row| actor.may(Permission::CareFor, about(row.resource, row.kind)));
    let collisions = rows::collisions(&mut snapshot, None, now).await?;
    drop(snapshot);
    let calendars = row.into_iter().map(|row| {
        let own = collisions.iter().filter(|(calendar, _)| *calendar == row.id).take(SHOWN);
        let collisions = own.map(|(_, one)| CollisionView {
            start: ctx.moment(one.span.starts),
            end: ctx.moment(one.span.ends),
            with: one.with.by,
            with_start: ctx.moment(one.with.span.starts),
            with_end: ctx.moment(one.with.span.ends),
        });
        let collisions = collisions.collect();
        to_view(ctx, row, collisions)
    });
    Ok(ExternalCalendars { now: ctx.moment(now), calendars: calendars.collect(), resources })
}

/// How the calendars do.
pub(crate) async fn connections(conn: &mut SqliteConnection, now: Millis) -> Result<Vec<Connection>, StoreError> {
    let calendars = rows::list(conn, None, now).await?.into_iter().map(|row| {
        let last_failure = row.failure.and_then(|failure| Some((row.failed_since?, trouble(failure))));
        Connection {
            state: State::of(row.read, last_failure.map(|(since, _)| since)),
            name: Some(row.name),
            last_success: row.read,
            last_failure,
            queued: 0,
            link: Kind::Calendars.page().to_owned(),
        }
    });
    Ok(calendars.collect())
}

const fn trouble(failure: Failure) -> Trouble {
    match failure {
        Failure::Unreachable => Trouble::Unreachable,
        Failure::Private => Trouble::Private,
        Failure::Certificate => Trouble::Certificate,
        Failure::Denied => Trouble::Denied,
        Failure::Missing => Trouble::Missing,
        Failure::Answer => Trouble::Unavailable,
        Failure::Slow => Trouble::Slow,
        Failure::Redirected
        | Failure::TooLarge
        | Failure::TooMany
        | Failure::NotCalendar
        | Failure::Empty
        | Failure::BrokenOff
        | Failure::Packed => Trouble::Unclear,
    }
}

fn to_view(ctx: &Ctx, row: CalendarRow, collisions: Vec<CollisionView>) -> ExternalCalendarView {
    let skipped_by_reason = row.skipped.iter().map(|(&reason, &count)| SkippedEventsView { reason, count });
    ExternalCalendarView {
        id: row.id,
        version: row.version,
        resource: row.resource,
        resource_name: row.resource_name,
        name: row.name,
        address: SecretAddress(row.address),
        read: row.read.map(|at| ctx.moment(at)),
        tried: row.tried.map(|at| ctx.moment(at)),
        failure: row.failure,
        failing_since: row.failure.and(row.failed_since).map(|since| ctx.moment(since)),
        taken: row.taken,
        skipped: row.skipped.values().sum(),
        skipped_by_reason: skipped_by_reason.collect(),
        left_out: row.left_out.into_iter().map(Into::into).collect(),
        collision_count: row.collisions,
        collisions,
    }
}

/// One of them.
async fn one(
    ctx: &Ctx,
    actor: &Actor,
    id: ExternalCalendarId,
) -> Result<ExternalCalendarView, ExternalCalendarsError> {
    let all = list(ctx, actor).await?.calendars;
    all.into_iter().find(|one| one.id == id).ok_or(ExternalCalendarsError::Unknown)
}

/// Adds a calendar and reads it for the first time. The list shows the result.
async fn add(
    ctx: &Ctx,
    actor: &Actor,
    new: NewExternalCalendar,
) -> Result<ExternalCalendarAdded, ExternalCalendarsError> {
    let NewExternalCalendar { resource, name, address } = new;
    let address = permitted(ctx, address)?;
    let id = ctx
        .begin(actor, async move |begun| {
            let found = store::bookings::resource(begun.tx.conn(), resource).await?;
            let found = found.ok_or(ExternalCalendarsError::UnknownResource)?;
            let mut job = begun.require(Permission::CareFor, about(resource, found.kind))?;
            if usize::try_from(rows::count(job.tx.conn()).await?).unwrap_or(usize::MAX) >= MOST {
                return Err(ExternalCalendarsError::TooMany);
            }
            let (by, at) = (job.by().await?, job.now);
            let new = NewCalendar { resource, name: name.into(), address: address.expose().to_owned(), at, by };
            let id = rows::add(job.tx, &new).await?;
            job.tx.after_commit(ChangeEvent::Bookings);
            job.tx.after_commit(ChangeEvent::Connections);
            // Never its address.
            let detail = json!({ "resource": resource.to_string() });
            job.audited(id, "external-calendar.added", id, &detail).await
        })
        .await?;
    read(ctx, id).await?;
    Ok(ExternalCalendarAdded { id })
}

/// The address, if the server may ask its host.
fn permitted(ctx: &Ctx, address: Address) -> Result<Address, Faults> {
    let fetcher = fetcher(ctx);
    let permits = |host: &str| fetcher.as_ref().is_some_and(|fetcher| fetcher.permits(host));
    address.permitted(&permits).map_err(|invalid| Faults::one("address", Fault::CalendarAddress(invalid)))
}

/// Reads it in a separate task, so that the caller may disconnect.
async fn read(ctx: &Ctx, id: ExternalCalendarId) -> Result<(), StoreError> {
    let reading = ctx.clone();
    match ctx.spawn(async move { reading::read(&reading, id).await }).await {
        Ok(done) => done.map(|_| ()),
        Err(_) => Err(StoreError::Panicked),
    }
}

/// Renames a calendar over the version `seen`. An outdated version is reported before an invalid name: the reader has to
/// see the newer one first.
async fn rename(
    ctx: &Ctx,
    actor: &Actor,
    id: ExternalCalendarId,
    seen: i64,
    change: Result<ExternalCalendarChange, Faults>,
) -> Result<(), ExternalCalendarsError> {
    ctx.begin(actor, async move |begun| {
        let row = rows::one(begun.tx.conn(), id, begun.now).await?.ok_or(ExternalCalendarsError::Unknown)?;
        let mut job = begun.require(Permission::CareFor, about(row.resource, row.kind))?;
        if !domain::versions::is_current(row.version, seen) {
            let saved = Saved::new(row.version, vec![("name", row.name)]);
            let signed = error::signed(job.tx.conn(), job.zone, id, saved).await?;
            return Err(ExternalCalendarsError::Stale(signed));
        }
        let ExternalCalendarChange { name } = change?;
        let name = String::from(name);
        if name == row.name {
            return Ok(Done::unaudited((), Unaudited::NothingChanged));
        }
        rows::rename(job.tx, id, &name).await?;
        job.tx.after_commit(ChangeEvent::Bookings);
        job.audited((), "external-calendar.renamed", id, &json!({})).await
    })
    .await
}

/// Removes a calendar: its future time is released, and its address is deleted.
async fn remove(ctx: &Ctx, actor: &Actor, id: ExternalCalendarId) -> Result<(), ExternalCalendarsError> {
    ctx.begin(actor, async move |begun| {
        let row = rows::one(begun.tx.conn(), id, begun.now).await?.ok_or(ExternalCalendarsError::Unknown)?;
        let mut job = begun.require(Permission::CareFor, about(row.resource, row.kind))?;
        let held = rows::held(job.tx.conn(), id, job.now).await?;
        let closures: Vec<_> = held.iter().map(|(closure, _)| *closure).collect();
        rows::release(job.tx, &closures, job.now).await?;
        rows::collided(job.tx, id, &[]).await?;
        rows::remove(job.tx, id, job.now).await?;
        let released = held.iter().map(|(_, span)| *span);
        reading::given_back(job.tx, &job.proof, row.resource, released, job.now).await?;
        changed(job.tx, row.resource).await?;
        job.tx.after_commit(ChangeEvent::Connections);
        let detail = json!({ "resource": row.resource.to_string(), "released": closures.len() });
        job.audited((), "external-calendar.removed", id, &detail).await
    })
    .await
}

/// Reads a calendar now. The list shows the result.
async fn read_now(ctx: &Ctx, actor: &Actor, id: ExternalCalendarId) -> Result<(), ExternalCalendarsError> {
    let now = ctx.now();
    let row = rows::one(&mut *ctx.store().read().await?, id, now).await?;
    let row = row.ok_or(ExternalCalendarsError::Unknown)?;
    actor.require(Permission::CareFor, about(row.resource, row.kind))?;
    if row.tried.is_some_and(|tried: Millis| tried.near(now, PAUSE)) {
        return Err(ExternalCalendarsError::JustRead(u32::try_from(PAUSE.as_secs()).unwrap_or(u32::MAX)));
    }
    Ok(read(ctx, id).await?)
}
