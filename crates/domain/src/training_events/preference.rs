//! When a person can come to an event.

use super::DayWindow;
use crate::hours::Stretch;

/// When a person can come. It holds the times themselves, so that a change of the setting does not change what people chose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preference {
    /// Parts of the day.
    pub windows: Vec<DayWindow>,
    /// At other times, which the note names.
    pub other: bool,
}

impl Preference {
    /// Whether an event at these minutes of a day suits them. People who chose nothing can always come; other times are for
    /// the host to read in the note.
    #[must_use]
    pub fn suits(&self, event: Stretch) -> bool {
        let chose_nothing = self.windows.is_empty() && !self.other;
        chose_nothing
            || self
                .windows
                .iter()
                .map(|window| window.minutes())
                .any(|(from, to)| from <= event.from && event.to <= to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event_policy::Windows;

    #[test]
    fn event_suits_people_who_named_a_window_around_it() {
        let can = |windows: &str, other| Preference {
            windows: Windows::parse(windows).unwrap_or_default().as_slice().to_vec(),
            other,
        };
        let event = Stretch { from: 18 * 60 + 30, to: 20 * 60 + 30 };
        assert!(can("18:30–22:00", false).suits(event) && can("", false).suits(event));
        assert!(!can("18:00–20:00", false).suits(event) && !can("07:00–12:30", true).suits(event));
        assert!(!can("", true).suits(event), "the note says when");
    }
}
