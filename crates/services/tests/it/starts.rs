//! Remote starts: in one's own name, once, audited, and re-checked before sending; and what the waiting person
//! sees.

use crate::lab::{LASER, LASER_ID, Lab, ada, bob};
use contract::requests::Remote;
use domain::{
    live::ChangeEvent,
    requests::{BoardCommand, PATIENCE, REPORTED},
    uses::Action,
};
use services::error::ServiceError;
use services::{
    access, boards,
    requests::{self, Order, RequestsError},
};

const ONLINE: &str = "INSERT INTO machine_signal (machine_id, heard_at, online) VALUES (1, 1800000000000, 1)";

async fn requests_made(lab: &Lab) -> i64 {
    lab.number("SELECT count(*) FROM machine_request").await
}

async fn state(lab: &Lab) -> String {
    lab.text("SELECT group_concat(state) FROM machine_request").await
}

/// The lab with remotely startable lasers, and a board online.
async fn startable() -> Lab {
    let lab = Lab::open().await;
    lab.sql("INSERT INTO setting (scope, scope_id, key, value) VALUES ('type', 3, 'access.remote-start', 'yes')")
        .await;
    lab.sql(ONLINE).await;
    lab
}

async fn offered(lab: &Lab, person: i64) -> Option<Remote> {
    requests::remote(&lab.ctx, &lab.signed_in(person).await, LASER_ID).await.unwrap()
}

async fn started(lab: &Lab, person: i64) -> Result<(), RequestsError> {
    requests::start(&lab.ctx, &lab.signed_in(person).await, LASER_ID).await
}

#[tokio::test]
async fn permitted_person_starts_machine_remotely_once_with_audit() {
    let lab = startable().await;
    assert_eq!(offered(&lab, 1).await, Some(Remote::Start));
    for _ in 0..2 {
        started(&lab, 1).await.unwrap();
    }
    assert_eq!(requests_made(&lab).await, 1, "asked again while it is under way");
    lab.grant(2, 3, "user").await;
    assert_eq!((offered(&lab, 1).await, offered(&lab, 2).await), (Some(Remote::Starting), None));
    assert!(matches!(started(&lab, 2).await, Err(RequestsError::InUse)), "another is just starting it");
    let order = Order { board: LASER, action: BoardCommand::Start, uid: ada() };
    assert_eq!(requests::due(&lab.ctx).await.unwrap(), vec![order]);
    assert_eq!(requests::due(&lab.ctx).await.unwrap(), vec![], "sent once");
    assert_eq!(offered(&lab, 1).await, Some(Remote::Starting));
    let starting = async |person| {
        let actor = lab.signed_in(person).await;
        access::answers(&lab.ctx, &actor, LASER_ID, None).await.unwrap().starting
    };
    assert_eq!((starting(1).await, starting(2).await), (true, false), "the page says one thing of it");
    // Neither late messages nor another card fulfil the request.
    lab.says(LASER, &ada(), Action::Start, 0, true).await.unwrap();
    lab.says(LASER, &ada(), Action::Stop, 0, true).await.unwrap();
    assert_eq!(state(&lab).await, "sent");
    lab.starts(LASER, &ada()).await;
    assert_eq!(state(&lab).await, "acknowledged");
    assert_eq!(offered(&lab, 1).await, Some(Remote::Stop));
    assert!(!starting(1).await);
    assert_eq!(
        lab.text("SELECT group_concat(action) FROM audit WHERE action LIKE 'machine%'").await,
        "machine.start-requested,machine.start-sent"
    );
    assert_eq!(
        lab.number("SELECT person_id FROM alias JOIN audit ON alias.id = audit.alias WHERE seq = 1").await,
        1
    );
}

#[tokio::test]
async fn refused_remote_start_gives_reason_and_hides_button() {
    for (change, person, code) in [
        ("DELETE FROM setting", 1, "machine.start-off"),
        ("UPDATE machine_signal SET heard_at = heard_at - 90001", 1, "machine.start-away"),
        ("UPDATE machine SET number = NULL WHERE id = 1", 1, "machine.start-away"),
        ("UPDATE card SET state = 'lost' WHERE person_id = 1", 1, "machine.start-no-card"),
        ("INSERT INTO machine_block (machine_id, placed_at) VALUES (1, 0)", 1, "machine.start-denied"),
        ("INSERT INTO hold (person_id, reason, placed_at) VALUES (1, 'unpaid', 0)", 1, "machine.start-denied"),
        ("SELECT 1", 2, "machine.start-denied"),
        ("SELECT 1", 3, "actor.not-allowed"),
        ("UPDATE person SET status = 'applicant' WHERE id = 1", 1, "actor.not-allowed"),
        ("UPDATE machine SET archived_at = 1 WHERE id = 1", 1, "machine.unknown"),
    ] {
        let lab = startable().await;
        lab.sql(change).await;
        let refused = started(&lab, person).await.unwrap_err();
        assert_eq!(refused.problem(text::Lang::En).code, code, "{change}");
        if code != "machine.unknown" {
            assert_eq!(offered(&lab, person).await, None, "{change}");
        }
        assert_eq!(requests_made(&lab).await, 0, "{change}");
    }
    let lab = startable().await;
    lab.starts(LASER, &bob()).await;
    assert!(matches!(started(&lab, 1).await, Err(RequestsError::InUse)));
    boards::broker_lost(&lab.ctx);
    assert!(matches!(started(&lab, 1).await, Err(RequestsError::Away)));
}

