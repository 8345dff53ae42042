//! Webhooks: what is sent, signed by what, when it fails, and what managers do about it. The other servers answer from memory; real
//! connections are in `server/tests/it/webhooks.rs`.

mod lanes;

use crate::lab::{
    LASER_ID, Lab, NOON,
    bookings::notices_of,
    operations::{fields, run},
};
use contract::{
    announcements::WriteAnnouncement,
    form::Fault,
    webhooks::{
        AddWebhook, ChangeWebhook, ListWebhookDeliveries, ListWebhooks, OpenWebhook, PauseWebhook, ReadWebhook,
        RemoveWebhook, ResumeWebhook, RetryWebhook, RotateWebhookSecret, SendWebhookDelivery, SigningSecret,
        TestWebhook, WebhookAdded, WebhookView,
    },
};
use data_encoding::BASE64;
use domain::{
    actor::{Actor, Forbidden},
    deliveries::{PAUSES, Reason, State, Trouble},
    id::{DeliveryId, WebhookId},
    jobs::Job,
    notices::Kind,
    outgoing::{Failure, InvalidAddress},
    problems::Severity,
    time::{DAY, HOUR, MINUTE},
    webhooks::{ENDURED, KEPT, PauseReason},
};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use services::{
    jobs,
    outgoing::{Request, Response, Transport, arrange},
    problems::{self, ReportProblem},
    retention,
    webhooks::{self, WebhooksError},
};
use sha2::Sha256;
use std::{
    collections::HashMap,
    future::{Future, pending},
    pin::Pin,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// An answer: its status and body.
type Scripted = Result<(u16, &'static str), Failure>;

/// Other servers by host: what they answer, and what they were sent.
#[derive(Default)]
struct Servers {
    /// 204 without an entry; `None` never answers.
    answers: Mutex<HashMap<String, Option<Scripted>>>,
    requests: Mutex<Vec<Request>>,
    arrived: Notify,
    /// `Retry-After` of answers that are no success.
    retry_after: Mutex<Option<&'static str>>,
    /// Holds the answer to the next request until it is notified.
    gate: Mutex<Option<Arc<Notify>>>,
}

impl Servers {
    fn answer(&self, host: &str, answer: Option<Scripted>) {
        self.answers.lock().unwrap().insert(host.to_owned(), answer);
    }

    fn status(&self, status: u16) {
        self.answer("hooks.example", Some(Ok((status, "said so"))));
    }

    fn count(&self) -> usize {
        self.requests.lock().unwrap().len()
    }

    /// What arrived since this was asked last.
    fn take(&self) -> Vec<Request> {
        std::mem::take(&mut *self.requests.lock().unwrap())
    }
}

impl Transport for Servers {
    fn permits(&self, _: &str) -> bool {
        false
    }

    fn send(&self, request: Request) -> Pin<Box<dyn Future<Output = Result<Response, Failure>> + Send + '_>> {
        let answer = self.answers.lock().unwrap().get(request.address.host()).copied();
        self.requests.lock().unwrap().push(request);
        self.arrived.notify_one();
        let gate = self.gate.lock().unwrap().take();
        let wait = *self.retry_after.lock().unwrap();
        Box::pin(async move {
            if let Some(gate) = gate {
                gate.notified().await;
            }
            match answer.unwrap_or(Some(Ok((204, "")))) {
                None => pending().await,
                Some(answer) => answer.map(|(status, body)| Response {
                    status,
                    headers: wait
                        .map(|wait| ("retry-after".to_owned(), wait.to_string()))
                        .into_iter()
                        .chain([("location".to_owned(), "http://127.0.0.1/".to_owned())])
                        .collect(),
                    body: body.into(),
                }),
            }
        })
    }
}

fn header<'a>(request: &'a Request, name: &str) -> &'a str {
    request.headers.iter().find(|(header, _)| *header == name).map(|(_, value)| value.as_str()).unwrap()
}

fn body(request: &Request) -> Value {
    serde_json::from_slice(&request.body).unwrap()
}

