//! The display, light and events of a board, as seen by a person.
//!
//! Invariant: output shows a card by its holder's name or its last two digits, never completely.

use domain::{access::Level, cards::CardUid};
use fabomatic::lcd::Screen;
use std::{fmt, time::Duration};

/// The light of a board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Led {
    Off,
    Blue,
    /// Waiting for an answer or a confirmation, or free with maintenance due.
    Yellow,
    Green,
    /// Refused, or blocked.
    Red,
}

impl Led {
    /// Every colour with its name in scripts.
    pub const WORDS: [(&'static str, Self); 5] = [
        ("off", Self::Off),
        ("blue", Self::Blue),
        ("yellow", Self::Yellow),
        ("green", Self::Green),
        ("red", Self::Red),
    ];
}

impl fmt::Display for Led {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = Self::WORDS.iter().find(|(_, led)| led == self).map_or("", |(text, _)| text);
        f.write_str(text)
    }
}

/// Why a board refused a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The server refused.
    NotAllowed,
    /// The server did not answer, and the card is not remembered.
    NotRemembered,
    /// The machine is blocked.
    Blocked,
    /// Maintenance is due, and the card is not a staff member's.
    Maintenance,
}

impl Refusal {
    /// The text on the display.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotAllowed => "Not allowed",
            Self::NotRemembered => "Try again later",
            Self::Blocked => "Blocked",
            Self::Maintenance => "Maintenance",
        }
    }
}

/// The visible state of a board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardState {
    pub led: Led,
    /// Whether its machine has power.
    pub power: bool,
    pub screen: Screen,
    pub has_power: bool,
    /// Connected, and all stored messages are sent.
    pub online: bool,
    /// The logged-in card.
    pub user: Option<CardUid>,
    pub kept: usize,
}

impl fmt::Display for BoardState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let connection = match (self.has_power, self.online) {
            (false, _) => "no electricity",
            (true, false) => "offline",
            (true, true) => "online",
        };
        let machine = if self.power { "machine on" } else { "machine off" };
        write!(f, "led {}, {machine}, {connection}, {} kept, display: {}", self.led, self.kept, self.screen)
    }
}

/// An event a person at the board would notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happened {
    PowerOn,
    PowerOff,
    Online,
    /// It is offline.
    Offline,
    /// It could not connect, or lost the connection.
    LineLost {
        why: String,
    },
    /// A query was not answered in time.
    Unanswered {
        action: &'static str,
    },
    /// A message was stored for later.
    Queued {
        action: &'static str,
        count: usize,
    },
    Replays {
        action: &'static str,
        /// How many are stored, including this one.
        left: usize,
    },
    Admitted {
        uid: CardUid,
        /// The name from the server; empty without an answer.
        name: String,
        level: Level,
        from_memory: bool,
    },
    Refused {
        uid: CardUid,
        /// The name from the server; empty without an answer.
        name: String,
        why: Refusal,
    },
    /// Another card during a use: ignored.
    Busy {
        uid: CardUid,
    },
    LoggedOut {
        uid: CardUid,
        name: String,
        after: Duration,
        /// By the board's auto log-out.
        by_itself: bool,
    },
    Maintained {
        uid: CardUid,
    },
    /// The server blocked or unblocked the machine, or maintenance became due or done.
    Settings {
        allowed: bool,
        maintenance: bool,
    },
    ToldToStart {
        uid: CardUid,
    },
    ToldToStop,
    Flashed {
        version: String,
    },
    /// It received a message it cannot use.
    NotAsked,
}

impl Happened {
    /// A line of output. `name_of` names holders that the server did not.
    pub fn describe(&self, name_of: impl Fn(&CardUid) -> Option<String>) -> String {
        let card = |uid: &CardUid, name: &str| {
            let name = Some(name.to_owned()).filter(|name| !name.is_empty()).or_else(|| name_of(uid));
            name.map_or_else(|| masked(uid), |name| format!("{name}'s card"))
        };
        match self {
            Self::PowerOn => "gets electricity".into(),
            Self::PowerOff => "loses electricity".into(),
            Self::Online => "online".into(),
            Self::Offline => "offline".into(),
            Self::LineLost { why } => format!("no connection: {why}"),
            Self::Unanswered { action } => format!("no answer to {action}"),
            Self::Queued { action, count } => format!("keeps {action} for later ({count} kept)"),
            Self::Replays { action, left } => format!("sends the kept {action} ({left} left)"),
            Self::Admitted { uid, name, level, from_memory } => {
                let memory = if *from_memory { ", from memory" } else { "" };
                format!("{} → in use (level {}{memory})", card(uid, name), *level as u8)
            }
            Self::Refused { uid, name, why } => {
                let why = match why {
                    Refusal::NotAllowed => "may not use this machine",
                    Refusal::NotRemembered => "nobody answers, and the board does not remember it",
                    Refusal::Blocked => "the machine is blocked",
                    Refusal::Maintenance => "maintenance is due",
                };
                format!("{} → refused: {why}", card(uid, name))
            }
            Self::Busy { uid } => format!("{} → nothing: somebody else is in", card(uid, "")),
            Self::LoggedOut { uid, name, after, by_itself } => {
                let how = if *by_itself { "logged out by the board" } else { "logged out" };
                format!("{} → {how} after {}", card(uid, name), length(*after))
            }
            Self::Maintained { uid } => format!("{} → maintenance done", card(uid, "")),
            Self::Settings { allowed: false, .. } => "blocked".into(),
            Self::Settings { allowed: true, maintenance: true } => "maintenance is due".into(),
            Self::Settings { allowed: true, maintenance: false } => "free to use".into(),
            Self::ToldToStart { uid } => format!("told to start with {}", card(uid, "")),
            Self::ToldToStop => "told to stop".into(),
            Self::Flashed { version } => format!("has new firmware: {version}"),
            Self::NotAsked => "a message it did not ask for".into(),
        }
    }
}

fn masked(uid: &CardUid) -> String {
    format!("card …{}", uid.as_str().get(6..).unwrap_or_default())
}

fn length(length: Duration) -> String {
    match length.as_secs() {
        seconds @ 0..60 => format!("{seconds} s"),
        seconds @ 60..3_600 => format!("{} min", seconds / 60),
        seconds => format!("{} h {} min", seconds / 3_600, seconds / 60 % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // A6
    #[test]
    fn card_is_shown_by_holder_or_last_digits() {
        let uid = CardUid::from_board("deadbe0f").unwrap();
        let admitted = |name: &str, from_memory| Happened::Admitted {
            uid: uid.clone(),
            name: name.into(),
            level: Level::User,
            from_memory,
        };
        assert_eq!(admitted("Ada", false).describe(|_| None), "Ada's card → in use (level 1)");
        assert_eq!(admitted("", true).describe(|_| None), "card …0f → in use (level 1, from memory)");
        assert_eq!(
            admitted("", true).describe(|_| Some("Bo".into())),
            "Bo's card → in use (level 1, from memory)"
        );
        let out =
            Happened::LoggedOut { uid, name: String::new(), after: Duration::from_mins(75), by_itself: true };
        assert_eq!(out.describe(|_| None), "card …0f → logged out by the board after 1 h 15 min");
    }
}
