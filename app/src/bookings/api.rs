//! Server functions for bookings.

#![expect(clippy::too_many_arguments, reason = "a form's fields are the arguments of its function")]

#[cfg(feature = "ssr")]
use crate::answers::MachineAnswer;
use crate::{problem::AppError, training::next::Next};
use contract::{
    bookings::{DayView, Found, Mine, Opened, Requests, Rules, TrialResult, Week},
    outages::OutageView,
    rooms::RoomsByHour,
};
#[cfg(feature = "ssr")]
use domain::{
    bookings::{BookingAction, Resource, ResourceFilter, RulesAt, Timeframe},
    draws::Importance,
    id::{GroupId, RoomId},
    occupations::Span,
    problem::{Kind, Problem},
    rooms::Equipment,
    settings::Key,
    time::{Date, MINUTE, Millis, NotADate},
    zone::Zone,
};
use domain::{
    id::{BookingId, MachineId, WaitingId},
    time::Millis as At,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
use services::{
    bookings::{
        self, Ask, AskError, BookingsError, DayQuery, Decide, DecideError, ResourceKind, RoomFilter, Search,
        Trial, Unsaved, WeekFilter, Whom,
    },
    waiting,
};

/// Slots to choose from, and the next step where the reader may not book them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnPage<T> {
    pub times: T,
    /// The next step on the way to the machine, the same as on its page.
    pub next: Option<Next>,
}

/// The next step towards using a machine that the reader may not use yet, as on its page.
#[cfg(feature = "ssr")]
async fn next_step(
    ctx: &services::Ctx,
    actor: &domain::actor::Actor,
    t: text::Lang,
    barred: Option<MachineId>,
) -> Result<Option<Next>, AppError> {
    let Some(machine) = barred else { return Ok(None) };
    let answers = services::access::own_answers(ctx, actor, machine).await?;
    Ok(MachineAnswer::of(answers, t).next_from_elsewhere(machine))
}

/// The nearest free times that match the selection or the search text. Unknown terms are ignored.
#[server(name = FindFreeTime, endpoint = "bookings/find", protocol = crate::call::Wire)]
pub async fn find(
    requested: String,
    minutes: String,
    when: String,
    /// A number of people.
    #[server(default)]
    people: String,
    /// Equipment, with commas between.
    #[server(default)]
    equipment: String,
    message: String,
    /// The group it is for; empty for the caller.
    #[server(default)]
    group: String,
) -> Result<OnPage<Found>, AppError> {
    let (ctx, t, actor) = (expect_context::<services::Ctx>(), crate::lang::current(), crate::request::actor());
    let search = Search {
        wanted: ResourceFilter::parse(&requested),
        minutes: minutes.parse().ok(),
        when: Timeframe::parse(&when),
        people: people.trim().parse().ok().filter(|people| *people > 0),
        equipment: Equipment::parse([equipment.as_str()]).map(|all| all.names().to_vec()).unwrap_or_default(),
        message,
        group: group.parse().ok().map(GroupId),
    };
    let times = bookings::find(&ctx, &actor, t, search).await?;
    let next = next_step(&ctx, &actor, t, times.barred).await?;
    Ok(OnPage { times, next })
}

/// The day in a field of an address, `None` if it is empty. What no calendar has is refused with its field instead of being today.
#[cfg(feature = "ssr")]
fn day_of(field: &str, text: &str) -> Result<Option<Date>, AppError> {
    Date::parse(text).map_err(|why| {
        let t = crate::lang::current();
        let message = match why {
            NotADate::InNoCalendar => t.no_such_day(),
            NotADate::Unreadable => t.audit_no_day(),
        };
        AppError(Problem::new("request.invalid", Kind::Invalid, t.form_fix()).field(field, message))
    })
}

