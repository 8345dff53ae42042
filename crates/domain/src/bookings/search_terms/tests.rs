//! Sentences that people type, and what each of them means on Wednesday, 25 November 2026.

mod half_day;
#[cfg(feature = "zone")]
mod nights;

use super::*;
use crate::{
    bookings::Resource,
    id::{MachineId, RoomId, TypeId},
};
use proptest::prelude::*;

const TODAY: Date = Date { year: 2026, month: 11, day: 25 };

fn known() -> Vec<ExistingName> {
    let kind = |id, name: &str| ExistingName {
        wanted: ResourceFilter::Type(TypeId(id)),
        name: name.to_owned(),
        kind: None,
    };
    let machine = |id, name: &str, kind| ExistingName {
        wanted: ResourceFilter::One(Resource::Machine(MachineId(id))),
        name: name.to_owned(),
        kind: Some(TypeId(kind)),
    };
    let room = |id, name: &str| ExistingName {
        wanted: ResourceFilter::One(Resource::Room(RoomId(id))),
        name: name.to_owned(),
        kind: None,
    };
    vec![
        kind(1, "Laser cutters"),
        kind(2, "3D printer"),
        kind(3, "Saw"),
        kind(4, "Stampante a resina"),
        machine(1, "Laser cutter 1", 1),
        machine(2, "Laser cutter 2", 1),
        machine(3, "3D printer Anna", 2),
        machine(4, "3D printer Berta", 2),
        machine(5, "Panel saw", 3),
        machine(6, "Bandsaw", 3),
        machine(7, "Tornio", 5),
        machine(8, "Mill A", 6),
        room(1, "Meeting room"),
        room(2, "Sala grande"),
    ]
}

fn equipment() -> Vec<String> {
    ["Beamer", "Piano", "Saw bench", "White board", "Saw"].map(str::to_owned).to_vec()
}

fn clock(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

fn day(date: Date) -> String {
    let text = date.to_string();
    text.strip_prefix("2026-").map_or(text.clone(), str::to_owned)
}

/// `machine:5 11-28..11-29 18:00-20:00 120m ?panle`.
fn meaning(sentence: &str, today: Date) -> String {
    meaning_while(sentence, today, &Hours::default())
}

fn meaning_while(sentence: &str, today: Date, open: &Hours) -> String {
    let terms = SearchTerms::parse(sentence, KnownNames { names: &known(), equipment: &equipment() }, today, open);
    let expected = terms.resource().map(|expected| expected.to_string());
    let days = terms.days.map(
        |Days { first, last }| {
            if first == last { day(first) } else { format!("{}..{}", day(first), day(last)) }
        },
    );
    let hours = terms.hours.map(|TimeWindow { from, begins_by, to }| match (from, begins_by, to) {
        (from, by, _) if from == by => format!("@{}", clock(from)),
        (0, _, to) => format!("<{}", clock(to)),
        (from, _, u16::MAX) => format!(">{}", clock(from)),
        (from, _, to) => format!("{}-{}", clock(from), clock(to)),
    });
    let length = terms.minutes.map(|minutes| format!("{minutes}m"));
    let people = terms.people.map(|people| format!("{people}p"));
    let with: Vec<_> = terms.equipment().map(|at| format!("+{}", equipment()[at])).collect();
    let unknown = terms.unknown.iter().map(|words| format!("?{}", &sentence[words.clone()]));
    expected
        .into_iter()
        .chain(with)
        .chain(people)
        .chain(days)
        .chain(hours)
        .chain(length)
        .chain(unknown)
        .collect::<Vec<_>>()
        .join(" ")
}

fn check(table: &[(&str, &str)]) {
    let wrong = table.iter().filter_map(|(sentence, expected)| {
        let found = meaning(sentence, TODAY);
        (found != *expected).then(|| format!("“{sentence}”: {found:?}, not {expected:?}"))
    });
    let wrong: Vec<_> = wrong.collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), table.len(), wrong.join("\n"));
}

