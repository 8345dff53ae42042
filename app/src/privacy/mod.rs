//! What is kept of somebody, and for how long: taking it along, erasing it, clearing it away.

pub mod api;
pub mod data;
pub mod erase;
pub mod retention;
