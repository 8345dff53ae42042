//! People: finding them, seeing one, letting them in and out, their cards, and what boards decided about them.

use super::{
    Asker, Body, Id, Query, Refusal,
    answer::{Made, One, Place, done},
    operation::{Operation, Tag},
    paging::Page,
    when, words,
};
use axum::response::Response;
use domain::{
    accounts::Delivery,
    actor::Rank,
    cards::CardState,
    id::{CardId, PersonId},
    people::{CardView, PersonPage, PersonRow, PersonStatus, Step},
    tokens::Scope,
};
use serde::{Deserialize, Serialize};
use services::{
    access,
    accounts::{self, Invite},
    cards,
    people::{self, Query as Wanted},
};
use utoipa::ToSchema;

const LIST: &str = "listPeople";
const DECISIONS: &str = "listDecisions";

/// What can be done here.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/people", LIST, list)
            .about(Tag::People, "Find people", "People by name, for managers and auditors.")
            .needs(Scope::PeopleRead)
            .query::<Find>()
            .page::<PersonShown>(),
        Operation::post("/api/v1/people", "invitePerson", invite)
            .about(
                Tag::People,
                "Invite somebody",
                "Makes somebody a member, and mails them a link to choose a password; where no mail leaves, the link is \
                 answered, to be handed over. Whoever has the address already is not invited twice.",
            )
            .needs(Scope::PeopleWrite)
            .body::<Newcomer>()
            .one::<Invited>()
            .problems(&[(422, "form.invalid")]),
        Operation::get("/api/v1/people/{id}", "readPerson", read)
            .about(Tag::People, "One person", "Somebody's profile, standing and cards; never the number of a card.")
            .needs(Scope::PeopleRead)
            .one::<PersonFull>()
            .problems(&[(404, "person.unknown")]),
        Operation::post("/api/v1/people/{id}/steps", "takeStep", step)
            .about(
                Tag::People,
                "Admit, suspend, take back, let go",
                "Changes where somebody stands with the workshop. Whoever is suspended or leaves is signed out, their tokens \
                 end, and what they run is stopped.",
            )
            .needs(Scope::PeopleWrite)
            .body::<Taken>()
            .problems(&[
                (403, "person.oneself"),
                (403, "person.outranked"),
                (404, "person.unknown"),
                (409, "person.wrong-status"),
                (409, "person.last-administrator"),
            ]),
        Operation::post("/api/v1/people/{id}/link", "helpIn", help_in)
            .about(
                Tag::People,
                "Help somebody in",
                "Makes a link by which somebody who cannot sign in chooses another password.",
            )
            .needs(Scope::PeopleWrite)
            .one::<Invited>()
            .problems(&[(403, "account.outranked"), (404, "account.unknown"), (409, "second-factor.other")]),
        Operation::post("/api/v1/people/{id}/cards", "giveCard", give_card)
            .about(Tag::People, "Give somebody a card", "By the number that is printed on it or that a reader shows.")
            .needs(Scope::PeopleWrite)
            .body::<NewCard>()
            .makes(Place::Above)
            .problems(&[(404, "person.unknown"), (422, "card.invalid")]),
        Operation::post("/api/v1/cards/{id}/lost", "loseCard", lost)
            .about(Tag::People, "Report a card lost", "It opens nothing from now on, and ends what it was opening.")
            .needs(Scope::PeopleWrite)
            .problems(&[(404, "card.unknown")]),
        Operation::post("/api/v1/cards/{id}/found", "findCard", found)
            .about(Tag::People, "Report a card found", "A lost card opens again what it opened.")
            .needs(Scope::PeopleWrite)
            .problems(&[(404, "card.unknown"), (409, "card.taken")]),
        Operation::get("/api/v1/people/{id}/decisions", DECISIONS, decisions)
            .about(
                Tag::People,
                "What boards decided",
                "The newest decisions about somebody, with the codes of the reasons. Trainers see those at their machines.",
            )
            .needs(Scope::PeopleRead)
            .query::<super::paging::Which>()
            .page::<DecisionShown>()
            .problems(&[(404, "person.unknown")]),
    ]
}

/// Which people are looked for.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Find {
    /// In name or address.
    #[schema(max_length = 254, example = "ada")]
    search: String,
    #[schema(schema_with = words::status)]
    status: Option<PersonStatus>,
    /// The cursor of the page before.
    after: Option<String>,
    /// How many at most.
    #[schema(minimum = 1, maximum = 50, example = 50)]
    limit: Option<u32>,
}

