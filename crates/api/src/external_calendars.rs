//! External calendars, whose events occupy a machine or room.

use super::{
    Body, Caller, Id, Query, Refusal, Seen,
    answer::{Made, Place, Versioned, done},
    operation::{Operation, Tag},
    paging::{Page, Which},
    when, words,
};
use axum::response::Response;
use contract::external_calendars as views;
use domain::{
    bookings::{Cause, Resource},
    external_calendars::{Failure, MOST, Skipped},
    id::ExternalCalendarId,
    tokens::Scope,
};
use serde::{Deserialize, Serialize};
use services::external_calendars::{self, AddCalendar, ExternalCalendarsError};
use utoipa::ToSchema;

const LIST: &str = "listExternalCalendars";
const _: () = assert!(MOST == 100, "the description says how many");

/// The operations of this module.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/external-calendars", LIST, list)
            .about(
                Tag::Bookings,
                "List external calendars",
                "Lists the external calendars of machines and rooms that the caller looks after, by name. Their addresses \
                 may contain a secret.",
            )
            .needs(Scope::BookingsRead),
        Operation::post("/api/v1/external-calendars", "addExternalCalendar", add)
            .about(
                Tag::Bookings,
                "Add an external calendar",
                "Adds the iCalendar file (RFC 5545) at an address. For owners of the type, and managers. It is read at once \
                 and then every hour; its events block the machine or room for the next 90 days. Hosts must be public \
                 unless the server permits them. Existing bookings remain: an event that overlaps one blocks the rest of \
                 its time, and the conflict is listed. At most 100 calendars.",
            )
            .needs(Scope::BookingsWrite)
            .makes(Place::Below)
            .errors::<ExternalCalendarsError>(&[
                "external-calendar.no-resource",
                "external-calendar.too-many",
                "external-calendar.invalid",
            ]),
        Operation::get("/api/v1/external-calendars/{id}", "readExternalCalendar", read)
            .about(
                Tag::Bookings,
                "Get an external calendar",
                "Returns an external calendar with the result of its latest reading.",
            )
            .needs(Scope::BookingsRead)
            .versioned()
            .errors::<ExternalCalendarsError>(&["external-calendar.unknown"]),
        Operation::patch("/api/v1/external-calendars/{id}", "renameExternalCalendar", rename)
            .about(
                Tag::Bookings,
                "Rename an external calendar",
                "Renames an external calendar. To change the address, add another calendar.",
            )
            .needs(Scope::BookingsWrite)
            .versioned()
            .errors::<ExternalCalendarsError>(&["external-calendar.unknown", "external-calendar.invalid"]),
        Operation::delete("/api/v1/external-calendars/{id}", "removeExternalCalendar", remove)
            .about(
                Tag::Bookings,
                "Remove an external calendar",
                "Removes an external calendar and frees the times that it blocked.",
            )
            .needs(Scope::BookingsWrite)
            .errors::<ExternalCalendarsError>(&["external-calendar.unknown"]),
        Operation::post("/api/v1/external-calendars/{id}/read", "fetchExternalCalendar", fetch)
            .about(
                Tag::Bookings,
                "Read an external calendar now",
                "Reads the calendar and responds when that has been tried. The result is in the calendar itself.",
            )
            .needs(Scope::BookingsWrite)
            .errors::<ExternalCalendarsError>(&["external-calendar.unknown", "external-calendar.just-read"]),
    ]
}

/// An occupied time that an event overlaps and that is left out of the block.
#[derive(Debug, Serialize, ToSchema)]
pub struct Collision {
    #[schema(format = DateTime)]
    start: String,
    #[schema(format = DateTime)]
    end: String,
    /// What occupies the time.
    #[schema(schema_with = words::booking_cause)]
    with: Cause,
    #[schema(format = DateTime)]
    with_start: String,
    #[schema(format = DateTime)]
    with_end: String,
}

/// An event that was skipped.
#[derive(Debug, Serialize, ToSchema)]
pub struct LeftOutEvent {
    /// The day of the event, or of its first occurrence; null if it cannot be read.
    #[schema(format = Date)]
    date: Option<String>,
    /// The event's title; may be empty.
    #[schema(example = "Statics II")]
    title: String,
    /// Why it was skipped.
    #[schema(schema_with = words::left_out)]
    reason: Skipped,
}

