//! Cards: assigning them, changing their state, and their history.
//!
//! **Invariants.** A uid that opens something belongs to one person. A change is re-checked inside the job,
//! against the card as it is then. Only those who may assign cards learn whose a card is.

mod claims;
mod enrollment;
mod unknown;

pub use claims::{ClaimsError, approve, at_reader, claim, mine, one as one_claim, open as open_claims, refuse};
pub(crate) use claims::{take_back as take_back_claim, waiting as waiting_claims};
pub(crate) use enrollment::{Expectations, try_enroll};
pub use enrollment::{cancel, expect, swiping};
pub use unknown::{Whom, give_unknown, put_aside, unknown};
pub(crate) use unknown::{assign, unassigned};

use crate::{Ctx, change::Job, notices};
use contract::cards::{CardEvent, CardPage, Marked};
use domain::{
    actor::{Actor, Forbidden, Permission, Target},
    audit::by,
    cards::{CardAction, CardState, CardUid},
    events::DomainEvent,
    id::{CardId, MachineId, PersonId},
    live::ChangeEvent,
    notices::Notice,
    people::PersonStatus,
    problem::{Kind, Problem},
    requests::Cause,
    time::Millis,
};
use macros::ServiceError;
use serde_json::json;
use store::{
    Done, SqliteConnection, StoreError, Unaudited,
    audit::{self, AuditEntry},
    cards::{self, Holder},
    people::{self, Person},
};
use text::Lang;

/// Limit of history lines on a card's page.
const HISTORY: i64 = 100;

