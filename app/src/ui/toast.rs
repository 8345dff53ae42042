//! Toast: a message about the last action with its undo, for eight seconds.
//!
//! Invariants: undo is an ordinary form, in the order of the page and reachable by keyboard; while it has the
//! pointer or the keyboard focus, the timer pauses. Without script it stays until the next page. A refused undo
//! shows the reason instead of the message, which is gone with the form that would have shown it. Not here: what
//! undo does; that is the form's server function.

use super::{
    button::{Kind, Submit},
    changing::dynamic,
    form::{Form, echoed, hidden, problem_of},
    icon::Icon,
    keys::find,
};
use crate::{
    call::{Call, Posted, Reply, Sent},
    lang,
};
use domain::problem::Problem;
use leptos::prelude::*;
use std::{fmt::Display, sync::Arc, time::Duration};

/// Seconds it is shown.
pub(super) const STANDS: u8 = 8;

/// The undo form, rebuilt for each message.
pub type Undo = Box<dyn Fn() -> Option<AnyView> + Send + Sync>;

/// Called every second.
pub type Tick = Arc<dyn Fn() + Send + Sync>;

/// The field that identifies an undo form among others of its function: see [`undo_field`].
const BACK: &str = "undo";

/// The hidden field of every undo form.
#[must_use]
pub fn undo_field() -> impl IntoView {
    hidden(BACK, &"yes")
}

/// The form of most undos: its fields and the button.
#[must_use]
pub fn undo_form<F: Posted>(action: Call<F>, fields: &[(&str, &dyn Display)]) -> AnyView {
    undo_form_about(action, None, fields)
}

/// The same with the name of the thing for screen readers.
#[must_use]
pub fn undo_form_about<F: Posted>(
    action: Call<F>,
    about: Option<String>,
    fields: &[(&str, &dyn Display)],
) -> AnyView {
    let label = match about {
        Some(about) => {
            view! { <Submit label=lang::current().undo() about kind=Kind::Ghost busy=action.pending()/> }
        }
        None => view! { <Submit label=lang::current().undo() kind=Kind::Ghost busy=action.pending()/> },
    };
    let fields: Vec<_> = fields.iter().map(|(name, value)| hidden(name, value)).collect();
    view! {
        <Form action>
            {fields}
            {undo_field()}
            {label}
        </Form>
    }
    .into_any()
}

/// The refusals of an undo function: see [`refusals`].
#[derive(Debug, Clone, Copy)]
pub struct Refusals {
    problem: Signal<Option<Problem>>,
    answers: Signal<usize>,
    was_submitted: bool,
}

/// The refusals of `call`, for the toast with its undo.
#[must_use]
pub fn refusals<F: Posted>(call: Call<F>) -> Refusals {
    refusals_of(F::PATH, *call)
}

fn refusals_of(path: &str, action: Action<Sent, Reply>) -> Refusals {
    let was_submitted = echoed(path).is_some_and(|echo| echo.values.iter().any(|(name, _)| name == BACK));
    Refusals { problem: problem_of(path, action), answers: action.version().into(), was_submitted }
}