/// A day of a machine or a room.
#[server(name = ReadBookingDay, endpoint = "bookings/day", protocol = crate::call::Wire)]
pub async fn day(
    resource: String,
    date: String,
    minutes: String,
    at: Option<At>,
    moving: Option<BookingId>,
    /// Name of the person it is booked for.
    #[server(default)]
    whom: String,
    /// The group it is booked for.
    #[server(default)]
    group: String,
) -> Result<OnPage<DayView>, AppError> {
    let (ctx, t, actor) = (expect_context::<services::Ctx>(), crate::lang::current(), crate::request::actor());
    let (date, minutes) = (day_of("day", &date), minutes.parse().ok());
    // The only instant that arrives as a number and not as text.
    let at = at.and_then(|at| At::from_outside(at.0));
    let query = Resource::parse(&resource).map(|resource| DayQuery {
        resource,
        date: date.as_ref().ok().copied().flatten(),
        minutes,
        at,
        moving,
        whom: Whom::read(&whom),
        group: group.parse().ok().map(GroupId),
    });
    let times = bookings::day(&ctx, &actor, t, query).await?;
    // After the permission, which the service checks.
    date?;
    let next = next_step(&ctx, &actor, t, times.barred).await?;
    Ok(OnPage { times, next })
}

/// A time as a form sends it: `machine:7@1800000000000`, or as local time, `machine:7@2026-11-24T14:30`. A time
/// that occurs twice is the first.
#[cfg(feature = "ssr")]
fn chosen(ctx: &services::Ctx, choice: &str, minutes: &str) -> Result<Ask, Vec<AskError>> {
    let (resource, starts) = choice.split_once('@').ok_or_else(|| vec![AskError::Start])?;
    let resource = Resource::parse(resource).ok_or_else(|| vec![AskError::Resource])?;
    let starts = begins(ctx.space().zone, starts).map_err(|why| vec![why])?;
    let minutes: u16 = minutes.trim().parse().map_err(|_| vec![AskError::End])?;
    Ok(Ask {
        resource,
        span: Span { starts, ends: starts.after(MINUTE * u32::from(minutes)) },
        group: None,
        importance: None,
    })
}

/// The same for a group, by its id; for a person if that is empty.
#[cfg(feature = "ssr")]
fn for_group(ask: Ask, group: &str) -> Result<Ask, Vec<AskError>> {
    let group = Some(group.trim()).filter(|group| !group.is_empty());
    let group = group.map(|group| group.parse().map(GroupId).map_err(|_| vec![AskError::Group])).transpose()?;
    Ok(Ask { group, ..ask })
}

#[cfg(feature = "ssr")]
fn begins(zone: Zone, input: &str) -> Result<Millis, AskError> {
    if let Some(at) = Millis::parse(input) {
        return Ok(at);
    }
    let wall = input.split_once('T').and_then(|(date, clock)| Date::from_iso(date).zip(minute_of(clock)));
    let (date, minute) = wall.ok_or(AskError::Start)?;
    zone.local_instant(date, minute).ok_or(AskError::Skipped)
}

/// The same with its importance.
#[cfg(feature = "ssr")]
fn rated(ask: Ask, importance: &str) -> Result<Ask, Vec<AskError>> {
    let stated = Some(importance.trim()).filter(|stated| !stated.is_empty());
    let read =
        |stated: &str| stated.parse().ok().and_then(Importance::new).ok_or_else(|| vec![AskError::Importance]);
    Ok(Ask { importance: stated.map(read).transpose()?, ..ask })
}

/// Address of the page with all obstacles of the time, and alternatives.
#[cfg(feature = "ssr")]
fn explained(ask: Ask, minutes: &str, moving: Option<BookingId>, whom: &str) -> String {
    let (at, minutes) = (ask.span.starts.0.to_string(), minutes.trim().to_owned());
    let (moving, whom) = (moving.map(|booking| booking.to_string()).unwrap_or_default(), whom.to_owned());
    let group = ask.group.map(|group| group.to_string()).unwrap_or_default();
    let words = [("at", &at), ("minutes", &minutes), ("move", &moving), ("for", &whom), ("group", &group)];
    crate::sign_in_redirect::query(
        &format!("/book/{}", ask.resource),
        words.into_iter().filter(|(_, name)| !name.is_empty()),
    )
}

