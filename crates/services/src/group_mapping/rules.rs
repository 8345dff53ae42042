//! The rules of the directory and of identity providers: listed, added and removed.
//!
//! Invariant: no rule gives a role of the space or the system. Not here: applying them ([`super::apply`]).

use crate::{Ctx, change::Job, serve::bind};
use contract::{
    form::Faults,
    group_mapping::{
        AddGroupRule, GroupRuleAdded, GroupRuleFilter, GroupRuleView, GroupRules, ListGroupRules, NewGroupRule,
        RemoveGroupRule,
    },
};
use domain::{
    actor::{Actor, Forbidden},
    audit::Subject,
    group_mapping::{RULES, Source, Target},
    id::GroupRuleId,
    live::ChangeEvent,
    qualifications::{self, Relation},
};
use macros::ServiceError;
use serde_json::json;
use store::{
    Done, SqliteConnection, StoreError,
    group_mapping::{self as rows, RuleRow},
    groups,
    qualifications::equipment,
};

/// Why a rule is refused.
#[derive(Debug, Clone, ServiceError)]
pub enum GroupMappingError {
    #[problem("group-rule.unknown", NotFound, group_rule_unknown)]
    Unknown,
    /// There is no such group or type in use.
    #[problem("group-rule.unknown-target", Invalid, at("gives", group_rule_no_target))]
    UnknownTarget,
    /// It would give a role of the space.
    #[problem("group-rule.role", Invalid, at("gives", group_rule_no_role))]
    Role,
    #[problem("group-rule.taken", Conflict, at("external", group_rule_taken))]
    Taken,
    #[problem("group-rule.too-many", Conflict, group_rule_too_many(&RULES.to_string()))]
    TooMany,
    #[problem("group-rule.invalid", Invalid, each)]
    Invalid(#[from] Faults),
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

bind! {
    error GroupMappingError;
    ListGroupRules {} with form, may SeePeople => list;
    AddGroupRule {} with form, may SyncPeople, in job => add;
    RemoveGroupRule { id }, may SyncPeople, in job => remove;
}

async fn list(ctx: &Ctx, _: &Actor, filter: GroupRuleFilter) -> Result<GroupRules, GroupMappingError> {
    Ok(GroupRules { rules: views(&mut *ctx.store().read().await?, filter.source).await? })
}

/// The rules of `source`, by the group there.
pub(crate) async fn views(conn: &mut SqliteConnection, source: Source) -> Result<Vec<GroupRuleView>, StoreError> {
    Ok(rows::rules(conn, source).await?.into_iter().map(to_view).collect())
}

fn to_view(RuleRow { rule, name, archived }: RuleRow) -> GroupRuleView {
    GroupRuleView { id: rule.id, external: rule.external, gives: rule.target.to_string(), name, archived }
}

/// What a rule may give, with its name: groups first, then types, each for those who may use it and those who train it.
pub(crate) async fn targets(conn: &mut SqliteConnection) -> Result<Vec<(Target, String)>, StoreError> {
    let groups = groups::names(conn).await?.into_iter().filter(|(.., archived)| !archived);
    let mut all: Vec<_> = groups.map(|(group, name, _)| (Target::Group(group), name)).collect();
    for thing in equipment(conn, None).await? {
        if let qualifications::Subject::Type(kind) = thing.subject
            && !thing.archived
            && thing.built_in.is_none()
        {
            let each =
                Relation::ALL.iter().map(|relation| (Target::Qualification(kind, *relation), thing.name.clone()));
            all.extend(each);
        }
    }
    Ok(all)
}

async fn add(job: &mut Job<'_>, new: NewGroupRule) -> Result<Done<GroupRuleAdded>, GroupMappingError> {
    let NewGroupRule { source, external, gives } = new;
    if !gives.may_be_given() {
        return Err(GroupMappingError::Role);
    }
    if !targets(job.tx.conn()).await?.iter().any(|(target, _)| *target == gives) {
        return Err(GroupMappingError::UnknownTarget);
    }
    if rows::rules(job.tx.conn(), source).await?.len() >= RULES {
        return Err(GroupMappingError::TooMany);
    }
    let added = rows::add(job.tx, source, external.as_str(), gives, job.now).await;
    let rule = added.map_err(|why| match why {
        StoreError::Unique(_) => GroupMappingError::Taken,
        why => why.into(),
    })?;
    job.tx.after_commit(ChangeEvent::Groups);
    let detail =
        json!({ "source": source.to_string(), "external": external.as_str(), "gives": gives.to_string() });
    job.audited(GroupRuleAdded { rule }, "group-rule.added", Subject::Space, &detail).await
}

async fn remove(job: &mut Job<'_>, id: GroupRuleId) -> Result<Done<()>, GroupMappingError> {
    let (source, rule) = rows::rule(job.tx.conn(), id).await?.ok_or(GroupMappingError::Unknown)?;
    rows::remove(job.tx, id).await?;
    job.tx.after_commit(ChangeEvent::Groups);
    let detail =
        json!({ "source": source.to_string(), "external": rule.external, "gives": rule.target.to_string() });
    job.audited((), "group-rule.removed", Subject::Space, &detail).await
}
