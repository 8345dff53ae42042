//! Passkeys: made, used, refused and removed; as the second factor; and passwords switched off.

mod methods;
mod off;

use crate::lab::{
    Lab,
    authenticator::{Algorithm, Authenticator},
    entrance::{self, PASSWORD, actor, ada_is_in, catch, here, sign_in},
    operations::{fields, run},
    seconds,
};
use contract::{
    form::Fields,
    notices::Which,
    passkeys::{ListPasskeys, Passkeys},
};
use domain::{actor::Actor, notices::Kind};
use serde_json::json;
use services::{
    error::ServiceError,
    notices::list as list_notices,
    passkeys::{self, Offer, PasskeysError},
    sessions::{Recognised, recognise},
    token::Token,
};
use text::Lang;

/// The lab at <https://lab.example>, where Ada has signed in by her password.
async fn open() -> (Lab, Token, Actor) {
    let lab = entrance::open().await;
    catch(&lab);
    let (token, ada) = ada_is_in(&lab).await;
    (lab, token, ada)
}

async fn list(lab: &Lab, actor: &Actor) -> Passkeys {
    run(&lab.ctx, actor, ListPasskeys {}, Fields::default()).await.unwrap()
}

async fn notices_of(lab: &Lab, actor: &Actor) -> Vec<Kind> {
    let page = list_notices(&lab.ctx, actor, Which::All, None).await.unwrap();
    page.notices.into_iter().filter_map(|one| one.told.map(|told| told.notice.kind())).collect()
}

fn code<T>(refused: Result<T, PasskeysError>) -> String {
    match refused {
        Ok(_) => "accepted".into(),
        Err(error) => error.problem(Lang::En).code,
    }
}

#[tokio::test]
async fn passkey_signs_in_and_counts_as_both_factors() {
    let (lab, _, ada) = open().await;
    let mut phone = Authenticator::new(1);
    let id = phone.add(&lab.ctx, &ada, " Phone ").await.unwrap();
    let listed = list(&lab, &ada).await;
    assert_eq!(listed.passkeys.len(), 1);
    assert_eq!((listed.passkeys[0].id, listed.passkeys[0].name.as_str()), (id, "Phone"));
    assert!(listed.passkeys[0].used.is_none() && listed.methods.count() == 2);
    lab.pass(seconds(60));
    let opened = phone.sign_in(&lab.ctx).await.unwrap();
    assert!(!opened.second_factor && opened.device.is_some(), "{opened:?}");
    let again = actor(&lab, &opened.token).await.unwrap();
    assert_eq!(again.person(), ada.person());
    assert!(list(&lab, &again).await.passkeys[0].used.is_some());
    assert_eq!(notices_of(&lab, &again).await, [Kind::SignInMethodChanged], "she is told that it was added");
    let audit =
        "SELECT group_concat(action, ' ') FROM (SELECT action FROM audit WHERE action LIKE 'account.passkey%'
                  OR action = 'account.signed-in' ORDER BY seq DESC LIMIT 2)";
    assert_eq!(lab.text(audit).await, "account.signed-in account.passkey-added");
}

#[tokio::test]
async fn options_ask_for_keys_on_the_device_that_verify_their_user() {
    let (lab, _, ada) = open().await;
    let mut phone = Authenticator::new(1);
    phone.add(&lab.ctx, &ada, "Phone").await.unwrap();
    let Offer { options, .. } = passkeys::begin_adding(&lab.ctx, &ada, "Phone").await.unwrap();
    assert_eq!(options["rp"]["id"], "lab.example");
    assert_eq!(options["pubKeyCredParams"].as_array().unwrap().len(), 1);
    assert_eq!(options["pubKeyCredParams"][0]["alg"], -7);
    assert_eq!(options["authenticatorSelection"]["residentKey"], "required");
    assert_eq!(options["authenticatorSelection"]["userVerification"], "required");
    assert_eq!(options["excludeCredentials"].as_array().unwrap().len(), 1, "the one that she has");
    assert_ne!(options["attestation"], "direct");
    assert_eq!(options["user"]["name"], "ada@lab.example");
    assert_eq!(options["user"]["id"].as_str().map(ToOwned::to_owned), phone.handle, "always the same");
    let Offer { options, .. } = passkeys::begin_sign_in(&lab.ctx).unwrap();
    assert_eq!(options["userVerification"], "required");
    assert!(options["allowCredentials"].as_array().is_none_or(Vec::is_empty), "it names nobody: {options}");
}

