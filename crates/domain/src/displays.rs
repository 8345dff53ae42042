//! Wall displays: screens that show the floor with a token of their own.
//!
//! Invariant: a display runs on one screen at a time, the one that opened its newest link. Not here: tokens. A
//! link is shown once, when it is created, and the screen stores a different secret; neither is stored here.

use crate::id::DisplayId;

/// A screen that is let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Screen {
    /// Which display it shows.
    pub display: DisplayId,
    /// By which of its links it was let in, counted from one; a later one lets another screen in, and this one out.
    pub opening: i64,
}
