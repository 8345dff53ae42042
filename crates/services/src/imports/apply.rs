//! Applying a list: everything in one job, with a record for each person. The list is planned beside the writer.

use super::{ImportsError, Planned, State, UploadedTable, planned, whose};
use crate::{Ctx, computing};
use domain::{
    actor::{Actor, Permission, Proof, Target},
    cards::CardUid,
    events::DomainEvent,
    id::{AliasId, PersonId},
    imports::{Column, Line, LineAction, RowOutcome, Sum, Whom, plan::ExistingRecords, sum},
    live::ChangeEvent,
    qualifications::{Relation, SPACE, Subject},
    requests::Cause,
    time::{Date, Millis},
    zone::Zone,
};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::{
    Done, SqliteConnection, StoreError, Unaudited, WriteTx,
    audit::{self, AuditEntry},
    imports::{self, Change, Grant, NewMember},
    links, people,
    qualifications::{self, Equipment},
};

/// Plans beside the writer; if others change something during each of them, the last job plans by itself.
const ATTEMPTS: u8 = 3;

/// Applies a list once and returns the counts; fails if the result differs from the preview with the digest
/// `visible`.
pub async fn apply(ctx: &Ctx, actor: &Actor, token: &str, visible: &str) -> Result<Sum, ImportsError> {
    actor.require(Permission::Import, Target::NONE)?;
    let now = ctx.now();
    // Claimed before it is written: of two who press at once, one does it.
    let row = super::memory(ctx).files.with(actor, token, now, |row| {
        row.free(ctx)?;
        let whole = row.clone();
        row.state = State::Writing;
        Ok(whole)
    })?;
    let claim = Claim { ctx: ctx.clone(), actor: actor.clone(), token: token.to_owned(), now, is_written: false };
    let visible = visible.to_owned();
    // In a separate task, so that it completes if the caller disconnects.
    let written = ctx.spawn(async move {
        let outcome = write(&claim.ctx, &claim.actor, row, visible, now).await;
        if outcome.is_ok() {
            claim.settle();
        }
        outcome
    });
    written.await.unwrap_or(Err(ImportsError::Store(StoreError::Panicked)))
}

/// A list that is being written: then it was, or it can be applied again.
struct Claim {
    ctx: Ctx,
    actor: Actor,
    token: String,
    now: Millis,
    is_written: bool,
}

impl Claim {
    fn settle(mut self) {
        self.is_written = true;
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        let state = if self.is_written { State::Applied(self.now) } else { State::Free };
        // Nothing to report if the file is gone meanwhile.
        let _ = super::memory(&self.ctx).files.with(&self.actor, &self.token, self.now, |row| {
            row.state = state;
            Ok(())
        });
    }
}

async fn write(
    ctx: &Ctx,
    actor: &Actor,
    table: UploadedTable,
    visible: String,
    now: Millis,
) -> Result<Sum, ImportsError> {
    debug_assert_eq!(table.whose, whose(actor));
    let write = |is_last| write_planned(ctx, actor, (table.clone(), visible.clone()), now, is_last);
    computing::until_written(ATTEMPTS, write).await
}

