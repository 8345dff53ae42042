//! The space itself: its name, time zone and language.

use crate::Ctx;
use domain::{
    live::ChangeEvent,
    settings::Settings,
    time::{Millis, Moment},
    zone::Zone,
};
use text::Lang;

/// The name, zone and language of the space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Space {
    /// Its name; empty until set.
    pub name: String,
    pub zone: Zone,
    /// The language of boards and wall displays.
    pub language: Lang,
    /// Settings of the space as a whole.
    pub settings: Settings,
}

impl Space {
    pub(crate) fn from_settings(settings: &Settings) -> Self {
        Self {
            name: settings.space_name.clone(),
            // A zone name that has become invalid must not stop the server from starting.
            zone: settings.zone.parse().unwrap_or(Zone::UTC),
            language: Lang::from_tag(&settings.language).unwrap_or_default(),
            settings: settings.clone(),
        }
    }
}

impl Ctx {
    /// `at` as the clocks of the space show it.
    pub fn moment(&self, at: Millis) -> Moment {
        self.space().zone.moment(at)
    }

    /// The present as the clocks of the space show it.
    pub fn moment_now(&self) -> Moment {
        self.moment(self.now())
    }
}

/// Notifies every page that the space changed.
pub(crate) fn changed(ctx: &Ctx) {
    ctx.live().send(ChangeEvent::Space);
}
