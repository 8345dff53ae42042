//! Fab-O-Matic databases, one for each revision of their schema: the result of the program's own migrations, with
//! an invented workshop. Data without a column in a revision is missing there.

use sqlx::{AssertSqlSafe, ConnectOptions, Connection, sqlite::SqliteConnectOptions};
use std::path::Path;

/// Schema of the first revision.
const TABLES: &str = r#"
    CREATE TABLE machine_types (type_id INTEGER NOT NULL PRIMARY KEY, type_name VARCHAR NOT NULL UNIQUE,
        type_timeout_min INTEGER NOT NULL);
    CREATE TABLE roles (role_id INTEGER NOT NULL PRIMARY KEY, role_name VARCHAR NOT NULL UNIQUE,
        authorize_all BOOLEAN NOT NULL, reserved BOOLEAN NOT NULL, maintenance BOOLEAN NOT NULL, backend_admin BOOLEAN NOT NULL);
    CREATE TABLE machines (machine_id INTEGER NOT NULL PRIMARY KEY, machine_name VARCHAR NOT NULL UNIQUE,
        machine_type_id INTEGER REFERENCES machine_types (type_id), machine_hours FLOAT NOT NULL, blocked BOOLEAN NOT NULL,
        last_seen FLOAT);
    CREATE TABLE users (user_id INTEGER NOT NULL PRIMARY KEY, name VARCHAR NOT NULL, surname VARCHAR NOT NULL,
        role_id INTEGER NOT NULL REFERENCES roles (role_id), "card_UUID" VARCHAR UNIQUE, disabled BOOLEAN NOT NULL,
        deleted BOOLEAN NOT NULL, password_hash VARCHAR(128), email VARCHAR);
    CREATE TABLE authorizations (authorization_id INTEGER NOT NULL PRIMARY KEY,
        user_id INTEGER NOT NULL REFERENCES users (user_id), machine_id INTEGER NOT NULL REFERENCES machines (machine_id),
        CONSTRAINT uix_1 UNIQUE (user_id, machine_id));
    CREATE TABLE maintenances (maintenance_id INTEGER NOT NULL PRIMARY KEY, hours_between FLOAT NOT NULL,
        description VARCHAR NOT NULL, machine_id INTEGER NOT NULL REFERENCES machines (machine_id), attachment VARCHAR);
    CREATE TABLE unknown_cards (id INTEGER NOT NULL PRIMARY KEY, "card_UUID" VARCHAR NOT NULL, timestamp FLOAT NOT NULL,
        machine_id INTEGER NOT NULL REFERENCES machines (machine_id));
    CREATE TABLE uses (use_id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (user_id),
        machine_id INTEGER NOT NULL REFERENCES machines (machine_id), start_timestamp FLOAT NOT NULL,
        last_seen FLOAT NOT NULL, end_timestamp FLOAT);
    CREATE TABLE interventions (intervention_id INTEGER NOT NULL PRIMARY KEY,
        maintenance_id INTEGER NOT NULL REFERENCES maintenances (maintenance_id),
        machine_id INTEGER NOT NULL REFERENCES machines (machine_id), user_id INTEGER NOT NULL REFERENCES users (user_id),
        timestamp FLOAT NOT NULL);
    CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY);"#;

