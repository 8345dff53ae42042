//! A form that works before, without and with script, and never loses input.
//!
//! The form posts to **its own page** with the server function in the query: `?/me/prefer`.
//! * Without script the server runs the function. Success answers 303 (post, redirect, get); a refusal renders the
//!   same page again with its input and the [`Problem`] (see [`Echo`]), with its true status.
//! * With script the submission is caught and the same function called; a refusal lands in the same place. A form that
//!   loads a document (`reload`) is sent only when the server answers.
//!
//! Why not Leptos' `<ActionForm>`: it posts to `/api/…` and comes back with the error in the query string and the
//! values gone; and a status set by the function breaks that redirect (a blank page). Not here: controlled inputs.
//! The browser keeps the values; we only set their initial ones.

use super::{changing::dynamic, icon::Icon};
use crate::{
    address::page_query,
    call::{Call, Posted, Reply, Sent},
    problem::AppError,
    visitor::{Echo, Visitor},
};
use domain::problem::Problem;
use leptos::{context::Provider, ev::SubmitEvent, form::form_data_from_event, html, prelude::*};
use leptos_router::hooks::use_location;
use std::fmt::{Display, Write};
use text::markup::escaped;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, UrlSearchParams};

/// State shared by the fields of one form.
#[derive(Debug, Clone)]
pub struct FormState {
    echo: Option<Echo>,
    problem: Signal<Option<Problem>>,
    /// What the ids of its fields end in.
    suffix: String,
}

impl FormState {
    /// State of a form that comes back at its page's address.
    #[must_use]
    pub fn refused(problem: Option<Problem>) -> Self {
        Self { echo: None, problem: Signal::stored(problem), suffix: String::new() }
    }

    /// State of a form with a route of its own, which shows its page again with the input on refusal.
    #[must_use]
    pub fn echoed(path: &str) -> Self {
        let echo = echoed(path);
        let problem = Signal::stored(echo.as_ref().map(|echo| echo.problem.clone()));
        Self { echo, problem, suffix: String::new() }
    }

    /// Why it was refused, above its fields.
    #[must_use]
    pub fn summary(&self) -> AnyView {
        summary(self.problem)
    }

    /// The input of `field` before the form was refused.
    #[must_use]
    pub fn input(&self, field: &str) -> Option<String> {
        let values = &self.echo.as_ref()?.values;
        values.iter().find(|(name, _)| name == field).map(|(_, value)| value.clone())
    }

    /// The ticks of `field` before the form was refused.
    #[must_use]
    pub fn ticked(&self, field: &str) -> Option<Vec<String>> {
        let values = &self.echo.as_ref()?.values;
        Some(values.iter().filter(|(name, _)| name == field).map(|(_, value)| value.clone()).collect())
    }

    /// The error of `field`.
    #[must_use]
    pub fn message(&self, field: &str) -> Option<String> {
        self.problem.with(|problem| problem.as_ref()?.at(field).map(ToOwned::to_owned))
    }
}

/// The id of the field `name`: its name, with the end that its form gives to ids.
#[must_use]
pub(super) fn field_id(form: Option<&FormState>, name: &str) -> String {
    match form {
        Some(form) if !form.suffix.is_empty() => format!("{name}-{}", form.suffix),
        _ => name.to_owned(),
    }
}

/// A hidden field: the form's subject, or its version.
#[must_use]
pub fn hidden(name: &str, value: &dyn Display) -> AnyView {
    view! { <input type="hidden" name=name.to_owned() value=value.to_string()/> }.into_any()
}

/// Several hidden fields at once, for the forms in the rows of a long list.
#[must_use]
pub fn hidden_fields(fields: &[(&str, &dyn Display)]) -> AnyView {
    let mut html = String::new();
    for (name, value) in fields {
        let value = escaped(&value.to_string());
        // Writing into a string cannot fail.
        let _ = write!(html, "<input type=\"hidden\" name=\"{name}\" value=\"{value}\">");
    }
    view! { <span hidden inner_html=html></span> }.into_any()
}

/// Whether the form for `function`, given as an address like `/api/holds/place`, was sent without script and
/// refused, so that it opens itself.
#[must_use]
pub fn was_submitted(function: &str) -> bool {
    echoed(function).is_some()
}

/// Whether the form called `name` is open: the address says so, or it was sent to `function` and refused.
#[must_use]
pub fn is_open(name: &str, function: &str) -> bool {
    let search = use_location().search.get_untracked();
    was_submitted(function) || page_query(&search).split('&').any(|pair| pair.strip_prefix("open=") == Some(name))
}

/// The refused form for `function`, if any.
pub(super) fn echoed(function: &str) -> Option<Echo> {
    let echo = |visitor: &Visitor| visitor.echo.as_ref().filter(|echo| echo.function == function).cloned();
    with_context(echo).flatten()
}

