//! The bound by which bookings that go on at an instant are found: none is longer than a week. Not here: bookings.

use domain::{
    bookings::LONGEST,
    time::{Millis, millis},
};

/// A booking that begins at or before this instant is over at `at`.
pub(crate) fn too_early(at: Millis) -> Millis {
    Millis(at.0.saturating_sub(millis(LONGEST)).saturating_sub(1))
}
