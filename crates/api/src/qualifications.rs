//! The ledger: a person's qualifications, changes of them, and the people of a type.

use super::{
    Body, Caller, Id, Query, Refusal,
    answer::{One, done},
    input::{day, invalid},
    operation::{Operation, Tag},
    paging::{Page, Which, cursor},
    when, words,
};
use axum::response::Response;
use contract::qualifications::{Ban, ChangedBy, Held, LedgerEntry, MyType, Named, Qualified, Standing};
use domain::{
    actor::Permission,
    id::{PersonId, TypeId},
    people::PersonStatus,
    qualifications::{Cause, EntryKind, Relation, Subject},
    tokens::Scope,
};
use serde::{Deserialize, Serialize};
use services::qualifications::{self, Change};
use services::{error::ServiceError, requirements::PathTarget};
use text::Lang;
use utoipa::ToSchema;

const TYPES: &str = "listTypes";
const QUALIFIED: &str = "listQualified";

/// Codes of the reasons for refusing a change.
const REFUSED: &[&str] = &[
    "qualification.takes-trainer",
    "qualification.takes-owner",
    "qualification.takes-inductor",
    "qualification.takes-manager",
    "qualification.takes-administrator",
    "qualification.oneself",
    "qualification.outranked",
    "qualification.applicant",
    "qualification.left",
    "qualification.no-such-role",
    "qualification.archived",
    "person.unknown",
    "equipment.unknown",
    "qualification.not-so",
    "qualification.last-administrator",
    "qualification.backdated",
    "qualification.ends-too-early",
    "qualification.not-a-day",
    "remark.too-long",
    "remark.missing",
];

/// The operations of this module.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/people/{id}/qualifications", "readStanding", standing)
            .may_or_hidden(
                &[(Permission::SeePerson, PathTarget::Person)],
                |lang| services::people::PeopleError::Unknown.problem(lang),
            )
            .about(
                Tag::Qualifications,
                "List a person's qualifications",
                "Returns what a person may use, train on and own, what they are banned from, and every ledger entry about them.",
            )
            .needs(Scope::PeopleRead)
            .errors::<services::qualifications::QualificationsError>(&["person.unknown"]),
        Operation::post("/api/v1/people/{id}/qualifications/grant", "grantQualification", grant)
            .may(&[(Permission::ChangeLedger, PathTarget::Anything)])
            .about(
                Tag::Qualifications,
                "Grant a qualification",
                "Grants a qualification on a type or machine. Trainers of a type can make people users, owners can also \
                 name trainers, and managers act as owners of every type. On the space (`type:1`), a user is a member, a \
                 trainer may give inductions and an owner is a manager; on the system (`type:2`), a user is an auditor and \
                 an owner an administrator.",
            )
            .needs(Scope::PeopleWrite)
            .once()
            .errors::<services::qualifications::QualificationsError>(REFUSED),
        Operation::post("/api/v1/people/{id}/qualifications/revoke", "revokeQualification", revoke)
            .may(&[(Permission::ChangeLedger, PathTarget::Anything)])
            .about(
                Tag::Qualifications,
                "Revoke a qualification",
                "Revokes a qualification with immediate effect, including scheduled grants of it. If it is what lets the \
                 person run a machine, that machine is stopped; if the person loses a role, they are signed out.",
            )
            .needs(Scope::PeopleWrite)
            .errors::<services::qualifications::QualificationsError>(REFUSED),
        Operation::post("/api/v1/people/{id}/qualifications/ban", "banFrom", ban)
            .may(&[(Permission::ChangeLedger, PathTarget::Anything)])
            .about(
                Tag::Qualifications,
                "Ban a person",
                "Bans a person from a type or machine, regardless of their qualifications on it. After the ban, a new grant \
                 is needed.",
            )
            .needs(Scope::PeopleWrite)
            .once()
            .errors::<services::qualifications::QualificationsError>(REFUSED),
        Operation::post("/api/v1/people/{id}/qualifications/unban", "liftBan", unban)
            .may(&[(Permission::ChangeLedger, PathTarget::Anything)])
            .about(Tag::Qualifications, "Lift a ban", "Ends a ban. Earlier qualifications are not restored.")
            .needs(Scope::PeopleWrite)
            .errors::<services::qualifications::QualificationsError>(REFUSED),
        Operation::get("/api/v1/types", TYPES, types)
            .may(&[(Permission::SeeQualified, PathTarget::Anything)])
            .about(
                Tag::Machines,
                "List types",
                "Lists the types that the caller is responsible for, with the number of people in each role.",
            )
            .needs(Scope::PeopleRead),
        Operation::get("/api/v1/types/{id}/people", QUALIFIED, qualified)
            .may(&[(Permission::SeeQualified, PathTarget::Anything)])
            .about(
                Tag::Qualifications,
                "List the people of a type",
                "Lists everyone who may use a type, trains on it, owns it or is banned from it. A page may have fewer items \
                 than requested even if there is a next one.",
            )
            .needs(Scope::PeopleRead)
            .errors::<services::qualifications::QualificationsError>(&["equipment.unknown"]),
    ]
}