/// What each revision adds to the previous one, oldest first.
pub const REVISIONS: [(&str, &str); 9] = [
    ("2dc275252e0e", ""),
    ("88feb1b31a1f", "ALTER TABLE machine_types ADD COLUMN grace_period_min INTEGER; UPDATE machine_types SET grace_period_min = 2"),
    (
        "123b2cca325f",
        "CREATE TABLE boards (board_id INTEGER NOT NULL PRIMARY KEY, machine_id INTEGER NOT NULL, ip_address VARCHAR NOT NULL,
             fw_version VARCHAR NOT NULL, last_seen FLOAT NOT NULL);
         INSERT INTO boards VALUES (1, 7, '192.0.2.7', '0.1.0', 1.7e9)",
    ),
    ("e544554c7d29", "ALTER TABLE boards ADD COLUMN serial VARCHAR; ALTER TABLE boards ADD COLUMN heap INTEGER"),
    ("3cb12dfd8d6e", "ALTER TABLE maintenances ADD COLUMN lcd_message VARCHAR; UPDATE maintenances SET lcd_message = 'Mirrors!'"),
    (
        "aa9ed3e094d5",
        "ALTER TABLE maintenances ADD COLUMN instructions_url VARCHAR;
         UPDATE maintenances SET instructions_url = 'https://fablab.example/mirrors'",
    ),
    (
        "dfd2b0db0016",
        "ALTER TABLE machine_types ADD COLUMN access_management INTEGER;
         UPDATE machine_types SET access_management = 1 WHERE type_id = 2",
    ),
    (
        "3f3f601505a6",
        "ALTER TABLE interventions ADD COLUMN replay BOOLEAN; ALTER TABLE uses ADD COLUMN replay BOOLEAN;
         UPDATE uses SET replay = use_id = 2",
    ),
    ("f1a2b3c4d5e6", "ALTER TABLE users ADD COLUMN receive_weekly_summary BOOLEAN DEFAULT '0' NOT NULL"),
];

/// Carla administers, Dora may use and maintain everything, Elia may use the laser, Fay is disabled, Gina was
/// deleted. A laser (7), a blocked press (9), and a printer (300).
const WORKSHOP: &str = r"
    INSERT INTO machine_types VALUES (1, 'Default type', 480), (2, 'Printer', 30);
    INSERT INTO roles VALUES (1, 'admins', 1, 1, 1, 1), (2, 'Fab Staff', 1, 0, 1, 0), (3, 'Fab Users', 0, 0, 0, 0),
        (4, 'Anonymous', 0, 1, 0, 0);
    INSERT INTO machines VALUES (7, 'Laser', 1, 2.5, 0, 1.7e9), (9, 'Press', 1, 0, 1, NULL), (300, 'Printer', 2, 0, 0, NULL);
    INSERT INTO users VALUES (1, 'Anonymous', '', 4, NULL, 0, 0, NULL, ''),
        (2, 'Carla', 'Neri', 1, 'AABBCC02', 0, 0, 'scrypt:32768:8:1$quill', 'Carla@fablab.example'),
        (3, 'Dora', 'Verdi', 2, '0000dd03', 0, 0, NULL, NULL),
        (4, 'Elia', 'Blu', 3, '0000ee04', 0, 0, NULL, ''),
        (5, 'Fay', 'Rosa', 2, '0000ff05', 1, 0, NULL, 'fay@fablab.example'),
        (6, 'Gina', 'Viola', 3, NULL, 0, 1, NULL, 'gina@fablab.example');
    INSERT INTO authorizations VALUES (1, 4, 7), (2, 5, 9);
    INSERT INTO maintenances (maintenance_id, hours_between, description, machine_id) VALUES (1, 50, 'Clean the mirrors', 7);
    INSERT INTO interventions VALUES (1, 1, 7, 3, 1.7e9);
    INSERT INTO unknown_cards VALUES (1, 'DEADBEEF', unixepoch() - 3600, 7), (2, 'deadbeef', unixepoch() - 60, 7);
    INSERT INTO uses VALUES (1, 4, 7, 1.7e9, 1700003600.0, 1700003600.25), (2, 4, 7, 1700010000.0, 1700013600.0, 1700013600.0),
        (3, 1, 7, 1690000000.0, 1690001800.0, 1690001800.0), (4, 6, 300, 1700000000.0, 1700001800.0, 1700001800.0)";

/// Creates the database of `revision`, as left by a stopped program.
pub async fn make(file: &Path, revision: &str) {
    change(file, TABLES).await;
    change(file, WORKSHOP).await;
    for (step, adds) in REVISIONS {
        change(file, adds).await;
        if step == revision {
            break;
        }
    }
    change(file, &format!("INSERT INTO alembic_version VALUES ('{revision}')")).await;
}

/// Changes the file as its own program would.
pub async fn change(file: &Path, sql: &str) {
    let options = SqliteConnectOptions::new().filename(file).create_if_missing(true).foreign_keys(false);
    let mut conn = options.connect().await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
}
