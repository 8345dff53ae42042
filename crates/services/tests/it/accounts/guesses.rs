//! Guessed passwords: cost, delays, and locks.

use super::*;

#[tokio::test]
async fn five_failures_lock_account_from_that_address_only() {
    let lab = open().await;
    for email in ["ada@lab.example", "nobody@lab.example"] {
        for _ in 0..5 {
            assert!(matches!(sign_in(&lab, email, "wrong").await, Err(AccountsError::Refused)), "{email}");
        }
        let refused = sign_in(&lab, email, PASSWORD).await.unwrap_err();
        let AccountsError::TooMany(wait) = refused else { panic!("{email}: {refused:?}") };
        assert_eq!(wait, 15 * 60);
        assert_eq!(refused.problem(Lang::En).retry_after, Some(15 * 60));
    }
    let elsewhere = accounts::sign_in(&lab.ctx, here(8), "", "ada@lab.example", PASSWORD).await;
    assert!(elsewhere.is_ok(), "{elsewhere:?}");
    lab.set_back(HOUR);
    lab.pass(MINUTE * 15);
    sign_in(&lab, "ada@lab.example", PASSWORD).await.unwrap();
}

#[tokio::test]
async fn failures_slow_address_without_locking_others() {
    let lab = open().await;
    let mut waits = Vec::new();
    for n in 0..20 {
        let email = format!("nobody{n}@lab.example");
        assert!(matches!(sign_in(&lab, &email, "wrong").await, Err(AccountsError::Refused)), "{n}");
        waits.push(lab.rested().as_millis());
    }
    assert!(waits[..10].iter().all(|wait| *wait == 0) && waits.is_sorted() && waits[10] > 0, "{waits:?}");
    sign_in(&lab, "ada@lab.example", PASSWORD).await.unwrap();
    assert_eq!(lab.rested(), seconds(4), "it takes a moment");
    accounts::sign_in(&lab.ctx, here(8), "", "ada@lab.example", PASSWORD).await.unwrap();
    assert_eq!(lab.rested(), seconds(0), "others do not wait with them");
}

#[tokio::test]
async fn known_device_has_own_failure_count() {
    let lab = open().await;
    let on = async |device: &Option<Token>, password: &str| {
        let origin = Origin { address: here(7), device: device.clone() };
        accounts::sign_in(&lab.ctx, origin, "", "ada@lab.example", password).await
    };
    let known = async || lab.number("SELECT count(*) FROM known_device WHERE length(hash) = 32").await;
    let before = known().await;
    let (phone, laptop) = (on(&None, PASSWORD).await.unwrap().device, on(&None, PASSWORD).await.unwrap().device);
    assert!(phone.is_some() && phone != laptop);
    assert_eq!(on(&phone, PASSWORD).await.unwrap().device, phone, "it stays the same");
    assert_eq!(known().await - before, 2, "as hashes");
    for n in 0..20 {
        assert!(sign_in(&lab, &format!("nobody{n}@lab.example"), "wrong").await.is_err());
    }
    while !matches!(on(&None, "wrong").await, Err(AccountsError::TooMany(_))) {}
    lab.rested();
    on(&phone, PASSWORD).await.unwrap();
    assert_eq!(lab.rested(), seconds(0), "nor is it slowed");
    let forged = Some(Token::presented(&"A".repeat(43)));
    assert!(matches!(on(&forged, PASSWORD).await, Err(AccountsError::TooMany(_))));
    for _ in 0..5 {
        assert!(matches!(on(&phone, "wrong").await, Err(AccountsError::Refused)));
    }
    assert!(matches!(on(&phone, PASSWORD).await, Err(AccountsError::TooMany(_))), "nobody guesses on it either");
    on(&laptop, PASSWORD).await.unwrap();
}

#[tokio::test]
async fn frequent_successful_sign_ins_do_not_wait() {
    let lab = open().await;
    for _ in 0..8 {
        sign_in(&lab, "ada@lab.example", PASSWORD).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_distributed_attempts_are_absorbed() {
    let lab = open().await;
    let attempts = (0..10_000).map(|n| {
        let ctx = lab.ctx.clone();
        tokio::spawn(async move {
            let email = format!("nobody{n}@lab.example");
            accounts::sign_in(&ctx, here(n), "", &email, "wrong password").await.unwrap_err()
        })
    });
    let (mut refused, mut asked_to_wait) = (0, 0);
    for attempt in attempts.collect::<Vec<_>>() {
        match attempt.await.unwrap() {
            AccountsError::Refused => refused += 1,
            error @ AccountsError::Busy => {
                assert_eq!(error.problem(Lang::En).kind.status(), 503);
                asked_to_wait += 1;
            }
            other => panic!("{other:?}"),
        }
    }
    assert!(refused >= 1 && asked_to_wait > 5_000, "{refused} looked at, {asked_to_wait} asked to come back");
    let device = sign_in(&lab, "ada@lab.example", PASSWORD).await.unwrap().device;
    for n in 0..10_000 {
        let again = accounts::sign_in(&lab.ctx, here(n), "", "ada@lab.example", "wrong").await.unwrap_err();
        assert!(matches!(again, AccountsError::Refused) == (n < 100), "{n}: {again:?}");
    }
    let origin = Origin { address: here(0), device };
    accounts::sign_in(&lab.ctx, origin, "", "ada@lab.example", PASSWORD).await.unwrap();
}
