//! Pictures: their subjects and accepted formats.
//!
//! **Invariant.** A picture that is shown was re-encoded here. Not here: pixels.

use crate::{
    id::{FloorPlanId, MachineId, PersonId, QuestionId, RoomId},
    string_enum::string_enum,
};

/// The subject of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    Person(PersonId),
    Machine(MachineId),
    Room(RoomId),
    FloorPlan(FloorPlanId),
}

/// The path of a question's picture.
#[must_use]
pub fn question_path(question: QuestionId) -> String {
    format!("/pictures/question/{question}")
}

impl Subject {
    /// The path of the picture: `/pictures/person/7`.
    #[must_use]
    pub fn path(self) -> String {
        match self {
            Self::Person(id) => format!("/pictures/person/{id}"),
            Self::Machine(id) => format!("/pictures/machine/{id}"),
            Self::Room(id) => format!("/pictures/room/{id}"),
            Self::FloorPlan(id) => format!("/pictures/floor-plan/{id}"),
        }
    }

    /// The address of the picture that has been there since `added`, `small` for a list: another picture is another
    /// address.
    #[must_use]
    pub fn src(self, added: i64, small: bool) -> String {
        format!("{}?{}v={added}", self.path(), if small { "small&" } else { "" })
    }

    /// Parses kind and id from a path.
    #[must_use]
    pub fn read(kind: &str, id: &str) -> Option<Self> {
        let id = id.parse().ok()?;
        match kind {
            "person" => Some(Self::Person(PersonId(id))),
            "machine" => Some(Self::Machine(MachineId(id))),
            "room" => Some(Self::Room(RoomId(id))),
            "floor-plan" => Some(Self::FloorPlan(FloorPlanId(id))),
            _ => None,
        }
    }
}

/// Limit of uploaded bytes: more than any phone's photo.
pub const BYTES: usize = 20 * 1024 * 1024;
/// Limit of uploaded pixels; more would take too much memory.
pub const PIXELS: u64 = 32_000_000;
/// Pixels of one side, at most.
pub const LONGEST: u32 = 16_384;
/// The longer side of a stored picture, in pixels.
pub const SIDE: u32 = 512;
/// The longer side of a stored floor plan, in pixels: its lines and letters must be legible on a wall.
pub const PLAN_SIDE: u32 = 2_400;
/// The longer side of a list picture, in pixels.
pub const SMALL: u32 = 96;

/// The code for an intervention that already has a photo.
pub const PHOTO_THERE: &str = "intervention.photo-there";

string_enum! {
    /// Why something is not taken for a picture.
    InvalidPicture {
        Nothing = "picture.nothing",
        /// Not a picture of a supported format.
        NoPicture = "picture.none",
        /// Part of it is missing.
        Cut = "picture.cut",
        /// It is HEIC, the format of Apple phones, which most browsers cannot show.
        Heic = "picture.heic",
        /// It has too many bytes.
        Heavy = "picture.heavy",
        /// It has too many pixels.
        Large = "picture.large",
    }
}

impl InvalidPicture {
    /// The code for programs: truncated files and HEIC are reported as unsupported formats.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Cut | Self::Heic => Self::NoPicture.as_str(),
            other => other.as_str(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn picture_path_round_trips() {
        for subject in [
            Subject::FloorPlan(FloorPlanId(4)),
            Subject::Person(PersonId(7)),
            Subject::Machine(MachineId(3)),
            Subject::Room(RoomId(2)),
        ] {
            let path = subject.path();
            let mut parts = path.rsplit('/');
            let (id, kind) = (parts.next().unwrap(), parts.next().unwrap());
            assert_eq!(Subject::read(kind, id), Some(subject));
        }
        assert_eq!(Subject::read("place", "1"), None);
        assert_eq!(Subject::read("person", "x"), None);
    }
}
