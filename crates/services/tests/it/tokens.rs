//! Tokens of programs: owner, scopes, lifetime; repeated requests; and rate limits.

use crate::lab;
use crate::lab::{
    Lab,
    entrance::{self, OTHER, PASSWORD, ada_is_in, here},
    operations::{fields, run},
    places, seconds,
};
use contract::{
    form::{Fault, Fields},
    tokens::{ListTokens, MakeToken, RevokeToken, TokenMade, TokenView},
};
use domain::{
    actor::{Actor, Channel, Forbidden, Who},
    id::{PersonId, SessionId, TokenId},
    names::Unnamed,
    time::{DAY, HOUR, MINUTE},
    tokens::{MOST, Scope},
};
use services::error::ServiceError;
use services::{
    accounts, people, rate,
    repeats::{self, Outcome, RepeatsError, Turn},
    sessions,
    tokens::{self, TokensError},
};
use std::sync::Arc;
use text::Lang;
use tokio::task::JoinSet;

const BOB: PersonId = PersonId(2);

fn request_of() -> Fields {
    fields(&[("name", " Sheet of hours "), ("scopes[]", "people:read"), ("lifetime", "month")])
}

async fn make(lab: &Lab, actor: &Actor, sent: Fields) -> Result<TokenMade, TokensError> {
    run(&lab.ctx, actor, MakeToken {}, sent).await
}

async fn list(lab: &Lab, actor: &Actor) -> Vec<TokenView> {
    run(&lab.ctx, actor, ListTokens {}, Fields::default()).await.unwrap().tokens
}

async fn revoke(lab: &Lab, actor: &Actor, id: TokenId) -> Result<(), TokensError> {
    run(&lab.ctx, actor, RevokeToken { id }, Fields::default()).await
}

async fn new_token(lab: &Lab, actor: &Actor) -> String {
    make(lab, actor, request_of()).await.unwrap().token
}

async fn works(lab: &Lab, token: &str) -> bool {
    tokens::recognise(&lab.ctx, token).await.unwrap().is_some()
}

/// Bob, who signed in with a session that is written down.
async fn bob_is_in(lab: &Lab) -> Actor {
    lab.sql(
        "INSERT INTO session (id, hash, person_id, created_at, seen_at, expires_at, device)
             VALUES (22, zeroblob(32), 2, 0, 0, 9000000000000, 'test')",
    )
    .await;
    let mut bob = lab.signed_in(2).await;
    if let Who::Person(known) = &mut bob.who {
        known.session = SessionId(22);
    }
    bob
}

#[tokio::test]
async fn token_acts_for_its_owner_within_scopes() {
    let lab = entrance::open().await;
    let (_, ada) = ada_is_in(&lab).await;
    let token = new_token(&lab, &ada).await;
    assert!(token.starts_with("tg_") && token.len() == 46, "256 bits: {token}");
    let program = tokens::recognise(&lab.ctx, &token).await.unwrap().unwrap();
    assert_eq!(program.somebody.actor.person(), ada.person());
    assert_eq!((program.somebody.actor.channel, program.scopes), (Channel::Api, vec![Scope::PeopleRead]));
    let listed = list(&lab, &ada).await;
    assert_eq!((listed.len(), listed[0].name.as_str()), (1, "Sheet of hours"));
    for forged in ["", "tg_", "tg_AAAA", &token[3..], &format!("{token}A"), "tg_\u{0}", &"tg_A".repeat(10_000)] {
        assert!(!works(&lab, forged).await, "{forged}");
    }
    let stored = lab.text("SELECT hex(hash) || name || scopes FROM api_token").await;
    assert!(!stored.contains(&token[3..]), "kept as a hash only");
    // A program's use leaves no trace but its time, to the minute.
    let seen = |listed: Vec<TokenView>| listed[0].seen.unwrap().at;
    let first = seen(list(&lab, &ada).await);
    lab.pass(seconds(59));
    works(&lab, &token).await;
    assert_eq!(seen(list(&lab, &ada).await), first);
    lab.pass(seconds(2));
    works(&lab, &token).await;
    assert_eq!(seen(list(&lab, &ada).await), first.after(seconds(61)));
    let program = tokens::recognise(&lab.ctx, &token).await.unwrap().unwrap().somebody.actor;
    let by_itself = make(&lab, &program, request_of()).await;
    assert!(matches!(by_itself, Err(TokensError::Forbidden(Forbidden::NotAllowed))), "no token makes another");
}

