//! Video captions in the format `WebVTT`.
//!
//! Invariant: stored captions have a valid header and valid times. Not here: rendering, which browsers do.

/// No captions are longer than this, in bytes.
pub const CAPTIONS: usize = 256 * 1024;

/// Why a text is no captions, and in which line, from 1 on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaptionsFault {
    Nothing,
    /// It is not text in UTF-8.
    NoText,
    /// More than [`CAPTIONS`].
    Large,
    /// Its first line is another.
    Beginning,
    /// The times of this line cannot be read.
    Times(u32),
    /// The cue of this line ends before it begins.
    Backwards(u32),
    /// No line has times.
    NoCue,
}

impl CaptionsFault {
    /// The fault as a code for addresses.
    #[must_use]
    pub fn to_code(self) -> String {
        match self {
            Self::Nothing => "nothing".to_owned(),
            Self::NoText => "no-text".to_owned(),
            Self::Large => "large".to_owned(),
            Self::Beginning => "beginning".to_owned(),
            Self::Times(line) => line.to_string(),
            Self::Backwards(line) => format!("-{line}"),
            Self::NoCue => "no-cue".to_owned(),
        }
    }

    /// Parses such a code.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "nothing" => Self::Nothing,
            "no-text" => Self::NoText,
            "large" => Self::Large,
            "beginning" => Self::Beginning,
            "no-cue" => Self::NoCue,
            line => match line.strip_prefix('-') {
                Some(line) => Self::Backwards(line.parse().ok()?),
                None => Self::Times(line.parse().ok()?),
            },
        })
    }
}

/// Normalizes captions, or returns the first error.
pub fn read(input: &str) -> Result<String, CaptionsFault> {
    let text = input.trim_start_matches('\u{feff}').replace("\r\n", "\n").replace('\r', "\n");
    // Line numbers are those of the typed text.
    let text = text.trim_end();
    if text.trim_start().is_empty() {
        return Err(CaptionsFault::Nothing);
    }
    if text.len() > CAPTIONS {
        return Err(CaptionsFault::Large);
    }
    if text.contains('\0') {
        return Err(CaptionsFault::NoText);
    }
    let begins = |line: &str| line == "WEBVTT" || line.starts_with("WEBVTT ") || line.starts_with("WEBVTT\t");
    let before = text.lines().take_while(|line| line.trim().is_empty()).count();
    let mut lines = (1_u32..).zip(text.lines()).skip(before);
    if !lines.next().is_some_and(|(_, line)| begins(line.trim_start())) {
        return Err(CaptionsFault::Beginning);
    }
    let mut is_any = false;
    for (number, line) in lines.filter(|(_, line)| line.contains("-->")) {
        let (from, rest) = line.split_once("-->").unwrap_or_default();
        let to = rest.split_whitespace().next().unwrap_or_default();
        match (millis(from.trim()), millis(to)) {
            (Some(from), Some(to)) if from < to => is_any = true,
            (Some(_), Some(_)) => return Err(CaptionsFault::Backwards(number)),
            _ => return Err(CaptionsFault::Times(number)),
        }
    }
    if is_any { Ok(text.trim_start().to_owned()) } else { Err(CaptionsFault::NoCue) }
}

/// `00:01.500` or `1:00:01.500`, in milliseconds.
fn millis(time: &str) -> Option<u64> {
    let (clock, millis) = time.split_once('.')?;
    let number = |digits: &str, most: u64| {
        let is_number = !digits.is_empty() && digits.len() <= 6 && digits.bytes().all(|it| it.is_ascii_digit());
        is_number.then(|| digits.parse::<u64>().ok())?.filter(|number| *number < most)
    };
    let parts: Vec<&str> = clock.split(':').collect();
    let (hours, minutes, seconds) = match parts[..] {
        [minutes, seconds] => ("0", minutes, seconds),
        [hours, minutes, seconds] if hours.len() >= 2 => (hours, minutes, seconds),
        _ => return None,
    };
    if [minutes, seconds].iter().any(|part| part.len() != 2) || millis.len() != 3 {
        return None;
    }
    let seconds = (number(hours, 1_000_000)? * 60 + number(minutes, 60)?) * 60 + number(seconds, 60)?;
    Some(seconds * 1000 + number(millis, 1000)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn captions_are_normalized_across_line_endings() {
        let stored = "WEBVTT\n\n00:01.000 --> 00:04.000 align:start\nHold it";
        for input in [
            stored.to_owned(),
            format!("\u{feff}{}\r\n", stored.replace('\n', "\r\n")),
            format!("\n{}\n\n", stored.replace('\n', "\r")),
        ] {
            assert_eq!(read(&input).as_deref(), Ok(stored), "{input:?}");
        }
        let long = "WEBVTT - by hand\nX: 1\n\nNOTE what is meant\n\none\n100:00:01.000 --> 100:00:02.000\nLate";
        assert_eq!(read(long).as_deref(), Ok(long));
    }

    #[test]
    fn invalid_captions_name_line() {
        let cue = |times: &str| read(&format!("WEBVTT\n\n00:01.000 --> 00:02.000\nOne\n\n{times}\nTwo"));
        for times in [
            "00:00:01,000 --> 00:00:04,000",
            "00:03.00 --> 00:04.000",
            "0:03.000 --> 00:04.000",
            "00:03.000 --> 00:60.000",
            "00:03.000 -->",
            "--> 00:04.000",
            "00:+3.000 --> 00:04.000",
            "1:00:03.000 --> 01:00:04.000",
            "-->",
        ] {
            assert_eq!(cue(times), Err(CaptionsFault::Times(6)), "{times}");
        }
        assert_eq!(cue("00:04.000 --> 00:03.000"), Err(CaptionsFault::Backwards(6)));
        assert_eq!(cue("00:04.000 --> 00:04.000"), Err(CaptionsFault::Backwards(6)));
        assert_eq!(read(" \u{feff}\r\n "), Err(CaptionsFault::Beginning));
        assert_eq!(read(" \r\n "), Err(CaptionsFault::Nothing));
        assert_eq!(read("1\n00:01.000 --> 00:02.000\nSubRip"), Err(CaptionsFault::Beginning));
        assert_eq!(read("WEBVTTX\n\n00:01.000 --> 00:02.000"), Err(CaptionsFault::Beginning));
        assert_eq!(read("WEBVTT\n\nNothing is said"), Err(CaptionsFault::NoCue));
        assert_eq!(read("WEBVTT\n\n00:01.000 --> 00:02.000\n\0"), Err(CaptionsFault::NoText));
        let long = format!("WEBVTT\n\n00:01.000 --> 00:02.000\n{}", "x".repeat(CAPTIONS));
        assert_eq!(read(&long), Err(CaptionsFault::Large));
    }

    #[test]
    fn captions_fault_code_round_trips() {
        use CaptionsFault as F;
        for fault in [F::Nothing, F::NoText, F::Large, F::Beginning, F::Times(7), F::Backwards(u32::MAX), F::NoCue]
        {
            assert_eq!(F::parse(&fault.to_code()), Some(fault));
        }
        for name in ["", "x", "-", "--1", "99999999999", "1.5"] {
            assert_eq!(F::parse(name), None, "{name}");
        }
    }
}
