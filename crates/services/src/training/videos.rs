//! Video files: in a folder beside the database, under random names.
//!
//! **Invariants.** A file that is no video, or none that browsers play, is rejected. A file has its name before a
//! row refers to it, and is deleted when no row does: a killed process leaves an unused file, never a row without
//! its file. Videos are not in a backup of the database.
//!
//! The length of a video comes from the file or from an administrator, and watching is measured against it.

use super::{TrainingError, ValidationError, mp4, webm};
use crate::{
    Ctx,
    uploads::{Upload, UploadError},
};
use data_encoding::HEXLOWER;
use domain::{
    actor::{Actor, Permission, Target},
    id::{EditionId, ModuleId},
    live::ChangeEvent,
    training::{FILE, Length, VideoType, clock, formats::Unplayable},
};
use serde_json::json;
use std::{
    fs::{self, File},
    io::{self, Read, Seek},
    path::{Path, PathBuf},
};
use store::training::{self as rows, Shows, VideoFile};
use tokio::task::spawn_blocking;

/// Bytes needed to detect a file type.
const HEAD: u64 = 4096;

/// The folder of videos.
pub(crate) fn folder(ctx: &Ctx) -> PathBuf {
    ctx.store().path().parent().unwrap_or(Path::new("")).join("videos")
}

/// Whether `actor` may bring the video of a module.
pub fn may_upload(actor: &Actor) -> Result<(), TrainingError> {
    Ok(actor.require(Permission::EditTraining, Target::NONE).map(drop)?)
}

/// The type and length of a file, or why it is rejected. A recording without a length has none.
fn looked_through(
    file: &mut Upload,
    bytes: u64,
) -> io::Result<Result<(VideoType, Option<Length>), ValidationError>> {
    let mut head = Vec::new();
    file.by_ref().take(HEAD).read_to_end(&mut head)?;
    file.rewind()?;
    let Some(kind) = VideoType::of(&head) else {
        return Ok(Err(Unplayable::container(&head).map_or(ValidationError::NoFilm, ValidationError::Unplayable)));
    };
    // Unreadable files are broken.
    let (is_whole, unplayable, ms) = match kind {
        VideoType::WebM => webm::header(&mut io::BufReader::new(&mut *file))
            .map_or((false, None, None), |found| {
                (found.has_pictures && !found.is_cut, found.unplayable, found.ms)
            }),
        VideoType::Mp4 => mp4::header(file, bytes).map_or((false, None, None), |found| {
            (found.has_pictures && !found.is_cut, found.unplayable, found.ms)
        }),
    };
    file.rewind()?;
    Ok(match unplayable {
        _ if !is_whole => Err(ValidationError::NoFilm),
        Some(unplayable) => Err(ValidationError::Unplayable(unplayable)),
        None => Ok((kind, ms.and_then(Length::new))),
    })
}

