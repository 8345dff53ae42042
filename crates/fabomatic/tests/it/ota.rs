//! Firmware over the air, byte for byte as boards and Espressif's tool send it.

use fabomatic::ota::{Answer, Challenge, DATAGRAM, Heard, Invitation, Method, Proof, VERDICT, Verdict};
use proptest::prelude::*;

const MD5: &str = "d41d8cd98f00b204e9800998ecf8427e";

#[test]
fn invitation_encodes_by_position_and_malformed_ones_are_refused() {
    let invitation = Invitation { port: 51_234, size: 1_168_784, md5: MD5.into() };
    assert_eq!(invitation.encode(), format!("0 51234 1168784 {MD5}\n"));
    assert_eq!(Invitation::parse(invitation.encode().as_bytes()), Some(invitation));
    // Another flash, no digest, no size, a trailing field, an invalid port.
    let none = ["100 1 2 ", "0 1 ", "0 1 x ", "0 70000 2 "].map(|begin| format!("{begin}{MD5}\n"));
    for text in none.into_iter().chain(["0 1 2 abc\n".into(), format!("0 1 2 {MD5} 3\n"), String::new()]) {
        assert_eq!(Invitation::parse(text.as_bytes()), None, "{text:?}");
    }
}

#[test]
fn answers_parse_as_agreed_challenge_wrong_proof_or_other() {
    assert_eq!(Answer::parse(b"OK"), Answer::Agreed);
    assert_eq!(Answer::parse(b"Authentication Failed"), Answer::WrongProof);
    for (length, method) in [(32, Method::Md5), (64, Method::Pbkdf2)] {
        let challenge = Challenge { nonce: "a".repeat(length) };
        assert_eq!(challenge.method(), method);
        let answer = Answer::Challenge(challenge);
        assert_eq!(Answer::parse(answer.encode().as_bytes()), answer);
    }
    for other in ["", "AUTH", "AUTH ", "AUTH abc", "OKAY", "ERR", "\u{1f600}"] {
        assert_eq!(Answer::parse(other.as_bytes()), Answer::Other, "{other}");
    }
    assert_eq!(Answer::parse(&[b' '; DATAGRAM + 1]), Answer::Other);
}

#[test]
fn proof_with_uneven_lengths_is_refused() {
    let proof = Proof { nonce: "c".repeat(64), response: "d".repeat(64) };
    assert_eq!(proof.encode(), format!("200 {} {}\n", "c".repeat(64), "d".repeat(64)));
    assert_eq!(Proof::parse(proof.encode().as_bytes()), Some(proof));
    let uneven = Proof { nonce: "c".repeat(64), response: "d".repeat(32) };
    assert_eq!(Proof::parse(uneven.encode().as_bytes()), None);
}

#[test]
fn split_progress_numbers_are_ignored_until_the_verdict() {
    let mut heard = Heard::default();
    for bytes in [&b"1024"[..], b"10241", b"024536", b"488"] {
        heard.hear(bytes);
        assert!(!heard.has_words() && heard.verdict().is_none());
    }
    heard.hear(b"607O");
    assert!(!heard.is_taken(), "not whole yet");
    heard.hear(b"K");
    assert_eq!(heard.verdict(), Some(Verdict::Accepted));
}

#[test]
fn final_messages_map_to_verdicts() {
    for (words, verdict) in [
        ("MD5 Check Failed\r\n", Verdict::Damaged),
        ("Not Enough Space\r\n", Verdict::NoRoom),
        ("Bad Size Given", Verdict::NoRoom),
        ("Wrong Magic Byte\r\n", Verdict::Invalid),
        ("Could Not Activate The Firmware\r\n", Verdict::Invalid),
        ("Flash Write Failed\r\n", Verdict::Failed),
        ("<html>", Verdict::Failed),
    ] {
        let mut heard = Heard::default();
        heard.hear(format!("1024607{words}").as_bytes());
        assert_eq!(heard.verdict(), Some(verdict), "{words}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_heard_in_bounded_memory(pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..400), 0..6)) {
        let mut heard = Heard::default();
        for piece in &pieces {
            heard.hear(piece);
            let _ = (Answer::parse(piece), Invitation::parse(piece), Proof::parse(piece));
        }
        prop_assert_eq!(heard.has_words(), heard.verdict().is_some());
        let stored = format!("{heard:?}");
        prop_assert!(stored.len() < VERDICT * 8);
    }

    #[test]
    fn any_invitation_round_trips(port: u16, size: u32) {
        let invitation = Invitation { port, size, md5: MD5.into() };
        prop_assert_eq!(Invitation::parse(invitation.encode().as_bytes()), Some(invitation));
    }
}
