//! Devices of the building that speak MQTT: plugs, sensors and switches. Their topics, by the system of their maker.
//!
//! **Invariant.** A device speaks and listens within its own part of the topics alone, so that its login opens nothing else. No
//! topic begins as those of another protocol do, so devices of different makers never share one.
//!
//! Not here: what its messages mean (`meters`, `leases`), and the broker.

use crate::{string_enum::string_enum, time::Millis};

/// The most characters of a topic.
pub const TOPIC: usize = 100;
/// The most devices of a space.
pub const DEVICES: usize = 500;
/// A device that was not heard for this long is silent. Plugs report every five minutes.
pub const SILENT: std::time::Duration = std::time::Duration::from_mins(12);

/// First levels of topics with a meaning of their own: those of Tasmota, and of the server's status. Those that begin with `$` are
/// of brokers, and no [`Topic`].
pub const RESERVED: [&str; 4] = ["cmnd", "tele", "stat", "stats"];

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

/// Whether one of two topics is the other, or below it.
fn overlap(one: &str, other: &str) -> bool {
    below(one, other).is_some() || below(other, one).is_some()
}

impl Dialect {
    /// The number of its first output, as its maker counts: `switch:0` of a Shelly, `POWER1` of a Tasmota.
    #[must_use]
    pub const fn first_output(self) -> u16 {
        match self {
            Self::Shelly => 0,
            Self::Tasmota | Self::Reference | Self::Json => 1,
        }
    }

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

    /// Whether a device with this topic could be mistaken for one with the topic `other`, neither of which is reserved.
    #[must_use]
    pub fn overlaps(self, own: &str, (dialect, other): (Self, &str)) -> bool {
        let is_apart = (self == Self::Tasmota) != (dialect == Self::Tasmota);
        !is_apart && overlap(own, other)
    }

    /// Whether a device may not have this topic, because another protocol uses it. `boards` is the beginning of the topics of boards.
    #[must_use]
    pub fn is_reserved(self, own: &str, boards: &str) -> bool {
        let first = own.split('/').next().unwrap_or_default();
        let of_maker = match self {
            Self::Tasmota => {
                ["cmnd", "tele", "stat"].iter().any(|level| overlap(&format!("{level}/{own}"), boards))
            }
            Self::Shelly | Self::Reference | Self::Json => false,
        };
        RESERVED.contains(&first) || overlap(own, boards) || of_maker
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

    #[test]
    fn topics_of_other_protocols_are_reserved() {
        for dialect in Dialect::ALL {
            for topic in ["cmnd/plug-3", "tele/plug-3", "tele", "stat", "stats/toolgate", "machine", "machine/11"]
            {
                assert!(dialect.is_reserved(topic, "machine"), "{dialect:?} {topic}");
            }
            for topic in ["plug-3", "telemetry/hall", "machines/11", "hall/machine", "hall/tele"] {
                assert!(!dialect.is_reserved(topic, "machine"), "{dialect:?} {topic}");
            }
            assert!(dialect.is_reserved("shop", "shop/machine"), "it would receive what boards publish below it");
        }
        assert!(Dialect::Tasmota.is_reserved("board", "tele/board"));
        assert!(!Dialect::Shelly.is_reserved("board", "tele/board"));
    }

    /// What the device may publish.
    fn publishes(dialect: Dialect, own: &str, topic: &str) -> bool {
        is_exact(topic) && dialect.part(own, topic).is_some()
    }

    fn any_topic() -> impl Strategy<Value = String> {
        let level = || {
            prop::sample::select(vec!["a", "ab", "b", "rpc", "lease", "cmnd", "tele", "stat", "stats", "machine"])
        };
        prop::collection::vec(level(), 1..4).prop_map(|levels| levels.join("/"))
    }

    proptest! {
        #[test]
        fn no_topic_of_a_device_is_received_by_another_or_by_a_board(
            one in any_topic(), two in any_topic(), tail in "(/(a|b|rpc|lease|#|[+])){0,2}", boards in "machine|a/machine|tele/b",
        ) {
            let roots = [&one, &two].map(|own| ["", "tele/", "stat/", "cmnd/"].map(|first| format!("{first}{own}{tail}")));
            for first in Dialect::ALL.iter().filter(|dialect| !dialect.is_reserved(&one, &boards)) {
                for topic in roots.iter().flatten().chain([&format!("{boards}/7{tail}"), &format!("stats/toolgate{tail}")]) {
                    let is_of_boards = overlap(topic, &boards) || topic.starts_with("stats/");
                    let is_own = publishes(*first, &one, topic) || first.may_subscribe(&one, topic);
                    prop_assert!(!is_own || !is_of_boards, "{first:?} {one} reaches {topic}");
                }
                let separate = Dialect::ALL.iter().filter(|second| !first.overlaps(&one, (**second, &two)));
                for second in separate.filter(|dialect| !dialect.is_reserved(&two, &boards)) {
                    for topic in roots.iter().flatten() {
                        let is_published = publishes(*first, &one, topic);
                        let is_received = second.may_subscribe(&two, topic) || publishes(*second, &two, topic);
                        prop_assert!(!is_published || !is_received, "{first:?} {one} and {second:?} {two} on {topic}");
                        let both = first.may_subscribe(&one, topic) && second.may_subscribe(&two, topic);
                        prop_assert!(!both, "{first:?} {one} and {second:?} {two} hear {topic}");
                    }
                }
            }
        }
    }
}
