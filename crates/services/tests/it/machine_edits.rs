//! Machines edited, duplicated, archived and restored, through the services.

use crate::lab::{LASER, LASER_ID, LATHE, Lab, ada};
use contract::equipment::{BulkForm, MachineInput, SettingsForm};
use domain::{
    actor::{Actor, Channel, Forbidden},
    id::{MachineId, TypeId},
    problem::Kind,
    settings::Key,
};
use services::error::ServiceError;
use services::{
    boards,
    equipment::{self, EquipmentError, ValidationError},
    machines,
};
use text::Lang;

fn laser() -> MachineInput {
    MachineInput { name: "Laser".into(), number: "11".into(), kind: "3".into(), ..MachineInput::default() }
}

fn grace(minutes: &str) -> SettingsForm {
    SettingsForm { grace: minutes.into(), ..SettingsForm::default() }
}

/// Bob owns the laser cutters, Ada is a manager.
async fn staffed() -> Lab {
    let lab = Lab::open().await;
    lab.grant(1, 1, "owner").await;
    lab.grant(2, 3, "owner").await;
    lab
}

async fn save(lab: &Lab, actor: &Actor, version: i64, form: MachineInput) -> Result<(), EquipmentError> {
    equipment::save(&lab.ctx, actor, LASER_ID, version, form).await
}

fn faults(error: EquipmentError) -> Vec<ValidationError> {
    let EquipmentError::Invalid(faults) = error else { panic!("{error}") };
    faults
}

// A14
#[tokio::test]
async fn stale_save_changes_nothing_and_shows_saved_values() {
    let lab = staffed().await;
    let (ada, bob) = (lab.signed_in(1).await, lab.signed_in(2).await);
    let form = equipment::sheet(&lab.ctx, &ada, LASER_ID).await.unwrap();
    let renamed = MachineInput { name: "Laser A".into(), settings: grace("5"), ..laser() };
    save(&lab, &ada, form.saved.version, renamed).await.unwrap();
    let error = save(&lab, &bob, form.saved.version, MachineInput { name: "Laser B".into(), ..laser() }).await;
    let problem = error.unwrap_err().problem(Lang::En);
    assert_eq!((problem.code.as_str(), problem.kind.status()), ("version.stale", 409));
    let saved = problem.saved.unwrap();
    assert_eq!((saved.value("name"), saved.value("grace"), saved.by.as_deref()), ("Laser A", "5", Some("Ada")));
    assert_eq!(lab.text("SELECT name FROM machine WHERE id = 1").await, "Laser A");
    // Their choice from both is saved over the version they saw.
    save(&lab, &bob, saved.version, MachineInput { name: "Laser B".into(), settings: grace("5"), ..laser() })
        .await
        .unwrap();
    let now = equipment::sheet(&lab.ctx, &ada, LASER_ID).await.unwrap();
    assert_eq!((now.saved.value("name"), now.saved.value("grace")), ("Laser B", "5"));
}

