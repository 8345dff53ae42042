//! The effects of changed permissions and remote requests on a running use: one request to its board, audited, and
//! repeated in the answers to polls until the use has ended.

use crate::lab;
use crate::lab::{LASER, LASER_ID, LATHE, Lab, ada, bob, holds, seconds};
use contract::requests::Remote;
use domain::{
    access::Decision,
    actor::{Actor, Channel, Forbidden, Permission, Target},
    boards::Message,
    cards::CardAction,
    id::{CardId, MachineId, PersonId, TypeId},
    live::ChangeEvent,
    machines::AuthorisationMode,
    qualifications::{Relation, SPACE, Subject},
    requests::{BoardCommand, Cause, Stop},
    settings::{At, Key},
    uses::Action,
};
use services::{
    access, boards, cards, effects, people,
    qualifications::{self, Change},
    requests::{self, Order, RequestsError},
    settings::{self, Say},
    uses,
};
use sqlx::Executor;
use store::{Done, Store, StoreError, Tuning, audit};

const ADA: PersonId = PersonId(1);
const BOB: PersonId = PersonId(2);
const LASERS: TypeId = TypeId(3);

/// Changes that end a use, by cause.
const LOSSES: [(Cause, &str); 6] = [
    (Cause::Suspended, "UPDATE person SET status = 'suspended' WHERE id = 1"),
    (Cause::Left, "UPDATE person SET status = 'left', left_at = 1800000000000 WHERE id = 1"),
    (Cause::Hold, "INSERT INTO hold (person_id, reason, placed_at) VALUES (1, 'unpaid', 1800000000000)"),
    (
        Cause::Banned,
        "INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
              VALUES (1, 3, 'user', 'banned', 1800000000000, 'trainer', 1800000000000)",
    ),
    (Cause::Card, "UPDATE card SET state = 'lost' WHERE id = 1"),
    (
        Cause::Qualification,
        "INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
              VALUES (1, 3, 'user', 'revoked', 1800000000000, 'trainer', 1800000000000)",
    ),
];

const ONLINE: &str = "INSERT INTO machine_signal (machine_id, heard_at, online) VALUES (1, 1800000000000, 1)";

/// Changes a person in one job, as services do; returns the events.
async fn changed(lab: &Lab, sql: &'static str, person: PersonId, cause: Cause) -> Vec<ChangeEvent> {
    let now = lab.ctx.moment_now().at;
    let store = Store::open(&lab.file(), Tuning::default()).await.unwrap();
    let mut hints = store.live();
    let proof = Actor::TOOLGATE.require(Permission::ChangeStatus, Target::person(person)).unwrap();
    store
        .write::<_, StoreError, _>(async move |tx| {
            tx.conn().execute(sql).await?;
            effects::standing_changed(tx, &proof, person, cause, now).await?;
            let entry = audit::entry(tx, &proof, now, "test.changed", PersonId(1), &serde_json::json!({})).await?;
            Ok(Done::audited((), entry))
        })
        .await
        .unwrap();
    store.close().await;
    std::iter::from_fn(|| hints.try_recv().ok()).collect()
}

async fn requests_made(lab: &Lab) -> i64 {
    lab.number("SELECT count(*) FROM machine_request").await
}

async fn state(lab: &Lab) -> String {
    lab.text("SELECT group_concat(state) FROM machine_request").await
}

/// The laser's settings as its board gets them: allowed, minutes to log-out, minutes to power-off.
async fn board_state(lab: &Lab) -> (bool, u16, u16) {
    let settings = boards::settings(&lab.ctx, LASER).await.unwrap();
    (settings.allowed, settings.auto_stop, settings.grace)
}

