//! Reads the length and the codecs of an MP4 or a `QuickTime` file.
//!
//! Invariant: whatever sizes a file claims, no more than a few dozen bytes are read at a time and a bounded number
//! of boxes is visited. Not here: which codecs browsers play, and all other content of a file.

use domain::training::formats::Unplayable;
use std::io::{self, Read, Seek, SeekFrom};

/// Boxes of a file that are looked at: one for the web has a handful of them, one that is recorded in pieces two
/// for each second.
const BOXES: usize = 20_000;
/// Boxes within one that are looked at.
const INSIDE: usize = 500;
/// Tracks that are looked at.
const TRACKS: usize = 64;
/// Codings of one track.
const CODINGS: usize = 8;
/// Bytes read of an elementary stream descriptor: its type is at the beginning.
const STREAM: usize = 32;

/// The header of a file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Header {
    /// In milliseconds, if present.
    pub ms: Option<u64>,
    pub has_pictures: bool,
    /// It ends before the boxes that it consists of.
    pub is_cut: bool,
    /// Why browsers do not play it.
    pub unplayable: Option<Unplayable>,
}

/// A box: its name, and where its content is.
#[derive(Debug, Clone, Copy)]
struct Atom {
    name: [u8; 4],
    from: u64,
    to: u64,
}

/// A track, as far as it matters here.
#[derive(Debug, Default)]
struct Track {
    is_enabled: bool,
    handler: [u8; 4],
    scale: u64,
    length: u64,
    /// It has a sample description, which names the codec.
    is_coded: bool,
    unplayable: Option<Unplayable>,
}

/// Reads the header of a file of `end` bytes.
pub(super) fn header(file: &mut (impl Read + Seek), end: u64) -> io::Result<Header> {
    let mut header = Header::default();
    let (mut at, mut movie) = (0, None);
    for _ in 0..BOXES {
        if at >= end {
            break;
        }
        let Some(found) = atom(file, at, end)? else {
            header.is_cut = true;
            return Ok(header);
        };
        if &found.name == b"moov" && movie.is_none() {
            movie = Some(found);
        }
        at = found.to;
    }
    header.is_cut = at > end;
    let Some(movie) = movie.filter(|_| !header.is_cut) else { return Ok(header) };
    let inside = inside(file, movie.from, movie.to)?;
    let mut tracks = Vec::new();
    for found in inside.iter().filter(|found| &found.name == b"trak").take(TRACKS) {
        tracks.push(track(file, *found)?);
    }
    // Disabled tracks – a cover, chapter pictures – are not played.
    let of = |handler: &[u8; 4]| {
        let all = || tracks.iter().filter(|track| &track.handler == handler && track.is_coded);
        let on: Vec<&Track> = all().filter(|track| track.is_enabled).collect();
        if on.is_empty() { all().collect() } else { on }
    };
    let sounds = of(b"soun");
    let Some(pictures) = of(b"vide").first().copied() else { return Ok(header) };
    header.has_pictures = true;
    // One playable sound track suffices.
    let silent = sounds.iter().all(|sound| sound.unplayable.is_some());
    header.unplayable =
        pictures.unplayable.or_else(|| sounds.first().filter(|_| silent).and_then(|sound| sound.unplayable));
    header.ms = milliseconds(pictures.length, pictures.scale);
    if header.ms.is_none() {
        header.ms = pieces(file, &inside)?;
    }
    Ok(header)
}

fn milliseconds(length: u64, scale: u64) -> Option<u64> {
    // All bits are set if it is unknown.
    let is_known = length > 0 && length != u64::from(u32::MAX) && length != u64::MAX;
    let ms = (u128::from(length) * 1000).checked_div(scale.into()).filter(|_| is_known)?;
    u64::try_from(ms).ok().filter(|ms| *ms > 0)
}