#[tokio::test]
async fn saved_setting_reaches_board_and_cleared_one_is_inherited() {
    let lab = staffed().await;
    let ada = lab.signed_in(1).await;
    lab.sql("INSERT INTO setting (scope, scope_id, key, value) VALUES ('type', 3, 'board.grace', '9')").await;
    let input = MachineInput {
        settings: SettingsForm { auto_stop: "30".into(), display: "Ventilate!".into(), ..grace("0") },
        ..laser()
    };
    save(&lab, &ada, 1, input).await.unwrap();
    let notices = boards::settings(&lab.ctx, LASER).await.unwrap();
    assert_eq!((notices.grace, notices.auto_stop, notices.display.as_str()), (0, 30, "Ventilate!"));
    let form = equipment::sheet(&lab.ctx, &ada, LASER_ID).await.unwrap();
    assert_eq!(form.saved.value("grace"), "0");
    assert!(form.inherited.contains(&("grace".into(), "9".into())), "{:?}", form.inherited);
    save(&lab, &ada, 2, laser()).await.unwrap();
    assert_eq!(boards::settings(&lab.ctx, LASER).await.unwrap().grace, 9);
    assert_eq!(lab.number("SELECT count(*) FROM setting WHERE scope = 'machine'").await, 0);
    let detail = lab.text("SELECT detail FROM audit WHERE action = 'machine.changed' ORDER BY seq LIMIT 1").await;
    assert_eq!(detail, r#"{"changed":"auto_stop grace display"}"#, "no free text in the record");
}

#[tokio::test]
async fn unchanged_save_is_not_audited() {
    let lab = staffed().await;
    let ada = lab.signed_in(1).await;
    save(&lab, &ada, 1, laser()).await.unwrap();
    assert_eq!(lab.number("SELECT count(*) FROM audit").await, 0);
}

#[tokio::test]
async fn invalid_machine_edit_reports_all_fields() {
    let lab = staffed().await;
    let ada = lab.signed_in(1).await;
    let input = MachineInput {
        name: "\u{200B}".into(),
        number: "65536".into(),
        manual: "javascript:alert(1)".into(),
        settings: SettingsForm { mode: "everybody".into(), display: "x".repeat(65), ..grace("-1") },
        ..laser()
    };
    let expected = [
        ValidationError::Name,
        ValidationError::Number,
        ValidationError::Manual,
        ValidationError::Setting("mode", Key::Authorisation),
        ValidationError::Setting("grace", Key::Grace),
        ValidationError::Setting("display", Key::Display),
    ];
    assert_eq!(faults(save(&lab, &ada, 1, input).await.unwrap_err()), expected);
    for number in ["0", "seven", "1.5"] {
        let input = MachineInput { number: number.into(), ..laser() };
        assert_eq!(faults(save(&lab, &ada, 1, input).await.unwrap_err()), [ValidationError::Number], "{number}");
    }
    let taken = MachineInput { number: "12".into(), ..laser() };
    let error = save(&lab, &ada, 1, taken).await.unwrap_err();
    let message = error.problem(Lang::En).at("number").unwrap().to_owned();
    assert!(message.contains("“Lathe” has this number"), "{message}");
    let both = MachineInput { number: "12".into(), manual: "javascript:alert(1)".into(), ..laser() };
    assert_eq!(
        faults(save(&lab, &ada, 1, both).await.unwrap_err()),
        [ValidationError::Manual, ValidationError::NumberTaken("Lathe".into())],
        "all at once"
    );
    let own = MachineInput { number: "11".into(), manual: "javascript:alert(1)".into(), ..laser() };
    assert_eq!(
        faults(save(&lab, &ada, 1, own).await.unwrap_err()),
        [ValidationError::Manual],
        "its own number is free to it"
    );
    let spaced = MachineInput { manual: "https://example.org/Laser cutter.pdf".into(), ..laser() };
    let error = save(&lab, &ada, 1, spaced).await.unwrap_err();
    assert!(
        error.problem(Lang::En).at("manual").is_some_and(|message| message.contains("no spaces")),
        "{error:?}"
    );
    let nowhere = MachineInput { kind: "99".into(), place: "99".into(), ..laser() };
    assert_eq!(
        faults(save(&lab, &ada, 1, nowhere).await.unwrap_err()),
        [ValidationError::NoType, ValidationError::NoPlace]
    );
    let unreadable = MachineInput { name: "\u{200B}".into(), kind: "saw".into(), place: "hall".into(), ..laser() };
    assert_eq!(
        faults(save(&lab, &ada, 1, unreadable).await.unwrap_err()),
        [ValidationError::Name, ValidationError::NoType, ValidationError::NoPlace],
        "with the rest"
    );
    for name in ["x", "ליזר 🔧", "<b>&\"'</b>"] {
        let version = lab.number("SELECT version FROM machine WHERE id = 1").await;
        save(&lab, &ada, version, MachineInput { name: name.into(), ..laser() }).await.unwrap();
        assert_eq!(lab.text("SELECT name FROM machine WHERE id = 1").await, name);
    }
    for (length, fits) in [(200, true), (201, false)] {
        let version = lab.number("SELECT version FROM machine WHERE id = 1").await;
        let input = MachineInput { name: "ä".repeat(length), ..laser() };
        assert_eq!(save(&lab, &ada, version, input).await.is_ok(), fits, "{length}");
    }
}

#[tokio::test]
async fn owner_edits_machines_of_own_type_without_changing_it() {
    let lab = staffed().await;
    let bob = lab.signed_in(2).await;
    let form = equipment::sheet(&lab.ctx, &bob, LASER_ID).await.unwrap();
    assert_eq!(form.kinds.len(), 1, "only their own type is offered");
    let moved = MachineInput { kind: "4".into(), ..laser() };
    assert_eq!(faults(save(&lab, &bob, 1, moved).await.unwrap_err()), [ValidationError::NoType]);
    let lathe = equipment::sheet(&lab.ctx, &bob, MachineId(2)).await;
    assert!(matches!(lathe, Err(EquipmentError::Forbidden(Forbidden::NotAllowed))));
    let stranger = Actor::anybody(true, Channel::Web);
    let refused = save(&lab, &stranger, 1, laser()).await;
    assert!(matches!(refused, Err(EquipmentError::Forbidden(Forbidden::SignIn))));
}

#[tokio::test]
async fn archived_machine_disappears_with_its_board_until_restored() {
    let lab = staffed().await;
    let manager = lab.signed_in(1).await;
    lab.starts(LASER, &ada()).await;
    let refused = equipment::archive(&lab.ctx, &manager, LASER_ID, true).await.unwrap_err();
    assert_eq!(refused.problem(Lang::En).kind, Kind::Conflict, "somebody is on it");
    lab.stops(LASER, &ada(), 60).await;
    let notices = equipment::archive(&lab.ctx, &manager, LASER_ID, true).await.unwrap();
    assert_eq!((notices.id, notices.name.as_str(), notices.away), (LASER_ID.0, "Laser", true));
    assert!(machines::page(&lab.ctx, &manager, LASER_ID).await.is_err());
    assert!(boards::settings(&lab.ctx, LASER).await.is_err());
    equipment::archive(&lab.ctx, &manager, LASER_ID, false).await.unwrap();
    assert!(boards::settings(&lab.ctx, LASER).await.unwrap().allowed);
    let notices = "SELECT group_concat(action, ' ') FROM audit WHERE action LIKE 'machine.%d'";
    assert_eq!(lab.text(notices).await, "machine.archived machine.restored");
}

#[tokio::test]
async fn restoring_machine_with_taken_number_names_conflict() {
    let lab = staffed().await;
    let ada = lab.signed_in(1).await;
    equipment::archive(&lab.ctx, &ada, LASER_ID, true).await.unwrap();
    lab.sql("UPDATE machine SET number = 11 WHERE id = 2").await;
    let error = equipment::archive(&lab.ctx, &ada, LASER_ID, false).await.unwrap_err();
    assert!(matches!(&error, EquipmentError::NumberGone(by) if by == "Lathe"), "{error}");
    let problem = error.problem(Lang::En);
    assert_eq!((problem.code.as_str(), problem.kind), ("machine.number-taken", Kind::Conflict));
    assert!(problem.detail.contains("another number"), "it says the way out: {}", problem.detail);
    let form = equipment::sheet(&lab.ctx, &ada, LASER_ID).await.unwrap();
    save(&lab, &ada, form.saved.version, MachineInput { number: String::new(), ..laser() }).await.unwrap();
    equipment::archive(&lab.ctx, &ada, LASER_ID, false).await.unwrap();
    assert!(boards::settings(&lab.ctx, LATHE).await.is_err(), "nobody has 12 any more");
}

#[tokio::test]
async fn machine_in_use_keeps_number_and_type() {
    let lab = staffed().await;
    let manager = lab.signed_in(1).await;
    lab.starts(LASER, &ada()).await;
    let other_number = MachineInput { number: "20".into(), ..laser() };
    let no_number = MachineInput { number: String::new(), ..laser() };
    let other_type = MachineInput { kind: "4".into(), ..laser() };
    for input in [&other_number, &no_number, &other_type] {
        let problem = save(&lab, &manager, 1, input.clone()).await.unwrap_err().problem(Lang::En);
        assert_eq!((problem.code.as_str(), problem.kind), ("machine.in-use", Kind::Conflict));
        assert!(problem.detail.contains("“Laser”"), "{problem:?}");
    }
    let bulk = equipment::Bulk {
        machines: vec!["1:1".into(), "2:1".into()],
        change: vec!["kind".into()],
        input: BulkForm { kind: "4".into(), ..BulkForm::default() },
    };
    let before = equipment::inventory(&lab.ctx, &manager, Some(&bulk), Lang::En).await.unwrap().preview.unwrap();
    let notices: Vec<_> = before.outcomes.iter().map(|outcome| (outcome.name.as_str(), outcome.stays)).collect();
    assert_eq!(notices, [("Laser", true), ("Lathe", false)], "it is told before");
    let many = equipment::change_many(&lab.ctx, &manager, &bulk).await.unwrap_err();
    assert!(matches!(&many, EquipmentError::InUseAsIs(name) if name == "Laser"), "{many}");
    assert_eq!(lab.number("SELECT type_id * 100 + number FROM machine WHERE id = 1").await, 311);
    save(&lab, &manager, 1, MachineInput { name: "Laser A".into(), ..laser() }).await.unwrap();
    lab.stops(LASER, &ada(), 60).await;
    save(&lab, &manager, 2, other_number).await.unwrap();
    assert_eq!(lab.number("SELECT number FROM machine WHERE id = 1").await, 20);
}

#[tokio::test]
async fn machine_of_archived_type_keeps_it_and_cannot_be_duplicated() {
    let lab = staffed().await;
    let ada = lab.signed_in(1).await;
    equipment::archive(&lab.ctx, &ada, LASER_ID, true).await.unwrap();
    equipment::archive_type(&lab.ctx, &ada, TypeId(3), true).await.unwrap();
    let form = equipment::sheet(&lab.ctx, &ada, LASER_ID).await.unwrap();
    let offered: Vec<_> = form.kinds.iter().map(|(kind, _)| kind.0).collect();
    assert_eq!((offered, form.away), (vec![4, 3], vec![TypeId(3)]), "its own is there to choose, and marked");
    save(&lab, &ada, form.saved.version, MachineInput { number: String::new(), ..laser() }).await.unwrap();
    assert_eq!(lab.number("SELECT type_id FROM machine WHERE id = 1").await, 3);
    let twin = equipment::duplicate(&lab.ctx, &ada, LASER_ID, ToOwned::to_owned).await;
    assert!(matches!(twin, Err(EquipmentError::TypeAway)), "{twin:?}");
    assert_eq!(lab.number("SELECT count(*) FROM machine").await, 2);
    let others = equipment::sheet(&lab.ctx, &ada, MachineId(2)).await.unwrap();
    assert_eq!((others.kinds.len(), others.away.len()), (1, 0), "nothing else moves into it");
}

#[tokio::test]
async fn duplicate_has_same_settings_and_no_number() {
    let lab = staffed().await;
    let ada = lab.signed_in(1).await;
    save(&lab, &ada, 1, MachineInput { settings: grace("5"), ..laser() }).await.unwrap();
    let named = |name: &str| format!("{name} (copy)");
    let made = equipment::duplicate(&lab.ctx, &ada, LASER_ID, named).await.unwrap();
    let form = equipment::sheet(&lab.ctx, &ada, made).await.unwrap();
    let saved = ["name", "number", "kind", "grace"].map(|field| form.saved.value(field).to_owned());
    assert_eq!(saved, ["Laser (copy)", "", "3", "5"]);
}
