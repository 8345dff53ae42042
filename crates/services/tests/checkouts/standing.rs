//! Appointments of whoever stands differently than when they asked.

use super::*;
use domain::qualifications::{Relation, Subject};

const LATHES: TypeId = TypeId(4);
const CARL: PersonId = PersonId(4);

// A8
#[tokio::test]
async fn appointments_that_the_ledger_allows_no_more_are_called_off_and_both_are_told() {
    for what in ["a ban", "a prerequisite that was taken away", "a grant elsewhere", "another type"] {
        let lab = offered().await;
        lab.grant(4, 4, "user").await;
        lab.sql("INSERT INTO type_requirement (type_id, requires_id) VALUES (3, 4)").await;
        let (carl, ken) = (lab.signed_in(4).await, lab.signed_in(11).await);
        let id = asked(&lab, &carl, BOB, 17 * 60).await;
        let change = |on| Change::now(CARL, Subject::Type(on), Relation::User);
        let because = |on| Change { remark: Some("The lid was open".into()), ..change(on) };
        match what {
            "a ban" => qualifications::ban(&lab.ctx, &ken, because(LASERS)).await,
            "a prerequisite that was taken away" => qualifications::revoke(&lab.ctx, &ken, because(LATHES)).await,
            "a grant elsewhere" => qualifications::grant(&lab.ctx, &ken, change(LASERS)).await,
            _ => {
                qualifications::grant(&lab.ctx, &ken, Change { relation: Relation::Trainer, ..change(LATHES) })
                    .await
            }
        }
        .unwrap();
        let is_over = what != "another type";
        assert_eq!(state(&lab, id).await, if is_over { State::Cancelled } else { State::Pending }, "{what}");
        let cancelled = async |person| told(&lab, person).await.contains(&Kind::CheckoutCancelled);
        assert_eq!((cancelled(2).await, cancelled(4).await), (is_over, is_over), "{what}");
    }
}

#[tokio::test]
async fn whoever_could_not_ask_anew_does_not_move_what_they_asked_for() {
    let lab = offered().await;
    let carl = lab.signed_in(4).await;
    let id = asked(&lab, &carl, BOB, 17 * 60).await;
    lab.sql("INSERT INTO type_requirement (type_id, requires_id) VALUES (3, 4)").await;
    let moved = checkouts::move_to(&lab.ctx, &carl, id, BOB, Some(monday(17 * 60 + 45))).await;
    assert!(matches!(moved, Err(CheckoutsError::Requires(_))), "{moved:?}");
    assert_eq!(state(&lab, id).await, State::Pending);
}