/// A type or a machine.
#[derive(Debug, Serialize, ToSchema)]
pub struct On {
    /// `type:3` or `machine:7`.
    #[schema(pattern = "^(type|machine):[1-9][0-9]{0,8}$", example = "type:3")]
    subject: String,
    /// The type, or the machine's type.
    #[schema(example = 3)]
    r#type: i64,
    /// The name of the type or machine.
    #[schema(example = "Laser cutter")]
    name: String,
}

fn on(named: Named) -> On {
    On { subject: named.subject.to_string(), r#type: named.kind.0, name: named.name }
}

/// The author's name, while on record.
fn by(by: ChangedBy) -> Option<String> {
    match by {
        ChangedBy::Name(name) => Some(name),
        ChangedBy::Toolgate | ChangedBy::Former => None,
    }
}

/// A qualification.
#[derive(Debug, Serialize, ToSchema)]
pub struct HeldView {
    /// The type or machine.
    on: On,
    #[schema(schema_with = words::relation)]
    relation: Relation,
    /// When it began.
    #[schema(format = DateTime)]
    since: String,
    /// When it ends, if known.
    #[schema(format = DateTime)]
    until: Option<String>,
    #[schema(schema_with = words::cause)]
    cause: Cause,
    /// The name of the person who granted it, while on record.
    by: Option<String>,
}

/// A ban in effect.
#[derive(Debug, Serialize, ToSchema)]
pub struct BanView {
    /// The type or machine.
    on: On,
    /// When it began.
    #[schema(format = DateTime)]
    since: String,
    /// When it ends by itself, if it does.
    #[schema(format = DateTime)]
    until: Option<String>,
    /// The name of the person who placed it, while on record.
    by: Option<String>,
    /// The reason, while on record.
    remark: Option<String>,
}

/// A ledger entry.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntryView {
    /// Its id.
    id: i64,
    /// The type or machine.
    on: On,
    #[schema(schema_with = words::relation)]
    relation: Relation,
    #[schema(schema_with = words::entry)]
    kind: EntryKind,
    /// When it begins.
    #[schema(format = DateTime)]
    from: String,
    /// When it ends.
    #[schema(format = DateTime)]
    until: Option<String>,
    #[schema(schema_with = words::cause)]
    cause: Cause,
    /// The name of its author, while on record.
    by: Option<String>,
    /// The author's remark, while on record.
    remark: Option<String>,
}

/// The qualifications of a person.
#[derive(Debug, Serialize, ToSchema)]
pub struct StandingView {
    /// Current qualifications.
    held: Vec<HeldView>,
    /// Current bans.
    bans: Vec<BanView>,
    /// All ledger entries, newest first.
    history: Vec<EntryView>,
}

fn held(held: Held) -> HeldView {
    HeldView {
        on: on(held.on),
        relation: held.relation,
        since: when(held.since),
        until: held.until.map(when),
        cause: held.cause,
        by: by(held.by),
    }
}

fn banned(ban: Ban) -> BanView {
    BanView {
        on: on(ban.on),
        since: when(ban.since),
        until: ban.until.map(when),
        by: by(ban.by),
        remark: ban.remark,
    }
}

