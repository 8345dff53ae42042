//! Devices of the building that speak MQTT: plugs, sensors and switches. Their topics, by the system of their maker.
//!
//! **Invariant.** A device speaks and listens within its own part of the topics alone, so that its login opens nothing else.
//!
//! Not here: what its messages mean (`meters`, `leases`), and the broker.

use crate::{string_enum::string_enum, time::Millis};

/// The most characters of a topic.
pub const TOPIC: usize = 100;
/// The most devices of a space.
pub const DEVICES: usize = 500;
/// A device that was not heard for this long is silent. Plugs report every five minutes.
pub const SILENT: std::time::Duration = std::time::Duration::from_mins(12);

/// Whether nothing was heard of a device for too long, or its last will says that it is gone.
#[must_use]
pub fn is_silent(heard: Option<Millis>, is_offline: bool, now: Millis) -> bool {
    is_offline || heard.is_none_or(|heard| !heard.near(now, SILENT))
}

string_enum! {
    /// How a device speaks.
    Dialect {
        /// Publishes below `tele/<topic>/` and `stat/<topic>/`, listens below `cmnd/<topic>/`.
        Tasmota = "tasmota",
        /// Generation 2 and later: publishes below `<topic>/`, listens on `<topic>/rpc`.
        Shelly = "shelly",
        /// The reference device: publishes below `<topic>/`, listens on `<topic>/lease`.
        Reference = "reference",
        /// Any sensor that publishes JSON on `<topic>` or below, and does not listen.
        Json = "json",
    }
}

/// The topic of a device: levels of letters, digits and `- _ . :`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Topic(String);

/// Why a text is no topic of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvalidTopic {
    Empty,
    /// More than [`TOPIC`] characters.
    Long,
    /// A wildcard, a blank, an empty level or another character that no device uses.
    Characters,
}

impl Topic {
    pub fn parse(input: &str) -> Result<Self, InvalidTopic> {
        let topic = input.trim();
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':');
        match topic {
            "" => Err(InvalidTopic::Empty),
            _ if topic.len() > TOPIC => Err(InvalidTopic::Long),
            _ if topic.split('/').any(|level| level.is_empty() || !level.chars().all(is_plain)) => {
                Err(InvalidTopic::Characters)
            }
            _ => Ok(Self(topic.to_owned())),
        }
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<Topic> for String {
    fn from(Topic(topic): Topic) -> Self {
        topic
    }
}

/// The rest of `topic` below `root`; empty for the root itself.
fn below<'a>(topic: &'a str, root: &str) -> Option<&'a str> {
    let rest = topic.strip_prefix(root)?;
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix('/') }
}

impl Dialect {
    /// The filters by which everything is received that a device with this topic publishes.
    #[must_use]
    pub fn filters(self, own: &str) -> Vec<String> {
        match self {
            Self::Tasmota => vec![format!("tele/{own}/#"), format!("stat/{own}/#")],
            // Also covers the topic itself.
            Self::Shelly | Self::Reference | Self::Json => vec![format!("{own}/#")],
        }
    }

    /// The part of `topic` behind that of the device; `None` if the device does not publish it.
    #[must_use]
    pub fn part<'a>(self, own: &str, topic: &'a str) -> Option<&'a str> {
        if self.receives(own, topic) {
            return None;
        }
        match self {
            Self::Tasmota => {
                let rest = topic.strip_prefix("tele/").or_else(|| topic.strip_prefix("stat/"))?;
                below(rest, own).filter(|part| !part.is_empty())
            }
            Self::Shelly | Self::Reference => below(topic, own).filter(|part| !part.is_empty()),
            Self::Json => below(topic, own),
        }
    }

    /// Whether the device may subscribe to `filter`.
    #[must_use]
    pub fn may_subscribe(self, own: &str, filter: &str) -> bool {
        match self {
            Self::Tasmota => filter
                .strip_prefix("cmnd/")
                .and_then(|rest| below(rest, own))
                .is_some_and(|part| part == "#" || is_exact(part)),
            Self::Shelly => below(filter, own)
                .is_some_and(|part| part == "rpc" || part == "command" || part.starts_with("command/")),
            Self::Reference => below(filter, own) == Some("lease"),
            Self::Json => false,
        }
    }

    /// Whether `topic` is one on which the device takes commands.
    #[must_use]
    pub fn receives(self, own: &str, topic: &str) -> bool {
        is_exact(topic) && self.may_subscribe(own, topic)
    }

    /// Whether a device with this topic could be mistaken for one with the topic `other`.
    #[must_use]
    pub fn overlaps(self, own: &str, (dialect, other): (Self, &str)) -> bool {
        let is_apart = (self == Self::Tasmota) != (dialect == Self::Tasmota);
        !is_apart && (below(own, other).is_some() || below(other, own).is_some())
    }
}

