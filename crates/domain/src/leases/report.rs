//! What a reference device publishes on `<topic>/state`: its output, its lease, its sensor and its hard limits.
//!
//! **Invariant.** The limits are for reading only; there is no message that carries them to a device. Temperatures of limits are
//! tenths of a degree; the reading is in degrees, as meters expect it.
//!
//! Not here: when it is published; at every change, and every half minute.

use super::{Device, LONGEST, Load, Tenths};
use crate::time::Millis;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A published state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Report {
    /// The number of the command that counts; 0 before the first.
    pub id: u32,
    pub on: bool,
    /// The rest of the lease.
    pub left: Duration,
    pub temperature: Option<Tenths>,
    /// Cut off by its hard limit.
    pub tripped: bool,
    /// Heats by itself.
    pub frost: bool,
    pub limits: ReportedLimits,
}

/// Hard limits, read from the device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportedLimits {
    pub above: Tenths,
    pub back: Tenths,
    pub frost: Tenths,
    /// The longest lease, in seconds.
    pub lease: u32,
    /// How long it is on within 24 hours, in seconds.
    pub day: u32,
}

/// Bytes that are no state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a state")]
pub struct UnreadableReport;

#[derive(Deserialize)]
struct Wire {
    id: u32,
    on: bool,
    left: u32,
    temperature: Option<f64>,
    tripped: bool,
    frost: bool,
    limits: ReportedLimits,
}

impl Report {
    /// Parses a published state. Unknown fields are ignored.
    pub fn parse(payload: &[u8]) -> Result<Self, UnreadableReport> {
        let wire: Wire = serde_json::from_slice(payload).map_err(|_| UnreadableReport)?;
        Ok(Self {
            id: wire.id,
            on: wire.on,
            left: Duration::from_secs(wire.left.into()),
            temperature: wire.temperature.map(Tenths::from_degrees),
            tripped: wire.tripped,
            frost: wire.frost,
            limits: wire.limits,
        })
    }
}

impl Tenths {
    /// Rounds degrees.
    #[must_use]
    pub fn from_degrees(degrees: f64) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "casts of floats saturate")]
        Self((degrees * 10.0).round() as i32)
    }
}

impl Device {
    /// The state to publish.
    #[must_use]
    pub fn state(&self, id: u32, now: Millis) -> String {
        let temperature = self.reading(now).map_or_else(
            || "null".to_owned(),
            |Tenths(read)| {
                let sign = if read < 0 { "-" } else { "" };
                format!("{sign}{}.{}", read.abs() / 10, read.abs() % 10)
            },
        );
        let left = self.lease(now).map_or(0, |until| until.since(now).as_secs());
        let limits = self.limits();
        format!(
            "{{\"id\":{id},\"on\":{},\"left\":{left},\"temperature\":{temperature},\"tripped\":{},\"frost\":{},\"used\":{},\
             \"limits\":{{\"load\":\"{}\",\"above\":{},\"back\":{},\"frost\":{},\"lease\":{},\"day\":{}}}}}",
            self.is_on(now),
            self.is_tripped(),
            self.is_freezing(),
            self.used().as_secs(),
            Load::as_str(self.load()),
            limits.above.0,
            limits.back_at.0,
            limits.frost.0,
            LONGEST.as_secs(),
            limits.daily.as_secs(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::leases::{Command, HardLimits};

    #[test]
    fn published_state_is_read_again() {
        let limits = HardLimits {
            above: Tenths(270),
            back_at: Tenths(250),
            frost: Tenths(50),
            daily: Duration::from_hours(16),
        };
        let mut device = Device::new(Load::Heat, limits);
        device.connection(true);
        device.temperature(Tenths(-5), Millis(0));
        device.command(Command { on: true, target: Some(Tenths(210)), length: LONGEST }, Millis(0));
        let state = device.state(7, Millis(1_500));
        let read = Report::parse(state.as_bytes()).unwrap();
        let expected =
            ReportedLimits { above: Tenths(270), back: Tenths(250), frost: Tenths(50), lease: 900, day: 57_600 };
        assert_eq!(read.limits, expected);
        assert_eq!(
            (read.id, read.on, read.left, read.temperature),
            (7, true, Duration::from_secs(898), Some(Tenths(-5)))
        );
        assert!(read.frost && !read.tripped);
        assert_eq!(Report::parse(b"{\"on\":true}"), Err(UnreadableReport));
        let blind = Device::new(Load::Heat, limits).state(0, Millis(0));
        assert_eq!(Report::parse(blind.as_bytes()).unwrap().temperature, None);
    }
}
