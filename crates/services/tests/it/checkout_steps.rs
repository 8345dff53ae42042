//! The checklist of a checkout: requirements for a pass, permissions, and stored steps.

use crate::lab;
use crate::lab::{Lab, NOON};
use contract::checkout_steps::Checklist;
use domain::{
    actor::Actor,
    checkout_steps::{Mark, STEP, Signer},
    checkouts::{CheckoutAction, State},
    id::{AppointmentId, CheckoutStepId, PersonId, TypeId},
    pictures::InvalidPicture,
};
use services::checkouts::{
    self, CheckoutsError, Decide, ValidationError,
    steps::{self, StepChange},
};
use std::io::Cursor;

const LASERS: TypeId = TypeId(3);

/// The lab with Carl (4), who wants to use the lasers, Dana (5), who owns them, and Ken (11), who manages. Bob
/// trains on them, and they have a list of three steps, the first two of them required.
async fn listed() -> Lab {
    let lab = Lab::open().await;
    lab.sql(
        "INSERT INTO person (id, status, created_at) VALUES (4, 'active', 0), (5, 'active', 0), (11, 'active', 0);
         INSERT INTO profile (person_id, name) VALUES (4, 'Carl'), (5, 'Dana'), (11, 'Ken')",
    )
    .await;
    for (person, kind, relation) in
        [(4, 1, "user"), (5, 1, "user"), (11, 1, "user"), (11, 1, "owner"), (2, 3, "trainer"), (5, 3, "owner")]
    {
        lab.grant(person, kind, relation).await;
    }
    let lab = lab.reopen().await;
    let dana = lab.signed_in(5).await;
    steps::save_list(&lab.ctx, &dana, LASERS, "# Before\n! Lid shut\n! Extraction on\n# After\nBed clean", 0)
        .await
        .unwrap();
    lab
}

/// Bob begins a checkout of Carl at the machine.
async fn begun(lab: &Lab, bob: &Actor) -> AppointmentId {
    let decide = Decide::read(Some(CheckoutAction::Accept), "", "", None);
    checkouts::record(&lab.ctx, bob, LASERS, "Carl", decide).await.unwrap()
}

async fn list(lab: &Lab, actor: &Actor, id: AppointmentId) -> Checklist {
    steps::checklist(&lab.ctx, actor, id).await.unwrap()
}

async fn pass(lab: &Lab, actor: &Actor, id: AppointmentId) -> Result<(), CheckoutsError> {
    checkouts::decide(&lab.ctx, actor, id, Decide::read(Some(CheckoutAction::Pass), "", "", None))
        .await
        .map(|_| ())
}

fn marked(mark: Option<Mark>) -> StepChange {
    StepChange { mark: Some(mark), note: None }
}

fn noted(note: &str) -> StepChange {
    StepChange { mark: None, note: Some(note.to_owned()) }
}

async fn see(lab: &Lab, actor: &Actor, id: AppointmentId, step: CheckoutStepId) {
    steps::say(&lab.ctx, actor, id, step, marked(Some(Mark::Seen))).await.unwrap();
}

#[tokio::test]
async fn pass_requires_all_required_steps_and_signature() {
    let lab = listed().await;
    let bob = lab.signed_in(2).await;
    let id = begun(&lab, &bob).await;
    let all: Vec<_> = list(&lab, &bob, id).await.steps.iter().map(|step| step.id).collect();
    assert_eq!(all.len(), 3);
    see(&lab, &bob, id, all[0]).await;
    steps::say(&lab.ctx, &bob, id, all[1], marked(Some(Mark::Practise))).await.unwrap();
    let refused = pass(&lab, &bob, id).await;
    assert!(matches!(&refused, Err(CheckoutsError::Steps(open)) if *open == ["Extraction on"]), "{refused:?}");
    see(&lab, &bob, id, all[1]).await;
    assert!(matches!(pass(&lab, &bob, id).await, Err(CheckoutsError::Unsigned)));
    steps::sign(&lab.ctx, &bob, id, Signer::Trainer, true).await.unwrap();
    pass(&lab, &bob, id).await.unwrap();
    let decide = checkouts::opened(&lab.ctx, &bob, id).await.unwrap();
    assert_eq!(decide.one.state, State::Passed);
    assert!(!decide.checklist.may_mark, "what is decided stays as it was seen");
    let late = steps::say(&lab.ctx, &bob, id, all[2], marked(Some(Mark::Seen))).await;
    assert!(matches!(late, Err(CheckoutsError::Decided(_))), "{late:?}");
}

#[tokio::test]
async fn walk_in_without_required_steps_is_refused() {
    let lab = listed().await;
    let bob = lab.signed_in(2).await;
    let decide = Decide::read(Some(CheckoutAction::Pass), "", "", None);
    let refused = checkouts::record(&lab.ctx, &bob, LASERS, "Carl", decide).await;
    assert!(matches!(refused, Err(CheckoutsError::Steps(open)) if open.len() == 2));
    let mut conn = lab.raw().await;
    let remaining: i64 =
        sqlx::query_scalar("SELECT count(*) FROM appointment").fetch_one(&mut conn).await.unwrap();
    assert_eq!(remaining, 0, "nothing of it stays");
}

