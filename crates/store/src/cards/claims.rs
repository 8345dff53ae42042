//! Claims: rows of `card_claim`, each about a card that was tapped at a reader.

use crate::personal_data::{Erasing, Table};
use domain::{
    cards::{
        CardUid,
        claims::{ClaimState, Claimant},
    },
    id::{AliasId, CardId, ClaimId, MachineId, PersonId, RemarkId, TypeId, UnknownCardId},
    time::Millis,
};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx};

/// What `person` may know of the card, if it is still stored: what decides whether they may claim it, its uid, and the
/// machine it was tapped at.
pub async fn claimant(
    conn: &mut SqliteConnection,
    card: UnknownCardId,
    person: PersonId,
) -> Result<Option<(Claimant, CardUid, MachineId)>, StoreError> {
    let row = sqlx::query!(
        r#"SELECT k.uid AS "uid!: CardUid", k.machine_id AS "machine!: MachineId", k.last_seen AS "seen!: Millis",
                  (SELECT c.person_id FROM card c WHERE c.uid = k.uid AND c.state IN ('active', 'lost'))
                    AS "holder?: PersonId",
                  EXISTS (SELECT 1 FROM card_claim l JOIN unknown_card o ON o.id = l.unknown_card_id
                           WHERE o.uid = k.uid AND l.person_id = ?2 AND l.state = 'open') AS "waits!: bool",
                  (SELECT count(*) FROM card c WHERE c.person_id = ?2 AND c.state = 'active') AS "cards!: u32",
                  (SELECT count(*) FROM card_claim l JOIN unknown_card o ON o.id = l.unknown_card_id
                    WHERE l.person_id = ?2 AND l.state = 'open'
                      AND NOT EXISTS (SELECT 1 FROM card c WHERE c.uid = o.uid AND c.state IN ('active', 'lost')))
                    AS "waiting!: u32"
             FROM unknown_card k WHERE k.id = ?1"#,
        card,
        person,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| {
        let claimant = Claimant {
            person,
            seen: row.seen,
            holder: row.holder,
            waits: row.waits,
            cards: row.cards,
            waiting: row.waiting,
        };
        (claimant, row.uid, row.machine)
    }))
}

/// Unknown cards that were tapped at `machine` since `since`, newest first, each with whether `person` claims it.
pub async fn at_reader(
    conn: &mut SqliteConnection,
    machine: MachineId,
    person: PersonId,
    since: Millis,
    limit: i64,
) -> Result<Vec<(UnknownCardId, Millis, bool)>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT k.id AS "card!: UnknownCardId", k.last_seen AS "seen!: Millis",
                  EXISTS (SELECT 1 FROM card_claim l JOIN unknown_card o ON o.id = l.unknown_card_id
                           WHERE o.uid = k.uid AND l.person_id = ?2 AND l.state = 'open') AS "waits!: bool"
             FROM unknown_card k
            WHERE k.machine_id = ?1 AND k.last_seen >= ?3
              AND NOT EXISTS (SELECT 1 FROM card c WHERE c.uid = k.uid AND c.state IN ('active', 'lost'))
            ORDER BY k.last_seen DESC, k.id DESC LIMIT ?4"#,
        machine,
        person,
        since,
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.card, row.seen, row.waits)).collect())
}

/// The type of `machine`, unless archived, and whether an unknown card was tapped there since `since`.
pub async fn kind_and_claimable(
    conn: &mut SqliteConnection,
    machine: MachineId,
    since: Millis,
) -> Result<Option<(TypeId, bool)>, StoreError> {
    let found = sqlx::query!(
        r#"SELECT m.type_id AS "kind!: TypeId",
                  EXISTS (SELECT 1 FROM unknown_card k
                           WHERE k.machine_id = m.id AND k.last_seen >= ?2
                             AND NOT EXISTS (SELECT 1 FROM card c
                                              WHERE c.uid = k.uid AND c.state IN ('active', 'lost'))) AS "claimable!: bool"
             FROM machine m WHERE m.id = ?1 AND m.archived_at IS NULL"#,
        machine,
        since,
    );
    Ok(found.fetch_optional(conn).await?.map(|row| (row.kind, row.claimable)))
}

