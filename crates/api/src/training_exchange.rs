//! Modules and requirements as one document: export, and import into another workshop after a dry run.

use super::{
    Body, Caller, Query, Refusal,
    answer::One,
    operation::{Operation, Tag},
};
use contract::training_exchange::{TrainingDocument, TrainingImport};
use domain::{actor::Permission, tokens::Scope, training::DOCUMENT};
use serde::Deserialize;
use services::{
    requirements::PathTarget,
    training::{self, TrainingError},
};
use utoipa::ToSchema;

/// The operations of this module.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/modules/export", "exportModules", export)
            .about(
                Tag::Training,
                "Export modules and requirements",
                "Returns all modules that are not archived, in their order, with their quiz questions, correct answers and \
                 requirements, by name instead of id. Video files and question pictures are not included.",
            )
            .needs(Scope::TrainingRead),
        Operation::post("/api/v1/modules/import", "importModules", import)
            .may(&[(Permission::EditTraining, PathTarget::Space)])
            .about(
                Tag::Training,
                "Import modules and requirements",
                "Previews an import: what would be created, what already exists and remains, and what is invalid. With \
                 `dry_run=false`, creates everything or nothing. Modules are matched by title and created as drafts, with \
                 their videos on YouTube; files must be uploaded again. Existing objects are not changed. At most 1 MB.",
            )
            .needs(Scope::TrainingWrite)
            .errors::<TrainingError>(&["training.faulty"]),
    ]
}

async fn export(caller: Caller) -> Result<One<TrainingDocument>, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    Ok(One(training::export(&ctx, &actor).await?))
}

/// Options for importing modules.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HowToImport {
    /// Whether to only preview the import; defaults to true.
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
