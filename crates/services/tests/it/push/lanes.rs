//! Devices that fail, hang or get many messages delay no other.

use super::*;
use domain::time::Millis;
use std::time::Duration;

/// An answer that asks to wait 59 minutes.
const BUSY: Scripted = Ok((503, Some(3_540)));

fn address(person: i64) -> String {
    format!("https://fcm.googleapis.com/fcm/send/{person}")
}

/// People from 100 on with a device each, at the same push service. All of them got a message before if `has_worked`.
async fn crowd(lab: &Lab, has_worked: bool) {
    let browser = Browser::new();
    let bytes = |text: &str| B64.decode(text.as_bytes()).unwrap();
    let (p256dh, auth) = (bytes(&browser.p256dh), bytes(&browser.auth));
    lab.sql(
        "WITH RECURSIVE n (i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 159)
         INSERT INTO person (id, status, created_at) SELECT i, 'active', 0 FROM n;
         INSERT INTO profile (person_id, name) SELECT id, 'P' || id FROM person WHERE id >= 100",
    )
    .await;
    let mut conn = lab.raw().await;
    sqlx::query(
        "INSERT INTO push_subscription (person_id, device, endpoint, p256dh, auth, added_at, sent_at)
             SELECT id, '', 'https://fcm.googleapis.com/fcm/send/' || id, ?, ?, 0, ? FROM person WHERE id >= 100",
    )
    .bind(p256dh)
    .bind(auth)
    .bind(has_worked.then_some(1_i64))
    .execute(&mut conn)
    .await
    .unwrap();
}

/// A hold of each of these people, as the clock places it.
async fn holds_of(lab: &Lab, people: std::ops::Range<i64>) {
    let mut conn = lab.raw().await;
    for person in people {
        let placed = sqlx::query("INSERT INTO hold (person_id, reason, placed_at) VALUES (?, 'no-shows', ?)")
            .bind(person)
            .bind(lab.now().0)
            .execute(&mut conn)
            .await
            .unwrap();
        let id = placed.last_insert_rowid();
        sqlx::query(
            "INSERT INTO notice (person_id, kind, subject, body, told_at) VALUES (?, 'hold.placed', ?, ?, ?)",
        )
        .bind(person)
        .bind(format!("hold:{id}"))
        .bind(json!({ "hold_placed": { "hold": id, "reason": "no-shows", "until": null } }).to_string())
        .bind(lab.now().0)
        .execute(&mut conn)
        .await
        .unwrap();
    }
}

/// A notice about the safety of this person.
async fn password_of(lab: &Lab, person: i64) {
    let at = lab.now().0;
    sqlx::query(
        "INSERT INTO notice (person_id, kind, subject, body, told_at) VALUES (?, 'account.password', ?, ?, ?)",
    )
    .bind(person)
    .bind(format!("at:{at}"))
    .bind(json!({ "password_changed": { "at": at } }).to_string())
    .bind(at)
    .execute(&mut lab.raw().await)
    .await
    .unwrap();
}

/// Requests to the device of `person` since the last call.
fn requests_to(services: &Services, person: i64) -> usize {
    services.taken().iter().filter(|request| request.address.expose() == address(person)).count()
}

#[tokio::test]
async fn device_that_asks_to_wait_delays_itself_alone() {
    let (lab, services) = workshop().await;
    crowd(&lab, true).await;
    services.answers(&address(100), BUSY);
    holds_of(&lab, 100..102).await;
    empty(&lab).await;
    assert_eq!(requests_to(&services, 101), 1, "in the same round");
    holds_of(&lab, 100..102).await;
    password_of(&lab, 101).await;
    empty(&lab).await;
    let sent: Vec<_> = services.taken().iter().map(|request| request.address.expose().to_owned()).collect();
    assert_eq!(sent, [address(101), address(101)], "at once, and the busy one rests");
    lab.pass(MINUTE * 58);
    empty(&lab).await;
    assert_eq!(services.taken().len(), 0, "it asked for 59 minutes");
    services.answers(&address(100), Ok((201, None)));
    lab.pass(MINUTE * 2);
    empty(&lab).await;
    assert_eq!(requests_to(&services, 100), 2);
}

#[tokio::test]
async fn dead_devices_that_never_worked_delay_nobody() {
    let (lab, services) = workshop().await;
    crowd(&lab, false).await;
    for person in 100..124 {
        services.answers(&address(person), Err(Failure::Unreachable));
    }
    holds_of(&lab, 100..125).await;
    empty(&lab).await;
    assert_eq!(requests_to(&services, 124), 1, "in the same round");
    for person in 100..124 {
        services.answers(&address(person), BUSY);
    }
    lab.pass(MINUTE * 20);
    holds_of(&lab, 100..126).await;
    empty(&lab).await;
    let sent = services.taken();
    for person in [124, 125] {
        let count = sent.iter().filter(|request| request.address.expose() == address(person)).count();
        assert_eq!(count, 1, "{person}");
    }
    holds_of(&lab, 124..125).await;
    empty(&lab).await;
    assert_eq!(requests_to(&services, 124), 1, "their push service does not rest");
}

