//! Notifications on devices: subscriptions, encryption that a foreign library decrypts, when they are sent, and failures.

mod lanes;

use crate::lab::{
    LASER_ID, Lab, NOON, holds,
    operations::{fields, run},
};
use contract::{
    form::{Fault, Fields},
    help::AskForHelp,
    notice_settings::{KindFilter, NoticeSettingsBody, SaveNoticeSettings, TimesParams},
    push::{
        AddPushDevice, ListPushDevices, PushDeviceView, PushDevices, ReadPushKey, RemovePushDevice, TestPushDevice,
    },
};
use data_encoding::BASE64URL_NOPAD as B64;
use domain::{
    deliveries::Trouble,
    hours::TimeOfDay,
    id::{PersonId, PushSubscriptionId},
    notices::Kind,
    outgoing::Failure,
    time::{HOUR, MINUTE},
};
use serde_json::{Value, json};
use services::{
    accounts,
    mail::{self, Post},
    notice_settings, notices,
    outbox::SendOutcome,
    outgoing::{self, Request, Response, Transport},
    privacy,
    push::{self, PushError},
};
use std::{
    collections::{HashMap, HashSet},
    future::{Future, pending, ready},
    io::Write,
    path::Path,
    pin::Pin,
    process::{Command, Stdio},
    sync::{Arc, Mutex},
};
use tokio_util::sync::CancellationToken;

const ADA: PersonId = PersonId(1);
/// A push service that the configuration names.
const OWN: &str = "push.lab.example";
/// A host that the configuration lets managers contact in a private network.
const REACHED: &str = "timetable.lab.example";

/// What the program of `receiver.mjs` answers.
fn receiver(input: &[&str]) -> String {
    // The packages of the page's script, where the foreign library is.
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../frontend/page");
    let program = include_str!("push/receiver.mjs");
    let mut node = Command::new("node");
    node.args(["--input-type=module", "--eval", program]).current_dir(&folder);
    let mut node = node.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // `--eval` reads the input from the same place.
    node.stdin.take().unwrap().write_all(input.join("\n").as_bytes()).unwrap();
    let output = node.wait_with_output().unwrap();
    let why = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "http_ece, of `npm ci` in frontend/page: {why}");
    String::from_utf8(output.stdout).unwrap()
}

/// A browser with keys of its own.
struct Browser {
    p256dh: String,
    auth: String,
    private: String,
}

impl Browser {
    fn new() -> Self {
        let keys = receiver(&["keys"]);
        let [p256dh, auth, private] = keys.lines().collect::<Vec<_>>().try_into().unwrap();
        Self { p256dh: p256dh.into(), auth: auth.into(), private: private.into() }
    }

    fn subscription(&self, endpoint: &str) -> Fields {
        fields(&[("endpoint", endpoint), ("p256dh", &self.p256dh), ("auth", &self.auth)])
    }

    /// The text of a message to this browser.
    fn read(&self, request: &Request) -> Value {
        let text = receiver(&["read", &B64.encode(&request.body), &self.private, &self.auth]);
        serde_json::from_str(&text).unwrap()
    }
}

/// An answer: its status and `Retry-After`.
type Scripted = Result<(u16, Option<u32>), Failure>;

/// Push services: what they got, and what they answer by address or host.
#[derive(Default)]
struct Services {
    requests: Mutex<Vec<Request>>,
    answers: Mutex<HashMap<String, Scripted>>,
    /// Addresses that never answer.
    silent: Mutex<HashSet<String>>,
}

impl Services {
    fn answers(&self, host: &str, answer: Scripted) {
        self.answers.lock().unwrap().insert(host.into(), answer);
    }

    /// Takes the requests so far.
    fn taken(&self) -> Vec<Request> {
        std::mem::take(&mut self.requests.lock().unwrap())
    }
}

impl Transport for Services {
    fn permits(&self, host: &str) -> bool {
        host == REACHED
    }

    fn send(&self, request: Request) -> Pin<Box<dyn Future<Output = Result<Response, Failure>> + Send + '_>> {
        let (address, host) = (request.address.expose(), request.address.host());
        let answers = self.answers.lock().unwrap();
        let answer = answers.get(address).or_else(|| answers.get(host)).copied().unwrap_or(Ok((201, None)));
        let is_silent = self.silent.lock().unwrap().contains(address);
        self.requests.lock().unwrap().push(request);
        if is_silent {
            return Box::pin(pending());
        }
        let response = answer.map(|(status, wait)| Response {
            status,
            headers: wait.map(|wait| ("retry-after".to_owned(), wait.to_string())).into_iter().collect(),
            body: Vec::new(),
        });
        Box::pin(ready(response))
    }
}

