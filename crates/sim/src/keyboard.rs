//! Commands from standard input, one per line.
//!
//! Invariant: a line that cannot be parsed or carried out is reported and otherwise changes nothing.

use crate::{
    language::Command,
    stage::{Next, Stage},
};
use std::{future::pending, io::BufRead};
use tokio::sync::mpsc;

/// Lines of standard input, read by a thread that the runtime does not wait for at shutdown: tokio's standard input
/// would hold the process until the next line.
#[must_use]
pub fn lines() -> mpsc::Receiver<String> {
    let (sender, lines) = mpsc::channel(1);
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines() {
            let Ok(line) = line else { return };
            if sender.blocking_send(line).is_err() {
                return;
            }
        }
    });
    lines
}

/// Carries out commands until `quit`. If the input ends without it, this waits forever: the boards stay alive.
pub async fn obey(stage: &mut Stage<'_>, mut lines: mpsc::Receiver<String>) {
    while let Some(line) = lines.recv().await {
        match Command::parse(&line, stage.cards) {
            Ok(None) => {}
            Ok(Some(command)) => match stage.perform(command).await {
                Ok(Next::GoOn) => {}
                Ok(Next::End) => return,
                Err(why) => stage.voice.say(&why.to_string()),
            },
            Err(why) => stage.voice.say(&why.to_string()),
        }
    }
    pending::<()>().await;
}
