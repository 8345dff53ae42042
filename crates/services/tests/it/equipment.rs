//! Adding machines and giving cards, through the services.

use crate::lab::Lab;
use domain::{
    actor::{Actor, Channel, Forbidden},
    id::{MachineId, PersonId},
};
use services::error::ServiceError;
use services::{
    cards::{self, CardsError},
    equipment::{self, AddMachine, EquipmentError, ValidationError},
};
use text::Lang;

fn form(name: &str, kind: &str, number: &str) -> AddMachine {
    AddMachine { name: name.into(), kind: kind.into(), number: number.into(), place: String::new() }
}

async fn add(lab: &Lab, name: &str, kind: &str, number: &str) -> Result<MachineId, EquipmentError> {
    equipment::add_machine(&lab.ctx, &Actor::TOOLGATE, form(name, kind, number)).await
}

fn faults(error: EquipmentError) -> Vec<ValidationError> {
    let EquipmentError::Invalid(faults) = error else { panic!("{error}") };
    faults
}

#[tokio::test]
async fn existing_type_is_reused_and_new_name_creates_one() {
    let lab = Lab::open().await;
    let before = lab.number("SELECT count(*) FROM equipment_type").await;
    let second = add(&lab, "Laser 2", " laser CUTTER ", "").await.unwrap();
    assert_eq!(lab.number("SELECT count(*) FROM equipment_type").await, before);
    assert_eq!(lab.number("SELECT type_id FROM machine ORDER BY id DESC LIMIT 1").await, 3);
    let third = add(&lab, "Kiln", "Kiln", "7").await.unwrap();
    assert_eq!(lab.number("SELECT count(*) FROM equipment_type").await, before + 1);
    assert!(second < third);
    assert_eq!(lab.number("SELECT count(*) FROM audit WHERE action = 'machine.added'").await, 2);
}

#[tokio::test]
async fn invalid_machine_reports_all_fields() {
    let lab = Lab::open().await;
    let all = faults(add(&lab, " ", &"x".repeat(201), "0").await.unwrap_err());
    assert_eq!(all, [ValidationError::Name, ValidationError::Type, ValidationError::Number]);
    for number in ["65536", "-1", "1.5", "seven"] {
        assert_eq!(faults(add(&lab, "a", "b", number).await.unwrap_err()), [ValidationError::Number], "{number}");
    }
    assert_eq!(
        faults(add(&lab, "a", "Laser cutter", "11").await.unwrap_err()),
        [ValidationError::NumberTaken("Laser".into())]
    );
    assert_eq!(
        faults(add(&lab, "a", "System", "").await.unwrap_err()),
        [ValidationError::Type],
        "not the built-in ones"
    );
    assert_eq!(lab.number("SELECT count(*) FROM machine").await, 2, "nothing half-written");
    assert_eq!(lab.number("SELECT count(*) FROM equipment_type WHERE name = 'b'").await, 0);
}

#[tokio::test]
async fn archived_type_name_is_not_reused_in_any_spelling() {
    let lab = Lab::open().await;
    lab.sql("INSERT INTO equipment_type (id, name, risk, archived_at) VALUES (9, 'Kiln', 'high', 1)").await;
    for name in ["Kiln", " kiln "] {
        let error = add(&lab, "Oven", name, "").await.unwrap_err();
        let problem = error.problem(Lang::En);
        assert_eq!(faults(error), [ValidationError::TypeShelved], "{name}");
        assert!(problem.at("kind").unwrap().contains("archived"), "{problem:?}");
    }
    assert_eq!(lab.number("SELECT count(*) FROM equipment_type WHERE lower(name) = 'kiln'").await, 1);
    assert_eq!(lab.number("SELECT count(*) FROM machine").await, 2);
}

#[tokio::test]
async fn lowest_free_number_is_suggested() {
    let lab = Lab::open().await;
    assert_eq!(equipment::choices(&lab.ctx, &Actor::TOOLGATE).await.unwrap().number, 1);
    add(&lab, "One", "Saw", "1").await.unwrap();
    let choices = equipment::choices(&lab.ctx, &Actor::TOOLGATE).await.unwrap();
    assert_eq!((choices.number, choices.kinds), (2, vec!["Laser cutter".into(), "Lathe".into(), "Saw".into()]));
}

#[tokio::test]
async fn card_belongs_to_one_person() {
    let lab = Lab::open().await;
    let give = async |person, uid: &str| cards::give(&lab.ctx, &Actor::TOOLGATE, PersonId(person), uid).await;
    give(2, "0F:BE:AD:DE").await.unwrap();
    assert!(matches!(give(1, "deadbe0f").await, Err(CardsError::Assigned(_))), "the same four bytes");
    assert!(matches!(give(1, "nonsense").await, Err(CardsError::NotAUid)));
    assert!(matches!(give(99, "deadbe00").await, Err(CardsError::UnknownPerson)));
    let notices = lab.text("SELECT group_concat(detail) FROM audit").await;
    assert!(!notices.contains("deadbe0f"), "a6: {notices}");
}

#[tokio::test]
async fn stranger_cannot_add_machines_or_cards() {
    let lab = Lab::open().await;
    let stranger = Actor::anybody(true, Channel::Web);
    let refused = equipment::add_machine(&lab.ctx, &stranger, form("a", "b", "")).await;
    assert!(matches!(refused, Err(EquipmentError::Forbidden(Forbidden::SignIn))));
    let refused = cards::give(&lab.ctx, &stranger, PersonId(1), "deadbe0f").await;
    assert!(matches!(refused, Err(CardsError::Forbidden(Forbidden::SignIn))));
}

#[tokio::test]
async fn first_type_defaults_to_machine_name() {
    let lab = Lab::empty().await;
    add(&lab, "Laser cutter", "", "1").await.unwrap();
    assert_eq!(lab.text("SELECT name FROM equipment_type WHERE built_in IS NULL").await, "Laser cutter");
    let second = add(&lab, "Lathe", " ", "2").await;
    assert!(matches!(second, Err(EquipmentError::Invalid(_))), "then there is something to choose: {second:?}");
}

#[tokio::test]
async fn new_machine_gets_chosen_place() {
    let lab = Lab::empty().await;
    lab.sql("INSERT INTO place (id, name) VALUES (4, 'Hall')").await;
    let choices = equipment::choices(&lab.ctx, &Actor::TOOLGATE).await.unwrap();
    assert_eq!(choices.place(), Some(domain::id::PlaceId(4)), "the only one");
    let there = AddMachine { place: "4".into(), ..form("Saw", "Saw", "") };
    equipment::add_machine(&lab.ctx, &Actor::TOOLGATE, there).await.unwrap();
    assert_eq!(lab.number("SELECT place_id FROM machine").await, 4);
    for nowhere in ["5", "hall"] {
        let input = AddMachine { place: nowhere.into(), ..form("Mill", "Mill", "") };
        let refused = equipment::add_machine(&lab.ctx, &Actor::TOOLGATE, input).await;
        assert!(matches!(refused, Err(EquipmentError::Invalid(_))), "{nowhere}");
    }
}
