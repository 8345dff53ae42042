//! A JPEG without its metadata, and the memory that its decoder needs.
//!
//! The decoder stores every segment of a colour profile, a comment or an extended description that it meets, so
//! all of them are left out before it reads the file; one Exif segment stays, for the orientation, and Adobe's,
//! which says how colours are coded.

use domain::pictures::{BYTES, InvalidPicture};
use std::io::{self, BufRead, Cursor, Read, Seek, SeekFrom};

/// Limit of bytes before the pixels: tables, the frame, one Exif segment.
const HEAD: usize = 1024 * 1024;

/// A file whose beginning was rewritten.
pub(super) struct Stripped<R> {
    head: Cursor<Vec<u8>>,
    rest: R,
}

impl<R: BufRead> Read for Stripped<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.head.read(buffer)? {
            0 => self.rest.read(buffer),
            count => Ok(count),
        }
    }
}

impl<R: BufRead> BufRead for Stripped<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.head.position() < self.head.get_ref().len() as u64 {
            self.head.fill_buf()
        } else {
            self.rest.fill_buf()
        }
    }

    fn consume(&mut self, count: usize) {
        if self.head.position() < self.head.get_ref().len() as u64 {
            self.head.consume(count);
        } else {
            self.rest.consume(count);
        }
    }
}

/// Required by the decoder's type; it reads sequentially.
impl<R> Seek for Stripped<R> {
    fn seek(&mut self, _: SeekFrom) -> io::Result<u64> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// The components of a frame: how often each is sampled, across and down.
struct Frame {
    progressive: bool,
    width: u64,
    height: u64,
    sampling: Vec<(u64, u64)>,
}

impl Frame {
    fn read(marker: u8, segment: &[u8]) -> Option<Self> {
        let [_, high, low, wide, narrow, count, components @ ..] = segment else { return None };
        let sampling: Vec<_> = components
            .chunks_exact(3)
            .filter_map(|component| component.get(1))
            .map(|sampled| (u64::from(sampled >> 4), u64::from(sampled & 0xF)))
            .collect();
        (sampling.len() == usize::from(*count)).then_some(Self {
            progressive: marker == 0xC2,
            width: u64::from(u16::from_be_bytes([*wide, *narrow])),
            height: u64::from(u16::from_be_bytes([*high, *low])),
            sampling,
        })
    }

