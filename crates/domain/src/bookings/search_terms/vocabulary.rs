//! The English and Italian words for days, parts of a day and lengths, and the fillers.
//!
//! Words are lower-case without accents, as [`super::tokens`] folds them. Both languages are always understood.

use crate::{
    bookings::{AFTERNOON, Days, EVENING, MIDDAY, MORNING, TimeWindow},
    time::Date,
};

/// Days that are named by how near they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Near {
    Today,
    Tomorrow,
    AfterTomorrow,
    Soon,
    ThisWeek,
    NextWeek,
    Weekend,
    NextWeekend,
}

impl Near {
    /// The days meant. Weeks begin on Monday; of the present one the rest is meant.
    pub fn days(self, today: Date) -> Days {
        let weekday = i64::from(today.weekday());
        let (first, last) = match self {
            Self::Today => (0, 0),
            Self::Tomorrow => (1, 1),
            Self::AfterTomorrow => (2, 2),
            Self::Soon => (0, 6),
            Self::ThisWeek => (0, 6 - weekday),
            Self::NextWeek => (7 - weekday, 13 - weekday),
            Self::Weekend => ((5 - weekday).max(0), 6 - weekday),
            Self::NextWeekend => (12 - weekday, 13 - weekday),
        };
        Days { first: Days::later(today, first), last: Days::later(today, last) }
    }
}

pub(super) const NEAR: &[(&str, Near)] = &[
    ("today", Near::Today),
    ("now", Near::Today),
    ("oggi", Near::Today),
    ("adesso", Near::Today),
    ("tomorrow", Near::Tomorrow),
    ("domani", Near::Tomorrow),
    ("the day after tomorrow", Near::AfterTomorrow),
    ("day after tomorrow", Near::AfterTomorrow),
    ("dopodomani", Near::AfterTomorrow),
    ("dopo domani", Near::AfterTomorrow),
    ("soon", Near::Soon),
    ("presto", Near::Soon),
    ("next 7 days", Near::Soon),
    ("next seven days", Near::Soon),
    ("prossimi 7 giorni", Near::Soon),
    ("prossimi sette giorni", Near::Soon),
    ("this week", Near::ThisWeek),
    ("questa settimana", Near::ThisWeek),
    ("in settimana", Near::ThisWeek),
    ("next week", Near::NextWeek),
    ("prossima settimana", Near::NextWeek),
    ("settimana prossima", Near::NextWeek),
    ("weekend", Near::Weekend),
    ("week end", Near::Weekend),
    ("this weekend", Near::Weekend),
    ("this week end", Near::Weekend),
    ("fine settimana", Near::Weekend),
    ("questo fine settimana", Near::Weekend),
    ("questo weekend", Near::Weekend),
    ("next weekend", Near::NextWeekend),
    ("prossimo weekend", Near::NextWeekend),
    ("weekend prossimo", Near::NextWeekend),
    ("prossimo fine settimana", Near::NextWeekend),
    ("fine settimana prossimo", Near::NextWeekend),
];

/// A part of a day that is named with its day.
pub(super) const NEAR_PARTS: &[(&str, Near, TimeWindow)] = &[
    ("tonight", Near::Today, EVENING),
    ("this evening", Near::Today, EVENING),
    ("stasera", Near::Today, EVENING),
    ("questa sera", Near::Today, EVENING),
    ("this morning", Near::Today, MORNING),
    ("stamattina", Near::Today, MORNING),
    ("stamani", Near::Today, MORNING),
    ("questa mattina", Near::Today, MORNING),
    ("this afternoon", Near::Today, AFTERNOON),
    ("questo pomeriggio", Near::Today, AFTERNOON),
    ("domattina", Near::Tomorrow, MORNING),
];

