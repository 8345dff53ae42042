//! Links in mails by which an invitation to a training event is answered: anyone who has the mail may use them,
//! without signing in.
//!
//! Invariant: a link names the person and the event, and is signed; it can read and answer this invitation and
//! nothing else. Opening it changes nothing, because mail programs and scanners open every link.
//!
//! Not here: the rules of an answer ([`crate::training_events`]).

use super::signatures::{is_signed, sign};
use crate::{
    Ctx,
    serve::{Serve, ServeError, serve},
    training_events::TrainingEventsError,
};
use contract::{
    form::Fields,
    training_events::{AcceptInvitation, DeclineInvitation, InvitationPage, ReadInvitationPage},
};
use domain::{
    actor::{Actor, Channel, Forbidden, Permission, Principal, Target, Who},
    id::{PersonId, SessionId, TrainingEventId},
    people::PersonStatus,
};
use macros::ServiceError;
use store::{StoreError, deliveries as rows, people};
use text::Lang;

/// Why an invitation was neither shown nor answered.
#[derive(Debug, Clone, ServiceError)]
pub enum MailedInvitationError {
    /// The link was not made here, or only a part of it arrived, or its person is gone.
    #[problem("invitation.unknown", NotFound, invitation_link_unknown)]
    Unknown,
    #[problem(transparent)]
    Event(#[from] TrainingEventsError),
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

/// The link of an invitation, unvalidated.
#[derive(Debug, Clone)]
pub struct InvitationLink {
    pub person: PersonId,
    pub event: TrainingEventId,
    pub sign: String,
}

/// An answer to an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    Accept,
    Decline,
}

/// The address, from the root of the site, at which `person` answers the invitation to `event`.
pub(super) fn link(key: &[u8; 32], person: PersonId, event: TrainingEventId) -> String {
    let sign = sign(key, &statement(person, event));
    format!("/events/{event}/answer?who={person}&sign={sign}")
}

fn statement(person: PersonId, event: TrainingEventId) -> String {
    format!("invitation {person} {event}")
}

/// The invitation that `link` answers.
pub async fn find(ctx: &Ctx, link: &InvitationLink) -> Result<InvitationPage, MailedInvitationError> {
    let actor = actor(ctx, link).await?;
    run(ctx, &actor, ReadInvitationPage { id: link.event }).await
}

/// Answers the invitation.
pub async fn answer(ctx: &Ctx, link: &InvitationLink, answer: Answer) -> Result<(), MailedInvitationError> {
    let actor = actor(ctx, link).await?;
    let id = run(ctx, &actor, ReadInvitationPage { id: link.event }).await?.place;
    match answer {
        Answer::Accept => run(ctx, &actor, AcceptInvitation { id }).await,
        Answer::Decline => run(ctx, &actor, DeclineInvitation { id }).await,
    }
}

async fn run<O>(ctx: &Ctx, actor: &Actor, operation: O) -> Result<O::Answer, MailedInvitationError>
where
    O: Serve<Error = TrainingEventsError>,
{
    // Messages are given in the reader's language where they are shown.
    match serve(ctx, actor, operation, &Fields::default(), Lang::default()).await {
        Ok(answer) => Ok(answer),
        Err(ServeError::Service(error)) => Err(error.into()),
        // None of them has fields.
        Err(ServeError::Request(_)) => Err(MailedInvitationError::Unknown),
    }
}

/// The person of a valid link, without any role they have.
async fn actor(ctx: &Ctx, link: &InvitationLink) -> Result<Actor, MailedInvitationError> {
    Actor::anybody(false, Channel::Web).require(Permission::Enter, Target::NONE)?;
    let mut conn = ctx.store().read().await?;
    let key = rows::known_key(&mut conn).await?.ok_or(MailedInvitationError::Unknown)?;
    if !is_signed(&key, &statement(link.person, link.event), &link.sign) {
        return Err(MailedInvitationError::Unknown);
    }
    let standing = people::standing(&mut conn, link.person).await?;
    let standing = standing.filter(|(status, _)| *status != PersonStatus::Left);
    let (status, ledger) = standing.ok_or(MailedInvitationError::Unknown)?;
    let known = Principal {
        id: link.person,
        session: SessionId(0),
        status,
        ledger,
        at: ctx.now(),
        roles_asleep: true,
        public: ctx.space().settings.public_status,
    };
    Ok(Actor { who: Who::Person(Box::new(known)), channel: Channel::Web })
}
