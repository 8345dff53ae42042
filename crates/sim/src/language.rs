//! The commands of a simulation, in scripts and at the keyboard.
//!
//! Invariant: [`WORDS`] is the only list of commands; help and error messages are generated from it.

use crate::{
    cards::Cards,
    face::{BoardState, Led},
};
use domain::{boards::MachineNumber, cards::CardUid};
use std::{fmt, time::Duration};

/// An action with its board; `None` for the last one named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    pub board: Option<MachineNumber>,
    pub act: Act,
}

/// An action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    Swipe(CardUid),
    Hold(CardUid),
    /// Tap the logged-in card.
    LogOut,
    Power(bool),
    /// Pull the cable, for a while or until `online`.
    Offline(Option<Duration>),
    Online,
    Duplicate,
    Delay(Duration),
    /// Lose the next message.
    Lose,
    Raw(String),
    /// Wait for a while.
    Wait(Duration),
    /// Wait until the board shows something, and fail if it does not in time.
    Expect {
        what: Expectation,
        within: Duration,
    },
    Show,
    Boards,
    Help,
    Quit,
}

/// An expected state of a board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expectation {
    Led(Led),
    Power(bool),
    Online(bool),
    /// Part of the text on its display.
    Screen(String),
    /// The number of stored messages.
    Queued(usize),
    User(Option<CardUid>),
}

/// A command, its usage and its description.
pub struct Word {
    pub name: &'static str,
    pub usage: &'static str,
    pub does: &'static str,
}

const fn entry(name: &'static str, usage: &'static str, does: &'static str) -> Word {
    Word { name, usage, does }
}

pub const WORDS: &[Word] = &[
    entry("swipe", "swipe [BOARD] CARD", "taps a card: 8 hexadecimal digits, or a name from --cards"),
    entry("hold", "hold [BOARD] CARD", "holds it for 10 s, which confirms maintenance"),
    entry("logout", "logout [BOARD]", "taps the card of whoever is in"),
    entry("cut", "cut [BOARD]", "cuts the board's electricity"),
    entry("power", "power [BOARD] on|off", "gives it back, or cuts it"),
    entry("offline", "offline [BOARD] [TIME]", "pulls the network cable, for this long"),
    entry("online", "online [BOARD]", "plugs it in; the board tries again within 45 s"),
    entry("duplicate", "duplicate [BOARD]", "its next message, polls aside, arrives twice"),
    entry("delay", "delay [BOARD] TIME", "its next message arrives this late"),
    entry("lose", "lose [BOARD]", "its next message does not arrive"),
    entry("raw", "raw [BOARD] TEXT", "publishes any text as if the board had"),
    entry(
        "expect",
        "expect [BOARD] WHAT [within TIME]",
        "fails unless it shows WHAT, within 2s unless said otherwise",
    ),
    entry("wait", "wait TIME", "does nothing for this long"),
    entry("show", "show [BOARD]", "tells what a board shows"),
    entry("boards", "boards", "tells what all boards show"),
    entry("help", "help", "tells these words"),
    entry("quit", "quit", "ends the simulation"),
];

/// The arguments of `expect`.
pub const EXPECTED: &str =
    "led off|blue|yellow|green|red, power on|off, online, offline, screen TEXT, kept COUNT, user CARD|nobody";

/// The default time-out of `expect`.
const SOON: Duration = Duration::from_secs(2);

/// A line that cannot be parsed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadCommand {
    #[error("there is no word {0:?}; the words are {all}", all = words())]
    Unknown(String),
    /// The command exists, but its arguments do not fit.
    #[error("write it as: {usage}", usage = usage(.0))]
    Usage(&'static str),
    /// Not a state of a board.
    #[error("a board can be expected to show: {EXPECTED}")]
    Expected,
    /// Neither a uid nor a name.
    #[error("{0:?} is no card: write its 8 hexadecimal digits, or a name from --cards")]
    Card(String),
    /// Not a duration.
    #[error("{0:?} is no time: write it as 500ms, 2s, 1.5m or 1h")]
    Time(String),
}

