//! Availability: rows of `availability_rule` and `availability_away`. `domain::availability` derives the slots.

use crate::personal_data::{Erasing, Table};
use domain::{
    availability::{Away, Days, Rule, Times},
    id::{AwayId, PersonId, RuleId, TypeId},
    people::PersonStatus,
    qualifications::Ledger,
    time::Date,
};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx, json, qualifications};

#[derive(Debug, Clone)]
pub struct NewRule {
    pub days: Days,
    pub times: Times,
    /// `None` stands for every type the trainer may check people out on.
    pub kinds: Vec<TypeId>,
}

/// A stored rule.
#[derive(Debug, Clone)]
pub struct AvailabilityRow {
    pub rule: Rule,
    pub version: i64,
    pub trainer: PersonId,
}

/// The columns of [`Days`]: weekday, day, first and last.
fn columns(days: Days) -> (Option<i64>, Option<i64>, Option<i64>, Option<i64>) {
    match days {
        Days::Weekly { weekday, first, last } => {
            (Some(weekday.into()), None, first.map(Date::days), last.map(Date::days))
        }
        Days::On(date) => (None, Some(date.days()), None, None),
    }
}

async fn for_kinds(tx: &mut WriteTx, rule: RuleId, kinds: &[TypeId]) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM availability_rule_type WHERE rule_id = ?", rule).execute(tx.conn()).await?;
    for kind in kinds {
        sqlx::query!("INSERT INTO availability_rule_type (rule_id, type_id) VALUES (?, ?)", rule, kind)
            .execute(tx.conn())
            .await?;
    }
    Ok(())
}

pub async fn add(tx: &mut WriteTx, trainer: PersonId, new: &NewRule) -> Result<RuleId, StoreError> {
    let (weekday, day, first, last) = columns(new.days);
    let Times { from, to, length, buffer } = new.times;
    let made = sqlx::query!(
        "INSERT INTO availability_rule (person_id, weekday, day, from_min, to_min, length, buffer, first_day, last_day)
              VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        trainer,
        weekday,
        day,
        from,
        to,
        length,
        buffer,
        first,
        last,
    )
    .execute(tx.conn())
    .await?;
    let rule = RuleId(made.last_insert_rowid());
    for_kinds(tx, rule, &new.kinds).await?;
    Ok(rule)
}

pub async fn change(tx: &mut WriteTx, rule: RuleId, to: &NewRule) -> Result<(), StoreError> {
    let (weekday, day, first, last) = columns(to.days);
    let Times { from, to: until, length, buffer } = to.times;
    sqlx::query!(
        "UPDATE availability_rule SET weekday = ?, day = ?, from_min = ?, to_min = ?, length = ?, buffer = ?, first_day = ?,
                last_day = ?, version = version + 1 WHERE id = ?",
        weekday,
        day,
        from,
        until,
        length,
        buffer,
        first,
        last,
        rule,
    )
    .execute(tx.conn())
    .await?;
    for_kinds(tx, rule, &to.kinds).await
}

pub async fn remove(tx: &mut WriteTx, rule: RuleId) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM availability_rule WHERE id = ?", rule).execute(tx.conn()).await?;
    Ok(())
}

/// The rules of `trainer`, or of all trainers, by trainer, weekday and time; single dates from `first` on.
pub async fn rules(
    conn: &mut SqliteConnection,
    trainer: Option<PersonId>,
    first: i64,
) -> Result<Vec<AvailabilityRow>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT r.id AS "id!: RuleId", r.version, r.person_id AS "trainer!: PersonId", r.weekday AS "weekday?: u8", r.day,
                  r.from_min AS "from: u16", r.to_min AS "to: u16", r.length AS "length: u16", r.buffer AS "buffer: u16",
                  r.first_day, r.last_day,
                  (SELECT json_group_array(json_array(t.type_id)) FROM availability_rule_type t WHERE t.rule_id = r.id)
                      AS "kinds!: String"
             FROM availability_rule r
            WHERE (?1 IS NULL OR r.person_id = ?1) AND coalesce(r.day, r.last_day, ?2) >= ?2
            ORDER BY r.person_id, r.day, r.weekday, r.from_min, r.id"#,
        trainer,
        first,
    )
    .fetch_all(conn)
    .await?;
    let stored = rows.into_iter().map(|row| {
        let days = match (row.weekday, row.day) {
            (_, Some(day)) => Days::On(Date::from_days(day)),
            (weekday, None) => Days::Weekly {
                weekday: weekday.unwrap_or_default(),
                first: row.first_day.map(Date::from_days),
                last: row.last_day.map(Date::from_days),
            },
        };
        let times = Times { from: row.from, to: row.to, length: row.length, buffer: row.buffer };
        let kinds = json::rows(&row.kinds, |kind| json::integer(kind, 0).map(TypeId))?;
        let rule = Rule { id: row.id, days, times, kinds };
        Ok(AvailabilityRow { rule, version: row.version, trainer: row.trainer })
    });
    Ok(stored.collect::<Result<_, sqlx::Error>>()?)
}

