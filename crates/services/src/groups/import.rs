//! Imports groups and memberships from a table, after a preview.
//!
//! **Invariants.** Lines are left out one by one, with the reason; an import removes nobody, so the same table can be imported
//! again. A table is judged as a whole: the order of its lines decides nothing. Not here: parsing cells, which is
//! `domain::imports::table`, and the export ([`crate::imports`]).

use super::{GroupsError, give_role, inform, rows};
use crate::{Ctx, change::Job};
use contract::groups::{GroupsImport, GroupsImportLine, GroupsTable};
use domain::{
    actor::{Actor, Permission, Target},
    audit::Subject,
    groups::{DEPARTMENT, LINES, LineFault, Role, last_admins},
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

/// Known groups and people while a table is read.
struct Context {
    named: BTreeMap<String, Which>,
    called: BTreeMap<String, Result<PersonId, LineFault>>,
}

/// A line that could be read.
struct Row {
    line: u32,
    which: Which,
    /// Whether it is the one that adds the group.
    is_new: bool,
    member: Option<(PersonId, Role)>,
}

/// Plans what the table as a whole changes: the order of its lines decides nothing.
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
        called: BTreeMap::new(),
    };
    let outcome = GroupsImport { done: false, groups: 0, members: 0, kept: 0, left: Vec::new() };
    let mut plan = Plan { new: Vec::new(), members: Vec::new(), outcome };
    let mut all = Vec::new();
    for (number, cells) in &read.rows {
        let is_too_long = cells.iter().skip(headings.len()).any(|cell| !cell.is_empty());
        let cell = |at: usize| {
            let at = columns.get(at).copied().flatten();
            at.and_then(|at| cells.get(at)).map_or("", |cell| cell.trim())
        };
        let cells = [cell(0), cell(1), cell(2), cell(3)];
        let row = if is_too_long {
            Err(LineFault::Cells)
        } else {
            row(conn, &mut context, &mut plan, (*number, cells)).await?
        };
        match row {
            Ok(row) => all.push(row),
            Err(why) => plan.outcome.left.push(GroupsImportLine { line: *number, why }),
        }
    }
    judge(conn, &mut plan, all).await?;
    plan.outcome.left.sort_by_key(|left| left.line);
    let count = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
    (plan.outcome.groups, plan.outcome.members) = (count(plan.new.len()), count(plan.members.len()));
    Ok(plan)
}

/// Reads a line, and adds its group to `plan` if there is none of this name.
async fn row(
    conn: &mut SqliteConnection,
    context: &mut Context,
    plan: &mut Plan,
    (line, [group, department, person, role]): (u32, [&str; 4]),
) -> Result<Result<Row, LineFault>, GroupsError> {
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
    Ok(Ok(Row { line, which, is_new, member: person.map(|person| (person, role)) }))
}

/// Adds to `plan` what the lines together change: lines that contradict each other are left out, all of them.
async fn judge(conn: &mut SqliteConnection, plan: &mut Plan, all: Vec<Row>) -> Result<(), GroupsError> {
    let mut wanted: BTreeMap<Which, BTreeMap<PersonId, BTreeSet<Role>>> = BTreeMap::new();
    for row in &all {
        if let Some((person, role)) = row.member {
            wanted.entry(row.which).or_default().entry(person).or_default().insert(role);
        }
    }
    let mut before: BTreeMap<(Which, PersonId), Role> = BTreeMap::new();
    let mut refused: BTreeSet<(Which, PersonId)> = BTreeSet::new();
    for (which, people) in &wanted {
        let members = match which {
            Which::Existing(group) => rows::roles(conn, *group).await?,
            Which::New(_) => Vec::new(),
        };
        let clear = people.iter().filter(|(_, roles)| roles.len() == 1);
        let clear: Vec<_> = clear.filter_map(|(person, roles)| Some((*person, *roles.first()?))).collect();
        refused.extend(last_admins(&members, &clear).into_iter().map(|person| (*which, person)));
        before.extend(members.into_iter().map(|member| ((*which, member.person), member.role)));
    }
    for row in all {
        let Some((person, role)) = row.member else {
            plan.outcome.kept += u32::from(!row.is_new);
            continue;
        };
        // An equal line before took it out.
        let roles = wanted.get_mut(&row.which).and_then(|people| {
            people.get(&person).filter(|roles| roles.len() == 1)?;
            people.remove(&person)
        });
        if roles.is_none() {
            plan.outcome.left.push(GroupsImportLine { line: row.line, why: LineFault::Twice });
        } else if before.get(&(row.which, person)) == Some(&role) {
            plan.outcome.kept += u32::from(!row.is_new);
        } else if refused.contains(&(row.which, person)) {
            plan.outcome.left.push(GroupsImportLine { line: row.line, why: LineFault::LastAdmin });
        } else {
            plan.members.push((row.which, person, role));
        }
    }
    // Those who become admins first: then others can step down.
    plan.members.sort_by_key(|(.., role)| *role != Role::Admin);
    Ok(())
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
