//! Parses an uploaded firmware file: a complete application for a processor of the ESP32 family, or nothing.
//!
//! A header of 24 bytes, up to 16 segments, padding to a multiple of 16 whose last byte is a checksum, and mostly
//! a SHA-256 after it. The application's description is at the beginning of the first segment; a boot loader has
//! nothing there.
//!
//! **Invariant.** Reading never panics and never looks outside the file. Not here: whether a board has
//! that processor, which boards do not report; the board checks that itself before it restarts.

use domain::firmware::{BYTES, ImageInfo, InvalidImage, chip};
use sha2::{Digest, Sha256};

const MAGIC: u8 = 0xE9;
/// Bytes of the head.
const HEAD: usize = 24;
/// Bytes of a segment header: load address and length.
const SEGMENT: usize = 8;
/// Segments that the boot loader reads.
const SEGMENTS: u8 = 16;
/// Initial value of the checksum.
const SEED: u8 = 0xEF;
/// Bytes of a SHA-256.
const SUM: usize = 32;
/// Offset of the application description in the first segment.
const DESCRIPTION: usize = HEAD + SEGMENT;
/// The magic number of the application description.
const DESCRIBED: u32 = 0xABCD_5432;
/// Bytes of a text in it.
const TEXT: usize = 32;

/// The description in an image, or why it is invalid.
pub fn read(image: &[u8]) -> Result<ImageInfo, InvalidImage> {
    match image.first() {
        None => return Err(InvalidImage::Nothing),
        Some(_) if image.len() > BYTES => return Err(InvalidImage::Large),
        Some(&MAGIC) => {}
        Some(_) => return Err(InvalidImage::NoImage),
    }
    let head = image.get(..HEAD).ok_or(InvalidImage::NoImage)?;
    let segments = byte(head, 1).filter(|count| (1..=SEGMENTS).contains(count)).ok_or(InvalidImage::NoImage)?;
    let number = two(head, 12).filter(|number| chip(*number).is_some()).ok_or(InvalidImage::NoImage)?;
    let has_hash = byte(head, 23).filter(|hashed| *hashed <= 1).ok_or(InvalidImage::NoImage)? == 1;
    let end = summed(image, segments)?;
    if has_hash {
        let hash = image.get(end..end + SUM).ok_or(InvalidImage::Damaged)?;
        if Sha256::digest(image.get(..end).unwrap_or_default()).as_slice() != hash {
            return Err(InvalidImage::Damaged);
        }
    }
    if four(image, DESCRIPTION) != Some(DESCRIBED) {
        return Err(InvalidImage::NoProgram);
    }
    // The magic number is followed by a version number and two reserved fields.
    let (version, project) = (text(image, DESCRIPTION + 16), text(image, DESCRIPTION + 16 + TEXT));
    Ok(ImageInfo { chip: number, version, project })
}

/// Walks the segments. Returns the end of the checksummed part, including the checksum.
fn summed(image: &[u8], segments: u8) -> Result<usize, InvalidImage> {
    let (mut at, mut sum) = (HEAD, SEED);
    for _ in 0..segments {
        let length =
            four(image, at + 4).and_then(|length| usize::try_from(length).ok()).ok_or(InvalidImage::Damaged)?;
        at += SEGMENT;
        // Not past the end: the length is untrusted.
        let end = at.checked_add(length).ok_or(InvalidImage::Damaged)?;
        let data = image.get(at..end).ok_or(InvalidImage::Damaged)?;
        sum = data.iter().fold(sum, |sum, byte| sum ^ byte);
        at = end;
    }
    let end = (at / 16 + 1) * 16;
    if byte(image, end - 1) == Some(sum) { Ok(end) } else { Err(InvalidImage::Damaged) }
}

fn byte(bytes: &[u8], at: usize) -> Option<u8> {
    bytes.get(at).copied()
}

