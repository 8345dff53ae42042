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

/// A title that follows `name`. The server writes the title last, when the signals of a page whose content was built again may be
/// disposed already; then it is the first.
pub fn following(name: Memo<String>) -> impl Fn() -> String + Send + Sync + 'static {
    let first = name.get_untracked();
    move || name.try_get().unwrap_or_else(|| first.clone())
}

fn titled(title: &'static str, content: AnyView) -> AnyView {
    view! { <Title text=title/>{content} }.into_any()
}

/// `Transition`, not `Suspense`: during a reload the old content stays until the new answer is there.
fn waiting(rows: usize, content: Box<dyn FnOnce() -> AnyView + Send>) -> AnyView {
    view! { <Transition fallback=move || view! { <SkeletonList rows/> }>{content()}</Transition> }.into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn title_of_a_disposed_page_is_its_first() {
        let owner = Owner::new();
        let (name, title) = owner.with(|| {
            let name = RwSignal::new("Laser".to_owned());
            (name, following(Memo::new(move |_| name.get())))
        });
        name.set("Big laser".to_owned());
        assert_eq!(title(), "Big laser");
        owner.cleanup();
        assert_eq!(title(), "Laser");
    }
}
