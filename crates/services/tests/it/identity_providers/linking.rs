//! Linking an account here to one there: by proof of both, never by an equal address; and coming in without an account here.

use super::{ada, arrived, back, come, emre, link_ada, person, request, set_up, signed_in, visitor, why};
use crate::lab::{
    entrance::{ADA, PASSWORD, actor, ada_is_in, code, here, sign_in, token_of},
    operations::run,
};
use contract::{
    accounts::Delivery,
    form::Fields,
    identity_providers::{NextStep, ReadIdentityLinks, UnlinkIdentity},
};
use domain::{
    actor::{Actor, Rank},
    identity_providers::{GROUPS, LASTS, Refusal},
    people::PersonStatus,
    time::MINUTE,
};
use serde_json::json;
use services::{
    accounts::{self, AccountsError},
    identity_providers::{self as providers, BeginError, SignInOutcome},
    privacy,
    token::Token,
};
use text::Lang;

const LINKS: &str = "SELECT count(*) FROM identity_link";

#[tokio::test]
async fn equal_address_is_no_proof() {
    for admission in ["existing", "applicants", "members"] {
        let (lab, provider, id) = set_up(&[("admission", admission)]).await;
        let token = arrived(come(&lab, &provider, id, ada()).await);
        let arrival = providers::arrival(&lab.ctx, &token).await.unwrap().unwrap();
        let email = "ada@lab.example".to_owned();
        assert_eq!(arrival.next, NextStep::Prove { email, password: true, second_factor: false }, "{admission}");
        assert_eq!(lab.number(LINKS).await, 0, "{admission}");
        let applied = providers::apply(&lab.ctx, here(7), "", &token, "").await;
        assert!(matches!(applied, Err(AccountsError::LinkFirst)), "nor does it make another person: {applied:?}");
        let wrong = providers::prove(&lab.ctx, here(7), "", &token, ("wrong", "")).await;
        assert!(matches!(wrong, Err(AccountsError::WrongPassword)), "{wrong:?}");
        assert_eq!(lab.number(LINKS).await, 0, "{admission}");
        let (opened, to) = providers::prove(&lab.ctx, here(7), "Firefox", &token, (PASSWORD, "")).await.unwrap();
        assert_eq!(actor(&lab, &opened.token).await.unwrap().person(), Some(ADA));
        assert_eq!(to, "/machines/1");
        let again = providers::prove(&lab.ctx, here(7), "", &token, (PASSWORD, "")).await;
        assert!(matches!(again, Err(AccountsError::Gone)), "an arrival is used once: {again:?}");
        signed_in(come(&lab, &provider, id, ada()).await);
    }
}

#[tokio::test]
async fn second_factor_is_part_of_the_proof() {
    let (lab, provider, id) = set_up(&[]).await;
    let (_, me) = ada_is_in(&lab).await;
    let offer = accounts::begin_totp(&lab.ctx, &me).await.unwrap();
    accounts::confirm_totp(&lab.ctx, &me, here(1), &code(&offer.secret, lab.now().0)).await.unwrap();
    lab.pass(MINUTE);
    provider.pass(60);
    let token = arrived(come(&lab, &provider, id, ada()).await);
    let arrival = providers::arrival(&lab.ctx, &token).await.unwrap().unwrap();
    assert!(matches!(arrival.next, NextStep::Prove { second_factor: true, .. }), "{arrival:?}");
    for wrong in ["", "000000"] {
        let refused = providers::prove(&lab.ctx, here(7), "", &token, (PASSWORD, wrong)).await;
        assert!(matches!(refused, Err(AccountsError::WrongCode)), "{wrong:?}: {refused:?}");
    }
    assert_eq!(lab.number(LINKS).await, 0);
    let right = code(&offer.secret, lab.now().0);
    let (opened, _) = providers::prove(&lab.ctx, here(7), "", &token, (PASSWORD, &right)).await.unwrap();
    assert!(!opened.second_factor && actor(&lab, &opened.token).await.is_some());
    assert_eq!(lab.number(LINKS).await, 1);
}

