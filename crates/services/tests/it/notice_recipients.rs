//! Recipients of notices about passwords, second factors, cards, claims, corrected uses, applications and failed
//! jobs.

use crate::lab::{
    LASER, LASER_ID, Lab, ada, card,
    entrance::{self, ADA, OTHER, PASSWORD, ada_is_in, here, token_of},
    seconds,
};
use contract::{accounts::Delivery, system::Ended};
use domain::{
    actor::{Actor, Rank},
    id::{ClaimId, PersonId, UseId},
    inbox::{Matter, Verdict},
    jobs::Job,
    notices::Kind,
    time::DAY,
};
use services::{
    access::check,
    accounts, cards,
    corrections::{self, CorrectUse},
    inbox, jobs,
    setup::{self, Administrator},
};
use text::Lang;

const BOB: i64 = 2;
const KEN: i64 = 11;

/// Kinds of the notices of `person`, newest first.
async fn notices_of(lab: &Lab, person: i64) -> Vec<Kind> {
    let mut conn = lab.raw().await;
    let kinds: Vec<String> = sqlx::query_scalar("SELECT kind FROM notice WHERE person_id = ? ORDER BY id DESC")
        .bind(person)
        .fetch_all(&mut conn)
        .await
        .unwrap();
    kinds.iter().map(|kind| Kind::parse(kind).unwrap()).collect()
}

/// The lab with Ken (11), who manages, Olga (12), who owns the lasers, and Ann (15), who applied. Clocks show UTC.
async fn staffed() -> Lab {
    let lab = Lab::open().await;
    lab.sql(
        "INSERT INTO person (id, status, created_at) VALUES (11, 'active', 0), (12, 'active', 0), (15, 'applicant', 5);
         INSERT INTO profile (person_id, name) VALUES (11, 'Ken'), (12, 'Olga'), (15, 'Ann');
         INSERT INTO setting (scope, scope_id, key, value) VALUES ('space', 0, 'space.zone', 'UTC')",
    )
    .await;
    for (person, kind, relation) in [(KEN, 1, "user"), (KEN, 1, "owner"), (12, 1, "user"), (12, 3, "owner")] {
        lab.grant(person, kind, relation).await;
    }
    lab.reopen().await
}

/// Ada can sign in, and Bob is an administrator too.
async fn entered() -> Lab {
    let lab = entrance::open().await;
    lab.grant(BOB, 1, "owner").await;
    lab.grant(BOB, 2, "owner").await;
    assert_eq!(lab.signed_in(BOB).await.known().unwrap().rank(), Rank::Administrator);
    lab
}

/// Ada chooses a password by a link handed over by another person.
async fn follows_a_link(lab: &Lab, password: &str) {
    let link = accounts::help_in(&lab.ctx, &Actor::TOOLGATE, ADA, Lang::En).await.unwrap();
    let Delivery::ByHand { link } = link else { panic!("mailed") };
    accounts::accept(&lab.ctx, here(1), "", &token_of(&link), password).await.unwrap();
}

/// Ada's authenticator counts from now on.
async fn sets_up_a_second_factor(lab: &Lab) {
    let (_, ada) = ada_is_in(lab).await;
    let before = notices_of(lab, 1).await;
    let offer = accounts::begin_totp(&lab.ctx, &ada).await.unwrap();
    assert_eq!(notices_of(lab, 1).await, before, "it does not count yet");
    let code = entrance::code(&offer.secret, lab.ctx.moment_now().at.0);
    accounts::confirm_totp(&lab.ctx, &ada, here(1), &code).await.unwrap();
}

/// `person` claims a card that was held to the laser just now.
async fn claims(lab: Lab, person: i64) -> (Lab, ClaimId) {
    check(&lab.ctx, LASER, &card("c0ffee03")).await.unwrap();
    let lab = lab.reopen().await;
    let me = lab.signed_in(person).await;
    let which = cards::at_reader(&lab.ctx, &me, LASER_ID).await.unwrap().cards[0].card;
    let (claim, _) = cards::claim(&lab.ctx, &me, LASER_ID, which).await.unwrap();
    (lab, claim)
}

#[tokio::test]
async fn changed_password_notifies_owner_even_by_own_change() {
    let lab = entered().await;
    let (_, ada) = ada_is_in(&lab).await;
    let wrong = accounts::change_password(&lab.ctx, &ada, here(1), "wrong", OTHER).await;
    assert!(wrong.is_err() && notices_of(&lab, 1).await.is_empty(), "nothing changed");
    accounts::change_password(&lab.ctx, &ada, here(1), PASSWORD, OTHER).await.unwrap();
    assert_eq!(notices_of(&lab, 1).await, [Kind::PasswordChanged]);
    assert_eq!(notices_of(&lab, BOB).await, []);
}