fn to_view(message: LedgerEntry) -> EntryView {
    EntryView {
        id: message.id.0,
        on: on(message.on),
        relation: message.relation,
        kind: message.kind,
        from: when(message.from),
        until: message.until.map(when),
        cause: message.cause,
        by: by(message.by),
        remark: message.remark,
    }
}

async fn standing(caller: Caller, Id(id): Id) -> Result<One<StandingView>, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let found = qualifications::of_person(&ctx, &actor, PersonId(id)).await?;
    let Standing { held: is, bans, history, .. } = found;
    Ok(One(StandingView {
        held: is.into_iter().map(held).collect(),
        bans: bans.into_iter().map(banned).collect(),
        history: history.into_iter().map(to_view).collect(),
    }))
}

/// A new qualification.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// The type or machine.
    #[schema(pattern = "^(type|machine):[1-9][0-9]{0,8}$", example = "type:3")]
    on: String,
    #[schema(schema_with = words::relation)]
    relation: Relation,
    /// The last day, in the space's time zone; no end if omitted.
    #[schema(format = Date, example = "2027-06-30")]
    last_day: Option<String>,
    /// A remark.
    #[schema(max_length = 1000)]
    remark: Option<String>,
}

/// A qualification to revoke.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Revocation {
    /// The type or machine.
    #[schema(pattern = "^(type|machine):[1-9][0-9]{0,8}$", example = "type:3")]
    on: String,
    #[schema(schema_with = words::relation)]
    relation: Relation,
    /// A remark.
    #[schema(max_length = 1000)]
    remark: Option<String>,
}

/// A new ban.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBan {
    /// The type or machine.
    #[schema(pattern = "^(type|machine):[1-9][0-9]{0,8}$", example = "type:3")]
    on: String,
    /// The last day, in the space's time zone; no end if omitted.
    #[schema(format = Date, example = "2027-06-30")]
    last_day: Option<String>,
    /// The reason.
    #[schema(min_length = 1, max_length = 1000, example = "Cut without the extraction running.")]
    remark: String,
}

/// A ban to lift.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Lifted {
    /// The type or machine.
    #[schema(pattern = "^(type|machine):[1-9][0-9]{0,8}$", example = "type:3")]
    on: String,
    /// A remark.
    #[schema(max_length = 1000)]
    remark: Option<String>,
}

/// The change to write to the ledger.
fn change(
    caller: &Caller,
    person: i64,
    (subject, relation): (&str, Relation),
    last_day: Option<&str>,
    remark: Option<String>,
) -> Result<Change, Refusal> {
    let named = Subject::parse(subject);
    let on = named.ok_or_else(|| Refusal(invalid("on", caller.lang.api_field_form(), caller.lang)))?;
    let until = qualifications::until_day(&caller.ctx, day("last_day", last_day, caller.lang)?);
    let until = until.map_err(|error| super::renamed(error.problem(caller.lang), "until", "last_day"))?;
    Ok(Change { until, remark, ..Change::now(PersonId(person), on, relation) })
}

fn refused(error: &qualifications::QualificationsError, lang: Lang) -> Refusal {
    Refusal(super::renamed(error.problem(lang), "until", "last_day"))
}

async fn grant(caller: Caller, Id(id): Id, Body(new): Body<Grant>) -> Result<Response, Refusal> {
    let change = change(&caller, id, (&new.on, new.relation), new.last_day.as_deref(), new.remark)?;
    qualifications::grant(&caller.ctx, &caller.actor, change)
        .await
        .map_err(|error| refused(&error, caller.lang))?;
    Ok(done())
}

async fn revoke(caller: Caller, Id(id): Id, Body(gone): Body<Revocation>) -> Result<Response, Refusal> {
    let change = change(&caller, id, (&gone.on, gone.relation), None, gone.remark)?;
    qualifications::revoke(&caller.ctx, &caller.actor, change)
        .await
        .map_err(|error| refused(&error, caller.lang))?;
    Ok(done())
}

