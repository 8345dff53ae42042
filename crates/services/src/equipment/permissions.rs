//! The groups that may book a machine, or the machines of a type, in their forms.

use super::{EquipmentError, ValidationError};
use crate::rooms::can_be_permitted;
use domain::id::GroupId;
use store::SqliteConnection;

/// The stored groups, as the form sends them.
pub(super) fn ids(groups: &[GroupId]) -> String {
    groups.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

/// The groups to choose from: those that are not archived, and those permitted so far.
pub(super) fn offered(all: &[(GroupId, String, bool)], so_far: &[GroupId]) -> Vec<(GroupId, String)> {
    let offered = all.iter().filter(|(group, _, archived)| !archived || so_far.contains(group));
    offered.map(|(group, name, _)| (*group, name.clone())).collect()
}

/// The chosen groups in order, each once; `None` keeps them.
pub(super) fn chosen_groups(input: Option<&[String]>, faults: &mut Vec<ValidationError>) -> Option<Vec<GroupId>> {
    let each = input?.iter().flat_map(|text| text.split(',')).map(str::trim).filter(|text| !text.is_empty());
    let Ok(mut groups) = each.map(|text| text.parse().map(GroupId)).collect::<Result<Vec<_>, _>>() else {
        faults.push(ValidationError::NoGroup);
        return None;
    };
    groups.sort_unstable();
    groups.dedup();
    Some(groups)
}

/// Fails if one of the groups is unknown, or archived and not permitted so far.
pub(super) async fn permittable(
    conn: &mut SqliteConnection,
    groups: &[GroupId],
    so_far: &[GroupId],
) -> Result<(), EquipmentError> {
    if can_be_permitted(conn, groups, so_far).await? {
        Ok(())
    } else {
        Err(EquipmentError::Invalid(vec![ValidationError::NoGroup]))
    }
}
