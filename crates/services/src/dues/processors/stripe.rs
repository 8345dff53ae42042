//! Stripe: signatures, events, and the subscriptions of customers.
//!
//! Stripe moves the period of a subscription on while its payment fails, so a failing one is paid until its period began.

use super::{
    Client, Event, EventSubject, ID, MOST_HELD, MOST_OF_ONE, Member, Method, PAGES, address, id, is_code,
    is_shaped, name,
};
use crate::foreign_json;
use domain::{
    dues::{Reference, Subscription, Trouble},
    time::{Date, Millis},
    zone::Zone,
};
use serde_json::Value;
use std::{collections::BTreeMap, time::Duration};
use url::form_urlencoded::Serializer;

/// The version of the API whose answers are read here.
pub(super) const VERSION: &str = "2024-06-20";
/// How far the time in a signature may be off.
const TOLERANCE: Duration = Duration::from_mins(5);
/// The name under which a customer has the key of the command that made it, in its metadata.
const MARK: &str = "toolgate";
/// Objects on a page.
const LIMIT: &str = "100";

/// Whether `header`, `t=…,v1=…,v1=…`, has a signature of scheme v1 by `secret`, which is used as text. The time is part of the
/// signed text, so an old event cannot be sent again later.
pub(super) fn is_signed(secret: &str, header: &str, body: &[u8], now: Millis) -> bool {
    fresh_time(header, now)
        .is_some_and(|at| values(header, "v1").any(|code| is_code(secret, code, &[at.as_bytes(), b".", body])))
}

/// Whether `header` has a fresh time and a code, right or not.
pub(super) fn may_be_signed(header: &str, now: Millis) -> bool {
    fresh_time(header, now).is_some() && values(header, "v1").any(is_shaped)
}

fn values<'a>(header: &'a str, name: &'static str) -> impl Iterator<Item = &'a str> {
    let pairs = header.split(',').filter_map(|pair| pair.trim().split_once('='));
    pairs.filter(move |(key, _)| *key == name).map(|(_, value)| value)
}

/// The time in `header`, if it is near `now`.
fn fresh_time(header: &str, now: Millis) -> Option<&str> {
    let at = values(header, "t").next()?;
    let sent = Millis(at.parse::<i64>().ok()?.checked_mul(1_000)?);
    sent.near(now, TOLERANCE).then_some(at)
}

/// An event, whatever its type: each is only a reason to ask.
pub(super) fn events(body: &Value) -> Option<Vec<Event>> {
    let event = id(&body["id"]).filter(|event| event.len() <= ID)?;
    let object = body["data"]["object"].as_object()?;
    let customer = match object.get("customer") {
        // Expanded, or as an id.
        Some(customer) if customer.is_object() => &customer["id"],
        Some(customer) => customer,
        None if object.get("object").and_then(Value::as_str) == Some("customer") => &body["data"]["object"]["id"],
        None => &Value::Null,
    };
    let about = id(customer).and_then(Reference::parse).map_or(EventSubject::Nobody, EventSubject::Customer);
    Some(vec![Event { id: event.to_owned(), about }])
}

/// Whether an error says that the customer does not exist.
pub(super) fn is_missing(body: &[u8]) -> bool {
    foreign_json::read(body).is_some_and(|body| body["error"]["code"] == "resource_missing")
}

