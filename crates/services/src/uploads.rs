//! File uploads: on disk while they arrive, and a few per person at a time.
//!
//! Invariant: an upload is an unnamed file in the data folder, so nothing of it remains, however it ends.
//! Not here: who may upload what, which is checked before one begins.

use crate::{Ctx, shared::Shared};
use domain::{
    actor::Actor,
    id::PersonId,
    problem::{Kind, Problem},
};
use macros::ServiceError;
use std::{
    collections::HashMap,
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::Path,
};
use text::Lang;
use tokio::{
    io::{AsyncSeekExt, AsyncWriteExt},
    task::spawn_blocking,
};

/// Concurrent uploads per person.
pub const PER_PERSON: usize = 4;
/// Concurrent uploads in all: each takes up to the size of its file on the disk.
const IN_ALL: usize = 64;
/// Bytes that wait for the disk.
const BUFFERED: usize = 64 * 1024;
/// Seconds until a retry makes sense.
const LATER: u32 = 10;

/// Why an upload does not begin, or breaks off.
#[derive(Debug, ServiceError)]
pub enum UploadError {
    /// Too many are under way.
    #[problem("rate.exceeded", TooMany, upload_too_many, after = LATER)]
    TooMany,
    /// The disk does not take it.
    #[problem(with = no_disk(_0, lang))]
    Disk(#[from] io::Error),
}

fn no_disk(error: &std::io::Error, lang: Lang) -> Problem {
    tracing::error!(%error, "an upload could not be written");
    Problem::new("storage.unavailable", Kind::Unavailable, lang.storage_unavailable())
}

/// Uploads under way per person.
#[derive(Default)]
pub(crate) struct Slots(Shared<HashMap<Option<PersonId>, usize>>);

/// The right to one upload; ends with it.
struct Slot {
    ctx: Ctx,
    whose: Option<PersonId>,
}

impl Slot {
    fn take(ctx: &Ctx, whose: Option<PersonId>) -> Result<Self, UploadError> {
        let mut slots = ctx.memory::<Slots>().0.lock();
        let own = slots.get(&whose).copied().unwrap_or_default();
        if own >= PER_PERSON || slots.values().sum::<usize>() >= IN_ALL {
            return Err(UploadError::TooMany);
        }
        slots.insert(whose, own + 1);
        Ok(Self { ctx: ctx.clone(), whose })
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut slots = self.ctx.memory::<Slots>().0.lock();
        if let Some(own) = slots.get_mut(&self.whose) {
            *own -= 1;
            if *own == 0 {
                slots.remove(&self.whose);
            }
        }
    }
}

/// A file that is arriving.
pub struct Arriving {
    file: tokio::fs::File,
    slot: Slot,
}

/// Begins an upload of a permitted person.
pub async fn begin(ctx: &Ctx, actor: &Actor) -> Result<Arriving, UploadError> {
    let slot = Slot::take(ctx, actor.person())?;
    let folder = ctx.store().path().parent().map(Path::to_owned).unwrap_or_default();
    let file = spawn_blocking(move || tempfile::tempfile_in(folder)).await.map_err(io::Error::other)??;
    let mut file = tokio::fs::File::from_std(file);
    file.set_max_buf_size(BUFFERED);
    Ok(Arriving { file, slot })
}

impl Arriving {
    pub async fn write(&mut self, piece: &[u8]) -> Result<(), UploadError> {
        Ok(self.file.write_all(piece).await?)
    }

    /// Deletes what has arrived.
    pub async fn discard(&mut self) -> Result<(), UploadError> {
        self.file.flush().await?;
        self.file.set_len(0).await?;
        Ok(self.file.rewind().await.map(drop)?)
    }

    /// The file, to be read from its beginning.
    pub async fn finish(mut self) -> Result<Upload, UploadError> {
        self.file.flush().await?;
        let mut file = self.file.into_std().await;
        file.rewind()?;
        Ok(Upload { file, _slot: self.slot })
    }
}

/// A file that has arrived.
pub struct Upload {
    file: File,
    _slot: Slot,
}

impl Upload {
    /// Whether it is empty: no file was chosen.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.file.metadata().is_ok_and(|about| about.len() == 0)
    }

    /// The whole content, for data stored in memory or in a row.
    pub async fn into_bytes(mut self) -> Result<Vec<u8>, UploadError> {
        let read = spawn_blocking(move || {
            let mut bytes = Vec::new();
            self.file.read_to_end(&mut bytes).map(|_| bytes)
        });
        Ok(read.await.map_err(io::Error::other)??)
    }
}

impl Read for Upload {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.file.read(buffer)
    }
}

impl Seek for Upload {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

/// The length of a file; rewinds it.
pub(crate) fn length(file: &mut impl Seek) -> io::Result<u64> {
    let length = file.seek(SeekFrom::End(0))?;
    file.rewind()?;
    Ok(length)
}
