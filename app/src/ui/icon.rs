//! Icons and the logo: references into the sprite that the server writes into every document.
//!
//! Invariant: an icon is decoration. Its meaning is in the text beside it, or in the button's name.

use leptos::prelude::*;

/// The shapes. In the document and not in a file of their own, because styles do not reach into another file and
/// the shapes take the colours of the theme.
#[cfg(feature = "ssr")]
pub const SPRITE: &str = include_str!("sprite.svg");

/// One icon, in the colour and size of the text around it.
#[component]
pub fn Icon(
    /// Its name in the sprite, without `i-`.
    name: &'static str,
) -> impl IntoView {
    view! { <svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><use href=format!("#i-{name}")/></svg> }
}

#[component]
pub fn Mark() -> impl IntoView {
    view! { <svg class="logo" viewBox="0 0 32 32" aria-hidden="true"><use href="#logo"/></svg> }
}
