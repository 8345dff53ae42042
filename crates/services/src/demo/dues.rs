//! Dues of the invented people, and an invented processor that answers about them: most have paid, a few are late.
//!
//! Invariant: it answers in the shapes of Stripe and is asked as any processor is, so statuses, holds and notices come about as in
//! a real space. Nothing leaves this machine.

use super::{Built, cast};
use crate::{
    clock::{Clock, SystemClock},
    dues::{
        Account,
        processors::{Method, Request, Response, Transport},
    },
};
use domain::{
    dues::{Processor, Reference, Trouble},
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
/// People who are late, by so many days; ten of them are grace.
const LATE: [(usize, u32); 7] = [(25, 29), (35, 14), (29, 6), (30, 3), (23, 9), (34, 2), (37, 1)];
/// People whose subscription has ended.
const ENDED: [usize; 1] = [36];
/// A customer whom nobody here has, which the nightly comparison finds.
const STRAY: usize = 99;

fn reference(person: usize) -> String {
    format!("cus_demo{person}")
}

/// Links the active people to their customers. Status and last paid day come from the processor's first answer.
pub(super) async fn link(tx: &mut WriteTx, built: &Built, today: Date, now: Millis) -> Result<(), StoreError> {
    let active = (0..built.people.len()).filter(|&person| cast::status(person) == PersonStatus::Active);
    for person in active.filter(|person| !HONORARY.contains(person)) {
        if let Some(reference) = Reference::parse(&reference(person)) {
            dues::link(tx, built.people[person].0, &reference, today, now).await?;
        }
    }
    Ok(())
}

/// The account at the invented processor, and what answers for it.
#[must_use]
pub fn processor() -> (Vec<Account>, Arc<dyn Transport>) {
    let account = Account {
        processor: Processor::Stripe,
        base: BASE.into(),
        key: "sk_demo".into(),
        // Without a secret no event is accepted.
        secrets: Vec::new(),
        plan: None,
        portal: None,
    };
    (vec![account], Arc::new(Invented))
}

struct Invented;

impl Transport for Invented {
    fn send(&self, request: Request) -> Pin<Box<dyn Future<Output = Result<Response, Trouble>> + Send + '_>> {
        let answer = answer(&request, SystemClock.now());
        Box::pin(std::future::ready(Ok(answer)))
    }
}

fn answer(request: &Request, now: Millis) -> Response {
    let target = request.url.strip_prefix(BASE).unwrap_or_default();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let good = |body: Value| Response { status: 200, body: body.to_string().into_bytes() };
    let customer = query.split('&').find_map(|pair| pair.strip_prefix("customer="));
    match (request.method, path) {
        (Method::Get, "/v1/subscriptions") => {
            let people = (0..cast::NAMES.len()).filter(|person| !HONORARY.contains(person)).chain([STRAY]);
            let chosen = people.filter(|&person| customer.is_none_or(|customer| customer == reference(person)));
            let data: Vec<_> = chosen.map(|person| subscription(person, now)).collect();
            good(json!({ "data": data, "has_more": false }))
        }
        (Method::Get, _) if path.starts_with("/v1/customers/cus_demo") => good(json!({})),
        // What managers try in the demo is refused: nobody is there to be added.
        _ => Response { status: 402, body: Vec::new() },
    }
}

/// The subscription of a person, in the middle of a month unless they are late.
fn subscription(person: usize, now: Millis) -> Value {
    let late = LATE.iter().find(|(late, _)| *late == person).map(|(_, days)| *days);
    let status = match late {
        Some(_) => "past_due",
        None if ENDED.contains(&person) => "canceled",
        None => "active",
    };
    let spread = u32::try_from(person % 27).unwrap_or_default();
    let start = now.before(DAY * late.map_or(1 + spread, |days| days - 1));
    let seconds = |at: Millis| at.0 / 1_000;
    json!({
        "id": format!("sub_demo{person}"), "customer": reference(person), "status": status,
        "current_period_start": seconds(start), "current_period_end": seconds(start.after(DAY * 30)),
        "ended_at": ENDED.contains(&person).then(|| seconds(start)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer_to(path: &str) -> Value {
        let request =
            Request { method: Method::Get, url: format!("{BASE}{path}"), headers: Vec::new(), body: Vec::new() };
        serde_json::from_slice(&answer(&request, Millis(1_800_000_000_000)).body).unwrap()
    }

    #[test]
    fn invented_processor_answers_about_one_and_about_all() {
        let one = answer_to("/v1/subscriptions?status=all&limit=100&customer=cus_demo25");
        assert_eq!(one["data"].as_array().map(Vec::len), Some(1));
        assert_eq!(one["data"][0]["status"], "past_due");
        let all = answer_to("/v1/subscriptions?status=all&limit=100");
        assert_eq!(all["data"].as_array().map(Vec::len), Some(cast::NAMES.len() - HONORARY.len() + 1));
    }
}
