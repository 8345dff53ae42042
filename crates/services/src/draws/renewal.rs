//! New secrets for draws that have not run, because the old one may be known or is not here.
//!
//! Invariant: who may know the old commitment is notified, and the audit log has both. A draw that has run keeps its own.
//! Not here: where secrets are stored (`store::draws`).

use super::{DrawsError, done, stored};
use crate::Ctx;
use domain::{
    actor::{Actor, Permission, Target},
    draws::{Secret, State},
    notices::{DrawNews, Notice},
};
use serde_json::json;
use store::{
    Done, Unaudited,
    draws::{self as rows, Recipients},
};

/// The draws that get a new secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    /// All that have not run: after a restore, since when their secrets may have been published.
    All,
    /// Those whose secret is not in the data folder, as where a copy was put in place without a restore.
    WithoutSecret,
}

/// Makes a new secret and commitment for each of these draws; returns how many.
pub(crate) async fn renew(ctx: &Ctx, which: Which) -> Result<usize, DrawsError> {
    let mut conn = ctx.store().read().await?;
    let mut due = Vec::new();
    for (draw, commitment) in rows::to_run(&mut conn).await? {
        if which == Which::All || rows::secret_of(&mut conn, commitment).await?.is_none() {
            due.push(draw);
        }
    }
    drop(conn);
    for draw in &due {
        let (draw, secret) = (*draw, Secret::new(ctx.rng().bytes()));
        ctx.change::<_, DrawsError, _>(
            &Actor::TOOLGATE,
            Permission::ManageDraws,
            Target::NONE,
            async move |job| {
                let row = stored(job.tx.conn(), draw).await?;
                if row.ran.is_some() {
                    return Ok(Done::unaudited((), Unaudited::NothingChanged));
                }
                rows::renew_secret(job.tx, draw, &secret, job.now).await?;
                let whom = match row.state_at(job.now) {
                    State::Open => Some(Recipients::Invited(row.terms.entrants)),
                    State::Closed => Some(Recipients::Entered),
                    State::Planned | State::Completed => None,
                };
                if let Some(whom) = whom {
                    for person in rows::recipients(job.tx.conn(), draw, whom).await? {
                        job.notify(person, Notice::Draw { news: DrawNews::Renewed, draw }).await?;
                    }
                }
                let detail =
                    json!({ "commitment": secret.commitment().to_string(), "before": row.commitment.to_string() });
                done(job, (), "draw.renewed", draw, &detail).await
            },
        )
        .await?;
    }
    Ok(due.len())
}
