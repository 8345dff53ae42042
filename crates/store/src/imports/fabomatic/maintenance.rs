//! Imported interventions, and since when plans count after them.
//!
//! Invariant: an import never moves the start of a plan back.

use std::collections::{HashMap, HashSet, hash_map::Entry};

use domain::{
    actor::Channel,
    id::{MachineId, PersonId, PlanId},
    time::Millis,
};
use serde_json::json;
use sqlx::SqliteConnection;
use takeover::{Stored, Total};

use super::uses_since;
use crate::{StoreError, WriteTx, people::month};

/// An imported intervention.
#[derive(Debug, Clone, Copy)]
pub struct PastIntervention {
    pub theirs: i64,
    pub machine: MachineId,
    pub plan: PlanId,
    /// Who did it, if known.
    pub person: Option<PersonId>,
    pub at: Millis,
    /// How it was recorded.
    pub door: Channel,
    pub replay: bool,
}

/// Adds the interventions `done` in order, records the import, and restarts plans as `counts` lists.
///
/// The hours of a machine at an instant are computed from its uses since then, so these must be imported already, and
/// be in `known` as far as they did not change since that was read.
pub async fn add(
    tx: &mut WriteTx,
    done: &[PastIntervention],
    counts: &[(PlanId, MachineId, Millis)],
    known: &Totals,
) -> Result<(), StoreError> {
    let moments = done.iter().map(|one| (one.machine, one.at));
    let moments = moments.chain(counts.iter().map(|&(_, machine, at)| (machine, at)));
    let mut totals_now = HashMap::new();
    let mut anew = Vec::new();
    for (machine, at) in moments {
        let now = match totals_now.entry(machine) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(unknown) => *unknown.insert(total(tx.conn(), machine).await?),
        };
        if !known.reaches(machine, at, now) {
            anew.push((machine, at));
        }
    }
    let anew = totals(tx.conn(), anew.into_iter()).await?;
    let used = |machine: MachineId, at| {
        let all = anew.0.get(&machine).or_else(|| known.0.get(&machine));
        all.map_or(0, |(_, _, total)| total.at(at))
    };
    let aliases: HashSet<_> = done.iter().filter_map(|one| Some((one.person?, month(one.at)))).collect();
    let aliases = json!(aliases.into_iter().collect::<Vec<_>>()).to_string();
    sqlx::query!(
        "INSERT INTO alias (person_id, month) SELECT value ->> 0, value ->> 1 FROM json_each(?) WHERE true
             ON CONFLICT DO NOTHING",
        aliases,
    )
    .execute(tx.conn())
    .await?;
    let first = sqlx::query_scalar!(r#"SELECT coalesce(max(id), 0) + 1 AS "first!: i64" FROM intervention"#)
        .fetch_one(tx.conn())
        .await?;
    let rows = (first..).zip(done).map(|(id, one)| {
        let &PastIntervention { theirs, machine, plan, person, at, door, replay } = one;
        json!([
            id,
            machine,
            plan,
            at,
            person,
            month(at),
            used(machine, at),
            door.as_str(),
            i64::from(replay),
            theirs
        ])
    });
    let rows = json!(rows.collect::<Vec<_>>()).to_string();
    sqlx::query!(
        "INSERT INTO intervention (id, machine_id, plan_id, at, by_alias, used_ms, door, replay)
              SELECT r.value ->> 0, r.value ->> 1, r.value ->> 2, r.value ->> 3, a.id, r.value ->> 6, r.value ->> 7, r.value ->> 8
                FROM json_each(?) r
                LEFT JOIN alias a ON a.person_id = r.value ->> 4 AND a.month = r.value ->> 5",
        rows,
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "INSERT INTO fabomatic_origin (thing, theirs, ours)
              SELECT 'intervention', value ->> 9, value ->> 0 FROM json_each(?)",
        rows,
    )
    .execute(tx.conn())
    .await?;
    // The latest of each.
    let mut latest: HashMap<_, Millis> = HashMap::new();
    for &(plan, machine, at) in counts {
        let last = latest.entry((plan, machine)).or_insert(at);
        *last = at.max(*last);
    }
    let rows = latest.into_iter().map(|((plan, machine), at)| json!([plan, machine, at, used(machine, at)]));
    let rows = json!(rows.collect::<Vec<_>>()).to_string();
    sqlx::query!(
        "INSERT INTO maintenance_since (plan_id, machine_id, at, used_ms)
              SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?) WHERE true
         ON CONFLICT DO UPDATE SET at = excluded.at, used_ms = excluded.used_ms WHERE excluded.at >= at",
        rows,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The running totals of machines as read, and how far back they can be computed.
#[derive(Debug, Clone, Default)]
pub struct Totals(HashMap<MachineId, (i64, Millis, Total)>);

impl Totals {
    /// Whether they cover this machine at this moment, where its total is `now`.
    fn reaches(&self, machine: MachineId, at: Millis, now: i64) -> bool {
        self.0.get(&machine).is_some_and(|(total, first, _)| *total == now && *first <= at)
    }
}

async fn total(conn: &mut SqliteConnection, machine: MachineId) -> Result<i64, StoreError> {
    let now = sqlx::query_scalar!("SELECT used_ms FROM machine_total WHERE machine_id = ?", machine);
    Ok(now.fetch_optional(conn).await?.unwrap_or(0))
}

/// The running totals of these machines, back to the earliest moment of each.
pub async fn totals(
    conn: &mut SqliteConnection,
    moments: impl Iterator<Item = (MachineId, Millis)>,
) -> Result<Totals, StoreError> {
    let mut earliest: HashMap<MachineId, Millis> = HashMap::new();
    for (machine, at) in moments {
        let first = earliest.entry(machine).or_insert(at);
        *first = at.min(*first);
    }
    let mut totals = HashMap::new();
    for (machine, first) in earliest {
        let uses = uses_since(&mut *conn, &[machine], first).await?.remove(&machine).unwrap_or_default();
        // A running use is not in the total yet.
        let uses: Vec<Stored> = uses.into_iter().filter(|one| one.end < Millis(i64::MAX)).collect();
        let now = total(&mut *conn, machine).await?;
        totals.insert(machine, (now, first, Total::new(now, &uses)));
    }
    Ok(Totals(totals))
}
