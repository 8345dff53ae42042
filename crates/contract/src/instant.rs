//! Instants in answers: RFC 3339 for programs, with the space's offset for pages.
//!
//! Invariant: programs only read them, so the text is written and never parsed.

pub use crate::as_text::deserialize;

use domain::time::Moment;
use serde::{Serialize, Serializer};

/// Writes an instant.
pub fn serialize<S: Serializer>(moment: &Moment, serializer: S) -> Result<S::Ok, S::Error> {
    #[cfg(feature = "server")]
    if serializer.is_human_readable() {
        return domain::zone::to_rfc3339(moment.at).unwrap_or_default().serialize(serializer);
    }
    moment.serialize(serializer)
}

/// The same for instants that may be absent.
pub mod optional {
    pub use crate::as_text::optional::deserialize;

    use super::{Moment, Serialize, Serializer};

    /// Writes an instant or null.
    pub fn serialize<S: Serializer>(moment: &Option<Moment>, serializer: S) -> Result<S::Ok, S::Error> {
        #[cfg(feature = "server")]
        if serializer.is_human_readable() {
            let text = moment.map(|moment| domain::zone::to_rfc3339(moment.at).unwrap_or_default());
            return text.serialize(serializer);
        }
        moment.serialize(serializer)
    }
}