// A8
#[tokio::test]
async fn losing_permission_stops_use_once_and_denies_next_swipe() {
    for (cause, sql) in LOSSES {
        let lab = Lab::open().await;
        lab.sql(ONLINE).await;
        let before = board_state(&lab).await;
        lab.starts(LASER, &ada()).await;
        assert_eq!(board_state(&lab).await, before, "{cause:?}: as ever while nothing happened");
        let hints = changed(&lab, sql, ADA, cause).await;
        assert!(
            hints.contains(&ChangeEvent::Person(ADA)),
            "{cause:?}: open pages of that person react, {hints:?}"
        );
        assert!(hints.contains(&ChangeEvent::Machine(LASER_ID)), "{cause:?}: {hints:?}");
        assert_eq!(lab.text("SELECT group_concat(cause) FROM machine_request").await, cause.as_str());
        let swiped = access::check(&lab.ctx, LASER, &ada()).await.unwrap();
        assert!(matches!(swiped.decision, Decision::Deny(_)), "{cause:?}");
        let grace = u16::from(cause.leaves_grace());
        assert_eq!(board_state(&lab).await, (false, 1, grace), "{cause:?}: for boards that do not know requests");

        changed(&lab, "SELECT 1", ADA, cause).await;
        assert_eq!(requests_made(&lab).await, 1, "{cause:?}: once");
        let order = Order { board: LASER, action: BoardCommand::Stop, uid: ada() };
        assert_eq!(requests::due(&lab.ctx).await.unwrap(), vec![order], "{cause:?}");
        assert_eq!(requests::due(&lab.ctx).await.unwrap(), vec![], "{cause:?}: sent once");
        lab.pass(seconds(2));
        lab.stops(LASER, &ada(), 2).await;
        assert_eq!(
            lab.text("SELECT group_concat(action) FROM audit").await,
            "use.start,test.changed,machine.stop-requested,test.changed,machine.stop-sent,use.stop",
            "{cause:?}: the whole story, each part once"
        );
        assert_eq!(state(&lab).await, "acknowledged", "{cause:?}");
        assert_eq!(board_state(&lab).await, before, "{cause:?}: as ever again");
    }
}

// A8
#[tokio::test]
async fn every_revoking_service_stops_use_and_notifies_pages() {
    let (toolgate, lasers) = (Actor::TOOLGATE, Change::now(ADA, Subject::Type(LASERS), Relation::User));
    for cause in [Cause::Suspended, Cause::Left, Cause::Hold, Cause::Banned, Cause::Card, Cause::Qualification] {
        let lab = Lab::open().await;
        lab.sql(ONLINE).await;
        lab.starts(LASER, &ada()).await;
        let (_, _, mut coming) = lab.ctx.live().subscribe(&lab.ctx.live().cursor());
        let (ctx, change) = (&lab.ctx, Change { remark: Some("leaves it running".into()), ..lasers.clone() });
        match cause {
            Cause::Suspended => people::suspend(ctx, &toolgate, ADA).await.unwrap(),
            Cause::Left => people::leave(ctx, &toolgate, ADA).await.unwrap(),
            Cause::Hold => {
                holds::place(ctx, &toolgate, ADA, holds::unpaid()).await.map(drop).unwrap();
            }
            Cause::Banned => qualifications::ban(ctx, &toolgate, change).await.unwrap(),
            Cause::Card => drop(cards::mark(ctx, &toolgate, CardId(1), CardAction::Lose).await.unwrap()),
            _ => {
                qualifications::revoke(ctx, &toolgate, change).await.unwrap();
            }
        }
        assert_eq!(lab.text("SELECT group_concat(cause) FROM machine_request").await, cause.as_str());
        assert_eq!(
            requests::due(ctx).await.unwrap(),
            vec![Order { board: LASER, action: BoardCommand::Stop, uid: ada() }],
            "{cause:?}"
        );
        let requested = "SELECT count(*) FROM audit WHERE action = 'machine.stop-requested'";
        assert_eq!(lab.number(requested).await, 1, "{cause:?}");
        assert_eq!(board_state(&lab).await, (false, 1, u16::from(cause.leaves_grace())), "{cause:?}");
        let swiped = access::check(ctx, LASER, &ada()).await.unwrap();
        assert!(matches!(swiped.decision, Decision::Deny(_)), "{cause:?}");
        let mut missing = vec![Some(ChangeEvent::Person(ADA)), Some(ChangeEvent::Machine(LASER_ID))];
        while !missing.is_empty() {
            let notices =
                tokio::time::timeout(seconds(20), coming.recv()).await.expect("her pages are told").unwrap();
            missing.retain(|hint| *hint != notices.hint);
        }
    }
}

// A8
#[tokio::test]
async fn ended_membership_stops_all_uses() {
    let lab = Lab::open().await;
    lab.starts(LASER, &ada()).await;
    let membership = Change::now(ADA, SPACE, Relation::User);
    qualifications::revoke(&lab.ctx, &Actor::TOOLGATE, membership).await.unwrap();
    assert_eq!(requests_made(&lab).await, 1);
}

