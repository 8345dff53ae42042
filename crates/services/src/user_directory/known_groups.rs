//! The groups that the last reading found, so that rules that match none of them are named.
//!
//! Invariant: it stays in memory, for the settings by which it was read. Not here: what rules give ([`crate::group_mapping`]).

use super::Memory;
use crate::Ctx;
use contract::group_mapping::GroupRuleView;
use domain::{group_mapping::GroupKey, user_directory::sync::FoundPerson};
use std::{collections::HashSet, sync::Arc};

/// The groups of everybody in the directory.
#[derive(Clone)]
pub(super) struct KnownGroups {
    /// The version of the settings by which they were read.
    version: i64,
    groups: Arc<HashSet<GroupKey>>,
}

/// Keeps the groups of `found` in place of those before.
pub(super) fn keep(ctx: &Ctx, version: i64, found: &[FoundPerson]) {
    let names: HashSet<&str> = found.iter().flat_map(|entry| &entry.groups).map(String::as_str).collect();
    let groups = Arc::new(names.into_iter().map(GroupKey::of).collect());
    *ctx.memory::<Memory>().groups.lock() = Some(KnownGroups { version, groups });
}

/// Forgets them.
pub(super) fn forget(ctx: &Ctx) {
    *ctx.memory::<Memory>().groups.lock() = None;
}

/// The rules whose group nobody in the directory has; none as long as it was not read by the settings of `version`.
pub(super) fn unmatched(ctx: &Ctx, version: i64, rules: &[GroupRuleView]) -> Vec<GroupRuleView> {
    let known = ctx.memory::<Memory>().groups.lock().clone().filter(|known| known.version == version);
    let Some(KnownGroups { groups, .. }) = known else { return Vec::new() };
    rules.iter().filter(|rule| !groups.contains(&GroupKey::of(&rule.external))).cloned().collect()
}
