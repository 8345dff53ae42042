//! Personal data: exporting and erasing it.
//!
//! **Invariants.** An export contains nothing that grants access. An erased person leaves no name, address,
//! number, picture or text in any table, nor in the bytes of the file; hours and counts remain as they were, and
//! so does the audit chain. The system always has an administrator. Not here: the list of tables
//! (`store::privacy`), and copies of the file made elsewhere.

use crate::{
    Ctx,
    accounts::{AccountsError, Origin, show_password},
    cards::Expectations,
    logbook, mail,
    notes::Deleted,
    people::{erase_refusals, refused},
    sessions,
};
use contract::privacy::{Holdings, StoredTable};
use domain::{
    accounts::may_help,
    actor::{Actor, Forbidden, Permission, Target},
    events::DomainEvent,
    id::PersonId,
    live::ChangeEvent,
    people::{PersonStatus, StepRefusal},
    privacy::csv,
    problem::Kind,
    time::Millis,
    zone::to_rfc3339,
};
use macros::ServiceError;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use store::{
    Done, SqliteConnection, StoreError, accounts, audit, effects, people, people::Person, privacy, qualifications,
};

/// Why nothing was erased or exported.
#[derive(Debug, Clone, ServiceError)]
pub enum PrivacyError {
    /// Unknown person, or one hidden from the caller.
    #[problem("person.unknown", NotFound, person_unknown)]
    Unknown,
    #[problem("privacy.no-such-table", NotFound, data_no_such_table)]
    UnknownTable,
    /// The rules speak against it; never empty.
    #[problem(with = refused(_0, kind_of(_0), lang), codes = [
        (Kind::Forbidden, StepRefusal::Outranked.as_str()),
        (Kind::Conflict, StepRefusal::LastAdministrator.as_str()),
    ])]
    Refused(Vec<StepRefusal>),
    /// They are on a machine at this moment.
    #[problem("person.in-use", Conflict, erase_in_use)]
    InUse,
    /// Erasing oneself requires the password.
    #[problem("person.oneself", Forbidden, erase_oneself)]
    Oneself,
    /// The password is wrong.
    #[problem(transparent)]
    Account(#[from] AccountsError),
    /// The actor may not do this.
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

fn kind_of(refusals: &[StepRefusal]) -> Kind {
    if refusals.contains(&StepRefusal::Outranked) { Kind::Forbidden } else { Kind::Conflict }
}

/// The amount of personal data stored about a person, by table.
pub async fn holdings(ctx: &Ctx, actor: &Actor, id: PersonId) -> Result<Holdings, PrivacyError> {
    let now = ctx.now();
    may_have(actor, id)?;
    let mut snapshot = ctx.store().snapshot().await?;
    let (person, whole) = theirs(&mut snapshot, actor, id, now).await?;
    let tables = privacy::count(&mut snapshot, id, whole).await?.into_iter().filter(|(_, rows)| *rows > 0);
    let others = qualifications::administrators(&mut snapshot, id).await?;
    let account = accounts::of_person(&mut snapshot, id).await?;
    let is_own = actor.person() == Some(id);
    let may_erase = person.erased_at.is_none() && actor.may(Permission::Erase, Target::person(id));
    Ok(Holdings {
        now: ctx.moment(now),
        person: id,
        tables: tables.map(|(name, rows)| StoredTable { table: name.to_owned(), rows }).collect(),
        may_erase,
        erase_refusals: if may_erase { erase_refusals(actor, &person, &others, now) } else { Vec::new() },
        asks_password: is_own && account.is_some_and(|account| account.password.is_some()),
        name: person.name,
    })
}

/// All personal data of a person as one document.
pub async fn export(ctx: &Ctx, actor: &Actor, id: PersonId) -> Result<Value, PrivacyError> {
    let now = ctx.now();
    let tables = all(ctx, actor, id, None).await?;
    noted(ctx, actor, id).await?;
    let tables = tables.into_iter().map(|(name, rows)| (name.to_owned(), Value::Array(rows)));
    Ok(json!({
        "space": ctx.space().name,
        "made": to_rfc3339(now),
        "tables": Value::Object(tables.collect()),
    }))
}

/// One table of it as CSV.
pub async fn table(ctx: &Ctx, actor: &Actor, id: PersonId, name: &str) -> Result<String, PrivacyError> {
    let tables = all(ctx, actor, id, Some(name)).await?;
    let (_, rows) = tables.into_iter().next().ok_or(PrivacyError::UnknownTable)?;
    noted(ctx, actor, id).await?;
    let heading: BTreeSet<&String> = rows.iter().filter_map(Value::as_object).flat_map(|row| row.keys()).collect();
    let cells = rows.iter().map(|row| heading.iter().map(|key| plain(row.get(key.as_str()))).collect());
    let cells: Vec<Vec<String>> = cells.collect();
    let heading: Vec<String> = heading.into_iter().cloned().collect();
    Ok(csv(&heading, &cells))
}

fn plain(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(name)) => name.clone(),
        Some(other) => other.to_string(),
    }
}

