//! `GET /machines/labels.pdf?size=`: machine labels on A4 sheets.
//!
//! Written by hand, because rectangles and a few words in one embedded font ([`font`]) need no library. Letters missing from
//! the font are written as boards write them; symbols are left out, and a name in another script is replaced by
//! the machine's number. Not here: permissions; the service checks them.

mod font;

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
use std::{collections::BTreeSet, fmt::Write};
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
/// Number of the font's first object.
const FONT: usize = 4;

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
    let mut letters = BTreeSet::new();
    let mut pages: Vec<String> = labels
        .chunks(columns * rows)
        .map(|page| {
            let mut drawn = String::new();
            for (at, label) in page.iter().enumerate() {
                let left = MARGIN + at % columns * width;
                let top = PAPER.1 - MARGIN - at / columns * (width + WORDS);
                for (points, under, words) in draw(&mut drawn, label, home, (left, top), width, lang) {
                    letters.extend(words.chars());
                    let _ = writeln!(
                        drawn,
                        "BT /F1 {points} Tf {} {under} Td <{}> Tj ET",
                        left + INSET,
                        encoded(&words)
                    );
                }
            }
            drawn
        })
        .collect();
    if pages.is_empty() {
        pages.push(String::new());
    }
    document(&pages, &letters, lang)
}

/// A line of text: its height, its distance from the lower edge of the paper, and its words.
type TextLine = (usize, usize, String);

/// Draws the code of one label whose upper left corner is at `(left, top)`, and returns the lines below it. Writing to a
/// string cannot fail.
fn draw(
    page: &mut String,
    label: &Label,
    home: &str,
    (left, top): (usize, usize),
    width: usize,
    lang: Lang,
) -> Vec<TextLine> {
    let Some((side, runs)) = qr::runs(&label.address(home)) else { return Vec::new() };
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
    let mut under = top - width;
    let lines = [(10, name.unwrap_or_default()), (8, about.join(" · "))].map(|(points, words)| {
        under -= points + 2;
        (points, under, cut(&words, (width - 2 * INSET) * 1_000 / points))
    });
    lines.into()
}

