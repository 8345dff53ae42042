//! Hours without *am* or *pm*, next to a part of the day and by opening hours.

use super::*;
use crate::{
    bookings::{AFTERNOON, EVENING, MIDDAY, MORNING},
    hours::{Stretch, Weekly},
    settings::Scope,
};

#[test]
fn english_hour_follows_nearby_day_part() {
    check(&[
        ("tomorrow afternoon after 3", "11-26 15:00-18:00"),
        ("after 3 tomorrow afternoon", "11-26 15:00-18:00"),
        ("saturday afternoon from 2", "11-28 14:00-18:00"),
        ("before 9 tomorrow evening", "11-26 18:00-21:00"),
        ("tomorrow evening by 9", "11-26 18:00-21:00"),
        ("tonight after 8", "11-25 20:00-23:00"),
        ("tonight until 10", "11-25 18:00-22:00"),
        ("tonight after 7:30", "11-25 19:30-23:00"),
        ("this afternoon after one thirty", "11-25 12:00-18:00 ?after ?one ?thirty"),
        ("this afternoon after 1:30", "11-25 13:30-18:00"),
        ("this afternoon before 5", "11-25 12:00-17:00"),
        ("friday afternoon after 2 before 5", "11-27 14:00-17:00"),
        ("friday afternoon between 2 and 5", "11-27 14:00-17:00"),
        ("friday afternoon 2-4", "11-27 14:00-16:00 120m"),
        ("evenings after 7", "19:00-23:00"),
        ("friday evening from 6", "11-27 18:00-23:00"),
        ("morning after 6", "06:00-12:00"),
        ("tomorrow morning from 9", "11-26 09:00-12:00"),
        ("tomorrow morning before 8", "11-26 06:00-08:00"),
        ("tomorrow at 3 in the morning", "11-26 @03:00"),
        ("before 6 tomorrow morning", "11-26 <06:00"),
        ("tomorrow afternoon at 3, 4 hours", "11-26 @15:00 240m"),
        ("tonight at 10, 2 h", "11-25 @22:00 120m"),
        ("tonight at 11", "11-25 @23:00"),
        ("tonight after 11", "11-25 >23:00"),
        ("tomorrow at 5 in the evening", "11-26 @17:00"),
        ("friday evening after 5", "11-27 18:00-23:00"),
        ("tomorrow afternoon after 6", "11-26 >18:00"),
        ("saturday afternoon 11-3", "11-28 11:00-15:00 240m"),
        ("friday evening 5-8", "11-27 17:00-20:00 180m"),
        ("tonight 8-12", "11-25 20:00-24:00 240m"),
        ("tonight 10-1", "11-25 22:00-25:00 180m"),
        ("friday noon after 1", "11-27 13:00-14:00"),
        ("friday noon at 1", "11-27 @13:00"),
        ("tomorrow morning at 12", "11-26 @12:00"),
        // Contradictions: the later one is unknown.
        ("tomorrow morning after 15:00", "11-26 06:00-12:00 ?after ?15:00"),
        ("after 15:00 tomorrow morning", "11-26 >15:00 ?morning"),
        ("tomorrow evening before 6", "11-26 18:00-23:00 ?before ?6"),
        ("tomorrow morning at 7 pm", "11-26 06:00-12:00 ?at ?7 ?pm"),
        ("between 18 and 23 at 17:00", "18:00-23:00 ?at ?17:00"),
        ("tomorrow evening at 8 at 9", "11-26 @20:00 ?at ?9"),
    ]);
}

#[test]
fn italian_hour_follows_nearby_day_part() {
    check(&[
        ("domani sera dopo le 8", "11-26 20:00-23:00"),
        ("dopo le 8 di domani sera", "11-26 20:00-23:00"),
        ("domani pomeriggio dopo le 3", "11-26 15:00-18:00"),
        ("sabato pomeriggio dalle 2", "11-28 14:00-18:00"),
        ("sabato pomeriggio dalle 2 in poi", "11-28 14:00-18:00"),
        ("domani sera prima delle 9", "11-26 18:00-21:00"),
        ("entro le 9 di stasera", "11-25 18:00-21:00"),
        ("stasera dopo le sette e mezza", "11-25 19:30-23:00"),
        ("stasera fino alle 10", "11-25 18:00-22:00"),
        ("stasera dalle 8 alle 10", "11-25 20:00-22:00 120m"),
        ("stasera dopo le 11", "11-25 >23:00"),
        ("oggi pomeriggio prima delle 5", "11-25 12:00-17:00"),
        ("oggi pomeriggio dopo l'una", "11-25 13:00-18:00"),
        ("venerdì pomeriggio tra le 2 e le 5", "11-27 14:00-17:00"),
        ("venerdì pomeriggio dall'una alle 3", "11-27 13:00-15:00 120m"),
        ("domani mattina dopo le 9", "11-26 09:00-12:00"),
        ("domani mattina prima delle 8", "11-26 06:00-08:00"),
        ("domattina dalle 10", "11-26 10:00-12:00"),
        ("domani alle 5 di sera", "11-26 @17:00"),
        ("domani alle 3 del pomeriggio per 4 ore", "11-26 @15:00 240m"),
        ("alle 4 di mattina", "@04:00"),
        ("stasera alle 8 per 4 ore", "11-25 @20:00 240m"),
        ("venerdì sera 8-12", "11-27 20:00-24:00 240m"),
        ("domani mattina dopo le 15", "11-26 06:00-12:00 ?dopo ?le ?15"),
    ]);
}

