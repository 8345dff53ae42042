//! Which push services a configured server contacts. Not here: what it sends them (`crates/services/tests/it/push.rs`).

use crate::lab::Lab;
use contract::{form::Fields, push::AddPushDevice};
use domain::{
    actor::{Actor, Channel, Principal, Who},
    id::{PersonId, SessionId},
    people::PersonStatus,
    time::Millis,
};
use server::config::Options;
use services::{
    push::PushError,
    serve::{ServeError, serve},
};
use text::Lang;

#[expect(clippy::default_trait_access, reason = "its type cannot be named here")]
fn member() -> Actor {
    let known = Principal {
        id: PersonId(1),
        session: SessionId(1),
        status: PersonStatus::Active,
        ledger: Default::default(),
        at: Millis(1_795_000_000_000),
        roles_asleep: false,
        public: true,
    };
    Actor { who: Who::Person(Box::new(known)), channel: Channel::Web }
}

/// Whether a device with a push service on this machine is refused for that.
async fn is_refused(options: Options) -> bool {
    let lab = Lab::with(options).await;
    // The keys of RFC 8291, 5.
    let pairs = [
        ("endpoint", "http://127.0.0.1:9/x"),
        ("p256dh", "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"),
        ("auth", "BTBZMqHH6r4Tts7J_aSIgg"),
    ];
    let sent = Fields::pairs(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let added = serve(&lab.running().ctx, &member(), AddPushDevice {}, &sent, Lang::En).await;
    matches!(added, Err(ServeError::Service(PushError::Invalid(faults))) if faults.iter().any(|(field, _)| field == "endpoint"))
}

#[tokio::test]
async fn own_push_service_is_contacted_only_if_named_as_one() {
    let here = || Some(vec!["127.0.0.1".to_owned()]);
    assert!(is_refused(Options { allow_host: here(), ..Options::default() }).await);
    assert!(!is_refused(Options { push_host: here(), ..Options::default() }).await);
}
