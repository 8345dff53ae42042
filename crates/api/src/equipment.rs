//! Machines, for the people responsible for them: forms, copies, bulk changes, archiving and restoring.
//!
//! Invariant: what is returned under `saved` can be sent back, field by field.

use super::{
    Body, Caller, Id, Query, Refusal, Seen,
    answer::{Made, Place, Versioned, done},
    input::given,
    machines::PlaceView,
    operation::{Operation, Tag},
    paging::{Page, Which},
    renamed, when, words,
};
use axum::response::Response;
use contract::equipment::{BulkForm, MachineInput, MachineRow, MachineSheet, SettingsForm, TypeRow};
use domain::{
    actor::Permission,
    equipment::{GROUPS, KEYS, REQUIRES},
    id::MachineId,
    machines::{AuthorisationMode, Risk},
    settings::ShownNames,
    tokens::Scope,
};
use serde::{Deserialize, Serialize};
use services::{
    equipment::{self, Bulk, EquipmentError},
    error::ServiceError,
    requirements::PathTarget,
};
use text::Lang;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{RefOr, Schema},
};

const MACHINES: &str = "listKeptMachines";
const TYPES: &str = "listKeptTypes";

/// The operations of this module.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/inventory/machines", MACHINES, stored_machines)
            .may(&[(Permission::ChangeEquipment, PathTarget::Anything)])
            .about(
                Tag::Machines,
                "List machines the caller looks after",
                "Lists every machine that the caller may edit, with its number and version; archived machines come last.",
            )
            .needs(Scope::MachinesRead),
        Operation::get("/api/v1/inventory/types", TYPES, stored_types)
            .may(&[(Permission::ChangeEquipment, PathTarget::Anything)])
            .about(
                Tag::Machines,
                "List types the caller looks after",
                "Lists every type that the caller may edit; archived types come last.",
            )
            .needs(Scope::MachinesRead),
        Operation::get("/api/v1/machines/{id}/sheet", "readMachineSheet", sheet)
            .about(
                Tag::Machines,
                "Get a machine for editing",
                "Returns the saved fields of a machine, its own settings, and the settings it inherits where it has none.",
            )
            .needs(Scope::MachinesRead)
            .versioned()
            .errors::<services::equipment::EquipmentError>(&["machine.unknown"]),
        Operation::put("/api/v1/machines/{id}/sheet", "saveMachine", save)
            .may(&[(Permission::ChangeEquipment, PathTarget::Machine)])
            .about(
                Tag::Machines,
                "Update a machine",
                "Replaces the fields and settings of a machine. Send the whole object that was returned as `saved`.",
            )
            .needs(Scope::MachinesWrite)
            .versioned()
            .errors::<services::equipment::EquipmentError>(&[
                "machine.unknown",
                "machine.in-use",
                "equipment.invalid",
            ]),
        Operation::post("/api/v1/machines/{id}/duplicate", "duplicateMachine", duplicate)
            .may(&[(Permission::ChangeEquipment, PathTarget::Machine)])
            .about(
                Tag::Machines,
                "Duplicate a machine",
                "Creates a machine with the same type, place and settings, and without a number.",
            )
            .needs(Scope::MachinesWrite)
            .makes(Place::At("/api/v1/machines"))
            .errors::<services::equipment::EquipmentError>(&["machine.unknown", "type.away"]),
        Operation::post("/api/v1/machines/{id}/archive", "archiveMachine", archive)
            .about(
                Tag::Machines,
                "Archive a machine",
                "Removes a machine from all lists. Its history is preserved and its board is notified that the machine no \
                 longer exists. Idempotent: repeating it changes nothing.",
            )
            .needs(Scope::MachinesWrite)
            .errors::<services::equipment::EquipmentError>(&["machine.unknown", "machine.in-use"]),
        Operation::post("/api/v1/machines/{id}/restore", "restoreMachine", restore)
            .about(
                Tag::Machines,
                "Restore a machine",
                "Restores an archived machine, with its number unless another machine uses it now.",
            )
            .needs(Scope::MachinesWrite)
            .errors::<services::equipment::EquipmentError>(&[
                "machine.unknown",
                "type.away",
                "machine.number-taken",
            ]),
        Operation::post("/api/v1/inventory/changes", "changeMachines", change_many)
            .may(&[(Permission::ChangeEquipment, PathTarget::Anything)])
            .about(
                Tag::Machines,
                "Edit many machines",
                "Applies a change to up to 200 machines, all or none. Each machine is sent with the version that was read; \
                 if any is out of date, the response lists the machines that others have changed.",
            )
            .needs(Scope::MachinesWrite)
            .errors::<services::equipment::EquipmentError>(&[
                "version.stale",
                "machine.in-use",
                "equipment.invalid",
            ]),
    ]
}

