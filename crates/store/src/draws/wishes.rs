//! Wishes of a draw: rows of `draw_wish` with their notes, and the groups and people who enter them.
//!
//! Not here: what becomes of a wish in a run (`run`).

use crate::{StoreError, WriteTx, json};
use domain::{
    draws::{DrawWish, Entrant, Importance, LeftOut, Obstacle, Outcome, WeekSpan},
    id::{AliasId, DrawId, GroupId, PersonId, RemarkId, RoomId, SeriesId, WishId},
    time::{Date, Millis},
};
use sqlx::SqliteConnection;

/// A group or a person for whom wishes are entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum For {
    Group(GroupId),
    Person(PersonId),
}

/// The fields of a wish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewWish {
    pub room: RoomId,
    pub span: WeekSpan,
    pub importance: Importance,
    pub note: Option<RemarkId>,
}

/// A wish.
#[derive(Debug, Clone)]
pub struct StoredWish {
    pub version: i64,
    pub wish: DrawWish,
    /// Name of the group.
    pub group_name: Option<String>,
    /// The person that it is for, unless the tie was cut.
    pub person: Option<PersonId>,
    /// Name of the person.
    pub person_name: Option<String>,
    pub room: RoomId,
    pub room_name: String,
    pub note: Option<String>,
    pub outcome: Option<Outcome>,
    /// The series of a won one.
    pub series: Option<SeriesId>,
    pub booked: u32,
    /// By date.
    pub left_out: Vec<(Date, LeftOut)>,
}

struct WishRow {
    id: WishId,
    version: i64,
    group: Option<GroupId>,
    alias: Option<AliasId>,
    group_name: Option<String>,
    person: Option<PersonId>,
    person_name: Option<String>,
    room: RoomId,
    room_name: String,
    from: u32,
    until: u32,
    importance: u8,
    place: u32,
    note: Option<String>,
    outcome: Option<String>,
    round: Option<u32>,
    turn: Option<u32>,
    taken_by: Option<WishId>,
    series: Option<SeriesId>,
    booked: u32,
    left_out: String,
}

impl WishRow {
    fn read(self) -> Option<StoredWish> {
        let entrant = match (self.group, self.alias) {
            (Some(group), None) => Entrant::Group(group),
            (None, Some(alias)) => Entrant::Person(alias),
            _ => return None,
        };
        let outcome = match self.outcome.as_deref() {
            None => None,
            Some("won") => Some(Outcome::Won { round: self.round?, turn: self.turn? }),
            Some("taken") => Some(Outcome::Taken { by: self.taken_by? }),
            Some(other) => Some(Outcome::Obstacle(Obstacle::parse(other)?)),
        };
        let left_out = json::rows(&self.left_out, |row| {
            Some((Date::from_days(json::integer(row, 0)?), LeftOut::parse(json::text(row, 1)?)?))
        });
        Some(StoredWish {
            version: self.version,
            wish: DrawWish {
                id: self.id,
                entrant,
                resource: domain::bookings::Resource::Room(self.room),
                span: WeekSpan::new(self.from, self.until).ok()?,
                importance: Importance::new(self.importance)?,
                order: self.place,
            },
            group_name: self.group_name,
            person: self.person,
            person_name: self.person_name,
            room: self.room,
            room_name: self.room_name,
            note: self.note,
            outcome,
            series: self.series,
            booked: self.booked,
            left_out: left_out.ok()?,
        })
    }
}

/// All wishes of a draw by id.
pub async fn wishes(conn: &mut SqliteConnection, draw: DrawId) -> Result<Vec<StoredWish>, StoreError> {
    let rows = sqlx::query_as!(
        WishRow,
        r#"SELECT w.id AS "id!: WishId", w.version, w.group_id AS "group?: GroupId", w.alias_id AS "alias?: AliasId",
                  g.name AS "group_name?", a.person_id AS "person?: PersonId", p.name AS "person_name?",
                  w.room_id AS "room!: RoomId", o.name AS "room_name!", w.from_s AS "from!: u32", w.until_s AS "until!: u32",
                  w.importance AS "importance!: u8", w.place AS "place!: u32", k.body AS "note?", w.outcome AS "outcome?",
                  w.round AS "round?: u32", w.turn AS "turn?: u32", w.taken_by AS "taken_by?: WishId", w.series_id AS "series?: SeriesId", w.booked AS "booked!: u32",
                  (SELECT json_group_array(json_array(l.day, l.reason) ORDER BY l.day) FROM draw_left_out l
                    WHERE l.wish_id = w.id) AS "left_out!: String"
             FROM draw_wish w
             JOIN room o ON o.id = w.room_id
             LEFT JOIN person_group g ON g.id = w.group_id
             LEFT JOIN alias a ON a.id = w.alias_id
             LEFT JOIN profile p ON p.person_id = a.person_id
             LEFT JOIN remark k ON k.id = w.remark_id
            WHERE w.draw_id = ? ORDER BY w.id"#,
        draw,
    )
    .fetch_all(conn)
    .await?;
    let wishes = rows.into_iter().map(|row| row.read().ok_or_else(|| sqlx::Error::Decode("a wish".into()).into()));
    wishes.collect()
}