fn form(pairs: &[(&str, &str)]) -> String {
    Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// Reads the subscriptions by `filter`.
async fn each_subscription(
    client: &Client<'_>,
    filter: &[(&str, &str)],
    read: impl FnMut(&Value) -> Result<(), Trouble> + Send,
) -> Result<(), Trouble> {
    let mut pairs = vec![("status", "all")];
    pairs.extend(filter);
    each(client, "/v1/subscriptions", &pairs, read).await
}

/// Reads the objects of the list at `path` by `filter`, of all pages, one after the other: no more than a page is held.
async fn each(
    client: &Client<'_>,
    path: &str,
    filter: &[(&str, &str)],
    mut read: impl FnMut(&Value) -> Result<(), Trouble> + Send,
) -> Result<(), Trouble> {
    let mut after = None::<String>;
    for _ in 0..PAGES {
        let mut pairs = vec![("limit", LIMIT)];
        pairs.extend(filter);
        pairs.extend(after.as_deref().map(|last| ("starting_after", last)));
        let page = client.ask(Method::Get, &format!("{path}?{}", form(&pairs)), Vec::new(), Vec::new()).await?;
        let items = page["data"].as_array().ok_or(Trouble::Unclear)?;
        items.iter().try_for_each(&mut read)?;
        match items.last() {
            Some(last) if page["has_more"] == true => {
                after = Some(id(&last["id"]).ok_or(Trouble::Unclear)?.to_owned());
            }
            _ => return Ok(()),
        }
    }
    Err(Trouble::TooMany)
}

pub(super) async fn subscriptions(
    client: &Client<'_>,
    customer: &Reference,
) -> Result<Vec<Subscription>, Trouble> {
    // A list of an unknown customer may be empty as well.
    let path = format!("/v1/customers/{}", customer.as_str());
    if client.ask(Method::Get, &path, Vec::new(), Vec::new()).await?["deleted"] == true {
        return Err(Trouble::Unknown);
    }
    let mut found = Vec::new();
    let read = |one: &Value| {
        found.extend(subscription_of(one, client.zone));
        if found.len() > MOST_OF_ONE { Err(Trouble::Unclear) } else { Ok(()) }
    };
    each_subscription(client, &[("customer", customer.as_str())], read).await?;
    Ok(found)
}

pub(super) async fn everyone(client: &Client<'_>) -> Result<BTreeMap<Reference, Vec<Subscription>>, Trouble> {
    let mut all = BTreeMap::<Reference, Vec<Subscription>>::new();
    let mut count = 0;
    let read = |one: &Value| {
        let customer = id(&one["customer"]).and_then(Reference::parse);
        if let Some((customer, subscription)) = customer.zip(subscription_of(one, client.zone)) {
            all.entry(customer).or_default().push(subscription);
            count += 1;
        }
        if count > MOST_HELD { Err(Trouble::TooMany) } else { Ok(()) }
    };
    each_subscription(client, &[], read).await?;
    Ok(all)
}

pub(super) async fn addresses(
    client: &Client<'_>,
    found: &mut BTreeMap<Reference, String>,
) -> Result<(), Trouble> {
    let read = |one: &Value| {
        found.extend(address(one));
        if found.len() > MOST_HELD { Err(Trouble::TooMany) } else { Ok(()) }
    };
    each(client, "/v1/customers", &[], read).await
}

/// A subscription of a customer; `None` if it names no paid time.
pub(super) fn subscription_of(subscription: &Value, zone: Zone) -> Option<Subscription> {
    let items = || subscription["items"]["data"].as_array().into_iter().flatten();
    let seconds =
        |value: &Value| value.as_i64().and_then(|at| at.checked_mul(1_000)).and_then(Millis::from_outside);
    // Newer versions of the API have the period at each item.
    let period = |name: &str| {
        seconds(&subscription[name]).or_else(|| items().filter_map(|item| seconds(&item[name])).min())
    };
    let day_before = |at: Millis| -> Date { zone.moment(Millis(at.0 - 1)).wall().date };
    let (end, start) = (period("current_period_end"), period("current_period_start"));
    let is_ending = subscription["cancel_at_period_end"] == true || seconds(&subscription["cancel_at"]).is_some();
    let has_pause = subscription["pause_collection"].is_object();
    let (last, ended, is_paused) = match subscription["status"].as_str()? {
        "active" | "trialing" => (end?, is_ending || has_pause, has_pause),
        "canceled" | "incomplete_expired" => {
            let ended = seconds(&subscription["ended_at"]).or_else(|| seconds(&subscription["canceled_at"]));
            ([ended, end].into_iter().flatten().min()?, true, false)
        }
        // Past due, unpaid, incomplete, and paused after a trial.
        _ => (start?, has_pause, false),
    };
    Some(Subscription {
        id: id(&subscription["id"]).unwrap_or_default().to_owned(),
        names: items().flat_map(names).chain(names(subscription)).collect(),
        paid_until: Some(day_before(last)),
        ended,
        is_paused,
    })
}

/// The names of what an item collects: its price and product, whose older form is a plan. A subscription of one item may have them
/// itself.
fn names(item: &Value) -> Vec<String> {
    let price = if item["price"].is_object() { &item["price"] } else { &item["plan"] };
    let product = if price["product"].is_object() { &price["product"]["id"] } else { &price["product"] };
    let all = [&price["nickname"], &price["lookup_key"], &price["id"], product];
    all.into_iter().filter_map(name).collect()
}

/// The customer that a try with `key` made. New customers are found within minutes.
async fn made_before(client: &Client<'_>, key: &str) -> Result<Option<Reference>, Trouble> {
    let query = format!("metadata['{MARK}']:'{key}'");
    let path = format!("/v1/customers/search?{}", form(&[("query", query.as_str()), ("limit", "1")]));
    let answer = client.ask(Method::Get, &path, Vec::new(), Vec::new()).await?;
    let Some(Value::Array(found)) = answer.get("data") else { return Err(Trouble::Unclear) };
    found.first().map(|one| id(&one["id"]).and_then(Reference::parse).ok_or(Trouble::Unclear)).transpose()
}

/// Adds a member, once for each `key`. Stripe deletes keys after a day, so a late try looks for what an earlier one made.
pub(super) async fn add(
    client: &Client<'_>,
    member: &Member,
    key: &str,
    is_late: bool,
) -> Result<Reference, Trouble> {
    let send = async |path: &str, step: &str, pairs: &[(&str, &str)]| {
        let headers = vec![
            ("content-type", "application/x-www-form-urlencoded".to_owned()),
            ("idempotency-key", format!("{key}-{step}")),
        ];
        client.ask(Method::Post, path, headers, form(pairs).into_bytes()).await
    };
    let before = if is_late { made_before(client, key).await? } else { None };
    let mut is_subscribed = false;
    if let Some(reference) = &before {
        let read = |_: &Value| {
            is_subscribed = true;
            Ok(())
        };
        each_subscription(client, &[("customer", reference.as_str())], read).await?;
    }
    let reference = if let Some(reference) = before {
        reference
    } else {
        let mark = format!("metadata[{MARK}]");
        let fields = [("name", member.name.as_str()), ("email", member.email.as_str()), (mark.as_str(), key)];
        let made = send("/v1/customers", "customer", &fields).await?;
        id(&made["id"]).and_then(Reference::parse).ok_or(Trouble::Unclear)?
    };
    if let Some(plan) = client.account.plan.as_ref().filter(|_| !is_subscribed) {
        // They have no card there yet: they get an invoice, and enter the card when they pay it.
        let terms = [
            ("customer", reference.as_str()),
            ("items[0][price]", plan),
            ("collection_method", "send_invoice"),
            ("days_until_due", "1"),
        ];
        send("/v1/subscriptions", "subscription", &terms).await?;
    }
    Ok(reference)
}

pub(super) async fn remove(client: &Client<'_>, customer: &Reference) -> Result<(), Trouble> {
    let mut current = Vec::new();
    let read = |one: &Value| {
        if !matches!(one["status"].as_str(), Some("canceled" | "incomplete_expired")) {
            current.push(id(&one["id"]).ok_or(Trouble::Unclear)?.to_owned());
        }
        Ok(())
    };
    each_subscription(client, &[("customer", customer.as_str())], read).await?;
    for subscription in current {
        let path = format!("/v1/subscriptions/{subscription}");
        match client.ask(Method::Delete, &path, Vec::new(), Vec::new()).await {
            // It was cancelled meanwhile.
            Ok(_) | Err(Trouble::Unknown) => {}
            Err(trouble) => return Err(trouble),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dues::processors::mac;
    use data_encoding::HEXLOWER;
    use hmac::Mac;
    use serde_json::json;

    const NOW: Millis = Millis(1_800_000_000_000);
    const BODY: &[u8] = br#"{"id":"evt_1"}"#;

    /// A header as Stripe's own library makes it.
    fn header(secret: &str, at: i64, body: &[u8]) -> String {
        format!("t={at},v1={}", code(secret, at, body))
    }

    fn code(secret: &str, at: i64, body: &[u8]) -> String {
        let code = mac(secret, &[at.to_string().as_bytes(), b".", body]).unwrap().finalize().into_bytes();
        HEXLOWER.encode(&code)
    }

    #[test]
    fn signature_of_known_key_is_reproduced() {
        // Computed with Python's hmac over `1800000000.{"id":"evt_1"}`.
        let known = "45705be2a45ab5acdd1395cc695e9e7073125385ec24194921c401dff44176f8";
        assert_eq!(code("whsec_test", 1_800_000_000, BODY), known);
        assert!(is_signed("whsec_test", &header("whsec_test", 1_800_000_000, BODY), BODY, NOW));
    }

    #[test]
    fn only_fresh_v1_signature_over_raw_body_is_accepted() {
        let at = NOW.0 / 1_000;
        let good = code("whsec_test", at, BODY);
        let is = |header: &str, body: &[u8]| is_signed("whsec_test", header, body, NOW);
        assert!(is(&format!("t={at},v1={good}"), BODY));
        assert!(is(&format!("t={at}, v1={}, v1={good}, v0=ff", "0".repeat(64)), BODY), "the second of two");
        assert!(!is(&format!("t={at},v0={good}"), BODY), "an old scheme alone");
        assert!(!is(&format!("t={at},v1={good}"), br#"{"id": "evt_1"}"#), "the same JSON in other bytes");
        assert!(!is(&format!("t={},v1={good}", at + 1), BODY), "another time");
        let may = |header: &str| may_be_signed(header, NOW);
        assert!(may(&format!("t={at},v1={good}")) && may(&format!("t={at},v1={}", "0".repeat(64))));
        assert!(!may(&format!("t={},v1={good}", at - 301)), "an old one");
        assert!(!may(&format!("t={at}")) && !may(&format!("t={at},v1=ff")) && !may(""));
        assert!(!is(&format!("v1={good}"), BODY) && !is("", BODY) && !is("t=x,v1=zz", BODY));
        for (off, accepted) in [(299, true), (301, false), (-299, true), (-301, false)] {
            assert_eq!(is(&header("whsec_test", at + off, BODY), BODY), accepted, "{off} s");
        }
        assert!(!is(&header("whsec_test", i64::MAX, BODY), BODY), "no overflow");
        assert!(
            !is_signed("test", &header("whsec_test", at, BODY), BODY, NOW),
            "the secret is used with its prefix"
        );
    }

    fn standing(subscription: &Value) -> Option<(String, bool)> {
        let found = subscription_of(subscription, Zone::UTC)?;
        Some((found.paid_until?.to_string(), found.ended))
    }

    #[test]
    fn subscription_is_paid_until_day_before_next_period() {
        // 1 November and 1 December 2026, 00:00 UTC.
        let (start, end) = (1_793_491_200, 1_796_083_200);
        let of =
            |status: &str| json!({ "status": status, "current_period_start": start, "current_period_end": end });
        assert_eq!(standing(&of("active")), Some(("2026-11-30".into(), false)));
        assert_eq!(
            standing(&of("past_due")),
            Some(("2026-10-31".into(), false)),
            "the period moves on while it fails"
        );
        assert_eq!(standing(&of("unpaid")), Some(("2026-10-31".into(), false)));
        let mut ending = of("active");
        ending["cancel_at_period_end"] = true.into();
        assert_eq!(standing(&ending), Some(("2026-11-30".into(), true)));
        let mut ended = of("canceled");
        ended["ended_at"] = (start + 86_400).into();
        assert_eq!(standing(&ended), Some(("2026-11-01".into(), true)));
        let mut paused = of("active");
        paused["pause_collection"] = json!({ "behavior": "void", "resumes_at": null });
        assert_eq!(standing(&paused), Some(("2026-11-30".into(), true)));
        assert!(subscription_of(&paused, Zone::UTC).is_some_and(|found| found.is_paused));
        let items = json!({ "status": "active", "items": { "data": [{ "current_period_end": end }] } });
        assert_eq!(standing(&items), Some(("2026-11-30".into(), false)), "as newer versions answer");
        assert_eq!(standing(&json!({ "status": "active" })), None);
    }

    #[test]
    fn subscription_is_named_by_price_and_product() {
        let names = |items: Value| {
            let one = json!({ "status": "active", "current_period_end": 1, "items": { "data": items } });
            subscription_of(&one, Zone::UTC).unwrap().names
        };
        let price = json!({ "price": { "id": "price_1", "nickname": "Member", "product": { "id": "prod_1" } } });
        assert_eq!(names(json!([price])), ["Member", "price_1", "prod_1"]);
        let plan = json!({ "plan": { "id": "plan_1", "nickname": null, "product": "prod_2" } });
        assert_eq!(names(json!([plan])), ["plan_1", "prod_2"]);
        assert!(names(json!([])).is_empty());
        let old = json!({ "status": "active", "current_period_end": 1, "plan": { "id": "plan_3" } });
        assert_eq!(subscription_of(&old, Zone::UTC).unwrap().names, ["plan_3"]);
    }

    #[test]
    fn event_names_its_customer() {
        let about = |object: Value| {
            events(&json!({ "id": "evt_1", "data": { "object": object } })).unwrap()[0].about.clone()
        };
        let customer = EventSubject::Customer(Reference::parse("cus_1").unwrap());
        assert_eq!(about(json!({ "object": "invoice", "customer": "cus_1" })), customer);
        assert_eq!(about(json!({ "object": "invoice", "customer": { "id": "cus_1" } })), customer);
        assert_eq!(about(json!({ "object": "customer", "id": "cus_1" })), customer);
        assert_eq!(about(json!({ "object": "balance" })), EventSubject::Nobody);
        assert_eq!(events(&json!({ "id": "evt/1", "data": { "object": {} } })), None);
    }
}
