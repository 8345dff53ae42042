//! The moment at which the browser has taken over the document.
//!
//! Invariant: until then a page stays as the server rendered it. A lazy page is hydrated late, when its area has
//! loaded, and trusts what the server wrote into the document; any change before that would be lost on it for
//! good.

use leptos::prelude::*;

/// Whether the whole document is hydrated, lazy page included. Provided to the root by [`hydrate`].
#[derive(Debug, Clone)]
pub struct Hydrated(ArcRwSignal<bool>);

/// Hydrates the document by `app`.
#[cfg(feature = "hydrate")]
pub async fn hydrate<V: IntoView + 'static>(app: impl FnOnce() -> V + 'static) {
    let done = ArcRwSignal::new(false);
    let hydrated = Hydrated(done.clone());
    let root = hydrate_from_async(leptos::tachys::dom::body(), move || {
        provide_context(hydrated);
        app()
    });
    root.await.forget();
    done.set(true);
}

/// Runs `start` in the browser once the document is hydrated. Effects alone run earlier, while the area of a lazy
/// page is loading.
pub fn once_hydrated(start: Box<dyn Fn()>) {
    let hydrated = use_context::<Hydrated>();
    Effect::new(move |_| {
        if hydrated.as_ref().is_some_and(|Hydrated(done)| done.get()) {
            start();
        }
    });
}
