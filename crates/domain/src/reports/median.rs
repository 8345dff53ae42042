//! Lengths of time as reports show them.

/// The one in the middle, in minutes; of two, the shorter.
pub(super) fn median(mut millis: Vec<i64>) -> Option<u32> {
    millis.sort_unstable();
    millis.get(millis.len().saturating_sub(1) / 2).copied().map(minutes)
}

/// In whole minutes.
pub(super) fn minutes(millis: i64) -> u32 {
    u32::try_from((millis + 30_000) / 60_000).unwrap_or(u32::MAX)
}