#[tokio::test]
async fn only_trainer_marks_steps() {
    let lab = listed().await;
    let (bob, carl) = (lab.signed_in(2).await, lab.signed_in(4).await);
    let id = begun(&lab, &bob).await;
    let step = list(&lab, &bob, id).await.steps[0].id;
    let seen = steps::say(&lab.ctx, &carl, id, step, marked(Some(Mark::Seen))).await;
    assert!(matches!(seen, Err(CheckoutsError::Unknown)), "{seen:?}");
    let noted = steps::say(&lab.ctx, &carl, id, step, noted("All fine")).await;
    assert!(matches!(noted, Err(CheckoutsError::Unknown)), "{noted:?}");
    let signed = steps::sign(&lab.ctx, &carl, id, Signer::Trainer, true).await;
    assert!(matches!(signed, Err(CheckoutsError::Oneself)), "{signed:?}");
    let foreign = steps::say(&lab.ctx, &bob, id, CheckoutStepId(999), marked(Some(Mark::Seen))).await;
    assert!(matches!(foreign, Err(CheckoutsError::UnknownStep)), "{foreign:?}");
    assert!(list(&lab, &carl, id).await.may_sign, "but they sign for themselves");
}

#[tokio::test]
async fn signature_records_who_tapped_for_member() {
    let lab = listed().await;
    let (bob, carl) = (lab.signed_in(2).await, lab.signed_in(4).await);
    let id = begun(&lab, &bob).await;
    steps::sign(&lab.ctx, &bob, id, Signer::Member, true).await.unwrap();
    assert!(list(&lab, &carl, id).await.signed(Signer::Member).unwrap().by_other);
    steps::sign(&lab.ctx, &bob, id, Signer::Member, false).await.unwrap();
    assert_eq!(list(&lab, &carl, id).await.signed(Signer::Member), None);
    steps::sign(&lab.ctx, &carl, id, Signer::Member, true).await.unwrap();
    steps::sign(&lab.ctx, &bob, id, Signer::Member, true).await.unwrap();
    assert!(!list(&lab, &bob, id).await.signed(Signer::Member).unwrap().by_other, "the first signature stays");
}

#[tokio::test]
async fn failed_checkout_records_named_steps_without_note() {
    let lab = listed().await;
    let (bob, carl) = (lab.signed_in(2).await, lab.signed_in(4).await);
    let id = begun(&lab, &bob).await;
    let all: Vec<_> = list(&lab, &bob, id).await.steps.iter().map(|step| step.id).collect();
    steps::say(&lab.ctx, &bob, id, all[1], noted("Gate was closed")).await.unwrap();
    assert_eq!(list(&lab, &bob, id).await.steps[1].mark, Some(Mark::Practise), "a noted step is to be practised");
    let wordless = Decide::read(Some(CheckoutAction::Fail), " ", "3", Some(Vec::new()));
    assert_eq!(wordless.unwrap_err(), [ValidationError::NoNote]);
    let foreign = Decide::read(Some(CheckoutAction::Fail), "", "3", Some(vec![CheckoutStepId(999)]));
    let refused = checkouts::decide(&lab.ctx, &bob, id, foreign).await;
    assert!(matches!(refused, Err(CheckoutsError::UnknownStep)), "{refused:?}");
    let named = Decide::read(Some(CheckoutAction::Fail), "", "3", Some(vec![all[2]]));
    checkouts::decide(&lab.ctx, &bob, id, named).await.unwrap();
    let marks: Vec<_> = list(&lab, &carl, id).await.steps.iter().map(|step| step.mark).collect();
    assert_eq!(marks, [None, None, Some(Mark::Practise)]);
}

#[tokio::test]
async fn edited_list_applies_to_next_checkout_only() {
    let lab = listed().await;
    let (bob, dana) = (lab.signed_in(2).await, lab.signed_in(5).await);
    let id = begun(&lab, &bob).await;
    let first = list(&lab, &bob, id).await.steps[0].id;
    see(&lab, &bob, id, first).await;
    let edited = steps::list(&lab.ctx, &dana, LASERS).await.unwrap();
    assert_eq!(
        (edited.text.as_str(), edited.open),
        ("# Before\n! Lid shut\n! Extraction on\n\n# After\nBed clean", 1)
    );
    steps::save_list(&lab.ctx, &dana, LASERS, "! Knows the way out", edited.version).await.unwrap();
    assert_eq!(list(&lab, &bob, id).await.steps.len(), 3, "it goes on with its own");
    // A14
    let older = steps::save_list(&lab.ctx, &dana, LASERS, "Other", edited.version).await;
    assert!(matches!(older, Err(CheckoutsError::ListChanged)), "{older:?}");
    checkouts::decide(&lab.ctx, &bob, id, Decide::read(Some(CheckoutAction::Fail), "Lid", "0", None))
        .await
        .unwrap();
    let next = begun(&lab, &bob).await;
    assert_eq!(list(&lab, &bob, next).await.steps[0].body, "Knows the way out");
}

