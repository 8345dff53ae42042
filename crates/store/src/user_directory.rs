//! The user directory: its settings, the links of people to entries, and how readings went.
//!
//! Invariants: the bind password is read by [`connection`] alone. Many people take as many statements as one.

use crate::personal_data::{Erasing, Table};
use domain::{
    actor::{Rank, rank},
    id::PersonId,
    people::PersonStatus,
    qualifications::{Cause, EntryKind, Relation},
    time::Millis,
    user_directory::{
        Attribute, BindPassword, Certificates, DistinguishedName, GroupSource, Layout, Policy, RunKind, Server,
        Trouble,
        filter::Template,
        server_address::ServerAddress,
        sync::{EntryKey, ExistingPerson, Link},
    },
};
use serde_json::json;
use sqlx::SqliteConnection;
use std::fmt::Write as _;

use crate::{StoreError, WriteTx, profiles, qualifications};

/// Stored readings.
const RUNS: i64 = 50;

/// The settings without the password.
#[derive(Debug, Clone)]
pub struct SettingsRow {
    pub address: String,
    pub certificates: Option<String>,
    pub bind_dn: String,
    pub base: String,
    pub people_filter: String,
    pub login: String,
    pub name: String,
    pub email: String,
    pub unique: String,
    pub groups: GroupSource,
    pub member_of: String,
    pub group_base: Option<String>,
    pub policy: Policy,
    pub version: i64,
    /// Since these settings, as far as they decide who is found, a manager applied a sync, or one took nothing away.
    pub confirmed: bool,
}

/// The settings, if the directory is connected.
pub async fn settings(conn: &mut SqliteConnection) -> Result<Option<SettingsRow>, StoreError> {
    let row = sqlx::query!(
        r#"SELECT address, certificates, bind_dn, base, people_filter, login, name, email, unique_id,
                  groups AS "groups!: GroupSource", member_of, group_base, signs_in AS "signs_in!: bool",
                  admits AS "admits!: bool", adds AS "adds!: bool", every AS "every!: u16", most AS "most!: u16", version,
                  confirmed AS "confirmed!: bool"
             FROM user_directory"#
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| SettingsRow {
        address: row.address,
        certificates: row.certificates,
        bind_dn: row.bind_dn,
        base: row.base,
        people_filter: row.people_filter,
        login: row.login,
        name: row.name,
        email: row.email,
        unique: row.unique_id,
        groups: row.groups,
        member_of: row.member_of,
        group_base: row.group_base,
        policy: Policy {
            signs_in: row.signs_in,
            admits: row.admits,
            adds: row.adds,
            every: row.every,
            most: row.most,
        },
        version: row.version,
        confirmed: row.confirmed,
    }))
}

/// How to read the directory.
#[derive(Debug, Clone)]
pub struct Connection {
    pub server: Server,
    pub layout: Layout,
    pub policy: Policy,
    pub version: i64,
    /// As in [`SettingsRow`].
    pub confirmed: bool,
}

/// The settings with the password, for reading the directory; `None` if it is not connected.
pub async fn connection(conn: &mut SqliteConnection) -> Result<Option<Connection>, StoreError> {
    let Some(row) = settings(conn).await? else { return Ok(None) };
    let password = sqlx::query_scalar!("SELECT bind_password FROM user_directory").fetch_one(conn).await?;
    Ok(parsed(row, &password))
}

/// The row as values; `None` if an earlier version stored what this one refuses.
fn parsed(row: SettingsRow, password: &str) -> Option<Connection> {
    let dn = DistinguishedName::parse;
    let certificates = match &row.certificates {
        Some(pem) => Some(Certificates::parse(pem)?),
        None => None,
    };
    let group_base = match &row.group_base {
        Some(base) => Some(dn(base)?),
        None => None,
    };
    Some(Connection {
        server: Server {
            address: ServerAddress::parse(&row.address).ok()?,
            certificates,
            bind_dn: dn(&row.bind_dn)?,
            bind_password: BindPassword::new(password)?,
        },
        layout: Layout {
            base: dn(&row.base)?,
            people: Template::parse(&row.people_filter).ok()?,
            login: Attribute::parse(&row.login)?,
            name: Attribute::parse(&row.name)?,
            email: Attribute::parse(&row.email)?,
            unique: Attribute::parse(&row.unique)?,
            groups: row.groups,
            member_of: Attribute::parse(&row.member_of)?,
            group_base,
        },
        policy: row.policy,
        version: row.version,
        confirmed: row.confirmed,
    })
}