/// Bob manages; the workshop is at `https://attic.example`.
async fn workshop() -> (Lab, Arc<Services>) {
    let lab = Lab::open().await;
    lab.grant(2, 1, "owner").await;
    let services = Arc::<Services>::default();
    outgoing::arrange(&lab.ctx, services.clone());
    push::arrange(&lab.ctx, vec![OWN.to_owned()]);
    mail::arrange(&lab.ctx, Post { site: Some("https://attic.example".into()), ..Post::default() });
    (lab, services)
}

async fn add(lab: &Lab, person: i64, fields: Fields) -> Result<PushDeviceView, PushError> {
    run(&lab.ctx, &lab.signed_in(person).await, AddPushDevice {}, fields).await
}

async fn devices(lab: &Lab, person: i64) -> PushDevices {
    run(&lab.ctx, &lab.signed_in(person).await, ListPushDevices {}, Fields::default()).await.unwrap()
}

async fn test_device(lab: &Lab, person: i64, id: PushSubscriptionId) -> Result<(), PushError> {
    run(&lab.ctx, &lab.signed_in(person).await, TestPushDevice { id }, Fields::default()).await
}

async fn subscribed(lab: &Lab, person: i64, endpoint: &str) -> (PushSubscriptionId, Browser) {
    let browser = Browser::new();
    (add(lab, person, browser.subscription(endpoint)).await.unwrap().id, browser)
}

/// Has everything leave that is due.
async fn empty(lab: &Lab) {
    let stop = CancellationToken::new();
    while push::send_due(&lab.ctx, &stop).await.unwrap() == SendOutcome::Busy {}
}

async fn hold(lab: &Lab) {
    let bob = lab.signed_in(2).await;
    holds::place(&lab.ctx, &bob, ADA, holds::unpaid()).await.unwrap();
}

async fn states(lab: &Lab) -> String {
    lab.text(
        "SELECT coalesce(group_concat(state || ifnull(' ' || reason, '') || ifnull(' ' || trouble, ''), ', '), '') FROM
                (SELECT state, reason, trouble FROM delivery WHERE channel = 'push' ORDER BY id)",
    )
    .await
}

const FCM: &str = "https://fcm.googleapis.com/fcm/send/ada";
const MOZILLA: &str = "https://updates.push.services.mozilla.com/wpush/v2/ada";

fn header<'a>(request: &'a Request, name: &str) -> &'a str {
    request.headers.iter().find(|(header, _)| *header == name).map(|(_, value)| value.as_str()).unwrap()
}

// RFC 8291, section 5.
#[tokio::test]
async fn receiver_decrypts_the_example_of_the_standard() {
    let body = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";
    let (private, auth) = ("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94", "BTBZMqHH6r4Tts7J_aSIgg");
    assert_eq!(receiver(&["read", body, private, auth]), "When I grow up, I want to be a watermelon");
}

#[tokio::test]
async fn pushed_notice_is_read_by_its_browser_alone() {
    let (lab, services) = workshop().await;
    lab.sql("UPDATE profile SET language = 'it' WHERE person_id = 1").await;
    let (_, browser) = subscribed(&lab, 1, FCM).await;
    hold(&lab).await;
    empty(&lab).await;
    let requests = services.taken();
    let [request] = requests.as_slice() else { panic!("{}", requests.len()) };
    assert_eq!(request.address.expose(), FCM);
    assert_eq!((header(request, "content-encoding"), header(request, "ttl")), ("aes128gcm", "86400"));
    assert_eq!(header(request, "urgency"), "normal");
    let message = browser.read(request);
    assert_eq!(message["title"], "Il tuo accesso è bloccato: pagamento mancante");
    assert_eq!((&message["link"], &message["tag"]), (&json!("/me"), &json!("hold.placed hold:1")));
    // Signed for this push service, for less than a day.
    let claims: Value = serde_json::from_str(&receiver(&["token", header(request, "authorization")])).unwrap();
    assert_eq!(
        (&claims["aud"], &claims["sub"]),
        (&json!("https://fcm.googleapis.com"), &json!("https://attic.example"))
    );
    let valid = claims["exp"].as_i64().unwrap() - NOON.0 / 1000;
    assert!((3_600..86_400).contains(&valid), "{valid}");
    // The key is the one that browsers subscribe with.
    let key = devices(&lab, 1).await.key;
    assert!(header(request, "authorization").ends_with(&format!(",k={key}")));
    assert_eq!(
        (states(&lab).await.as_str(), devices(&lab, 1).await.devices[0].sent.map(|at| at.at)),
        ("sent", Some(NOON))
    );
}