#[tokio::test]
async fn password_replaced_by_link_notifies_and_first_one_does_not() {
    let lab = entered().await;
    assert_eq!(notices_of(&lab, 1).await, [], "she was invited and chose her first");
    follows_a_link(&lab, OTHER).await;
    assert_eq!(notices_of(&lab, 1).await, [Kind::PasswordChanged]);
    assert_eq!(notices_of(&lab, BOB).await, []);
}

#[tokio::test]
async fn second_factor_change_always_notifies_owner() {
    let lab = entered().await;
    sets_up_a_second_factor(&lab).await;
    assert_eq!(notices_of(&lab, 1).await, [Kind::SecondFactorChanged]);
    let bob = lab.signed_in(BOB).await;
    accounts::take_off_second_factor(&lab.ctx, &bob, ADA).await.unwrap();
    assert_eq!(notices_of(&lab, 1).await, [Kind::SecondFactorChanged; 2], "by somebody else");
    lab.pass(seconds(60));
    sets_up_a_second_factor(&lab).await;
    let own = lab.signed_in(1).await;
    accounts::remove_totp(&lab.ctx, &own, here(1), PASSWORD).await.unwrap();
    assert_eq!(notices_of(&lab, 1).await, [Kind::SecondFactorChanged; 4], "by herself");
    assert_eq!(notices_of(&lab, BOB).await, []);
}

#[tokio::test]
async fn console_recovery_notifies_administrator_of_changed_credentials() {
    let lab = entered().await;
    sets_up_a_second_factor(&lab).await;
    let recover = |password: &str| Administrator {
        name: "Ada".into(),
        email: "ada@lab.example".into(),
        password: password.into(),
        recover: true,
        space: None,
    };
    setup::create_administrator(&lab.ctx, recover(OTHER)).await.unwrap();
    let expected = [Kind::SecondFactorChanged, Kind::PasswordChanged, Kind::SecondFactorChanged];
    assert_eq!(notices_of(&lab, 1).await, expected);
    lab.pass(seconds(1));
    setup::create_administrator(&lab.ctx, recover(PASSWORD)).await.unwrap();
    assert_eq!(notices_of(&lab, 1).await[0], Kind::PasswordChanged, "there was no second factor to take off");
    assert_eq!((notices_of(&lab, 1).await.len(), notices_of(&lab, BOB).await), (4, vec![]));
}

#[tokio::test]
async fn given_card_notifies_recipient_not_giver() {
    let lab = staffed().await;
    let ken = lab.signed_in(KEN).await;
    cards::give(&lab.ctx, &ken, ADA, "0badcafe").await.unwrap();
    assert_eq!(notices_of(&lab, 1).await, [Kind::CardGiven]);
    cards::give(&lab.ctx, &ken, PersonId(KEN), "0badcaff").await.unwrap();
    assert_eq!(notices_of(&lab, KEN).await, [], "he has it in his hand");
    assert_eq!(notices_of(&lab, BOB).await, []);
}

#[tokio::test]
async fn claim_notifies_managers_and_card_notifies_claimant() {
    let (lab, claim) = claims(staffed().await, 1).await;
    assert_eq!(notices_of(&lab, KEN).await, [Kind::CardClaimed]);
    for person in [1, BOB, 12] {
        assert_eq!(notices_of(&lab, person).await, [], "{person} gives no cards");
    }
    cards::approve(&lab.ctx, &lab.signed_in(KEN).await, claim).await.unwrap();
    assert_eq!(notices_of(&lab, 1).await, [Kind::CardGiven]);
    assert_eq!(notices_of(&lab, KEN).await, [Kind::CardClaimed]);
}

#[tokio::test]
async fn refused_claim_notifies_claimant_only() {
    let (lab, claim) = claims(staffed().await, BOB).await;
    cards::refuse(&lab.ctx, &lab.signed_in(KEN).await, claim, "the key of the cupboard").await.unwrap();
    assert_eq!(notices_of(&lab, BOB).await, [Kind::ClaimRefused]);
    assert_eq!(notices_of(&lab, KEN).await, [Kind::CardClaimed]);
    assert_eq!(notices_of(&lab, 1).await, []);
}

