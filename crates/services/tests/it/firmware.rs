//! Board firmware: stored images, permissions, and updates of all chosen boards or none.

use crate::lab::Lab;
use domain::{
    actor::Actor,
    firmware::{BYTES, Failure, InvalidImage, MAX_IMAGES, State},
    id::{BoardId, FirmwareId, FirmwareJobId},
    problem::Kind,
};
use services::error::ServiceError;
use services::firmware::{self, FirmwareError, image::example};
use text::Lang;

/// The lab with Ken, who manages, and a board at each machine.
async fn lab() -> (Lab, Actor) {
    let lab = Lab::open().await;
    lab.sql(
        "INSERT INTO person (id, status, created_at) VALUES (11, 'active', 0);
         INSERT INTO profile (person_id, name) VALUES (11, 'Ken');
         INSERT INTO board (id, machine_id, serial, firmware, address, first_seen, last_seen) VALUES
             (5, 1, '', 'old', '10.0.0.5', 0, 0), (6, 2, '', 'old', '10.0.0.6', 0, 0)",
    )
    .await;
    lab.grant(11, 1, "owner").await;
    let ken = lab.signed_in(11).await;
    (lab, ken)
}

const BOTH: [BoardId; 2] = [BoardId(5), BoardId(6)];

#[tokio::test]
async fn invalid_firmware_reports_field_and_is_not_stored() {
    let (lab, ken) = lab().await;
    let whole = example("1.0.8", 1_000);
    let long = "x".repeat(61);
    for (name, file, code, field) in [
        ("", Vec::new(), "firmware.nothing", "image"),
        ("", b"PK\x03\x04".to_vec(), "firmware.no-image", "image"),
        ("", whole[..500].to_vec(), "firmware.damaged", "image"),
        ("", vec![0xE9; BYTES + 1], "firmware.large", "image"),
        (long.as_str(), whole.clone(), "firmware.name", "name"),
    ] {
        let refused = firmware::keep(&lab.ctx, &ken, name, file).await.unwrap_err().problem(Lang::En);
        assert_eq!((refused.code.as_str(), refused.kind), (code, Kind::Invalid));
        assert!(refused.at(field).is_some(), "{refused:?}");
    }
    assert!(firmware::page(&lab.ctx, &ken).await.unwrap().images.is_empty());
}

#[tokio::test]
async fn image_is_stored_once_by_name_up_to_limit() {
    let (lab, ken) = lab().await;
    let keep =
        async |name: &str, version: &str| firmware::keep(&lab.ctx, &ken, name, example(version, 1_000)).await;
    keep("  esp32-s3,1.0.8 ", "1.0.8").await.unwrap();
    let again = keep("another name", "1.0.8").await;
    assert!(matches!(again, Err(FirmwareError::Invalid(InvalidImage::Kept))), "{again:?}");
    for version in 1..MAX_IMAGES {
        keep("", &version.to_string()).await.unwrap();
    }
    let full = keep("", "6").await;
    assert!(matches!(full, Err(FirmwareError::Invalid(InvalidImage::Full))), "{full:?}");
    let images = firmware::page(&lab.ctx, &ken).await.unwrap().images;
    let names: Vec<_> = images.iter().map(|image| image.name.as_str()).collect();
    assert_eq!(names.last(), Some(&"esp32-s3,1.0.8"));
    assert_eq!(names.first(), Some(&"toolgate-example 4"), "what the image says, where nobody said more");
    assert_eq!(images[0].by.as_deref(), Some("Ken"));
    firmware::remove(&lab.ctx, &ken, images[0].id).await.unwrap();
    let gone = firmware::remove(&lab.ctx, &ken, images[0].id).await;
    assert!(matches!(gone, Err(FirmwareError::Unknown)), "{gone:?}");
    keep("", "6").await.unwrap();
}

