//! Equipment: the machines of a workshop, their types, and who may change them.
//!
//! **Invariants.** As everywhere, the actor is re-checked inside the job that makes the change. A form filled in
//! from an older version changes nothing: its sender gets the current version. Archived equipment retains its
//! history and can be restored.

mod explicit_settings;
mod inventory;
mod kinds;
mod machine;
mod many;
mod permissions;

pub use inventory::{inventory, labels};
pub use kinds::{add_type, archive_type, save_type, type_sheet};
pub use machine::{archive, duplicate, save, sheet};
pub use many::{AT_ONCE, Bulk, change_many};

use crate::{Ctx, setup};
use contract::equipment::Choices;
use domain::{
    actor::{Actor, Forbidden, Permission, Target},
    boards::MachineNumber,
    id::{MachineId, PlaceId},
    live::ChangeEvent,
    machines::Risk,
    names,
    problem::{Kind, Problem},
    settings::Key,
    versions::Saved,
};
use macros::{FieldError, ServiceError};
use serde_json::json;
use store::{
    SqliteConnection, StoreError, equipment,
    machines::{self, NewMachine},
    maintenance,
};
use text::Lang;

/// Why nothing is shown or changed.
#[derive(Debug, Clone, ServiceError)]
pub enum EquipmentError {
    /// The actor may not change this.
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    #[problem("machine.unknown", NotFound, machine_unknown)]
    UnknownMachine,
    /// Unknown type, or a built-in one.
    #[problem("type.unknown", NotFound, equipment_type_unknown)]
    UnknownType,
    #[problem("equipment.invalid", Invalid, each)]
    Invalid(Vec<ValidationError>),
    /// A newer version was saved meanwhile.
    #[problem(transparent)]
    Stale(Box<Saved>),
    /// Some of the machines were changed meanwhile: these.
    #[problem("version.stale", Conflict, equipment_many_stale(&_0.join(", ")))]
    ManyStale(Vec<String>),
    /// A type still has machines.
    #[problem(with = has_machines(*there, *running, lang), codes = [(Kind::Conflict, "type.has-machines")])]
    HasMachines {
        there: u32,
        /// How many of them are in use.
        running: u32,
    },
    /// Active types require it: these.
    #[problem("type.required", Conflict, equipment_type_required(&_0.join(", ")))]
    Required(Vec<String>),
    /// It requires archived types: these.
    #[problem("type.requires-away", Conflict, equipment_type_requires_away(&_0.join(", ")))]
    RequiresAway(Vec<String>),
    /// It is used at this moment.
    #[problem("machine.in-use", Conflict, equipment_in_use)]
    InUse,
    /// It is in use, and keeps its number and its type meanwhile: this one.
    #[problem("machine.in-use", Conflict, equipment_in_use_as_is(_0))]
    InUseAsIs(String),
    /// Its type is archived.
    #[problem("type.away", Conflict, equipment_type_away)]
    TypeAway,
    /// Another machine has its number now.
    #[problem("machine.number-taken", Conflict, equipment_number_gone(_0))]
    NumberGone(String),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

fn has_machines(there: u32, running: u32, lang: Lang) -> Problem {
    let message = lang.equipment_type_has_machines(there);
    let message = if running > 0 { format!("{message} {}", lang.equipment_type_runs(running)) } else { message };
    Problem::new("type.has-machines", Kind::Conflict, message)
}

#[derive(Debug, Clone, PartialEq, Eq, FieldError)]
pub enum ValidationError {
    /// The name is empty or too long.
    #[field("name", equipment_name_length)]
    Name,
    /// The type's name is empty, too long, or that of a built-in type.
    #[field("kind", equipment_type_length)]
    Type,
    /// As above, in the form of a type.
    #[field("name", equipment_type_length)]
    TypeName,
    /// It is not one of the types there are to choose from.
    #[field("kind", choose_what)]
    NoType,
    /// It is not one of the places there are.
    #[field("place", choose_what)]
    NoPlace,
    /// It is not one of the groups there are.
    #[field("groups", choose_what)]
    NoGroup,
    /// The number is not one from 1 to 65,535.
    #[field("number", equipment_number_range)]
    Number,
    /// Another machine has the number: this one.
    #[field("number", equipment_number_taken(_0))]
    NumberTaken(String),
    /// The manual is not on the web.
    #[field("manual", equipment_manual_address)]
    Manual,
    /// The manual's address has a space in it.
    #[field("manual", equipment_manual_space)]
    ManualSpace,
    /// Another type has the name.
    #[field("name", equipment_type_taken)]
    TypeTaken,
    /// The chosen type name belongs to an archived type.
    #[field("kind", equipment_type_shelved)]
    TypeShelved,
    /// It is not one of the classes of risk.
    #[field("risk", choose_what)]
    Risk,
    /// It is not one of the types there are.
    #[field("requires", choose_what)]
    Requires,
    /// Its requirements form this cycle.
    #[field("requires", equipment_ring(_0))]
    Ring(String),
    /// No machine was chosen, or too many.
    #[field("machines", equipment_choose_machines(&AT_ONCE.to_string()))]
    NoMachines,
    /// No field was chosen.
    #[field("change", equipment_bulk_no_field)]
    NoField,
    /// The value of this field is invalid for the setting.
    #[field(_0, setting_invalid(*_1))]
    Setting(&'static str, Key),
}

/// A new machine, as typed.
#[derive(Debug, Clone)]
pub struct AddMachine {
    pub name: String,
    /// The name of its type; an unused name creates one, of medium risk. May be empty if there are no types yet:
    /// the first is named after the machine.
    pub kind: String,
    /// Its number on the board topics; empty when no board speaks for it.
    pub number: String,
    /// Its place, as a form sends it; empty for none.
    pub place: String,
}

/// The choices of the form.
pub async fn choices(ctx: &Ctx, actor: &Actor) -> Result<Choices, EquipmentError> {
    actor.require(Permission::ChangeEquipment, Target::NONE)?;
    let mut snapshot = ctx.store().snapshot().await?;
    let kinds = equipment::types(&mut snapshot).await?.into_iter().map(|(_, name)| name).collect();
    let number = equipment::free_number(&mut snapshot).await?.map_or(0, |number| number.0);
    let places = equipment::places(&mut snapshot).await?;
    Ok(Choices { kinds, number, places })
}

/// Adds a machine, and its type if there is none of that name.
pub async fn add_machine(ctx: &Ctx, actor: &Actor, input: AddMachine) -> Result<MachineId, EquipmentError> {
    let form = async {
        let kind = if input.kind.trim().is_empty()
            && equipment::types(&mut *ctx.store().read().await?).await?.is_empty()
        {
            &input.name
        } else {
            &input.kind
        };
        let (name, kind) = (names::name(&input.name), type_name(kind));
        let (number, place) = (number(&input.number), place(&input.place));
        let faults = [
            (name.is_err(), ValidationError::Name),
            (kind.is_err(), ValidationError::Type),
            (number.is_err(), ValidationError::Number),
            (place.is_err(), ValidationError::NoPlace),
        ];
        let faults: Vec<_> = faults.into_iter().filter(|(wrong, _)| *wrong).map(|(_, fault)| fault).collect();
        let (Ok(name), Ok(kind), Ok(number), Ok(place)) = (name, kind, number, place) else {
            return Err(EquipmentError::Invalid(faults));
        };
        Ok((name, kind, number, place))
    };
    ctx.change_with(actor, Permission::ChangeEquipment, Target::NONE, form, async move |job, form| {
        let (name, kind, number, place) = form;
        free(job.tx.conn(), number, None).await?;
        let places = equipment::places(job.tx.conn()).await?;
        if place.is_some_and(|place| places.iter().all(|(there, _)| *there != place)) {
            return Err(EquipmentError::Invalid(vec![ValidationError::NoPlace]));
        }
        let there = equipment::stored_types(job.tx.conn(), None).await?;
        let known = there.iter().filter(|known| known.name.to_lowercase() == kind.to_lowercase());
        let kind = match known.min_by_key(|known| known.archived.is_some()) {
            Some(known) if known.archived.is_some() => {
                return Err(EquipmentError::Invalid(vec![ValidationError::TypeShelved]));
            }
            Some(known) => known.id,
            None => {
                let added = equipment::add_type(job.tx, &kind, Risk::Medium)
                    .await
                    .map_err(taken(ValidationError::Type))?;
                setup::qualify(job, added).await?;
                added
            }
        };
        let new = NewMachine { number, kind, place, name, manual: None };
        let machine = machines::add(job.tx, &new).await?;
        maintenance::begin(job.tx, machine, job.now).await?;
        job.tx.after_commit(ChangeEvent::Machine(machine));
        let detail = json!({ "type": kind, "number": number.map(|number| number.0) });
        job.audited(machine, "machine.added", machine, &detail).await
    })
    .await
}

/// The name of a type. Those of the built-in ones are taken in every language, for it would be read as one of them.
fn type_name(input: &str) -> Result<String, names::Unnamed> {
    let name = names::name(input)?;
    let built_in = Lang::ALL.into_iter().flat_map(|lang| [lang.the_space(), lang.the_system()]);
    let is_taken = built_in.into_iter().any(|taken| taken.to_lowercase() == name.to_lowercase());
    if is_taken { Err(names::Unnamed::Empty) } else { Ok(name) }
}

/// Parses the number in board topics; `None` without a board.
fn number(input: &str) -> Result<Option<MachineNumber>, ValidationError> {
    match input.trim() {
        "" => Ok(None),
        number => match number.parse() {
            Ok(number @ 1..) => Ok(Some(MachineNumber(number))),
            Ok(0) | Err(_) => Err(ValidationError::Number),
        },
    }
}

/// Parses a place as a form sends it; `None` if empty.
fn place(input: &str) -> Result<Option<PlaceId>, ValidationError> {
    match input.trim() {
        "" => Ok(None),
        place => place.parse().map(|place| Some(PlaceId(place))).map_err(|_| ValidationError::NoPlace),
    }
}

/// Fails where a machine other than `except` has that number, naming it.
async fn free(
    conn: &mut SqliteConnection,
    number: Option<MachineNumber>,
    except: Option<MachineId>,
) -> Result<(), EquipmentError> {
    let Some(number) = number else { return Ok(()) };
    match machines::numbered(conn, number).await? {
        Some((other, name)) if Some(other) != except => {
            Err(EquipmentError::Invalid(vec![ValidationError::NumberTaken(name)]))
        }
        _ => Ok(()),
    }
}

/// Converts a unique-index error into a fault of the field.
fn taken(fault: ValidationError) -> impl Fn(StoreError) -> EquipmentError {
    move |error| match error {
        StoreError::Unique(_) => EquipmentError::Invalid(vec![fault.clone()]),
        error => error.into(),
    }
}