/// Books a slot for the caller or for another person. A refused booking redirects to the page with the reasons.
#[server(name = Book, endpoint = "bookings/book", protocol = crate::call::Wire)]
pub async fn book(
    #[server(default)] choice: String,
    #[server(default)] minutes: String,
    /// The person's id or name; empty for the caller.
    #[server(default)]
    person: String,
    /// The id of the group it is for; empty for a person.
    #[server(default)]
    group: String,
    /// From 1 to 5; empty where it is not asked for.
    #[server(default)]
    importance: String,
) -> Result<(), AppError> {
    let (ctx, actor) = (expect_context::<services::Ctx>(), crate::request::actor());
    let ask = chosen(&ctx, &choice, &minutes)
        .and_then(|ask| for_group(ask, &group))
        .and_then(|ask| rated(ask, &importance));
    let made = match Whom::read(&person) {
        Some(whom) => bookings::ask_for(&ctx, &actor, whom, ask.clone()).await,
        None => bookings::ask(&ctx, &actor, ask.clone()).await,
    };
    match (made, ask) {
        (Ok((booking, _)), _) => leptos_axum::redirect(&format!("/bookings/{booking}?made")),
        (Err(BookingsError::Refused(_)), Ok(ask)) => {
            leptos_axum::redirect(&explained(ask, &minutes, None, &person));
        }
        (Err(why), _) => return Err(why.into()),
    }
    Ok(())
}

/// Moves, extends or shortens the caller's booking.
#[server(name = MoveBooking, endpoint = "bookings/move", protocol = crate::call::Wire)]
pub async fn move_to(
    id: BookingId,
    #[server(default)] version: i64,
    #[server(default)] choice: String,
    #[server(default)] minutes: String,
    /// `yes` if it only gets longer.
    #[server(default)]
    longer: String,
) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    let ask = chosen(&ctx, &choice, &minutes);
    let span = ask.clone().map(|ask| ask.span);
    let message = if longer == "yes" { "extended" } else { "moved" };
    match (bookings::move_to(&ctx, &crate::request::actor(), id, version, span).await, ask) {
        (Ok(_), _) => leptos_axum::redirect(&format!("/bookings/{id}?{message}")),
        (Err(BookingsError::Refused(_)), Ok(ask)) => {
            leptos_axum::redirect(&explained(ask, &minutes, Some(id), ""));
        }
        (Err(why), _) => return Err(why.into()),
    }
    Ok(())
}

/// Moves the caller's booking to another machine.
#[server(name = Rebook, endpoint = "bookings/rebook", protocol = crate::call::Wire)]
pub async fn rebook(
    id: BookingId,
    #[server(default)] version: i64,
    #[server(default)] choice: String,
    #[server(default)] minutes: String,
) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    let ask = chosen(&ctx, &choice, &minutes);
    bookings::rebook(&ctx, &crate::request::actor(), id, version, ask).await?;
    leptos_axum::redirect(&format!("/bookings/{id}?moved"));
    Ok(())
}

/// Joins the waiting list for a taken time.
#[server(name = JoinWaiting, endpoint = "bookings/wait", protocol = crate::call::Wire)]
pub async fn wait(#[server(default)] choice: String, #[server(default)] minutes: String) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    waiting::join(&ctx, &crate::request::actor(), chosen(&ctx, &choice, &minutes)).await?;
    leptos_axum::redirect("/book/mine?waits");
    Ok(())
}

/// Accepts an offered time.
#[server(name = TakeOffer, endpoint = "bookings/take", protocol = crate::call::Wire)]
pub async fn take(id: WaitingId) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    let (booking, _) = waiting::take(&ctx, &crate::request::actor(), id).await?;
    leptos_axum::redirect(&format!("/bookings/{booking}?made"));
    Ok(())
}

/// Bookings affected by the block of a machine.
#[server(name = ReadOutage, endpoint = "bookings/outage", protocol = crate::call::Wire)]
pub async fn outage(machine: MachineId) -> Result<OutageView, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::outages::page(&ctx, &crate::request::actor(), machine).await?)
}

/// Leaves a waiting list, or declines an offer.
#[server(name = LeaveWaiting, endpoint = "bookings/leave", protocol = crate::call::Wire)]
pub async fn leave(id: WaitingId) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    waiting::leave(&ctx, &crate::request::actor(), id).await?;
    Ok(())
}

