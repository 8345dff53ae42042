//! Server functions for maintenance: plans, their progress, and interventions.

use crate::problem::AppError;
use contract::maintenance::{Agenda, AtMachine, PlanInput, PlanSheet};
use domain::id::{MachineId, PlanId};
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use services::{
    maintenance::{DescribePlan, Of},
    problems::ProblemsError,
};

/// The maintenance of a machine.
#[server(name = ReadMaintenance, endpoint = "maintenance/at", protocol = crate::call::Wire)]
pub async fn at_machine(id: MachineId) -> Result<AtMachine, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::maintenance::at(&ctx, &crate::request::actor(), id).await?)
}

/// A plan for editing, or defaults of a new one.
#[server(name = ReadPlan, endpoint = "maintenance/plan", protocol = crate::call::Wire)]
pub async fn plan(
    /// The machine whose page it is edited from.
    machine: MachineId,
    /// `None` for a new one.
    plan: Option<PlanId>,
) -> Result<PlanSheet, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::maintenance::sheet(&ctx, &crate::request::actor(), machine, plan).await?)
}

/// Upcoming maintenance on all machines; and problems by week as HTML, empty without the permission to see
/// problems.
#[server(name = ReadComing, endpoint = "maintenance/coming", protocol = crate::call::Wire)]
pub async fn coming() -> Result<(Agenda, String), AppError> {
    let (ctx, actor) = (expect_context::<services::Ctx>(), crate::request::actor());
    let agenda = services::maintenance::coming(&ctx, &actor).await?;
    let weeks = match services::problems::by_week(&ctx, &actor).await {
        Err(ProblemsError::Forbidden(_)) => String::new(),
        weeks => super::weeks::drawn(crate::lang::current(), &weeks?),
    };
    Ok((agenda, weeks))
}

/// Logs an intervention on a machine.
#[server(name = RegisterMaintenance, endpoint = "maintenance/register", protocol = crate::call::Wire)]
pub async fn register(
    machine: MachineId,
    /// The plans it fulfils; empty for something else.
    #[server(default)]
    plans: Vec<String>,
    /// A remark.
    #[server(default)]
    note: String,
) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    let done = services::maintenance::RegisterDone::from_form(&plans, &note);
    let one = services::maintenance::register(&ctx, &crate::request::actor(), machine, done).await?;
    // A photo can be added at once.
    leptos_axum::redirect(&format!("/machines/{machine}/maintenance?registered&photo={one}"));
    Ok(())
}

#[server(name = AddPlan, endpoint = "maintenance/add", protocol = crate::call::Wire)]
pub async fn add(
    /// The machine whose page it is edited from.
    machine: MachineId,
    /// `machine` for this one only, `type` for every machine of its type.
    #[server(default)]
    of: String,
    #[server(flatten)] form: PlanInput,
) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    let of = match of.as_str() {
        "type" => Some(Of::Type),
        "machine" => Some(Of::Machine),
        _ => None,
    };
    services::maintenance::add(&ctx, &crate::request::actor(), machine, of, DescribePlan::from_form(&form))
        .await?;
    leptos_axum::redirect(&format!("/machines/{machine}/maintenance"));
    Ok(())
}

/// Saves a plan if its version is unchanged.
#[server(name = SavePlan, endpoint = "maintenance/save", protocol = crate::call::Wire)]
pub async fn save(
    id: PlanId,
    /// The machine whose page it is edited from.
    machine: MachineId,
    version: i64,
    #[server(flatten)] form: PlanInput,
) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    services::maintenance::save(&ctx, &crate::request::actor(), id, version, DescribePlan::from_form(&form))
        .await?;
    leptos_axum::redirect(&format!("/machines/{machine}/maintenance"));
    Ok(())
}

/// Archives or restores a plan.
#[server(name = ArchivePlan, endpoint = "maintenance/archive", protocol = crate::call::Wire)]
pub async fn archive(
    id: PlanId,
    /// The machine whose page it is edited from.
    machine: MachineId,
    /// `yes` to restore it.
    #[server(default)]
    back: String,
) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    services::maintenance::archive(&ctx, &crate::request::actor(), id, back != "yes").await?;
    leptos_axum::redirect(&format!("/machines/{machine}/maintenance"));
    Ok(())
}