/// Stores the file as the video of a module's next edition.
pub async fn keep(ctx: &Ctx, actor: &Actor, id: ModuleId, mut file: Upload) -> Result<(), TrainingError> {
    let (permission, about) = (Permission::EditTraining, Target::NONE);
    actor.require(permission, about)?;
    let (folder, name) = (folder(ctx), HEXLOWER.encode(&ctx.rng().bytes::<16>()));
    let row = spawn_blocking(move || -> io::Result<Result<(VideoFile, Option<Length>), ValidationError>> {
        let bytes = crate::uploads::length(&mut file)?;
        if bytes > FILE {
            return Ok(Err(ValidationError::LargeFile));
        }
        let (kind, length) = match looked_through(&mut file, bytes)? {
            Ok(found) => found,
            Err(invalid) => return Ok(Err(invalid)),
        };
        fs::create_dir_all(&folder)?;
        let name = format!("{name}.{}", kind.ending());
        let mut to = tempfile::NamedTempFile::new_in(&folder)?;
        io::copy(&mut file, &mut to)?;
        to.as_file().sync_all()?;
        to.persist(folder.join(&name))?;
        Ok(Ok((VideoFile { name, kind, bytes: bytes.try_into().unwrap_or(i64::MAX) }, length)))
    });
    let row = row.await.map_err(io::Error::other).and_then(|row| row).map_err(UploadError::from)?;
    let (file, length) = row.map_err(|invalid| TrainingError::Invalid(vec![invalid]))?;
    let name = file.name.clone();
    let written = ctx
        .change(actor, permission, about, async move |job| {
            rows::module(job.tx.conn(), id).await?.ok_or(TrainingError::Unknown)?;
            let draft = rows::draft(job.tx, id).await?;
            let before = rows::edition(job.tx.conn(), draft).await?.and_then(|edition| edition.file);
            let length = length.map(Length::ms);
            rows::show(job.tx, draft, &Shows { youtube: None, file: Some(&file), length }).await?;
            job.tx.after_commit(ChangeEvent::Space);
            let detail = json!({ "type": file.kind, "bytes": file.bytes, "length": length.map(clock) });
            let before = before.map(|before| before.name);
            job.audited::<_, TrainingError>(before, "module.video-uploaded", id, &detail).await
        })
        .await;
    // Deletes files that nothing shows any more: the replaced one, or the new one if it was not stored.
    let stale = match &written {
        Ok(before) => before.clone(),
        Err(_) => Some(name),
    };
    if let Some(stale) = stale {
        forget(ctx, &stale).await?;
    }
    written.map(drop)
}

/// Deletes a file that no edition shows.
async fn forget(ctx: &Ctx, name: &str) -> Result<(), TrainingError> {
    if !rows::is_shown(&mut *ctx.store().read().await?, name).await?
        && let Err(error) = fs::remove_file(folder(ctx).join(name))
    {
        tracing::warn!(%error, "a video that nothing shows was not deleted");
    }
    Ok(())
}

/// A file that is open to be sent.
#[derive(Debug)]
pub struct Opened {
    /// To be read from.
    pub file: File,
    pub kind: VideoType,
    /// Its size in bytes.
    pub bytes: u64,
    /// Changes with the content.
    pub tag: String,
}

/// The edition, for those who may watch it.
async fn watched(ctx: &Ctx, actor: &Actor, id: EditionId) -> Result<rows::Edition, TrainingError> {
    let edits = actor.may(Permission::EditTraining, Target::NONE);
    if !edits {
        actor.require(Permission::Learn, Target::NONE)?;
    }
    let mut snapshot = ctx.store().snapshot().await?;
    let edition = rows::edition(&mut snapshot, id).await?.ok_or(TrainingError::Unknown)?;
    let module = rows::module(&mut snapshot, edition.module).await?.ok_or(TrainingError::Unknown)?;
    let is_shown = edition.published.is_some() && !module.archived;
    if edits || is_shown { Ok(edition) } else { Err(TrainingError::Unknown) }
}

/// The file of an edition, for those who may watch it.
pub async fn open(ctx: &Ctx, actor: &Actor, id: EditionId) -> Result<Opened, TrainingError> {
    let file = watched(ctx, actor, id).await?.file.ok_or(TrainingError::Unknown)?;
    let path = folder(ctx).join(&file.name);
    let opened = spawn_blocking(move || File::open(path).and_then(|file| Ok((file.metadata()?.len(), file))));
    let opened = opened.await.map_err(io::Error::other).and_then(|opened| opened);
    let (bytes, opened) = match opened {
        Ok(opened) => opened,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(TrainingError::Unknown),
        Err(error) => return Err(UploadError::from(error).into()),
    };
    Ok(Opened { file: opened, kind: file.kind, bytes, tag: file.name })
}

/// The captions of an edition, for those who may watch it.
pub async fn captions(ctx: &Ctx, actor: &Actor, id: EditionId) -> Result<String, TrainingError> {
    watched(ctx, actor, id).await?.captions.ok_or(TrainingError::Unknown)
}
