//! Proofs that were changed, cut off, or never were one.

use super::*;

/// A proof with won, taken and hindered wishes.
fn right() -> Vec<u8> {
    let mut wishes: Vec<_> =
        (1..=6).map(|n| tuesday(n, group(n % 3 + 1), n % 2 + 1, u8::try_from(n % 5 + 1).unwrap())).collect();
    wishes.push(tuesday(7, Entrant::Person(AliasId(4)), 3, 2));
    wishes.push(tuesday(8, group(1), 3, 2));
    let input = DrawInput::new(DrawId(7), wishes, [(WishId(8), Obstacle::Closed)]).unwrap();
    proof(&secret(1), &input, &run(&secret(1), &input))
}

fn refusal(file: &str) -> InvalidProof {
    verify(file.as_bytes()).expect_err("it is not right")
}

#[test]
fn every_single_bit_changed_is_refused() {
    let right = right();
    assert!(verify(&right).is_ok());
    for at in 0..right.len() {
        for bit in 0..8 {
            let mut changed = right.clone();
            changed[at] ^= 1 << bit;
            assert!(verify(&changed).is_err(), "bit {bit} of byte {at}");
        }
    }
}

#[test]
fn every_truncation_and_addition_is_refused() {
    let right = right();
    for length in 0..right.len() {
        let error = verify(&right[..length]).unwrap_err();
        assert_eq!(error.step(), Step::File, "{length} bytes: {error}");
    }
    for more in [&b" "[..], b"\n", b"\0", b"{}", &right] {
        assert!(verify(&[&right, more].concat()).is_err());
    }
}

proptest! {
    #[test]
    fn damaged_proofs_are_refused_without_panic(
        input in any_input(),
        n in any::<u64>(),
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let right = proof(&secret(n), &input, &run(&secret(n), &input));
        prop_assert!(verify(&right).is_ok());
        let mut changed = right.clone();
        for (at, byte) in flips {
            let at = at.index(changed.len());
            changed[at] = byte;
        }
        if let Some(cut) = cut {
            changed.truncate(cut.index(changed.len()));
        }
        prop_assert_eq!(verify(&changed).is_ok(), changed == right);
    }

    #[test]
    fn bytes_of_any_kind_are_refused_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(verify(&bytes).is_err());
    }

    /// Values that fit the types, and hashes that fit nothing.
    #[test]
    fn numbers_of_any_size_are_refused_without_panic(
        numbers in prop::array::uniform6(prop::sample::select(vec![
            "0", "-1", "1", "60", "604800", "4294967295", "4294967296", "9223372036854775807", "-9223372036854775808",
            "1e400", "0.5", "null", "[]", "\"\"",
        ])),
    ) {
        let [draw, id, from, until, importance, order] = numbers;
        let hash = "0".repeat(64);
        let file = format!(
            "{{\"format\":\"toolgate-draw\",\"version\":1,\"draw\":{draw},\"commitment\":\"{hash}\",\"secret\":\"{hash}\",\
             \"wishes\":[{{\"id\":{id},\"entrant\":\"group:1\",\"resource\":\"room:1\",\"from\":{from},\"until\":{until},\
             \"importance\":{importance},\"order\":{order}}}],\"wishes_hash\":\"{hash}\",\"obstacles\":[],\
             \"seed\":\"{hash}\",\"turns\":[],\"outcomes\":[]}}\n"
        );
        prop_assert!(verify(file.as_bytes()).is_err());
    }
}

