//! A swipe: the decision as a board gets it, and stored attempts.

use crate::lab::{LASER, LASER_ID, LATHE, Lab, NOON, ada, bob, card, seconds};
use contract::access::TraceView;
use domain::{
    access::{Decision, Level, Outcome, Reason, Rule},
    actor::{Actor, Channel},
    boards::MachineNumber,
    holds::HoldReason,
    id::{HoldId, MachineId, PersonId, TypeId},
    machines::AuthorisationMode,
    people::PersonStatus,
    problem::Kind,
    time::{DAY, HOUR, Millis},
};
use services::error::ServiceError;
use services::{
    access::{AccessError, Question, RETENTION, answers, ask, attempts, check, forget_old},
    boards::BoardsError,
};
use text::Lang;

const ADA: PersonId = PersonId(1);
const BOB: PersonId = PersonId(2);
const LATHE_ID: MachineId = MachineId(2);

async fn decision(lab: &Lab, board: MachineNumber, uid: &str) -> Decision {
    check(&lab.ctx, board, &card(uid)).await.unwrap().decision
}

#[tokio::test]
async fn qualified_card_is_allowed_and_others_get_all_reasons() {
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

// A8
#[tokio::test]
async fn change_takes_effect_at_next_swipe() {
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
async fn recent_trainer_swipe_admits_member_to_supervised_machine() {
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
    // Attempts are written in bulk; closing writes them.
    let lab = lab.reopen().await;
    lab.pass(seconds(120));
    assert!(matches!(decision(&lab, LASER, "00000b0b").await, Decision::Allow { .. }));
    assert!(matches!(decision(&lab, LATHE, "00000b0b").await, Decision::Deny(_)), "beside the laser only");
    lab.pass(seconds(1));
    assert_eq!(decision(&lab, LASER, "00000b0b").await, alone);
}

#[tokio::test]
async fn simultaneous_machine_limit_is_enforced() {
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
async fn attempts_are_recorded_with_reasons_and_unknown_cards_counted() {
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

async fn asks(lab: &Lab, who: i64, person: PersonId, machine: MachineId) -> Result<TraceView, AccessError> {
    ask(&lab.ctx, &lab.signed_in(who).await, Question { person, machine, at: None }).await
}

#[tokio::test]
async fn hold_denies_access_until_it_ends() {
    let lab = Lab::open().await;
    lab.sql("INSERT INTO hold (id, person_id, reason, placed_at, until) VALUES (5, 1, 'safety', 1800000000000, 1800000060000),
             (6, 1, 'unpaid', 0, NULL)").await;
    lab.sql("UPDATE hold SET lifted_at = 1 WHERE id = 6").await;
    let until = Some(NOON.after(seconds(60)));
    let held = Reason::OnHold { hold: HoldId(5), reason: HoldReason::Safety, until };
    assert_eq!(decision(&lab, LASER, "0000ada1").await, Decision::Deny(vec![held]), "a lifted one does not count");
    lab.pass(seconds(60));
    assert!(decision(&lab, LASER, "0000ada1").await.is_yes());
}

// A9
#[tokio::test]
async fn opening_hours_follow_space_clock() {
    let lab = Lab::open().await;
    // 15 January 2027, 08:00 in UTC: a Friday, and 09:00 in Rome.
    lab.sql("INSERT INTO setting (scope, scope_id, key, value) VALUES ('space', 0, 'space.zone', 'Europe/Rome');
             INSERT INTO opening_hours (scope, scope_id, weekday, from_min, to_min) VALUES ('space', 0, 4, 540, 600)")
        .await;
    let closes = NOON.after(HOUR);
    assert_eq!(
        decision(&lab, LASER, "0000ada1").await,
        Decision::Allow { level: Level::User, until: Some(closes) }
    );
    lab.pass(HOUR);
    let next = closes.after(DAY * 6 + HOUR * 23);
    let too_late = Decision::Deny(vec![Reason::Closed { opens: Some(next) }]);
    assert_eq!(decision(&lab, LASER, "0000ada1").await, too_late);
    lab.sql(
        "INSERT INTO opening_hours (scope, scope_id, weekday, from_min, to_min) VALUES ('type', 3, 4, 0, 1440)",
    )
    .await;
    assert!(decision(&lab, LASER, "0000ada1").await.is_yes(), "the type's own hours");
    // The Friday itself, in days since 1970.
    lab.sql("INSERT INTO opening_exception (scope, scope_id, day) VALUES ('machine', 1, 20833)").await;
    assert!(!decision(&lab, LASER, "0000ada1").await.is_yes(), "closed today, at this machine");
}

#[tokio::test]
async fn dangerous_machine_requires_company() {
    let lab = Lab::open().await;
    lab.mode(AuthorisationMode::Open).await;
    lab.sql(
        "INSERT INTO setting (scope, scope_id, key, value) VALUES ('space', 0, 'access.people-present', '2'),
             ('type', 4, 'access.mode', 'open')",
    )
    .await;
    assert!(decision(&lab, LASER, "00000b0b").await.is_yes(), "lasers are not of the highest risk");
    let alone = Decision::Deny(vec![Reason::TooFewPresent { present: 1, needed: 2 }]);
    assert_eq!(decision(&lab, LATHE, "00000b0b").await, alone);
    lab.starts(LASER, &bob()).await;
    assert_eq!(decision(&lab, LATHE, "00000b0b").await, alone, "oneself is one person");
    lab.starts(LASER, &ada()).await;
    assert!(decision(&lab, LATHE, "00000b0b").await.is_yes());
}

#[tokio::test]
async fn page_matches_board_decision_and_knows_current_user() {
    let lab = Lab::open().await;
    let notices = asks(&lab, 1, ADA, LASER_ID).await.unwrap();
    assert_eq!(notices.trace.decision, Decision::Allow { level: Level::User, until: None });
    assert_eq!((notices.name.as_deref(), notices.type_name(TypeId(3))), (Some("Ada"), "Laser cutter"));
    let notices = asks(&lab, 2, BOB, LASER_ID).await.unwrap();
    assert_eq!(notices.trace.decision, decision(&lab, LASER, "00000b0b").await);
    lab.starts(LASER, &bob()).await;
    let notices = asks(&lab, 1, ADA, LASER_ID).await.unwrap();
    assert_eq!(notices.trace.decision, Decision::Deny(vec![Reason::InUse]));
    assert!(decision(&lab, LASER, "0000ada1").await.is_yes(), "a board asks only when it is free");
    lab.starts(LASER, &ada()).await;
    assert!(asks(&lab, 1, ADA, LASER_ID).await.unwrap().trace.decision.is_yes(), "oneself is not somebody else");
}

#[tokio::test]
async fn question_about_later_uses_hours_but_not_presence() {
    let lab = Lab::open().await;
    lab.sql(
        "INSERT INTO opening_hours (scope, scope_id, weekday, from_min, to_min) VALUES ('space', 0, 4, 480, 600)",
    )
    .await;
    lab.starts(LASER, &bob()).await;
    let actor = lab.signed_in(1).await;
    let at = |at: Millis| ask(&lab.ctx, &actor, Question { person: ADA, machine: LASER_ID, at: Some(at) });
    let notices = at(NOON.after(HOUR)).await.unwrap();
    assert!(notices.trace.decision.is_yes(), "{notices:?}");
    let step = notices.trace.steps.iter().find(|step| step.rule == Rule::Unused).unwrap();
    assert_eq!(step.outcome, Outcome::NotAsked);
    assert!(!at(NOON.after(HOUR * 3)).await.unwrap().trace.decision.is_yes(), "closed then");
    for wrong in [NOON.before(HOUR), NOON.after(DAY * 61), Millis(i64::MAX), Millis(i64::MIN)] {
        let problem = at(wrong).await.unwrap_err().problem(Lang::En);
        assert_eq!((problem.kind, problem.at("at").is_some()), (Kind::Invalid, true));
    }
}

// A7
#[tokio::test]
async fn others_access_is_visible_to_trainers_and_hidden_from_rest() {
    let lab = Lab::open().await;
    let unknown = |reported: Result<TraceView, AccessError>| matches!(reported, Err(AccessError::UnknownPerson));
    assert!(unknown(asks(&lab, 2, ADA, LASER_ID).await));
    assert!(unknown(asks(&lab, 2, PersonId(99), LASER_ID).await), "the same answer as for nobody");
    let stranger = Actor::anybody(true, Channel::Api);
    let question = Question { person: ADA, machine: LASER_ID, at: None };
    assert!(matches!(ask(&lab.ctx, &stranger, question).await, Err(AccessError::Forbidden(_))));
    assert!(matches!(asks(&lab, 1, ADA, MachineId(99)).await, Err(AccessError::UnknownMachine)));
    lab.grant(2, 3, "trainer").await;
    assert!(asks(&lab, 2, ADA, LASER_ID).await.unwrap().trace.decision.is_yes());
    assert!(unknown(asks(&lab, 2, ADA, LATHE_ID).await), "a trainer of lasers asks nothing about lathes");
    assert!(unknown(asks(&lab, 2, PersonId(99), LASER_ID).await));
    let page = answers(&lab.ctx, &lab.signed_in(2).await, LASER_ID, Some(ADA)).await.unwrap();
    assert_eq!(page.people.unwrap().iter().map(|(id, _)| *id).collect::<Vec<_>>(), [ADA, PersonId(3)]);
    assert!(page.other.is_some() && page.mine.is_some());
    let page = answers(&lab.ctx, &lab.signed_in(1).await, LASER_ID, Some(BOB)).await.unwrap();
    assert!(page.people.is_none() && page.other.is_none(), "Ada may not ask for others");
    let page = answers(&lab.ctx, &stranger, LASER_ID, Some(ADA)).await.unwrap();
    assert!(page.mine.is_none() && page.other.is_none());
}

#[tokio::test]
async fn person_without_working_card_is_shown_as_cardless() {
    let lab = Lab::open().await;
    let page = async || answers(&lab.ctx, &lab.signed_in(1).await, LASER_ID, None).await.unwrap();
    assert!(!page().await.cardless);
    for change in [
        "UPDATE card SET state = 'lost' WHERE person_id = 1",
        "UPDATE card SET state = 'retired' WHERE person_id = 1",
        "DELETE FROM card WHERE person_id = 1",
    ] {
        lab.sql(change).await;
        let page = page().await;
        assert!(page.cardless && page.mine.unwrap().trace.decision.is_yes(), "{change}");
    }
    lab.sql("INSERT INTO card (person_id, uid, state, given_at) VALUES (1, '0000ada2', 'active', 0)").await;
    assert!(!page().await.cardless, "one that works is enough");
}

#[tokio::test]
async fn denied_member_sees_who_can_help() {
    let lab = Lab::open().await;
    lab.sql(
        "INSERT INTO qualification (person_id, type_id, machine_id, relation, kind, effective_from, cause, recorded_at)
         VALUES (1, 3, NULL, 'trainer', 'granted', 0, 'administrator', 0),
                (3, 3, NULL, 'trainer', 'granted', 0, 'administrator', 0)",
    )
    .await;
    let page = answers(&lab.ctx, &lab.signed_in(2).await, LASER_ID, None).await.unwrap();
    let [ada] = &page.helpers[..] else { panic!("Zoe is suspended: {:?}", page.helpers) };
    assert_eq!((ada.person, ada.name.as_str(), ada.checkout), (ADA, "Ada", Some(TypeId(3))));
    assert_eq!(ada.mail, None, "members do not see addresses");
    // Names are shown to members only; others see what to ask for, but not whom.
    lab.grant(1, 1, "owner").await;
    let stranger = Actor::anybody(true, Channel::Web);
    assert!(answers(&lab.ctx, &stranger, LASER_ID, None).await.unwrap().helpers.is_empty());
    for status in ["applicant", "suspended", "left"] {
        lab.sql(match status {
            "applicant" => "UPDATE person SET status = 'applicant' WHERE id = 2",
            "suspended" => "UPDATE person SET status = 'suspended' WHERE id = 2",
            _ => "UPDATE person SET status = 'left' WHERE id = 2",
        })
        .await;
        let page = answers(&lab.ctx, &lab.signed_in(2).await, LASER_ID, None).await.unwrap();
        assert!(page.mine.is_some() && page.helpers.is_empty(), "{status}: {:?}", page.helpers);
    }
    lab.sql("UPDATE person SET status = 'active' WHERE id = 2").await;
    lab.sql(
        "INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
         VALUES (2, 1, 'user', 'revoked', 1, 'administrator', 1)",
    )
    .await;
    let page = answers(&lab.ctx, &lab.signed_in(2).await, LASER_ID, None).await.unwrap();
    assert!(page.helpers.is_empty(), "signed in, and no member: {:?}", page.helpers);
}

#[tokio::test]
async fn past_refusal_shows_reason_in_force_then() {
    let lab = Lab::open().await;
    decision(&lab, LASER, "00000b0b").await;
    lab.pass(DAY * 3);
    lab.sql(
        "INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
         VALUES (2, 3, 'user', 'granted', 1800000000001, 'trainer', 0),
                (1, 4, 'trainer', 'granted', 0, 'administrator', 0)",
    )
    .await;
    decision(&lab, LASER, "00000b0b").await;
    let lab = lab.reopen().await;
    let own = attempts(&lab.ctx, &lab.signed_in(2).await, BOB).await.unwrap();
    assert_eq!(own.len(), 2);
    let notices = own[1].told.as_ref().unwrap();
    assert_eq!(notices.trace.decision, Decision::Deny(vec![Reason::NotQualified(TypeId(3))]));
    assert_eq!((notices.trace.at, own[1].reasons.as_slice()), (NOON, &["qualification.missing".to_owned()][..]));
    assert_eq!(Lang::En.why(notices.trace.decision.reasons()[0], notices), "Not trained on “Laser cutter” yet");
    assert!(own[0].told.as_ref().unwrap().trace.decision.is_yes(), "newest first");
    // Ada trains on lathes, where Bob never was.
    let not_hers = attempts(&lab.ctx, &lab.signed_in(1).await, BOB).await;
    assert!(matches!(not_hers, Err(AccessError::UnknownPerson)));
    lab.sql(
        "INSERT INTO qualification (person_id, machine_id, relation, kind, effective_from, cause, recorded_at)
         VALUES (1, 1, 'trainer', 'granted', 0, 'administrator', 0)",
    )
    .await;
    assert_eq!(attempts(&lab.ctx, &lab.signed_in(1).await, BOB).await.unwrap().len(), 2);
}

#[tokio::test]
async fn attempts_are_deleted_after_ninety_days_and_contain_no_uids() {
    let lab = Lab::open().await;
    for uid in ["0000ada1", "ffffffff"] {
        decision(&lab, LASER, uid).await;
    }
    let lab = lab.reopen().await;
    assert_eq!(
        lab.number("SELECT count(*) FROM attempt WHERE trace LIKE '%ffffffff%' OR trace LIKE '%ada%'").await,
        0
    );
    assert_eq!(lab.number("SELECT count(*) FROM attempt WHERE json_valid(trace)").await, 2);
    lab.pass(RETENTION);
    assert_eq!(forget_old(&lab.ctx).await.unwrap(), 0);
    lab.pass(seconds(1));
    assert_eq!(forget_old(&lab.ctx).await.unwrap(), 2);
    assert_eq!(forget_old(&lab.ctx).await.unwrap(), 0);
}

#[tokio::test]
async fn trainer_asks_about_members_and_people_related_to_machine() {
    let lab = Lab::open().await;
    lab.sql(
        "INSERT INTO person (id, status, created_at) VALUES (30, 'applicant', 0), (31, 'suspended', 0), (32, 'left', 0);
         INSERT INTO profile (person_id, name) VALUES (30, 'Ann'), (31, 'Sam'), (32, 'Leo');
         INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at) VALUES
             (1, 3, 'trainer', 'granted', 0, 'trainer', 0), (31, 3, 'user', 'granted', 0, 'trainer', 0),
             (32, 3, 'user', 'granted', 0, 'trainer', 0)",
    )
    .await;
    let trainer = lab.signed_in(1).await;
    for (person, known) in [(2, true), (31, true), (30, false), (32, false), (999, false)] {
        let question = Question { person: PersonId(person), machine: LASER_ID, at: None };
        let notices = ask(&lab.ctx, &trainer, question).await;
        assert_eq!(notices.is_ok(), known, "{person}: {notices:?}");
        assert!(known || matches!(notices, Err(AccessError::UnknownPerson)));
        let view = answers(&lab.ctx, &trainer, LASER_ID, Some(PersonId(person))).await.unwrap();
        assert_eq!(view.other.is_some(), known, "{person}");
    }
}

#[tokio::test]
async fn trainer_sees_attempts_at_own_machines_despite_many_elsewhere() {
    let lab = Lab::open().await;
    lab.sql(
        "INSERT INTO person (id, status, created_at) VALUES (31, 'active', 0);
         INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
             VALUES (1, 3, 'trainer', 'granted', 0, 'trainer', 0), (31, 1, 'owner', 'granted', 0, 'setup', 0)",
    )
    .await;
    check(&lab.ctx, LASER, &bob()).await.unwrap();
    let lab = lab.reopen().await;
    lab.sql(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 250)
         INSERT INTO attempt (machine_id, card_id, at, level, reasons)
             SELECT 2, a.card_id, a.at + n.i, 0, '' FROM attempt a, n",
    )
    .await;
    let seen = attempts(&lab.ctx, &lab.signed_in(1).await, BOB).await.unwrap();
    assert_eq!(seen.iter().map(|one| one.machine).collect::<Vec<_>>(), [LASER_ID]);
    let mut manager = lab.signed_in(31).await;
    if let domain::actor::Who::Person(known) = &mut manager.who {
        known.roles_asleep = true;
    }
    for person in [BOB, PersonId(999)] {
        let asleep = attempts(&lab.ctx, &manager, person).await;
        assert!(matches!(asleep, Err(AccessError::Forbidden(_))), "{asleep:?}");
    }
}
