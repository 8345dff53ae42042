//! Copies of the database: made while it is in use, and restored, for the owner of the data folder.
//!
//! **Invariants.** A copy is checked, migrated and tried before it replaces the database; if anything speaks
//! against it, nothing changes. Erased people do not come back with an old copy, and nothing in it signs anyone in
//! but a password or a passkey: a session, a token or a link may have been ended since. Draws that have not run get a new
//! secret, for theirs may have been published since. Cards and standings are those of the copy. Not here: who has the data folder at this moment (the calling process).
//!
//! A file that replaces the database is checked and migrated under another name in the data folder, then renamed.
//! Erased people are listed beside the database, and erased again in a restored copy.

use crate::{
    Config, Ctx,
    draws::{self, DrawsError},
    open::open,
    sessions,
};
use contract::system::Backup;
use domain::{
    actor::{Actor, Forbidden, Permission, Target},
    audit::Subject,
    id::PersonId,
    time::Millis,
    zone::to_rfc3339,
};
use serde_json::json;
use std::{
    fs,
    path::{Path, PathBuf},
};
use store::{Done, StoreError, Unaudited, audit, copies, privacy};

pub use store::copies::{CopyError, Ended, Found, InvalidCopy};

/// Copies the database `file` to `to`, which must not exist; a server may be running on it and shows when this
/// was. Returns the size in bytes.
pub async fn back_up(file: &Path, to: &Path, now: Millis) -> Result<u64, CopyError> {
    let bytes = copies::copy(file, to).await?;
    let whole = std::path::absolute(to).unwrap_or_else(|_| to.to_owned());
    let note = Backup { at: now, to: whole.display().to_string(), bytes };
    let text = serde_json::to_vec(&note).unwrap_or_default();
    if let Err(error) = fs::write(note_beside(file), text) {
        // The backup exists in any case.
        tracing::warn!(%error, "when the backup was made could not be noted in the data folder");
    }
    Ok(bytes)
}

/// The note next to the database `file` about its last backup.
fn note_beside(file: &Path) -> PathBuf {
    file.with_extension("backup.json")
}

/// The last backup of the database `file`, if known.
pub(crate) fn noted(file: &Path) -> Option<Backup<Millis>> {
    serde_json::from_slice(&fs::read(note_beside(file)).ok()?).ok()
}

/// The result of a restore.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// What the copy contained.
    pub found: Found,
    /// Number of people erased again.
    pub erased: usize,
    /// Sessions, links and tokens in the copy that were ended.
    pub ended: Ended,
    /// Number of draws with a new secret.
    pub draws: usize,
    /// Where the previous database is now, if there was one.
    pub kept: Option<PathBuf>,
}

/// Why nothing was restored.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The file does not fit.
    #[error("{0} was not restored, and nothing was changed")]
    Invalid(PathBuf, #[source] InvalidCopy),
    /// The list of erased people could not be read: they might come back.
    #[error("who was erased here cannot be read, so nothing was changed")]
    List(#[source] std::io::Error),
    /// The erasure could not be repeated.
    #[error("what must not come back could not be taken out of it, so nothing was changed")]
    Settle(#[from] StoreError),
    /// The secrets of draws could not be replaced.
    #[error("its draws could not get new secrets, so nothing was changed")]
    Draws(#[from] DrawsError),
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// It could not be put in place.
    #[error("it could not be put in place")]
    Place(#[from] CopyError),
}

/// Replaces the database `file` with `from`; the old one stays beside it under a dated name. Nobody may have
/// `file` open meanwhile.
pub async fn restore(from: &Path, file: &Path) -> Result<Restored, RestoreError> {
    let staged = file.with_extension("staged");
    let restored = try_out(from, &staged, file).await;
    if restored.is_err() {
        copies::unstage(&staged);
    }
    restored
}

async fn try_out(from: &Path, staged: &Path, file: &Path) -> Result<Restored, RestoreError> {
    let invalid = |invalid| RestoreError::Invalid(from.to_owned(), invalid);
    copies::stage(from, staged).map_err(invalid)?;
    let found = copies::examine(staged).await.map_err(invalid)?;
    let mut gone = copies::listed_erased(file).map_err(RestoreError::List)?;
    // The replaced file may be damaged; then the list of erased people is the source.
    gone.extend(copies::erased(file).await.unwrap_or_default());
    // Opening it brings it up to date: better here than in its place.
    let opened = open(Config::new(staged)).await.map_err(|error| invalid(InvalidCopy::Open(error)))?;
    let now = opened.now();
    let settled = settle(&opened, gone, found, now).await;
    opened.close().await;
    let (erased, ended, draws) = settled?;
    let dated = to_rfc3339(now).unwrap_or_default().replace(':', "");
    let stored = file.with_extension(format!("before-{dated}.sqlite"));
    let there = file.exists();
    copies::put_in_place(staged, file, &stored).await?;
    Ok(Restored { found, erased, ended, draws, kept: there.then_some(stored) })
}

/// Erases people again who were erased since the copy, ends all sessions, links and tokens, audits the restore, and
/// replaces the secrets of draws. Returns the numbers of erased people, ended sessions and links, and draws.
async fn settle(
    ctx: &Ctx,
    gone: Vec<(PersonId, Millis)>,
    found: Found,
    now: Millis,
) -> Result<(usize, Ended, usize), RestoreError> {
    let mut traces = Vec::new();
    let mut erased = 0;
    for (person, made) in gone {
        let proof = Actor::TOOLGATE.require(Permission::Erase, Target::person(person))?;
        let left = ctx.store().write(async move |tx| {
            let Some(left) = privacy::erase_again(tx, person, made, now).await? else {
                return Ok(Done::unaudited(None, Unaudited::NothingChanged));
            };
            sessions::end_all(tx, person, None).await?;
            let subject = person;
            let entry = audit::entry(tx, &proof, now, "person.erased", subject, &json!({})).await?;
            Ok::<_, StoreError>(Done::audited(Some(left), entry))
        });
        if let Some(left) = left.await? {
            erased += 1;
            traces.extend(left);
        }
    }
    let proof = Actor::TOOLGATE.require(Permission::KeepHouse, Target::NONE)?;
    let written = ctx.store().write(async move |tx| {
        let ended = copies::end_ways_in(tx).await?;
        let Ended { sessions, tokens, feeds, links, screens, group_links, invitations, devices } = ended;
        let detail = json!({
            "entries": found.entries, "ended": sessions, "tokens": tokens, "calendars": feeds, "links": links,
            "screens": screens, "group_links": group_links, "invitations": invitations, "devices": devices,
        });
        let entry = audit::entry(tx, &proof, now, "system.restored", Subject::Space, &detail).await?;
        Ok::<_, StoreError>(Done::audited(ended, entry))
    });
    let ended = written.await?;
    let renewed = draws::renew(ctx, draws::Which::All).await?;
    if erased > 0 {
        ctx.store().scrub(traces).await?;
    }
    Ok((erased, ended, renewed))
}
