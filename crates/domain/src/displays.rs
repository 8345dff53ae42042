//! Wall displays: screens that show what is going on by a token of their own.
//!
//! Invariant: one screen at a time shows a display, the one that used its newest link. Deliberately absent: tokens. A
//! link is shown once, when it is made, and what the screen keeps is another secret; neither is kept here.

use crate::id::DisplayId;

/// A screen that is let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Screen {
    /// Which display it shows.
    pub display: DisplayId,
    /// By which of its links it was let in, counted from one; a later one lets another screen in, and this one out.
    pub opening: i64,
}
