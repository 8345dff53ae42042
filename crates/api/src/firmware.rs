//! Board firmware: stored images, and transfers to boards.

use super::{
    Body, Caller, Id, Query, Refusal,
    answer::{One, done},
    input::file,
    operation::{Operation, Tag},
    paging::{Page, Which},
    when, words,
};
use axum::{extract::Request, response::Response};
use contract::firmware as message;
use domain::{
    actor::Permission,
    firmware::{BYTES, Failure, State, chip},
    id::{BoardId, FirmwareId, FirmwareJobId},
    tokens::Scope,
};
use serde::{Deserialize, Serialize};
use services::{firmware, requirements::PathTarget};
use std::cmp::Reverse;
use utoipa::ToSchema;

const IMAGES: &str = "listFirmware";
const BOARDS: &str = "listFirmwareBoards";
const TRANSFERS: &str = "listFirmwareTransfers";
/// The accepted media types of an image.
const KINDS: &[&str] = &["application/octet-stream"];

/// The operations of this module.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/firmware", IMAGES, images)
            .may(&[(Permission::Firmware, PathTarget::Space)])
            .about(Tag::Machines, "List firmware images", "Lists the firmware images, newest first.")
            .needs(Scope::MachinesRead),
        Operation::put("/api/v1/firmware", "keepFirmware", keep)
            .may(&[(Permission::Firmware, PathTarget::Space)])
            .about(
                Tag::Machines,
                "Upload a firmware image",
                "Uploads an application image for an ESP32 processor, as built. At most five images of up to 4 MB each. \
                 Truncated, damaged or other files are refused.",
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
            .about(
                Tag::Machines,
                "Remove an image",
                "Removes an image, unless it is queued for a board or being transferred.",
            )
            .needs(Scope::MachinesWrite)
            .errors::<services::firmware::FirmwareError>(&["firmware.unknown", "firmware.wanted"]),
        Operation::get("/api/v1/firmware-boards", BOARDS, boards)
            .may(&[(Permission::Firmware, PathTarget::Space)])
            .about(
                Tag::Machines,
                "List boards that support firmware updates",
                "Lists the boards that firmware can be sent to, by the name of their machine.",
            )
            .needs(Scope::MachinesRead),
        Operation::get("/api/v1/firmware-transfers", TRANSFERS, transfers)
            .may(&[(Permission::Firmware, PathTarget::Space)])
            .about(
                Tag::Machines,
                "List firmware transfers",
                "Lists pending transfers and the latest finished ones, newest first.",
            )
            .needs(Scope::MachinesRead),
        Operation::post("/api/v1/firmware/{id}/send", "sendFirmware", send)
            .may(&[(Permission::Firmware, PathTarget::Space)])
            .about(
                Tag::Machines,
                "Send an image to boards",
                "Queues transfers to all of the boards, or to none if one is refused. Boards are updated one after the \
                 other, each while its machine is not in use, and restart with the new firmware.",
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
                "Cancels a transfer. A board that has begun writing discards the data and keeps its current firmware.",
            )
            .needs(Scope::MachinesWrite)
            .errors::<services::firmware::FirmwareError>(&["firmware.job-unknown", "firmware.over"]),
    ]
}

/// A firmware image.
#[derive(Debug, Serialize, ToSchema)]
pub struct FirmwareImage {
    /// Its id.
    #[schema(example = 3)]
    id: i64,
    /// The image's name.
    #[schema(example = "esp32-s3,1.0.8")]
    name: String,
    /// The processor that it is for.
    #[schema(example = "ESP32-S3")]
    chip: String,
    /// The version embedded in the image.
    #[schema(example = "1.0.8")]
    version: String,
    /// The project name embedded in the image.
    #[schema(example = "fabomatic")]
    project: String,
    /// Its size in bytes.
    #[schema(example = 1_168_784)]
    size: u32,
    /// Its MD5 hash, in hexadecimal.
    #[schema(example = "d41d8cd98f00b204e9800998ecf8427e")]
    md5: String,
    /// Its SHA-256 hash, in hexadecimal.
    #[schema(example = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    sha256: String,
    /// When it was uploaded.
    #[schema(format = DateTime)]
    added: String,
    /// The name of the person who uploaded it, while on record.
    #[schema(example = "Ada Lovelace")]
    by: Option<String>,
}

