//! Buttons and links that look like one.
//!
//! Invariant: none is ever disabled without a word. A busy button keeps its width and its words.

use super::icon::Icon;
use leptos::prelude::*;

/// How much it wants to be pressed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Kind {
    #[default]
    Quiet,
    /// The way to yes; one on a screen.
    Primary,
    Ghost,
    Danger,
}

impl Kind {
    /// Every kind, in the order of the gallery.
    pub const ALL: [Self; 4] = [Self::Quiet, Self::Primary, Self::Ghost, Self::Danger];

    /// Value of `data-kind`; none for the quiet one.
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

/// Sends the form around it.
#[component]
pub fn Submit(
    #[prop(into)] label: String,
    /// What it is about, where that stands beside it already: read out, not shown.
    #[prop(optional, into)]
    about: Option<String>,
    /// How much it wants to be pressed.
    #[prop(optional)]
    kind: Kind,
    /// While the form is on its way.
    #[prop(optional, into)]
    busy: Signal<bool>,
) -> impl IntoView {
    // Begins with the words that are shown, for whoever says them to press it.
    let named = about.map(|about| format!("{label}: {about}"));
    view! {
        <button class="btn" data-kind=kind.key() aria-label=named
            aria-busy=Signal::derive(move || busy.get().then_some("true"))>{label}</button>
    }
}

/// Leads to another page.
#[component]
pub fn ButtonLink(
    /// Where; an empty one loads this page again.
    #[prop(into)]
    href: String,
    #[prop(into)] label: Signal<String>,
    /// How much it wants to be pressed.
    #[prop(optional)]
    kind: Kind,
    #[prop(optional)] icon: Option<&'static str>,
    /// Asks the server for a new document.
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