/// Takes an action on a booking.
#[server(name = DecideBooking, endpoint = "bookings/decide", protocol = crate::call::Wire)]
pub async fn decide(
    id: BookingId,
    /// Code of the action.
    #[server(default)]
    action: String,
    #[server(default)] note: String,
    /// Version that was seen; empty for an action that does not depend on it.
    #[server(default)]
    version: Option<i64>,
) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    let decide =
        Decide::read(BookingAction::parse(&action), &note).map(|decide| Decide { seen: version, ..decide });
    bookings::decide(&ctx, &crate::request::actor(), id, decide).await?;
    Ok(())
}

/// Offers the caller's booking to another member, by name or address.
#[server(name = OfferBooking, endpoint = "bookings/offer", protocol = crate::call::Wire)]
pub async fn offer(
    id: BookingId,
    #[server(default)] version: i64,
    #[server(default)] person: String,
) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(bookings::hand_over::offer(&ctx, &crate::request::actor(), id, version, &person).await?)
}

/// Answers an offer, or withdraws the caller's own.
#[server(name = AnswerOffer, endpoint = "bookings/answer-offer", protocol = crate::call::Wire)]
pub async fn answer_offer(
    id: BookingId,
    #[server(default)] version: i64,
    /// Code of the answer.
    #[server(default)]
    action: String,
) -> Result<(), AppError> {
    use domain::bookings::HandOver;
    let (ctx, actor) = (expect_context::<services::Ctx>(), crate::request::actor());
    match HandOver::parse(&action) {
        Some(HandOver::Withdraw) => bookings::hand_over::withdraw(&ctx, &actor, id).await?,
        Some(HandOver::Accept) => drop(bookings::hand_over::accept(&ctx, &actor, id, version).await?),
        Some(HandOver::Decline) => bookings::hand_over::decline(&ctx, &actor, id).await?,
        Some(HandOver::Offer) | None => {
            return Err(BookingsError::invalid([DecideError::Action]).into());
        }
    }
    Ok(())
}

/// The caller's bookings.
#[server(name = ReadMyBookings, endpoint = "bookings/mine", protocol = crate::call::Wire)]
pub async fn mine() -> Result<Mine, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(bookings::mine(&ctx, &crate::request::actor()).await?)
}

#[server(name = ReadBooking, endpoint = "bookings/one", protocol = crate::call::Wire)]
pub async fn one(id: BookingId) -> Result<Opened, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(bookings::opened(&ctx, &crate::request::actor(), id).await?)
}

/// The week of a day, for a page of everything bookable.
#[server(name = ReadBookingWeek, endpoint = "bookings/week", protocol = crate::call::Wire)]
pub async fn week(
    date: String,
    /// `machines` or `rooms` for these alone.
    #[server(default)]
    show: String,
    #[server(default)] floor: String,
    /// The number of the page, from 1.
    #[server(default)]
    page: String,
) -> Result<Week, AppError> {
    let ctx = expect_context::<services::Ctx>();
    let day = day_of("week", &date);
    let filter = WeekFilter {
        date: day.as_ref().ok().copied().flatten(),
        show: match show.as_str() {
            "machines" => Some(ResourceKind::Machines),
            "rooms" => Some(ResourceKind::Rooms),
            _ => None,
        },
        floor: Some(floor).filter(|floor| !floor.trim().is_empty()),
        page: page.trim().parse().unwrap_or(1),
    };
    let week = bookings::week(&ctx, &crate::request::actor(), filter).await?;
    day.map(|_| week)
}

