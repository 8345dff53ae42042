//! Notes what a message of a board implies, whatever its content: the board is alive, its uses are settled, the machine is idle.
//!
//! Invariant: this happens before the message is answered, because answers depend on it.

use super::settled;
use crate::{Ctx, abandoned, boards};
use domain::boards::{MachineNumber, Message};

/// Notes what `message` of the board of the machine with number `board` implies. Called once per message, before it is answered.
pub async fn observe(ctx: &Ctx, board: MachineNumber, message: Message) {
    // Any message proves that the board is alive.
    boards::heard(ctx, board);
    // A board repeats its unanswered reports before it asks anything, so a question settles the uses reported so far. Before
    // `abandoned`, which may end one of them.
    if matches!(message, Message::CheckMachine | Message::CheckUser | Message::SyncCache) {
        settled::on_question(ctx, board);
    }
    match message {
        // It checks cards only while the machine is idle. An open use counts against this card, so it ends before the answer.
        Message::CheckUser => abandoned::on_card_check(ctx, board).await,
        // While a card is logged in, each poll comes with a report of its use: polls without one mean that the machine is idle.
        Message::CheckMachine => abandoned::on_poll(ctx, board).await,
        Message::Alive
        | Message::StartUse
        | Message::InUse
        | Message::StopUse
        | Message::Maintenance
        | Message::SyncCache => {}
    }
}