impl Command {
    /// Parses a line; `None` for an empty one or a comment.
    pub fn parse(line: &str, cards: &Cards) -> Result<Option<Self>, BadCommand> {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            return Ok(None);
        }
        let (first, rest) = split(line);
        let Some(Word { name, .. }) = WORDS.iter().find(|known| known.name.eq_ignore_ascii_case(first)) else {
            return Err(BadCommand::Unknown(first.into()));
        };
        let name = *name;
        // A number without a unit is a board; uids have 8 digits, so there is no ambiguity.
        let (second, after) = split(rest);
        let (board, rest) = match second.parse().ok().filter(|_| second.len() <= 5) {
            Some(number) => (Some(MachineNumber(number)), after),
            None => (None, rest),
        };
        let nothing = |act| if rest.is_empty() { Ok(act) } else { Err(BadCommand::Usage(name)) };
        let card = || match rest {
            "" => Err(BadCommand::Usage(name)),
            words => cards.find(words).ok_or_else(|| BadCommand::Card(words.into())),
        };
        let time = || if rest.is_empty() { Err(BadCommand::Usage(name)) } else { time(rest) };
        let act = match name {
            "swipe" => Act::Swipe(card()?),
            "hold" => Act::Hold(card()?),
            "logout" => nothing(Act::LogOut)?,
            "cut" => nothing(Act::Power(false))?,
            "power" => Act::Power(on_or_off(rest).ok_or(BadCommand::Usage(name))?),
            "offline" if rest.is_empty() => Act::Offline(None),
            "offline" => Act::Offline(Some(time()?)),
            "online" => nothing(Act::Online)?,
            "duplicate" => nothing(Act::Duplicate)?,
            "delay" => Act::Delay(time()?),
            "lose" => nothing(Act::Lose)?,
            "raw" => Act::Raw(rest.into()),
            "expect" if !rest.is_empty() => expectation(rest, cards)?,
            "wait" if board.is_none() => Act::Wait(time()?),
            "show" => nothing(Act::Show)?,
            "boards" if board.is_none() => nothing(Act::Boards)?,
            "help" if board.is_none() => nothing(Act::Help)?,
            "quit" if board.is_none() => nothing(Act::Quit)?,
            _ => return Err(BadCommand::Usage(name)),
        };
        Ok(Some(Self { board, act }))
    }
}

/// The first word, and the rest.
pub(crate) fn split(line: &str) -> (&str, &str) {
    let (first, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    (first, rest.trim_start())
}

/// Parses `500ms`, `2s`, `1.5m`, `1h`.
pub fn time(text: &str) -> Result<Duration, BadCommand> {
    let bad = || BadCommand::Time(text.into());
    let unit = text.find(|c: char| c.is_ascii_alphabetic()).ok_or_else(bad)?;
    let (number, unit) = text.split_at(unit);
    let seconds = match unit {
        "ms" => 0.001,
        "s" => 1.0,
        "m" | "min" => 60.0,
        "h" => 3_600.0,
        _ => return Err(bad()),
    };
    let number: f64 = number.trim().parse().map_err(|_| bad())?;
    Duration::try_from_secs_f64(number * seconds).map_err(|_| bad())
}

fn on_or_off(name: &str) -> Option<bool> {
    match name {
        "on" => Some(true),
        "off" => Some(false),
        _ => None,
    }
}

fn expectation(rest: &str, cards: &Cards) -> Result<Act, BadCommand> {
    let (what, within) = match rest.rsplit_once(" within ") {
        Some((what, within)) => (what.trim_end(), time(within.trim())?),
        None => (rest, SOON),
    };
    let bad = || BadCommand::Expected;
    let (kind, value) = split(what);
    let what = match kind {
        "led" => Expectation::Led(Led::WORDS.iter().find(|(name, _)| *name == value).ok_or_else(bad)?.1),
        "power" => Expectation::Power(on_or_off(value).ok_or_else(bad)?),
        "online" if value.is_empty() => Expectation::Online(true),
        "offline" if value.is_empty() => Expectation::Online(false),
        "screen" if !value.is_empty() => Expectation::Screen(value.into()),
        "kept" => Expectation::Queued(value.parse().map_err(|_| bad())?),
        "user" if value == "nobody" => Expectation::User(None),
        "user" if !value.is_empty() => {
            Expectation::User(Some(cards.find(value).ok_or_else(|| BadCommand::Card(value.into()))?))
        }
        _ => return Err(bad()),
    };
    Ok(Act::Expect { what, within })
}

impl Expectation {
    /// Whether the board is in this state.
    #[must_use]
    pub fn holds(&self, state: &BoardState) -> bool {
        match self {
            Self::Led(led) => state.led == *led,
            Self::Power(power) => state.power == *power,
            Self::Online(online) => state.online == *online,
            Self::Screen(text) => state.screen.to_string().contains(text),
            Self::Queued(stored) => state.kept == *stored,
            Self::User(user) => state.user == *user,
        }
    }
}

impl fmt::Display for Expectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Led(led) => write!(f, "led {led}"),
            Self::Power(power) => write!(f, "power {}", if *power { "on" } else { "off" }),
            Self::Online(online) => f.write_str(if *online { "online" } else { "offline" }),
            Self::Screen(text) => write!(f, "screen {text}"),
            Self::Queued(stored) => write!(f, "kept {stored}"),
            Self::User(None) => f.write_str("user nobody"),
            Self::User(Some(uid)) => write!(f, "user …{}", uid.as_str().get(6..).unwrap_or_default()),
        }
    }
}