/// Whether one of the signatures is by `secret`, computed with another implementation than the one that signs.
fn is_signed_by(request: &Request, secret: &str) -> bool {
    let key = BASE64.decode(secret.strip_prefix("whsec_").unwrap().as_bytes()).unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    let (id, timestamp) = (header(request, "webhook-id"), header(request, "webhook-timestamp"));
    mac.update(format!("{id}.{timestamp}.").as_bytes());
    mac.update(&request.body);
    let signature = format!("v1,{}", BASE64.encode(&mac.finalize().into_bytes()));
    header(request, "webhook-signature").split(' ').any(|one| one == signature)
}

/// The lab with Ken (11), a manager, and the other servers.
async fn open() -> (Lab, Arc<Servers>, Actor) {
    let lab = Lab::open().await;
    lab.sql(
        "INSERT INTO person (id, status, created_at) VALUES (11, 'active', 0);
         INSERT INTO profile (person_id, name) VALUES (11, 'Ken Bloom')",
    )
    .await;
    for (kind, relation) in [(1, "user"), (1, "owner"), (3, "user")] {
        lab.grant(11, kind, relation).await;
    }
    let servers = Arc::new(Servers::default());
    arrange(&lab.ctx, servers.clone());
    let ken = lab.signed_in(11).await;
    (lab, servers, ken)
}

async fn add_at(lab: &Lab, actor: &Actor, address: &str) -> Result<WebhookAdded, WebhooksError> {
    let sent = fields(&[
        ("name", "Town"),
        ("address", address),
        ("events[]", "machine.blocked"),
        ("events[]", "machine.free"),
    ]);
    run(&lab.ctx, actor, AddWebhook {}, sent).await
}

async fn add(lab: &Lab, actor: &Actor) -> (WebhookId, String) {
    let WebhookAdded { id, secret: SigningSecret(secret), .. } =
        add_at(lab, actor, "https://hooks.example/in?key=hunter2").await.unwrap();
    (id, secret)
}

async fn view(lab: &Lab, actor: &Actor, id: WebhookId) -> WebhookView {
    run(&lab.ctx, actor, ReadWebhook { id }, fields(&[])).await.unwrap()
}

/// Something happens: the laser is blocked, and freed.
async fn happen(lab: &Lab, ken: &Actor) {
    let block = problems::block(&lab.ctx, ken, LASER_ID, "new tube", false).await.unwrap();
    problems::lift(&lab.ctx, ken, block).await.unwrap();
}

async fn send(lab: &Lab) {
    webhooks::send_due(&lab.ctx, &CancellationToken::new()).await.unwrap();
}

#[tokio::test]
async fn event_that_concerns_nobody_is_sent_once_and_signed() {
    let (lab, servers, ken) = open().await;
    let (id, secret) = add(&lab, &ken).await;
    happen(&lab, &ken).await;
    assert_eq!(notices_of(&lab, 11).await, [], "nobody is notified of it");
    send(&lab).await;
    send(&lab).await;
    let requests = servers.take();
    let [blocked, free] = &requests[..] else { panic!("{} requests", requests.len()) };
    for request in &requests {
        assert!(is_signed_by(request, &secret), "{}", header(request, "webhook-signature"));
        assert_eq!(header(request, "webhook-timestamp"), (NOON.0 / 1_000).to_string());
        let text = String::from_utf8_lossy(&request.body).into_owned();
        assert!(!text.contains("Ken") && !text.contains("person"), "{text}");
    }
    assert_ne!(header(blocked, "webhook-id"), header(free, "webhook-id"));
    let blocked = body(blocked);
    assert_eq!(blocked["type"], "machine.blocked");
    assert_eq!(blocked["timestamp"], "2027-01-15T08:00:00Z");
    assert_eq!((&blocked["data"]["machine"], &blocked["data"]["name"]), (&1.into(), &"Laser".into()));
    let view = view(&lab, &ken, id).await;
    assert_eq!((view.waiting, view.arrived, view.arrived_at_once, view.status), (0, 2, 2, Some(204)));
}