#[test]
fn changed_value_is_refused_at_its_step() {
    let right = String::from_utf8(right()).unwrap();
    let verified = verify(right.as_bytes()).unwrap();
    let changed = |from: &str, to: &str| {
        assert!(right.contains(from), "{from} in {right}");
        refusal(&right.replacen(from, to, 1))
    };
    let commitment = verified.commitment.to_string();
    let other = secret(2);
    let (secret, wishes, seed) = (secret(1).to_hex(), verified.result.wishes_hash, verified.result.seed);
    assert_eq!(changed(&commitment, &other.commitment().to_string()).step(), Step::Secret);
    assert_eq!(
        changed(&secret, &other.to_hex()),
        InvalidProof::Secret { stated: verified.commitment, computed: other.commitment() }
    );
    assert_eq!(changed("\"importance\":2", "\"importance\":4").step(), Step::Wishes);
    assert_eq!(changed(&wishes.to_string(), &commitment).step(), Step::Wishes);
    assert_eq!(changed(&seed.to_string(), &commitment).step(), Step::Seed);
    assert_eq!(changed("\"turn\":1,", "\"turn\":2,"), InvalidProof::Turns(1));
    assert_eq!(changed("\"result\":\"closed\"", "\"result\":\"archived\""), InvalidProof::Outcomes(8));
    assert_eq!(changed("\"reason\":\"closed\"", "\"reason\":\"archived\""), InvalidProof::Outcomes(8));
    assert_eq!(changed(",\"wishes\"", ", \"wishes\"").step(), Step::File);
    assert_eq!(changed("room:2", "room:02").step(), Step::File);
    assert_eq!(changed("toolgate-draw", "toolgate-bill"), InvalidProof::NotAProof { line: 1, column: 1 });
    assert_eq!(changed("\"version\":1", "\"version\":2"), InvalidProof::UnknownVersion(2));
    assert_eq!(changed(&commitment, "abc"), InvalidProof::NotAHash("commitment"));
    assert_eq!(
        changed("\"importance\":2", "\"importance\":9"),
        InvalidProof::Wish { wish: 1, fault: WishFault::Importance }
    );
    assert_eq!(changed("group:2", "robot:2"), InvalidProof::Wish { wish: 1, fault: WishFault::Entrant });
    assert_eq!(changed("room:2", "roof:2"), InvalidProof::Wish { wish: 1, fault: WishFault::Resource });
    assert_eq!(changed("\"id\":2", "\"id\":1"), InvalidProof::Input(InvalidInput::DuplicateWish(WishId(1))));
    let empty = changed("\"until\":248400", "\"until\":237600");
    assert_eq!(empty, InvalidProof::Wish { wish: 1, fault: WishFault::Span(SpanError::Empty) });
    assert_eq!(empty.to_string(), "wish 1 is invalid: its time is wrong: it begins and ends at the same time");
}

#[test]
fn swapped_winner_is_refused_although_all_hashes_fit() {
    let wishes = (1..=2).map(|n| tuesday(n, group(n), 1, 3)).collect();
    let input = input(wishes);
    let mut result = run(&secret(1), &input);
    result.turns.swap(0, 1);
    for (turn, n) in result.turns.iter_mut().zip(1..) {
        (turn.turn, turn.won) = (n, (n == 1).then_some(WishId(if turn.entrant == group(1) { 1 } else { 2 })));
    }
    assert_eq!(verify(&proof(&secret(1), &input, &result)), Err(InvalidProof::Turns(1)));
}

#[test]
fn message_contains_nothing_of_the_file() {
    let hostile = "{\"format\":\"toolgate-draw\",\"version\":1,\"\\u001b[31mred\":1}\n";
    let message = refusal(hostile).to_string();
    assert!(!message.contains('\u{1b}') && !message.contains("red"), "{message}");
    for (file, expected) in [
        ("", "the file ends too early"),
        ("not JSON", "the file is not JSON from line 1, column 2 on"),
        ("[1]", "the file has other fields than a draw file, at line 1, column 2"),
    ] {
        assert_eq!(refusal(file).to_string(), expected);
    }
    let deep = "[".repeat(1_000_000);
    assert_eq!(refusal(&deep).step(), Step::File);
    assert_eq!(verify(&vec![b' '; MAX_BYTES + 1]), Err(InvalidProof::TooLarge));
}

#[test]
fn longest_proof_is_within_the_limit() {
    let largest = i64::MAX;
    let wishes: Vec<_> = (0..5_000)
        .map(|n| DrawWish {
            order: u32::MAX,
            ..tuesday(largest - n, Entrant::Person(AliasId(largest - n)), largest - n / 2, 5)
        })
        .collect();
    let input = input(wishes);
    let file = proof(&secret(1), &input, &run(&secret(1), &input));
    assert!(file.len() < MAX_BYTES, "{} bytes", file.len());
    assert!(verify(&file).is_ok());
}

#[test]
fn proof_contains_nothing_but_ids_numbers_and_hashes() {
    let right = String::from_utf8(right()).unwrap();
    let strings = right.split('"').skip(1).step_by(2);
    let known = |it: &str| {
        DrawHash::parse(it).is_some()
            || Entrant::parse(it).is_some()
            || Resource::parse(it).is_some()
            || it.chars().all(|it| it.is_ascii_lowercase() || it == '_' || it == '-')
    };
    for string in strings {
        assert!(known(string), "{string}");
    }
}
