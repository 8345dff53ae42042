//! The audit chain, for its readers; and verifying it, for anyone who has the file.

use crate::{Ctx, qualifications::named};
use contract::audit::{Appointment, Entry, Filter, Page, Value};
use data_encoding::HEXLOWER;
use domain::{
    actor::{Actor, Forbidden, Permission, Target},
    audit::{PAGE, WORD, by},
    id::TypeId,
    qualifications::Subject,
    time::{Date, Millis},
    zone::Zone,
};
use macros::{FieldError, ServiceError};
use std::path::Path;
use store::{
    OpenError, SqliteConnection, StoreError,
    audit::{self, AuditFilter, Kind, Row, Thing, Verdict},
    qualifications::{self, Equipment},
};

/// Why there is nothing to read.
#[derive(Debug, Clone, ServiceError)]
pub enum AuditError {
    /// Not everybody may read it.
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    /// These fields of the filter cannot be meant.
    #[problem("audit.filter", Invalid, each(audit_filter_invalid))]
    Filter(Vec<InvalidFilter>),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

/// A field of the filter that cannot be meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FieldError)]
pub enum InvalidFilter {
    /// It ends before it begins.
    #[field("to", audit_backwards)]
    Backwards,
    /// It is no day; the field.
    #[field(_0, audit_no_day)]
    Day(&'static str),
    /// A search text is too long; the field.
    #[field(_0, audit_too_long)]
    Long(&'static str),
}

impl InvalidFilter {
    #[must_use]
    pub const fn field(self) -> &'static str {
        match self {
            Self::Backwards => "to",
            Self::Day(field) | Self::Long(field) => field,
        }
    }

    /// A stable code.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Backwards => "backwards",
            Self::Day(_) => "day",
            Self::Long(_) => "long",
        }
    }
}

/// A page of the entries that match `filter`, newest first; older than the entry `before`, if given.
pub async fn page(ctx: &Ctx, actor: &Actor, filter: &Filter, before: Option<i64>) -> Result<Page, AuditError> {
    actor.require(Permission::ReadAudit, Target::NONE)?;
    let requested = read_filter(filter, before, ctx.space().zone).map_err(AuditError::Filter)?;
    let now = ctx.now();
    // One more than is shown: whether there are older ones.
    let mut snapshot = ctx.store().snapshot().await?;
    let mut rows = audit::newest(&mut snapshot, &requested, limit() + 1).await?;
    let equipment = qualifications::equipment(&mut snapshot, None).await?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let older = rows.last().filter(|_| more).map(|row| row.seq);
    let things = things(&mut snapshot, &rows).await?;
    let names = Names { equipment: &equipment, things: &things };
    let entries = rows.into_iter().map(|row| entry(ctx, row, names)).collect();
    Ok(Page { now: ctx.moment(now), entries, older })
}

fn limit() -> i64 {
    i64::try_from(PAGE).unwrap_or(i64::MAX - 1)
}

fn read_filter(filter: &Filter, before: Option<i64>, zone: Zone) -> Result<AuditFilter, Vec<InvalidFilter>> {
    let mut invalid = Vec::new();
    let mut date = |field, input: &str| {
        let date = Date::from_iso(input.trim());
        if date.is_none() && !input.trim().is_empty() {
            invalid.push(InvalidFilter::Day(field));
        }
        date
    };
    let (from, to) = (date("from", &filter.from), date("to", &filter.to));
    if from.zip(to).is_some_and(|(from, to)| to < from) {
        invalid.push(InvalidFilter::Backwards);
    }
    let words = [("by", &filter.by), ("action", &filter.action), ("subject", &filter.subject)];
    let long = words.into_iter().filter(|(_, name)| name.chars().count() > WORD);
    invalid.extend(long.map(|(field, _)| InvalidFilter::Long(field)));
    if !invalid.is_empty() {
        return Err(invalid);
    }
    Ok(AuditFilter {
        from: from.map(|day| zone.start_of(day)),
        until: to.map(|day| zone.start_of(Date::from_days(day.days() + 1))),
        by: filter.by.trim().to_owned(),
        action: filter.action.trim().to_owned(),
        subject: filter.subject.trim().to_owned(),
        before,
    })
}

/// Names of the ids in entries.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Names<'a> {
    pub equipment: &'a [Equipment],
    /// Of [`things`].
    pub things: &'a [Thing],
}

/// The bookings, checkouts, places on waiting lists and rooms that `rows` name.
pub(crate) async fn things(conn: &mut SqliteConnection, rows: &[Row]) -> Result<Vec<Thing>, StoreError> {
    let details = rows.iter().filter_map(|row| serde_json::from_str(&row.detail).ok());
    let pairs = details.flat_map(|detail: serde_json::Map<String, serde_json::Value>| detail.into_iter());
    let requested: Vec<_> = pairs.filter_map(|(name, value)| thing(&name, &value)).collect();
    audit::things(conn, &requested).await
}

