//! Transliteration to the board's display of two lines of 16 ASCII characters.

use fabomatic::lcd::{Screen, WIDTH, transliterate};
use proptest::prelude::*;

#[test]
fn letters_are_transliterated_to_ascii() {
    for (text, visible) in [
        ("Fräse", "Frase"),
        ("Straße", "Strasse"),
        ("Señor Núñez", "Senor Nunez"),
        ("Cœur d’Ålesund", "Coeur d'Alesund"),
        ("Łódź, Dvořák, Ștefan", "Lodz, Dvorak, Stefan"),
        ("Nguyễn Thị Ánh", "Nguyen Thi Anh"),
        ("e\u{301}te\u{301}", "ete"),
        ("Токарный станок", "Tokarnyy stanok"),
        ("Щука, объект", "Shchuka, obekt"),
        ("Їжак Ґанок", "Yizhak Ganok"),
        ("Ψαλίδι κοπής", "Psalidi kopis"),
        ("Ｌａｓｅｒ！", "Laser!"),
        ("“Don’t touch” – 5 µm…", "\"Don't touch\" - 5 um..."),
        ("C:\\tmp ~ 3", "C:/tmp - 3"),
        ("½ × 3 €", "1/2 x 3 EUR"),
    ] {
        assert_eq!(transliterate(text), visible);
    }
}

#[test]
fn unwritable_runs_become_one_question_mark_and_invisible_characters_vanish() {
    for (text, visible) in [
        ("激光切割机", "?"),
        ("激光 切割", "? ?"),
        ("Saw 👩\u{200d}🔧\u{fe0f}!", "Saw ?!"),
        ("a\u{200b}b\u{ad}c\u{feff}", "abc"),
        ("\u{7}bell\u{1b}[31m", "bell[31m"),
        (" \t two\n\nlines \u{a0} ", "two lines"),
        ("объ ъ", "ob"),
        ("", ""),
    ] {
        assert_eq!(transliterate(text), visible, "{text:?}");
    }
}

#[test]
fn screen_has_two_lines_of_sixteen() {
    assert_eq!(Screen::of("Ready", "").lines(), ["Ready           ", "                "]);
    assert_eq!(Screen::of("A line longer than that", "é").lines(), ["A line longer th", "e               "]);
    assert_eq!(Screen::wrapped("Maintenance is due today").lines(), ["Maintenance is  ", "due today       "]);
    assert_eq!(Screen::wrapped("sixteen-letters! more").lines(), ["sixteen-letters!", "more            "]);
    assert_eq!(Screen::wrapped("Betriebsanleitungen").lines(), ["Betriebsanleitun", "gen             "]);
    assert_eq!(Screen::of("Ready", "").to_string(), "Ready");
    assert_eq!(Screen::of("Laser", "in use").to_string(), "Laser | in use");
}

proptest! {
    #[test]
    fn any_text_becomes_printable_ascii(chars in proptest::collection::vec(any::<char>(), 0..100)) {
        let text = String::from_iter(chars);
        let visible = transliterate(&text);
        prop_assert!(visible.bytes().all(|byte| (b' '..=b'~').contains(&byte) && byte != b'\\' && byte != b'~'));
        prop_assert!(!visible.contains("  ") && visible.trim() == visible, "{:?}", visible);
        prop_assert_eq!(transliterate(&visible), visible.clone(), "what is shown already stays");
        for line in Screen::wrapped(&text).lines() {
            prop_assert_eq!(line.len(), WIDTH);
        }
    }
}
