//! Slack: the app of the space, rules, accounts of people and commands: rows of the tables `slack_…`.
//!
//! Invariant: the token and the secret leave this module as types without `Debug`, and no other statement reads them. Not here:
//! messages on their way, which are rows of `delivery`.

use crate::personal_data::{Erasing, Table};
use domain::{
    id::{AliasId, NoticeId, PersonId},
    notices::Kind,
    people::PersonStatus,
    qualifications::Ledger,
    slack::{BotToken, ChannelName, Command, SigningSecret, SlackTrouble},
    time::Millis,
};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx, qualifications};

/// The app of the space, without its secrets.
#[derive(Debug, Clone)]
pub struct AppRow {
    /// Slack's id of the workspace.
    pub team: String,
    pub team_name: String,
    pub connected: Millis,
    /// Who connected it, while on record.
    pub by: Option<String>,
    /// When it last did what it was asked.
    pub succeeded: Option<Millis>,
    pub failed: Option<Millis>,
    /// Why it did not at that time.
    pub trouble: Option<SlackTrouble>,
    /// Since when nothing is sent, because the token is refused.
    pub paused: Option<Millis>,
    /// Until when nothing is sent.
    pub resting_until: Option<Millis>,
}

/// The app, if one is connected.
pub async fn app(conn: &mut SqliteConnection) -> Result<Option<AppRow>, StoreError> {
    let app = sqlx::query_as!(
        AppRow,
        r#"SELECT s.team, s.team_name, s.connected_at AS "connected!: Millis", f.name AS "by?: String",
                  s.succeeded_at AS "succeeded?: Millis", s.failed_at AS "failed?: Millis",
                  s.trouble AS "trouble?: SlackTrouble", s.paused_at AS "paused?: Millis",
                  s.resting_until AS "resting_until?: Millis"
             FROM slack_app s LEFT JOIN alias a ON a.id = s.connected_by
             LEFT JOIN profile f ON f.person_id = a.person_id"#
    );
    Ok(app.fetch_optional(conn).await?)
}

/// The token, if an app is connected.
pub async fn token(conn: &mut SqliteConnection) -> Result<Option<BotToken>, StoreError> {
    let token = sqlx::query_scalar!("SELECT bot_token FROM slack_app").fetch_optional(conn).await?;
    Ok(token.and_then(|token| BotToken::parse(&token)))
}

/// The workspace and the secret of its commands, if an app is connected.
pub async fn secret(conn: &mut SqliteConnection) -> Result<Option<(String, SigningSecret)>, StoreError> {
    let row = sqlx::query!("SELECT team, signing_secret FROM slack_app").fetch_optional(conn).await?;
    Ok(row.and_then(|row| Some((row.team, SigningSecret::parse(&row.signing_secret)?))))
}

/// An app that is connected.
pub struct NewApp {
    pub token: BotToken,
    pub secret: SigningSecret,
    pub team: String,
    pub team_name: String,
    pub by: Option<AliasId>,
    pub at: Millis,
}

/// Connects an app in place of another. Accounts of another workspace are unlinked. Returns how many.
pub async fn connect(tx: &mut WriteTx, new: &NewApp) -> Result<u64, StoreError> {
    let NewApp { token, secret, team, team_name, by, at } = new;
    let (token, secret) = (token.expose(), secret.expose());
    let strangers =
        sqlx::query!("DELETE FROM slack_link WHERE NOT EXISTS (SELECT 1 FROM slack_app WHERE team = ?)", team)
            .execute(tx.conn())
            .await?
            .rows_affected();
    sqlx::query!("DELETE FROM slack_app").execute(tx.conn()).await?;
    sqlx::query!(
        "INSERT INTO slack_app (id, bot_token, signing_secret, team, team_name, connected_at, connected_by, succeeded_at)
              VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?5)",
        token,
        secret,
        team,
        team_name,
        at,
        by,
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!("UPDATE slack_rule SET failing_since = NULL, trouble = NULL").execute(tx.conn()).await?;
    Ok(strangers)
}

/// Forgets the app with its secrets, and whose account is whose. The rules stay. Returns whether there was one.
pub async fn disconnect(tx: &mut WriteTx) -> Result<bool, StoreError> {
    let gone = sqlx::query!("DELETE FROM slack_app").execute(tx.conn()).await?.rows_affected() > 0;
    sqlx::query!("DELETE FROM slack_link").execute(tx.conn()).await?;
    sqlx::query!("DELETE FROM slack_link_offer").execute(tx.conn()).await?;
    Ok(gone)
}

