//! Statements of a provider that misbehaves, and keys that change.

use super::{
    arrived, come, emre, link_ada,
    provider::{
        LIFE,
        Mischief::{self, *},
    },
    set_up, signed_in, why,
};
use contract::identity_providers::NextStep;
use domain::{
    identity_providers::{KEYS_EVERY, Refusal},
    outgoing::Failure,
    time::MINUTE,
};
use serde_json::{Value, json};

/// Each mischief, and what is recorded of the provider.
const ALL: [(Mischief, &str); 23] = [
    (OtherAudience, "statement"),
    (MoreAudiences, "statement"),
    (OtherParty, "statement"),
    (OtherIssuer, "statement"),
    (OldKey, "statement"),
    (ForgedKey, "statement"),
    (OtherNonce, "statement"),
    (NoNonce, "statement"),
    (Expired, "statement"),
    (Unsigned, "statement"),
    (PublicKeyAsSecret, "statement"),
    (ClientSecretAsKey, "statement"),
    (OtherAccessToken, "statement"),
    (NoStatement, "statement"),
    (NoSubject, "statement"),
    (OtherDetails, "statement"),
    (NoDetails, "unavailable"),
    (BrokenAccessToken, "unclear"),
    (BrokenTokens, "unclear"),
    (RefusesClient, "client"),
    (RefusesCode, "statement"),
    (RedirectsTokens, "unclear"),
    // The same once more: nothing that was learned from mischief makes it pass.
    (ForgedKey, "statement"),
];

#[tokio::test]
async fn statement_that_is_not_valid_lets_nobody_in() {
    let (lab, provider, id) = set_up(&[("admission", "members")]).await;
    link_ada(&lab).await;
    for (mischief, failure) in ALL {
        provider.misbehave(Some(mischief));
        let refused = why(come(&lab, &provider, id, super::ada()).await);
        let expected = match failure {
            "statement" => Refusal::Unverified,
            "unclear" => Refusal::Unreadable,
            _ => Refusal::Unreachable,
        };
        assert_eq!(refused, expected, "{mischief:?}");
        assert_eq!(lab.text("SELECT failure FROM identity_provider").await, failure, "{mischief:?}");
        assert_eq!(lab.number("SELECT count(*) FROM session_identity").await, 0, "{mischief:?}");
        lab.pass(MINUTE);
        provider.pass(60);
    }
    assert_eq!(lab.number("SELECT count(*) FROM person WHERE id > 90").await, 0, "nobody was added");
    provider.misbehave(None);
    signed_in(come(&lab, &provider, id, super::ada()).await);
    assert_eq!(lab.number("SELECT failure IS NULL FROM identity_provider").await, 1);
}

#[tokio::test]
async fn clock_of_a_provider_may_be_two_minutes_behind() {
    let (lab, provider, id) = set_up(&[]).await;
    link_ada(&lab).await;
    for late in [-45, LIFE + 110] {
        provider.pass(-late);
        signed_in(come(&lab, &provider, id, super::ada()).await);
        provider.pass(late);
    }
    provider.pass(-(LIFE + 121));
    assert_eq!(why(come(&lab, &provider, id, super::ada()).await), Refusal::Unverified);
}

#[tokio::test]
async fn rotated_key_is_read_once_a_minute_at_most() {
    let (lab, provider, id) = set_up(&[]).await;
    link_ada(&lab).await;
    signed_in(come(&lab, &provider, id, super::ada()).await);
    // Just after the keys were read.
    provider.rotate("second");
    provider.requests();
    signed_in(come(&lab, &provider, id, super::ada()).await);
    assert_eq!(provider.requests().iter().filter(|path| *path == "/jwks").count(), 1, "looked once more");

    // The key from before the rotation is no longer accepted, and asking in vain is limited.
    provider.misbehave(Some(OldKey));
    for _ in 0..3 {
        assert_eq!(why(come(&lab, &provider, id, super::ada()).await), Refusal::Unverified);
    }
    assert!(!provider.requests().contains(&"/jwks".to_owned()), "within the minute");
    lab.pass(KEYS_EVERY * 2);
    provider.pass(120);
    assert_eq!(why(come(&lab, &provider, id, super::ada()).await), Refusal::Unverified);
    assert_eq!(provider.requests().iter().filter(|path| *path == "/jwks").count(), 1);
    provider.misbehave(None);
    signed_in(come(&lab, &provider, id, super::ada()).await);
}

