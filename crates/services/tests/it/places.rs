//! Places: order, versions, and the machines of an archived place.

use crate::lab::{
    Lab,
    operations::{fields, run},
    places::{add, archive},
};
use contract::{
    form::{Fault, Fields},
    places::{ListPlaces, RestorePlace, SavePlace, UndoArchivePlace},
};
use domain::id::{MachineId, PlaceId};
use services::{equipment, machines, places::PlacesError};

/// Ada is a manager.
async fn managed() -> Lab {
    let lab = Lab::open().await;
    lab.grant(1, 1, "owner").await;
    lab
}

fn faults(error: PlacesError) -> Vec<(String, Fault)> {
    let PlacesError::Invalid(faults) = error else { panic!("{error}") };
    faults.0
}

#[tokio::test]
async fn place_is_archived_once_its_machines_have_destination() {
    let lab = managed().await;
    let ada = lab.signed_in(1).await;
    let shop = add(&lab.ctx, &ada, " Wood  shop ").await.unwrap();
    let attic = add(&lab.ctx, &ada, "Attic").await.unwrap();
    let taken = add(&lab.ctx, &ada, "Wood shop").await.unwrap_err();
    assert_eq!(faults(taken), [("name".to_owned(), Fault::PlaceTaken)]);
    lab.sql("UPDATE machine SET place_id = 1").await;
    for wrong in ["", &shop.to_string(), "99", "attic"] {
        let error = archive(&lab.ctx, &ada, shop, wrong).await.unwrap_err();
        assert_eq!(faults(error), [("to".to_owned(), Fault::Destination)], "{wrong}");
    }
    let away = archive(&lab.ctx, &ada, shop, &attic.to_string()).await.unwrap();
    assert_eq!((away.name.as_str(), away.away, away.moved.to), ("Wood shop", true, Some(attic)));
    assert_eq!(away.moved.to_code(), "1,2", "what it takes to undo it");
    assert_eq!(lab.number("SELECT count(*) FROM machine WHERE place_id = 2 AND version = 2").await, 2);
    archive(&lab.ctx, &ada, attic, "nowhere").await.unwrap();
    assert_eq!(lab.number("SELECT count(*) FROM machine WHERE place_id IS NULL").await, 2);
    let back = run(&lab.ctx, &ada, RestorePlace { id: shop }, Fields::default()).await.unwrap();
    assert_eq!((back.id, back.away), (shop.0, false));
    assert_eq!(
        lab.number("SELECT count(*) FROM machine WHERE place_id IS NULL").await,
        2,
        "nobody asked for them"
    );
    let places = run(&lab.ctx, &ada, ListPlaces {}, Fields::default()).await.unwrap().places;
    let names: Vec<_> = places.iter().map(|place| (place.name.as_str(), place.archived)).collect();
    assert_eq!(names, [("Wood shop", false), ("Attic", true)]);
}

#[tokio::test]
async fn restored_place_gets_back_machines_not_moved_since() {
    let lab = managed().await;
    let ada = lab.signed_in(1).await;
    let shop = add(&lab.ctx, &ada, "Wood shop").await.unwrap();
    let attic = add(&lab.ctx, &ada, "Attic").await.unwrap();
    lab.sql("UPDATE machine SET place_id = 1").await;
    let moved = archive(&lab.ctx, &ada, shop, "nowhere").await.unwrap().moved;
    assert_eq!((moved.to_code(), moved.to), ("1,2".to_owned(), None));
    lab.sql("UPDATE machine SET place_id = 2 WHERE id = 2").await;
    let sent = fields(&[("moved", &moved.to_code()), ("from", "")]);
    run(&lab.ctx, &ada, UndoArchivePlace { id: shop }, sent.clone()).await.unwrap();
    assert_eq!(lab.number("SELECT place_id FROM machine WHERE id = 1").await, shop.0);
    assert_eq!(lab.number("SELECT place_id FROM machine WHERE id = 2").await, attic.0, "carried there meanwhile");
    lab.sql("UPDATE machine SET place_id = NULL WHERE id = 1").await;
    run(&lab.ctx, &ada, UndoArchivePlace { id: shop }, sent).await.unwrap();
    assert_eq!(lab.number("SELECT count(*) FROM machine WHERE place_id = 1").await, 0, "it is back already");
}

#[tokio::test]
async fn places_are_sorted_by_position_then_collation() {
    let lab = managed().await;
    let ada = lab.signed_in(1).await;
    for name in ["Zimmerei", "abbey", "Étage", "Foyer"] {
        add(&lab.ctx, &ada, name).await.unwrap();
    }
    lab.sql(
        "UPDATE place SET position = iif(name = 'Foyer', 1, 2);
         UPDATE machine SET place_id = (SELECT id FROM place WHERE name = 'Zimmerei') WHERE id = 1;
         UPDATE machine SET place_id = (SELECT id FROM place WHERE name = 'Étage') WHERE id = 2;
         INSERT INTO machine (id, number, type_id, place_id, name)
              SELECT 3, 13, 3, id, 'Anvil' FROM place WHERE name = 'Foyer';
         INSERT INTO machine (id, number, type_id, name) VALUES (4, 14, 3, 'Axe')",
    )
    .await;
    let expected = ["Foyer", "abbey", "Étage", "Zimmerei"];
    let places = run(&lab.ctx, &ada, ListPlaces {}, Fields::default()).await.unwrap().places;
    assert_eq!(places.iter().map(|place| place.name.as_str()).collect::<Vec<_>>(), expected);
    let edit_form = equipment::sheet(&lab.ctx, &ada, MachineId(1)).await.unwrap();
    assert_eq!(edit_form.places.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>(), expected);
    let floor = machines::floor(&lab.ctx, &ada).await.unwrap();
    let order: Vec<_> = floor.places.iter().flat_map(|place| &place.machines).map(|one| one.id.0).collect();
    assert_eq!(order, [3, 2, 1, 4], "what stands nowhere is last");
}

// A14
#[tokio::test]
async fn place_is_renamed_only_with_current_version() {
    let lab = managed().await;
    let ada = lab.signed_in(1).await;
    let shop = add(&lab.ctx, &ada, "Wood shop").await.unwrap();
    let save = async |id, version, name: &str, position: &str| {
        let sent = fields(&[("name", name), ("position", position)]);
        run(&lab.ctx, &ada, SavePlace { id, version }, sent).await
    };
    save(shop, 1, "Timber", "5").await.unwrap();
    let PlacesError::Stale(saved) = save(shop, 1, "Wood", "1").await.unwrap_err() else { panic!("not stale") };
    assert_eq!((saved.value("name"), saved.value("position"), saved.version), ("Timber", "5", 2));
    let invalid = faults(save(shop, 2, " ", "-1").await.unwrap_err());
    let fields: Vec<_> = invalid.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(fields, ["name", "position"]);
    assert!(matches!(save(PlaceId(99), 1, "X", "1").await, Err(PlacesError::Unknown)));
}
