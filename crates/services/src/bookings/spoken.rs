//! What somebody looks for in their own words: *laser, 2 h, this week*, in any of the languages, in any order.
//!
//! Invariant: what is not understood is kept as the words of a name, so that it can be said what nothing is called. Deliberately
//! absent: which times are free then, which is [`super::choose`].

use domain::bookings::When;

/// Words of one search that are read, at most.
const WORDS: usize = 24;

/// Words that say when.
const WHENS: [(&[&str], When); 19] = [
    (&["next", "7", "days"], When::Soon),
    (&["next", "seven", "days"], When::Soon),
    (&["this", "week"], When::Soon),
    (&["soon"], When::Soon),
    (&["prossimi", "7", "giorni"], When::Soon),
    (&["prossimi", "sette", "giorni"], When::Soon),
    (&["questa", "settimana"], When::Soon),
    (&["today"], When::Today),
    (&["oggi"], When::Today),
    (&["tomorrow"], When::Tomorrow),
    (&["domani"], When::Tomorrow),
    (&["evening"], When::Evenings),
    (&["evenings"], When::Evenings),
    (&["sera"], When::Evenings),
    (&["next", "week"], When::NextWeek),
    (&["prossima", "settimana"], When::NextWeek),
    (&["settimana", "prossima"], When::NextWeek),
    (&["tonight"], When::Evenings),
    (&["stasera"], When::Evenings),
];

/// Words that are a length, in minutes.
const LENGTHS: [(&[&str], u16); 8] = [
    (&["half", "an", "hour"], 30),
    (&["half", "hour"], 30),
    (&["mezz", "ora"], 30),
    (&["mezza", "ora"], 30),
    (&["an", "hour"], 60),
    (&["one", "hour"], 60),
    (&["un", "ora"], 60),
    (&["una", "ora"], 60),
];

/// Words beside the ones that say something.
const BESIDE: [&str; 23] = [
    "a", "an", "the", "for", "on", "in", "at", "of", "and", "free", "per", "di", "il", "lo", "la", "le", "un",
    "una", "su", "e", "libero", "this", "questa",
];

/// What was understood.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Spoken {
    pub minutes: Option<u16>,
    pub when: Option<When>,
    /// What is left: words of a name, in small letters.
    pub names: Vec<String>,
}

impl Spoken {
    pub fn of(said: &str) -> Self {
        let said = words(said);
        let mut spoken = Self::default();
        let mut rest: &[String] = &said[..said.len().min(WORDS)];
        while let Some((first, others)) = rest.split_first() {
            if let Some((phrase, when)) = WHENS.iter().find(|(phrase, _)| begins(rest, phrase)) {
                spoken.when = Some(*when);
                rest = &rest[phrase.len()..];
            } else if let Some((phrase, minutes)) = LENGTHS.iter().find(|(phrase, _)| begins(rest, phrase)) {
                spoken.minutes = Some(*minutes);
                rest = &rest[phrase.len()..];
            } else if let Some(minutes) = in_one_word(first) {
                spoken.minutes = Some(minutes);
                rest = others;
            } else if let Some(minutes) = others.first().and_then(|unit| in_unit(first, unit)) {
                spoken.minutes = Some(minutes);
                rest = &others[1..];
            } else {
                if !BESIDE.contains(&first.as_str()) {
                    spoken.names.push(first.clone());
                }
                rest = others;
            }
        }
        spoken
    }

    /// Whether `name` is called by all the words that are left.
    pub fn calls(&self, name: &str) -> bool {
        let of_name = words(name);
        let fits = |said: &String| of_name.iter().any(|word| is_called(word, said));
        !self.names.is_empty() && self.names.iter().all(fits)
    }
}

/// Small letters and digits; a point, comma or colon between digits stays, as a point or a colon.
fn words(said: &str) -> Vec<String> {
    let letters: Vec<char> = said.chars().flat_map(char::to_lowercase).collect();
    let is_digit = |at: Option<usize>| at.and_then(|at| letters.get(at)).is_some_and(char::is_ascii_digit);
    let kept = letters.iter().enumerate().map(|(at, letter)| {
        let is_inside = is_digit(at.checked_sub(1)) && is_digit(at.checked_add(1));
        match letter {
            '.' | ',' if is_inside => '.',
            ':' if is_inside => ':',
            letter if letter.is_alphanumeric() => *letter,
            _ => ' ',
        }
    });
    kept.collect::<String>().split_whitespace().map(str::to_owned).collect()
}