#[tokio::test]
async fn event_for_many_people_is_sent_once_to_each_webhook_that_has_its_kind() {
    let (lab, servers, ken) = open().await;
    add(&lab, &ken).await;
    add_at(&lab, &ken, "https://other.example/").await.unwrap();
    lab.sql("INSERT INTO follow (person_id, machine_id, since) VALUES (1, 1, 0), (2, 1, 0), (11, 1, 0)").await;
    problems::block(&lab.ctx, &ken, LASER_ID, "new tube", false).await.unwrap();
    let squeaks = ReportProblem::read(Some(Severity::Degraded), "squeaks");
    problems::report(&lab.ctx, &ken, LASER_ID, squeaks).await.unwrap();
    send(&lab).await;
    let mut hosts: Vec<_> = servers.take().iter().map(|request| request.address.host().to_owned()).collect();
    hosts.sort();
    assert_eq!(hosts, ["hooks.example", "other.example"], "they have blocks, but no problems");
    assert_eq!(lab.number("SELECT count(*) FROM notice WHERE kind = 'machine.blocked'").await, 2);
}

#[tokio::test]
async fn event_that_lasts_is_not_sent_again_when_it_is_new_to_another_person() {
    let (lab, servers, ken) = open().await;
    let sent = [("name", "Town"), ("address", "https://hooks.example/"), ("events[]", "maintenance.due")];
    run(&lab.ctx, &ken, AddWebhook {}, fields(&sent)).await.unwrap();
    lab.sql(
        "INSERT INTO maintenance_plan (id, type_id, words, every_days, doer, blocking, display, begun_at)
             VALUES (1, 3, 'Clean the lens', 7, 'trainer', 0, '', 1799000000000)",
    )
    .await;
    jobs::run(&lab.ctx, Job::Reminders).await;
    send(&lab).await;
    assert_eq!(servers.take().len(), 1);
    lab.pass(DAY * 31);
    retention::run(&lab.ctx, &Actor::TOOLGATE).await.unwrap();
    assert_eq!(lab.number("SELECT count(*) FROM delivery WHERE channel = 'webhook'").await, 0);
    lab.sql("INSERT INTO follow (person_id, machine_id, since) VALUES (1, 1, 0)").await;
    jobs::run(&lab.ctx, Job::Reminders).await;
    assert_eq!(notices_of(&lab, 1).await, [Kind::MaintenanceDue]);
    send(&lab).await;
    assert_eq!(servers.count(), 0, "it was sent a month ago");
}

#[tokio::test]
async fn event_that_is_refused_alone_is_retried_under_same_id_and_given_up_after_a_day() {
    let (lab, servers, ken) = open().await;
    let (id, _) = add(&lab, &ken).await;
    servers.status(500);
    let block = problems::block(&lab.ctx, &ken, LASER_ID, "new tube", false).await.unwrap();
    send(&lab).await;
    // Another arrives after the rest, before the second attempt.
    servers.status(200);
    problems::lift(&lab.ctx, &ken, block).await.unwrap();
    lab.pass(Duration::from_secs(30));
    send(&lab).await;
    servers.status(500);
    let [first, other] = &servers.take()[..] else { panic!("two requests") };
    assert_ne!(header(first, "webhook-id"), header(other, "webhook-id"));
    for _ in 0..200 {
        send(&lab).await;
        lab.pass(MINUTE * 10);
    }
    let requests = servers.take();
    assert_eq!(requests.len(), PAUSES.len());
    assert!(requests.iter().all(|one| header(one, "webhook-id") == header(first, "webhook-id")));
    let log = run(&lab.ctx, &ken, ListWebhookDeliveries { id }, fields(&[])).await.unwrap().deliveries;
    assert_eq!((log[1].state, log[1].trouble, log[1].status), (State::Failed, Some(Trouble::Later), Some(500)));
    assert_eq!(log[1].answer.as_deref(), Some("said so"));
    // It is sent again when asked for, and then it arrives.
    servers.status(200);
    run(&lab.ctx, &ken, SendWebhookDelivery { id, delivery: log[1].id }, fields(&[])).await.unwrap();
    send(&lab).await;
    let again = servers.take();
    assert_eq!(header(&again[0], "webhook-id"), header(&requests[0], "webhook-id"));
    assert_eq!(view(&lab, &ken, id).await.failing_since, None);
}