#[tokio::test]
async fn second_factor_there_does_not_replace_the_one_here() {
    let (lab, provider, id) = set_up(&[("second_factor", "counts"), ("second_factor_values", "mfa")]).await;
    let (_, me) = ada_is_in(&lab).await;
    let offer = accounts::begin_totp(&lab.ctx, &me).await.unwrap();
    accounts::confirm_totp(&lab.ctx, &me, here(1), &code(&offer.secret, lab.now().0)).await.unwrap();
    lab.pass(MINUTE);
    provider.pass(60);
    let mut thief = ada();
    thief["amr"] = json!(["mfa"]);
    let token = arrived(come(&lab, &provider, id, thief.clone()).await);
    let arrival = providers::arrival(&lab.ctx, &token).await.unwrap().unwrap();
    assert!(matches!(arrival.next, NextStep::Prove { second_factor: true, .. }), "{arrival:?}");
    let refused = providers::prove(&lab.ctx, here(7), "", &token, (PASSWORD, "")).await;
    assert!(matches!(refused, Err(AccountsError::WrongCode)), "{refused:?}");
    assert_eq!(lab.number(LINKS).await, 0);
    let right = code(&offer.secret, lab.now().0);
    providers::prove(&lab.ctx, here(7), "", &token, (PASSWORD, &right)).await.unwrap();
    let (opened, _) = signed_in(come(&lab, &provider, id, thief).await);
    assert!(!opened.second_factor, "once linked, it counts");
}

#[tokio::test]
async fn manager_whose_second_factor_is_a_passkey_signs_in_first() {
    let (lab, provider, id) = set_up(&[]).await;
    lab.sql(
        "INSERT INTO setting (scope, scope_id, key, value) VALUES ('space', 0, 'accounts.second-factor', 'yes');
         INSERT INTO passkey (person_id, credential_id, credential, name, created_at) VALUES (1, x'01', '{}', 'Phone', 0)",
    )
    .await;
    let lab = lab.reopen().await;
    super::arrange(&lab, &provider);
    let token = arrived(come(&lab, &provider, id, ada()).await);
    let arrival = providers::arrival(&lab.ctx, &token).await.unwrap().unwrap();
    assert!(matches!(arrival.next, NextStep::Prove { password: false, .. }), "{arrival:?}");
    let refused = providers::prove(&lab.ctx, here(7), "", &token, (PASSWORD, "")).await;
    assert!(matches!(refused, Err(AccountsError::SecondFactorFirst)), "{refused:?}");
    assert_eq!(lab.number(LINKS).await, 0);
}

#[tokio::test]
async fn guesses_at_the_proof_are_limited() {
    let (lab, provider, id) = set_up(&[]).await;
    let token = arrived(come(&lab, &provider, id, ada()).await);
    for _ in 0..5 {
        let wrong = providers::prove(&lab.ctx, here(7), "", &token, ("wrong", "")).await;
        assert!(matches!(wrong, Err(AccountsError::WrongPassword)), "{wrong:?}");
    }
    let right = providers::prove(&lab.ctx, here(7), "", &token, (PASSWORD, "")).await;
    assert!(matches!(right, Err(AccountsError::TooMany(_))), "{right:?}");
}

#[tokio::test]
async fn arrival_expires_after_ten_minutes() {
    let (lab, provider, id) = set_up(&[]).await;
    let token = arrived(come(&lab, &provider, id, ada()).await);
    lab.pass(LASTS);
    assert_eq!(providers::arrival(&lab.ctx, &token).await.unwrap(), None);
    let late = providers::prove(&lab.ctx, here(7), "", &token, (PASSWORD, "")).await;
    assert!(matches!(late, Err(AccountsError::Gone)), "{late:?}");
    services::sessions::forget_run_out(&lab.ctx).await.unwrap();
    assert_eq!(lab.number("SELECT count(*) FROM provider_arrival").await, 0);
}

