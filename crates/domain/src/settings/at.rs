//! Where a setting applies: the space, a type, or one machine.

use super::Scope;
use crate::id::{MachineId, TypeId};
use serde::{Deserialize, Serialize};

/// A scope of settings or hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum At {
    Space,
    Type(TypeId),
    Machine(MachineId),
}

impl At {
    /// Scope and id, as columns.
    #[must_use]
    pub const fn columns(self) -> (Scope, i64) {
        match self {
            Self::Space => (Scope::Space, 0),
            Self::Type(id) => (Scope::Type, id.0),
            Self::Machine(id) => (Scope::Machine, id.0),
        }
    }

    /// Parses `space`, `type:3`, `machine:7`; empty is the space.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        match name.trim().split_once(':') {
            None => matches!(name.trim(), "" | "space").then_some(Self::Space),
            Some(("type", id)) => Some(Self::Type(TypeId(id.parse().ok()?))),
            Some(("machine", id)) => Some(Self::Machine(MachineId(id.parse().ok()?))),
            Some(_) => None,
        }
    }
}

impl Scope {
    /// Whether this scope with `id` covers a machine of type `kind`, or the space if both are missing.
    #[must_use]
    pub fn covers(self, id: i64, kind: Option<TypeId>, machine: Option<MachineId>) -> bool {
        match self {
            Self::Space => true,
            Self::Type => kind.is_some_and(|kind| kind.0 == id),
            Self::Machine => machine.is_some_and(|machine| machine.0 == id),
        }
    }
}

impl std::fmt::Display for At {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.columns() {
            (Scope::Space, _) => f.write_str("space"),
            (scope, id) => write!(f, "{}:{id}", scope.as_str()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scope_round_trips() {
        for at in [At::Space, At::Type(TypeId(3)), At::Machine(MachineId(7))] {
            assert_eq!(At::parse(&at.to_string()), Some(at));
        }
        assert_eq!(At::parse(""), Some(At::Space));
        for wrong in ["room:1", "type:", "type:x", "spaces"] {
            assert_eq!(At::parse(wrong), None, "{wrong}");
        }
    }
}