fn is_exact(topic: &str) -> bool {
    !topic.is_empty() && !topic.contains(['+', '#'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn topics_with_wildcards_blanks_or_empty_levels_are_refused() {
        for (input, expected) in [
            ("", Err(InvalidTopic::Empty)),
            (" plug-3 ", Ok("plug-3")),
            ("shellypro1pm-30c6f7", Ok("shellypro1pm-30c6f7")),
            ("zigbee2mqtt/0x00158d", Ok("zigbee2mqtt/0x00158d")),
            ("hall/#", Err(InvalidTopic::Characters)),
            ("+/hall", Err(InvalidTopic::Characters)),
            ("/hall", Err(InvalidTopic::Characters)),
            ("hall plug", Err(InvalidTopic::Characters)),
            ("$SYS/hall", Err(InvalidTopic::Characters)),
        ] {
            assert_eq!(
                Topic::parse(input).as_ref().map(Topic::as_str),
                expected.as_ref().map(|topic| *topic),
                "{input}"
            );
        }
        assert_eq!(Topic::parse(&"a".repeat(TOPIC + 1)), Err(InvalidTopic::Long));
    }

    #[test]
    fn device_publishes_and_listens_within_its_own_topics() {
        let tasmota = Dialect::Tasmota;
        assert_eq!(tasmota.part("plug-3", "tele/plug-3/SENSOR"), Some("SENSOR"));
        assert_eq!(tasmota.part("plug-3", "stat/plug-3/RESULT"), Some("RESULT"));
        assert_eq!(tasmota.part("plug-3", "tele/plug-33/SENSOR"), None);
        assert_eq!(tasmota.part("plug-3", "cmnd/plug-3/POWER"), None);
        assert!(tasmota.may_subscribe("plug-3", "cmnd/plug-3/#") && !tasmota.may_subscribe("plug-3", "cmnd/#"));
        assert!(!tasmota.may_subscribe("plug-3", "cmnd/tasmotas/#"));
        let shelly = Dialect::Shelly;
        assert_eq!(shelly.part("shelly1", "shelly1/status/switch:0"), Some("status/switch:0"));
        assert_eq!(shelly.part("shelly1", "shelly1/rpc"), None, "its commands come there");
        assert!(shelly.may_subscribe("shelly1", "shelly1/rpc") && !shelly.may_subscribe("shelly1", "shelly1/#"));
        let reference = Dialect::Reference;
        assert_eq!(reference.part("heat/hall", "heat/hall/state"), Some("state"));
        assert!(reference.receives("heat/hall", "heat/hall/lease"));
        assert_eq!(Dialect::Json.part("hall", "hall"), Some(""));
        assert_eq!(Dialect::Json.part("hall", "hall/air"), Some("air"));
    }

    #[test]
    fn devices_overlap_if_one_topic_is_below_the_other() {
        assert!(Dialect::Shelly.overlaps("a/b", (Dialect::Json, "a")));
        assert!(Dialect::Json.overlaps("a", (Dialect::Json, "a/b")));
        assert!(!Dialect::Json.overlaps("a", (Dialect::Json, "ab")));
        assert!(!Dialect::Json.overlaps("a", (Dialect::Tasmota, "a")), "they differ in their first level");
    }

    proptest! {
        #[test]
        fn separate_devices_share_no_topic(one in "[ab]{1,2}(/[ab]{1,2})?", two in "[ab]{1,2}(/[ab]{1,2})?", tail in "(/[ab#+]{1,2}){0,2}") {
            for first in Dialect::ALL {
                for second in Dialect::ALL {
                    if first.overlaps(&one, (*second, &two)) {
                        continue;
                    }
                    for topic in [format!("{one}{tail}"), format!("tele/{one}{tail}"), format!("cmnd/{one}{tail}")] {
                        let is_shared = first.part(&one, &topic).is_some() && second.part(&two, &topic).is_some();
                        // The first level of a Tasmota device is fixed; no other may be called like it.
                        let is_named_tele = one.starts_with("tele") || two.starts_with("tele");
                        prop_assert!(!is_shared || is_named_tele, "{} and {} on {}", one, two, topic);
                        let hears_other = first.may_subscribe(&one, &topic) && second.may_subscribe(&two, &topic);
                        prop_assert!(!hears_other, "{} and {} hear {}", one, two, topic);
                    }
                }
            }
        }
    }
}
