//! Groups: rows of `person_group`, and their members, requests and invitations.

use crate::personal_data::{Erasing, Table};
use domain::{
    groups::{Membership, Role},
    id::{AliasId, GroupId, GroupInvitationId, PersonId},
    notices::Kind,
    occupations::Span,
    people::PersonStatus,
    time::Millis,
};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx, longest::too_early};

/// The fields of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewGroup {
    pub name: String,
    /// As people call it; may be empty.
    pub department: String,
}

/// A group, as seen by a reader.
#[derive(Debug, Clone)]
pub struct StoredGroup {
    pub id: GroupId,
    pub version: i64,
    pub name: String,
    pub department: String,
    /// When it was archived.
    pub archived: Option<Millis>,
    /// Number of members.
    pub members: u32,
    /// Number of people who ask to join.
    pub requests: u32,
    /// Until when its link is valid, if it has one.
    pub link_until: Option<Millis>,
    /// Names of its admins in order, as JSON.
    pub admins: String,
    /// Whether one of them is active.
    pub has_admin: bool,
    /// The reader's role.
    pub role: Option<Role>,
    /// When the reader asked to join.
    pub asked: Option<Millis>,
    /// The reader's invitation.
    pub invitation: Option<GroupInvitationId>,
    /// Until when the reader is invited.
    pub invited_until: Option<Millis>,
}

impl StoredGroup {
    /// Names of its admins, in order.
    pub fn admins(&self) -> Vec<String> {
        serde_json::from_str(&self.admins).unwrap_or_default()
    }
}

/// A member of a group.
#[derive(Debug, Clone)]
pub struct Member {
    pub person: PersonId,
    pub name: String,
    pub role: Role,
    pub since: Millis,
    pub on_hold: bool,
}

/// A person who asks to join.
#[derive(Debug, Clone)]
pub struct Requester {
    pub person: PersonId,
    pub name: String,
    pub asked: Millis,
}

/// An open invitation.
#[derive(Debug, Clone)]
pub struct Invitation {
    pub id: GroupInvitationId,
    /// The invited address.
    pub email: String,
    /// The person with this address, and their name.
    pub person: Option<PersonId>,
    pub name: Option<String>,
    /// Whether it is of no use to them any more.
    pub spent: bool,
    pub role: Role,
    pub invited: Millis,
    /// Name of the person who sent it, if known.
    pub by: Option<String>,
    pub expires: Millis,
}

impl Invitation {
    /// Whether it is of use to `person`.
    #[must_use]
    pub fn is_of(&self, person: Option<PersonId>) -> bool {
        !self.spent && person.is_some() && self.person == person
    }
}

/// Adds a group. [`StoreError::Unique`] if another has the name.
pub async fn add(tx: &mut WriteTx, new: &NewGroup, at: Millis) -> Result<GroupId, StoreError> {
    let made = sqlx::query!(
        "INSERT INTO person_group (name, department, created_at) VALUES (?, ?, ?)",
        new.name,
        new.department,
        at
    );
    Ok(GroupId(made.execute(tx.conn()).await?.last_insert_rowid()))
}

/// Changes the group and increments its version. [`StoreError::Unique`] if another has the name.
pub async fn change(tx: &mut WriteTx, group: GroupId, to: &NewGroup) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE person_group SET name = ?, department = ?, version = version + 1 WHERE id = ?",
        to.name,
        to.department,
        group,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

crate::archive::archive!(archive, GroupId, "person_group");