#[tokio::test]
async fn server_key_is_the_same_after_restart() {
    let (lab, _) = workshop().await;
    let read = async |lab: &Lab| {
        run(&lab.ctx, &lab.signed_in(1).await, ReadPushKey {}, Fields::default()).await.unwrap().key
    };
    let first = read(&lab).await;
    assert_eq!(B64.decode(first.as_bytes()).unwrap().len(), 65);
    let lab = lab.reopen().await;
    assert_eq!(read(&lab).await, first);
    assert_eq!(lab.number("SELECT count(*) FROM push_key").await, 1);
}

#[tokio::test]
async fn invalid_subscription_is_refused_with_its_fields() {
    let (lab, _) = workshop().await;
    let browser = Browser::new();
    let refused = async |endpoint: &str, p256dh: &str, auth: &str| {
        let sent = fields(&[("endpoint", endpoint), ("p256dh", p256dh), ("auth", auth)]);
        let Err(PushError::Invalid(faults)) = add(&lab, 1, sent).await else {
            panic!("{endpoint} {p256dh} {auth}")
        };
        faults.iter().map(|(field, fault)| (field.clone(), *fault)).collect::<Vec<_>>()
    };
    let endpoint = ("endpoint".to_owned(), Fault::PushService);
    for other in [
        "https://attic.example/x",
        &format!("https://{REACHED}/x"),
        "http://fcm.googleapis.com/x",
        "https://127.0.0.1/x",
        "https://10.0.0.1:9000/x",
        "https://fcm.googleapis.com.evil.example/x",
        "javascript:alert(1)",
        "",
        &format!("https://fcm.googleapis.com/{}", "x".repeat(9_000)),
    ] {
        assert_eq!(
            refused(other, &browser.p256dh, &browser.auth).await,
            std::slice::from_ref(&endpoint),
            "{other}"
        );
    }
    let (key, secret) = (("p256dh".to_owned(), Fault::PushKey), ("auth".to_owned(), Fault::PushKey));
    let no_point = B64.encode(&[4; 65]);
    for short in [&browser.p256dh[1..], &browser.auth, "", "!", &no_point] {
        assert_eq!(refused(FCM, short, &browser.auth).await, std::slice::from_ref(&key), "{short}");
    }
    for short in [&browser.auth[1..], &browser.p256dh, "", "è"] {
        assert_eq!(refused(FCM, &browser.p256dh, short).await, std::slice::from_ref(&secret), "{short}");
    }
    assert_eq!(refused("x", "", "").await.len(), 3);
    assert_eq!(lab.number("SELECT count(*) FROM push_subscription").await, 0);
}

#[tokio::test]
async fn padded_keys_and_own_push_hosts_are_taken() {
    let (lab, services) = workshop().await;
    let browser = Browser::new();
    let (p256dh, auth) =
        (format!("{}=", browser.p256dh.replace('-', "+").replace('_', "/")), format!("{}==", browser.auth));
    let sent = fields(&[("endpoint", "http://push.lab.example:8080/x"), ("p256dh", &p256dh), ("auth", &auth)]);
    let id = add(&lab, 1, sent).await.unwrap().id;
    test_device(&lab, 1, id).await.unwrap();
    let message = browser.read(&services.taken()[0]);
    assert_eq!(message["body"], "Notifications work on this device.");
}

#[tokio::test]
async fn device_limit_counts_each_address_once() {
    let (lab, _) = workshop().await;
    let browser = Browser::new();
    for number in 0..10 {
        add(&lab, 1, browser.subscription(&format!("{FCM}{number}"))).await.unwrap();
    }
    assert!(matches!(add(&lab, 1, browser.subscription(FCM)).await, Err(PushError::TooMany)));
    let again = add(&lab, 1, Browser::new().subscription(&format!("{FCM}3"))).await.unwrap();
    assert_eq!(lab.number("SELECT count(*) FROM push_subscription").await, 10);
    // The same browser, another person.
    add(&lab, 2, browser.subscription(&format!("{FCM}3"))).await.unwrap();
    assert!(devices(&lab, 1).await.devices.iter().all(|device| device.id != again.id));
    assert_eq!((devices(&lab, 1).await.devices.len(), devices(&lab, 2).await.devices.len()), (9, 1));
}