#[tokio::test]
async fn signed_in_person_links_by_going_there() {
    let (lab, provider, id) = set_up(&[]).await;
    let (_, me) = ada_is_in(&lab).await;
    let begun = providers::begin(&lab.ctx, &me, request(id, true)).await.unwrap();
    // Under another address than here.
    let sent = provider.sign_in(&begun.address, person("a-1", "Augusta King", "augusta@uni.example"));
    let finished = providers::finish(&lab.ctx, visitor(&me, &begun.browser), back(sent)).await;
    assert_eq!(finished, Ok(SignInOutcome::Linked));
    let links = run(&lab.ctx, &me, ReadIdentityLinks {}, Fields::default()).await.unwrap();
    let link = links.providers[0].link.clone().unwrap();
    assert_eq!((link.called.as_deref(), links.providers[0].may_unlink), (Some("augusta@uni.example"), true));
    assert_eq!(links.signs_out, None, "this session was opened by a password");
    let came = come(&lab, &provider, id, person("a-1", "Augusta King", "augusta@uni.example")).await;
    let (opened, _) = signed_in(came);
    let me = actor(&lab, &opened.token).await.unwrap();
    assert_eq!(me.person(), Some(ADA));
    let links = run(&lab.ctx, &me, ReadIdentityLinks {}, Fields::default()).await.unwrap();
    assert_eq!(links.signs_out.as_deref(), Some("University account"));
}

#[tokio::test]
async fn link_needs_a_recent_proof_and_the_same_session() {
    let (lab, provider, id) = set_up(&[]).await;
    let nobody = providers::begin(&lab.ctx, &super::NOBODY, request(id, true)).await.map(drop);
    assert!(matches!(nobody, Err(BeginError::Accounts(AccountsError::Forbidden(_)))), "{nobody:?}");
    let (_, me) = ada_is_in(&lab).await;
    let begun = providers::begin(&lab.ctx, &me, request(id, true)).await.unwrap();
    let sent = provider.sign_in(&begun.address, ada());
    let (_, elsewhere) = ada_is_in(&lab).await;
    let other = providers::finish(&lab.ctx, visitor(&elsewhere, &begun.browser), back(sent)).await;
    assert_eq!(why(other), Refusal::OtherBrowser, "another session of the same person");
    let begun = providers::begin(&lab.ctx, &me, request(id, true)).await.unwrap();
    let sent = provider.sign_in(&begun.address, ada());
    accounts::sign_out(&lab.ctx, &me).await.unwrap();
    let ended = providers::finish(&lab.ctx, visitor(&me, &begun.browser), back(sent)).await;
    assert_eq!(why(ended), Refusal::OtherBrowser, "the session ended meanwhile");
    lab.pass(MINUTE * 11);
    let late = providers::begin(&lab.ctx, &elsewhere, request(id, true)).await.map(drop);
    assert!(matches!(late, Err(BeginError::Accounts(AccountsError::ProofNeeded))), "{late:?}");
    assert_eq!(lab.number(LINKS).await, 0);
}

#[tokio::test]
async fn account_there_belongs_to_one_person_and_one_person_has_one() {
    let (lab, provider, id) = set_up(&[]).await;
    link_ada(&lab).await;
    // Bob signs in with Ada's password hash.
    lab.sql("INSERT INTO account (person_id, password) SELECT 2, password FROM account WHERE person_id = 1").await;
    let bob = sign_in(&lab, "bob@lab.example", PASSWORD).await.unwrap();
    let bob = actor(&lab, &bob.token).await.unwrap();
    let link = async |me: &Actor, person| {
        let begun = providers::begin(&lab.ctx, me, request(id, true)).await.unwrap();
        let sent = provider.sign_in(&begun.address, person);
        providers::finish(&lab.ctx, visitor(me, &begun.browser), back(sent)).await
    };
    assert_eq!(why(link(&bob, ada()).await), Refusal::LinkedElsewhere);
    assert_eq!(link(&bob, emre()).await, Ok(SignInOutcome::Linked));
    assert_eq!(link(&bob, emre()).await, Ok(SignInOutcome::Linked), "again is no fault");
    assert_eq!(why(link(&bob, person("third", "Bob", "b@uni.example")).await), Refusal::AlreadyLinked);
    assert_eq!(lab.number(LINKS).await, 2);
}

#[tokio::test]
async fn unlinking_signs_out_who_came_in_by_that_account() {
    let (lab, provider, id) = set_up(&[]).await;
    link_ada(&lab).await;
    let (thief, _) = signed_in(come(&lab, &provider, id, ada()).await);
    let (token, me) = ada_is_in(&lab).await;
    let link = domain::id::IdentityLinkId(lab.number("SELECT id FROM identity_link").await);
    run(&lab.ctx, &me, UnlinkIdentity { id: link }, Fields::default()).await.unwrap();
    assert!(actor(&lab, &thief.token).await.is_none(), "signed out");
    assert!(actor(&lab, &token).await.is_some(), "the session that unlinked it stays");
}

