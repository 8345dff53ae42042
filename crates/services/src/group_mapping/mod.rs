//! Group mapping: gives people the groups and qualifications that rules of the directory or an identity provider give, and takes
//! away only what rules gave.
//!
//! Invariants: only active members get or lose anything. What is given twice, by rules of two sources, ends with the second.
//! Many people take as many statements as one, but for the notices and reactions of those who were here before.
//!
//! [`rules`] adds and removes rules. Not here: what they amount to (`domain::group_mapping`), and reading groups from a directory
//! or a provider.

mod rules;

pub use rules::GroupMappingError;
pub(crate) use rules::{targets, views};

use crate::notices::notify_affected;
use domain::{
    actor::Proof,
    events::DomainEvent,
    group_mapping::{Difference, Rules, Source, Target, diff},
    id::{EntryId, GroupId, PersonId, TypeId},
    live::ChangeEvent,
    notices::{GroupNews, Notice},
    qualifications::{EntryKind, Relation, Subject},
    requests,
    time::Millis,
};
use serde_json::json;
use std::collections::BTreeSet;
use store::{SqliteConnection, StoreError, WriteTx, audit::AuditEntry, group_mapping as rows, people};

/// A person and the groups they have there.
#[derive(Debug, Clone)]
pub(crate) struct Memberships {
    pub person: PersonId,
    pub groups: Vec<String>,
    /// Whether these are all: otherwise nothing is taken away.
    pub is_complete: bool,
}

/// A difference to be made.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub person: PersonId,
    pub difference: Difference,
    /// They were added in the same job: nothing reacts to them yet, and they are not notified.
    pub is_new: bool,
}

/// The rules of `source` that are in effect.
pub(crate) async fn active_rules(conn: &mut SqliteConnection, source: Source) -> Result<Rules, StoreError> {
    let found = rows::rules(conn, source).await?;
    let active: Vec<_> = found.into_iter().filter(|row| !row.archived).map(|row| row.rule).collect();
    Ok(Rules::new(&active))
}

/// What must change so that these people have what the rules give them, and to how many of them rules gave something; people
/// without a change are left out.
pub(crate) async fn plan(
    conn: &mut SqliteConnection,
    source: Source,
    rules: &Rules,
    people: &[Memberships],
    now: Millis,
) -> Result<(Vec<(PersonId, Difference)>, usize), StoreError> {
    let ids: Vec<_> = people.iter().map(|them| them.person).collect();
    let holdings = rows::holdings(conn, source, &ids, now).await?;
    let changes = people.iter().filter_map(|them| {
        let wanted = rules.targets(them.groups.iter().map(String::as_str));
        let mut difference = diff(holdings.get(&them.person)?, &wanted);
        if !them.is_complete {
            difference = Difference { additions: difference.additions, ..Difference::default() };
        }
        (!difference.is_empty()).then_some((them.person, difference))
    });
    let mapped = holdings.values().filter(|them| !them.made.is_empty()).count();
    Ok((changes.collect(), mapped))
}

/// Applies the rules of `source` to one person with these groups there: at sign-in.
pub(crate) async fn update(
    tx: &mut WriteTx,
    proof: &Proof,
    source: Source,
    them: Memberships,
    is_new: bool,
    now: Millis,
) -> Result<(), StoreError> {
    let rules = active_rules(tx.conn(), source).await?;
    let (found, _) = plan(tx.conn(), source, &rules, &[them], now).await?;
    let changes: Vec<_> =
        found.into_iter().map(|(person, difference)| Change { person, difference, is_new }).collect();
    apply(tx, proof, source, &changes, now).await
}

/// Makes the changes, each with its audit entry, after the entry that the job returns.
pub(crate) async fn apply(
    tx: &mut WriteTx,
    proof: &Proof,
    source: Source,
    changes: &[Change],
    now: Millis,
) -> Result<(), StoreError> {
    let of = |pick: fn(&Difference) -> &Vec<Target>| -> Vec<(PersonId, Target)> {
        let pairs = changes
            .iter()
            .flat_map(|change| pick(&change.difference).iter().map(|target| (change.person, *target)));
        pairs.collect()
    };
    let additions = of(|difference| &difference.additions);
    let removals = of(|difference| &difference.removals);
    let released = of(|difference| &difference.released);
    let new: BTreeSet<_> = changes.iter().filter(|change| change.is_new).map(|change| change.person).collect();
    if !additions.is_empty() {
        rows::record(tx, source, &additions, now).await?;
    }
    let still_given = if removals.is_empty() {
        BTreeSet::new()
    } else {
        rows::given_by_others(tx.conn(), source, &removals).await?
    };
    let forgotten: Vec<_> = removals.iter().chain(&released).copied().collect();
    if !forgotten.is_empty() {
        rows::forget(tx, source, &forgotten).await?;
    }
    let removals: Vec<_> = removals.into_iter().filter(|removal| !still_given.contains(removal)).collect();
    let writer = Writer { proof, by: people::alias_of(tx, proof, now).await?, new, now };
    writer.join(tx, &groups_of(&additions)).await?;
    writer.leave(tx, &groups_of(&removals)).await?;
    writer.write(tx, EntryKind::Granted, &qualifications_of(&additions)).await?;
    writer.write(tx, EntryKind::Revoked, &qualifications_of(&removals)).await
}