pub(super) const PARTS: &[(&str, TimeWindow)] = &[
    ("morning", MORNING),
    ("mornings", MORNING),
    ("mattina", MORNING),
    ("mattino", MORNING),
    ("mattinata", MORNING),
    ("noon", MIDDAY),
    ("midday", MIDDAY),
    ("lunchtime", MIDDAY),
    ("mezzogiorno", MIDDAY),
    ("pranzo", MIDDAY),
    ("afternoon", AFTERNOON),
    ("afternoons", AFTERNOON),
    ("pomeriggio", AFTERNOON),
    ("pomeriggi", AFTERNOON),
    ("evening", EVENING),
    ("evenings", EVENING),
    ("night", EVENING),
    ("sera", EVENING),
    ("sere", EVENING),
    ("serata", EVENING),
];

/// Words for twelve o'clock.
pub(super) const NOON_WORDS: [&str; 3] = ["noon", "midday", "mezzogiorno"];
/// Words for the end of a day.
pub(super) const MIDNIGHT_WORDS: [&str; 2] = ["midnight", "mezzanotte"];

/// Monday first.
pub(super) const WEEKDAYS: [&[&str]; 7] = [
    &["monday", "mondays", "mon", "lunedi", "lun"],
    &["tuesday", "tuesdays", "tue", "tues", "martedi", "mar", "mart"],
    &["wednesday", "wednesdays", "wed", "weds", "mercoledi", "mer", "merc"],
    &["thursday", "thursdays", "thu", "thur", "thurs", "giovedi", "gio", "giov"],
    &["friday", "fridays", "fri", "venerdi", "ven"],
    &["saturday", "saturdays", "sat", "sabato", "sabati", "sab"],
    &["sunday", "sundays", "sun", "domenica", "domeniche", "dom"],
];

/// January first.
pub(super) const MONTHS: [&[&str]; 12] = [
    &["january", "jan", "gennaio", "gen", "genn"],
    &["february", "feb", "febbraio", "febb"],
    &["march", "mar", "marzo"],
    &["april", "apr", "aprile"],
    &["may", "maggio", "mag", "magg"],
    &["june", "jun", "giugno", "giu"],
    &["july", "jul", "luglio", "lug"],
    &["august", "aug", "agosto", "ago"],
    &["september", "sep", "sept", "settembre", "set", "sett"],
    &["october", "oct", "ottobre", "ott"],
    &["november", "nov", "novembre"],
    &["december", "dec", "dicembre", "dic"],
];

pub(super) const THIS: [&str; 5] = ["this", "coming", "questo", "questa", "quest"];
pub(super) const NEXT: [&str; 5] = ["next", "prossimo", "prossima", "following", "seguente"];

/// Before the hour at which it begins.
pub(super) const AT: &[&str] = &[
    "at",
    "around",
    "at around",
    "at about",
    "all",
    "alle",
    "alle ore",
    "ore",
    "le",
    "verso le",
    "verso l",
    "intorno alle",
    "per le",
    "per l",
];
/// Before the hour after which it begins.
pub(super) const AFTER: &[&str] = &[
    "after",
    "not before",
    "from",
    "starting at",
    "starting from",
    "dopo",
    "dopo le",
    "dopo l",
    "da",
    "dalle",
    "dalle ore",
    "dall",
    "a partire dalle",
    "a partire dall",
    "non prima delle",
];
/// Before the hour at which it is over.
pub(super) const BEFORE: &[&str] = &[
    "before",
    "by",
    "until",
    "till",
    "up to",
    "prima di",
    "prima delle",
    "prima del",
    "prima dell",
    "entro",
    "entro le",
    "entro l",
    "fino alle",
    "fino all",
    "fino a",
];
/// Before the first of two hours: that long.
pub(super) const FROM: &[&str] = &["from", "dalle", "dalle ore", "dall", "da"];
/// Before the first of two hours: some time between them.
pub(super) const BETWEEN: &[&str] = &["between", "tra", "fra", "tra le", "fra le", "tra l", "fra l"];
pub(super) const TO: &[&str] = &["to", "till", "until", "alle", "alle ore", "all", "fino alle", "fino all", "a"];
pub(super) const AND: &[&str] = &["and", "e", "e le", "e l"];
/// After an hour from which it begins.
pub(super) const ONWARDS: &[&str] = &["onwards", "onward", "on", "in poi", "in avanti"];

