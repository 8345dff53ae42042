//! Group mapping: rows of `group_rule`, and what rules gave to people (`rule_grant`).
//!
//! Invariant: many people take as many statements as one, because the writer has others to serve.

use crate::personal_data::{Erasing, Table};
use domain::{
    group_mapping::{GroupKey, Holdings, Rule, Source, Target},
    groups::Role,
    id::{AliasId, EntryId, GroupId, GroupRuleId, PersonId, TypeId},
    people::PersonStatus,
    qualifications::{Cause, EntryKind, Relation, Subject},
    time::Millis,
};
use serde_json::json;
use sqlx::SqliteConnection;
use std::collections::{BTreeSet, HashMap};

use crate::{StoreError, WriteTx, json as lists, qualifications};

/// A rule with the name of what it gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleRow {
    pub rule: Rule,
    /// Name of the group or the type.
    pub name: String,
    /// It gives nothing, because the group or the type is archived.
    pub archived: bool,
}

/// The rules of `source`, by the group there.
pub async fn rules(conn: &mut SqliteConnection, source: Source) -> Result<Vec<RuleRow>, StoreError> {
    let source = source.to_string();
    let rows = sqlx::query!(
        r#"SELECT r.id AS "id!: GroupRuleId", r.external, r.group_id AS "group_id?: GroupId", r.type_id AS "type_id?: TypeId",
                  r.relation AS "relation?: Relation", coalesce(g.name, t.name, '') AS "name!: String",
                  coalesce(g.archived_at, t.archived_at) IS NOT NULL AS "archived!: bool"
             FROM group_rule r LEFT JOIN person_group g ON g.id = r.group_id LEFT JOIN equipment_type t ON t.id = r.type_id
            WHERE r.source = ? ORDER BY r.folded, r.id"#,
        source
    )
    .fetch_all(conn)
    .await?;
    let rules = rows.into_iter().filter_map(|row| {
        let target = Target::of_sides(row.group_id, row.type_id, row.relation)?;
        let rule = Rule { id: row.id, external: row.external, target };
        Some(RuleRow { rule, name: row.name, archived: row.archived })
    });
    Ok(rules.collect())
}

/// The source and content of one rule.
pub async fn rule(conn: &mut SqliteConnection, id: GroupRuleId) -> Result<Option<(Source, Rule)>, StoreError> {
    let row = sqlx::query!(
        r#"SELECT source, external, group_id AS "group_id?: GroupId", type_id AS "type_id?: TypeId",
                  relation AS "relation?: Relation" FROM group_rule WHERE id = ?"#,
        id
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.and_then(|row| {
        let target = Target::of_sides(row.group_id, row.type_id, row.relation)?;
        Some((Source::parse(&row.source)?, Rule { id, external: row.external, target }))
    }))
}

/// Adds a rule. [`StoreError::Unique`] if there is one like it.
pub async fn add(
    tx: &mut WriteTx,
    source: Source,
    external: &str,
    target: Target,
    at: Millis,
) -> Result<GroupRuleId, StoreError> {
    let (source, key, (group, kind, relation)) = (source.to_string(), GroupKey::of(external), target.sides());
    let folded = key.as_str();
    let made = sqlx::query!(
        "INSERT INTO group_rule (source, external, folded, group_id, type_id, relation, created_at)
             VALUES (?, ?, ?, ?, ?, ?, ?)",
        source,
        external,
        folded,
        group,
        kind,
        relation,
        at,
    );
    Ok(GroupRuleId(made.execute(tx.conn()).await?.last_insert_rowid()))
}

/// Removes a rule; returns whether there was one.
pub async fn remove(tx: &mut WriteTx, id: GroupRuleId) -> Result<bool, StoreError> {
    let gone = sqlx::query!("DELETE FROM group_rule WHERE id = ?", id);
    Ok(gone.execute(tx.conn()).await?.rows_affected() == 1)
}

/// Removes all rules of `source`, and what is recorded of what they gave; that itself stays with the people.
pub async fn remove_source(tx: &mut WriteTx, source: Source) -> Result<(), StoreError> {
    let source = source.to_string();
    sqlx::query!("DELETE FROM group_rule WHERE source = ?", source).execute(tx.conn()).await?;
    sqlx::query!("DELETE FROM rule_grant WHERE source = ?", source).execute(tx.conn()).await?;
    Ok(())
}