/// The duration of a fragmented movie, if present.
fn pieces(file: &mut (impl Read + Seek), movie: &[Atom]) -> io::Result<Option<u64>> {
    let named = |all: &[Atom], name: &[u8; 4]| all.iter().find(|found| &found.name == name).copied();
    let (Some(whole), Some(extended)) = (named(movie, b"mvhd"), named(movie, b"mvex")) else { return Ok(None) };
    let Some(length) = named(&inside(file, extended.from, extended.to)?, b"mehd") else { return Ok(None) };
    let (scale, _) = scale_and_length(file, whole)?;
    let is_wide = read::<1>(file, length.from)? == [1];
    let length = if is_wide {
        u64::from_be_bytes(read(file, length.from + 4)?)
    } else {
        u32::from_be_bytes(read(file, length.from + 4)?).into()
    };
    Ok(milliseconds(length, scale))
}

/// Ticks in a second, and of the whole, of a header of a movie or a track.
fn scale_and_length(file: &mut (impl Read + Seek), header: Atom) -> io::Result<(u64, u64)> {
    if read::<1>(file, header.from)? == [1] {
        let scale = u32::from_be_bytes(read(file, header.from + 20)?);
        return Ok((scale.into(), u64::from_be_bytes(read(file, header.from + 24)?)));
    }
    let scale = u32::from_be_bytes(read(file, header.from + 12)?);
    Ok((scale.into(), u32::from_be_bytes(read(file, header.from + 16)?).into()))
}

fn track(file: &mut (impl Read + Seek), at: Atom) -> io::Result<Track> {
    let mut track = Track::default();
    let mut media = Vec::new();
    for found in inside(file, at.from, at.to)? {
        match &found.name {
            b"tkhd" => track.is_enabled = read::<4>(file, found.from)?[3] & 1 == 1,
            b"mdia" => media = inside(file, found.from, found.to)?,
            _ => {}
        }
    }
    let mut codings = None;
    for found in media {
        match &found.name {
            b"mdhd" => (track.scale, track.length) = scale_and_length(file, found)?,
            b"hdlr" => track.handler = read(file, found.from + 8)?,
            b"minf" => codings = inside(file, found.from, found.to)?.into_iter().find(|it| &it.name == b"stbl"),
            _ => {}
        }
    }
    let Some(table) = codings else { return Ok(track) };
    let Some(table) = inside(file, table.from, table.to)?.into_iter().find(|it| &it.name == b"stsd") else {
        return Ok(track);
    };
    // After version and entry count.
    for coding in inside(file, table.from + 8, table.to)?.into_iter().take(CODINGS) {
        track.is_coded = true;
        let unplayable = match &track.handler {
            b"vide" => pictures(file, coding)?,
            b"soun" => sound(file, coding)?,
            _ => None,
        };
        track.unplayable = track.unplayable.or(unplayable);
    }
    Ok(track)
}

fn pictures(file: &mut (impl Read + Seek), coding: Atom) -> io::Result<Option<Unplayable>> {
    let (mut object, mut profile) = (None, None);
    for found in inside(file, coding.from + 78, coding.to)? {
        match &found.name {
            b"esds" => object = stream(file, found)?,
            b"avcC" => profile = Some(read::<2>(file, found.from)?[1]),
            _ => {}
        }
    }
    Ok(Unplayable::mp4_pictures(coding.name, object, profile))
}

fn sound(file: &mut (impl Read + Seek), coding: Atom) -> io::Result<Option<Unplayable>> {
    // Later QuickTime versions have a longer header, with the rest in a box.
    let more = match u16::from_be_bytes(read(file, coding.from + 8)?) {
        1 => 16,
        2 => 36,
        _ => 0,
    };
    let mut object = None;
    for found in inside(file, coding.from + 28 + more, coding.to)? {
        match &found.name {
            b"esds" => object = stream(file, found)?,
            b"wave" => {
                for found in inside(file, found.from, found.to)? {
                    if &found.name == b"esds" {
                        object = stream(file, found)?;
                    }
                }
            }
            _ => {}
        }
    }
    Ok(Unplayable::mp4_sound(coding.name, object))
}

/// The kind of an elementary stream, by the number that MPEG-4 gives it.
fn stream(file: &mut (impl Read + Seek), at: Atom) -> io::Result<Option<u8>> {
    let mut bytes = [0; STREAM];
    let length = at.to.saturating_sub(at.from + 4).min(STREAM as u64);
    file.seek(SeekFrom::Start(at.from + 4))?;
    let length = usize::try_from(length).unwrap_or(0);
    file.read_exact(&mut bytes[..length])?;
    let mut rest = &bytes[..length];
    // The stream, and within it how it is decoded.
    Ok(descriptor(&mut rest, 3).and_then(|()| {
        let flags = *rest.get(2)?;
        let skipped = 3 + usize::from(flags & 0x80 != 0) * 2 + usize::from(flags & 0x20 != 0) * 2;
        rest = rest.get(skipped..)?;
        descriptor(&mut rest, 4)?;
        rest.first().copied()
    }))
}