#[tokio::test]
async fn second_factor_there_counts_if_configured() {
    use crate::lab::entrance::{actor, ada_is_in, code, here, sign_in};
    use domain::actor::Rank;
    let (lab, provider, id) = set_up(&[]).await;
    link_ada(&lab).await;
    lab.sql(
        "INSERT INTO setting (scope, scope_id, key, value) VALUES ('space', 0, 'accounts.second-factor', 'yes')",
    )
    .await;
    let lab = lab.reopen().await;
    super::arrange(&lab, &provider);
    let with = |class: &str| {
        let mut ada = super::ada();
        ada["acr"] = json!(class);
        ada
    };
    let rank = async |token| actor(&lab, token).await.unwrap().known().unwrap().rank();
    let (opened, _) = signed_in(come(&lab, &provider, id, with("mfa")).await);
    assert_eq!(rank(&opened.token).await, Rank::Member, "ignored: roles stay inactive");

    lab.sql("UPDATE identity_provider SET second_factor = 'counts', second_factor_values = 'gold mfa'").await;
    let (opened, _) = signed_in(come(&lab, &provider, id, with("mfa")).await);
    assert_eq!(rank(&opened.token).await, Rank::Administrator);
    let (opened, _) = signed_in(come(&lab, &provider, id, with("silver")).await);
    assert_eq!(rank(&opened.token).await, Rank::Member, "another class");

    lab.sql("UPDATE identity_provider SET second_factor = 'required'").await;
    assert_eq!(why(come(&lab, &provider, id, with("silver")).await), Refusal::SecondFactor);
    let mut methods = super::ada();
    methods["amr"] = json!(["pwd", "mfa"]);
    let (opened, _) = signed_in(come(&lab, &provider, id, methods).await);
    assert_eq!(rank(&opened.token).await, Rank::Administrator);

    // An authenticator here is asked for unless the provider has asked for a second factor.
    lab.sql("UPDATE identity_provider SET second_factor = 'counts'").await;
    let (_, ada) = ada_is_in(&lab).await;
    let offer = services::accounts::begin_totp(&lab.ctx, &ada).await.unwrap();
    let now = code(&offer.secret, lab.now().0);
    services::accounts::confirm_totp(&lab.ctx, &ada, here(1), &now).await.unwrap();
    assert!(sign_in(&lab, "ada@lab.example", crate::lab::entrance::PASSWORD).await.unwrap().second_factor);
    let (opened, _) = signed_in(come(&lab, &provider, id, super::ada()).await);
    assert!(opened.second_factor && actor(&lab, &opened.token).await.is_none());
    let (opened, _) = signed_in(come(&lab, &provider, id, with("gold")).await);
    assert!(!opened.second_factor && actor(&lab, &opened.token).await.is_some());
}

#[tokio::test]
async fn discovery_shows_which_is_wrong() {
    use crate::lab::operations::run;
    use contract::{form::Fields, identity_providers::TestIdentityProvider};
    use domain::actor::Actor;
    let (lab, provider, id) = set_up(&[("scopes", "email groups")]).await;
    let test = async || {
        let tested =
            run(&lab.ctx, &Actor::TOOLGATE, TestIdentityProvider { id }, Fields::default()).await.unwrap();
        (tested.failure.map(domain::identity_providers::Failure::as_str), tested)
    };
    let (failure, tested) = test().await;
    assert_eq!(failure, None);
    assert_eq!(
        (tested.unknown_scopes, tested.signs_out, tested.has_details),
        (vec!["groups".to_owned()], true, true)
    );
    for (changes, expected) in [
        (json!({ "issuer": "https://id.example.org/" }), "other-issuer"),
        (json!({ "token_endpoint": null }), "endpoint"),
        (json!({ "token_endpoint": "http://id.example.org/token" }), "endpoint"),
        (json!({ "userinfo_endpoint": "https://10.0.0.1/me" }), "private"),
        (json!({ "jwks_uri": "https://intranet/jwks" }), "private"),
        (json!({ "authorization_endpoint": "http://id.example.org/auth" }), "endpoint"),
        (json!({ "id_token_signing_alg_values_supported": ["HS256", "none"] }), "algorithm"),
        (json!({ "jwks_uri": 7 }), "unclear"),
    ] {
        provider.describe(changes.clone());
        let (failure, tested) = test().await;
        assert_eq!(failure, Some(expected), "{changes}");
        let issuer = (expected == "other-issuer").then(|| "https://id.example.org/".to_owned());
        assert_eq!(tested.issuer, issuer, "{changes}");
    }
    provider.describe(json!({}));
    for (status, expected) in [(404, "missing"), (302, "missing"), (500, "unavailable"), (403, "unavailable")] {
        provider.answer_with(status);
        assert_eq!(test().await.0, Some(expected), "{status}");
    }
    provider.answer_with(200);
    for (failure, expected) in [
        (Failure::Unreachable, "unreachable"),
        (Failure::Certificate, "certificate"),
        (Failure::Slow, "slow"),
        (Failure::Private, "private"),
        (Failure::TooLarge, "unclear"),
        (Failure::BrokenOff, "unclear"),
    ] {
        provider.fail(Some(failure));
        assert_eq!(test().await.0, Some(expected), "{failure:?}");
    }
    provider.fail(None);
    provider.publish_no_key();
    assert_eq!(test().await.0, Some("keys"));
}

#[tokio::test]
async fn details_without_verified_address_know_nobody_here() {
    let (lab, provider, id) = set_up(&[("admission", "applicants")]).await;
    let mut ada = super::ada();
    ada["email_verified"] = json!(false);
    let token = arrived(come(&lab, &provider, id, ada).await);
    let arrival = services::identity_providers::arrival(&lab.ctx, &token).await.unwrap().unwrap();
    let claimed = Some("ada@lab.example".to_owned());
    assert_eq!(arrival.next, NextStep::Confirm { email: claimed, sent: None, mails: false });
    let token = arrived(come(&lab, &provider, id, emre()).await);
    let arrival = services::identity_providers::arrival(&lab.ctx, &token).await.unwrap().unwrap();
    let email = Some("emre@uni.example".to_owned());
    assert_eq!(arrival.next, NextStep::Ask { email, joins: false });
}

#[tokio::test]
async fn verification_sent_as_text_counts_by_its_value() {
    let (lab, provider, id) = set_up(&[("admission", "applicants")]).await;
    let next = async |verified: Value| {
        let mut emre = emre();
        emre["email_verified"] = verified;
        let token = arrived(come(&lab, &provider, id, emre).await);
        services::identity_providers::arrival(&lab.ctx, &token).await.unwrap().unwrap().next
    };
    let email = Some("emre@uni.example".to_owned());
    for verified in [json!(true), json!("true")] {
        assert_eq!(next(verified).await, NextStep::Ask { email: email.clone(), joins: false });
    }
    for unproven in [json!("false"), json!(false)] {
        let expected = NextStep::Confirm { email: email.clone(), sent: None, mails: false };
        assert_eq!(next(unproven).await, expected);
    }
}