fn groups_of(targets: &[(PersonId, Target)]) -> Vec<(GroupId, PersonId)> {
    let groups = targets.iter().filter_map(|(person, target)| match target {
        Target::Group(group) => Some((*group, *person)),
        Target::Qualification(..) => None,
    });
    groups.collect()
}

fn qualifications_of(targets: &[(PersonId, Target)]) -> Vec<(PersonId, TypeId, Relation)> {
    let qualifications = targets.iter().filter_map(|(person, target)| match target {
        Target::Group(_) => None,
        Target::Qualification(kind, relation) => Some((*person, *kind, *relation)),
    });
    qualifications.collect()
}

/// What all changes of one job share.
struct Writer<'a> {
    proof: &'a Proof,
    by: Option<domain::id::AliasId>,
    new: BTreeSet<PersonId>,
    now: Millis,
}

impl Writer<'_> {
    async fn join(&self, tx: &mut WriteTx, members: &[(GroupId, PersonId)]) -> Result<(), StoreError> {
        if members.is_empty() {
            return Ok(());
        }
        rows::join(tx, members, self.now).await?;
        tx.after_commit(ChangeEvent::Groups);
        for &(group, person) in members {
            let detail = json!({ "group": group, "role": "member" });
            self.record(tx, "group.member-added", person, &detail);
            self.notify(tx, person, Notice::Group { news: GroupNews::Admitted, group, at: self.now }).await?;
        }
        Ok(())
    }

    async fn leave(&self, tx: &mut WriteTx, members: &[(GroupId, PersonId)]) -> Result<(), StoreError> {
        if members.is_empty() {
            return Ok(());
        }
        let gone = rows::leave(tx, members).await?;
        tx.after_commit(ChangeEvent::Groups);
        for (group, person) in gone {
            tx.emit(self.proof, DomainEvent::GroupLeft { group, person }, self.now).await?;
            self.record(tx, "group.member-removed", person, &json!({ "group": group }));
            self.notify(tx, person, Notice::Group { news: GroupNews::Removed, group, at: self.now }).await?;
        }
        Ok(())
    }

    async fn write(
        &self,
        tx: &mut WriteTx,
        kind: EntryKind,
        entries: &[(PersonId, TypeId, Relation)],
    ) -> Result<(), StoreError> {
        if entries.is_empty() {
            return Ok(());
        }
        let ids = rows::write_entries(tx, kind, entries, self.by, self.now).await?;
        let is_grant = kind == EntryKind::Granted;
        for (&entry, &(person, of_type, relation)) in ids.iter().zip(entries) {
            let on = Subject::Type(of_type);
            let detail = json!({ "on": on.to_string(), "relation": relation, "until": null, "entries": [entry] });
            let action = if is_grant { "qualification.granted" } else { "qualification.revoked" };
            self.record(tx, action, person, &detail);
            self.notify(tx, person, notice(is_grant, entry, on, relation)).await?;
        }
        let people: BTreeSet<_> = entries.iter().map(|(person, ..)| *person).collect();
        for person in people.difference(&self.new).copied() {
            tx.after_commit(ChangeEvent::Person(person));
            let event = if is_grant {
                DomainEvent::QualificationGained { person }
            } else {
                DomainEvent::StandingChanged { person, cause: requests::Cause::Qualification }
            };
            tx.emit(self.proof, event, self.now).await?;
        }
        Ok(())
    }

    async fn notify(&self, tx: &mut WriteTx, person: PersonId, notice: Notice) -> Result<(), StoreError> {
        if self.new.contains(&person) {
            return Ok(());
        }
        // It follows from a rule, and not from a decision about them.
        notify_affected(tx, self.proof, person, notice, self.now).await
    }

    fn record(&self, tx: &mut WriteTx, action: &'static str, person: PersonId, detail: &serde_json::Value) {
        tx.followed(AuditEntry::new(self.proof, self.by, self.now, action, person, detail));
    }
}

const fn notice(is_grant: bool, entry: EntryId, on: Subject, relation: Relation) -> Notice {
    if is_grant {
        Notice::Granted { entry, on, relation, until: None }
    } else {
        Notice::Revoked { entry, on, relation }
    }
}
