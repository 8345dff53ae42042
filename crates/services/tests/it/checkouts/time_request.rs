//! Requests for another time when no slot suits.

use super::*;

async fn wished(lab: &Lab, actor: &Actor, note: &str) -> Result<(), CheckoutsError> {
    checkouts::request_time(&lab.ctx, actor, LASERS, note).await
}

#[tokio::test]
async fn time_request_notifies_trainers_once_a_day_and_is_shown() {
    let lab = offered().await;
    let (carl, bob) = (lab.signed_in(4).await, lab.signed_in(2).await);
    let before = checkouts::slots(&lab.ctx, &carl, LASERS).await.unwrap();
    assert_eq!((before.wished, before.may_wish), (None, true));
    wished(&lab, &carl, "Weekdays after six").await.unwrap();
    assert_eq!(
        (notices_of(&lab, 2).await, notices_of(&lab, 5).await),
        (vec![Kind::CheckoutWanted], vec![Kind::CheckoutWanted])
    );
    assert!(notices_of(&lab, 11).await.is_empty(), "a manager only where nobody trains");
    let after = checkouts::slots(&lab.ctx, &carl, LASERS).await.unwrap();
    assert_eq!((after.wished.map(|at| at.at), after.may_wish), (Some(NOON), false));
    let again = wished(&lab, &carl, "").await;
    assert!(matches!(again, Err(CheckoutsError::TimeRequestedToday)), "{again:?}");
    let requests = checkouts::day(&lab.ctx, &bob).await.unwrap().wishes;
    let [request] = requests.as_slice() else { panic!("{requests:?}") };
    assert_eq!(
        (request.person_name.as_deref(), request.note.as_deref()),
        (Some("Carl"), Some("Weekdays after six"))
    );

    lab.pass(DAY);
    wished(&lab, &carl, "").await.unwrap();
    assert_eq!(notices_of(&lab, 2).await, [Kind::CheckoutWanted, Kind::CheckoutWanted], "another day");
    let requests = checkouts::day(&lab.ctx, &bob).await.unwrap().wishes;
    assert_eq!(requests.iter().map(|request| request.note.clone()).collect::<Vec<_>>(), [None], "the newest");
}

#[tokio::test]
async fn time_request_ends_when_slot_is_requested_or_after_two_weeks() {
    let lab = offered().await;
    let (carl, bob) = (lab.signed_in(4).await, lab.signed_in(2).await);
    wished(&lab, &carl, "Mornings").await.unwrap();
    request_checkout(&lab, &carl, BOB, 17 * 60).await;
    assert!(checkouts::day(&lab.ctx, &bob).await.unwrap().wishes.is_empty());
    assert_eq!(checkouts::slots(&lab.ctx, &carl, LASERS).await.unwrap().wished, None);

    let lab = offered().await;
    let (carl, bob) = (lab.signed_in(4).await, lab.signed_in(2).await);
    wished(&lab, &carl, "Mornings").await.unwrap();
    lab.pass(DAY * 14);
    assert!(checkouts::day(&lab.ctx, &bob).await.unwrap().wishes.is_empty());
    lab.pass(MINUTE);
    services::retention::run(&lab.ctx, &Actor::TOOLGATE).await.unwrap();
    assert_eq!(lab.number("SELECT count(*) FROM checkout_wish").await, 0);
    assert_eq!(lab.number("SELECT count(*) FROM remark WHERE body = 'Mornings'").await, 0);
}

#[tokio::test]
async fn time_request_requires_permission_to_ask_for_checkout() {
    let lab = offered().await;
    let (carl, bob) = (lab.signed_in(4).await, lab.signed_in(2).await);
    let qualified = wished(&lab, &bob, "").await;
    assert!(matches!(qualified, Err(CheckoutsError::Qualified)), "{qualified:?}");
    let long = wished(&lab, &carl, &"x".repeat(501)).await;
    assert!(matches!(long, Err(CheckoutsError::Invalid(_))), "{long:?}");
    let unknown = checkouts::request_time(&lab.ctx, &carl, TypeId(99), "").await;
    assert!(matches!(unknown, Err(CheckoutsError::UnknownType)), "{unknown:?}");
    assert_eq!(lab.number("SELECT count(*) FROM notice").await, 0);
}
