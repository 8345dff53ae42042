//! Signing in by OpenID Connect: the way there and back, statements that are not valid, and linking by proof of both.

mod addresses;
mod linking;
mod managing;
mod proofs;
mod provider;
mod statements;

use crate::lab::{
    Lab,
    entrance::{actor, here, open},
    operations::{fields, run},
};
use contract::identity_providers::AddIdentityProvider;
use domain::{
    actor::{Actor, Channel},
    id::IdentityProviderId,
    identity_providers::{LASTS, Refusal, SignInPurpose},
    outgoing::Failure,
    time::MINUTE,
};
use provider::{CLIENT, ISSUER, Provider, SECRET, SITE};
use serde_json::{Value, json};
use services::{
    accounts::{AccountsError, Opened},
    identity_providers::{
        self as providers, Begin, BeginError, Return, SignInOutcome, SignInRefusal, SignInStart, Visitor,
    },
    outgoing,
    token::Token,
};
use std::sync::{Arc, atomic::Ordering::Relaxed};

const NOBODY: Actor = Actor::anybody(false, Channel::Web);

/// The form of the provider, with other values.
fn form<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let usual = [
        ("name", "University account"),
        ("issuer", ISSUER),
        ("client_id", CLIENT),
        ("client_secret", SECRET),
        ("scopes", "email profile"),
        ("second_factor", "ignored"),
        ("admission", "existing"),
        ("active", "yes"),
        ("signs_out", "yes"),
    ];
    let kept = usual.into_iter().filter(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
    kept.chain(changes.iter().copied()).filter(|(_, value)| !value.is_empty()).collect()
}

/// A lab with Ada, and the stand-in as its provider.
async fn set_up(changes: &[(&str, &str)]) -> (Lab, Arc<Provider>, IdentityProviderId) {
    let lab = open().await;
    let provider = Provider::new(lab.now());
    arrange(&lab, &provider);
    let added = run(&lab.ctx, &Actor::TOOLGATE, AddIdentityProvider {}, fields(&form(changes))).await.unwrap();
    (lab, provider, added.id)
}

fn arrange(lab: &Lab, provider: &Arc<Provider>) {
    outgoing::arrange(&lab.ctx, Arc::clone(provider) as Arc<dyn outgoing::Transport>);
}

/// A person at the provider, whose address it has verified.
fn person(sub: &str, name: &str, email: &str) -> Value {
    json!({ "sub": sub, "name": name, "email": email, "email_verified": true })
}

/// Ada there, whose address is that of her account here.
fn ada() -> Value {
    person("ada-there", "Ada Lovelace", "ada@lab.example")
}

fn emre() -> Value {
    person("emre-there", "Emre Demir", "emre@uni.example")
}

fn request(id: IdentityProviderId, links: bool) -> Begin<'static> {
    let purpose = if links { SignInPurpose::Link } else { SignInPurpose::SignIn };
    Begin { provider: id, browser: None, site: SITE, destination: "/machines/1", purpose }
}

async fn begin(lab: &Lab, id: IdentityProviderId) -> SignInStart {
    providers::begin(&lab.ctx, &NOBODY, request(id, false)).await.unwrap()
}

/// The state in the address to which a browser is sent.
fn state_of(address: &str) -> String {
    let address = url::Url::parse(address).unwrap();
    address.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned()
}

fn visitor<'a>(actor: &'a Actor, browser: &Token) -> Visitor<'a> {
    Visitor { actor, origin: here(7).into(), device: "Firefox on Linux".into(), browser: Some(browser.clone()) }
}

fn back((code, state): (String, String)) -> Return {
    Return { state, code: Some(code), ..Return::default() }
}

/// The whole way: there, signing in as `person`, and back.
async fn come(
    lab: &Lab,
    provider: &Provider,
    id: IdentityProviderId,
    person: Value,
) -> Result<SignInOutcome, SignInRefusal> {
    let begun = begin(lab, id).await;
    let back = back(provider.sign_in(&begun.address, person));
    providers::finish(&lab.ctx, visitor(&NOBODY, &begun.browser), back).await
}

fn signed_in(finished: Result<SignInOutcome, SignInRefusal>) -> (Opened, String) {
    match finished {
        Ok(SignInOutcome::SignedIn { opened, to }) => (opened, to),
        other => panic!("not in: {other:?}"),
    }
}

fn arrived(finished: Result<SignInOutcome, SignInRefusal>) -> Token {
    match finished {
        Ok(SignInOutcome::Arrived(token)) => token,
        other => panic!("not arrived: {other:?}"),
    }
}

fn why(finished: Result<SignInOutcome, SignInRefusal>) -> Refusal {
    finished.err().map(|refused| refused.why).unwrap()
}

