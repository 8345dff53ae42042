//! Modules and requirements as one document: taken out, and brought into another workshop after a look at what it would do.

use super::{
    Body, Caller, Query, Refusal,
    answer::One,
    operation::{Operation, Tag},
};
use domain::{tokens::Scope, training::DOCUMENT};
use serde::Deserialize;
use services::training::{self, TrainingError};
use utoipa::ToSchema;
use views::training_exchange::{TrainingDocument, TrainingImport};

/// What can be done here.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/modules/export", "exportModules", export)
            .about(
                Tag::Training,
                "Take out modules and requirements",
                "Every module that is not archived, in their order, with the questions of its quiz and what is right, and what \
                 requires it, by names instead of ids. Files of videos and pictures of questions are not in it.",
            )
            .needs(Scope::TrainingRead),
        Operation::post("/api/v1/modules/import", "importModules", import)
            .about(
                Tag::Training,
                "Bring in modules and requirements",
                "Answers what a document would make, what is here already and stays, and what is wrong where; with \
                 `dry_run=false` it makes that, all of it or nothing. Modules are known by their titles and made as drafts, with \
                 their videos at YouTube; files are to be uploaded again. Nothing that is here is changed. At most 1 MB.",
            )
            .needs(Scope::TrainingWrite)
            .errors::<TrainingError>(&["training.faulty"]),
    ]
}

async fn export(caller: Caller) -> Result<One<TrainingDocument>, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    Ok(One(training::export(&ctx, &actor).await?))
}

/// Whether anything is made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HowToImport {
    /// Nothing is: true where it is left out.
    #[schema(example = true)]
    dry_run: Option<bool>,
}

async fn import(
    caller: Caller,
    Query(how): Query<HowToImport>,
    Body(document): Body<TrainingDocument, DOCUMENT>,
) -> Result<One<TrainingImport>, Refusal> {
    let Caller { ctx, actor, lang } = caller;
    Ok(One(training::import(&ctx, &actor, document, how.dry_run.unwrap_or(true), lang).await?))
}