/// Somebody in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonShown {
    /// Their id.
    #[schema(example = 7)]
    id: i64,
    /// What they are called, while that is known.
    #[schema(example = "Ada Lovelace")]
    name: Option<String>,
    /// Their address, if there is one.
    #[schema(example = "ada@example.org")]
    email: Option<String>,
    #[schema(schema_with = words::status)]
    status: PersonStatus,
    #[schema(schema_with = words::rank)]
    rank: Rank,
    /// A hold keeps them out for now.
    on_hold: bool,
    /// How many types they may use.
    types: u32,
    /// When they last used a machine.
    #[schema(format = DateTime)]
    last_use: Option<String>,
}

fn shown(row: PersonRow) -> PersonShown {
    PersonShown {
        id: row.id.0,
        name: row.name,
        email: row.email,
        status: row.status,
        rank: row.rank,
        on_hold: row.on_hold,
        types: row.types,
        last_use: row.last_use.map(when),
    }
}

async fn list(asker: Asker, Query(find): Query<Find>) -> Result<Page<PersonShown>, Refusal> {
    let (after, limit) = asker.place(LIST, find.after.as_deref(), find.limit)?;
    let Asker { ctx, actor, lang } = asker;
    let wanted = Wanted { search: find.search, status: find.status };
    let page =
        people::list(&ctx, &actor, &wanted, after.map(PersonId)).await.map_err(|error| error.problem(lang))?;
    Ok(Page::cut(LIST, page.people, limit, page.next.is_some(), |row| row.id.0).map(shown))
}

/// Somebody to be invited.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Newcomer {
    /// What they are called.
    #[schema(min_length = 1, max_length = 200, example = "Ada Lovelace")]
    name: String,
    /// Their address.
    #[schema(min_length = 3, max_length = 254, format = Email, example = "ada@example.org")]
    email: String,
    /// In which language they are written to: `en` or `it`; the asker's where it is left out.
    #[schema(schema_with = words::language)]
    language: Option<String>,
}

/// How a link reached the person it is for.
#[derive(Debug, Serialize, ToSchema)]
pub struct Invited {
    /// It was mailed to them.
    mailed: bool,
    /// The link, to be handed over where no mail leaves. It is shown this once.
    #[schema(example = "https://toolgate.example.org/link/…")]
    link: Option<String>,
}

fn delivered(delivery: Delivery) -> One<Invited> {
    One(match delivery {
        Delivery::Mailed => Invited { mailed: true, link: None },
        Delivery::ByHand { link } => Invited { mailed: false, link: Some(link) },
    })
}

async fn invite(asker: Asker, Body(new): Body<Newcomer>) -> Result<One<Invited>, Refusal> {
    let Asker { ctx, actor, lang } = asker;
    let language = super::language(new.language.as_deref(), lang)?;
    let invite = Invite { name: new.name, email: new.email, lang: language };
    let delivery = accounts::invite(&ctx, &actor, invite).await.map_err(|error| error.problem(lang))?;
    Ok(delivered(delivery))
}

async fn help_in(asker: Asker, Id(id): Id) -> Result<One<Invited>, Refusal> {
    let Asker { ctx, actor, lang } = asker;
    let delivery = accounts::help_in(&ctx, &actor, PersonId(id)).await.map_err(|error| error.problem(lang))?;
    Ok(delivered(delivery))
}

/// One person.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonFull {
    /// Their id.
    #[schema(example = 7)]
    id: i64,
    /// What they are called, while that is known.
    #[schema(example = "Ada Lovelace")]
    name: Option<String>,
    /// Their address, if there is one.
    #[schema(example = "ada@example.org")]
    email: Option<String>,
    #[schema(schema_with = words::status)]
    status: PersonStatus,
    #[schema(schema_with = words::rank)]
    rank: Rank,
    /// Since when they are known.
    #[schema(format = DateTime)]
    since: String,
    /// When they left.
    #[schema(format = DateTime)]
    left: Option<String>,
    /// Uses of machines in the last thirty days.
    uses: u32,
    /// Seconds of them.
    used_seconds: i64,
    /// Their cards.
    cards: Vec<CardShown>,
    /// What the asker may do to where they stand.
    #[schema(schema_with = words::steps)]
    steps: Vec<Step>,
}

