//! A labelled text area with its message.

use super::{
    changing::dynamic,
    form::{field_id, use_form},
    icon::Icon,
};
use leptos::prelude::*;

#[component]
pub fn TextArea(
    name: &'static str,
    label: &'static str,
    value: String,
    /// Help text.
    #[prop(optional)]
    hint: Option<&'static str>,
    /// Id in the document, if another field has its name.
    #[prop(optional)]
    id: Option<&'static str>,
) -> impl IntoView {
    let form = use_form();
    let id = id.map_or_else(|| field_id(form.as_ref(), name), ToOwned::to_owned);
    let input = form.as_ref().and_then(|form| form.input(name)).unwrap_or(value);
    let message = Signal::derive(move || form.as_ref()?.message(name));
    let invalid = move || message.with(Option::is_some);
    let (hint_id, problem_id) = (format!("{id}-hint"), format!("{id}-problem"));
    let described = Signal::derive({
        let (hint_id, problem_id) = (hint.map(|_| hint_id.clone()), problem_id.clone());
        move || if invalid() { Some(problem_id.clone()) } else { hint_id.clone() }
    });
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <textarea class="input text-area" id=id name=name rows="4"
                aria-invalid=Signal::derive(move || invalid().then_some("true")) aria-describedby=described>{input}</textarea>
            {hint.map(|hint| view! { <p class="hint" id=hint_id>{hint}</p> })}
            <p class="error" id=problem_id>
                {dynamic(move || message.get().map(|message| view! { <Icon name="octagon-alert"/><span>{message}</span> }))}
            </p>
        </div>
    }
}
