//! Cards: their holders, states and history, and the enrolment of the next one at a machine.
//!
//! Invariant: a card's uid is accepted but never returned; four digits are. Not here: unknown cards (`unknown_cards`).

use super::{
    Body, Caller, Id, Query, Refusal,
    answer::{Made, One, Place, done},
    audit::who,
    operation::{Operation, Tag},
    paging::{Page, Which},
    unknown_cards::{UnknownCardView, to_view},
    when, words,
};
use axum::response::Response;
use contract::{
    cards::{CardEvent, CardPage, Outcome, Swiping, Waiting},
    people::CardView,
};
use domain::{
    actor::Permission,
    cards::{CardAction, CardState},
    id::{CardId, MachineId, PersonId},
    tokens::Scope,
};
use serde::{Deserialize, Serialize};
use services::{cards, error::ServiceError, people, requirements::PathTarget};
use std::cmp::Reverse;
use utoipa::ToSchema;

const LIST: &str = "listCards";

/// The operations of this module.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/people/{id}/cards", LIST, list)
            .may_or_hidden(
                &[(Permission::SeePerson, PathTarget::Person)],
                |lang| services::people::PeopleError::Unknown.problem(lang),
            )
            .about(
                Tag::People,
                "List a person's cards",
                "Lists all current and former cards of a person. Everyone may list their own.",
            )
            .needs(Scope::PeopleRead)
            .errors::<services::cards::CardsError>(&["person.unknown"]),
        Operation::post("/api/v1/people/{id}/cards", "giveCard", give)
            .may(&[(Permission::GiveCard, PathTarget::Person)])
            .about(
                Tag::People,
                "Add a card",
                "Adds a card by the number that is printed on it or shown by a reader.",
            )
            .needs(Scope::PeopleWrite)
            .makes(Place::At("/api/v1/cards"))
            .errors::<services::cards::CardsError>(&[
                "person.unknown",
                "person.erased",
                "person.left",
                "card.taken",
                "card.invalid",
            ]),
        Operation::get("/api/v1/people/{id}/cards/expected", "readExpectedCard", expected)
            .about(
                Tag::People,
                "Get a card enrollment",
                "Lists the boards that can enroll the person's next card, the state of the latest enrollment, and unknown \
                 cards that were tapped recently.",
            )
            .needs(Scope::PeopleRead)
            .errors::<services::cards::CardsError>(&["person.unknown"]),
        Operation::put("/api/v1/people/{id}/cards/expected", "expectCard", expect)
            .may(&[(Permission::GiveCard, PathTarget::Person)])
            .about(
                Tag::People,
                "Enroll a card at a reader",
                "Assigns the next card that is tapped on the machine's reader within a minute to the person. The tap does \
                 not start the machine.",
            )
            .needs(Scope::PeopleWrite)
            .errors::<services::cards::CardsError>(&[
                "person.unknown",
                "person.erased",
                "person.left",
                "card.board-busy",
                "card.invalid",
            ]),
        Operation::delete("/api/v1/people/{id}/cards/expected", "cancelExpectedCard", cancel)
            .about(Tag::People, "Cancel a card enrollment", "Cancels the enrollment.")
            .needs(Scope::PeopleWrite)
            .errors::<services::cards::CardsError>(&["person.unknown"]),
        Operation::get("/api/v1/cards/{id}", "readCard", read)
            .about(Tag::People, "Get a card", "Returns a card with its holder, its state and its history.")
            .needs(Scope::PeopleRead)
            .errors::<services::cards::CardsError>(&["card.unknown"]),
        Operation::post("/api/v1/cards/{id}/actions", "markCard", mark)
            .may_or_hidden(
                &[(Permission::LoseCard, PathTarget::Card)],
                |lang| services::cards::CardsError::UnknownCard.problem(lang),
            )
            .about(
                Tag::People,
                "Change the state of a card",
                "Reports a card lost or found, for its holder; disables or re-enables it, for people who may manage cards. \
                 A card that loses access ends what it was used for. Idempotent: repeating it changes nothing.",
            )
            .needs(Scope::PeopleWrite)
            .errors::<services::cards::CardsError>(&[
                "card.unknown",
                "person.erased",
                "person.left",
                "card.changed",
                "card.taken",
            ]),
    ]
}