#[tokio::test]
async fn endpoint_down_for_two_days_gets_everything_when_it_is_back() {
    let (lab, servers, ken) = open().await;
    let (id, _) = add(&lab, &ken).await;
    servers.status(503);
    happen(&lab, &ken).await;
    for _ in 0..48 {
        send(&lab).await;
        lab.pass(HOUR);
    }
    servers.take();
    let down = view(&lab, &ken, id).await;
    assert_eq!((down.waiting, down.paused), (2, None), "nothing is given up");
    servers.status(200);
    lab.pass(HOUR * 12);
    send(&lab).await;
    let kinds: Vec<_> = servers.take().iter().map(|one| body(one)["type"].clone()).collect();
    assert_eq!(kinds, ["machine.blocked", "machine.free"]);
}

#[tokio::test]
async fn endpoint_that_never_answers_holds_no_other() {
    let (lab, servers, ken) = open().await;
    add(&lab, &ken).await;
    servers.answer("hooks.example", None);
    let stop = CancellationToken::new();
    let worker = tokio::spawn(webhooks::run(lab.ctx.clone(), stop.clone()));
    problems::block(&lab.ctx, &ken, LASER_ID, "new tube", false).await.unwrap();
    servers.arrived.notified().await;
    let other = add_at(&lab, &ken, "https://other.example/").await.unwrap().id;
    let block = lab.number("SELECT id FROM machine_block").await;
    problems::lift(&lab.ctx, &ken, domain::id::BlockId(block)).await.unwrap();
    let arrives = async {
        while view(&lab, &ken, other).await.arrived == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), arrives).await.expect("the other one got it");
    stop.cancel();
    worker.await.unwrap();
}

#[tokio::test]
async fn replaced_secret_signs_for_another_day() {
    let (lab, servers, ken) = open().await;
    let (id, old) = add(&lab, &ken).await;
    let rotated = run(&lab.ctx, &ken, RotateWebhookSecret { id }, fields(&[])).await.unwrap();
    let SigningSecret(new) = rotated.secret;
    assert_ne!(old, new);
    assert_eq!(rotated.old_until.at, NOON.after(DAY));
    problems::block(&lab.ctx, &ken, LASER_ID, "new tube", false).await.unwrap();
    send(&lab).await;
    let both = servers.take().remove(0);
    assert!(is_signed_by(&both, &old) && is_signed_by(&both, &new));
    assert!(view(&lab, &ken, id).await.old_secret_until.is_some());
    lab.pass(DAY);
    run(&lab.ctx, &ken, TestWebhook { id }, fields(&[])).await.unwrap();
    let later = servers.take().remove(0);
    assert!(is_signed_by(&later, &new) && !is_signed_by(&later, &old));
    assert!(new.ends_with(&format!("{}=", view(&lab, &ken, id).await.secret_end)));
}

#[tokio::test]
async fn paused_webhook_keeps_its_queue_and_sends_it_in_order() {
    let (lab, servers, ken) = open().await;
    let (id, _) = add(&lab, &ken).await;
    run(&lab.ctx, &ken, PauseWebhook { id }, fields(&[])).await.unwrap();
    happen(&lab, &ken).await;
    send(&lab).await;
    assert_eq!(servers.count(), 0);
    let paused = view(&lab, &ken, id).await;
    assert_eq!(
        (paused.waiting, paused.paused_why, paused.oldest.unwrap().at),
        (2, Some(PauseReason::Manager), NOON)
    );
    let refused = run(&lab.ctx, &ken, RetryWebhook { id }, fields(&[])).await;
    assert!(matches!(refused, Err(WebhooksError::Paused)), "{refused:?}");
    run(&lab.ctx, &ken, ResumeWebhook { id }, fields(&[])).await.unwrap();
    send(&lab).await;
    let kinds: Vec<_> = servers.take().iter().map(|one| body(one)["type"].clone()).collect();
    assert_eq!(kinds, ["machine.blocked", "machine.free"]);

    // The queue can be dropped as well.
    run(&lab.ctx, &ken, PauseWebhook { id }, fields(&[])).await.unwrap();
    happen(&lab, &ken).await;
    run(&lab.ctx, &ken, ResumeWebhook { id }, fields(&[("discard", "yes")])).await.unwrap();
    send(&lab).await;
    assert_eq!(servers.count(), 0);
    let log = run(&lab.ctx, &ken, ListWebhookDeliveries { id }, fields(&[])).await.unwrap().deliveries;
    assert_eq!(log[0].reason, Some(Reason::Discarded));
}

