//! Managers' notes about a person, for each other: visible only on managers' pages and in the person's own data
//! export.
//!
//! **Invariants.** The text is a remark and goes with the person; no record holds it. A note that was rewritten
//! meanwhile is neither overwritten nor deleted. Nobody writes notes about themselves. A deleted note cannot be
//! read, and only the person who deleted it can undo that, for a moment. Its bytes are overwritten in the file
//! when the log of the database is next folded in, and leave that log as it is rewritten, or when a person is
//! erased.

mod deleted;

pub(crate) use deleted::Deleted;

use crate::{Ctx, change::Job, error};
use contract::people::NoteView;
use deleted::Gone;
use domain::{
    actor::{Actor, Forbidden, Permission, Target},
    id::{NoteId, PersonId},
    live::ChangeEvent,
    names::{Remark, TooLong},
    people::REMARK,
    versions::Saved,
    zone::Zone,
};
use macros::ServiceError;
use serde_json::json;
use store::{Done, SqliteConnection, StoreError, notes, people};

/// Why nothing was noted.
#[derive(Debug, Clone, ServiceError)]
pub enum NotesError {
    #[problem("person.unknown", NotFound, person_unknown)]
    UnknownPerson,
    #[problem("note.unknown", NotFound, note_unknown)]
    Unknown,
    #[problem("note.invalid", Invalid, at("note", note_empty))]
    Empty,
    /// Too much was written.
    #[problem("note.invalid", Invalid, at("note", note_long(&REMARK.to_string())))]
    Long,
    /// A newer version was saved meanwhile.
    #[problem(transparent)]
    Stale(Box<Saved>),
    /// It is too late to take it back.
    #[problem("note.too-late", Conflict, note_too_late)]
    TooLate,
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

/// The notes about `person`; `None` for those who may not read them.
pub(crate) async fn about(
    ctx: &Ctx,
    conn: &mut SqliteConnection,
    actor: &Actor,
    person: PersonId,
) -> Result<Option<Vec<NoteView>>, StoreError> {
    // People do not see notes about themselves here: these are in their data export.
    if actor.person() == Some(person) || !actor.may(Permission::Notes, Target::person(person)) {
        return Ok(None);
    }
    let notes = notes::about(conn, person).await?.into_iter().map(|note| to_view(ctx, note));
    Ok(Some(notes.collect()))
}

fn to_view(ctx: &Ctx, note: notes::Note) -> NoteView {
    NoteView {
        id: note.id,
        body: note.body,
        by: note.by,
        written: ctx.moment(note.written),
        edited: note.edited.map(|at| ctx.moment(at)),
        version: note.version,
    }
}

/// The notes about `person`, the newest first.
pub async fn of(ctx: &Ctx, actor: &Actor, person: PersonId) -> Result<Vec<NoteView>, NotesError> {
    actor.require(Permission::Notes, Target::person(person))?;
    let mut snapshot = ctx.store().snapshot().await?;
    people::one(&mut snapshot, person, ctx.now()).await?.ok_or(NotesError::UnknownPerson)?;
    about(ctx, &mut snapshot, actor, person).await?.ok_or(NotesError::Forbidden(Forbidden::NotAllowed))
}

pub async fn one(ctx: &Ctx, actor: &Actor, note: NoteId) -> Result<NoteView, NotesError> {
    actor.require(Permission::Notes, Target::NONE)?;
    let found = notes::one(&mut *ctx.store().read().await?, note).await?.filter(|note| is_for(actor, note));
    found.map(|note| to_view(ctx, note)).ok_or(NotesError::Unknown)
}

/// Notes about the actor are hidden as if they did not exist.
fn is_for(actor: &Actor, note: &notes::Note) -> bool {
    actor.person() != Some(note.person)
}

fn read(input: &str) -> Result<Remark<REMARK>, NotesError> {
    Remark::new(input).map_err(|TooLong| NotesError::Long)?.ok_or(NotesError::Empty)
}

/// Notes something about `person`.
pub async fn write(ctx: &Ctx, actor: &Actor, person: PersonId, input: &str) -> Result<NoteId, NotesError> {
    let about = Target::person(person);
    let form = async { read(input) };
    ctx.change_with(actor, Permission::Notes, about, form, async move |job, body| {
        let there = people::one(job.tx.conn(), person, job.now).await?.ok_or(NotesError::UnknownPerson)?;
        if there.erased_at.is_some() {
            return Err(NotesError::UnknownPerson);
        }
        if job.proof.by() == Some(person) {
            return Err(Forbidden::NotAllowed.into());
        }
        let by = job.by().await?;
        let note = notes::write(job.tx, person, by, body.as_str(), job.now).await?;
        recorded(job, note, "note.written", person, note).await
    })
    .await
}

/// Replaces the text of version `version` of a note.
pub async fn rewrite(ctx: &Ctx, actor: &Actor, note: NoteId, input: &str, version: i64) -> Result<(), NotesError> {
    let (zone, form) = (ctx.space().zone, async { read(input) });
    ctx.change_with(actor, Permission::Notes, Target::NONE, form, async move |job, body| {
        let person = current(job, note, version, zone).await?;
        notes::rewrite(job.tx, note, body.as_str(), job.now).await?;
        recorded(job, (), "note.rewritten", person, note).await
    })
    .await
}

/// Deletes version `version` of a note.
pub async fn delete(ctx: &Ctx, actor: &Actor, note: NoteId, version: i64) -> Result<(), NotesError> {
    let (now, zone) = (ctx.now(), ctx.space().zone);
    let written = ctx.change(actor, Permission::Notes, Target::NONE, async move |job| {
        let person = current(job, note, version, zone).await?;
        let written = notes::delete(job.tx, note).await?;
        recorded(job, written, "note.deleted", person, note).await
    });
    let gone = Gone { note, written: written.await?, by: actor.person(), at: now };
    ctx.memory::<Deleted>().keep(gone, now);
    Ok(())
}

/// Restores the note about `person` that the actor recently deleted, with its id, text, author and time.
pub async fn restore(ctx: &Ctx, actor: &Actor, person: PersonId, note: NoteId) -> Result<(), NotesError> {
    actor.require(Permission::Notes, Target::NONE)?;
    let now = ctx.now();
    let gone = ctx.memory::<Deleted>().take(note, person, actor.person(), now).ok_or(NotesError::TooLate)?;
    let was = gone.written.clone();
    let restored = ctx.change(actor, Permission::Notes, Target::person(person), async move |job| {
        let there = people::one(job.tx.conn(), person, job.now).await?;
        if there.is_none_or(|there| there.erased_at.is_some()) {
            return Err(NotesError::TooLate);
        }
        notes::restore(job.tx, note, &was).await?;
        recorded(job, (), "note.restored", person, note).await
    });
    let restored = restored.await;
    if let Err(NotesError::Store(_)) = restored {
        ctx.memory::<Deleted>().keep(gone, now);
    }
    restored
}

/// Drops deleted notes that can no longer be restored; returns how many remain.
pub fn forget_deleted(ctx: &Ctx) -> usize {
    ctx.memory::<Deleted>().forget_old(ctx.now())
}

/// The person a note is about; fails if it has a newer version.
async fn current(job: &mut Job<'_>, note: NoteId, version: i64, zone: Zone) -> Result<PersonId, NotesError> {
    let there = notes::one(job.tx.conn(), note).await?.filter(|there| is_for(&job.actor, there));
    let there = there.ok_or(NotesError::Unknown)?;
    if !domain::versions::is_current(there.version, version) {
        let saved = Saved::new(there.version, vec![("note", there.body)]);
        let subject = there.person;
        return Err(NotesError::Stale(error::signed(job.tx.conn(), zone, subject, saved).await?));
    }
    Ok(there.person)
}

async fn recorded<T>(
    job: &mut Job<'_>,
    value: T,
    action: &'static str,
    person: PersonId,
    note: NoteId,
) -> Result<Done<T>, NotesError> {
    job.tx.after_commit(ChangeEvent::Person(person));
    job.audited(value, action, person, &json!({ "note": note })).await
}