/// A machine that the caller looks after.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnedMachine {
    /// Its id. This is not its number in board topics.
    #[schema(example = 7)]
    id: i64,
    /// Its version.
    #[schema(example = 3)]
    version: i64,
    /// The machine's name.
    #[schema(example = "Laser cutter 1")]
    name: String,
    /// Its number in board topics, if it has a board.
    #[schema(example = 12)]
    number: Option<u16>,
    /// The name of its type.
    #[schema(example = "Laser cutter")]
    r#type: String,
    /// The place where it stands.
    place: Option<PlaceView>,
    /// Whether it is archived.
    archived: bool,
}

fn stored_machine(row: MachineRow) -> OwnedMachine {
    let MachineRow { id, version, name, number, kind, place, archived } = row;
    OwnedMachine { id: id.0, version, name, number, r#type: kind, place: place.map(PlaceView::from), archived }
}

async fn stored_machines(caller: Caller, Query(which): Query<Which>) -> Result<Page<OwnedMachine>, Refusal> {
    let (after, limit) = caller.place(MACHINES, which.after.as_deref(), which.limit)?;
    let Caller { ctx, actor, lang } = caller;
    let all = equipment::inventory(&ctx, &actor, None, lang).await?.machines;
    let place = |row: &MachineRow| (row.archived, row.name.clone(), row.id.0);
    Ok(Page::of_all(MACHINES, all, after.as_deref(), limit, lang, place)?.map(stored_machine))
}

/// A type that the caller looks after.
#[derive(Debug, Serialize, ToSchema)]
pub struct StoredType {
    /// Its id.
    #[schema(example = 3)]
    id: i64,
    /// The type's name.
    #[schema(example = "Laser cutter")]
    name: String,
    #[schema(schema_with = words::risk)]
    risk: Risk,
    /// The number of its machines that are not archived.
    #[schema(example = 2)]
    machines: u32,
    /// Whether it is archived.
    archived: bool,
}

fn stored_type(row: TypeRow) -> StoredType {
    let TypeRow { id, name, risk, machines, archived } = row;
    StoredType { id: id.0, name, risk, machines, archived }
}

async fn stored_types(caller: Caller, Query(which): Query<Which>) -> Result<Page<StoredType>, Refusal> {
    let (after, limit) = caller.place(TYPES, which.after.as_deref(), which.limit)?;
    let Caller { ctx, actor, lang } = caller;
    let all = equipment::inventory(&ctx, &actor, None, lang).await?.types;
    let place = |row: &TypeRow| (row.archived, row.name.clone(), row.id.0);
    Ok(Page::of_all(TYPES, all, after.as_deref(), limit, lang, place)?.map(stored_type))
}

/// The settings of a type or machine; null where the value is inherited.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnSettings {
    #[schema(required = true, schema_with = words::mode_or_null)]
    #[serde(deserialize_with = "given")]
    mode: Option<AuthorisationMode>,
    /// The number of people who must be present to start it; 0 for no minimum.
    #[schema(required = true, maximum = 9, example = 2)]
    #[serde(deserialize_with = "given")]
    present: Option<u8>,
    #[schema(required = true, schema_with = words::shown_or_null)]
    #[serde(deserialize_with = "given")]
    shown: Option<ShownNames>,
    /// Minutes after which its board logs its user out; 0 for never.
    #[schema(required = true, maximum = 65535, example = 120)]
    #[serde(deserialize_with = "given")]
    auto_stop: Option<u16>,
    /// Minutes between log-out and power-off.
    #[schema(required = true, maximum = 65535, example = 5)]
    #[serde(deserialize_with = "given")]
    grace: Option<u16>,
    /// The second line of its board's display.
    #[schema(required = true, max_length = 64, example = "Extraction on?")]
    #[serde(deserialize_with = "given")]
    display: Option<String>,
}

impl OwnSettings {
    /// From the values of a form; an empty field means an inherited setting.
    pub(super) fn of(fields: &[(String, String)]) -> Self {
        let message = |field| value_of(fields, field);
        Self {
            mode: AuthorisationMode::parse(message("mode")),
            present: message("present").parse().ok(),
            shown: ShownNames::parse(message("shown")),
            auto_stop: message("auto_stop").parse().ok(),
            grace: message("grace").parse().ok(),
            display: some(message("display")),
        }
    }