#[tokio::test]
async fn event_older_than_a_week_expires_while_webhook_is_paused() {
    let (lab, servers, ken) = open().await;
    let (id, _) = add(&lab, &ken).await;
    run(&lab.ctx, &ken, PauseWebhook { id }, fields(&[])).await.unwrap();
    happen(&lab, &ken).await;
    lab.pass(KEPT);
    happen(&lab, &ken).await;
    send(&lab).await;
    assert_eq!(view(&lab, &ken, id).await.waiting, 4, "not before a week is over");
    lab.pass(MINUTE);
    send(&lab).await;
    assert_eq!(view(&lab, &ken, id).await.waiting, 2);
    run(&lab.ctx, &ken, ResumeWebhook { id }, fields(&[])).await.unwrap();
    send(&lab).await;
    assert_eq!(servers.count(), 2);
}

#[tokio::test]
async fn webhook_is_paused_after_three_days_without_success_and_managers_are_notified() {
    let (lab, servers, ken) = open().await;
    let (id, _) = add(&lab, &ken).await;
    servers.answer("hooks.example", Some(Err(Failure::Slow)));
    let block = problems::block(&lab.ctx, &ken, LASER_ID, "new tube", false).await.unwrap();
    send(&lab).await;
    lab.pass(ENDURED.checked_sub(HOUR).unwrap());
    send(&lab).await;
    assert_eq!(view(&lab, &ken, id).await.paused, None);
    lab.pass(HOUR);
    problems::lift(&lab.ctx, &ken, block).await.unwrap();
    send(&lab).await;
    lab.pass(MINUTE);
    send(&lab).await;
    let paused = view(&lab, &ken, id).await;
    assert_eq!((paused.paused_why, paused.trouble), (Some(PauseReason::Failing), Some(Trouble::Silent)));
    assert!(paused.waiting > 0, "its queue is kept");
    assert_eq!(notices_of(&lab, 11).await, [Kind::WebhookPaused]);
    let entry = lab.text("SELECT detail FROM audit WHERE action = 'webhook.paused'").await;
    assert!(entry.contains("failing"), "{entry}");
    run(&lab.ctx, &ken, ResumeWebhook { id }, fields(&[])).await.unwrap();
    assert_eq!(view(&lab, &ken, id).await.failing_since, None, "it begins anew");
}

#[tokio::test]
async fn webhook_that_answers_410_is_paused_at_once_and_managers_are_notified() {
    let (lab, servers, ken) = open().await;
    let (id, _) = add(&lab, &ken).await;
    servers.status(410);
    run(&lab.ctx, &ken, TestWebhook { id }, fields(&[])).await.unwrap();
    assert_eq!(view(&lab, &ken, id).await.paused, None, "a manager sees the answer to a test");
    happen(&lab, &ken).await;
    send(&lab).await;
    lab.pass(DAY);
    send(&lab).await;
    assert_eq!(servers.count(), 2, "the test and one event");
    let gone = view(&lab, &ken, id).await;
    assert_eq!((gone.paused_why, gone.status, gone.waiting), (Some(PauseReason::Gone), Some(410), 2));
    assert_eq!(notices_of(&lab, 11).await, [Kind::WebhookPaused]);
    let entry = lab.text("SELECT detail FROM audit WHERE action = 'webhook.paused'").await;
    assert!(entry.contains("gone"), "{entry}");
}

