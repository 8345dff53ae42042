//! Which videos browsers play, judged by their codecs and not by the file name.
//!
//! Invariant: a format that current browsers are not known to play is named and refused. Not here: reading files.

use crate::string_enum::string_enum;

string_enum! {
    /// The type of a video file, by its first bytes.
    VideoType {
        /// `WebM`, or Matroska that calls itself so.
        WebM = "video/webm",
        /// MP4, and `QuickTime` files, from which it derives.
        Mp4 = "video/mp4",
    }
}

string_enum! {
    /// A codec or container that not all browsers play.
    Unplayable {
        /// HEVC, as phones record in the setting that saves space.
        Hevc = "hevc",
        /// MPEG-4 Part 2: `DivX`, Xvid, old cameras.
        Mpeg4 = "mpeg-4-part-2",
        Mpeg2 = "mpeg-2",
        /// H.263, of old phones.
        H263 = "h263",
        /// H.264 with more than 8 bits or 4:2:2 colours, as cameras for films record.
        H264Studio = "h264-studio",
        /// A JPEG for each picture.
        MotionJpeg = "motion-jpeg",
        ProRes = "prores",
        /// Pictures with another codec.
        Pictures = "pictures",
        /// Sound in Dolby Digital.
        Dolby = "dolby",
        /// Sound that isn't compressed.
        Pcm = "pcm",
        /// Sound in Apple Lossless.
        Alac = "alac",
        /// Sound as telephones code speech.
        Amr = "amr",
        /// Sound with another codec.
        Sound = "sound",
        /// It is protected against copying.
        Encrypted = "encrypted",
        /// A file of AVI.
        Avi = "avi",
        /// Matroska that isn't `WebM`.
        Matroska = "matroska",
        /// A file of Windows Media.
        WindowsMedia = "windows-media",
        /// A stream of MPEG, as camcorders and television record.
        MpegStream = "mpeg-stream",
        /// A file of Flash.
        Flash = "flash",
        /// A file of Ogg.
        Ogg = "ogg",
    }
}

impl VideoType {
    /// The type of a file with the first bytes `head`; `None` if browsers do not play it.
    #[must_use]
    pub fn of(head: &[u8]) -> Option<Self> {
        const STILL: [&[u8]; 8] = [b"heic", b"heix", b"heim", b"heis", b"mif1", b"avif", b"jp2 ", b"crx "];
        let name = head.get(4..8)?;
        if name == b"ftyp" {
            let brand = head.get(8..12)?;
            return (!STILL.contains(&brand)).then_some(Self::Mp4);
        }
        // QuickTime files of old have no brand.
        let is_atom = [b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"].iter().any(|known| name == *known);
        if is_atom {
            return Some(Self::Mp4);
        }
        (doctype(head, b"webm")).then_some(Self::WebM)
    }

    /// The ending of its file on the disk.
    #[must_use]
    pub const fn ending(self) -> &'static str {
        match self {
            Self::WebM => "webm",
            Self::Mp4 => "mp4",
        }
    }
}

/// Whether `head` begins a file of this kind of EBML.
fn doctype(head: &[u8], kind: &[u8]) -> bool {
    const EBML: &[u8] = &[0x1a, 0x45, 0xdf, 0xa3];
    let begin = head.get(..head.len().min(64)).unwrap_or_default();
    begin.starts_with(EBML) && begin.windows(kind.len()).any(|it| it == kind)
}

impl Unplayable {
    /// The container of a file with the first bytes `head`; `None` if unknown.
    #[must_use]
    pub fn container(head: &[u8]) -> Option<Self> {
        let has = |at: usize, bytes: &[u8]| head.get(at..).is_some_and(|rest| rest.starts_with(bytes));
        // Packets of 188 bytes, or of 192 with a time in front of each.
        let packets = |first: usize, length: usize| (0..3).all(|at| has(first + at * length, b"G"));
        Some(match () {
            () if has(0, b"RIFF") && has(8, b"AVI ") => Self::Avi,
            () if doctype(head, b"matroska") => Self::Matroska,
            () if has(0, &[0x30, 0x26, 0xb2, 0x75, 0x8e, 0x66, 0xcf, 0x11]) => Self::WindowsMedia,
            () if has(0, &[0, 0, 1, 0xba]) || has(0, &[0, 0, 1, 0xb3]) || packets(0, 188) || packets(4, 192) => {
                Self::MpegStream
            }
            () if has(0, b"FLV\x01") => Self::Flash,
            () if has(0, b"OggS") => Self::Ogg,
            () => return None,
        })
    }

