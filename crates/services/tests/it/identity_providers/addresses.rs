//! Addresses that a provider does not vouch for: they make nobody, and are proven by a code.

use super::{arrived, come, link_ada, provider::Provider, set_up, signed_in};
use crate::lab::{
    Lab,
    entrance::{ADA, PASSWORD, actor, catch, caught, here},
};
use contract::identity_providers::NextStep;
use domain::{
    actor::Rank,
    deliveries::Trouble,
    id::IdentityProviderId,
    identity_providers::{CODE_TRIES, Refusal},
};
use serde_json::{Value, json};
use services::{
    accounts::AccountsError,
    identity_providers as providers,
    mail::{self, Carrier, Catcher, Mail, MailError, Mailer, Post},
    token::Token,
};
use std::{
    future::{Future, ready},
    pin::Pin,
    sync::Arc,
};
use text::Lang;

const PEOPLE: &str = "SELECT count(*) FROM person";
const EMAIL: &str = "emre@uni.example";

/// A mail server that is down.
struct Down;

impl Mailer for Down {
    fn send(&self, _: Mail) -> Pin<Box<dyn Future<Output = Result<(), MailError>> + Send + '_>> {
        Box::pin(ready(Err(MailError(Trouble::Unreachable))))
    }
}

/// Emre at a provider that verifies no address.
fn unverified() -> Value {
    json!({ "sub": "emre-there", "name": "Emre Demir", "email": EMAIL })
}

async fn next(lab: &Lab, token: &Token) -> NextStep {
    providers::arrival(&lab.ctx, token).await.unwrap().unwrap().next
}

async fn send(lab: &Lab, token: &Token, email: &str) -> Result<(), AccountsError> {
    providers::send_code(&lab.ctx, here(7), token, email, Lang::En).await
}

fn code_in(mail: &Mail) -> String {
    let code = mail.body.lines().find(|line| line.len() == 6 && line.bytes().all(|byte| byte.is_ascii_digit()));
    code.unwrap().to_owned()
}

#[tokio::test]
async fn unproven_address_makes_nobody() {
    for admission in ["existing", "applicants", "members"] {
        let (lab, provider, id) = set_up(&[("admission", admission)]).await;
        let before = lab.number(PEOPLE).await;
        for (person, claimed) in [
            (unverified(), Some(EMAIL)),
            (json!({ "sub": "b", "email": "ada@lab.example", "email_verified": false }), Some("ada@lab.example")),
            (json!({ "sub": "c", "preferred_username": EMAIL, "email_verified": true }), Some(EMAIL)),
            (json!({ "sub": "d" }), None),
        ] {
            let token = arrived(come(&lab, &provider, id, person.clone()).await);
            let email = claimed.map(str::to_owned);
            assert_eq!(
                next(&lab, &token).await,
                NextStep::Confirm { email, sent: None, mails: false },
                "{person}"
            );
            let applied = providers::apply(&lab.ctx, here(7), "", &token, "Emre").await;
            assert!(matches!(applied, Err(AccountsError::Gone)), "{person}: {applied:?}");
            let sent = send(&lab, &token, EMAIL).await;
            assert!(matches!(sent, Err(AccountsError::CodeNotSent)), "no mail leaves: {sent:?}");
        }
        assert_eq!(lab.number(PEOPLE).await, before, "{admission}");
    }
}

#[tokio::test]
async fn linked_person_needs_no_address() {
    let (lab, provider, id) = set_up(&[("admission", "members")]).await;
    link_ada(&lab).await;
    let (opened, _) = signed_in(come(&lab, &provider, id, json!({ "sub": "ada-there" })).await);
    assert_eq!(actor(&lab, &opened.token).await.unwrap().person(), Some(ADA));
    assert_eq!(lab.text("SELECT email FROM profile WHERE person_id = 1").await, "ada@lab.example", "it stays");
}

