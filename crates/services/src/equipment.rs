//! Equipment: adding the machines of a workshop.

use crate::{Ctx, again::again, refusal};
use domain::{
    actor::{About, Actor, Forbidden, Permission},
    boards::MachineNumber,
    equipment::Choices,
    id::MachineId,
    live::Hint,
    machines::Risk,
    names,
    problem::{Kind, Problem},
};
use serde_json::json;
use store::{
    Done, StoreError, audit, equipment,
    machines::{self, NewMachine},
};
use text::Lang;

/// Why no machine was added.
#[derive(Debug, Clone, thiserror::Error)]
pub enum EquipmentError {
    /// The actor may not change equipment.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// Something that was typed does not fit.
    #[error("a field does not fit")]
    Fields(Vec<Fault>),
    /// The storage failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The machine's name is empty or too long.
    Name,
    /// The type's name is empty, too long, or that of a built-in type.
    Type,
    /// The number is not one from 1 to 65,535.
    Number,
    /// Another machine has the number.
    NumberTaken,
}

impl EquipmentError {
    /// For the reader.
    #[must_use]
    pub fn problem(&self, lang: Lang) -> Problem {
        match self {
            Self::Forbidden(why) => refusal::forbidden(*why, lang),
            Self::Store(error) => refusal::storage(error, lang),
            Self::Fields(faults) => {
                let problem = Problem::new("equipment.invalid", Kind::Invalid, lang.form_fix());
                faults.iter().fold(problem, |problem, fault| match fault {
                    Fault::Name => problem.field("name", lang.equipment_name_length()),
                    Fault::Type => problem.field("kind", lang.equipment_type_length()),
                    Fault::Number => problem.field("number", lang.equipment_number_range()),
                    Fault::NumberTaken => problem.field("number", lang.equipment_number_taken()),
                })
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
    let (name, kind) = (names::name(&typed.name), names::name(&typed.kind));
    let number = match typed.number.trim() {
        "" => Ok(None),
        number => {
            number.parse().ok().filter(|number| *number > 0).map(|number| Some(MachineNumber(number))).ok_or(())
        }
    };
    let faults = [(name.is_err(), Fault::Name), (kind.is_err(), Fault::Type), (number.is_err(), Fault::Number)];
    let faults: Vec<_> = faults.into_iter().filter(|(wrong, _)| *wrong).map(|(_, fault)| fault).collect();
    let (Ok(name), Ok(kind), Ok(number)) = (name, kind, number) else {
        return Err(EquipmentError::Fields(faults));
    };
    let actor = actor.clone();
    ctx.store()
        .write(async move |tx| {
            let (permission, about) = (Permission::ChangeEquipment, About::NOTHING);
            let (_, proof) = again::<EquipmentError>(tx, &actor, permission, about, now).await?;
            let there = equipment::types(tx.conn()).await?;
            let known = there.iter().find(|(_, known)| known.to_lowercase() == kind.to_lowercase());
            let kind = match known {
                Some((id, _)) => *id,
                None => equipment::add_type(tx, &kind, Risk::Medium).await.map_err(taken(Fault::Type))?,
            };
            let new = NewMachine { number, kind, place: None, name, manual: None };
            let machine = machines::add(tx, &new).await.map_err(taken(Fault::NumberTaken))?;
            tx.after_commit(Hint::Machine(machine));
            let detail = json!({ "type": kind, "number": number.map(|number| number.0) });
            let entry =
                audit::entry(tx, &proof, now, "machine.added", format!("machine:{machine}"), &detail).await?;
            Ok(Done::audited(machine, entry))
        })
        .await
}

/// A value that is there already, as a fault of the field it came from.
fn taken(fault: Fault) -> impl Fn(StoreError) -> EquipmentError {
    move |error| match error {
        StoreError::Taken(_) => EquipmentError::Fields(vec![fault]),
        error => error.into(),
    }
}
