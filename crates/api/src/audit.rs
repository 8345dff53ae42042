//! The audit log.

use super::{
    Caller, Query, Refusal,
    input::day,
    operation::{Operation, Tag},
    paging::Page,
    when, words,
};
use contract::audit::{Entry, Filter, Value};
use domain::actor::Permission;
use domain::{actor::Channel, audit::AuditActor, tokens::Scope};
use serde::{Deserialize, Serialize};
use services::{audit, requirements::PathTarget};
use std::collections::BTreeMap;
use utoipa::ToSchema;

const LIST: &str = "listEntries";

/// The operations of this module.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/audit", LIST, list)
            .may(&[(Permission::ReadAudit, PathTarget::Space)])
            .about(
                Tag::Space,
                "List audit entries",
                "Lists the audit log of all changes, newest first. For auditors and administrators.",
            )
            .needs(Scope::SpaceRead)
            .errors::<services::audit::AuditError>(&["audit.filter"]),
    ]
}

/// Filters for audit entries.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct EntriesParams {
    /// Only entries from this day on, in the space's time zone.
    #[schema(format = Date, example = "2026-11-20")]
    from: Option<String>,
    /// Only entries up to the end of this day; must not be before `from`.
    #[schema(format = Date, example = "2026-11-20")]
    to: Option<String>,
    /// Only entries by people whose name contains this text.
    #[schema(max_length = 200, example = "ada")]
    by: String,
    /// Only actions that start with this text.
    #[schema(max_length = 200, example = "machine.")]
    action: String,
    /// Only this subject: `machine:7`, all of a kind (`machine`), or part of its name.
    #[schema(max_length = 200, example = "machine:7")]
    subject: String,
    /// The `next` of the page before.
    #[schema(min_length = 1, pattern = "^[A-Za-z0-9_-]+$")]
    after: Option<String>,
    /// The maximum number of items.
    #[schema(minimum = 1, maximum = 50, example = 50)]
    limit: Option<u32>,
}

/// An audit entry.
#[derive(Debug, Serialize, ToSchema)]
pub struct Recorded {
    /// Its sequence number.
    #[schema(example = 1042)]
    seq: i64,
    /// When it happened.
    #[schema(format = DateTime)]
    at: String,
    #[schema(schema_with = words::who)]
    by: &'static str,
    /// The id of the person who did it, while on record.
    person: Option<i64>,
    /// The name of the person who did it, while on record.
    name: Option<String>,
    #[schema(schema_with = words::channel)]
    door: Channel,
    /// The action.
    #[schema(example = "machine.added")]
    action: String,
    /// The subject of the action.
    #[schema(example = "machine:7")]
    subject: String,
    /// The subject's name, while on record.
    subject_name: Option<String>,
    /// Details: ids, codes and timestamps.
    detail: BTreeMap<String, String>,
}

/// The author of an entry: kind, id and name, while on record.
pub(super) fn who(by: AuditActor) -> (&'static str, Option<i64>, Option<String>) {
    match by {
        AuditActor::Person { id, name } => ("person", Some(id.0), Some(name)),
        AuditActor::Former => ("former", None, None),
        AuditActor::Board => ("board", None, None),
        AuditActor::Stranger => ("stranger", None, None),
        AuditActor::Toolgate => ("toolgate", None, None),
    }
}

pub(super) fn recorded(entry: Entry) -> Recorded {
    let (by, person, name) = who(entry.by);
    let detail = entry.detail.into_iter().map(|(name, value)| {
        let value = match value {
            Value::Moment(at) => when(at),
            Value::Equipment(named) => named.subject.to_string(),
            Value::Word(text) | Value::Room(text, _) => text,
            Value::Appointment(one) => one.id,
        };
        (name, value)
    });
    Recorded {
        seq: entry.seq,
        at: when(entry.at),
        by,
        person,
        name,
        door: entry.door,
        action: entry.action,
        subject: entry.subject,
        subject_name: entry.subject_name,
        detail: detail.collect(),
    }
}

async fn list(caller: Caller, Query(requested): Query<EntriesParams>) -> Result<Page<Recorded>, Refusal> {
    let (after, limit) = caller.place(LIST, requested.after.as_deref(), requested.limit)?;
    let Caller { ctx, actor, lang } = caller;
    let day = |field, given: &Option<String>| day(field, given.as_deref(), lang).map(str::to_owned);
    let (from, to) = (day("from", &requested.from)?, day("to", &requested.to)?);
    let EntriesParams { by, action, subject, .. } = requested;
    let filter = Filter { from, to, by, action, subject };
    let page = audit::page(&ctx, &actor, &filter, after.and_then(|seq| seq.parse().ok())).await?;
    Ok(Page::cut(LIST, page.entries, limit, page.older.is_some(), |entry| entry.seq).map(recorded))
}