/// `person` corrects the end and the user of the last use.
async fn correct(lab: &Lab, person: i64, end: &str, who: &str) {
    let actor = lab.signed_in(person).await;
    let id = UseId(lab.number("SELECT max(id) FROM use_session").await);
    let seen = corrections::one(&lab.ctx, &actor, id).await.unwrap().version;
    let input = CorrectUse::from_form(end.into(), who, false, "forgot to log off".into());
    corrections::correct(&lab.ctx, &actor, id, seen, &input).await.unwrap();
    lab.pass(seconds(1));
}

#[tokio::test]
async fn corrected_use_notifies_both_people_not_corrector() {
    let lab = staffed().await;
    lab.starts(LASER, &ada()).await;
    lab.pass(seconds(7_200));
    lab.stops(LASER, &ada(), 7_200).await;
    correct(&lab, 12, "2027-01-15T08:30", "1").await;
    assert_eq!(notices_of(&lab, 1).await, [Kind::UseCorrected]);
    correct(&lab, 12, "2027-01-15T08:30", "2").await;
    assert_eq!((notices_of(&lab, 1).await.len(), notices_of(&lab, BOB).await), (2, vec![Kind::UseCorrected]));
    correct(&lab, 12, "2027-01-15T08:30", "12").await;
    correct(&lab, 12, "2027-01-15T08:40", "12").await;
    assert_eq!(notices_of(&lab, BOB).await.len(), 2, "that it is his no longer, and then no more");
    assert_eq!((notices_of(&lab, 12).await, notices_of(&lab, KEN).await), (vec![], vec![]));
}

#[tokio::test]
async fn declined_or_reopened_application_notifies_applicant() {
    let lab = staffed().await;
    let ken = lab.signed_in(KEN).await;
    inbox::decide(&lab.ctx, &ken, Matter::Applicant, 15, Verdict::Reject).await.unwrap();
    inbox::take_back(&lab.ctx, &ken, Matter::Applicant, 15).await.unwrap();
    assert_eq!(notices_of(&lab, 15).await, [Kind::StatusChanged; 2]);
    lab.pass(seconds(1));
    inbox::decide(&lab.ctx, &ken, Matter::Applicant, 15, Verdict::Approve).await.unwrap();
    assert_eq!(notices_of(&lab, 15).await, [Kind::StatusChanged; 3]);
    assert_eq!(notices_of(&lab, KEN).await, []);
}

#[tokio::test]
async fn upgraded_space_with_free_bookings_notifies_administrators_once() {
    let lab = staffed().await;
    lab.grant(BOB, 1, "owner").await;
    lab.grant(BOB, 2, "owner").await;
    jobs::run(&lab.ctx, Job::Reminders).await;
    assert_eq!(notices_of(&lab, BOB).await, [], "a new one has nothing to tell");
    lab.sql("INSERT INTO untold_change (change) VALUES ('booking-need')").await;
    for _ in 0..2 {
        jobs::run(&lab.ctx, Job::Reminders).await;
        assert_eq!(notices_of(&lab, BOB).await, [Kind::SettingKept]);
    }
    assert_eq!(notices_of(&lab, KEN).await, [], "he cannot change it");
    lab.sql("DELETE FROM delivery; DELETE FROM notice").await;
    jobs::run(&lab.ctx, Job::Reminders).await;
    assert_eq!(notices_of(&lab, BOB).await, []);
}

#[tokio::test]
async fn failed_job_notifies_administrators_once_a_day() {
    let lab = staffed().await;
    lab.grant(BOB, 1, "owner").await;
    lab.grant(BOB, 2, "owner").await;
    assert_eq!(jobs::run(&lab.ctx, Job::IdempotencyKeys).await, Ended::Idle);
    assert_eq!(notices_of(&lab, BOB).await, [], "it went well");
    lab.sql("ALTER TABLE repeated_request RENAME TO elsewhere").await;
    for _ in 0..2 {
        assert_eq!(jobs::run(&lab.ctx, Job::IdempotencyKeys).await, Ended::Failed);
    }
    assert_eq!(notices_of(&lab, BOB).await, [Kind::JobFailed]);
    lab.pass(DAY);
    jobs::run(&lab.ctx, Job::IdempotencyKeys).await;
    assert_eq!(notices_of(&lab, BOB).await, [Kind::JobFailed; 2]);
    for person in [1, KEN, 12] {
        assert_eq!(notices_of(&lab, person).await, [], "{person} does not run the server");
    }
}