#[tokio::test]
async fn others_devices_cannot_be_tested_or_removed() {
    let (lab, services) = workshop().await;
    let (id, _) = subscribed(&lab, 1, FCM).await;
    let bob = lab.signed_in(2).await;
    assert!(matches!(test_device(&lab, 2, id).await, Err(PushError::Unknown)));
    let removed = run(&lab.ctx, &bob, RemovePushDevice { id }, Fields::default()).await;
    assert!(matches!(removed, Err(PushError::Unknown)), "{removed:?}");
    assert!(services.taken().is_empty());
    hold(&lab).await;
    run(&lab.ctx, &lab.signed_in(1).await, RemovePushDevice { id }, Fields::default()).await.unwrap();
    empty(&lab).await;
    assert!(services.taken().is_empty(), "what waited for it is dropped");
    assert_eq!(states(&lab).await, "dropped discarded");
    let actions = "SELECT group_concat(action) FROM audit WHERE action LIKE 'push%'";
    assert_eq!(lab.text(actions).await, "push-device.added,push-device.removed");
    assert_eq!(lab.number("SELECT count(*) FROM audit WHERE detail LIKE '%googleapis%'").await, 0);
}

#[tokio::test]
async fn gone_subscription_is_removed_and_holds_no_other() {
    let (lab, services) = workshop().await;
    for gone in [404, 410] {
        subscribed(&lab, 1, FCM).await;
        let (kept, _) = subscribed(&lab, 1, MOZILLA).await;
        services.answers("fcm.googleapis.com", Ok((gone, None)));
        hold(&lab).await;
        empty(&lab).await;
        assert_eq!(services.taken().len(), 2);
        let left: Vec<_> = devices(&lab, 1).await.devices.iter().map(|device| device.id).collect();
        assert_eq!(left, [kept], "{gone}");
    }
    assert!(
        states(&lab)
            .await
            .split(", ")
            .all(|state| ["sent", "dropped discarded address", "dropped discarded"].contains(&state))
    );
}

#[tokio::test]
async fn id_of_a_removed_device_is_never_given_again() {
    let (lab, _) = workshop().await;
    let (removed, _) = subscribed(&lab, 1, FCM).await;
    let ada = lab.signed_in(1).await;
    run(&lab.ctx, &ada, RemovePushDevice { id: removed }, Fields::default()).await.unwrap();
    let (added, _) = subscribed(&lab, 2, MOZILLA).await;
    assert_ne!(added, removed, "a late answer to the removed one would remove it");
}

#[tokio::test]
async fn busy_push_service_is_left_alone_as_long_as_it_asks() {
    let (lab, services) = workshop().await;
    subscribed(&lab, 1, FCM).await;
    subscribed(&lab, 1, &format!("{FCM}2")).await;
    services.answers("fcm.googleapis.com", Ok((429, Some(900))));
    hold(&lab).await;
    empty(&lab).await;
    let first = services.taken().len();
    assert!((1..=2).contains(&first), "{first}: the second waits, unless it was under way");
    lab.pass(MINUTE * 14);
    empty(&lab).await;
    assert!(services.taken().is_empty(), "it asked for 15 minutes");
    services.answers("fcm.googleapis.com", Ok((201, None)));
    lab.pass(MINUTE * 2);
    empty(&lab).await;
    assert_eq!((services.taken().len(), states(&lab).await.as_str()), (2, "sent, sent"));
}

#[tokio::test]
async fn failed_message_is_repeated_and_then_abandoned() {
    let (lab, services) = workshop().await;
    let (id, _) = subscribed(&lab, 1, FCM).await;
    services.answers("fcm.googleapis.com", Err(Failure::Unreachable));
    hold(&lab).await;
    empty(&lab).await;
    assert_eq!((services.taken().len(), states(&lab).await.as_str()), (1, "queued unreachable"));
    assert_eq!(devices(&lab, 1).await.devices[0].trouble, Some(Trouble::Unreachable));
    lab.pass(MINUTE * 2);
    empty(&lab).await;
    assert_eq!(services.taken().len(), 1, "once more");
    for _ in 0..40 {
        lab.pass(HOUR);
        empty(&lab).await;
    }
    assert_eq!((services.taken().len(), states(&lab).await.as_str()), (6, "failed unreachable"));
    for (answer, trouble) in [
        (Ok((403, None)), Trouble::Login),
        (Ok((413, None)), Trouble::Refused),
        (Ok((302, None)), Trouble::Refused),
        (Err(Failure::Private), Trouble::Private),
    ] {
        services.answers("fcm.googleapis.com", answer);
        lab.pass(MINUTE);
        let tested = test_device(&lab, 1, id).await;
        assert!(matches!(tested, Err(PushError::NotSent(why)) if why == trouble), "{answer:?} {tested:?}");
    }
}