#[tokio::test]
async fn code_proves_the_address_by_which_a_stranger_joins() {
    let (lab, provider, id) = set_up(&[("admission", "members")]).await;
    let catcher = catch(&lab);
    let token = arrived(come(&lab, &provider, id, unverified()).await);
    send(&lab, &token, " Emre@Uni.example ").await.unwrap();
    let mail = caught(&catcher, 1).await;
    assert_eq!(mail.to, EMAIL);
    let sent = Some(EMAIL.to_owned());
    assert_eq!(
        next(&lab, &token).await,
        NextStep::Confirm { email: sent.clone(), sent: sent.clone(), mails: true }
    );
    let code = code_in(&mail);
    let other = if code == "000000" { "000001" } else { "000000" };
    let wrong = providers::confirm_address(&lab.ctx, &token, other).await;
    assert!(matches!(wrong, Err(AccountsError::WrongAddressCode)), "{wrong:?}");
    let elsewhere = arrived(come(&lab, &provider, id, unverified()).await);
    let foreign = providers::confirm_address(&lab.ctx, &elsewhere, &code).await;
    assert!(matches!(foreign, Err(AccountsError::WrongAddressCode)), "{foreign:?}");
    providers::confirm_address(&lab.ctx, &token, &format!(" {code} ")).await.unwrap();
    assert_eq!(next(&lab, &token).await, NextStep::Ask { email: sent, joins: true });
    let again = providers::confirm_address(&lab.ctx, &token, &code).await;
    assert!(matches!(again, Err(AccountsError::Gone)), "it is proven: {again:?}");
    let opened = providers::apply(&lab.ctx, here(7), "", &token, "").await.unwrap();
    let me = actor(&lab, &opened.token).await.unwrap();
    assert_eq!(me.known().unwrap().rank(), Rank::Member);
    let stored = "SELECT name || ' ' || email FROM profile ORDER BY person_id DESC LIMIT 1";
    assert_eq!(lab.text(stored).await, format!("Emre Demir {EMAIL}"));
    // From now on the link is enough.
    let (opened, _) = signed_in(come(&lab, &provider, id, unverified()).await);
    assert_eq!(actor(&lab, &opened.token).await.unwrap().person(), me.person());
}

#[tokio::test]
async fn proven_address_of_a_person_here_is_no_proof_of_their_account() {
    let (lab, provider, id) = set_up(&[("admission", "members")]).await;
    let catcher = catch(&lab);
    let before = lab.number(PEOPLE).await;
    let token = arrived(come(&lab, &provider, id, unverified()).await);
    send(&lab, &token, "ada@lab.example").await.unwrap();
    let code = code_in(&caught(&catcher, 1).await);
    providers::confirm_address(&lab.ctx, &token, &code).await.unwrap();
    let email = "ada@lab.example".to_owned();
    assert_eq!(next(&lab, &token).await, NextStep::Prove { email, password: true, second_factor: false });
    let (opened, _) = providers::prove(&lab.ctx, here(7), "", &token, (PASSWORD, "")).await.unwrap();
    assert_eq!(actor(&lab, &opened.token).await.unwrap().person(), Some(ADA));
    assert_eq!(lab.number(PEOPLE).await, before, "nobody was added");
}

#[tokio::test]
async fn code_works_for_a_few_tries_and_another_replaces_it() {
    let (lab, provider, id) = set_up(&[("admission", "applicants")]).await;
    let catcher = catch(&lab);
    let token = arrived(come(&lab, &provider, id, unverified()).await);
    let early = providers::confirm_address(&lab.ctx, &token, "").await;
    assert!(matches!(early, Err(AccountsError::WrongAddressCode)), "none was mailed: {early:?}");
    send(&lab, &token, EMAIL).await.unwrap();
    let first = code_in(&caught(&catcher, 1).await);
    for _ in 0..CODE_TRIES {
        assert!(providers::confirm_address(&lab.ctx, &token, "").await.is_err());
    }
    assert!(providers::confirm_address(&lab.ctx, &token, &first).await.is_err(), "it was tried too often");
    send(&lab, &token, EMAIL).await.unwrap();
    let second = code_in(&caught(&catcher, 2).await);
    providers::confirm_address(&lab.ctx, &token, &second).await.unwrap();
    assert_eq!(next(&lab, &token).await, NextStep::Ask { email: Some(EMAIL.to_owned()), joins: false });
}

