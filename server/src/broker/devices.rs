//! Devices of the building at the broker: what each may publish and subscribe to.
//!
//! Invariant: a device never reaches a topic of boards, whatever its topic is called. Not here: who made their logins.

use domain::building_devices::Dialect;
use services::building_devices::DevicePass;
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// The largest payload of a device in bytes. A full report of a Shelly has about 4 KiB.
pub(super) const LARGEST_REPORT: usize = 8 * 1024;

/// The topics of the devices that may connect.
#[derive(Default)]
pub(super) struct Devices(Mutex<HashMap<DevicePass, (Dialect, String)>>);

impl Devices {
    /// Notes the topic of a device that connects.
    pub(super) fn comes(&self, pass: DevicePass, dialect: Dialect, topic: String) {
        self.all().insert(pass, (dialect, topic));
    }

    /// Replaces what all devices may do.
    pub(super) fn replace(&self, open: &[(DevicePass, Dialect, String)]) {
        *self.all() = open.iter().map(|(pass, dialect, topic)| (*pass, (*dialect, topic.clone()))).collect();
    }

    pub(super) fn may_publish(&self, pass: DevicePass, topic: &str) -> bool {
        self.all().get(&pass).is_some_and(|(dialect, own)| dialect.part(own, topic).is_some())
    }

    pub(super) fn may_subscribe(&self, pass: DevicePass, filter: &str) -> bool {
        self.all().get(&pass).is_some_and(|(dialect, own)| dialect.may_subscribe(own, filter))
    }

    fn all(&self) -> MutexGuard<'_, HashMap<DevicePass, (Dialect, String)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