/// Stores the settings and increments their version. Without a password the stored one stays. They are no longer confirmed if
/// what decides who is found differs.
pub async fn save(
    tx: &mut WriteTx,
    server: (&ServerAddress, Option<&Certificates>, &DistinguishedName, Option<&BindPassword>),
    layout: &Layout,
    policy: Policy,
) -> Result<(), StoreError> {
    let (address, certificates, bind_dn, password) = server;
    let (address, certificates) = (address.to_string(), certificates.map(Certificates::as_str));
    let (bind_dn, password) = (bind_dn.as_str(), password.map(BindPassword::expose));
    let (base, people) = (layout.base.as_str(), layout.people.as_str());
    let (login, name, email) = (layout.login.as_str(), layout.name.as_str(), layout.email.as_str());
    let (unique, groups, member_of) = (layout.unique.as_str(), layout.groups, layout.member_of.as_str());
    let group_base = layout.group_base.as_ref().map(DistinguishedName::as_str);
    let Policy { signs_in, admits, adds, every, most } = policy;
    sqlx::query!(
        "INSERT INTO user_directory (id, address, certificates, bind_dn, bind_password, base, people_filter, login, name, email,
                                     unique_id, groups, member_of, group_base, signs_in, admits, adds, every, most)
              VALUES (1, ?1, ?2, ?3, coalesce(?4, (SELECT bind_password FROM user_directory), ''), ?5, ?6, ?7, ?8, ?9, ?10, ?11,
                      ?12, ?13, ?14, ?15, ?16, ?17, ?18)
         ON CONFLICT (id) DO UPDATE
                SET address = excluded.address, certificates = excluded.certificates, bind_dn = excluded.bind_dn,
                    bind_password = excluded.bind_password, base = excluded.base, people_filter = excluded.people_filter,
                    login = excluded.login, name = excluded.name, email = excluded.email, unique_id = excluded.unique_id,
                    groups = excluded.groups, member_of = excluded.member_of, group_base = excluded.group_base,
                    signs_in = excluded.signs_in, admits = excluded.admits, adds = excluded.adds, every = excluded.every,
                    most = excluded.most, version = version + 1,
                    confirmed = confirmed
                        AND (address, bind_dn, base, people_filter, login, name, email, unique_id, groups, member_of, group_base)
                         IS (excluded.address, excluded.bind_dn, excluded.base, excluded.people_filter, excluded.login, excluded.name,
                             excluded.email, excluded.unique_id, excluded.groups, excluded.member_of, excluded.group_base)",
        address,
        certificates,
        bind_dn,
        password,
        base,
        people,
        login,
        name,
        email,
        unique,
        groups,
        member_of,
        group_base,
        signs_in,
        admits,
        adds,
        every,
        most,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Records that a manager applied a sync with these settings, or that one took nothing away; nothing if they were saved meanwhile.
pub async fn confirm(tx: &mut WriteTx, version: i64) -> Result<(), StoreError> {
    sqlx::query!("UPDATE user_directory SET confirmed = 1 WHERE version = ?", version).execute(tx.conn()).await?;
    Ok(())
}

/// Deletes the settings, the links and what is recorded of readings.
pub async fn remove(tx: &mut WriteTx) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM user_directory").execute(tx.conn()).await?;
    sqlx::query!("DELETE FROM directory_person").execute(tx.conn()).await?;
    sqlx::query!("DELETE FROM directory_run").execute(tx.conn()).await?;
    Ok(())
}

