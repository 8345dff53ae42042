//! Signing in with a password of the directory.

use super::house::{House, connect, member};
use crate::lab::{
    LATHE, Lab,
    authenticator::Authenticator,
    entrance::{ADA, PASSWORD, actor, ada_is_in, catch, here, open, sign_in},
    operations::{fields, run},
    seconds,
};
use contract::group_mapping::AddGroupRule;
use domain::{
    time::{HOUR, MINUTE},
    user_directory::Trouble,
};
use services::{
    access::check,
    accounts::{self, AccountsError, Origin},
    jobs,
};
use std::sync::{Arc, atomic::Ordering::Relaxed};

/// The lab of sign-ins with a directory in which Emre and Lena are.
async fn opened() -> (Lab, Arc<House>) {
    let lab = open().await;
    let house = connect(&lab, &[]).await;
    house.has(vec![member(1, "Emre Demir", &["lathe-course"]), member(2, "Lena Plank", &[])]);
    (lab, house)
}

async fn person_of(lab: &Lab, login: &str, password: &str) -> domain::id::PersonId {
    let opened = sign_in(lab, login, password).await.unwrap();
    actor(lab, &opened.token).await.unwrap().person().unwrap()
}

#[tokio::test]
async fn first_sign_in_adds_a_member_who_may_use_which_their_groups_give() {
    let (lab, _) = opened().await;
    let form = fields(&[("source", "directory"), ("external", "Lathe-Course"), ("gives", "user:4")]);
    run(&lab.ctx, &lab.signed_in(1).await, AddGroupRule {}, form).await.unwrap();
    let emre = person_of(&lab, "u1", "pw-u1").await;
    assert_eq!(lab.text("SELECT name FROM profile ORDER BY person_id DESC LIMIT 1").await, "Emre Demir");
    let mut conn = lab.raw().await;
    sqlx::query("INSERT INTO card (person_id, uid, state, given_at) VALUES (?, '0000e3e3', 'active', 0)")
        .bind(emre)
        .execute(&mut conn)
        .await
        .unwrap();
    let swipe = check(&lab.ctx, LATHE, &crate::lab::card("0000e3e3")).await.unwrap();
    assert!(swipe.decision.is_yes(), "{:?}", swipe.decision);
}

/// Groups in groups, in a circle, and a rule for the outermost one.
async fn nested(lab: &Lab, house: &House) {
    *house.nested.lock().unwrap() =
        vec![("lathe-course", "all courses"), ("all courses", "Everything"), ("everything", "lathe-course")];
    house.has(vec![member(1, "Emre Demir", &["Lathe-COURSE"]), member(2, "Lena Plank", &[])]);
    let form = fields(&[("source", "directory"), ("external", "Everything"), ("gives", "user:4")]);
    run(&lab.ctx, &lab.signed_in(1).await, AddGroupRule {}, form).await.unwrap();
}

/// What the rule gave and took.
const ENTRIES: &str = "SELECT group_concat(name || ' ' || kind, ', ' ORDER BY id) FROM qualification \
                       JOIN profile USING (person_id) WHERE type_id = 4 AND cause = 'group-rule'";

/// Whether a filter is for all groups that are in groups.
fn is_for_all(filter: &str) -> bool {
    filter.starts_with("(&(memberOf=*)")
}

#[tokio::test]
async fn group_in_a_group_gives_by_sign_in_and_by_sync_alike() {
    let (lab, house) = opened().await;
    nested(&lab, &house).await;
    person_of(&lab, "u1", "pw-u1").await;
    assert_eq!(lab.text(ENTRIES).await, "Emre Demir granted");
    let for_all = || house.filters.lock().unwrap().iter().filter(|filter| is_for_all(filter)).count();
    assert_eq!(for_all(), 0, "a sign-in asks for the groups of one person");
    lab.pass(HOUR);
    jobs::run(&lab.ctx, domain::jobs::Job::UserDirectory).await;
    assert_eq!(lab.text(ENTRIES).await, "Emre Demir granted", "the sync gives and takes nothing");
    // The inner group leaves the others.
    house.nested.lock().unwrap().clear();
    lab.pass(HOUR);
    person_of(&lab, "u1", "pw-u1").await;
    assert_eq!(lab.text(ENTRIES).await, "Emre Demir granted, Emre Demir revoked");
}