/// It did what it was asked at `at`.
pub async fn succeeded(tx: &mut WriteTx, at: Millis) -> Result<(), StoreError> {
    sqlx::query!("UPDATE slack_app SET succeeded_at = ?, resting_until = NULL, paused_at = NULL", at)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// It did not at `at`. Returns whether everything pauses from now on because of that.
pub async fn failed(
    tx: &mut WriteTx,
    trouble: SlackTrouble,
    at: Millis,
    resting_until: Option<Millis>,
) -> Result<bool, StoreError> {
    sqlx::query!(
        "UPDATE slack_app SET failed_at = ?1, trouble = ?2, resting_until = ?3",
        at,
        trouble,
        resting_until
    )
    .execute(tx.conn())
    .await?;
    if !trouble.pauses() {
        return Ok(false);
    }
    let paused = sqlx::query!("UPDATE slack_app SET paused_at = ? WHERE paused_at IS NULL", at);
    Ok(paused.execute(tx.conn()).await?.rows_affected() > 0)
}

/// A kind of notice that is posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleRow {
    /// The target of its deliveries.
    pub id: i64,
    pub kind: Kind,
    pub channel: String,
    pub failing_since: Option<Millis>,
    pub trouble: Option<SlackTrouble>,
    /// Messages that wait.
    pub waiting: u32,
    /// Messages sent since the given instant.
    pub sent: u32,
}

/// All rules, with what was sent since `since`; those of kinds that this build does not know are left out.
pub async fn rules(conn: &mut SqliteConnection, since: Millis) -> Result<Vec<RuleRow>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT r.id AS "id!", r.kind, r.channel, r.failing_since AS "failing_since?: Millis",
                  r.trouble AS "trouble?: SlackTrouble",
                  count(d.id) FILTER (WHERE d.settled_at IS NULL) AS "waiting!: u32",
                  count(d.id) FILTER (WHERE d.state = 'sent' AND d.settled_at >= ?1) AS "sent!: u32"
             FROM slack_rule r LEFT JOIN delivery d ON d.channel = 'slack' AND d.target_id = r.id
            GROUP BY r.id"#,
        since,
    );
    let rows = rows.fetch_all(conn).await?.into_iter();
    let rules = rows.filter_map(|row| {
        Some(RuleRow {
            id: row.id,
            kind: Kind::parse(&row.kind)?,
            channel: row.channel,
            failing_since: row.failing_since,
            trouble: row.trouble,
            waiting: row.waiting,
            sent: row.sent,
        })
    });
    Ok(rules.collect())
}

/// The rule with this id: its channel.
pub async fn channel_of(conn: &mut SqliteConnection, rule: i64) -> Result<Option<String>, StoreError> {
    let channel = sqlx::query_scalar!("SELECT channel FROM slack_rule WHERE id = ?", rule);
    Ok(channel.fetch_optional(conn).await?)
}

