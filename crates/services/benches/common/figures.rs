//! Percentiles of measured times.

use std::time::Duration;

/// p50 and p99 in milliseconds.
#[derive(Clone, Copy)]
pub struct Figures(pub f64, pub f64);

pub fn figures(mut times: Vec<Duration>) -> Figures {
    times.sort_unstable();
    let at = |share: usize| times[(times.len() - 1) * share / 100].as_nanos() as f64 / 1e6;
    Figures(at(50), at(99))
}