#[tokio::test]
async fn invalid_list_names_line_and_only_owners_save() {
    let lab = listed().await;
    let (bob, dana) = (lab.signed_in(2).await, lab.signed_in(5).await);
    let long = format!("Lid shut\n{}", "x".repeat(STEP + 1));
    let refused = steps::save_list(&lab.ctx, &dana, LASERS, &long, 1).await;
    assert!(matches!(&refused, Err(CheckoutsError::Invalid(faults)) if faults.len() == 1), "{refused:?}");
    assert!(matches!(steps::save_list(&lab.ctx, &bob, LASERS, "x", 1).await, Err(CheckoutsError::Forbidden(_))));
    assert!(matches!(steps::list(&lab.ctx, &bob, LASERS).await, Err(CheckoutsError::Forbidden(_))));
}

// An appointment for another day begins when both stand at the machine.
#[tokio::test]
async fn agreed_checkout_can_begin_on_the_spot() {
    let lab = listed().await;
    let bob = lab.signed_in(2).await;
    lab.sql(
        "INSERT INTO appointment (id, person_id, trainer_id, type_id, starts_at, ends_at, state, asked_at)
             VALUES (70, 4, 5, 3, 1900000000000, 1900001800000, 'pending', 0);
         INSERT INTO occupation (person_id, starts_at, ends_at, appointment_id)
             VALUES (4, 1900000000000, 1900001800000, 70)",
    )
    .await;
    let lab = lab.reopen().await;
    let id = begun(&lab, &bob).await;
    assert_eq!(id, AppointmentId(70));
    let one = checkouts::one(&lab.ctx, &bob, id).await.unwrap();
    assert_eq!((one.state, one.trainer, one.starts.at), (State::Accepted, PersonId(2), NOON));
    let mut conn = lab.raw().await;
    let held: i64 = sqlx::query_scalar("SELECT count(*) FROM occupation WHERE starts_at < 1900000000000")
        .fetch_one(&mut conn)
        .await
        .unwrap();
    assert_eq!(held, 3, "the other time is given back, and this one taken, with a machine");
}

/// A picture as a phone sends one.
fn picture() -> Cursor<Vec<u8>> {
    let mut bytes = Cursor::new(Vec::new());
    image::DynamicImage::new_rgb8(40, 20).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.set_position(0);
    bytes
}

#[tokio::test]
async fn step_photo_is_added_by_trainer_and_visible_to_both() {
    let lab = listed().await;
    let (ada, bob, carl) = (lab.signed_in(1).await, lab.signed_in(2).await, lab.signed_in(4).await);
    let id = begun(&lab, &bob).await;
    let step = list(&lab, &bob, id).await.steps[0].id;
    for other in [&ada, &carl] {
        let refused = steps::set_photo(&lab.ctx, other, id, step, picture()).await;
        assert!(matches!(refused, Err(CheckoutsError::Unknown)), "{refused:?}");
    }
    let unknown = steps::set_photo(&lab.ctx, &bob, id, CheckoutStepId(999), picture()).await;
    assert!(matches!(unknown, Err(CheckoutsError::UnknownStep)), "{unknown:?}");
    let cases = [
        (b"no picture".to_vec(), InvalidPicture::NoPicture),
        (Vec::new(), InvalidPicture::Nothing),
        (lab::claims(60_000, 60_000), InvalidPicture::Large),
    ];
    for (bytes, invalid) in cases {
        let refused = steps::set_photo(&lab.ctx, &bob, id, step, Cursor::new(bytes)).await;
        assert!(
            matches!(&refused, Err(CheckoutsError::Invalid(faults)) if *faults == [ValidationError::Photo(invalid)]),
            "{refused:?}"
        );
    }
    assert!(matches!(steps::photo(&lab.ctx, &bob, id, step, false).await, Err(CheckoutsError::UnknownStep)));
    steps::set_photo(&lab.ctx, &bob, id, step, picture()).await.unwrap();
    for one in [&bob, &carl] {
        for small in [false, true] {
            let body = steps::photo(&lab.ctx, one, id, step, small).await.unwrap().body;
            assert!(body.starts_with(&[0xff, 0xd8]), "made anew as a JPEG");
        }
    }
    assert!(matches!(steps::photo(&lab.ctx, &ada, id, step, false).await, Err(CheckoutsError::Unknown)));
    assert!(list(&lab, &carl, id).await.steps[0].photo.is_some());
    assert!(steps::remove_photo(&lab.ctx, &carl, id, step).await.is_err());
    steps::remove_photo(&lab.ctx, &bob, id, step).await.unwrap();
    assert!(list(&lab, &bob, id).await.steps[0].photo.is_none());
    checkouts::decide(&lab.ctx, &bob, id, Decide::read(Some(CheckoutAction::Fail), "Lid", "0", None))
        .await
        .unwrap();
    let late = steps::set_photo(&lab.ctx, &bob, id, step, picture()).await;
    assert!(matches!(late, Err(CheckoutsError::Decided(_))), "{late:?}");
}
