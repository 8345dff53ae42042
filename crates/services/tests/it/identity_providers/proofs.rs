//! Proving who one is by signing in at a provider once more.

use super::{ada, back, come, emre, link_ada, request, set_up, signed_in, visitor, why};
use crate::lab::{
    Lab,
    entrance::{actor, ada_is_in},
    operations::run,
};
use contract::{
    form::Fields,
    passkeys::{ListPasskeys, Passkeys},
};
use domain::{
    accounts::sign_in_methods::MissingProof,
    actor::Actor,
    id::IdentityProviderId,
    identity_providers::{Refusal, SignInPurpose},
    time::MINUTE,
};
use serde_json::{Value, json};
use services::identity_providers::{self as providers, Begin, BeginError, SignInOutcome, SignInRefusal};

async fn missing(lab: &Lab, actor: &Actor) -> Option<MissingProof> {
    let list: Passkeys = run(&lab.ctx, actor, ListPasskeys {}, Fields::default()).await.unwrap();
    list.missing
}

fn to_prove(id: IdentityProviderId) -> Begin<'static> {
    Begin { purpose: SignInPurpose::Prove, destination: "/me/directory", ..request(id, false) }
}

/// The way there and back of a person who proves who they are.
async fn prove(
    lab: &Lab,
    provider: &super::Provider,
    (id, me): (IdentityProviderId, &Actor),
    person: Value,
) -> Result<SignInOutcome, SignInRefusal> {
    let begun = providers::begin(&lab.ctx, me, to_prove(id)).await.unwrap();
    let sent = provider.sign_in(&begun.address, person);
    providers::finish(&lab.ctx, visitor(me, &begun.browser), back(sent)).await
}

#[tokio::test]
async fn sign_in_that_the_provider_remembers_is_no_proof() {
    let (lab, provider, id) = set_up(&[]).await;
    link_ada(&lab).await;
    let seconds = lab.now().0 / 1_000;
    for (auth_time, expected) in [
        (Value::Null, Some(MissingProof::Recent)),
        (json!(seconds - 3_600), Some(MissingProof::Recent)),
        (json!(seconds - 60), None),
    ] {
        let mut ada = ada();
        ada["auth_time"] = auth_time.clone();
        let (opened, _) = signed_in(come(&lab, &provider, id, ada).await);
        let me = actor(&lab, &opened.token).await.unwrap();
        assert_eq!(missing(&lab, &me).await, expected, "{auth_time}");
    }
}

#[tokio::test]
async fn signing_in_there_once_more_is_a_proof() {
    let (lab, provider, id) = set_up(&[]).await;
    link_ada(&lab).await;
    let (opened, _) = signed_in(come(&lab, &provider, id, ada()).await);
    let me = actor(&lab, &opened.token).await.unwrap();
    assert_eq!(missing(&lab, &me).await, Some(MissingProof::Recent));
    let begun = providers::begin(&lab.ctx, &me, to_prove(id)).await.unwrap();
    assert!(begun.address.contains("prompt=login") && begun.address.contains("max_age=0"), "{}", begun.address);
    let sent = provider.sign_in(&begun.address, ada());
    let proved = providers::finish(&lab.ctx, visitor(&me, &begun.browser), back(sent)).await;
    assert_eq!(proved, Ok(SignInOutcome::Proved { to: "/me/directory".into() }));
    assert_eq!(missing(&lab, &me).await, None);
    lab.pass(MINUTE * 11);
    assert_eq!(missing(&lab, &me).await, Some(MissingProof::Recent), "not for long");
    assert_eq!(
        lab.number("SELECT count(*) FROM session").await,
        2,
        "in the same session: the other is of the set-up"
    );
}

#[tokio::test]
async fn provider_that_does_not_ask_again_proves_nothing() {
    let (lab, provider, id) = set_up(&[]).await;
    link_ada(&lab).await;
    let (_, me) = ada_is_in(&lab).await;
    lab.pass(MINUTE * 11);
    provider.pass(11 * 60);
    for remembered in [Value::Null, json!(lab.now().0 / 1_000 - 600)] {
        let mut ada = ada();
        ada["auth_time"] = remembered.clone();
        let refused = prove(&lab, &provider, (id, &me), ada).await;
        assert_eq!(why(refused), Refusal::NotRecent, "{remembered}");
    }
    assert_eq!(missing(&lab, &me).await, Some(MissingProof::Recent));
}

#[tokio::test]
async fn other_account_or_session_proves_nothing_and_is_not_linked() {
    let (lab, provider, id) = set_up(&[]).await;
    link_ada(&lab).await;
    let (_, me) = ada_is_in(&lab).await;
    let (_, elsewhere) = ada_is_in(&lab).await;
    lab.pass(MINUTE * 11);
    provider.pass(11 * 60);
    assert_eq!(why(prove(&lab, &provider, (id, &me), emre()).await), Refusal::OtherAccount);
    let begun = providers::begin(&lab.ctx, &me, to_prove(id)).await.unwrap();
    let sent = provider.sign_in(&begun.address, ada());
    let other = providers::finish(&lab.ctx, visitor(&elsewhere, &begun.browser), back(sent)).await;
    assert_eq!(why(other), Refusal::OtherBrowser);
    assert_eq!(missing(&lab, &me).await, Some(MissingProof::Recent));
    assert_eq!(missing(&lab, &elsewhere).await, Some(MissingProof::Recent));
    assert_eq!(lab.number("SELECT count(*) FROM identity_link").await, 1);
    let nobody = providers::begin(&lab.ctx, &super::NOBODY, to_prove(id)).await.map(drop);
    assert!(matches!(nobody, Err(BeginError::Accounts(_))), "{nobody:?}");
}
