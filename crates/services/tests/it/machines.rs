//! The public view of the floor, and detection of silent boards.

use crate::lab::{LASER, LASER_ID, LATHE, Lab, NOON, ada, seconds};
use domain::{
    actor::{Actor, Channel},
    boards::{MachineNumber, ONLINE},
    id::MachineId,
    live::ChangeEvent,
    machines::MachineState,
    time::MINUTE,
};
use services::{
    boards::{self, Alive},
    health,
    machines::{self, MachinesError},
};

const ANYBODY: Actor = Actor::anybody(true, Channel::Web);

async fn laser(lab: &Lab) -> MachineState {
    machines::page(&lab.ctx, &ANYBODY, LASER_ID).await.unwrap().machine.state
}

#[tokio::test]
async fn floor_is_sorted_by_place_without_names() {
    let lab = Lab::open().await;
    lab.sql(
        "INSERT INTO place (id, name, position) VALUES (1, 'Attic', 2), (2, 'Zeppelin hall', 1);
         INSERT INTO machine (id, type_id, place_id, name) VALUES (3, 3, 1, 'Saw'), (4, 3, 2, 'Drill');
         UPDATE machine SET place_id = 1 WHERE id = 1;
         INSERT INTO machine (id, type_id, name, archived_at) VALUES (5, 3, 'Sold', 1);",
    )
    .await;
    lab.starts(LASER, &ada()).await;
    let floor = machines::floor(&lab.ctx, &ANYBODY).await.unwrap();
    let visible: Vec<_> = floor
        .places
        .iter()
        .map(|place| (place.name.as_str(), place.machines.iter().map(|machine| machine.name.as_str()).collect()))
        .collect();
    let expected: Vec<(&str, Vec<&str>)> =
        vec![("Zeppelin hall", vec!["Drill"]), ("Attic", vec!["Laser", "Saw"]), ("", vec!["Lathe"])];
    assert_eq!(visible, expected);
    assert!(!format!("{floor:?}").contains("Ada"));
}

#[tokio::test]
async fn machine_state_follows_board_and_use() {
    let lab = Lab::open().await;
    assert_eq!(laser(&lab).await, MachineState::Unmanaged);
    boards::heard(&lab.ctx, LASER);
    let lab = lab.reopen().await;
    assert_eq!(laser(&lab).await, MachineState::Free { since: None });
    lab.starts(LASER, &ada()).await;
    assert!(matches!(laser(&lab).await, MachineState::InUse { since, silent: None } if since.at == NOON));
    lab.pass(ONLINE + seconds(1));
    assert!(matches!(laser(&lab).await, MachineState::InUse { silent: Some(since), .. } if since.at == NOON));
    lab.stops(LASER, &ada(), 91).await;
    assert!(matches!(laser(&lab).await, MachineState::Offline { since } if since.at == NOON));
    lab.sql("INSERT INTO machine_block (machine_id, placed_at) VALUES (1, 5)").await;
    assert!(matches!(laser(&lab).await, MachineState::Blocked { .. }));
}

#[tokio::test]
async fn silence_is_announced_once_despite_late_job() {
    let lab = Lab::open().await;
    boards::heard(&lab.ctx, LASER);
    boards::heard(&lab.ctx, LATHE);
    let lab = lab.reopen().await;
    lab.pass(ONLINE);
    assert_eq!(boards::notice_silence(&lab.ctx).await.unwrap(), 0, "exactly 90 s is online");
    let (_, _, mut coming) = lab.ctx.live().subscribe("");
    lab.pass(MINUTE * 600);
    assert_eq!(boards::notice_silence(&lab.ctx).await.unwrap(), 2);
    assert!(matches!(coming.recv().await.unwrap().hint, Some(ChangeEvent::Machine(_))));
    assert_eq!(boards::notice_silence(&lab.ctx).await.unwrap(), 0);
}

#[tokio::test]
async fn block_reaches_board_once_machine_is_idle() {
    let lab = Lab::open().await;
    lab.starts(LASER, &ada()).await;
    lab.sql("INSERT INTO machine_block (machine_id, placed_at) VALUES (1, 5)").await;
    assert!(boards::settings(&lab.ctx, LASER).await.unwrap().allowed, "not in the middle of a cut");
    lab.pass(seconds(60));
    lab.stops(LASER, &ada(), 60).await;
    let settings = boards::settings(&lab.ctx, LASER).await.unwrap();
    assert_eq!((settings.allowed, settings.display.as_str()), (false, "Out of service"));
}

