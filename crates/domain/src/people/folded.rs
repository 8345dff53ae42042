//! Search keys of names and addresses: lower case without accents, words in any order.
//!
//! Invariant: stored and typed text are folded alike, so a name is found however it is typed. After a change of
//! the folding the storage must be refilled (`profile.folded`).

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// The search key of `text`.
#[must_use]
pub fn folded(text: &str) -> String {
    let plain = text.nfd().filter(|letter| !is_combining_mark(*letter)).flat_map(char::to_lowercase);
    plain.fold(String::with_capacity(text.len()), |mut folded, letter| {
        match apart(letter) {
            Some(letters) => folded.push_str(letters),
            None => folded.push(letter),
        }
        folded
    })
}

/// `text` with combining marks joined to their letters.
#[must_use]
pub fn with_marks(text: &str) -> String {
    text.nfc().collect()
}

/// `text` in lower case with marks joined to their letters, however they were encoded.
#[must_use]
pub fn composed(text: &str) -> String {
    text.to_lowercase().nfc().collect()
}

/// Lower-case letters that do not decompose but are typed without their mark.
const fn apart(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'ı' => "i",
        // The final form of the same letter.
        'ς' => "σ",
        _ => return None,
    })
}

/// The words of a search, all of which must match; the longest, and thus rarest, first.
#[must_use]
pub fn words(search: &str) -> Vec<String> {
    let mut words: Vec<String> = folded(search).split_whitespace().map(ToOwned::to_owned).collect();
    words.sort_by(|one, other| other.len().cmp(&one.len()).then_with(|| one.cmp(other)));
    words.dedup();
    words
}

/// Whether these words match a person or thing called `name`.
#[must_use]
pub fn is_meant(name: &str, words: &[String]) -> bool {
    let name = folded(name);
    words.iter().all(|text| name.contains(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_search_ignores_case_marks_and_order() {
        for (name, input) in [
            ("Élodie Weber", "élodie"),
            ("Élodie Weber", "ELODIE"),
            ("E\u{301}lodie Weber", "élodie"),
            ("Jonas Weber", "Weber  Jonas"),
            ("Jörg Groß", "jorg GROSS"),
            ("Jörg Groß", "JÖRG GROẞ"),
            ("Łukasz Świątek", "swiatek luk"),
            ("Øyvind Þór Ægirsson", "oyvind thor aegir"),
            ("Đorđe Œuvre Guðrún", "dorde oeuvre gudrun"),
            ("İbrahim Işık", "ibrahim isik"),
            ("ИВАН Петров", "иван"),
            ("Νίκος", "ΝΙΚΟΣ"),
            ("Ada", ""),
        ] {
            assert!(is_meant(name, &words(input)), "{input} finds {name}");
        }
        for (name, input) in [("Jonas Weber", "weber maria"), ("Élodie", "elodja"), ("Ada", "ada ada lovelace")] {
            assert!(!is_meant(name, &words(input)), "{input} does not find {name}");
        }
        assert_eq!(words(" b  ccc a b "), ["ccc", "a", "b"]);
    }
}