#[test]
fn people_and_equipment_are_parsed() {
    check(&[
        ("beamer, 20 people, Tuesday evening", "+Beamer 20p 12-01 18:00-23:00"),
        ("proiettore, 20 persone, martedì sera", "20p 12-01 18:00-23:00 ?proiettore"),
        ("a room with beamers and a piano for 12 people", "rooms +Beamer +Piano 12p"),
        ("meeting room white board", "room:1 +White board"),
        ("white", "?white"),
        ("saw bench friday 2 h", "+Saw bench 11-27 120m"),
        ("saw friday", "type:3 11-27"),
        ("sala per otto persone domani alle 18", "rooms 8p 11-26 @18:00"),
        ("tomorrow 18-20 6 people", "6p 11-26 18:00-20:00 120m"),
        ("20 people 30 people", "20p ?30 ?people"),
        ("0 people", "?0 ?people"),
        ("beamer beamer", "+Beamer ?beamer"),
        ("people", "?people"),
    ]);
}

#[test]
#[expect(clippy::too_many_lines, reason = "a line for each sentence")]
fn english_search_is_parsed() {
    check(&[
        ("panel saw tomorrow 6pm 2h", "machine:5 11-26 @18:00 120m"),
        ("panel saw saturday", "machine:5 11-28"),
        ("saturday morning 3d printer", "type:2 11-28 06:00-12:00"),
        ("panel saw 2 dec", "machine:5 12-02"),
        ("printer next monday 90 min", "type:2 11-30 90m"),
        ("something free tomorrow 18–20", "any 11-26 18:00-20:00 120m"),
        ("anything", "any"),
        ("something or anything, 2 h", "any 120m"),
        ("a laser or something tomorrow", "type:1 11-26"),
        ("something with a laser", "type:1"),
        ("any room or anything", "rooms"),
        ("something like a flux capacitor", "?flux ?capacitor"),
        ("something monday friday", "11-30 ?friday"),
        ("anna tomorrow evening 2 hours", "machine:3 11-26 18:00-23:00 120m"),
        ("laser, 2 h, this week", "type:1 11-25..11-29 120m"),
        ("this week: 2 hours on the Laser", "type:1 11-25..11-29 120m"),
        ("3d printer anna", "machine:3"),
        ("printer 3d berta today", "machine:4 11-25"),
        ("laser cutter 2", "machine:2"),
        ("laser cutter 2 2h", "machine:2 120m"),
        ("laser cutter 2 h", "type:1 120m"),
        ("laser 2 2 hours friday", "machine:2 11-27 120m"),
        ("panle saw tomorrow", "type:3 11-26 ?panle"),
        ("flux capacitor, today", "11-25 ?flux ?capacitor"),
        ("pan", "machine:5"),
        ("lasers", "type:1"),
        ("las tomorrow", "type:1 11-26"),
        ("band 1h", "machine:6 60m"),
        ("saws", "type:3"),
        ("mill a", "machine:8"),
        ("a mill", "machine:8"),
        ("meeting room friday 9-12", "room:1 11-27 09:00-12:00 180m"),
        ("a room tomorrow", "rooms 11-26"),
        ("room grande", "room:2"),
        ("laser saw", "type:1 ?saw"),
        ("sat", "11-28"),
        ("on Saturdays", "11-28"),
        ("wednesday", "11-25"),
        ("next wednesday", "12-02"),
        ("next saturday", "12-05"),
        ("this saturday", "11-28"),
        ("friday next week", "12-04"),
        ("next week friday", "12-04"),
        ("monday this week", "11-25..11-29 ?monday"),
        ("sat or sun", "11-28..11-29"),
        ("monday friday", "11-30 ?friday"),
        ("dec 2", "12-02"),
        ("2nd of december", "12-02"),
        ("December 2nd, 2026", "12-02"),
        ("2/12", "12-02"),
        ("2.12.", "12-02"),
        ("12/25", "12-25"),
        ("2026-12-02", "12-02"),
        ("on the 5th", "12-05"),
        ("the 25th", "11-25"),
        ("on the 31st", "12-31"),
        ("2 jan", "2027-01-02"),
        ("24 nov", "2027-11-24"),
        ("25 nov", "11-25"),
        ("29 feb", "2028-02-29"),
        ("31/11", "?31/11"),
        ("sat 28 nov", "11-28"),
        ("saturday 28", "11-28"),
        ("sunday 28 nov", "11-28 ?sunday"),
        ("today", "11-25"),
        ("tonight", "11-25 18:00-23:00"),
        ("tonight at 8", "11-25 @20:00"),
        ("tomorrow at 7 in the evening", "11-26 @19:00"),
        ("day after tomorrow", "11-27"),
        ("next week", "11-30..12-06"),
        ("weekend", "11-28..11-29"),
        ("next weekend", "12-05..12-06"),
        ("weekend next week", "11-28..11-29 ?next ?week"),
        ("next 7 days", "11-25..12-01"),
        ("in 3 days", "11-28"),
        ("afternoon", "12:00-18:00"),
        ("friday noon", "11-27 12:00-14:00"),
        ("at noon", "@12:00"),
        ("before noon", "<12:00"),
        ("18-20", "18:00-20:00 120m"),
        ("18 – 20", "18:00-20:00 120m"),
        ("18:00 to 20:00", "18:00-20:00 120m"),
        ("18.30-20.00", "18:30-20:00 90m"),
        ("from 6 to 8 pm", "18:00-20:00 120m"),
        ("6-8pm", "18:00-20:00 120m"),
        ("10am to 1", "10:00-13:00 180m"),
        ("9-5", "09:00-17:00 480m"),
        ("11pm-1am", "23:00-25:00 120m"),
        ("between 9 and 12 2h", "09:00-12:00 120m"),
        ("between 9 and 12", "09:00-12:00"),
        ("18-20 1h", "18:00-20:00 60m"),
        ("6pm", "@18:00"),
        ("6 pm", "@18:00"),
        ("6 p.m.", "@18:00"),
        ("12am", "@00:00"),
        ("18:00", "@18:00"),
        ("at 9", "@09:00"),
        ("at 3", "@15:00"),
        ("at 03:00", "@03:00"),
        ("after 17", ">17:00"),
        ("after 5 pm", ">17:00"),
        ("from 18 onwards", ">18:00"),
        ("before 11", "<11:00"),
        ("after 17 before 20", "17:00-20:00"),
        ("monday morning before 11", "11-30 06:00-11:00"),
        ("morning evening", "06:00-12:00 ?evening"),
        ("25:00", "?25:00"),
        ("2h", "120m"),
        ("1.5 h", "90m"),
        ("1.5h", "90m"),
        ("1h30", "90m"),
        ("1 h 30 min", "90m"),
        ("1:30", "90m"),
        ("tomorrow 03:00", "11-26 @03:00"),
        ("half an hour", "30m"),
        ("an hour", "60m"),
        ("an hour and a half", "90m"),
        ("two hours and a half", "150m"),
        ("2 h 3 h", "120m ?3 ?h"),
        ("99999 h", "?99999 ?h"),
        ("0 h", "?0 ?h"),
        ("7", "?7"),
        ("h1", "?h1"),
        ("by tomorrow", "11-26 ?by"),
        ("every saturday", "11-28 ?every"),
        ("please book me the panel saw for 2 hours on friday at 18:30", "machine:5 11-27 @18:30 120m"),
        ("18-20 tomorrow saw panel", "machine:5 11-26 18:00-20:00 120m"),
        ("saw tomorrow panel", "machine:5 11-26"),
        ("  ,; ", ""),
    ]);
}

