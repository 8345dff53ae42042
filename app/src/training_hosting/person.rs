//! One person in the results of an event: three words to choose from, and for *Not yet* what to practise.
//!
//! Invariant: the note is there without script, too; the style hides it for other results. Not here: the sum of all marks
//! ([`super::results`]).

use crate::ui::{avatar::Avatar, changing::dynamic, form::use_form, icon::Icon};
use contract::training_events::EventPerson;
use domain::{id::EventPlaceId, training_events::Outcome};
use leptos::prelude::*;
use std::collections::BTreeMap;
use text::Lang;

/// The marks so far.
pub(super) type Marks = BTreeMap<EventPlaceId, Outcome>;

/// Separates steps in a note.
const SEPARATOR: &str = ", ";

/// The name of the field with the result.
pub(super) fn result_field(place: EventPlaceId) -> String {
    format!("results[={place}]")
}

const fn icon(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "check",
        Outcome::Failed => "repeat",
        Outcome::NoShow => "x",
    }
}

/// The row with its fields. Call it inside the form.
pub(super) fn row(
    t: Lang,
    one: &EventPerson,
    steps: &[String],
    (marks, no_shows): (RwSignal<Marks>, u16),
) -> AnyView {
    let (place, name, missed) = (one.place, one.name.clone(), one.missed);
    let form = use_form();
    let fault = Signal::derive(move || form.as_ref()?.message(&result_field(place)));
    let choices = Outcome::ALL.iter().map(|&outcome| {
        let is_chosen = Signal::derive(move || marks.with(|marks| marks.get(&place) == Some(&outcome)));
        let choose = move |_| {
            marks.update(|marks| {
                marks.insert(place, outcome);
            });
        };
        view! {
            <label data-r=outcome.as_str()>
                <input type="radio" name=result_field(place) value=outcome.as_str() checked=is_chosen.get_untracked()
                    prop:checked=is_chosen on:change=choose/>
                <Icon name=icon(outcome)/>{t.hosting_outcome(outcome)}
            </label>
        }
    });
    let choices = choices.collect_view();
    let bars = dynamic(move || {
        let is_absent = marks.with(|marks| marks.get(&place) == Some(&Outcome::NoShow));
        (is_absent && no_shows > 0).then(|| view! { <p class="s">{no_show(t, missed, no_shows)}</p> })
    });
    view! {
        <li class="person-line">
            <Avatar name=name.clone() size="md"/>
            <div><p class="t">{name.clone()}</p>{hints(t, one)}{bars}</div>
            <div class="segmented" role="radiogroup" aria-label=name
                aria-invalid=Signal::derive(move || fault.with(Option::is_some).then_some("true"))>{choices}</div>
            {dynamic(move || fault.get().map(|fault| view! {
                <div class="field"><p class="error" role="alert"><Icon name="octagon-alert"/><span>{fault}</span></p></div>
            }))}
            {practise(t, one, steps)}
        </li>
    }
    .into_any()
}

/// Hints for the host: earlier tries, modules that are left, missed events.
fn hints(t: Lang, one: &EventPerson) -> AnyView {
    let tries = match one.tries {
        0 => None,
        1 => Some(t.hosting_second_try().to_owned()),
        tries => Some(t.hosting_try(&(tries + 1).to_string())),
    };
    let parts = [
        one.walk_in.then(|| t.hosting_walked_in().to_owned()),
        tries,
        (one.modules > 0).then(|| t.hosting_modules_left(one.modules)),
        (one.missed > 0).then(|| t.hosting_missed(one.missed)),
    ];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| view! { <p class="s">{parts.join(" · ")}</p> }).into_any()
}

/// What another no-show does to a person who missed some.
fn no_show(t: Lang, missed: u32, no_shows: u16) -> String {
    if missed + 1 < u32::from(no_shows) {
        t.hosting_no_show(&(missed + 1).to_string(), &no_shows.to_string())
    } else {
        t.hosting_no_show_bars().to_owned()
    }
}

/// The steps in a note, with `step` added or removed.
fn toggled(note: &str, step: &str) -> String {
    let mut steps: Vec<_> = note.split(SEPARATOR).map(str::trim).filter(|one| !one.is_empty()).collect();
    let before = steps.len();
    steps.retain(|one| *one != step);
    if steps.len() == before {
        steps.push(step);
    }
    steps.join(SEPARATOR)
}

/// What to practise: a note, and the steps of the checklist to fill it with.
fn practise(t: Lang, one: &EventPerson, steps: &[String]) -> AnyView {
    let name = format!("notes[={}]", one.place);
    let input = use_form().and_then(|form| form.input(&name)).or_else(|| one.note.clone()).unwrap_or_default();
    let note = RwSignal::new(input.clone());
    let chips = steps.iter().map(|step| {
        let (known, step) = (step.clone(), step.clone());
        let is_in = Signal::derive(move || {
            let is_in = note.with(|note| note.split(SEPARATOR).any(|one| one.trim() == known));
            if is_in { "true" } else { "false" }
        });
        let label = step.clone();
        view! { <button type="button" class="chip" aria-pressed=is_in on:click=move |_| note.update(|note| *note = toggled(note, &step))>{label}</button> }
    });
    let chips = chips.collect_view();
    let first = one.name.split_whitespace().next().unwrap_or(&one.name).to_owned();
    view! {
        <div class="practise">
            <p class="small muted">{t.hosting_practise(&first)}</p>
            {(!steps.is_empty()).then(|| view! { <div class="chips scripted">{chips}</div> })}
            <input class="input" name=name value=input prop:value=note aria-label=t.hosting_note(&one.name)
                autocomplete="off" on:input=move |event| note.set(event_target_value(&event))/>
        </div>
    }
    .into_any()
}

/// The row of a saved result.
pub(super) fn saved(t: Lang, one: &EventPerson) -> Option<AnyView> {
    let outcome = one.outcome?;
    Some(
        view! {
            <li>
                <Avatar name=one.name.clone() size="md"/>
                <div><p class="t">{one.name.clone()}</p>{one.note.clone().map(|note| view! { <p class="s">{note}</p> })}</div>
                <span class="tail"><Icon name=icon(outcome)/>{t.hosting_outcome(outcome)}</span>
            </li>
        }
        .into_any(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn step_is_added_to_note_and_removed_again() {
        assert_eq!(toggled("", "Hooping"), "Hooping");
        assert_eq!(toggled("Threading", "Hooping"), "Threading, Hooping");
        assert_eq!(toggled("Threading, Hooping", "Threading"), "Hooping");
    }
}
