//! Imports groups and memberships from a table, after a preview.
//!
//! **Invariants.** Lines are left out one by one, with the reason; an import removes nobody, so the same table can be imported
//! again. Not here: parsing cells, which is `domain::imports::table`, and the export ([`crate::imports`]).

use super::{GroupsError, give_role, inform, rows};
use crate::{Ctx, change::Job};
use contract::groups::{GroupsImport, GroupsImportLine, GroupsTable};
use domain::{
    actor::{Actor, Permission, Target},
    audit::Subject,
    groups::{DEPARTMENT, LINES, LineFault, Membership, Role, can_step_down},
    id::{GroupId, PersonId},
    imports::table::table,
    live::ChangeEvent,
    names::{Line, Name},
    notices::GroupNews,
    people::{PersonStatus, folded::folded},
};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};
use store::{Done, SqliteConnection, Unaudited, groups::NewGroup, people};

/// The columns that are read, by their headings; the first must be there.
const COLUMNS: [&str; 4] = ["group", "department", "person", "role"];

/// A group of the table: one that exists, or a new one by its place among the new ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Which {
    Existing(GroupId),
    New(usize),
}

/// All that an import would change.
struct Plan {
    new: Vec<NewGroup>,
    members: Vec<(Which, PersonId, Role)>,
    outcome: GroupsImport,
}

/// Imports a table of groups and their members, or previews that.
pub(super) async fn import(ctx: &Ctx, actor: &Actor, form: GroupsTable) -> Result<GroupsImport, GroupsError> {
    let GroupsTable { table, apply } = form;
    let text = table.as_str().to_owned();
    if !apply {
        return Ok(plan(&mut *ctx.store().snapshot().await?, &text).await?.outcome);
    }
    ctx.change(actor, Permission::ChangeGroups, Target::NONE, async move |job| {
        let plan = plan(job.tx.conn(), &text).await?;
        let outcome = GroupsImport { done: true, ..plan.outcome.clone() };
        if plan.new.is_empty() && plan.members.is_empty() {
            return Ok(Done::unaudited(outcome, Unaudited::NothingChanged));
        }
        write(job, plan).await?;
        job.tx.after_commit(ChangeEvent::Groups);
        let detail = json!({ "groups": outcome.groups, "members": outcome.members });
        job.audited(outcome, "group.imported", Subject::Space, &detail).await
    })
    .await
}

async fn write(job: &mut Job<'_>, plan: Plan) -> Result<(), GroupsError> {
    let mut added = Vec::new();
    for new in &plan.new {
        added.push(rows::add(job.tx, new, job.now).await.map_err(super::name_taken)?);
    }
    for (which, person, role) in plan.members {
        let group = match which {
            Which::Existing(group) => group,
            Which::New(at) => match added.get(at) {
                Some(group) => *group,
                None => continue,
            },
        };
        let members = rows::roles(job.tx.conn(), group).await?;
        if members.iter().any(|member| member.person == person) {
            give_role(job, group, &members, person, role).await?;
        } else {
            rows::put_in(job.tx, group, person, role, job.now).await?;
            inform(job, person, group, GroupNews::Admitted).await?;
        }
    }
    Ok(())
}

/// The state of groups during an import, including the lines already read.
struct Context {
    named: BTreeMap<String, Which>,
    members: BTreeMap<Which, Vec<Membership>>,
    called: BTreeMap<String, Result<PersonId, LineFault>>,
    seen: BTreeSet<(Which, PersonId)>,
}