/// All groups by name, archived ones last, as `reader` sees them at `now`; or one of them.
pub async fn list(
    conn: &mut SqliteConnection,
    one: Option<GroupId>,
    reader: Option<PersonId>,
    now: Millis,
) -> Result<Vec<StoredGroup>, StoreError> {
    let rows = sqlx::query_as!(
        StoredGroup,
        r#"SELECT g.id AS "id!: GroupId", g.version, g.name, g.department, g.archived_at AS "archived?: Millis",
                  (SELECT count(*) FROM group_member m WHERE m.group_id = g.id) AS "members!: u32",
                  (SELECT count(*) FROM group_request r WHERE r.group_id = g.id) AS "requests!: u32",
                  CASE WHEN g.link_until > ?3 THEN g.link_until END AS "link_until?: Millis",
                  (SELECT json_group_array(p.name ORDER BY p.name) FROM group_member m JOIN profile p ON p.person_id = m.person_id
                    WHERE m.group_id = g.id AND m.role = 'admin') AS "admins!: String",
                  EXISTS (SELECT 1 FROM group_member m JOIN person p ON p.id = m.person_id AND p.status = 'active'
                           WHERE m.group_id = g.id AND m.role = 'admin') AS "has_admin!: bool",
                  (SELECT m.role FROM group_member m WHERE m.group_id = g.id AND m.person_id = ?2) AS "role?: Role",
                  (SELECT r.asked_at FROM group_request r WHERE r.group_id = g.id AND r.person_id = ?2) AS "asked?: Millis",
                  (SELECT i.id FROM group_invitation i JOIN profile p ON p.email = i.email
                    WHERE i.group_id = g.id AND p.person_id = ?2 AND i.spent = 0 AND i.expires_at > ?3
                      AND NOT EXISTS (SELECT 1 FROM group_member m WHERE m.group_id = g.id AND m.person_id = ?2)
                  ) AS "invitation?: GroupInvitationId",
                  (SELECT i.expires_at FROM group_invitation i JOIN profile p ON p.email = i.email
                    WHERE i.group_id = g.id AND p.person_id = ?2 AND i.spent = 0 AND i.expires_at > ?3
                      AND NOT EXISTS (SELECT 1 FROM group_member m WHERE m.group_id = g.id AND m.person_id = ?2)
                  ) AS "invited_until?: Millis"
             FROM person_group g WHERE ?1 IS NULL OR g.id = ?1
            ORDER BY g.archived_at IS NOT NULL, g.name, g.id"#,
        one,
        reader,
        now,
    );
    Ok(rows.fetch_all(conn).await?)
}

/// One group, as `reader` sees it at `now`.
pub async fn one(
    conn: &mut SqliteConnection,
    group: GroupId,
    reader: Option<PersonId>,
    now: Millis,
) -> Result<Option<StoredGroup>, StoreError> {
    Ok(list(conn, Some(group), reader, now).await?.pop())
}

/// The name of a group.
pub async fn name(conn: &mut SqliteConnection, group: GroupId) -> Result<Option<String>, StoreError> {
    let name = sqlx::query_scalar!("SELECT name FROM person_group WHERE id = ?", group);
    Ok(name.fetch_optional(conn).await?)
}

/// All groups by name, each with whether it is archived.
pub async fn names(conn: &mut SqliteConnection) -> Result<Vec<(GroupId, String, bool)>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT id AS "id!: GroupId", name, archived_at IS NOT NULL AS "archived!: bool" FROM person_group ORDER BY name, id"#
    );
    Ok(rows.fetch_all(conn).await?.into_iter().map(|row| (row.id, row.name, row.archived)).collect())
}

/// A group and one of its members, for a list.
#[derive(Debug, Clone)]
pub struct Listed {
    pub group: String,
    pub department: String,
    /// The member; `None` for a group without any.
    pub name: Option<String>,
    pub email: Option<String>,
    pub role: Option<Role>,
    pub status: Option<PersonStatus>,
}

