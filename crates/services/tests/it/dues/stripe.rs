//! A stand-in for Stripe: customers and subscriptions in memory, answered in the shapes of its API.

use domain::{dues::Trouble, time::Millis};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use services::dues::{
    Account,
    processors::{Method, Request, Response, Transport},
};
use sha2::Sha256;
use std::{
    collections::BTreeMap,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex},
};
use tokio::sync::oneshot;
use url::form_urlencoded;

pub const SECRET: &str = "whsec_quill";

/// What it knows and how it behaves.
#[derive(Default)]
pub struct Stripe {
    subscriptions: Mutex<BTreeMap<String, Value>>,
    /// It answers every request with this status.
    broken: Mutex<Option<u16>>,
    /// Method, path and key of every request.
    requests: Mutex<Vec<(Method, String, Option<String>)>>,
    /// The next list of subscriptions is answered once this is ready; it tells that the answer is formed.
    held_back: Mutex<Option<(oneshot::Sender<()>, oneshot::Receiver<()>)>>,
    /// The object made with each key that it remembers.
    made: Mutex<BTreeMap<String, String>>,
    /// Customers that were made, and the mark of each.
    customers: Mutex<Vec<(String, String)>>,
    /// Customers who got a subscription, each as often as they did.
    subscribed: Mutex<Vec<String>>,
    /// The e-mail addresses of customers.
    addresses: Mutex<BTreeMap<String, String>>,
    /// It answers the second page of its customers with this status.
    cut: Mutex<Option<u16>>,
    /// Its answers do not arrive.
    mute: Mutex<bool>,
}

impl Stripe {
    pub fn account() -> Account {
        Account {
            processor: domain::dues::Processor::Stripe,
            base: "https://stripe.example".into(),
            key: "sk_quill".into(),
            secrets: vec!["whsec_older".into(), SECRET.into()],
            plan: Some("price_1".into()),
            portal: Some("https://billing.example/login".into()),
        }
    }

    /// The customer's subscription: its status, and when its period began and ends, as instants.
    pub fn has(&self, customer: &str, status: &str, (from, to): (Millis, Millis)) {
        let subscription = json!({
            "id": format!("sub_{customer}"), "object": "subscription", "customer": customer, "status": status,
            "current_period_start": from.0 / 1_000, "current_period_end": to.0 / 1_000, "ended_at": null,
        });
        self.subscriptions.lock().unwrap().insert(customer.to_owned(), subscription);
    }

    /// The customer's subscription is for this price.
    pub fn costs(&self, customer: &str, price: &str) {
        let items = json!({ "data": [{ "price": { "id": price } }] });
        self.subscriptions.lock().unwrap().get_mut(customer).unwrap()["items"] = items;
    }

    /// The customer has another subscription, which is paid: for this price, and with its period.
    pub fn buys(&self, customer: &str, price: &str, (from, to): (Millis, Millis)) {
        let subscription = json!({
            "id": format!("sub_{price}"), "object": "subscription", "customer": customer, "status": "active",
            "current_period_start": from.0 / 1_000, "current_period_end": to.0 / 1_000,
            "items": { "data": [{ "price": { "id": price } }] },
        });
        self.subscriptions.lock().unwrap().insert(format!("{customer}/{price}"), subscription);
    }

    pub fn has_address(&self, customer: &str, email: &str) {
        self.addresses.lock().unwrap().insert(customer.to_owned(), email.to_owned());
    }

    /// The list of its customers breaks off after a page, with this status.
    pub fn cuts_customers(&self, status: Option<u16>) {
        *self.cut.lock().unwrap() = status;
    }

    /// Collecting from the customer is paused.
    pub fn pauses(&self, customer: &str) {
        let pause = json!({ "behavior": "void", "resumes_at": null });
        self.subscriptions.lock().unwrap().get_mut(customer).unwrap()["pause_collection"] = pause;
    }

    pub fn forgets(&self, customer: &str) {
        self.subscriptions.lock().unwrap().remove(customer);
    }

    pub fn breaks(&self, status: Option<u16>) {
        *self.broken.lock().unwrap() = status;
    }

    /// It does what it is asked to, but its answers are lost.
    pub fn loses_answers(&self, loses: bool) {
        *self.mute.lock().unwrap() = loses;
    }

    /// A day passes: requests with an old key are new to it.
    pub fn forgets_keys(&self) {
        self.made.lock().unwrap().clear();
    }

    /// How many customers were made, and how many subscriptions.
    pub fn made(&self) -> (usize, usize) {
        (self.customers.lock().unwrap().len(), self.subscribed.lock().unwrap().len())
    }

    /// Holds back its next answer about subscriptions: returns when it is formed, and what lets it go.
    pub fn holds_back(&self) -> (oneshot::Receiver<()>, oneshot::Sender<()>) {
        let (formed, is_formed) = oneshot::channel();
        let (let_go, goes) = oneshot::channel();
        *self.held_back.lock().unwrap() = Some((formed, goes));
        (is_formed, let_go)
    }

    pub fn request_count(&self) -> usize {
        self.requests.lock().unwrap().len()
    }

    /// The keys of its requests to create a customer.
    pub fn keys(&self) -> Vec<String> {
        let requests = self.requests.lock().unwrap();
        requests
            .iter()
            .filter(|(_, path, _)| path == "/v1/customers")
            .filter_map(|(.., key)| key.clone())
            .collect()
    }

