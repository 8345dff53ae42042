//! Bookings, and actions on them. Not here: free times ([`super::availability`]).

use super::{
    Body, Caller, Id, Query, Refusal, Seen,
    answer::{Made, One, Place, Versioned, done},
    bookings_import,
    input::{IfVersion, OptionalBody},
    operation::{Operation, Tag},
    paging::Page,
    when, words,
};
use axum::response::Response;
use contract::bookings as views;
use domain::{
    actor::Permission,
    bookings::{BookingAction, HandOver, Resource, State},
    draws::Importance,
    id::{BookingId, GroupId, PersonId},
    occupations::Span,
    time::Millis,
    tokens::Scope,
    zone::from_rfc3339,
};
use serde::{Deserialize, Serialize};
use services::{
    bookings::{self, Ask, AskError, BookingsError, Decide, FilterError, Which, Whom},
    outages,
    requirements::PathTarget,
};
use utoipa::ToSchema;

const LIST: &str = "listBookings";

/// The operations of this module.
pub fn operations() -> Vec<Operation> {
    let mut all = vec![
        Operation::get("/api/v1/bookings", LIST, list)
            .may(&[(Permission::SeeBookings, PathTarget::Space)])
            .about(
                Tag::Bookings,
                "List bookings",
                "Lists the bookings that end after now, or after `from`, in order of their start. Holders are shown to \
                 moderators, and to others as far as the space shows names.",
            )
            .needs(Scope::BookingsRead)
            .errors::<BookingsError>(&["booking.invalid"]),
        Operation::post("/api/v1/bookings", "book", book)
            .may(&[(Permission::SeeBookings, PathTarget::Space)])
            .about(
                Tag::Bookings,
                "Book a machine or a room",
                "Creates a booking that is confirmed at once or waits for a moderator, as `state` shows. If the time is \
                 taken, responds with 409 and the conflict; if rules forbid it, with 422 and all reasons. `errors` for \
                 `alternatives` contain the nearest available times, as two instants separated by a slash. Booking a room \
                 also books those of its machines that the holder may use; the others remain free for people who may use \
                 them. Moderators can book for another `person`, whose rules apply and who is notified.",
            )
            .needs(Scope::BookingsWrite)
            .makes(Place::Below)
            .errors::<BookingsError>(&[
                "person.unknown",
                "booking.no-resource",
                "booking.taken",
                "booking.refused",
                "booking.invalid",
            ]),
        Operation::get("/api/v1/bookings/{id}", "readBooking", read)
            .about(Tag::Bookings, "Get a booking", "Returns a booking with the details that the caller may see.")
            .needs(Scope::BookingsRead)
            .versioned()
            .errors::<BookingsError>(&["booking.unknown"]),
        Operation::post("/api/v1/bookings/{id}/move", "moveBooking", move_to)
            .may(&[(Permission::OwnAccount, PathTarget::Space)])
            .about(
                Tag::Bookings,
                "Move, shorten or extend a booking",
                "Changes the time of the caller's booking or of one that the caller moderates. The holder is notified. A \
                 booking that has begun keeps its start. The change is atomic: nobody else can take the time in between.",
            )
            .needs(Scope::BookingsWrite)
            .versioned()
            .errors::<BookingsError>(&[
                "booking.unknown",
                "booking.decided",
                "booking.not-now",
                "booking.no-resource",
                "booking.taken",
                "booking.refused",
                "booking.invalid",
            ]),
    ];
    all.extend(rebooking());
    all.push(bookings_import::operation());
    all.extend(deciding());
    all
}