/// Groups that are not archived, each with its members, by name.
pub async fn listed(conn: &mut SqliteConnection) -> Result<Vec<Listed>, StoreError> {
    let rows = sqlx::query_as!(
        Listed,
        r#"SELECT g.name AS "group", g.department, f.name AS "name?", f.email AS "email?", m.role AS "role?: Role",
                  p.status AS "status?: PersonStatus"
             FROM person_group g LEFT JOIN group_member m ON m.group_id = g.id
             LEFT JOIN person p ON p.id = m.person_id LEFT JOIN profile f ON f.person_id = m.person_id
            WHERE g.archived_at IS NULL ORDER BY g.name, g.id, m.role <> 'admin', f.name, m.person_id"#
    );
    Ok(rows.fetch_all(conn).await?)
}

/// Groups that are not archived in which `person` is an admin, by name; all of them for `None`.
pub async fn administered(
    conn: &mut SqliteConnection,
    person: Option<PersonId>,
) -> Result<Vec<(GroupId, String)>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT g.id AS "id!: GroupId", g.name FROM person_group g
            WHERE g.archived_at IS NULL
              AND (?1 IS NULL OR EXISTS (SELECT 1 FROM group_member m
                                          WHERE m.group_id = g.id AND m.person_id = ?1 AND m.role = 'admin'))
            ORDER BY g.name, g.id"#,
        person
    );
    Ok(rows.fetch_all(conn).await?.into_iter().map(|row| (row.id, row.name)).collect())
}

/// A group without an active admin.
#[derive(Debug, Clone)]
pub struct Leaderless {
    pub id: GroupId,
    pub name: String,
    /// When the reader was notified of it, or else when the group was added.
    pub since: Millis,
}

/// Groups without an active admin that have members, requests or bookings to come, longest waiting first; as `reader` knows of
/// them.
pub async fn without_admin(
    conn: &mut SqliteConnection,
    reader: Option<PersonId>,
    limit: u16,
    now: Millis,
) -> Result<Vec<Leaderless>, StoreError> {
    let kind = Kind::GroupWithoutAdmin;
    let rows = sqlx::query_as!(
        Leaderless,
        r#"SELECT g.id AS "id!: GroupId", g.name,
                  coalesce((SELECT max(n.told_at) FROM notice n
                             WHERE n.person_id = ?1 AND n.kind = ?2 AND n.group_id = g.id), g.created_at) AS "since!: Millis"
             FROM person_group g
            WHERE g.archived_at IS NULL
              AND NOT EXISTS (SELECT 1 FROM group_member m JOIN person p ON p.id = m.person_id AND p.status = 'active'
                               WHERE m.group_id = g.id AND m.role = 'admin')
              AND (EXISTS (SELECT 1 FROM group_member m WHERE m.group_id = g.id)
                OR EXISTS (SELECT 1 FROM group_request r WHERE r.group_id = g.id)
                OR EXISTS (SELECT 1 FROM booking b WHERE b.group_id = g.id AND b.starts_at > ?3
                              AND b.state IN ('pending', 'approved')))
            ORDER BY 3, g.id LIMIT ?4"#,
        reader,
        kind,
        now,
        limit,
    );
    Ok(rows.fetch_all(conn).await?)
}

/// What a group has booked, and what it may book.
#[derive(Debug, Clone)]
pub struct Activity {
    pub group: GroupId,
    /// Milliseconds of its bookings in the week that are over, or were used until they ended.
    pub used: i64,
    /// Milliseconds of its bookings in the week that are still ahead or run.
    pub ahead: i64,
    /// When its next booking begins.
    pub next: Option<Millis>,
    /// Names of what only some groups may book, and this one may, as JSON.
    pub permitted: String,
}

impl Activity {
    /// Names of what only some groups may book, and this one may: rooms first.
    #[must_use]
    pub fn permitted(&self) -> Vec<String> {
        serde_json::from_str(&self.permitted).unwrap_or_default()
    }
}