/// A card. Its number is never included.
#[derive(Debug, Serialize, ToSchema)]
pub struct CardDetails {
    /// Its id.
    #[schema(example = 31)]
    id: i64,
    /// The last four digits, for its holder and people who may manage cards; null too if the number has been erased.
    #[schema(example = "07a1")]
    ending: Option<String>,
    #[schema(schema_with = words::card)]
    state: CardState,
    /// When it was given.
    #[schema(format = DateTime)]
    given: String,
}

/// The last digits as the API returns them: null instead of an empty string.
fn ending(digits: String) -> Option<String> {
    Some(digits).filter(|digits| !digits.is_empty())
}

pub(super) fn card(card: CardView) -> CardDetails {
    CardDetails { id: card.id.0, ending: ending(card.ending), state: card.state, given: when(card.given) }
}

async fn list(caller: Caller, Id(id): Id, Query(which): Query<Which>) -> Result<Page<CardDetails>, Refusal> {
    let (after, limit) = caller.place(LIST, which.after.as_deref(), which.limit)?;
    let Caller { ctx, actor, lang } = caller;
    let all = people::page(&ctx, &actor, PersonId(id)).await?.cards;
    Ok(Page::of_all(LIST, all, after.as_deref(), limit, lang, |one| Reverse((one.given.at, one.id.0)))?.map(card))
}

/// A new card.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCard {
    /// The card's number: 8 hexadecimal digits as shown by a board, or 8 or 14 with separators as printed.
    #[schema(min_length = 8, max_length = 40, example = "1a2b3c4d")]
    number: String,
}

async fn give(caller: Caller, Id(id): Id, Body(card): Body<NewCard>) -> Result<Made, Refusal> {
    let Caller { ctx, actor, lang } = caller;
    let given = cards::give(&ctx, &actor, PersonId(id), &card.number).await;
    let card = given.map_err(|error| super::renamed(error.problem(lang), "uid", "number"))?;
    Ok(Made::plain(card.0))
}

/// A card with its history. Its number is never included.
#[derive(Debug, Serialize, ToSchema)]
pub struct CardFull {
    /// Its id.
    #[schema(example = 31)]
    id: i64,
    /// The holder's id.
    #[schema(example = 7)]
    person: i64,
    /// The holder's name, while on record.
    #[schema(example = "Ada Lovelace")]
    name: Option<String>,
    /// The last four digits, for its holder and people who may manage cards; null too if the number has been erased.
    #[schema(example = "07a1")]
    ending: Option<String>,
    #[schema(schema_with = words::card)]
    state: CardState,
    /// When it was given.
    #[schema(format = DateTime)]
    given: String,
    #[schema(schema_with = words::actions)]
    actions: Vec<CardAction>,
    /// The history of the card, newest first.
    #[schema(max_items = 100)]
    history: Vec<CardHistory>,
}

/// An entry in a card's history.
#[derive(Debug, Serialize, ToSchema)]
pub struct CardHistory {
    /// When it happened.
    #[schema(format = DateTime)]
    at: String,
    #[schema(schema_with = words::who)]
    by: &'static str,
    /// The id of the person who did it, while on record.
    person: Option<i64>,
    /// The name of the person who did it, while on record.
    name: Option<String>,
    /// The action, as its audit code.
    #[schema(example = "card.lost")]
    action: String,
}

fn event(event: CardEvent) -> CardHistory {
    let (by, person, name) = who(event.by);
    CardHistory { at: when(event.at), by, person, name, action: event.action }
}

fn full(page: CardPage) -> CardFull {
    CardFull {
        id: page.id.0,
        person: page.person.0,
        name: page.name,
        ending: ending(page.ending),
        state: page.state,
        given: when(page.given),
        actions: page.actions,
        history: page.history.into_iter().map(event).collect(),
    }
}

async fn read(caller: Caller, Id(id): Id) -> Result<One<CardFull>, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let page = cards::page(&ctx, &actor, CardId(id)).await?;
    Ok(One(full(page)))
}

/// A change of a card's state.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CardActionBody {
    #[schema(schema_with = words::action)]
    action: CardAction,
}

