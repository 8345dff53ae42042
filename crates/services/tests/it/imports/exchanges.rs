//! Cards that two people of a list exchange.

use super::*;

#[tokio::test]
async fn exchanged_cards_change_hands_in_one_import_whichever_line_comes_first() {
    let lab = staffed().await;
    let ken = lab.signed_in(11).await;
    lab.sql(
        "DELETE FROM card WHERE person_id IN (1, 2);
         INSERT INTO card (id, person_id, uid, state, given_at) VALUES
             (71, 1, '000000a1', 'active', 0), (72, 2, '000000b2', 'active', 0)",
    )
    .await;
    let in_use = "SELECT group_concat(person_id || ' ' || uid) FROM
                      (SELECT person_id, uid FROM card WHERE state = 'active' AND person_id < 3 ORDER BY person_id)";
    let swapped = "email,card\nada@example.org,000000b2\nbob@example.org,000000a1\n";
    let token = keep(&lab.ctx, &ken, swapped.as_bytes()).await.unwrap();
    let done = apply(&lab.ctx, &ken, &token).await.unwrap();
    assert_eq!((done.cards, done.faulty), (2, 0));
    assert_eq!(lab.text(in_use).await, "1 000000b2,2 000000a1");
    assert_eq!(lab.number("SELECT count(*) FROM audit WHERE action = 'card.retired'").await, 2);
    let back = "email,card\nbob@example.org,000000b2\nada@example.org,000000a1\n";
    let token = keep(&lab.ctx, &ken, back.as_bytes()).await.unwrap();
    apply(&lab.ctx, &ken, &token).await.unwrap();
    assert_eq!(lab.text(in_use).await, "1 000000a1,2 000000b2");
    // One that is given to another without one in return stays.
    let half = "email,card\nbob@example.org,000000a1\n";
    let token = keep(&lab.ctx, &ken, half.as_bytes()).await.unwrap();
    let dry = run(&lab, &ken, &token).await;
    assert_eq!(dry.shown[0].faults, [LineError::CardOf("Ada".into())]);
}
