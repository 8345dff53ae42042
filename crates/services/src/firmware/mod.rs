//! Board firmware: images that managers upload, and sending one to boards.
//!
//! **Invariants.** A file that is not a complete application for a board is rejected ([`image`]). A board gets one
//! image at a time, never while its machine is in use, and every beginning and end is on record. Transfers under
//! way when the server stopped have failed, and can be requested again. Not here: the connection to a
//! board ([`transfers()`] hands out pending transfers and receives their results).
//!
//! Images are rows, so a backup is one file.

pub mod image;
mod transfers;

pub use transfers::{Transfer, Transfers, advance, finish, interrupted, is_wanted, next, transfers};

use crate::Ctx;
use crate::error::ServiceError;
use contract::firmware::{Board, FirmwarePage, Image, Job};
use data_encoding::HEXLOWER;
use domain::{
    actor::{Actor, Forbidden, Permission, Target},
    firmware::{InvalidImage, MAX_IMAGES, NAME, State},
    id::{BoardId, FirmwareId, FirmwareJobId},
    live::ChangeEvent,
    names::{self, Unnamed},
    problem::{Kind, Problem},
    time::{Millis, Moment},
};
use macros::ServiceError;
use md5::Md5;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use store::{
    Done, StoreError, audit,
    firmware::{self as rows, NewImage},
};
use text::Lang;

/// Why nothing is shown or changed.
#[derive(Debug, Clone, ServiceError)]
pub enum FirmwareError {
    #[problem("firmware.unknown", NotFound, firmware_unknown)]
    Unknown,
    #[problem("firmware.board-unknown", NotFound, firmware_board_unknown)]
    UnknownBoard,
    #[problem("firmware.job-unknown", NotFound, firmware_job_unknown)]
    UnknownJob,
    /// The image is rejected.
    #[problem(transparent)]
    Invalid(InvalidImage),
    /// No board was chosen.
    #[problem("firmware.no-board", Invalid, at("boards", firmware_no_board))]
    NoBoard,
    /// A transfer to one of the boards is under way.
    #[problem("firmware.board-busy", Conflict, firmware_board_busy)]
    Busy,
    /// The image is needed by a transfer.
    #[problem("firmware.wanted", Conflict, firmware_wanted)]
    Required,
    /// It has ended.
    #[problem("firmware.over", Conflict, firmware_over)]
    Over,
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

impl ServiceError for InvalidImage {
    fn problem(&self, lang: Lang) -> Problem {
        let field = if *self == Self::Name { "name" } else { "image" };
        Problem::new(self.as_str(), Kind::Invalid, lang.form_fix()).field(field, lang.firmware_invalid(*self))
    }

