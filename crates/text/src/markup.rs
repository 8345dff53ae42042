//! Escaping for markup assembled by hand: mails, links of announcements, and pages with very many parts. Other pages
//! escape by themselves.

/// `text` escaped for an element or attribute of HTML.
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => written.push_str("&amp;"),
            '<' => written.push_str("&lt;"),
            '>' => written.push_str("&gt;"),
            // As escapes: a test checks that no text of this crate has straight ones.
            '\u{22}' => written.push_str("&quot;"),
            '\u{27}' => written.push_str("&#39;"),
            c => written.push(c),
        }
    }
    written
}