/// The operations that find and take alternatives to a booking.
fn rebooking() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/bookings/{id}/instead", "readInstead", instead)
            .about(
                Tag::Bookings,
                "List alternatives to a booking",
                "Lists times on other machines of the same type for one of the caller's bookings, the same time first. They \
                 are not reserved.",
            )
            .needs(Scope::BookingsRead)
            .errors::<BookingsError>(&["booking.unknown"]),
        Operation::post("/api/v1/bookings/{id}/rebook", "rebook", rebook)
            .may(&[(Permission::OwnAccount, PathTarget::Space)])
            .about(
                Tag::Bookings,
                "Move a booking to another resource",
                "Moves the caller's booking, or one that the caller moderates, to another machine or room before it begins. \
                 The holder is notified. The change is atomic: the new time is taken and the old one released, or nothing \
                 changes.",
            )
            .needs(Scope::BookingsWrite)
            .versioned()
            .errors::<BookingsError>(&[
                "booking.unknown",
                "booking.decided",
                "booking.not-now",
                "booking.no-resource",
                "booking.taken",
                "booking.refused",
                "booking.invalid",
            ]),
    ]
}

/// The operations that decide about a booking.
fn deciding() -> Vec<Operation> {
    let action = |operation: Operation, summary, description| {
        operation
            .about(Tag::Bookings, summary, description)
            .needs(Scope::BookingsWrite)
            .errors::<BookingsError>(&["booking.unknown", "booking.decided", "booking.not-now"])
    };
    vec![
        action(
            Operation::post("/api/v1/bookings/{id}/approve", "approveBooking", approve)
                .may(&[(Permission::OwnAccount, PathTarget::Space)]),
            "Approve a booking",
            "Approves a booking. For its moderators: owners of the type, and managers. With `If-Match`, only if the version \
             still matches.",
        )
        .errors::<BookingsError>(&["version.stale"]),
        action(
            Operation::post("/api/v1/bookings/{id}/reject", "rejectBooking", reject)
                .may(&[(Permission::OwnAccount, PathTarget::Space)]),
            "Decline a booking",
            "Declines a booking with a reason. For its moderators. With `If-Match`, only if the version still matches.",
        )
        .errors::<BookingsError>(&["booking.invalid", "version.stale"]),
        action(
            Operation::post("/api/v1/bookings/{id}/cancel", "cancelBooking", cancel)
                .may(&[(Permission::OwnAccount, PathTarget::Space)]),
            "Cancel a booking",
            "Cancels a booking. For its holder and its moderators, who can give a reason. If the holder cancels after the \
             start, it counts as missed unless they were prevented from using it. With `If-Match`, only if the version \
             still matches.",
        )
        .errors::<BookingsError>(&["booking.invalid", "version.stale"]),
        action(
            Operation::post("/api/v1/bookings/{id}/check-in", "checkInBooking", check_in),
            "Check in",
            "Checks in the holder, from 15 minutes before the start. Tapping a card on the machine's reader does the same.",
        ),
        action(
            Operation::post("/api/v1/bookings/{id}/complete", "completeBooking", complete),
            "Complete a booking",
            "Ends a booking and frees the rest of its time. If the holder checked in but never used the machine although \
             its board reports uses and nothing prevented it, the state is `released` instead.",
        ),
        action(
            Operation::post("/api/v1/bookings/{id}/excuse", "excuseBooking", excuse),
            "Excuse a missed booking",
            "Excuses a missed booking, so that it does not count against its holder. For its moderators.",
        ),
    ]
}

/// Parses a machine or a room.
pub(super) fn resource<E>(form: &str, wrong: E) -> Result<Resource, E> {
    Resource::parse(form).ok_or(wrong)
}

pub(super) fn instant<E>(form: &str, wrong: E) -> Result<Millis, E> {
    from_rfc3339(form).ok_or(wrong)
}

pub(super) fn span<E>(start: &str, end: &str, wrong: (E, E)) -> Result<Span, Vec<E>> {
    match (instant(start, wrong.0), instant(end, wrong.1)) {
        (Ok(starts), Ok(ends)) => Ok(Span { starts, ends }),
        (starts, ends) => Err(starts.err().into_iter().chain(ends.err()).collect()),
    }
}

/// Parses a resource and a time range.
pub(super) fn read_times(of: &str, start: &str, end: &str) -> Result<Ask, Vec<AskError>> {
    match (resource(of, AskError::Resource), span(start, end, (AskError::Start, AskError::End))) {
        (Ok(resource), Ok(span)) => Ok(Ask { resource, span, group: None, importance: None }),
        (resource, span) => Err(resource.err().into_iter().chain(span.err().unwrap_or_default()).collect()),
    }
}

