//! Commands as messages to devices of each maker, and what devices answer.
//!
//! **Invariants.** Each command to be on carries its end, which the device's own timer keeps: `PulseTime` of Tasmota, `toggle_after`
//! of Shelly, `seconds` of the reference device. Timer and output are set by one message, so that no half of it can be lost. Answers
//! come within the device's own topics.
//!
//! Shapes: Tasmota's documentation of `Backlog0`, `PulseTime` and `Power<x>`; Shelly's API of generation 2, `Switch.Set`.

use super::{Command, Report, write};
use crate::building_devices::Dialect;
use serde_json::{Value, json};

/// A message to a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    pub topic: String,
    pub payload: String,
}

/// What a device says of one of its outputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It is on or off now.
    Output(bool),
    /// The state of a reference device.
    Report(Report),
    /// It could not do it.
    Failed,
}

/// Tasmota counts seconds from 100 on; below, tenths of a second.
const PULSE_SECONDS: u64 = 100;
/// The shortest pulse in seconds.
const SHORTEST_PULSE: u64 = 12;
/// The source of calls to a Shelly: it answers on `<source>/rpc`, which has to be one of its own topics.
const SOURCE: &str = "toolgate";

/// The message of `command` to output `output`, counted from 0, of the device with this topic. `None` if it takes no commands.
#[must_use]
pub fn order(dialect: Dialect, own: &str, output: u8, command: Command, id: u32) -> Option<Order> {
    let number = u16::from(output) + 1;
    let seconds = command.length.as_secs();
    let (topic, payload) = match dialect {
        // A plug has no limit of its own: heat is for reference devices only.
        Dialect::Tasmota | Dialect::Shelly if command.on && command.target.is_some() => return None,
        Dialect::Tasmota if command.on => {
            let pulse = seconds.max(SHORTEST_PULSE) + PULSE_SECONDS;
            (format!("cmnd/{own}/Backlog0"), format!("PulseTime{number} {pulse};Power{number} ON"))
        }
        Dialect::Tasmota => (format!("cmnd/{own}/POWER{number}"), "OFF".to_owned()),
        Dialect::Shelly => {
            let mut params = json!({ "id": output, "on": command.on });
            if command.on {
                params["toggle_after"] = seconds.into();
            }
            let call =
                json!({ "id": id, "src": format!("{own}/{SOURCE}"), "method": "Switch.Set", "params": params });
            (format!("{own}/rpc"), call.to_string())
        }
        Dialect::Reference => (format!("{own}/lease"), write(command, id)),
        Dialect::Json => return None,
    };
    Some(Order { topic, payload })
}

/// What the message at `part`, the topic behind that of the device, says of output `output`. `None` if nothing.
#[must_use]
pub fn answer(dialect: Dialect, part: &str, output: u8, payload: &[u8]) -> Option<Answer> {
    match dialect {
        Dialect::Tasmota => match part {
            "STATE" | "RESULT" => {
                let message = json(payload)?;
                let named = message.get(format!("POWER{}", u16::from(output) + 1));
                // A device with one relay writes no number.
                let power = named.or_else(|| message.get("POWER").filter(|_| output == 0))?;
                Some(Answer::Output(power.as_str()? == "ON"))
            }
            _ => None,
        },
        Dialect::Shelly if part == format!("status/switch:{output}") => output_of(&json(payload)?),
        Dialect::Shelly if part == "events/rpc" => {
            // Partial: only what changed.
            output_of(json(payload)?.get("params")?.get(format!("switch:{output}"))?)
        }
        Dialect::Shelly if part == format!("{SOURCE}/rpc") => json(payload)?.get("error").map(|_| Answer::Failed),
        Dialect::Reference if part == "state" && output == 0 => Report::parse(payload).ok().map(Answer::Report),
        Dialect::Shelly | Dialect::Reference | Dialect::Json => None,
    }
}

fn output_of(status: &Value) -> Option<Answer> {
    status.get("output")?.as_bool().map(Answer::Output)
}