#[tokio::test]
async fn code_that_is_not_mailed_leaves_the_one_before_valid() {
    let (lab, provider, id) = set_up(&[("admission", "applicants")]).await;
    let catcher = catch(&lab);
    let down = || {
        let carrier = Carrier::Mailer(Arc::new(Down));
        mail::arrange(&lab.ctx, Post { carrier, site: Some("https://lab.example".into()), ..Post::default() });
    };
    down();
    let token = arrived(come(&lab, &provider, id, unverified()).await);
    let first = send(&lab, &token, EMAIL).await;
    assert!(matches!(first, Err(AccountsError::CodeNotSent)), "{first:?}");
    let email = Some(EMAIL.to_owned());
    assert_eq!(next(&lab, &token).await, NextStep::Confirm { email: email.clone(), sent: None, mails: true });
    let carrier = Carrier::Catcher(Arc::clone(&catcher));
    mail::arrange(&lab.ctx, Post { carrier, site: Some("https://lab.example".into()), ..Post::default() });
    send(&lab, &token, EMAIL).await.unwrap();
    let code = code_in(&caught(&catcher, 1).await);
    for _ in 1..CODE_TRIES {
        assert!(providers::confirm_address(&lab.ctx, &token, "").await.is_err());
    }
    down();
    let another = send(&lab, &token, "other@uni.example").await;
    assert!(matches!(another, Err(AccountsError::CodeNotSent)), "{another:?}");
    let there = NextStep::Confirm { email: email.clone(), sent: email.clone(), mails: true };
    assert_eq!(next(&lab, &token).await, there, "the code went to the first address");
    let tries = "SELECT tries FROM provider_arrival";
    assert_eq!(lab.number(tries).await, i64::from(CODE_TRIES - 1), "its tries count as before");
    providers::confirm_address(&lab.ctx, &token, &code).await.unwrap();
    assert_eq!(next(&lab, &token).await, NextStep::Ask { email, joins: false });
}

/// The arrival of `person`, whose address is proven by a code; it is mailed as number `mails`.
async fn proven(
    lab: &Lab,
    provider: &Provider,
    id: IdentityProviderId,
    catcher: &Catcher,
    mails: usize,
    person: Value,
) -> Token {
    let token = arrived(come(lab, provider, id, person).await);
    send(lab, &token, EMAIL).await.unwrap();
    let code = code_in(&caught(catcher, mails).await);
    providers::confirm_address(&lab.ctx, &token, &code).await.unwrap();
    token
}

#[tokio::test]
async fn address_that_two_have_proven_leads_the_second_to_the_account_of_the_first() {
    let (lab, provider, id) = set_up(&[("admission", "members")]).await;
    let catcher = catch(&lab);
    let first = proven(&lab, &provider, id, &catcher, 1, unverified()).await;
    let twin = json!({ "sub": "twin-there", "name": "Emre Demir", "email": EMAIL });
    let second = proven(&lab, &provider, id, &catcher, 2, twin).await;
    let ask = NextStep::Ask { email: Some(EMAIL.to_owned()), joins: true };
    assert_eq!((next(&lab, &first).await, next(&lab, &second).await), (ask.clone(), ask));
    providers::apply(&lab.ctx, here(7), "", &first, "").await.unwrap();
    let people = lab.number(PEOPLE).await;
    let sign_in = NextStep::Prove { email: EMAIL.to_owned(), password: false, second_factor: false };
    assert_eq!(next(&lab, &second).await, sign_in, "at once");
    let applied = providers::apply(&lab.ctx, here(7), "", &second, "").await;
    assert!(matches!(applied, Err(AccountsError::LinkFirst)), "{applied:?}");
    assert_eq!(next(&lab, &second).await, sign_in, "the arrival lasts");
    assert_eq!(lab.number(PEOPLE).await, people, "nobody was added");
}

#[tokio::test]
async fn proven_address_that_a_person_here_got_meanwhile_is_linked_by_their_password() {
    let (lab, provider, id) = set_up(&[("admission", "applicants")]).await;
    let catcher = catch(&lab);
    let token = proven(&lab, &provider, id, &catcher, 1, unverified()).await;
    lab.sql("UPDATE profile SET email = 'emre@uni.example' WHERE person_id = 1").await;
    let email = EMAIL.to_owned();
    assert_eq!(next(&lab, &token).await, NextStep::Prove { email, password: true, second_factor: false });
    let wrong = providers::prove(&lab.ctx, here(7), "", &token, ("wrong", "")).await;
    assert!(matches!(wrong, Err(AccountsError::WrongPassword)), "{wrong:?}");
    lab.sql("UPDATE person SET status = 'suspended' WHERE id = 1").await;
    assert_eq!(next(&lab, &token).await, NextStep::Refused(Refusal::Suspended));
    let refused = providers::prove(&lab.ctx, here(7), "", &token, (PASSWORD, "")).await;
    assert!(matches!(refused, Err(AccountsError::Gone)), "{refused:?}");
    lab.sql("UPDATE person SET status = 'active' WHERE id = 1").await;
    let (opened, _) = providers::prove(&lab.ctx, here(7), "", &token, (PASSWORD, "")).await.unwrap();
    assert_eq!(actor(&lab, &opened.token).await.unwrap().person(), Some(ADA));
}
