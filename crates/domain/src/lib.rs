//! Values, rules and decisions of a shared workshop.
//!
//! **Here:** one file per noun with its values and pure functions – what a machine's state is, who may use it and
//! why not, what a board's messages mean for a use. The same code runs in the server and, where a page needs it,
//! in the browser.
//!
//! **Invariant:** no async, IO, clock or randomness. The caller passes the facts and the instant.
//!
//! **Not here:** what pages and lists show (`contract`), sentences (`text`; here are codes and arguments), SQL, and
//! the bytes of any protocol. Two optional features are for the server only: `sqlx` makes ids and closed lists
//! column types, `zone` adds the time zone table.

pub mod access;
pub mod accounts;
pub mod actor;
pub mod actuators;
pub mod announcements;
pub mod audit;
pub mod availability;
pub mod boards;
mod booking_policy;
pub mod bookings;
pub mod bounded;
pub mod building_devices;
pub mod bulk;
pub mod cards;
pub mod checklist;
pub mod checkout_steps;
pub mod checkouts;
pub mod connections;
pub mod deliveries;
pub mod displays;
pub mod documents;
pub mod doors;
pub mod down_time;
pub mod draws;
pub mod dues;
pub mod equipment;
pub mod event_policy;
pub mod events;
pub mod external_calendars;
pub mod feeds;
pub mod find;
pub mod firmware;
pub mod floor_plans;
pub mod formula;
pub mod group_mapping;
pub mod groups;
pub mod help;
pub mod history;
pub mod holds;
pub mod hours;
pub mod id;
pub mod identity_providers;
pub mod imports;
pub mod inbox;
pub mod jobs;
pub mod leases;
mod ledger;
pub mod live;
pub mod machines;
pub mod maintenance;
pub mod meters;
pub mod names;
pub mod notices;
pub mod occupations;
pub mod outages;
pub mod outgoing;
pub mod paging;
pub mod people;
mod person_status;
pub mod pictures;
pub mod places;
pub mod previews;
pub mod privacy;
pub mod problem;
pub mod problems;
pub mod push;
pub mod qualifications;
pub mod rate;
pub mod reports;
pub mod requests;
pub mod retention;
pub mod rooms;
pub mod series;
pub mod settings;
pub mod slack;
pub mod space_profile;
pub mod space_status;
mod string_enum;
pub mod system;
pub mod time;
pub mod tokens;
pub mod training;
pub mod training_events;
pub mod user_directory;
pub mod uses;
pub mod versions;
pub mod waiting;
pub mod webhooks;
#[cfg(feature = "zone")]
pub mod zone;