/// What all groups, or one of them, have booked in `week`, as of `now`.
pub async fn activity(
    conn: &mut SqliteConnection,
    only: Option<GroupId>,
    week: Span,
    now: Millis,
) -> Result<Vec<Activity>, StoreError> {
    let begins_after = too_early(week.starts);
    let rows = sqlx::query_as!(
        Activity,
        r#"SELECT g.id AS "group!: GroupId",
                  coalesce(sum(iif(b.ends > ?5 AND b.holds, 0, max(min(b.ends, ?3) - max(b.starts, ?2), 0))), 0) AS "used!: i64",
                  coalesce(sum(iif(b.ends > ?5 AND b.holds, max(min(b.ends, ?3) - max(b.starts, ?2), 0), 0)), 0) AS "ahead!: i64",
                  (SELECT min(n.starts_at) FROM booking n
                    WHERE n.group_id = g.id AND n.starts_at > ?5 AND n.state IN ('pending', 'approved')) AS "next?: Millis",
                  (SELECT json_group_array(name ORDER BY sort, name) FROM (
                      SELECT 1 AS sort, o.name FROM room_group r JOIN room o ON o.id = r.room_id AND o.archived_at IS NULL
                       WHERE r.group_id = g.id
                      UNION ALL
                      SELECT 2, t.name FROM type_group r JOIN equipment_type t ON t.id = r.type_id AND t.archived_at IS NULL
                       WHERE r.group_id = g.id
                      UNION ALL
                      SELECT 3, m.name FROM machine_group r JOIN machine m ON m.id = r.machine_id AND m.archived_at IS NULL
                       WHERE r.group_id = g.id)) AS "permitted!: String"
             FROM person_group g
             LEFT JOIN (SELECT group_id, starts_at AS starts, state IN ('pending', 'approved', 'checked-in') AS holds,
                               iif(state = 'completed', max(starts_at, min(ends_at, ifnull(decided_at, ends_at))), ends_at) AS ends
                          FROM booking
                         WHERE group_id IS NOT NULL AND starts_at > ?4 AND starts_at < ?3 AND ends_at > ?2
                           AND state IN ('pending', 'approved', 'checked-in', 'completed', 'no-show')) b ON b.group_id = g.id
            WHERE ?1 IS NULL OR g.id = ?1
            GROUP BY g.id"#,
        only,
        week.starts,
        week.ends,
        begins_after,
        now,
    );
    Ok(rows.fetch_all(conn).await?)
}

/// The members, admins first, then by name.
pub async fn members(conn: &mut SqliteConnection, group: GroupId, now: Millis) -> Result<Vec<Member>, StoreError> {
    let rows = sqlx::query_as!(
        Member,
        r#"SELECT m.person_id AS "person!: PersonId", p.name, m.role AS "role!: Role", m.since AS "since!: Millis",
                  EXISTS (SELECT 1 FROM hold h WHERE h.person_id = m.person_id AND h.lifted_at IS NULL
                             AND (h.until IS NULL OR h.until > ?2)) AS "on_hold!: bool"
             FROM group_member m JOIN profile p ON p.person_id = m.person_id
            WHERE m.group_id = ?1 ORDER BY m.role <> 'admin', p.name, m.person_id"#,
        group,
        now,
    );
    Ok(rows.fetch_all(conn).await?)
}

/// The members with their roles.
pub async fn roles(conn: &mut SqliteConnection, group: GroupId) -> Result<Vec<Membership>, StoreError> {
    let rows = sqlx::query_as!(
        Membership,
        r#"SELECT m.person_id AS "person!: PersonId", m.role AS "role!: Role", p.status = 'active' AS "active!: bool"
             FROM group_member m JOIN person p ON p.id = m.person_id WHERE m.group_id = ?"#,
        group
    );
    Ok(rows.fetch_all(conn).await?)
}

/// Makes `person` a member with `role`, or changes their role. What they asked or were invited to is settled.
pub async fn put_in(
    tx: &mut WriteTx,
    group: GroupId,
    person: PersonId,
    role: Role,
    at: Millis,
) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO group_member (group_id, person_id, role, since) VALUES (?, ?, ?, ?)
             ON CONFLICT (group_id, person_id) DO UPDATE SET role = excluded.role",
        group,
        person,
        role,
        at,
    )
    .execute(tx.conn())
    .await?;
    withdraw_request(tx, group, person).await?;
    spend_invitations(tx, Some(group), person).await
}

