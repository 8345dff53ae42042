//! A free-time search in words: the names it can contain, and how it was understood.
//!
//! Invariant: the terms are shown in the order of the sentence. Not here: what words mean
//! (`domain::bookings::SearchTerms`), and which times are free ([`super::search`]).

use super::{BookingContext, bookables::Bookables};
use contract::bookings::SearchTerm;
use domain::{
    bookings::{
        self as rules, ExistingName, KnownNames, Meaning, Obstacle, Resource, ResourceFilter, SearchTerms,
        TimeWindow,
    },
    hours::Hours,
    id::TypeId,
    occupations::Span,
    time::Date,
    zone::Zone,
};
use std::{ops::Range, time::Duration};
use store::{SqliteConnection, StoreError, hours};

/// Clocks are put back by two hours at most, in quarters.
const MOST_BACK: u32 = 8;
const QUARTER: Duration = Duration::from_mins(15);

/// Names that can be searched: types before machines and rooms.
pub(super) fn known_names(all: &Bookables) -> Vec<ExistingName> {
    let types = all.types.iter().map(|(requested, name)| ExistingName {
        wanted: *requested,
        name: name.clone(),
        kind: None,
    });
    let ones = all.bookable.iter().map(|(kind, one)| ExistingName {
        wanted: ResourceFilter::One(one.resource),
        name: one.name.clone(),
        kind: kind.and_then(|kind| if let ResourceFilter::Type(kind) = kind { Some(kind) } else { None }),
    });
    types.chain(ones).collect()
}

/// Parses the text with the opening hours of the resource searched for, or of the space; `wanted` is an explicit choice.
pub(super) async fn read(
    conn: &mut SqliteConnection,
    (message, wanted): (&str, Option<ResourceFilter>),
    known: KnownNames<'_>,
    today: Date,
    kind_of: impl Fn(Resource) -> Option<TypeId>,
) -> Result<SearchTerms, StoreError> {
    let terms = SearchTerms::parse(message, known, today, &Hours::default());
    if terms.hours.is_none() {
        return Ok(terms);
    }
    let (kind, machine) = match wanted.or(terms.resource()) {
        Some(ResourceFilter::Type(kind)) => (Some(kind), None),
        Some(ResourceFilter::One(one)) => (kind_of(one), one.machine()),
        Some(ResourceFilter::Rooms | ResourceFilter::Any) | None => (None, None),
    };
    let open = hours::hours_of(conn, kind, machine, today.days()).await?;
    Ok(SearchTerms::parse(message, known, today, &open))
}

/// The words of `sentence`, understood or not, without fillers.
pub(super) fn to_view(sentence: &str, terms: &SearchTerms, known: KnownNames<'_>) -> Vec<SearchTerm> {
    let text = |words: &Range<usize>| sentence.get(words.clone()).unwrap_or_default();
    let name = |meaning| match meaning {
        Meaning::Thing(requested) => {
            known.names.iter().find(|one| one.wanted == requested).map(|one| one.name.clone())
        }
        Meaning::Equipment(at) => known.equipment.get(usize::from(at)).cloned(),
        _ => None,
    };
    let term = |words: &[Range<usize>], meaning: Option<Meaning>| SearchTerm {
        words: words.iter().map(text).collect::<Vec<_>>().join(" "),
        meaning,
        name: meaning.and_then(name),
        rest: rules::without(sentence, words),
    };
    let start = |words: &[Range<usize>]| words.first().map(|words| words.start);
    let understood = terms.parts.iter().map(|part| (start(&part.words), term(&part.words, Some(part.meaning))));
    let unknown = terms.unknown.iter().map(std::slice::from_ref).map(|words| (start(words), term(words, None)));
    let mut all: Vec<_> = understood.chain(unknown).collect();
    all.sort_by_key(|(start, _)| *start);
    all.into_iter().map(|(_, term)| term).collect()
}

