//! What every service says alike when it cannot do what was asked: not allowed, or the storage failed.
//!
//! Deliberately absent: refusals that belong to one noun; those stand with it.

use domain::{
    actor::Forbidden,
    problem::{Kind, Problem},
    versions::Saved,
    zone::Zone,
};
use store::{SqliteConnection, StoreError, versions};
use text::Lang;

/// For whoever is not allowed something that they may know of.
pub(crate) fn forbidden(why: Forbidden, lang: Lang) -> Problem {
    match why {
        Forbidden::SignIn => Problem::new("actor.unknown", Kind::SignIn, lang.forbidden_sign_in()),
        Forbidden::SecondFactor => {
            Problem::new("actor.second-factor", Kind::Forbidden, lang.forbidden_second_factor())
        }
        Forbidden::NotAllowed => Problem::new("actor.not-allowed", Kind::Forbidden, lang.forbidden()),
    }
}

/// The storage failed: logged here, once, and never told.
pub(crate) fn storage(error: &StoreError, lang: Lang) -> Problem {
    tracing::error!(%error, "the storage failed");
    Problem::new("storage.unavailable", Kind::Unavailable, lang.storage_unavailable())
}

/// Somebody else saved meanwhile: nothing was changed, and here is what they saved.
pub(crate) fn stale(saved: &Saved, lang: Lang) -> Problem {
    Problem::new("version.stale", Kind::Conflict, lang.version_stale()).over(saved.clone())
}

/// The same with who saved it and when, as far as that is known: the newest entry about `subject`.
pub(crate) async fn signed(
    conn: &mut SqliteConnection,
    zone: Zone,
    subject: &str,
    saved: Saved,
) -> Result<Box<Saved>, StoreError> {
    let last = versions::last_change(conn, subject).await?;
    let (at, by) = last.map_or((None, None), |(at, by)| (Some(zone.moment(at)), by));
    Ok(Box::new(Saved { by, at, ..saved }))
}
