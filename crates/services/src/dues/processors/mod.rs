//! Payment processors: what they are asked, and what their answers and events mean.
//!
//! **Invariants.** The signature of an event is verified over its raw bytes, in constant time, before anything of it is read. Of an
//! answer only the subscriptions are taken, by name and last paid day: no card, amount or bank. Keys are in no log and no error. Every answer may be anything:
//! parsers never panic, follow at most [`PAGES`] pages and hold one of them, and what they sum up. Not here: the connection ([`Transport`], which is the server's), and
//! what follows from a standing.

mod gocardless;
mod stripe;

use crate::foreign_json;
use domain::{
    dues::{Processor, Reference, Subscription, Trouble},
    time::Millis,
    zone::Zone,
};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use std::{collections::BTreeMap, future::Future, pin::Pin};

/// Bytes of an event or of an answer.
pub const MOST_BYTES: usize = 2 * 1024 * 1024;
/// Pages of a list that are read.
const PAGES: usize = 400;
/// Objects of one reading that are held at once: customers, mandates, subscriptions.
const MOST_HELD: usize = 50_000;
/// Subscriptions of one customer.
const MOST_OF_ONE: usize = 500;
/// Characters of an id that a processor gave.
const ID: usize = 64;

/// An account at a processor, as the server's configuration names it. Its debug output hides the keys.
#[derive(Clone)]
pub struct Account {
    pub processor: Processor,
    /// The address of its API, without a trailing slash.
    pub base: String,
    /// The key with which it is asked.
    pub key: String,
    /// The secrets of its events; several while one is being replaced.
    pub secrets: Vec<String>,
    /// The plan that new members get, if the processor starts subscriptions without them.
    pub plan: Option<String>,
    /// The page where members manage card and invoices.
    pub portal: Option<String>,
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account")
            .field("processor", &self.processor)
            .field("base", &self.base)
            .finish_non_exhaustive()
    }
}

/// A method of HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    Get,
    Post,
    Delete,
}

/// A request to a processor. Without `Debug`, because its headers hold the key.
pub struct Request {
    pub method: Method,
    pub url: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

/// An answer of a processor, whatever its status.
#[derive(Clone)]
pub struct Response {
    pub status: u16,
    pub body: Vec<u8>,
}

/// Something that sends requests to processors.
pub trait Transport: Send + Sync + 'static {
    /// Sends one. Ends by itself, however the other side behaves; an answer has at most [`MOST_BYTES`].
    fn send(&self, request: Request) -> Pin<Box<dyn Future<Output = Result<Response, Trouble>> + Send + '_>>;
}

/// An event that a processor sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub id: String,
    pub about: EventSubject,
}

/// Whom an event is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventSubject {
    Customer(Reference),
    /// Something of a customer that is to be looked up: `payments/PM123`.
    Resource(String),
    Nobody,
}

/// A member to be added.
#[derive(Debug, Clone)]
pub struct Member {
    pub name: String,
    pub email: String,
}

/// One processor, ready to be asked.
pub(crate) struct Client<'a> {
    pub account: &'a Account,
    pub transport: &'a dyn Transport,
    pub zone: Zone,
}

