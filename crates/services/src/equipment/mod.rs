//! Equipment: the machines of a workshop, their types and places, and who may change them.
//!
//! **Invariants.** As everywhere, who changes something is looked at again inside the job that changes it. What was filled
//! in from an older version changes nothing: whoever sent it gets what is saved now. What is put away keeps its history and
//! can be taken back.

mod inventory;
mod kinds;
mod machine;
mod many;
mod places;
mod said;

pub use inventory::{inventory, labels};
pub use kinds::{add_type, archive_type, restore_type, save_type, type_sheet};
pub use machine::{archive, duplicate, restore, save, sheet};
pub use many::{AT_ONCE, Bulk, change_many};
pub use places::{NOWHERE, add_place, archive_place, places, restore_place, save_place};

use crate::{Ctx, again::again, refusal, setup};
use domain::{
    actor::{About, Actor, Forbidden, Permission},
    boards::MachineNumber,
    equipment::Choices,
    id::MachineId,
    live::Hint,
    machines::Risk,
    names,
    problem::{Kind, Problem},
    settings::{Fits, Key},
    versions::Saved,
};
use serde_json::json;
use store::{
    Done, SqliteConnection, StoreError, audit, equipment,
    machines::{self, NewMachine},
    maintenance,
};
use text::Lang;

