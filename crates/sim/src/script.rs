//! Scripts: commands from a file, one per line, each at its time or right after the one before.
//!
//! Invariant: a script is parsed completely before it runs, and ends at the first line that fails. Fit for tests: the
//! same file, the same outcome.

use crate::{
    cards::Cards,
    language::{self, BadCommand, Command},
    stage::{Failed, Next, Stage},
};
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// A parsed script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script(Vec<Step>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Step {
    line: usize,
    at: Option<Duration>,
    command: Command,
}

/// An error in a script, with its line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScriptError {
    #[error("line {line}: {why}")]
    Unreadable { line: usize, why: BadCommand },
    /// `at` without a command after its time.
    #[error("line {line}: write it as: at TIME COMMAND, such as: at 2s swipe 1 deadbeef")]
    AtWhat { line: usize },
    #[error("line {line}: {why}")]
    Failed { line: usize, why: Failed },
}

impl Script {
    /// Parses a script. `at TIME` before a command counts from the beginning; a time that has passed is now. Empty
    /// lines and lines that begin with `#` are skipped.
    pub fn parse(text: &str, cards: &Cards) -> Result<Self, ScriptError> {
        let mut steps = Vec::new();
        for (line, words) in text.lines().enumerate().map(|(at, words)| (at + 1, words.trim())) {
            let unreadable = |why| ScriptError::Unreadable { line, why };
            let (at, words) = match language::split(words) {
                ("at", rest) => {
                    let (time, words) = language::split(rest);
                    (Some(language::time(time).map_err(unreadable)?), words)
                }
                _ => (None, words),
            };
            match Command::parse(words, cards).map_err(unreadable)? {
                Some(command) => steps.push(Step { line, at, command }),
                None if at.is_some() => return Err(ScriptError::AtWhat { line }),
                None => {}
            }
        }
        Ok(Self(steps))
    }

    /// Runs it to its end, to `quit`, or to the first line that fails.
    pub async fn play(self, stage: &mut Stage<'_>) -> Result<(), ScriptError> {
        let began = Instant::now();
        for Step { line, at, command } in self.0 {
            if let Some(at) = at {
                sleep_until(began + stage.paced(at)).await;
            }
            match stage.perform(command).await.map_err(|why| ScriptError::Failed { line, why })? {
                Next::GoOn => {}
                Next::End => break,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unreadable_script_names_the_line() {
        let why = |text: &str| Script::parse(text, &Cards::default()).unwrap_err().to_string();
        assert_eq!(why("# first\n\nat 2s swipe 1"), "line 3: write it as: swipe [BOARD] CARD");
        assert_eq!(why("at soon logout"), "line 1: \"soon\" is no time: write it as 500ms, 2s, 1.5m or 1h");
        assert_eq!(why("logout\nat 2s"), "line 2: write it as: at TIME COMMAND, such as: at 2s swipe 1 deadbeef");
        assert_eq!(Script::parse("\n# nothing\n", &Cards::default()), Ok(Script(Vec::new())));
    }
}