// A8
#[tokio::test]
async fn suspended_or_former_member_is_signed_out() {
    for (cause, sql) in LOSSES {
        let lab = Lab::open().await;
        lab.sql(
            "INSERT INTO session (hash, person_id, created_at, seen_at, expires_at, device) VALUES
                 (zeroblob(32), 1, 0, 0, 9000000000000, 'a phone'),
                 (randomblob(32), 1, 0, 0, 9000000000000, 'a laptop'),
                 (randomblob(32), 2, 0, 0, 9000000000000, 'of Bob')",
        )
        .await;
        changed(&lab, sql, ADA, cause).await;
        let left = if matches!(cause, Cause::Suspended | Cause::Left) { 0 } else { 2 };
        assert_eq!(lab.number("SELECT count(*) FROM session WHERE person_id = 1").await, left, "{cause:?}");
        assert_eq!(lab.number("SELECT count(*) FROM session WHERE person_id = 2").await, 1, "{cause:?}");
    }
}

// A8
#[tokio::test]
async fn offline_board_learns_stop_by_polling_even_after_expiry() {
    let lab = Lab::open().await;
    lab.starts(LASER, &ada()).await;
    changed(&lab, LOSSES[0].1, ADA, Cause::Suspended).await;
    assert_eq!(requests::due(&lab.ctx).await.unwrap(), vec![], "its board was never heard");
    lab.pass(seconds(30));
    assert_eq!(requests::due(&lab.ctx).await.unwrap(), vec![]);
    assert_eq!(state(&lab).await, "expired");
    let lab = lab.reopen().await;
    lab.sql("INSERT INTO machine_signal (machine_id, heard_at, online) VALUES (1, 1800000030000, 1)").await;
    assert_eq!(requests::due(&lab.ctx).await.unwrap(), vec![], "given up is given up");
    assert_eq!(board_state(&lab).await, (false, 1, 0));
    lab.stops(LASER, &ada(), 30).await;
    assert_eq!(state(&lab).await, "expired");
    assert!(board_state(&lab).await.0, "the next in line may use it");
}

// A8
#[tokio::test]
async fn unacknowledged_request_is_not_sent_again() {
    let lab = Lab::open().await;
    lab.sql(ONLINE).await;
    lab.starts(LASER, &ada()).await;
    changed(&lab, LOSSES[4].1, ADA, Cause::Card).await;
    assert_eq!(requests::due(&lab.ctx).await.unwrap().len(), 1);
    lab.pass(seconds(29));
    requests::due(&lab.ctx).await.unwrap();
    assert_eq!(state(&lab).await, "sent");
    lab.pass(seconds(1));
    assert_eq!(requests::due(&lab.ctx).await.unwrap(), vec![]);
    assert_eq!(state(&lab).await, "expired");
    assert_eq!(board_state(&lab).await, (false, 1, 0));
}

// A8
#[tokio::test]
async fn request_for_ended_use_is_not_sent() {
    let lab = Lab::open().await;
    lab.sql(ONLINE).await;
    lab.starts(LASER, &ada()).await;
    changed(&lab, LOSSES[0].1, ADA, Cause::Suspended).await;
    lab.pass(seconds(1));
    // Another person's start ends Ada's use: a stop now would log out Bob.
    lab.starts(LASER, &bob()).await;
    assert_eq!(state(&lab).await, "acknowledged");
    assert_eq!(requests::due(&lab.ctx).await.unwrap(), vec![]);
    assert!(board_state(&lab).await.0);
}

// A8
#[tokio::test]
async fn unrelated_change_leaves_use_running() {
    let lab = Lab::open().await;
    lab.sql(ONLINE).await;
    lab.starts(LASER, &ada()).await;
    for (person, cause, sql) in [
        (BOB, Cause::Suspended, "UPDATE person SET status = 'suspended' WHERE id = 2"),
        (
            ADA,
            Cause::Banned,
            "INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
                  VALUES (1, 4, 'user', 'banned', 1800000000000, 'trainer', 1800000000000)",
        ),
        (
            ADA,
            Cause::Qualification,
            "INSERT INTO remark (id, body, written_at) VALUES (1, 'vat leaks', 1800000000000);
             INSERT INTO machine_block (machine_id, placed_at, remark_id) VALUES (1, 1800000000000, 1)",
        ),
    ] {
        let hints = changed(&lab, sql, person, cause).await;
        assert_eq!(hints, vec![ChangeEvent::Person(person)], "told, all the same");
    }
    assert_eq!(requests_made(&lab).await, 0, "and a block waits until she has finished");
    assert!(board_state(&lab).await.0);
}