#[tokio::test]
async fn board_signal_is_stored_periodically_and_return_is_announced() {
    let lab = Lab::open().await;
    for _ in 0..6 {
        boards::heard(&lab.ctx, LASER);
        lab.pass(seconds(10));
    }
    boards::heard(&lab.ctx, MachineNumber(99));
    let lab = lab.reopen().await;
    let heard = lab.number("SELECT heard_at FROM machine_signal WHERE machine_id = 1").await;
    assert_eq!(heard, NOON.0 + 40_000, "noted at 0, 20 and 40 s");
    assert_eq!(lab.number("SELECT count(*) FROM machine_signal").await, 1);
}

#[tokio::test]
async fn board_is_identified_by_serial_and_rejected_messages_are_counted() {
    let lab = Lab::open().await;
    let board = |serial: &str| Alive {
        serial: serial.into(),
        firmware: "esp32,1a2b".into(),
        address: "10.0.0.7".into(),
        heap: Some(1),
    };
    for serial in ["a1b2c3d4e5f6", "000000000002", "A1B2C3D4E5F6"] {
        boards::alive(&lab.ctx, LASER, board(serial));
    }
    boards::alive(&lab.ctx, MachineNumber(99), board("000000000003"));
    for _ in 0..3 {
        boards::rejected(&lab.ctx, "not-json", "machine/11", "{".into());
    }
    let lab = lab.reopen().await;
    assert_eq!(lab.number("SELECT count(*) FROM board").await, 2, "two boards claim one machine");
    for invented in 0..100 {
        boards::alive(&lab.ctx, LASER, board(&format!("{invented:012}")));
        boards::alive(&lab.ctx, LASER, board(&format!("no serial {invented}")));
    }
    let lab = lab.reopen().await;
    assert!(lab.number("SELECT count(*) FROM board").await <= 21);
    assert_eq!(lab.number("SELECT seen FROM rejected_message WHERE kind = 'not-json'").await, 3);
}

#[tokio::test]
async fn page_shows_todays_uses_in_space_zone() {
    let lab = Lab::open().await;
    lab.sql("INSERT INTO setting (scope, scope_id, key, value) VALUES ('space', 0, 'space.zone', 'Europe/Rome')")
        .await;
    // NOON is 08:00 UTC, 09:00 in Rome; the day began nine hours ago.
    let lab = lab.reopen().await;
    for (hours_ago, minutes) in [(10, 30), (8, 30), (1, 20)] {
        lab.sql(Box::leak(
            format!(
                "INSERT INTO use_session (machine_id, card_id, started_at, last_sign_at, ended_at, ending, source,
                     approximate, provisional, other_card, twin_start, twin_stop, authorised)
                 VALUES (1, 1, {start}, {end}, {end}, 'logged-out', 'live', 0, 0, 0, 0, 0, 1)",
                start = NOON.0 - hours_ago * 3_600_000,
                end = NOON.0 - hours_ago * 3_600_000 + minutes * 60_000,
            )
            .into_boxed_str(),
        ))
        .await;
    }
    let page = machines::page(&lab.ctx, &ANYBODY, LASER_ID).await.unwrap();
    assert_eq!(page.uses.len(), 2, "what ended yesterday is not today's");
    assert_eq!(page.day.0.wall().hour, 0);
    assert_eq!(page.uses[1].start.wall().hour, 8);
    let unknown = machines::page(&lab.ctx, &ANYBODY, MachineId(99)).await;
    assert!(matches!(unknown, Err(MachinesError::Unknown)));
}

#[tokio::test]
async fn lost_broker_is_shown_on_floor_and_in_health() {
    let lab = Lab::open().await;
    assert!(health::check(&lab.ctx).await.ready());
    boards::broker_lost(&lab.ctx);
    lab.pass(MINUTE);
    boards::broker_lost(&lab.ctx);
    let floor = machines::floor(&lab.ctx, &ANYBODY).await.unwrap();
    assert_eq!(floor.broker_lost.map(|since| since.at), Some(NOON), "since the first of several losses");
    assert!(!health::check(&lab.ctx).await.ready());
    boards::broker_found(&lab.ctx);
    lab.sql("DROP TABLE pulse").await;
    assert!(!health::check(&lab.ctx).await.database, "a change that does not reach the disk is noticed");
    assert!(machines::floor(&lab.ctx, &ANYBODY).await.unwrap().broker_lost.is_none());
}