/// The rule of `kind`: its id and channel.
pub async fn rule_of(conn: &mut SqliteConnection, kind: Kind) -> Result<Option<(i64, String)>, StoreError> {
    let row = sqlx::query!(r#"SELECT id AS "id!", channel FROM slack_rule WHERE kind = ?"#, kind);
    Ok(row.fetch_optional(conn).await?.map(|row| (row.id, row.channel)))
}

/// Posts `kind` to `channel` from now on, or to none. Returns whether that is new.
pub async fn set_rule(tx: &mut WriteTx, kind: Kind, channel: Option<&ChannelName>) -> Result<bool, StoreError> {
    let changed = match channel.map(ChannelName::as_str) {
        Some(channel) => {
            sqlx::query!(
                "INSERT INTO slack_rule (kind, channel) VALUES (?1, ?2)
                     ON CONFLICT (kind) DO UPDATE SET channel = ?2, failing_since = NULL, trouble = NULL
                      WHERE channel <> ?2",
                kind,
                channel,
            )
            .execute(tx.conn())
            .await?
        }
        None => sqlx::query!("DELETE FROM slack_rule WHERE kind = ?", kind).execute(tx.conn()).await?,
    };
    Ok(changed.rows_affected() > 0)
}

/// How the last message to `channel` ended: with this trouble, or well.
pub async fn posted(
    tx: &mut WriteTx,
    channel: &str,
    trouble: Option<SlackTrouble>,
    at: Millis,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE slack_rule SET failing_since = iif(?2 IS NULL, NULL, coalesce(failing_since, ?3)), trouble = ?2
          WHERE channel = ?1 AND trouble IS NOT ?2",
        channel,
        trouble,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Drops what waits for Slack, because nothing is connected any more.
pub async fn drop_waiting(tx: &mut WriteTx, now: Millis) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE delivery SET state = 'dropped', reason = 'discarded', settled_at = ?
          WHERE channel = 'slack' AND settled_at IS NULL",
        now,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Makes everything that waits for Slack due at `now`.
pub async fn hasten(tx: &mut WriteTx, now: Millis) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE delivery SET due_at = ? WHERE channel = 'slack' AND settled_at IS NULL AND due_at > ?1",
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// How many messages wait for Slack.
pub async fn waiting(conn: &mut SqliteConnection) -> Result<u32, StoreError> {
    let count = sqlx::query_scalar!(
        r#"SELECT count(*) AS "n!: u32" FROM delivery WHERE channel = 'slack' AND settled_at IS NULL"#
    );
    Ok(count.fetch_one(conn).await?)
}

/// What decides about a direct message to a person.
#[derive(Debug, Clone)]
pub struct Recipient {
    pub slack_user: String,
    pub status: PersonStatus,
    pub language: Option<String>,
    /// Whether they switched the kind on or off; `None` if neither.
    pub wants: Option<bool>,
    /// Whether they read or archived the notice.
    pub read: bool,
}

/// The recipient of the notice `notice`, unless they have unlinked their account.
pub async fn recipient(
    conn: &mut SqliteConnection,
    person: PersonId,
    notice: NoticeId,
) -> Result<Option<Recipient>, StoreError> {
    let recipient = sqlx::query_as!(
        Recipient,
        r#"SELECT l.slack_user, p.status AS "status!: PersonStatus", f.language AS "language?", s.is_on AS "wants?: bool",
                  (coalesce(n.read_at > n.told_at, 0) OR coalesce(n.archived_at > n.told_at, 0)) AS "read!: bool"
             FROM slack_link l JOIN person p ON p.id = l.person_id JOIN notice n ON n.id = ?2 AND n.person_id = p.id
             LEFT JOIN profile f ON f.person_id = p.id
             LEFT JOIN notice_switch s ON s.person_id = p.id AND s.kind = n.kind AND s.channel = 'slack'
            WHERE l.person_id = ?1"#,
        person,
        notice,
    );
    Ok(recipient.fetch_optional(conn).await?)
}

/// A person's account at Slack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkRow {
    pub slack_user: String,
    pub name: String,
    pub linked: Millis,
}

/// The account of `person`, if it is linked.
pub async fn link_of(conn: &mut SqliteConnection, person: PersonId) -> Result<Option<LinkRow>, StoreError> {
    let link = sqlx::query_as!(
        LinkRow,
        r#"SELECT slack_user, name, linked_at AS "linked!: Millis" FROM slack_link WHERE person_id = ?"#,
        person
    );
    Ok(link.fetch_optional(conn).await?)
}

/// How many people have linked their account.
pub async fn linked(conn: &mut SqliteConnection) -> Result<u32, StoreError> {
    let count = sqlx::query_scalar!(
        r#"SELECT count(*) AS "n!: u32" FROM slack_link l JOIN person p ON p.id = l.person_id WHERE p.status = 'active'"#
    );
    Ok(count.fetch_one(conn).await?)
}

/// The person with an account at Slack, with everything that decides what they may see.
#[derive(Debug, Clone)]
pub struct LinkedPerson {
    pub person: PersonId,
    pub status: PersonStatus,
    /// Their name; empty once erased.
    pub name: String,
    pub language: Option<String>,
    pub ledger: Ledger,
}

/// The person with this account.
pub async fn person_of(conn: &mut SqliteConnection, slack_user: &str) -> Result<Option<LinkedPerson>, StoreError> {
    let row = sqlx::query!(
        r#"SELECT l.person_id AS "person: PersonId", status AS "status: PersonStatus", f.name AS "name?", f.language AS "language?",
                  (SELECT json_group_array(json_array(id, type_id, machine_id, relation, kind, effective_from, until))
                     FROM qualification WHERE qualification.person_id = l.person_id) AS "ledger!: String"
             FROM slack_link l JOIN person ON person.id = l.person_id
             LEFT JOIN profile f ON f.person_id = l.person_id
            WHERE l.slack_user = ?"#,
        slack_user,
    );
    let Some(row) = row.fetch_optional(conn).await? else { return Ok(None) };
    Ok(Some(LinkedPerson {
        person: row.person,
        status: row.status,
        name: row.name.unwrap_or_default(),
        language: row.language,
        ledger: qualifications::of_list(&row.ledger)?,
    }))
}

/// A link that was asked for in Slack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferRow {
    pub slack_user: String,
    pub name: String,
}

