//! Wall displays: screens that show the floor with a token of their own.
//!
//! Invariant: a display runs on one screen at a time, the one that opened its newest link. Not here: tokens. A
//! link is shown once, when it is created, and the screen stores a different secret; neither is stored here.

use crate::id::DisplayId;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Screen {
    /// Which display it shows.
    pub display: DisplayId,
    /// The number of the link it was opened with, from one; a later link authorises another screen and ends this
    /// one.
    pub opening: i64,
}