// A17
#[tokio::test]
async fn token_ends_with_account_access_and_lifetime() {
    let lab = entrance::open().await;
    let (_, ada) = ada_is_in(&lab).await;

    let revoked = new_token(&lab, &ada).await;
    let id = list(&lab, &ada).await[0].id;
    let bob = bob_is_in(&lab).await;
    assert!(matches!(revoke(&lab, &bob, id).await, Err(TokensError::Unknown)), "somebody else's");
    assert!(works(&lab, &revoked).await);
    revoke(&lab, &ada, id).await.unwrap();
    assert!(!works(&lab, &revoked).await);
    assert!(matches!(revoke(&lab, &ada, id).await, Err(TokensError::Unknown)));

    let timed = new_token(&lab, &ada).await;
    lab.pass(DAY * 6);
    sessions::recognise(
        &lab.ctx,
        &entrance::sign_in(&lab, "ada@lab.example", PASSWORD).await.unwrap().token,
        Channel::Web,
    )
    .await;
    lab.pass(DAY * 23);
    assert!(works(&lab, &timed).await);
    lab.pass(DAY);
    assert!(!works(&lab, &timed).await, "its month is over");

    let (_, ada) = ada_is_in(&lab).await;
    let old = new_token(&lab, &ada).await;
    accounts::change_password(&lab.ctx, &ada, here(1), PASSWORD, OTHER).await.unwrap();
    assert!(!works(&lab, &old).await, "the password was changed");

    for end in ["suspend", "leave", "everywhere"] {
        lab.sql(
            "UPDATE person SET status = 'active', left_at = NULL WHERE id = 2; DELETE FROM session WHERE id = 22",
        )
        .await;
        let bob = bob_is_in(&lab).await;
        let token = new_token(&lab, &bob).await;
        assert!(works(&lab, &token).await, "{end}");
        match end {
            "suspend" => people::suspend(&lab.ctx, &Actor::TOOLGATE, BOB).await.unwrap(),
            "leave" => people::leave(&lab.ctx, &Actor::TOOLGATE, BOB).await.unwrap(),
            _ => accounts::sign_out_everywhere(&lab.ctx, &bob).await.unwrap(),
        }
        assert!(!works(&lab, &token).await, "{end}");
        assert!(make(&lab, &bob, request_of()).await.is_err(), "{end}: with a session that has ended");
    }
}

#[tokio::test]
async fn token_older_than_second_factor_is_invalid() {
    let lab = entrance::open().await;
    let (_, ada) = ada_is_in(&lab).await;
    let before = new_token(&lab, &ada).await;
    let offer = accounts::begin_totp(&lab.ctx, &ada).await.unwrap();
    let code = entrance::code(&offer.secret, lab::NOON.0);
    accounts::confirm_totp(&lab.ctx, &ada, here(1), &code).await.unwrap();
    assert!(!works(&lab, &before).await);
    let after = new_token(&lab, &ada).await;
    let program = tokens::recognise(&lab.ctx, &after).await.unwrap().unwrap();
    assert!(!program.somebody.asleep);
}

#[tokio::test]
async fn token_requires_name_and_scope_and_is_limited_in_number() {
    let lab = entrance::open().await;
    let (_, ada) = ada_is_in(&lab).await;
    let invalid = fields(&[("name", "\u{200B}"), ("lifetime", "year")]);
    let error = make(&lab, &ada, invalid).await.unwrap_err();
    assert!(matches!(&error, TokensError::Invalid(faults) if faults.0 == [
        ("name".to_owned(), Fault::Name(Unnamed::Empty)),
        ("scopes".to_owned(), Fault::Scopes),
    ]));
    assert!(error.problem(Lang::It).at("scopes").is_some());
    for _ in 0..MOST {
        new_token(&lab, &ada).await;
    }
    assert!(matches!(make(&lab, &ada, request_of()).await, Err(TokensError::TooMany)));
    let stranger = Actor::anybody(true, Channel::Web);
    assert!(matches!(make(&lab, &stranger, request_of()).await, Err(TokensError::Forbidden(Forbidden::SignIn))));
}

