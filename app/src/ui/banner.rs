//! Banner: a message about the whole page, with its tone.

use super::icon::Icon;
use leptos::prelude::*;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Go,
    Info,
    Warn,
    Bad,
}

impl Tone {
    /// Every tone, in the order of the gallery.
    pub const ALL: [Self; 4] = [Self::Go, Self::Info, Self::Warn, Self::Bad];

    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Go => "go",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Bad => "bad",
        }
    }
}

/// A title and its explanation.
#[component]
pub fn Banner(
    tone: Tone,
    icon: &'static str,
    #[prop(into)] title: Signal<String>,
    /// The second line, with actions.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="banner" data-tone=tone.key()>
            <Icon name=icon/>
            <div><p class="t">{title}</p><div>{children()}</div></div>
        </div>
    }
}