/// The alias under which `person` appears in a draw, if they entered a wish.
pub async fn alias_in(
    conn: &mut SqliteConnection,
    draw: DrawId,
    person: PersonId,
) -> Result<Option<AliasId>, StoreError> {
    let alias = sqlx::query_scalar!(
        r#"SELECT w.alias_id AS "alias!: AliasId" FROM draw_wish w JOIN alias a ON a.id = w.alias_id
            WHERE w.draw_id = ? AND a.person_id = ? LIMIT 1"#,
        draw,
        person,
    );
    Ok(alias.fetch_optional(conn).await?)
}

/// Adds a wish, behind all others of the entrant that are as important.
pub async fn add_wish(
    tx: &mut WriteTx,
    draw: DrawId,
    entrant: Entrant,
    new: &NewWish,
    by: AliasId,
    at: Millis,
) -> Result<WishId, StoreError> {
    let (group, alias) = columns(entrant);
    let (from, until, importance) = (new.span.from(), new.span.until(), new.importance.get());
    let made = sqlx::query!(
        "INSERT INTO draw_wish (draw_id, group_id, alias_id, entered_by, room_id, from_s, until_s, importance, place, remark_id,
                                made_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8,
                     (SELECT 1 + ifnull(max(place), -1) FROM draw_wish
                       WHERE draw_id = ?1 AND (group_id = ?2 OR alias_id = ?3)), ?9, ?10)",
        draw,
        group,
        alias,
        by,
        new.room,
        from,
        until,
        importance,
        new.note,
        at,
    );
    Ok(WishId(made.execute(tx.conn()).await?.last_insert_rowid()))
}

/// The group or the alias of an entrant, as a row has them.
pub(super) const fn columns(entrant: Entrant) -> (Option<GroupId>, Option<AliasId>) {
    match entrant {
        Entrant::Group(group) => (Some(group), None),
        Entrant::Person(alias) => (None, Some(alias)),
    }
}

