//! Providers as administrators manage them, and signing out at one.

use super::{ISSUER, SECRET, SITE, ada, arrived, come, emre, form, link_ada, set_up, signed_in};
use crate::lab::{
    entrance::{actor, ada_is_in, open},
    operations::{fields, run},
};
use contract::{
    form::{Fault, Faults, Fields},
    identity_providers::{
        AddIdentityProvider, ListIdentityProviders, ReadIdentityProvider, RemoveIdentityProvider,
        SaveIdentityProvider,
    },
};
use domain::{
    actor::Actor,
    identity_providers::{InvalidIssuer, InvalidTokens, MOST},
    outgoing::Failure,
    time::MINUTE,
    versions::ANY,
};
use services::identity_providers::{self as providers, IdentityProvidersError};

#[tokio::test]
async fn secret_is_stored_and_never_answered() {
    let (lab, _, id) = set_up(&[]).await;
    let read = run(&lab.ctx, &Actor::TOOLGATE, ReadIdentityProvider { id }, Fields::default()).await.unwrap();
    assert!(read.has_secret && !format!("{read:?}").contains(SECRET), "{read:?}");
    let save = SaveIdentityProvider { id, version: read.version };
    let changed = form(&[("name", "Maker-ID"), ("client_secret", "")]);
    run(&lab.ctx, &Actor::TOOLGATE, save, fields(&changed)).await.unwrap();
    let stored = "SELECT client_secret FROM identity_provider";
    assert_eq!(lab.text(stored).await, SECRET, "left empty, it stays");
    let save = SaveIdentityProvider { id, version: ANY };
    run(&lab.ctx, &Actor::TOOLGATE, save, fields(&form(&[("client_secret", "another")]))).await.unwrap();
    assert_eq!(lab.text(stored).await, "another");
    assert_eq!(lab.number("SELECT count(*) FROM audit WHERE detail LIKE '%another%'").await, 0);
    let entry = "SELECT detail FROM audit WHERE action = 'identity-provider.changed' ORDER BY seq DESC LIMIT 1";
    assert!(lab.text(entry).await.contains("client_secret"), "the entry names the field");
}

#[tokio::test]
async fn stale_form_gets_the_stored_values_without_the_secret() {
    let (lab, _, id) = set_up(&[]).await;
    let save = |version| SaveIdentityProvider { id, version };
    run(&lab.ctx, &Actor::TOOLGATE, save(1), fields(&form(&[("name", "Maker-ID")]))).await.unwrap();
    let stale = run(&lab.ctx, &Actor::TOOLGATE, save(1), fields(&form(&[("name", "Uni")]))).await;
    let Err(IdentityProvidersError::Stale(saved)) = stale else { panic!("{stale:?}") };
    assert_eq!((saved.version, saved.value("name"), saved.value("issuer")), (2, "Maker-ID", ISSUER));
    assert_eq!(saved.value("client_secret"), "");
}

#[tokio::test]
async fn invalid_fields_are_named_with_their_fault() {
    let (lab, ..) = set_up(&[]).await;
    for (field, value, fault) in [
        ("issuer", "http://id.example.net", Fault::Issuer(InvalidIssuer::Insecure)),
        ("issuer", "id.example.net", Fault::Issuer(InvalidIssuer::Form)),
        ("issuer", "https://10.0.0.1", Fault::Issuer(InvalidIssuer::Private)),
        ("scopes", "e\"mail", Fault::Tokens(InvalidTokens::Character)),
        ("client_id", "toolgate", Fault::ProviderTaken),
        ("second_factor", "sometimes", Fault::Choice),
    ] {
        let added =
            run(&lab.ctx, &Actor::TOOLGATE, AddIdentityProvider {}, fields(&form(&[(field, value)]))).await;
        let Err(IdentityProvidersError::Invalid(faults)) = added.map(drop) else { panic!("{field} {value}") };
        assert_eq!(faults, Faults::one(field, fault), "{field} {value}");
    }
    let without = form(&[("second_factor", "required"), ("client_id", "other")]);
    let added = run(&lab.ctx, &Actor::TOOLGATE, AddIdentityProvider {}, fields(&without)).await.map(drop);
    let Err(IdentityProvidersError::Invalid(faults)) = added else { panic!("{added:?}") };
    assert_eq!(faults, Faults::one("second_factor_values", Fault::NoFactorValues));
}

