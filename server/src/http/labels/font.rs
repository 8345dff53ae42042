//! The font of labels: which letters it has, how wide they are, and the objects by which a PDF embeds it.
//!
//! It is `DejaVu Sans Condensed` with the Latin, Greek and Cyrillic letters, without hints. Not here: what is drawn with it.

use flate2::{Compression, write::ZlibEncoder};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    io::Write as _,
    sync::LazyLock,
};

/// How many objects [`objects`] returns.
pub(super) const OBJECTS: usize = 5;
/// Width of letters that the font does not have, in thousandths of the height. The ellipsis of a cut line is narrower.
pub(super) const WIDEST: usize = 1_000;

const FILE: &[u8] = include_bytes!("dejavu-sans-condensed.ttf");
/// Six letters before the name of a font say that it is part of one.
const NAME: &str = "TGLABL+DejaVuSansCondensed";
/// Height of capital letters in thousandths.
const CAPITALS: u16 = 729;
/// Entries in one block of a `CMap`, at most.
const BLOCK: usize = 100;

static GLYPHS: LazyLock<BTreeMap<char, u16>> = LazyLock::new(|| glyphs().unwrap_or_default());
/// The file, compressed; empty only if memory runs out.
static PACKED: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::best());
    packed.write_all(FILE).and_then(|()| packed.finish()).unwrap_or_default()
});

/// The number of a letter in the font, if it has it. A soft hyphen is none.
pub(super) fn glyph(letter: char) -> Option<u16> {
    GLYPHS.get(&letter).copied()
}

/// Width of a letter in thousandths of the height.
pub(super) fn width(letter: char) -> usize {
    glyph(letter).and_then(advance).map_or(WIDEST, usize::from)
}

fn short(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at + 2)?.try_into().ok().map(u16::from_be_bytes)
}

fn long(bytes: &[u8], at: usize) -> Option<usize> {
    let number = bytes.get(at..at + 4)?.try_into().ok().map(u32::from_be_bytes)?;
    usize::try_from(number).ok()
}

/// A table of the file.
fn table(tag: &str) -> Option<&'static [u8]> {
    let mut records = FILE.get(12..)?.chunks_exact(16).take(short(FILE, 4)?.into());
    let record = records.find(|record| record.starts_with(tag.as_bytes()))?;
    let (from, length) = (long(record, 8)?, long(record, 12)?);
    FILE.get(from..from.checked_add(length)?)
}

/// The letters by their table for Unicode's first plane, in format 4.
fn glyphs() -> Option<BTreeMap<char, u16>> {
    let tables = table("cmap")?;
    let mut records = tables.get(4..)?.chunks_exact(8).take(short(tables, 2)?.into());
    let record = records.find(|record| record.starts_with(&[0, 3, 0, 1]))?;
    let letters = tables.get(long(record, 4)?..)?;
    let segments = usize::from(short(letters, 6)?);
    let mut glyphs = BTreeMap::new();
    for at in (14..14 + segments).step_by(2) {
        let (end, start) = (short(letters, at)?, short(letters, at + 2 + segments)?);
        let delta = short(letters, at + 2 + 2 * segments)?;
        let place = at + 2 + 3 * segments;
        let range = short(letters, place)?;
        for code in start..=end {
            let glyph = match range {
                0 => code.wrapping_add(delta),
                range => match short(letters, place + usize::from(range) + 2 * usize::from(code - start)) {
                    None | Some(0) => 0,
                    Some(glyph) => glyph.wrapping_add(delta),
                },
            };
            if let Some(letter) = char::from_u32(code.into()).filter(|_| glyph != 0) {
                glyphs.insert(letter, glyph);
            }
        }
    }
    Some(glyphs)
}

/// A length of the font in thousandths of its height.
fn thousandths(length: i64) -> Option<i64> {
    Some(length * 1_000 / i64::from(short(table("head")?, 18)?))
}

fn advance(glyph: u16) -> Option<u16> {
    // Glyphs behind the last one with a width are as wide as that.
    let known = short(table("hhea")?, 34)?;
    let advance = short(table("hmtx")?, 4 * usize::from(glyph.min(known.checked_sub(1)?)))?;
    u16::try_from(thousandths(advance.into())?).ok()
}

/// A number with a sign, in thousandths of the height.
fn signed(tag: &str, at: usize) -> i64 {
    let number = table(tag).and_then(|table| short(table, at)).map(u16::cast_signed);
    number.and_then(|number| thousandths(number.into())).unwrap_or_default()
}

