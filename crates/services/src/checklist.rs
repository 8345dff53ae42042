//! Setting the space up, step by step, for whoever may add what is missing.

use crate::Ctx;
use domain::{
    actor::{About, Actor, Forbidden, Permission},
    audit::Subject,
    checklist::{Checklist, Progress},
    live::Hint,
};
use macros::ServiceError;
use serde_json::json;
use store::{Done, StoreError, Unaudited, checklist};

/// Why there is nothing to show, or nothing was changed.
#[derive(Debug, Clone, ServiceError)]
pub enum ChecklistError {
    /// It is for those who set the space up.
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    /// The storage failed.
    #[problem(transparent)]
    Store(#[from] StoreError),
}

/// The steps; `None` for whoever has nothing to do with them, when all are done, and when nobody wants to see them.
pub async fn read(ctx: &Ctx, actor: &Actor) -> Result<Option<Checklist>, ChecklistError> {
    Ok(unfinished(ctx, actor).await?)
}

/// How far it is, for whom [`read`] shows the steps.
pub(crate) async fn progress(ctx: &Ctx, actor: &Actor) -> Result<Option<Progress>, StoreError> {
    Ok(unfinished(ctx, actor).await?.and_then(|list| list.progress()))
}

async fn unfinished(ctx: &Ctx, actor: &Actor) -> Result<Option<Checklist>, StoreError> {
    if !actor.may(Permission::ChangeSettings, About::NOTHING) {
        return Ok(None);
    }
    let list = checklist::read(&mut *ctx.store().read().await?).await?;
    Ok(list.filter(|list| list.next().is_some()))
}

/// Puts the steps away, or shows them again.
pub async fn dismiss(ctx: &Ctx, actor: &Actor, away: bool) -> Result<(), ChecklistError> {
    ctx.change(actor, Permission::ChangeSettings, About::NOTHING, async move |job| {
        let changed =
            if away { checklist::dismiss(job.tx, job.now).await? } else { checklist::show_again(job.tx).await? };
        if !changed {
            return Ok(Done::unaudited((), Unaudited::NothingChanged));
        }
        job.tx.after_commit(Hint::Space);
        let action = if away { "setup.steps-dismissed" } else { "setup.steps-shown" };
        job.audited((), action, Subject::Space, &json!({})).await
    })
    .await
}