/// Why nothing was changed, or there is nothing to show.
#[derive(Debug, Clone, thiserror::Error)]
pub enum EquipmentError {
    /// The actor may not change this.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// There is no such machine.
    #[error("there is no such machine")]
    UnknownMachine,
    /// There is no such type, or it is built in.
    #[error("there is no such type")]
    UnknownType,
    /// There is no such place.
    #[error("there is no such place")]
    UnknownPlace,
    /// Something that was typed does not fit.
    #[error("a field does not fit")]
    Fields(Vec<Fault>),
    /// Somebody else saved meanwhile.
    #[error("somebody else saved meanwhile")]
    Stale(Box<Saved>),
    /// Somebody else changed some of many meanwhile: these.
    #[error("somebody else changed some of them meanwhile")]
    ManyStale(Vec<String>),
    /// A type still has machines.
    #[error("it still has machines")]
    HasMachines {
        /// How many.
        there: u32,
        /// How many of them somebody is on.
        running: u32,
    },
    /// Types that are not put away require it: these.
    #[error("other types require it")]
    Required(Vec<String>),
    /// It requires types that are put away: these.
    #[error("it requires types that are put away")]
    RequiresAway(Vec<String>),
    /// It is used at this moment.
    #[error("it is in use")]
    InUse,
    /// It is used at this moment, and keeps its number and its type for so long: this one.
    #[error("it is in use as it is")]
    InUseAsIs(String),
    /// Its type is put away.
    #[error("its type is put away")]
    TypeAway,
    /// Another machine has its number by now.
    #[error("another machine has its number by now")]
    NumberGone(String),
    /// The storage failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The name is empty or too long.
    Name,
    /// The type's name is empty, too long, or that of a built-in type.
    Type,
    /// The same, where the form is that of a type.
    TypeName,
    /// It is not one of the types there are to choose from.
    NoType,
    /// It is not one of the places there are.
    NoPlace,
    /// The number is not one from 1 to 65,535.
    Number,
    /// Another machine has the number: this one.
    NumberTaken(String),
    /// The manual is not on the web.
    Manual,
    /// Another type has the name.
    TypeTaken,
    /// A type that is put away has the name, where one is chosen by it.
    TypeShelved,
    /// Another place has the name.
    PlaceTaken,
    /// It is not one of the classes of risk.
    Risk,
    /// It is not one of the types there are.
    Requires,
    /// What it requires leads back to it, on this way.
    Ring(String),
    /// It is no number from 0 to 9,999.
    Position,
    /// Nobody said where the machines go.
    WhereTo,
    /// No machine was chosen, or too many.
    NoMachines,
    /// Nobody said what is to change.
    NoField,
    /// What is said in this field does not fit the setting.
    Setting(&'static str, Key),
}

impl Fault {
    fn at_field(&self, problem: Problem, lang: Lang) -> Problem {
        match self {
            Self::Name => problem.field("name", lang.equipment_name_length()),
            Self::Type => problem.field("kind", lang.equipment_type_length()),
            Self::TypeName => problem.field("name", lang.equipment_type_length()),
            Self::NoType => problem.field("kind", lang.choose_what()),
            Self::NoPlace => problem.field("place", lang.choose_what()),
            Self::Number => problem.field("number", lang.equipment_number_range()),
            Self::NumberTaken(by) => problem.field("number", lang.equipment_number_taken(by)),
            Self::TypeTaken => problem.field("name", lang.equipment_type_taken()),
            Self::TypeShelved => problem.field("kind", lang.equipment_type_shelved()),
            Self::PlaceTaken => problem.field("name", lang.equipment_place_taken()),
            Self::Risk => problem.field("risk", lang.choose_what()),
            Self::Requires => problem.field("requires", lang.choose_what()),
            Self::Ring(way) => problem.field("requires", lang.equipment_ring(way)),
            Self::Position => problem.field("position", lang.setting_number(0, 9_999)),
            Self::WhereTo => problem.field("to", lang.equipment_where_to()),
            Self::NoMachines => problem.field("machines", lang.equipment_choose_machines(&AT_ONCE.to_string())),
            Self::NoField => problem.field("change", lang.equipment_bulk_no_field()),
            Self::Manual => problem.field("manual", lang.equipment_manual_address()),
            Self::Setting(field, key) => problem.field(field, unfit(*key, lang)),
        }
    }
}

/// What would fit, for whoever typed something else.
pub(crate) fn unfit(key: Key, lang: Lang) -> String {
    match key.fits() {
        Fits::Word(_) => lang.choose_what().to_owned(),
        Fits::Number(least, most) => lang.setting_number(least, most),
        Fits::Text(_) if key == Key::SpaceName => lang.name_invalid().to_owned(),
        Fits::Text(most) => lang.setting_text(&most.to_string()),
        Fits::Zone => lang.setting_zone().to_owned(),
    }
}

impl EquipmentError {
    /// For the reader.
    #[must_use]
    pub fn problem(&self, lang: Lang) -> Problem {
        match self {
            Self::Forbidden(why) => refusal::forbidden(*why, lang),
            Self::UnknownMachine => Problem::new("machine.unknown", Kind::NotFound, lang.machine_unknown()),
            Self::Stale(saved) => refusal::stale(saved, lang),
            Self::UnknownType => Problem::new("type.unknown", Kind::NotFound, lang.equipment_type_unknown()),
            Self::UnknownPlace => Problem::new("place.unknown", Kind::NotFound, lang.equipment_place_unknown()),
            Self::ManyStale(names) => {
                Problem::new("version.stale", Kind::Conflict, lang.equipment_many_stale(&names.join(", ")))
            }
            Self::HasMachines { there, running } => {
                let said = lang.equipment_type_has_machines(*there);
                let said =
                    if *running > 0 { format!("{said} {}", lang.equipment_type_runs(*running)) } else { said };
                Problem::new("type.has-machines", Kind::Conflict, said)
            }
            Self::Required(by) => {
                Problem::new("type.required", Kind::Conflict, lang.equipment_type_required(&by.join(", ")))
            }
            Self::RequiresAway(types) => {
                let said = lang.equipment_type_requires_away(&types.join(", "));
                Problem::new("type.requires-away", Kind::Conflict, said)
            }
            Self::InUse => Problem::new("machine.in-use", Kind::Conflict, lang.equipment_in_use()),
            Self::InUseAsIs(name) => {
                Problem::new("machine.in-use", Kind::Conflict, lang.equipment_in_use_as_is(name))
            }
            Self::TypeAway => Problem::new("type.away", Kind::Conflict, lang.equipment_type_away()),
            Self::NumberGone(by) => {
                Problem::new("machine.number-taken", Kind::Conflict, lang.equipment_number_gone(by))
            }
            Self::Store(error) => refusal::storage(error, lang),
            Self::Fields(faults) => {
                let problem = Problem::new("equipment.invalid", Kind::Invalid, lang.form_fix());
                faults.iter().fold(problem, |problem, fault| fault.at_field(problem, lang))
            }
        }
    }
}

/// A machine as somebody typed it in.
#[derive(Debug, Clone)]
pub struct AddMachine {
    /// What it is called.
    pub name: String,
    /// The name of its type; a name that no type has makes a new one, of medium risk.
    pub kind: String,
    /// Its number on the board topics; empty when no board speaks for it.
    pub number: String,
}

/// What there is to choose from.
pub async fn choices(ctx: &Ctx, actor: &Actor) -> Result<Choices, EquipmentError> {
    actor.require(Permission::ChangeEquipment, About::NOTHING)?;
    let mut snapshot = ctx.store().snapshot().await?;
    let kinds = equipment::types(&mut snapshot).await?.into_iter().map(|(_, name)| name).collect();
    let number = equipment::free_number(&mut snapshot).await?.map_or(0, |number| number.0);
    Ok(Choices { kinds, number })
}

/// Adds a machine, and its type where there is none of that name.
pub async fn add_machine(ctx: &Ctx, actor: &Actor, typed: AddMachine) -> Result<MachineId, EquipmentError> {
    actor.require(Permission::ChangeEquipment, About::NOTHING)?;
    let now = ctx.now();
    let (name, kind) = (names::name(&typed.name), type_name(&typed.kind));
    let number = number(&typed.number);
    let faults = [(name.is_err(), Fault::Name), (kind.is_err(), Fault::Type), (number.is_err(), Fault::Number)];
    let faults: Vec<_> = faults.into_iter().filter(|(wrong, _)| *wrong).map(|(_, fault)| fault).collect();
    let (Ok(name), Ok(kind), Ok(number)) = (name, kind, number) else {
        return Err(EquipmentError::Fields(faults));
    };
    let actor = actor.clone();
    ctx.store()
        .write(async move |tx| {
            let (permission, about) = (Permission::ChangeEquipment, About::NOTHING);
            let (actor, proof) = again::<EquipmentError>(tx, &actor, permission, about, now).await?;
            free(tx.conn(), number, None).await?;
            let there = equipment::kept_types(tx.conn(), None).await?;
            let known = there.iter().filter(|known| known.name.to_lowercase() == kind.to_lowercase());
            let kind = match known.min_by_key(|known| known.archived.is_some()) {
                Some(known) if known.archived.is_some() => {
                    return Err(EquipmentError::Fields(vec![Fault::TypeShelved]));
                }
                Some(known) => known.id,
                None => {
                    let added = equipment::add_type(tx, &kind, Risk::Medium).await.map_err(taken(Fault::Type))?;
                    setup::qualify(tx, &actor, &proof, added, now).await?;
                    added
                }
            };
            let new = NewMachine { number, kind, place: None, name, manual: None };
            let machine = machines::add(tx, &new).await?;
            maintenance::begin(tx, machine, now).await?;
            tx.after_commit(Hint::Machine(machine));
            let detail = json!({ "type": kind, "number": number.map(|number| number.0) });
            let entry =
                audit::entry(tx, &proof, now, "machine.added", format!("machine:{machine}"), &detail).await?;
            Ok(Done::audited(machine, entry))
        })
        .await
}

/// The name of a type. Those of the built-in ones are taken in every language, for it would be read as one of them.
fn type_name(typed: &str) -> Result<String, names::Unnamed> {
    let name = names::name(typed)?;
    let built_in = Lang::ALL.into_iter().flat_map(|lang| [lang.the_space(), lang.the_system()]);
    let is_taken = built_in.into_iter().any(|taken| taken.to_lowercase() == name.to_lowercase());
    if is_taken { Err(names::Unnamed::Empty) } else { Ok(name) }
}

/// A number on the board topics as it was typed; `None` where no board speaks for the machine.
fn number(typed: &str) -> Result<Option<MachineNumber>, Fault> {
    match typed.trim() {
        "" => Ok(None),
        number => match number.parse() {
            Ok(number @ 1..) => Ok(Some(MachineNumber(number))),
            Ok(0) | Err(_) => Err(Fault::Number),
        },
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
            Err(EquipmentError::Fields(vec![Fault::NumberTaken(name)]))
        }
        _ => Ok(()),
    }
}

/// A value that is there already, as a fault of the field it came from.
fn taken(fault: Fault) -> impl Fn(StoreError) -> EquipmentError {
    move |error| match error {
        StoreError::Taken(_) => EquipmentError::Fields(vec![fault.clone()]),
        error => error.into(),
    }
}
