//! Normalizes names and remarks: only visible text is stored. All white space in a name, including line breaks,
//! becomes single spaces; characters that no keyboard writes are rejected.
//!
//! **Invariant.** Names that differ only in invisible characters are one name, and no name reverses the text
//! around it. Right-to-left text is unchanged, and so are the joiners that its scripts and emoji need.
//!
//! Not here: look-alike letters of different scripts. People may be called what they are called.

/// Length of a name in characters; the tables have the same limit.
pub const NAME: std::ops::RangeInclusive<usize> = 1..=200;

/// Why something is no name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unnamed {
    /// Nothing visible in it.
    Empty,
    /// More than [`NAME`] characters can.
    Long,
    /// It contains control characters: a program's error, and the rest may be another name.
    Control,
}

/// A valid name, normalized by [`name`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name(String);

impl Name {
    pub fn new(input: &str) -> Result<Self, Unnamed> {
        name(input).map(Self)
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<Name> for String {
    fn from(Name(name): Name) -> Self {
        name
    }
}

/// Normalizes a name: trimmed, with single spaces.
pub fn name(input: &str) -> Result<String, Unnamed> {
    if input.chars().any(|c| c.is_control() && !c.is_whitespace()) {
        return Err(Unnamed::Control);
    }
    let seen = seen(input, false);
    let name = seen.split_whitespace().collect::<Vec<_>>().join(" ");
    if !name.chars().any(|c| !c.is_whitespace() && !is_joiner(c) && !is_variation(c)) {
        Err(Unnamed::Empty)
    } else if NAME.contains(&name.chars().count()) {
        Ok(name)
    } else {
        Err(Unnamed::Long)
    }
}

/// Normalizes a name that other people see; `None` if it is none, or an address, which only its holder may publish.
#[must_use]
pub fn public_name(input: &str) -> Option<String> {
    name(input).ok().filter(|name| !name.contains('@'))
}

/// Normalizes a remark, preserving its lines.
#[must_use]
pub fn remark(input: &str) -> String {
    seen(input, true).trim().to_owned()
}

/// A valid remark: normalized by [`remark`], never empty, of `MAX` characters at most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark<const MAX: usize>(String);

/// It is longer than a remark of this kind may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLong;

impl<const MAX: usize> Remark<MAX> {
    /// `None` if nothing visible was typed.
    pub fn new(input: &str) -> Result<Option<Self>, TooLong> {
        let stored = remark(input);
        if stored.chars().count() > MAX { Err(TooLong) } else { Ok((!stored.is_empty()).then_some(Self(stored))) }
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One line of text, which may be empty, of `MAX` characters at most.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line<const MAX: usize>(String);

impl<const MAX: usize> Line<MAX> {
    pub fn new(input: &str) -> Result<Self, TooLong> {
        let stored = remark(input).replace('\n', " ");
        if stored.chars().count() > MAX { Err(TooLong) } else { Ok(Self(stored)) }
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> From<Line<MAX>> for String {
    fn from(Line(line): Line<MAX>) -> Self {
        line
    }
}

/// Whether a character is never seen by itself, or changes how others are seen.
#[must_use]
pub fn is_hidden(c: char) -> bool {
    c.is_control() || is_joiner(c) || is_variation(c) || is_tag(c) || is_format(c)
}

fn seen(input: &str, lines: bool) -> String {
    let mut remaining = String::with_capacity(input.len());
    let mut coming = input.chars().peekable();
    while let Some(c) = coming.next() {
        let (before, after) = (remaining.chars().next_back(), coming.peek().copied());
        match c {
            '\n' if lines => remaining.push(c),
            // The other half of a line's end.
            '\r' if lines => {}
            _ if c.is_whitespace() => remaining.push(' '),
            _ if is_hidden(c) && !is_needed(c, before, after) => {}
            _ => remaining.push(c),
        }
    }
    remaining
}

/// Whether an invisible character affects its neighbours.
fn is_needed(c: char, before: Option<char>, after: Option<char>) -> bool {
    let Some(before) = before else { return false };
    let joins = |is: fn(char) -> bool| is(before) && after.is_some_and(is);
    match c {
        '\u{200D}' => {
            joins(needs_joiners) || ((is_emoji(before) || is_variation(before)) && after.is_some_and(is_emoji))
        }
        '\u{200C}' => joins(needs_joiners),
        '\u{FE00}'..='\u{FE0F}' => is_emoji(before) || matches!(before, '0'..='9' | '#' | '*'),
        // A variation selector in a name.
        '\u{E0100}'..='\u{E01EF}' => {
            matches!(before, '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
        }
        // Flags of countries within countries.
        _ if is_tag(c) => before == '\u{1F3F4}' || is_tag(before),
        _ => false,
    }
}

/// Letters and signs of the scripts from Arabic to Mongolian, whose shapes depend on joiners.
fn needs_joiners(c: char) -> bool {
    matches!(c, '\u{0600}'..='\u{18AF}') && !is_format(c)
}

fn is_emoji(c: char) -> bool {
    matches!(c, '\u{A9}' | '\u{AE}' | '\u{203C}'..='\u{3299}' | '\u{1F000}'..='\u{1FAFF}')
        && !is_format(c)
        && !c.is_whitespace()
}

const fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200C}' | '\u{200D}')
}

const fn is_variation(c: char) -> bool {
    matches!(c, '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}')
}

const fn is_tag(c: char) -> bool {
    matches!(c, '\u{E0020}'..='\u{E007F}')
}

/// Marks of direction, spaces without width, and letters that are blank.
const fn is_format(c: char) -> bool {
    matches!(
        c,
        '\u{AD}'
            | '\u{034F}'
            | '\u{061C}'
            | '\u{115F}'
            | '\u{1160}'
            | '\u{17B4}'
            | '\u{17B5}'
            | '\u{180B}'..='\u{180F}'
            | '\u{200B}'
            | '\u{200E}'
            | '\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{FEFF}'
            | '\u{FFA0}'
            | '\u{FFF0}'..='\u{FFFB}'
            | '\u{1BCA0}'..='\u{1BCA3}'
            | '\u{1D173}'..='\u{1D17A}'
            | '\u{E0000}'..='\u{E001F}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn invisible_characters_are_removed() {
        for input in [
            "  Ada   Lovelace ",
            "Ada\tLovelace",
            "Ada\nLovelace",
            "Ada\u{A0}Lovelace",
            "A\u{200B}da Love\u{AD}lace\u{FEFF}",
            "\u{202E}Ada Lovelace\u{202C}",
            "\u{2066}Ada\u{2069} \u{200E}Lovelace\u{200F}",
            "Ada\u{200D} Love\u{200C}lace",
            "Ada\r\nLovelace\u{85}",
            "Ada Lovelace\u{FE0F}\u{E0041}\u{E007F}",
        ] {
            assert_eq!(name(input).as_deref(), Ok("Ada Lovelace"), "{input:?}");
        }
        for blank in ["", "   ", "\u{200B}\u{2060}", "\u{3164}", "\u{2800}", "\u{200D}"] {
            assert_eq!(name(blank), Err(Unnamed::Empty), "{blank:?}");
        }
        for control in ["Ada\u{0}Lovelace", "\u{7}", "Ada\u{1B}[31m", "Ada\u{7F}", "Ada\u{9D}"] {
            assert_eq!(name(control), Err(Unnamed::Control), "{control:?}");
        }
        assert!(name(&"ä".repeat(200)).is_ok());
        assert_eq!(name(&"ä".repeat(201)), Err(Unnamed::Long));
    }

    #[test]
    fn line_has_no_line_breaks_and_may_be_empty() {
        let line = |input| Line::<12>::new(input).map(String::from);
        assert_eq!(line(" First\r\nfloor "), Ok("First floor".into()));
        assert_eq!((line(" "), line("thirteen chars")), (Ok(String::new()), Err(TooLong)));
    }

    #[test]
    fn all_scripts_and_emoji_are_preserved() {
        for stored in [
            "עדה לאבלייס",
            "آدا لاولیس",
            "می\u{200C}رود",
            "ශ\u{0DCA}\u{200D}ර\u{0DD3}",
            "O'Neill-Müller, J. R.",
            "👩\u{200D}🔧",
            "🏳\u{FE0F}\u{200D}🌈",
            "❤\u{FE0F} 1\u{FE0F}\u{20E3}",
            "👍🏽",
            "🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}",
            "辻\u{E0100}",
            "김민준",
        ] {
            assert_eq!(name(stored).as_deref(), Ok(stored));
        }
    }

    #[test]
    fn remark_preserves_line_breaks() {
        assert_eq!(remark(" one\r\n\r\ntwo\u{202E} \u{0}three \n"), "one\n\ntwo three");
    }

    proptest! {
        #[test]
        fn normalized_name_is_idempotent(input in any::<String>()) {
            if let Ok(stored) = name(&input) {
                prop_assert_eq!(name(&stored), Ok(stored.clone()));
                prop_assert!(!stored.contains("  ") && stored.trim() == stored);
                let misleads = |c: char| c.is_control() || matches!(c, '\u{202A}'..='\u{202E}');
                prop_assert!(!stored.chars().any(misleads), "{:?}", stored);
            }
            prop_assert_eq!(remark(&remark(&input)), remark(&input));
        }
    }
}