/// All rooms of a day by hour, and the week of one of them.
#[server(name = ReadRoomsByHour, endpoint = "bookings/rooms", protocol = crate::call::Wire)]
pub async fn rooms_by_hour(
    #[server(default)] day: String,
    #[server(default)] floor: String,
    /// A number of people.
    #[server(default)]
    people: String,
    #[server(default)] equipment: String,
    /// The id of a group.
    #[server(default)]
    group: String,
    /// `yes` for rooms that are free now.
    #[server(default)]
    free: String,
    /// The id of the room whose week is shown; without a page, of that room alone.
    #[server(default)]
    room: String,
    /// The number of the page, from 1.
    #[server(default)]
    page: String,
) -> Result<RoomsByHour, AppError> {
    let ctx = expect_context::<services::Ctx>();
    let filled = |text: String| Some(text).filter(|text| !text.trim().is_empty());
    let date = day_of("day", &day);
    let filter = RoomFilter {
        date: date.as_ref().ok().copied().flatten(),
        floor: filled(floor),
        people: people.trim().parse().ok(),
        equipment: filled(equipment),
        group: group.parse().ok().map(GroupId),
        free_now: free == "yes",
        room: room.parse().ok().map(RoomId),
        page: page.trim().parse().ok(),
    };
    let rooms = bookings::rooms_by_hour(&ctx, &crate::request::actor(), filter).await?;
    date.map(|_| rooms)
}

/// The rules of bookings at one place.
#[server(name = ReadBookingRules, endpoint = "bookings/rules", protocol = crate::call::Wire)]
pub async fn rules(
    /// Where: `space`, `type:3`, `machine:7`, `room:2`.
    #[server(default)]
    at: String,
) -> Result<Rules, AppError> {
    let ctx = expect_context::<services::Ctx>();
    let at = RulesAt::parse(&at);
    Ok(bookings::rules(&ctx, &crate::request::actor(), at, crate::lang::current()).await?)
}

/// Minutes of a local time such as `18:00`.
#[cfg(feature = "ssr")]
fn minute_of(clock: &str) -> Option<u16> {
    let (hour, minute) = clock.trim().split_once(':')?;
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    (hour < 24 && minute < 60).then(|| hour * 60 + minute)
}

/// Whether a person could book a time, by a trial; empty if none is requested.
#[server(name = TryBooking, endpoint = "bookings/try", protocol = crate::call::Wire)]
pub async fn try_out(
    #[server(default)] request: bool,
    #[server(default)] who: String,
    #[server(default)] what: String,
    #[server(default)] day: String,
    #[server(default)] from: String,
    #[server(default)] to: String,
    /// An unsaved rule: place, key and value.
    #[server(default)]
    unsaved: Vec<String>,
) -> Result<Option<TrialResult>, AppError> {
    let ctx = expect_context::<services::Ctx>();
    let unsaved = match unsaved.as_slice() {
        [at, key, value] => {
            let read = RulesAt::parse(at).zip(Key::parse(key));
            read.map(|(at, key)| Unsaved { at: at.settings_at(), key, value })
        }
        _ => None,
    };
    let trial = request.then(|| Trial {
        who: &who,
        resource: Resource::parse(&what),
        date: Date::from_iso(&day),
        starts: minute_of(&from),
        ends: minute_of(&to),
        unsaved,
    });
    Ok(bookings::evaluate_trial(&ctx, &crate::request::actor(), crate::lang::current(), trial).await?)
}

/// Booking requests waiting for the caller.
#[server(name = ReadBookingRequests, endpoint = "bookings/requests", protocol = crate::call::Wire)]
pub async fn requests() -> Result<Requests, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(bookings::requests(&ctx, &crate::request::actor(), crate::lang::current()).await?)
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    // A9
    #[test]
    fn skipped_local_time_is_refused_and_instant_accepted() {
        let rome = "Europe/Rome".parse().unwrap();
        assert_eq!(begins(rome, "2027-03-28T01:45"), Ok(Millis(1_806_194_700_000)));
        assert_eq!(begins(rome, "2027-03-28T02:30"), Err(AskError::Skipped));
        assert_eq!(begins(rome, "2027-03-28T03:00"), Ok(Millis(1_806_195_600_000)));
        // Half past two occurs twice that night.
        assert_eq!(begins(rome, "2026-10-25T02:30"), Ok(Millis(1_792_888_200_000)));
        assert_eq!(begins(rome, "1792891800000"), Ok(Millis(1_792_891_800_000)));
        assert_eq!(begins(rome, "half past two"), Err(AskError::Start));
    }
}