/// Links Ada's account there to Ada here, as if she had done so before.
async fn link_ada(lab: &Lab) {
    lab.sql(
        "INSERT INTO identity_link (provider_id, subject, person_id, called, linked_at)
         SELECT id, 'ada-there', 1, 'ada', 0 FROM identity_provider",
    )
    .await;
}

#[tokio::test]
async fn linked_account_signs_in_and_returns_to_its_page() {
    let (lab, provider, id) = set_up(&[]).await;
    link_ada(&lab).await;
    let (opened, to) = signed_in(come(&lab, &provider, id, ada()).await);
    assert_eq!(to, "/machines/1");
    assert!(!opened.second_factor && opened.device.is_some());
    let ada = actor(&lab, &opened.token).await.unwrap();
    assert_eq!(ada.person().unwrap().0, 1);
    let entry = "SELECT count(*) FROM audit WHERE action = 'account.signed-in' AND detail LIKE '%\"provider\":%'";
    assert_eq!(lab.number(entry).await, 1);
}

#[tokio::test]
async fn rsa_signature_is_accepted() {
    let (lab, provider, id) = set_up(&[]).await;
    provider.sign_by_rsa();
    link_ada(&lab).await;
    signed_in(come(&lab, &provider, id, ada()).await);
}

#[tokio::test]
async fn return_works_once_and_only_in_its_browser() {
    let (lab, provider, id) = set_up(&[]).await;
    link_ada(&lab).await;
    let begun = begin(&lab, id).await;
    let sent = provider.sign_in(&begun.address, ada());
    let foreign = begin(&lab, id).await.browser;
    let elsewhere = providers::finish(&lab.ctx, visitor(&NOBODY, &foreign), back(sent.clone())).await;
    assert_eq!(why(elsewhere), Refusal::OtherBrowser);
    signed_in(providers::finish(&lab.ctx, visitor(&NOBODY, &begun.browser), back(sent.clone())).await);
    let again = providers::finish(&lab.ctx, visitor(&NOBODY, &begun.browser), back(sent)).await;
    assert_eq!(why(again), Refusal::OtherBrowser);
    for forged in ["", "x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
        let forged = back(("code".into(), forged.into()));
        let forged = providers::finish(&lab.ctx, visitor(&NOBODY, &begun.browser), forged).await;
        assert_eq!(why(forged), Refusal::OtherBrowser);
    }
}

#[tokio::test]
async fn two_tabs_of_one_browser_both_finish() {
    let (lab, provider, id) = set_up(&[]).await;
    link_ada(&lab).await;
    let first = begin(&lab, id).await;
    let again = Begin { browser: Some(first.browser.clone()), ..request(id, false) };
    let second = providers::begin(&lab.ctx, &NOBODY, again).await.unwrap();
    assert_eq!(first.browser, second.browser);
    for begun in [second, first] {
        let sent = provider.sign_in(&begun.address, ada());
        signed_in(providers::finish(&lab.ctx, visitor(&NOBODY, &begun.browser), back(sent)).await);
    }
}

#[tokio::test]
async fn return_after_ten_minutes_is_expired() {
    let (lab, provider, id) = set_up(&[]).await;
    link_ada(&lab).await;
    let begun = begin(&lab, id).await;
    lab.pass(LASTS);
    provider.pass(600);
    let sent = provider.sign_in(&begun.address, ada());
    let late = providers::finish(&lab.ctx, visitor(&NOBODY, &begun.browser), back(sent)).await;
    assert_eq!(why(late), Refusal::Expired);
}

#[tokio::test]
async fn error_of_the_provider_is_a_refusal_with_its_remedy() {
    let (lab, _, id) = set_up(&[]).await;
    for (error, expected) in [
        ("access_denied", Refusal::Denied),
        ("login_required", Refusal::Denied),
        ("temporarily_unavailable", Refusal::Unreachable),
        ("invalid_scope", Refusal::Unreachable),
    ] {
        let begun = begin(&lab, id).await;
        let state = state_of(&begun.address);
        let back = Return { state, error: Some(error.into()), ..Return::default() };
        let refused = providers::finish(&lab.ctx, visitor(&NOBODY, &begun.browser), back).await;
        assert_eq!(refused, Err(SignInRefusal { why: expected, provider: Some(id) }), "{error}");
    }
    let failure = lab.text("SELECT failure FROM identity_provider").await;
    assert_eq!(failure, "client", "what we ask was not agreed there");
}

#[tokio::test]
async fn return_of_another_provider_is_refused() {
    let (lab, provider, id) = set_up(&[]).await;
    link_ada(&lab).await;
    let come = async |issuer: &str| {
        let begun = begin(&lab, id).await;
        let sent = provider.sign_in(&begun.address, ada());
        let back = Return { issuer: Some(issuer.into()), ..back(sent) };
        providers::finish(&lab.ctx, visitor(&NOBODY, &begun.browser), back).await
    };
    assert_eq!(why(come("https://id.example.com").await), Refusal::Unverified);
    signed_in(come(ISSUER).await);
}

