//! Reads the length and the codecs of a `WebM` from its header.
//!
//! Invariant: whatever sizes the file claims, no more than a name is read at a time, and nothing is allocated: the
//! existing readers of this format take memory by the claims of a file. Not here: all other content.

use domain::training::formats::Unplayable;
use std::io::{self, Read, Seek, SeekFrom};

const SEGMENT: u32 = 0x1853_8067;
const INFO: u32 = 0x1549_a966;
const SCALE: u32 = 0x002a_d7b1;
const DURATION: u32 = 0x4489;
const TRACKS: u32 = 0x1654_ae6b;
const TRACK: u32 = 0xae;
const TRACK_TYPE: u32 = 0x83;
const CODEC: u32 = 0x86;
const CLUSTER: u32 = 0x1f43_b675;
/// Bytes of the name of a coding, at most.
const NAME: usize = 32;
/// The track type of pictures.
const PICTURES: u64 = 1;
/// Elements that are looked at: a header has some dozens.
const MOST: usize = 10_000;

/// The header of a file.
#[derive(Debug, Default)]
pub(super) struct Header {
    pub ms: Option<u64>,
    /// It has a track of pictures.
    pub has_pictures: bool,
    /// The file is shorter than its header states.
    pub is_cut: bool,
    /// Why browsers do not play it.
    pub unplayable: Option<Unplayable>,
}

/// Whether the size is marked as unknown, as in a segment still being recorded: all bits are set.
fn is_unknown(size: u64) -> bool {
    (size + 1).is_power_of_two() && (size + 1).trailing_zeros().is_multiple_of(7)
}

/// Reads the header from the beginning of a file.
pub(super) fn header(file: &mut (impl Read + Seek)) -> io::Result<Header> {
    let (mut header, mut scale, mut ticks) = (Header::default(), 1_000_000_u64, None::<f64>);
    let (mut silent, mut sounds) = (None, false);
    for _ in 0..MOST {
        let Some(id) = number(file, 4, true)? else { break };
        let Some(size) = number(file, 8, false)? else { break };
        match u32::try_from(id).unwrap_or_default() {
            SEGMENT => {
                let begin = file.stream_position()?;
                let end = file.seek(SeekFrom::End(0))?;
                file.seek(SeekFrom::Start(begin))?;
                header.is_cut = !is_unknown(size) && begin.saturating_add(size) > end;
            }
            // Its content follows.
            INFO | TRACKS | TRACK => {}
            // Behind the header.
            CLUSTER => break,
            id @ (SCALE | TRACK_TYPE) if size <= 8 => {
                let value = bytes(file, size)?;
                if id == SCALE {
                    scale = value;
                } else {
                    header.has_pictures |= value == PICTURES;
                }
            }
            CODEC if size <= NAME as u64 => {
                let mut name = [0; NAME];
                let size = usize::try_from(size).unwrap_or(0);
                file.read_exact(&mut name[..size])?;
                // Its end may be filled up.
                let name = name[..size].split(|byte| *byte == 0).next().unwrap_or_default();
                match (name.starts_with(b"A_"), name.starts_with(b"V_"), Unplayable::webm(name)) {
                    (true, _, None) => sounds = true,
                    (true, _, unplayable) => silent = silent.or(unplayable),
                    (_, true, unplayable) => header.unplayable = header.unplayable.or(unplayable),
                    // Subtitles.
                    _ => {}
                }
            }
            DURATION if size == 8 => ticks = Some(f64::from_bits(bytes(file, size)?)),
            DURATION if size == 4 => {
                ticks = Some(f32::from_bits(u32::try_from(bytes(file, size)?).unwrap_or_default()).into());
            }
            _ => {
                let Ok(size) = i64::try_from(size) else { break };
                file.seek(SeekFrom::Current(size))?;
            }
        }
    }
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a length"
    )]
    let ms = ticks.map(|ticks| (ticks * scale as f64 / 1e6).round()).filter(|ms| *ms > 0.0).map(|ms| ms as u64);
    header.ms = ms;
    // One playable sound track suffices.
    header.unplayable = header.unplayable.or(silent.filter(|_| !sounds));
    Ok(header)
}

