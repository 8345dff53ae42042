//! Types of equipment as those see them who care for them: added, changed, put away, taken back.

use super::{
    Body, Caller, Id, Refusal, Seen,
    answer::{Made, Place, Versioned, done},
    equipment::{OwnSettings, refused},
    operation::{Operation, Tag},
    when, words,
};
use axum::response::Response;
use domain::{
    equipment::{REQUIRES, chosen},
    id::TypeId,
    machines::Risk,
    tokens::Scope,
    versions::Saved,
};
use serde::{Deserialize, Serialize};
use services::equipment;
use utoipa::ToSchema;
use views::equipment::{TypeSheet, TypedType};

/// What can be done here.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::post("/api/v1/types", "addType", add)
            .about(
                Tag::Machines,
                "Add a type",
                "Adds a type of equipment: what people are qualified on. Machines are added to it by its name.",
            )
            .needs(Scope::MachinesWrite)
            .makes(Place::Below)
            .errors::<services::equipment::EquipmentError>(&["equipment.invalid"]),
        Operation::get("/api/v1/types/{id}", "readType", read)
            .about(
                Tag::Machines,
                "A type to be edited",
                "What is kept of a type, what is said for its machines, and what holds where nothing is. The space and the \
                 system are no types of equipment here.",
            )
            .needs(Scope::MachinesRead)
            .versioned()
            .errors::<services::equipment::EquipmentError>(&["type.unknown"]),
        Operation::put("/api/v1/types/{id}", "saveType", save)
            .about(
                Tag::Machines,
                "Save a type",
                "Replaces what is kept of a type and said for its machines. Send all of what was answered under `saved`.",
            )
            .needs(Scope::MachinesWrite)
            .versioned()
            .errors::<services::equipment::EquipmentError>(&["type.unknown", "equipment.invalid"]),
        Operation::post("/api/v1/types/{id}/archive", "archiveType", archive)
            .about(
                Tag::Machines,
                "Put a type away",
                "One that has no machines any more and that no type in use requires: nobody is trained on it, and no machine \
                 becomes one of it. Put away again, nothing changes.",
            )
            .needs(Scope::MachinesWrite)
            .errors::<services::equipment::EquipmentError>(&[
                "type.unknown",
                "type.has-machines",
                "type.required",
            ]),
        Operation::post("/api/v1/types/{id}/restore", "restoreType", restore)
            .about(Tag::Machines, "Take a type back", "What people were on it they are again.")
            .needs(Scope::MachinesWrite)
            .errors::<services::equipment::EquipmentError>(&["type.unknown", "type.requires-away"]),
    ]
}

/// A type as it is kept.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TypeForm {
    /// What it is called.
    #[schema(min_length = 1, max_length = 200, example = "Laser cutter")]
    name: String,
    #[schema(schema_with = words::risk)]
    risk: Risk,
    /// The ids of the types on which one must be qualified as well. None leads back to it.
    #[schema(example = json!([4]))]
    requires: Vec<i64>,
    /// What is said for its machines.
    settings: OwnSettings,
}

impl TypeForm {
    fn of(saved: &Saved) -> Self {
        let requires = chosen(&[saved.value(REQUIRES).to_owned()]).unwrap_or_default();
        Self {
            name: saved.value("name").to_owned(),
            risk: Risk::parse(saved.value("risk")).unwrap_or(Risk::Medium),
            requires: requires.into_iter().map(|kind| kind.0).collect(),
            settings: OwnSettings::of(&saved.fields),
        }
    }

    fn into_form(self) -> (TypedType, Vec<String>) {
        let requires = self.requires.iter().map(ToString::to_string).collect();
        let (risk, settings) = (self.risk.as_str().to_owned(), self.settings.into_form());
        (TypedType { name: self.name, risk, settings }, requires)
    }
}

/// A type to be edited.
#[derive(Debug, Serialize, ToSchema)]
pub struct TypeSheetShown {
    /// Its id.
    #[schema(example = 3)]
    id: i64,
    /// Since when it is put away.
    #[schema(format = DateTime)]
    archived: Option<String>,
    /// What is kept of it.
    saved: TypeForm,
    /// What the space says.
    inherited: OwnSettings,
}

async fn read(caller: Caller, Id(id): Id) -> Result<Versioned<TypeSheetShown>, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let sheet = equipment::type_sheet(&ctx, &actor, Some(TypeId(id))).await;
    let TypeSheet { saved, archived, inherited, .. } = sheet?;
    let shown = TypeSheetShown {
        id,
        archived: archived.map(when),
        saved: TypeForm::of(&saved),
        inherited: OwnSettings::of(&inherited),
    };
    Ok(Versioned(shown, saved.version))
}

async fn add(caller: Caller, Body(form): Body<TypeForm>) -> Result<Made, Refusal> {
    let Caller { ctx, actor, lang } = caller;
    let (typed, requires) = form.into_form();
    let made = equipment::add_type(&ctx, &actor, typed, requires).await;
    Ok(Made::plain(made.map_err(|error| refused(&error, lang))?.0))
}

async fn save(
    caller: Caller,
    Id(id): Id,
    Seen(seen): Seen,
    Body(form): Body<TypeForm>,
) -> Result<Response, Refusal> {
    let Caller { ctx, actor, lang } = caller;
    let (typed, requires) = form.into_form();
    let saved = equipment::save_type(&ctx, &actor, TypeId(id), seen, typed, requires).await;
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
