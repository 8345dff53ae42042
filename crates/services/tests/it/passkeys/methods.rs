//! Changes of the ways in: what they need, and what stays.

use super::{code, list, named, notices_of, open};
use crate::lab::{
    Lab,
    authenticator::Authenticator,
    entrance::{self, ADA, PASSWORD, actor, ada_is_in, here, sign_in},
    operations::run,
    seconds,
};
use contract::{
    form::Fields,
    passkeys::{RemovePasskey, RemovePassword, RenamePasskey},
};
use domain::{
    accounts::sign_in_methods::MissingProof,
    actor::{Actor, Channel},
    id::PasskeyId,
    notices::Kind,
};
use services::{
    accounts::{self, AccountsError},
    passkeys::{self, PasskeysError},
    sessions::{Recognised, recognise},
};

async fn remove(lab: &Lab, actor: &Actor, id: PasskeyId) -> Result<(), PasskeysError> {
    run(&lab.ctx, actor, RemovePasskey { id }, Fields::default()).await
}

async fn remove_password(lab: &Lab, actor: &Actor) -> Result<(), PasskeysError> {
    run(&lab.ctx, actor, RemovePassword {}, Fields::default()).await
}

#[tokio::test]
async fn passkey_is_renamed_and_removed_by_its_owner_only() {
    let (lab, _, ada) = open().await;
    let mut phone = Authenticator::new(1);
    let id = phone.add(&lab.ctx, &ada, "Phone").await.unwrap();
    run(&lab.ctx, &ada, RenamePasskey { id }, named("Old phone")).await.unwrap();
    assert_eq!(list(&lab, &ada).await.passkeys[0].name, "Old phone");
    assert_eq!(code(run(&lab.ctx, &ada, RenamePasskey { id }, named("")).await), "passkey.invalid");
    let bob = lab.signed_in(2).await;
    assert_eq!(code(run(&lab.ctx, &bob, RenamePasskey { id }, named("Mine")).await), "passkey.unknown");
    assert_ne!(code(remove(&lab, &bob, id).await), "accepted");
    assert_eq!(code(remove(&lab, &ada, PasskeyId(999)).await), "passkey.unknown");
    let (elsewhere, _) = ada_is_in(&lab).await;
    lab.pass(seconds(1));
    remove(&lab, &ada, id).await.unwrap();
    assert!(list(&lab, &ada).await.passkeys.is_empty());
    assert!(actor(&lab, &elsewhere).await.is_none(), "its device may be in other hands");
    assert_eq!(notices_of(&lab, &ada).await, [Kind::SignInMethodChanged; 2]);
}

#[tokio::test]
async fn last_method_stays() {
    let (lab, _, ada) = open().await;
    assert_eq!(code(remove_password(&lab, &ada).await), "sign-in-method.last");
    let (mut phone, mut laptop) = (Authenticator::new(1), Authenticator::new(2));
    let id = phone.add(&lab.ctx, &ada, "Phone").await.unwrap();
    remove_password(&lab, &ada).await.unwrap();
    assert!(matches!(sign_in(&lab, "ada@lab.example", PASSWORD).await, Err(AccountsError::Refused)));
    assert_eq!(code(remove(&lab, &ada, id).await), "sign-in-method.last");
    assert_eq!(list(&lab, &ada).await.passkeys.len(), 1);
    laptop.add(&lab.ctx, &ada, "Laptop").await.unwrap();
    remove(&lab, &ada, id).await.unwrap();
    laptop.sign_in(&lab.ctx).await.unwrap();
}

#[tokio::test]
async fn new_password_beside_passkeys_needs_a_recent_proof() {
    let (lab, _, ada) = open().await;
    Authenticator::new(1).add(&lab.ctx, &ada, "Phone").await.unwrap();
    remove_password(&lab, &ada).await.unwrap();
    lab.pass(seconds(11 * 60));
    let late = accounts::change_password(&lab.ctx, &ada, here(1), "", entrance::OTHER).await;
    assert!(matches!(late, Err(AccountsError::ProofNeeded)), "{late:?}");
    assert!(sign_in(&lab, "ada@lab.example", entrance::OTHER).await.is_err());
}