fn begins(rest: &[String], phrase: &[&str]) -> bool {
    rest.len() >= phrase.len() && rest.iter().zip(phrase).all(|(word, said)| word == said)
}

/// `lasers` calls a *Laser*, and so does `las`.
fn is_called(word: &str, said: &str) -> bool {
    let is_longer = word.len() >= 3 && said.starts_with(word) && said.len() <= word.len() + 2;
    word.starts_with(said) || is_longer
}

/// `2` and `h`, `1.5` and `hours`, `90` and `min`.
fn in_unit(amount: &str, unit: &str) -> Option<u16> {
    match unit {
        "h" | "hr" | "hrs" | "hour" | "hours" | "ora" | "ore" => hours(amount),
        "m" | "min" | "mins" | "minute" | "minutes" | "minuto" | "minuti" => amount.parse().ok(),
        _ => None,
    }
}

/// `2h`, `90min`, `2h30`, `1:30`.
fn in_one_word(word: &str) -> Option<u16> {
    let and = |hour: u16, minutes: u16| hour.checked_mul(60)?.checked_add(minutes);
    if let Some((hour, minutes)) = word.split_once(':') {
        return and(hour.parse().ok()?, minutes.parse().ok().filter(|minutes| *minutes < 60)?);
    }
    let unit = word.find(|letter: char| letter.is_alphabetic()).filter(|at| *at > 0)?;
    let (amount, unit) = word.split_at(unit);
    let whole = in_unit(amount, unit);
    whole.or_else(|| {
        and(amount.parse().ok()?, unit.strip_prefix('h')?.parse().ok().filter(|minutes| *minutes < 60)?)
    })
}

/// `1.5` hours in minutes.
fn hours(amount: &str) -> Option<u16> {
    let (whole, part) = amount.split_once('.').unwrap_or((amount, "0"));
    let (whole, hundredths): (u16, u16) = (whole.parse().ok()?, format!("{part:0<2.2}").parse().ok()?);
    whole.checked_mul(60)?.checked_add(hundredths * 60 / 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spoken(minutes: Option<u16>, when: Option<When>, names: &[&str]) -> Spoken {
        Spoken { minutes, when, names: names.iter().map(|&name| name.to_owned()).collect() }
    }

    #[test]
    fn words_in_any_order_say_what_how_long_and_when() {
        let laser =
            |said: &str| assert_eq!(Spoken::of(said), spoken(Some(120), Some(When::Soon), &["laser"]), "{said}");
        laser("laser, 2 h, this week");
        laser("this week: 2 hours on the Laser");
        laser("Laser 2h questa settimana");
        laser("un laser per 120 minuti questa settimana");
        assert_eq!(
            Spoken::of("3D printer tomorrow"),
            spoken(None, Some(When::Tomorrow), &["3d", "printer"]),
            "a number in a name is no length"
        );
        assert_eq!(Spoken::of("laser cutter 2"), spoken(None, None, &["laser", "cutter", "2"]));
        assert_eq!(Spoken::of("  ,; "), Spoken::default());
    }

    #[test]
    fn lengths_are_read_as_people_write_them() {
        for (said, minutes) in [
            ("1.5 h", 90),
            ("1,5 ore", 90),
            ("1:30", 90),
            ("2h30", 150),
            ("90min", 90),
            ("half an hour", 30),
            ("mezz’ora", 30),
            ("an hour", 60),
        ] {
            assert_eq!(Spoken::of(said), spoken(Some(minutes), None, &[]), "{said}");
        }
    }

    #[test]
    fn nonsense_is_kept_as_words_and_nothing_overflows() {
        assert_eq!(Spoken::of("99999 h").minutes, None);
        assert_eq!(Spoken::of("65535h").minutes, None);
        assert_eq!(Spoken::of("1:99").minutes, None);
        assert_eq!(Spoken::of("１２ h ½h ٣h h1").minutes, None);
        assert_eq!(Spoken::of(&"x ".repeat(1_000)).names.len(), WORDS);
    }

    #[test]
    fn a_thing_is_called_by_parts_and_plurals_of_its_words() {
        let calls = |said: &str, name: &str| Spoken::of(said).calls(name);
        assert!(calls("lasers", "Laser") && calls("las", "Laser cutter 1") && calls("printer 3d", "3D printer"));
        assert!(!calls("laser cutter 2", "Laser cutter 1") && !calls("", "Laser") && !calls("saw laser", "Laser"));
    }
}