/// Parses a person: an id, or `me`.
pub(super) fn person<E>(form: Option<&str>, me: Option<PersonId>, wrong: E) -> Result<Option<PersonId>, E> {
    match form {
        None => Ok(None),
        Some("me") => Ok(me),
        Some(form) => form.parse().map(|id| Some(PersonId(id))).map_err(|_| wrong),
    }
}

/// A booking.
#[derive(Debug, Serialize, ToSchema)]
pub struct Booking {
    /// Its id.
    #[schema(example = 7)]
    id: i64,
    /// Its version.
    #[schema(example = 1)]
    version: i64,
    /// The machine or room.
    #[schema(pattern = "^(machine|room):[1-9][0-9]{0,17}$", example = "machine:1")]
    resource: String,
    /// The resource's name.
    name: String,
    /// The holder's id, if the caller may see it.
    person: Option<i64>,
    /// The holder's name, as far as the caller may see it.
    person_name: Option<String>,
    /// The id of the group whose booking it is, if the caller may see it. Its holder is the admin who answers for it.
    group: Option<i64>,
    /// The group's name.
    group_name: Option<String>,
    #[schema(format = DateTime)]
    start: String,
    #[schema(format = DateTime)]
    end: String,
    #[schema(schema_with = words::booking_state)]
    state: State,
    /// When it was requested or moved.
    #[schema(format = DateTime)]
    asked: String,
    /// The sequence number of its calendar entry: how often it was moved or cancelled.
    sequence: i64,
    /// When it got its current state.
    #[schema(format = DateTime)]
    decided: Option<String>,
    /// The name of the person who decided, while on record.
    decided_by: Option<String>,
    /// The reason for declining or cancelling it.
    note: Option<String>,
    /// When its holder checked in.
    #[schema(format = DateTime)]
    checked_in: Option<String>,
    /// Whether it was cancelled late.
    late: bool,
    /// How important it is, from 1 to 5, where its room asks for it and the caller moderates it.
    #[schema(minimum = 1, maximum = 5, example = 3)]
    importance: Option<u8>,
    /// The actions that the caller can take now.
    #[schema(schema_with = words::booking_actions)]
    actions: Vec<BookingAction>,
    /// The hand-over actions that the caller can take.
    #[schema(schema_with = words::booking_hand_over)]
    hand_over: Vec<HandOver>,
    /// The name of the member it is offered to; only for its holder.
    offered_to: Option<String>,
}

fn to_view(row: views::Booking) -> Booking {
    Booking {
        id: row.id.0,
        version: row.version,
        resource: row.resource.to_string(),
        name: row.name,
        person: row.person.map(|person| person.0),
        person_name: row.person_name,
        group: row.group.map(|group| group.0),
        group_name: row.group_name,
        start: when(row.starts),
        end: when(row.ends),
        state: row.state,
        asked: when(row.asked),
        sequence: row.sequence,
        decided: row.decided.map(when),
        decided_by: row.decided_by,
        note: row.note,
        checked_in: row.checked_in.map(when),
        late: row.late,
        importance: row.importance,
        actions: row.actions,
        hand_over: row.hand_over,
        offered_to: row.offered_to,
    }
}

/// Filters for bookings.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct BookingsParams {
    /// Only bookings of this machine or room.
    #[schema(pattern = "^(machine|room):[1-9][0-9]{0,17}$", example = "machine:1")]
    resource: Option<String>,
    /// Only bookings of this person: an id, or `me`.
    #[schema(pattern = "^(me|[1-9][0-9]{0,17})$", example = "me")]
    person: Option<String>,
    /// Only bookings of this group.
    #[schema(minimum = 1, example = 1)]
    group: Option<i64>,
    /// Only bookings that end after this; defaults to now.
    #[schema(format = DateTime)]
    from: Option<String>,
    /// Only bookings that begin before this.
    #[schema(format = DateTime)]
    to: Option<String>,
    /// The `next` of the page before.
    #[schema(min_length = 1, pattern = "^[A-Za-z0-9_-]+$")]
    after: Option<String>,
    /// The maximum number of items.
    #[schema(minimum = 1, maximum = 50, example = 50)]
    limit: Option<u32>,
}

