//! Invitations for one or many people, and sign-in help.

use super::{
    Body, Caller, Id, Refusal,
    answer::{Made, One, Place, done},
    operation::{Operation, Tag},
    words,
};
use axum::response::Response;
use contract::{
    accounts::Delivery,
    people::{InviteOutcome, Invited as Line},
};
use domain::{actor::Permission, id::PersonId, tokens::Scope};
use serde::{Deserialize, Serialize};
use services::{
    accounts::{self, Invite},
    requirements::PathTarget,
};
use utoipa::ToSchema;

/// The operations of this module.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::post("/api/v1/invitations", "invitePerson", invite)
            .may(&[(Permission::Admit, PathTarget::Space)])
            .about(
                Tag::People,
                "Invite a person",
                "Creates a member and mails them a link to choose a password. If the space sends no mail, the response has \
                 the link to hand over. An address that belongs to an existing person is not invited again.",
            )
            .needs(Scope::PeopleWrite)
            .makes(Place::At("/api/v1/people"))
            .errors::<services::accounts::AccountsError>(&["form.invalid"]),
        Operation::post("/api/v1/invitations/many", "inviteMany", many)
            .may(&[(Permission::Admit, PathTarget::Space)])
            .about(
                Tag::People,
                "Invite many people",
                "Invites the person on each line separately; an invalid line does not affect the others. If repeated, \
                 people who were already invited are `taken`.",
            )
            .needs(Scope::PeopleWrite)
            .errors::<services::accounts::AccountsError>(&["form.invalid"]),
        Operation::post("/api/v1/people/{id}/link", "helpIn", help_in)
            .about(
                Tag::People,
                "Create a password reset link",
                "Creates a link for a person who cannot sign in to choose a new password.",
            )
            .needs(Scope::PeopleWrite)
            .errors::<services::accounts::AccountsError>(&["account.outranked", "account.unknown"]),
        Operation::delete("/api/v1/people/{id}/second-factor", "takeOffSecondFactor", take_off)
            .about(
                Tag::People,
                "Remove a second factor",
                "Removes the second factor of a person who has lost their phone and recovery codes. Their sessions end.",
            )
            .needs(Scope::PeopleWrite)
            .errors::<services::accounts::AccountsError>(&[
                "account.outranked",
                "account.unknown",
                "second-factor.other",
            ]),
    ]
}

/// A person to invite.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Newcomer {
    /// The person's name.
    #[schema(min_length = 1, max_length = 200, example = "Ada Lovelace")]
    name: String,
    /// The person's e-mail address.
    #[schema(min_length = 3, max_length = 254, format = Email, example = "ada@example.org")]
    email: String,
    /// The language for messages to them: `en` or `it`; defaults to the caller's.
    #[schema(schema_with = words::language)]
    language: Option<String>,
}

/// How a link was delivered.
#[derive(Debug, Serialize, ToSchema)]
pub struct Invited {
    /// Whether it was mailed.
    mailed: bool,
    /// The link to hand over, if the space sends no mail. It is returned only once.
    #[schema(example = "https://toolgate.example.org/link/…")]
    link: Option<String>,
}

fn delivered(delivery: Delivery) -> One<Invited> {
    One(match delivery {
        Delivery::Mailed | Delivery::Caught => Invited { mailed: true, link: None },
        Delivery::ByHand { link } => Invited { mailed: false, link: Some(link) },
    })
}

async fn invite(caller: Caller, Body(new): Body<Newcomer>) -> Result<Made, Refusal> {
    let Caller { ctx, actor, lang } = caller;
    let language = super::language(new.language.as_deref(), lang)?;
    let invite = Invite { name: new.name, email: new.email, lang: language };
    let invited = accounts::invite(&ctx, &actor, invite).await;
    let (person, delivery) = invited?;
    let link = match delivery {
        Delivery::Mailed | Delivery::Caught => None,
        Delivery::ByHand { link } => Some(link),
    };
    Ok(Made { link, ..Made::plain(person.0) })
}

async fn help_in(caller: Caller, Id(id): Id) -> Result<One<Invited>, Refusal> {
    let Caller { ctx, actor, lang } = caller;
    let delivery = accounts::help_in(&ctx, &actor, PersonId(id), lang).await;
    let delivery = delivery?;
    Ok(delivered(delivery))
}

async fn take_off(caller: Caller, Id(id): Id) -> Result<Response, Refusal> {
    let (Caller { ctx, actor, .. }, person) = (caller, PersonId(id));
    accounts::take_off_second_factor(&ctx, &actor, person).await?;
    Ok(done())
}

/// The people to invite.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Addresses {
    /// One address per line, at most 200: `ada@example.org`, `Ada Lovelace <ada@example.org>` or `Ada Lovelace,
    /// ada@example.org`.
    #[schema(min_length = 3, example = "Ada Lovelace <ada@example.org>\ngrace@example.org")]
    addresses: String,
    /// The language for messages to them: `en` or `it`; defaults to the caller's.
    #[schema(schema_with = words::language)]
    language: Option<String>,
}

/// The result of each line.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvitedLines {
    /// The lines, in their order.
    #[schema(max_items = 200)]
    lines: Vec<InvitedLine>,
}

/// The result of a line.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvitedLine {
    /// The line number, from 1.
    #[schema(example = 1)]
    line: u32,
    /// The text of the line.
    #[schema(example = "Ada Lovelace <ada@example.org>")]
    input: String,
    /// `mailed`, `by-hand`, `no-address`, `again` (duplicate of an earlier line), `taken` (the address belongs to an existing
    /// person) or `failed` (try again).
    #[schema(example = "mailed")]
    outcome: &'static str,
    /// The link to hand over, if the space sends no mail. It is returned only once.
    #[schema(example = "https://toolgate.example.org/link/…")]
    link: Option<String>,
    /// The existing person with that address, if the caller may see them.
    person: Option<i64>,
}

fn to_line(invited: Line) -> InvitedLine {
    let (outcome, link, person) = match invited.outcome {
        InviteOutcome::Mailed | InviteOutcome::Caught => ("mailed", None, None),
        InviteOutcome::ByHand { link } => ("by-hand", Some(link), None),
        InviteOutcome::NoAddress => ("no-address", None, None),
        InviteOutcome::Again => ("again", None, None),
        InviteOutcome::Duplicate { who } => ("taken", None, who.map(|(id, _)| id.0)),
        InviteOutcome::Failed => ("failed", None, None),
    };
    InvitedLine { line: invited.line, input: invited.input, outcome, link, person }
}

async fn many(caller: Caller, Body(new): Body<Addresses>) -> Result<One<InvitedLines>, Refusal> {
    let Caller { ctx, actor, lang } = caller;
    let language = super::language(new.language.as_deref(), lang)?;
    let invited = accounts::invite_many(&ctx, &actor, &new.addresses, language).await;
    let lines = invited?;
    Ok(One(InvitedLines { lines: lines.into_iter().map(to_line).collect() }))
}
