//! Booking on behalf of a member, by a moderator of the machine or room.
//!
//! Invariant: the rules judge the holder, the audit entry names the moderator, and the holder is notified.
//! Not here: importing bookings of another system ([`super::import`]).

use super::{Ask, AskError, BookingsError, HolderError, about, make, news, rows, with_alternatives};
use crate::{
    Ctx,
    directory::{called, meant},
};
use domain::{
    actor::{Actor, Permission, Rank, Target, rank},
    bookings::State,
    id::{BookingId, PersonId},
    notices::BookingNews,
    time::Millis,
};
use serde_json::json;
use store::{SqliteConnection, people};

/// The person a time is booked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whom {
    Person(PersonId),
    /// By typed name.
    Named(String),
}

impl Whom {
    /// Parses a person's id or name; `None` if empty.
    #[must_use]
    pub fn read(input: &str) -> Option<Self> {
        let input = input.trim();
        if input.is_empty() {
            return None;
        }
        Some(input.parse().map_or_else(|_| Self::Named(input.to_owned()), |id| Self::Person(PersonId(id))))
    }

    pub(super) fn into_input(self) -> String {
        match self {
            // Nobody types ids.
            Self::Person(_) => String::new(),
            Self::Named(name) => name,
        }
    }
}

/// Books a machine or a room for the member named by `whom`, on behalf of a moderator. It is approved at once.
pub async fn ask_for(
    ctx: &Ctx,
    actor: &Actor,
    whom: Whom,
    ask: Result<Ask, Vec<AskError>>,
) -> Result<(BookingId, State), BookingsError> {
    let zone = ctx.space().zone;
    let form = async { ask.map_err(BookingsError::invalid) };
    let made = ctx.begin_with(actor, Permission::SeeBookings, Target::NONE, form, async move |begun, ask| {
        let Ask { resource, span, .. } = ask;
        let named = rows::resource(begun.tx.conn(), resource).await?.ok_or(BookingsError::UnknownResource)?;
        let mut job = begun.require(Permission::Moderate, about(resource, named.kind))?;
        let about = about(resource, named.kind);
        let person = match &whom {
            Whom::Person(person) => *person,
            Whom::Named(input) => one_of(called(job.tx.conn(), input).await?)?,
        };
        let (person, _) = member(job.tx.conn(), &job.actor, about, person, job.now).await?;
        let (id, state) = make(&mut job, Some(person), person, Ask { group: None, ..ask }, zone).await?;
        // Authors are not notified of their own actions.
        job.notify(person, news(BookingNews::Made, id, (resource, span), 0)).await?;
        let detail =
            json!({ "booking": id, "resource": resource.to_string(), "starts": span.starts, "state": state });
        job.audited((id, state), "booking.asked", person, &detail).await
    });
    match made.await {
        Err(why) => Err(with_alternatives(ctx, why).await),
        made => made,
    }
}

/// The member meant by `whom`, with their name, for a moderator of `about`: they are shown before anything is
/// booked.
pub(super) async fn booking_for(
    conn: &mut SqliteConnection,
    actor: &Actor,
    about: Target,
    whom: &Whom,
    now: Millis,
) -> Result<(PersonId, String), BookingsError> {
    let person = match whom {
        Whom::Person(person) => *person,
        Whom::Named(input) => one_of(meant(conn, actor, input).await?)?,
    };
    member(conn, actor, about, person, now).await
}

fn one_of(found: Vec<(PersonId, String)>) -> Result<PersonId, BookingsError> {
    match found.as_slice() {
        [(person, _)] => Ok(*person),
        _ => Err(BookingsError::invalid([HolderError::Holder])),
    }
}

/// A member and their name. Moderators may ask about any member; non-members are visible only to those who may see
/// them.
async fn member(
    conn: &mut SqliteConnection,
    actor: &Actor,
    about: Target,
    person: PersonId,
    now: Millis,
) -> Result<(PersonId, String), BookingsError> {
    let them = people::one(conn, person, now).await?.ok_or(BookingsError::UnknownPerson)?;
    if rank(them.status, &them.ledger, now) >= Rank::Member {
        return Ok((person, them.name.unwrap_or_default()));
    }
    if actor.may(Permission::SeePerson, about.and_person(person)) {
        return Err(BookingsError::invalid([HolderError::Holder]));
    }
    Err(BookingsError::UnknownPerson)
}
