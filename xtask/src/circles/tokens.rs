//! The words and marks of a Rust file, as far as imports need them. Not here: what they mean.

/// A token and its line. Comments, literals and lifetimes are left out.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Token(pub(super) String, pub(super) usize);

pub(super) fn tokens(text: &str) -> Vec<Token> {
    let chars: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let (mut at, mut line) = (0, 1);
    while let Some(&first) = chars.get(at) {
        let next = chars.get(at + 1).copied();
        let end = match (first, next) {
            ('/', Some('/')) => end_of_line(&chars, at),
            ('/', Some('*')) => end_of_comment(&chars, at),
            ('"', _) => end_of_string(&chars, at),
            ('\'', _) => end_of_quote(&chars, at),
            (':', Some(':')) => at + 2,
            _ if is_word(first) => at + chars[at..].iter().take_while(|it| is_word(**it)).count(),
            _ => at + 1,
        };
        let token: String = chars[at..end].iter().collect();
        // A raw string begins like a word; a raw name is written like one.
        let raw = matches!(token.as_str(), "r" | "br" | "cr").then(|| end_of_raw(&chars, end)).flatten();
        let end = raw.unwrap_or(end);
        let is_code = is_word(first) || "{}()[]<>,;*#!$=".contains(first) || token == "::";
        if is_code && raw.is_none() {
            found.push(Token(token, line));
        }
        line += chars[at..end].iter().filter(|it| **it == '\n').count();
        at = end;
    }
    found
}

pub(super) fn is_word(it: char) -> bool {
    it.is_alphanumeric() || it == '_'
}

fn end_of_line(chars: &[char], at: usize) -> usize {
    at + chars[at..].iter().take_while(|it| **it != '\n').count()
}

fn end_of_comment(chars: &[char], mut at: usize) -> usize {
    let mut depth = 0;
    while at < chars.len() {
        match chars[at..] {
            ['/', '*', ..] => (depth, at) = (depth + 1, at + 2),
            ['*', '/', ..] if depth == 1 => return at + 2,
            ['*', '/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
    }
    at
}

fn end_of_string(chars: &[char], at: usize) -> usize {
    let mut end = at + 1;
    while let Some(it) = chars.get(end) {
        match it {
            '"' => return end + 1,
            '\\' => end += 2,
            _ => end += 1,
        }
    }
    chars.len()
}

/// The end of a character, or of a lifetime.
fn end_of_quote(chars: &[char], at: usize) -> usize {
    match chars[at + 1..] {
        ['\\', _, ..] => {
            let rest = chars[at + 3..].iter().take_while(|it| **it != '\'').count();
            (at + 4 + rest).min(chars.len())
        }
        [_, '\'', ..] => at + 3,
        _ => at + 1 + chars[at + 1..].iter().take_while(|it| is_word(**it)).count(),
    }
}

/// The end of a raw string whose `#` and quote begin at `at`.
fn end_of_raw(chars: &[char], at: usize) -> Option<usize> {
    let hashes = chars[at..].iter().take_while(|it| **it == '#').count();
    let open = at + hashes;
    if chars.get(open) != Some(&'"') {
        return None;
    }
    let closes = |from: &usize| chars[*from] == '"' && chars[from + 1..].iter().take(hashes).all(|it| *it == '#');
    (open + 1..chars.len()).find(closes).map(|quote| (quote + 1 + hashes).min(chars.len()))
}
