//! Links people with their accounts at Slack.
//!
//! Invariant: an offer belongs to the account that asked for it in Slack and works once, for ten minutes; only a person who is signed
//! in takes it, and only for themselves. Not here: the command that asks for an offer ([`super::commands`]).

use super::{SlackError, rows};
use crate::{Ctx, change::Job, notices::oneself, token::Token};
use contract::slack::{OfferToken, SlackAccount, SlackOffer};
use domain::{
    actor::{Actor, Forbidden, Permission, Target},
    live::ChangeEvent,
};
use serde_json::json;
use store::Done;

fn hash(offer: Option<OfferToken>) -> Option<[u8; 32]> {
    offer.and_then(|OfferToken(token)| Token::presented(&token).hash())
}

pub(super) async fn account(ctx: &Ctx, actor: &Actor, form: SlackOffer) -> Result<SlackAccount, SlackError> {
    let (me, now) = (oneself(actor)?, ctx.now());
    let is_asked = form.link.is_some();
    let hash = hash(form.link);
    let mut snapshot = ctx.store().snapshot().await?;
    let workspace = rows::app(&mut snapshot).await?.map(|app| app.team_name);
    let linked = rows::link_of(&mut snapshot, me).await?;
    let offered = match hash {
        Some(hash) => rows::offered(&mut snapshot, &hash, now).await?,
        None => None,
    };
    let is_over = is_asked && offered.is_none();
    Ok(SlackAccount {
        now: ctx.moment(now),
        workspace,
        linked: linked.map(|link| (link.name, ctx.moment(link.linked))),
        offered: offered.map(|offer| offer.name),
        is_over,
    })
}

pub(super) async fn link(ctx: &Ctx, actor: &Actor, form: SlackOffer) -> Result<(), SlackError> {
    let hash = hash(form.link).ok_or(SlackError::OfferOver)?;
    ctx.change(actor, Permission::OwnAccount, Target::NONE, async move |job| {
        let me = job.actor.person().ok_or(Forbidden::SignIn)?;
        let offer = rows::offered(job.tx.conn(), &hash, job.now).await?.ok_or(SlackError::OfferOver)?;
        if !rows::link(job.tx, me, &offer, job.now).await? {
            return Err(SlackError::AccountTaken);
        }
        rows::use_offer(job.tx, &hash).await?;
        job.tx.after_commit(ChangeEvent::Person(me));
        job.audited((), "slack.linked", me, &json!({})).await
    })
    .await
}

pub(super) async fn unlink(job: &mut Job<'_>) -> Result<Done<()>, SlackError> {
    let me = job.actor.person().ok_or(Forbidden::SignIn)?;
    if !rows::unlink(job.tx, me).await? {
        return Err(SlackError::Unlinked);
    }
    job.tx.after_commit(ChangeEvent::Person(me));
    job.audited((), "slack.unlinked", me, &json!({})).await
}