/// All commands with their descriptions, one per line.
#[must_use]
pub fn help() -> String {
    let lines = WORDS.iter().map(|Word { usage, does, .. }| format!("  {usage:<36} {does}"));
    lines.collect::<Vec<_>>().join("\n")
}

fn words() -> String {
    WORDS.iter().map(|known| known.name).collect::<Vec<_>>().join(", ")
}

fn usage(name: &str) -> &'static str {
    WORDS.iter().find(|known| known.name == name).map_or("", |known| known.usage)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cards() -> Cards {
        Cards::from_lines("deadbeef Ada Lovelace\n12345678 Bo").unwrap()
    }

    fn read(line: &str) -> Result<Option<Command>, BadCommand> {
        Command::parse(line, &cards())
    }

    #[test]
    fn commands_parse() {
        let ada = CardUid::from_board("deadbeef").unwrap();
        let bo = CardUid::from_board("12345678").unwrap();
        let soon = |what| Act::Expect { what, within: SOON };
        for (line, board, act) in [
            ("swipe 1 deadbeef", Some(1), Act::Swipe(ada.clone())),
            ("  Swipe   1   ada lovelace ", Some(1), Act::Swipe(ada.clone())),
            ("swipe 12345678", None, Act::Swipe(bo)),
            ("hold DEADBEEF", None, Act::Hold(ada.clone())),
            ("logout", None, Act::LogOut),
            ("logout 65535", Some(65_535), Act::LogOut),
            ("cut 3", Some(3), Act::Power(false)),
            ("power on", None, Act::Power(true)),
            ("power 3 off", Some(3), Act::Power(false)),
            ("offline 30s", None, Act::Offline(Some(Duration::from_secs(30)))),
            ("offline 3", Some(3), Act::Offline(None)),
            ("online", None, Act::Online),
            ("duplicate 3", Some(3), Act::Duplicate),
            ("delay 1500ms", None, Act::Delay(Duration::from_millis(1_500))),
            ("lose", None, Act::Lose),
            (r#"raw 3 {"action": "checkmachine"}"#, Some(3), Act::Raw(r#"{"action": "checkmachine"}"#.into())),
            ("wait 1.5m", None, Act::Wait(Duration::from_secs(90))),
            ("show", None, Act::Show),
            ("boards", None, Act::Boards),
            ("help", None, Act::Help),
            ("quit", None, Act::Quit),
            ("expect led green", None, soon(Expectation::Led(Led::Green))),
            ("expect 3 online", Some(3), soon(Expectation::Online(true))),
            ("expect kept 2", None, soon(Expectation::Queued(2))),
            ("expect user Ada Lovelace", None, soon(Expectation::User(Some(ada)))),
            ("expect user nobody", None, soon(Expectation::User(None))),
            (
                "expect screen comes within reach within 1h",
                None,
                Act::Expect {
                    what: Expectation::Screen("comes within reach".into()),
                    within: Duration::from_hours(1),
                },
            ),
        ] {
            let board = board.map(MachineNumber);
            assert_eq!(read(line), Ok(Some(Command { board, act })), "{line}");
        }
        for nothing in ["", "   ", "# swipe"] {
            assert_eq!(read(nothing), Ok(None));
        }
    }

    #[test]
    fn unreadable_command_names_the_remedy() {
        for (line, remedy) in [
            ("swype 1", "there is no word \"swype\"; the words are swipe, hold,"),
            ("swipe", "write it as: swipe [BOARD] CARD"),
            ("swipe 1", "write it as: swipe [BOARD] CARD"),
            ("swipe 1 Cleo", "\"Cleo\" is no card: write its 8 hexadecimal digits, or a name from --cards"),
            ("wait 5", "write it as: wait TIME"),
            ("wait soon", "\"soon\" is no time: write it as 500ms, 2s, 1.5m or 1h"),
            ("delay -1s", "\"-1s\" is no time"),
            ("delay 9e99h", "\"9e99h\" is no time"),
            ("power 1 maybe", "write it as: power [BOARD] on|off"),
            ("logout now", "write it as: logout [BOARD]"),
            (
                "expect led pink",
                "a board can be expected to show: led off|blue|yellow|green|red, power on|off, online",
            ),
            ("expect led red within a while", "\"a while\" is no time"),
            ("boards 1", "write it as: boards"),
        ] {
            let why = read(line).unwrap_err().to_string();
            assert!(why.starts_with(remedy), "{line}: {why}");
        }
    }

    #[test]
    fn every_command_is_in_the_help_and_parses() {
        let help = help();
        for Word { name, .. } in WORDS {
            assert!(help.contains(name));
            assert!(!matches!(read(name), Err(BadCommand::Unknown(_))), "{name}");
        }
    }
}
