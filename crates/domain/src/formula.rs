//! Recognizes text that a spreadsheet would evaluate as a formula.
//!
//! Not here: escaping, which depends on the format of the list.

/// The signs, and their forms as wide as a letter of Japanese, which spreadsheets take for the same.
const SIGNS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// Whether a spreadsheet would take the text for a formula.
#[must_use]
pub fn is_formula(text: &str) -> bool {
    text.starts_with(SIGNS)
}
