//! Server functions for editing training modules.

use crate::problem::AppError;
use contract::training_exchange::TrainingImport;
use contract::{
    equipment::Shelved,
    training::{Modules, Requirements, Sheet},
};
use domain::id::{ModuleId, QuestionId, RequirementId};
#[cfg(feature = "ssr")]
use domain::{qualifications::Subject, training::quiz::QuestionKind};
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use services::training::{DescribeModule, QuestionForm, ShowVideo, TrainingError, redo_day};

#[server(name = ReadModules, endpoint = "modules/list", protocol = crate::call::Wire)]
pub async fn modules() -> Result<Modules, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::training::modules(&ctx, &crate::request::actor()).await?)
}

/// A module in its editor, and what may require it.
#[server(name = ReadModuleSheet, endpoint = "modules/sheet", protocol = crate::call::Wire)]
pub async fn edit_form(id: ModuleId) -> Result<(Sheet, Requirements), AppError> {
    let (ctx, actor) = (expect_context::<services::Ctx>(), crate::request::actor());
    let edit_form = services::training::sheet(&ctx, &actor, id).await?;
    Ok((edit_form, services::training::requirements(&ctx, &actor).await?))
}

/// Adds a module and opens its editor.
#[server(name = AddModule, endpoint = "modules/add", protocol = crate::call::Wire)]
pub async fn add(#[server(default)] title: String) -> Result<ModuleId, AppError> {
    let ctx = expect_context::<services::Ctx>();
    let new = DescribeModule::from_form(&title, "", "");
    let id = services::training::add(&ctx, &crate::request::actor(), new).await?;
    leptos_axum::redirect(&format!("/modules/{id}"));
    Ok(id)
}

/// Saves a module if its version is unchanged.
#[server(name = SaveModule, endpoint = "modules/save", protocol = crate::call::Wire)]
pub async fn save(
    id: ModuleId,
    version: i64,
    #[server(default)] title: String,
    #[server(default)] about: String,
    #[server(default)] asked: String,
) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    let new = DescribeModule::from_form(&title, &about, &asked);
    services::training::save(&ctx, &crate::request::actor(), id, version, new).await?;
    leptos_axum::redirect(&format!("/modules/{id}"));
    Ok(())
}

/// Archives or restores a module.
#[server(name = ArchiveModule, endpoint = "modules/archive", protocol = crate::call::Wire)]
pub async fn archive(
    id: ModuleId,
    /// `yes` to restore it.
    #[server(default)]
    back: String,
) -> Result<Shelved, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::training::archive(&ctx, &crate::request::actor(), id, back != "yes").await?)
}

/// Moves a module up or down.
#[server(name = MoveModule, endpoint = "modules/move", protocol = crate::call::Wire)]
pub async fn arrange(
    id: ModuleId,
    /// `yes` for up.
    #[server(default)]
    up: String,
) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::training::arrange(&ctx, &crate::request::actor(), id, up == "yes").await?)
}

/// Sets the video of the next version.
#[server(name = SetVideo, endpoint = "modules/video", protocol = crate::call::Wire)]
pub async fn set_video(
    id: ModuleId,
    #[server(default)] youtube: String,
    #[server(default)] length: String,
) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    let new = ShowVideo::from_form(&youtube, &length);
    Ok(services::training::set_video(&ctx, &crate::request::actor(), id, new).await?)
}

/// Sets or removes the captions of the next version.
#[server(name = SetCaptions, endpoint = "modules/captions", protocol = crate::call::Wire)]
pub async fn set_captions(
    id: ModuleId,
    #[server(default)] captions: String,
    /// `yes` to remove them.
    #[server(default)]
    remove: String,
) -> Result<(), AppError> {
    let (ctx, actor) = (expect_context::<services::Ctx>(), crate::request::actor());
    if remove == "yes" {
        services::training::remove_captions(&ctx, &actor, id).await?;
    } else {
        services::training::set_captions(&ctx, &actor, id, &captions).await?;
    }
    leptos_axum::redirect(&format!("/modules/{id}"));
    Ok(())
}

/// Publishes the next version.
#[server(name = PublishModule, endpoint = "modules/publish", protocol = crate::call::Wire)]
pub async fn publish(
    id: ModuleId,
    /// `yes` to require completing it again.
    #[server(default)]
    again: String,
    /// Until which day, `2026-11-30`.
    #[server(default)]
    redo_by: String,
) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    let redo_by = (again == "yes").then(|| redo_day(&redo_by));
    Ok(services::training::publish(&ctx, &crate::request::actor(), id, redo_by).await?)
}

/// Adds or replaces a question.
#[server(name = PutQuestion, endpoint = "modules/question", protocol = crate::call::Wire)]
pub async fn put_question(
    module: ModuleId,
    #[server(default)] instead: String,
    #[server(default)] kind: String,
    #[server(default)] ask: String,
    #[server(default)] why: String,
    #[server(default)] answers: Vec<String>,
    /// Indexes of the right answers, from 0 on.
    #[server(default)]
    right: Vec<String>,
) -> Result<QuestionId, AppError> {
    let (ctx, actor) = (expect_context::<services::Ctx>(), crate::request::actor());
    let right = right.iter().filter_map(|at| at.parse().ok()).collect();
    let input = QuestionForm { kind: QuestionKind::parse(&kind), ask, why, answers, right };
    let put = match instead.trim() {
        "" => services::training::add_question(&ctx, &actor, module, &input).await?,
        instead => {
            let instead = instead.parse().map(QuestionId).map_err(|_| TrainingError::UnknownQuestion)?;
            services::training::change_question(&ctx, &actor, instead, &input).await?
        }
    };
    leptos_axum::redirect(&format!("/modules/{module}?tab=quiz"));
    Ok(put)
}

#[server(name = RemoveQuestion, endpoint = "modules/remove-question", protocol = crate::call::Wire)]
pub async fn remove_question(question: QuestionId) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    let removed = services::training::remove_question(&ctx, &crate::request::actor(), question, false).await;
    Ok(removed.map(drop)?)
}

/// Requires a module for a type or a machine.
#[server(name = RequireModule, endpoint = "modules/require", protocol = crate::call::Wire)]
pub async fn require(
    module: ModuleId,
    /// `type:3` or `machine:7`.
    #[server(default)]
    on: String,
    #[server(default)] threshold: String,
) -> Result<RequirementId, AppError> {
    let ctx = expect_context::<services::Ctx>();
    let (on, threshold) = (Subject::parse(&on), domain::training::threshold(&threshold));
    Ok(services::training::require(&ctx, &crate::request::actor(), on, Some(module), threshold).await?)
}

/// Removes a requirement.
#[server(name = ReleaseModule, endpoint = "modules/release", protocol = crate::call::Wire)]
pub async fn release(id: RequirementId) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::training::release(&ctx, &crate::request::actor(), id).await?)
}

/// Preview of a pasted document of modules, with the document; with `make` imports it.
#[server(name = ImportModules, endpoint = "training/import", protocol = crate::call::Wire)]
pub async fn import(
    #[server(default)] document: String,
    /// `yes` to import instead of preview.
    #[server(default)]
    make: String,
) -> Result<(TrainingImport, String), AppError> {
    let (ctx, actor, t) = (expect_context::<services::Ctx>(), crate::request::actor(), crate::lang::current());
    let is_dry = make != "yes";
    let reported = services::training::import_pasted(&ctx, &actor, &document, is_dry, t).await?;
    // Exactly the previewed document is imported.
    let back = if is_dry && reported.faults.is_empty() { document } else { String::new() };
    Ok((reported, back))
}
