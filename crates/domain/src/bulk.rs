//! Bulk actions: one action on many people.
//!
//! Invariant: a bulk action is the single action on each person, by the same rules; a refusal is reported with its
//! reason and does not affect the others.

use crate::qualifications::Subject;
use serde::{Deserialize, Serialize};

/// Limit of people per action: more than fit on a screen.
pub const MOST: usize = 200;

/// The action for each person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum BulkAction {
    Suspend,
    Readmit,
    /// Gets another link to choose their first password.
    Invite,
    Grant(Subject),
    Revoke(Subject),
}

impl BulkAction {
    /// The form value: `grant:type:3`.
    #[must_use]
    pub fn to_code(self) -> String {
        match self {
            Self::Suspend => "suspend".to_owned(),
            Self::Readmit => "readmit".to_owned(),
            Self::Invite => "invite".to_owned(),
            Self::Grant(on) => format!("grant:{on}"),
            Self::Revoke(on) => format!("revoke:{on}"),
        }
    }

    /// Parses a form value; `None` if invalid.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        match name.split_once(':') {
            None if name == "suspend" => Some(Self::Suspend),
            None if name == "readmit" => Some(Self::Readmit),
            None if name == "invite" => Some(Self::Invite),
            Some(("grant", on)) => Subject::parse(on).map(Self::Grant),
            Some(("revoke", on)) => Subject::parse(on).map(Self::Revoke),
            None | Some(_) => None,
        }
    }

    /// The opposite action; none for a mail.
    #[must_use]
    pub const fn undone_by(self) -> Option<Self> {
        match self {
            Self::Suspend => Some(Self::Readmit),
            Self::Readmit => Some(Self::Suspend),
            Self::Invite => None,
            Self::Grant(on) => Some(Self::Revoke(on)),
            Self::Revoke(on) => Some(Self::Grant(on)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{MachineId, TypeId};

    #[test]
    fn bulk_action_round_trips_and_double_undo_is_identity() {
        let on = [Subject::Type(TypeId(3)), Subject::Machine(MachineId(7))];
        let actions = on.into_iter().flat_map(|on| [BulkAction::Grant(on), BulkAction::Revoke(on)]);
        for action in actions.chain([BulkAction::Suspend, BulkAction::Readmit]) {
            assert_eq!(BulkAction::parse(&action.to_code()), Some(action));
            assert_eq!(action.undone_by().and_then(BulkAction::undone_by), Some(action));
        }
        assert_eq!(BulkAction::parse(&BulkAction::Invite.to_code()), Some(BulkAction::Invite));
        assert_eq!(BulkAction::Invite.undone_by(), None, "what was mailed is out");
        for wrong in ["", "erase", "grant", "grant:", "grant:type:x", "suspend:type:3"] {
            assert_eq!(BulkAction::parse(wrong), None, "{wrong}");
        }
    }
}
