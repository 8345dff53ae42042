//! Free times: where and when a machine or a room can be booked, as the page to book finds it.
//!
//! Not here: whether one machine or room is free ([`super::availability`]), and what a free text means, which only pages read.

use super::{
    Caller, Query, Refusal,
    answer::One,
    input::invalid,
    operation::{Operation, Tag},
    when,
};
use contract::{
    bookings::{FoundResource, Time},
    form::Fault,
};
use domain::{
    actor::Permission,
    bookings::{ResourceFilter, Timeframe},
    id::GroupId,
    rooms::Equipment,
    tokens::Scope,
};
use serde::{Deserialize, Serialize};
use services::{
    bookings::{self, Search},
    requirements::PathTarget,
};
use text::Lang;
use utoipa::ToSchema;

/// The operations of this module.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/free-times", "findFreeTimes", find)
            .may(&[(Permission::SeeBookings, PathTarget::Space)])
            .about(
                Tag::Bookings,
                "Find free times",
                "Finds up to three times that the caller could book on each machine or in each room that fits, nearest first. \
                 Rooms can be searched by the number of people and by equipment.",
            )
            .needs(Scope::BookingsRead),
    ]
}

/// What to look for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FreeTimesParams {
    /// A type, a machine, a room, all `rooms`, or `any` of them.
    #[schema(pattern = "^(any|rooms|(type|machine|room):[1-9][0-9]{0,17})$", example = "rooms")]
    of: String,
    /// The length in minutes; that of most bookings if left out. The nearest that can be booked is looked for.
    #[schema(example = 60)]
    minutes: Option<u16>,
    /// `soon`, `today`, `tomorrow`, `this-week`, `evenings` or `next-week`, or a day or several; `soon` if left out.
    #[schema(
        pattern = "^(soon|today|tomorrow|this-week|evenings|next-week|[0-9]{4}-[0-9]{2}-[0-9]{2}(_[0-9]{4}-[0-9]{2}-[0-9]{2})?)$",
        example = "2099-11-28_2099-11-29"
    )]
    when: Option<String>,
    /// The number of people that a room must hold.
    #[schema(example = 12)]
    people: Option<u16>,
    /// Equipment that a room must have, with commas between.
    #[schema(pattern = "^[^,]*(,[^,]*)*$", example = "Beamer,Whiteboard")]
    equipment: Option<String>,
    /// The id of a group that the caller administers, to find what it could book.
    #[schema(example = 3)]
    group: Option<i64>,
}

impl FreeTimesParams {
    fn read(self, lang: Lang) -> Result<Search, Refusal> {
        let Self { of, minutes, when, people, equipment, group } = self;
        let refused = |field: &str, message: &str| Refusal(invalid(field, message, lang));
        let wanted = ResourceFilter::parse(&of).ok_or_else(|| refused("of", lang.api_free_of()))?;
        let read = |when: String| Timeframe::parse(&when).ok_or_else(|| refused("when", lang.api_free_when()));
        let equipment = Equipment::parse(equipment.as_deref())
            .map_err(|wrong| refused("equipment", &lang.fault(Fault::Equipment(wrong))))?;
        Ok(Search {
            wanted: Some(wanted),
            minutes,
            when: when.map(read).transpose()?,
            people: people.filter(|people| *people > 0),
            equipment: equipment.names().to_vec(),
            message: String::new(),
            group: group.map(GroupId),
        })
    }
}

/// Free times.
#[derive(Debug, Serialize, ToSchema)]
pub struct FreeTimes {
    /// The length that was looked for, in minutes.
    #[schema(example = 60)]
    minutes: u16,
    /// The machines and rooms that fit.
    resources: Vec<FreeResource>,
}

/// A machine or room with its free times.
#[derive(Debug, Serialize, ToSchema)]
pub struct FreeResource {
    /// The machine or room.
    #[schema(pattern = "^(machine|room):[1-9][0-9]{0,17}$", example = "room:3")]
    resource: String,
    /// Its name.
    #[schema(example = "Studio 2")]
    name: String,
    /// Where it is.
    #[schema(example = "Ground floor")]
    place: Option<String>,
    /// The number of people that a room holds.
    #[schema(example = 12)]
    capacity: Option<u16>,
    /// The equipment of a room.
    equipment: Vec<String>,
    /// Whether a booking is a request that has to be approved.
    moderated: bool,
    /// The times, by start.
    times: Vec<FreeTime>,
    /// The code of why there is none, if that is because of the caller and not of the time.
    #[schema(example = "booking.may-not")]
    reason: Option<String>,
    /// The same, for people.
    detail: Option<String>,
}

/// A free time.
#[derive(Debug, Serialize, ToSchema)]
pub struct FreeTime {
    /// When it begins.
    #[schema(format = DateTime)]
    start: String,
    /// When it ends.
    #[schema(format = DateTime)]
    end: String,
}

async fn find(caller: Caller, Query(requested): Query<FreeTimesParams>) -> Result<One<FreeTimes>, Refusal> {
    let Caller { ctx, actor, lang } = caller;
    let found = bookings::find(&ctx, &actor, lang, requested.read(lang)?).await?;
    let resources = found.resources.into_iter().map(to_view).collect();
    Ok(One(FreeTimes { minutes: found.minutes, resources }))
}

fn to_view(found: FoundResource) -> FreeResource {
    let FoundResource { bookable, capacity, equipment, times, why } = found;
    let (reason, detail) = why.unzip();
    let time = |time: Time| FreeTime { start: when(time.starts), end: when(time.ends) };
    FreeResource {
        resource: bookable.resource.to_string(),
        name: bookable.name,
        place: bookable.place,
        capacity,
        equipment,
        moderated: bookable.moderated,
        times: times.into_iter().map(time).collect(),
        reason,
        detail,
    }
}