#[tokio::test]
async fn issuer_stays_while_accounts_are_linked() {
    let (lab, _, id) = set_up(&[]).await;
    let save = SaveIdentityProvider { id, version: ANY };
    let moved = form(&[("issuer", "https://id.example.com"), ("client_secret", "another")]);
    run(&lab.ctx, &Actor::TOOLGATE, save.clone(), fields(&moved)).await.unwrap();
    link_ada(&lab).await;
    let refused = run(&lab.ctx, &Actor::TOOLGATE, save, fields(&form(&[]))).await;
    let Err(IdentityProvidersError::Invalid(faults)) = refused else { panic!("{refused:?}") };
    assert_eq!(faults, Faults::one("issuer", Fault::IssuerLinked));
}

#[tokio::test]
async fn stored_secret_goes_to_no_other_issuer_or_client() {
    let (lab, _, id) = set_up(&[]).await;
    let save = async |changes: &[(&str, &str)]| {
        let save = SaveIdentityProvider { id, version: ANY };
        run(&lab.ctx, &Actor::TOOLGATE, save, fields(&form(changes))).await
    };
    for moved in [("issuer", "https://id.example.com"), ("client_id", "other")] {
        let refused = save(&[moved, ("client_secret", "")]).await;
        let Err(IdentityProvidersError::Invalid(faults)) = refused else { panic!("{moved:?} {refused:?}") };
        assert_eq!(faults, Faults::one("client_secret", Fault::ClientSecretAgain), "{moved:?}");
    }
    assert_eq!(
        lab.text("SELECT issuer || ' ' || client_id FROM identity_provider").await,
        format!("{ISSUER} toolgate")
    );
    save(&[("client_secret", ""), ("forget_secret", "yes")]).await.unwrap();
    assert_eq!(lab.number("SELECT client_secret IS NULL FROM identity_provider").await, 1, "a public client");
    save(&[("client_id", "other"), ("client_secret", "")]).await.unwrap();
}

#[tokio::test]
async fn removed_provider_leaves_no_link_rule_or_secret() {
    let (lab, provider, id) = set_up(&[]).await;
    link_ada(&lab).await;
    let (opened, _) = signed_in(come(&lab, &provider, id, ada()).await);
    let (by_password, _) = ada_is_in(&lab).await;
    lab.sql("UPDATE account SET password = NULL").await;
    let list = run(&lab.ctx, &Actor::TOOLGATE, ListIdentityProviders {}, Fields::default()).await.unwrap();
    assert_eq!((list.providers[0].links, list.providers[0].only_way), (1, 1));
    run(&lab.ctx, &Actor::TOOLGATE, RemoveIdentityProvider { id }, Fields::default()).await.unwrap();
    let left = "SELECT (SELECT count(*) FROM identity_provider) + (SELECT count(*) FROM identity_link)
         + (SELECT count(*) FROM session_identity)";
    assert_eq!(lab.number(left).await, 0);
    assert!(actor(&lab, &opened.token).await.is_none(), "who came in by it is signed out");
    assert!(actor(&lab, &by_password).await.is_some(), "who came in otherwise stays in");
    let again = run(&lab.ctx, &Actor::TOOLGATE, RemoveIdentityProvider { id }, Fields::default()).await;
    assert!(matches!(again, Err(IdentityProvidersError::Unknown)), "{again:?}");
}

#[tokio::test]
async fn providers_are_limited_in_number_and_to_administrators() {
    let lab = open().await;
    for number in 0..MOST {
        let id = format!("client-{number}");
        let new = form(&[("client_id", id.as_str())]);
        run(&lab.ctx, &Actor::TOOLGATE, AddIdentityProvider {}, fields(&new)).await.unwrap();
    }
    let more = run(&lab.ctx, &Actor::TOOLGATE, AddIdentityProvider {}, fields(&form(&[]))).await.map(drop);
    assert!(matches!(more, Err(IdentityProvidersError::TooMany)), "{more:?}");
    lab.grant(2, 1, "owner").await;
    let manager = lab.signed_in(2).await;
    let refused = run(&lab.ctx, &manager, ListIdentityProviders {}, Fields::default()).await.map(drop);
    assert!(matches!(refused, Err(IdentityProvidersError::Forbidden(_))), "{refused:?}");
}

