//! What holds for every draw, whatever the wishes.

use super::*;
use std::collections::{BTreeMap, BTreeSet};

/// Asserts that the result follows the rules of rounds, without running it a second time.
fn assert_fair(input: &DrawInput, result: &DrawResult) {
    let mut lost = BTreeMap::new();
    let mut won = BTreeSet::new();
    let mut wins = BTreeMap::<Entrant, usize>::new();
    for wish in input.wishes() {
        if let Some(&obstacle) = input.obstacles().get(&wish.id) {
            lost.insert(wish.id, Outcome::Obstacle(obstacle));
        }
    }
    for turn in &result.turns {
        let is_pending = |wish: &DrawWish| !lost.contains_key(&wish.id) && !won.contains(&wish.id);
        let own = input.wishes().iter().filter(|wish| wish.entrant == turn.entrant && is_pending(wish));
        let best = own.min_by_key(|wish| (u8::MAX - wish.importance.get(), wish.order, wish.id));
        assert_eq!(turn.won, best.map(|wish| wish.id), "the first choice that is left");
        let Some(best) = best.copied() else { continue };
        let before = wins.get(&turn.entrant).copied().unwrap_or(0);
        for other in input.wishes().iter().filter(|wish| is_pending(wish)) {
            let has = wins.get(&other.entrant).copied().unwrap_or(0);
            assert!(
                has >= before,
                "{} has {has} and could have more, {} has {before}",
                other.entrant,
                turn.entrant
            );
        }
        let rivals: Vec<_> =
            input.wishes().iter().filter(|wish| is_pending(wish) && wish.collides(&best)).collect();
        for rival in rivals {
            lost.insert(rival.id, Outcome::Taken { by: best.id });
        }
        lost.remove(&best.id);
        won.insert(best.id);
        *wins.entry(turn.entrant).or_default() += 1;
    }
    assert_eq!(result.outcomes.len(), input.wishes().len(), "one outcome for every wish");
    for (wish, outcome) in &result.outcomes {
        match outcome {
            Outcome::Won { round, turn } => {
                let taken = result.turns.iter().find(|it| it.won == Some(*wish)).unwrap();
                assert_eq!((taken.round, taken.turn), (*round, *turn));
            }
            outcome => assert_eq!(lost.get(wish), Some(outcome), "wish {wish}"),
        }
    }
    for one in &won {
        for other in won.iter().filter(|other| *other > one) {
            assert!(
                !input.find_wish(*one).unwrap().collides(input.find_wish(*other).unwrap()),
                "{one} and {other} overlap"
            );
        }
    }
}

proptest! {
    // A13
    #[test]
    fn every_group_gets_a_first_wish_before_any_gets_a_second(input in any_input(), n in any::<u64>()) {
        assert_fair(&input, &run(&secret(n), &input));
    }

    #[test]
    fn group_without_any_wish_lost_only_to_first_wishes(input in any_input(), n in any::<u64>()) {
        let result = run(&secret(n), &input);
        let winners: BTreeSet<_> = result.won().map(|wish| input.find_wish(wish).unwrap().entrant).collect();
        for wish in input.wishes().iter().filter(|wish| !winners.contains(&wish.entrant)) {
            if let Outcome::Taken { by } = result.outcomes[&wish.id] {
                let of_winner = |turn: &&Turn| turn.won == Some(by);
                prop_assert_eq!(result.turns.iter().find(of_winner).map(|turn| turn.round), Some(1));
            }
        }
    }

    #[test]
    fn turns_of_a_round_are_numbered_and_each_entrant_has_one(input in any_input(), n in any::<u64>()) {
        let result = run(&secret(n), &input);
        for round in 1..=result.rounds() {
            let turns: Vec<_> = result.turns.iter().filter(|turn| turn.round == round).collect();
            prop_assert!((1..).zip(&turns).all(|(n, turn)| turn.turn == n));
            prop_assert!(turns[0].won.is_some(), "the first turn always wins");
            let entrants: BTreeSet<_> = turns.iter().map(|turn| turn.entrant).collect();
            prop_assert_eq!(entrants.len(), turns.len());
        }
    }

    #[test]
    fn shuffled_wishes_and_a_second_run_give_the_same_result(
        (input, shuffled) in any_input().prop_flat_map(|input| {
            let wishes = Just(input.wishes().to_vec()).prop_shuffle();
            (Just(input), wishes)
        }),
        n in any::<u64>(),
    ) {
        let obstacles = input.obstacles().iter().rev().map(|(&wish, &obstacle)| (wish, obstacle));
        let again = DrawInput::new(input.draw(), shuffled, obstacles).unwrap();
        let result = run(&secret(n), &input);
        prop_assert_eq!(&result, &run(&secret(n), &again));
        prop_assert_eq!(proof(&secret(n), &input, &result), proof(&secret(n), &again, &result));
    }

    #[test]
    fn every_lost_wish_is_explained(input in any_input(), n in any::<u64>()) {
        let result = run(&secret(n), &input);
        for wish in input.wishes() {
            match (result.outcomes[&wish.id], result.loss(&input, wish.id)) {
                (Outcome::Won { .. }, loss) => prop_assert_eq!(loss, None),
                (Outcome::Obstacle(obstacle), loss) => prop_assert_eq!(loss, Some(Loss::Obstacle(obstacle))),
                (Outcome::Taken { by }, loss) => {
                    let Some(Loss::Taken { by: named, winner, winner_turn, own_turn, turns, rivals, instead, .. }) = loss
                    else { panic!("no explanation for wish {}", wish.id) };
                    prop_assert_eq!(named, by);
                    prop_assert_eq!(winner, input.find_wish(by).unwrap().entrant);
                    prop_assert!(winner_turn <= turns && own_turn <= turns && rivals >= 1);
                    prop_assert_eq!(winner == wish.entrant, winner_turn == own_turn);
                    prop_assert!(instead.is_none_or(|it| result.won().any(|won| won == it)));
                }
            }
        }
    }
}

#[test]
fn sixty_groups_with_twenty_wishes_for_forty_rooms_share_fairly() {
    let wishes = (0..1_200_u32).map(|n| {
        let from = n * 7 % 168 * HOUR;
        let until = (from + (n % 5 + 1) * HOUR) % WEEK;
        DrawWish {
            id: WishId(i64::from(n) + 1),
            entrant: group(i64::from(n % 60) + 1),
            resource: Resource::Room(RoomId(i64::from(n * n % 41 % 40) + 1)),
            span: WeekSpan::new(from, if until == 0 { WEEK } else { until }).unwrap(),
            importance: Importance::new(u8::try_from(n / 60 % 5 + 1).unwrap()).unwrap(),
            order: n / 60,
        }
    });
    let input = input(wishes.collect());
    let result = run(&secret(1), &input);
    assert_fair(&input, &result);
    assert!(result.won().count() < 1_200, "some collide");
    assert!(verify(&proof(&secret(1), &input, &result)).is_ok());
}
