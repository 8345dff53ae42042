//! Who may book in the weeks of a draw, what a person can wish for beside another wish, and who learns how much a group wishes for.

use super::*;
use crate::lab::holds::{place, sent, unpaid};
use contract::groups::ReadGroupPage;
use domain::{holds::HoldReason, id::PersonId};

#[tokio::test]
async fn second_wish_of_a_person_for_the_same_time_is_refused_and_of_a_group_is_taken() {
    let term = open().await;
    let ada = &term.admins[0];
    term.enter(ada, &[]).await.unwrap();
    let evening = [("room", "2"), ("from", "20:00"), ("until", "22:00")];
    let (field, message) = field_of(term.enter(ada, &evening).await);
    assert!(field == "until" && message.contains("only be in one room"), "{field}: {message}");
    let after = [("room", "2"), ("from", "21:00"), ("until", "22:00")];
    let wish = term.enter(ada, &after).await.unwrap();
    let form = [&evening[..], &[("day", "2"), ("importance", "3")]].concat();
    let moved = run(&term.lab.ctx, ada, SaveWish { draw: term.draw, wish, version: 1 }, fields(&form)).await;
    assert_eq!(field_of(moved).0, "until");
    for room in ["1", "2"] {
        term.enter(ada, &[("group", "1"), ("room", room)]).await.unwrap();
    }
}

#[tokio::test]
async fn person_on_hold_or_without_membership_wins_no_date_that_they_may_not_book() {
    let term = open().await;
    let [ada, bob, carl] = &term.admins;
    let dana = term.lab.signed_in(5).await;
    for (actor, day) in [(ada, "1"), (bob, "2"), (carl, "3"), (&dana, "4")] {
        term.enter(actor, &[("day", day)]).await.unwrap();
    }
    term.enter(ada, &[("group", "1"), ("day", "5")]).await.unwrap();
    term.close().await;
    place(&term.lab.ctx, &term.ken, PersonId(1), unpaid()).await.unwrap();
    let left = "INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
                     VALUES (2, 1, 'user', 'revoked', 1800000000000, 'administrator', 0)";
    term.lab.sql(left).await;
    let passing = sent(Some(HoldReason::Unpaid), "2027-03-07", "");
    place(&term.lab.ctx, &term.ken, PersonId(4), passing).await.unwrap();
    let trial = run(&term.lab.ctx, &term.ken, TryDraw { id: term.draw }, fields(&[])).await.unwrap();
    assert_eq!((trial.won, trial.obstacles.len(), trial.left_out), (3, 2, 5));
    term.run().await.unwrap();
    // A group has its room whatever its admin may do.
    assert_eq!(term.outcomes().await, ["not-permitted", "not-permitted", "won", "won", "won"]);
    let wishes = term.wishes(&term.ken).await;
    assert_eq!(wishes.iter().map(|wish| wish.booked).collect::<Vec<_>>(), [0, 0, 7, 12, 12]);
    let left_out: Vec<_> = wishes[2].left_out.iter().map(|one| (one.day.to_string(), one.reason)).collect();
    assert_eq!(left_out.len(), 5);
    assert_eq!(left_out[4], ("2027-03-03".to_owned(), LeftOut::NotPermitted), "before the hold ends");
    verify(&term.proof().await).unwrap();
}

#[tokio::test]
async fn wishes_of_a_group_without_an_active_admin_take_part() {
    let term = open().await;
    let ada = &term.admins[0];
    term.enter(ada, &[("group", "1")]).await.unwrap();
    people::suspend(&term.lab.ctx, &term.ken, PersonId(1)).await.unwrap();
    term.close().await;
    term.run().await.unwrap();
    assert_eq!(term.outcomes().await, ["won"]);
    let booked = "SELECT count(*) FROM booking WHERE group_id = 1 AND person_id IS NULL AND state = 'approved'";
    assert_eq!(term.lab.number(booked).await, 12);
    verify(&term.proof().await).unwrap();
}

#[tokio::test]
async fn wishes_of_a_group_are_counted_for_its_members_alone_until_the_run() {
    let term = open().await;
    let ada = &term.admins[0];
    term.enter(ada, &[("group", "1")]).await.unwrap();
    let counts = async |actor: &Actor| {
        let page = run(&term.lab.ctx, actor, ReadGroupPage { id: FIRST }, fields(&[])).await.unwrap();
        page.draws.iter().map(|draw| (draw.wishes, draw.won)).collect::<Vec<_>>()
    };
    assert_eq!((counts(ada).await, counts(&term.ken).await), (vec![(1, 0)], vec![]), "while it is open");
    term.close().await;
    assert_eq!((counts(ada).await, counts(&term.ken).await), (vec![(1, 0)], vec![]), "when it is closed");
    term.run().await.unwrap();
    assert_eq!((counts(ada).await, counts(&term.ken).await), (vec![(1, 1)], vec![(1, 1)]));
}

#[tokio::test]
async fn room_permitted_to_others_since_the_wish_is_not_won_by_a_person_or_group_without_it() {
    let term = open().await;
    let [ada, bob, carl] = &term.admins;
    term.enter(ada, &[("group", "1")]).await.unwrap();
    term.enter(bob, &[("group", "2"), ("day", "3")]).await.unwrap();
    term.enter(carl, &[("day", "4")]).await.unwrap();
    term.enter(bob, &[("day", "5")]).await.unwrap();
    term.close().await;
    let form = fields(&[("name", "Studio A"), ("capacity", "12"), ("groups", "2")]);
    run(&term.lab.ctx, &term.ken, SaveRoom { id: STUDIO, version: 1 }, form).await.unwrap();
    term.run().await.unwrap();
    assert_eq!(term.outcomes().await, ["not-permitted", "won", "not-permitted", "won"]);
}
