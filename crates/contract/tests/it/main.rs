//! What pages and programs send, and what they are shown.

#![cfg(feature = "server")]

mod audit;
mod field;
mod secrets;