#[tokio::test]
async fn passkey_of_another_site_is_refused() {
    let (lab, _, ada) = open().await;
    for (origin, site) in [
        ("https://lab.example.evil", "lab.example"),
        ("https://lab.example:8443", "lab.example"),
        ("http://lab.example", "lab.example"),
        ("https://lab.example", "evil.example"),
    ] {
        let mut phone = Authenticator::new(1);
        (phone.origin, phone.site) = (origin.into(), site.into());
        assert_eq!(code(phone.add(&lab.ctx, &ada, "Phone").await), "passkey.other-site", "{origin} {site}");
        let mut phone = Authenticator::new(2);
        let id = phone.add(&lab.ctx, &ada, "Phone").await.unwrap();
        (phone.origin, phone.site) = (origin.into(), site.into());
        assert_eq!(code(phone.sign_in(&lab.ctx).await), "passkey.other-site", "{origin} {site}");
        run(&lab.ctx, &ada, contract::passkeys::RemovePasskey { id }, Fields::default()).await.unwrap();
    }
    assert!(list(&lab, &ada).await.passkeys.is_empty());
}

#[tokio::test]
async fn page_embedded_in_another_site_is_refused() {
    let (lab, token, ada) = open().await;
    let top = "https://evil.example";
    for embedding in [
        json!({ "crossOrigin": true }),
        json!({ "crossOrigin": true, "topOrigin": top }),
        json!({ "crossOrigin": false, "topOrigin": top }),
        json!({ "topOrigin": top }),
        json!({ "topOrigin": "https://lab.example" }),
        json!({ "crossOrigin": "true" }),
    ] {
        let mut phone = Authenticator::new(1);
        phone.embedding = embedding.clone();
        assert_eq!(code(phone.add(&lab.ctx, &ada, "Phone").await), "passkey.refused", "{embedding}");
        assert!(list(&lab, &ada).await.passkeys.is_empty(), "{embedding}");
        phone.embedding = json!({});
        let id = phone.add(&lab.ctx, &ada, "Phone").await.unwrap();
        let before = lab.number("SELECT count(*) FROM session").await;
        phone.embedding = embedding.clone();
        assert_eq!(code(phone.sign_in(&lab.ctx).await), "passkey.refused", "{embedding}");
        assert_eq!(code(phone.confirm(&lab.ctx, &token).await), "passkey.refused", "{embedding}");
        assert_eq!(lab.number("SELECT count(*) FROM session").await, before, "{embedding}");
        phone.embedding = json!({ "crossOrigin": false });
        phone.sign_in(&lab.ctx).await.unwrap();
        run(&lab.ctx, &ada, contract::passkeys::RemovePasskey { id }, Fields::default()).await.unwrap();
    }
}

#[tokio::test]
async fn ceremony_is_answered_once_and_in_time() {
    let (lab, token, ada) = open().await;
    let mut phone = Authenticator::new(1);
    let Offer { ceremony, options } = passkeys::begin_adding(&lab.ctx, &ada, "Phone").await.unwrap();
    let answer = phone.create(&options);
    passkeys::add(&lab.ctx, &ada, &ceremony, &answer, "Phone").await.unwrap();
    assert_eq!(code(passkeys::add(&lab.ctx, &ada, &ceremony, &answer, "Phone").await), "passkey.over");

    let enter = async |ceremony: &Token, answer: &str| {
        code(passkeys::sign_in(&lab.ctx, here(7), "", ceremony, answer).await)
    };
    let Offer { ceremony, options } = passkeys::begin_sign_in(&lab.ctx).unwrap();
    let answer = phone.get(&options);
    assert_eq!(enter(&ceremony, &answer).await, "accepted");
    assert_eq!(enter(&ceremony, &answer).await, "passkey.over", "a replay");
    let Offer { ceremony, options } = passkeys::begin_sign_in(&lab.ctx).unwrap();
    assert_eq!(enter(&ceremony, &answer).await, "passkey.refused", "the answer to another challenge");
    assert_eq!(enter(&ceremony, &phone.get(&options)).await, "accepted", "a wrong answer stops nobody");

    let Offer { ceremony, options } = passkeys::begin_sign_in(&lab.ctx).unwrap();
    lab.pass(seconds(300));
    assert_eq!(enter(&ceremony, &phone.get(&options)).await, "passkey.over", "too late");

    let Offer { ceremony, options } = passkeys::begin_confirmation(&lab.ctx, &token).await.unwrap();
    assert_eq!(enter(&ceremony, &phone.get(&options)).await, "passkey.over", "it was begun for something else");
    assert_eq!(enter(&Token::presented("x"), &phone.get(&options)).await, "passkey.over");
    assert_eq!(enter(&ceremony, "").await, "passkey.unanswered", "without script");
    assert_eq!(enter(&ceremony, "{}").await, "passkey.refused");
    assert_eq!(enter(&ceremony, &"x".repeat(100_000)).await, "passkey.refused");
    lab.pass(seconds(600));
    services::sessions::forget_run_out(&lab.ctx).await.unwrap();
    assert_eq!(lab.number("SELECT count(*) FROM passkey_ceremony").await, 0);
}

