//! The display of a board: two lines of 16 ASCII characters.
//!
//! Invariant: [`transliterate`] returns printable ASCII that the display's character set draws correctly, without
//! leading, trailing or repeated blanks. Not here: scrolling, which boards do themselves.

use crate::letters;

/// Characters in a line.
pub const WIDTH: usize = 16;

/// Converts `text` for the display.
///
/// Letters outside of ASCII lose their accents (`é` → `e`), are spelled out (`ß` → `ss`) or transcribed (`Ж` → `Zh`).
/// Anything else – an emoji, an ideograph – becomes `?`, one for a whole run. Combining marks and invisible characters
/// disappear; any white space becomes a single blank, and control characters are removed.
#[must_use]
pub fn transliterate(text: &str) -> String {
    let mut visible = String::with_capacity(text.len());
    let mut unknown = false;
    let mut blank = false;
    for c in text.chars() {
        let mut own = [0; 4];
        let written = match c {
            _ if c.is_whitespace() => {
                (blank, unknown) = (true, false);
                continue;
            }
            _ if is_shapeless(c) => continue,
            '\\' | '~' => letters::ascii(c),
            ' '..='~' => Some(&*c.encode_utf8(&mut own)),
            // Full-width forms, as East Asian keyboards type them.
            '！'..='～' => return_to_half_width(c).map(|half| &*half.encode_utf8(&mut own)),
            _ => letters::ascii(c),
        };
        if written == Some("") {
            continue;
        }
        if std::mem::take(&mut blank) && !visible.is_empty() {
            visible.push(' ');
        }
        match written {
            Some(written) => visible.push_str(written),
            None if unknown => {}
            None => visible.push('?'),
        }
        unknown = written.is_none();
    }
    visible
}

/// Control characters, combining marks, joiners and variation selectors.
fn is_shapeless(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{20d0}'..='\u{20ff}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{e0000}'..='\u{e01ef}')
}

/// `Ａ` → `A`; the two blocks run in parallel. `None` for the two signs the display draws differently.
fn return_to_half_width(c: char) -> Option<char> {
    char::from_u32(u32::from(c) - 0xfee0).filter(|half| !matches!(half, '\\' | '~'))
}

/// The display: two lines of text, each padded to [`WIDTH`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Screen([String; 2]);

impl Default for Screen {
    fn default() -> Self {
        Self::of("", "")
    }
}

impl Screen {
    /// The beginning of each of two texts.
    #[must_use]
    pub fn of(upper: &str, lower: &str) -> Self {
        Self([upper, lower].map(|text| {
            let line: String = transliterate(text).chars().take(WIDTH).collect();
            format!("{line:WIDTH$}")
        }))
    }

    /// The beginning of one text over both lines, broken at a blank where there is one.
    #[must_use]
    pub fn wrapped(text: &str) -> Self {
        let text = transliterate(text);
        if text.len() <= WIDTH {
            return Self::of(&text, "");
        }
        // One more than fits: a blank right after the line breaks it as well.
        let at = text[..=WIDTH].rfind(' ').unwrap_or(WIDTH);
        Self::of(&text[..at], &text[at..])
    }

    /// The two lines, 16 characters each.
    #[must_use]
    pub fn lines(&self) -> [&str; 2] {
        [&self.0[0], &self.0[1]]
    }
}

impl std::fmt::Display for Screen {
    /// `upper | lower`, without the padding.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.lines().map(str::trim_end) {
            [upper, ""] => f.write_str(upper),
            [upper, lower] => write!(f, "{upper} | {lower}"),
        }
    }
}
