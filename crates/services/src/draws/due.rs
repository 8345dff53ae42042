//! What the clock does to draws: it opens and closes them, and people are notified.
//!
//! Invariant: the hash of the wishes is published by the first job after the closing, and once. Not here: the run, which a
//! manager starts.

use super::{DrawsError, Which, renew, stored};
use crate::{Ctx, change::Job, notices};
use domain::{
    actor::{Actor, Permission, Target},
    draws::{DrawHash, DrawInput},
    id::DrawId,
    live::ChangeEvent,
    notices::{DrawNews, Notice},
};
use serde_json::json;
use store::{
    Done, Unaudited,
    draws::{self as rows, Recipients},
};

/// Opens and closes due draws, and replaces secrets that are not here; returns how many draws. Run by a timer.
pub(crate) async fn run_due(ctx: &Ctx) -> Result<usize, DrawsError> {
    let renewed = renew(ctx, Which::WithoutSecret).await?;
    let now = ctx.now();
    let mut conn = ctx.store().read().await?;
    let opened = rows::to_announce(&mut conn, now).await?;
    let closed = rows::to_close(&mut conn, now).await?;
    drop(conn);
    for draw in &opened {
        announce(ctx, *draw).await?;
    }
    for draw in &closed {
        close(ctx, *draw).await?;
    }
    Ok(renewed + opened.len() + closed.len())
}

/// Notifies those who can enter wishes.
async fn announce(ctx: &Ctx, draw: DrawId) -> Result<(), DrawsError> {
    ctx.change(&Actor::TOOLGATE, Permission::ManageDraws, Target::NONE, async move |job| {
        if !rows::announced(job.tx, draw, job.now).await? {
            return Ok(Done::unaudited((), Unaudited::NothingChanged));
        }
        let row = stored(job.tx.conn(), draw).await?;
        let whom = Recipients::Invited(row.terms.entrants);
        for person in rows::recipients(job.tx.conn(), draw, whom).await? {
            job.notify(person, Notice::Draw { news: DrawNews::Opened, draw }).await?;
        }
        job.tx.after_commit(ChangeEvent::Draws);
        Ok(Done::unaudited((), Unaudited::Reminded))
    })
    .await
}

/// Publishes the hash of the wishes, and notifies those who entered some and those who are to run the draw.
async fn close(ctx: &Ctx, draw: DrawId) -> Result<(), DrawsError> {
    ctx.change(&Actor::TOOLGATE, Permission::ManageDraws, Target::NONE, async move |job| {
        let row = stored(job.tx.conn(), draw).await?;
        if row.closed.is_some() || job.now < row.terms.window.closes {
            return Ok(Done::unaudited((), Unaudited::NothingChanged));
        }
        let hash = fix_wishes(job, draw).await?;
        for person in rows::recipients(job.tx.conn(), draw, Recipients::Entered).await? {
            job.notify(person, Notice::Draw { news: DrawNews::Closed, draw }).await?;
        }
        let managers = notices::responsible(job.tx.conn(), Permission::ManageDraws, None, None, job.now).await?;
        for person in managers {
            job.notify(person, Notice::Draw { news: DrawNews::ToRun, draw }).await?;
        }
        job.tx.after_commit(ChangeEvent::Draws);
        job.audited((), "draw.closed", draw, &json!({ "wishes_hash": hash.to_string() })).await
    })
    .await
}

/// Fixes the wishes by their hash, which is public from now on.
pub(super) async fn fix_wishes(job: &mut Job<'_>, draw: DrawId) -> Result<DrawHash, DrawsError> {
    let wishes = rows::wishes(job.tx.conn(), draw).await?.into_iter().map(|stored| stored.wish).collect();
    let input = DrawInput::new(draw, wishes, []).map_err(|_| DrawsError::Full)?;
    let hash = input.wishes_hash();
    rows::close(job.tx, draw, job.now, hash).await?;
    Ok(hash)
}
