//! Personal data: export, erasure and retention.

pub mod api;
pub mod data;
pub mod erase;
pub mod retention;