/// The message, announced once, and its undo.
#[component]
pub fn Toast(
    /// The message; a new one restarts the timer.
    #[prop(into)]
    message: Signal<Option<String>>,
    /// The form, if it can be undone.
    undo: Undo,
    /// Refusals of the undo form.
    refused: Vec<Refusals>,
    /// Called every second in which the timer runs.
    #[prop(optional)]
    tick: Option<Tick>,
) -> impl IntoView {
    let (left, held) = (RwSignal::new(STANDS), RwSignal::new(false));
    let why = |one: &Refusals| one.problem.get_untracked().map(|problem| problem.detail);
    // Another form may send the same function and show its refusals itself.
    let (sent, refusal) =
        (RwSignal::new(false), RwSignal::new(refused.iter().find(|one| one.was_submitted).and_then(why)));
    // Effects run in the browser only.
    Effect::new(move |before: Option<(Option<String>, Vec<usize>)>| {
        let answers: Vec<_> = refused.iter().map(|one| one.answers.get()).collect();
        let now = (message.get(), answers);
        // The previous one may still have the pointer on it.
        if before.as_ref().is_none_or(|(name, _)| name.is_none()) {
            held.set(false);
        }
        if let Some((name, answers)) = before {
            let mut both = refused.iter().zip(now.1.iter().zip(&answers));
            if let Some((answered, _)) = both.find(|(_, (is, was))| is != was) {
                refusal.set(why(answered).filter(|_| sent.get_untracked()));
                sent.set(false);
            } else if name != now.0 {
                refusal.set(None);
            }
        }
        if now.0.is_none() && refusal.with_untracked(Option::is_none) {
            return now;
        }
        left.set(STANDS);
        let tick = tick.clone();
        let second = move || {
            // A tap on the button focuses it too, and does not mean that its reader needs more time.
            if !held.get_untracked() && find(".toast :focus-visible").is_none() {
                left.update(|left| *left = left.saturating_sub(1));
                if let Some(tick) = &tick {
                    tick();
                }
            }
        };
        if let Ok(timer) = set_interval_with_handle(second, Duration::from_secs(1)) {
            on_cleanup(move || timer.clear());
        }
        now
    });
    let visible = Memo::new(move |_| left.get() > 0);
    let undo = StoredValue::new(undo);
    view! {
        <div class="toasts" role="status">
            {dynamic(move || {
                let refusal = refusal.get();
                let is_refused = refusal.is_some();
                let words = refusal.or_else(|| message.get()).filter(|_| visible.get())?;
                Some(view! {
                    <div class="toast" data-undo data-refused=is_refused.then_some("") data-held=move || held.get().then_some("")
                        on:pointerenter=move |_| held.set(true) on:pointerleave=move |_| held.set(false)
                        on:submit=move |_| sent.set(true)>
                        <Icon name=if is_refused { "octagon-alert" } else { "circle-check" }/>
                        <p>{words}</p>
                        {(!is_refused).then(|| undo.with_value(|undo| undo()))}
                    </div>
                })
            })}
        </div>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::{
        people::api::DeleteNote,
        testing::{html, visitor, words},
        visitor::{Echo, Visitor},
    };
    use domain::problem::Kind;
    use leptos::server_fn::ServerFn;
    use text::Lang;

    fn render(message: Option<&'static str>) -> String {
        html(visitor(Lang::En), "/", move || {
            let undo: Undo = Box::new(|| Some(view! { <button>"Undo"</button> }.into_any()));
            view! { <Toast message=Signal::stored(message.map(str::to_owned)) undo refused=Vec::new()/> }
        })
    }

    #[test]
    fn refused_undo_shows_reason_and_other_forms_refusal_does_not() {
        let visible = |values: &[(&str, &str)]| {
            let values = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            let problem = Problem::new("note.too-late", Kind::Conflict, Lang::En.note_too_late());
            let echo = Some(Echo { function: DeleteNote::PATH.into(), values, problem });
            html(Visitor { echo, ..visitor(Lang::En) }, "/", || {
                let undo: Undo = Box::new(|| Some(view! { <button>"Undo"</button> }.into_any()));
                let refused = vec![refusals(Call::<DeleteNote>::new())];
                view! { <Toast message=Signal::stored(None::<String>) undo refused/> }
            })
        };
        let html = visible(&[("id", "9"), (BACK, "yes")]);
        assert!(words(&html).contains(Lang::En.note_too_late()) && !html.contains("<button"), "{html}");
        let html = visible(&[("id", "9")]);
        assert!(!words(&html).contains(Lang::En.note_too_late()), "{html}");
    }

    #[test]
    fn toast_without_script_has_message_and_undo() {
        let html = render(Some("Suspended."));
        assert!(html.contains(r#"role="status""#) && words(&html).contains("Suspended.Undo"), "{html}");
        let nothing = render(None);
        assert!(nothing.contains(r#"role="status""#), "the live region is there before it speaks: {nothing}");
        assert!(!nothing.contains("<button"), "{nothing}");
    }
}