#[tokio::test]
async fn directory_that_finds_nothing_by_name_gives_the_same_by_sign_in_and_by_sync() {
    let (lab, house) = opened().await;
    house.finds_no_names.store(true, Relaxed);
    nested(&lab, &house).await;
    person_of(&lab, "u1", "pw-u1").await;
    assert_eq!(lab.text(ENTRIES).await, "Emre Demir granted");
    assert_eq!(house.filters.lock().unwrap().iter().filter(|filter| is_for_all(filter)).count(), 1);
    lab.pass(HOUR);
    jobs::run(&lab.ctx, domain::jobs::Job::UserDirectory).await;
    lab.pass(HOUR);
    person_of(&lab, "u1", "pw-u1").await;
    assert_eq!(lab.text(ENTRIES).await, "Emre Demir granted", "neither takes what the other gave");
}

#[tokio::test]
async fn sign_in_removes_nothing_while_groups_may_be_on_another_server() {
    let (lab, house) = opened().await;
    let form = fields(&[("source", "directory"), ("external", "lathe-course"), ("gives", "user:4")]);
    run(&lab.ctx, &lab.signed_in(1).await, AddGroupRule {}, form).await.unwrap();
    person_of(&lab, "u1", "pw-u1").await;
    house.has(vec![member(1, "Emre Demir", &[])]);
    for (is_partial, expected) in [(true, "Emre Demir granted"), (false, "Emre Demir granted, Emre Demir revoked")]
    {
        house.is_partial.store(is_partial, Relaxed);
        lab.pass(HOUR);
        person_of(&lab, "u1", "pw-u1").await;
        assert_eq!(lab.text(ENTRIES).await, expected);
    }
}

#[tokio::test]
async fn spellings_of_a_name_are_one_account() {
    let (lab, _) = opened().await;
    let first = person_of(&lab, "u1", "pw-u1").await;
    for spelling in ["U1", " u1 ", "U1 "] {
        assert_eq!(person_of(&lab, spelling, "pw-u1").await, first, "{spelling}");
    }
    assert_eq!(lab.number("SELECT count(*) FROM directory_person").await, 1);
}

#[tokio::test]
async fn new_person_applies_if_the_directory_does_not_admit() {
    let lab = open().await;
    let house = connect(&lab, &[("admits", "")]).await;
    house.has(vec![member(1, "Emre", &[])]);
    person_of(&lab, "u1", "pw-u1").await;
    assert_eq!(lab.text("SELECT status FROM person ORDER BY id DESC LIMIT 1").await, "applicant");
}

#[tokio::test]
async fn empty_password_and_filters_never_reach_the_directory_as_such() {
    let (lab, house) = opened().await;
    for (n, (login, password)) in
        [("u1", ""), ("", "pw-u1"), ("*", "pw-u1"), ("u1)(uid=*", "pw-u1"), ("u1\0", "pw-u1")]
            .into_iter()
            .enumerate()
    {
        let from = here(u32::try_from(n).unwrap() + 50);
        let refused = accounts::sign_in(&lab.ctx, from, "", login, password).await;
        assert!(matches!(refused, Err(AccountsError::Refused)), "{login:?}: {refused:?}");
    }
    let binds = house.binds.lock().unwrap().clone();
    assert!(binds.iter().all(|(dn, password)| !password.is_empty() && dn.starts_with("cn=nobody-")), "{binds:?}");
}

#[tokio::test]
async fn guesses_count_across_spellings_and_the_right_password_waits() {
    let (lab, house) = opened().await;
    for spelling in ["u1", "U1", "u1 ", " U1", "u1  "] {
        let refused = sign_in(&lab, spelling, "wrong").await;
        assert!(matches!(refused, Err(AccountsError::Refused)), "{spelling}: {refused:?}");
    }
    let asked = house.bind_count();
    let locked = sign_in(&lab, "  u1", "pw-u1").await;
    assert!(matches!(locked, Err(AccountsError::TooMany(_))), "{locked:?}");
    assert_eq!(house.bind_count(), asked, "the directory is not asked");
    assert!(accounts::sign_in(&lab.ctx, here(99), "", "u1", "pw-u1").await.is_ok(), "from elsewhere");
}

#[tokio::test]
async fn equal_address_takes_over_no_account() {
    let (lab, house) = opened().await;
    let mut evil = member(3, "Not Ada", &[]);
    evil.email = Some("ada@lab.example".into());
    house.has(vec![evil]);
    let refused = sign_in(&lab, "u3", "pw-u3").await;
    assert!(matches!(refused, Err(AccountsError::LinkFirst)), "{refused:?}");
    assert_eq!(lab.number("SELECT count(*) FROM directory_person").await, 0);
    // A timed sync links nobody either, and a dry run leaves those out who run the space.
    jobs::run(&lab.ctx, domain::jobs::Job::UserDirectory).await;
    assert_eq!(lab.number("SELECT count(*) FROM directory_person").await, 0);
    let preview = super::dry_run(&lab, &lab.signed_in(1).await).await;
    assert_eq!((preview.changes, preview.skipped[0].reason), (0, domain::user_directory::sync::Skip::Staff));
}

