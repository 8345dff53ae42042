//! Answers one board message by calling the services. No socket, no clock, no rules.

use domain::{
    access::Decision,
    boards::{MachineNumber, Message, Outcome},
    cards::CardUid,
    uses::Action,
};
use fabomatic::{
    Query, Reply, Topics,
    malformed::excerpt,
    reply::{CheckMachineReply, CheckUserReply, SYNCED, SyncCacheReply},
};
use services::{
    Ctx, access,
    boards::{self, Alive, BoardsError},
    maintenance::{self, AtBoard},
    uses::{self, UseError, Word},
};
use std::time::Duration;

/// What a display shows for an unknown name.
const NOBODY: &str = "Unknown";

/// Label of uses with an impossible duration.
const TOO_LONG: &str = "too-long";

/// Has the services answer `query` of the board of machine `number`. `None` if no answer is owed, or no true one
/// is possible; the board then stores the message and sends it again.
pub async fn dispatch(ctx: &Ctx, topics: &Topics, number: MachineNumber, query: Query) -> Option<Reply> {
    let message = message(&query);
    uses::observe(ctx, number, message).await;
    let reply = answer(ctx, topics, number, query).await;
    boards::counted(ctx, message, outcome(message, reply.as_ref()));
    reply
}

const fn message(query: &Query) -> Message {
    match query {
        Query::Alive { .. } => Message::Alive,
        Query::CheckMachine => Message::CheckMachine,
        Query::CheckUser { .. } => Message::CheckUser,
        Query::StartUse { .. } => Message::StartUse,
        Query::InUse { .. } => Message::InUse,
        Query::StopUse { .. } => Message::StopUse,
        Query::Maintenance { .. } => Message::Maintenance,
        Query::SyncCache => Message::SyncCache,
    }
}

fn outcome(message: Message, reply: Option<&Reply>) -> Outcome {
    match reply {
        None if message == Message::Alive => Outcome::Accepted,
        None => Outcome::Failed,
        Some(Reply::InvalidMachine) => Outcome::Refused,
        Some(Reply::Plain(plain)) if !plain.request_ok => Outcome::Refused,
        Some(_) => Outcome::Accepted,
    }
}

async fn answer(ctx: &Ctx, topics: &Topics, number: MachineNumber, query: Query) -> Option<Reply> {
    let text = |uid: &CardUid, action, duration, replay| Word { uid: uid.clone(), action, duration, replay };
    match query {
        Query::Alive { version, ip, serial, heap } => {
            let heap = heap.and_then(|bytes| bytes.try_into().ok());
            let value = Alive { serial: serial.unwrap_or_default(), firmware: version, address: ip, heap };
            boards::alive(ctx, number, value);
            None
        }
        Query::CheckMachine => check_machine(ctx, number).await,
        Query::CheckUser { uid } => match access::check(ctx, number, &uid).await {
            Ok(checked) => {
                let name = checked.name.unwrap_or_else(|| NOBODY.into());
                let level = match checked.decision {
                    Decision::Allow { level, .. } => Some(level),
                    Decision::Deny(_) => checked.board_refuses,
                };
                Some(Reply::CheckUser(match level {
                    Some(level) => CheckUserReply::allowed(name, level),
                    None => CheckUserReply::refused(name, checked.known),
                }))
            }
            Err(error) => board_refusal(&error),
        },
        Query::StartUse { ref uid, replay } => {
            record(ctx, topics, number, text(uid, Action::Start, Duration::ZERO, replay), &query).await
        }
        Query::InUse { ref uid, duration } => {
            record(ctx, topics, number, text(uid, Action::Extend, duration, false), &query).await
        }
        Query::StopUse { ref uid, duration, replay } => {
            record(ctx, topics, number, text(uid, Action::Stop, duration, replay), &query).await
        }
        Query::Maintenance { uid, replay } => maintained(ctx, number, uid, replay).await,
        Query::SyncCache => match access::remembered(ctx, number, SYNCED).await {
            Ok(cards) => Some(Reply::SyncCache(SyncCacheReply { request_ok: true, cards })),
            Err(error) => board_refusal(&error),
        },
    }
}

async fn check_machine(ctx: &Ctx, number: MachineNumber) -> Option<Reply> {
    match boards::settings(ctx, number).await {
        Ok(settings) => Some(Reply::CheckMachine(CheckMachineReply {
            request_ok: true,
            is_valid: true,
            maintenance: settings.maintenance,
            allowed: settings.allowed,
            name: settings.name,
            logoff: settings.auto_stop,
            // One byte on the wire; boards only choose a picture by it.
            kind: settings.kind.0.rem_euclid(256).try_into().unwrap_or(0),
            grace: settings.grace,
            description: settings.display,
        })),
        Err(error) => board_refusal(&error),
    }
}

async fn record(ctx: &Ctx, topics: &Topics, number: MachineNumber, name: Word, query: &Query) -> Option<Reply> {
    match uses::record(ctx, number, name).await {
        Ok(()) => Some(Reply::ok()),
        Err(UseError::UnknownMachine) => Some(Reply::InvalidMachine),
        Err(UseError::TooLong(error)) => {
            boards::rejected(ctx, TOO_LONG, &topics.query(number), excerpt(query.encode().as_bytes()));
            Some(Reply::not_ok(error.to_string()))
        }
        // Boards may always act for their machine, so this is a bug.
        Err(UseError::Forbidden(_)) => None,
        Err(UseError::Store(error)) => silent(&error),
    }
}

async fn maintained(ctx: &Ctx, number: MachineNumber, uid: CardUid, replay: bool) -> Option<Reply> {
    match maintenance::at_board(ctx, number, uid, replay).await {
        Ok(()) => Some(Reply::ok()),
        Err(AtBoard::UnknownMachine) => Some(Reply::InvalidMachine),
        Err(AtBoard::NotTheirs) => Some(Reply::not_ok("Not allowed")),
        // Boards may always act for their machine, so this is a bug.
        Err(AtBoard::Forbidden(_)) => None,
        Err(AtBoard::Store(error)) => silent(&error),
    }
}

fn board_refusal(error: &BoardsError) -> Option<Reply> {
    match error {
        BoardsError::UnknownMachine => Some(Reply::InvalidMachine),
        BoardsError::Store(error) => silent(error),
    }
}

/// The storage failed: no answer, so the board decides by itself and sends the message again later.
fn silent(error: &services::StoreError) -> Option<Reply> {
    tracing::error!(%error, "a board is not answered");
    None
}
