//! Which topics belong to which power switch.
//!
//! All switches share one login, so a connection is bound to the first switch it subscribes to. **Invariants.** A
//! switch receives only messages below its own topic, never a topic of a board or of another switch. What it
//! reports is delivered to no one.

use crate::broker::OWN_CLIENT;
use domain::boards::MachineNumber;
use fabomatic::Topics;
use mqtt5_protocol::topic_matches_filter;

/// Tasmota's prefix for commands.
const COMMANDS: &str = "cmnd";
/// Topics that all switches of a make subscribe to besides their own.
const COMMON: [&str; 4] = ["cmnd/tasmotas/#", "tasmotas/cmnd/#", "shellies/command", "shellies_discovery/rpc"];
/// Top levels shared by all switches of a make; none of them is a switch itself.
const MAKES: [&str; 6] = [COMMANDS, "shellies", "tasmota", "tasmotas", "zigbee2mqtt", "homeassistant"];

/// The topics of power switches that boards may publish to.
#[derive(Debug, Clone)]
pub(super) struct SwitchTopics {
    /// Each topic, with the root its switch subscribes to.
    topics: Vec<(String, String)>,
    boards: Topics,
}

impl SwitchTopics {
    pub(super) fn new(topics: &[String], boards: &Topics) -> Self {
        let mut of_switches = Self { topics: Vec::new(), boards: boards.clone() };
        let with_root = |topic: &String| {
            let root = root(topic);
            let is_free = !of_switches.reaches_boards(&format!("{root}/#"));
            (topic.clone(), if is_free { root } else { topic.clone() })
        };
        of_switches.topics = topics.iter().map(with_root).collect();
        of_switches
    }

    /// Whether boards may publish a switch command on the topic.
    pub(super) fn contains(&self, topic: &str) -> bool {
        self.topics.iter().any(|(known, _)| known == topic)
    }

    /// Whether the switch connected as `client` may subscribe to `filter`. It is bound to the first topic it
    /// names, `held`.
    pub(super) fn may_subscribe(&self, client: &str, held: &mut Option<String>, filter: &str) -> bool {
        if self.reaches_boards(filter) {
            return false;
        }
        let Some(root) = self.root_of(filter) else {
            let fallback = format!("{COMMANDS}/{client}_fb/#");
            return (COMMON.contains(&filter) || filter == fallback) && !self.reaches_switches(filter);
        };
        let is_own = held.as_ref().is_none_or(|held| held == root);
        if is_own {
            *held = Some(root.to_owned());
        }
        is_own
    }

    /// Whether a message on `topic` is worth reporting: published in the name of the server, of a board or of
    /// another switch. Everything else is the switch's own status.
    pub(super) fn is_foreign(&self, held: Option<&String>, topic: &str) -> bool {
        let is_of_boards = self.boards.number(topic).is_ok() || self.boards.read(topic).is_some();
        let is_of_other = self.root_of(topic).is_some_and(|root| held.is_some_and(|held| held != root));
        is_of_boards || is_of_other || topic.starts_with('$') || topic.starts_with("stats/")
    }

    /// The root of the single switch that `filter` names.
    fn root_of(&self, filter: &str) -> Option<&str> {
        let roots = || self.topics.iter().map(|(_, root)| root.as_str());
        let root = roots().filter(|root| is_below(filter, root)).max_by_key(|root| root.len())?;
        let is_alone =
            !filter.contains(['+', '#']) || !roots().any(|other| other != root && is_below(other, root));
        is_alone.then_some(root)
    }

    fn reaches_switches(&self, filter: &str) -> bool {
        self.topics.iter().any(|(topic, root)| {
            topic_matches_filter(topic, filter) || topic_matches_filter(&format!("{root}/x"), filter)
        })
    }

    /// Whether `filter` covers topics of boards or of the server.
    pub(super) fn reaches_boards(&self, filter: &str) -> bool {
        // A number in it is the only machine it covers; a wildcard covers all.
        let numbers = filter.split('/').filter_map(|level| level.parse().ok()).chain([0]).map(MachineNumber);
        let of_boards = numbers.flat_map(|number| {
            [self.boards.query(number), self.boards.reply(number), self.boards.request(number)]
        });
        of_boards.chain([format!("stats/{OWN_CLIENT}")]).any(|topic| topic_matches_filter(&topic, filter))
    }
}