type Tables = Vec<(&'static str, Vec<Value>)>;

async fn all(ctx: &Ctx, actor: &Actor, id: PersonId, only: Option<&str>) -> Result<Tables, PrivacyError> {
    may_have(actor, id)?;
    let mut snapshot = ctx.store().snapshot().await?;
    let (_, whole) = theirs(&mut snapshot, actor, id, ctx.now()).await?;
    Ok(privacy::export(&mut snapshot, id, whole, only).await?)
}

/// Whether the caller may see a person's data. Others appear as unknown.
fn may_have(actor: &Actor, id: PersonId) -> Result<(), PrivacyError> {
    match actor.require(Permission::Export, Target::person(id)) {
        Err(Forbidden::NotAllowed) if !actor.may(Permission::SeePerson, Target::person(id)) => {
            Err(PrivacyError::Unknown)
        }
        Err(why) => Err(why.into()),
        Ok(_) => Ok(()),
    }
}

/// A person whose data the caller may see, checked with their ledger, and whether all of it.
async fn theirs(
    conn: &mut SqliteConnection,
    actor: &Actor,
    id: PersonId,
    now: Millis,
) -> Result<(Person, bool), PrivacyError> {
    let person = people::one(conn, id, now).await?.ok_or(PrivacyError::Unknown)?;
    let Some(caller) = actor.known().filter(|caller| caller.id != id) else { return Ok((person, true)) };
    if !may_help(caller, id, &person.ledger) {
        return Err(PrivacyError::Refused(vec![StepRefusal::Outranked]));
    }
    // A person's own actions are in the audit log, which not every people manager may read.
    Ok((person, actor.may(Permission::ReadAudit, Target::NONE)))
}

/// Audits an export by another person.
async fn noted(ctx: &Ctx, actor: &Actor, id: PersonId) -> Result<(), PrivacyError> {
    if actor.person() == Some(id) {
        return Ok(());
    }
    ctx.change(actor, Permission::Export, Target::person(id), async move |job| {
        job.audited((), "person.data-taken", id, &json!({})).await
    })
    .await
}

/// The tables in an export.
pub fn tables() -> impl Iterator<Item = &'static str> {
    privacy::tables().filter(|table| table.is_taken()).map(|table| table.name)
}

/// Erases another person: a person without a name remains. When this returns, none of their data is in the file.
/// For an already erased person it erases what was added since.
pub async fn erase(ctx: &Ctx, actor: &Actor, id: PersonId) -> Result<(), PrivacyError> {
    if actor.person() == Some(id) { Err(PrivacyError::Oneself) } else { carry_out(ctx, actor, id).await }
}

/// Erases the caller, after checking their password: a session that was left open is not enough.
pub async fn erase_oneself(
    ctx: &Ctx,
    actor: &Actor,
    from: impl Into<Origin>,
    password: &str,
) -> Result<(), PrivacyError> {
    show_password(ctx, actor, from, password).await?;
    let id = actor.person().ok_or(Forbidden::SignIn)?;
    carry_out(ctx, actor, id).await
}

async fn carry_out(ctx: &Ctx, actor: &Actor, id: PersonId) -> Result<(), PrivacyError> {
    let about = Target::person(id);
    match actor.require(Permission::Erase, about) {
        Err(Forbidden::NotAllowed) if !actor.may(Permission::SeePerson, about) => {
            return Err(PrivacyError::Unknown);
        }
        proof => proof?,
    };
    // A recent swipe of their card must not be stored after the erasure.
    logbook::write_all(ctx).await;
    let erased = ctx.change::<_, PrivacyError, _>(actor, Permission::Erase, about, async move |job| {
        let person = people::one(job.tx.conn(), id, job.now).await?.ok_or(PrivacyError::Unknown)?;
        let others = qualifications::administrators(job.tx.conn(), id).await?;
        let refusals = erase_refusals(&job.actor, &person, &others, job.now);
        if !refusals.is_empty() {
            return Err(PrivacyError::Refused(refusals));
        }
        // The board that runs it knows the card by its number until the use is closed.
        if !effects::running_of(job.tx.conn(), id).await?.is_empty() {
            return Err(PrivacyError::InUse);
        }
        let traces = privacy::traces(job.tx.conn(), id).await?;
        let made = person.created_at;
        let detail = json!({ "from": person.status });
        let subject = id;
        let entry = audit::entry(job.tx, &job.proof, job.now, "person.erased", subject, &detail).await?;
        sessions::end_all(job.tx, id, None).await?;
        // People with an appointment are notified, and the person's bookings and waiting entries are released.
        people::set_status(job.tx, id, PersonStatus::Left, Some(job.now)).await?;
        job.emit(DomainEvent::PersonErased { person: id }).await?;
        privacy::erase(job.tx, id, job.now).await?;
        job.tx.after_commit(ChangeEvent::Person(id));
        Ok(Done::audited((traces, person.email, made), entry))
    });
    let (traces, email, made) = erased.await?;
    if let Err(error) = ctx.store().list_erased(id, made) {
        tracing::error!(%error, "who was erased could not be listed: a backup from before would bring them back");
    }
    ctx.memory::<Deleted>().forget(id);
    // Pending enrollments of their card are cancelled.
    ctx.memory::<Expectations>().forget(id);
    if let Some(email) = email {
        mail::forget(ctx, &email);
    }
    let store = ctx.store().clone();
    // In a separate task, so that the file is scrubbed even if the caller disconnects.
    match ctx.spawn(async move { store.scrub(traces).await }).await {
        Ok(Ok(true)) => {}
        Ok(Ok(false)) => tracing::warn!("the log of the database holds what was erased until it is folded in"),
        Ok(Err(error)) => tracing::error!(%error, "what was erased may still lie in the file"),
        Err(_) => tracing::error!("what was erased may still lie in the file"),
    }
    Ok(())
}
