//! Topics and requests byte for byte.

use domain::{boards::MachineNumber, cards::CardUid};
use fabomatic::{
    Malformed, PACKET, PAYLOAD, Request, Topics,
    topic::{BadTopics, BoardTopic},
};
use proptest::prelude::*;

#[test]
fn only_the_canonical_topic_names_a_machine() {
    let topics = Topics::default();
    for (topic, number) in [("machine/0", 0), ("machine/7", 7), ("machine/65535", 65_535)] {
        assert_eq!(topics.number(topic), Ok(MachineNumber(number)));
        assert_eq!(topics.query(MachineNumber(number)), topic);
    }
    for topic in [
        "machine/",
        "machine",
        "machine7",
        "machine/65536",
        "machine/99999999999999999999",
        "machine/-1",
        "machine/+1",
        "machine/007",
        "machine/00",
        "machine/ 7",
        "machine/7 ",
        "machine/x",
        "machine/0x7",
        "machine/٣",
        "machine/7/",
        "machine/7/reply",
        "Machine/7",
        "/machine/7",
        "machine//7",
        "machine/+",
        "machine/#",
        "",
    ] {
        assert_eq!(topics.number(topic), Err(Malformed::MachineNumber), "{topic}");
    }
}

#[test]
fn board_topics_are_recognised_and_others_ignored() {
    let topics = Topics::default();
    let seven = MachineNumber(7);
    assert_eq!(topics.reply(seven), "machine/7/reply");
    assert_eq!(topics.request(seven), "machine/7/request");
    assert_eq!(topics.queries(), "machine/+");
    assert_eq!(topics.read("machine/7"), Some(BoardTopic::Query(seven)));
    assert_eq!(topics.read("machine/7/reply"), Some(BoardTopic::Reply(seven)));
    assert_eq!(topics.read("machine/7/request"), Some(BoardTopic::Request(seven)));
    for topic in [
        "machine/+/reply",
        "machine/#",
        "machine/7/#",
        "machine/7/+",
        "#",
        "machine/7/replyx",
        "machine/7/reply/x",
        "machine/07/reply",
        "machine/70000/reply",
        "machine//reply",
        "stats/7",
        "$SYS/machine/7",
    ] {
        assert_eq!(topics.read(topic), None, "{topic}");
    }
}

#[test]
fn configured_prefix_and_suffixes_are_used_and_validated() {
    let topics = Topics::new("lab/m", "/r", "/q").unwrap();
    assert_eq!(topics.query(MachineNumber(7)), "lab/m/7");
    assert_eq!(topics.number("lab/m/7"), Ok(MachineNumber(7)));
    assert_eq!(topics.number("machine/7"), Err(Malformed::MachineNumber));
    assert_eq!(topics.read("lab/m/7/q"), Some(BoardTopic::Request(MachineNumber(7))));

    for (prefix, reply, request, fault) in [
        ("", "/r", "/q", BadTopics::Characters(String::new())),
        ("m/+", "/r", "/q", BadTopics::Characters("m/+".into())),
        ("m", "/r", "/q#", BadTopics::Characters("/q#".into())),
        ("m", "reply", "/q", BadTopics::Suffix("reply".into())),
        ("m", "/r", "/", BadTopics::Suffix("/".into())),
        ("m", "/r", "/r", BadTopics::Same),
        ("workshop-machine", "/reply", "/q", BadTopics::TooLong(22)),
    ] {
        assert_eq!(Topics::new(prefix, reply, request), Err(fault));
    }
}

#[test]
fn largest_reply_on_longest_topic_fits_the_packet() {
    let topics = Topics::new("a-long-prefix", "/reply", "/request").unwrap();
    let topic = topics.reply(MachineNumber(u16::MAX));
    assert_eq!(1 + 2 + 2 + topic.len() + PAYLOAD, PACKET);
    assert_eq!(Topics::new("a-longer-prefi", "/reply", "/request"), Err(BadTopics::TooLong(20)));
}

#[test]
fn requests_match_the_protocol_byte_for_byte() {
    let uid = CardUid::from_board("deadbe0f").unwrap();
    for (request, bytes) in [
        (Request::Start { uid: uid.clone() }, r#"{"request_type":"start","uid":"deadbe0f"}"#),
        (Request::Stop { uid }, r#"{"request_type":"stop","uid":"deadbe0f"}"#),
    ] {
        assert_eq!(request.encode(), bytes);
        assert_eq!(Request::parse(bytes.as_bytes()), Ok(request));
    }
    for (bytes, why) in [
        (r#"{"request_type":"reboot","uid":"deadbe0f"}"#, Malformed::UnknownAction),
        (r#"{"request_type":"stop","uid":""}"#, Malformed::BadUid),
        (r#"{"uid":"deadbe0f"}"#, Malformed::MissingField("request_type")),
        ("stop", Malformed::NotJson),
    ] {
        assert_eq!(Request::parse(bytes.as_bytes()), Err(why), "{bytes}");
    }
}

proptest! {
    #[test]
    fn any_machine_number_round_trips(number: u16) {
        let (topics, number) = (Topics::default(), MachineNumber(number));
        prop_assert_eq!(topics.number(&topics.query(number)), Ok(number));
        prop_assert_eq!(topics.read(&topics.reply(number)), Some(BoardTopic::Reply(number)));
        prop_assert_eq!(topics.read(&topics.request(number)), Some(BoardTopic::Request(number)));
    }

    #[test]
    fn any_topic_parses_without_panic(topic in "\\PC{0,40}", below in "machine/[0-9+#/a-z]{0,12}") {
        let topics = Topics::default();
        let _ = (topics.number(&topic), topics.read(&topic), topics.number(&below), topics.read(&below));
    }
}