#[tokio::test]
async fn preferences_quiet_hours_and_reading_hold_messages_back() {
    let (lab, services) = workshop().await;
    subscribed(&lab, 1, FCM).await;
    let ada = lab.signed_in(1).await;
    let choose = async |kinds, times| {
        notice_settings::choose(&lab.ctx, &ada, NoticeSettingsBody { kinds, times }).await.unwrap()
    };
    let filter = |push| KindFilter { kind: Kind::HoldPlaced, app: true, mail: true, slack: None, push };
    assert!(notice_settings::page(&lab.ctx, &ada).await.unwrap().pushes);
    choose(vec![filter(Some(false))], None).await;
    hold(&lab).await;
    empty(&lab).await;
    choose(vec![filter(None)], None).await;
    assert_eq!(
        lab.number("SELECT count(*) FROM notice_switch WHERE channel = 'push'").await,
        1,
        "unchanged if omitted"
    );
    choose(vec![filter(Some(true))], None).await;
    assert_eq!(
        lab.number("SELECT count(*) FROM notice_switch WHERE channel = 'push'").await,
        0,
        "that is the default"
    );
    assert_eq!(states(&lab).await, "dropped switched-off");
    // Read in the app before it is due.
    hold(&lab).await;
    lab.pass(MINUTE);
    notices::read(&lab.ctx, &ada, None).await.unwrap();
    empty(&lab).await;
    assert!(states(&lab).await.ends_with(", dropped read"));
    // It is 8 o'clock in the space.
    let quiet = TimeOfDay::parse("07:00").zip(TimeOfDay::parse("12:00"));
    let quiet = quiet.map(|(from, to)| contract::notice_settings::QuietHours { from, to });
    choose(Vec::new(), Some(TimesParams { digest_hour: None, quiet })).await;
    hold(&lab).await;
    empty(&lab).await;
    assert!(services.taken().is_empty(), "it waits for noon");
    lab.pass(HOUR * 4);
    empty(&lab).await;
    assert_eq!(services.taken().len(), 1);
}

#[tokio::test]
async fn safety_is_pushed_whatever_the_preferences_say() {
    let (lab, services) = workshop().await;
    let (_, browser) = subscribed(&lab, 1, FCM).await;
    lab.sql(
        "INSERT INTO notice_switch (person_id, kind, channel, is_on) VALUES (1, 'account.status', 'push', 0);
         INSERT INTO mail_times (person_id, digest_hour, quiet_from, quiet_to) VALUES (1, NULL, 0, 1439);
         INSERT INTO notice (person_id, kind, subject, body, told_at)
             VALUES (1, 'account.password', 'at:1', '{\"password_changed\":{\"at\":1}}', 1800000000000)",
    )
    .await;
    empty(&lab).await;
    let requests = services.taken();
    assert_eq!((requests.len(), header(&requests[0], "urgency")), (1, "high"));
    assert_eq!(browser.read(&requests[0])["title"], "Your password was changed");
}

#[tokio::test]
async fn quiet_hours_hold_no_request_for_help_back_from_helpers_inside() {
    for (inside, first) in [(true, 1), (false, 0)] {
        let (lab, services) = workshop().await;
        lab.grant(2, 3, "trainer").await;
        // It is 8 o'clock in the space.
        lab.sql(
            "INSERT INTO mail_times (person_id, digest_hour, quiet_from, quiet_to) VALUES (2, NULL, 420, 720)",
        )
        .await;
        if inside {
            lab.sql("INSERT INTO visit (person_id, entered_at, last_at) VALUES (2, 0, 0)").await;
        }
        let (_, browser) = subscribed(&lab, 2, FCM).await;
        let ask = AskForHelp { machine: LASER_ID };
        run(&lab.ctx, &lab.signed_in(1).await, ask, Fields::default()).await.unwrap();
        empty(&lab).await;
        let requests = services.taken();
        assert_eq!(requests.len(), first, "inside: {inside}");
        if let [request] = requests.as_slice() {
            assert_eq!((header(request, "urgency"), header(request, "ttl")), ("high", "7200"));
            assert_eq!(browser.read(request)["link"], "/machines/1/help");
        }
        lab.pass(HOUR * 4);
        empty(&lab).await;
        assert!(services.taken().is_empty(), "nobody waits any more");
        assert_eq!(states(&lab).await, if inside { "sent" } else { "dropped over" });
    }
}

