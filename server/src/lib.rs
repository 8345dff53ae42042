//! How the world reaches Toolgate: HTTP, live events, MQTT, timers, the process.
//!
//! **Invariant:** the front doors are ten lines each. An `if` about the domain is in the wrong room; a door reads what
//! came, asks a service, and says what the service said.
//!
//! **Deliberately absent:** SQL, and the store's types: what is kept is reached through `services` only.

pub mod admin;
pub mod backup;
pub mod broker;
pub mod cli;
pub mod config;
pub mod connections;
pub mod demo;
pub mod external_calendars;
pub mod http;
pub mod import;
pub mod logging;
pub mod mail;
pub mod mqtt;
pub mod ota;
pub mod process;
pub mod sim;
mod timers;
mod tls;
pub mod verify;