/// Before a number of people.
pub(super) const FOR: &[&str] = &["for", "per", "da", "with", "con"];
pub(super) const PEOPLE: [&str; 10] =
    ["people", "persons", "person", "seats", "guests", "persone", "persona", "posti", "posto", "ospiti"];
pub(super) const HOURS: [&str; 7] = ["h", "hr", "hrs", "hour", "hours", "ora", "ore"];
pub(super) const MINUTES: [&str; 8] = ["m", "min", "mins", "minute", "minutes", "minuto", "minuti", "mn"];
/// Lengths that are not a number and a unit, in minutes.
pub(super) const LENGTHS: &[(&str, u16)] = &[
    ("quarter of an hour", 15),
    ("a quarter of an hour", 15),
    ("quarto d ora", 15),
    ("un quarto d ora", 15),
    ("half an hour", 30),
    ("half hour", 30),
    ("mezz ora", 30),
    ("mezza ora", 30),
    ("mezzora", 30),
    ("an hour and a half", 90),
    ("one and a half hours", 90),
    ("un ora e mezza", 90),
    ("un ora e mezzo", 90),
    ("couple of hours", 120),
    ("a couple of hours", 120),
    ("paio d ore", 120),
    ("un paio d ore", 120),
    ("paio di ore", 120),
    ("un paio di ore", 120),
];
pub(super) const HALF: &[&str] = &["and a half", "e mezza", "e mezzo"];

/// Numbers as words, up to twelve.
pub(super) const NUMBERS: [&[&str]; 12] = [
    &["one", "an", "a", "un", "una", "uno"],
    &["two", "due"],
    &["three", "tre"],
    &["four", "quattro"],
    &["five", "cinque"],
    &["six", "sei"],
    &["seven", "sette"],
    &["eight", "otto"],
    &["nine", "nove"],
    &["ten", "dieci"],
    &["eleven", "undici"],
    &["twelve", "dodici"],
];

/// Fillers that mean any machine or room if nothing else is named.
pub(super) const ANYTHING: [&str; 3] = ["anything", "something", "qualcosa"];

/// Words without a meaning for what, when or how long. None that would change the meaning of the next word:
/// `before`, `every`, `not`.
pub(super) const FILLERS: &[&str] = &[
    "a",
    "al",
    "all",
    "alla",
    "alle",
    "allo",
    "an",
    "and",
    "any",
    "anything",
    "asap",
    "at",
    "available",
    "avere",
    "bisogno",
    "book",
    "booking",
    "can",
    "c",
    "cerca",
    "cerco",
    "che",
    "ci",
    "con",
    "cosa",
    "could",
    "d",
    "da",
    "day",
    "dei",
    "del",
    "dell",
    "della",
    "delle",
    "di",
    "disponibile",
    "disponibili",
    "durata",
    "e",
    "favore",
    "find",
    "first",
    "for",
    "free",
    "get",
    "giorno",
    "gli",
    "grazie",
    "have",
    "hello",
    "ho",
    "i",
    "il",
    "in",
    "is",
    "it",
    "la",
    "le",
    "liberi",
    "libera",
    "libere",
    "libero",
    "like",
    "lo",
    "l",
    "macchina",
    "macchinario",
    "machine",
    "machines",
    "macchine",
    "me",
    "mi",
    "my",
    "need",
    "nel",
    "nell",
    "nella",
    "next",
    "o",
    "of",
    "on",
    "or",
    "ora",
    "orario",
    "per",
    "piacere",
    "please",
    "posso",
    "posto",
    "prenota",
    "prenotare",
    "prenotazione",
    "primo",
    "prossimo",
    "prossima",
    "qualche",
    "qualcosa",
    "qualsiasi",
    "qualunque",
    "questa",
    "questo",
    "reserve",
    "serve",
    "show",
    "slot",
    "some",
    "something",
    "spot",
    "su",
    "sul",
    "sull",
    "sulla",
    "that",
    "the",
    "there",
    "this",
    "time",
    "to",
    "trova",
    "un",
    "una",
    "uno",
    "usare",
    "use",
    "using",
    "voglio",
    "vorrei",
    "want",
    "we",
    "with",
    "would",
];