#[tokio::test]
async fn counter_that_goes_back_is_refused_and_notified() {
    let (lab, _, ada) = open().await;
    let mut phone = Authenticator::new(1);
    phone.counter = 5;
    phone.add(&lab.ctx, &ada, "Phone").await.unwrap();
    phone.sign_in(&lab.ctx).await.unwrap();
    lab.pass(seconds(60));
    let before = lab.number("SELECT count(*) FROM session").await;
    phone.counter = 2;
    assert_eq!(code(phone.sign_in(&lab.ctx).await), "passkey.copied");
    assert_eq!(lab.number("SELECT count(*) FROM session").await, before, "nobody was let in");
    assert_eq!(notices_of(&lab, &ada).await, [Kind::SignInMethodChanged; 2]);
    assert_eq!(lab.text("SELECT action FROM audit ORDER BY seq DESC LIMIT 1").await, "account.passkey-refused");
    phone.counter = 6;
    phone.sign_in(&lab.ctx).await.unwrap();
}

#[tokio::test]
async fn authenticator_without_user_verification_is_refused() {
    let (lab, token, ada) = open().await;
    let mut phone = Authenticator::new(1);
    phone.verifies = false;
    assert_eq!(code(phone.add(&lab.ctx, &ada, "Phone").await), "passkey.unverified");
    phone.verifies = true;
    phone.add(&lab.ctx, &ada, "Phone").await.unwrap();
    phone.verifies = false;
    assert_eq!(code(phone.sign_in(&lab.ctx).await), "passkey.unverified");
    assert_eq!(code(phone.confirm(&lab.ctx, &token).await), "passkey.unverified");
}

#[tokio::test]
async fn rsa_key_is_refused() {
    let (lab, _, ada) = open().await;
    let mut old = Authenticator::new(1);
    old.algorithm = Algorithm::Rs256;
    assert_eq!(code(old.add(&lab.ctx, &ada, "Old").await), "passkey.algorithm");
    assert!(list(&lab, &ada).await.passkeys.is_empty());
}

#[tokio::test]
async fn unknown_foreign_and_former_passkeys_are_refused() {
    let (lab, _, ada) = open().await;
    let (mut phone, mut stranger) = (Authenticator::new(1), Authenticator::new(2));
    let id = phone.add(&lab.ctx, &ada, "Phone").await.unwrap();
    stranger.handle.clone_from(&phone.handle);
    assert_eq!(code(stranger.sign_in(&lab.ctx).await), "passkey.refused", "never added");
    let mut forged = Authenticator::new(1);
    forged.handle.clone_from(&phone.handle);
    assert_eq!(code(forged.sign_in(&lab.ctx).await), "passkey.refused", "her id, another key");
    let handle = phone.handle.replace("AAAAAAAAAAAAAAAAAAAAAA".into());
    assert_eq!(code(phone.sign_in(&lab.ctx).await), "passkey.refused", "in somebody else's name");
    phone.handle = handle;
    assert_eq!(code(Authenticator::new(1).add(&lab.ctx, &ada, "Again").await), "passkey.refused", "excluded");
    lab.sql("UPDATE person SET status = 'suspended' WHERE id = 1").await;
    phone.sign_in(&lab.ctx).await.unwrap();
    lab.sql("UPDATE person SET status = 'left' WHERE id = 1").await;
    assert_eq!(code(phone.sign_in(&lab.ctx).await), "passkey.refused");
    lab.sql("UPDATE person SET status = 'active' WHERE id = 1").await;
    run(&lab.ctx, &ada, contract::passkeys::RemovePasskey { id }, Fields::default()).await.unwrap();
    assert_eq!(code(phone.sign_in(&lab.ctx).await), "passkey.refused", "removed");
}