#[test]
fn italian_search_is_parsed() {
    check(&[
        ("sabato mattina", "11-28 06:00-12:00"),
        ("sabato mattina stampante a resina 2 ore", "type:4 11-28 06:00-12:00 120m"),
        ("stampanti domani", "type:4 11-26"),
        ("domani 18-20", "11-26 18:00-20:00 120m"),
        ("domani sera", "11-26 18:00-23:00"),
        ("lunedì prossimo", "11-30"),
        ("prossimo lunedi", "11-30"),
        ("mercoledì", "11-25"),
        ("mercoledì prossimo", "12-02"),
        ("sabato prossimo", "12-05"),
        ("questo sabato", "11-28"),
        ("venerdì della prossima settimana", "12-04"),
        ("dopodomani", "11-27"),
        ("dopo domani", "11-27"),
        ("il 2 dicembre", "12-02"),
        ("2 dic", "12-02"),
        ("primo dicembre", "12-01"),
        ("1° dicembre", "12-01"),
        ("il 5", "12-05"),
        ("il 25", "11-25"),
        ("il 24", "12-24"),
        ("il 2 gennaio", "2027-01-02"),
        ("2 marzo", "2027-03-02"),
        ("mar 3 dic", "12-03 ?mar"),
        ("mar 1 dic", "12-01"),
        ("mar 18-20", "12-01 18:00-20:00 120m"),
        ("mar 3", "2027-03-03"),
        ("sab 28", "11-28"),
        ("sabato 28 alle 18", "11-28 @18:00"),
        ("gio 26 nov", "11-26"),
        ("oggi", "11-25"),
        ("oggi pomeriggio", "11-25 12:00-18:00"),
        ("stasera", "11-25 18:00-23:00"),
        ("stasera alle 8", "11-25 @20:00"),
        ("stamattina", "11-25 06:00-12:00"),
        ("domattina", "11-26 06:00-12:00"),
        ("domani mattina alle 9", "11-26 @09:00"),
        ("questa settimana", "11-25..11-29"),
        ("la prossima settimana", "11-30..12-06"),
        ("settimana prossima", "11-30..12-06"),
        ("fine settimana", "11-28..11-29"),
        ("nel weekend", "11-28..11-29"),
        ("prossimo fine settimana", "12-05..12-06"),
        ("prossimi 7 giorni", "11-25..12-01"),
        ("tra tre giorni", "11-28"),
        ("sabato o domenica", "11-28..11-29"),
        ("alle 18", "@18:00"),
        ("alle 18.30", "@18:30"),
        ("alle 9.10", "@09:10"),
        ("alle ore 18", "@18:00"),
        ("alle sei e mezza di sera", "@18:30"),
        ("verso le 18", "@18:00"),
        ("a mezzogiorno", "12:00-14:00"),
        ("dalle 18 alle 20", "18:00-20:00 120m"),
        ("dalle 9 alle 12 venerdì", "11-27 09:00-12:00 180m"),
        ("tra le 18 e le 20", "18:00-20:00"),
        ("tra le 9 e le 13 per un'ora", "09:00-13:00 60m"),
        ("dopo le 17", ">17:00"),
        ("dalle 18 in poi", ">18:00"),
        ("prima delle 12", "<12:00"),
        ("prima di mezzogiorno", "<12:00"),
        ("entro le 20", "<20:00"),
        ("per due ore", "120m"),
        ("2 ore", "120m"),
        ("1,5 ore", "90m"),
        ("due ore e mezza", "150m"),
        ("un'ora e mezza", "90m"),
        ("un'ora", "60m"),
        ("mezz'ora", "30m"),
        ("mezz’ora", "30m"),
        ("mezza ora", "30m"),
        ("un paio d'ore", "120m"),
        ("1 ora e 30", "90m"),
        ("90 minuti", "90m"),
        ("un quarto d'ora", "15m"),
        ("qualcosa di libero", "any"),
        ("qualcosa di libero domani per 2 ore", "any 11-26 120m"),
        ("qualcosa per il tornio domani", "machine:7 11-26"),
        ("Laser 2h questa settimana", "type:1 11-25..11-29 120m"),
        ("un laser per 120 minuti questa settimana", "type:1 11-25..11-29 120m"),
        ("vorrei prenotare il tornio sabato dalle 10 alle 12", "machine:7 11-28 10:00-12:00 120m"),
        ("tornio sabto mattina", "machine:7 06:00-12:00 ?sabto"),
        ("tornoi domani", "11-26 ?tornoi"),
        ("sala grande domani dalle 18 alle 20", "room:2 11-26 18:00-20:00 120m"),
        ("una sala venerdì", "rooms 11-27"),
        ("stanza", "rooms"),
        ("sala meeting", "room:1"),
        ("anna domani sera 2 ore", "machine:3 11-26 18:00-23:00 120m"),
        ("2 ore, domani, 3d", "type:2 11-26 120m"),
        ("ogni lunedì", "11-30 ?ogni"),
        ("lunedì martedì", "11-30..12-01"),
        ("lunedì mercoledì", "11-30 ?mercoledì"),
        ("di mattina alle 10", "@10:00"),
        ("alle 3 del pomeriggio", "@15:00"),
        ("domani tomorrow", "11-26"),
        ("tomorrow mattina 2 ore panel saw", "machine:5 11-26 06:00-12:00 120m"),
        ("sega domani", "11-26 ?sega"),
        ("il laser, per favore", "type:1"),
    ]);
}

