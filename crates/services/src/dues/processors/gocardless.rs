//! GoCardless: signatures, events, and the subscriptions of customers with their payments.
//!
//! A subscription there does not say whether it is paid; payments do. A payment that is being collected counts, because direct
//! debits take days, and stops counting if it fails. Payments belong to subscriptions; one for something else counts only for a
//! customer who has no subscription at all.

use super::{
    Client, Event, EventSubject, MOST_HELD, MOST_OF_ONE, Member, Method, PAGES, address, id, is_code, name,
    refusal,
};
use crate::foreign_json;
use domain::{
    dues::{Period, Reference, Subscription, Trouble},
    time::Date,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The version of the API whose answers are read here.
pub(super) const VERSION: &str = "2015-07-06";
/// Objects on a page.
const LIMIT: &str = "limit=500";

/// Whether `signature` is the code of `body` by `secret`. It has no time: an event that is sent again is known by its id.
pub(super) fn is_signed(secret: &str, signature: &str, body: &[u8]) -> bool {
    is_code(secret, signature.trim(), &[body])
}

/// The events of a body, which may be many.
pub(super) fn events(body: &Value) -> Option<Vec<Event>> {
    body["events"].as_array()?.iter().map(event).collect()
}

fn event(event: &Value) -> Option<Event> {
    let links = &event["links"];
    let resource =
        |kind: &str, name: &str| id(&links[name]).map(|id| EventSubject::Resource(format!("{kind}/{id}")));
    let about = id(&links["customer"])
        .and_then(Reference::parse)
        .map(EventSubject::Customer)
        .or_else(|| resource("mandates", "mandate"))
        .or_else(|| resource("payments", "payment"))
        .or_else(|| resource("subscriptions", "subscription"));
    Some(Event { id: id(&event["id"])?.to_owned(), about: about.unwrap_or(EventSubject::Nobody) })
}

async fn get(client: &Client<'_>, path: &str) -> Result<Value, Trouble> {
    client.ask(Method::Get, path, Vec::new(), Vec::new()).await
}

/// Reads the objects of a kind by `filter`, of all pages, one after the other: no more than a page is held.
async fn each(
    client: &Client<'_>,
    kind: &str,
    filter: &str,
    mut read: impl FnMut(&Value) -> Result<(), Trouble> + Send,
) -> Result<(), Trouble> {
    let mut after = String::new();
    for _ in 0..PAGES {
        let page = get(client, &format!("/{kind}?{LIMIT}{filter}{after}")).await?;
        let items = page[kind].as_array().ok_or(Trouble::Unclear)?;
        items.iter().try_for_each(&mut read)?;
        match id(&page["meta"]["cursors"]["after"]) {
            Some(cursor) => after = format!("&after={cursor}"),
            None => return Ok(()),
        }
    }
    Err(Trouble::TooMany)
}

/// What matters of a subscription, and of the payments that belong to it.
#[derive(Default)]
struct Collected {
    id: Option<String>,
    name: Option<String>,
    period: Option<Period>,
    is_going: bool,
    /// The next charge.
    upcoming: Option<Date>,
    /// The first charge, whether or not it failed.
    charged: Option<Date>,
    /// The last day that a payment covers.
    covered: Option<Date>,
}

impl Collected {
    fn pay(&mut self, payment: &Value, charged: Date) {
        self.charged = Some(self.charged.map_or(charged, |first| first.min(charged)));
        if matches!(payment["status"].as_str(), Some("submitted" | "confirmed" | "paid_out")) {
            let last = self.period.unwrap_or(Period::MONTH).last_day(charged);
            self.covered = self.covered.max(Some(last));
        }
    }

    fn subscription(&self) -> Subscription {
        // Before the first payment, the days until it count as paid.
        let first = self.charged.or(self.upcoming.filter(|_| self.is_going));
        let begins = first.map(|day| Date::from_days(day.days() - 1));
        let is_begun = self.covered.is_some() && !self.is_going;
        Subscription {
            id: self.id.clone().unwrap_or_default(),
            names: self.name.iter().chain(&self.id).cloned().collect(),
            paid_until: self.covered.max(begins.filter(|_| !is_begun)),
            ended: !self.is_going,
            is_paused: false,
        }
    }
}

/// The subscriptions of a customer with their payments. Subscriptions come first, because payments belong to them.
#[derive(Default)]
struct Sum {
    subscriptions: Vec<Collected>,
    /// Payments that belong to no subscription.
    single: Option<Collected>,
}

impl Sum {
    fn subscribe(&mut self, one: &Value) -> Result<(), Trouble> {
        if self.subscriptions.len() >= MOST_OF_ONE {
            return Err(Trouble::Unclear);
        }
        let count = one["interval"].as_u64().and_then(|count| u16::try_from(count).ok()).unwrap_or(1);
        let charges = one["upcoming_payments"].as_array().into_iter().flatten();
        self.subscriptions.push(Collected {
            id: id(&one["id"]).map(ToOwned::to_owned),
            name: name(&one["name"]),
            period: Period::parse(count, one["interval_unit"].as_str().unwrap_or_default()),
            is_going: matches!(one["status"].as_str(), Some("active" | "pending_customer_approval")),
            upcoming: charges.filter_map(|charge| date(&charge["charge_date"])).min(),
            ..Collected::default()
        });
        Ok(())
    }

    fn pay(&mut self, payment: &Value) {
        let Some(charged) = date(&payment["charge_date"]) else { return };
        let own = id(&payment["links"]["subscription"]);
        let of = self.subscriptions.iter_mut().find(|one| own.is_some() && one.id.as_deref() == own);
        let single = || Collected { is_going: true, ..Collected::default() };
        match of {
            Some(of) => of.pay(payment, charged),
            None => self.single.get_or_insert_with(single).pay(payment, charged),
        }
    }

    fn subscriptions(&self) -> Vec<Subscription> {
        self.subscriptions.iter().chain(&self.single).map(Collected::subscription).collect()
    }
}

fn date(value: &Value) -> Option<Date> {
    value.as_str().and_then(Date::from_iso)
}

pub(super) async fn subscriptions(
    client: &Client<'_>,
    customer: &Reference,
) -> Result<Vec<Subscription>, Trouble> {
    let customer = customer.as_str();
    get(client, &format!("/customers/{customer}")).await?;
    let filter = format!("&customer={customer}");
    let mut sum = Sum::default();
    each(client, "subscriptions", &filter, |one| sum.subscribe(one)).await?;
    let pay = |one: &Value| {
        sum.pay(one);
        Ok(())
    };
    each(client, "payments", &filter, pay).await?;
    Ok(sum.subscriptions())
}

pub(super) async fn everyone(client: &Client<'_>) -> Result<BTreeMap<Reference, Vec<Subscription>>, Trouble> {
    let mut customers = BTreeMap::<String, Reference>::new();
    let read = |mandate: &Value| {
        let customer = id(&mandate["links"]["customer"]).and_then(Reference::parse);
        customers.extend(id(&mandate["id"]).map(ToOwned::to_owned).zip(customer));
        if customers.len() > MOST_HELD { Err(Trouble::TooMany) } else { Ok(()) }
    };
    each(client, "mandates", "", read).await?;
    let customer = |one: &Value| id(&one["links"]["mandate"]).and_then(|mandate| customers.get(mandate));
    let mut all = BTreeMap::<&Reference, Sum>::new();
    let mut subscriptions = 0;
    let read = |one: &Value| {
        subscriptions += 1;
        if subscriptions > MOST_HELD {
            return Err(Trouble::TooMany);
        }
        customer(one).map_or(Ok(()), |customer| all.entry(customer).or_default().subscribe(one))
    };
    each(client, "subscriptions", "", read).await?;
    let read = |one: &Value| {
        if let Some(customer) = customer(one) {
            all.entry(customer).or_default().pay(one);
        }
        Ok(())
    };
    each(client, "payments", "", read).await?;
    Ok(all.into_iter().map(|(customer, sum)| (customer.clone(), sum.subscriptions())).collect())
}

pub(super) async fn addresses(
    client: &Client<'_>,
    found: &mut BTreeMap<Reference, String>,
) -> Result<(), Trouble> {
    let read = |one: &Value| {
        found.extend(address(one));
        if found.len() > MOST_HELD { Err(Trouble::TooMany) } else { Ok(()) }
    };
    each(client, "customers", "", read).await
}

/// What the subscriptions and payments of a customer say of them.
#[cfg(test)]
pub(super) fn answer_of(subscriptions: &[Value], payments: &[Value]) -> Option<domain::dues::Answer> {
    let mut sum = Sum::default();
    subscriptions.iter().try_for_each(|one| sum.subscribe(one)).ok()?;
    for one in payments {
        sum.pay(one);
    }
    let (all, plans) = (sum.subscriptions(), domain::dues::Plans::default());
    domain::dues::answer(&domain::dues::counted(&all, &plans, None))
}

pub(super) async fn customer_of(client: &Client<'_>, resource: &str) -> Result<Option<Reference>, Trouble> {
    let look_up = async |resource: &str| match get(client, &format!("/{resource}")).await {
        Ok(found) => Ok(found[resource.split('/').next().unwrap_or_default()]["links"].clone()),
        Err(Trouble::Unknown) => Ok(Value::Null),
        Err(trouble) => Err(trouble),
    };
    let mut links = look_up(resource).await?;
    if let Some(mandate) = id(&links["mandate"]) {
        links = look_up(&format!("mandates/{mandate}")).await?;
    }
    Ok(id(&links["customer"]).and_then(Reference::parse))
}

pub(super) async fn add(client: &Client<'_>, member: &Member, key: &str) -> Result<Reference, Trouble> {
    let (given, family) = member.name.rsplit_once(' ').unwrap_or((&member.name, &member.name));
    let body = json!({ "customers": { "email": member.email, "given_name": given, "family_name": family } });
    let mut headers = json_headers(&format!("{key}-customer"));
    let answer = client.send(Method::Post, "/customers", &mut headers, body.to_string().into_bytes()).await?;
    let read: Value = foreign_json::read(&answer.body).unwrap_or_default();
    let made = match answer.status {
        200..=299 => id(&read["customers"]["id"]),
        // An earlier try of this command, whose answer was lost.
        409 => id(&read["error"]["errors"][0]["links"]["conflicting_resource_id"]),
        status => return Err(refusal(status, &answer.body)),
    };
    made.and_then(Reference::parse).ok_or(Trouble::Unclear)
}

fn json_headers(key: &str) -> Vec<(&'static str, String)> {
    vec![("content-type", "application/json".to_owned()), ("idempotency-key", key.to_owned())]
}

pub(super) async fn remove(client: &Client<'_>, customer: &Reference, key: &str) -> Result<(), Trouble> {
    let mut current = Vec::new();
    let read = |one: &Value| {
        if !matches!(one["status"].as_str(), Some("cancelled" | "finished" | "customer_approval_denied")) {
            current.push(id(&one["id"]).ok_or(Trouble::Unclear)?.to_owned());
        }
        Ok(())
    };
    each(client, "subscriptions", &format!("&customer={}", customer.as_str()), read).await?;
    for subscription in current {
        let path = format!("/subscriptions/{subscription}/actions/cancel");
        let headers = json_headers(&format!("{key}-{subscription}"));
        client.ask(Method::Post, &path, headers, b"{}".to_vec()).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dues::processors::mac;
    use hmac::Mac;

    fn payment(charged: &str, status: &str) -> Value {
        json!({ "charge_date": charged, "status": status, "links": { "subscription": "SB1", "mandate": "MD1" } })
    }

    fn subscription(status: &str) -> Value {
        json!({ "id": "SB1", "status": status, "interval": 1, "interval_unit": "monthly",
                "upcoming_payments": [{ "charge_date": "2026-12-01" }] })
    }

    fn standing(subscriptions: &[Value], payments: &[Value]) -> Option<(String, bool)> {
        answer_of(subscriptions, payments)
            .map(|found| (found.standing.paid_until.to_string(), found.standing.ended))
    }

    #[test]
    fn payment_covers_its_period_unless_it_failed() {
        let active = [subscription("active")];
        let october = payment("2026-10-01", "paid_out");
        let of = |status| standing(&active, &[october.clone(), payment("2026-11-01", status)]);
        assert_eq!(of("submitted"), Some(("2026-11-30".into(), false)), "direct debits take days");
        assert_eq!(of("confirmed"), Some(("2026-11-30".into(), false)));
        for bad in ["failed", "charged_back", "cancelled", "pending_submission"] {
            assert_eq!(of(bad), Some(("2026-10-31".into(), false)), "{bad}");
        }
    }

    #[test]
    fn subscription_without_payment_is_due_with_its_first_charge() {
        assert_eq!(standing(&[subscription("active")], &[]), Some(("2026-11-30".into(), false)));
        let failed = [payment("2026-11-01", "failed")];
        assert_eq!(
            standing(&[subscription("active")], &failed),
            Some(("2026-10-31".into(), false)),
            "the first one failed"
        );
        assert_eq!(
            standing(&[subscription("cancelled")], &[payment("2026-11-01", "paid_out")]),
            Some(("2026-11-30".into(), true))
        );
        assert_eq!(standing(&[], &[]), None);
    }

    #[test]
    fn payment_for_something_else_counts_only_without_any_subscription() {
        let other = json!({ "charge_date": "2026-12-07", "status": "paid_out", "links": { "mandate": "MD1" } });
        let own = [payment("2026-11-01", "paid_out"), payment("2026-12-01", "failed"), other.clone()];
        assert_eq!(standing(&[subscription("active")], &own), Some(("2026-11-30".into(), false)));
        assert_eq!(standing(&[subscription("cancelled")], &own), Some(("2026-11-30".into(), true)));
        assert_eq!(standing(&[], &[other]), Some(("2027-01-06".into(), false)), "each payment is made by hand");
    }

    #[test]
    fn new_subscription_of_a_former_member_counts_until_its_first_charge() {
        let mut again = subscription("active");
        again["id"] = "SB2".into();
        let both = [subscription("cancelled"), again];
        let before = payment("2026-03-01", "paid_out");
        assert_eq!(standing(&both, std::slice::from_ref(&before)), Some(("2026-11-30".into(), false)));
        let mut failed = payment("2026-12-01", "failed");
        failed["links"]["subscription"] = "SB2".into();
        assert_eq!(standing(&both, &[before, failed]), Some(("2026-11-30".into(), false)));
    }

    #[test]
    fn subscription_is_known_by_its_name_and_id() {
        let mut one = subscription("active");
        one["name"] = "Membership".into();
        let mut sum = Sum::default();
        sum.subscribe(&one).unwrap();
        assert_eq!(sum.subscriptions()[0].names, ["Membership", "SB1"]);
    }

    #[test]
    fn paused_subscription_ends_with_the_paid_month() {
        let paid = [payment("2026-11-01", "paid_out")];
        assert_eq!(standing(&[subscription("paused")], &paid), Some(("2026-11-30".into(), true)));
    }

    #[test]
    fn events_name_customers_or_resources_to_look_up() {
        let body = json!({ "events": [
            { "id": "EV1", "links": { "customer": "CU1" } },
            { "id": "EV2", "links": { "payment": "PM1", "parent_event": "EV0" } },
            { "id": "EV3", "links": { "mandate": "MD1" } },
            { "id": "EV4", "links": { "payout": "PO1" } },
        ] });
        let about: Vec<_> = events(&body).unwrap().into_iter().map(|event| event.about).collect();
        let resource = |name: &str| EventSubject::Resource(name.into());
        let customer = EventSubject::Customer(Reference::parse("CU1").unwrap());
        assert_eq!(about, [customer, resource("payments/PM1"), resource("mandates/MD1"), EventSubject::Nobody]);
        assert_eq!(events(&json!({ "events": [{ "id": "EV/1" }] })), None);
    }

    #[test]
    fn signature_over_other_bytes_is_refused() {
        let body = br#"{"events":[]}"#;
        let code = data_encoding::HEXLOWER.encode(&mac("gcs", &[body]).unwrap().finalize().into_bytes());
        // Computed with Python's hmac.
        assert_eq!(code, "4695c35f98f76253a24a4c652c31fd405aa84d5397fb893eb5162629ad18c77c");
        assert!(is_signed("gcs", &code, body) && is_signed("gcs", &code.to_uppercase(), body));
        assert!(!is_signed("gcs", &code, br#"{"events": []}"#) && !is_signed("other", &code, body));
        assert!(!is_signed("gcs", &code[..62], body) && !is_signed("gcs", "", body));
    }
}
