//! What the messages of meters say. Shapes: Tasmota's MQTT documentation (`tele/…/SENSOR`, `STATE`, `LWT`) and Shelly's Gen 2
//! API (`status/switch:0`, `events/rpc`, `online`).

use super::Unit;
use serde_json::Value;

/// How a device speaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MeterFormat {
    /// Below `tele/<topic>/`. Energy is in kWh.
    Tasmota,
    /// Below `<prefix>/`, with the number of the switch. Energy is in Wh.
    Shelly { switch: u8 },
    /// The value at a path of names and numbers with dots between, in this unit.
    Path { path: String, unit: Unit },
}

/// What a message says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// A reading in base units.
    Reading(i64),
    /// The device is there, or gone.
    Alive(bool),
    /// Nothing about this meter.
    Nothing,
}

/// Why a message is no reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnreadableReading {
    #[error("not JSON")]
    Json,
    #[error("no value at the path")]
    Missing,
    #[error("no number")]
    Number,
}

/// What the message at `topic`, relative to the device's own, says.
pub fn hear(format: &MeterFormat, topic: &str, payload: &[u8]) -> Result<Heard, UnreadableReading> {
    match (format, topic) {
        (MeterFormat::Tasmota, "LWT") => Ok(alive(payload, "Online", "Offline")),
        (MeterFormat::Tasmota, "STATE") => json(payload).map(|_| Heard::Alive(true)),
        (MeterFormat::Tasmota, "SENSOR") => match json(payload)?.pointer("/ENERGY/Total") {
            Some(total) => reading(total, Unit::KilowattHours),
            // Sensors without a meter speak there, too.
            None => Ok(Heard::Nothing),
        },
        (MeterFormat::Shelly { .. }, "online") => Ok(alive(payload, "true", "false")),
        (MeterFormat::Shelly { switch }, "events/rpc") => {
            // Partial: only what changed.
            let message = json(payload)?;
            let total = message.get("params").and_then(|params| energy(params.get(format!("switch:{switch}"))?));
            total.map_or(Ok(Heard::Nothing), |total| reading(total, Unit::WattHours))
        }
        (MeterFormat::Shelly { switch }, topic) if topic == format!("status/switch:{switch}") => {
            reading(energy(&json(payload)?).ok_or(UnreadableReading::Missing)?, Unit::WattHours)
        }
        (MeterFormat::Tasmota | MeterFormat::Shelly { .. }, _) => Ok(Heard::Nothing),
        (MeterFormat::Path { path, unit }, _) => {
            let message = json(payload)?;
            let mut value = &message;
            for part in path.split('.').filter(|part| !part.is_empty()) {
                let next = match value {
                    Value::Array(list) => part.parse::<usize>().ok().and_then(|at| list.get(at)),
                    _ => value.get(part),
                };
                value = next.ok_or(UnreadableReading::Missing)?;
            }
            reading(value, *unit)
        }
    }
}

fn json(payload: &[u8]) -> Result<Value, UnreadableReading> {
    serde_json::from_slice(payload).map_err(|_| UnreadableReading::Json)
}

fn alive(payload: &[u8], yes: &str, no: &str) -> Heard {
    match payload {
        word if word == yes.as_bytes() => Heard::Alive(true),
        word if word == no.as_bytes() => Heard::Alive(false),
        _ => Heard::Nothing,
    }
}

fn energy(of: &Value) -> Option<&Value> {
    of.pointer("/aenergy/total")
}

