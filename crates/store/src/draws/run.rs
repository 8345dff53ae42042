//! The course of a draw: its notices, its closing, and its run with turns, outcomes and proof.
//!
//! Not here: its terms (`draws`), and the wishes as they are entered and read (`wishes`).

use super::wishes::columns;
use crate::{StoreError, WriteTx};
use domain::{
    draws::{DrawHash, Entrant, Entrants, LeftOut, Outcome, Turn},
    id::{AliasId, DrawId, GroupId, PersonId, SeriesId, WishId},
    time::{Date, Millis},
};
use sqlx::SqliteConnection;

/// Draws that are open at `now`, of which people have not been notified.
pub async fn to_announce(conn: &mut SqliteConnection, now: Millis) -> Result<Vec<DrawId>, StoreError> {
    let draws = sqlx::query_scalar!(
        r#"SELECT id AS "id!: DrawId" FROM draw WHERE announced_at IS NULL AND opens_at <= ?1 AND closes_at > ?1 ORDER BY id"#,
        now
    );
    Ok(draws.fetch_all(conn).await?)
}

/// Draws whose window is over at `now`, and whose hash is not published.
pub async fn to_close(conn: &mut SqliteConnection, now: Millis) -> Result<Vec<DrawId>, StoreError> {
    let draws = sqlx::query_scalar!(
        r#"SELECT id AS "id!: DrawId" FROM draw WHERE closed_at IS NULL AND closes_at <= ? ORDER BY id"#,
        now
    );
    Ok(draws.fetch_all(conn).await?)
}

/// Stores that people were notified; returns whether they had not been.
pub async fn announced(tx: &mut WriteTx, draw: DrawId, at: Millis) -> Result<bool, StoreError> {
    let done = sqlx::query!("UPDATE draw SET announced_at = ? WHERE id = ? AND announced_at IS NULL", at, draw);
    Ok(done.execute(tx.conn()).await?.rows_affected() == 1)
}

/// Fixes the wishes by their hash.
pub async fn close(tx: &mut WriteTx, draw: DrawId, at: Millis, wishes: DrawHash) -> Result<(), StoreError> {
    let wishes = wishes.as_bytes().as_slice();
    sqlx::query!("UPDATE draw SET closed_at = ?, wishes_hash = ? WHERE id = ?", at, wishes, draw)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Whom a notice about a draw reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recipients {
    /// Who could enter wishes.
    Invited(Entrants),
    /// Who entered wishes: the people and the admins of the groups.
    Entered,
    /// The same with all members of the groups.
    EnteredAndMembers,
}

/// Active people by id.
pub async fn recipients(
    conn: &mut SqliteConnection,
    draw: DrawId,
    whom: Recipients,
) -> Result<Vec<PersonId>, StoreError> {
    let (invited, entered) = match whom {
        Recipients::Invited(entrants) => ((entrants.takes_people(), entrants.takes_groups()), (false, false)),
        Recipients::Entered => ((false, false), (true, false)),
        Recipients::EnteredAndMembers => ((false, false), (true, true)),
    };
    let people = sqlx::query_scalar!(
        r#"SELECT p.id AS "id!: PersonId" FROM person p
            WHERE p.status = 'active'
              AND (?2
                OR (?3 AND EXISTS (SELECT 1 FROM group_member m JOIN person_group g ON g.id = m.group_id
                                    WHERE m.person_id = p.id AND m.role = 'admin' AND g.archived_at IS NULL))
                OR (?4 AND EXISTS (SELECT 1 FROM draw_wish w JOIN alias a ON a.id = w.alias_id
                                    WHERE w.draw_id = ?1 AND a.person_id = p.id))
                OR (?4 AND EXISTS (SELECT 1 FROM draw_wish w JOIN group_member m ON m.group_id = w.group_id
                                    WHERE w.draw_id = ?1 AND m.person_id = p.id AND (?5 OR m.role = 'admin'))))
            ORDER BY p.id"#,
        draw,
        invited.0,
        invited.1,
        entered.0,
        entered.1,
    );
    Ok(people.fetch_all(conn).await?)
}

/// Stores a run. [`record_wish`] adds what became of each wish.
pub async fn complete(
    tx: &mut WriteTx,
    draw: DrawId,
    at: Millis,
    by: Option<AliasId>,
    proof: &[u8],
    turns: &[Turn],
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE draw SET ran_at = ?, ran_by = ?, proof = ?, version = version + 1 WHERE id = ?",
        at,
        by,
        proof,
        draw
    )
    .execute(tx.conn())
    .await?;
    for turn in turns {
        let (group, alias) = columns(turn.entrant);
        sqlx::query!(
            "INSERT INTO draw_turn (draw_id, round, turn, group_id, alias_id, won) VALUES (?, ?, ?, ?, ?, ?)",
            draw,
            turn.round,
            turn.turn,
            group,
            alias,
            turn.won,
        )
        .execute(tx.conn())
        .await?;
    }
    Ok(())
}