#[tokio::test]
async fn last_way_in_is_not_unlinked() {
    let (lab, provider, id) = set_up(&[]).await;
    link_ada(&lab).await;
    let mut recent = ada();
    recent["auth_time"] = json!(lab.now().0 / 1_000);
    let (opened, _) = signed_in(come(&lab, &provider, id, recent).await);
    let me = actor(&lab, &opened.token).await.unwrap();
    let link = domain::id::IdentityLinkId(lab.number("SELECT id FROM identity_link").await);
    lab.sql("UPDATE account SET password = NULL").await;
    let links = run(&lab.ctx, &me, ReadIdentityLinks {}, Fields::default()).await.unwrap();
    assert!(!links.providers[0].may_unlink, "{links:?}");
    let unlink = async || run(&lab.ctx, &me, UnlinkIdentity { id: link }, Fields::default()).await;
    let refused = unlink().await;
    assert!(matches!(refused, Err(AccountsError::LastMethod)), "{refused:?}");
    // A manager's link lets them choose a password again.
    let Delivery::ByHand { link: way } =
        accounts::help_in(&lab.ctx, &Actor::TOOLGATE, ADA, Lang::En).await.unwrap()
    else {
        panic!("mailed")
    };
    let opened = accounts::accept(&lab.ctx, here(1), "", &token_of(&way), PASSWORD).await.unwrap();
    let me = actor(&lab, &opened.token).await.unwrap();
    run(&lab.ctx, &me, UnlinkIdentity { id: link }, Fields::default()).await.unwrap();
    assert_eq!(lab.number(LINKS).await, 0);
    let again = run(&lab.ctx, &me, UnlinkIdentity { id: link }, Fields::default()).await;
    assert!(matches!(again, Err(AccountsError::Unknown)), "{again:?}");
    arrived(come(&lab, &provider, id, ada()).await);
}

#[tokio::test]
async fn stranger_asks_to_join_and_sees_their_application() {
    let (lab, provider, id) = set_up(&[("admission", "applicants")]).await;
    let token = arrived(come(&lab, &provider, id, emre()).await);
    let opened = providers::apply(&lab.ctx, here(7), "Firefox", &token, "Somebody Else").await.unwrap();
    let me = actor(&lab, &opened.token).await.unwrap();
    let account = accounts::account(&lab.ctx, &me).await.unwrap();
    assert_eq!((account.name.as_str(), account.status), ("Emre Demir", PersonStatus::Applicant));
    assert_eq!(account.email.as_deref(), Some("emre@uni.example"));
    let again = providers::apply(&lab.ctx, here(7), "", &token, "").await;
    assert!(matches!(again, Err(AccountsError::Gone)), "{again:?}");
    let (opened, _) = signed_in(come(&lab, &provider, id, emre()).await);
    assert_eq!(actor(&lab, &opened.token).await.unwrap().person(), me.person());
}

#[tokio::test]
async fn provider_for_existing_accounts_brings_in_nobody() {
    let (lab, provider, id) = set_up(&[("admission", "existing")]).await;
    let token = arrived(come(&lab, &provider, id, emre()).await);
    let arrival = providers::arrival(&lab.ctx, &token).await.unwrap().unwrap();
    assert_eq!(arrival.next, NextStep::Refused(Refusal::NotAdmitted));
    assert_eq!((arrival.name.as_deref(), arrival.signs_out), (Some("Emre Demir"), true));
    let applied = providers::apply(&lab.ctx, here(7), "", &token, "").await;
    assert!(matches!(applied, Err(AccountsError::Gone)), "{applied:?}");
    assert_eq!(lab.number("SELECT count(*) FROM profile WHERE name = 'Emre Demir'").await, 0);
}

