//! Dues of the invented people, and an invented processor that answers about them: most have paid, a few are late.
//!
//! Invariant: it answers in the shapes of Stripe and is asked as any processor is, so statuses, holds and notices come about as in
//! a real space. Nothing leaves this machine.

use super::{Built, Extent, cast, members};
use crate::{
    clock::{Clock, SystemClock},
    dues::{
        Account,
        processors::{Method, Request, Response, Transport},
    },
};
use domain::{
    dues::{GRACE, Processor, Reference, Trouble},
    id::PersonId,
    people::PersonStatus,
    time::{DAY, Date, Millis},
};
use serde_json::{Value, json};
use std::{future::Future, pin::Pin, sync::Arc};
use store::{StoreError, WriteTx, dues};

/// The address of the invented processor; nothing listens there.
const BASE: &str = "https://stripe.invalid";
/// Honorary members, who have no dues.
const HONORARY: [usize; 2] = [1, 9];
/// Customers who are late, by so many days.
const LATE: [(usize, u32); 9] =
    [(25, 29), (35, 14), (29, 6), (30, 3), (23, 9), (34, 2), (37, 1), (131, 8), (162, 21)];
/// Customers whose subscription has ended.
const ENDED: [usize; 2] = [36, 187];
/// A customer whom nobody here has, which the nightly comparison finds.
const STRAY: usize = 99;
/// The number of the first of the members of a department; people of the cast have their own below.
const MEMBERS: usize = 100;

fn reference(customer: usize) -> String {
    format!("cus_demo{customer}")
}

/// The people of the cast who pay dues.
fn paying() -> impl Iterator<Item = usize> {
    let active = (0..cast::NAMES.len()).filter(|&person| cast::status(person) == PersonStatus::Active);
    active.filter(|person| !HONORARY.contains(person))
}

/// Links the active people to their customers. Status and last paid day come from the processor's first answer.
pub(super) async fn link(tx: &mut WriteTx, built: &Built, today: Date, now: Millis) -> Result<(), StoreError> {
    for person in paying() {
        link_one(tx, built.people[person].0, person, today, now).await?;
    }
    Ok(())
}

/// Links the members of a department likewise.
pub(super) async fn link_members(
    tx: &mut WriteTx,
    members: &[PersonId],
    today: Date,
    now: Millis,
) -> Result<(), StoreError> {
    for (customer, &person) in (MEMBERS..).zip(members) {
        link_one(tx, person, customer, today, now).await?;
    }
    Ok(())
}

async fn link_one(
    tx: &mut WriteTx,
    person: PersonId,
    customer: usize,
    today: Date,
    now: Millis,
) -> Result<(), StoreError> {
    let Some(reference) = Reference::parse(&reference(customer)) else { return Ok(()) };
    dues::link(tx, person, &reference, today, now).await?;
    // The invented past includes the days of grace of those who are held.
    match late(customer).filter(|&days| days > u32::from(GRACE)) {
        Some(days) => dues::late_since(tx, person, Date::from_days(today.days() + 1 - i64::from(days))).await,
        None => Ok(()),
    }
}

/// For how many days a customer has not paid.
fn late(customer: usize) -> Option<u32> {
    LATE.iter().find(|(late, _)| *late == customer).map(|(_, days)| *days)
}

/// The account at the invented processor, and what answers for it: about the customers that a demo of `extent` has.
#[must_use]
pub fn processor(extent: Extent) -> (Vec<Account>, Arc<dyn Transport>) {
    let account = Account {
        processor: Processor::Stripe,
        base: BASE.into(),
        key: "sk_demo".into(),
        // Without a secret no event is accepted.
        secrets: Vec::new(),
        plan: None,
        portal: None,
    };
    (vec![account], Arc::new(InventedProcessor { extent }))
}

struct InventedProcessor {
    extent: Extent,
}

impl Transport for InventedProcessor {
    fn send(&self, request: Request) -> Pin<Box<dyn Future<Output = Result<Response, Trouble>> + Send + '_>> {
        let answer = answer(&request, self.extent, SystemClock.now());
        Box::pin(std::future::ready(Ok(answer)))
    }
}