/// Plans beside the writer, and writes that; `None` if something changed meanwhile, unless it is the last attempt.
async fn write_planned(
    ctx: &Ctx,
    actor: &Actor,
    (table, visible): (UploadedTable, String),
    now: Millis,
    is_last: bool,
) -> Result<Option<Sum>, ImportsError> {
    let zone = ctx.space().zone;
    let turn = computing::turn(ctx, actor).await?;
    let mut snapshot = ctx.store().snapshot().await?;
    let before = audit::head(&mut snapshot).await.map_err(StoreError::from)?;
    let (known, things) = records(&mut snapshot).await?;
    drop(snapshot);
    let (own, lines) = (actor.clone(), table.clone());
    let prepared = computing::run(turn, move || planned(zone, &own, &lines, &known, &things, now)).await??;
    ctx.change(actor, Permission::Import, Target::NONE, async move |change| {
        let Planned { lines, outcomes, digest, .. } =
            if audit::head(change.tx.conn()).await.map_err(StoreError::from)? == before {
                prepared
            } else if is_last {
                let (known, things) = records(change.tx.conn()).await?;
                planned(zone, &change.actor, &table, &known, &things, now)?
            } else {
                return Ok(Done::unaudited(None, Unaudited::NothingChanged));
            };
        if digest != visible {
            return Err(ImportsError::Changed);
        }
        let sum = sum(&outcomes);
        if !sum.does_something() {
            return Err(ImportsError::Nothing);
        }
        let lines: HashMap<u32, Line> = lines.into_iter().map(|(line, _)| (line.number, line)).collect();
        let by = change.by().await?;
        let job = Job { zone, now, by, proof: change.proof };
        job.carry_out(change.tx, &outcomes, &lines).await.map_err(|error| match error {
            StoreError::Unique(_) => ImportsError::Changed,
            error => error.into(),
        })?;
        for outcome in &outcomes {
            let is_readdressed =
                |action: &LineAction| matches!(action, LineAction::Change(columns) if columns.contains(&Column::Email));
            if let Whom::Existing(person) = outcome.whom
                && outcome.actions.iter().any(is_readdressed)
            {
                // A link sent to the old address is invalid.
                links::forget(change.tx, Some(person)).await?;
            }
        }
        change.tx.after_commit(ChangeEvent::Space);
        let detail = json!({
            "added": sum.added, "changed": sum.changed, "cards": sum.cards, "grants": sum.grants,
        });
        change.audited(Some(sum), "import.applied", domain::audit::Subject::Space, &detail).await
    })
    .await
}

/// What the lines are compared with.
async fn records(conn: &mut SqliteConnection) -> Result<(ExistingRecords, Vec<Equipment>), StoreError> {
    let known = imports::known(conn).await?;
    let things = qualifications::equipment(conn, None).await?;
    Ok((known, things))
}

/// Shared data of the write jobs of one list.
struct Job {
    zone: Zone,
    now: Millis,
    by: Option<AliasId>,
    proof: Proof,
}

/// The changes made to a person.
#[derive(Default)]
struct Written {
    added: bool,
    changed: bool,
    grants: u32,
}

impl Job {
    async fn carry_out(
        &self,
        tx: &mut WriteTx,
        outcomes: &[RowOutcome],
        lines: &HashMap<u32, Line>,
    ) -> Result<(), StoreError> {
        let added = self.add(tx, outcomes, lines).await?;
        let trainers: BTreeSet<PersonId> =
            outcomes.iter().flat_map(|outcome| &outcome.actions).filter_map(trainer).collect();
        let trainers =
            if trainers.is_empty() { BTreeMap::new() } else { people::aliases(tx, &trainers, self.now).await? };
        let mut written: BTreeMap<PersonId, Written> = BTreeMap::new();
        let (mut changes, mut cards, mut grants) = (Vec::new(), Vec::new(), Vec::new());
        for &person in added.values() {
            written.entry(person).or_default().added = true;
            grants.push(self.grant(person, SPACE, Relation::User, None, None));
        }
        for outcome in outcomes {
            let Some(line) = lines.get(&outcome.number) else { continue };
            let person = match outcome.whom {
                Whom::Existing(id) => id,
                Whom::New(number) => match added.get(&number) {
                    Some(&id) => id,
                    None => continue,
                },
                Whom::Nobody => continue,
            };
            for action in &outcome.actions {
                match action {
                    LineAction::Add => {}
                    LineAction::Change(columns) => {
                        written.entry(person).or_default().changed = true;
                        changes.extend(columns.iter().filter_map(|&column| changed(person, line, column)));
                    }
                    LineAction::Give(_) => cards.extend(line.card.clone().map(|uid| (person, uid))),
                    LineAction::Grant { subject, relation, .. } => {
                        written.entry(person).or_default().grants += 1;
                        let trainer = trainer(action).and_then(|trainer| trainers.get(&trainer)).copied();
                        grants.push(self.grant(person, *subject, *relation, Some(line), trainer));
                    }
                }
            }
        }
        if !changes.is_empty() {
            imports::change(tx, &changes).await?;
        }
        if !grants.is_empty() {
            imports::grant(tx, &grants, self.by, self.now).await?;
        }
        self.record(tx, &written);
        self.give(tx, &cards).await
    }