/// Everybody, as far as a sync compares them.
pub async fn existing(conn: &mut SqliteConnection, now: Millis) -> Result<Vec<ExistingPerson>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT p.id AS "id!: PersonId", p.status AS "status!: PersonStatus", f.name AS "name?", f.email AS "email?",
                  d.entry AS "entry?: Vec<u8>", d.login AS "login?", coalesce(d.suspended, 0) AS "suspended!: bool",
                  (SELECT json_group_array(json_array(id, type_id, machine_id, relation, kind, effective_from, until))
                     FROM qualification q WHERE q.person_id = p.id AND q.type_id <= 2) AS "roles!: String"
             FROM person p LEFT JOIN profile f ON f.person_id = p.id LEFT JOIN directory_person d ON d.person_id = p.id
            ORDER BY p.id"#
    )
    .fetch_all(conn)
    .await?;
    let people = rows.into_iter().map(|row| {
        let roles = qualifications::of_list(&row.roles)?;
        let link = row.entry.and_then(|entry| entry.try_into().ok()).map(|entry| Link {
            key: EntryKey(entry),
            login: row.login.unwrap_or_default(),
            suspended: row.suspended,
        });
        let is_owner = |entry: &domain::qualifications::Entry| {
            entry.relation == Relation::Owner && entry.kind == EntryKind::Granted
        };
        Ok(ExistingPerson {
            id: row.id,
            status: row.status,
            name: row.name,
            email: row.email,
            is_administrator: rank(row.status, &roles, now) == Rank::Administrator,
            is_staff: roles.0.iter().any(is_owner),
            link,
        })
    });
    Ok(people.collect::<Result<_, sqlx::Error>>()?)
}

/// The person linked to an entry.
pub async fn by_entry(conn: &mut SqliteConnection, key: EntryKey) -> Result<Option<PersonId>, StoreError> {
    let entry = key.0.as_slice();
    let found =
        sqlx::query_scalar!(r#"SELECT person_id AS "id!: PersonId" FROM directory_person WHERE entry = ?"#, entry);
    Ok(found.fetch_optional(conn).await?)
}

/// The link of a person.
#[derive(Debug, Clone)]
pub struct LinkRow {
    pub login: Option<String>,
    /// A sync suspended them.
    pub suspended: bool,
    pub linked: Millis,
}

/// The link of `person`, if they have one.
pub async fn link_of(conn: &mut SqliteConnection, person: PersonId) -> Result<Option<LinkRow>, StoreError> {
    let row = sqlx::query_as!(
        LinkRow,
        r#"SELECT login AS "login?", suspended AS "suspended!: bool", linked_at AS "linked!: Millis"
             FROM directory_person WHERE person_id = ?"#,
        person
    );
    Ok(row.fetch_optional(conn).await?)
}

/// Linked people, and how many of them a sync suspended.
pub async fn counts(conn: &mut SqliteConnection) -> Result<(u32, u32), StoreError> {
    let row = sqlx::query!(
        r#"SELECT count(*) AS "linked!: u32", coalesce(sum(d.suspended), 0) AS "suspended!: u32"
             FROM directory_person d JOIN person p ON p.id = d.person_id AND p.status <> 'left'"#
    )
    .fetch_one(conn)
    .await?;
    Ok((row.linked, row.suspended))
}

/// People whom a sync suspended, by name; at most `most`.
pub async fn suspended(conn: &mut SqliteConnection, most: u32) -> Result<Vec<(PersonId, String)>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT d.person_id AS "id!: PersonId", f.name
             FROM directory_person d JOIN person p ON p.id = d.person_id AND p.status = 'suspended'
             JOIN profile f ON f.person_id = d.person_id
            WHERE d.suspended = 1 ORDER BY f.called, d.person_id LIMIT ?"#,
        most
    );
    Ok(rows.fetch_all(conn).await?.into_iter().map(|row| (row.id, row.name)).collect())
}