async fn list(caller: Caller, Query(requested): Query<BookingsParams>) -> Result<Page<Booking>, Refusal> {
    let (after, limit) = caller.place(LIST, requested.after.as_deref(), requested.limit)?;
    let Caller { ctx, actor, lang } = caller;
    let of = requested.resource.as_deref().map(|of| resource(of, FilterError::Resource)).transpose();
    let person = person(requested.person.as_deref(), actor.person(), FilterError::Person);
    let from = requested.from.as_deref().map(|at| instant(at, FilterError::From)).transpose();
    let to = requested.to.as_deref().map(|at| instant(at, FilterError::To)).transpose();
    let which = match (of, person, from, to) {
        (Ok(resource), Ok(person), Ok(from), Ok(to)) => {
            Ok(Which { resource, person, group: requested.group.map(GroupId), from, to })
        }
        (of, person, from, to) => {
            Err([of.err(), person.err(), from.err(), to.err()].into_iter().flatten().collect())
        }
    };
    let all = bookings::list(&ctx, &actor, which).await?;
    Ok(Page::of_all(LIST, all, after.as_deref(), limit, lang, |one| (one.starts.at, one.id.0))?.map(to_view))
}

/// A new booking.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBooking {
    /// A machine or room.
    #[schema(pattern = "^(machine|room):[1-9][0-9]{0,17}$", example = "machine:1")]
    resource: String,
    #[schema(format = DateTime)]
    start: String,
    #[schema(format = DateTime)]
    end: String,
    /// The person to book for, if the caller moderates the resource: an id, or `me`. Defaults to the caller.
    #[schema(pattern = "^(me|[1-9][0-9]{0,17})$", example = "me")]
    person: Option<String>,
    /// The group to book for, if the caller is an admin of it or a manager. Not together with `person`.
    #[schema(minimum = 1, example = 1)]
    group: Option<i64>,
    /// How important it is, if the room asks for it; 3 if left out.
    #[schema(minimum = 1, maximum = 5, example = 3)]
    importance: Option<i64>,
}

/// The new resource of a booking.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BookingTarget {
    /// A machine or room.
    #[schema(pattern = "^(machine|room):[1-9][0-9]{0,17}$", example = "machine:1")]
    resource: String,
    #[schema(format = DateTime)]
    start: String,
    #[schema(format = DateTime)]
    end: String,
}

async fn book(caller: Caller, Body(new): Body<NewBooking>) -> Result<Made, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let group = new.group.map(GroupId);
    let importance = new.importance.map(|number| u8::try_from(number).ok().and_then(Importance::new));
    let ask = read_times(&new.resource, &new.start, &new.end);
    let has_two_holders = new.person.is_some() && group.is_some();
    let wrong = [
        (importance == Some(None)).then_some(AskError::Importance),
        has_two_holders.then_some(AskError::OneHolder),
    ];
    let ask = match (ask, wrong) {
        (Ok(ask), [None, None]) => Ok(Ask { group, importance: importance.flatten(), ..ask }),
        (ask, wrong) => {
            Err(ask.err().unwrap_or_default().into_iter().chain(wrong.into_iter().flatten()).collect())
        }
    };
    let (id, state) = match person(new.person.as_deref(), actor.person(), AskError::Person) {
        Ok(other) => match other.filter(|other| Some(*other) != actor.person()) {
            Some(other) => bookings::ask_for(&ctx, &actor, Whom::Person(other), ask).await?,
            None => bookings::ask(&ctx, &actor, ask).await?,
        },
        Err(wrong) => {
            let wrong = ask.err().unwrap_or_default().into_iter().chain([wrong]).collect();
            bookings::ask(&ctx, &actor, Err(wrong)).await?
        }
    };
    Ok(Made { state: Some(state.as_str().to_owned()), ..Made::plain(id.0) })
}

async fn read(caller: Caller, Id(id): Id) -> Result<Versioned<Booking>, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let one = to_view(bookings::one(&ctx, &actor, BookingId(id)).await?);
    let version = one.version;
    Ok(Versioned(one, version))
}

