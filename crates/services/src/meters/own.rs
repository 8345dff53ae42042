//! The energy of a person's own uses, where the plugs of machines measured it.
//!
//! Not here: reports, which name nobody (`crate::reports`).

use domain::{
    id::{MachineId, PersonId},
    meters::{Amount, Measure, divide, merged},
    occupations::Span,
    time::Millis,
};
use std::collections::{BTreeMap, BTreeSet};
use store::{StoreError, meters::uses as rows};

/// The energy of the uses of `person` in `within`, in kilowatt-hours; `None` if no plug measured any of them.
pub(crate) async fn own_energy(
    conn: &mut store::SqliteConnection,
    person: PersonId,
    within: Span,
) -> Result<Option<Amount>, StoreError> {
    let mut quarters: BTreeMap<MachineId, Vec<(Millis, i64)>> = BTreeMap::new();
    for quarter in rows::quarters(conn, person, within).await? {
        quarters.entry(quarter.machine).or_default().push((quarter.at, quarter.amount));
    }
    let machines: BTreeSet<MachineId> = quarters.keys().copied().collect();
    let all = rows::uses(conn, &machines, person, within).await?;
    let mut energy = None;
    for (machine, quarters) in quarters {
        // Uses of others count where they share a quarter.
        let uses: Vec<_> = all.iter().filter(|one| one.machine == machine).collect();
        let spans: Vec<Span> = uses.iter().map(|one| Span { starts: one.start, ends: one.end }).collect();
        let parts = divide(&merged(quarters), &spans, within.ends).parts;
        let own = parts.iter().filter(|part| uses.get(part.of).is_some_and(|one| one.is_own));
        let sum: i64 = own.map(|part| part.amount).sum();
        energy = Some(energy.unwrap_or(0_i64).saturating_add(sum));
    }
    Ok(energy.map(|base| Amount::of(Measure::Power, base)))
}