/// Why a card cannot be given or changed.
#[derive(Debug, Clone, ServiceError)]
pub enum CardsError {
    /// The actor may not do this.
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    /// Not a card uid.
    #[problem("card.invalid", Invalid, at("uid", card_form))]
    NotAUid,
    /// The card, or one that boards cannot distinguish from it, is already assigned.
    #[problem(with = taken(_0.as_ref(), lang), codes = [(Kind::Conflict, "card.taken")])]
    Assigned(Option<Holder>),
    #[problem("person.unknown", NotFound, card_nobody)]
    UnknownPerson,
    /// They were erased.
    #[problem("person.erased", Conflict, card_erased)]
    Erased,
    /// They left: no card of theirs opens anything.
    #[problem("person.left", Conflict, card_left)]
    Left,
    /// Unknown card, or one hidden from the caller.
    #[problem("card.unknown", NotFound, card_unknown)]
    UnknownCard,
    /// The card's state does not allow this action any more.
    #[problem("card.changed", Conflict, card_changed(lang.card_state(*_0)))]
    Changed(CardState),
    /// No person has that name.
    #[problem("card.invalid", Invalid, at("to", card_to_nobody))]
    Nobody,
    /// Several people are called so.
    #[problem("card.invalid", Invalid, at("to", card_to_several))]
    Several,
    /// The new person's name is missing or invalid.
    #[problem("card.invalid", Invalid, at("name", name_invalid))]
    Unnamed,
    /// That machine has no board online.
    #[problem("card.invalid", Invalid, at("machine", card_no_board))]
    NoBoard,
    /// That board waits for another person's card.
    #[problem("card.board-busy", Conflict, at("machine", card_busy))]
    Busy,
    #[problem(transparent)]
    Store(#[from] StoreError),
}

fn taken(holder: Option<&Holder>, lang: Lang) -> Problem {
    let name = holder.and_then(|holder| holder.name.as_deref());
    let message = name.map_or_else(|| lang.card_taken().to_owned(), |name| lang.card_taken_by(name));
    Problem::new("card.taken", Kind::Conflict, message.clone()).field("uid", message)
}

/// Gives `person` the card with the typed number.
pub async fn give(ctx: &Ctx, actor: &Actor, person: PersonId, input: &str) -> Result<CardId, CardsError> {
    let form = async { CardUid::from_input(input).ok_or(CardsError::NotAUid) };
    ctx.change_with(actor, Permission::GiveCard, Target::person(person), form, async move |job, uid| {
        give_uid(job, person, &uid, None).await
    })
    .await
}

/// Gives `person` the card with this uid, held to the reader of machine `at` if known.
async fn give_uid(
    job: &mut Job<'_>,
    person: PersonId,
    uid: &CardUid,
    at: Option<MachineId>,
) -> Result<Done<CardId>, CardsError> {
    let (card, entry) = given(job, person, uid, at).await?;
    Ok(Done::audited(card, entry))
}

/// Like `give_uid`, within a larger job.
async fn given(
    job: &mut Job<'_>,
    person: PersonId,
    uid: &CardUid,
    at: Option<MachineId>,
) -> Result<(CardId, AuditEntry), CardsError> {
    let (tx, now) = (&mut *job.tx, job.now);
    let proof = job.actor.require(Permission::GiveCard, Target::person(person))?;
    there(tx.conn(), person, now).await?;
    if let Some(holder) = cards::holder(tx.conn(), uid).await? {
        return Err(CardsError::Assigned(Some(holder)));
    }
    let card = cards::give(tx, person, uid, now).await.map_err(|error| match error {
        StoreError::Unique(_) => CardsError::Assigned(None),
        error => error.into(),
    })?;
    tx.after_commit(ChangeEvent::Person(person));
    notices::notify(tx, &proof, person, Notice::CardGiven { at: now }, now).await?;
    let on = at.map(|machine| format!("machine:{machine}"));
    let detail = json!({ "card": card, "on": on });
    let entry = audit::entry(tx, &proof, now, "card.given", person, &detail).await?;
    Ok((card, entry))
}

/// A person who can be given a card: not erased, and not a former member, who must be readmitted first.
async fn there(conn: &mut SqliteConnection, person: PersonId, now: Millis) -> Result<Person, CardsError> {
    let them = people::one(conn, person, now).await?.ok_or(CardsError::UnknownPerson)?;
    match them.status {
        _ if them.erased_at.is_some() => Err(CardsError::Erased),
        PersonStatus::Left => Err(CardsError::Left),
        _ => Ok(them),
    }
}

/// Cards of erased people cannot be changed; cards of former members cannot be put into service.
fn can_be_set(act: CardAction, whose: &Person) -> Result<(), CardsError> {
    if whose.erased_at.is_some() {
        return Err(CardsError::Erased);
    }
    if whose.status == PersonStatus::Left && act.to() == CardState::Active {
        Err(CardsError::Left)
    } else {
        Ok(())
    }
}

/// Whether the actor marks this card in some way.
pub async fn may_mark(ctx: &Ctx, actor: &Actor, id: CardId) -> Result<(), CardsError> {
    let found = cards::one(&mut *ctx.store().read().await?, id).await?;
    // Another person's card appears as unknown.
    let about = found.as_ref().map_or(Target::NONE, |card| Target::person(card.person));
    match actor.require(Permission::LoseCard, about) {
        Err(Forbidden::NotAllowed) => Err(CardsError::UnknownCard),
        proof => Ok(proof.map(drop)?),
    }
}

/// Marks a card as lost, found, retired or back in service.
pub async fn mark(ctx: &Ctx, actor: &Actor, id: CardId, act: CardAction) -> Result<Marked, CardsError> {
    may_mark(ctx, actor, id).await?;
    ctx.begin(actor, async move |begun| {
        let card = cards::one(begun.tx.conn(), id).await?.ok_or(CardsError::UnknownCard)?;
        let permission = permission(act, card.state);
        let mut job = begun.require(permission, Target::person(card.person))?;
        let whose = people::one(job.tx.conn(), card.person, job.now).await?.ok_or(CardsError::UnknownCard)?;
        let back = |was| Some(act.undone_by(was)).filter(|&undo| can_be_set(undo, &whose).is_ok());
        let marked = Marked { card: id, ending: card.ending, action: act, undo: back(card.state) };
        if card.state == act.to() {
            // Repeated: the undo is the one of the first time.
            let undo = back(before(act));
            return Ok(Done::unaudited(Marked { undo, ..marked }, Unaudited::NothingChanged));
        }
        if !act.begins_at(card.state) {
            return Err(CardsError::Changed(card.state));
        }
        can_be_set(act, &whose)?;
        match cards::set_state(job.tx, id, act.to()).await {
            // The present holder is shown only to those who give cards.
            Err(StoreError::Unique(_)) if job.actor.may(Permission::GiveCard, Target::NONE) => {
                return Err(CardsError::Assigned(cards::successor(job.tx.conn(), id).await?));
            }
            Err(StoreError::Unique(_)) => return Err(CardsError::Assigned(None)),
            done => done?,
        }
        changed(&mut job, card.person, card.state, act).await?;
        let subject = card.person;
        job.audited(marked, action(act), subject, &json!({ "card": id })).await
    })
    .await
}

/// The usual state of a card before `act`.
const fn before(act: CardAction) -> CardState {
    match act {
        CardAction::Lose | CardAction::Retire => CardState::Active,
        CardAction::Find => CardState::Lost,
        CardAction::Restore => CardState::Retired,
    }
}

const fn permission(act: CardAction, state: CardState) -> Permission {
    if act.is_for_givers(state) { Permission::GiveCard } else { Permission::LoseCard }
}

const fn action(act: CardAction) -> &'static str {
    match act {
        CardAction::Lose => "card.lost",
        CardAction::Find => "card.found",
        CardAction::Retire => "card.retired",
        CardAction::Restore => "card.restored",
    }
}

