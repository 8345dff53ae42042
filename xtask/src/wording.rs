//! Words that docs and names of tests must not contain, because the field has a plain term.
//!
//! Invariant: no exceptions. Code spans and examples are not checked. Not here: names of definitions ([`crate::names`]), and
//! messages for people, which a test of `text` checks.

/// Words and phrases that no module head and no doc line contains.
const SENTENCES: [&str; 16] = [
    "whoever",
    "whomever",
    "somebody",
    "somebody's",
    "anew",
    "afar",
    "put away",
    "puts away",
    "putting away",
    "taken back",
    "takes back",
    "told",
    "said",
    "kept",
    "what stands",
    "as it stands",
];

/// Phrases that no doc comment begins with: it names its subject instead.
const BEGINNINGS: [&str; 2] = ["what is", "what was"];

/// Words that no name of a test contains.
const TEST_WORDS: [&str; 11] =
    ["whoever", "somebody", "told", "tells", "said", "says", "kept", "anew", "afar", "away", "what"];

/// Words that no name of a test begins with.
const TEST_BEGINNINGS: [&str; 4] = ["a", "an", "the", "it"];

/// The attributes of a test.
const TESTS: [&str; 2] = ["#[test", "#[tokio::test"];

/// The docs and names of tests in a Rust file that contain such a word, with their lines.
pub fn faults(name: &str, text: &str) -> Vec<String> {
    let docs = doc_faults(text).into_iter().map(|(line, words)| {
        format!("{name}:{line}: a doc comment with \"{words}\": use the plain term, see the words in xtask/src/wording.rs")
    });
    let tests = test_faults(text).into_iter().map(|(line, test)| {
        format!("{name}:{line}: name the test `{test}` <situation>_<expected>, in plain terms")
    });
    docs.chain(tests).collect()
}

/// Lines and forbidden words of doc comments.
fn doc_faults(text: &str) -> Vec<(usize, &'static str)> {
    let mut faults = Vec::new();
    let (mut words, mut fenced, mut code) = (Vec::new(), false, false);
    for (number, line) in (1..).zip(text.lines().chain([""])) {
        let line = line.trim_start();
        let Some(doc) = line.strip_prefix("///").or_else(|| line.strip_prefix("//!")) else {
            faults.extend(forbidden(&words));
            (words, fenced, code) = (Vec::new(), false, false);
            continue;
        };
        if doc.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            for (index, part) in doc.split('`').enumerate() {
                code ^= index > 0;
                if !code {
                    words.extend(words_of(part).map(|word| (number, word)));
                }
            }
        }
    }
    faults
}

/// The words of a sentence in lower case.
fn words_of(sentence: &str) -> impl Iterator<Item = String> {
    let parts = sentence.split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '_');
    parts.filter(|word| !word.is_empty()).map(str::to_lowercase)
}

/// The forbidden words and phrases among `words`, with the line they begin on.
fn forbidden(words: &[(usize, String)]) -> Vec<(usize, &'static str)> {
    let begins = |from: &[(usize, String)], phrase: &str| {
        let mut words = from.iter().map(|(_, word)| word.as_str());
        phrase.split(' ').all(|part| words.next() == Some(part))
    };
    let mut found = Vec::new();
    for (at, &(line, _)) in words.iter().enumerate() {
        let phrases = SENTENCES.iter().chain(BEGINNINGS.iter().filter(|_| at == 0));
        found.extend(phrases.filter(|phrase| begins(&words[at..], phrase)).map(|&phrase| (line, phrase)));
    }
    found
}

/// Lines and names of tests with a forbidden word.
fn test_faults(text: &str) -> Vec<(usize, &str)> {
    let mut faults = Vec::new();
    let mut is_test = false;
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim_start();
        is_test |= TESTS.iter().any(|attribute| line.starts_with(attribute));
        let name = line.split_once("fn ").and_then(|(_, rest)| rest.split('(').next());
        if let Some(name) = name.filter(|_| is_test && !line.starts_with('#')) {
            is_test = false;
            let is_forbidden = name.split('_').any(|word| TEST_WORDS.contains(&word));
            let beginning = name.split('_').next().unwrap_or_default();
            if is_forbidden || TEST_BEGINNINGS.contains(&beginning) {
                faults.push((number, name));
            }
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A doc comment of these lines. They are put together here, or this file would break its own rule.
    fn doc(lines: &[&str]) -> String {
        let docs: Vec<_> = lines.iter().map(|line| format!("    /// {line}")).collect();
        docs.join("\n") + "\n    struct Hold;\n"
    }

    #[test]
    fn private_word_in_doc_is_found_with_its_line() {
        assert_eq!(doc_faults(&doc(&["Places a hold.", "Whoever runs the space may."])), [(2, "whoever")]);
        assert_eq!(doc_faults("//! It is written anew."), [(1, "anew")]);
        assert_eq!(doc_faults(&doc(&["The machine is put", "away."])), [(1, "put away")]);
        assert_eq!(doc_faults(&doc(&["What is booked."])), [(1, "what is")]);
    }

    #[test]
    fn code_examples_and_other_words_pass() {
        for lines in [
            &["Uses `told` and `put", "away` as code."][..],
            &["```", "is kept", "```"],
            &["Whatever foretold, untold: sidekept."],
            &["Whether what is booked is free."],
        ] {
            assert_eq!(doc_faults(&doc(lines)), [], "{lines:?}");
        }
        assert_eq!(doc_faults("// kept\nlet said = 1;\n"), []);
    }

    #[test]
    fn phrase_across_two_comments_passes() {
        assert_eq!(doc_faults(&(doc(&["The card was put"]) + &doc(&["Away from the reader."]))), []);
    }

    #[test]
    fn private_test_name_is_found_and_plain_one_passes() {
        let test = |name: &str| format!("#[tokio::test(start_paused = true)]\nasync fn {name}() {{\n");
        for name in ["a_hold_ends", "hold_is_kept", "what_ends_is_over", "it_ends", "hold_is_put_away"] {
            assert_eq!(test_faults(&test(name)), [(2, name)]);
        }
        for name in ["expired_hold_allows_use", "another_hold_ends", "item_is_listed", "whatever_arrives_parses"] {
            assert_eq!(test_faults(&test(name)), []);
        }
        assert_eq!(test_faults("fn the_hold() {\n"), []);
    }
}