/// The font with these letters, as objects from number `first` on: the first of them is the font.
pub(super) fn objects(first: usize, letters: &BTreeSet<char>) -> [Vec<u8>; OBJECTS] {
    let used: BTreeMap<u16, char> = letters.iter().filter_map(|&letter| Some((glyph(letter)?, letter))).collect();
    let widths: Vec<_> = used.iter().map(|(glyph, letter)| format!("{glyph} [{}]", width(*letter))).collect();
    let corners = [36, 38, 40, 42].map(|at| signed("head", at).to_string()).join(" ");
    let (ascent, descent) = (signed("hhea", 4), signed("hhea", 6));
    let font = format!(
        "<< /Type /Font /Subtype /Type0 /BaseFont /{NAME} /Encoding /Identity-H /DescendantFonts [{} 0 R] /ToUnicode {} 0 R >>",
        first + 1,
        first + 4,
    );
    let descendant = format!(
        "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /{NAME} /CIDToGIDMap /Identity \
         /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor {} 0 R /DW 1000 /W [{}] >>",
        first + 2,
        widths.join(" "),
    );
    let descriptor = format!(
        "<< /Type /FontDescriptor /FontName /{NAME} /Flags 4 /FontBBox [{corners}] /ItalicAngle 0 /Ascent {ascent} \
         /Descent {descent} /CapHeight {CAPITALS} /StemV 80 /FontFile2 {} 0 R >>",
        first + 3,
    );
    let file = stream(&format!("/Filter /FlateDecode /Length1 {} ", FILE.len()), &PACKED);
    [font.into(), descendant.into(), descriptor.into(), file, stream("", to_unicode(&used).as_bytes())]
}

/// Which letters glyphs are, for those who search or copy text. Writing to a string cannot fail.
fn to_unicode(used: &BTreeMap<u16, char>) -> String {
    let mut map = String::from(
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n\
         /CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n\
         /CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n\
         1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n",
    );
    let used: Vec<_> = used.iter().collect();
    for block in used.chunks(BLOCK) {
        let _ = writeln!(map, "{} beginbfchar", block.len());
        for (glyph, letter) in block {
            let _ = writeln!(map, "<{glyph:04X}> <{:04X}>", u32::from(**letter));
        }
        map.push_str("endbfchar\n");
    }
    map.push_str("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend");
    map
}

/// An object with content.
pub(super) fn stream(entries: &str, content: &[u8]) -> Vec<u8> {
    let head = format!("<< {entries}/Length {} >>\nstream\n", content.len());
    [head.as_bytes(), content, b"\nendstream".as_slice()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn font_has_latin_greek_and_cyrillic_letters() {
        for letter in "AzÀßẞĂőŁłıŞțŽƏΑωЖяЇґҚ0–“”…·€₴№".chars() {
            assert!(glyph(letter).is_some(), "{letter}");
            assert!((1..=WIDEST).contains(&width(letter)), "{letter}: {}", width(letter));
        }
        for letter in ['\u{ad}', 'م', '机', '🔧', '\u{308}', '\n'] {
            assert_eq!(glyph(letter), None, "{letter:?}");
        }
        // As in the font: 1,172 and 512 of 2,048 units.
        assert_eq!(['0', 'i'].map(width), [572, 250]);
    }

    #[test]
    fn embedded_file_is_the_font() {
        let objects = objects(4, &BTreeSet::from(['A', 'я']));
        let start = objects[3].windows(7).position(|part| part == b"stream\n").unwrap() + 7;
        let content = &objects[3][start..objects[3].len() - b"\nendstream".len()];
        let mut unpacked = Vec::new();
        flate2::read::ZlibDecoder::new(content).read_to_end(&mut unpacked).unwrap();
        assert!(unpacked == FILE, "{} bytes", unpacked.len());
        let [font, descendant, descriptor] = [0, 1, 2].map(|at| String::from_utf8(objects[at].clone()).unwrap());
        assert!(font.contains("/DescendantFonts [5 0 R] /ToUnicode 8 0 R"), "{font}");
        assert!(descendant.contains("/FontDescriptor 6 0 R"), "{descendant}");
        assert!(descriptor.contains("/FontFile2 7 0 R"), "{descriptor}");
        let map = String::from_utf8(objects[4].clone()).unwrap();
        assert!(map.contains("2 beginbfchar") && map.contains("<0041>") && map.contains("<044F>"), "{map}");
    }
}