/// The new start and end of a booking.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTimes {
    #[schema(format = DateTime)]
    start: String,
    #[schema(format = DateTime)]
    end: String,
}

async fn move_to(
    caller: Caller,
    Id(id): Id,
    Seen(seen): Seen,
    Body(to): Body<NewTimes>,
) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    bookings::move_to(
        &ctx,
        &actor,
        BookingId(id),
        seen,
        span(&to.start, &to.end, (AskError::Start, AskError::End)),
    )
    .await?;
    Ok(done())
}

/// Alternatives to a booking.
#[derive(Debug, Serialize, ToSchema)]
pub struct BookingAlternatives {
    /// The alternatives, best first.
    instead: Vec<BookingAlternative>,
}

/// A free time on another machine.
#[derive(Debug, Serialize, ToSchema)]
pub struct BookingAlternative {
    #[schema(example = "machine:2")]
    resource: String,
    /// The machine's name.
    name: String,
    #[schema(format = DateTime)]
    start: String,
    #[schema(format = DateTime)]
    end: String,
    /// Whether it is at the same time as the booking.
    same_time: bool,
}

async fn instead(caller: Caller, Id(id): Id) -> Result<One<BookingAlternatives>, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let found = outages::instead(&ctx, &actor, BookingId(id)).await?;
    let instead = found.into_iter().map(|found| BookingAlternative {
        resource: found.resource.to_string(),
        name: found.name,
        start: when(found.starts),
        end: when(found.ends),
        same_time: found.same_time,
    });
    Ok(One(BookingAlternatives { instead: instead.collect() }))
}

async fn rebook(
    caller: Caller,
    Id(id): Id,
    Seen(seen): Seen,
    Body(to): Body<BookingTarget>,
) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let to = read_times(&to.resource, &to.start, &to.end);
    bookings::rebook(&ctx, &actor, BookingId(id), seen, to).await?;
    Ok(done())
}

async fn decide(
    caller: Caller,
    id: i64,
    action: BookingAction,
    note: &str,
    IfVersion(seen): IfVersion,
) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let decide = Decide::read(Some(action), note).map(|decide| Decide { seen, ..decide });
    bookings::decide(&ctx, &actor, BookingId(id), decide).await?;
    Ok(done())
}

async fn approve(caller: Caller, Id(id): Id, seen: IfVersion) -> Result<Response, Refusal> {
    decide(caller, id, BookingAction::Approve, "", seen).await
}

/// The reason for declining a booking.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BookingRejection {
    /// The reason, shown to the holder.
    #[schema(min_length = 1, max_length = 500, example = "The lens is being replaced.")]
    note: String,
}

async fn reject(
    caller: Caller,
    Id(id): Id,
    seen: IfVersion,
    Body(why): Body<BookingRejection>,
) -> Result<Response, Refusal> {
    decide(caller, id, BookingAction::Reject, &why.note, seen).await
}

/// The reason for cancelling a booking, if any.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BookingCancellation {
    /// The reason, shown to the holder.
    #[schema(max_length = 500, example = "The lens is being replaced.")]
    note: Option<String>,
}

async fn cancel(
    caller: Caller,
    Id(id): Id,
    seen: IfVersion,
    OptionalBody(why): OptionalBody<BookingCancellation>,
) -> Result<Response, Refusal> {
    let note = why.and_then(|why| why.note).unwrap_or_default();
    decide(caller, id, BookingAction::Cancel, &note, seen).await
}

async fn check_in(caller: Caller, Id(id): Id) -> Result<Response, Refusal> {
    decide(caller, id, BookingAction::CheckIn, "", IfVersion(None)).await
}

async fn complete(caller: Caller, Id(id): Id) -> Result<Response, Refusal> {
    decide(caller, id, BookingAction::Complete, "", IfVersion(None)).await
}

async fn excuse(caller: Caller, Id(id): Id) -> Result<Response, Refusal> {
    decide(caller, id, BookingAction::Excuse, "", IfVersion(None)).await
}
