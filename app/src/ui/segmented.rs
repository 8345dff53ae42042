//! Segmented choice: two to five exclusive options.

use super::{changing::dynamic, form::use_form, icon::Icon};
use leptos::prelude::*;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    pub value: &'static str,
    pub name: &'static str,
    pub icon: Option<&'static str>,
}

/// A choice in a form.
#[component]
pub fn Segmented(
    name: &'static str,
    legend: &'static str,
    /// The options in order.
    segments: Vec<Segment>,
    chosen: &'static str,
) -> impl IntoView {
    let form = use_form();
    let entered = form.as_ref().and_then(|form| form.input(name));
    let message = Signal::derive(move || form.as_ref()?.message(name));
    let problem = format!("{name}-problem");
    let described_by = problem.clone();
    view! {
        <fieldset class="field" role="radiogroup" aria-describedby=described_by
            aria-invalid=Signal::derive(move || message.with(Option::is_some).then_some("true"))>
            <legend class="label">{legend}</legend>
            <div class="segmented">
                {segments.into_iter().map(|segment| {
                    let checked = entered.as_deref().unwrap_or(chosen) == segment.value;
                    view! {
                        <label>
                            <input type="radio" name=name value=segment.value checked=checked/>
                            {segment.icon.map(|name| view! { <Icon name/> })}
                            {segment.name}
                        </label>
                    }
                }).collect_view()}
            </div>
            <p class="error" id=problem>
                {dynamic(move || message.get().map(|message| view! { <Icon name="octagon-alert"/><span>{message}</span> }))}
            </p>
        </fieldset>
    }
}
