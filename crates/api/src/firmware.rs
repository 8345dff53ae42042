//! Firmware of boards: images that are kept, and having one sent.

use super::{
    Body, Caller, Id, Query, Refusal,
    answer::{One, done},
    input::file,
    operation::{Operation, Tag},
    paging::{Page, Which},
    when, words,
};
use axum::{extract::Request, response::Response};
use domain::{
    firmware::{BYTES, Failure, State, chip},
    id::{BoardId, FirmwareId, FirmwareJobId},
    tokens::Scope,
};
use serde::{Deserialize, Serialize};
use services::firmware;
use std::cmp::Reverse;
use utoipa::ToSchema;
use views::firmware as said;

const IMAGES: &str = "listFirmware";
const BOARDS: &str = "listFirmwareBoards";
const TRANSFERS: &str = "listFirmwareTransfers";
/// What is taken for an image.
const KINDS: &[&str] = &["application/octet-stream"];

/// What can be done here.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/firmware", IMAGES, images)
            .about(Tag::Machines, "Firmware that is kept", "The images, the newest first.")
            .needs(Scope::MachinesRead),
        Operation::put("/api/v1/firmware", "keepFirmware", keep)
            .about(
                Tag::Machines,
                "Keep an image",
                "An application for a processor of the ESP32 family, as it was built; at most 4 MB, and five of them. What \
                 is cut off, damaged or something else is refused.",
            )
            .needs(Scope::MachinesWrite)
            .takes(KINDS)
            .errors::<services::firmware::FirmwareError>(&[
                "firmware.nothing",
                "firmware.no-image",
                "firmware.damaged",
                "firmware.no-program",
                "firmware.kept",
                "firmware.full",
                "firmware.name",
            ]),
        Operation::delete("/api/v1/firmware/{id}", "removeFirmware", remove)
            .about(Tag::Machines, "Remove an image", "Not while it waits for a board or is on its way to one.")
            .needs(Scope::MachinesWrite)
            .errors::<services::firmware::FirmwareError>(&["firmware.unknown", "firmware.wanted"]),
        Operation::get("/api/v1/firmware-boards", BOARDS, boards)
            .about(Tag::Machines, "Boards that firmware can be sent to", "By what their machines are called.")
            .needs(Scope::MachinesRead),
        Operation::get("/api/v1/firmware-transfers", TRANSFERS, transfers)
            .about(Tag::Machines, "What was sent to boards", "What is under way and the newest that came to an end, the newest first.")
            .needs(Scope::MachinesRead),
        Operation::post("/api/v1/firmware/{id}/send", "sendFirmware", send)
            .about(
                Tag::Machines,
                "Send an image to boards",
                "To all of them or, where one is refused, to none. They get it one after the other, each when nobody is on \
                 its machine, and start anew with it.",
            )
            .needs(Scope::MachinesWrite)
            .once()
            .errors::<services::firmware::FirmwareError>(&[
                "firmware.unknown",
                "firmware.board-unknown",
                "firmware.board-busy",
                "firmware.no-board",
            ]),
        Operation::post("/api/v1/firmware-transfers/{id}/cancel", "cancelFirmwareTransfer", cancel)
            .about(
                Tag::Machines,
                "Cancel a transfer",
                "A board that has begun to write drops what it has, and keeps the firmware it had.",
            )
            .needs(Scope::MachinesWrite)
            .errors::<services::firmware::FirmwareError>(&["firmware.job-unknown", "firmware.over"]),
    ]
}

/// An image that is kept.
#[derive(Debug, Serialize, ToSchema)]
pub struct FirmwareImage {
    /// Its id.
    #[schema(example = 3)]
    id: i64,
    /// What it is called.
    #[schema(example = "esp32-s3,1.0.8")]
    name: String,
    /// The processor it is for.
    #[schema(example = "ESP32-S3")]
    chip: String,
    /// The version that was built into it.
    #[schema(example = "1.0.8")]
    version: String,
    /// The project that was.
    #[schema(example = "fabomatic")]
    project: String,
    /// Its bytes.
    #[schema(example = 1_168_784)]
    size: u32,
    /// Its MD5, in hexadecimal digits.
    #[schema(example = "d41d8cd98f00b204e9800998ecf8427e")]
    md5: String,
    /// Its SHA-256, in hexadecimal digits.
    #[schema(example = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    sha256: String,
    /// Since when it is kept.
    #[schema(format = DateTime)]
    added: String,
    /// Who brought it, while they are known by name.
    #[schema(example = "Ada Lovelace")]
    by: Option<String>,
}

fn image(image: said::Image) -> FirmwareImage {
    FirmwareImage {
        id: image.id.0,
        name: image.name,
        chip: chip(image.about.chip).unwrap_or_default().to_owned(),
        version: image.about.version,
        project: image.about.project,
        size: image.size,
        md5: image.md5,
        sha256: image.sha256,
        added: when(image.added),
        by: image.by,
    }
}

/// A board that firmware can be sent to.
#[derive(Debug, Serialize, ToSchema)]
pub struct FirmwareBoard {
    /// Its id.
    #[schema(example = 12)]
    id: i64,
    /// At which machine.
    #[schema(example = 7)]
    machine: i64,
    /// What that is called.
    #[schema(example = "Laser cutter")]
    machine_name: String,
    /// Its serial number; empty with old firmware.
    #[schema(example = "a0b765515d64")]
    serial: String,
    /// The firmware it said it has.
    #[schema(example = "esp32-s3,1.0.7")]
    firmware: String,
    /// When it last said so.
    #[schema(format = DateTime)]
    seen: String,
    /// Somebody is on the machine.
    #[schema(example = false)]
    in_use: bool,
    /// An image waits for it, or is on its way.
    #[schema(example = false)]
    busy: bool,
}

