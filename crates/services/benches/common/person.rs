//! A stored person who acts through the API.

use domain::{
    actor::{Actor, Channel, Principal, Who},
    id::{PersonId, SessionId},
    time::Millis,
};
use sqlx::{ConnectOptions, Connection, sqlite::SqliteConnectOptions};
use std::path::Path;

pub async fn actor(file: &Path, id: i64) -> Actor {
    let mut conn = SqliteConnectOptions::new().filename(file).connect().await.unwrap();
    let row = store::people::one(&mut conn, PersonId(id), Millis(0)).await.unwrap().unwrap();
    conn.close().await.unwrap();
    let known = Principal {
        id: PersonId(id),
        session: SessionId(id),
        status: row.status,
        ledger: row.ledger,
        at: Millis(1),
        roles_asleep: false,
        public: true,
    };
    Actor { who: Who::Person(Box::new(known)), channel: Channel::Api }
}
