//! Service errors: the trait by which channels present them, and the errors common to all services: not allowed,
//! the storage failed, the record was changed meanwhile.
//!
//! Errors of one noun are defined with it, each variant with its code, kind and text: `#[derive(ServiceError)]`.

use domain::{
    actor::Forbidden,
    audit::Subject,
    problem::{Kind, Problem},
    versions::Saved,
    zone::Zone,
};
use store::{SqliteConnection, StoreError, versions};
use text::Lang;

/// A service error that channels can show to people. Channels convert it with `?`.
pub trait ServiceError {
    /// The problem in the reader's language.
    fn problem(&self, lang: Lang) -> Problem;

    /// The kind and code of every problem that this error can become, for the API's description; without those
    /// that every operation has.
    fn codes() -> Vec<(Kind, &'static str)> {
        Vec::new()
    }
}

/// An invalid field of a form.
pub(crate) trait FieldError {
    /// `problem` with the message at the field.
    fn add(&self, problem: Problem, lang: Lang) -> Problem;
}

impl ServiceError for Problem {
    fn problem(&self, _: Lang) -> Problem {
        self.clone()
    }
}

impl ServiceError for Forbidden {
    fn problem(&self, lang: Lang) -> Problem {
        match self {
            Self::SignIn => Problem::new("actor.unknown", Kind::SignIn, lang.forbidden_sign_in()),
            Self::SecondFactor => {
                Problem::new("actor.second-factor", Kind::Forbidden, lang.forbidden_second_factor())
            }
            Self::NotAllowed => Problem::new("actor.not-allowed", Kind::Forbidden, lang.forbidden()),
        }
    }
}

impl ServiceError for StoreError {
    /// Logged here, once; the cause never leaves the server.
    fn problem(&self, lang: Lang) -> Problem {
        tracing::error!(error = %self, "the storage failed");
        Problem::new("storage.unavailable", Kind::Unavailable, lang.storage_unavailable())
    }
}

/// A newer version was saved meanwhile: nothing was changed, and this is the newer one.
impl ServiceError for Box<Saved> {
    fn problem(&self, lang: Lang) -> Problem {
        Problem::new("version.stale", Kind::Conflict, lang.version_stale()).over((**self).clone())
    }

    fn codes() -> Vec<(Kind, &'static str)> {
        vec![(Kind::Conflict, "version.stale")]
    }
}

/// Adds author and time of the saved version, if known: from the newest audit entry about `subject`.
pub(crate) async fn signed(
    conn: &mut SqliteConnection,
    zone: Zone,
    subject: impl Into<Subject>,
    saved: Saved,
) -> Result<Box<Saved>, StoreError> {
    let last = versions::last_change(conn, &subject.into().to_string()).await?;
    let (at, by) = last.map_or((None, None), |(at, by)| (Some(zone.moment(at)), by));
    Ok(Box::new(Saved { by, at, ..saved }))
}