/// Adds a claim of `person` to the card.
pub async fn add(
    tx: &mut WriteTx,
    card: UnknownCardId,
    person: PersonId,
    at: Millis,
) -> Result<ClaimId, StoreError> {
    let made = sqlx::query!(
        "INSERT INTO card_claim (unknown_card_id, person_id, claimed_at, state) VALUES (?, ?, ?, 'open')",
        card,
        person,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(ClaimId(made.last_insert_rowid()))
}

#[derive(Debug, Clone)]
pub struct Claim {
    pub id: ClaimId,
    pub card: UnknownCardId,
    pub uid: CardUid,
    pub machine: MachineId,
    pub machine_name: String,
    pub person: PersonId,
    pub name: Option<String>,
    pub claimed: Millis,
    pub state: ClaimState,
    pub decided: Option<Millis>,
    /// Who decided, if known.
    pub decided_by: Option<PersonId>,
    pub came_of_it: Option<CardId>,
    /// The reason given.
    pub reason: Option<String>,
    /// The card's present holder.
    pub holder: Option<PersonId>,
}

macro_rules! claims {
    ($where:literal $(, $argument:expr)*) => {
        sqlx::query_as!(
            Claim,
            "SELECT l.id AS \"id!: ClaimId\", k.id AS \"card!: UnknownCardId\", k.uid AS \"uid!: CardUid\",
                    k.machine_id AS \"machine!: MachineId\", m.name AS \"machine_name!\", l.person_id AS \"person!: PersonId\",
                    f.name AS \"name?\", l.claimed_at AS \"claimed!: Millis\", l.state AS \"state!: ClaimState\",
                    l.decided_at AS \"decided?: Millis\", a.person_id AS \"decided_by?: PersonId\",
                    l.card_id AS \"came_of_it?: CardId\", r.body AS \"reason?\",
                    (SELECT c.person_id FROM card c WHERE c.uid = k.uid AND c.state IN ('active', 'lost'))
                      AS \"holder?: PersonId\"
               FROM card_claim l
               JOIN unknown_card k ON k.id = l.unknown_card_id
               JOIN machine m ON m.id = k.machine_id
               LEFT JOIN profile f ON f.person_id = l.person_id
               LEFT JOIN alias a ON a.id = l.decided_by
               LEFT JOIN remark r ON r.id = l.remark_id
              WHERE "
                + $where
            $(, $argument)*
        )
    };
}

pub async fn one(conn: &mut SqliteConnection, claim: ClaimId) -> Result<Option<Claim>, StoreError> {
    Ok(claims!("l.id = ?", claim).fetch_optional(conn).await?)
}

/// The claims of `person`, newest first.
pub async fn of_person(
    conn: &mut SqliteConnection,
    person: PersonId,
    limit: i64,
) -> Result<Vec<Claim>, StoreError> {
    Ok(claims!("l.person_id = ? ORDER BY l.id DESC LIMIT ?", person, limit).fetch_all(conn).await?)
}

/// Pending claims of cards that are still unknown, longest waiting first.
pub async fn open(conn: &mut SqliteConnection) -> Result<Vec<Claim>, StoreError> {
    let open = claims!(
        "l.state = 'open'
         AND NOT EXISTS (SELECT 1 FROM card c WHERE c.uid = k.uid AND c.state IN ('active', 'lost'))
         ORDER BY l.id"
    );
    Ok(open.fetch_all(conn).await?)
}

/// Stores the decision about a claim: the resulting card, or the reason against.
pub async fn decide(
    tx: &mut WriteTx,
    claim: ClaimId,
    state: ClaimState,
    at: Millis,
    by: Option<AliasId>,
    card: Option<CardId>,
    reason: Option<RemarkId>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE card_claim SET state = ?, decided_at = ?, decided_by = ?, card_id = ?, remark_id = ? WHERE id = ?",
        state,
        at,
        by,
        card,
        reason,
        claim,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Makes a claim pending again.
pub async fn reopen(tx: &mut WriteTx, claim: ClaimId) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE card_claim SET state = 'open', decided_at = NULL, decided_by = NULL, card_id = NULL, remark_id = NULL
          WHERE id = ?",
        claim,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Personal data in these tables.
pub(crate) const PERSONAL_DATA: &[Table] = &[Table::taken(
    "card_claim",
    &["person_id", "decided_by", "card_id", "unknown_card_id", "remark_id"],
    Erasing::Deleted,
    "SELECT json_object('machine', m.name, 'state', l.state, 'reason', r.body, 'claimed@', l.claimed_at, \
         'decided@', l.decided_at) FROM card_claim l JOIN unknown_card k ON k.id = l.unknown_card_id JOIN machine m \
         ON m.id = k.machine_id LEFT JOIN remark r ON r.id = l.remark_id WHERE l.person_id = ?1",
)];