async fn plan(conn: &mut SqliteConnection, text: &str) -> Result<Plan, GroupsError> {
    let read = table(text.as_bytes()).map_err(GroupsError::Unread)?;
    if read.rows.len() > LINES {
        return Err(GroupsError::TooManyLines);
    }
    let headings: Vec<String> = read.headings.iter().map(|heading| heading.trim().to_lowercase()).collect();
    let columns = COLUMNS.map(|name| headings.iter().position(|heading| heading == name));
    if columns[0].is_none() {
        return Err(GroupsError::NoColumn(COLUMNS[0]));
    }
    let known = rows::names(conn).await?.into_iter().filter(|(.., archived)| !archived);
    let mut context = Context {
        named: known.map(|(group, name, _)| (folded(&name), Which::Existing(group))).collect(),
        members: BTreeMap::new(),
        called: BTreeMap::new(),
        seen: BTreeSet::new(),
    };
    let outcome = GroupsImport { done: false, groups: 0, members: 0, kept: 0, left: Vec::new() };
    let mut plan = Plan { new: Vec::new(), members: Vec::new(), outcome };
    for (number, cells) in &read.rows {
        let is_too_long = cells.iter().skip(headings.len()).any(|cell| !cell.is_empty());
        let cell = |at: usize| {
            let at = columns.get(at).copied().flatten();
            at.and_then(|at| cells.get(at)).map_or("", |cell| cell.trim())
        };
        let line = [cell(0), cell(1), cell(2), cell(3)];
        let judged =
            if is_too_long { Err(LineFault::Cells) } else { judge(conn, &mut context, &mut plan, line).await? };
        match judged {
            Ok(true) => {}
            Ok(false) => plan.outcome.kept += 1,
            Err(why) => plan.outcome.left.push(GroupsImportLine { line: *number, why }),
        }
    }
    let count = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
    (plan.outcome.groups, plan.outcome.members) = (count(plan.new.len()), count(plan.members.len()));
    Ok(plan)
}

/// Adds what a line changes to `plan`; returns whether it changes anything.
async fn judge(
    conn: &mut SqliteConnection,
    context: &mut Context,
    plan: &mut Plan,
    [group, department, person, role]: [&str; 4],
) -> Result<Result<bool, LineFault>, GroupsError> {
    let Ok(name) = Name::new(group) else { return Ok(Err(LineFault::Group)) };
    let Ok(department) = Line::<DEPARTMENT>::new(department) else { return Ok(Err(LineFault::Department)) };
    let role = match role.to_lowercase().as_str() {
        "" => Some(Role::Member),
        code => Role::parse(code),
    };
    let Some(role) = role else { return Ok(Err(LineFault::Role)) };
    let person = match person {
        "" => None,
        input => match find(conn, context, input).await? {
            Ok(person) => Some(person),
            Err(why) => return Ok(Err(why)),
        },
    };
    let name = String::from(name);
    let (which, is_new) = match context.named.entry(folded(&name)) {
        Entry::Occupied(known) => (*known.get(), false),
        Entry::Vacant(place) => {
            let which = Which::New(plan.new.len());
            plan.new.push(NewGroup { name, department: department.into() });
            (*place.insert(which), true)
        }
    };
    let Some(person) = person else { return Ok(Ok(is_new)) };
    if !context.seen.insert((which, person)) {
        return Ok(Err(LineFault::Twice));
    }
    let members = match context.members.entry(which) {
        Entry::Occupied(known) => known.into_mut(),
        Entry::Vacant(place) => place.insert(match which {
            Which::Existing(group) => rows::roles(conn, group).await?,
            Which::New(_) => Vec::new(),
        }),
    };
    match members.iter().find(|member| member.person == person) {
        Some(member) if member.role == role => return Ok(Ok(is_new)),
        Some(_) if role == Role::Member && can_step_down(members, person).is_err() => {
            return Ok(Err(LineFault::LastAdmin));
        }
        _ => {}
    }
    members.retain(|member| member.person != person);
    members.push(Membership { person, role, active: true });
    plan.members.push((which, person, role));
    Ok(Ok(true))
}

/// The active person with this address or whole name.
async fn find(
    conn: &mut SqliteConnection,
    context: &mut Context,
    input: &str,
) -> Result<Result<PersonId, LineFault>, GroupsError> {
    if let Some(known) = context.called.get(input) {
        return Ok(*known);
    }
    let found = match people::called(conn, input).await?.as_slice() {
        [(person, _)] => match people::standing(conn, *person).await? {
            Some((PersonStatus::Active, _)) => Ok(*person),
            _ => Err(LineFault::Inactive),
        },
        _ => Err(LineFault::Person),
    };
    context.called.insert(input.to_owned(), found);
    Ok(found)
}