#[tokio::test]
async fn push_service_that_fails_for_several_people_rests_a_minute_but_for_safety() {
    let (lab, services) = workshop().await;
    crowd(&lab, true).await;
    services.answers("fcm.googleapis.com", Err(Failure::Unreachable));
    holds_of(&lab, 100..103).await;
    empty(&lab).await;
    assert_eq!(services.taken().len(), 3);
    services.answers("fcm.googleapis.com", Ok((201, None)));
    holds_of(&lab, 110..111).await;
    empty(&lab).await;
    assert_eq!(services.taken().len(), 0, "it rests");
    lab.pass(Duration::from_mins(1));
    holds_of(&lab, 111..112).await;
    empty(&lab).await;
    assert!(services.taken().len() >= 2, "after a minute");
    services.answers("fcm.googleapis.com", Err(Failure::Unreachable));
    holds_of(&lab, 120..123).await;
    empty(&lab).await;
    services.answers("fcm.googleapis.com", Ok((201, None)));
    services.taken();
    password_of(&lab, 130).await;
    empty(&lab).await;
    assert_eq!(requests_to(&services, 130), 1, "safety waits for no rest");
    holds_of(&lab, 130..131).await;
    empty(&lab).await;
    assert_eq!(requests_to(&services, 130), 1, "it arrived, so the service works again");
}

/// Waits until a message to `person` was sent, while the clock stands.
async fn arrives(lab: &Lab, services: &Services, person: i64) {
    let began = lab.now();
    let sent = async {
        while !services.requests.lock().unwrap().iter().any(|request| request.address.expose() == address(person))
        {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), sent).await.unwrap();
    assert_eq!(lab.now(), Millis(began.0), "without waiting");
}

#[tokio::test]
async fn ten_hanging_devices_delay_no_other() {
    let (lab, services) = workshop().await;
    crowd(&lab, true).await;
    services.silent.lock().unwrap().extend((100..110).map(address));
    holds_of(&lab, 100..111).await;
    let stop = CancellationToken::new();
    let worker = tokio::spawn(push::run(lab.ctx.clone(), stop.clone()));
    arrives(&lab, &services, 110).await;
    // What happens while they hang is sent as well.
    services.taken();
    holds::place(&lab.ctx, &lab.signed_in(2).await, PersonId(120), holds::unpaid()).await.unwrap();
    arrives(&lab, &services, 120).await;
    worker.abort();
}

#[tokio::test]
async fn sixty_devices_with_more_lanes_than_readers_all_get_their_message() {
    let (lab, services) = workshop().await;
    crowd(&lab, true).await;
    holds_of(&lab, 100..160).await;
    let worker = tokio::spawn(push::run(lab.ctx.clone(), CancellationToken::new()));
    for person in 100..160 {
        arrives(&lab, &services, person).await;
    }
    worker.abort();
}

#[tokio::test]
async fn ten_hanging_devices_of_one_person_take_three_places() {
    let (lab, services) = workshop().await;
    crowd(&lab, true).await;
    lab.sql("UPDATE push_subscription SET person_id = 100 WHERE person_id BETWEEN 100 AND 109").await;
    services.silent.lock().unwrap().extend((100..110).map(address));
    holds_of(&lab, 100..101).await;
    holds_of(&lab, 110..111).await;
    let stop = CancellationToken::new();
    let worker = tokio::spawn(push::run(lab.ctx.clone(), stop.clone()));
    arrives(&lab, &services, 110).await;
    assert!(services.requests.lock().unwrap().len() <= 4);
    worker.abort();
}

#[tokio::test]
async fn safety_overtakes_waiting_notices_of_a_device() {
    let (lab, services) = workshop().await;
    crowd(&lab, true).await;
    for _ in 0..30 {
        holds_of(&lab, 100..101).await;
    }
    password_of(&lab, 100).await;
    empty(&lab).await;
    let urgencies: Vec<_> = services.taken().iter().map(|request| header(request, "urgency").to_owned()).collect();
    assert_eq!((urgencies.len(), urgencies[0].as_str()), (31, "high"));
}

#[tokio::test]
async fn holds_lifted_again_are_not_counted_in_the_sum() {
    let (lab, services) = workshop().await;
    let (_, browser) = subscribed(&lab, 1, FCM).await;
    for _ in 0..9 {
        hold(&lab).await;
    }
    empty(&lab).await;
    assert_eq!(services.taken().len(), 5);
    lab.sql("UPDATE hold SET lifted_at = placed_at WHERE id = 9").await;
    lab.pass(MINUTE);
    empty(&lab).await;
    let requests = services.taken();
    let [request] = requests.as_slice() else { panic!("{}", requests.len()) };
    let title = browser.read(request)["title"].as_str().unwrap().to_owned();
    assert!(title.ends_with(" – and 2 more"), "{title}");
    assert!(states(&lab).await.ends_with("dropped over"), "the newest no longer stands");
}
