//! Draws: rows of `draw` and their rooms. Not here: their wishes (`wishes`), and how they run (`run`).

use crate::personal_data::{Erasing, Table};
use domain::{
    draws::{DrawHash, Entrants, Offered, Secret, State, Terms, Weekdays, Window},
    hours::Stretch,
    id::{AliasId, DrawId, RoomId},
    time::{Date, Millis},
};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx, json};

mod run;
mod secrets;
mod wishes;

pub use run::{
    Prize, Recipients, announced, close, complete, proof, recipients, record_wish, to_announce, to_close, turns,
};
pub use secrets::{renew_secret, secret_of, to_run};
pub use wishes::{
    EntrantFacts, For, NewWish, StoredWish, add_wish, administered, alias_in, change_wish, delete_wish, entrants,
    forget_notes, of_group, open_wishes_of, wishes,
};

/// The fields of a draw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDraw {
    pub name: String,
    pub terms: Terms,
    /// Sorted.
    pub rooms: Vec<RoomId>,
}

/// A room of a draw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    pub id: RoomId,
    pub name: String,
    pub capacity: u16,
    pub archived: bool,
    /// To new bookings.
    pub closed: bool,
}

#[derive(Debug, Clone)]
pub struct StoredDraw {
    pub id: DrawId,
    pub version: i64,
    pub name: String,
    pub terms: Terms,
    /// By name.
    pub rooms: Vec<Room>,
    /// The hash of its secret.
    pub commitment: DrawHash,
    pub made: Millis,
    /// When a new secret replaced the first one.
    pub renewed: Option<Millis>,
    /// When it closed, and the hash of its wishes then.
    pub closed: Option<(Millis, DrawHash)>,
    pub ran: Option<Millis>,
    /// Number of groups and people with wishes.
    pub entered: u32,
    /// Number of wishes.
    pub wishes: u32,
}

impl StoredDraw {
    #[must_use]
    pub fn state_at(&self, now: Millis) -> State {
        if self.ran.is_some() {
            State::Completed
        } else if self.closed.is_some() {
            State::Closed
        } else {
            self.terms.window.state_at(now)
        }
    }

    /// When its commitment was published.
    #[must_use]
    pub fn published(&self) -> Millis {
        self.renewed.unwrap_or(self.made)
    }

    #[must_use]
    pub fn room(&self, room: RoomId) -> Option<&Room> {
        self.rooms.iter().find(|one| one.id == room)
    }

    /// Its ids of rooms, sorted.
    #[must_use]
    pub fn room_ids(&self) -> Vec<RoomId> {
        let mut ids: Vec<_> = self.rooms.iter().map(|room| room.id).collect();
        ids.sort_unstable();
        ids
    }
}

/// The part of the statement that is a plain row.
struct Row {
    id: DrawId,
    version: i64,
    name: String,
    opens: Millis,
    closes: Millis,
    draws: Millis,
    first: i64,
    last: i64,
    entrants: Entrants,
    wish_limit: u16,
    days: u8,
    from_min: u16,
    to_min: u16,
    commitment: Vec<u8>,
    made: Millis,
    renewed: Option<Millis>,
    closed: Option<Millis>,
    wishes_hash: Option<Vec<u8>>,
    ran: Option<Millis>,
    rooms: String,
    entered: u32,
    wishes: u32,
}

impl TryFrom<Row> for StoredDraw {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let corrupt = || StoreError::from(sqlx::Error::Decode("a draw".into()));
        let rooms = json::rows(&row.rooms, |room| {
            Some(Room {
                id: RoomId(json::integer(room, 0)?),
                name: json::text(room, 1)?.to_owned(),
                capacity: json::integer(room, 2)?.try_into().ok()?,
                archived: json::integer(room, 3)? == 1,
                closed: json::integer(room, 4)? == 1,
            })
        })?;
        let hash = row.wishes_hash.map(|hash| hash_of(&hash)).transpose()?;
        Ok(Self {
            id: row.id,
            version: row.version,
            name: row.name,
            terms: Terms {
                window: Window { opens: row.opens, closes: row.closes },
                draws: row.draws,
                first: Date::from_days(row.first),
                last: Date::from_days(row.last),
                entrants: row.entrants,
                limit: row.wish_limit,
                offered: Offered {
                    days: Weekdays::new(row.days).ok_or_else(corrupt)?,
                    hours: Stretch { from: row.from_min, to: row.to_min },
                },
            },
            rooms,
            commitment: hash_of(&row.commitment)?,
            made: row.made,
            renewed: row.renewed,
            closed: row.closed.zip(hash),
            ran: row.ran,
            entered: row.entered,
            wishes: row.wishes,
        })
    }
}

fn hash_of(bytes: &[u8]) -> Result<DrawHash, StoreError> {
    DrawHash::from_bytes(bytes).ok_or_else(|| sqlx::Error::Decode("a hash".into()).into())
}

