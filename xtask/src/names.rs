//! Private names that were replaced by terms of the field: defining one is a fault.
//!
//! Invariant: the lists hold replaced names; one is added when its last definition is renamed. Not here: words of docs and
//! names of tests ([`crate::wording`]), and names of fields and variables.

use crate::repository::holds_word;

/// Types: participles and private nouns.
const TYPES: [&str; 34] = [
    "Asked",
    "Asker",
    "Bearing",
    "Deed",
    "Dice",
    "Door",
    "Fate",
    "Flaw",
    "Hint",
    "Kept",
    "Known",
    "Loaded",
    "Look",
    "Said",
    "Shown",
    "Taken",
    "Told",
    "Typed",
    "Unfit",
    "Wanted",
    "WayBack",
    "About",
    "Overheard",
    "Judged",
    "Traced",
    "Brought",
    "Errand",
    "Spoken",
    "Ticks",
    "CardDeed",
    "Looked",
    "Tried",
    "Wish",
    "Would",
];

/// Functions, macros and modules.
const OTHERS: [&str; 27] = [
    "asked",
    "brought",
    "door",
    "from_word",
    "is_for_somebody",
    "look_beside",
    "overheard",
    "pulse",
    "redo",
    "shelf",
    "shown",
    "spoken",
    "spot",
    "taking_back",
    "tell",
    "tell_concerned",
    "told",
    "traced",
    "word",
    "around",
    "fresh",
    "look",
    "met",
    "tried",
    "untold",
    "ways",
    "wish",
];

/// Keywords of a definition.
const TYPE: [&str; 4] = ["struct ", "enum ", "trait ", "type "];
const OTHER: [&str; 3] = ["fn ", "mod ", "macro_rules! "];

/// The private names defined in a Rust file, with their lines.
pub fn faults(name: &str, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim_start();
        if line.starts_with("//") || line.starts_with('"') {
            // A comment, or a text in a list.
            continue;
        }
        let found = defined(line, &TYPE, &TYPES).or_else(|| defined(line, &OTHER, &OTHERS));
        faults.extend(
            found.map(|code| {
                format!("{name}:{number}: `{code}` says too little: name it by the words of the field")
            }),
        );
    }
    faults
}

/// The name of `names` that `line` defines.
fn defined<'a>(line: &str, keywords: &[&str], names: &[&'a str]) -> Option<&'a str> {
    let keyword = keywords.iter().find(|keyword| line.contains(**keyword))?;
    names.iter().find(|name| holds_word(line, &format!("{keyword}{name}"))).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defined_private_names_are_found() {
        for line in [
            "pub struct Kept {",
            "    enum Told {",
            "pub(crate) async fn shown() {",
            "pub mod pulse;",
            "type Deed = ();",
        ] {
            assert_eq!(faults("a.rs", line).len(), 1, "{line}");
        }
    }

    #[test]
    fn longer_names_uses_and_comments_pass() {
        // Split in two, or this line would be a fault.
        for line in [
            "struct KeptHours;",
            "let kept = Kept::new();",
            concat!("// struct ", "Kept"),
            "fn shown_names() {",
            "infn shown(",
        ] {
            assert_eq!(faults("a.rs", line), Vec::<String>::new(), "{line}");
        }
    }
}