    pub(super) fn into_form(self) -> SettingsForm {
        SettingsForm {
            mode: self.mode.map_or("", AuthorisationMode::as_str).to_owned(),
            present: field_text(self.present),
            shown: self.shown.map_or("", ShownNames::as_str).to_owned(),
            auto_stop: field_text(self.auto_stop),
            grace: field_text(self.grace),
            display: field_text(self.display),
        }
    }
}

/// The value of a field.
fn value_of<'a>(fields: &'a [(String, String)], field: &str) -> &'a str {
    fields.iter().find(|(name, _)| name == field).map_or("", |(_, value)| value)
}

/// The groups in the values of a form.
pub(super) fn group_ids(fields: &[(String, String)]) -> Vec<i64> {
    value_of(fields, GROUPS).split(',').filter_map(|id| id.parse().ok()).collect()
}

/// Groups as a form sends them.
pub(super) fn group_texts(groups: Vec<i64>) -> Vec<String> {
    groups.iter().map(ToString::to_string).collect()
}

fn some(message: &str) -> Option<String> {
    (!message.is_empty()).then(|| message.to_owned())
}

/// The value as a form sends it: an empty string instead of null.
fn field_text(given: Option<impl ToString>) -> String {
    given.map_or_else(String::new, |given| given.to_string())
}

/// The refusal with the names that fields have in the API.
pub(super) fn refused(error: &EquipmentError, lang: Lang) -> Refusal {
    let problem = renamed(renamed(error.problem(lang), "kind", "type"), REQUIRES, "requires");
    let problem =
        KEYS.iter().fold(problem, |problem, (field, _)| renamed(problem, field, &format!("settings.{field}")));
    Refusal(problem)
}

/// The fields of a machine.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MachineForm {
    /// The machine's name.
    #[schema(min_length = 1, max_length = 200, example = "Laser cutter 1")]
    name: String,
    /// Its number in board topics; null if it has no board.
    #[schema(required = true, minimum = 1, maximum = 65535, example = 12)]
    #[serde(deserialize_with = "given")]
    number: Option<u16>,
    /// The id of its type.
    #[schema(example = 3)]
    r#type: i64,
    /// The id of the place where it stands; null for none.
    #[schema(required = true, example = 2)]
    #[serde(deserialize_with = "given")]
    place: Option<i64>,
    /// The address of its manual.
    #[schema(required = true, max_length = 2000, example = "https://example.org/manual.pdf")]
    #[serde(deserialize_with = "given")]
    manual: Option<String>,
    /// The ids of the groups whose members may book and use it; those of its type may if it has none. Without this field they stay
    /// as they are.
    #[schema(example = json!([2]))]
    groups: Option<Vec<i64>>,
    /// Its own settings.
    settings: OwnSettings,
}

/// A machine for editing.
#[derive(Debug, Serialize, ToSchema)]
pub struct MachineSheetView {
    /// Its id.
    #[schema(example = 7)]
    id: i64,
    /// When it was archived.
    #[schema(format = DateTime)]
    archived: Option<String>,
    /// The saved fields.
    saved: MachineForm,
    /// The values that apply where it has no settings of its own.
    inherited: OwnSettings,
}

async fn sheet(caller: Caller, Id(id): Id) -> Result<Versioned<MachineSheetView>, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let form = equipment::sheet(&ctx, &actor, MachineId(id)).await?;
    let MachineSheet { id, archived, saved, inherited, .. } = form;
    let value = |field| saved.value(field);
    let form = MachineForm {
        name: value("name").to_owned(),
        number: value("number").parse().ok(),
        r#type: value("kind").parse().unwrap_or_default(),
        place: value("place").parse().ok(),
        manual: some(value("manual")),
        groups: Some(group_ids(&saved.fields)),
        settings: OwnSettings::of(&saved.fields),
    };
    let visible = MachineSheetView {
        id: id.0,
        archived: archived.map(when),
        saved: form,
        inherited: OwnSettings::of(&inherited),
    };
    Ok(Versioned(visible, saved.version))
}

