//! The program and its database, as its operators see them.
//!
//! Invariant: no personal data, except who made a copy. Not here: measurements.

use crate::string_enum::string_enum;

/// Lines of the log that are remembered.
pub const LINES: usize = 100;
/// Characters of a line that are.
pub const LINE: usize = 300;

string_enum! {
    Count {
        /// People with a name.
        People = "people",
        Cards = "cards",
        /// Active machines.
        Machines = "machines",
        /// Boards ever heard.
        Boards = "boards",
        /// Uses of machines, since the beginning.
        Uses = "uses",
        /// Entries of the record.
        Entries = "entries",
    }
}

string_enum! {
    /// The importance of a log line.
    Weight {
        /// Something does not work.
        Error = "error",
        Warning = "warning",
        Note = "note",
    }
}

/// Formats bytes: a number with one decimal, and its unit.
#[must_use]
pub fn size(bytes: u64) -> (u64, u64, &'static str) {
    let (unit, name) = match bytes {
        0..1_000_000 => (1_000, "KB"),
        1_000_000..1_000_000_000 => (1_000_000, "MB"),
        _ => (1_000_000_000, "GB"),
    };
    (bytes / unit, bytes % unit * 10 / unit, name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn size_uses_largest_fitting_unit() {
        assert_eq!(size(950), (0, 9, "KB"));
        assert_eq!(size(61_440), (61, 4, "KB"));
        assert_eq!(size(3_250_000), (3, 2, "MB"));
        assert_eq!(size(7_490_000_000), (7, 4, "GB"));
    }
}
