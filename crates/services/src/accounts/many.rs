//! Inviting many people at once: each pasted line has its own outcome, and nothing is sent for an invalid one.

use super::{AccountsError, Invite, ValidationError, invite};
use crate::{Ctx, directory::tells};
use contract::{
    accounts::Delivery,
    people::{InviteOutcome, Invited},
};
use domain::{
    actor::{Actor, Permission, Target},
    people::{INVITED_AT_ONCE, addresses},
};
use store::profiles;
use text::Lang;

/// Concurrent invitations.
const AT_ONCE: usize = 8;

/// Invites the people pasted into `pasted`, line by line. Fails only if nobody can be invited: no permission, no
/// lines, or more lines than the limit.
pub async fn invite_many(
    ctx: &Ctx,
    actor: &Actor,
    pasted: &str,
    lang: Lang,
) -> Result<Vec<Invited>, AccountsError> {
    actor.require(Permission::Admit, Target::NONE)?;
    let lines = addresses(pasted);
    if lines.is_empty() {
        return Err(AccountsError::Invalid(vec![ValidationError::NoAddresses]));
    }
    if lines.len() > INVITED_AT_ONCE {
        return Err(AccountsError::Invalid(vec![ValidationError::ManyAddresses]));
    }
    let unnamed = ctx.space().language.person_unnamed();
    let mut reported = Vec::with_capacity(lines.len());
    for some in lines.chunks(AT_ONCE) {
        let outcomes = some.iter().map(async |line| match &line.meant {
            None => InviteOutcome::NoAddress,
            Some(_) if line.again => InviteOutcome::Again,
            Some((name, email)) => one(ctx, actor, name.as_deref().unwrap_or(unnamed), email, lang).await,
        });
        let outcomes = futures::future::join_all(outcomes).await;
        let lines = some.iter().zip(outcomes);
        reported.extend(lines.map(|(line, outcome)| Invited {
            line: line.line,
            input: line.input.clone(),
            outcome,
        }));
    }
    Ok(reported)
}

async fn one(ctx: &Ctx, actor: &Actor, name: &str, email: &str, lang: Lang) -> InviteOutcome {
    let input = Invite { name: name.to_owned(), email: email.to_owned(), lang };
    match invite(ctx, actor, input).await {
        Ok((_, Delivery::Mailed)) => InviteOutcome::Mailed,
        Ok((_, Delivery::Caught)) => InviteOutcome::Caught,
        Ok((_, Delivery::ByHand { link })) => InviteOutcome::ByHand { link },
        Err(AccountsError::Invalid(faults)) if faults.iter().any(ValidationError::is_taken) => {
            InviteOutcome::Duplicate { who: holder(ctx, actor, email).await }
        }
        Err(AccountsError::Invalid(_)) => InviteOutcome::NoAddress,
        Err(error) => {
            tracing::warn!(%error, "somebody could not be invited");
            InviteOutcome::Failed
        }
    }
}

async fn holder(ctx: &Ctx, actor: &Actor, email: &str) -> Option<(domain::id::PersonId, String)> {
    if !tells(actor) {
        return None;
    }
    let mut conn = ctx.store().read().await.ok()?;
    profiles::holder(&mut conn, email).await.ok().flatten()
}