#[tokio::test]
async fn provider_that_announces_to_name_itself_has_to() {
    let (lab, provider, id) = set_up(&[]).await;
    link_ada(&lab).await;
    provider.describe(json!({ "authorization_response_iss_parameter_supported": true }));
    assert_eq!(why(come(&lab, &provider, id, ada()).await), Refusal::Unverified);
    assert!(!provider.requests().contains(&"/token".to_owned()), "the code is shown to nobody");
    let begun = begin(&lab, id).await;
    let sent = provider.sign_in(&begun.address, ada());
    let back = Return { issuer: Some(ISSUER.into()), ..back(sent) };
    signed_in(providers::finish(&lab.ctx, visitor(&NOBODY, &begun.browser), back).await);
}

#[tokio::test]
async fn provider_that_is_gone_lets_nobody_in_and_throws_nobody_out() {
    let (lab, provider, id) = set_up(&[]).await;
    link_ada(&lab).await;
    let (opened, _) = signed_in(come(&lab, &provider, id, ada()).await);
    // What is known about it is an hour old.
    lab.pass(MINUTE * 61);
    provider.pass(61 * 60);
    provider.fail(Some(Failure::Unreachable));
    let refused = providers::begin(&lab.ctx, &NOBODY, request(id, false)).await;
    let Err(BeginError::Refused(refused)) = refused.map(drop) else { panic!("it began") };
    assert_eq!(refused, SignInRefusal { why: Refusal::Unreachable, provider: Some(id) });
    assert!(actor(&lab, &opened.token).await.is_some(), "who is in stays in");
    assert_eq!(lab.text("SELECT failure FROM identity_provider").await, "unreachable");
    provider.requests();
    assert!(providers::begin(&lab.ctx, &NOBODY, request(id, false)).await.is_err());
    assert!(provider.requests().is_empty(), "it is not asked again at once");
    provider.fail(None);
    lab.pass(MINUTE);
    provider.pass(60);
    signed_in(come(&lab, &provider, id, ada()).await);
    assert_eq!(lab.number("SELECT failure IS NULL FROM identity_provider").await, 1);
}

#[tokio::test]
async fn provider_that_is_off_starts_and_finishes_nothing() {
    let (lab, provider, id) = set_up(&[]).await;
    link_ada(&lab).await;
    let begun = begin(&lab, id).await;
    let sent = provider.sign_in(&begun.address, ada());
    lab.sql("UPDATE identity_provider SET active = 0").await;
    let refused = providers::finish(&lab.ctx, visitor(&NOBODY, &begun.browser), back(sent)).await;
    assert_eq!(why(refused), Refusal::Off);
    let refused = providers::begin(&lab.ctx, &NOBODY, request(id, false)).await.map(drop);
    assert!(matches!(refused, Err(BeginError::Refused(SignInRefusal { why: Refusal::Off, .. }))), "{refused:?}");
    assert!(providers::offered(&lab.ctx).await.unwrap().is_empty());
}

#[tokio::test]
async fn failed_returns_of_one_network_refuse_no_other_return_there() {
    let (lab, provider, id) = set_up(&[]).await;
    link_ada(&lab).await;
    for _ in 0..1_000 {
        begin(&lab, id).await;
    }
    for _ in 0..320 {
        signed_in(come(&lab, &provider, id, ada()).await);
    }
    let denied = || Return { error: Some("access_denied".into()), ..Return::default() };
    let nobody = NOBODY;
    let forged = async |from: std::net::IpAddr| {
        let begun = begin(&lab, id).await;
        let (visitor, state) = (visitor(&nobody, &begun.browser), state_of(&begun.address));
        let visitor = Visitor { origin: from.into(), ..visitor };
        why(providers::finish(&lab.ctx, visitor, Return { state, ..denied() }).await)
    };
    for _ in 0..300 {
        assert_eq!(forged(here(7)).await, Refusal::Denied);
    }
    assert_eq!(forged(here(7)).await, Refusal::Denied, "it is slowed, and answered");
    assert_eq!(forged(here(8)).await, Refusal::Denied, "elsewhere");
    signed_in(come(&lab, &provider, id, ada()).await);
}

/// A return with a code that the provider does not know.
async fn wrong(lab: &Lab, begun: &SignInStart) -> Refusal {
    let back = back(("x".to_owned(), state_of(&begun.address)));
    why(providers::finish(&lab.ctx, visitor(&NOBODY, &begun.browser), back).await)
}