    /// Adds the new people; returns the person of each line.
    async fn add(
        &self,
        tx: &mut WriteTx,
        outcomes: &[RowOutcome],
        lines: &HashMap<u32, Line>,
    ) -> Result<HashMap<u32, PersonId>, StoreError> {
        let lines: Vec<_> = outcomes
            .iter()
            .filter(|outcome| outcome.actions.contains(&LineAction::Add))
            .filter_map(|outcome| lines.get(&outcome.number))
            .collect();
        if lines.is_empty() {
            return Ok(HashMap::new());
        }
        let new: Vec<_> = lines
            .iter()
            .map(|line| NewMember {
                name: line.name.clone().unwrap_or_default(),
                email: line.email.clone(),
                phone: line.phone.clone(),
                language: line.language.clone(),
                key: line.key.clone(),
                since: line.since.map_or(self.now, |day| self.zone.start_of(day)),
            })
            .collect();
        let ids = imports::add(tx, &new).await?;
        Ok(lines.iter().map(|line| line.number).zip(ids).collect())
    }

    fn grant(
        &self,
        person: PersonId,
        subject: Subject,
        relation: Relation,
        line: Option<&Line>,
        trainer: Option<AliasId>,
    ) -> Grant {
        let from = line.and_then(|line| line.from).map_or(self.now, |day| self.zone.start_of(day));
        let until =
            line.and_then(|line| line.until).map(|day| self.zone.start_of(Date::from_days(day.days() + 1)));
        Grant { person, subject, relation, from, until, trainer }
    }

    async fn give(&self, tx: &mut WriteTx, cards: &[(PersonId, CardUid)]) -> Result<(), StoreError> {
        if cards.is_empty() {
            return Ok(());
        }
        // Of cards that are exchanged: one uid is in use once.
        let uids: Vec<_> = cards.iter().map(|(_, uid)| uid).collect();
        let retired = imports::retire(tx, &uids).await?;
        for (card, &(person, _)) in imports::give(tx, cards, self.now).await?.into_iter().zip(cards) {
            tx.followed(self.entry("card.given", person, &json!({ "card": card })));
        }
        for (card, person) in retired {
            tx.followed(self.entry("card.retired", person, &json!({ "card": card })));
            tx.after_commit(ChangeEvent::Person(person));
            let changed = DomainEvent::StandingChanged { person, cause: Cause::Card };
            tx.emit(&self.proof, changed, self.now).await?;
        }
        Ok(())
    }

    /// Audits the changes of each person and announces their new standing; new people are not announced.
    fn record(&self, tx: &mut WriteTx, written: &BTreeMap<PersonId, Written>) {
        for (&person, about) in written {
            let action = if about.added { "import.added" } else { "import.changed" };
            let detail = json!({ "profile": about.added || about.changed, "grants": about.grants });
            tx.followed(self.entry(action, person, &detail));
            if !about.added {
                tx.after_commit(ChangeEvent::Person(person));
            }
        }
        // One is enough for lists of people.
        if let Some((&person, _)) = written.iter().find(|(_, about)| about.added) {
            tx.after_commit(ChangeEvent::Person(person));
        }
    }

    fn entry(&self, action: &'static str, person: PersonId, detail: &serde_json::Value) -> AuditEntry {
        AuditEntry::new(&self.proof, self.by, self.now, action, person, detail)
    }
}

/// The trainer that a grant names.
fn trainer(action: &LineAction) -> Option<PersonId> {
    if let LineAction::Grant { by: Some((trainer, _)), .. } = action { Some(*trainer) } else { None }
}

/// The change that the line makes in this column.
fn changed(person: PersonId, line: &Line, column: Column) -> Option<Change> {
    let value = match column {
        Column::Name => &line.name,
        Column::Email => &line.email,
        Column::Phone => &line.phone,
        Column::Language => &line.language,
        Column::Key => &line.key,
        _ => return None,
    };
    Some(Change { person, column, value: value.clone()? })
}
