//! Italian prepositions and articles, which depend on what follows: `da lunedì 9 novembre`, `dall’8 nov`, `al 1º nov`,
//! `allo 0 %`.
//!
//! Invariant: a day that begins with its weekday, `oggi` and the like take no article; numbers and clocks do.

/// A preposition before a day, a clock time or a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Before {
    /// Since or from: `da lunedì`, `dal 9`.
    Da,
    /// To or until: `a lunedì`, `al 9`.
    A,
    /// Of: `di lunedì`, `del 9`.
    Di,
    /// On, or the article alone: `lunedì`, `il 9`.
    Il,
}

/// The form before a word, a clock, a number, one that begins with a vowel, and zero.
struct Forms {
    name: &'static str,
    clock: &'static str,
    number: &'static str,
    vowel: &'static str,
    zero: &'static str,
}

impl Before {
    const fn forms(self) -> Forms {
        let [name, clock, number, vowel, zero] = match self {
            Self::Da => ["da ", "dalle ", "dal ", "dall’", "dallo "],
            Self::A => ["a ", "alle ", "al ", "all’", "allo "],
            Self::Di => ["di ", "delle ", "del ", "dell’", "dello "],
            Self::Il => ["", "le ", "il ", "l’", "lo "],
        };
        Forms { name, clock, number, vowel, zero }
    }

    /// `words` with its preposition: `da lunedì 9 novembre`, `dal 9 nov`, `dall’8 nov`, `dalle 14:05`, `dallo 0 %`.
    pub(crate) fn put(self, words: &str) -> String {
        let forms = self.forms();
        let number = words.split(|letter: char| !letter.is_ascii_digit()).next().unwrap_or_default();
        let before = match number.parse() {
            Err(_) => forms.name,
            Ok(_) if words.starts_with(&format!("{number}:")) => forms.clock,
            Ok(0) => forms.zero,
            // An ordinal: `primo`.
            Ok(1) if words.starts_with("1º") => forms.number,
            Ok(number) if begins_with_vowel(number) => forms.vowel,
            Ok(_) => forms.number,
        };
        format!("{before}{words}")
    }
}

/// Whether a number is pronounced with a vowel first: `uno`, `otto`, `undici`, `ottanta`, `ottocento`, `ottomila`.
const fn begins_with_vowel(mut number: u32) -> bool {
    let mut is_whole = true;
    while number >= 1_000 {
        number /= 1_000;
        is_whole = false;
    }
    // One thousand is `mille`.
    matches!(number, 8 | 11 | 80..=89 | 800..=899) || (number == 1 && is_whole)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Lang;
    use domain::time::Date;

    #[test]
    fn numbers_to_a_hundred_take_the_right_article() {
        for number in 0..=100_u32 {
            let percent = format!("{number} %");
            let expected = match number {
                0 => ["dallo 0 %".to_owned(), "allo 0 %".to_owned(), "dello 0 %".to_owned(), "lo 0 %".to_owned()],
                1 | 8 | 11 | 80..=89 => ["dall’", "all’", "dell’", "l’"].map(|name| format!("{name}{percent}")),
                _ => ["dal ", "al ", "del ", "il "].map(|name| format!("{name}{percent}")),
            };
            let all = [Before::Da, Before::A, Before::Di, Before::Il];
            assert_eq!(all.map(|before| before.put(&percent)), expected);
        }
        assert_eq!(Before::A.put("800"), "all’800");
        assert_eq!(Before::A.put("1000"), "al 1000");
        assert_eq!(Before::A.put("8000"), "all’8000");
        assert_eq!(Before::A.put("180"), "al 180");
    }

    #[test]
    fn dates_take_an_article_only_without_weekday() {
        let (first, elsewhere) = (Date { year: 2026, month: 1, day: 1 }, Date { year: 2020, month: 1, day: 1 });
        for day in 0..365 {
            let date = Date::from_days(first.days() + day);
            // The weekday takes no article, in whichever year.
            for today in [date, elsewhere] {
                let long = Lang::It.weekday_date(date, today);
                assert_eq!(Before::Da.put(&long), format!("da {long}"));
                assert_eq!(Before::A.put(&long), format!("a {long}"));
                assert_eq!(Before::Di.put(&long), format!("di {long}"));
                assert_eq!(Before::Il.put(&long), long);
            }
            let short = Lang::It.short_day(date);
            let vowel = [1, 8, 11].contains(&date.day);
            let expected = if vowel { format!("dall’{short}") } else { format!("dal {short}") };
            assert_eq!(Before::Da.put(&short), expected);
        }
    }

    #[test]
    fn phrases_are_elided_before_days_and_numbers_with_a_vowel() {
        let (lang, today) = (Lang::It, Date { year: 2026, month: 11, day: 20 });
        let day = |day| lang.dues_day(Date { day, ..today }, today);
        assert_eq!(lang.dues_paid_until(&day(1)), "Pagata fino al 1º novembre");
        assert_eq!(lang.dues_paid_until(&day(7)), "Pagata fino al 7 novembre");
        assert_eq!(lang.dues_paid_until(&day(8)), "Pagata fino all’8 novembre");
        assert_eq!(lang.dues_paid_until(&day(11)), "Pagata fino all’11 novembre");
        assert_eq!(lang.dues_unpaid_since(&day(8)), "Non pagata dall’8 novembre");
        assert_eq!(lang.dues_runs_out(&day(8)), "Termina l’8 novembre e non si rinnova.");
        assert_eq!(lang.series_of_nobody("8 nov", "11 dic"), "Serie dall’8 nov all’11 dic");
        assert_eq!(lang.series_clocks("18:00", "8 nov"), "Resta alle 18:00 quando cambia l’ora prima dell’8 nov.");
        assert_eq!(lang.directory_no_sync_since("oggi"), "Nessuna sincronizzazione da oggi");
        assert!(lang.directory_brake("8").contains("più dell’8 %"));
        assert!(lang.draw_lot("2", "Luca", "3", "8").ends_with("al posto 3 e te all’8."));
        assert_eq!(
            [1, 4, 8, 11].map(|n| lang.attend_place(n)),
            ["al 1º", "al 4º", "all’8º", "all’11º"].map(|at| format!("{at} posto"))
        );
    }

    #[test]
    fn relative_days_and_clock_times_take_their_preposition() {
        assert_eq!(Before::Da.put("oggi"), "da oggi");
        assert_eq!(Before::A.put("domani, 14:05"), "a domani, 14:05");
        assert_eq!(Before::Da.put("14:05"), "dalle 14:05");
        assert_eq!(Before::A.put("08:00"), "alle 08:00");
    }
}
