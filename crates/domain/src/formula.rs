//! Recognizes text that a spreadsheet would evaluate as a formula.
//!
//! Not here: escaping, which depends on the format of the list.

/// The signs, and their full-width forms, which spreadsheets treat alike.
const SIGNS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// Whether a spreadsheet would take the text for a formula.
#[must_use]
pub fn is_formula(text: &str) -> bool {
    text.starts_with(SIGNS)
}