#[tokio::test]
async fn proof_of_both_accounts_links_them() {
    let (lab, house) = opened().await;
    let (_, ada) = ada_is_in(&lab).await;
    let link = async |login: &str, password: &str| {
        accounts::link_directory(&lab.ctx, &ada, here(7), login, password).await
    };
    lab.pass(MINUTE * 11);
    assert!(matches!(link("u1", "pw-u1").await, Err(AccountsError::ProofNeeded)));
    assert_eq!(house.bind_count(), 0, "the directory is not asked before");
    accounts::prove_by_password(&lab.ctx, &ada, here(7), PASSWORD).await.unwrap();
    assert!(matches!(link("u1", "wrong").await, Err(AccountsError::DirectoryRefused)));
    assert!(matches!(link("u1", "").await, Err(AccountsError::DirectoryRefused)));
    link("u1", "pw-u1").await.unwrap();
    assert_eq!(person_of(&lab, "U1", "pw-u1").await, ADA);
    assert!(matches!(link("u2", "pw-u2").await, Err(AccountsError::LinkedAlready)));
}

#[tokio::test]
async fn person_without_a_password_links_by_another_proof() {
    let lab = open().await;
    catch(&lab);
    let house = connect(&lab, &[]).await;
    house.has(vec![member(1, "Emre Demir", &[])]);
    let (_, ada) = ada_is_in(&lab).await;
    let mut phone = Authenticator::new(1);
    phone.add(&lab.ctx, &ada, "Phone").await.unwrap();
    lab.sql("UPDATE account SET password = NULL").await;
    let opened = phone.sign_in(&lab.ctx).await.unwrap();
    let ada = actor(&lab, &opened.token).await.unwrap();
    accounts::link_directory(&lab.ctx, &ada, here(7), "u1", "pw-u1").await.unwrap();
    assert_eq!(person_of(&lab, "u1", "pw-u1").await, ADA);
}

#[tokio::test]
async fn stolen_password_links_no_directory_account_to_a_manager_with_a_passkey() {
    let lab = open().await;
    lab.sql(
        "INSERT INTO setting (scope, scope_id, key, value) VALUES ('space', 0, 'accounts.second-factor', 'yes');
         INSERT INTO passkey (person_id, credential_id, credential, name, created_at) VALUES (1, x'01', '{}', 'Phone', 0)",
    )
    .await;
    let lab = lab.reopen().await;
    let house = connect(&lab, &[]).await;
    house.has(vec![member(1, "Thief", &[])]);
    let (_, thief) = ada_is_in(&lab).await;
    let refused = accounts::link_directory(&lab.ctx, &thief, here(7), "u1", "pw-u1").await;
    assert!(matches!(refused, Err(AccountsError::SecondFactorFirst)), "{refused:?}");
    assert_eq!(lab.number("SELECT count(*) FROM directory_person").await, 0);
}

#[tokio::test]
async fn directory_that_is_gone_lets_nobody_new_in_and_throws_nobody_out() {
    let (lab, house) = opened().await;
    let inside = sign_in(&lab, "u1", "pw-u1").await.unwrap();
    for (trouble, answers) in [
        (Trouble::Unreachable, false),
        (Trouble::NoAnswer, false),
        (Trouble::Unclear, true),
        (Trouble::BindRefused, true),
    ] {
        house.fails(Some(trouble));
        lab.pass(seconds(6));
        for login in ["u1", "u2", "nobody"] {
            let refused = sign_in(&lab, login, "pw-u1").await;
            let is_down = matches!(refused, Err(AccountsError::DirectoryDown));
            let is_unclear = matches!(refused, Err(AccountsError::DirectoryUnclear));
            assert_eq!((is_down, is_unclear), (!answers, answers), "{login}: {refused:?}");
        }
        assert!(actor(&lab, &inside.token).await.is_some(), "sessions stay");
        assert!(sign_in(&lab, "ada@lab.example", PASSWORD).await.is_ok(), "an account here works");
    }
    house.fails(None);
    lab.pass(seconds(6));
    assert!(sign_in(&lab, "u2", "pw-u2").await.is_ok(), "nothing was counted as a guess");
}

#[tokio::test]
async fn guesses_at_a_local_password_count_while_the_directory_is_gone() {
    let (lab, house) = opened().await;
    house.fails(Some(Trouble::Unreachable));
    for _ in 0..5 {
        assert!(sign_in(&lab, "ada@lab.example", "wrong").await.is_err());
    }
    let locked = sign_in(&lab, "ada@lab.example", PASSWORD).await;
    assert!(matches!(locked, Err(AccountsError::TooMany(_))), "{locked:?}");
}

