//! Chances follow the weights: counted over many draws with different secrets, the same in every run.

use super::*;
use std::collections::BTreeMap;

const DRAWS: u32 = 10_000;

/// Asserts that `count` of [`DRAWS`] lies within 3 standard deviations of the probability `weight / total`.
fn assert_share(count: u32, weight: u32, total: u32) {
    let (draws, p) = (f64::from(DRAWS), f64::from(weight) / f64::from(total));
    let (expected, deviation) = (draws * p, (draws * p * (1.0 - p)).sqrt());
    let distance = (f64::from(count) - expected).abs();
    assert!(distance <= 3.0 * deviation, "{count} of {DRAWS}, expected {expected:.0} ± {:.0}", 3.0 * deviation);
}

/// How often each entrant has the turn with this number in the first round.
fn turns(input: &DrawInput, turn: u32) -> BTreeMap<Entrant, u32> {
    let mut counts = BTreeMap::new();
    for n in 0..DRAWS {
        let result = run(&secret(n.into()), input);
        let found = result.turns.iter().find(|it| it.round == 1 && it.turn == turn).unwrap();
        *counts.entry(found.entrant).or_default() += 1;
    }
    counts
}

#[test]
fn share_of_a_contested_room_follows_importance() {
    // Five groups, importance 1 to 5, one room.
    let input = input((1..=5).map(|n| tuesday(n, group(n), 1, u8::try_from(n).unwrap())).collect());
    let mut wins = BTreeMap::<WishId, u32>::new();
    for n in 0..DRAWS {
        let result = run(&secret(n.into()), &input);
        assert_eq!(result.won().count(), 1);
        *wins.entry(result.won().next().unwrap()).or_default() += 1;
    }
    for wish in input.wishes() {
        assert_share(wins[&wish.id], wish.importance.get().into(), 15);
    }
}

#[test]
fn equal_importance_gives_equal_shares() {
    let input = input((1..=9).map(|n| tuesday(n, group(n), 1, 3)).collect());
    for count in turns(&input, 1).into_values() {
        assert_share(count, 1, 9);
    }
}

#[test]
fn second_turn_is_drawn_among_the_others_by_weight() {
    // Weights 1, 2 and 3: first with 1/6, 2/6 and 3/6, and second, for the
    // lightest, with 2/6 × 1/4 + 3/6 × 1/3.
    let input = input((1..=3).map(|n| tuesday(n, group(n), n, u8::try_from(n).unwrap())).collect());
    let counts = turns(&input, 2);
    for (id, sixtieths) in [(1, 15), (2, 24), (3, 21)] {
        assert_share(counts[&group(id)], sixtieths, 60);
    }
}

#[test]
fn more_wishes_do_not_buy_a_better_turn() {
    let mut wishes: Vec<_> = (1..=2).map(|n| tuesday(n, group(n), n, 5)).collect();
    wishes.extend((3..23).map(|n| tuesday(n, group(2), n, 5)));
    for count in turns(&input(wishes), 1).into_values() {
        assert_share(count, 1, 2);
    }
}
