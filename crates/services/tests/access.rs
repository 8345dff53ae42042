//! A card in front of a machine: the decision as a board gets it, and what is kept of it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod lab;

use domain::{
    access::{Decision, Level, Reason},
    boards::MachineNumber,
    id::TypeId,
    machines::AuthorisationMode,
    people::PersonStatus,
};
use lab::{LASER, LATHE, Lab, ada, bob, card, seconds};
use services::{access::check, boards::BoardsError};

async fn decision(lab: &Lab, board: MachineNumber, uid: &str) -> Decision {
    check(&lab.ctx, board, &card(uid)).await.unwrap().decision
}

#[tokio::test]
async fn who_is_qualified_is_let_in_and_others_are_told_all_reasons() {
    let lab = Lab::open().await;
    assert_eq!(decision(&lab, LASER, "0000ada1").await, Decision::Allow { level: Level::User, until: None });
    let not_qualified = Decision::Deny(vec![Reason::NotQualified(TypeId(3))]);
    assert_eq!(decision(&lab, LASER, "00000b0b").await, not_qualified);
    let suspended = Decision::Deny(vec![Reason::NotActive(PersonStatus::Suspended)]);
    assert_eq!(decision(&lab, LASER, "00000203").await, suspended);
    assert_eq!(decision(&lab, LASER, "ffffffff").await, Decision::Deny(vec![Reason::UnknownPerson]));
    let nowhere = check(&lab.ctx, MachineNumber(99), &ada()).await;
    assert!(matches!(nowhere, Err(BoardsError::UnknownMachine)));
}

#[tokio::test]
async fn a8_what_changes_counts_at_the_next_swipe() {
    let lab = Lab::open().await;
    assert!(matches!(decision(&lab, LASER, "0000ada1").await, Decision::Allow { .. }));
    for (change, reason) in [
        ("UPDATE card SET state = 'lost' WHERE id = 1", "card.out-of-use"),
        ("INSERT INTO machine_block (machine_id, placed_at) VALUES (1, 0)", "machine.blocked"),
        ("INSERT INTO type_requirement VALUES (3, 4)", "qualification.missing"),
        ("UPDATE person SET status = 'left' WHERE id = 1", "person.not-active"),
        (
            "INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
             VALUES (1, 1, 'user', 'revoked', 1, 'administrator', 1)",
            "person.not-a-member",
        ),
    ] {
        lab.sql(change).await;
        let Decision::Deny(reasons) = decision(&lab, LASER, "0000ada1").await else { panic!("{change}") };
        assert!(reasons.iter().any(|found| found.code() == reason), "{reason} is not in {reasons:?}");
    }
    let Decision::Deny(all) = decision(&lab, LASER, "0000ada1").await else { panic!("allowed") };
    assert_eq!(all.len(), 5, "all of them, not the first: {all:?}");
}

#[tokio::test]
async fn a_trainer_who_just_swiped_lets_a_member_use_a_supervised_machine() {
    let lab = Lab::open().await;
    lab.mode(AuthorisationMode::Supervised).await;
    lab.sql(
        "INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
         VALUES (1, 3, 'trainer', 'granted', 0, 'trainer', 0)",
    )
    .await;
    let alone = Decision::Deny(vec![Reason::NeedsTrainer(TypeId(3))]);
    assert_eq!(decision(&lab, LASER, "00000b0b").await, alone);
    check(&lab.ctx, LASER, &ada()).await.unwrap();
    // Attempts are noted in passing; closing writes what is noted.
    let lab = lab.reopen().await;
    lab.pass(seconds(120));
    assert!(matches!(decision(&lab, LASER, "00000b0b").await, Decision::Allow { .. }));
    assert!(matches!(decision(&lab, LATHE, "00000b0b").await, Decision::Deny(_)), "beside the laser only");
    lab.pass(seconds(1));
    assert_eq!(decision(&lab, LASER, "00000b0b").await, alone);
}

#[tokio::test]
async fn nobody_runs_more_machines_than_allowed() {
    let lab = Lab::open().await;
    lab.mode(AuthorisationMode::Open).await;
    lab.sql("INSERT INTO setting (scope, scope_id, key, value) VALUES ('space', 0, 'access.simultaneous', '1')")
        .await;
    lab.starts(LATHE, &bob()).await;
    let Decision::Deny(reasons) = decision(&lab, LASER, "00000b0b").await else { panic!("allowed") };
    assert_eq!(reasons, [Reason::TooManyMachines(1)]);
    assert!(
        matches!(decision(&lab, LASER, "0000ada1").await, Decision::Allow { .. }),
        "others' uses do not count"
    );
}

#[tokio::test]
async fn attempts_are_kept_with_their_reasons_and_unknown_cards_are_counted() {
    let lab = Lab::open().await;
    for uid in ["0000ada1", "00000b0b", "ffffffff", "ffffffff"] {
        decision(&lab, LASER, uid).await;
    }
    let lab = lab.reopen().await;
    assert_eq!(lab.number("SELECT count(*) FROM attempt").await, 4);
    assert_eq!(lab.text("SELECT reasons FROM attempt WHERE card_id = 2").await, "qualification.missing");
    assert_eq!(lab.number("SELECT level FROM attempt WHERE card_id = 1").await, 1);
    assert_eq!(lab.number("SELECT seen FROM unknown_card WHERE uid = 'ffffffff' AND machine_id = 1").await, 2);
    assert_eq!(lab.number("SELECT count(*) FROM attempt WHERE unknown_card_id IS NOT NULL").await, 2);
}