/// Takes `person` out; returns whether they were a member.
pub async fn take_out(tx: &mut WriteTx, group: GroupId, person: PersonId) -> Result<bool, StoreError> {
    spend_invitations(tx, Some(group), person).await?;
    let taken = sqlx::query!("DELETE FROM group_member WHERE group_id = ? AND person_id = ?", group, person);
    Ok(taken.execute(tx.conn()).await?.rows_affected() == 1)
}

/// The groups in which `person` is a member.
pub async fn of_person(conn: &mut SqliteConnection, person: PersonId) -> Result<Vec<GroupId>, StoreError> {
    let groups = sqlx::query_scalar!(
        r#"SELECT group_id AS "id!: GroupId" FROM group_member WHERE person_id = ? ORDER BY group_id"#,
        person
    );
    Ok(groups.fetch_all(conn).await?)
}

/// Takes `person` out of every group, and settles what they asked and were invited to.
pub async fn leave_all(tx: &mut WriteTx, person: PersonId) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM group_member WHERE person_id = ?", person).execute(tx.conn()).await?;
    sqlx::query!("DELETE FROM group_request WHERE person_id = ?", person).execute(tx.conn()).await?;
    spend_invitations(tx, None, person).await
}

/// Makes the invitations of `person` to `group`, or to all groups, useless to them. They stay in the list.
async fn spend_invitations(tx: &mut WriteTx, group: Option<GroupId>, person: PersonId) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE group_invitation SET spent = 1
          WHERE email = (SELECT email FROM profile WHERE person_id = ?) AND (?2 IS NULL OR group_id = ?2)",
        person,
        group,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Stores that `person` asks to join; returns whether they had not asked before.
pub async fn ask(tx: &mut WriteTx, group: GroupId, person: PersonId, at: Millis) -> Result<bool, StoreError> {
    let asked = sqlx::query!(
        "INSERT INTO group_request (group_id, person_id, asked_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        group,
        person,
        at
    );
    Ok(asked.execute(tx.conn()).await?.rows_affected() == 1)
}

/// Deletes the request of `person`; returns whether there was one.
pub async fn withdraw_request(tx: &mut WriteTx, group: GroupId, person: PersonId) -> Result<bool, StoreError> {
    let gone = sqlx::query!("DELETE FROM group_request WHERE group_id = ? AND person_id = ?", group, person);
    Ok(gone.execute(tx.conn()).await?.rows_affected() == 1)
}

/// Who asks to join, the longest waiting first.
pub async fn requests(conn: &mut SqliteConnection, group: GroupId) -> Result<Vec<Requester>, StoreError> {
    let rows = sqlx::query_as!(
        Requester,
        r#"SELECT r.person_id AS "person!: PersonId", p.name, r.asked_at AS "asked!: Millis"
             FROM group_request r JOIN profile p ON p.person_id = r.person_id
            WHERE r.group_id = ? ORDER BY r.asked_at, r.person_id"#,
        group
    );
    Ok(rows.fetch_all(conn).await?)
}

/// Invites the person who has the address `email`; an earlier invitation is renewed.
pub async fn invite(
    tx: &mut WriteTx,
    group: GroupId,
    email: &str,
    role: Role,
    at: Millis,
    by: Option<AliasId>,
    expires: Millis,
) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO group_invitation (group_id, email, role, invited_at, invited_by, expires_at)
              VALUES (?, ?, ?, ?, ?, ?)
             ON CONFLICT (group_id, email) DO UPDATE
                SET role = excluded.role, invited_at = excluded.invited_at, invited_by = excluded.invited_by,
                    expires_at = excluded.expires_at, spent = 0",
        group,
        email,
        role,
        at,
        by,
        expires,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Deletes an invitation; returns whether there was one.
