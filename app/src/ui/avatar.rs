//! Avatar: a person's picture, or their initials on a colour of their own, beside their name.
//!
//! Hidden from screen readers, because the name is always beside it.

use leptos::prelude::*;

/// Number of avatar colours in `style/tokens.css`.
const HUES: u32 = 8;

/// A person's picture or initials.
#[component]
pub fn Avatar(
    name: String,
    /// `sm` in a table, `md` in a list; otherwise large.
    #[prop(optional)]
    size: Option<&'static str>,
    /// Address of their picture, if any.
    #[prop(optional_no_strip)]
    picture: Option<String>,
) -> impl IntoView {
    if let Some(src) = picture {
        return view! { <img class="avatar" data-size=size src=src alt="" loading="lazy" decoding="async"/> }
            .into_any();
    }
    view! { <span class="avatar" data-size=size data-hue=hue(&name).to_string() aria-hidden="true">{initials(&name)}</span> }
        .into_any()
}

/// First letters of the first and the last name; the style capitalizes them.
pub fn initials(name: &str) -> String {
    let mut words = name.split_whitespace();
    let letter = |text: Option<&str>| text.and_then(|text| text.chars().find(|letter| letter.is_alphanumeric()));
    let (first, last) = (letter(words.next()), letter(words.next_back()));
    first.into_iter().chain(last).collect()
}

/// Colour of a name, the same everywhere.
pub fn hue(name: &str) -> u32 {
    name.chars().fold(0, |sum: u32, letter| sum.wrapping_mul(31).wrapping_add(letter.into())) % HUES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_come_from_first_and_last_name() {
        for (name, letters) in [
            ("Nora Kofler", "NK"),
            ("Anna-Katharina von Mörl zu Pfalzen", "AP"),
            ("anna  maria de Luca", "aL"),
            ("Cher", "C"),
            ("(Ken) “Bo” Ōta", "KŌ"),
            ("🦊 Fox", "F"),
            (" ", ""),
        ] {
            assert_eq!(initials(name), letters, "{name}");
        }
    }

    #[test]
    fn avatar_hue_is_stable_per_name() {
        assert!((0..200).all(|n| hue(&format!("Somebody {n}")) < HUES));
        assert_eq!(hue("Ada"), hue("Ada"));
    }
}