/// Replaces a wish, its note included.
pub async fn change_wish(tx: &mut WriteTx, wish: WishId, to: &NewWish) -> Result<(), StoreError> {
    forget_note(tx, wish).await?;
    let (from, until, importance) = (to.span.from(), to.span.until(), to.importance.get());
    sqlx::query!(
        "UPDATE draw_wish SET room_id = ?, from_s = ?, until_s = ?, importance = ?, remark_id = ?, version = version + 1
          WHERE id = ?",
        to.room,
        from,
        until,
        importance,
        to.note,
        wish,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

async fn forget_note(tx: &mut WriteTx, wish: WishId) -> Result<(), StoreError> {
    let note = sqlx::query_scalar!(r#"SELECT remark_id AS "id?: RemarkId" FROM draw_wish WHERE id = ?"#, wish);
    let Some(note) = note.fetch_optional(tx.conn()).await?.flatten() else { return Ok(()) };
    sqlx::query!("UPDATE draw_wish SET remark_id = NULL WHERE id = ?", wish).execute(tx.conn()).await?;
    sqlx::query!("DELETE FROM remark WHERE id = ?", note).execute(tx.conn()).await?;
    Ok(())
}

/// Deletes a wish with its note.
pub async fn delete_wish(tx: &mut WriteTx, wish: WishId) -> Result<(), StoreError> {
    forget_note(tx, wish).await?;
    sqlx::query!("DELETE FROM draw_wish WHERE id = ?", wish).execute(tx.conn()).await?;
    Ok(())
}

/// The wishes of `person` for themselves in draws that are open at `now`, with their draws.
pub async fn open_wishes_of(
    conn: &mut SqliteConnection,
    person: PersonId,
    now: Millis,
) -> Result<Vec<(DrawId, WishId)>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT w.draw_id AS "draw!: DrawId", w.id AS "wish!: WishId"
             FROM draw_wish w JOIN alias a ON a.id = w.alias_id JOIN draw d ON d.id = w.draw_id
            WHERE a.person_id = ? AND d.closed_at IS NULL AND d.closes_at > ? ORDER BY w.id"#,
        person,
        now,
    );
    Ok(rows.fetch_all(conn).await?.into_iter().map(|row| (row.draw, row.wish)).collect())
}

/// A group or a person with wishes, as far as it matters for booking.
#[derive(Debug, Clone)]
pub struct EntrantFacts {
    pub entrant: Entrant,
    /// The group is not archived; the person is active.
    pub active: bool,
    /// Who holds the bookings: the person, or of a group an active admin, those who entered wishes first.
    pub holder: Option<PersonId>,
}

/// The groups and people with wishes in a draw.
pub async fn entrants(conn: &mut SqliteConnection, draw: DrawId) -> Result<Vec<EntrantFacts>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT e.group_id AS "group?: GroupId", e.alias_id AS "alias?: AliasId",
                  coalesce(g.id IS NOT NULL AND g.archived_at IS NULL, 0) OR coalesce(p.status = 'active', 0) AS "active!: bool",
                  CASE WHEN e.group_id IS NULL THEN p.id ELSE
                      (SELECT m.person_id FROM group_member m JOIN person x ON x.id = m.person_id AND x.status = 'active'
                        WHERE m.group_id = e.group_id AND m.role = 'admin'
                        ORDER BY NOT EXISTS (SELECT 1 FROM draw_wish w JOIN alias b ON b.id = w.entered_by
                                              WHERE w.draw_id = ?1 AND w.group_id = m.group_id AND b.person_id = m.person_id),
                                 m.since, m.person_id
                        LIMIT 1) END AS "holder?: PersonId"
             FROM (SELECT DISTINCT group_id, alias_id FROM draw_wish WHERE draw_id = ?1) e
             LEFT JOIN person_group g ON g.id = e.group_id
             LEFT JOIN alias a ON a.id = e.alias_id
             LEFT JOIN person p ON p.id = a.person_id"#,
        draw,
    )
    .fetch_all(conn)
    .await?;
    let facts = rows.into_iter().map(|row| {
        let entrant = match (row.group, row.alias) {
            (Some(group), _) => Entrant::Group(group),
            (None, Some(alias)) => Entrant::Person(alias),
            (None, None) => return Err(sqlx::Error::Decode("an entrant".into()).into()),
        };
        Ok(EntrantFacts { entrant, active: row.active, holder: row.holder })
    });
    facts.collect()
}

/// The groups of which `person` is an admin, by name.
pub async fn administered(
    conn: &mut SqliteConnection,
    person: PersonId,
) -> Result<Vec<(GroupId, String)>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT g.id AS "id!: GroupId", g.name FROM group_member m JOIN person_group g ON g.id = m.group_id
            WHERE m.person_id = ? AND m.role = 'admin' AND g.archived_at IS NULL ORDER BY g.name, g.id"#,
        person,
    );
    Ok(rows.fetch_all(conn).await?.into_iter().map(|row| (row.id, row.name)).collect())
}

/// Deletes the notes of wishes in draws that ran before `limit`, at most `most`; returns how many.
pub async fn forget_notes(tx: &mut WriteTx, limit: Millis, most: i64) -> Result<u64, StoreError> {
    let wishes = sqlx::query_scalar!(
        r#"SELECT w.id AS "id!: WishId" FROM draw_wish w JOIN draw d ON d.id = w.draw_id
            WHERE w.remark_id IS NOT NULL AND d.ran_at < ? LIMIT ?"#,
        limit,
        most,
    )
    .fetch_all(tx.conn())
    .await?;
    for wish in &wishes {
        forget_note(tx, *wish).await?;
    }
    Ok(wishes.len().try_into().unwrap_or(u64::MAX))
}

/// The draws in which a group has wishes, with how many and how many of them were won.
pub async fn of_group(conn: &mut SqliteConnection, group: GroupId) -> Result<Vec<(DrawId, u32, u32)>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT draw_id AS "draw!: DrawId", count(*) AS "wishes!: u32", sum(outcome IS 'won') AS "won!: u32"
             FROM draw_wish WHERE group_id = ? GROUP BY draw_id"#,
        group
    );
    Ok(rows.fetch_all(conn).await?.into_iter().map(|row| (row.draw, row.wishes, row.won)).collect())
}