#[tokio::test]
async fn page_without_push_column_leaves_choices_alone() {
    let (lab, _) = workshop().await;
    let ada = lab.signed_in(1).await;
    let off = KindFilter { kind: Kind::HoldPlaced, app: true, mail: true, slack: None, push: Some(false) };
    notice_settings::choose(&lab.ctx, &ada, NoticeSettingsBody { kinds: vec![off], times: None }).await.unwrap();
    let count = "SELECT count(*) FROM notice_switch WHERE channel = 'push'";
    let save = async |more: &[(&str, &str)]| {
        let all =
            [&[("shown[]", "hold.placed"), ("on[]", "app:hold.placed"), ("on[]", "mail:hold.placed")][..], more]
                .concat();
        run(&lab.ctx, &ada, SaveNoticeSettings {}, fields(&all)).await.unwrap();
    };
    save(&[]).await;
    assert_eq!(lab.number(count).await, 1);
    save(&[("pushes", "yes"), ("on[]", "push:hold.placed")]).await;
    assert_eq!(lab.number(count).await, 0);
}

#[tokio::test]
async fn signed_out_device_gets_nothing_any_more() {
    let (lab, services) = workshop().await;
    let session = "INSERT INTO session (id, hash, person_id, created_at, seen_at, expires_at, device)
                        VALUES (1, randomblob(32), 1, 0, 0, 4000000000000, 'Firefox on Android')";
    lab.sql(session).await;
    let ada = lab.signed_in(1).await;
    let browser = Browser::new();
    let added = run(&lab.ctx, &ada, AddPushDevice {}, browser.subscription(FCM)).await.unwrap();
    assert_eq!((added.is_this, added.device.as_deref()), (true, Some("Firefox on Android")));
    // Another device, whose session has expired.
    subscribed(&lab, 1, MOZILLA).await;
    lab.sql("UPDATE push_subscription SET session_id = NULL WHERE endpoint LIKE '%mozilla%'").await;
    accounts::sign_out(&lab.ctx, &ada).await.unwrap();
    hold(&lab).await;
    empty(&lab).await;
    let sent: Vec<_> = services.taken().iter().map(|request| request.address.expose().to_owned()).collect();
    assert_eq!(sent, [MOZILLA]);
    lab.sql(session).await;
    accounts::sign_out_everywhere(&lab.ctx, &ada).await.unwrap();
    assert_eq!(lab.number("SELECT count(*) FROM push_subscription").await, 0);
}

#[tokio::test]
async fn tests_are_rate_limited_and_many_notices_leave_as_one() {
    let (lab, services) = workshop().await;
    let (id, browser) = subscribed(&lab, 1, FCM).await;
    let mut last = Ok(());
    for _ in 0..6 {
        last = test_device(&lab, 1, id).await;
    }
    assert!(matches!(last, Err(PushError::TooOften(_))), "{last:?}");
    assert_eq!(services.taken().len(), 5);
    for _ in 0..7 {
        hold(&lab).await;
        empty(&lab).await;
    }
    assert_eq!(services.taken().len(), 5, "the others wait for each other");
    lab.pass(MINUTE);
    empty(&lab).await;
    let requests = services.taken();
    let [request] = requests.as_slice() else { panic!("{}", requests.len()) };
    let message = browser.read(request);
    assert_eq!((&message["tag"], &message["link"]), (&json!("hold.placed"), &json!("/notices")));
    assert!(message["title"].as_str().unwrap().ends_with(" – and one more"), "{message}");
    assert_eq!(states(&lab).await, ["sent"; 7].join(", "));
}

#[tokio::test]
async fn export_has_devices_without_secrets() {
    let (lab, _) = workshop().await;
    let (_, browser) = subscribed(&lab, 1, FCM).await;
    let all = privacy::export(&lab.ctx, &lab.signed_in(1).await, ADA).await.unwrap().to_string();
    assert!(all.contains("push_subscription"));
    for secret in ["googleapis", browser.auth.as_str(), browser.p256dh.as_str()] {
        assert!(!all.contains(secret), "{secret}");
    }
}