impl Client<'_> {
    /// The subscriptions of a customer. [`Trouble::Unknown`] if there is no such customer.
    pub async fn subscriptions(&self, customer: &Reference) -> Result<Vec<Subscription>, Trouble> {
        match self.account.processor {
            Processor::Stripe => stripe::subscriptions(self, customer).await,
            Processor::GoCardless => gocardless::subscriptions(self, customer).await,
        }
    }

    /// The same of every customer with a subscription.
    pub async fn everyone(&self) -> Result<BTreeMap<Reference, Vec<Subscription>>, Trouble> {
        match self.account.processor {
            Processor::Stripe => stripe::everyone(self).await,
            Processor::GoCardless => gocardless::everyone(self).await,
        }
    }

    /// Adds the e-mail addresses of customers, in lower case, to those that were `found`; also those it read before it failed.
    pub async fn addresses(&self, found: &mut BTreeMap<Reference, String>) -> Result<(), Trouble> {
        match self.account.processor {
            Processor::Stripe => stripe::addresses(self, found).await,
            Processor::GoCardless => gocardless::addresses(self, found).await,
        }
    }

    /// Whom `resource` of an event is about; `None` if about no customer.
    pub async fn customer_of(&self, resource: &str) -> Result<Option<Reference>, Trouble> {
        match self.account.processor {
            Processor::Stripe => Ok(None),
            Processor::GoCardless => gocardless::customer_of(self, resource).await,
        }
    }

    /// Adds a member, once for each `key`. `is_late`: the processor may have forgotten the key since the first try.
    pub async fn add(&self, member: &Member, key: &str, is_late: bool) -> Result<Reference, Trouble> {
        match self.account.processor {
            Processor::Stripe => stripe::add(self, member, key, is_late).await,
            // A key that was used is a conflict there, answered with what it made.
            Processor::GoCardless => gocardless::add(self, member, key).await,
        }
    }

    /// Ends the subscriptions of a customer. One without any is removed already.
    pub async fn remove(&self, customer: &Reference, key: &str) -> Result<(), Trouble> {
        match self.account.processor {
            Processor::Stripe => stripe::remove(self, customer).await,
            Processor::GoCardless => gocardless::remove(self, customer, key).await,
        }
    }

    /// Sends a request and reads the answer, if it is a success.
    async fn ask(
        &self,
        method: Method,
        path: &str,
        mut headers: Vec<(&'static str, String)>,
        body: Vec<u8>,
    ) -> Result<Value, Trouble> {
        let Response { status, body } = self.send(method, path, &mut headers, body).await?;
        match status {
            200..=299 => foreign_json::read(&body).ok_or(Trouble::Unclear),
            _ => Err(refusal(status, &body)),
        }
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &mut Vec<(&'static str, String)>,
        body: Vec<u8>,
    ) -> Result<Response, Trouble> {
        let (name, version) = match self.account.processor {
            Processor::Stripe => ("stripe-version", stripe::VERSION),
            Processor::GoCardless => ("gocardless-version", gocardless::VERSION),
        };
        headers.push((name, version.to_owned()));
        headers.push(("authorization", format!("Bearer {}", self.account.key)));
        headers.push(("accept", "application/json".to_owned()));
        let url = format!("{}{path}", self.account.base);
        self.transport.send(Request { method, url, headers: std::mem::take(headers), body }).await
    }
}

/// Why a status that is no success was answered.
fn refusal(status: u16, body: &[u8]) -> Trouble {
    match status {
        401 | 403 => Trouble::Denied,
        404 | 410 => Trouble::Unknown,
        // Stripe answers a list of an unknown customer so.
        400 if stripe::is_missing(body) => Trouble::Unknown,
        408 | 409 | 425 | 429 | 500..=599 => Trouble::Unavailable,
        400..=499 => Trouble::Refused,
        _ => Trouble::Unclear,
    }
}

/// Whether `account` signed `body` with one of its secrets, by the `signature` in its header; `now` by the clock.
pub(crate) fn is_signed(account: &Account, signature: &str, body: &[u8], now: Millis) -> bool {
    let is_right = |secret: &String| match account.processor {
        Processor::Stripe => stripe::is_signed(secret, signature, body, now),
        Processor::GoCardless => gocardless::is_signed(secret, signature, body),
    };
    account.secrets.iter().any(is_right)
}

/// Whether `signature` has the form of one, and a time near `now` where it has a time: what can be known before the body comes.
pub(crate) fn may_be_signed(processor: Processor, signature: &str, now: Millis) -> bool {
    match processor {
        Processor::Stripe => stripe::may_be_signed(signature, now),
        Processor::GoCardless => is_shaped(signature.trim()),
    }
}

/// Whether `code` has the form of a code: SHA-256 in hexadecimal.
fn is_shaped(code: &str) -> bool {
    code.len() == 64 && code.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The events in a verified `body`; `None` if it is none of this processor.
pub(crate) fn events(processor: Processor, body: &[u8]) -> Option<Vec<Event>> {
    let body = foreign_json::read(body)?;
    match processor {
        Processor::Stripe => stripe::events(&body),
        Processor::GoCardless => gocardless::events(&body),
    }
}

/// HMAC-SHA-256 over `parts`.
fn mac(secret: &str, parts: &[&[u8]]) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
    for part in parts {
        mac.update(part);
    }
    Some(mac)
}

/// Whether `hex` is the code of `parts` by `secret`, in constant time. An empty secret signs nothing.
fn is_code(secret: &str, hex: &str, parts: &[&[u8]]) -> bool {
    let Ok(code) = data_encoding::HEXLOWER_PERMISSIVE.decode(hex.as_bytes()) else { return false };
    !secret.is_empty() && mac(secret, parts).is_some_and(|mac| mac.verify_slice(&code).is_ok())
}

/// An id as processors make them, safe in an address.
fn id(value: &Value) -> Option<&str> {
    let text = value.as_str()?;
    let fits = !text.is_empty()
        && text.len() <= ID
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    fits.then_some(text)
}

/// A customer and their e-mail address, if they have one.
fn address(customer: &Value) -> Option<(Reference, String)> {
    let reference = id(&customer["id"]).and_then(Reference::parse)?;
    Some((reference, customer["email"].as_str()?.trim().to_lowercase()))
}

/// A name that people gave something at a processor.
fn name(value: &Value) -> Option<String> {
    domain::names::name(value.as_str()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn id_with_path_characters_is_refused() {
        for wrong in ["", "a/b", "..", "a?b", "ü", &"x".repeat(65)] {
            assert_eq!(id(&Value::from(wrong)), None, "{wrong}");
        }
        assert_eq!(id(&Value::from("PM_12a")), Some("PM_12a"));
    }

    #[test]
    fn empty_secret_verifies_nothing() {
        let code = data_encoding::HEXLOWER.encode(&mac("", &[b"x"]).unwrap().finalize().into_bytes());
        assert!(!is_code("", &code, &[b"x"]));
    }

    proptest! {
        #[test]
        fn any_body_is_read_without_panic(body: Vec<u8>, status: u16) {
            for &processor in Processor::ALL {
                let _ = events(processor, &body);
            }
            let _ = refusal(status, &body);
        }

        #[test]
        fn any_json_is_read_without_panic(json in json(), zone in Just(Zone::UTC)) {
            for &processor in Processor::ALL {
                let _ = events(processor, json.to_string().as_bytes());
            }
            let _ = stripe::subscription_of(&json, zone);
            let _ = gocardless::answer_of(std::slice::from_ref(&json), std::slice::from_ref(&json));
        }
    }

    /// Values with the names that processors use.
    fn json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            "(active|canceled|past_due|cus_[a-z]{0,3}|paid_out|monthly|[0-9]{4}-[0-9]{2}-[0-9]{2}|\\PC{0,6})"
                .prop_map(Value::from),
        ];
        let name = "(id|object|data|status|customer|links|events|current_period_end|current_period_start|ended_at|items|charge_date|interval|interval_unit|resource_type|payment|mandate)";
        leaf.prop_recursive(4, 64, 8, move |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                proptest::collection::btree_map(name, inner, 0..8).prop_map(Value::from_iter),
            ]
        })
    }
}