/// What active people among `people` have at `now`, as far as rules of `source` give it or gave it.
pub async fn holdings(
    conn: &mut SqliteConnection,
    source: Source,
    people: &[PersonId],
    now: Millis,
) -> Result<HashMap<PersonId, Holdings>, StoreError> {
    let source = source.to_string();
    let people = lists::ids(people.iter().map(|person| person.0));
    let rows = sqlx::query!(
        r#"SELECT p.id AS "person!: PersonId", p.status AS "status!: PersonStatus",
                  (SELECT json_group_array(m.group_id) FROM group_member m WHERE m.person_id = p.id) AS "groups!: String",
                  (SELECT json_group_array(json_array(id, type_id, machine_id, relation, kind, effective_from, until))
                     FROM qualification q WHERE q.person_id = p.id) AS "ledger!: String"
             FROM person p WHERE p.id IN (SELECT value FROM json_each(?))"#,
        people
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut all: HashMap<PersonId, Holdings> = HashMap::new();
    for row in rows.into_iter().filter(|row| row.status == PersonStatus::Active) {
        let them = all.entry(row.person).or_default();
        let groups = lists::list::<GroupId>(&row.groups)?;
        them.held.extend(groups.into_iter().map(Target::Group));
        let ledger = qualifications::of_list(&row.ledger)?;
        let kinds = ledger.0.iter().filter_map(|entry| match entry.subject {
            Subject::Type(kind) => Some(kind),
            Subject::Machine(_) => None,
        });
        for kind in kinds.collect::<BTreeSet<_>>() {
            let on = Subject::Type(kind);
            let is_banned = ledger.ban(on, now).is_some();
            let held = |relation: &&Relation| is_banned || ledger.grant(**relation, on, now).is_some();
            them.held
                .extend(Relation::ALL.iter().filter(held).map(|relation| Target::Qualification(kind, *relation)));
        }
    }
    let made = sqlx::query!(
        r#"SELECT person_id AS "person!: PersonId", group_id AS "group_id?: GroupId", type_id AS "type_id?: TypeId",
                  relation AS "relation?: Relation"
             FROM rule_grant WHERE source = ?1 AND person_id IN (SELECT value FROM json_each(?2))"#,
        source,
        people,
    );
    for row in made.fetch_all(conn).await? {
        if let Some(target) = Target::of_sides(row.group_id, row.type_id, row.relation)
            && let Some(them) = all.get_mut(&row.person)
        {
            them.made.insert(target);
        }
    }
    Ok(all)
}

/// Records that rules of `source` gave each target to its person.
pub async fn record(
    tx: &mut WriteTx,
    source: Source,
    given: &[(PersonId, Target)],
    at: Millis,
) -> Result<(), StoreError> {
    let (source, rows) = (source.to_string(), rows_of(given));
    sqlx::query!(
        "INSERT INTO rule_grant (person_id, source, group_id, type_id, relation, given_at)
              SELECT value ->> 0, ?2, value ->> 1, value ->> 2, value ->> 3, ?3 FROM json_each(?1) WHERE true
                  ON CONFLICT DO NOTHING",
        rows,
        source,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Deletes the records that rules of `source` gave these.
pub async fn forget(tx: &mut WriteTx, source: Source, taken: &[(PersonId, Target)]) -> Result<(), StoreError> {
    let (source, rows) = (source.to_string(), rows_of(taken));
    sqlx::query!(
        "DELETE FROM rule_grant
          WHERE source = ?2 AND (person_id, coalesce(group_id, 0), coalesce(type_id, 0), coalesce(relation, '')) IN
                (SELECT value ->> 0, coalesce(value ->> 1, 0), coalesce(value ->> 2, 0), coalesce(value ->> 3, '')
                   FROM json_each(?1))",
        rows,
        source,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Which of these are given by rules of other sources than `source`, too.
pub async fn given_by_others(
    conn: &mut SqliteConnection,
    source: Source,
    given: &[(PersonId, Target)],
) -> Result<BTreeSet<(PersonId, Target)>, StoreError> {
    let (source, rows) = (source.to_string(), rows_of(given));
    let found = sqlx::query!(
        r#"SELECT person_id AS "person!: PersonId", group_id AS "group_id?: GroupId", type_id AS "type_id?: TypeId",
                  relation AS "relation?: Relation"
             FROM rule_grant
            WHERE source <> ?2 AND (person_id, coalesce(group_id, 0), coalesce(type_id, 0), coalesce(relation, '')) IN
                  (SELECT value ->> 0, coalesce(value ->> 1, 0), coalesce(value ->> 2, 0), coalesce(value ->> 3, '')
                     FROM json_each(?1))"#,
        rows,
        source,
    )
    .fetch_all(conn)
    .await?;
    let found = found
        .into_iter()
        .filter_map(|row| Some((row.person, Target::of_sides(row.group_id, row.type_id, row.relation)?)));
    Ok(found.collect())
}

/// `[[person, group, type, relation], …]`.
fn rows_of(given: &[(PersonId, Target)]) -> String {
    let rows = given.iter().map(|(person, target)| {
        let (group, kind, relation) = target.sides();
        json!([person, group, kind, relation.map(Relation::as_str)])
    });
    json!(rows.collect::<Vec<_>>()).to_string()
}

/// Makes people members of groups. What they asked is settled, and of an invitation they make no use any more.
pub async fn join(tx: &mut WriteTx, members: &[(GroupId, PersonId)], at: Millis) -> Result<(), StoreError> {
    let (rows, role) = (json!(members).to_string(), Role::Member);
    sqlx::query!(
        "INSERT INTO group_member (group_id, person_id, role, since)
              SELECT value ->> 0, value ->> 1, ?2, ?3 FROM json_each(?1) WHERE true ON CONFLICT DO NOTHING",
        rows,
        role,
        at,
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "DELETE FROM group_request WHERE (group_id, person_id) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?))",
        rows,
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "UPDATE group_invitation SET spent = 1
          WHERE (group_id, email) IN (SELECT value ->> 0, p.email FROM json_each(?) JOIN profile p ON p.person_id = value ->> 1)",
        rows,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Takes people out of groups, except those who were made admins: they answer for the group until another does. Returns who
/// was taken out.
pub async fn leave(
    tx: &mut WriteTx,
    members: &[(GroupId, PersonId)],
) -> Result<BTreeSet<(GroupId, PersonId)>, StoreError> {
    let rows = json!(members).to_string();
    let gone = sqlx::query!(
        r#"DELETE FROM group_member
            WHERE role = 'member' AND (group_id, person_id) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?))
        RETURNING group_id AS "group!: GroupId", person_id AS "person!: PersonId""#,
        rows,
    );
    Ok(gone.fetch_all(tx.conn()).await?.into_iter().map(|row| (row.group, row.person)).collect())
}

/// Writes an entry of the ledger for each person; returns their ids in the same order.
pub async fn write_entries(
    tx: &mut WriteTx,
    kind: EntryKind,
    entries: &[(PersonId, TypeId, Relation)],
    by: Option<AliasId>,
    at: Millis,
) -> Result<Vec<EntryId>, StoreError> {
    let first = sqlx::query_scalar!(r#"SELECT coalesce(max(id), 0) + 1 AS "first!: i64" FROM qualification"#)
        .fetch_one(tx.conn())
        .await?;
    let ids: Vec<_> = (first..).take(entries.len()).map(EntryId).collect();
    let rows: Vec<_> = ids
        .iter()
        .zip(entries)
        .map(|(id, (person, kind, relation))| json!([id, person, kind, relation]))
        .collect();
    let (rows, cause) = (json!(rows).to_string(), Cause::GroupRule);
    sqlx::query!(
        "INSERT INTO qualification (id, person_id, type_id, relation, kind, effective_from, cause, by_alias, recorded_at)
              SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, ?2, ?4, ?3, ?5, ?4 FROM json_each(?1)",
        rows,
        kind,
        cause,
        at,
        by,
    )
    .execute(tx.conn())
    .await?;
    Ok(ids)
}

/// Personal data in these tables.
pub(crate) const PERSONAL_DATA: &[Table] = &[Table::taken(
    "rule_grant",
    &["person_id"],
    Erasing::Deleted,
    "SELECT json_object('source', r.source, 'group', g.name, 'type', t.name, 'relation', r.relation, 'given@', r.given_at) \
         FROM rule_grant r LEFT JOIN person_group g ON g.id = r.group_id LEFT JOIN equipment_type t ON t.id = r.type_id \
        WHERE r.person_id = ?1",
)];
