//! Icons and the logo: references into the sprite that the server writes into every document.
//!
//! Invariant: an icon is decoration. Its meaning is in the text beside it, or in the button's name.

use leptos::prelude::*;

/// The shapes. In the document and not in a file of their own, because styles do not reach into another file and
/// the shapes take the colours of the theme.
#[cfg(feature = "ssr")]
pub const SPRITE: &str = include_str!("sprite.svg");

/// The symbol with this id, for documents without the other shapes; nothing if there is none.
#[cfg(feature = "ssr")]
#[must_use]
pub fn symbol(id: &str) -> &'static str {
    let end = "</symbol>";
    let found = SPRITE.split_inclusive(end).find(|symbol| symbol.contains(&format!("id=\"{id}\"")));
    found.map_or("", |symbol| symbol.trim_start())
}

/// One icon, in the colour and size of the text around it.
#[component]
pub fn Icon(
    /// Its name in the sprite, without `i-`.
    name: &'static str,
) -> impl IntoView {
    view! { <svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><use href=format!("#i-{name}")/></svg> }
}

/// The same as text, for a long list that is written as one text.
#[must_use]
pub fn icon_markup(name: &'static str) -> String {
    format!("<svg class=\"icon\" viewBox=\"0 0 24 24\" aria-hidden=\"true\"><use href=\"#i-{name}\"/></svg>")
}

#[component]
pub fn Mark() -> impl IntoView {
    view! { <svg class="logo" viewBox="0 0 32 32" aria-hidden="true"><use href="#logo"/></svg> }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn symbol_is_whole_and_alone() {
        for id in ["g-free", "g-closed", "g-offline"] {
            let symbol = symbol(id);
            assert!(symbol.starts_with("<symbol") && symbol.ends_with("</symbol>"), "{symbol}");
            assert_eq!(symbol.matches("<symbol").count(), 1, "{symbol}");
        }
        assert_eq!(symbol("g-none"), "");
    }
}
