//! Maintenance: due by hours and days, access while due, and registration at the board and on the web.

use crate::lab::{LASER, LASER_ID, LATHE, Lab, ada, bob, card, claims, seconds};
use contract::{
    inbox::Detail,
    maintenance::{AtMachine, PlanInput},
};
use domain::{
    access::{Decision, Level, Reason},
    actor::{Actor, Channel, Forbidden},
    cards::CardUid,
    id::{InterventionId, MachineId, PersonId, PlanId},
    inbox::Matter,
    live::ChangeEvent,
    machines::MachineState,
    maintenance::{Urgency, WORDS},
    pictures::InvalidPicture,
    time::HOUR,
    uses::Action,
};
use services::error::ServiceError;
use services::{
    access, boards, equipment, inbox, machines,
    maintenance::{self, AtBoard, DescribePlan, MaintenanceError, Of, RegisterDone, ValidationError},
    privacy,
};
use std::{io::Cursor, time::Duration};

const DAY: Duration = Duration::from_hours(24);

/// The lab with Ken (11), who manages, Olga (12, card 0000019a), who owns the lasers, and Tim (13, card 00000713),
/// who trains on them.
async fn maintained() -> Lab {
    let lab = Lab::open().await;
    lab.sql(
        "INSERT INTO person (id, status, created_at) VALUES (11, 'active', 0), (12, 'active', 0), (13, 'active', 0);
         INSERT INTO profile (person_id, name) VALUES (11, 'Ken'), (12, 'Olga'), (13, 'Tim');
         INSERT INTO card (id, person_id, uid, state, given_at) VALUES
             (12, 12, '0000019a', 'active', 0), (13, 13, '00000713', 'active', 0);
         INSERT INTO machine_signal (machine_id, heard_at, online) VALUES (1, 1800000000000, 1)",
    )
    .await;
    for (person, kind, relation) in
        [(11, 1, "owner"), (12, 1, "user"), (12, 3, "owner"), (13, 1, "user"), (13, 3, "trainer")]
    {
        lab.grant(person, kind, relation).await;
    }
    lab
}

fn tim() -> CardUid {
    card("00000713")
}

fn olga() -> CardUid {
    card("0000019a")
}

fn plan(words: &str, hours: &str, days: &str, blocking: bool) -> PlanInput {
    PlanInput {
        words: words.into(),
        hours: hours.into(),
        days: days.into(),
        doer: "trainer".into(),
        blocking: if blocking { "yes" } else { "" }.into(),
        ..PlanInput::default()
    }
}

/// Work outside of any plan.
fn something() -> Result<RegisterDone, Vec<ValidationError>> {
    done(&[], "dusted")
}

/// Work done, as typed.
fn done(plans: &[&str], note: &str) -> Result<RegisterDone, Vec<ValidationError>> {
    let plans: Vec<_> = plans.iter().map(|&plan| plan.to_owned()).collect();
    RegisterDone::from_form(&plans, note)
}

async fn makes(lab: &Lab, of: Of, form: &PlanInput) -> PlanId {
    let plan = DescribePlan::from_form(form);
    maintenance::add(&lab.ctx, &lab.signed_in(12).await, LASER_ID, Some(of), plan).await.unwrap()
}

/// Ada uses the laser for this long.
async fn used(lab: &Lab, length: Duration) {
    lab.starts(LASER, &ada()).await;
    lab.pass(length);
    lab.stops(LASER, &ada(), length.as_secs()).await;
}

async fn seen(lab: &Lab, person: i64) -> AtMachine {
    maintenance::at(&lab.ctx, &lab.signed_in(person).await, LASER_ID).await.unwrap()
}

/// How far each plan is, the most urgent first.
async fn far(lab: &Lab) -> Vec<(i64, u32, Urgency)> {
    let plans = seen(lab, 1).await.plans;
    plans.iter().map(|one| (one.plan.id.0, one.progress.permille, one.progress.urgency)).collect()
}