/// One rule.
pub async fn rule(conn: &mut SqliteConnection, rule: RuleId) -> Result<Option<AvailabilityRow>, StoreError> {
    let trainer =
        sqlx::query_scalar!(r#"SELECT person_id AS "id!: PersonId" FROM availability_rule WHERE id = ?"#, rule)
            .fetch_optional(&mut *conn)
            .await?;
    let Some(trainer) = trainer else { return Ok(None) };
    Ok(rules(conn, Some(trainer), i64::MIN).await?.into_iter().find(|row| row.rule.id == rule))
}

pub async fn add_away(tx: &mut WriteTx, trainer: PersonId, away: Away) -> Result<AwayId, StoreError> {
    let (first, last) = (away.first.days(), away.last.days());
    let made = sqlx::query!(
        "INSERT INTO availability_away (person_id, first_day, last_day) VALUES (?, ?, ?)",
        trainer,
        first,
        last,
    )
    .execute(tx.conn())
    .await?;
    Ok(AwayId(made.last_insert_rowid()))
}

pub async fn remove_away(tx: &mut WriteTx, away: AwayId) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM availability_away WHERE id = ?", away).execute(tx.conn()).await?;
    Ok(())
}

/// The trainer of these days away.
pub async fn away_of(conn: &mut SqliteConnection, away: AwayId) -> Result<Option<PersonId>, StoreError> {
    let whose =
        sqlx::query_scalar!(r#"SELECT person_id AS "id!: PersonId" FROM availability_away WHERE id = ?"#, away);
    Ok(whose.fetch_optional(conn).await?)
}

/// Days away that end on `first` or later, of `trainer` or of all trainers.
pub async fn aways(
    conn: &mut SqliteConnection,
    trainer: Option<PersonId>,
    first: i64,
) -> Result<Vec<(AwayId, PersonId, Away)>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT id AS "id!: AwayId", person_id AS "trainer!: PersonId", first_day, last_day FROM availability_away
            WHERE (?1 IS NULL OR person_id = ?1) AND last_day >= ?2 ORDER BY person_id, first_day, id"#,
        trainer,
        first,
    )
    .fetch_all(conn)
    .await?;
    let away = rows.into_iter().map(|row| {
        let away = Away { first: Date::from_days(row.first_day), last: Date::from_days(row.last_day) };
        (row.id, row.trainer, away)
    });
    Ok(away.collect())
}

/// A person who offers or offered slots.
#[derive(Debug, Clone)]
pub struct Trainer {
    pub id: PersonId,
    /// `None` once erased.
    pub name: Option<String>,
    pub status: PersonStatus,
    pub ledger: Ledger,
}

/// Everyone with a rule, by name.
pub async fn trainers(conn: &mut SqliteConnection) -> Result<Vec<Trainer>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT p.id AS "id!: PersonId", f.name AS "name?", p.status AS "status!: PersonStatus",
                  (SELECT json_group_array(json_array(q.id, q.type_id, q.machine_id, q.relation, q.kind, q.effective_from, q.until))
                     FROM qualification q WHERE q.person_id = p.id) AS "list!: String"
             FROM person p LEFT JOIN profile f ON f.person_id = p.id
            WHERE p.id IN (SELECT person_id FROM availability_rule)
            ORDER BY f.called, p.id"#,
    )
    .fetch_all(conn)
    .await?;
    let trainers = rows.into_iter().map(|row| {
        let ledger = qualifications::of_list(&row.list)?;
        Ok(Trainer { id: row.id, name: row.name, status: row.status, ledger })
    });
    Ok(trainers.collect::<Result<_, sqlx::Error>>()?)
}

/// Personal data in these tables.
pub(crate) const PERSONAL_DATA: &[Table] = &[
    Table::taken(
        "availability_rule",
        &["person_id"],
        Erasing::Deleted,
        "SELECT json_object('weekday', weekday, 'day', date(day * 86400, 'unixepoch'), 'from_minute', from_min, \
         'to_minute', to_min, 'length', length, 'buffer', buffer, 'first', date(first_day * 86400, 'unixepoch'), \
         'last', date(last_day * 86400, 'unixepoch')) FROM availability_rule WHERE person_id = ?1",
    ),
    Table::taken(
        "availability_away",
        &["person_id"],
        Erasing::Deleted,
        "SELECT json_object('first', date(first_day * 86400, 'unixepoch'), 'last', date(last_day * 86400, \
         'unixepoch')) FROM availability_away WHERE person_id = ?1",
    ),
];