    /// Bytes of all coefficients, which stay in memory until the last scan unless the first one has all
    /// components.
    fn coefficients(&self) -> u64 {
        let across = self.sampling.iter().map(|(across, _)| *across).max().unwrap_or(1).max(1);
        let down = self.sampling.iter().map(|(_, down)| *down).max().unwrap_or(1).max(1);
        let units = self.width.div_ceil(8 * across) * self.height.div_ceil(8 * down);
        let blocks: u64 = self.sampling.iter().map(|(across, down)| across * down).sum();
        units * blocks * 64 * 2
    }
}

/// The file without metadata, and the bytes that decoding takes besides the pixels.
pub(super) fn strip<R: BufRead>(mut given: R) -> Result<(Stripped<R>, u64), InvalidPicture> {
    let broken = |_: io::Error| InvalidPicture::NoPicture;
    let mut head = vec![0; 2];
    given.read_exact(&mut head).map_err(broken)?;
    let (mut frame, mut has_exif, mut has_adobe) = (None, false, false);
    loop {
        let marker = marker(&mut given).map_err(broken)?;
        // Those have no segment.
        if matches!(marker, 0x01 | 0xD0..=0xD8) {
            continue;
        }
        let mut length = [0; 2];
        given.read_exact(&mut length).map_err(broken)?;
        let count = u16::from_be_bytes(length).checked_sub(2).ok_or(InvalidPicture::NoPicture)?;
        let mut segment = Vec::new();
        given.by_ref().take(u64::from(count)).read_to_end(&mut segment).map_err(broken)?;
        if segment.len() < usize::from(count) {
            return Err(InvalidPicture::NoPicture);
        }
        let is_kept = match marker {
            0xE1 => segment.starts_with(b"Exif\0\0") && !std::mem::replace(&mut has_exif, true),
            0xEE => segment.starts_with(b"Adobe") && !std::mem::replace(&mut has_adobe, true),
            0xE0..=0xEF | 0xFE => false,
            0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => {
                // A second frame could be larger than the one that was weighed.
                if frame.replace(Frame::read(marker, &segment).ok_or(InvalidPicture::NoPicture)?).is_some() {
                    return Err(InvalidPicture::NoPicture);
                }
                true
            }
            _ => true,
        };
        if is_kept {
            head.extend_from_slice(&[0xFF, marker]);
            head.extend_from_slice(&length);
            head.extend_from_slice(&segment);
        }
        if head.len() > HEAD {
            return Err(InvalidPicture::NoPicture);
        }
        if marker == 0xDA {
            let frame = frame.ok_or(InvalidPicture::NoPicture)?;
            let in_scan = segment.first().map_or(0, |count| usize::from(*count));
            let waits = frame.progressive || in_scan < frame.sampling.len();
            // The decoder has the whole file in memory.
            let working = BYTES as u64 + if waits { frame.coefficients() } else { 0 };
            return Ok((Stripped { head: Cursor::new(head), rest: given }, working));
        }
    }
}

/// Whether a file reaches the end of its picture. Content after that – a video, a second picture – is ignored.
pub(super) fn is_whole(given: &mut impl BufRead) -> io::Result<bool> {
    loop {
        // Pixels are skipped in one go; within them a marker's sign is followed by zero.
        let buffer = given.fill_buf()?;
        let Some(at) = buffer.iter().position(|byte| *byte == 0xFF) else {
            let count = buffer.len();
            if count == 0 {
                return Ok(false);
            }
            given.consume(count);
            continue;
        };
        given.consume(at);
        let marker = match marker(given) {
            Ok(marker) => marker,
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(false),
            Err(error) => return Err(error),
        };
        match marker {
            0xD9 => return Ok(true),
            0x01 | 0xD0..=0xD8 => {}
            _ => {
                let mut length = [0; 2];
                if given.read_exact(&mut length).is_err() {
                    return Ok(false);
                }
                let rest = u64::from(u16::from_be_bytes(length)).saturating_sub(2);
                if io::copy(&mut given.by_ref().take(rest), &mut io::sink())? < rest {
                    return Ok(false);
                }
            }
        }
    }
}

/// The next marker; other bytes are skipped.
fn marker(given: &mut impl Read) -> io::Result<u8> {
    let mut byte = [0];
    loop {
        given.read_exact(&mut byte)?;
        if byte == [0xFF] {
            while byte == [0xFF] {
                given.read_exact(&mut byte)?;
            }
            if byte != [0] {
                return Ok(byte[0]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{DynamicImage, ImageFormat};

    fn jpeg() -> Vec<u8> {
        let mut bytes = Vec::new();
        let picture = image::RgbImage::from_fn(40, 20, |x, _| image::Rgb([if x < 20 { 250 } else { 5 }, 90, 30]));
        DynamicImage::from(picture).write_to(&mut Cursor::new(&mut bytes), ImageFormat::Jpeg).unwrap();
        bytes
    }

    fn with(segments: impl IntoIterator<Item = (u8, Vec<u8>)>) -> Vec<u8> {
        let mut bytes = jpeg();
        let mut added = Vec::new();
        for (marker, segment) in segments {
            added.extend([0xFF, marker]);
            added.extend(u16::try_from(segment.len() + 2).unwrap().to_be_bytes());
            added.extend(segment);
        }
        bytes.splice(2..2, added);
        bytes
    }

    fn stripped(bytes: &[u8]) -> Vec<u8> {
        let (mut file, _) = strip(bytes).unwrap();
        let mut read = Vec::new();
        file.read_to_end(&mut read).unwrap();
        read
    }

    #[test]
    fn profiles_comments_and_repeated_exif_are_stripped() {
        let profile = |at: u8| {
            let mut segment = b"ICC_PROFILE\0".to_vec();
            segment.extend([at, 255]);
            segment.resize(60_000, 7);
            (0xE2, segment)
        };
        let exif = || (0xE1, b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0".to_vec());
        let noisy = with((1..=200).map(profile).chain([exif(), exif(), (0xFE, vec![b'x'; 50_000])]));
        let read = stripped(&noisy);
        assert!(noisy.len() > 12_000_000 && read.len() < jpeg().len() + 30, "{} of {}", read.len(), noisy.len());
        assert_eq!(read.windows(6).filter(|piece| piece == b"Exif\0\0").count(), 1);
        let before = image::load_from_memory(&jpeg()).unwrap();
        assert_eq!(image::load_from_memory(&read).unwrap(), before, "its pixels are the same");
    }

    #[test]
    fn jpeg_is_complete_at_its_own_end_not_at_embedded_preview() {
        let is_whole = |bytes: &[u8]| super::is_whole(&mut &bytes[..]).unwrap();
        let preview = with([(0xE1, [&b"Exif\0\0"[..], &jpeg()].concat())]);
        assert!(is_whole(&jpeg()) && is_whole(&preview));
        assert!(is_whole(&[&jpeg()[..], &[0, 7, 0xFF]].concat()), "a film behind it");
        for cut in [0, 2, 4, preview.len() - jpeg().len() + 10, preview.len() - 1] {
            assert!(!is_whole(&preview[..cut]), "{cut}");
        }
    }

    #[test]
    fn progressive_jpeg_is_charged_for_coefficients() {
        let at = |bytes: &[u8]| bytes.windows(2).position(|piece| piece == [0xFF, 0xC0]).unwrap();
        let mut bytes = jpeg();
        assert_eq!(strip(&bytes[..]).unwrap().1, BYTES as u64, "baseline");
        let frame = at(&bytes);
        bytes[frame + 1] = 0xC2;
        assert!(strip(&bytes[..]).unwrap().1 > BYTES as u64);
        bytes[frame + 5..frame + 9].copy_from_slice(&[0x20, 0, 0x20, 0]);
        let (_, working) = strip(&bytes[..]).unwrap();
        assert!(working > 2 * 8_192 * 8_192, "{working}");
    }

    #[test]
    fn malformed_jpeg_is_rejected() {
        for bytes in [
            &[0xFF, 0xD8][..],
            &[0xFF, 0xD8, 0xFF],
            &[0xFF, 0xD8, 0xFF, 0xE1, 0, 1],
            &[0xFF, 0xD8, 0xFF, 0xDA, 0, 3, 1],
        ] {
            assert!(strip(bytes).is_err(), "{bytes:?}");
        }
        assert!(strip(&with((0..20).map(|_| (0xDB, vec![0; 60_000])))[..]).is_err(), "tables without end");
    }
}
