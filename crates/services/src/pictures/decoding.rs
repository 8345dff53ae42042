//! Decodes an uploaded picture within a fixed amount of memory.
//!
//! **Invariants.** The memory needed is computed from the header, and too much is refused before decoding.
//! Metadata never counts: colour profiles, comments and previews are left out of a JPEG, bounded in a PNG, and
//! skipped in a WebP; only the orientation is read. Not here: the use of the picture.

mod jpeg;

use domain::pictures::{InvalidPicture, LONGEST, PIXELS};
use image::{
    DynamicImage, ImageDecoder, ImageError, ImageFormat, Limits,
    codecs::{jpeg::JpegDecoder, png::PngDecoder, webp::WebPDecoder},
    metadata::Orientation,
};
use std::io::{self, BufReader, Read, Seek};

/// Bytes that one picture may take while it is decoded.
const MEMORY: u64 = 140_000_000;
/// Bytes that a PNG may hold besides pixels: profile, texts, Exif.
const METADATA: u64 = 4 * 1024 * 1024;
/// Limit of PNG chunks other than pixel data; each takes many times its size in memory.
const CHUNKS: usize = 1_000;
/// Bytes that a lossless WebP can take for each of its own: a prefix code of 92 bits has a table of 4 KiB.
const WEBP_TABLES: u64 = 360;
/// Bytes for each pixel of a WebP without transparency: the pixels, and those with a fourth channel that they are
/// made of.
const WEBP_OPAQUE: u64 = 7;
/// With transparency: the pixels, luma and chroma, and the transparency with its source.
const WEBP_TRANSPARENT: u64 = 11;

/// The picture, and how it has to be turned.
pub(super) fn decode(mut given: impl Read + Seek) -> Result<(DynamicImage, Orientation), InvalidPicture> {
    let mut begin = Vec::new();
    given.by_ref().take(16).read_to_end(&mut begin).map_err(|_| InvalidPicture::NoPicture)?;
    given.rewind().map_err(|_| InvalidPicture::NoPicture)?;
    let mut given = BufReader::new(given);
    if is_heic(&begin) {
        return Err(InvalidPicture::Heic);
    }
    match image::guess_format(&begin) {
        Ok(ImageFormat::Jpeg) => {
            // The decoder draws a truncated file with grey in place of missing parts.
            if !jpeg::is_whole(&mut given).unwrap_or(false) {
                return Err(InvalidPicture::Cut);
            }
            given.rewind().map_err(|_| InvalidPicture::NoPicture)?;
            let (stripped, working) = jpeg::strip(given)?;
            pixels(JpegDecoder::new(stripped).map_err(|error| invalid(&error))?, |_, pixels| pixels + working)
        }
        Ok(ImageFormat::Png) => {
            let (count, is_whole) = chunks(&mut given).map_err(|_| InvalidPicture::NoPicture)?;
            if count > CHUNKS {
                return Err(InvalidPicture::Large);
            }
            let broken = |invalid| {
                if invalid == InvalidPicture::NoPicture && !is_whole { InvalidPicture::Cut } else { invalid }
            };
            let mut limits = Limits::no_limits();
            limits.max_image_width = Some(LONGEST);
            limits.max_image_height = Some(LONGEST);
            limits.max_alloc = Some(METADATA);
            let decoder = PngDecoder::with_limits(given, limits).map_err(|error| broken(invalid(&error)))?;
            pixels(decoder, |_, pixels| pixels + METADATA).map_err(broken)
        }
        Ok(ImageFormat::WebP) => {
            if webp_is_cut(&mut given).map_err(|_| InvalidPicture::NoPicture)? {
                return Err(InvalidPicture::Cut);
            }
            let coded = lossless(&mut given).map_err(|_| InvalidPicture::NoPicture)?;
            let decoder = WebPDecoder::new(given).map_err(|error| invalid(&error))?;
            let each = if decoder.color_type().has_alpha() { WEBP_TRANSPARENT } else { WEBP_OPAQUE };
            pixels(decoder, |count, _| count * each + coded * WEBP_TABLES)
        }
        _ => Err(InvalidPicture::NoPicture),
    }
}

