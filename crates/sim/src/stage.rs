//! Carries out commands: the boards, and which one a command is for.

use crate::{
    cards::Cards,
    face::BoardState,
    fault::Delivery,
    fleet::Fleet,
    language::{self, Act, Command, Expectation},
    link::SimBoard,
    voice::Voice,
};
use domain::boards::MachineNumber;
use std::time::Duration;
use tokio::time::sleep;

/// Boards that accept commands.
pub struct Stage<'a> {
    fleet: &'a Fleet,
    pub cards: &'a Cards,
    /// The output of commands.
    pub voice: &'a Voice,
    pace: u32,
    /// The last board named.
    board: Option<SimBoard>,
}

/// Whether to continue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    GoOn,
    End,
}

/// A command that failed, or an expectation that did not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failed {
    #[error("there is no board {0} here; the boards are set with --boards")]
    NoBoard(MachineNumber),
    /// No board at all.
    #[error("there is no board here; the boards are set with --boards")]
    NoBoards,
    #[error("expected {what} within {within:?}, but board {board} shows: {seen}")]
    Expected { what: Expectation, within: Duration, board: MachineNumber, seen: Box<BoardState> },
}

impl<'a> Stage<'a> {
    /// The boards of `fleet`; commands are for the first until another is named. Times in commands pass `pace` times
    /// faster, those of `expect` do not.
    pub fn new(fleet: &'a Fleet, cards: &'a Cards, voice: &'a Voice, pace: u32) -> Self {
        Self { fleet, cards, voice, pace: pace.max(1), board: fleet.boards().next().cloned() }
    }

    /// `length` at this pace.
    pub fn paced(&self, length: Duration) -> Duration {
        length / self.pace
    }

    /// Carries out a command, and waits until the board has processed it.
    pub async fn perform(&mut self, command: Command) -> Result<Next, Failed> {
        if let Some(number) = command.board {
            self.board = Some(self.fleet.board(number).ok_or(Failed::NoBoard(number))?.clone());
        }
        let board = self.board.clone().ok_or(Failed::NoBoards)?;
        match command.act {
            Act::Swipe(uid) => drop(board.swipe(&uid).await),
            Act::Hold(uid) => drop(board.hold(&uid).await),
            Act::LogOut => drop(board.log_out().await),
            Act::Power(true) => drop(board.power_on().await),
            Act::Power(false) => drop(board.cut_power().await),
            Act::Online => board.go_online(),
            Act::Offline(length) => {
                board.go_offline();
                if let Some(length) = length {
                    let length = self.paced(length);
                    tokio::spawn(async move {
                        sleep(length).await;
                        board.go_online();
                    });
                }
            }
            Act::Duplicate => board.next_message(Delivery { copies: 2, ..Delivery::NORMAL }),
            Act::Delay(delay) => board.next_message(Delivery { delay, ..Delivery::NORMAL }),
            Act::Lose => board.next_message(Delivery { copies: 0, ..Delivery::NORMAL }),
            Act::Raw(text) => board.raw(text),
            Act::Wait(length) => sleep(self.paced(length)).await,
            Act::Expect { what, within } => {
                board.until(within, |state| what.holds(state)).await.map_err(|seen| Failed::Expected {
                    what,
                    within,
                    board: board.number(),
                    seen: Box::new(seen),
                })?;
            }
            Act::Show => self.show([&board]).await,
            Act::Boards => self.show(self.fleet.boards()).await,
            Act::Help => self.voice.say(&language::help()),
            Act::Quit => return Ok(Next::End),
        }
        Ok(Next::GoOn)
    }

    async fn show(&self, boards: impl IntoIterator<Item = &SimBoard>) {
        // Yields to the printer first, or events would be printed after their consequences.
        tokio::task::yield_now().await;
        for board in boards {
            self.voice.say(&format!("board {}: {}", board.number(), board.state()));
        }
    }
}
