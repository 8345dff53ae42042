//! The next step towards permission, on every page that shows it.

use super::*;
use domain::access::Lack;
use domain::holds::HoldReason;

/// What Bob lacks for the laser, as *Now* lists it.
async fn lacks(lab: &Lab, person: i64) -> Vec<Lack> {
    let floor = machines::floor(&lab.ctx, &lab.signed_in(person).await).await.unwrap();
    let mut all = floor.places.into_iter().flat_map(|place| place.machines);
    all.find(|machine| machine.id == MachineId(1)).unwrap().lacks
}

#[tokio::test]
async fn own_steps_precede_those_of_others_on_machine_page() {
    let (lab, _, id) = lab(1).await;
    lab.sql("INSERT INTO machine_block (machine_id, placed_at) VALUES (1, 0)").await;
    let bob = lab.signed_in(2).await;
    let page = answers(&lab.ctx, &bob, MachineId(1), None).await.unwrap();
    let reasons = page.mine.as_ref().unwrap().reasons();
    assert_eq!(reasons, [Reason::TrainingMissing(id), Reason::NotQualified(LASERS), Reason::Blocked]);
    assert_eq!(page.path.unwrap().path.now(), Some(Task::Watch(id)));
    lab.sql("UPDATE machine_block SET lifted_at = 1").await;
    let ada = answers(&lab.ctx, &lab.signed_in(1).await, MachineId(2), None).await.unwrap();
    let path = ada.path.unwrap();
    assert_eq!((path.path.now(), path.stages.len()), (Some(Task::Checkout), 0), "a lathe takes a checkout alone");
}

#[tokio::test]
async fn machine_shows_remaining_steps_until_none() {
    let (lab, _, id) = lab(1).await;
    let bob = lab.signed_in(2).await;
    assert_eq!(lacks(&lab, 2).await, [Lack::Video, Lack::Quiz, Lack::Checkout]);
    watched(&lab, &bob, VIDEO).await;
    assert_eq!(lacks(&lab, 2).await, [Lack::Quiz, Lack::Checkout]);
    assert!(taken(&lab, &bob, id, 0).await);
    assert_eq!(lacks(&lab, 2).await, [Lack::Checkout]);
    lab.grant(2, 3, "user").await;
    assert_eq!(lacks(&lab, 2).await, []);
    lab.sql("UPDATE card SET state = 'lost' WHERE person_id = 2").await;
    assert_eq!(lacks(&lab, 2).await, [Lack::Card]);
}

#[tokio::test]
async fn finished_quiz_leads_to_next_step() {
    let (lab, _, id) = lab(1).await;
    let bob = lab.signed_in(2).await;
    watched(&lab, &bob, VIDEO).await;
    let next = async || {
        let path = quiz(&lab.ctx, &bob, id, None).await.unwrap().path;
        path.map(|path| (path.on, path.path.now()))
    };
    assert_eq!(next().await, None, "nothing is over");
    assert!(!taken(&lab, &bob, id, 1).await);
    assert_eq!(next().await, Some((Subject::Type(LASERS), Some(Task::Quiz(id)))));
    assert!(taken(&lab, &bob, id, 0).await);
    assert_eq!(next().await, Some((Subject::Type(LASERS), Some(Task::Checkout))));
}

#[tokio::test]
async fn person_on_hold_sees_it_on_start_page_and_machines() {
    let lab = Lab::open().await;
    let floor = async || machines::floor(&lab.ctx, &lab.signed_in(1).await).await.unwrap();
    assert_eq!(floor().await.hold, None);
    lab.sql("INSERT INTO hold (person_id, reason, placed_at, until) VALUES (1, 'unpaid', 0, 1800000600000)").await;
    let hold = floor().await.hold.unwrap();
    assert_eq!((hold.reason, hold.until.map(|until| until.at.0)), (HoldReason::Unpaid, Some(1_800_000_600_000)));
    assert_eq!(lacks(&lab, 1).await, [Lack::Hold]);
    lab.pass(seconds(600));
    assert_eq!((floor().await.hold, lacks(&lab, 1).await), (None, vec![]));
}

#[tokio::test]
async fn unstarted_training_is_in_catalogue_then_becomes_path() {
    let (lab, _, _) = lab(1).await;
    let bob = lab.signed_in(2).await;
    let page = async || {
        let page = learn(&lab.ctx, &bob).await.unwrap();
        let lines = page.catalogue.into_iter().map(|line| (line.kind, line.videos, line.quizzes, line.length));
        (page.paths.len(), lines.collect::<Vec<_>>())
    };
    let (laser, lathe) = ((LASERS, 1, 1, 120_000), (TypeId(4), 0, 0, 0));
    assert_eq!(page().await, (0, vec![laser, lathe]));
    watched(&lab, &bob, VIDEO).await;
    assert_eq!(page().await, (1, vec![lathe]));
    lab.grant(2, 4, "user").await;
    assert_eq!(page().await, (1, vec![]), "they may use a lathe already");
}