async fn save(
    caller: Caller,
    Id(id): Id,
    Seen(seen): Seen,
    Body(form): Body<MachineForm>,
) -> Result<Response, Refusal> {
    let Caller { ctx, actor, lang } = caller;
    let entered = MachineInput {
        name: form.name,
        number: field_text(form.number),
        kind: form.r#type.to_string(),
        place: field_text(form.place),
        manual: field_text(form.manual),
        groups: form.groups.map(group_texts),
        settings: form.settings.into_form(),
    };
    equipment::save(&ctx, &actor, MachineId(id), seen, entered).await.map_err(|error| refused(&error, lang))?;
    Ok(done())
}

async fn duplicate(caller: Caller, Id(id): Id) -> Result<Made, Refusal> {
    let Caller { ctx, actor, lang } = caller;
    let named = move |name: &str| lang.equipment_copy(name);
    let made = equipment::duplicate(&ctx, &actor, MachineId(id), named).await;
    Ok(Made::plain(made?.0))
}

async fn archive(caller: Caller, Id(id): Id) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    equipment::archive(&ctx, &actor, MachineId(id), true).await?;
    Ok(done())
}

async fn restore(caller: Caller, Id(id): Id) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    equipment::archive(&ctx, &actor, MachineId(id), false).await?;
    Ok(done())
}

/// A change and the machines to apply it to.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Changes {
    /// The machines.
    #[schema(min_items = 1, max_items = 200)]
    machines: Vec<MachineVersion>,
    /// The change.
    change: Change,
}

/// A machine and the version that was read.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MachineVersion {
    /// Its id.
    #[schema(example = 7)]
    id: i64,
    /// The version that was read.
    #[schema(minimum = 1, example = 3)]
    version: i64,
}

/// The code of an authorization mode, or null.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub struct ModeName(Option<String>);

impl PartialSchema for ModeName {
    fn schema() -> RefOr<Schema> {
        words::mode_or_null()
    }
}

impl ToSchema for ModeName {}

/// The code for what members see of a machine's user, or null.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub struct VisibleName(Option<String>);

impl PartialSchema for VisibleName {
    fn schema() -> RefOr<Schema> {
        words::shown_or_null()
    }
}

impl ToSchema for VisibleName {}

/// A change to a machine; null removes the place or inherits the setting.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// The id of the place where it stands.
    Place(Option<i64>),
    /// The id of its type.
    Type(i64),
    /// Who may use it.
    Mode(ModeName),
    /// The number of people who must be present to start it; 0 for no minimum.
    Present(Option<u8>),
    /// What members see of its user.
    #[serde(rename = "shown")]
    Visible(VisibleName),
    /// Minutes after which its board logs its user out; 0 for never.
    AutoStop(Option<u16>),
    /// Minutes between log-out and power-off.
    Grace(Option<u16>),
    /// The second line of its board's display.
    Display(Option<String>),
}

impl Change {
    /// The form field and its value.
    fn into_form(self) -> (&'static str, BulkForm) {
        let message = |settings| BulkForm { settings, ..BulkForm::default() };
        let none = SettingsForm::default;
        match self {
            Self::Place(place) => ("place", BulkForm { place: field_text(place), ..BulkForm::default() }),
            Self::Type(kind) => ("kind", BulkForm { kind: kind.to_string(), ..BulkForm::default() }),
            Self::Mode(ModeName(mode)) => ("mode", message(SettingsForm { mode: field_text(mode), ..none() })),
            Self::Present(people) => ("present", message(SettingsForm { present: field_text(people), ..none() })),
            Self::Visible(VisibleName(visible)) => {
                ("shown", message(SettingsForm { shown: field_text(visible), ..none() }))
            }
            Self::AutoStop(minutes) => {
                ("auto_stop", message(SettingsForm { auto_stop: field_text(minutes), ..none() }))
            }
            Self::Grace(minutes) => ("grace", message(SettingsForm { grace: field_text(minutes), ..none() })),
            Self::Display(line) => ("display", message(SettingsForm { display: field_text(line), ..none() })),
        }
    }
}

async fn change_many(
    caller: Caller,
    Body(Changes { machines, change }): Body<Changes>,
) -> Result<Response, Refusal> {
    let Caller { ctx, actor, lang } = caller;
    let machines = machines.iter().map(|one| format!("{}:{}", one.id, one.version)).collect();
    let (field, form) = change.into_form();
    let bulk = Bulk { machines, change: vec![field.to_owned()], input: form };
    let changed = equipment::change_many(&ctx, &actor, &bulk).await;
    let qualified = format!("change.{}", if field == "kind" { "type" } else { field });
    changed.map_err(|error| renamed(error.problem(lang), field, &qualified))?;
    Ok(done())
}
