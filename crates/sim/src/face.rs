//! What a person beside a board sees of it and notices about it.
//!
//! Invariant: what is printed shows a card by its holder's name or its last two digits, never whole.

use domain::{access::Level, cards::CardUid};
use fabomatic::lcd::Screen;
use std::{fmt, time::Duration};

/// The light of a board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Led {
    Off,
    Blue,
    /// Asking, waiting for a confirmation, or free with maintenance due.
    Yellow,
    Green,
    /// Refused, or blocked.
    Red,
}

impl Led {
    /// Every colour with the word a script uses for it.
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
    /// The server said no.
    NotAllowed,
    /// Nobody answered, and it is not one of the cards it remembers.
    NotRemembered,
    /// The machine is blocked for everybody.
    Blocked,
    /// Maintenance is due, and the card is not of the staff.
    Maintenance,
}

impl Refusal {
    /// What the display says.
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

/// A board from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardState {
    pub led: Led,
    /// Whether the machine behind it has electricity.
    pub power: bool,
    pub screen: Screen,
    pub has_power: bool,
    /// Connected, and through with what it had kept.
    pub online: bool,
    /// The card of whoever is in.
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

/// Something a person beside a board would notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happened {
    PowerOn,
    PowerOff,
    Online,
    /// It is not connected any more.
    Offline,
    /// It could not connect, or lost the connection.
    LineLost {
        why: String,
    },
    /// A question found no answer in time.
    Unanswered {
        action: &'static str,
    },
    /// A message waits for a connection.
    Queued {
        action: &'static str,
        count: usize,
    },
    Replays {
        action: &'static str,
        /// How many wait, this one included.
        left: usize,
    },
    Admitted {
        uid: CardUid,
        /// What the server calls them; empty without an answer.
        name: String,
        level: Level,
        from_memory: bool,
    },
    Refused {
        uid: CardUid,
        /// What the server calls them; empty without an answer.
        name: String,
        why: Refusal,
    },
    /// Another card while somebody is in: nothing.
    Busy {
        uid: CardUid,
    },
    LoggedOut {
        uid: CardUid,
        name: String,
        after: Duration,
        /// They forgot; the board did it.
        by_itself: bool,
    },
    Maintained {
        uid: CardUid,
    },
    /// The server blocked or freed the machine, or maintenance became due or done.
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
    /// A message came that it cannot do anything with.
    NotAsked,
}

impl Happened {
    /// One line in plain words. `name_of` knows the holders of cards whom the server did not name.
    pub fn tell(&self, name_of: impl Fn(&CardUid) -> Option<String>) -> String {
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
        assert_eq!(admitted("Ada", false).tell(|_| None), "Ada's card → in use (level 1)");
        assert_eq!(admitted("", true).tell(|_| None), "card …0f → in use (level 1, from memory)");
        assert_eq!(admitted("", true).tell(|_| Some("Bo".into())), "Bo's card → in use (level 1, from memory)");
        let out =
            Happened::LoggedOut { uid, name: String::new(), after: Duration::from_mins(75), by_itself: true };
        assert_eq!(out.tell(|_| None), "card …0f → logged out by the board after 1 h 15 min");
    }
}
