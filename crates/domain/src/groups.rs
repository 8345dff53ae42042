//! Groups: people who book together – a class, a lab, a project – and their admins.
//!
//! Invariant: a group that has an admin does not lose the last one, unless that person leaves the space. Not here: what a group
//! has booked ([`crate::bookings`]).

use crate::{id::PersonId, string_enum::string_enum};
use std::time::Duration;

/// Limit of characters of a department's name.
pub const DEPARTMENT: usize = 200;
/// How long an invitation and a group's link are valid: as long as an invitation to the space.
pub const INVITATION: Duration = Duration::from_hours(7 * 24);
/// Invitations of one group that are open at once, so that nobody mails the whole space.
pub const INVITATIONS: usize = 200;

string_enum! {
    /// What a member may do in a group; a later one may do more.
    Role {
        /// Books for the group.
        Member = "member",
        /// Decides about its members, too.
        Admin = "admin",
    }
}

string_enum! {
    /// Why a line of a table of groups is left out.
    LineFault {
        /// Without a name, or with one that is too long.
        Group = "group",
        /// The department's name is too long.
        Department = "department",
        /// Nobody has that address or name, or several do.
        Person = "person",
        /// Suspended, or no member of the space.
        Inactive = "inactive",
        /// Neither `admin` nor `member`.
        Role = "role",
        /// Another line names the same person in the same group: an equal one before it, or one with another role.
        Twice = "twice",
        /// The group would lose its last admin.
        LastAdmin = "last-admin",
        /// It has more cells than there are headings.
        Cells = "cells",
    }
}

/// Lines of one table of groups, at most.
pub const LINES: usize = 5_000;
/// Characters of one table of groups, at most.
pub const TABLE: usize = 200_000;

/// A member of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Membership {
    pub person: PersonId,
    pub role: Role,
    /// Whether they are an active member of the space: a suspended admin cannot decide.
    pub active: bool,
}

impl Membership {
    #[must_use]
    pub fn is_active_admin(&self) -> bool {
        self.active && self.role == Role::Admin
    }
}

/// It would leave the group without an admin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastAdmin;

/// Whether `person`, one of `members`, can stop being an admin: by leaving, or by becoming a mere member.
pub fn can_step_down(members: &[Membership], person: PersonId) -> Result<(), LastAdmin> {
    let mut admins = members.iter().filter(|member| member.is_active_admin()).map(|member| member.person);
    match (admins.next(), admins.next()) {
        (Some(only), None) if only == person => Err(LastAdmin),
        _ => Ok(()),
    }
}

/// Those of `wanted`, whose roles all change at once, who cannot become mere members, because no active admin would be left. All of
/// them, because the order in which they are named decides nothing. The people in `wanted` are active.
#[must_use]
pub fn last_admins(members: &[Membership], wanted: &[(PersonId, Role)]) -> Vec<PersonId> {
    let role_of = |person| wanted.iter().find(|(wanted, _)| *wanted == person).map(|(_, role)| *role);
    let has_admin = wanted.iter().any(|(_, role)| *role == Role::Admin)
        || members.iter().any(|member| member.is_active_admin() && role_of(member.person).is_none());
    if has_admin {
        return Vec::new();
    }
    members.iter().filter(|member| member.is_active_admin()).map(|member| member.person).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn members(roles: &[Role]) -> Vec<Membership> {
        let people = (1..).map(PersonId);
        people.zip(roles).map(|(person, role)| Membership { person, role: *role, active: true }).collect()
    }

    #[test]
    fn only_admin_cannot_step_down_until_there_is_another() {
        let [admin, member] = [PersonId(1), PersonId(2)];
        let alone = members(&[Role::Admin, Role::Member]);
        assert_eq!(can_step_down(&alone, admin), Err(LastAdmin));
        assert_eq!(can_step_down(&alone, member), Ok(()));
        assert_eq!(can_step_down(&members(&[Role::Admin, Role::Admin]), admin), Ok(()));
        let mut suspended = members(&[Role::Admin, Role::Admin]);
        suspended[1].active = false;
        assert_eq!(can_step_down(&suspended, admin), Err(LastAdmin), "the other cannot decide");
    }

    #[test]
    fn roles_that_change_at_once_leave_an_active_admin_in_any_order() {
        let [ada, bob, eve] = [PersonId(1), PersonId(2), PersonId(3)];
        let group = members(&[Role::Admin, Role::Member, Role::Admin]);
        let [down, up] = [(ada, Role::Member), (bob, Role::Admin)];
        for wanted in [[down, up], [up, down]] {
            assert_eq!(last_admins(&group, &wanted), [], "{wanted:?}");
        }
        assert_eq!(last_admins(&group, &[down]), [], "Eve is left");
        for wanted in [[down, (eve, Role::Member)], [(eve, Role::Member), down]] {
            assert_eq!(last_admins(&group, &wanted), [ada, eve], "{wanted:?}");
        }
        let mut suspended = group.clone();
        suspended[2].active = false;
        assert_eq!(last_admins(&suspended, &[down]), [ada], "Eve cannot decide");
        assert_eq!(last_admins(&members(&[Role::Member]), &[(ada, Role::Member)]), []);
    }

    proptest! {
        #[test]
        fn members_leaving_in_any_order_preserve_an_admin(
            roles in proptest::collection::vec(prop::sample::select(&[Role::Member, Role::Admin][..]), 1..8),
            leavers in proptest::collection::vec(1_i64..9, 0..20),
        ) {
            let mut members = members(&roles);
            let had_admin = members.iter().any(|member| member.role == Role::Admin);
            for leaver in leavers.into_iter().map(PersonId) {
                if can_step_down(&members, leaver).is_ok() {
                    members.retain(|member| member.person != leaver);
                }
            }
            prop_assert_eq!(members.iter().any(|member| member.role == Role::Admin), had_admin);
        }
    }
}