/// Passes over the tag and the length of a descriptor.
fn descriptor(rest: &mut &[u8], tag: u8) -> Option<()> {
    let [found, length @ ..] = *rest else { return None };
    let more = length.iter().take(4).take_while(|byte| **byte & 0x80 != 0).count();
    *rest = length.get(more + 1..)?;
    (*found == tag).then_some(())
}

/// The boxes between two places.
fn inside(file: &mut (impl Read + Seek), from: u64, to: u64) -> io::Result<Vec<Atom>> {
    let (mut all, mut at) = (Vec::new(), from);
    while at.saturating_add(8) <= to && all.len() < INSIDE {
        let Some(found) = atom(file, at, to)?.filter(|found| found.to <= to) else { break };
        at = found.to;
        all.push(found);
    }
    Ok(all)
}

/// The box at this offset; `None` if there is none.
fn atom(file: &mut (impl Read + Seek), at: u64, end: u64) -> io::Result<Option<Atom>> {
    if end.saturating_sub(at) < 8 {
        return Ok(None);
    }
    let [a, b, c, d, name @ ..] = read::<8>(file, at)?;
    let (size, head) = match u32::from_be_bytes([a, b, c, d]) {
        // To the end.
        0 => (end - at, 8),
        1 if end - at >= 16 => (u64::from_be_bytes(read(file, at + 8)?), 16),
        size => (size.into(), 8),
    };
    Ok((size >= head).then(|| Atom { name, from: at + head, to: at.saturating_add(size) }))
}