// A8
#[tokio::test]
async fn use_admitted_by_trainer_continues_until_ban() {
    let lab = Lab::open().await;
    lab.mode(AuthorisationMode::Supervised).await;
    lab.sql(ONLINE).await;
    lab.sql(
        "INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
              VALUES (1, 3, 'trainer', 'granted', 0, 'trainer', 0);
         INSERT INTO attempt (machine_id, card_id, at, level, reasons) VALUES (1, 1, 1799999999000, 2, '')",
    )
    .await;
    lab.starts(LASER, &bob()).await;
    lab.pass(seconds(600));
    changed(&lab, "SELECT 1", BOB, Cause::Qualification).await;
    assert_eq!(requests_made(&lab).await, 0, "that the trainer has gone since does not matter");
    changed(
        &lab,
        "INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
              VALUES (2, 3, 'user', 'banned', 1800000600000, 'trainer', 1800000600000)",
        BOB,
        Cause::Banned,
    )
    .await;
    assert_eq!(requests_made(&lab).await, 1);
}

// A8
#[tokio::test]
async fn request_is_audited_with_cause_author_and_channel() {
    let lab = Lab::open().await;
    lab.grant(2, 1, "owner").await;
    lab.starts(LASER, &ada()).await;
    people::suspend(&lab.ctx, &lab.signed_in(2).await, ADA).await.unwrap();
    let notices = "SELECT group_concat(action || ' ' || door || ' ' || person_id, ', ') FROM
                  (SELECT * FROM audit JOIN alias ON alias.id = audit.alias WHERE door = 'web' ORDER BY seq)";
    // Without any timer run all of it is there, the cause before its effects.
    assert_eq!(lab.text(notices).await, "person.suspended web 2, machine.stop-requested web 2");
    let chain = services::audit::verify(&lab.file(), None).await.unwrap();
    assert!(matches!(chain, services::audit::Chain::Whole { .. }), "{chain:?}");
}

// A8
#[tokio::test]
async fn person_on_two_machines_is_stopped_on_both() {
    let lab = Lab::open().await;
    lab.starts(LASER, &ada()).await;
    lab.starts(LATHE, &ada()).await;
    changed(&lab, LOSSES[0].1, ADA, Cause::Suspended).await;
    assert_eq!(lab.text("SELECT group_concat(machine_id) FROM machine_request").await, "1,2");
    let lab = lab.reopen().await;
    for _ in 0..2 {
        requests::due(&lab.ctx).await.unwrap();
    }
    assert_eq!(lab.number("SELECT count(*) FROM audit WHERE action = 'machine.stop-requested'").await, 2);
    let verdict = Store::open(&lab.file(), Tuning::default()).await.unwrap();
    let verdict = audit::verify(&mut verdict.read().await.unwrap(), None).await.unwrap();
    assert!(matches!(verdict, audit::Verdict::Whole { head, .. } if head.seq == 5), "{verdict:?}");
}