#[tokio::test]
async fn former_member_does_not_get_in_through_the_directory() {
    let (lab, _) = opened().await;
    person_of(&lab, "u1", "pw-u1").await;
    lab.sql("UPDATE person SET status = 'left' WHERE id = (SELECT person_id FROM directory_person)").await;
    assert!(matches!(sign_in(&lab, "u1", "pw-u1").await, Err(AccountsError::Refused)));
}

#[tokio::test]
async fn guesses_while_the_directory_is_slow_refuse_none_of_its_people() {
    let (lab, house) = opened().await;
    let door = house.door.write().await;
    let enter = |network: u32, login: String, password: String| {
        let ctx = lab.ctx.clone();
        tokio::spawn(async move { accounts::sign_in(&ctx, here(network), "", &login, &password).await })
    };
    let guesses: Vec<_> = (0..40).map(|n| enter(7, format!("guess{n}"), "wrong".into())).collect();
    let right: Vec<_> = [(7, 1), (8, 2)].map(|(from, n)| enter(from, format!("u{n}"), format!("pw-u{n}"))).into();
    // All that may ask at once stand at the door.
    while house.knocking.load(Relaxed) < 9 {
        tokio::task::yield_now().await;
    }
    drop(door);
    for entered in right {
        entered.await.unwrap().unwrap();
    }
    for guess in guesses {
        assert!(matches!(guess.await.unwrap(), Err(AccountsError::Refused)));
    }
}

#[tokio::test]
async fn guesses_at_one_name_hold_two_turns_while_the_directory_is_slow() {
    let (lab, house) = opened().await;
    let door = house.door.write().await;
    let enter = |login: String, password: &'static str| {
        let ctx = lab.ctx.clone();
        tokio::spawn(async move { accounts::sign_in(&ctx, here(7), "", &login, password).await })
    };
    // In other spellings, so that each is an account of its own for the limits on guesses.
    let guesses: Vec<_> = (1..=40).map(|n| enter(format!("No{}body", " ".repeat(n)), "wrong")).collect();
    while house.knocking.load(Relaxed) < 2 {
        tokio::task::yield_now().await;
    }
    let right = enter("u1".into(), "pw-u1");
    // They come after all guesses, and nobody goes through the door.
    while house.knocking.load(Relaxed) < 3 {
        tokio::task::yield_now().await;
    }
    assert_eq!(house.filters.lock().unwrap().last().unwrap(), "(uid=u1)");
    drop(door);
    right.await.unwrap().unwrap();
    for guess in guesses {
        assert!(matches!(guess.await.unwrap(), Err(AccountsError::Refused)));
    }
}

#[tokio::test]
async fn directory_that_does_not_answer_is_left_alone_for_seconds() {
    let (lab, house) = opened().await;
    let inside = sign_in(&lab, "u1", "pw-u1").await.unwrap();
    let device = Origin { address: here(7), device: inside.device };
    house.fails(Some(Trouble::NoAnswer));
    let before = house.knocking.load(Relaxed);
    let asked = || house.knocking.load(Relaxed) - before;
    for n in 0..40 {
        let refused = accounts::sign_in(&lab.ctx, here(n), "", &format!("guess{n}"), "wrong").await;
        assert!(matches!(refused, Err(AccountsError::DirectoryDown)), "{refused:?}");
    }
    assert_eq!(asked(), 5, "the others are answered without it");
    lab.pass(seconds(5));
    for _ in 0..3 {
        assert!(matches!(sign_in(&lab, "u2", "pw-u2").await, Err(AccountsError::DirectoryDown)));
    }
    assert_eq!(asked(), 6, "one asks again");
    // A device that signed in before asks all the same, and what it hears goes for all.
    house.fails(None);
    assert!(matches!(sign_in(&lab, "u2", "pw-u2").await, Err(AccountsError::DirectoryDown)));
    let known = accounts::sign_in(&lab.ctx, device, "", "u1@uni.example", "wrong").await;
    assert!(matches!(known, Err(AccountsError::Refused)), "{known:?}");
    assert!(sign_in(&lab, "u2", "pw-u2").await.is_ok());
}

#[tokio::test]
async fn directory_that_answers_again_is_asked_by_everybody_after_the_first() {
    let (lab, house) = opened().await;
    house.fails(Some(Trouble::Unreachable));
    for _ in 0..5 {
        assert!(matches!(sign_in(&lab, "u1", "pw-u1").await, Err(AccountsError::DirectoryDown)));
    }
    house.fails(None);
    lab.pass(seconds(5));
    assert!(sign_in(&lab, "u1", "pw-u1").await.is_ok());
    assert!(sign_in(&lab, "u2", "pw-u2").await.is_ok());
}
