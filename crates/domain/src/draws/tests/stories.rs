//! Single draws, step by step, and input that is refused.

use super::*;

#[test]
fn draw_without_wishes_completes_with_a_proof() {
    let input = input(Vec::new());
    let result = run(&secret(1), &input);
    assert_eq!((result.rounds(), result.turns.len(), result.outcomes.len()), (0, 0, 0));
    let verified = verify(&proof(&secret(1), &input, &result)).unwrap();
    assert_eq!(verified.result, result);
    assert_ne!(result.seed, secret(1).commitment(), "the draw's id is part of the seed");
}

#[test]
fn taken_first_choice_gives_the_next_one_in_the_same_round() {
    // Both groups want room 1 most; room 2 is the second choice of one of them.
    let mut wishes = vec![tuesday(1, group(1), 1, 5), tuesday(2, group(2), 1, 5)];
    wishes.extend([tuesday(3, group(1), 2, 3), tuesday(4, group(2), 2, 3)]);
    let input = input(wishes);
    let result = run(&secret(3), &input);
    let [first, second] = &result.turns[..] else { panic!("two turns and one round: {:?}", result.turns) };
    assert_eq!(
        (first.won, second.won.is_some()),
        (Some(if first.entrant == group(1) { WishId(1) } else { WishId(2) }), true)
    );
    let lost = if first.entrant == group(1) { WishId(2) } else { WishId(1) };
    let expected = Loss::Taken {
        by: first.won.unwrap(),
        winner: first.entrant,
        round: 1,
        winner_turn: 1,
        own_turn: 2,
        turns: 2,
        rivals: 2,
        instead: second.won,
    };
    assert_eq!(result.loss(&input, lost), Some(expected));
}

#[test]
fn more_groups_than_times_leaves_a_turn_without_a_win() {
    let input = input((1..=9).map(|n| tuesday(n, group(n), 1, 4)).collect());
    let result = run(&secret(1), &input);
    assert_eq!((result.rounds(), result.turns.len(), result.won().count()), (1, 9, 1));
    assert!(result.turns[1..].iter().all(|turn| turn.won.is_none()));
}

#[test]
fn own_alternative_at_the_same_time_is_lost_to_the_better_one() {
    let alternative =
        DrawWish { id: WishId(2), importance: Importance::new(2).unwrap(), ..tuesday(1, group(1), 1, 4) };
    let input = input(vec![tuesday(1, group(1), 1, 4), alternative]);
    let result = run(&secret(1), &input);
    let loss = result.loss(&input, WishId(2));
    assert!(
        matches!(
            loss,
            Some(Loss::Taken { by: WishId(1), own_turn: 1, winner_turn: 1, rivals: 1, instead: None, .. })
        ),
        "{loss:?}"
    );
    assert_eq!(result.loss(&input, WishId(1)), None);
    assert_eq!(result.loss(&input, WishId(9)), None, "unknown");
}

#[test]
fn same_time_in_two_rooms_can_both_be_won() {
    let input = input(vec![tuesday(1, group(1), 1, 4), tuesday(2, group(1), 2, 4)]);
    assert_eq!(run(&secret(1), &input).won().collect::<Vec<_>>(), [WishId(1), WishId(2)], "in two rounds");
}

#[test]
fn obstacle_takes_no_part_and_does_not_change_the_seed() {
    let wishes = vec![tuesday(1, group(1), 1, 5), tuesday(2, group(2), 1, 1), tuesday(3, group(1), 2, 1)];
    let free = input(wishes.clone());
    let archived = DrawInput::new(DrawId(7), wishes, [(WishId(1), Obstacle::Archived)]).unwrap();
    let result = run(&secret(1), &archived);
    assert_eq!(result.outcomes[&WishId(1)], Outcome::Obstacle(Obstacle::Archived));
    assert_eq!(result.won().count(), 2, "the room is left to the other group");
    assert_eq!(result.seed, run(&secret(1), &free).seed);
}

#[test]
fn groups_and_people_with_the_same_number_are_different() {
    let input = input(vec![tuesday(1, group(1), 1, 3), tuesday(2, Entrant::Person(AliasId(1)), 2, 3)]);
    assert_eq!(input.entrants().len(), 2);
    assert_eq!(run(&secret(1), &input).turns.len(), 2);
}

#[test]
fn contradictory_input_is_refused() {
    let wish = tuesday(1, group(1), 1, 3);
    let make = |wishes: &[DrawWish], obstacles: &[(WishId, Obstacle)]| {
        DrawInput::new(DrawId(7), wishes.to_vec(), obstacles.iter().copied()).map(drop)
    };
    let closed = (WishId(1), Obstacle::Closed);
    assert_eq!(make(&[wish, wish], &[]), Err(InvalidInput::DuplicateWish(WishId(1))));
    assert_eq!(make(&[wish], &[closed, closed]), Err(InvalidInput::DuplicateObstacle(WishId(1))));
    assert_eq!(make(&[wish], &[(WishId(2), Obstacle::Closed)]), Err(InvalidInput::UnknownWish(WishId(2))));
    assert_eq!(make(&[tuesday(0, group(1), 1, 3)], &[]), Err(InvalidInput::NotAnId(0)));
    assert_eq!(make(&[tuesday(1, group(-3), 1, 3)], &[]), Err(InvalidInput::NotAnId(-3)));
    assert_eq!(DrawInput::new(DrawId(0), vec![], []).map(drop), Err(InvalidInput::NotAnId(0)));
    let many: Vec<_> = (1..=5_001).map(|n| tuesday(n, group(n), n, 3)).collect();
    assert_eq!(make(&many, &[]), Err(InvalidInput::TooManyWishes(5_001)));
    assert_eq!(make(&many[1..], &[]), Ok(()));
}

/// The bytes are fixed: published draws must be verifiable by later versions.
#[test]
fn known_draw_has_the_published_proof() {
    let mut wishes = vec![tuesday(1, group(3), 2, 5), tuesday(2, Entrant::Person(AliasId(12)), 2, 3)];
    wishes.extend([tuesday(3, group(3), 4, 2), tuesday(4, group(9), 4, 1)]);
    let input = DrawInput::new(DrawId(7), wishes, [(WishId(4), Obstacle::Archived)]).unwrap();
    let secret = Secret::new([7; 32]);
    let file = String::from_utf8(proof(&secret, &input, &run(&secret, &input))).unwrap();
    assert_eq!(file, include_str!("known.json"));
}
