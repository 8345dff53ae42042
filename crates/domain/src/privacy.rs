//! CSV of a table of personal data, for export.

use crate::formula::is_formula;

/// Rows of text as CSV (RFC 4180) with a heading. A cell that a spreadsheet would evaluate as a formula is
/// prefixed by an apostrophe, so that opening the file runs nothing.
#[must_use]
pub fn csv(heading: &[String], rows: &[Vec<String>]) -> String {
    let line = |cells: &[String]| cells.iter().map(|one| cell(one)).collect::<Vec<_>>().join(",") + "\r\n";
    std::iter::once(line(heading)).chain(rows.iter().map(|row| line(row))).collect()
}

fn cell(text: &str) -> String {
    let is_number = text.parse::<f64>().is_ok();
    let guard = if is_formula(text) && !is_number { "'" } else { "" };
    if guard.is_empty() && !text.contains(['"', ',', '\r', '\n', ';']) {
        return text.to_owned();
    }
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_cell_is_quoted_and_never_a_formula() {
        let rows = [
            ("plain", "plain"),
            ("a,b", "\"a,b\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            ("=1+1", "\"'=1+1\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("-cmd|' /C calc'!A0", "\"'-cmd|' /C calc'!A0\""),
            ("+39 0471", "\"'+39 0471\""),
            ("-5", "-5"),
            ("\t=x", "\"'\t=x\""),
            ("＝1", "\"'＝1\""),
            ("", ""),
        ];
        for (text, expected) in rows {
            assert_eq!(cell(text), expected, "{text}");
        }
        let table = csv(&["a".into(), "b".into()], &[vec!["1".into(), "x;y".into()]]);
        assert_eq!(table, "a,b\r\n1,\"x;y\"\r\n");
    }
}