/// The laser's settings as its board gets them: maintenance, allowed, the second line.
async fn board_state(lab: &Lab) -> (bool, bool, String) {
    let settings = boards::settings(&lab.ctx, LASER).await.unwrap();
    (settings.maintenance, settings.allowed, settings.display)
}

async fn says(lab: &Lab, uid: &CardUid, replay: bool) -> bool {
    match maintenance::at_board(&lab.ctx, LASER, uid.clone(), replay).await {
        Ok(()) => true,
        Err(AtBoard::NotTheirs) => false,
        Err(error) => panic!("{error}"),
    }
}

async fn registered(lab: &Lab) -> i64 {
    lab.number("SELECT count(*) FROM intervention").await
}

fn errors(refused: Result<PlanId, MaintenanceError>) -> Vec<ValidationError> {
    match refused {
        Err(MaintenanceError::Invalid(errors)) => errors,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn due_maintenance_denies_members_and_admits_maintainers() {
    let lab = maintained().await;
    let input = PlanInput { display: "Clean the lens".into(), ..plan("Clean lens and mirrors", "2", "", true) };
    makes(&lab, Of::Type, &input).await;
    assert_eq!(far(&lab).await, [(1, 0, Urgency::Fine)]);
    used(&lab, HOUR).await;
    assert_eq!(far(&lab).await, [(1, 500, Urgency::Fine)]);
    assert_eq!(board_state(&lab).await, (false, true, String::new()));
    let before = access::check(&lab.ctx, LASER, &ada()).await.unwrap().decision;
    assert!(before.is_yes(), "{before:?}");

    used(&lab, HOUR).await;
    assert_eq!(far(&lab).await, [(1, 1_000, Urgency::Due)]);
    assert_eq!(board_state(&lab).await, (true, true, "Clean the lens".into()));
    let refused = access::check(&lab.ctx, LASER, &ada()).await.unwrap().decision;
    assert_eq!(refused, Decision::Deny(vec![Reason::MaintenanceDue]));
    for uid in [tim(), olga()] {
        let let_in = access::check(&lab.ctx, LASER, &uid).await.unwrap().decision;
        assert_eq!(let_in, Decision::Allow { level: Level::Staff, until: None });
    }
    // Its board has spoken a moment ago.
    lab.sql("UPDATE machine_signal SET heard_at = 9000000000000").await;
    let html = machines::page(&lab.ctx, &lab.signed_in(1).await, LASER_ID).await.unwrap().machine.state;
    assert_eq!(html, MachineState::MaintenanceDue);

    let (_, _, mut coming) = lab.ctx.live().subscribe("");
    assert!(!says(&lab, &ada(), false).await && !says(&lab, &card("0c0ffee1"), false).await, "not theirs to say");
    assert_eq!((registered(&lab).await, board_state(&lab).await.0), (0, true));
    assert!(says(&lab, &tim(), false).await);
    assert_eq!(coming.recv().await.unwrap().hint, Some(ChangeEvent::Machine(LASER_ID)), "open pages look again");
    assert_eq!(board_state(&lab).await, (false, true, String::new()));
    assert!(access::check(&lab.ctx, LASER, &ada()).await.unwrap().decision.is_yes());
    let at = seen(&lab, 12).await;
    let done = &at.done[0];
    assert_eq!(
        (done.words.as_deref(), done.by.as_deref(), done.door, done.used, done.replay),
        (Some("Clean lens and mirrors"), Some("Tim"), Channel::Board, 7_200_000, false)
    );
    assert_eq!(seen(&lab, 1).await.done[0].by, None, "names are for those who maintain it");
    assert_eq!(
        lab.text("SELECT door || ' ' || detail FROM audit WHERE action = 'maintenance.registered'").await,
        r#"board {"plans":[1],"replay":false}"#
    );
}

#[tokio::test]
async fn board_registers_everything_due_or_other_work() {
    let lab = maintained().await;
    makes(&lab, Of::Machine, &plan("Oil", "1", "", true)).await;
    makes(&lab, Of::Type, &plan("Filter", "1", "", false)).await;
    makes(&lab, Of::Type, &plan("Belt", "100", "", false)).await;
    used(&lab, HOUR).await;
    assert!(says(&lab, &tim(), false).await);
    let plans = async || lab.text("SELECT group_concat(coalesce(plan_id, 'else')) FROM intervention").await;
    assert_eq!(plans().await, "1,2");
    assert_eq!(far(&lab).await, [(1, 0, Urgency::Fine), (2, 0, Urgency::Fine), (3, 10, Urgency::Fine)]);
    lab.pass(HOUR);
    assert!(says(&lab, &tim(), false).await);
    assert_eq!(plans().await, "1,2,else", "nothing is due");
    assert!(!board_state(&lab).await.0);
}

#[tokio::test]
async fn due_maintenance_appears_in_managers_inbox() {
    let lab = maintained().await;
    makes(&lab, Of::Machine, &plan("Dust", "", "1", false)).await;
    makes(&lab, Of::Type, &plan("Oil", "", "2", false)).await;
    makes(&lab, Of::Type, &plan("Belt", "", "30", false)).await;
    let waits = async || {
        let items = inbox::waiting(&lab.ctx, &lab.signed_in(11).await).await.unwrap().items;
        items.into_iter().filter(|item| item.matter == Matter::Maintenance).collect::<Vec<_>>()
    };
    assert!(waits().await.is_empty());
    lab.pass(DAY * 2);
    let items = waits().await;
    assert_eq!((items.len(), items[0].page().as_str()), (1, "/machines/1/maintenance"));
    assert_eq!(items[0].detail, Detail::Due { what: "Dust, Oil".into() });
    maintenance::register(&lab.ctx, &lab.signed_in(13).await, LASER_ID, done(&["1", "2"], "")).await.unwrap();
    assert!(waits().await.is_empty());
}

#[tokio::test]
async fn maintenance_due_by_day_notifies_pages() {
    let lab = maintained().await;
    let (_, _, mut coming) = lab.ctx.live().subscribe("");
    makes(&lab, Of::Machine, &plan("Dust", "", "1", true)).await;
    coming.recv().await.unwrap();
    assert_eq!(maintenance::notice_due(&lab.ctx).await.unwrap(), 0, "the first time looks at nothing");
    let nearly = DAY.checked_sub(seconds(1)).unwrap();
    lab.pass(nearly);
    assert_eq!(maintenance::notice_due(&lab.ctx).await.unwrap(), 0);
    assert!(coming.try_recv().is_err(), "not yet");
    lab.pass(seconds(61));
    assert_eq!(maintenance::notice_due(&lab.ctx).await.unwrap(), 1);
    assert_eq!(coming.recv().await.unwrap().hint, Some(ChangeEvent::Machine(LASER_ID)));
    assert!(board_state(&lab).await.0);
}

#[tokio::test]
async fn non_blocking_plan_denies_nobody() {
    let lab = maintained().await;
    makes(&lab, Of::Machine, &plan("Dust", "", "1", false)).await;
    lab.pass(DAY);
    assert_eq!(far(&lab).await, [(1, 1_000, Urgency::Due)]);
    assert_eq!(board_state(&lab).await, (false, true, String::new()));
    assert!(access::check(&lab.ctx, LASER, &ada()).await.unwrap().decision.is_yes());
}

#[tokio::test]
async fn repeated_board_registration_is_stored_once() {
    let lab = maintained().await;
    makes(&lab, Of::Machine, &plan("Oil", "1", "", true)).await;
    used(&lab, HOUR).await;
    assert!(says(&lab, &tim(), false).await && says(&lab, &tim(), false).await, "doubled on the wire");
    lab.pass(HOUR);
    assert!(says(&lab, &tim(), true).await && says(&lab, &tim(), true).await, "its answer came too late");
    assert_eq!(registered(&lab).await, 1);

    // The outage goes on with a use and another registration: that is a second one.
    lab.says(LASER, &tim(), Action::Start, 0, true).await.unwrap();
    lab.says(LASER, &tim(), Action::Stop, 3_600, true).await.unwrap();
    assert!(says(&lab, &tim(), true).await);
    assert_eq!(registered(&lab).await, 2);
    assert!(says(&lab, &tim(), true).await, "a replay doubled on the wire");
    assert_eq!(registered(&lab).await, 2);
    assert!(says(&lab, &olga(), true).await, "somebody else");
    assert_eq!(registered(&lab).await, 3);
    assert_eq!(lab.text("SELECT group_concat(replay) FROM intervention").await, "0,1,1");
    assert_eq!(far(&lab).await, [(1, 0, Urgency::Fine)]);
}

#[tokio::test]
async fn web_registration_restarts_chosen_plans_only() {
    let lab = maintained().await;
    makes(&lab, Of::Machine, &plan("Oil", "10", "", true)).await;
    makes(&lab, Of::Machine, &plan("Belt", "10", "", true)).await;
    used(&lab, HOUR).await;
    let (tim, ada) = (lab.signed_in(13).await, lab.signed_in(1).await);
    let belt = done(&["2", "2"], " new belt \u{202E}");
    let refused = maintenance::register(&lab.ctx, &ada, LASER_ID, belt.clone()).await;
    assert!(matches!(refused, Err(MaintenanceError::Forbidden(Forbidden::NotAllowed))), "{refused:?}");
    maintenance::register(&lab.ctx, &tim, LASER_ID, belt).await.unwrap();
    assert_eq!(far(&lab).await, [(1, 100, Urgency::Fine), (2, 0, Urgency::Fine)]);
    let last = seen(&lab, 13).await.done;
    assert_eq!((last.len(), last[0].note.as_deref(), last[0].door), (1, Some("new belt"), Channel::Web));
    assert_eq!(lab.number("SELECT count(*) FROM audit WHERE detail LIKE '%belt%'").await, 0);

    maintenance::register(&lab.ctx, &tim, LASER_ID, something()).await.unwrap();
    assert_eq!(seen(&lab, 13).await.done[0].plan, None, "something else");
    for (input, fault) in [
        (done(&["9"], ""), ValidationError::Plan),
        (done(&["x"], ""), ValidationError::Plan),
        (done(&[], " \n"), ValidationError::Nothing),
        (done(&[], &"x".repeat(1_001)), ValidationError::Note),
    ] {
        match maintenance::register(&lab.ctx, &tim, LASER_ID, input).await {
            Err(MaintenanceError::Invalid(found)) => assert_eq!(found, [fault]),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(registered(&lab).await, 2);
}

#[tokio::test]
async fn repeated_submission_registers_once() {
    let lab = maintained().await;
    for words in ["Oil", "Belt"] {
        makes(&lab, Of::Machine, &plan(words, "10", "", true)).await;
    }
    let (tim, olga) = (lab.signed_in(13).await, lab.signed_in(12).await);
    let stored = async |who: &Actor, input| maintenance::register(&lab.ctx, who, LASER_ID, input).await.unwrap().0;
    assert_eq!(stored(&tim, done(&["1", "2"], "")).await, 1);
    lab.pass(seconds(1));
    assert_eq!(stored(&tim, done(&["2", "1"], "")).await, 1, "answered as the first was");
    assert_eq!(stored(&tim, something()).await, 3);
    assert_eq!(stored(&tim, something()).await, 3);
    let registered_on_record = "SELECT count(*) FROM audit WHERE action = 'maintenance.registered'";
    assert_eq!((registered(&lab).await, lab.number(registered_on_record).await), (3, 2));
    for (number, (who, input)) in
        (4..).zip([(&tim, done(&["1"], "new oil")), (&olga, done(&["1"], "")), (&tim, done(&[], "swept"))])
    {
        assert_eq!(stored(who, input).await, number, "other words, or somebody else");
    }
    lab.pass(seconds(11));
    assert_eq!(stored(&tim, something()).await, 7, "done again");
}

#[tokio::test]
async fn corrected_hours_never_make_progress_negative() {
    let lab = maintained().await;
    makes(&lab, Of::Machine, &plan("Oil", "2", "", true)).await;
    used(&lab, HOUR).await;
    let tim = lab.signed_in(13).await;
    maintenance::register(&lab.ctx, &tim, LASER_ID, done(&["1"], "")).await.unwrap();
    lab.sql("UPDATE machine_total SET used_ms = used_ms - 1800000 WHERE machine_id = 1").await;
    assert_eq!(far(&lab).await, [(1, 0, Urgency::Fine)]);
}

#[tokio::test]
async fn machine_added_to_plan_counts_from_then() {
    let lab = maintained().await;
    let ken = lab.signed_in(11).await;
    makes(&lab, Of::Type, &plan("Filter", "", "10", true)).await;
    lab.pass(DAY * 30);
    let input = equipment::AddMachine {
        name: "Laser 2".into(),
        kind: "Laser cutter".into(),
        number: String::new(),
        place: String::new(),
    };
    let new = equipment::add_machine(&lab.ctx, &ken, input).await.unwrap();
    let at = maintenance::at(&lab.ctx, &ken, new).await.unwrap();
    assert_eq!((at.plans.len(), at.plans[0].progress.permille), (1, 0));
    assert_eq!(far(&lab).await, [(1, 3_000, Urgency::Due)]);
}

#[tokio::test]
async fn invalid_plan_reports_all_fields() {
    let lab = maintained().await;
    let olga = lab.signed_in(12).await;
    for (input, of, expected) in [
        (plan("Oil", "0", "", true), Some(Of::Machine), vec![ValidationError::Hours]),
        (plan("Oil", "", "0", true), Some(Of::Machine), vec![ValidationError::Days]),
        (plan("Oil", "1.5", "-3", true), Some(Of::Machine), vec![ValidationError::Hours, ValidationError::Days]),
        (
            plan("Oil", "100001", "3651", true),
            Some(Of::Machine),
            vec![ValidationError::Hours, ValidationError::Days],
        ),
        (plan("Oil", "", " ", true), Some(Of::Machine), vec![ValidationError::Every]),
        (plan(" \u{200B}", "1", "", true), Some(Of::Machine), vec![ValidationError::NoWords]),
        (plan(&"x".repeat(WORDS + 1), "1", "", true), Some(Of::Machine), vec![ValidationError::LongWords]),
        (plan("Oil", "1", "", true), None, vec![ValidationError::Of]),
        (
            PlanInput {
                manual: "javascript:alert(1)".into(),
                doer: "cat".into(),
                display: "x".repeat(65),
                ..plan("Oil", "1", "", true)
            },
            Some(Of::Machine),
            vec![ValidationError::Manual, ValidationError::Doer, ValidationError::Display],
        ),
    ] {
        assert_eq!(
            errors(maintenance::add(&lab.ctx, &olga, LASER_ID, of, DescribePlan::from_form(&input)).await),
            expected,
            "{input:?}"
        );
    }
    assert_eq!(lab.number("SELECT count(*) FROM maintenance_plan").await, 0);
    let error =
        MaintenanceError::Invalid(vec![ValidationError::Hours, ValidationError::Every]).problem(text::Lang::En);
    assert_eq!(
        error.fields.iter().map(|(field, _)| field.as_str()).collect::<Vec<_>>(),
        ["hours", "hours", "days"]
    );
}

#[tokio::test]
async fn only_owners_manage_plans() {
    let lab = maintained().await;
    let oil = DescribePlan::from_form(&plan("Oil", "1", "", true));
    let made = async |person: i64, of: Of| {
        maintenance::add(&lab.ctx, &lab.signed_in(person).await, LASER_ID, Some(of), oil.clone()).await
    };
    for person in [1, 13] {
        let refused = made(person, Of::Machine).await;
        assert!(
            matches!(refused, Err(MaintenanceError::Forbidden(Forbidden::NotAllowed))),
            "{person} {refused:?}"
        );
    }
    // Bob owns this one laser and not the type.
    lab.sql(
        "INSERT INTO qualification (person_id, machine_id, relation, kind, effective_from, cause, recorded_at)
             VALUES (2, 1, 'owner', 'granted', 0, 'setup', 0)",
    )
    .await;
    let refused = made(2, Of::Type).await;
    assert!(matches!(refused, Err(MaintenanceError::Forbidden(Forbidden::NotAllowed))), "{refused:?}");
    let own = made(2, Of::Machine).await.unwrap();
    made(11, Of::Type).await.unwrap();
    made(12, Of::Type).await.unwrap();
    let nobody = Actor::anybody(true, Channel::Web);
    let refused = maintenance::at(&lab.ctx, &nobody, LASER_ID).await;
    assert!(matches!(refused, Err(MaintenanceError::Forbidden(Forbidden::SignIn))), "{refused:?}");
    let elsewhere = maintenance::sheet(&lab.ctx, &lab.signed_in(11).await, MachineId(2), Some(own)).await;
    assert!(matches!(elsewhere, Err(MaintenanceError::Unknown)), "the lathe has no such plan: {elsewhere:?}");
    assert!(says(&lab, &bob(), false).await, "whoever owns a machine maintains it");
}

#[tokio::test]
async fn stale_plan_save_is_refused_and_archived_plan_is_not_due() {
    let lab = maintained().await;
    let (olga, ken) = (lab.signed_in(12).await, lab.signed_in(11).await);
    let id = makes(&lab, Of::Type, &plan("Oil", "1", "", true)).await;
    used(&lab, HOUR).await;
    maintenance::save(&lab.ctx, &ken, id, 1, DescribePlan::from_form(&plan("Oil well", "2", "", true)))
        .await
        .unwrap();
    assert_eq!(far(&lab).await, [(1, 500, Urgency::Fine)], "it counts on");
    match maintenance::save(&lab.ctx, &olga, id, 1, DescribePlan::from_form(&plan("Grease", "3", "", true))).await
    {
        Err(MaintenanceError::Stale(saved)) => {
            assert_eq!(
                (saved.value("words"), saved.value("hours"), saved.by.as_deref()),
                ("Oil well", "2", Some("Ken"))
            );
        }
        other => panic!("{other:?}"),
    }
    used(&lab, HOUR).await;
    assert!(board_state(&lab).await.0);
    maintenance::archive(&lab.ctx, &olga, id, true).await.unwrap();
    assert_eq!((board_state(&lab).await.0, far(&lab).await.len()), (false, 0));
    assert_eq!((seen(&lab, 12).await.away.len(), seen(&lab, 1).await.away.len()), (1, 0));
    let away =
        maintenance::save(&lab.ctx, &olga, id, 3, DescribePlan::from_form(&plan("Grease", "3", "", true))).await;
    assert!(matches!(away, Err(MaintenanceError::Away)), "{away:?}");
    maintenance::archive(&lab.ctx, &olga, id, false).await.unwrap();
    assert!(board_state(&lab).await.0);
    let recorded = lab.text(
        "SELECT group_concat(substr(action, 13)) FROM (SELECT action FROM audit WHERE action LIKE 'maintenance.%' ORDER BY seq)",
    );
    assert_eq!(recorded.await, "plan-added,plan-changed,plan-archived,plan-restored");
}

/// A JPEG with particulars that a camera writes: where it was.
fn shot() -> Cursor<Vec<u8>> {
    let mut jpeg = Cursor::new(Vec::new());
    image::DynamicImage::new_rgb8(64, 32).write_to(&mut jpeg, image::ImageFormat::Jpeg).unwrap();
    let (mut jpeg, exif) = (jpeg.into_inner(), b"Exif\0\0GPS 46.4983 11.3548");
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    jpeg.splice(2..2, [&[0xFF, 0xE1], &length[..], exif].concat());
    Cursor::new(jpeg)
}

#[tokio::test]
async fn photo_is_added_once_and_visible_to_maintainers_only() {
    let lab = maintained().await;
    let (tim, ada) = (lab.signed_in(13).await, lab.signed_in(1).await);
    maintenance::register(&lab.ctx, &tim, LASER_ID, something()).await.unwrap();
    let done = InterventionId(1);
    let refused = maintenance::add_photo(&lab.ctx, &ada, done, shot()).await;
    assert!(matches!(refused, Err(MaintenanceError::Forbidden(Forbidden::NotAllowed))), "{refused:?}");
    for (given, invalid) in [
        (Vec::new(), InvalidPicture::Nothing),
        (b"no picture".to_vec(), InvalidPicture::NoPicture),
        (claims(10_000, 5_000), InvalidPicture::Large),
    ] {
        match maintenance::add_photo(&lab.ctx, &tim, done, Cursor::new(given)).await {
            Err(MaintenanceError::Invalid(errors)) => assert_eq!(errors, [ValidationError::Photo(invalid)]),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(lab.number("SELECT count(*) FROM intervention_photo").await, 0);
    let (_, _, mut coming) = lab.ctx.live().subscribe("");
    maintenance::add_photo(&lab.ctx, &tim, done, shot()).await.unwrap();
    assert_eq!(coming.recv().await.unwrap().hint, Some(ChangeEvent::Machine(LASER_ID)), "open pages look again");
    let again = maintenance::add_photo(&lab.ctx, &tim, done, shot()).await;
    assert!(matches!(again, Err(MaintenanceError::PhotoThere)), "none is put over another: {again:?}");
    for small in [false, true] {
        let stored = maintenance::photo(&lab.ctx, &tim, done, small).await.unwrap().body;
        assert_eq!(image::guess_format(&stored).unwrap(), image::ImageFormat::Jpeg);
        assert!(!stored.windows(4).any(|piece| piece == b"Exif" || piece == b"GPS "), "where it was is not in it");
    }
    let hidden = maintenance::photo(&lab.ctx, &ada, done, true).await.map(drop);
    assert!(matches!(hidden, Err(MaintenanceError::Forbidden(Forbidden::NotAllowed))), "{hidden:?}");
    assert_eq!((seen(&lab, 1).await.done[0].photo, seen(&lab, 13).await.done[0].photo.is_some()), (None, true));
    let none = maintenance::add_photo(&lab.ctx, &tim, InterventionId(99), shot()).await;
    assert!(matches!(none, Err(MaintenanceError::UnknownIntervention)), "{none:?}");
    assert_eq!(
        lab.text("SELECT subject || ' ' || detail FROM audit WHERE action = 'maintenance.photo-added'").await,
        r#"machine:1 {"intervention":1}"#
    );
}

#[tokio::test]
async fn photo_removal_requires_maintainer_and_is_audited() {
    let lab = maintained().await;
    let (ada, tim) = (lab.signed_in(1).await, lab.signed_in(13).await);
    let done = maintenance::register(&lab.ctx, &tim, LASER_ID, something()).await.unwrap();
    maintenance::add_photo(&lab.ctx, &tim, done, shot()).await.unwrap();
    let refused = maintenance::remove_photo(&lab.ctx, &ada, done).await;
    assert!(matches!(refused, Err(MaintenanceError::Forbidden(Forbidden::NotAllowed))), "{refused:?}");
    for _ in 0..2 {
        maintenance::remove_photo(&lab.ctx, &tim, done).await.unwrap();
    }
    let gone = maintenance::photo(&lab.ctx, &tim, done, false).await.map(drop);
    assert!(matches!(gone, Err(MaintenanceError::NoPhoto)), "{gone:?}");
    let notices =
        "SELECT group_concat(subject || ' ' || detail) FROM audit WHERE action = 'maintenance.photo-removed'";
    assert_eq!(lab.text(notices).await, r#"machine:1 {"intervention":1}"#, "once");
    maintenance::add_photo(&lab.ctx, &tim, done, shot()).await.unwrap();
    let none = maintenance::remove_photo(&lab.ctx, &tim, InterventionId(99)).await;
    assert!(matches!(none, Err(MaintenanceError::UnknownIntervention)), "{none:?}");
}

#[tokio::test]
async fn photo_is_deleted_with_its_author_or_shown_person() {
    let lab = maintained().await;
    lab.grant(11, 2, "owner").await;
    let (ken, olga, tim) = (lab.signed_in(11).await, lab.signed_in(12).await, lab.signed_in(13).await);
    for (done, (by, giver)) in (1..).zip([(&tim, &olga), (&olga, &tim), (&olga, &olga)]) {
        lab.pass(seconds(60));
        maintenance::register(&lab.ctx, by, LASER_ID, something()).await.unwrap();
        maintenance::add_photo(&lab.ctx, giver, InterventionId(done), shot()).await.unwrap();
    }
    privacy::erase(&lab.ctx, &ken, PersonId(13)).await.unwrap();
    assert_eq!(lab.text("SELECT group_concat(intervention_id) FROM intervention_photo").await, "3");
    assert_eq!(registered(&lab).await, 3, "what was done stays");
    let gone = maintenance::photo(&lab.ctx, &olga, InterventionId(1), false).await.map(drop);
    assert!(matches!(gone, Err(MaintenanceError::NoPhoto)), "{gone:?}");
}

#[tokio::test]
async fn interventions_cannot_be_changed() {
    let lab = maintained().await;
    maintenance::register(&lab.ctx, &lab.signed_in(13).await, LASER_ID, something()).await.unwrap();
    let mut conn = store_conn(&lab).await;
    for sql in ["UPDATE intervention SET at = 0", "DELETE FROM intervention"] {
        assert!(sqlx::query(sql).execute(&mut conn).await.is_err(), "{sql}");
    }
}

async fn store_conn(lab: &Lab) -> sqlx::SqliteConnection {
    use sqlx::ConnectOptions;
    sqlx::sqlite::SqliteConnectOptions::new().filename(lab.file()).connect().await.unwrap()
}

#[tokio::test]
async fn upcoming_maintenance_is_sorted_by_expected_day() {
    let lab = maintained().await;
    makes(&lab, Of::Machine, &plan("Yearly", "", "365", false)).await;
    makes(&lab, Of::Machine, &plan("Oil", "4", "", false)).await;
    makes(&lab, Of::Machine, &plan("Never used", "1000", "", false)).await;
    let (ken, chips) = (lab.signed_in(11).await, plan("Chips", "", "1", false));
    maintenance::add(&lab.ctx, &ken, MachineId(2), Some(Of::Machine), DescribePlan::from_form(&chips))
        .await
        .unwrap();
    // One hour in 28 days: three are left, and so in 84 days.
    used(&lab, HOUR).await;
    lab.pass(DAY);
    let notices = maintenance::coming(&lab.ctx, &lab.signed_in(1).await).await.unwrap();
    let words: Vec<_> =
        notices.coming.iter().map(|one| (one.name.as_str(), one.what.plan.words.as_str())).collect();
    assert_eq!(words, [("Lathe", "Chips"), ("Laser", "Oil"), ("Laser", "Yearly"), ("Laser", "Never used")]);
    let expected = notices.coming[1].what.expected.unwrap().at;
    assert_eq!(expected, notices.now.at.after(DAY * 84));
    assert_eq!(notices.coming[3].what.expected, None, "in seventy years");
}

#[tokio::test]
async fn registration_on_unknown_machine_is_reported() {
    let lab = maintained().await;
    let nowhere = maintenance::at_board(&lab.ctx, domain::boards::MachineNumber(99), tim(), false).await;
    assert!(matches!(nowhere, Err(AtBoard::UnknownMachine)), "{nowhere:?}");
    let elsewhere = maintenance::at_board(&lab.ctx, LATHE, tim(), false).await;
    assert!(matches!(elsewhere, Err(AtBoard::NotTheirs)), "he trains on lasers: {elsewhere:?}");
    lab.pass(seconds(1));
    assert_eq!(registered(&lab).await, 0);
}
