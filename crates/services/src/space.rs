//! The space itself: its name, time zone and language.

use domain::{settings::Settings, zone::Zone};
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