#[tokio::test]
async fn unacknowledged_start_expires_and_can_be_repeated() {
    let lab = startable().await;
    started(&lab, 1).await.unwrap();
    assert_eq!(requests::due(&lab.ctx).await.unwrap().len(), 1);
    lab.pass(PATIENCE);
    assert_eq!(requests::due(&lab.ctx).await.unwrap(), vec![]);
    assert_eq!(state(&lab).await, "expired");
    assert_eq!(offered(&lab, 1).await, Some(Remote::NotStarted));
    started(&lab, 1).await.unwrap();
    assert_eq!(requests::due(&lab.ctx).await.unwrap().len(), 1, "a new word of hers, not the old one");
    lab.pass(PATIENCE);
    requests::due(&lab.ctx).await.unwrap();
    lab.pass(REPORTED);
    lab.sql("UPDATE machine_signal SET heard_at = 1800000360000").await;
    assert_eq!(offered(&lab, 1).await, Some(Remote::Start), "by now nobody waits for it");
}

#[tokio::test]
async fn board_going_offline_is_reported_to_waiting_starter() {
    // The board goes offline before it is sent, and after.
    for reported in [false, true] {
        let lab = startable().await;
        started(&lab, 1).await.unwrap();
        if reported {
            assert_eq!(requests::due(&lab.ctx).await.unwrap().len(), 1);
        }
        lab.sql("UPDATE machine_signal SET heard_at = heard_at - 90001").await;
        let (_, _, mut coming) = lab.ctx.live().subscribe("");
        lab.pass(PATIENCE);
        requests::due(&lab.ctx).await.unwrap();
        assert_eq!(
            coming.recv().await.unwrap().hint,
            Some(ChangeEvent::Machine(LASER_ID)),
            "open pages look again"
        );
        let known = if reported { Remote::WentSilent } else { Remote::WentAway };
        assert_eq!((offered(&lab, 1).await, offered(&lab, 2).await), (Some(known), None), "{reported}");
        let why = "SELECT detail ->> 'cause' FROM audit WHERE action = 'machine.start-expired'";
        assert_eq!(lab.text(why).await, "away", "{reported}");
        lab.pass(REPORTED);
        assert_eq!(offered(&lab, 1).await, None, "by now nobody waits for it");
    }
    let lab = startable().await;
    started(&lab, 1).await.unwrap();
    lab.sql("INSERT INTO machine_block (machine_id, placed_at) VALUES (1, 0)").await;
    requests::due(&lab.ctx).await.unwrap();
    assert_eq!(offered(&lab, 1).await, Some(Remote::DidNot), "blocked meanwhile");
    assert_eq!(lab.number("SELECT count(*) FROM audit WHERE detail LIKE '%away%'").await, 0);
}

#[tokio::test]
async fn remote_start_is_rechecked_before_sending() {
    for change in [
        "INSERT INTO machine_block (machine_id, placed_at) VALUES (1, 0)",
        "DELETE FROM setting",
        "UPDATE card SET state = 'lost' WHERE id = 1",
        "UPDATE person SET status = 'suspended' WHERE id = 1",
        "INSERT INTO use_session (machine_id, card_id, started_at, last_sign_at, source, approximate, provisional,
                                  other_card, twin_start, twin_stop, authorised)
              VALUES (1, 2, 0, 0, 'live', 0, 0, 0, 0, 0, 1)",
    ] {
        let lab = startable().await;
        started(&lab, 1).await.unwrap();
        lab.sql(change).await;
        assert_eq!(requests::due(&lab.ctx).await.unwrap(), vec![], "{change}");
        assert_eq!(state(&lab).await, "expired", "{change}");
        assert_eq!(
            lab.text("SELECT group_concat(action) FROM audit").await,
            "machine.start-requested,machine.start-expired",
            "{change}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_remote_starts_by_two_people_start_one() {
    let lab = startable().await;
    lab.grant(2, 3, "user").await;
    let actors = [lab.signed_in(1).await, lab.signed_in(2).await];
    let clicks = (0..20_usize).map(|n| {
        let (ctx, actor) = (lab.ctx.clone(), actors[n % 2].clone());
        tokio::spawn(async move { requests::start(&ctx, &actor, LASER_ID).await.is_ok() })
    });
    let mut done = 0;
    for click in clicks.collect::<Vec<_>>() {
        done += usize::from(click.await.unwrap());
    }
    assert_eq!((done, requests_made(&lab).await), (10, 1));
}
