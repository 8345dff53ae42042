//! The use cases of people and boards: one `pub async fn` per intention.
//!
//! **Lives here:** one file per noun; a use case reads like the policy it enforces (authorise, load, decide,
//! write, record, notify) and takes the context first, the actor second, the command third. Every channel (pages,
//! JSON API, boards, command line) calls these functions.
//!
//! **Invariant:** this is the only crate that asks the store to change anything, and each change is one job of the
//! writer: it happens completely, with its record, or not at all. The clock is read once per call.
//!
//! No modules import each other in a circle: what one noun's change means for another is an event, and `reactions` on top
//! says what follows.
//!
//! **Not here:** rules (in `domain`), SQL, HTTP, MQTT and pixels.

pub mod abandoned;
pub mod access;
pub mod accounts;
pub mod actuators;
pub mod announcements;
pub mod audit;
pub mod availability;
pub mod boards;
pub mod bookings;
pub mod building_devices;
pub mod bulk;
pub mod calendar;
pub mod cards;
mod change;
pub mod checklist;
pub mod checkouts;
pub mod clock;
pub mod closures;
pub mod coming;
pub mod computing;
pub mod connections;
pub mod copies;
pub mod corrections;
mod counters;
mod ctx;
mod decisions;
pub mod deliveries;
pub mod demo;
pub mod directory;
pub mod displays;
mod document_scopes;
pub mod documents;
pub mod doors;
pub mod down_time;
pub mod draws;
mod due;
pub mod dues;
pub mod effects;
pub mod entrance_sign;
pub mod equipment;
pub mod error;
pub mod external_calendars;
pub mod feeds;
pub mod find;
pub mod firmware;
pub mod floor_plans;
mod foreign_json;
pub mod group_mapping;
pub mod groups;
pub mod health;
pub mod help;
pub mod history;
pub mod holds;
pub mod hours;
pub mod identity_providers;
pub mod imports;
pub mod inbox;
pub mod jobs;
pub mod live;
pub mod live_access;
mod logbook;
pub mod machines;
pub mod mail;
pub mod maintenance;
mod markdown;
mod memory;
pub mod meters;
pub mod metrics;
pub mod notes;
pub mod notice_settings;
pub mod notices;
mod open;
pub mod outages;
pub mod outbox;
pub mod outgoing;
mod passkey_site;
pub mod passkeys;
pub mod people;
pub mod pictures;
pub mod places;
mod previews;
pub mod privacy;
pub mod problems;
pub mod publication;
pub mod push;
pub mod qualifications;
mod queues;
pub mod rate;
mod reactions;
pub mod repeats;
pub mod reports;
pub mod requests;
pub mod requirements;
pub mod retention;
pub mod rooms;
mod sealed;
pub mod series;
pub mod serve;
pub mod sessions;
pub mod settings;
pub mod setup;
mod shared;
pub mod slack;
pub mod space;
pub mod space_status;
pub mod spaceapi;
pub mod system;
pub mod token;
pub mod tokens;
pub mod training;
pub mod training_events;
pub mod training_requests;
mod turnover;
mod turns;
pub mod uploads;
pub mod user_directory;
pub mod uses;
pub mod waiting;
pub mod webhooks;

pub use ctx::{Config, Ctx};
pub use open::open;
pub use serve::{Serve, ServeError, admit, serve};
pub use store::{OpenError, StoreError};
