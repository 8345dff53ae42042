//! Cards: whose they are, what is said of them, what was done to them, and the next one at a machine.
//!
//! Invariant: no number of a card is answered; it comes in, and four digits of it go out. Deliberately absent: cards that
//! nobody has claimed (`unknown_cards`).

use super::{
    Body, Caller, Id, Query, Refusal,
    answer::{Made, One, Place, done},
    audit::who,
    operation::{Operation, Tag},
    paging::{Page, Which},
    unknown_cards::{UnknownCardShown, to_view},
    when, words,
};
use axum::response::Response;
use domain::{
    cards::{CardDeed, CardState},
    id::{CardId, MachineId, PersonId},
    tokens::Scope,
};
use serde::{Deserialize, Serialize};
use services::error::ServiceError;
use services::{cards, people};
use std::cmp::Reverse;
use utoipa::ToSchema;
use views::{
    cards::{CardEvent, CardPage, Outcome, Swiping, Waiting},
    people::CardView,
};

const LIST: &str = "listCards";

/// What can be done here.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/people/{id}/cards", LIST, list)
            .about(Tag::People, "Somebody's cards", "All they have or had; their own for everybody.")
            .needs(Scope::PeopleRead)
            .errors::<services::cards::CardsError>(&["person.unknown"]),
        Operation::post("/api/v1/people/{id}/cards", "giveCard", give)
            .about(Tag::People, "Give somebody a card", "By the number that is printed on it or that a reader shows.")
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
                "Is a card waited for",
                "Which boards can take somebody's next card, what has become of waiting for it, and cards of nobody that were \
                 held up just now.",
            )
            .needs(Scope::PeopleRead)
            .errors::<services::cards::CardsError>(&["person.unknown"]),
        Operation::put("/api/v1/people/{id}/cards/expected", "expectCard", expect)
            .about(
                Tag::People,
                "Wait for a card",
                "For a minute, the next card that is held to the reader of a machine becomes theirs. It lets nobody in.",
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
            .about(Tag::People, "Stop waiting for a card", "Nothing is waited for any more.")
            .needs(Scope::PeopleWrite)
            .errors::<services::cards::CardsError>(&["person.unknown"]),
        Operation::get("/api/v1/cards/{id}", "readCard", read)
            .about(Tag::People, "One card", "Whose it is, whether it opens anything, and what was done to it.")
            .needs(Scope::PeopleRead)
            .errors::<services::cards::CardsError>(&["card.unknown"]),
        Operation::post("/api/v1/cards/{id}/deeds", "markCard", mark)
            .about(
                Tag::People,
                "Say something of a card",
                "That it is lost or found, for everybody of their own; that it goes out of service or comes back, for whoever \
                 gives cards. A card that opens nothing any more ends what it was opening. Said twice, it is so already.",
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

/// A card; never its number.
#[derive(Debug, Serialize, ToSchema)]
pub struct CardShown {
    /// Its id.
    #[schema(example = 31)]
    id: i64,
    /// Its last four digits, for whoever has it or may give it; null too when the number is gone.
    #[schema(example = "07a1")]
    ending: Option<String>,
    #[schema(schema_with = words::card)]
    state: CardState,
    /// Since when.
    #[schema(format = DateTime)]
    given: String,
}

/// As the API says it: nothing is null.
fn ending(digits: String) -> Option<String> {
    Some(digits).filter(|digits| !digits.is_empty())
}

pub(super) fn card(card: CardView) -> CardShown {
    CardShown { id: card.id.0, ending: ending(card.ending), state: card.state, given: when(card.given) }
}

async fn list(caller: Caller, Id(id): Id, Query(which): Query<Which>) -> Result<Page<CardShown>, Refusal> {
    let (after, limit) = caller.place(LIST, which.after.as_deref(), which.limit)?;
    let Caller { ctx, actor, lang } = caller;
    let all = people::page(&ctx, &actor, PersonId(id)).await?.cards;
    Ok(Page::of_all(LIST, all, after.as_deref(), limit, lang, |one| Reverse((one.given.at, one.id.0)))?.map(card))
}

/// A card to be given.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCard {
    /// Its number: 8 hexadecimal digits as a board shows them, or 8 or 14 with separators as they are printed.
    #[schema(min_length = 8, max_length = 40, example = "1a2b3c4d")]
    number: String,
}

async fn give(caller: Caller, Id(id): Id, Body(card): Body<NewCard>) -> Result<Made, Refusal> {
    let Caller { ctx, actor, lang } = caller;
    let given = cards::give(&ctx, &actor, PersonId(id), &card.number).await;
    let card = given.map_err(|error| super::renamed(error.problem(lang), "uid", "number"))?;
    Ok(Made::plain(card.0))
}

/// One card; never its number.
#[derive(Debug, Serialize, ToSchema)]
pub struct CardFull {
    /// Its id.
    #[schema(example = 31)]
    id: i64,
    /// Whose it is.
    #[schema(example = 7)]
    person: i64,
    /// What they are called, while that is known.
    #[schema(example = "Ada Lovelace")]
    name: Option<String>,
    /// Its last four digits, for whoever has it or may give it; null too when the number is gone.
    #[schema(example = "07a1")]
    ending: Option<String>,
    #[schema(schema_with = words::card)]
    state: CardState,
    /// Since when.
    #[schema(format = DateTime)]
    given: String,
    #[schema(schema_with = words::deeds)]
    deeds: Vec<CardDeed>,
    /// What was done to it, newest first.
    #[schema(max_items = 100)]
    history: Vec<CardHistory>,
}

/// Something that was done to a card.
#[derive(Debug, Serialize, ToSchema)]
pub struct CardHistory {
    /// When.
    #[schema(format = DateTime)]
    at: String,
    #[schema(schema_with = words::who)]
    by: &'static str,
    /// Their id, while they are known.
    person: Option<i64>,
    /// What they are called, while they are known.
    name: Option<String>,
    /// What, as the code of the record.
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
        deeds: page.deeds,
        history: page.history.into_iter().map(event).collect(),
    }
}