#[test]
fn bare_hour_is_read_within_working_day() {
    check(&[
        ("at 6", "@18:00"),
        ("at 6:30", "@18:30"),
        ("at 06:00", "@06:00"),
        ("at 6 am", "@06:00"),
        ("by 6", "<18:00"),
        ("after 6", ">18:00"),
        ("laser tomorrow after 6", "type:1 11-26 >18:00"),
        ("after 5", ">17:00"),
        ("before 1", "<13:00"),
        ("at 7", "@19:00"),
        ("at 8", "@08:00"),
        ("after 9", ">09:00"),
        ("before 10", "<10:00"),
        ("6-8", "18:00-20:00 120m"),
        ("from 2 to 4", "14:00-16:00 120m"),
        ("between 1 and 3", "13:00-15:00"),
        ("9-12", "09:00-12:00 180m"),
        ("dopo le 6", ">18:00"),
        ("alle sei", "@18:00"),
        ("all'una", "@13:00"),
        ("dopo l'una", ">13:00"),
        ("una sala all’una e mezza", "rooms @13:30"),
        ("entro le 6", "<18:00"),
        ("verso le 4", "@16:00"),
        ("dalle 6 alle 8", "18:00-20:00 120m"),
        ("tra l'una e le 3", "13:00-15:00"),
    ]);
}

fn open_on(weekdays: impl IntoIterator<Item = u8>, from: u16, to: u16) -> Hours {
    let weekly = |weekday| Weekly { scope: Scope::Space, weekday, hours: Stretch { from, to } };
    Hours { weekly: weekdays.into_iter().map(weekly).collect(), exceptions: Vec::new() }
}

#[test]
fn bare_hour_is_read_within_opening_hours() {
    let all_week = 0..7;
    let (early, evenings, day) = (
        open_on(all_week.clone(), 5 * 60, 13 * 60),
        open_on(all_week.clone(), 17 * 60, 23 * 60),
        open_on(all_week, 10 * 60, 22 * 60),
    );
    let mut mixed = open_on(0..5, 17 * 60, 23 * 60);
    mixed.weekly.extend(open_on([5], 6 * 60, 14 * 60).weekly);
    for (open, sentence, expected) in [
        (&early, "at 6", "@06:00"),
        (&early, "after 6", ">06:00"),
        (&early, "dalle 6 alle 8", "06:00-08:00 120m"),
        (&early, "at 12", "@12:00"),
        (&evenings, "at 8", "@20:00"),
        (&evenings, "after 9", ">21:00"),
        (&evenings, "8-10", "20:00-22:00 120m"),
        (&evenings, "tomorrow morning after 9", "11-26 09:00-12:00"),
        (&day, "after 9", ">09:00"),
        (&day, "before 9", "<21:00"),
        (&day, "before 11", "<11:00"),
        (&day, "after 6", ">18:00"),
        (&mixed, "at 7", "@19:00"),
        (&mixed, "tomorrow at 7", "11-26 @19:00"),
        (&mixed, "saturday at 7", "11-28 @07:00"),
        (&mixed, "sabato dopo le 6", "11-28 >06:00"),
        (&mixed, "sunday at 6", "11-29 @18:00"),
    ] {
        assert_eq!(meaning_while(sentence, TODAY, open), expected, "{sentence}");
    }
}

proptest! {
    #[test]
    fn window_of_day_part_and_hour_intersects_day_part(
        part in proptest::sample::select(vec![
            ("morning", MORNING), ("mattina", MORNING), ("noon", MIDDAY), ("pranzo", MIDDAY), ("afternoon", AFTERNOON),
            ("pomeriggio", AFTERNOON), ("evening", EVENING), ("sera", EVENING), ("tonight", EVENING), ("stamattina", MORNING),
        ]),
        phrase in proptest::sample::select(vec![
            "at #", "alle #", "after #", "dopo le #", "from #", "dalle #", "before #", "by #", "entro le #", "prima delle #",
            "between # and %", "tra le # e le %", "#-%", "from # to %", "at #:30", "dopo le #.30", "# pm", "before # am",
            "after # before %",
        ]),
        first in 0..25_u16, last in 0..25_u16, hour_first: bool, opens in 0..20_u16,
    ) {
        let phrase = phrase.replace('#', &first.to_string()).replace('%', &last.to_string());
        let (name, part) = part;
        let sentence = if hour_first { format!("{phrase} {name}") } else { format!("{name} {phrase}") };
        let open = open_on(0..7, opens * 60, (opens + 4) * 60);
        let terms = SearchTerms::parse(&sentence, KnownNames::default(), TODAY, &open);
        let is_part = |meaning: Meaning| matches!(meaning, Meaning::DaysAndHours(_, hours) | Meaning::Hours(hours) if hours == part);
        if let Some(hours) = terms.hours.filter(|_| terms.parts.iter().any(|found| is_part(found.meaning))) {
            let begins = if part == MORNING { 0 } else { part.from };
            let ends = if part == EVENING { MIDNIGHT } else { part.to };
            prop_assert!(hours.from <= ends && hours.to >= begins, "{:?}: {:?}", sentence, hours);
            prop_assert!(hours.from < hours.to && hours.from <= hours.begins_by, "{:?}: {:?}", sentence, hours);
            // Only a stated start or length may begin before the part of the day.
            let is_stated = hours.from == hours.begins_by || terms.minutes.is_some();
            prop_assert!(is_stated || hours.from >= begins, "{:?}: {:?}", sentence, hours);
        }
    }
}
