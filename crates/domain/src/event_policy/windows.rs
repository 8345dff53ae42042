//! Parts of the day: those that a workshop names. Not here: when a person can come ([`crate::training_events::Preference`]).

use serde::{Deserialize, Serialize};
use std::fmt::{self, Display, Formatter};

/// A part of the day: `18:30–22:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DayWindow {
    from: u16,
    to: u16,
}

/// It is no part of the day, or no list of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a part of the day")]
pub struct InvalidWindows;

/// Parts of the day at most.
pub const MOST: usize = 6;

/// Minutes of a day.
const DAY: u16 = 24 * 60;

impl DayWindow {
    /// Parses times such as `07:00–12:30`; a hyphen does as well. `00:00` as its end is the next midnight.
    pub fn parse(input: &str) -> Result<Self, InvalidWindows> {
        let (from, to) = input.split_once(['–', '-']).ok_or(InvalidWindows)?;
        let (from, to) = (minute(from)?, minute(to)?);
        let to = if to == 0 { DAY } else { to };
        if from < to { Ok(Self { from, to }) } else { Err(InvalidWindows) }
    }

    /// Minutes of the day at which it begins and ends.
    #[must_use]
    pub const fn minutes(self) -> (u16, u16) {
        (self.from, self.to)
    }
}

/// `18:30` as minutes of the day.
fn minute(time: &str) -> Result<u16, InvalidWindows> {
    let (hour, minute) = time.trim().split_once(':').ok_or(InvalidWindows)?;
    let part = |part: &str, most: u16| {
        let digits = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
        part.parse().ok().filter(|number: &u16| digits && *number < most).ok_or(InvalidWindows)
    };
    Ok(part(hour, 24)? * 60 + part(minute, 60)?)
}

impl Display for DayWindow {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { from, to } = *self;
        write!(f, "{:02}:{:02}–{:02}:{:02}", from / 60, from % 60, to / 60 % 24, to % 60)
    }
}

impl TryFrom<String> for DayWindow {
    type Error = InvalidWindows;

    fn try_from(text: String) -> Result<Self, InvalidWindows> {
        Self::parse(&text)
    }
}

impl From<DayWindow> for String {
    fn from(window: DayWindow) -> Self {
        window.to_string()
    }
}

/// Parts of the day, in order and without overlap: `07:00–12:30, 13:00–18:00`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Windows(Vec<DayWindow>);

impl Windows {
    /// Parses parts of the day, separated by commas.
    pub fn parse(input: &str) -> Result<Self, InvalidWindows> {
        let parts = input.split([',', ';']).map(str::trim).filter(|part| !part.is_empty());
        Self::new(parts.map(DayWindow::parse).collect::<Result<_, _>>()?)
    }

    /// Puts parts of the day in order.
    pub fn new(mut windows: Vec<DayWindow>) -> Result<Self, InvalidWindows> {
        windows.sort_unstable();
        let overlap = windows.iter().zip(windows.iter().skip(1)).any(|(one, next)| next.from < one.to);
        if overlap || windows.len() > MOST { Err(InvalidWindows) } else { Ok(Self(windows)) }
    }

    #[must_use]
    pub fn as_slice(&self) -> &[DayWindow] {
        &self.0
    }
}

impl Default for Windows {
    fn default() -> Self {
        let at = |from, to| DayWindow { from, to };
        Self(vec![at(7 * 60, 12 * 60 + 30), at(13 * 60, 18 * 60), at(18 * 60 + 30, 22 * 60)])
    }
}

impl Display for Windows {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (at, window) in self.0.iter().enumerate() {
            write!(f, "{}{window}", if at == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parsed_windows_are_formatted_as_written() {
        let usual = Windows::default().to_string();
        assert_eq!(usual, "07:00–12:30, 13:00–18:00, 18:30–22:00");
        assert_eq!(Windows::parse(&usual), Ok(Windows::default()));
        assert_eq!(
            Windows::parse("13:00-18:00;07:00-12:30").map(|windows| windows.to_string()),
            Ok("07:00–12:30, 13:00–18:00".into())
        );
        assert_eq!(Windows::parse("22:00–00:00").map(|windows| windows.to_string()), Ok("22:00–00:00".into()));
        assert_eq!(Windows::parse(" ").map(|windows| windows.as_slice().len()), Ok(0));
    }

    #[test]
    fn impossible_windows_are_refused() {
        let many = "01:00–02:00,03:00–04:00,05:00–06:00,07:00–08:00,09:00–10:00,11:00–12:00,13:00–14:00";
        for input in ["morning", "07:00", "12:00–07:00", "07:00–12:00, 11:00–13:00", "25:00–26:00", "07:00–", many]
        {
            assert_eq!(Windows::parse(input), Err(InvalidWindows), "{input}");
        }
    }
}
