//! Concurrent sign-ins: right passwords all succeed, and guesses are limited like sequential ones.

use crate::lab::{
    Lab,
    entrance::{PASSWORD, here, open, sign_in},
};
use futures::FutureExt;
use services::accounts::{self, AccountsError};
use sqlx::Connection;
use std::net::IpAddr;
use text::Lang;

/// People with the numbers from 100, who sign in with [`PASSWORD`].
async fn a_class(lab: &Lab, size: u32) {
    let last = 99 + size;
    let class = format!(
        "CREATE TEMP TABLE class AS
            WITH RECURSIVE n (n) AS (SELECT 100 UNION ALL SELECT n + 1 FROM n WHERE n < {last}) SELECT n FROM n;
         INSERT INTO person (id, status, created_at) SELECT n, 'active', 0 FROM class;
         INSERT INTO profile (person_id, name, email)
            SELECT n, 'Pupil ' || n, 'pupil' || n || '@lab.example' FROM class;
         INSERT INTO account (person_id, password)
            SELECT n, (SELECT password FROM account WHERE person_id = 1) FROM class;"
    );
    let mut conn = lab.raw().await;
    sqlx::raw_sql(sqlx::AssertSqlSafe(class)).execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
}

/// Signs in so often at once, each in a task of its own, with address, e-mail address and password of each.
async fn all_at_once(
    lab: &Lab,
    count: u32,
    with: impl Fn(u32) -> (IpAddr, String, &'static str),
) -> Vec<Result<(), AccountsError>> {
    let tasks = (0..count).map(|n| {
        let (ctx, (from, email, password)) = (lab.ctx.clone(), with(n));
        tokio::spawn(async move { accounts::sign_in(&ctx, from, "", &email, password).await.map(drop) })
    });
    let mut came = Vec::new();
    for task in tasks.collect::<Vec<_>>() {
        came.push(task.await.unwrap());
    }
    came
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_concurrent_sign_ins_from_one_address_succeed() {
    let lab = open().await;
    a_class(&lab, 50).await;
    let came = all_at_once(&lab, 50, |n| (here(7), format!("pupil{}@lab.example", 100 + n), PASSWORD)).await;
    assert!(came.iter().all(Result::is_ok), "{came:?}");
    let came = all_at_once(&lab, 30, |_| (here(7), "ada@lab.example".into(), PASSWORD)).await;
    assert!(came.iter().all(Result::is_ok), "one of them on many devices: {came:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_guesses_are_limited_like_sequential_ones() {
    let lab = open().await;
    let refused = |came: &[Result<(), AccountsError>]| {
        assert!(
            came.iter().all(|came| matches!(came, Err(AccountsError::Refused | AccountsError::TooMany(_)))),
            "{came:?}"
        );
        came.iter().filter(|came| matches!(came, Err(AccountsError::Refused))).count()
    };
    let one_pair = all_at_once(&lab, 30, |_| (here(7), "ada@lab.example".into(), "wrong")).await;
    assert_eq!(refused(&one_pair), 5, "of one account, from one address");
    let one_account = all_at_once(&lab, 120, |n| (here(1000 + n), "ada@lab.example".into(), "wrong")).await;
    assert_eq!(refused(&one_account), 95, "of one account, from everywhere");
    let one_address = all_at_once(&lab, 90, |n| (here(999), format!("pupil{n}@lab.example"), "wrong")).await;
    assert_eq!(refused(&one_address), 90, "of every account, from one address: slowed, and not locked");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_right_and_wrong_passwords_are_distinguished() {
    let lab = open().await;
    a_class(&lab, 40).await;
    // Every fourth is mistyped: ten failures, which lock nobody out.
    let came = all_at_once(&lab, 40, |n| {
        (here(7), format!("pupil{}@lab.example", 100 + n), if n % 4 == 0 { "wrong" } else { PASSWORD })
    })
    .await;
    for (n, came) in came.iter().enumerate() {
        let fits = if n % 4 == 0 { matches!(came, Err(AccountsError::Refused)) } else { came.is_ok() };
        assert!(fits, "{n}: {came:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guesses_from_one_wifi_refuse_no_right_password_there() {
    let lab = open().await;
    a_class(&lab, 36).await;
    let came = all_at_once(&lab, 130 + 36, |n| match n.checked_sub(130) {
        None => (here(7), format!("guess{n}@lab.example"), "wrong"),
        Some(n) => (here(7), format!("pupil{}@lab.example", 100 + n), PASSWORD),
    })
    .await;
    let (guesses, right) = came.split_at(130);
    assert!(right.iter().all(Result::is_ok), "{right:?}");
    assert!(guesses.iter().all(|guess| matches!(guess, Err(AccountsError::Refused))), "{guesses:?}");
}

#[tokio::test]
async fn cancelled_wait_counts_no_attempt() {
    let lab = open().await;
    for n in 0..3 {
        let email = format!("nobody{n}@lab.example");
        let elsewhere = || accounts::sign_in(&lab.ctx, here(8), "", &email, "wrong");
        let mut in_turn = [Box::pin(elsewhere()), Box::pin(elsewhere())];
        for one in &mut in_turn {
            assert!(one.now_or_never().is_none(), "it is looked at");
        }
        let mut waiting: Vec<_> = (0..10).map(|_| Box::pin(sign_in(&lab, "ada@lab.example", "wrong"))).collect();
        for one in &mut waiting {
            assert!(one.now_or_never().is_none(), "it waits");
        }
        drop((waiting, in_turn));
    }
    let failed = sign_in(&lab, "ada@lab.example", "wrong").await;
    assert!(matches!(failed, Err(AccountsError::Refused)), "{failed:?}");
    sign_in(&lab, "ada@lab.example", PASSWORD).await.unwrap();
}

#[tokio::test]
async fn many_applications_do_not_lock_network_out_of_sign_in() {
    let lab = open().await;
    lab.sql("INSERT INTO setting (scope, scope_id, key, value) VALUES ('space', 0, 'accounts.sign-up', 'yes')")
        .await;
    let lab = lab.reopen().await;
    for n in 0..100 {
        accounts::apply(&lab.ctx, here(7), "Eva", &format!("eva{n}@lab.example")).await.unwrap();
        accounts::forgotten(&lab.ctx, here(7), &format!("nobody{n}@lab.example"), Lang::En).await.unwrap();
    }
    let flood = accounts::apply(&lab.ctx, here(7), "Eva", "one@more.example").await;
    assert!(matches!(flood, Err(AccountsError::TooMany(_))), "{flood:?}");
    accounts::forgotten(&lab.ctx, here(7), "ada@lab.example", Lang::En).await.unwrap();
    assert!(!lab.rested().is_zero(), "whoever forgot a password waits a moment");
    assert!(sign_in(&lab, "ada@lab.example", PASSWORD).await.is_ok(), "from the same address");
}
