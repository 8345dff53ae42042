//! Types of equipment, for the people responsible for them: adding, changing, archiving and restoring.

use super::{
    Body, Caller, Id, Refusal, Seen,
    answer::{Made, Place, Versioned, done},
    equipment::{OwnSettings, group_ids, group_texts, refused},
    operation::{Operation, Tag},
    when, words,
};
use axum::response::Response;
use contract::equipment::{TypeInput, TypeSheet};
use domain::{
    actor::Permission,
    equipment::{REQUIRES, chosen},
    id::TypeId,
    machines::Risk,
    tokens::Scope,
    versions::Saved,
};
use serde::{Deserialize, Serialize};
use services::{equipment, requirements::PathTarget};
use utoipa::ToSchema;

/// The operations of this module.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::post("/api/v1/types", "addType", add)
            .may(&[(Permission::ChangeEquipment, PathTarget::Space)])
            .about(
                Tag::Machines,
                "Add a type",
                "Adds a type of equipment, which people are qualified on. Machines refer to it by name.",
            )
            .needs(Scope::MachinesWrite)
            .makes(Place::Below)
            .errors::<services::equipment::EquipmentError>(&["equipment.invalid"]),
        Operation::get("/api/v1/types/{id}", "readType", read)
            .about(
                Tag::Machines,
                "Get a type for editing",
                "Returns the saved fields of a type, the settings of its machines, and the settings it inherits where it \
                 has none. The space and the system are not equipment types here.",
            )
            .needs(Scope::MachinesRead)
            .versioned()
            .errors::<services::equipment::EquipmentError>(&["type.unknown"]),
        Operation::put("/api/v1/types/{id}", "saveType", save)
            .may(&[(Permission::ChangeEquipment, PathTarget::Type)])
            .about(
                Tag::Machines,
                "Update a type",
                "Replaces the fields and settings of a type. Send the whole object that was returned as `saved`.",
            )
            .needs(Scope::MachinesWrite)
            .versioned()
            .errors::<services::equipment::EquipmentError>(&["type.unknown", "equipment.invalid"]),
        Operation::post("/api/v1/types/{id}/archive", "archiveType", archive)
            .about(
                Tag::Machines,
                "Archive a type",
                "Archives a type without machines that no active type requires. Nobody can be trained on it and no machine \
                 can be assigned to it. Idempotent: repeating it changes nothing.",
            )
            .needs(Scope::MachinesWrite)
            .errors::<services::equipment::EquipmentError>(&[
                "type.unknown",
                "type.has-machines",
                "type.required",
            ]),
        Operation::post("/api/v1/types/{id}/restore", "restoreType", restore)
            .about(Tag::Machines, "Restore a type", "Restores a type. Qualifications on it apply again.")
            .needs(Scope::MachinesWrite)
            .errors::<services::equipment::EquipmentError>(&["type.unknown", "type.requires-away"]),
    ]
}

/// The fields of a type.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TypeForm {
    /// The type's name.
    #[schema(min_length = 1, max_length = 200, example = "Laser cutter")]
    name: String,
    #[schema(schema_with = words::risk)]
    risk: Risk,
    /// The ids of the types that people must also be qualified on. Cycles are not allowed.
    #[schema(example = json!([4]))]
    requires: Vec<i64>,
    /// The ids of the groups whose members may book and use its machines; everybody may if there are none. Without this field they
    /// stay as they are.
    #[schema(example = json!([2]))]
    groups: Option<Vec<i64>>,
    /// The settings of its machines.
    settings: OwnSettings,
}

impl TypeForm {
    fn of(saved: &Saved) -> Self {
        let requires = chosen(&[saved.value(REQUIRES).to_owned()]).unwrap_or_default();
        Self {
            name: saved.value("name").to_owned(),
            risk: Risk::parse(saved.value("risk")).unwrap_or(Risk::Medium),
            requires: requires.into_iter().map(|kind| kind.0).collect(),
            groups: Some(group_ids(&saved.fields)),
            settings: OwnSettings::of(&saved.fields),
        }
    }

    fn into_form(self) -> (TypeInput, Vec<String>) {
        let requires = self.requires.iter().map(ToString::to_string).collect();
        let (risk, settings) = (self.risk.as_str().to_owned(), self.settings.into_form());
        let groups = self.groups.map(group_texts);
        (TypeInput { name: self.name, risk, groups, settings }, requires)
    }
}

/// A type for editing.
#[derive(Debug, Serialize, ToSchema)]
pub struct TypeSheetView {
    /// Its id.
    #[schema(example = 3)]
    id: i64,
    /// When it was archived.
    #[schema(format = DateTime)]
    archived: Option<String>,
    /// The saved fields.
    saved: TypeForm,
    /// The settings of the space.
    inherited: OwnSettings,
}

async fn read(caller: Caller, Id(id): Id) -> Result<Versioned<TypeSheetView>, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let form = equipment::type_sheet(&ctx, &actor, Some(TypeId(id))).await;
    let TypeSheet { saved, archived, inherited, .. } = form?;
    let visible = TypeSheetView {
        id,
        archived: archived.map(when),
        saved: TypeForm::of(&saved),
        inherited: OwnSettings::of(&inherited),
    };
    Ok(Versioned(visible, saved.version))
}

async fn add(caller: Caller, Body(form): Body<TypeForm>) -> Result<Made, Refusal> {
    let Caller { ctx, actor, lang } = caller;
    let (input, requires) = form.into_form();
    let made = equipment::add_type(&ctx, &actor, input, requires).await;
    Ok(Made::plain(made.map_err(|error| refused(&error, lang))?.0))
}

async fn save(
    caller: Caller,
    Id(id): Id,
    Seen(seen): Seen,
    Body(form): Body<TypeForm>,
) -> Result<Response, Refusal> {
    let Caller { ctx, actor, lang } = caller;
    let (input, requires) = form.into_form();
    let saved = equipment::save_type(&ctx, &actor, TypeId(id), seen, input, requires).await;
    saved.map_err(|error| refused(&error, lang))?;
    Ok(done())
}

async fn archive(caller: Caller, Id(id): Id) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    equipment::archive_type(&ctx, &actor, TypeId(id), true).await?;
    Ok(done())
}

async fn restore(caller: Caller, Id(id): Id) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    equipment::archive_type(&ctx, &actor, TypeId(id), false).await?;
    Ok(done())
}
