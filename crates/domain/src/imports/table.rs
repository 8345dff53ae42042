//! Parses bytes into cells: encodings of spreadsheets, separators, quotes.
//!
//! Invariant: any bytes give a result and no panic. A cell is text, even if it begins like a formula.
//!
//! If a cell alone is ambiguous, the whole file decides: day or month first (`dates`), decimal or hexadecimal card
//! numbers (`cards`).

use super::{BYTES, COLUMNS, LINES};
use crate::formula::is_formula;

/// Why a file is no table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unread {
    Empty,
    /// More than [`BYTES`].
    TooLarge,
    /// More than [`LINES`] lines.
    TooManyLines,
    /// More than [`COLUMNS`] columns.
    TooManyColumns,
    /// It is not text: a spreadsheet's own file, a picture.
    NotText,
    /// This line has wrong letters: the file is in an unsupported encoding, or was saved in a wrong one before.
    Letters(u32),
    /// A quote in this line is never closed, or only by the opening one of a later line: the rest would be one
    /// cell.
    Unclosed(u32),
}

/// A heading and its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    pub headings: Vec<String>,
    /// The lines that are not empty, each with where it begins in the file.
    pub rows: Vec<(u32, Vec<String>)>,
}

pub fn table(bytes: &[u8]) -> Result<Table, Unread> {
    if bytes.len() > BYTES {
        return Err(Unread::TooLarge);
    }
    let text = decode(bytes)?;
    let text = text.trim_start_matches('\u{feff}');
    let (separator, text) = declared_separator(text).unwrap_or_else(|| (separator(text), text));
    let mut rows = cells(text.chars(), separator)?;
    if rows.len() < 2 {
        return Err(Unread::Empty);
    }
    let (_, headings) = rows.remove(0);
    Ok(Table { headings, rows })
}

/// Decodes a file: UTF-8 or UTF-16 by their marks, UTF-16 by its zero bytes, UTF-8 if valid, and otherwise
/// Windows-1252.
fn decode(bytes: &[u8]) -> Result<String, Unread> {
    let noughts = |odd: usize| bytes.iter().skip(odd).step_by(2).take(200).filter(|&&byte| byte == 0).count() * 3;
    let half = bytes.len().min(400) / 2;
    let mut is_windows = false;
    let text = match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        _ if half > 1 && noughts(1) > half => utf16(bytes, u16::from_le_bytes),
        _ if half > 1 && noughts(0) > half => utf16(bytes, u16::from_be_bytes),
        _ => std::str::from_utf8(bytes).map_or_else(
            |_| {
                is_windows = true;
                bytes.iter().map(|&byte| windows(byte)).collect()
            },
            ToOwned::to_owned,
        ),
    };
    let is_control = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    // Windows leaves five of its places empty; they are letters elsewhere.
    if text.chars().any(|c| is_control(c) && !(is_windows && c >= '\u{80}')) {
        return Err(Unread::NotText);
    }
    garbled(&text, is_windows).map_or(Ok(text), |line| Err(Unread::Letters(line)))
}

