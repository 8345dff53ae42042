//! Opening hours: whether it is open now, by the clock on the wall of the space.

use domain::{
    hours::{Hours, Opening},
    settings::Settings,
    time::Millis,
    zone::Zone,
};

/// Whether it is open at `at`, and what comes next; `None` where nobody gives hours. The zone is the one in `settings`,
/// read with the hours: what is decided depends on the file alone.
pub(crate) fn opening(hours: &Hours, settings: &Settings, at: Millis) -> Option<Opening> {
    if hours.is_empty() {
        return None;
    }
    // A name that no longer is a zone must not keep the workshop from opening.
    let zone: Zone = settings.zone.parse().unwrap_or(Zone::UTC);
    let today = zone.moment(at).wall().date;
    Some(hours.opening(at, today, |date, minute| zone.instant(date, minute)))
}
