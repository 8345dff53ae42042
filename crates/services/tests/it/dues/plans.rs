//! Which subscriptions are dues: those that the space names.

use super::*;
use domain::settings::{At, Key};
use services::settings::{Say, say};

/// An administrator names the prices that are dues.
async fn name(lab: &Lab, prices: &str) {
    let value = Say { at: At::Space, key: Key::DuesStripe, value: Some(prices.to_owned()), version: 0 };
    say(&lab.ctx, &lab.administrator().await, value).await.unwrap();
}

/// Ada cancelled her membership, which is paid until 31 January; her locker is paid until 3 March.
async fn with_locker() -> (Lab, Arc<Stripe>, Actor) {
    let (lab, stripe) = open().await;
    stripe.has(CUSTOMER, "canceled", month(&lab, 0));
    stripe.costs(CUSTOMER, "price_member");
    stripe.buys(CUSTOMER, "price_locker", month(&lab, 1));
    let bob = linked(&lab).await;
    (lab, stripe, bob)
}

#[tokio::test]
async fn subscription_of_another_price_pays_no_dues_once_a_price_is_named() {
    let (lab, stripe, _) = with_locker().await;
    let dues = read(&lab).await.dues.unwrap();
    assert_eq!((dues.paid_until.to_string().as_str(), dues.ending), ("2027-03-03", false), "all count");
    name(&lab, "price_member, price_older").await;
    tick(&lab).await;
    let dues = read(&lab).await.dues.unwrap();
    assert_eq!((dues.paid_until.to_string().as_str(), dues.ending), ("2027-01-31", true));
    assert!(payments(&lab).await.differences.is_empty(), "the comparison goes by the same price");
    lab.pass(DAY * 17);
    tick(&lab).await;
    assert_eq!(status(&lab).await, DuesStatus::Ended);
    stripe.has(CUSTOMER, "active", month(&lab, 1));
    stripe.costs(CUSTOMER, "price_member");
    sends(&lab, "evt_again").await;
    tick(&lab).await;
    assert_eq!(status(&lab).await, DuesStatus::Current);
}