/// Which of them a particular names.
fn thing(name: &str, value: &serde_json::Value) -> Option<(Kind, i64)> {
    let kind = match name {
        "booking" => Kind::Booking,
        "appointment" => Kind::Checkout,
        "waiting" => Kind::Waiting,
        "group" => Kind::Group,
        "resource" | "from" | "to" => {
            return match value.as_str()?.parse().ok()? {
                domain::audit::Subject::Room(id) => Some((Kind::Room, id.0)),
                _ => None,
            };
        }
        _ => return None,
    };
    Some((kind, value.as_i64()?))
}

/// An entry for display, in the space's time and with its subject by name.
pub(crate) fn entry(ctx: &Ctx, row: Row, names: Names<'_>) -> Entry {
    Entry {
        seq: row.seq,
        at: ctx.moment(row.at),
        by: by(row.somebody, row.by, row.door),
        door: row.door,
        action: row.action,
        subject: row.subject,
        subject_name: row.subject_name,
        detail: particulars(ctx, &row.detail, names),
    }
}

/// Details that are instants, by key: other large numbers are just numbers.
const INSTANTS: [&str; 10] =
    ["at", "before", "from", "until", "since", "started", "start", "end", "starts", "ends"];

/// The details as pairs, without `null`, with ids replaced by names. Anything but an object is one value.
fn particulars(ctx: &Ctx, detail: &str, names: Names<'_>) -> Vec<(String, Value)> {
    use serde_json::Value as Json;
    match serde_json::from_str(detail) {
        Ok(Json::Object(pairs)) => {
            let pairs = pairs.into_iter().filter(|(_, value)| !value.is_null());
            let pair = |(name, value): (String, Json)| {
                let value = match value.as_i64() {
                    Some(at) if INSTANTS.contains(&name.as_str()) => Value::Moment(ctx.moment(Millis(at))),
                    _ => by_name(ctx, &name, &value, names),
                };
                (name, value)
            };
            pairs.map(pair).collect()
        }
        Ok(Json::Null) => Vec::new(),
        _ => vec![(String::new(), Value::Word(detail.to_owned()))],
    }
}

/// The name behind an id in the details, or the value itself.
fn by_name(ctx: &Ctx, name: &str, value: &serde_json::Value, names: Names<'_>) -> Value {
    let text = value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
    let subject = match name {
        "on" | "resource" | "from" | "to" => Subject::parse(&text),
        "type" => value.as_i64().map(|id| Subject::Type(TypeId(id))),
        _ => None,
    };
    if let Some(one) = subject.and_then(|on| names.equipment.iter().find(|one| one.subject == on)) {
        return Value::Equipment(named(one));
    }
    let requested = thing(name, value);
    let Some(found) =
        requested.and_then(|requested| names.things.iter().find(|one| (one.kind, one.id) == requested))
    else {
        return Value::Word(text);
    };
    let name = found.name.clone();
    match found.span {
        Some((starts, ends)) => {
            Value::Appointment(Appointment { id: text, name, starts: ctx.moment(starts), ends: ctx.moment(ends) })
        }
        None => Value::Room(text, name),
    }
}

/// The result of verifying a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chain {
    /// Every entry follows from the one before it.
    Whole {
        /// The number of the oldest; those before it were cut away with their time.
        first: i64,
        /// The number of the newest: how many there ever were.
        entries: i64,
        /// The newest hash in hexadecimal. A copy of it noted elsewhere later proves that nothing before it was
        /// changed.
        head: String,
    },
    /// The first entry that does not.
    BrokenAt(i64),
    /// Its end is missing.
    Cut {
        entries: i64,
        /// The former number of entries, if known.
        were: Option<i64>,
    },
    /// The chain is complete but does not contain the noted hash, or no longer does.
    Elsewhere { entries: i64 },
}

/// Parses a hash as [`Chain::Whole`] prints it; `None` if invalid.
#[must_use]
pub fn noted(input: &str) -> Option<[u8; 32]> {
    HEXLOWER.decode(input.trim().to_ascii_lowercase().as_bytes()).ok()?.try_into().ok()
}

/// Reads the whole chain in `file` without changing it; a server may be running on it. With a hash noted earlier:
/// also checks whether that is still in the chain.
pub async fn verify(file: &Path, noted: Option<[u8; 32]>) -> Result<Chain, OpenError> {
    Ok(match audit::verify_file(file, noted).await? {
        Verdict::BrokenAt(seq) => Chain::BrokenAt(seq),
        Verdict::Cut { at, was } => Chain::Cut { entries: at.seq, were: was },
        Verdict::Elsewhere(head) => Chain::Elsewhere { entries: head.seq },
        Verdict::Whole { first, head } => {
            Chain::Whole { first, entries: head.seq, head: HEXLOWER.encode(&head.hash) }
        }
    })
}
