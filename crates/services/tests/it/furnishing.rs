//! Types, and bulk edits of machines, through the services.

use crate::lab::{LASER, LASER_ID, Lab, ada, places};
use contract::equipment::{BulkForm, SettingsForm, TypeInput};
use domain::{actor::Forbidden, id::TypeId, problem::Kind};
use services::error::ServiceError;
use services::{
    boards,
    equipment::{self, Bulk, EquipmentError, ValidationError},
};
use text::Lang;

const LASERS: TypeId = TypeId(3);
const LATHES: TypeId = TypeId(4);

fn form(name: &str) -> TypeInput {
    TypeInput { name: name.into(), risk: "medium".into(), ..TypeInput::default() }
}

/// Bob owns the laser cutters, Ada is a manager.
async fn staffed() -> Lab {
    let lab = Lab::open().await;
    lab.grant(1, 1, "owner").await;
    lab.grant(2, 3, "owner").await;
    lab
}

fn faults(error: EquipmentError) -> Vec<ValidationError> {
    let EquipmentError::Invalid(faults) = error else { panic!("{error}") };
    faults
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|&name| name.to_owned()).collect()
}

#[tokio::test]
async fn cycle_of_required_types_is_refused_and_named() {
    let lab = staffed().await;
    let ada = lab.signed_in(1).await;
    let save = async |kind, version, name: &str, requires: &[&str]| {
        equipment::save_type(&lab.ctx, &ada, kind, version, form(name), words(requires)).await
    };
    let planer = equipment::add_type(&lab.ctx, &ada, form("Planer"), words(&["4"])).await.unwrap();
    save(LATHES, 1, "Lathe", &["3"]).await.unwrap();
    let error = save(LASERS, 1, "Laser cutter", &[&planer.to_string()]).await.unwrap_err();
    assert_eq!(faults(error), [ValidationError::Ring("Planer → Lathe → Laser cutter".into())]);
    assert_eq!(
        faults(save(LASERS, 1, "Laser cutter", &["3"]).await.unwrap_err()),
        [ValidationError::Ring("Laser cutter".into())]
    );
    for wrong in ["1", "99", "x"] {
        let error = save(LASERS, 1, "Laser cutter", &[wrong]).await.unwrap_err();
        assert_eq!(
            faults(error),
            [ValidationError::Requires],
            "{wrong}: the space is required of everybody anyhow"
        );
    }
    let edit_form = equipment::type_sheet(&lab.ctx, &ada, Some(planer)).await.unwrap();
    assert_eq!(edit_form.saved.value("requires[]"), "4");
    save(planer, 1, "Planer", &["4,3"]).await.unwrap();
    let edit_form = equipment::type_sheet(&lab.ctx, &ada, Some(planer)).await.unwrap();
    assert_eq!((edit_form.saved.value("requires[]"), edit_form.saved.version), ("3,4", 2));
}

// A14
#[tokio::test]
async fn stale_type_edit_shows_saved_values() {
    let lab = staffed().await;
    let (ada, bob) = (lab.signed_in(1).await, lab.signed_in(2).await);
    let open = SettingsForm { mode: "open".into(), ..SettingsForm::default() };
    let by_ada = TypeInput { settings: open, ..form("Lasers") };
    equipment::save_type(&lab.ctx, &ada, LASERS, 1, by_ada, vec![]).await.unwrap();
    let stale = equipment::save_type(&lab.ctx, &bob, LASERS, 1, form("Laser"), vec![]).await.unwrap_err();
    let problem = stale.problem(Lang::En);
    let saved = problem.saved.unwrap();
    assert_eq!((problem.kind, saved.value("name"), saved.value("mode")), (Kind::Conflict, "Lasers", "open"));
    assert_eq!(saved.by.as_deref(), Some("Ada"));
    assert_eq!(lab.text("SELECT name FROM equipment_type WHERE id = 3").await, "Lasers");
    let theirs = equipment::save_type(&lab.ctx, &bob, LATHES, 1, form("Mine"), vec![]).await;
    assert!(matches!(theirs, Err(EquipmentError::Forbidden(Forbidden::NotAllowed))), "an owner of another type");
}