#[test]
fn weekday_name_means_today_and_week_ends_on_sunday() {
    let monday = Date { day: 23, ..TODAY };
    assert_eq!(meaning("monday", monday), "11-23");
    assert_eq!(meaning("next monday", monday), "11-30");
    assert_eq!(meaning("lunedì prossimo", monday), "11-30");
    let sunday = Date { day: 29, ..TODAY };
    assert_eq!(meaning("this week", sunday), "11-29");
    assert_eq!(meaning("weekend", sunday), "11-29");
    assert_eq!(meaning("next week", sunday), "11-30..12-06");
    let saturday = Date { day: 28, ..TODAY };
    assert_eq!(meaning("saturday", saturday), "11-28");
    assert_eq!(meaning("next weekend", saturday), "12-05..12-06");
    let last = Date { month: 12, day: 31, ..TODAY };
    assert_eq!(meaning("tomorrow", last), "2027-01-01");
    assert_eq!(meaning("on the 30th", last), "2027-01-30");
}

#[test]
fn parsed_parts_keep_words_and_can_be_removed() {
    let sentence = "Saw tomorrow panel, 18–20 foo";
    let terms = SearchTerms::parse(
        sentence,
        KnownNames { names: &known(), ..KnownNames::default() },
        TODAY,
        &Hours::default(),
    );
    let words: Vec<Vec<&str>> =
        terms.parts.iter().map(|part| part.words.iter().map(|words| &sentence[words.clone()]).collect()).collect();
    assert_eq!(words, [vec!["Saw", "panel"], vec!["tomorrow"], vec!["18–20"]]);
    assert_eq!(without(sentence, &terms.parts[0].words), "tomorrow 18–20 foo");
    assert_eq!(without(sentence, &terms.parts[1].words), "Saw panel, 18–20 foo");
    assert_eq!(without(sentence, &terms.unknown), "Saw tomorrow panel, 18–20");
    let any = "something free tomorrow";
    let terms =
        SearchTerms::parse(any, KnownNames { names: &known(), ..KnownNames::default() }, TODAY, &Hours::default());
    assert_eq!(terms.parts[0].meaning, Meaning::Thing(ResourceFilter::Any));
    assert_eq!(without(any, &terms.parts[0].words), "free tomorrow");
    assert_eq!(ResourceFilter::parse(&ResourceFilter::Any.to_string()), Some(ResourceFilter::Any));
}

