//! Where booking rules are configured, and which contradict each other.
//!
//! Rules that leave nothing to book (`Policy::contradictions`) are refused when saved, even if they would only
//! apply at a narrower scope.

use super::{Policy, Resource};
use crate::{
    id::RoomId,
    settings::{At, Key, Scope},
};
use serde::{Deserialize, Serialize};

impl Policy {
    /// Pairs of contradicting rules, which leave nothing to book: the first requires more than the second allows.
    #[must_use]
    pub fn contradictions(&self) -> Vec<(Key, Key)> {
        const A_DAY: u32 = 1_440;
        let (least, most, grid) = (self.least, self.most, self.grid.max(1));
        let (lead, days) = (u32::from(self.lead), u32::from(self.horizon));
        // If only today can be booked, less than a day of notice is still possible.
        let is_too_soon = if days == 0 { lead >= A_DAY } else { lead > days * A_DAY };
        let is_off_grid = least <= most && most < least.div_ceil(grid) * grid;
        let is_over = |weekly: u16| weekly > 0 && u32::from(weekly) * 60 < u32::from(least);
        let all = [
            (most < least, (Key::BookingLeast, Key::BookingMost)),
            (is_off_grid, (Key::BookingGrid, Key::BookingMost)),
            (is_too_soon, (Key::BookingLead, Key::BookingHorizon)),
            (is_over(self.weekly), (Key::BookingLeast, Key::BookingWeekly)),
            (is_over(self.group_weekly), (Key::BookingLeast, Key::BookingGroupWeekly)),
        ];
        all.into_iter().filter_map(|(holds, pair)| holds.then_some(pair)).collect()
    }

    /// The length of those that are offered that is nearest to `minutes`, or to an hour.
    #[must_use]
    pub fn length(&self, minutes: Option<u16>) -> u16 {
        const USUAL: u16 = 60;
        let lengths = self.lengths();
        let requested = minutes.unwrap_or(USUAL);
        let is_allowed = minutes.is_some()
            && requested.is_multiple_of(self.grid.max(1))
            && (self.least..=self.most).contains(&requested);
        let nearest = lengths.into_iter().min_by_key(|length| length.abs_diff(requested));
        if is_allowed { requested } else { nearest.unwrap_or(requested) }
    }
}

/// The scope of rules: the space, a type or a machine, or a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RulesAt {
    /// A scope of settings.
    Scope(At),
    /// A room: it has no settings of its own and follows the space.
    Room(RoomId),
}

impl RulesAt {
    /// Parses `room:2`, or what [`At::parse`] accepts.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        match Resource::parse(name) {
            Some(Resource::Room(room)) => Some(Self::Room(room)),
            Some(Resource::Machine(_)) | None => At::parse(name).map(Self::Scope),
        }
    }

    /// Where its rules are set, or the rules it follows.
    #[must_use]
    pub const fn settings_at(self) -> At {
        match self {
            Self::Scope(at) => at,
            Self::Room(_) => At::Space,
        }
    }

    /// Its own scope of settings; `None` if it has none.
    #[must_use]
    pub const fn scope(self) -> Option<Scope> {
        match self {
            Self::Scope(at) => Some(at.columns().0),
            Self::Room(_) => None,
        }
    }

    /// The machine or room, if it is one.
    #[must_use]
    pub const fn resource(self) -> Option<Resource> {
        match self {
            Self::Scope(At::Machine(machine)) => Some(Resource::Machine(machine)),
            Self::Scope(At::Space | At::Type(_)) => None,
            Self::Room(room) => Some(Resource::Room(room)),
        }
    }
}

impl std::fmt::Display for RulesAt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Scope(at) => write!(f, "{at}"),
            Self::Room(room) => write!(f, "{}", Resource::Room(*room)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{MachineId, TypeId};

    #[test]
    fn rules_that_allow_no_booking_are_contradictions() {
        let usual = Policy::default();
        assert_eq!(usual.contradictions(), []);
        let length = (Key::BookingLeast, Key::BookingMost);
        let ahead = (Key::BookingLead, Key::BookingHorizon);
        for (policy, pairs) in [
            (Policy { least: 240, ..usual }, vec![]),
            (Policy { least: 241, ..usual }, vec![length]),
            (Policy { least: 20, most: 25, ..usual }, vec![(Key::BookingGrid, Key::BookingMost)]),
            (Policy { least: 20, most: 30, ..usual }, vec![]),
            (Policy { lead: 2_880, horizon: 2, ..usual }, vec![]),
            (Policy { lead: 2_881, horizon: 2, ..usual }, vec![ahead]),
            (Policy { lead: 1_439, horizon: 0, ..usual }, vec![]),
            (Policy { lead: 1_440, horizon: 0, ..usual }, vec![ahead]),
            (Policy { least: 90, weekly: 1, ..usual }, vec![(Key::BookingLeast, Key::BookingWeekly)]),
            (Policy { least: 90, group_weekly: 1, ..usual }, vec![(Key::BookingLeast, Key::BookingGroupWeekly)]),
            (Policy { least: 90, weekly: 0, ..usual }, vec![]),
            (Policy { least: 300, lead: 1_440, horizon: 0, ..usual }, vec![length, ahead]),
        ] {
            assert_eq!(policy.contradictions(), pairs, "{policy:?}");
        }
    }

    #[test]
    fn rules_scope_round_trips() {
        let message = [At::Space, At::Type(TypeId(3)), At::Machine(MachineId(7))].map(RulesAt::Scope);
        for at in message.into_iter().chain([RulesAt::Room(RoomId(2))]) {
            assert_eq!(RulesAt::parse(&at.to_string()), Some(at));
        }
        for wrong in ["room:", "room:x", "tree:1"] {
            assert_eq!(RulesAt::parse(wrong), None, "{wrong}");
        }
        assert_eq!(RulesAt::Room(RoomId(2)).settings_at(), At::Space, "a room follows the workshop");
    }
}
