//! What every service says alike when it cannot do what was asked: not allowed, or the storage failed.
//!
//! Deliberately absent: refusals that belong to one noun; those stand with it.

use domain::{
    actor::Forbidden,
    problem::{Kind, Problem},
};
use store::StoreError;
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