/// The text in letters of the font: its own unchanged, others as a display would write them. `None` if a letter
/// has no such form; symbols without one are left out.
fn readable(words: &str) -> Option<String> {
    let mut readable = String::new();
    for letter in with_marks(words).chars() {
        if letter.is_whitespace() {
            readable.push(' ');
        } else if font::glyph(letter).is_some() {
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

/// As much of the text as fits into `room`, in thousandths of its height.
fn cut(words: &str, room: usize) -> String {
    let wide = |words: &str| words.chars().map(font::width).sum::<usize>();
    if wide(words) <= room {
        return words.to_owned();
    }
    let mut stored = String::new();
    for letter in words.chars() {
        if wide(&stored) + font::width(letter) + font::WIDEST > room {
            break;
        }
        stored.push(letter);
    }
    format!("{}…", stored.trim_end())
}

/// Text for a PDF: the numbers of its letters in the font.
fn encoded(words: &str) -> String {
    // `readable` lets nothing else through.
    hexadecimal(words.chars().filter_map(font::glyph))
}

/// Text that no font draws, such as a title.
fn unicode(words: &str) -> String {
    hexadecimal(std::iter::once(0xFEFF).chain(words.encode_utf16()))
}

fn hexadecimal(numbers: impl Iterator<Item = u16>) -> String {
    let mut digits = String::new();
    for number in numbers {
        let _ = write!(digits, "{number:04X}");
    }
    digits
}

/// A document of these pages: a catalogue, a list of pages, its title, the font, and two objects for each page.
fn document(pages: &[String], letters: &BTreeSet<char>, lang: Lang) -> Vec<u8> {
    let first = FONT + font::OBJECTS;
    let kids: Vec<_> = (0..pages.len()).map(|page| format!("{} 0 R", first + 2 * page)).collect();
    let catalogue = format!(
        "<< /Type /Catalog /Pages 2 0 R /Lang ({}) /ViewerPreferences << /DisplayDocTitle true >> >>",
        lang.tag(),
    );
    let list = format!("<< /Type /Pages /Kids [{}] /Count {} >>", kids.join(" "), pages.len());
    let about = format!("<< /Title <{}> /Producer (Toolgate) >>", unicode(lang.labels_title()));
    let mut objects: Vec<Vec<u8>> = vec![catalogue.into(), list.into(), about.into()];
    objects.extend(font::objects(FONT, letters));
    for (page, drawn) in pages.iter().enumerate() {
        let sheet = format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {} {}] /Resources << /Font << /F1 {FONT} 0 R >> >> /Contents {} 0 R >>",
            PAPER.0,
            PAPER.1,
            first + 2 * page + 1,
        );
        objects.push(sheet.into());
        objects.push(font::stream("", drawn.as_bytes()));
    }
    // Bytes beyond ASCII in the second line say that the file is not text.
    let mut file = b"%PDF-1.4\n%\xE2\xE3\xCF\xD3\n".to_vec();
    let mut places = Vec::with_capacity(objects.len());
    for (number, object) in (1..).zip(&objects) {
        places.push(file.len());
        file.extend_from_slice(format!("{number} 0 obj\n").as_bytes());
        file.extend_from_slice(object);
        file.extend_from_slice(b"\nendobj\n");
    }
    let table = file.len();
    let mut end = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for place in places {
        let _ = writeln!(end, "{place:010} 00000 n ");
    }
    let _ = write!(
        end,
        "trailer\n<< /Size {} /Root 1 0 R /Info 3 0 R >>\nstartxref\n{table}\n%%EOF\n",
        objects.len() + 1
    );
    file.extend_from_slice(end.as_bytes());
    file
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::id::MachineId;

    fn label(id: i64, name: &str) -> Label {
        Label { id: MachineId(id), name: name.into(), number: Some(7), kind: "Säge".into() }
    }

    fn has(file: &[u8], part: &str) -> bool {
        file.windows(part.len()).any(|some| some == part.as_bytes())
    }

    /// Whether a line has exactly these words.
    fn writes(file: &[u8], words: &str) -> bool {
        has(file, &format!("<{}> Tj", encoded(words)))
    }

    /// The text behind the last `part`.
    fn behind(file: &[u8], part: &str) -> String {
        let text = String::from_utf8_lossy(file);
        text.rsplit_once(part).unwrap().1.to_owned()
    }

    #[test]
    fn xref_table_points_at_every_object() {
        let labels: Vec<_> = (1..=40).map(|id| label(id, "Laser (1) \\ Łódź")).collect();
        let file = sheets(&labels, "https://talvera.example", LabelSize::Medium, Lang::En);
        let table = behind(&file, "startxref\n").lines().next().unwrap().parse::<usize>().unwrap();
        let end = String::from_utf8(file[table..].to_vec()).unwrap();
        assert!(end.starts_with("xref\n"), "{end}");
        let places: Vec<usize> = end.lines().skip(3).map_while(|line| line.get(..10)?.parse().ok()).collect();
        for (number, place) in (1..).zip(&places) {
            assert!(file[*place..].starts_with(format!("{number} 0 obj\n").as_bytes()), "{number}");
        }
        let pages = (places.len() - 3 - font::OBJECTS) / 2;
        assert!(pages > 1 && has(&file, &format!("/Count {pages} ")), "{pages}");
        assert!(writes(&file, "Laser (1) \\ Łódź") && writes(&file, "Säge · 7"));
    }

    #[test]
    fn stream_length_matches_content_and_empty_sheet_has_one_page() {
        let file = sheets(&[label(1, "x")], "https://x.example", LabelSize::Large, Lang::En);
        let content = behind(&file, ">>\nstream\n");
        let length = behind(&file, "/Length ").split(' ').next().unwrap().parse::<usize>().unwrap();
        assert!(content[length..].starts_with("\nendstream"), "{content}");
        assert!(has(&sheets(&[], "https://x.example", LabelSize::Small, Lang::En), "/Count 1 "));
    }

    #[test]
    fn document_has_title_language_and_embedded_font() {
        let file = sheets(&[label(1, "x")], "https://x.example", LabelSize::Small, Lang::It);
        assert!(has(&file, "/Title <FEFF004500740069006300680065007400740065> "), "Etichette");
        assert!(has(&file, "/Lang (it)") && has(&file, "/DisplayDocTitle true") && has(&file, "/Info 3 0 R"));
        assert!(has(&file, "/FontFile2 ") && !has(&file, "Helvetica"), "no font of the reader's");
    }

    #[test]
    fn letters_in_the_font_are_unchanged() {
        for words in
            ["Œuvre – “Šárka’s” 5 €", "Łaser łucznik ışık", "Žďár Ĉapek", "STRAẞE", "Токарный", "Ξυλουργείο"]
        {
            assert_eq!(readable(words).as_deref(), Some(words));
            let file = sheets(&[label(1, words)], "https://x.example", LabelSize::Large, Lang::En);
            assert!(writes(&file, words), "{words}");
            for letter in words.chars() {
                assert!(has(&file, &format!("<{:04X}>\n", u32::from(letter))), "{letter} can be copied");
            }
        }
        for (words, written) in [("Fra\u{308}se", "Fräse"), ("Koch\u{ad}feld\u{a0}2", "Kochfeld 2")] {
            assert_eq!(readable(words).as_deref(), Some(written), "{words}");
        }
    }

    #[test]
    fn unprintable_name_falls_back_to_number_and_long_name_is_cut() {
        let label = |name: &str, lang| sheets(&[label(1, name)], "https://x.example", LabelSize::Small, lang);
        assert!(writes(&label("ماكينة", Lang::It), "Macchina 7"));
        assert!(writes(&label("🔧", Lang::En), "Machine 7"));
        assert!(writes(&label("Fräse 🔧", Lang::En), "Fräse"), "what can be written of it stays");
        let long = label("3D printer Anna (copy of a copy)", Lang::En);
        assert!(has(&long, &format!("{}> Tj", encoded("…"))));
        // An i is 250 wide, a W 889, and an ellipsis may be 1,000.
        for (words, room, fitting) in
            [("iiii", 1_000, "iiii"), ("iiiii", 1_249, "…"), ("WWW", 2_666, "W…"), ("", 0, "")]
        {
            assert_eq!(cut(words, room), fitting, "{words}");
        }
    }
}