#[tokio::test]
async fn update_starts_on_all_chosen_boards_or_none() {
    let (lab, ken) = lab().await;
    let start = async |image, boards: &[BoardId]| firmware::start(&lab.ctx, &ken, image, boards).await;
    let jobs = async || firmware::page(&lab.ctx, &ken).await.unwrap().jobs;
    let image = firmware::keep(&lab.ctx, &ken, "new", example("1.0.8", 1_000)).await.unwrap();
    assert!(matches!(start(image, &[]).await, Err(FirmwareError::NoBoard)));
    assert!(matches!(start(FirmwareId(99), &BOTH).await, Err(FirmwareError::Unknown)));
    assert!(matches!(start(image, &[BOTH[0], BoardId(99)]).await, Err(FirmwareError::UnknownBoard)));
    assert!(jobs().await.is_empty());
    let first = start(image, &[BOTH[0], BOTH[0]]).await.unwrap();
    assert_eq!(first.len(), 1, "once, however often it was ticked");
    assert!(matches!(start(image, &BOTH).await, Err(FirmwareError::Busy)));
    assert_eq!(jobs().await.len(), 1);
    assert!(matches!(firmware::remove(&lab.ctx, &ken, image).await, Err(FirmwareError::Required)));
    firmware::cancel(&lab.ctx, &ken, first[0]).await.unwrap();
    assert!(matches!(firmware::cancel(&lab.ctx, &ken, first[0]).await, Err(FirmwareError::Over)));
    let unknown = firmware::cancel(&lab.ctx, &ken, FirmwareJobId(99)).await;
    assert!(matches!(unknown, Err(FirmwareError::UnknownJob)), "{unknown:?}");
    start(image, &BOTH).await.unwrap();
    assert_eq!(jobs().await.iter().filter(|job| job.state == State::Waiting).count(), 2);
}

#[tokio::test]
async fn report_on_cancelled_update_changes_nothing() {
    let (lab, ken) = lab().await;
    let image = firmware::keep(&lab.ctx, &ken, "new", example("1.0.8", 1_000)).await.unwrap();
    let job = firmware::start(&lab.ctx, &ken, image, &BOTH[..1]).await.unwrap()[0];
    let errand = firmware::next(&lab.ctx).await.unwrap().unwrap();
    assert_eq!(
        (errand.job, errand.address.as_str(), errand.image.len()),
        (job, "10.0.0.5", example("1.0.8", 1_000).len())
    );
    assert!(firmware::next(&lab.ctx).await.unwrap().is_none(), "taken once");
    assert!(firmware::advance(&lab.ctx, &errand, 40).await.unwrap());
    firmware::cancel(&lab.ctx, &ken, job).await.unwrap();
    assert!(!firmware::advance(&lab.ctx, &errand, 45).await.unwrap());
    assert!(!firmware::is_wanted(&lab.ctx, job).await.unwrap());
    firmware::finish(&lab.ctx, job, Err(Failure::Broken)).await.unwrap();
    firmware::finish(&lab.ctx, job, Ok(())).await.unwrap();
    let job = firmware::page(&lab.ctx, &ken).await.unwrap().jobs.remove(0);
    assert_eq!((job.state, job.percent, job.failure), (State::Cancelled, 40, None));
}

#[tokio::test]
async fn only_managers_update_firmware() {
    let (lab, _) = lab().await;
    lab.grant(1, 3, "owner").await;
    let ada = lab.signed_in(1).await;
    let refused = firmware::keep(&lab.ctx, &ada, "", example("1.0.8", 100)).await.unwrap_err();
    assert!(matches!(refused, FirmwareError::Forbidden(_)), "the owner of a type is not asked: {refused:?}");
    assert!(matches!(firmware::page(&lab.ctx, &ada).await, Err(FirmwareError::Forbidden(_))));
    assert!(matches!(
        firmware::start(&lab.ctx, &ada, FirmwareId(1), &BOTH).await,
        Err(FirmwareError::Forbidden(_))
    ));
}
