//! People: letting them in and out, and what boards decided about them.

use super::{
    Asker, Body, Id, Query, Refusal,
    answer::{One, done},
    operation::{Operation, Tag},
    paging::Page,
    when, words,
};
use axum::response::Response;
use domain::{accounts::Delivery, id::PersonId, people::Step, tokens::Scope};
use serde::{Deserialize, Serialize};
use services::{
    access,
    accounts::{self, Invite},
    people,
};
use utoipa::ToSchema;

const DECISIONS: &str = "listDecisions";

/// What can be done here.
pub fn operations() -> Vec<Operation> {
    vec![
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
    Ok(Page::of_all(DECISIONS, all, after.as_deref(), limit, |one| one.id.0).map(|one| DecisionShown {
        id: one.id.0,
        at: when(one.at),
        machine: one.machine.0,
        machine_name: one.machine_name,
        allowed: one.reasons.is_empty(),
        reasons: one.reasons,
    }))
}