/// A card; never its number.
#[derive(Debug, Serialize, ToSchema)]
pub struct CardShown {
    /// Its id.
    id: i64,
    /// Its last two digits, for whoever may give it.
    #[schema(example = "a1")]
    ending: String,
    #[schema(schema_with = words::card)]
    state: CardState,
    /// Since when.
    #[schema(format = DateTime)]
    given: String,
}

fn card(card: CardView) -> CardShown {
    CardShown { id: card.id.0, ending: card.ending, state: card.state, given: when(card.given) }
}

fn full(page: PersonPage) -> PersonFull {
    PersonFull {
        id: page.id.0,
        name: page.name,
        email: page.email,
        status: page.status,
        rank: page.rank,
        since: when(page.since),
        left: page.left.map(when),
        uses: page.uses,
        used_seconds: page.used / 1_000,
        cards: page.cards.into_iter().map(card).collect(),
        steps: page.steps,
    }
}

async fn read(asker: Asker, Id(id): Id) -> Result<One<PersonFull>, Refusal> {
    let Asker { ctx, actor, lang } = asker;
    let page = people::page(&ctx, &actor, PersonId(id)).await.map_err(|error| error.problem(lang))?;
    Ok(One(full(page)))
}

/// What is done to where somebody stands.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Taken {
    #[schema(schema_with = words::step)]
    step: Step,
}

async fn step(asker: Asker, Id(id): Id, Body(taken): Body<Taken>) -> Result<Response, Refusal> {
    let (Asker { ctx, actor, lang }, person) = (asker, PersonId(id));
    let taken = match taken.step {
        Step::Admit => people::admit(&ctx, &actor, person).await,
        Step::Suspend => people::suspend(&ctx, &actor, person).await,
        Step::Readmit => people::readmit(&ctx, &actor, person).await,
        Step::Leave => people::leave(&ctx, &actor, person).await,
    };
    taken.map_err(|error| error.problem(lang))?;
    Ok(done())
}

/// A card to be given.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCard {
    /// Its number: 8 hexadecimal digits as a board shows them, or 8 or 14 as a reader does.
    #[schema(pattern = "^[0-9a-fA-F]{8}$", example = "1a2b3c4d")]
    number: String,
}

async fn give_card(asker: Asker, Id(id): Id, Body(card): Body<NewCard>) -> Result<Made, Refusal> {
    let Asker { ctx, actor, lang } = asker;
    let given = cards::give(&ctx, &actor, PersonId(id), &card.number).await;
    let card = given.map_err(|error| super::renamed(error.problem(lang), "uid", "number"))?;
    Ok(Made::plain(card.0))
}

async fn lost(asker: Asker, Id(id): Id) -> Result<Response, Refusal> {
    let Asker { ctx, actor, lang } = asker;
    people::report_card_lost(&ctx, &actor, CardId(id)).await.map_err(|error| error.problem(lang))?;
    Ok(done())
}

async fn found(asker: Asker, Id(id): Id) -> Result<Response, Refusal> {
    let Asker { ctx, actor, lang } = asker;
    people::card_found(&ctx, &actor, CardId(id)).await.map_err(|error| error.problem(lang))?;
    Ok(done())
}

/// What a board decided.
#[derive(Debug, Serialize, ToSchema)]
pub struct DecisionShown {
    /// Its id.
    id: i64,
    /// When.
    #[schema(format = DateTime)]
    at: String,
    /// At which machine.
    machine: i64,
    /// What that is called.
    machine_name: String,
    /// Whether they were let on.
    allowed: bool,
    /// The codes of what spoke against it.
    reasons: Vec<String>,
}

async fn decisions(
    asker: Asker,
    Id(id): Id,
    Query(which): Query<super::paging::Which>,
) -> Result<Page<DecisionShown>, Refusal> {
    let (after, limit) = asker.place(DECISIONS, which.after.as_deref(), which.limit)?;
    let Asker { ctx, actor, lang } = asker;
    let all = access::attempts(&ctx, &actor, PersonId(id)).await.map_err(|error| error.problem(lang))?;
    Ok(Page::of_all(DECISIONS, all, after, limit, |one| one.id.0).map(|one| DecisionShown {
        id: one.id.0,
        at: when(one.at),
        machine: one.machine.0,
        machine_name: one.machine_name,
        allowed: one.reasons.is_empty(),
        reasons: one.reasons,
    }))
}
