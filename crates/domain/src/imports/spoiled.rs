//! Detects cells in which a spreadsheet or a program has destroyed the value: errors, rounded numbers, words for
//! *nothing*.
//!
//! Invariant: text that a person may have typed is never among them. Not here: what a cell means.

use super::Column;

/// Whether the value of this column is destroyed.
#[must_use]
pub fn is_spoiled(column: Column, cell: &str) -> bool {
    let is_number = matches!(column, Column::Key | Column::Phone | Column::Card);
    let is_key = column == Column::Key;
    is_error(cell)
        || (is_number && (is_rounded(cell) || is_with_decimals(cell)))
        || (is_key && (cell.starts_with('=') || has_thousands(cell) || is_nothing(cell)))
}

/// `#N/A`, `#REF!`, `#NOME?`, and the signs of a column that is too narrow.
fn is_error(cell: &str) -> bool {
    let Some(name) = cell.strip_prefix('#') else { return false };
    let is_word = name.chars().all(|c| c.is_uppercase() || c.is_ascii_digit() || "/!?".contains(c));
    (is_word && name.ends_with(['!', '?']))
        || ["N/A", "NA", "NV", "N/D", "N/B"].contains(&name)
        || (name.len() >= 2 && name.bytes().all(|sign| sign == b'#'))
}

/// `1.23E+13`: the last digits are lost.
fn is_rounded(cell: &str) -> bool {
    let Some((number, power)) = cell.split_once(['E', 'e']) else { return false };
    let power = power.strip_prefix(['+', '-']).unwrap_or_default();
    let (whole, part) = number.split_once(['.', ',']).unwrap_or((number, ""));
    let is_digits = |text: &str| text.bytes().all(|digit| digit.is_ascii_digit());
    whole.len() == 1 && (2..=3).contains(&power.len()) && [whole, part, power].into_iter().all(is_digits)
}

/// `1042.0`: a number where digits were meant.
fn is_with_decimals(cell: &str) -> bool {
    let whole = cell.strip_suffix(".0").or_else(|| cell.strip_suffix(",0"));
    whole.is_some_and(|whole| !whole.is_empty() && whole.bytes().all(|digit| digit.is_ascii_digit()))
}

/// `1,234`, `12’345`: the digits are divided.
fn has_thousands(cell: &str) -> bool {
    let mut groups = cell.split([',', '’', '\'', '\u{a0}', '\u{202f}']);
    let first = groups.next().unwrap_or_default();
    let is_digits = |text: &str| text.bytes().all(|digit| digit.is_ascii_digit());
    let begins = (1..=3).contains(&first.len()) && !first.starts_with('0') && is_digits(first);
    let mut rest = groups.peekable();
    begins && rest.peek().is_some() && rest.all(|group| group.len() == 3 && is_digits(group))
}

/// A program's word for no value.
fn is_nothing(cell: &str) -> bool {
    ["null", "nan", "none", "undefined", "n/a"].contains(&cell.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corrupted_value_is_distinguished_from_unusual_one() {
        for lost in [
            "#N/A",
            "#REF!",
            "#NAME?",
            "#DIV/0!",
            "#WERT!",
            "#NV",
            "#####",
            "1.23E+13",
            "1,23E+13",
            "4E+05",
            "1042.0",
            "1,234",
            "12’345",
            "12,345,678",
            "NULL",
            "NaN",
            "=A2&B2",
        ] {
            assert!(is_spoiled(Column::Key, lost), "{lost}");
        }
        for meant in
            ["#12", "#A", "1E5", "E+13", "12.34E+13", "1042", "0,123", "1,23", "12.345", "A,123", "1.0.0", "é"]
        {
            assert!(!is_spoiled(Column::Key, meant), "{meant}");
        }
        assert!(
            !is_spoiled(Column::Name, "Nan") && !is_spoiled(Column::Name, "=1+1"),
            "people are called what they are called"
        );
        assert!(is_spoiled(Column::Type, "#REF!") && is_spoiled(Column::Card, "1.2E+07"));
    }
}
