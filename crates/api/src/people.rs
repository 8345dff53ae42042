//! People: finding and reading them, adding, editing and erasing them, letting them in and out.
//!
//! Deliberately absent: what is on record of somebody (`history`), their cards and what is noted about them.

use super::{
    Body, Caller, Id, Query, Refusal, Seen,
    answer::{Made, Place, Versioned, done},
    cards::{CardShown, card},
    input::sought,
    operation::{Operation, Tag},
    paging::{Page, cursor},
    when, words,
};
use axum::response::Response;
use domain::{
    actor::Rank,
    id::PersonId,
    people::{Cursor, PersonStatus, RoleGroup, Step},
    tokens::Scope,
};
use serde::{Deserialize, Serialize};
use services::{
    people::{self, PersonForm},
    privacy,
};
use utoipa::ToSchema;
use views::people::{PersonPage, PersonRow};

const LIST: &str = "listPeople";

/// Codes of what speaks against a step.
const STEP_REFUSED: &[&str] =
    &["person.oneself", "person.outranked", "person.unknown", "person.wrong-status", "person.last-administrator"];

/// Codes of what speaks against erasing somebody.
const ERASURE_REFUSED: &[&str] =
    &["person.oneself", "person.outranked", "person.unknown", "person.last-administrator", "person.in-use"];

/// What can be done here.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/people", LIST, list)
            .about(
                Tag::People,
                "Find people",
                "People by name, for managers, auditors and administrators. A page may be shorter than what was asked for, and \
                 the next goes on behind it.",
            )
            .needs(Scope::PeopleRead),
        Operation::post("/api/v1/people", "addPerson", add)
            .about(
                Tag::People,
                "Add somebody",
                "Makes somebody a member without an invitation: they may use what they are granted, and cannot sign in until \
                 they are helped in.",
            )
            .needs(Scope::PeopleWrite)
            .makes(Place::Below)
            .errors::<services::people::PeopleError>(&["form.invalid"]),
        Operation::get("/api/v1/people/{id}", "readPerson", read)
            .about(
                Tag::People,
                "One person",
                "Somebody's profile, standing and cards; never the number of a card. Everybody reads themselves.",
            )
            .needs(Scope::PeopleRead)
            .versioned()
            .errors::<services::people::PeopleError>(&["person.unknown"]),
        Operation::patch("/api/v1/people/{id}", "editPerson", edit)
            .about(
                Tag::People,
                "Edit a profile",
                "Changes what somebody is called and how they are reached. The address is a way in: nobody changes that of \
                 somebody whom they could not help in.",
            )
            .needs(Scope::PeopleWrite)
            .versioned()
            .errors::<services::people::PeopleError>(&["person.outranked", "person.unknown", "form.invalid"]),
        Operation::delete("/api/v1/people/{id}", "erasePerson", erase)
            .about(
                Tag::People,
                "Erase somebody",
                "Takes name, address, cards, notes, picture, sessions and tokens away, at once and for good; hours and counts \
                 stay. For administrators, of others: whoever wants to be erased themselves signs in and shows their password. \
                 Nothing brings it back. Done again, it takes away what came since.",
            )
            .needs(Scope::PeopleWrite)
            .errors::<services::privacy::PrivacyError>(ERASURE_REFUSED),
        Operation::post("/api/v1/people/{id}/steps", "takeStep", step)
            .about(
                Tag::People,
                "Admit, suspend, take back, let go",
                "Changes where somebody stands with the workshop. Whoever is suspended or leaves is signed out, their tokens \
                 end, and what they run is stopped.",
            )
            .needs(Scope::PeopleWrite)
            .errors::<services::people::PeopleError>(STEP_REFUSED),
    ]
}

/// Which people are looked for.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Find {
    /// In name or address; for whoever gives cards also the last two to four digits of a card.
    #[schema(max_length = 254, example = "ada")]
    search: String,
    #[schema(schema_with = words::status)]
    status: Option<PersonStatus>,
    #[schema(schema_with = words::role)]
    role: Option<RoleGroup>,
    /// The cursor of the page before.
    #[schema(min_length = 1, pattern = "^[A-Za-z0-9_-]+$")]
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
    #[schema(example = 3)]
    types: u32,
    /// When they last used a machine.
    #[schema(format = DateTime)]
    last_use: Option<String>,
}

fn to_view(row: PersonRow) -> PersonShown {
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

async fn list(caller: Caller, Query(find): Query<Find>) -> Result<Page<PersonShown>, Refusal> {
    let (after, limit) = caller.place(LIST, find.after.as_deref(), find.limit)?;
    sought("search", &find.search, caller.lang)?;
    let Caller { ctx, actor, .. } = caller;
    let wanted = people::Query { search: find.search, status: find.status, role: find.role, limit: Some(limit) };
    let after = after.as_deref().and_then(Cursor::read);
    let page = people::list(&ctx, &actor, &wanted, after).await?;
    let next = page.next.map(|place| cursor(LIST, &place));
    Ok(Page { items: page.people.into_iter().map(to_view).collect(), next })
}

/// Somebody to be added.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPerson {
    /// What they are called.
    #[schema(min_length = 1, max_length = 200, example = "Ada Lovelace")]
    name: String,
    /// Their address, if there is one.
    #[schema(max_length = 254, format = Email, example = "ada@example.org")]
    email: Option<String>,
    /// Their telephone number, if there is one.
    #[schema(max_length = 32, example = "+39 0471 123456")]
    phone: Option<String>,
}

