//! A21: a hundred thousand mutated messages against a running server.

use crate::lab::Lab;
use rand::{RngExt, SeedableRng, rngs::StdRng};

const MESSAGES: usize = 100_000;
/// Messages before the server must answer a query.
const BURST: usize = 1_000;

const VALID: [&str; 8] = [
    r#"{"action":"alive","version":"esp32,1a2b","ip":"10.0.0.7","serial":"a1b2c3d4e5f6","heap":"12345"}"#,
    r#"{"action":"checkmachine"}"#,
    r#"{"action":"checkuser","uid":"0000ada1"}"#,
    r#"{"action":"startuse", "uid":"0000ada1"}"#,
    r#"{"action":"stopuse", "uid":"0000ada1","duration":17}"#,
    r#"{"action":"inuse", "uid":"0000ada1","duration":4}"#,
    r#"{"action":"maintenance", "uid":"0000ada1", "replay":true}"#,
    r#"{"action":"synccache"}"#,
];
const TOPICS: [&str; 6] =
    ["machine/11", "machine/12", "machine/13", "machine/0", "machine/65535", "machine/70000"];

/// A valid message with a few bytes changed, cut, doubled or inserted.
fn mutated(rng: &mut StdRng) -> Vec<u8> {
    let mut message = VALID[rng.random_range(0..VALID.len())].as_bytes().to_vec();
    for _ in 0..rng.random_range(0..4) {
        if message.is_empty() {
            break;
        }
        let at = rng.random_range(0..message.len());
        match rng.random_range(0..6) {
            0 => message[at] = rng.random(),
            1 => message.truncate(at),
            2 => message.insert(at, rng.random()),
            3 => drop(message.remove(at)),
            4 => message.extend_from_within(at..),
            _ => message.splice(at..at, b"[{\"\\u0000\xc3".iter().copied()).for_each(drop),
        }
    }
    message
}

// A21
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hundred_thousand_mutated_messages_do_no_harm() {
    let mut lab = Lab::start().await;
    let mut watch = lab.board(12).await;
    let mut attacker = lab.wire("BOARD666").await;
    let mut rng = StdRng::seed_from_u64(21);
    let mut malformed = 0;
    for sent in 0..MESSAGES {
        let (topic, message) = (TOPICS[rng.random_range(0..TOPICS.len())], mutated(&mut rng));
        let passes = topic != "machine/70000";
        malformed += usize::from(passes && fabomatic::Query::parse(&message).is_err());
        attacker.say(topic, message);
        if sent % BURST == BURST - 1 {
            attacker.flush().await;
            // The attacker sends for machine 12 as well; its answers may come in between.
            watch.heard_before_answer(12).await;
        }
    }
    let answer = lab.board(11).await.ask(11, r#"{"action":"checkuser","uid":"0000ada1"}"#).await;
    assert!(answer.contains("\"is_valid\":true"), "{answer}");
    lab.stop().await;
    // Topics with 70000 never pass the broker; messages that do are understood, or counted one by one.
    let counted = lab
        .number(
            "SELECT sum(seen) FROM rejected_message WHERE kind NOT IN ('too-long', 'too-many', 'topic-refused')",
        )
        .await;
    assert_eq!(usize::try_from(counted).unwrap(), malformed, "each one is counted");
    let open =
        "SELECT max(n) FROM (SELECT count(*) AS n FROM use_session WHERE ended_at IS NULL GROUP BY machine_id)";
    assert_eq!(lab.number(open).await, 1);
    let overlaps = "SELECT count(*) FROM use_session a JOIN use_session b
        ON a.machine_id = b.machine_id AND a.id < b.id
        AND a.started_at < ifnull(b.ended_at, 9e18) AND b.started_at < ifnull(a.ended_at, 9e18)
        AND a.started_at < ifnull(a.ended_at, 9e18) AND b.started_at < ifnull(b.ended_at, 9e18)";
    assert_eq!(lab.number(overlaps).await, 0);
    let hours = "SELECT (SELECT sum(used_ms) FROM machine_total)
        - (SELECT sum(ended_at - started_at) FROM use_session WHERE ended_at IS NOT NULL)";
    assert_eq!(lab.number(hours).await, 0, "hours are counted once");
}