/// All draws, the latest window first; or one of them.
pub async fn list(conn: &mut SqliteConnection, one: Option<DrawId>) -> Result<Vec<StoredDraw>, StoreError> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT d.id AS "id!: DrawId", d.version, d.name, d.opens_at AS "opens!: Millis", d.closes_at AS "closes!: Millis",
                  d.draws_at AS "draws!: Millis", d.first_day AS "first!", d.last_day AS "last!",
                  d.entrants AS "entrants!: Entrants", d.wish_limit AS "wish_limit!: u16", d.days AS "days!: u8",
                  d.from_min AS "from_min!: u16", d.to_min AS "to_min!: u16", d.commitment AS "commitment!",
                  d.made_at AS "made!: Millis", d.renewed_at AS "renewed?: Millis", d.closed_at AS "closed?: Millis", d.wishes_hash AS "wishes_hash?",
                  d.ran_at AS "ran?: Millis",
                  (SELECT json_group_array(json_array(o.id, o.name, o.capacity, o.archived_at IS NOT NULL, o.closed IS NOT NULL)
                                           ORDER BY o.name, o.id)
                     FROM draw_room r JOIN room o ON o.id = r.room_id WHERE r.draw_id = d.id) AS "rooms!: String",
                  (SELECT count(DISTINCT coalesce(w.group_id, -w.alias_id)) FROM draw_wish w
                    WHERE w.draw_id = d.id) AS "entered!: u32",
                  (SELECT count(*) FROM draw_wish w WHERE w.draw_id = d.id) AS "wishes!: u32"
             FROM draw d WHERE ?1 IS NULL OR d.id = ?1 ORDER BY d.opens_at DESC, d.id DESC"#,
        one,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(StoredDraw::try_from).collect()
}

pub async fn find(conn: &mut SqliteConnection, draw: DrawId) -> Result<Option<StoredDraw>, StoreError> {
    Ok(list(conn, Some(draw)).await?.pop())
}

/// Adds a draw. Its secret goes into the file beside the database.
pub async fn add(
    tx: &mut WriteTx,
    new: &NewDraw,
    secret: &Secret,
    at: Millis,
    by: Option<AliasId>,
) -> Result<DrawId, StoreError> {
    let NewDraw { name, terms, rooms } = new;
    let Terms { window, draws, first, last, entrants, limit, offered } = *terms;
    let (first, last, days) = (first.days(), last.days(), offered.days.bits());
    secrets::store(tx, secret).await?;
    let commitment = secret.commitment();
    let commitment = commitment.as_bytes().as_slice();
    let made = sqlx::query!(
        "INSERT INTO draw (name, opens_at, closes_at, draws_at, first_day, last_day, entrants, wish_limit, days, from_min,
                           to_min, commitment, made_at, made_by)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        name,
        window.opens,
        window.closes,
        draws,
        first,
        last,
        entrants,
        limit,
        days,
        offered.hours.from,
        offered.hours.to,
        commitment,
        at,
        by,
    );
    let draw = DrawId(made.execute(tx.conn()).await?.last_insert_rowid());
    set_rooms(tx, draw, rooms).await?;
    Ok(draw)
}

async fn set_rooms(tx: &mut WriteTx, draw: DrawId, rooms: &[RoomId]) -> Result<(), StoreError> {
    let rooms = json::ids(rooms.iter().map(|room| room.0));
    sqlx::query!("DELETE FROM draw_room WHERE draw_id = ?", draw).execute(tx.conn()).await?;
    sqlx::query!("INSERT INTO draw_room (draw_id, room_id) SELECT ?, value FROM json_each(?)", draw, rooms)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Changes the draw and increments its version.
pub async fn change(tx: &mut WriteTx, draw: DrawId, to: &NewDraw) -> Result<(), StoreError> {
    let NewDraw { name, terms, rooms } = to;
    let Terms { window, draws, first, last, entrants, limit, offered } = *terms;
    let (first, last, days) = (first.days(), last.days(), offered.days.bits());
    sqlx::query!(
        "UPDATE draw SET name = ?, opens_at = ?, closes_at = ?, draws_at = ?, first_day = ?, last_day = ?, entrants = ?,
                         wish_limit = ?, days = ?, from_min = ?, to_min = ?, version = version + 1
          WHERE id = ?",
        name,
        window.opens,
        window.closes,
        draws,
        first,
        last,
        entrants,
        limit,
        days,
        offered.hours.from,
        offered.hours.to,
        draw,
    )
    .execute(tx.conn())
    .await?;
    set_rooms(tx, draw, rooms).await
}

/// Deletes a draw without wishes.
pub async fn delete(tx: &mut WriteTx, draw: DrawId) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM draw_room WHERE draw_id = ?", draw).execute(tx.conn()).await?;
    sqlx::query!("DELETE FROM draw WHERE id = ?", draw).execute(tx.conn()).await?;
    Ok(())
}

/// Personal data in these tables. What entered the algorithm stays, under an alias: without it the proof would be wrong.
pub(crate) const PERSONAL_DATA: &[Table] = &[
    Table::left("draw", &["made_by", "ran_by"], Erasing::Stays),
    Table::taken(
        "draw_wish",
        &["alias_id", "entered_by", "remark_id"],
        Erasing::Emptied("remark_id"),
        "SELECT json_object('draw', d.name, 'group', g.name, 'room', o.name, 'from_second', w.from_s, 'until_second', \
             w.until_s, 'importance', w.importance, 'note', r.body, 'outcome', w.outcome, 'entered@', w.made_at) \
             FROM draw_wish w JOIN draw d ON d.id = w.draw_id JOIN room o ON o.id = w.room_id LEFT JOIN person_group g ON \
             g.id = w.group_id LEFT JOIN remark r ON r.id = w.remark_id WHERE w.alias_id IN mine OR w.entered_by IN mine",
    ),
    Table::left("draw_turn", &["alias_id"], Erasing::Stays),
];
