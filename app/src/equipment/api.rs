//! Server functions for machines and types.

use crate::problem::AppError;
#[cfg(feature = "ssr")]
use contract::equipment::SettingsForm;
use contract::equipment::{
    BulkForm, Choices, Inventory, MachineInput, MachineSheet, Shelved, TypeInput, TypeSheet,
};
use domain::id::{MachineId, TypeId};
use leptos::prelude::*;

/// Choices of the new machine form.
#[server(name = ReadChoices, endpoint = "equipment/choices", protocol = crate::call::Wire)]
pub async fn choices() -> Result<Choices, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::equipment::choices(&ctx, &crate::request::actor()).await?)
}

/// Adds a machine and shows it.
#[server(endpoint = "equipment/add-machine", protocol = crate::call::Wire)]
pub async fn add_machine(
    #[server(default)] name: String,
    #[server(default)] kind: String,
    /// Its number on the board topics, or empty.
    #[server(default)]
    number: String,
    /// Its location, or empty.
    #[server(default)]
    place: String,
) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    let input = services::equipment::AddMachine { name, kind, number, place };
    let machine = services::equipment::add_machine(&ctx, &crate::request::actor(), input).await?;
    leptos_axum::redirect(&format!("/machines/{machine}"));
    Ok(())
}

/// A machine for editing.
#[server(name = ReadMachineSheet, endpoint = "equipment/machine", protocol = crate::call::Wire)]
pub async fn machine(id: MachineId) -> Result<MachineSheet, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::equipment::sheet(&ctx, &crate::request::actor(), id).await?)
}

/// Saves a machine if its version is unchanged.
#[server(endpoint = "equipment/save-machine", protocol = crate::call::Wire)]
pub async fn save_machine(
    id: MachineId,
    version: i64,
    #[server(default)] groups: Vec<String>,
    #[server(flatten)] form: MachineInput,
) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    let form = MachineInput { groups: Some(groups), ..form };
    services::equipment::save(&ctx, &crate::request::actor(), id, version, form).await?;
    leptos_axum::redirect(&format!("/machines/{id}/edit?saved"));
    Ok(())
}

/// Duplicates a machine and opens the copy for editing.
#[server(endpoint = "equipment/duplicate", protocol = crate::call::Wire)]
pub async fn duplicate(id: MachineId) -> Result<(), AppError> {
    let (ctx, t) = (expect_context::<services::Ctx>(), crate::lang::current());
    let named = move |name: &str| t.equipment_copy(name);
    let made = services::equipment::duplicate(&ctx, &crate::request::actor(), id, named).await;
    let made = made?;
    leptos_axum::redirect(&format!("/machines/{made}/edit"));
    Ok(())
}

/// Archives or restores a machine.
#[server(endpoint = "equipment/archive", protocol = crate::call::Wire)]
pub async fn archive(
    id: MachineId,
    /// `yes` to restore it.
    #[server(default)]
    back: String,
) -> Result<Shelved, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::equipment::archive(&ctx, &crate::request::actor(), id, back != "yes").await?)
}

/// The machines and types that the caller may change, and a preview of a bulk change if `chosen` names any.
#[server(name = ReadInventory, endpoint = "equipment/inventory", protocol = crate::call::Wire)]
pub async fn inventory(
    /// Machines with the version that was seen: `7:4`.
    #[server(default)]
    chosen: Vec<String>,
    #[server(default)] change: Vec<String>,
    /// Values in the order of [`BULK`]; empty without a preview.
    #[server(default)]
    to: Vec<String>,
) -> Result<Inventory, AppError> {
    let (ctx, t) = (expect_context::<services::Ctx>(), crate::lang::current());
    let bulk =
        (!to.is_empty()).then(|| services::equipment::Bulk { machines: chosen, change, input: bulk_form(to) });
    Ok(services::equipment::inventory(&ctx, &crate::request::actor(), bulk.as_ref(), t).await?)
}

/// The fields of a bulk change.
pub const BULK: [&str; 8] = ["place", "kind", "mode", "present", "shown", "auto_stop", "grace", "display"];

#[cfg(feature = "ssr")]
fn bulk_form(to: Vec<String>) -> BulkForm {
    let mut to = to.into_iter();
    let mut next = || to.next().unwrap_or_default();
    BulkForm {
        place: next(),
        kind: next(),
        settings: SettingsForm {
            mode: next(),
            present: next(),
            shown: next(),
            auto_stop: next(),
            grace: next(),
            display: next(),
        },
    }
}

/// Applies a bulk change to machines.
#[server(endpoint = "equipment/change-many", protocol = crate::call::Wire)]
pub async fn change_many(
    /// Machines with the version that was seen: `7:4`.
    #[server(default)]
    machines: Vec<String>,
    #[server(default)] change: Vec<String>,
    #[server(flatten)] form: BulkForm,
) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    let bulk = services::equipment::Bulk { machines, change, input: form };
    services::equipment::change_many(&ctx, &crate::request::actor(), &bulk).await?;
    leptos_axum::redirect("/machines?changed");
    Ok(())
}

/// A type for editing; `None` for a new one.
#[server(name = ReadTypeSheet, endpoint = "equipment/type", protocol = crate::call::Wire)]
pub async fn kind(id: Option<TypeId>) -> Result<TypeSheet, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::equipment::type_sheet(&ctx, &crate::request::actor(), id).await?)
}

/// Adds a type and shows it.
#[server(endpoint = "equipment/add-type", protocol = crate::call::Wire)]
pub async fn add_type(
    #[server(default)] requires: Vec<String>,
    #[server(default)] groups: Vec<String>,
    #[server(flatten)] form: TypeInput,
) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    let form = TypeInput { groups: Some(groups), ..form };
    let made = services::equipment::add_type(&ctx, &crate::request::actor(), form, requires).await;
    let made = made?;
    leptos_axum::redirect(&format!("/types/{made}/edit?saved"));
    Ok(())
}

/// Saves a type if its version is unchanged.
#[server(endpoint = "equipment/save-type", protocol = crate::call::Wire)]
pub async fn save_type(
    id: TypeId,
    version: i64,
    #[server(default)] requires: Vec<String>,
    #[server(default)] groups: Vec<String>,
    #[server(flatten)] form: TypeInput,
) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    let form = TypeInput { groups: Some(groups), ..form };
    services::equipment::save_type(&ctx, &crate::request::actor(), id, version, form, requires).await?;
    leptos_axum::redirect(&format!("/types/{id}/edit?saved"));
    Ok(())
}

/// Archives or restores a type.
#[server(endpoint = "equipment/archive-type", protocol = crate::call::Wire)]
pub async fn archive_type(
    id: TypeId,
    /// `yes` to restore it.
    #[server(default)]
    back: String,
) -> Result<Shelved, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::equipment::archive_type(&ctx, &crate::request::actor(), id, back != "yes").await?)
}