#[tokio::test]
async fn answers_other_than_success_fail_with_their_cause() {
    let (lab, servers, ken) = open().await;
    let (id, _) = add(&lab, &ken).await;
    for (answer, trouble) in [
        (Ok((302, "elsewhere")), Trouble::Refused),
        (Ok((401, "signature mismatch")), Trouble::Login),
        (Ok((410, "")), Trouble::Address),
        (Err(Failure::Private), Trouble::Private),
        (Err(Failure::TooLarge), Trouble::TooLarge),
        (Err(Failure::Certificate), Trouble::Certificate),
        (Err(Failure::BrokenOff), Trouble::Unreachable),
    ] {
        servers.answer("hooks.example", Some(answer));
        servers.take();
        lab.pass(MINUTE);
        let tested = run(&lab.ctx, &ken, TestWebhook { id }, fields(&[])).await.unwrap();
        assert_eq!((tested.trouble, tested.status), (Some(trouble), answer.ok().map(|one| one.0)), "{answer:?}");
        let requests = servers.take();
        assert_eq!(requests.len(), 1, "a redirect is not followed");
        assert_eq!(body(&requests[0])["type"], "test");
    }
    for _ in 0..3 {
        drop(run(&lab.ctx, &ken, TestWebhook { id }, fields(&[])).await);
    }
    let often = run(&lab.ctx, &ken, TestWebhook { id }, fields(&[])).await;
    assert!(matches!(often, Err(WebhooksError::JustTested(_))), "{often:?}");
}

#[tokio::test]
async fn invalid_webhook_is_refused_with_its_field() {
    let (lab, _, ken) = open().await;
    for (address, invalid) in [
        ("http://127.0.0.1/in", InvalidAddress::Private),
        ("https://intranet/in", InvalidAddress::Private),
        ("https://hooks.example:22/in", InvalidAddress::Port),
        ("https://me:pw@hooks.example/in", InvalidAddress::Login),
        ("ftp://hooks.example/in", InvalidAddress::Form),
        ("", InvalidAddress::Form),
    ] {
        let refused = add_at(&lab, &ken, address).await;
        let Err(WebhooksError::Invalid(faults)) = refused else { panic!("{address}: {refused:?}") };
        assert_eq!(faults.0, [("address".to_owned(), Fault::EndpointAddress(invalid))], "{address}");
    }
    for events in ["", "hold.placed", "dues.late", "account.password"] {
        let sent = fields(&[("name", "x"), ("address", "https://hooks.example/"), ("events[]", events)]);
        let refused = run(&lab.ctx, &ken, AddWebhook {}, sent).await;
        let Err(WebhooksError::Invalid(faults)) = refused else { panic!("{events}: {refused:?}") };
        assert_eq!(faults.0, [("events".to_owned(), Fault::Events)], "{events}");
    }
    assert_eq!(lab.number("SELECT count(*) FROM webhook").await, 0);
}

#[tokio::test]
async fn members_see_no_webhooks_and_address_and_secret_stay_out_of_the_audit_log() {
    let (lab, servers, ken) = open().await;
    let ada = lab.signed_in(1).await;
    let refused = run(&lab.ctx, &ada, ListWebhooks {}, fields(&[])).await;
    assert!(matches!(refused, Err(WebhooksError::Forbidden(Forbidden::NotAllowed))), "{refused:?}");
    let (id, secret) = add(&lab, &ken).await;
    let change = fields(&[
        ("name", "City"),
        ("address", "https://else.example/?key=hunter3"),
        ("events[]", "machine.free"),
    ]);
    run(&lab.ctx, &ken, ChangeWebhook { id, version: 1 }, change).await.unwrap();
    happen(&lab, &ken).await;
    send(&lab).await;
    let requests = servers.take();
    assert_eq!(requests.len(), 1, "it has no blocks any more");
    assert_eq!(requests[0].address.host(), "else.example");
    let page = run(&lab.ctx, &ken, OpenWebhook { id, delivery: DeliveryId(0) }, fields(&[])).await.unwrap();
    assert_eq!(page.webhook.host, "else.example");
    assert!(page.sent.unwrap().body.contains("machine.free"));
    let shown = format!("{:?}", view(&lab, &ken, id).await);
    let audited = lab.text("SELECT group_concat(action || detail) FROM audit").await;
    for part in ["hunter", &secret[6..20]] {
        assert!(!audited.contains(part) && !shown.contains(part), "{part}");
    }
    assert!(audited.contains("webhook.changed"), "{audited}");
}