fn board(board: said::Board) -> FirmwareBoard {
    FirmwareBoard {
        id: board.id.0,
        machine: board.machine.0,
        machine_name: board.machine_name,
        serial: board.serial,
        firmware: board.firmware,
        seen: when(board.seen),
        in_use: board.in_use,
        busy: board.busy,
    }
}

/// Sending an image to a board.
#[derive(Debug, Serialize, ToSchema)]
pub struct FirmwareTransfer {
    /// Its id.
    #[schema(example = 8)]
    id: i64,
    /// The image, while it is kept.
    #[schema(example = 3)]
    image: Option<i64>,
    /// What that is called.
    #[schema(example = "esp32-s3,1.0.8")]
    image_name: String,
    /// To which board.
    #[schema(example = 12)]
    board: i64,
    /// At which machine.
    #[schema(example = 7)]
    machine: i64,
    /// What that is called.
    #[schema(example = "Laser cutter")]
    machine_name: String,
    #[schema(schema_with = words::transfer_state)]
    state: State,
    /// How much of it is there, of 100.
    #[schema(example = 45)]
    percent: u8,
    #[schema(schema_with = words::transfer_failure)]
    failure: Option<Failure>,
    /// Since when it is wanted.
    #[schema(format = DateTime)]
    queued: String,
    /// When it came to an end.
    #[schema(format = DateTime)]
    ended: Option<String>,
    /// Who wanted it, while they are known by name.
    #[schema(example = "Ada Lovelace")]
    by: Option<String>,
}

fn transfer(job: said::Job) -> FirmwareTransfer {
    FirmwareTransfer {
        id: job.id.0,
        image: job.image.map(|image| image.0),
        image_name: job.image_name,
        board: job.board.0,
        machine: job.machine.0,
        machine_name: job.machine_name,
        state: job.state,
        percent: job.percent,
        failure: job.failure,
        queued: when(job.queued),
        ended: job.ended.map(when),
        by: job.by,
    }
}

async fn images(caller: Caller, Query(which): Query<Which>) -> Result<Page<FirmwareImage>, Refusal> {
    let (after, limit) = caller.place(IMAGES, which.after.as_deref(), which.limit)?;
    let Caller { ctx, actor, lang } = caller;
    let all = firmware::page(&ctx, &actor).await?.images;
    Ok(Page::of_all(IMAGES, all, after.as_deref(), limit, lang, |one| Reverse(one.id.0))?.map(image))
}

async fn boards(caller: Caller, Query(which): Query<Which>) -> Result<Page<FirmwareBoard>, Refusal> {
    let (after, limit) = caller.place(BOARDS, which.after.as_deref(), which.limit)?;
    let Caller { ctx, actor, lang } = caller;
    let all = firmware::page(&ctx, &actor).await?.boards;
    let place = |one: &said::Board| (one.machine_name.clone(), one.id.0);
    Ok(Page::of_all(BOARDS, all, after.as_deref(), limit, lang, place)?.map(board))
}

async fn transfers(caller: Caller, Query(which): Query<Which>) -> Result<Page<FirmwareTransfer>, Refusal> {
    let (after, limit) = caller.place(TRANSFERS, which.after.as_deref(), which.limit)?;
    let Caller { ctx, actor, lang } = caller;
    let all = firmware::page(&ctx, &actor).await?.jobs;
    Ok(Page::of_all(TRANSFERS, all, after.as_deref(), limit, lang, |one| Reverse(one.id.0))?.map(transfer))
}

/// What an image is to be called.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Called {
    /// Best as boards will say it. Left out: what the image says of itself.
    #[schema(max_length = 60, example = "esp32-s3,1.0.8")]
    name: Option<String>,
}

async fn keep(
    caller: Caller,
    Query(naming): Query<Called>,
    request: Request,
) -> Result<One<FirmwareImage>, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    firmware::may_keep(&actor)?;
    let given = file(&ctx, &actor, request, KINDS, BYTES).await?;
    let given = given.into_bytes().await?;
    let name = naming.name.unwrap_or_default();
    let kept = firmware::keep(&ctx, &actor, &name, given).await?;
    let page = firmware::page(&ctx, &actor).await?;
    let found = page.images.into_iter().find(|image| image.id == kept);
    // Somebody may have removed it in this moment.
    let found = found.ok_or(firmware::FirmwareError::Unknown)?;
    Ok(One(image(found)))
}

async fn remove(caller: Caller, Id(id): Id) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    firmware::remove(&ctx, &actor, FirmwareId(id)).await?;
    Ok(done())
}

/// Who is to get an image.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Recipients {
    /// The ids of boards.
    #[schema(min_items = 1, example = json!([12]))]
    boards: Vec<i64>,
}

async fn send(caller: Caller, Id(id): Id, Body(to): Body<Recipients>) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let boards: Vec<_> = to.boards.into_iter().map(BoardId).collect();
    firmware::start(&ctx, &actor, FirmwareId(id), &boards).await?;
    Ok(done())
}

async fn cancel(caller: Caller, Id(id): Id) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    firmware::cancel(&ctx, &actor, FirmwareJobId(id)).await?;
    Ok(done())
}