/// How often `call` succeeded. A form rebuilt with this is empty after a success, and preserves its input on
/// refusal.
pub fn completed_count<F: Posted>(call: Call<F>) -> Memo<usize> {
    let (answer, version) = (call.value(), call.version());
    let count = Memo::new(move |before: Option<&usize>| {
        let is_done = answer.with(|answer| matches!(answer, Some(Ok(_))));
        if is_done { version.get() } else { before.copied().unwrap_or(0) }
    });
    // A memo without readers counts nothing, and the first refusal would look like a change.
    count.get_untracked();
    count
}

/// The form around a field; `None` outside of one.
#[must_use]
pub fn use_form() -> Option<FormState> {
    use_context()
}

/// `?machine=7&/me/prefer`, relative to the page.
pub(crate) fn target(search: &str, path: &str) -> String {
    let name = path.trim_start_matches("/api");
    let query = page_query(search);
    if query.is_empty() { format!("?{name}") } else { format!("?{query}&{name}") }
}

/// Removes a form target from the address after a page was rendered by POST, so that a reload does not ask to
/// repeat it.
pub fn clean_address() {
    let location = window().location();
    let (Ok(path), Ok(search)) = (location.pathname(), location.search()) else { return };
    let query = page_query(&search);
    if query.len() + 1 < search.len() {
        let page = if query.is_empty() { path } else { format!("{path}?{query}") };
        if let Ok(history) = window().history() {
            // Fails only for another origin.
            drop(history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&page)));
        }
    }
}

/// A form for one server function.
#[component]
pub fn Form<F: Posted>(
    action: Call<F>,
    /// Send it the browser's way even with script, for forms that must load a new document.
    #[prop(optional)]
    reload: bool,
    /// Clear it after success, for creating several things in a row.
    #[prop(optional)]
    afresh: bool,
    /// Another form for the same calls shows the errors of both.
    #[prop(optional)]
    beside: bool,
    /// What the ids of its fields end in, where the page has several forms with fields of one name.
    #[prop(optional, into)]
    suffix: String,
    children: Children,
) -> impl IntoView {
    render_form(F::PATH, *action, [reload, afresh, beside], suffix, children)
}

/// The fields that `event` submits, as the browser would encode them.
pub(super) fn fields(event: &SubmitEvent) -> Option<String> {
    let form = form_data_from_event(event).ok()?;
    let fields = UrlSearchParams::new_with_str_sequence_sequence(&form).ok()?;
    fields.to_string().as_string()
}

/// The last error, from either way of sending.
pub(super) fn problem_of(path: &str, action: Action<Sent, Reply>) -> Signal<Option<Problem>> {
    let (value, first) = (action.value(), echoed(path).map(|echo| echo.problem));
    Signal::derive(move || {
        value.with(|value| match value {
            None => first.clone(),
            Some(Ok(_)) => None,
            Some(Err(AppError(problem))) => Some(problem.clone()),
        })
    })
}

/// Handles a submission with script.
pub(super) fn submission(path: &'static str, action: Action<Sent, Reply>) -> impl Fn(SubmitEvent) {
    move |event| {
        if action.pending().get_untracked() || is_leaving() {
            // The second click of a double click.
            event.prevent_default();
        } else if let Some(fields) = fields(&event) {
            event.prevent_default();
            action.dispatch(Sent { path, fields });
        }
    }
}

/// The common part of all forms, compiled once: a form of each function's own type would be kilobytes.
fn render_form(
    path: &'static str,
    action: Action<Sent, Reply>,
    [reload, afresh, beside]: [bool; 3],
    suffix: String,
    children: Children,
) -> AnyView {
    let pending = action.pending();
    let problem = problem_of(path, action);
    let echo = echoed(path);
    let search = use_location().search.get_untracked();

    let form = NodeRef::<html::Form>::new();

    Effect::new(move |was: Option<bool>| {
        let is = pending.get();
        if afresh
            && was == Some(true)
            && !is
            && problem.with_untracked(Option::is_none)
            && let Some(form) = form.get_untracked()
        {
            form.reset();
        }
        is
    });
    Effect::new(move |_| {
        if problem.with(Option::is_some) {
            // One frame later the messages are in the document.
            request_animation_frame(move || focus_first_invalid(form));
        }
    });

    let send = submission(path, action);
    let submit = move |event: SubmitEvent| {
        // `frontend/page/src/offline.ts` sends it.
        if !reload {
            send(event);
        }
    };

    let state = FormState { echo, problem, suffix };
    view! {
        // Hidden while a conflict is being resolved: see `versions`.
        <form class="form" method="post" action=target(&search, path) node_ref=form on:submit=submit
            hidden=Signal::derive(move || problem.with(|problem| problem.as_ref().is_some_and(|problem| problem.saved.is_some())))
            aria-busy=Signal::derive(move || pending.get().then_some("true"))>
            {(!beside).then(|| summary(problem))}
            // Not `provide_context`: a component has no owner of its own, so the next form's fields would see it.
            <Provider value=state>{children()}</Provider>
        </form>
    }
    .into_any()
}

fn summary(problem: Signal<Option<Problem>>) -> AnyView {
    view! {
        <div role="alert">{dynamic(move || problem.get().map(|problem| view! {
            <p class="form-summary"><Icon name="octagon-alert"/><span>{problem.detail}</span></p>
        }))}</div>
    }
    .into_any()
}

