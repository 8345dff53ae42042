//! People: finding, reading, adding, editing and erasing them, and changing their status.
//!
//! Not here: their history (`history`), cards and notes.

use super::{
    Body, Caller, Id, Query, Refusal, Seen,
    answer::{Made, Place, Versioned, done},
    cards::{CardDetails, card},
    input::sought,
    operation::{Operation, Tag},
    paging::{Page, cursor},
    when, words,
};
use axum::response::Response;
use contract::people::{PersonPage, PersonRow};
use domain::actor::Permission;
use domain::{
    actor::Rank,
    id::PersonId,
    people::{Cursor, PersonStatus, RoleGroup, Step},
    tokens::Scope,
};
use serde::{Deserialize, Serialize};
use services::{
    error::ServiceError,
    people::{self, PersonForm},
    privacy,
    requirements::PathTarget,
};
use utoipa::ToSchema;

const LIST: &str = "listPeople";

/// Codes of the reasons for refusing a change of membership.
const STEP_REFUSED: &[&str] =
    &["person.oneself", "person.outranked", "person.unknown", "person.wrong-status", "person.last-administrator"];

/// Codes of the reasons for refusing to erase a person.
const ERASURE_REFUSED: &[&str] =
    &["person.oneself", "person.outranked", "person.unknown", "person.last-administrator", "person.in-use"];

/// The operations of this module.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/people", LIST, list)
            .may(&[(Permission::SeePeople, PathTarget::Space)])
            .about(
                Tag::People,
                "Find people",
                "Lists people by name. For managers, auditors and administrators. A page may have fewer items than \
                 requested even if there is a next one.",
            )
            .needs(Scope::PeopleRead),
        Operation::post("/api/v1/people", "addPerson", add)
            .may(&[(Permission::Admit, PathTarget::Space)])
            .about(
                Tag::People,
                "Add a person",
                "Adds a member without an invitation. They may use what they are granted, and cannot sign in until a \
                 password reset link is created for them.",
            )
            .needs(Scope::PeopleWrite)
            .makes(Place::Below)
            .errors::<services::people::PeopleError>(&["form.invalid"]),
        Operation::get("/api/v1/people/{id}", "readPerson", read)
            .about(
                Tag::People,
                "Get a person",
                "Returns a person's profile, membership and cards, without card numbers. Everyone may read their own.",
            )
            .needs(Scope::PeopleRead)
            .versioned()
            .errors::<services::people::PeopleError>(&["person.unknown"]),
        Operation::patch("/api/v1/people/{id}", "editPerson", edit)
            .may_or_hidden(
                &[(Permission::SeePerson, PathTarget::Person)],
                |lang| services::people::PeopleError::Unknown.problem(lang),
            )
            .may(&[(Permission::EditProfile, PathTarget::Person)])
            .about(
                Tag::People,
                "Update a person",
                "Changes a person's name and contact details. The e-mail address can be used to sign in, so it can only be \
                 changed by people who may create a password reset link for that person.",
            )
            .needs(Scope::PeopleWrite)
            .versioned()
            .errors::<services::people::PeopleError>(&["person.outranked", "person.unknown", "form.invalid"]),
        Operation::delete("/api/v1/people/{id}", "erasePerson", erase)
            .about(
                Tag::People,
                "Erase a person",
                "Permanently deletes a person's name, address, cards, notes, picture, sessions and tokens; hours and counts \
                 are preserved. For administrators, and only for other people: to be erased themselves, the person signs in \
                 and enters their password. It cannot be undone. Repeating it deletes data added since.",
            )
            .needs(Scope::PeopleWrite)
            .errors::<services::privacy::PrivacyError>(ERASURE_REFUSED),
        Operation::post("/api/v1/people/{id}/steps", "takeStep", step)
            .may(&[(Permission::Admit, PathTarget::Space), (Permission::ChangeStatus, PathTarget::Space)])
            .about(
                Tag::People,
                "Change a person's membership",
                "Admits, suspends or readmits a person, or ends their membership. When a person is suspended or leaves, \
                 they are signed out, their tokens are revoked, and what they are running is stopped.",
            )
            .needs(Scope::PeopleWrite)
            .errors::<services::people::PeopleError>(STEP_REFUSED),
    ]
}

/// Filters for people.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Find {
    /// Text in the name or address; for people who may manage cards, also the last two to four digits of a card.
    #[schema(max_length = 254, example = "ada")]
    search: String,
    #[schema(schema_with = words::status)]
    status: Option<PersonStatus>,
    #[schema(schema_with = words::role)]
    role: Option<RoleGroup>,
    /// The `next` of the page before.
    #[schema(min_length = 1, pattern = "^[A-Za-z0-9_-]+$")]
    after: Option<String>,
    /// The maximum number of items.
    #[schema(minimum = 1, maximum = 50, example = 50)]
    limit: Option<u32>,
}

