//! The outside of Toolgate: HTTP, live events, MQTT, timers, the process.
//!
//! **Invariant:** handlers have ten lines. An `if` about the domain belongs elsewhere; a handler parses input,
//! calls a service and renders its result.
//!
//! **Not here:** SQL and the store's types; data is reached only through `services`.

pub mod admin;
pub mod backup;
mod board_runtime;
pub mod broker;
pub mod cli;
pub mod config;
pub mod connections;
pub mod demo;
pub mod draw;
pub mod external_calendars;
pub mod http;
pub mod import;
mod keyed;
pub mod ldap;
pub mod logging;
pub mod mail;
pub mod mqtt;
pub mod ota;
pub mod outgoing;
pub mod payments;
pub mod process;
pub mod response_limits;
mod secret;
pub mod sim;
mod timers;
mod tls;
pub mod verify;