/// The new state of a card.
#[derive(Debug, Serialize, ToSchema)]
pub struct CardNow {
    #[schema(schema_with = words::card)]
    state: CardState,
    /// The action that undoes the change; null if it cannot be undone, for example when a card is out of service and its
    /// holder has left.
    #[schema(example = "find")]
    undo: Option<&'static str>,
}

async fn mark(caller: Caller, Id(id): Id, Body(saying): Body<CardActionBody>) -> Result<One<CardNow>, Refusal> {
    let Caller { ctx, actor, lang } = caller;
    let marked = cards::mark(&ctx, &actor, CardId(id), saying.action).await;
    let marked = marked.map_err(|error| super::renamed(error.problem(lang), "uid", "action"))?;
    Ok(One(CardNow { state: marked.action.to(), undo: marked.undo.map(CardAction::as_str) }))
}

/// Where to enroll a person's next card.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NextCard {
    /// The machine whose reader to use; its board must be online.
    #[schema(minimum = 1, example = 7)]
    machine: i64,
}

/// The state of a person's card enrollment.
#[derive(Debug, Serialize, ToSchema)]
pub struct Expecting {
    /// Machines whose board is online, by name.
    boards: Vec<ReadyMachine>,
    /// The running or latest enrollment; null if there was none recently.
    waiting: Option<WaitingView>,
    /// Unknown cards that were tapped on a reader in the last minutes.
    #[schema(max_items = 3)]
    recent: Vec<UnknownCardView>,
}

/// A machine whose board is online.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReadyMachine {
    /// The machine's id.
    #[schema(example = 7)]
    machine: i64,
    /// The machine's name.
    #[schema(example = "Laser cutter 1")]
    name: String,
}

/// A card enrollment.
#[derive(Debug, Serialize, ToSchema)]
pub struct WaitingView {
    /// The machine's id.
    #[schema(example = 7)]
    machine: i64,
    /// The machine's name.
    #[schema(example = "Laser cutter 1")]
    machine_name: String,
    /// When it expires.
    #[schema(format = DateTime)]
    until: String,
    /// `open`: no card has been tapped yet; `given`: the card was added; `taken`: the card belongs to someone else; `failed`:
    /// the card could not be saved.
    #[schema(example = "open")]
    outcome: &'static str,
    /// The id of the card that was added.
    card: Option<i64>,
    /// Its last four digits.
    ending: Option<String>,
    /// The id of the person who already holds the card.
    person: Option<i64>,
}

fn waited(waiting: Waiting) -> WaitingView {
    let (outcome, card, ending, person) = match waiting.outcome {
        Outcome::Open => ("open", None, None, None),
        Outcome::Given { card, ending } => ("given", Some(card.0), Some(ending), None),
        Outcome::Assigned { person, .. } => ("taken", None, None, Some(person.0)),
        Outcome::Failed => ("failed", None, None, None),
    };
    WaitingView {
        machine: waiting.machine.0,
        machine_name: waiting.machine_name,
        until: when(waiting.until),
        outcome,
        card,
        ending,
        person,
    }
}

fn expecting(swiping: Swiping) -> Expecting {
    let boards = swiping.boards.into_iter().map(|(machine, name)| ReadyMachine { machine: machine.0, name });
    Expecting {
        boards: boards.collect(),
        waiting: swiping.waiting.map(waited),
        recent: swiping.recent.into_iter().map(to_view).collect(),
    }
}

async fn expected(caller: Caller, Id(id): Id) -> Result<One<Expecting>, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let swiping = cards::swiping(&ctx, &actor, PersonId(id)).await?;
    Ok(One(expecting(swiping)))
}

async fn expect(caller: Caller, Id(id): Id, Body(at): Body<NextCard>) -> Result<One<Expecting>, Refusal> {
    let (Caller { ctx, actor, .. }, person) = (caller, PersonId(id));
    cards::expect(&ctx, &actor, person, MachineId(at.machine)).await?;
    let swiping = cards::swiping(&ctx, &actor, person).await?;
    Ok(One(expecting(swiping)))
}

async fn cancel(caller: Caller, Id(id): Id) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    cards::cancel(&ctx, &actor, PersonId(id)).await?;
    Ok(done())
}