    /// Why browsers do not play MP4 pictures with this codec; `None`: they do. For `mp4v`, `object` is the codec,
    /// and for H.264 `profile` matters, if the file has them.
    #[must_use]
    pub fn mp4_pictures(name: [u8; 4], object: Option<u8>, profile: Option<u8>) -> Option<Self> {
        Some(match &name {
            // Baseline, main, extended and high, by which every coder begins.
            b"avc1" | b"avc2" | b"avc3" | b"avc4" if profile.is_none_or(|it| [66, 77, 88, 100].contains(&it)) => {
                return None;
            }
            b"avc1" | b"avc2" | b"avc3" | b"avc4" => Self::H264Studio,
            b"av01" | b"vp08" | b"vp09" => return None,
            b"hvc1" | b"hev1" | b"hvc2" | b"hev2" | b"dvh1" | b"dvhe" => Self::Hevc,
            b"mp4v" => match object {
                Some(0x21) => return None,
                Some(0x60..=0x65 | 0x6a) => Self::Mpeg2,
                Some(0x6c) => Self::MotionJpeg,
                _ => Self::Mpeg4,
            },
            b"DIVX" | b"XVID" | b"DX50" | b"FMP4" | b"3IV2" => Self::Mpeg4,
            b"h263" | b"s263" | b"H263" => Self::H263,
            b"jpeg" | b"mjpa" | b"mjpb" | b"mjpg" | b"dmb1" => Self::MotionJpeg,
            [b'a', b'p', b'c' | b'4', _] => Self::ProRes,
            [b'm', b'x' | b'p', ..] | [b'h' | b'x', b'd', b'v', _] | b"m2v1" | b"m1v1" => Self::Mpeg2,
            b"encv" | b"drmi" => Self::Encrypted,
            _ => Self::Pictures,
        })
    }

    /// Like `mp4_pictures`, for sound; for `mp4a`, `object` is the codec.
    #[must_use]
    pub fn mp4_sound(name: [u8; 4], object: Option<u8>) -> Option<Self> {
        Some(match &name {
            // AAC, and MP3.
            b"mp4a" if object.is_none_or(|it| matches!(it, 0x40 | 0x66..=0x69 | 0x6b)) => return None,
            b"mp4a" if matches!(object, Some(0xa5 | 0xa6)) => Self::Dolby,
            b"Opus" | b"fLaC" | b".mp3" | [b'm', b's', 0, 0x55] => return None,
            b"ac-3" | b"ec-3" | b"ac-4" | b"sac3" => Self::Dolby,
            b"lpcm" | b"sowt" | b"twos" | b"in24" | b"in32" | b"fl32" | b"fl64" | b"raw " | b"NONE" | b"ipcm"
            | b"ulaw" | b"alaw" => Self::Pcm,
            b"alac" => Self::Alac,
            b"samr" | b"sawb" | b"sevc" | b"sqcp" => Self::Amr,
            b"enca" | b"drms" => Self::Encrypted,
            _ => Self::Sound,
        })
    }

    /// Why browsers do not play a `WebM` track with this codec; `None`: they do.
    #[must_use]
    pub fn webm(codec: &[u8]) -> Option<Self> {
        Some(match codec {
            b"V_VP8" | b"V_VP9" | b"V_AV1" | b"A_OPUS" | b"A_VORBIS" => return None,
            // MP4 carries it.
            b"V_MPEG4/ISO/AVC" => Self::Matroska,
            b"V_MPEGH/ISO/HEVC" => Self::Hevc,
            b"V_MPEG1" | b"V_MPEG2" => Self::Mpeg2,
            b"V_MJPEG" => Self::MotionJpeg,
            b"V_PRORES" => Self::ProRes,
            b"A_AC3" | b"A_EAC3" => Self::Dolby,
            b"A_ALAC" => Self::Alac,
            _ if codec.starts_with(b"V_MPEG4") => Self::Mpeg4,
            _ if codec.starts_with(b"A_PCM") => Self::Pcm,
            _ if codec.starts_with(b"A_") => Self::Sound,
            _ => Self::Pictures,
        })
    }

