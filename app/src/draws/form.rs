//! The form of a draw: the same for a new one and for one that is changed.

use crate::ui::{choices::Choices, form::Field, select::Select, versions::Versioned};
use domain::{draws::Entrants, id::RoomId, versions::Saved};
use leptos::prelude::*;
use text::{Lang, time};

/// Name of the field of the rooms.
const ROOMS: &str = "rooms[]";
/// Name of the field of the days.
const DAYS: &str = "days[]";

fn rooms_of(rooms: &[(RoomId, String)]) -> Vec<(String, String)> {
    rooms.iter().map(|(room, name)| (room.to_string(), name.clone())).collect()
}

fn days(t: Lang) -> Vec<(String, String)> {
    (0..7).map(|day| (day.to_string(), time::capitalised(t.weekday(day)))).collect()
}

fn entrants(t: Lang) -> Vec<(String, String)> {
    Entrants::ALL.iter().map(|one| (one.as_str().to_owned(), t.draw_takes(*one).to_owned())).collect()
}

/// The fields, for the choice between two versions.
pub fn versioned(t: Lang, rooms: &[(RoomId, String)]) -> Vec<Versioned> {
    vec![
        Versioned::plain("name", t.equipment_name()),
        Versioned::plain("opens", t.draw_opens()),
        Versioned::plain("closes", t.draw_closes()),
        Versioned::plain("draws", t.draw_draws()),
        Versioned::plain("first", t.draw_first()),
        Versioned::plain("last", t.draw_last()),
        Versioned { name: "entrants", label: t.draw_entrants(), words: entrants(t) },
        Versioned::plain("limit", t.draw_limit()),
        Versioned { name: ROOMS, label: t.draw_rooms(), words: rooms_of(rooms) },
        Versioned { name: DAYS, label: t.draw_days(), words: days(t) },
        Versioned::plain("from", t.draw_from()),
        Versioned::plain("to", t.draw_to()),
    ]
}

/// The fields. Call it inside a form: only there do they get the submitted input and its errors.
pub fn fields(t: Lang, saved: &Saved, rooms: &[(RoomId, String)]) -> AnyView {
    let value = |field: &str| saved.value(field).to_owned();
    let or = |field: &str, usual: &str| {
        Some(saved.value(field)).filter(|value| !value.is_empty()).unwrap_or(usual).to_owned()
    };
    let chosen = |field: &str| -> Vec<String> {
        saved.fields.iter().filter(|(name, _)| name == field).map(|(_, one)| one.clone()).collect()
    };
    view! {
        <Field name="name" label=t.equipment_name() value=value("name") autocomplete="off"/>
        <div class="two">
            <Field name="opens" kind="datetime-local" label=t.draw_opens() value=value("opens")/>
            <Field name="closes" kind="datetime-local" label=t.draw_closes() hint=t.draw_closes_hint() value=value("closes")/>
        </div>
        <Field name="draws" kind="datetime-local" label=t.draw_draws() value=value("draws")/>
        <div class="two">
            <Field name="first" kind="date" label=t.draw_first() value=value("first")/>
            <Field name="last" kind="date" label=t.draw_last() value=value("last")/>
        </div>
        <Choices name=ROOMS error="rooms" legend=t.draw_rooms() options=rooms_of(rooms) chosen=chosen(ROOMS)/>
        <Choices name=DAYS error="days" legend=t.draw_days() options=days(t) chosen=chosen(DAYS)/>
        <div class="two">
            <Field name="from" kind="time" label=t.draw_from() value=value("from")/>
            <Field name="to" kind="time" label=t.draw_to() hint=t.draw_to_hint() value=value("to")/>
        </div>
        <div class="two">
            <Select name="entrants" label=t.draw_entrants() options=entrants(t)
                chosen=Signal::stored(or("entrants", Entrants::Groups.as_str()))/>
            <Field name="limit" kind="number" label=t.draw_limit() value=or("limit", "5")/>
        </div>
    }
    .into_any()
}