#[tokio::test]
async fn permitted_person_stops_machine_and_repeat_changes_nothing() {
    for (who, role) in [
        (1, ""),
        (
            2,
            "INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
             VALUES (2, 3, 'trainer', 'granted', 0, 'setup', 0)",
        ),
        (
            2,
            "INSERT INTO qualification (person_id, machine_id, relation, kind, effective_from, cause, recorded_at)
             VALUES (2, 1, 'owner', 'granted', 0, 'setup', 0)",
        ),
        (
            2,
            "INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
             VALUES (2, 1, 'owner', 'granted', 0, 'setup', 0)",
        ),
    ] {
        let lab = Lab::open().await;
        lab.sql(role).await;
        let actor = lab.signed_in(who).await;
        lab.sql(ONLINE).await;
        lab.starts(LASER, &ada()).await;
        assert_eq!(requests::remote(&lab.ctx, &actor, LASER_ID).await.unwrap(), Some(Remote::Stop));
        for _ in 0..2 {
            assert_eq!(requests::stop(&lab.ctx, &actor, LASER_ID).await.unwrap(), Stop::UnderWay);
        }
        assert_eq!(requests::remote(&lab.ctx, &actor, LASER_ID).await.unwrap(), Some(Remote::Stopping));
        assert_eq!(requests_made(&lab).await, 1);
        assert_eq!(lab.text("SELECT group_concat(action) FROM audit").await, "use.start,machine.stop-requested");
        let by = actor.person().unwrap().0;
        assert_eq!(
            lab.number("SELECT person_id FROM alias JOIN audit ON alias.id = audit.alias WHERE seq = 2").await,
            by
        );
        assert_eq!(board_state(&lab).await, (false, 1, 0));
        assert_eq!(requests::due(&lab.ctx).await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn unpermitted_stop_is_refused_and_hidden() {
    let lab = Lab::open().await;
    lab.starts(LASER, &ada()).await;
    for role in [
        "",
        "INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
         VALUES (2, 4, 'owner', 'granted', 0, 'setup', 0)",
    ] {
        lab.sql(role).await;
        let actor = lab.signed_in(2).await;
        let refused = requests::stop(&lab.ctx, &actor, LASER_ID).await;
        assert!(matches!(refused, Err(RequestsError::Forbidden(Forbidden::NotAllowed))));
        assert_eq!(requests::remote(&lab.ctx, &actor, LASER_ID).await.unwrap(), None);
    }
    for public in [true, false] {
        let refused = requests::stop(&lab.ctx, &Actor::anybody(public, Channel::Web), LASER_ID).await;
        assert!(matches!(refused, Err(RequestsError::Forbidden(Forbidden::SignIn))));
    }
    // Bob owns the lathe's type; before that he could not see that it is idle.
    let idle = requests::stop(&lab.ctx, &lab.signed_in(2).await, MachineId(2)).await;
    assert!(matches!(idle, Err(RequestsError::Idle)), "{idle:?}");
    let idle = requests::stop(&lab.ctx, &lab.signed_in(1).await, MachineId(2)).await;
    assert!(matches!(idle, Err(RequestsError::Forbidden(Forbidden::NotAllowed))), "{idle:?}");
    let unknown = requests::stop(&lab.ctx, &lab.signed_in(2).await, MachineId(99)).await;
    assert!(matches!(unknown, Err(RequestsError::Unknown)));
    assert_eq!(requests_made(&lab).await, 0);
}

#[tokio::test]
async fn offline_board_stops_when_polling_and_may_be_asked_again() {
    let lab = Lab::open().await;
    lab.starts(LASER, &ada()).await;
    let ada = lab.signed_in(1).await;
    assert_eq!(requests::stop(&lab.ctx, &ada, LASER_ID).await.unwrap(), Stop::WhenItAsks);
    assert_eq!(board_state(&lab).await, (false, 1, 0));
    lab.pass(seconds(31));
    requests::due(&lab.ctx).await.unwrap();
    assert_eq!(requests::remote(&lab.ctx, &ada, LASER_ID).await.unwrap(), Some(Remote::StopWhenItAsks));
    lab.sql("INSERT INTO machine_signal (machine_id, heard_at, online) VALUES (1, 1800000031000, 1)").await;
    assert_eq!(requests::stop(&lab.ctx, &ada, LASER_ID).await.unwrap(), Stop::UnderWay);
    assert_eq!(requests::due(&lab.ctx).await.unwrap().len(), 1, "a new word of somebody, not the old one");
    boards::broker_lost(&lab.ctx);
    assert_eq!(requests::stop(&lab.ctx, &ada, LASER_ID).await.unwrap(), Stop::WhenItAsks);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_stops_make_one_request() {
    let lab = Lab::open().await;
    lab.starts(LASER, &ada()).await;
    let ada_herself = lab.signed_in(1).await;
    let clicks = (0..20).map(|_| {
        let (ctx, actor) = (lab.ctx.clone(), ada_herself.clone());
        tokio::spawn(async move { requests::stop(&ctx, &actor, LASER_ID).await })
    });
    for click in clicks.collect::<Vec<_>>() {
        click.await.unwrap().unwrap();
    }
    assert_eq!(requests_made(&lab).await, 1);
}

#[tokio::test]
async fn use_by_unknown_card_can_be_stopped() {
    let lab = Lab::open().await;
    lab.sql(ONLINE).await;
    let stranger = lab::card("ffffffff");
    lab.starts(LASER, &stranger).await;
    lab.grant(2, 3, "owner").await;
    let owner = lab.signed_in(2).await;
    requests::stop(&lab.ctx, &owner, LASER_ID).await.unwrap();
    assert_eq!(
        requests::due(&lab.ctx).await.unwrap(),
        vec![Order { board: LASER, action: BoardCommand::Stop, uid: stranger }]
    );
}

#[tokio::test]
async fn stricter_mode_applies_after_current_use() {
    let lab = Lab::open().await;
    lab.sql(ONLINE).await;
    let text = async |mode: &str, version| {
        let (at, value) = (At::Type(LASERS), Some(mode.to_owned()));
        settings::say(&lab.ctx, &Actor::TOOLGATE, Say { at, key: Key::Authorisation, value, version })
            .await
            .unwrap();
    };
    text("open", 0).await;
    lab.starts(LASER, &bob()).await;
    let before = board_state(&lab).await;
    text("qualified", 1).await;
    assert_eq!((requests_made(&lab).await, board_state(&lab).await), (0, before), "it is not about the person");
    lab.pass(seconds(60));
    lab.stops(LASER, &bob(), 60).await;
    let swiped = access::check(&lab.ctx, LASER, &bob()).await.unwrap();
    assert!(matches!(swiped.decision, Decision::Deny(_)), "and not again");
}

#[tokio::test]
async fn barred_person_admitted_offline_is_stopped_on_reconnection() {
    for (cause, sql) in &LOSSES {
        let lab = Lab::open().await;
        lab.sql(ONLINE).await;
        let before = board_state(&lab).await;
        lab.sql(sql).await;
        lab.says(LASER, &ada(), Action::Start, 0, true).await.unwrap();
        assert_eq!(requests_made(&lab).await, 0, "{cause:?}: its stop may follow");
        // It has replayed its queue. Its poll is not delayed by the effects.
        uses::observe(&lab.ctx, LASER, Message::SyncCache).await;
        lab.says(LASER, &ada(), Action::Extend, 600, false).await.unwrap();
        assert_eq!(lab.text("SELECT group_concat(cause) FROM machine_request").await, cause.as_str());
        assert_eq!(lab.number("SELECT authorised FROM use_session").await, 0, "{cause:?}");
        let grace = u16::from(cause.leaves_grace());
        assert_eq!(board_state(&lab).await, (false, 1, grace), "{cause:?}");
        let order = Order { board: LASER, action: BoardCommand::Stop, uid: ada() };
        assert_eq!(requests::due(&lab.ctx).await.unwrap(), vec![order], "{cause:?}");
        lab.pass(seconds(2));
        lab.stops(LASER, &ada(), 602).await;
        assert_eq!(lab.text("SELECT ending FROM use_session").await, "remote", "{cause:?}");
        assert_eq!((state(&lab).await.as_str(), board_state(&lab).await), ("acknowledged", before), "{cause:?}");
    }
}

#[tokio::test]
async fn finished_offline_use_of_barred_person_causes_no_request() {
    let lab = Lab::open().await;
    lab.sql(LOSSES[0].1).await;
    lab.says(LASER, &ada(), Action::Start, 0, true).await.unwrap();
    lab.says(LASER, &ada(), Action::Stop, 60, true).await.unwrap();
    uses::observe(&lab.ctx, LASER, Message::SyncCache).await;
    lab.starts(LASER, &ada()).await;
    lab.stops(LASER, &ada(), 0).await;
    assert_eq!(requests_made(&lab).await, 0);
    assert_eq!(lab.number("SELECT count(*) FROM use_session WHERE authorised = 0").await, 2);
}

#[tokio::test]
async fn offline_use_without_qualification_is_recorded_and_continues() {
    let lab = Lab::open().await;
    lab.sql(ONLINE).await;
    // Bob's card is in the board's own list.
    lab.says(LASER, &bob(), Action::Start, 0, true).await.unwrap();
    uses::observe(&lab.ctx, LASER, Message::SyncCache).await;
    lab.says(LASER, &bob(), Action::Extend, 600, false).await.unwrap();
    assert_eq!(lab.number("SELECT authorised FROM use_session").await, 0);
    assert_eq!(requests_made(&lab).await, 0);
}