#[test]
fn common_phrases_map_to_named_timeframe_and_round_trip() {
    let timeframe = |sentence: &str| {
        SearchTerms::parse(sentence, KnownNames::default(), TODAY, &Hours::default()).timeframe(TODAY)
    };
    assert_eq!(timeframe("2 h"), None);
    for (sentence, when) in [
        ("today", When::Today),
        ("tomorrow", When::Tomorrow),
        ("this week", When::ThisWeek),
        ("next week", When::NextWeek),
        ("next 7 days", When::Soon),
        ("evenings", When::Evenings),
    ] {
        assert_eq!(timeframe(sentence), Some(Timeframe::Named(when)), "{sentence}");
    }
    for (sentence, text) in [
        ("saturday", "2026-11-28"),
        ("weekend", "2026-11-28_2026-11-29"),
        ("tomorrow 18-20", "2026-11-26@1080-1439-1200"),
        ("today at 9", "2026-11-25@540-540-65535"),
    ] {
        let exact = timeframe(sentence).unwrap();
        assert_eq!(exact.to_string(), text);
        assert_eq!(Timeframe::parse(text), Some(exact));
    }
    for text in [
        "",
        "never",
        "2026-11-31",
        "2026-11-29_2026-11-28",
        "2026-01-01_2026-12-31",
        "2026-11-28@1-2",
        "2026-11-28@9-1-5",
    ] {
        assert_eq!(Timeframe::parse(text), None, "{text}");
    }
}

