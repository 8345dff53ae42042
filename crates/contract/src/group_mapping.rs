//! Rules by which groups of the directory or an identity provider give groups and qualifications here.

use domain::{
    group_mapping::{Source, Target},
    id::GroupRuleId,
    names::Name,
};
use macros::{Form, operations, view};
use serde::{Deserialize, Serialize};

operations! {
    tag Groups;

    /// List group rules
    ///
    /// Lists the rules of the directory or of an identity provider by the name of the group there. Every rule that matches counts.
    GET "group-rules" => ListGroupRules(form: GroupRuleFilter) -> GroupRules,
        page "group-rules/list", scope PeopleRead,
        lists rules by |rule: &GroupRuleView| -> (String, i64) { (rule.external.to_lowercase(), rule.id.0) };

    /// Add a group rule
    ///
    /// Adds a rule. Rules take away only what they gave; what people take away here is not given again until the group there is
    /// left. Roles of the space are given here, by people. Takes effect with the next sync or sign-in.
    POST "group-rules" => AddGroupRule(form: NewGroupRule) -> GroupRuleAdded,
        page "group-rules/add", scope PeopleWrite, makes Here as rule,
        errors ["group-rule.invalid", "group-rule.unknown-target", "group-rule.role", "group-rule.taken", "group-rule.too-many"];

    /// Remove a group rule
    ///
    /// Removes a rule. What it gave ends with the next sync or sign-in, unless another rule gives it.
    DELETE "group-rules/{id}" => RemoveGroupRule(id: GroupRuleId) -> (),
        page "group-rules/remove", scope PeopleWrite, errors ["group-rule.unknown"];
}

/// Whose rules to list.
#[derive(Debug, Clone, Copy, Form)]
pub struct GroupRuleFilter {
    /// `directory`, or `provider-7` for an identity provider.
    #[field(example = "directory")]
    pub source: Source,
}

/// A new rule.
#[derive(Debug, Clone, Form)]
pub struct NewGroupRule {
    /// `directory`, or `provider-7` for an identity provider.
    #[field(example = "directory")]
    pub source: Source,
    /// The group there, by its name or its whole distinguished name; upper and lower case are the same.
    #[field(example = "laser-course-done")]
    pub external: Name,
    /// What it gives: `group:3` for a group, or `user:7`, `trainer:7` or `owner:7` for a type.
    #[field(example = "user:3")]
    pub gives: Target,
}

/// A rule.
#[view]
pub struct GroupRuleView {
    /// Its id.
    pub id: GroupRuleId,
    /// The group there.
    #[field(example = "laser-course-done")]
    pub external: String,
    /// What it gives: `group:3`, `user:7`, `trainer:7` or `owner:7`.
    #[field(example = "user:3")]
    pub gives: String,
    /// The name of the group or the type.
    #[field(example = "Laser cutters")]
    pub name: String,
    /// Whether the group or the type is archived, so that the rule gives nothing.
    pub archived: bool,
}

/// The rules of one source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupRules {
    pub rules: Vec<GroupRuleView>,
}

/// The result of adding a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupRuleAdded {
    pub rule: GroupRuleId,
}