/// A person in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonView {
    /// The person's id.
    #[schema(example = 7)]
    id: i64,
    /// The person's name, while on record.
    #[schema(example = "Ada Lovelace")]
    name: Option<String>,
    /// The person's e-mail address, if any.
    #[schema(example = "ada@example.org")]
    email: Option<String>,
    #[schema(schema_with = words::status)]
    status: PersonStatus,
    #[schema(schema_with = words::rank)]
    rank: Rank,
    /// Whether the person is on hold.
    on_hold: bool,
    /// The number of types the person may use.
    #[schema(example = 3)]
    types: u32,
    /// When the person last used a machine.
    #[schema(format = DateTime)]
    last_use: Option<String>,
}

fn to_view(row: PersonRow) -> PersonView {
    PersonView {
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

async fn list(caller: Caller, Query(find): Query<Find>) -> Result<Page<PersonView>, Refusal> {
    let (after, limit) = caller.place(LIST, find.after.as_deref(), find.limit)?;
    sought("search", &find.search, caller.lang)?;
    let Caller { ctx, actor, .. } = caller;
    let requested =
        people::Query { search: find.search, status: find.status, role: find.role, limit: Some(limit) };
    let after = after.as_deref().and_then(Cursor::read);
    let page = people::list(&ctx, &actor, &requested, after).await?;
    let next = page.next.map(|place| cursor(LIST, &place));
    Ok(Page { items: page.people.into_iter().map(to_view).collect(), next })
}

/// A new person.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPerson {
    /// The person's name.
    #[schema(min_length = 1, max_length = 200, example = "Ada Lovelace")]
    name: String,
    /// The person's e-mail address, if any.
    #[schema(max_length = 254, format = Email, example = "ada@example.org")]
    email: Option<String>,
    /// The person's telephone number, if any.
    #[schema(max_length = 32, example = "+39 0471 123456")]
    phone: Option<String>,
}

async fn add(caller: Caller, Body(new): Body<NewPerson>) -> Result<Made, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let entered = PersonForm {
        name: new.name,
        email: new.email.unwrap_or_default(),
        phone: new.phone.unwrap_or_default(),
        ..PersonForm::default()
    };
    let person = people::add(&ctx, &actor, entered).await?;
    Ok(Made::plain(person.0))
}

/// A person.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonFull {
    /// The person's id.
    #[schema(example = 7)]
    id: i64,
    /// The person's name, while on record.
    #[schema(example = "Ada Lovelace")]
    name: Option<String>,
    /// The person's e-mail address, if any.
    #[schema(example = "ada@example.org")]
    email: Option<String>,
    /// The person's telephone number, if any.
    #[schema(example = "+39 0471 123456")]
    phone: Option<String>,
    /// The person's language, if chosen: `en` or `it`.
    #[schema(example = "it")]
    language: Option<String>,
    #[schema(schema_with = words::status)]
    status: PersonStatus,
    #[schema(schema_with = words::rank)]
    rank: Rank,
    /// Whether the person is on hold.
    on_hold: bool,
    /// When the person was added.
    #[schema(format = DateTime)]
    since: String,
    /// When the person left.
    #[schema(format = DateTime)]
    left: Option<String>,
    /// When the person's data was erased.
    #[schema(format = DateTime)]
    erased: Option<String>,
    /// Whether the person has a picture.
    has_picture: bool,
    /// The number of types the person may use.
    #[schema(example = 3)]
    types: u32,
    /// The number of uses in the last 30 days.
    #[schema(example = 12)]
    uses: u32,
    /// Seconds of use in the last 30 days.
    #[schema(example = 5400)]
    used_seconds: i64,
    /// The person's cards.
    cards: Vec<CardDetails>,
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

/// Changes to a person; omitted fields are unchanged.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Edit {
    /// The person's name.
    #[schema(min_length = 1, max_length = 200, example = "Ada Lovelace")]
    name: Option<String>,
    /// The person's e-mail address; an empty string removes it.
    #[schema(max_length = 254, example = "ada@example.org")]
    email: Option<String>,
    /// The person's telephone number; an empty string removes it.
    #[schema(max_length = 32, example = "+39 0471 123456")]
    phone: Option<String>,
    /// The person's language, `en` or `it`; an empty string removes it.
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
    // Omitted fields come from the stored version: if that is another one, nothing is changed.
    let there = people::page(&ctx, &actor, person).await?;
    let stored = |given: Option<String>, there: Option<String>| given.or(there).unwrap_or_default();
    let entered = PersonForm {
        name: stored(edit.name, there.head.name),
        email: stored(edit.email, there.head.email),
        phone: stored(edit.phone, there.phone),
        language: stored(edit.language, there.language),
    };
    people::edit(&ctx, &actor, person, entered, seen).await?;
    let page = people::page(&ctx, &actor, person).await?;
    Ok(full(page))
}

async fn erase(caller: Caller, Id(id): Id) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    privacy::erase(&ctx, &actor, PersonId(id)).await?;
    Ok(done())
}

/// A change of membership.
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
