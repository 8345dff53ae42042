//! Ordering questions: steps are moved by their arrow buttons, by arrow keys in their row, or dragged.
//!
//! Invariants: nothing is sent before a step is moved, because the initial order is no answer. Without script each
//! step has a select of places, initially empty. Rows stay in place and their texts are swapped, so the focus is
//! preserved.

use crate::{
    lang,
    ui::{
        changing::{dynamic, text},
        form::hidden,
        icon::Icon,
        keys,
    },
};
use domain::id::AnswerId;
use leptos::{
    ev::{KeyboardEvent, PointerEvent},
    prelude::*,
};
use wasm_bindgen::JsCast;
use web_sys::Element;

/// The steps, in the `given` order, or else as they came.
#[component]
pub(super) fn Order(answers: Vec<(AnswerId, String)>, given: Vec<AnswerId>) -> impl IntoView {
    let t = lang::current();
    let place = move |id: AnswerId| given.iter().position(|known| *known == id);
    let is_given = answers.iter().all(|(id, _)| place(*id).is_some());
    let mut first = answers;
    if is_given {
        first.sort_by_key(|(id, _)| place(*id));
    }
    let count = first.len();
    let ordering = Ordering {
        order: RwSignal::new(first.clone()),
        is_answered: RwSignal::new(is_given),
        is_live: RwSignal::new(false),
        held: RwSignal::new(None),
        message: RwSignal::new(String::new()),
    };
    // In the browser only: from here on the arrows answer, and the selects do not.
    Effect::new(move |_| ordering.is_live.set(true));
    let rows = first.into_iter().enumerate().map(|(at, (id, words))| {
        let named = move || ordering.words(at);
        let arrow = |to: &'static str, step: isize, is_there: bool| {
            let label = Signal::derive(move || if step < 0 { t.quiz_move_up(&named()) } else { t.quiz_move_down(&named()) });
            is_there.then(|| {
                view! {
                    <button type="button" class="btn scripted" data-icon data-kind="ghost" data-to=to aria-label=label
                        on:click=move |_| ordering.step(at, step)><Icon name="chevron-right"/></button>
                }
            })
        };
        let places = move || {
            let options = (1..=count).map(|n| {
                view! { <option value=format!("{id}:{n}") selected=is_given && n == at + 1>{n}</option> }
            });
            view! {
                <select class="input select" name="answers[]" aria-label=t.quiz_place(&words)>
                    <option value="">"–"</option>{options.collect_view()}
                </select>
            }
            .into_any()
        };
        view! {
            <li data-place=at.to_string() data-held=Signal::derive(move || (ordering.held.get() == Some(at)).then_some(""))>
                <span class="no scripted">{at + 1}</span>
                <span class="t">{text(named)}</span>
                {arrow("up", -1, at > 0)}
                {arrow("down", 1, at + 1 < count)}
                {dynamic(move || if ordering.is_live.get() { ordering.field(at) } else { Some(places()) })}
            </li>
        }
    });
    view! {
        <ol class="order" on:keydown=move |event| ordering.key(&event) on:pointerdown=move |event| ordering.take(&event)
            on:pointermove=move |event| ordering.draw(&event) on:pointerup=move |_| ordering.held.set(None) on:pointercancel=move |_| ordering.held.set(None)>
            {rows.collect_view()}
        </ol>
        <p class="visually-hidden" role="status">{text(move || ordering.message.get())}</p>
    }
}

/// The row of an element.
fn row_of(element: Option<Element>) -> Option<usize> {
    element?.closest("[data-place]").ok().flatten()?.get_attribute("data-place")?.parse().ok()
}

#[derive(Debug, Clone, Copy)]
struct Ordering {
    order: RwSignal<Vec<(AnswerId, String)>>,
    /// Whether an order was given.
    is_answered: RwSignal<bool>,
    /// Whether script is running.
    is_live: RwSignal<bool>,
    /// The dragged row.
    held: RwSignal<Option<usize>>,
    /// The last move, for screen readers.
    message: RwSignal<String>,
}

