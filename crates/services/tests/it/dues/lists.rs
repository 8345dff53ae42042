//! Processors whose lists do not end, or name more customers than any workshop has.

use super::{Stripe, open, tick};
use domain::dues::{Processor, Trouble};
use serde_json::{Value, json};
use services::dues::{
    Account, arrange,
    processors::{Request, Response, Transport},
};
use std::{
    future::{Future, ready},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

/// Answers each list with another page of so many customers.
struct Endless {
    customers: usize,
    pages: AtomicUsize,
}

impl Transport for Endless {
    fn send(&self, request: Request) -> Pin<Box<dyn Future<Output = Result<Response, Trouble>> + Send + '_>> {
        let page = self.pages.fetch_add(1, Relaxed);
        let customers = || (0..self.customers).map(|customer| page * self.customers + customer);
        let body = if request.url.contains("stripe") {
            let items: Vec<Value> = customers()
                .map(|n| {
                    let customer = format!("cus_{n}");
                    json!({ "id": format!("sub_{n}"), "customer": customer, "status": "active", "current_period_end": 1 })
                })
                .collect();
            json!({ "data": items, "has_more": true })
        } else {
            let items: Vec<Value> = customers()
                .map(|n| json!({ "id": format!("MD{n}"), "links": { "customer": format!("CU{n}") } }))
                .collect();
            json!({ "mandates": items, "meta": { "cursors": { "after": format!("P{page}") } } })
        };
        Box::pin(ready(Ok(Response { status: 200, body: body.to_string().into_bytes() })))
    }
}

#[tokio::test]
async fn list_without_end_is_given_up() {
    let (lab, _) = open().await;
    for (processor, customers, expected) in [
        (Processor::Stripe, 1, 400),
        (Processor::GoCardless, 1, 400),
        // More than 50,000 customers.
        (Processor::Stripe, 5_000, 11),
        (Processor::GoCardless, 5_000, 11),
    ] {
        let endless = Arc::new(Endless { customers, pages: AtomicUsize::new(0) });
        let base = format!("https://{}.example", processor.as_str());
        let account = Account { processor, base, ..Stripe::account() };
        arrange(&lab.ctx, vec![account], endless.clone());
        lab.sql("DELETE FROM dues_processor").await;
        tick(&lab).await;
        assert_eq!(endless.pages.load(Relaxed), expected, "{processor:?} with {customers} a page");
        assert_eq!(lab.number("SELECT count(*) FROM dues_processor WHERE trouble = 'too-many'").await, 1);
    }
}