async fn read(caller: Caller, Id(id): Id) -> Result<One<CardFull>, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let page = cards::page(&ctx, &actor, CardId(id)).await?;
    Ok(One(full(page)))
}

/// What is said of a card.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CardSaying {
    #[schema(schema_with = words::deed)]
    deed: CardDeed,
}

/// What a card is now.
#[derive(Debug, Serialize, ToSchema)]
pub struct CardNow {
    #[schema(schema_with = words::card)]
    state: CardState,
    /// What takes it back; null where nothing does, as for a card out of service whose holder has left.
    #[schema(example = "find")]
    undo: Option<&'static str>,
}

async fn mark(caller: Caller, Id(id): Id, Body(saying): Body<CardSaying>) -> Result<One<CardNow>, Refusal> {
    let Caller { ctx, actor, lang } = caller;
    let marked = cards::mark(&ctx, &actor, CardId(id), saying.deed).await;
    let marked = marked.map_err(|error| super::renamed(error.problem(lang), "uid", "deed"))?;
    Ok(One(CardNow { state: marked.deed.to(), undo: marked.undo.map(CardDeed::as_str) }))
}

/// Where the next card is somebody's.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NextCard {
    /// At which machine; its board must answer.
    #[schema(minimum = 1, example = 7)]
    machine: i64,
}

/// What there is to know about somebody's next card.
#[derive(Debug, Serialize, ToSchema)]
pub struct Expecting {
    /// Machines with a board that answers, by name.
    boards: Vec<ReadyMachine>,
    /// What is waited for, or how the last waiting ended; null when nothing was waited for lately.
    waiting: Option<WaitingShown>,
    /// Cards of nobody that were held to a reader in the last minutes.
    #[schema(max_items = 3)]
    recent: Vec<UnknownCardShown>,
}

/// A machine with a board that answers.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReadyMachine {
    /// The machine's id.
    #[schema(example = 7)]
    machine: i64,
    /// What it is called.
    #[schema(example = "Laser cutter 1")]
    name: String,
}

/// Waiting for a card.
#[derive(Debug, Serialize, ToSchema)]
pub struct WaitingShown {
    /// At which machine.
    #[schema(example = 7)]
    machine: i64,
    /// What that is called.
    #[schema(example = "Laser cutter 1")]
    machine_name: String,
    /// Until when.
    #[schema(format = DateTime)]
    until: String,
    /// `open`: nobody held up a card yet; `given`: it is theirs; `taken`: it is somebody's already; `failed`: it could not be
    /// written down.
    #[schema(example = "open")]
    outcome: &'static str,
    /// The card that is theirs now.
    card: Option<i64>,
    /// Its last four digits.
    ending: Option<String>,
    /// Whose it is already.
    person: Option<i64>,
}

fn waited(waiting: Waiting) -> WaitingShown {
    let (outcome, card, ending, person) = match waiting.outcome {
        Outcome::Open => ("open", None, None, None),
        Outcome::Given { card, ending } => ("given", Some(card.0), Some(ending), None),
        Outcome::Assigned { person, .. } => ("taken", None, None, Some(person.0)),
        Outcome::Failed => ("failed", None, None, None),
    };
    WaitingShown {
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