impl Ordering {
    fn words(self, at: usize) -> String {
        self.order.with(|order| order.get(at).map(|(_, words)| words.clone()).unwrap_or_default())
    }

    /// The form fields of a row, once there is an answer.
    fn field(self, at: usize) -> Option<AnyView> {
        let id = self.order.with(|order| order.get(at).map(|(id, _)| *id))?;
        self.is_answered.get().then(|| hidden("answers[]", &format!("{id}:{}", at + 1)))
    }

    /// Moves the step of row `from` to row `to`.
    fn place(self, from: usize, to: usize) {
        let mut moved = None;
        self.order.update(|order| {
            if from < order.len() && to < order.len() {
                let step = order.remove(from);
                moved = Some((step.1.clone(), order.len() + 1));
                order.insert(to, step);
            }
        });
        if let Some((words, count)) = moved {
            self.is_answered.set(true);
            self.message.set(lang::current().quiz_moved(&words, &(to + 1).to_string(), &count.to_string()));
        }
    }

    /// Moves a step by one row; the focus moves with it.
    fn step(self, from: usize, by: isize) {
        let Some(to) = from.checked_add_signed(by).filter(|to| *to < self.order.with_untracked(Vec::len)) else {
            return;
        };
        self.place(from, to);
        let same = if by < 0 { "up" } else { "down" };
        let row = format!(".order [data-place=\"{to}\"] ");
        // At either end only the opposite button is left.
        let button =
            keys::find(&format!("{row}[data-to={same}]")).or_else(|| keys::find(&format!("{row}[data-to]")));
        if let Some(button) = button {
            // Fails only on a detached element.
            drop(button.focus());
        }
    }

    fn key(self, event: &KeyboardEvent) {
        let by = match event.key().as_str() {
            "ArrowUp" => -1,
            "ArrowDown" => 1,
            _ => return,
        };
        if let Some(from) = row_of(event.target().and_then(|target| target.dyn_into().ok())) {
            event.prevent_default();
            self.step(from, by);
        }
    }

    /// A mouse drags a row anywhere, a finger only by its number: elsewhere it scrolls the page.
    fn take(self, event: &PointerEvent) {
        let target: Option<Element> = event.target().and_then(|target| target.dyn_into().ok());
        let Some(target) = target else { return };
        let is_grip = event.pointer_type() == "mouse" || target.class_list().contains("no");
        let is_button = target.closest("button, select").ok().flatten().is_some();
        if event.button() == 0 && is_grip && !is_button && self.is_live.get_untracked() {
            event.prevent_default();
            self.held.set(row_of(Some(target)));
        }
    }

    fn draw(self, event: &PointerEvent) {
        let Some(from) = self.held.get_untracked() else { return };
        if event.buttons() == 0 {
            // Released outside of the list.
            self.held.set(None);
            return;
        }
        #[expect(clippy::cast_precision_loss, reason = "a place on a screen")]
        let (x, y) = (event.client_x() as f32, event.client_y() as f32);
        if let Some(to) = row_of(document().element_from_point(x, y)).filter(|to| *to != from) {
            self.place(from, to);
            self.held.set(Some(to));
        }
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{html, visitor};
    use text::Lang;

    fn render(given: Vec<AnswerId>) -> String {
        let answers = vec![(AnswerId(1), "Clamp".to_owned()), (AnswerId(2), "Set zero".to_owned())];
        html(visitor(Lang::En), "/", move || view! { <Order answers given/> })
    }

    #[test]
    fn unanswered_ordering_question_selects_nothing() {
        let html = render(Vec::new());
        assert!(!html.contains("selected"), "the order in which steps came is no answer: {html}");
        assert!(html.contains(r#"aria-label="Move down: Clamp""#) && !html.contains("Move up: Clamp"), "{html}");
    }

    #[test]
    fn given_order_is_restored() {
        let html = render(vec![AnswerId(2), AnswerId(1)]);
        let (first, second) = (html.find("Set zero"), html.find("Clamp"));
        assert!(first < second, "{html}");
        assert!(html.contains(r#"value="2:1" selected"#) && html.contains(r#"value="1:2" selected"#), "{html}");
    }
}
