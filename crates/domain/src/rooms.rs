//! Rooms: the equipment in them, and the limits of their texts.
//!
//! Invariant: equipment is listed once per room, however its name is spelled. Not here: who may book a room and when
//! ([`crate::bookings`]).

use crate::{
    names::{self, Unnamed},
    people::folded::folded,
};

/// Limit of things in one room.
pub const EQUIPMENT: usize = 40;
/// Limit of characters of the name of one of them.
pub const EQUIPMENT_NAME: usize = 40;
/// Limit of characters of a room's note.
pub const NOTE: usize = 2_000;
/// Limit of characters of the reason for which a room cannot be booked.
pub const CLOSED: usize = 200;

/// The equipment of a room by name, each once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Equipment(Vec<String>);

/// Why a list is no equipment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvalidEquipment {
    /// More than [`EQUIPMENT`] things.
    Many,
    /// A name of more than [`EQUIPMENT_NAME`] characters.
    Long,
    /// A name with control characters.
    Control,
}

impl Equipment {
    /// From names, several of which a text may list: `Beamer, whiteboard`.
    pub fn parse<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Self, InvalidEquipment> {
        let mut all: Vec<String> = Vec::new();
        for text in texts.into_iter().flat_map(|text| text.split([',', ';', '\n'])) {
            let name = match names::name(text) {
                Ok(name) if name.chars().count() <= EQUIPMENT_NAME => name,
                Err(Unnamed::Empty) => continue,
                Ok(_) | Err(Unnamed::Long) => return Err(InvalidEquipment::Long),
                Err(Unnamed::Control) => return Err(InvalidEquipment::Control),
            };
            if !all.iter().any(|other| is_same(other, &name)) {
                all.push(name);
            }
        }
        if all.len() > EQUIPMENT {
            return Err(InvalidEquipment::Many);
        }
        all.sort_by_key(|name| folded(name));
        Ok(Self(all))
    }

    /// The same, spelled as it is elsewhere.
    #[must_use]
    pub fn spelled_like(self, in_use: &[String]) -> Self {
        let spelled = |name: String| in_use.iter().find(|other| is_same(other, &name)).cloned().unwrap_or(name);
        Self(self.0.into_iter().map(spelled).collect())
    }

    /// The names, in alphabetical order.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.0
    }
}

/// Whether two names mean the same thing: they differ only in case and accents.
#[must_use]
pub fn is_same(one: &str, other: &str) -> bool {
    folded(one) == folded(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(texts: &[&str]) -> Result<Vec<String>, InvalidEquipment> {
        Equipment::parse(texts.iter().copied()).map(|all| all.names().to_vec())
    }

    #[test]
    fn equipment_is_listed_once_in_order() {
        assert_eq!(parse(&["whiteboard", " Beamer ,beamer; BEAMER\n", ""]).unwrap(), ["Beamer", "whiteboard"]);
        assert_eq!(parse(&["Caffè", "caffe"]).unwrap(), ["Caffè"]);
        assert_eq!(parse(&[" , ;"]).unwrap(), Vec::<String>::new());
    }

    #[test]
    fn invalid_equipment_names_the_reason() {
        let long = "x".repeat(EQUIPMENT_NAME + 1);
        assert_eq!(parse(&[&long]), Err(InvalidEquipment::Long));
        assert_eq!(parse(&["Bea\u{7}mer"]), Err(InvalidEquipment::Control));
        let many = (0..=EQUIPMENT).map(|at| format!("thing {at}")).collect::<Vec<_>>().join(",");
        assert_eq!(parse(&[&many]), Err(InvalidEquipment::Many));
        let (most, _) = many.rsplit_once(',').unwrap();
        assert_eq!(parse(&[most]).unwrap().len(), EQUIPMENT);
    }

    #[test]
    fn equipment_takes_the_spelling_in_use() {
        let typed = Equipment::parse(["beamer, Piano"]).unwrap();
        assert_eq!(typed.spelled_like(&["Beamer".into(), "Sink".into()]).names(), ["Beamer", "Piano"]);
    }
}