fn image(image: message::Image) -> FirmwareImage {
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
    /// The machine that it belongs to.
    #[schema(example = 7)]
    machine: i64,
    /// The machine's name.
    #[schema(example = "Laser cutter")]
    machine_name: String,
    /// Its serial number; empty with old firmware.
    #[schema(example = "a0b765515d64")]
    serial: String,
    /// The firmware version that it last reported.
    #[schema(example = "esp32-s3,1.0.7")]
    firmware: String,
    /// When it last reported its firmware version.
    #[schema(format = DateTime)]
    seen: String,
    /// Whether its machine is in use.
    #[schema(example = false)]
    in_use: bool,
    /// Whether a transfer to it is queued or running.
    #[schema(example = false)]
    busy: bool,
}

fn board(board: message::Board) -> FirmwareBoard {
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

/// A transfer of an image to a board.
#[derive(Debug, Serialize, ToSchema)]
pub struct FirmwareTransfer {
    /// Its id.
    #[schema(example = 8)]
    id: i64,
    /// The image's id, unless it has been removed.
    #[schema(example = 3)]
    image: Option<i64>,
    /// The image's name.
    #[schema(example = "esp32-s3,1.0.8")]
    image_name: String,
    /// The board's id.
    #[schema(example = 12)]
    board: i64,
    /// The machine that the board belongs to.
    #[schema(example = 7)]
    machine: i64,
    /// The machine's name.
    #[schema(example = "Laser cutter")]
    machine_name: String,
    #[schema(schema_with = words::transfer_state)]
    state: State,
    /// Progress in percent.
    #[schema(example = 45)]
    percent: u8,
    #[schema(schema_with = words::transfer_failure)]
    failure: Option<Failure>,
    /// When it was queued.
    #[schema(format = DateTime)]
    queued: String,
    /// When it finished.
    #[schema(format = DateTime)]
    ended: Option<String>,
    /// The name of the person who requested it, while on record.
    #[schema(example = "Ada Lovelace")]
    by: Option<String>,
}

fn transfer(job: message::Job) -> FirmwareTransfer {
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
    let place = |one: &message::Board| (one.machine_name.clone(), one.id.0);
    Ok(Page::of_all(BOARDS, all, after.as_deref(), limit, lang, place)?.map(board))
}

async fn transfers(caller: Caller, Query(which): Query<Which>) -> Result<Page<FirmwareTransfer>, Refusal> {
    let (after, limit) = caller.place(TRANSFERS, which.after.as_deref(), which.limit)?;
    let Caller { ctx, actor, lang } = caller;
    let all = firmware::page(&ctx, &actor).await?.jobs;
    Ok(Page::of_all(TRANSFERS, all, after.as_deref(), limit, lang, |one| Reverse(one.id.0))?.map(transfer))
}

/// The name of an image.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Called {
    /// The name, ideally as boards report their version; defaults to the name embedded in the image.
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
    let stored = firmware::keep(&ctx, &actor, &name, given).await?;
    let page = firmware::page(&ctx, &actor).await?;
    let found = page.images.into_iter().find(|image| image.id == stored);
    // It may have been removed in this moment.
    let found = found.ok_or(firmware::FirmwareError::Unknown)?;
    Ok(One(image(found)))
}

async fn remove(caller: Caller, Id(id): Id) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    firmware::remove(&ctx, &actor, FirmwareId(id)).await?;
    Ok(done())
}

/// The boards that receive an image.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Recipients {
    /// The boards' ids.
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