    fn codes() -> Vec<(Kind, &'static str)> {
        Self::ALL.iter().map(|invalid| (Kind::Invalid, invalid.as_str())).collect()
    }
}

const NOTHING: Target = Target::NONE;

/// Images, boards and updates.
pub async fn page(ctx: &Ctx, actor: &Actor) -> Result<FirmwarePage, FirmwareError> {
    actor.require(Permission::Firmware, NOTHING)?;
    let now = ctx.moment(ctx.now());
    let mut snapshot = ctx.store().snapshot().await?;
    let images = rows::images(&mut snapshot).await?;
    let boards = rows::boards(&mut snapshot).await?;
    let jobs = rows::jobs(&mut snapshot).await?;
    drop(snapshot);
    let moment = |at: Millis| ctx.moment(at);
    Ok(FirmwarePage {
        now,
        images: images.into_iter().map(|image| image_at(image, moment)).collect(),
        boards: boards.into_iter().map(|board| board_at(board, moment)).collect(),
        jobs: jobs.into_iter().map(|job| job_at(job, moment)).collect(),
    })
}

fn image_at(image: Image<Millis>, moment: impl Fn(Millis) -> Moment) -> Image {
    let Image { id, name, about, size, md5, sha256, added, by } = image;
    Image { id, name, about, size, md5, sha256, added: moment(added), by }
}

fn board_at(board: Board<Millis>, moment: impl Fn(Millis) -> Moment) -> Board {
    let Board { id, machine, machine_name, serial, firmware, seen, in_use, busy } = board;
    Board { id, machine, machine_name, serial, firmware, seen: moment(seen), in_use, busy }
}

fn job_at(job: Job<Millis>, moment: impl Fn(Millis) -> Moment) -> Job {
    Job {
        id: job.id,
        image_name: job.image_name,
        image: job.image,
        board: job.board,
        machine: job.machine,
        machine_name: job.machine_name,
        state: job.state,
        percent: job.percent,
        failure: job.failure,
        in_use: job.in_use,
        queued: moment(job.queued),
        ended: job.ended.map(moment),
        by: job.by,
    }
}

/// Whether the actor may bring an image, before it is read.
pub fn may_keep(actor: &Actor) -> Result<(), FirmwareError> {
    Ok(actor.require(Permission::Firmware, NOTHING).map(drop)?)
}

/// Stores an image under a name, by default its version.
pub async fn keep(ctx: &Ctx, actor: &Actor, name: &str, content: Vec<u8>) -> Result<FirmwareId, FirmwareError> {
    may_keep(actor)?;
    let about = image::read(&content).map_err(FirmwareError::Invalid)?;
    let name = match names::name(name) {
        Ok(name) if name.chars().count() <= NAME => name,
        Err(Unnamed::Empty) => format!("{} {}", about.project, about.version).trim().chars().take(NAME).collect(),
        Ok(_) | Err(Unnamed::Long | Unnamed::Control) => return Err(FirmwareError::Invalid(InvalidImage::Name)),
    };
    let md5 = HEXLOWER.encode(Md5::digest(&content).as_slice());
    let sha256 = HEXLOWER.encode(Sha256::digest(&content).as_slice());
    let image = NewImage { name, about, md5, sha256, content };
    ctx.change(actor, Permission::Firmware, NOTHING, async move |job| {
        match rows::count_and_find(job.tx.conn(), &image.sha256).await? {
            (_, true) => return Err(FirmwareError::Invalid(InvalidImage::Kept)),
            (count, false) if count >= MAX_IMAGES => return Err(FirmwareError::Invalid(InvalidImage::Full)),
            _ => {}
        }
        let by = job.by().await?;
        let id = rows::keep(job.tx, &image, by, job.now).await?;
        job.tx.after_commit(ChangeEvent::Space);
        let (subject, detail) = (id, json!({ "hash": image.sha256 }));
        job.audited(id, "firmware.kept", subject, &detail).await
    })
    .await
}

/// Deletes an image, unless a transfer needs it.
pub async fn remove(ctx: &Ctx, actor: &Actor, image: FirmwareId) -> Result<(), FirmwareError> {
    ctx.change(actor, Permission::Firmware, NOTHING, async move |job| {
        if rows::is_wanted(job.tx.conn(), image).await? {
            return Err(FirmwareError::Required);
        }
        if !rows::remove(job.tx, image).await? {
            return Err(FirmwareError::Unknown);
        }
        job.tx.after_commit(ChangeEvent::Space);
        let subject = image;
        job.audited((), "firmware.removed", subject, &json!({})).await
    })
    .await
}

/// Starts transfers of an image to boards, all of them or none. Returns the transfers, in the order of the boards'
/// ids.
pub async fn start(
    ctx: &Ctx,
    actor: &Actor,
    image: FirmwareId,
    boards: &[BoardId],
) -> Result<Vec<FirmwareJobId>, FirmwareError> {
    let boards: BTreeSet<_> = boards.iter().copied().collect();
    let form = async { if boards.is_empty() { Err(FirmwareError::NoBoard) } else { Ok(boards) } };
    ctx.change_with(actor, Permission::Firmware, NOTHING, form, async move |job, boards| {
        let name = rows::name(job.tx.conn(), image).await?.ok_or(FirmwareError::Unknown)?;
        let by = job.by().await?;
        let (mut jobs, mut entries) = (Vec::new(), Vec::new());
        for board in boards {
            let (machine, busy) = rows::board(job.tx.conn(), board).await?.ok_or(FirmwareError::UnknownBoard)?;
            if busy {
                return Err(FirmwareError::Busy);
            }
            let transfer = rows::start(job.tx, image, &name, board, by, job.now).await?;
            job.tx.after_commit(ChangeEvent::Machine(machine));
            let (subject, detail) = (machine, json!({ "firmware": image, "job": transfer }));
            entries.push(audit::entry(job.tx, &job.proof, job.now, "firmware.started", subject, &detail).await?);
            jobs.push(transfer);
        }
        let mut entries = entries.into_iter();
        let first = entries.next().ok_or(FirmwareError::NoBoard)?;
        entries.for_each(|entry| job.tx.followed(entry));
        Ok(Done::audited(jobs, first))
    })
    .await
}

/// Cancels a transfer. A board that has begun to write discards the data.
pub async fn cancel(ctx: &Ctx, actor: &Actor, transfer: FirmwareJobId) -> Result<(), FirmwareError> {
    ctx.change(actor, Permission::Firmware, NOTHING, async move |job| {
        let (_, machine) = rows::state(job.tx.conn(), transfer).await?.ok_or(FirmwareError::UnknownJob)?;
        if !rows::end(job.tx, transfer, State::Cancelled, None, job.now).await? {
            return Err(FirmwareError::Over);
        }
        job.tx.after_commit(ChangeEvent::Machine(machine));
        let (subject, detail) = (machine, json!({ "job": transfer }));
        job.audited((), "firmware.cancelled", subject, &detail).await
    })
    .await
}