    fn answer(&self, request: &Request) -> Result<Response, Trouble> {
        let path = request.url.strip_prefix("https://stripe.example").unwrap().to_owned();
        let header =
            |name: &str| request.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone());
        assert_eq!(header("authorization").as_deref(), Some("Bearer sk_quill"));
        let key = header("idempotency-key");
        self.requests.lock().unwrap().push((request.method, path.clone(), key.clone()));
        if let Some(status) = *self.broken.lock().unwrap() {
            return if status == 0 { Err(Trouble::NoAnswer) } else { Ok(Response { status, body: Vec::new() }) };
        }
        let (path, query) = path.split_once('?').unwrap_or((&path, ""));
        let field = |of: &[u8], name: &str| {
            let found = form_urlencoded::parse(of).find(|(known, _)| known == name);
            found.map(|(_, value)| value.into_owned()).unwrap_or_default()
        };
        let mut subscriptions = self.subscriptions.lock().unwrap();
        let mut customers = self.customers.lock().unwrap();
        let mut subscribed = self.subscribed.lock().unwrap();
        let good = |body: Value| Ok(Response { status: 200, body: body.to_string().into_bytes() });
        match (request.method, path) {
            (Method::Get, "/v1/subscriptions") => {
                let customer = query.split('&').find_map(|pair| pair.strip_prefix("customer="));
                // Not paid yet, so they say nothing of the standing.
                let new = subscribed
                    .iter()
                    .map(|customer| json!({ "id": "sub_made", "customer": customer, "status": "incomplete" }));
                let found = subscriptions
                    .values()
                    .cloned()
                    .chain(new)
                    .filter(|one| customer.is_none_or(|customer| one["customer"] == customer));
                good(json!({ "data": found.collect::<Vec<_>>(), "has_more": false }))
            }
            (Method::Get, "/v1/customers") => {
                let addresses = self.addresses.lock().unwrap();
                let cut = *self.cut.lock().unwrap();
                if let Some(status) = cut.filter(|_| query.contains("starting_after")) {
                    return Ok(Response { status, body: Vec::new() });
                }
                let found = addresses.iter().map(|(id, email)| json!({ "id": id, "email": email }));
                good(json!({ "data": found.collect::<Vec<_>>(), "has_more": cut.is_some() }))
            }
            (Method::Get, "/v1/customers/search") => {
                let query = field(query.as_bytes(), "query");
                let found = customers.iter().filter(|(_, mark)| query == format!("metadata['toolgate']:'{mark}'"));
                good(json!({ "data": found.map(|(id, _)| json!({ "id": id })).collect::<Vec<_>>() }))
            }
            (Method::Get, _) if path.starts_with("/v1/customers/") => {
                let customer = path.trim_start_matches("/v1/customers/");
                let is_made = customers.iter().any(|(made, _)| made == customer);
                if is_made || subscriptions.contains_key(customer) {
                    return good(json!({ "id": customer }));
                }
                let body = json!({ "error": { "code": "resource_missing" } }).to_string().into_bytes();
                Ok(Response { status: 404, body })
            }
            (Method::Post, "/v1/customers") => {
                let mut made = self.made.lock().unwrap();
                let customer = made.entry(key.unwrap()).or_insert_with(|| {
                    let next = format!("cus_made{}", customers.len() + 1);
                    customers.push((next.clone(), field(&request.body, "metadata[toolgate]")));
                    next
                });
                good(json!({ "id": customer.clone() }))
            }
            (Method::Post, "/v1/subscriptions") => {
                let mut made = self.made.lock().unwrap();
                let subscription = made.entry(key.unwrap()).or_insert_with(|| {
                    subscribed.push(field(&request.body, "customer"));
                    "sub_made".to_owned()
                });
                good(json!({ "id": subscription.clone() }))
            }
            (Method::Delete, _) if path.starts_with("/v1/subscriptions/sub_") => {
                let customer = path.trim_start_matches("/v1/subscriptions/sub_");
                let one = subscriptions.get_mut(customer).unwrap();
                one["status"] = "canceled".into();
                one["ended_at"] = one["current_period_start"].clone();
                good(one.clone())
            }
            other => panic!("{other:?} is no request that Stripe answers"),
        }
    }
}

/// The transport that reaches the stand-in.
pub struct Reaches(pub Arc<Stripe>);

impl Transport for Reaches {
    fn send(&self, request: Request) -> Pin<Box<dyn Future<Output = Result<Response, Trouble>> + Send + '_>> {
        let answer = self.0.answer(&request);
        let answer = if *self.0.mute.lock().unwrap() { Err(Trouble::NoAnswer) } else { answer };
        let is_list = request.method == Method::Get && request.url.contains("/v1/subscriptions");
        let held_back = if is_list { self.0.held_back.lock().unwrap().take() } else { None };
        Box::pin(async move {
            if let Some((formed, goes)) = held_back {
                formed.send(()).unwrap();
                goes.await.unwrap();
            }
            answer
        })
    }
}

/// An event about `customer`, with its signature as Stripe's library makes it.
pub fn event(id: &str, customer: &str, at: Millis, secret: &str) -> (String, String) {
    let body = json!({ "id": id, "type": "invoice.paid", "data": { "object": { "object": "invoice", "customer": customer } } });
    let (body, at) = (body.to_string(), at.0 / 1_000);
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{at}.{body}").as_bytes());
    let code = data_encoding::HEXLOWER.encode(&mac.finalize().into_bytes());
    (body, format!("t={at},v1={code}"))
}