/// What the winner of a wish got.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Prize {
    /// The series; `None` if no date could be had.
    pub series: Option<SeriesId>,
    /// The number of its dates.
    pub booked: u32,
    /// Those that could not be had.
    pub left_out: Vec<(Date, LeftOut)>,
}

/// Stores what became of a wish, and with its series the draw in which it was won.
pub async fn record_wish(
    tx: &mut WriteTx,
    wish: WishId,
    outcome: Outcome,
    prize: &Prize,
) -> Result<(), StoreError> {
    let (word, round, turn, taken_by) = match outcome {
        Outcome::Won { round, turn } => ("won", Some(round), Some(turn), None),
        Outcome::Taken { by } => ("taken", None, None, Some(by)),
        Outcome::Obstacle(obstacle) => (obstacle.as_str(), None, None, None),
    };
    sqlx::query!(
        "UPDATE draw_wish SET outcome = ?, round = ?, turn = ?, taken_by = ?, series_id = ?, booked = ? WHERE id = ?",
        word,
        round,
        turn,
        taken_by,
        prize.series,
        prize.booked,
        wish,
    )
    .execute(tx.conn())
    .await?;
    if let Some(series) = prize.series {
        sqlx::query!(
            "UPDATE series SET draw_id = (SELECT draw_id FROM draw_wish WHERE id = ?) WHERE id = ?",
            wish,
            series
        )
        .execute(tx.conn())
        .await?;
    }
    for (day, reason) in &prize.left_out {
        let day = day.days();
        sqlx::query!("INSERT INTO draw_left_out (wish_id, day, reason) VALUES (?, ?, ?)", wish, day, reason)
            .execute(tx.conn())
            .await?;
    }
    Ok(())
}

/// The turns of a draw in order.
pub async fn turns(conn: &mut SqliteConnection, draw: DrawId) -> Result<Vec<Turn>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT round AS "round!: u32", turn AS "turn!: u32", group_id AS "group?: GroupId", alias_id AS "alias?: AliasId",
                  won AS "won?: WishId"
             FROM draw_turn WHERE draw_id = ? ORDER BY round, turn"#,
        draw,
    )
    .fetch_all(conn)
    .await?;
    let turns = rows.into_iter().filter_map(|row| {
        let entrant = row.group.map(Entrant::Group).or_else(|| row.alias.map(Entrant::Person))?;
        Some(Turn { round: row.round, turn: row.turn, entrant, won: row.won })
    });
    Ok(turns.collect())
}

/// The proof of a draw that has run.
pub async fn proof(conn: &mut SqliteConnection, draw: DrawId) -> Result<Option<Vec<u8>>, StoreError> {
    let proof = sqlx::query_scalar!(r#"SELECT proof AS "proof?" FROM draw WHERE id = ?"#, draw);
    Ok(proof.fetch_optional(conn).await?.flatten())
}
