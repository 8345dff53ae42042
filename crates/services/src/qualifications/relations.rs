//! A person's relation to a type and its machines, by their ledger. Not here: who may see or change it.

use domain::{
    id::{MachineId, TypeId},
    qualifications::{Ledger, Relation, Subject},
    time::Millis,
};
use store::qualifications::Equipment;

/// The machines of a type that are not archived, with their names.
pub(super) fn machines_of(kind: TypeId, equipment: &[Equipment]) -> impl Iterator<Item = (MachineId, &str)> {
    let those = equipment.iter().filter(move |one| one.kind == kind && !one.archived);
    those.filter_map(|one| Some((one.subject.sides().1?, one.name.as_str())))
}

/// A person's highest relation: on the type, or on one machine of it, with its name.
pub(super) fn highest_relation<'a>(
    ledger: &Ledger,
    kind: TypeId,
    equipment: &'a [Equipment],
    now: Millis,
) -> (Option<Relation>, Option<Subject>, Option<&'a str>) {
    let on_type = Subject::Type(kind);
    if let Some(relation) = ledger.highest(&[on_type], now) {
        return (Some(relation), Some(on_type), None);
    }
    let on_machines = machines_of(kind, equipment).filter_map(|(id, name)| {
        let relation = ledger.highest(&[on_type, Subject::Machine(id)], now)?;
        Some((Some(relation), Some(Subject::Machine(id)), Some(name)))
    });
    on_machines.max_by_key(|(relation, ..)| *relation).unwrap_or((None, None, None))
}

pub(super) fn is_banned(ledger: &Ledger, kind: TypeId, equipment: &[Equipment], now: Millis) -> bool {
    banned_on(ledger, kind, equipment, now).next().is_some()
}

/// What a person is banned from: the type, or machines of it.
pub(super) fn banned_on(
    ledger: &Ledger,
    kind: TypeId,
    equipment: &[Equipment],
    now: Millis,
) -> impl Iterator<Item = Subject> {
    let machines = machines_of(kind, equipment).map(|(id, _)| Subject::Machine(id));
    std::iter::once(Subject::Type(kind)).chain(machines).filter(move |subject| ledger.ban(*subject, now).is_some())
}
