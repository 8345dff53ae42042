//! Values as forms and programs send them.

use contract::form::{Context, Fault, Field, IdList, KeptIds};
use domain::{
    bounded::BoundedInteger,
    id::MachineId,
    time::{Date, Millis},
    zone::{Zone, from_rfc3339},
};
use serde_json::json;

fn context() -> Context {
    Context { today: Date::from_days(20_000), zone: Zone::UTC, language: "en", caller: None }
}

#[test]
fn ids_are_read_from_several_fields_or_from_one() {
    let ids = |texts: &[&str]| IdList::<MachineId>::read_texts(texts, &context()).map(|IdList(ids)| ids);
    let both = Ok(vec![MachineId(3), MachineId(5)]);
    assert_eq!((ids(&["3", "5"]), ids(&["3, 5,"])), (both.clone(), both.clone()));
    assert_eq!((ids(&[]), ids(&["3", "saw"])), (Ok(Vec::new()), Err(Fault::Choice)));
    let json = |value| IdList::<MachineId>::read_json(&value, &context()).map(|IdList(ids)| ids);
    assert_eq!((json(json!([3, 5])), json(json!("3,5"))), (both, Err(Fault::Mismatch)));
}

#[test]
fn list_of_ids_stays_where_a_program_leaves_it_out_and_a_page_empties_it() {
    let json = |value| KeptIds::<MachineId>::read_json(&value, &context()).map(|KeptIds(ids)| ids);
    assert_eq!(json(json!([3])), Ok(Some(vec![MachineId(3)])));
    assert_eq!(KeptIds::<MachineId>::absent(), Some(KeptIds(None)));
    assert_eq!(KeptIds::<MachineId>::read_texts(&[], &context()), Ok(KeptIds(Some(Vec::new()))));
}

#[test]
fn number_out_of_bounds_is_a_fault_with_its_bounds() {
    type Seats = BoundedInteger<1, 40>;
    let fault = Fault::Number { least: 1, most: 40 };
    assert_eq!(Seats::read(" 7 ", &context()).map(BoundedInteger::get), Ok(7));
    assert_eq!((Seats::read("0", &context()), Seats::read("", &context())), (Err(fault), Err(fault)));
    let json = |value| Seats::read_json(&value, &context());
    assert_eq!((json(json!(41)), json(json!("7"))), (Err(fault), Err(Fault::Mismatch)));
}

#[test]
fn instants_are_rfc_3339_for_programs_and_wall_clock_for_pages() {
    let exact = from_rfc3339("2026-11-20T14:05:00Z").unwrap_or(Millis(0));
    let page = |text: &str| Millis::read(text, &context());
    assert_eq!((page("2026-11-20T14:05"), page(&exact.0.to_string())), (Ok(exact), Ok(exact)));
    assert_eq!((page("2026-11-20T14:05:00Z"), page("-1")), (Ok(exact), Err(Fault::DateAndTime)));
    let program = |text: &str| Millis::read_json(&json!(text), &context());
    assert_eq!((program("2026-11-20T14:05:00Z"), program("2026-11-20T14:05")), (Ok(exact), Err(Fault::Instant)));
}
