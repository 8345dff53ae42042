//! Types, places, and many machines at once, through the services.

mod lab;

use domain::{
    actor::Forbidden,
    equipment::{TypedBulk, TypedSettings, TypedType},
    id::{PlaceId, TypeId},
    problem::Kind,
};
use lab::{LASER, LASER_ID, Lab, ada};
use services::{
    boards,
    equipment::{self, EquipmentError, Fault, NOWHERE},
};
use text::Lang;

const LASERS: TypeId = TypeId(3);
const LATHES: TypeId = TypeId(4);

fn typed(name: &str) -> TypedType {
    TypedType { name: name.into(), risk: "medium".into(), ..TypedType::default() }
}

/// Bob owns the laser cutters, Ada is a manager.
async fn staffed() -> Lab {
    let lab = Lab::open().await;
    lab.grant(1, 1, "owner").await;
    lab.grant(2, 3, "owner").await;
    lab
}

fn faults(error: EquipmentError) -> Vec<Fault> {
    let EquipmentError::Fields(faults) = error else { panic!("{error}") };
    faults
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

#[tokio::test]
async fn a_ring_of_required_types_is_refused_and_named() {
    let lab = staffed().await;
    let ada = lab.signed_in(1).await;
    let save = async |kind, version, name: &str, requires: &[&str]| {
        equipment::save_type(&lab.ctx, &ada, kind, version, typed(name), words(requires)).await
    };
    let planer = equipment::add_type(&lab.ctx, &ada, typed("Planer"), words(&["4"])).await.unwrap();
    save(LATHES, 1, "Lathe", &["3"]).await.unwrap();
    let error = save(LASERS, 1, "Laser cutter", &[&planer.to_string()]).await.unwrap_err();
    assert_eq!(faults(error), [Fault::Ring("Planer → Lathe → Laser cutter".into())]);
    assert_eq!(
        faults(save(LASERS, 1, "Laser cutter", &["3"]).await.unwrap_err()),
        [Fault::Ring("Laser cutter".into())]
    );
    for wrong in ["1", "99", "x"] {
        let error = save(LASERS, 1, "Laser cutter", &[wrong]).await.unwrap_err();
        assert_eq!(faults(error), [Fault::Requires], "{wrong}: the space is required of everybody anyhow");
    }
    let sheet = equipment::type_sheet(&lab.ctx, &ada, Some(planer)).await.unwrap();
    assert_eq!(sheet.saved.value("requires[]"), "4");
    save(planer, 1, "Planer", &["4,3"]).await.unwrap();
    let sheet = equipment::type_sheet(&lab.ctx, &ada, Some(planer)).await.unwrap();
    assert_eq!((sheet.saved.value("requires[]"), sheet.saved.version), ("3,4", 2));
}

#[tokio::test]
async fn a14_of_two_who_edit_a_type_the_second_sees_what_the_first_saved() {
    let lab = staffed().await;
    let (ada, bob) = (lab.signed_in(1).await, lab.signed_in(2).await);
    let open = TypedSettings { mode: "open".into(), ..TypedSettings::default() };
    let by_ada = TypedType { settings: open, ..typed("Lasers") };
    equipment::save_type(&lab.ctx, &ada, LASERS, 1, by_ada, vec![]).await.unwrap();
    let stale = equipment::save_type(&lab.ctx, &bob, LASERS, 1, typed("Laser"), vec![]).await.unwrap_err();
    let problem = stale.problem(Lang::En);
    let saved = problem.saved.unwrap();
    assert_eq!((problem.kind, saved.value("name"), saved.value("mode")), (Kind::Conflict, "Lasers", "open"));
    assert_eq!(saved.by.as_deref(), Some("Ada"));
    assert_eq!(lab.text("SELECT name FROM equipment_type WHERE id = 3").await, "Lasers");
    let theirs = equipment::save_type(&lab.ctx, &bob, LATHES, 1, typed("Mine"), vec![]).await;
    assert!(matches!(theirs, Err(EquipmentError::Forbidden(Forbidden::NotAllowed))), "an owner of another type");
}

#[tokio::test]
async fn a_type_with_machines_stays_and_says_that_one_runs() {
    let lab = staffed().await;
    let manager = lab.signed_in(1).await;
    lab.starts(LASER, &ada()).await;
    let error = equipment::archive_type(&lab.ctx, &manager, LASERS).await.unwrap_err();
    assert!(matches!(error, EquipmentError::HasMachines { there: 1, running: 1 }), "{error}");
    let said = error.problem(Lang::En).detail;
    assert!(said.contains("put it away") && said.contains("right now"), "{said}");
    lab.stops(LASER, &ada(), 60).await;
    equipment::archive(&lab.ctx, &manager, LASER_ID).await.unwrap();
    equipment::archive_type(&lab.ctx, &manager, LASERS).await.unwrap();
    let choices = equipment::choices(&lab.ctx, &manager).await.unwrap();
    assert_eq!(choices.kinds, ["Lathe"]);
    let refused = equipment::add_type(&lab.ctx, &manager, typed("Laser cutter"), vec![]).await.unwrap_err();
    assert_eq!(faults(refused), [Fault::TypeTaken], "also by one that is put away");
    equipment::restore_type(&lab.ctx, &manager, LASERS).await.unwrap();
    assert_eq!(equipment::choices(&lab.ctx, &manager).await.unwrap().kinds.len(), 2);
    for built_in in [TypeId(1), TypeId(2)] {
        let refused = equipment::archive_type(&lab.ctx, &manager, built_in).await;
        assert!(matches!(refused, Err(EquipmentError::UnknownType)));
    }
}

#[tokio::test]
async fn a_machine_whose_type_is_put_away_is_not_taken_back() {
    let lab = staffed().await;
    let manager = lab.signed_in(1).await;
    equipment::archive(&lab.ctx, &manager, LASER_ID).await.unwrap();
    equipment::archive_type(&lab.ctx, &manager, LASERS).await.unwrap();
    let refused = equipment::restore(&lab.ctx, &manager, LASER_ID).await.unwrap_err();
    assert!(matches!(refused, EquipmentError::TypeAway), "{refused}");
    equipment::restore_type(&lab.ctx, &manager, LASERS).await.unwrap();
    equipment::restore(&lab.ctx, &manager, LASER_ID).await.unwrap();
}

#[tokio::test]
async fn a_place_is_put_away_once_somebody_said_where_its_machines_go() {
    let lab = staffed().await;
    let ada = lab.signed_in(1).await;
    let shop = equipment::add_place(&lab.ctx, &ada, " Wood  shop ").await.unwrap();
    let attic = equipment::add_place(&lab.ctx, &ada, "Attic").await.unwrap();
    assert_eq!(faults(equipment::add_place(&lab.ctx, &ada, "Wood shop").await.unwrap_err()), [Fault::PlaceTaken]);
    lab.sql("UPDATE machine SET place_id = 1").await;
    let away = async |place, to: &str| equipment::archive_place(&lab.ctx, &ada, place, to).await;
    for wrong in ["", "1", "99", "moon"] {
        assert_eq!(faults(away(shop, wrong).await.unwrap_err()), [Fault::WhereTo], "{wrong}");
    }
    away(shop, &attic.to_string()).await.unwrap();
    assert_eq!(lab.number("SELECT count(*) FROM machine WHERE place_id = 2 AND version = 2").await, 2);
    away(attic, NOWHERE).await.unwrap();
    assert_eq!(lab.number("SELECT count(*) FROM machine WHERE place_id IS NULL").await, 2);
    equipment::restore_place(&lab.ctx, &ada, shop).await.unwrap();
    let rows = equipment::places(&lab.ctx, &ada).await.unwrap();
    let told: Vec<_> = rows.iter().map(|row| (row.saved.value("name"), row.archived)).collect();
    assert_eq!(told, [("Wood shop", false), ("Attic", true)]);
}

#[tokio::test]
async fn a14_a_place_is_renamed_over_the_version_that_was_seen() {
    let lab = staffed().await;
    let ada = lab.signed_in(1).await;
    let shop = equipment::add_place(&lab.ctx, &ada, "Wood shop").await.unwrap();
    let save = async |version, name: &str, position: &str| {
        equipment::save_place(&lab.ctx, &ada, shop, version, name, position).await
    };
    save(1, "Timber", "5").await.unwrap();
    let EquipmentError::Stale(saved) = save(1, "Wood", "1").await.unwrap_err() else { panic!("not stale") };
    assert_eq!((saved.value("name"), saved.value("position"), saved.version), ("Timber", "5", 2));
    assert_eq!(faults(save(2, " ", "-1").await.unwrap_err()), [Fault::Name, Fault::Position]);
    let unknown = equipment::save_place(&lab.ctx, &ada, PlaceId(99), 1, "X", "1").await;
    assert!(matches!(unknown, Err(EquipmentError::UnknownPlace)));
}

#[tokio::test]
async fn many_machines_are_changed_all_or_none_and_none_that_was_changed_meanwhile() {
    let lab = staffed().await;
    let (ada, bob) = (lab.signed_in(1).await, lab.signed_in(2).await);
    let bulk =
        |what: &str, value: &str| TypedBulk { what: what.into(), value: value.into(), ..TypedBulk::default() };
    let change = async |actor, seen: &[&str], typed: TypedBulk| {
        equipment::change_many(&lab.ctx, actor, &words(seen), &typed).await
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
    for (seen, typed, fault) in [
        (&[][..], bulk("grace", "1"), Fault::NoMachines),
        (&["1"], bulk("grace", "1"), Fault::NoMachines),
        (&["1:3"], bulk("colour", "1"), Fault::NoField),
        (&["1:3"], bulk("grace", "65536"), Fault::Setting("value", domain::settings::Key::Grace)),
    ] {
        assert_eq!(faults(change(&ada, seen, typed).await.unwrap_err()), [fault]);
    }
}
