//! The second factor: required, verified, guessed, removed.

use crate::lab;
use crate::lab::{
    entrance::{ADA, PASSWORD, actor, ada_is_in, code, here, open, sign_in},
    seconds,
};
use contract::accounts::SecondFactor;
use domain::actor::{Actor, Channel, Rank};
use services::{
    accounts::{self, AccountsError},
    sessions::{Recognised, recognise},
    token::Token,
};

#[tokio::test]
async fn second_factor_is_required_after_first_code() {
    let lab = open().await;
    let (token, ada) = ada_is_in(&lab).await;
    let (elsewhere, _) = ada_is_in(&lab).await;
    let show =
        async |token: &Token, code: &str| accounts::show_second_factor(&lab.ctx, token, here(1), code).await;
    assert!(matches!(show(&token, "123456").await, Err(AccountsError::SecondFactor)), "there is none");
    let offer = accounts::begin_totp(&lab.ctx, &ada).await.unwrap();
    assert_eq!(format!("{offer:?}"), "TotpOffer(…)");
    assert!(!sign_in(&lab, "ada@lab.example", PASSWORD).await.unwrap().second_factor, "it does not count yet");
    let wrong = accounts::confirm_totp(&lab.ctx, &ada, here(1), "000000").await;
    assert!(matches!(wrong, Err(AccountsError::WrongCode)), "{wrong:?}");
    let now = code(&offer.secret, lab::NOON.0);
    let codes = accounts::confirm_totp(&lab.ctx, &ada, here(1), &now).await.unwrap();
    assert_eq!(codes.len(), 10);
    assert!(actor(&lab, &token).await.is_some(), "who set it up has shown it");
    assert!(matches!(recognise(&lab.ctx, &elsewhere, Channel::Web).await, Recognised::Pending), "others have not");
    assert!(matches!(accounts::begin_totp(&lab.ctx, &ada).await, Err(AccountsError::SecondFactor)));

    let opened = sign_in(&lab, "ada@lab.example", PASSWORD).await.unwrap();
    assert!(opened.second_factor && actor(&lab, &opened.token).await.is_none(), "not in before it is shown");
    assert!(matches!(show(&opened.token, &now).await, Err(AccountsError::WrongCode)), "no code works twice");
    lab.pass(seconds(30));
    let next = code(&offer.secret, lab::NOON.0 + 30_000);
    let view = show(&opened.token, &next).await.unwrap();
    assert!(actor(&lab, &view.token).await.is_some());
    assert!(actor(&lab, &opened.token).await.is_none(), "under another token");

    let recovered = show(&elsewhere, &codes[0].to_lowercase().replace('-', " ")).await.unwrap();
    let ada = actor(&lab, &recovered.token).await.unwrap();
    let account = accounts::account(&lab.ctx, &ada).await.unwrap();
    assert!(matches!(account.second_factor, SecondFactor::On { codes_left: 9, .. }), "{account:?}");
    let third = sign_in(&lab, "ada@lab.example", PASSWORD).await.unwrap();
    assert!(matches!(show(&third.token, &codes[0]).await, Err(AccountsError::WrongCode)), "each works once");
    let secrets = "SELECT count(*) FROM audit WHERE action = 'account.recovery-code-used'";
    assert_eq!(lab.number(secrets).await, 1);

    let wrong = accounts::remove_totp(&lab.ctx, &ada, here(1), "wrong").await;
    assert!(matches!(wrong, Err(AccountsError::WrongPassword)));
    accounts::remove_totp(&lab.ctx, &ada, here(1), PASSWORD).await.unwrap();
    assert!(actor(&lab, &third.token).await.is_some(), "nothing is asked for any more");
    assert_eq!(lab.number("SELECT count(*) FROM recovery_code").await, 0);
}

#[tokio::test]
async fn guessed_codes_are_throttled() {
    let lab = open().await;
    let (_, ada) = ada_is_in(&lab).await;
    let offer = accounts::begin_totp(&lab.ctx, &ada).await.unwrap();
    accounts::confirm_totp(&lab.ctx, &ada, here(1), &code(&offer.secret, lab::NOON.0)).await.unwrap();
    let opened = sign_in(&lab, "ada@lab.example", PASSWORD).await.unwrap();
    lab.pass(seconds(30));
    let show = async |from: u32, code: &str| {
        accounts::show_second_factor(&lab.ctx, &opened.token, here(from), code).await
    };
    let right = code(&offer.secret, lab::NOON.0 + 30_000);
    for from in 0..4 {
        for n in 0..5 {
            assert!(matches!(show(from, "000000").await, Err(AccountsError::WrongCode)), "{from} {n}");
        }
        assert!(matches!(show(from, &right).await, Err(AccountsError::TooMany(_))), "{from}");
    }
    assert!(matches!(show(9, &right).await, Err(AccountsError::TooMany(_))), "nor from many addresses");
    lab.pass(seconds(3_600));
    show(9, &code(&offer.secret, lab::NOON.0 + 3_630_000)).await.unwrap();
}

#[tokio::test]
async fn required_second_factor_deactivates_roles_until_shown() {
    let lab = open().await;
    lab.sql(
        "INSERT INTO setting (scope, scope_id, key, value) VALUES ('space', 0, 'accounts.second-factor', 'yes')",
    )
    .await;
    let lab = lab.reopen().await;
    let (token, ada) = ada_is_in(&lab).await;
    assert_eq!(ada.known().unwrap().rank(), Rank::Member);
    let account = accounts::account(&lab.ctx, &ada).await.unwrap();
    assert!(account.asleep && account.rank == Rank::Administrator, "{account:?}");
    assert_eq!(account.second_factor, SecondFactor::Required);
    let offer = accounts::begin_totp(&lab.ctx, &ada).await.unwrap();
    accounts::confirm_totp(&lab.ctx, &ada, here(1), &code(&offer.secret, lab::NOON.0)).await.unwrap();
    assert_eq!(actor(&lab, &token).await.unwrap().known().unwrap().rank(), Rank::Administrator);
    accounts::take_off_second_factor(&lab.ctx, &Actor::TOOLGATE, ADA).await.unwrap();
    assert!(actor(&lab, &token).await.is_none(), "a17");
    let (_, ada) = ada_is_in(&lab).await;
    assert_eq!(ada.known().unwrap().rank(), Rank::Member);
}
