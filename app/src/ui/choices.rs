//! Multiple choice by checkboxes.

use super::{
    changing::dynamic,
    form::{field_id, use_form},
    icon::Icon,
};
use leptos::prelude::*;

/// A labelled group of checkboxes with its message.
#[component]
pub fn Choices(
    /// The field, repeated for each tick.
    name: &'static str,
    /// The field of its error message.
    error: &'static str,
    legend: &'static str,
    /// Values with their labels.
    options: Vec<(String, String)>,
    chosen: Vec<String>,
) -> impl IntoView {
    let form = use_form();
    let chosen = form.as_ref().and_then(|form| form.ticked(name)).unwrap_or(chosen);
    // By name: a field to type in may stand beside it, for the same error.
    let problem = format!("{}-problem", field_id(form.as_ref(), name));
    let message = Signal::derive(move || form.as_ref()?.message(error));
    let described_by = problem.clone();
    view! {
        <fieldset class="field choices" aria-describedby=described_by
            aria-invalid=Signal::derive(move || message.with(Option::is_some).then_some("true"))>
            <legend class="label">{legend}</legend>
            {options.into_iter().map(|(value, text)| {
                let ticked = chosen.contains(&value);
                view! { <label class="tick"><input type="checkbox" name=name value=value checked=ticked/><span>{text}</span></label> }
            }).collect_view()}
            <p class="error" id=problem>
                {dynamic(move || message.get().map(|message| view! { <Icon name="octagon-alert"/><span>{message}</span> }))}
            </p>
        </fieldset>
    }
}
