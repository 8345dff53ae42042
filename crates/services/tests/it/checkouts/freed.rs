//! Who gets the time of a cancelled checkout.

use super::*;

#[tokio::test]
async fn freed_checkout_time_is_offered_to_waiting_and_following() {
    for moves in [false, true] {
        let lab = offered().await;
        lab.grant(1, 1, "user").await;
        let (carl, ada) = (lab.signed_in(4).await, lab.signed_in(1).await);
        let dana = lab.signed_in(5).await;
        let id = request_checkout(&lab, &carl, BOB, 17 * 60).await;
        let span = Span { starts: monday(17 * 60), ends: monday(17 * 60 + 30) };
        let expected =
            bookings::Ask { resource: Resource::Machine(LASER_ID), span, group: None, importance: None };
        waiting::join(&lab.ctx, &ada, Ok(expected)).await.unwrap();
        let later = Span { starts: monday(18 * 60 + 30), ends: monday(19 * 60) };
        if moves {
            checkouts::move_to(&lab.ctx, &carl, id, BOB, Some(later.starts)).await.unwrap();
        } else {
            decided(&lab, &carl, id, CheckoutAction::Cancel).await.unwrap();
        }
        assert_eq!(notices_of(&lab, 1).await, [Kind::BookingOffered], "{moves}");
        if moves {
            notices::follow(&lab.ctx, &dana, LASER_ID, true).await.unwrap();
            decided(&lab, &carl, id, CheckoutAction::Cancel).await.unwrap();
            assert_eq!(notices_of(&lab, 5).await, [Kind::TimeFreed]);
        }
    }
}