#[tokio::test]
async fn connections_show_state_and_never_a_person() {
    use domain::connections::{State, Trouble};
    let (lab, provider, id) = set_up(&[]).await;
    let state = async || {
        let mut conn = lab.raw().await;
        providers::connections(&lab.ctx, &mut conn, lab.now()).await.unwrap().remove(0)
    };
    let untried = state().await;
    assert_eq!((untried.state, untried.name.as_deref()), (State::Untried, Some("University account")));
    link_ada(&lab).await;
    signed_in(come(&lab, &provider, id, ada()).await);
    assert_eq!(state().await.state, State::Working);
    lab.pass(MINUTE * 61);
    provider.pass(61 * 60);
    provider.fail(Some(Failure::Certificate));
    assert!(providers::begin(&lab.ctx, &super::NOBODY, super::request(id, false)).await.is_err());
    let failing = state().await;
    assert_eq!(
        (failing.state, failing.last_failure.map(|(_, why)| why)),
        (State::Failing, Some(Trouble::Certificate))
    );
    lab.sql("UPDATE identity_provider SET active = 0").await;
    assert_eq!(state().await.state, State::Paused);
}

#[tokio::test]
async fn signing_out_there_names_the_session_and_comes_back() {
    let (lab, provider, id) = set_up(&[]).await;
    link_ada(&lab).await;
    let (opened, _) = signed_in(come(&lab, &provider, id, ada()).await);
    let me = actor(&lab, &opened.token).await.unwrap();
    let there = providers::sign_out(&lab.ctx, &me, None, SITE).await.unwrap().unwrap();
    assert!(actor(&lab, &opened.token).await.is_none(), "signed out here");
    assert_eq!(there.provider, "University account");
    let address = url::Url::parse(&there.address).unwrap();
    assert_eq!((address.host_str(), address.path()), (Some("id.example.org"), "/session/end"));
    let asked: std::collections::HashMap<_, _> = address.query_pairs().into_owned().collect();
    assert_eq!(asked["post_logout_redirect_uri"], format!("{SITE}/sign-in"));
    assert_eq!((asked["client_id"].as_str(), asked["id_token_hint"].split('.').count()), ("toolgate", 3));
    assert_eq!(lab.number("SELECT count(*) FROM session_identity").await, 0, "the token ended with the session");

    let token = arrived(come(&lab, &provider, id, emre()).await);
    let there = providers::sign_out(&lab.ctx, &super::NOBODY, Some(&token), SITE).await.unwrap();
    assert!(there.is_some(), "who is refused may sign out there as well");
    assert_eq!(providers::arrival(&lab.ctx, &token).await.unwrap(), None);
}

#[tokio::test]
async fn address_of_signing_out_is_short_without_a_long_statement() {
    let (lab, provider, id) = set_up(&[]).await;
    link_ada(&lab).await;
    for (length, has_hint) in [(10, true), (4_000, false)] {
        let mut ada = ada();
        ada["acr"] = serde_json::json!("x".repeat(length));
        let (opened, _) = signed_in(come(&lab, &provider, id, ada).await);
        let me = actor(&lab, &opened.token).await.unwrap();
        let there = providers::sign_out(&lab.ctx, &me, None, SITE).await.unwrap().unwrap();
        assert!(there.address.len() < 4_096, "{length}");
        let address = url::Url::parse(&there.address).unwrap();
        let asked: std::collections::HashMap<_, _> = address.query_pairs().into_owned().collect();
        assert_eq!((asked.contains_key("id_token_hint"), asked["client_id"].as_str()), (has_hint, "toolgate"));
        assert_eq!(asked["post_logout_redirect_uri"], format!("{SITE}/sign-in"));
    }
}

#[tokio::test]
async fn signing_out_works_without_the_provider() {
    let (lab, provider, id) = set_up(&[]).await;
    link_ada(&lab).await;
    for change in ["UPDATE identity_provider SET signs_out = 0", "UPDATE identity_provider SET signs_out = 1"] {
        let (opened, _) = signed_in(come(&lab, &provider, id, ada()).await);
        let me = actor(&lab, &opened.token).await.unwrap();
        lab.sql(change).await;
        lab.pass(MINUTE * 61);
        provider.pass(61 * 60);
        provider.fail(Some(Failure::Unreachable));
        assert!(providers::sign_out(&lab.ctx, &me, None, SITE).await.unwrap().is_none(), "{change}");
        assert!(actor(&lab, &opened.token).await.is_none(), "{change}");
        provider.fail(None);
        lab.pass(MINUTE);
        provider.pass(60);
    }
    let nobody = providers::sign_out(&lab.ctx, &super::NOBODY, None, SITE).await.unwrap();
    assert!(nobody.is_none());
}