/// An external calendar.
#[derive(Serialize, ToSchema)]
pub struct ExternalCalendar {
    /// Its id.
    #[schema(example = 7)]
    id: i64,
    /// Its version.
    #[schema(example = 1)]
    version: i64,
    /// A machine or room.
    #[schema(pattern = "^(machine|room):[1-9][0-9]{0,17}$", example = "room:1")]
    resource: String,
    /// The calendar's name.
    #[schema(example = "Timetable of room B12")]
    name: String,
    /// Its address; may contain a secret.
    #[schema(example = "https://uni.example/b12.ics")]
    address: String,
    /// When it was last read successfully.
    #[schema(format = DateTime)]
    read: Option<String>,
    /// When reading it was last tried.
    #[schema(format = DateTime)]
    tried: Option<String>,
    /// Why the latest reading failed; null if it succeeded.
    #[schema(schema_with = words::calendar_failure)]
    failure: Option<Failure>,
    /// Since when reading it has failed.
    #[schema(format = DateTime)]
    failing_since: Option<String>,
    /// The number of upcoming times that it blocks.
    taken: u32,
    /// The number of events that were skipped because their time could not be determined.
    skipped: u32,
    /// The next 20 skipped events.
    left_out: Vec<LeftOutEvent>,
    /// The number of conflicts with occupied times.
    collision_count: u32,
    /// The next 20 conflicts.
    collisions: Vec<Collision>,
}

fn to_view(one: views::ExternalCalendar) -> ExternalCalendar {
    let collisions = one.clashes.into_iter().map(|clash| Collision {
        start: when(clash.starts),
        end: when(clash.ends),
        with: clash.cause,
        with_start: when(clash.with_starts),
        with_end: when(clash.with_ends),
    });
    let left_out = one.left_out.into_iter().map(|one| LeftOutEvent {
        date: one.date.map(|date| date.to_string()),
        title: one.title,
        reason: one.why,
    });
    ExternalCalendar {
        id: one.id.0,
        version: one.version,
        resource: one.resource.to_string(),
        name: one.name,
        address: one.address,
        read: one.read.map(when),
        tried: one.tried.map(when),
        failure: one.failure.map(|(failure, _)| failure),
        failing_since: one.failure.map(|(_, since)| when(since)),
        taken: one.taken,
        skipped: one.skipped.iter().map(|(_, count)| count).sum(),
        left_out: left_out.collect(),
        collision_count: one.collisions,
        collisions: collisions.collect(),
    }
}

async fn list(caller: Caller, Query(which): Query<Which>) -> Result<Page<ExternalCalendar>, Refusal> {
    let (after, limit) = caller.place(LIST, which.after.as_deref(), which.limit)?;
    let Caller { ctx, actor, lang } = caller;
    let all = external_calendars::list(&ctx, &actor).await?.calendars;
    let place = |one: &views::ExternalCalendar| (one.name.to_lowercase(), one.id.0);
    Ok(Page::of_all(LIST, all, after.as_deref(), limit, lang, place)?.map(to_view))
}

async fn read(caller: Caller, Id(id): Id) -> Result<Versioned<ExternalCalendar>, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let all = external_calendars::list(&ctx, &actor).await?.calendars;
    let one = all.into_iter().find(|one| one.id == ExternalCalendarId(id));
    let one = to_view(one.ok_or(ExternalCalendarsError::Unknown)?);
    let version = one.version;
    Ok(Versioned(one, version))
}

/// A new external calendar.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewExternalCalendar {
    /// A machine or room.
    #[schema(pattern = "^(machine|room):[1-9][0-9]{0,17}$", example = "room:1")]
    resource: String,
    /// The calendar's name.
    #[schema(min_length = 1, max_length = 200, example = "Timetable of room B12")]
    name: String,
    /// Its address: `https://…`, `http://…` or `webcal://…`.
    #[schema(max_length = 2000, example = "https://uni.example/b12.ics")]
    address: String,
}

async fn add(caller: Caller, Body(new): Body<NewExternalCalendar>) -> Result<Made, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let new = AddCalendar::read(&ctx, Resource::parse(&new.resource), &new.name, &new.address);
    let id = external_calendars::add(&ctx, &actor, new).await?;
    Ok(Made::plain(id.0))
}

/// Changes to an external calendar.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExternalCalendarChange {
    /// The calendar's name.
    #[schema(min_length = 1, max_length = 200, example = "Timetable of room B12")]
    name: String,
}

async fn rename(
    caller: Caller,
    Id(id): Id,
    Seen(seen): Seen,
    Body(change): Body<ExternalCalendarChange>,
) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    external_calendars::rename(&ctx, &actor, ExternalCalendarId(id), seen, &change.name).await?;
    Ok(done())
}

async fn remove(caller: Caller, Id(id): Id) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    external_calendars::remove(&ctx, &actor, ExternalCalendarId(id)).await?;
    Ok(done())
}

async fn fetch(caller: Caller, Id(id): Id) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    external_calendars::read_now(&ctx, &actor, ExternalCalendarId(id)).await?;
    Ok(done())
}