/// A number, a number in quotes, or one per phase.
fn reading(value: &Value, unit: Unit) -> Result<Heard, UnreadableReading> {
    let number = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        Value::Array(phases) if !phases.is_empty() => phases.iter().map(Value::as_f64).sum(),
        _ => None,
    };
    number.and_then(|number| unit.to_base(number)).map(Heard::Reading).ok_or(UnreadableReading::Number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(path: &str, unit: Unit) -> MeterFormat {
        MeterFormat::Path { path: path.to_owned(), unit }
    }

    #[test]
    fn tasmota_speaks_in_kilowatt_hours() {
        let hear = |topic, payload: &str| hear(&MeterFormat::Tasmota, topic, payload.as_bytes());
        let one = r#"{"Time":"2024-10-03T12:49:13","ENERGY":{"Total":381.701,"Today":0.327,"Power":0}}"#;
        assert_eq!(hear("SENSOR", one), Ok(Heard::Reading(381_701_000)));
        let phases = r#"{"ENERGY":{"Total":[1.5,2,0.001]}}"#;
        assert_eq!(hear("SENSOR", phases), Ok(Heard::Reading(3_501_000)));
        assert_eq!(hear("SENSOR", r#"{"DS18B20":{"Temperature":20.6}}"#), Ok(Heard::Nothing));
        assert_eq!(hear("SENSOR", r#"{"ENERGY":{"Total":"none"}}"#), Err(UnreadableReading::Number));
        assert_eq!(hear("SENSOR", "Online"), Err(UnreadableReading::Json));
        assert_eq!(hear("LWT", "Offline"), Ok(Heard::Alive(false)));
        assert_eq!(hear("STATE", r#"{"POWER":"OFF"}"#), Ok(Heard::Alive(true)));
        assert_eq!(hear("INFO1", "{"), Ok(Heard::Nothing));
    }

    #[test]
    fn shelly_speaks_in_watt_hours_and_in_part() {
        let shelly = MeterFormat::Shelly { switch: 0 };
        let hear = |topic, payload: &str| hear(&shelly, topic, payload.as_bytes());
        let whole =
            r#"{"id":0,"output":true,"apower":25.7,"aenergy":{"total":913.252},"temperature":{"tC":68.1}}"#;
        assert_eq!(hear("status/switch:0", whole), Ok(Heard::Reading(913_252)));
        assert_eq!(hear("status/switch:1", whole), Ok(Heard::Nothing));
        let part = r#"{"method":"NotifyStatus","params":{"ts":1,"switch:0":{"id":0,"output":false}}}"#;
        assert_eq!(hear("events/rpc", part), Ok(Heard::Nothing));
        let energy = r#"{"method":"NotifyStatus","params":{"switch:0":{"aenergy":{"total":1000.0}}}}"#;
        assert_eq!(hear("events/rpc", energy), Ok(Heard::Reading(1_000_000)));
        assert_eq!(hear("online", "true"), Ok(Heard::Alive(true)));
    }

    #[test]
    fn path_leads_through_objects_and_lists() {
        let message = br#"{"a":[{"t":"21.4"},{"t":null}]}"#;
        assert_eq!(hear(&at("a.0.t", Unit::Celsius), "any", message), Ok(Heard::Reading(21_400)));
        assert_eq!(hear(&at("a.1.t", Unit::Celsius), "any", message), Err(UnreadableReading::Number));
        assert_eq!(hear(&at("a.2.t", Unit::Celsius), "any", message), Err(UnreadableReading::Missing));
        assert_eq!(hear(&at("", Unit::People), "any", b"7"), Ok(Heard::Reading(7)));
        assert_eq!(hear(&at("", Unit::People), "any", b"1e300"), Err(UnreadableReading::Number));
        for impossible in ["1e15", "-5", "10001"] {
            let heard = hear(&at("", Unit::People), "any", impossible.as_bytes());
            assert_eq!(heard, Err(UnreadableReading::Number), "{impossible} people");
        }
        assert_eq!(hear(&at("", Unit::Celsius), "any", b"2500"), Err(UnreadableReading::Number));
        assert_eq!(hear(&at("", Unit::Celsius), "any", b"-18.5"), Ok(Heard::Reading(-18_500)));
    }

    proptest! {
        #[test]
        fn any_bytes_do_not_panic(path in "[a-z0-9.]{0,12}", bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            for format in [MeterFormat::Tasmota, MeterFormat::Shelly { switch: 0 }, at(&path, Unit::WattHours)] {
                for topic in ["SENSOR", "LWT", "STATE", "status/switch:0", "events/rpc", "online"] {
                    let _ = hear(&format, topic, &bytes);
                }
            }
        }
    }
}
