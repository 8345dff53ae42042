//! Every reply byte for byte, within the size limit, and parsed as leniently as boards do.

use domain::{access::Level, cards::CardUid};
use fabomatic::{
    PAYLOAD, Reply,
    reply::{CheckMachineReply, CheckUserReply, PlainReply, SYNCED, SyncCacheReply},
};
use proptest::prelude::*;
use serde_json::Value;

fn machine() -> CheckMachineReply {
    CheckMachineReply {
        request_ok: true,
        is_valid: true,
        maintenance: false,
        allowed: true,
        name: "Laser cutter".into(),
        logoff: 480,
        kind: 1,
        grace: 2,
        description: String::new(),
    }
}

fn cards(count: u32) -> Vec<(CardUid, Level)> {
    (0..count).map(|n| (CardUid::from_board(&format!("{n:08x}")).unwrap(), Level::User)).collect()
}

#[test]
fn replies_match_the_protocol_byte_for_byte() {
    for (reply, bytes) in [
        (
            Reply::CheckUser(CheckUserReply::allowed("Zoë Weiß", Level::Staff)),
            r#"{"request_ok":true,"is_valid":true,"name":"Zoe Weiss","missing_auth":false,"level":2}"#,
        ),
        (
            Reply::CheckUser(CheckUserReply::refused("Ada", true)),
            r#"{"request_ok":true,"is_valid":false,"name":"Ada","missing_auth":true,"level":0}"#,
        ),
        (
            Reply::CheckUser(CheckUserReply::refused("Unknown", false)),
            r#"{"request_ok":true,"is_valid":false,"name":"Unknown","missing_auth":false,"level":0}"#,
        ),
        (
            Reply::CheckMachine(machine()),
            r#"{"request_ok":true,"is_valid":true,"maintenance":false,"allowed":true,"name":"Laser cutter","logoff":480,"type":1,"grace":2,"description":""}"#,
        ),
        (Reply::ok(), r#"{"request_ok":true,"message":"OK"}"#),
        (Reply::not_ok("Say \"no\""), r#"{"request_ok":false,"message":"Say \"no\""}"#),
        (Reply::InvalidMachine, r#"{"request_ok":false,"message":"Invalid machine ID"}"#),
        (
            Reply::SyncCache(SyncCacheReply { request_ok: true, cards: cards(2) }),
            r#"{"request_ok":true,"cards":[{"uid":"00000000","level":1},{"uid":"00000001","level":1}]}"#,
        ),
        (
            Reply::SyncCache(SyncCacheReply { request_ok: true, cards: vec![] }),
            r#"{"request_ok":true,"cards":[]}"#,
        ),
    ] {
        assert_eq!(reply.encode(), bytes);
    }
}

#[test]
fn oversized_reply_shortens_description_before_name() {
    let reply = |name: &str, description: &str| {
        let reply = CheckMachineReply { name: name.into(), description: description.into(), ..machine() };
        let bytes = Reply::CheckMachine(reply).encode();
        assert!(bytes.len() <= PAYLOAD);
        (bytes.len(), CheckMachineReply::read(bytes.as_bytes()).unwrap())
    };
    let (length, read) = reply("Bandsaw", &"d".repeat(300));
    assert_eq!((length, read.name.as_str()), (PAYLOAD, "Bandsaw"));
    assert!(read.description.len() > 100);
    let (length, read) = reply(&"n".repeat(300), "why");
    assert_eq!((length, read.description.as_str()), (PAYLOAD, ""));
    // A quote takes two bytes and is not cut in half.
    let (length, read) = reply(&"\"".repeat(300), "why");
    assert!(length >= PAYLOAD - 1 && read.name.chars().all(|c| c == '"'), "{length}");
}

#[test]
fn oversized_cache_reply_drops_the_last_cards() {
    let bytes = Reply::SyncCache(SyncCacheReply { request_ok: true, cards: cards(40) }).encode();
    assert!(bytes.len() <= PAYLOAD);
    assert_eq!(SyncCacheReply::read(bytes.as_bytes()).unwrap().cards, cards(40)[..SYNCED]);
}

#[test]
fn replies_parse_as_leniently_as_the_firmware() {
    let user = |bytes: &str| CheckUserReply::read(bytes.as_bytes()).unwrap();
    assert!(user(r#"{"is_valid":true}"#).is_valid);
    assert!(user(r#"{"is_valid":1}"#).is_valid);
    assert!(!user(r#"{"is_valid":0}"#).is_valid);
    assert!(!user(r#"{"is_valid":"true"}"#).is_valid, "a text reads as false");
    assert!(!user("{}").request_ok);
    for (level, read) in [("0", None), ("1", Some(Level::User)), ("2", Some(Level::Staff)), ("\"2\"", None)] {
        assert_eq!(user(&format!(r#"{{"level":{level}}}"#)).level, read);
    }

    let empty = CheckMachineReply::read(b"{}").unwrap();
    assert!(!empty.allowed, "a missing `allowed` blocks the machine");
    assert_eq!((empty.grace, empty.logoff, empty.kind), (1, 0, 0));
    assert_eq!(empty.description, "");
    let out_of_range = CheckMachineReply::read(br#"{"grace":65536,"logoff":-1,"type":256}"#).unwrap();
    assert_eq!((out_of_range.grace, out_of_range.logoff, out_of_range.kind), (1, 0, 0));

    for bytes in [&b""[..], b"OK", b"[]", b"{\"request_ok\":tru"] {
        assert_eq!(PlainReply::read(bytes), None);
        assert_eq!(CheckMachineReply::read(bytes), None);
    }
    assert_eq!(
        PlainReply::read(br#"{"request_ok":false,"message":"Invalid machine ID"}"#),
        Some(PlainReply { request_ok: false, message: "Invalid machine ID".into() })
    );
    let cards = SyncCacheReply::read(
        br#"{"request_ok":true,"cards":[{"uid":"x","level":1},{"uid":"DEADBE0F","level":3},7]}"#,
    );
    assert_eq!(cards.unwrap().cards, [(CardUid::from_board("deadbe0f").unwrap(), Level::Administrator)]);
}

/// Any Unicode, with many awkward characters.
fn any_text() -> impl Strategy<Value = String> {
    let awkward = prop::sample::select(vec![
        '"', '\\', '\n', '\0', '\u{7f}', 'ß', 'Щ', '…', '👩', '\u{200d}', '\u{301}', '～',
    ]);
    let c = prop_oneof![any::<char>(), awkward, any::<char>().prop_map(|_| 'x')];
    proptest::collection::vec(c, 0..300).prop_map(String::from_iter)
}

fn any_reply() -> impl Strategy<Value = Reply> {
    let level = prop::sample::select(vec![Level::User, Level::Staff, Level::Administrator]);
    let machine = (any_text(), any_text(), any::<[bool; 4]>(), any::<(u16, u8, u16)>());
    prop_oneof![
        (any_text(), proptest::option::of(level), any::<[bool; 3]>()).prop_map(
            |(name, level, [request_ok, is_valid, missing_auth])| {
                Reply::CheckUser(CheckUserReply { request_ok, is_valid, name, missing_auth, level })
            }
        ),
        machine.prop_map(|(name, description, flags, (logoff, kind, grace))| {
            let [request_ok, is_valid, maintenance, allowed] = flags;
            Reply::CheckMachine(CheckMachineReply {
                request_ok,
                is_valid,
                maintenance,
                allowed,
                name,
                logoff,
                kind,
                grace,
                description,
            })
        }),
        (any::<bool>(), any_text())
            .prop_map(|(request_ok, message)| Reply::Plain(PlainReply { request_ok, message })),
        (any::<bool>(), 0..50_u32)
            .prop_map(|(request_ok, count)| Reply::SyncCache(SyncCacheReply { request_ok, cards: cards(count) })),
    ]
}

proptest! {
    #[test]
    fn any_reply_is_json_within_the_payload_limit(reply in any_reply()) {
        let bytes = reply.encode();
        prop_assert!(bytes.len() <= PAYLOAD, "{} bytes", bytes.len());
        prop_assert!(bytes.bytes().all(|byte| (b' '..=b'~').contains(&byte)));
        let object = serde_json::from_str::<Value>(&bytes).unwrap();
        prop_assert!(object["request_ok"].is_boolean());
    }

    #[test]
    fn any_machine_reply_round_trips(
        name in "[a-zA-Z0-9][a-zA-Z0-9 \"']{0,10}[a-z]",
        flags in any::<[bool; 4]>(),
        numbers in any::<(u16, u8, u16)>(),
    ) {
        let [request_ok, is_valid, maintenance, allowed] = flags;
        let (logoff, kind, grace) = numbers;
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        let sent = CheckMachineReply {
            request_ok, is_valid, maintenance, allowed, name: name.clone(), logoff, kind, grace, description: name,
        };
        let read = CheckMachineReply::read(Reply::CheckMachine(sent.clone()).encode().as_bytes());
        prop_assert_eq!(read, Some(sent));
    }

    #[test]
    fn any_bytes_parse_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = (CheckUserReply::read(&bytes), CheckMachineReply::read(&bytes));
        let _ = (PlainReply::read(&bytes), SyncCacheReply::read(&bytes), fabomatic::Request::parse(&bytes));
    }
}