/// The first line with mojibake: a file of DOS, an old Mac or another Windows code page read as Windows-1252, or
/// UTF-8 that was read and saved as Windows-1252.
fn garbled(text: &str, is_windows: bool) -> Option<u32> {
    /// The second byte of a letter in UTF-8, read as Windows-1252, except signs that may follow a word.
    const SECOND: &str = "€‚ƒ„†‡ˆ‰Š‹ŒŽ‘“•˜™š›œžŸ";
    /// Between two letters these are letters of another encoding.
    const SIGNS: &str = "‚ƒ„†‡ˆ‰‹“”•˜™›¡¢£¤¥§¶¹³¿";
    let mut line = 1;
    let (mut before, mut c) = (' ', ' ');
    for after in text.chars().chain(['\n']) {
        let is_capital = is_windows && matches!(c, 'Š' | 'Œ' | 'Ž' | 'Ÿ') && before.is_lowercase();
        let is_sign = is_windows && before.is_alphabetic() && after.is_alphabetic() && SIGNS.contains(c);
        let is_unknown = c == '\u{fffd}' || (is_windows && ('\u{80}'..'\u{a0}').contains(&c));
        let is_second = ('\u{80}'..='\u{bf}').contains(&after) && !after.is_alphabetic();
        let is_doubled = (matches!(c, 'Ã' | 'Â') && (is_second || SECOND.contains(after)))
            || (before == 'Ã' && "–—’”…".contains(c) && after.is_alphabetic());
        if is_capital || is_sign || is_unknown || is_doubled {
            return Some(line);
        }
        line += u32::from(c == '\n' || (c == '\r' && after != '\n'));
        (before, c) = (c, after);
    }
    None
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes.chunks_exact(2).map(|pair| match *pair {
        [one, other] => unit([one, other]),
        _ => 0,
    });
    char::decode_utf16(units).map(|read| read.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// A byte of Windows-1252, which has Latin-1 in it.
fn windows(byte: u8) -> char {
    const HIGH: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}',
        '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    byte.checked_sub(0x80).and_then(|at| HIGH.get(usize::from(at)).copied()).unwrap_or(char::from(byte))
}

/// The separator in a first line for Excel, `sep=;`, and the rest. The line break stays, so that later lines keep
/// their numbers.
fn declared_separator(text: &str) -> Option<(char, &str)> {
    let is_spoken = text.get(..4).is_some_and(|begin| begin.eq_ignore_ascii_case("sep="));
    let mut message = text.get(4..).filter(|_| is_spoken)?.chars();
    let separator = message.next()?;
    let rest = message.as_str();
    rest.starts_with(['\n', '\r']).then_some((separator, rest))
}

/// The most frequent separator in the heading, outside of quotes.
fn separator(text: &str) -> char {
    let mut quoted = false;
    let mut counts = [(',', 0), (';', 0), ('\t', 0), ('|', 0)];
    for c in text.trim_start().chars() {
        match c {
            '"' => quoted = !quoted,
            '\n' | '\r' if !quoted => break,
            _ if !quoted => {
                for (separator, count) in &mut counts {
                    *count += u32::from(c == *separator);
                }
            }
            _ => {}
        }
    }
    // The first of equal ones.
    counts.into_iter().rev().max_by_key(|&(_, count)| count).map_or(',', |(separator, _)| separator)
}

/// The columns that a sheet can have in any spreadsheet.
const WIDEST: usize = 16_384;

/// A line and where it begins.
type Row = (u32, Vec<String>);

/// The cells cut so far. Nothing is stored beyond the limits: a file of commas takes no more memory than its size.
#[derive(Default)]
struct Cut {
    rows: Vec<Row>,
    row: Vec<String>,
    /// Cells of the row, including those beyond the limit.
    count: usize,
    /// The row is not empty.
    says: bool,
}

impl Cut {
    fn cell(&mut self, cell: &str) -> Result<(), Unread> {
        let cell = clean(cell);
        let has_text = !cell.is_empty();
        self.says |= has_text;
        self.count += 1;
        let is_heading = self.rows.is_empty() && self.says;
        if is_heading && (self.count > WIDEST || (has_text && self.count > COLUMNS)) {
            return Err(Unread::TooManyColumns);
        }
        // One more than the limit shows that there are too many. Empty cells beyond do not count.
        if self.count <= COLUMNS {
            self.row.push(cell);
        } else if has_text {
            self.row.truncate(COLUMNS);
            self.row.push(cell);
        }
        Ok(())
    }

    fn end(&mut self, begins: u32) -> Result<(), Unread> {
        let row = std::mem::take(&mut self.row);
        self.count = 0;
        if std::mem::take(&mut self.says) {
            if self.rows.len() > LINES {
                return Err(Unread::TooManyLines);
            }
            self.rows.push((begins, row));
        }
        Ok(())
    }
}

/// The cells of each non-empty line with its line number; trimmed.
fn cells(text: impl Iterator<Item = char>, separator: char) -> Result<Vec<Row>, Unread> {
    let (mut cut, mut cell) = (Cut::default(), String::new());
    let (mut quoted, mut line, mut begins, mut opened) = (false, 1, 1, 1);
    // The cell was closed in a later line than it was opened: nothing may follow in it.
    let mut spans = false;
    // It is `="0123"`, as programs protect text; sign and quotes are removed.
    let mut is_formula = false;
    let mut coming = text.peekable();
    while let Some(c) = coming.next() {
        match c {
            '"' if quoted && coming.peek() == Some(&'"') => {
                coming.next();
                cell.push_str(if is_formula { "\"\"" } else { "\"" });
            }
            '"' if quoted => {
                quoted = false;
                spans = opened < line;
                if std::mem::take(&mut is_formula) {
                    cell.push('"');
                }
            }
            '"' if matches!(cell.trim(), "" | "=") => {
                is_formula = !cell.trim().is_empty();
                cell.clear();
                cell.push_str(if is_formula { "=\"" } else { "" });
                quoted = true;
                opened = line;
            }
            _ if quoted => {
                line += u32::from(c == '\n');
                cell.push(c);
            }
            _ if c == separator => {
                spans = false;
                cut.cell(&std::mem::take(&mut cell))?;
            }
            '\r' if coming.peek() == Some(&'\n') => {}
            '\n' | '\r' => {
                spans = false;
                cut.cell(&std::mem::take(&mut cell))?;
                cut.end(begins)?;
                line += 1;
                begins = line;
            }
            _ if spans && !c.is_whitespace() => return Err(Unread::Unclosed(opened)),
            _ => cell.push(c),
        }
    }
    if quoted {
        return Err(Unread::Unclosed(opened));
    }
    cut.cell(&cell)?;
    cut.end(begins)?;
    Ok(cut.rows)
}

/// The content of a cell: trimmed, and without protections against evaluation – the apostrophe of an export, or a
/// formula that is only a text, `="0123"`.
fn clean(cell: &str) -> String {
    let cell = cell.trim();
    let text = cell.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
    if let Some(text) = text.filter(|text| !text.replace("\"\"", "").contains('"')) {
        return text.replace("\"\"", "\"").trim().to_owned();
    }
    let is_guarded = |rest: &str| is_formula(rest) || rest.starts_with(|c: char| c == '\'' || c.is_ascii_digit());
    cell.strip_prefix('\'').filter(|rest| is_guarded(rest)).unwrap_or(cell).to_owned()
}

/// Writes a cell so that no spreadsheet evaluates it and [`table`] reads it back.
#[must_use]
pub fn cell(text: &str) -> String {
    let guarded = if is_formula(text) || text.starts_with('\'') { format!("'{text}") } else { text.into() };
    if guarded.contains([',', ';', '"', '\n', '\r', '\t']) {
        format!("\"{}\"", guarded.replace('"', "\"\""))
    } else {
        guarded
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn first(bytes: &[u8]) -> Vec<String> {
        table(bytes).unwrap().rows.remove(0).1
    }

    #[test]
    fn spreadsheet_encodings_are_detected() {
        let text = "name;city\r\nZoë;Forlì\r\n";
        let le: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let be: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let latin = b"name;city\r\nZo\xEB;Forl\xEC\r\n".to_vec();
        let marked = |mark: &[u8], rest: &[u8]| [mark, rest].concat();
        for (bytes, what) in [
            (text.as_bytes().to_vec(), "UTF-8"),
            (marked(b"\xEF\xBB\xBF", text.as_bytes()), "UTF-8 with its mark"),
            (marked(b"\xFF\xFE", &le), "UTF-16 LE"),
            (marked(b"\xFE\xFF", &be), "UTF-16 BE"),
            (le, "UTF-16 LE without its mark"),
            (be, "UTF-16 BE without its mark"),
            (latin, "Latin-1"),
        ] {
            assert_eq!(first(&bytes), ["Zoë", "Forlì"], "{what}");
        }
        assert_eq!(first(b"a,b\n\x80 5,\x93so\x94"), ["€ 5", "“so”"], "Windows-1252");
        assert_eq!(first(b"a,b\nO\x92Brien,m\xB2"), ["O’Brien", "m²"]);
    }

    #[test]
    fn text_in_unsupported_encoding_is_rejected() {
        for (bytes, what) in [
            (&b"name,city\nAda,Bolzano\nJ\x81rgen,K\x94ln"[..], "DOS"),
            (b"name,city\nAda,Bolzano\nRen\x82e,K\x94ln", "DOS, no place of which is empty"),
            (b"name,city\rAda,Bolzano\rRen\x8E,K\x9Fln", "an old Mac"),
            (b"name,city\r\nAda,Bolzano\r\nPa\xB3ka,Gda\xF1sk", "Windows in Poland"),
            ("name,city\nAda,Bolzano\nMÃ¼ller,Forlì".as_bytes(), "UTF-8 taken for Windows"),
            ("name,city\nAda,Bolzano\nGroÃŸ,Forlì".as_bytes(), "the same with another letter"),
            ("name,city\nAda,Bolzano\nBeck,Ã–tztal".as_bytes(), "the same with a dash"),
            ("name,city\nAda,Bolzano\nM\u{fffd}ller,Forlì".as_bytes(), "letters that are gone"),
            (b"\xEF\xBB\xBFname,city\nAda,Bolzano\nM\xFCller,x", "a mark that says something else"),
        ] {
            assert_eq!(table(bytes), Err(Unread::Letters(3)), "{what}");
        }
        for (text, what) in [
            ("São Paulo", "UTF-8"),
            ("ÂME", "UTF-8"),
            ("“AMANHÃ”…", "UTF-8"),
            ("Šeško", "UTF-8"),
            ("5 €", "UTF-8"),
        ] {
            assert_eq!(first(format!("a\n{text}").as_bytes()), [text], "{what}");
        }
    }

    #[test]
    fn text_protected_from_number_conversion_is_unwrapped() {
        assert_eq!(first(b"a,b,c\n=\"0123\",\"=\"\"0123\"\"\",'0123"), ["0123", "0123", "0123"]);
        assert_eq!(first(b"a,b\n=\"x,\"\"y\"\"\",2"), ["x,\"y\"", "2"], "with a separator and quotes in it");
        assert_eq!(first(b"a,b\n=A1,=\"0\"&\"1\""), ["=A1", "=\"0\"&\"1\""], "another formula is none");
        assert_eq!(first(b"a,b\n't Hart,''5"), ["'t Hart", "'5"]);
        assert_eq!(table(b"a,b\n=\"01,2\n3,4"), Err(Unread::Unclosed(2)));
    }

    #[test]
    fn trailing_empty_columns_are_ignored() {
        let commas = ",".repeat(WIDEST - 2);
        let read = table(format!("a,b{commas}\n1,2{commas}\n").as_bytes()).unwrap();
        assert_eq!((read.headings.len(), &read.rows[0].1[..2]), (COLUMNS, &["1".to_owned(), "2".into()][..]));
        let far = table(format!("a,b\n1,2{commas}x\n").as_bytes()).unwrap();
        assert_eq!((far.rows[0].1.len(), far.rows[0].1[COLUMNS].as_str()), (COLUMNS + 1, "x"), "however far away");
    }

    #[test]
    fn separators_quotes_and_line_breaks_are_detected() {
        assert_eq!(first(b"a;b\n\"x;\"\"y\"\"\";2"), ["x;\"y\"", "2"]);
        assert_eq!(first(b"a\tb\n 1 \t2"), ["1", "2"]);
        assert_eq!(first(b"a|b\n1|2"), ["1", "2"]);
        assert_eq!(first(b"\xEF\xBB\xBFSEP=|\na|b\n1|2"), ["1", "2"]);
        let parsed = table(b"sep=;\r\na,b;c\r\n1;2").unwrap();
        assert_eq!(
            (parsed.headings, parsed.rows),
            (vec!["a,b".into(), "c".into()], vec![(3, vec!["1".into(), "2".into()])])
        );
        assert_eq!(table(b"sep=;x\n1").unwrap().headings, ["sep=", "x"], "a heading like another");
        assert_eq!(first(b"\"a;1\",b,c\n1,2,3"), ["1", "2", "3"], "what stands in quotes is not counted");
        let read = table(b"a,b\n\n1,\"two\nlines\"\r3,4\n").unwrap();
        let numbers: Vec<_> = read.rows.iter().map(|(number, _)| *number).collect();
        assert_eq!(numbers, [3, 5], "{read:?}");
    }

    #[test]
    fn non_tables_are_rejected() {
        assert_eq!(table(b""), Err(Unread::Empty));
        assert_eq!(table(b"name,email\n\n"), Err(Unread::Empty));
        assert_eq!(table(b"PK\x03\x04\x00\x01"), Err(Unread::NotText));
        assert_eq!(table(b"a,b\n1,\"2\n3\"\n4,\"never closed\n5,6"), Err(Unread::Unclosed(4)));
        assert_eq!(table(b"a,\"b\n1,2\n"), Err(Unread::Unclosed(1)));
        assert_eq!(table(b"a,b\n1,\"never closed\n3,\"4\"\n5,6"), Err(Unread::Unclosed(2)), "nor by the next one");
        assert_eq!(table(&vec![b'a'; BYTES + 1]), Err(Unread::TooLarge));
        let many = |lines| format!("name\n{}", "x\n".repeat(lines));
        assert_eq!(table(many(LINES).as_bytes()).unwrap().rows.len(), LINES);
        assert_eq!(table(many(LINES + 1).as_bytes()), Err(Unread::TooManyLines));
        assert_eq!(table(format!("{}x\n1", ",".repeat(COLUMNS)).as_bytes()), Err(Unread::TooManyColumns));
    }

    #[test]
    fn formula_is_escaped_in_both_directions() {
        assert_eq!(first(b"a\n=HYPERLINK(1)"), ["=HYPERLINK(1)"]);
        assert_eq!(cell("=1+1"), "'=1+1");
        assert_eq!(cell("@SUM(A1),x"), "\"'@SUM(A1),x\"");
        assert_eq!(cell("Ada"), "Ada");
        assert_eq!(cell("＝1+1"), "'＝1+1", "signs as wide as a letter of Japanese count as well");
        assert_eq!(first("a\n'＝1+1".as_bytes()), ["＝1+1"]);
    }

    #[test]
    fn endless_input_stops_at_table_limits() {
        // Neither of these files has an end.
        let lines = "a\n".chars().cycle();
        assert_eq!(cells(lines, ','), Err(Unread::TooManyLines));
        let heading = "a".chars().chain(std::iter::repeat(','));
        assert_eq!(cells(heading, ','), Err(Unread::TooManyColumns));
        let wide = format!("a,b\nx{}\n{}\n", ",".repeat(100_000), ",".repeat(100_000));
        let rows = table(wide.as_bytes()).unwrap().rows;
        assert_eq!((rows.len(), rows[0].1.len()), (1, COLUMNS), "no more of them than that");
    }

    proptest! {
        #[test]
        fn any_bytes_are_parsed_or_rejected(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = table(&bytes);
        }

        #[test]
        fn written_cell_round_trips(text in "[ -~àèì€\n]{1,20}") {
            let text = text.trim().to_owned();
            prop_assume!(!text.is_empty());
            let file = format!("a,b\n{},x\n", cell(&text));
            prop_assert_eq!(&table(file.as_bytes()).unwrap().rows[0].1[0], &text);
        }
    }
}