#[tokio::test]
async fn change_needs_a_recent_proof() {
    let (lab, token, ada) = open().await;
    let mut phone = Authenticator::new(1);
    let id = phone.add(&lab.ctx, &ada, "Phone").await.unwrap();
    lab.pass(seconds(11 * 60));
    assert_eq!(list(&lab, &ada).await.missing, Some(MissingProof::Recent));
    assert_eq!(code(Authenticator::new(2).add(&lab.ctx, &ada, "Laptop").await), "proof.needed");
    assert_eq!(code(remove(&lab, &ada, id).await), "proof.needed");
    assert_eq!(code(remove_password(&lab, &ada).await), "proof.needed");
    let wrong = accounts::prove_by_password(&lab.ctx, &ada, here(1), "wrong").await;
    assert!(matches!(wrong, Err(AccountsError::WrongPassword)), "{wrong:?}");
    assert_eq!(code(remove(&lab, &ada, id).await), "proof.needed");
    accounts::prove_by_password(&lab.ctx, &ada, here(1), PASSWORD).await.unwrap();
    assert_eq!(list(&lab, &ada).await.missing, None);
    Authenticator::new(2).add(&lab.ctx, &ada, "Laptop").await.unwrap();
    lab.pass(seconds(11 * 60));
    let proved = phone.confirm(&lab.ctx, &token).await.unwrap();
    let ada = actor(&lab, &proved.token).await.unwrap();
    remove(&lab, &ada, id).await.unwrap();
}

#[tokio::test]
async fn stolen_password_changes_no_passkey_where_a_role_asks_for_a_second_factor() {
    let (lab, _, ada) = open().await;
    let mut phone = Authenticator::new(1);
    let id = phone.add(&lab.ctx, &ada, "Phone").await.unwrap();
    lab.sql(
        "INSERT INTO setting (scope, scope_id, key, value) VALUES ('space', 0, 'accounts.second-factor', 'yes')",
    )
    .await;
    let lab = lab.reopen().await;
    entrance::catch(&lab);
    let (token, thief) = ada_is_in(&lab).await;
    assert!(thief.known().unwrap().roles_asleep);
    assert_eq!(list(&lab, &thief).await.missing, Some(MissingProof::SecondFactor));
    assert_eq!(code(Authenticator::new(2).add(&lab.ctx, &thief, "Mine").await), "second-factor.first");
    assert_eq!(code(remove(&lab, &thief, id).await), "second-factor.first");
    let shown = phone.confirm(&lab.ctx, &token).await.unwrap();
    let ada = actor(&lab, &shown.token).await.unwrap();
    assert!(!ada.known().unwrap().roles_asleep, "a passkey is a second factor");
    Authenticator::new(3).add(&lab.ctx, &ada, "Laptop").await.unwrap();
}

#[tokio::test]
async fn manager_takes_lost_passkeys_off() {
    let (lab, _, ada) = open().await;
    let mut phone = Authenticator::new(1);
    phone.add(&lab.ctx, &ada, "Phone").await.unwrap();
    accounts::take_off_second_factor(&lab.ctx, &Actor::TOOLGATE, ADA).await.unwrap();
    assert_eq!(code(phone.sign_in(&lab.ctx).await), "passkey.refused");
    let again = accounts::take_off_second_factor(&lab.ctx, &Actor::TOOLGATE, ADA).await;
    assert!(matches!(again, Err(AccountsError::NoSecondFactor)), "{again:?}");
}

#[tokio::test]
async fn program_changes_no_method() {
    let (lab, _, ada) = open().await;
    let id = Authenticator::new(1).add(&lab.ctx, &ada, "Phone").await.unwrap();
    let sent =
        crate::lab::operations::fields(&[("name", "Script"), ("scopes[]", "people:write"), ("lifetime", "month")]);
    let made = run(&lab.ctx, &ada, contract::tokens::MakeToken {}, sent).await.unwrap();
    let program = services::tokens::recognise(&lab.ctx, &made.token).await.unwrap().unwrap();
    assert_eq!(code(remove(&lab, &program.somebody.actor, id).await), "proof.needed");
    assert_eq!(code(passkeys::begin_adding(&lab.ctx, &program.somebody.actor, "Phone").await), "proof.needed");
}

#[tokio::test]
async fn reset_link_adds_no_passkey_past_an_authenticator() {
    let (lab, _, ada) = open().await;
    let offer = accounts::begin_totp(&lab.ctx, &ada).await.unwrap();
    let now = entrance::code(&offer.secret, lab.now().0);
    accounts::confirm_totp(&lab.ctx, &ada, here(1), &now).await.unwrap();
    let catcher = entrance::catch(&lab);
    accounts::forgotten(&lab.ctx, here(1), "ada@lab.example", text::Lang::En).await.unwrap();
    let mail = entrance::caught(&catcher, 1).await;
    let link = entrance::token_of(entrance::link_in(&mail));
    let opened = accounts::accept(&lab.ctx, here(1), "", &link, entrance::OTHER).await.unwrap();
    assert!(opened.second_factor);
    let pending = recognise(&lab.ctx, &opened.token, Channel::Web).await;
    assert!(matches!(pending, Recognised::Pending), "not in, so nothing can be added");
    let none = passkeys::begin_confirmation(&lab.ctx, &opened.token).await;
    assert_eq!(code(none), "passkey.none");
}