#[tokio::test]
async fn provider_for_members_makes_members_in_the_right_groups() {
    let (lab, provider, id) = set_up(&[("admission", "members"), ("groups_claim", "groups")]).await;
    let mut conn = lab.raw().await;
    sqlx::query(
        "INSERT INTO group_rule (source, external, folded, type_id, relation, created_at)
         VALUES ('provider-' || ?, 'Laser Users', 'laser users', 3, 'user', 0)",
    )
    .bind(id.0)
    .execute(&mut conn)
    .await
    .unwrap();
    let with = |groups: &[&str]| {
        let mut emre = emre();
        emre["groups"] = json!(groups);
        emre
    };
    let (opened, _) = signed_in(come(&lab, &provider, id, with(&["laser users"])).await);
    let me = actor(&lab, &opened.token).await.unwrap();
    assert_eq!(me.known().unwrap().rank(), Rank::Member);
    let may_use = async |token: &Token| {
        let me = actor(&lab, token).await.unwrap();
        me.known().unwrap().is(domain::qualifications::Relation::User, domain::id::TypeId(3), None)
    };
    assert!(may_use(&opened.token).await, "qualified by the group");
    let mut elsewhere = emre();
    elsewhere["_claim_names"] = json!({ "groups": "src1" });
    let many: Vec<_> = (0..=GROUPS).map(|number| number.to_string()).collect();
    let cut = with(&many.iter().map(String::as_str).collect::<Vec<_>>());
    for unknown in [emre(), elsewhere, cut] {
        let (opened, _) = signed_in(come(&lab, &provider, id, unknown.clone()).await);
        assert!(may_use(&opened.token).await, "a list that is missing or cut takes nothing: {unknown}");
    }
    let (opened, _) = signed_in(come(&lab, &provider, id, with(&[])).await);
    assert!(!may_use(&opened.token).await, "the group was left");
    assert_eq!(lab.number("SELECT count(*) FROM audit WHERE action = 'account.joined'").await, 1);
}

#[tokio::test]
async fn address_stated_by_a_provider_never_becomes_a_name() {
    let (lab, provider, id) = set_up(&[("admission", "members"), ("groups_claim", "groups")]).await;
    let address = "emre@uni.example";
    for (number, (claims, name)) in (1..).zip([
        (json!({}), None),
        (json!({ "preferred_username": address }), None),
        (json!({ "name": address, "preferred_username": address }), None),
        (json!({ "name": format!("Emre <{address}>") }), None),
        (json!({ "name": address, "given_name": "Emre", "family_name": "Demir" }), Some("Emre Demir")),
        (json!({ "preferred_username": "e.demir" }), Some("e.demir")),
    ]) {
        let email = format!("{number}-{address}");
        let mut person =
            json!({ "sub": format!("there-{number}"), "email": email, "email_verified": true, "groups": [] });
        person.as_object_mut().unwrap().extend(claims.as_object().unwrap().clone());
        let finished = come(&lab, &provider, id, person).await;
        if name.is_some() {
            signed_in(finished);
        } else {
            // They state by which name they join.
            let token = arrived(finished);
            let arrival = providers::arrival(&lab.ctx, &token).await.unwrap().unwrap();
            assert_eq!(arrival.next, NextStep::Ask { email: Some(email), joins: true }, "{claims}");
            let nameless = providers::apply(&lab.ctx, here(number), "", &token, " ").await;
            assert!(matches!(nameless, Err(AccountsError::Invalid(_))), "{nameless:?}");
            providers::apply(&lab.ctx, here(number), "", &token, "Emre D.").await.unwrap();
        }
        let stored = lab.text("SELECT name FROM profile ORDER BY person_id DESC LIMIT 1").await;
        assert_eq!(stored, name.unwrap_or("Emre D."), "{claims}");
        assert_eq!(lab.text("SELECT status FROM person ORDER BY id DESC LIMIT 1").await, "active", "{claims}");
    }
}

#[tokio::test]
async fn links_are_exported_and_erased() {
    let (lab, provider, id) = set_up(&[]).await;
    link_ada(&lab).await;
    signed_in(come(&lab, &provider, id, ada()).await);
    let (_, me) = ada_is_in(&lab).await;
    let data = privacy::export(&lab.ctx, &me, ADA).await.unwrap();
    let data = serde_json::to_string(&data).unwrap();
    assert!(data.contains("ada-there") && data.contains("University account"), "{data}");
    for secret in [super::SECRET, "eyJ"] {
        assert!(!data.contains(secret), "{secret} in {data}");
    }
    lab.grant(2, 2, "owner").await;
    let bob = lab.signed_in(2).await;
    privacy::erase(&lab.ctx, &bob, ADA).await.unwrap();
    assert_eq!(lab.number(LINKS).await, 0);
    assert_eq!(lab.number("SELECT count(*) FROM session_identity").await, 0);
}