#[tokio::test]
async fn state_that_failed_thrice_is_used_up() {
    let (lab, provider, id) = set_up(&[]).await;
    link_ada(&lab).await;
    let begun = begin(&lab, id).await;
    for _ in 0..2 {
        assert_eq!(wrong(&lab, &begun).await, Refusal::Unverified);
    }
    let sent = provider.sign_in(&begun.address, ada());
    signed_in(providers::finish(&lab.ctx, visitor(&NOBODY, &begun.browser), back(sent)).await);
    let begun = begin(&lab, id).await;
    for _ in 0..3 {
        assert_eq!(wrong(&lab, &begun).await, Refusal::Unverified);
    }
    provider.requests();
    let sent = provider.sign_in(&begun.address, ada());
    let late = providers::finish(&lab.ctx, visitor(&NOBODY, &begun.browser), back(sent)).await;
    assert_eq!(why(late), Refusal::OtherBrowser);
    assert!(provider.requests().is_empty(), "it is not asked");
    signed_in(come(&lab, &provider, id, ada()).await);
}

type Returning = tokio::task::JoinHandle<Result<SignInOutcome, SignInRefusal>>;

/// A return on its way, from a network.
fn returning(lab: &Lab, network: u32, begun: &SignInStart, back: Return) -> Returning {
    let (ctx, browser) = (lab.ctx.clone(), begun.browser.clone());
    tokio::spawn(async move {
        let nobody = NOBODY;
        let visitor = Visitor { origin: here(network).into(), ..visitor(&nobody, &browser) };
        providers::finish(&ctx, visitor, back).await
    })
}

/// The same with a code that the provider does not know, of a sign-in of its own.
async fn guessing(lab: &Lab, id: IdentityProviderId, network: u32) -> Returning {
    let begun = begin(lab, id).await;
    let back = back(("x".to_owned(), state_of(&begun.address)));
    returning(lab, network, &begun, back)
}

#[tokio::test]
async fn right_code_is_taken_while_hundreds_of_wrong_ones_come_from_its_network() {
    let (lab, provider, id) = set_up(&[]).await;
    link_ada(&lab).await;
    for _ in 0..300 {
        assert_eq!(wrong(&lab, &begin(&lab, id).await).await, Refusal::Unverified);
    }
    let honest = begin(&lab, id).await;
    let sent = back(provider.sign_in(&honest.address, ada()));
    let door = provider.door.write().await;
    let mut guesses = Vec::new();
    for _ in 0..100 {
        guesses.push(guessing(&lab, id, 7).await);
    }
    let honest = returning(&lab, 7, &honest, sent);
    while provider.waiting.load(Relaxed) < 2 {
        tokio::task::yield_now().await;
    }
    drop(door);
    signed_in(honest.await.unwrap());
    for guess in guesses {
        assert_eq!(why(guess.await.unwrap()), Refusal::Unverified, "all are tried");
    }
}

#[tokio::test]
async fn provider_that_hangs_is_asked_by_few_at_once() {
    let (lab, provider, id) = set_up(&[]).await;
    link_ada(&lab).await;
    let (honest, elsewhere) = (begin(&lab, id).await, begin(&lab, id).await);
    let [sent, also] = [&honest, &elsewhere].map(|begun| back(provider.sign_in(&begun.address, ada())));
    let door = provider.door.write().await;
    let mut guesses = Vec::new();
    for _ in 0..40 {
        guesses.push(guessing(&lab, id, 7).await);
    }
    let honest = [returning(&lab, 7, &honest, sent), returning(&lab, 8, &elsewhere, also)];
    while provider.waiting.load(Relaxed) < 9 {
        tokio::task::yield_now().await;
    }
    assert_eq!(provider.most_waiting.load(Relaxed), 9, "eight of one network");
    drop(door);
    for finished in honest {
        signed_in(finished.await.unwrap());
    }
    for guess in guesses {
        assert_eq!(why(guess.await.unwrap()), Refusal::Unverified);
    }
}

#[tokio::test]
async fn suspended_and_former_members_are_refused() {
    let (lab, provider, id) = set_up(&[]).await;
    link_ada(&lab).await;
    for (status, expected) in [("suspended", Refusal::Suspended), ("left", Refusal::Left)] {
        let mut conn = lab.raw().await;
        sqlx::query("UPDATE person SET status = ? WHERE id = 1").bind(status).execute(&mut conn).await.unwrap();
        let token = arrived(come(&lab, &provider, id, ada()).await);
        let arrival = providers::arrival(&lab.ctx, &token).await.unwrap().unwrap();
        assert_eq!(arrival.next, contract::identity_providers::NextStep::Refused(expected));
        assert_eq!(arrival.name.as_deref(), Some("Ada Lovelace"));
        let entered = (super::lab::entrance::PASSWORD, "");
        let proved = providers::prove(&lab.ctx, here(7), "", &token, entered).await;
        assert!(matches!(proved, Err(AccountsError::Gone)), "{proved:?}");
    }
}
