//! `GET /machines/labels.pdf?size=`: machine labels on A4 sheets.
//!
//! Written by hand, because rectangles and a few words in a standard font need no library. Letters missing from
//! the font are written as boards write them; symbols are left out, and a name in another script is replaced by
//! the machine's number. Not here: permissions; the service checks them.

use super::Shared;
use app::{qr, request::Site, visitor::Visitor};
use axum::{
    Extension,
    extract::{Query, State},
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use contract::equipment::Label;
use domain::{actor::Actor, equipment::LabelSize, people::folded::with_marks};
use fabomatic::lcd::transliterate;
use serde::Deserialize;
use services::equipment;
use services::error::ServiceError;
use std::fmt::Write;
use text::Lang;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct LabelParams {
    size: String,
}

/// Labels of the machines that the caller looks after.
pub async fn pdf(
    State(shared): State<Shared>,
    Extension(actor): Extension<Actor>,
    Extension(visitor): Extension<Visitor>,
    Extension(Site(home)): Extension<Site>,
    Query(requested): Query<LabelParams>,
) -> Response {
    let labels = match equipment::labels(&shared.0.ctx, &actor, None).await {
        Ok(labels) => labels,
        Err(error) => {
            let problem = error.problem(visitor.lang);
            let status = StatusCode::from_u16(problem.kind.status()).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
            return (status, problem.detail).into_response();
        }
    };
    let Some(home) = &home else {
        // The page says what is missing.
        return Redirect::to("/machines/labels").into_response();
    };
    let size = LabelSize::parse(&requested.size).unwrap_or(LabelSize::Medium);
    let head = [
        (header::CONTENT_TYPE, "application/pdf"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"labels.pdf\""),
        (header::CACHE_CONTROL, "private, no-store"),
    ];
    (head, sheets(&labels, home, size, visitor.lang)).into_response()
}

const PAPER: (usize, usize) = (595, 842);
const MARGIN: usize = 36;
/// Margin before and after the text.
const INSET: usize = 6;
/// Height below the code, for two lines.
const WORDS: usize = 30;

const fn columns(size: LabelSize) -> usize {
    match size {
        LabelSize::Small => 5,
        LabelSize::Medium => 3,
        LabelSize::Large => 2,
    }
}

fn sheets(labels: &[Label], home: &str, size: LabelSize, lang: Lang) -> Vec<u8> {
    let columns = columns(size);
    let width = (PAPER.0 - 2 * MARGIN) / columns;
    let rows = (PAPER.1 - 2 * MARGIN) / (width + WORDS);
    let mut pages: Vec<String> = labels
        .chunks(columns * rows)
        .map(|page| {
            let mut drawn = String::new();
            for (at, label) in page.iter().enumerate() {
                let left = MARGIN + at % columns * width;
                let top = PAPER.1 - MARGIN - at / columns * (width + WORDS);
                draw(&mut drawn, label, home, (left, top), width, lang);
            }
            drawn
        })
        .collect();
    if pages.is_empty() {
        pages.push(String::new());
    }
    document(&pages)
}

/// Draws one label whose upper left corner is at `(left, top)`. Writing to a string cannot fail.
fn draw(page: &mut String, label: &Label, home: &str, (left, top): (usize, usize), width: usize, lang: Lang) {
    let Some((side, runs)) = qr::runs(&label.address(home)) else { return };
    // Hundredths of a point: whole numbers are the same in every language.
    let unit = width * 100 / side;
    let point = |hundredths: usize| format!("{}.{:02}", hundredths / 100, hundredths % 100);
    for [x, y, length] in runs {
        let _ = writeln!(
            page,
            "{} {} {} {} re",
            point(left * 100 + x * unit),
            point(top * 100 - (y + 1) * unit),
            point(length * unit),
            point(unit),
        );
    }
    page.push_str("f\n");
    let number = || label.number.map(|number| number.to_string());
    let name = readable(&label.name).or_else(|| number().map(|number| lang.labels_machine(&number)));
    let about: Vec<_> = readable(&label.kind).into_iter().chain(number()).collect();
    let lines = [(10, name.unwrap_or_default()), (8, about.join(" · "))];
    let mut under = top - width;
    for (points, words) in lines {
        under -= points + 2;
        let fitting = cut(&words, (width - 2 * INSET) * 1_000 / points);
        let _ = writeln!(page, "BT /F1 {points} Tf {} {under} Td ({}) Tj ET", left + INSET, escaped(&fitting));
    }
}

/// The text in letters of the font: its own unchanged, others as a display would write them. `None` if a letter
/// has no such form; symbols without one are left out.
fn readable(words: &str) -> Option<String> {
    let mut readable = String::new();
    for letter in with_marks(words).chars() {
        if letter.is_whitespace() {
            readable.push(' ');
        } else if code(letter).is_some() {
            readable.push(letter);
        } else {
            let written = transliterate(&letter.to_string());
            if !written.contains('?') {
                readable.push_str(&written);
            } else if letter.is_alphanumeric() {
                return None;
            }
        }
    }
    let readable = readable.split_whitespace().collect::<Vec<_>>().join(" ");
    (!readable.is_empty()).then_some(readable)
}

/// Width of each letter of Helvetica in thousandths of its height, by its place in [`code`]: Adobe's metrics of
/// the fourteen standard fonts.
const WIDTHS: [u16; 224] = [
    // From the space on.
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556,
    556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667,
    556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556,
    556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722,
    500, 500, 500, 334, 260, 334, 584, 0, // From 128 on.
    556, 556, 222, 556, 333, 1000, 556, 556, 333, 1000, 667, 333, 1000, 222, 611, 278, 0, 222, 222, 333, 333, 350,
    556, 1000, 333, 1000, 500, 333, 944, 0, 500, 667, //
    // From 160 on.
    278, 333, 556, 556, 556, 556, 260, 556, 333, 737, 370, 556, 584, 333, 737, 333, 400, 584, 333, 333, 333, 556,
    537, 278, 333, 333, 365, 556, 834, 834, 834, 611, 667, 667, 667, 667, 667, 667, 1000, 722, 667, 667, 667, 667,
    278, 278, 278, 278, 722, 722, 778, 778, 778, 778, 778, 584, 778, 722, 722, 722, 722, 667, 667, 611, 556, 556,
    556, 556, 556, 556, 889, 500, 556, 556, 556, 556, 278, 278, 278, 278, 556, 556, 556, 556, 556, 556, 556, 584,
    611, 556, 556, 556, 556, 500, 556, 500,
];
/// Widest letter; the ellipsis of a cut line is as wide.
const WIDEST: usize = 1_000;

/// Letters of the font from 128 to 159: those of Windows-1252, and in three of its empty places additional letters
/// of the font ([`DIFFERENCES`]). A space is no letter.
const UPPER: [char; 32] = [
    '€', 'Ł', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', 'ł', 'Ž', 'ı', ' ', '‘', '’', '“', '”', '•',
    '–', '—', '˜', '™', 'š', '›', 'œ', ' ', 'ž', 'Ÿ',
];
/// The letters in places that Windows-1252 leaves empty.
const DIFFERENCES: &str = "129 /Lslash 141 /lslash 143 /dotlessi";

/// Code of a letter in the font. A soft hyphen has none.
fn code(letter: char) -> Option<u8> {
    match letter {
        ' '..='~' | '\u{A1}'..='\u{AC}' | '\u{AE}'..='\u{FF}' => u8::try_from(u32::from(letter)).ok(),
        _ => UPPER.iter().position(|upper| *upper == letter).and_then(|at| u8::try_from(at + 128).ok()),
    }
}

fn width_of(letter: char) -> usize {
    let place = code(letter).and_then(|code| code.checked_sub(32));
    place.and_then(|place| WIDTHS.get(usize::from(place))).map_or(WIDEST, |width| usize::from(*width))
}

/// As much of the text as fits into `room`, in thousandths of its height.
fn cut(words: &str, room: usize) -> String {
    let wide = |words: &str| words.chars().map(width_of).sum::<usize>();
    if wide(words) <= room {
        return words.to_owned();
    }
    let mut stored = String::new();
    for letter in words.chars() {
        if wide(&stored) + width_of(letter) + WIDEST > room {
            break;
        }
        stored.push(letter);
    }
    format!("{}…", stored.trim_end())
}

/// Text for a PDF: letters beyond ASCII as octal codes.
fn escaped(words: &str) -> String {
    let mut escaped = String::new();
    // `readable` lets nothing else through.
    for code in words.chars().filter_map(code) {
        match code {
            b'(' | b')' | b'\\' => escaped.extend(['\\', char::from(code)]),
            b' '..=b'~' => escaped.push(char::from(code)),
            _ => {
                let _ = write!(escaped, "\\{code:03o}");
            }
        }
    }
    escaped
}

/// A document of these pages: a catalogue, a list of pages, a font, and two objects for each page.
fn document(pages: &[String]) -> Vec<u8> {
    let kids: Vec<_> = (0..pages.len()).map(|page| format!("{} 0 R", 4 + 2 * page)).collect();
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        format!("<< /Type /Pages /Kids [{}] /Count {} >>", kids.join(" "), pages.len()),
        format!(
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding << /Type /Encoding /BaseEncoding /WinAnsiEncoding \
             /Differences [{DIFFERENCES}] >> >>"
        ),
    ];
    for (page, drawn) in pages.iter().enumerate() {
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {} {}] /Resources << /Font << /F1 3 0 R >> >> /Contents {} 0 R >>",
            PAPER.0,
            PAPER.1,
            5 + 2 * page,
        ));
        objects.push(format!("<< /Length {} >>\nstream\n{drawn}endstream", drawn.len()));
    }
    let mut file = String::from("%PDF-1.4\n");
    let mut places = Vec::with_capacity(objects.len());
    for (number, object) in (1..).zip(&objects) {
        places.push(file.len());
        let _ = write!(file, "{number} 0 obj\n{object}\nendobj\n");
    }
    let table = file.len();
    let _ = write!(file, "xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for place in places {
        let _ = writeln!(file, "{place:010} 00000 n ");
    }
    let _ = write!(file, "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n", objects.len() + 1);
    file.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::id::MachineId;

    fn label(id: i64, name: &str) -> Label {
        Label { id: MachineId(id), name: name.into(), number: Some(7), kind: "Säge".into() }
    }

    #[test]
    fn xref_table_points_at_every_object() {
        let labels: Vec<_> = (1..=40).map(|id| label(id, "Laser (1) \\ Łódź")).collect();
        let file =
            String::from_utf8(sheets(&labels, "https://talvera.example", LabelSize::Medium, Lang::En)).unwrap();
        let table = file.rsplit_once("startxref\n").unwrap().1.lines().next().unwrap().parse::<usize>().unwrap();
        assert!(file[table..].starts_with("xref\n"));
        let places: Vec<usize> =
            file[table..].lines().skip(3).map_while(|line| line.get(..10)?.parse().ok()).collect();
        for (number, place) in (1..).zip(&places) {
            assert!(file[*place..].starts_with(&format!("{number} 0 obj\n")), "{number}");
        }
        let pages = file.matches("/Type /Page ").count();
        assert_eq!(places.len(), 3 + 2 * pages);
        assert!(pages > 1 && file.contains(&format!("/Count {pages} ")));
        assert!(
            file.contains(r"(Laser \(1\) \\ \201\363dz)") && file.contains(r"(S\344ge \267 7)"),
            "words are escaped"
        );
        assert!(file.is_ascii());
    }

    #[test]
    fn stream_length_matches_content_and_empty_sheet_has_one_page() {
        let file =
            String::from_utf8(sheets(&[label(1, "x")], "https://x.example", LabelSize::Large, Lang::En)).unwrap();
        let (before, after) = file.split_once("stream\n").unwrap();
        let length: usize = before.rsplit_once("/Length ").unwrap().1.split(' ').next().unwrap().parse().unwrap();
        assert!(after[length..].starts_with("endstream"));
        assert!(
            String::from_utf8(sheets(&[], "https://x.example", LabelSize::Small, Lang::En))
                .unwrap()
                .contains("/Count 1 ")
        );
    }

    #[test]
    fn letters_in_the_font_are_encoded_unchanged() {
        let file =
            String::from_utf8(sheets(&[label(1, "x")], "https://x.example", LabelSize::Small, Lang::En)).unwrap();
        assert!(file.contains("/Differences [129 /Lslash"));
        for (words, written) in [
            ("Œuvre – “Šárka’s” 5 €", r"\214uvre \226 \223\212\341rka\222s\224 5 \200"),
            ("Łaser łucznik ışık", r"\201aser \215ucznik \217s\217k"),
            ("Fra\u{308}se", r"Fr\344se"),
            ("Koch\u{ad}feld\u{a0}2", "Kochfeld 2"),
            ("Žďár Ĉapek", r"\216d\341r Capek"),
        ] {
            assert_eq!(escaped(&readable(words).unwrap()), written, "{words}");
        }
        assert_eq!(['—', 'Æ', 'ß', 'Ł', '…', 'W'].map(width_of), [1_000, 1_000, 611, 556, 1_000, 944]);
    }

    #[test]
    fn unprintable_name_falls_back_to_number_and_long_name_is_cut() {
        let label = |name: &str, lang| {
            let file = sheets(&[label(1, name)], "https://x.example", LabelSize::Small, lang);
            String::from_utf8(file).unwrap()
        };
        assert!(label("ماكينة", Lang::It).contains("(Macchina 7) Tj"));
        assert!(label("🔧", Lang::En).contains("(Machine 7) Tj"));
        assert!(label("Fräse 🔧", Lang::En).contains(r"(Fr\344se) Tj"), "what can be written of it stays");
        assert!(label("Токарный", Lang::En).contains("(Tokarnyy) Tj"));
        let long = label("3D printer Anna (copy of a copy)", Lang::En);
        assert!(long.contains(r"\205) Tj"), "{long}");
        // 104 points of a label, less the margins, in letters of 10 points.
        for (words, room, fitting) in
            [("iiii", 888, "iiii"), ("iiiii", 1_109, "…"), ("WWW", 2_831, "W…"), ("", 0, "")]
        {
            assert_eq!(cut(words, room), fitting, "{words}");
        }
    }
}
