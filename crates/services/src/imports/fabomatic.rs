//! Imports a Fab-O-Matic, for the owner of the data folder: its people, machines and grants in one job, then its
//! uses in pieces, and its maintenance last, because it counts by the hours of use.
//!
//! **Invariants.** Each import is remembered in the commit that makes it: an interrupted run is continued by the
//! next, and a further run changes nothing. It may run while everyone works: it is planned beside the writer, and
//! each job checks that its data is still current. Not here: passwords.
//!
//! The first job plans everything before the uses again and writes it only if the plan is unchanged. Uses follow,
//! a thousand per job, as sessions without board facts; one is left out if its machine was in use here meanwhile.
//! An uploaded file is on disk only while it is read.

#[cfg(test)]
mod tests;
mod upload;

pub(super) use upload::Slot;
pub use upload::{TakeoverUploadError, apply, keep, may_bring, uploaded};

use crate::{
    Ctx, change,
    computing::{self, Crowded},
};
use data_encoding::BASE64URL_NOPAD;
use domain::{
    actor::{Actor, Forbidden, Permission, Proof, Target},
    id::{AliasId, CardId, MachineId, PersonId, PlanId, TypeId},
    imports::fabomatic::{Report, TakeoverCount, Thing},
    live::ChangeEvent,
    machines::{AuthorisationMode, Risk},
    maintenance::{Doer, Every},
    qualifications::{SPACE, SYSTEM, Subject},
    settings::Key,
    time::Millis,
    uses::Source,
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::{
    collections::{HashMap, HashSet},
    path::Path,
    sync::Arc,
};
use store::{
    Done, SqliteConnection, StoreError, Unaudited, WriteTx,
    audit::{self, AuditEntry},
    equipment,
    imports::{
        self, Grant, NewMember,
        fabomatic::{self as rows, PastIntervention, PastUse, Totals, Unknown},
    },
    machines::{self, NewBlock, NewMachine},
    maintenance::{self, NewPlan},
    settings::{self, At},
};

use takeover::{
    ExistingRecords, Foreign, On, Plan, PlannedIntervention, PlannedUse, beginning, contradicting, plan,
};

pub use store::imports::fabomatic::Unread;

/// Uses that one job writes: the writer has others to serve.
const AT_ONCE: usize = 1_000;

/// Why nothing was imported.
#[derive(Debug, thiserror::Error)]
pub enum TakeOverError {
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// The uses of the file are others than those that were taken before.
    #[error(
        "it is another Fab-O-Matic than the one that was taken over here before: {0} of its uses have the numbers of others"
    )]
    Another(usize),
    /// The result would differ from the preview.
    #[error("something changed meanwhile")]
    Changed,
    /// Too much is being computed.
    #[error(transparent)]
    Crowded(#[from] Crowded),
    /// People and machines are imported, and uses as far as counted, but a later job failed.
    #[error("it was interrupted after {made} of {planned} uses")]
    Interrupted {
        made: usize,
        planned: usize,
        #[source]
        error: StoreError,
    },
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Reads the file of a Fab-O-Matic through a copy at `staged`.
pub async fn read(file: &Path, staged: &Path) -> Result<Foreign, Unread> {
    rows::read(file, staged).await
}

/// The preview of an import; without a space, that into an empty one.
pub async fn preview(ctx: Option<&Ctx>, foreign: &Arc<Foreign>, now: Millis) -> Result<Report, TakeOverError> {
    match ctx {
        Some(ctx) => Ok(planned(ctx, &Actor::TOOLGATE, foreign, now).await?.0.report),
        None => Ok(plan(foreign, &ExistingRecords::empty_space(), now).report),
    }
}

/// The plan and its digest, in a turn of `actor`: a long history takes a while, in which others are to be served.
async fn planned(
    ctx: &Ctx,
    actor: &Actor,
    foreign: &Arc<Foreign>,
    now: Millis,
) -> Result<(Plan, String), TakeOverError> {
    let turn = computing::turn(ctx, actor).await?;
    let known = known(&mut *ctx.store().snapshot().await?, foreign).await?;
    let foreign = foreign.clone();
    let planned = computing::run(turn, move || {
        let plan = plan(&foreign, &known, now);
        let digest = digest(&plan);
        (plan, digest)
    });
    Ok(planned.await?)
}

/// A digest of everything that a plan writes and its report shows.
fn digest(plan: &Plan) -> String {
    BASE64URL_NOPAD.encode(&Sha256::digest(json!([plan.report, plan.same]).to_string()))
}

async fn known(conn: &mut SqliteConnection, foreign: &Foreign) -> Result<ExistingRecords, TakeOverError> {
    let mut known = rows::known(&mut *conn).await?;
    let taken = rows::taken_uses(&mut *conn).await?;
    known.taken.extend(taken.iter().map(|one| ((Thing::Use, one.theirs), one.ours)));
    let begun: HashMap<_, _> = taken.into_iter().filter_map(|one| Some((one.theirs, one.start?))).collect();
    if let Some(others) = contradicting(foreign, |id| begun.get(&id).copied()) {
        return Err(TakeOverError::Another(others));
    }
    let Some(first) = foreign.uses.iter().map(|one| one.start).min() else { return Ok(known) };
    let machines: HashSet<MachineId> = known.numbers.values().copied().collect();
    let before = known.taken.iter().filter(|((thing, _), _)| *thing == Thing::Machine);
    let machines: Vec<_> = machines.into_iter().chain(before.map(|(_, id)| MachineId(*id))).collect();
    known.uses = rows::uses_since(conn, &machines, first).await?;
    Ok(known)
}

/// Imports it and returns the report; with the digest `visible`, only if it matches that preview.
pub async fn take_over(
    ctx: &Ctx,
    actor: &Actor,
    foreign: Arc<Foreign>,
    visible: Option<String>,
) -> Result<Report, TakeOverError> {
    actor.require(Permission::TakeOver, Target::NONE)?;
    // One after the other: each knows what the previous one imported.
    let _one = super::memory(ctx).taking_over.lock().await;
    let now = ctx.now();
    let (plan, begun) = loop {
        let (plan, digest) = planned(ctx, actor, &foreign, now).await?;
        if visible.as_ref().is_some_and(|visible| *visible != digest) {
            return Err(TakeOverError::Changed);
        }
        let plan = Arc::new(plan);
        let (foreign, whole) = (foreign.clone(), plan.clone());
        let begun = ctx.change(actor, Permission::TakeOver, Target::NONE, async move |job| {
            begin(job, &foreign, &whole, now).await
        });
        // Otherwise the data changed first; the next preview includes that.
        if let Some(begun) = begun.await? {
            break (plan, begun);
        }
    };
    let mut report = plan.report.clone();
    let (mut made, planned) = (0, plan.uses.len());
    let rest = async {
        for piece in plan.uses.chunks(AT_ONCE) {
            let past = piece.iter().filter_map(|one| past(one, &begun.ids, &begun.cards)).collect();
            report.found_inside(uses(ctx, begun.proof, past, now).await?);
            made += piece.len();
        }
        if !(plan.plans.is_empty() && plan.interventions.is_empty()) {
            maintenance(ctx, begun, Arc::clone(&plan), now).await?;
        }
        ctx.reload_space().await
    };
    rest.await.map_err(|error| TakeOverError::Interrupted { made, planned, error })?;
    Ok(report)
}

/// Writes these uses, except those that overlap uses here since planning; returns how many were skipped.
async fn uses(ctx: &Ctx, proof: Proof, mut past: Vec<PastUse>, now: Millis) -> Result<u32, StoreError> {
    let written = ctx.store().write::<_, StoreError, _>(async move |tx| {
        let inside = rows::overlapping(tx.conn(), &past).await?;
        let mut at = 0..;
        past.retain(|_| at.next().is_some_and(|at| !inside.contains(&at)));
        let inside = u32::try_from(inside.len()).unwrap_or(u32::MAX);
        if past.is_empty() {
            return Ok(Done::unaudited(inside, Unaudited::NothingChanged));
        }
        rows::add_uses(tx, &past).await?;
        for machine in past.iter().map(|one| one.machine).collect::<HashSet<_>>() {
            tx.after_commit(ChangeEvent::Machine(machine));
        }
        let detail = json!({ "uses": past.len() });
        let entry =
            audit::entry(tx, &proof, now, "import.history", domain::audit::Subject::Space, &detail).await?;
        Ok(Done::audited(inside, entry))
    });
    written.await
}

/// Writes plans and interventions. The machine hours at those times are read before the job, because there may be
/// many uses since.
async fn maintenance(ctx: &Ctx, begun: Begun, plan: Arc<Plan>, now: Millis) -> Result<(), StoreError> {
    let Begun { proof, ids, .. } = begun;
    let planned = plan.plans.iter().map(|one| (one.machine, one.since));
    let done = plan.interventions.iter().map(|one| (one.machine, one.at));
    let here = |(machine, at)| Some((MachineId(*ids.get(&(Thing::Machine, machine))?), at));
    let totals = rows::totals(&mut *ctx.store().snapshot().await?, planned.chain(done).filter_map(here)).await?;
    let written = ctx.store().write::<_, StoreError, _>(async move |tx| {
        let by = store::people::alias_of(tx, &proof, now).await?;
        let mut job = Job { proof, now, by, ids };
        job.maintenance(tx, &plan, &totals).await?;
        let detail = json!({ "plans": plan.plans.len(), "interventions": plan.interventions.len() });
        Ok(Done::audited((), job.entry("import.maintenance", domain::audit::Subject::Space, &detail)))
    });
    written.await
}

/// The first part of an import, needed by the others.
struct Begun {
    proof: Proof,
    ids: Ids,
    cards: HashMap<PersonId, CardId>,
}

/// Writes the rows that the rest refers to, if the plan is still the same inside this job; `None` if not.
///
/// Uses are not checked again here: there may be very many, and each is checked when it is written.
async fn begin(
    change: &mut change::Job<'_>,
    foreign: &Foreign,
    plan: &Plan,
    now: Millis,
) -> Result<Done<Option<Begun>>, TakeOverError> {
    let proof = change.proof;
    let known = rows::known(change.tx.conn()).await?;
    if !beginning(foreign, &known, now).begins_as(plan) {
        return Ok(Done::unaudited(None, Unaudited::NothingChanged));
    }
    let ids = known.taken;
    if plan.is_empty() {
        let begun = Begun { proof, ids, cards: HashMap::new() };
        return Ok(Done::unaudited(Some(begun), Unaudited::NothingChanged));
    }
    let (by, tx) = (change.by().await?, &mut *change.tx);
    let mut job = Job { proof, now, by, ids };
    job.carry_out(tx, plan).await?;
    let people = job.ids.iter().filter(|((thing, _), _)| *thing == Thing::Person);
    let people: Vec<_> = people.map(|(_, id)| PersonId(*id)).collect();
    let cards = rows::cards_of(tx.conn(), &people).await?;
    tx.after_commit(ChangeEvent::Space);
    // One is enough for lists of people.
    if let Some(&person) = people.first() {
        tx.after_commit(ChangeEvent::Person(person));
    }
    let entry = job.entry("import.fabomatic", domain::audit::Subject::Space, &counts(&plan.report));
    Ok(Done::audited(Some(Begun { proof, ids: job.ids, cards }), entry))
}

/// Counts for the audit log; uses are counted by their own jobs.
fn counts(report: &Report) -> Value {
    let taken = [TakeoverCount::People, TakeoverCount::Machines, TakeoverCount::Types, TakeoverCount::Cards];
    taken.into_iter().map(|outcome| (outcome.as_str().to_owned(), json!(report.count(outcome)))).collect()
}

/// Ids in this database by kind and foreign id.
type Ids = HashMap<(Thing, i64), i64>;

fn past(one: &PlannedUse, ids: &Ids, cards: &HashMap<PersonId, CardId>) -> Option<PastUse> {
    let person = one.person.and_then(|user| ids.get(&(Thing::Person, user))).map(|id| PersonId(*id));
    Some(PastUse {
        theirs: one.theirs,
        machine: MachineId(*ids.get(&(Thing::Machine, one.machine))?),
        person,
        card: person.and_then(|person| cards.get(&person).copied()),
        start: one.start,
        last_sign: one.last_sign,
        end: one.end,
        ending: one.ending,
        source: if one.replay { Source::Replayed } else { Source::Live },
        approximate: one.approximate,
    })
}

/// Shared data of the write jobs.
struct Job {
    proof: Proof,
    now: Millis,
    by: Option<AliasId>,
    ids: Ids,
}

impl Job {
    async fn carry_out(&mut self, tx: &mut WriteTx, plan: &Plan) -> Result<(), StoreError> {
        let mut taken = plan.same.clone();
        self.ids.extend(taken.iter().map(|&(thing, theirs, ours)| ((thing, theirs), ours)));
        self.types(tx, plan, &mut taken).await?;
        self.machines(tx, plan, &mut taken).await?;
        self.people(tx, plan, &mut taken).await?;
        rows::remember(tx, &taken).await?;
        self.cards(tx, plan).await?;
        let grants: Vec<_> =
            plan.grants.iter().filter_map(|one| self.grant(one.person, one.on, one.relation)).collect();
        imports::grant(tx, &grants, self.by, self.now).await?;
        let unknown = plan.unknown_cards.iter().filter_map(|&(ref uid, machine, first, last, times)| {
            Some(Unknown { uid: uid.clone(), machine: self.machine(machine)?, first, last, times })
        });
        rows::note_unknown(tx, &unknown.collect::<Vec<_>>()).await
    }

    async fn types(
        &mut self,
        tx: &mut WriteTx,
        plan: &Plan,
        taken: &mut Vec<(Thing, i64, i64)>,
    ) -> Result<(), StoreError> {
        for kind in &plan.types {
            let id = equipment::add_type(tx, &kind.name, Risk::Medium).await?;
            let mode = kind.open.then(|| AuthorisationMode::Open.as_str().to_owned());
            let message = [
                (Key::Authorisation, mode),
                (Key::Grace, kind.grace.map(|minutes| minutes.to_string())),
                (Key::AutoStop, kind.auto_stop.map(|minutes| minutes.to_string())),
            ];
            for (key, value) in message {
                let Some(value) = value else { continue };
                settings::set(tx, At::Type(id), key, &value).await?;
                settings::note(tx, At::Type(id), key, self.by, self.now).await?;
            }
            self.took(taken, Thing::Type, kind.theirs, id.0);
            tx.followed(self.entry("type.added", id, &json!({ "risk": Risk::Medium })));
        }
        Ok(())
    }

    async fn machines(
        &mut self,
        tx: &mut WriteTx,
        plan: &Plan,
        taken: &mut Vec<(Thing, i64, i64)>,
    ) -> Result<(), StoreError> {
        for machine in &plan.machines {
            let Some(&kind) = self.ids.get(&(Thing::Type, machine.kind)) else { continue };
            let new = NewMachine {
                number: machine.number,
                kind: TypeId(kind),
                place: None,
                name: machine.name.clone(),
                manual: None,
            };
            let id = machines::add(tx, &new).await?;
            self.took(taken, Thing::Machine, machine.theirs, id.0);
            let subject = id;
            tx.followed(self.entry("machine.added", subject, &json!({ "number": machine.number })));
            tx.after_commit(ChangeEvent::Machine(id));
            if machine.blocked {
                let block = NewBlock {
                    machine: id,
                    at: self.now,
                    by: self.by,
                    because: None,
                    at_once: false,
                    report: None,
                };
                let block = machines::block(tx, &block).await?;
                tx.followed(self.entry("machine.blocked", subject, &json!({ "block": block })));
            }
        }
        Ok(())
    }

    async fn people(
        &mut self,
        tx: &mut WriteTx,
        plan: &Plan,
        taken: &mut Vec<(Thing, i64, i64)>,
    ) -> Result<(), StoreError> {
        let new: Vec<_> = plan
            .people
            .iter()
            .map(|one| NewMember {
                name: one.name.clone(),
                email: one.email.clone(),
                phone: None,
                language: None,
                key: None,
                since: one.since,
            })
            .collect();
        let ids = if new.is_empty() { Vec::new() } else { imports::add(tx, &new).await? };
        let mut suspended = Vec::new();
        for (one, id) in plan.people.iter().zip(ids) {
            self.took(taken, Thing::Person, one.theirs, id.0);
            suspended.extend(one.suspended.then_some(id));
            let grants = plan.grants.iter().filter(|grant| grant.person == one.theirs).count();
            let detail = json!({ "profile": true, "grants": grants, "suspended": one.suspended });
            tx.followed(self.entry("import.added", id, &detail));
        }
        rows::suspend(tx, &suspended).await
    }

    /// Writes plans and interventions; each plan counts from its last intervention.
    async fn maintenance(&mut self, tx: &mut WriteTx, plan: &Plan, totals: &Totals) -> Result<(), StoreError> {
        let (mut taken, mut counts) = (Vec::new(), Vec::new());
        for plan in &plan.plans {
            let Some(machine) = self.machine(plan.machine) else { continue };
            let new = NewPlan {
                words: plan.words.clone(),
                every: Every { hours: Some(plan.hours), days: None },
                manual: plan.manual.clone(),
                // People who could register it there are owners here.
                doer: Doer::Owner,
                blocking: true,
                display: plan.display.clone(),
            };
            let id = maintenance::add(tx, Subject::Machine(machine), &new, plan.since).await?;
            self.took(&mut taken, Thing::Plan, plan.theirs, id.0);
            counts.push((id, machine, plan.since));
            let detail = json!({ "plan": id });
            tx.followed(self.entry("maintenance.plan-added", machine, &detail));
            tx.after_commit(ChangeEvent::Machine(machine));
        }
        rows::remember(tx, &taken).await?;
        let door = self.proof.channel();
        let done = plan.interventions.iter().filter_map(|one| {
            let machine = self.machine(one.machine)?;
            let plan = PlanId(*self.ids.get(&(Thing::Plan, one.plan))?);
            counts.extend(one.counts.then_some((plan, machine, one.at)));
            tx.after_commit(ChangeEvent::Machine(machine));
            let person = one.person.and_then(|user| self.person(user));
            let &PlannedIntervention { theirs, at, replay, .. } = one;
            Some(PastIntervention { theirs, machine, plan, person, at, door, replay })
        });
        let done: Vec<_> = done.collect();
        rows::add_maintenance(tx, &done, &counts, totals).await
    }

    async fn cards(&self, tx: &mut WriteTx, plan: &Plan) -> Result<(), StoreError> {
        let cards: Vec<_> =
            plan.cards.iter().filter_map(|(user, uid)| Some((self.person(*user)?, uid.clone()))).collect();
        for (card, (person, _)) in imports::give(tx, &cards, self.now).await?.into_iter().zip(&cards) {
            tx.followed(self.entry("card.given", *person, &json!({ "card": card })));
        }
        Ok(())
    }

    fn grant(&self, person: i64, on: On, relation: domain::qualifications::Relation) -> Option<Grant> {
        let subject = match on {
            On::Space => SPACE,
            On::System => SYSTEM,
            On::Type(kind) => Subject::Type(TypeId(*self.ids.get(&(Thing::Type, kind))?)),
            On::Machine(machine) => Subject::Machine(self.machine(machine)?),
        };
        Some(Grant { person: self.person(person)?, subject, relation, from: self.now, until: None, trainer: None })
    }

    fn took(&mut self, taken: &mut Vec<(Thing, i64, i64)>, thing: Thing, theirs: i64, ours: i64) {
        self.ids.insert((thing, theirs), ours);
        taken.push((thing, theirs, ours));
    }

    fn machine(&self, theirs: i64) -> Option<MachineId> {
        self.ids.get(&(Thing::Machine, theirs)).map(|id| MachineId(*id))
    }

    fn person(&self, theirs: i64) -> Option<PersonId> {
        self.ids.get(&(Thing::Person, theirs)).map(|id| PersonId(*id))
    }

    fn entry(
        &self,
        action: &'static str,
        subject: impl Into<domain::audit::Subject>,
        detail: &Value,
    ) -> AuditEntry {
        AuditEntry::new(&self.proof, self.by, self.now, action, subject, detail)
    }
}