pub async fn withdraw_invitation(tx: &mut WriteTx, invitation: GroupInvitationId) -> Result<bool, StoreError> {
    let gone = sqlx::query!("DELETE FROM group_invitation WHERE id = ?", invitation);
    Ok(gone.execute(tx.conn()).await?.rows_affected() == 1)
}

/// Invitations that are valid at `now`, by address.
pub async fn invitations(
    conn: &mut SqliteConnection,
    group: GroupId,
    now: Millis,
) -> Result<Vec<Invitation>, StoreError> {
    let rows = sqlx::query_as!(
        Invitation,
        r#"SELECT i.id AS "id!: GroupInvitationId", i.email AS "email!", p.person_id AS "person?: PersonId", p.name AS "name?",
                  i.spent AS "spent!: bool", i.role AS "role!: Role", i.invited_at AS "invited!: Millis", bp.name AS "by?",
                  i.expires_at AS "expires!: Millis"
             FROM group_invitation i LEFT JOIN profile p ON p.email = i.email
             LEFT JOIN alias ba ON ba.id = i.invited_by LEFT JOIN profile bp ON bp.person_id = ba.person_id
            WHERE i.group_id = ? AND i.expires_at > ? ORDER BY i.email"#,
        group,
        now,
    );
    Ok(rows.fetch_all(conn).await?)
}

/// Replaces the link by which people join; `None` makes it useless.
pub async fn set_link(
    tx: &mut WriteTx,
    group: GroupId,
    link: Option<([u8; 32], Millis)>,
) -> Result<(), StoreError> {
    let (hash, until) = (link.map(|(hash, _)| hash.to_vec()), link.map(|(_, until)| until));
    sqlx::query!("UPDATE person_group SET link_hash = ?, link_until = ? WHERE id = ?", hash, until, group)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// The group with this link, if it is valid at `now`.
pub async fn by_link(
    conn: &mut SqliteConnection,
    hash: &[u8; 32],
    now: Millis,
) -> Result<Option<GroupId>, StoreError> {
    let hash = hash.as_slice();
    let group = sqlx::query_scalar!(
        r#"SELECT id AS "id!: GroupId" FROM person_group WHERE link_hash = ? AND link_until > ? AND archived_at IS NULL"#,
        hash,
        now
    );
    Ok(group.fetch_optional(conn).await?)
}

/// Deletes invitations that expired before `now`; returns how many.
pub async fn forget_expired(tx: &mut WriteTx, now: Millis) -> Result<u64, StoreError> {
    let gone = sqlx::query!("DELETE FROM group_invitation WHERE expires_at <= ?", now);
    Ok(gone.execute(tx.conn()).await?.rows_affected())
}

/// Personal data in these tables.
pub(crate) const PERSONAL_DATA: &[Table] = &[
    Table::taken(
        "group_member",
        &["person_id"],
        Erasing::Deleted,
        "SELECT json_object('group', g.name, 'role', m.role, 'since@', m.since) FROM group_member m \
             JOIN person_group g ON g.id = m.group_id WHERE m.person_id = ?1",
    ),
    Table::taken(
        "group_request",
        &["person_id"],
        Erasing::Deleted,
        "SELECT json_object('group', g.name, 'asked@', r.asked_at) FROM group_request r \
             JOIN person_group g ON g.id = r.group_id WHERE r.person_id = ?1",
    ),
    Table::taken(
        "group_invitation",
        &["email", "invited_by"],
        Erasing::Deleted,
        "SELECT json_object('group', g.name, 'role', i.role, 'invited@', i.invited_at, 'expires@', i.expires_at) \
             FROM group_invitation i JOIN person_group g ON g.id = i.group_id JOIN profile p ON p.email = i.email \
            WHERE p.person_id = ?1",
    ),
];
