//! Events of processors: asked about however they come, and none holds up another.

use super::*;
use services::dues::{
    Account,
    processors::{Request, Response, Transport},
};
use std::{
    future::{Future, ready},
    pin::Pin,
};

#[tokio::test]
async fn event_is_a_reason_to_ask_however_often_and_late_it_comes() {
    let (lab, stripe, _) = overdue().await;
    let before = stripe.request_count();
    // It says that an invoice is paid, but she has not paid.
    for _ in 0..3 {
        assert_eq!(sends(&lab, "evt_1").await, MessageOutcome::Queued);
    }
    tick(&lab).await;
    assert_eq!(status(&lab).await, DuesStatus::Overdue, "what an event says is not applied");
    assert_eq!(stripe.request_count() - before, 2, "asked once: the customer and the subscriptions");
    assert_eq!(lab.number("SELECT count(*) FROM dues_event").await, 1);
    // The event of the payment comes before an older one that is sent again.
    stripe.has(CUSTOMER, "active", month(&lab, 1));
    sends(&lab, "evt_3").await;
    sends(&lab, "evt_2").await;
    tick(&lab).await;
    assert_eq!(status(&lab).await, DuesStatus::Current);
    let asked = stripe.request_count();
    sends(&lab, "evt_2").await;
    tick(&lab).await;
    assert_eq!((status(&lab).await, stripe.request_count()), (DuesStatus::Current, asked), "sent again");
}

#[tokio::test]
async fn payment_during_a_question_is_asked_about_again() {
    let (lab, stripe, _) = overdue().await;
    lab.pass(MINUTE);
    sends(&lab, "evt_1").await;
    let (formed, let_go) = stripe.holds_back();
    let pays = async {
        formed.await.unwrap();
        // Stripe has read that she is late; its answer comes after the event of the payment.
        lab.pass(MINUTE);
        stripe.has(CUSTOMER, "active", month(&lab, 1));
        sends(&lab, "evt_2").await;
        let_go.send(()).unwrap();
    };
    tokio::join!(tick(&lab), pays);
    assert_eq!(status(&lab).await, DuesStatus::Overdue, "as answered");
    tick(&lab).await;
    assert_eq!((status(&lab).await, may_use(&lab).await), (DuesStatus::Current, true));
}

/// A GoCardless that gives no mandate but `MD1`, and no answer to anything else.
struct OneMandate(u16);

impl Transport for OneMandate {
    fn send(&self, request: Request) -> Pin<Box<dyn Future<Output = Result<Response, Trouble>> + Send + '_>> {
        let answer = if request.url.ends_with("/mandates/MD1") {
            let body = br#"{"mandates":{"id":"MD1","links":{"customer":"CU1"}}}"#;
            Ok(Response { status: 200, body: body.to_vec() })
        } else if request.url.contains("/mandates/") {
            Ok(Response { status: self.0, body: Vec::new() })
        } else {
            Err(Trouble::NoAnswer)
        };
        Box::pin(ready(answer))
    }
}

#[tokio::test]
async fn event_that_cannot_be_looked_up_holds_up_no_other() {
    for status in [403, 500, 302] {
        let lab = Lab::open().await;
        let account = Account { processor: Processor::GoCardless, plan: None, portal: None, ..Stripe::account() };
        arrange(&lab.ctx, vec![account], Arc::new(OneMandate(status)));
        lab.sql(
            "INSERT INTO dues_event (processor, event, heard_at, resource, next_at) VALUES
                 ('gocardless', 'EV1', 0, 'mandates/MD9', 0), ('gocardless', 'EV2', 1, 'mandates/MD1', 1)",
        )
        .await;
        for _ in 0..2 {
            tick(&lab).await;
            lab.pass(MINUTE * 16);
        }
        let open = lab.text("SELECT group_concat(event) FROM dues_event WHERE next_at IS NOT NULL").await;
        assert_eq!(open, "EV1", "{status}");
        lab.pass(HOUR);
        let before = lab.number("SELECT next_at FROM dues_event WHERE event = 'EV1'").await;
        tick(&lab).await;
        assert!(lab.number("SELECT next_at FROM dues_event WHERE event = 'EV1'").await > before, "tried again");
    }
}

#[tokio::test]
async fn event_without_valid_signature_changes_nothing() {
    let (lab, _) = open().await;
    linked(&lab).await;
    let (body, signature) = event("evt_1", CUSTOMER, lab.now(), SECRET);
    let send = async |signature: &str, body: &str| {
        receive(&lab.ctx, Processor::Stripe, signature, body.as_bytes()).await.unwrap()
    };
    let (_, other) = event("evt_1", CUSTOMER, lab.now(), "whsec_other");
    let (_, old) = event("evt_1", CUSTOMER, lab.now().before(MINUTE * 6), SECRET);
    for wrong in [other.as_str(), old.as_str(), "", "t=1,v1=", &signature.replace("v1", "v0")] {
        assert_eq!(send(wrong, &body).await, MessageOutcome::Refused, "{wrong}");
    }
    assert_eq!(send(&signature, &body.replace("evt_1", "evt_2")).await, MessageOutcome::Refused);
    assert_eq!(lab.number("SELECT count(*) FROM dues_event").await, 0);
    let elsewhere = receive(&lab.ctx, Processor::GoCardless, &signature, body.as_bytes()).await.unwrap();
    assert_eq!(elsewhere, MessageOutcome::NotSetUp);
    let (body, older) = event("evt_1", CUSTOMER, lab.now(), "whsec_older");
    assert_eq!(send(&older, &body).await, MessageOutcome::Queued, "the secret that is being replaced");
}
