//! How much goes through the connections to other systems. Not here: how they do, which is stored with each noun of its own.

use crate::error::StoreError;
use sqlx::SqliteConnection;

/// What uses the connections.
#[derive(Debug, Clone, Copy)]
pub struct Amounts {
    /// Devices that get pushed notices, and whose they are.
    pub push_devices: u32,
    pub push_people: u32,
    /// Kinds of notices that go to Slack, their channels, and the active people whose accounts there are linked.
    pub slack_kinds: u32,
    pub slack_channels: u32,
    pub slack_people: u32,
    /// Active people of the directory, and its groups that give something here.
    pub directory_people: u32,
    pub directory_groups: u32,
    /// People with dues at a payment processor that have not ended.
    pub dues_people: u32,
}

pub async fn amounts(conn: &mut SqliteConnection) -> Result<Amounts, StoreError> {
    let amounts = sqlx::query_as!(
        Amounts,
        r#"SELECT (SELECT count(*) FROM push_subscription) AS "push_devices!: u32",
                  (SELECT count(DISTINCT person_id) FROM push_subscription) AS "push_people!: u32",
                  (SELECT count(*) FROM slack_rule) AS "slack_kinds!: u32",
                  (SELECT count(DISTINCT channel) FROM slack_rule) AS "slack_channels!: u32",
                  (SELECT count(*) FROM slack_link l JOIN person p ON p.id = l.person_id WHERE p.status = 'active') AS "slack_people!: u32",
                  (SELECT count(*) FROM directory_person d JOIN person p ON p.id = d.person_id WHERE p.status = 'active') AS "directory_people!: u32",
                  (SELECT count(DISTINCT folded) FROM group_rule WHERE source = 'directory') AS "directory_groups!: u32",
                  (SELECT count(*) FROM dues WHERE status <> 'ended') AS "dues_people!: u32""#
    );
    Ok(amounts.fetch_one(conn).await?)
}
