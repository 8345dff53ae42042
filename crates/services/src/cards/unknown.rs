//! Unknown cards: seen at a machine, and assigned in one step or ignored.

use super::{CardsError, give_uid, given, there};
use crate::{
    Ctx,
    change::Job,
    directory::{called, suggested},
    qualifications::make_member,
};
use contract::cards::{Sorted, UnknownCard, UnknownCards};
use domain::{
    actor::{Actor, Permission, Target},
    cards::UNKNOWN,
    id::{PersonId, UnknownCardId},
    live::ChangeEvent,
    names,
    people::{PersonStatus, Profile},
    time::{DAY, Millis},
};
use serde_json::json;
use store::{
    Done, SqliteConnection, StoreError, Unaudited, audit,
    cards::{self, Unclaimed},
    profiles,
};

/// Retention of unclaimed cards in days.
const MOST: u32 = 30;

pub async fn unknown(ctx: &Ctx, actor: &Actor) -> Result<UnknownCards, CardsError> {
    actor.require(Permission::GiveCard, Target::NONE)?;
    let now = ctx.now();
    let mut snapshot = ctx.store().snapshot().await?;
    let limit = UNKNOWN.try_into().unwrap_or(i64::MAX);
    let unclaimed = cards::unclaimed(&mut snapshot, now.before(DAY * MOST), limit).await?;
    let claims = super::waiting_claims(ctx, &mut snapshot).await?;
    let names = suggested(&mut snapshot).await?;
    Ok(UnknownCards {
        now: ctx.moment(now),
        cards: unclaimed.into_iter().map(|card| to_view(ctx, card)).collect(),
        names,
        claims,
    })
}

pub(super) fn to_view(ctx: &Ctx, card: Unclaimed) -> UnknownCard {
    UnknownCard {
        id: card.id,
        ending: card.ending,
        machine: card.machine,
        machine_name: card.machine_name,
        seen: ctx.moment(card.seen),
        times: card.times,
        ignored: card.ignored,
    }
}

/// The recipient: `person`, or the one with the typed whole name or address.
#[derive(Debug, Clone)]
pub enum Whom {
    Person(PersonId),
    Uid(String),
    /// A new member with this name.
    New(String),
}

/// Gives an unclaimed card to a person.
pub async fn give_unknown(
    ctx: &Ctx,
    actor: &Actor,
    card: UnknownCardId,
    whom: Whom,
) -> Result<Sorted, CardsError> {
    actor.require(Permission::GiveCard, Target::NONE)?;
    let now = ctx.now();
    let mut conn = ctx.store().read().await?;
    let person = match whom {
        Whom::New(name) => return give_to_new(ctx, actor, card, &name).await,
        Whom::Person(person) => person,
        Whom::Uid(input) => match called(&mut conn, &input).await?.as_slice() {
            [] => return Err(CardsError::Nobody),
            [(person, _)] => *person,
            _ => return Err(CardsError::Several),
        },
    };
    let them = there(&mut conn, person, now).await?;
    drop(conn);
    let given = ctx.change(actor, Permission::GiveCard, Target::person(person), async move |job| {
        let uid = cards::unclaimed_uid(job.tx.conn(), card).await?.ok_or(CardsError::UnknownCard)?;
        let ending = uid.as_str().get(4..).unwrap_or_default().to_owned();
        let done = give_uid(job, person, &uid, None).await?;
        Ok::<_, CardsError>(done.map(|given| (given, ending)))
    });
    let (card, ending) = given.await?;
    Ok(Sorted::Given { card, person, name: them.name.unwrap_or_default(), ending })
}

/// Assigns an unclaimed card to `person`, within a larger job.
pub(crate) async fn assign(
    job: &mut Job<'_>,
    person: PersonId,
    card: UnknownCardId,
) -> Result<audit::AuditEntry, CardsError> {
    let uid = cards::unclaimed_uid(job.tx.conn(), card).await?.ok_or(CardsError::UnknownCard)?;
    let (_, entry) = given(job, person, &uid, None).await?;
    Ok(entry)
}

/// Unclaimed cards that were not dismissed, newest first, at most `most`.
pub(crate) async fn unassigned(
    ctx: &Ctx,
    conn: &mut SqliteConnection,
    most: usize,
) -> Result<Vec<UnknownCard>, StoreError> {
    let limit = UNKNOWN.try_into().unwrap_or(i64::MAX);
    let unclaimed = cards::unclaimed(conn, ctx.now().before(DAY * MOST), limit).await?;
    let requested = unclaimed.into_iter().filter(|card| !card.ignored).take(most);
    Ok(requested.map(|card| to_view(ctx, card)).collect())
}

/// Adds a member by name and gives them the card, both or neither.
async fn give_to_new(ctx: &Ctx, actor: &Actor, card: UnknownCardId, name: &str) -> Result<Sorted, CardsError> {
    let form = async { names::name(name).map_err(|_| CardsError::Unnamed) };
    ctx.change_with(actor, Permission::Admit, Target::NONE, form, async move |job, name| {
        let uid = cards::unclaimed_uid(job.tx.conn(), card).await?.ok_or(CardsError::UnknownCard)?;
        let ending = uid.as_str().get(4..).unwrap_or_default().to_owned();
        let profile = Profile { name: name.clone(), email: None, phone: None };
        let person = profiles::add(job.tx, PersonStatus::Active, &profile, job.now).await?;
        make_member(job, person).await?;
        let subject = person;
        let added = audit::entry(job.tx, &job.proof, job.now, "person.added", subject, &json!({})).await?;
        job.tx.followed(added);
        let done = give_uid(job, person, &uid, None).await?;
        Ok(done.map(|card| Sorted::Given { card, person, name, ending }))
    })
    .await
}

/// Dismisses an unclaimed card, or undoes that.
pub async fn put_aside(ctx: &Ctx, actor: &Actor, card: UnknownCardId, aside: bool) -> Result<Sorted, CardsError> {
    ctx.change(actor, Permission::GiveCard, Target::NONE, async move |job| {
        let uid = cards::unclaimed_uid(job.tx.conn(), card).await?.ok_or(CardsError::UnknownCard)?;
        let ending = uid.as_str().get(4..).unwrap_or_default().to_owned();
        let sorted = Sorted::Ignored { card, ending, aside };
        if !cards::put_aside(job.tx, &uid, aside.then_some(job.now)).await? {
            return Ok(Done::unaudited(sorted, Unaudited::NothingChanged));
        }
        job.tx.after_commit(ChangeEvent::Space);
        let action = if aside { "card.put-aside" } else { "card.taken-up" };
        let detail = json!({ "unknown_card": card });
        job.audited(sorted, action, domain::audit::Subject::UnknownCards, &detail).await
    })
    .await
}

/// The earliest last-seen time of a card to be offered on an open page.
pub(super) fn lately(now: Millis) -> Millis {
    now.before(domain::time::MINUTE * 10)
}