#[tokio::test]
async fn passkey_is_bound_to_the_session_that_began_it() {
    let (lab, token, ada) = open().await;
    let (elsewhere, same) = ada_is_in(&lab).await;
    let mut phone = Authenticator::new(1);
    let Offer { ceremony, options } = passkeys::begin_adding(&lab.ctx, &ada, "Phone").await.unwrap();
    assert_eq!(
        code(passkeys::add(&lab.ctx, &same, &ceremony, &phone.create(&options), "Phone").await),
        "passkey.over"
    );
    phone.add(&lab.ctx, &ada, "Phone").await.unwrap();
    let Offer { ceremony, options } = passkeys::begin_confirmation(&lab.ctx, &token).await.unwrap();
    let other = passkeys::confirm(&lab.ctx, &elsewhere, here(7), &ceremony, &phone.get(&options)).await;
    assert_eq!(code(other), "passkey.over");
    let nobody = passkeys::begin_confirmation(&lab.ctx, &Token::presented("")).await;
    assert!(matches!(nobody, Err(PasskeysError::Forbidden(_))), "{nobody:?}");
}

#[tokio::test]
async fn passkey_stands_in_for_the_authenticator() {
    let (lab, _, ada) = open().await;
    let mut phone = Authenticator::new(1);
    phone.add(&lab.ctx, &ada, "Phone").await.unwrap();
    let offer = services::accounts::begin_totp(&lab.ctx, &ada).await.unwrap();
    let now = entrance::code(&offer.secret, lab.now().0);
    services::accounts::confirm_totp(&lab.ctx, &ada, here(1), &now).await.unwrap();
    let opened = sign_in(&lab, "ada@lab.example", PASSWORD).await.unwrap();
    let pending = recognise(&lab.ctx, &opened.token, domain::actor::Channel::Web).await;
    assert!(opened.second_factor && matches!(pending, Recognised::Pending));
    let factors = passkeys::factors(&lab.ctx, &opened.token).await.unwrap();
    assert!(factors.code && factors.passkey, "{factors:?}");
    let shown = phone.confirm(&lab.ctx, &opened.token).await.unwrap();
    assert!(actor(&lab, &shown.token).await.is_some(), "in");
    assert!(actor(&lab, &opened.token).await.is_none(), "under another token");
    let directly = phone.sign_in(&lab.ctx).await.unwrap();
    assert!(actor(&lab, &directly.token).await.is_some(), "both factors at once");
}

#[tokio::test]
async fn site_without_a_name_or_https_has_no_passkeys() {
    let lab = entrance::open().await;
    let (_, ada) = ada_is_in(&lab).await;
    assert!(!passkeys::possible(&lab.ctx), "no address is set");
    assert_eq!(code(passkeys::begin_adding(&lab.ctx, &ada, "Phone").await), "passkey.impossible");
    assert_eq!(code(passkeys::begin_sign_in(&lab.ctx)), "passkey.impossible");
    assert!(!list(&lab, &ada).await.possible);
    catch(&lab);
    assert!(passkeys::possible(&lab.ctx));
}

#[tokio::test]
async fn sign_ins_begun_by_strangers_take_no_row_and_stop_nobody() {
    let (lab, _, ada) = open().await;
    let mut phone = Authenticator::new(1);
    phone.add(&lab.ctx, &ada, "Phone").await.unwrap();
    let before = lab.number("SELECT count(*) FROM passkey_ceremony").await;
    for _ in 0..25_000 {
        passkeys::begin_sign_in(&lab.ctx).unwrap();
    }
    assert_eq!(lab.number("SELECT count(*) FROM passkey_ceremony").await, before);
    phone.sign_in(&lab.ctx).await.unwrap();
}

/// A name for a form.
fn named(name: &str) -> Fields {
    fields(&[("name", name)])
}
