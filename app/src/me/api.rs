//! The call that keeps language and theme.

#![cfg_attr(
    feature = "ssr",
    expect(clippy::unused_async, reason = "a server function is awaited, whatever it does")
)]

use crate::problem::AppError;
#[cfg(feature = "ssr")]
use domain::problem::{Kind, Problem};
use leptos::prelude::*;

/// How long a device remembers, in seconds.
#[cfg(feature = "ssr")]
const YEAR: u32 = 365 * 24 * 3600;

/// Keeps both for this device; the next document comes in them.
#[server(endpoint = "me/prefer")]
pub async fn prefer(
    /// The language's tag, as chosen.
    #[server(default)]
    lang: String,
    /// The theme's key, as chosen.
    #[server(default)]
    theme: String,
) -> Result<(), AppError> {
    let (lang, theme) = choice(&lang, &theme, crate::lang::current())?;
    crate::cookies::keep("lang", lang.tag(), YEAR);
    crate::cookies::keep("theme", theme.key(), YEAR);
    leptos_axum::redirect("/me?saved=1");
    Ok(())
}

/// What was chosen, or what is wrong with it, in the language of the page.
#[cfg(feature = "ssr")]
fn choice(lang: &str, theme: &str, t: text::Lang) -> Result<(text::Lang, crate::visitor::Theme), Problem> {
    let (lang, theme) = (text::Lang::from_tag(lang), crate::visitor::Theme::from_key(theme));
    if let (Some(lang), Some(theme)) = (lang, theme) {
        return Ok((lang, theme));
    }
    let mut problem = Problem::new("preference.unknown", Kind::Invalid, t.form_fix());
    if lang.is_none() {
        problem = problem.field("lang", t.choose_language());
    }
    if theme.is_none() {
        problem = problem.field("theme", t.choose_theme());
    }
    Err(problem)
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::visitor::Theme;
    use text::Lang;

    #[test]
    fn a_choice_is_one_of_those_shown() {
        assert_eq!(choice("it", "dark", Lang::En), Ok((Lang::It, Theme::Dark)));
        let problem = choice("", "plaid", Lang::It).unwrap_err();
        assert_eq!(problem.at("lang"), Some("Scegli una delle lingue mostrate."));
        assert_eq!(problem.at("theme"), Some("Scegli uno degli aspetti mostrati."));
        assert_eq!(choice("en", "plaid", Lang::En).unwrap_err().at("lang"), None);
    }
}