#[tokio::test]
async fn type_with_machines_cannot_be_archived_and_running_one_is_named() {
    let lab = staffed().await;
    let manager = lab.signed_in(1).await;
    lab.starts(LASER, &ada()).await;
    let error = equipment::archive_type(&lab.ctx, &manager, LASERS, true).await.unwrap_err();
    assert!(matches!(error, EquipmentError::HasMachines { there: 1, running: 1 }), "{error}");
    let message = error.problem(Lang::En).detail;
    assert!(message.contains("Archive it") && message.contains("right now"), "{message}");
    lab.stops(LASER, &ada(), 60).await;
    equipment::archive(&lab.ctx, &manager, LASER_ID, true).await.unwrap();
    equipment::archive_type(&lab.ctx, &manager, LASERS, true).await.unwrap();
    let choices = equipment::choices(&lab.ctx, &manager).await.unwrap();
    assert_eq!(choices.kinds, ["Lathe"]);
    let refused = equipment::add_type(&lab.ctx, &manager, form("Laser cutter"), vec![]).await.unwrap_err();
    assert_eq!(faults(refused), [ValidationError::TypeTaken], "also by one that is put away");
    let refused = equipment::add_type(&lab.ctx, &manager, form("laser CUTTER"), vec![]).await.unwrap_err();
    assert_eq!(faults(refused), [ValidationError::TypeTaken], "nobody would tell them apart in a list");
    equipment::archive_type(&lab.ctx, &manager, LASERS, false).await.unwrap();
    assert_eq!(equipment::choices(&lab.ctx, &manager).await.unwrap().kinds.len(), 2);
    for name in ["Étau", "drill"] {
        equipment::add_type(&lab.ctx, &manager, form(name), vec![]).await.unwrap();
    }
    let kinds = equipment::choices(&lab.ctx, &manager).await.unwrap().kinds;
    assert_eq!(kinds, ["drill", "Étau", "Laser cutter", "Lathe"], "as a dictionary has them");
    for built_in in [TypeId(1), TypeId(2)] {
        let refused = equipment::archive_type(&lab.ctx, &manager, built_in, true).await;
        assert!(matches!(refused, Err(EquipmentError::UnknownType)));
    }
}

#[tokio::test]
async fn required_type_cannot_be_archived_and_dependents_are_named() {
    let lab = staffed().await;
    let ada = lab.signed_in(1).await;
    let induction = equipment::add_type(&lab.ctx, &ada, form("Induction"), vec![]).await.unwrap();
    let first = words(&[&induction.to_string()]);
    for (kind, name) in [(LASERS, "Laser cutter"), (LATHES, "Lathe")] {
        equipment::save_type(&lab.ctx, &ada, kind, 1, form(name), first.clone()).await.unwrap();
    }
    let refused = equipment::archive_type(&lab.ctx, &ada, induction, true).await.unwrap_err().problem(Lang::En);
    assert_eq!((refused.code.as_str(), refused.kind), ("type.required", Kind::Conflict));
    assert!(refused.detail.contains("Laser cutter, Lathe"), "{}", refused.detail);
    assert_eq!(lab.number("SELECT count(*) FROM equipment_type WHERE archived_at IS NOT NULL").await, 0);

    // Archived dependents do not prevent it; they can be restored after their requirements.
    lab.sql("UPDATE machine SET archived_at = 1").await;
    for kind in [LASERS, LATHES, induction] {
        equipment::archive_type(&lab.ctx, &ada, kind, true).await.unwrap();
    }
    let refused = equipment::archive_type(&lab.ctx, &ada, LASERS, false).await.unwrap_err().problem(Lang::En);
    assert_eq!((refused.code.as_str(), refused.kind), ("type.requires-away", Kind::Conflict));
    assert!(refused.detail.contains("Induction"), "{}", refused.detail);
    equipment::archive_type(&lab.ctx, &ada, induction, false).await.unwrap();
    equipment::archive_type(&lab.ctx, &ada, LASERS, false).await.unwrap();
}