fn two(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn four(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

/// A zero-terminated text, without unprintable characters.
fn text(image: &[u8], at: usize) -> String {
    let bytes = image.get(at..at + TEXT).unwrap_or_default();
    let bytes = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
    String::from_utf8_lossy(bytes)
        .chars()
        .filter(|letter| !letter.is_control())
        .collect::<String>()
        .trim()
        .to_owned()
}

/// The smallest valid application image, for tests.
#[must_use]
pub fn example(version: &str, filling: usize) -> Vec<u8> {
    let mut image = vec![MAGIC, 1, 2, 0x20];
    image.resize(HEAD - 1, 0);
    image.push(1);
    let mut data = DESCRIBED.to_le_bytes().to_vec();
    data.resize(16, 0);
    for message in [version, "toolgate-example"] {
        let end = data.len() + TEXT;
        data.extend(message.bytes().take(TEXT - 1));
        data.resize(end, 0);
    }
    // No two pieces alike, so that one that is lost or doubled shows.
    data.extend((0..filling).map(|at| u8::try_from(at * 7 / 5 % 251).unwrap_or_default()));
    data.resize(data.len().next_multiple_of(4), 0);
    image.extend(0x3F40_0020_u32.to_le_bytes());
    image.extend(u32::try_from(data.len()).unwrap_or_default().to_le_bytes());
    let sum = data.iter().fold(SEED, |sum, byte| sum ^ byte);
    image.extend(data);
    image.resize((image.len() / 16 + 1) * 16 - 1, 0);
    image.push(sum);
    let hash = Sha256::digest(&image);
    image.extend_from_slice(hash.as_slice());
    image
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn application_image_is_described() {
        let about = read(&example("1.0.7", 5_000)).unwrap();
        assert_eq!(about, ImageInfo { chip: 0, version: "1.0.7".into(), project: "toolgate-example".into() });
    }

    #[test]
    fn invalid_damaged_and_non_application_images_are_distinguished() {
        let whole = example("1.0.7", 5_000);
        let changed = |at: usize, to: u8| {
            let mut image = whole.clone();
            image[at] = to;
            read(&image)
        };
        assert_eq!(read(b""), Err(InvalidImage::Nothing));
        assert_eq!(read(b"PK\x03\x04 a zip"), Err(InvalidImage::NoImage));
        assert_eq!(read(&[MAGIC]), Err(InvalidImage::NoImage));
        assert_eq!(changed(1, 0), Err(InvalidImage::NoImage), "no segments");
        assert_eq!(changed(1, 17), Err(InvalidImage::NoImage), "more than there can be");
        assert_eq!(changed(12, 200), Err(InvalidImage::NoImage), "no such processor");
        assert_eq!(changed(1, 2), Err(InvalidImage::Damaged), "a segment that is not there");
        assert_eq!(changed(31, 0xFF), Err(InvalidImage::Damaged), "a segment without end");
        assert_eq!(changed(2_000, whole[2_000] ^ 1), Err(InvalidImage::Damaged), "the sum");
        assert_eq!(changed(whole.len() - 1, whole[whole.len() - 1] ^ 1), Err(InvalidImage::Damaged), "the hash");
        assert_eq!(read(&whole[..whole.len() / 2]), Err(InvalidImage::Damaged), "half of it");
        assert_eq!(read(&vec![MAGIC; BYTES + 1]), Err(InvalidImage::Large));
    }

    #[test]
    fn boot_loader_is_not_application() {
        let mut image = example("1.0.7", 100);
        // The same bytes changed twice leave the checksum unchanged; without a hash nothing else is wrong.
        image[DESCRIPTION] ^= 0xFF;
        image[DESCRIPTION + 16 + 3 * TEXT] ^= 0xFF;
        image[23] = 0;
        assert_eq!(read(&image), Err(InvalidImage::NoProgram));
    }

    proptest! {
        #[test]
        fn any_upload_is_parsed_or_rejected(begin in prop::collection::vec(any::<u8>(), 0..300), cut in 0..6_000_usize) {
            let mut image = example("1.0.7", 5_000);
            let end = begin.len().min(image.len() - 1) + 1;
            drop(image.splice(1..end, begin));
            image.truncate(cut);
            let _ = read(&image);
        }
    }
}
