//! `toolgate draw verify` and `docs/draw-verify.py`, the second verifier, on the same files: both must agree.

use crate::roles::described::faults;
use api::DOCUMENT;
use domain::{
    bookings::Resource,
    draws::{
        DrawInput, DrawWish, Entrant, Importance, Obstacle, Secret, Step, WEEK, WeekSpan, proof, run, verify,
    },
    id::{AliasId, DrawId, GroupId, MachineId, RoomId, WishId},
};
use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

const HOUR: u32 = 3_600;

/// Numbers that look random, the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u32) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u32::try_from(self.0 >> 33).unwrap() % limit
    }
}

/// The proof of a draw with `entrants` × `each` wishes for `rooms` rooms; every fifth wish of `obstacles` has one.
fn sample(seed: u64, entrants: u32, each: u32, rooms: u32, obstacles: bool) -> Vec<u8> {
    let mut numbers = Numbers(seed);
    let mut wishes = Vec::new();
    for n in 0..entrants * each {
        let entrant = i64::from(n % entrants + 1);
        let entrant =
            if entrant % 4 == 0 { Entrant::Person(AliasId(entrant)) } else { Entrant::Group(GroupId(entrant)) };
        let room = i64::from(numbers.below(rooms) + 1);
        let resource = if room == 3 { Resource::Machine(MachineId(room)) } else { Resource::Room(RoomId(room)) };
        let from = numbers.below(7 * 24) * HOUR;
        let until = (from + (numbers.below(6) + 1) * HOUR) % WEEK;
        let until = if until == 0 { WEEK } else { until };
        wishes.push(DrawWish {
            id: WishId(i64::from(n * 3 + 1)),
            entrant,
            resource,
            span: WeekSpan::new(from, until).unwrap(),
            importance: Importance::new(u8::try_from(numbers.below(5) + 1).unwrap()).unwrap(),
            // Sometimes the same, so that the id decides.
            order: n / entrants / 2,
        });
    }
    let hindered = wishes.iter().map(|wish| wish.id).step_by(5).filter(|_| obstacles);
    let hindered: Vec<_> = hindered.zip(Obstacle::ALL.iter().copied().cycle()).collect();
    let input = DrawInput::new(DrawId(7), wishes, hindered).unwrap();
    let secret = Secret::new([u8::try_from(seed).unwrap(); 32]);
    proof(&secret, &input, &run(&secret, &input))
}

fn toolgate(file: &Path, more: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_toolgate"));
    command.args(["draw", "verify"]).arg(file).args(more).output().unwrap()
}

fn python(file: &Path) -> Output {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/draw-verify.py");
    Command::new("/usr/bin/python3").arg(script).arg(file).output().expect("python3")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The step that the Python verifier refuses, if it does.
fn refused_by_python(file: &Path) -> Option<Step> {
    let output = python(file);
    let message = text(&output.stderr);
    assert!(!message.contains("Traceback"), "{message}");
    let step = message.split_once("step ").and_then(|(_, rest)| rest.split_once(':'));
    let step = step.and_then(|(step, _)| Step::parse(step));
    assert_eq!(output.status.code(), Some(i32::from(step.is_some())), "{message}");
    step
}

#[test]
fn verifiers_accept_the_same_draws_with_the_same_figures() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("draw.json");
    // None at all; one; ties of several wishes; more entrants than times; many rounds; a large one.
    let shapes = [(1, 0, 1), (1, 1, 1), (5, 4, 2), (60, 3, 1), (4, 20, 3), (60, 20, 40)];
    for (seed, (entrants, each, rooms)) in (1..).zip(shapes) {
        for obstacles in [false, true] {
            fs::write(&file, sample(seed, entrants, each, rooms, obstacles)).unwrap();
            let (own, second) = (toolgate(&file, &[]), python(&file));
            assert!(own.status.success(), "{entrants} × {each}: {}", text(&own.stderr));
            assert!(second.status.success(), "{entrants} × {each}: {}", text(&second.stderr));
            let expected = text(&second.stdout) + "Compare both hashes with those published before the draw.\n";
            assert_eq!(text(&own.stdout), expected);
        }
    }
}