/// A variable-length number, with its length in the first bits: at most `most` bytes, with or without those bits.
/// `None` at the end of the file and for an invalid one.
fn number(file: &mut impl Read, most: u32, with_bits: bool) -> io::Result<Option<u64>> {
    let mut first = [0];
    if file.read(&mut first)? == 0 {
        return Ok(None);
    }
    let more = first[0].leading_zeros();
    if more >= most {
        return Ok(None);
    }
    let first = if with_bits { first[0] } else { first[0] & (0x7f_u8.checked_shr(more).unwrap_or(0)) };
    let rest = bytes(file, more.into())?;
    Ok(Some(u64::from(first) << (8 * more) | rest))
}

/// `count` bytes, eight at most, as a number.
fn bytes(file: &mut impl Read, count: u64) -> io::Result<u64> {
    let mut read = [0; 8];
    let count = usize::try_from(count).unwrap_or(8).min(8);
    file.read_exact(&mut read[8 - count..])?;
    Ok(u64::from_be_bytes(read))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Cursor;

    fn element(id: &[u8], content: &[u8]) -> Vec<u8> {
        [id, &[0x80 | u8::try_from(content.len()).unwrap()], content].concat()
    }

    fn film(ticks: &[u8], track: u8) -> Vec<u8> {
        let info = [element(&[0x2a, 0xd7, 0xb1], &[0x0f, 0x42, 0x40]), element(&[0x44, 0x89], ticks)].concat();
        let track = element(&[0xae], &element(&[0x83], &[track]));
        [
            element(&[0x1a, 0x45, 0xdf, 0xa3], b"webm"),
            vec![0x18, 0x53, 0x80, 0x67, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            element(&[0xec], &[0; 20]),
            element(&[0x15, 0x49, 0xa9, 0x66], &info),
            element(&[0x16, 0x54, 0xae, 0x6b], &track),
            vec![0x1f, 0x43, 0xb6, 0x75, 0xff],
        ]
        .concat()
    }

    #[test]
    fn webm_header_has_length_and_picture_track() {
        let read = |film: Vec<u8>| header(&mut Cursor::new(film)).map(|it| (it.ms, it.has_pictures)).unwrap();
        assert_eq!(read(film(&24_500.0_f64.to_be_bytes(), 1)), (Some(24_500), true));
        assert_eq!(read(film(&24_500.0_f32.to_be_bytes(), 2)), (Some(24_500), false));
        assert_eq!(read(film(&f64::NAN.to_be_bytes(), 1)), (None, true));
        assert_eq!(read(film(&(-1.0_f64).to_be_bytes(), 1)), (None, true));
        assert_eq!(read(Vec::new()), (None, false));
    }

    #[test]
    fn webm_is_judged_by_track_codecs() {
        let coded = |codecs: &[&[u8]]| {
            let tracks = codecs.iter().map(|codec| {
                let kind = if codec.starts_with(b"V_") { 1 } else { 2 };
                element(&[0xae], &[element(&[0x83], &[kind]), element(&[0x86], codec)].concat())
            });
            let tracks = element(&[0x16, 0x54, 0xae, 0x6b], &tracks.collect::<Vec<_>>().concat());
            let film = [&[0x18, 0x53, 0x80, 0x67, 0xff], &tracks[..]].concat();
            header(&mut Cursor::new(film)).unwrap().unplayable
        };
        assert_eq!(coded(&[b"V_VP9", b"A_OPUS"]), None);
        assert_eq!(coded(&[b"V_AV1\0\0"]), None);
        assert_eq!(coded(&[b"V_MPEGH/ISO/HEVC", b"A_OPUS"]), Some(Unplayable::Hevc));
        assert_eq!(coded(&[b"V_VP8", b"A_AC3"]), Some(Unplayable::Dolby));
        assert_eq!(coded(&[b"V_VP8", b"A_AC3", b"A_VORBIS"]), None, "one sound is enough");
    }

    proptest! {
        #[test]
        fn arbitrary_webm_is_read_to_end(garbage in proptest::collection::vec(any::<u8>(), 0..300), at in 0..60_usize) {
            let mut film = film(&24_500.0_f64.to_be_bytes(), 1);
            film.splice(at.min(film.len()).., garbage);
            drop(header(&mut Cursor::new(film)));
        }
    }
}