#[tokio::test]
async fn outdated_change_is_refused_and_removed_webhook_is_gone_with_its_secrets() {
    let (lab, servers, ken) = open().await;
    let (id, _) = add(&lab, &ken).await;
    let change = || fields(&[("name", "City"), ("events[]", "machine.free")]);
    run(&lab.ctx, &ken, ChangeWebhook { id, version: 1 }, change()).await.unwrap();
    let late = run(&lab.ctx, &ken, ChangeWebhook { id, version: 1 }, change()).await;
    assert!(matches!(late, Err(WebhooksError::Stale(_))), "{late:?}");
    run(&lab.ctx, &ken, PauseWebhook { id }, fields(&[])).await.unwrap();
    happen(&lab, &ken).await;
    run(&lab.ctx, &ken, RemoveWebhook { id }, fields(&[])).await.unwrap();
    send(&lab).await;
    assert_eq!(servers.count(), 0);
    assert_eq!(lab.number("SELECT count(*) FROM webhook_secret").await, 0);
    assert_eq!(lab.number("SELECT count(*) FROM webhook WHERE address IS NOT NULL").await, 0);
    assert_eq!(
        lab.number("SELECT count(*) FROM delivery WHERE settled_at IS NULL AND channel = 'webhook'").await,
        0
    );
    let gone = run(&lab.ctx, &ken, TestWebhook { id }, fields(&[])).await;
    assert!(matches!(gone, Err(WebhooksError::Unknown)), "{gone:?}");
    let unknown = run(&lab.ctx, &ken, SendWebhookDelivery { id, delivery: DeliveryId(9) }, fields(&[])).await;
    assert!(matches!(unknown, Err(WebhooksError::Unknown)), "{unknown:?}");
}

#[tokio::test]
async fn replaced_address_gets_the_rest_of_a_queue_that_is_being_sent() {
    let (lab, servers, ken) = open().await;
    let (id, _) = add(&lab, &ken).await;
    happen(&lab, &ken).await;
    let gate = Arc::new(Notify::new());
    *servers.gate.lock().unwrap() = Some(gate.clone());
    let replace = async {
        servers.arrived.notified().await;
        let change =
            fields(&[("name", "Town"), ("address", "https://else.example/"), ("events[]", "machine.free")]);
        run(&lab.ctx, &ken, ChangeWebhook { id, version: 1 }, change).await.unwrap();
        gate.notify_one();
    };
    tokio::join!(send(&lab), replace);
    let hosts: Vec<_> = servers.take().iter().map(|request| request.address.host().to_owned()).collect();
    assert_eq!(hosts, ["hooks.example", "else.example"]);
}

#[tokio::test]
async fn announcement_for_some_members_is_not_sent() {
    let (lab, servers, ken) = open().await;
    let sent = [("name", "Town"), ("address", "https://hooks.example/"), ("events[]", "announcement.published")];
    run(&lab.ctx, &ken, AddWebhook {}, fields(&sent)).await.unwrap();
    for (title, to) in [("Laser course", "3"), ("Open day", "")] {
        let form = fields(&[("title", title), ("text", "Come"), ("to", to), ("from", ""), ("until", "")]);
        run(&lab.ctx, &ken, WriteAnnouncement {}, form).await.unwrap();
    }
    send(&lab).await;
    let titles: Vec<_> = servers.take().iter().map(|one| body(one)["data"]["title"].clone()).collect();
    assert_eq!(titles, ["Open day"]);
}

#[tokio::test]
async fn killed_process_sends_again_under_the_same_id() {
    let (lab, _servers, ken) = open().await;
    let (id, _) = add(&lab, &ken).await;
    problems::block(&lab.ctx, &ken, LASER_ID, "new tube", false).await.unwrap();
    // As the first process left it: claimed, without a result.
    lab.sql("UPDATE delivery SET attempts = 1, due_at = due_at + 60000, trouble = NULL WHERE channel = 'webhook'")
        .await;
    let stop = CancellationToken::new();
    let worker = tokio::spawn(webhooks::run(lab.ctx.clone(), stop.clone()));
    let arrives = async {
        while view(&lab, &ken, id).await.arrived == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), arrives).await.expect("it is not forgotten");
    stop.cancel();
    worker.await.unwrap();
}
