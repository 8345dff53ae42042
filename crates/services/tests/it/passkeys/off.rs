//! Passwords switched off by a setting.

use super::{code, list, open};
use crate::lab::{
    Lab,
    authenticator::Authenticator,
    entrance::{self, ADA, OTHER, PASSWORD, actor, here, sign_in},
};
use contract::accounts::Delivery;
use domain::{
    actor::Actor,
    settings::{At, Key},
};
use services::{
    accounts::{self, AccountsError, Invite},
    error::ServiceError,
    passkeys,
    settings::{self, Say, SettingsError},
};
use text::Lang;

async fn say(lab: &Lab, actor: &Actor, value: &str, version: i64) -> Result<(), SettingsError> {
    let say = Say { at: At::Space, key: Key::Passwords, value: Some(value.into()), version };
    settings::say(&lab.ctx, actor, say).await
}

async fn preview(lab: &Lab, actor: &Actor) -> Vec<String> {
    let change = Some(settings::Proposal::Value("no"));
    let page = settings::page(&lab.ctx, actor, At::Space, Some(Key::Passwords), change, Lang::En).await.unwrap();
    page.preview.unwrap().1.lines
}

#[tokio::test]
async fn password_that_is_off_works_until_there_is_another_method() {
    let (lab, _, ada) = open().await;
    let kept = "1 person has only a password, and would keep it until they add another way in.";
    assert_eq!(preview(&lab, &ada).await, [kept]);
    say(&lab, &ada, "no", 0).await.unwrap();
    sign_in(&lab, "ada@lab.example", PASSWORD).await.unwrap();
    let changed = accounts::change_password(&lab.ctx, &ada, here(1), PASSWORD, OTHER).await;
    assert!(matches!(changed, Err(AccountsError::PasswordsOff)), "{changed:?}");
    let mut phone = Authenticator::new(1);
    phone.add(&lab.ctx, &ada, "Phone").await.unwrap();
    let refused = sign_in(&lab, "ada@lab.example", PASSWORD).await;
    assert!(matches!(refused, Err(AccountsError::Refused)), "{refused:?}");
    assert_eq!(list(&lab, &ada).await.methods.count(), 1);
    let proved = accounts::prove_by_password(&lab.ctx, &ada, here(1), PASSWORD).await;
    assert!(matches!(proved, Err(AccountsError::WrongPassword)), "it proves nothing either: {proved:?}");
    let opened = phone.sign_in(&lab.ctx).await.unwrap();
    let ada = actor(&lab, &opened.token).await.unwrap();
    say(&lab, &ada, "yes", 1).await.unwrap();
    sign_in(&lab, "ada@lab.example", PASSWORD).await.unwrap();
    let lost = "1 person could no longer sign in with a password. They have another way in.";
    assert_eq!(preview(&lab, &ada).await, [lost]);
}

#[tokio::test]
async fn forgotten_password_is_not_replaced_by_mail_where_it_is_off() {
    let (lab, _, ada) = open().await;
    Authenticator::new(1).add(&lab.ctx, &ada, "Phone").await.unwrap();
    say(&lab, &ada, "no", 0).await.unwrap();
    let catcher = entrance::catch(&lab);
    accounts::forgotten(&lab.ctx, here(1), "ada@lab.example", Lang::En).await.unwrap();
    // The work is done afterwards: a second request, for somebody who gets a mail, is done after the first.
    lab.sql("INSERT INTO account (person_id, password) VALUES (2, 'x')").await;
    accounts::forgotten(&lab.ctx, here(1), "bob@lab.example", Lang::En).await.unwrap();
    let mail = entrance::caught(&catcher, 1).await;
    assert_eq!(mail.to, "bob@lab.example", "who has nothing but a password gets a link");
    let links = "SELECT count(*) FROM link WHERE person_id = 1";
    assert_eq!(lab.number(links).await, 0);
}

