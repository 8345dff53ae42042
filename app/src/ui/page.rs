//! What pages have in common: they wait for an answer, follow it, and say why there is none.
//!
//! Invariant: compiled once; what differs is the answer's type and what is shown of it. Deliberately absent: what is asked.

use super::skeleton::SkeletonList;
use crate::{call::PageResource, live::followed};
use leptos::prelude::*;
use leptos_meta::Title;
use serde::de::DeserializeOwned;

/// A page with this title, whose content is [`loaded`].
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

/// The newest good answer by `view`; until there is one, so many grey rows, and where there is none, why.
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

/// `Transition`, not `Suspense`: another fetch keeps what is on the screen until the new answer is there.
fn waiting(rows: usize, content: Box<dyn FnOnce() -> AnyView + Send>) -> AnyView {
    view! { <Transition fallback=move || view! { <SkeletonList rows/> }>{content()}</Transition> }.into_any()
}