#[tokio::test]
async fn archived_requirement_stays_selected_on_form() {
    let lab = staffed().await;
    let ada = lab.signed_in(1).await;
    // From before such a thing was refused.
    lab.sql(
        "INSERT INTO equipment_type (id, name, risk, archived_at) VALUES (8, 'Attic', 'low', 1), (9, 'Induction', 'low', 1);
         INSERT INTO type_requirement (type_id, requires_id) VALUES (3, 9)",
    )
    .await;
    let edit_form = equipment::type_sheet(&lab.ctx, &ada, Some(LASERS)).await.unwrap();
    let offered: Vec<_> = edit_form.others.iter().map(|(kind, _)| kind.0).collect();
    assert_eq!((offered, edit_form.away), (vec![9, 4], vec![TypeId(9)]), "and nothing else that is put away");
    let requires = words(&[edit_form.saved.value("requires[]")]);
    equipment::save_type(&lab.ctx, &ada, LASERS, 1, form("Lasers"), requires).await.unwrap();
    assert_eq!(lab.number("SELECT requires_id FROM type_requirement WHERE type_id = 3").await, 9);
    for kind in [Some(LATHES), None] {
        let edit_form = equipment::type_sheet(&lab.ctx, &ada, kind).await.unwrap();
        assert!(edit_form.away.is_empty() && edit_form.others.iter().all(|(kind, _)| kind.0 < 8), "{edit_form:?}");
    }
}

#[tokio::test]
async fn machine_of_archived_type_cannot_be_restored() {
    let lab = staffed().await;
    let manager = lab.signed_in(1).await;
    equipment::archive(&lab.ctx, &manager, LASER_ID, true).await.unwrap();
    equipment::archive_type(&lab.ctx, &manager, LASERS, true).await.unwrap();
    let refused = equipment::archive(&lab.ctx, &manager, LASER_ID, false).await.unwrap_err();
    assert!(matches!(refused, EquipmentError::TypeAway), "{refused}");
    equipment::archive_type(&lab.ctx, &manager, LASERS, false).await.unwrap();
    equipment::archive(&lab.ctx, &manager, LASER_ID, false).await.unwrap();
}

#[tokio::test]
async fn bulk_edit_changes_all_machines_or_none_when_one_is_stale() {
    let lab = staffed().await;
    let (ada, bob) = (lab.signed_in(1).await, lab.signed_in(2).await);
    let bulk = |field: &str, value: &str| {
        let settings = SettingsForm { grace: value.into(), ..SettingsForm::default() };
        Bulk { change: words(&[field]), input: BulkForm { settings, ..BulkForm::default() }, ..Bulk::default() }
    };
    let change = async |actor, seen: &[&str], bulk: Bulk| {
        equipment::change_many(&lab.ctx, actor, &Bulk { machines: words(seen), ..bulk }).await
    };
    change(&ada, &["1:1", "2:1"], bulk("grace", "7")).await.unwrap();
    assert_eq!(boards::settings(&lab.ctx, LASER).await.unwrap().grace, 7);
    assert_eq!(
        lab.number("SELECT count(*) FROM audit WHERE action = 'machine.changed'").await,
        2,
        "a record of each"
    );
    let stale = change(&ada, &["1:1", "2:2"], bulk("grace", "9")).await.unwrap_err();
    assert!(matches!(&stale, EquipmentError::ManyStale(names) if names == &["Laser"]), "{stale}");
    assert_eq!(lab.number("SELECT count(*) FROM setting WHERE value = '9'").await, 0, "none of them");
    let refused = change(&bob, &["1:2", "2:2"], bulk("grace", "")).await;
    assert!(matches!(refused, Err(EquipmentError::Forbidden(_))), "one of them is not his");
    assert_eq!(lab.number("SELECT count(*) FROM setting WHERE value = '7'").await, 2);
    change(&bob, &["1:2"], bulk("grace", "")).await.unwrap();
    assert_eq!(boards::settings(&lab.ctx, LASER).await.unwrap().grace, 1, "as nobody says anything");
    for (seen, input, fault) in [
        (&[][..], bulk("grace", "1"), ValidationError::NoMachines),
        (&["1"], bulk("grace", "1"), ValidationError::NoMachines),
        (&["1:3"], bulk("colour", "1"), ValidationError::NoField),
        (&["1:3"], bulk("grace", "65536"), ValidationError::Setting("grace", domain::settings::Key::Grace)),
    ] {
        assert_eq!(faults(change(&ada, seen, input).await.unwrap_err()), [fault]);
    }
}