    /// Whether it is about sound alone.
    #[must_use]
    pub const fn is_sound(self) -> bool {
        matches!(self, Self::Dolby | Self::Pcm | Self::Alac | Self::Amr | Self::Sound)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn video_type_is_detected_from_first_bytes() {
        let webm = [&[0x1a, 0x45, 0xdf, 0xa3, 0x9f, 0x42, 0x82, 0x84][..], b"webm"].concat();
        assert_eq!(VideoType::of(&webm), Some(VideoType::WebM));
        for brand in [b"isom", b"mp42", b"qt  ", b"XAVC", b"MSNV", b"3gp5", b"M4V ", b"mmp4", b"caqv"] {
            let head = [&b"\0\0\0\x20ftyp"[..], brand, b"\0\0\x02\0"].concat();
            assert_eq!(VideoType::of(&head), Some(VideoType::Mp4), "{brand:?}");
        }
        assert_eq!(VideoType::of(b"\0\0\0\x08wide\0\0\x01\0mdat"), Some(VideoType::Mp4), "no brand at all");
        for head in [&b""[..], b"\x1a\x45\xdf\xa3matroska", b"<html>ftypisom", b"\0\0\0\x20ftypheic", b"GIF89a"] {
            assert_eq!(VideoType::of(head), None, "{head:?}");
        }
    }

    #[test]
    fn unplayable_container_is_named() {
        let stream = |first: usize, length: usize| {
            let mut stream = vec![0; 600];
            (0..3).for_each(|at| stream[first + at * length] = b'G');
            stream
        };
        for (head, kind) in [
            (b"RIFF\0\0\0\0AVI LIST".to_vec(), Some(Unplayable::Avi)),
            (b"RIFF\0\0\0\0WEBPVP8 ".to_vec(), None),
            (b"\x1a\x45\xdf\xa3\x93\x42\x82\x88matroska".to_vec(), Some(Unplayable::Matroska)),
            (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11".to_vec(), Some(Unplayable::WindowsMedia)),
            (stream(0, 188), Some(Unplayable::MpegStream)),
            (stream(4, 192), Some(Unplayable::MpegStream)),
            (b"\0\0\x01\xba".to_vec(), Some(Unplayable::MpegStream)),
            (b"FLV\x01\x05".to_vec(), Some(Unplayable::Flash)),
            (b"OggS\0\x02".to_vec(), Some(Unplayable::Ogg)),
            (b"hello".to_vec(), None),
        ] {
            assert_eq!(Unplayable::container(&head), kind, "{kind:?}");
        }
    }

    #[test]
    fn playability_depends_on_codec() {
        let pictures = |name: &[u8; 4]| Unplayable::mp4_pictures(*name, None, None);
        for name in [b"avc1", b"avc3", b"av01", b"vp09"] {
            assert_eq!(pictures(name), None, "{name:?}");
        }
        assert_eq!((pictures(b"hvc1"), pictures(b"hev1")), (Some(Unplayable::Hevc), Some(Unplayable::Hevc)));
        assert_eq!((pictures(b"apch"), pictures(b"ap4h")), (Some(Unplayable::ProRes), Some(Unplayable::ProRes)));
        assert_eq!(pictures(b"mp4v"), Some(Unplayable::Mpeg4));
        assert_eq!(Unplayable::mp4_pictures(*b"mp4v", Some(0x61), None), Some(Unplayable::Mpeg2));
        assert_eq!(Unplayable::mp4_pictures(*b"avc1", None, Some(122)), Some(Unplayable::H264Studio));
        assert_eq!(Unplayable::mp4_pictures(*b"avc1", None, Some(100)), None);
        let sound = |name: &[u8; 4]| Unplayable::mp4_sound(*name, None);
        assert_eq!((sound(b"mp4a"), sound(b"Opus"), sound(b"sowt")), (None, None, Some(Unplayable::Pcm)));
        assert_eq!(Unplayable::mp4_sound(*b"mp4a", Some(0xa5)), Some(Unplayable::Dolby));
        for codec in [&b"V_VP8"[..], b"V_VP9", b"V_AV1", b"A_OPUS", b"A_VORBIS"] {
            assert_eq!(Unplayable::webm(codec), None, "{codec:?}");
        }
        assert_eq!(Unplayable::webm(b"V_MPEGH/ISO/HEVC"), Some(Unplayable::Hevc));
        assert_eq!(Unplayable::webm(b"A_PCM/INT/LIT"), Some(Unplayable::Pcm));
    }
}