/// Everybody with a subscription.
fn customers(extent: Extent) -> impl Iterator<Item = usize> {
    let members = match extent {
        Extent::Workshop => 0,
        Extent::Department => members::COUNT,
    };
    paying().chain([STRAY]).chain(MEMBERS..MEMBERS + members)
}

fn answer(request: &Request, extent: Extent, now: Millis) -> Response {
    let target = request.url.strip_prefix(BASE).unwrap_or_default();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let good = |body: Value| Response { status: 200, body: body.to_string().into_bytes() };
    let customer = query.split('&').find_map(|pair| pair.strip_prefix("customer="));
    match (request.method, path) {
        (Method::Get, "/v1/subscriptions") => {
            let chosen =
                customers(extent).filter(|&one| customer.is_none_or(|customer| customer == reference(one)));
            let data: Vec<_> = chosen.map(|one| subscription(one, now)).collect();
            good(json!({ "data": data, "has_more": false }))
        }
        (Method::Get, "/v1/customers") => good(json!({ "data": [], "has_more": false })),
        (Method::Get, _) if path.starts_with("/v1/customers/cus_demo") => good(json!({})),
        // What managers try in the demo is refused: nobody is there to be added.
        _ => Response { status: 402, body: Vec::new() },
    }
}

/// The subscription of a customer, in the middle of a month unless they are late.
fn subscription(customer: usize, now: Millis) -> Value {
    let late = late(customer);
    let status = match late {
        Some(_) => "past_due",
        None if ENDED.contains(&customer) => "canceled",
        None => "active",
    };
    let spread = u32::try_from(customer % 27).unwrap_or_default();
    let start = now.before(DAY * late.map_or(1 + spread, |days| days - 1));
    let seconds = |at: Millis| at.0 / 1_000;
    json!({
        "id": format!("sub_demo{customer}"), "customer": reference(customer), "status": status,
        "current_period_start": seconds(start), "current_period_end": seconds(start.after(DAY * 30)),
        "ended_at": ENDED.contains(&customer).then(|| seconds(start)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer_to(extent: Extent, path: &str) -> Value {
        let request =
            Request { method: Method::Get, url: format!("{BASE}{path}"), headers: Vec::new(), body: Vec::new() };
        serde_json::from_slice(&answer(&request, extent, Millis(1_800_000_000_000)).body).unwrap()
    }

    #[test]
    fn invented_processor_answers_about_one_and_about_all() {
        let one = answer_to(Extent::Workshop, "/v1/subscriptions?status=all&limit=100&customer=cus_demo25");
        assert_eq!(one["data"].as_array().map(Vec::len), Some(1));
        assert_eq!(one["data"][0]["status"], "past_due");
        let all = answer_to(Extent::Workshop, "/v1/subscriptions?status=all&limit=100");
        assert_eq!(all["data"].as_array().map(Vec::len), Some(paying().count() + 1), "and the stray");
    }

    #[test]
    fn invented_processor_knows_members_only_where_there_is_a_department() {
        let member = "/v1/subscriptions?status=all&limit=100&customer=cus_demo131";
        assert_eq!(answer_to(Extent::Workshop, member)["data"].as_array().map(Vec::len), Some(0));
        assert_eq!(answer_to(Extent::Department, member)["data"][0]["status"], "past_due");
        let all = answer_to(Extent::Department, "/v1/subscriptions?status=all&limit=100");
        let linked = all["data"].as_array().unwrap().iter().filter(|one| one["customer"] != reference(STRAY));
        let mut counts = std::collections::BTreeMap::<&str, usize>::new();
        for one in linked {
            *counts.entry(one["status"].as_str().unwrap()).or_default() += 1;
        }
        assert_eq!(counts, [("active", 203), ("canceled", 2), ("past_due", 9)].into(), "of 214");
        assert_eq!(
            LATE.iter().filter(|(_, days)| *days > u32::from(GRACE)).count(),
            3,
            "the rest of nine is in grace"
        );
    }
}
