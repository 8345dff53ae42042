//! Training: modules that people watch and answer, and which of them a type or a machine requires.
//!
//! Credit for watching is in [`watching`], grading in [`quiz`], progress towards a machine in [`path`], captions
//! in [`captions`], and playable formats in [`formats`]. Not here: the ledger. Training alone qualifies nobody.

pub mod captions;
pub mod formats;
pub mod path;
pub mod quiz;
pub mod watching;

pub use formats::VideoType;

use std::time::Duration;

/// A module's description is no longer than this, in characters.
pub const ABOUT: usize = 4000;
/// Default percentage that must be watched.
pub const THRESHOLD: u8 = 90;
/// Watching this percentage of a type's training counts as nearly ready for a checkout.
pub const NEARLY: u32 = 50;
/// No video is longer than this.
pub const LONGEST: Duration = Duration::from_hours(6);
/// No file of a video is larger than this, in bytes.
pub const FILE: u64 = 1024 * 1024 * 1024;
/// Limit of bytes of a document of modules, and of its modules and requirements.
pub const DOCUMENT: usize = 1024 * 1024;
/// Modules of one document.
pub const AT_ONCE: usize = 500;
/// Requirements of one document.
pub const REQUIRED_AT_ONCE: usize = 2000;

/// The id of a `YouTube` video: eleven safe characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct YouTubeId(String);

impl YouTubeId {
    /// The id in typed text: the id itself, or the address of a page or a player.
    #[must_use]
    pub fn parse(input: &str) -> Option<Self> {
        let input = input.trim();
        let id = match input.split_once("://") {
            None => input,
            Some(("https" | "http", rest)) => {
                let (host, rest) = rest.split_once('/')?;
                let host = host.strip_prefix("www.").or_else(|| host.strip_prefix("m.")).unwrap_or(host);
                let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
                match (host, path) {
                    ("youtu.be", id) => id,
                    ("youtube.com" | "youtube-nocookie.com", "watch") => {
                        query.split('&').find_map(|pair| pair.strip_prefix("v="))?
                    }
                    ("youtube.com" | "youtube-nocookie.com", path) => {
                        let (kind, id) = path.split_once('/')?;
                        ["embed", "shorts", "live", "v"].contains(&kind).then_some(id)?
                    }
                    _ => return None,
                }
            }
            Some(_) => return None,
        };
        let is_of_id = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '-';
        (id.len() == 11 && id.chars().all(is_of_id)).then(|| Self(id.to_owned()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The length of a video in milliseconds: positive, and at most [`LONGEST`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Length(u32);

impl Length {
    /// `None` for zero, and for more than [`LONGEST`].
    #[must_use]
    pub fn new(ms: u64) -> Option<Self> {
        let ms = u32::try_from(ms).ok()?;
        (ms > 0 && u128::from(ms) <= LONGEST.as_millis()).then_some(Self(ms))
    }

    /// Parses `21:24`, `1:02:03`, or seconds.
    #[must_use]
    pub fn parse(input: &str) -> Option<Self> {
        let parts: Vec<&str> = input.trim().split(':').collect();
        let digits = |part: &&str| {
            (!part.is_empty() && part.len() <= 5 && part.bytes().all(|it| it.is_ascii_digit()))
                .then(|| part.parse::<u64>().ok())?
        };
        let numbers: Vec<u64> = parts.iter().map(digits).collect::<Option<_>>()?;
        let seconds = match numbers[..] {
            [seconds] => seconds,
            [minutes, seconds] if seconds < 60 => minutes * 60 + seconds,
            [hours, minutes, seconds] if minutes < 60 && seconds < 60 => hours * 3600 + minutes * 60 + seconds,
            _ => return None,
        };
        Self::new(seconds * 1000)
    }

    #[must_use]
    pub const fn ms(self) -> u32 {
        self.0
    }
}

/// A moment of a video as a clock shows it: `12:20`, `1:02:03`.
#[must_use]
pub fn clock(ms: u32) -> String {
    let seconds = ms / 1000;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

/// Valid percentages of required watching.
pub const THRESHOLDS: std::ops::RangeInclusive<u8> = 1..=100;

/// Parses the required percentage.
#[must_use]
pub fn threshold(input: &str) -> Option<u8> {
    match input.trim() {
        "" => Some(THRESHOLD),
        input => input.parse().ok().filter(|percent| THRESHOLDS.contains(percent)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn youtube_id_is_extracted_from_shared_urls() {
        for input in [
            "dQw4w9WgXcQ",
            " dQw4w9WgXcQ ",
            "https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=3s",
            "https://m.youtube.com/watch?app=1&v=dQw4w9WgXcQ",
            "https://youtu.be/dQw4w9WgXcQ?si=abc",
            "http://youtube.com/shorts/dQw4w9WgXcQ",
            "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ",
        ] {
            assert_eq!(YouTubeId::parse(input).as_ref().map(YouTubeId::as_str), Some("dQw4w9WgXcQ"), "{input}");
        }
        for input in [
            "",
            "dQw4w9WgXc",
            "dQw4w9WgXcQQ",
            "dQw4w9W/XcQ",
            "dQw4w9WgX\u{e9}",
            "https://example.org/watch?v=dQw4w9WgXcQ",
            "https://youtube.com.example.org/watch?v=dQw4w9WgXcQ",
            "javascript://youtu.be/dQw4w9WgXcQ",
            "https://youtube.com/watch?v=\"><script>",
            "https://youtube.com/playlist/dQw4w9WgXcQ",
        ] {
            assert_eq!(YouTubeId::parse(input), None, "{input}");
        }
    }

    #[test]
    fn length_is_parsed_as_clock_or_seconds() {
        let length = |input| Length::parse(input).map(Length::ms);
        assert_eq!(length("21:24"), Some(1_284_000));
        assert_eq!(length("1:02:03"), Some(3_723_000));
        assert_eq!((length("90"), length(" 0:01 ")), (Some(90_000), Some(1000)));
        for input in ["", "0", "0:00", "1:60", "1:2:3:4", "-5", "1.5", "99999999999", "7:00:00", ":", "a:10"] {
            assert_eq!(length(input), None, "{input}");
        }
        assert_eq!((clock(740_500), clock(3_723_000)), ("12:20".into(), "1:02:03".into()));
    }

    #[test]
    fn threshold_is_parsed_as_percentage() {
        assert_eq!((threshold(""), threshold("100"), threshold(" 75 ")), (Some(90), Some(100), Some(75)));
        assert_eq!((threshold("0"), threshold("101"), threshold("x")), (None, None, None));
    }
}