#[tokio::test]
async fn bulk_edit_changes_chosen_fields_only_and_previews_each_machine() {
    let lab = staffed().await;
    let ada = lab.signed_in(1).await;
    let attic = places::add(&lab.ctx, &ada, "Attic").await.unwrap();
    let settings = |grace: &str| SettingsForm {
        grace: grace.into(),
        shown: "name".into(),
        display: "Not this".into(),
        ..SettingsForm::default()
    };
    let bulk = |machines: &[&str], change: &[&str], grace: &str| Bulk {
        machines: words(machines),
        change: words(change),
        input: BulkForm { place: attic.to_string(), kind: "99".into(), settings: settings(grace) },
    };
    let preview = async |bulk: &Bulk| {
        let inventory = equipment::inventory(&lab.ctx, &ada, Some(bulk), Lang::En).await.unwrap();
        inventory.preview.unwrap()
    };
    equipment::change_many(&lab.ctx, &ada, &bulk(&["2:1"], &["grace"], "7")).await.unwrap();
    let expected = bulk(&["1:1", "2:1"], &["place", "grace", "shown"], "7");
    let before = lab.number("SELECT count(*) FROM audit").await;
    let outcomes = preview(&expected).await.outcomes;
    let notices: Vec<_> =
        outcomes.iter().map(|outcome| (&*outcome.name, outcome.version, outcome.meanwhile)).collect();
    assert_eq!(notices, [("Laser", 1, false), ("Lathe", 2, true)], "the lathe was changed since it was seen");
    let names = "Names of who uses a machine: inherited → The whole name";
    let laser = ["Location: No location → Attic", "Time until power-off: inherited → 7", names];
    assert_eq!(outcomes[0].changes, laser);
    assert_eq!(outcomes[1].changes, ["Location: No location → Attic", names], "its time is 7 already");
    assert_eq!(lab.number("SELECT count(*) FROM audit").await, before, "nothing is changed by looking");
    let stale = equipment::change_many(&lab.ctx, &ada, &expected).await;
    assert!(matches!(&stale, Err(EquipmentError::ManyStale(names)) if names == &["Lathe"]), "{stale:?}");
    let seen = bulk(&["1:1", "2:2"], &["place", "grace", "shown"], "7");
    equipment::change_many(&lab.ctx, &ada, &seen).await.unwrap();
    let edit_form = equipment::sheet(&lab.ctx, &ada, LASER_ID).await.unwrap().saved;
    let saved = ["kind", "place", "grace", "shown", "display"].map(|field| edit_form.value(field).to_owned());
    assert_eq!(saved, ["3", &attic.to_string(), "7", "name", ""], "type and display were not chosen");
    let last = "SELECT detail FROM audit WHERE subject = 'machine:2' ORDER BY seq DESC LIMIT 1";
    assert_eq!(lab.text(last).await, r#"{"changed":"place shown"}"#);
    assert!(preview(&bulk(&["1:2"], &["grace"], "7")).await.outcomes[0].changes.is_empty(), "it is so already");
    for (change, grace, field) in [
        (&[][..], "7", "change"),
        (&["colour"], "7", "change"),
        (&["kind"], "7", "kind"),
        (&["grace"], "soon", "grace"),
    ] {
        let problem = preview(&bulk(&["1:2"], change, grace)).await.problem.unwrap();
        assert!(problem.at(field).is_some(), "{field}: {problem:?}");
    }
    assert!(preview(&bulk(&[], &["grace"], "7")).await.problem.unwrap().at("machines").is_some());
    let bob = lab.signed_in(2).await;
    let his = bulk(&["1:2", "2:3"], &["grace"], "9");
    let his = equipment::inventory(&lab.ctx, &bob, Some(&his), Lang::En).await.unwrap().preview.unwrap();
    assert_eq!(his.outcomes.len(), 1, "he is told of his own alone");
}
