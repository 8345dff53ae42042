//! Booking for somebody else: whoever moderates a machine or a room takes a time of it for a member.
//!
//! Invariant: the rules are asked about the holder, the record names whoever booked, and the holder is told. Deliberately absent:
//! bringing in bookings of another system ([`super::import`]).

use super::{Ask, BookingsError, ValidationError, about, make, news, rows, with_alternatives};
use crate::{Ctx, people::called};
use domain::{
    actor::{About, Actor, Permission, Rank, rank},
    bookings::{Resource, State},
    id::{BookingId, PersonId, TypeId},
    notices::BookingNews,
    time::Millis,
};
use serde_json::json;
use store::{SqliteConnection, people};

/// Whom a time is booked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whom {
    /// Somebody.
    Person(PersonId),
    /// As they were named.
    Named(String),
}

impl Whom {
    /// A person’s id, or how somebody is named; nobody where nothing is typed.
    #[must_use]
    pub fn read(typed: &str) -> Option<Self> {
        let typed = typed.trim();
        if typed.is_empty() {
            return None;
        }
        Some(typed.parse().map_or_else(|_| Self::Named(typed.to_owned()), |id| Self::Person(PersonId(id))))
    }

    /// As it was typed.
    pub(super) fn typed(self) -> String {
        match self {
            Self::Person(person) => person.to_string(),
            Self::Named(name) => name,
        }
    }
}

/// Books a machine or a room for the member whom `whom` names, in the name of whoever moderates it. It holds at once.
pub async fn ask_for(
    ctx: &Ctx,
    actor: &Actor,
    whom: Whom,
    ask: Result<Ask, Vec<ValidationError>>,
) -> Result<(BookingId, State), BookingsError> {
    actor.require(Permission::SeeBookings, About::NOTHING)?;
    let ask = ask.map_err(BookingsError::Invalid)?;
    let zone = ctx.space().zone;
    let made = ctx.begin(actor, async move |begun| {
        let Ask { resource, span } = ask;
        let named = rows::resource(begun.tx.conn(), resource).await?.ok_or(BookingsError::UnknownResource)?;
        let mut job = begun.require(Permission::Moderate, about(resource, named.kind))?;
        let (person, _) = member(job.tx.conn(), &job.actor, (resource, named.kind), &whom, job.now).await?;
        let (id, state) = make(&mut job, person, ask, zone).await?;
        // Nobody is told of what they did themselves.
        job.tell(person, news(BookingNews::Made, id, (resource, span), 0)).await?;
        let detail =
            json!({ "booking": id, "resource": resource.to_string(), "starts": span.starts, "state": state });
        job.audited((id, state), "booking.asked", person, &detail).await
    });
    match made.await {
        Err(why) => Err(with_alternatives(ctx, why).await),
        made => made,
    }
}

/// The member whom `whom` names, for somebody who moderates `resource`, and what they are called.
pub(super) async fn member(
    conn: &mut SqliteConnection,
    actor: &Actor,
    (resource, kind): (Resource, Option<TypeId>),
    whom: &Whom,
    now: Millis,
) -> Result<(PersonId, String), BookingsError> {
    let person = match whom {
        Whom::Named(typed) => match called(conn, actor, typed).await?.as_slice() {
            [(person, _)] => *person,
            _ => return Err(BookingsError::Invalid(vec![ValidationError::Holder])),
        },
        Whom::Person(person) => {
            let about = about(resource, kind).and_person(*person);
            let may = actor.may(Permission::SeePerson, about) || actor.may(Permission::AskForOthers, about);
            may.then_some(*person).ok_or(BookingsError::UnknownPerson)?
        }
    };
    let them = people::one(conn, person, now).await?.ok_or(BookingsError::UnknownPerson)?;
    if rank(them.status, &them.ledger, now) < Rank::Member {
        return Err(BookingsError::Invalid(vec![ValidationError::Holder]));
    }
    Ok((person, them.name.unwrap_or_default()))
}
