//! Buttons and links that look like one.
//!
//! Invariant: none is disabled without an explanation. A busy button keeps its width and its label.

use super::icon::Icon;
use leptos::prelude::*;

/// Emphasis of a button.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Kind {
    #[default]
    Quiet,
    /// The main action; one per screen.
    Primary,
    Ghost,
    Danger,
}

impl Kind {
    /// Every kind, in the order of the gallery.
    pub const ALL: [Self; 4] = [Self::Quiet, Self::Primary, Self::Ghost, Self::Danger];

    /// Value of `data-kind`; `None` for the quiet one.
    #[must_use]
    pub const fn key(self) -> Option<&'static str> {
        match self {
            Self::Quiet => None,
            Self::Primary => Some("primary"),
            Self::Ghost => Some("ghost"),
            Self::Danger => Some("danger"),
        }
    }
}

/// Submits the form around it.
#[component]
pub fn Submit(
    #[prop(into)] label: String,
    /// Its object, if that is visible beside it already: for screen readers only.
    #[prop(optional, into)]
    about: Option<String>,
    #[prop(optional)] kind: Kind,
    /// While the form is pending.
    #[prop(optional, into)]
    busy: Signal<bool>,
) -> impl IntoView {
    // Begins with the visible label, so that voice control can press it.
    let named = about.map(|about| format!("{label}: {about}"));
    view! {
        <button class="btn" data-kind=kind.key() aria-label=named
            aria-busy=Signal::derive(move || busy.get().then_some("true"))>{label}</button>
    }
}

/// Leads to another page.
#[component]
pub fn ButtonLink(
    /// The address; an empty one reloads this page.
    #[prop(into)]
    href: String,
    #[prop(into)] label: Signal<String>,
    #[prop(optional)] kind: Kind,
    #[prop(optional)] icon: Option<&'static str>,
    /// Loads a new document.
    #[prop(optional)]
    reload: bool,
) -> impl IntoView {
    view! {
        <a class="btn" data-kind=kind.key() href=href rel=reload.then_some("external")>
            {icon.map(|name| view! { <Icon name/> })}
            {label}
        </a>
    }
}