/// Why the last of several forms for one function was refused, for forms that are `beside` this.
#[component]
pub fn Summary<F: Posted>(action: Call<F>) -> impl IntoView {
    summary(problem_of(F::PATH, *action))
}

/// Whether a form was sent the browser's way: this document is about to be replaced.
#[must_use]
pub fn is_leaving() -> bool {
    // Set by `frontend/page/src/offline.ts`.
    document().document_element().is_some_and(|root| root.has_attribute("data-leaving"))
}

/// A form with GET: its fields go into the address of `page`.
#[component]
pub fn Ask(
    #[prop(into)] page: String,
    /// The error of the query.
    #[prop(optional_no_strip)]
    problem: Option<Problem>,
    children: Children,
) -> impl IntoView {
    let value = problem.as_ref().map(|problem| {
        view! { <p class="form-summary"><Icon name="octagon-alert"/><span>{problem.detail.clone()}</span></p> }
    });
    let state = FormState::refused(problem);
    view! {
        <form class="form" method="get" action=page>
            <div role="alert">{value}</div>
            <Provider value=state>{children()}</Provider>
        </form>
    }
}

/// An invalid field, or the first option of an invalid choice.
const INVALID: &str = ":is(input, select, textarea)[aria-invalid=true], [aria-invalid=true] input:checked, [aria-invalid=true] input";

fn focus_first_invalid(form: NodeRef<html::Form>) {
    // It may be gone if the page rebuilt it within that frame.
    if let Some(form) = form.try_get_untracked().flatten()
        && let Ok(Some(field)) = form.query_selector(INVALID)
        && let Ok(field) = field.dyn_into::<HtmlElement>()
    {
        // Focus fails only on a detached element, and then there is nothing to focus.
        drop(field.focus());
    }
}

/// A labelled input with its message.
#[component]
pub fn Field(
    name: &'static str,
    label: &'static str,
    /// The input's `type`.
    #[prop(default = "text")]
    kind: &'static str,
    #[prop(optional, into)] value: String,
    /// Value of `autocomplete`.
    #[prop(optional)]
    autocomplete: Option<&'static str>,
    /// Help text.
    #[prop(optional, into)]
    hint: Option<String>,
    /// Previous values to suggest.
    #[prop(optional)]
    suggestions: Vec<String>,
) -> impl IntoView {
    let form = use_form();
    let id = field_id(form.as_ref(), name);
    let list_id = (!suggestions.is_empty()).then(|| format!("{id}-list"));
    let list = list_id.clone();
    let entered = form.as_ref().and_then(|form| form.input(name)).unwrap_or(value);
    let message = Signal::derive(move || form.as_ref()?.message(name));
    let invalid = move || message.with(Option::is_some);
    let (hint_id, problem_id) = (format!("{id}-hint"), format!("{id}-problem"));
    let described = Signal::derive({
        let (hint_id, problem_id) = (hint.as_ref().map(|_| hint_id.clone()), problem_id.clone());
        move || if invalid() { Some(problem_id.clone()) } else { hint_id.clone() }
    });
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <input class="input" id=id type=kind name=name value=entered autocomplete=autocomplete list=list
                aria-invalid=Signal::derive(move || invalid().then_some("true")) aria-describedby=described/>
            {list_id.map(|id| view! {
                <datalist id=id>
                    {suggestions.into_iter().map(|value| view! { <option value=value></option> }).collect_view()}
                </datalist>
            })}
            {hint.map(|hint| view! { <p class="hint" id=hint_id>{hint}</p> })}
            <p class="error" id=problem_id>
                {dynamic(move || message.get().map(|message| view! { <Icon name="octagon-alert"/><span>{message}</span> }))}
            </p>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // A24
    #[test]
    fn form_target_preserves_page_query() {
        assert_eq!(target("", "/api/me/prefer"), "?/me/prefer");
        assert_eq!(target("?machine=7&/me/prefer", "/api/me/prefer"), "?machine=7&/me/prefer");
    }

    #[cfg(feature = "ssr")]
    #[test]
    fn two_forms_for_one_function_show_refusal_once() {
        use crate::{
            cards::api::MarkCard,
            testing::{html, visitor},
            visitor::Visitor,
        };
        use domain::problem::Kind;
        let problem = Problem::new("form.invalid", Kind::Invalid, "Please fix the fields below.");
        let echo = Some(Echo {
            function: <MarkCard as leptos::server_fn::ServerFn>::PATH.into(),
            values: vec![],
            problem,
        });
        let html = html(Visitor { echo, ..visitor(text::Lang::En) }, "/", || {
            let call = Call::<MarkCard>::new();
            view! { <Form action=call>"One"</Form><Form action=call beside=true>"Other"</Form> }
        });
        assert_eq!(html.matches("form-summary").count(), 1, "{html}");
        assert!(html.contains("One") && html.contains("Other"), "{html}");
    }
}