/// The unknown words, if no resource was found by name.
pub(super) fn unheard(sentence: &str, terms: &SearchTerms) -> Option<String> {
    let unknown: Vec<_> = terms.unknown.iter().filter_map(|words| sentence.get(words.clone())).collect();
    (terms.resource().is_none() && !unknown.is_empty()).then(|| unknown.join(" "))
}

/// The first time in `span` and `window` that is blocked only by the person's own appointment.
pub(super) fn kept_by_own(
    known: &BookingContext,
    span: Span,
    length: Duration,
    window: TimeWindow,
) -> Option<Span> {
    let facts = known.facts();
    let pieces = rules::availability(span, &facts).into_iter();
    pieces
        .filter(|piece| piece.obstacle == Some(Obstacle::Elsewhere))
        .map(|piece| piece.span)
        .find(|piece| has_room(*piece, length, window, facts.zone))
}

/// Whether something of `length` can be in `piece` and `window`, by the clock on the wall.
fn has_room(piece: Span, length: Duration, window: TimeWindow, zone: Zone) -> bool {
    let day = |at| zone.moment(at).wall().date.days();
    let opens = (day(piece.starts)..=day(piece.ends)).map(|day| zone.instant(Date::from_days(day), window.from));
    // A repeated time may also be meant the second time.
    let again = (1..=MOST_BACK).map(|quarter| piece.starts.after(QUARTER * quarter));
    let begins = std::iter::once(piece.starts).chain(opens).chain(again);
    begins.filter(|begins| *begins >= piece.starts).any(|begins| {
        let span = Span { starts: begins, ends: begins.after(length) };
        span.ends <= piece.ends && window.fits(span, zone)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::time::MINUTE;

    #[test]
    fn room_on_dst_night_is_judged_by_wall_clock() {
        let zone: Zone = "Europe/Rome".parse().unwrap();
        let (long, short) = (Date { year: 2026, month: 10, day: 25 }, Date { year: 2026, month: 3, day: 29 });
        let piece = |date, from, to| Span { starts: zone.instant(date, from), ends: zone.instant(date, to) };
        let has_room = |piece, minutes: u32, window| has_room(piece, MINUTE * minutes, window, zone);
        let window = TimeWindow::between;
        // At 03:00 clocks go back to 02:00.
        assert!(has_room(piece(long, 0, 180), 180, window(60, 180)), "three hours from one to three");
        assert!(!has_room(piece(long, 0, 180), 181, window(60, 180)));
        assert!(!has_room(piece(long, 0, 180), 60, window(180, 300)), "it begins when the piece is over");
        assert!(has_room(piece(long, 0, 240), 60, window(180, 300)));
        assert!(!has_room(piece(long, 0, 240), 61, window(180, 300)));
        let second = Span { starts: zone.instant(long, 60).after(MINUTE * 135), ends: zone.instant(long, 180) };
        assert!(has_room(second, 30, window(150, 180)), "half past two comes again");
        assert!(!has_room(second, 31, window(150, 180)));
        // At 02:00 clocks go forward to 03:00.
        assert!(has_room(piece(short, 0, 360), 60, window(60, 180)));
        assert!(!has_room(piece(short, 0, 360), 61, window(60, 180)));
        assert!(has_room(piece(short, 0, 360), 120, window(120, 300)));
        assert!(!has_room(piece(short, 0, 360), 121, window(120, 300)));
    }

    #[test]
    fn room_on_later_day_of_piece_counts() {
        let zone = Zone::UTC;
        let date = Date { year: 2026, month: 11, day: 24 };
        let days = Span { starts: zone.instant(date, 1_200), ends: zone.instant(date, 2 * 1_440) };
        assert!(has_room(days, MINUTE * 60, TimeWindow::at(540), zone));
        let evening = Span { ends: zone.instant(date, 1_440), ..days };
        assert!(!has_room(evening, MINUTE * 60, TimeWindow::at(540), zone));
    }
}