/// Random words around dates, hours and names.
fn sentence() -> impl Strategy<Value = String> {
    let name = prop_oneof![
        proptest::sample::select(vec![
            "panel", "saw", "laser", "cutter", "2", "18-20", "18", "–", "to", "from", "dalle", "alle", "sabato",
            "next", "mar", "dec", "2/12", "2.12.", "h", "2h30", "1:", ":30", "pm", "p.m.", "mezz'ora", "the",
            "on the", "room", "sala", "tonight", "65535h", "9999", "in 3", "days", "è", "e\u{300}", "ß", "İ",
            "２", "½h", "٣",
        ])
        .prop_map(str::to_owned),
        ".{0,6}",
    ];
    proptest::collection::vec(name, 0..50).prop_map(|words| words.join(" "))
}

proptest! {
    #[test]
    fn every_search_word_is_parsed_filler_or_unknown(sentence in sentence(), days in -800_000_i64..800_000) {
        let today = Date::from_days(days);
        let terms = SearchTerms::parse(&sentence, KnownNames { names: &known(), equipment: &equipment() }, today, &Hours::default());
        let understood = terms.parts.iter().flat_map(|part| part.words.iter());
        let all: Vec<_> = understood.chain(&terms.fillers).chain(&terms.unknown).collect();
        for (at, letter) in sentence.char_indices().filter(|(_, letter)| letter.is_alphanumeric()) {
            let times = all.iter().filter(|words| words.contains(&at)).count();
            prop_assert_eq!(times, 1, "{:?} at {} of {:?}: {:?}", letter, at, sentence, terms);
        }
        for words in all {
            prop_assert!(sentence.get(words.clone()).is_some_and(|words| !words.is_empty()), "{:?} in {:?}", words, sentence);
        }
        if let Some(timeframe) = terms.timeframe(today).filter(|_| (1971..2099).contains(&today.year)) {
            prop_assert_eq!(Timeframe::parse(&timeframe.to_string()), Some(timeframe));
        }
        // The sentence without the part is valid too.
        for part in &terms.parts {
            let rest = without(&sentence, &part.words);
            drop(SearchTerms::parse(&rest, KnownNames { names: &known(), equipment: &equipment() }, today, &Hours::default()));
        }
    }
}
