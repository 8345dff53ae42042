//! Answering several requests at once.

use super::*;

#[tokio::test]
async fn bulk_answers_report_each_refusal() {
    let lab = offered().await;
    let (carl, bob, ken) = (lab.signed_in(4).await, lab.signed_in(2).await, lab.signed_in(11).await);
    let first = request_checkout(&lab, &carl, BOB, 17 * 60).await;
    let second = request_checkout(&lab, &ken, BOB, 17 * 60 + 45).await;
    let visible = async |actor: &Actor| {
        let items = inbox::waiting(&lab.ctx, actor).await.unwrap().items.into_iter();
        items.filter(|item| item.matter == Matter::Checkout).map(|item| item.id).collect::<Vec<_>>()
    };
    assert_eq!(visible(&bob).await, [first.0, second.0], "a trainer who manages nothing");
    assert_eq!(visible(&ken).await, [first.0], "nobody answers themselves");
    assert!(inbox::waiting(&lab.ctx, &carl).await.is_err());
    let waiting = inbox::waiting(&lab.ctx, &bob).await.unwrap().items;
    let days: Vec<_> = waiting
        .iter()
        .filter_map(|item| if let Detail::AsksForCheckout { day, .. } = &item.detail { Some(day) } else { None })
        .collect();
    let [first_day, second_day] = days.as_slice() else { panic!("{days:?}") };
    assert_eq!((first_day.asked, second_day.asked), ((1_020, 1_050), (1_065, 1_095)));
    assert_eq!(
        (&first_day.taken, &second_day.taken),
        (&vec![(1_065, 1_095)], &vec![(1_020, 1_050)]),
        "each other"
    );
    let names = checkouts::members(&lab.ctx, &ken).await.unwrap();
    assert!(names.contains(&"Carl".to_owned()) && !names.contains(&"Zoe".to_owned()), "{names:?}");
    let names = checkouts::members(&lab.ctx, &bob).await.unwrap();
    assert!(names.is_empty(), "a trainer chooses among those who are on the way: {names:?}");
    assert!(checkouts::members(&lab.ctx, &carl).await.is_err(), "names are not for members");

    let answer = async |ids: &[AppointmentId], verdict, note: &str| {
        bulk::answer(&lab.ctx, &bob, ids, verdict, note, Lang::En).await
    };
    let unsaid = answer(&[first], Verdict::Reject, " ").await;
    assert!(matches!(unsaid, Err(BulkError::Checkouts(CheckoutsError::Invalid(_)))), "{unsaid:?}");
    assert!(matches!(answer(&[], Verdict::Approve, "").await, Err(BulkError::NoRequest)));
    decided(&lab, &lab.signed_in(5).await, second, CheckoutAction::Reject).await.unwrap();
    let came = answer(&[second, first, first, AppointmentId(99)], Verdict::Approve, "").await.unwrap();
    assert_eq!(came.done, [first]);
    let [(_, name, why), (unknown, ..)] = came.refused.try_into().unwrap();
    assert!(name == "Ken" && why.contains("Dana") && unknown == AppointmentId(99), "{name}: {why}");
    assert_eq!((state(&lab, first).await, state(&lab, second).await), (State::Accepted, State::Rejected));
    assert!(visible(&bob).await.is_empty());
}