#[tokio::test]
async fn invitation_leads_to_a_passkey_where_passwords_are_off() {
    let (lab, _, ada) = open().await;
    say(&lab, &ada, "no", 0).await.unwrap();
    let catcher = entrance::catch(&lab);
    let eva = Invite { name: "Eva".into(), email: "eva@lab.example".into(), lang: Lang::En };
    let (_, delivery) = accounts::invite(&lab.ctx, &ada, eva).await.unwrap();
    assert_eq!(delivery, Delivery::Caught);
    let mail = entrance::caught(&catcher, 1).await;
    assert!(mail.body.contains("add a passkey") && !mail.body.contains("password"), "{}", mail.body);
    let link = entrance::token_of(entrance::link_in(&mail));
    assert!(!accounts::link(&lab.ctx, here(1), &link).await.unwrap().passwords);
    let chosen = accounts::accept(&lab.ctx, here(1), "", &link, PASSWORD).await;
    assert!(matches!(chosen, Err(AccountsError::PasswordsOff)), "{chosen:?}");
    let opened = accounts::accept_without_password(&lab.ctx, here(1), "", &link).await.unwrap();
    let eva = actor(&lab, &opened.token).await.unwrap();
    let mut phone = Authenticator::new(1);
    phone.add(&lab.ctx, &eva, "Phone").await.unwrap();
    let again = accounts::accept_without_password(&lab.ctx, here(1), "", &link).await;
    assert!(matches!(again, Err(AccountsError::Gone)), "{again:?}");
    let opened = phone.sign_in(&lab.ctx).await.unwrap();
    assert_eq!(actor(&lab, &opened.token).await.unwrap().person(), eva.person());
}

#[tokio::test]
async fn link_from_a_manager_stops_at_the_authenticator() {
    let (lab, _, ada) = open().await;
    let offer = accounts::begin_totp(&lab.ctx, &ada).await.unwrap();
    let now = entrance::code(&offer.secret, lab.now().0);
    accounts::confirm_totp(&lab.ctx, &ada, here(1), &now).await.unwrap();
    say(&lab, &ada, "no", 0).await.unwrap();
    let catcher = entrance::catch(&lab);
    accounts::help_in(&lab.ctx, &Actor::TOOLGATE, ADA, Lang::En).await.unwrap();
    let link = entrance::token_of(entrance::link_in(&entrance::caught(&catcher, 1).await));
    let opened = accounts::accept_without_password(&lab.ctx, here(1), "", &link).await.unwrap();
    assert!(opened.second_factor && actor(&lab, &opened.token).await.is_none());
}

#[tokio::test]
async fn link_signs_in_without_a_password_only_where_passwords_are_off() {
    let (lab, ..) = open().await;
    let catcher = entrance::catch(&lab);
    accounts::help_in(&lab.ctx, &Actor::TOOLGATE, ADA, Lang::En).await.unwrap();
    let link = entrance::token_of(entrance::link_in(&entrance::caught(&catcher, 1).await));
    let opened = accounts::accept_without_password(&lab.ctx, here(1), "", &link).await;
    assert!(matches!(opened, Err(AccountsError::Gone)), "{opened:?}");
    accounts::accept(&lab.ctx, here(1), "", &link, OTHER).await.unwrap();
}

#[tokio::test]
async fn passwords_stay_on_where_passkeys_are_impossible() {
    let lab = entrance::open().await;
    let (_, ada) = entrance::ada_is_in(&lab).await;
    let refused = say(&lab, &ada, "no", 0).await;
    assert!(matches!(refused, Err(SettingsError::NeedsPasskeys)), "{refused:?}");
    let problem = refused.unwrap_err().problem(Lang::En);
    assert!(problem.at("value").is_some_and(|message| message.contains("HTTPS")), "{problem:?}");
    assert_eq!(code(passkeys::begin_adding(&lab.ctx, &ada, "Phone").await), "passkey.impossible");
}