#[test]
fn changed_value_is_refused_by_both_at_the_same_step() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("draw.json");
    let right = text(&sample(9, 6, 3, 2, true));
    let other_digit = |field: &str| {
        let at = right.find(field).unwrap() + field.len();
        let digit = if &right[at..=at] == "0" { "1" } else { "0" };
        format!("{}{digit}{}", &right[..at], &right[at + 1..])
    };
    let replaced = |from: &str, to: &str| {
        assert!(right.contains(from), "{from} in {right}");
        right.replacen(from, to, 1)
    };
    let importance = right.find("\"importance\":").map(|at| right[at..at + 14].to_owned()).unwrap();
    let other = if importance.ends_with('1') { "\"importance\":2" } else { "\"importance\":1" };
    let cases = [
        (other_digit("\"secret\":\""), Step::Secret),
        (other_digit("\"commitment\":\""), Step::Secret),
        (replaced(&importance, other), Step::Wishes),
        (replaced("\"draw\":7", "\"draw\":8"), Step::Wishes),
        (other_digit("\"wishes_hash\":\""), Step::Wishes),
        (other_digit("\"seed\":\""), Step::Seed),
        (replaced("\"round\":1,\"turn\":2,", "\"round\":1,\"turn\":3,"), Step::Turns),
        (replaced("\"result\":\"taken\"", "\"result\":\"closed\""), Step::Outcomes),
        (replaced("\"reason\":\"archived\"", "\"reason\":\"closed\""), Step::Outcomes),
        (replaced(&importance, "\"importance\":6"), Step::File),
        (replaced("\"version\":1", "\"version\":2"), Step::File),
        (replaced("\"version\":1", "\"version\":1.0"), Step::File),
        (replaced("\"draw\":7", "\"draw\":7,\"note\":\"\""), Step::File),
        (replaced(",\"seed\"", ", \"seed\""), Step::File),
        (right.trim_end().to_owned(), Step::File),
        (right[..right.len() / 2].to_owned(), Step::File),
        (String::new(), Step::File),
        ("[".repeat(100_000), Step::File),
        ("7".repeat(100_000), Step::File),
        (format!("\u{feff}{right}"), Step::File),
    ];
    for (changed, step) in cases {
        fs::write(&file, &changed).unwrap();
        let start: String = changed.chars().take(60).collect();
        assert_eq!(verify(changed.as_bytes()).unwrap_err().step(), step, "{start}");
        assert_eq!(refused_by_python(&file), Some(step), "{start}");
    }
}

#[test]
fn changed_byte_anywhere_is_refused_by_both() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("draw.json");
    let right = sample(11, 3, 2, 1, true);
    let mut numbers = Numbers(1);
    for n in 0..40 {
        let mut changed = right.clone();
        let at = right.len() * n / 40;
        changed[at] ^= 1 << numbers.below(8);
        fs::write(&file, &changed).unwrap();
        assert!(verify(&changed).is_err(), "byte {at}");
        assert!(refused_by_python(&file).is_some(), "byte {at}");
    }
}

#[test]
fn draw_verify_compares_published_hashes_and_reports_by_exit_code() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("draw.json");
    let right = sample(13, 9, 3, 4, false);
    fs::write(&file, &right).unwrap();
    let verified = verify(&right).unwrap();
    // As on the page, in groups of eight.
    let commitment = verified.commitment.to_string();
    let spaced: Vec<_> = (0..8).map(|n| &commitment[n * 8..n * 8 + 8]).collect();
    let wishes = verified.result.wishes_hash.to_string();
    let both = toolgate(&file, &["--commitment", &spaced.join(" "), "--wishes", &wishes]);
    assert!(both.status.success(), "{}", text(&both.stderr));
    let verdict = text(&both.stdout);
    assert!(verdict.starts_with("The draw is right: wishes 27, won "), "{verdict}");
    assert!(!verdict.contains("Compare"), "{verdict}");

    let other = toolgate(&file, &["--commitment", &wishes]);
    assert_eq!(other.status.code(), Some(1));
    assert!(text(&other.stderr).contains("its secret was replaced"), "{}", text(&other.stderr));
    let other = toolgate(&file, &["--wishes", &commitment]);
    assert_eq!(other.status.code(), Some(1));
    assert!(text(&other.stderr).contains("wishes were changed"), "{}", text(&other.stderr));
    assert_eq!(toolgate(&file, &["--wishes", "7"]).status.code(), Some(2), "no hash");

    fs::write(&file, text(&right).replacen("\"result\":\"won\"", "\"result\":\"taken\"", 1)).unwrap();
    let refused = toolgate(&file, &[]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("not right, step outcomes"), "{}", text(&refused.stderr));

    for unreadable in [dir.path().join("nothing.json"), dir.path().to_owned()] {
        let output = toolgate(&unreadable, &[]);
        assert_eq!(output.status.code(), Some(1));
        let message = text(&output.stderr);
        assert!(message.contains("cannot be read") && message.contains("because"), "{message}");
        assert!(!text(&python(&unreadable).stderr).contains("Traceback"));
    }
    fs::write(&file, vec![b' '; domain::draws::MAX_BYTES + 1]).unwrap();
    let large = toolgate(&file, &[]);
    assert!(text(&large.stderr).contains("the limit of a draw file"), "{}", text(&large.stderr));
}

#[test]
fn written_proof_matches_its_described_schema() {
    let answer = &DOCUMENT["paths"]["/draws/{id}/proof"]["get"]["responses"]["200"];
    let schema = &answer["content"]["application/json"]["schema"];
    assert_eq!(schema["$ref"], "#/components/schemas/DrawProof");
    for obstacles in [false, true] {
        let file: serde_json::Value = serde_json::from_slice(&sample(9, 6, 3, 2, obstacles)).unwrap();
        assert_eq!(faults(schema, &file, "proof"), Vec::<String>::new());
    }
}
