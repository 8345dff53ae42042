//! External calendars: calendars of others whose events take the time of a machine or a room.

use super::{
    Body, Caller, Id, Query, Refusal, Seen,
    answer::{Made, Place, Versioned, done},
    operation::{Operation, Tag},
    paging::{Page, Which},
    when, words,
};
use axum::response::Response;
use domain::{
    bookings::{Cause, Resource},
    external_calendars::{Failure, MOST, Skipped},
    id::ExternalCalendarId,
    tokens::Scope,
};
use serde::{Deserialize, Serialize};
use services::external_calendars::{self, AddCalendar, ExternalCalendarsError};
use utoipa::ToSchema;
use views::external_calendars as views;

const LIST: &str = "listExternalCalendars";
const _: () = assert!(MOST == 100, "the description says how many");

/// What can be done here.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/external-calendars", LIST, list)
            .about(
                Tag::Bookings,
                "External calendars",
                "By name: those of the machines and rooms that you care for, with their addresses, which may hold a secret.",
            )
            .needs(Scope::BookingsRead),
        Operation::post("/api/v1/external-calendars", "addExternalCalendar", add)
            .about(
                Tag::Bookings,
                "Add an external calendar",
                "For owners of the type, and managers. The iCalendar file (RFC 5545) at the address is read at once and then every hour; \
                 its events take the time of the machine or room for the next 90 days. Hosts must be public unless the server permits \
                 them. What is booked stands: an event that meets it takes the rest of its time, and the \
                 collision is listed. At most 100.",
            )
            .needs(Scope::BookingsWrite)
            .makes(Place::Below)
            .errors::<ExternalCalendarsError>(&[
                "external-calendar.no-resource",
                "external-calendar.too-many",
                "external-calendar.invalid",
            ]),
        Operation::get("/api/v1/external-calendars/{id}", "readExternalCalendar", read)
            .about(Tag::Bookings, "One external calendar", "With how its last reading went.")
            .needs(Scope::BookingsRead)
            .versioned()
            .errors::<ExternalCalendarsError>(&["external-calendar.unknown"]),
        Operation::patch("/api/v1/external-calendars/{id}", "renameExternalCalendar", rename)
            .about(Tag::Bookings, "Rename an external calendar", "Another address is another calendar.")
            .needs(Scope::BookingsWrite)
            .versioned()
            .errors::<ExternalCalendarsError>(&["external-calendar.unknown", "external-calendar.invalid"]),
        Operation::delete("/api/v1/external-calendars/{id}", "removeExternalCalendar", remove)
            .about(Tag::Bookings, "Remove an external calendar", "The times that it takes are free again.")
            .needs(Scope::BookingsWrite)
            .errors::<ExternalCalendarsError>(&["external-calendar.unknown"]),
        Operation::post("/api/v1/external-calendars/{id}/read", "fetchExternalCalendar", fetch)
            .about(
                Tag::Bookings,
                "Read an external calendar now",
                "Answers when it was tried; how that went says the calendar.",
            )
            .needs(Scope::BookingsWrite)
            .errors::<ExternalCalendarsError>(&["external-calendar.unknown", "external-calendar.just-read"]),
    ]
}

/// Something that an event meets and is cut around.
#[derive(Debug, Serialize, ToSchema)]
pub struct Collision {
    #[schema(format = DateTime)]
    start: String,
    #[schema(format = DateTime)]
    end: String,
    /// What stands there.
    #[schema(schema_with = words::booking_cause)]
    with: Cause,
    #[schema(format = DateTime)]
    with_start: String,
    #[schema(format = DateTime)]
    with_end: String,
}

/// An event that was left out.
#[derive(Debug, Serialize, ToSchema)]
pub struct LeftOutEvent {
    /// On which day it is, or first is; null where that cannot be read.
    #[schema(format = Date)]
    date: Option<String>,
    /// What it is called; may be empty.
    #[schema(example = "Statics II")]
    title: String,
    /// Why it was left out.
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
    /// A machine or a room.
    #[schema(pattern = "^(machine|room):[1-9][0-9]{0,17}$", example = "room:1")]
    resource: String,
    /// What it is called.
    #[schema(example = "Timetable of room B12")]
    name: String,
    /// Where it is; may hold a secret.
    #[schema(example = "https://uni.example/b12.ics")]
    address: String,
    /// When it was last read.
    #[schema(format = DateTime)]
    read: Option<String>,
    /// When it was last tried.
    #[schema(format = DateTime)]
    tried: Option<String>,
    /// Why the last reading failed; null when it did not.
    #[schema(schema_with = words::calendar_failure)]
    failure: Option<Failure>,
    /// Since when readings fail.
    #[schema(format = DateTime)]
    failing_since: Option<String>,
    /// Times that it takes from now on.
    taken: u32,
    /// Events that were left out, because their time could not be told.
    skipped: u32,
    /// The next 20 of them.
    left_out: Vec<LeftOutEvent>,
    /// What events meet and are cut around: how many.
    collision_count: u32,
    /// The next 20 of them.
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

/// A calendar to be added.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewExternalCalendar {
    /// A machine or a room.
    #[schema(pattern = "^(machine|room):[1-9][0-9]{0,17}$", example = "room:1")]
    resource: String,
    /// What it is called.
    #[schema(min_length = 1, max_length = 200, example = "Timetable of room B12")]
    name: String,
    /// Where it is: `https://…`, `http://…` or `webcal://…`.
    #[schema(max_length = 2000, example = "https://uni.example/b12.ics")]
    address: String,
}

async fn add(caller: Caller, Body(new): Body<NewExternalCalendar>) -> Result<Made, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let new = AddCalendar::read(&ctx, Resource::parse(&new.resource), &new.name, &new.address);
    let id = external_calendars::add(&ctx, &actor, new).await?;
    Ok(Made::plain(id.0))
}

/// What of it changes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExternalCalendarChange {
    /// What it is called.
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
