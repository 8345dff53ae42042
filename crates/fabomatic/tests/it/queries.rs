//! Every message of a board as the firmware writes it, and malformed ones.

use domain::cards::CardUid;
use fabomatic::{Malformed, Query};
use proptest::prelude::*;
use std::time::Duration;

fn uid() -> CardUid {
    CardUid::from_board("deadbe0f").unwrap()
}

/// Every row of the protocol's table, and each replay.
fn as_sent() -> Vec<(&'static str, Query)> {
    let uid = uid();
    vec![
        (
            r#"{"action":"alive","version":"esp32,1a2b3c4","ip":"10.0.0.7","serial":"a1b2c3d4e5f6","heap":"181024"}"#,
            Query::Alive {
                version: "esp32,1a2b3c4".into(),
                ip: "10.0.0.7".into(),
                serial: Some("a1b2c3d4e5f6".into()),
                heap: Some(181_024),
            },
        ),
        (
            r#"{"action":"alive","version":"esp8266,0000000","ip":"10.0.0.7"}"#,
            Query::Alive { version: "esp8266,0000000".into(), ip: "10.0.0.7".into(), serial: None, heap: None },
        ),
        (r#"{"action":"checkmachine"}"#, Query::CheckMachine),
        (r#"{"action":"checkuser","uid":"deadbe0f"}"#, Query::CheckUser { uid: uid.clone() }),
        (r#"{"action":"startuse", "uid":"deadbe0f"}"#, Query::StartUse { uid: uid.clone(), replay: false }),
        (
            r#"{"action":"startuse", "uid":"deadbe0f", "replay":true}"#,
            Query::StartUse { uid: uid.clone(), replay: true },
        ),
        (
            r#"{"action":"stopuse", "uid":"deadbe0f","duration":3600}"#,
            Query::StopUse { uid: uid.clone(), duration: Duration::from_hours(1), replay: false },
        ),
        (
            r#"{"action":"stopuse", "uid":"deadbe0f","duration":0, "replay":true}"#,
            Query::StopUse { uid: uid.clone(), duration: Duration::ZERO, replay: true },
        ),
        (
            r#"{"action":"inuse", "uid":"deadbe0f","duration":30}"#,
            Query::InUse { uid: uid.clone(), duration: Duration::from_secs(30) },
        ),
        (r#"{"action":"maintenance", "uid":"deadbe0f"}"#, Query::Maintenance { uid: uid.clone(), replay: false }),
        (r#"{"action":"maintenance", "uid":"deadbe0f", "replay":true}"#, Query::Maintenance { uid, replay: true }),
        (r#"{"action":"synccache"}"#, Query::SyncCache),
    ]
}

#[test]
fn queries_match_the_firmware_byte_for_byte() {
    for (bytes, query) in as_sent() {
        assert_eq!(Query::parse(bytes.as_bytes()), Ok(query.clone()), "{bytes}");
        assert_eq!(query.encode(), bytes);
    }
}

#[test]
fn upper_case_uid_and_unknown_fields_parse_alike() {
    for bytes in [
        r#"{"action":"checkuser","uid":"DEADbe0F"}"#,
        r#" { "uid" : "deadbe0f" , "action" : "checkuser" } "#,
        r#"{"action":"checkuser","uid":"deadbe0f","replay":7,"duration":"x","more":[{"a":[null]}]}"#,
        r#"{"\u0061ction":"checkuser","uid":"\u0064eadbe0f"}"#,
    ] {
        assert_eq!(Query::parse(bytes.as_bytes()), Ok(Query::CheckUser { uid: uid() }), "{bytes}");
    }
}

// A21
#[test]
fn malformed_query_is_refused_with_its_reason() {
    let deep = format!(r#"{{"action":"checkmachine","x":{}{}}}"#, "[".repeat(200), "]".repeat(200));
    let unclosed = "[".repeat(1_000);
    let million = format!(r#"{{"action":"checkmachine","x":"{}"}}"#, "x".repeat(1_000_000));
    let field = |rest: &str| format!(r#"{{"action":{rest}}}"#);
    for (bytes, why) in [
        (b"".to_vec(), Malformed::NotJson),
        (b"hello".to_vec(), Malformed::NotJson),
        (br#"{"action":"checkmachine""#.to_vec(), Malformed::NotJson),
        (br#"{"action":"checkmachine"}{}"#.to_vec(), Malformed::NotJson),
        (b"{'action':'checkmachine'}".to_vec(), Malformed::NotJson),
        (b"\0\0\0\0".to_vec(), Malformed::NotJson),
        (b"{\"action\":\"check\xffmachine\"}".to_vec(), Malformed::NotUtf8),
        (million.into(), Malformed::TooLarge),
        (deep.into(), Malformed::TooDeep),
        (unclosed.into(), Malformed::TooDeep),
        (b"[]".to_vec(), Malformed::NotAnObject),
        (b"null".to_vec(), Malformed::NotAnObject),
        (b"\"checkmachine\"".to_vec(), Malformed::NotAnObject),
        (b"{}".to_vec(), Malformed::MissingField("action")),
        (field("7").into(), Malformed::WrongType("action")),
        (field("null").into(), Malformed::WrongType("action")),
        (field(r#""""#).into(), Malformed::UnknownAction),
        (field(r#""CheckMachine""#).into(), Malformed::UnknownAction),
        (field(r#""reboot""#).into(), Malformed::UnknownAction),
        (field(r#""alive""#).into(), Malformed::MissingField("version")),
        (field(r#""alive","version":"v","ip":7"#).into(), Malformed::WrongType("ip")),
        (field(r#""alive","version":"v","ip":"","heap":"many""#).into(), Malformed::WrongType("heap")),
        (field(r#""checkuser""#).into(), Malformed::MissingField("uid")),
        (field(r#""checkuser","uid":null"#).into(), Malformed::WrongType("uid")),
        (field(r#""checkuser","uid":12345678"#).into(), Malformed::WrongType("uid")),
        (field(r#""checkuser","uid":["deadbe0f"]"#).into(), Malformed::WrongType("uid")),
        (field(r#""checkuser","uid":"""#).into(), Malformed::BadUid),
        (field(r#""checkuser","uid":"deadbe0""#).into(), Malformed::BadUid),
        (field(r#""checkuser","uid":"deadbe0f01""#).into(), Malformed::BadUid),
        (field(r#""checkuser","uid":"deadbe0g""#).into(), Malformed::BadUid),
        (field(r#""startuse", "uid":"deadbe0f","replay":"true""#).into(), Malformed::WrongType("replay")),
        (field(r#""stopuse", "uid":"deadbe0f""#).into(), Malformed::MissingField("duration")),
        (field(r#""stopuse", "uid":"deadbe0f","duration":"5""#).into(), Malformed::WrongType("duration")),
        (field(r#""stopuse", "uid":"deadbe0f","duration":null"#).into(), Malformed::WrongType("duration")),
        (field(r#""inuse", "uid":"deadbe0f","duration":1.5"#).into(), Malformed::BadDuration),
        (field(r#""inuse", "uid":"deadbe0f","duration":99999999999999999999"#).into(), Malformed::BadDuration),
    ] {
        assert_eq!(Query::parse(&bytes), Err(why), "{}", String::from_utf8_lossy(&bytes[..bytes.len().min(80)]));
    }
}

#[test]
fn brackets_in_strings_do_not_count_as_nesting() {
    let bytes = format!(r#"{{"action":"checkmachine","x":"{}\"{}"}}"#, "[{".repeat(50), "[".repeat(20));
    assert_eq!(Query::parse(bytes.as_bytes()), Ok(Query::CheckMachine));
}

#[test]
fn only_stored_queries_become_replays() {
    for (bytes, query) in as_sent() {
        let remaining = ["startuse", "stopuse", "maintenance"].contains(&query.action());
        assert_eq!(query.is_kept(), remaining, "{bytes}");
        assert_eq!(query.clone().into_replay().is_replay(), remaining, "{bytes}");
        assert_eq!(query.waits(), query.action() != "alive", "{bytes}");
    }
}

fn any_uid() -> impl Strategy<Value = CardUid> {
    any::<u32>().prop_map(|four| CardUid::from_board(&format!("{four:08x}")).unwrap())
}

fn any_query() -> impl Strategy<Value = Query> {
    let seconds = any::<u32>().prop_map(|seconds| Duration::from_secs(seconds.into()));
    prop_oneof![
        ("\\PC{0,40}", "\\PC{0,20}", proptest::option::of("[0-9a-f]{12}"), proptest::option::of(any::<u64>()))
            .prop_map(|(version, ip, serial, heap)| Query::Alive { version, ip, serial, heap }),
        Just(Query::CheckMachine),
        any_uid().prop_map(|uid| Query::CheckUser { uid }),
        (any_uid(), any::<bool>()).prop_map(|(uid, replay)| Query::StartUse { uid, replay }),
        (any_uid(), seconds.clone(), any::<bool>()).prop_map(|(uid, duration, replay)| Query::StopUse {
            uid,
            duration,
            replay
        }),
        (any_uid(), seconds).prop_map(|(uid, duration)| Query::InUse { uid, duration }),
        (any_uid(), any::<bool>()).prop_map(|(uid, replay)| Query::Maintenance { uid, replay }),
        Just(Query::SyncCache),
    ]
}

proptest! {
    #[test]
    fn any_query_round_trips(query in any_query()) {
        prop_assert_eq!(Query::parse(query.encode().as_bytes()), Ok(query));
    }

    // A21
    #[test]
    fn any_bytes_parse_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..1_200)) {
        let _ = Query::parse(&bytes);
        let _ = fabomatic::malformed::excerpt(&bytes);
    }

    // A21
    #[test]
    fn damaged_message_is_never_parsed_partially(
        query in any_query(),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 1..6),
    ) {
        let mut bytes = query.encode().into_bytes();
        for (at, byte, how) in changes {
            let at = at.index(bytes.len().max(1)).min(bytes.len());
            match how {
                0 => bytes.insert(at, byte),
                1 if at < bytes.len() => { bytes.remove(at); }
                _ => bytes.truncate(at),
            }
        }
        // A message that still parses round-trips: nothing is parsed partially.
        if let Ok(read) = Query::parse(&bytes) {
            prop_assert_eq!(Query::parse(read.encode().as_bytes()), Ok(read));
        }
    }
}
