//! Status: shape, word and colour, in this order.
//!
//! Invariant: every state can be read in black and white. Not here: what a machine's state *is*, which the domain
//! derives; here is only its appearance.

use crate::lang;
use domain::machines::MachineState;
use leptos::prelude::*;
use text::Lang;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Free,
    /// A disc with a running mark.
    InUse,
    /// A diamond with the hands of a clock.
    Reserved,
    Maintenance,
    Blocked,
    Offline,
    /// Shutters.
    Closed,
}

impl Status {
    /// Every status, in the order of the gallery.
    pub const ALL: [Self; 7] =
        [Self::Free, Self::InUse, Self::Reserved, Self::Maintenance, Self::Blocked, Self::Offline, Self::Closed];

    /// The appearance of a state; `None` for a machine without a board, which is a word without a shape.
    #[must_use]
    pub const fn of<At>(state: &MachineState<At>) -> Option<Self> {
        match state {
            MachineState::Blocked { .. } => Some(Self::Blocked),
            MachineState::InUse { .. } => Some(Self::InUse),
            MachineState::Offline { .. } => Some(Self::Offline),
            MachineState::MaintenanceDue => Some(Self::Maintenance),
            MachineState::Closed { .. } => Some(Self::Closed),
            MachineState::Free { .. } => Some(Self::Free),
            MachineState::Unmanaged => None,
        }
    }

    /// Value of `data-status`, and the name of the shape in the sprite after `g-`.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::InUse => "inuse",
            Self::Reserved => "reserved",
            Self::Maintenance => "maint",
            Self::Blocked => "blocked",
            Self::Offline => "offline",
            Self::Closed => "closed",
        }
    }

    #[must_use]
    pub const fn label(self, lang: Lang) -> &'static str {
        match self {
            Self::Free => lang.machine_free(),
            Self::InUse => lang.machine_in_use(),
            Self::Reserved => lang.machine_reserved(),
            Self::Maintenance => lang.machine_maintenance(),
            Self::Blocked => lang.machine_blocked(),
            Self::Offline => lang.machine_offline(),
            Self::Closed => lang.machine_closed(),
        }
    }
}

/// The word for `status`, and for a machine without a board.
#[must_use]
pub const fn status_label(status: Option<Status>, lang: Lang) -> &'static str {
    match status {
        Some(status) => status.label(lang),
        None => lang.machine_unmanaged(),
    }
}

/// The shape alone; the background colour comes as `--glyph-cut`.
#[component]
pub fn Glyph(status: Status) -> impl IntoView {
    view! {
        <svg class="glyph" viewBox="0 0 24 24" aria-hidden="true" data-status=status.key()>
            <use href=format!("#g-{}", status.key())/>
        </svg>
    }
}

/// The shape on its tile: the first thing in a row.
#[component]
pub fn Tile(
    /// `None` for a machine without a board.
    status: Option<Status>,
) -> impl IntoView {
    match status {
        Some(status) => view! { <span class="tile" data-status=status.key()><Glyph status/></span> }.into_any(),
        None => view! { <span class="tile"><crate::ui::icon::Icon name="hand"/></span> }.into_any(),
    }
}

/// The word alone, in its colour.
#[component]
pub fn Word(
    /// `None` for a machine without a board.
    status: Option<Status>,
) -> impl IntoView {
    view! { <b class="word" data-status=status.map(Status::key)>{status_label(status, lang::current())}</b> }
}

/// Shape and word in one line of text, or as a pill.
#[component]
pub fn Badge(
    status: Status,
    /// With its own background.
    #[prop(optional)]
    pill: bool,
    /// Text after the word.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <span class="status" data-status=status.key() data-pill=pill>
            <Glyph status/>
            <span>{status.label(lang::current())}{children.map(|children| view! { " "{children()} })}</span>
        </span>
    }
}