fn json(payload: &[u8]) -> Option<Value> {
    serde_json::from_slice(payload).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::leases::{LONGEST, Tenths, read};
    use proptest::prelude::*;
    use std::time::Duration;

    const ON: Command = Command { on: true, target: None, length: LONGEST };
    const OFF: Command = Command { on: false, target: None, length: LONGEST };

    fn sent(dialect: Dialect, output: u8, command: Command) -> (String, String) {
        let Order { topic, payload } = order(dialect, "hall/plug", output, command, 7).unwrap();
        (topic, payload)
    }

    #[test]
    fn commands_to_be_on_set_the_timer_of_the_device() {
        let expected = |topic: &str, payload: &str| (topic.to_owned(), payload.to_owned());
        assert_eq!(
            sent(Dialect::Tasmota, 0, ON),
            expected("cmnd/hall/plug/Backlog0", "PulseTime1 1000;Power1 ON")
        );
        assert_eq!(sent(Dialect::Tasmota, 2, OFF), expected("cmnd/hall/plug/POWER3", "OFF"));
        let (topic, payload) = sent(Dialect::Shelly, 1, ON);
        let call: Value = serde_json::from_str(&payload).unwrap();
        assert_eq!(topic, "hall/plug/rpc");
        assert_eq!(call["method"], "Switch.Set");
        assert_eq!(call["params"], json!({ "id": 1, "on": true, "toggle_after": 900 }));
        assert_eq!(call["src"], "hall/plug/toolgate");
        let (_, payload) = sent(Dialect::Shelly, 1, OFF);
        assert!(!payload.contains("toggle_after"), "its timer would turn it on again: {payload}");
        assert_eq!(order(Dialect::Json, "hall", 0, ON, 7), None);
    }

    #[test]
    fn answers_of_each_dialect_are_read() {
        let on = Some(Answer::Output(true));
        assert_eq!(answer(Dialect::Tasmota, "RESULT", 0, br#"{"POWER":"ON"}"#), on);
        assert_eq!(answer(Dialect::Tasmota, "STATE", 1, br#"{"POWER1":"OFF","POWER2":"ON"}"#), on);
        assert_eq!(answer(Dialect::Tasmota, "STATE", 1, br#"{"POWER":"ON"}"#), None, "it has one relay");
        assert_eq!(answer(Dialect::Tasmota, "SENSOR", 0, br#"{"POWER":"ON"}"#), None);
        assert_eq!(answer(Dialect::Shelly, "status/switch:0", 0, br#"{"id":0,"output":true,"apower":2.5}"#), on);
        let event = br#"{"method":"NotifyStatus","params":{"ts":1,"switch:0":{"id":0,"output":false}}}"#;
        assert_eq!(answer(Dialect::Shelly, "events/rpc", 0, event), Some(Answer::Output(false)));
        assert_eq!(answer(Dialect::Shelly, "events/rpc", 1, event), None, "of another switch");
        let failed = br#"{"id":7,"error":{"code":-105,"message":"Argument 'id', value 3 not found!"}}"#;
        assert_eq!(answer(Dialect::Shelly, "toolgate/rpc", 0, failed), Some(Answer::Failed));
        assert_eq!(answer(Dialect::Reference, "state", 0, b"{}"), None);
    }

    #[test]
    fn orders_go_to_topics_on_which_the_device_listens() {
        for dialect in [Dialect::Tasmota, Dialect::Shelly, Dialect::Reference] {
            for command in [ON, OFF] {
                let Order { topic, .. } = order(dialect, "hall/plug", 0, command, 1).unwrap();
                assert!(dialect.receives("hall/plug", &topic), "{topic}");
            }
        }
    }

    #[test]
    fn heat_is_never_sent_to_a_plug() {
        let heat = Command { target: Some(Tenths(210)), ..ON };
        for dialect in [Dialect::Tasmota, Dialect::Shelly] {
            assert_eq!(order(dialect, "plug", 0, heat, 1), None);
        }
        assert!(order(Dialect::Reference, "heater", 0, heat, 1).is_some());
    }

    proptest! {
        #[test]
        fn reference_device_reads_sent_commands(on: bool, target in prop::option::of(-100_i32..400), seconds in 1_u64..=900, id: u16) {
            let command = Command { on, target: target.map(Tenths), length: Duration::from_secs(seconds) };
            let Order { payload, .. } = order(Dialect::Reference, "hall", 0, command, id.into()).unwrap();
            prop_assert_eq!(read(payload.as_bytes()), Ok((id.into(), command)));
        }

        #[test]
        fn no_payload_makes_it_panic(payload in prop::collection::vec(any::<u8>(), 0..80), part in "STATE|RESULT|state|events/rpc") {
            for dialect in Dialect::ALL {
                let _ = answer(*dialect, &part, 0, &payload);
            }
        }
    }
}
