//! Connections to other systems: what is connected, whether it works, and who may see it.

use crate::lab::{Lab, bookings::set, holds, operations::run};
use contract::{
    connections::{ConnectionAmount, ConnectionView, ConnectionsView, ReadConnections},
    form::Fields,
};
use domain::{
    actor::{Actor, Forbidden},
    connections::{Counted, Kind, State, Trouble},
    deliveries,
    id::PersonId,
    live::ChangeEvent,
    time::MINUTE,
};
use services::{
    boards,
    connections::ConnectionsError,
    live_access::may_receive,
    mail::{self, Carrier, Mail, MailError, Mailer, Post},
    outbox::{self, SendOutcome},
    spaceapi,
};
use std::{
    future::{Future, ready},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};
use tokio_util::sync::CancellationToken;

/// A mail server, which may be down.
#[derive(Default)]
struct Smtp {
    is_down: AtomicBool,
}

impl Mailer for Smtp {
    fn send(&self, _: Mail) -> Pin<Box<dyn Future<Output = Result<(), MailError>> + Send + '_>> {
        let trouble = self.is_down.load(Relaxed).then_some(MailError(deliveries::Trouble::Unreachable));
        Box::pin(ready(trouble.map_or(Ok(()), Err)))
    }
}

/// Bob manages. It is 08:00.
async fn open() -> Lab {
    let lab = Lab::open().await;
    lab.grant(2, 1, "owner").await;
    lab.sql("UPDATE profile SET email = lower(name) || '@private.example'").await;
    lab
}

async fn read(lab: &Lab) -> ConnectionsView {
    run(&lab.ctx, &lab.signed_in(2).await, ReadConnections {}, Fields::default()).await.unwrap()
}

async fn one(lab: &Lab, kind: Kind) -> Option<ConnectionView> {
    read(lab).await.connections.into_iter().find(|one| one.kind == kind)
}

/// Sends what is due.
async fn send(lab: &Lab) {
    let stop = CancellationToken::new();
    while outbox::send_due(&lab.ctx, &stop).await.unwrap() == SendOutcome::Busy {}
}

#[tokio::test]
async fn new_space_offers_kinds_without_a_connection() {
    let lab = open().await;
    let found = read(&lab).await;
    let offered = [
        Kind::Mail,
        Kind::Push,
        Kind::Slack,
        Kind::Webhooks,
        Kind::SpaceApi,
        Kind::Calendars,
        Kind::Payments,
        Kind::Directory,
        Kind::SignIn,
    ];
    assert_eq!(found.not_connected, offered);
    let [broker] = found.connections.as_slice() else { panic!("{found:?}") };
    assert_eq!((broker.kind, broker.state, broker.link.as_str()), (Kind::Broker, State::Working, "/boards"));
}

#[tokio::test]
async fn mail_server_that_is_down_is_shown_with_time_cause_and_queue() {
    let lab = open().await;
    let smtp = Arc::<Smtp>::default();
    let post = Post {
        carrier: Carrier::Mailer(smtp.clone()),
        site: Some("https://attic.example".into()),
        sender: Some("toolgate@mail.example".into()),
    };
    mail::arrange(&lab.ctx, post);
    send(&lab).await;
    let before = one(&lab, Kind::Mail).await.unwrap();
    assert_eq!((before.name.as_deref(), before.state), (Some("mail.example"), State::Untried));

    smtp.is_down.store(true, Relaxed);
    let bob = lab.signed_in(2).await;
    holds::place(&lab.ctx, &bob, PersonId(1), holds::unpaid()).await.unwrap();
    let began = lab.now();
    send(&lab).await;
    lab.pass(MINUTE * 3);
    send(&lab).await;
    let failing = one(&lab, Kind::Mail).await.unwrap();
    assert_eq!((failing.state, failing.trouble), (State::Failing, Some(Trouble::Unreachable)));
    assert_eq!(failing.last_failure.unwrap().at, began, "since the first failure");
    assert!(failing.queued >= 1, "{failing:?}");
    let all = serde_json::to_string(&read(&lab).await).unwrap();
    assert!(!all.contains("private.example") && !all.contains("Ada"), "no recipients: {all}");

    smtp.is_down.store(false, Relaxed);
    lab.pass(MINUTE * 30);
    send(&lab).await;
    let works = one(&lab, Kind::Mail).await.unwrap();
    assert_eq!((works.state, works.queued), (State::Working, 0), "{works:?}");
    assert_eq!((works.last_success.unwrap().at, works.last_failure), (lab.now(), None));
}

