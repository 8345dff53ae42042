//! A password field with a button to show the input.
//!
//! Invariant: the password never comes back from the server, so the field always begins empty. The button is
//! inside the field, so showing moves nothing. It needs script, and is hidden without.

use super::{changing::dynamic, form::use_form, icon::Icon};
use crate::lang;
use leptos::prelude::*;

/// A labelled password with its message.
#[component]
pub fn Password(
    name: &'static str,
    label: &'static str,
    /// `current-password` or `new-password`.
    autocomplete: &'static str,
    #[prop(optional)] hint: Option<&'static str>,
    /// Link at the end of the label's line, for a forgotten password.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let form = use_form();
    let (visible, set_shown) = signal(false);
    let message = Signal::derive(move || form.as_ref()?.message(name));
    let invalid = move || message.with(Option::is_some);
    let (hint_id, problem_id) = (format!("{name}-hint"), format!("{name}-problem"));
    let described = {
        let (hint_id, problem_id) = (hint.map(|_| hint_id.clone()), problem_id.clone());
        Signal::derive(move || match (invalid(), &hint_id) {
            // The hint is the remedy: it stays, and is read after the error.
            (true, Some(hint)) => Some(format!("{problem_id} {hint}")),
            (true, None) => Some(problem_id.clone()),
            (false, hint) => hint.clone(),
        })
    };
    view! {
        <div class="field">
            <div class="label-row"><label for=name>{label}</label>{children.map(|children| children())}</div>
            <div class="input-wrap">
                <input class="input" id=name name=name autocomplete=autocomplete
                    type=Signal::derive(move || if visible.get() { "text" } else { "password" })
                    autocapitalize="none" spellcheck="false"
                    aria-invalid=Signal::derive(move || invalid().then_some("true")) aria-describedby=described/>
                // Without a name it is never sent.
                <label class="eye">
                    <input type="checkbox" aria-label=lang::current().sign_in_show_password() aria-controls=name
                        on:change:target=move |event| set_shown.set(event.target().checked())/>
                    <Icon name="eye"/>
                </label>
            </div>
            {hint.map(|hint| view! { <p class="hint" id=hint_id>{hint}</p> })}
            <p class="error" id=problem_id>
                {dynamic(move || message.get().map(|message| view! { <Icon name="octagon-alert"/><span>{message}</span> }))}
            </p>
        </div>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{html, visitor};
    use text::Lang;

    #[test]
    fn password_field_starts_hidden_with_autocomplete() {
        let html = html(visitor(Lang::En), "/", || {
            view! { <Password name="password" label="Password" autocomplete="new-password" hint="Ten at least."/> }
        });
        assert!(html.contains(r#"type="password""#), "{html}");
        assert!(html.contains(r#"autocomplete="new-password""#), "{html}");
        assert!(html.contains(r#"aria-describedby="password-hint""#), "{html}");
        assert!(html.contains(r#"aria-label="Show password""#), "{html}");
        assert!(!html.contains("value="), "{html}");
    }
}
