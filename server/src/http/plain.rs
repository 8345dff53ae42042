//! Documents without the application: the page shown when the server is unreachable, a list in a frame, and pages of
//! links in mails.
//!
//! Not here: pages of the application ([`super::pages`]), and what such a document contains.

use super::Shared;
use app::visitor::Theme;
use text::{Lang, markup::escaped};

/// A whole document with the styles of the application around `body`. Colours follow the reader's system without a
/// `theme`.
pub fn document(shared: &Shared, lang: Lang, theme: Option<Theme>, title: &str, body: &str) -> String {
    document_with(shared, lang, theme, title, "", body)
}

/// The same with more elements in the head.
pub fn document_with(
    shared: &Shared,
    lang: Lang,
    theme: Option<Theme>,
    title: &str,
    head: &str,
    body: &str,
) -> String {
    let style = stylesheet(shared, &shared.0.assets.css);
    let [light, dark] = theme.unwrap_or_default().papers();
    format!(
        "<!DOCTYPE html><html lang=\"{lang}\" data-theme=\"{theme}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta name=\"robots\" content=\"noindex\">\
         <meta name=\"theme-color\" content=\"{light}\" media=\"(prefers-color-scheme: light)\">\
         <meta name=\"theme-color\" content=\"{dark}\" media=\"(prefers-color-scheme: dark)\">\
         <title>{title}</title>{head}{style}</head><body>{body}</body></html>",
        lang = lang.tag(),
        theme = theme.unwrap_or_default().key(),
        title = escaped(title),
    )
}

/// The link to the stylesheet `style/areas.css`, for bodies that look like one of their pages.
pub fn area_style(shared: &Shared) -> String {
    stylesheet(shared, &shared.0.assets.area_css)
}

/// The link to a stylesheet; nothing without a page, as in tests.
fn stylesheet(shared: &Shared, file: &str) -> String {
    if file.is_empty() {
        return String::new();
    }
    format!("<link rel=\"stylesheet\" href=\"/{}/{file}\">", shared.0.assets.dir)
}