async fn add(caller: Caller, Body(new): Body<NewPerson>) -> Result<Made, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let typed = PersonForm {
        name: new.name,
        email: new.email.unwrap_or_default(),
        phone: new.phone.unwrap_or_default(),
        ..PersonForm::default()
    };
    let person = people::add(&ctx, &actor, typed).await?;
    Ok(Made::plain(person.0))
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
    /// Their telephone number, if there is one.
    #[schema(example = "+39 0471 123456")]
    phone: Option<String>,
    /// The language they read, if they chose one: `en` or `it`.
    #[schema(example = "it")]
    language: Option<String>,
    #[schema(schema_with = words::status)]
    status: PersonStatus,
    #[schema(schema_with = words::rank)]
    rank: Rank,
    /// A hold keeps them out for now.
    on_hold: bool,
    /// Since when they are known.
    #[schema(format = DateTime)]
    since: String,
    /// When they left.
    #[schema(format = DateTime)]
    left: Option<String>,
    /// When their name and all that was written about them was erased.
    #[schema(format = DateTime)]
    erased: Option<String>,
    /// There is a picture of them.
    has_picture: bool,
    /// How many types they may use.
    #[schema(example = 3)]
    types: u32,
    /// Uses of machines in the last thirty days.
    #[schema(example = 12)]
    uses: u32,
    /// Seconds of them.
    #[schema(example = 5400)]
    used_seconds: i64,
    /// Their cards.
    cards: Vec<CardShown>,
    #[schema(schema_with = words::steps)]
    steps: Vec<Step>,
}

fn full(page: PersonPage) -> Versioned<PersonFull> {
    let head = page.head;
    let person = PersonFull {
        id: head.id.0,
        name: head.name,
        email: head.email,
        phone: page.phone,
        language: page.language,
        status: head.status,
        rank: head.rank,
        on_hold: head.on_hold,
        since: when(head.since),
        left: head.left.map(when),
        erased: head.erased.map(when),
        has_picture: head.picture.is_some(),
        types: page.types,
        uses: page.uses,
        used_seconds: page.used / 1_000,
        cards: page.cards.into_iter().map(card).collect(),
        steps: page.steps,
    };
    Versioned(person, page.version)
}

async fn read(caller: Caller, Id(id): Id) -> Result<Versioned<PersonFull>, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let page = people::page(&ctx, &actor, PersonId(id)).await?;
    Ok(full(page))
}

/// What is said anew of somebody; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Edit {
    /// What they are called.
    #[schema(min_length = 1, max_length = 200, example = "Ada Lovelace")]
    name: Option<String>,
    /// Their address; empty: none.
    #[schema(max_length = 254, example = "ada@example.org")]
    email: Option<String>,
    /// Their telephone number; empty: none.
    #[schema(max_length = 32, example = "+39 0471 123456")]
    phone: Option<String>,
    /// The language they read, `en` or `it`; empty: none in particular.
    #[schema(pattern = "^(en|it)?$", example = "it")]
    language: Option<String>,
}

async fn edit(
    caller: Caller,
    Id(id): Id,
    Seen(seen): Seen,
    Body(edit): Body<Edit>,
) -> Result<Versioned<PersonFull>, Refusal> {
    let (Caller { ctx, actor, lang }, person) = (caller, PersonId(id));
    super::language(edit.language.as_deref().filter(|tag| !tag.is_empty()), lang)?;
    // What is left out is taken from the version that is there: if that is another one, nothing is changed.
    let there = people::page(&ctx, &actor, person).await?;
    let kept = |given: Option<String>, there: Option<String>| given.or(there).unwrap_or_default();
    let typed = PersonForm {
        name: kept(edit.name, there.head.name),
        email: kept(edit.email, there.head.email),
        phone: kept(edit.phone, there.phone),
        language: kept(edit.language, there.language),
    };
    people::edit(&ctx, &actor, person, typed, seen).await?;
    let page = people::page(&ctx, &actor, person).await?;
    Ok(full(page))
}

async fn erase(caller: Caller, Id(id): Id) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    privacy::erase(&ctx, &actor, PersonId(id)).await?;
    Ok(done())
}

/// What is done to where somebody stands.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StepBody {
    #[schema(schema_with = words::step)]
    step: Step,
}

async fn step(caller: Caller, Id(id): Id, Body(taken): Body<StepBody>) -> Result<Response, Refusal> {
    let (Caller { ctx, actor, .. }, person) = (caller, PersonId(id));
    let taken = match taken.step {
        Step::Admit => people::admit(&ctx, &actor, person).await,
        Step::Suspend => people::suspend(&ctx, &actor, person).await,
        Step::Readmit => people::readmit(&ctx, &actor, person).await,
        Step::Leave => people::leave(&ctx, &actor, person).await,
    };
    taken?;
    Ok(done())
}