/// Links people to entries. [`StoreError::Unique`] if a person or an entry is linked already.
pub async fn link(tx: &mut WriteTx, links: &[(PersonId, EntryKey, &str)], at: Millis) -> Result<(), StoreError> {
    let rows: Vec<_> = links.iter().map(|(person, key, login)| json!([person, hex(*key), login])).collect();
    let rows = json!(rows).to_string();
    sqlx::query!(
        "INSERT INTO directory_person (person_id, entry, login, linked_at)
              SELECT value ->> 0, unhex(value ->> 1), value ->> 2, ?2 FROM json_each(?1)",
        rows,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

fn hex(EntryKey(bytes): EntryKey) -> String {
    bytes.iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a text does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Removes the link of `person`; returns whether there was one.
pub async fn unlink(tx: &mut WriteTx, person: PersonId) -> Result<bool, StoreError> {
    let gone = sqlx::query!("DELETE FROM directory_person WHERE person_id = ?", person);
    Ok(gone.execute(tx.conn()).await?.rows_affected() == 1)
}

/// Records whether a sync suspended `person`.
pub async fn set_suspended(tx: &mut WriteTx, person: PersonId, suspended: bool) -> Result<(), StoreError> {
    sqlx::query!("UPDATE directory_person SET suspended = ? WHERE person_id = ?", suspended, person)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Values of an entry that its person takes over.
#[derive(Debug, Clone)]
pub struct ProfileChange {
    pub person: PersonId,
    pub name: String,
    pub login: String,
    /// `None` stays as it is.
    pub email: Option<String>,
}

/// Takes over names, addresses and logins. [`StoreError::Unique`] if another person has the address.
pub async fn change_profiles(tx: &mut WriteTx, changes: &[ProfileChange]) -> Result<(), StoreError> {
    let rows: Vec<_> = changes.iter().map(|one| json!([one.person, one.name, one.email, one.login])).collect();
    let rows = json!(rows).to_string();
    sqlx::query!(
        "UPDATE profile
            SET name = c.name, email = coalesce(c.email, profile.email), folded = NULL, version = version + 1
           FROM (SELECT value ->> 0 AS person, value ->> 1 AS name, value ->> 2 AS email FROM json_each(?)) c
          WHERE profile.person_id = c.person AND (profile.name <> c.name OR c.email IS NOT NULL)",
        rows,
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "UPDATE directory_person SET login = c.login
           FROM (SELECT value ->> 0 AS person, value ->> 3 AS login FROM json_each(?)) c
          WHERE directory_person.person_id = c.person",
        rows,
    )
    .execute(tx.conn())
    .await?;
    profiles::fold(tx.conn()).await
}

/// A person to add.
#[derive(Debug, Clone)]
pub struct NewPerson {
    pub name: String,
    pub email: Option<String>,
    pub key: EntryKey,
    pub login: String,
}

/// Adds people with their links, as members or applicants; returns their ids in the same order.
pub async fn add(
    tx: &mut WriteTx,
    new: &[NewPerson],
    admits: bool,
    at: Millis,
) -> Result<Vec<PersonId>, StoreError> {
    let first = sqlx::query_scalar!(r#"SELECT coalesce(max(id), 0) + 1 AS "first!: i64" FROM person"#)
        .fetch_one(tx.conn())
        .await?;
    let ids: Vec<_> = (first..).take(new.len()).map(PersonId).collect();
    let rows: Vec<_> = ids.iter().zip(new).map(|(id, one)| json!([id, one.name, one.email])).collect();
    let rows = json!(rows).to_string();
    let status = if admits { PersonStatus::Active } else { PersonStatus::Applicant };
    sqlx::query!(
        "INSERT INTO person (id, status, created_at) SELECT value ->> 0, ?2, ?3 FROM json_each(?1)",
        rows,
        status,
        at,
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "INSERT INTO profile (person_id, name, email) SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?)",
        rows,
    )
    .execute(tx.conn())
    .await?;
    if admits {
        let cause = Cause::GroupRule;
        sqlx::query!(
            "INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
                  SELECT value ->> 0, 1, 'user', 'granted', ?3, ?2, ?3 FROM json_each(?1)",
            rows,
            cause,
            at,
        )
        .execute(tx.conn())
        .await?;
    }
    profiles::fold(tx.conn()).await?;
    let links: Vec<_> = ids.iter().zip(new).map(|(id, one)| (*id, one.key, one.login.as_str())).collect();
    link(tx, &links, at).await?;
    Ok(ids)
}

/// A reading.
#[derive(Debug, Clone, Copy)]
pub struct Run {
    pub kind: RunKind,
    pub began: Millis,
    pub trouble: Option<Trouble>,
    /// How many people it found.
    pub people: u32,
    pub changes: u32,
    /// It waits for a manager.
    pub waits: bool,
}

/// Records a reading, and forgets the oldest.
pub async fn record(tx: &mut WriteTx, run: &Run) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO directory_run (kind, began_at, trouble, people, changes, waits) VALUES (?, ?, ?, ?, ?, ?)",
        run.kind,
        run.began,
        run.trouble,
        run.people,
        run.changes,
        run.waits,
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!("DELETE FROM directory_run WHERE id <= (SELECT max(id) FROM directory_run) - ?", RUNS)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// The last readings, newest first.
pub async fn runs(conn: &mut SqliteConnection, most: u32) -> Result<Vec<Run>, StoreError> {
    let rows = sqlx::query_as!(
        Run,
        r#"SELECT kind AS "kind!: RunKind", began_at AS "began!: Millis", trouble AS "trouble?: Trouble",
                  people AS "people!: u32", changes AS "changes!: u32", waits AS "waits!: bool"
             FROM directory_run ORDER BY id DESC LIMIT ?"#,
        most
    );
    Ok(rows.fetch_all(conn).await?)
}

/// When readings last succeeded and failed, and since when they fail.
#[derive(Debug, Clone, Copy, Default)]
pub struct Health {
    pub succeeded: Option<Millis>,
    pub failed: Option<(Millis, Trouble)>,
    pub failing_since: Option<Millis>,
    /// The last one waits for a manager.
    pub waits: bool,
}

/// How reading the directory goes.
pub async fn health(conn: &mut SqliteConnection) -> Result<Health, StoreError> {
    let row = sqlx::query!(
        r#"SELECT (SELECT began_at FROM directory_run WHERE trouble IS NULL AND waits = 0 ORDER BY id DESC LIMIT 1)
                      AS "succeeded?: Millis",
                  (SELECT began_at FROM directory_run WHERE trouble IS NOT NULL ORDER BY id DESC LIMIT 1) AS "failed?: Millis",
                  (SELECT trouble FROM directory_run WHERE trouble IS NOT NULL ORDER BY id DESC LIMIT 1) AS "trouble?: Trouble",
                  (SELECT min(began_at) FROM directory_run
                    WHERE trouble IS NOT NULL
                      AND id > coalesce((SELECT max(id) FROM directory_run WHERE trouble IS NULL), 0)) AS "since?: Millis",
                  coalesce((SELECT waits FROM directory_run ORDER BY id DESC LIMIT 1), 0) AS "waits!: bool""#
    )
    .fetch_one(conn)
    .await?;
    Ok(Health {
        succeeded: row.succeeded,
        failed: row.failed.zip(row.trouble),
        failing_since: row.since,
        waits: row.waits,
    })
}

/// Whether the last reading waits for a manager, or else failed.
pub async fn is_stuck(conn: &mut SqliteConnection, waits: bool) -> Result<bool, StoreError> {
    let health = health(conn).await?;
    Ok(if waits { health.waits } else { health.failing_since.is_some() })
}

/// When the last reading began.
pub async fn last_run(conn: &mut SqliteConnection) -> Result<Option<Millis>, StoreError> {
    let last =
        sqlx::query_scalar!(r#"SELECT began_at AS "at!: Millis" FROM directory_run ORDER BY id DESC LIMIT 1"#);
    Ok(last.fetch_optional(conn).await?)
}

/// Personal data in these tables.
pub(crate) const PERSONAL_DATA: &[Table] = &[
    // `email` names an attribute there.
    Table::left("user_directory", &["email"], Erasing::Stays),
    Table::taken(
        "directory_person",
        &["person_id", "login"],
        // The hash of the entry stays, so that an erased person does not return with the next sync.
        Erasing::Emptied("login"),
        "SELECT json_object('login', login, 'linked@', linked_at, 'suspended?', suspended) FROM directory_person WHERE person_id = ?1",
    ),
];
