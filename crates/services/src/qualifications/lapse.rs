//! Lapses qualifications that have run out, once a day.

use super::{Power, QualificationsError, keep, matter_of};
use crate::{Ctx, sessions};
use domain::{
    actor::{Actor, Permission, Proof, Target},
    events::DomainEvent,
    id::{MachineId, PersonId, TypeId},
    live::ChangeEvent,
    qualifications::{
        Cause, EntryKind, Subject,
        change::Change,
        lapse::{Habit, Lapse, due},
    },
    requests,
    settings::Settings,
    time::Millis,
};
use serde_json::json;
use std::collections::{BTreeSet, HashMap};
use store::{
    Done, StoreError, Unaudited, WriteTx, audit,
    qualifications::{self, Equipment},
};

/// Records lapses up to now, once, however late it runs; returns the number of entries.
pub async fn lapse(ctx: &Ctx) -> Result<usize, QualificationsError> {
    let proof = Actor::TOOLGATE.require(Permission::KeepHouse, Target::NONE)?;
    let now = ctx.now();
    let (people, rules) = async {
        let mut snapshot = ctx.store().snapshot().await?;
        let rules: HashMap<_, _> = qualifications::settings_of_types(&mut snapshot).await?.into_iter().collect();
        let mut people: BTreeSet<_> = qualifications::run_out(&mut snapshot, now).await?.into_iter().collect();
        for (&kind, settings) in &rules {
            if settings.lapse_unused > 0 || settings.lapse_never_used > 0 {
                people.extend(qualifications::granted_use(&mut snapshot, kind).await?);
            }
        }
        let equipment = qualifications::equipment(&mut snapshot, None).await?;
        let equipment = equipment.into_iter().map(|one| (one.subject, one)).collect();
        Ok::<_, StoreError>((people, Rules { equipment, settings: rules }))
    }
    .await?;
    let mut written = 0;
    for person in people {
        // One job per person, because a job must not hold the writer for long. It loads the due entries again.
        let rules = rules.clone();
        written += ctx.store().write(async move |tx| lapse_of(tx, &proof, person, &rules, now).await).await?;
    }
    Ok(written)
}

/// The lapse settings, and the equipment.
#[derive(Clone)]
struct Rules {
    equipment: HashMap<Subject, Equipment>,
    settings: HashMap<TypeId, Settings>,
}

impl Rules {
    /// The lapse settings for `subject`, with the last use of its machines.
    fn habit(&self, subject: Subject, uses: &[(TypeId, MachineId, Millis)]) -> Habit {
        let Some(settings) = self.equipment.get(&subject).and_then(|one| self.settings.get(&one.kind)) else {
            return Habit::default();
        };
        let of_it = uses.iter().filter(|(kind, machine, _)| match subject {
            Subject::Type(id) => *kind == id,
            Subject::Machine(id) => *machine == id,
        });
        Habit {
            unused: settings.lapse_unused,
            never_used: settings.lapse_never_used,
            last_use: of_it.map(|(_, _, at)| *at).max(),
        }
    }
}

async fn lapse_of(
    tx: &mut WriteTx,
    proof: &Proof,
    person: PersonId,
    rules: &Rules,
    now: Millis,
) -> Result<Done<usize>, QualificationsError> {
    let ledger = qualifications::of_person(tx.conn(), person).await?;
    let uses = qualifications::last_uses(tx.conn(), person, now).await?;
    let lapses = due(&ledger, |subject| rules.habit(subject, &uses), now);
    let mut entries = Vec::new();
    let mut was = Vec::new();
    for Lapse { subject, relation, from } in lapses {
        let Some(equipment) = rules.equipment.get(&subject) else { continue };
        let change = Change { relation, kind: EntryKind::Revoked, from, until: None, cause: Cause::Expiry };
        was.push(Power::of(&ledger, Millis(from.0 - 1)));
        entries.extend(keep(tx, proof, person, matter_of(equipment), &[change], None, now).await?);
    }
    if entries.is_empty() {
        return Ok(Done::unaudited(0, Unaudited::NothingChanged));
    }
    tx.after_commit(ChangeEvent::Person(person));
    let cause = requests::Cause::Qualification;
    tx.emit(proof, DomainEvent::StandingChanged { person, cause }, now).await?;
    // A role that ran out signs out like one that was taken.
    let is = Power::of(&qualifications::of_person(tx.conn(), person).await?, now);
    if was.into_iter().any(|was| is.is_less_than(was)) {
        sessions::end_all(tx, person, None).await?;
    }
    let detail = json!({ "entries": entries });
    let subject = person;
    let entry = audit::entry(tx, proof, now, "qualification.lapsed", subject, &detail).await?;
    Ok(Done::audited(entries.len(), entry))
}
