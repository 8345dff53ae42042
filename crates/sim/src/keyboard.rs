//! Commands typed on standard input, one on a line.
//!
//! Invariant: a line that cannot be read or done is told and otherwise changes nothing.

use crate::{
    language::Command,
    stage::{Next, Stage},
};
use std::{future::pending, io::BufRead};
use tokio::sync::mpsc;

/// Lines of standard input. Read by a thread of its own, which a runtime that shuts down does not wait for: tokio's
/// standard input would hold the process until the next line comes.
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

/// Does what is typed until somebody types `quit`. When the lines end without it, nothing more is done, for ever: the
/// boards live on.
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
