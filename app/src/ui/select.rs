//! Select: the browser's own list.

use super::{
    changing::dynamic,
    form::{field_id, use_form},
    icon::Icon,
};
use leptos::prelude::*;

/// A labelled list with its message.
#[component]
pub fn Select(
    name: &'static str,
    label: &'static str,
    /// Values with their labels.
    options: Vec<(String, String)>,
    /// The selected value. It may come later, from the browser.
    #[prop(into)]
    chosen: Signal<String>,
    /// Group labels, each at the value it begins with.
    #[prop(optional)]
    heads: Vec<(String, &'static str)>,
) -> impl IntoView {
    let form = use_form();
    let id = field_id(form.as_ref(), name);
    let input = form.as_ref().and_then(|form| form.input(name));
    let chosen = Signal::derive(move || input.clone().unwrap_or_else(|| chosen.get()));
    let message = Signal::derive(move || form.as_ref()?.message(name));
    let problem = format!("{id}-problem");
    let described_by = problem.clone();
    let mut groups = vec![(None, Vec::new())];
    for (value, text) in options {
        if let Some((_, head)) = heads.iter().find(|(first, _)| *first == value) {
            groups.push((Some(*head), Vec::new()));
        }
        let this = value.clone();
        let is_chosen = Signal::derive(move || chosen.with(|chosen| *chosen == this));
        if let Some((_, options)) = groups.last_mut() {
            options.push(view! { <option value=value selected=is_chosen>{text}</option> });
        }
    }
    let options = groups.into_iter().map(|(head, options)| match head {
        Some(head) => view! { <optgroup label=head>{options}</optgroup> }.into_any(),
        None => options.into_any(),
    });
    let options = options.collect_view();
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <select class="input select" id=id name=name aria-describedby=described_by
                aria-invalid=Signal::derive(move || message.with(Option::is_some).then_some("true"))>{options}</select>
            <p class="error" id=problem>
                {dynamic(move || message.get().map(|message| view! { <Icon name="octagon-alert"/><span>{message}</span> }))}
            </p>
        </div>
    }
}
