//! The storage: all the SQL, and only SQL.
//!
//! **Here:** one file per noun (`people`, `machines`, `uses`, …) that converts rows to values and back, and the
//! machinery below them:
//!
//! - [`Store`] – the handle: reads from a small pool, changes passed to one writer;
//! - `writer` – the one task that changes the file, many changes per commit;
//! - [`WriteTx`], [`Done`] – what a change works with, and what it must return;
//! - [`audit`] – the hash chain of audit entries;
//! - [`StoreError`], [`OpenError`] – refusals of the storage as typed conflicts.
//!
//! **Invariants.** Reading functions take a `&mut SqliteConnection`, changing ones a `&mut WriteTx`, so that nothing
//! can be changed outside the writer. A change is acknowledged only when it is on disk. Every statement is checked
//! against `migrations/` when this crate is compiled (see `build.rs`), except the data export, which is assembled from
//! the nouns' statements and checked by a test.
//!
//! **Not here:** decisions, authorisation, clocks, and `BEGIN` anywhere but in `writer`.

pub mod access;
pub mod accounts;
pub mod actuators;
mod aliases;
pub mod announcements;
mod archive;
pub mod audit;
mod audit_entry;
pub mod availability;
pub mod boards;
pub mod bookings;
pub mod broadcasts;
pub mod building_devices;
pub mod cards;
pub mod checklist;
pub mod checkout_steps;
pub mod checkouts;
pub mod closures;
pub mod connections;
pub mod copies;
pub mod deliveries;
pub mod displays;
pub mod documents;
mod done;
pub mod doors;
pub mod down_time;
pub mod draws;
pub mod dues;
pub mod effects;
pub mod equipment;
mod error;
pub mod external_calendars;
pub mod feeds;
pub mod firmware;
pub mod floor_plans;
pub mod free_space;
pub mod group_mapping;
pub mod groups;
pub mod heartbeat;
pub mod help;
pub mod history;
pub mod holds;
pub mod hours;
pub mod identity_providers;
pub mod imports;
pub mod inbox;
mod json;
pub mod known_devices;
pub mod links;
mod longest;
pub mod machines;
pub mod maintenance;
pub mod meters;
pub mod notes;
pub mod notices;
pub mod occupations;
mod open;
pub mod outages;
pub mod passkeys;
pub mod people;
pub mod permitted;
mod personal_data;
pub mod pictures;
pub mod previews;
pub mod privacy;
pub mod problems;
pub mod profiles;
pub mod push;
pub mod qualifications;
mod readers;
pub mod remarks;
pub mod repeats;
pub mod reports;
pub mod requests;
pub mod retention;
pub mod rooms;
mod schema;
mod scrub;
pub mod series;
pub mod sessions;
pub mod settings;
pub mod sign_in_methods;
pub mod slack;
mod store;
pub mod system;
pub mod tokens;
pub mod training;
pub mod training_events;
pub mod training_requests;
mod tx;
pub mod user_directory;
pub mod uses;
pub mod versions;
pub mod waiting;
pub mod webhooks;
mod writer;

pub use done::{Done, Unaudited};
pub use error::StoreError;
pub use open::OpenError;
pub use readers::{Reader, Snapshot};
pub use sqlx::SqliteConnection;
pub use store::{Limits, Store, Tuning, WriterFigures};
pub use tx::{React, WriteTx};