#[tokio::test]
async fn repeated_request_with_one_key_runs_once() {
    let lab = Lab::open().await;
    let ada = lab.signed_in(1).await;
    let begin =
        async |key: &str, request: &str| repeats::begin(&lab.ctx, &ada, key, request.as_bytes(), true).await;
    let mut all = JoinSet::new();
    for _ in 0..20 {
        let (ctx, ada) = (lab.ctx.clone(), ada.clone());
        all.spawn(async move { repeats::begin(&ctx, &ada, "one", b"make a lathe", true).await });
    }
    let mut tickets = Vec::new();
    for outcome in all.join_all().await {
        match outcome {
            Ok(Turn::First(ticket)) => tickets.push(ticket),
            Err(RepeatsError::UnderWay) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(tickets.len(), 1);
    assert!(
        matches!(begin("one", "make a laser").await, Err(RepeatsError::OtherRequest)),
        "while it is under way"
    );
    let made = Outcome { id: 7, state: Some("pending".into()) };
    repeats::end(&lab.ctx, tickets.remove(0), Some(made.clone())).await.unwrap();
    assert!(matches!(begin("one", "make a lathe").await.unwrap(), Turn::Again(known) if known == made));
    assert!(matches!(begin("one", "make a laser").await, Err(RepeatsError::OtherRequest)));
    let bob = lab.signed_in(2).await;
    let of_bob = repeats::begin(&lab.ctx, &bob, "one", b"make a laser", true).await.unwrap();
    assert!(matches!(of_bob, Turn::First(_)), "his keys are his own");

    let Turn::First(ticket) = begin("two", "make nothing").await.unwrap() else { panic!("known") };
    repeats::end(&lab.ctx, ticket, None).await.unwrap();
    assert!(matches!(begin("two", "make something").await.unwrap(), Turn::First(_)), "nothing came of it");

    for no_key in ["", "two words", "ä", &"x".repeat(256), "\u{0}"] {
        assert!(matches!(begin(no_key, "").await, Err(RepeatsError::NoKey)), "{no_key:?}");
    }
    lab.pass(DAY);
    assert!(matches!(begin("one", "make a laser").await.unwrap(), Turn::First(_)), "a day later it is a new one");
    lab.pass(DAY + HOUR);
    repeats::forget_old(&lab.ctx).await.unwrap();
    assert_eq!(lab.number("SELECT count(*) FROM repeated_request").await, 0);
}

#[tokio::test]
async fn request_cut_off_by_crash_is_replayed_if_committed_and_free_otherwise() {
    let lab = Lab::open().await;
    let ida = lab.administrator().await;
    let begin =
        async |lab: &Lab, key: &str, makes| match repeats::begin(&lab.ctx, &ida, key, b"a request", makes).await {
            Ok(Turn::First(ticket)) => Ok(ticket),
            Ok(Turn::Again(made)) => Err(Some(made)),
            Err(RepeatsError::UnderWay) => Err(None),
            Err(other) => panic!("{other:?}"),
        };
    // The change ends with the commit; the process dies before the answer.
    let ticket = begin(&lab, "done", true).await.unwrap();
    let add = places::add(&lab.ctx, &ida, "Attic");
    let place = repeats::under(Arc::clone(&ticket), add).await.unwrap();
    let grant = begin(&lab, "nothing-to-show", false).await.unwrap();
    repeats::under(Arc::clone(&grant), places::archive(&lab.ctx, &ida, place, "")).await.unwrap();
    let waits = begin(&lab, "not-done", true).await.unwrap();
    assert!(matches!(begin(&lab, "not-done", true).await, Err(None)), "while it is under way");
    drop((ticket, grant, waits));
    let lab = lab.reopen().await;
    let again = begin(&lab, "done", true).await.unwrap_err();
    assert_eq!(again, Some(Outcome { id: place.0, state: None }));
    assert_eq!(begin(&lab, "nothing-to-show", false).await.unwrap_err(), Some(Outcome { id: 0, state: None }));
    let anew = begin(&lab, "not-done", true).await.unwrap();
    let made = repeats::under(Arc::clone(&anew), places::add(&lab.ctx, &ida, "Cellar")).await.unwrap();
    repeats::end(&lab.ctx, anew, None).await.unwrap();
    let stands = begin(&lab, "not-done", true).await.unwrap_err();
    assert_eq!(stands, Some(Outcome { id: made.0, state: None }), "it stands, whatever was answered");
}

#[tokio::test]
async fn clock_set_back_delays_nobody() {
    let lab = Lab::open().await;
    let ada = lab.signed_in(1).await;
    let take = || rate::take(&lab.ctx, &ada, here(1), Lang::En).1;
    while take().is_ok() {}
    lab.set_back(HOUR);
    assert_eq!(take().unwrap_err().retry_after, Some(1));
    lab.pass(MINUTE);
    assert!(take().is_ok());
}

#[tokio::test]
async fn rate_limit_delays_only_its_caller() {
    let lab = Lab::open().await;
    let (ada, bob) = (lab.signed_in(1).await, lab.signed_in(2).await);
    let take = |actor: &Actor, from: u32| {
        let (left, taken) = rate::take(&lab.ctx, actor, here(from), Lang::En);
        taken.map(|()| left)
    };
    let first = take(&ada, 1).unwrap();
    assert_eq!(first.burst + 1, first.limit);
    while take(&ada, 1).is_ok() {}
    let problem = take(&ada, 2).unwrap_err();
    assert_eq!((problem.kind.status(), problem.retry_after), (429, Some(1)), "from wherever she asks");
    assert!(take(&bob, 1).is_ok());
    let stranger = Actor::anybody(true, Channel::Api);
    while take(&stranger, 3).is_ok() {}
    assert!(take(&stranger, 4).is_ok(), "from another address");
    lab.pass(MINUTE);
    assert_eq!(take(&ada, 1).unwrap(), first);
}