/// Offers a link until `expires`, in place of earlier ones of the same account.
pub async fn offer(
    tx: &mut WriteTx,
    hash: &[u8; 32],
    offer: &OfferRow,
    now: Millis,
    expires: Millis,
) -> Result<(), StoreError> {
    let hash = hash.as_slice();
    sqlx::query!("DELETE FROM slack_link_offer WHERE slack_user = ? OR expires_at <= ?", offer.slack_user, now)
        .execute(tx.conn())
        .await?;
    sqlx::query!(
        "INSERT INTO slack_link_offer (hash, slack_user, name, expires_at) VALUES (?, ?, ?, ?)",
        hash,
        offer.slack_user,
        offer.name,
        expires,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The offer with this hash, if it is still open.
pub async fn offered(
    conn: &mut SqliteConnection,
    hash: &[u8; 32],
    now: Millis,
) -> Result<Option<OfferRow>, StoreError> {
    let hash = hash.as_slice();
    let offer = sqlx::query_as!(
        OfferRow,
        "SELECT slack_user, name FROM slack_link_offer WHERE hash = ? AND expires_at > ?",
        hash,
        now
    );
    Ok(offer.fetch_optional(conn).await?)
}

/// Forgets offers that nobody took in time.
pub async fn forget_offers(tx: &mut WriteTx, now: Millis) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM slack_link_offer WHERE expires_at <= ?", now).execute(tx.conn()).await?;
    Ok(())
}

/// Uses up an offer.
pub async fn use_offer(tx: &mut WriteTx, hash: &[u8; 32]) -> Result<(), StoreError> {
    let hash = hash.as_slice();
    sqlx::query!("DELETE FROM slack_link_offer WHERE hash = ?", hash).execute(tx.conn()).await?;
    Ok(())
}

/// Links an account to `person`, in place of their earlier one. `false` if it is another person's.
pub async fn link(
    tx: &mut WriteTx,
    person: PersonId,
    account: &OfferRow,
    now: Millis,
) -> Result<bool, StoreError> {
    let linked = sqlx::query!(
        "INSERT INTO slack_link (person_id, slack_user, name, linked_at)
             SELECT ?1, ?2, ?3, ?4
              WHERE NOT EXISTS (SELECT 1 FROM slack_link WHERE slack_user = ?2 AND person_id <> ?1)
             ON CONFLICT (person_id) DO UPDATE SET slack_user = ?2, name = ?3, linked_at = ?4",
        person,
        account.slack_user,
        account.name,
        now,
    );
    Ok(linked.execute(tx.conn()).await?.rows_affected() > 0)
}

/// Unlinks the account of `person`. Returns whether there was one.
pub async fn unlink(tx: &mut WriteTx, person: PersonId) -> Result<bool, StoreError> {
    let gone = sqlx::query!("DELETE FROM slack_link WHERE person_id = ?", person);
    Ok(gone.execute(tx.conn()).await?.rows_affected() > 0)
}

/// Remembers a command by its signature. `false` if it came before. Those signed before `old` are forgotten.
pub async fn remember(
    tx: &mut WriteTx,
    signature: &[u8; 32],
    signed: Millis,
    old: Millis,
) -> Result<bool, StoreError> {
    let signature = signature.as_slice();
    sqlx::query!("DELETE FROM slack_request WHERE signed_at < ?", old).execute(tx.conn()).await?;
    let made = sqlx::query!(
        "INSERT INTO slack_request (signature, signed_at) VALUES (?, ?) ON CONFLICT DO NOTHING",
        signature,
        signed,
    );
    Ok(made.execute(tx.conn()).await?.rows_affected() > 0)
}

/// Counts a use of `command`.
pub async fn count_use(tx: &mut WriteTx, command: Command) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO slack_command (command, uses) VALUES (?, 1) ON CONFLICT (command) DO UPDATE SET uses = uses + 1",
        command,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// How often each command was used.
pub async fn uses(conn: &mut SqliteConnection) -> Result<Vec<(Command, u32)>, StoreError> {
    let rows = sqlx::query!(r#"SELECT command AS "command!: Command", uses AS "uses!: u32" FROM slack_command"#);
    Ok(rows.fetch_all(conn).await?.into_iter().map(|row| (row.command, row.uses)).collect())
}

/// Personal data in these tables.
pub(crate) const PERSONAL_DATA: &[Table] = &[
    Table::left("slack_app", &["connected_by"], Erasing::Stays),
    Table::taken(
        "slack_link",
        &["person_id", "slack_user", "name"],
        Erasing::Deleted,
        "SELECT json_object('slack_user', slack_user, 'name', name, 'linked@', linked_at) FROM slack_link WHERE person_id = ?1",
    ),
];