/// Decodes, unless there are too many pixels or `memory` – of the number of pixels and the bytes they fill – is
/// too much.
fn pixels(
    mut decoder: impl ImageDecoder,
    memory: impl FnOnce(u64, u64) -> u64,
) -> Result<(DynamicImage, Orientation), InvalidPicture> {
    let (width, height) = decoder.dimensions();
    let count = u64::from(width) * u64::from(height);
    if count > PIXELS || width.max(height) > LONGEST || memory(count, decoder.total_bytes()) > MEMORY {
        return Err(InvalidPicture::Large);
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let picture = DynamicImage::from_decoder(decoder).map_err(|error| invalid(&error))?;
    Ok((picture, orientation))
}

const fn invalid(error: &ImageError) -> InvalidPicture {
    if matches!(error, ImageError::Limits(_)) { InvalidPicture::Large } else { InvalidPicture::NoPicture }
}

/// Whether a file begins as HEIC does.
fn is_heic(begin: &[u8]) -> bool {
    const BRANDS: [&[u8]; 7] = [b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"];
    begin.get(4..8) == Some(b"ftyp") && begin.get(8..12).is_some_and(|brand| BRANDS.contains(&brand))
}

/// Whether a WebP is shorter than its header states. Rewinds the reader.
fn webp_is_cut(given: &mut (impl Read + Seek)) -> io::Result<bool> {
    let end = given.seek(io::SeekFrom::End(0))?;
    given.rewind()?;
    let mut head = [0; 8];
    given.read_exact(&mut head)?;
    let [.., a, b, c, d] = head;
    given.rewind()?;
    Ok(u64::from(u32::from_le_bytes([a, b, c, d])) + 8 > end)
}

/// The number of PNG chunks without pixels, and whether the end chunk is present; content after it is ignored.
/// Rewinds the reader.
fn chunks(given: &mut (impl Read + Seek)) -> io::Result<(usize, bool)> {
    given.seek_relative(8)?;
    let (mut count, mut head, mut is_whole) = (0, [0; 8], false);
    while given.read_exact(&mut head).is_ok() {
        let [a, b, c, d, name @ ..] = head;
        count += usize::from(&name != b"IDAT");
        if &name == b"IEND" {
            is_whole = true;
            break;
        }
        // With the checksum after it.
        given.seek_relative(i64::from(u32::from_be_bytes([a, b, c, d])) + 4)?;
    }
    given.rewind()?;
    Ok((count, is_whole))
}

/// Bytes of a WebP that are coded without loss: whole pictures, or their transparency. Leaves the reader at its
/// beginning.
fn lossless(given: &mut (impl Read + Seek)) -> io::Result<u64> {
    let mut head = [0; 12];
    given.read_exact(&mut head)?;
    let mut coded = 0;
    let mut chunk = [0; 8];
    // Ends at the end of the file: its stated length may be wrong.
    while given.read_exact(&mut chunk).is_ok() {
        let [a, b, c, d, length @ ..] = chunk;
        let length = u64::from(u32::from_le_bytes(length));
        match &[a, b, c, d] {
            b"VP8L" | b"ALPH" => coded += length,
            // Frames of an animation: a head of 16 bytes, and the chunks of one picture.
            b"ANMF" => {
                given.seek_relative(16)?;
                continue;
            }
            _ => {}
        }
        let skipped = i64::try_from(length.next_multiple_of(2)).unwrap_or(i64::MAX);
        given.seek_relative(skipped)?;
    }
    given.rewind()?;
    Ok(coded)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn webp(chunks: &[(&[u8; 4], usize)]) -> Vec<u8> {
        let mut bytes = b"RIFF\0\0\0\0WEBP".to_vec();
        for (name, length) in chunks {
            bytes.extend_from_slice(*name);
            bytes.extend(u32::try_from(*length).unwrap().to_le_bytes());
            bytes.resize(bytes.len() + length.next_multiple_of(2), 0);
        }
        bytes
    }

    #[test]
    fn png_with_too_many_chunks_is_refused() {
        let mut bytes = Vec::new();
        image::RgbImage::new(4, 4).write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).unwrap();
        assert_eq!(chunks(&mut Cursor::new(&bytes)).unwrap(), (2, true));
        assert!(decode(Cursor::new(bytes.clone())).is_ok());
        let text = b"\0\0\0\x02tEXtk\0\xE7\x05\x5D\x2F".repeat(CHUNKS);
        bytes.splice(33..33, text);
        assert_eq!(decode(Cursor::new(bytes)).err(), Some(InvalidPicture::Large));
    }

    #[test]
    fn truncated_picture_is_refused_in_every_format() {
        let picture =
            image::RgbImage::from_fn(64, 48, |x, y| image::Rgb([x, y * 5, x ^ y].map(|n| n.to_le_bytes()[0])));
        for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
            let mut bytes = Vec::new();
            picture.write_to(&mut Cursor::new(&mut bytes), format).unwrap();
            assert!(decode(Cursor::new(bytes.clone())).is_ok(), "{format:?}");
            for length in [bytes.len() / 2, bytes.len() * 9 / 10] {
                let refused = decode(Cursor::new(bytes[..length].to_vec())).err();
                assert_eq!(refused, Some(InvalidPicture::Cut), "{format:?}");
            }
            if format == ImageFormat::Jpeg {
                let half = bytes.len() / 2;
                bytes[half..].fill(0);
                assert_eq!(decode(Cursor::new(bytes)).err(), Some(InvalidPicture::Cut), "filled up to its length");
            }
        }
    }

    #[test]
    fn heic_is_reported_by_name() {
        for brand in [b"heic", b"mif1", b"heix"] {
            let file = [&b"\0\0\0\x18ftyp"[..], brand, b"\0\0\0\0mif1heic"].concat();
            assert_eq!(decode(Cursor::new(file)).err(), Some(InvalidPicture::Heic));
        }
        assert_eq!(
            decode(Cursor::new(b"\0\0\0\x18ftypisom\0\0\0\0".to_vec())).err(),
            Some(InvalidPicture::NoPicture)
        );
    }

    #[test]
    fn lossless_webp_bytes_are_counted() {
        let count = |chunks: &[_]| lossless(&mut Cursor::new(webp(chunks))).unwrap();
        assert_eq!(count(&[(b"VP8 ", 100)]), 0);
        assert_eq!(count(&[(b"VP8X", 10), (b"EXIF", 7), (b"ALPH", 31), (b"VP8 ", 100)]), 31);
        assert_eq!(count(&[(b"VP8L", 1_001)]), 1_001);
        let mut cut = webp(&[(b"VP8L", 500)]);
        cut.truncate(100);
        assert_eq!(lossless(&mut Cursor::new(cut)).unwrap(), 500);
    }

    #[test]
    fn webp_with_oversized_tables_is_refused() {
        let mut bytes = Vec::new();
        let noise = image::RgbImage::from_fn(1_000, 1_000, |x, y| {
            let noise = (x * 7_919 + y * 104_729).wrapping_mul(2_654_435_761).to_be_bytes();
            image::Rgb([noise[0], noise[1], noise[2]])
        });
        noise.write_to(&mut Cursor::new(&mut bytes), ImageFormat::WebP).unwrap();
        assert!(bytes.len() > 400_000, "{}", bytes.len());
        assert_eq!(decode(Cursor::new(bytes)).err(), Some(InvalidPicture::Large));
    }
}
