//! Enrolls the next card at a machine: a person who assigns cards picks the machine, and the newcomer holds their
//! card to its reader.
//!
//! **Invariants.** One board waits for one card, for [`WAITS`]. The swipe lets nobody in: it is refused, whatever
//! the card could open. A card with an owner keeps it. In memory only: the person waiting is looking at the page,
//! and after a restart they just start again.

use super::{
    CardsError, give_uid, there,
    unknown::{lately, to_view},
};
use crate::{Ctx, shared::Shared};
use contract::cards::{Outcome, Swiping, Waiting};
use domain::{
    access::Decision,
    actor::{Actor, Permission, Target},
    boards::ONLINE,
    cards::{CardUid, WAITS},
    id::{MachineId, PersonId},
    live::ChangeEvent,
    time::Millis,
};
use std::collections::HashMap;
use store::{SqliteConnection, cards, machines, people};

/// How long the result of an enrollment is shown.
const REPORTED: std::time::Duration = domain::time::MINUTE;
/// Cards offered on a person's page.
const OFFERED: i64 = 3;

/// Pending enrollments by board.
#[derive(Default)]
pub(crate) struct Expectations(Shared<HashMap<MachineId, Expected>>);

#[derive(Clone)]
struct Expected {
    machine_name: String,
    person: PersonId,
    by: Actor,
    until: Millis,
    outcome: Outcome,
}

impl Expected {
    fn is_open(&self, now: Millis) -> bool {
        self.outcome == Outcome::Open && now < self.until
    }
}

impl Expectations {
    /// Takes the enrollment pending at `machine`: of two cards held up at once, one gets it.
    fn take(&self, machine: MachineId, now: Millis) -> Option<Expected> {
        let mut waiting = self.0.lock();
        let expected = waiting.get(&machine).filter(|expected| expected.is_open(now)).cloned();
        if expected.is_some() {
            waiting.remove(&machine);
        }
        expected
    }

    /// Drops pending enrollments of `person`.
    pub(crate) fn forget(&self, person: PersonId) {
        self.0.lock().retain(|_, expected| expected.person != person);
    }

    /// Removes results that were shown long enough.
    fn tidy(&self, now: Millis) {
        self.0.lock().retain(|_, expected| now < expected.until.after(REPORTED));
    }
}

/// Has the board of `machine` take the next card for `person`.
pub async fn expect(ctx: &Ctx, actor: &Actor, person: PersonId, machine: MachineId) -> Result<(), CardsError> {
    actor.require(Permission::GiveCard, Target::person(person))?;
    let now = ctx.now();
    let mut conn = ctx.store().read().await?;
    there(&mut conn, person, now).await?;
    let boards = machines::with_boards(&mut conn, now.before(ONLINE)).await?;
    drop(conn);
    let board = boards.into_iter().find(|(id, _)| *id == machine).ok_or(CardsError::NoBoard)?;
    ctx.memory::<Expectations>().tidy(now);
    let mut waiting = ctx.memory::<Expectations>().0.lock();
    if waiting.get(&machine).is_some_and(|other| other.is_open(now) && other.person != person) {
        return Err(CardsError::Busy);
    }
    // One enrollment per person.
    waiting.retain(|_, expected| expected.person != person);
    let by = actor.clone();
    let until = now.after(WAITS);
    waiting.insert(machine, Expected { machine_name: board.1, person, by, until, outcome: Outcome::Open });
    drop(waiting);
    ctx.live().send(ChangeEvent::Person(person));
    Ok(())
}

async fn known(conn: &mut SqliteConnection, person: PersonId, now: Millis) -> Result<(), CardsError> {
    people::one(conn, person, now).await?.map(|_| ()).ok_or(CardsError::UnknownPerson)
}

/// Cancels the pending enrollment of `person`.
pub async fn cancel(ctx: &Ctx, actor: &Actor, person: PersonId) -> Result<(), CardsError> {
    actor.require(Permission::GiveCard, Target::person(person))?;
    known(&mut *ctx.store().read().await?, person, ctx.now()).await?;
    let before = ctx.memory::<Expectations>().0.lock().len();
    ctx.memory::<Expectations>().forget(person);
    if ctx.memory::<Expectations>().0.lock().len() != before {
        ctx.live().send(ChangeEvent::Person(person));
    }
    Ok(())
}

/// The boards available for enrollment, pending enrollments, and recently seen unknown cards.
pub async fn swiping(ctx: &Ctx, actor: &Actor, person: PersonId) -> Result<Swiping, CardsError> {
    actor.require(Permission::GiveCard, Target::person(person))?;
    let now = ctx.now();
    let mut snapshot = ctx.store().snapshot().await?;
    known(&mut snapshot, person, now).await?;
    let boards = machines::with_boards(&mut snapshot, now.before(ONLINE)).await?;
    let recent = cards::unclaimed(&mut snapshot, lately(now), OFFERED).await?;
    let waiting =
        ctx.memory::<Expectations>().0.lock().iter().find(|(_, expected)| expected.person == person).map(
            |(&machine, expected)| Waiting {
                machine,
                machine_name: expected.machine_name.clone(),
                until: ctx.moment(expected.until),
                outcome: expected.outcome.clone(),
            },
        );
    Ok(Swiping {
        now: ctx.moment(now),
        boards,
        waiting: waiting.filter(|waiting| waiting.outcome != Outcome::Open || now < waiting.until.at),
        recent: recent.into_iter().filter(|card| !card.ignored).map(|card| to_view(ctx, card)).collect(),
    })
}

/// Whether enrollment was waiting for the card held to the reader of `machine`: then it is assigned now, or
/// reported as already assigned, and denied. Returns the board's answer and the name it shows.
pub(crate) async fn try_enroll(
    ctx: &Ctx,
    machine: MachineId,
    uid: &CardUid,
    now: Millis,
) -> Option<(Decision, Option<String>)> {
    let expected = ctx.memory::<Expectations>().take(machine, now)?;
    let (person, uid) = (expected.person, uid.clone());
    let ending = uid.as_str().get(4..).unwrap_or_default().to_owned();
    let given = ctx.change(&expected.by, Permission::GiveCard, Target::person(person), async move |job| {
        give_uid(job, person, &uid, Some(machine)).await
    });
    let outcome = match given.await {
        Ok(card) => Outcome::Given { card, ending },
        Err(CardsError::Assigned(Some(holder))) => Outcome::Assigned { person: holder.person, name: holder.name },
        Err(error) => {
            if let CardsError::Store(error) = &error {
                tracing::error!(%error, "the card was not given");
            }
            Outcome::Failed
        }
    };
    let name = match &outcome {
        Outcome::Given { .. } => {
            let them = async { people::one(&mut *ctx.store().read().await?, person, now).await };
            them.await.ok().flatten().and_then(|person| person.name)
        }
        Outcome::Open | Outcome::Assigned { .. } | Outcome::Failed => None,
    };
    ctx.memory::<Expectations>().0.lock().insert(machine, Expected { outcome, ..expected });
    ctx.live().send(ChangeEvent::Person(person));
    Some((Decision::Deny(Vec::new()), name))
}
