//! What live pages share: they wait for an answer, follow it, and show refusals.
//!
//! Invariant: compiled once; only the answer's type and its view differ. Not here: the data.

use crate::{call::PageResource, live::followed, ui::skeleton::SkeletonList};
use leptos::prelude::*;
use leptos_meta::Title;
use serde::de::DeserializeOwned;

/// A page with this title and [`loaded`] content.
pub fn live_page<T>(
    title: &'static str,
    rows: usize,
    answers: PageResource<T>,
    view: impl Fn(RwSignal<T>) -> AnyView + Send + 'static,
) -> AnyView
where
    T: Clone + PartialEq + DeserializeOwned + Send + Sync + 'static,
{
    titled(title, loaded(rows, answers, view))
}

/// Shows the newest good answer by `view`; before it, grey rows, and instead of it, the refusal.
pub fn loaded<T>(
    rows: usize,
    answers: PageResource<T>,
    view: impl Fn(RwSignal<T>) -> AnyView + Send + 'static,
) -> AnyView
where
    T: Clone + PartialEq + DeserializeOwned + Send + Sync + 'static,
{
    waiting(rows, Box::new(move || followed(answers, Box::new(view))))
}

fn titled(title: &'static str, content: AnyView) -> AnyView {
    view! { <Title text=title/>{content} }.into_any()
}

/// `Transition`, not `Suspense`: during a reload the old content stays until the new answer is there.
fn waiting(rows: usize, content: Box<dyn FnOnce() -> AnyView + Send>) -> AnyView {
    view! { <Transition fallback=move || view! { <SkeletonList rows/> }>{content()}</Transition> }.into_any()
}