fn read<const N: usize>(file: &mut (impl Read + Seek), at: u64) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    file.seek(SeekFrom::Start(at))?;
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Cursor;

    fn boxed(name: [u8; 4], content: &[u8]) -> Vec<u8> {
        let size = u32::try_from(8 + content.len()).unwrap().to_be_bytes();
        [&size[..], &name, content].concat()
    }

    fn numbers(all: &[u32]) -> Vec<u8> {
        all.iter().flat_map(|number| number.to_be_bytes()).collect()
    }

    /// A track of 24.5 seconds.
    fn track(handler: [u8; 4], is_enabled: bool, coding: &[u8]) -> Vec<u8> {
        let table = boxed(*b"stsd", &[numbers(&[0, 1]), coding.to_vec()].concat());
        let media = [
            boxed(*b"mdhd", &numbers(&[0, 0, 0, 600, 14_700, 0])),
            boxed(*b"hdlr", &[&numbers(&[0, 0])[..], &handler, &numbers(&[0, 0, 0])].concat()),
            boxed(*b"minf", &[boxed(*b"hdlr", b"\0\0\0\0dhlrurl "), boxed(*b"stbl", &table)].concat()),
        ];
        boxed(
            *b"trak",
            &[boxed(*b"tkhd", &numbers(&[u32::from(is_enabled)])), boxed(*b"mdia", &media.concat())].concat(),
        )
    }

    fn esds(object: u8) -> Vec<u8> {
        boxed(*b"esds", &[0, 0, 0, 0, 3, 0x80, 0x80, 0x80, 25, 0, 1, 0, 4, 17, object, 0x15])
    }

    fn pictures(name: [u8; 4], more: &[u8]) -> Vec<u8> {
        boxed(name, &[&[0; 78], more].concat())
    }

    fn sound(name: [u8; 4], version: u8, more: &[u8]) -> Vec<u8> {
        let mut entry = vec![0; 28 + [0, 16, 36][usize::from(version)]];
        entry[9] = version;
        boxed(name, &[&entry, more].concat())
    }

    fn film(tracks: &[Vec<u8>]) -> Vec<u8> {
        [boxed(*b"ftyp", b"qt  \0\0\x02\0"), boxed(*b"mdat", &[7; 50]), boxed(*b"moov", &tracks.concat())].concat()
    }

    fn read(film: &[u8]) -> Header {
        header(&mut Cursor::new(film), film.len() as u64).unwrap()
    }

    #[test]
    fn video_is_judged_by_picture_codec() {
        let of = |pictures: Vec<u8>| read(&film(&[track(*b"vide", true, &pictures)])).unplayable;
        let avc = |profile| boxed(*b"avcC", &[1, profile, 0, 10]);
        assert_eq!(of(pictures(*b"avc1", &avc(100))), None);
        assert_eq!(of(pictures(*b"avc1", &avc(110))), Some(Unplayable::H264Studio));
        assert_eq!(of(pictures(*b"hvc1", b"")), Some(Unplayable::Hevc));
        assert_eq!(of(pictures(*b"mp4v", &esds(0x20))), Some(Unplayable::Mpeg4));
        assert_eq!(of(pictures(*b"mp4v", &esds(0x61))), Some(Unplayable::Mpeg2));
        let cover = track(*b"vide", false, &pictures(*b"jpeg", b""));
        let visible = track(*b"vide", true, &pictures(*b"avc1", &avc(77)));
        assert_eq!(read(&film(&[cover.clone(), visible])).unplayable, None, "what is switched off is not shown");
        assert_eq!(read(&film(&[cover])).unplayable, Some(Unplayable::MotionJpeg));
    }

    #[test]
    fn one_playable_sound_track_suffices() {
        let of = |sounds: &[Vec<u8>]| {
            let sounds = sounds.iter().map(|sound| track(*b"soun", true, sound));
            let pictures = track(*b"vide", true, &pictures(*b"avc1", b""));
            read(&film(&std::iter::once(pictures).chain(sounds).collect::<Vec<_>>())).unplayable
        };
        let wave = boxed(*b"wave", &[boxed(*b"frma", b"mp4a"), esds(0x40), vec![0, 0, 0, 8, 0, 0, 0, 0]].concat());
        assert_eq!(of(&[sound(*b"mp4a", 0, &esds(0x40))]), None);
        assert_eq!(of(&[sound(*b"mp4a", 1, &wave)]), None, "as QuickTime writes it");
        assert_eq!(of(&[sound(*b"mp4a", 2, &esds(0xa5))]), Some(Unplayable::Dolby));
        assert_eq!(of(&[sound(*b"sowt", 1, b"")]), Some(Unplayable::Pcm));
        assert_eq!(of(&[sound(*b"apac", 0, b""), sound(*b"mp4a", 0, &esds(0x40))]), None);
    }

    #[test]
    fn length_is_found_in_any_box() {
        let whole = film(&[track(*b"vide", true, &pictures(*b"avc1", b""))]);
        let expected = Header { ms: Some(24_500), has_pictures: true, is_cut: false, unplayable: None };
        assert_eq!(read(&whole), expected);
        assert!(read(&whole[..whole.len() - 1]).is_cut);
        let timeless = track(*b"vide", true, &pictures(*b"avc1", b""));
        let at = timeless.windows(4).position(|it| it == 14_700_u32.to_be_bytes()).unwrap();
        let timeless = [&timeless[..at], &[0; 4], &timeless[at + 4..]].concat();
        let pieces = boxed(*b"mvex", &boxed(*b"mehd", &numbers(&[0, 9_000])));
        let in_pieces = film(&[boxed(*b"mvhd", &numbers(&[0, 0, 0, 1_000, 0])), timeless, pieces]);
        assert_eq!(read(&in_pieces).ms, Some(9_000));
        assert!(!read(&film(&[track(*b"soun", true, &sound(*b"mp4a", 0, b""))])).has_pictures);
    }

    proptest! {
        #[test]
        fn arbitrary_mp4_is_read_to_end(garbage in proptest::collection::vec(any::<u8>(), 0..60), at in 0..500_usize) {
            let mut film = film(&[track(*b"vide", true, &pictures(*b"mp4v", &esds(0x20))), track(*b"soun", true, &sound(*b"mp4a", 1, &esds(0x40)))]);
            let at = at.min(film.len());
            let to = (at + garbage.len()).min(film.len());
            film.splice(at..to, garbage);
            let length = film.len() as u64;
            drop(header(&mut Cursor::new(film), length));
        }
    }
}