#[tokio::test]
async fn lost_broker_fails_until_it_is_back() {
    let lab = open().await;
    boards::broker_lost(&lab.ctx);
    let lost = one(&lab, Kind::Broker).await.unwrap();
    assert_eq!((lost.state, lost.last_failure.unwrap().at), (State::Failing, lab.now()));
    boards::broker_found(&lab.ctx);
    assert_eq!(one(&lab, Kind::Broker).await.unwrap().state, State::Working);
}

#[tokio::test]
async fn spaceapi_is_connected_once_a_contact_is_published() {
    let lab = open().await;
    set(&lab, "space.contact", "lab@lab.example").await;
    let lab = lab.reopen().await;
    assert_eq!(one(&lab, Kind::SpaceApi).await, None, "the site has no address");
    mail::arrange(&lab.ctx, Post { site: Some("https://attic.example".into()), ..Post::default() });
    assert_eq!(one(&lab, Kind::SpaceApi).await.unwrap().state, State::Untried);
    spaceapi::read(&lab.ctx).await.unwrap();
    let found = one(&lab, Kind::SpaceApi).await.unwrap();
    assert_eq!((found.state, found.last_success.unwrap().at), (State::Working, lab.now()));
}

#[tokio::test]
async fn connection_in_use_counts_devices_and_active_people() {
    let lab = open().await;
    lab.sql(
        "INSERT INTO push_subscription (person_id, device, endpoint, p256dh, auth, added_at)
         VALUES (1, '', 'a', zeroblob(65), zeroblob(16), 0), (1, '', 'b', zeroblob(65), zeroblob(16), 0),
                (2, '', 'c', zeroblob(65), zeroblob(16), 0)",
    )
    .await;
    lab.sql("INSERT INTO slack_app (id, bot_token, signing_secret, team, team_name, connected_at) VALUES (1, '', '', 'T', 'Talvera', 0)").await;
    lab.sql("INSERT INTO slack_rule (kind, channel) VALUES ('machine.blocked', 'C1'), ('machine.free', 'C1')")
        .await;
    // Zoe, who is suspended, does not count.
    lab.sql("INSERT INTO slack_link (person_id, slack_user, name, linked_at) VALUES (1, 'U1', 'ada', 0), (3, 'U3', 'zoe', 0)").await;
    let amounts = async |kind| {
        let found = one(&lab, kind).await.unwrap().amounts;
        found.into_iter().map(|ConnectionAmount { what, count }| (what, count)).collect::<Vec<_>>()
    };
    assert_eq!(amounts(Kind::Push).await, [(Counted::Devices, 3), (Counted::People, 2)]);
    assert_eq!(amounts(Kind::Slack).await, [(Counted::Kinds, 2), (Counted::Channels, 1), (Counted::People, 1)]);
}

#[tokio::test]
async fn only_managers_see_connections_and_hear_of_them() {
    let lab = open().await;
    for (person, may) in [(1, false), (2, true)] {
        let actor = lab.signed_in(person).await;
        let found = run(&lab.ctx, &actor, ReadConnections {}, Fields::default()).await;
        assert_eq!(found.is_ok(), may, "{found:?}");
        assert_eq!(may_receive(&actor, ChangeEvent::Connections), may);
    }
    let visitor = Actor::anybody(true, domain::actor::Channel::Web);
    let refused = run(&lab.ctx, &visitor, ReadConnections {}, Fields::default()).await.unwrap_err();
    assert!(matches!(refused, ConnectionsError::Forbidden(Forbidden::SignIn)), "{refused:?}");
}