/// Whether `filter` is `root` or below it.
fn is_below(filter: &str, root: &str) -> bool {
    filter.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The root that a switch subscribes to, given its command topic: the topic without the command, if it is a known
/// one.
fn root(topic: &str) -> String {
    let levels: Vec<&str> = topic.split('/').collect();
    let own = match levels.as_slice() {
        [own @ .., last] if own.contains(&COMMANDS) && is_command_of_tasmota(last) => own,
        [own @ .., "relay" | "switch" | "light", _, "command"]
        | [own @ .., "command" | "rpc" | "set"]
        | [own @ .., "command", _] => own,
        all => all,
    };
    let is_whole = own.iter().any(|level| !MAKES.contains(level) && !level.is_empty());
    if is_whole { own.join("/") } else { topic.to_owned() }
}

fn is_command_of_tasmota(level: &str) -> bool {
    let name = level.trim_end_matches(|digit: char| digit.is_ascii_digit()).to_ascii_lowercase();
    matches!(name.as_str(), "power" | "backlog" | "event" | "state" | "pulsetime")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn switches(topics: &[&str]) -> SwitchTopics {
        let topics: Vec<String> = topics.iter().map(|&topic| topic.to_owned()).collect();
        SwitchTopics::new(&topics, &Topics::default())
    }

    #[test]
    fn switch_subscribes_below_its_own_topic() {
        let all = switches(&[
            "cmnd/laser/POWER",
            "cmnd/strip/POWER1",
            "cmnd/strip/POWER2",
            "hall/lathe/cmnd/Power",
            "shellies/mill/relay/0/command",
            "shellyplus-1/command/switch:0",
            "shelly/drill",
        ]);
        for (client, filters) in [
            ("DVES_1A2B3C", &["cmnd/laser/#", "cmnd/tasmotas/#", "cmnd/DVES_1A2B3C_fb/#", "cmnd/laser/POWER"][..]),
            ("strip", &["cmnd/strip/#", "cmnd/strip/POWER1", "cmnd/strip/POWER2"]),
            ("DVES_1", &["hall/lathe/cmnd/#", "tasmotas/cmnd/#"]),
            ("mill", &["shellies/mill/relay/0/command", "shellies/mill/command", "shellies/command"]),
            ("plus", &["shellyplus-1/rpc", "shellyplus-1/command/#", "shellyplus-1/command/switch:0"]),
            ("drill", &["shelly/drill", "shelly/drill/#"]),
        ] {
            let mut held = None;
            for filter in filters {
                assert!(all.may_subscribe(client, &mut held, filter), "{client} {filter}");
            }
            for other in [
                "#",
                "+/#",
                "cmnd/#",
                "cmnd/+/POWER",
                "cmnd/+/#",
                "cmnd/drill/#",
                "cmnd/other_fb/#",
                "shellies/#",
                "shelly/+",
                "shelly/drillpress",
                "machine/#",
                "machine/7",
                "machine/7/reply",
                "machine/+/request",
                "+/7/reply",
                "stats/toolgate",
                "stats/#",
            ] {
                assert!(!all.may_subscribe(client, &mut held, other), "{client} {other}");
            }
        }
    }

    #[test]
    fn switch_is_bound_to_first_topic_it_names() {
        let all = switches(&["cmnd/laser/POWER", "cmnd/mill/POWER", "cmnd/mill_fb/POWER", "a", "a/b"]);
        let mut held = None;
        assert!(all.may_subscribe("DVES_1", &mut held, "cmnd/laser/#"));
        assert!(!all.may_subscribe("DVES_1", &mut held, "cmnd/mill/#"));
        assert!(!all.may_subscribe("mill", &mut held, "cmnd/mill_fb/#"), "the topic of a switch is no fallback");
        assert!(all.may_subscribe("DVES_1", &mut held, "cmnd/laser/POWER"));
        assert!(!all.may_subscribe("x", &mut None, "a/#"), "it would hear the one below it");
        assert!(all.may_subscribe("x", &mut None, "a") && all.may_subscribe("x", &mut None, "a/b/#"));
        assert!(all.is_foreign(held.as_ref(), "cmnd/mill/POWER") && all.is_foreign(None, "machine/7"));
        assert!(all.is_foreign(None, "machine/7/reply") && all.is_foreign(None, "stats/toolgate"));
        for own in ["cmnd/laser/POWER", "tele/laser/LWT", "stat/laser/RESULT", "tasmota/discovery/AB/config"] {
            assert!(!all.is_foreign(held.as_ref(), own), "{own}");
        }
    }

    #[test]
    fn switch_below_board_topics_hears_only_its_own() {
        let all = switches(&["machine", "machine/7/command", "stats"]);
        for filter in ["machine/#", "machine/7/#", "machine/7", "machine/7/reply", "stats/#", "machine/+/command"]
        {
            assert!(!all.may_subscribe("x", &mut None, filter), "{filter}");
        }
        assert!(all.may_subscribe("x", &mut None, "machine/7/command"));
    }
}