async fn changed(job: &mut Job<'_>, person: PersonId, was: CardState, act: CardAction) -> Result<(), StoreError> {
    job.tx.after_commit(ChangeEvent::Person(person));
    if was == CardState::Active && act.to() != CardState::Active {
        job.emit(DomainEvent::StandingChanged { person, cause: Cause::Card }).await?;
    }
    Ok(())
}

/// A card's page: holder, state and history.
pub async fn page(ctx: &Ctx, actor: &Actor, id: CardId) -> Result<CardPage, CardsError> {
    let now = ctx.now();
    let mut snapshot = ctx.store().snapshot().await?;
    let found = cards::one(&mut snapshot, id).await?;
    let about = found.as_ref().map_or(Target::NONE, |card| Target::person(card.person));
    match actor.require(Permission::SeePerson, about) {
        Err(Forbidden::NotAllowed) => return Err(CardsError::UnknownCard),
        proof => proof?,
    };
    let card = found.ok_or(CardsError::UnknownCard)?;
    let person = people::one(&mut snapshot, card.person, now).await?;
    let events = cards::history(&mut snapshot, card.person, id, HISTORY).await?;
    let can_be_set = |act| person.as_ref().is_some_and(|whose| can_be_set(act, whose).is_ok());
    let actions = CardAction::ALL.iter().copied().filter(|&act| act.begins_at(card.state) && can_be_set(act));
    let actions = actions.filter(|&act| actor.may(permission(act, card.state), about)).collect();
    let may_lose = actor.may(Permission::LoseCard, about);
    Ok(CardPage {
        now: ctx.moment(now),
        id,
        person: card.person,
        name: person.and_then(|person| person.name),
        // Four digits are shown to the holder and to those who give cards.
        ending: if may_lose { card.ending } else { String::new() },
        state: card.state,
        given: ctx.moment(card.given_at),
        actions,
        history: events
            .into_iter()
            .map(|event| CardEvent {
                at: ctx.moment(event.at),
                by: by(event.somebody.is_some(), event.by.zip(event.name), event.door),
                action: event.action,
            })
            .collect(),
    })
}
