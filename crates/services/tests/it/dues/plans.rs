//! Which subscriptions are dues: those that the space names.

use super::*;
use contract::dues::ChooseSubscription;
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

#[tokio::test]
async fn ignored_subscription_is_shown_and_a_manager_chooses_another() {
    let (lab, _, bob) = with_locker().await;
    name(&lab, "price_member").await;
    tick(&lab).await;
    let shown = async |lab: &Lab| {
        let all = read(lab).await.subscriptions.into_iter();
        all.map(|one| (one.name, one.counts, one.chosen)).collect::<Vec<_>>()
    };
    let (member, locker) = ("price_member".to_owned(), "price_locker".to_owned());
    assert_eq!(shown(&lab).await, [(member.clone(), true, false), (locker.clone(), false, false)]);
    let ignored = payments(&lab).await.ignored;
    assert_eq!(
        ignored.iter().map(|one| (one.person, one.plan.as_str())).collect::<Vec<_>>(),
        [(ADA, "price_locker")]
    );
    let choose = async |subscription: &str| {
        run(&lab.ctx, &bob, ChooseSubscription { person: ADA }, fields(&[("subscription", subscription)])).await
    };
    let unknown = choose("sub_other").await;
    assert!(
        matches!(&unknown, Err(DuesError::Invalid(Faults(faults))) if faults[0].1 == Fault::Choice),
        "{unknown:?}"
    );
    choose("sub_price_locker").await.unwrap();
    assert_eq!(shown(&lab).await, [(locker, true, true)], "a cancelled one that is no dues is not shown");
    assert_eq!(read(&lab).await.dues.unwrap().paid_until.to_string(), "2027-03-03");
    choose("").await.unwrap();
    assert_eq!(read(&lab).await.dues.unwrap().paid_until.to_string(), "2027-01-31");
    assert_eq!(shown(&lab).await[0], (member, true, false));
}

/// Ada's membership, which a manager chose, ended with January. Her locker is paid until 3 March.
async fn chosen_ended(prices: Option<&str>) -> (Lab, Arc<Stripe>) {
    let (lab, stripe) = open().await;
    stripe.costs(CUSTOMER, "price_member");
    stripe.buys(CUSTOMER, "price_locker", month(&lab, 1));
    if let Some(prices) = prices {
        name(&lab, prices).await;
    }
    let bob = linked(&lab).await;
    let choose = ChooseSubscription { person: ADA };
    run(&lab.ctx, &bob, choose, fields(&[("subscription", "sub_cus_ada1")])).await.unwrap();
    stripe.has(CUSTOMER, "canceled", month(&lab, 0));
    stripe.costs(CUSTOMER, "price_member");
    grace_passes(&lab).await;
    tick(&lab).await;
    assert_eq!((status(&lab).await, may_use(&lab).await), (DuesStatus::Ended, false), "no locker keeps it");
    (lab, stripe)
}

async fn chosen(lab: &Lab) -> Vec<String> {
    let all = read(lab).await.subscriptions.into_iter();
    all.filter(|one| one.chosen).map(|one| one.id).collect()
}

#[tokio::test]
async fn renewed_member_is_let_in_although_the_chosen_subscription_ended() {
    for (prices, after) in [(Some("price_member"), vec![]), (None, vec!["sub_price_member"])] {
        let (lab, stripe) = chosen_ended(prices).await;
        assert_eq!(chosen(&lab).await, ["sub_cus_ada1"], "{prices:?}");
        stripe.buys(CUSTOMER, "price_member", month(&lab, 1));
        sends(&lab, "evt_again").await;
        tick(&lab).await;
        assert_eq!((status(&lab).await, may_use(&lab).await), (DuesStatus::Current, true), "{prices:?}");
        assert_eq!(chosen(&lab).await, after, "{prices:?}");
        // The renewal alone counts from now on.
        sends(&lab, "evt_later").await;
        tick(&lab).await;
        let dues = read(&lab).await;
        let counted = dues.subscriptions.iter().filter(|one| one.counts).map(|one| one.id.as_str());
        assert_eq!(dues.dues.unwrap().paid_until.to_string(), "2027-03-03", "{prices:?}");
        assert!(counted.clone().any(|id| id == "sub_price_member"), "{prices:?}");
        assert!(counted.clone().all(|id| id != "sub_price_locker"), "{prices:?}");
    }
}