async fn ban(caller: Caller, Id(id): Id, Body(new): Body<NewBan>) -> Result<Response, Refusal> {
    let change = change(&caller, id, (&new.on, Relation::User), new.last_day.as_deref(), Some(new.remark))?;
    qualifications::ban(&caller.ctx, &caller.actor, change).await.map_err(|error| refused(&error, caller.lang))?;
    Ok(done())
}

async fn unban(caller: Caller, Id(id): Id, Body(lifted): Body<Lifted>) -> Result<Response, Refusal> {
    let change = change(&caller, id, (&lifted.on, Relation::User), None, lifted.remark)?;
    qualifications::unban(&caller.ctx, &caller.actor, change)
        .await
        .map_err(|error| refused(&error, caller.lang))?;
    Ok(done())
}

/// A type of equipment.
#[derive(Debug, Serialize, ToSchema)]
pub struct TypeView {
    /// Its id.
    #[schema(example = 3)]
    id: i64,
    /// The type's name.
    #[schema(example = "Laser cutter")]
    name: String,
    /// The number of members who may use it; people who are suspended or have left are not counted.
    users: u32,
    /// The number of them who are trainers.
    trainers: u32,
    /// The number of members who are banned from it or from one of its machines.
    banned: u32,
}

fn kind(kind: MyType) -> TypeView {
    TypeView {
        id: kind.on.kind.0,
        name: kind.on.name,
        users: kind.users,
        trainers: kind.trainers,
        banned: kind.banned,
    }
}

async fn types(caller: Caller, Query(which): Query<Which>) -> Result<Page<TypeView>, Refusal> {
    let (after, limit) = caller.place(TYPES, which.after.as_deref(), which.limit)?;
    let Caller { ctx, actor, lang } = caller;
    let all = qualifications::my_types(&ctx, &actor).await?;
    // The two of the roles come first.
    let place = |one: &MyType| {
        let learned = Subject::Type(one.on.kind).is_learned();
        let name = if learned { one.on.name.to_lowercase() } else { String::new() };
        (learned, name, one.on.kind.0)
    };
    Ok(Page::of_all(TYPES, all, after.as_deref(), limit, lang, place)?.map(kind))
}

/// A person's role on a type.
#[derive(Debug, Serialize, ToSchema)]
pub struct QualifiedView {
    /// The person's id.
    person: i64,
    /// The person's name, while on record.
    name: Option<String>,
    #[schema(schema_with = words::status)]
    status: PersonStatus,
    #[schema(schema_with = words::relation_or_null)]
    relation: Option<String>,
    /// The machine, if the role is not on the whole type.
    machine: Option<String>,
    /// When it began.
    #[schema(format = DateTime)]
    since: Option<String>,
    /// When it ends, if known.
    #[schema(format = DateTime)]
    until: Option<String>,
    /// Whether the person is banned from the type or from a machine of it, as in `banned_on`. A ban from one machine does not
    /// affect the others.
    banned: bool,
    /// What they are banned from: the type, machines of it, or an empty list.
    #[schema(example = json!(["machine:7"]))]
    banned_on: Vec<String>,
}

fn listed((one, bans): (Qualified, Vec<Subject>)) -> QualifiedView {
    QualifiedView {
        person: one.person.0,
        name: one.name,
        status: one.status,
        relation: one.relation.map(|relation| relation.as_str().to_owned()),
        machine: one.machine,
        since: one.since.map(when),
        until: one.until.map(when),
        banned: one.banned,
        banned_on: bans.iter().map(ToString::to_string).collect(),
    }
}

async fn qualified(
    caller: Caller,
    Id(id): Id,
    Query(which): Query<Which>,
) -> Result<Page<QualifiedView>, Refusal> {
    let (after, limit) = caller.place(QUALIFIED, which.after.as_deref(), which.limit)?;
    let Caller { ctx, actor, .. } = caller;
    let after = after.and_then(|after| after.parse().ok()).map(PersonId);
    let page = qualifications::qualified_behind(&ctx, &actor, TypeId(id), after, limit).await;
    let page = page?;
    let next = page.next.map(|person| cursor(QUALIFIED, &person.0.to_string()));
    Ok(Page { items: page.people.into_iter().map(listed).collect(), next })
}
